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
        Of the scores: accuracy for classes, R² for numbers.
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
        How many trainings ended with a loss that is no number; they score 0.
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
        The best first.
    scoring : str
        "accuracy" or "R²".
    cv, seeds : int
        How many folds, and how many trainings on each.
    """

    def __init__(self, rows: list[ActivationScore], scoring: str, cv: int, seeds: int) -> None:
        self.rows = sorted(rows, key=lambda row: -row.mean)
        self.scoring, self.cv, self.seeds = scoring, cv, seeds

    @property
    def best(self) -> ActivationScore:
        """The one with the best mean."""
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
        from tinygradx.plot import comparison

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
                row.activation, f"{row.mean:.4f}", f"±{row.std:.4f}", f"{row.seconds:.3f}",
                _percent(row.dead), _percent(row.saturated), f"{ratio:.2g}",
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
    notes += [
        f"{row.activation}: {row.failures} of {many} trainings ended without a number: score 0"
        for row in found.rows
        if row.failures
    ]
    return notes


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{100.0 * share:.0f} %"
