"""The bell curve and the area below it: the error function, its inverse, `ndtr`."""

from __future__ import annotations

import math

from tinygradx.kernels import machine
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import maximum, minimum
from tinygradx.ops.elementwise import Bound, elementwise
from tinygradx.ops.exponentials import exp, log

TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)
HALF_SQRT_PI = math.sqrt(math.pi) / 2.0
LOG_SQRT_PI = 0.5 * math.log(math.pi)
INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)


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
