"""Values written or added where an index tensor says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.broadcasting import broadcast_to, expand
from tinygradx.ops.comparisons import eq, ne
from tinygradx.ops.comparisons import where as chosen
from tinygradx.ops.elementary import add, div, maximum, mul
from tinygradx.ops.gathering import GATHER, GATHERED, gather
from tinygradx.ops.index_tensors import (
    add_elements,
    as_index,
    as_vector,
    in_range,
    index_along,
    one_each,
    places,
    put_elements,
)
from tinygradx.ops.indexing import (
    GETITEM,
    PUT,
    SET_AT,
    getitem,
    plain_index,
    set_at,
)
from tinygradx.ops.memory import clone, to_dtype
from tinygradx.ops.shapes import axis_too, reshape
from tinygradx.ops.structural import Structural, as_handle, numpy_like


class Scatter(Structural):
    """A copy of x with values written along a dimension by an index for each."""

    name = "scatter"
    inputs = ("x", "src", "index")

    def forward(self, x: Any, src: Any, index: Any, dim: int) -> Any:
        out = x.copy()
        put_elements(out, index, src, dim, self.name)
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


class ScatterAdd(Structural):
    """A copy of x with values added along a dimension by an index for each."""

    name = "scatter_add"
    inputs = ("x", "src", "index")

    def forward(self, x: Any, src: Any, index: Any, dim: int) -> Any:
        out = x.copy()
        add_elements(out, index, src, dim, self.name)
        return out

    def pull(self, g: Any, index: Any, dim: int) -> Any:
        return g, GATHER.apply((g, index), (dim,)), None

    def pull_arrays(self, g: Any, index: Any, dim: int) -> Any:
        return g, GATHER.forward(g, index, dim), None


SCATTER, SCATTER_ADD = Scatter(), ScatterAdd()


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
    place, where = index_along(x, dim, index, "scatter")
    source = _source(x, where, given, "scatter")
    if not where.array.size:
        return clone(x)
    if reduce is not None:
        kind = {"add": "sum", "multiply": "prod"}[reduce]
        return scatter_reduce(x, dim, where, source, kind)
    out = SCATTER.apply((as_vector(x), as_vector(source), as_vector(where)), (place,))
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
    place, where = index_along(x, dim, index, "scatter_add")
    source = _source(x, where, src, "scatter_add")
    if not where.array.size:
        return clone(x)
    out = SCATTER_ADD.apply((as_vector(x), as_vector(source), as_vector(where)), (place,))
    return out if x.array.ndim else reshape(out, ())


def _added(x: Handle, place: int, where: Handle, source: Handle) -> Any:
    """Zeros in the shape of x, with the source added at the index."""
    shape = x.array.shape
    out = GATHERED.apply((as_vector(source), as_vector(where)), (shape or (1,), place))
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
    place, where = index_along(x, dim, index, "scatter_reduce")
    source = _source(x, where, src, "scatter_reduce")
    if not where.array.size:
        return clone(x)
    in_range(where.array, x.array.shape[place] if x.array.ndim else 1, "scatter_reduce")
    return reduced(x, place, where, source, reduce, include_self)


def reduced(
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
    top = np.array(own.array, order="C", ndmin=1)  # so that the line below is a view of it
    ufunc.at(
        top.reshape(-1), places(as_vector(where).array, top.shape, place), as_vector(source).array
    )
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
    flat = places(as_vector(where).array, own.array.shape or (1,), place).reshape(-1)
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
    index = as_index(index, "put").array
    if index.size != found.array.size:
        raise ShapeError(
            f"put {index.size} elements", f"a source of {found.array.size}", "make them as many"
        )
    at = np.array(in_range(index.reshape(-1), x.array.size, "put", negative=True))
    values = reshape(found, -1)
    out = index_put(reshape(x, -1), (wrap(x.result_class, at),), values, accumulate)
    return reshape(out, x.array.shape)


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
    found = as_index(tensor, "one_hot")
    classes = found.array
    if num_classes < 1 and not (num_classes == -1 and classes.size):
        raise ArgumentError(
            f"one_hot of {num_classes} classes", f"{classes.size} elements",
            "say how many classes there are: num_classes=10",
        )  # fmt: skip
    count = int(classes.max()) + 1 if num_classes == -1 else num_classes
    index = in_range(classes, count, "one_hot")
    out = np.zeros((index.size, count), np.int64)
    out.put(places(one_each(index.reshape(-1), out.shape, 1), out.shape, 1), 1)
    return wrap(found.result_class, out.reshape(*index.shape, count))
