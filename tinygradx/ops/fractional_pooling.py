"""Max pooling whose windows lie at random, so that images shrink by any ratio."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.ops import random
from tinygradx.ops.patches import Sizes, batched, each
from tinygradx.ops.pooling import _picked
from tinygradx.ops.structural import as_handle


def _counts(asked: str, image: Sizes, size: Sizes, output_size: Any, output_ratio: Any) -> Sizes:
    """How many windows there are along each dimension."""
    dims = len(image)
    if (output_size is None) == (output_ratio is None):
        raise ArgumentError(
            asked, "no size" if output_size is None else "both output_size and output_ratio",
            "pass one of output_size= and output_ratio=",
        )  # fmt: skip
    if output_size is not None:
        counts = each(output_size, dims, "output_size", asked, 1)
    else:
        many = isinstance(output_ratio, (tuple, list))
        ratios = tuple(output_ratio) if many else (output_ratio,) * dims
        if len(ratios) != dims or not all(0.0 < ratio < 1.0 for ratio in ratios):
            raise ArgumentError(
                asked,
                f"output_ratio={output_ratio}",
                f"use numbers between 0 and 1, at most {dims}",
            )
        counts = tuple(int(n * ratio) for n, ratio in zip(image, ratios, strict=True))
    if any(n < 1 or n + k - 1 > wide for n, k, wide in zip(counts, size, image, strict=True)):
        raise ShapeError(
            f"{asked} to {counts}", f"an image of {image} and windows of {size}",
            "make the output at most the size of the image - the size of a window + 1",
        )  # fmt: skip
    return counts


def _starts(shares: Any, image: int, size: int, count: int) -> Any:
    """Where windows begin, (N, C, count), of a share from 0 to 1 for every plane.

    Steps are of two sizes that differ by one, in a pattern that the share moves along.
    """
    if count == 1:
        return np.full((*shares.shape, 1), image - size)
    step = (image - size) / (count - 1)
    places = np.floor((np.arange(count) + shares[..., None]) * step)
    starts = (places - np.floor(shares * step)[..., None]).astype(np.int64)
    starts[..., -1] = image - size
    return starts


def _fractional(
    asked: str, dims: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any,
    return_indices: bool, samples: Any,
) -> Any:  # fmt: skip
    x, many = batched(input, dims, asked)
    array, image = x.array, x.array.shape[2:]
    size = each(kernel_size, dims, "kernel_size", asked, 1)
    counts = _counts(asked, image, size, output_size, output_ratio)
    if samples is None:
        shares = random.uniform((*array.shape[:2], dims), np.float64)
    else:
        shares = as_handle(samples, asked).array
        if shares.shape != (*array.shape[:2], dims):
            raise ShapeError(
                f"{asked} with _random_samples of shape {shares.shape}",
                f"an input of shape {array.shape}", f"pass {(*array.shape[:2], dims)}",
            )  # fmt: skip
    order = range(dims) if dims == 3 else (1, 0)  # PyTorch's, of images the width comes first
    index: Any = np.zeros((1, 1, *(1,) * (2 * dims)), np.int64)
    for dim, column in enumerate(order):
        starts = _starts(shares[..., column], image[dim], size[dim], counts[dim])
        shape = [1] * (2 * dims)
        shape[dim], shape[dims + dim] = counts[dim], size[dim]
        along = starts[..., None] + np.arange(size[dim])
        index = index + along.reshape(*along.shape[:2], *shape) * prod(image[dim + 1 :])
    planes = index.reshape(*array.shape[:2], prod(counts), prod(size))
    flat = array.reshape(*array.shape[:2], 1, prod(image))
    best = np.take_along_axis(flat, planes, -1).argmax(-1)  # nan counts as the largest
    places = np.take_along_axis(planes, best[..., None], -1)
    return _picked(x, places.reshape(*array.shape[:2], *counts), None, many, return_indices)


def fractional_max_pool2d(
    input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
    return_indices: bool = False, _random_samples: Any = None,
) -> Any:  # fmt: skip
    """The largest element of windows that lie at random, as many as are asked for.

    Graham (2014), "Fractional max-pooling", arXiv:1412.6071, with windows that overlap.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, H, W) or (C, H, W).
    kernel_size : int or pair of int
        The size of a window.
    output_size : int or pair of int, optional
        How many windows along each dimension.
    output_ratio : float or pair of float, optional
        Or their number as a share of the image, between 0 and 1.
    return_indices : bool
        Whether to answer the places as well, as `max_pool2d` does.
    _random_samples : Tensor, optional
        Of shape (N, C, 2): where the pattern begins, from 0 to 1; drawn when left out.

    Returns
    -------
    Tensor, or a named tuple of two
        Of shape (N, C, Hout, Wout), or without N; with `return_indices`, `(values, indices)`.

    Raises
    ------
    ShapeError, ArgumentError
        If it is no image, or too small for that many windows, or no or both sizes are given.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> image = tgx.arange(25.0).reshape(1, 5, 5)
    >>> tgx.nn.functional.fractional_max_pool2d(image, 2, output_ratio=0.7).shape
    (1, 3, 3)
    """
    asked = "fractional_max_pool2d"
    return _fractional(
        asked, 2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples
    )


def fractional_max_pool3d(
    input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
    return_indices: bool = False, _random_samples: Any = None,
) -> Any:  # fmt: skip
    """`fractional_max_pool2d` of volumes (N, C, D, H, W)."""
    asked = "fractional_max_pool3d"
    return _fractional(
        asked, 3, input, kernel_size, output_size, output_ratio, return_indices, _random_samples
    )
