"""Special functions: the gamma function and its relatives, Bessel functions, quantiles.

Each is a scalar function of float64 numbers, with loops and branches where the mathematics has
them: one text, which is compiled for the CPU and for a GPU. In float32 kernels they still compute
in float64. What is asked for often stands in `vectormath`, as loops' bodies that LLVM vectorises;
these here take 20 to 1,000 ns for a number.

Nothing here raises: NumPy's functions answer nan and infinities inside of kernels, and outside of
them, where the same text runs as plain Python (NUMBA_DISABLE_JIT=1, the CUDA simulator).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

PI, EPS = math.pi, 2.0**-53
HALF_PI = PI / 2.0
LOG_PI, LOG_SQRT_2PI = 1.1447298858494001741, 0.91893853320467274178
#: A step so small that the next, whose size goes with its square, would change nothing.
NEWTON = 1e-8
SQRT_2PI, SQRT_HALF = math.sqrt(2.0 * PI), math.sqrt(0.5)

# ---- sines of half turns ------------------------------------------------------------------------


def sin_pi(x):
    """sin(pi x): what is left of a whole number of half turns is exact."""
    n = np.rint(x)
    odd = n - 2.0 * np.rint(0.5 * n)
    return np.sin(PI * (x - n)) * (1.0 - 2.0 * odd * odd)


def cos_pi(x):
    """cos(pi x), as the sine of what is left to the nearest zero."""
    n = np.rint(x)
    odd = n - 2.0 * np.rint(0.5 * n)
    return np.sin(PI * (0.5 - abs(x - n))) * (1.0 - 2.0 * odd * odd)


# ---- the gamma function -------------------------------------------------------------------------

#: (-1)**k (zeta(k) - 1) / k for k = 2, 3 ...: log(gamma(2 + s)) is s (1 - Euler's constant) plus
#: the sum of these times s**k (Abramowitz and Stegun 6.1.33).
GAMMA_NEAR_2 = (
    0.32246703342411321824, -0.067352301053198095133, 0.020580808427784547879,
    -0.0073855510286739852663, 0.0028905103307415232858, -0.0011927539117032609771,
    0.00050966952474304242234, -0.00022315475845357937976, 0.000099457512781808533715,
    -0.0000449262367381331417, 0.000020507212775670691553, -9.439488275268395904e-6,
    4.3748667899074878042e-6, -2.0392157538013662368e-6, 9.5514121304074198329e-7,
    -4.4924691987645660433e-7, 2.1207184805554665869e-7, -1.0043224823968099609e-7,
    4.7698101693639805658e-8, -2.271109460894316491e-8, 1.0838659214896954091e-8,
    -5.1834750419700466551e-9, 2.4836745438024783172e-9, -1.1921401405860912074e-9,
    5.7313672416788620133e-10, -2.7595228851242331452e-10,
)  # fmt: skip
ONE_MINUS_EULER = 0.42278433509846713939
#: B(2k) / (2k (2k - 1)): Stirling's series in 1/x (Abramowitz and Stegun 6.1.40).
STIRLING = (
    1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360360.0,
    1.0 / 156.0, -3617.0 / 122400.0,
)  # fmt: skip
#: B(2k) / (2k): the same for its slope (6.3.18).
STIRLING_SLOPE = (
    1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0, -691.0 / 32760.0, 1.0 / 12.0,
    -3617.0 / 8160.0,
)  # fmt: skip
#: B(2k) / (2k)!, by which Euler and Maclaurin correct a sum that is replaced by its integral.
EULER_MACLAURIN = (
    0.083333333333333333333, -0.0013888888888888888889, 0.000033068783068783068783,
    -8.2671957671957671958e-7, 2.0876756987868098979e-8, -5.2841901386874931848e-10,
    1.3382536530684678833e-11, -3.3896802963225828668e-13, 8.5860620562778445641e-15,
    -2.174868698558061873e-16, 5.5090028283602295152e-18, -1.3954464685812523341e-19,
)  # fmt: skip


def horner(x, coefficients):
    """`coefficients[0] + coefficients[1] * x + ...`."""
    total = 0.0
    for k in range(len(coefficients)):
        total = total * x + coefficients[len(coefficients) - 1 - k]
    return total


def stirling_rest(x):
    """log(gamma(x)) without its three leading terms, for x of at least 8."""
    return horner(1.0 / (x * x), STIRLING) / x


def lgamma_right(x):
    """log(gamma(x)) for x of at least 1/2, exact beside its zeros at 1 and 2."""
    if x < 1.5:
        s = x - 1.0
        return s * (ONE_MINUS_EULER + s * horner(s, GAMMA_NEAR_2)) - np.log1p(s)
    if x < 8.0:
        product = 1.0
        while x >= 2.5:
            x -= 1.0
            product *= x
        s = x - 2.0
        return np.log(product) + s * (ONE_MINUS_EULER + s * horner(s, GAMMA_NEAR_2))
    # (x - 1/2) log(x) - x, of which neither overflows before the whole.
    return (x - 0.5) * (np.log(x) - 1.0) - 0.5 + LOG_SQRT_2PI + stirling_rest(x)


def lgamma(x):
    """log(|gamma(x)|): from the right by Euler's reflection, infinite at 0, -1, -2 ..."""
    if np.isnan(x):
        return x
    if np.isinf(x) or (x <= 0.0 and x == np.floor(x)):
        return np.inf
    if x >= 0.5:
        return lgamma_right(x)
    if x > -0.5:
        return lgamma_right(1.0 + x) - np.log(np.abs(x))
    return LOG_PI - np.log(np.abs(sin_pi(x))) - lgamma_right(1.0 - x)


