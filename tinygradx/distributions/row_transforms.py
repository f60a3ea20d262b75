"""Functions of rows and matrices that can be undone, and those made of others.

They change several numbers together, so `log_abs_det_jacobian` answers one number for each row: the
logarithm of the determinant of all slopes.
"""

from __future__ import annotations

import math
from typing import Any

from tinygradx.distributions import constraints
from tinygradx.distributions.transforms import Transform
from tinygradx.errors import ShapeError
from tinygradx.ops.activations import logsigmoid, sigmoid, softmax
from tinygradx.ops.cumulative import cumprod, cumsum
from tinygradx.ops.diagonals import diag_embed
from tinygradx.ops.exponentials import exp, log
from tinygradx.ops.padding import pad
from tinygradx.tensor import arange, zeros


class SoftmaxTransform(Transform):
    """`y = softmax(x)`: shares of a whole. Rows that differ by a constant have the same shares.

    So it cannot be undone for sure (`undo` answers the logarithms), and has no determinant:
    `StickBreakingTransform` has.
    """

    domain = constraints.real_vector
    codomain = constraints.simplex
    bijective = False

    def _call(self, x: Any) -> Any:
        return softmax(x, -1)

    def _inverse(self, y: Any) -> Any:
        return log(y)


class StickBreakingTransform(Transform):
    """A row of n numbers as n + 1 shares: each says what part of the rest is broken off.

    `y[k] = z[k] * (1 - z[0]) * ... * (1 - z[k - 1])`, with z = sigmoid(x - log(n - k)), so that
    zeros become equal shares. Stan Development Team, "Stan reference manual", unit simplexes.
    """

    domain = constraints.real_vector
    codomain = constraints.simplex

    def _shifted(self, x: Any) -> Any:
        n = x.shape[-1]
        return x - log(n - arange(n, dtype=x.dtype))

    def _call(self, x: Any) -> Any:
        z = sigmoid(self._shifted(x))
        return pad(z, (0, 1), value=1.0) * pad(cumprod(1.0 - z, -1), (1, 0), value=1.0)

    def _inverse(self, y: Any) -> Any:
        kept, n = y[..., :-1], y.shape[-1] - 1
        # What is left is the sum of the later shares, which 1 less the earlier ones would lose.
        left = cumsum(y.flip(-1), -1).flip(-1)[..., 1:]
        return log(kept) - log(left) + log(n - arange(n, dtype=y.dtype))

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The matrix of slopes is triangular: the sum of the logarithms of its diagonal."""
        x = self._shifted(x)
        return (-x + logsigmoid(x) + log(y[..., :-1])).sum(-1)

    def forward_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """One more at the end."""
        return (*shape[:-1], shape[-1] + 1)

    def inverse_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """One less at the end."""
        return (*shape[:-1], shape[-1] - 1)


class LowerCholeskyTransform(Transform):
    """A square matrix as a lower triangular one with a diagonal above 0: exp on the diagonal."""

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.lower_cholesky

    def _call(self, x: Any) -> Any:
        return x.tril(-1) + diag_embed(exp(x.diagonal(dim1=-2, dim2=-1)))

    def _inverse(self, y: Any) -> Any:
        return y.tril(-1) + diag_embed(log(y.diagonal(dim1=-2, dim2=-1)))


class IndependentTransform(Transform):
    """A function of numbers as one of whole rows or matrices: its logarithms are added up.

    Parameters
    ----------
    base_transform : Transform
        The function of one number.
    reinterpreted_batch_ndims : int
        How many of the last dimensions are taken together.
    cache_size : int
        As for `Transform`.
    """

    def __init__(
        self, base_transform: Transform, reinterpreted_batch_ndims: int, cache_size: int = 0
    ) -> None:
        super().__init__(cache_size)
        self.base_transform = base_transform
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        dims = reinterpreted_batch_ndims
        self.domain = constraints.independent(base_transform.domain, dims)
        self.codomain = constraints.independent(base_transform.codomain, dims)
        self.bijective = base_transform.bijective

    def _call(self, x: Any) -> Any:
        return self.base_transform(x)

    def _inverse(self, y: Any) -> Any:
        return self.base_transform.undo(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The sum over the dimensions that are taken together."""
        slopes, dims = (
            self.base_transform.log_abs_det_jacobian(x, y),
            self.reinterpreted_batch_ndims,
        )
        return slopes.sum(tuple(range(-dims, 0))) if dims else slopes

    def forward_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """That of the function of numbers."""
        return self.base_transform.forward_shape(shape)

    def inverse_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """That of the function of numbers."""
        return self.base_transform.inverse_shape(shape)

    def __repr__(self) -> str:
        return f"IndependentTransform({self.base_transform!r}, {self.reinterpreted_batch_ndims})"


