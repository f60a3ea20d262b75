"""The terminal: letters that it may not have, colours that may not be wanted, and progress."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: What stands in for a letter that the terminal's encoding lacks; a question mark for any other.
PLAIN = {"→": "->", "×": "x", "–": "-", "…": "...", "µ": "u", "μ": "u", "²": "^2"}
#: At most so many lines tell of a training where there is no bar.
LINES = 8

Report = Callable[[int, float, float, float], None]


def prepare() -> None:
    """Let no letter stop a command, whatever the encoding of its terminal or its pipe."""
    codecs.register_error("tinygradx", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="tinygradx")


def mute() -> None:
    """Nobody reads any more (`tinygradx demo | head`): what is still to come goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(PLAIN.get(letter, "?") for letter in letters), error.end


def is_terminal() -> bool:
    """Whether somebody looks at the output while it is written."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def console() -> Any:
    """A rich console on the standard output; it honours NO_COLOR."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False, soft_wrap=True)


@contextmanager
def busy(words: str) -> Iterator[None]:
    """Say what takes a while, as long as it takes: at a terminal alone, and gone afterwards."""
    if not is_terminal():
        yield
        return
    with console().status(words, spinner="line"):  # of letters that every terminal has
        yield


@contextmanager
def progress(epochs: int, batches: int) -> Iterator[Report]:
    """What to call after each epoch: a bar at a terminal, a few plain lines elsewhere.

    Parameters
    ----------
    epochs, batches : int
        How many epochs there will be, and batches in each.

    Yields
    ------
    callable
        Takes the epoch (from 1), its mean loss, the part of the held-out samples that is right,
        and the seconds since the training began.
    """
    if not is_terminal():
        marks = {round(epochs * part / LINES) for part in range(1, LINES + 1)} | {1}

        def tell(epoch: int, loss: float, right: float, seconds: float) -> None:
            if epoch in marks:
                left = seconds / epoch * (epochs - epoch)
                print(
                    f"epoch {epoch}/{epochs}  loss {loss:.4f}  held out {100 * right:.1f} %"
                    f"  {epoch * batches / seconds:,.0f} batches/s  {left:.0f} s left",
                    flush=True,
                )

        yield tell
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    shown = "loss {task.fields[loss]:.4f}  held out {task.fields[right]:.1f} %"
    columns = (
        TextColumn("epoch"), MofNCompleteColumn(), BarColumn(), TextColumn(shown),
        TextColumn("{task.fields[rate]:,.0f} batches/s"), Left(), TextColumn("left"),
    )  # fmt: skip
    with Progress(*columns, console=console()) as bar:
        task = bar.add_task("epoch", total=epochs, loss=float("nan"), right=0.0, rate=0.0)

        def move(epoch: int, loss: float, right: float, seconds: float) -> None:
            bar.update(
                task, completed=epoch, loss=loss, right=100 * right, rate=epoch * batches / seconds
            )

        yield move
