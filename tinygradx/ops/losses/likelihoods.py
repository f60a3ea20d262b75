"""Losses of whole distributions: how improbable the targets are, or how far two of them differ."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import add, div, mul, square, sub
from tinygradx.ops.exponentials import exp, log
from tinygradx.ops.losses.checks import fits, pair_of
from tinygradx.ops.losses.reducing import reduce_losses, reduction_of
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import unsqueeze
from tinygradx.ops.special import xlogy
from tinygradx.ops.structural import as_handle


def kl_div(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Any:
    """How far a distribution is from another: `target * (log(target) - input)`.

    Kullback and Leibler (1951), "On information and sufficiency". The input is a logarithm, the
    target is not: `kl_div(log_softmax(scores, 1), probabilities, reduction="batchmean")`.

    Parameters
    ----------
    input : Tensor
        Logarithms of probabilities, floats of any shape.
    target : Tensor
        Probabilities, of the same shape; a target of 0 costs nothing.
    size_average, reduce : bool, optional
        PyTorch's older way to say the reduction.
    reduction : {"mean", "batchmean", "sum", "none"}
        What becomes of the losses. "batchmean" is the sum divided by the size of the first
        dimension, which is the divergence; "mean" divides by the number of elements.
    log_target : bool
        That the target, too, is given by its logarithms.

    Returns
    -------
    Tensor
        A number, or with "none" one for each element.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `mse_loss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> even, uneven = tgx.tensor([[0.5, 0.5]]), tgx.tensor([[0.25, 0.75]])
    >>> tgx.nn.functional.kl_div(uneven.log(), even, reduction="batchmean")
    tensor(0.1438)
    """
    asked = "kl_div"
    reduction = reduction_of(size_average, reduce, reduction)
    by_batch = reduction == "batchmean"
    x, t = pair_of(input, target, "sum" if by_batch else reduction, asked)
    losses = mul(exp(t), sub(t, x)) if log_target else sub(xlogy(t, t), mul(t, x))
    if by_batch and x.array.ndim:
        if not len(x.array):
            raise ArgumentError(
                f'{asked} with reduction="batchmean"', "a batch of none, so it is 0 / 0",
                'leave such a batch out, or use reduction="sum", which answers 0',
            )  # fmt: skip
        return div(total(losses), float(len(x.array)))
    return reduce_losses(losses, "sum" if by_batch else reduction, asked)


def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Any:
    """How improbable a count is, if the input says what is to be expected of it.

    `exp(input) - target * input`, or with `log_input=False` `input - target * log(input + eps)`:
    the negative logarithm of Poisson's distribution, less a part that only the target decides.

    Parameters
    ----------
    input : Tensor
        The logarithm of the expected count, or the count itself.
    target : Tensor
        Counts, of the same shape.
    log_input : bool
        Whether the input is a logarithm.
    full : bool
        Add Stirling's approximation of that part, `log(target!)`, for targets above 1:
        `target * log(target) - target + log(2 * pi * target) / 2`.
    eps : float
        Keeps the logarithm of 0 finite, where `log_input` is False.
    reduction
        As for `mse_loss`.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `mse_loss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.poisson_nll_loss(tgx.tensor([0.0]), tgx.tensor([3.0]))
    tensor(1.)
    """
    x, t = pair_of(input, target, reduction, "poisson_nll_loss")
    losses = sub(exp(x), mul(t, x)) if log_input else sub(x, mul(t, log(add(x, eps))))
    if full:
        above = where(wrap(t.result_class, t.array > 1), t, 1.0)  # log(0) would have slope nan
        rest = add(sub(mul(above, log(above)), above), mul(0.5, log(mul(2.0 * math.pi, above))))
        losses = add(losses, where(wrap(t.result_class, t.array > 1), rest, 0.0))
    return reduce_losses(losses, reduction, "poisson_nll_loss")


def gaussian_nll_loss(
    input: Any,
    target: Any,
    var: Any,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Any:
    """How improbable a target is, if it is drawn around the input with a variance.

    `(log(var) + (input - target)² / var) / 2`. Nix and Weigend (1994), "Estimating the mean and
    variance of the target probability distribution".

    Parameters
    ----------
    input : Tensor
        The expected values, floats of any shape.
    target : Tensor
        Of the same shape, or of one that broadcasts to it.
    var : Tensor or float
        The variances, from 0 on: one for all, one for each element, or, without the last dimension
        or with size 1 there, one for each row.
    full : bool
        Add the constant `log(2 * pi) / 2`.
    eps : float
        What a variance is at least taken to be. Its slope is that of the variance so increased.
    reduction
        As for `mse_loss`.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes or dtypes do not fit, a variance is negative, or there is no such reduction.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.gaussian_nll_loss(tgx.tensor([1.0]), tgx.tensor([3.0]), 1.0)
    tensor(2.)
    """
    asked = "gaussian_nll_loss"
    x, t = as_handle(input, asked), as_handle(target, asked)
    if not isinstance(var, Handle) and isinstance(var, (int, float)):
        v = wrap(x.result_class, np.full(x.array.shape, var, x.array.dtype))
    else:
        v = as_handle(var, asked)
    shape = x.array.shape
    if t.array.shape != shape and fits(t.array.shape, shape):
        t = expand(t, shape)
    x, t = pair_of(x, t, reduction, asked)
    if v.array.shape == shape[:-1] != shape:
        v = unsqueeze(v, -1)
    if v.array.shape not in (shape, (*shape[:-1], 1)):
        raise ShapeError(
            f"{asked} of an input {shape} with a var of shape {v.array.shape}",
            "shapes that do not fit", f"pass a number, or a var of shape {shape} or {shape[:-1]}",
        )  # fmt: skip
    if v.array.size and not v.array.min() >= 0.0:
        wrong = v.array[~(v.array >= 0.0)][0]
        raise ArgumentError(asked, f"a variance of {wrong}", "use exp or softplus to make it")
    if not eps > 0.0:
        raise ArgumentError(f"{asked} with eps={eps}", "no number above 0", "use eps=1e-6")
    # What is missing to eps is added as a constant: a variance of 0 keeps its slope, and can grow.
    v = add(v, wrap(v.result_class, np.maximum(v.array.dtype.type(eps) - v.array, 0)))
    losses = mul(0.5, add(log(v), div(square(sub(x, t)), v)))
    if full:
        losses = add(losses, 0.5 * math.log(2.0 * math.pi))
    return reduce_losses(losses, reduction, asked)
