"""Linear algebra: solving, inverting and taking matrices apart.

Forward is NumPy's (LAPACK), or a few lines of our own. The ways back are matrix formulas, written
in operations of the catalogue, so that they can be differentiated again. Sources:

- M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
  differentiation" (2008): inverse, determinant, solve, Cholesky, eigenvalues, singular values.
- I. Murray, "Differentiation of the Cholesky decomposition" (2016).
- S. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions" (2010): QR.
- J. Townsend, "Differentiating the singular value decomposition" (2016).
- G. Golub and V. Pereyra, "The differentiation of pseudo-inverses" (1973).
- F. de Hoog, R. Anderssen and M. Lukas, "Differentiation of matrix functionals using triangular
  factorization" (2011): LU.
- N. Higham, "The scaling and squaring method for the matrix exponential revisited" (2005); its
  way back by R. Mathias, "A chain rule for matrix functions and applications" (1996).

All take stacks of matrices, of shape (..., n, m).
"""

from tinygradx.ops.linalg.determinants import det, logdet, slogdet
from tinygradx.ops.linalg.exponential import matrix_exp
from tinygradx.ops.linalg.factoring import (
    COMPLEMENT,
    cholesky,
    cholesky_ex,
    eigh,
    eigvalsh,
    old_cholesky,
    old_qr,
    old_svd,
    qr,
    svd,
    svdvals,
)
from tinygradx.ops.linalg.lowrank import pca_lowrank, svd_lowrank
from tinygradx.ops.linalg.lu import (
    lu,
    lu_factor,
    lu_factor_ex,
    lu_solve,
    lu_unpack,
    old_lu,
    old_lu_solve,
    triangular_solve,
)
from tinygradx.ops.linalg.norms import cond, matrix_norm, matrix_rank, norm, renorm
from tinygradx.ops.linalg.reflections import geqrf, householder_product, ormqr
from tinygradx.ops.linalg.solving import (
    cholesky_inverse,
    cholesky_solve,
    inv,
    inv_ex,
    lstsq,
    pinv,
    pinverse,
    solve,
    solve_ex,
    solve_triangular,
    tensorinv,
    tensorsolve,
)
from tinygradx.ops.linalg.vectors import cross, diagonal, vander, vecdot
from tinygradx.ops.linalg.words import LinAlgError, matrices, square_matrices

__all__ = [
    "COMPLEMENT", "LinAlgError", "cholesky", "cholesky_ex", "cholesky_inverse",
    "cholesky_solve", "cond", "cross", "det", "diagonal", "eigh", "eigvalsh", "geqrf",
    "householder_product", "inv", "inv_ex", "logdet", "lstsq", "lu", "lu_factor",
    "lu_factor_ex", "lu_solve", "lu_unpack", "matrices", "matrix_exp", "matrix_norm",
    "matrix_rank", "norm", "old_cholesky", "old_lu", "old_lu_solve", "old_qr", "old_svd",
    "ormqr", "pca_lowrank", "pinv", "pinverse", "qr", "renorm", "slogdet", "solve", "solve_ex",
    "solve_triangular", "square_matrices", "svd", "svd_lowrank", "svdvals", "tensorinv",
    "tensorsolve", "triangular_solve", "vander", "vecdot",
]  # fmt: skip
