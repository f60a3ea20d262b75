"""Images read at points between their pixels.

Where a point lies says which pixels it is made of and how much of each: its taps. The taps are
found in operations of the catalogue, so that a gradient goes to the points; the sums over them are
three operations, each the way back of the other two.
"""

from __future__ import annotations

import operator
from math import prod
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.kernels.plain import PlainKernel
from tinygradx.kernels.sampling import MATCH_POINTS as MATCH_KERNEL
from tinygradx.kernels.sampling import SAMPLE_POINTS as SAMPLE_KERNEL
from tinygradx.kernels.sampling import SPREAD_POINTS as SPREAD_KERNEL
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import add, mul, sub
from tinygradx.ops.indexing import getitem
from tinygradx.ops.interpolation import cubic_weights
from tinygradx.ops.joining import stack
from tinygradx.ops.products import matmul
from tinygradx.ops.shapes import reshape
from tinygradx.ops.structural import Structural, as_handle
from tinygradx.ops.transposing import transpose

MODES = ("bilinear", "nearest", "bicubic")
PADDING_MODES = ("zeros", "border", "reflection")
#: Named as an index where there is no pixel: too large for any image.
NOWHERE = np.uint64(2**64 - 1)
#: Where a point that is infinitely far away is taken to be.
FAR = 1e6


def _walk(
    kernel: PlainKernel, first: Any, second: Any, index: Any, shape: tuple[int, ...],
    channels: int, area: int,
) -> Any:  # fmt: skip
    """What a kernel adds up, in a new array of this shape."""
    out = np.zeros(shape, first.dtype)
    count, points, taps = index.shape
    kernel.of(first.dtype)(
        first.ravel(), second.ravel(), index.ravel(), out.ravel(), count, channels, area, points,
        taps,
    )  # fmt: skip
    return out


class SamplePoints(Structural):
    """Sums of weighted pixels: images (N, C, area) to (N, C, points).

    The weights are (N, points, taps); the index has the place of a pixel for each of them.
    """

    name = "sample_points"
    inputs = ("x", "weight")

    def forward(self, x: Any, weight: Any, index: Any) -> Any:
        n, channels, area = x.shape
        shape = (n, channels, index.shape[1])
        return _walk(SAMPLE_KERNEL, x, weight, index, shape, channels, area)

    def pull(
        self, g: Any, x: Any, weight: Any, x_shape: tuple[int, ...], index: Any,
        wanted: tuple[bool, ...],
    ) -> Any:  # fmt: skip
        return (
            SPREAD_POINTS.apply((g, weight), (index, x_shape[2])) if wanted[0] else None,
            MATCH_POINTS.apply((g, x), (index,)) if wanted[1] else None,
        )


class SpreadPoints(Structural):
    """Points spread over the pixels that they are made of: the way back to images."""

    name = "spread_points"
    inputs = ("x", "weight")

    def forward(self, x: Any, weight: Any, index: Any, area: int) -> Any:
        n, channels, _ = x.shape
        return _walk(SPREAD_KERNEL, x, weight, index, (n, channels, area), channels, area)

    def pull(self, g: Any, x: Any, weight: Any, index: Any, wanted: tuple[bool, ...]) -> Any:
        return (
            SAMPLE_POINTS.apply((g, weight), (index,)) if wanted[0] else None,
            MATCH_POINTS.apply((x, g), (index,)) if wanted[1] else None,
        )


class MatchPoints(Structural):
    """Points times the pixels that they are made of, over all channels: the way back to weights."""

    name = "match_points"
    inputs = ("x", "image")

    def forward(self, x: Any, image: Any, index: Any) -> Any:
        _, channels, area = image.shape
        return _walk(MATCH_KERNEL, x, image, index, index.shape, channels, area)

    def pull(
        self, g: Any, x: Any, image: Any, image_shape: tuple[int, ...], index: Any,
        wanted: tuple[bool, ...],
    ) -> Any:  # fmt: skip
        return (
            SAMPLE_POINTS.apply((image, g), (index,)) if wanted[0] else None,
            SPREAD_POINTS.apply((x, g), (index, image_shape[2])) if wanted[1] else None,
        )


SAMPLE_POINTS, SPREAD_POINTS, MATCH_POINTS = SamplePoints(), SpreadPoints(), MatchPoints()

# ---- where points lie ---------------------------------------------------------------------------


