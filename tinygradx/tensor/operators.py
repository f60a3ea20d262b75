"""Python's operators on a tensor: arithmetic, comparisons, indices, loops and truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinygradx.errors import DtypeError, ShapeError
from tinygradx.graph import Handle, one_of_many
from tinygradx.ops import bits, comparisons, elementary, exponentials, indexing, products, rounding
from tinygradx.tensor.methods import Methods

if TYPE_CHECKING:
    from tinygradx.tensor.tensor import Tensor

# The way to the most frequent operations, found once.
_add, _sub = elementary.add.apply, elementary.sub.apply
_mul, _div = elementary.mul.apply, elementary.div.apply

_NUMBERS = (Handle, int, float, np.ndarray, np.generic)


class Operators(Methods):
    """The part of a tensor that Python's syntax reaches."""

    __slots__ = ()

    # ---- arithmetic -----------------------------------------------------------------------------

    def __add__(self, other: Any) -> Tensor:
        return _add((self, other), ())  # type: ignore[no-any-return]

    def __radd__(self, other: Any) -> Tensor:
        return _add((other, self), ())  # type: ignore[no-any-return]

    def __sub__(self, other: Any) -> Tensor:
        return _sub((self, other), ())  # type: ignore[no-any-return]

    def __rsub__(self, other: Any) -> Tensor:
        return _sub((other, self), ())  # type: ignore[no-any-return]

    def __mul__(self, other: Any) -> Tensor:
        return _mul((self, other), ())  # type: ignore[no-any-return]

    def __rmul__(self, other: Any) -> Tensor:
        return _mul((other, self), ())  # type: ignore[no-any-return]

    def __truediv__(self, other: Any) -> Tensor:
        return _div((self, other), ())  # type: ignore[no-any-return]

    def __rtruediv__(self, other: Any) -> Tensor:
        return _div((other, self), ())  # type: ignore[no-any-return]

    def __floordiv__(self, other: Any) -> Tensor:
        return rounding.floor_divide(self, other)  # type: ignore[no-any-return]

    def __rfloordiv__(self, other: Any) -> Tensor:
        return rounding.floor_divide(other, self)  # type: ignore[no-any-return]

    def __mod__(self, other: Any) -> Tensor:
        return rounding.remainder(self, other)  # type: ignore[no-any-return]

    def __rmod__(self, other: Any) -> Tensor:
        return rounding.remainder(other, self)  # type: ignore[no-any-return]

    def __pow__(self, other: Any) -> Tensor:
        # A square is by far the most frequent power, and a product instead of a library call.
        whole = other.__class__ is int and self.array.dtype.kind != "b"
        if (whole or (other.__class__ is float and self.array.dtype.kind == "f")) and other == 2:
            return elementary.square(self)  # type: ignore[no-any-return]
        return exponentials.pow(self, other)  # type: ignore[no-any-return]

    def __rpow__(self, other: Any) -> Tensor:
        return exponentials.pow(other, self)  # type: ignore[no-any-return]

    def __matmul__(self, other: Any) -> Tensor:
        return products.matmul(self, other)  # type: ignore[no-any-return]

    def __rmatmul__(self, other: Any) -> Tensor:
        return products.matmul(other, self)  # type: ignore[no-any-return]

    def __neg__(self) -> Tensor:
        return elementary.neg(self)  # type: ignore[no-any-return]

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Tensor:
        return elementary.absolute(self)  # type: ignore[no-any-return]

    # ---- comparisons ----------------------------------------------------------------------------

    def __eq__(self, other: Any) -> Any:
        return comparisons.eq(self, other) if isinstance(other, _NUMBERS) else NotImplemented

    def __ne__(self, other: Any) -> Any:
        return comparisons.ne(self, other) if isinstance(other, _NUMBERS) else NotImplemented

    def __lt__(self, other: Any) -> Any:
        return comparisons.lt(self, other)

    def __le__(self, other: Any) -> Any:
        return comparisons.le(self, other)

    def __gt__(self, other: Any) -> Any:
        return comparisons.gt(self, other)

    def __ge__(self, other: Any) -> Any:
        return comparisons.ge(self, other)

    # Two tensors are one only if they are the same object, whatever `==` says of their elements.
    __hash__ = Handle.__hash__

    # ---- bits -----------------------------------------------------------------------------------

    def __lshift__(self, other: Any) -> Tensor:
        return bits.bitwise_left_shift(self, other)  # type: ignore[no-any-return]

    def __rlshift__(self, other: Any) -> Tensor:
        return bits.bitwise_left_shift(other, self)  # type: ignore[no-any-return]

    def __rshift__(self, other: Any) -> Tensor:
        return bits.bitwise_right_shift(self, other)  # type: ignore[no-any-return]

    def __rrshift__(self, other: Any) -> Tensor:
        return bits.bitwise_right_shift(other, self)  # type: ignore[no-any-return]

    def __and__(self, other: Any) -> Tensor:
        return bits.bitwise_and(self, other)  # type: ignore[no-any-return]

    def __or__(self, other: Any) -> Tensor:
        return bits.bitwise_or(self, other)  # type: ignore[no-any-return]

    def __xor__(self, other: Any) -> Tensor:
        return bits.bitwise_xor(self, other)  # type: ignore[no-any-return]

    def __invert__(self) -> Tensor:
        return bits.bitwise_not(self)  # type: ignore[no-any-return]

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    # ---- elements -------------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> Tensor:
        return indexing.getitem(self, index)  # type: ignore[no-any-return]

    def __len__(self) -> int:
        if not self.array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __iter__(self) -> Iterator[Tensor]:
        if not self.array.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return iter(one_of_many([self[i] for i in range(len(self.array))], "unbind"))

    def __contains__(self, value: Any) -> bool:
        return bool(comparisons.eq(self, value).array.any())

    # ---- the only element -----------------------------------------------------------------------

    def item(self) -> Any:
        """The only element as a Python number."""
        if self.array.size != 1:
            raise ShapeError(
                f"item() of a tensor of shape {self.shape}",
                f"{self.array.size} elements",
                "use x.tolist(), or reduce it: x.sum().item()",
            )
        return self.array.item()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.array.dtype.kind not in "iu":
            raise DtypeError(
                "use a tensor as an index", f"dtype {self.array.dtype}", "use an integer tensor"
            )
        return int(self.item())

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise ShapeError(
                f"the truth of a tensor of shape {self.shape}",
                f"{self.array.size} elements",
                "use x.any() or x.all()" if self.array.size else "use x.numel() > 0",
            )
        return bool(self.array.item())
