"""Run: one training, as its callbacks see it."""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError, TeachingError
from tinygradx.graph import no_grad
from tinygradx.kernels import backend_of, cache
from tinygradx.nn import Module
from tinygradx.nn.parameter import is_lazy
from tinygradx.nn.utils import clip_grad_norm_, clip_grad_value_
from tinygradx.optim import Optimizer
from tinygradx.optim.lr_scheduler import CyclicLR, LRScheduler, OneCycleLR, ReduceLROnPlateau
from tinygradx.tensor import Tensor
from tinygradx.train.callbacks import Callback
from tinygradx.train.history import History
from tinygradx.train.meters import Meters
from tinygradx.train.metrics import Metric
from tinygradx.train.undo import Before


class TrainingError(TeachingError, RuntimeError):
    """A training that cannot go on."""


class NotFinite(Exception):  # noqa: N818
    """What cannot be learned from, until the step is undone and the training can say where it was.

    Its two parts are what was found, and what to do.
    """


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
    ending : str
        What there is to say about the end, such as whose weights the model has; it is told last.
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
        check_parts(model, loss)
        if not isinstance(optimizer, Optimizer):
            raise DtypeError(
                "train with an optimizer", kind_of(optimizer),
                "pass one: optim.Adam(model.parameters())",
            )  # fmt: skip
        if not isinstance(epochs, int) or isinstance(epochs, bool) or epochs < 0:
            raise ArgumentError(
                f"train for epochs={epochs!r:.40}", "no number of epochs",
                "use a whole number from 0 on",
            )  # fmt: skip
        self.model, self.loss, self.optimizer = model, loss, optimizer
        check_learns(self)
        self.before = Before(self.modules(), optimizer)
        self.loader, self.validation, self.epochs = loader, validation, epochs
        self.callbacks = callbacks
        self.meters = Meters(metrics, loss)
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
        self.ending = ""
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
                "train with a scheduler", kind_of(scheduler),
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

    def modules(self) -> list[Module]:
        """The model, and the loss where it can have parameters or buffers."""
        return [self.model, *([self.loss] if isinstance(self.loss, Module) else [])]

    def parameters(self) -> Iterator[Tensor]:
        """What the optimiser changes."""
        for group in self.optimizer.param_groups:
            yield from group["params"]

    # ---- one step -------------------------------------------------------------------------------

    def learn(self, batch: Any) -> None:
        """Take one step on one batch; one that fails is undone."""
        inputs, target = parts_of(batch)
        seen: list[Any] = []
        looks = 0  # an optimiser such as LBFGS asks more than once

        def closure() -> Any:
            nonlocal looks
            looks += 1
            self.optimizer.zero_grad()
            prediction = self.model(*inputs)
            loss = checked(self.loss(prediction, target))
            found = self._finite(loss)
            seen.append((prediction, found))
            loss.backward()
            if self.clip_value is not None:
                clip_grad_value_(self.parameters(), self.clip_value)
            self._check_gradients(loss)
            if self.clip_norm is not None:
                norm = clip_grad_norm_(self.parameters(), self.clip_norm).item()
                if not math.isfinite(norm):  # and everything was made 0 by it
                    raise NotFinite(
                        f"a loss of {found:.6g}, and gradients so large that their norm overflows",
                        "scale the data, or bound the elements as well: clip_value=1e3",
                    )
            return loss

        self.before.note()
        try:
            self.optimizer.step(closure)
        except NotFinite as error:
            self.before.put_back()
            got, do = error.args
            raise self._ended(got, do, looks) from None
        except BaseException:
            self.before.put_back()
            raise
        prediction, found = seen[0]
        self.meters.update(found, prediction, target)
        if self.scheduler is not None and self.scheduler_each == "step":
            self.scheduler.step()
        self.batch, self.step = self.batch + 1, self.step + 1

    def _finite(self, loss: Tensor) -> float:
        """The loss as a number, if one can learn from it."""
        found = loss.item()
        if not math.isfinite(found):
            raise NotFinite(
                f"a loss that is {found}",
                "try a smaller learning rate, or clip_norm=1.0; look for nan in the data; "
                "tgx.autograd.detect_anomaly() finds the first operation that makes one",
            )
        if not loss.requires_grad:
            raise GraphError(
                "train a model", "a loss that depends on no parameter",
                "compute it from the model's output in tensor operations, not in NumPy",
            )  # fmt: skip
        return float(found)

    def _check_gradients(self, loss: Tensor) -> None:
        """Refuse gradients that are nan or infinite, before anything is changed by them."""
        # What is finite may overflow when squared; then every element is looked at.
        if math.isfinite(backend_of(loss.array).quiet.run(_squares, self.optimizer.param_groups)):
            return
        strange = self._strange(lambda parameter: parameter.grad)
        if strange:
            raise NotFinite(
                f"a loss of {loss.item():.6g}, and a gradient of {strange} with nan or inf in it",
                "look for sqrt, log or a division at 0: add 1e-8 inside; "
                "tgx.autograd.detect_anomaly() finds the first operation that makes a nan",
            )

    def _strange(self, of: Callable[[Tensor], Any]) -> str:
        """The first parameter of which something is nan or infinite; empty where none is."""
        names = {id(p): name for part in self.modules() for name, p in part.named_parameters()}
        for parameter in self.parameters():
            found = None if is_lazy(parameter) else of(parameter)
            if found is not None and not found.isfinite().all():
                return repr(names.get(id(parameter), "a parameter of the optimizer"))
        return ""

    def _ended(self, got: str, do: str, looks: int) -> TrainingError:
        """The error for a step that was undone."""
        place = f"epoch {self.epoch + 1}, batch {self.batch + 1}"
        again = f", look {looks} at the loss" if looks > 1 else ""
        already = self._strange(lambda parameter: parameter.detach())
        left = (
            f"{already} had nan or inf in it before this step already" if already
            else "the model, its buffers too, is as it was before this step"
        )  # fmt: skip
        return TrainingError(
            f"step {self.step + 1} of the training ({place}{again})", f"{got}; {left}", do
        )

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


