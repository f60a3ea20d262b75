"""Reading parts of a tensor by Python's square brackets."""

from __future__ import annotations

import math
import operator
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import DimError, IndexDtypeError, warn
from tinygradx.graph import Handle, Part
from tinygradx.ops.index_tensors import add_slices
from tinygradx.ops.refusals import wrong_index
from tinygradx.ops.shapes import axis_too
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim


class Chained(NamedTuple):
    """An index in two steps: integers and slices first, then arrays.

    NumPy counts an integer beside an array as an array, which moves dimensions to the front;
    PyTorch does not.
    """

    first: Any
    rest: Any


def _split(index: Any) -> Any:
    """An index in one step where NumPy means what PyTorch means, else in two."""
    if not isinstance(index, tuple):
        return index
    arrays = [isinstance(part, np.ndarray) for part in index]
    numbers = [isinstance(part, (int, np.integer)) for part in index]
    if not (any(arrays) and any(numbers)):
        return index
    first: list[Any] = []
    rest: list[Any] = []
    for part in index:
        if isinstance(part, np.ndarray):
            first += [slice(None)] * (part.ndim if part.dtype.kind == "b" else 1)
            rest.append(part)
        else:
            first.append(part)
            if not isinstance(part, (int, np.integer)):
                rest.append(Ellipsis if part is Ellipsis else slice(None))
    return Chained(tuple(first), tuple(rest))


def _run(index: Any, ndim: int) -> tuple[int, tuple[Any, ...]] | None:
    """An index that is integer arrays in a row, behind whole dimensions: how many, and the arrays.

    These are the indices of embeddings and of picked classes, for which there are faster ways.
    """
    parts = index if isinstance(index, tuple) else (index,)
    before = 0
    while before < len(parts) and parts[before].__class__ is slice and parts[before] == _WHOLE:
        before += 1
    arrays = parts[before:]
    for part in arrays:
        if not isinstance(part, np.ndarray) or part.dtype.kind not in "iu":
            return None
    return (before, arrays) if arrays and len(parts) <= ndim else None


_WHOLE = slice(None)
_BYTE = np.dtype(np.uint8)


#: What an index is made of that names every element once, and answers a view.
_PLAIN = frozenset((int, slice, type(None), type(...)))


class Getitem(Structural):
    """`x[index]`: a view for integers and slices, a copy for lists, arrays and masks."""

    name = "getitem"
    view = True

    def forward(self, x: Any, index: Any) -> Any:
        if isinstance(index, Chained):
            return x[index.first][index.rest]
        run = _run(index, x.ndim) if x.flags.c_contiguous else None
        if run is not None and len(run[1]) == 1:
            return x.take(run[1][0], run[0])  # a third of the time of x[index]
        out = x[index]
        if out.ndim:
            return out
        # A single element: NumPy answers with a number, and with a view if asked for `...` as well.
        parts = index if isinstance(index, tuple) else (index,)
        return out if isinstance(out, np.ndarray) else x[(*parts, ...)]

    def pull(self, g: Any, x_shape: tuple[int, ...], index: Any) -> Any:
        return PUT.apply((g,), (x_shape, index))

    def pull_arrays(self, g: Any, x_shape: tuple[int, ...], index: Any) -> Any:
        # For a single integer or slice, the usual index, this costs 0.1 microseconds.
        parts = index if index.__class__ is tuple else (index,)
        if all(part.__class__ in _PLAIN for part in parts):
            return Part(x_shape, index, g)
        return PUT.forward(g, x_shape, index)


class Put(Structural):
    """Zeros, with values added at an index: what the way back of `x[index]` is."""

    name = "put"

    def forward(self, x: Any, shape: tuple[int, ...], index: Any) -> Any:
        xp = numpy_like(x)
        out = xp.zeros(shape, x.dtype)
        part, index = (out[index.first], index.rest) if isinstance(index, Chained) else (out, index)
        run = _run(index, out.ndim) if part is out else None
        if run is not None:
            _add_run(out, *run, x)
        elif _repeats(index):
            xp.add.at(part, index, x)
        else:
            part[index] = x
        return out

    def pull(self, g: Any, index: Any) -> Any:
        return GETITEM.apply((g,), (index,))


