"""Those who want to be told of gradients: hooks, and tensors that keep theirs.

They sit on the node that they wait at, so a hook that names its own tensor is a cycle which the
garbage collector finds. A sweep looks for them only while there are any at all.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, ClassVar

from tinygradx.graph.node import Node


class Visitor:
    """Waits at a node for its gradient.

    Attributes
    ----------
    alive : set of weak references
        Of the class: all there are; while it is empty, sweeps do not look for any.
    """

    # A set, since a count would be wrong when two threads, or the collector, change it at once.
    alive: ClassVar[set[weakref.ref[Visitor]]] = set()

    def __init__(self) -> None:
        Visitor.alive.add(weakref.ref(self, Visitor.alive.discard))

    def waits(self) -> bool:
        """Whether there is still somebody to tell."""
        return True

    def arrived(self, node: Node, g: Any, kind: Any, create: bool) -> Any:
        """See the whole gradient of the node before it goes on; answer what shall go on.

        Parameters
        ----------
        node : Node
            Where it arrived.
        g
            The gradient: an array, or a handle when `create` is True.
        kind : type
            The class of handles.
        create : bool
            Whether the way back is recorded.
        """
        return g

    def collected(self, node: Node, kind: Any) -> None:
        """Be told that the leaf's `.grad` has been brought up to date."""

    def follow(self, new: Node) -> None:
        """Be told that a write in place moved the tensor to another node."""


def visitor_of(node: Node) -> Any:
    """Who waits at a node, or None."""
    return getattr(node, "visitor", None)


class RemovableHandle:
    """What registering a hook answers: `remove()` takes it away again.

    Used in a `with` block, the hook is there as long as the block.

    Attributes
    ----------
    id : int
        Its number, which no other hook has.
    """

    __slots__ = ("_hooks", "id")

    _number: ClassVar[Callable[[], int]] = itertools.count().__next__

    def __init__(self, hooks: dict[int, Any], hook: Any, first: bool = False) -> None:
        self._hooks = hooks
        self.id = RemovableHandle._number()
        others = dict(hooks) if first else {}
        for other in others:
            del hooks[other]
        hooks[self.id] = hook
        hooks.update(others)

    def remove(self) -> None:
        """Take the hook away; a second time does nothing."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()
