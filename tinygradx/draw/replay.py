"""The numbers of a graph, computed again from its leaves.

A graph keeps no inner values for pictures; an operation, its inputs and its settings are enough to
have them again. The gradients come from one sweep over a copy of the graph that is recorded while
the values are. The user's graph is only read: nothing is written, dropped or kept alive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError
from tinygradx.graph import Cell, Handle, Leaf, Node, set_grad_enabled, sweep, wrap
from tinygradx.kernels import backend_of
from tinygradx.ops.elementwise import Elementwise


def oldest_first(root: Node, most: int, asked: str = "draw_dot") -> list[Node]:
    """Every node behind the root, inputs before outputs; refused beyond `most` of them.

    Unlike the sweep's order it holds the inputs that want no gradient; bare numbers among them are
    not counted, since no box is drawn for them. It stops as soon as there are too many, so a graph
    of a million nodes is refused as fast as one of two hundred.
    """
    seen, stack, count = {root}, [root], 1
    while stack:
        node = stack.pop()
        for source in node.inputs:
            if source not in seen:
                seen.add(source)
                stack.append(source)
                count += not _is_bare(source, node)
        if count > most:
            raise ArgumentError(
                f"{asked} of a graph of more than {most:,} values",
                "a drawing of that size is slow to make, and nobody can read it",
                "draw a part of it (a loss of one sample, one layer, fewer steps), or allow "
                f"more: {asked}(root, max_nodes={most * 2})",
            )
    return sorted(seen, key=lambda node: node.age)


def _is_bare(source: Node, node: Node) -> bool:
    """Whether an input may be a number in a formula, such as the 2 of `2 * x`."""
    unwanted = isinstance(source, Leaf) and not source.wants and source.shape == ()
    return unwanted and isinstance(node.op, Elementwise)


@dataclass
class Replay:
    """What became of every node.

    Attributes
    ----------
    values : dict
        The array of each node that could be computed.
    gradients : dict
        What arrived at each node, where gradients could be had.
    changed : list of Leaf
        Leaves that were written to after something had read them.
    odd : list of Leaf
        Leaves whose `.grad` is not what this graph alone gives.
    failures : list of tuple
        Nodes whose operation would not run again, each with the reason in words.
    """

    values: dict[Node, Any] = field(default_factory=dict)
    gradients: dict[Node, Any] = field(default_factory=dict)
    changed: list[Leaf] = field(default_factory=list)
    odd: list[Leaf] = field(default_factory=list)
    failures: list[tuple[Node, str]] = field(default_factory=list)


def replay(nodes: Sequence[Node], root: Handle, gradients: bool) -> Replay:
    """Compute every value, and every gradient if the root's `backward()` has been called.

    Parameters
    ----------
    nodes : sequence of Node
        The graph, oldest first.
    root : Handle
        Its output.
    gradients : bool
        Whether gradients are to be shown at all.
    """
    result = Replay(changed=changed_leaves(nodes))
    leaves = [node for node in nodes if isinstance(node, Leaf) and node.wants]
    swept = (
        gradients
        and any(leaf.grad is not None for leaf in leaves)
        and not isinstance(nodes[-1], Leaf)
        and root.array.size == 1
        and not result.changed
    )
    with set_grad_enabled(swept), np.errstate(all="ignore"):
        again = _values(nodes, type(root).result_class, result)
        if swept and nodes[-1] in again and not result.failures:
            _gradients(nodes, again, result)
    for leaf in leaves:
        if leaf.grad is not None:
            arrived = result.gradients.get(leaf)
            if arrived is not None and not _agree(leaf.grad.array, arrived):
                result.odd.append(leaf)
    if result.odd:  # inner gradients would belong to another sweep than those of the leaves
        result.gradients.clear()
    result.gradients.update((leaf, leaf.grad.array) for leaf in leaves if leaf.grad is not None)
    return result


def changed_leaves(nodes: Sequence[Node]) -> list[Leaf]:
    """Leaves whose memory was written after a node had read it, oldest first.

    A write in place is an operation that reads a copy, and whose result is in the old memory: what
    is written there later does not change what it read.
    """
    found: dict[Any, None] = {}
    for node in nodes:
        for source in node.inputs:
            late = isinstance(source, Leaf) and source.cell.written > node.age
            if late and not is_overwriting(node, source):
                found[source] = None
    return sorted(found, key=lambda leaf: leaf.age)


def is_overwriting(node: Node, source: Node) -> bool:
    """Whether `node` is a write in place, to the memory that `source` was."""
    return source.cell is node.cell and not getattr(node.op, "view", False)


def _values(nodes: Sequence[Node], kind: type[Handle], result: Replay) -> dict[Node, Handle]:
    """Handles of the same graph, made anew on copies of the leaves' handles."""
    again: dict[Node, Handle] = {}
    for node in nodes:
        if isinstance(node, Leaf):
            # A leaf of its own, on the same memory: recording never writes to it.
            again[node] = wrap(kind, node.array, Leaf(node.array, Cell(), node.wants))
        elif all(source in again for source in node.inputs):
            given = [_given(node, source, again[source]) for source in node.inputs]
            try:
                again[node] = node.op.replay(node, given)
            except Exception as error:  # a picture of the rest is better than none
                result.failures.append((node, _reason(error)))
    result.values.update((node, handle.array) for node, handle in again.items())
    return again


def _reason(error: Exception) -> str:
    """An error in a line. The error itself would keep frames, and with them the graph, alive."""
    words = str(error)
    return words.splitlines()[0] if words else type(error).__name__


def _given(node: Node, source: Node, handle: Handle) -> Any:
    """An input as the operation was given it.

    A bare number became a leaf of its own, in double precision; given back as a number, it leaves
    the dtype of the result to the other inputs, as it did then.
    """
    if _is_bare(source, node) and source.dtype != node.dtype:
        return handle.array.item()
    return handle


def _gradients(nodes: Sequence[Node], again: dict[Node, Handle], result: Replay) -> None:
    """One sweep over the copy, stopping at every node."""
    originals = {
        handle.node: node
        for node, handle in again.items()
        if handle.node is not None and node.wants and handle.node.wants
    }
    root = again[nodes[-1]]
    if root.node not in originals:
        return
    start = backend_of(root.array).xp.ones(root.array.shape, root.array.dtype)
    try:
        arrived = sweep([root.node], [start], type(root).result_class, targets=list(originals))
    except Exception as error:  # a picture without inner gradients is better than none
        result.failures.append((nodes[-1], _reason(error)))
        return
    result.gradients.update((originals[node], gradient) for node, gradient in arrived.items())


def _agree(first: Any, second: Any) -> bool:
    """Whether two gradients are the same but for rounding."""
    if first.shape != second.shape:
        return False
    xp = backend_of(first).xp
    with np.errstate(all="ignore"):
        size = float(xp.abs(second).max()) if second.size else 0.0
        near = xp.allclose(first, second, rtol=1e-4, atol=1e-5 * size, equal_nan=True)
    return bool(near)
