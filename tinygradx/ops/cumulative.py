"""Cumulative operations: along a dimension, each answer takes in one element more."""

from __future__ import annotations

import builtins
import math
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.kernels import backend_of
from tinygradx.ops.comparisons import eq as equal
from tinygradx.ops.comparisons import isinf, logical_and, where
from tinygradx.ops.comparisons import ne as not_equal
from tinygradx.ops.elementary import add, div, mul, sub
from tinygradx.ops.exponentials import exp
from tinygradx.ops.joining import NARROW, PAD_DIM, cat, narrow
from tinygradx.ops.memory import CLONE, to_dtype
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.ops.reductions import numpy_names
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import reshape
from tinygradx.ops.sorting import along
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim


def _accumulated(ufunc: Any, x: Any, dim: int, backwards: bool) -> Any:
    """NumPy's running sums or products, from the front or from the back; float32 in float64.

    One after another is the only way there is, and in float32 20 million ones sum to 16,777,216.
    """
    call = backend_of(x).call
    end_first = (slice(None),) * dim + (slice(None, None, -1),)
    x_along = x[end_first] if backwards else x
    dtype = np.dtype(np.float64) if x.dtype.kind == "f" else x.dtype
    out = call(ufunc.accumulate, x_along, dim, dtype)
    if out.dtype != x.dtype:
        out = call(np.ndarray.astype, out, x.dtype)
    return out[end_first] if backwards else out


class Cumsum(Structural):
    """The sums of all elements up to each one; backwards, from each one on."""

    name = "cumsum"

    def forward(self, x: Any, dim: int, backwards: bool) -> Any:
        return _accumulated(np.add, x, dim, backwards)

    def pull(self, g: Any, dim: int, backwards: bool) -> Any:
        return CUMSUM.apply((g,), (dim, not backwards))


class Cumprod(Structural):
    """The products of all elements up to each one; backwards, from each one on.

    From `y[k] = x[k] * y[k-1]` the share of `x[k]` is `y[k-1] * s[k]`, where `s[k]`, the gradient
    that arrives at `y[k]`, is `g[k] + x[k+1] * s[k+1]`: nothing is divided by, so zeros are exact.
    """

    name = "cumprod"

    def forward(self, x: Any, dim: int, backwards: bool) -> Any:
        return _accumulated(np.multiply, x, dim, backwards)

    def pull(self, g: Any, x: Any, y: Any, dim: int, backwards: bool) -> Any:
        back, on = (_next, _previous) if backwards else (_previous, _next)
        arriving = RECURRENCE.apply((on(x, dim), g), (dim, not backwards))
        before = back(y, dim, 1.0)
        if not numpy_like(y.array).isfinite(y.array).all():  # 0 * inf would be nan
            before = where(logical_and(isinf(before), equal(arriving, 0.0)), 0.0, before)
        return mul(before, arriving)


class Recurrence(Structural):
    """The linear recurrence `s[k] = b[k] + a[k] * s[k-1]`; backwards, `s[k+1]` instead.

    Its way back is such a recurrence in the other direction.
    """

    name = "recurrence"
    inputs = ("a", "b")

    def forward(self, a: Any, b: Any, dim: int, backwards: bool) -> Any:
        out = b.copy()
        rows, factors = out.swapaxes(0, dim), a.swapaxes(0, dim)
        if backwards:
            rows, factors = rows[::-1], factors[::-1]
        call = backend_of(b).call
        for k in range(1, len(rows)):
            call(np.add, rows[k], call(np.multiply, factors[k], rows[k - 1]), rows[k, ...])
        return out

    def pull(self, g: Any, a: Any, y: Any, dim: int, backwards: bool) -> Any:
        back, on = (_next, _previous) if backwards else (_previous, _next)
        arriving = RECURRENCE.apply((on(a, dim), g), (dim, not backwards))
        return mul(arriving, back(y, dim)), arriving


class Logcumsumexp(Structural):
    """log(sum(exp(x))) of all elements up to each one.

    The share of `x[k]` is `exp(x[k] - y[k]) * s[k]` with `s[k] = g[k] + exp(y[k] - y[k+1]) s[k+1]`:
    no exponent is above 0.
    """

    name = "logcumsumexp"

    def forward(self, x: Any, dim: int) -> Any:
        return backend_of(x).call(np.logaddexp.accumulate, x, dim)

    def pull(self, g: Any, x: Any, y: Any, dim: int) -> Any:
        # Where all so far is -inf nothing has a share (exp(-inf - -inf) would be nan).
        top = where(equal(y, -math.inf), 0.0, y)
        if not y.array.shape[dim]:
            return g
        factors = exp(sub(y, _next(top, dim)))  # the last one is not used
        return mul(exp(sub(x, top)), RECURRENCE.apply((factors, g), (dim, True)))


CUMSUM, CUMPROD, RECURRENCE, LOGCUMSUMEXP = Cumsum(), Cumprod(), Recurrence(), Logcumsumexp()


