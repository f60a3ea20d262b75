"""Special functions: logarithms at 0, the normal distribution, gamma, zeta and Bessel functions.

Many come as families: `bessel_j_part(x, n)` is J(n, x) / x**n, whose slope is -x times that of
n + 1. So slopes of every order have their digits, where differences of functions would lose them.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygradx.errors import ArgumentError, GraphError
from tinygradx.kernels import Argument, Formula, Result, backend_of, machine, map_kernel
from tinygradx.ops.bell_curve import LOG_SQRT_PI, gaussian, ndtr
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import add, clamp, minimum, mul, neg, sign
from tinygradx.ops.elementwise import DTYPE_NAMES, Bound, elementwise
from tinygradx.ops.exponentials import exp, log, log1p
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.promotion import get_default_dtype, result_type
from tinygradx.ops.structural import Structural, as_handle
from tinygradx.ops.trigonometry import atanh

PI_SQUARED = math.pi * math.pi
SQRT_2PI, INV_SQRT_2PI = math.sqrt(2.0 * math.pi), 1.0 / math.sqrt(2.0 * math.pi)
SQRT_HALF, SQRT_2_OVER_PI = math.sqrt(0.5), math.sqrt(2.0 / math.pi)

# ---- logarithms, exact where they begin and end -------------------------------------------------


@elementwise(
    "-x * log(x)",
    domain=(0.0, 3.0),
    float32=Bound(200.0, "near 1/e the two terms of its slope cancel"),
)
def entr(x):
    """The entropy of a share: 0 at 0, minus infinity for negative numbers."""
    inside = where(x > 0.0, x, 1.0)
    return where(x > 0.0, -x * log(inside), where(x < 0.0, -math.inf, x))


@entr.slope
def _(x):
    return -(1.0 + log(x))


@elementwise("0 if x == 0 else x * log(y)", domain=(-6.0, 6.0))
def xlogy(x, y):
    """x times the logarithm of y, and 0 where x is 0, unless y is nan."""
    nothing = (x == 0.0) & (y == y)
    return where(nothing, 0.0, x * log(where(nothing, 1.0, y)))


@xlogy.slope
def _(x, y):
    return log(where((x == 0.0) & (y <= 0.0), 1.0, y)), x / y


@elementwise("0 if x == 0 else x * log(1 + y)", domain=(-6.0, 6.0))
def xlog1py(x, y):
    """x times the logarithm of 1 + y, and 0 where x is 0, unless y is nan."""
    nothing = (x == 0.0) & (y == y)
    return where(nothing, 0.0, x * log1p(where(nothing, 0.0, y)))


@xlog1py.slope
def _(x, y):
    return log1p(where((x == 0.0) & (y <= -1.0), 0.0, y)), x / (1.0 + y)


@elementwise("log(x / (1 - x))", domain=(0.0, 1.0))
def log_of_odds(x):
    """The logarithm of a probability over the rest, infinite at 0 and 1, exact near 1/2."""
    near = abs(x - 0.5) < 0.25
    middle = 2.0 * atanh(where(near, 2.0 * x - 1.0, 0.0))
    return where(near, middle, log(x) - log1p(-x))


@log_of_odds.slope
def _(x):
    return where((x >= 0.0) & (x <= 1.0), 1.0 / (x * (1.0 - x)), math.nan)


# ---- the normal distribution --------------------------------------------------------------------


#: e**(x*x) has x*x times the error of x, which is 4 ulp or more in float32 from 2 on.
SQUARED = Bound(200.0, "far below 0 it is exp(x * x), with x * x times the error of x")


@elementwise(
    "exp(x * x / 2) * pcfd(-1 - order, sqrt(2) * x) / sqrt(2 ** (order - 1) * pi)",
    domain=(-2.0, 6.0),
    float32=SQUARED,
)
def erfcx_part(x, order=0.0):
    """e**(x*x) times an integral of erfc: the `order`-th, where the 0-th is erfc itself."""
    return machine.erfc_integral(order, x)


@erfcx_part.slope
def _(x, order):
    return -2.0 * (order + 1.0) * erfcx_part(x, order + 1.0)


@elementwise("exp(x * x) * erfc(x)", domain=(-2.0, 6.0), float32=SQUARED)
def erfcx(x):
    """e**(x*x) erfc(x), which falls as 1/x where erfc vanishes."""
    return machine.erfcx(x)


@erfcx.slope
def _(x):
    return -2.0 * erfcx_part(x, 1.0)


@elementwise("log(erfc(-x / sqrt(2)) / 2)", domain=(-6.0, 6.0))
def log_ndtr(x):
    """The logarithm of how likely a normal draw falls below x, exact in both tails."""
    far = x < -1.0
    tail = log(0.5 * erfcx(where(far, -x, 0.0) * SQRT_HALF)) - 0.5 * x * x
    return where(far, tail, log1p(-ndtr(-where(far, 0.0, x))))


@log_ndtr.slope
def _(x):
    far = x < -1.0
    near = where(far, 0.0, x)
    tail = SQRT_2_OVER_PI / erfcx(where(far, -x, 0.0) * SQRT_HALF)
    return where(far, tail, INV_SQRT_2PI * gaussian(near) / ndtr(near))


@elementwise(
    "sqrt(2) * erfinv(2 * x - 1)",
    domain=(0.0, 1.0),
    float32=Bound(64.0, "the slope is exp(y * y / 2) of the rounded y: its error times y * y"),
)
def ndtri(x):
    """The number below which a normal draw falls with probability x."""
    return machine.ndtri(x)


@ndtri.slope
def _(y):
    return SQRT_2PI / gaussian(y)


# ---- the gamma function -------------------------------------------------------------------------


@elementwise("lgamma(x)", domain=(0.0, 6.0))
def lgamma(x):
    """The logarithm of the size of the gamma function; infinite at 0, -1, -2 ..."""
    return machine.lgamma(x)


@lgamma.slope
def _(x):
    return digamma(x)


@elementwise("polygamma(0, x)", domain=(0.0, 6.0))
def digamma(x):
    """The slope of the logarithm of the gamma function; nan at -1, -2 ..."""
    return machine.digamma(x)


@digamma.slope
def _(x):
    return polygamma_part(x, 1.0)


@elementwise("polygamma(order, x)", domain=(0.0, 6.0))
def polygamma_part(x, order=1.0):
    """The slope of `digamma` of an order from 1 on."""
    return machine.polygamma(order, x)


@polygamma_part.slope
def _(x, order):
    return polygamma_part(x, order + 1.0)


# ---- Bessel functions ---------------------------------------------------------------------------


#: The slope of what is scaled is a difference of two functions that are nearly equal far out.
SCALED = Bound(1e5, "its slope is a difference of two functions, nearly equal far out")


@elementwise("besseli(order, x) / x ** order", domain=(0.1, 9.0))
def bessel_i_whole(x, order=0.0):
    """I(order, x) / x**order, of which the modified Bessel functions are made."""
    half = exp(0.5 * minimum(abs(x), 1500.0))  # twice: its square would overflow too soon
    return half * machine.bessel_i(order, x) * half


@bessel_i_whole.slope
def _(x, order):
    return x * bessel_i_whole(x, order + 1.0)


@elementwise("besseli(order, x) * exp(-abs(x)) / x ** order", domain=(0.1, 9.0), float32=SCALED)
def bessel_i_part(x, order=0.0):
    """e**-|x| I(order, x) / x**order, of which the scaled functions are made."""
    return machine.bessel_i(order, x)


@bessel_i_part.slope
def _(x, order):
    return x * bessel_i_part(x, order + 1.0) - sign(x) * bessel_i_part(x, order)


@elementwise("besseli(0, x)", domain=(-6.0, 6.0))
def i0(x):
    """The modified Bessel function of the first kind and order 0."""
    return bessel_i_whole(x, 0.0)


@i0.slope
def _(x):
    return i1(x)


@elementwise("besseli(1, x)", domain=(-6.0, 6.0))
def i1(x):
    """The modified Bessel function of the first kind and order 1."""
    half = exp(0.5 * minimum(abs(x), 1500.0))
    return half * machine.bessel_ie(1.0, x) * half


@i1.slope
def _(x):
    return bessel_i_whole(x, 1.0) + x * x * bessel_i_whole(x, 2.0)


@elementwise("besseli(0, x) * exp(-abs(x))", domain=(-6.0, 6.0), float32=SCALED)
def i0e(x):
    """The modified Bessel function of order 0, times e**-|x|."""
    return machine.bessel_ie(0.0, x)


@i0e.slope
def _(x):
    return i1e(x) - sign(x) * i0e(x)


@elementwise("besseli(1, x) * exp(-abs(x))", domain=(-6.0, 6.0), float32=SCALED)
def i1e(x):
    """The modified Bessel function of order 1, times e**-|x|."""
    return machine.bessel_ie(1.0, x)


@i1e.slope
def _(x):
    return i0e(x) - sign(x) * i1e(x) - bessel_i_part(x, 1.0)


@elementwise("besselk(0, x) * exp(x)", domain=(0.1, 6.0), float32=SCALED)
def scaled_modified_bessel_k0(x):
    """The modified Bessel function of the second kind and order 0, times e**x, for x > 0."""
    return machine.bessel_k(0.0, x)


@scaled_modified_bessel_k0.slope
def _(x, y):
    return y - scaled_modified_bessel_k1(x)


@elementwise("besselk(1, x) * exp(x)", domain=(0.1, 6.0), float32=SCALED)
def scaled_modified_bessel_k1(x):
    """The modified Bessel function of the second kind and order 1, times e**x, for x > 0."""
    return machine.bessel_k(1.0, x)


@scaled_modified_bessel_k1.slope
def _(x, y):
    return y - scaled_modified_bessel_k0(x) - y / x


@elementwise("besselk(0, x)", domain=(0.1, 6.0))
def modified_bessel_k0(x):
    """The modified Bessel function of the second kind and order 0, for x > 0."""
    return machine.bessel_k(0.0, x) * exp(-x)


@modified_bessel_k0.slope
def _(x):
    return -modified_bessel_k1(x)


@elementwise("besselk(1, x)", domain=(0.1, 6.0))
def modified_bessel_k1(x):
    """The modified Bessel function of the second kind and order 1, for x > 0."""
    return machine.bessel_k(1.0, x) * exp(-x)


@modified_bessel_k1.slope
def _(x, y):
    return -modified_bessel_k0(x) - y / x


@elementwise("besselj(order, x) / x ** order", domain=(0.1, 9.0))
def bessel_j_part(x, order=0.0):
    """J(order, x) / x**order, of which the Bessel functions are made."""
    return machine.bessel_j(order, x)


@bessel_j_part.slope
def _(x, order):
    return -x * bessel_j_part(x, order + 1.0)


@elementwise("besselj(0, x)", domain=(-9.0, 9.0))
def bessel_j0(x):
    """The Bessel function of the first kind and order 0."""
    return machine.bessel_jn(0.0, x)


@bessel_j0.slope
def _(x):
    return -x * bessel_j_part(x, 1.0)


@elementwise("besselj(1, x)", domain=(-9.0, 9.0))
def bessel_j1(x):
    """The Bessel function of the first kind and order 1."""
    return machine.bessel_jn(1.0, x)


@bessel_j1.slope
def _(x):
    return bessel_j_part(x, 1.0) - x * x * bessel_j_part(x, 2.0)


@elementwise("sin(x) / x", domain=(-9.0, 9.0))
def spherical_bessel_j0(x):
    """The sine of x over x, 1 at 0."""
    return machine.spherical_j(0.0, x)


@spherical_bessel_j0.slope
def _(x):
    return -x * spherical_part(x, 1.0)


@elementwise("besselj(order + 0.5, x) * sqrt(pi / 2) / x ** (order + 0.5)", domain=(0.1, 9.0))
def spherical_part(x, order=1.0):
    """The spherical Bessel function j(order, x) over x**order."""
    return machine.spherical_j(order, x)


@spherical_part.slope
def _(x, order):
    return -x * spherical_part(x, order + 1.0)


@elementwise("sin(pi * x) / (pi * x)", domain=(-4.0, 4.0))
def sinc(x):
    """The sine of pi x over pi x, 1 at 0, exactly 0 at 1, 2, 3 ..."""
    return machine.spherical_j_pi(0.0, x)


@sinc.slope
def _(x):
    return -PI_SQUARED * x * sinc_part(x, 1.0)


@elementwise(
    "besselj(order + 0.5, pi * x) * sqrt(pi / 2) / (pi * x) ** (order + 0.5)", domain=(0.1, 4.0)
)
def sinc_part(x, order=1.0):
    """The spherical Bessel function j(order, pi x) over (pi x)**order."""
    return machine.spherical_j_pi(order, x)


@sinc_part.slope
def _(x, order):
    return -PI_SQUARED * x * sinc_part(x, order + 1.0)


# ---- functions of an order and a number ---------------------------------------------------------


class OfOrder(Structural):
    """A function of an order and a number, of which only the number has a slope.

    Parameters
    ----------
    name : str
        Of the operation.
    function : function
        The formula of one element.
    """

    inputs: ClassVar[tuple[str, ...]] = ("order", "x")

    def __init__(self, name: str, function: Any) -> None:
        self.name, self.formula = name, Formula(function)
        super().__init__()

    def forward(self, order: Any, x: Any) -> Any:
        backend, dtype = backend_of(x), DTYPE_NAMES[x.dtype.char]
        arguments = [Argument(n, "array") for n in self.formula.parameters]
        name = f"{self.name}_forward"
        text = map_kernel(
            name, backend.name, dtype, arguments, [Result("out", self.formula, False)]
        )
        out = backend.xp.empty(x.shape, x.dtype)
        backend.run(backend.load(text), (order, x), (out,))
        return out

    def pull(self, g: Any, order: Any, x: Any, wanted: tuple[bool, ...]) -> Any:
        if wanted[0]:
            raise GraphError(
                f"the gradient of {self.name} along its first argument",
                "an order, of which no slope is offered (nor in PyTorch)",
                "detach it: order.detach()",
            )
        return None, mul(g, self.slope(order, x))

    def slope(self, order: Any, x: Any) -> Any:
        """The derivative along the number, as a handle."""
        raise NotImplementedError

    def of(self, order: Any, x: Any) -> Any:
        """The operation for operands that still have to be brought to one dtype and shape."""
        handles = [as_handle(order, self.name), as_handle(x, self.name)]
        dtype = result_type([h.array for h in handles])
        if dtype.kind != "f":
            dtype = get_default_dtype()
        shape = np.broadcast_shapes(*(h.array.shape for h in handles))
        return self.apply([expand(to_dtype(h, dtype), shape) for h in handles], ())


def zeta_of(s, q):
    """Hurwitz' zeta function."""
    return machine.zeta(s, q)


