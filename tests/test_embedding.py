"""Rows of a table: values, gradients, what they refuse; and dropout of channels, and rrelu."""

from __future__ import annotations

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.nn import functional

ROWS = tgx.tensor([[0, 2, 2], [1, 2, 0]])


def table(grad=True):
    return tgx.tensor(np.arange(8.0).reshape(4, 2), requires_grad=grad)


def test_rows_and_their_gradients():
    weight = table()
    y = functional.embedding(ROWS, weight)
    assert (y.detach().numpy() == weight.detach().numpy()[ROWS.numpy()]).all()
    y.sum().backward()
    assert weight.grad.tolist() == [[2.0, 2.0], [1.0, 1.0], [3.0, 3.0], [0.0, 0.0]]


@pytest.mark.parametrize("padding", [2, -2])
def test_padding_has_no_gradient_of_any_order(padding):
    weight = table()
    y = functional.embedding(ROWS, weight, padding_idx=padding)
    (g,) = tgx.autograd.grad((y * y).sum(), weight, create_graph=True)
    assert g[2].tolist() == [0.0, 0.0]
    assert g[0].tolist() == [0.0, 4.0]
    (second,) = tgx.autograd.grad(g.sum(), weight)
    assert second.tolist() == [[4.0, 4.0], [2.0, 2.0], [0.0, 0.0], [0.0, 0.0]]


def test_gradients_by_frequency():
    weight = table()
    functional.embedding(ROWS, weight, scale_grad_by_freq=True).sum().backward()
    np.testing.assert_allclose(weight.grad.numpy(), [[1, 1], [1, 1], [1, 1], [0, 0]])


def test_rows_are_scaled_down_in_the_table():
    weight = table()
    y = functional.embedding(ROWS, weight, max_norm=1.0)
    lengths = np.linalg.norm(weight.detach().numpy(), axis=1)
    np.testing.assert_allclose(lengths, [1.0, 1.0, 1.0, np.hypot(6.0, 7.0)], 1e-7)
    assert (y.detach().numpy() == weight.detach().numpy()[ROWS.numpy()]).all()
    assert weight.is_leaf
    y.sum().backward()
    assert weight.grad[2].tolist() == [3.0, 3.0]


def test_a_write_to_the_rows_comes_too_late():
    weight, rows = table(), tgx.tensor([0, 1])
    y = functional.embedding(rows, weight)
    rows.fill_(3)
    y.sum().backward()
    assert weight.grad.tolist() == [[1.0, 1.0], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda w: functional.embedding(tgx.tensor([0.0]), w), DtypeError, "embedding of float32"),
        (lambda w: functional.embedding(tgx.tensor([4]), w), DimError, "the row number 4"),
        (lambda w: functional.embedding(tgx.tensor([-1]), w), DimError, "the row number -1"),
        (lambda w: functional.embedding(ROWS, w[0]), ShapeError, "no table of vectors"),
        (lambda w: functional.embedding(ROWS, w, 4), ArgumentError, "padding_idx=4"),
    ],
)
def test_what_is_refused(call, kind, message):
    with pytest.raises(kind, match=message):
        call(table(False))


# ---- dropout of channels ------------------------------------------------------------------------

