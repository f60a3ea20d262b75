"""The same elements under another shape: views where the memory allows it."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.promotion import SUPPORTED
from tinygradx.ops.structural import Structural, as_handle, whole_dim

F = TypeVar("F", bound=Callable[..., Any])


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


RESHAPE = Reshape()


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
    full = _filled(wanted, count)
    if full is None:
        other = "" if -1 in wanted else f", where {wanted} has {math.prod(wanted)}"
        raise ShapeError(
            f"reshape {x.array.shape} to {wanted}",
            f"{count} elements{other}",
            f"choose sizes whose product is {count} (one of them may be -1)",
        )
    return RESHAPE.apply((x,), (full,))


def _filled(sizes: tuple[int, ...], count: int) -> tuple[int, ...] | None:
    """The sizes, with what is left for a -1 in its place; None if they do not hold `count`."""
    known = math.prod(s for s in sizes if s != -1)
    if sizes.count(-1) == 1 and known > 0 and count % known == 0 and min(sizes) == -1:
        return tuple(count // known if s == -1 else s for s in sizes)
    return None if known != count or any(s < 0 for s in sizes) else sizes


def view(input: Any, *shape: Any, size: Any = (), dtype: Any = None) -> Any:
    """The same elements under another shape, never copied; one size may be -1.

    Or the same memory, read as another dtype: `x.view(tinygradx.int32)`.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    *shape : int or tuple of int
        The sizes, also by the name `size`; their product is the number of elements.
    dtype : dtype
        What to read the memory as, in place of a shape. The last size shrinks or grows as an
        element takes more or fewer bytes.

    Returns
    -------
    Tensor
        In the memory of the input. In another dtype it has no history, as after `detach()`.

    Raises
    ------
    ShapeError
        If the number of elements differs, or they do not lie in memory in that order; if the last
        dimension cannot be read as the dtype.
    DtypeError
        For something else than a dtype that tensors have.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.zeros(2, 3)
    >>> x.view(3, -1).data_ptr() == x.data_ptr()
    True
    """
    x = as_handle(input, "view")
    if len(shape) == 1 and isinstance(shape[0], (np.dtype, type)):
        dtype = shape[0]
    if dtype is not None:
        return _in_other_words(x, dtype)
    out = reshape(x, *(shape or (size,)))
    if x.array.size > 1 and not np.may_share_memory(out.array, x.array):
        steps = tuple(step // x.array.itemsize for step in x.array.strides)
        raise ShapeError(
            f"view a tensor of shape {x.array.shape} as {out.array.shape}",
            f"memory in another order (strides {steps})",
            "use x.reshape(...), which copies where it has to, or x.contiguous().view(...)",
        )
    return out


def _in_other_words(x: Handle, dtype: Any) -> Any:
    """The memory of a tensor, read as another dtype."""
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = ""
    if name not in SUPPORTED:
        raise DtypeError(
            f"view memory as {dtype!r:.40}", "no dtype of tensors", f"use {', '.join(SUPPORTED)}"
        )
    try:
        array = x.array.view(name)
    except ValueError as error:
        raise ShapeError(
            f"view a tensor of {x.array.dtype} and shape {x.array.shape} as {name}",
            str(error).rstrip("."), "make the last size fit, or convert the values: x.to(dtype)",
        ) from None  # fmt: skip
    if array.dtype == x.array.dtype:
        return reshape(x, x.array.shape)
    out = wrap(x.result_class, array)
    out.cell = x.cell  # so that writes to it are seen
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
    size = shape[place]
    full = _filled(parts, size)
    if full is None:
        raise ShapeError(
            f"unflatten dim {dim} of a tensor of shape {shape} into {parts}",
            f"a dimension of size {size}",
            f"choose sizes whose product is {size} (one of them may be -1)",
        )
    return RESHAPE.apply((x,), ((*shape[:place], *full, *shape[place + 1 :]),))
