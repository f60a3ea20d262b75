"""Where the coefficients in tinygradx/kernels/vectormath.py come from.

    python benchmarks/fit_polynomials.py            # every fit, beside what the file holds
    python benchmarks/fit_polynomials.py EXP SIN    # just these, with their coefficients

Remez' exchange, for polynomials and for quotients of two, at 60 digits with mpmath.
"""

# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from mpmath import mp, mpf

from tinygradx.kernels import vectormath

mp.dps = 60

Function = Callable[[Any], Any]


def polynomial(coefficients: list[Any], x: Any) -> Any:
    return mp.polyval(coefficients[::-1], x)


def levelled(f: Function, weight: Function, nodes: list[Any], m: int, n: int) -> tuple[Any, Any]:
    """P and Q, of degrees m and n, whose errors at the nodes are equal in size and alternate."""
    size = m + n + 2
    error, q = mpf(0), [mpf(1)] + [mpf(0)] * n
    for _ in range(60):  # Newton's method, since the error multiplies Q
        matrix, right = mp.matrix(size, size), mp.matrix(size, 1)
        for i, x in enumerate(nodes):
            sign = (-1) ** i / weight(x)
            target = f(x) + sign * error
            for j in range(m + 1):
                matrix[i, j] = x**j
            for j in range(1, n + 1):
                matrix[i, m + j] = -target * x**j
            matrix[i, size - 1] = -sign * polynomial(q, x)
            right[i] = target - sign * error * polynomial(q, x)
        solution = list(mp.lu_solve(matrix, right))
        p, q = solution[: m + 1], [mpf(1), *solution[m + 1 : -1]]
        before, error = error, solution[-1]
        if n == 0 or abs(error - before) < mpf(10) ** -12 * abs(error):
            break
    return p, q


def minimax(
    f: Function, weight: Function, low: Any, high: Any, m: int, n: int = 0
) -> tuple[list[Any], list[Any], Any]:
    """P, Q and the largest weight(x) * |P(x) / Q(x) - f(x)| on [low, high]."""
    f, weight = mp.memoize(f), mp.memoize(weight)
    low, high, size = mpf(low), mpf(high), m + n + 2

    def spread(count: int) -> list[Any]:
        angles = [mp.pi * i / (count - 1) for i in range(count)]
        return [(low + high) / 2 - (high - low) / 2 * mp.cos(angle) for angle in angles]

    nodes, grid = spread(size), spread(60 * size)
    for _ in range(30):
        p, q = levelled(f, weight, nodes, m, n)
        errors = [weight(x) * (polynomial(p, x) / polynomial(q, x) - f(x)) for x in grid]
        peaks: list[tuple[Any, Any]] = []  # the largest error of each run of one sign
        for error, x in zip(errors, grid, strict=True):
            if peaks and (peaks[-1][0] > 0) == (error > 0):
                peaks[-1] = max(peaks[-1], (error, x), key=lambda peak: abs(peak[0]))
            else:
                peaks.append((error, x))
        while len(peaks) > size:
            peaks.remove(min(peaks[0], peaks[-1], key=lambda peak: abs(peak[0])))
        sizes = [abs(error) for error, _ in peaks]
        if len(peaks) < size or max(sizes) < 1.001 * min(sizes):
            break
        nodes = [x for _, x in peaks]
    return p, q, max(abs(error) for error in errors)


def odd(f: Callable[[Any, Any], Any], series: Function) -> Function:
    """f as a function of z = x**2, by a few terms of its series where f would cancel."""
    return lambda z: series(z) if z < mpf(10) ** -8 else f(mp.sqrt(z), z)


class Fit(NamedTuple):
    """One table of the file, or two: numerator and denominator."""

    names: tuple[str, ...]
    f: Function
    weight: Function
    low: Any
    high: Any
    degrees: tuple[int, ...]


def by_t(f: Function) -> Function:
    """f(x) as a function of t = (x - 4) / (x + 4)."""
    return lambda t: f(4 * (1 + t) / (1 - t))


def t_of(x: str) -> Any:
    return (mpf(x) - 4) / (mpf(x) + 4)


def mills(x: Any) -> Any:
    return mp.exp(x * x / 2) * mp.erfc(x / mp.sqrt(2)) / 2


def exp_rest(r: Any) -> Any:
    small = abs(r) < mpf(10) ** -8
    return mpf(1) / 2 + r / 6 + r * r / 24 if small else (mp.expm1(r) - r) / r**2


def beyond(t: Any) -> Any:
    return mp.erfc(t + mpf("1.5"))


