"""A layer of ours beside PyTorch's: the same values, the same inputs, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn

torch = pytest.importorskip("torch", reason="could not import torch")

CLOSE = {"atol": 1e-9, "rtol": 1e-9}


def copy_state(ours: Any, theirs: Any) -> None:
    """The values of PyTorch's module in ours; other names or shapes are refused."""
    state = {name: tgx.tensor(value.numpy()) for name, value in theirs.state_dict().items()}
    ours.load_state_dict(state)
    assert list(ours.state_dict()) == list(theirs.state_dict())


def both(kind: str, *args: Any, **named: Any) -> tuple[Any, Any]:
    """The layer of that name in both libraries, with the same values."""
    theirs = getattr(torch.nn, kind)(*args, **named).double()
    ours = getattr(nn, kind)(*args, **named).double()
    copy_state(ours, theirs)
    return ours, theirs


def flat(output: Any) -> list[Any]:
    """The tensors of an output, whatever it is made of."""
    if isinstance(output, (tuple, list)):
        return [tensor for part in output for tensor in flat(part)]
    return [] if output is None else [output]


def same_state(ours: Any, theirs: Any) -> None:
    """Whether parameters and buffers have the same names and values."""
    kept = theirs.state_dict()
    assert list(ours.state_dict()) == list(kept)
    for name, value in ours.state_dict().items():
        np.testing.assert_allclose(value.numpy(), kept[name].numpy(), **CLOSE, err_msg=name)


def same_gradients(ours: Any, theirs: Any) -> None:
    """Whether the gradients of all parameters are the same."""
    named = dict(theirs.named_parameters())
    for name, p in ours.named_parameters():
        assert (p.grad is None) == (named[name].grad is None), name
        if p.grad is not None:
            found, known = p.grad.numpy(), named[name].grad.numpy()
            np.testing.assert_allclose(found, known, **CLOSE, err_msg=name)


def compare(ours: Any, theirs: Any, *inputs: Any, **named: Any) -> None:
    """Outputs, and the gradients of a random sum of them for inputs of floats and parameters."""
    leaves = []
    for lib in (tgx, torch):
        made = [lib.tensor(x) if isinstance(x, np.ndarray) else x for x in inputs]
        for x, given in zip(made, inputs, strict=True):
            if isinstance(given, np.ndarray) and given.dtype.kind == "f":
                x.requires_grad_()
        leaves.append(made)
    outputs = flat(ours(*leaves[0], **named)), flat(theirs(*leaves[1], **named))
    random = np.random.default_rng(1)
    assert len(outputs[0]) == len(outputs[1])
    losses: list[Any] = [0.0, 0.0]
    for y, z in zip(*outputs, strict=True):
        assert tuple(y.shape) == tuple(z.shape)
        np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), **CLOSE)
        if z.requires_grad:
            weights = random.standard_normal(tuple(z.shape))
            losses[0] = losses[0] + (y * tgx.tensor(weights)).sum()
            losses[1] = losses[1] + (z * torch.tensor(weights)).sum()
    for loss in losses:
        loss.backward()
    for x, y in zip(*leaves, strict=True):
        if getattr(y, "requires_grad", False):
            np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), **CLOSE)
    if hasattr(ours, "named_parameters"):
        same_gradients(ours, theirs)
