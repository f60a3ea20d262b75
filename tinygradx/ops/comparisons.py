"""Choosing, comparing, and logic: `where`, `eq`, `isnan`, `logical_and` ...

`elementary` says how a block is read.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.kernels import machine
from tinygradx.ops.elementwise import elementwise


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
