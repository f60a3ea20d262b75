"""Linear algebra: solving, inverting and taking matrices apart.

Forward is NumPy's (LAPACK). The ways back are matrix formulas, written in operations of the
catalogue, so that they can be differentiated again. Sources:

- M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
  differentiation" (2008): inverse, determinant, solve, Cholesky, eigenvalues, singular values.
- I. Murray, "Differentiation of the Cholesky decomposition" (2016).
- S. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions" (2010): QR.
- J. Townsend, "Differentiating the singular value decomposition" (2016).
- G. Golub and V. Pereyra, "The differentiation of pseudo-inverses" (1973).
- N. Higham, "The scaling and squaring method for the matrix exponential revisited" (2005); its
  way back by R. Mathias, "A chain rule for matrix functions and applications" (1996).

All take stacks of matrices, of shape (..., n, m). A factorisation is one node that holds its parts
side by side; the parts are views of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError, TeachingError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.diagonals import diagonal as any_diagonal
from tinygradx.ops.diagonals import tril, triu
from tinygradx.ops.distances import vector_norm
from tinygradx.ops.elementary import absolute, add, div, mul, neg, sub, where
from tinygradx.ops.indexing import GETITEM
from tinygradx.ops.products import MATMUL, matmul
from tinygradx.ops.products import cross as any_cross
from tinygradx.ops.reductions import amax, amin, numpy_names
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import (
    NARROW,
    PERMUTE,
    RESHAPE,
    broadcast_shapes,
    cat,
    expand,
    permute,
    reshape,
    squeeze,
    to_dtype,
    unsqueeze,
)
from tinygradx.ops.structural import Structural, as_handle, whole_dim


class LinAlgError(TeachingError, RuntimeError, np.linalg.LinAlgError):
    """A matrix that has no such answer: singular, not positive definite, not converged."""


# ---- small words --------------------------------------------------------------------------------


def _t(x: Handle) -> Any:
    """Each matrix transposed."""
    n = x.array.ndim
    return PERMUTE.apply((x,), ((*range(n - 2), n - 1, n - 2),))


def _mm(*factors: Any) -> Any:
    """The product of stacks of matrices."""
    out = factors[0]
    for factor in factors[1:]:
        out = MATMUL.apply((out, factor), ())
    return out


def _like(x: Handle, array: Any) -> Any:
    """A constant in the dtype of x."""
    return wrap(x.result_class, np.asarray(array, x.array.dtype))


def _eye(x: Handle, n: int) -> Any:
    return _like(x, np.eye(n))


def _columns(x: Any) -> Any:
    """A vector as a row that scales the columns of a matrix."""
    return unsqueeze(x, -2)


def _rows(x: Any) -> Any:
    """A vector as a column that scales the rows of a matrix."""
    return unsqueeze(x, -1)


# ---- what goes in -------------------------------------------------------------------------------


def matrices(input: Any, asked: str) -> Handle:
    """A stack of matrices of floats, or an error."""
    x = as_handle(input, asked)
    if x.array.ndim < 2:
        raise ShapeError(
            f"{asked} of a tensor of shape {x.array.shape}", "no matrix",
            "pass at least two dimensions: (..., n, m)",
        )  # fmt: skip
    if x.array.dtype.kind != "f":
        raise DtypeError(
            f"{asked} of {x.array.dtype}", "no floats", f"convert first: {asked}(x.float())"
        )
    return x


def square_matrices(input: Any, asked: str) -> Handle:
    """A stack of square matrices of floats, or an error."""
    x = matrices(input, asked)
    n, m = x.array.shape[-2:]
    if n != m:
        raise ShapeError(
            f"{asked} of matrices of shape {(n, m)}", "they are not square",
            "pass (..., n, n); pinv and lstsq take any",
        )  # fmt: skip
    return x


def _numpy(of: Callable[..., Any], asked: str, why: str, *arrays: Any, **how: Any) -> Any:
    """NumPy's answer, or its refusal in our words."""
    got, _, do = why.partition(": ")
    try:
        with np.errstate(all="ignore"):
            return of(*arrays, **how)
    except np.linalg.LinAlgError:
        raise LinAlgError(asked, f"{got} ({_which(arrays[0], of)})", do) from None


def _which(array: Any, of: Callable[..., Any]) -> str:
    """The first matrix of a stack that has no answer, in words."""
    of = np.linalg.inv if of is np.linalg.solve else of
    for place in np.ndindex(array.shape[:-2]):
        if not _has_answer(of, array[place]):
            at = f"number {place if len(place) > 1 else place[0]} of the stack" if place else "it"
            return f"{at} has rank {_rank(array[place])} of {min(array.shape[-2:])}"
    return "one of the stack"


def _rank(array: Any) -> Any:
    try:
        return int(np.linalg.matrix_rank(array))
    except np.linalg.LinAlgError:  # nan or inf in it
        return "unknown"


SINGULAR = "a singular matrix: add a small ridge, A + 1e-6 * tinygradx.eye(n), or use pinv or lstsq"
INDEFINITE = (
    "a matrix that is not positive definite: "
    "make it symmetric, (A + A.mT) / 2, and add a small ridge, A + 1e-6 * tinygradx.eye(n)"
)
DIVERGED = "no convergence, as with nan or inf in it: check with tinygradx.isfinite(A).all()"


# ---- operations ---------------------------------------------------------------------------------


