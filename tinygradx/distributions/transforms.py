"""Functions that can be undone, through which what is drawn is sent.

`log_abs_det_jacobian(x, y)` is the logarithm of how much a function stretches at x: a density falls
where it is stretched, p(y) = p(x) / |dy/dx|.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tinygradx.distributions import constraints
from tinygradx.ops.activations import logsigmoid, sigmoid, softplus, tanh
from tinygradx.ops.exponentials import exp, expm1, log
from tinygradx.ops.losses.formulas import logistic_loss
from tinygradx.ops.special import logit
from tinygradx.ops.trigonometry import atanh
from tinygradx.tensor import Tensor, as_tensor


class Transform:
    """The base: one writes `_call`, `_inverse` and `log_abs_det_jacobian`.

    Parameters
    ----------
    cache_size : int
        1 remembers the last pair of x and y, so that undoing what was just done gives exactly x
        again: with tanh, whose inverse has lost its digits near 1, that matters.

    Attributes
    ----------
    domain, codomain : Constraint
        What goes in, and what comes out.
    bijective : bool
        Whether each y comes from one x.
    sign : int or Tensor
        1 where the function rises, -1 where it falls; functions of one number have it.
    """

    domain: Any = constraints.real
    codomain: Any = constraints.real
    bijective: bool = True
    sign: Any = 1

    def __init__(self, cache_size: int = 0) -> None:
        self._cache_size = cache_size
        self._last: tuple[Any, Any] = (None, None)

    def __call__(self, x: Any) -> Any:
        """The function."""
        if self._cache_size and x is self._last[0]:
            return self._last[1]
        y = self._call(x)
        if self._cache_size:
            self._last = x, y
        return y

    def undo(self, y: Any) -> Any:
        """Its inverse."""
        if self._cache_size and y is self._last[1]:
            return self._last[0]
        x = self._inverse(y)
        if self._cache_size:
            self._last = x, y
        return x

    @property
    def inv(self) -> Transform:
        """The inverse as a transform."""
        return _Inverse(self)

    @property
    def event_dim(self) -> int:
        """How many of the last dimensions it takes together."""
        return int(self.domain.event_dim)

    def forward_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape that comes out where this one goes in."""
        return shape

    def inverse_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape that goes in where this one comes out."""
        return shape

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The logarithm of |dy/dx|."""
        raise NotImplementedError(f"{type(self).__name__} has no log_abs_det_jacobian")

    def _call(self, x: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no _call")

    def _inverse(self, y: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no _inverse")

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class _Inverse(Transform):
    """A transform run backwards."""

    def __init__(self, forth: Transform) -> None:
        super().__init__()
        self.forth = forth
        self.domain, self.codomain = forth.codomain, forth.domain
        self.bijective, self.sign = forth.bijective, forth.sign

    def forward_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """That of the way back."""
        return self.forth.inverse_shape(shape)

    def inverse_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """That of the way forth."""
        return self.forth.forward_shape(shape)

    @property
    def inv(self) -> Transform:
        """What it is the inverse of."""
        return self.forth

    def _call(self, x: Any) -> Any:
        return self.forth.undo(x)

    def _inverse(self, y: Any) -> Any:
        return self.forth(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """Less that of the way forth."""
        return -self.forth.log_abs_det_jacobian(y, x)

    def __repr__(self) -> str:
        return f"{self.forth!r}.inv"


class ExpTransform(Transform):
    """`y = exp(x)`."""

    codomain = constraints.positive

    def _call(self, x: Any) -> Any:
        return exp(x)

    def _inverse(self, y: Any) -> Any:
        return log(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The slope is exp(x)."""
        return x


class AffineTransform(Transform):
    """`y = loc + scale * x`.

    Parameters
    ----------
    loc, scale : Tensor or float
        Where 0 goes, and how far 1 goes from there.
    event_dim : int
        How many of the last dimensions are taken together.
    cache_size : int
        As for `Transform`.
    """

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.loc, self.scale = loc, scale
        self.domain = self.codomain = constraints.independent(constraints.real, event_dim)

    @property
    def sign(self) -> Any:
        """That of the scale."""
        scale = self.scale
        return scale.sign() if isinstance(scale, Tensor) else (scale > 0) - (scale < 0)

    def _call(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def _inverse(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The slope is the scale everywhere."""
        return summed(log(abs(self.scale + 0.0 * x)), self.event_dim)


class PowerTransform(Transform):
    """`y = x ** exponent`, of numbers above 0.

    Parameters
    ----------
    exponent : Tensor or float
        Any but 0; below 0 the function falls.
    cache_size : int
        As for `Transform`.
    """

    domain = constraints.positive
    codomain = constraints.positive

    def __init__(self, exponent: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.exponent = as_tensor(exponent)

    @property
    def sign(self) -> Any:
        """That of the exponent."""
        return self.exponent.sign()

    def _call(self, x: Any) -> Any:
        return x**self.exponent

    def _inverse(self, y: Any) -> Any:
        return y ** (1.0 / self.exponent)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The slope is `exponent * y / x`."""
        return log(abs(self.exponent * y / x))


class AbsTransform(Transform):
    """`y = |x|`, which two x have, so it cannot be undone for sure: `undo` answers that above 0."""

    codomain = constraints.nonnegative
    bijective = False

    def _call(self, x: Any) -> Any:
        return abs(x)

    def _inverse(self, y: Any) -> Any:
        return y


class SoftplusTransform(Transform):
    """`y = log(1 + exp(x))`: any number as one above 0, nearly itself where it is large."""

    codomain = constraints.positive

    def _call(self, x: Any) -> Any:
        return softplus(x)

    def _inverse(self, y: Any) -> Any:
        return y + log(-expm1(-y))

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The slope is sigmoid(x)."""
        return logsigmoid(x)


class SigmoidTransform(Transform):
    """`y = 1 / (1 + exp(-x))`."""

    codomain = constraints.unit_interval

    def _call(self, x: Any) -> Any:
        return sigmoid(x)

    def _inverse(self, y: Any) -> Any:
        return logit(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The slope is y (1 - y), whose logarithm is computed from x."""
        return logsigmoid(x) + logsigmoid(-x)


class TanhTransform(Transform):
    """`y = tanh(x)`: squashes what is drawn between -1 and 1, as actions with bounds are.

    Haarnoja et al. (2018), "Soft actor-critic", arXiv:1801.01290, appendix C.
    """

    codomain = constraints.interval(-1.0, 1.0)

    def _call(self, x: Any) -> Any:
        return tanh(x)

    def _inverse(self, y: Any) -> Any:
        return atanh(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The slope is 1 - y**2, whose logarithm is computed from x: no end loses digits."""
        return 2.0 * (math.log(2.0) - x - logistic_loss(-2.0 * x, 0.0))


class ComposeTransform(Transform):
    """One transform after another.

    Parameters
    ----------
    parts : sequence of Transform
        The first is done first.
    cache_size : int
        As for `Transform`.
    """

    def __init__(self, parts: Sequence[Transform], cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.parts = list(parts)
        if self.parts:
            ends = event_dims(self.parts)
            first, last = self.parts[0].domain, self.parts[-1].codomain
            self.domain = _raised(first, ends[0] - first.event_dim)
            self.codomain = _raised(last, ends[1] - last.event_dim)
        self.bijective = all(part.bijective for part in self.parts)

    @property
    def sign(self) -> Any:
        """The product over the parts."""
        sign: Any = 1
        for part in self.parts:
            sign = sign * part.sign
        return sign

    def forward_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Through all parts."""
        for part in self.parts:
            shape = part.forward_shape(shape)
        return shape

    def inverse_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Back through all parts."""
        for part in reversed(self.parts):
            shape = part.inverse_shape(shape)
        return shape

    def _call(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def _inverse(self, y: Any) -> Any:
        for part in reversed(self.parts):
            y = part.undo(y)
        return y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The sum over the parts, each over the dimensions that the whole takes together."""
        total: Any = 0.0
        dims = self.domain.event_dim
        for part in self.parts:
            y = part(x)
            slopes = part.log_abs_det_jacobian(x, y)
            total = total + summed(slopes, dims - part.domain.event_dim)
            dims += part.codomain.event_dim - part.domain.event_dim
            x = y
        return total

    def __repr__(self) -> str:
        return f"ComposeTransform({self.parts!r})"


def event_dims(parts: Sequence[Transform]) -> tuple[int, int]:
    """How many dimensions a chain takes together at its beginning and at its end: the least."""
    least = now = 0
    for part in parts:  # what each part needs, counted from the beginning
        least = max(least, part.domain.event_dim - now)
        now += part.codomain.event_dim - part.domain.event_dim
    return least, least + now


def summed(x: Any, dims: int) -> Any:
    """Sums over the last dimensions."""
    return x.sum(tuple(range(-dims, 0))) if dims > 0 else x


def _raised(constraint: Any, dims: int) -> Any:
    return constraints.independent(constraint, dims) if dims else constraint


#: The function that changes nothing.
identity_transform = ComposeTransform([])

__all__ = [
    "AbsTransform", "AffineTransform", "ComposeTransform", "ExpTransform", "PowerTransform",
    "SigmoidTransform", "SoftplusTransform", "TanhTransform", "Transform", "identity_transform",
]  # fmt: skip
