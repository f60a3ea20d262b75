"""The arithmetic of gradients: what the sweep asks of those who know numbers."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from tinygradx.graph import Arithmetic, Handle, Leaf, Node, is_grad_enabled, wrap
from tinygradx.kernels import backend_of


def sum_to(array: Any, shape: tuple[int, ...]) -> Any:
    """Sum an array over the axes along which `shape` was broadcast."""
    extra = array.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(
        extra + axis for axis, size in enumerate(shape) if size == 1 != array.shape[extra + axis]
    )
    # Not keepdims: a sum over leading axes alone needs no reshape.
    summed = backend_of(array).call(np.add.reduce, array, axes) if axes else array
    return summed if summed.shape == shape else summed.reshape(shape)


def fit(share: Any, source: Node, create: bool) -> Any:
    """Undo broadcasting: `share` summed to the shape of `source`, in its dtype."""
    if create:
        return _fit_handle(share, source)
    if share.shape != source.shape:
        share = sum_to(share, source.shape)
    return share if share.dtype is source.dtype else share.astype(source.dtype, copy=False)


def _fit_handle(share: Handle, source: Node) -> Handle:
    from tinygradx.ops import shapes  # the catalogue stands on this module

    if share.array.shape != source.shape:
        share = shapes.sum_to(share, source.shape)
    return share if share.array.dtype == source.dtype else shapes.to_dtype(share, source.dtype)


def join(first: Any, second: Any, create: bool) -> Any:
    """The sum of two shares."""
    if create:
        from tinygradx.ops.elementary import add

        return add(first, second)
    return backend_of(first).call(np.add, first, second)


def fresh(share: Any, g: Any) -> bool:
    """Whether nobody else looks at the memory of `share`: it is neither `g` nor a view."""
    return share is not g and not isinstance(share, Handle) and share.base is None


def collect(leaf: Leaf, g: Any, owned: bool, kind: type[Handle], create: bool) -> None:
    """Add `g` to the leaf's `.grad`: a first gradient is kept, later ones are added to it."""
    with _collecting:
        _collect(leaf, g, owned, kind, create)


#: Two threads may reach a shared leaf at once, and NumPy lets both add at once.
_collecting = threading.Lock()


def _collect(leaf: Leaf, g: Any, owned: bool, kind: type[Handle], create: bool) -> None:
    known = leaf.grad
    if create:
        from tinygradx.ops import shapes

        leaf.grad = shapes.clone(g) if known is None else join(known, g, is_grad_enabled())
    elif known is None:
        leaf.grad = wrap(kind, g if owned else g.copy())
    elif known.node is not None or not known.array.flags.writeable:
        # A gradient that is itself part of a graph, or that repeats elements, is not overwritten.
        leaf.grad = wrap(kind, join(known.array, g, False))
    else:
        backend_of(g).call(np.add, known.array, g, known.array)
        known.cell.write(None)


ARITHMETIC = Arithmetic(fit, join, fresh, collect)