class Inv(Structural):
    """The inverse. Its share is `-Yᵀ g Yᵀ` (Giles, 2.2.3)."""

    name = "inv"

    def forward(self, x: Any) -> Any:
        return _numpy(np.linalg.inv, "inv", SINGULAR, x)

    def pull(self, g: Any, y: Any) -> Any:
        return neg(_mm(_t(y), g, _t(y)))


class Solve(Structural):
    """The solution X of `A X = B`. Shares: `A⁻ᵀ g` for B, and that times `-Xᵀ` for A."""

    name = "solve"
    inputs = ("a", "b")

    def forward(self, a: Any, b: Any) -> Any:
        return _numpy(np.linalg.solve, "solve", SINGULAR, a, b)

    def pull(self, g: Any, a: Any, y: Any) -> Any:
        share = SOLVE.apply((_t(a), g), ())
        return neg(_mm(share, _t(y))), share


class Det(Structural):
    """The determinant. Its share is g times the matrix of cofactors, which a singular one has too.

    For arrays these come from the singular values: `det(U) det(V) U diag(products of the other
    values) Vᵀ`. To be differentiated again they are `det · A⁻ᵀ`, or determinants themselves (of A
    without a row and a column) where A is close to singular.
    """

    name = "det"

    def forward(self, x: Any) -> Any:
        return np.asarray(_numpy(np.linalg.det, "det", DIVERGED, x))

    def pull(self, g: Any, x: Any, y: Any) -> Any:
        if _far_from_singular(x.array):
            cofactors = mul(_rows(_rows(y)), _t(INV.apply((x,), ())))
        else:
            cofactors = _cofactors(x)
        return mul(_rows(_rows(g)), cofactors)

    def pull_arrays(self, g: Any, x: Any, y: Any) -> Any:
        u, s, vh = _numpy(np.linalg.svd, "the gradient of det", DIVERGED, x, full_matrices=False)
        n = x.shape[-1]
        others = np.ones_like(s)
        for i in range(n):
            others[..., i] = np.prod(np.delete(s, i, -1), -1)
        turn = np.linalg.det(u) * np.linalg.det(vh)
        return (g * turn)[..., None, None] * np.matmul(u * others[..., None, :], vh)


def _far_from_singular(array: Any) -> bool:
    """Whether an inverse has digits to go by: the condition is below 1e8 (1e4 for float32)."""
    if not array.size:
        return True
    s = np.linalg.svd(array, compute_uv=False)
    return bool((s[..., -1] > s[..., 0] * math.sqrt(np.finfo(array.dtype).eps)).all())


def _cofactors(x: Handle) -> Any:
    """For each element the determinant of the matrix without its row and column, with its sign."""
    n = x.array.shape[-1]
    if n == 1:
        return add(mul(x, 0.0), 1.0)
    left = np.array([np.delete(np.arange(n), i) for i in range(n)])
    rows = left[:, None, :, None], left[None, :, None, :]
    minors = GETITEM.apply((x,), ((Ellipsis, *np.broadcast_arrays(*rows)),))
    signs = np.where(np.add.outer(np.arange(n), np.arange(n)) % 2, -1.0, 1.0)
    return mul(DET.apply((minors,), ()), _like(x, signs))


class Logabsdet(Structural):
    """log(abs(det)), which overflows later than det. Its share is `g A⁻ᵀ` (Giles, 2.2.4)."""

    name = "logabsdet"

    def forward(self, x: Any) -> Any:
        return np.asarray(_numpy(np.linalg.slogdet, "slogdet", DIVERGED, x)[1])

    def pull(self, g: Any, x: Any) -> Any:
        return mul(_rows(_rows(g)), _t(INV.apply((x,), ())))


class DetSign(Structural):
    """The sign of the determinant; it changes nowhere but where it is 0."""

    name = "det_sign"

    def forward(self, x: Any) -> Any:
        return np.asarray(_numpy(np.linalg.slogdet, "slogdet", DIVERGED, x)[0])

    def pull(self, g: Any, x_shape: tuple[int, ...]) -> Any:
        return _like(g, np.zeros(x_shape))


class Cholesky(Structural):
    """The lower triangle L with `L Lᵀ = A`; the lower triangle of A is read.

    The share is `L⁻ᵀ Φ(Lᵀ g) L⁻¹`, made symmetric, where Φ takes the lower triangle with half of
    the diagonal (Murray, equation 10).
    """

    name = "cholesky"

    def forward(self, x: Any) -> Any:
        return _numpy(np.linalg.cholesky, "cholesky", INDEFINITE, x)

    def pull(self, g: Any, y: Any) -> Any:
        n = y.array.shape[-1]
        weights = np.tril(np.ones((n, n)), -1) + 0.5 * np.eye(n)
        inside = mul(_mm(_t(y), tril(g)), _like(y, weights))
        turned = SOLVE.apply((_t(y), inside), ())  # L⁻ᵀ Φ
        share = _t(SOLVE.apply((_t(y), _t(turned)), ()))  # ... L⁻¹
        return mul(add(share, _t(share)), 0.5)


