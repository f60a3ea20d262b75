"""Elementary functions: arithmetic, powers, exponentials, trigonometry, rounding, comparison.

Each block says the value of one element and its slope; `machine.f` is what the machine's own
mathematics answers. The string in front is the textbook definition, which is what the tests hold
the block to, at 50 digits.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError
from tinygradx.kernels import machine
from tinygradx.ops.elementwise import Bound, elementwise

TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)
HALF_SQRT_PI = math.sqrt(math.pi) / 2.0
LOG_SQRT_PI = 0.5 * math.log(math.pi)
LN2 = math.log(2.0)
LN10 = math.log(10.0)
INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)
RADIANS, DEGREES = math.pi / 180.0, 180.0 / math.pi

# ---- choosing and comparing ---------------------------------------------------------------------


@elementwise("x if condition else y", numpy=np.where, integers="same", flags=("condition",))
def where(condition: Any, x: Any, y: Any) -> Any:
    """`x` where the condition holds, `y` elsewhere.

    Both are computed before the choice, so a branch that is not taken must still be finite
    wherever its slope is: guard its argument.
    """
    return x if condition else y


@where.slope
def _(condition, x, y):
    return 0.0, where(condition, 1.0, 0.0), where(condition, 0.0, 1.0)


@elementwise("x == y", numpy=np.equal, integers="same", result="bool")
def eq(x, y):
    """Whether both are equal; nan equals nothing."""
    return x == y


@elementwise("x != y", numpy=np.not_equal, integers="same", result="bool")
def ne(x, y):
    """Whether both differ; nan differs from everything."""
    return x != y


@elementwise("x < y", numpy=np.less, integers="same", result="bool")
def lt(x, y):
    """Whether the first is less."""
    return x < y


@elementwise("x <= y", numpy=np.less_equal, integers="same", result="bool")
def le(x, y):
    """Whether the first is less or equal."""
    return x <= y


@elementwise("x > y", numpy=np.greater, integers="same", result="bool")
def gt(x, y):
    """Whether the first is greater."""
    return x > y


@elementwise("x >= y", numpy=np.greater_equal, integers="same", result="bool")
def ge(x, y):
    """Whether the first is greater or equal."""
    return x >= y


@elementwise("x != x", numpy=np.isnan, integers="same", result="bool")
def isnan(x):
    """Whether it is nan."""
    return x != x


@elementwise("abs(x) == inf", numpy=np.isinf, integers="same", result="bool")
def isinf(x):
    """Whether it is infinite."""
    return abs(x) == math.inf


@elementwise("abs(x) < inf", numpy=np.isfinite, integers="same", result="bool")
def isfinite(x):
    """Whether it is neither infinite nor nan."""
    return abs(x) < math.inf


@elementwise("x == inf", numpy=np.isposinf, integers="same", result="bool")
def isposinf(x):
    """Whether it is positive infinity."""
    return x == math.inf


@elementwise("x == -inf", numpy=np.isneginf, integers="same", result="bool")
def isneginf(x):
    """Whether it is negative infinity."""
    return x == -math.inf


@elementwise("x < 0", numpy=np.signbit, integers="same", result="bool")
def signbit(x):
    """Whether its sign is set, which it is for -0.0 as well."""
    return machine.copysign(1.0, x) < 0.0


@elementwise("x != 0 and y != 0", numpy=np.logical_and, integers="same", result="bool")
def logical_and(x, y):
    """Whether both are nonzero."""
    return (x != 0.0) & (y != 0.0)


@elementwise("x != 0 or y != 0", numpy=np.logical_or, integers="same", result="bool")
def logical_or(x, y):
    """Whether either is nonzero."""
    return (x != 0.0) | (y != 0.0)


@elementwise("(x != 0) != (y != 0)", numpy=np.logical_xor, integers="same", result="bool")
def logical_xor(x, y):
    """Whether exactly one is nonzero."""
    return (x != 0.0) != (y != 0.0)


@elementwise("x == 0", numpy=np.logical_not, integers="same", result="bool")
def logical_not(x):
    """Whether it is zero."""
    return x == 0.0


# ---- arithmetic ---------------------------------------------------------------------------------


@elementwise("x + y", numpy=np.add, integers="same")
def add(x, y):
    """The sum."""
    return x + y


@add.slope
def _():
    return 1.0, 1.0


@elementwise("x - y", numpy=np.subtract, integers="same")
def sub(x, y):
    """The difference."""
    return x - y


@sub.slope
def _():
    return 1.0, -1.0


@elementwise("x * y", numpy=np.multiply, integers="same")
def mul(x, y):
    """The product."""
    return x * y


@mul.slope
def _(x, y):
    return y, x


@elementwise("x / y", numpy=np.true_divide)
def div(x, y):
    """The quotient; of integers, in floats."""
    return x / y


@div.slope
def _(x, y):
    return 1.0 / y, -(x / y) / y


@elementwise("-x", numpy=np.negative, integers="same")
def neg(x):
    """The opposite."""
    return -x


@neg.slope
def _():
    return -1.0


@elementwise("1 / x", numpy=np.reciprocal)
def reciprocal(x):
    """One over x."""
    return 1.0 / x


@reciprocal.slope
def _(x):
    return -(1.0 / x) / x


@elementwise("x * x", numpy=np.square, integers="same")
def square(x):
    """x times itself."""
    return x * x


@square.slope
def _(x):
    return 2.0 * x


@elementwise("abs(x)", numpy=np.absolute, integers="same", name="abs")
def absolute(x):
    """The size of x; its slope at 0 is taken to be 0."""
    return abs(x)


@absolute.slope
def _(x):
    return sign(x)


@elementwise("sign(x)", numpy=np.sign, integers="same")
def sign(x):
    """-1, 0 or 1; its slope is 0 everywhere."""
    return where(x > 0.0, 1.0, where(x < 0.0, -1.0, x * 0.0))


@sign.slope
def _():
    return 0.0


@elementwise("abs(x) if y >= 0 else -abs(x)", numpy=np.copysign)
def copysign(x, y):
    """The size of x with the sign of y; its slope along x is 0 at 0, along y 0 everywhere."""
    return machine.copysign(x, y)


@copysign.slope
def _(x, y):
    return sign(x) * copysign(1.0, y), 0.0


@elementwise("pi if x < 0 else 0")
def angle(x):
    """The angle of a real number in the plane: pi for negative ones, 0 for the others."""
    return where(x < 0.0, math.pi, where(x != x, x, 0.0))


@angle.slope
def _():
    return 0.0


def _heaviside(x: Any, values: Any) -> Any:
    """np.heaviside, which would make floats of integers."""
    if x.dtype.kind == "f":
        return np.heaviside(x, values)
    return np.where(x == 0, values, x > 0)


@elementwise("1 if input > 0 else 0 if input < 0 else values", numpy=_heaviside, integers="same")
def heaviside(input, values):
    """0 for negative numbers, 1 for positive ones, and at 0 the number that is given for it."""
    rest = where(input == 0.0, values, input)
    return where(input > 0.0, 1.0, where(input < 0.0, 0.0, rest))


@heaviside.slope
def _(input):
    return 0.0, where(input == 0.0, 1.0, 0.0)


@elementwise("x")
def nextafter(x, y):
    """The number next to x towards y: one step of the dtype; its slope along x is 1."""
    return machine.nextafter(x, y)


@nextafter.slope
def _():
    return 1.0, 0.0


@elementwise("x if x > y else y", numpy=np.maximum, integers="same")
def maximum(x, y):
    """The larger one, nan if either is; where both are equal each gets half of the slope."""
    return where((x > y) | (x != x), x, y)


@maximum.slope
def _(x, y):
    # In this order a nan lets the gradient through, as in PyTorch.
    return (
        where(x < y, 0.0, where(x == y, 0.5, 1.0)),
        where(y < x, 0.0, where(x == y, 0.5, 1.0)),
    )


@elementwise("x if x < y else y", numpy=np.minimum, integers="same")
def minimum(x, y):
    """The smaller one, nan if either is; where both are equal each gets half of the slope."""
    return where((x < y) | (x != x), x, y)


@minimum.slope
def _(x, y):
    return (
        where(x > y, 0.0, where(x == y, 0.5, 1.0)),
        where(y > x, 0.0, where(x == y, 0.5, 1.0)),
    )


@elementwise("x if x >= y else y", numpy=np.fmax, integers="same")
def fmax(x, y):
    """The larger one, and where one is nan the other; where both are equal the slope is x's."""
    return where((x >= y) | (y != y), x, y)


