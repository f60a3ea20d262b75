"""Independent: several numbers that are drawn apart, taken as one event."""

from __future__ import annotations

from typing import Any

from tinygradx.distributions import constraints
from tinygradx.distributions.distribution import Distribution
from tinygradx.errors import ArgumentError


class Independent(Distribution):
    """A distribution whose last batch dimensions belong to the event.

    So `log_prob` adds up along them: a row of independent normal numbers is one event with one
    probability, as in the loss of a variational autoencoder.

    Parameters
    ----------
    base_distribution : Distribution
        What is drawn.
    reinterpreted_batch_ndims : int
        How many batch dimensions become event dimensions.
    validate_args : bool, optional
        As for `Distribution`.

    Raises
    ------
    ArgumentError
        If there are not as many batch dimensions.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> normals = tgx.distributions.Normal(tgx.zeros(4, 3), 1.0)
    >>> rows = tgx.distributions.Independent(normals, 1)
    >>> rows.batch_shape, rows.event_shape, rows.log_prob(tgx.zeros(4, 3)).shape
    ((4,), (3,), (4,))
    """

    def __init__(
        self,
        base_distribution: Distribution,
        reinterpreted_batch_ndims: int,
        validate_args: bool | None = None,
    ) -> None:
        dims, batch = reinterpreted_batch_ndims, tuple(base_distribution.batch_shape)
        if not 0 <= dims <= len(batch):
            raise ArgumentError(
                f"Independent with {dims} dimensions", f"a batch of shape {batch}",
                f"use a number from 0 to {len(batch)}",
            )  # fmt: skip
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, dims
        shape = (*batch, *base_distribution.event_shape)
        kept = len(batch) - dims
        super().__init__(shape[:kept], shape[kept:], validate_args)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """Whether the base has."""
        return self.base_dist.has_rsample

    @property
    def support(self) -> Any:
        """The support of the base, in every place."""
        return constraints.independent(self.base_dist.support, self.reinterpreted_batch_ndims)

    @property
    def _dtype(self) -> Any:
        return self.base_dist._dtype

    def expand(self, batch_shape: Any, _instance: Any = None) -> Independent:
        """The same for a larger batch; see `Distribution.expand`."""
        own = tuple(self._event_shape)[: self.reinterpreted_batch_ndims]
        base = self.base_dist.expand((*batch_shape, *own))
        return Independent(base, self.reinterpreted_batch_ndims, self._validate_args)

    def _together(self, x: Any) -> Any:
        """Sums over the dimensions that belong to the event."""
        dims = self.reinterpreted_batch_ndims
        return x.sum(tuple(range(-dims, 0))) if dims else x

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self.base_dist._sample(shape, generator)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self.base_dist._rsample(shape, generator)

    def _log_prob(self, value: Any) -> Any:
        return self._together(self.base_dist._log_prob(value))

    def _mean(self) -> Any:
        return self.base_dist.mean

    def _mode(self) -> Any:
        return self.base_dist.mode

    def _variance(self) -> Any:
        return self.base_dist.variance

    def _entropy(self) -> Any:
        return self._together(self.base_dist.entropy())

    def __repr__(self) -> str:
        return f"Independent({self.base_dist!r}, {self.reinterpreted_batch_ndims})"