def _moved(x: Handle, dim: int, edge: float, before: bool) -> Any:
    """The elements one place on along a dimension, with `edge` where there is none."""
    shape = x.array.shape
    size = shape[dim]
    if not size:
        return x
    inner = NARROW.apply((x,), (dim, 0 if before else 1, size - 1))
    moved = PAD_DIM.apply((inner,), (dim, int(before), int(not before)))
    if not edge:
        return moved
    ends = np.zeros([size if i == dim else 1 for i in range(len(shape))], x.array.dtype)
    ends[(slice(None),) * dim + (0 if before else -1,)] = edge
    return add(moved, wrap(x.result_class, ends))


def _previous(x: Handle, dim: int, first: float = 0.0) -> Any:
    """At each place the element in front of it; `first` where there is none."""
    return _moved(x, dim, first, True)


def _next(x: Handle, dim: int, last: float = 0.0) -> Any:
    """At each place the element behind it; `last` where there is none."""
    return _moved(x, dim, last, False)


def product_of_others(x: Handle, dim: int) -> Any:
    """For each element the product of all others along a dimension, exact beside zeros."""
    in_front = _previous(CUMPROD.apply((x,), (dim, False)), dim, 1.0)
    behind = _next(CUMPROD.apply((x,), (dim, True)), dim, 1.0)
    return mul(in_front, behind)


class Cumulated(NamedTuple):
    """What `cummax` and `cummin` answer: the elements, and where they are."""

    values: Any
    indices: Any


# ---- functions ----------------------------------------------------------------------------------


def _along(
    input: Any, dim: Any, named: dict[str, Any], asked: str, dtype: Any = None
) -> tuple[Handle, int]:
    """The tensor in the dtype it is cumulated in, with at least one dimension, and which one."""
    x = as_handle(input, asked)
    dim, _ = numpy_names(asked, named, dim)
    if dim is None:
        raise ArgumentError(
            f"{asked} without a dim", f"a tensor of shape {x.array.shape}",
            f"say along which dimension: x.{asked}(0), or x.flatten().{asked}(0) for all",
        )  # fmt: skip
    if dtype is not None:
        x = to_dtype(x, dtype)
    elif x.array.dtype.kind != "f" and asked in ("cumsum", "cumprod"):
        x = to_dtype(x, np.int64)
    return x, whole_dim(dim, x.array.ndim, asked)


def cumsum(input: Any, dim: Any = None, *, dtype: Any = None, **named: Any) -> Any:
    """The sums of all elements up to each one, along a dimension.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype; integers and bools are summed as int64.
    dim : int
        Along which dimension (NumPy's `axis=` is taken as well).
    dtype : dtype, optional
        Convert to this first.

    Raises
    ------
    ArgumentError
        Without a dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.cumsum(tgx.tensor([1.0, 2.0, 4.0]), 0)
    tensor([1., 3., 7.])
    """
    x, place = _along(input, dim, named, "cumsum", dtype)
    return CUMSUM.apply((x,), (place, False)) if x.array.ndim else CLONE.apply((x,), ())


def cumprod(input: Any, dim: Any = None, *, dtype: Any = None, **named: Any) -> Any:
    """The products of all elements up to each one, along a dimension.

    Parameters
    ----------
    input, dim, dtype
        As for `cumsum`. Gradients are exact beside zeros.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([2.0, 0.0, 4.0], requires_grad=True)
    >>> tgx.cumprod(x, 0)
    tensor([2., 0., 0.], grad_fn=<cumprod>)
    >>> tgx.cumprod(x, 0).sum().backward()
    >>> x.grad
    tensor([ 1., 10.,  0.])
    """
    x, place = _along(input, dim, named, "cumprod", dtype)
    return CUMPROD.apply((x,), (place, False)) if x.array.ndim else CLONE.apply((x,), ())


def logcumsumexp(input: Any, dim: Any = None, **named: Any) -> Any:
    """log(sum(exp(x))) of all elements up to each one, without overflow on the way.

    Parameters
    ----------
    input : Tensor
        Of floats (integers are converted).
    dim : int
        Along which dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.logcumsumexp(tgx.tensor([1000.0, 1000.0]), 0)
    tensor([1000.0000, 1000.6932])
    """
    x, place = _along(input, dim, named, "logcumsumexp")
    if x.array.dtype.kind != "f":
        x = to_dtype(x, get_default_dtype())
    return LOGCUMSUMEXP.apply((x,), (place,)) if x.array.ndim else CLONE.apply((x,), ())


def _extremes(input: Any, dim: Any, named: dict[str, Any], asked: str, ufunc: Any) -> Cumulated:
    """`cummax` or `cummin`: the last of equal ones is the one that is pointed at."""
    x, place = _along(input, dim, named, asked)
    array = x.array
    if not array.ndim:
        return Cumulated(CLONE.apply((x,), ()), wrap(x.result_class, np.zeros((), np.int64)))
    tops = backend_of(array).call(ufunc.accumulate, array, place)
    new = array == tops
    if array.dtype.kind == "f":
        new |= np.isnan(array)  # nan is the extreme from then on, and each nan a new one
    count = np.arange(array.shape[place]).reshape(
        [-1 if i == place else 1 for i in range(array.ndim)]
    )
    indices = np.maximum.accumulate(np.where(new, count, 0), place)
    return Cumulated(along(x, indices, place), wrap(x.result_class, indices))


