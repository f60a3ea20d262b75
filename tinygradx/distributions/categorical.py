"""One of several, and how often each: Categorical, OneHotCategorical, Multinomial."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygradx.distributions import constraints, draws
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.counts import Binomial, clamped
from tinygradx.distributions.distribution import Distribution, broadcast_all, derived, one_of
from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.ops.activations import log_softmax, softmax
from tinygradx.ops.broadcasting import broadcast_tensors, expand
from tinygradx.ops.exponentials import log
from tinygradx.ops.gathering import gather
from tinygradx.ops.pointwise import where
from tinygradx.ops.scatter import one_hot
from tinygradx.ops.shapes import squeeze, unsqueeze
from tinygradx.ops.special import lgamma
from tinygradx.tensor import arange, eye, from_numpy, full


class _Choice(Distribution):
    """What has one probability for each of k categories along the last dimension."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }

    def _take(self, probs: Any, logits: Any) -> None:
        """Keep the one that was given, normalised."""
        name = one_of(type(self).__name__, probs=probs, logits=logits)
        (given,) = broadcast_all(probs if name == "probs" else logits)
        if not given.ndim or not given.shape[-1]:
            raise ShapeError(
                f"{type(self).__name__} with {name}", f"a tensor of shape {given.shape}",
                "pass a row, one number for each category",
            )  # fmt: skip
        if name == "probs":
            self.probs = given / given.sum(-1, keepdim=True)
        else:
            self.logits = log_softmax(given, -1)

    @derived
    def probs(self) -> Any:
        """The probabilities, which add up to 1."""
        return softmax(self.logits, -1)

    @derived
    def logits(self) -> Any:
        """The logarithms of the probabilities."""
        return log(clamped(self.probs))

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter that was given: batch_shape + (k,)."""
        return (self.probs if "probs" in vars(self) else self.logits).shape

    def _choose(self, shape: tuple[int, ...], generator: Any) -> Any:
        return draws.category(self.probs.array, shape, generator)

    def _choice_entropy(self) -> Any:
        # A category that is ruled out has the logit minus infinity, and adds 0.
        least = float(np.finfo(self._dtype).min)
        return -(self.logits.clamp(min=least) * self.probs).sum(-1)


class Categorical(_Choice):
    """One of k categories, 0 to k - 1, each with its probability; a policy's actions, say.

    `log_prob(x)` is `logits[x]`, the logarithm of the x-th probability.

    Parameters
    ----------
    probs : Tensor, optional
        Weights from 0 on, of shape batch_shape + (k,); they are divided by their sum.
    logits : Tensor, optional
        Their logarithms up to a constant, instead: what a network answers.
    validate_args : bool, optional
        As for `Distribution`.

    Raises
    ------
    ArgumentError, ShapeError
        If none or both are given, a weight is negative, or there is no category.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> choice = tgx.distributions.Categorical(tgx.tensor([1.0, 1.0, 2.0]))
    >>> choice.probs, choice.log_prob(tgx.tensor(2))
    (tensor([0.2500, 0.2500, 0.5000]), tensor(-0.6931))
    >>> _ = tgx.manual_seed(0)
    >>> choice.sample((4,)).dtype
    dtype('int64')
    """

    has_enumerate_support = True

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._take(probs, logits)
        *batch, self._num_events = self.param_shape
        super().__init__(tuple(batch), validate_args=validate_args)

    @property
    def support(self) -> Any:
        """The numbers of the categories."""
        return constraints.integer_interval(0, self._num_events - 1)

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return from_numpy(np.asarray(self._choose(shape, generator), np.int64))

    def _log_prob(self, value: Any) -> Any:
        places, _ = broadcast_tensors(unsqueeze(value.long(), -1), self.logits)
        logits = expand(self.logits, places.shape)
        return squeeze(gather(logits, -1, places[..., :1]), -1)

    def _values(self) -> Any:
        return arange(self._num_events)

    def _mean(self) -> Any:
        return full(tuple(self._batch_shape), math.nan, dtype=self._dtype)

    _variance = _mean

    def _mode(self) -> Any:
        return self.probs.argmax(-1)

    def _entropy(self) -> Any:
        return self._choice_entropy()


class OneHotCategorical(_Choice):
    """One of k categories, as a row of zeros with a single 1.

    Parameters
    ----------
    probs, logits, validate_args
        As for `Categorical`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.OneHotCategorical(tgx.tensor([0.2, 0.8])).mode
    tensor([0., 1.])
    """

    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._take(probs, logits)
        *batch, size = self.param_shape
        super().__init__(tuple(batch), (size,), validate_args)

    def _hot(self, places: Any) -> Any:
        return one_hot(places, self._event_shape[0]).to(self._dtype)

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        chosen = self._choose(shape[:-1], generator)
        return self._hot(from_numpy(np.asarray(chosen, np.int64)))

    def _log_prob(self, value: Any) -> Any:
        # Not a product with the row, in which 0 times a logit of minus infinity would be NaN.
        row, logits = broadcast_tensors(value, self.logits)
        return squeeze(gather(logits, -1, unsqueeze(row.argmax(-1), -1)), -1)

    def _values(self) -> Any:
        return eye(self._event_shape[0], dtype=self._dtype)

    def _mean(self) -> Any:
        return self.probs

    def _mode(self) -> Any:
        return self._hot(self.probs.argmax(-1))

    def _variance(self) -> Any:
        return self.probs * (1.0 - self.probs)

    def _entropy(self) -> Any:
        return self._choice_entropy()


class Multinomial(_Choice):
    """How often each of k categories comes up in n draws: `n! / (x1! x2! ...) * p1**x1 * ...`.

    Parameters
    ----------
    total_count : int
        n, how many draws.
    probs, logits, validate_args
        As for `Categorical`.

    Raises
    ------
    ArgumentError
        If n is no whole number from 0 on.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> dice = tgx.distributions.Multinomial(6, tgx.ones(6))
    >>> dice.log_prob(tgx.ones(6)).exp()  # each face once
    tensor(0.0154)
    """

    def __init__(
        self,
        total_count: int = 1,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(total_count, (int, np.integer)) or total_count < 0:
            raise ArgumentError(
                f"Multinomial of {total_count!r:.40} draws", "no whole number from 0 on",
                "pass an int; draws of different numbers need distributions of their own",
            )  # fmt: skip
        self.total_count = int(total_count)
        self._take(probs, logits)
        *batch, size = self.param_shape
        super().__init__(tuple(batch), (size,), validate_args)

    @property
    def support(self) -> Any:
        """Counts that are together at most n."""
        return constraints.multinomial(self.total_count)

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        probs = np.broadcast_to(self.probs.array, shape)
        drawn = draws.multinomial(self.total_count, probs, generator)
        return draws.as_noise(drawn, self._dtype)

    def _log_prob(self, value: Any) -> Any:
        # What is ruled out and does not come up adds 0, not 0 times minus infinity.
        logits = where((value == 0.0) & (self.logits == -math.inf), 0.0, self.logits)
        ways = lgamma(value.sum(-1) + 1.0) - lgamma(value + 1.0).sum(-1)
        return ways + (logits * value).sum(-1)

    def _mean(self) -> Any:
        return self.total_count * self.probs

    def _variance(self) -> Any:
        return self.total_count * self.probs * (1.0 - self.probs)

    def _entropy(self) -> Any:
        # The counts of one category are binomial: so are the means of log(x!).
        n = self.total_count
        one = Binomial(n, self.probs, validate_args=False)
        counts = one.enumerate_support(expand=False)
        logs = (one._log_prob(counts).exp() * lgamma(counts + 1.0)).sum(0).sum(-1)
        return n * self._choice_entropy() - math.lgamma(n + 1.0) + logs
