"""MixtureSameFamily: one of several distributions of a kind, by chance."""

from __future__ import annotations

from typing import Any

from tinygradx.distributions.categorical import Categorical
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.distribution import Distribution
from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.ops.activations import log_softmax
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.gathering import gather
from tinygradx.ops.reductions import logsumexp
from tinygradx.ops.shapes import squeeze, unsqueeze


class MixtureSameFamily(Distribution):
    """First a component is drawn, then a value of it: `sum of w_k * p_k(x)`.

    The components are the last dimension of one distribution's batch. Pearson (1894),
    "Contributions to the mathematical theory of evolution".

    Parameters
    ----------
    mixture_distribution : Categorical
        Which component, of batch shape (...,) and with k categories.
    component_distribution : Distribution
        The components, of batch shape (..., k).
    validate_args : bool, optional
        As for `Distribution`.

    Raises
    ------
    ArgumentError, DtypeError, ShapeError
        If one is no such distribution, or there are not as many components as categories.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> d = tgx.distributions
    >>> weights = d.Categorical(tgx.tensor([0.5, 0.5]))
    >>> hills = d.MixtureSameFamily(weights, d.Normal(tgx.tensor([-2.0, 2.0]), 1.0))
    >>> hills.mean, hills.variance
    (tensor(0.), tensor(5.))
    """

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        mixture, components = mixture_distribution, component_distribution
        for given, kind, name in (
            (mixture, Categorical, "mixture"), (components, Distribution, "component"),
        ):  # fmt: skip
            if not isinstance(given, kind):
                raise MixtureError(
                    "MixtureSameFamily", f"a {name}_distribution of type {type(given).__name__}",
                    f"pass a {kind.__name__}",
                )  # fmt: skip
        batch = tuple(components.batch_shape)
        own, count = tuple(mixture.batch_shape), mixture.param_shape[-1]
        pairs = zip(reversed(own), reversed(batch[:-1]), strict=False)
        if not batch or batch[-1] != count or not all(a == b or 1 in (a, b) for a, b in pairs):
            raise ShapeError(
                "MixtureSameFamily",
                f"{count} weights for each of a batch {own}, components of batch {batch}",
                "give the components a batch shape that ends with the number of weights",
            )
        self._mixture_distribution, self._component_distribution = mixture, components
        super().__init__(batch[:-1], tuple(components.event_shape), validate_args)

    @property
    def mixture_distribution(self) -> Categorical:
        """Which component is drawn."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        """The components."""
        return self._component_distribution

    @property
    def support(self) -> Any:
        """What one component at least can draw; PyTorch asks that all of them can."""
        own = self.component_distribution.support
        return Constraint(
            f"{own.words}, for one component at least",
            lambda x: own.test(self._beside(x)).any(-1), len(self._event_shape), own.is_discrete,
        )  # fmt: skip

    @property
    def _dtype(self) -> Any:
        return self.component_distribution._dtype

    def expand(self, batch_shape: Any, _instance: Any = None) -> MixtureSameFamily:
        """The same for a larger batch; see `Distribution.expand`."""
        count = self.mixture_distribution.param_shape[-1]
        return MixtureSameFamily(
            self.mixture_distribution.expand(tuple(batch_shape)),
            self.component_distribution.expand((*batch_shape, count)),
            self._validate_args,
        )

    def _beside(self, x: Any) -> Any:
        """A value with a dimension for the components, in front of those of an event."""
        return unsqueeze(x, -1 - len(self._event_shape))

    def _weights(self) -> Any:
        """The probabilities, with a dimension for each of an event."""
        probs = self.mixture_distribution.probs
        return probs.reshape((*probs.shape, *(1 for _ in self._event_shape)))

    def _sum(self, x: Any) -> Any:
        return (self._weights() * x).sum(-1 - len(self._event_shape))

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        event, count = len(self._event_shape), self.mixture_distribution.param_shape[-1]
        outer = shape[: len(shape) - event]
        chosen = self.mixture_distribution._sample(outer, generator)
        inner = (*outer, count, *self._event_shape)
        drawn = self.component_distribution._sample(inner, generator)
        places = chosen.reshape((*outer, *(1 for _ in range(event + 1))))
        places = expand(places, (*outer, 1, *self._event_shape))
        return squeeze(gather(drawn, -1 - event, places), -1 - event)

    def _log_prob(self, value: Any) -> Any:
        logs = self.component_distribution._log_prob(self._beside(value))
        return logsumexp(logs + log_softmax(self.mixture_distribution.logits, -1), -1)

    def _cdf(self, value: Any) -> Any:
        return self._sum(self.component_distribution._cdf(self._beside(value)))

    def _mean(self) -> Any:
        return self._sum(self.component_distribution.mean)

    def _variance(self) -> Any:
        # The mean of the variances, and the variance of the means.
        components = self.component_distribution
        offset = components.mean - self._beside(self.mean)
        return self._sum(components.variance + offset * offset)

    def __repr__(self) -> str:
        return f"MixtureSameFamily({self.mixture_distribution!r}, {self.component_distribution!r})"


class MixtureError(DtypeError, ArgumentError):
    """What is no distribution, or not the one that is needed."""
