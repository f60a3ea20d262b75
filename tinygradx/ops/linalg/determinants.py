"""Determinants, and their logarithms."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from tinygradx.graph import Handle
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import add, mul
from tinygradx.ops.indexing import GETITEM
from tinygradx.ops.linalg.solving import INV
from tinygradx.ops.linalg.words import DIVERGED, by_numpy, like, rows, square_matrices, turn
from tinygradx.ops.structural import Structural


class Det(Structural):
    """The determinant. Its share is g times the matrix of cofactors, which a singular one has too.

    For arrays these come from the singular values: `det(U) det(V) U diag(products of the other
    values) Vᵀ`. To be differentiated again they are `det · A⁻ᵀ`, or determinants themselves (of A
    without a row and a column) where A is close to singular.
    """

    name = "det"

    def forward(self, x: Any) -> Any:
        return np.asarray(by_numpy(np.linalg.det, "det", DIVERGED, x))

    def pull(self, g: Any, x: Any, y: Any) -> Any:
        if _far_from_singular(x.array):
            cofactors = mul(rows(rows(y)), turn(INV.apply((x,), ())))
        else:
            cofactors = _cofactors(x)
        return mul(rows(rows(g)), cofactors)

    def pull_arrays(self, g: Any, x: Any, y: Any) -> Any:
        u, s, vh = by_numpy(np.linalg.svd, "the gradient of det", DIVERGED, x, full_matrices=False)
        n = x.shape[-1]
        others = np.ones_like(s)
        for i in range(n):
            others[..., i] = np.prod(np.delete(s, i, -1), -1)
        sign = np.linalg.det(u) * np.linalg.det(vh)
        return (g * sign)[..., None, None] * np.matmul(u * others[..., None, :], vh)


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
    return mul(DET.apply((minors,), ()), like(x, signs))


class Logabsdet(Structural):
    """log(abs(det)), which overflows later than det. Its share is `g A⁻ᵀ` (Giles, 2.2.4)."""

    name = "logabsdet"

    def forward(self, x: Any) -> Any:
        return np.asarray(by_numpy(np.linalg.slogdet, "slogdet", DIVERGED, x)[1])

    def pull(self, g: Any, x: Any) -> Any:
        return mul(rows(rows(g)), turn(INV.apply((x,), ())))


class DetSign(Structural):
    """The sign of the determinant; it changes nowhere but where it is 0."""

    name = "det_sign"

    def forward(self, x: Any) -> Any:
        return np.asarray(by_numpy(np.linalg.slogdet, "slogdet", DIVERGED, x)[0])

    def pull(self, g: Any, x_shape: tuple[int, ...]) -> Any:
        return like(g, np.zeros(x_shape))


DET, DET_SIGN, LOGABSDET = Det(), DetSign(), Logabsdet()


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
