"""How a parameter changes: the formula of one element, compiled by the writer of all kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygradx.errors import ShapeError
from tinygradx.graph import wrap
from tinygradx.kernels import BACKENDS, Formula, Text, backend_of, update_kernel
from tinygradx.tensor import Tensor

#: The dtypes that parameters may have, by NumPy's letters.
DTYPE_NAMES = {"f": "float32", "d": "float64"}


class Update:
    """The formula of one element, `(p, g, ...) -> p`, as a kernel that changes arrays in place.

    Parameters
    ----------
    function : function
        Takes `p`, `g`, what it keeps from step to step, and numbers; returns the new `p` and the
        new values of what it keeps, in the order of its parameters.

    Examples
    --------
    >>> from tinygradx.optim.sgd import descend
    >>> "p[i] = descend(p[i], g[i], lr, weight_decay)" in descend.source("cpu")
    True
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.formula = Formula(function)
        self.name = self.formula.name
        self.__doc__ = function.__doc__
        #: What it changes: `p`, and what it keeps.
        self.arrays = ("p", *self.formula.parameters[2 : len(self.formula.parts()) + 1])
        self._kernels: dict[Any, Callable[..., None]] = {}

    def text(self, device: str = "cpu", dtype: str = "float32") -> Text:
        """The kernel as text that can be loaded."""
        return update_kernel(f"{self.name}_update", device, dtype, self.formula, self.arrays)

    def source(self, device: str = "cpu", dtype: str = "float32") -> str:
        """The text of the kernel."""
        return self.text(device, dtype).source

    def __call__(self, arrays: tuple[Any, ...], g: Any, numbers: tuple[float, ...]) -> None:
        """Change the arrays, `p` first, by the gradient and the numbers, in the formula's order."""
        p = arrays[0]
        backend, shape, dtype = BACKENDS[p.__class__], p.shape, p.dtype
        # A kernel checks nothing, and would write beyond the end.
        if g.shape != shape or g.dtype is not dtype:
            raise self._misfit(p, g)
        if len(arrays) > 1:
            for array in arrays[1:]:
                if array.shape != shape or array.dtype is not dtype:
                    raise self._misfit(p, array)
        kernel = self._kernels.get(dtype)
        if kernel is None:
            text = self.text(backend.name, DTYPE_NAMES[dtype.char])
            kernel = self._kernels[dtype] = backend.load(text)
        if p.flags.c_contiguous:
            backend.change(kernel, numbers, (g, *arrays))
        else:  # flat it would be a copy, and the change be lost
            copied = p.copy("C")
            backend.change(kernel, numbers, (g, copied, *arrays[1:]))
            p[...] = copied

    def _misfit(self, p: Any, array: Any) -> ShapeError:
        return ShapeError(
            f"{self.name} of a parameter of shape {p.shape}, {p.dtype}",
            f"a gradient or a state of shape {array.shape}, {array.dtype}",
            "call zero_grad() and make the optimiser anew once .data was replaced",
        )


def ascending(grad: Any) -> Any:
    """The gradient turned round, for `maximize`."""
    backend = backend_of(grad)
    return backend.call(backend.xp.negative, grad)


def kept(state: dict[str, Any], name: str, like: Any, start: float = 0.0) -> Any:
    """The array that `state` keeps under a name, `start` at first; users find it as a Tensor."""
    known = state.get(name)
    if known is None:
        first = backend_of(like).xp.full(like.shape, start, like.dtype)
        known = state[name] = wrap(Tensor, first)
    array = known.array
    if array.dtype is not like.dtype or not array.flags.c_contiguous:
        # After model.double(); and flat, a strided one would be a copy and the change be lost.
        known = state[name] = wrap(Tensor, array.astype(like.dtype, order="C"))
    return known.array
