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
from tinygradx.ops.transposing import PERMUTE

#: A number for the height of an image, and one for its width.
Pair = tuple[int, int]


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


class Patches(Structural):
    """Patches of images (N, C, H, W) as columns (N, C * kh * kw, L)."""

    name = "patches"

    def forward(self, x: Any, size: Pair, dilation: Pair, padding: Pair, stride: Pair) -> Any:
        (kh, kw), (dh, dw), (ph, pw), (sh, sw) = size, dilation, padding, stride
        n, c, high, wide = x.shape
        if ph or pw:
            out = numpy_like(x).zeros((n, c, high + 2 * ph, wide + 2 * pw), x.dtype)
            out[:, :, ph : ph + high, pw : pw + wide] = x
            x = out
        lh, lw = _counts((high, wide), size, dilation, padding, stride)
        of_n, of_c, of_h, of_w = x.strides
        steps = (of_n, of_c, dh * of_h, dw * of_w, sh * of_h, sw * of_w)
        every = strided(x, (n, c, kh, kw, lh, lw), steps, writeable=False)
        return every.reshape(n, c * kh * kw, lh * lw)

    def pull(
        self, g: Any, x_shape: tuple[int, ...], size: Pair, dilation: Pair, padding: Pair,
        stride: Pair,
    ) -> Any:  # fmt: skip
        return ADD_PATCHES.apply((g,), (x_shape[2:], size, dilation, padding, stride))


