"""Gradients as values, and the sweep from several tensors at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, GraphError
from tinygradx.graph import Handle, Leaf, Node, sweep, wrap
from tinygradx.tensor.hooks import waiting_at
from tinygradx.tensor.tensor import Tensor, first_gradient


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
    only_inputs: bool = True,
) -> tuple[Any, ...]:
    """The gradients of outputs with respect to inputs, as values; nothing is put into `.grad`.

    Parameters
    ----------
    outputs : Tensor or sequence of Tensor
        What is differentiated; their gradients are summed.
    inputs : Tensor or sequence of Tensor
        With respect to what: leaves, or results on the way.
    grad_outputs : Tensor or sequence of Tensor, optional
        The gradients to begin with, of the shapes of the outputs; 1 for single elements.
    retain_graph : bool, optional
        Keep what the graph saved; `create_graph` when left out.
    create_graph : bool
        Record the way back, so that the gradients can be differentiated in turn.
    allow_unused : bool, optional
        Answer None for an input that the outputs do not depend on, instead of raising.
    is_grads_batched : bool
        Refused when True: take the gradients one by one, or `tinygradx.func.jacrev`.
    materialize_grads : bool
        Answer zeros for such an input.
    only_inputs : bool
        Taken for PyTorch's sake; False is refused.

    Returns
    -------
    tuple of Tensor
        One for each input, of its shape.

    Raises
    ------
    GraphError
        If nothing was recorded, or an input was not used.
    ArgumentError
        If the numbers of outputs and of their gradients differ, or options contradict.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor(2.0, requires_grad=True)
    >>> (slope,) = tgx.autograd.grad(x**3, x, create_graph=True)
    >>> tgx.autograd.grad(slope, x)
    (tensor(12.),)
    """
    asked = "autograd.grad"
    if is_grads_batched:
        raise ArgumentError(
            f"{asked} with is_grads_batched=True", "a batch of gradients at once",
            "call grad once for each of them, or use tinygradx.func.jacrev",
        )  # fmt: skip
    if not only_inputs:
        raise ArgumentError(
            f"{asked} with only_inputs=False", "gradients of everything",
            "call backward(), which collects the gradients of all leaves in .grad",
        )  # fmt: skip
    if materialize_grads and allow_unused is False:
        raise ArgumentError(
            f"{asked} with materialize_grads=True and allow_unused=False", "a contradiction",
            "leave allow_unused out: an unused input has a gradient of zeros",
        )  # fmt: skip
    outs, ins = _tensors(outputs, asked), _tensors(inputs, asked)
    starts = _starts(outs, grad_outputs, asked)
    targets = [tensor.source() for tensor in ins]
    arrived = sweep(
        [out.source() for out in outs],
        starts if create_graph else [start.array for start in starts],
        Tensor,
        targets=targets,
        retain=create_graph if retain_graph is None else retain_graph,
        create=create_graph,
    )
    results: list[Any] = []
    # Answers belong to the caller: none may share memory with another, or repeat one element.
    held = {id(start.array) for start in starts}
    for place, (tensor, node) in enumerate(zip(ins, targets, strict=True)):
        found = arrived.get(node)
        if found is None and materialize_grads:
            found = np.zeros(tensor.shape, tensor.dtype)
        if found is None and not allow_unused:
            raise GraphError(
                f"{asked} with respect to input {place}",
                f"a tensor of shape {tensor.shape} that the outputs do not depend on",
                "leave it out, or pass allow_unused=True",
            )
        if found is not None and not isinstance(found, Tensor):
            found = _callers_own(found, held)
        results.append(found)
    return tuple(results)


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Carry gradients from several tensors to the leaves, which add them to their `.grad`.

    Parameters
    ----------
    tensors : Tensor or sequence of Tensor
        What is differentiated; their gradients are summed.
    grad_tensors : Tensor or sequence of Tensor, optional
        The gradients to begin with, of their shapes; 1 for single elements.
    retain_graph : bool, optional
        Keep what the graph saved; `create_graph` when left out.
    create_graph : bool
        Record the way back, so that gradients can be differentiated in turn.
    grad_variables
        An old name of `grad_tensors`.
    inputs : Tensor or sequence of Tensor, optional
        Collect gradients in these alone; results among them keep theirs from then on, as after
        `retain_grad()`. All leaves when left out.

    Raises
    ------
    GraphError
        If nothing was recorded, or what was saved has been dropped or changed.
    ArgumentError
        If the numbers of tensors and of their gradients differ, or `inputs` is empty.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor(2.0, requires_grad=True)
    >>> tgx.autograd.backward([x * 3.0, x**2])
    >>> x.grad
    tensor(7.)
    """
    asked = "autograd.backward"
    if grad_tensors is None:
        grad_tensors = grad_variables
    roots = _tensors(tensors, asked)
    starts = _starts(roots, grad_tensors, asked)
    run(roots, starts, retain_graph, create_graph, inputs, asked)


