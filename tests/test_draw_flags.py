"""Flags in drawings: each against a count made here with NumPy, and where there must be none."""

from typing import Any

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn
from tinygradx.draw import Drawing, draw_dot
from tinygradx.draw.flags import activation_flags, gradient_flags
from tinygradx.draw.numbers import summary_of
from tinygradx.ops.activations import ACTIVATIONS
from tinygradx.ops.elementwise import Elementwise
from tinygradx.tensor import Tensor


def leaf(value: Any) -> Any:
    """A tensor that collects a gradient."""
    return tgx.tensor(value, dtype=tgx.float64, requires_grad=True)


def flags_of(result: Any, **settings: Any) -> tuple[str, ...]:
    """What is said of the output."""
    (top,) = [node for node in draw_dot(result, **settings).nodes if node.kind == "output"]
    return top.flags


def flags_of_all(drawing: Drawing) -> dict[str, tuple[str, ...]]:
    return {node.name: node.flags for node in drawing.nodes if node.kind != "op"}


def columns_from(*middles: float) -> Any:
    """Eight samples of one column around each number, at most 0.35 away from it."""
    return leaf(np.array(middles) + np.linspace(-0.35, 0.35, 8)[:, None])


# ---- dead ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (tgx.relu, ("dead 50 %",)),
        (tgx.relu6, ("dead 50 %",)),  # at 9 its slope is 0, but its output is not
        (tgx.hardswish, ("dead 25 %",)),
        (tgx.threshold, ("dead 50 %",)),
        (tgx.leaky_relu, ()),
        (tgx.elu, ()),
        (tgx.silu, ()),
        (tgx.identity, ()),
    ],
)
def test_dead_is_a_unit_that_is_0_and_flat_for_every_sample(
    function: Any, words: tuple[str, ...]
) -> None:
    assert flags_of(function(columns_from(-5.0, -1.0, 0.0, 9.0))) == words


def test_one_sample_that_is_awake_keeps_a_unit_alive() -> None:
    x = -np.ones((4, 8))
    x[3, :3] = 0.001
    assert flags_of(leaf(x).relu()) == ("dead 62 %",)  # 5 of 8, rounded to the even
    x[2, 3:] = 7.0
    assert flags_of(leaf(x).relu()) == ()


def test_all_axes_but_the_last_are_samples() -> None:
    x = np.full((2, 3, 4), -1.0)
    x[1, 2, 0] = 1.0
    assert flags_of(leaf(x).relu()) == ("dead 75 %",)


@pytest.mark.parametrize("shape", [(), (8,), (1, 8), (1, 1, 8), (0, 8), (8, 0)])
def test_without_two_samples_no_unit_is_called_dead(shape: tuple[int, ...]) -> None:
    assert flags_of(leaf(np.full(shape, -1.0)).relu()) == ()


def test_a_hundred_per_cent_is_all_and_less_than_one_is_not_told() -> None:
    assert flags_of(leaf(-np.ones((2, 300))).relu()) == ("dead 100 %",)
    x = -np.ones((2, 300))
    x[0, 0] = 1.0
    assert flags_of(leaf(x).relu()) == ("dead 99 %",)
    x[0, :298] = 1.0
    assert flags_of(leaf(x).relu()) == ()


# ---- saturated -----------------------------------------------------------------------------------

#: The slopes of the page, for x in double precision.
SLOPES = {
    "sigmoid": lambda x: np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))) ** 2,
    "tanh": lambda x: 1 / np.cosh(x) ** 2,
    "hardtanh": lambda x: np.where(np.abs(x) < 1, 1.0, 0.0),
    "hardsigmoid": lambda x: np.where(np.abs(x) < 3, 1 / 6, 0.0),
    "softsign": lambda x: 1 / (1 + np.abs(x)) ** 2,
}


@pytest.mark.parametrize("name", SLOPES)
def test_saturated_is_the_share_of_inputs_where_the_slope_is_small(name: str) -> None:
    x = np.random.default_rng(3).normal(scale=9.0, size=(40, 25))
    share = np.mean(np.abs(SLOPES[name](x)) < 0.01)
    assert 0.2 < share < 0.95
    assert flags_of(ACTIVATIONS[name](leaf(x))) == (f"saturated {round(100 * share)} %",)


def test_the_slope_is_that_of_the_settings() -> None:
    x = leaf([[-3.0, -1.5, 0.0, 1.5]] * 2)
    assert flags_of(tgx.hardtanh(x)) == ("saturated 75 %",)
    assert flags_of(tgx.hardtanh(x, -2.0, 2.0)) == ("saturated 25 %",)


@pytest.mark.parametrize(
    "name",
    sorted(
        name
        for name, op in ACTIVATIONS.items()
        if isinstance(op, Elementwise) and name not in SLOPES and "step" not in name
    ),
)
def test_an_unbounded_activation_or_one_that_rests_at_0_is_not_called_saturated(name: str) -> None:
    op = ACTIVATIONS[name]
    x = np.linspace(-60.0, 60.0, 50)
    others = [leaf(np.ones(50))] * (op.arity - 1)
    assert flags_of(op(leaf(x), *others)) == ()


def test_a_single_number_is_saturated_or_not() -> None:
    assert flags_of(leaf(9.0).tanh()) == ("saturated",)
    assert flags_of(leaf(0.5).tanh()) == ()


