"""Householder's reflections: an orthogonal matrix as a product of mirrors.

A reflection is `H = 1 - tau v vᵀ`. LAPACK keeps the vectors v below the diagonal of one matrix:
v[i] is 1, what stands above it 0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import GraphError, ShapeError
from tinygradx.graph import Handle
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.diagonals import tril
from tinygradx.ops.elementary import add, mul, sub
from tinygradx.ops.joining import NARROW
from tinygradx.ops.linalg.words import (
    DIVERGED,
    apart,
    by_numpy,
    holds_any,
    like,
    matrices,
    side_by_side,
    turn,
)
from tinygradx.ops.products import matmul
from tinygradx.ops.shapes import unsqueeze
from tinygradx.ops.structural import Structural, as_handle


class Geqrf(Structural):
    """R, the vectors of reflections below it, then the factors tau, as LAPACK packs them."""

    name = "geqrf"

    def forward(self, x: Any) -> Any:
        packed, tau = by_numpy(np.linalg.qr, "geqrf", DIVERGED, x, mode="raw")
        return side_by_side((packed.swapaxes(-1, -2), tau))

    def pull(self, g: Any, x_shape: tuple[int, ...]) -> Any:
        if holds_any(g):
            raise GraphError(
                "a gradient through geqrf", "factors in LAPACK's packing, which have no rule",
                "use linalg.qr, which has one",
            )  # fmt: skip
        return like(g, np.zeros(x_shape))


GEQRF = Geqrf()


class GeqrfResult(NamedTuple):
    """What `geqrf` answers."""

    a: Any
    tau: Any


def geqrf(input: Any) -> Any:
    """The factors of QR in LAPACK's packing: see `linalg.qr`, which answers Q and R.

    Parameters
    ----------
    input : Tensor
        Of shape (..., n, m), of floats.

    Returns
    -------
    GeqrfResult
        A pair `(a, tau)`: R on and above the diagonal of `a`, below it the vectors of the
        reflections, whose factors are `tau`, of shape (..., min(n, m)).

    Raises
    ------
    GraphError
        On the way back: PyTorch has no gradient here either.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> a, tau = tgx.geqrf(tgx.tensor([[3.0, 1.0], [4.0, 2.0]]))
    >>> tgx.linalg.householder_product(a, tau) @ a.triu()
    tensor([[3.0000, 1.0000],
            [4.0000, 2.0000]])
    """
    x = matrices(input, "geqrf")
    n, m = x.array.shape[-2:]
    return GeqrfResult(*apart(GEQRF.apply((x,), ()), ((n, m), (min(n, m),))))


def householder_product(A: Any, tau: Any) -> Any:
    """The first columns of a product of reflections: Q, from what `geqrf` answers.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m) with n >= m: the vectors of the reflections below the diagonal.
    tau : Tensor
        Of shape (..., k) with k <= m: their factors.

    Returns
    -------
    Tensor
        Of shape (..., n, m).

    Raises
    ------
    ShapeError
        If the sizes do not fit.
    """
    vectors, factors = _reflections(A, tau, "householder_product")
    n, m = vectors.array.shape[-2:]
    if n < m:
        raise ShapeError(
            f"householder_product of vectors of shape {vectors.array.shape}",
            "more columns than rows", "pass (..., n, m) with n >= m: vectors[..., :n]",
        )  # fmt: skip
    one = expand(like(vectors, np.eye(n, m)), vectors.array.shape)
    if not factors.array.size:  # no reflection: a constant that belongs to the graph all the same
        return add(mul(vectors, 0.0), one)
    return _reflected(vectors, factors, one, False)


def ormqr(input: Any, tau: Any, other: Any, left: bool = True, transpose: bool = False) -> Any:
    """A product of reflections times a matrix: `Q other`, without making Q.

    Parameters
    ----------
    input, tau : Tensor
        What `geqrf` answers, of shapes (..., n, m) and (..., k).
    other : Tensor
        Of shape (..., n, p), or (..., p, n) with `left=False`.
    left : bool
        With False, `other Q`.
    transpose : bool
        Take Qᵀ.

    Raises
    ------
    ShapeError
        If the sizes do not fit.
    """
    vectors, factors = _reflections(input, tau, "ormqr")
    x = matrices(other, "ormqr")
    x = x if left else turn(x)
    if x.array.shape[-2] != vectors.array.shape[-2]:
        raise ShapeError(
            f"ormqr of shapes {vectors.array.shape} and {matrices(other, 'ormqr').array.shape}",
            "sizes that do not fit",
            "other has as many rows as input (as many columns with left=False)",
        )
    out = _reflected(vectors, factors, x, transpose if left else not transpose)
    return out if left else turn(out)


def _reflections(A: Any, tau: Any, asked: str) -> tuple[Handle, Handle]:
    vectors, factors = matrices(A, asked), as_handle(tau, asked)
    (*leading, n, m), shape = vectors.array.shape, factors.array.shape
    if not shape or shape[:-1] != tuple(leading) or shape[-1] > min(n, m):
        raise ShapeError(
            f"{asked} of vectors of shape {vectors.array.shape} and factors of shape {shape}",
            "sizes that do not fit", "pass (..., n, m), and (..., k) with k <= min(n, m)",
        )  # fmt: skip
    return vectors, factors


def _reflected(vectors: Handle, factors: Handle, x: Any, transpose: bool) -> Any:
    """`H₁ H₂ ... x`, or with transpose `... H₂ H₁ x`: each takes away its part along v."""
    n, count = vectors.array.shape[-2], factors.array.shape[-1]
    last = vectors.array.ndim - 1
    below = tril(vectors, -1)
    for i in range(count) if transpose else reversed(range(count)):
        v = add(NARROW.apply((below,), (last, i, 1)), like(vectors, np.eye(n, 1, -i)))
        factor = unsqueeze(NARROW.apply((factors,), (last - 1, i, 1)), -1)
        x = sub(x, mul(factor, matmul(v, matmul(turn(v), x))))
    return x
