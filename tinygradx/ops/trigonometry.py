"""Angles, triangles and hyperbolas: `sin`, `atan2`, `hypot`, `cosh` ..."""

from __future__ import annotations

import math

import numpy as np

from tinygradx.kernels import machine
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import square
from tinygradx.ops.elementwise import elementwise
from tinygradx.ops.exponentials import rsqrt

RADIANS, DEGREES = math.pi / 180.0, 180.0 / math.pi


# ---- angles and triangles -----------------------------------------------------------------------


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
