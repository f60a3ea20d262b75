"""Tensors joined along a dimension, and runs of slices cut out of one."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, Part
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.promotion import result_type
from tinygradx.ops.shapes import RESHAPE, axis_too
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim


class Cat(Structural):
    """Tensors one after another along a dimension."""

    name = "cat"
    inputs = ("xs", "...")

    def forward(self, xs: Sequence[Any], dim: int) -> Any:
        return numpy_like(xs[0]).concatenate(xs, dim)

    def pull(self, g: Any, xs_shape: tuple[tuple[int, ...], ...], dim: int) -> Any:
        return tuple(NARROW.apply((g,), (dim, *part)) for part in _pieces(xs_shape, dim))

    def pull_arrays(self, g: Any, xs_shape: tuple[tuple[int, ...], ...], dim: int) -> Any:
        before = (slice(None),) * dim
        return tuple(
            g[(*before, slice(start, start + length))] for start, length in _pieces(xs_shape, dim)
        )


class Stack(Structural):
    """Tensors of one shape along a new dimension."""

    name = "stack"
    inputs = ("xs", "...")

    def forward(self, xs: Sequence[Any], dim: int) -> Any:
        shape = xs[0].shape
        thin = (*shape[:dim], 1, *shape[dim:])
        return numpy_like(xs[0]).concatenate([x.reshape(thin) for x in xs], dim)

    def pull(self, g: Any, xs_shape: tuple[tuple[int, ...], ...], dim: int) -> Any:
        return tuple(
            RESHAPE.apply((NARROW.apply((g,), (dim, i, 1)),), (shape,))
            for i, shape in enumerate(xs_shape)
        )

    def pull_arrays(self, g: Any, xs_shape: tuple[tuple[int, ...], ...], dim: int) -> Any:
        before = (slice(None),) * dim
        return tuple(g[(*before, i, ...)] for i in range(len(xs_shape)))


class Narrow(Structural):
    """A run of slices along a dimension."""

    name = "narrow"
    view = True

    def forward(self, x: Any, dim: int, start: int, length: int) -> Any:
        return x[(slice(None),) * dim + (slice(start, start + length),)]

    def pull(self, g: Any, x_shape: tuple[int, ...], dim: int, start: int, length: int) -> Any:
        return PAD_DIM.apply((g,), (dim, start, x_shape[dim] - start - length))

    def pull_arrays(
        self, g: Any, x_shape: tuple[int, ...], dim: int, start: int, length: int
    ) -> Any:
        return Part(x_shape, (slice(None),) * dim + (slice(start, start + length),), g)


class PadDim(Structural):
    """Zeros before and after, along a dimension."""

    name = "pad_dim"

    def forward(self, x: Any, dim: int, before: int, after: int) -> Any:
        shape = (*x.shape[:dim], before + x.shape[dim] + after, *x.shape[dim + 1 :])
        out = numpy_like(x).zeros(shape, x.dtype)
        out[(slice(None),) * dim + (slice(before, before + x.shape[dim]),)] = x
        return out

    def pull(self, g: Any, x_shape: tuple[int, ...], dim: int, before: int) -> Any:
        return NARROW.apply((g,), (dim, before, x_shape[dim]))


CAT, STACK, NARROW, PAD_DIM = Cat(), Stack(), Narrow(), PadDim()


def _pieces(shapes: Sequence[tuple[int, ...]], dim: int) -> list[tuple[int, int]]:
    """Where each of the joined tensors begins, and how long it is."""
    pieces, start = [], 0
    for shape in shapes:
        length = shape[dim] if shape != (0,) or dim == 0 else 0
        pieces.append((start, length))
        start += length
    return pieces


def several(tensors: Any, asked: str) -> Any:
    """What holds tensors, if it can."""
    if isinstance(tensors, (str, int, float)) or (
        isinstance(tensors, Handle) and not tensors.array.ndim
    ):
        raise DtypeError(
            f"{asked} of {tensors!r:.40}", "a single thing",
            f"pass a tuple or list of tensors: {asked}([a, b])",
        )  # fmt: skip
    return tensors


@axis_too
def cat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Tensors one after another along a dimension; also called `concat` and `concatenate`.

    Parameters
    ----------
    tensors : sequence of Tensor
        Of equal shape but for `dim`; dtypes are promoted.
    dim : int
        Where they are joined.

    Raises
    ------
    ShapeError
        If the other sizes differ.
    """
    handles = [as_handle(x, "cat") for x in several(tensors, "cat")]
    if not handles:
        raise ArgumentError("cat", "no tensors", "pass at least one")
    # An empty tensor of one dimension joins with anything, as in PyTorch.
    full = [h for h in handles if h.array.shape != (0,)] or handles[:1]
    ndim = full[0].array.ndim
    place = whole_dim(dim, ndim, "cat")
    first = full[0].array.shape
    for handle in full:
        shape = handle.array.shape
        if (
            ndim == 0
            or len(shape) != ndim
            or any(a != b for i, (a, b) in enumerate(zip(shape, first, strict=True)) if i != place)
        ):
            raise ShapeError(
                f"cat along dim {dim}",
                f"shapes {', '.join(str(h.array.shape) for h in full)}",
                "make every other size equal" + _joining(shape, first),
            )
    if len(full) < len(handles):
        none = (*first[:place], 0, *first[place + 1 :])
        handles = [h if h.array.ndim == ndim else RESHAPE.apply((h,), (none,)) for h in handles]
    return CAT.apply(_one_dtype(handles), (place,))


