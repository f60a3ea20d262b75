"""Pooling: the largest, or the mean, of every window of an image.

The largest is picked by its place, which is found first; a mean is a sum of windows, divided. Both
lead back by operations that lead to them again, so that they have derivatives of any order.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.ops.exponentials import pow
from tinygradx.ops.interpolation import weighted
from tinygradx.ops.patches import Sizes, Windows, batched, bordered, each, given_windows, inner
from tinygradx.ops.shapes import reshape
from tinygradx.ops.structural import Structural, as_handle, numpy_like


class MaxPool(Structural):
    """The elements of images at places that are known: those of the largest of every window."""

    name = "max_pool"

    def forward(self, x: Any, index: Any, windows: Windows | None) -> Any:
        n, c = x.shape[:2]
        flat = x.reshape(n * c, prod(x.shape[2:]))
        places = index.reshape(n * c, prod(index.shape[2:]))
        return numpy_like(x).take_along_axis(flat, places, 1).reshape(index.shape)

    def pull(self, g: Any, x_shape: Sizes, index: Any, windows: Windows | None) -> Any:
        return MAX_UNPOOL.apply((g,), (index, x_shape[2:], windows, True))


class MaxUnpool(Structural):
    """Zeros, but for elements at places that are known: the way back of max_pool.

    There, elements that come to one place are added up; in PyTorch's unpooling the last one counts.
    """

    name = "max_unpool"

    def forward(self, x: Any, index: Any, image: Sizes, windows: Windows | None, adds: bool) -> Any:
        n, c = x.shape[:2]
        planes, area = n * c, prod(image)
        places = (
            index.reshape(planes, prod(index.shape[2:]))
            + area * numpy_like(x).arange(planes)[:, None]
        )
        if adds:  # sums in float64, of a few elements each
            out = numpy_like(x).bincount(places.reshape(-1), x.reshape(-1), planes * area)
            return out.reshape(n, c, *image).astype(x.dtype, copy=False)
        out = numpy_like(x).zeros((n, c, *image), x.dtype)
        out.reshape(-1)[places.reshape(-1)] = x.reshape(-1)
        return out

    def pull(self, g: Any, index: Any, windows: Windows | None) -> Any:
        return MAX_POOL.apply((g,), (index, windows))


class AvgPool(Structural):
    """Sums of windows, divided by one number or by one for each window."""

    name = "avg_pool"

    def forward(self, x: Any, counts: Sizes, windows: Windows, divisor: Any) -> Any:
        wide = bordered(x, windows.padding, 0, windows.reach(counts))
        first, *others = windows.places(counts)
        out = wide[(..., *first)].copy()
        for place in others:
            out += wide[(..., *place)]
        out /= divisor
        return out

    def pull(self, g: Any, x_shape: Sizes, windows: Windows, divisor: Any) -> Any:
        return AVG_UNPOOL.apply((g,), (x_shape[2:], windows, divisor))


class AvgUnpool(Structural):
    """Every element, divided, spread over its window: the way back of avg_pool."""

    name = "avg_unpool"

    def forward(self, x: Any, image: Sizes, windows: Windows, divisor: Any) -> Any:
        counts, padding = x.shape[2:], windows.padding
        wide = tuple(
            max(n + 2 * pad, reach)
            for n, pad, reach in zip(image, padding, windows.reach(counts), strict=True)
        )
        out = numpy_like(x).zeros((*x.shape[:2], *wide), x.dtype)
        shares = x / numpy_like(x).asarray(divisor, x.dtype)
        for place in windows.places(counts):
            out[(..., *place)] += shares
        return out if wide == image else out[inner(image, padding)].copy()

    def pull(self, g: Any, x_shape: Sizes, windows: Windows, divisor: Any) -> Any:
        return AVG_POOL.apply((g,), (x_shape[2:], windows, divisor))


MAX_POOL, MAX_UNPOOL, AVG_POOL, AVG_UNPOOL = MaxPool(), MaxUnpool(), AvgPool(), AvgUnpool()


# ---- windows of a call --------------------------------------------------------------------------


class Pooled(NamedTuple):
    """What the functions of max pooling answer with `return_indices`: values, and their places."""

    values: Any
    indices: Any


def _windows(
    asked: str, input: Any, dims: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any,
    ceil_mode: bool,
) -> tuple[Any, bool, Windows, Sizes]:  # fmt: skip
    """Images, whether they are a batch, the windows over them, and how many fit."""
    x, many = batched(input, dims, asked)
    step = stride if stride is not None and stride != () else kernel_size  # () as in TorchScript
    windows = given_windows(asked, kernel_size, step, padding, dilation, dims)
    if any(2 * pad > size for pad, size in zip(windows.padding, windows.size, strict=True)):
        raise ArgumentError(
            f"{asked} with padding={padding}", f"windows of {windows.size}",
            "use at most half of a window",
        )  # fmt: skip
    image = x.array.shape[2:]
    counts = windows.counts(image)
    if ceil_mode:
        counts = tuple(
            # One more where some elements are left over, unless it would begin behind the image.
            n + (n * step < size + pad and (n - 1) * step + span < size + 2 * pad)
            for n, step, size, pad, span in zip(
                counts, windows.stride, image, windows.padding, windows.reach((1,) * dims),
                strict=True,
            )
        )  # fmt: skip
    if min(counts) < 1:
        raise ShapeError(
            f"{asked} with windows of {windows.size}, padding {windows.padding}",
            f"an image of {image}, smaller than a window",
            "use smaller windows, more padding, or larger images",
        )
    return x, many, windows, counts


def _largest(x: Any, windows: Windows, counts: Sizes) -> Any:
    """Where the largest element of every window lies, as a flat index into its plane.

    Of equal ones it is the first, and NaN counts as larger than any number, as in PyTorch.
    """
    xp, dims = numpy_like(x), len(counts)
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    wide = bordered(x, windows.padding, least, windows.reach(counts))
    # Where each window begins along each dimension, and the first place in it inside the image.
    index = xp.zeros((1, 1, *counts), np.int64)
    strides = [prod(x.shape[3 + k :]) for k in range(dims)]
    starts = [
        xp.arange(n).reshape(-1, *(1,) * (dims - 1 - k)) * step - pad
        for k, (n, step, pad) in enumerate(
            zip(counts, windows.stride, windows.padding, strict=True)
        )
    ]
    for start, stride, apart in zip(starts, strides, windows.dilation, strict=True):
        inside = start + -(np.minimum(start, 0) // apart) * apart
        index = index + inside * stride
    index = xp.broadcast_to(index, (*x.shape[:2], *counts)).copy()
    best = xp.full(index.shape, least, x.dtype)
    first = sum(start * stride for start, stride in zip(starts, strides, strict=True))
    within = product(*(range(size) for size in windows.size))
    for at, place in zip(within, windows.places(counts), strict=True):
        found = wide[(..., *place)]
        better = found > best
        better |= found != found
        offset = sum(k * d * s for k, d, s in zip(at, windows.dilation, strides, strict=True))
        xp.copyto(best, found, where=better)
        xp.copyto(index, first + offset, where=better)
    return index


def _max_pool(
    asked: str, dims: int, input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any,
    ceil_mode: bool, return_indices: bool,
) -> Any:  # fmt: skip
    x, many, windows, counts = _windows(
        asked, input, dims, kernel_size, stride, padding, dilation, ceil_mode
    )
    return _picked(x, _largest(x.array, windows, counts), windows, many, return_indices)


def _picked(x: Any, index: Any, windows: Any, many: bool, return_indices: bool) -> Any:
    """The elements at places, and the places where they are asked for."""
    out = MAX_POOL.apply((x,), (index, windows))
    if not many:
        out = reshape(out, out.array.shape[1:])
    if not return_indices:
        return out
    return Pooled(out, as_handle(index if many else index[0], "max_pool"))


def _avg_pool(
    asked: str, dims: int, input: Any, kernel_size: Any, stride: Any, padding: Any,
    ceil_mode: bool, count_include_pad: bool, divisor_override: int | None = None,
) -> Any:  # fmt: skip
    x, many, windows, counts = _windows(
        asked, input, dims, kernel_size, stride, padding, 1, ceil_mode
    )
    if divisor_override == 0:
        raise ArgumentError(f"{asked} with divisor_override=0", "a division by 0", "leave it out")
    _check_floats(x, asked)
    divisor: Any = divisor_override
    if divisor is None:
        divisor = _elements(x.array.shape[2:], windows, counts, count_include_pad, x.array.dtype)
    out = AVG_POOL.apply((x,), (counts, windows, divisor))
    return out if many else reshape(out, out.array.shape[1:])


def _check_floats(x: Any, asked: str) -> None:
    if x.array.dtype.kind != "f":
        raise DtypeError(
            f"{asked}, a mean", f"a tensor of {x.array.dtype}", "convert it: x.float()"
        )


def _elements(image: Sizes, windows: Windows, counts: Sizes, border: bool, dtype: Any) -> Any:
    """How many elements every window has: the border counts or not, what lies behind it never."""
    along = []
    for n, size, step, pad, whole in zip(
        counts, windows.size, windows.stride, windows.padding, image, strict=True
    ):
        start = np.arange(n) * step - pad
        end = np.minimum(start + size, whole + pad)
        if not border:
            start, end = np.maximum(start, 0), np.minimum(end, whole)
        along.append((end - start).astype(dtype))
    every = along[0]
    for other in along[1:]:
        every = every[..., None] * other
    return float(every.flat[0]) if (every == every.flat[0]).all() else every


# ---- the largest --------------------------------------------------------------------------------


def max_pool1d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of every window of sequences (N, C, L): see `max_pool2d`."""
    return _max_pool(
        "max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


def max_pool2d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of every window of images.

    All of the gradient goes to that element; of equal ones, to the first. Its use in networks:
    Ranzato et al. (2007), "Unsupervised learning of invariant feature hierarchies".

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, H, W) or (C, H, W).
    kernel_size : int or pair of int
        The size of a window.
    stride : int or pair of int, optional
        How far windows lie apart; as far as they are large when left out.
    padding : int or pair of int
        A border that is never the largest, at most half as wide as a window.
    dilation : int or pair of int
        How far the elements of a window lie apart.
    ceil_mode : bool
        Whether a last window may reach beyond the image.
    return_indices : bool
        Whether to answer the places as well, as `max_unpool2d` takes them.

    Returns
    -------
    Tensor, or a named tuple of two
        Of shape (N, C, Hout, Wout), or without N; `(values, indices)`, where an index counts the
        elements of a plane (H, W) in order.

    Raises
    ------
    ShapeError
        If it is no image, or smaller than a window.
    ArgumentError
        If a setting is out of its range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.max_pool2d(tgx.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    tensor([[ 5.,  7.],
            [13., 15.]])
    """
    return _max_pool(
        "max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


def max_pool3d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of every window of volumes (N, C, D, H, W): see `max_pool2d`."""
    return _max_pool(
        "max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


def _max_unpool(
    asked: str, dims: int, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any,
    output_size: Any,
) -> Any:  # fmt: skip
    x, many = batched(input, dims, asked)
    places = as_handle(indices, asked).array
    step = kernel_size if stride is None else stride
    windows = given_windows(asked, kernel_size, step, padding, 1, dims)
    image = tuple(
        reach - 2 * pad
        for reach, pad in zip(windows.reach(x.array.shape[2:]), windows.padding, strict=True)
    )
    if output_size is not None:
        wanted = tuple(int(n) for n in output_size)[-dims:]
        if any(abs(n - k) >= s for n, k, s in zip(wanted, image, windows.stride, strict=True)):
            raise ShapeError(
                f"{asked} with output_size={tuple(output_size)}", f"windows that come to {image}",
                f"differ by less than the stride, {windows.stride}",
            )  # fmt: skip
        image = wanted
    if places.shape != as_handle(input, asked).array.shape:
        raise ShapeError(
            f"{asked} of shape {as_handle(input, asked).array.shape}",
            f"indices of shape {places.shape}", "pass what max_pool with return_indices answered",
        )  # fmt: skip
    if places.dtype.kind not in "iu":
        raise DtypeError(f"{asked} with indices", f"a tensor of {places.dtype}", "pass integers")
    if places.size and not 0 <= places.min() <= places.max() < prod(image):
        raise ArgumentError(
            f"{asked} to images of {image}", f"an index of {places.max()} or {places.min()}",
            f"pass indices from 0 to {prod(image) - 1}, or another output_size",
        )  # fmt: skip
    out = MAX_UNPOOL.apply((x,), (places.reshape(x.array.shape), image, windows, False))
    return out if many else reshape(out, out.array.shape[1:])


def max_unpool1d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0,
    output_size: Any = None,
) -> Any:  # fmt: skip
    """Elements put back where they were the largest of sequences: see `max_unpool2d`."""
    return _max_unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0,
    output_size: Any = None,
) -> Any:  # fmt: skip
    """Elements put back where they were the largest, zeros elsewhere.

    Of elements with the same place, the last one counts; the gradient goes to all of them.

    Parameters
    ----------
    input, indices : Tensor
        What `max_pool2d` answered with `return_indices=True`.
    kernel_size, stride, padding : int or pair of int
        Those of the pooling.
    output_size : tuple of int, optional
        The size before pooling, which several sizes may have led to.

    Returns
    -------
    Tensor
        Of shape (N, C, H, W), or without N.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes do not fit, or indices are no integers or lie outside.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.nn import functional as F
    >>> x = tgx.tensor([[[1.0, 2.0], [4.0, 3.0]]])
    >>> values, places = F.max_pool2d(x, 2, return_indices=True)
    >>> F.max_unpool2d(values, places, 2)
    tensor([[[0., 0.],
             [4., 0.]]])
    """
    return _max_unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0,
    output_size: Any = None,
) -> Any:  # fmt: skip
    """Elements put back where they were the largest of volumes: see `max_unpool2d`."""
    return _max_unpool("max_unpool3d", 3, input, indices, kernel_size, stride, padding, output_size)


