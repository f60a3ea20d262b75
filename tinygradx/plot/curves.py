"""An activation and its slope as a picture, and all of them in one."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygradx.errors import ArgumentError, RendererNotFound
from tinygradx.ops.activations import ACTIVATIONS
from tinygradx.plot.lines import Curve, Line, curve, find_subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: In the picture of all, settings at which one sees what they do; the panels name them.
TELLING: dict[str, dict[str, float]] = {
    "leaky_relu": {"negative_slope": 0.1},
    "threshold": {"threshold": 1.0, "value": -0.5},
}
#: The scales of that picture: functions that stay near 0, and ramps.
SHARED, LOW, HIGH = (-4.0, 4.0), (-1.25, 1.25), (-2.5, 4.25)
COLUMNS = 7


def canvas_module(asked: str) -> Any:
    """The file that draws, once somebody wants a picture."""
    try:
        from tinygradx.plot import canvas
    except ImportError as error:
        raise RendererNotFound(
            asked, f"Matplotlib cannot be imported ({error})", "pip install 'tinygradx[viz]'"
        ) from error
    return canvas


def activation(
    function: Any,
    derivative: bool = True,
    ax: Any = None,
    domain: tuple[float, float] | None = None,
    **settings: Any,
) -> Axes:
    """Draw an activation and its slope.

    The formula and the slope are those of the activation's block, computed in float64. Where a
    line jumps it is broken, with a dot on the value that the function has there, and circles on
    those that it only comes near to. The slope is the one that `backward` uses.

    Parameters
    ----------
    function : str or callable
        The name of an activation, your own included; or an operation, a layer, or any function
        that makes one number of each number of a tensor. Of an activation along rows the first
        element is varied and the others are 0; of several inputs, the first is varied and the
        others are held. The title says so.
    derivative : bool
        Whether to draw the slope.
    ax : matplotlib.axes.Axes, optional
        Where to draw; axes in a figure of their own when left out.
    domain : tuple of float, optional
        The first and the last x; those that the block names when left out.
    **settings
        Of the activation, such as `negative_slope=0.2`, and what other inputs are held at.

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn in. In a notebook it shows itself; `.figure.savefig("relu.svg")` writes it.

    Raises
    ------
    UnknownNameError
        If no activation has this name.
    ArgumentError, DtypeError, ShapeError
        If it has no such setting, no finite value in the domain, or the function does not make
        one number of each.
    RendererNotFound
        If Matplotlib is not installed.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> axes = tgx.plot.activation("leaky_relu", negative_slope=0.2)
    >>> value, slope = axes.lines[1:3]  # the first is the x axis
    >>> value.get_label(), slope.get_label(), slope.get_ydata()[0].item()
    ('value', 'slope', 0.2)
    """
    canvas = canvas_module("plot an activation")
    drawn = curve(find_subject(function, settings), domain)
    panel = canvas.chosen_panel(ax)
    _draw(panel, canvas, drawn, derivative)
    _limit(panel, drawn, derivative)
    panel.set_xlabel("x")
    panel.set_ylabel("value and slope" if derivative and drawn.slope else "value")
    lines = _told(drawn, 64, 64)
    if derivative and drawn.slope is None:
        lines.append("no slope: the function records nothing")
    _title(panel, canvas, lines, 12.0, 9.0)
    canvas.legend(panel)
    return panel  # type: ignore[no-any-return]


def activations(
    names: str | Sequence[Any] = "all",
    derivative: bool = True,
    columns: int | None = None,
) -> Figure:
    """Draw several activations and their slopes, one small panel each.

    Panels share their scales where they can: x from -4 to 4, and one height for functions that
    stay near 0, another for ramps.

    Parameters
    ----------
    names : str or sequence
        "all", a name, or names and functions as `activation` takes them. In "all" every
        activation is there, your own included, and a few have settings at which one sees them.
    derivative : bool
        Whether to draw the slopes.
    columns : int, optional
        How many panels stand side by side: at most 7 when left out.

    Returns
    -------
    matplotlib.figure.Figure
        In a notebook it shows itself; `.savefig("activations.png")` writes it.

    Raises
    ------
    UnknownNameError
        If an activation is not known.
    ArgumentError
        If there is none, or `columns` is below 1.
    RendererNotFound
        If Matplotlib is not installed.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> figure = tgx.plot.activations(["relu", "gelu", "tanh"])
    >>> len(figure.axes)
    3
    """
    canvas = canvas_module("plot activations")
    everything = isinstance(names, str) and names == "all"
    chosen = list(ACTIVATIONS) if everything else [names] if isinstance(names, str) else list(names)
    columns = min(len(chosen), COLUMNS) if columns is None else columns
    if not chosen or columns < 1:
        raise ArgumentError(
            "plot activations", f"{len(chosen)} names in {columns} columns",
            "name one at least, and ask for one column at least",
        )  # fmt: skip
    drawn = []
    for name in chosen:
        subject = find_subject(name, TELLING.get(name, {}) if everything else {})
        first, last = subject.domain
        within = SHARED[0] - 2.0 <= first and last <= SHARED[1] + 2.0
        drawn.append((curve(subject, SHARED if within else None), within))
    rows = -(-len(chosen) // columns)
    width, height = (2.286, 2.2) if columns > 4 else (3.2, 2.8)  # 7 fill 1,600 pixels
    figure = canvas.new_figure(width * columns, height * rows + 0.5)
    told = [_told(one, 34, 34) for one, _ in drawn]
    for place, (one, within) in enumerate(drawn, 1):
        panel = canvas.new_panel(figure, rows, columns, place)
        _draw(panel, canvas, one, derivative, 1.6, 3.0)
        if within:
            low = np.nanmax(np.abs(one.value.y)) <= LOW[1]
            panel.set_xlim(SHARED)
            panel.set_xticks([-4, -2, 0, 2, 4])
            panel.set_ylim(LOW if low else HIGH)
            panel.set_yticks([-1, 0, 1] if low else [-2, 0, 2, 4])
        else:
            _limit(panel, one, derivative)
        panel.tick_params(labelsize=7)
        # The names of a row stand at one height, whatever is said below them.
        row = (place - 1) // columns * columns
        most = max(len(lines) for lines in told[row : row + columns])
        lines = told[place - 1]
        _title(panel, canvas, lines + [""] * (most - len(lines)), 10.5, 6.6)
    if everything:
        what = "activations and their slopes" if derivative else "activations"
        figure.suptitle(
            f"{len(drawn)} {what}", x=0.01, ha="left", color=canvas.INK, fontweight="bold"
        )
    jumps = any(one.value.jumps for one, _ in drawn) or (
        derivative and any(one.slope.jumps for one, _ in drawn if one.slope)
    )
    handles, labels = _key(canvas, derivative, jumps)
    figure.legend(
        handles, labels, loc="outside upper right", ncols=columns if columns < 3 else len(labels),
        frameon=False, labelcolor=canvas.INK, fontsize=9,
    )  # fmt: skip
    return figure  # type: ignore[no-any-return]


def _draw(
    panel: Any, canvas: Any, drawn: Curve, derivative: bool, width: float = 2.0, dot: float = 5.0
) -> None:
    """The lines of a curve, and the dots at its jumps; the dashes of the slope lie on the value."""
    style = {"linewidth": width, "marker": ""}
    panel.axhline(0.0, color=canvas.FAINT, linewidth=0.8, zorder=1.5)
    lines: list[tuple[Line, str, str, str, float]] = [
        (drawn.value, "value", canvas.BLUE, canvas.STROKES[0], 2.5)
    ]
    if derivative and drawn.slope is not None:
        lines.append((drawn.slope, "slope", canvas.VERMILLION, canvas.STROKES[1], 3.0))
    for line, label, colour, stroke, height in lines:
        panel.plot(
            line.x, line.y, color=colour, linestyle=stroke, label=label, zorder=height, **style
        )
    # Where a value and a slope lie on one place, the larger dot of the slope shows behind.
    for (line, _, colour, _, _), size, height in zip(lines, (dot, 1.4 * dot), (5, 4), strict=False):
        for place, y, taken in _dots(line):
            panel.plot(
                [place], [y], linestyle="", marker="o", markersize=size, markeredgewidth=width / 2,
                color=colour, markerfacecolor=colour if taken else canvas.PAPER, zorder=height,
            )  # fmt: skip


def _dots(line: Line) -> list[tuple[float, float, bool]]:
    """At each jump: the value that the function takes, and those that it only comes near to."""
    dots = []
    for jump in line.jumps:
        sides = [side for side in (jump.before, jump.behind) if np.isfinite(side)]
        near = 1e-6 * (max(sides) - min(sides)) if sides else 0.0
        dots += [
            (jump.place, side, False) for side in sides if not abs(side - jump.on) <= near + 1e-9
        ]
        if np.isfinite(jump.on):
            dots.append((jump.place, jump.on, True))
    return dots


def _limit(panel: Any, drawn: Curve, derivative: bool) -> None:
    """Leave out where a pole runs away to; elsewhere Matplotlib's own limits do."""
    lines = [drawn.value, drawn.slope] if derivative and drawn.slope else [drawn.value]
    if any(np.isnan(jump.before) for line in lines for jump in line.jumps):
        numbers = np.concatenate([line.y[np.isfinite(line.y)] for line in lines])
        low, high = np.percentile(numbers, [5.0, 95.0])
        panel.set_ylim(low - 0.2 * (high - low), high + 0.2 * (high - low))


