"""Norms, and what tells of a matrix: its condition and its rank."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.graph import wrap
from tinygradx.ops.comparisons import where
from tinygradx.ops.distances import vector_norm
from tinygradx.ops.elementary import absolute, add, div, mul
from tinygradx.ops.linalg.factoring import svdvals
from tinygradx.ops.linalg.solving import inv
from tinygradx.ops.linalg.words import (
    DIVERGED,
    LinAlgError,
    bound_of,
    by_numpy,
    like,
    matrices,
    square_matrices,
    tolerances,
)
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.reductions import amax, amin, numpy_names
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import reshape
from tinygradx.ops.structural import as_handle, whole_dim
from tinygradx.ops.transposing import permute


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
        return mul(matrix_norm(x, p), like(x, matrix_norm(like(x, inverses), p).array))


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
    s = by_numpy(np.linalg.svd, "matrix_rank", DIVERGED, array, compute_uv=False)
    ranks = (s > bound_of(s, *tolerances(x, atol, rtol))).sum(-1)
    return wrap(x.result_class, np.asarray(ranks, np.int64))


def renorm(input: Any, p: float, dim: int, maxnorm: float) -> Any:
    """Parts along a dimension, scaled down where their norm is larger than `maxnorm`.

    Parameters
    ----------
    input : Tensor
        Of at least two dimensions, of floats.
    p : float
        Above 0: which norm.
    dim : int
        Each index of this dimension is a part.
    maxnorm : float
        From 0 on: the largest norm that is left as it is.

    Raises
    ------
    ShapeError, ArgumentError
        If there are not two dimensions, or a number is out of range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.renorm(tgx.tensor([[3.0, 4.0], [0.3, 0.4]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    x = as_handle(input, "renorm")
    if x.array.ndim < 2:
        raise ShapeError(
            f"renorm of a tensor of shape {x.array.shape}",
            "no parts",
            "pass two dimensions or more",
        )
    if not (p > 0 and maxnorm >= 0):
        raise ArgumentError(
            f"renorm with p={p}, maxnorm={maxnorm}", "a number out of range",
            "use p above 0 and maxnorm from 0 on",
        )  # fmt: skip
    kept = whole_dim(dim, x.array.ndim, "renorm")
    lengths = vector_norm(x, p, tuple(d for d in range(x.array.ndim) if d != kept), True)
    # 1e-7 in the divisor is PyTorch's, so that no part is longer than maxnorm after rounding.
    factors = where(lengths > maxnorm, div(maxnorm, add(lengths, 1e-7)), 1.0)
    return mul(x, factors)
