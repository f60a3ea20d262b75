"""Bags of words: the rows of a table that belong together, made one vector."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, no_grad, wrap
from tinygradx.nn import init
from tinygradx.nn.embedding import Embedding, embedding
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import div, mul
from tinygradx.ops.gathering import gather
from tinygradx.ops.shapes import reshape
from tinygradx.ops.slices import index_add
from tinygradx.ops.structural import as_handle
from tinygradx.tensor import Tensor

MODES = ("sum", "mean", "max")


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, mean or maximum of several rows of a table, for each bag of row numbers.

    Parameters
    ----------
    input : Tensor
        Row numbers: (B, L), a bag in each row; or (T,), all bags one after the other.
    weight : Tensor
        The table, of shape (num_embeddings, embedding_dim).
    offsets : Tensor, optional
        With an input (T,) only: where each bag begins, from 0 on, of shape (B,).
    max_norm, norm_type, scale_grad_by_freq, sparse
        As for `embedding`.
    mode : {"sum", "mean", "max"}
        What becomes of the rows of a bag; a bag of none is 0.
    per_sample_weights : Tensor, optional
        In the shape of the input, for sums: what each row is multiplied by.
    include_last_offset : bool
        Whether the last offset is where the last bag ends, so that there is one bag less.
    padding_idx : int, optional
        A row that counts for nothing in any bag.

    Returns
    -------
    Tensor
        Of shape (B, embedding_dim). Of equal rows, the first is the largest.

    Raises
    ------
    DtypeError, ShapeError, DimError, ArgumentError
        If shapes, dtypes or offsets do not fit, there is no such row or mode, or settings exclude
        each other.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> table = tgx.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> bags, begin = tgx.tensor([0, 2, 1]), tgx.tensor([0, 2])  # rows 0 and 2, and row 1
    >>> tgx.nn.functional.embedding_bag(bags, table, begin)
    tensor([[3., 4.],
            [3., 4.]])
    """
    asked = f"embedding_bag with mode={mode!r}"
    if mode not in MODES:
        raise ArgumentError(asked, "no such mode", 'use "sum", "mean" or "max"')
    if mode == "max" and scale_grad_by_freq:
        raise ArgumentError(
            f"{asked} and scale_grad_by_freq=True", "a maximum, to which one row leads",
            "leave it out",
        )  # fmt: skip
    numbers = as_handle(input, "embedding_bag")
    bags, count = _bags(numbers.array, offsets, include_last_offset)
    flat = reshape(numbers, (bags.size,))
    rows = embedding(flat, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    kept = np.ones(bags.size, bool)
    if padding_idx is not None:
        kept = flat.array != padding_idx % len(as_handle(weight, asked).array)
    if per_sample_weights is not None:
        shares = _shares(per_sample_weights, numbers, rows, mode)
        rows = mul(rows, reshape(shares, (bags.size, 1)))
    out: Tensor
    if mode == "max":
        out = _largest(rows, bags, count, kept)
    else:
        out = _sums(rows, bags, count, kept, mode == "mean")
    return out


def _bags(numbers: Any, offsets: Any, include_last: bool) -> tuple[Any, int]:
    """For each row number the bag that it is in, and how many bags there are."""
    asked = f"embedding_bag of an input of shape {numbers.shape}"
    if numbers.ndim == 2:
        if offsets is not None:
            raise ArgumentError(asked, "offsets, where each row is a bag", "leave them out")
        return np.repeat(np.arange(len(numbers)), numbers.shape[1]), len(numbers)
    if numbers.ndim != 1:
        raise ShapeError(asked, "no bags", "pass (B, L), or (T,) with offsets")
    if offsets is None:
        raise ArgumentError(asked, "no offsets", "say where each bag begins: offsets=")
    starts = as_handle(offsets, "embedding_bag").array
    if starts.dtype.kind not in "iu" or starts.ndim != 1:
        raise ShapeError(
            asked, f"offsets of shape {starts.shape}, {starts.dtype}", "pass integers of shape (B,)"
        )
    ends = (starts if include_last else np.append(starts, numbers.size)).astype(np.int64)
    if not ends.size or ends[0] != 0 or ends[-1] != numbers.size or (np.diff(ends) < 0).any():
        last = f", and end with {numbers.size}" if include_last else ""
        raise ArgumentError(
            asked, f"offsets {starts.tolist()!s:.60}",
            f"begin with 0, never fall, stay within the {numbers.size} row numbers{last}",
        )  # fmt: skip
    count = len(ends) - 1
    return np.repeat(np.arange(count), np.diff(ends)), count


def _shares(given: Any, numbers: Handle, rows: Handle, mode: str) -> Handle:
    shares = as_handle(given, "embedding_bag")
    if mode != "sum":
        raise ArgumentError(
            f"embedding_bag with per_sample_weights and mode={mode!r}", "weights for sums",
            'use mode="sum"',
        )  # fmt: skip
    if shares.array.shape != numbers.array.shape:
        raise ShapeError(
            f"embedding_bag with per_sample_weights of shape {shares.array.shape}",
            f"an input of shape {numbers.array.shape}", "give each row number its weight",
        )  # fmt: skip
    if shares.array.dtype != rows.array.dtype:
        raise DtypeError(
            f"embedding_bag with per_sample_weights of {shares.array.dtype}",
            f"a table of {rows.array.dtype}", "convert one of them",
        )  # fmt: skip
    return shares


def _sums(rows: Any, bags: Any, count: int, kept: Any, mean: bool) -> Any:
    """The rows of each bag added up, and divided by their number."""
    kind, dtype = rows.result_class, rows.array.dtype
    if not kept.all():
        rows = where(wrap(kind, kept[:, None]), rows, 0.0)
    empty = wrap(kind, np.zeros((count, rows.array.shape[1]), dtype))
    out = index_add(empty, 0, wrap(kind, bags.astype(np.int64)), rows)
    if mean:
        sizes = np.maximum(np.bincount(bags[kept], minlength=count), 1)
        out = div(out, wrap(kind, sizes.astype(dtype)[:, None]))
    return out


def _largest(rows: Any, bags: Any, count: int, kept: Any) -> Any:
    """The largest element of each column of each bag, and 0 of none."""
    if not kept.any():
        return _sums(rows, bags, count, kept, False)
    kind, values = rows.result_class, rows.array
    best = np.full((count, values.shape[1]), -np.inf)
    np.maximum.at(best, bags[kept], values[kept])  # nan spreads
    # From the last row to the first, so that of equal rows the first is what stays.
    place = np.zeros(best.shape, np.int64)
    found = np.flatnonzero(kept)[::-1]
    same = (values[found] == best[bags[found]]) | (values[found] != values[found])
    order, column = np.nonzero(same)
    place[bags[found][order], column] = found[order]
    there = np.bincount(bags[kept], minlength=count) > 0
    out = gather(rows, 0, wrap(kind, place))
    return out if there.all() else where(wrap(kind, there[:, None]), out, 0.0)


class EmbeddingBag(Module):
    """A table of vectors that is learned; bags of its rows are summed up: `embedding_bag`.

    Quicker to write than `Embedding` with a mean behind it, and with bags of different sizes. As in
    Joulin et al. (2016), "Bag of tricks for efficient text classification", arXiv:1607.01759.

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        How many rows, and how long each is.
    max_norm, norm_type, scale_grad_by_freq, mode, sparse, include_last_offset
        As for `functional.embedding_bag`.
    padding_idx : int, optional
        A row that begins at 0, is never learned and counts for nothing in any bag.
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
    ArgumentError, ShapeError
        If a size is below 1, there is no such row or mode, or the table has other sizes.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> words = tgx.nn.EmbeddingBag(10, 3, mode="sum")
    >>> words(tgx.tensor([[1, 4, 2], [2, 0, 5]])).shape
    (2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if mode not in MODES:
            raise ArgumentError(
                f"EmbeddingBag with mode={mode!r}", "no such mode", 'use "sum", "mean" or "max"'
            )
        # The table and its row of padding are those of an Embedding, with its errors.
        table = Embedding(
            num_embeddings, embedding_dim, padding_idx, _weight=_weight, device=device, dtype=dtype
        )
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.mode, self.sparse = scale_grad_by_freq, mode, sparse
        self.include_last_offset, self.padding_idx = include_last_offset, table.padding_idx
        self.weight: Parameter = table.weight

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> EmbeddingBag:
        """A layer with a table that is there already.

        Parameters
        ----------
        embeddings : Tensor
            The table, of shape (num_embeddings, embedding_dim); its memory is shared.
        freeze : bool
            Whether it stays as it is.
        max_norm, norm_type, scale_grad_by_freq, mode, sparse, include_last_offset, padding_idx
            As for the class.
        """
        if embeddings.ndim != 2:
            raise ShapeError(
                f"EmbeddingBag from a tensor of shape {embeddings.shape}", "no table of vectors",
                "pass (num_embeddings, embedding_dim)",
            )  # fmt: skip
        count, size = embeddings.shape
        layer = cls(
            count, size, max_norm, norm_type, scale_grad_by_freq, mode, sparse, embeddings,
            include_last_offset, padding_idx,
        )  # fmt: skip
        layer.weight.requires_grad_(not freeze)
        return layer

    def reset_parameters(self) -> None:
        """Draw new values; see `manual_seed`."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0.0

    def forward(
        self,
        input: Tensor,
        offsets: Tensor | None = None,
        per_sample_weights: Tensor | None = None,
    ) -> Tensor:
        """A vector for each bag: (B, embedding_dim)."""
        return embedding_bag(
            input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq,
            self.mode, self.sparse, per_sample_weights, self.include_last_offset, self.padding_idx,
        )  # fmt: skip

    def extra_repr(self) -> str:
        """The sizes, and what is not as usual."""
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        text += f", mode={self.mode!r}"
        return text if self.padding_idx is None else f"{text}, padding_idx={self.padding_idx}"
