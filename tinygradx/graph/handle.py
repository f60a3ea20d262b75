"""What a user holds: an array, and the node that made it.

The data model for views and writes in place lives here. The methods that users know are added a
few floors up, in `tensor`; nothing here knows what an array can do.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from tinygradx.graph.node import Cell, Leaf, Node
from tinygradx.graph.op import Arithmetic


class View(NamedTuple):
    """How a handle sees another one's memory.

    Attributes
    ----------
    base : Handle
        The handle that owns the memory (never itself a view).
    recipe : tuple
        `(op, params)` pairs that lead from the base to the view.
    """

    base: Handle
    recipe: tuple[tuple[Any, tuple[Any, ...]], ...]


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
    base, recipe = (of, ()) if of.view_of is None else of.view_of
    handle.view_of = View(base, (*recipe, (op, params)))
    return handle


Handle.result_class = Handle
