"""Functions that can be undone, through which what is drawn is sent.

`log_abs_det_jacobian(x, y)` is the logarithm of how much a function stretches at x: a density falls
where it is stretched, p(y) = p(x) / |dy/dx|.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tinygradx.distributions import constraints
from tinygradx.ops.activations import logsigmoid, sigmoid, tanh
from tinygradx.ops.exponentials import exp, log
from tinygradx.ops.losses.formulas import logistic_loss
from tinygradx.ops.special import logit
from tinygradx.ops.trigonometry import atanh


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
    """

    domain: Any = constraints.real
    codomain: Any = constraints.real

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
    cache_size : int
        As for `Transform`.
    """

    def __init__(self, loc: Any, scale: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.loc, self.scale = loc, scale

    def _call(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def _inverse(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The slope is the scale everywhere."""
        return log(abs(self.scale + 0.0 * x))


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
            self.domain, self.codomain = self.parts[0].domain, self.parts[-1].codomain

    def _call(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def _inverse(self, y: Any) -> Any:
        for part in reversed(self.parts):
            y = part.undo(y)
        return y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The sum over the parts."""
        total: Any = 0.0
        for part in self.parts:
            y = part(x)
            total = total + part.log_abs_det_jacobian(x, y)
            x = y
        return total

    def __repr__(self) -> str:
        return f"ComposeTransform({self.parts!r})"


__all__ = [
    "AffineTransform", "ComposeTransform", "ExpTransform", "SigmoidTransform", "TanhTransform",
    "Transform",
]  # fmt: skip
