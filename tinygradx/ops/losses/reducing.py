"""Of many losses, one."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentError
from tinygradx.ops.elementary import div
from tinygradx.ops.reductions import mean
from tinygradx.ops.reductions import sum as total

REDUCTIONS = ("mean", "sum", "none")


def check_reduction(reduction: str, asked: str) -> None:
    """Refuse a reduction that is none of the three, before anything is computed."""
    if reduction not in REDUCTIONS:
        raise ArgumentError(
            f"{asked} with reduction={reduction!r}", "no such reduction",
            'use "mean", "sum" or "none"',
        )  # fmt: skip


def reduction_of(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """The reduction, if it is said by PyTorch's two older arguments.

    With `reduce=False` none, else the mean or, with `size_average=False`, the sum.
    """
    if size_average is None and reduce is None:
        return reduction
    if isinstance(size_average, str) or isinstance(reduce, str):
        raise ArgumentError(
            f"a loss with size_average={size_average!r}, reduce={reduce!r}",
            "a reduction in the place of an older argument", "give it by name: reduction=...",
        )  # fmt: skip
    if reduce is not None and not reduce:
        return "none"
    return "sum" if size_average is not None and not size_average else "mean"


def reduce_losses(losses: Any, reduction: str, asked: str) -> Any:
    """Many losses made one.

    Parameters
    ----------
    losses : Tensor
        Of any shape.
    reduction : {"mean", "sum", "none"}
        "none" leaves them as they are.
    asked : str
        The name of the loss, for errors.

    Raises
    ------
    ArgumentError
        If there is no such reduction, or nothing to take the mean of.
    """
    if reduction == "mean":
        if not losses.array.size:
            raise _nothing_counts(asked, f"no losses at all: their shape is {losses.array.shape}")
        return mean(losses)
    if reduction == "sum":
        return total(losses)
    check_reduction(reduction, asked)
    return losses


def weighted_mean(losses: Any, weights: Any, asked: str) -> Any:
    """The sum of weighted losses over the sum of their weights."""
    whole = total(weights)
    if not whole.array:
        raise _nothing_counts(asked, "weights whose sum is 0")
    return div(total(losses), whole)


def _nothing_counts(asked: str, got: str) -> ArgumentError:
    return ArgumentError(
        f'{asked} with reduction="mean"', f"{got}, so it is 0 / 0",
        'leave such a batch out, or use reduction="sum", which answers 0',
    )  # fmt: skip
