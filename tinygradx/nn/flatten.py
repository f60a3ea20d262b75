"""Layers that change only the shape, or nothing at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.nn.module import Module
from tinygradx.ops.shapes import flatten, reshape
from tinygradx.ops.structural import whole_dim
from tinygradx.tensor import Tensor


class Flatten(Module):
    """A run of dimensions made one: all but the first, unless told otherwise.

    Parameters
    ----------
    start_dim, end_dim : int
        The first and the last of them.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Flatten()(tgx.zeros(5, 1, 8, 8)).shape
    (5, 64)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        """The same elements in fewer dimensions."""
        return flatten(input, self.start_dim, self.end_dim)  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        """The dimensions."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """One dimension made several: what `Flatten` did, undone.

    Parameters
    ----------
    dim : int
        The dimension.
    unflattened_size : sequence of int
        What it becomes; one size may be -1, which is then the rest.

    Raises
    ------
    ArgumentError
        If there are no sizes, more than one is -1, or one is below that.
    ShapeError
        If the dimension of an input is not their product.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Unflatten(1, (1, 8, -1))(tgx.zeros(5, 64)).shape
    (5, 1, 8, 8)
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        self.dim, self.unflattened_size = dim, tuple(map(int, unflattened_size))
        sizes = self.unflattened_size
        if not sizes or min(sizes) < -1 or sizes.count(-1) > 1:
            raise ArgumentError(
                f"Unflatten into {sizes}", "no sizes that a dimension can have",
                "use numbers from 0 on, and -1 at most once for the rest",
            )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        """The same elements in more dimensions."""
        shape = input.shape
        dim = whole_dim(self.dim, len(shape), "Unflatten")
        sizes = self._sizes(shape[dim] if shape else 1)
        if sizes is None:
            raise ShapeError(
                f"Unflatten dim {self.dim} into {self.unflattened_size}",
                f"an input of shape {shape}",
                "give sizes whose product is that of the dimension, or -1 for one of them",
            )
        new = (*shape[:dim], *sizes, *shape[dim + 1 :])
        return reshape(input, new)  # type: ignore[no-any-return]

    def _sizes(self, whole: int) -> Any:
        """The sizes with the rest for -1, or None where they do not make up the whole."""
        sizes = self.unflattened_size
        if -1 in sizes:
            known = -math.prod(sizes)
            rest = whole // known if known else 0
            sizes = tuple(rest if size == -1 else size for size in sizes)
        return sizes if math.prod(sizes) == whole else None

    def extra_repr(self) -> str:
        """The dimension and the sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class Identity(Module):
    """What goes in comes out: to take the place of a layer. Arguments are ignored.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Identity(54, unused=True)(tgx.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The input itself."""
        return input
