"""Elementwise functions that say more than a block can: a setting that chooses, several results.

Everything here is made of blocks. A function that stands in for a block of the same name has its
`formula`, so that a user's own formula may call it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, no_grad, wrap
from tinygradx.kernels import backend_of
from tinygradx.ops import comparisons, elementary, trigonometry
from tinygradx.ops.elementary import clamp, mul
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.exponentials import pow
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.promotion import result_type
from tinygradx.ops.refusals import misfit
from tinygradx.ops.rounding import floor_divide, fmod, trunc
from tinygradx.ops.structural import as_handle


def _speaks_for(block: Elementwise) -> Callable[[Any], Any]:
    """Give a function the formula of the block that it calls, for formulas that call it."""

    def lend(function: Any) -> Any:
        function.formula = block.formula
        return function

    return lend


# ---- arithmetic ---------------------------------------------------------------------------------


@_speaks_for(elementary.add)
def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """The sum, `input + alpha * other`.

    Parameters
    ----------
    input, other : Tensor, array or number
        Of shapes that broadcast.
    alpha : number
        What `other` is multiplied by first; a whole number where the result is of integers.

    Returns
    -------
    Tensor
        In the common dtype and the broadcast shape.

    Raises
    ------
    DtypeError
        For a fraction as alpha of integers.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.add(tgx.tensor([1.0, 2.0]), 3.0, alpha=10)
    tensor([31., 32.])
    """
    return elementary.add.apply((input, _scaled(input, other, alpha, "add")), ())


@_speaks_for(elementary.sub)
def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """The difference, `input - alpha * other`.

    Parameters
    ----------
    input, other, alpha
        As for `add`.

    Raises
    ------
    DtypeError
        As for `add`, and for bools.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.sub(tgx.tensor([1.0, 2.0]), 3.0, alpha=10)
    tensor([-29., -28.])
    """
    return elementary.sub.apply((input, _scaled(input, other, alpha, "sub")), ())


def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """The difference the other way round, `other - alpha * input`.

    Parameters
    ----------
    input, other, alpha
        As for `sub`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.rsub(tgx.tensor([1.0, 2.0]), 3.0, alpha=10)
    tensor([ -7., -17.])
    """
    return sub(other, input, alpha=alpha)


def _scaled(input: Any, other: Any, alpha: Any, asked: str) -> Any:
    """`alpha * other`, where that has the dtype of the result."""
    if alpha.__class__ is int and alpha == 1:
        return other
    operands = [x.array if isinstance(x, Handle) else x for x in (input, other)]
    dtype = result_type(operands)
    if dtype.kind != "f" and isinstance(alpha, float):
        raise DtypeError(
            f"{asked} with alpha={alpha}",
            f"operands of {dtype}, of which a fraction makes no integers",
            "use a whole alpha, or convert to floats: x.float()",
        )
    return mul(other, alpha)


subtract = sub


@_speaks_for(elementary.div)
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """The quotient, rounded if asked for.

    Parameters
    ----------
    input, other : Tensor, array or number
        Of shapes that broadcast.
    rounding_mode : {None, "trunc", "floor"}
        None divides integers to floats. "trunc" cuts off towards 0, as C does, "floor" rounds
        down, as Python's `//`; both keep integers, and have a slope of 0.

    Returns
    -------
    Tensor
        In the common dtype and the broadcast shape.

    Raises
    ------
    ArgumentError
        For any other rounding mode.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([7, -7])
    >>> tgx.div(x, 2)
    tensor([ 3.5000, -3.5000])
    >>> tgx.div(x, 2, rounding_mode="trunc")
    tensor([ 3, -3])
    >>> tgx.div(x, 2, rounding_mode="floor")
    tensor([ 3, -4])
    """
    if rounding_mode is None:
        return elementary.div.apply((input, other), ())
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode == "trunc":
        operands = [x.array if isinstance(x, Handle) else x for x in (input, other)]
        if result_type(operands).kind == "f":
            return trunc(elementary.div(input, other))
        # What fmod leaves is a multiple of the divisor, of which no digit goes through a float.
        return floor_divide(elementary.sub(input, fmod(input, other)), other)
    raise ArgumentError(
        f"div with rounding_mode={rounding_mode!r}",
        "no such way to round",
        'use None, "trunc" or "floor"',
    )


divide = true_divide = div


@_speaks_for(elementary.addcmul)
def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """A number plus a product: `input + value * tensor1 * tensor2`.

    Parameters
    ----------
    input, tensor1, tensor2 : Tensor, array or number
        Of shapes that broadcast.
    value : number
        What the product is multiplied by; a whole number where the result is of integers.

    Returns
    -------
    Tensor
        In the common dtype and the broadcast shape.

    Raises
    ------
    DtypeError
        For a fraction as value of integers.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.addcmul(tgx.tensor([1.0, 2.0]), tgx.tensor([3.0, 4.0]), 5.0, value=0.1)
    tensor([2.5000, 4.0000])
    """
    inputs = (input, tensor1, tensor2)
    dtype = result_type([x.array if isinstance(x, Handle) else x for x in inputs])
    if dtype.kind == "f":
        return elementary.addcmul.apply(inputs, (float(value),))
    product = mul(tensor1, tensor2)
    return elementary.add(input, _scaled(input, product, value, "addcmul"))


def float_power(input: Any, exponent: Any) -> Any:
    """x to the power y, computed in float64.

    Parameters
    ----------
    input, exponent : Tensor, array or number
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of float64, in the broadcast shape.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.float_power(tgx.tensor([1, 2, 3]), 2)
    tensor([1., 4., 9.], dtype=tinygradx.float64)
    """
    return pow(*(to_dtype(as_handle(x, "float_power"), np.float64) for x in (input, exponent)))


def ldexp(input: Any, other: Any) -> Any:
    """x times two to the power y.

    Parameters
    ----------
    input, other : Tensor
        Numbers and exponents, of shapes that broadcast.

    Returns
    -------
    Tensor
        Of floats, in the broadcast shape.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.ldexp(tgx.tensor([1.0, 3.0]), tgx.tensor([2, 4]))
    tensor([ 4., 48.])
    """
    return mul(input, pow(2.0, other))


class Frexp(NamedTuple):
    """What `frexp` answers.

    Attributes
    ----------
    mantissa : Tensor
        Of a size from 0.5 on, below 1; or 0, inf, nan as they were.
    exponent : Tensor
        Of int32.
    """

    mantissa: Any
    exponent: Any


def frexp(input: Any) -> Frexp:
    """Mantissa and exponent: `input == mantissa * 2**exponent`.

    Parameters
    ----------
    input : Tensor
        Floats of any shape.

    Returns
    -------
    Frexp
        `(mantissa, exponent)`; gradients flow through the mantissa.

    Raises
    ------
    DtypeError
        For anything but floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.frexp(tgx.tensor([12.0, -0.375]))
    Frexp(mantissa=tensor([ 0.7500, -0.7500]), exponent=tensor([ 4, -1], dtype=tinygradx.int32))
    """
    handle = as_handle(input, "frexp")
    if handle.array.dtype.kind != "f":
        raise DtypeError(f"frexp of {handle.array.dtype}", "no floats", "convert: x.float()")
    exponent = np.asarray(backend_of(handle.array).quiet.run(np.frexp, handle.array)[1], np.int32)
    # In two steps, since 2**1074, of the smallest number, is beyond all floats.
    half = exponent // 2
    mantissa: Any = handle
    for part in (half, exponent - half):
        scale = np.ldexp(np.ones(part.shape, handle.array.dtype), -part)
        mantissa = mul(mantissa, wrap(handle.result_class, scale))
    return Frexp(mantissa, wrap(handle.result_class, exponent))


# ---- choosing -----------------------------------------------------------------------------------


@_speaks_for(comparisons.where)
def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """`input` where the condition holds, `other` elsewhere.

    Both are computed before the choice, so a branch that is not taken must still be finite
    wherever its slope is: guard its argument.

    Parameters
    ----------
    condition : Tensor of bool
        What to choose by.
    input, other : Tensor or number, optional
        What to choose from; all three broadcast.

    Returns
    -------
    Tensor, or tuple of Tensor
        The chosen elements. With the condition alone: the places where it holds, one tensor of
        int64 for each dimension, with which it can be indexed.

    Raises
    ------
    ArgumentError, DtypeError
        If one of `input` and `other` is given without the other, or the condition has no bools.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([-1.0, 2.0, -3.0])
    >>> tgx.where(x > 0, x, 0.0)
    tensor([0., 2., 0.])
    >>> tgx.where(x < 0)
    (tensor([0, 2]),)
    """
    if input is not None and other is not None:
        array = condition.array if isinstance(condition, Handle) else condition
        if isinstance(array, np.ndarray) and array.dtype.kind != "b" and array.dtype != np.uint8:
            raise DtypeError(
                f"where by a condition of dtype {array.dtype}", "no bools", "compare: x != 0"
            )
        return comparisons.where.apply((condition, input, other), ())
    if input is not None or other is not None:
        raise ArgumentError(
            "where with one of two choices",
            f"no {'other' if other is None else 'input'}",
            "give both, as in where(x > 0, x, 0.0), or neither",
        )
    handle = as_handle(condition, "where")
    places = np.atleast_1d(handle.array).nonzero() if handle.array.ndim == 0 else ()
    places = places or handle.array.nonzero()
    return tuple(wrap(handle.result_class, place) for place in places)


def clamp_min(input: Any, min: Any) -> Any:
    """Each value, but at least `min`: `clamp(input, min=min)`.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    min : number or Tensor
        The bound, which broadcasts.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.clamp_min(tgx.tensor([-2.0, 3.0]), 0.0)
    tensor([0., 3.])
    """
    return clamp(input, min)


def clamp_max(input: Any, max: Any) -> Any:
    """Each value, but at most `max`: `clamp(input, max=max)`, the counterpart of `clamp_min`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.clamp_max(tgx.tensor([-2.0, 3.0]), 0.0)
    tensor([-2.,  0.])
    """
    return clamp(input, None, max)


def nan_to_num(
    input: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Any:
    """Numbers in the place of nan and of infinities.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    nan : float
        What stands for nan.
    posinf, neginf : float, optional
        What stands for the infinities: the largest and the least number of the dtype when left
        out.

    Returns
    -------
    Tensor
        Of the shape and dtype of the input; its slope is 0 where a number was put in.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nan_to_num(tgx.tensor([1.0, float("nan"), float("inf")]), posinf=9.0)
    tensor([1., 0., 9.])
    """
    handle = as_handle(input, "nan_to_num")
    if handle.array.dtype.kind != "f":  # which has nothing to replace
        return wrap(handle.result_class, handle.array.copy())
    ends = np.finfo(handle.array.dtype)
    high = float(ends.max) if posinf is None else float(posinf)
    low = float(ends.min) if neginf is None else float(neginf)
    return elementary.replace_special.apply((handle,), (float(nan or 0.0), high, low))


# ---- real numbers as complex ones ---------------------------------------------------------------


def positive(input: Any) -> Any:
    """The tensor itself: `+x`.

    Parameters
    ----------
    input : Tensor
        Of numbers.

    Raises
    ------
    DtypeError
        For bools.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.positive(tgx.tensor([-1.0, 2.0]))
    tensor([-1.,  2.])
    """
    handle = as_handle(input, "positive")
    if handle.array.dtype.kind == "b":
        raise DtypeError("positive of bools", "no numbers", "convert them: x.int()")
    return handle


def real(input: Any) -> Any:
    """The real part: the tensor itself, since no tensor here is complex.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.real(tgx.tensor([-1.0, 2.0]))
    tensor([-1.,  2.])
    """
    return as_handle(input, "real")


conj = conj_physical = resolve_conj = resolve_neg = real


def isreal(input: Any) -> Any:
    """Whether each element is a real number, which it always is.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype.

    Returns
    -------
    Tensor
        Of bools, all true.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.isreal(tgx.tensor([1.0, 2.0]))
    tensor([True, True])
    """
    handle = as_handle(input, "isreal")
    return wrap(handle.result_class, backend_of(handle.array).xp.ones(handle.array.shape, bool))


# ---- whether two are equal ----------------------------------------------------------------------


def isclose(
    input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Any:
    """Whether two numbers differ by no more than `atol + rtol * |other|`.

    Parameters
    ----------
    input, other : Tensor
        Of one dtype, of shapes that broadcast.
    rtol, atol : float
        What part of `other`, and how much besides, they may differ.
    equal_nan : bool
        Whether nan is close to nan.

    Returns
    -------
    Tensor
        Of bools. Equal infinities are close, others to nothing.

    Raises
    ------
    ArgumentError
        For a tolerance below 0.
    DtypeError
        If the dtypes differ.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.isclose(tgx.tensor([1.0, 2.0]), tgx.tensor([1.0, 2.1]))
    tensor([ True, False])
    """
    x, y = as_handle(input, "isclose"), as_handle(other, "isclose")
    if x.array.dtype != y.array.dtype:
        raise DtypeError(
            "isclose of two tensors", f"{x.array.dtype} and {y.array.dtype}",
            "convert one: y.to(x.dtype)",
        )  # fmt: skip
    if not (rtol >= 0.0 and atol >= 0.0):
        raise ArgumentError(
            f"isclose with rtol={rtol}, atol={atol}", "a tolerance below 0", "use 0 or more"
        )
    try:
        close = backend_of(x.array).call(_isclose, x.array, y.array, rtol, atol, equal_nan)
    except ValueError:
        raise ShapeError(
            f"isclose of shapes {x.array.shape} and {y.array.shape}",
            *misfit(x.array.shape, y.array.shape),
        ) from None
    return wrap(x.result_class, np.asarray(close))


def _isclose(x: Any, y: Any, rtol: float, atol: float, equal_nan: bool) -> Any:
    close = x == y
    if x.dtype.kind == "b":
        return close
    if x.dtype.kind != "f":  # differences of unsigned integers would wrap around
        wide_x, wide_y = x.astype(np.float64), y.astype(np.float64)
    else:
        wide_x, wide_y = x, y
    apart = np.abs(wide_x - wide_y)
    close = close | (np.isfinite(apart) & (apart <= atol + np.abs(rtol * wide_y)))
    return close | ((x != x) & (y != y)) if equal_nan else close


def allclose(
    input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether all numbers of two tensors are close: see `isclose`.

    Parameters
    ----------
    input, other : Tensor
        Of one dtype, of shapes that broadcast.
    rtol, atol, equal_nan
        As for `isclose`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.allclose(tgx.tensor([1.0, 2.0]), tgx.tensor([1.0, 2.000001]))
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan).array.all())


def equal(input: Any, other: Any) -> bool:
    """Whether two tensors have the same shape and the same elements.

    Parameters
    ----------
    input, other : Tensor
        Of any shapes; nan equals nothing.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.equal(tgx.tensor([1, 2]), tgx.tensor([1, 2]))
    True
    """
    x, y = as_handle(input, "equal"), as_handle(other, "equal")
    if x.array.shape != y.array.shape:
        return False
    with no_grad():
        return bool(comparisons.eq(x, y).array.all())


# ---- PyTorch's other spellings ------------------------------------------------------------------

multiply = mul
negative = elementary.neg
fix = trunc
sgn = elementary.sign
greater, greater_equal = comparisons.gt, comparisons.ge
less, less_equal, not_equal = comparisons.lt, comparisons.le, comparisons.ne
arccos, arccosh = trigonometry.acos, trigonometry.acosh
arcsin, arcsinh = trigonometry.asin, trigonometry.asinh
arctan, arctanh, arctan2 = trigonometry.atan, trigonometry.atanh, trigonometry.atan2
