"""Losses: how far an answer is from the right one.

First the formulas, one for each loss of single elements, with their slopes; then the functions,
which check what they are given, weigh, and make one number of many. Cross entropy has a file of its
own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.activations import logsigmoid
from tinygradx.ops.elementary import (
    absolute,
    div,
    exp,
    log,
    log1p,
    logistic,
    maximum,
    minimum,
    mul,
    ne,
    neg,
    sign,
    square,
    where,
)
from tinygradx.ops.elementwise import Bound, elementwise
from tinygradx.ops.indexing import getitem
from tinygradx.ops.reductions import PICK, mean
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import to_dtype
from tinygradx.ops.structural import as_handle

REDUCTIONS = ("mean", "sum", "none")

# ---- formulas -----------------------------------------------------------------------------------


@elementwise("(x - t) ** 2")
def squared_error(x, t):
    """The square of a difference."""
    return (x - t) * (x - t)


@squared_error.slope
def _(x, t):
    return 2.0 * (x - t), 2.0 * (t - x)


@elementwise("abs(x - t)")
def absolute_error(x, t):
    """The size of a difference; its slope at 0 is taken to be 0."""
    return absolute(x - t)


@absolute_error.slope
def _(x, t):
    return sign(x - t), sign(t - x)


@elementwise("(x - t) ** 2 / 2 if abs(x - t) <= delta else delta * (abs(x - t) - delta / 2)")
def huber_error(x, t, delta=1.0):
    """Half the square of a small difference; of one beyond delta, its size times delta."""
    d = absolute(x - t)
    return where(d <= delta, 0.5 * d * d, delta * (d - 0.5 * delta))


@huber_error.slope
def _(x, t, delta):
    d = x - t
    inside = absolute(d) <= delta
    return where(inside, d, delta * sign(d)), where(inside, -d, -delta * sign(d))


@elementwise("(x - t) ** 2 / (2 * beta) if abs(x - t) < beta else abs(x - t) - beta / 2")
def smooth_l1_error(x, t, beta=1.0):
    """The size of a difference, less half of beta; its square over 2 beta where it is smaller."""
    d = absolute(x - t)
    return where(d < beta, 0.5 * d * d / beta, d - 0.5 * beta)


@smooth_l1_error.slope
def _(x, t, beta):
    d = x - t
    inside = absolute(d) < beta
    return where(inside, d / beta, sign(d)), where(inside, -d / beta, -sign(d))


#: PyTorch's guards: nothing costs more than 100, and no p * (1 - p) below 1e-12 divides.
MOST = 100.0
LEAST_VARIANCE = 1e-12


@elementwise(
    "-(t * log(p) + (1 - t) * log(1 - p))",
    domain=(0.0, 1.0),
    float32=Bound(60.0, "near p = 1/2 two logarithms cancel in the slope of t"),
)
def log_loss(p, t):
    """How improbable t is, where 1 has the probability p and 0 the rest; at most 100."""
    return t * minimum(-log(p), MOST) + (1.0 - t) * minimum(-log1p(-p), MOST)


@log_loss.slope
def _(p, t):
    return log_loss_slope(p, t), -log_odds(p)


@elementwise(
    "(p - t) / (p * (1 - p)) if 0 < p < 1 else inf",
    domain=(0.0, 1.0),
    float32=Bound(60.0, "two terms of its slope cancel where t is not between 0 and 1"),
)
def log_loss_slope(p, t):
    """How the log loss depends on p.

    A block of its own for its slope: that of the fraction would cancel near p = t = 0, where its
    two terms are 1/p.
    """
    return (p - t) / maximum(p * (1.0 - p), LEAST_VARIANCE)


@log_loss_slope.slope
def _(p, t):
    variance = maximum(p * (1.0 - p), LEAST_VARIANCE)
    terms = t * square(1.0 - p) + (1.0 - t) * square(p)
    # Divided twice, not by its square, which in float32 ends at 1e-19.
    return terms / variance / variance, -1.0 / variance


@elementwise(
    "log(p / (1 - p))",
    domain=(0.0, 1.0),
    float32=Bound(60.0, "near p = 1/2 the two logarithms cancel"),
)
def log_odds(p):
    """The logarithm of a probability over the rest, from -100 at p = 0 to 100 at p = 1."""
    return minimum(-log1p(-p), MOST) - minimum(-log(p), MOST)


@log_odds.slope
def _(p):
    return 1.0 / maximum(p * (1.0 - p), LEAST_VARIANCE)


@elementwise("(1 - t) * log(1 + exp(x)) + t * log(1 + exp(-x))")
def logistic_loss(x, t):
    """The log loss of the probability 1 / (1 + exp(-x)), without overflow or a lost tail."""
    # Not max(x, 0) - x * t: at x = 20, t = 1 that is 20 - 20, beside a loss of 2e-9.
    return where(x > 0.0, (1.0 - t) * x, -t * x) + log1p(exp(-absolute(x)))


@logistic_loss.slope
def _(x, t):
    # Not logistic(x) - t, which loses the tail at t = 1.
    return (1.0 - t) * logistic(x) - t * logistic(-x), -x


@elementwise(
    "(1 - t) * log(1 + exp(x)) + w * t * log(1 + exp(-x))",
    float32=Bound(200.0, "its two terms cancel where t is not between 0 and 1"),
)
def weighted_logistic_loss(x, t, w):
    """The logistic loss in which what is 1 counts w times."""
    tail = log1p(exp(-absolute(x)))
    return (1.0 - t) * (maximum(x, 0.0) + tail) + w * t * (maximum(-x, 0.0) + tail)


@weighted_logistic_loss.slope
def _(x, t, w):
    return (
        (1.0 - t) * logistic(x) - w * t * logistic(-x),
        logsigmoid(-x) - w * logsigmoid(x),
        -t * logsigmoid(x),
    )


# ---- of many losses, one ------------------------------------------------------------------------


def check_reduction(reduction: str, asked: str) -> None:
    """Refuse a reduction that is none of the three, before anything is computed."""
    if reduction not in REDUCTIONS:
        raise ArgumentError(
            f"{asked} with reduction={reduction!r}", "no such reduction",
            'use "mean", "sum" or "none"',
        )  # fmt: skip


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


# ---- what goes in -------------------------------------------------------------------------------


def _pair(input: Any, target: Any, reduction: str, asked: str) -> tuple[Handle, Handle]:
    """Input and target as tensors of one shape, of which one at least has floats."""
    x = input if isinstance(input, Handle) else as_handle(input, asked)
    t = target if isinstance(target, Handle) else as_handle(target, asked)
    a, b = x.array, t.array
    check_reduction(reduction, asked)
    if a.shape != b.shape:
        raise ShapeError(
            f"{asked} of an input {a.shape} and a target {b.shape}",
            _clash(a.shape, b.shape),
            _remedy(a.shape, b.shape),
        )
    if a.dtype.kind != "f" and b.dtype.kind != "f":
        raise DtypeError(
            f"{asked} of {a.dtype} and {b.dtype}", "no floats", "convert first: input.float()"
        )
    return x, t


def _floats(x: Handle, t: Handle, asked: str) -> None:
    """Refuse classes as integers, which PyTorch refuses, too."""
    for name, dtype in (("input", x.array.dtype), ("target", t.array.dtype)):
        if dtype.kind != "f":
            raise DtypeError(
                asked, f"{'an' if name == 'input' else 'a'} {name} of {dtype}",
                f"convert it first: {name}.float()",
            )  # fmt: skip


def _clash(input: tuple[int, ...], target: tuple[int, ...]) -> str:
    """What is wrong with two shapes, and what broadcasting would make of them."""
    try:
        whole = np.broadcast_shapes(input, target)
    except ValueError:
        return "shapes that differ"
    return f"shapes that differ; broadcast, they would make losses of shape {whole}"


def _remedy(input: tuple[int, ...], target: tuple[int, ...]) -> str:
    """What most likely was meant by two shapes that differ."""
    for long, short, grow, shrink in (
        (input, target, "target", "input"),
        (target, input, "input", "target"),
    ):
        for dim in reversed(range(len(long))):
            if long[dim] == 1 and long[:dim] + long[dim + 1 :] == short:
                return f"write {grow}.unsqueeze({dim}), or {shrink}.squeeze({dim})"
    if len(input) == 2 and target == input[::-1]:
        return "write target.T"
    return f"pass a target of shape {input}"


def _same_weights(weight: Any, losses: Handle, asked: str) -> Handle:
    """Weights in the very shape of the losses."""
    w = as_handle(weight, asked)
    if w.array.shape != losses.array.shape:
        raise ShapeError(
            f"{asked} with a weight of shape {w.array.shape}",
            f"losses of shape {losses.array.shape}",
            f"give each loss its weight: shape {losses.array.shape}",
        )
    return w


def _broadcast_weights(weight: Any, losses: Handle, name: str, asked: str) -> Handle:
    """Weights that broadcast to the shape of the losses, and no further."""
    w = as_handle(weight, asked)
    shape = losses.array.shape
    try:
        fits = np.broadcast_shapes(w.array.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(
            f"{asked} with a {name} of shape {w.array.shape}",
            f"a target of shape {shape}, to which it does not broadcast",
            f"give each element its weight, shape {shape}, or each column one, {shape[-1:]}",
        )
    return w


# ---- functions: regression ----------------------------------------------------------------------


def mse_loss(input: Any, target: Any, *, reduction: str = "mean", weight: Any = None) -> Any:
    """The mean squared error, ``(input - target) ** 2``.

    Parameters
    ----------
    input, target : Tensor
        Of one shape, whatever it is; floats, or one of them integers. They meet in one dtype.
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
    x, t = _pair(input, target, reduction, "mse_loss")
    losses = squared_error.apply((x, t), ())
    return _weighed(losses, weight, reduction, "mse_loss")


