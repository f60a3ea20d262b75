"""Gradients as values: `tinygradx.autograd.grad`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygradx.errors import DtypeError, GraphError
from tinygradx.graph import sweep, wrap
from tinygradx.tensor import Tensor, first_gradient


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
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
    materialize_grads : bool
        Answer zeros for such an input.

    Returns
    -------
    tuple of Tensor
        One for each input, of its shape.

    Raises
    ------
    GraphError
        If nothing was recorded, or an input was not used.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor(2.0, requires_grad=True)
    >>> (slope,) = tgx.autograd.grad(x**3, x, create_graph=True)
    >>> tgx.autograd.grad(slope, x)
    (tensor(12.),)
    """
    outs = (outputs,) if isinstance(outputs, Tensor) else tuple(outputs)
    ins = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    if grad_outputs is None or isinstance(grad_outputs, Tensor):
        grad_outputs = (grad_outputs,) * len(outs)
    for tensor in (*outs, *ins):
        if not isinstance(tensor, Tensor):
            raise DtypeError(
                "autograd.grad", f"a {type(tensor).__name__}, {tensor!r:.40}", "pass Tensors"
            )
        if not tensor.requires_grad:
            raise GraphError(
                "autograd.grad",
                f"a tensor of shape {tensor.shape} that does not require a gradient",
                "make it with requires_grad=True, and compute outside of no_grad()",
            )
    starts = [
        first_gradient(out, start, "autograd.grad")
        for out, start in zip(outs, grad_outputs, strict=True)
    ]
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
                f"autograd.grad with respect to input {place}",
                f"a tensor of shape {tensor.shape} that the outputs do not depend on",
                "leave it out, or pass allow_unused=True",
            )
        if found is not None and not isinstance(found, Tensor):
            if found.base is not None or id(found) in held:
                found = found.copy()
            held.add(id(found))
            found = wrap(Tensor, found)
        results.append(found)
    return tuple(results)
