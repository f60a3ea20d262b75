"""What all reductions share: their settings, under all names, and the shapes around them."""

from __future__ import annotations

import builtins
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle
from tinygradx.ops.broadcasting import EXPAND
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.shapes import RESHAPE
from tinygradx.ops.structural import as_handle, whole_dim


def kept_shape(shape: tuple[int, ...], dims: tuple[int, ...] | None) -> tuple[int, ...]:
    """The shape with every reduced dimension of size 1."""
    if dims is None:
        return (1,) * len(shape)
    return tuple(1 if i in dims else size for i, size in enumerate(shape))


def reduced_shape(
    shape: tuple[int, ...], dims: tuple[int, ...] | None, keepdim: bool
) -> tuple[int, ...]:
    """The shape of a result."""
    if keepdim:
        return kept_shape(shape, dims)
    return () if dims is None else tuple(s for i, s in enumerate(shape) if i not in dims)


def spread(g: Any, shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
    """A reduced handle, seen in the shape it was reduced from."""
    return EXPAND.apply((RESHAPE.apply((g,), (kept_shape(shape, dims),)),), (shape,))


def numpy_names(
    asked: str, named: dict[str, Any], dim: Any = None, keepdim: Any = False
) -> tuple[Any, bool]:
    """`dim` and `keepdim`, by whichever of their names they were given.

    NumPy calls them `axis` and `keepdims`, and its functions, called with a tensor, hand over an
    `out=None` as well.

    Parameters
    ----------
    asked : str
        The function, for errors.
    named : dict
        Keyword arguments that the function itself does not name; emptied.
    dim, keepdim
        What was given under PyTorch's names.

    Returns
    -------
    tuple
        `dim` as it was given, and `keepdim` as a bool.

    Raises
    ------
    ArgumentError
        For an `out=` that is not None: a tensor's memory is written by `copy_`.
    TypeError
        For a keyword that nobody knows.
    """
    if named:
        dim = named.pop("axis", dim)
        keepdim = named.pop("keepdims", keepdim)
        if named.pop("out", None) is not None:
            raise ArgumentError(
                f"{asked} with out=", "an array to write to",
                f"take what it answers: y = {asked}(x); or write it by y.copy_({asked}(x))",
            )  # fmt: skip
        if named:
            unknown = next(iter(named))
            raise TypeError(f"{asked}() got an unexpected keyword argument {unknown!r}")
    return dim, bool(keepdim)


def float_handle(input: Any, asked: str, dtype: Any = None) -> Handle:
    """A tensor of floats, converted to `dtype` first; what holds no fractions is refused."""
    x = as_handle(input, asked)
    if dtype is not None:
        x = to_dtype(x, dtype)
    if x.array.dtype.kind != "f":
        call = f"x.float().{asked}()" if hasattr(x, asked) else f"{asked}(x.float())"
        raise DtypeError(
            f"{asked} of {x.array.dtype}", "a dtype that holds no fractions",
            f"convert first: {call}",
        )  # fmt: skip
    return x


def filled(x: Handle, dims: tuple[int, ...] | None, asked: str) -> None:
    """Refuse to look for an extreme among no elements."""
    shape = x.array.shape
    if builtins.any(shape[d] == 0 for d in (range(len(shape)) if dims is None else dims)):
        raise ShapeError(
            f"{asked} of a tensor of shape {shape}", "no elements to choose from",
            "check that it is not empty: x.numel() > 0",
        )  # fmt: skip


def filled_dim(x: Handle, dim: Any, asked: str) -> int:
    """A dimension counted from the front, along which there is something to choose from."""
    place = whole_dim(dim, x.array.ndim, asked)
    filled(x, (place,) if x.array.ndim else None, asked)
    return place
