"""Operations that move elements without changing them: views where the memory allows it."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import numpy as np

from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.graph import Handle, Part
from tinygradx.kernels import backend_of
from tinygradx.ops.promotion import SUPPORTED
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim, whole_dims

F = TypeVar("F", bound=Callable[..., Any])


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


RESHAPE, PERMUTE, EXPAND, SUM_TO = Reshape(), Permute(), Expand(), SumTo()
TO_DTYPE, CLONE, CAT, STACK, NARROW = ToDtype(), Clone(), Cat(), Stack(), Narrow()
PAD_DIM = PadDim()


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


def axis_too(function: F) -> F:
    """The function, which takes its `dim` under NumPy's name `axis` as well."""

    @functools.wraps(function)
    def taking(*args: Any, **named: Any) -> Any:
        if "axis" in named:
            if "dim" in named:
                raise ArgumentError(
                    f"{function.__name__} with dim and axis", "two names of one argument",
                    "give one of them",
                )  # fmt: skip
            named["dim"] = named.pop("axis")
        return function(*args, **named)

    return cast(F, taking)


#: The same where an argument is called `sizes`.
whole_sizes = sizes

# ---- functions ----------------------------------------------------------------------------------


def reshape(input: Any, *size: Any, shape: Any = ()) -> Any:
    """The same elements under another shape; one size may be -1.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    *size : int or tuple of int
        The sizes, also by the name `shape`; their product is the number of elements.

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
    wanted = sizes(size or (shape,))
    count = x.array.size
    known = math.prod(s for s in wanted if s != -1)
    if wanted.count(-1) == 1 and known > 0 and count % known == 0 and min(wanted) == -1:
        wanted = tuple(count // known if s == -1 else s for s in wanted)
    elif -1 in wanted or known != count or any(s < 0 for s in wanted):
        raise ShapeError(
            f"reshape {x.array.shape} to {wanted}",
            f"{count} elements",
            "choose sizes whose product is that number (one of them may be -1)",
        )
    return RESHAPE.apply((x,), (wanted,))


def permute(input: Any, *order: Any, dims: Any = ()) -> Any:
    """A view with the dimensions in another order.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    *order : int or tuple of int
        Each of the n dims once, also by the name `dims`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.permute(tgx.zeros(2, 3, 4), (2, 0, 1)).shape
    (4, 2, 3)
    """
    x = as_handle(input, "permute")
    wanted, ndim = sizes(order or (dims,)), x.array.ndim
    places = tuple(whole_dim(d, ndim, "permute") for d in wanted)
    if sorted(places) != list(range(ndim)):
        raise ShapeError(
            f"permute a tensor of {ndim} dimensions by {wanted}",
            "an order that does not name each dimension once",
            f"for example {tuple(range(ndim))[::-1]}",
        )
    return PERMUTE.apply((x,), (places,))


def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """A view with two dimensions exchanged; also called `swapaxes` and `swapdims`.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    dim0, dim1 : int
        Which two; negative ones count from the end.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.transpose(tgx.zeros(2, 3, 4), 0, -1).shape
    (4, 3, 2)
    """
    x = as_handle(input, "transpose")
    ndim = x.array.ndim
    a, b = whole_dim(dim0, ndim, "transpose"), whole_dim(dim1, ndim, "transpose")
    order = list(range(ndim))
    if ndim:
        order[a], order[b] = order[b], order[a]
    return PERMUTE.apply((x,), (tuple(order),))


def swapaxes(input: Any, axis0: int, axis1: int) -> Any:
    """A view with two dimensions exchanged, under NumPy's name: see `transpose`."""
    return transpose(input, axis0, axis1)


def swapdims(input: Any, dim0: int, dim1: int) -> Any:
    """A view with two dimensions exchanged: see `transpose`."""
    return transpose(input, dim0, dim1)


