"""Losses: how far an answer is from the right one."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.ops.activations import log_softmax
from tinygradx.ops.elementary import neg
from tinygradx.ops.reductions import PICK, mean
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.structural import as_handle


def cross_entropy(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The cross entropy of class scores against class indices: `-log(softmax(input)[target])`.

    Parameters
    ----------
    input : Tensor
        Scores (logits) of shape (N, C) or (C,), floats.
    target : Tensor
        Class indices of shape (N,) or (), int64, each from 0 to C - 1.
    reduction : {"mean", "sum", "none"}
        What becomes of the N losses.

    Returns
    -------
    Tensor
        A number, or the N losses.

    Raises
    ------
    ShapeError, DtypeError, DimError
        If the shapes do not match, the indices are no integers, or one is out of range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.cross_entropy(tgx.zeros(1, 4), tgx.tensor([2]))
    tensor(1.3863)
    """
    x, index = as_handle(input, "cross_entropy"), as_handle(target, "cross_entropy")
    scores, classes = x.array, index.array
    asked = f"cross_entropy of scores {scores.shape} and targets {classes.shape}"
    if scores.ndim not in (1, 2) or classes.shape != scores.shape[:-1]:
        raise ShapeError(
            asked, "shapes that do not match", "pass scores (N, C) and class indices (N,)"
        )
    if classes.dtype.kind not in "iu":
        raise DtypeError(
            asked, f"targets of dtype {classes.dtype}", "pass class indices: target.long()"
        )
    if classes.size and not (0 <= classes.min() and classes.max() < scores.shape[-1]):
        raise DimError(
            asked, f"class indices from {classes.min()} to {classes.max()}",
            f"use indices from 0 to {scores.shape[-1] - 1}",
        )  # fmt: skip
    losses = neg(PICK.apply((log_softmax(x, -1), index), (scores.ndim - 1,)))
    if reduction == "none":
        return losses
    if reduction == "mean":
        return mean(losses)
    if reduction == "sum":
        return total(losses)
    raise ArgumentError(
        f"cross_entropy with reduction={reduction!r}", "no such reduction",
        'use "mean", "sum" or "none"',
    )  # fmt: skip
