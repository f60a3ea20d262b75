"""Weights of a known length, norm or orthogonality, as parametrizations: see `parametrize`."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentError, DimError, NotWrittenError, ShapeError
from tinygradx.graph import no_grad
from tinygradx.nn.convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from tinygradx.nn.module import Module
from tinygradx.nn.utils.parametrize import register_parametrization
from tinygradx.ops.diagonals import tril
from tinygradx.ops.distances import normalize
from tinygradx.ops.joining import cat
from tinygradx.ops.linalg import geqrf, householder_product, matrix_exp, qr, solve
from tinygradx.tensor import Tensor, eye, randn, zeros, zeros_like

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


def norm_except_dim(v: Any, dim: int) -> Any:
    """The length of every slice along a dimension, kept as one of size 1; of all for -1."""
    if dim == -1:
        return (v * v).sum().sqrt()
    others = tuple(d for d in range(v.ndim) if d != dim % v.ndim)
    return (v * v).sum(others, keepdim=True).sqrt() if others else v.abs()


def as_matrix(weight: Any, dim: int) -> Any:
    """A weight with a row for each slice along a dimension."""
    return weight.movedim(dim, 0).flatten(1)


def rows_dim(module: Module, dim: int | None) -> int:
    """Along which dimension of a weight its outputs lie, if that is not said."""
    if dim is not None:
        return dim
    return int(isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)))


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Any:
        return weight_v * (weight_g / norm_except_dim(weight_v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Learn the length and the direction of a weight apart: `w = g * v / ||v||`.

    Salimans & Kingma (2016), "Weight normalization", arXiv:1602.07868.

    Parameters
    ----------
    module : Module
        Whose weight.
    name : str
        Of the weight.
    dim : int or None
        Along which dimension each slice has a length of its own; None or -1 for one of all.

    Returns
    -------
    Module
        The module itself, with `parametrizations.weight.original0`, the lengths g, and
        `original1`, v.

    Examples
    --------
    >>> from tinygradx import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(3, 4))
    >>> layer.parametrizations.weight.original0.shape
    (4, 1)
    """
    return register_parametrization(module, name, _WeightNorm(dim), unsafe=True)


class _SpectralNorm(Module):
    _u: Any
    _v: Any

    def __init__(
        self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12
    ) -> None:
        super().__init__()
        check_spectral(weight, n_power_iterations, dim)
        self.n_power_iterations, self.dim, self.eps = n_power_iterations, dim, eps
        if weight.ndim > 1:
            matrix = as_matrix(weight.detach(), dim)
            u, v = (randn(n, dtype=weight.dtype) for n in matrix.shape)
            self.register_buffer("_u", normalize(u, dim=0, eps=eps))
            self.register_buffer("_v", normalize(v, dim=0, eps=eps))
            self._iterate(matrix, 15)

    def _iterate(self, matrix: Tensor, count: int) -> None:
        """Come nearer to the first singular vectors."""
        with no_grad():
            for _ in range(count):
                self._u = normalize(matrix @ self._v, dim=0, eps=self.eps)
                self._v = normalize(matrix.T @ self._u, dim=0, eps=self.eps)

    def forward(self, weight: Tensor) -> Any:
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._iterate(matrix.detach(), self.n_power_iterations)
        return weight / self._u.dot(matrix @ self._v)

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def check_spectral(weight: Tensor, n_power_iterations: int, dim: int) -> None:
    """Refuse what has no spectral norm, or no iterations."""
    if n_power_iterations < 1:
        raise ArgumentError(
            f"spectral_norm with n_power_iterations={n_power_iterations}", "no iteration",
            "use 1 or more",
        )  # fmt: skip
    if not -weight.ndim <= dim < weight.ndim:
        raise DimError(
            f"spectral_norm with dim={dim}", f"a weight of shape {weight.shape}",
            f"use a dim from {-weight.ndim} to {weight.ndim - 1}",
        )  # fmt: skip


