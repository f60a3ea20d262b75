"""Run: one training, as its callbacks see it."""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError, TeachingError
from tinygradx.graph import no_grad
from tinygradx.kernels import cache
from tinygradx.nn import Module
from tinygradx.nn.utils import clip_grad_norm_, clip_grad_value_
from tinygradx.optim import Optimizer
from tinygradx.optim.lr_scheduler import CyclicLR, LRScheduler, OneCycleLR, ReduceLROnPlateau
from tinygradx.tensor import Tensor
from tinygradx.train.callbacks import Callback
from tinygradx.train.history import History
from tinygradx.train.metrics import Metric, samples_in


class TrainingError(TeachingError, RuntimeError):
    """A training that cannot go on."""


class Meters:
    """The mean loss and the metrics of the batches since `reset`."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self.metrics = metrics
        self.reset()

    def reset(self) -> None:
        """Forget all batches."""
        self.total, self.count = 0.0, 0
        for metric in self.metrics:
            metric.reset()

    def update(self, loss: float, prediction: Any, target: Any) -> None:
        """Take a batch into account; its loss is the mean of its samples."""
        count = samples_in(target)
        self.total, self.count = self.total + loss * count, self.count + count
        if self.metrics:
            with no_grad():
                for metric in self.metrics:
                    metric.update(prediction, target)

    def values(self, prefix: str = "") -> dict[str, float]:
        """The numbers by name."""
        mean = self.total / self.count if self.count else math.nan
        found = {f"{prefix}loss": mean}
        return found | {f"{prefix}{metric.name}": metric.value() for metric in self.metrics}

    def state_dict(self) -> dict[str, Any]:
        """What was counted so far."""
        states = [metric.state_dict() for metric in self.metrics]
        return {"total": self.total, "count": self.count, "metrics": states}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` answered."""
        self.total, self.count = state["total"], state["count"]
        for metric, kept in zip(self.metrics, state["metrics"], strict=True):
            metric.load_state_dict(kept)


