"""Metrics: how good predictions are, in numbers that a person can read.

A metric is fed batch by batch and answers one number for all of them, so that it does not matter
how the samples were shared out.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError, UnknownNameError
from tinygradx.tensor import Tensor

#: The names that `fit` takes for the metrics that are here.
NAMES = 'use "accuracy", "top5" (or another number), "mae", "r2", or a function'


class Metric:
    """The base of metrics: write `update`, `value` and `reset`.

    Attributes
    ----------
    name : str
        What it is called in the history.
    better : {"max", "min"} or None
        Whether a larger or a smaller value is better; None where nobody said.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> class Largest(tgx.train.Metric):
    ...     name, better = "largest", "min"
    ...
    ...     def reset(self):
    ...         self.found = 0.0
    ...
    ...     def update(self, prediction, target):
    ...         self.found = max(self.found, (prediction - target).abs().max().item())
    ...
    ...     def value(self):
    ...         return self.found
    >>> metric = Largest()
    >>> metric.reset()
    >>> metric.update(tgx.tensor([1.0, 2.0]), tgx.tensor([1.0, 5.0]))
    >>> metric.value()
    3.0
    """

    name: str = ""
    better: str | None = None

    def reset(self) -> None:
        """Forget all batches."""
        raise NotImplementedError(f"{type(self).__name__} has no reset")

    def update(self, prediction: Any, target: Any) -> None:
        """Take a batch into account."""
        raise NotImplementedError(f"{type(self).__name__} has no update")

    def value(self) -> float:
        """The number for all batches since `reset`."""
        raise NotImplementedError(f"{type(self).__name__} has no value")

    def state_dict(self) -> dict[str, Any]:
        """What it has counted so far, to go on from there."""
        return copy.deepcopy(vars(self))

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` answered."""
        vars(self).update(state)


class _Share(Metric):
    """A share of all elements: right ones of many."""

    better: str | None = "max"
    right: float
    count: int

    def reset(self) -> None:
        """Forget all batches."""
        self.right, self.count = 0.0, 0

    def value(self) -> float:
        """The share."""
        return self.right / self.count if self.count else float("nan")

    def add(self, right: float, count: int) -> None:
        """Count a batch."""
        self.right, self.count = self.right + right, self.count + count


class Accuracy(_Share):
    """The share of predictions that are right.

    Scores of shape (N, C, ...) are compared with classes of shape (N, ...): right is where the
    class has the largest score. Whole numbers and bools are compared as they are.

    Parameters
    ----------
    threshold : float, optional
        For two classes with one number each, of the same shape as the targets: above it the
        prediction is 1. 0 for logits (`BCEWithLogitsLoss`), 0.5 for probabilities (`BCELoss`).

    Raises
    ------
    ShapeError
        If the shapes do not belong together.
    ArgumentError
        If floats of the same shape come without a threshold.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> metric = tgx.train.Accuracy()
    >>> metric.reset()
    >>> metric.update(tgx.tensor([[0.1, 2.0], [3.0, 0.0]]), tgx.tensor([1, 1]))
    >>> metric.value()
    0.5
    """

    name = "accuracy"

    def __init__(self, threshold: float | None = None) -> None:
        self.threshold = threshold
        self.reset()

    def update(self, prediction: Any, target: Any) -> None:
        """Take a batch into account."""
        x, y = _arrays(self.name, prediction, target)
        if self.threshold is not None:
            _check_same(self.name, x, y)
            right = (x > self.threshold) == (y > 0.5)
        elif x.ndim == y.ndim + 1 and x.shape == (*y.shape[:1], x.shape[1], *y.shape[1:]):
            right = x.argmax(1) == y
        else:
            _check_same(self.name, x, y)
            if x.dtype.kind == "f":
                raise ArgumentError(
                    "accuracy of one number for each sample", "no threshold between the classes",
                    "use Accuracy(threshold=0.0) for logits, Accuracy(threshold=0.5) for "
                    "probabilities; for scores of several classes pass class numbers as targets",
                )  # fmt: skip
            right = x == y
        self.add(float(right.sum()), right.size)


