"""Tensors of numbers in a row: by steps, evenly spaced, or evenly spaced in their logarithms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, warn
from tinygradx.kernels import backend_of
from tinygradx.ops.promotion import get_default_dtype, number_in
from tinygradx.tensor.creation import _count, _dtype, _finish, _number, check_device
from tinygradx.tensor.tensor import Tensor

_INT64 = np.dtype(np.int64)
#: More numbers than any memory holds.
_MOST = 2**60


def _stepped(
    asked: str, start: Any, end: Any, step: Any, wanted: Any, included: bool, requires_grad: bool
) -> Tensor:
    """The numbers of `arange`, and of `range`, which includes its end."""
    if wanted.kind == "b":
        raise DtypeError(f"{asked} of bools", "truth values, which are no numbers", "use int64")
    if wanted.kind != "f":  # as in PyTorch, fractions are cut off first
        start, end, step = (number_in(v, _INT64, asked).item() for v in (start, end, step))
    if step == 0:
        raise ArgumentError(
            f"{asked} with step=0", "it would never end", "use a step that is not 0"
        )
    if not all(map(math.isfinite, (start, end, step))):
        raise ArgumentError(
            f"{asked} from {start} to {end} with step={step}", "no finite range",
            "give finite bounds and a finite step",
        )  # fmt: skip
    if (end - start) * step < 0:
        raise ArgumentError(
            f"{asked} from {start} to {end} with step={step}",
            "a step that leads away from the end",
            f"use step={-step}, or exchange start and end",
        )  # fmt: skip
    steps = (end - start) / step
    if steps > _MOST:
        raise ArgumentError(
            f"{asked} from {start} to {end} with step={step}", f"{steps:.1g} numbers",
            "use a larger step",
        )  # fmt: skip
    count = math.floor(steps) + 1 if included else math.ceil(steps)
    return _finish(_in_dtype(start + step * np.arange(count), wanted), requires_grad)


def _in_dtype(array: Any, dtype: np.dtype[Any]) -> Any:
    """The numbers in a dtype; those beyond it become infinite, without a warning."""
    return backend_of(array).quiet.run(array.astype, dtype)


def _plain(asked: str, **given: Any) -> list[Any]:
    """Numbers as Python has them."""
    return [_number(asked, name, value) for name, value in given.items()]


def arange(
    start: Any = 0, end: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Numbers from `start` (0) up to, not including, `end`, in steps.

    Parameters
    ----------
    start, end, step : number
        Of an integer dtype their fractions are cut off first, as in PyTorch.
    dtype : dtype, optional
        int64 where all three are integers, else the default dtype, when left out.
    device, requires_grad
        As for `tensor`.

    Raises
    ------
    ArgumentError
        If the step is 0 or leads away from the end, or the range is not finite.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.arange(3), tgx.arange(1.0, 2.0, 0.5)
    (tensor([0, 1, 2]), tensor([1.0000, 1.5000]))
    """
    check_device(device)
    if end is None:
        start, end = 0, start
    start, end, step = _plain("arange", start=start, end=end, step=step)
    whole = all(isinstance(value, int) for value in (start, end, step))
    wanted = _dtype(dtype) if dtype is not None else _INT64 if whole else get_default_dtype()
    return _stepped("arange", start, end, step, wanted, False, requires_grad)


def range(
    start: Any = 0, end: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Numbers from `start` up to, and including, `end`: PyTorch's old form of `arange`.

    Parameters
    ----------
    start, end, step, dtype, device, requires_grad
        As for `arange`; the default dtype when left out.

    Warns
    -----
    UserWarning
        Always, as in PyTorch, since Python's own `range` leaves the end out.
    """
    warn("tinygradx.range", "a range that includes its end", "use arange(start, end + step, step)")
    check_device(device)
    if end is None:
        start, end = 0, start
    start, end, step = _plain("range", start=start, end=end, step=step)
    wanted = get_default_dtype() if dtype is None else _dtype(dtype)
    return _stepped("range", start, end, step, wanted, True, requires_grad)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """`steps` numbers from `start` to `end`, both included, evenly spaced.

    Raises
    ------
    ArgumentError
        If `steps` is below 0, or an end is beyond the dtype.
    """
    check_device(device)
    wanted = get_default_dtype() if dtype is None else _dtype(dtype)
    start, end = _plain("linspace", start=start, end=end)
    for value in (start, end):
        number_in(value, wanted, "linspace")
    steps = _count("linspace", "steps", steps)
    run = backend_of(_NUMBERS).quiet.run
    return _finish(_in_dtype(run(np.linspace, start, end, steps), wanted), requires_grad)


def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None,
    device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """`steps` numbers from `base ** start` to `base ** end`, their logarithms evenly spaced.

    Of an integer dtype the fractions of `start` and `end` are cut off first, as in PyTorch.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    check_device(device)
    wanted = get_default_dtype() if dtype is None else _dtype(dtype)
    start, end, base = _plain("logspace", start=start, end=end, base=base)
    if wanted.kind != "f":
        start, end = (number_in(v, _INT64, "logspace").item() for v in (start, end))
    steps = _count("logspace", "steps", steps)
    run = backend_of(_NUMBERS).quiet.run
    found = run(np.logspace, start, end, steps, base=base)
    return _finish(_in_dtype(found, wanted), requires_grad)


#: An array, by which the backend of new numbers is found.
_NUMBERS = np.empty(0)
