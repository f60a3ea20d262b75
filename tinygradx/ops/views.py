"""Views and writes: what becomes of the history of memory that several tensors look at.

A write in place is an operation whose result lies in the old memory. Written through a view, it
makes a new node for the base, `set_view`: the base as it was, but for the part that the view shows.
Every other living view gets its node again from the base, by going its recipe once more. So each
handle's node is true at any time, and an operation that reads one asks nobody.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.graph import (
    Cell,
    Handle,
    Leaf,
    Lost,
    Node,
    Visitor,
    is_grad_enabled,
    next_age,
    visitor_of,
    wrap,
)
from tinygradx.graph.record import Where
from tinygradx.ops.memory import CLONE
from tinygradx.ops.structural import Structural, as_handle, numpy_like

#: `(op, params)` pairs that lead from a base to a view.
Recipe = tuple[tuple[Any, tuple[Any, ...]], ...]


def seen(array: Any, recipe: Recipe) -> Any:
    """What a recipe shows of an array."""
    for op, params in recipe:
        array = op.forward(array, *params)
    return array


class SetView(Structural):
    """A copy with other values where a recipe leads: what a write through a view computes."""

    name = "set_view"
    inputs = ("x", "value")

    def forward(self, x: Any, value: Any, recipe: Recipe) -> Any:
        out = x.copy()
        part = seen(out, recipe)
        if numpy_like(x).may_share_memory(part, out):
            part[...] = value
        else:  # where memory lies otherwise than it did, a reshape may copy: go by the numbers
            places = seen(numpy_like(x).arange(out.size).reshape(out.shape), recipe)
            out.reshape(-1)[places] = value
        return out

    def pull(self, g: Any, wanted: tuple[bool, ...], recipe: Recipe) -> Any:
        part = g if wanted[1] else None
        if wanted[1]:
            for op, params in recipe:
                part = op.apply((part,), params)
        hole = as_handle(numpy_like(g.array).zeros((), g.array.dtype), "set_view")
        return SET_VIEW.apply((g, hole), (recipe,)) if wanted[0] else None, part

    def pull_arrays(self, g: Any, wanted: tuple[bool, ...], recipe: Recipe) -> Any:
        rest = self.forward(g, 0, recipe) if wanted[0] else None
        return rest, seen(g, recipe) if wanted[1] else None


SET_VIEW = SetView()


def rewrite(handle: Handle, value: Node, where: Where | None, recipe: Recipe = ()) -> None:
    """Give the memory of `handle` its new history, before the write itself.

    Parameters
    ----------
    handle : Handle
        What is written to; it may be a view.
    value : Node
        The history of the values that are written.
    where : Where or None
        The user's line.
    recipe : tuple
        What leads from the handle to the part that is written, if it is a part.
    """
    base = handle
    if handle.view_of is not None:
        base = handle.view_of.base
        recipe = (*handle.view_of.recipe, *recipe)
    array = base.array
    node = Node(
        SET_VIEW, (as_it_was(base), value), (), (recipe,), next_age(), where, array.shape,
        array.dtype, base.cell,
    )  # fmt: skip
    follow(base.node, node)
    base.node = node


def follow(old: Node | None, new: Node) -> None:
    """Tell who waits for the gradient at a tensor's old node that the tensor has moved on."""
    if Visitor.alive and old is not None:
        waiting = visitor_of(old)
        if waiting is not None:
            waiting.follow(new)


def as_it_was(base: Handle) -> Node:
    """The node of a handle whose memory is about to be written.

    What no operation made is a value that only the memory knows, so the graph keeps a copy: a
    drawing replays from it.
    """
    node = base.node
    if node is not None and not isinstance(node, Leaf):
        return node
    leaf = Leaf(base.array.copy(), base.cell, False)
    if node is not None:
        leaf.name = node.name
    return leaf


def refresh(cell: Cell, moved: Handle | None, where: Where | None) -> None:
    """After a write: make the nodes of the living views anew, where the base's node has moved.

    Parameters
    ----------
    cell : Cell
        The memory that was written.
    moved : Handle or None
        The base whose node is another one now, if the write was recorded.
    where : Where or None
        The line of the write.
    """
    for reference in cell.views:
        view = reference()
        if view is None or view.view_of is None:
            continue
        base: Handle = view.view_of.base
        recipe, lock = view.view_of.recipe, view.view_of.lock
        if lock:
            if base.requires_grad:
                view.node = Lost(view, lock, where)
        elif base is moved:
            derive(view, base, recipe, where)
        elif not base.requires_grad and is_grad_enabled() and not isinstance(view.node, Leaf):
            view.node = None  # the base was detached, and its view has other values now


def derive(view: Handle, base: Handle, recipe: Recipe, where: Where | None) -> None:
    """Make the node of a view from its base's."""
    node, array = base.node, base.array
    assert node is not None
    for op, params in recipe:
        array = op.forward(array, *params)
        node = Node(op, (node,), (), params, next_age(), where, array.shape, array.dtype, view.cell)
    follow(view.node, node)
    view.node = node


def keep_apart(newest: Node, memory: Any, start: int) -> None:
    """Copy what was saved of memory that is about to be written.

    `y *= w` saves the y that it overwrites. Such an array is copied, and its node is given a copy
    as input, whose own memory nobody writes: so it is not taken for changed later.

    Parameters
    ----------
    newest : Node
        The result that will be written.
    memory : array
        What will be written.
    start : int
        The number after which the operation began: older nodes are not its own.
    """
    own, stack = set(), [newest]
    while stack:
        node = stack.pop()
        if node.age > start and node not in own and not isinstance(node, Leaf):
            own.add(node)
            stack.extend(node.inputs)
    if not any(_overlaps(kept, memory) for node in own for kept in node.saved or ()):
        return
    for node in sorted(own, key=lambda node: node.age):
        inputs, saved = list(node.inputs), list(node.saved or ())
        for place, origin in enumerate(node.op.origins):
            if origin < 0 or not _overlaps(saved[place], memory):
                continue
            saved[place] = saved[place].copy()
            source = inputs[origin]
            if source.wants:
                inputs[origin] = Node(
                    CLONE, (source,), (), (), next_age(), node.where, source.shape, source.dtype,
                    Cell(),
                )  # fmt: skip
            else:
                inputs[origin] = Leaf(saved[place], Cell(), False)
        node.inputs, node.saved = tuple(inputs), tuple(saved)
        node.age = next_age()  # younger than the copies; nobody else knows these nodes yet


def _overlaps(kept: Any, memory: Any) -> bool:
    """Whether a kept array may lie in the memory; what has no elements lies anywhere."""
    return isinstance(kept, np.ndarray) and (not kept.size or np.may_share_memory(kept, memory))


def handle_like(handle: Handle, node: Node | None) -> Handle:
    """Another handle on the same memory, as the first input of an operation that writes to it."""
    before = wrap(handle.result_class, handle.array, node)
    before.cell = handle.cell
    return before
