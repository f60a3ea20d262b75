"""The CPU: NumPy for what it does well, our own kernels over slices for the rest."""

from __future__ import annotations

import contextvars
import functools
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygradx.kernels.pool import spread
from tinygradx.kernels.source import Text

#: Elements above which a loop is shared between threads (docs/speed.md has the measurement), and
#: the size of a thread's bite: at 10 ns an element it is over in 3 ms, so Ctrl-C is heard.
SHARED = 524_288
BITE = 65_536


class _Quiet(threading.local):
    """For each thread a context in which NumPy reports no overflow, no 0/0.

    PyTorch is silent there as well. Entering `np.errstate` for every operation costs 1.2
    microseconds; running in a context where it was entered once costs 0.04.
    """

    def __init__(self) -> None:
        context = contextvars.copy_context()
        context.run(np.seterr, all="ignore")
        self.run = context.run


_quiet = _Quiet()
_ndarray = np.ndarray
_asarray = np.asarray
_empty = np.empty


class _Cpu:
    name: str = "cpu"
    xp: Any = np
    quiet: Any = _quiet

    @staticmethod
    def call(function: Callable[..., Any], *operands: Any) -> Any:
        """`function(*operands)`, silent, and never a NumPy scalar."""
        out = _quiet.run(function, *operands)
        return out if type(out) is _ndarray else _asarray(out)

    @staticmethod
    def unary(kernel: Callable[..., None], x: Any, numbers: Sequence[float]) -> Any:
        """A flat kernel of one array into a new one, on the shortest way."""
        flat = x.ravel()
        out = _empty(flat.size, flat.dtype)
        if flat.size > SHARED:
            _Cpu.run(kernel, (flat, *numbers), (out,))
        elif numbers:
            kernel(flat, *numbers, out)
        else:
            kernel(flat, out)
        return out if x.ndim == 1 else out.reshape(x.shape)

    @staticmethod
    def run(kernel: Callable[..., None], arguments: Sequence[Any], outputs: Sequence[Any]) -> None:
        """A flat kernel over arrays of one size, on several threads when they are large."""
        size = outputs[0].size
        # ravel() copies what is not contiguous; an output always is.
        flat = [a.ravel() if type(a) is _ndarray else a for a in (*arguments, *outputs)]
        if size <= SHARED:
            kernel(*flat)
            return

        def bite(start: int, stop: int) -> None:
            kernel(*(a[start:stop] if type(a) is _ndarray else a for a in flat))

        spread(bite, size, BITE)

    @staticmethod
    def run_rows(
        kernel: Callable[..., None], arrays: Sequence[Any], scratch: Any, out: Any
    ) -> None:
        """A row kernel over contiguous matrices, shared between threads by rows."""
        rows, width = max((a.shape for a in arrays), key=lambda shape: shape[1])
        if rows * width <= SHARED:
            kernel(*arrays, scratch, out)
            return

        def bite(start: int, stop: int) -> None:
            kernel(*(a[start:stop] for a in arrays), scratch[start:stop], out[start:stop])

        spread(bite, rows, max(1, BITE // max(1, width)))

    @staticmethod
    def load(text: Text) -> Callable[..., None]:
        """The compiled kernel."""
        kernel = text.load()
        if hasattr(kernel, "__code__"):  # NUMBA_DISABLE_JIT=1: plain Python over NumPy scalars
            return functools.partial(_quiet.run, kernel)
        return kernel


CPU = _Cpu()
