"""One number for a whole row, for generated CPU kernels: the largest element, the sum.

Eight partial results run side by side: fast, since they do not wait for each other, and the same
bits on every machine, since their order is written down. (LLVM may not reorder float additions.)
"""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from typing import Any

from numba import njit

LANES = 8


@njit(nogil=True, error_model="numpy")
def larger(a: Any, b: Any) -> Any:
    """The larger of two numbers; nan if either is."""
    return a if a > b or a != a else b


@njit(nogil=True, error_model="numpy")
def row_max(x: Any) -> Any:
    """The largest element of a row of at least one; nan if there is one."""
    a = b = c = d = e = f = g = h = x[0]
    whole = x.size - x.size % LANES
    for i in range(0, whole, LANES):
        a, b = larger(a, x[i]), larger(b, x[i + 1])
        c, d = larger(c, x[i + 2]), larger(d, x[i + 3])
        e, f = larger(e, x[i + 4]), larger(f, x[i + 5])
        g, h = larger(g, x[i + 6]), larger(h, x[i + 7])
    for i in range(whole, x.size):
        a = larger(a, x[i])
    left = larger(larger(a, b), larger(c, d))
    return larger(left, larger(larger(e, f), larger(g, h)))


@njit(nogil=True, error_model="numpy")
def row_mean(x: Any) -> Any:
    """The mean of a row of at least one."""
    return row_sum(x) / x.dtype.type(x.size)


@njit(nogil=True, error_model="numpy")
def row_sum(x: Any) -> Any:
    """The sum of a row, in eight partial sums: error about n/8 roundings at worst."""
    a = b = c = d = e = f = g = h = x.dtype.type(0)
    whole = x.size - x.size % LANES
    for i in range(0, whole, LANES):
        a, b, c, d = a + x[i], b + x[i + 1], c + x[i + 2], d + x[i + 3]
        e, f, g, h = e + x[i + 4], f + x[i + 5], g + x[i + 6], h + x[i + 7]
    for i in range(whole, x.size):
        a = a + x[i]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))
