"""Reductions: many elements to one, over all dimensions or some."""

from __future__ import annotations

import builtins
import math
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.kernels import backend_of, total_kernel
from tinygradx.ops.arithmetic import add_up
from tinygradx.ops.broadcasting import EXPAND
from tinygradx.ops.comparisons import eq as equal
from tinygradx.ops.comparisons import isnan, logical_and, logical_not, logical_or, where
from tinygradx.ops.elementary import div, maximum, minimum, mul, sub
from tinygradx.ops.elementwise import DTYPE_NAMES
from tinygradx.ops.exponentials import exp, log
from tinygradx.ops.index_tensors import one_each, put_elements, take_elements
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.ops.shapes import RESHAPE
from tinygradx.ops.structural import (
    Structural,
    as_handle,
    numpy_like,
    stretched,
    whole_dim,
    whole_dims,
)


def kept_shape(shape: tuple[int, ...], dims: tuple[int, ...] | None) -> tuple[int, ...]:
    """The shape with every reduced dimension of size 1."""
    if dims is None:
        return (1,) * len(shape)
    return tuple(1 if i in dims else size for i, size in enumerate(shape))


def _reduced_shape(
    shape: tuple[int, ...], dims: tuple[int, ...] | None, keepdim: bool
) -> tuple[int, ...]:
    """The shape of a result."""
    if keepdim:
        return kept_shape(shape, dims)
    return () if dims is None else tuple(s for i, s in enumerate(shape) if i not in dims)


