"""How far a training is: a bar at a terminal, plain lines elsewhere, on the standard error."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from tinygradx.data import DataLoader
from tinygradx.errors import TeachingError
from tinygradx.train.callbacks import Callback
from tinygradx.train.run import Run

#: At most so many lines tell of the epochs of a training.
LINES = 20
#: Within an epoch, a line after so many seconds of silence.
SILENCE = 30.0
#: The bar keeps so many columns of a narrow terminal, the spaces around it included.
BAR = 12


def is_terminal() -> bool:
    """Whether somebody looks at it while it is written."""
    return bool(sys.stderr) and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


class Progress(Callback):
    """The progress of a run."""

    def __init__(self, run: Run) -> None:
        self.bar = _Bar(run) if is_terminal() else None
        self.batches = batches_in(run.loader)
        self.marks = {round(run.epochs * part / LINES) for part in range(1, LINES + 1)} | {1}
        self.done = 0
        self.compiled = 0.0  # by a run that was killed
        self.began = self.told = time.perf_counter()
        self.first_epoch = self.first_batch = 0
        self.told_compiling = False

    def close(self) -> None:
        """Take the bar away, whatever happened."""
        if self.bar is not None:
            self.bar.close()

    def on_train_begin(self, run: Run) -> None:
        """Say where a run goes on."""
        self.began = self.told = time.perf_counter()
        self.first_epoch, self.first_batch = run.epoch, run.batch
        self.compiled = run.compile_seconds
        done = f"epoch {run.epoch}/{run.epochs}"
        if run.epoch >= run.epochs > 0 or (run.stop and not run.batch):
            self.say(f"nothing is left to learn: the checkpoint is of the end, after {done}")
        elif run.step:
            inside = f", batch {run.batch}" if run.batch else ""
            self.say(f"going on after {done}{inside} from the checkpoint")
        if self.bar is not None:
            self.bar.begin(run, self.batches)

    def on_step_end(self, run: Run) -> None:
        """Move on."""
        self.done += 1
        if self.bar is not None:
            self.bar.move(run, self.left(run))
        elif time.perf_counter() - self.told > SILENCE:
            of = f"/{self.batches}" if self.batches else ""
            self.say(
                f"epoch {run.epoch + 1}/{run.epochs}  batch {run.batch}{of}  "
                f"{_numbers(run.meters.values())}{self.speed(run)}"
            )

    def on_epoch_end(self, run: Run) -> None:
        """Tell of an epoch."""
        if self.bar is not None:
            self.bar.ended(run)
        elif run.epoch in self.marks or run.stop:
            shown = {name: x for name, x in run.latest.items() if name not in ("lr", "seconds")}
            self.say(f"epoch {run.epoch}/{run.epochs}  {_numbers(shown)}{self.speed(run)}")

    def on_train_end(self, run: Run) -> None:
        """Say why a run ended before its time, and what the model has now."""
        self.close()
        words = []
        if run.interrupted:
            words.append(f"interrupted after {run.epoch} of {run.epochs} epochs")
        elif run.stop and run.epoch < run.epochs:
            words.append(f"stopped after {run.epoch} of {run.epochs} epochs")
        if run.ending or run.interrupted:
            words.append(run.ending or "the model keeps what it has learned")
        if words:
            self.say("; ".join(words))

    # ---- words and numbers ----------------------------------------------------------------------

    def say(self, words: str) -> None:
        """Write a line."""
        self.told = time.perf_counter()
        if self.bar is not None:
            self.bar.say(words)
        elif sys.stderr:
            print(words, file=sys.stderr, flush=True)

    def left(self, run: Run) -> float | None:
        """Seconds that are left, where it is known how many batches there are."""
        if not self.batches or not self.done:
            return None
        gone = (run.epoch - self.first_epoch) * self.batches + run.batch - self.first_batch
        total = (run.epochs - self.first_epoch) * self.batches - self.first_batch
        spent = time.perf_counter() - self.began - (run.compile_seconds - self.compiled)
        return max(0.0, spent / max(gone, 1) * (total - gone))

    def speed(self, run: Run) -> str:
        """Samples a second, what is left, and, once, how long kernels were compiled."""
        words = f"  {run.speed:,.0f} samples/s"
        left = self.left(run)
        if left is not None and run.epoch < run.epochs and not run.stop:
            words += f"  {_time(left)} left"
        if run.compile_seconds >= 0.05 and not self.told_compiling:
            self.told_compiling = True
            words += f"  (and {run.compile_seconds:.1f} s of compiling)"
        return words


class _Bar:
    """A bar of rich's."""

    def __init__(self, run: Run) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self.shown = Progress(
            TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"), BarColumn(),
            TextColumn("{task.fields[words]}", markup=False), console=self.console, transient=True,
        )  # fmt: skip
        self.task: Any = None

    def begin(self, run: Run, batches: int | None) -> None:
        """Show it."""
        self.batches = batches
        self.task = self.shown.add_task(
            "", total=batches, completed=run.batch, epoch=min(run.epoch + 1, run.epochs),
            epochs=run.epochs, words="",
        )  # fmt: skip
        self.shown.start()

    def move(self, run: Run, left: float | None) -> None:
        """A step further."""
        parts = [f"{name} {value:.4g}" for name, value in run.meters.values().items()]
        parts += [] if left is None else [f"{_time(left)} left"]
        parts.append(f"{run.speed:,.0f} samples/s")
        if run.compile_seconds >= 0.05:
            parts.append(f"compiled {run.compile_seconds:.1f} s")
        room = self.console.width - len(f"epoch {run.epochs}/{run.epochs}") - BAR
        while len(parts) > 1 and len("  ".join(parts)) > room:  # the last says the least
            parts.pop()
        self.shown.update(
            self.task, completed=run.batch, epoch=run.epoch + 1, words="  ".join(parts)
        )

    def ended(self, run: Run) -> None:
        """Leave a line of the epoch above the bar, unless there are very many."""
        shown = {name: x for name, x in run.latest.items() if name not in ("lr", "seconds")}
        marks = {round(run.epochs * part / LINES) for part in range(1, LINES + 1)} | {1}
        if run.epoch in marks or run.stop:
            self.say(f"epoch {run.epoch}/{run.epochs}  {_numbers(shown)}")
        self.shown.update(self.task, completed=0)

    def say(self, words: str) -> None:
        """A line above the bar."""
        self.console.print(words, markup=False)

    def close(self) -> None:
        """Take it away."""
        self.shown.stop()


def _numbers(values: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.4g}" for name, value in values.items())


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def batches_in(loader: Any) -> int | None:
    """How many batches a walk has, where that is known."""
    if isinstance(loader, DataLoader) or hasattr(loader, "__len__"):
        try:
            return len(loader)
        except TeachingError:  # a dataset whose samples come one after another
            return None
    return None
