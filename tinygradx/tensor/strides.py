"""Tensors whose elements lie in memory as one asks."""

from __future__ import annotations

import operator
from typing import Any

from tinygradx.errors import ArgumentError
from tinygradx.ops.shapes import sizes
from tinygradx.tensor.conversion import new_empty_strided
from tinygradx.tensor.creation import check_device, empty
from tinygradx.tensor.tensor import Tensor


def empty_strided(
    size: Any, stride: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A tensor whose values do not matter yet (they are 0), with strides of one's own choice.

    Parameters
    ----------
    size, stride : tuple of int
        The shape, and how many elements lie between neighbours along each dimension.
    dtype, device, requires_grad
        As for `zeros`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    check_device(device)
    like = empty(0, dtype=dtype)
    return new_empty_strided(like, size, stride, requires_grad=requires_grad)  # type: ignore[no-any-return]


def empty_permuted(
    size: Any, physical_layout: Any, *, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """A tensor whose values do not matter yet (they are 0), its dimensions in an order of memory.

    Parameters
    ----------
    size : tuple of int
        The shape.
    physical_layout : tuple of int
        Every dimension once, the outermost in memory first.
    dtype, device, requires_grad
        As for `zeros`.

    Raises
    ------
    ArgumentError
        If the layout does not name every dimension once.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.empty_permuted((2, 3, 4), (0, 2, 1)).stride()
    (12, 1, 3)
    """
    shape, order = sizes((size,)), tuple(operator.index(d) for d in physical_layout)
    if sorted(order) != list(range(len(shape))):
        raise ArgumentError(
            f"empty_permuted of shape {shape} with physical_layout={order}",
            "not every dimension once", f"use an order of {tuple(range(len(shape)))}",
        )  # fmt: skip
    steps, step = [0] * len(shape), 1
    for d in reversed(order):
        steps[d] = step
        step *= max(shape[d], 1)
    return empty_strided(
        shape, tuple(steps), dtype=dtype, device=device, requires_grad=requires_grad
    )
