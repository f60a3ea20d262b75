"""Whole slices along a dimension, read and written by their numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.diagonals import same_part
from tinygradx.ops.elementary import mul
from tinygradx.ops.index_tensors import add_slices, as_int64, as_vector, in_range, take_slices
from tinygradx.ops.indexing import SET_AT, select
from tinygradx.ops.masks import as_filling
from tinygradx.ops.memory import clone, to_dtype
from tinygradx.ops.scatter import REDUCES, reduced
from tinygradx.ops.shapes import axis_too, reshape
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim


class IndexSelect(Structural):
    """Slices along a dimension, by a vector of indices."""

    name = "index_select"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, dim: int) -> Any:
        return take_slices(x, index, dim, self.name)

    def pull(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        hole = numpy_like(g.array).zeros(x_shape, g.array.dtype)
        return INDEX_ADD.apply((wrap(g.result_class, hole), g, index), (dim,)), None

    def pull_arrays(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        share = numpy_like(g).zeros(x_shape, g.dtype)
        add_slices(share, index, g, dim, self.name)
        return share, None


class IndexAdd(Structural):
    """A copy of x with slices added along a dimension, by a vector of indices."""

    name = "index_add"
    inputs = ("x", "source", "index")

    def forward(self, x: Any, source: Any, index: Any, dim: int) -> Any:
        out = x.copy()
        add_slices(out, index, source, dim, self.name)
        return out

    def pull(self, g: Any, index: Any, dim: int) -> Any:
        return g, INDEX_SELECT.apply((g, index), (dim,)), None

    def pull_arrays(self, g: Any, index: Any, dim: int) -> Any:
        return g, INDEX_SELECT.forward(g, index, dim), None


INDEX_SELECT, INDEX_ADD = IndexSelect(), IndexAdd()

# ---- by a vector of indices ---------------------------------------------------------------------


def _vector(x: Handle, dim: Any, index: Any, asked: str) -> tuple[int, Handle]:
    """The dim, and the index as a vector of int64, which is looked at where it is read."""
    place, found = whole_dim(dim, x.array.ndim, asked), as_int64(index, asked)
    if found.array.ndim > 1:
        raise ShapeError(
            f"{asked} by an index of shape {found.array.shape}", "more than one dimension",
            "pass a vector; x[index] takes any shape",
        )  # fmt: skip
    return place, as_vector(found)


def _slices(x: Handle, dim: Any, index: Any, asked: str, negative: bool = False) -> tuple[int, Any]:
    """The dim, and the index as a bare vector from 0 on, in memory of its own."""
    place, found = _vector(x, dim, index, asked)
    size = x.array.shape[place] if x.array.ndim else 1
    return place, np.array(in_range(found.array, size, asked, negative))


def _at(place: int, index: Any) -> Any:
    """An index of slices along a dimension, in NumPy's words."""
    return (*(slice(None),) * place, index) if place else index


@axis_too
def index_select(input: Any, dim: int, index: Any) -> Any:
    """Slices along a dimension, by a vector of indices: a copy.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    dim : int
        Along which dimension.
    index : Tensor of int
        Of at most one dimension; slices named twice collect their gradients.

    Returns
    -------
    Tensor
        With as many slices as the index has elements.

    Raises
    ------
    DimError
        If an index is out of range (negative ones are, as in PyTorch).
    ShapeError, DtypeError
        If the index is no vector of integers.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.index_select(tgx.tensor([[1, 2, 3], [4, 5, 6]]), 1, tgx.tensor([2, 0]))
    tensor([[3, 1],
            [6, 4]])
    """
    x = as_handle(input, "index_select")
    place, which = _vector(x, dim, index, "index_select")
    if x.array.ndim:
        return INDEX_SELECT.apply((x, which), (place,))
    if which.array.size != 1:
        raise ShapeError(
            f"index_select of {which.array.size} slices", "a number, which is one",
            "use x.expand(n)",
        )  # fmt: skip
    return reshape(INDEX_SELECT.apply((as_vector(x), which), (0,)), ())


def _written(x: Handle, place: int, index: Any, source: Any, asked: str) -> Any:
    """The slices to write, whose shape must be that of the slices they replace."""
    found = as_handle(source, asked)
    if found.array.dtype != x.array.dtype:
        raise DtypeError(
            f"{asked} into a tensor of dtype {x.array.dtype}", f"a source of {found.array.dtype}",
            "convert it: source.to(input.dtype)",
        )  # fmt: skip
    shape = x.array.shape
    wanted = (*shape[:place], index.size, *shape[place + 1 :]) if shape else (index.size,)
    if found.array.ndim == 0 and math.prod(wanted) == 1:
        return reshape(found, wanted)
    if found.array.shape != wanted:
        raise ShapeError(
            f"{asked} of {index.size} slices along dim {place} of a tensor of shape {shape}",
            f"a source of shape {found.array.shape}", f"pass one of shape {wanted}",
        )  # fmt: skip
    return found


@axis_too
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Any:
    """A copy with slices added along a dimension, by a vector of indices.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    dim : int
        Along which dimension.
    index : Tensor of int
        A vector; a slice named twice is added to twice.
    source : Tensor
        The slices: in the shape of the input, but for `dim`.
    alpha : number
        What they are multiplied by.

    Raises
    ------
    DimError, ShapeError, DtypeError
        If an index is out of range, or shapes or dtypes do not fit.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.index_add(tgx.zeros(3), 0, tgx.tensor([0, 2, 0]), tgx.tensor([1.0, 2.0, 4.0]))
    tensor([5., 0., 2.])
    """
    x = as_handle(input, "index_add")
    place, which = _vector(x, dim, index, "index_add")
    found = _written(x, place, which.array, source, "index_add")
    if alpha != 1:
        found = to_dtype(mul(found, alpha), x.array.dtype)
    out = INDEX_ADD.apply((as_vector(x), found, which), (place,))
    return out if x.array.ndim else reshape(out, ())