class SetAt(Structural):
    """A copy with other values at an index: what `x[index] = value` computes."""

    name = "set_at"
    inputs = ("x", "value")

    def forward(self, x: Any, value: Any, index: Any) -> Any:
        out = x.copy()
        put_at(out, index, value)
        return out

    def pull(self, g: Any, index: Any, x_shape: tuple[int, ...], x_dtype: Any) -> Any:
        inside = GETITEM.apply((g,), (index,))
        if _repeats(index):  # of several values for one element the last stays
            from tinygradx.ops.comparisons import where

            inside = where(as_handle(_stays(x_shape, index), "set_at"), inside, 0.0)
        hole = numpy_like(g.array).zeros((), x_dtype)
        return SET_AT.apply((g, as_handle(hole, "set_at")), (index,)), inside


GETITEM, PUT, SET_AT = Getitem(), Put(), SetAt()


def _add_run(out: Any, before: int, arrays: tuple[Any, ...], x: Any) -> None:
    """`out[:, ..., arrays] += x`, where elements may be named more than once."""
    shape = out.shape
    xp = numpy_like(x)
    row: Any = 0
    for part, size in zip(arrays, shape[before:], strict=False):
        row = row * size + xp.where(part < 0, part + size, part)
    if x.size:
        behind = before + len(arrays)
        outer, inner = math.prod(shape[:before]), math.prod(shape[before:behind])
        runs = out.reshape(outer, inner, math.prod(shape[behind:]))
        add_slices(runs, row.reshape(-1), x.reshape(outer, row.size, runs.shape[2]), 1, "put")


def _stays(shape: tuple[int, ...], index: Any) -> Any:
    """Which of the values that are written at an index are there afterwards: an array of bools."""
    number = np.arange(math.prod(shape)).reshape(shape)
    written = np.arange(GETITEM.forward(number, index).size)
    written = written.reshape(GETITEM.forward(number, index).shape)
    last = SET_AT.forward(number, written, index)
    return GETITEM.forward(last, index) == written


def _repeats(index: Any) -> bool:
    """Whether an element may be named twice: only integer arrays can."""
    if isinstance(index, Chained):
        index = index.rest
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(p, np.ndarray) and p.dtype.kind in "iu" for p in parts)


def _part(part: Any) -> Any:
    """One part of an index in NumPy's words."""
    if isinstance(part, Handle):
        part = part.array
        if part.ndim == 0 and part.dtype.kind in "iu" and part.dtype != _BYTE:
            return int(part)
    if isinstance(part, np.ndarray) and part.dtype == _BYTE:
        return _byte_mask(part)
    if isinstance(part, (list, range)):
        part = np.asarray(part)
        if part.size == 0:
            part = part.astype(np.int64)
    if isinstance(part, np.ndarray):
        if part.dtype.kind not in "iub":
            raise IndexDtypeError(
                "index a tensor", f"an index of dtype {part.dtype}",
                "use integers, or a mask of bools: x[i.long()]",
            )  # fmt: skip
        return part.copy()  # the graph keeps it, and would not notice a write
    if isinstance(part, slice):
        if isinstance(part.step, int) and part.step <= 0:
            raise DimError(f"index with a step of {part.step}", "a step below 1", "use x.flip(dim)")
        ends = [p.array.item() if isinstance(p, Handle) else p for p in _ends(part)]
        return slice(*ends)
    if part is None or part is Ellipsis or isinstance(part, (int, np.integer, np.bool_)):
        return part
    raise IndexDtypeError(
        "index a tensor", f"an index of type {type(part).__name__}",
        "use integers, slices, ..., None, lists, integer tensors or masks",
    )  # fmt: skip


def _byte_mask(part: Any) -> Any:
    """An index of uint8 as the mask that it is in PyTorch, where they were masks before bools."""
    warn(
        f"index a tensor with {part.size} elements of uint8", "a mask, as in PyTorch",
        "say which is meant: mask.bool(), or index.long() for places",
    )  # fmt: skip
    return part != 0


def _ends(part: slice) -> tuple[Any, Any, Any]:
    return part.start, part.stop, part.step


