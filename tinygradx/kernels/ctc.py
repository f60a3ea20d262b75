"""All alignments of a text with a sequence: the sums over them, forth and back, in logarithms.

A text of n labels is a path of 2 n + 1 states, with a blank before, between and behind the labels.
A step of the sequence stays in its state or goes on by one; it goes on by two where that leaves out
a blank between different labels. `alpha[t, s]` is the logarithm of what all ways to state s at step
t sum up to (Graves et al., 2006); beta, of all ways from there to the end.

Arrays are flat: scores (steps, batch, classes), labels (batch, wide), alpha (batch, steps,
2 * wide + 1).
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from math import exp, log

from tinygradx.kernels.plain import PlainKernel


def added_logs(a, b, c):
    """The logarithm of exp(a) + exp(b) + exp(c)."""
    most = max(a, b, c)
    if most == -float("inf"):
        return most
    return most + log(exp(a - most) + exp(b - most) + exp(c - most))


def ctc_forth(scores, labels, lengths, counts, blank, alpha, loss, steps, batch, classes, wide):
    """Fill alpha, and the loss of each sequence."""
    nothing = -float("inf")
    for n in range(batch):
        states, own = 2 * counts[n] + 1, n * steps * (2 * wide + 1)
        for t in range(lengths[n]):
            row, last = own + t * (2 * wide + 1), own + (t - 1) * (2 * wide + 1)
            for s in range(states):
                label = labels[n * wide + s // 2] if s % 2 else blank
                score = scores[(t * batch + n) * classes + label]
                if t == 0:
                    alpha[row + s] = score if s < 2 else nothing
                    continue
                by_one = alpha[last + s - 1] if s > 0 else nothing
                by_two = nothing
                if s % 2 and s > 1 and label != labels[n * wide + s // 2 - 1]:
                    by_two = alpha[last + s - 2]
                alpha[row + s] = score + added_logs(alpha[last + s], by_one, by_two)
        if lengths[n] == 0:
            loss[n] = 0.0 if counts[n] == 0 else float("inf")
            continue
        end = own + (lengths[n] - 1) * (2 * wide + 1) + states - 1
        before = alpha[end - 1] if states > 1 else nothing
        loss[n] = -added_logs(alpha[end], before, nothing)


def ctc_back(
    scores, labels, lengths, counts, blank, alpha, loss, steps, batch, classes, wide, g, beta, out
):
    """Take from out, times g, how likely each step of the sequence is in a state of each class."""
    nothing = -float("inf")
    for n in range(batch):
        if g[n] == 0.0 or lengths[n] == 0:
            continue
        states, own = 2 * counts[n] + 1, n * steps * (2 * wide + 1)
        for t in range(lengths[n] - 1, -1, -1):
            first, after = (t * batch + n) * classes, ((t + 1) * batch + n) * classes
            if loss[n] == float("inf"):  # there is no alignment, and 0 / 0 of each
                for c in range(classes):
                    out[first + c] = float("nan")
                continue
            for s in range(states):  # beta of the next step is overwritten behind its last use
                label = labels[n * wide + s // 2] if s % 2 else blank
                if t == lengths[n] - 1:
                    beta[s] = 0.0 if s >= states - 2 else nothing
                else:
                    stays = beta[s] + scores[after + label]
                    by_one = by_two = nothing
                    if s + 1 < states:
                        other = blank if s % 2 else labels[n * wide + s // 2]
                        by_one = beta[s + 1] + scores[after + other]
                    if s % 2 and s + 2 < states and label != labels[n * wide + s // 2 + 1]:
                        by_two = beta[s + 2] + scores[after + labels[n * wide + s // 2 + 1]]
                    beta[s] = added_logs(stays, by_one, by_two)
                way = alpha[own + t * (2 * wide + 1) + s] + beta[s]
                out[first + label] -= g[n] * exp(way + loss[n])


_SHARED = (
    "floats, int64[::1], int64[::1], int64[::1], int64, floats, floats, int64, int64, int64, int64"
)
CTC_FORTH = PlainKernel(ctc_forth, _SHARED, added_logs)
CTC_BACK = PlainKernel(ctc_back, f"{_SHARED}, floats, floats, floats", added_logs)
