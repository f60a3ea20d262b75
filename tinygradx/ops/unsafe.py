"""PyTorch's splits that are views of which nobody knows: here copies, with nothing to be unsafe."""

from __future__ import annotations

from typing import Any

from tinygradx.ops.memory import clone
from tinygradx.ops.splitting import chunk, split


def unsafe_split(input: Any, split_size: Any, dim: int = 0) -> tuple[Any, ...]:
    """Copies of the parts that `split` answers.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.unsafe_split(tgx.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    return tuple(clone(part) for part in split(input, split_size, dim))


def unsafe_chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Any, ...]:
    """Copies of the parts that `chunk` answers.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.unsafe_chunk(tgx.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    return tuple(clone(part) for part in chunk(input, chunks, dim))
