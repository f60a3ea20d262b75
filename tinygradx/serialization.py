"""Saving and loading without running anybody's code.

A file is a safetensors file: a header in JSON, then numbers. What it holds besides tensors
(dictionaries, lists, numbers, text) is JSON too, in the header's `structure`. Nothing is ever
unpickled, so a file from a stranger can be damaged but cannot do anything.
"""

from __future__ import annotations

import json
import math
import os
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, TeachingError
from tinygradx.ops.promotion import SUPPORTED
from tinygradx.tensor import Tensor, from_numpy
from tinygradx.tensor.creation import check_device

__all__ = ["FileError", "load", "save", "write_whole"]

#: The letters of the format for dtypes, and NumPy's names. Halves are read as float32.
CODES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64",
    "I32": "int32", "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
BYTES = {code: 2 if name == "bfloat16" else np.dtype(name).itemsize
         for code, name in CODES.items()}  # fmt: skip
LETTERS = {name: code for code, name in CODES.items()}
#: The format's own limit for the header.
LARGEST_HEADER = 100_000_000
#: How deep dictionaries and lists may be nested.
DEEPEST = 100
#: What the header says of the structure, and the version of its form.
STRUCTURE = "tinygradx.structure"

KEYS = (str, int, float, bool, type(None))


class FileError(TeachingError, RuntimeError, ValueError):
    """A file that is damaged, or not of this format."""


def save(obj: Any, f: Any, **ignored: Any) -> None:
    """Write tensors, and dictionaries, lists, numbers and text around them, to a file.

    A file of that name is replaced at once, when everything has been written, so that a crash
    leaves the old one or the new one. Any reader of safetensors can read the tensors.

    Parameters
    ----------
    obj
        Tensors, NumPy arrays, None, bools, numbers, text, dtypes, and dictionaries, lists and
        tuples of such, nested as one likes: `{"model": model.state_dict(), "epoch": 3}`.
    f : path or file
        A path, or a file that is open for writing bytes.
    **ignored
        PyTorch's settings of pickling, which have no meaning here.

    Raises
    ------
    DtypeError
        If something else is in it; the error says where, and what to save instead.

    Examples
    --------
    >>> import io
    >>> import tinygradx as tgx
    >>> file = io.BytesIO()
    >>> tgx.save({"weight": tgx.ones(2), "epoch": 3}, file)
    >>> _ = file.seek(0)
    >>> tgx.load(file)
    {'weight': tensor([1., 1.]), 'epoch': 3}
    """
    writer = _Writer()
    structure = writer.described(obj, (), 0)
    metadata = {"format": "pt", STRUCTURE: json.dumps(structure, allow_nan=False)}
    blob = _packed(writer.arrays, metadata)
    if hasattr(f, "write"):
        f.write(blob)
    else:
        write_whole(f, blob)


def load(
    f: Any,
    map_location: Any = None,
    *,
    weights_only: bool = True,
    mmap: bool | None = None,
    **ignored: Any,
) -> Any:
    """Read what `save` wrote, or any other safetensors file.

    Parameters
    ----------
    f : path or file
        A path, or a file that is open for reading bytes.
    map_location : device, optional
        "cpu".
    weights_only, mmap, **ignored
        Taken for PyTorch's sake: no file is ever unpickled here, whatever they say.

    Returns
    -------
    object
        What was saved, its tensors in memory of their own. A file that something else wrote is a
        dictionary of its tensors. Numbers of 16 bits are read as float32, which holds them.

    Raises
    ------
    FileError
        If the file is damaged, or of another format, such as those of `torch.save`.
    """
    check_device(getattr(map_location, "type", map_location))
    told = f"load {str(getattr(f, 'name', f) if hasattr(f, 'read') else f)!r:.80}"
    blob = f.read() if hasattr(f, "read") else Path(f).read_bytes()
    header, arrays = _unpacked(memoryview(blob), told)
    text = header.get("__metadata__", {}).get(STRUCTURE)
    if text is None:
        return {name: from_numpy(array) for name, array in arrays.items()}
    return _Reader(arrays, told).made(_parsed(text, told), 0)


# ---- from objects to a structure, and back ------------------------------------------------------


