"""Operations that move elements without changing them: views where the memory allows it."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle
from tinygradx.kernels import backend_of
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim


class Reshape(Structural):
    """The same elements, in order, under another shape."""

    name = "reshape"
    view = True

    def forward(self, x: Any, shape: tuple[int, ...]) -> Any:
        return x.reshape(shape)

    def pull(self, g: Any, x_shape: tuple[int, ...]) -> Any:
        return RESHAPE.apply((g,), (x_shape,))

    def pull_arrays(self, g: Any, x_shape: tuple[int, ...]) -> Any:
        return g.reshape(x_shape)


class Permute(Structural):
    """Dimensions in another order."""

    name = "permute"
    view = True

    def forward(self, x: Any, dims: tuple[int, ...]) -> Any:
        return x.transpose(dims)

    def pull(self, g: Any, dims: tuple[int, ...]) -> Any:
        return PERMUTE.apply((g,), (_inverse(dims),))

    def pull_arrays(self, g: Any, dims: tuple[int, ...]) -> Any:
        return g.transpose(_inverse(dims))


class Expand(Structural):
    """Dimensions of size 1 repeated without copying."""

    name = "expand"
    view = True

    def forward(self, x: Any, shape: tuple[int, ...]) -> Any:
        return numpy_like(x).broadcast_to(x, shape)

    def pull(self, g: Any) -> Any:
        return g  # the sweep sums what was broadcast

    def pull_arrays(self, g: Any) -> Any:
        return g


class SumTo(Structural):
    """What the sweep does to undo broadcasting, as an operation of its own."""

    name = "sum_to"

    def forward(self, x: Any, shape: tuple[int, ...]) -> Any:
        from tinygradx.ops.arithmetic import sum_to as of_array

        return of_array(x, shape)

    def pull(self, g: Any, x_shape: tuple[int, ...]) -> Any:
        return EXPAND.apply((g,), (x_shape,))

    def pull_arrays(self, g: Any, x_shape: tuple[int, ...]) -> Any:
        return numpy_like(g).broadcast_to(g, x_shape)


class ToDtype(Structural):
    """The same values in another dtype."""

    name = "to"

    def forward(self, x: Any, dtype: np.dtype[Any]) -> Any:
        return backend_of(x).call(x.astype, dtype)

    def pull(self, g: Any) -> Any:
        return g  # the sweep casts a share to the dtype of its source

    def pull_arrays(self, g: Any) -> Any:
        return g


class Clone(Structural):
    """A copy in memory of its own, in C order."""

    name = "clone"

    def forward(self, x: Any) -> Any:
        return x.copy()

    def pull(self, g: Any) -> Any:
        return g

    def pull_arrays(self, g: Any) -> Any:
        return g


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


class Narrow(Structural):
    """A run of slices along a dimension."""

    name = "narrow"
    view = True

    def forward(self, x: Any, dim: int, start: int, length: int) -> Any:
        return x[(slice(None),) * dim + (slice(start, start + length),)]

    def pull(self, g: Any, x_shape: tuple[int, ...], dim: int, start: int, length: int) -> Any:
        return PAD_DIM.apply((g,), (dim, start, x_shape[dim] - start - length))


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


RESHAPE, PERMUTE, EXPAND, SUM_TO = Reshape(), Permute(), Expand(), SumTo()
TO_DTYPE, CLONE, CAT, NARROW, PAD_DIM = ToDtype(), Clone(), Cat(), Narrow(), PadDim()


def _inverse(dims: tuple[int, ...]) -> tuple[int, ...]:
    inverse = [0] * len(dims)
    for place, dim in enumerate(dims):
        inverse[dim] = place
    return tuple(inverse)


def _pieces(shapes: Sequence[tuple[int, ...]], dim: int) -> list[tuple[int, int]]:
    """Where each of the joined tensors begins, and how long it is."""
    pieces, start = [], 0
    for shape in shapes:
        length = shape[dim] if shape != (0,) or dim == 0 else 0
        pieces.append((start, length))
        start += length
    return pieces


def sizes(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """Sizes given one by one, or as one tuple, list or shape."""
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    try:
        return tuple(operator.index(size) for size in shape)
    except TypeError:
        raise DtypeError(
            f"a shape of {shape!r:.60}", "a size that is no integer", "pass whole numbers"
        ) from None


# ---- functions ----------------------------------------------------------------------------------


def reshape(input: Any, *shape: Any) -> Any:
    """The same elements under another shape; one size may be -1.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    *shape : int or tuple of int
        The sizes; their product is the number of elements.

    Returns
    -------
    Tensor
        A view where the memory allows it, a copy elsewhere.

    Raises
    ------
    ShapeError
        If the number of elements differs.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.reshape(tgx.arange(4), (2, 2))
    tensor([[0, 1],
            [2, 3]])
    """
    x = as_handle(input, "reshape")
    wanted = sizes(shape)
    size = x.array.size
    known = math.prod(s for s in wanted if s != -1)
    if wanted.count(-1) == 1 and known and size % known == 0:
        wanted = tuple(size // known if s == -1 else s for s in wanted)
    elif -1 in wanted or known != size or any(s < 0 for s in wanted):
        raise ShapeError(
            f"reshape {x.array.shape} to {wanted}",
            f"{size} elements",
            "choose sizes whose product is that number (one of them may be -1)",
        )
    return RESHAPE.apply((x,), (wanted,))


def permute(input: Any, *dims: Any) -> Any:
    """A view with the dimensions in another order.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    *dims : int or tuple of int
        Each of the n dims once.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.permute(tgx.zeros(2, 3, 4), (2, 0, 1)).shape
    (4, 2, 3)
    """
    x = as_handle(input, "permute")
    wanted, ndim = sizes(dims), x.array.ndim
    order = tuple(whole_dim(d, ndim, "permute") for d in wanted)
    if sorted(order) != list(range(ndim)):
        raise ShapeError(
            f"permute a tensor of {ndim} dimensions by {wanted}",
            "an order that does not name each dimension once",
            f"for example {tuple(range(ndim))[::-1]}",
        )
    return PERMUTE.apply((x,), (order,))


def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """A view with two dimensions exchanged."""
    x = as_handle(input, "transpose")
    ndim = x.array.ndim
    a, b = whole_dim(dim0, ndim, "transpose"), whole_dim(dim1, ndim, "transpose")
    order = list(range(ndim))
    if ndim:
        order[a], order[b] = order[b], order[a]
    return PERMUTE.apply((x,), (tuple(order),))


def expand(input: Any, *shape: Any) -> Any:
    """A view with dimensions of size 1 repeated; -1 keeps a size.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    *shape : int or tuple of int
        As many sizes as dimensions, or more in front.
    """
    x = as_handle(input, "expand")
    wanted, old = sizes(shape), x.array.shape
    extra = len(wanted) - len(old)
    full = tuple(
        old[i - extra] if size == -1 and i >= extra else size for i, size in enumerate(wanted)
    )
    fits = extra >= 0 and all(o in (1, n) for o, n in zip(old, full[extra:], strict=True))
    if not fits or any(size < 0 for size in full):
        raise ShapeError(
            f"expand {old} to {wanted}",
            "only dimensions of size 1 can be repeated",
            "give the other sizes as they are, or as -1",
        )
    return EXPAND.apply((x,), (full,))


def squeeze(input: Any, dim: Any = None) -> Any:
    """A view without dimensions of size 1: all of them, or those named."""
    x = as_handle(input, "squeeze")
    shape = x.array.shape
    if dim is None:
        chosen = set(range(len(shape)))
    else:
        many = dim if isinstance(dim, (tuple, list)) else (dim,)
        chosen = {whole_dim(d, len(shape), "squeeze") for d in many}
    kept = tuple(s for i, s in enumerate(shape) if s != 1 or i not in chosen)
    return RESHAPE.apply((x,), (kept,))


def unsqueeze(input: Any, dim: int) -> Any:
    """A view with a dimension of size 1 put in."""
    x = as_handle(input, "unsqueeze")
    shape = x.array.shape
    place = whole_dim(dim, len(shape) + 1, "unsqueeze")
    return RESHAPE.apply((x,), ((*shape[:place], 1, *shape[place:]),))


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """A run of dimensions made one."""
    x = as_handle(input, "flatten")
    shape = x.array.shape
    if not shape:
        return RESHAPE.apply((x,), ((1,),))
    start = whole_dim(start_dim, len(shape), "flatten")
    end = whole_dim(end_dim, len(shape), "flatten")
    if start > end:
        raise ArgumentError(
            f"flatten from dim {start_dim} to dim {end_dim}",
            f"dim {start_dim} comes after dim {end_dim}",
            "give the smaller one first",
        )
    middle = math.prod(shape[start : end + 1])
    return RESHAPE.apply((x,), ((*shape[:start], middle, *shape[end + 1 :]),))


def cat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Tensors one after another along a dimension.

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
    handles = [as_handle(x, "cat") for x in tensors]
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
                "make every other size equal" + (" (stack joins 0-d tensors)" if not ndim else ""),
            )
    return CAT.apply(_one_dtype(full), (place,))


def stack(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Tensors of one shape along a new dimension."""
    handles = [as_handle(x, "stack") for x in tensors]
    if not handles:
        raise ArgumentError("stack", "no tensors", "pass at least one")
    shapes = {h.array.shape for h in handles}
    if len(shapes) > 1:
        raise ShapeError(
            "stack", f"shapes {', '.join(str(h.array.shape) for h in handles)}",
            "make all shapes equal, or use cat",
        )  # fmt: skip
    return cat([unsqueeze(h, dim) for h in handles], dim)


