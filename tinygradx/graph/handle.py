"""What a user holds: an array, and the node that made it.

The data model for views and writes in place lives here. The methods that users know are added a
few floors up, in `tensor`; nothing here knows what an array can do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from tinygradx.errors import GraphError
from tinygradx.graph.node import Cell, Leaf, Node
from tinygradx.graph.op import Arithmetic
from tinygradx.graph.record import Where, is_grad_enabled, readable


class View(NamedTuple):
    """How a handle sees another one's memory.

    Attributes
    ----------
    base : Handle
        The handle that owns the memory (never itself a view).
    recipe : tuple
        `(op, params)` pairs that lead from the base to the view.
    lock : str
        Why no recorded write may go through the view, "" if one may.
    """

    base: Handle
    recipe: tuple[tuple[Any, tuple[Any, ...]], ...]
    lock: str


class Handle:
    """An array, its node, its memory cell, and what it is a view of.

    Attributes
    ----------
    array
        The value.
    node : Node or None
        What made it; a `Leaf` if nothing recorded did; None while nobody has asked.
    cell : Cell
        Shared with everything that looks at the same memory.
    view_of : View or None
        The base and the recipe, for a view.
    """

    __slots__ = ("array", "node", "cell", "view_of", "__weakref__")

    #: The class that operations wrap their results in.
    result_class: ClassVar[type[Handle]]
    #: The arithmetic that the sweep uses for gradients of this class.
    arithmetic: ClassVar[Arithmetic]

    array: Any
    node: Node | None
    cell: Cell
    view_of: View | None

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded."""
        node = self.node
        return node is not None and node.wants

    def source(self) -> Node:
        """The node of this handle; a leaf is made for one that has none."""
        node = self.node
        if node is None:
            node = self.node = Leaf(self.array, self.cell, False)
        return node


_new = object.__new__
_tuple = tuple.__new__  # of a named tuple too, in half the time of its constructor

#: The lock of a view that was made while nothing was recorded.
MADE_UNRECORDED = "it was made inside no_grad()"


def wrap(kind: type[Handle], array: Any, node: Node | None = None) -> Handle:
    """Make a handle on fresh memory; the constructor of `kind` is for users, and costs more."""
    handle = _new(kind)
    handle.array = array
    handle.node = node
    handle.cell = Cell() if node is None else node.cell
    handle.view_of = None
    return handle


def wrap_view(of: Handle, array: Any, op: Any, params: tuple[Any, ...]) -> Handle:
    """A handle on memory that `of` looks at as well."""
    handle = _new(of.result_class)
    handle.array = array
    handle.node = None
    handle.cell = of.cell
    handle.cell.viewed_by(handle)
    base, recipe, lock = (of, (), "") if of.view_of is None else of.view_of
    if not is_grad_enabled():
        lock = MADE_UNRECORDED
    handle.view_of = _tuple(View, (base, (*recipe, (op, params)), lock))
    return handle


def one_of_many(views: Iterable[Any], asked: str) -> tuple[Any, ...]:
    """Note that these views came from one call, such as `split`; answers them as a tuple.

    As in PyTorch a recorded write through one of them is refused, and so is recording with one
    after the memory was written in another way.
    """
    many = tuple(views)
    for handle in many:
        if handle.view_of is not None and not handle.view_of.lock:
            handle.view_of = handle.view_of._replace(lock=f"it is one of several views, by {asked}")
    return many


class Lost(Node):
    """Stands where a locked view had its history: the memory was written since.

    PyTorch forbids to go on recording with such a view. Without recording it can be read.
    """

    __slots__ = ("why",)

    def __init__(self, view: Handle, lock: str, where: Where | None) -> None:
        # Nothing of a node is here but what can be read without walking on.
        self.shape, self.dtype, self.cell = view.array.shape, view.array.dtype, view.cell
        self.where = where
        self.why = lock

    def _error(self) -> GraphError:
        return GraphError(
            f"record with a view of shape {self.shape} after its memory was written",
            f"{self.why}, so its history is not made anew; the write was at {readable(self.where)}",
            "take the view again after the write, or write to a copy: x = x.clone()",
        )

    @property
    def wants(self) -> bool:  # type: ignore[override]
        """Raises while operations are recorded."""
        if is_grad_enabled():
            raise self._error()
        return True

    @property
    def op(self) -> Any:  # type: ignore[override]
        """Raises."""
        raise self._error()

    inputs = op

    def __repr__(self) -> str:
        return f"<node of a view that was overtaken by a write {self.shape}>"


Handle.result_class = Handle
