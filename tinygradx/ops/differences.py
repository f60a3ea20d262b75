"""Derivatives of what is known at points only, by differences of neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.cumulative import diff
from tinygradx.ops.elementary import add, div, mul, sub
from tinygradx.ops.joining import cat, narrow
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.shapes import reshape
from tinygradx.ops.structural import as_handle, whole_dims


def gradient(
    input: Any, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1
) -> tuple[Any, ...]:
    """The derivative of a function along each dimension, from its values at points.

    Inside, three neighbours make a parabola, whose slope is answered; at the edges, two of them a
    line or three a parabola. B. Fornberg, "Generation of finite difference formulas on arbitrarily
    spaced grids" (1988).

    Parameters
    ----------
    input : Tensor
        The values, of at least `edge_order + 1` points along each dimension.
    spacing : number, list of numbers or list of Tensor
        The distance of points, one for all dimensions or one for each; or the coordinates of the
        points along each.
    dim : int or tuple of int, optional
        Along which; all when left out.
    edge_order : {1, 2}
        A line or a parabola at the edges.

    Returns
    -------
    tuple of Tensor
        One for each dimension, in the shape of the input.

    Raises
    ------
    ShapeError, ArgumentError, DtypeError
        If there are too few points, or the spacing does not fit.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.gradient(tgx.tensor([0.0, 1.0, 4.0, 9.0]))
    (tensor([1., 2., 4., 5.]),)
    """
    x = as_handle(input, "gradient")
    if x.array.dtype.kind in "bu":
        raise DtypeError(f"gradient of {x.array.dtype}", "no differences", "use input.float()")
    if edge_order not in (1, 2):
        raise ArgumentError(
            f"gradient with edge_order={edge_order}", "neither 1 nor 2", "use 1 or 2"
        )
    dims = whole_dims(dim, x.array.ndim, "gradient")
    dims = tuple(range(x.array.ndim)) if dims is None else dims
    steps = _steps(x, spacing, dims)
    if x.array.dtype.kind != "f":
        x = to_dtype(x, steps[0].array.dtype)
    return tuple(_slopes(x, d, step, edge_order) for d, step in zip(dims, steps, strict=True))


def _steps(x: Handle, spacing: Any, dims: tuple[int, ...]) -> list[Any]:
    """How far each point of a dimension is from the one before, for every dimension."""
    spacing = 1 if spacing is None else spacing
    several = isinstance(spacing, (list, tuple))
    given = list(spacing) if several else [spacing] * len(dims)
    if len(given) != len(dims):
        raise ArgumentError(
            f"gradient with a spacing of {len(given)} parts", f"{len(dims)} dimensions",
            "give one number, or a part for each dimension",
        )  # fmt: skip
    steps = []
    for d, part in zip(dims, given, strict=True):
        count = x.array.shape[d]
        if isinstance(part, Handle) and part.array.ndim:
            if part.array.shape != (count,):
                raise ShapeError(
                    f"gradient along dimension {d} of size {count}",
                    f"coordinates of shape {part.array.shape}", f"pass shape ({count},)",
                )  # fmt: skip
            steps.append(diff(part))
        else:
            dtype = x.array.dtype if x.array.dtype.kind == "f" else np.dtype(np.float32)
            value = part.array if isinstance(part, Handle) else part
            steps.append(wrap(x.result_class, np.full(max(count - 1, 0), value, dtype)))
    return steps


def _slopes(x: Handle, dim: int, steps: Any, edge_order: int) -> Any:
    """The derivative along one dimension."""
    count = x.array.shape[dim]
    if count < edge_order + 1:
        raise ShapeError(
            f"gradient with edge_order={edge_order}", f"{count} points along dimension {dim}",
            f"pass {edge_order + 1} points or more",
        )  # fmt: skip
    column = (-1, *(1,) * (x.array.ndim - 1 - dim))

    def points(start: int, size: int) -> Any:
        return narrow(x, dim, start, size)

    def distances(start: int, size: int) -> Any:
        return reshape(narrow(steps, 0, start, size), column)

    def line(start: int) -> Any:
        return div(sub(points(start + 1, 1), points(start, 1)), distances(start, 1))

    parts = [line(0)] if edge_order == 1 else [_parabola(points, distances, 0, 1, -1)]
    if count > 2:
        parts.append(_parabola(points, distances, 0, count - 2, 0))
    parts.append(
        line(count - 2) if edge_order == 1 else _parabola(points, distances, count - 3, 1, 1)
    )
    return cat(parts, dim)


def _parabola(points: Any, distances: Any, start: int, size: int, at: int) -> Any:
    """The slope of parabolas through three neighbours: at the first (-1), middle (0) or last (1).

    With the steps h and k between them, the slopes of both chords are mixed: in the middle
    `(k u + h v) / (h + k)`, at an end its own chord's, less what it changes by.
    """
    h, k = distances(start, size), distances(start + 1, size)
    first, middle, last = (points(start + i, size) for i in range(3))
    u, v = div(sub(middle, first), h), div(sub(last, middle), k)
    bend = div(sub(v, u), add(h, k))
    if at < 0:
        return sub(u, mul(h, bend))
    if at > 0:
        return add(v, mul(k, bend))
    return add(u, mul(h, bend))
