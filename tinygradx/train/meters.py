"""Meters: the mean loss of many batches, and the metrics beside it."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygradx.errors import ShapeError
from tinygradx.graph import no_grad
from tinygradx.nn import CrossEntropyLoss, Module, NLLLoss, functional
from tinygradx.nn.loss import Loss
from tinygradx.tensor import Tensor
from tinygradx.train.metrics import Metric, samples_in


class Averaging:
    """How much the loss of a batch counts in the mean of all batches.

    A mean counts by what it was taken of: elements, or the weights of the classes that are not
    ignored. Of a function of one's own nobody knows; it counts by samples. A sum counts once, and
    is divided by the samples at the end.

    Parameters
    ----------
    loss : callable
        As for `fit`.

    Raises
    ------
    ShapeError
        If it is a loss with `reduction="none"`, which answers many numbers.
    """

    def __init__(self, loss: Any) -> None:
        function, settings = loss, {}
        if isinstance(loss, functools.partial):
            function, settings = loss.func, loss.keywords
        elif isinstance(loss, Module):
            settings = vars(loss)
        name = getattr(function, "__name__", "")
        own = name and getattr(functional, name, None) is function
        self.reduction = settings.get("reduction", "mean")
        self.known = self.reduction == "mean" and (own or isinstance(loss, Loss))
        self.of_classes = self.known and (
            isinstance(loss, (CrossEntropyLoss, NLLLoss)) or name in ("cross_entropy", "nll_loss")
        )
        self.ignored = settings.get("ignore_index", -100)
        self.weight = settings.get("weight")
        if self.reduction == "none":
            raise ShapeError(
                "train with a loss", 'reduction="none", many numbers for a batch',
                'answer one number: reduction="mean", or "sum"',
            )  # fmt: skip

    def weights(self, target: Any) -> tuple[float, float]:
        """What to multiply a batch's loss by, and what that adds to the divisor."""
        if self.reduction == "sum":
            return 1.0, samples_in(target)
        count = self._elements(target) if self.known else samples_in(target)
        return count, count

    def _elements(self, target: Any) -> float:
        """Of how many elements a batch's loss is the mean; of classes, of how much weight."""
        if not isinstance(target, Tensor):
            return samples_in(target)
        if not self.of_classes:
            return target.numel()
        if target.dtype.kind == "f":  # probabilities, (N, C, ...): the mean is one of N, ...
            return target.numel() / target.shape[min(1, target.ndim - 1)]
        classes = target.detach().numpy()
        kept = classes != self.ignored
        if self.weight is None:
            return int(np.count_nonzero(kept))
        return float(self.weight.detach().numpy()[classes[kept]].sum(dtype=np.float64))


class Meters:
    """The mean loss and the metrics of the batches since `reset`.

    Parameters
    ----------
    metrics : sequence of Metric
        What else to measure.
    loss : callable
        What the losses come from.

    Attributes
    ----------
    samples : int
        How many there were.
    """

    def __init__(self, metrics: Sequence[Metric], loss: Any) -> None:
        self.metrics, self.averaging = metrics, Averaging(loss)
        self.reset()

    def reset(self) -> None:
        """Forget all batches."""
        self.total, self.divisor, self.samples = 0.0, 0.0, 0
        for metric in self.metrics:
            metric.reset()

    def update(self, loss: float, prediction: Any, target: Any) -> None:
        """Take a batch into account."""
        factor, share = self.averaging.weights(target)
        self.total, self.divisor = self.total + loss * factor, self.divisor + share
        self.samples += samples_in(target)
        if self.metrics:
            with no_grad():
                for metric in self.metrics:
                    metric.update(prediction, target)

    def values(self, prefix: str = "") -> dict[str, float]:
        """The numbers by name."""
        mean = self.total / self.divisor if self.divisor else math.nan
        found = {f"{prefix}loss": mean}
        return found | {f"{prefix}{metric.name}": metric.value() for metric in self.metrics}

    def state_dict(self) -> dict[str, Any]:
        """What was counted so far."""
        states = [metric.state_dict() for metric in self.metrics]
        counted = {"total": self.total, "divisor": self.divisor, "samples": self.samples}
        return counted | {"metrics": states}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` answered."""
        self.total, self.divisor = state["total"], state["divisor"]
        self.samples = state["samples"]
        for metric, kept in zip(self.metrics, state["metrics"], strict=True):
            metric.load_state_dict(kept)