def lower_gamma(a, x):
    """The lower share of the gamma function's integral."""
    return machine.gammainc(a, x)


def upper_gamma(a, x):
    """The upper share of the gamma function's integral."""
    return machine.gammaincc(a, x)


class Zeta(OfOrder):
    """Hurwitz' zeta function."""

    def slope(self, order: Any, x: Any) -> Any:
        return neg(mul(order, ZETA.of(add(order, 1.0), x)))


class IncompleteGamma(OfOrder):
    """A share of the gamma function's integral: the lower one rises with x, the upper one falls."""

    def slope(self, order: Any, x: Any) -> Any:
        density = exp(add(xlogy(add(order, -1.0), x), neg(add(x, lgamma(order)))))
        return neg(density) if self is GAMMAINCC else density


ZETA = Zeta("zeta", zeta_of)
GAMMAINC = IncompleteGamma("igamma", lower_gamma)
GAMMAINCC = IncompleteGamma("igammac", upper_gamma)


def zeta(input: Any, other: Any) -> Any:
    """Hurwitz' zeta function: the sum of (q + k)**-s over k = 0, 1, 2 ...

    Parameters
    ----------
    input : Tensor or number
        The exponents s, above 1; without a gradient, as in PyTorch.
    other : Tensor or number
        Where the sum begins, q; the two broadcast.

    Returns
    -------
    Tensor
        Infinite at s = 1 and q = 0, -1, -2 ...; nan below 1, and where a negative number would
        have a power that is not whole.

    Raises
    ------
    GraphError
        On the way back, if `input` requires a gradient.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.special.zeta(2.0, tgx.tensor([1.0, 2.0]))
    tensor([1.6449, 0.6449])
    """
    return ZETA.of(input, other)


