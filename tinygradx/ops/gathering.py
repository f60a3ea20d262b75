"""Elements picked out by an index tensor, and the way back of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ShapeError
from tinygradx.graph import wrap
from tinygradx.ops.broadcasting import broadcast_to
from tinygradx.ops.index_tensors import (
    add_elements,
    as_index,
    as_int64,
    as_vector,
    in_range,
    index_along,
    take_elements,
)
from tinygradx.ops.indexing import GETITEM
from tinygradx.ops.shapes import axis_too, reshape
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim


class Gather(Structural):
    """`out[i][j] = x[index[i][j]][j]`: elements along a dimension, by an index for each."""

    name = "gather"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, dim: int) -> Any:
        return take_elements(x, index, dim, self.name)

    def pull(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        return GATHERED.apply((g, index), (x_shape, dim)), None

    def pull_arrays(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        return GATHERED.forward(g, index, x_shape, dim), None


class Gathered(Structural):
    """Zeros, with values added along a dimension by an index for each: the way back of gather."""

    name = "gathered"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, shape: tuple[int, ...], dim: int) -> Any:
        out = numpy_like(x).zeros(shape, x.dtype)
        add_elements(out, index, x, dim, self.name)
        return out

    def pull(self, g: Any, index: Any, dim: int) -> Any:
        return GATHER.apply((g, index), (dim,)), None


GATHER, GATHERED = Gather(), Gathered()


@axis_too
def gather(input: Any, dim: int, index: Any, *, sparse_grad: bool = False) -> Any:
    """Elements along a dimension, by an index for each of them.

    For three dimensions and dim 1: ``out[i][j][k] = input[i][index[i][j][k]][k]``.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    dim : int
        Along which dimension the index counts.
    index : Tensor of int
        Of n dimensions too; nowhere larger than the input but along `dim`.
    sparse_grad : bool
        Taken for PyTorch's sake; gradients are dense.

    Returns
    -------
    Tensor
        In the shape of the index. Elements named more than once collect their gradients.

    Raises
    ------
    DimError
        If an index is out of range (negative ones are, as in PyTorch).
    ShapeError, DtypeError
        If the index does not fit, or has no integers.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.gather(tgx.tensor([[1, 2], [3, 4]]), 1, tgx.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    x = as_handle(input, "gather")
    place, where = index_along(x, dim, index, "gather")
    shape = where.array.shape
    if not where.array.size:
        return reshape(GETITEM.apply((reshape(x, -1),), (slice(0, 0),)), shape)
    out = GATHER.apply((as_vector(x), as_vector(where)), (place,))
    return out if out.array.shape == shape else reshape(out, shape)


@axis_too
def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Any:
    """Elements along a dimension by an index for each, which broadcasts: as `argsort` answers it.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    indices : Tensor of int
        Of n dimensions; the two broadcast but along `dim`. Negative ones count from the end.
    dim : int, optional
        Along which dimension; over all elements in a row when left out.

    Raises
    ------
    DimError, ShapeError, DtypeError
        As for `gather`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([[3, 1], [2, 4]])
    >>> tgx.take_along_dim(x, tgx.tensor([[1], [0]]), 1).tolist()
    [[1], [2]]
    """
    asked = "take_along_dim"
    x, where = as_handle(input, asked), as_int64(indices, asked)
    if dim is None:
        x, where, dim = reshape(x, -1), reshape(where, -1), 0
    place = whole_dim(dim, x.array.ndim, asked)
    if x.array.ndim != where.array.ndim:
        raise ShapeError(
            f"take_along_dim of a tensor of shape {x.array.shape}",
            f"indices of shape {where.array.shape}", "give both as many dimensions",
        )  # fmt: skip
    size = x.array.shape[place] if x.array.ndim else 1
    if where.array.size and where.array.min() < 0:
        where = wrap(where.result_class, in_range(where.array, size, asked, negative=True))
    if not x.array.ndim:
        return gather(x, 0, where)
    shape, own = x.array.shape, where.array.shape
    if own[:place] == shape[:place] and own[place + 1 :] == shape[place + 1 :]:
        return gather(x, place, where)
    shapes = [list(shape), list(own)]
    for sizes in shapes:
        sizes[place] = 1
    try:
        common = list(np.broadcast_shapes(*map(tuple, shapes)))
    except ValueError:
        raise ShapeError(
            f"take_along_dim along dim {dim} of a tensor of shape {x.array.shape}",
            f"indices of shape {where.array.shape}, which does not broadcast",
            "make the other sizes equal, or 1",
        ) from None
    wide, long = common.copy(), common.copy()
    wide[place], long[place] = x.array.shape[place], where.array.shape[place]
    x = x if list(x.array.shape) == wide else broadcast_to(x, wide)
    return gather(x, place, where if list(where.array.shape) == long else broadcast_to(where, long))


def take(input: Any, index: Any) -> Any:
    """Elements by their number, as if the tensor had one dimension.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    index : Tensor of int
        Of any shape; negative ones count from the end.

    Returns
    -------
    Tensor
        In the shape of the index.

    Raises
    ------
    DimError
        If an index is out of range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.take(tgx.tensor([[1, 2], [3, 4]]), tgx.tensor([0, -1]))
    tensor([1, 4])
    """
    x = as_handle(input, "take")
    index = as_index(index, "take").array
    at = np.array(in_range(index, x.array.size, "take", negative=True))
    return GETITEM.apply((reshape(x, -1),), (at,))
