"""Singular values of large matrices of low rank, from a few random directions."""

from __future__ import annotations

import operator
from typing import Any

from tinygradx.errors import ArgumentError
from tinygradx.graph import Handle
from tinygradx.ops import random
from tinygradx.ops.elementary import sub
from tinygradx.ops.linalg.factoring import OldSVDResult, qr, svd
from tinygradx.ops.linalg.words import like, matrices, turn
from tinygradx.ops.products import matmul
from tinygradx.ops.reductions import mean


def svd_lowrank(A: Any, q: int | None = 6, niter: int | None = 2, M: Any = None) -> Any:
    """The largest singular values and their vectors, of a matrix whose rank is low.

    Halko, Martinsson and Tropp (2009), arXiv:0909.4061, algorithms 4.4 and 5.1: an orthonormal
    basis of what A makes of random directions, and the singular values in that basis. The
    directions are drawn from the generator that `manual_seed` seeds.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m), of floats.
    q : int
        How many; a little more than the rank.
    niter : int
        How often the basis is improved by another product with A and Aᵀ.
    M : Tensor, optional
        Taken from A first; it broadcasts.

    Returns
    -------
    OldSVDResult
        A triple `(U, S, V)` with `A ≈ U diag(S) Vᵀ`, of shapes (..., n, q), (..., q), (..., m, q).

    Raises
    ------
    ArgumentError
        If q is not from 0 to min(n, m), or niter is negative.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.svd_lowrank(tgx.tensor([[3.0, 0.0], [0.0, 4.0]]), q=2).S.round(decimals=3)
    tensor([4., 3.])
    """
    x = matrices(A, "svd_lowrank")
    x = x if M is None else sub(x, M)
    n, m = x.array.shape[-2:]
    count = 6 if q is None else operator.index(q)
    steps = 2 if niter is None else operator.index(niter)
    _check(count, steps, (n, m), "svd_lowrank")
    if n < m:
        v, s, u = _largest(turn(x), count, steps)
    else:
        u, s, v = _largest(x, count, steps)
    return OldSVDResult(u, s, v)


def _check(count: int, steps: int, shape: tuple[int, int], asked: str) -> None:
    if not 0 <= count <= min(shape):
        raise ArgumentError(
            f"{asked} with q={count}", f"matrices of shape {shape}",
            f"use q from 0 to {min(shape)}, the smaller size",
        )  # fmt: skip
    if steps < 0:
        raise ArgumentError(f"{asked} with niter={steps}", "a negative number", "use niter=2")


def _largest(x: Handle, count: int, steps: int) -> tuple[Any, Any, Any]:
    """U, S and V of tall matrices."""
    directions = like(x, random.normal((x.array.shape[-1], count), x.array.dtype))
    basis = qr(matmul(x, directions)).Q
    for _ in range(steps):
        across = qr(matmul(turn(x), basis)).Q
        basis = qr(matmul(x, across)).Q
    u, s, vh = svd(matmul(turn(basis), x), False)
    return matmul(basis, u), s, turn(vh)


def pca_lowrank(A: Any, q: int | None = None, center: bool = True, niter: int = 2) -> Any:
    """The principal components of samples: the directions along which they vary most.

    They come from `svd_lowrank`, so random directions are drawn.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m): n samples of m features.
    q : int, optional
        How many; min(6, n, m) when left out.
    center : bool
        Take the mean from every feature first.
    niter : int
        As for `svd_lowrank`.

    Returns
    -------
    OldSVDResult
        A triple `(U, S, V)`: the components are the columns of V, and `S ** 2 / (n - 1)` the
        variances along them.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    >>> tgx.pca_lowrank(x, q=1).V.abs()
    tensor([[0.7071],
            [0.7071]])
    """
    x = matrices(A, "pca_lowrank")
    n, m = x.array.shape[-2:]
    count = min(6, n, m) if q is None else operator.index(q)
    _check(count, niter, (n, m), "pca_lowrank")
    return svd_lowrank(sub(x, mean(x, -2, True)) if center else x, count, niter)
