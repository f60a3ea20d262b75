"""MultivariateNormal: numbers that vary together."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygradx.distributions import constraints, draws
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.distribution import Distribution, broadcast_all, derived, one_of
from tinygradx.distributions.location_scale import LOG_SQRT_2PI
from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.ops.broadcasting import broadcast_shapes, broadcast_tensors, expand
from tinygradx.ops.exponentials import log
from tinygradx.ops.linalg import LinAlgError, cholesky, inv, solve_triangular
from tinygradx.ops.products import matmul
from tinygradx.ops.shapes import squeeze, unsqueeze


class MultivariateNormal(Distribution):
    """A bell in n dimensions: `exp(-|z|**2 / 2) / ((2 pi)**(n / 2) * det(L))`.

    With the mean m and the covariance S = L @ L.T, z solves L z = x - m; |z| is the distance of
    Mahalanobis (1936), "On the generalised distance in statistics". A draw is `m + L @ noise`. S is
    never inverted, and only its triangular root L is kept.

    Parameters
    ----------
    loc : Tensor
        The mean, of shape (..., n).
    covariance_matrix : Tensor, optional
        S, symmetric with eigenvalues above 0, of shape (..., n, n).
    precision_matrix : Tensor, optional
        The inverse of S, instead.
    scale_tril : Tensor, optional
        L, lower triangular with a diagonal above 0, instead: the fastest.
    validate_args : bool, optional
        As for `Distribution`.

    Raises
    ------
    ArgumentError, ShapeError
        If not exactly one of the three is given, or it is no such matrix.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> S = tgx.tensor([[2.0, 1.0], [1.0, 2.0]])
    >>> cloud = tgx.distributions.MultivariateNormal(tgx.zeros(2), S)
    >>> cloud.sample((5,)).shape, cloud.log_prob(tgx.zeros(2))
    ((5, 2), tensor(-2.3872))
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Any,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        matrices = {
            "covariance_matrix": covariance_matrix,
            "precision_matrix": precision_matrix,
            "scale_tril": scale_tril,
        }
        name = one_of("MultivariateNormal", **matrices)
        (loc,), (matrix,) = broadcast_all(loc), broadcast_all(matrices[name])
        size = loc.shape[-1] if loc.ndim else 0
        if matrix.ndim < 2 or not size or matrix.shape[-2:] != (size, size):
            raise ShapeError(
                "MultivariateNormal", f"loc of shape {loc.shape}, {name} of {matrix.shape}",
                "use a loc of shape (..., n) and a matrix of shape (..., n, n)",
            )  # fmt: skip
        batch = broadcast_shapes(loc.shape[:-1], matrix.shape[:-2])
        self.loc = expand(loc, (*batch, size))
        setattr(self, name, expand(matrix, (*batch, size, size)))
        super().__init__(tuple(batch), (size,), validate_args)
        if name != "scale_tril":
            # The root is taken once, of what was checked.
            self._root = self._root_of(name)

    def _root_of(self, name: str) -> Any:
        try:
            if name == "covariance_matrix":
                return cholesky(self.covariance_matrix)
            # Turned round, the root of the inverse is the inverse of the root: no second inverse.
            turned = cholesky(self.precision_matrix.flip(-1, -2)).flip(-1, -2).mT
            return inv(turned)
        except LinAlgError as error:
            raise ArgumentError(
                f"MultivariateNormal with {name}", "a matrix that is not positive definite",
                "add a little to its diagonal: S + 1e-6 * tgx.eye(n)",
            ) from error  # fmt: skip

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same for a larger batch; see `Distribution.expand`."""
        new = super().expand(batch_shape, _instance)
        if "_root" in vars(self):
            new._root = expand(self._root, (*batch_shape, *self._root.shape[-2:]))
        return new

    @derived
    def scale_tril(self) -> Any:
        """L, the lower triangular root of the covariance."""
        return self._root

    @derived
    def covariance_matrix(self) -> Any:
        """S, of shape batch_shape + (n, n)."""
        return matmul(self.scale_tril, self.scale_tril.mT)

    @derived
    def precision_matrix(self) -> Any:
        """The inverse of S."""
        inverse = inv(self.scale_tril)
        return matmul(inverse.mT, inverse)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        noise = draws.as_noise(draws.normal(shape, generator), self._dtype)
        return self.loc + squeeze(matmul(self.scale_tril, unsqueeze(noise, -1)), -1)

    def _log_prob(self, value: Any) -> Any:
        offset, _ = broadcast_tensors(value - self.loc, self.loc)
        z = solve_triangular(self.scale_tril, unsqueeze(offset, -1), upper=False)
        size = self._event_shape[0]
        return -0.5 * (z * z).sum((-2, -1)) - size * LOG_SQRT_2PI - self._log_volume()

    def _log_volume(self) -> Any:
        """The logarithm of the determinant of L."""
        return log(self.scale_tril.diagonal(dim1=-2, dim2=-1)).sum(-1)

    def _mean(self) -> Any:
        return self.loc

    _mode = _mean

    def _variance(self) -> Any:
        return (self.scale_tril * self.scale_tril).sum(-1)

    def _entropy(self) -> Any:
        return self._event_shape[0] * (0.5 + LOG_SQRT_2PI) + self._log_volume()
