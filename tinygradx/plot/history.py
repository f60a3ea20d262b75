"""A loss, or whatever else was written down while training, as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import Handle
from tinygradx.plot.curves import canvas_module

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = np.ndarray[Any, np.dtype[np.float64]]


class Series(NamedTuple):
    """Numbers in order, and what they are called."""

    name: str
    steps: Array
    values: Array


def loss(
    history: Any,
    *,
    smooth: float = 0.0,
    log: bool = False,
    unit: str = "epoch",
    label: str = "loss",
    title: str = "",
    ax: Any = None,
) -> Axes:
    """Draw how a loss went.

    Parameters
    ----------
    history : sequence of float, or mapping
        The losses in order, the first at 1; a mapping from step to loss, where they do not follow
        one another; or several such series by name, as in `{"train": [...], "held out": [...]}`.
        Elements may be tensors of one element.
    smooth : float
        From 0 (as it is) to below 1: the weight of what came before in a running mean, which is
        then drawn over the faint original. The first values weigh no more than others: the mean
        is divided by the sum of its weights, as in Adam (arXiv:1412.6980).
    log : bool
        Whether the axis of the loss is logarithmic.
    unit : str
        What is counted, written below.
    label : str
        What is measured, written at the side.
    title : str
        Written above.
    ax : matplotlib.axes.Axes, optional
        Where to draw; axes in a figure of their own when left out.

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn in. In a notebook it shows itself; `.figure.savefig("loss.svg")` writes it.

    Raises
    ------
    ArgumentError
        If there is nothing to draw, or `smooth` is out of range.
    DtypeError
        If an element is no number.
    RendererNotFound
        If Matplotlib is not installed.

    Notes
    -----
    Losses that are NaN or infinite leave a gap, and a line below the title counts them.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> axes = tgx.plot.loss({"train": [2.3, 0.9, 0.4], "held out": [1.1, 0.7, 0.6]})
    >>> [line.get_label() for line in axes.lines]
    ['train', 'held out']
    """
    if not (isinstance(smooth, (int, float)) and 0.0 <= smooth < 1.0):
        raise ArgumentError(
            f"plot a loss with smooth={smooth!r}", "a weight that is not from 0 to below 1",
            "use 0 for none, or 0.9 for about ten values",
        )  # fmt: skip
    several = _series(history)
    canvas = canvas_module("plot a loss")
    panel = canvas.chosen_panel(ax)
    words = []
    for place, series in enumerate(several):
        colour = canvas.COLOURS[place % len(canvas.COLOURS)]
        stroke = canvas.STROKES[place % len(canvas.STROKES)]
        words += _unseen(series, unit, log, len(several) > 1)
        seen = np.isfinite(series.values) & ((series.values > 0.0) | (not log))
        values = np.where(seen, series.values, np.nan)
        style = {"color": colour, "linestyle": stroke, "linewidth": 2.0}
        # A single value is no line; values between gaps need dots to be seen at all.
        style |= {"marker": "o", "markersize": 3.5} if len(values) < 25 or not seen.all() else {}
        if smooth:
            panel.plot(series.steps, values, color=colour, alpha=0.3, linewidth=1.0, label="_raw")
            values = _running_mean(values, smooth)
        panel.plot(series.steps, values, label=series.name or label, **style)
    if log:
        _logarithmic(panel, several)
    panel.set_xlabel(unit)
    panel.set_ylabel(label + (", logarithmic" if log else ""))
    panel.xaxis.get_major_locator().set_params(integer=True)
    if smooth:
        words.append(f"thick: a running mean, smooth={smooth:g}; thin: as it was")
    _title(panel, canvas, title, words)
    if len(several) > 1:
        canvas.legend(panel)
    return panel  # type: ignore[no-any-return]


def _logarithmic(panel: Any, several: list[Series]) -> None:
    """A logarithmic axis with numbers as one writes them, and 2 and 5 between few powers of 10."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    panel.set_yscale("log")
    values = np.concatenate([series.values for series in several])
    seen = values[np.isfinite(values) & (values > 0.0)]
    if seen.size and seen.max() < 1e3 * seen.min():
        panel.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.yaxis.set_minor_formatter(NullFormatter())


