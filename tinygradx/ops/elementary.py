"""Elementary arithmetic: sums, products, signs, the larger one, bounds.

Each block says the value of one element and its slope; `machine.f` is what the machine's own
mathematics answers. The string in front is the textbook definition, which is what the tests hold
the block to, at 50 digits. The other blocks are in `comparisons`, `rounding`, `exponentials`,
`trigonometry`, `bell_curve` and `bits`, and in `special` and `activations`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError
from tinygradx.kernels import machine
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementwise import Bound, elementwise

# ---- sums and products --------------------------------------------------------------------------


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


# ---- signs --------------------------------------------------------------------------------------


@elementwise("abs(x)", numpy=np.absolute, integers="same", name="abs")
def absolute(x):
    """The size of x; its slope at 0 is taken to be 0."""
    return abs(x)


@absolute.slope
def _(x):
    return sign(x)


@elementwise("1 if x > 0 else -1 if x < 0 else 0", integers="same")
def sign(x):
    """-1, 0 or 1, and 0 of nan, as in PyTorch; its slope is 0 everywhere."""
    return where(x > 0.0, 1.0, where(x < 0.0, -1.0, 0.0))


@sign.slope
def _():
    return 0.0


@elementwise("abs(x) if y >= 0 else -abs(x)", numpy=np.copysign)
def copysign(x, y):
    """The size of x with the sign of y; its slope along x is 0 at 0, along y 0 everywhere."""
    return machine.copysign(x, y)


@copysign.slope
def _(x, y):
    return where(x != x, x, sign(x)) * copysign(1.0, y), 0.0


@elementwise("pi if x < 0 else 0")
def angle(x):
    """The angle of a real number in the plane: pi for negative ones, 0 for the others."""
    return where(x < 0.0, math.pi, where(x != x, x, 0.0))


@angle.slope
def _():
    return 0.0


def _heaviside(x: Any, values: Any) -> Any:
    """np.heaviside, which would make floats of integers, and nan of nan."""
    return np.where(x == 0, values, x > 0)


@elementwise("values if input == 0 else 1 if input > 0 else 0", numpy=_heaviside, integers="same")
def heaviside(input, values):
    """0 for negative numbers and nan, 1 for positive ones, and at 0 the number given for it."""
    return where(input == 0.0, values, where(input > 0.0, 1.0, 0.0))


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


@elementwise("x")
def replace_special(x, nan=0.0, posinf=0.0, neginf=0.0):
    """x, with other numbers in the place of nan and of both infinities, where the slope is 0."""
    finite = where(x == math.inf, posinf, where(x == -math.inf, neginf, x))
    return where(x != x, nan, finite)


@replace_special.slope
def _(x):
    return where(abs(x) < math.inf, 1.0, 0.0)


# ---- the larger and the smaller one, and bounds -------------------------------------------------


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
