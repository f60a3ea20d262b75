"""Elements by index tensors: picked out (gather), put in (scatter), chosen by masks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.diagonals import same_part
from tinygradx.ops.elementary import add, div, eq, maximum, mul, ne
from tinygradx.ops.elementary import where as chosen
from tinygradx.ops.indexing import (
    GETITEM,
    PUT,
    SET_AT,
    add_rows,
    getitem,
    one_each,
    places,
    plain_index,
    select,
    set_at,
)
from tinygradx.ops.promotion import category
from tinygradx.ops.shapes import (
    axis_too,
    broadcast_tensors,
    broadcast_to,
    clone,
    expand,
    reshape,
    sizes,
    to_dtype,
)
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim


class Gather(Structural):
    """`out[i][j] = x[index[i][j]][j]`: elements along a dimension, by an index for each."""

    name = "gather"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, dim: int) -> Any:
        return x.take(places(index, x.shape, dim))

    def pull(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        return GATHERED.apply((g, index), (x_shape, dim)), None


class Gathered(Structural):
    """Zeros, with values added along a dimension by an index for each: the way back of gather."""

    name = "gathered"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, shape: tuple[int, ...], dim: int) -> Any:
        out = numpy_like(x).zeros(shape, x.dtype)
        add_rows(out.reshape(-1, 1), places(index, shape, dim).reshape(-1), x.reshape(-1, 1))
        return out

    def pull(self, g: Any, index: Any, dim: int) -> Any:
        return GATHER.apply((g, index), (dim,)), None


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


class Scatter(Structural):
    """A copy of x with values written along a dimension by an index for each."""

    name = "scatter"
    inputs = ("x", "src", "index")

    def forward(self, x: Any, src: Any, index: Any, dim: int) -> Any:
        out = x.copy()
        out.put(places(index, x.shape, dim), src)
        return out

    def pull(self, g: Any, index: Any, dim: int, x_shape: tuple[int, ...]) -> Any:
        xp, share = numpy_like(g.array), GATHER.apply((g, index), (dim,))
        at = places(index.array, x_shape, dim)
        last, numbers = xp.zeros(math.prod(x_shape), np.int64), xp.arange(at.size)
        last.put(at, numbers)
        stays = last.take(at) == numbers.reshape(at.shape)  # of several sources the last one does
        if not stays.all():
            share = chosen(wrap(g.result_class, stays), share, 0.0)
        hole = wrap(g.result_class, xp.zeros(at.shape, g.array.dtype))
        return SCATTER.apply((g, hole, index), (dim,)), share, None


GATHER, GATHERED, SCATTER, MASKED_FILL = Gather(), Gathered(), Scatter(), MaskedFill()


# ---- what an index may be -----------------------------------------------------------------------


def _index(index: Any, asked: str) -> Handle:
    """An index tensor of integers; bools and floats are refused."""
    found = as_handle(index, asked)
    if found.array.dtype.kind not in "iu":
        raise DtypeError(
            f"{asked} by an index of dtype {found.array.dtype}", "no integers",
            "convert it: index.long()",
        )  # fmt: skip
    return found


def _in_range(index: Any, size: int, asked: str, negative: bool = False) -> Any:
    """The index as int64 from 0 on; an element that is not there is an error."""
    whole = index.astype(np.int64, copy=False)
    if negative:
        whole = np.where(whole < 0, whole + size, whole)
    # As unsigned numbers negative ones are large, so that one pass over them finds both ends.
    if whole.size and whole.reshape(-1).view(np.uint64).max() >= size:
        wrong = index[(whole < 0) | (whole >= size)][0]
        least = -size if negative else 0
        raise DimError(
            f"{asked} by the index {wrong}",
            f"a dimension of size {size}",
            f"use indices from {least} to {size - 1}" if size else "there is nothing to index",
        )
    return whole


def _along(x: Handle, dim: Any, index: Any, asked: str) -> tuple[int, Handle]:
    """The dim, and an index of as many dimensions as x whose elements are there.

    A number counts as a vector of one.
    """
    place, found = whole_dim(dim, x.array.ndim, asked), _index(index, asked)
    shape, own = x.array.shape, found.array.shape
    if found.array.size and max(1, len(shape)) != max(1, len(own)):
        raise ShapeError(
            f"{asked} along dim {dim} of a tensor of shape {shape}", f"an index of shape {own}",
            "give the index as many dimensions as the tensor",
        )  # fmt: skip
    if found.array.size and len(shape) == len(own):
        for axis, (size, count) in enumerate(zip(shape, own, strict=True)):
            if axis != place and count > size:
                raise ShapeError(
                    f"{asked} along dim {dim} of a tensor of shape {shape}",
                    f"an index of shape {own}, larger along dim {axis}",
                    f"make it at most {size} there, or broadcast first: "
                    "take_along_dim does so by itself",
                )
    whole = _in_range(found.array, shape[place] if shape else 1, asked)
    return place, found if whole is found.array else wrap(found.result_class, whole)


def _flat(x: Handle) -> Any:
    """A number as a vector of one; others as they are."""
    return x if x.array.ndim else reshape(x, 1)


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
    place, where = _along(x, dim, index, "gather")
    shape = where.array.shape
    if not where.array.size:
        return reshape(GETITEM.apply((reshape(x, -1),), (slice(0, 0),)), shape)
    out = GATHER.apply((_flat(x), _flat(where)), (place,))
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
    x, where = as_handle(input, asked), _index(indices, asked)
    if dim is None:
        x, where, dim = reshape(x, -1), reshape(where, -1), 0
    place = whole_dim(dim, x.array.ndim, asked)
    if x.array.ndim != where.array.ndim:
        raise ShapeError(
            f"take_along_dim of a tensor of shape {x.array.shape}",
            f"indices of shape {where.array.shape}", "give both as many dimensions",
        )  # fmt: skip
    size = x.array.shape[place] if x.array.ndim else 1
    whole = _in_range(where.array, size, asked, negative=True)
    where = wrap(where.result_class, whole)
    if not x.array.ndim:
        return gather(x, 0, where)
    shapes = [list(x.array.shape), list(where.array.shape)]
    for shape in shapes:
        shape[place] = 1
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
    return gather(broadcast_to(x, wide), place, broadcast_to(where, long))


def _source(x: Handle, where: Handle, src: Any, asked: str) -> Handle:
    """What is written: cut to the shape of the index; a number is repeated."""
    if isinstance(src, (bool, int, float)) and not isinstance(src, np.generic):
        value = wrap(x.result_class, np.asarray(src, x.array.dtype))
        return expand(value, where.array.shape)  # type: ignore[no-any-return]
    found = as_handle(src, asked)
    if found.array.dtype != x.array.dtype:
        raise DtypeError(
            f"{asked} into a tensor of dtype {x.array.dtype}", f"a source of {found.array.dtype}",
            "convert it: src.to(input.dtype)",
        )  # fmt: skip
    own, shape = found.array.shape, where.array.shape
    if own == shape:
        return found
    if len(own) != len(shape) or any(a < b for a, b in zip(own, shape, strict=True)):
        raise ShapeError(
            f"{asked} by an index of shape {shape}", f"a source of shape {own}",
            "give the source at least the size of the index in every dimension",
        )  # fmt: skip
    return GETITEM.apply((found,), (tuple(slice(0, n) for n in shape),))  # type: ignore[no-any-return]


@axis_too
def scatter(
    input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None
) -> Any:
    """A copy with values written along a dimension, by an index for each of them.

    For two dimensions and dim 0: ``out[index[i][j]][j] = src[i][j]``.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    dim : int
        Along which dimension the index counts.
    index : Tensor of int
        Of n dimensions; nowhere larger than the input but along `dim`, nor than `src`.
    src : Tensor or number
        What is written; of the input's dtype. Where an element is named twice, the last counts,
        and it alone has the gradient.
    value : number, optional
        The same, by PyTorch's other name for a number.
    reduce : {"add", "multiply"}, optional
        Add to, or multiply, what is there.

    Raises
    ------
    DimError
        If an index is out of range.
    ShapeError, DtypeError, ArgumentError
        If shapes or dtypes do not fit, or there is nothing to write.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.scatter(tgx.zeros(3), 0, tgx.tensor([2, 0]), tgx.tensor([5.0, 7.0]))
    tensor([7., 0., 5.])
    """
    x = as_handle(input, "scatter")
    given = value if src is None else src
    if given is None:
        raise ArgumentError("scatter", "neither src nor value", "say what to write")
    if reduce not in (None, "add", "multiply"):
        raise ArgumentError(f"scatter with reduce={reduce!r}", "no such", 'use "add", "multiply"')
    place, where = _along(x, dim, index, "scatter")
    source = _source(x, where, given, "scatter")
    if not where.array.size:
        return clone(x)
    if reduce is not None:
        kind = {"add": "sum", "multiply": "prod"}[reduce]
        return scatter_reduce(x, dim, where, source, kind)
    out = SCATTER.apply((_flat(x), _flat(source), _flat(where)), (place,))
    return out if x.array.ndim else reshape(out, ())


@axis_too
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    """A copy with values added along a dimension, by an index for each of them.

    For two dimensions and dim 0: ``out[index[i][j]][j] += src[i][j]``.

    Parameters
    ----------
    input, dim, index, src
        As for `scatter`; an element named twice is added to twice.

    Raises
    ------
    DimError, ShapeError, DtypeError
        As for `scatter`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.scatter_add(tgx.zeros(3), 0, tgx.tensor([2, 0, 2]), tgx.tensor([1.0, 2.0, 4.0]))
    tensor([2., 0., 5.])
    """
    x = as_handle(input, "scatter_add")
    place, where = _along(x, dim, index, "scatter_add")
    source = _source(x, where, src, "scatter_add")
    return add(x, _added(x, place, where, source)) if where.array.size else clone(x)


def _added(x: Handle, place: int, where: Handle, source: Handle) -> Any:
    """Zeros in the shape of x, with the source added at the index."""
    shape = x.array.shape
    out = GATHERED.apply((_flat(source), _flat(where)), (shape or (1,), place))
    return out if shape else reshape(out, ())


REDUCES = ("sum", "prod", "mean", "amax", "amin")


@axis_too
def scatter_reduce(
    input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True
) -> Any:
    """A copy in which values that meet at an element, by an index for each, become one.

    Parameters
    ----------
    input, dim, index, src
        As for `scatter`.
    reduce : {"sum", "prod", "mean", "amax", "amin"}
        How they become one. Of equal largest or smallest ones each has its share of the gradient.
    include_self : bool
        Whether what was there takes part. Where no index points it stays in any case.

    Raises
    ------
    DimError, ShapeError, DtypeError, ArgumentError
        As for `scatter`, and if there is no such reduction.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> index, src = tgx.tensor([0, 0, 2]), tgx.tensor([1.0, 3.0, 8.0])
    >>> tgx.scatter_reduce(tgx.ones(3), 0, index, src, "mean", include_self=False)
    tensor([2., 1., 8.])
    """
    x = as_handle(input, "scatter_reduce")
    if reduce not in REDUCES:
        raise ArgumentError(
            f"scatter_reduce with reduce={reduce!r}", "no such", f"use one of {', '.join(REDUCES)}"
        )
    place, where = _along(x, dim, index, "scatter_reduce")
    source = _source(x, where, src, "scatter_reduce")
    if not where.array.size:
        return clone(x)
    return _reduced(x, place, where, source, reduce, include_self)


def _reduced(
    x: Handle, place: int, where: Handle, source: Handle, reduce: str, include_self: bool
) -> Any:
    """The reduction, of operations that can be differentiated."""
    ones = wrap(x.result_class, np.ones(where.array.shape, x.array.dtype))
    count = _added(x, place, where, ones)
    named = ne(count, 0)
    neutral = {"sum": 0, "mean": 0, "prod": 1, "amax": _lowest(x), "amin": _highest(x)}[reduce]
    own = x if include_self else chosen(named, neutral, x)
    if reduce in ("sum", "mean"):
        total = add(own, _added(x, place, where, source))
        if reduce == "sum":
            return total
        many = maximum(add(count, 1) if include_self else count, 1)
        if x.array.dtype.kind == "f":
            return chosen(named, div(total, many), x)
        whole = np.floor_divide(total.array, many.array)  # as PyTorch does: rounded down
        return chosen(named, wrap(x.result_class, whole), x)
    if reduce == "prod":
        return _product(own, place, where, source)
    ufunc = np.maximum if reduce == "amax" else np.minimum
    top = np.array(own.array, ndmin=1)
    ufunc.at(top.reshape(-1), places(_flat(where).array, top.shape, place), _flat(source).array)
    best = wrap(x.result_class, top.reshape(x.array.shape))
    # Each of those that are the best has its share: the answer is their mean.
    mine = to_dtype(eq(own, best), x.array.dtype)
    theirs = to_dtype(eq(source, gather(best, place, where)), x.array.dtype)
    if x.array.dtype.kind != "f" or not (x.requires_grad or source.requires_grad):
        return best
    shares = add(mine, _added(x, place, where, theirs))
    total = add(
        chosen(ne(mine, 0), own, 0),
        _added(x, place, where, chosen(ne(theirs, 0), source, 0)),
    )
    return div(total, shares)


def _lowest(x: Handle) -> Any:
    kind = x.array.dtype
    return -math.inf if kind.kind == "f" else np.iinfo(kind).min if kind.kind != "b" else False


def _highest(x: Handle) -> Any:
    kind = x.array.dtype
    return math.inf if kind.kind == "f" else np.iinfo(kind).max if kind.kind != "b" else True


def _product(own: Any, place: int, where: Handle, source: Handle) -> Any:
    """Each element times every source that meets it, one source after another.

    The n-th source of every element is multiplied in together, so that it takes as many steps as
    sources meet at one element, and zeros need no division on the way back.
    """
    flat = places(_flat(where).array, own.array.shape or (1,), place).reshape(-1)
    order = np.argsort(flat, kind="stable")
    ranked = flat[order]
    first = np.searchsorted(ranked, ranked)
    turn = np.empty_like(flat)
    turn[order] = np.arange(flat.size) - first
    out, factors = reshape(own, -1), reshape(source, -1)
    for n in range(int(turn.max()) + 1):
        now = np.flatnonzero(turn == n)
        at = flat[now]
        product = mul(GETITEM.apply((out,), (at,)), GETITEM.apply((factors,), (now,)))
        out = SET_AT.apply((out, product), (at,))
    return reshape(out, own.array.shape)


# ---- whole slices -------------------------------------------------------------------------------


def _slices(x: Handle, dim: Any, index: Any, asked: str, negative: bool = False) -> tuple[int, Any]:
    """The dim, and the index as a vector from 0 on, in memory of its own."""
    place, found = whole_dim(dim, x.array.ndim, asked), _index(index, asked)
    if found.array.ndim > 1:
        raise ShapeError(
            f"{asked} by an index of shape {found.array.shape}", "more than one dimension",
            "pass a vector; x[index] takes any shape",
        )  # fmt: skip
    size = x.array.shape[place] if x.array.ndim else 1
    return place, np.array(_in_range(found.array.reshape(-1), size, asked, negative))


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
    place, index = _slices(x, dim, index, "index_select")
    if x.array.ndim:
        return GETITEM.apply((x,), (_at(place, index),))
    if index.size != 1:
        raise ShapeError(
            f"index_select of {index.size} slices", "a number, which is one", "use x.expand(n)"
        )
    return reshape(GETITEM.apply((_flat(x),), (index,)), ())


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
    place, index = _slices(x, dim, index, "index_add")
    found = _written(x, place, index, source, "index_add")
    if alpha != 1:
        found = to_dtype(mul(found, alpha), x.array.dtype)
    shape = x.array.shape
    added = PUT.apply((found,), (shape or (1,), _at(place, index)))
    return add(x, added if shape else reshape(added, ()))


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
    out = SET_AT.apply((_flat(x), found), (_at(place, index),))
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
    filling = _filling(x, value, "index_fill")
    out = SET_AT.apply((_flat(x), filling), (_at(place, index),))
    return out if x.array.ndim else reshape(out, ())


def index_put(input: Any, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Any:
    """A copy with values written at `input[indices]`, or added there.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    indices : tuple of Tensor
        Integers or masks, one for each of the first dimensions.
    values : Tensor
        Of the input's dtype; they broadcast to the part they replace.
    accumulate : bool
        Add instead, twice to what is named twice.

    Raises
    ------
    DimError, DtypeError
        If an index is out of range, values do not broadcast, or dtypes differ.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> at = (tgx.tensor([0, 0]), tgx.tensor([1, 1]))
    >>> tgx.index_put(tgx.zeros(1, 2), at, tgx.tensor([1.0, 2.0]), accumulate=True)
    tensor([[0., 3.]])
    """
    x, found = as_handle(input, "index_put"), as_handle(values, "index_put")
    if found.array.dtype != x.array.dtype:
        raise DtypeError(
            f"index_put into a tensor of dtype {x.array.dtype}", f"values of {found.array.dtype}",
            "convert them: values.to(input.dtype)",
        )  # fmt: skip
    whole = tuple(slice(None) if i is None else i for i in indices)
    if not accumulate:
        return set_at(x, plain_index(whole), found)
    part = getitem(wrap(x.result_class, x.array), whole)  # its shape, and whether all is in range
    spread = broadcast_to(found, part.array.shape)
    return add(x, PUT.apply((spread,), (x.array.shape, plain_index(whole))))


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
    return _reduced(x, place, where, source, reduce, include_self)


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
    index = _index(index, "take").array
    at = np.array(_in_range(index, x.array.size, "take", negative=True))
    return GETITEM.apply((reshape(x, -1),), (at,))


def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """A copy with elements written by their number, as if the tensor had one dimension.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    index : Tensor of int
        Which elements; negative ones count from the end.
    source : Tensor
        As many elements as the index has.
    accumulate : bool
        Add instead.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.put(tgx.zeros(2, 2), tgx.tensor([3, 1]), tgx.tensor([5.0, 7.0]))
    tensor([[0., 7.],
            [0., 5.]])
    """
    x, found = as_handle(input, "put"), as_handle(source, "put")
    index = _index(index, "put").array
    if index.size != found.array.size:
        raise ShapeError(
            f"put {index.size} elements", f"a source of {found.array.size}", "make them as many"
        )
    at = np.array(_in_range(index.reshape(-1), x.array.size, "put", negative=True))
    values = reshape(found, -1)
    out = index_put(reshape(x, -1), (wrap(x.result_class, at),), values, accumulate)
    return reshape(out, x.array.shape)


# ---- masks --------------------------------------------------------------------------------------


def _mask(mask: Any, asked: str) -> Handle:
    found = as_handle(mask, asked)
    if found.array.dtype.kind != "b":
        raise DtypeError(
            f"{asked} by a mask of dtype {found.array.dtype}", "no bools", "compare: mask > 0"
        )
    return found


def _filling(x: Handle, value: Any, asked: str) -> Any:
    """A single value, in the dtype of x if that can hold its kind."""
    found = as_handle(value, asked)
    if found.array.ndim:
        raise ShapeError(
            f"{asked} with a value of shape {found.array.shape}", "more than a number",
            "pass a number, or use tinygradx.where(mask, value, x)",
        )  # fmt: skip
    if category(found.array.dtype.kind) > category(x.array.dtype.kind):
        raise DtypeError(
            f"{asked} of a tensor of dtype {x.array.dtype}", f"the value {found.array.item()}",
            "convert the tensor first: x.float()",
        )  # fmt: skip
    return to_dtype(found, x.array.dtype)


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
        Of the input's dtype; its gradient is 0 where the mask holds.

    Raises
    ------
    DtypeError
        If the mask has no bools, or the dtype cannot hold the value.
    ShapeError
        If shapes do not broadcast.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.masked_fill(tgx.ones(3), tgx.tensor([True, False, True]), -1.0)
    tensor([-1.,  1., -1.])
    """
    x, found = as_handle(input, "masked_fill"), _mask(mask, "masked_fill")
    filling = _filling(x, value, "masked_fill")
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
    found, whole = _index(indices, "unravel_index"), sizes((shape,))
    index = _in_range(found.array, math.prod(whole), "unravel_index")
    parts = np.unravel_index(index, whole)
    return tuple(wrap(found.result_class, np.asarray(part, np.int64)) for part in parts)