def _joining(shape: tuple[int, ...], first: tuple[int, ...]) -> str:
    """What else may have been meant by `cat`, where these two do not join."""
    if not first:
        return " (stack joins 0-d tensors)"
    if len(shape) != len(first):
        return ", and as many dimensions: unsqueeze the smaller one"
    apart = [i for i, (a, b) in enumerate(zip(shape, first, strict=True)) if a != b]
    return f", or join along dim={apart[0]}" if len(apart) == 1 else ""


@axis_too
def concat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Tensors one after another along a dimension: see `cat`."""
    return cat(tensors, dim)


@axis_too
def concatenate(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Tensors one after another along a dimension, under NumPy's name: see `cat`."""
    return cat(tensors, dim)


@axis_too
def stack(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Tensors of one shape along a new dimension.

    Parameters
    ----------
    tensors : sequence of Tensor
        Of one shape; dtypes are promoted.
    dim : int
        Where the new dimension is afterwards.

    Raises
    ------
    ShapeError
        If shapes differ.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.stack([tgx.zeros(2), tgx.ones(2)], 1)
    tensor([[0., 1.],
            [0., 1.]])
    """
    handles = [as_handle(x, "stack") for x in several(tensors, "stack")]
    if not handles:
        raise ArgumentError("stack", "no tensors", "pass at least one")
    shapes = {h.array.shape for h in handles}
    if len(shapes) > 1:
        raise ShapeError(
            f"stack {len(handles)} tensors",
            f"shapes {', '.join(str(h.array.shape) for h in handles)}",
            "make all shapes equal, or use cat, which joins along a dim that is there",
        )  # fmt: skip
    place = whole_dim(dim, len(handles[0].array.shape) + 1, "stack")
    return STACK.apply(_one_dtype(handles), (place,))


def _one_dtype(handles: list[Handle]) -> list[Handle]:
    dtypes = {h.array.dtype for h in handles}
    if len(dtypes) == 1:
        return handles
    dtype = result_type([h.array for h in handles])
    return [to_dtype(h, dtype) for h in handles]


@axis_too
def narrow(input: Any, dim: int, start: int, length: int) -> Any:
    """A run of slices along a dimension, as a view.

    Parameters
    ----------
    input : Tensor
        Of at least one dimension.
    dim : int
        Along which.
    start : int or Tensor
        The first; a negative one counts from the end.
    length : int
        How many.

    Raises
    ------
    ArgumentError
        If the run does not stay inside the dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.narrow(tgx.arange(5), 0, 1, 3)
    tensor([1, 2, 3])
    """
    x = as_handle(input, "narrow")
    place = whole_dim(dim, x.array.ndim, "narrow")
    size = x.array.shape[place] if x.array.ndim else 0
    first = operator.index(start)
    begin = first + size if first < 0 else first
    if not x.array.ndim or not 0 <= begin <= begin + length <= size:
        raise ArgumentError(
            f"narrow: {length} from {first}",
            f"a dimension of size {size}" if x.array.ndim else "a tensor of no dimensions",
            "stay inside it",
        )
    return NARROW.apply((x,), (place, begin, length))
