"""Recurrent operations, layers and packed sequences: what PyTorch is not needed for."""

from __future__ import annotations

import os

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.kernels.cuda import compile_ptx
from tinygradx.nn.utils import rnn
from tinygradx.ops.recurrent import GRU, LSTM, RNN_RELU, RNN_TANH

OPS = [RNN_TANH, RNN_RELU, LSTM, GRU]
KINDS = ["RNN", "LSTM", "GRU"]


def name(op):
    return op.name


def draw(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def inputs_of(op, sizes, width=3):
    """What an operation takes, as leaves."""
    shapes = [(sum(sizes), op.gates * width), (op.gates * width, width)]
    shapes += [(op.gates * width,)] * (op is GRU) + [(sizes[0], width)] * op.carried
    arrays = [draw(*shape, seed=place) for place, shape in enumerate(shapes)]
    return [tgx.tensor(array, requires_grad=True) for array in arrays]


@pytest.mark.parametrize("op", OPS, ids=name)
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("sizes", [(4, 4, 4), (4, 3, 3, 1), (1, 1), (2,)])
def test_the_operation_is_its_steps(op, backwards, sizes):
    found = []
    for run in (op.apply, op.unrolled):
        leaves = inputs_of(op, sizes)
        out = run(leaves, (sizes, backwards))
        assert out.shape == (sum(sizes) + op.carried * sizes[0], 3)
        (out * tgx.tensor(draw(*out.shape, seed=9))).sum().backward()
        found.append([out.detach(), *(leaf.grad for leaf in leaves)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), 1e-12, 1e-13)


def test_an_lstm_by_hand():
    """One unit, two steps, computed on paper: gates of 0 let half of everything through."""
    layer = nn.LSTM(1, 1, bias=False)
    with tgx.no_grad():
        layer.weight_ih_l0.copy_(tgx.tensor([[0.0], [0.0], [1.0], [0.0]]))
        layer.weight_hh_l0.zero_()
    output, (_, c) = layer(tgx.tensor([[1.0], [2.0]]))
    memory = [0.5 * np.tanh(1.0)]
    memory.append(0.5 * memory[0] + 0.5 * np.tanh(2.0))
    np.testing.assert_allclose(output.detach().numpy()[:, 0], 0.5 * np.tanh(memory), 1e-6)
    np.testing.assert_allclose(c.item(), memory[1], 1e-6)


@pytest.mark.parametrize("op", OPS, ids=name)
def test_without_recording_nothing_is_kept(op):
    leaves = inputs_of(op, (2, 2))
    with tgx.no_grad():
        assert op.apply(leaves, ((2, 2), False)).node is None
    assert op.apply([x.detach() for x in leaves], ((2, 2), False)).node is None


@pytest.mark.parametrize("kind", KINDS)
def test_outputs_may_be_written(kind):
    """The way back does not read them."""
    layer, x = getattr(nn, kind)(2, 3), tgx.tensor(draw(4, 2, 2).astype("f4"))
    output, _ = layer(x)
    output.mul_(2.0)
    output.sum().backward()
    twice = layer.weight_ih_l0.grad.numpy().copy()
    layer.zero_grad()
    (layer(x)[0] * 2.0).sum().backward()
    np.testing.assert_allclose(twice, layer.weight_ih_l0.grad.numpy(), 1e-6)


def test_a_written_weight_is_noticed():
    layer = nn.GRU(2, 3)
    output, _ = layer(tgx.ones(4, 2))
    with tgx.no_grad():
        layer.weight_hh_l0.add_(1.0)
    with pytest.raises(RuntimeError, match="changed in place"):
        output.sum().backward()


@pytest.mark.parametrize("kind", KINDS)
def test_saturated_gates_keep_their_slopes(kind):
    """At 15 a slope made of the output, y * (1 - y), is off by 10 % in float32."""
    layer = getattr(nn, kind)(1, 1)
    with tgx.no_grad():
        for p in layer.parameters():
            p.fill_(0.5)
        layer.bias_ih_l0.fill_(14.0)
    layer(tgx.ones(1, 1))[0].sum().backward()
    exact = getattr(nn, kind)(1, 1).double()
    exact.load_state_dict(layer.state_dict())
    exact.double()
    exact(tgx.ones(1, 1, dtype=tgx.float64))[0].sum().backward()
    for p, q in zip(layer.parameters(), exact.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), 3e-5)


