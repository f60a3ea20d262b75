"""IDX files: how MNIST and its successors are handed out.

A file has a magic number, its sizes, and numbers: LeCun, Cortes & Burges (1998), "The MNIST
database of handwritten digits". All of it is checked before it is believed.
"""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from tinygradx.data.extras import download as fetch
from tinygradx.errors import ArgumentError
from tinygradx.tensor import Tensor, from_numpy

#: The third byte of a file, and the dtype that it stands for; numbers are big-endian.
KINDS = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
#: Images of 28 by 28 pixels, and ten classes.
SIDE, CLASSES, WHITE = 28, 10, 255
PARTS = {"train": 60_000, "t10k": 10_000}

Pair = tuple[Tensor, Tensor]


class Source(NamedTuple):
    """Where a set is fetched from, and the sha256 of each file."""

    name: str
    url: str
    sha256: dict[str, str]


MNIST = Source(
    "MNIST",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    {
        "train-images-idx3-ubyte.gz":
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "train-labels-idx1-ubyte.gz":
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "t10k-images-idx3-ubyte.gz":
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "t10k-labels-idx1-ubyte.gz":
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
)  # fmt: skip
FASHION = Source(
    "Fashion-MNIST",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    {
        "train-images-idx3-ubyte.gz":
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "train-labels-idx1-ubyte.gz":
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "t10k-images-idx3-ubyte.gz":
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "t10k-labels-idx1-ubyte.gz":
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
)  # fmt: skip


def idx(path: str | os.PathLike[str]) -> Tensor:
    """Read an IDX file, packed by gzip or not.

    Parameters
    ----------
    path : path
        Of the file. Where there is none, the same name with `.gz` behind it, or without, will do.

    Returns
    -------
    Tensor
        Of the sizes that the file names, as uint8, int8, int16, int32, float32 or float64.

    Raises
    ------
    ArgumentError
        If there is no such file, or it is no IDX file, or not a whole one.

    Examples
    --------
    >>> import os, tempfile
    >>> import tinygradx as tgx
    >>> path = os.path.join(tempfile.mkdtemp(), "labels-idx1-ubyte")
    >>> with open(path, "wb") as file:
    ...     _ = file.write(bytes([0, 0, 8, 1]) + (3).to_bytes(4, "big") + bytes([7, 2, 1]))
    >>> tgx.data.idx(path)
    tensor([7, 2, 1], dtype=tinygradx.uint8)
    """
    found = _found(Path(path))
    asked = f"read the IDX file {str(found)!r}"
    try:
        with found.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if not packed:
                return _read(file, asked)
            with gzip.open(file) as unpacked:
                return _read(unpacked, asked)  # type: ignore[arg-type]
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(asked, str(error)) from error


def mnist(folder: str | os.PathLike[str], download: bool = False) -> tuple[Pair, Pair]:
    """Load the handwritten digits of MNIST: 60,000 to learn from, 10,000 to be judged by.

    LeCun, Cortes & Burges (1998), "The MNIST database of handwritten digits".

    Parameters
    ----------
    folder : path
        Where the four files are, under their published names, packed (`.gz`) or not.
    download : bool
        Whether to fetch what is missing (11 MB) to that folder, and to check its sha256; needs the
        extra `tinygradx[data]`. Nothing is fetched unless this is True.

    Returns
    -------
    (x, y), (x_held, y_held) : tuple of tuple of Tensor
        Images: float32 of shape (N, 1, 28, 28), from 0 (paper) to 1 (ink). Labels: int64 of shape
        (N,), 0 to 9.

    Raises
    ------
    ArgumentError
        If a file is not there, damaged, or of other sizes.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> (x, y), (x_held, y_held) = tgx.data.mnist("mnist", download=True)  # doctest: +SKIP
    """
    return _images(MNIST, Path(folder), download)


def fashion_mnist(folder: str | os.PathLike[str], download: bool = False) -> tuple[Pair, Pair]:
    """Load Fashion-MNIST: pictures of clothes, in the form of MNIST.

    Xiao, Rasul & Vollgraf (2017), "Fashion-MNIST: a novel image dataset for benchmarking machine
    learning algorithms", arXiv:1708.07747. The classes: T-shirt, trouser, pullover, dress, coat,
    sandal, shirt, sneaker, bag, ankle boot.

    Parameters
    ----------
    folder : path
        Where the four files are; they have the names of MNIST's, so not in the same folder.
    download : bool
        Whether to fetch what is missing (31 MB), as for `mnist`.

    Returns
    -------
    (x, y), (x_held, y_held) : tuple of tuple of Tensor
        As for `mnist`.

    Raises
    ------
    ArgumentError
        If a file is not there, damaged, or of other sizes.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> (x, y), held_out = tgx.data.fashion_mnist("fashion", download=True)  # doctest: +SKIP
    """
    return _images(FASHION, Path(folder), download)


def _images(source: Source, folder: Path, download: bool) -> tuple[Pair, Pair]:
    """The images and labels of both parts."""
    if download:
        for name, sha256 in source.sha256.items():
            if not _either(folder / name):
                fetch(source.url + name, sha256, folder / name)
    missing = [name for name in source.sha256 if not _either(folder / name)]
    if missing:
        raise ArgumentError(
            f"load {source.name} from {str(folder)!r}", f"no {', '.join(missing)}",
            "put the files there, or pass download=True to fetch them",
        )  # fmt: skip
    train, held_out = (_part(source, folder, part, count) for part, count in PARTS.items())
    return train, held_out


def _part(source: Source, folder: Path, part: str, count: int) -> Pair:
    """The images and labels of one part, checked."""
    images = idx(folder / f"{part}-images-idx3-ubyte.gz").numpy()
    labels = idx(folder / f"{part}-labels-idx1-ubyte.gz").numpy()
    for what, array, shape in (
        ("images", images, (count, SIDE, SIDE)), ("labels", labels, (count,)),
    ):  # fmt: skip
        if array.shape != shape or array.dtype != np.uint8:
            raise ArgumentError(
                f"load {source.name} from {str(folder)!r}",
                f"{part} {what} of shape {array.shape} and {array.dtype}, not {shape} and uint8",
                "get the files again; for others: idx(path)",
            )
    if labels.max() >= CLASSES:
        raise ArgumentError(
            f"load {source.name} from {str(folder)!r}", f"a label {labels.max()}",
            "get the files again",
        )  # fmt: skip
    pixels = images.astype(np.float32).reshape(count, 1, SIDE, SIDE)
    pixels /= np.float32(WHITE)
    return from_numpy(pixels), from_numpy(labels.astype(np.int64))


def _read(file: BinaryIO, asked: str) -> Tensor:
    """The numbers of an open file, never more than its sizes say, whatever it would unpack to."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in KINDS:
        raise _damaged(asked, f"the magic number {magic.hex() or 'of an empty file'}")
    dtype, ndim = np.dtype(KINDS[magic[2]]), magic[3]
    header = file.read(4 * ndim)
    if len(header) < 4 * ndim or ndim > 32:
        raise _damaged(asked, f"{len(header)} bytes of sizes for {ndim} dimensions")
    sizes = tuple(int(size) for size in np.frombuffer(header, ">u4"))
    size = math.prod(sizes) * dtype.itemsize
    content = _at_most(file, size + 1)
    if len(content) != size:
        told = "more" if len(content) > size else f"{len(content):,}"
        raise _damaged(asked, f"{told} bytes where {size:,} belong, for the sizes {sizes}")
    array: Any = np.frombuffer(content, dtype).astype(dtype.newbyteorder("="))
    return from_numpy(array.reshape(sizes))


def _at_most(file: BinaryIO, size: int) -> bytes:
    """So many bytes, in pieces: memory is taken for what is there, not for what is claimed."""
    pieces = []
    while size > 0:
        piece = file.read(min(size, 1 << 24))
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _either(path: Path) -> Path | None:
    """The file, or the one of the same name packed or unpacked."""
    other = path.with_suffix("") if path.suffix == ".gz" else path.with_name(f"{path.name}.gz")
    return next((found for found in (path, other) if found.is_file()), None)


def _found(path: Path) -> Path:
    found = _either(path)
    if found is None:
        raise ArgumentError(
            f"read the IDX file {str(path)!r}", "no such file, packed or not", "look at the path"
        )
    return found


def _damaged(asked: str, got: str) -> ArgumentError:
    return ArgumentError(asked, got, "get the file again: it is damaged, or no IDX file")