def kind_of(given: Any) -> str:
    """What was given instead of what is wanted, in words."""
    if isinstance(given, type):
        return f"the class {given.__name__} itself"
    return f"a {type(given).__name__}"


def check_parts(model: Any, loss: Any) -> None:
    """Refuse what is no model, or no loss."""
    if not isinstance(model, Module):
        name = model.__name__ if isinstance(model, type) else "nn.Sequential"
        raise DtypeError("train a model", kind_of(model), f"pass a Module: {name}(...)")
    if not callable(loss) or isinstance(loss, type):
        name = loss.__name__ if isinstance(loss, type) else "nn.CrossEntropyLoss"
        raise DtypeError(
            "train with a loss", kind_of(loss),
            f"pass a layer or a function of (prediction, target): {name}()",
        )  # fmt: skip


def check_learns(run: Run) -> None:
    """Refuse an optimiser by which the model would not learn, or not all of it by oversight."""
    known = {id(p) for part in run.modules() for p in part.parameters()}
    learning = {id(p) for part in run.modules() for p in part.parameters() if p.requires_grad}
    given = {id(p) for p in run.parameters()}
    asked = f"train a model with {type(run.optimizer).__name__}"
    anew = f"make it of this model: optim.{type(run.optimizer).__name__}(model.parameters())"
    if not learning & given:
        what = "all of them frozen" if known & given else "which the model does not have"
        raise ArgumentError(
            asked, f"{_counted(given)} in the optimizer, {what}: nothing would be learned",
            f"unfreeze some: p.requires_grad_(True); or {anew}" if known & given else anew,
        )  # fmt: skip
    forgotten = learning - given
    left = [name for name, p in run.model.named_parameters() if id(p) in forgotten]
    if left and given - known:
        raise ArgumentError(
            asked,
            f"{_counted(given - known)} in the optimizer that the model does not have, and "
            f"{left[0]!r} of the model not in it: was a layer replaced since?",
            f"{anew}; to leave some as they are, freeze them by requires_grad_(False)",
        )


def _squares(groups: list[dict[str, Any]]) -> float:
    """The sum of the squares of all gradients, which is no finite number if one of them is none.

    A product of each with itself is the quickest look at all its elements: 0.7 microseconds, where
    isfinite and all take 3.
    """
    total = 0.0
    for group in groups:
        for parameter in group["params"]:
            gradient = parameter.grad
            if gradient is not None:
                flat = gradient.array.ravel("K")
                total += float(flat.dot(flat))
    return total


def _counted(parameters: set[int]) -> str:
    count = len(parameters)
    return f"{count} parameter{'s' * (count != 1)}"


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
        run.speed = run.meters.samples / run.seconds
