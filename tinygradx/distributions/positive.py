"""Numbers from 0 on: Exponential, Gamma, HalfNormal."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tinygradx.distributions import constraints, draws
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.distribution import Distribution, broadcast_all
from tinygradx.distributions.gamma_slope import gamma_variable
from tinygradx.distributions.location_scale import LOG_SQRT_2PI
from tinygradx.ops.bell_curve import erf, erfinv
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.exponentials import expm1, log, log1p
from tinygradx.ops.pointwise import where
from tinygradx.ops.special import digamma, igamma, lgamma, xlogy
from tinygradx.tensor import zeros_like


class Exponential(Distribution):
    """The wait for the next of events that come at a rate: `rate * exp(-rate * x)`.

    It has no memory: who has waited is no nearer to the event. Feller (1950), "An introduction to
    probability theory and its applications", volume II, I.3.

    Parameters
    ----------
    rate : Tensor or float
        Events in a unit of time, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> wait = tgx.distributions.Exponential(2.0)
    >>> wait.mean, wait.icdf(0.5)
    (tensor(0.5000), tensor(0.3466))
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {"rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return draws.as_noise(draws.exponential(shape, generator), self._dtype) / self.rate

    def _log_prob(self, value: Any) -> Any:
        return log(self.rate) - self.rate * value

    def _cdf(self, value: Any) -> Any:
        return -expm1(-self.rate * value)

    def _icdf(self, p: Any) -> Any:
        return -log1p(-p) / self.rate

    def _mean(self) -> Any:
        return 1.0 / self.rate

    def _mode(self) -> Any:
        return zeros_like(self.rate)

    def _variance(self) -> Any:
        return 1.0 / (self.rate * self.rate)

    def _entropy(self) -> Any:
        return 1.0 - log(self.rate)


class Gamma(Distribution):
    """The wait for several events: `b**a * x**(a - 1) * exp(-b * x) / gamma(a)`.

    With the concentration a and the rate b. It is drawn after Marsaglia & Tsang (2000), "A simple
    method for generating gamma variables"; `rsample` has the implicit gradients of Figurnov et al.
    (2018), arXiv:1805.08498, to about 11 digits.

    Parameters
    ----------
    concentration : Tensor or float
        How many events are waited for, above 0; it need not be whole.
    rate : Tensor or float
        Events in a unit of time, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Notes
    -----
    `cdf` has a slope along the value and the rate, but none along the concentration.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> gamma = tgx.distributions.Gamma(3.0, 2.0)
    >>> gamma.mean, gamma.mode
    (tensor(1.5000), tensor(1.))
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "concentration": constraints.positive,
        "rate": constraints.positive,
    }
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return gamma_variable(expand(self.concentration, shape), generator) / self.rate

    def _log_prob(self, value: Any) -> Any:
        a, rate = self.concentration, self.rate
        return xlogy(a, rate) + xlogy(a - 1.0, value) - rate * value - lgamma(a)

    def _cdf(self, value: Any) -> Any:
        return igamma(self.concentration, self.rate * value)

    def _mean(self) -> Any:
        return self.concentration / self.rate

    def _mode(self) -> Any:
        return ((self.concentration - 1.0) / self.rate).clamp(min=0.0)

    def _variance(self) -> Any:
        return self.concentration / (self.rate * self.rate)

    def _entropy(self) -> Any:
        a = self.concentration
        return a - log(self.rate) + lgamma(a) + (1.0 - a) * digamma(a)


class HalfNormal(Distribution):
    """The size of a normal number: `2 * exp(-z**2 / 2) / (scale * sqrt(2 pi))` from 0 on.

    Parameters
    ----------
    scale : Tensor or float
        The standard deviation of the whole curve, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.HalfNormal(1.0).cdf(1.0)
    tensor(0.6827)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {"scale": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        (self.scale,) = broadcast_all(scale)
        super().__init__(self.scale.shape, validate_args=validate_args)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self.scale * draws.as_noise(abs(draws.normal(shape, generator)), self._dtype)

    def _log_prob(self, value: Any) -> Any:
        z = value / self.scale
        inside = math.log(2.0) - LOG_SQRT_2PI - 0.5 * z * z - log(self.scale)
        return where(value >= 0.0, inside, -math.inf)

    def _cdf(self, value: Any) -> Any:
        return erf(value / (self.scale * math.sqrt(2.0)))

    def _icdf(self, p: Any) -> Any:
        return self.scale * math.sqrt(2.0) * erfinv(p)

    def _mean(self) -> Any:
        return self.scale * math.sqrt(2.0 / math.pi)

    def _mode(self) -> Any:
        return zeros_like(self.scale)

    def _variance(self) -> Any:
        return self.scale * self.scale * (1.0 - 2.0 / math.pi)

    def _entropy(self) -> Any:
        return 0.5 + LOG_SQRT_2PI - math.log(2.0) + log(self.scale)
