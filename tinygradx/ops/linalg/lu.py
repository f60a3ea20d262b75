"""Gauss's elimination: a matrix as a permutation, a lower and an upper triangle."""

from __future__ import annotations

import math
import operator
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.diagonals import tril, triu
from tinygradx.ops.elementary import add, sub
from tinygradx.ops.joining import NARROW, cat
from tinygradx.ops.linalg.solving import SOLVE, solve_triangular
from tinygradx.ops.linalg.words import (
    LinAlgError,
    apart,
    identity,
    like,
    matrices,
    product,
    side_by_side,
    square_matrices,
    turn,
)
from tinygradx.ops.memory import clone
from tinygradx.ops.products import matmul
from tinygradx.ops.structural import Structural


class LU(Structural):
    """Both triangles in one matrix, the ones on the diagonal of L left out; then the pivots.

    The parts lie one behind the other, flattened, in the last dimension. With k = min(n, m), let
    L = [L1; L2] and U = [U1, U2], where L1 and U1 are k by k. For square A the share is
    `L⁻ᵀ (tril(Lᵀ gL, -1) + triu(gU Uᵀ)) U⁻ᵀ` with the rows in their old order. What hangs on
    `U2 = L1⁻¹ A2` goes back to A2 and to L1, what hangs on `L2 = A2 U1⁻¹` to A2 and to U1.
    """

    name = "lu"

    def forward(self, x: Any, pivot: bool) -> Any:
        return side_by_side(_eliminated(x, pivot))

    def pull(self, g: Any, y: Any, x_shape: tuple[int, ...]) -> Any:
        n, m = x_shape[-2:]
        k = min(n, m)
        (g, _), (parts, pivots) = (apart(packed, ((n, m), (k,))) for packed in (g, y))
        lower, upper = add(tril(_corner(parts, k), -1), identity(y, k)), triu(_corner(parts, k))
        g_lower, g_upper = tril(_corner(g, k), -1), triu(_corner(g, k))
        if n < m:  # U2
            beside = _solved(turn(lower), _part(g, -1, k, m))
            g_lower = sub(g_lower, product(beside, turn(_part(parts, -1, k, m))))
        if n > m:  # L2
            below = turn(_solved(upper, turn(_part(g, -2, k, n))))
            g_upper = sub(g_upper, product(turn(_part(parts, -2, k, n)), below))
        inner = add(tril(product(turn(lower), g_lower), -1), triu(product(g_upper, turn(upper))))
        share = turn(_solved(upper, turn(_solved(turn(lower), inner))))
        if n < m:
            share = cat([share, beside], -1)
        if n > m:
            share = cat([share, below], -2)
        return product(_permutation(y, pivots.array, n), share)


def _eliminated(x: Any, pivot: bool) -> tuple[Any, Any]:
    """Both triangles of each matrix, and with which row each row was exchanged, counted from 1.

    The row with the largest element of a column goes to the top: partial pivoting.
    """
    n, m = x.shape[-2:]
    out = x.reshape(math.prod(x.shape[:-2]), n, m).copy()
    pivots = np.empty((len(out), min(n, m)), x.dtype)
    every = np.arange(len(out))
    with np.errstate(all="ignore"):
        for k in range(min(n, m)):
            row = k + np.argmax(np.abs(out[:, k:, k]), -1) if pivot else np.full(len(out), k)
            pivots[:, k] = row + 1
            out[every, k], out[every, row] = out[every, row], out[every, k]
            top = out[:, k, k, None]
            # A column of zeros is left as it is: there is nothing to eliminate.
            out[:, k + 1 :, k] /= np.where(top == 0.0, 1.0, top)
            out[:, k + 1 :, k + 1 :] -= out[:, k + 1 :, k, None] * out[:, k, None, k + 1 :]
    return out.reshape(x.shape), pivots.reshape(*x.shape[:-2], min(n, m))


def _permutation(like_this: Handle, pivots: Any, n: int) -> Any:
    """The matrices P of `A = P L U`, from the exchanges of rows."""
    rows = pivots.reshape(math.prod(pivots.shape[:-1]), -1 if pivots.size else 0)
    rows = rows.astype(np.int64) - 1
    order = np.tile(np.arange(n), (len(rows), 1))
    every = np.arange(len(rows))
    for k in range(rows.shape[1]):
        other = rows[:, k]
        order[every, k], order[every, other] = order[every, other], order[every, k]
    whole = np.zeros((len(rows), n, n))
    whole[every[:, None], order, np.arange(n)] = 1.0
    return like(like_this, whole.reshape(*pivots.shape[:-1], n, n))


def _part(x: Any, dim: int, start: int, end: int) -> Any:
    """Rows (-2) or columns (-1) of matrices."""
    return NARROW.apply((x,), (x.array.ndim + dim, start, end - start))


def _corner(x: Any, k: int) -> Any:
    """The first k rows and columns of matrices."""
    return _part(_part(x, -1, 0, k), -2, 0, k)


