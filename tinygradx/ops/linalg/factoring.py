"""Matrices taken apart: Cholesky, QR, singular values, eigenvalues."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, GraphError
from tinygradx.graph import Handle
from tinygradx.ops.diagonals import tril
from tinygradx.ops.elementary import add, div, mul, sub
from tinygradx.ops.joining import NARROW, cat
from tinygradx.ops.linalg.solving import SOLVE
from tinygradx.ops.linalg.words import (
    DIVERGED,
    INDEFINITE,
    LinAlgError,
    apart,
    by_numpy,
    columns,
    holds_any,
    identity,
    like,
    matrices,
    one_over,
    product,
    rows,
    side_by_side,
    square_matrices,
    turn,
    with_info,
)
from tinygradx.ops.structural import Structural, as_handle


class Cholesky(Structural):
    """The lower triangle L with `L Lᵀ = A`; the lower triangle of A is read.

    The share is `L⁻ᵀ Φ(Lᵀ g) L⁻¹`, made symmetric, where Φ takes the lower triangle with half of
    the diagonal (Murray, equation 10).
    """

    name = "cholesky"

    def forward(self, x: Any) -> Any:
        return by_numpy(np.linalg.cholesky, "cholesky", INDEFINITE, x)

    def pull(self, g: Any, y: Any) -> Any:
        n = y.array.shape[-1]
        weights = np.tril(np.ones((n, n)), -1) + 0.5 * np.eye(n)
        inside = mul(product(turn(y), tril(g)), like(y, weights))
        turned = SOLVE.apply((turn(y), inside), ())  # L⁻ᵀ Φ
        share = turn(SOLVE.apply((turn(y), turn(turned)), ()))  # ... L⁻¹
        return mul(add(share, turn(share)), 0.5)


class QR(Structural):
    """Q and R of tall or square matrices, side by side in each row: the rows of Q, then of Rᵀ...

    The parts lie one behind the other, flattened, in the last dimension. The share is
    `(gQ + Q copyltu(M)) R⁻ᵀ` with `M = R gRᵀ - gQᵀ Q`; copyltu mirrors the lower triangle (Walter
    and Lehmann, equation 2.8).
    """

    name = "qr"

    def forward(self, x: Any) -> Any:
        return side_by_side(by_numpy(np.linalg.qr, "qr", DIVERGED, x))

    def pull(self, g: Any, y: Any, x_shape: tuple[int, ...]) -> Any:
        m, n = x_shape[-2:]
        shapes = (m, n), (n, n)
        (gq, gr), (q, r) = apart(g, shapes), apart(y, shapes)
        inner = sub(product(r, turn(gr)), product(turn(gq), q))
        mirrored = add(tril(inner), turn(tril(inner, -1)))
        share = add(gq, product(q, mirrored))
        return turn(_solved(r, turn(share), "the gradient of qr"))


def _solved(a: Handle, b: Handle, asked: str) -> Any:
    """`solve`, whose refusal names the gradient that asked."""
    try:
        return SOLVE.apply((a, b), ())
    except LinAlgError:
        raise LinAlgError(
            asked, "a matrix without full rank", "the factors are not unique there; add a small "
            "ridge or leave out the dependent columns",
        ) from None  # fmt: skip


class SVD(Structural):
    """U, S and Vᵀ of `A = U diag(S) Vᵀ`, one behind the other in the last dimension.

    With k = min(n, m) columns in U and V. The share (Townsend, section 3) is
    `U ((F∘(Uᵀ gU - gUᵀ U)) S + S (F∘(Vᵀ gV - gVᵀ V)) + diag(gS)) Vᵀ`
    `+ (1 - U Uᵀ) gU S⁻¹ Vᵀ + U S⁻¹ gVᵀ (1 - V Vᵀ)`, with `F[i, j] = 1 / (S[j]² - S[i]²)` and 0 on
    the diagonal. It has no value where two of the singular values are equal, unless only S is used.
    """

    name = "svd"

    def forward(self, x: Any) -> Any:
        return side_by_side(by_numpy(np.linalg.svd, "svd", DIVERGED, x, full_matrices=False))

    def pull(self, g: Any, y: Any, x_shape: tuple[int, ...]) -> Any:
        n, m = x_shape[-2:]
        k = min(n, m)
        shapes = (n, k), (k,), (k, m)
        (gu, gs, gvh), (u, s, vh) = apart(g, shapes), apart(y, shapes)
        inner = mul(identity(s, k), columns(gs))
        only_values = not (holds_any(gu) or holds_any(gvh)) and not (
            gu.requires_grad or gvh.requires_grad
        )
        if only_values:
            return product(u, inner, vh)
        gaps = one_over(sub(columns(mul(s, s)), rows(mul(s, s))), k)
        ug, vg = product(turn(u), gu), product(vh, turn(gvh))
        inner = add(inner, mul(mul(gaps, sub(ug, turn(ug))), columns(s)))
        inner = add(inner, mul(rows(s), mul(gaps, sub(vg, turn(vg)))))
        share = product(u, inner, vh)
        if n > k:
            rest = sub(gu, product(u, ug))
            share = add(share, product(div(rest, columns(s)), vh))
        if m > k:
            rest = sub(gvh, product(turn(vg), vh))
            share = add(share, product(u, div(rest, rows(s))))
        return share


class Eigh(Structural):
    """The eigenvalues w, in order, and eigenvectors V of symmetric matrices, in the last dimension.

    The lower triangle is read, unless `upper`. The share is
    `V (diag(gw) + (Vᵀ gV) ∘ E) Vᵀ` with `E[i, j] = 1 / (w[j] - w[i])` and 0 on the diagonal (Giles,
    3.1), made symmetric. It has no value where two eigenvalues are equal, unless only the values
    are used.
    """

    name = "eigh"

    def forward(self, x: Any, upper: bool) -> Any:
        if not np.isfinite(x).all():  # NumPy would answer nan
            raise LinAlgError("eigh", "nan or inf in a matrix", "check with tinygradx.isfinite")
        return side_by_side(
            by_numpy(np.linalg.eigh, "eigh", DIVERGED, x, UPLO="U" if upper else "L")
        )

    def pull(self, g: Any, y: Any, x_shape: tuple[int, ...]) -> Any:
        n = x_shape[-1]
        shapes = (n,), (n, n)
        (gw, gv), (w, v) = apart(g, shapes), apart(y, shapes)
        inner = mul(identity(w, n), columns(gw))
        if holds_any(gv) or gv.requires_grad:
            gaps = one_over(sub(columns(w), rows(w)), n)
            inner = add(inner, mul(gaps, product(turn(v), gv)))
        share = product(v, inner, turn(v))
        return mul(add(share, turn(share)), 0.5)


class Complement(Structural):
    """The rest of an orthonormal basis, whose first columns are given.

    Any rotation of the rest is as good, so nothing of it has a gradient.
    """

    name = "complement"

    def forward(self, x: Any, rest: Any) -> Any:
        return rest.copy()

    def pull(self, g: Any, x_shape: tuple[int, ...], rest: Any) -> Any:
        if holds_any(g):
            raise GraphError(
                "a gradient through the rest of a basis (full_matrices=True, or mode='complete')",
                "columns that are not determined by the matrix",
                "use full_matrices=False, or mode='reduced'",
            )
        return like(g, np.zeros(x_shape))


CHOLESKY, QR_PARTS, SVD_PARTS, EIGH_PARTS = Cholesky(), QR(), SVD(), Eigh()
COMPLEMENT = Complement()


class CholeskyEx(NamedTuple):
    """What `cholesky_ex` answers."""

    L: Any
    info: Any


def cholesky_ex(A: Any, *, upper: bool = False, check_errors: bool = False) -> Any:
    """`cholesky` that does not raise.

    Returns
    -------
    CholeskyEx
        A pair `(L, info)`; info is the size of the first leading part that has no factor, or 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.cholesky_ex(tgx.tensor([[1.0, 0.0], [0.0, -1.0]])).info
    tensor(2, dtype=tinygradx.int32)
    """
    x = square_matrices(A, "cholesky_ex")
    return CholeskyEx(
        *with_info(x, lambda a: cholesky(a, upper=upper), np.linalg.cholesky, check_errors)
    )


def cholesky(A: Any, *, upper: bool = False) -> Any:
    """The lower triangle L with `L Lᵀ = A`, for symmetric, positive definite matrices.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, n); only the lower triangle (with `upper`, the upper one) is read.
    upper : bool
        Answer the upper triangle `Lᵀ`.

    Raises
    ------
    LinAlgError
        If a matrix is not positive definite.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.cholesky(tgx.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    x = square_matrices(A, "cholesky")
    return turn(CHOLESKY.apply((turn(x),), ())) if upper else CHOLESKY.apply((x,), ())


class QRResult(NamedTuple):
    """What `qr` answers: orthonormal columns, and an upper triangle."""

    Q: Any
    R: Any


def qr(A: Any, mode: str = "reduced") -> Any:
    """Orthonormal columns Q and an upper triangle R with `Q R = A`.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m), of floats.
    mode : {"reduced", "complete", "r"}
        min(n, m) columns of Q, n columns, or R alone (Q is empty then).

    Returns
    -------
    QRResult
        A pair `(Q, R)`.

    Raises
    ------
    LinAlgError
        On the way back, if the first min(n, m) columns are dependent.
    """
    x = matrices(A, "qr")
    if mode not in ("reduced", "complete", "r"):
        raise ArgumentError(f"qr with mode={mode!r}", "no such mode", "use reduced, complete or r")
    n, m = x.array.shape[-2:]
    if n < m:
        # R is Qᵀ A, and Q that of the first columns.
        first, others = (
            NARROW.apply((x,), (x.array.ndim - 1, start, size))
            for start, size in ((0, n), (n, m - n))
        )
        q, r = apart(QR_PARTS.apply((first,), ()), ((n, n), (n, n)))
        r = cat([r, product(turn(q), others)], -1)
    else:
        q, r = apart(QR_PARTS.apply((x,), ()), ((n, m), (m, m)))
    if mode == "complete" and n > m:
        q, r = _completed(x, q, r)
    if mode == "r":
        q = like(x, np.zeros(0))
    return QRResult(q, r)


def _completed(x: Handle, q: Any, r: Any) -> tuple[Any, Any]:
    """Q with the rest of its basis, R with rows of zeros."""
    n, m = x.array.shape[-2:]
    whole = np.linalg.qr(x.array, "complete")[0]
    rest = COMPLEMENT.apply((q,), (whole[..., m:],))
    zeros = like(x, np.zeros((*x.array.shape[:-2], n - m, m)))
    return cat([q, rest], -1), cat([r, zeros], -2)


class SVDResult(NamedTuple):
    """What `linalg.svd` answers: `A = U diag(S) Vh`."""

    U: Any
    S: Any
    Vh: Any


def svd(A: Any, full_matrices: bool = True, *, driver: str | None = None) -> Any:
    """The singular values S, the largest first, and the bases U and V of `A = U diag(S) Vᵀ`.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m), of floats.
    full_matrices : bool
        Whether U and Vh are square, filled up with a rest that has no gradient.
    driver : str, optional
        Taken for PyTorch's sake.

    Returns
    -------
    SVDResult
        A triple `(U, S, Vh)`; of shapes (..., n, k), (..., k), (..., k, m) with k = min(n, m) for
        `full_matrices=False`.

    Notes
    -----
    U and V are unique up to the sign of each pair of columns, if no two singular values are equal;
    otherwise their gradients have no value. Those of S do.
    """
    x = matrices(A, "svd")
    n, m = x.array.shape[-2:]
    k = min(n, m)
    u, s, vh = apart(SVD_PARTS.apply((x,), ()), ((n, k), (k,), (k, m)))
    if full_matrices and n != m:
        whole_u, _, whole_vh = np.linalg.svd(x.array)
        if n > k:
            u = cat([u, COMPLEMENT.apply((u,), (whole_u[..., k:],))], -1)
        if m > k:
            vh = cat([vh, COMPLEMENT.apply((vh,), (whole_vh[..., k:, :],))], -2)
    return SVDResult(u, s, vh)


def svdvals(A: Any, *, driver: str | None = None) -> Any:
    """The singular values of matrices, the largest first.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.svdvals(tgx.tensor([[3.0, 0.0], [0.0, -4.0]]))
    tensor([4., 3.])
    """
    return svd(matrices(A, "svdvals"), False).S


class OldSVDResult(NamedTuple):
    """What `tinygradx.svd` answers: `input = U diag(S) Vᵀ`."""

    U: Any
    S: Any
    V: Any


def old_svd(input: Any, some: bool = True, compute_uv: bool = True) -> Any:
    """PyTorch's older `svd`, which answers V instead of its transpose: see `linalg.svd`.

    Parameters
    ----------
    input : Tensor
        Of shape (..., n, m), of floats.
    some : bool
        Only min(n, m) columns of U and V.
    compute_uv : bool
        False for zeros in place of U and V.
    """
    u, s, vh = svd(input, not some and compute_uv)
    if not compute_uv:
        n, m = as_handle(input, "svd").array.shape[-2:]
        leading = s.array.shape[:-1]
        u, vh = like(s, np.zeros((*leading, n, n))), like(s, np.zeros((*leading, m, m)))
    return OldSVDResult(u, s, turn(vh))


def old_qr(input: Any, some: bool = True) -> Any:
    """PyTorch's older `qr`: `some=False` is mode="complete". See `linalg.qr`."""
    return qr(input, "reduced" if some else "complete")


def old_cholesky(input: Any, upper: bool = False) -> Any:
    """PyTorch's older `cholesky`: see `linalg.cholesky`."""
    return cholesky(input, upper=upper)


class EighResult(NamedTuple):
    """What `eigh` answers: eigenvalues in order, and eigenvectors as columns."""

    eigenvalues: Any
    eigenvectors: Any


def eigh(A: Any, UPLO: str = "L") -> Any:
    """The eigenvalues, in order, and eigenvectors of symmetric matrices.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, n), of floats.
    UPLO : {"L", "U"}
        Which triangle is read; A is taken to be symmetric.

    Returns
    -------
    EighResult
        A pair `(eigenvalues, eigenvectors)`.

    Notes
    -----
    Eigenvectors are unique up to their sign, if no two eigenvalues are equal; otherwise their
    gradients have no value. Those of the eigenvalues do.
    """
    x = square_matrices(A, "eigh")
    if UPLO.upper() not in ("L", "U"):
        raise ArgumentError(f"eigh with UPLO={UPLO!r}", "no such triangle", 'use "L" or "U"')
    n = x.array.shape[-1]
    return EighResult(*apart(EIGH_PARTS.apply((x,), (UPLO.upper() == "U",)), ((n,), (n, n))))


def eigvalsh(A: Any, UPLO: str = "L") -> Any:
    """The eigenvalues of symmetric matrices, in order: see `eigh`."""
    return eigh(A, UPLO).eigenvalues
