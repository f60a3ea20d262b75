"""Logs: the history in a file, while the training runs."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinygradx.train.callbacks import Callback
from tinygradx.train.history import json_line

if TYPE_CHECKING:
    from tinygradx.train.run import Run


class _Log(Callback):
    """A file that has a line for each epoch.

    It is written anew when the training begins, from the history: a run that goes on from a
    checkpoint so drops the lines of epochs that were not kept, and a torn last line.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def on_train_begin(self, run: Run) -> None:
        """Write what is known already."""
        self.whole(run)

    def on_epoch_end(self, run: Run) -> None:
        """Add a line."""
        with self.path.open("a", encoding="utf-8", newline="") as file:
            file.write(self.line({"epoch": run.epoch} | run.latest))

    def whole(self, run: Run) -> None:
        """Write the file for the history as it is."""
        raise NotImplementedError

    def line(self, row: Mapping[str, float]) -> str:
        """An epoch as a line."""
        raise NotImplementedError

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """There is nothing to load: the history says it all."""


class CSVLog(_Log):
    """A table of comma-separated values, with a line for each epoch as soon as it has ended.

    Parameters
    ----------
    path : path
        The file. One of that name is replaced, unless the run goes on from a checkpoint.

    Examples
    --------
    >>> import os, tempfile
    >>> import tinygradx as tgx
    >>> path = os.path.join(tempfile.mkdtemp(), "log.csv")
    >>> model = tgx.nn.Linear(1, 1)
    >>> history = tgx.train.fit(
    ...     model, tgx.nn.MSELoss(), tgx.optim.SGD(model.parameters()), (tgx.ones(4, 1),) * 2,
    ...     epochs=2, callbacks=[tgx.train.CSVLog(path)], progress=False,
    ... )
    >>> with open(path) as file:
    ...     print(file.readline(), end="")
    epoch,loss,lr,seconds
    """

    def whole(self, run: Run) -> None:
        """The names, and the epochs so far; no names before the first epoch."""
        text = run.history.to_csv() if run.history.epochs else ""
        self.path.write_text(text, encoding="utf-8", newline="")

    def on_epoch_end(self, run: Run) -> None:
        """Add a line; the names before the first one."""
        if run.history.epochs == 1:
            self.whole(run)
        else:
            super().on_epoch_end(run)

    def line(self, row: Mapping[str, float]) -> str:
        """An epoch as a line."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(row.values())
        return text.getvalue()


class JSONLog(_Log):
    """JSON, one line for each epoch (JSON Lines), which `pandas.read_json(lines=True)` reads.

    Parameters
    ----------
    path : path
        The file. One of that name is replaced, unless the run goes on from a checkpoint.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> log = tgx.train.JSONLog("log.jsonl")
    """

    def whole(self, run: Run) -> None:
        """The epochs so far."""
        run.history.to_jsonl(self.path)

    def line(self, row: Mapping[str, float]) -> str:
        """An epoch as a line."""
        return json_line(row)