class QR(Structural):
    """Q and R of tall or square matrices, side by side in each row: the rows of Q, then of Rᵀ...

    The parts lie one behind the other, flattened, in the last dimension. The share is
    `(gQ + Q copyltu(M)) R⁻ᵀ` with `M = R gRᵀ - gQᵀ Q`; copyltu mirrors the lower triangle (Walter
    and Lehmann, equation 2.8).
    """

    name = "qr"

    def forward(self, x: Any) -> Any:
        return _side_by_side(_numpy(np.linalg.qr, "qr", DIVERGED, x))

    def pull(self, g: Any, y: Any, x_shape: tuple[int, ...]) -> Any:
        m, n = x_shape[-2:]
        shapes = (m, n), (n, n)
        (gq, gr), (q, r) = _apart(g, shapes), _apart(y, shapes)
        inner = sub(_mm(r, _t(gr)), _mm(_t(gq), q))
        mirrored = add(tril(inner), _t(tril(inner, -1)))
        share = add(gq, _mm(q, mirrored))
        return _t(_solved(r, _t(share), "the gradient of qr"))


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
        return _side_by_side(_numpy(np.linalg.svd, "svd", DIVERGED, x, full_matrices=False))

    def pull(self, g: Any, y: Any, x_shape: tuple[int, ...]) -> Any:
        n, m = x_shape[-2:]
        k = min(n, m)
        shapes = (n, k), (k,), (k, m)
        (gu, gs, gvh), (u, s, vh) = _apart(g, shapes), _apart(y, shapes)
        inner = mul(_eye(s, k), _columns(gs))
        only_values = not (_any(gu) or _any(gvh)) and not (gu.requires_grad or gvh.requires_grad)
        if only_values:
            return _mm(u, inner, vh)
        gaps = _one_over(sub(_columns(mul(s, s)), _rows(mul(s, s))), k)
        ug, vg = _mm(_t(u), gu), _mm(vh, _t(gvh))
        inner = add(inner, mul(mul(gaps, sub(ug, _t(ug))), _columns(s)))
        inner = add(inner, mul(_rows(s), mul(gaps, sub(vg, _t(vg)))))
        share = _mm(u, inner, vh)
        if n > k:
            rest = sub(gu, _mm(u, ug))
            share = add(share, _mm(div(rest, _columns(s)), vh))
        if m > k:
            rest = sub(gvh, _mm(_t(vg), vh))
            share = add(share, _mm(u, div(rest, _rows(s))))
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
        return _side_by_side(
            _numpy(np.linalg.eigh, "eigh", DIVERGED, x, UPLO="U" if upper else "L")
        )

    def pull(self, g: Any, y: Any, x_shape: tuple[int, ...]) -> Any:
        n = x_shape[-1]
        shapes = (n,), (n, n)
        (gw, gv), (w, v) = _apart(g, shapes), _apart(y, shapes)
        inner = mul(_eye(w, n), _columns(gw))
        if _any(gv) or gv.requires_grad:
            gaps = _one_over(sub(_columns(w), _rows(w)), n)
            inner = add(inner, mul(gaps, _mm(_t(v), gv)))
        share = _mm(v, inner, _t(v))
        return mul(add(share, _t(share)), 0.5)


