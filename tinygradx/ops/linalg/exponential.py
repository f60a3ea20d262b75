"""The exponential of a matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.ops.broadcasting import expand
from tinygradx.ops.elementary import mul
from tinygradx.ops.joining import NARROW, cat
from tinygradx.ops.linalg.words import LinAlgError, square_matrices, turn
from tinygradx.ops.structural import Structural


class MatrixExp(Structural):
    """The exponential, by Padé's approximation of order 13 after scaling (Higham).

    The share is the upper right block of `exp([[Aᵀ, g], [0, Aᵀ]])` (Mathias).
    """

    name = "matrix_exp"

    def forward(self, x: Any) -> Any:
        return _exponential(x)

    def pull(self, g: Any, x: Any) -> Any:
        n = x.array.shape[-1]
        turned = turn(x)
        above = cat([turned, expand(g, x.array.shape)], -1)
        below = cat([mul(turned, 0.0), turned], -1)
        whole = MATRIX_EXP.apply((cat([above, below], -2),), ())
        last = whole.array.ndim - 1
        return NARROW.apply((NARROW.apply((whole,), (last - 1, 0, n)),), (last, n, n))


MATRIX_EXP = MatrixExp()

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
