"""Reading parts of a tensor by Python's square brackets."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import DimError, DtypeError
from tinygradx.graph import Handle
from tinygradx.ops.structural import Structural, as_handle, numpy_like


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


class Getitem(Structural):
    """`x[index]`: a view for integers and slices, a copy for lists, arrays and masks."""

    name = "getitem"
    view = True

    def forward(self, x: Any, index: Any) -> Any:
        if isinstance(index, Chained):
            return x[index.first][index.rest]
        out = x[index]
        if out.ndim:
            return out
        # A single element: NumPy answers with a number, and with a view if asked for `...` as well.
        parts = index if isinstance(index, tuple) else (index,)
        return out if isinstance(out, np.ndarray) else x[(*parts, ...)]

    def pull(self, g: Any, x_shape: tuple[int, ...], index: Any) -> Any:
        return PUT.apply((g,), (x_shape, index))


class Put(Structural):
    """Zeros, with values added at an index: what the way back of `x[index]` is."""

    name = "put"

    def forward(self, x: Any, shape: tuple[int, ...], index: Any) -> Any:
        xp = numpy_like(x)
        out = xp.zeros(shape, x.dtype)
        part, index = (out[index.first], index.rest) if isinstance(index, Chained) else (out, index)
        if _repeats(index):
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
        if isinstance(index, Chained):
            out[index.first][index.rest] = value
        else:
            out[index] = value
        return out

    def pull(self, g: Any, index: Any, x_shape: tuple[int, ...], x_dtype: Any) -> Any:
        inside = GETITEM.apply((g,), (index,))
        hole = numpy_like(g.array).zeros((), x_dtype)
        return SET_AT.apply((g, as_handle(hole, "set_at")), (index,)), inside


GETITEM, PUT, SET_AT = Getitem(), Put(), SetAt()


def _repeats(index: Any) -> bool:
    """Whether an element may be named twice: only integer arrays can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(p, np.ndarray) and p.dtype.kind in "iu" for p in parts)


def _part(part: Any) -> Any:
    """One part of an index in NumPy's words."""
    if isinstance(part, Handle):
        part = part.array
        if part.ndim == 0 and part.dtype.kind in "iu":
            return int(part)
    if isinstance(part, (list, range)):
        part = np.asarray(part)
        if part.size == 0:
            part = part.astype(np.int64)
    if isinstance(part, np.ndarray):
        if part.dtype.kind not in "iub":
            raise DtypeError(
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
    raise DtypeError(
        "index a tensor", f"an index of type {type(part).__name__}",
        "use integers, slices, ..., None, lists, integer tensors or masks",
    )  # fmt: skip


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
        raise DimError(
            f"index a tensor of shape {x.array.shape} with {index!r:.60}",
            str(error),
            "count from 0, or from -1 at the end, and give no more indices than dimensions",
        ) from None


def set_at(x: Handle, index: Any, value: Handle) -> Any:
    """A copy of x with `value`, which broadcasts, at a plain index."""
    try:
        return SET_AT.apply((x, value), (index,))
    except (IndexError, ValueError) as error:
        raise DimError(
            f"assign a value of shape {value.array.shape} at {index!r:.60} "
            f"of a tensor of shape {x.array.shape}",
            str(error),
            "make the value broadcast to the part it replaces",
        ) from None
