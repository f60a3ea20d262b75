"""Handwritten digits: 1,797 images of 8 by 8 pixels."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np

from tinygradx.errors import ArgumentError
from tinygradx.tensor import Tensor, from_numpy

FILE = Path(__file__).with_name("files") / "digits.gz"
COUNT, PIXELS, LARGEST, CLASSES = 1797, 64, 16, 10
SIZE = COUNT * (PIXELS + 1)  # bytes: the pixels of an image and its label


def digits() -> tuple[Tensor, Tensor]:
    """Load the images of handwritten digits, and which digit each one is.

    The test set of *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository,
    E. Alpaydin and C. Kaynak (1998), https://doi.org/10.24432/C50P49, under CC BY 4.0. The file
    comes with the package.

    Returns
    -------
    images : Tensor
        float32 of shape (1797, 64): the 8 rows of an image one after the other, from 0 (paper) to
        1 (ink), in steps of 1/16.
    labels : Tensor
        int64 of shape (1797,): the digits, 0 to 9.

    Raises
    ------
    ArgumentError
        If the file is not the one that was shipped.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> images, labels = tgx.data.digits()
    >>> images.shape, labels[:10]
    ((1797, 64), tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
    """
    table = _read(FILE)
    images = table[:, :PIXELS].astype(np.float32) / np.float32(LARGEST)
    return from_numpy(images), from_numpy(table[:, PIXELS].astype(np.int64))


def _read(path: Path) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """The table of a file, (1797, 65), checked before it is believed."""
    try:
        with gzip.open(path) as file:
            content = file.read(SIZE + 1)  # never more, whatever the file would unpack to
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, str(error)) from error
    if len(content) != SIZE:
        size = "more" if len(content) > SIZE else f"{len(content):,}"
        raise _damaged(path, f"{size} bytes where {SIZE:,} belong")
    table = np.frombuffer(content, np.uint8).reshape(COUNT, PIXELS + 1)
    if table[:, :PIXELS].max() > LARGEST or table[:, PIXELS].max() >= CLASSES:
        raise _damaged(path, f"a pixel above {LARGEST}, or a digit above {CLASSES - 1}")
    return table


def _damaged(path: Path, got: str) -> ArgumentError:
    return ArgumentError(f"read the digits from {path}", got, "install tinygradx again")
