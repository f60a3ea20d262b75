"""Linear algebra under PyTorch's names: `tinygradx.linalg.solve`, `svd`, `eigh`, `norm`, ...

What they compute is in `ops/linalg.py`.

>>> import tinygradx as tgx
>>> A = tgx.tensor([[4.0, 2.0], [2.0, 5.0]], requires_grad=True)
>>> tgx.linalg.det(A)
tensor(16., grad_fn=<det>)
"""

from typing import Any

from tinygradx.errors import UnknownNameError
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
    inv,
    inv_ex,
    lstsq,
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
    "inv",
    "inv_ex",
    "lstsq",
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
    "lu": "use solve, det and inv, which need no factorisation of yours; cholesky and qr make one",
    "lu_factor": "use solve, which takes all right-hand sides at once",
    "lu_solve": "use solve, which takes all right-hand sides at once",
    "ldl_factor": "use solve, or cholesky for positive definite matrices",
    "ldl_solve": "use solve, or cholesky for positive definite matrices",
    "householder_product": "use qr, which answers Q itself",
}


def __getattr__(name: str) -> Any:
    """Say what to use instead of what is not here."""
    if name in _NOT_HERE:
        raise UnknownNameError(f"tinygradx.linalg.{name}", "not offered", f"{_NOT_HERE[name]}")
    raise AttributeError(f"module 'tinygradx.linalg' has no attribute {name!r}")
