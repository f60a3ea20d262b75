"""How a tensor is written down: the text of its ``repr``.

This file knows NumPy arrays, a handful of printing options, and the text that PyTorch
gives for the same values. It does not know Tensors, graphs or devices: the caller hands
in an array, and in words what else is to be told (the operation behind it, whether it
asks for gradients).

The text is made in four steps. Long axes are cut down to their ends; one notation and one
width are chosen for all numbers that are left; the numbers are joined from the innermost
axis outwards; and what the numbers do not tell (size, dtype, gradient) is appended.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

LARGEST_PLAIN = 1e8  # beyond these three, PyTorch turns to scientific notation
SMALLEST_PLAIN = 1e-4
WIDEST_PLAIN_RATIO = 1000.0  # of the largest magnitude to the smallest

CUT = "..."  # stands for what was left out of an axis
DTYPE_PREFIX = (
    "tinygradx."  # PyTorch names its own module here; the rest is PyTorch's to the letter
)


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """What `set_printoptions` can change, with PyTorch's defaults."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}

_options = PROFILES["default"]


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Choose how tensors are printed from now on.

    What is left out stays as it is, except `sci_mode`, which every call sets anew, as in PyTorch.

    Parameters
    ----------
    precision : int, optional
        Digits after the point (4 at first).
    threshold : float, optional
        A tensor of more elements than this is summarised (1000 at first; ``inf`` for never).
    edgeitems : int, optional
        Elements kept at either end of a long axis of a summarised tensor (3 at first).
    linewidth : int, optional
        Columns of a line (80 at first).
    profile : {"default", "short", "full"}, optional
        A named set of options to start from; the other arguments go on top of it.
    sci_mode : bool, optional
        Scientific notation always (True), never (False), or where the values ask for it (None).

    Raises
    ------
    ValueError
        If the profile is unknown, or a number of digits, items or columns is negative.

    Examples
    --------
    >>> import numpy as np
    >>> set_printoptions(precision=2)
    >>> print(format_tensor(np.array([0.125, 2.0]), default_dtype=np.dtype("float64")))
    tensor([0.12, 2.00])
    >>> set_printoptions(profile="default")
    """
    global _options
    counts = {"precision": precision, "edgeitems": edgeitems, "linewidth": linewidth}
    for option, count in counts.items():
        if count is not None and (not isinstance(count, int | np.integer) or count < 0):
            raise ValueError(f"{option} needs a whole number of 0 or more, got {count!r}.")
    if profile is not None and profile not in PROFILES:
        raise ValueError(f"profile needs one of {', '.join(PROFILES)}, got {profile!r}.")
    start = _options if profile is None else PROFILES[profile]
    asked: dict[str, Any] = {**counts, "threshold": threshold}
    given = {option: value for option, value in asked.items() if value is not None}
    _options = replace(start, sci_mode=sci_mode, **given)


def format_tensor(
    array: np.ndarray[Any, Any],
    *,
    default_dtype: np.dtype[Any],
    grad_fn: str | None = None,
    requires_grad: bool = False,
    name: str = "tensor",
) -> str:
    """Write an array as PyTorch writes a tensor of the same values.

    Parameters
    ----------
    array : numpy.ndarray
        Real numbers, integers or booleans, of any shape.
    default_dtype : numpy.dtype
        The dtype that a reader assumes for real numbers, so that it is not told.
    grad_fn : str, optional
        The operation that made the values, told as ``grad_fn=<...>``.
    requires_grad : bool
        Whether to tell ``requires_grad=True``; a `grad_fn` says it already.
    name : str
        The word before the bracket.

    Returns
    -------
    str
        The text, of several lines where needed.

    Examples
    --------
    >>> import numpy as np
    >>> float32 = np.dtype("float32")
    >>> print(format_tensor(np.array([[1.0, -2.5]], float32), default_dtype=float32))
    tensor([[ 1.0000, -2.5000]])
    >>> print(format_tensor(np.arange(3.0), default_dtype=float32, grad_fn="tanh"))
    tensor([0., 1., 2.], dtype=tinygradx.float64, grad_fn=<tanh>)
    """
    options = _options
    opening = f"{name}("
    text = opening + _values_text(array, len(opening), options)
    notes = []
    if _size_is_told(array, options):
        notes.append(f"size={array.shape}")
    if _dtype_is_told(array, default_dtype):
        notes.append(f"dtype={DTYPE_PREFIX}{array.dtype.name}")
    if grad_fn is not None:
        notes.append(f"grad_fn=<{grad_fn}>")
    elif requires_grad:
        notes.append("requires_grad=True")
    return _with_notes(text, notes, len(opening), options.linewidth) + ")"


def _size_is_told(array: np.ndarray[Any, Any], options: PrintOptions) -> bool:
    """Whether the brackets alone would not show the shape."""
    if array.size == 0:
        return array.ndim != 1
    return options.edgeitems == 0


def _dtype_is_told(array: np.ndarray[Any, Any], default_dtype: np.dtype[Any]) -> bool:
    """Whether the values alone would not show the dtype: without values, none but the default."""
    if array.dtype == default_dtype:
        return False
    return array.size == 0 or array.dtype not in (np.int64, np.bool_)


def _with_notes(text: str, notes: Sequence[str], indent: int, linewidth: int) -> str:
    """Append each note, on a new line where the current one is full."""
    # PyTorch keeps two columns free beside the values, and none on a line of notes alone.
    column = len(text) - (text.rfind("\n") + 1) + 2
    for note in notes:
        separator = ", "
        column += len(separator) + len(note)
        if column > linewidth:
            separator = ",\n" + " " * indent
            column = indent + len(note)
        text += separator + note
    return text


def _values_text(array: np.ndarray[Any, Any], indent: int, options: PrintOptions) -> str:
    """Write the values in their brackets; `indent` is the column of the first bracket."""
    if array.size == 0:
        return "[]"
    shown = array
    if array.ndim > 0 and array.size > options.threshold:
        if options.edgeitems == 0:
            return f"[{CUT}]"
        shown = _ends(array, options.edgeitems)
    words, width = _words(shown, options)
    if array.ndim == 0:
        return words[0]

    innermost = array.ndim - 1
    per_line = max(1, (options.linewidth - indent - innermost) // (width + len(", ")))
    pieces: Sequence[str] = [word.rjust(width) for word in words]
    for axis in reversed(range(array.ndim)):
        groups = _groups(pieces, shown.shape[axis])
        if shown.shape[axis] < array.shape[axis]:
            mark = f" {CUT}" if axis == innermost else CUT
            groups = [_marked(group, mark) for group in groups]
        if axis == innermost:
            groups = [_lines(group, per_line) for group in groups]
        blank_lines = max(0, innermost - axis - 1)
        separator = ",\n" + "\n" * blank_lines + " " * (indent + axis + 1)
        pieces = [f"[{separator.join(group)}]" for group in groups]
    return pieces[0]


def _ends(array: np.ndarray[Any, Any], edgeitems: int) -> np.ndarray[Any, Any]:
    """Keep `edgeitems` at either end of every axis that is longer than both ends together."""
    for axis, length in enumerate(array.shape):
        if length > 2 * edgeitems:
            array = np.delete(array, slice(edgeitems, length - edgeitems), axis)
    return array


def _groups(items: Sequence[str], size: int) -> list[Sequence[str]]:
    """Split items into runs of `size`; the last run may be shorter."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _lines(items: Sequence[str], per_line: int) -> list[str]:
    """Write the numbers of a row in lines of at most `per_line` numbers."""
    return [", ".join(line) for line in _groups(items, per_line)]