class ReshapeTransform(Transform):
    """An event in another shape.

    Parameters
    ----------
    in_shape, out_shape : tuple of int
        Of as many elements.
    cache_size : int
        As for `Transform`.

    Raises
    ------
    ShapeError
        If the numbers of elements differ.
    """

    def __init__(
        self, in_shape: tuple[int, ...], out_shape: tuple[int, ...], cache_size: int = 0
    ) -> None:
        super().__init__(cache_size)
        self.in_shape, self.out_shape = tuple(in_shape), tuple(out_shape)
        if math.prod(self.in_shape) != math.prod(self.out_shape):
            raise ShapeError(
                f"ReshapeTransform from {self.in_shape} to {self.out_shape}",
                f"{math.prod(self.in_shape)} and {math.prod(self.out_shape)} elements",
                "use shapes of as many elements",
            )
        self.domain = constraints.independent(constraints.real, len(self.in_shape))
        self.codomain = constraints.independent(constraints.real, len(self.out_shape))

    def _call(self, x: Any) -> Any:
        return x.reshape(self.forward_shape(tuple(x.shape)))

    def _inverse(self, y: Any) -> Any:
        return y.reshape(self.inverse_shape(tuple(y.shape)))

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """Nothing is stretched."""
        return zeros(tuple(x.shape)[: x.ndim - len(self.in_shape)], dtype=x.dtype)

    def forward_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The last dimensions, exchanged."""
        return self._exchanged(shape, self.in_shape, self.out_shape)

    def inverse_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The last dimensions, exchanged back."""
        return self._exchanged(shape, self.out_shape, self.in_shape)

    @staticmethod
    def _exchanged(
        shape: tuple[int, ...], was: tuple[int, ...], becomes: tuple[int, ...]
    ) -> tuple[int, ...]:
        outer = len(shape) - len(was)
        if outer < 0 or tuple(shape[outer:]) != was:
            raise ShapeError(
                f"ReshapeTransform of a tensor of shape {tuple(shape)}",
                f"last sizes that are not {was}", f"pass a tensor of shape (..., {str(was)[1:]}",
            )  # fmt: skip
        return (*shape[:outer], *becomes)


class CumulativeDistributionTransform(Transform):
    """`y = cdf(x)` of a distribution: whatever is drawn from it becomes uniform.

    Parameters
    ----------
    distribution : Distribution
        Of numbers, with `cdf` and `icdf`.
    cache_size : int
        As for `Transform`.
    """

    codomain = constraints.unit_interval
    sign = 1

    def __init__(self, distribution: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.distribution, self.domain = distribution, distribution.support

    def _call(self, x: Any) -> Any:
        return self.distribution.cdf(x)

    def _inverse(self, y: Any) -> Any:
        return self.distribution.icdf(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The slope of the cdf is the density."""
        return self.distribution.log_prob(x)


__all__ = [
    "CumulativeDistributionTransform", "IndependentTransform", "LowerCholeskyTransform",
    "ReshapeTransform", "SoftmaxTransform", "StickBreakingTransform",
]  # fmt: skip
