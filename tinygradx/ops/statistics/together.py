"""How variables move together: covariance and correlation."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import clip, div, mul, sub
from tinygradx.ops.exponentials import sqrt
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.products import matmul
from tinygradx.ops.reductions import mean
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import reshape
from tinygradx.ops.sorting import along
from tinygradx.ops.structural import as_handle
from tinygradx.ops.transposing import transpose


def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """The covariance of variables (rows) over observations (columns).

    Parameters
    ----------
    input : Tensor
        Of shape (variables, observations), or (observations,) for one variable.
    correction : int
        What is taken off the number of observations that the sum is divided by.
    fweights : Tensor, optional
        How often each observation is there: int64, of shape (observations,).
    aweights : Tensor, optional
        How much each observation counts: floats from 0 on.

    Returns
    -------
    Tensor
        Of shape (variables, variables); a single number for one variable.

    Raises
    ------
    ShapeError
        For more than two dimensions, or weights of another length.
    ArgumentError
        For a negative weight.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.cov(tgx.tensor([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]))
    tensor([[ 1., -2.],
            [-2.,  4.]])
    """
    x = as_handle(input, "cov")
    if x.array.ndim > 2:
        raise ShapeError(
            f"cov of a tensor of shape {x.array.shape}", "more than two dimensions",
            "pass (variables, observations)",
        )  # fmt: skip
    if x.array.dtype.kind != "f":
        x = to_dtype(x, np.float32)
    rows = reshape(x, 1, -1) if x.array.ndim < 2 else x
    count = rows.array.shape[1]
    weights = _weights(fweights, aweights, count)
    if weights is None:
        whole: Any = float(count)
        apart = sub(rows, mean(rows, 1, True)) if count else rows
        weighted = apart
    else:
        whole = total(weights)
        apart = sub(rows, div(total(mul(rows, weights), 1, True), whole))
        weighted = mul(apart, weights)
    over = whole - correction
    if aweights is not None and correction:
        over = sub(whole, mul(div(total(mul(weights, aweights)), whole), float(correction)))
    over = max(over, 0.0) if isinstance(over, float) else where(over > 0.0, over, 0.0)
    out = div(matmul(weighted, transpose(apart, 0, 1)), over)
    return reshape(out, ()) if out.array.size == 1 else out


def _weights(fweights: Any, aweights: Any, count: int) -> Any:
    """How much each observation counts; None if all count as one."""
    out = None
    for given, name, kinds in ((fweights, "fweights", "iu"), (aweights, "aweights", "f")):
        if given is None:
            continue
        weight = as_handle(given, "cov")
        if weight.array.shape != (count,):
            raise ShapeError(
                f"cov with {name} of shape {weight.array.shape}", f"{count} observations",
                f"pass one weight for each: shape ({count},)",
            )  # fmt: skip
        if weight.array.dtype.kind not in kinds:
            raise DtypeError(
                f"cov with {name} of dtype {weight.array.dtype}", "another kind of number",
                "use integers for fweights, floats for aweights",
            )  # fmt: skip
        if (weight.array < 0).any():
            raise ArgumentError(f"cov with {name}", "a weight below 0", "use weights from 0 on")
        out = weight if out is None else mul(out, weight)
    return out


def corrcoef(input: Any) -> Any:
    """The correlation of variables (rows) over observations (columns), from -1 to 1.

    Parameters
    ----------
    input : Tensor
        As for `cov`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.corrcoef(tgx.tensor([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    c = cov(input)
    if not c.array.ndim:
        return div(c, c)
    places = np.arange(c.array.shape[0])[:, None]
    spreads = sqrt(along(c, places, 1))
    return clip(div(div(c, spreads), transpose(spreads, 0, 1)), -1.0, 1.0)
