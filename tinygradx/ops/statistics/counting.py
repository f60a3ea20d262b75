"""How often each number is there. Counts have no gradient."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import wrap
from tinygradx.kernels import backend_of
from tinygradx.ops.reductions import float_handle
from tinygradx.ops.structural import as_handle


def histc(input: Any, bins: int = 100, min: Any = 0, max: Any = 0) -> Any:
    """How many elements fall into each of equal intervals.

    Parameters
    ----------
    input : Tensor
        Of floats; what lies outside is left out.
    bins : int
        How many intervals.
    min, max : float
        The ends; those of the data when both are equal.

    Returns
    -------
    Tensor
        Of shape (bins,), in the dtype of the input.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.histc(tgx.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    x = float_handle(input, "histc")
    flat = x.array.ravel()
    low, high = _ends(flat, min, max, "histc", 1.0)
    counts, _ = backend_of(flat).quiet.run(np.histogram, flat, _bins(bins, "histc"), (low, high))
    return wrap(x.result_class, counts.astype(x.array.dtype))


def _bins(bins: int, asked: str) -> int:
    if not isinstance(bins, (int, np.integer)):
        raise DtypeError(
            f"{asked} with bins={bins!r:.40}", f"a {type(bins).__name__}", "pass a whole number"
        )
    if bins < 1:
        raise ArgumentError(f"{asked} with bins={bins}", "no interval", "use bins from 1 on")
    return bins


def _ends(flat: Any, low: Any, high: Any, asked: str, margin: float) -> tuple[float, float]:
    """The ends of a histogram: those of the data where none are given, and never equal."""
    low, high = float(low), float(high)
    if low == high:
        low, high = (float(flat.min()), float(flat.max())) if flat.size else (0.0, 1.0)
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ArgumentError(
            f"{asked} from {low} to {high}", "no finite interval", "give finite ends, min < max"
        )
    return (low - margin, high + margin) if low == high else (low, high)


class Histogram(NamedTuple):
    """What `histogram` answers: a count for each interval, and the edges between them."""

    hist: Any
    bin_edges: Any


def histogram(
    input: Any, bins: Any, *, range: Sequence[float] | None = None, weight: Any = None,
    density: bool = False,
) -> Any:  # fmt: skip
    """How many elements fall into each interval.

    Parameters
    ----------
    input : Tensor
        Of floats; what lies outside is left out.
    bins : int or Tensor
        How many equal intervals, or all their edges in order.
    range : pair of float, optional
        The ends, for equal intervals; those of the data when left out.
    weight : Tensor, optional
        How much each element counts, in the shape of the input.
    density : bool
        Divide by the whole and by the widths, so that the area is 1.

    Returns
    -------
    Histogram
        A pair `(hist, bin_edges)`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> hist, bin_edges = tgx.histogram(tgx.tensor([1.0, 2.0, 1.0]), bins=4, range=(0.0, 3.0))
    >>> hist, bin_edges
    (tensor([0., 2., 1., 0.]), tensor([0.0000, 0.7500, 1.5000, 2.2500, 3.0000]))
    """
    x = float_handle(input, "histogram")
    flat, dtype = x.array.ravel(), x.array.dtype
    if isinstance(bins, int):
        first, last = range or (0.0, 0.0)
        low, high = _ends(flat, first, last, "histogram", 0.5)
        edges = np.linspace(low, high, _bins(bins, "histogram") + 1, dtype=dtype)
        cuts: Any = bins
    else:
        edges = as_handle(bins, "histogram").array
        if edges.ndim != 1 or not edges.size or (np.diff(edges) < 0).any():
            raise ArgumentError(
                f"histogram with edges of shape {edges.shape}", "not a row in order",
                "sort them: bins.sort().values",
            )  # fmt: skip
        low, high, cuts = float(edges[0]), float(edges[-1]), edges
    weights = None if weight is None else as_handle(weight, "histogram").array.ravel()
    backend = backend_of(flat)
    hist = backend.quiet.run(np.histogram, flat, cuts, (low, high), None, weights)[0].astype(dtype)
    if density:
        hist = backend.call(np.divide, hist, hist.sum() * np.diff(edges))
    return Histogram(wrap(x.result_class, hist), wrap(x.result_class, edges.copy()))


def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Any:
    """How often each integer from 0 on is there, or the sum of its weights.

    Parameters
    ----------
    input : Tensor
        Integers from 0 on, of one dimension.
    weights : Tensor, optional
        How much each of them counts.
    minlength : int
        At least so many answers.

    Raises
    ------
    ArgumentError
        For a negative integer.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.bincount(tgx.tensor([0, 3, 3]))
    tensor([1, 0, 0, 2])
    """
    x = as_handle(input, "bincount")
    if x.array.ndim != 1 or x.array.dtype.kind not in "iu":
        raise DtypeError(
            f"bincount of a tensor of shape {x.array.shape} and dtype {x.array.dtype}",
            "not a row of integers", "pass x.flatten().long()",
        )  # fmt: skip
    if x.array.size and x.array.min() < 0:
        raise ArgumentError(
            "bincount", f"the negative integer {x.array.min()}", "add an offset first: x - x.min()"
        )
    if minlength < 0:
        raise ArgumentError(
            f"bincount with minlength={minlength}", "a count below 0", "use 0 or more"
        )
    if weights is None:
        return wrap(x.result_class, np.bincount(x.array, minlength=minlength).astype(np.int64))
    weight = as_handle(weights, "bincount").array
    if weight.shape != x.array.shape:
        raise ShapeError(
            f"bincount with weights of shape {weight.shape}", f"{x.array.size} integers",
            "pass one weight for each",
        )  # fmt: skip
    dtype = weight.dtype if weight.dtype.kind == "f" else np.dtype(np.float64)
    return wrap(x.result_class, np.bincount(x.array, weight, minlength).astype(dtype))