ROOT_PI = mp.sqrt(mp.pi)
log_rest = odd(lambda s, z: (2 * mp.atanh(s) / s - 2) / z, lambda z: mpf(2) / 3 + 2 * z / 5)
shrunk = odd(lambda x, z: (x - mp.tanh(x)) / x**3, lambda z: mpf(1) / 3 - 2 * z / 15)
shrink_rest = odd(
    lambda x, z: (mpf(1) / 3 - (x - mp.tanh(x)) / x**3) / z,
    lambda z: mpf(2) / 15 - 17 * z / 315 + 62 * z * z / 2835,
)
erf_rest = odd(lambda x, z: mp.erf(x) / x - 1, lambda z: 2 / ROOT_PI * (1 - z / 3 + z * z / 10) - 1)
ndtr_odd = odd(
    lambda x, z: mp.erf(x / mp.sqrt(2)) / (2 * x),
    lambda z: (1 - z / 6 + z * z / 40) / mp.sqrt(2 * mp.pi),
)
sin_rest = odd(lambda x, z: (1 - mp.sin(x) / x) / z, lambda z: mpf(1) / 6 - z / 120)
cos_rest = odd(lambda x, z: (mp.cos(x) - 1 + z / 2) / z**2, lambda z: mpf(1) / 24 - z / 720)
ndtr_far = by_t(lambda x: (x + mpf(1) / 2) * mills(x))
erfc_far = by_t(lambda x: x * mp.exp(x * x) * mp.erfc(x))


def fits() -> list[Fit]:
    """Every fit: what, weighed how, where (a hair further than needed), and of which degrees."""
    half_log = mp.log(2) / 2 * mpf("1.0002")
    s2 = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mpf("1.001")
    one, quarter = mpf("1.0001"), (mp.pi / 4 * mpf("1.0001")) ** 2
    every = []
    for end, exp, log, erf, ndtr, far, last, tail, ends in (
        ("", 4, 2, 6, 5, 8, 9, 6, ("14.6", "10.3", "3.93")),
        ("_64", 10, 6, 12, 10, 20, 20, 18, ("38.8", "27.5", "5.93")),
    ):
        every += [
            Fit((f"EXP{end}",), exp_rest, lambda r: abs(r) + 0.02, -half_log, half_log, (exp,)),
            Fit((f"LOG{end}",), log_rest, lambda z: (z + mpf("1e-3")) / 2, 0, s2, (log,)),
            Fit((f"ERF_NEAR{end}",), erf_rest, lambda z: 1 / (1 + erf_rest(z)), 0, one, (erf,)),
            Fit((f"NDTR_NEAR{end}",), ndtr_odd, lambda z: 1 / ndtr_odd(z), 0, one, (ndtr,)),
            Fit(
                (f"NDTR_FAR{end}",),
                ndtr_far,
                lambda t: 1 / ndtr_far(t),
                t_of("0.74"),
                t_of(ends[0]),
                (far,),
            ),
            Fit(
                (f"ERFC{end}",),
                erfc_far,
                lambda t: 1 / erfc_far(t),
                t_of("0.99"),
                t_of(ends[1]),
                (last,),
            ),
            Fit(
                (f"ERF_BEYOND{end}",),
                lambda t: -mp.log(beyond(t)),
                beyond,
                mpf("-0.5"),
                mpf(ends[2]) - mpf("1.5"),
                (tail,),
            ),
            Fit(
                (f"SHRINK_P{end}", f"SHRINK_Q{end}"),
                shrink_rest,
                lambda z: (z + mpf("1e-6")) / shrunk(z),
                0,
                1,
                (2, 3) if end else (1, 2),
            ),
        ]
    return [
        *every,
        Fit(("SIN",), lambda z: -sin_rest(z), lambda z: z + mpf("1e-9"), 0, 4 * quarter, (4,)),
        Fit(("SIN_64",), sin_rest, lambda z: z + mpf("1e-9"), 0, quarter, (5,)),
        Fit(("COS_64",), cos_rest, lambda z: z**2 + mpf("1e-9"), 0, quarter, (5,)),
    ]


def main(chosen: list[str]) -> None:
    for fit in fits():
        if chosen and not set(chosen) & set(fit.names):
            continue
        *tables, error = minimax(fit.f, fit.weight, fit.low, fit.high, *fit.degrees)
        for name, found in zip(fit.names, tables, strict=False):
            held = getattr(vectormath, name)[-len(found) :]  # SIN begins with a 1 of its own
            other = np.max(np.abs(np.array(found, float) / np.array(held, float) - 1))
            print(f"{name:14} error {mp.nstr(error, 2):8} differs from the file's by {other:.0e}")
            if chosen:
                print("   ", ", ".join(mp.nstr(c, 20) for c in found))


if __name__ == "__main__":
    main(sys.argv[1:])