def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """A 1 at the index of each class, in a new last dimension of zeros.

    Parameters
    ----------
    tensor : Tensor of int
        Classes from 0 on, of any shape.
    num_classes : int
        How many there are; one more than the largest when left out.

    Returns
    -------
    Tensor
        int64, with a dimension of `num_classes` behind the others.

    Raises
    ------
    DimError
        If a class is negative, or not below `num_classes`.
    ArgumentError
        If it cannot be found how many there are.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.one_hot(tgx.tensor([1, 0]), 3)
    tensor([[0, 1, 0],
            [1, 0, 0]])
    """
    found = _index(tensor, "one_hot")
    classes = found.array
    if num_classes < 1 and not (num_classes == -1 and classes.size):
        raise ArgumentError(
            f"one_hot of {num_classes} classes", f"{classes.size} elements",
            "say how many classes there are: num_classes=10",
        )  # fmt: skip
    count = int(classes.max()) + 1 if num_classes == -1 else num_classes
    index = _in_range(classes, count, "one_hot")
    out = np.zeros((index.size, count), np.int64)
    out.put(one_each(index.reshape(-1), out.shape, 1), 1)
    return wrap(found.result_class, out.reshape(*index.shape, count))


# ---- parts --------------------------------------------------------------------------------------


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