def t(input: Any) -> Any:
    """A matrix with rows and columns exchanged, as a view; less than two dimensions stay.

    Raises
    ------
    DimError
        If there are more than two dimensions.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.t(tgx.tensor([[1, 2, 3]])).tolist()
    [[1], [2], [3]]
    """
    x = as_handle(input, "t")
    if x.array.ndim > 2:
        raise DimError(
            f"t() of a tensor of shape {x.array.shape}", "more than two dimensions",
            "say which two to exchange: x.transpose(0, 1), or x.mT for the last two",
        )  # fmt: skip
    return PERMUTE.apply((x,), (tuple(range(x.array.ndim))[::-1],))


def adjoint(input: Any) -> Any:
    """A view with the last two dimensions exchanged (and no conjugate, as all numbers are real)."""
    x = as_handle(input, "adjoint")
    if x.array.ndim < 2:
        raise DimError(
            f"adjoint of a tensor of shape {x.array.shape}", "less than two dimensions",
            "pass matrices: (..., n, m)",
        )  # fmt: skip
    return transpose(x, -2, -1)


def movedim(input: Any, source: Any, destination: Any) -> Any:
    """A view with some dimensions moved to other places; the others keep their order.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    source, destination : int or tuple of int
        Which dimensions, and where each of them goes.

    Raises
    ------
    DimError
        If a dim is out of range, or given twice.
    ArgumentError
        If there are not as many of one as of the other.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.movedim(tgx.zeros(2, 3, 4), 0, -1).shape
    (3, 4, 2)
    """
    x = as_handle(input, "movedim")
    ndim = x.array.ndim
    moved = source if isinstance(source, (tuple, list)) else (source,)
    places = destination if isinstance(destination, (tuple, list)) else (destination,)
    if len(moved) != len(places):
        raise ArgumentError(
            f"movedim from {source} to {destination}", f"{len(moved)} and {len(places)} dims",
            "give a place for each dim",
        )  # fmt: skip
    come_from = whole_dims(moved, ndim, "movedim") or ()
    go_to = whole_dims(places, ndim, "movedim") or ()
    rest = iter([d for d in range(ndim) if d not in come_from])
    taken = dict(zip(go_to, come_from, strict=True))
    order = tuple(taken[d] if d in taken else next(rest) for d in range(ndim))
    return PERMUTE.apply((x,), (order,))


def moveaxis(input: Any, source: Any, destination: Any) -> Any:
    """A view with some dimensions moved, under NumPy's name: see `movedim`."""
    return movedim(input, source, destination)


