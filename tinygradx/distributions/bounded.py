"""Numbers between bounds, and shares of a whole: Uniform, Beta, Kumaraswamy, Dirichlet."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tinygradx.distributions import constraints, draws
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.distribution import Distribution, broadcast_all
from tinygradx.distributions.gamma_slope import log_gamma_variable
from tinygradx.distributions.location_scale import EULER
from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.ops.activations import softmax
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.exponentials import exp, expm1, log, log1p
from tinygradx.ops.joining import stack
from tinygradx.ops.pointwise import where
from tinygradx.ops.scatter import one_hot
from tinygradx.ops.special import digamma, lgamma, xlog1py, xlogy
from tinygradx.tensor import full_like


class Uniform(Distribution):
    """All numbers between two bounds alike: `1 / (high - low)`.

    Parameters
    ----------
    low, high : Tensor or float
        The bounds; `low` is drawn, `high` is not.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Uniform(0.0, 4.0).cdf(1.0)
    tensor(0.2500)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "low": constraints.real,
        "high": constraints.real,
    }
    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast_all(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)
        if self._validate_args and not bool((self.low < self.high).all()):
            raise ArgumentError(
                "Uniform(low, high)", "a low that is not below high", "exchange the two bounds"
            )

    @property
    def support(self) -> Any:
        """From the lower to the upper bound."""
        return constraints.interval(self.low, self.high)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        noise = draws.as_noise(draws.uniform(shape, generator), self._dtype)
        return self.low + (self.high - self.low) * noise

    def _log_prob(self, value: Any) -> Any:
        inside = (self.low <= value) & (value < self.high)
        return where(inside, -log(self.high - self.low), -math.inf)

    def _cdf(self, value: Any) -> Any:
        return ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)

    def _icdf(self, p: Any) -> Any:
        return self.low + (self.high - self.low) * p

    def _mean(self) -> Any:
        return 0.5 * (self.low + self.high)

    def _mode(self) -> Any:
        return full_like(self.low, math.nan)

    def _variance(self) -> Any:
        return (self.high - self.low) ** 2 / 12.0

    def _entropy(self) -> Any:
        return log(self.high - self.low)


class Beta(Distribution):
    """A share: `x**(a - 1) * (1 - x)**(b - 1) / B(a, b)`, of x from 0 to 1.

    What is known about a probability after a - 1 successes and b - 1 failures. Bayes (1763), "An
    essay towards solving a problem in the doctrine of chances". `rsample` divides gamma variables.

    Parameters
    ----------
    concentration1, concentration0 : Tensor or float
        a and b, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> beta = tgx.distributions.Beta(3.0, 2.0)
    >>> beta.mean, beta.mode
    (tensor(0.6000), tensor(0.6667))
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "concentration1": constraints.positive,
        "concentration0": constraints.positive,
    }
    support = constraints.unit_interval
    has_rsample = True

    def __init__(
        self, concentration1: Any, concentration0: Any, validate_args: bool | None = None
    ) -> None:
        self.concentration1, self.concentration0 = broadcast_all(concentration1, concentration0)
        super().__init__(self.concentration1.shape, validate_args=validate_args)

    def _pair(self) -> Dirichlet:
        """The two shares together."""
        both = stack([self.concentration1, self.concentration0], -1)
        return Dirichlet(both, validate_args=False)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self._pair()._rsample((*shape, 2), generator)[..., 0]

    def _log_prob(self, value: Any) -> Any:
        a, b = self.concentration1, self.concentration0
        whole = lgamma(a + b) - lgamma(a) - lgamma(b)
        return xlogy(a - 1.0, value) + xlog1py(b - 1.0, -value) + whole

    def _mean(self) -> Any:
        return self.concentration1 / (self.concentration1 + self.concentration0)

    def _mode(self) -> Any:
        return self._pair().mode[..., 0]

    def _variance(self) -> Any:
        return self._pair().variance[..., 0]

    def _entropy(self) -> Any:
        return self._pair().entropy()


class Kumaraswamy(Distribution):
    """Nearly a Beta number, with a cdf that is a formula: `1 - (1 - x**a)**b`, of x from 0 to 1.

    Kumaraswamy (1980), "A generalized probability density function for double-bounded random
    processes".

    Parameters
    ----------
    concentration1, concentration0 : Tensor or float
        a and b, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Kumaraswamy(2.0, 3.0).cdf(0.5)
    tensor(0.5781)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = Beta.arg_constraints
    support = constraints.unit_interval
    has_rsample = True

    def __init__(
        self, concentration1: Any, concentration0: Any, validate_args: bool | None = None
    ) -> None:
        self.concentration1, self.concentration0 = broadcast_all(concentration1, concentration0)
        super().__init__(self.concentration1.shape, validate_args=validate_args)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self._icdf(draws.as_noise(draws.uniform(shape, generator), self._dtype))

    def _log_prob(self, value: Any) -> Any:
        a, b = self.concentration1, self.concentration0
        return log(a * b) + xlogy(a - 1.0, value) + xlog1py(b - 1.0, -(value**a))

    def _cdf(self, value: Any) -> Any:
        return -expm1(self.concentration0 * log1p(-(value**self.concentration1)))

    def _icdf(self, p: Any) -> Any:
        return (-expm1(log1p(-p) / self.concentration0)) ** (1.0 / self.concentration1)

    def _moment(self, order: float) -> Any:
        """The mean of x**order: b B(1 + order / a, b)."""
        b, above = self.concentration0, 1.0 + order / self.concentration1
        return exp(lgamma(b + 1.0) + lgamma(above) - lgamma(above + b))

    def _mean(self) -> Any:
        return self._moment(1.0)

    def _mode(self) -> Any:
        a, b = self.concentration1, self.concentration0
        inside = (a >= 1.0) & (b >= 1.0) & (a * b > 1.0)
        top = where(inside, (a - 1.0) / where(inside, a * b - 1.0, 1.0), 1.0)
        return where(inside, top ** (1.0 / a), math.nan)

    def _variance(self) -> Any:
        mean = self._moment(1.0)
        return self._moment(2.0) - mean * mean

    def _entropy(self) -> Any:
        a, b = self.concentration1, self.concentration0
        harmonic = digamma(b + 1.0) + EULER
        return (1.0 - 1.0 / b) + (1.0 - 1.0 / a) * harmonic - log(a * b)


