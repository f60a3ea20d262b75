"""Files that are whole or not there at all, and folders that are tried before they are needed."""

from __future__ import annotations

import io
import os
import secrets
from pathlib import Path
from typing import Any


def ready_folder(folder: Path) -> None:
    """Make a folder if need be, and write to it once: an OSError now, not after the training."""
    folder.mkdir(parents=True, exist_ok=True)
    trial = folder / f".tinygradx.{secrets.token_hex(6)}"
    trial.touch(exist_ok=False)
    trial.unlink()


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the place, then move there: an interrupt leaves no half of a file."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


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