# ---- means --------------------------------------------------------------------------------------


def avg_pool1d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:  # fmt: skip
    """The mean of every window of sequences (N, C, L): see `avg_pool2d`."""
    return _avg_pool(
        "avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad
    )


def avg_pool2d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Any:  # fmt: skip
    """The mean of every window of images.

    LeCun et al. (1998), "Gradient-based learning applied to document recognition".

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, H, W) or (C, H, W), of floats.
    kernel_size : int or pair of int
        The size of a window.
    stride : int or pair of int, optional
        How far windows lie apart; as far as they are large when left out.
    padding : int or pair of int
        A border of zeros, at most half as wide as a window.
    ceil_mode : bool
        Whether a last window may reach beyond the image.
    count_include_pad : bool
        Whether the border counts among the elements of a window.
    divisor_override : int, optional
        What to divide by, whatever the number of elements is.

    Returns
    -------
    Tensor
        Of shape (N, C, Hout, Wout), or without N.

    Raises
    ------
    ShapeError
        If it is no image, or smaller than a window.
    DtypeError
        If it is not of floats.
    ArgumentError
        If a setting is out of its range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.avg_pool2d(tgx.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    tensor([[ 2.5000,  4.5000],
            [10.5000, 12.5000]])
    """
    return _avg_pool(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad,
        divisor_override,
    )  # fmt: skip