@axis_too
def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """A copy with slices written along a dimension, by a vector of indices.

    Parameters
    ----------
    input, dim, index, source
        As for `index_add`; of a slice named twice, the last counts.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.index_copy(tgx.zeros(3), 0, tgx.tensor([2, 0]), tgx.tensor([1.0, 2.0]))
    tensor([2., 0., 1.])
    """
    x = as_handle(input, "index_copy")
    place, index = _slices(x, dim, index, "index_copy")
    found = _written(x, place, index, source, "index_copy")
    out = SET_AT.apply((as_vector(x), found), (_at(place, index),))
    return out if x.array.ndim else reshape(out, ())


@axis_too
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """A copy with one value in whole slices along a dimension.

    Parameters
    ----------
    input, dim, index
        As for `index_select`, but negative ones count from the end, as in PyTorch.
    value : number or Tensor
        A Tensor of no dimensions takes part in gradients.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.index_fill(tgx.zeros(3), 0, tgx.tensor([2, 0]), 7.0)
    tensor([7., 0., 7.])
    """
    x = as_handle(input, "index_fill")
    place, index = _slices(x, dim, index, "index_fill", negative=True)
    filling = as_filling(x, value, "index_fill")
    out = SET_AT.apply((as_vector(x), filling), (_at(place, index),))
    return out if x.array.ndim else reshape(out, ())


@axis_too
def index_reduce(
    input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True
) -> Any:
    """A copy in which slices that meet, by a vector of indices, become one.

    Parameters
    ----------
    input, dim, index, source
        As for `index_add`.
    reduce : {"prod", "mean", "amax", "amin"}
        How they become one.
    include_self : bool
        Whether what was there takes part. Where no index points it stays in any case.

    Raises
    ------
    DimError, ShapeError, DtypeError, ArgumentError
        As for `index_add`, and if there is no such reduction.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> source = tgx.tensor([2.0, 5.0, 3.0])
    >>> tgx.index_reduce(tgx.ones(2), 0, tgx.tensor([0, 1, 0]), source, "prod")
    tensor([6., 5.])
    """
    x = as_handle(input, "index_reduce")
    if reduce not in REDUCES[1:]:
        raise ArgumentError(
            f"index_reduce with reduce={reduce!r}", "no such",
            f"use one of {', '.join(REDUCES[1:])}; index_add makes sums",
        )  # fmt: skip
    place, index = _slices(x, dim, index, "index_reduce")
    found = _written(x, place, index, source, "index_reduce")
    if not found.array.size:
        return clone(x)
    shape = found.array.shape
    along = index.reshape(-1, *(1,) * (len(shape) - 1 - place))
    where = wrap(x.result_class, np.ascontiguousarray(np.broadcast_to(along, shape)))
    source = found if x.array.ndim else reshape(found, ())
    where = where if x.array.ndim else reshape(where, ())
    return reduced(x, place, where, source, reduce, include_self)


# ---- one slice, or every n-th -------------------------------------------------------------------


def _part_set(x: Handle, src: Any, index: Any, asked: str) -> Any:
    """A copy with the source at a basic index, whose shape and dtype it must have."""
    found = as_handle(src, asked)
    same_part(x.array[index], x, found, asked)
    return SET_AT.apply((x, found), (index,))


@axis_too
def select_scatter(input: Any, src: Any, dim: int, index: int) -> Any:
    """A copy with another slice at one index along a dimension.

    Parameters
    ----------
    input : Tensor
        Of at least one dimension.
    src : Tensor
        In the shape of ``input.select(dim, index)``, of the input's dtype.
    dim, index : int
        Which slice.

    Raises
    ------
    DimError, ShapeError, DtypeError
        If there is no such slice, or the source does not fit.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.select_scatter(tgx.zeros(2, 2), tgx.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    x = as_handle(input, "select_scatter")
    select(wrap(x.result_class, x.array), dim, index)  # its errors are the same
    place = whole_dim(dim, x.array.ndim, "select_scatter")
    return _part_set(x, src, (*(slice(None),) * place, int(index)), "select_scatter")


@axis_too
def slice_scatter(
    input: Any, src: Any, dim: int = 0, start: int | None = None, end: int | None = None,
    step: int = 1,
) -> Any:  # fmt: skip
    """A copy with other slices from `start` to `end` along a dimension.

    Parameters
    ----------
    input : Tensor
        Of at least one dimension.
    src : Tensor
        In the shape of that part, of the input's dtype.
    dim : int
        Along which dimension.
    start, end, step : int
        As in ``input[start:end:step]``; the step is at least 1.

    Raises
    ------
    ArgumentError, DimError, ShapeError, DtypeError
        If the step is not positive, there is no such dim, or the source does not fit.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.slice_scatter(tgx.zeros(4), tgx.ones(2), start=1, end=4, step=2)
    tensor([0., 1., 0., 1.])
    """
    x = as_handle(input, "slice_scatter")
    place = whole_dim(dim, x.array.ndim, "slice_scatter")
    if step < 1:
        raise ArgumentError(f"slice_scatter with step={step}", "a step below 1", "use 1 or more")
    index = (*(slice(None),) * place, slice(start, end, step))
    return _part_set(x, src, index, "slice_scatter")