@fmax.slope
def _(x, y):
    first = (x >= y) | (y != y)
    return where(first, 1.0, 0.0), where(first, 0.0, 1.0)


@elementwise("x if x <= y else y", numpy=np.fmin, integers="same")
def fmin(x, y):
    """The smaller one, and where one is nan the other; where both are equal the slope is x's."""
    return where((x <= y) | (y != y), x, y)


@fmin.slope
def _(x, y):
    first = (x <= y) | (y != y)
    return where(first, 1.0, 0.0), where(first, 0.0, 1.0)


@elementwise("low if x < low else x", integers="same")
def clamp_below(x, low):
    """x, but at least low; its slope is 1 on the bound itself."""
    return maximum(x, low)


@clamp_below.slope
def _(x, low):
    return where(x >= low, 1.0, 0.0), where(x < low, 1.0, 0.0)


@elementwise("high if x > high else x", integers="same")
def clamp_above(x, high):
    """x, but at most high; its slope is 1 on the bound itself."""
    return minimum(x, high)


@clamp_above.slope
def _(x, high):
    return where(x <= high, 1.0, 0.0), where(x > high, 1.0, 0.0)


@elementwise("high if high < low or x > high else low if x < low else x", integers="same")
def clamp_between(x, low, high):
    """x kept between two bounds; its slope is 1 on the bounds themselves."""
    return minimum(maximum(x, low), high)


