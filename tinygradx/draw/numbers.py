"""What a picture says about an array: few elements one by one, many in four numbers.

This file knows arrays, on any device: of a large one only the reductions are fetched. It has never
heard of graphs, and it keeps no array.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygradx.kernels import backend_of

FEW = 9  # elements that are shown one by one
PER_LINE = 5


@dataclass(frozen=True)
class Summary:
    """Numbers copied from an array.

    Attributes
    ----------
    shape : tuple of int
    dtype : str
    values : tuple
        All elements, in order, where there are nine at most; empty otherwise.
    mean, std, low, high, rms, largest : float
        Over the finite elements; `largest` is of the magnitudes. nan where there are none.
    nans, infinities : int
        How many elements are nan, and infinite.
    """

    shape: tuple[int, ...]
    dtype: str
    values: tuple[Any, ...]
    mean: float
    std: float
    low: float
    high: float
    rms: float
    largest: float
    nans: int = 0
    infinities: int = 0

    @property
    def flags(self) -> str:
        """What is wrong with the numbers, in words; empty when nothing is."""
        count = math.prod(self.shape)
        words = [
            f"NaN! ({self.nans:,} of {count:,})" * bool(self.nans),
            f"Inf! ({self.infinities:,} of {count:,})" * bool(self.infinities),
        ]
        return ", ".join(filter(None, words))


def summary_of(array: Any) -> Summary:
    """The numbers of an array that a picture shows.

    Examples
    --------
    >>> import numpy as np
    >>> summary_of(np.array([3.0, 4.0])).values
    (3.0, 4.0)
    >>> round(summary_of(np.arange(100.0)).mean, 2)
    49.5
    """
    shape, dtype, size = tuple(array.shape), str(array.dtype), int(array.size)
    values = tuple(array.ravel().tolist()) if size <= FEW else ()
    nothing = math.nan
    if not size:
        return Summary(shape, dtype, values, nothing, nothing, nothing, nothing, nothing, nothing)
    xp = backend_of(array).xp
    with np.errstate(all="ignore"):
        wide = array.astype(np.float64)
        nans, infinities = int(xp.isnan(wide).sum()), int(xp.isinf(wide).sum())
        if nans or infinities:
            wide = wide[xp.isfinite(wide)]
        if not wide.size:
            parts = [nothing] * 5
        else:
            parts = [
                float(wide.mean()), float(wide.std()), float(wide.min()), float(wide.max()),
                float(xp.sqrt((wide * wide).mean())),
            ]  # fmt: skip
    mean, std, low, high, rms = parts
    return Summary(
        shape, dtype, values, mean, std, low, high, rms, max(abs(low), abs(high)), nans, infinities
    )


def number_text(value: Any, precision: int) -> str:
    """One element: so many decimals, or powers of ten where decimals would hide the number.

    Examples
    --------
    >>> number_text(0.70710678, 4), number_text(3e-7, 4), number_text(2, 4)
    ('0.7071', '3.00e-07', '2')
    """
    if isinstance(value, (bool, int)):
        return str(value)
    size = abs(value)
    if not math.isfinite(value):
        return str(value)
    if value != 0.0 and (size < 10.0 ** (1 - precision) or size >= 1e6):
        return f"{value:.{max(precision - 2, 0)}e}"
    return f"{value or 0.0:.{precision}f}"  # not -0.0000, which relu's slope may leave


def value_lines(numbers: Summary, precision: int) -> list[str]:
    """What a box says in its row of data, a line each."""
    if numbers.values:
        return _all_values(numbers, precision)
    if not math.prod(numbers.shape):
        return ["no elements"]
    if numbers.dtype == "bool":
        return [f"{numbers.mean:.0%} are True"]
    if math.isnan(numbers.mean):
        return [numbers.flags]
    line = f"μ {numbers.mean:.3g} σ {numbers.std:.3g} [{numbers.low:.3g}, {numbers.high:.3g}]"
    return [line] + [numbers.flags] * bool(numbers.flags)


def gradient_lines(numbers: Summary, precision: int) -> list[str]:
    """What a box says in its row of the gradient: how large it is."""
    if numbers.values:
        return _all_values(numbers, precision)
    if not math.prod(numbers.shape):
        return ["no elements"]
    if math.isnan(numbers.rms):
        return [numbers.flags]
    if numbers.largest == 0.0:
        sizes = "×".join(map(str, numbers.shape))
        line = f"0 (all {sizes})"
    else:
        line = f"rms {numbers.rms:.3g} max|g| {numbers.largest:.3g}"
    return [line] + [numbers.flags] * bool(numbers.flags)


def _all_values(numbers: Summary, precision: int) -> list[str]:
    """Every element: a row of the array on each line, where rows are short."""
    words = [number_text(value, precision) for value in numbers.values]
    if not numbers.shape:
        if numbers.nans or numbers.infinities:
            return [words[0].replace("nan", "NaN!").replace("inf", "Inf!")]
        lines = words
    else:
        last = numbers.shape[-1]
        width = last if len(numbers.shape) > 1 and 1 < last <= PER_LINE else PER_LINE
        lines = [", ".join(words[i : i + width]) for i in range(0, len(words), width)]
        if width == PER_LINE and last != PER_LINE:  # one long list, broken where it is too wide
            lines = ("[" + ",\n".join(lines) + "]").split("\n")
        else:
            lines = [f"[{line}]" for line in lines]
    return lines + [numbers.flags] * bool(numbers.flags)
