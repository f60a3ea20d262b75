"""Yes or no, and counts: Bernoulli to Poisson; and what turns odds into shares.

A probability p is given as itself, or as its logit log(p / (1 - p)), which any number can be: what
a network answers is best taken as logits, since no digits are lost near 0 and 1.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygradx.distributions import constraints, draws
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.distribution import (
    Distribution,
    NotOfferedError,
    broadcast_all,
    derived,
    one_of,
)
from tinygradx.ops import random
from tinygradx.ops.activations import logsigmoid, sigmoid
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.exponentials import exp, log, log1p
from tinygradx.ops.losses.formulas import logistic_loss
from tinygradx.ops.pointwise import where
from tinygradx.ops.rounding import floor
from tinygradx.ops.special import lgamma, xlogy
from tinygradx.tensor import arange, zeros_like


def clamped(probs: Any) -> Any:
    """Probabilities as near to 0 and 1 as their dtype tells from them, so that logits are finite.

    PyTorch's bounds: 1.2e-7 in float32, 2.2e-16 in float64.
    """
    eps = float(np.finfo(probs.dtype).eps)
    return probs.clamp(eps, 1.0 - eps)


class _Odds(Distribution):
    """What has one probability in each place, as `probs` or as `logits`."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }

    def _take(self, probs: Any, logits: Any, *others: Any) -> tuple[Any, ...]:
        """Keep the one that was given; answers what broadcasts with it."""
        name = one_of(type(self).__name__, probs=probs, logits=logits)
        given, *rest = broadcast_all(probs if name == "probs" else logits, *others)
        setattr(self, name, given)
        return tuple(rest)

    @derived
    def probs(self) -> Any:
        """The probability of a success."""
        return sigmoid(self.logits)

    @derived
    def logits(self) -> Any:
        """The logarithm of the probability over that of the opposite."""
        safe = clamped(self.probs)
        return log(safe) - log1p(-safe)

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter that was given."""
        return self.probs.shape


class Bernoulli(_Odds):
    """Yes (1) with probability p, no (0) otherwise: `p**x * (1 - p)**(1 - x)`.

    Bernoulli (1713), "Ars conjectandi". The logarithm is less the binary cross entropy.

    Parameters
    ----------
    probs : Tensor or float, optional
        p, from 0 to 1.
    logits : Tensor or float, optional
        log(p / (1 - p)), instead.
    validate_args : bool, optional
        As for `Distribution`.

    Raises
    ------
    ArgumentError
        If none or both are given.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> coin = tgx.distributions.Bernoulli(0.25)
    >>> coin.log_prob(1.0).exp(), coin.entropy()
    (tensor(0.2500), tensor(0.5623))
    """

    support = constraints.boolean
    has_enumerate_support = True

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._take(probs, logits)
        super().__init__(self.param_shape, validate_args=validate_args)

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        drawn = random.uniform(shape, np.float64, generator) < self.probs.array
        return draws.as_noise(drawn, self._dtype)

    def _log_prob(self, value: Any) -> Any:
        return -logistic_loss(self.logits, value)

    def _values(self) -> Any:
        return arange(2, dtype=self._dtype)

    def _mean(self) -> Any:
        return self.probs

    def _mode(self) -> Any:
        p = self.probs
        return where(p == 0.5, math.nan, (p > 0.5).to(p.dtype))

    def _variance(self) -> Any:
        return self.probs * (1.0 - self.probs)

    def _entropy(self) -> Any:
        return logistic_loss(self.logits, self.probs)


class Geometric(_Odds):
    """How many failures come before the first success: `p * (1 - p)**x`.

    Parameters
    ----------
    probs, logits, validate_args
        As for `Bernoulli`; a success must be possible.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Geometric(0.2).mean
    tensor(4.)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "probs": Constraint("above 0 and at most 1", lambda p: (p > 0.0) & (p <= 1.0)),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._take(probs, logits)
        super().__init__(self.param_shape, validate_args=validate_args)

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        p = self.probs.array.astype(np.float64)
        with np.errstate(divide="ignore"):  # where p is 1 the first one succeeds
            rate = -np.log1p(-p)
        return draws.as_noise(np.floor(draws.exponential(shape, generator) / rate), self._dtype)

    def _log_prob(self, value: Any) -> Any:
        # Where p is 1 and nothing fails, the logarithm of 0 failures is not asked for.
        fails = where(value == 0.0, 0.0, self.probs)
        return value * log1p(-fails) + log(self.probs)

    def _mean(self) -> Any:
        return 1.0 / self.probs - 1.0

    def _mode(self) -> Any:
        return zeros_like(self.probs)

    def _variance(self) -> Any:
        return (1.0 / self.probs - 1.0) / self.probs

    def _entropy(self) -> Any:
        return logistic_loss(self.logits, self.probs) / self.probs


