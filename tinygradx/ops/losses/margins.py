"""Losses with a margin: what is right shall be ahead of what is wrong by so much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.activations import relu
from tinygradx.ops.comparisons import where
from tinygradx.ops.distances import pairwise_distance
from tinygradx.ops.elementary import add, div, minimum, mul, neg, square, sub
from tinygradx.ops.exponentials import sqrt
from tinygradx.ops.gathering import gather
from tinygradx.ops.losses.checks import pair_of
from tinygradx.ops.losses.reducing import check_reduction, reduce_losses
from tinygradx.ops.pointwise import clamp_min
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import reshape, unsqueeze
from tinygradx.ops.structural import as_handle

#: Added to squares of lengths under a root, as in PyTorch: a vector of zeros has a cosine, 0.
LEAST_SQUARE = 1e-12

# ---- pairs --------------------------------------------------------------------------------------


def hinge_embedding_loss(
    input: Any, target: Any, margin: float = 1.0, reduction: str = "mean"
) -> Any:
    """Distances of pairs: small where both are alike, at least `margin` where they are not.

    The distance itself where the target is 1, `max(0, margin - distance)` where it is -1. Hadsell,
    Chopra and LeCun (2006), "Dimensionality reduction by learning an invariant mapping".

    Parameters
    ----------
    input : Tensor
        Distances, floats of any shape.
    target : Tensor
        Of the same shape: 1 or -1. A number that is neither counts as both, as in PyTorch.
    margin : float
        How far apart pairs shall be that are not alike.
    reduction
        As for `mse_loss`.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `mse_loss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> near, alike = tgx.tensor([0.25, 0.25]), tgx.tensor([1.0, -1.0])
    >>> tgx.nn.functional.hinge_embedding_loss(near, alike, reduction="none")
    tensor([0.2500, 0.7500])
    """
    x, t = pair_of(input, target, reduction, "hinge_embedding_loss")
    apart = _where(t, t.array != 1, clamp_min(sub(margin, x), 0.0))
    together = _where(t, t.array != -1, x)
    return reduce_losses(add(apart, together), reduction, "hinge_embedding_loss")


def _where(like: Handle, mask: Any, losses: Any) -> Any:
    """Losses where a mask holds, and 0 elsewhere."""
    return where(wrap(like.result_class, np.asarray(mask)), losses, 0.0)


def margin_ranking_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    """Two scores in the right order: `max(0, margin - target * (input1 - input2))`.

    Parameters
    ----------
    input1, input2 : Tensor
        Scores, floats of one shape.
    target : Tensor
        Of the same shape: 1 where the first shall be larger, -1 where the second shall.
    margin : float
        By how much.
    reduction
        As for `mse_loss`.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `mse_loss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> first, second, order = tgx.tensor([3.0, 3.0]), tgx.ones(2), tgx.tensor([1.0, -1.0])
    >>> tgx.nn.functional.margin_ranking_loss(first, second, order, reduction="none")
    tensor([0., 2.])
    """
    asked = "margin_ranking_loss"
    x, y = pair_of(input1, input2, reduction, asked)
    difference, t = pair_of(sub(x, y), target, reduction, asked)
    losses = clamp_min(add(mul(neg(t), difference), margin), 0.0)
    return reduce_losses(losses, reduction, asked)


def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    """Pairs of vectors: in one direction where alike, else at an angle.

    `1 - cos` where the target is 1, `max(0, cos - margin)` where it is -1.

    Parameters
    ----------
    input1, input2 : Tensor
        Vectors, floats of shape (N, D) or (D,).
    target : Tensor
        Of shape (N,) or (): 1 or -1. A pair whose target is neither costs nothing.
    margin : float
        The largest cosine, from -1 to 1, that costs nothing where vectors are not alike.
    reduction
        As for `mse_loss`.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `mse_loss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.tensor([[1.0, 0.0], [1.0, 0.0]]), tgx.tensor([[0.0, 2.0], [3.0, 0.0]])
    >>> tgx.nn.functional.cosine_embedding_loss(x, y, tgx.tensor([1, -1]), reduction="none")
    tensor([1., 1.])
    """
    asked = "cosine_embedding_loss"
    x, y = pair_of(input1, input2, reduction, asked)
    t, shape = as_handle(target, asked), x.array.shape
    if len(shape) not in (1, 2) or t.array.shape != shape[:-1]:
        raise ShapeError(
            f"{asked} of inputs {shape} and a target {t.array.shape}", "shapes that do not match",
            "pass inputs (N, D) and a target (N,), or (D,) and ()",
        )  # fmt: skip
    lengths = mul(*(add(total(square(v), -1), LEAST_SQUARE) for v in (x, y)))
    cosine = div(total(mul(x, y), -1), sqrt(lengths))
    alike = _where(t, t.array == 1, sub(1.0, cosine))
    other = _where(t, t.array == -1, clamp_min(sub(cosine, margin), 0.0))
    return reduce_losses(add(alike, other), reduction, asked)


# ---- triplets -----------------------------------------------------------------------------------


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """Nearer to what is alike than to what is not: `max(0, margin + near - far)`.

    `near` is the distance from the anchor to the positive, `far` to the negative vector. Balntas
    et al. (2016), "Learning local feature descriptors with triplets".

    Parameters
    ----------
    anchor, positive, negative : Tensor
        Vectors, floats of shape (N, D) or (D,), which broadcast.
    margin : float
        Above 0: by how much.
    p, eps : float
        Of the distance: see `pairwise_distance`.
    swap : bool
        Take the distance from the positive to the negative vector where that is the smaller one.
    reduction
        As for `mse_loss`.

    Raises
    ------
    ShapeError, ArgumentError
        If the numbers of dimensions differ, the margin is not above 0, or there is no such
        reduction.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> anchor, near, far = tgx.zeros(1, 2), tgx.tensor([[3.0, 4.0]]), tgx.tensor([[6.0, 8.0]])
    >>> tgx.nn.functional.triplet_margin_loss(anchor, near, far, margin=7.0)
    tensor(2.)
    """

    def distance(x: Any, y: Any) -> Any:
        return pairwise_distance(x, y, p, eps)

    return _triplets(
        "triplet_margin_loss", anchor, positive, negative, distance, margin, swap, reduction
    )


def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """`triplet_margin_loss` with a distance of one's own.

    Parameters
    ----------
    anchor, positive, negative, margin, swap, reduction
        As for `triplet_margin_loss`, with the same errors.
    distance_function : callable, optional
        Takes two tensors of vectors, answers their distances; `pairwise_distance` when left out.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y, z = tgx.tensor([[0.0]]), tgx.tensor([[1.0]]), tgx.tensor([[1.5]])
    >>> tgx.nn.functional.triplet_margin_with_distance_loss(
    ...     x, y, z, distance_function=lambda a, b: (a - b).abs().sum(-1)
    ... )
    tensor(0.5000)
    """
    return _triplets(
        "triplet_margin_with_distance_loss", anchor, positive, negative,
        distance_function or pairwise_distance, margin, swap, reduction,
    )  # fmt: skip


def _triplets(
    asked: str, anchor: Any, positive: Any, negative: Any, distance: Callable[[Any, Any], Any],
    margin: float, swap: bool, reduction: str,
) -> Any:  # fmt: skip
    check_reduction(reduction, asked)
    check_margin(margin, asked)
    a, p, n = (as_handle(x, asked) for x in (anchor, positive, negative))
    if not a.array.ndim == p.array.ndim == n.array.ndim:
        raise ShapeError(
            f"{asked} of an anchor {a.array.shape}, positive {p.array.shape} and negative "
            f"{n.array.shape}",
            "different numbers of dimensions", "pass three tensors of shape (N, D)",
        )  # fmt: skip
    near, far = distance(a, p), distance(a, n)
    if swap:
        far = minimum(far, distance(p, n))
    return reduce_losses(clamp_min(sub(add(margin, near), far), 0.0), reduction, asked)


def check_margin(margin: float, asked: str) -> None:
    """Refuse a margin of triplets that is not above 0."""
    if not margin > 0.0:
        raise ArgumentError(f"{asked} with margin={margin}", "no number above 0", "use margin=1.0")


# ---- classes ------------------------------------------------------------------------------------


def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    reduction: str = "mean",
) -> Any:
    """The score of the right class ahead of every other: hinges, summed over the others.

    `sum(max(0, margin - input[target] + input[i]) ** p) / C` over all i but the target. Crammer and
    Singer (2001), "On the algorithmic implementation of multiclass kernel-based vector machines".

    Parameters
    ----------
    input : Tensor
        Scores, floats of shape (N, C) or (C,).
    target : Tensor
        Class indices, integers of shape (N,), or () for (C,).
    p : {1, 2}
        Hinges or their squares.
    margin : float
        By how much.
    weight : Tensor, optional
        Of shape (C,): what the loss of each class is multiplied by.
    reduction
        As for `mse_loss`.

    Raises
    ------
    ShapeError, DtypeError, DimError, ArgumentError
        If shapes or dtypes do not match, a class is out of range, p is neither 1 nor 2, or there is
        no such reduction.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> scores = tgx.tensor([[0.5, 2.0, 1.5]])
    >>> tgx.nn.functional.multi_margin_loss(scores, tgx.tensor([1]))
    tensor(0.1667)
    """
    asked = "multi_margin_loss"
    check_reduction(reduction, asked)
    if p not in (1, 2):
        raise ArgumentError(f"{asked} with p={p}", "neither 1 nor 2", "use p=1, or 2 for squares")
    x, alone = _score_rows(input, asked)
    t = _indices(target, asked)
    count = x.array.shape[1]
    if t.array.size != len(x.array) or t.array.ndim > 1:
        raise ShapeError(
            f"{asked} of an input {x.array.shape} and a target {t.array.shape}",
            "shapes that do not match", "pass (N, C) and class indices (N,)",
        )  # fmt: skip
    _check_classes(t.array, 0, count, asked)
    t = reshape(t, (len(x.array), 1))
    hinges = relu(add(sub(margin, gather(x, 1, t)), x))
    hinges = square(hinges) if p == 2 else hinges
    if weight is not None:
        w = as_handle(weight, asked)
        if w.array.shape != (count,):
            raise ShapeError(
                f"{asked} with a weight of shape {w.array.shape}", f"an input of {count} classes",
                f"pass one weight for each class: shape ({count},)",
            )  # fmt: skip
        hinges = mul(hinges, gather(reshape(w, (count, 1)), 0, t))
    losses = div(total(_where(x, np.arange(count) != t.array, hinges), 1), float(count))
    return reduce_losses(reshape(losses, ()) if alone else losses, reduction, asked)


def multilabel_margin_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """The scores of all right classes ahead of all others by 1: hinges, summed over the pairs.

    `sum(max(0, 1 - input[right] + input[wrong])) / C`.

    Parameters
    ----------
    input : Tensor
        Scores, floats of shape (N, C) or (C,).
    target : Tensor
        Class indices, integers of the same shape: the right classes of each sample, and from the
        first -1 on nothing.
    reduction
        As for `mse_loss`.

    Raises
    ------
    ShapeError, DtypeError, DimError, ArgumentError
        If shapes or dtypes do not match, a class is out of range, or there is no such reduction.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> scores, right = tgx.tensor([0.5, 2.0, 1.5]), tgx.tensor([1, -1, -1])
    >>> tgx.nn.functional.multilabel_margin_loss(scores, right)
    tensor(0.1667)
    """
    asked = "multilabel_margin_loss"
    check_reduction(reduction, asked)
    t = _indices(target, asked)
    shape = as_handle(input, asked).array.shape
    x, alone = _score_rows(input, asked)
    if t.array.shape != shape:
        raise ShapeError(
            f"{asked} of an input {shape} and a target {t.array.shape}", "shapes that differ",
            "pass class indices in the shape of the input, filled up with -1",
        )  # fmt: skip
    rows, count = x.array.shape
    classes = t.array.reshape(rows, count)
    listed = np.logical_and.accumulate(classes >= 0, axis=1)
    _check_classes(np.where(listed, classes, -1), -1, count, asked)
    chosen = np.where(listed, classes, 0)
    right = np.zeros((rows, count), bool)
    np.logical_or.at(right, (np.arange(rows)[:, None], chosen), listed)
    ahead = gather(x, 1, wrap(x.result_class, chosen.astype(np.int64)))
    # Row, listed class, other class.
    hinges = relu(add(sub(1.0, unsqueeze(ahead, 2)), unsqueeze(x, 1)))
    counted = listed[:, :, None] & ~right[:, None, :]
    losses = div(total(_where(x, counted, hinges), (1, 2)), float(count))
    return reduce_losses(reshape(losses, ()) if alone else losses, reduction, asked)


def _score_rows(input: Any, asked: str) -> tuple[Handle, bool]:
    """Scores as (N, C), and whether they were those of one sample."""
    x = as_handle(input, asked)
    if x.array.dtype.kind != "f":
        raise DtypeError(asked, f"an input of {x.array.dtype}", "pass floats: input.float()")
    if x.array.ndim > 2 or x.array.shape[-1:] == (0,):
        raise ShapeError(
            f"{asked} of an input {x.array.shape}", "neither rows of classes nor one row",
            "pass (N, C) or (C,)",
        )  # fmt: skip
    alone = x.array.ndim < 2
    return (reshape(x, (1, x.array.size)) if alone else x), alone


def _indices(target: Any, asked: str) -> Handle:
    t = as_handle(target, asked)
    if t.array.dtype.kind not in "iu":
        raise DtypeError(asked, f"a target of {t.array.dtype}", "pass class indices: target.long()")
    return t


def _check_classes(classes: Any, least: int, count: int, asked: str) -> None:
    wrong = classes[(classes < least) | (classes >= count)]
    if wrong.size:
        raise DimError(
            f"{asked} with {count} classes", f"the class index {wrong[0]}",
            f"use indices from 0 to {count - 1}",
        )  # fmt: skip
