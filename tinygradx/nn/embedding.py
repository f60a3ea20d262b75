"""Vectors for words: rows of a table that are learned."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.graph import no_grad
from tinygradx.nn import init
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.ops.linalg import renorm
from tinygradx.ops.lookup import EMBEDDING
from tinygradx.ops.structural import as_handle
from tinygradx.tensor import Tensor, zeros


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Rows of a table: `weight[input]`.

    Parameters
    ----------
    input : Tensor
        Row numbers, integers of any shape.
    weight : Tensor
        The table, of shape (num_embeddings, embedding_dim).
    padding_idx : int, optional
        A row that gets no gradient: what stands for no word at all.
    max_norm : float, optional
        Rows that are looked up and longer than this are scaled down to it first, **in the table
        itself**, and nothing of that is recorded.
    norm_type : float
        Which norm that is.
    scale_grad_by_freq : bool
        Divide the gradient of each row by how often it is looked up here.
    sparse : bool
        Taken for PyTorch's sake; the gradient is a whole table.

    Returns
    -------
    Tensor
        In the shape of the input, with the size embedding_dim behind it.

    Raises
    ------
    DtypeError, ShapeError, DimError, ArgumentError
        If the input has no integers, the weight is no table, or there is no such row.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> table = tgx.tensor([[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]])
    >>> tgx.nn.functional.embedding(tgx.tensor([2, 1]), table)
    tensor([[3., 4.],
            [1., 2.]])
    """
    index, table = as_handle(input, "embedding").array, as_handle(weight, "embedding")
    if table.array.ndim != 2:
        raise ShapeError(
            f"embedding with a weight of shape {table.array.shape}", "no table of vectors",
            "pass (num_embeddings, embedding_dim)",
        )  # fmt: skip
    if index.dtype.kind not in "iu":
        raise DtypeError(f"embedding of {index.dtype}", "no row numbers", "convert: input.long()")
    count = len(table.array)
    wrong = index[(index < 0) | (index >= count)]
    if wrong.size:
        raise DimError(
            f"embedding with {count} rows", f"the row number {wrong[0]}",
            f"use numbers from 0 to {count - 1}",
        )  # fmt: skip
    padding = _padding(padding_idx, count)
    index = index.astype(np.int64)  # a copy: a write to the input must not change the way back
    if max_norm is not None and index.size:
        with no_grad():
            rows = as_handle(np.unique(index), "embedding")
            weight.index_copy_(0, rows, renorm(weight[rows], norm_type, 0, max_norm))
    return EMBEDDING.apply((table,), (index, padding, scale_grad_by_freq))  # type: ignore[no-any-return]


def _padding(padding_idx: int | None, count: int) -> int | None:
    """The row without a gradient, counted from the front."""
    if padding_idx is None:
        return None
    place = operator.index(padding_idx)
    if not -count <= place < count:
        raise ArgumentError(
            f"embedding with padding_idx={place}", f"a weight of {count} rows",
            f"use a row from {-count} to {count - 1}",
        )  # fmt: skip
    return place % count


class Embedding(Module):
    """A table of vectors that is learned, looked up by row: `functional.embedding`.

    Bengio et al. (2003), "A neural probabilistic language model".

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        How many rows, and how long each is.
    padding_idx : int, optional
        A row that begins at 0 and is never learned: what stands for no word at all.
    max_norm, norm_type, scale_grad_by_freq, sparse
        As for the function.
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.

    Attributes
    ----------
    weight : Parameter
        Of shape (num_embeddings, embedding_dim); it begins normally distributed, of variance 1.

    Raises
    ------
    ArgumentError
        If a size is below 1, or there is no row `padding_idx`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> words = tgx.nn.Embedding(10, 3, padding_idx=0)
    >>> words(tgx.tensor([[1, 4], [2, 0]])).shape
    (2, 2, 3)
    >>> words.weight[0].detach()
    tensor([0., 0., 0.])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if num_embeddings < 1 or embedding_dim < 1:
            raise ArgumentError(
                f"Embedding of {num_embeddings} rows of {embedding_dim}", "no table",
                "use 1 or more of both",
            )  # fmt: skip
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = _padding(padding_idx, num_embeddings)
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse
        if _weight is None:
            table = zeros(num_embeddings, embedding_dim, dtype=dtype, device=device)
            self.weight = Parameter(table, requires_grad=not _freeze)
            self.reset_parameters()
        else:
            if _weight.shape != (num_embeddings, embedding_dim):
                raise ShapeError(
                    f"Embedding of {num_embeddings} rows of {embedding_dim}",
                    f"a weight of shape {_weight.shape}", "pass a table of these sizes",
                )  # fmt: skip
            self.weight = Parameter(_weight, requires_grad=not _freeze)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """A layer with a table that is there already.

        Parameters
        ----------
        embeddings : Tensor
            The table, of shape (num_embeddings, embedding_dim); its memory is shared.
        freeze : bool
            Whether it stays as it is.
        padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse
            As for the class.
        """
        if embeddings.ndim != 2:
            raise ShapeError(
                f"Embedding from a tensor of shape {embeddings.shape}", "no table of vectors",
                "pass (num_embeddings, embedding_dim)",
            )  # fmt: skip
        count, size = embeddings.shape
        return cls(
            count, size, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse,
            _weight=embeddings, _freeze=freeze,
        )  # fmt: skip

    def reset_parameters(self) -> None:
        """Draw new values; see `manual_seed`."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0.0

    def forward(self, input: Tensor) -> Tensor:
        """In the shape of the input, with the size embedding_dim behind it."""
        return embedding(
            input, self.weight, self.padding_idx, self.max_norm, self.norm_type,
            self.scale_grad_by_freq, self.sparse,
        )  # fmt: skip

    def extra_repr(self) -> str:
        """The sizes, and what is not as usual."""
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        return text
