"""Tensors inside tuples, lists and dictionaries, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tinygradx.tensor.tensor import Tensor

Rebuild = Callable[[Sequence[Any]], Any]


def flatten(tree: Any) -> tuple[list[Tensor], Rebuild]:
    """All tensors of a tree, and what puts others into their places.

    A tree is a tensor, or a tuple, list or dictionary of trees; anything else in it stays where it
    is.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> leaves, rebuild = flatten({"a": tgx.tensor(1), "b": [tgx.tensor(2), "text"]})
    >>> rebuild([leaf * 10 for leaf in leaves])
    {'a': tensor(10), 'b': [tensor(20), 'text']}
    """
    leaves: list[Tensor] = []
    shape = _outline(tree, leaves)
    return leaves, lambda others: _filled(shape, others)


class _Place:
    """Stands for the tensor of a number."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


def _outline(tree: Any, leaves: list[Tensor]) -> Any:
    if isinstance(tree, Tensor):
        leaves.append(tree)
        return _Place(len(leaves) - 1)
    if isinstance(tree, Mapping):
        return {key: _outline(value, leaves) for key, value in tree.items()}
    if isinstance(tree, (tuple, list)):
        return _like(tree, [_outline(item, leaves) for item in tree])
    return tree


def _filled(shape: Any, others: Sequence[Any]) -> Any:
    if isinstance(shape, _Place):
        return others[shape.number]
    if isinstance(shape, dict):
        return {key: _filled(value, others) for key, value in shape.items()}
    if isinstance(shape, (tuple, list)):
        return _like(shape, [_filled(item, others) for item in shape])
    return shape


def _like(kind: Any, items: list[Any]) -> Any:
    """Items in the kind of sequence that another one is; a named tuple keeps its names."""
    if hasattr(kind, "_fields"):
        return type(kind)(*items)
    return type(kind)(items)
