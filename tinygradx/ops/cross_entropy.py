"""Cross entropy: how improbable the right class is, by its scores, in one kernel.

The block is a row formula, like softmax, with the index of the right class in each row beside it.
What else the function offers (probabilities, weights, smoothing, more dimensions) is composed of
it and of `log_softmax`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, Node, Op, here, is_grad_enabled, next_age, register, wrap
from tinygradx.kernels import BACKENDS, Formula, RowText, backend_of, row_kernel
from tinygradx.ops.activations import log_softmax
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import add, mul, neg
from tinygradx.ops.elementwise import DTYPE_NAMES
from tinygradx.ops.exponentials import exp, log1p
from tinygradx.ops.losses import (
    REDUCTIONS,
    check_reduction,
    class_dim,
    class_losses,
    class_weights,
    kept_targets,
    reduce_losses,
    reduce_weighted,
    reduction_of,
)
from tinygradx.ops.reductions import MEAN, PICK, SUM
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.rowwise import row_max, row_sum
from tinygradx.ops.shapes import reshape, unsqueeze
from tinygradx.ops.structural import as_handle

_INT64 = np.dtype(np.int64)


def row_pick(x: Any, t: Any) -> Any:
    """The element of each row of a matrix that `t` has the index of, with one column."""
    return unsqueeze(PICK.apply((x, t), (1,)), 1)


def is_at(x: Any, t: Any) -> Any:
    """For each element of a matrix, whether it is the one that `t` has the index of."""
    places = backend_of(x.array).xp.arange(x.array.shape[1])
    return wrap(x.result_class, t.array[:, None] == places)


def row_cross_entropy(x, t):
    """The loss of a row of scores x by the index t of the right class, and its slope along x.

    The loss is -log(p[t]), where p = exp(x) / sum(exp(x)), and the slope p, less 1 at t.
    """
    # The right class apart from the others: where it is nearly certain, e[t] is 1 and log1p sees
    # the small rest, which 1 + rest would lose; so would p[t] - 1, which is -rest / whole.
    top = row_max(x)
    e = exp(x - top)
    rest = row_sum(where(is_at(x, t), 0.0, e))
    picked = row_pick(e, t)
    loss = log1p(rest + (picked - 1.0)) - (row_pick(x, t) - top)
    return loss, where(is_at(x, t), -rest, e) / (rest + picked)


class CrossEntropy(Op):
    """The losses of scores (N, C) by the indices of the right classes (N,), or one number of them.

    The way back has nothing left to compute but a product, as the slope comes of the same
    exponentials as the loss. The mean is taken here, and not by an operation of its own, on which a
    small network would spend a tenth of its training step.
    """

    name = "cross_entropy"
    inputs = ("x", "t")
    settings = ("reduction",)
    saves = ("x", "t", "slope")
    origins = (0, 1, 0)
    fits = True
    textbook = "-log(exp(x[t]) / sum(exp(x)))"

    def __init__(self) -> None:
        self.formula = Formula(row_cross_entropy, "cross_entropy")
        self._kernels: dict[Any, tuple[Callable[..., None], int]] = {}
        register(self)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def text(self, device: str, dtype: str) -> RowText:
        """The kernel that computes losses and slopes, and how much scratch it needs."""
        return row_kernel(self.name, device, dtype, self.formula, ["x"], indices=["t"])

    def apply(self, handles: Sequence[Handle], params: tuple[Any, ...]) -> Any:
        """Compute, and record if recording is on and a gradient is wanted."""
        x, t = handles
        scores, classes = x.array, t.array
        losses, slope = self._run(scores, classes)
        if params[0] == "none":
            out = losses.reshape(len(scores))
        else:
            out = (MEAN if params[0] == "mean" else SUM).forward(losses, None, False)
        handle = wrap(x.result_class, out)
        if x.requires_grad and is_grad_enabled():
            saved = scores, classes, slope
            handle.node = Node(
                self, (x.source(), t.source()), saved, params, next_age(), here(2), out.shape,
                out.dtype, handle.cell,
            )  # fmt: skip
        return handle

    def _run(self, scores: Any, classes: Any) -> tuple[Any, Any]:
        """The loss of each row, (N, 1), and its slope along the scores, (N, C)."""
        backend, dtype = BACKENDS[scores.__class__], scores.dtype
        known = self._kernels.get(dtype)
        if known is None:
            text, slots = self.text(backend.name, DTYPE_NAMES[dtype.char])
            known = self._kernels[dtype] = backend.load(text), slots
        kernel, slots = known
        xp, (height, width) = backend.xp, scores.shape
        ready = [a if a.flags.c_contiguous else a.copy() for a in (scores, classes)]
        losses, slope = xp.empty((height, 1), dtype), xp.empty((height, width), dtype)
        scratch = xp.empty((height, slots, width), dtype)
        backend.run_rows(kernel, height, width, (*ready, scratch, losses, slope))
        return losses, slope

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        """The share of the scores; classes have none."""
        x, t, slope = self.kept(node)
        if create:
            return self._pull_handles(g, node, wrap(kind, x, node.inputs[0]), wrap(kind, t)), None
        reduction, backend = node.params[0], backend_of(x)
        if reduction == "none":
            factor = g.reshape(len(x), 1)
        else:  # a Python number: with it NumPy multiplies in half the time
            factor = g.item() / len(x) if reduction == "mean" else g.item()
        return backend.call(np.multiply, slope, factor), None

    def _pull_handles(self, g: Handle, node: Node, x: Handle, t: Handle) -> Any:
        """The same in operations, which are recorded."""
        height, width = x.array.shape
        if node.params[0] == "none":
            column = unsqueeze(g, 1)
        else:
            part = mul(g, 1.0 / height) if node.params[0] == "mean" else g
            column = expand(reshape(part, (1, 1)), (height, width))
        return mul(column, self.formula.function(x, t)[1])

    def replay(self, node: Node, handles: Sequence[Handle]) -> Handle:
        """The same operation on other handles."""
        return self.apply(handles, node.params)  # type: ignore[no-any-return]


CROSS_ENTROPY = CrossEntropy()


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """The cross entropy of class scores against the right classes, or their probabilities.

    With scores x and the index t of the right class it is ``-log(exp(x[t]) / sum(exp(x)))``; with
    probabilities q it is ``-sum(q * log(exp(x) / sum(exp(x))))``.

    Parameters
    ----------
    input : Tensor
        Scores (logits) of shape (C,), (N, C) or (N, C, d1, ...), floats.
    target : Tensor
        Class indices, integers from 0 to C - 1, in the shape of the scores without C; or floats in
        the shape of the scores: a probability for each class.
    weight : Tensor, optional
        Of shape (C,): how much each class counts.
    size_average, reduce : bool, optional
        PyTorch's older way to say the reduction.
    ignore_index : int
        Targets of this value count for nothing; with class indices only.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses. A mean of class indices is weighted: the sum is divided by the
        sum of the weights of what was not ignored.
    label_smoothing : float
        From 0 to 1: how much of each target is shared out evenly among the classes. Szegedy et al.
        (2016), arXiv:1512.00567.

    Returns
    -------
    Tensor
        A number, or with "none" one for each target.

    Raises
    ------
    ShapeError, DtypeError, DimError, ArgumentError
        If shapes or dtypes do not match, a class is out of range, an option is not known, or there
        is nothing to take a mean of.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.cross_entropy(tgx.zeros(1, 4), tgx.tensor([2]))
    tensor(1.3863)
    """
    if size_average is not None or reduce is not None:
        reduction = reduction_of(size_average, reduce, reduction)
    x = input if isinstance(input, Handle) else as_handle(input, "cross_entropy")
    t = target if isinstance(target, Handle) else as_handle(target, "cross_entropy")
    if reduction not in REDUCTIONS:
        check_reduction(reduction, "cross_entropy")
    if weight is None and not label_smoothing and _is_plain(x.array, t.array, ignore_index):
        answer = CROSS_ENTROPY.apply((x, t), (reduction,))
        # A class that does not exist makes the loss nan: where it is none, all is well, and looking
        # for such classes beforehand, a fortieth of a small training step, can be left out.
        if reduction != "none" and not math.isnan(answer.array):
            return answer
        if _all_exist(t.array, x.array.shape[1]):
            return answer
    if not 0.0 <= label_smoothing <= 1.0:
        raise ArgumentError(
            f"cross_entropy with label_smoothing={label_smoothing!r}", "not a share of one",
            "use a number from 0 to 1",
        )  # fmt: skip
    if t.array.dtype.kind == "f":
        losses = _by_probability(x, t, weight, ignore_index, label_smoothing)
        return reduce_losses(losses, reduction, "cross_entropy")
    dim = class_dim(x.array, t.array, "cross_entropy")
    log_p = log_softmax(x, dim)
    losses, counts = class_losses(log_p, t, dim, weight, ignore_index, "cross_entropy")
    if label_smoothing:
        count = x.array.shape[dim]
        evenly = neg(total(_weighted(log_p, dim, weight), dim))
        kept = kept_targets(t.array, count, ignore_index, "cross_entropy")
        if kept is not None:
            evenly = where(wrap(x.result_class, kept), evenly, 0.0)
        losses = add(mul(losses, 1.0 - label_smoothing), mul(evenly, label_smoothing / count))
    return reduce_weighted(losses, counts, reduction, "cross_entropy")


def _is_plain(scores: Any, classes: Any, ignored: int) -> bool:
    """Whether these are scores (N, C) with classes (N,), none of them ignored."""
    if scores.ndim != 2 or classes.dtype is not _INT64 or classes.shape != scores.shape[:1]:
        return False
    return scores.dtype.kind == "f" and scores.size and not 0 <= ignored < scores.shape[1]


def _all_exist(classes: Any, count: int) -> bool:
    """Whether all classes are from 0 to count - 1."""
    return bool((classes >= 0).all() and (classes < count).all())


def _by_probability(x: Handle, t: Handle, weight: Any, ignored: int, smoothing: float) -> Any:
    """The losses of probabilities: -sum(q * log(p)) over the classes."""
    scores, shape = x.array.shape, t.array.shape
    if shape != scores or not scores:
        raise ShapeError(
            f"cross_entropy of scores {scores} and probabilities {shape}",
            f"a target of {t.array.dtype}, which is taken for probabilities, of another shape",
            "pass a probability for each score, or class indices: target.long()",
        )
    if x.array.dtype.kind != "f":
        raise DtypeError(
            "cross_entropy", f"scores of dtype {x.array.dtype}", "pass floats: input.float()"
        )
    if ignored >= 0:
        raise ArgumentError(
            f"cross_entropy of probabilities with ignore_index={ignored}", "no class indices",
            "leave it out, or use weight=",
        )  # fmt: skip
    dim = 1 if len(scores) > 1 else 0
    if smoothing:
        t = add(mul(t, 1.0 - smoothing), smoothing / scores[dim])
    return neg(total(_weighted(mul(log_softmax(x, dim), t), dim, weight), dim))


def _weighted(terms: Any, dim: int, weight: Any) -> Any:
    """Terms times the weights of their classes, which lie along `dim`."""
    if weight is None:
        return terms
    shape = terms.array.shape
    along = [shape[dim] if axis == dim else 1 for axis in range(len(shape))]
    return mul(terms, reshape(class_weights(weight, terms, shape[dim], "cross_entropy"), along))


__all__ = ["CROSS_ENTROPY", "cross_entropy"]