def digamma(x):
    """The slope of log(gamma(x)); nan at -1, -2 ..., infinite at 0."""
    if np.isnan(x):
        return x
    if x == 0.0:
        return -np.copysign(np.inf, x)
    reflected = 0.0
    if x < 0.0:
        if x == np.floor(x):
            return np.nan
        reflected = -PI * cos_pi(x) / sin_pi(x)
        x = 1.0 - x
    below = 0.0
    while x < 10.0:
        below += 1.0 / x
        x += 1.0
    if np.isinf(x):
        return x
    r = 1.0 / (x * x)
    return np.log(x) - 0.5 / x - r * horner(r, STIRLING_SLOPE) - below + reflected


def zeta_right(s, q):
    """The sum of (q + k)**-s over k = 0, 1, 2 ... for q > 0, s > 1 (Euler and Maclaurin)."""
    total = np.power(q, -s)
    if np.isinf(total) or np.isinf(q):
        return total
    term = total
    # So far that the corrections, of which each has a factor ((s + 2k) / (2 pi q))**2, fall fast.
    while q < 10.0 + 0.5 * s and term > EPS * total:
        q += 1.0
        term = np.power(q, -s)
        total += term
    if term <= EPS * total:  # what is left is small, and its integral is good enough for it
        return total + term * q / (s - 1.0)
    total += term * (q / (s - 1.0) - 0.5)
    factor = s * term / q
    for k in range(len(EULER_MACLAURIN)):
        total += factor * EULER_MACLAURIN[k]
        factor *= (s + 2.0 * k + 1.0) * (s + 2.0 * k + 2.0) / (q * q)
    return total


def zeta(s, q):
    """Hurwitz' zeta function; for whole s, q may be negative, where it has poles at 0, -1 ..."""
    if np.isnan(s) or np.isnan(q) or s < 1.0:
        return np.nan
    if s == 1.0:
        return np.inf
    if q > 0.0:
        return zeta_right(s, q)
    if q == np.floor(q):
        return np.inf
    if s != np.floor(s):
        return np.nan
    # All of (q + k)**-s, k from minus infinity on, repeat with period 1; less those below.
    even = 1.0 - 2.0 * (s - 2.0 * np.floor(0.5 * s))
    r = q - np.rint(q)
    a = np.abs(r)
    both = zeta_right(s, a) + even * zeta_right(s, 1.0 - a)
    return (both if r > 0.0 else even * both) - even * zeta_right(s, 1.0 - q)


def polygamma(n, x):
    """The n-th slope of `digamma`, n = 1, 2 ...: (-1)**(n + 1) n! zeta(n + 1, x)."""
    factorial, k = 1.0, 2.0
    while k <= n and factorial < np.inf:
        factorial *= k
        k += 1.0
    odd = n - 2.0 * np.floor(0.5 * n)
    return (2.0 * odd - 1.0) * factorial * zeta(n + 1.0, x)