class Run:
    """One training: what takes part in it, and how far it is.

    Callbacks get it. They may read everything, and set `stop`.

    Attributes
    ----------
    model, loss, optimizer, scheduler
        As they were given to `fit`.
    loader, validation : iterable
        The batches to learn from, and to be judged by (or None).
    epochs : int
        How many there will be.
    epoch : int
        How many have ended.
    batch : int
        How many batches of the present epoch are done.
    step : int
        How many steps the optimiser has made in all.
    latest : dict
        The numbers of the epoch that ended last; in an epoch, so far, `meters.values()`.
    history : History
        The numbers of all epochs that ended.
    stop : bool
        Set it to True to end the training after this epoch.
    interrupted : bool
        Whether somebody pressed Ctrl-C.
    seconds, speed : float
        How long this epoch has learned, without the time that kernels took to compile, and how
        many samples a second.
    """

    def __init__(
        self,
        model: Any,
        loss: Any,
        optimizer: Any,
        loader: Any,
        epochs: int,
        metrics: Sequence[Metric],
        callbacks: Sequence[Callback],
        validation: Any,
    ) -> None:
        if not isinstance(model, Module):
            raise DtypeError(
                "train a model", f"a {type(model).__name__}", "pass a Module: nn.Sequential(...)"
            )
        if not callable(loss):
            raise DtypeError(
                "train with a loss", f"a {type(loss).__name__}",
                "pass a layer or a function of (prediction, target): nn.CrossEntropyLoss()",
            )  # fmt: skip
        if not isinstance(optimizer, Optimizer):
            raise DtypeError(
                "train with an optimizer", f"a {type(optimizer).__name__}",
                "pass one: optim.Adam(model.parameters())",
            )  # fmt: skip
        if not isinstance(epochs, int) or isinstance(epochs, bool) or epochs < 0:
            raise ArgumentError(
                f"train for epochs={epochs!r:.40}", "no number of epochs",
                "use a whole number from 0 on",
            )  # fmt: skip
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.loader, self.validation, self.epochs = loader, validation, epochs
        self.callbacks = callbacks
        self.meters = Meters(metrics)
        self.better: dict[str, str | None] = {"loss": "min"}
        self.better |= {metric.name: metric.better for metric in metrics}
        self.scheduler: Any = None
        self.scheduler_each = "epoch"
        self.clip_norm: float | None = None
        self.clip_value: float | None = None
        self.history = History()
        self.latest: dict[str, float] = {}
        self.epoch = self.batch = self.step = 0
        self.seconds = 0.0
        self.stop = self.interrupted = False
        self.speed = 0.0
        self._compiled = len(cache.compilations)
        self.compile_seconds = 0.0

    # ---- settings -------------------------------------------------------------------------------

    def schedule(self, scheduler: Any, each: str | None) -> None:
        """Let a scheduler change the learning rate after each epoch, or after each step."""
        if each not in (None, "epoch", "step"):
            raise ArgumentError(
                f"train with scheduler_each={each!r}", "no such time", 'use "epoch" or "step"'
            )
        if scheduler is None:
            return
        if not isinstance(scheduler, LRScheduler):
            raise DtypeError(
                "train with a scheduler", f"a {type(scheduler).__name__}",
                "pass one: optim.lr_scheduler.StepLR(optimizer, 10)",
            )  # fmt: skip
        if scheduler.optimizer is not self.optimizer:
            raise ArgumentError(
                f"train with {type(scheduler).__name__}", "one of another optimizer",
                "make it of the optimizer that trains the model",
            )  # fmt: skip
        if each == "step" and isinstance(scheduler, ReduceLROnPlateau):
            raise ArgumentError(
                "ReduceLROnPlateau after each step", "a loss that is known after each epoch",
                'use scheduler_each="epoch"',
            )  # fmt: skip
        by_step = isinstance(scheduler, (OneCycleLR, CyclicLR))
        self.scheduler, self.scheduler_each = scheduler, each or ("step" if by_step else "epoch")

    def clip(self, norm: float | None, value: float | None) -> None:
        """Make gradients shorter before each step."""
        for name, number in (("clip_norm", norm), ("clip_value", value)):
            fits = isinstance(number, (int, float)) and not isinstance(number, bool)
            if number is not None and not (fits and number > 0.0):
                raise ArgumentError(
                    f"train with {name}={number!r:.40}", "no bound", "use a number above 0"
                )
        self.clip_norm, self.clip_value = norm, value

    def parameters(self) -> Iterator[Tensor]:
        """What the optimiser changes."""
        for group in self.optimizer.param_groups:
            yield from group["params"]

    # ---- one step -------------------------------------------------------------------------------

    def learn(self, batch: Any) -> None:
        """Take one step on one batch."""
        inputs, target = parts_of(batch)
        first: list[Any] = []

        def closure() -> Any:
            self.optimizer.zero_grad()
            prediction = self.model(*inputs)
            loss = checked(self.loss(prediction, target))
            found = self._finite(loss)
            first.append((prediction, found))
            loss.backward()
            if self.clip_value is not None:
                clip_grad_value_(self.parameters(), self.clip_value)
            if self.clip_norm is not None:
                clip_grad_norm_(self.parameters(), self.clip_norm)
            return loss

        self.optimizer.step(closure)
        prediction, found = first[0]  # an optimiser such as LBFGS asks more than once
        self.meters.update(found, prediction, target)
        if self.scheduler is not None and self.scheduler_each == "step":
            self.scheduler.step()
        self.batch, self.step = self.batch + 1, self.step + 1

    def _finite(self, loss: Tensor) -> float:
        """The loss as a number, if one can learn from it."""
        found = loss.item()
        if not math.isfinite(found):
            raise TrainingError(
                f"step {self.step + 1} of the training (epoch {self.epoch + 1}, "
                f"batch {self.batch + 1})",
                f"a loss that is {found}; the model has the weights of the step before",
                "try a smaller learning rate, or clip_norm=1.0; look for nan in the data; "
                "tgx.autograd.detect_anomaly() finds the first operation that makes one",
            )
        if not loss.requires_grad:
            raise GraphError(
                "train a model", "a loss that depends on no parameter",
                "compute it from the model's output in tensor operations, not in NumPy",
            )  # fmt: skip
        return float(found)

    # ---- between epochs -------------------------------------------------------------------------

    def end_epoch(self, measured: dict[str, float]) -> None:
        """Write the numbers of the epoch down, and let the scheduler change the rate."""
        rate = float(self.optimizer.param_groups[0]["lr"])
        self.latest = measured | {"lr": rate, "seconds": self.seconds}
        if self.scheduler is not None and self.scheduler_each == "epoch":
            if isinstance(self.scheduler, ReduceLROnPlateau):
                self.scheduler.step(self.latest.get("val_loss", self.latest["loss"]))
            else:
                self.scheduler.step()
        self.history.append(self.latest)
        self.epoch, self.batch, self.seconds = self.epoch + 1, 0, 0.0

    def prepare(self) -> None:
        """Import the compiler now, so that its half a second is not taken for learning."""
        began = time.perf_counter()
        importlib.import_module("numba")
        self.compile_seconds += time.perf_counter() - began
        self.history.compile_seconds = self.compile_seconds

    def note_compiling(self) -> None:
        """Add up how long kernels took that were made ready since this was asked last."""
        done = cache.compilations[self._compiled :]
        if done:
            self._compiled += len(done)
            self.compile_seconds += sum(kernel.seconds for kernel in done)
            self.history.compile_seconds = self.compile_seconds