class _Writer:
    """Describes objects in JSON, and collects their arrays by name."""

    def __init__(self) -> None:
        self.arrays: dict[str, Any] = {}
        self.known: dict[int, str] = {}
        self.kept: list[Any] = []  # so that no address is used twice

    def described(self, obj: Any, path: tuple[str, ...], depth: int) -> Any:
        """The object as JSON: plain values as they are, anything else as `{kind: ...}`."""
        if depth > DEEPEST:
            raise ArgumentError(
                f"save {_told(path)}", f"more than {DEEPEST} levels", "save something flatter"
            )
        if obj is None or isinstance(obj, (bool, str)):
            return obj
        if isinstance(obj, Tensor):
            found = {"tensor": self.named(obj.detach().numpy(), obj.array, path)}
            return found | {"requires_grad": True} if obj.requires_grad else found
        if isinstance(obj, np.ndarray):
            return {"array": self.named(obj, obj, path)}
        if isinstance(obj, np.generic):
            return {"number": self.named(np.asarray(obj), obj, path)}
        if isinstance(obj, int):
            return int(obj)
        if isinstance(obj, float):
            return float(obj) if math.isfinite(obj) else {"float": repr(float(obj))}
        if isinstance(obj, np.dtype):
            return {"dtype": obj.name}
        if isinstance(obj, Mapping):
            kind = "ordered" if type(obj) is OrderedDict else "dict"
            return {kind: self.pairs(obj, path, depth)}
        if isinstance(obj, (list, tuple)):
            kind = "list" if isinstance(obj, list) else "tuple"
            items = enumerate(obj)
            return {kind: [self.described(x, (*path, str(i)), depth + 1) for i, x in items]}
        own = hasattr(obj, "state_dict")
        raise DtypeError(
            f"save {_told(path)}", f"a {type(obj).__name__}, which is code as well as numbers",
            "save its numbers: save(model.state_dict(), path), and later "
            "model.load_state_dict(load(path))" if own else
            "save tensors, arrays, numbers, text, and dictionaries, lists and tuples of them",
        )  # fmt: skip

    def pairs(self, obj: Mapping[Any, Any], path: tuple[str, ...], depth: int) -> list[Any]:
        """A dictionary as pairs, since JSON's own has only text for keys."""
        pairs = []
        for key, value in obj.items():
            if not isinstance(key, KEYS) or (isinstance(key, float) and not math.isfinite(key)):
                raise DtypeError(
                    f"save {_told(path)}", f"a key of type {type(key).__name__}",
                    "use text or numbers as keys",
                )  # fmt: skip
            pairs.append([key, self.described(value, (*path, str(key)), depth + 1)])
        return pairs

    def named(self, array: Any, same: Any, path: tuple[str, ...]) -> str:
        """The name of an array: its path. What is there twice is written once."""
        known = self.known.get(id(same))
        if known is not None:
            return known
        if array.dtype.name not in SUPPORTED:
            raise DtypeError(
                f"save {_told(path)}", f"an array of {array.dtype}", f"use {', '.join(SUPPORTED)}"
            )
        name = wanted = ".".join(path) or "value"
        number = 1
        while name in self.arrays or name == "__metadata__":
            number += 1
            name = f"{wanted}#{number}"
        self.arrays[name] = array
        self.known[id(same)] = name
        self.kept.append(same)
        return name


class _Reader:
    """Makes objects of their description."""

    def __init__(self, arrays: dict[str, Any], told: str) -> None:
        self.arrays, self.told = arrays, told
        self.made_before: dict[str, Any] = {}

    def made(self, found: Any, depth: int) -> Any:
        """The object of a description."""
        if found is None or isinstance(found, (bool, str, int, float)):
            return found
        if depth > DEEPEST or not isinstance(found, dict) or not found:
            raise _damaged(self.told, "a structure that save() does not write")
        kind, value = next(iter(found.items()))
        if kind in ("tensor", "array", "number") and isinstance(value, str):
            return self.numbers(kind, value, bool(found.get("requires_grad")))
        if kind == "float" and value in ("inf", "-inf", "nan"):
            return float(value)
        if kind == "dtype" and value in SUPPORTED:
            return np.dtype(value)
        if kind in ("list", "tuple") and isinstance(value, list):
            items = [self.made(item, depth + 1) for item in value]
            return items if kind == "list" else tuple(items)
        if kind in ("dict", "ordered") and isinstance(value, list):
            made: dict[Any, Any] = {} if kind == "dict" else OrderedDict()
            for pair in value:
                if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], KEYS):
                    raise _damaged(self.told, "a dictionary that save() does not write")
                made[pair[0]] = self.made(pair[1], depth + 1)
            return made
        raise _damaged(
            self.told, f"a structure with {str(kind)!r:.40}, which save() does not write"
        )

    def numbers(self, kind: str, name: str, wants: bool) -> Any:
        """The tensor, array or number under a name; the same object for the same name."""
        key = f"{kind} {name} {wants}"
        if key not in self.made_before:
            if name not in self.arrays:
                raise _damaged(self.told, f"no numbers under the name {name!r:.80}")
            array = self.arrays[name]
            if kind == "tensor" and wants:
                if array.dtype.kind != "f":
                    raise _damaged(self.told, f"{name!r:.80}, integers that require a gradient")
                plain = self.numbers(kind, name, False)
                self.made_before[key] = plain.detach().requires_grad_()
            elif kind == "tensor":
                self.made_before[key] = from_numpy(array)
            else:
                self.made_before[key] = array if kind == "array" else array[()]
        return self.made_before[key]


def _told(path: Sequence[str]) -> str:
    return f"what is at {'.'.join(path)!r:.80}" if path else "an object"


# ---- the bytes ----------------------------------------------------------------------------------


