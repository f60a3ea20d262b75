"""Activations that were compared, as a picture: their scores, and their gradients by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tinygradx.plot.curves import canvas_module

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: How far down scores are shown: 0 is as good as always answering the mean, -1 far worse.
LEAST = -1.0


def scores(found: Any, ax: Any = None) -> Axes:
    """Draw every score as a dot, the means as bars across, the best on top.

    Parameters
    ----------
    found : Comparison
        What `compare_activations` answered.
    ax : matplotlib.axes.Axes, optional
        Where to draw; axes in a figure of their own when left out.

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn in. In a notebook it shows itself; `.figure.savefig("scores.svg")` writes it.

    Raises
    ------
    RendererNotFound
        If Matplotlib is not installed.
    """
    canvas = canvas_module("plot compared activations")
    panel = canvas.chosen_panel(ax, 7.2, 1.4 + 0.42 * len(found.rows))
    for place, row in enumerate(found.rows):
        # Beside one another, so that equal scores are seen to be several.
        offsets = 0.5 * (np.arange(len(row.scores)) + 0.5) / len(row.scores) - 0.25
        points = np.array(row.scores)
        there = np.isfinite(points)  # a training that failed may have no score
        panel.plot(
            points[there], (place + offsets)[there], linestyle="", marker="o", markersize=4.0,
            color=canvas.BLUE, alpha=0.5, markeredgewidth=0.0, zorder=2.5,
        )  # fmt: skip
        if np.isfinite(row.mean):
            panel.plot(
                [row.mean, row.mean], [place - 0.36, place + 0.36], color=canvas.VERMILLION,
                linewidth=2.5, zorder=3.0,
            )  # fmt: skip
    panel.set_yticks(range(len(found.rows)), [row.activation for row in found.rows])
    panel.set_ylim(len(found.rows) - 0.4, -0.6)
    panel.set_xlabel(f"{found.scoring}, held out")
    if panel.get_xlim()[0] < LEAST:  # one that went astray would press all others together
        panel.set_xlim(left=LEAST, right=1.05)
        panel.set_xlabel(f"{found.scoring}, held out; what is below {LEAST:g} is not shown")
    right = panel.secondary_yaxis("right")
    right.set_yticks(range(len(found.rows)), [_told(row) for row in found.rows])
    right.tick_params(length=0, labelsize=8, labelcolor=canvas.INK)
    right.spines["right"].set_visible(False)
    panel.set_title(
        f"{found.cv} folds × {found.seeds} seeds: a dot each, and their mean",
        loc="left", fontsize=10, color=canvas.INK,
    )  # fmt: skip
    return panel  # type: ignore[no-any-return]


def _told(row: Any) -> str:
    """The mean, and what is wrong with the units where something is."""
    fixed = abs(row.mean) < 1e3
    words = [f"{row.mean:.3f} ± {row.std:.3f}" if fixed else f"{row.mean:.2g} ± {row.std:.2g}"]
    if not np.isfinite(row.mean):
        words = ["no mean"]
    if row.dead >= 0.01:
        words.append(f"dead {100 * row.dead:.0f} %")
    if row.saturated >= 0.01:
        words.append(f"saturated {100 * row.saturated:.0f} %")
    if row.failures:
        words.append(f"{row.failures} failed")
    return ", ".join(words)


def gradients(found: Any, ax: Any = None) -> Axes:
    """Draw the norm of each weight's gradient before the first step, from first to last layer.

    A line that falls towards the first layers is a gradient that vanishes on its way back.

    Parameters
    ----------
    found, ax
        As for `scores`.

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn in.

    Raises
    ------
    RendererNotFound
        If Matplotlib is not installed.
    """
    canvas = canvas_module("plot compared activations")
    panel = canvas.chosen_panel(ax, 7.2, 4.4)
    paths = list(found.rows[0].gradient_norms)
    for place, row in enumerate(found.rows):
        values = np.array([row.gradient_norms.get(path, np.nan) for path in paths])
        panel.plot(
            range(len(paths)), np.where(values > 0.0, values, np.nan), label=row.activation,
            color=canvas.COLOURS[place % len(canvas.COLOURS)],
            linestyle=canvas.STROKES[place // len(canvas.COLOURS) % len(canvas.STROKES)],
            marker="osDv^"[place // len(canvas.COLOURS) % 5], markersize=4.5, linewidth=1.8,
        )  # fmt: skip
    panel.set_yscale("log")
    panel.set_xticks(range(len(paths)), paths)
    if sum(map(len, paths)) > 70:
        panel.tick_params(axis="x", labelrotation=90)
    panel.set_xlabel("weight, from the first layer to the last")
    panel.set_ylabel("norm of its gradient, logarithmic")
    panel.set_title("before the first step", loc="left", fontsize=10, color=canvas.INK)
    canvas.legend(panel, loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=9)
    return panel  # type: ignore[no-any-return]