def _settled(place: Any, size: int, padding_mode: str, align_corners: bool) -> tuple[Any, Any]:
    """Places brought into an image of so many pixels, and the slope of each: 1, 0 or -1."""
    slope = np.ones_like(place)
    if padding_mode == "zeros":
        return place, slope
    if padding_mode == "reflection":
        # Mirrors stand in the middle of the outermost pixels, or at their outer edges.
        low, span = (0.0, size - 1.0) if align_corners else (-0.5, float(size))
        if span == 0.0:
            return np.zeros_like(place), np.zeros_like(place)
        beyond = np.abs(place - low)
        turned = np.floor(beyond / span) % 2.0 == 1.0
        rest = np.fmod(beyond, span)
        slope = np.where(place < low, -slope, slope)
        slope = np.where(turned, -slope, slope)
        place = np.where(turned, span - rest, rest) + place.dtype.type(low)
    # On the border itself the slope is 0 as well, as in PyTorch.
    inside = (place > 0.0) & (place < size - 1.0)
    return np.clip(place, 0.0, size - 1.0), np.where(inside, slope, 0.0).astype(place.dtype)


def _taps(
    place: Handle, size: int, mode: str, padding_mode: str, align_corners: bool
) -> tuple[list[Any], list[Any]]:
    """Along one dimension: the pixels that points are made of, and how much of each."""
    if mode == "bicubic":  # the curve goes through pixels; where these lie is settled for each
        first = np.floor(place.array)
        weights = cubic_weights(sub(place, wrap(place.result_class, first)))
        far = np.clip(first, -FAR, FAR)  # a float that fits into an integer
        return [
            _settled(far + k, size, padding_mode, align_corners)[0] for k in (-1, 0, 1, 2)
        ], weights
    values, slope = _settled(place.array, size, padding_mode, align_corners)
    if padding_mode != "zeros":
        moved = wrap(place.result_class, values - slope * place.array)
        place = add(mul(place, wrap(place.result_class, slope)), moved)
    if mode == "nearest":
        # No gradient leads to the points; it is 0, not missing, as in PyTorch.
        return [np.rint(values)], [add(mul(place, 0.0), 1.0)]
    first = np.floor(values)
    rest = sub(place, wrap(place.result_class, first))
    return [first, first + 1.0], [sub(1.0, rest), rest]


def _joined(along: list[tuple[list[Any], list[Any]]], image: tuple[int, ...]) -> tuple[Any, Any]:
    """The taps of all dimensions: every pixel of one with every pixel of the others."""
    count, points = along[0][0][0].shape
    dims = len(image)
    index: Any = np.zeros((count, points, *(1,) * dims), np.int64)
    inside: Any = True
    whole: Any = None
    for dim, ((pixels, weights), size) in enumerate(zip(along, image, strict=True)):
        shape = (count, points, *(len(pixels) if k == dim else 1 for k in range(dims)))
        at = np.stack(pixels, -1).reshape(shape)
        inside = inside & (at >= 0) & (at < size)
        index = index * size + np.clip(at, 0, size - 1).astype(np.int64)
        part = reshape(stack(weights, -1), shape)
        whole = part if whole is None else mul(whole, part)
    taps = (count, points, prod(len(pixels) for pixels, _ in along))
    found = np.where(inside, index.astype(np.uint64), NOWHERE)
    return found.reshape(taps), reshape(whole, taps)


