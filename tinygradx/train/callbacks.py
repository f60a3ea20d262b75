"""Callbacks: what happens besides the training, after an epoch or a step."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from tinygradx.errors import ArgumentError, DtypeError, UnknownNameError, warn
from tinygradx.serialization import save

if TYPE_CHECKING:
    from tinygradx.train.run import Run


class Callback:
    """The base of callbacks: write the methods that you need. Each is given the `Run`.

    A plain function of the run is a callback, too; it is called after each epoch.

    Attributes
    ----------
    settings : tuple of str
        Of a class: the names of attributes that must be the same for a run to go on from its
        checkpoint. Numbers and text, and lists of them.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> class Halve(tgx.train.Callback):
    ...     def on_epoch_end(self, run):
    ...         for group in run.optimizer.param_groups:
    ...             group["lr"] /= 2
    """

    settings: ClassVar[tuple[str, ...]] = ()

    def on_train_begin(self, run: Run) -> None:
        """Before the first step, after a checkpoint was loaded."""

    def on_epoch_begin(self, run: Run) -> None:
        """Before the first batch of an epoch; `run.epoch` have ended."""

    def on_step_end(self, run: Run) -> None:
        """After each step of the optimiser."""

    def on_epoch_end(self, run: Run) -> None:
        """After an epoch, when its numbers are in `run.latest` and `run.history`."""

    def on_train_end(self, run: Run) -> None:
        """After the last epoch, or an interrupt; not after an error."""

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint has to keep of it, so that a killed run goes on as if it had not been.

        Numbers, text, tensors, and dictionaries and lists of them.
        """
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` answered."""
        vars(self).update(state)


class Called(Callback):
    """A function that is called after each epoch."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def on_epoch_end(self, run: Run) -> None:
        """Call it."""
        self.function(run)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """There is nothing to load."""


class Watching(Callback):
    """What watches one number of the history, and remembers the best value.

    Parameters
    ----------
    monitor : str, optional
        The number; the loss on validation data when left out, or the loss where there are none.
    mode : {"min", "max"}, optional
        Whether less or more is better; known of losses and of the metrics that come with
        tinygradx.
    min_delta : float
        By how much a value must be better to count as such.

    Notes
    -----
    A value that is nan is never better. The first one of a training is warned of.
    """

    settings: ClassVar[tuple[str, ...]] = ("monitor", "mode", "min_delta")

    def __init__(
        self, monitor: str | None = None, mode: str | None = None, min_delta: float = 0.0
    ) -> None:
        if mode not in (None, "min", "max"):
            raise ArgumentError(
                f"{type(self).__name__} with mode={mode!r}", "no such mode", 'use "min" or "max"'
            )
        if not 0.0 <= min_delta < math.inf:
            raise ArgumentError(
                f"{type(self).__name__} with min_delta={min_delta!r}", "no difference",
                "use a number from 0 on",
            )  # fmt: skip
        self.monitor, self.mode, self.min_delta = monitor, mode, min_delta
        self.best: float | None = None
        self.best_epoch = 0
        self.warned = False

    def on_train_begin(self, run: Run) -> None:
        """A training that begins may be warned of again."""
        self.warned = False

    def improved(self, run: Run) -> bool:
        """Whether the epoch that has ended is the best so far; it is remembered then."""
        name, mode = self.monitored(run)
        value = run.latest[name]
        if math.isnan(value) and not self.warned:
            self.warned = True
            warn(
                f"{type(self).__name__} watches {name!r}", f"nan after epoch {run.epoch}",
                "it counts as not better; look at how it is measured, or watch another number: "
                'monitor="loss"',
            )  # fmt: skip
        sign = 1.0 if mode == "min" else -1.0
        limit = math.inf if self.best is None else sign * self.best - self.min_delta
        if not sign * value < limit:  # nan is never better
            return False
        self.best, self.best_epoch = value, run.epoch
        return True

    def monitored(self, run: Run) -> tuple[str, str]:
        """The name of the number, and whether less or more of it is better."""
        name = self.monitor or ("val_loss" if "val_loss" in run.latest else "loss")
        if name not in run.latest:
            raise UnknownNameError(
                f"{type(self).__name__} with monitor={name!r}", "no such number in the history",
                f"use {', '.join(run.latest)}; those of validation data need validation=",
            )  # fmt: skip
        mode = self.mode or run.better.get(name.removeprefix("val_"))
        if mode is None:
            raise ArgumentError(
                f"{type(self).__name__} with monitor={name!r}", "nobody said which way is better",
                'add mode="min" or mode="max"',
            )  # fmt: skip
        return name, mode

    def state_dict(self) -> dict[str, Any]:
        """The best value so far."""
        return {"best": self.best, "best_epoch": self.best_epoch}


class EarlyStopping(Watching):
    """End the training when nothing has become better for some epochs.

    Prechelt (1998), "Early stopping - but when?".

    Parameters
    ----------
    patience : int
        How many epochs in a row without a better value are let pass: the next one ends it. nan is
        never better.
    monitor : str, optional
        What is watched; the loss on validation data when left out, or the loss where there are
        none.
    min_delta : float
        By how much a value must be better to count as such.
    mode : {"min", "max"}, optional
        Whether less or more is better; needed for a metric of one's own.
    restore_best : bool
        Whether the model has, at the end, the weights of its best epoch instead of the last.

    Attributes
    ----------
    best, best_epoch : float, int
        The best value, and its epoch (from 1).

    Raises
    ------
    ArgumentError, UnknownNameError
        If a setting is out of its range, or (after the first epoch) nothing of that name is
        measured.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.data.xor(200)
    >>> model = tgx.nn.Linear(2, 2)
    >>> early = tgx.train.EarlyStopping(patience=3, min_delta=0.01)
    >>> history = tgx.train.fit(
    ...     model, tgx.nn.CrossEntropyLoss(), tgx.optim.SGD(model.parameters(), lr=0.1), (x, y),
    ...     epochs=200, callbacks=[early], progress=False,
    ... )
    >>> history.stopped, history.epochs < 200, history.epochs == early.best_epoch + 4
    (True, True, True)
    """

    settings: ClassVar[tuple[str, ...]] = (*Watching.settings, "patience", "restore_best")

    def __init__(
        self,
        patience: int = 5,
        monitor: str | None = None,
        min_delta: float = 0.0,
        mode: str | None = None,
        restore_best: bool = True,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        if not isinstance(patience, int) or isinstance(patience, bool) or patience < 0:
            raise ArgumentError(
                f"EarlyStopping with patience={patience!r:.40}", "no number of epochs",
                "use a whole number from 0 on",
            )  # fmt: skip
        self.patience, self.restore_best = patience, restore_best
        self.waited = 0
        self.weights: dict[str, Any] | None = None

    def on_train_begin(self, run: Run) -> None:
        """Forget what another training has left; of one that goes on, say whether it is over."""
        super().on_train_begin(run)
        if not run.step:
            self.best, self.best_epoch, self.waited, self.weights = None, 0, 0, None
        run.stop = run.stop or self.waited > self.patience

    def on_epoch_end(self, run: Run) -> None:
        """Look at the epoch."""
        if self.improved(run):
            self.waited = 0
            if self.restore_best:
                state = run.model.state_dict()
                self.weights = {name: tensor.clone() for name, tensor in state.items()}
            return
        self.waited += 1
        run.stop = run.stop or self.waited > self.patience

    def on_train_end(self, run: Run) -> None:
        """Give the model its best weights back."""
        if self.restore_best and self.weights is not None:
            run.model.load_state_dict(self.weights)
            run.ending = (
                f"the model has the weights of epoch {self.best_epoch}, the best by "
                f"{self.monitored(run)[0]} ({self.best:.4g})"
            )

    def state_dict(self) -> dict[str, Any]:
        """The best value and weights, and how long there was nothing better."""
        return super().state_dict() | {"waited": self.waited, "weights": self.weights}


class BestCheckpoint(Watching):
    """Write the model's weights to a file whenever they are the best so far.

    The file is a `state_dict` as `tinygradx.save` writes it: read it by
    `model.load_state_dict(tinygradx.load(path))`, or with any reader of safetensors. A value that
    is nan is never better: while there is no other, no file is written.

    Parameters
    ----------
    path : path
        The file; it is replaced at once when something better comes.
    monitor, min_delta, mode
        As for `EarlyStopping`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> best = tgx.train.BestCheckpoint("best.safetensors", monitor="val_accuracy")
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        monitor: str | None = None,
        min_delta: float = 0.0,
        mode: str | None = None,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.path = path

    def on_epoch_end(self, run: Run) -> None:
        """Write the weights if they are better."""
        if self.improved(run):
            save(run.model.state_dict(), self.path)


def made(callbacks: Any) -> list[Callback]:
    """The callbacks of what `fit` was given."""
    alone = isinstance(callbacks, Callback) or callable(callbacks)
    found = []
    for callback in [callbacks] if alone else callbacks:
        if isinstance(callback, type) or not (isinstance(callback, Callback) or callable(callback)):
            name = callback.__name__ if isinstance(callback, type) else type(callback).__name__
            raise DtypeError(
                "train with callbacks",
                f"the class {name}" if isinstance(callback, type) else f"a {name}",
                "pass objects, such as EarlyStopping(patience=5), or functions of the run",
            )
        found.append(callback if isinstance(callback, Callback) else Called(callback))
    return found
