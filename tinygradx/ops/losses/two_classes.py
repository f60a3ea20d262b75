"""Losses of yes or no."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.ops.activations import logsigmoid
from tinygradx.ops.elementary import mul, neg
from tinygradx.ops.losses.checks import broadcast_weights, need_floats, pair_of
from tinygradx.ops.losses.formulas import log_loss, logistic_loss, weighted_logistic_loss
from tinygradx.ops.losses.reducing import reduce_losses, reduction_of
from tinygradx.ops.reductions import mean


def binary_cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """The cross entropy of probabilities: ``-(t * log(p) + (1 - t) * log(1 - p))``.

    Logarithms end at -100, so that p = 0 costs 100 and not infinity; the slope has no p * (1 - p)
    below 1e-12 under its fraction. Both are PyTorch's. With scores instead of probabilities use
    `binary_cross_entropy_with_logits`, which needs no such ends.

    Parameters
    ----------
    input : Tensor
        Probabilities p, from 0 to 1, floats of any shape.
    target : Tensor
        Of the same shape: 0, 1 or anything between, floats. Its slope at p = 0 is 100, that of the
        logarithm that ends there (infinite in PyTorch).
    weight : Tensor, optional
        What each loss is multiplied by; it broadcasts to the target. The mean is over the number
        of losses, whatever they weigh.
    size_average, reduce : bool, optional
        As for `mse_loss`.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses.

    Returns
    -------
    Tensor
        A number, or with "none" one for each element.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes differ, either has no floats, or an element is no probability.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.binary_cross_entropy(tgx.tensor([0.9, 0.2]), tgx.tensor([1.0, 0.0]))
    tensor(0.1643)
    """
    asked = "binary_cross_entropy"
    reduction = reduction_of(size_average, reduce, reduction)
    p, t = pair_of(input, target, reduction, asked)
    need_floats(p, t, asked)
    _check_probabilities(
        p.array, "an input", "pass probabilities, or scores to binary_cross_entropy_with_logits"
    )
    _check_probabilities(t.array, "a target", "pass targets from 0 to 1")
    losses = log_loss.apply((p, t), ())
    if weight is not None:
        losses = mul(losses, broadcast_weights(weight, losses, "weight", asked))
    return reduce_losses(losses, reduction, asked)


def _check_probabilities(array: Any, what: str, remedy: str) -> None:
    """Refuse anything but numbers from 0 to 1; nan is none."""
    if array.size and not (array.min() >= 0.0 and array.max() <= 1.0):
        wrong = array[~((array >= 0.0) & (array <= 1.0))][0]
        raise ArgumentError("binary_cross_entropy", f"{what} of {wrong}", remedy)


def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Any:
    """The cross entropy of scores: that of the probabilities 1 / (1 + exp(-input)).

    It is ``(1 - t) * log(1 + exp(x)) + t * log(1 + exp(-x))``, written so that nothing overflows
    and a small loss keeps its digits.

    Parameters
    ----------
    input : Tensor
        Scores (logits), floats of any shape.
    target : Tensor
        Of the same shape: 0, 1 or anything between, floats.
    weight : Tensor, optional
        What each loss is multiplied by; it broadcasts to the target.
    size_average, reduce : bool, optional
        As for `mse_loss`.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses.
    pos_weight : Tensor, optional
        How often what is 1 counts, for rare classes; it broadcasts to the target.

    Returns
    -------
    Tensor
        A number, or with "none" one for each element.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes differ, either has no floats, or there is no such reduction.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> scores, right = tgx.tensor([1000.0, -2.0]), tgx.tensor([1.0, 1.0])
    >>> tgx.nn.functional.binary_cross_entropy_with_logits(scores, right, reduction="none")
    tensor([0.0000, 2.1269])
    """
    asked = "binary_cross_entropy_with_logits"
    reduction = reduction_of(size_average, reduce, reduction)
    x, t = pair_of(input, target, reduction, asked)
    need_floats(x, t, asked)
    if pos_weight is None:
        losses = logistic_loss.apply((x, t), ())
    else:
        w = broadcast_weights(pos_weight, t, "pos_weight", asked)
        losses = weighted_logistic_loss.apply((x, t, w), ())
    if weight is not None:
        losses = mul(losses, broadcast_weights(weight, losses, "weight", asked))
    return reduce_losses(losses, reduction, asked)


def soft_margin_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """The cross entropy of scores against 1 and -1: ``log(1 + exp(-target * input))``.

    Parameters
    ----------
    input : Tensor
        Scores, floats of any shape.
    target : Tensor
        Of the same shape: 1 or -1.
    reduction
        As for `mse_loss`.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `mse_loss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.soft_margin_loss(tgx.tensor([0.0]), tgx.tensor([-1.0]))
    tensor(0.6931)
    """
    x, t = pair_of(input, target, reduction, "soft_margin_loss")
    return reduce_losses(neg(logsigmoid(mul(t, x))), reduction, "soft_margin_loss")


def multilabel_soft_margin_loss(
    input: Any, target: Any, weight: Any = None, reduction: str = "mean"
) -> Any:
    """The cross entropy of scores of several classes, each of which is right or not.

    The mean of `binary_cross_entropy_with_logits` over the classes of each sample.

    Parameters
    ----------
    input : Tensor
        Scores, floats of shape (N, C), or any with C last.
    target : Tensor
        Of the same shape: 0, 1 or anything between.
    weight : Tensor, optional
        What the loss of each class is multiplied by; it broadcasts to the target.
    reduction
        As for `mse_loss`; with "none" there is one loss for each sample.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `mse_loss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.multilabel_soft_margin_loss(tgx.zeros(1, 2), tgx.tensor([[0.0, 1.0]]))
    tensor(0.6931)
    """
    asked = "multilabel_soft_margin_loss"
    x, t = pair_of(input, target, reduction, asked)
    if not x.array.ndim or not x.array.shape[-1]:
        raise ShapeError(
            f"{asked} of an input {x.array.shape}", "no classes", "pass (N, C), C from 1 on"
        )
    losses = logistic_loss.apply((x, t), ())
    if weight is not None:
        losses = mul(losses, broadcast_weights(weight, losses, "weight", asked))
    return reduce_losses(mean(losses, -1), reduction, asked)
