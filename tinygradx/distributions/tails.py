"""Numbers with long tails: HalfCauchy, Pareto, Weibull."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tinygradx.distributions import constraints, draws
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.distribution import Distribution, broadcast_all
from tinygradx.distributions.location_scale import EULER
from tinygradx.ops.exponentials import exp, expm1, log, log1p
from tinygradx.ops.pointwise import where
from tinygradx.ops.special import lgamma
from tinygradx.ops.trigonometry import tan
from tinygradx.tensor import full_like, zeros_like


class HalfCauchy(Distribution):
    """The size of a Cauchy number: `2 / (pi scale (1 + z**2))` from 0 on, with z = x / scale.

    A prior for spreads, which leaves large ones possible: Gelman (2006), "Prior distributions for
    variance parameters in hierarchical models".

    Parameters
    ----------
    scale : Tensor or float
        The median, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.HalfCauchy(2.0).cdf(2.0)
    tensor(0.5000)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {"scale": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        (self.scale,) = broadcast_all(scale)
        super().__init__(self.scale.shape, validate_args=validate_args)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self._icdf(draws.as_noise(draws.uniform(shape, generator), self._dtype))

    def _log_prob(self, value: Any) -> Any:
        z = value / self.scale
        inside = math.log(2.0 / math.pi) - log(self.scale) - log1p(z * z)
        return where(value >= 0.0, inside, -math.inf)

    def _cdf(self, value: Any) -> Any:
        return (value / self.scale).atan() * (2.0 / math.pi)

    def _icdf(self, p: Any) -> Any:
        return self.scale * tan(p * (0.5 * math.pi))

    def _mean(self) -> Any:
        return full_like(self.scale, math.inf)

    def _mode(self) -> Any:
        return zeros_like(self.scale)

    def _variance(self) -> Any:
        return full_like(self.scale, math.inf)

    def _entropy(self) -> Any:
        return math.log(2.0 * math.pi) + log(self.scale)


class Pareto(Distribution):
    """What few have much of: `alpha * scale**alpha / x**(alpha + 1)` from `scale` on.

    Pareto (1896), "Cours d'économie politique": of incomes above x there are as many as x**-alpha.

    Parameters
    ----------
    scale : Tensor or float
        The least value, above 0.
    alpha : Tensor or float
        How fast the tail falls, above 0; up to 1 there is no mean, up to 2 no variance.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Pareto(1.0, 2.0).mean
    tensor(2.)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "alpha": constraints.positive,
        "scale": constraints.positive,
    }
    has_rsample = True

    def __init__(self, scale: Any, alpha: Any, validate_args: bool | None = None) -> None:
        self.scale, self.alpha = broadcast_all(scale, alpha)
        super().__init__(self.scale.shape, validate_args=validate_args)

    @property
    def support(self) -> Any:
        """The scale, or above it."""
        return constraints.greater_than_eq(self.scale)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        noise = draws.as_noise(draws.exponential(shape, generator), self._dtype)
        return self.scale * exp(noise / self.alpha)

    def _log_prob(self, value: Any) -> Any:
        inside = log(self.alpha / value) - self.alpha * log(value / self.scale)
        return where(value >= self.scale, inside, -math.inf)

    def _cdf(self, value: Any) -> Any:
        return -expm1(-self.alpha * log(value / self.scale))

    def _icdf(self, p: Any) -> Any:
        return self.scale * exp(-log1p(-p) / self.alpha)

    def _mean(self) -> Any:
        a = self.alpha
        return where(a > 1.0, self.scale * a / where(a > 1.0, a - 1.0, 1.0), math.inf)

    def _mode(self) -> Any:
        return self.scale

    def _variance(self) -> Any:
        a = self.alpha
        below = where(a > 2.0, (a - 1.0) * (a - 1.0) * (a - 2.0), 1.0)
        return where(a > 2.0, self.scale * self.scale * a / below, math.inf)

    def _entropy(self) -> Any:
        return log(self.scale / self.alpha) + 1.0 + 1.0 / self.alpha


class Weibull(Distribution):
    """How long something lasts: `k / scale * z**(k - 1) * exp(-z**k)`, with z = x / scale.

    With the concentration k: above 1 what is old fails sooner, below 1 later, and 1 is the
    exponential distribution. Weibull (1951), "A statistical distribution function of wide
    applicability".

    Parameters
    ----------
    scale, concentration : Tensor or float
        Above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Weibull(1.0, 2.0).icdf(0.5)
    tensor(0.8326)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "scale": constraints.positive,
        "concentration": constraints.positive,
    }
    support = constraints.positive
    has_rsample = True

    def __init__(self, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.scale, self.concentration = broadcast_all(scale, concentration)
        super().__init__(self.scale.shape, validate_args=validate_args)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        noise = draws.as_noise(draws.exponential(shape, generator), self._dtype)
        return self._of_waits(noise)

    def _of_waits(self, wait: Any) -> Any:
        """What an exponential wait becomes."""
        return self.scale * wait ** (1.0 / self.concentration)

    def _log_prob(self, value: Any) -> Any:
        k, log_z = self.concentration, log(value / self.scale)
        return log(k / self.scale) + (k - 1.0) * log_z - exp(k * log_z)

    def _cdf(self, value: Any) -> Any:
        return -expm1(-((value / self.scale) ** self.concentration))

    def _icdf(self, p: Any) -> Any:
        return self._of_waits(-log1p(-p))

    def _moment(self, order: float) -> Any:
        return exp(lgamma(1.0 + order / self.concentration))

    def _mean(self) -> Any:
        return self.scale * self._moment(1.0)

    def _mode(self) -> Any:
        k = self.concentration
        top = where(k > 1.0, (k - 1.0) / k, 1.0)
        return where(k > 1.0, self.scale * top ** (1.0 / k), 0.0)

    def _variance(self) -> Any:
        mean = self._moment(1.0)
        return self.scale * self.scale * (self._moment(2.0) - mean * mean)

    def _entropy(self) -> Any:
        k = self.concentration
        return EULER * (1.0 - 1.0 / k) + log(self.scale / k) + 1.0