def spectral_norm(
    module: Module,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> Module:
    """Divide a weight by its largest singular value, so that no vector becomes longer.

    Miyato, Kataoka, Koyama & Yoshida (2018), "Spectral normalization for generative adversarial
    networks", arXiv:1802.05957. The singular vectors u and v are followed by power iteration, one
    step at each reading in training: `u = W v / |W v|`, `v = Wᵀ u / |Wᵀ u|`, and `W / uᵀ W v`.

    Parameters
    ----------
    module : Module
        Whose weight.
    name : str
        Of the weight.
    n_power_iterations : int
        How many steps.
    eps : float
        The least length that vectors are divided by.
    dim : int, optional
        Along which dimension the outputs lie: 0, or 1 for a ConvTranspose.

    Returns
    -------
    Module
        The module itself, with `parametrizations.weight.original`.

    Raises
    ------
    ArgumentError, DimError
        If there is no such weight or dim, or no iteration.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> layer = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 4))
    >>> bool(abs(tgx.linalg.matrix_norm(layer.weight.detach(), 2) - 1.0) < 0.1)
    True
    """
    weight = _weight_of(module, name)
    makes = _SpectralNorm(weight, n_power_iterations, rows_dim(module, dim), eps)
    return register_parametrization(module, name, makes)


def _weight_of(module: Module, name: str) -> Tensor:
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ArgumentError(
            f"parametrize {name!r} of a {type(module).__name__}", "it has no such tensor",
            f"use one of {', '.join(module._parameters) or 'none'}",
        )  # fmt: skip
    return weight


MAPS = ("matrix_exp", "cayley", "householder")


class _Orthogonal(Module):
    base: Any

    def __init__(self, weight: Tensor, orthogonal_map: str, use_trivialization: bool) -> None:
        super().__init__()
        self.shape, self.orthogonal_map = weight.shape, orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def _has_base(self) -> bool:
        return "base" in self._buffer_names

    def forward(self, value: Any) -> Any:
        wide = value.shape[-2] < value.shape[-1]
        tall = value.mT if wide else value
        n, k = tall.shape[-2:]
        if self.orthogonal_map == "householder":
            vectors = tril(tall, -1)
            tau = 2.0 / (1.0 + (vectors * vectors).sum(-2))
            # The diagonal holds signs, which are not learned.
            signs = tall.detach().diagonal(dim1=-2, dim2=-1).trunc()
            out = householder_product(vectors, tau) * signs.unsqueeze(-2)
        else:
            square = tril(tall)
            if n != k:
                square = cat([square, zeros(*tall.shape[:-1], n - k, dtype=tall.dtype)], -1)
            skew = square - square.mT
            if self.orthogonal_map == "matrix_exp":
                out = matrix_exp(skew)
            else:  # Cayley's: (1 - A/2)⁻¹ (1 + A/2)
                one = eye(n, dtype=tall.dtype)
                out = solve(one - 0.5 * skew, one + 0.5 * skew)
            out = out[..., :k] if n != k else out
        if self._has_base() and self.base is not None:
            out = self.base @ out
        return out.mT if wide else out

    def right_inverse(self, value: Any) -> Any:
        if value.shape != self.shape:
            raise ShapeError(
                f"assign to an orthogonal weight of shape {self.shape}",
                f"a tensor of shape {value.shape}", f"pass one of shape {self.shape}",
            )  # fmt: skip
        wide = value.shape[-2] < value.shape[-1]
        tall = value.mT if wide else value
        n, k = tall.shape[-2:]
        if not self._has_base():
            if self.orthogonal_map != "householder":
                raise NotWrittenError(
                    f"assign to an orthogonal weight made by {self.orthogonal_map}",
                    "use_trivialization=False, where nobody knows what a value is made of",
                    "use use_trivialization=True, or the map householder",
                )
            packed, tau = geqrf(tall)
            packed = packed.clone()
            diagonal = packed.diagonal(dim1=-2, dim2=-1)
            signs = diagonal.sign()
            signs[tau == 0.0] = -signs[tau == 0.0]  # no reflection there: the sign is the other
            diagonal.copy_(signs)
            return packed.mT if wide else packed
        if n != k:  # completed to a square matrix at random
            more = randn(*tall.shape[:-1], n - k, dtype=tall.dtype)
            tall = cat([tall, more], -1)
        self.base = tall.clone() if _is_orthogonal(tall) else _made_orthogonal(tall)
        start = zeros_like(value)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)  # which all three maps lead to the base
        return start


def _is_orthogonal(q: Any) -> bool:
    """Whether the columns are, but for rounding."""
    n = q.shape[-1]
    eps = 10.0 * n * (1.2e-7 if q.dtype.itemsize == 4 else 2.2e-16)
    return bool(abs(q.mT @ q - eye(n, dtype=q.dtype)).max().item() <= eps)


def _made_orthogonal(matrix: Any) -> Any:
    """An orthogonal matrix whose product with a triangular one of positive diagonal is this."""
    q, r = qr(matrix)
    return q * r.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)


def orthogonal(
    module: Module,
    name: str = "weight",
    orthogonal_map: str | None = None,
    *,
    use_trivialization: bool = True,
) -> Module:
    """Keep a weight orthogonal: `Q.T @ Q` is 1, or `Q @ Q.T` where it is wider than high.

    Lezcano-Casado & Martínez-Rubio (2019), "Cheap orthogonal constraints in neural networks",
    arXiv:1901.08428; Lezcano-Casado (2019), "Trivializations for gradient-based optimization on
    manifolds", arXiv:1909.09501.

    Parameters
    ----------
    module : Module
        Whose weight, of two dimensions at least.
    name : str
        Of the weight.
    orthogonal_map : {"matrix_exp", "cayley", "householder"}, optional
        How an orthogonal matrix is made: `exp(A)` of `A = X - Xᵀ`, with X a triangle; `(1 - A/2)⁻¹
        (1 + A/2)`; or a product of reflections. The first for square weights, the last for others
        when left out.
    use_trivialization : bool
        Whether the map goes from the matrix that was there, the buffer `base`.

    Returns
    -------
    Module
        The module itself.

    Raises
    ------
    ArgumentError, ShapeError
        If there is no such map or weight, or it has one dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(3, 5))
    >>> tgx.allclose(layer.weight.T @ layer.weight, tgx.eye(3), atol=1e-5)
    True
    """
    weight = _weight_of(module, name)
    if weight.ndim < 2:
        raise ShapeError(
            "orthogonal", f"a weight of shape {weight.shape}", "use a matrix, or several"
        )
    if orthogonal_map is None:
        square = weight.shape[-2] == weight.shape[-1]
        orthogonal_map = "matrix_exp" if square else "householder"
    if orthogonal_map not in MAPS:
        raise ArgumentError(
            f"orthogonal with orthogonal_map={orthogonal_map!r}", "no such map",
            f"use one of {', '.join(MAPS)}",
        )  # fmt: skip
    makes = _Orthogonal(weight, orthogonal_map, use_trivialization)
    return register_parametrization(module, name, makes, unsafe=True)
