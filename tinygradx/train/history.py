"""What a training wrote down: one list of numbers for each thing it measured."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tinygradx.errors import ArgumentError, UnknownNameError
from tinygradx.serialization import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class History(dict[str, list[float]]):
    """Numbers by name, one for each epoch: `history["val_loss"][-1]`.

    It is a dictionary of lists, so that `pandas.DataFrame(history)` is a table of it.

    Attributes
    ----------
    interrupted : bool
        Whether the training was stopped by Ctrl-C; epochs that had not ended are not in it.
    stopped : bool
        Whether a callback, such as `EarlyStopping`, ended it before its last epoch.
    compile_seconds : float
        How long kernels were compiled, which no other time here contains.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> history = tgx.train.History({"loss": [2.5, 1.0], "val_loss": [2.0, 2.25]})
    >>> history.epochs, history.best("val_loss")
    (2, (1, 2.0))
    >>> print(history.to_csv(), end="")
    epoch,loss,val_loss
    1,2.5,2.0
    2,1.0,2.25
    """

    def __init__(self, columns: Mapping[str, list[float]] | None = None) -> None:
        super().__init__({name: list(numbers) for name, numbers in (columns or {}).items()})
        self.interrupted, self.stopped, self.compile_seconds = False, False, 0.0

    @property
    def epochs(self) -> int:
        """How many epochs there are in it."""
        return max(map(len, self.values()), default=0)

    def append(self, row: Mapping[str, float]) -> None:
        """Write down an epoch; what is new, or missing in it, is nan where it was not measured."""
        before = self.epochs
        for name in {**self, **row}:
            numbers = self.setdefault(name, [])
            numbers += [math.nan] * (before - len(numbers))
            numbers.append(float(row.get(name, math.nan)))

    def rows(self) -> list[dict[str, float]]:
        """The epochs, each with its number and its numbers by name."""
        return [
            {"epoch": place + 1} | {name: numbers[place] for name, numbers in self.items()}
            for place in range(self.epochs)
        ]

    def best(self, name: str = "loss", mode: str = "min") -> tuple[int, float]:
        """The epoch (from 1) with the best value of something, and the value.

        Parameters
        ----------
        name : str
            Of a list in it.
        mode : {"min", "max"}
            Whether the smallest or the largest is best. nan never is.

        Raises
        ------
        UnknownNameError, ArgumentError
            If there is no such list, no number in it, or no such mode.
        """
        if name not in self:
            raise UnknownNameError(
                f"the best {name!r} of a history", "no such list", f"use {', '.join(self)}"
            )
        if mode not in ("min", "max"):
            raise ArgumentError(f"the best {name!r}", f"mode={mode!r}", 'use "min" or "max"')
        numbers = [(x if mode == "min" else -x, place) for place, x in enumerate(self[name])]
        numbers = [pair for pair in numbers if not math.isnan(pair[0])]
        if not numbers:
            raise ArgumentError(f"the best {name!r}", "no number in it", "train for an epoch first")
        place = min(numbers)[1]
        return place + 1, self[name][place]

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """The epochs as a table of comma-separated values.

        Parameters
        ----------
        path : path, optional
            A file to write to as well; one of that name is replaced at once.

        Returns
        -------
        str
            The table, its first line being the names. Every number is written in full.
        """
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(["epoch", *self])
        table.writerows(row.values() for row in self.rows())
        return _written(text.getvalue(), path)

    def to_jsonl(self, path: str | os.PathLike[str] | None = None) -> str:
        """The epochs as JSON, one line for each.

        Parameters
        ----------
        path : path, optional
            A file to write to as well.

        Returns
        -------
        str
            The lines. What is no finite number is null.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> print(tgx.train.History({"loss": [2.5]}).to_jsonl(), end="")
        {"epoch": 1, "loss": 2.5}
        """
        return _written("".join(json_line(row) for row in self.rows()), path)

    def plot(self, *names: str, **how: Any) -> Axes:
        """Draw how numbers went; see `tinygradx.plot.loss`.

        Parameters
        ----------
        *names : str
            What to draw; the losses when left out.
        **how
            Passed on: `log=True`, `smooth=0.9`, `title=`, `ax=`.

        Returns
        -------
        matplotlib.axes.Axes
            What was drawn in.

        Raises
        ------
        UnknownNameError
            If something of that name is not in it.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> history = tgx.train.History({"loss": [2.5, 1.0], "val_loss": [2.0, 2.25], "lr": [1, 1]})
        >>> [line.get_label() for line in history.plot().lines]
        ['loss', 'val_loss']
        """
        from tinygradx import plot  # beside this room, so only when it is asked for

        chosen = names or tuple(name for name in ("loss", "val_loss") if name in self)
        unknown = next((name for name in chosen if name not in self), None)
        if unknown is not None:
            raise UnknownNameError(
                f"plot {unknown!r} of a history", "no such list", f"use {', '.join(self)}"
            )
        measured = {name.removeprefix("val_") for name in chosen}
        label = chosen[0] if len(chosen) == 1 else measured.pop() if len(measured) == 1 else "value"
        return plot.loss({name: self[name] for name in chosen}, **{"label": label, **how})


def json_line(row: Mapping[str, float]) -> str:
    """An epoch in JSON, in which there is neither nan nor infinity."""
    finite = {name: x if math.isfinite(x) else None for name, x in row.items()}
    return json.dumps(finite, allow_nan=False) + "\n"


def _written(text: str, path: str | os.PathLike[str] | None) -> str:
    if path is not None:
        write_whole(path, text.encode("utf-8"))
    return text
