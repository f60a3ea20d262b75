"""Recurrent layers, cells and packed sequences beside PyTorch's, with copied weights."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest
from layers import both, compare, flat, same_gradients

import tinygradx as tgx
from tinygradx import nn
from tinygradx.nn.utils import rnn

torch = pytest.importorskip("torch", reason="could not import torch")
torch.set_num_threads(1)  # of layers this small, threads do nothing but wait for each other

their_rnn = torch.nn.utils.rnn

KINDS = ["RNN", "LSTM", "GRU"]
LONG = [3, 5, 1, 4]


def values(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def first(kind, layers, count, width=4):
    """First states: a pair for an LSTM."""
    shape = (layers, count, width) if count else (layers, width)
    return [values(*shape, seed=s + 5) for s in range(2 if kind == "LSTM" else 1)]


class With:
    """A layer called with its states one by one, so that `compare` sees their gradients."""

    def __init__(self, layer):
        self.layer = layer
        self.named_parameters = layer.named_parameters

    def __call__(self, x, *states, **named):
        hx = states if len(states) > 1 else (states or (None,))[0]
        return self.layer(x, hx, **named)


def beside(ours, theirs, *inputs):
    compare(With(ours), With(theirs), *inputs)
    ours.zero_grad(), theirs.zero_grad()


@pytest.mark.parametrize("kind", KINDS)
def test_layers(kind):
    choices = itertools.product((1, 2), (True, False), (True, False), (True, False))
    for layers, bias, batch_first, two in choices:
        ours, theirs = both(
            kind, 3, 4, layers, bias=bias, batch_first=batch_first, bidirectional=two
        )
        x = values(2, 5, 3) if batch_first else values(5, 2, 3)
        beside(ours, theirs, x)
        beside(ours, theirs, x, *first(kind, layers * (1 + two), 2))
        beside(ours, theirs, values(5, 3))
        beside(ours, theirs, values(5, 3), *first(kind, layers * (1 + two), 0))


def test_an_rnn_with_relu():
    beside(*both("RNN", 3, 4, 2, "relu", bidirectional=True), values(5, 2, 3))


@pytest.mark.parametrize("two", [True, False])
def test_projections(two):
    ours, theirs = both("LSTM", 3, 4, 2, proj_size=2, bidirectional=two)
    layers = 4 if two else 2
    beside(ours, theirs, values(5, 2, 3))
    beside(ours, theirs, values(5, 2, 3), values(layers, 2, 2), values(layers, 2, 4))


@pytest.mark.parametrize("kind", KINDS)
def test_one_step(kind):
    beside(*both(kind, 3, 4), values(1, 2, 3))


@pytest.mark.parametrize("kind", KINDS)
def test_transposed_inputs_and_weights(kind):
    """Memory in another order, as views give it."""
    ours, theirs = both(kind, 3, 4)
    for layer in (ours, theirs):
        for name in ("weight_ih_l0", "weight_hh_l0"):
            getattr(layer, name).data = getattr(layer, name).data.T.contiguous().T
    compare(
        lambda x: ours(x.permute(2, 1, 0)), lambda x: theirs(x.permute(2, 1, 0)), values(3, 2, 5)
    )
    same_gradients(ours, theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_second_derivatives(kind):
    ours, theirs = both(kind, 2, 3, bidirectional=True)
    x = values(3, 2, 2)
    found = []
    for lib, layer in ((tgx, ours), (torch, theirs)):
        leaf = lib.tensor(x, requires_grad=True)
        out = layer(leaf)[0]
        weights = lib.tensor(values(*out.shape, seed=2))
        (g,) = lib.autograd.grad((out * weights).sum(), [leaf], create_graph=True)
        (g * g).sum().backward()
        found.append([leaf.grad, *(p.grad for p in layer.parameters())])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), 1e-9, 1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_between_layers(kind):
    """All or nothing: with 1.0 the second layer sees zeros, in training alone."""
    ours, theirs = both(kind, 3, 4, 2, dropout=1.0)
    beside(ours, theirs, values(5, 2, 3))
    ours.eval(), theirs.eval()
    beside(ours, theirs, values(5, 2, 3))
    ours, _ = both(kind, 3, 4, 2, dropout=0.5)
    x = tgx.tensor(values(5, 2, 3))
    assert not np.allclose(ours(x)[0].detach().numpy(), ours(x)[0].detach().numpy())


# ---- packed -------------------------------------------------------------------------------------


def packed(lib, x, long, **named):
    make = (rnn if lib is tgx else their_rnn).pack_padded_sequence
    return make(x, long, **named)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("two", [True, False])
@pytest.mark.parametrize("long", [LONG, [4, 4, 4, 4], [1, 1, 1, 1], [5, 2, 2, 1]])
def test_packed_layers(kind, two, long):
    for layers, given in itertools.product((1, 2), (False, True)):
        ours, theirs = both(kind, 3, 4, layers, bidirectional=two)
        states = first(kind, layers * (1 + two), 4) if given else []

        def run(lib, layer, x, *states, layers=layers):
            x = packed(lib, x, long, enforce_sorted=False)
            out, last = layer(x, states if len(states) > 1 else (states or (None,))[0])
            pad = (rnn if lib is tgx else their_rnn).pad_packed_sequence
            return *pad(out), last

        compare(
            lambda x, *s, layer=ours, run=run: run(tgx, layer, x, *s),
            lambda x, *s, layer=theirs, run=run: run(torch, layer, x, *s), values(5, 4, 3), *states,
        )  # fmt: skip
        same_gradients(ours, theirs)


def test_packed_projections():
    ours, theirs = both("LSTM", 3, 4, 2, proj_size=2, bidirectional=True)

    def run(lib, layer, x):
        out, last = layer(packed(lib, x, LONG, enforce_sorted=False))
        return out.data, last

    compare(lambda x: run(tgx, ours, x), lambda x: run(torch, theirs, x), values(5, 4, 3))
    same_gradients(ours, theirs)


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("rest", [(), (2,), (2, 3)])
def test_packing(batch_first, rest):
    x = values(*((4, 6) if batch_first else (6, 4)), *rest)
    for long, ordered in ((LONG, False), (sorted(LONG, reverse=True), True), (LONG[::-1], False)):
        named = {"batch_first": batch_first, "enforce_sorted": ordered}
        ours = packed(tgx, tgx.tensor(x), tgx.tensor(long), **named)
        theirs = packed(torch, torch.tensor(x), torch.tensor(long), **named)
        for a, b in zip(ours, theirs, strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                assert str(a.dtype) == str(b.dtype).removeprefix("torch.")
                np.testing.assert_array_equal(a.numpy(), b.numpy())
        for total in (None, 5, 8):
            back = rnn.pad_packed_sequence(ours, batch_first, -2.0, total)
            known = their_rnn.pad_packed_sequence(theirs, batch_first, -2.0, total)
            for a, b in zip(back, known, strict=True):
                np.testing.assert_array_equal(a.numpy(), b.numpy())


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("batch_first", [True, False])
def test_padding(side, batch_first):
    arrays = [values(n, 2, seed=n) for n in LONG]
    compare(
        lambda *x: rnn.pad_sequence(x, batch_first, 7.0, side),
        lambda *x: their_rnn.pad_sequence(x, batch_first, 7.0, side), *arrays,
    )  # fmt: skip
    if side == "right":
        compare(
            lambda *x: rnn.unpad_sequence(rnn.pad_sequence(x, batch_first), LONG, batch_first),
            lambda *x: their_rnn.unpad_sequence(
                their_rnn.pad_sequence(x, batch_first), torch.tensor(LONG), batch_first
            ),
            *arrays,
        )


def test_packing_a_list_and_back():
    arrays = [values(n, 2, seed=n) for n in LONG]
    compare(
        lambda *x: rnn.unpack_sequence(rnn.pack_sequence(x, enforce_sorted=False)),
        lambda *x: their_rnn.unpack_sequence(their_rnn.pack_sequence(x, enforce_sorted=False)),
        *arrays,
    )


# ---- cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bias", [True, False])
def test_cells(kind, bias):
    ours, theirs = both(f"{kind}Cell", 3, 4, bias=bias)
    for count in (2, 0):
        x = values(*([count] if count else []), 3)
        states = [s[0] for s in first(kind, 1, count)]
        beside(ours, theirs, x)
        beside(ours, theirs, x, *states)


def test_a_relu_cell():
    beside(*both("RNNCell", 3, 4, nonlinearity="relu"), values(2, 3))


@pytest.mark.parametrize("kind", KINDS)
def test_a_loop_over_a_cell_is_the_layer(kind):
    layer, _ = both(kind, 3, 4)
    cell = getattr(nn, f"{kind}Cell")(3, 4).double()
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in layer.state_dict().items()})
    x, state, outs = tgx.tensor(values(5, 2, 3)), None, []
    for step in x:
        state = cell(step, state)
        outs.append(state[0] if kind == "LSTM" else state)
    out, last = layer(x)
    np.testing.assert_allclose(tgx.stack(outs).detach().numpy(), out.detach().numpy(), 1e-12)
    for a, b in zip(flat(state), flat(last), strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b[0].detach().numpy(), 1e-12)


# ---- the rest -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_weights_are_listed_and_drawn_as_theirs(kind):
    tgx.manual_seed(3)
    ours, theirs = (lib.nn.__dict__[kind](3, 64, 2, bidirectional=True) for lib in (tgx, torch))
    named = {id(p): name for name, p in ours.named_parameters()}
    their_names = {id(p): name for name, p in theirs.named_parameters()}
    assert [[named[id(p)] for p in side] for side in ours.all_weights] == [
        [their_names[id(p)] for p in side] for side in theirs.all_weights
    ]
    for p in ours.parameters():
        assert np.abs(p.detach().numpy()).max() <= 1 / 8
        assert abs(p.detach().numpy().std() - 1 / 8 / 3**0.5) < 0.012
    assert ours.flatten_parameters() is None


def test_dropout_with_one_layer_is_warned_about():
    with pytest.warns(UserWarning, match="dropout=0.5 does nothing with one layer"):
        nn.GRU(3, 4, dropout=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.GRU(3, 4, 2, dropout=0.5)
