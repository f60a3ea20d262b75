"""What is drawn, sent through functions: TransformedDistribution, LogNormal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygradx.distributions import constraints
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.distribution import Distribution
from tinygradx.distributions.location_scale import Normal
from tinygradx.distributions.transforms import AffineTransform, ExpTransform, Transform
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
        The functions, the first one first; each of one number.
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
        base = base_distribution
        super().__init__(base.batch_shape, base.event_shape, validate_args)

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
        return constraints.independent(codomain, len(self._event_shape))

    @property
    def _dtype(self) -> Any:
        return self.base_dist._dtype

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same for a larger batch; see `Distribution.expand`."""
        new = super().expand(batch_shape, _instance)
        new.base_dist = self.base_dist.expand(batch_shape)
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
        """1 where the functions rise together, -1 where they fall: only an affine one can fall."""
        sign: Any = 1.0
        for transform in self.transforms:
            if isinstance(transform, AffineTransform):
                sign = sign * (transform.scale + 0.0 * x).sign()
        return sign

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self._sent(self.base_dist._sample(shape, generator))

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self._sent(self.base_dist._rsample(shape, generator))

    def _log_prob(self, value: Any) -> Any:
        y, stretch, dims = value, 0.0, len(self._event_shape)
        for transform in reversed(self.transforms):
            x = transform.undo(y)
            log_slope = transform.log_abs_det_jacobian(x, y)
            stretch = stretch + (log_slope.sum(tuple(range(-dims, 0))) if dims else log_slope)
            y = x
        # Where x is never drawn, y is not either, however much is stretched there: no inf - inf.
        base = self.base_dist.log_prob(y)
        return where(base == -math.inf, -math.inf, base - stretch)

    def _cdf(self, value: Any) -> Any:
        x = self._undone(value)
        below, rising = self.base_dist.cdf(x), self._rising(x)
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