def igamma(input: Any, other: Any) -> Any:
    """The lower share of the gamma function's integral: that of t**(a - 1) e**-t from 0 to x.

    Parameters
    ----------
    input : Tensor or number
        The exponents a, from 0 on; without a gradient, as in PyTorch.
    other : Tensor or number
        The ends x, from 0 on; the two broadcast.

    Returns
    -------
    Tensor
        From 0 to 1; nan for negative arguments.

    Raises
    ------
    GraphError
        On the way back, if `input` requires a gradient.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.igamma(tgx.tensor([1.0, 2.0]), 1.0)
    tensor([0.6321, 0.2642])
    """
    return GAMMAINC.of(input, other)


def igammac(input: Any, other: Any) -> Any:
    """The upper share of the gamma function's integral: that of t**(a - 1) e**-t from x on.

    Parameters
    ----------
    input, other : Tensor or number
        As for `igamma`.

    Returns
    -------
    Tensor
        What `igamma` leaves of 1, with all its digits.

    Raises
    ------
    GraphError
        On the way back, if `input` requires a gradient.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.igammac(tgx.tensor([1.0, 2.0]), 1.0)
    tensor([0.3679, 0.7358])
    """
    return GAMMAINCC.of(input, other)


# ---- made of these ------------------------------------------------------------------------------