@pytest.mark.parametrize("op", OPS, ids=name)
def test_kernels_are_typed_for_cuda_as_well(op):
    for kernel in (op.forth, op.back):
        ptx = compile_ptx(kernel.text("cuda", "float32"))
        assert f"{kernel.formula.name}_step" in ptx
        assert ".f64" not in ptx
        assert "for i in range(" in kernel.text("cpu", "float64").source


@pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="too slow without kernels"
)
def test_an_rnn_learns_to_add():
    """The sum of a sequence needs the state: from the last input alone the loss stays near 7."""
    tgx.manual_seed(0)
    model, head = nn.LSTM(1, 16, batch_first=True), nn.Linear(16, 1)
    params = [*model.parameters(), *head.parameters()]
    optimizer = tgx.optim.Adam(params, lr=0.02)
    x = tgx.tensor(draw(64, 8, 1).astype("f4"))
    y = x.sum(1)
    for _ in range(150):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(head(model(x)[0][:, -1]), y)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.05


def test_printed():
    assert repr(nn.LSTM(3, 5)).startswith("LSTM(3 → 5)")
    text = repr(nn.RNN(3, 5, 2, "relu", batch_first=True, bidirectional=True))
    assert "3 → 5, num_layers=2, batch_first=True, bidirectional=True, nonlinearity='relu'" in text
    assert "proj_size=2" in repr(nn.LSTM(3, 5, proj_size=2))
    assert repr(nn.GRUCell(3, 5, bias=False)).startswith("GRUCell(3 → 5, bias=False)")


# ---- refused ------------------------------------------------------------------------------------


def test_refused_settings():
    with pytest.raises(ArgumentError, match="RNN with hidden_size=0"):
        nn.RNN(3, 0)
    with pytest.raises(ArgumentError, match="LSTM with num_layers=0"):
        nn.LSTM(3, 4, 0)
    with pytest.raises(ArgumentError, match=r"GRU with dropout=1\.5"):
        nn.GRU(3, 4, 2, dropout=1.5)
    with pytest.raises(ArgumentError, match=r"nonlinearity='sigmoid'(.|\n)*\"tanh\" or \"relu\""):
        nn.RNN(3, 4, nonlinearity="sigmoid")
    with pytest.raises(ArgumentError, match="RNNCell with nonlinearity='gelu'"):
        nn.RNNCell(3, 4, nonlinearity="gelu")
    with pytest.raises(ArgumentError, match=r"proj_size=4(.|\n)*hidden_size=4"):
        nn.LSTM(3, 4, proj_size=4)
    with pytest.raises(ArgumentError, match="LSTMCell with input_size=0"):
        nn.LSTMCell(0, 4)


def test_refused_inputs():
    layer = nn.LSTM(3, 4, 2, batch_first=True)
    with pytest.raises(
        ShapeError, match=r"input_size=3(.|\n)*\(2, 5, 4\)(.|\n)*\(N, T, input_size"
    ):
        layer(tgx.ones(2, 5, 4))
    with pytest.raises(ShapeError, match=r"an input of shape \(3,\)"):
        layer(tgx.ones(3))
    with pytest.raises(ShapeError, match="no step"):
        layer(tgx.ones(2, 0, 3))
    with pytest.raises(DtypeError, match=r"weights of float32(.|\n)*an input of float64"):
        layer(tgx.ones(2, 5, 3, dtype=tgx.float64))
    with pytest.raises(DtypeError, match="LSTM of a list"):
        layer([1.0, 2.0])
    with pytest.raises(ShapeError, match=r"pass the pair \(h_0, c_0\)"):
        layer(tgx.ones(2, 5, 3), tgx.zeros(2, 2, 4))
    with pytest.raises(ShapeError, match=r"c_0 of shape \(1, 2, 4\)(.|\n)*shape \(2, 2, 4\)"):
        layer(tgx.ones(2, 5, 3), (tgx.zeros(2, 2, 4), tgx.zeros(1, 2, 4)))
    with pytest.raises(ShapeError, match=r"pass h_0 of shape \(2, 4\)"):
        layer(tgx.ones(5, 3), (tgx.zeros(2, 1, 4), tgx.zeros(2, 1, 4)))
    with pytest.raises(DtypeError, match="h_0 of float64"):
        nn.GRU(3, 4)(tgx.ones(5, 3), tgx.zeros(1, 4, dtype=tgx.float64))


