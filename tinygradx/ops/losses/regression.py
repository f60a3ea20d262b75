"""Losses of numbers: how far an answer is from the right one."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentError
from tinygradx.ops.elementary import mul
from tinygradx.ops.losses.checks import pair_of, same_weights
from tinygradx.ops.losses.formulas import (
    absolute_error,
    huber_error,
    smooth_l1_error,
    squared_error,
)
from tinygradx.ops.losses.reducing import reduce_losses, reduction_of, weighted_mean


def mse_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Any = None,
) -> Any:
    """The mean squared error, ``(input - target) ** 2``.

    Parameters
    ----------
    input, target : Tensor
        Of one shape, whatever it is; floats, or one of them integers. They meet in one dtype.
    size_average, reduce : bool, optional
        PyTorch's older way to say the reduction: `reduce=False` is "none", `size_average=False`
        is "sum".
    reduction : {"mean", "sum", "none"}
        What becomes of the losses.
    weight : Tensor, optional
        Of the same shape: how much each loss counts. The mean is divided by the sum of them.

    Returns
    -------
    Tensor
        A number, or with "none" one for each element.

    Raises
    ------
    ShapeError
        If the shapes differ: (N, 1) against (N,) would be broadcast to (N, N).
    DtypeError, ArgumentError
        If there are no floats, no such reduction, or nothing to take the mean of.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.mse_loss(tgx.tensor([1.0, 2.0]), tgx.tensor([1.0, 4.0]))
    tensor(2.)
    """
    reduction = reduction_of(size_average, reduce, reduction)
    x, t = pair_of(input, target, reduction, "mse_loss")
    losses = squared_error.apply((x, t), ())
    return _weighed(losses, weight, reduction, "mse_loss")


def l1_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Any = None,
) -> Any:
    """The mean absolute error, ``abs(input - target)``; its slope at 0 is 0.

    Parameters
    ----------
    input, target, size_average, reduce, reduction, weight
        As for `mse_loss`, with the same errors.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.l1_loss(tgx.tensor([1.0, 2.0]), tgx.tensor([1.0, 4.0]))
    tensor(1.)
    """
    reduction = reduction_of(size_average, reduce, reduction)
    x, t = pair_of(input, target, reduction, "l1_loss")
    losses = absolute_error.apply((x, t), ())
    return _weighed(losses, weight, reduction, "l1_loss")


def _weighed(losses: Any, weight: Any, reduction: str, asked: str) -> Any:
    """Losses by their weights, if there are any; a mean is over the weights."""
    if weight is None:
        return reduce_losses(losses, reduction, asked)
    weights = same_weights(weight, losses, asked)
    losses = mul(losses, weights)
    if reduction == "mean":
        return weighted_mean(losses, weights, asked)
    return reduce_losses(losses, reduction, asked)


def huber_loss(
    input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None
) -> Any:
    """Squared for small differences, linear beyond delta. Huber (1964).

    With d = abs(input - target): ``d * d / 2`` up to delta, ``delta * (d - delta / 2)`` beyond. The
    slope runs through: at a difference of delta it is delta.

    Parameters
    ----------
    input, target : Tensor
        As for `mse_loss`.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses.
    delta : float
        Above 0: where the square ends.
    weight : Tensor, optional
        Of the same shape: what each loss is multiplied by. The mean is over the number of losses,
        as in PyTorch, whatever they weigh.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `mse_loss`, and if delta is not above 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.huber_loss(tgx.zeros(2), tgx.tensor([0.5, 3.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    x, t = pair_of(input, target, reduction, "huber_loss")
    if not delta > 0.0:
        raise ArgumentError(f"huber_loss with delta={delta}", "no number above 0", "use delta=1.0")
    losses = huber_error.apply((x, t), (float(delta),))
    if weight is not None:
        losses = mul(losses, same_weights(weight, losses, "huber_loss"))
    return reduce_losses(losses, reduction, "huber_loss")


def smooth_l1_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Any:
    """The absolute error with its corner rounded off. Girshick (2015), arXiv:1504.08083.

    With d = abs(input - target): ``d * d / (2 * beta)`` below beta, ``d - beta / 2`` from there on.
    It is `huber_loss` divided by its delta, and `l1_loss` where beta is 0.

    Parameters
    ----------
    input, target, size_average, reduce, reduction
        As for `mse_loss`.
    beta : float
        From 0 on: where the corner ends.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `mse_loss`, and if beta is below 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.smooth_l1_loss(tgx.zeros(2), tgx.tensor([0.5, 3.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    reduction = reduction_of(size_average, reduce, reduction)
    x, t = pair_of(input, target, reduction, "smooth_l1_loss")
    if not beta >= 0.0:
        raise ArgumentError(
            f"smooth_l1_loss with beta={beta}", "no number from 0 on", "use beta=1.0, or 0 for l1"
        )
    if beta:
        losses = smooth_l1_error.apply((x, t), (float(beta),))
    else:
        losses = absolute_error.apply((x, t), ())
    return reduce_losses(losses, reduction, "smooth_l1_loss")
