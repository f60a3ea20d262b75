"""What was found: a table as text, its rows as data, and pictures."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError


class ActivationScore(NamedTuple):
    """What became of one activation.

    Attributes
    ----------
    activation : str
        Its name.
    mean, std : float
        Of the scores: accuracy for classes, R² for numbers. An R² that is -inf makes the mean -inf
        and the spread inf, as they are.
    scores : tuple of float
        One for each fold and seed; those of the first fold come first.
    seconds : float
        The mean time of a training, compiling left out.
    dead : float
        The share of hidden units that are 0 with a slope of 0 for every sample, after training.
    saturated : float
        The share of inputs of the activation at which its slope is below 0.01, after training; told
        of activations that are flat at both ends, as tanh is, and NaN for all others.
    gradient_norms : dict of str to float
        For each weight, by its path in the module, the norm of its gradient before the first step:
        where it is tiny in the first layers, these do not learn.
    failures : int
        How many trainings ended with a loss that is no number. They score the least there is: an
        accuracy of 0, or an R² of -inf, since an honest one may be far below 0.
    """

    activation: str
    mean: float
    std: float
    scores: tuple[float, ...]
    seconds: float
    dead: float
    saturated: float
    gradient_norms: dict[str, float]
    failures: int


class Comparison:
    """What `compare_activations` found: a table as text, its rows as data, and pictures.

    Attributes
    ----------
    rows : list of ActivationScore
        The best first. Those of which trainings failed come last, whatever the others scored.
    scoring : str
        "accuracy" or "R²".
    cv, seeds : int
        How many folds, and how many trainings on each.
    """

    def __init__(self, rows: list[ActivationScore], scoring: str, cv: int, seeds: int) -> None:
        self.rows = sorted(rows, key=lambda row: (row.failures, -row.mean))
        self.scoring, self.cv, self.seeds = scoring, cv, seeds

    @property
    def best(self) -> ActivationScore:
        """The one with the best mean, of those that failed least often."""
        return self.rows[0]

    def to_dict(self) -> dict[str, list[Any]]:
        """The columns by name, as `pandas.DataFrame` takes them."""
        return {name: [getattr(row, name) for row in self.rows] for name in ActivationScore._fields}

    def plot(self, kind: str = "scores", ax: Any = None) -> Any:
        """Draw the scores, each one a dot, or the norms of the gradients layer by layer.

        Parameters
        ----------
        kind : str
            "scores" or "gradients".
        ax : matplotlib.axes.Axes, optional
            Where to draw; axes in a figure of their own when left out.

        Returns
        -------
        matplotlib.axes.Axes
            What was drawn in.

        Raises
        ------
        ArgumentError
            For another kind.
        RendererNotFound
            If Matplotlib is not installed.
        """
        from tinygradx.plot import comparison  # numbers alone need no room of pictures

        kinds = {"scores": comparison.scores, "gradients": comparison.gradients}
        if kind not in kinds:
            raise ArgumentError(
                f"plot(kind={kind!r:.40})", "no such picture", 'use "scores" or "gradients"'
            )
        return kinds[kind](self, ax)

    def __repr__(self) -> str:
        return "\n".join([*_table(self), "", *_notes(self)])


def _table(found: Comparison) -> list[str]:
    """The rows as lines of text, each column as wide as it must be."""
    cells = [("activation", found.scoring, "spread", "seconds", "dead", "saturated", "first/last")]
    for row in found.rows:
        norms = list(row.gradient_norms.values())
        ratio = norms[0] / norms[-1] if norms and norms[-1] > 0.0 else float("nan")
        cells.append(
            (
                row.activation, told_score(row.mean), _spread(row.std), f"{row.seconds:.3f}",
                _percent(row.dead), _percent(row.saturated),
                f"{ratio:.2g}" if np.isfinite(ratio) else "-",
            )
        )  # fmt: skip
    wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for name, *numbers in cells:
        right = [text.rjust(width) for text, width in zip(numbers, wide[1:], strict=True)]
        lines.append("  ".join([name.ljust(wide[0]), *right]))
    return [lines[0], "─" * len(lines[0]), *lines[1:]]


def _notes(found: Comparison) -> list[str]:
    """What the columns mean, and what went wrong."""
    many = found.cv * found.seeds
    notes = [
        f"{found.scoring} held out, mean and spread of {found.cv} folds × {found.seeds} seeds = "
        f"{many} trainings; first/last: the norm",
        "of the first weight's gradient over the last one's, before the first step.",
    ]
    return notes + [_failed(row, many) for row in found.rows if row.failures]


def _failed(row: ActivationScore, many: int) -> str:
    """What became of an activation of which trainings failed."""
    words = f"{row.activation}: {row.failures} of {many} trainings ended without a number"
    if row.mean > -np.inf:
        return f"{words}: they score 0, and it ranks last"
    rest = [score for score in row.scores if score > -np.inf]
    others = f"; the mean of the others is {told_score(float(np.mean(rest)))}" if rest else ""
    return f"{words}, so it has no mean and ranks last{others}"


def said(row: ActivationScore, scoring: str) -> str:
    """A line for an activation as soon as it was tried."""
    failed = f", {row.failures} of {len(row.scores)} trainings failed" if row.failures else ""
    if not np.isfinite(row.mean):
        return f"{row.activation}: no mean {scoring}{failed}"
    return f"{row.activation}: {scoring} {told_score(row.mean)} {_spread(row.std)}{failed}"


def _spread(std: float) -> str:
    return f"±{told_score(std)}" if np.isfinite(std) else "-"


def told_score(score: float) -> str:
    """A score as text: what is beyond four digits, as R² of what went astray, in short."""
    if not np.isfinite(score):
        return "-"
    return f"{score:.4f}" if abs(score) < 1e4 else f"{score:.2g}"


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{100.0 * share:.0f} %"
