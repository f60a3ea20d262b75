"""Kernels that are written down whole, as the functions that they are.

Most kernels are a template around a formula. What walks through memory in a way of its own is a
plain function here in Python, whose text becomes the kernel's file.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygradx.kernels.backend import BACKENDS
from tinygradx.kernels.formula import Written
from tinygradx.kernels.source import DEVICES, Text, assemble


class PlainKernel:
    """A function on flat arrays as a kernel for each dtype; CPU only.

    Parameters
    ----------
    function : callable
        It changes arrays that it is given, and answers nothing. It may call `exp` and `log`.
    arguments : str
        The types of its arguments: `floats` for an array of the kernel's dtype, else Numba's words.
    helper : callable, optional
        A function of numbers that it calls.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: str,
        helper: Callable[..., Any] | None = None,
    ) -> None:
        self.function, self.arguments, self.helper = function, arguments, helper
        self._ready: dict[Any, Callable[..., Any]] = {}

    def text(self, dtype: str) -> Text:
        """The kernel as text, for "float32" or "float64"."""
        where = DEVICES["cpu"]
        written = Written(dtype, where.offered)
        written.imports.update(exp=("math", "exp"), log=("math", "log"))
        if self.helper is not None:
            written.helpers[self.helper.__name__] = _source(self.helper)
        types = self.arguments.replace("floats", f"{dtype}[::1]")
        name = self.function.__name__
        title = f"{name} for cpu, {dtype}"
        return assemble(title, name, where, written, f"void({types})", _source(self.function))

    def of(self, dtype: Any) -> Callable[..., Any]:
        """The compiled kernel for a NumPy dtype."""
        kernel = self._ready.get(dtype)
        if kernel is None:
            kernel = BACKENDS[np.ndarray].load(self.text(dtype.name))
            self._ready[dtype] = kernel
        return kernel


def _source(function: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(function)).rstrip()
