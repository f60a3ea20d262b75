"""The largest and the smallest elements, and where they are."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinygradx.graph import Handle, wrap
from tinygradx.kernels import backend_of
from tinygradx.ops.comparisons import eq as equal
from tinygradx.ops.comparisons import isnan, logical_and, logical_or
from tinygradx.ops.elementary import div, maximum, minimum, mul
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.reductions.picking import PICK
from tinygradx.ops.reductions.shared import filled, filled_dim, kept_shape, numpy_names, spread
from tinygradx.ops.reductions.sums import SUM
from tinygradx.ops.shapes import RESHAPE
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dims


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


AMAX, AMIN = Amax(), Amin()


class MaxResult(NamedTuple):
    """What `max` and `min` along a dimension answer: the elements, and where they are."""

    values: Any
    indices: Any


class AminmaxResult(NamedTuple):
    """What `aminmax` answers: the smallest and the largest elements."""

    min: Any
    max: Any


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