class AddPatches(Structural):
    """Columns added up to images where their patches lie: the way back of patches."""

    name = "add_patches"

    def forward(
        self, x: Any, image: Pair, size: Pair, dilation: Pair, padding: Pair, stride: Pair
    ) -> Any:
        (kh, kw), (dh, dw), (ph, pw), (sh, sw) = size, dilation, padding, stride
        lh, lw = _counts(image, size, dilation, padding, stride)
        apart = x.reshape(x.shape[0], x.shape[1] // (kh * kw), kh, kw, lh, lw)
        shape = (*apart.shape[:2], image[0] + 2 * ph, image[1] + 2 * pw)
        out = numpy_like(x).zeros(shape, x.dtype)
        for i in range(kh):  # what all patches have at one place never meets
            rows = slice(i * dh, i * dh + (lh - 1) * sh + 1, sh)
            for j in range(kw):
                out[:, :, rows, slice(j * dw, j * dw + (lw - 1) * sw + 1, sw)] += apart[:, :, i, j]
        inner = out[:, :, ph : ph + image[0], pw : pw + image[1]]
        return inner.copy() if ph or pw else inner

    def pull(self, g: Any, size: Pair, dilation: Pair, padding: Pair, stride: Pair) -> Any:
        return PATCHES.apply((g,), (size, dilation, padding, stride))


UNFOLD, ADD_WINDOWS, AS_STRIDED = Unfold(), AddWindows(), AsStrided()
PATCHES, ADD_PATCHES = Patches(), AddPatches()


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


# ---- patches of images --------------------------------------------------------------------------


def _pair(value: Any, name: str, asked: str, least: int) -> Pair:
    """A number for both dimensions of an image, or one for each."""
    pair = sizes((value,)) if isinstance(value, (tuple, list)) else (operator.index(value),) * 2
    pair = pair * 2 if len(pair) == 1 else pair
    if len(pair) != 2 or min(pair) < least:
        raise ArgumentError(
            f"{asked} with {name}={value}", "no such", f"give one or two numbers from {least} on"
        )
    return pair[0], pair[1]


def _patches(
    asked: str, kernel_size: Any, dilation: Any, padding: Any, stride: Any
) -> tuple[Pair, Pair, Pair, Pair]:
    return (
        _pair(kernel_size, "kernel_size", asked, 1), _pair(dilation, "dilation", asked, 1),
        _pair(padding, "padding", asked, 0), _pair(stride, "stride", asked, 1),
    )  # fmt: skip


def _counts(image: Pair, size: Pair, dilation: Pair, padding: Pair, stride: Pair) -> Pair:
    """How many patches fit along both dimensions."""
    high, wide = (
        (image[k] + 2 * padding[k] - (size[k] - 1) * dilation[k] - 1) // stride[k] + 1
        for k in (0, 1)
    )
    return high, wide


def unfold_patches(
    input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    """Patches of images as columns: `torch.nn.functional.unfold`, also called im2col.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, H, W) or (C, H, W).
    kernel_size, dilation, padding, stride : int or pair of int
        Of the patches: their size, the distance of their elements, the border of zeros around the
        image, and how far they move.

    Returns
    -------
    Tensor
        Of shape (N, C * kh * kw, L), or without N, for L patches.

    Raises
    ------
    ShapeError
        If it is no image, or smaller than a patch.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.unfold(tgx.arange(9.0).reshape(1, 1, 3, 3), 2)[0]
    tensor([[0., 1., 3., 4.],
            [1., 2., 4., 5.],
            [3., 4., 6., 7.],
            [4., 5., 7., 8.]])
    """
    x = as_handle(input, "unfold")
    how = _patches("unfold", kernel_size, dilation, padding, stride)
    shape = x.array.shape
    if len(shape) not in (3, 4) or min(_counts(shape[-2:], *how)) < 1:
        raise ShapeError(
            f"unfold patches of {how[0]}", f"an input of shape {shape}",
            "pass (N, C, H, W) or (C, H, W), at least as large as a patch with its dilation",
        )  # fmt: skip
    out = PATCHES.apply((x if len(shape) == 4 else reshape(x, (1, *shape)),), how)
    return out if len(shape) == 4 else reshape(out, out.array.shape[1:])


def fold_patches(
    input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0,
    stride: Any = 1,
) -> Any:  # fmt: skip
    """Columns added up to images where their patches lie: `torch.nn.functional.fold`, or col2im.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C * kh * kw, L) or (C * kh * kw, L), as `unfold` answers it.
    output_size : int or pair of int
        (H, W) of the images.
    kernel_size, dilation, padding, stride : int or pair of int
        As for `unfold`.

    Returns
    -------
    Tensor
        Of shape (N, C, H, W), or without N.

    Raises
    ------
    ShapeError
        If there are not as many patches, or not of that size.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.fold(tgx.ones(1, 4, 4), (3, 3), 2)[0, 0]
    tensor([[1., 2., 1.],
            [2., 4., 2.],
            [1., 2., 1.]])
    """
    x = as_handle(input, "fold")
    how = _patches("fold", kernel_size, dilation, padding, stride)
    image, shape = _pair(output_size, "output_size", "fold", 1), x.array.shape
    (lh, lw), area = _counts(image, *how), how[0][0] * how[0][1]
    fits = len(shape) in (2, 3) and min(lh, lw) > 0 and shape[-1] == lh * lw
    if not fits or shape[-2] % area:
        raise ShapeError(
            f"fold patches of {how[0]} to images of {image}", f"an input of shape {shape}",
            f"pass (N, C * {area}, {max(lh, 0) * max(lw, 0)})",
        )  # fmt: skip
    out = ADD_PATCHES.apply((x if len(shape) == 3 else reshape(x, (1, *shape)),), (image, *how))
    return out if len(shape) == 3 else reshape(out, out.array.shape[1:])


# ---- channels and pixels ------------------------------------------------------------------------


def pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    """Channels made pixels: (..., C * r * r, H, W) to (..., C, H * r, W * r).

    Parameters
    ----------
    input : Tensor
        Of at least three dimensions.
    upscale_factor : int
        r.

    Raises
    ------
    ShapeError
        If the number of channels cannot be divided by r * r.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.pixel_shuffle(tgx.arange(4).reshape(4, 1, 1), 2)[0]
    tensor([[0, 1],
            [2, 3]])
    """
    x, r = as_handle(input, "pixel_shuffle"), operator.index(upscale_factor)
    shape = x.array.shape
    if len(shape) < 3 or r < 1 or shape[-3] % (r * r):
        raise ShapeError(
            f"pixel_shuffle by {r}", f"an input of shape {shape}",
            "pass (..., C * r * r, H, W) and a factor from 1 on",
        )  # fmt: skip
    *front, channels, high, wide = shape
    c, k = channels // (r * r), len(front)
    apart = reshape(x, (*front, c, r, r, high, wide))
    order = (*range(k), k, k + 3, k + 1, k + 4, k + 2)
    return reshape(PERMUTE.apply((apart,), (order,)), (*front, c, high * r, wide * r))


def pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    """Pixels made channels: (..., C, H * r, W * r) to (..., C * r * r, H, W).

    Parameters
    ----------
    input : Tensor
        Of at least three dimensions.
    downscale_factor : int
        r.

    Raises
    ------
    ShapeError
        If height or width cannot be divided by r.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.pixel_unshuffle(tgx.arange(4).reshape(1, 2, 2), 2).flatten()
    tensor([0, 1, 2, 3])
    """
    x, r = as_handle(input, "pixel_unshuffle"), operator.index(downscale_factor)
    shape = x.array.shape
    if len(shape) < 3 or r < 1 or shape[-1] % r or shape[-2] % r:
        raise ShapeError(
            f"pixel_unshuffle by {r}", f"an input of shape {shape}",
            "pass (..., C, H * r, W * r) and a factor from 1 on",
        )  # fmt: skip
    *front, c, high, wide = shape
    k = len(front)
    apart = reshape(x, (*front, c, high // r, r, wide // r, r))
    order = (*range(k), k, k + 2, k + 4, k + 1, k + 3)
    return reshape(PERMUTE.apply((apart,), (order,)), (*front, c * r * r, high // r, wide // r))


def channel_shuffle(input: Any, groups: int) -> Any:
    """Channels dealt out in turn from so many groups of them.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, ...), of at least three dimensions.
    groups : int
        A divisor of C.

    Raises
    ------
    ShapeError
        If the channels cannot be divided into such groups.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.channel_shuffle(tgx.arange(4).reshape(1, 4, 1), 2).flatten()
    tensor([0, 2, 1, 3])
    """
    x, count = as_handle(input, "channel_shuffle"), operator.index(groups)
    shape = x.array.shape
    if len(shape) < 3 or count < 1 or shape[1] % count:
        raise ShapeError(
            f"channel_shuffle of {count} groups", f"an input of shape {shape}",
            "pass (N, C, ...) and a divisor of C",
        )  # fmt: skip
    apart = reshape(x, (shape[0], count, shape[1] // count, *shape[2:]))
    order = (0, 2, 1, *range(3, len(shape) + 1))
    return reshape(PERMUTE.apply((apart,), (order,)), shape)