def _title(panel: Any, canvas: Any, title: str, words: list[str]) -> None:
    """The title, and what must be said in words, below it."""
    ours = {"color": canvas.INK} if isinstance(panel, canvas.Panel) else {}
    if title:
        panel.set_title(
            title, loc="left", fontweight="bold", pad=6.0 + 12.0 * len(words),
            parse_math=False, **ours,
        )  # fmt: skip
    if words:
        panel.annotate(
            "\n".join(words), (0.0, 1.0), (0.0, 4.0), xycoords="axes fraction",
            textcoords="offset points", ha="left", va="bottom", fontsize=9,
            parse_math=False, **ours,
        )  # fmt: skip


# ---- what was written down ----------------------------------------------------------------------


def _series(history: Any) -> list[Series]:
    """A history as one or several series; refuses what has nothing to draw."""
    named = isinstance(history, Mapping) and any(isinstance(key, str) for key in history)
    parts = dict(history) if named else {"": history}
    several = [_one(str(name), values) for name, values in parts.items()]
    empty = [series.name for series in several if not series.values.size]
    if empty:
        which = f"{empty[0]!r} in it" if empty[0] else "it"
        raise ArgumentError(
            "plot a loss", f"a history without a value: {which} is empty",
            "append loss.item() after each step, or each epoch",
        )  # fmt: skip
    return several


def _one(name: str, given: Any) -> Series:
    """Numbers in order, from a sequence or from a mapping of steps."""
    asked = f"plot the loss {name!r}" if name else "plot a loss"
    if isinstance(given, Handle):
        given = given.array
    if isinstance(given, Mapping):
        steps, values = list(given), list(given.values())
    else:
        try:
            values = list(given)
        except TypeError:
            raise DtypeError(
                asked, f"a {type(given).__name__}", "pass a list of losses, or a dict of lists"
            ) from None
        steps = list(range(1, len(values) + 1))
    x, y = (
        np.array([_number(value, asked) for value in numbers], np.float64)
        for numbers in (steps, values)
    )
    order = np.argsort(x, kind="stable")
    return Series(name, x[order], y[order])


def _number(value: Any, asked: str) -> float:
    """A number, or the only element of a tensor or an array."""
    if isinstance(value, Handle):
        value = value.array
    try:
        if not isinstance(value, str) and np.size(value) == 1:
            return float(np.asarray(value).item())
    except (TypeError, ValueError):
        pass
    raise DtypeError(
        asked, f"{value!r:.60} in its history", "pass numbers, such as loss.item()"
    ) from None


def _unseen(series: Series, unit: str, log: bool, named: bool) -> list[str]:
    """In words, what a line cannot show."""
    kinds = [("NaN", np.isnan(series.values)), ("infinite", np.isinf(series.values))]
    if log:
        with np.errstate(invalid="ignore"):
            low = (series.values <= 0.0) & np.isfinite(series.values)
        kinds.append(("0 or less, which has no logarithm", low))
    words = []
    for kind, found in kinds:
        count = int(found.sum())
        if count:
            first = f"{unit} {series.steps[found.argmax()]:g}"
            where = f"{series.name}: " if named else ""
            many = f"{count} of {found.size} values are" if count > 1 else "one value is"
            words.append(f"{where}{many} {kind}, the first at {first}")
    return words


def _running_mean(values: Array, weight: float) -> Array:
    """The running mean; gaps stay gaps, and are not averaged over."""
    mean, total = 0.0, 0.0
    smooth = np.full_like(values, np.nan)
    for place, value in enumerate(values):
        if np.isfinite(value):
            mean = weight * mean + (1.0 - weight) * value
            total = weight * total + (1.0 - weight)
            smooth[place] = mean / total
    return smooth