CHANNELS = [
    ("Dropout1d", (20, 50, 3)), ("Dropout1d", (500, 3)), ("Dropout2d", (20, 50, 2, 2)),
    ("Dropout2d", (20, 50, 3)), ("Dropout3d", (20, 50, 2, 1, 2)), ("Dropout3d", (500, 2, 1, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "shape"), CHANNELS)
def test_channels_are_dropped_as_a_whole(name, shape):
    tgx.manual_seed(0)
    layer, x = getattr(nn, name)(0.25), tgx.ones(*shape, requires_grad=True)
    y = layer(x)
    channels = len(shape) - {"Dropout1d": 1, "Dropout2d": 2, "Dropout3d": 3}[name]
    if len(shape) == 3 and name == "Dropout2d":
        channels = 2
    rows = y.detach().numpy().reshape(int(np.prod(shape[:channels])), -1)
    assert (rows == rows[:, :1]).all()
    assert set(rows[:, 0].tolist()) == {0.0, float(np.float32(1.0 / 0.75))}
    share = (rows[:, 0] == 0.0).mean()
    assert abs(share - 0.25) < 4.0 * np.sqrt(0.25 * 0.75 / len(rows))
    y.sum().backward()
    assert (x.grad.numpy() == y.detach().numpy()).all()
    assert layer.eval()(x) is x


@pytest.mark.parametrize(
    ("name", "shape"), [("dropout1d", (3,)), ("dropout2d", (2, 2)), ("dropout3d", (2, 2, 2))]
)
def test_channels_that_are_not_there(name, shape):
    with pytest.raises(ShapeError, match=rf"{name} of an input of shape"):
        getattr(functional, name)(tgx.ones(*shape))


@pytest.mark.parametrize("name", ["AlphaDropout", "FeatureAlphaDropout"])
@pytest.mark.parametrize("p", [0.1, 0.5])
def test_mean_and_variance_stay(name, p):
    tgx.manual_seed(1)
    x = tgx.randn(300, 400, dtype=tgx.float64)
    y = getattr(nn, name)(p)(x).numpy()
    assert abs(y.mean()) < 0.02
    assert abs(y.std() - 1.0) < 0.02
    counts = np.unique(y, return_counts=True)[1]
    assert abs(counts.max() / y.size - p) < 0.01  # all that is dropped is one number


def test_alpha_dropout_of_everything_and_nothing():
    x = tgx.randn(4, 3)
    assert functional.alpha_dropout(x, 0.0, training=True) is x
    assert functional.alpha_dropout(x, 1.0, training=True).abs().max().item() == 0.0
    assert functional.alpha_dropout(x) is x
    with pytest.raises(ShapeError, match="no channels"):
        functional.feature_alpha_dropout(x[0], 0.5, training=True)
    with pytest.raises(ArgumentError, match=r"alpha_dropout with p=1\.5"):
        functional.alpha_dropout(x, 1.5)
    with pytest.raises(DtypeError, match="alpha_dropout of int64"):
        functional.alpha_dropout(x.long())


def test_the_words_of_layers():
    assert repr(nn.Dropout2d(0.1)) == "Dropout2d(p=0.1, inplace=False)"
    with pytest.raises(ArgumentError, match="AlphaDropout with p=2"):
        nn.AlphaDropout(2)


# ---- rrelu --------------------------------------------------------------------------------------


def test_random_slopes():
    tgx.manual_seed(2)
    x = tgx.tensor([-1.0, -1.0, 0.0, 2.0] * 500, dtype=tgx.float64, requires_grad=True)
    y = nn.RReLU(0.1, 0.3)(x)
    y.sum().backward()
    slopes = x.grad.numpy().reshape(-1, 4)
    assert (slopes[:, 3] == 1.0).all()
    assert (slopes[:, :3] >= 0.1).all()
    assert (slopes[:, :3] < 0.3).all()
    assert abs(slopes[:, :2].mean() - 0.2) < 0.01
    np.testing.assert_allclose(y.detach().numpy(), x.detach().numpy() * x.grad.numpy())
    layer = nn.RReLU(0.1, 0.3).eval()
    np.testing.assert_allclose(layer(x).detach().numpy()[:4], [-0.2, -0.2, 0.0, 2.0])
    assert repr(layer) == "RReLU(lower=0.1, upper=0.3)"


def test_slopes_in_no_order():
    with pytest.raises(ArgumentError, match=r"RReLU with slopes from 0\.5 to 0\.1"):
        nn.RReLU(0.5, 0.1)
    with pytest.raises(DtypeError, match="rrelu of int64"):
        functional.rrelu(tgx.tensor([1]))


# ---- the layer ----------------------------------------------------------------------------------


def test_the_layer_is_pytorchs():
    torch = pytest.importorskip("torch", reason="could not import torch")
    words = np.array([[1, 4, 0], [2, 0, 4]])
    for how in ({}, {"padding_idx": -5}, {"scale_grad_by_freq": True}, {"max_norm": 1.0}):
        ours, theirs = tgx.nn.Embedding(5, 3, **how), torch.nn.Embedding(5, 3, **how)
        assert list(ours.state_dict()) == list(theirs.state_dict())
        assert ours.padding_idx == theirs.padding_idx
        ours.load_state_dict({"weight": theirs.weight.detach().numpy()})
        y, z = ours(tgx.tensor(words)), theirs(torch.tensor(words))
        np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-6)
        (y**2).sum().backward()
        (z**2).sum().backward()
        np.testing.assert_allclose(ours.weight.grad.numpy(), theirs.weight.grad.numpy(), rtol=1e-5)
        np.testing.assert_allclose(
            ours.weight.numpy(force=True), theirs.weight.detach().numpy(), rtol=1e-6
        )


def test_the_layer_begins_normal_with_an_empty_row():
    layer = tgx.nn.Embedding(2000, 8, padding_idx=3)
    values = layer.weight.detach().numpy()
    assert abs(values.std() - 1.0) < 0.02
    assert abs(values.mean()) < 0.02
    assert not values[3].any()
    assert repr(layer).startswith("Embedding(2000, 8, padding_idx=3)")


def test_a_table_that_is_there():
    table = tgx.tensor([[1.0, 2.0], [3.0, 4.0]])
    layer = tgx.nn.Embedding.from_pretrained(table)
    assert not layer.weight.requires_grad
    assert layer(tgx.tensor(1)).tolist() == [3.0, 4.0]
    assert tgx.nn.Embedding.from_pretrained(table, freeze=False).weight.requires_grad
    with pytest.raises(ShapeError, match="no table"):
        tgx.nn.Embedding.from_pretrained(tgx.ones(3))
    with pytest.raises(ArgumentError, match="no table"):
        tgx.nn.Embedding(0, 3)