class TopK(_Share):
    """The share of samples whose class is among the k with the largest scores.

    A class whose score equals that of others counts as the last of them, so that equal scores
    everywhere are not right by chance.

    Parameters
    ----------
    k : int
        How many.

    Raises
    ------
    ShapeError
        If the scores are not of shape (N, C) for targets of shape (N,).
    ArgumentError
        If there are not as many classes as k.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> metric = tgx.train.TopK(2)
    >>> metric.reset()
    >>> metric.update(tgx.tensor([[0.1, 0.5, 0.4], [0.9, 0.1, 0.0]]), tgx.tensor([2, 2]))
    >>> metric.value()
    0.5
    """

    def __init__(self, k: int = 5) -> None:
        if not isinstance(k, int) or isinstance(k, bool) or k < 1:
            raise ArgumentError(f"TopK({k!r:.40})", "no number of classes", "use 1 or more")
        self.k, self.name = k, f"top{k}"
        self.reset()

    def update(self, prediction: Any, target: Any) -> None:
        """Take a batch into account."""
        x, y = _arrays(self.name, prediction, target)
        if x.ndim != 2 or y.shape != x.shape[:1]:
            raise ShapeError(
                self.name, f"predictions of shape {x.shape} for targets of shape {y.shape}",
                "pass scores of shape (N, C) and classes of shape (N,)",
            )  # fmt: skip
        if x.shape[1] < self.k:
            raise ArgumentError(self.name, f"only {x.shape[1]} classes", "use a smaller k")
        own = x[np.arange(len(y)), y][:, None]
        self.add(float(((x >= own).sum(1) <= self.k).sum()), len(y))


class MeanAbsoluteError(_Share):
    """The mean of abs(prediction - target), over all elements.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> metric = tgx.train.MeanAbsoluteError()
    >>> metric.reset()
    >>> metric.update(tgx.tensor([1.0, 2.0]), tgx.tensor([1.0, 5.0]))
    >>> metric.value()
    1.5
    """

    name, better = "mae", "min"

    def __init__(self) -> None:
        self.reset()

    def update(self, prediction: Any, target: Any) -> None:
        """Take a batch into account."""
        x, y = _arrays(self.name, prediction, target)
        _check_same(self.name, x, y)
        difference = np.abs(x.astype(np.float64) - y.astype(np.float64))
        self.add(float(difference.sum()), difference.size)


class R2(Metric):
    """The coefficient of determination: how much of the scatter of the targets is explained.

    1 - sum((y - prediction)**2) / sum((y - mean(y))**2), for each column, and the mean of the
    columns: 1 is perfect, 0 is as good as always answering the mean. The sums are merged batch by
    batch as by Chan, Golub & LeVeque (1983), so that no digits cancel. Targets that are all alike
    give 1 where all predictions are right and 0 elsewhere, as in scikit-learn.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> metric = tgx.train.R2()
    >>> metric.reset()
    >>> metric.update(tgx.tensor([1.0, 2.0, 3.0]), tgx.tensor([1.0, 2.0, 4.0]))
    >>> round(metric.value(), 4)
    0.7857
    """

    name, better = "r2", "max"
    count: int
    mean: Any
    scatter: Any
    missed: Any

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all batches."""
        self.count, self.mean, self.scatter, self.missed = 0, 0.0, 0.0, 0.0

    def update(self, prediction: Any, target: Any) -> None:
        """Take a batch into account."""
        x, y = _arrays(self.name, prediction, target)
        _check_same(self.name, x, y)
        x, y = (part.astype(np.float64).reshape(len(part), -1) for part in (x, y))
        if not len(y):
            return
        mean, total = y.mean(0), self.count + len(y)
        away = mean - self.mean
        self.scatter = self.scatter + ((y - mean) ** 2).sum(0)
        self.scatter = self.scatter + away**2 * (self.count * len(y) / total)
        self.mean = self.mean + away * (len(y) / total)
        self.missed = self.missed + ((y - x) ** 2).sum(0)
        self.count = total

    def value(self) -> float:
        """The mean of the columns."""
        if not self.count:
            return float("nan")
        # Alike but for the rounding of their mean, which is far below 8 ulp.
        flat = self.scatter <= self.count * (8 * np.finfo(np.float64).eps * self.mean) ** 2
        part = 1.0 - self.missed / np.where(flat, 1.0, self.scatter)
        return float(np.where(flat, np.where(self.missed == 0.0, 1.0, 0.0), part).mean())


class Mean(_Share):
    """A function of a batch, averaged with the batch's size as weight.

    Parameters
    ----------
    function : callable
        From (prediction, target) to a number, or a tensor of one element.
    name : str, optional
        The function's own when left out.
    """

    better = None

    def __init__(self, function: Callable[[Any, Any], Any], name: str | None = None) -> None:
        self.function = function
        self.name = name or str(getattr(function, "__name__", type(function).__name__))
        self.reset()

    def update(self, prediction: Any, target: Any) -> None:
        """Take a batch into account."""
        found = self.function(prediction, target)
        try:
            number = float(found)
        except (TypeError, ValueError):
            raise DtypeError(
                f"the metric {self.name}", f"a {type(found).__name__} that is not one number",
                "answer the mean of the batch, as a number",
            ) from None  # fmt: skip
        count = samples_in(target)
        self.add(number * count, count)

    def state_dict(self) -> dict[str, Any]:
        """The sums; the function is the user's."""
        return {"right": self.right, "count": self.count}


