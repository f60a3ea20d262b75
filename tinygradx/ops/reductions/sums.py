"""Sums, means, products and the logarithm of a sum of exponentials."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from tinygradx.graph import Handle
from tinygradx.kernels import backend_of, total_kernel
from tinygradx.ops.arithmetic import add_up
from tinygradx.ops.comparisons import eq as equal
from tinygradx.ops.comparisons import isnan, logical_not, where
from tinygradx.ops.elementary import div, mul, sub
from tinygradx.ops.elementwise import DTYPE_NAMES
from tinygradx.ops.exponentials import exp, log
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.ops.reductions.shared import (
    float_handle,
    kept_shape,
    numpy_names,
    reduced_shape,
    spread,
)
from tinygradx.ops.shapes import RESHAPE
from tinygradx.ops.structural import Structural, as_handle, stretched, whole_dim, whole_dims

#: Up to this many elements our own loop is faster than NumPy's, whose every reduction takes one
#: microsecond to begin (16 elements: 0.4 for 1.2; 4,096: as long).
SMALL = 4096


class _Total:
    """One number of a whole array of at most `SMALL` elements, by a kernel of ours."""

    def __init__(self, name: str, reduction: str) -> None:
        self.name, self.reduction = name, reduction
        self._kernels: dict[Any, Any] = {}

    def __call__(self, x: Any) -> Any:
        kernel = self._kernels.get(x.dtype) or self._load(x)
        out = np.empty((), x.dtype)
        kernel(x.ravel(), out.ravel())
        return out

    def _load(self, x: Any) -> Any:
        backend, dtype = backend_of(x), DTYPE_NAMES[x.dtype.char]
        text = total_kernel(self.name, backend.name, dtype, self.reduction)
        kernel = self._kernels[x.dtype] = backend.load(text)
        return kernel


class Sum(Structural):
    """The sum over dimensions, in partial sums: 1e-8 is lost where a plain loop loses 7e-6."""

    name = "sum"
    total = _Total("sum_forward", "row_sum")

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        if dims is None and not keepdim and 0 < x.size <= SMALL and x.dtype.kind == "f":
            return self.total(x)
        return add_up(x, dims, keepdim)

    def pull(self, g: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
        return spread(g, x_shape, dims)

    def pull_arrays(self, g: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
        return stretched(g, kept_shape(x_shape, dims), x_shape)


class Mean(Structural):
    """The mean over dimensions."""

    name = "mean"
    total = _Total("mean_forward", "row_mean")

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        if dims is None and not keepdim and 0 < x.size <= SMALL:
            return self.total(x)
        count = x.size if dims is None else math.prod(x.shape[d] for d in dims)
        return backend_of(x).call(np.divide, add_up(x, dims, keepdim), x.dtype.type(count))

    def pull(self, g: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
        return spread(mul(g, 1.0 / _count(x_shape, dims)), x_shape, dims)

    def pull_arrays(self, g: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
        part = backend_of(g).call(np.divide, g, g.dtype.type(_count(x_shape, dims)))
        return stretched(part, kept_shape(x_shape, dims), x_shape)


def _count(shape: tuple[int, ...], dims: tuple[int, ...] | None) -> int:
    """How many elements are reduced to one; 1 where there are none, as no gradient flows."""
    return builtins.max(1, math.prod(shape if dims is None else (shape[d] for d in dims)))


class Logsumexp(Structural):
    """log(sum(exp(x))) over dimensions, without overflow on the way."""

    name = "logsumexp"

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        backend = backend_of(x)
        if not x.size:  # of nothing: log(0)
            return np.full(reduced_shape(x.shape, dims, keepdim), -math.inf, x.dtype)
        top = backend.call(np.maximum.reduce, x, dims, None, None, True)
        # A row of -inf only would give -inf - -inf; such a top is left out of the difference.
        top = np.where(np.isfinite(top), top, top.dtype.type(0))
        shifted = exp.value([backend.call(np.subtract, x, top)], ())
        out = backend.call(np.add, log.value([add_up(shifted, dims, True)], ()), top)
        return out.reshape(reduced_shape(x.shape, dims, keepdim))

    def pull(
        self, g: Any, x: Any, y: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None
    ) -> Any:
        # Where all is -inf, nothing has a share (exp(-inf - -inf) would be nan).
        top = where(equal(y, -math.inf), 0.0, y)
        return mul(spread(g, x_shape, dims), exp(sub(x, spread(top, x_shape, dims))))


class Prod(Structural):
    """The product along a dimension.

    An element's share is the product of all others: those in front times those behind. (The
    quotient of the product by the element would be 0/0 beside a zero.)
    """

    name = "prod"

    def forward(self, x: Any, dim: int, keepdim: bool) -> Any:
        return backend_of(x).call(np.multiply.reduce, x, dim, x.dtype, None, keepdim)

    def pull(self, g: Any, x: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        from tinygradx.ops.cumulative import product_of_others  # which stands on this module

        return mul(spread(g, x_shape, (dim,)), product_of_others(x, dim))


SUM, MEAN, PROD, LOGSUMEXP = Sum(), Mean(), Prod(), Logsumexp()


# ---- functions ----------------------------------------------------------------------------------


def sum(
    input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, **named: Any
) -> Any:
    """The sum of elements.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype; integers and bools are summed as int64.
    dim : int or tuple of int, optional
        What to sum over; everything when left out. All reductions take NumPy's `axis=`,
        `keepdims=` (and an `out=` of None) as well.
    keepdim : bool
        Keep reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this first.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.sum(tgx.ones(2, 3), dim=1)
    tensor([3., 3.])
    """
    x = input if isinstance(input, Handle) else as_handle(input, "sum")
    if named:
        dim, keepdim = numpy_names("sum", named, dim, keepdim)
    if dtype is not None:
        x = to_dtype(x, dtype)
    elif x.array.dtype.kind != "f":
        x = to_dtype(x, np.int64)
    if dim is not None:
        dim = whole_dims(dim, x.array.ndim, "sum")
    return SUM.apply_one(x, (dim, keepdim))


def mean(
    input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, **named: Any
) -> Any:
    """The mean of elements; of floats only, as in PyTorch.

    Parameters
    ----------
    input : Tensor
        Of floats, any shape.
    dim, keepdim, dtype
        As for `sum`.

    Raises
    ------
    DtypeError
        For integers and bools.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.mean(tgx.tensor([[1.0, 2.0], [3.0, 6.0]]), dim=0)
    tensor([2., 4.])
    """
    x = input if isinstance(input, Handle) else as_handle(input, "mean")
    if dtype is not None or x.array.dtype.kind != "f":
        x = float_handle(x, "mean", dtype)
    if named:
        dim, keepdim = numpy_names("mean", named, dim, keepdim)
    if dim is not None:
        dim = whole_dims(dim, x.array.ndim, "mean")
    return MEAN.apply_one(x, (dim, keepdim))


def prod(
    input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, **named: Any
) -> Any:
    """The product of elements.

    Its gradient is exact beside zeros: the share of an element is the product of all others.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype; integers and bools are multiplied as int64.
    dim : int, optional
        What to multiply along; everything when left out.
    keepdim, dtype
        As for `sum`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([2.0, 0.0, 5.0], requires_grad=True)
    >>> tgx.prod(x).backward()
    >>> x.grad
    tensor([ 0., 10.,  0.])
    """
    x = as_handle(input, "prod")
    dim, keepdim = numpy_names("prod", named, dim, keepdim)
    if dtype is not None:
        x = to_dtype(x, dtype)
    elif x.array.dtype.kind != "f":
        x = to_dtype(x, np.int64)
    shape = x.array.shape
    if dim is None:
        out = PROD.apply((RESHAPE.apply((x,), ((x.array.size,),)),), (0, False))
        return RESHAPE.apply((out,), ((1,) * len(shape),)) if keepdim else out
    place = whole_dim(dim, len(shape), "prod")
    return PROD.apply((x,), (place, keepdim)) if shape else prod(x)


def nansum(
    input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, **named: Any
) -> Any:
    """The sum of elements, where nan counts as 0 and gets no gradient.

    Parameters
    ----------
    input, dim, keepdim, dtype
        As for `sum`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nansum(tgx.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    x = as_handle(input, "nansum")
    dim, keepdim = numpy_names("nansum", named, dim, keepdim)
    known = where(isnan(x), 0.0, x) if x.array.dtype.kind == "f" else x
    return sum(known, dim, keepdim, dtype=dtype)


def nanmean(
    input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, **named: Any
) -> Any:
    """The mean of the elements that are not nan; nan where all of them are.

    Parameters
    ----------
    input, dim, keepdim, dtype
        As for `mean`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nanmean(tgx.tensor([1.0, float("nan"), 2.0]))
    tensor(1.5000)
    """
    x = float_handle(input, "nanmean", dtype)
    dim, keepdim = numpy_names("nanmean", named, dim, keepdim)
    known = to_dtype(logical_not(isnan(x)), x.array.dtype)
    return div(nansum(x, dim, keepdim), sum(known, dim, keepdim))


def logsumexp(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """log(sum(exp(x))) over dimensions, without overflow on the way.

    Parameters
    ----------
    input : Tensor
        Of floats (integers are converted).
    dim : int or tuple of int
        What to reduce; everything when left out. Over no elements the answer is -inf.
    keepdim : bool
        Keep reduced dimensions with size 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.logsumexp(tgx.tensor([1000.0, 1000.0]), 0)
    tensor(1000.6932)
    """
    x = as_handle(input, "logsumexp")
    dim, keepdim = numpy_names("logsumexp", named, dim, keepdim)
    if x.array.dtype.kind != "f":
        x = to_dtype(x, get_default_dtype())
    return LOGSUMEXP.apply((x,), (whole_dims(dim, x.array.ndim, "logsumexp"), keepdim))