def poisson(a, x):
    """x**a e**-x / gamma(a + 1), for a >= 0, x > 0."""
    if a < 10.0:
        return np.exp(a * np.log(x) - x - lgamma(a + 1.0))
    away = (x - a) / a
    log_ratio = np.log1p(away) if np.abs(away) < 0.5 else np.log(x / a)
    exponent = a * (log_ratio - away)
    return np.exp(exponent - stirling_rest(a)) / np.sqrt(2.0 * PI * a)


def gammainc_both(a, x, upper):
    """The lower or the upper share of the gamma function's integral (DLMF 8.2.4)."""
    if np.isnan(a) or np.isnan(x) or a < 0.0 or x < 0.0:
        return np.nan
    if a == 0.0 or np.isinf(x):
        if x == 0.0 or np.isinf(a):
            return np.nan
        return 0.0 if upper else 1.0
    if x == 0.0 or np.isinf(a):
        return 1.0 if upper else 0.0
    if upper and x < 1.1 and a < 1.1:
        # 1 - P would lose what is left of 1: the series of x**a less its leading 1.
        log_lead = a * np.log(x) - lgamma(1.0 + a)
        term, rest, k = 1.0, 0.0, 1.0
        while np.abs(term) > EPS:
            term *= -x / k
            rest += a * term / (a + k)
            k += 1.0
        return -np.expm1(log_lead) - np.exp(log_lead) * rest
    if x < a + 1.0:
        term, total, k = 1.0, 1.0, a
        while term > EPS * total:
            k += 1.0
            term *= x / k
            total += term
        lower = poisson(a, x) * total
        return 1.0 - lower if upper else lower
    # The continued fraction of the upper share, by Lentz (1976).
    b = x + 1.0 - a
    c, d = 1e300, 1.0 / b
    fraction, change, k = d, 0.0, 1.0
    while np.abs(change - 1.0) > EPS and k < 100000.0:
        factor = -k * (k - a)
        b += 2.0
        d = 1.0 / (factor * d + b)
        c = b + factor / c
        change = c * d
        fraction *= change
        k += 1.0
    above = poisson(a, x) * a * fraction
    return above if upper else 1.0 - above


def gammainc(a, x):
    """The lower share of the gamma function's integral up to x."""
    return gammainc_both(a, x, False)


def gammaincc(a, x):
    """The upper share, from x on."""
    return gammainc_both(a, x, True)


# ---- the normal distribution --------------------------------------------------------------------


def mills(x):
    """The tail of the normal distribution over its density, for x > 20 (DLMF 7.12.1)."""
    term, total = 1.0, 1.0
    for k in range(8):
        term *= -(2.0 * k + 1.0) / (x * x)
        total += term
    return total / x


def ndtri(p):
    """The x below which a normal draw falls with probability p, by Newton's method."""
    if not (p > 0.0 and p < 1.0):
        return -np.inf if p == 0.0 else np.inf if p == 1.0 else np.nan
    share = p if p < 0.5 else 1.0 - p
    if share > 0.25:  # on erf, which is small there as x is
        inner = 0.5 - share
        x = inner * SQRT_2PI
        step = x
        while np.abs(step) > NEWTON * np.abs(x):
            step = (0.5 * math.erf(x * SQRT_HALF) - inner) * SQRT_2PI * np.exp(0.5 * x * x)
            x -= step
    else:  # on the logarithm of the tail, which is nearly a parabola
        wanted = np.log(share)
        x = np.sqrt(-2.0 * wanted) - 0.5
        step = x
        while np.abs(step) > NEWTON * x:
            if x < 20.0:
                tail = 0.5 * math.erfc(x * SQRT_HALF)
                log_tail, ratio = np.log(tail), tail * SQRT_2PI * np.exp(0.5 * x * x)
            else:  # where tails are subnormal in the end
                ratio = mills(x)
                log_tail = np.log(ratio / SQRT_2PI) - 0.5 * x * x
            step = (log_tail - wanted) * ratio
            x += step
    return -x if p < 0.5 else x