class Dirichlet(Distribution):
    """Shares that add up to 1: `x1**(a1 - 1) * x2**(a2 - 1) * ... / B(a)`.

    What is known about the probabilities of a die after a throw of each face a - 1 times. Ferguson
    (1973), "A Bayesian analysis of some nonparametric problems". `rsample` divides gamma variables
    by their sum, as logarithms, so that small concentrations are drawn as well.

    Parameters
    ----------
    concentration : Tensor
        Above 0, of shape batch_shape + (k,).
    validate_args : bool, optional
        As for `Distribution`.

    Raises
    ------
    ShapeError
        If the concentration is a single number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Dirichlet(tgx.tensor([1.0, 2.0, 5.0])).mean
    tensor([0.1250, 0.2500, 0.6250])
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "concentration": constraints.independent(constraints.positive, 1)
    }
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration: Any, validate_args: bool | None = None) -> None:
        (self.concentration,) = broadcast_all(concentration)
        if not self.concentration.ndim:
            raise ShapeError("Dirichlet", "a single number", "pass a row, one for each share")
        *batch, size = self.concentration.shape
        super().__init__(tuple(batch), (size,), validate_args)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        logs = log_gamma_variable(expand(self.concentration, shape), generator)
        return softmax(logs, -1).to(self._dtype)

    def _log_prob(self, value: Any) -> Any:
        a = self.concentration
        return xlogy(a - 1.0, value).sum(-1) + lgamma(a.sum(-1)) - lgamma(a).sum(-1)

    def _mean(self) -> Any:
        return self.concentration / self.concentration.sum(-1, keepdim=True)

    def _mode(self) -> Any:
        above = (self.concentration - 1.0).clamp(min=0.0)
        inside = above / above.sum(-1, keepdim=True)
        corner = one_hot(self.concentration.argmax(-1), above.shape[-1]).to(above.dtype)
        return where((self.concentration < 1.0).all(-1, keepdim=True), corner, inside)

    def _variance(self) -> Any:
        a = self.concentration
        total = a.sum(-1, keepdim=True)
        return a * (total - a) / (total * total * (total + 1.0))

    def _entropy(self) -> Any:
        a, size = self.concentration, self._event_shape[0]
        total = a.sum(-1)
        log_beta = lgamma(a).sum(-1) - lgamma(total)
        return log_beta - (size - total) * digamma(total) - ((a - 1.0) * digamma(a)).sum(-1)
