"""Taking tensors apart and putting them together: views in one direction, `cat` in the other."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.graph import Handle, one_of_many, wrap
from tinygradx.ops.broadcasting import broadcast_tensors
from tinygradx.ops.indexing import getitem, select
from tinygradx.ops.joining import NARROW, cat, several, stack
from tinygradx.ops.padding import pad
from tinygradx.ops.shapes import axis_too, flatten, reshape
from tinygradx.ops.structural import as_handle, whole_dim


def _axis(x: Handle, dim: Any, asked: str) -> int:
    """A dim of a tensor that has dimensions."""
    if not x.array.ndim:
        raise DimError(
            f"{asked} along dim {dim}", "a tensor of no dimensions",
            "pass one of at least one dimension: x.unsqueeze(0)",
        )  # fmt: skip
    return whole_dim(dim, x.array.ndim, asked)


def _runs(x: Handle, place: int, lengths: Sequence[int]) -> tuple[Any, ...]:
    """Views one behind another along a dimension."""
    starts = itertools.accumulate(lengths, initial=0)
    return tuple(
        NARROW.apply((x,), (place, start, length))
        for start, length in zip(starts, lengths, strict=False)
    )


@axis_too
def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Views of a tensor, one behind another along a dimension.

    Parameters
    ----------
    tensor : Tensor
        Of at least one dimension.
    split_size_or_sections : int or sequence of int
        The size of each part, of which the last may be smaller; or the size of every part.
    dim : int
        Along which dimension.

    Returns
    -------
    tuple of Tensor
        In the memory of the tensor.

    Raises
    ------
    ArgumentError
        If a size is negative, or the sizes do not add up to that of the dimension.
    DimError
        If there is no such dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.split(tgx.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    if isinstance(split_size_or_sections, (tuple, list)):
        return split_with_sizes(tensor, split_size_or_sections, dim)
    x = as_handle(tensor, "split")
    place, length = _axis(x, dim, "split"), _whole(split_size_or_sections, "split")
    size = x.array.shape[place]
    if length < 0 or (length == 0 and size):
        raise ArgumentError(
            f"split a dimension of size {size} into parts of {length}", "parts that never fill it",
            "use a size from 1 on",
        )  # fmt: skip
    if not size:
        return one_of_many(_runs(x, place, (0,)), "split")
    whole, rest = divmod(size, length)
    return one_of_many(_runs(x, place, [length] * whole + [rest] * (rest > 0)), "split")


@axis_too
def split_with_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> tuple[Any, ...]:
    """Views of a tensor of the given sizes along a dimension: see `split`."""
    x = as_handle(input, "split")
    place = _axis(x, dim, "split")
    if not isinstance(split_sizes, (tuple, list)):
        raise DtypeError(
            f"split_with_sizes by {split_sizes!r:.40}", f"a {type(split_sizes).__name__}",
            "pass the size of each part: [2, 3]; split takes one size for all",
        )  # fmt: skip
    lengths, size = [_whole(n, "split") for n in split_sizes], x.array.shape[place]
    if sum(lengths) != size or any(n < 0 for n in lengths):
        raise ArgumentError(
            f"split a dimension of size {size} into {tuple(lengths)}",
            f"sizes of the sum {sum(lengths)}" if sum(lengths) != size else "a negative size",
            "make the sizes add up to that of the dimension",
        )
    return one_of_many(_runs(x, place, lengths), "split")


def _whole(number: Any, asked: str) -> int:
    """A size, a place or a number of parts."""
    try:
        return operator.index(number)
    except TypeError:
        raise DtypeError(
            f"{asked} by {number!r:.40}", f"a {type(number).__name__}",
            "pass a whole number, or a list of them",
        ) from None  # fmt: skip


def _sections(asked: str, sections: Any) -> int:
    count = _whole(sections, asked)
    if count < 1:
        raise ArgumentError(f"{asked} into {count} parts", "no parts", "ask for at least one")
    return count


@axis_too
def chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Any, ...]:
    """Views of a tensor: so many parts of one size along a dimension, the last one smaller.

    Parameters
    ----------
    input : Tensor
        Of at least one dimension.
    chunks : int
        How many parts; where their size is rounded up, there may be fewer.
    dim : int
        Along which dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.chunk(tgx.arange(5), 3)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    x = as_handle(input, "chunk")
    place, count = _axis(x, dim, "chunk"), _sections("chunk", chunks)
    size = x.array.shape[place]
    if size:
        return split(x, -(-size // count), place)
    return one_of_many(_runs(x, place, [0] * count), "chunk")


@axis_too
def tensor_split(
    input: Any, indices_or_sections: Any, dim: int = 0, *, indices: Any = None, sections: Any = None
) -> tuple[Any, ...]:
    """Views of a tensor: so many parts as equal as can be, or parts that begin at given places.

    Parameters
    ----------
    input : Tensor
        Of at least one dimension.
    indices_or_sections : int, sequence of int, or Tensor
        How many parts, of which the first ones are larger by one where it does not come out even;
        or where the second and every further part begins.
    dim : int
        Along which dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.tensor_split(tgx.arange(5), 3)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    >>> tgx.tensor_split(tgx.arange(5), (1, 3))
    (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    x = as_handle(input, "tensor_split")
    place = _axis(x, dim, "tensor_split")
    size = x.array.shape[place]
    given = indices_or_sections.array if isinstance(indices_or_sections, Handle) else None
    if given is not None:
        indices_or_sections = given.tolist()
    if isinstance(indices_or_sections, (tuple, list)):
        cuts = [slice(_whole(i, "tensor_split")).indices(size)[1] for i in indices_or_sections]
        starts, stops = [0, *cuts], [*cuts, size]
        return tuple(
            NARROW.apply((x,), (place, start, max(0, stop - start)))
            for start, stop in zip(starts, stops, strict=True)
        )
    count = _sections("tensor_split", indices_or_sections)
    each, larger = divmod(size, count)
    return _runs(x, place, [each + 1] * larger + [each] * (count - larger))


def _even(x: Handle, parts: Any, dim: int, asked: str) -> tuple[Any, ...]:
    """`tensor_split` that refuses parts of unequal size."""
    if not isinstance(parts, (tuple, list, Handle)):
        count, size = _sections(asked, parts), x.array.shape[dim]
        if size % count:
            raise ArgumentError(
                f"{asked} of a dimension of size {size} into {count} parts",
                "parts of unequal size", "use tensor_split, which allows them",
            )  # fmt: skip
    return tensor_split(x, parts, dim)


def _at_least(x: Handle, ndim: int, asked: str) -> None:
    if x.array.ndim < ndim:
        raise DimError(
            f"{asked} of a tensor of shape {x.array.shape}",
            f"{x.array.ndim} dimensions", f"pass at least {ndim}",
        )  # fmt: skip


def hsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """Views of a tensor side by side: along dim 1, or 0 if there is but one.

    Parameters
    ----------
    input : Tensor
        Of at least one dimension.
    indices_or_sections : int or sequence of int
        As for `tensor_split`; a number of parts must come out even.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> [part.shape for part in tgx.hsplit(tgx.zeros(2, 6), 3)]
    [(2, 2), (2, 2), (2, 2)]
    """
    x = as_handle(input, "hsplit")
    _at_least(x, 1, "hsplit")
    return _even(x, indices_or_sections, min(1, x.array.ndim - 1), "hsplit")


def vsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """Views of a tensor one below another, along dim 0: see `hsplit`."""
    x = as_handle(input, "vsplit")
    _at_least(x, 2, "vsplit")
    return _even(x, indices_or_sections, 0, "vsplit")


def dsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """Views of a tensor one behind another, along dim 2: see `hsplit`."""
    x = as_handle(input, "dsplit")
    _at_least(x, 3, "dsplit")
    return _even(x, indices_or_sections, 2, "dsplit")


@axis_too
def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    """Every slice along a dimension, as views without it.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.unbind(tgx.tensor([[1, 2], [3, 4]]), 1)
    (tensor([1, 3]), tensor([2, 4]))
    """
    x = as_handle(input, "unbind")
    place = _axis(x, dim, "unbind")
    slices = (select(x, place, i) for i in range(x.array.shape[place]))
    return one_of_many(slices, "unbind")


# ---- together -----------------------------------------------------------------------------------


def _each(tensors: Any, function: Any) -> Any:
    """The function of one tensor, or of each of several."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tensors[0]
    elif len(tensors) == 1:
        return function(tensors[0])
    return tuple(function(x) for x in tensors)


def atleast_1d(*tensors: Any) -> Any:
    """A number as a tensor of one dimension; others as they are.

    Parameters
    ----------
    *tensors : Tensor
        One, several, or a tuple of them.

    Returns
    -------
    Tensor, or tuple of Tensor
        Views.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.atleast_1d(tgx.tensor(2.0))
    tensor([2.])
    """
    return _each(tensors, lambda x: _padded(as_handle(x, "atleast_1d"), 1))


def atleast_2d(*tensors: Any) -> Any:
    """A number or a vector as a matrix of one row; others as they are: see `atleast_1d`."""
    return _each(tensors, lambda x: _padded(as_handle(x, "atleast_2d"), 2))


def atleast_3d(*tensors: Any) -> Any:
    """A vector of n as (1, n, 1), a matrix (n, m) as (n, m, 1); others as they are.

    See `atleast_1d`.
    """
    return _each(tensors, lambda x: _padded(as_handle(x, "atleast_3d"), 3))


def _padded(x: Handle, ndim: int) -> Any:
    shape = x.array.shape
    if len(shape) >= ndim:
        return x
    if ndim == 3 and shape:
        return reshape(x, (1, *shape, 1) if len(shape) == 1 else (*shape, 1))
    return reshape(x, (1,) * (ndim - len(shape)) + shape)


def hstack(tensors: Sequence[Any]) -> Any:
    """Tensors side by side: along dim 1, or 0 for those of one dimension.

    Parameters
    ----------
    tensors : sequence of Tensor
        Of equal shape but for that dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.hstack([tgx.zeros(2, 1), tgx.ones(2, 2)])
    tensor([[0., 1., 1.],
            [0., 1., 1.]])
    """
    each = [_padded(as_handle(x, "hstack"), 1) for x in _some(tensors, "hstack")]
    return cat(each, 0 if each[0].array.ndim == 1 else 1)


def vstack(tensors: Sequence[Any]) -> Any:
    """Tensors one below another, along dim 0; vectors are rows. Also called `row_stack`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.vstack([tgx.zeros(2), tgx.ones(2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    return cat([_padded(as_handle(x, "vstack"), 2) for x in _some(tensors, "vstack")], 0)


def row_stack(tensors: Sequence[Any]) -> Any:
    """Tensors one below another: see `vstack`."""
    return vstack(tensors)


def dstack(tensors: Sequence[Any]) -> Any:
    """Tensors one behind another, along dim 2; see `atleast_3d` for those of fewer dimensions."""
    return cat([_padded(as_handle(x, "dstack"), 3) for x in _some(tensors, "dstack")], 2)


def column_stack(tensors: Sequence[Any]) -> Any:
    """Tensors side by side, along dim 1; vectors are columns.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.column_stack([tgx.tensor([1, 2]), tgx.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    each = [as_handle(x, "column_stack") for x in _some(tensors, "column_stack")]
    return cat([reshape(x, -1, 1) if x.array.ndim < 2 else x for x in each], 1)


def _some(tensors: Sequence[Any], asked: str) -> Sequence[Any]:
    if not len(several(tensors, asked)):
        raise ArgumentError(asked, "no tensors", "pass at least one")
    return tensors


def block_diag(*tensors: Any) -> Any:
    """Matrices along the diagonal of one matrix, with zeros beside them.

    Parameters
    ----------
    *tensors : Tensor
        Of at most two dimensions; vectors are rows. Dtypes are promoted.

    Raises
    ------
    ShapeError
        If one has more than two dimensions.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.block_diag(tgx.ones(1, 2), tgx.tensor(3.0))
    tensor([[1., 1., 0.],
            [0., 0., 3.]])
    """
    if not tensors:
        return wrap(Handle.result_class, np.zeros((1, 0), np.float32))
    handles = [as_handle(x, "block_diag") for x in tensors]
    for x in handles:
        if x.array.ndim > 2:
            raise ShapeError(
                "block_diag", f"a tensor of shape {x.array.shape}", "pass matrices or vectors"
            )
    blocks = [_padded(x, 2) for x in handles]
    width, before, rows = sum(b.array.shape[1] for b in blocks), 0, []
    for block in blocks:
        own = block.array.shape[1]
        rows.append(pad(block, (before, width - before - own)))
        before += own
    return cat(rows, 0)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Any, ...]:
    """The coordinates of a grid: each vector repeated along all other ones, as views.

    Parameters
    ----------
    *tensors : Tensor
        Vectors (numbers count as vectors of one), one by one or as a list; of one dtype.
    indexing : {"ij", "xy"}
        Whether the first vector runs along dim 0, or along dim 1 as the x of a plot does.

    Returns
    -------
    tuple of Tensor
        One for each vector, of shape (n0, n1, ...).

    Raises
    ------
    ShapeError
        If one is no vector.
    DtypeError
        If dtypes differ.
    ArgumentError
        If there is no such indexing, or nothing to make a grid of.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> rows, columns = tgx.meshgrid(tgx.arange(2), tgx.arange(3), indexing="ij")
    >>> columns
    tensor([[0, 1, 2],
            [0, 1, 2]])
    """
    many = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    each = [_padded(as_handle(x, "meshgrid"), 1) for x in _some(many, "meshgrid")]
    if indexing not in ("ij", "xy"):
        raise ArgumentError(f"meshgrid with indexing={indexing!r}", "no such", 'use "ij" or "xy"')
    for x in each:
        if x.array.ndim > 1:
            raise ShapeError("meshgrid", f"a tensor of shape {x.array.shape}", "pass vectors")
        if x.array.dtype != each[0].array.dtype:
            raise DtypeError(
                "meshgrid", f"dtypes {each[0].array.dtype} and {x.array.dtype}",
                "convert them to one dtype",
            )  # fmt: skip
    turned = indexing == "xy" and len(each) > 1
    if turned:
        each[:2] = each[1::-1]
    count = len(each)
    shaped = [
        reshape(x, (1,) * i + (x.array.size,) + (1,) * (count - 1 - i)) for i, x in enumerate(each)
    ]
    grids = broadcast_tensors(*shaped)
    return (grids[1], grids[0], *grids[2:]) if turned else grids


def cartesian_prod(*tensors: Any) -> Any:
    """Every way to take one element of each vector: one way a row.

    Parameters
    ----------
    *tensors : Tensor
        Vectors of one dtype; a single one is answered as it is.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.cartesian_prod(tgx.tensor([1, 2]), tgx.tensor([3, 4])).tolist()
    [[1, 3], [1, 4], [2, 3], [2, 4]]
    """
    each = [as_handle(x, "cartesian_prod") for x in _some(tensors, "cartesian_prod")]
    for x in each:
        if x.array.ndim != 1:
            raise ShapeError("cartesian_prod", f"a tensor of shape {x.array.shape}", "pass vectors")
    if len(each) == 1:
        return each[0]
    return stack([flatten(grid) for grid in meshgrid(*each)], 1)


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """Every way to take r elements of a vector, in order: one way a row.

    Parameters
    ----------
    input : Tensor
        A vector.
    r : int
        How many.
    with_replacement : bool
        Whether an element may be taken again.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.combinations(tgx.tensor([1, 2, 3])).tolist()
    [[1, 2], [1, 3], [2, 3]]
    """
    x = as_handle(input, "combinations")
    if x.array.ndim != 1:
        raise ShapeError("combinations", f"a tensor of shape {x.array.shape}", "pass a vector")
    if r < 0:
        raise ArgumentError(f"combinations of {r}", "a negative number", "use r from 0 on")
    if r == 0:
        return wrap(x.result_class, np.zeros(0, x.array.dtype))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    chosen = np.array(list(choose(range(x.array.size), r)), np.int64).reshape(-1, r)
    return getitem(x, chosen)
