"""A curve that is moved and stretched: Normal, Laplace, Cauchy, Gumbel, StudentT.

Each is a standard curve of z = (x - loc) / scale, so only that curve is written: its logarithm, its
cdf and the inverse, its entropy. What loc and scale do is the same for all.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygradx.distributions import constraints, draws
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.distribution import Distribution, broadcast_all
from tinygradx.distributions.gamma_slope import gamma_variable
from tinygradx.ops.bell_curve import ndtr
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.elementary import sign
from tinygradx.ops.exponentials import exp, expm1, log, log1p
from tinygradx.ops.pointwise import where
from tinygradx.ops.special import digamma, lgamma, ndtri
from tinygradx.ops.trigonometry import tan
from tinygradx.tensor import full_like

LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)
#: Euler's constant, the mean of a standard Gumbel variable.
EULER = float(np.euler_gamma)


class LocationScale(Distribution):
    """The base of what is a standard curve, moved by `loc` and stretched by `scale`.

    With z = (x - loc) / scale::

        log_prob(x) = standard_log_prob(z) - log(scale)
        cdf(x) = standard_cdf(z)
        rsample = loc + scale * noise

    Parameters
    ----------
    loc : Tensor or float
        Where the curve stands.
    scale : Tensor or float
        How wide it is, above 0.
    validate_args : bool, optional
        As for `Distribution`.
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real
    has_rsample = True
    #: The entropy of the standard curve.
    standard_entropy = 0.0

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def standard_log_prob(self, z: Any) -> Any:
        """The logarithm of the standard density."""
        raise self._missing("log_prob")

    def standard_cdf(self, z: Any) -> Any:
        """The probability of a standard draw up to z."""
        raise self._missing("cdf")

    def standard_icdf(self, p: Any) -> Any:
        """Its inverse."""
        raise self._missing("icdf")

    def noise(self, shape: tuple[int, ...], generator: Any) -> Any:
        """Standard draws: where nothing better is known, the inverse cdf of uniform numbers."""
        return self.standard_icdf(draws.as_noise(draws.uniform(shape, generator), np.float64))

    def _standardized(self, value: Any) -> Any:
        return (value - self.loc) / self.scale

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self.loc + self.scale * self.noise(shape, generator).to(self._dtype)

    def _log_prob(self, value: Any) -> Any:
        return self.standard_log_prob(self._standardized(value)) - log(self.scale)

    def _cdf(self, value: Any) -> Any:
        return self.standard_cdf(self._standardized(value))

    def _icdf(self, p: Any) -> Any:
        return self.loc + self.scale * self.standard_icdf(p)

    def _entropy(self) -> Any:
        return self.standard_entropy + log(self.scale)

    def _mean(self) -> Any:
        return self.loc

    def _mode(self) -> Any:
        return self.loc


class Normal(LocationScale):
    """The bell curve: `exp(-z**2 / 2) / (scale * sqrt(2 pi))`, with z = (x - loc) / scale.

    Gauss (1809), "Theoria motus corporum coelestium", book II, section 3.

    Parameters
    ----------
    loc : Tensor or float
        The mean.
    scale : Tensor or float
        The standard deviation, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> normal = tgx.distributions.Normal(0.0, 1.0)
    >>> normal.log_prob(0.0), normal.cdf(1.0)
    (tensor(-0.9189), tensor(0.8413))
    """

    standard_entropy = 0.5 + LOG_SQRT_2PI

    def standard_log_prob(self, z: Any) -> Any:
        """`-z**2 / 2 - log(sqrt(2 pi))`."""
        return -0.5 * z * z - LOG_SQRT_2PI

    def standard_cdf(self, z: Any) -> Any:
        """The area to the left of z."""
        return ndtr(z)

    def standard_icdf(self, p: Any) -> Any:
        """Its inverse."""
        return ndtri(p)

    def noise(self, shape: tuple[int, ...], generator: Any) -> Any:
        """Normal numbers, straight from the generator."""
        return draws.as_noise(draws.normal(shape, generator), np.float64)

    def _variance(self) -> Any:
        return self.scale * self.scale


class Laplace(LocationScale):
    """Two exponential curves, back to back: `exp(-|z|) / (2 scale)`, with z = (x - loc) / scale.

    Its mode is where the absolute errors are least. Laplace (1774), "Mémoire sur la probabilité
    des causes par les événements".

    Parameters
    ----------
    loc, scale, validate_args
        As for `Normal`; the scale is the mean distance from `loc`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Laplace(0.0, 1.0).log_prob(2.0)
    tensor(-2.6931)
    """

    standard_entropy = 1.0 + math.log(2.0)

    def standard_log_prob(self, z: Any) -> Any:
        """`-|z| - log 2`."""
        return -z.abs() - math.log(2.0)

    def standard_cdf(self, z: Any) -> Any:
        """`exp(z) / 2` on the left, `1 - exp(-z) / 2` on the right."""
        return 0.5 - 0.5 * sign(z) * expm1(-z.abs())

    def standard_icdf(self, p: Any) -> Any:
        """Its inverse."""
        side = p - 0.5
        return -sign(side) * log1p(-2.0 * side.abs())

    def _variance(self) -> Any:
        return 2.0 * self.scale * self.scale