def run(
    roots: Sequence[Tensor],
    starts: Sequence[Tensor],
    retain_graph: bool | None,
    create_graph: bool,
    inputs: Tensor | Sequence[Tensor] | None,
    asked: str,
) -> None:
    """Sweep from the roots; collect in all leaves, or in `inputs` alone."""
    nodes = [root.source() for root in roots]
    gradients = list(starts) if create_graph else [start.array for start in starts]
    retain = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        sweep(nodes, gradients, Tensor, retain=retain, create=create_graph)
        return
    chosen = _tensors(inputs, f"{asked} with inputs=")
    if not chosen:
        raise ArgumentError(f"{asked} with inputs=", "nothing", "pass tensors, or leave it out")
    targets = list(dict.fromkeys(tensor.source() for tensor in chosen))
    arrived = sweep(
        nodes, gradients, Tensor, targets=targets, retain=retain, create=create_graph
    )  # fmt: skip
    leaves: list[tuple[Leaf, Any, bool]] = []
    for node in targets:
        if node in arrived:
            _collect(node, arrived[node], create_graph, leaves)
    Tensor.arithmetic.collect(leaves, Tensor, create_graph)
    for leaf, _, _ in leaves:
        visitor = getattr(leaf, "visitor", None)
        if visitor is not None:
            visitor.collected(leaf, Tensor)


def _collect(node: Node, g: Any, create: bool, leaves: list[tuple[Leaf, Any, bool]]) -> None:
    """Put what arrived where it is looked for: with the leaves, or with those who keep theirs."""
    if isinstance(node, Leaf):
        leaves.append((node, g, False))
        return
    waiting = waiting_at(node)
    if not waiting.keeps:  # otherwise it was kept on the way
        waiting.keeps = True
        waiting.keep(g if create else wrap(Tensor, g), Tensor, create)


def _callers_own(found: Any, held: set[int]) -> Handle:
    """An array as a tensor that shares memory with nobody."""
    if found.base is not None or id(found) in held:
        found = found.copy()
    held.add(id(found))
    return wrap(Tensor, found)


def _tensors(given: Any, asked: str) -> tuple[Tensor, ...]:
    """One tensor or several, each of which can be differentiated."""
    single = isinstance(given, Tensor) or not isinstance(given, Iterable)
    tensors = (given,) if single else tuple(given)
    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            raise DtypeError(asked, f"a {type(tensor).__name__}, {tensor!r:.40}", "pass Tensors")
        if not tensor.requires_grad:
            raise GraphError(
                asked,
                f"a tensor of shape {tensor.shape} that does not require a gradient",
                "make it with requires_grad=True, and compute outside of no_grad()",
            )
    return tensors


def _starts(outs: Sequence[Tensor], given: Any, asked: str) -> list[Tensor]:
    """What the sweep begins with at each output."""
    if given is None or isinstance(given, Tensor):
        given = (given,) * len(outs) if given is None or len(outs) == 1 else (given,)
    given = tuple(given)
    if len(given) != len(outs):
        raise ArgumentError(
            f"{asked} of {len(outs)} tensors", f"{len(given)} gradients to begin with",
            "pass one for each, or None for single elements",
        )  # fmt: skip
    return [first_gradient(out, start, asked) for out, start in zip(outs, given, strict=True)]
