"""Elements in other places, and more than once: flip, roll, repeat."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.broadcasting import EXPAND
from tinygradx.ops.indexing import GETITEM
from tinygradx.ops.memory import clone
from tinygradx.ops.shapes import axis_too, reshape, sizes
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim, whole_dims
from tinygradx.ops.transposing import transpose


class Flip(Structural):
    """Elements in reverse order along dimensions, in memory of their own."""

    name = "flip"

    def forward(self, x: Any, dims: tuple[int, ...]) -> Any:
        back = slice(None, None, -1)
        index = [back if d in dims else slice(None) for d in range(x.ndim)]
        return x[(..., *index)].copy()  # without the dots NumPy makes a number of a 0-d array

    def pull(self, g: Any, dims: tuple[int, ...]) -> Any:
        return FLIP.apply((g,), (dims,))


class Roll(Structural):
    """Elements moved along dimensions; what leaves at one end enters at the other."""

    name = "roll"

    def forward(self, x: Any, shifts: tuple[int, ...], dims: tuple[int, ...]) -> Any:
        out, join = x, numpy_like(x).concatenate  # np.roll takes five times as long on small ones
        for shift, dim in zip(shifts, dims, strict=True):
            before, size = (slice(None),) * dim, x.shape[dim]
            cut = size - shift % size if size else 0
            out = join((out[(*before, slice(cut, None))], out[(*before, slice(0, cut))]), dim)
        return out if out is not x else x.copy()

    def pull(self, g: Any, shifts: tuple[int, ...], dims: tuple[int, ...]) -> Any:
        return ROLL.apply((g,), (tuple(-shift for shift in shifts), dims))


FLIP, ROLL = Flip(), Roll()


def flip(input: Any, *order: Any, dims: Any = ()) -> Any:
    """A copy with the elements in reverse order along some dimensions.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    *order : int or tuple of int
        Along which, also by the name `dims`.

    Raises
    ------
    DimError
        If a dim is out of range, or given twice.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.flip(tgx.tensor([[1, 2], [3, 4]]), (0, 1))
    tensor([[4, 3],
            [2, 1]])
    """
    x = as_handle(input, "flip")
    return FLIP.apply((x,), (whole_dims(sizes(order or (dims,)), x.array.ndim, "flip") or (),))


def fliplr(input: Any) -> Any:
    """A copy with left and right exchanged: reversed along dim 1."""
    x = as_handle(input, "fliplr")
    if x.array.ndim < 2:
        raise DimError(f"fliplr of a tensor of shape {x.array.shape}", "no dim 1", "use x.flip(0)")
    return FLIP.apply((x,), ((1,),))


def flipud(input: Any) -> Any:
    """A copy with top and bottom exchanged: reversed along dim 0."""
    x = as_handle(input, "flipud")
    if not x.array.ndim:
        raise DimError("flipud of a number", "no dim 0", "pass at least a vector")
    return FLIP.apply((x,), ((0,),))


def rot90(input: Any, k: int = 1, dims: Any = (0, 1)) -> Any:
    """A copy turned by so many quarters, from the first of two dimensions towards the second.

    Parameters
    ----------
    input : Tensor
        Of at least two dimensions.
    k : int
        How many quarters; negative ones turn the other way.
    dims : pair of int
        The plane.

    Raises
    ------
    DimError, ArgumentError
        If there are not two different dims.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.rot90(tgx.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    x = as_handle(input, "rot90")
    if len(dims) != 2:
        raise ArgumentError(f"rot90 with dims={tuple(dims)}", "not a plane", "name two dims")
    if x.array.ndim < 2:
        raise DimError(f"rot90 of a tensor of shape {x.array.shape}", "no plane", "pass a matrix")
    first, second = whole_dims(tuple(dims), x.array.ndim, "rot90") or ()
    quarters = operator.index(k) % 4
    if quarters == 0:
        return clone(x)
    if quarters == 2:
        return FLIP.apply((x,), ((first, second),))
    over = second if quarters == 1 else first
    return transpose(FLIP.apply((x,), ((over,),)), first, second)


def roll(input: Any, shifts: Any, dims: Any = None) -> Any:
    """A copy with the elements moved along dimensions; what leaves at one end enters at the other.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    shifts : int or tuple of int
        By how many places.
    dims : int or tuple of int, optional
        Along which, one for each shift; over all elements in a row when left out.

    Raises
    ------
    ArgumentError
        If there are not as many shifts as dims.
    DimError
        If a dim is out of range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.roll(tgx.arange(5), 2)
    tensor([3, 4, 0, 1, 2])
    """
    x = as_handle(input, "roll")
    each = sizes((shifts,))
    if dims is None or (isinstance(dims, (tuple, list)) and not dims):
        if len(each) != 1:
            raise ArgumentError(f"roll by {each}", "no dims", "name a dim for each shift")
        flat = ROLL.apply((reshape(x, -1),), (each, (0,)))
        return reshape(flat, x.array.shape)
    along = dims if isinstance(dims, (tuple, list)) else (dims,)
    if len(along) != len(each):
        raise ArgumentError(
            f"roll by {each} along {tuple(along)}", f"{len(each)} shifts and {len(along)} dims",
            "give as many of one as of the other",
        )  # fmt: skip
    if not x.array.ndim:
        raise DimError("roll of a number along a dim", "no dimension", "leave dims out")
    places = tuple(whole_dim(d, x.array.ndim, "roll") for d in along)
    return ROLL.apply((x,), (each, places))


# ---- more than once -----------------------------------------------------------------------------


def repeat(input: Any, *counts: Any, repeats: Any = ()) -> Any:
    """A copy laid side by side so many times along each dimension.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    *counts : int or tuple of int
        At least n numbers, also by the name `repeats`; further ones in front are new dimensions.

    Raises
    ------
    ShapeError
        If there are less than n, or a negative one.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    x, counts = as_handle(input, "repeat"), sizes(counts or (repeats,))
    shape = x.array.shape
    if len(counts) < len(shape) or any(count < 0 for count in counts):
        raise ShapeError(
            f"repeat a tensor of shape {shape} by {counts}",
            "less numbers than dimensions" if len(counts) < len(shape) else "a negative number",
            "give one from 0 on for each dimension; new ones come in front",
        )  # fmt: skip
    own = (1,) * (len(counts) - len(shape)) + shape
    # Every dimension is split in two, (times, size), of which the first is expanded.
    apart = reshape(x, tuple(n for size in own for n in (1, size)))
    pairs = tuple(n for pair in zip(counts, own, strict=True) for n in pair)
    whole = tuple(count * size for count, size in zip(counts, own, strict=True))
    out = reshape(EXPAND.apply((apart,), (pairs,)), whole)
    return clone(out) if np.may_share_memory(out.array, x.array) else out


def tile(input: Any, *counts: Any, dims: Any = ()) -> Any:
    """A copy laid side by side; fewer numbers than dimensions are meant for the last ones.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.tile(tgx.tensor([[1, 2]]), (2,))
    tensor([[1, 2, 1, 2]])
    """
    x, counts = as_handle(input, "tile"), sizes(counts or (dims,))
    return repeat(x, (1,) * (x.array.ndim - len(counts)) + counts)


@axis_too
def repeat_interleave(
    input: Any, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Any:
    """A copy with every slice so many times in a row.

    Parameters
    ----------
    input : Tensor
        Of any shape. Alone, it is the repeats, and the answer is the indices to select by.
    repeats : int or Tensor of int
        How often, for all slices or for each.
    dim : int, optional
        Along which dimension; all elements in a row when left out.
    output_size : int, optional
        How many there will be, checked if given.

    Raises
    ------
    ArgumentError
        If a number is negative, or there are not as many as slices.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.repeat_interleave(tgx.tensor([1, 2]), 2)
    tensor([1, 1, 2, 2])
    >>> tgx.repeat_interleave(tgx.tensor([7, 8, 9]), tgx.tensor([2, 0, 1]))
    tensor([7, 7, 9])
    """
    asked = "repeat_interleave"
    x = as_handle(input, asked)
    if repeats is None:
        counts, x = x.array, wrap(x.result_class, np.arange(x.array.size))
    else:
        counts = repeats.array if isinstance(repeats, Handle) else np.asarray(repeats)
    if counts.dtype.kind not in "iu":
        raise DtypeError(f"{asked} by {counts.dtype}", "no integers", "pass whole numbers")
    if dim is None:
        x, dim = reshape(x, -1), 0
    place, flat = whole_dim(dim, x.array.ndim, asked), x if x.array.ndim else reshape(x, 1)
    size = flat.array.shape[place]
    if counts.ndim > 1 or (counts.size not in (1, size)) or (counts < 0).any():
        raise ArgumentError(
            f"{asked} along a dimension of size {size}",
            f"repeats of shape {counts.shape}" + (", one negative" if (counts < 0).any() else ""),
            f"pass one number from 0 on, or {size} of them",
        )
    index = np.repeat(np.arange(size), counts.reshape(-1))
    if output_size is not None and output_size != index.size:
        raise ArgumentError(
            f"{asked} to {output_size} slices", f"{index.size} of them", "leave output_size out"
        )
    return GETITEM.apply((flat,), ((*(slice(None),) * place, index) if place else index,))
