"""Masks: elements filled, selected or written where they hold, and where that is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.broadcasting import broadcast_tensors
from tinygradx.ops.comparisons import where as chosen
from tinygradx.ops.index_tensors import as_index, in_range
from tinygradx.ops.indexing import GETITEM, SET_AT
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.promotion import number_in
from tinygradx.ops.shapes import reshape, sizes
from tinygradx.ops.structural import Structural, as_handle, numpy_like


class MaskedFill(Structural):
    """One number where a mask holds, x elsewhere."""

    name = "masked_fill"
    inputs = ("x", "mask")

    def forward(self, x: Any, mask: Any, value: Any) -> Any:
        xp = numpy_like(x)
        shape = x.shape if x.shape == mask.shape else xp.broadcast_shapes(x.shape, mask.shape)
        out = xp.empty(shape, x.dtype)
        out[...] = x
        xp.copyto(out, value, where=mask)
        return out

    def pull(self, g: Any, mask: Any) -> Any:
        return MASKED_FILL.apply((g, mask), (0,)), None

    def pull_arrays(self, g: Any, mask: Any) -> Any:
        return MASKED_FILL.forward(g, mask, 0), None


MASKED_FILL = MaskedFill()


def _mask(mask: Any, asked: str) -> Handle:
    found = as_handle(mask, asked)
    if found.array.dtype.kind != "b":
        raise DtypeError(
            f"{asked} by a mask of dtype {found.array.dtype}", "no bools", "compare: mask > 0"
        )
    return found


def as_filling(x: Handle, value: Any, asked: str) -> Any:
    """A single value, in the dtype of x; integers keep the whole part of a fraction."""
    dtype = x.array.dtype
    if isinstance(value, (bool, int, float)):
        return wrap(x.result_class, number_in(value, dtype, asked))
    found = as_handle(value, asked)
    if found.array.ndim:
        raise ShapeError(
            f"{asked} with a value of shape {found.array.shape}", "more than a number",
            "pass a number, or use tinygradx.where(mask, value, x)",
        )  # fmt: skip
    if found.array.dtype == dtype or found.requires_grad:
        return to_dtype(found, dtype)
    return wrap(x.result_class, number_in(found.array.item(), dtype, asked))


def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """One value where a mask holds, the input elsewhere.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    mask : Tensor of bool
        Broadcasts with the input.
    value : number or Tensor
        Of no dimensions.

    Returns
    -------
    Tensor
        Of the input's dtype; its gradient is 0 where the mask holds. Integers are filled with the
        whole part of a fraction, bools with whether the value is not 0.

    Raises
    ------
    ArgumentError
        If the number is beyond the dtype: 300 in uint8, 1e300 in float32.
    DtypeError
        If the mask has no bools.
    ShapeError
        If shapes do not broadcast.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.masked_fill(tgx.ones(3), tgx.tensor([True, False, True]), -1.0)
    tensor([-1.,  1., -1.])
    """
    x, found = as_handle(input, "masked_fill"), _mask(mask, "masked_fill")
    filling = as_filling(x, value, "masked_fill")
    if filling.requires_grad:
        return chosen(found, filling, x)
    try:
        return MASKED_FILL.apply((x, found), (filling.array.item(),))
    except ValueError:
        raise ShapeError(
            f"masked_fill of a tensor of shape {x.array.shape}",
            f"a mask of shape {found.array.shape}, which does not broadcast",
            "make the sizes equal, counted from the last one, or 1",
        ) from None


def masked_select(input: Any, mask: Any) -> Any:
    """The elements where a mask holds, as a vector.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    mask : Tensor of bool
        The two broadcast.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([1.0, -2.0, 3.0])
    >>> tgx.masked_select(x, x > 0)
    tensor([1., 3.])
    """
    x, found = as_handle(input, "masked_select"), _mask(mask, "masked_select")
    x, found = broadcast_tensors(x, found)
    return GETITEM.apply((x,), (np.array(found.array),))


def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """The elements of a source, in order, where a mask holds; the input elsewhere.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    mask : Tensor of bool
        Broadcasts with the input.
    source : Tensor
        Of the input's dtype, and at least as many elements as the mask holds.

    Raises
    ------
    ShapeError
        If the source has too few elements.
    DtypeError
        If the mask has no bools, or dtypes differ.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> mask = tgx.tensor([True, False, True])
    >>> tgx.masked_scatter(tgx.zeros(3), mask, tgx.tensor([1.0, 2.0, 3.0]))
    tensor([1., 0., 2.])
    """
    asked = "masked_scatter"
    x, found, given = as_handle(input, asked), _mask(mask, asked), as_handle(source, asked)
    if given.array.dtype != x.array.dtype:
        raise DtypeError(
            f"masked_scatter into a tensor of dtype {x.array.dtype}",
            f"a source of {given.array.dtype}", "convert it: source.to(input.dtype)",
        )  # fmt: skip
    x, found = broadcast_tensors(x, found)
    count = int(np.count_nonzero(found.array))
    if given.array.size < count:
        raise ShapeError(
            f"masked_scatter of a mask that holds {count} times",
            f"a source of {given.array.size} elements", "pass at least as many",
        )  # fmt: skip
    first = GETITEM.apply((reshape(given, -1),), (slice(0, count),))
    return SET_AT.apply((x, first), (np.array(found.array),))


# ---- places -------------------------------------------------------------------------------------


def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """Where the elements are that are not 0.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    as_tuple : bool
        Answer n vectors, one for each dimension, by which the tensor can be indexed.

    Returns
    -------
    Tensor or tuple of Tensor
        int64 of shape (count, n), without history.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nonzero(tgx.tensor([[1, 0], [0, 3]]))
    tensor([[0, 0],
            [1, 1]])
    """
    x = as_handle(input, "nonzero")
    if as_tuple:
        return tuple(wrap(x.result_class, part) for part in np.nonzero(np.atleast_1d(x.array)))
    return wrap(x.result_class, np.ascontiguousarray(np.argwhere(x.array)))


def nonzero_static(input: Any, *, size: int, fill_value: int = -1) -> Any:
    """Where the first elements are that are not 0: always `size` rows, the last ones filled.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    size : int
        How many rows.
    fill_value : int
        What stands in the rows that are left.

    Returns
    -------
    Tensor
        int64 of shape (size, n), without history.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nonzero_static(tgx.tensor([0, 4, 0, 2]), size=3).tolist()
    [[1], [3], [-1]]
    """
    x = as_handle(input, "nonzero_static")
    if size < 0:
        raise ArgumentError(f"nonzero_static of size {size}", "a negative size", "use 0 or more")
    found = np.argwhere(x.array)[:size]
    out = np.full((size, x.array.ndim), fill_value, np.int64)
    out[: len(found)] = found
    return wrap(x.result_class, out)


def argwhere(input: Any) -> Any:
    """Where the elements are that are not 0, one place a row: see `nonzero`."""
    return nonzero(input)


def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """The place in every dimension, of elements by their number.

    Parameters
    ----------
    indices : Tensor of int
        Numbers of elements, of any shape.
    shape : tuple of int
        Of what they are elements of.

    Returns
    -------
    tuple of Tensor
        One for each dimension, in the shape of the indices.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.unravel_index(tgx.tensor([0, 5]), (2, 3))
    (tensor([0, 1]), tensor([0, 2]))
    """
    found, whole = as_index(indices, "unravel_index"), sizes((shape,))
    index = in_range(found.array, math.prod(whole), "unravel_index")
    parts = np.unravel_index(index, whole)
    return tuple(wrap(found.result_class, np.asarray(part, np.int64)) for part in parts)