def l1_loss(input: Any, target: Any, *, reduction: str = "mean", weight: Any = None) -> Any:
    """The mean absolute error, ``abs(input - target)``; its slope at 0 is 0.

    Parameters
    ----------
    input, target, reduction, weight
        As for `mse_loss`, with the same errors.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.l1_loss(tgx.tensor([1.0, 2.0]), tgx.tensor([1.0, 4.0]))
    tensor(1.)
    """
    x, t = _pair(input, target, reduction, "l1_loss")
    losses = absolute_error.apply((x, t), ())
    return _weighed(losses, weight, reduction, "l1_loss")


def _weighed(losses: Any, weight: Any, reduction: str, asked: str) -> Any:
    """Losses by their weights, if there are any; a mean is over the weights."""
    if weight is None:
        return reduce_losses(losses, reduction, asked)
    weights = _same_weights(weight, losses, asked)
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
    x, t = _pair(input, target, reduction, "huber_loss")
    if not delta > 0.0:
        raise ArgumentError(f"huber_loss with delta={delta}", "no number above 0", "use delta=1.0")
    losses = huber_error.apply((x, t), (float(delta),))
    if weight is not None:
        losses = mul(losses, _same_weights(weight, losses, "huber_loss"))
    return reduce_losses(losses, reduction, "huber_loss")