def _solved(a: Any, b: Any) -> Any:
    """`solve`, whose refusal names the gradient that asked."""
    try:
        return SOLVE.apply((a, b), ())
    except LinAlgError:
        raise LinAlgError(
            "the gradient of lu", "a matrix without full rank",
            "the triangles have no derivative there; add a ridge, A + 1e-6 * tinygradx.eye(n)",
        ) from None  # fmt: skip


LU_PARTS = LU()


class LUResult(NamedTuple):
    """What `lu` answers: `A = P L U`."""

    P: Any
    L: Any
    U: Any


class LUFactors(NamedTuple):
    """What `lu_factor` answers."""

    LU: Any
    pivots: Any


class LUFactorsEx(NamedTuple):
    """What `lu_factor_ex` answers."""

    LU: Any
    pivots: Any
    info: Any


def lu(A: Any, *, pivot: bool = True) -> Any:
    """A permutation P, a lower triangle L with ones on its diagonal, an upper triangle U.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m), of floats.
    pivot : bool
        Exchange rows, so that no element of L is larger than 1. Without it P is empty, and digits
        are lost, or all of them where there is a 0 on the diagonal.

    Returns
    -------
    LUResult
        A triple `(P, L, U)` with `A = P L U`, of shapes (..., n, n), (..., n, k) and (..., k, m)
        with k = min(n, m).

    Raises
    ------
    LinAlgError
        On the way back, if the first k columns are dependent.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> P, L, U = tgx.linalg.lu(tgx.tensor([[1.0, 4.0], [2.0, 2.0]]))
    >>> L, U
    (tensor([[1.0000, 0.0000],
            [0.5000, 1.0000]]), tensor([[2., 2.],
            [0., 3.]]))
    """
    factors, pivots = _factored(A, pivot, "lu")
    return _unpacked(factors, pivots if pivot else None, True)


def lu_factor(A: Any, *, pivot: bool = True) -> Any:
    """L and U in one matrix, and the exchanges of rows: what `lu_solve` takes.

    Parameters
    ----------
    A : Tensor
        Of shape (..., n, m), of floats.
    pivot : bool
        As for `lu`.

    Returns
    -------
    LUFactors
        A pair `(LU, pivots)`; the pivots are int32, and counted from 1, as LAPACK counts them.

    Raises
    ------
    LinAlgError
        If there is a 0 on the diagonal of U, by which `lu_solve` would divide.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> LU, pivots = tgx.linalg.lu_factor(tgx.tensor([[1.0, 4.0], [2.0, 2.0]]))
    >>> tgx.linalg.lu_solve(LU, pivots, tgx.tensor([[5.0], [4.0]]))
    tensor([[1.],
            [1.]])
    """
    return LUFactors(*lu_factor_ex(A, pivot=pivot, check_errors=True)[:2])


def lu_factor_ex(A: Any, *, pivot: bool = True, check_errors: bool = False) -> Any:
    """`lu_factor` that does not raise.

    Returns
    -------
    LUFactorsEx
        A triple `(LU, pivots, info)`; info, int32, is the first place of a 0 on the diagonal of U,
        counted from 1, or 0.
    """
    factors, pivots = _factored(A, pivot, "lu_factor")
    zero = np.diagonal(factors.array, axis1=-2, axis2=-1) == 0.0
    first = zero.argmax(-1) if zero.shape[-1] else 0
    info = np.where(zero.any(-1), first + 1, 0).astype(np.int32)
    if check_errors and info.any():
        place = info[info > 0].reshape(-1)[0]
        raise LinAlgError(
            "lu_factor", f"a 0 on the diagonal of U, in row {place - 1}",
            "lu_solve would divide by it; use linalg.lu for the factors alone, or lu_factor_ex",
        )  # fmt: skip
    return LUFactorsEx(factors, pivots, wrap(factors.result_class, info))


def _factored(A: Any, pivot: bool, asked: str) -> tuple[Any, Any]:
    """Both triangles in one matrix, and the pivots as int32."""
    x = matrices(A, asked)
    n, m = x.array.shape[-2:]
    factors, pivots = apart(LU_PARTS.apply((x,), (pivot,)), ((n, m), (min(n, m),)))
    return factors, wrap(x.result_class, pivots.array.astype(np.int32))


def lu_unpack(
    LU_data: Any, LU_pivots: Any, unpack_data: bool = True, unpack_pivots: bool = True
) -> Any:
    """P, L and U from what `lu_factor` answers.

    Parameters
    ----------
    LU_data : Tensor
        Of shape (..., n, m).
    LU_pivots : Tensor
        Of shape (..., min(n, m)), integers counted from 1.
    unpack_data, unpack_pivots : bool
        Whether to make L and U, and P; what is not made is empty.

    Returns
    -------
    LUResult
        A triple `(P, L, U)`.
    """
    factors = matrices(LU_data, "lu_unpack")
    pivots = _checked(factors, LU_pivots, "lu_unpack")
    return _unpacked(factors, pivots if unpack_pivots else None, unpack_data)