def grid_sample(
    input: Any, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Any:  # fmt: skip
    """Images read at points of a grid, which may lie between pixels; the gradient goes to both.

    Jaderberg, Simonyan, Zisserman & Kavukcuoglu (2015), "Spatial transformer networks",
    arXiv:1506.02025. The value at a point is `sum(weight[k] * pixel[k])`: bilinear, over the two
    nearest pixels along each dimension, of weights `1 - t` and `t` at a distance t of the lower.

    Parameters
    ----------
    input : Tensor
        Images of shape (N, C, H, W), or volumes (N, C, D, H, W), of floats.
    grid : Tensor
        Of shape (N, Hout, Wout, 2), or (N, Dout, Hout, Wout, 3), in the dtype of the input: for
        each point its x, y (and z), from -1, the left or upper end, to 1. Nan counts as -1.
    mode : {"bilinear", "nearest", "bicubic"}
        Which pixels count: the neighbours; the nearest, through which no gradient goes to the grid;
        or, of images only, four along each dimension (Keys, 1981). For volumes, "bilinear" weighs
        eight neighbours.
    padding_mode : {"zeros", "border", "reflection"}
        What is beyond the image: zeros; its outermost pixels; or its mirror image.
    align_corners : bool, optional
        Whether -1 and 1 are the centres of the outermost pixels, instead of their outer edges.

    Returns
    -------
    Tensor
        Of shape (N, C, Hout, Wout), or (N, C, Dout, Hout, Wout).

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes or dtypes do not fit, or there is no such mode.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> image = tgx.tensor([[[[0.0, 4.0], [8.0, 12.0]]]])
    >>> point = tgx.tensor([[[[0.0, -1.0]]]])  # in the middle of the upper edge
    >>> tgx.nn.functional.grid_sample(image, point, align_corners=True)
    tensor([[[[2.]]]])
    """
    x, points = as_handle(input, "grid_sample"), as_handle(grid, "grid_sample")
    shape, own = x.array.shape, points.array.shape
    asked = f"grid_sample of an input of shape {shape} by a grid of shape {own}"
    dims = len(shape) - 2
    if dims not in (2, 3) or len(own) != dims + 2 or own[0] != shape[0] or own[-1] != dims:
        raise ShapeError(
            asked, "shapes that do not fit",
            "pass (N, C, H, W) and (N, Hout, Wout, 2), or (N, C, D, H, W) and "
            "(N, Dout, Hout, Wout, 3)",
        )  # fmt: skip
    if 0 in shape[1:]:
        raise ShapeError(asked, "an input without elements", "pass images that have some")
    if x.array.dtype.kind != "f" or points.array.dtype != x.array.dtype:
        raise DtypeError(
            asked, f"dtypes {x.array.dtype} and {points.array.dtype}",
            "pass floats of one dtype: grid.to(input.dtype)",
        )  # fmt: skip
    for name, given, choices in (
        ("mode", mode, MODES if dims == 2 else MODES[:2]),
        ("padding_mode", padding_mode, PADDING_MODES),
    ):
        if given not in choices:
            known = ", ".join(map(repr, choices))
            raise ArgumentError(f"{asked} with {name}={given!r}", "no such mode", f"use {known}")
    count, area, align = prod(own[1:-1]), shape[2:], bool(align_corners)
    points = reshape(_finite(points), (own[0], count, dims))
    along = []
    for dim, size in enumerate(area):
        at = getitem(points, (..., dims - 1 - dim))  # x is the last dimension of an image
        if align:
            place = mul(add(at, 1.0), (size - 1) / 2)
        else:
            place = mul(sub(mul(add(at, 1.0), float(size)), 1.0), 0.5)
        along.append(_taps(place, size, mode, padding_mode, align))
    index, weights = _joined(along, area)
    flat = reshape(x, (*shape[:2], prod(area)))
    return reshape(SAMPLE_POINTS.apply((flat, weights), (index,)), (*shape[:2], *own[1:-1]))


def _finite(points: Handle) -> Handle:
    """Points that are numbers: nan is -1, as in PyTorch, and what is infinite is far away."""
    known = np.isfinite(points.array)
    if known.all():
        return points
    instead = np.nan_to_num(points.array, nan=-1.0, posinf=FAR, neginf=-FAR)
    given = (wrap(points.result_class, known), points, wrap(points.result_class, instead))
    return where(*given)  # type: ignore[no-any-return]


# ---- grids --------------------------------------------------------------------------------------


def affine_grid(theta: Any, size: Any, align_corners: bool | None = None) -> Any:
    """The grid of an affine map, for `grid_sample`: `theta @ (x, y, 1)` at every pixel.

    Jaderberg et al. (2015), "Spatial transformer networks", arXiv:1506.02025.

    Parameters
    ----------
    theta : Tensor
        Matrices of shape (N, 2, 3), or (N, 3, 4) for volumes, of floats.
    size : tuple of int
        Of what shall come out: (N, C, H, W), or (N, C, D, H, W).
    align_corners : bool, optional
        As for `grid_sample`.

    Returns
    -------
    Tensor
        Of shape (N, H, W, 2), or (N, D, H, W, 3).

    Raises
    ------
    ShapeError, DtypeError
        If shapes do not fit, or the matrices are not of floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.nn import functional as F
    >>> mirror = tgx.tensor([[[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    >>> image = tgx.arange(6.0).reshape(1, 1, 2, 3)
    >>> F.grid_sample(image, F.affine_grid(mirror, (1, 1, 2, 3)))
    tensor([[[[2., 1., 0.],
              [5., 4., 3.]]]])
    """
    matrix = as_handle(theta, "affine_grid")
    sizes = tuple(operator.index(n) for n in size)
    shape, dims = matrix.array.shape, len(sizes) - 2
    asked = f"affine_grid of theta of shape {shape} for a size {sizes}"
    if dims not in (2, 3) or shape != (sizes[0], dims, dims + 1) or min(sizes) < 1:
        raise ShapeError(
            asked, "shapes that do not fit",
            "pass (N, 2, 3) and a size (N, C, H, W), or (N, 3, 4) and (N, C, D, H, W)",
        )  # fmt: skip
    if matrix.array.dtype.kind != "f":
        raise DtypeError(asked, f"dtype {matrix.array.dtype}", "pass floats: theta.float()")
    base = np.ones((*sizes[2:], dims + 1))
    for dim, n in enumerate(sizes[2:]):
        ends = (n - 1) / n if not align_corners else 1.0
        steps = np.linspace(-ends, ends, n) if n > 1 else np.zeros(1)
        base[..., dims - 1 - dim] = steps.reshape(-1, *(1,) * (dims - 1 - dim))
    flat = base.reshape(-1, dims + 1).astype(matrix.array.dtype)
    out = matmul(wrap(matrix.result_class, flat), transpose(matrix, 1, 2))
    return reshape(out, (sizes[0], *sizes[2:], dims))