def made(metrics: Any) -> list[Metric]:
    """The metrics of what `fit` was given.

    Parameters
    ----------
    metrics : str, callable, Metric, iterable or mapping of them
        A mapping names them: copies of metrics, which may so be there twice.

    Raises
    ------
    UnknownNameError
        If a name is not known.
    ArgumentError, DtypeError
        If two have one name, or one is no metric.
    """
    if isinstance(metrics, Mapping):
        found = []
        for name, metric in metrics.items():
            one = _one(metric)
            if one is metric:  # the user's own keeps its name, and may be there under two
                one = copy.deepcopy(one)
            one.name = name
            found.append(one)
    else:
        alone = isinstance(metrics, (str, Metric)) or callable(metrics)
        found = [_one(metric) for metric in ([metrics] if alone else metrics)]
    names = [metric.name for metric in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ArgumentError(
            "train with metrics", f"two called {twice!r}", 'name them: metrics={"first": ...}'
        )
    taken = next((n for n in names if n in ("loss", "lr", "seconds") or n[:4] == "val_"), None)
    if taken is not None:
        raise ArgumentError(
            "train with metrics", f"one called {taken!r}, which the history has already",
            'give it another name: metrics={"other": ...}',
        )  # fmt: skip
    return found


def _one(metric: Any) -> Metric:
    if isinstance(metric, Metric):
        return metric
    if isinstance(metric, str):
        top = re.fullmatch(r"top-?(\d+)", metric)
        if top:
            return TopK(int(top[1]))
        known: dict[str, Callable[[], Metric]] = {
            "accuracy": Accuracy, "mae": MeanAbsoluteError, "r2": R2,
        }  # fmt: skip
        if metric not in known:
            raise UnknownNameError(f"the metric {metric!r}", "no such metric", NAMES)
        return known[metric]()
    if callable(metric) and not isinstance(metric, type):
        return Mean(metric)
    if isinstance(metric, type):
        raise DtypeError(
            "train with metrics", f"the class {metric.__name__} itself",
            f"pass an object: {metric.__name__}()",
        )  # fmt: skip
    raise DtypeError("train with metrics", f"a {type(metric).__name__}", NAMES)


def samples_in(batch: Any) -> int:
    """How many samples a target has: the first size of the first tensor in it."""
    if isinstance(batch, Mapping):
        batch = next(iter(batch.values()), None)
    if isinstance(batch, (list, tuple)):
        return samples_in(batch[0]) if len(batch) else 0
    return int(batch.shape[0]) if getattr(batch, "shape", ()) else 1


def _arrays(name: str, *values: Any) -> list[Any]:
    """Tensors as arrays."""
    for value in values:
        if not isinstance(value, (Tensor, np.ndarray)):
            raise DtypeError(
                f"the metric {name}", f"a {type(value).__name__}",
                "pass tensors, or write a function of your own for such predictions",
            )  # fmt: skip
    return [v.detach().numpy() if isinstance(v, Tensor) else v for v in values]


def _check_same(name: str, x: Any, y: Any) -> None:
    """Refuse shapes that differ: (n, 1) against (n,) would be compared as n by n."""
    if x.shape != y.shape:
        raise ShapeError(
            f"the metric {name}", f"predictions of shape {x.shape} and targets of shape {y.shape}",
            "make them alike: prediction.squeeze(1), or target.unsqueeze(1)",
        )  # fmt: skip
