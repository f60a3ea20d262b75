"""Index tensors: what they may be, and which places in memory they name."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygradx.errors import DimError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.kernels import BACKENDS, Text
from tinygradx.kernels.scatter import element_kernel, slice_kernel
from tinygradx.ops.elementwise import DTYPE_NAMES
from tinygradx.ops.shapes import reshape
from tinygradx.ops.structural import as_handle, numpy_like, whole_dim

_INT64, _UINT64 = np.dtype(np.int64), np.dtype(np.uint64)

# ---- what an index may be -----------------------------------------------------------------------


def as_index(index: Any, asked: str) -> Handle:
    """An index tensor of integers; bools and floats are refused."""
    found = as_handle(index, asked)
    if found.array.dtype.kind not in "iu":
        raise DtypeError(
            f"{asked} by an index of dtype {found.array.dtype}", "no integers",
            "convert it: index.long()",
        )  # fmt: skip
    return found


def in_range(index: Any, size: int, asked: str, negative: bool = False) -> Any:
    """The index as int64 from 0 on; an element that is not there is an error."""
    whole = index.astype(np.int64, copy=False)
    if negative:
        whole = np.where(whole < 0, whole + size, whole)
    # As unsigned numbers negative ones are large, so that one pass over them finds both ends.
    if whole.size and whole.reshape(-1).view(np.uint64).max() >= size:
        wrong = index[(whole < 0) | (whole >= size)][0]
        least = -size if negative else 0
        raise DimError(
            f"{asked} by the index {wrong}",
            f"a dimension of size {size}",
            f"use indices from {least} to {size - 1}" if size else "there is nothing to index",
        )
    return whole


def as_int64(index: Any, asked: str) -> Handle:
    """The same, in the dtype that kernels read."""
    found = as_index(index, asked)
    if found.array.dtype == _INT64:
        return found
    return wrap(found.result_class, found.array.astype(_INT64))


def index_along(x: Handle, dim: Any, index: Any, asked: str) -> tuple[int, Handle]:
    """The dim, and an index of as many dimensions as x, in int64; a number is a vector of one.

    Whether its elements are there, who reads them looks.
    """
    place, found = whole_dim(dim, x.array.ndim, asked), as_int64(index, asked)
    shape, own = x.array.shape, found.array.shape
    if len(own) == len(shape) and own[:place] + shape[place:][:1] + own[place + 1 :] == shape:
        return place, found
    if found.array.size and max(1, len(shape)) != max(1, len(own)):
        raise ShapeError(
            f"{asked} along dim {dim} of a tensor of shape {shape}", f"an index of shape {own}",
            "give the index as many dimensions as the tensor",
        )  # fmt: skip
    if found.array.size and len(shape) == len(own):
        for axis, (size, count) in enumerate(zip(shape, own, strict=True)):
            if axis != place and count > size:
                raise ShapeError(
                    f"{asked} along dim {dim} of a tensor of shape {shape}",
                    f"an index of shape {own}, larger along dim {axis}",
                    f"make it at most {size} there, or broadcast first: "
                    "take_along_dim does so by itself",
                )
    return place, found


def as_vector(x: Handle) -> Any:
    """A number as a vector of one; others as they are."""
    return x if x.array.ndim else reshape(x, 1)


# ---- which places they name ---------------------------------------------------------------------


def places(index: Any, shape: tuple[int, ...], dim: int) -> Any:
    """Where `take_along_axis` finds its elements: their numbers in flat memory.

    Parameters
    ----------
    index : array of int
        Along `dim`, from 0 on; of as many dimensions as the shape, and nowhere else larger.
    shape : tuple of int
        Of the array that is read or written, in C order.
    dim : int
        Along which.
    """
    xp = numpy_like(index)
    where = index.astype(np.int64, copy=False) * math.prod(shape[dim + 1 :])
    for axis, count in enumerate(index.shape):
        if axis != dim and count > 1:
            step = math.prod(shape[axis + 1 :])
            along = xp.arange(count) * step  # of no elements the step is 0
            where = where + along.reshape(count, *(1,) * (index.ndim - 1 - axis))
    return where


class _Kernels(dict[Any, Any]):
    """The kernels of one kind by dtype; None for a dtype that NumPy sees to."""

    def __init__(self, write: Callable[[str, str], Text], action: str) -> None:
        self.write, self.action = write, action

    def __missing__(self, dtype: Any) -> Any:
        name = DTYPE_NAMES.get(dtype.char)
        kernel = BACKENDS[np.ndarray].load(self.write(self.action, name)) if name else None
        self[dtype] = kernel
        return kernel


_elements = {action: _Kernels(element_kernel, action) for action in ("take", "put", "add")}
_slices = {action: _Kernels(slice_kernel, action) for action in ("take", "add")}


@functools.lru_cache(maxsize=1024)
def _layout(shape: tuple[int, ...], own: tuple[int, ...], dim: int) -> tuple[int, ...] | None:
    """How a kernel walks an index of the shape `own`; kept, as finding out takes a microsecond.

    It walks three dimensions, of which the outer and the inner one may be cut short: None for all
    else.
    """
    if own[1:dim] != shape[1:dim] or own[dim + 2 :] != shape[dim + 2 :]:
        return None
    if any(n > size for d, (n, size) in enumerate(zip(own, shape, strict=True)) if d != dim):
        return None  # a kernel would read behind the end
    prod, after = math.prod, dim + 1
    return prod(own[:dim]), own[dim], prod(own[after:]), shape[dim], prod(shape[after:])


def _by_elements(action: str, whole: Any, part: Any, index: Any, dim: int, asked: str) -> bool:
    """Take, put or add elements by a kernel; whether there is one for this."""
    layout = _layout(whole.shape, index.shape, dim)
    if layout is None:
        return False
    return _run(_elements[action], whole, part, index, layout, asked)


def _by_slices(action: str, whole: Any, part: Any, index: Any, dim: int, asked: str) -> bool:
    """The same for whole slices, by a vector of indices."""
    shape = whole.shape
    layout = math.prod(shape[:dim]), index.size, math.prod(shape[dim + 1 :]), shape[dim]
    return _run(_slices[action], whole, part, index, layout, asked)


def _run(
    kernels: _Kernels, whole: Any, part: Any, index: Any, layout: tuple[int, ...], asked: str
) -> bool:
    """Run the kernel for an array; False where there is none, for integers and other devices."""
    kernel = kernels[whole.dtype] if whole.__class__ is np.ndarray else None
    if kernel is None:
        return False
    if index.dtype is not _INT64:
        index = index.astype(_INT64, copy=False)
    if part.dtype is not whole.dtype:
        part = part.astype(whole.dtype, copy=False)
    if part.size != layout[0] * layout[1] * layout[2]:  # a kernel checks nothing but the index
        raise ShapeError(
            f"{asked} {layout[0] * layout[1] * layout[2]} elements by an index",
            f"values of shape {part.shape}", "pass a value for each of them",
        )  # fmt: skip
    if kernel(whole.ravel(), part.ravel(), index.ravel().view(_UINT64), *layout) >= 0:
        in_range(index, layout[3], asked)  # says which
    return True


def take_elements(x: Any, index: Any, dim: int, asked: str) -> Any:
    """The elements of x along a dimension, by an index for each; a wrong one is an error.

    Along the other dimensions the index is nowhere larger than x.
    """
    out = numpy_like(x).empty(index.shape, x.dtype)
    if _by_elements("take", x, out, index, dim, asked):
        return out
    whole = in_range(index, x.shape[dim], asked)
    return x.take(places(whole, x.shape, dim))


def put_elements(out: Any, index: Any, part: Any, dim: int, asked: str) -> None:
    """Write the elements of a part to a contiguous array; of several for one place the last."""
    if not _by_elements("put", out, part, index, dim, asked):
        out.put(places(in_range(index, out.shape[dim], asked), out.shape, dim), part)


def add_elements(out: Any, index: Any, part: Any, dim: int, asked: str) -> None:
    """Add the elements of a part to a contiguous array, one after another."""
    if not _by_elements("add", out, part, index, dim, asked):
        where = places(in_range(index, out.shape[dim], asked), out.shape, dim)
        numpy_like(out).add.at(out.reshape(-1), where, part)


def take_slices(x: Any, index: Any, dim: int, asked: str) -> Any:
    """Slices of x along a dimension, by a vector of indices."""
    if not x.size:  # nothing is taken, so that no kernel would notice
        in_range(index, x.shape[dim], asked)
    out = numpy_like(x).empty((*x.shape[:dim], index.size, *x.shape[dim + 1 :]), x.dtype)
    if _by_slices("take", x, out, index, dim, asked):
        return out
    return x.take(in_range(index, x.shape[dim], asked), dim)


def add_slices(out: Any, index: Any, part: Any, dim: int, asked: str) -> None:
    """Add slices to those of a contiguous array that a vector has the numbers of.

    NumPy's `add.at` takes 6 to 20 times as long as the kernel (4,096 rows of 32: 1,400 to 70
    microseconds).
    """
    if not _by_slices("add", out, part, index, dim, asked):
        where = (*(slice(None),) * dim, in_range(index, out.shape[dim], asked))
        numpy_like(out).add.at(out, where, part)


# ---- one element of each run --------------------------------------------------------------------


def one_each(index: Any, shape: tuple[int, ...], dim: int) -> Any:
    """An index without the dimension that it counts along, as one that has it, with a size of 1."""
    return index.reshape(*shape[:dim], 1, *shape[dim + 1 :])