@clamp_between.slope
def _(x, low, high):
    return (
        where((x >= low) & (x <= high), 1.0, 0.0),
        where((x < low) & (low < high), 1.0, 0.0),
        where((x > high) | (low > high), 1.0, 0.0),
    )


@elementwise("x - y * floor(x / y)", numpy=np.remainder, integers="same")
def remainder(x, y):
    """What is left of a division, with the sign of the divisor (Python's `%`)."""
    r = machine.fmod(x, y)
    return where((r != 0.0) & ((r < 0.0) != (y < 0.0)), r + y, r)


@remainder.slope
def _(x, y):
    return 1.0, -floor_divide(x, y)


@elementwise("x - y * trunc(x / y)", numpy=np.fmod, integers="same")
def fmod(x, y):
    """What is left of a division, with the sign of the dividend (C's `fmod`)."""
    return machine.fmod(x, y)


@fmod.slope
def _(x, y):
    # Not trunc(x / y): a quotient just below a whole number may be rounded up to it.
    return 1.0, -rint((x - fmod(x, y)) / y)


@elementwise("floor(x / y)", numpy=np.floor_divide, integers="same")
def floor_divide(x, y):
    """The quotient rounded down; its slope is 0."""
    # Not floor(x / y): a quotient just below a whole number may be rounded up to it.
    whole = machine.rint((x - remainder(x, y)) / y)
    return where((y == 0.0) | (abs(y) == math.inf), machine.floor(x / y), whole)


@floor_divide.slope
def _():
    return 0.0, 0.0


#: Sums of products cannot be within 4 ulp where their terms cancel.
CANCELS = Bound(1e6, "a sum of terms of both signs, each rounded; within 4 eps of the largest")


@elementwise("input + weight * (end - input)", float32=CANCELS)
def lerp(input, end, weight):
    """A point on the way between two numbers: `input` at weight 0, `end` at weight 1.

    From the nearer end, so that both are met exactly.
    """
    way = end - input
    return where(abs(weight) < 0.5, input + weight * way, end - way * (1.0 - weight))


@lerp.slope
def _(input, end, weight):
    return 1.0 - weight, weight, end - input


@elementwise("input + value * tensor1 * tensor2", float32=CANCELS)
def addcmul(input, tensor1, tensor2, value=1.0):
    """A number plus a product, which is first multiplied by `value`."""
    return input + value * (tensor1 * tensor2)


@addcmul.slope
def _(tensor1, tensor2, value):
    return 1.0, value * tensor2, value * tensor1


@elementwise("input + value * tensor1 / tensor2", float32=CANCELS)
def addcdiv(input, tensor1, tensor2, value=1.0):
    """A number plus a quotient, which is first multiplied by `value`."""
    return input + value * (tensor1 / tensor2)


@addcdiv.slope
def _(tensor1, tensor2, value):
    return 1.0, value / tensor2, -(value * (tensor1 / tensor2)) / tensor2


