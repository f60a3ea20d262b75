"""What a tensor is: its sizes, its dtype, how it lies in memory, and its transposed views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinygradx.errors import DimError
from tinygradx.graph import Handle
from tinygradx.ops import transposing
from tinygradx.ops.device import CPU
from tinygradx.ops.structural import whole_dim

if TYPE_CHECKING:
    from tinygradx.tensor.tensor import Tensor


class Facts(Handle):
    """The part of a tensor that says what it is."""

    __slots__ = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of its dimensions, a plain tuple; `x.numel()` counts the elements."""
        return self.array.shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its elements."""
        return self.array.dtype  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """How many dimensions it has."""
        return self.array.ndim  # type: ignore[no-any-return]

    @property
    def device(self) -> Any:
        """Where it lives."""
        return CPU

    @property
    def is_cuda(self) -> bool:
        """Whether it lives on a GPU: never, here."""
        return False

    @property
    def is_cpu(self) -> bool:
        """Whether it lives on the CPU: always, here."""
        return True

    @property
    def is_sparse(self) -> bool:
        """Whether it keeps only what is not 0: never, here."""
        return False

    @property
    def layout(self) -> str:
        """How its elements are kept: "strided", each at its place."""
        return "strided"

    @property
    def _version(self) -> int:
        """How often its memory was written to, as PyTorch counts it."""
        return self.cell.version

    @property
    def T(self) -> Tensor:
        """The view with all dimensions reversed."""
        order = tuple(range(self.ndim))[::-1]
        return transposing.permute(self, order)  # type: ignore[no-any-return]

    @property
    def real(self) -> Self:
        """The real part: the tensor itself, since none is complex."""
        return self

    @property
    def H(self) -> Tensor:
        """A matrix with rows and columns exchanged, as a view: see `adjoint`."""
        return transposing.t(self)  # type: ignore[no-any-return]

    @property
    def mH(self) -> Tensor:
        """The view with the last two dimensions exchanged: see `adjoint`."""
        return transposing.adjoint(self)  # type: ignore[no-any-return]

    @property
    def mT(self) -> Tensor:
        """The view with the last two dimensions exchanged."""
        return transposing.transpose(self, -2, -1)  # type: ignore[no-any-return]

    def size(self, dim: int | None = None) -> Any:
        """The sizes, or one of them."""
        shape = self.array.shape
        if dim is None:
            return shape
        try:
            return shape[dim]
        except (IndexError, TypeError):
            whole_dim(dim, len(shape), "size")  # which says what is wrong
            raise DimError(f"size({dim})", "a tensor of no dimensions", "use x.shape") from None

    def dim(self) -> int:
        """How many dimensions it has."""
        return self.ndim

    def numel(self) -> int:
        """How many elements it has."""
        return int(self.array.size)

    nelement = numel
    ndimension = dim

    def is_floating_point(self) -> bool:
        """Whether its elements are floats."""
        return self.array.dtype.kind == "f"  # type: ignore[no-any-return]

    def is_complex(self) -> bool:
        """False: there are no complex tensors here."""
        return False

    def is_signed(self) -> bool:
        """Whether its dtype has numbers below 0."""
        return self.array.dtype.kind in "fi"

    def is_nonzero(self) -> bool:
        """Whether its only element is not 0; raises for any other number of elements."""
        return bool(self)

    def is_inference(self) -> bool:
        """False: a tensor made in `inference_mode` is one like any other here."""
        return False

    def get_device(self) -> int:
        """The number of its GPU: -1, which is the CPU."""
        return -1

    def is_contiguous(self) -> bool:
        """Whether its elements lie in memory in order."""
        return bool(self.array.flags.c_contiguous)
