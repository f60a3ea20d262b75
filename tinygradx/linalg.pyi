# Written by `python tests/stubs.py --write`, from the functions themselves.

from collections.abc import Sequence
from typing import Any

from tinygradx.ops.linalg import LinAlgError as LinAlgError
from tinygradx.ops.linalg.determinants import Slogdet
from tinygradx.ops.linalg.factoring import CholeskyEx, EighResult, QRResult, SVDResult
from tinygradx.ops.linalg.lu import LUFactors, LUFactorsEx, LUResult
from tinygradx.ops.linalg.solving import InvEx, Lstsq, SolveEx
from tinygradx.tensor.tensor import Tensor

def cholesky(A: Any, *, upper: bool = False) -> Tensor:
    """The lower triangle L with `L Lᵀ = A`, for symmetric, positive definite matrices."""

def cholesky_ex(A: Any, *, upper: bool = False, check_errors: bool = False) -> CholeskyEx:
    """`cholesky` that does not raise."""

def cond(A: Any, p: Any = None) -> Tensor:
    """How much a matrix can magnify a relative error: `norm(A) * norm(inv(A))`."""

def cross(input: Any, other: Any, *, dim: int = -1) -> Tensor:
    """The vector product of vectors of three elements: see `tinygradx.cross`."""

def det(A: Any) -> Tensor:
    """The determinant of square matrices; its gradient exists for singular ones as well."""

def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of the last two dimensions: see `tinygradx.diagonal`."""

def eigh(A: Any, UPLO: str = "L") -> EighResult:
    """The eigenvalues, in order, and eigenvectors of symmetric matrices."""

def eigvalsh(A: Any, UPLO: str = "L") -> Tensor:
    """The eigenvalues of symmetric matrices, in order: see `eigh`."""

def householder_product(A: Any, tau: Any) -> Tensor:
    """The first columns of a product of reflections: Q, from what `geqrf` answers."""

def inv(A: Any) -> Tensor:
    """The inverse of square matrices."""

def inv_ex(A: Any, *, check_errors: bool = False) -> InvEx:
    """`inv` that does not raise."""

def lstsq(A: Any, B: Any, rcond: Any = None, *, driver: str | None = None) -> Lstsq:
    """The X that makes the sum of squares of `A X - B` least, and the shortest such X."""

def lu(A: Any, *, pivot: bool = True) -> LUResult:
    """A permutation P, a lower triangle L with ones on its diagonal, an upper triangle U."""

def lu_factor(A: Any, *, pivot: bool = True) -> LUFactors:
    """L and U in one matrix, and the exchanges of rows: what `lu_solve` takes."""

def lu_factor_ex(A: Any, *, pivot: bool = True, check_errors: bool = False) -> LUFactorsEx:
    """`lu_factor` that does not raise."""

def lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """The solution X of `A X = B`, given what `lu_factor` made of A."""

def matmul(input: Any, other: Any) -> Tensor:
    """The product of two tensors, as Python's `@`."""

def matrix_exp(A: Any) -> Tensor:
    """The exponential of square matrices: the sum of `A^k / k!`."""

def matrix_norm(
    A: Any,
    ord: Any = "fro",
    dim: Any = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
    axis: Any = ...,
    keepdims: bool = ...,
) -> Tensor:
    """The norm of matrices."""

def matrix_power(input: Any, n: int) -> Tensor:
    """A square matrix times itself, n times in all, by repeated squaring."""

def matrix_rank(
    A: Any, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Tensor:
    """How many singular values are not 0, as int64."""

def multi_dot(tensors: Sequence[Any]) -> Tensor:
    """The product of several matrices in the cheapest order; the first and last may be vectors."""

def norm(
    A: Any,
    ord: Any = None,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    axis: Any = ...,
    keepdims: bool = ...,
) -> Tensor:
    """The norm of vectors or matrices."""

def pinv(
    A: Any, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Tensor:
    """The pseudo-inverse (Moore and Penrose)."""

def qr(A: Any, mode: str = "reduced") -> QRResult:
    """Orthonormal columns Q and an upper triangle R with `Q R = A`."""

def slogdet(A: Any) -> Slogdet:
    """The sign of the determinant, and the logarithm of its size."""

def solve(A: Any, B: Any, *, left: bool = True) -> Tensor:
    """The solution X of `A X = B`, or with `left=False` of `X A = B`."""

def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> SolveEx:
    """`solve` that does not raise."""

def solve_triangular(
    A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Tensor:
    """The solution X of `A X = B` for triangular A; the other triangle is not looked at."""

def svd(A: Any, full_matrices: bool = True, *, driver: str | None = None) -> SVDResult:
    """The singular values S, the largest first, and the bases U and V of `A = U diag(S) Vᵀ`."""

def svdvals(A: Any, *, driver: str | None = None) -> Tensor:
    """The singular values of matrices, the largest first."""

def tensorinv(A: Any, ind: int = 2) -> Tensor:
    """The inverse of what `tensordot(A, ., ind)` does."""

def tensorsolve(A: Any, B: Any, dims: Any = None) -> Tensor:
    """The X with `tensordot(A, X, X.ndim) = B`."""

def vander(x: Any, N: int | None = None) -> Tensor:
    """The powers 0, 1, 2, ... of each element, in a new last dimension."""

def vecdot(x: Any, y: Any, *, dim: int = -1) -> Tensor:
    """The inner products of vectors along a dimension; the others broadcast."""

def vector_norm(
    x: Any,
    ord: Any = 2,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    axis: Any = ...,
    keepdims: bool = ...,
) -> Tensor:
    """The p-norm of vectors: `sum(abs(x)^ord)^(1/ord)`."""
