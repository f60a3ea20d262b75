"""Choices through which gradients flow: relaxed ones, and those that are passed straight through.

A choice has no slope along its probabilities. Gumbel noise on the logits, divided by a temperature
and sent through a softmax, has one; the lower the temperature, the nearer it is to a choice.
Maddison, Mnih & Teh (2017), "The concrete distribution", arXiv:1611.00712; Jang, Gu & Poole (2017),
"Categorical reparameterization with Gumbel-softmax", arXiv:1611.01144.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tinygradx.distributions import constraints, draws
from tinygradx.distributions.categorical import OneHotCategorical, _Choice
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.counts import _Odds
from tinygradx.distributions.distribution import broadcast_all
from tinygradx.distributions.transformed import TransformedDistribution
from tinygradx.distributions.transforms import ExpTransform, SigmoidTransform
from tinygradx.ops.activations import log_softmax
from tinygradx.ops.exponentials import log
from tinygradx.ops.losses.formulas import logistic_loss
from tinygradx.ops.reductions import logsumexp
from tinygradx.ops.special import logit


class LogitRelaxedBernoulli(_Odds):
    """The logit of a relaxed yes or no: `(logits + logistic noise) / temperature`.

    Parameters
    ----------
    temperature : Tensor or float
        Above 0.
    probs, logits, validate_args
        As for `Bernoulli`.

    Examples
    --------
    >>> from tinygradx.distributions.relaxed import LogitRelaxedBernoulli
    >>> LogitRelaxedBernoulli(1.0, 0.5).log_prob(0.0)  # the logistic density
    tensor(-1.3863)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "temperature": constraints.positive,
        **_Odds.arg_constraints,
    }
    support = constraints.real
    has_rsample = True

    def __init__(
        self,
        temperature: Any,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        (self.temperature,) = self._take(probs, logits, temperature)
        super().__init__(self.param_shape, validate_args=validate_args)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        noise = logit(draws.as_noise(draws.uniform(shape, generator), self._dtype))
        return (self.logits + noise) / self.temperature

    def _log_prob(self, value: Any) -> Any:
        x = self.logits - value * self.temperature
        return log(self.temperature) + x - 2.0 * logistic_loss(x, 0.0)


class _Relaxed(TransformedDistribution):
    """A relaxed choice under a transform: its settings are those of what it is made of."""

    base_dist: Any

    @property
    def temperature(self) -> Any:
        """How soft the choice is."""
        return self.base_dist.temperature

    @property
    def probs(self) -> Any:
        """How probable each choice is."""
        return self.base_dist.probs

    @property
    def logits(self) -> Any:
        """The same as logarithms: those of odds for a yes or no."""
        return self.base_dist.logits


class RelaxedBernoulli(_Relaxed):
    """A number between 0 and 1, near to one of them: a yes or no that has slopes.

    Parameters
    ----------
    temperature : Tensor or float
        Above 0; the lower, the nearer to 0 and 1.
    probs, logits, validate_args
        As for `Bernoulli`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> soft = tgx.distributions.RelaxedBernoulli(0.1, probs=tgx.tensor([0.0001, 0.9999]))
    >>> _ = tgx.manual_seed(0)
    >>> soft.rsample().round()
    tensor([0., 1.])
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = LogitRelaxedBernoulli.arg_constraints
    base_dist: LogitRelaxedBernoulli

    def __init__(
        self,
        temperature: Any,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        base = LogitRelaxedBernoulli(temperature, probs, logits, validate_args)
        super().__init__(base, SigmoidTransform(), validate_args)


class ExpRelaxedCategorical(_Choice):
    """The logarithm of a relaxed choice: `log_softmax((logits + Gumbel noise) / temperature)`.

    Parameters
    ----------
    temperature : Tensor or float
        Above 0, one number, or one for each of the batch.
    probs, logits, validate_args
        As for `Categorical`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.distributions.relaxed import ExpRelaxedCategorical
    >>> ExpRelaxedCategorical(1.0, tgx.ones(2)).log_prob(tgx.tensor([0.5, 0.5]).log()).exp()
    tensor(0.2500)
    """

    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        temperature: Any,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        self._take(probs, logits)
        *batch, size = self.param_shape
        (self.temperature,) = broadcast_all(temperature)
        super().__init__(tuple(batch), (size,), validate_args)
        if self._validate_args:
            from tinygradx.distributions.distribution import check

            check(f"{type(self).__name__} with temperature", self.temperature, constraints.positive)

    def _per_row(self) -> Any:
        """The temperature, beside rows."""
        t = self.temperature.to(self._dtype)
        return t.unsqueeze(-1) if t.ndim else t

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        noise = -log(-log(draws.as_noise(draws.uniform(shape, generator), self._dtype)))
        return log_softmax((self.logits + noise) / self._per_row(), -1)

    def _log_prob(self, value: Any) -> Any:
        size, t = self._event_shape[0], self._per_row()
        score = self.logits - value * t
        score = (score - logsumexp(score, -1, keepdim=True)).sum(-1)
        return score + math.lgamma(size) + (size - 1) * log(self.temperature.to(self._dtype))


class RelaxedOneHotCategorical(_Relaxed):
    """Shares of a whole, of which one is nearly all: a one-hot choice that has slopes.

    Parameters
    ----------
    temperature : Tensor or float
        Above 0; the lower, the nearer to a choice.
    probs, logits, validate_args
        As for `OneHotCategorical`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> soft = tgx.distributions.RelaxedOneHotCategorical(0.5, logits=tgx.zeros(3))
    >>> soft.rsample((2,)).sum(-1)
    tensor([1., 1.])
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = _Choice.arg_constraints
    base_dist: ExpRelaxedCategorical

    def __init__(
        self,
        temperature: Any,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args)
        super().__init__(base, ExpTransform(), validate_args)

    @property
    def support(self) -> Any:
        """Shares that add up to 1."""
        return constraints.simplex


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """A one-hot choice whose gradient is passed to the probabilities as it is.

    `rsample` is the draw, plus `probs - probs.detach()`, which is 0 and has a slope. Bengio,
    Léonard & Courville (2013), arXiv:1308.3432.

    Parameters
    ----------
    probs, logits, validate_args
        As for `OneHotCategorical`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> p = tgx.tensor([0.0, 1.0], requires_grad=True)
    >>> tgx.distributions.OneHotCategoricalStraightThrough(p).rsample().detach()
    tensor([0., 1.])
    """

    has_rsample = True

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        drawn = super()._sample(shape, generator).detach()
        return drawn + (self.probs - self.probs.detach())
