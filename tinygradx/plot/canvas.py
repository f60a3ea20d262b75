"""Figures, axes and colours; the only file of this room that imports Matplotlib.

Figures are made without pyplot. So nothing of the user's is touched (no backend is chosen, no
figure is kept alive, no window opens), and the picture is the same whatever their style. They show
themselves in a notebook instead.
"""

from __future__ import annotations

import io
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Okabe & Ito (2008), "Color Universal Design": told apart by colour-blind people as well. The
#: order is ours: on white the first four have a contrast of 3 or more, as lines need.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#008C65", "#B3609A"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE)
#: A line is told by its stroke, too, where colours are not seen or not printed.
STROKES = ("-", "--", "-.", ":")
PAPER, INK, FAINT, GRID = "#FFFFFF", "#1A1A1A", "#595959", "#E0E0E0"
MONOSPACE = "DejaVu Sans Mono"  # comes with Matplotlib


def png(figure: Figure) -> bytes:
    """The picture of a figure as a notebook shows it."""
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=figure.dpi, bbox_inches="tight")
    return target.getvalue()


class Picture(Figure):
    """A figure that shows itself in a notebook; `savefig` writes it."""

    def _repr_png_(self) -> bytes:
        return png(self)


class Panel(Axes):
    """Axes that show the figure they are in; `.figure.savefig` writes it."""

    def _repr_png_(self) -> bytes:
        assert isinstance(self.figure, Figure)  # we put panels into figures of ours alone
        return png(self.figure)


def new_figure(width: float, height: float) -> Picture:
    """An empty figure on white paper, its size in inches, 100 pixels each."""
    return Picture(figsize=(width, height), dpi=100, facecolor=PAPER, layout="constrained")


def new_panel(figure: Figure, rows: int = 1, columns: int = 1, place: int = 1) -> Any:
    """Axes in a figure of ours, in our colours, whatever the user's style is."""
    panel = figure.add_subplot(rows, columns, place, axes_class=Panel)
    panel.set_facecolor(PAPER)
    for side, spine in panel.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(FAINT)
    panel.tick_params(colors=FAINT, labelcolor=INK)
    panel.grid(True, color=GRID, linewidth=0.6, linestyle="-")
    panel.set_axisbelow(True)
    for text in (panel.title, panel.xaxis.label, panel.yaxis.label):
        text.set_color(INK)
    return panel


def chosen_panel(ax: Any, width: float = 6.4, height: float = 4.2) -> Any:
    """The user's axes, or new ones in a figure of their own."""
    return new_panel(new_figure(width, height)) if ax is None else ax


def legend(panel: Any, **settings: Any) -> None:
    """A legend in our colours, where the panel is ours."""
    ours = {"labelcolor": INK, "facecolor": PAPER, "edgecolor": GRID, "framealpha": 0.9}
    panel.legend(**(ours if isinstance(panel, Panel) else {}), **settings)