@elementwise("x")
def replace_special(x, nan=0.0, posinf=0.0, neginf=0.0):
    """x, with other numbers in the place of nan and of both infinities, where the slope is 0."""
    finite = where(x == math.inf, posinf, where(x == -math.inf, neginf, x))
    return where(x != x, nan, finite)


@replace_special.slope
def _(x):
    return where(abs(x) < math.inf, 1.0, 0.0)


@elementwise("sqrt(x * x + y * y)", numpy=np.hypot)
def hypot(x, y):
    """The long side of a right triangle, without overflow on the way; slope 0 at the origin."""
    return machine.hypot(x, y)


@hypot.slope
def _(x, y):
    return direction(x, y), direction(y, x)


@elementwise("x / sqrt(x * x + y * y)")
def direction(x, y):
    """The cosine of the angle of the point (x, y); 0 at the origin.

    A block of its own for its slope: that of x / h would be 1/h - x*x / h**3, which has no digits
    left at y = 1e-9.
    """
    h = machine.hypot(x, y)
    return x / where(h == 0.0, 1.0, h)


@direction.slope
def _(x, y):
    h = hypot(x, y)
    safe = where(h == 0.0, 1.0, h)
    sine = direction(y, x)
    return sine * sine / safe, -(direction(x, y) * sine) / safe


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
    return -0.5 * rsqrt(x) / x


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


@machine.formula
def logistic_by_exp(x):
    """The logistic function for a machine that lacks it: nothing overflows, no tail is lost."""
    e = exp(-abs(x))
    return where(x > 0.0, 1.0, where(x <= 0.0, e, x)) / (1.0 + e)


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


# ---- angles -------------------------------------------------------------------------------------


@elementwise("x * pi / 180", numpy=np.deg2rad)
def deg2rad(x):
    """An angle in degrees, in radians."""
    return x * RADIANS


@deg2rad.slope
def _():
    return 0.017453292519943295


@elementwise("x * 180 / pi", numpy=np.rad2deg)
def rad2deg(x):
    """An angle in radians, in degrees."""
    return x * DEGREES


@rad2deg.slope
def _():
    return 57.29577951308232


# ---- trigonometry -------------------------------------------------------------------------------


@elementwise("sin(x)")
def sin(x):
    """The sine of an angle in radians."""
    return machine.sin(x)


@sin.slope
def _(x):
    return cos(x)


@elementwise("cos(x)")
def cos(x):
    """The cosine of an angle in radians."""
    return machine.cos(x)


@cos.slope
def _(x):
    return -sin(x)


@elementwise("tan(x)", numpy=np.tan, domain=(-1.5, 1.5))
def tan(x):
    """The tangent of an angle in radians."""
    return machine.tan(x)


@tan.slope
def _(x):
    return 1.0 / square(cos(x))


@elementwise("asin(x)", numpy=np.arcsin, domain=(-1.0, 1.0))
def asin(x):
    """The angle whose sine is x."""
    return machine.asin(x)


@asin.slope
def _(x):
    return rsqrt(one_minus_square(x))


@elementwise("1 - x * x", domain=(-1.0, 1.0))
def one_minus_square(x):
    """One minus x times itself, exact near 1; a block of its own for its slope, exact near 0."""
    return (1.0 - x) * (1.0 + x)


@one_minus_square.slope
def _(x):
    return -2.0 * x


@elementwise("acos(x)", numpy=np.arccos, domain=(-1.0, 1.0))
def acos(x):
    """The angle whose cosine is x."""
    return machine.acos(x)


@acos.slope
def _(x):
    return -rsqrt(one_minus_square(x))


@elementwise("atan(x)", numpy=np.arctan)
def atan(x):
    """The angle whose tangent is x."""
    return machine.atan(x)


@atan.slope
def _(x):
    return 1.0 / (1.0 + x * x)


@elementwise("atan2(y, x)", numpy=np.arctan2)
def atan2(y, x):
    """The angle of the point (x, y)."""
    return machine.atan2(y, x)


@atan2.slope
def _(y, x):
    h = hypot(x, y)  # its square would overflow and vanish too soon
    safe = where(h == 0.0, 1.0, h)
    return direction(x, y) / safe, -direction(y, x) / safe


# ---- hyperbolic functions -----------------------------------------------------------------------


@elementwise("sinh(x)", numpy=np.sinh, domain=(-3.0, 3.0))
def sinh(x):
    """The hyperbolic sine."""
    return machine.sinh(x)


@sinh.slope
def _(x):
    return cosh(x)