def _marked(items: Sequence[str], mark: str) -> Sequence[str]:
    """Put a mark in the middle, where an axis was cut."""
    middle = len(items) // 2
    return [*items[:middle], mark, *items[middle:]]


def _words(shown: np.ndarray[Any, Any], options: PrintOptions) -> tuple[list[str], int]:
    """Write every number alone, and say how wide a column for them is.

    PyTorch measures only finite numbers other than zero, so that ``nan``, ``inf`` and ``-0.``
    may stick out of their columns; we follow, as the text is to be the same.
    """
    values = shown.ravel().tolist()
    if shown.dtype.kind != "f":
        words = [str(value) for value in values]
        return words, max(map(len, words))
    measured = [value for value in values if value != 0.0 and math.isfinite(value)]
    write = _notation(measured, options)
    return [write(value) for value in values], max((len(write(v)) for v in measured), default=1)


def _notation(measured: Sequence[float], options: PrintOptions) -> Callable[[float], str]:
    """Choose the one notation in which all real numbers of a tensor are written.

    Parameters
    ----------
    measured : sequence of float
        The numbers that decide: finite and not zero.
    options : PrintOptions
        The digits, and whether the choice is made for us.
    """
    if measured and _is_scientific(measured, options.sci_mode):
        return f"{{:.{options.precision}e}}".format
    if all(value.is_integer() for value in measured):
        return _whole_number
    return f"{{:.{options.precision}f}}".format


def _is_scientific(measured: Sequence[float], sci_mode: bool | None) -> bool:
    """Whether plain digits would be too long, or too few to tell the numbers apart."""
    if sci_mode is not None:
        return sci_mode
    magnitudes = [abs(value) for value in measured]
    smallest, largest = min(magnitudes), max(magnitudes)
    return (
        largest > LARGEST_PLAIN
        or smallest < SMALLEST_PLAIN
        or largest / smallest > WIDEST_PLAIN_RATIO
    )


def _whole_number(value: float) -> str:
    """Write a real number without decimals: a point tells it from an integer."""
    return f"{value:.0f}." if math.isfinite(value) else str(value)
