"""Sparse samples: rows of which most are 0, such as the words of a text."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tinygradx.data.datasets import Dataset
from tinygradx.errors import DimError, DtypeError, ShapeError
from tinygradx.tensor import Tensor, as_tensor, from_numpy


class SparseDataset(Dataset):
    """Rows of a sparse matrix, and what belongs to them; only the rows of a batch are made dense.

    11,314 texts with 130,000 different words are 6 GB as a dense matrix of float32, and 14 MB as a
    sparse one. A batch of 64 is 33 MB.

    Parameters
    ----------
    matrix : scipy.sparse matrix or array
        Of shape (N, features), as scikit-learn's `TfidfVectorizer` and `CountVectorizer` make it.
    y : Tensor, or array
        Of shape (N, ...).
    dtype : dtype
        Of the dense rows.

    Attributes
    ----------
    matrix : scipy.sparse
        By rows (CSR).
    y : Tensor
        What belongs to the rows.

    Raises
    ------
    DtypeError
        If the matrix is not sparse.
    ShapeError
        If it is not of two dimensions, or there are not as many `y` as rows.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> import tinygradx as tgx
    >>> words = csr_array([[0.0, 2.0, 0.0], [1.0, 0.0, 0.0]])
    >>> dataset = tgx.data.SparseDataset(words, tgx.tensor([1, 0]))
    >>> dataset[0]
    (tensor([0., 2., 0.]), tensor(1))
    """

    def __init__(self, matrix: Any, y: Any, dtype: Any = np.float32) -> None:
        if not hasattr(matrix, "tocsr"):
            raise DtypeError(
                "make a SparseDataset", f"a {type(matrix).__name__}",
                "pass a sparse matrix of SciPy; for a dense one: TensorDataset(x, y)",
            )  # fmt: skip
        self.matrix, self.y, self.dtype = matrix.tocsr(), as_tensor(y), np.dtype(dtype)
        shape = self.matrix.shape
        if len(shape) != 2 or not self.y.ndim or shape[0] != len(self.y):
            raise ShapeError(
                "make a SparseDataset", f"a matrix of shape {shape} and y of shape {self.y.shape}",
                "pass one y for each row",
            )  # fmt: skip

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, index: Any) -> tuple[Tensor, Tensor]:
        place = operator.index(index)
        if not -len(self) <= place < len(self):
            raise DimError(
                f"sample {place} of a SparseDataset of {len(self)} samples", "no such row",
                "count from 0 to the number of samples less 1, or from -1 at the end",
            )  # fmt: skip
        x, y = self.rows(np.array([place % len(self)]))
        return x[0], y[0]

    def rows(self, places: Any) -> list[Tensor]:
        """The dense rows at several places, and what belongs to them."""
        y = self.y[places]  # which refuses a place that is not there, before SciPy sees it
        return [from_numpy(self.matrix[places].toarray().astype(self.dtype)), y]
