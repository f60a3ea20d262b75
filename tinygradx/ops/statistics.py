"""What numbers are like: their spread, their middle, their correlation, how often each is there."""

from __future__ import annotations

import builtins
import math
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError, user_line
from tinygradx.graph import Handle, wrap
from tinygradx.kernels import backend_of
from tinygradx.ops.arithmetic import add_up
from tinygradx.ops.comparisons import eq as equal
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import clip, div, lerp, mul, sub
from tinygradx.ops.exponentials import sqrt
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.products import matmul
from tinygradx.ops.reductions import (
    MEAN,
    Extreme,
    filled,
    filled_dim,
    float_handle,
    mean,
    numpy_names,
    spread,
)
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import reshape, squeeze
from tinygradx.ops.sorting import along, at_rank
from tinygradx.ops.structural import Structural, as_handle, whole_dim, whole_dims
from tinygradx.ops.transposing import movedim, transpose


class Var(Structural):
    """The mean square distance from the mean, in two passes: no digits are lost to a large mean."""

    name = "var"

    def forward(
        self, x: Any, dims: tuple[int, ...] | None, keepdim: bool, correction: float
    ) -> Any:
        call = backend_of(x).call
        middle = MEAN.forward(x, dims, True)
        apart = call(np.subtract, x, middle)
        squares = add_up(call(np.square, apart), dims, keepdim)
        return call(np.divide, squares, x.dtype.type(_left(x.shape, dims, correction)))

    def pull(
        self,
        g: Any,
        x: Any,
        x_shape: tuple[int, ...],
        dims: tuple[int, ...] | None,
        correction: float,
    ) -> Any:
        apart = sub(x, MEAN.apply((x,), (dims, True)))
        share = mul(g, 2.0 * _over(x_shape, dims, correction))
        return mul(spread(share, x_shape, dims), apart)


class Std(Structural):
    """The root of the variance; where it is 0 the gradient is 0, as in PyTorch."""

    name = "std"

    def forward(
        self, x: Any, dims: tuple[int, ...] | None, keepdim: bool, correction: float
    ) -> Any:
        return backend_of(x).call(np.sqrt, VAR.forward(x, dims, keepdim, correction))

    def pull(
        self,
        g: Any,
        x: Any,
        y: Any,
        x_shape: tuple[int, ...],
        dims: tuple[int, ...] | None,
        correction: float,
    ) -> Any:
        share = where(equal(y, 0.0), 0.0, div(g, where(equal(y, 0.0), 1.0, y)))
        apart = sub(x, MEAN.apply((x,), (dims, True)))
        return mul(spread(mul(share, _over(x_shape, dims, correction)), x_shape, dims), apart)


def _left(shape: tuple[int, ...], dims: tuple[int, ...] | None, correction: float) -> float:
    """How many elements the squares are divided by."""
    count = math.prod(shape if dims is None else (shape[d] for d in dims))
    return builtins.max(0.0, count - correction)


def _over(shape: tuple[int, ...], dims: tuple[int, ...] | None, correction: float) -> float:
    """One over `_left`."""
    left = _left(shape, dims, correction)
    return 1.0 / left if left else math.inf


class Median(Extreme):
    """The element in the middle of all, the lower one of two; nan if there is one."""

    name = "median"

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        flat = x.ravel()
        if not flat.size or np.isnan(flat).any():
            return np.array(math.nan, x.dtype)
        middle = (flat.size - 1) // 2
        return np.asarray(np.partition(flat, middle)[middle])


class Nanmedian(Extreme):
    """The element in the middle of all that are not nan, the lower one of two."""

    name = "nanmedian"

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        return MEDIAN.forward(x[~np.isnan(x)], dims, keepdim)


VAR, STD, MEDIAN, NANMEDIAN = Var(), Std(), Median(), Nanmedian()

# ---- spread -------------------------------------------------------------------------------------


