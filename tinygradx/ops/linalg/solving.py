"""Equations: inverses, solutions, least squares."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import DtypeError, ShapeError
from tinygradx.graph import wrap
from tinygradx.ops.broadcasting import broadcast_shapes, expand
from tinygradx.ops.diagonals import tril, triu
from tinygradx.ops.elementary import add, mul, neg, sub
from tinygradx.ops.joining import NARROW
from tinygradx.ops.linalg.words import (
    DIVERGED,
    SINGULAR,
    bound_of,
    by_numpy,
    identity,
    like,
    matrices,
    product,
    square_matrices,
    tolerances,
    turn,
    with_info,
)
from tinygradx.ops.products import matmul
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import reshape, squeeze, unsqueeze
from tinygradx.ops.structural import Structural, as_handle, whole_dim
from tinygradx.ops.transposing import permute


class Inv(Structural):
    """The inverse. Its share is `-Yᵀ g Yᵀ` (Giles, 2.2.3)."""

    name = "inv"

    def forward(self, x: Any) -> Any:
        return by_numpy(np.linalg.inv, "inv", SINGULAR, x)

    def pull(self, g: Any, y: Any) -> Any:
        return neg(product(turn(y), g, turn(y)))


class Solve(Structural):
    """The solution X of `A X = B`. Shares: `A⁻ᵀ g` for B, and that times `-Xᵀ` for A."""

    name = "solve"
    inputs = ("a", "b")

    def forward(self, a: Any, b: Any) -> Any:
        return by_numpy(np.linalg.solve, "solve", SINGULAR, a, b)

    def pull(self, g: Any, a: Any, y: Any) -> Any:
        share = SOLVE.apply((turn(a), g), ())
        return neg(product(share, turn(y))), share


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
        u, s, vh = by_numpy(np.linalg.svd, "pinv", DIVERGED, x, full_matrices=False)
        kept = s > bound_of(s, atol, rtol)
        over = np.where(kept, 1.0 / np.where(kept, s, 1.0), 0.0).astype(x.dtype)
        return np.matmul(vh.swapaxes(-1, -2) * over[..., None, :], u.swapaxes(-1, -2))

    def pull(self, g: Any, x: Any, y: Any) -> Any:
        gt, pt = turn(g), turn(y)
        left, right = product(gt, y, pt), product(pt, y, gt)
        share = neg(product(pt, g, pt))
        share = add(share, sub(left, product(x, y, left)))
        return add(share, sub(right, product(right, y, x)))


INV, SOLVE, PINV = Inv(), Solve(), Pinv()


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
        a, b = turn(a), turn(b)
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
    return out if left else turn(out)


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
        a = add(a, identity(a, n))
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
    factor = turn(factor) if upper else factor
    half = solve_triangular(factor, B, upper=False)
    return solve_triangular(turn(factor), half, upper=True)


def cholesky_inverse(L: Any, upper: bool = False) -> Any:
    """The inverse of A, given its Cholesky factor: see `cholesky_solve`."""
    factor = square_matrices(L, "cholesky_inverse")
    n = factor.array.shape[-1]
    one = expand(identity(factor, n), factor.array.shape)
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
    bounds = tolerances(x, atol, rcond if rtol is None else rtol)
    return PINV.apply((x,), (*bounds, hermitian))


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
    bounds = tolerances(a, None, rcond)
    solution = matmul(PINV.apply((a,), (*bounds, False)), b)
    s = np.linalg.svd(a.array, compute_uv=False) if a.array.size else np.zeros((0,), a.array.dtype)
    ranks = np.asarray((s > bound_of(s, *bounds)).sum(-1) if s.size else 0, np.int64)
    rest = sub(matmul(a, solution), b)
    full = n > m and driver not in (None, "gelsy") and bool((ranks == m).all())
    residuals = (
        total(mul(rest, rest), -2) if full else NARROW.apply((reshape(rest, -1),), (0, 0, 0))
    )
    return Lstsq(
        squeeze(solution, -1) if vector else solution,
        residuals,
        wrap(a.result_class, np.zeros(0, np.int64) if driver == "gels" else ranks),
        like(a, s if driver in ("gelss", "gelsd") else np.zeros(0)),
    )


class InvEx(NamedTuple):
    """What `inv_ex` answers."""

    inverse: Any
    info: Any


class SolveEx(NamedTuple):
    """What `solve_ex` answers."""

    result: Any
    info: Any


def inv_ex(A: Any, *, check_errors: bool = False) -> Any:
    """`inv` that does not raise.

    Returns
    -------
    InvEx
        A pair `(inverse, info)`; nan, and an info that is not 0, for a singular matrix.
    """
    return InvEx(*with_info(square_matrices(A, "inv_ex"), inv, np.linalg.inv, check_errors))


def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> Any:
    """`solve` that does not raise.

    Returns
    -------
    SolveEx
        A pair `(result, info)`; nan, and an info that is not 0, for a singular matrix.
    """
    x = square_matrices(A, "solve_ex")
    return SolveEx(*with_info(x, lambda a: solve(a, B, left=left), np.linalg.inv, check_errors))


def pinverse(input: Any, rcond: float = 1e-15) -> Any:
    """PyTorch's older pseudo-inverse, with a lower bound for singular values: see `linalg.pinv`."""
    return pinv(input, rcond)


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
