"""Memory for time: forget what a part of the model kept, and compute it again on the way back.

Chen et al. (2016), "Training deep nets with sublinear memory cost". The graph stays as it is; only
the saved arrays of its nodes are dropped, and made again by running the function a second time when
the sweep asks for the first of them. So gradients, hooks and higher derivatives are what they are
without it.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from tinygradx.errors import ArgumentError, GraphError
from tinygradx.graph import Node, is_grad_enabled, next_age, readable, set_grad_enabled
from tinygradx.ops.random import default_generator
from tinygradx.tensor.trees import flatten

__all__ = ["checkpoint", "checkpoint_sequential"]


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Any = None,
    determinism_check: str = "default",
    debug: bool = False,
    preserve_rng_state: bool = True,
    **named: Any,
) -> Any:
    """Call a function, and keep its inputs instead of what it computes on the way.

    Parameters
    ----------
    function : callable
        From tensors (and anything else) to tensors. It must answer the same for the same inputs.
    *args, **named
        What it is called with.
    use_reentrant, determinism_check, debug
        Taken for PyTorch's sake. There is one form here, which does what PyTorch's
        `use_reentrant=False` does; the operations of both runs are always compared.
    context_fn
        Refused: write the contexts into the function.
    preserve_rng_state : bool
        Whether the second run draws the random numbers of the first (dropout), from the generator
        that `manual_seed` seeds.

    Returns
    -------
    Tensor or tuple
        What the function answers.

    Raises
    ------
    GraphError
        On the way back: if an input was changed in place since, or the second run did not do what
        the first did.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.utils.checkpoint import checkpoint
    >>> x = tgx.tensor([1.0, 2.0], requires_grad=True)
    >>> checkpoint(lambda x: (x.exp() * x).sum(), x).backward()
    >>> x.grad
    tensor([ 5.4366, 22.1672])
    """
    if context_fn is not None:
        raise ArgumentError(
            "checkpoint with context_fn=", "contexts for both runs",
            "write `with ...:` into the function itself",
        )  # fmt: skip
    if not is_grad_enabled():
        return function(*args, **named)
    state = default_generator.get_state() if preserve_rng_state else None
    began = next_age()
    result = function(*args, **named)
    nodes = _made_since(began, result)
    region = _Region(lambda: function(*args, **named), state, began, nodes)
    for node in nodes:
        if node.saved:
            node.saved = _Later(region)
    return result


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **named: Any
) -> Any:
    """Call functions one after another, in segments that are checkpoints each.

    Parameters
    ----------
    functions : nn.Sequential or sequence of callable
        Each takes what the one before it answers.
    segments : int
        How many parts of about the same length; the last is no checkpoint, as in PyTorch.
    input : Tensor
        What the first takes.
    use_reentrant, **named
        As for `checkpoint`.

    Returns
    -------
    Tensor
        What the last answers.
    """
    steps = list(functions.children()) if hasattr(functions, "children") else list(functions)
    if not 1 <= segments <= max(1, len(steps)):
        raise ArgumentError(
            f"checkpoint_sequential in {segments} segments", f"{len(steps)} functions",
            "use from 1 segment to as many as there are functions",
        )  # fmt: skip
    length = len(steps) // segments
    value = input
    for number in range(segments - 1):
        part = steps[number * length : (number + 1) * length]
        value = checkpoint(_chain(part), value, use_reentrant=use_reentrant, **named)
    return _chain(steps[(segments - 1) * length :])(value)


def _chain(steps: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return run


def _made_since(began: int, result: Any) -> list[Node]:
    """Every recorded operation behind a result that is younger than `began`, oldest first."""
    leaves, _ = flatten(result)
    stack = [t.node for t in leaves if t.node is not None and t.node.age > began]
    seen = set(stack)
    while stack:
        for source in stack.pop().inputs:
            if source.age > began and source not in seen:
                seen.add(source)
                stack.append(source)
    return sorted((node for node in seen if node.op is not None), key=lambda node: node.age)


class _Later(tuple[Any, ...]):
    """Stands where the saved arrays of a node were, until somebody asks for them."""

    region: _Region

    def __new__(cls, region: _Region) -> _Later:
        later = super().__new__(cls)
        later.region = region
        return later

    def again(self, node: Node) -> tuple[Any, ...]:
        """The arrays that were saved."""
        self.region.compute()
        saved = node.saved
        assert saved is not None and not isinstance(saved, _Later)
        return saved


class _Region:
    """The nodes of one checkpoint, and how to make them again."""

    def __init__(
        self, run: Callable[[], Any], state: Any, began: int, nodes: Sequence[Node]
    ) -> None:
        self.run, self.state, self.began = run, state, began
        # Weak, since each of the nodes holds the region.
        self.nodes = [weakref.ref(node) for node in nodes]
        self.facts = [(node.op.name, node.shape, node.dtype) for node in nodes]
        self.lock = threading.RLock()

    def compute(self) -> None:
        """Run the function again, and hand what its nodes saved to the nodes of the first run."""
        with self.lock:
            nodes = [ref() for ref in self.nodes]
            self.check_inputs(nodes)
            before = default_generator.get_state() if self.state is not None else None
            began = next_age()
            try:
                if self.state is not None:
                    default_generator.set_state(self.state)
                with set_grad_enabled(True):
                    again = _made_since(began, result := self.run())
            finally:
                if before is not None:
                    default_generator.set_state(before)
            self.check_operations(again)
            for node, twin in zip(nodes, again, strict=True):
                if node is None or not isinstance(node.saved, _Later):
                    continue
                if isinstance(twin.saved, _Later):  # a checkpoint within
                    twin.saved.again(twin)
                node.saved = twin.saved
            del result

    def check_inputs(self, nodes: Sequence[Node | None]) -> None:
        """Refuse inputs that were written to since the first run read them."""
        for node in nodes:
            for source in () if node is None else node.inputs:
                if source.age <= self.began < source.cell.written:
                    raise GraphError(
                        "compute a checkpoint again",
                        f"an input of {node.op.name} that was changed in place at "  # type: ignore[union-attr]
                        f"{readable(source.cell.where)}, after the checkpoint had read it",
                        "call backward() before the change (as before optimizer.step()), or make "
                        "it on a copy: x.clone()",
                    )

    def check_operations(self, again: Sequence[Node]) -> None:
        """Refuse a second run that did something else than the first."""
        facts = [(node.op.name, node.shape, node.dtype) for node in again]
        if facts == self.facts:
            return
        pairs = zip(facts, self.facts, strict=False)
        place = next(
            (i for i, (a, b) in enumerate(pairs) if a != b), min(len(facts), len(self.facts))
        )
        first = _told(self.facts, place)
        raise GraphError(
            "compute a checkpoint again",
            f"another operation than before: {_told(facts, place)} where {first} was",
            "let the function do the same each time: no counters, no global state, no own "
            "random generator",
        )


def _told(facts: Sequence[tuple[str, Any, Any]], place: int) -> str:
    return f"{facts[place][0]} {facts[place][1]}" if place < len(facts) else "nothing"