def avg_pool3d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Any:  # fmt: skip
    """The mean of every window of volumes (N, C, D, H, W): see `avg_pool2d`."""
    return _avg_pool(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad,
        divisor_override,
    )  # fmt: skip


def _lp_pool(
    asked: str, dims: int, input: Any, norm_type: float, kernel_size: Any, stride: Any,
    ceil_mode: bool,
) -> Any:  # fmt: skip
    powers = pow(as_handle(input, asked), float(norm_type))
    x, many, windows, counts = _windows(asked, powers, dims, kernel_size, stride, 0, 1, ceil_mode)
    # A window that reaches beyond the image counts for a whole one, as in PyTorch.
    there = _elements(x.array.shape[2:], windows, counts, True, x.array.dtype)
    out = AVG_POOL.apply((x,), (counts, windows, there / prod(windows.size)))
    out = pow(out, 1.0 / norm_type)
    return out if many else reshape(out, out.array.shape[1:])


def lp_pool1d(
    input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Any:
    """The p-norm of every window of sequences (N, C, L): see `lp_pool2d`."""
    return _lp_pool("lp_pool1d", 1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Any:
    """`(sum of x**p)**(1/p)` of every window of images.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, H, W) or (C, H, W).
    norm_type : float
        p, not 0.
    kernel_size, stride, ceil_mode
        As for `avg_pool2d`.

    Returns
    -------
    Tensor
        Of shape (N, C, Hout, Wout), or without N.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.lp_pool2d(tgx.full((1, 2, 2), 3.0), 2, 2)
    tensor([[[6.]]])
    """
    return _lp_pool("lp_pool2d", 2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Any:
    """The p-norm of every window of volumes (N, C, D, H, W): see `lp_pool2d`."""
    return _lp_pool("lp_pool3d", 3, input, norm_type, kernel_size, stride, ceil_mode)


# ---- as many windows as are asked for -----------------------------------------------------------


def _cells(asked: str, input: Any, dims: int, output_size: Any) -> tuple[Any, bool, Any]:
    """Images, whether they are a batch, and for each dimension where its cells begin and end."""
    x, many = batched(input, dims, asked)
    image = x.array.shape[2:]
    if isinstance(output_size, (tuple, list)):
        given = [n if s is None else s for s, n in zip(output_size, image, strict=False)]
        output_size = given if len(output_size) == dims else output_size
    elif output_size is None:
        output_size = image
    counts = each(output_size, dims, "output_size", asked, 1)
    if 0 in image:
        raise ShapeError(f"{asked}", f"an image of {image}", "pass images that have elements")
    # Cell i of n begins at ⌊i * size / n⌋, and ends before ⌈(i + 1) * size / n⌉.
    along = [
        [(i * size // n, -(-(i + 1) * size // n)) for i in range(n)]
        for n, size in zip(counts, image, strict=True)
    ]
    return x, many, along


def _adaptive_avg(asked: str, dims: int, input: Any, output_size: Any) -> Any:
    x, many, along = _cells(asked, input, dims, output_size)
    _check_floats(x, asked)
    image = x.array.shape[2:]
    counts = tuple(map(len, along))
    if all(size % n == 0 for size, n in zip(image, counts, strict=True)):
        size = tuple(size // n for size, n in zip(image, counts, strict=True))
        windows = Windows(size, size, (0,) * dims, (1,) * dims)
        out = AVG_POOL.apply((x,), (counts, windows, float(prod(size))))
    else:
        out = x
        for dim, cells in enumerate(along, 2):
            out = weighted(out, dim, _means(image[dim - 2], cells))
    return out if many else reshape(out, out.array.shape[1:])


def _means(size: int, cells: list[tuple[int, int]]) -> Any:
    """The weights of the means of cells, as a matrix (cells, size)."""
    weights = np.zeros((len(cells), size))
    for row, (start, end) in zip(weights, cells, strict=True):
        row[start:end] = 1.0 / (end - start)
    return weights


def _adaptive_max(asked: str, dims: int, input: Any, output_size: Any, return_indices: bool) -> Any:
    x, many, along = _cells(asked, input, dims, output_size)
    array, xp = x.array, numpy_like(x.array)
    numbers = np.arange(prod(array.shape[2:])).reshape(array.shape[2:])
    index = xp.empty((*array.shape[:2], *map(len, along)), np.int64)
    for at in product(*(range(len(cells)) for cells in along)):
        cell = tuple(slice(*cells[i]) for i, cells in zip(at, along, strict=True))
        best = array[(..., *cell)].reshape(*array.shape[:2], numbers[cell].size).argmax(-1)
        index[(..., *at)] = numbers[cell].reshape(-1)[best]
    return _picked(x, index, None, many, return_indices)


def adaptive_avg_pool1d(input: Any, output_size: Any) -> Any:
    """The means of as many cells as asked for, of sequences: see `adaptive_avg_pool2d`."""
    return _adaptive_avg("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """The means of as many cells as asked for, whatever the size of the images is.

    Along a dimension of size L, cell i of n reaches from ⌊i * L / n⌋ to before ⌈(i + 1) * L / n⌉.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, H, W) or (C, H, W), of floats.
    output_size : int, or pair of int or None
        How many cells along each dimension; None for as many as there are elements.

    Returns
    -------
    Tensor
        Of shape (N, C, *output_size), or without N.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If it is no image, not of floats, or the size is no positive number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.adaptive_avg_pool2d(tgx.arange(12.0).reshape(1, 3, 4), 1)
    tensor([[[5.5000]]])
    """
    return _adaptive_avg("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_avg_pool3d(input: Any, output_size: Any) -> Any:
    """The means of as many cells as asked for, of volumes: see `adaptive_avg_pool2d`."""
    return _adaptive_avg("adaptive_avg_pool3d", 3, input, output_size)


def adaptive_max_pool1d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of as many cells as asked for, of sequences: see `adaptive_max_pool2d`."""
    return _adaptive_max("adaptive_max_pool1d", 1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of as many cells as asked for, whatever the size of the images is.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, H, W) or (C, H, W).
    output_size : int, or pair of int or None
        As for `adaptive_avg_pool2d`.
    return_indices : bool
        Whether to answer the places as well, as `max_pool2d` does.

    Returns
    -------
    Tensor, or a named tuple of two
        Of shape (N, C, *output_size), or without N; with `return_indices`, `(values, indices)`.

    Raises
    ------
    ShapeError, ArgumentError
        If it is no image, or the size is no positive number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.adaptive_max_pool2d(tgx.arange(12.0).reshape(1, 3, 4), 1)
    tensor([[[11.]]])
    """
    return _adaptive_max("adaptive_max_pool2d", 2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of as many cells as asked for, of volumes: see `adaptive_max_pool2d`."""
    return _adaptive_max("adaptive_max_pool3d", 3, input, output_size, return_indices)