def _told(drawn: Curve, formula: int, words: int) -> list[str]:
    """What stands above a panel: the name, the definition, and what else it depends on.

    The two numbers are where lines are wrapped. Long numbers of a definition are cut off:
    1.0507... for 1.0507009873554804934.
    """
    subject = drawn.subject
    textbook = re.sub(r"(\d+\.\d{4})\d{4,}", r"\1...", subject.textbook)
    return [subject.name, *_wrapped(textbook, formula), *textwrap.wrap(subject.held, words)]


#: How loosely words of a formula bind: a line begins with the loosest one, outside all brackets.
_BINDS = {
    "else": 0, "if": 1, "and": 2, "or": 2, "<": 2, "<=": 2, ">": 2, ">=": 2, "==": 2, "!=": 2,
    "+": 3, "-": 3, "*": 4, "/": 4, "//": 4, "%": 4, "@": 4, "**": 5,
}  # fmt: skip
_COMMA, _NO_OPERATOR, _BRACKET = 1, 6, 3


def _wrapped(formula: str, width: int) -> list[str]:
    """A formula in lines of so many letters, broken where it costs least.

    A break costs 1, 3 for each bracket that it is inside of, and more the tighter the operator
    binds that the next line begins with.
    """
    words = formula.split()
    # The cheapest way to write the words from each on: its cost, and where its first line ends.
    best: list[tuple[int, int]] = [(0, 0)] * (len(words) + 1)
    for first in reversed(range(len(words))):
        ways = []
        for end in range(first + 1, len(words) + 1):
            if end > first + 1 and len(" ".join(words[first:end])) > width:
                break
            ways.append((_cost(words, end) + best[end][0], end))
        best[first] = min(ways)
    lines, first = [], 0
    while first < len(words):
        end = best[first][1]
        lines.append(" ".join(words[first:end]))
        first = end
    return lines


