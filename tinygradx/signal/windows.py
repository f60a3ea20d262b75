"""Windows: weights that fade a signal out at both ends, under PyTorch's names.

>>> import tinygradx as tgx
>>> tgx.signal.windows.hann(5)
tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])

Formulas: F. Harris, "On the use of windows for harmonic analysis with the discrete Fourier
transform" (1978). All take the number of points M from 0 on; `sym=True` for a symmetric window, to
design a filter, or False for one period of a periodic one, which goes before a Fourier transform;
and `dtype`, `device` and `requires_grad`, as the functions do that make tensors. `layout` is taken
for PyTorch's sake. A number out of range raises an ArgumentError.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.tensor import Tensor, tensor
from tinygradx.tensor.creation import _dtype

__all__ = [
    "bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine",
    "general_hamming", "hamming", "hann", "kaiser", "nuttall",
]  # fmt: skip

Window = Callable[..., Tensor]


def _window(formula: Callable[..., Any]) -> Window:
    """A function that makes a tensor of a formula of the places 0, 1, ... and of the last one.

    The last place of a periodic window is the one that would come next.
    """

    @functools.wraps(formula)
    def make(
        M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None,
        device: Any = None, requires_grad: bool = False, **settings: Any,
    ) -> Tensor:  # fmt: skip
        count, asked = operator.index(M), f"signal.windows.{formula.__name__}"
        if count < 0:
            raise ArgumentError(f"{asked} of {count} points", "a negative number", "use 0 or more")
        wanted = get_default_dtype() if dtype is None else _dtype(dtype)
        if wanted.kind != "f":
            raise DtypeError(f"{asked} of {wanted}", "no floats", "use float32 or float64")
        places, last = np.arange(count, dtype=np.float64), float(count - 1 if sym else count)
        if count > 1:
            values = formula(places, last, **settings)
        else:  # the only point is the middle
            formula(np.zeros(1), 1.0, **settings)  # for what it refuses
            values = np.ones(count)
        return tensor(values, dtype=wanted, device=device, requires_grad=requires_grad)

    del make.__wrapped__
    return make


def _cosines(places: Any, last: float, weights: Iterable[float]) -> Any:
    """A sum of cosines of 0, 1, 2, ... periods, with signs in turn."""
    turns = 2.0 * math.pi * places / last
    return sum((-1) ** k * a * np.cos(k * turns) for k, a in enumerate(weights))


@_window
def general_cosine(places: Any, last: float, a: Iterable[float]) -> Any:
    """A sum of cosines: `a[0] - a[1] cos(t) + a[2] cos(2 t) - ...` with t from 0 to 2 pi.

    `general_cosine(M, a=[0.46, 0.23, 0.31])`.
    """
    weights = list(a) if isinstance(a, Iterable) else []
    if not weights:
        raise ArgumentError("signal.windows.general_cosine", "no weights", "pass a=[0.5, 0.5]")
    return _cosines(places, last, weights)


@_window
def general_hamming(places: Any, last: float, alpha: float = 0.54) -> Any:
    """`alpha - (1 - alpha) cos(t)` with t from 0 to 2 pi: `general_hamming(M, alpha=0.54)`."""
    return _cosines(places, last, (alpha, 1.0 - alpha))


@_window
def hamming(places: Any, last: float) -> Any:
    """`0.54 - 0.46 cos(t)` with t from 0 to 2 pi, which ends at 0.08. R. Hamming."""
    return _cosines(places, last, (0.54, 0.46))


@_window
def hann(places: Any, last: float) -> Any:
    """`0.5 - 0.5 cos(t)` with t from 0 to 2 pi, which ends at 0. J. von Hann."""
    return _cosines(places, last, (0.5, 0.5))


@_window
def blackman(places: Any, last: float) -> Any:
    """`0.42 - 0.5 cos(t) + 0.08 cos(2 t)` with t from 0 to 2 pi. R. Blackman."""
    return _cosines(places, last, (0.42, 0.5, 0.08))


@_window
def nuttall(places: Any, last: float) -> Any:
    """Four cosines with side lobes of -93 dB. A. Nuttall (1981)."""
    return _cosines(places, last, (0.3635819, 0.4891775, 0.1365995, 0.0106411))


@_window
def bartlett(places: Any, last: float) -> Any:
    """A triangle from 0 to 1 and back."""
    return 1.0 - np.abs(2.0 * places / last - 1.0)


@_window
def cosine(places: Any, last: float) -> Any:
    """Half a period of a sine, taken in the middle of each point: `sin(pi (n + 1/2) / M)`."""
    return np.sin(math.pi * (places + 0.5) / (last + 1.0))


@_window
def exponential(places: Any, last: float, center: float | None = None, tau: float = 1.0) -> Any:
    """`exp(-abs(n - center) / tau)`: `exponential(M, tau=1.0)`; `center` only with `sym=False`."""
    if center is not None and last == len(places) - 1:
        raise ArgumentError(
            f"signal.windows.exponential with center={center}", "a symmetric window",
            "pass sym=False, or leave center out: it is the middle",
        )  # fmt: skip
    if not tau > 0.0:
        raise ArgumentError(
            f"signal.windows.exponential with tau={tau}", "no number above 0", "use tau=1.0"
        )
    middle = last / 2.0 if center is None else center
    return np.exp(-np.abs(places - middle) / tau)


@_window
def gaussian(places: Any, last: float, std: float = 1.0) -> Any:
    """A bell, `exp(-((n - center) / std)² / 2)`: `gaussian(M, std=1.0)`."""
    if not std > 0.0:
        raise ArgumentError(
            f"signal.windows.gaussian with std={std}", "no number above 0", "use std=1.0"
        )
    return np.exp(-0.5 * ((places - last / 2.0) / std) ** 2)


@_window
def kaiser(places: Any, last: float, beta: float = 12.0) -> Any:
    """`I0(beta sqrt(1 - s²)) / I0(beta)` with s from -1 to 1: `kaiser(M, beta=12.0)`. J. Kaiser."""
    if not beta >= 0.0:
        raise ArgumentError(
            f"signal.windows.kaiser with beta={beta}", "no number from 0 on", "use beta=12.0"
        )
    s = 2.0 * places / last - 1.0
    return np.i0(beta * np.sqrt(np.maximum(0.0, 1.0 - s * s))) / np.i0(beta)