def cummax(input: Any, dim: Any = None, **named: Any) -> Any:
    """The largest of all elements up to each one, and where it is.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype.
    dim : int
        Along which dimension.

    Returns
    -------
    Cumulated
        A pair `(values, indices)`; of equal elements the last one is pointed at.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> values, indices = tgx.cummax(tgx.tensor([1.0, 3.0, 2.0]), 0)
    >>> values, indices
    (tensor([1., 3., 3.]), tensor([0, 1, 1]))
    """
    return _extremes(input, dim, named, "cummax", np.maximum)


def cummin(input: Any, dim: Any = None, **named: Any) -> Any:
    """The smallest of all elements up to each one, and where it is: see `cummax`."""
    return _extremes(input, dim, named, "cummin", np.minimum)


def diff(
    input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None, **named: Any
) -> Any:
    """The differences of neighbours along a dimension.

    Parameters
    ----------
    input : Tensor
        Of at least one dimension; of bools, whether neighbours differ.
    n : int
        How many times differences are taken.
    dim : int
        Along which dimension.
    prepend, append : Tensor, optional
        Values put in front and behind first.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.diff(tgx.tensor([1.0, 4.0, 9.0, 16.0]))
    tensor([3., 5., 7.])
    """
    x = as_handle(input, "diff")
    dim, _ = numpy_names("diff", named, dim)
    if not x.array.ndim:
        raise ShapeError("diff of a tensor without dimensions", "one number", "pass at least two")
    if n < 0:
        raise ArgumentError(f"diff with n={n}", "a count below 0", "use n from 0 on")
    place = whole_dim(dim, x.array.ndim, "diff")
    parts = [part for part in (prepend, x, append) if part is not None and n]
    x = cat(parts, place) if len(parts) > 1 else x
    rounds = builtins.min(n, x.array.shape[place])
    for _ in range(rounds):
        size = x.array.shape[place]
        after, before = narrow(x, place, 1, size - 1), narrow(x, place, 0, size - 1)
        x = not_equal(after, before) if x.array.dtype.kind == "b" else sub(after, before)
    # A write to the answer must not reach the input.
    return x if rounds else CLONE.apply((x,), ())


def _heights(y: Any, x: Any, dx: Any, dim: int, asked: str) -> tuple[Handle, int]:
    """The areas between neighbours: half the sum of both, times the way between them."""
    handle = as_handle(y, asked)
    if x is not None and dx is not None:
        raise ArgumentError(
            f"{asked} with both x= and dx=", "two ways to say where the values lie", "give one"
        )
    if not handle.array.ndim:
        raise ShapeError(f"{asked} of a tensor without dimensions", "one number", "pass a run")
    place = whole_dim(dim, handle.array.ndim, asked)
    size = handle.array.shape[place]
    if not size:
        raise ShapeError(
            f"{asked} of a tensor of shape {handle.array.shape}", "no values along the dimension",
            "pass at least one",
        )  # fmt: skip
    middle = add(narrow(handle, place, 1, size - 1), narrow(handle, place, 0, size - 1))
    if x is None:
        return mul(middle, 0.5 if dx is None else div(dx, 2.0)), place
    at = as_handle(x, asked)
    if at.array.ndim == 1:
        ways = diff(at)
        ways = reshape(ways, [-1 if i == place else 1 for i in range(handle.array.ndim)])
    else:
        ways = diff(at, dim=dim)
    return div(mul(middle, ways), 2.0), place


def trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1, **named: Any) -> Any:
    """The area under a curve, by the trapezoidal rule.

    Parameters
    ----------
    y : Tensor
        Heights, along `dim`.
    x : Tensor, optional
        Where they stand: of one dimension, or broadcasting with `y`.
    dx : float, optional
        How far they are apart, when `x` is left out; 1 by default.
    dim : int
        Along which dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.trapezoid(tgx.tensor([1.0, 2.0, 3.0]))
    tensor(4.)
    """
    dim, _ = numpy_names("trapezoid", named, dim)
    areas, place = _heights(y, x, dx, dim, "trapezoid")
    return total(areas, place)


trapz = trapezoid


def cumulative_trapezoid(
    y: Any, x: Any = None, *, dx: Any = None, dim: int = -1, **named: Any
) -> Any:
    """The areas under a curve up to each point but the first, by the trapezoidal rule.

    Parameters
    ----------
    y, x, dx, dim
        As for `trapezoid`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.cumulative_trapezoid(tgx.tensor([1.0, 2.0, 3.0]))
    tensor([1.5000, 4.0000])
    """
    dim, _ = numpy_names("cumulative_trapezoid", named, dim)
    areas, place = _heights(y, x, dx, dim, "cumulative_trapezoid")
    return cumsum(areas, place)
