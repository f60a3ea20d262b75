"""What happened, as data: nodes, and the memory that they read and wrote.

A node knows the operation, its inputs, what was kept for the way back, and when and where it was
made. It never points at its output, so there are no cycles: a graph is freed the moment the last
handle to it goes.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from tinygradx.graph.record import Where, next_age

if TYPE_CHECKING:
    from tinygradx.graph.handle import Handle
    from tinygradx.graph.op import Op


class Cell:
    """One for every piece of memory, shared by all handles, views and nodes that look at it.

    Attributes
    ----------
    written : int
        The number of the last write in place, on the same count as the ages of nodes; 0 if never.
    version : int
        How many writes there have been.
    where : Where or None
        The user's line of the last write.
    views : list of weak references
        The handles that were made as views of the memory.
    latest : int
        Of the class: the number of the last write into any memory at all. What is younger than
        that can have been touched by no write, which is all that most sweeps have to ask.
    """

    latest: ClassVar[int] = 0

    # Class attributes stand for the first state, so that making a cell costs one small allocation.
    written: int = 0
    version: int = 0
    where: Where | None = None
    views: list[weakref.ref[Any]] | tuple[()] = ()
    crowded: int = 8

    def viewed_by(self, handle: Any) -> None:
        """Note a view; what has died since is forgotten now and then."""
        views = self.views
        if isinstance(views, tuple):
            views = self.views = []
        elif len(views) > self.crowded:  # the dead go in a lump: a view costs the same on average
            views = self.views = [view for view in views if view() is not None]
            self.crowded = 2 * len(views) + 8
        views.append(weakref.ref(handle))

    def write(self, where: Where | None) -> None:
        """Note that the memory has just been written by the line `where`."""
        Cell.write_all((self,), where)

    @staticmethod
    def write_all(cells: Iterable[Cell], where: Where | None) -> None:
        """Note that all these pieces of memory have just been written by the line `where`."""
        with _writing:
            number = Cell.latest = next_age()
        for cell in cells:
            cell.written = number
            cell.version += 1
            cell.where = where


#: Keeps `Cell.latest` from going back when two threads write at once.
_writing = threading.Lock()


class Node:
    """One operation that happened: what it was, what it read, what it kept.

    Attributes
    ----------
    op : Op
        The operation.
    inputs : tuple of Node
        What it read, each older than this node.
    saved : tuple or None
        Arrays kept for the way back, in the order of the op's `saves`; None once they were dropped.
    params : tuple
        The op's settings.
    age : int
        The birth number: order, name and proof at once.
    where : Where or None
        The user's line.
    shape, dtype
        Of the output.
    cell : Cell
        The output's memory.
    visitor : Visitor
        Who waits for the gradient here; left unset where nobody does.
    """

    __slots__ = (
        "op", "inputs", "saved", "params", "age", "where", "shape", "dtype", "cell", "visitor",
        "__weakref__",
    )  # fmt: skip

    visitor: Any

    #: Whether a gradient is wanted here; a recorded operation always wants one.
    wants = True

    def __init__(
        self,
        op: Op,
        inputs: tuple[Node, ...],
        saved: tuple[Any, ...],
        params: tuple[Any, ...],
        age: int,
        where: Where | None,
        shape: tuple[int, ...],
        dtype: Any,
        cell: Cell,
    ) -> None:
        self.op = op
        self.inputs = inputs
        self.saved: tuple[Any, ...] | None = saved
        self.params = params
        self.age = age
        self.where = where
        self.shape = shape
        self.dtype = dtype
        self.cell = cell

    def name(self) -> str:
        """Its operation's name in PyTorch's form: `MulBackward0` for `mul`."""
        return str(self.op.node_name())

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """Where the sweep goes from here, as in PyTorch: pairs of a node and 0.

        A leaf that collects a gradient is an `AccumulateGrad`, whose `.variable` holds it; an
        input that wants no gradient is None.
        """
        found: list[tuple[Any, int]] = []
        for source in self.inputs:
            if isinstance(source, Leaf):
                found.append((AccumulateGrad(source) if source.wants else None, 0))
            else:
                found.append((source, 0))
        return tuple(found)

    def __repr__(self) -> str:
        return f"<node {self.age}: {self.op.name} {self.shape}>"


class Leaf(Node):
    """Where a graph begins: memory that no recorded operation made.

    Attributes
    ----------
    array
        The value itself, so that a drawing can say it and replay what came after.
    wants : bool
        Whether gradients are collected here.
    grad : Handle or None
        The collected gradient.
    name : str or None
        What to call it in pictures.
    replaced : bool
        Of the class: whether any leaf was ever given an array of another shape or dtype. Only then
        need a gradient be compared with what its leaf is by now.
    """

    __slots__ = ("array", "grad", "name", "wants")

    replaced: ClassVar[bool] = False
    name: str | None  # type: ignore[assignment]
    op: Any = None
    inputs: tuple[Node, ...] = ()
    saved: tuple[Any, ...] | None = ()
    params: tuple[Any, ...] = ()
    where: Where | None = None

    def __init__(self, array: Any, cell: Cell, wants: bool) -> None:
        self.array = array
        self.shape = array.shape
        self.dtype = array.dtype
        self.cell = cell
        self.wants = wants
        self.age = next_age()
        self.grad: Handle | None = None
        self.name: str | None = None

    def __repr__(self) -> str:
        return f"<node {self.age}: leaf {self.shape}>"


class AccumulateGrad:
    """A leaf at the end of a walk over `next_functions`.

    Attributes
    ----------
    leaf : Leaf
        Where the gradient is collected.
    """

    __slots__ = ("leaf",)

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf

    def name(self) -> str:
        """`AccumulateGrad`, as PyTorch calls it."""
        return "AccumulateGrad"

    @property
    def variable(self) -> Any:
        """The leaf as a tensor: its memory and its `.grad`."""
        from tinygradx.graph.handle import Handle, wrap  # which stands on nodes

        return wrap(Handle.result_class, self.leaf.array, self.leaf)

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """Nothing comes behind a leaf."""
        return ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccumulateGrad) and other.leaf is self.leaf

    def __hash__(self) -> int:
        return hash(self.leaf)

    def __repr__(self) -> str:
        return f"<AccumulateGrad of leaf {self.leaf.age} {self.leaf.shape}>"


class _Queue:
    """Inputs of dead nodes, waiting for their turn."""

    waiting: ClassVar[list[tuple[Node, ...]]] = []
    busy = False


def _free_later(node: Node, queue: type[_Queue] = _Queue) -> None:
    """Free a chain of nodes in a loop, however long it is and however small the stack.

    Python frees what a dead object held from inside its death; a million nodes in a row would
    nest as deep. So a dead node hands its inputs to a queue, and the first death in line empties
    it. (Two threads may do so at once: the worst case is that one empties for both.)
    """
    queue.waiting.append(node.inputs)
    if queue.busy:
        return
    queue.busy = True
    try:
        while queue.waiting:
            queue.waiting.pop()
    finally:
        queue.busy = False


# Up to 3.12 Python itself breaks such a nesting every 50 levels; from 3.13 on it goes as deep as it
# believes the stack to be, which in a thread with a small stack is a crash. The destructor costs
# 0.4 microseconds a node, so it is there only where it is needed.
if sys.version_info >= (3, 13):
    Node.__del__ = _free_later  # type: ignore[attr-defined]
