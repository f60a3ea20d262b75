"""Linear algebra under PyTorch's names: `tinygradx.linalg.solve`, `svd`, `eigh`, `norm`, ...

What they compute is in `ops/linalg/`.

>>> import tinygradx as tgx
>>> A = tgx.tensor([[4.0, 2.0], [2.0, 5.0]], requires_grad=True)
>>> tgx.linalg.det(A)
tensor(16., grad_fn=<det>)
"""

from typing import Any

from tinygradx.errors import UnknownNameError, unknown_name
from tinygradx.ops.distances import vector_norm
from tinygradx.ops.linalg import (
    LinAlgError,
    cholesky,
    cholesky_ex,
    cond,
    cross,
    det,
    diagonal,
    eigh,
    eigvalsh,
    householder_product,
    inv,
    inv_ex,
    lstsq,
    lu,
    lu_factor,
    lu_factor_ex,
    lu_solve,
    matrix_exp,
    matrix_norm,
    matrix_rank,
    norm,
    pinv,
    qr,
    slogdet,
    solve,
    solve_ex,
    solve_triangular,
    svd,
    svdvals,
    tensorinv,
    tensorsolve,
    vander,
    vecdot,
)
from tinygradx.ops.products import matmul, matrix_power, multi_dot

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]

#: What PyTorch has and is not offered, and what to use.
_NOT_HERE = {
    "eig": "its answers are complex; use eigh for symmetric matrices, svd for others",
    "eigvals": "its answers are complex; use eigvalsh for symmetric matrices, svdvals for others",
    "ldl_factor": "use lu_factor, or cholesky for positive definite matrices",
    "ldl_factor_ex": "use lu_factor_ex, or cholesky_ex for positive definite matrices",
    "ldl_solve": "use lu_solve, or solve",
}


def __getattr__(name: str) -> Any:
    """Say what to use instead of what is not here."""
    if name in _NOT_HERE:
        raise UnknownNameError(f"tinygradx.linalg.{name}", "not offered", f"{_NOT_HERE[name]}")
    raise unknown_name("tinygradx.linalg", name, __all__)
