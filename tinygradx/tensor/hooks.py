"""Hooks on tensors: what to do with a gradient on its way, and gradients that are kept."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.graph import Handle, Leaf, Node, RemovableHandle, Visitor, visitor_of, wrap
from tinygradx.graph.record import recording

Hook = Callable[[Any], Any]


class Waiting(Visitor):
    """Those who wait for the gradient of one tensor.

    Attributes
    ----------
    before : dict
        Hooks that see the gradient before it goes on, and may replace it.
    after : dict
        Hooks of a leaf that are called when its `.grad` is up to date.
    keeps : bool
        Whether the gradient of a result is kept, for `retain_grad()`.
    kept : Tensor or None
        That gradient.
    """

    def __init__(self) -> None:
        super().__init__()
        self.before: dict[int, Hook] = {}
        self.after: dict[int, Hook] = {}
        self.keeps = False
        self.kept: Any = None
        #: The tensor itself, so that hooks meet the very object that others have as a key.
        self.tensor: Callable[[], Any] = _nobody

    def waits(self) -> bool:
        """Whether any hook is left, or the gradient is kept."""
        return bool(self.before or self.after or self.keeps)

    def arrived(self, node: Node, g: Any, kind: Any, create: bool) -> Any:
        """Call the hooks, each with what the one before it answered; keep the last answer."""
        if not self.before and not self.keeps:
            return g
        first = seen = g if create else wrap(kind, only_to_read(g))
        for hook in tuple(self.before.values()):
            answer = hook(seen)
            if answer is not None:
                _check_answer(hook, answer, seen)
                seen = answer
        if self.keeps:
            self.keep(seen, kind, create)
        if seen is first:
            return g
        return seen if create else seen.array

    def keep(self, g: Any, kind: Any, create: bool) -> None:
        """Add to the gradient that is kept."""
        if not create:
            g = wrap(kind, g.array.copy())
        if self.kept is not None:
            g = self.kept + g
        self.kept = g

    def collected(self, node: Node, kind: Any) -> None:
        """Call the hooks that wait for the `.grad` of a leaf."""
        if not self.after:
            return
        assert isinstance(node, Leaf)
        leaf = self.tensor()
        if leaf is None:
            leaf = wrap(kind, node.array, node)
        for hook in tuple(self.after.values()):
            token = recording.set(False)
            try:
                answer = hook(leaf)
            finally:
                recording.reset(token)
            if answer is not None:
                raise ArgumentError(
                    f"the post accumulate hook {_called(hook)}", f"it answered {answer!r:.40}",
                    "answer nothing: change tensor.grad instead",
                )  # fmt: skip

    def follow(self, new: Node) -> None:
        """Keep the gradient at the node that the tensor moved to; hooks stay, as in PyTorch."""
        if self.keeps:
            self.keeps = False
            waiting_at(new).keeps = True


def waiting_at(node: Node) -> Waiting:
    """Those who wait at a node; the list is begun where there is none."""
    found: Waiting | None = visitor_of(node)
    if found is None:
        found = node.visitor = Waiting()
    return found


def hooked_node(tensor: Handle, asked: str) -> Node:
    """The node of a tensor that gradients come to."""
    node = tensor.node
    if node is None or not node.wants:
        raise GraphError(
            asked, "a tensor that does not require a gradient, so none ever comes",
            "make it with requires_grad=True, or x.requires_grad_()",
        )  # fmt: skip
    return node


def add_hook(tensor: Handle, hook: Hook) -> RemovableHandle:
    """Call `hook` with the gradient of a tensor whenever it has been computed."""
    asked = "register_hook"
    _check_hook(asked, hook)
    return RemovableHandle(waiting_at(hooked_node(tensor, asked)).before, hook)


def add_after_hook(tensor: Handle, hook: Hook) -> RemovableHandle:
    """Call `hook` with a leaf whenever its `.grad` has been brought up to date."""
    asked = "register_post_accumulate_grad_hook"
    _check_hook(asked, hook)
    node = hooked_node(tensor, asked)
    if not isinstance(node, Leaf):
        raise GraphError(
            asked, f"the result of a recorded {node.op.name}, which collects no .grad",
            "call it on leaf tensors; register_hook sees the gradient of a result",
        )  # fmt: skip
    waiting = waiting_at(node)
    waiting.tensor = weakref.ref(tensor)
    return RemovableHandle(waiting.after, hook)


def _nobody() -> None:
    return None


def only_to_read(array: Any) -> Any:
    """The same memory to look at, for users' functions: others hold it too, so no writing."""
    seen = array.view()
    flags = getattr(seen, "flags", None)
    if hasattr(flags, "writeable"):
        seen.flags.writeable = False
    return seen


def _check_hook(asked: str, hook: Any) -> None:
    if not callable(hook):
        raise DtypeError(
            asked, f"a {type(hook).__name__}, which cannot be called",
            "pass a function of the gradient: x.register_hook(lambda g: 2 * g)",
        )  # fmt: skip


def _check_answer(hook: Hook, answer: Any, g: Handle) -> None:
    """Refuse a new gradient that does not fit."""
    asked = f"replace a gradient by what the hook {_called(hook)} answered"
    if not isinstance(answer, Handle):
        raise DtypeError(asked, f"a {type(answer).__name__}", "answer a Tensor, or None")
    if answer.array.shape != g.array.shape:
        raise ShapeError(
            asked, f"shape {answer.array.shape}, where the gradient has {g.array.shape}",
            "answer a gradient of the same shape",
        )  # fmt: skip
    if answer.array.dtype != g.array.dtype:
        raise DtypeError(
            asked, f"{answer.array.dtype}, where the gradient has {g.array.dtype}",
            f"convert it: g.to(tinygradx.{g.array.dtype})",
        )  # fmt: skip


def _called(hook: Any) -> str:
    return str(getattr(hook, "__name__", type(hook).__name__))
