"""Histograms over several dimensions."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.structural import as_handle


class Histogramdd(NamedTuple):
    """What `histogramdd` answers."""

    hist: Any
    bin_edges: Any


def histogramdd(
    input: Any, bins: Any, *, range: Any = None, weight: Any = None, density: bool = False
) -> Any:
    """How many points lie in each box of a grid.

    Parameters
    ----------
    input : Tensor
        Points (..., D), of floats: the coordinates lie along the last dimension.
    bins : int, sequence of int or sequence of Tensor
        How many boxes along each of the D dimensions, or their edges, in order.
    range : sequence of float, optional
        The first and the last edge of each dimension, one after another: 2 D numbers. From the
        least to the largest coordinate when left out.
    weight : Tensor, optional
        Of shape (...): how much each point counts.
    density : bool
        Divide by the sum of all and by the volume of each box.

    Returns
    -------
    Histogramdd
        A pair `(hist, bin_edges)`: the counts, one dimension for each coordinate, and a tuple of D
        vectors. Nothing of it has a gradient.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes, dtypes or edges do not fit.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> points = tgx.tensor([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    >>> tgx.histogramdd(points, [2, 2]).hist
    tensor([[1., 0.],
            [1., 1.]])
    """
    asked = "histogramdd"
    x = as_handle(input, asked)
    if x.array.ndim < 2:
        raise ShapeError(
            f"{asked} of a tensor of shape {x.array.shape}", "no points", "pass points (N, D)"
        )
    if x.array.dtype.kind != "f":
        raise DtypeError(f"{asked} of {x.array.dtype}", "no floats", "convert: input.float()")
    count = x.array.shape[-1]
    points = x.array.reshape(x.array.size // count if count else 0, count)
    many = list(bins) if isinstance(bins, (list, tuple)) else [bins] * count
    if len(many) != count:
        raise ArgumentError(
            f"{asked} with bins for {len(many)} dimensions", f"points of {count}",
            "give one for each dimension",
        )  # fmt: skip
    ends = None if range is None else np.asarray(range, np.float64).reshape(-1)
    if ends is not None and ends.size != 2 * count:
        raise ArgumentError(
            f"{asked} with a range of {ends.size} numbers", f"points of {count} dimensions",
            f"give {2 * count} numbers: the first and the last edge of each",
        )  # fmt: skip
    edges = [
        _edges(points[:, d], part, None if ends is None else ends[2 * d : 2 * d + 2], asked)
        for d, part in enumerate(many)
    ]
    weights = None
    if weight is not None:
        w = as_handle(weight, asked).array
        if w.shape != x.array.shape[:-1]:
            raise ShapeError(
                f"{asked} with a weight of shape {w.shape}", f"points {x.array.shape[:-1]}",
                "give each point its weight",
            )  # fmt: skip
        weights = w.reshape(-1)
    counts, _ = np.histogramdd(points, edges, density=density, weights=weights)
    kind = x.result_class
    return Histogramdd(
        wrap(kind, counts.astype(x.array.dtype)),
        tuple(wrap(kind, np.asarray(e, x.array.dtype)) for e in edges),
    )


def _edges(values: Any, bins: Any, ends: Any, asked: str) -> Any:
    """The edges of the boxes along one dimension."""
    if isinstance(bins, Handle):
        edges = bins.array
        if edges.ndim != 1 or len(edges) < 2 or not (np.diff(edges) >= 0).all():
            raise ArgumentError(
                f"{asked} with edges of shape {edges.shape}", "no edges in order",
                "pass a vector of two or more, each no smaller than the one before",
            )  # fmt: skip
        return edges
    if not isinstance(bins, (int, np.integer)):
        raise DtypeError(
            f"{asked} with bins={bins!r:.40}", f"a {type(bins).__name__}", "pass a whole number"
        )
    if bins < 1:
        raise ArgumentError(f"{asked} with bins={bins}", "no boxes", "use 1 or more")
    low, high = (
        ends if ends is not None else (values.min(), values.max()) if values.size else (0, 1)
    )
    if not (np.isfinite(low) and np.isfinite(high) and low <= high):
        raise ArgumentError(
            f"{asked} from {low} to {high}", "no such range", "pass finite edges in order"
        )
    if low == high:  # as NumPy: a box around a single value
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, bins + 1, dtype=values.dtype)
