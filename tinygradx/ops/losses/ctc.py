"""The loss of a text that is not aligned with its sequence: connectionist temporal classification.

Graves, Fernández, Gomez & Schmidhuber (2006), "Connectionist temporal classification: labelling
unsegmented sequence data with recurrent neural networks".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, sweep, wrap
from tinygradx.kernels.ctc import CTC_BACK, CTC_FORTH
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import add, div, maximum, neg
from tinygradx.ops.gathering import gather
from tinygradx.ops.indexing import getitem
from tinygradx.ops.joining import cat, narrow, stack
from tinygradx.ops.losses.reducing import check_reduction, reduce_losses
from tinygradx.ops.memory import clone
from tinygradx.ops.reductions import logsumexp
from tinygradx.ops.shapes import reshape
from tinygradx.ops.structural import Structural, as_handle

_FLOAT64 = np.dtype(np.float64)
#: In operations: the logarithm of nothing, finite so that differences of two of them are 0.
NOTHING = -1e30


class CtcLoss(Structural):
    """`-log(sum of p(path))` over all paths that spell the text, for every sequence.

    The kernels compute in float64, as sums over thousands of steps lose digits. The way back that
    is to be differentiated again goes over the definition instead.
    """

    name = "ctc_loss"
    inputs = ("x",)

    def forward(self, x: Any, labels: Any, lengths: Any, counts: Any, blank: int) -> Any:
        return self._forth(x, labels, lengths, counts, blank)[0].astype(x.dtype, copy=False)

    @staticmethod
    def _forth(x: Any, labels: Any, lengths: Any, counts: Any, blank: int) -> tuple[Any, ...]:
        """The losses, the sums over ways, and what the kernels are called with."""
        steps, batch, classes = x.shape
        wide = labels.shape[1]
        scores = x.astype(_FLOAT64, copy=False).ravel()
        alpha, loss = np.empty((batch, steps, 2 * wide + 1)), np.empty(batch)
        given = (
            scores, labels.ravel(), lengths, counts, blank, alpha.ravel(), loss, steps, batch,
            classes, wide,
        )  # fmt: skip
        CTC_FORTH.of(_FLOAT64)(*given)
        return loss, alpha, given

    def pull_arrays(
        self, g: Any, x: Any, y: Any, labels: Any, lengths: Any, counts: Any, blank: int
    ) -> Any:
        _, alpha, given = self._forth(x, labels, lengths, counts, blank)
        out, beta = np.zeros(x.shape), np.empty_like(alpha[0, 0])
        CTC_BACK.of(_FLOAT64)(*given, g.astype(_FLOAT64).ravel(), beta, out.ravel())
        return out.astype(x.dtype, copy=False)

    def pull(
        self, g: Any, x: Any, y: Any, labels: Any, lengths: Any, counts: Any, blank: int
    ) -> Any:
        hopeless = np.isinf(y.array) & (g.array != 0.0)
        if hopeless.any():
            g = where(wrap(g.result_class, hopeless), np.nan, g)
        copied = clone(x)  # so that nothing behind x is behind it
        out = self.unrolled(copied, labels, lengths, counts, blank)
        found = sweep(
            [out.node], [g], g.result_class, targets=[copied.node], retain=True, create=True
        )
        return found[copied.node]

    def unrolled(self, x: Any, labels: Any, lengths: Any, counts: Any, blank: int) -> Any:
        """The same, step by step in operations: the definition."""
        steps, batch, _ = x.array.shape
        wide = 2 * labels.shape[1] + 1
        kind = x.result_class

        def array(values: Any) -> Any:
            return wrap(kind, np.ascontiguousarray(values))

        states = np.full((batch, wide), blank, np.int64)
        states[:, 1::2] = labels
        leaves_out = np.zeros((batch, wide), bool)
        leaves_out[:, 3::2] = labels[:, 1:] != labels[:, :-1]
        scores = gather(x, 2, array(np.broadcast_to(states, (steps, batch, wide))))
        scores = maximum(scores, NOTHING)
        none = array(np.full((batch, 2), NOTHING, x.array.dtype))
        alpha = where(array(np.arange(wide) < np.full((batch, 1), 2)), getitem(scores, 0), NOTHING)
        for t in range(1, steps):
            before = cat([none, alpha], 1)
            by_two = where(array(leaves_out), narrow(before, 1, 0, wide), NOTHING)
            ways = stack([alpha, narrow(before, 1, 1, wide), by_two], 0)
            after = add(logsumexp(ways, 0), getitem(scores, t))
            alpha = where(array(np.broadcast_to(t < lengths[:, None], (batch, wide))), after, alpha)
        ends = np.stack([2 * counts, np.maximum(2 * counts - 1, 0)], 1)
        there = np.stack([np.full(batch, True), counts > 0], 1)
        last = where(array(there), gather(alpha, 1, array(ends)), NOTHING)
        losses = neg(logsumexp(last, 1))
        return where(array(lengths > 0), losses, array(np.where(counts > 0, np.inf, 0.0)))


CTC_LOSS = CtcLoss()


def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:
    """How unlikely a text is, over all its alignments with a sequence.

    At each step the network names a label or the blank; repetitions that no blank parts are one
    label, and blanks count for nothing. The loss is `-log(sum of p(path))` over all paths that read
    as the target. Graves, Fernández, Gomez & Schmidhuber (2006), "Connectionist temporal
    classification".

    Parameters
    ----------
    log_probs : Tensor
        Of shape (T, N, C), or (T, C) for one sequence: the logarithms of the probabilities of all
        labels at each step, as `log_softmax` answers them.
    targets : Tensor of int
        Labels without the blank: (N, S), of which `target_lengths` count; or those of all texts one
        after the other.
    input_lengths, target_lengths : Tensor of int, or tuple
        Of shape (N,), or () for one sequence: how many steps and labels count.
    blank : int
        Which class is the blank.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses. For the mean each is divided by the length of its text first.
    zero_infinity : bool
        Whether a loss that is infinite, as of a text that is longer than its sequence, and its
        gradient, are 0. Otherwise its gradient is nan, as in PyTorch.

    Returns
    -------
    Tensor
        A number, or with "none" of shape (N,).

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes, dtypes or lengths do not fit, a label is the blank or no class, or there is no
        such reduction.

    Notes
    -----
    The gradient is that of the formula. PyTorch's, before its `log_softmax`, has the probabilities
    added; behind a `log_softmax` both are the same.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> even = tgx.zeros(2, 1, 3).log_softmax(2)  # 3 of 9 paths read as the label 1: 11, 01 and 10
    >>> tgx.nn.functional.ctc_loss(even, tgx.tensor([[1]]), (2,), (1,)).exp()
    tensor(3.)
    """
    asked = "ctc_loss"
    check_reduction(reduction, asked)
    x = as_handle(log_probs, asked)
    shape = x.array.shape
    if len(shape) not in (2, 3) or 0 in shape:
        raise ShapeError(
            f"{asked} of log_probs of shape {shape}", "no sequences of scores",
            "pass (T, N, C), or (T, C)",
        )  # fmt: skip
    if x.array.dtype.kind != "f":
        raise DtypeError(asked, f"log_probs of {x.array.dtype}", "pass floats, of log_softmax")
    alone = len(shape) == 2
    if alone:
        x = reshape(x, (shape[0], 1, shape[1]))
    steps, batch, classes = x.array.shape
    if not 0 <= blank < classes:
        raise ArgumentError(
            f"{asked} with blank={blank}",
            f"{classes} classes",
            f"use a class from 0 to {classes - 1}",
        )
    lengths = _lengths("input_lengths", input_lengths, batch, steps)
    counts = _lengths("target_lengths", target_lengths, batch, None)
    labels = _labels(targets, counts, classes, blank)
    losses = CTC_LOSS.apply((x,), (labels, lengths, counts, blank))
    if zero_infinity:
        losses = where(wrap(x.result_class, np.isinf(losses.array)), 0.0, losses)
    if reduction == "mean":
        shares = wrap(x.result_class, np.maximum(counts, 1).astype(x.array.dtype))
        losses = div(losses, shares)
    if alone:
        losses = reshape(losses, ())
    return reduce_losses(losses, reduction, asked)


def _integers(name: str, given: Any) -> Any:
    """The array of a tensor or a tuple of integers."""
    array = np.asarray(given.array if isinstance(given, Handle) else given)
    if array.dtype.kind not in "iu" and array.size:
        raise DtypeError(f"ctc_loss with {name}", f"dtype {array.dtype}", "pass integers")
    return array.astype(np.int64)


def _lengths(name: str, given: Any, batch: int, most: int | None) -> Any:
    """A length for each sequence."""
    lengths = _integers(name, given)
    if lengths.shape != (batch,) and not (batch == 1 and lengths.shape == ()):
        raise ShapeError(
            f"ctc_loss of {batch} sequences", f"{name} of shape {lengths.shape}",
            f"pass a length for each: shape ({batch},)",
        )  # fmt: skip
    lengths = lengths.reshape(batch)
    if lengths.min() < 0 or (most is not None and lengths.max() > most):
        wrong = lengths.min() if lengths.min() < 0 else lengths.max()
        range_ = "0 or more" if most is None else f"0 to {most}, the steps of log_probs"
        raise ArgumentError(f"ctc_loss with {name}", f"a length of {wrong}", f"use {range_}")
    return lengths


def _labels(targets: Any, counts: Any, classes: int, blank: int) -> Any:
    """The texts as rows (N, longest); what is behind a text is a label all the same, but unread."""
    given, batch, longest = _integers("targets", targets), len(counts), int(counts.max())
    rows = np.zeros((batch, longest), np.int64)
    within = np.arange(longest) < counts[:, None]
    if given.ndim == 1 and given.size == counts.sum():
        rows[within] = given
    elif given.ndim == 2 and len(given) == batch and given.shape[1] >= longest:
        rows[within] = given[:, :longest][within]
    else:
        raise ShapeError(
            f"ctc_loss of {batch} texts of up to {longest} labels, {counts.sum()} in all",
            f"targets of shape {given.shape}",
            f"pass (N, S), or all labels one after the other: ({counts.sum()},)",
        )
    known = rows[within]
    wrong = known[(known < 0) | (known >= classes) | (known == blank)]
    if wrong.size:
        raise ArgumentError(
            f"ctc_loss with blank={blank} of {classes} classes", f"the label {wrong[0]}",
            f"use labels from 0 to {classes - 1} that are not the blank",
        )  # fmt: skip
    return rows
