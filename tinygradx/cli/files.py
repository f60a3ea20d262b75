"""Figures as bytes, and folders that are tried before they are needed."""

from __future__ import annotations

import io
import secrets
from pathlib import Path
from typing import Any


def ready_folder(folder: Path) -> None:
    """Make a folder if need be, and write to it once: an OSError now, not after the training."""
    folder.mkdir(parents=True, exist_ok=True)
    trial = folder / f".tinygradx.{secrets.token_hex(6)}"
    try:
        trial.touch(exist_ok=False)
        trial.unlink()
    except OSError as error:  # in the name of the folder, not of the trial
        raise OSError(error.errno, error.strerror or str(error), str(folder)) from error


def picture(figure: Any, format: str) -> bytes:
    """A figure of Matplotlib as the bytes of a file, with the titles of its panels as words in it.

    It has no date, so that the same figure is the same file.
    """
    words = ", ".join(panel.get_title("left") for panel in figure.axes)
    about: dict[str, dict[str, str | None]] = {
        "png": {"Description": words},
        "svg": {"Description": words, "Date": None},
        "pdf": {"Subject": words, "CreationDate": None},
    }
    target = io.BytesIO()
    figure.savefig(target, format=format, metadata=about[format])
    return target.getvalue()