class Pinv(Structural):
    """The pseudo-inverse P (Moore and Penrose), by singular values above a bound.

    The share is `-Pᵀ g Pᵀ + (1 - A P) gᵀ P Pᵀ + Pᵀ P gᵀ (1 - P A)` (from Golub and Pereyra,
    equation 4.12), which holds where the rank does not change.
    """

    name = "pinv"

    def forward(self, x: Any, atol: Any, rtol: Any, hermitian: bool) -> Any:
        if hermitian:
            x = np.tril(x) + np.tril(x, -1).swapaxes(-1, -2)
        if not x.size:
            return np.zeros((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype)
        u, s, vh = _numpy(np.linalg.svd, "pinv", DIVERGED, x, full_matrices=False)
        kept = s > _bound(s, atol, rtol)
        over = np.where(kept, 1.0 / np.where(kept, s, 1.0), 0.0).astype(x.dtype)
        return np.matmul(vh.swapaxes(-1, -2) * over[..., None, :], u.swapaxes(-1, -2))

    def pull(self, g: Any, x: Any, y: Any) -> Any:
        gt, pt = _t(g), _t(y)
        left, right = _mm(gt, y, pt), _mm(pt, y, gt)
        share = neg(_mm(pt, g, pt))
        share = add(share, sub(left, _mm(x, y, left)))
        return add(share, sub(right, _mm(right, y, x)))


def _bound(s: Any, atol: Any, rtol: Any) -> Any:
    """What singular values must be above to count, for each matrix."""
    return np.maximum(atol, rtol * s.max(-1, keepdims=True))


class MatrixExp(Structural):
    """The exponential, by Padé's approximation of order 13 after scaling (Higham).

    The share is the upper right block of `exp([[Aᵀ, g], [0, Aᵀ]])` (Mathias).
    """

    name = "matrix_exp"

    def forward(self, x: Any) -> Any:
        return _exponential(x)

    def pull(self, g: Any, x: Any) -> Any:
        n = x.array.shape[-1]
        turned = _t(x)
        above = cat([turned, expand(g, x.array.shape)], -1)
        below = cat([mul(turned, 0.0), turned], -1)
        whole = MATRIX_EXP.apply((cat([above, below], -2),), ())
        last = whole.array.ndim - 1
        return NARROW.apply((NARROW.apply((whole,), (last - 1, 0, n)),), (last, n, n))


#: Higham's coefficients of Padé's approximation of order 13, and the norm up to which it is exact
#: to the last digit of float64.
PADE = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0,
    129060195264000.0, 10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0,
    960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip
PADE_NORM = 5.371920351148152


def _exponential(x: Any) -> Any:
    """exp of each matrix, computed in float64."""
    a = x.astype(np.float64).reshape(-1, *x.shape[-2:])
    if not a.size:
        return x.copy()
    if not np.isfinite(a).all():
        raise LinAlgError("matrix_exp", "nan or inf in a matrix", "check with tinygradx.isfinite")
    norms = np.abs(a).sum(-2).max(-1)
    with np.errstate(divide="ignore"):
        halvings = np.maximum(0, np.ceil(np.log2(norms / PADE_NORM))).astype(int)
    a = a / (2.0**halvings)[:, None, None]
    one = np.eye(a.shape[-1])
    a2 = a @ a
    a4 = a2 @ a2
    a6 = a4 @ a2
    b = PADE
    odd = (
        a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * one
    )
    even = (
        a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * one
    )
    odd = a @ odd
    out = np.linalg.solve(even - odd, even + odd)
    for step in range(halvings.max()):
        still = halvings > step
        out[still] = out[still] @ out[still]
    return out.reshape(x.shape).astype(x.dtype)


class Complement(Structural):
    """The rest of an orthonormal basis, whose first columns are given.

    Any rotation of the rest is as good, so nothing of it has a gradient.
    """

    name = "complement"

    def forward(self, x: Any, rest: Any) -> Any:
        return rest.copy()

    def pull(self, g: Any, x_shape: tuple[int, ...], rest: Any) -> Any:
        if _any(g):
            raise GraphError(
                "a gradient through the rest of a basis (full_matrices=True, or mode='complete')",
                "columns that are not determined by the matrix",
                "use full_matrices=False, or mode='reduced'",
            )
        return _like(g, np.zeros(x_shape))


INV, SOLVE, DET, DET_SIGN, LOGABSDET = Inv(), Solve(), Det(), DetSign(), Logabsdet()
CHOLESKY, QR_PARTS, SVD_PARTS, EIGH_PARTS = Cholesky(), QR(), SVD(), Eigh()
PINV, MATRIX_EXP, COMPLEMENT = Pinv(), MatrixExp(), Complement()


def _any(g: Handle) -> bool:
    return bool(np.any(g.array))


def _one_over(gaps: Any, n: int) -> Any:
    """One over each gap, and 0 on the diagonal."""
    one = _like(gaps, np.eye(n))
    return sub(div(1.0, add(gaps, one)), one)


def _side_by_side(parts: Any) -> Any:
    """Arrays with the same leading sizes, flattened, one behind the other."""
    ndim = max(p.ndim for p in parts) - 2
    flat = [p.reshape(*p.shape[:ndim], math.prod(p.shape[ndim:])) for p in parts]
    return np.concatenate(flat, -1)


def _apart(packed: Any, shapes: tuple[tuple[int, ...], ...]) -> list[Any]:
    """The parts of `_side_by_side`, as views."""
    *leading, _ = packed.array.shape
    last, start, parts = len(leading), 0, []
    for shape in shapes:
        size = math.prod(shape)
        piece = NARROW.apply((packed,), (last, start, size))
        parts.append(RESHAPE.apply((piece,), ((*leading, *shape),)))
        start += size
    return parts


# ---- solving and inverting ----------------------------------------------------------------------


def inv(A: Any) -> Any:
    """The inverse of square matrices.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, n), of floats.

    Raises
    ------
    LinAlgError
        If a matrix is singular.
    ShapeError
        If they are not square.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.inv(tgx.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])

    Notes
    -----
    To multiply by an inverse, `solve` is faster and loses fewer digits.
    """
    return INV.apply((square_matrices(A, "inv"),), ())


def solve(A: Any, B: Any, *, left: bool = True) -> Any:
    """The solution X of `A X = B`, or with `left=False` of `X A = B`.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, n), of floats.
    B : Tensor
        Of shape (..., n, k); or (n,) or (..., n), with the leading sizes of A, for vectors.
    left : bool
        On which side A stands.

    Raises
    ------
    LinAlgError
        If a matrix is singular.
    ShapeError
        If the sizes do not fit.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.solve(tgx.tensor([[2.0, 0.0], [0.0, 4.0]]), tgx.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    a, b = square_matrices(A, "solve"), as_handle(B, "solve")
    if b.array.dtype != a.array.dtype:
        raise DtypeError(
            f"solve of {a.array.dtype} with {b.array.dtype}", "two dtypes", "convert one of them"
        )
    shape = b.array.shape
    vector = len(shape) == 1 or (len(shape) == a.array.ndim - 1 and shape == a.array.shape[:-1])
    if vector:
        b = unsqueeze(b, -1)
    elif not left:
        a, b = _t(a), _t(b)
    if b.array.ndim < 2 or b.array.shape[-2] != a.array.shape[-1]:
        raise ShapeError(
            f"solve of shapes {as_handle(A, 'solve').array.shape} and {shape}",
            "sizes that do not fit",
            "B has as many rows as A (as many columns with left=False)",
        )
    if a.array.shape[:-2] != b.array.shape[:-2]:
        leading = broadcast_shapes(a.array.shape[:-2], b.array.shape[:-2])
        a = expand(a, (*leading, *a.array.shape[-2:]))
        b = expand(b, (*leading, *b.array.shape[-2:]))
    out = SOLVE.apply((a, b), ())
    if vector:
        return squeeze(out, -1)
    return out if left else _t(out)


def solve_triangular(
    A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Any:
    """The solution X of `A X = B` for triangular A; the other triangle is not looked at.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, n).
    B : Tensor
        Of shape (..., n, k).
    upper : bool
        Which triangle of A is read.
    left : bool
        With False, `X A = B` is solved.
    unitriangular : bool
        Take the diagonal of A to be 1.

    Raises
    ------
    LinAlgError
        If there is a 0 on the diagonal.
    """
    a, b = square_matrices(A, "solve_triangular"), matrices(B, "solve_triangular")
    n = a.array.shape[-1]
    a = triu(a, int(unitriangular)) if upper else tril(a, -int(unitriangular))
    if unitriangular:
        a = add(a, _eye(a, n))
    return solve(a, b, left=left)


def cholesky_solve(B: Any, L: Any, upper: bool = False) -> Any:
    """The solution X of `A X = B`, given the Cholesky factor of A.

    Parameters
    ----------
    B : Tensor
        Of shape (..., n, k).
    L : Tensor
        What `cholesky` answers; with `upper=True` its transpose.
    upper : bool
        Which of the two is given.
    """
    factor = square_matrices(L, "cholesky_solve")
    factor = _t(factor) if upper else factor
    half = solve_triangular(factor, B, upper=False)
    return solve_triangular(_t(factor), half, upper=True)


def cholesky_inverse(L: Any, upper: bool = False) -> Any:
    """The inverse of A, given its Cholesky factor: see `cholesky_solve`."""
    factor = square_matrices(L, "cholesky_inverse")
    n = factor.array.shape[-1]
    one = expand(_eye(factor, n), factor.array.shape)
    return cholesky_solve(one, factor, upper)


def pinv(
    A: Any, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Any:
    """The pseudo-inverse (Moore and Penrose).

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m), of floats.
    rcond, rtol : float or Tensor, optional
        Singular values up to so much of the largest count as 0; `max(n, m)` times the resolution
        of the dtype when left out (0 if `atol` is given). `rcond` is the older name.
    hermitian : bool
        That A is symmetric; only the lower triangle is read then.
    atol : float or Tensor, optional
        Singular values up to this count as 0.

    Returns
    -------
    Tensor
        Of shape (..., m, n).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.pinv(tgx.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    x = matrices(A, "pinv")
    if hermitian:
        square_matrices(x, "pinv")
    bounds = _tolerances(x, atol, rcond if rtol is None else rtol)
    return PINV.apply((x,), (*bounds, hermitian))


def _tolerances(x: Handle, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """The absolute and the relative bound for singular values, with PyTorch's defaults.

    A tensor has one for each matrix.
    """
    least, share = (b.array[..., None] if isinstance(b, Handle) else b for b in (atol, rtol))
    if least is None:
        least = 0.0
    if share is None:
        share = max(x.array.shape[-2:]) * float(np.finfo(x.array.dtype).eps)
        share = (
            np.where(least > 0.0, 0.0, share)
            if isinstance(least, np.ndarray)
            else (0.0 if least > 0.0 else share)
        )
    return least, share


class Lstsq(NamedTuple):
    """What `lstsq` answers."""

    solution: Any
    residuals: Any
    rank: Any
    singular_values: Any


def lstsq(A: Any, B: Any, rcond: Any = None, *, driver: str | None = None) -> Any:
    """The X that makes the sum of squares of `A X - B` least, and the shortest such X.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m), of floats.
    B : Tensor
        Of shape (..., n, k), or (..., n) for vectors.
    rcond : float, optional
        Singular values up to so much of the largest count as 0.
    driver : str, optional
        All answers come from singular values; the driver only says which are given, as in PyTorch:
        with None or "gelsy" no residuals, with "gels" no rank, with "gelss" and "gelsd" all four.

    Returns
    -------
    Lstsq
        `(solution, residuals, rank, singular_values)`, empty where not given. The residuals, one
        sum of squares for each column of B, are there where n > m and the rank is m. Only the
        solution and they have gradients.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> A = tgx.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> tgx.linalg.lstsq(A, tgx.tensor([[1.0], [3.0], [5.0]])).solution
    tensor([[1.0000],
            [2.0000]])
    """
    a, b = matrices(A, "lstsq"), as_handle(B, "lstsq")
    vector = b.array.ndim == 1 or (
        b.array.ndim == a.array.ndim - 1 and b.array.shape == a.array.shape[:-1]
    )
    b = unsqueeze(b, -1) if vector else b
    n, m = a.array.shape[-2:]
    if b.array.shape[-2] != n:
        raise ShapeError(
            f"lstsq of shapes {a.array.shape} and {b.array.shape}", "sizes that do not fit",
            "B has as many rows as A",
        )  # fmt: skip
    bounds = _tolerances(a, None, rcond)
    solution = matmul(PINV.apply((a,), (*bounds, False)), b)
    s = np.linalg.svd(a.array, compute_uv=False) if a.array.size else np.zeros((0,), a.array.dtype)
    ranks = np.asarray((s > _bound(s, *bounds)).sum(-1) if s.size else 0, np.int64)
    rest = sub(matmul(a, solution), b)
    full = n > m and driver not in (None, "gelsy") and bool((ranks == m).all())
    residuals = (
        total(mul(rest, rest), -2) if full else NARROW.apply((reshape(rest, -1),), (0, 0, 0))
    )
    return Lstsq(
        squeeze(solution, -1) if vector else solution,
        residuals,
        wrap(a.result_class, np.zeros(0, np.int64) if driver == "gels" else ranks),
        _like(a, s if driver in ("gelss", "gelsd") else np.zeros(0)),
    )


class InvEx(NamedTuple):
    """What `inv_ex` answers."""

    inverse: Any
    info: Any


class SolveEx(NamedTuple):
    """What `solve_ex` answers."""

    result: Any
    info: Any


class CholeskyEx(NamedTuple):
    """What `cholesky_ex` answers."""

    L: Any
    info: Any


def _with_info(
    x: Handle, compute: Callable[[Any], Any], of: Callable[..., Any], check_errors: bool
) -> tuple[Any, Any]:
    """An answer for each matrix, nan where there is none, and an int32 that is not 0 there."""
    info = np.zeros(x.array.shape[:-2], np.int32)
    try:
        out = compute(x)
    except LinAlgError:
        if check_errors:
            raise
        for place in np.ndindex(info.shape):
            info[place] = _first_bad_minor(x.array[place], of)
        bad = wrap(x.result_class, (info > 0)[..., None, None])
        out = where(bad, math.nan, compute(where(bad, _eye(x, x.array.shape[-1]), x)))
    return out, wrap(x.result_class, info)


def _first_bad_minor(matrix: Any, of: Callable[..., Any]) -> int:
    """0 if a matrix has an answer, else the size of its smallest leading part that has none."""
    whole = len(matrix)
    if _has_answer(of, matrix):
        return 0
    return next((k for k in range(1, whole) if not _has_answer(of, matrix[:k, :k])), whole)


def _has_answer(of: Callable[..., Any], matrix: Any) -> bool:
    try:
        of(matrix)
    except np.linalg.LinAlgError:
        return False
    return True


def inv_ex(A: Any, *, check_errors: bool = False) -> Any:
    """`inv` that does not raise: a pair `(inverse, info)`, nan and not 0 for a singular matrix."""
    return InvEx(*_with_info(square_matrices(A, "inv_ex"), inv, np.linalg.inv, check_errors))


def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> Any:
    """`solve` that does not raise: a pair `(result, info)`, nan and not 0 for a singular matrix."""
    x = square_matrices(A, "solve_ex")
    return SolveEx(*_with_info(x, lambda a: solve(a, B, left=left), np.linalg.inv, check_errors))


def cholesky_ex(A: Any, *, upper: bool = False, check_errors: bool = False) -> Any:
    """`cholesky` that does not raise: a pair `(L, info)`; info is the first bad leading minor.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.cholesky_ex(tgx.tensor([[1.0, 0.0], [0.0, -1.0]])).info
    tensor(2, dtype=tinygradx.int32)
    """
    x = square_matrices(A, "cholesky_ex")
    return CholeskyEx(
        *_with_info(x, lambda a: cholesky(a, upper=upper), np.linalg.cholesky, check_errors)
    )


# ---- determinants -------------------------------------------------------------------------------


def det(A: Any) -> Any:
    """The determinant of square matrices; its gradient exists for singular ones as well.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.det(tgx.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(-2.)
    """
    return DET.apply((square_matrices(A, "det"),), ())


class Slogdet(NamedTuple):
    """What `slogdet` answers: the sign, and the logarithm of the size."""

    sign: Any
    logabsdet: Any


def slogdet(A: Any) -> Any:
    """The sign of the determinant, and the logarithm of its size.

    Returns
    -------
    Slogdet
        A pair `(sign, logabsdet)`; of a singular matrix `(0, -inf)`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> sign, logabsdet = tgx.linalg.slogdet(tgx.tensor([[0.0, 2.0], [3.0, 0.0]]))
    >>> sign, logabsdet
    (tensor(-1.), tensor(1.7918))
    """
    x = square_matrices(A, "slogdet")
    return Slogdet(DET_SIGN.apply((x,), ()), LOGABSDET.apply((x,), ()))


def logdet(A: Any) -> Any:
    """The logarithm of the determinant: -inf for a singular matrix, nan for a negative one."""
    signs, logarithm = slogdet(A)
    return where(signs < 0.0, math.nan, logarithm)


# ---- factorisations -----------------------------------------------------------------------------


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
    return _t(CHOLESKY.apply((_t(x),), ())) if upper else CHOLESKY.apply((x,), ())


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
        q, r = _apart(QR_PARTS.apply((first,), ()), ((n, n), (n, n)))
        r = cat([r, _mm(_t(q), others)], -1)
    else:
        q, r = _apart(QR_PARTS.apply((x,), ()), ((n, m), (m, m)))
    if mode == "complete" and n > m:
        q, r = _completed(x, q, r)
    if mode == "r":
        q = _like(x, np.zeros(0))
    return QRResult(q, r)


def _completed(x: Handle, q: Any, r: Any) -> tuple[Any, Any]:
    """Q with the rest of its basis, R with rows of zeros."""
    n, m = x.array.shape[-2:]
    whole = np.linalg.qr(x.array, "complete")[0]
    rest = COMPLEMENT.apply((q,), (whole[..., m:],))
    zeros = _like(x, np.zeros((*x.array.shape[:-2], n - m, m)))
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
    u, s, vh = _apart(SVD_PARTS.apply((x,), ()), ((n, k), (k,), (k, m)))
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
        u, vh = _like(s, np.zeros((*leading, n, n))), _like(s, np.zeros((*leading, m, m)))
    return OldSVDResult(u, s, _t(vh))


def pinverse(input: Any, rcond: float = 1e-15) -> Any:
    """PyTorch's older pseudo-inverse, with a lower bound for singular values: see `linalg.pinv`."""
    return pinv(input, rcond)


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
    return EighResult(*_apart(EIGH_PARTS.apply((x,), (UPLO.upper() == "U",)), ((n,), (n, n))))


def eigvalsh(A: Any, UPLO: str = "L") -> Any:
    """The eigenvalues of symmetric matrices, in order: see `eigh`."""
    return eigh(A, UPLO).eigenvalues


def matrix_exp(A: Any) -> Any:
    """The exponential of square matrices: the sum of `A^k / k!`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.matrix_exp(tgx.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    return MATRIX_EXP.apply((square_matrices(A, "matrix_exp"),), ())


# ---- norms and what tells of a matrix -----------------------------------------------------------


def norm(
    A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None,
    **named: Any,
) -> Any:  # fmt: skip
    """The norm of vectors or matrices.

    Parameters
    ----------
    A : Tensor
        Of floats.
    ord : float or {"fro", "nuc"}, optional
        Which norm; without it the root of the sum of squares of everything that is reduced.
    dim : int or pair of int, optional
        One for vectors, two for matrices. When left out, all of A, which has one or two dimensions
        if `ord` is given.
    keepdim : bool
        Keep reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this first.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.norm(tgx.tensor([[3.0, 0.0], [0.0, 4.0]])), tgx.linalg.norm(tgx.eye(2), "nuc")
    (tensor(5.), tensor(2.))
    """
    dim, keepdim = numpy_names("norm", named, dim, keepdim)
    x = as_handle(A, "norm")
    if ord is None:
        return vector_norm(x, 2, dim, keepdim, dtype=dtype)
    if dim is None:
        if x.array.ndim not in (1, 2):
            raise ShapeError(
                f"norm with ord={ord!r} of a tensor of shape {x.array.shape}",
                "neither a vector nor a matrix", "say which dims: dim=-1, or dim=(-2, -1)",
            )  # fmt: skip
        dim = -1 if x.array.ndim == 1 else (-2, -1)
    if isinstance(dim, (tuple, list)) and len(dim) == 2:
        return matrix_norm(x, ord, dim, keepdim, dtype=dtype)
    return vector_norm(x, ord, dim, keepdim, dtype=dtype)


def matrix_norm(
    A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None,
    **named: Any,
) -> Any:  # fmt: skip
    """The norm of matrices.

    Parameters
    ----------
    A : Tensor
        Of at least two dimensions, of floats.
    ord : {"fro", "nuc", inf, -inf, 1, -1, 2, -2}
        The root of the sum of squares; the sum of singular values; the largest or smallest sum of
        sizes of a row (inf) or of a column (1); the largest or smallest singular value (2).
    dim : pair of int
        Where the matrices lie.
    keepdim : bool
        Keep both dimensions with size 1.
    dtype : dtype, optional
        Convert to this first.
    """
    dim, keepdim = numpy_names("matrix_norm", named, dim, keepdim)
    x = as_handle(A, "matrix_norm")
    x = matrices(x if dtype is None else to_dtype(x, dtype), "matrix_norm")
    if not (isinstance(dim, (tuple, list)) and len(dim) == 2):
        raise ArgumentError(f"matrix_norm with dim={dim}", "not two dims", "pass dim=(-2, -1)")
    ndim = x.array.ndim
    rows, columns = (whole_dim(d, ndim, "matrix_norm") for d in dim)
    if rows == columns:
        raise ArgumentError(f"matrix_norm with dim={dim}", "one dim twice", "pass two")
    if ord not in ("fro", "nuc", math.inf, -math.inf, 1, -1, 2, -2):
        raise ArgumentError(
            f"matrix_norm with ord={ord!r}", "no such norm",
            'use "fro", "nuc", inf, -inf, 1, -1, 2 or -2',
        )  # fmt: skip
    if ord == "fro":
        return vector_norm(x, 2, (rows, columns), keepdim)
    others = [d for d in range(ndim) if d not in (rows, columns)]
    x = permute(x, (*others, rows, columns))
    if ord == "nuc":
        out = total(svdvals(x), -1)
    else:
        if abs(ord) == 2:
            values = svdvals(x)
        else:
            values = total(absolute(x), -1 if abs(ord) == math.inf else -2)
        out = (amax if ord > 0 else amin)(values, -1)
    if keepdim:
        shape = [
            1 if d in (rows, columns) else n for d, n in enumerate(as_handle(A, "").array.shape)
        ]
        out = reshape(out, shape)
    return out


def cond(A: Any, p: Any = None) -> Any:
    """How much a matrix can magnify a relative error: `norm(A) * norm(inv(A))`.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m), square unless p is None, 2 or -2.
    p : {None, "fro", "nuc", inf, -inf, 1, -1, 2, -2}
        Which norm; 2 when left out.

    Returns
    -------
    Tensor
        inf for a singular matrix.
    """
    if p in (None, 2, -2):
        s = svdvals(matrices(A, "cond"))
        largest, least = amax(s, -1), amin(s, -1)
        return div(least, largest) if p == -2 else div(largest, least)
    x = square_matrices(A, "cond")
    try:
        return mul(matrix_norm(x, p), matrix_norm(inv(x), p))
    except LinAlgError:
        inverses = np.full(x.array.shape, math.inf, x.array.dtype)
        for place in np.ndindex(x.array.shape[:-2]):
            try:
                inverses[place] = np.linalg.inv(x.array[place])
            except np.linalg.LinAlgError:
                continue
        return mul(matrix_norm(x, p), _like(x, matrix_norm(_like(x, inverses), p).array))


def matrix_rank(
    A: Any, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Any:
    """How many singular values are not 0, as int64.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m), of floats.
    tol, atol : float, optional
        Singular values up to this count as 0.
    hermitian : bool
        Taken for PyTorch's sake.
    rtol : float, optional
        Those up to so much of the largest count as 0, as for `pinv`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.matrix_rank(tgx.ones(3, 3))
    tensor(1)
    """
    x = matrices(A, "matrix_rank")
    if not x.array.size:
        return wrap(x.result_class, np.zeros(x.array.shape[:-2], np.int64))
    if tol is not None:
        atol, rtol = tol, 0.0
    array = x.array
    if hermitian:
        array = np.tril(array) + np.tril(array, -1).swapaxes(-1, -2)
    s = _numpy(np.linalg.svd, "matrix_rank", DIVERGED, array, compute_uv=False)
    ranks = (s > _bound(s, *_tolerances(x, atol, rtol))).sum(-1)
    return wrap(x.result_class, np.asarray(ranks, np.int64))


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The diagonals of the last two dimensions: see `tinygradx.diagonal`."""
    return any_diagonal(A, offset, dim1, dim2)