def polygamma(n: int, input: Any) -> Any:
    """The n-th slope of `digamma`, the logarithmic slope of the gamma function.

    Parameters
    ----------
    n : int
        From 0 on; 0 is `digamma` itself.
    input : Tensor
        Of any shape.

    Raises
    ------
    ArgumentError
        If n is negative or not whole.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.polygamma(1, tgx.tensor([1.0, 2.0]))
    tensor([1.6449, 0.6449])
    """
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 0:
        raise ArgumentError(f"polygamma of order {n!r}", "no such slope", "use n = 0, 1, 2 ...")
    return digamma(input) if n == 0 else polygamma_part(input, float(n))


def mvlgamma(input: Any, p: int) -> Any:
    """The logarithm of the gamma function of several dimensions.

    Parameters
    ----------
    input : Tensor
        Of any shape; larger than (p - 1) / 2, below which the integral that it stands for has no
        value.
    p : int
        How many dimensions, from 1 on.

    Returns
    -------
    Tensor
        p (p - 1) / 4 log(pi) plus the sum of lgamma(x - j / 2) over j = 0 ... p - 1.

    Raises
    ------
    ArgumentError
        If p is below 1 or not whole.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.mvlgamma(tgx.tensor([2.0, 3.0]), 2)
    tensor([0.4516, 1.5502])
    """
    if isinstance(p, bool) or not isinstance(p, (int, np.integer)) or p < 1:
        raise ArgumentError(f"mvlgamma with p={p!r}", "no such dimension", "use p = 1, 2, 3 ...")
    total = lgamma(input)
    for j in range(1, int(p)):
        total = add(total, lgamma(add(input, -0.5 * j)))
    return add(total, 0.5 * p * (p - 1) * LOG_SQRT_PI) if p > 1 else total


def logit(input: Any, eps: float | None = None) -> Any:
    """The logarithm of a probability over the rest: the inverse of sigmoid.

    Parameters
    ----------
    input : Tensor
        From 0 to 1, of any shape; nan outside.
    eps : float, optional
        Clamp to [eps, 1 - eps] first, outside of which the slope is 0.

    Raises
    ------
    ArgumentError
        If eps is not between 0 and 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.logit(tgx.tensor([0.5, 0.9, 1.5]), eps=0.01)
    tensor([0.0000, 2.1972, 4.5951])
    """
    if eps is None:
        return log_of_odds(input)
    if not 0.0 <= eps <= 1.0:
        raise ArgumentError(f"logit with eps={eps}", "no share", "use a small one, such as 1e-6")
    return log_of_odds(clamp(input, float(eps), 1.0 - float(eps)))


# ---- PyTorch's other spellings ------------------------------------------------------------------

psi, gammaln, multigammaln = digamma, lgamma, mvlgamma
gammainc, gammaincc = igamma, igammac
modified_bessel_i0, modified_bessel_i1 = i0, i1