def _unpacked(factors: Any, pivots: Any, data: bool) -> LUResult:
    n, m = factors.array.shape[-2:]
    k = min(n, m)
    nothing = like(factors, np.zeros(0))
    lower = upper = nothing
    if data:
        ones = like(factors, np.eye(n, k))
        lower = add(tril(_part(factors, -1, 0, k), -1), ones)
        upper = triu(_part(factors, -2, 0, k))
    return LUResult(
        nothing if pivots is None else _permutation(factors, pivots.array, n), lower, upper
    )


def _checked(factors: Handle, pivots: Any, asked: str) -> Handle:
    """Pivots that belong to these factors."""
    array = getattr(pivots, "array", None)
    if array is None or array.dtype.kind not in "iu":
        raise DtypeError(
            f"{asked} with pivots of {getattr(array, 'dtype', type(pivots).__name__)}",
            "no integers", "pass what lu_factor answers: LU, pivots = lu_factor(A)",
        )  # fmt: skip
    n, m = factors.array.shape[-2:]
    if array.shape != (*factors.array.shape[:-2], min(n, m)):
        raise ShapeError(
            f"{asked} of factors of shape {factors.array.shape}", f"pivots of shape {array.shape}",
            f"pass pivots of shape {(*factors.array.shape[:-2], min(n, m))}",
        )  # fmt: skip
    if array.size and not (array.min() >= 1 and array.max() <= n):
        wrong = array[(array < 1) | (array > n)].reshape(-1)[0]
        raise ShapeError(
            f"{asked} with the pivot {operator.index(wrong)}", f"{n} rows, counted from 1",
            "pass what lu_factor answers: LU, pivots = lu_factor(A)",
        )  # fmt: skip
    return pivots  # type: ignore[no-any-return]


def lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Any:
    """The solution X of `A X = B`, given what `lu_factor` made of A.

    Parameters
    ----------
    LU, pivots : Tensor
        What `lu_factor` answers, of shapes (..., n, n) and (..., n).
    B : Tensor
        Of shape (..., n, k), or (..., k, n) with `left=False`; the leading sizes broadcast.
    left : bool
        With False, `X A = B` is solved.
    adjoint : bool
        Take the transpose of A.

    Raises
    ------
    LinAlgError
        If there is a 0 on the diagonal of U.
    ShapeError, DtypeError
        If sizes or dtypes do not fit.
    """
    factors, b = square_matrices(LU, "lu_solve"), matrices(B, "lu_solve")
    checked = _checked(factors, pivots, "lu_solve")
    permutation = _permutation(factors, checked.array, factors.array.shape[-1])
    b = b if left else turn(b)
    if b.array.shape[-2] != factors.array.shape[-1]:
        raise ShapeError(
            f"lu_solve of shapes {factors.array.shape} and {matrices(B, 'lu_solve').array.shape}",
            "sizes that do not fit", "B has as many rows as A (as many columns with left=False)",
        )  # fmt: skip
    if left is not adjoint:  # L U X = Pᵀ B
        half = solve_triangular(
            factors, matmul(turn(permutation), b), upper=False, unitriangular=True
        )
        out = solve_triangular(factors, half, upper=True)
    else:  # Uᵀ Lᵀ Pᵀ X = B
        half = solve_triangular(turn(factors), b, upper=False)
        turned = solve_triangular(turn(factors), half, upper=True, unitriangular=True)
        out = matmul(permutation, turned)
    return out if left else turn(out)


# ---- PyTorch's older names ----------------------------------------------------------------------


def old_lu(A: Any, pivot: bool = True, get_infos: bool = False) -> Any:
    """PyTorch's older `lu`: see `linalg.lu_factor`, or with `get_infos` `linalg.lu_factor_ex`."""
    found = lu_factor_ex(A, pivot=pivot, check_errors=not get_infos)
    return found if get_infos else LUFactors(*found[:2])


def old_lu_solve(b: Any, LU_data: Any, LU_pivots: Any) -> Any:
    """PyTorch's older `lu_solve`, with its arguments in another order: see `linalg.lu_solve`."""
    return lu_solve(LU_data, LU_pivots, b)


class TriangularSolution(NamedTuple):
    """What `triangular_solve` answers."""

    solution: Any
    cloned_coefficient: Any


def triangular_solve(
    b: Any, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> Any:
    """PyTorch's older triangular solver: see `linalg.solve_triangular`.

    Parameters
    ----------
    b : Tensor
        Of shape (..., n, k).
    A : Tensor
        Of shape (..., n, n).
    upper : bool
        Which triangle of A is read.
    transpose : bool
        Solve `Aᵀ X = b`.
    unitriangular : bool
        Take the diagonal of A to be 1.

    Returns
    -------
    TriangularSolution
        A pair `(solution, cloned_coefficient)`, the second a copy of A.
    """
    a = square_matrices(A, "triangular_solve")
    side = turn(a) if transpose else a
    solution = solve_triangular(side, b, upper=upper is not transpose, unitriangular=unitriangular)
    return TriangularSolution(solution, clone(a))
