"""The arithmetic of gradients: what the sweep asks of those who know numbers."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygradx.errors import GraphError
from tinygradx.graph import Arithmetic, Handle, Leaf, Node, Part, is_grad_enabled, wrap
from tinygradx.kernels import BACKENDS, backend_of
from tinygradx.ops.structural import repeats

_reduce = np.add.reduce

#: So many elements are added one after another; more of them in runs of that length.
RUN = 1024


def add_up(x: Any, dims: tuple[int, ...] | None = None, keepdim: bool = False) -> Any:
    """The sum of an array over dimensions (None: all), in its own dtype.

    NumPy adds in partial sums along contiguous elements only, everywhere else one after another: a
    column of 20 million ones of float32 is 16,777,216 there. In runs it takes no longer.
    """
    backend = BACKENDS[x.__class__]
    dtype = x.dtype
    if x.size > RUN and dtype.kind == "f":
        if dims is None:
            dims = () if x.flags.c_contiguous else tuple(range(x.ndim))
        if math.prod([x.shape[d] for d in dims]) > RUN:
            x = _added_in_runs(x, dims)
        dims = dims or None
    out = backend.quiet.run(_reduce, x, dims, dtype, None, keepdim)
    return out if out.ndim else backend.xp.asarray(out)


def _added_in_runs(x: Any, dims: tuple[int, ...]) -> Any:
    """An array of the same sum over `dims`, with no more than RUN elements left to add."""
    backend = backend_of(x)
    longest_last = sorted(dims, key=x.shape.__getitem__)
    while math.prod([x.shape[d] for d in longest_last]) > RUN:
        d = longest_last[-1]
        runs, rest = divmod(x.shape[d], RUN)
        if not runs:
            x = backend.call(_reduce, x, d, None, None, True)
            longest_last.pop()
            continue
        front = (slice(None),) * d
        split = (*x.shape[:d], runs, RUN, *x.shape[d + 1 :])
        out = backend.call(_reduce, x[(*front, slice(runs * RUN))].reshape(split), d + 1)
        if rest:
            tail = backend.call(_reduce, x[(*front, slice(-rest, None))], d, None, None, True)
            out = backend.xp.concatenate((out, tail), d)
        x = out
    return x


def sum_to(array: Any, shape: tuple[int, ...]) -> Any:
    """Sum an array over the axes along which `shape` was broadcast."""
    extra = array.ndim - len(shape)
    if extra == 1 and array.ndim == 2 and array.shape[1:] == shape:
        return column_sums(array)
    axes = tuple(range(extra)) + tuple(
        extra + axis for axis, size in enumerate(shape) if size == 1 != array.shape[extra + axis]
    )
    # Not keepdims: a sum over leading axes alone needs no reshape.
    summed = add_up(array, axes) if axes else array
    return summed if summed.shape == shape else summed.reshape(shape)


def column_sums(matrix: Any) -> Any:
    """The sum of each column, by BLAS: 0.8 microseconds for 3.5 of `np.add.reduce` (100 x 16)."""
    key = len(matrix), matrix.dtype.char, matrix.__class__
    ones = _ones.get(key)
    if ones is None:
        backend = backend_of(matrix)
        if matrix.dtype.kind != "f" or len(matrix) > 4096:  # a longer sum loses digits in BLAS
            return add_up(matrix, (0,))
        if len(_ones) >= 64:
            _ones.clear()
        ones = _ones[key] = backend.xp.ones(len(matrix), matrix.dtype)
    return BACKENDS[matrix.__class__].quiet.run(ones.dot, matrix)


#: Vectors of ones, by length, dtype and kind of array.
_ones: dict[tuple[int, str, type], Any] = {}


def fit(share: Any, source: Node, create: bool) -> Any:
    """Undo broadcasting: `share` summed to the shape of `source`, in its dtype."""
    if Leaf.replaced and isinstance(source, Leaf) and not _reaches(share.shape, source.shape):
        raise _replaced(source, share.shape)
    if create:
        return _fit_handle(share, source)
    if share.__class__ is Part:
        share = whole(share)
    if share.shape != source.shape:
        share = sum_to(share, source.shape)
    return share.astype(source.dtype, copy=False)


def _fit_handle(share: Handle, source: Node) -> Handle:
    from tinygradx.ops import broadcasting, memory  # the catalogue stands on this module

    if share.array.shape != source.shape:
        share = broadcasting.sum_to(share, source.shape)
    return share if share.array.dtype == source.dtype else memory.to_dtype(share, source.dtype)


def join(first: Any, second: Any, create: bool, owned: bool = False) -> Any:
    """The sum of two shares, written into the first where it is owned."""
    if create:
        from tinygradx.ops.elementary import add

        return add(first, second)
    if second.__class__ is Part:
        if not owned:
            first = first.copy()
        part = first[second.index]  # of an element alone a number, which is no memory to write to
        first[second.index] = backend_of(first).call(np.add, part, second.values)
        return first
    if owned:
        return backend_of(first).call(np.add, first, second, first)
    return backend_of(first).call(np.add, first, second)


def whole(part: Part) -> Any:
    """A share that is 0 but for a part, written out."""
    out = backend_of(part.values).xp.zeros(part.shape, part.dtype)
    out[part.index] = part.values
    return out


def fresh(share: Any, g: Any) -> bool:
    """Whether nobody else looks at the memory of `share`: it is neither `g` nor a view."""
    return share is not g and not isinstance(share, Handle) and share.base is None


def collect(complete: Sequence[tuple[Leaf, Any, bool]], kind: type[Handle], create: bool) -> None:
    """Add gradients to the `.grad` of leaves: a first one is kept, later ones are added to it."""
    if Leaf.replaced and not create:
        complete = [_as_the_leaf_is(*each) for each in complete]
    with _collecting:
        for leaf, g, owned in complete:
            known = leaf.grad
            if known is None and not create:
                leaf.grad = wrap(kind, g if owned else g.copy())
            else:
                leaf.grad = _joined(known, g, kind, create)


def _as_the_leaf_is(leaf: Leaf, g: Any, owned: bool) -> tuple[Leaf, Any, bool]:
    """A gradient for what the leaf holds by now: its `.data` may be another than it was."""
    if g.shape == leaf.shape and g.dtype is leaf.dtype:
        return leaf, g, owned
    if g.shape != leaf.shape:
        raise _replaced(leaf, g.shape)
    return leaf, g.astype(leaf.dtype), True


def _reaches(shape: tuple[int, ...], leaf: tuple[int, ...]) -> bool:
    """Whether a gradient of a shape can be summed to that of a leaf."""
    extra = len(shape) - len(leaf)
    return extra >= 0 and all(b in (1, a) for a, b in zip(shape[extra:], leaf, strict=True))


def _replaced(leaf: Leaf, shape: tuple[int, ...]) -> GraphError:
    """What to say when a leaf was given data of another shape since the forward pass."""
    return GraphError(
        f"backward() to a leaf of shape {leaf.shape}",
        f"a gradient of shape {shape}: its .data was replaced since the forward pass",
        "run the forward pass again",
    )


#: Two threads may reach a shared leaf at once, and NumPy lets both add at once.
_collecting = threading.Lock()


def _joined(known: Handle | None, g: Any, kind: type[Handle], create: bool) -> Any:
    """The gradient of a leaf after a further share, in its own memory where that is possible."""
    if create:
        from tinygradx.ops import memory

        return memory.clone(g) if known is None else join(known, g, is_grad_enabled())
    assert known is not None
    if known.node is not None or not known.array.flags.writeable or repeats(known.array):
        # A gradient that is itself part of a graph, or that repeats elements, is not overwritten.
        return wrap(kind, join(known.array, g, False))
    backend_of(g).call(np.add, known.array, g, known.array)
    known.cell.write(None)
    return known


ARITHMETIC = Arithmetic(fit, join, whole, fresh, collect)