def spread(g: Any, shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
    """A reduced handle, seen in the shape it was reduced from."""
    return EXPAND.apply((RESHAPE.apply((g,), (kept_shape(shape, dims),)),), (shape,))


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


class Extreme(Structural):
    """The largest or smallest element; equal ones share the gradient, as in PyTorch's amax.

    Where the answer is nan, the gradient goes to the nans, as in PyTorch's max.
    """

    def pull(
        self, g: Any, x: Any, y: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None
    ) -> Any:
        top = spread(y, x_shape, dims)
        chosen = equal(x, top)
        if numpy_like(y.array).isnan(y.array).any():
            chosen = logical_or(chosen, logical_and(isnan(x), isnan(top)))
        chosen = to_dtype(chosen, x.array.dtype)
        count = spread(SUM.apply((chosen,), (dims, True)), x_shape, dims)
        return mul(spread(g, x_shape, dims), div(chosen, count))


class Amax(Extreme):
    """The largest element over dimensions."""

    name = "amax"

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        return backend_of(x).call(np.maximum.reduce, x, dims, None, None, keepdim)


class Amin(Extreme):
    """The smallest element over dimensions."""

    name = "amin"

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        return backend_of(x).call(np.minimum.reduce, x, dims, None, None, keepdim)


class Logsumexp(Structural):
    """log(sum(exp(x))) over dimensions, without overflow on the way."""

    name = "logsumexp"

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        backend = backend_of(x)
        if not x.size:  # of nothing: log(0)
            return np.full(_reduced_shape(x.shape, dims, keepdim), -math.inf, x.dtype)
        top = backend.call(np.maximum.reduce, x, dims, None, None, True)
        # A row of -inf only would give -inf - -inf; such a top is left out of the difference.
        top = np.where(np.isfinite(top), top, top.dtype.type(0))
        shifted = exp.value([backend.call(np.subtract, x, top)], ())
        out = backend.call(np.add, log.value([add_up(shifted, dims, True)], ()), top)
        return out.reshape(_reduced_shape(x.shape, dims, keepdim))

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


class Pick(Structural):
    """One element of each run along a dimension, by its index."""

    name = "pick"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, dim: int) -> Any:
        along = one_each(index, x.shape, dim)
        return take_elements(x, along, dim, self.name).reshape(index.shape)

    def pull(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        return PLACE.apply((g, index), (x_shape, dim)), None

    def pull_arrays(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        return PLACE.forward(g, index, x_shape, dim), None


class Place(Structural):
    """Zeros, but for one element of each run along a dimension."""

    name = "place"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, shape: tuple[int, ...], dim: int) -> Any:
        out = numpy_like(x).zeros(shape, x.dtype)
        put_elements(out, one_each(index, shape, dim), x, dim, self.name)
        return out

    def pull(self, g: Any, index: Any, dim: int) -> Any:
        return PICK.apply((g, index), (dim,)), None


SUM, MEAN, PROD = Sum(), Mean(), Prod()
AMAX, AMIN, LOGSUMEXP = Amax(), Amin(), Logsumexp()
PICK, PLACE = Pick(), Place()


class MaxResult(NamedTuple):
    """What `max` and `min` along a dimension answer: the elements, and where they are."""

    values: Any
    indices: Any


class AminmaxResult(NamedTuple):
    """What `aminmax` answers: the smallest and the largest elements."""

    min: Any
    max: Any


# ---- what the functions share -------------------------------------------------------------------


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


def count_nonzero(input: Any, dim: Any = None, **named: Any) -> Any:
    """How many elements differ from 0, as int64; nan does.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype.
    dim : int or tuple of int, optional
        What to count along; everything when left out.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.count_nonzero(tgx.tensor([[1, 0], [2, 3]]), dim=0)
    tensor([2, 1])
    """
    x = as_handle(input, "count_nonzero")
    dim, keepdim = numpy_names("count_nonzero", named, dim)
    dims = whole_dims(dim, x.array.ndim, "count_nonzero")
    counts = numpy_like(x.array).count_nonzero(x.array, axis=dims, keepdims=keepdim)
    return wrap(x.result_class, np.asarray(counts, np.int64))


def amax(input: Any, dim: Any = (), keepdim: bool = False, **named: Any) -> Any:
    """The largest element over dimensions; equal ones share the gradient.

    Parameters
    ----------
    input : Tensor
        Of any dtype, and at least one element along each reduced dimension.
    dim : int or tuple of int, optional
        What to reduce; everything when left out.
    keepdim : bool
        Keep reduced dimensions with size 1.

    Raises
    ------
    ShapeError
        Where there is nothing to choose from.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.amax(tgx.tensor([[1.0, 3.0], [4.0, 2.0]]), dim=1)
    tensor([3., 4.])
    """
    x = as_handle(input, "amax")
    dim, keepdim = numpy_names("amax", named, dim, keepdim)
    dims = whole_dims(dim, x.array.ndim, "amax")
    filled(x, dims, "amax")
    return AMAX.apply((x,), (dims, keepdim))


def amin(input: Any, dim: Any = (), keepdim: bool = False, **named: Any) -> Any:
    """The smallest element over dimensions; equal ones share the gradient: see `amax`."""
    x = as_handle(input, "amin")
    dim, keepdim = numpy_names("amin", named, dim, keepdim)
    dims = whole_dims(dim, x.array.ndim, "amin")
    filled(x, dims, "amin")
    return AMIN.apply((x,), (dims, keepdim))


def aminmax(input: Any, *, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """The smallest and the largest element, as a pair `(min, max)`.

    Parameters
    ----------
    input : Tensor
        Of at least one element along the dimension.
    dim : int, optional
        What to reduce; everything when left out.
    keepdim : bool
        Keep reduced dimensions with size 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> low, high = tgx.aminmax(tgx.tensor([3.0, 1.0, 2.0]))
    >>> low, high
    (tensor(1.), tensor(3.))
    """
    dim, keepdim = numpy_names("aminmax", named, dim, keepdim)
    return AminmaxResult(amin(input, dim, keepdim), amax(input, dim, keepdim))


def _extreme(
    input: Any, dim: Any, keepdim: bool, asked: str, whole: Any, index_of: Any, pairwise: Any
) -> Any:
    """`max` or `min` in its three forms: of all, along a dimension, of two tensors."""
    x = as_handle(input, asked)
    if dim is None:
        filled(x, None, asked)
        return whole.apply((x,), (None, keepdim))
    if isinstance(dim, (Handle, np.ndarray)):
        return pairwise(x, dim)
    place = filled_dim(x, dim, asked)
    indices = index_of(x, place)
    if x.array.ndim == 0:
        return MaxResult(whole.apply((x,), (None, False)), indices)
    values = PICK.apply((x, indices), (place,))
    if keepdim:
        shape = kept_shape(x.array.shape, (place,))
        values, indices = RESHAPE.apply((values,), (shape,)), RESHAPE.apply((indices,), (shape,))
    return MaxResult(values, indices)


def max(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """The largest element of all; along a dimension, with its index; or of two tensors.

    Parameters
    ----------
    input : Tensor
        Of at least one element.
    dim : int or Tensor, optional
        Without it, one element: the largest (equal ones share the gradient). With a dimension, a
        pair `(values, indices)`; among equal ones it is the first. With another tensor (`other=`),
        the larger of both, elementwise.
    keepdim : bool
        Keep the reduced dimension with size 1.

    Raises
    ------
    ShapeError
        Where there is nothing to choose from.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> values, indices = tgx.max(tgx.tensor([[1.0, 3.0], [4.0, 2.0]]), dim=1)
    >>> values, indices
    (tensor([3., 4.]), tensor([1, 0]))
    """
    dim = named.pop("other", dim)
    dim, keepdim = numpy_names("max", named, dim, keepdim)
    return _extreme(input, dim, keepdim, "max", AMAX, argmax, maximum)


def min(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """The smallest element: see `max`."""
    dim = named.pop("other", dim)
    dim, keepdim = numpy_names("min", named, dim, keepdim)
    return _extreme(input, dim, keepdim, "min", AMIN, argmin, minimum)


def _index(input: Any, dim: Any, keepdim: bool, asked: str, of: Any) -> Any:
    """Where the extreme is, along a dimension or in the flattened tensor."""
    x = as_handle(input, asked)
    if dim is None:
        place = None
        filled(x, None, asked)
    else:
        whole = filled_dim(x, dim, asked)
        place = whole if x.array.ndim else None
    out = np.asarray(of(x.array, axis=place), np.int64)
    if keepdim:
        out = out.reshape(kept_shape(x.array.shape, None if place is None else (place,)))
    return wrap(x.result_class, out)


def argmax(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """The index of the largest element (the first of equal ones), as int64.

    Parameters
    ----------
    input : Tensor
        Of at least one element along the dimension.
    dim : int, optional
        Where to look; without it the index is into the flattened tensor.
    keepdim : bool
        Keep the reduced dimension with size 1.

    Raises
    ------
    ShapeError
        Where there is nothing to choose from.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.argmax(tgx.tensor([[1.0, 3.0], [4.0, 2.0]]), dim=1)
    tensor([1, 0])
    """
    dim, keepdim = numpy_names("argmax", named, dim, keepdim)
    return _index(input, dim, keepdim, "argmax", np.argmax)


def argmin(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """The index of the smallest element (the first of equal ones), as int64: see `argmax`."""
    dim, keepdim = numpy_names("argmin", named, dim, keepdim)
    return _index(input, dim, keepdim, "argmin", np.argmin)


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


def _logical(input: Any, dim: Any, keepdim: bool, named: dict[str, Any], of: Any) -> Any:
    """`all` or `any`: of an empty tuple of dims each element alone, and uint8 stays uint8."""
    x, asked = as_handle(input, of.__name__), of.__name__
    dim, keepdim = numpy_names(asked, named, dim, keepdim)
    alone = isinstance(dim, (tuple, list)) and not dim
    dims = () if alone else whole_dims(dim, x.array.ndim, asked)
    if dims and not x.array.ndim:
        dims = None
    out = np.asarray(of(x.array, axis=dims, keepdims=keepdim))
    return wrap(x.result_class, out.astype(np.uint8 if x.array.dtype == np.uint8 else np.bool_))


def all(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """Whether all elements are nonzero.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype.
    dim : int or tuple of int, optional
        What to reduce; everything when left out, nothing for an empty tuple.
    keepdim : bool
        Keep reduced dimensions with size 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.all(tgx.tensor([[True, False], [True, True]]), dim=1)
    tensor([False,  True])
    """
    return _logical(input, dim, keepdim, named, np.all)


def any(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """Whether any element is nonzero: see `all`."""
    return _logical(input, dim, keepdim, named, np.any)
