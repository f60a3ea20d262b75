"""Rounding, and what is left of divisions: `floor`, `round`, `remainder` ..."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.kernels import machine
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import div, mul
from tinygradx.ops.elementwise import elementwise

# ---- rounding -----------------------------------------------------------------------------------


@elementwise("floor(x)", numpy=np.floor, integers="same")
def floor(x):
    """Rounded down; its slope is 0."""
    return machine.floor(x)


@floor.slope
def _():
    return 0.0


@elementwise("ceil(x)", numpy=np.ceil, integers="same")
def ceil(x):
    """Rounded up; its slope is 0."""
    return machine.ceil(x)


@ceil.slope
def _():
    return 0.0


@elementwise("trunc(x)", numpy=np.trunc, integers="same")
def trunc(x):
    """Rounded towards 0; its slope is 0."""
    return machine.trunc(x)


@trunc.slope
def _():
    return 0.0


def _nearest(x: Any) -> Any:
    """np.rint, which would make floats of integers."""
    return np.rint(x) if x.dtype.kind == "f" else x.copy()


@elementwise("nint(x)", numpy=_nearest, integers="same")
def rint(x):
    """Rounded to the nearest whole number, halves to the even one; its slope is 0."""
    return machine.rint(x)


@rint.slope
def _():
    return 0.0


@elementwise("x - trunc(x)")
def frac(x):
    """The part behind the point, with the sign of x."""
    return x - machine.trunc(x)


@frac.slope
def _():
    return 1.0


def round(input: Any, *, decimals: int = 0) -> Any:
    """The nearest whole number, halves to the even one; its slope is 0.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    decimals : int
        Digits behind the point (or before it, when negative) to keep.
    """
    if decimals == 0:
        return rint(input)
    return div(rint(mul(input, 10.0**decimals)), 10.0**decimals)


# ---- divisions in whole numbers -----------------------------------------------------------------


@elementwise("x - y * floor(x / y)", numpy=np.remainder, integers="same")
def remainder(x, y):
    """What is left of a division, with the sign of the divisor (Python's `%`)."""
    r = machine.fmod(x, y)
    return where((r != 0.0) & ((r < 0.0) != (y < 0.0)), r + y, r)


@remainder.slope
def _(x, y):
    return 1.0, -floor_divide(x, y)


@elementwise("x - y * trunc(x / y)", numpy=np.fmod, integers="same")
def fmod(x, y):
    """What is left of a division, with the sign of the dividend (C's `fmod`)."""
    return machine.fmod(x, y)


@fmod.slope
def _(x, y):
    # Not trunc(x / y): a quotient just below a whole number may be rounded up to it.
    return 1.0, -rint((x - fmod(x, y)) / y)


@elementwise("floor(x / y)", numpy=np.floor_divide, integers="same")
def floor_divide(x, y):
    """The quotient rounded down; its slope is 0."""
    # Not floor(x / y): a quotient just below a whole number may be rounded up to it.
    whole = machine.rint((x - remainder(x, y)) / y)
    return where((y == 0.0) | (abs(y) == math.inf), machine.floor(x / y), whole)


@floor_divide.slope
def _():
    return 0.0, 0.0
