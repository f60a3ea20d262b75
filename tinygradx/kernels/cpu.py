"""The CPU: NumPy for what it does well, our own kernels over slices for the rest."""

from __future__ import annotations

import contextvars
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
_ravel = np.ndarray.ravel


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
        out = _empty(x.shape, x.dtype)
        if x.size > SHARED:
            _Cpu.run(kernel, (x, *numbers), (out,))
        elif numbers:
            kernel(x.ravel(), *numbers, out.ravel())
        else:
            kernel(x.ravel(), out.ravel())
        return out

    @staticmethod
    def binary(kernel: Callable[..., None], x: Any, y: Any) -> Any:
        """A flat kernel of two arrays of one shape into a new one, on the shortest way."""
        out = _empty(x.shape, x.dtype)
        if x.size > SHARED:
            _Cpu.run(kernel, (x, y), (out,))
        else:
            kernel(x.ravel(), y.ravel(), out.ravel())
        return out

    @staticmethod
    def change(
        kernel: Callable[..., None], numbers: Sequence[float], arrays: Sequence[Any]
    ) -> None:
        """A flat kernel of numbers and contiguous arrays of one size, some of which it changes."""
        if arrays[0].size <= SHARED:
            kernel(*numbers, *map(_ravel, arrays))
        else:
            _Cpu.run(kernel, numbers, arrays)

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
    def run_rows(kernel: Callable[..., None], rows: int, width: int, arrays: Sequence[Any]) -> None:
        """A row kernel over contiguous arrays of so many rows, shared between threads by rows."""
        if rows * width <= SHARED:
            kernel(*arrays)
            return

        def bite(start: int, stop: int) -> None:
            kernel(*(a[start:stop] for a in arrays))

        spread(bite, rows, max(1, BITE // max(1, width)))

    @staticmethod
    def load(text: Text) -> Callable[..., None]:
        """The compiled kernel."""
        kernel = text.load()
        if hasattr(kernel, "__code__"):  # NUMBA_DISABLE_JIT=1: plain Python over NumPy scalars
            # Not `partial(_quiet.run, ...)`: each thread of the pool has a context of its own.
            return lambda *arguments: _quiet.run(kernel, *arguments)
        return kernel


CPU = _Cpu()