def _one_dtype(handles: list[Handle]) -> list[Handle]:
    from tinygradx.ops.promotion import result_type

    dtypes = {h.array.dtype for h in handles}
    if len(dtypes) == 1:
        return handles
    dtype = result_type([h.array for h in handles])
    return [to_dtype(h, dtype) for h in handles]


def to_dtype(x: Handle, dtype: Any) -> Any:
    """The same values in another dtype; the tensor itself if it has that dtype."""
    dtype = np.dtype(dtype)
    return x if x.array.dtype == dtype else TO_DTYPE.apply((x,), (dtype,))


def sum_to(x: Handle, shape: tuple[int, ...]) -> Any:
    """Summed over what was broadcast from `shape`."""
    return SUM_TO.apply((x,), (shape,))


def clone(input: Any) -> Any:
    """A copy in memory of its own, through which gradients flow."""
    return CLONE.apply((as_handle(input, "clone"),), ())


def narrow(input: Any, dim: int, start: int, length: int) -> Any:
    """A run of slices along a dimension, as a view."""
    x = as_handle(input, "narrow")
    place = whole_dim(dim, x.array.ndim, "narrow")
    size = x.array.shape[place]
    begin = start + size if start < 0 else start
    if not 0 <= begin <= begin + length <= size:
        raise ArgumentError(
            f"narrow: {length} from {start}", f"a dimension of size {size}", "stay inside it"
        )
    return NARROW.apply((x,), (place, begin, length))