def judge(
    model: Module,
    loss: Callable[..., Any],
    batches: Any,
    meters: Meters,
    stopped: Callable[[], bool] = bool,
) -> None:
    """Measure a model that is in `eval()`, without recording.

    Parameters
    ----------
    model, loss
        As for `fit`.
    batches : iterable
        Walked once.
    meters : Meters
        Where it is counted.
    stopped : callable
        Whether to give up after a batch, by a KeyboardInterrupt.
    """
    with no_grad():
        for batch in batches:
            inputs, target = parts_of(batch)
            prediction = model(*inputs)
            meters.update(checked(loss(prediction, target)).item(), prediction, target)
            if stopped():
                raise KeyboardInterrupt


def parts_of(batch: Any) -> tuple[Sequence[Any], Any]:
    """The inputs and the target of a batch: the last part is the target."""
    if not isinstance(batch, (list, tuple)) or len(batch) < 2:
        size = f" of {len(batch)}" if isinstance(batch, (list, tuple)) else ""
        raise DtypeError(
            "train on a batch", f"a {type(batch).__name__}{size}, not inputs and a target",
            "let the data answer (x, y): TensorDataset(x, y), or TensorDataset(x, x) for an "
            "autoencoder; for anything else, collate_fn=",
        )  # fmt: skip
    return batch[:-1], batch[-1]


def checked(loss: Any) -> Tensor:
    """The loss, if it is one number."""
    if not isinstance(loss, Tensor):
        raise DtypeError(
            "train with a loss", f"one that answers a {type(loss).__name__}", "answer a Tensor"
        )
    if loss.numel() != 1:
        raise ShapeError(
            "train with a loss", f"one of shape {loss.shape}",
            'answer one number: reduction="mean", or loss.mean()',
        )  # fmt: skip
    return loss


class Clock:
    """Keeps `run.seconds` and `run.speed`, without the time that kernels took to compile."""

    def __init__(self, run: Run) -> None:
        run.note_compiling()
        self.run = run
        # As if it had been started when the epoch was, in a run that was killed meanwhile.
        self.began = time.perf_counter() - run.seconds
        self.compiled = run.compile_seconds

    def read(self) -> None:
        """Look at it."""
        run = self.run
        run.note_compiling()
        compiled = run.compile_seconds - self.compiled
        run.seconds = max(time.perf_counter() - self.began - compiled, 1e-9)
        run.speed = run.meters.count / run.seconds
