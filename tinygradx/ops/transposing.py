"""Dimensions in another order: `permute`, `transpose`, `movedim` ... All are views."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentError, DimError, ShapeError
from tinygradx.ops.shapes import sizes
from tinygradx.ops.structural import Structural, as_handle, whole_dim, whole_dims


class Permute(Structural):
    """Dimensions in another order."""

    name = "permute"
    view = True

    def forward(self, x: Any, dims: tuple[int, ...]) -> Any:
        return x.transpose(dims)

    def pull(self, g: Any, dims: tuple[int, ...]) -> Any:
        return PERMUTE.apply((g,), (inverse_order(dims),))

    def pull_arrays(self, g: Any, dims: tuple[int, ...]) -> Any:
        return g.transpose(inverse_order(dims))


PERMUTE = Permute()


def inverse_order(dims: tuple[int, ...]) -> tuple[int, ...]:
    """The order of dimensions that undoes another."""
    inverse = [0] * len(dims)
    for place, dim in enumerate(dims):
        inverse[dim] = place
    return tuple(inverse)


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
