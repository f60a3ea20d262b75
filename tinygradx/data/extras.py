"""Packages that only some data sets need, and files that are fetched only when asked for."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from tinygradx.errors import ArgumentError, TeachingError


class MissingPackage(TeachingError, ImportError):  # noqa: N818
    """A package that is not installed."""


def package(name: str, asked: str, extra: str = "data") -> Any:
    """A module of a package that need not be installed.

    Parameters
    ----------
    name : str
        Of the module.
    asked : str
        What the caller wanted, for the error.
    extra : str
        What brings the package.

    Raises
    ------
    MissingPackage
        If it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingPackage(
            asked, f"no {name.partition('.')[0]}: {error}", f"pip install 'tinygradx[{extra}]'"
        ) from error


def download(url: str, sha256: str, path: Path) -> None:
    """Fetch a file to a path, if its bytes are those that are expected.

    Parameters
    ----------
    url : str
        Where it is.
    sha256 : str
        The hash of its bytes. A file with another one is not kept.
    path : Path
        Where to; the folder is made if need be.

    Raises
    ------
    MissingPackage
        If pooch is not installed.
    ArgumentError
        If the file cannot be fetched, or is another one.
    """
    asked = f"download {url}"
    pooch = package("pooch", asked)
    pooch.get_logger().setLevel("WARNING")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Written beside, and moved when the hash is right.
        pooch.retrieve(url, known_hash=f"sha256:{sha256}", fname=path.name, path=path.parent)
    except (OSError, ValueError) as error:
        raise ArgumentError(
            asked, str(error).partition("\n")[0][:200],
            f"look at the connection, or put the file to {str(path)!r} yourself",
        ) from error  # fmt: skip