def view(input: Any, *shape: Any, size: Any = ()) -> Any:
    """The same elements under another shape, never copied; one size may be -1.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    *shape : int or tuple of int
        The sizes, also by the name `size`; their product is the number of elements.

    Returns
    -------
    Tensor
        In the memory of the input.

    Raises
    ------
    ShapeError
        If the number of elements differs, or they do not lie in memory in that order.
    DtypeError
        For another dtype, which is not offered.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.zeros(2, 3)
    >>> x.view(3, -1).data_ptr() == x.data_ptr()
    True
    """
    x = as_handle(input, "view")
    if len(shape) == 1 and isinstance(shape[0], (np.dtype, type)):
        raise DtypeError(
            f"view memory as {shape[0]}", "another dtype",
            "convert the values: x.to(dtype), or look at x.detach().numpy().view(dtype)",
        )  # fmt: skip
    out = reshape(x, *(shape or (size,)))
    if x.array.size > 1 and not np.may_share_memory(out.array, x.array):
        steps = tuple(step // x.array.itemsize for step in x.array.strides)
        raise ShapeError(
            f"view a tensor of shape {x.array.shape} as {out.array.shape}",
            f"memory in another order (strides {steps})",
            "use x.reshape(...), which copies where it has to, or x.contiguous().view(...)",
        )
    return out


def reshape_as(input: Any, other: Any) -> Any:
    """The same elements under the shape of another tensor: `x.reshape(other.shape)`."""
    return reshape(input, as_handle(other, "reshape_as").array.shape)


def view_as(input: Any, other: Any) -> Any:
    """A view under the shape of another tensor: `x.view(other.shape)`."""
    return view(input, as_handle(other, "view_as").array.shape)


def ravel(input: Any) -> Any:
    """All elements in one dimension; a view where the memory allows it."""
    return reshape(input, -1)


def contiguous(input: Any, *, memory_format: Any = None) -> Any:
    """The tensor itself where its elements lie in memory in order, else a copy that does.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    memory_format : memory format, optional
        In order of the dimensions when left out; with `tinygradx.channels_last` the channels of
        (N, C, H, W) lie next to each other.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.zeros(2, 3).T.contiguous().stride()
    (2, 1)
    """
    x = as_handle(input, "contiguous")
    return in_format(x, "contiguous_format" if memory_format is None else memory_format)


#: In which order the dimensions of images lie in memory, by PyTorch's names.
FORMATS = {"channels_last": (0, 2, 3, 1), "channels_last_3d": (0, 2, 3, 4, 1)}


def in_format(x: Handle, memory_format: Any) -> Any:
    """The same elements, copied if they do not lie in memory as asked."""
    name = str(memory_format).rpartition(".")[2]
    if name == "preserve_format":
        return x
    if name == "contiguous_format":
        return x if x.array.flags.c_contiguous else CLONE.apply((x,), ())
    order = FORMATS.get(name)
    if order is None or x.array.ndim != len(order):
        raise ArgumentError(
            f"memory_format={memory_format} of a tensor of {x.array.ndim} dimensions",
            "no such format" if order is None else f"a format of {len(order)} dimensions",
            "use contiguous_format, preserve_format, channels_last (4 dimensions) or "
            "channels_last_3d (5)",
        )
    turned = PERMUTE.apply((x,), (order,))
    if turned.array.flags.c_contiguous:
        return x
    return PERMUTE.apply((CLONE.apply((turned,), ()),), (_inverse(order),))


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


def broadcast_to(input: Any, size: Any) -> Any:
    """A view with dimensions of size 1 repeated: see `expand`."""
    return expand(input, size)


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


@axis_too
def squeeze(input: Any, dim: Any = None) -> Any:
    """A view without dimensions of size 1: all of them, or those named.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    dim : int or tuple of int, optional
        Which dimensions; one whose size is not 1 stays.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.squeeze(tgx.zeros(1, 3, 1)).shape, tgx.squeeze(tgx.zeros(1, 3, 1), (1, 2)).shape
    ((3,), (1, 3))
    """
    x = as_handle(input, "squeeze")
    shape = x.array.shape
    if dim is None:
        chosen = set(range(len(shape)))
    else:
        many = dim if isinstance(dim, (tuple, list)) else (dim,)
        chosen = {whole_dim(d, len(shape), "squeeze") for d in many}
        if len(chosen) != len(many):
            raise DimError(f"squeeze with dim={dim}", "a dim given twice", "give each dim once")
    kept = tuple(s for i, s in enumerate(shape) if s != 1 or i not in chosen)
    return RESHAPE.apply((x,), (kept,))


@axis_too
def unsqueeze(input: Any, dim: int) -> Any:
    """A view with a dimension of size 1 put in.

    Parameters
    ----------
    input : Tensor
        Of n dimensions.
    dim : int
        Where it is afterwards: from -n - 1 to n.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.unsqueeze(tgx.zeros(3), -1).shape
    (3, 1)
    """
    x = as_handle(input, "unsqueeze")
    shape = x.array.shape
    place = whole_dim(dim, len(shape) + 1, "unsqueeze")
    return RESHAPE.apply((x,), ((*shape[:place], 1, *shape[place:]),))


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """A run of dimensions made one."""
    x = as_handle(input, "flatten")
    shape = x.array.shape
    start = whole_dim(start_dim, len(shape), "flatten")
    end = whole_dim(end_dim, len(shape), "flatten")
    if not shape:
        return RESHAPE.apply((x,), ((1,),))
    if start > end:
        raise ArgumentError(
            f"flatten from dim {start_dim} to dim {end_dim}",
            f"dim {start_dim} comes after dim {end_dim}",
            "give the smaller one first",
        )
    middle = math.prod(shape[start : end + 1])
    return RESHAPE.apply((x,), ((*shape[:start], middle, *shape[end + 1 :]),))


@axis_too
def unflatten(input: Any, dim: int, sizes: Any) -> Any:
    """A dimension made several, as a view where the memory allows it.

    Parameters
    ----------
    input : Tensor
        Of at least one dimension.
    dim : int
        Which dimension.
    sizes : tuple of int
        What becomes of it; one size may be -1.

    Raises
    ------
    ShapeError
        If the product of the sizes is not the size of the dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.unflatten(tgx.zeros(2, 6), 1, (3, -1)).shape
    (2, 3, 2)
    """
    x = as_handle(input, "unflatten")
    shape = x.array.shape
    place = whole_dim(dim, len(shape), "unflatten")
    parts = whole_sizes((sizes,))
    if not shape or not parts:
        raise ShapeError(
            f"unflatten dim {dim} of a tensor of shape {shape} into {parts}",
            "no sizes" if shape else "no dimension",
            "give at least one size for a dimension that is there",
        )
    size, known = shape[place], math.prod(s for s in parts if s != -1)
    if parts.count(-1) == 1 and known > 0 and size % known == 0 and min(parts) == -1:
        parts = tuple(size // known if s == -1 else s for s in parts)
    elif -1 in parts or known != size or any(s < 0 for s in parts):
        raise ShapeError(
            f"unflatten dim {dim} of a tensor of shape {shape} into {parts}",
            f"a dimension of size {size}",
            "choose sizes whose product is that number (one of them may be -1)",
        )
    return RESHAPE.apply((x,), ((*shape[:place], *parts, *shape[place + 1 :]),))


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
    handles = [as_handle(x, "stack") for x in tensors]
    if not handles:
        raise ArgumentError("stack", "no tensors", "pass at least one")
    shapes = {h.array.shape for h in handles}
    if len(shapes) > 1:
        raise ShapeError(
            "stack", f"shapes {', '.join(str(h.array.shape) for h in handles)}",
            "make all shapes equal, or use cat",
        )  # fmt: skip
    place = whole_dim(dim, len(handles[0].array.shape) + 1, "stack")
    return STACK.apply(_one_dtype(handles), (place,))


def _one_dtype(handles: list[Handle]) -> list[Handle]:
    from tinygradx.ops.promotion import result_type

    dtypes = {h.array.dtype for h in handles}
    if len(dtypes) == 1:
        return handles
    dtype = result_type([h.array for h in handles])
    return [to_dtype(h, dtype) for h in handles]


def to_dtype(x: Handle, dtype: Any) -> Any:
    """The same values in another dtype; the tensor itself if it has that dtype."""
    try:
        wanted = _DTYPES[np.dtype(dtype)]
    except (TypeError, KeyError):
        raise DtypeError(
            f"a tensor of dtype {dtype}", "not supported", f"use {', '.join(SUPPORTED)}"
        ) from None
    return x if x.array.dtype == wanted else TO_DTYPE.apply((x,), (wanted,))


#: NumPy's one object for each dtype that tensors can have, which operations compare with `is`.
_DTYPES = {np.dtype(name): np.dtype(name) for name in SUPPORTED}


def sum_to(x: Handle, shape: tuple[int, ...]) -> Any:
    """Summed over what was broadcast from `shape`."""
    return SUM_TO.apply((x,), (shape,))


def sum_to_size(input: Any, *size: Any) -> Any:
    """The sum over everything by which the tensor is larger than a shape that broadcasts to it.

    Parameters
    ----------
    input : Tensor
        Of any shape.
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
    return x if wanted == shape else SUM_TO.apply((x,), (wanted,))


def clone(input: Any, *, memory_format: Any = None) -> Any:
    """A copy in memory of its own, through which gradients flow.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    memory_format : memory format, optional
        As for `contiguous`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.zeros(2)
    >>> tgx.clone(x).data_ptr() == x.data_ptr()
    False
    """
    copied = CLONE.apply((as_handle(input, "clone"),), ())
    return copied if memory_format is None else in_format(copied, memory_format)


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