@elementwise("cosh(x)", numpy=np.cosh, domain=(-3.0, 3.0))
def cosh(x):
    """The hyperbolic cosine."""
    return machine.cosh(x)


@cosh.slope
def _(x):
    return sinh(x)


@elementwise("asinh(x)", numpy=np.arcsinh)
def asinh(x):
    """The inverse of sinh."""
    return machine.asinh(x)


@asinh.slope
def _(x):
    return 1.0 / hypot(1.0, x)


@elementwise("acosh(x)", numpy=np.arccosh, domain=(1.0, 9.0))
def acosh(x):
    """The inverse of cosh, for x of at least 1."""
    return machine.acosh(x)


@acosh.slope
def _(x):
    return rsqrt(x - 1.0) * rsqrt(x + 1.0)


@elementwise("atanh(x)", numpy=np.arctanh, domain=(-1.0, 1.0))
def atanh(x):
    """The inverse of tanh."""
    return machine.atanh(x)


@atanh.slope
def _(x):
    return 1.0 / one_minus_square(x)


# ---- the error function -------------------------------------------------------------------------


@machine.formula
def gaussian_by_parts(x):
    """The bell curve for a machine that lacks it.

    x is h, of at most 10 bits, so that h*h is exact, and a small rest (Cody 1969).
    """
    a = minimum(abs(x), 40.0)
    h = machine.rint(16.0 * a) / 16.0
    return exp(-0.5 * h * h) * exp(-0.5 * (a - h) * (a + h))


@elementwise("exp(-x * x / 2)")
def gaussian(x):
    """The bell curve, 1 at its top; exact far out, where the rounding of x*x would show."""
    return machine.gaussian(x)


@gaussian.slope
def _(x):
    return -x * gaussian(x)


@elementwise("erf(x)", domain=(-3.0, 3.0))
def erf(x):
    """The error function."""
    return machine.erf(x)


@erf.slope
def _(x):
    # The square of a bell curve, not exp(-x * x): the rounding of x * x would cost x * x ulp.
    return TWO_OVER_SQRT_PI * (gaussian(x) * gaussian(x))


@elementwise("erfc(x)", domain=(-3.0, 3.0))
def erfc(x):
    """One minus the error function, exact far out."""
    return machine.erfc(x)


@erfc.slope
def _(x):
    return -TWO_OVER_SQRT_PI * (gaussian(x) * gaussian(x))


@machine.formula
def erfinv_by_newton(x):
    """The inverse of erf for a machine that lacks it.

    Near 0 the start is Giles' (2010), "Approximating the erfinv function"; far out, where erfc(y)
    is near exp(-y*y) / (y * sqrt(pi)), it is that solved for y (good to 2e-3). Two steps of Halley
    on erfc, which keeps its digits where erf is near 1, do the rest.
    """
    a = abs(x)
    inside = where(a < 1.0, 1.0 - a, 1.0)
    near = 2.5 + log(inside * (1.0 + a))
    p = 2.81022636e-08
    p = 3.43273939e-07 - p * near
    p = -3.5233877e-06 - p * near
    p = -4.39150654e-06 - p * near
    p = 0.00021858087 - p * near
    p = -0.00125372503 - p * near
    p = -0.00417768164 - p * near
    p = 0.246640727 - p * near
    p = 1.50140941 - p * near
    far = LOG_SQRT_PI + log(inside)
    q = machine.sqrt(maximum(-far - 0.5 * log(maximum(-far, 1.0)), 0.0))
    y = where(near > -2.5, p * a, q)
    u = (machine.erfc(y) - inside) * HALF_SQRT_PI * exp(y * y)
    y = y + u / (1.0 - u * y)
    u = (machine.erfc(y) - inside) * HALF_SQRT_PI * exp(y * y)
    y = y + u / (1.0 - u * y)
    # Near 0 the difference of erfc and 1 - a has no digits left; a step on erf has.
    small = y - (machine.erf(y) - a) * HALF_SQRT_PI * exp(y * y)
    y = where(a < 0.5, small, y)
    y = where(a < 1.0, y, where(a == 1.0, math.inf, math.nan))
    return machine.copysign(y, x)


@elementwise(
    "erfinv(x)",
    domain=(-1.0, 1.0),
    float32=Bound(32.0, "the slope is exp(y * y) of the rounded y: its error times 2 * y * y, 29"),
)
def erfinv(x):
    """The x' whose erf is x, for x between -1 and 1."""
    return machine.erfinv(x)


