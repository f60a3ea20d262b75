"""Losses of class indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import DimError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.kernels import backend_of
from tinygradx.ops.comparisons import ne, where
from tinygradx.ops.elementary import mul, neg
from tinygradx.ops.indexing import getitem
from tinygradx.ops.losses.reducing import (
    check_reduction,
    reduce_losses,
    reduction_of,
    weighted_mean,
)
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.reductions import MEAN, PICK, PLACE, SUM, spread
from tinygradx.ops.structural import Structural, as_handle


class NllLoss(Structural):
    """The negative mean, or sum, of one element of each run along a dimension, by its index.

    In one node what would be three, on which a small script spends half of its time.
    """

    name = "nll_loss"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, dim: int, reduction: str) -> Any:
        whole = MEAN if reduction == "mean" else SUM
        picked = whole.forward(PICK.forward(x, index, dim), None, False)
        return backend_of(x).call(np.negative, picked)

    def pull(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int, reduction: str) -> Any:
        share = mul(g, _share(index.array, reduction))
        return PLACE.apply((spread(share, index.array.shape, None), index), (x_shape, dim)), None

    def pull_arrays(
        self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int, reduction: str
    ) -> Any:
        each = backend_of(g).xp.full(index.shape, g.item() * _share(index, reduction), g.dtype)
        return PLACE.forward(each, index, x_shape, dim), None


def _share(index: Any, reduction: str) -> float:
    """What each of the elements counts in the loss."""
    return -1.0 / index.size if reduction == "mean" else -1.0


NLL_LOSS = NllLoss()


def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
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
    size_average, reduce : bool, optional
        As for `mse_loss`.
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
    reduction = reduction_of(size_average, reduce, reduction)
    x, t = as_handle(input, asked), as_handle(target, asked)
    check_reduction(reduction, asked)
    dim = class_dim(x.array, t.array, asked)
    plain = weight is None and reduction != "none" and t.array.size
    if plain and kept_targets(t.array, x.array.shape[dim], ignore_index, asked) is None:
        return NLL_LOSS.apply((x, t), (dim, reduction))
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
    if not 0 <= ignored < count and (
        not unsigned.size or np.maximum.reduce(unsigned, None) < count
    ):
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
