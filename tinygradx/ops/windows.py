"""Windows that slide over memory: views by strides, and the sums that lead back."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided as strided

from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.ops.elementary import mul
from tinygradx.ops.indexing import GETITEM, PUT, SET_AT
from tinygradx.ops.shapes import RESHAPE, reshape, sizes
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim


class Unfold(Structural):
    """Windows along a dimension: their number in its place, their elements behind the others."""

    name = "unfold"
    view = True

    def forward(self, x: Any, dim: int, size: int, step: int) -> Any:
        count = (x.shape[dim] - size) // step + 1
        shape = (*x.shape[:dim], count, *x.shape[dim + 1 :], size)
        own = x.strides
        strides = (*own[:dim], own[dim] * step, *own[dim + 1 :], own[dim])
        return strided(x, shape, strides, writeable=x.flags.writeable)

    def pull(self, g: Any, x_shape: tuple[int, ...], dim: int, step: int) -> Any:
        return ADD_WINDOWS.apply((g,), (x_shape, dim, step))


class AddWindows(Structural):
    """Windows added where they were taken from: the way back of unfold."""

    name = "add_windows"

    def forward(self, x: Any, shape: tuple[int, ...], dim: int, step: int) -> Any:
        out = numpy_like(x).zeros(shape, x.dtype)
        count, before = x.shape[dim], (slice(None),) * dim
        for place in range(x.shape[-1]):  # the elements of all windows at one place never meet
            end = place + (count - 1) * step + 1
            out[(*before, slice(place, end if count else place, step))] += x[..., place]
        return out

    def pull(self, g: Any, x_shape: tuple[int, ...], dim: int, step: int) -> Any:
        return UNFOLD.apply((g,), (dim, x_shape[-1], step))


class AsStrided(Structural):
    """The elements of the memory at a start and steps of one's own choice.

    The settings say where x itself lies, as its way back, and a replay on other memory, go by that.
    """

    name = "as_strided"
    view = True

    def forward(
        self, x: Any, size: Any, stride: Any, offset: int, x_stride: Any, x_offset: int
    ) -> Any:
        own = tuple(step // x.itemsize for step in x.strides)
        line, start = memory_of(x)
        if own != x_stride or start != x_offset:
            return _laid_out(x, size, stride, offset, x_stride, x_offset)
        return _seen(line, size, stride, offset)

    def pull(
        self, g: Any, x_shape: Any, size: Any, stride: Any, offset: int, x_stride: Any,
        x_offset: int,
    ) -> Any:  # fmt: skip
        length = max(_end(size, stride, offset), _end(x_shape, x_stride, x_offset))
        numbers = np.arange(length)
        read = _seen(numbers, size, stride, offset).copy()
        own = _seen(numbers, x_shape, x_stride, x_offset).copy()
        line = PUT.apply((g,), ((length,), read))
        share = GETITEM.apply((line,), (own,))
        # Elements of x that are one place in memory share what came to it.
        times = np.bincount(own.reshape(-1), minlength=length)[own]
        return mul(share, 1.0 / times) if times.size and times.max() > 1 else share


UNFOLD, ADD_WINDOWS, AS_STRIDED = Unfold(), AddWindows(), AsStrided()


def memory_of(x: Any) -> tuple[Any, int]:
    """All the memory that x looks into, as one line, and where x begins in it."""
    owner, base = x, x.base
    while base is not None:
        if isinstance(base, np.ndarray) and base.dtype == x.dtype:
            owner = base
        base = getattr(base, "base", None)
    if not (owner.flags.c_contiguous or owner.flags.f_contiguous):
        owner = x
    flat = owner.ravel(order="K") if owner.flags.forc else owner
    start = (x.ctypes.data - owner.ctypes.data) // x.itemsize if x.size else 0
    return flat, start


def _end(shape: Any, stride: Any, offset: int) -> int:
    """One more than the last place that is reached."""
    if 0 in shape:
        return 0
    last: int = sum((n - 1) * step for n, step in zip(shape, stride, strict=True))
    return offset + last + 1


def _seen(line: Any, shape: Any, stride: Any, offset: int) -> Any:
    """A line of memory, seen by strides that are counted in elements."""
    return strided(line[offset:], shape, tuple(step * line.itemsize for step in stride))


def _laid_out(x: Any, size: Any, stride: Any, offset: int, x_stride: Any, x_offset: int) -> Any:
    """What as_strided shows where x lies otherwise than it did: on a line, as it lay then."""
    length = max(_end(size, stride, offset), _end(x.shape, x_stride, x_offset))
    xp = numpy_like(x)
    line, known = xp.zeros(length, x.dtype), xp.zeros(length, bool)
    _seen(line, x.shape, x_stride, x_offset)[...] = x
    _seen(known, x.shape, x_stride, x_offset)[...] = True
    if not _seen(known, size, stride, offset).all():
        raise GraphError(
            f"as_strided of size {size} with stride {stride}, done again on other memory",
            "elements that lay beside the tensor", "take it of the tensor that holds them all",
        )  # fmt: skip
    return _seen(line, size, stride, offset).copy()


def as_strided(input: Any, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """The elements of a tensor's memory at a start and steps of one's own choice, as a view.

    Parameters
    ----------
    input : Tensor
        Any; what counts is its memory.
    size : tuple of int
        The shape of the view.
    stride : tuple of int
        How many elements of memory lie between neighbours along each dimension.
    storage_offset : int, optional
        Where it begins in the memory; where the input begins when left out.

    Raises
    ------
    ArgumentError
        If it leads out of the memory, or a number is negative.
    ShapeError
        If there are not as many strides as sizes.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.as_strided(tgx.arange(5), (2, 3), (1, 1))
    tensor([[0, 1, 2],
            [1, 2, 3]])
    """
    x = as_handle(input, "as_strided")
    shape, steps = sizes((size,)), sizes((stride,))
    asked = f"as_strided of size {shape} with stride {steps}"
    if len(shape) != len(steps):
        raise ShapeError(asked, f"{len(shape)} sizes, {len(steps)} strides", "give as many of both")
    line, start = memory_of(x.array)
    offset = start if storage_offset is None else operator.index(storage_offset)
    if min((*shape, *steps, offset), default=0) < 0:
        raise ArgumentError(asked, "a negative number", "flip(x, dim) goes backwards, in a copy")
    if _end(shape, steps, offset) > line.size:
        raise ArgumentError(
            f"{asked} from {offset} on", f"a memory of {line.size} elements", "stay inside it"
        )
    own = tuple(step // x.array.itemsize for step in x.array.strides)
    return AS_STRIDED.apply((x,), (shape, steps, offset, own, start))


def as_strided_scatter(
    input: Any, src: Any, size: Any, stride: Any, storage_offset: int | None = None
) -> Any:
    """A copy with other values at a start and steps of one's own choice: see `as_strided`.

    Parameters
    ----------
    input : Tensor
        Contiguous.
    src : Tensor
        In the shape `size`, of the input's dtype.
    size, stride, storage_offset
        As for `as_strided`, but counted in the input alone.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes or dtypes do not fit, or the input is not contiguous.
    """
    x, found = as_handle(input, "as_strided_scatter"), as_handle(src, "as_strided_scatter")
    shape, steps = sizes((size,)), sizes((stride,))
    asked = f"as_strided_scatter of size {shape} with stride {steps}"
    offset = operator.index(storage_offset or 0)
    if not x.array.flags.c_contiguous or _end(shape, steps, offset) > x.array.size:
        raise ArgumentError(
            asked, f"a tensor of {x.array.size} elements"
            + ("" if x.array.flags.c_contiguous else " that is not contiguous"),
            "stay inside a contiguous tensor: x.contiguous()",
        )  # fmt: skip
    if found.array.shape != shape:
        raise ShapeError(asked, f"a source of shape {found.array.shape}", "make both equal")
    if found.array.dtype != x.array.dtype:
        raise DtypeError(asked, f"a source of {found.array.dtype}", "convert: src.to(input.dtype)")
    at = _seen(np.arange(x.array.size), shape, steps, offset).copy()
    out = SET_AT.apply((reshape(x, -1), found), (at,))
    return RESHAPE.apply((out,), (x.array.shape,))


def unfold(input: Any, dimension: int, size: int, step: int) -> Any:
    """Windows that slide along a dimension, as a view.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    dimension : int
        Along which.
    size, step : int
        How long a window is, and how far it moves.

    Returns
    -------
    Tensor
        The number of windows in the place of the dimension, and their elements as a last one.

    Raises
    ------
    ArgumentError
        If a window is longer than the dimension, or does not move.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.arange(5).unfold(0, 3, 1)
    tensor([[0, 1, 2],
            [1, 2, 3],
            [2, 3, 4]])
    """
    x = as_handle(input, "unfold")
    place = whole_dim(dimension, x.array.ndim, "unfold")
    flat = x if x.array.ndim else reshape(x, 1)
    long = flat.array.shape[place]
    if not 0 <= size <= long or step < 1:
        raise ArgumentError(
            f"unfold windows of {size} with a step of {step}", f"a dimension of size {long}",
            f"use a size from 0 to {long} and a step from 1 on",
        )  # fmt: skip
    out = UNFOLD.apply((flat,), (place, size, step))
    return out if x.array.ndim else RESHAPE.apply((out,), ((size,),))
