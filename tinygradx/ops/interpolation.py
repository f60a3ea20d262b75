"""Images in other sizes.

Along one dimension every way of interpolating is a product with a matrix: which elements each new
one is made of, and how much of each.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.ops.indexing import GETITEM
from tinygradx.ops.patches import Sizes
from tinygradx.ops.products import matmul
from tinygradx.ops.shapes import reshape
from tinygradx.ops.structural import as_handle

#: The names of the ways that weigh neighbours, by the number of spatial dimensions.
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
MODES = ("nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area")


def weighted(x: Any, dim: int, weights: Any) -> Any:
    """Sums along a dimension, by a matrix of weights (new size, size)."""
    shape = x.array.shape
    flat = reshape(x, (prod(shape[:dim]), shape[dim], prod(shape[dim + 1 :])))
    out = matmul(as_handle(weights.astype(x.array.dtype), "interpolate"), flat)
    return reshape(out, (*shape[:dim], len(weights), *shape[dim + 1 :]))


def cubic_weights(t: Any, a: float = -0.75) -> list[Any]:
    """How much of the elements at -1, 0, 1 and 2 there is at t, from 0 to 1.

    Keys (1981), "Cubic convolution interpolation for digital image processing".
    """

    def near(x: Any) -> Any:
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0

    def far(x: Any) -> Any:
        return ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a

    return [far(t + 1.0), near(t), near(1.0 - t), far(2.0 - t)]


def _matrix(mode: str, size: int, new: int, scale: float | None, align_corners: bool) -> Any:
    """The weights (new, size) that lead from one size to another; linear or cubic."""
    place = np.arange(new, dtype=np.float64)
    if align_corners:
        place *= (size - 1) / (new - 1) if new > 1 else 0.0
    else:
        place = (place + 0.5) * (size / new if scale is None else 1.0 / scale) - 0.5
    if mode != "bicubic":
        place = np.maximum(place, 0.0)
    first = np.floor(place)
    rest = place - first
    taps = [1.0 - rest, rest] if mode != "bicubic" else cubic_weights(rest)
    out = np.zeros((new, size))
    for offset, tap in enumerate(taps, -1 if mode == "bicubic" else 0):
        at = np.clip(first.astype(np.int64) + offset, 0, size - 1)
        np.add.at(out, (np.arange(new), at), tap)
    return out


def _nearest(mode: str, size: int, new: int, scale: float | None) -> Any:
    """Which element each new one is, counted in float32, as PyTorch does."""
    step = np.float32(size) / np.float32(new) if scale is None else np.float32(1.0 / scale)
    place = np.arange(new, dtype=np.float32) + np.float32(0.5 if mode == "nearest-exact" else 0.0)
    return np.minimum(np.floor(place * step).astype(np.int64), size - 1)


def _sizes(asked: str, image: Sizes, size: Any, scale_factor: Any) -> tuple[Sizes, list[Any]]:
    """The new sizes, and how much larger each is, None where only the sizes were given."""
    dims = len(image)
    if (size is None) == (scale_factor is None):
        raise ArgumentError(
            asked, "both size and scale_factor" if size is not None else "no size",
            "pass one of size= and scale_factor=",
        )  # fmt: skip
    given = size if scale_factor is None else scale_factor
    each = list(given) if isinstance(given, (tuple, list)) else [given] * dims
    if len(each) != dims:
        raise ArgumentError(
            asked, f"{given}, for an image of {dims} spatial dimensions",
            f"pass one number, or {dims}",
        )  # fmt: skip
    scales: list[Any] = [None] * dims if scale_factor is None else [float(k) for k in each]
    new = tuple(
        int(n) if k is None else int(np.floor(old * k))
        for n, old, k in zip(each, image, scales, strict=True)
    )
    if min(new, default=0) < 1 or min(image, default=0) < 1:
        raise ShapeError(f"{asked} from {image} to {new}", "a size of 0", "use sizes from 1 on")
    return new, scales


def interpolate(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Any:  # fmt: skip
    """Images in another size.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, L), (N, C, H, W) or (N, C, D, H, W).
    size : int or tuple of int, optional
        The new sizes.
    scale_factor : float or tuple of float, optional
        Or how many times as large; the sizes are rounded down.
    mode : str
        "nearest" takes the element below, and "nearest-exact" the nearest; "linear", "bilinear" and
        "trilinear" weigh the neighbours in one, two and three dimensions; "bicubic" the four
        around in each of two (Keys, 1981); "area" takes means, as `adaptive_avg_pool2d`.
    align_corners : bool, optional
        Whether the centres of the outermost elements stay where they are, instead of their edges;
        for the modes that weigh.
    recompute_scale_factor : bool, optional
        Whether to interpolate by the ratio of the sizes, rounded as they are, instead of by
        `scale_factor` itself.
    antialias : bool
        Not offered.

    Returns
    -------
    Tensor
        Of shape (N, C, *new sizes).

    Raises
    ------
    ShapeError, ArgumentError
        If it is no image, no or both sizes are given, or the mode does not fit.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([[[0.0, 4.0]]])
    >>> tgx.nn.functional.interpolate(x, size=4)
    tensor([[[0., 0., 4., 4.]]])
    >>> tgx.nn.functional.interpolate(x, size=4, mode="linear")
    tensor([[[0., 1., 3., 4.]]])
    """
    x = as_handle(input, "interpolate")
    shape = x.array.shape
    asked = f"interpolate an input of shape {shape} with mode={mode!r}"
    if mode not in MODES:
        raise ArgumentError(asked, "no such mode", f"use one of {', '.join(MODES)}")
    if not 3 <= len(shape) <= 5:
        raise ShapeError(asked, f"{len(shape)} dimensions", "pass (N, C, ...) of 3 to 5")
    dims = len(shape) - 2
    weighs = mode in (*LINEAR.values(), "bicubic")
    if weighs and mode != LINEAR[dims] and (mode, dims) != ("bicubic", 2):
        raise ArgumentError(asked, f"{dims} spatial dimensions", f'use mode="{LINEAR[dims]}"')
    if align_corners is not None and not weighs:
        raise ArgumentError(
            asked, f"align_corners={align_corners}", "leave it out: it is for modes that weigh"
        )
    if antialias:
        raise ArgumentError(asked, "antialias=True, which is not offered", "blur the image first")
    new, scales = _sizes(asked, shape[2:], size, scale_factor)
    if recompute_scale_factor:
        scales = [None] * dims
    if mode == "area":
        from tinygradx.ops import pooling  # which stands on `weighted`

        means = getattr(pooling, f"adaptive_avg_pool{dims}d")
        return means(x, new)
    for dim, (n, scale) in enumerate(zip(new, scales, strict=True), 2):
        if weighs:
            x = weighted(x, dim, _matrix(mode, shape[dim], n, scale, bool(align_corners)))
        elif n != shape[dim] or scale not in (None, 1.0):
            whole = (slice(None),) * dim
            x = GETITEM.apply((x,), ((*whole, _nearest(mode, shape[dim], n, scale)),))
    return x


def upsample(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: bool | None = None,
) -> Any:  # fmt: skip
    """PyTorch's former name of `interpolate`."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """`interpolate` with `mode="nearest"`."""
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """`interpolate` with `mode="bilinear"` and `align_corners=True`."""
    return interpolate(input, size, scale_factor, "bilinear", True)
