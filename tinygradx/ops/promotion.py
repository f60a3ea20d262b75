"""Which dtype an operation computes in: PyTorch's rules, from three kinds of operand.

An array with dimensions decides before an array without, and that before a Python number; within
a kind, the higher category (bool < integer < float) decides, then the larger type. NumPy's own
rules differ (int64 with float32 is float64 there, float32 here).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError

#: The dtypes a tensor can have.
SUPPORTED = ("float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool")


def _kind(dtype: Any) -> str:
    """What the elements are of a dtype that tensors cannot have."""
    kinds = {"U": "text", "S": "text", "O": "Python objects", "c": "complex numbers", "M": "dates"}
    return f"{kinds.get(dtype.kind, f'elements of {dtype}')}, where tensors hold numbers and bools"


def supported(array: Any) -> Any:
    """The array in a dtype that tensors can have, in native byte order, or an error.

    By its name a dtype is NumPy's one object for it, which operations compare with `is`.
    """
    name = array.dtype.name
    if name not in SUPPORTED:
        raise DtypeError(
            f"a tensor of an array of {array.dtype}", _kind(array.dtype),
            f"convert it to one of {', '.join(SUPPORTED)}",
        )  # fmt: skip
    return array if array.dtype is np.dtype(name) else array.astype(name)


class _Default:
    """The dtype of floats that nobody gave one."""

    dtype = np.dtype(np.float32)


#: The dtype of Python floats within a slope that runs on tensors: that of the gradient. Otherwise
#: `where(x > 0.0, 1.0, 0.01)` would be of the default dtype, and 0.01 lose half of its digits.
slope_dtype: ContextVar[np.dtype[Any] | None] = ContextVar("tinygradx_slope_dtype", default=None)


def get_default_dtype() -> np.dtype[Any]:
    """The dtype of tensors made from Python floats, float32 unless it was set."""
    dtype = slope_dtype.get()
    return _Default.dtype if dtype is None else dtype


def set_default_dtype(dtype: Any) -> None:
    """Set the dtype of tensors made from Python floats.

    Parameters
    ----------
    dtype : dtype
        float32 or float64.
    """
    dtype = np.dtype(dtype)
    if dtype.char not in "fd":
        raise DtypeError(
            "set the default dtype", f"{dtype}", "use tinygradx.float32 or tinygradx.float64"
        )
    _Default.dtype = dtype


def number_in(value: Any, dtype: np.dtype[Any], asked: str) -> Any:
    """One number as an array of a dtype, if the dtype can hold it; fractions are cut off.

    As in PyTorch, a number below 0 counts from the end of uint8: -1 is 255. An infinity and nan
    are in every dtype of floats, and any number is a bool.

    Parameters
    ----------
    value : bool, int or float
        The number.
    dtype : dtype
        Of the array.
    asked : str
        What to say was asked, in the error.

    Raises
    ------
    ArgumentError
        If the number is beyond the dtype.
    """
    if dtype.kind == "b":
        return np.asarray(bool(value))
    if dtype.kind == "f":
        try:
            held = abs(value) <= _LARGEST[dtype] or not math.isfinite(value)
        except OverflowError:  # an integer that no float holds
            held = False
        whole: Any = value
    else:
        held = math.isfinite(value) if isinstance(value, float) else True
        whole = int(value) if held else 0
        ends = np.iinfo(dtype)
        held = held and (-ends.max if dtype.kind == "u" else ends.min) <= whole <= ends.max
        whole &= ends.max if dtype.kind == "u" else -1
    if not held:
        raise ArgumentError(
            f"{asked} in {dtype}", f"the number {value!r:.40}", "use one that the dtype can hold"
        )
    return np.asarray(whole, dtype)


#: The largest number that each dtype of floats holds.
_LARGEST = {np.dtype(name): float(np.finfo(name).max) for name in ("float32", "float64")}


def category(kind: str) -> int:
    """bool 0, integers 1, floats 2: by NumPy's letter for the kind of dtype."""
    return {"b": 0, "i": 1, "u": 1, "f": 2}[kind]


def _of_number(value: bool | int | float) -> np.dtype[Any]:
    if isinstance(value, bool):
        return np.dtype(bool)
    return np.dtype(np.int64) if isinstance(value, int) else get_default_dtype()


def join_dtypes(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """The smallest dtype for two operands of equal standing."""
    if a == b:
        return a
    ca, cb = category(a.kind), category(b.kind)
    if ca != cb:
        return a if ca > cb else b
    return np.promote_types(a, b)


def result_type(operands: Sequence[Any]) -> np.dtype[Any]:
    """The dtype in which arrays and Python numbers meet.

    Parameters
    ----------
    operands : sequence
        Arrays and Python numbers.
    """
    standing: list[np.dtype[Any] | None] = [None, None, None]  # dims, no dims, numbers
    for operand in operands:
        if isinstance(operand, (bool, int, float)):
            place, dtype = 2, _of_number(operand)
        else:
            place, dtype = (0 if operand.ndim else 1), operand.dtype
        known = standing[place]
        standing[place] = dtype if known is None else join_dtypes(known, dtype)
    result: np.dtype[Any] | None = None
    for dtype_or_none in standing:
        if dtype_or_none is None:
            continue
        if result is None or category(dtype_or_none.kind) > category(result.kind):
            result = dtype_or_none
    assert result is not None
    return result