def _packed(arrays: dict[str, Any], metadata: dict[str, str]) -> bytes:
    """A safetensors file; the same content always makes the same bytes."""
    header: dict[str, Any] = {"__metadata__": metadata}
    pieces, end = [], 0
    # The widest numbers first, so that all of them lie at multiples of their size.
    for name in sorted(arrays, key=lambda name: (-arrays[name].itemsize, name)):
        array = arrays[name]
        pieces.append(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
        start, end = end, end + len(pieces[-1])
        header[name] = {
            "dtype": LETTERS[array.dtype.name], "shape": array.shape, "data_offsets": [start, end],
        }  # fmt: skip
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 8)
    if len(text) > LARGEST_HEADER:
        raise ArgumentError(
            "save an object", f"{len(text):,} bytes of names and plain values",
            "keep numbers in arrays, not in lists",
        )  # fmt: skip
    return b"".join([len(text).to_bytes(8, "little"), text, *pieces])


class _Entry(NamedTuple):
    """What the header says of one tensor."""

    code: str
    shape: tuple[int, ...]
    start: int
    stop: int


def _unpacked(blob: memoryview, told: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header, and the arrays by name, every number of it checked before it is used."""
    length = int.from_bytes(blob[:8], "little")
    whole = length <= min(LARGEST_HEADER, len(blob) - 8)
    # A header may have 128 bytes, which is how a pickle begins; but behind it there is a "{".
    ours = whole and bytes(blob[8:9]) == b"{"
    if not ours and (bytes(blob[:2]) == b"PK" or bytes(blob[:1]) == b"\x80"):
        raise FileError(
            told, "a file of torch.save, which has to be unpickled: that runs code from the file",
            "convert it where PyTorch is: safetensors.torch.save_file(torch.load(old), new)",
        )  # fmt: skip
    if len(blob) < 8:
        raise _damaged(told, f"{len(blob)} bytes, which is no header")
    if not whole:
        raise _damaged(told, f"a header of {length} bytes in a file of {len(blob)}")
    header = _parsed(bytes(blob[8 : 8 + length]), told)
    if not isinstance(header, dict) or not isinstance(header.get("__metadata__", {}), dict):
        raise _damaged(told, "a header that is no dictionary")
    numbers = blob[8 + length :]
    entries = {n: _entry(n, facts, told) for n, facts in header.items() if n != "__metadata__"}
    end = 0
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].start, item[1].stop)):
        if entry.start != end:
            raise _damaged(told, f"{name!r:.80}, which overlaps another one or leaves a gap")
        end = entry.stop
    if end != len(numbers):
        raise _damaged(told, f"{len(numbers)} bytes of numbers, where the header says {end}")
    return header, {name: _array(numbers, entry) for name, entry in entries.items()}


def _entry(name: str, facts: Any, told: str) -> _Entry:
    """What the header says of a tensor, if it can be true."""
    try:
        code, shape, (start, stop) = facts["dtype"], tuple(facts["shape"]), facts["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise _damaged(told, f"{name!r:.80} without dtype, shape or place") from None
    if code not in CODES:
        raise _damaged(told, f"{name!r:.80} of the dtype {code!r:.20}, which tensors do not have")
    whole = all(type(n) is int and 0 <= n < 2**62 for n in (*shape, start, stop))
    if not whole or len(shape) > 32 or math.prod(shape) * BYTES[code] != stop - start:
        raise _damaged(told, f"{name!r:.80}, whose shape does not fit its bytes")
    return _Entry(code, shape, start, stop)


def _array(numbers: memoryview, entry: _Entry) -> Any:
    """A tensor's numbers in memory of their own, in native byte order."""
    raw = numbers[entry.start : entry.stop]
    if entry.code == "BF16":  # the upper half of a float32
        return (
            (np.frombuffer(raw, "<u2").astype(np.uint32) << 16)
            .view(np.float32)
            .reshape(entry.shape)
        )
    dtype = np.dtype(CODES[entry.code]).newbyteorder("<")
    array = np.frombuffer(raw, dtype).reshape(entry.shape)
    if entry.code == "BOOL":  # any other byte would be a bool that is neither true nor false
        array = np.frombuffer(raw, np.uint8).reshape(entry.shape) != 0
    return array.astype(np.float32 if entry.code == "F16" else dtype.newbyteorder("="))


def _parsed(text: str | bytes, told: str) -> Any:
    """JSON in which every key is there once."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise _damaged(told, "a name that is given twice")
        return found

    try:
        return json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        if isinstance(error, FileError):
            raise
        raise _damaged(told, "a header that is no JSON") from None


def _damaged(told: str, got: str) -> FileError:
    return FileError(told, got, "get the file again, or save it again: it is damaged")


def write_whole(f: str | os.PathLike[str], blob: bytes) -> None:
    """Write a file so that it is there as a whole, or not at all.

    Parameters
    ----------
    f : path
        Where to. A link is followed; a file of that name is replaced at once, when the new one
        lies on the disk.
    blob : bytes
        All of it.

    Raises
    ------
    OSError
        If it cannot be written; what was there is still there.
    """
    path = Path(os.path.realpath(f))
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name last, where the system can do that."""
    try:
        place = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(place)
    except OSError:
        pass
    finally:
        os.close(place)
