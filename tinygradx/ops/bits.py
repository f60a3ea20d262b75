"""Whole numbers only: their bits, `gcd` and `lcm`."""

from __future__ import annotations

import math

import numpy as np

from tinygradx.ops.elementwise import elementwise


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
