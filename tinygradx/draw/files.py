"""Files that are whole or not there at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tinygradx.errors import ArgumentError


def check_folder(path: Path, asked: str) -> None:
    """Refuse a path whose folder is not there: an error before the work, not after it.

    Parameters
    ----------
    path : Path
        The file that is to be written.
    asked : str
        What the caller wanted, for the error.

    Raises
    ------
    ArgumentError
        If there is no such folder.
    """
    folder = path.parent
    if not folder.is_dir():
        raise ArgumentError(
            asked,
            f"{str(folder)!r} is no folder" if folder.exists() else f"no folder {str(folder)!r}",
            "make the folder first, or write to another",
        )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, then move it there: an interrupt leaves no half of a file.

    Parameters
    ----------
    path : Path
        Where to; the folder must be there.
    content : bytes
        All of it.

    Raises
    ------
    ArgumentError
        If there is no such folder.
    OSError
        If the file cannot be written; it names the path.
    """
    check_folder(path, f"write {str(path)!r}")
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:  # in the name of the file that was asked for, not of the one beside it
        _remove(beside)
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    except BaseException:
        _remove(beside)
        raise
    if hasattr(os, "O_DIRECTORY"):  # where a folder can be opened, its new entry is made to last
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _remove(path: Path) -> None:
    """Take away what was begun, if it was; the error that led here says what went wrong."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass
