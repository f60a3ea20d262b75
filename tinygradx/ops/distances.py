"""Lengths of vectors, and how far they are apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.kernels import backend_of
from tinygradx.ops.arithmetic import add_up
from tinygradx.ops.broadcasting import broadcast_tensors
from tinygradx.ops.comparisons import eq as equal
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import absolute, add, clamp, div, mul, sign, sub
from tinygradx.ops.exponentials import pow
from tinygradx.ops.indexing import GETITEM
from tinygradx.ops.promotion import result_type
from tinygradx.ops.reductions import (
    SUM,
    amax,
    amin,
    float_handle,
    numpy_names,
    spread,
)
from tinygradx.ops.shapes import unsqueeze
from tinygradx.ops.structural import Structural, as_handle, whole_dims


class VectorNorm(Structural):
    """The p-norm `sum(abs(x)^p)^(1/p)` for a finite p; for p = 0 how many elements differ from 0.

    The share of an element is `g * sign(x) * (abs(x) / y)^(p - 1)`, and 0 where x or y is 0.
    """

    name = "vector_norm"

    def forward(self, x: Any, p: float, dims: tuple[int, ...] | None, keepdim: bool) -> Any:
        call = backend_of(x).call
        if p == 2.0:
            powers = call(np.square, x)
        elif p == 0.0:
            powers = call(np.not_equal, x, 0).astype(x.dtype)
        else:
            powers = call(np.absolute, x)
            powers = powers if p == 1.0 else call(np.power, powers, x.dtype.type(p))
        out = add_up(powers, dims, keepdim)
        if p == 2.0:
            out = call(np.sqrt, out)
        elif p not in (0.0, 1.0):
            out = call(np.power, out, x.dtype.type(1.0 / p))
        return np.asarray(out)

    def pull(
        self,
        g: Any,
        x: Any,
        y: Any,
        x_shape: tuple[int, ...],
        p: float,
        dims: tuple[int, ...] | None,
    ) -> Any:
        if p == 0.0:
            return mul(spread(g, x_shape, dims), mul(x, 0.0))
        if p == 1.0:
            return mul(spread(g, x_shape, dims), sign(x))
        none = equal(y, 0.0)
        if p == 2.0:
            return mul(spread(where(none, 0.0, div(g, where(none, 1.0, y))), x_shape, dims), x)
        zero = equal(x, 0.0)
        share = div(where(zero, 1.0, absolute(x)), spread(where(none, 1.0, y), x_shape, dims))
        return mul(spread(where(none, 0.0, g), x_shape, dims), mul(sign(x), pow(share, p - 1.0)))


VECTOR_NORM = VectorNorm()


def vector_norm(
    x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None,
    **named: Any,
) -> Any:  # fmt: skip
    """The p-norm of vectors: `sum(abs(x)^ord)^(1/ord)`.

    Parameters
    ----------
    x : Tensor
        Of floats, any shape.
    ord : float
        2 for the length; inf and -inf for the largest and the smallest size of an element; 0 for
        how many elements differ from 0.
    dim : int or tuple of int, optional
        What to reduce; everything when left out.
    keepdim : bool
        Keep reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this first.

    Raises
    ------
    DtypeError
        For integers and bools.
    ShapeError
        For no elements, where `ord` has no answer for these.

    Notes
    -----
    Where the norm is 0 the gradient is 0; for inf and -inf equal elements share it.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.linalg.vector_norm(tgx.tensor([3.0, -4.0]))
    tensor(5.)
    """
    handle = float_handle(x, "vector_norm", dtype)
    dim, keepdim = numpy_names("vector_norm", named, dim, keepdim)
    p = _order(ord, "vector_norm")
    shape = handle.array.shape
    dims = whole_dims(dim, len(shape), "vector_norm")
    empty = 0 in (shape if dims is None else [shape[d] for d in dims])
    if empty and (p < 0 or p == math.inf):
        raise ShapeError(
            f"vector_norm with ord={ord} of a tensor of shape {shape}",
            "no elements, of which this has no answer", "check that it is not empty: x.numel() > 0",
        )  # fmt: skip
    if math.isinf(p):
        return (amax if p > 0 else amin)(absolute(handle), dims, keepdim)
    return VECTOR_NORM.apply((handle,), (p, dims, keepdim))


def _order(ord: Any, asked: str) -> float:
    try:
        return float(ord)
    except (TypeError, ValueError):
        raise ArgumentError(
            f"{asked} with ord={ord!r}", "no number", "use a number, or inf or -inf"
        ) from None


def norm(
    input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None,
    **named: Any,
) -> Any:  # fmt: skip
    """The norm of all elements as one vector, or along dimensions.

    Parameters
    ----------
    input : Tensor
        Of floats, any shape.
    p : float or {"fro", "nuc"}
        A number for that norm of a vector; "fro" is the same as 2; "nuc" is the sum of the
        singular values of matrices.
    dim : int or tuple of int, optional
        What to reduce; everything when left out.
    keepdim : bool
        Keep reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this first.

    Notes
    -----
    Where the norm is 0 the gradient is 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.norm(tgx.tensor([[3.0, 4.0], [6.0, 8.0]]), dim=1)
    tensor([ 5., 10.])
    """
    dim, keepdim = numpy_names("norm", named, dim, keepdim)
    if p == "nuc":
        from tinygradx.ops.linalg import matrix_norm  # which stands on vector norms

        return matrix_norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim, dtype=dtype)


def dist(input: Any, other: Any, p: Any = 2) -> Any:
    """The p-norm of the difference of two tensors, which broadcast.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.dist(tgx.tensor([3.0, 0.0]), tgx.tensor([0.0, 4.0]))
    tensor(5.)
    """
    return vector_norm(sub(input, other), p)


def cdist(x1: Any, x2: Any, p: Any = 2.0, compute_mode: str | None = None) -> Any:
    """How far every vector of one set is from every vector of another.

    Parameters
    ----------
    x1, x2 : Tensor
        Of shapes (..., n, d) and (..., m, d), of floats; leading sizes broadcast.
    p : float
        Which norm, from 0 on.
    compute_mode : str, optional
        Taken for PyTorch's sake. Differences are always formed: PyTorch's way over products of
        matrices loses the digits of small distances.

    Returns
    -------
    Tensor
        Of shape (..., n, m). Where a distance is 0 its gradient is 0.

    Raises
    ------
    ShapeError
        If the vectors are not of one length.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.cdist(tgx.tensor([[0.0, 0.0]]), tgx.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5., 1.]])
    """
    a, b = float_handle(x1, "cdist"), float_handle(x2, "cdist")
    x, y = a.array.shape, b.array.shape
    if len(x) < 2 or len(y) < 2 or x[-1] != y[-1]:
        raise ShapeError(
            f"cdist of shapes {x} and {y}", "not two sets of vectors of one length",
            "pass (..., n, d) and (..., m, d)",
        )  # fmt: skip
    _from_zero(p, "cdist")
    apart = sub(unsqueeze(a, -2), unsqueeze(b, -3))
    if not x[-1]:  # vectors without elements are not apart
        return SUM.apply((apart,), ((apart.array.ndim - 1,), False))
    return vector_norm(apart, p, -1)


def _from_zero(p: Any, asked: str) -> None:
    if not p >= 0:
        raise ArgumentError(f"{asked} with p={p}", "no norm", "use p from 0 on")


def pdist(input: Any, p: Any = 2) -> Any:
    """How far every two vectors of a set are apart.

    Parameters
    ----------
    input : Tensor
        Of shape (n, d), of floats.
    p : float
        Which norm, from 0 on.

    Returns
    -------
    Tensor
        Of n (n - 1) / 2 distances: 0 to 1, 0 to 2, ..., 1 to 2, ...

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.pdist(tgx.tensor([[0.0, 0.0], [3.0, 4.0], [3.0, 0.0]]))
    tensor([5., 3., 4.])
    """
    x = float_handle(input, "pdist")
    if x.array.ndim != 2:
        raise ShapeError(
            f"pdist of a tensor of shape {x.array.shape}", "not a set of vectors", "pass (n, d)"
        )
    _from_zero(p, "pdist")
    first, second = np.triu_indices(x.array.shape[0], 1)
    apart = sub(GETITEM.apply((x,), (first,)), GETITEM.apply((x,), (second,)))
    if not x.array.shape[1]:
        return SUM.apply((apart,), ((1,), False))
    return vector_norm(apart, p, -1)


def pairwise_distance(
    x1: Any, x2: Any, p: Any = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Any:
    """How far each vector is from its partner: the p-norm of `x1 - x2 + eps`.

    Parameters
    ----------
    x1, x2 : Tensor
        Of shapes (..., d), which broadcast.
    p : float
        Which norm.
    eps : float
        Added to each difference, so that no distance is 0.
    keepdim : bool
        Keep the last dimension with size 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.pairwise_distance(tgx.tensor([[3.0, 4.0]]), tgx.zeros(1, 2))
    tensor([5.0000])
    """
    return vector_norm(add(sub(x1, x2), eps), p, -1, keepdim)


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """The cosine of the angle between vectors: `x1·x2 / (max(|x1|, eps) * max(|x2|, eps))`.

    Parameters
    ----------
    x1, x2 : Tensor
        Of floats, which broadcast.
    dim : int
        Where the vectors lie.
    eps : float
        What a length is at least taken to be.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.cosine_similarity(tgx.tensor([1.0, 0.0]), tgx.tensor([1.0, 1.0]), dim=0)
    tensor(0.7071)
    """
    a, b = as_handle(x1, "cosine_similarity"), as_handle(x2, "cosine_similarity")
    dtype = result_type((a.array, b.array))
    a = float_handle(a, "cosine_similarity", dtype)
    b = float_handle(b, "cosine_similarity", dtype)
    pair = broadcast_tensors(a, b)
    dims = whole_dims(dim, pair[0].array.ndim, "cosine_similarity")
    x, y = (div(v, clamp(vector_norm(v, 2, dims, True), eps)) for v in pair)
    return SUM.apply((mul(x, y),), (dims, False))


def normalize(input: Any, p: Any = 2.0, dim: Any = 1, eps: float = 1e-12, out: None = None) -> Any:
    """Vectors over their length: `x / max(norm(x), eps)`.

    Parameters
    ----------
    input : Tensor
        Of floats.
    p : float
        Which norm.
    dim : int or tuple of int
        Where the vectors lie.
    eps : float
        What a length is at least taken to be.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.normalize(tgx.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    x = float_handle(input, "normalize")
    return div(x, clamp(vector_norm(x, p, dim, True), eps))
