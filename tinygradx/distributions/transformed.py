"""What is drawn, sent through functions: TransformedDistribution, LogNormal, LogisticNormal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygradx.distributions import constraints
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.distribution import Distribution
from tinygradx.distributions.independent import Independent
from tinygradx.distributions.location_scale import Normal
from tinygradx.distributions.row_transforms import StickBreakingTransform
from tinygradx.distributions.transforms import ComposeTransform, ExpTransform, Transform, summed
from tinygradx.errors import ShapeError
from tinygradx.ops.exponentials import exp, expm1
from tinygradx.ops.pointwise import where


class TransformedDistribution(Distribution):
    """The distribution of `f(x)`, where x is drawn from another one.

    `log_prob(y) = base.log_prob(x) - log|dy/dx|` at the x that f sends to y.

    Parameters
    ----------
    base_distribution : Distribution
        What x is drawn from.
    transforms : Transform or sequence of Transform
        The functions, the first one first. Those that take whole rows make the last batch
        dimension a part of the event.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> d = tgx.distributions
    >>> squashed = d.TransformedDistribution(d.Normal(0.0, 1.0), d.TanhTransform())
    >>> squashed.log_prob(0.0), squashed.cdf(0.0)
    (tensor(-0.9189), tensor(0.5000))
    """

    def __init__(
        self,
        base_distribution: Distribution,
        transforms: Transform | Sequence[Transform],
        validate_args: bool | None = None,
    ) -> None:
        self.base_dist = base_distribution
        self.transforms = (
            [transforms] if isinstance(transforms, Transform) else list(transforms)
        )  # fmt: skip
        chain, base = ComposeTransform(self.transforms), base_distribution
        own = len(base.event_shape)
        shape = (*base.batch_shape, *base.event_shape)
        needs, gives = chain.domain.event_dim, chain.codomain.event_dim
        if len(shape) < needs:
            raise ShapeError(
                f"send {type(base).__name__} through {self.transforms!r:.60}",
                f"draws of shape {shape}", f"use a base of {needs} dimensions at least",
            )  # fmt: skip
        if needs > own:
            self.base_dist = Independent(base, needs - own, validate_args)
        shape = chain.forward_shape(shape)
        event = gives + max(own - needs, 0)
        outer = len(shape) - event
        super().__init__(shape[:outer], shape[outer:], validate_args)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """Whether the base has."""
        return self.base_dist.has_rsample

    @property
    def support(self) -> Any:
        """What the last function answers."""
        if not self.transforms:
            return self.base_dist.support
        codomain = self.transforms[-1].codomain
        dims = len(self._event_shape) - codomain.event_dim
        return constraints.independent(codomain, dims) if dims > 0 else codomain

    @property
    def _dtype(self) -> Any:
        return self.base_dist._dtype

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same for a larger batch; see `Distribution.expand`."""
        new = super().expand(batch_shape, _instance)
        outer = len(self.base_dist.batch_shape) - len(self._batch_shape)
        shape = (*batch_shape, *tuple(self.base_dist.batch_shape)[len(self._batch_shape) :])
        new.base_dist = self.base_dist.expand(shape if outer > 0 else batch_shape)
        return new

    def _sent(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x

    def _undone(self, y: Any) -> Any:
        for transform in reversed(self.transforms):
            y = transform.undo(y)
        return y

    def _rising(self, x: Any) -> Any:
        """1 where the functions rise together, -1 where they fall; rows have no cdf."""
        if self._event_shape or not all(t.bijective for t in self.transforms):
            raise self._missing("cdf and icdf")
        return 1.0 + 0.0 * x if not self.transforms else ComposeTransform(self.transforms).sign

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self._sent(self.base_dist._sample(self._before(shape), generator))

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self._sent(self.base_dist._rsample(self._before(shape), generator))

    def _before(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of what is drawn from the base."""
        return ComposeTransform(self.transforms).inverse_shape(tuple(shape))

    def _log_prob(self, value: Any) -> Any:
        y, stretch, dims = value, 0.0, len(self._event_shape)
        for transform in reversed(self.transforms):
            x = transform.undo(y)
            dims += transform.domain.event_dim - transform.codomain.event_dim
            log_slope = transform.log_abs_det_jacobian(x, y)
            stretch = stretch + summed(log_slope, dims - transform.domain.event_dim)
            y = x
        # Where x is never drawn, y is not either, however much is stretched there: no inf - inf.
        base = summed(self.base_dist.log_prob(y), dims - len(self.base_dist.event_shape))
        return where(base == -math.inf, -math.inf, base - stretch)

    def _cdf(self, value: Any) -> Any:
        rising, x = self._rising(value), self._undone(value)
        below = self.base_dist.cdf(x)
        return 0.5 - rising * (0.5 - below)

    def _icdf(self, p: Any) -> Any:
        below = 0.5 - self._rising(p) * (0.5 - p)
        return self._sent(self.base_dist.icdf(below))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_dist!r}, {self.transforms!r})"


class LogNormal(TransformedDistribution):
    """What has a normal logarithm: `exp(-z**2 / 2) / (x * scale * sqrt(2 pi))`.

    Here z = (log(x) - loc) / scale. A product of many small factors has it, as a sum has the normal
    one. Galton (1879), "The geometric mean, in vital and social statistics".

    Parameters
    ----------
    loc : Tensor or float
        The mean of the logarithm.
    scale : Tensor or float
        The standard deviation of the logarithm, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> income = tgx.distributions.LogNormal(0.0, 1.0)
    >>> income.mode, income.mean
    (tensor(0.3679), tensor(1.6487))
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = Normal.arg_constraints
    base_dist: Normal

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale, validate_args), ExpTransform(), validate_args)

    @property
    def loc(self) -> Any:
        """The mean of the logarithm."""
        return self.base_dist.loc

    @property
    def scale(self) -> Any:
        """The standard deviation of the logarithm."""
        return self.base_dist.scale

    def _mean(self) -> Any:
        return exp(self.loc + 0.5 * self.scale * self.scale)

    def _mode(self) -> Any:
        return exp(self.loc - self.scale * self.scale)

    def _variance(self) -> Any:
        square = self.scale * self.scale
        return expm1(square) * exp(2.0 * self.loc + square)

    def _entropy(self) -> Any:
        return self.base_dist.entropy() + self.loc


class LogisticNormal(TransformedDistribution):
    """Shares of a whole, made of normal numbers by breaking a stick: n numbers are n + 1 shares.

    Unlike those of a Dirichlet distribution, the shares may rise and fall together. Aitchison &
    Shen (1980), "Logistic-normal distributions: some properties and uses".

    Parameters
    ----------
    loc, scale, validate_args
        As for `Normal`, of shape (..., n).

    Raises
    ------
    ShapeError
        If the parameters are single numbers.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> shares = tgx.distributions.LogisticNormal(tgx.zeros(2), 0.01)
    >>> shares.event_shape, shares.sample().sum()
    ((3,), tensor(1.))
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = Normal.arg_constraints
    base_dist: Independent

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        base = Normal(loc, scale, validate_args)
        super().__init__(base, StickBreakingTransform(), validate_args)

    @property
    def loc(self) -> Any:
        """The means of the normal numbers."""
        return self.base_dist.base_dist.loc  # type: ignore[attr-defined]

    @property
    def scale(self) -> Any:
        """Their standard deviations."""
        return self.base_dist.base_dist.scale  # type: ignore[attr-defined]