def plain_index(index: Any) -> Any:
    """The index in NumPy's words: handles and lists become arrays and integers."""
    if isinstance(index, tuple):
        return _split(tuple(_part(part) for part in index))
    return _part(index)


def getitem(x: Handle, index: Any) -> Any:
    """`x[index]`.

    Parameters
    ----------
    x : Tensor
        Of at least one dimension, unless the index is `...`, `None` or `()`.
    index : int, slice, Ellipsis, None, list, Tensor, array, or a tuple of them
        As in NumPy and PyTorch.

    Raises
    ------
    DimError
        If it is out of range.
    """
    plain = plain_index(index)
    try:
        return GETITEM.apply((x,), (plain,))
    except IndexError as error:
        asked = f"index a tensor of shape {x.array.shape} with {_short(index)}"
        raise wrong_index(asked, x.array.shape, plain, error) from None


def _short(index: Any) -> str:
    """An index in a few words: arrays by their shape and dtype."""
    if isinstance(index, (Handle, np.ndarray)):
        array = index.array if isinstance(index, Handle) else index
        return f"{'a mask' if array.dtype.kind == 'b' else 'indices'} of shape {array.shape}"
    if isinstance(index, Chained):
        return f"{_short(index.first)}, then {_short(index.rest)}"
    if isinstance(index, slice):
        ends = [None if end is None else f"{end!r:.9}" for end in _ends(index)]
        return f"{ends[0] or ''}:{ends[1] or ''}" + (f":{ends[2]}" if ends[2] else "")
    if isinstance(index, tuple):
        return f"({', '.join(map(_short, index))})" if len(index) < 9 else "a tuple"
    return f"{index!r:.60}"


def is_view(index: Any) -> bool:
    """Whether what stands at a plain index can be had as a view."""
    parts = index if isinstance(index, tuple) else (index,)
    return not any(isinstance(p, (np.ndarray, bool, np.bool_)) for p in parts) and not isinstance(
        index, Chained
    )


def part_of(array: Any, index: Any) -> Any:
    """The part of an array at a plain index that is a view."""
    try:
        return GETITEM.forward(array, index)
    except IndexError as error:
        asked = f"assign to a part of a tensor of shape {array.shape}, at {_short(index)}"
        raise wrong_index(asked, array.shape, index, error) from None


def put_at(array: Any, index: Any, value: Any) -> None:
    """Write a value, which broadcasts, to an array at a plain index."""
    try:
        if isinstance(index, Chained):
            array[index.first][index.rest] = value
        else:
            array[index] = value
    except IndexError as error:
        asked = f"assign to a part of a tensor of shape {array.shape}, at {_short(index)}"
        raise wrong_index(asked, array.shape, index, error) from None
    except ValueError as error:
        raise DimError(
            f"assign a value of shape {np.shape(value)} at {_short(index)} "
            f"of a tensor of shape {array.shape}",
            str(error),
            "make the value broadcast to the part it replaces",
        ) from None


def set_at(x: Handle, index: Any, value: Handle) -> Any:
    """A copy of x with `value`, which broadcasts, at a plain index."""
    return SET_AT.apply((x, value), (index,))


@axis_too
def select(input: Any, dim: int, index: int) -> Any:
    """One slice along a dimension, as a view without that dimension.

    Parameters
    ----------
    input : Tensor
        Of at least one dimension.
    dim : int
        Along which.
    index : int
        Which slice; a negative one counts from the end.

    Raises
    ------
    DimError
        If the dim or the index is out of range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.select(tgx.tensor([[1, 2], [3, 4]]), 1, -1)
    tensor([2, 4])
    """
    x = as_handle(input, "select")
    shape = x.array.shape
    place = whole_dim(dim, len(shape), "select")
    whole = operator.index(index)
    if not shape or not -shape[place] <= whole < shape[place]:
        raise DimError(
            f"select the index {whole} along dim {dim}", f"a tensor of shape {shape}",
            f"use an index from {-shape[place]} to {shape[place] - 1}" if shape and shape[place]
            else "there is nothing to select: check x.numel() > 0",
        )  # fmt: skip
    return GETITEM.apply((x,), ((*(slice(None),) * place, whole),))
