"""Putting in order, and what follows from an order: sorted, largest, unique, found.

NumPy says where the elements go; they are brought there by a gather, which knows its way back.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.gathering import GATHER
from tinygradx.ops.memory import CLONE
from tinygradx.ops.reductions import filled_dim, numpy_names
from tinygradx.ops.shapes import RESHAPE
from tinygradx.ops.structural import as_handle, whole_dim


class Sorted(NamedTuple):
    """What sorting answers: the elements, and where each of them was."""

    values: Any
    indices: Any


def along(x: Handle, indices: Any, dim: int) -> Any:
    """The elements that an int64 array of places names, along a dimension."""
    return GATHER.apply((x, wrap(x.result_class, indices)), (dim,))


def _order(array: Any, dim: int, descending: bool) -> Any:
    """Where the sorted elements come from; equal ones keep their order, nan is the largest."""
    if not descending:
        return np.argsort(array, dim, kind="stable")
    # From the end, so that equal ones keep their order and no integer is negated.
    last_first = (slice(None),) * dim + (slice(None, None, -1),)
    order = np.argsort(array[last_first], dim, kind="stable")[last_first]
    return array.shape[dim] - 1 - order


def _picked(x: Handle, order: Any, place: int) -> Sorted:
    """The elements in an order, and the order."""
    order = np.ascontiguousarray(order, np.int64)
    return Sorted(along(x, order, place), wrap(x.result_class, order))


def sort(
    input: Any, dim: Any = -1, descending: bool = False, stable: bool = False, **named: Any
) -> Any:
    """The elements in order along a dimension, and where they were.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype; nan counts as the largest.
    dim : int
        Along which dimension.
    descending : bool
        From the largest to the smallest.
    stable : bool
        Keep the order of equal elements. It is always kept.

    Returns
    -------
    Sorted
        A pair `(values, indices)`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> values, indices = tgx.sort(tgx.tensor([3.0, 1.0, 2.0]))
    >>> values, indices
    (tensor([1., 2., 3.]), tensor([1, 2, 0]))
    """
    x = as_handle(input, "sort")
    dim, _ = numpy_names("sort", named, dim)
    place = whole_dim(dim, x.array.ndim, "sort")
    if not x.array.ndim:
        return Sorted(CLONE.apply((x,), ()), wrap(x.result_class, np.zeros((), np.int64)))
    return _picked(x, _order(x.array, place, descending), place)


def argsort(
    input: Any, dim: Any = -1, descending: bool = False, stable: bool = False, **named: Any
) -> Any:
    """Where the elements in order come from, along a dimension, as int64: see `sort`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.argsort(tgx.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    x = as_handle(input, "argsort")
    dim, _ = numpy_names("argsort", named, dim)
    place = whole_dim(dim, x.array.ndim, "argsort")
    order = _order(x.array, place, descending) if x.array.ndim else np.zeros((), np.int64)
    return wrap(x.result_class, np.ascontiguousarray(order, np.int64).reshape(x.array.shape))


def msort(input: Any) -> Any:
    """The elements in order along the first dimension, without their places."""
    return sort(input, 0).values


def topk(
    input: Any, k: int, dim: Any = -1, largest: bool = True, sorted: bool = True, **named: Any
) -> Any:
    """The k largest elements along a dimension, the largest first, and where they are.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype; nan counts as the largest.
    k : int
        How many, up to the size of the dimension.
    dim : int
        Along which dimension.
    largest : bool
        False for the smallest ones, the smallest first.
    sorted : bool
        Whether they stand in order. They always do; of equal ones the first are taken.

    Returns
    -------
    Sorted
        A pair `(values, indices)`.

    Raises
    ------
    ArgumentError
        If there are fewer than k elements.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> values, indices = tgx.topk(tgx.tensor([3.0, 1.0, 4.0, 1.0]), 2)
    >>> values, indices
    (tensor([4., 3.]), tensor([2, 0]))
    """
    x = as_handle(input, "topk")
    dim, _ = numpy_names("topk", named, dim)
    place = whole_dim(dim, x.array.ndim, "topk")
    size = x.array.shape[place] if x.array.ndim else 1
    if not isinstance(k, (int, np.integer)):
        raise DtypeError(f"topk of {k!r:.40}", f"a {type(k).__name__}", "pass a whole number")
    if not 0 <= k <= size:
        raise ArgumentError(
            f"topk of {k} along dim {dim}", f"{size} elements there", f"use k from 0 to {size}"
        )
    if not x.array.ndim:
        alone = RESHAPE.apply((x,), ((1,),))
        shape = () if k else (0,)
        return Sorted(
            RESHAPE.apply((along(alone, np.zeros(k, np.int64), 0),), (shape,)),
            wrap(x.result_class, np.zeros(shape, np.int64)),
        )
    first = (slice(None),) * place + (slice(0, k),)
    return _picked(x, _order(x.array, place, largest)[first], place)


def kthvalue(input: Any, k: int, dim: Any = -1, keepdim: bool = False, **named: Any) -> Any:
    """The k-th smallest element along a dimension, and where it is.

    Parameters
    ----------
    input : Tensor
        Of at least k elements along the dimension; nan counts as the largest.
    k : int
        Counted from 1.
    dim : int
        Along which dimension.
    keepdim : bool
        Keep the dimension with size 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> values, indices = tgx.kthvalue(tgx.tensor([3.0, 1.0, 2.0]), 2)
    >>> values, indices
    (tensor(2.), tensor(2))
    """
    x = as_handle(input, "kthvalue")
    dim, keepdim = numpy_names("kthvalue", named, dim, keepdim)
    place = filled_dim(x, dim, "kthvalue")
    size = x.array.shape[place] if x.array.ndim else 1
    if not 1 <= k <= size:
        raise ArgumentError(
            f"kthvalue with k={k}", f"{size} elements along dim {dim}", f"use k from 1 to {size}"
        )
    return at_rank(x, k - 1, place, keepdim)


def at_rank(x: Handle, rank: Any, place: int, keepdim: bool) -> Sorted:
    """The element of a rank, counted from 0, along a dimension; an array of ranks broadcasts."""
    array = x.array
    if not array.ndim:
        return sort(x)  # type: ignore[no-any-return]
    order = _order(array, place, False)
    ranks = np.asarray(rank, np.int64)
    if not ranks.ndim:
        ranks = ranks.reshape((1,) * array.ndim)
    shape = tuple(1 if i == place else size for i, size in enumerate(array.shape))
    found = np.take_along_axis(order, np.broadcast_to(ranks, shape), place)
    out = _picked(x, found, place)
    if keepdim:
        return out
    left = tuple(size for i, size in enumerate(array.shape) if i != place)
    return Sorted(*(RESHAPE.apply((part,), (left,)) for part in out))


# ---- what has no gradient -----------------------------------------------------------------------


def unique(
    input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False,
    dim: Any = None, **named: Any,
) -> Any:  # fmt: skip
    """The different elements, in order; or the different slices along a dimension.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype. Each nan is different from all others.
    sorted : bool
        Whether they stand in order. They always do.
    return_inverse : bool
        Say as well which of them each element is.
    return_counts : bool
        Say as well how often each of them is there.
    dim : int, optional
        Compare whole slices along this dimension; without it, elements.

    Returns
    -------
    Tensor or tuple of Tensor
        The different ones; then, where asked for, inverse and counts, as int64. No gradient.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.unique(tgx.tensor([3, 1, 3, 2]), return_counts=True)
    (tensor([1, 2, 3]), tensor([1, 1, 2]))
    """
    x = as_handle(input, "unique")
    dim, _ = numpy_names("unique", named, dim)
    place = None if dim is None else whole_dim(dim, x.array.ndim, "unique")
    array = x.array.reshape(-1) if place is None else x.array
    axis = None if place is None or not array.ndim else place
    if axis is not None and array.size == 0:
        return _none_unique(x, axis, return_inverse, return_counts)
    found, inverse, counts = np.unique(
        array, return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    inverse = inverse.reshape(x.array.shape if place is None else -1)
    return _answers(x, found, (return_inverse, inverse), (return_counts, counts))


def _none_unique(x: Handle, axis: int, return_inverse: bool, return_counts: bool) -> Any:
    """The different slices where slices have no elements, or there are none."""
    shape = x.array.shape
    if shape[axis] and 0 in shape:
        raise ShapeError(
            f"unique along dim {axis} of a tensor of shape {shape}", "slices without elements",
            "check that it is not empty: x.numel() > 0",
        )  # fmt: skip
    none = np.zeros(0, np.int64)
    return _answers(x, x.array, (return_inverse, none), (return_counts, none))


def _answers(x: Handle, found: Any, *more: tuple[bool, Any]) -> Any:
    """One tensor, or a tuple of it and of those integers that were asked for."""
    asked = [np.asarray(part, np.int64) for wanted, part in more if wanted]
    handles = tuple(wrap(x.result_class, part.copy()) for part in (found, *asked))
    return handles if asked else handles[0]


def unique_consecutive(
    input: Any, return_inverse: bool = False, return_counts: bool = False, dim: Any = None,
    **named: Any,
) -> Any:  # fmt: skip
    """The elements, each run of equal ones once; or slices along a dimension.

    Parameters
    ----------
    input, return_inverse, return_counts, dim
        As for `unique`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.unique_consecutive(tgx.tensor([1, 1, 2, 2, 1]), return_counts=True)
    (tensor([1, 2, 1]), tensor([2, 2, 1]))
    """
    x = as_handle(input, "unique_consecutive")
    dim, _ = numpy_names("unique_consecutive", named, dim)
    place = 0 if dim is None else whole_dim(dim, x.array.ndim, "unique_consecutive")
    array = x.array.reshape(-1) if dim is None or not x.array.ndim else x.array
    slices = np.moveaxis(array, place, 0)
    size = slices.shape[0]
    new = np.ones(size, bool)
    if size:
        differs = slices[1:] != slices[:-1]
        new[1:] = differs.reshape(size - 1, math.prod(slices.shape[1:])).any(1)
    begins = np.flatnonzero(new)
    counts = np.diff(begins, append=size)
    inverse = np.cumsum(new) - 1
    if dim is None:
        inverse = inverse.reshape(x.array.shape)
    found = np.moveaxis(slices[new], 0, place)
    return _answers(x, found, (return_inverse, inverse), (return_counts, counts))


def searchsorted(
    sorted_sequence: Any,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> Any:
    """Where values would be inserted so that sorted rows stay sorted.

    Parameters
    ----------
    sorted_sequence : Tensor
        Sorted along its last dimension: one row for all, or as many rows as `input`.
    input : Tensor or number
        What to find.
    out_int32 : bool
        Answer int32 instead of int64.
    right : bool
        Behind equal elements instead of in front of them.
    side : {"left", "right"}, optional
        The same in NumPy's words.
    sorter : Tensor, optional
        int64 indices that sort each row.

    Returns
    -------
    Tensor
        Indices from 0 to the length of a row, in the shape of `input`.

    Raises
    ------
    ShapeError
        If there are neither as many rows as `input` has, nor one for all.
    ArgumentError
        If `side` and `right` contradict each other.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.searchsorted(tgx.tensor([1.0, 3.0, 5.0]), tgx.tensor([0.0, 3.0, 9.0]))
    tensor([0, 1, 3])
    """
    rows = as_handle(sorted_sequence, "searchsorted")
    if isinstance(input, float) and rows.array.dtype.kind == "f":
        input = np.array(input, rows.array.dtype)
    wanted = as_handle(input, "searchsorted")
    if side not in (None, "left", "right") or (side == "left" and right):
        raise ArgumentError(
            f"searchsorted with side={side!r}, right={right}", "no such side, or two sides",
            'use side="left" or side="right"',
        )  # fmt: skip
    table, values = rows.array, wanted.array
    if sorter is not None:
        order = as_handle(sorter, "searchsorted").array
        if order.shape != table.shape or order.dtype != np.int64:
            raise ShapeError(
                f"searchsorted in rows of shape {table.shape}",
                f"a sorter of shape {order.shape} and dtype {order.dtype}",
                "pass what argsort answers for these rows",
            )
        table = np.take_along_axis(table, order, -1)
    if not table.ndim or (table.ndim > 1 and table.shape[:-1] != values.shape[:-1]):
        raise ShapeError(
            f"searchsorted in rows of shape {table.shape} for values of shape {values.shape}",
            "sizes before the last one differ",
            "pass one row, or as many rows as the values have",
        )
    where: Any = "right" if right or side == "right" else "left"
    out = np.empty(values.shape, np.int32 if out_int32 else np.int64)
    if table.ndim == 1:
        out[...] = np.searchsorted(table, values, where)
    else:
        for place in np.ndindex(table.shape[:-1]):
            out[place] = np.searchsorted(table[place], values[place], where)
    return wrap(wanted.result_class, out)


def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Any:
    """Which of the intervals between sorted boundaries each value falls into.

    Parameters
    ----------
    input : Tensor or number
        Values.
    boundaries : Tensor
        Of one dimension, sorted.
    out_int32 : bool
        Answer int32 instead of int64.
    right : bool
        Count a value on a boundary to the interval behind it.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.bucketize(tgx.tensor([1.0, 2.5, 9.0]), tgx.tensor([2.0, 4.0]))
    tensor([0, 1, 2])
    """
    edges = as_handle(boundaries, "bucketize")
    if edges.array.ndim != 1:
        raise ShapeError(
            f"bucketize by boundaries of shape {edges.array.shape}", "not one dimension",
            "pass a row of sorted boundaries",
        )  # fmt: skip
    return searchsorted(edges, input, out_int32=out_int32, right=right)