def smooth_l1_loss(input: Any, target: Any, *, reduction: str = "mean", beta: float = 1.0) -> Any:
    """The absolute error with its corner rounded off. Girshick (2015), arXiv:1504.08083.

    With d = abs(input - target): ``d * d / (2 * beta)`` below beta, ``d - beta / 2`` from there on.
    It is `huber_loss` divided by its delta, and `l1_loss` where beta is 0.

    Parameters
    ----------
    input, target, reduction
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
    x, t = _pair(input, target, reduction, "smooth_l1_loss")
    if not beta >= 0.0:
        raise ArgumentError(
            f"smooth_l1_loss with beta={beta}", "no number from 0 on", "use beta=1.0, or 0 for l1"
        )
    if beta:
        losses = smooth_l1_error.apply((x, t), (float(beta),))
    else:
        losses = absolute_error.apply((x, t), ())
    return reduce_losses(losses, reduction, "smooth_l1_loss")


# ---- functions: classes -------------------------------------------------------------------------


def binary_cross_entropy(
    input: Any, target: Any, weight: Any = None, *, reduction: str = "mean"
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
    p, t = _pair(input, target, reduction, asked)
    _floats(p, t, asked)
    _check_probabilities(
        p.array, "an input", "pass probabilities, or scores to binary_cross_entropy_with_logits"
    )
    _check_probabilities(t.array, "a target", "pass targets from 0 to 1")
    losses = log_loss.apply((p, t), ())
    if weight is not None:
        losses = mul(losses, _broadcast_weights(weight, losses, "weight", asked))
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
    *,
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
    x, t = _pair(input, target, reduction, asked)
    _floats(x, t, asked)
    if pos_weight is None:
        losses = logistic_loss.apply((x, t), ())
    else:
        w = _broadcast_weights(pos_weight, t, "pos_weight", asked)
        losses = weighted_logistic_loss.apply((x, t, w), ())
    if weight is not None:
        losses = mul(losses, _broadcast_weights(weight, losses, "weight", asked))
    return reduce_losses(losses, reduction, asked)


def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Any:
    """The negative log likelihood: ``-input[target]``, from the logarithms of probabilities.

    Parameters
    ----------
    input : Tensor
        Logarithms of probabilities, as `log_softmax` answers them: floats of shape (C,), (N, C) or
        (N, C, d1, ...).
    target : Tensor
        Class indices: integers from 0 to C - 1, in the shape of the input without C.
    weight : Tensor, optional
        Of shape (C,): how much each class counts; taken in the dtype of the input.
    ignore_index : int
        Targets of this value count for nothing.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses. The mean is the sum divided by the weights of what counts.

    Returns
    -------
    Tensor
        A number, or with "none" one for each target, 0 where it is ignored.

    Raises
    ------
    ShapeError, DtypeError, DimError, ArgumentError
        If shapes or dtypes do not match, a class is out of range, there is no such reduction, or
        nothing to take the mean of.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> likelihood = tgx.log_softmax(tgx.zeros(1, 4), 1)
    >>> tgx.nn.functional.nll_loss(likelihood, tgx.tensor([2]))
    tensor(1.3863)
    """
    asked = "nll_loss"
    x, t = as_handle(input, asked), as_handle(target, asked)
    check_reduction(reduction, asked)
    dim = class_dim(x.array, t.array, asked)
    return reduce_weighted(*class_losses(x, t, dim, weight, ignore_index, asked), reduction, asked)


def class_losses(
    x: Handle, t: Handle, dim: int, weight: Any, ignore_index: int, asked: str
) -> tuple[Any, Any]:
    """The weighted negative log likelihood of each target, and what each counts (None: all 1)."""
    count = x.array.shape[dim]
    kept = kept_targets(t.array, count, ignore_index, asked)
    if kept is not None:  # what is ignored borrows a class
        t = wrap(x.result_class, np.where(kept, t.array, 0))
    losses = neg(PICK.apply((x, t), (dim,)))
    if weight is None and kept is None:
        return losses, None
    counts = 1.0 if weight is None else getitem(class_weights(weight, x, count, asked), t)
    if kept is not None:
        counts = to_dtype(where(wrap(x.result_class, kept), counts, 0.0), x.array.dtype)
    # Not a product alone: what is ignored may be infinite.
    return where(ne(counts, 0.0), mul(losses, counts), 0.0), counts


def reduce_weighted(losses: Any, counts: Any, reduction: str, asked: str) -> Any:
    """Many losses made one; a mean is divided by what they count."""
    if reduction == "mean" and counts is not None:
        return weighted_mean(losses, counts, asked)
    return reduce_losses(losses, reduction, asked)


def class_dim(x: Any, classes: Any, asked: str) -> int:
    """Which dimension of the input the classes are, if the target fits."""
    dim = 1 if x.ndim > 1 else 0
    if x.ndim and not x.shape[dim]:
        raise ShapeError(
            f"{asked} of an input {x.shape}", "no classes", "pass (N, C), with a column for each"
        )
    if classes.dtype.kind not in "iu":
        raise DtypeError(asked, f"a target of {classes.dtype}", "pass class indices: target.long()")
    if x.dtype.kind != "f":
        raise DtypeError(asked, f"an input of {x.dtype}", "pass floats: input.float()")
    if not x.ndim or classes.shape != x.shape[:dim] + x.shape[dim + 1 :]:
        do = "pass (N, C) and class indices (N,)"
        if x.ndim == 2 and classes.shape == (len(x), 1):
            do = "write target.squeeze(1)"
        elif x.ndim > 1 and classes.shape == x.shape:
            do = "write target.argmax(1)"
        raise ShapeError(
            f"{asked} of an input {x.shape} and a target {classes.shape}",
            "shapes that do not match",
            do,
        )
    return dim


def kept_targets(classes: Any, count: int, ignored: int, asked: str) -> Any:
    """Which targets count; None where all of them do. Also refuses classes that do not exist."""
    # As unsigned numbers negative ones are large, so that one pass over them finds both ends.
    unsigned = classes.astype(np.int64, copy=False).view(np.uint64)
    if not 0 <= ignored < count and (not unsigned.size or unsigned.max() < count):
        return None
    kept = np.asarray(classes != ignored)
    wrong = classes[kept & ((classes < 0) | (classes >= count))]
    if wrong.size:
        raise DimError(
            f"{asked} with {count} classes", f"the class index {wrong[0]}",
            f"use indices from 0 to {count - 1}, or ignore_index={ignored} for none",
        )  # fmt: skip
    return kept


def class_weights(weight: Any, x: Handle, count: int, asked: str) -> Handle:
    """The weights of classes, in the dtype of the input."""
    w = as_handle(weight, asked)
    if w.array.shape != (count,):
        raise ShapeError(
            f"{asked} with a weight of shape {w.array.shape}", f"an input of {count} classes",
            f"pass one weight for each class: shape ({count},)",
        )  # fmt: skip
    return to_dtype(w, x.array.dtype)  # type: ignore[no-any-return]
