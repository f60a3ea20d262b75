"""What is compared on what: samples and targets, folds, and what makes a layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from tinygradx import nn
from tinygradx.errors import ArgumentError, DtypeError, ShapeError, UnknownNameError
from tinygradx.nn.activation import layer_name
from tinygradx.ops import random
from tinygradx.ops.activations import ACTIVATIONS
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.ops.random import Generator
from tinygradx.tensor import Tensor

Array = np.ndarray[Any, np.dtype[Any]]

#: What is tried where nothing is named: the classics, and what newer networks have.
USUAL = ("relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "tanh", "sigmoid")


class Task(NamedTuple):
    """Classes or numbers."""

    scoring: str
    classes: int

    def loss(self, answers: Any, targets: Any) -> Any:
        """Cross entropy of logits, or the mean squared error."""
        if not self.classes:
            return nn.functional.mse_loss(answers.reshape(targets.shape), targets)
        if answers.shape[-1] == 1:
            right = targets.to(answers.dtype)
            return nn.functional.binary_cross_entropy_with_logits(answers[:, 0], right)
        return nn.functional.cross_entropy(answers, targets)

    @property
    def worst(self) -> float:
        """What a training without a number scores: R² has no least value, so less than any."""
        return 0.0 if self.classes else -np.inf

    def score(self, answers: Array, targets: Array) -> float:
        """The share of right classes, or the share of the variance that is explained."""
        if not self.classes:
            missed = answers.reshape(targets.shape).astype(np.float64) - targets
            with np.errstate(over="ignore"):  # of float64 beyond 1e154: -inf, as if it were none
                rest = float((missed**2).sum())
            whole = float(((targets - targets.mean(0)) ** 2).sum())
            return 1.0 - rest / whole if whole else float(rest == 0.0)
        named = answers[:, 0] > 0.0 if answers.shape[1] == 1 else answers.argmax(1)
        return float((named == targets).sum()) / len(targets)

    def check(self, answers: Any, targets: Any) -> None:
        """Refuse a module whose outputs do not belong to the targets."""
        shape, count = answers.shape, len(targets)
        if self.classes:
            known = (count, self.classes), (count, 1) if self.classes == 2 else ()
        else:
            known = tuple(targets.shape), (count, 1) if targets.ndim == 1 else ()
        if shape not in known:
            what = f"{self.classes} classes" if self.classes else f"numbers of {targets.shape}"
            raise ShapeError(
                f"compare_activations on {what}", f"a module that answers {shape}",
                f"let the last layer answer {known[0]}",
            )  # fmt: skip


def read_data(X: Any, y: Any) -> tuple[Array, Array, Task]:
    """Samples, targets and what is to be learned, as arrays."""
    samples, targets = (
        np.asarray(v.detach().numpy() if isinstance(v, Tensor) else v) for v in (X, y)
    )
    asked = "compare_activations"
    if samples.ndim < 1 or targets.ndim < 1 or len(samples) != len(targets):
        raise ShapeError(
            asked, f"X of shape {samples.shape} and y of shape {targets.shape}",
            "pass one y for every x, along the first dimension",
        )  # fmt: skip
    if samples.dtype.kind not in "biuf":
        raise DtypeError(asked, f"X of dtype {samples.dtype}", "pass numbers")
    if not np.isfinite(samples).all():
        raise ArgumentError(asked, "NaN or infinity in X", "fill in what is missing first")
    if samples.dtype.kind != "f":
        samples = samples.astype(get_default_dtype())
    if targets.dtype.kind == "f":
        if not np.isfinite(targets).all():
            raise ArgumentError(asked, "NaN or infinity in y", "leave such samples out")
        return samples, targets.astype(samples.dtype), Task("R²", 0)
    if targets.ndim != 1:
        raise ShapeError(
            asked, f"classes of shape {targets.shape}", "pass one class for each sample, (N,)"
        )
    classes, places = np.unique(targets, return_inverse=True)
    if len(classes) < 2:
        raise ArgumentError(asked, "a single class", "pass samples of two classes at least")
    return samples, places.astype(np.int64), Task("accuracy", len(classes))


def folds_of(cv: Any, samples: Array, targets: Array, task: Task) -> list[tuple[Array, Array]]:
    """Pairs of indices: what to train on, and what is held out."""
    count = len(samples)
    if not isinstance(cv, (int, np.integer)):
        split = cv.split(samples, targets) if hasattr(cv, "split") else cv
        pairs = [(np.asarray(train), np.asarray(held)) for train, held in split]
        if not pairs or not all(len(train) and len(held) for train, held in pairs):
            raise ArgumentError(
                "compare_activations with folds of your own", "an empty one, or none",
                "pass pairs of indices: [(train, held_out), ...]",
            )  # fmt: skip
        return pairs
    fewest = int(np.bincount(targets).min()) if task.classes else count
    if not 2 <= cv <= fewest:
        what = "samples in the smallest class" if task.classes else "samples"
        raise ArgumentError(
            f"compare_activations with cv={cv}", f"{fewest} {what}", f"use 2 to {fewest} folds"
        )
    return list(stratified_folds(targets if task.classes else np.zeros(count, int), int(cv)))


def stratified_folds(classes: Array, cv: int, seed: int = 0) -> Iterable[tuple[Array, Array]]:
    """Pairs of indices to train on and to hold out; each class is shared out evenly.

    Each class is shuffled, and dealt out like cards, where the class before ended.

    Parameters
    ----------
    classes : array
        The class of each sample, whole numbers of shape (N,).
    cv : int
        How many folds.
    seed : int
        What the order is drawn from.

    Examples
    --------
    >>> for train, held in stratified_folds(np.array([0, 0, 0, 0, 1, 1]), 2):
    ...     print(len(train), np.bincount(np.array([0, 0, 0, 0, 1, 1])[held]))
    3 [2 1]
    3 [2 1]
    """
    generator = Generator().manual_seed(seed)
    dealt = np.empty(len(classes), np.int64)
    start = 0
    for kind in np.unique(classes):
        own = np.flatnonzero(classes == kind)
        own = own[random.permutation(len(own), generator)]
        dealt[own] = (start + np.arange(len(own))) % cv
        start += len(own)
    for fold in range(cv):
        yield np.flatnonzero(dealt != fold), np.flatnonzero(dealt == fold)


def makers_of(activations: Any) -> dict[str, Callable[[], Any]]:
    """What makes a layer, by the name it has in the table."""
    chosen = USUAL if activations is None else activations
    if isinstance(chosen, Mapping):
        makers = dict(chosen)
    else:
        listed = [chosen] if isinstance(chosen, str) or callable(chosen) else list(chosen)
        makers = {}
        for one in listed:
            name = one if isinstance(one, str) else getattr(one, "__name__", repr(one))
            makers[name] = _class_of(one) if isinstance(one, str) else one
    wrong = [name for name, make in makers.items() if not callable(make)]
    if wrong or not makers:
        raise ArgumentError(
            "compare_activations", f"{wrong[0]!r}, which makes no layer" if wrong else "none",
            'pass names such as ["relu", "tanh"], classes such as nn.ReLU, or a mapping of both',
        )  # fmt: skip
    return makers


def _class_of(name: str) -> Any:
    """The class of layers of an activation."""
    if name not in ACTIVATIONS:
        raise UnknownNameError(
            f"compare the activation {name!r}", "a name that is not in the registry",
            f"use one of {', '.join(ACTIVATIONS)}, or register your own",
        )  # fmt: skip
    return nn.PReLU if name == "prelu" else getattr(nn, layer_name(name))