def erfc_integral(n, x):
    """e**(x*x) times the n-th integral of erfc from x on (DLMF 7.18).

    2 (n + 1) w(n + 1) is w(n - 1) - 2 x w(n), where w(-1) is 2/sqrt(pi): upwards from erfc as long
    as its terms do not cancel, and from 1 on as a continued fraction of what each is of the last.
    """
    if np.isnan(x):
        return x
    if x < 1.0:
        before, now = 2.0 / np.sqrt(PI), np.exp(x * x) * math.erfc(x)
        for k in range(int(n)):
            before, now = now, (before - 2.0 * x * now) / (2.0 * (k + 1.0))
        return now
    share, product = 0.0, 2.0 / np.sqrt(PI)
    for k in range(int(n) + 12 + int(160.0 / (x * x)), -1, -1):
        share = 0.5 / (x + (k + 1.0) * share)
        if k <= n:
            product *= share
    return product


# ---- Bessel functions ---------------------------------------------------------------------------


def divided(value, n, x):
    """value / x**n, without the power, which may overflow where the quotient does not."""
    for _ in range(int(n)):
        value /= x
    return value


def series(n, square):
    """The sum of square**k / (k! (n + k)!) over k = 0, 1 ..., over 2**n (DLMF 10.2.2, 10.25.2)."""
    term, k = 1.0, 1.0
    for m in range(1, int(n) + 1):
        term /= 2.0 * m
    total = term
    while np.abs(term) > EPS * np.abs(total):
        term *= square / (k * (k + n))
        total += term
        k += 1.0
    return total


def hankel(n, x):
    """Hankel's expansion at a large argument, by which I and K go (DLMF 10.40.1); x may be -x."""
    term, total, k = 1.0, 1.0, 1.0
    while np.abs(term) > EPS and k < 60.0:
        term *= (4.0 * n * n - (2.0 * k - 1.0) * (2.0 * k - 1.0)) / (8.0 * k * x)
        total += term
        k += 1.0
    return total


def bessel_i_far(n, a):
    """e**-a I(n, a) for a > 30."""
    return hankel(n, -a) / SQRT_2PI / np.sqrt(a)


def bessel_i(n, x):
    """e**-|x| I(n, x) / x**n: even and positive."""
    a = np.abs(x)
    if not a > 30.0:
        return np.exp(-a) * series(n, 0.25 * a * a)  # all terms are positive
    return divided(bessel_i_far(n, a), n, a)


def bessel_ie(n, x):
    """e**-|x| I(n, x)."""
    a = np.abs(x)
    odd = n - 2.0 * np.floor(0.5 * n) > 0.0
    value = bessel_i_far(n, a) if a > 30.0 else bessel_i(n, x) * np.power(a, n)
    return np.copysign(value, x) if odd else value


def bessel_k(n, x):
    """e**x K(n, x) for x > 0: the integral of e**(-x (cosh(t) - 1)) cosh(n t) over t > 0.

    By the trapezoidal rule, whose error falls exponentially here (Trefethen and Weideman 2014).
    """
    if not x > 0.0:
        return np.inf if x == 0.0 else np.nan
    if x > 30.0:
        return hankel(n, x) * np.sqrt(HALF_PI) / np.sqrt(x)
    step = min(0.2, 0.6 / np.sqrt(x))
    term, t = 0.5 * step, 0.0
    total = term
    while term > 1e-18 * total:
        t += step
        half = np.sinh(0.5 * t)
        fall = 2.0 * x * half * half
        term = 0.5 * step * (np.exp(n * t - fall) + np.exp(-n * t - fall))
        total += term
    return total


def bessel_j_far(n, a):
    """J(n, a) for a > 25, by Hankel's expansion (DLMF 10.17.3)."""
    if np.isinf(a):
        return 0.0
    term, p, q, k = 1.0, 1.0, 0.0, 1
    while np.abs(term) > EPS and k < 40:
        term *= (4.0 * n * n - (2.0 * k - 1.0) * (2.0 * k - 1.0)) / (8.0 * k * a)
        sign = -1.0 if k % 4 > 1 else 1.0
        if k % 2 == 1:
            q += sign * term
        else:
            p += sign * term
        k += 1
    # cos and sin of a - n pi/2 - pi/4, the first part by quarter turns.
    sine, cosine = np.sin(a), np.cos(a)
    for _ in range(int(n) % 4):
        sine, cosine = -cosine, sine
    return (p * (cosine + sine) - q * (sine - cosine)) / np.sqrt(PI) / np.sqrt(a)