@erfinv.slope
def _(y):
    return HALF_SQRT_PI / (gaussian(y) * gaussian(y))


@elementwise("erfc(-x / sqrt(2)) / 2", domain=(-4.0, 4.0))
def ndtr(x):
    """How likely a normal draw falls below x."""
    return machine.ndtr(x)


@ndtr.slope
def _(x):
    return INV_SQRT_2PI * gaussian(x)


# ---- rounding -----------------------------------------------------------------------------------


@elementwise("floor(x)", numpy=np.floor, integers="same")
def floor(x):
    """Rounded down; its slope is 0."""
    return machine.floor(x)


@floor.slope
def _():
    return 0.0


@elementwise("ceil(x)", numpy=np.ceil, integers="same")
def ceil(x):
    """Rounded up; its slope is 0."""
    return machine.ceil(x)


@ceil.slope
def _():
    return 0.0


@elementwise("trunc(x)", numpy=np.trunc, integers="same")
def trunc(x):
    """Rounded towards 0; its slope is 0."""
    return machine.trunc(x)


@trunc.slope
def _():
    return 0.0


def _nearest(x: Any) -> Any:
    """np.rint, which would make floats of integers."""
    return np.rint(x) if x.dtype.kind == "f" else x.copy()


@elementwise("nint(x)", numpy=_nearest, integers="same")
def rint(x):
    """Rounded to the nearest whole number, halves to the even one; its slope is 0."""
    return machine.rint(x)


@rint.slope
def _():
    return 0.0


@elementwise("x - trunc(x)")
def frac(x):
    """The part behind the point, with the sign of x."""
    return x - machine.trunc(x)


@frac.slope
def _():
    return 1.0


# ---- bits ---------------------------------------------------------------------------------------


@elementwise("x & y", numpy=np.bitwise_and, integers="only")
def bitwise_and(x, y):
    """The bits that are set in both; of bools, whether both hold."""
    return x & y


@elementwise("x | y", numpy=np.bitwise_or, integers="only")
def bitwise_or(x, y):
    """The bits that are set in either; of bools, whether either holds."""
    return x | y


@elementwise("x ^ y", numpy=np.bitwise_xor, integers="only")
def bitwise_xor(x, y):
    """The bits that are set in exactly one; of bools, whether exactly one holds."""
    return x ^ y


@elementwise("~x", numpy=np.invert, integers="only")
def bitwise_not(x):
    """Every bit turned over; of bools, whether it does not hold."""
    return ~x


@elementwise("x << y", numpy=np.left_shift, integers="only")
def bitwise_left_shift(x, y):
    """x times two to the power y."""
    return x << y


@elementwise("x >> y", numpy=np.right_shift, integers="only")
def bitwise_right_shift(x, y):
    """x divided by two to the power y, rounded down."""
    return x >> y


@elementwise("gcd(x, y)", numpy=np.gcd, integers="only")
def gcd(x, y):
    """The greatest common divisor, never negative; of 0 and 0 it is 0."""
    return math.gcd(x, y)


@elementwise("lcm(x, y)", numpy=np.lcm, integers="only")
def lcm(x, y):
    """The least common multiple, never negative; of 0 and anything it is 0."""
    return math.lcm(x, y)


# ---- functions with more to say than a block ----------------------------------------------------


def clamp(input: Any, min: Any = None, max: Any = None) -> Any:
    """Each value kept between two bounds.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    min, max : number or Tensor, optional
        The bounds, which broadcast; at least one. The slope is 1 between and on them, 0 outside.

    Raises
    ------
    ArgumentError
        If neither bound is given.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.clamp(tgx.tensor([-2.0, 0.5, 9.0]), 0.0, 1.0)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if min is None and max is None:
        raise ArgumentError("clamp", "neither min nor max", "give at least one bound")
    if max is None:
        return clamp_below(input, min)
    if min is None:
        return clamp_above(input, max)
    return clamp_between(input, min, max)


clip = clamp


def round(input: Any, *, decimals: int = 0) -> Any:
    """The nearest whole number, halves to the even one; its slope is 0.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    decimals : int
        Digits behind the point (or before it, when negative) to keep.
    """
    if decimals == 0:
        return rint(input)
    return div(rint(mul(input, 10.0**decimals)), 10.0**decimals)
