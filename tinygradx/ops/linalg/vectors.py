"""Vectors and diagonals, in the spelling of `torch.linalg`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError
from tinygradx.graph import wrap
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.cumulative import cumprod
from tinygradx.ops.diagonals import diagonal as any_diagonal
from tinygradx.ops.elementary import mul
from tinygradx.ops.joining import cat
from tinygradx.ops.products import cross as any_cross
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import unsqueeze
from tinygradx.ops.structural import as_handle


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


def vander(x: Any, N: int | None = None) -> Any:
    """The powers 0, 1, 2, ... of each element, in a new last dimension.

    Parameters
    ----------
    x : Tensor
        Of shape (..., n).
    N : int, optional
        How many powers; n when left out.
    """
    base = as_handle(x, "vander")
    base = base if base.array.ndim else unsqueeze(base, 0)
    count = base.array.shape[-1] if N is None else N
    if count < 1:
        raise ArgumentError(f"vander with N={N}", "no powers", "use N from 1 on")
    one = wrap(base.result_class, np.ones((*base.array.shape, 1), base.array.dtype))
    times = expand(unsqueeze(base, -1), (*base.array.shape, count - 1))
    return cumprod(cat([one, times], -1), -1)