def bessel_j_middle(n, a):
    """J(n, a) for a up to 25: the mean of cos(n t - a sin(t)), exact but for J(64 - n, a)."""
    total = 0.0
    for k in range(64):
        t = (k + 0.5) * PI / 32.0
        total += np.cos(n * t - a * np.sin(t))
    return total / 64.0


def bessel_j(n, x):
    """J(n, x) / x**n: even."""
    a = np.abs(x)
    if not a >= 4.0:
        return series(n, -0.25 * a * a)
    return divided(bessel_j_middle(n, a) if a < 25.0 else bessel_j_far(n, a), n, a)


def bessel_jn(n, x):
    """J(n, x)."""
    a = np.abs(x)
    odd = n - 2.0 * np.floor(0.5 * n) > 0.0
    value = bessel_j_far(n, a) if a >= 25.0 else bessel_j(n, x) * np.power(a, n)
    return -value if odd and x < 0.0 else value


def spherical(n, z, sine, cosine):
    """The spherical Bessel function j(n, z) / z**n, from the sine and the cosine of z."""
    if n == 0.0 and z != 0.0:
        return sine / z
    if np.abs(z) < 4.0:
        term = 1.0
        for m in range(1, int(n) + 1):
            term /= 2.0 * m + 1.0
        total, square, k = term, -0.5 * z * z, 1.0
        while np.abs(term) > EPS * np.abs(total):
            term *= square / (k * (2.0 * (n + k) + 1.0))
            total += term
            k += 1.0
        return total
    before, now = cosine, sine / z
    for m in range(int(n)):
        before, now = now, ((2.0 * m + 1.0) * now - before) / z / z
    return now


def spherical_j(n, x):
    """The spherical Bessel function j(n, x) / x**n."""
    if np.isinf(x):
        return 0.0
    return spherical(n, x, np.sin(x), np.cos(x))


def spherical_j_pi(n, x):
    """The same at pi x, whose sine and cosine are exact near their zeros."""
    if np.isinf(x):
        return 0.0
    return spherical(n, PI * x, sin_pi(x), cos_pi(x))


# ---- for a device -------------------------------------------------------------------------------

#: In the order in which they call each other.
_TEXT = [f for f in list(globals().values()) if isinstance(f, FunctionType)]
#: What formulas may call, with the number of arguments.
OFFERED = {
    "lgamma": 1, "digamma": 1, "polygamma": 2, "zeta": 2, "gammainc": 2, "gammaincc": 2,
    "ndtri": 1, "erfc_integral": 2, "bessel_i": 2, "bessel_ie": 2, "bessel_j": 2, "bessel_jn": 2,
    "bessel_k": 2, "spherical_j": 2, "spherical_j_pi": 2,
}  # fmt: skip


def compiled_by(jit: Callable[[Any], Any], numpy: Any = np) -> dict[str, Any]:
    """The functions as a device's compiler makes them: `lgamma_float32`, `lgamma_float64` ...

    Each is compiled into the kernels that call it, so nothing here is cached by itself, and it may
    have a namespace of its own in which the others are compiled, too.

    Parameters
    ----------
    jit : function
        The compiler, as a decorator.
    numpy : module
        What the functions know as `np`.
    """
    names = globals() | {"np": numpy}
    for function in _TEXT:
        names[function.__name__] = jit(FunctionType(function.__code__, names, function.__name__))
    found: dict[str, Any] = {}
    for name, arity in OFFERED.items():
        for number in (np.float32, np.float64):
            found[f"{name}_{number.__name__}"] = jit(_cast(names[name], number, arity))
    return found


def _cast(function: Any, number: Any, arity: int) -> Any:
    """A function of one dtype that computes in float64."""
    if arity == 1:
        return lambda x: number(function(np.float64(x)))
    return lambda x, y: number(function(np.float64(x), np.float64(y)))


_on_cpu: dict[str, Any] = {}


def __getattr__(name: str) -> Any:
    if not _on_cpu and name.rpartition("_")[0] in OFFERED:
        from numba import njit

        _on_cpu.update(compiled_by(njit(nogil=True, error_model="numpy")))
    if name not in _on_cpu:
        raise AttributeError(f"module {__name__!r} has no function {name!r}")
    return _on_cpu[name]
