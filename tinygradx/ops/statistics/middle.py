"""What stands in the middle: medians, quantiles, and the most frequent element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import lerp, mul, sub
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.reductions import Extreme, filled, filled_dim, float_handle, numpy_names
from tinygradx.ops.shapes import reshape, squeeze
from tinygradx.ops.sorting import along, at_rank
from tinygradx.ops.structural import as_handle, whole_dim
from tinygradx.ops.transposing import movedim


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


MEDIAN, NANMEDIAN = Median(), Nanmedian()


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
