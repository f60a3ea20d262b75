# Written by `python tests/stubs.py --write`, from the functions themselves.

from typing import Any

from tinygradx.tensor.tensor import Tensor

def bessel_j0(input: Any) -> Tensor:
    """The Bessel function of the first kind and order 0."""

def bessel_j1(input: Any) -> Tensor:
    """The Bessel function of the first kind and order 1."""

def digamma(input: Any) -> Tensor:
    """The slope of the logarithm of the gamma function; nan at -1, -2 ..."""

def entr(input: Any) -> Tensor:
    """The entropy of a share: 0 at 0, minus infinity for negative numbers."""

def erf(input: Any) -> Tensor:
    """The error function."""

def erfc(input: Any) -> Tensor:
    """One minus the error function, exact far out."""

def erfcx(input: Any) -> Tensor:
    """e**(x*x) erfc(x), which falls as 1/x where erfc vanishes."""

def erfinv(input: Any) -> Tensor:
    """The x' whose erf is x, for x between -1 and 1."""

def exp2(input: Any) -> Tensor:
    """Two to the power x."""

def expit(input: Any, inplace: bool = False) -> Tensor:
    """The logistic curve, from 0 to 1. Both tails keep their digits."""

def expm1(input: Any) -> Tensor:
    """e to the power x, minus one, exact near 0."""

def gammainc(input: Any, other: Any) -> Tensor:
    """The lower share of the gamma function's integral: that of t**(a - 1) e**-t from 0 to x."""

def gammaincc(input: Any, other: Any) -> Tensor:
    """The upper share of the gamma function's integral: that of t**(a - 1) e**-t from x on."""

def gammaln(input: Any) -> Tensor:
    """The logarithm of the size of the gamma function; infinite at 0, -1, -2 ..."""

def i0(input: Any) -> Tensor:
    """The modified Bessel function of the first kind and order 0."""

def i0e(input: Any) -> Tensor:
    """The modified Bessel function of order 0, times e**-|x|."""

def i1(input: Any) -> Tensor:
    """The modified Bessel function of the first kind and order 1."""

def i1e(input: Any) -> Tensor:
    """The modified Bessel function of order 1, times e**-|x|."""

def log1p(input: Any) -> Tensor:
    """The logarithm of 1 + x, exact near 0."""

def log_ndtr(input: Any) -> Tensor:
    """The logarithm of how likely a normal draw falls below x, exact in both tails."""

def log_softmax(
    input: Any, dim: int | None = None, dtype: Any = None, *, axis: Any = ...
) -> Tensor:
    """The logarithm of softmax, without underflow on the way."""

def logit(input: Any, eps: float | None = None) -> Tensor:
    """The logarithm of a probability over the rest: the inverse of sigmoid."""

def logsumexp(
    input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
) -> Tensor:
    """log(sum(exp(x))) over dimensions, without overflow on the way."""

def modified_bessel_i0(input: Any) -> Tensor:
    """The modified Bessel function of the first kind and order 0."""

def modified_bessel_i1(input: Any) -> Tensor:
    """The modified Bessel function of the first kind and order 1."""

def modified_bessel_k0(input: Any) -> Tensor:
    """The modified Bessel function of the second kind and order 0, for x > 0."""

def modified_bessel_k1(input: Any) -> Tensor:
    """The modified Bessel function of the second kind and order 1, for x > 0."""

def multigammaln(input: Any, p: int) -> Tensor:
    """The logarithm of the gamma function of several dimensions."""

def ndtr(input: Any) -> Tensor:
    """How likely a normal draw falls below x."""

def ndtri(input: Any) -> Tensor:
    """The number below which a normal draw falls with probability x."""

def polygamma(n: int, input: Any) -> Tensor:
    """The n-th slope of `digamma`, the logarithmic slope of the gamma function."""

def psi(input: Any) -> Tensor:
    """The slope of the logarithm of the gamma function; nan at -1, -2 ..."""

def round(input: Any, *, decimals: int = 0) -> Tensor:
    """The nearest whole number, halves to the even one; its slope is 0."""

def scaled_modified_bessel_k0(input: Any) -> Tensor:
    """The modified Bessel function of the second kind and order 0, times e**x, for x > 0."""

def scaled_modified_bessel_k1(input: Any) -> Tensor:
    """The modified Bessel function of the second kind and order 1, times e**x, for x > 0."""

def sinc(input: Any) -> Tensor:
    """The sine of pi x over pi x, 1 at 0, exactly 0 at 1, 2, 3 ..."""

def softmax(input: Any, dim: int | None = None, dtype: Any = None, *, axis: Any = ...) -> Tensor:
    """Positive numbers that sum to 1, larger where x is. Bridle (1990)."""

def spherical_bessel_j0(input: Any) -> Tensor:
    """The sine of x over x, 1 at 0."""

def xlog1py(input: Any, other: Any) -> Tensor:
    """x times the logarithm of 1 + y, and 0 where x is 0, unless y is nan."""

def xlogy(input: Any, other: Any) -> Tensor:
    """x times the logarithm of y, and 0 where x is 0, unless y is nan."""

def zeta(input: Any, other: Any) -> Tensor:
    """Hurwitz' zeta function: the sum of (q + k)**-s over k = 0, 1, 2 ..."""
