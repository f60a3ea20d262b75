"""Channels and pixels of images, exchanged for each other."""

from __future__ import annotations

import operator
from typing import Any

from tinygradx.errors import ShapeError
from tinygradx.ops.shapes import reshape
from tinygradx.ops.structural import as_handle
from tinygradx.ops.transposing import PERMUTE


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
