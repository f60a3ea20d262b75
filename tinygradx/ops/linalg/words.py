"""The words that linear algebra is written in: what goes in, what comes out, what has no answer.

A factorisation is one node that holds its parts side by side, flattened, in the last dimension; the
parts are views of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygradx.errors import DtypeError, ShapeError, TeachingError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import add, div, sub
from tinygradx.ops.joining import NARROW
from tinygradx.ops.products import MATMUL
from tinygradx.ops.shapes import RESHAPE, unsqueeze
from tinygradx.ops.structural import as_handle
from tinygradx.ops.transposing import PERMUTE


class LinAlgError(TeachingError, RuntimeError, np.linalg.LinAlgError):
    """A matrix that has no such answer: singular, not positive definite, not converged."""


def turn(x: Handle) -> Any:
    """Each matrix transposed."""
    n = x.array.ndim
    return PERMUTE.apply((x,), ((*range(n - 2), n - 1, n - 2),))


def product(*factors: Any) -> Any:
    """The product of stacks of matrices."""
    out = factors[0]
    for factor in factors[1:]:
        out = MATMUL.apply((out, factor), ())
    return out


def like(x: Handle, array: Any) -> Any:
    """A constant in the dtype of x."""
    return wrap(x.result_class, np.asarray(array, x.array.dtype))


def identity(x: Handle, n: int) -> Any:
    """The n by n matrix that changes nothing, in the dtype of x."""
    return like(x, np.eye(n))


def columns(x: Any) -> Any:
    """A vector as a row that scales the columns of a matrix."""
    return unsqueeze(x, -2)


def rows(x: Any) -> Any:
    """A vector as a column that scales the rows of a matrix."""
    return unsqueeze(x, -1)


def matrices(input: Any, asked: str) -> Handle:
    """A stack of matrices of floats, or an error."""
    x = as_handle(input, asked)
    if x.array.ndim < 2:
        raise ShapeError(
            f"{asked} of a tensor of shape {x.array.shape}", "no matrix",
            "pass at least two dimensions: (..., n, m)",
        )  # fmt: skip
    if x.array.dtype.kind != "f":
        raise DtypeError(
            f"{asked} of {x.array.dtype}", "no floats", f"convert first: {asked}(x.float())"
        )
    return x


def square_matrices(input: Any, asked: str) -> Handle:
    """A stack of square matrices of floats, or an error."""
    x = matrices(input, asked)
    n, m = x.array.shape[-2:]
    if n != m:
        raise ShapeError(
            f"{asked} of matrices of shape {(n, m)}", "they are not square",
            "pass (..., n, n); pinv and lstsq take any",
        )  # fmt: skip
    return x


def by_numpy(of: Callable[..., Any], asked: str, why: str, *arrays: Any, **how: Any) -> Any:
    """NumPy's answer, or its refusal in our words."""
    got, _, do = why.partition(": ")
    try:
        with np.errstate(all="ignore"):
            return of(*arrays, **how)
    except np.linalg.LinAlgError:
        raise LinAlgError(asked, f"{got} ({_which(arrays[0], of)})", do) from None


def _which(array: Any, of: Callable[..., Any]) -> str:
    """The first matrix of a stack that has no answer, in words."""
    of = np.linalg.inv if of is np.linalg.solve else of
    for place in np.ndindex(array.shape[:-2]):
        if not has_answer(of, array[place]):
            at = f"number {place if len(place) > 1 else place[0]} of the stack" if place else "it"
            return f"{at} has rank {_rank(array[place])} of {min(array.shape[-2:])}"
    return "one of the stack"


def _rank(array: Any) -> Any:
    try:
        return int(np.linalg.matrix_rank(array))
    except np.linalg.LinAlgError:  # nan or inf in it
        return "unknown"


SINGULAR = "a singular matrix: add a small ridge, A + 1e-6 * tinygradx.eye(n), or use pinv or lstsq"
INDEFINITE = (
    "a matrix that is not positive definite: "
    "make it symmetric, (A + A.mT) / 2, and add a small ridge, A + 1e-6 * tinygradx.eye(n)"
)
DIVERGED = "no convergence, as with nan or inf in it: check with tinygradx.isfinite(A).all()"


def bound_of(s: Any, atol: Any, rtol: Any) -> Any:
    """What singular values must be above to count, for each matrix."""
    return np.maximum(atol, rtol * s.max(-1, keepdims=True))


def holds_any(g: Handle) -> bool:
    """Whether a gradient is anywhere but 0."""
    return bool(np.any(g.array))


def one_over(gaps: Any, n: int) -> Any:
    """One over each gap, and 0 on the diagonal."""
    one = like(gaps, np.eye(n))
    return sub(div(1.0, add(gaps, one)), one)


def side_by_side(parts: Any) -> Any:
    """Arrays with the same leading sizes, flattened, one behind the other."""
    ndim = max(p.ndim for p in parts) - 2
    flat = [p.reshape(*p.shape[:ndim], math.prod(p.shape[ndim:])) for p in parts]
    return np.concatenate(flat, -1)


def apart(packed: Any, shapes: tuple[tuple[int, ...], ...]) -> list[Any]:
    """The parts of `side_by_side`, as views."""
    *leading, _ = packed.array.shape
    last, start, parts = len(leading), 0, []
    for shape in shapes:
        size = math.prod(shape)
        piece = NARROW.apply((packed,), (last, start, size))
        parts.append(RESHAPE.apply((piece,), ((*leading, *shape),)))
        start += size
    return parts


def tolerances(x: Handle, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """The absolute and the relative bound for singular values, with PyTorch's defaults.

    A tensor has one for each matrix.
    """
    least, share = (b.array[..., None] if isinstance(b, Handle) else b for b in (atol, rtol))
    if least is None:
        least = 0.0
    if share is None:
        share = max(x.array.shape[-2:]) * float(np.finfo(x.array.dtype).eps)
        share = (
            np.where(least > 0.0, 0.0, share)
            if isinstance(least, np.ndarray)
            else (0.0 if least > 0.0 else share)
        )
    return least, share


def with_info(
    x: Handle, compute: Callable[[Any], Any], of: Callable[..., Any], check_errors: bool
) -> tuple[Any, Any]:
    """An answer for each matrix, nan where there is none, and an int32 that is not 0 there."""
    info = np.zeros(x.array.shape[:-2], np.int32)
    try:
        out = compute(x)
    except LinAlgError:
        if check_errors:
            raise
        for place in np.ndindex(info.shape):
            info[place] = _first_bad_minor(x.array[place], of)
        bad = wrap(x.result_class, (info > 0)[..., None, None])
        out = where(bad, math.nan, compute(where(bad, identity(x, x.array.shape[-1]), x)))
    return out, wrap(x.result_class, info)


def _first_bad_minor(matrix: Any, of: Callable[..., Any]) -> int:
    """0 if a matrix has an answer, else the size of its smallest leading part that has none."""
    whole = len(matrix)
    if has_answer(of, matrix):
        return 0
    return next((k for k in range(1, whole) if not has_answer(of, matrix[:k, :k])), whole)


def has_answer(of: Callable[..., Any], matrix: Any) -> bool:
    """Whether a function of NumPy's takes this matrix."""
    try:
        of(matrix)
    except np.linalg.LinAlgError:
        return False
    return True