def test_refused_inputs_of_cells():
    with pytest.raises(ShapeError, match=r"GRUCell with input_size=3(.|\n)*\(N, input_size\)"):
        nn.GRUCell(3, 4)(tgx.ones(2, 5, 3))
    with pytest.raises(ShapeError, match=r"pass hx of shape \(2, 4\)"):
        nn.RNNCell(3, 4)(tgx.ones(2, 3), tgx.ones(1, 4))
    with pytest.raises(ShapeError, match=r"3 states(.|\n)*the pair \(h_0, c_0\)"):
        nn.LSTMCell(3, 4)(tgx.ones(2, 3), [tgx.ones(2, 4)] * 3)


def test_refused_sequences():
    x = tgx.ones(5, 2, 3)
    with pytest.raises(ArgumentError, match=r"\[2, 3\](.|\n)*enforce_sorted=False"):
        rnn.pack_padded_sequence(x, [2, 3])
    with pytest.raises(ArgumentError, match="lengths from 1 to 5"):
        rnn.pack_padded_sequence(x, [6, 3])
    with pytest.raises(ArgumentError, match="leave empty sequences out"):
        rnn.pack_padded_sequence(x, [3, 0])
    with pytest.raises(ShapeError, match=r"of 2 sequences(.|\n)*shape \(5,\)"):
        rnn.pack_padded_sequence(x, [5, 4, 3, 2, 1])
    with pytest.raises(DtypeError, match="no integers"):
        rnn.pack_padded_sequence(x, [2.5, 1.5])
    with pytest.raises(ShapeError, match=r"shape \(5,\)"):
        rnn.pack_padded_sequence(tgx.ones(5), [1])
    packed = rnn.pack_padded_sequence(x, [5, 3])
    with pytest.raises(ArgumentError, match=r"total_length=4(.|\n)*a sequence of 5 steps"):
        rnn.pad_packed_sequence(packed, total_length=4)
    with pytest.raises(ShapeError, match="8 rows"):
        rnn.PackedSequence(tgx.ones(7, 3), packed.batch_sizes)
    with pytest.raises(ArgumentError, match="sizes that grow"):
        rnn.PackedSequence(tgx.ones(3, 3), tgx.tensor([1, 2]))
    with pytest.raises(ArgumentError, match="a vector of integers"):
        rnn.PackedSequence(tgx.ones(3, 3), tgx.tensor([1.0, 2.0]))
    with pytest.raises(ArgumentError, match="padding_side='top'"):
        rnn.pad_sequence([tgx.ones(2)], padding_side="top")
    with pytest.raises(ArgumentError, match="no sequences"):
        rnn.pad_sequence([])
    with pytest.raises(ShapeError, match=r"\(2, 3\) and \(2, 4\)"):
        rnn.pad_sequence([tgx.ones(2, 3), tgx.ones(2, 4)])
    with pytest.raises(DtypeError, match="pad_sequence of a list"):
        rnn.pad_sequence([[1.0], [2.0]])


def test_packed_sequences_convert():
    packed = rnn.pack_sequence([tgx.ones(3, 2), tgx.ones(1, 2)])
    assert packed.double().data.dtype == tgx.float64
    assert packed.to(tgx.float64).long().int().data.dtype == tgx.int32
    assert packed.float() is packed and packed.cpu() is packed and packed.pin_memory() is packed
    assert not packed.is_cuda and not packed.is_pinned()
    data, batch_sizes, *_ = packed
    assert data.shape == (4, 2) and batch_sizes.tolist() == [2, 1, 1]
