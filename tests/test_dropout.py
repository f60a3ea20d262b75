"""Dropout: how much is dropped, that it is drawn once, and its way back; shapes as layers."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn
from tinygradx.autograd import gradcheck, gradgradcheck
from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.nn import functional

SHARES = [0.1, 0.25, 0.5, 0.9]
MANY = 100_000


@pytest.fixture(autouse=True)
def seeded():
    """Every test draws the same numbers, whatever ran before it."""
    tgx.manual_seed(20_260)


# ---- how much -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [tgx.float32, tgx.float64])
@pytest.mark.parametrize("p", SHARES)
def test_the_share_that_is_dropped(p, dtype):
    """Within 4 standard deviations of a binomial; what stays is scaled, so that the mean stays."""
    y = functional.dropout(tgx.ones(MANY, dtype=dtype), p).numpy()
    spread = math.sqrt(p * (1.0 - p) / MANY)
    assert abs((y == 0.0).mean() - p) < 4.0 * spread
    assert abs(y.mean(dtype=np.float64) - 1.0) < 4.0 * spread / (1.0 - p)
    assert y.dtype == dtype
    np.testing.assert_allclose(y[y != 0.0], 1.0 / (1.0 - p), 1e-6)


def test_neighbours_are_dropped_independently():
    """Of pairs in a row both are dropped p * p of the time."""
    y = functional.dropout(tgx.ones(MANY), 0.5).numpy() == 0.0
    share = (y[1:] & y[:-1]).mean()
    assert abs(share - 0.25) < 4.0 * math.sqrt(0.25 * 0.75 / MANY) * 1.5


def test_no_share_and_every_share():
    x = tgx.tensor([1.0, -2.0, math.inf], requires_grad=True)
    assert functional.dropout(x, 0.0).tolist() == [1.0, -2.0, math.inf]
    y = functional.dropout(x, 1.0)
    assert y.tolist() == [0.0, 0.0, 0.0]
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan, math.inf])
def test_what_is_no_share(p):
    with pytest.raises(ArgumentError) as error:
        functional.dropout(tgx.ones(2), p)
    assert (error.value.asked, error.value.got) == (f"dropout with p={p}", "no share of one")
    assert error.value.do == "use a number from 0 (drop none) to 1 (all)"
    with pytest.raises(ArgumentError, match=r"Dropout with p="):
        nn.Dropout(p)


def test_integers_are_refused():
    with pytest.raises(DtypeError, match=r"dropout of int64\n.*\n  do:  .*input\.float\(\)"):
        functional.dropout(tgx.arange(3))


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (2, 3, 4)])
def test_every_shape(shape):
    x = tgx.ones(*shape, requires_grad=True)
    y = functional.dropout(x)
    assert y.shape == shape
    y.sum().backward()
    assert x.grad.shape == shape


# ---- drawn once ---------------------------------------------------------------------------------


def test_the_same_seed_drops_the_same():
    x = tgx.ones(50)
    tgx.manual_seed(3)
    first, second = functional.dropout(x).tolist(), functional.dropout(x).tolist()
    tgx.manual_seed(3)
    assert functional.dropout(x).tolist() == first
    assert first != second


def test_the_gradient_is_0_where_an_element_was_dropped_and_only_there():
    x = tgx.tensor(np.linspace(1.0, 2.0, 200), requires_grad=True)
    y = functional.dropout(x, 0.25)
    g = np.linspace(-2.0, -1.0, 200)
    y.backward(tgx.tensor(g))
    dropped = y.detach().numpy() == 0.0
    assert 20 < dropped.sum() < 80
    np.testing.assert_array_equal(x.grad.numpy() == 0.0, dropped)
    np.testing.assert_allclose(x.grad.numpy()[~dropped], g[~dropped] / 0.75, 1e-15)


def test_gradients_of_both_orders_by_differences():
    """The function draws anew each time, so each call begins at the same seed."""

    def dropped(x):
        tgx.manual_seed(8)
        return functional.dropout(x * x * x, 0.4)

    x = tgx.tensor(np.linspace(0.5, 2.0, 12), requires_grad=True)
    assert gradcheck(dropped, (x,))
    assert gradgradcheck(dropped, (x,))


def test_a_drawing_replays_what_was_dropped():
    """The picture has the numbers of the run, and leaves the next random numbers alone."""
    x = tgx.tensor(np.arange(1.0, 9.0), requires_grad=True)
    y = functional.dropout(x, 0.5)
    loss = (y * y).sum()
    loss.backward()
    before, gradient = tgx.default_generator.get_state().tolist(), x.grad.tolist()
    drawing = tgx.draw_dot(loss, names={"x": x, "y": y})
    assert tgx.default_generator.get_state().tolist() == before
    assert x.grad.tolist() == gradient
    drawn = {node.name: node for node in drawing.nodes}
    assert list(drawn["y"].data.values) == y.tolist()
    assert list(drawn["y"].grad.values) == (2.0 * y).tolist()
    assert "dropout" in drawing.source


# ---- the layer ----------------------------------------------------------------------------------


def test_the_layer_drops_in_training_only():
    layer = nn.Dropout(0.5)
    x = tgx.ones(100)
    assert 0.0 in layer(x).tolist()
    assert layer.eval()(x) is x
    assert 0.0 in layer.train()(x).tolist()
    model = nn.Sequential(nn.Dropout(0.9), nn.Identity()).eval()
    assert model(x).tolist() == [1.0] * 100


@pytest.mark.parametrize(
    "drop",
    [
        functional.dropout, functional.dropout1d, functional.alpha_dropout,
        functional.feature_alpha_dropout,
    ],
)  # fmt: skip
def test_in_place_it_writes_to_its_input(drop):
    x = tgx.ones(4, 25, 1)
    tgx.manual_seed(3)
    assert drop(x, 0.5, True, inplace=True) is x
    tgx.manual_seed(3)
    assert (drop(tgx.ones(4, 25, 1), 0.5, True) == x).all()
    assert len(set(x.flatten().tolist())) == 2
    leaf = tgx.ones(4, 25, 1, requires_grad=True)
    assert drop(leaf, 0.5, False, inplace=True) is leaf
    with pytest.raises(GraphError, match="on a leaf that requires a gradient"):
        drop(leaf, 0.5, True, True)


def test_layers_write_in_place_as_in_pytorch():
    x = tgx.ones(2, 3, 4, 5)
    assert nn.Dropout(0.5, inplace=True)(x) is x
    assert nn.Dropout2d(0.5, True)(x) is x
    # PyTorch's layer does not hand `inplace` on, and so changes nothing in place.
    assert nn.AlphaDropout(0.5, inplace=True)(x) is not x


def test_what_the_layer_says():
    assert repr(nn.Dropout(0.2)) == "Dropout(p=0.2, inplace=False)"


# ---- layers that change only the shape ----------------------------------------------------------


def test_flatten_and_back():
    x = tgx.tensor(np.arange(48.0).reshape(2, 2, 3, 4), requires_grad=True)
    flat = nn.Flatten()(x)
    assert flat.shape == (2, 24)
    assert nn.Flatten(0)(x).shape == (48,)
    assert nn.Flatten(1, 2)(x).shape == (2, 6, 4)
    assert nn.Flatten(start_dim=-2)(x).shape == (2, 2, 12)
    back = nn.Unflatten(1, (2, -1, 4))(flat)
    np.testing.assert_array_equal(back.detach().numpy(), x.detach().numpy())
    (back * back).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), 2.0 * x.detach().numpy())


@pytest.mark.parametrize(
    ("dim", "sizes", "shape", "found"),
    [
        (1, (2, 3), (4, 6), (4, 2, 3)),
        (-1, [3, 2], (4, 6), (4, 3, 2)),
        (0, (-1, 2), (4, 6), (2, 2, 6)),
        (0, (1, 4, 1), (4, 6), (1, 4, 1, 6)),
        (0, (0, 5), (0, 6), (0, 5, 6)),
        (0, (-1, 5), (0, 6), (0, 5, 6)),
        (0, (-1,), (4,), (4,)),
    ],
)
def test_unflatten(dim, sizes, shape, found):
    assert nn.Unflatten(dim, sizes)(tgx.zeros(*shape)).shape == found


@pytest.mark.parametrize("sizes", [(4, 2), (-1, 4), (-1, 0), (7,)])
def test_sizes_that_do_not_make_up_the_dimension(sizes):
    with pytest.raises(ShapeError) as error:
        nn.Unflatten(1, sizes)(tgx.zeros(5, 6))
    assert error.value.asked == f"Unflatten dim 1 into {sizes}"
    assert error.value.got == "an input of shape (5, 6)"
    assert (
        error.value.do == "give sizes whose product is that of the dimension, or -1 for one of them"
    )


@pytest.mark.parametrize("sizes", [(), (-1, -1), (2, -3)])
def test_sizes_that_no_dimension_can_have(sizes):
    with pytest.raises(ArgumentError, match="no sizes that a dimension can have"):
        nn.Unflatten(1, sizes)


def test_identity_takes_anything_and_answers_its_input():
    x = tgx.ones(2)
    assert nn.Identity(54, unused_argument=0.1)(x) is x
    assert isinstance(nn.Identity(), nn.Module)
    assert repr(nn.Flatten()) == "Flatten(start_dim=1, end_dim=-1)"
    assert repr(nn.Unflatten(1, (2, 3))) == "Unflatten(dim=1, unflattened_size=(2, 3))"
    assert repr(nn.Identity()) == "Identity()"
