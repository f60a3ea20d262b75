"""Powers and roots, exponentials and logarithms, the logistic function."""

from __future__ import annotations

import math

import numpy as np

from tinygradx.kernels import machine
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import maximum, minimum
from tinygradx.ops.elementwise import Bound, elementwise

LN2 = math.log(2.0)
LN10 = math.log(10.0)


# ---- powers and roots ---------------------------------------------------------------------------


@elementwise("x ** y", numpy=np.power, integers="same", domain=(0.1, 4.0))
def pow(x, y):
    """x to the power y."""
    return machine.pow(x, y)


@pow.slope
def _(x, y):
    return (
        where(y == 0.0, 0.0, y * pow(x, y - 1.0)),
        pow(x, y) * log(where((x == 0.0) & (y >= 0.0), 1.0, x)),
    )


@elementwise("sqrt(x)", numpy=np.sqrt, domain=(0.0, 9.0))
def sqrt(x):
    """The square root; its slope at 0 is infinite."""
    return machine.sqrt(x)


@sqrt.slope
def _(y):
    return 0.5 / y


@elementwise("1 / sqrt(x)", domain=(0.1, 9.0))
def rsqrt(x):
    """One over the square root."""
    return 1.0 / machine.sqrt(x)


@rsqrt.slope
def _(x):
    return -0.5 * rsqrt(x) / abs(x)  # at -0 the root is -inf, and so its cube, as in PyTorch


# ---- exponentials and logarithms ----------------------------------------------------------------


@elementwise("exp(x)", domain=(-3.0, 3.0))
def exp(x):
    """e to the power x."""
    return machine.exp(x)


@exp.slope
def _(y):
    return y


@elementwise("2 ** x", numpy=np.exp2, domain=(-3.0, 3.0))
def exp2(x):
    """Two to the power x."""
    return machine.exp2(x)


@exp2.slope
def _(y):
    return y * LN2


@elementwise("exp(x) - 1", domain=(-3.0, 3.0))
def expm1(x):
    """e to the power x, minus one, exact near 0."""
    return machine.expm1(x)


@expm1.slope
def _(x):
    return exp(x)


@elementwise("log(x)", domain=(0.0, 9.0))
def log(x):
    """The natural logarithm."""
    return machine.log(x)


@log.slope
def _(x):
    return 1.0 / x


@elementwise("log(x) / log(2)", numpy=np.log2, domain=(0.0, 9.0))
def log2(x):
    """The logarithm to base 2."""
    return machine.log2(x)


@log2.slope
def _(x):
    return 1.0 / (x * LN2)


@elementwise("log(x) / log(10)", numpy=np.log10, domain=(0.0, 9.0))
def log10(x):
    """The logarithm to base 10."""
    return machine.log10(x)


@log10.slope
def _(x):
    return 1.0 / (x * LN10)


@elementwise("log(1 + x)", domain=(-1.0, 9.0))
def log1p(x):
    """The logarithm of 1 + x, exact near 0."""
    return machine.log1p(x)


@log1p.slope
def _(x):
    return 1.0 / (1.0 + x)


@elementwise(
    "log(exp(x) + exp(y))",
    float32=Bound(80.0, "x - y is rounded, and e to that power has |x - y| times its error"),
)
def logaddexp(x, y):
    """The logarithm of a sum of exponentials."""
    top = maximum(x, y)
    # Equal infinities have no difference: inf - inf would be nan.
    away = where(x == y, 0.0, abs(x - y))
    return top + log1p(exp(-away))


@logaddexp.slope
def _(x, y):
    # Not 1 / (1 + exp(...)): where exp overflows, that has a slope of inf / inf.
    apart = where((x == y) & (abs(x) == math.inf), 0.0, x - y)
    return logistic(apart), logistic(-apart)


@elementwise(
    "log(2 ** x + 2 ** y) / log(2)",
    float32=Bound(80.0, "x - y is rounded, and 2 to that power has |x - y| times its error"),
)
def logaddexp2(x, y):
    """The logarithm to base 2 of a sum of powers of 2."""
    top = maximum(x, y)
    away = where(x == y, 0.0, abs(x - y))
    return top + log1p(exp2(-away)) / LN2


@logaddexp2.slope
def _(x, y):
    apart = where((x == y) & (abs(x) == math.inf), 0.0, x - y) * LN2
    return logistic(apart), logistic(-apart)


# ---- the logistic function ----------------------------------------------------------------------


@machine.formula
def logistic_by_exp(x):
    """The logistic function for a machine that lacks it: nothing overflows, no tail is lost."""
    e = exp(-abs(x))
    return where(x > 0.0, 1.0, where(x <= 0.0, e, x)) / (1.0 + e)


@elementwise("1 / (1 + exp(-x))")
def logistic(x):
    """The share that e to the power x has of e to the power x plus one; both tails are exact."""
    return machine.logistic(x)


@logistic.slope
def _(x):
    return logistic_density(x)


@elementwise(
    "exp(-x) / ((1 + exp(-x)) * (1 + exp(-x)))",
    float32=Bound(6.0, "its slope is a product of four factors, each with an error of its own"),
)
def logistic_density(x):
    """The slope of the logistic function.

    Not y * (1 - y): at x = 20 that has lost half of its digits, at x = 40 all of them. A block of
    its own for its slope, which near 0 a difference would lose.
    """
    # One exponential and one division: the product of both logistics takes 2.3 times as long.
    e = exp(-abs(x))
    return e / ((1.0 + e) * (1.0 + e))


@logistic_density.slope
def _(x):
    # t / (t + 2) is tanh(x / 2), which beyond 80 is 1, and there exp would overflow.
    t = expm1(minimum(x, 80.0))
    return -logistic_density(x) * (t / (t + 2.0))
