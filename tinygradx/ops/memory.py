"""The same values in another dtype, in memory of their own, or in another order there."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import Handle
from tinygradx.kernels import backend_of
from tinygradx.ops.promotion import SUPPORTED
from tinygradx.ops.structural import Structural, as_handle
from tinygradx.ops.transposing import PERMUTE, inverse_order


class ToDtype(Structural):
    """The same values in another dtype."""

    name = "to"

    def forward(self, x: Any, dtype: np.dtype[Any]) -> Any:
        return backend_of(x).call(x.astype, dtype)

    def pull(self, g: Any) -> Any:
        return g  # the sweep casts a share to the dtype of its source

    def pull_arrays(self, g: Any) -> Any:
        return g


class Clone(Structural):
    """A copy in memory of its own, in C order."""

    name = "clone"

    def forward(self, x: Any) -> Any:
        return x.copy()

    def pull(self, g: Any) -> Any:
        return g

    def pull_arrays(self, g: Any) -> Any:
        return g


TO_DTYPE, CLONE = ToDtype(), Clone()


#: NumPy's one object for each dtype that tensors can have, which operations compare with `is`.
_DTYPES = {np.dtype(name): np.dtype(name) for name in SUPPORTED}


def to_dtype(x: Handle, dtype: Any) -> Any:
    """The same values in another dtype; the tensor itself if it has that dtype."""
    try:
        wanted = _DTYPES[np.dtype(dtype)]
    except (TypeError, KeyError):
        raise DtypeError(
            f"a tensor of dtype {dtype}", "not supported", f"use {', '.join(SUPPORTED)}"
        ) from None
    return x if x.array.dtype == wanted else TO_DTYPE.apply((x,), (wanted,))


def clone(input: Any, *, memory_format: Any = None) -> Any:
    """A copy in memory of its own, through which gradients flow.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    memory_format : memory format, optional
        As for `contiguous`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.zeros(2)
    >>> tgx.clone(x).data_ptr() == x.data_ptr()
    False
    """
    copied = CLONE.apply((as_handle(input, "clone"),), ())
    return copied if memory_format is None else in_format(copied, memory_format)


def contiguous(input: Any, *, memory_format: Any = None) -> Any:
    """The tensor itself where its elements lie in memory in order, else a copy that does.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    memory_format : memory format, optional
        In order of the dimensions when left out; with `tinygradx.channels_last` the channels of
        (N, C, H, W) lie next to each other.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.zeros(2, 3).T.contiguous().stride()
    (2, 1)
    """
    x = as_handle(input, "contiguous")
    return in_format(x, "contiguous_format" if memory_format is None else memory_format)


#: In which order the dimensions of images lie in memory, by PyTorch's names.
FORMATS = {"channels_last": (0, 2, 3, 1), "channels_last_3d": (0, 2, 3, 4, 1)}


def in_format(x: Handle, memory_format: Any) -> Any:
    """The same elements, copied if they do not lie in memory as asked."""
    name = str(memory_format).rpartition(".")[2]
    if name == "preserve_format":
        return x
    if name == "contiguous_format":
        return x if x.array.flags.c_contiguous else CLONE.apply((x,), ())
    order = FORMATS.get(name)
    if order is None or x.array.ndim != len(order):
        raise ArgumentError(
            f"memory_format={memory_format} of a tensor of {x.array.ndim} dimensions",
            "no such format" if order is None else f"a format of {len(order)} dimensions",
            "use contiguous_format, preserve_format, channels_last (4 dimensions) or "
            "channels_last_3d (5)",
        )
    turned = PERMUTE.apply((x,), (order,))
    if turned.array.flags.c_contiguous:
        return x
    return PERMUTE.apply((CLONE.apply((turned,), ()),), (inverse_order(order),))
