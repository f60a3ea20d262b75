"""Dropout of whole channels, and dropout that leaves mean and variance as they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops import random
from tinygradx.ops.comparisons import where
from tinygradx.ops.dropout import check_share, scaled_where_kept
from tinygradx.ops.elementary import add, mul
from tinygradx.ops.structural import as_handle, in_place

#: What a SELU answers far below 0, -scale * alpha of Klambauer et al. (2017), arXiv:1706.02515.
ALPHA = -1.7580993408473766


def _floats(input: Any, asked: str) -> Handle:
    x = as_handle(input, asked)
    if x.array.dtype.kind != "f":
        raise DtypeError(
            f"{asked} of {x.array.dtype}", "a dtype that holds no fractions",
            f"convert first: {asked}(input.float())",
        )  # fmt: skip
    return x


def _kept(x: Handle, p: float, dims: int) -> Any:
    """What stays: one choice for everything that agrees in the first so many dimensions."""
    shape = (*x.array.shape[:dims], *(1,) * (x.array.ndim - dims))
    drawn = random.uniform(shape, np.float32) >= np.float32(p)
    return wrap(x.result_class, np.broadcast_to(drawn, x.array.shape).copy())


# ---- channels -----------------------------------------------------------------------------------


def _channels(
    input: Any, p: float, training: bool, inplace: bool, batched: tuple[int, ...],
    alone: tuple[int, ...], asked: str,
) -> Any:  # fmt: skip
    """Dropout of channels: dimension 1 of a batch, dimension 0 without one."""
    p, x = check_share(p, asked), _floats(input, asked)
    ndim = x.array.ndim
    if ndim not in (*batched, *alone):
        spatial = {"dropout1d": "L", "dropout2d": "H, W", "dropout3d": "D, H, W"}[asked]
        raise ShapeError(
            f"{asked} of an input of shape {x.array.shape}", f"{ndim} dimensions",
            f"pass (N, C, {spatial})",
        )  # fmt: skip
    if not training or p == 0.0:
        return x
    if inplace:
        return in_place(
            x, lambda given: _channels(given, p, True, False, batched, alone, asked), f"{asked}_"
        )
    kept = _kept(x, p, 2 if ndim in batched else 1)
    return scaled_where_kept.apply((x, kept), (1.0 / (1.0 - p) if p < 1.0 else 0.0,))


def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Each channel of sequences 0 with probability p, and divided by 1 - p otherwise.

    Tompson et al. (2015), "Efficient object localization using convolutional networks": neighbours
    within a channel say much the same, so that dropping single elements teaches little.

    Parameters
    ----------
    input : Tensor
        Floats of shape (N, C, L) or (C, L).
    p, training, inplace
        As for `dropout`.

    Raises
    ------
    ShapeError, ArgumentError, DtypeError
        If the input has other dimensions, or as for `dropout`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> y = tgx.nn.functional.dropout1d(tgx.ones(1, 100, 3))
    >>> sorted(set(y.sum(2).flatten().tolist()))
    [0.0, 6.0]
    """
    return _channels(input, p, training, inplace, (3,), (2,), "dropout1d")


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Each channel of images 0 with probability p, or divided by 1 - p: see `dropout1d`.

    Parameters
    ----------
    input : Tensor
        Floats of shape (N, C, H, W). One of three dimensions is taken for (N, C, L), as in PyTorch.
    p, training, inplace
        As for `dropout`, with the same errors.
    """
    return _channels(input, p, training, inplace, (3, 4), (), "dropout2d")


def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Each channel of volumes 0 with probability p, or divided by 1 - p: see `dropout1d`.

    Parameters
    ----------
    input : Tensor
        Floats of shape (N, C, D, H, W) or (C, D, H, W).
    p, training, inplace
        As for `dropout`, with the same errors.
    """
    return _channels(input, p, training, inplace, (5,), (4,), "dropout3d")


# ---- for SELU -----------------------------------------------------------------------------------


def alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """Each element at random the value of a SELU far below 0; mean 0 and variance 1 stay.

    Klambauer et al. (2017), "Self-normalizing neural networks", arXiv:1706.02515.

    Parameters
    ----------
    input : Tensor
        Floats of any shape, which SELUs answered.
    p, training, inplace
        As for `dropout`, with the same errors; `training` is False when left out, as in PyTorch.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> y = tgx.nn.functional.alpha_dropout(tgx.randn(10_000), 0.2, training=True)
    >>> abs(y.mean().item()) < 0.1, abs(y.std().item() - 1.0) < 0.1
    (True, True)
    """
    x = _floats(input, "alpha_dropout")
    return _with_alpha(x, check_share(p, "alpha_dropout"), training, inplace, x.array.ndim)


def feature_alpha_dropout(
    input: Any, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Any:
    """`alpha_dropout` of whole channels.

    Parameters
    ----------
    input : Tensor
        Floats of shape (N, C, ...).
    p, training, inplace
        As for `alpha_dropout`.

    Raises
    ------
    ShapeError
        If there are less than two dimensions.
    """
    asked = "feature_alpha_dropout"
    x = _floats(input, asked)
    if training and x.array.ndim < 2:
        raise ShapeError(
            f"{asked} of an input of shape {x.array.shape}", "no channels", "pass (N, C, ...)"
        )
    return _with_alpha(x, check_share(p, asked), training, inplace, 2)


def _with_alpha(x: Handle, p: float, training: bool, inplace: bool, dims: int) -> Any:
    if not training or p == 0.0:
        return x
    if inplace:
        return in_place(x, lambda given: _with_alpha(given, p, True, False, dims), "alpha_dropout_")
    if p == 1.0:
        return mul(x, 0.0)
    scale = ((1.0 - p) * (1.0 + p * ALPHA * ALPHA)) ** -0.5
    dropped = where(_kept(x, p, dims), x, ALPHA)
    return add(mul(dropped, scale), -scale * ALPHA * p)