class Binomial(_Odds):
    """How many of n trials succeed: `n! / (x! (n - x)!) * p**x * (1 - p)**(n - x)`.

    Bernoulli (1713), "Ars conjectandi".

    Parameters
    ----------
    total_count : Tensor or int
        n, how many trials.
    probs, logits, validate_args
        As for `Bernoulli`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Binomial(4, 0.5).log_prob(2.0).exp()
    tensor(0.3750)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "total_count": constraints.nonnegative_integer,
        **_Odds.arg_constraints,
    }
    has_enumerate_support = True

    def __init__(
        self,
        total_count: Any = 1,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        (self.total_count,) = self._take(probs, logits, total_count)
        super().__init__(self.param_shape, validate_args=validate_args)

    @property
    def support(self) -> Any:
        """The whole numbers up to the number of trials."""
        return constraints.integer_interval(0, self.total_count)

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        n = np.broadcast_to(self.total_count.array, shape)
        return draws.as_noise(draws.binomial(n, self.probs.array, generator), self._dtype)

    def _log_prob(self, value: Any) -> Any:
        n, x = self.total_count, value
        ways = lgamma(n + 1.0) - lgamma(x + 1.0) - lgamma(n - x + 1.0)
        # x log(p) + (n - x) log(1 - p), where -log(1 - p) is the logistic loss of a 0.
        return ways + x * self.logits - n * logistic_loss(self.logits, 0.0)

    def _values(self) -> Any:
        n = self.total_count
        if not n.numel() or bool((n != n.max()).any()):
            raise NotOfferedError(
                "all values of Binomial", "numbers of trials that differ in the batch",
                "use one total_count for all",
            )  # fmt: skip
        return arange(int(n.max().item()) + 1, dtype=self._dtype)

    def _mean(self) -> Any:
        return self.total_count * self.probs

    def _mode(self) -> Any:
        most = floor((self.total_count + 1.0) * self.probs)
        return where(most > self.total_count, self.total_count, most)

    def _variance(self) -> Any:
        return self.total_count * self.probs * (1.0 - self.probs)

    def _entropy(self) -> Any:
        logs = self._log_prob(self.enumerate_support(False))
        return -(logs.exp() * logs).sum(0)


class NegativeBinomial(_Odds):
    """How many trials succeed before a number of them have failed: counts that vary more.

    `gamma(x + r) / (x! gamma(r)) * p**x * (1 - p)**r`: a Poisson count whose rate is a gamma
    variable, so its variance is above its mean.

    Parameters
    ----------
    total_count : Tensor or float
        r, how many failures, above 0; it need not be whole.
    probs, logits, validate_args
        As for `Bernoulli`, below 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> visits = tgx.distributions.NegativeBinomial(2.0, 0.75)
    >>> visits.mean, visits.variance
    (tensor(6.), tensor(24.))
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "total_count": constraints.nonnegative,
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(
        self,
        total_count: Any,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        (self.total_count,) = self._take(probs, logits, total_count)
        super().__init__(self.param_shape, validate_args=validate_args)

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        odds = np.exp(self.logits.array.astype(np.float64))
        r = np.broadcast_to(self.total_count.array, shape)
        # No failure is waited for where r is 0, and none is drawn there.
        rates = np.exp(draws.log_gamma(np.where(r > 0.0, r, 1.0), generator)) * odds
        drawn = random.poisson(np.where(r > 0.0, rates, 0.0), generator)
        return draws.as_noise(drawn, self._dtype)

    def _log_prob(self, value: Any) -> Any:
        r = self.total_count
        ways = lgamma(r + value) - lgamma(1.0 + value) - lgamma(r)
        ways = where(r + value == 0.0, 0.0, ways)
        return ways + r * logsigmoid(-self.logits) + value * logsigmoid(self.logits)

    def _mean(self) -> Any:
        return self.total_count * exp(self.logits)

    def _mode(self) -> Any:
        return floor((self.total_count - 1.0) * exp(self.logits)).clamp(min=0.0)

    def _variance(self) -> Any:
        return self.mean / sigmoid(-self.logits)


class Poisson(Distribution):
    """How many rare events there are: `rate**x * exp(-rate) / x!`.

    Poisson (1837), "Recherches sur la probabilité des jugements".

    Parameters
    ----------
    rate : Tensor or float
        The mean number, from 0 on.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Poisson(2.0).log_prob(0.0)
    tensor(-2.)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        rates = expand(self.rate, shape).array.astype(np.float64)
        return draws.as_noise(random.poisson(rates, generator), self._dtype)

    def _log_prob(self, value: Any) -> Any:
        return xlogy(value, self.rate) - self.rate - lgamma(value + 1.0)

    def _mean(self) -> Any:
        return self.rate

    def _mode(self) -> Any:
        return floor(self.rate)

    def _variance(self) -> Any:
        return self.rate