def _spread_settings(
    input: Any, dim: Any, unbiased: Any, keepdim: Any, correction: Any, named: dict[str, Any],
    asked: str,
) -> tuple[Handle, tuple[Any, ...]]:  # fmt: skip
    """The tensor, and the settings of `Var`, from the many ways to give them.

    PyTorch has `var(x, unbiased)`, `var(x, dim, unbiased, keepdim)` and the present
    `var(x, dim, correction=..., keepdim=...)`; NumPy calls the correction `ddof`.
    """
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    correction = named.pop("ddof", correction)
    dtype = named.pop("dtype", None)
    dim, keepdim = numpy_names(asked, named, dim, keepdim)
    if unbiased is not None and correction is not None:
        raise ArgumentError(
            f"{asked} with both unbiased= and correction=", "two ways to say one thing",
            "give correction=1 for unbiased=True, correction=0 for unbiased=False",
        )  # fmt: skip
    if unbiased is not None and not isinstance(unbiased, (bool, int, np.bool_)):
        raise DtypeError(
            f"{asked} with unbiased={unbiased!r:.40}", f"a {type(unbiased).__name__}",
            "pass True or False",
        )  # fmt: skip
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    if not isinstance(correction, (int, float, np.number)):
        raise DtypeError(
            f"{asked} with correction={correction!r:.40}", f"a {type(correction).__name__}",
            "pass a number",
        )  # fmt: skip
    x = float_handle(input, asked, dtype)
    dims = whole_dims(dim, x.array.ndim, asked)
    if x.array.size and not _left(x.array.shape, dims, float(correction)):
        warnings.warn(
            f"{asked} of a tensor of shape {x.array.shape} with correction={correction}: no more "
            f"elements than the correction, so the answer is nan or inf; use correction=0 "
            f"(at {user_line()})",
            stacklevel=3,
        )
    return x, (dims, keepdim, float(correction))


def var(
    input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: Any = None, **named: Any,
) -> Any:  # fmt: skip
    """The variance: the sum of the square distances from the mean, over n - correction.

    Computed in two passes, so that a large mean costs no digits.

    Parameters
    ----------
    input : Tensor
        Of floats, any shape.
    dim : int or tuple of int, optional
        What to reduce; everything when left out.
    unbiased : bool, optional
        The older way to say `correction`: True is 1, False is 0.
    keepdim : bool
        Keep reduced dimensions with size 1.
    correction : float
        Bessel's correction, 1 by default.

    Raises
    ------
    DtypeError
        For integers and bools.

    Warns
    -----
    UserWarning
        If there are no more elements than the correction.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.var(tgx.tensor([1.0, 2.0, 3.0])), tgx.var(tgx.tensor([1.0, 2.0, 3.0]), correction=0)
    (tensor(1.), tensor(0.6667))
    """
    x, settings = _spread_settings(input, dim, unbiased, keepdim, correction, named, "var")
    return VAR.apply((x,), settings)


def std(
    input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: Any = None, **named: Any,
) -> Any:  # fmt: skip
    """The standard deviation: the root of the variance. Where it is 0 its gradient is 0.

    Parameters
    ----------
    input, dim, unbiased, keepdim, correction
        As for `var`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.std(tgx.tensor([[1.0, 3.0], [2.0, 6.0]]), dim=1)
    tensor([1.4142, 2.8284])
    """
    x, settings = _spread_settings(input, dim, unbiased, keepdim, correction, named, "std")
    return STD.apply((x,), settings)


def var_mean(
    input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: Any = None, **named: Any,
) -> Any:  # fmt: skip
    """The variance and the mean, as a pair: see `var`."""
    x, settings = _spread_settings(input, dim, unbiased, keepdim, correction, named, "var_mean")
    return VAR.apply((x,), settings), MEAN.apply((x,), settings[:2])