def test_an_activation_of_the_user_is_asked_for_its_own_slope() -> None:
    @tgx.activation("x / (1 + x * x) ** 0.5")
    def flag_bend(x):  # type: ignore[no-untyped-def]
        return x / (1.0 + x * x) ** 0.5

    @flag_bend.slope
    def _(x):  # type: ignore[no-untyped-def]
        return 1.0 / (1.0 + x * x) ** 1.5

    try:
        x = np.array([0.0, 4.0, 5.0, 6.0])  # the slope is 0.0143 at 4, 0.0075 at 5
        assert flags_of(flag_bend(leaf(x))) == ("saturated 50 %",)
    finally:
        del ACTIVATIONS["flag_bend"]


def test_what_is_no_activation_has_no_flags() -> None:
    x = leaf(-np.ones((4, 3)))
    for result in (x * 0.0, x.exp(), tgx.softmax(x, 1), tgx.maximum(x, x * 0), x.square()):
        assert flags_of(result) == ()


def test_a_slope_that_fails_leaves_the_picture_without_flags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    y = leaf([[-1.0], [-2.0]]).relu()
    arrays = {y.node: y.array, y.node.inputs[0]: y.node.inputs[0].array}
    assert activation_flags(y.node, arrays, Tensor) == ("dead 100 %",)

    def fail(*_: Any) -> None:
        raise ArithmeticError("no slope")

    monkeypatch.setattr(type(y.node.op), "pull_node", fail)
    assert activation_flags(y.node, arrays, Tensor) == ()
    assert activation_flags(y.node, {}, Tensor) == ()


# ---- vanishing and exploding ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0.0, ()), (0.99e-7, ("vanishing",)), (1.01e-7, ()), (1.0, ()), (999.0, ()),
        (1001.0, ("exploding",)), (float("nan"), ()), (float("inf"), ()),
    ],
)  # fmt: skip
def test_the_bounds_of_a_gradient(size: float, words: tuple[str, ...]) -> None:
    assert gradient_flags(summary_of(np.full((4, 5), size))) == words
    assert gradient_flags(summary_of(np.array(size))) == words


def test_a_deep_sigmoid_network_vanishes_and_a_linear_one_explodes() -> None:
    tgx.manual_seed(0)
    x = tgx.randn(16, 8)
    deep = nn.Sequential(*[m for _ in range(14) for m in (nn.Linear(8, 8), nn.Sigmoid())])
    loss = deep(x).mean()
    loss.backward()
    flags = flags_of_all(draw_dot(loss, params=deep, style="micrograd"))
    assert flags["0.weight"] == ("vanishing",)
    assert flags["26.weight"] == ()
    steep = nn.Sequential(*[nn.Linear(8, 8) for _ in range(5)])
    with tgx.no_grad():
        for layer in steep:
            layer.weight *= 30.0
    loss = steep(x).square().mean()
    loss.backward()
    drawing = draw_dot(loss, params=steep)
    flags = flags_of_all(drawing)
    assert flags["0.weight"] == flags["4.weight"] == ("exploding",)
    rms = float(np.sqrt(np.mean(steep[0].weight.grad.numpy() ** 2)))
    assert rms > 1e3
    # Parameters alone are judged: no learning rate multiplies the gradient of a value on the way.
    assert {node.kind for node in drawing.nodes if node.flags} == {"param"}


# ---- where they stand ----------------------------------------------------------------------------


def dead_and_faint() -> tuple[Any, dict[str, Any]]:
    w = leaf([[-1.0, 2.0], [-2.0, 1.0]])
    h = w.relu()
    loss = (h * 1e-9).sum()
    loss.backward()
    return loss, {"w": w, "h": h, "loss": loss}


@pytest.mark.parametrize("style", ["micrograd", "compact"])
@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_flags_are_words_on_the_card(style: str, theme: str) -> None:
    loss, names = dead_and_faint()
    drawing = draw_dot(loss, names=names, style=style, theme=theme)
    assert "<B>dead 50 %</B>" in drawing.source
    assert "<B>vanishing</B>" in drawing.source
    assert flags_of_all(drawing) == {"w": ("vanishing",), "h": ("dead 50 %",), "v1": (), "loss": ()}


def test_flags_stand_in_the_tree_and_go_with_their_rows() -> None:
    loss, names = dead_and_faint()
    text = draw_dot(loss, names=names).text
    assert "[0.0000, 2.0000] [0.0000, 1.0000] dead 50 %" in text
    assert "vanishing" in text
    drawing = draw_dot(loss, names=names, show=("data",))
    assert "dead 50 %" in drawing.text and "vanishing" not in drawing.text
    drawing = draw_dot(loss, names=names, show=("grad",))
    assert "dead" not in drawing.text and "vanishing" in drawing.text


def test_flags_change_nothing_and_keep_nothing() -> None:
    x = leaf(columns_from(-1.0, 1.0).tolist())
    y = x.relu()
    loss = y.sum()
    loss.backward(retain_graph=True)
    before = x.grad.tolist()
    draw_dot(loss)
    assert x.grad.tolist() == before
    loss.backward()
    assert x.grad.tolist() == [[2 * g for g in row] for row in before]
