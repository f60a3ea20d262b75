"""Diagonals and triangles of matrices: read, written, kept, and where they are."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import mul
from tinygradx.ops.joining import cat
from tinygradx.ops.memory import clone
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import reshape, unsqueeze
from tinygradx.ops.structural import Structural, as_handle, numpy_like, whole_dim


class Diagonal(Structural):
    """The diagonals of matrices, as the last dimension of a view."""

    name = "diagonal"
    view = True

    def forward(self, x: Any, offset: int, dim1: int, dim2: int) -> Any:
        out = x.diagonal(offset, dim1, dim2)
        out.flags.writeable = x.flags.writeable  # NumPy's is read-only; the elements are distinct
        return out

    def pull(self, g: Any, x_shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Any:
        return ON_DIAGONAL.apply((g,), (x_shape, offset, dim1, dim2))


class OnDiagonal(Structural):
    """Zeros, with the last dimension of x on the diagonals of two others."""

    name = "on_diagonal"

    def forward(self, x: Any, shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Any:
        out = numpy_like(x).zeros(shape, x.dtype)
        DIAGONAL.forward(out, offset, dim1, dim2)[...] = x
        return out

    def pull(self, g: Any, offset: int, dim1: int, dim2: int) -> Any:
        return DIAGONAL.apply((g,), (offset, dim1, dim2))


class Tril(Structural):
    """Matrices with zeros above a diagonal."""

    name = "tril"

    def forward(self, x: Any, diagonal: int) -> Any:
        return numpy_like(x).tril(x, diagonal)

    def pull(self, g: Any, diagonal: int) -> Any:
        return TRIL.apply((g,), (diagonal,))


class Triu(Structural):
    """Matrices with zeros below a diagonal."""

    name = "triu"

    def forward(self, x: Any, diagonal: int) -> Any:
        return numpy_like(x).triu(x, diagonal)

    def pull(self, g: Any, diagonal: int) -> Any:
        return TRIU.apply((g,), (diagonal,))


DIAGONAL, ON_DIAGONAL, TRIL, TRIU = Diagonal(), OnDiagonal(), Tril(), Triu()


def _two_dims(ndim: int, dim1: Any, dim2: Any, asked: str) -> tuple[int, int]:
    """Two different dims counted from the front."""
    if ndim < 2:
        raise DimError(
            f"{asked} of a tensor of {ndim} dimensions", "no two of them",
            "pass at least a matrix; diag(x) makes one of a vector",
        )  # fmt: skip
    first, second = whole_dim(dim1, ndim, asked), whole_dim(dim2, ndim, asked)
    if first == second:
        raise DimError(f"{asked} of dims {dim1} and {dim2}", "one and the same", "name two")
    return first, second


def diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The diagonals of matrices, as the last dimension of a view.

    Parameters
    ----------
    input : Tensor
        Of at least two dimensions.
    offset : int
        0 is the main diagonal, 1 the one above it, -1 the one below.
    dim1, dim2 : int
        Which dimensions are the rows and columns.

    Returns
    -------
    Tensor
        A view: the other dimensions, and the diagonal.

    Raises
    ------
    DimError
        If the dims are out of range, or the same.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.diagonal(tgx.arange(9).reshape(3, 3), 1)
    tensor([1, 5])
    """
    x = as_handle(input, "diagonal")
    rows, columns = _two_dims(x.array.ndim, dim1, dim2, "diagonal")
    return DIAGONAL.apply((x,), (operator.index(offset), rows, columns))