def std_mean(
    input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: Any = None, **named: Any,
) -> Any:  # fmt: skip
    """The standard deviation and the mean, as a pair: see `std`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.std_mean(tgx.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    x, settings = _spread_settings(input, dim, unbiased, keepdim, correction, named, "std_mean")
    return STD.apply((x,), settings), MEAN.apply((x,), settings[:2])


# ---- the middle ---------------------------------------------------------------------------------


def _nans(x: Handle, place: int) -> Any:
    """How many nans there are along a dimension, which is kept."""
    return np.count_nonzero(np.isnan(x.array), axis=place, keepdims=True)


def median(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """The element in the middle, the lower one of two; nan where there is one.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype.
    dim : int, optional
        Along which dimension; without it, of all elements (equal ones share the gradient).
    keepdim : bool
        Keep the dimension with size 1.

    Returns
    -------
    Tensor or Sorted
        One element, or with a dimension a pair `(values, indices)`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.median(tgx.tensor([3.0, 1.0, 2.0, 9.0]))
    tensor(2.)
    """
    x = as_handle(input, "median")
    dim, keepdim = numpy_names("median", named, dim, keepdim)
    if dim is None:
        if not x.array.size and x.array.dtype.kind != "f":
            filled(x, None, "median")  # there is no nan to answer with
        return MEDIAN.apply((x,), (None, False))
    place = filled_dim(x, dim, "median")
    if not x.array.ndim:
        return at_rank(x, 0, place, keepdim)
    size, nans = x.array.shape[place], _nans(x, place)
    return at_rank(x, np.where(nans, size - nans, (size - 1) // 2), place, keepdim)


def nanmedian(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """The element in the middle of those that are not nan: see `median`."""
    x = as_handle(input, "nanmedian")
    dim, keepdim = numpy_names("nanmedian", named, dim, keepdim)
    if dim is None:
        if not x.array.size and x.array.dtype.kind != "f":
            filled(x, None, "nanmedian")  # there is no nan to answer with
        return NANMEDIAN.apply((x,), (None, False))
    place = filled_dim(x, dim, "nanmedian")
    if not x.array.ndim:
        return at_rank(x, 0, place, keepdim)
    numbers = x.array.shape[place] - _nans(x, place)
    return at_rank(x, np.maximum(numbers - 1, 0) // 2, place, keepdim)


def mode(input: Any, dim: Any = -1, keepdim: bool = False, **named: Any) -> Any:
    """The most frequent element along a dimension, the smallest of several, and where it is last.

    nan counts as one value, and comes before the others.

    Parameters
    ----------
    input : Tensor
        Of any dtype, with at least one element along the dimension.
    dim : int
        Along which dimension.
    keepdim : bool
        Keep the dimension with size 1.

    Returns
    -------
    Sorted
        A pair `(values, indices)`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> values, indices = tgx.mode(tgx.tensor([1, 3, 3, 2, 2]))
    >>> values, indices
    (tensor(2), tensor(4))
    """
    x = as_handle(input, "mode")
    dim, keepdim = numpy_names("mode", named, dim, keepdim)
    place = filled_dim(x, dim, "mode")
    if not x.array.ndim:
        return at_rank(x, 0, place, keepdim)
    rows = np.sort(np.moveaxis(x.array, place, -1), -1)
    new = np.ones(rows.shape, bool)
    new[..., 1:] = rows[..., 1:] != rows[..., :-1]
    nan = rows != rows  # which stand at the end
    new[..., 1:] &= ~(nan[..., 1:] & nan[..., :-1])
    count = np.arange(rows.shape[-1])
    lengths = count - np.maximum.accumulate(np.where(new, count, 0), -1)
    longest = np.argmax(lengths, -1)  # where the first of the longest runs ends
    as_long = nan[..., -1] & (lengths[..., -1] == lengths.max(-1))
    longest = np.where(as_long, rows.shape[-1] - 1, longest)
    return at_rank(x, np.expand_dims(longest, place), place, keepdim)


def quantile(
    input: Any, q: Any, dim: Any = None, keepdim: bool = False, *,
    interpolation: str = "linear", **named: Any,
) -> Any:  # fmt: skip
    """The value that a share q of all elements lies below; nan where there is one.

    Parameters
    ----------
    input : Tensor
        Of floats.
    q : float or Tensor
        From 0 to 1; of one dimension for several quantiles, which then come first in the shape.
    dim : int, optional
        Along which dimension; everything when left out.
    keepdim : bool
        Keep the dimension with size 1.
    interpolation : {"linear", "lower", "higher", "nearest", "midpoint"}
        What to answer between two elements.

    Raises
    ------
    ArgumentError
        For q outside [0, 1], or an interpolation of another name.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.quantile(tgx.tensor([1.0, 2.0, 3.0, 4.0]), tgx.tensor([0.25, 0.5]))
    tensor([1.7500, 2.5000])
    """
    dim, keepdim = numpy_names("quantile", named, dim, keepdim)
    return _quantiles(input, q, dim, keepdim, interpolation, "quantile")


def nanquantile(
    input: Any, q: Any, dim: Any = None, keepdim: bool = False, *,
    interpolation: str = "linear", **named: Any,
) -> Any:  # fmt: skip
    """`quantile` of those elements that are not nan; nan where all of them are."""
    dim, keepdim = numpy_names("nanquantile", named, dim, keepdim)
    return _quantiles(input, q, dim, keepdim, interpolation, "nanquantile")


INTERPOLATIONS = ("linear", "lower", "higher", "nearest", "midpoint")


def _quantiles(input: Any, q: Any, dim: Any, keepdim: bool, interpolation: str, asked: str) -> Any:
    """Neighbours in the sorted rows, and what lies between them."""
    x = float_handle(input, asked)
    if isinstance(q, str):
        raise DtypeError(f"{asked} with q={q!r:.40}", "a str", "pass a number from 0 to 1")
    share = (
        to_dtype(q, x.array.dtype)
        if isinstance(q, Handle)
        else wrap(x.result_class, np.array(q, x.array.dtype))
    )
    if interpolation not in INTERPOLATIONS:
        raise ArgumentError(
            f"{asked} with interpolation={interpolation!r}", "no such interpolation",
            f"use {', '.join(INTERPOLATIONS)}",
        )  # fmt: skip
    if share.array.ndim > 1 or not ((0 <= share.array) & (share.array <= 1)).all():
        raise ArgumentError(
            f"{asked} with q of shape {share.array.shape}",
            "not a number or a row of numbers from 0 to 1", "pass for example 0.5",
        )  # fmt: skip
    before = x.array.shape
    if dim is None or not before:
        x, place = reshape(x, -1), 0
    else:
        place = whole_dim(dim, len(before), asked)
    if not x.array.size or not x.array.shape[place]:
        raise ShapeError(
            f"{asked} of a tensor of shape {before}", "no elements to choose from",
            "check that it is not empty: x.numel() > 0",
        )  # fmt: skip
    rows = movedim(x, place, -1)
    nans = _nans(rows, -1)
    size = rows.array.shape[-1]
    last = size - 1 - (nans if asked == "nanquantile" else 0 * nans)
    # The rank of each quantile, from 0: of shape (..., quantiles).
    last = wrap(x.result_class, np.maximum(last, 0).astype(x.array.dtype))
    ranks = mul(reshape(share, -1), last)
    if asked == "quantile" and nans.any():
        ranks = where(wrap(x.result_class, nans > 0), float(size - 1), ranks)
    low, high = np.floor(ranks.array), np.ceil(ranks.array)
    if interpolation == "nearest":
        low = high = np.rint(ranks.array)
    order = np.argsort(rows.array, -1, kind="stable")
    below, above = (
        along(rows, np.take_along_axis(order, rank.astype(np.int64), -1), rows.array.ndim - 1)
        for rank in (high if interpolation == "higher" else low,
                     low if interpolation == "lower" else high)
    )  # fmt: skip
    out = below
    if interpolation in ("linear", "midpoint"):
        part: Any = 0.5
        if interpolation == "linear":
            part = sub(ranks, wrap(x.result_class, low))
        out = lerp(below, above, part)
    out = movedim(out, -1, 0)
    if keepdim:
        kept = [1 if dim is None or i == place else size for i, size in enumerate(before)]
        out = reshape(out, -1, *kept)
    return out if share.array.ndim else squeeze(out, 0)


# ---- together -----------------------------------------------------------------------------------


def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """The covariance of variables (rows) over observations (columns).

    Parameters
    ----------
    input : Tensor
        Of shape (variables, observations), or (observations,) for one variable.
    correction : int
        What is taken off the number of observations that the sum is divided by.
    fweights : Tensor, optional
        How often each observation is there: int64, of shape (observations,).
    aweights : Tensor, optional
        How much each observation counts: floats from 0 on.

    Returns
    -------
    Tensor
        Of shape (variables, variables); a single number for one variable.

    Raises
    ------
    ShapeError
        For more than two dimensions, or weights of another length.
    ArgumentError
        For a negative weight.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.cov(tgx.tensor([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]))
    tensor([[ 1., -2.],
            [-2.,  4.]])
    """
    x = as_handle(input, "cov")
    if x.array.ndim > 2:
        raise ShapeError(
            f"cov of a tensor of shape {x.array.shape}", "more than two dimensions",
            "pass (variables, observations)",
        )  # fmt: skip
    if x.array.dtype.kind != "f":
        x = to_dtype(x, np.float32)
    rows = reshape(x, 1, -1) if x.array.ndim < 2 else x
    count = rows.array.shape[1]
    weights = _weights(fweights, aweights, count)
    if weights is None:
        whole: Any = float(count)
        apart = sub(rows, mean(rows, 1, True)) if count else rows
        weighted = apart
    else:
        whole = total(weights)
        apart = sub(rows, div(total(mul(rows, weights), 1, True), whole))
        weighted = mul(apart, weights)
    over = whole - correction
    if aweights is not None and correction:
        over = sub(whole, mul(div(total(mul(weights, aweights)), whole), float(correction)))
    over = builtins.max(over, 0.0) if isinstance(over, float) else where(over > 0.0, over, 0.0)
    out = div(matmul(weighted, transpose(apart, 0, 1)), over)
    return reshape(out, ()) if out.array.size == 1 else out


def _weights(fweights: Any, aweights: Any, count: int) -> Any:
    """How much each observation counts; None if all count as one."""
    out = None
    for given, name, kinds in ((fweights, "fweights", "iu"), (aweights, "aweights", "f")):
        if given is None:
            continue
        weight = as_handle(given, "cov")
        if weight.array.shape != (count,):
            raise ShapeError(
                f"cov with {name} of shape {weight.array.shape}", f"{count} observations",
                f"pass one weight for each: shape ({count},)",
            )  # fmt: skip
        if weight.array.dtype.kind not in kinds:
            raise DtypeError(
                f"cov with {name} of dtype {weight.array.dtype}", "another kind of number",
                "use integers for fweights, floats for aweights",
            )  # fmt: skip
        if (weight.array < 0).any():
            raise ArgumentError(f"cov with {name}", "a weight below 0", "use weights from 0 on")
        out = weight if out is None else mul(out, weight)
    return out


def corrcoef(input: Any) -> Any:
    """The correlation of variables (rows) over observations (columns), from -1 to 1.

    Parameters
    ----------
    input : Tensor
        As for `cov`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.corrcoef(tgx.tensor([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    c = cov(input)
    if not c.array.ndim:
        return div(c, c)
    places = np.arange(c.array.shape[0])[:, None]
    spreads = sqrt(along(c, places, 1))
    return clip(div(div(c, spreads), transpose(spreads, 0, 1)), -1.0, 1.0)


# ---- counting, which has no gradient ------------------------------------------------------------


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
