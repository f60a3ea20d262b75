"""Reductions: many elements to one, over all dimensions or some."""

from __future__ import annotations

import builtins
import math
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.kernels import BACKENDS, backend_of, total_kernel
from tinygradx.ops.elementary import div, exp, log, maximum, minimum, mul, sub, where
from tinygradx.ops.elementary import eq as equal
from tinygradx.ops.elementwise import DTYPE_NAMES
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.ops.shapes import EXPAND, RESHAPE, to_dtype
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


def _spread(g: Any, shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
    """A reduced handle, seen in the shape it was reduced from."""
    return EXPAND.apply((RESHAPE.apply((g,), (kept_shape(shape, dims),)),), (shape,))


_add_up = np.add.reduce

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
        backend = BACKENDS[x.__class__]
        out = backend.quiet.run(_add_up, x, dims, None, None, keepdim)
        return out if out.ndim else backend.xp.asarray(out)

    def pull(self, g: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
        return _spread(g, x_shape, dims)

    def pull_arrays(self, g: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
        return stretched(g, kept_shape(x_shape, dims), x_shape)


class Mean(Structural):
    """The mean over dimensions."""

    name = "mean"
    total = _Total("mean_forward", "row_mean")

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        if dims is None and not keepdim and 0 < x.size <= SMALL:
            return self.total(x)
        backend = backend_of(x)
        total = backend.call(np.add.reduce, x, dims, None, None, keepdim)
        count = x.size if dims is None else math.prod(x.shape[d] for d in dims)
        return backend.call(np.divide, total, x.dtype.type(count))

    def pull(self, g: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
        return _spread(mul(g, 1.0 / _count(x_shape, dims)), x_shape, dims)

    def pull_arrays(self, g: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
        part = backend_of(g).call(np.divide, g, g.dtype.type(_count(x_shape, dims)))
        return stretched(part, kept_shape(x_shape, dims), x_shape)


def _count(shape: tuple[int, ...], dims: tuple[int, ...] | None) -> int:
    """How many elements are reduced to one; 1 where there are none, as no gradient flows."""
    return builtins.max(1, math.prod(shape if dims is None else (shape[d] for d in dims)))


class _Extreme(Structural):
    """The largest or smallest element; equal ones share the gradient, as in PyTorch's amax."""

    def pull(
        self, g: Any, x: Any, y: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None
    ) -> Any:
        top = _spread(y, x_shape, dims)
        chosen = to_dtype(equal(x, top), x.array.dtype)
        count = _spread(SUM.apply((chosen,), (dims, True)), x_shape, dims)
        return mul(_spread(g, x_shape, dims), div(chosen, count))


class Amax(_Extreme):
    """The largest element over dimensions."""

    name = "amax"

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        return backend_of(x).call(np.maximum.reduce, x, dims, None, None, keepdim)


class Amin(_Extreme):
    """The smallest element over dimensions."""

    name = "amin"

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        return backend_of(x).call(np.minimum.reduce, x, dims, None, None, keepdim)


class Logsumexp(Structural):
    """log(sum(exp(x))) over dimensions, without overflow on the way."""

    name = "logsumexp"

    def forward(self, x: Any, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        backend = backend_of(x)
        top = backend.call(np.maximum.reduce, x, dims, None, None, True)
        # A row of -inf only would give -inf - -inf; such a top is left out of the difference.
        top = np.where(np.isfinite(top), top, top.dtype.type(0))
        shifted = exp.value([backend.call(np.subtract, x, top)], ())
        total = backend.call(np.add.reduce, shifted, dims, None, None, True)
        out = backend.call(np.add, log.value([total], ()), top)
        if keepdim:
            return out
        dims = tuple(range(x.ndim)) if dims is None else dims
        return out.reshape(tuple(s for i, s in enumerate(x.shape) if i not in dims))

    def pull(
        self, g: Any, x: Any, y: Any, x_shape: tuple[int, ...], dims: tuple[int, ...] | None
    ) -> Any:
        # Where all is -inf, nothing has a share (exp(-inf - -inf) would be nan).
        top = where(equal(y, -math.inf), 0.0, y)
        return mul(_spread(g, x_shape, dims), exp(sub(x, _spread(top, x_shape, dims))))


class Pick(Structural):
    """One element of each run along a dimension, by its index."""

    name = "pick"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, dim: int) -> Any:
        xp = numpy_like(x)
        return xp.take_along_axis(x, xp.expand_dims(index, dim), dim).squeeze(dim)

    def pull(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        return PLACE.apply((g, index), (x_shape, dim)), None


class Place(Structural):
    """Zeros, but for one element of each run along a dimension."""

    name = "place"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, shape: tuple[int, ...], dim: int) -> Any:
        xp = numpy_like(x)
        out = xp.zeros(shape, x.dtype)
        xp.put_along_axis(out, xp.expand_dims(index, dim), xp.expand_dims(x, dim), dim)
        return out

    def pull(self, g: Any, index: Any, dim: int) -> Any:
        return PICK.apply((g, index), (dim,)), None


SUM, MEAN, AMAX, AMIN, LOGSUMEXP = Sum(), Mean(), Amax(), Amin(), Logsumexp()
PICK, PLACE = Pick(), Place()


class MaxResult(NamedTuple):
    """What `max` and `min` along a dimension answer: the elements, and where they are."""

    values: Any
    indices: Any


# ---- functions ----------------------------------------------------------------------------------


def _named(dim: Any, keepdim: bool, named: dict[str, Any], asked: str) -> tuple[Any, bool]:
    """NumPy's spellings `axis` and `keepdims`, taken as well."""
    dim = named.pop("axis", dim)
    keepdim = named.pop("keepdims", keepdim)
    named.pop("out", None)  # NumPy's functions hand over out=None
    if named:
        raise TypeError(f"{asked}() got an unexpected keyword argument {next(iter(named))!r}")
    return dim, bool(keepdim)


def sum(
    input: Any,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    axis: Any = None,
    keepdims: bool = False,
    out: None = None,
) -> Any:
    """The sum of elements.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype; integers and bools are summed as int64.
    dim : int or tuple of int, optional
        What to sum over; everything when left out. NumPy's `axis=`, `keepdims=` (and an `out=`
        of None) are taken as well.
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
    dim = axis if dim is None else dim
    if dtype is not None:
        x = to_dtype(x, dtype)
    elif x.array.dtype.kind != "f":
        x = to_dtype(x, np.int64)
    if dim is not None:
        dim = whole_dims(dim, x.array.ndim, "sum")
    return SUM.apply_one(x, (dim, keepdim or keepdims))


def mean(
    input: Any,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    axis: Any = None,
    keepdims: bool = False,
    out: None = None,
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
    """
    x = as_handle(input, "mean")
    dim = axis if dim is None else dim
    if dtype is not None:
        x = to_dtype(x, dtype)
    if x.array.dtype.kind != "f":
        raise DtypeError(
            f"mean of {x.array.dtype}", "a dtype that holds no fractions",
            "convert first: x.float().mean()",
        )  # fmt: skip
    return MEAN.apply_one(x, (whole_dims(dim, x.array.ndim, "mean"), keepdim or keepdims))


def _filled(x: Handle, dims: tuple[int, ...] | None, asked: str) -> None:
    """Refuse to look for an extreme among no elements."""
    shape = x.array.shape
    if builtins.any(shape[d] == 0 for d in (range(len(shape)) if dims is None else dims)):
        raise ShapeError(
            f"{asked} of a tensor of shape {shape}", "no elements to choose from",
            "check that it is not empty: x.numel() > 0",
        )  # fmt: skip


def amax(input: Any, dim: Any = (), keepdim: bool = False) -> Any:
    """The largest element over dimensions; equal ones share the gradient."""
    x = as_handle(input, "amax")
    dims = whole_dims(dim, x.array.ndim, "amax")
    _filled(x, dims, "amax")
    return AMAX.apply((x,), (dims, keepdim))


def amin(input: Any, dim: Any = (), keepdim: bool = False) -> Any:
    """The smallest element over dimensions; equal ones share the gradient."""
    x = as_handle(input, "amin")
    dims = whole_dims(dim, x.array.ndim, "amin")
    _filled(x, dims, "amin")
    return AMIN.apply((x,), (dims, keepdim))


def _extreme(
    input: Any, dim: Any, keepdim: bool, asked: str, whole: Any, index_of: Any, pairwise: Any
) -> Any:
    """`max` or `min` in its three forms: of all, along a dimension, of two tensors."""
    x = as_handle(input, asked)
    if dim is None:
        _filled(x, None, asked)
        return whole.apply((x,), (None, False))
    if isinstance(dim, (Handle, np.ndarray)):
        return pairwise(x, dim)
    place = whole_dim(dim, x.array.ndim, asked)
    _filled(x, (place,) if x.array.ndim else None, asked)
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
        pair `(values, indices)`. With another tensor, the larger of both, elementwise.
    keepdim : bool
        Keep the reduced dimension with size 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> values, indices = tgx.max(tgx.tensor([[1.0, 3.0], [4.0, 2.0]]), dim=1)
    >>> values, indices
    (tensor([3., 4.]), tensor([1, 0]))
    """
    dim, keepdim = _named(dim, keepdim, named, "max")
    return _extreme(input, dim, keepdim, "max", AMAX, argmax, maximum)


def min(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """The smallest element: see `max`."""
    dim, keepdim = _named(dim, keepdim, named, "min")
    return _extreme(input, dim, keepdim, "min", AMIN, argmin, minimum)


def _index(input: Any, dim: Any, keepdim: bool, asked: str, of: Any) -> Any:
    x = as_handle(input, asked)
    place = None if dim is None else whole_dim(dim, x.array.ndim, asked)
    _filled(x, None if place is None or not x.array.ndim else (place,), asked)
    if place is not None and not x.array.ndim:
        place = None
    out = np.asarray(of(x.array, axis=place), np.int64)
    if keepdim:
        out = out.reshape(kept_shape(x.array.shape, None if place is None else (place,)))
    return wrap(x.result_class, out)


def argmax(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The index of the largest element (the first of equal ones), as int64.

    Without `dim` the index into the flattened tensor.
    """
    return _index(input, dim, keepdim, "argmax", np.argmax)


def argmin(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The index of the smallest element (the first of equal ones), as int64."""
    return _index(input, dim, keepdim, "argmin", np.argmin)


def logsumexp(input: Any, dim: Any, keepdim: bool = False) -> Any:
    """log(sum(exp(x))) over dimensions, without overflow on the way.

    Parameters
    ----------
    input : Tensor
        Of floats (integers are converted).
    dim : int or tuple of int
        What to reduce.
    keepdim : bool
        Keep reduced dimensions with size 1.
    """
    x = as_handle(input, "logsumexp")
    if x.array.dtype.kind != "f":
        x = to_dtype(x, get_default_dtype())
    dims = whole_dims(dim, x.array.ndim, "logsumexp")
    if x.array.size == 0:
        _filled(x, dims, "logsumexp")
    return LOGSUMEXP.apply((x,), (dims, keepdim))


def all(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether all elements are nonzero."""
    x = as_handle(input, "all")
    dims = whole_dims(dim, x.array.ndim, "all")
    return wrap(x.result_class, np.asarray(np.all(x.array, axis=dims, keepdims=keepdim)))


def any(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether any element is nonzero."""
    x = as_handle(input, "any")
    dims = whole_dims(dim, x.array.ndim, "any")
    return wrap(x.result_class, np.asarray(np.any(x.array, axis=dims, keepdims=keepdim)))