def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Matrices of zeros with the last dimension on their diagonals.

    Parameters
    ----------
    input : Tensor
        Of at least one dimension.
    offset : int
        Which diagonal, as for `diagonal`.
    dim1, dim2 : int
        Where the rows and columns are afterwards.

    Raises
    ------
    DimError
        If the dims are out of range, or the same.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.diag_embed(tgx.tensor([1, 2]), 1)
    tensor([[0, 1, 0],
            [0, 0, 2],
            [0, 0, 0]])
    """
    x, offset = as_handle(input, "diag_embed"), operator.index(offset)
    shape = x.array.shape
    if not shape:
        raise DimError(
            "diag_embed of a number", "no dimension to put on a diagonal", "use x.reshape(1)"
        )
    rows, columns = _two_dims(len(shape) + 1, dim1, dim2, "diag_embed")
    size, others = shape[-1] + abs(offset), iter(shape[:-1])
    full = tuple(
        size if d in (rows, columns) else next(others) for d in range(len(shape) + 1)
    )  # fmt: skip
    if rows > columns:  # a diagonal above the one is a diagonal below the other
        rows, columns, offset = columns, rows, -offset
    return ON_DIAGONAL.apply((x,), (full, offset, rows, columns))


def diag(input: Any, diagonal: int = 0) -> Any:
    """A matrix with a vector on its diagonal; or a copy of the diagonal of a matrix.

    Parameters
    ----------
    input : Tensor
        A vector or a matrix.
    diagonal : int
        Which diagonal: 0 is the main one, 1 the one above it.

    Raises
    ------
    DimError
        If it is neither a vector nor a matrix.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.diag(tgx.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    >>> tgx.diag(tgx.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    x = as_handle(input, "diag")
    if x.array.ndim == 1:
        return diag_embed(x, diagonal)
    if x.array.ndim != 2:
        raise DimError(
            f"diag of a tensor of shape {x.array.shape}", "neither a vector nor a matrix",
            "use diagonal(x, 0, -2, -1) or diag_embed(x)",
        )  # fmt: skip
    return clone(DIAGONAL.apply((x,), (operator.index(diagonal), 0, 1)))


def diagflat(input: Any, offset: int = 0) -> Any:
    """A matrix with all elements of a tensor on its diagonal.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.diagflat(tgx.tensor([[1], [2]]))
    tensor([[1, 0],
            [0, 2]])
    """
    return diag_embed(reshape(as_handle(input, "diagflat"), -1), offset)


def trace(input: Any) -> Any:
    """The sum of the diagonal of a matrix; of integers as int64.

    Raises
    ------
    DimError
        If it is no matrix.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.trace(tgx.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(5.)
    """
    x = as_handle(input, "trace")
    if x.array.ndim != 2:
        raise DimError(
            f"trace of a tensor of shape {x.array.shape}", "no matrix",
            "for stacks of matrices use x.diagonal(0, -2, -1).sum(-1)",
        )  # fmt: skip
    return total(DIAGONAL.apply((x,), (0, 0, 1)))


def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """A copy with other values on the diagonals of two dimensions.

    Parameters
    ----------
    input : Tensor
        Of at least two dimensions.
    src : Tensor
        In the shape of ``input.diagonal(offset, dim1, dim2)``, of the input's dtype.
    offset, dim1, dim2 : int
        As for `diagonal`.

    Raises
    ------
    ShapeError, DtypeError, DimError
        If shape, dtype or dims do not fit.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.diagonal_scatter(tgx.zeros(2, 2), tgx.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    x, found = as_handle(input, "diagonal_scatter"), as_handle(src, "diagonal_scatter")
    rows, columns = _two_dims(x.array.ndim, dim1, dim2, "diagonal_scatter")
    part = DIAGONAL.forward(x.array, operator.index(offset), rows, columns)
    same_part(part, x, found, "diagonal_scatter")
    place = (x.array.shape, operator.index(offset), rows, columns)
    there = ON_DIAGONAL.forward(np.ones(part.shape, bool), *place)
    return where(wrap(x.result_class, there), ON_DIAGONAL.apply((found,), place), x)


def same_part(part: Any, x: Handle, src: Handle, asked: str) -> None:
    """Refuse to write what has not the shape and dtype of the part that it replaces."""
    if src.array.shape != part.shape:
        raise ShapeError(
            f"{asked} into a part of shape {part.shape}", f"a source of shape {src.array.shape}",
            "make both equal",
        )  # fmt: skip
    if src.array.dtype != x.array.dtype:
        raise DtypeError(
            f"{asked} into a tensor of dtype {x.array.dtype}", f"a source of {src.array.dtype}",
            "convert it: src.to(input.dtype)",
        )  # fmt: skip


# ---- triangles ----------------------------------------------------------------------------------


def _matrices(input: Any, asked: str) -> Handle:
    x = as_handle(input, asked)
    if x.array.ndim < 2:
        raise DimError(
            f"{asked} of a tensor of shape {x.array.shape}", "no matrix", "pass (..., n, m)"
        )
    return x


def tril(input: Any, diagonal: int = 0) -> Any:
    """Matrices with zeros above a diagonal.

    Parameters
    ----------
    input : Tensor
        Of shape (..., n, m).
    diagonal : int
        Up to which diagonal elements are kept: 0 is the main one, 1 the one above it.

    Raises
    ------
    DimError
        If there are less than two dimensions.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.tril(tgx.ones(3, 3))
    tensor([[1., 0., 0.],
            [1., 1., 0.],
            [1., 1., 1.]])
    """
    return TRIL.apply((_matrices(input, "tril"),), (operator.index(diagonal),))


def triu(input: Any, diagonal: int = 0) -> Any:
    """Matrices with zeros below a diagonal: see `tril`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.triu(tgx.ones(2, 2), 1)
    tensor([[0., 1.],
            [0., 0.]])
    """
    return TRIU.apply((_matrices(input, "triu"),), (operator.index(diagonal),))


def _indices(find: Any, row: int, col: int, offset: int, dtype: Any, asked: str) -> Any:
    if row < 0 or col < 0:
        raise ArgumentError(f"{asked} of {row} rows and {col} columns", "a negative size", "use 0")
    found = np.stack(find(row, offset, col)).astype(np.int64 if dtype is None else dtype)
    if found.dtype.kind not in "iu":
        raise DtypeError(f"{asked} of dtype {found.dtype}", "no integers", "use tinygradx.int64")
    return wrap(Handle.result_class, found)


def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None
) -> Any:
    """Where the elements on and below a diagonal are: their rows, and their columns.

    Parameters
    ----------
    row, col : int
        The size of the matrix.
    offset : int
        Which diagonal.
    dtype : dtype, optional
        int64 when left out.
    device : str, optional
        "cpu".

    Returns
    -------
    Tensor
        Of shape (2, count), row after row.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _indices(np.tril_indices, row, col, offset, dtype, "tril_indices")


def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None
) -> Any:
    """Where the elements on and above a diagonal are: see `tril_indices`."""
    return _indices(np.triu_indices, row, col, offset, dtype, "triu_indices")


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The powers of a vector's elements, one element a row: Vandermonde's matrix.

    Parameters
    ----------
    x : Tensor
        A vector.
    N : int, optional
        How many powers; as many as elements when left out.
    increasing : bool
        Whether they begin with x**0, instead of ending with it.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.vander(tgx.tensor([1, 2, 3]), 3, increasing=True)
    tensor([[1, 1, 1],
            [1, 2, 4],
            [1, 3, 9]])
    """
    base = as_handle(x, "vander")
    if base.array.ndim != 1:
        raise ShapeError("vander", f"a tensor of shape {base.array.shape}", "pass a vector")
    count = base.array.size if N is None else N
    if count < 0:
        raise ArgumentError(f"vander of {count} powers", "a negative number", "use N from 0 on")
    # Products, whose slopes at 0 are right; x**0 there would have the slope 0 * 0**-1.
    dtype = np.result_type(base.array.dtype, np.int64) if base.array.dtype.kind != "f" else None
    powers = [wrap(base.result_class, np.ones(base.array.size, dtype or base.array.dtype))]
    for _ in range(1, count):
        powers.append(mul(powers[-1], base))
    if count == 0:
        return wrap(base.result_class, np.zeros((base.array.size, 0), dtype or base.array.dtype))
    ordered = powers if increasing else powers[::-1]
    return cat([unsqueeze(p, 1) for p in ordered], 1)
