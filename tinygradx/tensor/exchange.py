"""What a tensor becomes outside of the library: arrays, lists, another library's memory, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinygradx.errors import GraphError, TeachingError
from tinygradx.graph import wrap
from tinygradx.tensor.history import History

if TYPE_CHECKING:
    from tinygradx.tensor.tensor import Tensor


class DlpackError(TeachingError, BufferError):
    """Memory that cannot be handed to another library."""


class Exchange(History):
    """The part of a tensor that leaves the library."""

    __slots__ = ()

    # ---- arrays ---------------------------------------------------------------------------------

    def numpy(self, *, force: bool = False) -> np.ndarray[Any, Any]:
        """The array itself: writing to it writes to the tensor.

        Parameters
        ----------
        force : bool
            Answer it even if the tensor requires a gradient: short for `x.detach().numpy()`.

        Raises
        ------
        GraphError
            If the tensor requires a gradient, since such a write would go unseen.
        """
        if self.requires_grad and not force:
            raise GraphError(
                f"numpy() of a tensor of shape {self.shape}",
                "it requires a gradient, and writes through the array would go unseen",
                "use x.detach().numpy()",
            )
        return self.array  # type: ignore[no-any-return]

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        """The array itself where the dtype allows it, as NumPy's `np.asarray` takes it."""
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            if copy is False:
                raise ValueError(f"a tensor of {array.dtype} as {dtype} needs a copy")
            return array.astype(dtype)
        return array.copy() if copy else array

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        """NumPy's functions on tensors are ours, so that they are recorded."""
        return numpy_interface().ufunc(ufunc, method, inputs, named)

    def __array_function__(self, function: Any, types: Any, args: Any, named: Any) -> Any:
        """The same for those of NumPy's functions that are no ufuncs: `np.mean`, `np.stack`."""
        return numpy_interface().function(function, args, named)

    def tolist(self) -> Any:
        """The elements as nested Python lists."""
        return self.array.tolist()

    # ---- another library ------------------------------------------------------------------------

    def __dlpack__(self, **how: Any) -> Any:
        """The memory for another library, without a copy: `torch.from_dlpack(x)`.

        Raises
        ------
        DlpackError
            If the tensor requires a gradient, or its memory is read backwards.
        """
        if self.requires_grad:
            raise DlpackError(
                "hand over a tensor that requires a gradient", "memory whose writes go unseen",
                "use x.detach(): torch.from_dlpack(x.detach())",
            )  # fmt: skip
        if min(self.array.strides, default=0) < 0:  # PyTorch 2.13 ends the process at one
            raise DlpackError(
                f"hand over a tensor of strides {self.array.strides}",
                "memory that is read backwards, as NumPy's a[::-1] has it",
                "hand over a copy: x.clone()",
            )
        return self.array.__dlpack__(**how)

    def __dlpack_device__(self) -> tuple[Any, Any]:
        """The kind of device and its number, in the protocol's numbers."""
        return self.array.__dlpack_device__()  # type: ignore[no-any-return]

    # ---- copies and pickles ---------------------------------------------------------------------

    def __copy__(self) -> Self:
        """Another tensor of the same memory; a leaf keeps `requires_grad` and its gradient."""
        self.__reduce__()  # which says what cannot be copied
        result = object.__new__(type(self))
        result.array, result.cell, result.node, result.view_of = self.array, self.cell, None, None
        if self.requires_grad:
            result.requires_grad_().grad = self.grad
        return result

    def __reduce__(self) -> Any:
        if not self.is_leaf:
            raise GraphError(
                "copy or pickle a tensor", "the result of a recorded operation",
                "use x.detach() or x.clone()",
            )  # fmt: skip
        return _rebuild, (type(self), self.array, self.requires_grad, self.grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        function, (kind, array, requires_grad, grad) = self.__reduce__()
        kept = None if grad is None else grad.detach().clone()
        copied = function(kind, array.copy(), requires_grad, kept)
        memo[id(self)] = copied
        return copied  # type: ignore[no-any-return]


def _rebuild(kind: type[Tensor], array: Any, requires_grad: bool, grad: Tensor | None) -> Tensor:
    """A tensor from what a copy or a pickle holds."""
    result = wrap(kind, array)
    if requires_grad:
        result.requires_grad_()  # type: ignore[attr-defined]
        result.node.grad = grad  # type: ignore[union-attr]
    return result  # type: ignore[return-value]


def numpy_interface() -> Any:
    """What answers NumPy's functions; it stands on the tensor, so it comes later."""
    from tinygradx.tensor import numpy_interface as interface

    return interface
