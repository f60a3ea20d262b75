"""Dimensions of size 1 repeated without copying, and the sums that undo it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ShapeError
from tinygradx.graph import Handle
from tinygradx.ops.arithmetic import sum_to as summed_to
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.shapes import sizes
from tinygradx.ops.structural import Structural, as_handle, numpy_like


class Expand(Structural):
    """Dimensions of size 1 repeated without copying."""

    name = "expand"
    view = True

    def forward(self, x: Any, shape: tuple[int, ...]) -> Any:
        if math.prod(shape) == x.size:  # nothing is repeated, so it can be written to
            return x.reshape(shape)
        if type(x) is np.ndarray and x.flags.writeable:
            # As `broadcast_to`, in half its time, and a part that repeats nothing can be written.
            flags = ["multi_index", "zerosize_ok", "reduce_ok"]
            every = np.nditer(x, flags, ["readwrite"], order="C", itershape=shape)  # type: ignore[call-overload]
            return every.itviews[0]
        return numpy_like(x).broadcast_to(x, shape)

    def pull(self, g: Any) -> Any:
        return g  # the sweep sums what was broadcast

    def pull_arrays(self, g: Any) -> Any:
        return g


class SumTo(Structural):
    """What the sweep does to undo broadcasting, as an operation of its own."""

    name = "sum_to"

    def forward(self, x: Any, shape: tuple[int, ...]) -> Any:
        return summed_to(x, shape)

    def pull(self, g: Any, x_shape: tuple[int, ...]) -> Any:
        return EXPAND.apply((g,), (x_shape,))

    def pull_arrays(self, g: Any, x_shape: tuple[int, ...]) -> Any:
        return numpy_like(g).broadcast_to(g, x_shape)


EXPAND, SUM_TO = Expand(), SumTo()


def expand(input: Any, *shape: Any, size: Any = ()) -> Any:
    """A view with dimensions of size 1 repeated; -1 keeps a size.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    *shape : int or tuple of int
        As many sizes as dimensions, or more in front; also by the name `size`.

    Raises
    ------
    ShapeError
        If another size should be repeated than 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.tensor([[1], [2]]).expand(-1, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    x = as_handle(input, "expand")
    wanted, old = sizes(shape or (size,)), x.array.shape
    extra = len(wanted) - len(old)
    full = tuple(
        old[i - extra] if count == -1 and i >= extra else count for i, count in enumerate(wanted)
    )
    fits = extra >= 0 and all(o in (1, n) for o, n in zip(old, full[extra:], strict=True))
    if not fits or any(count < 0 for count in full):
        raise ShapeError(
            f"expand {old} to {wanted}",
            "only dimensions of size 1 can be repeated",
            "give the other sizes as they are, or as -1",
        )
    return EXPAND.apply((x,), (full,))


def expand_as(input: Any, other: Any) -> Any:
    """A view with dimensions of size 1 repeated to the shape of another tensor."""
    return expand(input, as_handle(other, "expand_as").array.shape)


def broadcast_to(input: Any, *shape: Any, size: Any = ()) -> Any:
    """A view with dimensions of size 1 repeated: see `expand`."""
    return expand(input, *shape, size=size)


def broadcast_shapes(*shapes: Any) -> tuple[int, ...]:
    """The shape that tensors of these shapes broadcast to.

    Parameters
    ----------
    *shapes : tuple of int or int
        Compared from the last size on; sizes are equal, or 1.

    Raises
    ------
    ShapeError
        If they do not broadcast.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.broadcast_shapes((2, 1), (3,))
    (2, 3)
    """
    each = [sizes((shape,)) for shape in shapes]
    try:
        return np.broadcast_shapes(*each)
    except ValueError:
        raise ShapeError(
            f"broadcast shapes {', '.join(map(str, each))}",
            "sizes that differ, none of them 1" if all(s >= 0 for e in each for s in e)
            else "a negative size",
            "make them equal, counted from the last one, or 1",
        ) from None  # fmt: skip


def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """Views of the tensors in the one shape that they broadcast to.

    Raises
    ------
    ShapeError
        If they do not broadcast.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.broadcast_tensors(tgx.zeros(2, 1), tgx.zeros(3))
    >>> x.shape, y.shape
    ((2, 3), (2, 3))
    """
    many = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    handles = [as_handle(x, "broadcast_tensors") for x in many]
    shape = broadcast_shapes(*(h.array.shape for h in handles))
    return tuple(h if h.array.shape == shape else EXPAND.apply((h,), (shape,)) for h in handles)


def sum_to(x: Handle, shape: tuple[int, ...]) -> Any:
    """Summed over what was broadcast from `shape`."""
    return SUM_TO.apply((x,), (shape,))


def sum_to_size(input: Any, *size: Any) -> Any:
    """The sum over everything by which the tensor is larger than a shape that broadcasts to it.

    Parameters
    ----------
    input : Tensor
        Of any shape; integers and bools are summed as int64.
    *size : int or tuple of int
        The shape of the sum.

    Raises
    ------
    ShapeError
        If that shape does not broadcast to the tensor's.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.ones(2, 3).sum_to_size(2, 1)
    tensor([[3.],
            [3.]])
    """
    x, wanted = as_handle(input, "sum_to_size"), sizes(size)
    shape = x.array.shape
    extra = len(shape) - len(wanted)
    if extra < 0 or any(w not in (1, s) for w, s in zip(wanted, shape[extra:], strict=True)):
        raise ShapeError(
            f"sum a tensor of shape {shape} to {wanted}", "a shape that does not broadcast to it",
            "give its sizes from the last one on, or 1",
        )  # fmt: skip
    if x.array.dtype.kind != "f" and (wanted != shape or not shape):
        x = to_dtype(x, np.int64)  # as `sum`
    return x if wanted == shape else SUM_TO.apply((x,), (wanted,))
