"""Shapes, views and indices beside PyTorch: any array, any dim, in range or not.

Each line of the table is run by both libraries on the same array, which may be of no dimensions, of
no elements, transposed or sliced. Where PyTorch raises, so must we; elsewhere values, shapes,
dtypes and gradients agree, and a view is a view.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

import tinygradx as tgx
import tinygradx.nn.functional as ours
from tinygradx.errors import TeachingError

torch = pytest.importorskip("torch", reason="could not import torch")

#: name: f(library, its functional, the tensor, the integers i, j, k).
TABLE = {
    "reshape": lambda m, f, x, i, j, k: x.reshape(i, -1),
    "view": lambda m, f, x, i, j, k: x.view(-1, j),
    "flatten": lambda m, f, x, i, j, k: m.flatten(x, i, j),
    "unflatten": lambda m, f, x, i, j, k: m.unflatten(x, i, (j, -1)),
    "transpose": lambda m, f, x, i, j, k: m.transpose(x, i, j),
    "movedim": lambda m, f, x, i, j, k: m.movedim(x, (i, j), (j, k)),
    "t": lambda m, f, x, i, j, k: m.t(x),
    "permute": lambda m, f, x, i, j, k: m.permute(x, (i, j)),
    "squeeze": lambda m, f, x, i, j, k: m.squeeze(x, i),
    "squeeze of two": lambda m, f, x, i, j, k: m.squeeze(x, (i, j)),
    "unsqueeze": lambda m, f, x, i, j, k: m.unsqueeze(x, i),
    "expand": lambda m, f, x, i, j, k: x.expand(j, k, -1),
    "broadcast_to": lambda m, f, x, i, j, k: m.broadcast_to(x, (2, 3)),
    "split": lambda m, f, x, i, j, k: m.split(x, j, i),
    "chunk": lambda m, f, x, i, j, k: m.chunk(x, j, i),
    "tensor_split": lambda m, f, x, i, j, k: m.tensor_split(x, j, i),
    "tensor_split at": lambda m, f, x, i, j, k: m.tensor_split(x, (j, k), i),
    "hsplit": lambda m, f, x, i, j, k: m.hsplit(x, j),
    "vsplit": lambda m, f, x, i, j, k: m.vsplit(x, j),
    "unbind": lambda m, f, x, i, j, k: m.unbind(x, i),
    "select": lambda m, f, x, i, j, k: m.select(x, i, j),
    "narrow": lambda m, f, x, i, j, k: m.narrow(x, i, j, k),
    "cat": lambda m, f, x, i, j, k: m.cat([x, x], i),
    "stack": lambda m, f, x, i, j, k: m.stack([x, x], i),
    "hstack": lambda m, f, x, i, j, k: m.hstack([x, x]),
    "vstack": lambda m, f, x, i, j, k: m.vstack([x, x]),
    "dstack": lambda m, f, x, i, j, k: m.dstack([x, x]),
    "column_stack": lambda m, f, x, i, j, k: m.column_stack([x, x]),
    "atleast_3d": lambda m, f, x, i, j, k: m.atleast_3d(x),
    "block_diag": lambda m, f, x, i, j, k: m.block_diag(x, x),
    "meshgrid": lambda m, f, x, i, j, k: m.meshgrid(x, x, indexing="xy"),
    "cartesian_prod": lambda m, f, x, i, j, k: m.cartesian_prod(x, x),
    "combinations": lambda m, f, x, i, j, k: m.combinations(x, j, True),
    "repeat": lambda m, f, x, i, j, k: x.repeat(j, k),
    "tile": lambda m, f, x, i, j, k: m.tile(x, (j, k)),
    "repeat_interleave": lambda m, f, x, i, j, k: m.repeat_interleave(x, j, i),
    "flip": lambda m, f, x, i, j, k: m.flip(x, (i,)),
    "fliplr": lambda m, f, x, i, j, k: m.fliplr(x),
    "flipud": lambda m, f, x, i, j, k: m.flipud(x),
    "rot90": lambda m, f, x, i, j, k: m.rot90(x, k, (i, j)),
    "roll": lambda m, f, x, i, j, k: m.roll(x, (j, k), (i, 0)),
    "roll of all": lambda m, f, x, i, j, k: m.roll(x, j),
    "index_select": lambda m, f, x, i, j, k: m.index_select(x, i, m.tensor([j, 0, j])),
    "index_fill": lambda m, f, x, i, j, k: m.index_fill(x, i, m.tensor([j, k]), 7.0),
    "gather": lambda m, f, x, i, j, k: m.gather(x, i, index_like(m, x, j, k)),
    "scatter": lambda m, f, x, i, j, k: m.scatter(x, i, index_like(m, x, j, j), 0.5),
    "scatter_add": lambda m, f, x, i, j, k: m.scatter_add(x, i, index_like(m, x, j, k), x),
    "take": lambda m, f, x, i, j, k: m.take(x, m.tensor([[j, k], [i, j]])),
    "take_along_dim": lambda m, f, x, i, j, k: m.take_along_dim(x, m.tensor([[j], [k]]), i),
    "masked_fill": lambda m, f, x, i, j, k: m.masked_fill(x, x > 0, j),
    "masked_select": lambda m, f, x, i, j, k: m.masked_select(x, x > 0),
    "masked_scatter": lambda m, f, x, i, j, k: m.masked_scatter(x, x > 0, x.reshape(-1)[:3]),
    "nonzero": lambda m, f, x, i, j, k: m.nonzero(x > 0),
    "argwhere": lambda m, f, x, i, j, k: m.argwhere(x > 0),
    "select_scatter": lambda m, f, x, i, j, k: m.select_scatter(x, m.select(x, i, 0) * 2, i, j),
    "diag": lambda m, f, x, i, j, k: m.diag(x, i),
    "diagonal": lambda m, f, x, i, j, k: m.diagonal(x, i, j, k),
    "diag_embed": lambda m, f, x, i, j, k: m.diag_embed(x, i, j, k),
    "diagflat": lambda m, f, x, i, j, k: m.diagflat(x, i),
    "trace": lambda m, f, x, i, j, k: m.trace(x),
    "tril": lambda m, f, x, i, j, k: m.tril(x, i),
    "triu": lambda m, f, x, i, j, k: m.triu(x, i),
    "unfold": lambda m, f, x, i, j, k: x.unfold(i, j, k),
    "pad": lambda m, f, x, i, j, k: f.pad(x, (i, j, k, 1), value=2.0),
    "pad of one dim": lambda m, f, x, i, j, k: f.pad(x, (j, k)),
    "getitem": lambda m, f, x, i, j, k: x[..., j],
    "getitem: slice": lambda m, f, x, i, j, k: x[i:j],
    "getitem: list": lambda m, f, x, i, j, k: x[[j, k, j]],
    "getitem: pairs": lambda m, f, x, i, j, k: x[m.tensor([0, j, j]), m.tensor([k, 0, k])],
    "getitem: behind": lambda m, f, x, i, j, k: x[:, [j, k, k]],
    "getitem: mask": lambda m, f, x, i, j, k: x[x > 0],
}

#: Where the two differ on purpose, as a condition on the array and the numbers.
OTHERWISE = {
    # PyTorch answers with a tensor of a negative size.
    "expand": lambda array, numbers: not array.ndim or min(numbers) < -1,
    # PyTorch takes a negative number of times where the product is 0.
    "tile": lambda array, numbers: min(numbers) < 0,
    "repeat": lambda array, numbers: min(numbers) < 0,
    # PyTorch raises for the only dim that a number has.
    "repeat_interleave": lambda array, numbers: not array.ndim,
    # PyTorch counts on from 0 where an index is too large.
    "take_along_dim": lambda array, numbers: max(map(abs, numbers)) >= min(array.shape, default=9),
}
#: With no elements PyTorch takes here indices and dims that are out of range; we refuse them.
LAX = {
    "cat", "roll", "index_fill", "take_along_dim", "getitem: list", "getitem: behind",
    "getitem: pairs",
}  # fmt: skip


def index_like(m: Any, x: Any, j: int, k: int) -> Any:
    """An index in the shape of x that alternates between two numbers."""
    flat = np.resize(np.array([j, k]), int(np.prod(x.shape, dtype=int)))
    return m.tensor(flat.reshape(tuple(x.shape)))


@st.composite
def arrays(draw):
    """Numbers in memory of any order: contiguous, transposed, or with gaps."""
    shape = draw(array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    seed = draw(st.integers(0, 99))
    array = np.random.default_rng(seed).permutation(np.arange(float(np.prod(shape)))) - 5.0
    array = array.reshape(shape)
    how = draw(st.sampled_from(["plain", "transposed", "gaps"]))
    if how == "transposed":
        array = array.T.copy().T
    if how == "gaps" and shape:
        array = np.repeat(array, 2, -1)[..., ::2]
    return array


def answers(m: Any, functional: Any, function: Any, x: Any, numbers: Any) -> Any:
    """All tensors of an answer."""
    out = function(m, functional, x, *numbers)
    return list(out) if isinstance(out, (tuple, list)) else [out]


@pytest.mark.parametrize("name", TABLE)
@settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.differing_executors],
)  # fmt: skip
@given(array=arrays(), numbers=st.tuples(*[st.integers(-3, 4)] * 3))
def test_agrees(name, array, numbers):
    assume(name not in OTHERWISE or not OTHERWISE[name](array, numbers))
    assume(name not in LAX or array.size)
    theirs = torch.from_numpy(array).requires_grad_()
    mine = tgx.from_numpy(array).requires_grad_()
    try:
        expected = answers(torch, torch.nn.functional, TABLE[name], theirs, numbers)
    except (RuntimeError, IndexError, ValueError, TypeError):
        with pytest.raises((TeachingError, TypeError)):
            answers(tgx, ours, TABLE[name], mine, numbers)
        return
    got = answers(tgx, ours, TABLE[name], mine, numbers)
    assert len(got) == len(expected)
    for a, b in zip(got, expected, strict=True):
        assert a.shape == tuple(b.shape)
        assert str(a.dtype).removeprefix("tinygradx.") == str(b.dtype).removeprefix("torch.")
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())
        assert a.requires_grad == b.requires_grad
    if array.size and got and got[0].numel() and got[0].requires_grad:
        # A view of theirs is a view of ours (and where nothing is asked, a copy may be either).
        assert np.may_share_memory(got[0].detach().numpy(), array) == (
            expected[0].untyped_storage().data_ptr() == theirs.untyped_storage().data_ptr()
        )
    floats = [(a, b) for a, b in zip(got, expected, strict=True) if a.requires_grad]
    if floats:
        weights = [np.arange(1.0, a.numel() + 1).reshape(a.shape) for a, _ in floats]
        tgx.autograd.backward([a for a, _ in floats], [tgx.tensor(w) for w in weights])
        torch.autograd.backward([b for _, b in floats], [torch.tensor(w) for w in weights])
        np.testing.assert_allclose(mine.grad.numpy(), theirs.grad.numpy(), 1e-12)
