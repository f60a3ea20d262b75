"""The mathematics of a GPU for generated kernels: `exp_float32` and its like.

Each is a function of NVIDIA's libdevice, or of `specialmath`. Under Numba's simulator, where
kernels are plain Python, each is the function of the same meaning from `math`, or that of
`specialmath` as it stands. Imported by generated CUDA kernels only.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
from numba import config

from tinygradx.kernels import specialmath
from tinygradx.kernels.source import OFFERED_BY_CUDA

#: Our name -> libdevice's, where they differ.
_RENAMED = {"ndtr": "normcdf"}


def _simulated(name: str) -> Callable[..., Any]:
    """The function `name` in plain Python: computed in float64, ends as a kernel would answer."""
    special: dict[str, Callable[..., Any]] = {
        "ndtr": lambda x: 0.5 * math.erfc(-x * math.sqrt(0.5)),
        "rint": np.rint,
        "pow": np.power,
        "exp2": np.exp2,
        "erfinv": _erfinv,
        "erfcx": lambda x: specialmath.erfc_integral(0.0, x),
    }
    function = special.get(name) or getattr(np, name, None) or getattr(math, name)

    def simulated(*x: Any) -> Any:
        with np.errstate(all="ignore"):
            return type(x[0])(function(*(float(a) for a in x)))

    return simulated


def _erfinv(y: float) -> float:
    """erf's inverse by bisection: slow and sure, which is what a simulator is for."""
    if not -1.0 < y < 1.0:
        return math.copysign(math.inf, y) if abs(y) == 1.0 else math.nan
    low, high = 0.0, 6.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erf(middle) < abs(y) else (low, middle)
    return math.copysign(low, y)


@functools.cache
def _special() -> dict[str, Any]:
    """The functions of `specialmath` for this device."""
    if config.ENABLE_CUDASIM:
        return specialmath.compiled_by(lambda function: function)
    from numba import cuda
    from numba.cuda import libdevice

    # Few of NumPy's functions exist for a single number on a GPU; these of `math` do.
    numpy = ModuleType("numpy_on_cuda")
    for name in "exp expm1 log log1p sin cos sinh sqrt floor copysign isnan isinf inf nan".split():
        setattr(numpy, name, getattr(math, name))
    others = {"abs": abs, "power": math.pow, "rint": libdevice.rint}
    vars(numpy).update(others, float32=np.float32, float64=np.float64)
    return specialmath.compiled_by(cuda.jit(device=True), numpy)


def __getattr__(name: str) -> Callable[..., Any]:
    base, _, dtype = name.rpartition("_")
    if base in specialmath.OFFERED and dtype in ("float32", "float64"):
        return _special()[name]  # type: ignore[no-any-return]
    if base not in OFFERED_BY_CUDA or dtype not in ("float32", "float64"):
        raise AttributeError(f"module {__name__!r} has no function {name!r}")
    if config.ENABLE_CUDASIM:
        return _simulated(base)
    from numba.cuda import libdevice  # needs the CUDA extra, not a driver

    found: Callable[..., Any] = getattr(
        libdevice, _RENAMED.get(base, base) + ("f" if dtype == "float32" else "")
    )
    return found