def _cost(words: list[str], place: int) -> int:
    """What a break before a word costs; nothing at the end."""
    if place == len(words):
        return 0
    before = " ".join(words[:place])
    depth = sum(map(before.count, "([{")) - sum(map(before.count, ")]}"))
    other = _COMMA if before.endswith(",") else _NO_OPERATOR
    return 1 + _BRACKET * depth + _BINDS.get(words[place], other)


def _title(panel: Any, canvas: Any, lines: list[str], large: float, small: float) -> None:
    """The first line in large, the others below it, above the panel; none of it is TeX."""
    name, *rest = lines
    colour = {"color": canvas.INK} if isinstance(panel, canvas.Panel) else {}
    panel.set_title(
        name, loc="left", fontsize=large, fontweight="bold", parse_math=False,
        pad=4.0 + 1.3 * small * len(rest), **colour,
    )  # fmt: skip
    if rest:
        panel.annotate(
            "\n".join(rest), (0.0, 1.0), (0.0, 3.0), xycoords="axes fraction",
            textcoords="offset points", ha="left", va="bottom", fontsize=small,
            fontfamily=canvas.MONOSPACE, linespacing=1.15, parse_math=False, **colour,
        ).set_in_layout(False)  # fmt: skip  # the title's pad keeps the room; width is wrapped


def _key(canvas: Any, derivative: bool, jumps: bool) -> tuple[list[Any], list[str]]:
    """What lines and dots mean, for a figure of many panels."""
    from matplotlib.lines import Line2D

    def dot(fill: str) -> Any:
        return Line2D(
            [], [], linestyle="", marker="o", color=canvas.INK, markerfacecolor=fill, markersize=4
        )

    handles = [Line2D([], [], color=canvas.BLUE, linewidth=1.6)]
    labels = ["value"]
    if derivative:
        handles.append(Line2D([], [], color=canvas.VERMILLION, linewidth=1.6, linestyle="--"))
        labels.append("slope")
    if jumps:
        handles += [dot(canvas.INK), dot(canvas.PAPER)]
        labels += ["what it is at a jump", "what it only comes near to"]
    return handles, labels