class Cauchy(LocationScale):
    """A curve with tails so heavy that it has no mean: `1 / (pi scale (1 + z**2))`.

    Cauchy (1853), "Sur les résultats moyens d'observations de même nature".

    Parameters
    ----------
    loc, scale, validate_args
        As for `Normal`; half of all draws are nearer to `loc` than the scale.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> cauchy = tgx.distributions.Cauchy(0.0, 1.0)
    >>> cauchy.cdf(1.0), cauchy.mean
    (tensor(0.7500), tensor(nan))
    """

    standard_entropy = math.log(4.0 * math.pi)

    def standard_log_prob(self, z: Any) -> Any:
        """`-log(pi) - log(1 + z**2)`."""
        return -math.log(math.pi) - log1p(z * z)

    def standard_cdf(self, z: Any) -> Any:
        """`1/2 + atan(z) / pi`."""
        return z.atan() / math.pi + 0.5

    def standard_icdf(self, p: Any) -> Any:
        """Its inverse."""
        return tan(math.pi * (p - 0.5))

    def _mean(self) -> Any:
        return full_like(self.loc, math.nan)

    def _variance(self) -> Any:
        return full_like(self.loc, math.inf)


class Gumbel(LocationScale):
    """The largest of many draws: `exp(-z - exp(-z)) / scale`, with z = (x - loc) / scale.

    The largest of logits plus standard Gumbel noise is a draw of the categories. Gumbel (1954),
    "Statistical theory of extreme values and some practical applications".

    Parameters
    ----------
    loc, scale, validate_args
        As for `Normal`; `loc` is the mode.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Gumbel(0.0, 1.0).mean  # Euler's constant
    tensor(0.5772)
    """

    standard_entropy = 1.0 + EULER

    def standard_log_prob(self, z: Any) -> Any:
        """`-z - exp(-z)`."""
        return -z - exp(-z)

    def standard_cdf(self, z: Any) -> Any:
        """`exp(-exp(-z))`."""
        return exp(-exp(-z))

    def standard_icdf(self, p: Any) -> Any:
        """Its inverse."""
        return -log(-log(p))

    def _mean(self) -> Any:
        return self.loc + EULER * self.scale

    def _variance(self) -> Any:
        return (math.pi * self.scale) ** 2 / 6.0


class StudentT(LocationScale):
    """The mean of few normal numbers in units of their own spread, with heavier tails.

    `(1 + z**2 / df) ** (-(df + 1) / 2)`, times what makes the area 1. Student (1908), "The probable
    error of a mean".

    Parameters
    ----------
    df : Tensor or float
        Degrees of freedom, above 0: 1 is the Cauchy distribution, many are nearly the normal one.
    loc, scale, validate_args
        As for `Normal`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.StudentT(4.0).variance
    tensor(2.)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "df": constraints.positive,
        **LocationScale.arg_constraints,
    }

    def __init__(
        self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None
    ) -> None:
        self.df, loc, scale = broadcast_all(df, loc, scale)
        super().__init__(loc, scale, validate_args)

    def standard_log_prob(self, z: Any) -> Any:
        """The logarithm of the formula above."""
        df, half = self.df, 0.5 * self.df
        height = lgamma(half + 0.5) - lgamma(half) - 0.5 * log(math.pi * df)
        return height - (half + 0.5) * log1p(z * z / df)

    def noise(self, shape: tuple[int, ...], generator: Any) -> Any:
        """A normal number over the root of a mean of squares, which is a gamma variable."""
        half = 0.5 * self.df
        squares = gamma_variable(expand(half, shape), generator) / half
        return draws.as_noise(draws.normal(shape, generator), self._dtype) / squares.sqrt()

    def _mean(self) -> Any:
        return where(self.df > 1.0, self.loc, math.nan)

    def _variance(self) -> Any:
        df = self.df
        finite = self.scale * self.scale * df / where(df > 2.0, df - 2.0, 1.0)
        return where(df > 2.0, finite, where(df > 1.0, math.inf, full_like(df, math.nan)))

    def _entropy(self) -> Any:
        half = 0.5 * self.df
        beta = lgamma(half) + 0.5 * math.log(math.pi) - lgamma(half + 0.5)
        doubt = (half + 0.5) * (digamma(half + 0.5) - digamma(half))
        return log(self.scale) + doubt + 0.5 * log(self.df) + beta