def cross(input: Any, other: Any, *, dim: int = -1) -> Any:
    """The vector product of vectors of three elements: see `tinygradx.cross`.

    Parameters
    ----------
    input, other : Tensor
        Broadcasting, of size 3 along `dim`.
    dim : int
        Where the vectors lie; the last dimension when left out.
    """
    return any_cross(input, other, dim)


def vecdot(x: Any, y: Any, *, dim: int = -1) -> Any:
    """The inner products of vectors along a dimension; the others broadcast.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.vecdot(tgx.tensor([[1.0, 2.0], [3.0, 4.0]]), tgx.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    return total(mul(x, y), dim)


def tensorinv(A: Any, ind: int = 2) -> Any:
    """The inverse of what `tensordot(A, ., ind)` does.

    Parameters
    ----------
    A : Tensor
        The product of its first `ind` sizes is that of the others.
    ind : int
        How many sizes belong to the rows.
    """
    x = as_handle(A, "tensorinv")
    shape = x.array.shape
    if ind < 1 or math.prod(shape[:ind]) != math.prod(shape[ind:]):
        raise ShapeError(
            f"tensorinv with ind={ind} of a tensor of shape {shape}",
            f"{math.prod(shape[:ind])} rows and {math.prod(shape[ind:])} columns",
            "choose ind so that both are equal",
        )
    size = math.prod(shape[:ind])
    return reshape(inv(reshape(x, size, size)), (*shape[ind:], *shape[:ind]))


def tensorsolve(A: Any, B: Any, dims: Any = None) -> Any:
    """The X with `tensordot(A, X, X.ndim) = B`.

    Parameters
    ----------
    A : Tensor
        Of the sizes of B, then those of X, which have the same product.
    B : Tensor
        Of any shape.
    dims : sequence of int, optional
        Dimensions of A to be moved to its end first.
    """
    x, b = as_handle(A, "tensorsolve"), as_handle(B, "tensorsolve")
    if dims is not None:
        moved = [whole_dim(d, x.array.ndim, "tensorsolve") for d in dims]
        x = permute(x, [d for d in range(x.array.ndim) if d not in moved] + moved)
    shape, size = x.array.shape[b.array.ndim :], b.array.size
    if math.prod(shape) != size or x.array.size != size * size:
        raise ShapeError(
            f"tensorsolve of shapes {x.array.shape} and {b.array.shape}", "sizes that do not fit",
            "A has the sizes of B, then those of X, of the same product",
        )  # fmt: skip
    return reshape(solve(reshape(x, size, size), reshape(b, size)), shape)


def vander(x: Any, N: int | None = None) -> Any:
    """The powers 0, 1, 2, ... of each element, in a new last dimension.

    Parameters
    ----------
    x : Tensor
        Of shape (..., n).
    N : int, optional
        How many powers; n when left out.
    """
    from tinygradx.ops.cumulative import cumprod

    base = as_handle(x, "vander")
    base = base if base.array.ndim else unsqueeze(base, 0)
    count = base.array.shape[-1] if N is None else N
    if count < 1:
        raise ArgumentError(f"vander with N={N}", "no powers", "use N from 1 on")
    one = wrap(base.result_class, np.ones((*base.array.shape, 1), base.array.dtype))
    times = expand(unsqueeze(base, -1), (*base.array.shape, count - 1))
    return cumprod(cat([one, times], -1), -1)
