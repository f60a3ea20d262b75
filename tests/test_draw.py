"""Drawings: what they say, that they change nothing, and what is refused."""

import gc
import inspect
import os
import re
import subprocess
import sys
import weakref
from typing import Any

import numpy as np
import pytest
from drawings import (
    ROOT,
    by_name,
    leaf,
    micrograd_example,
    small_network,
)

import tinygradx as tgx
from tinygradx.draw import Drawing, draw_dot
from tinygradx.draw.numbers import gradient_lines, number_text, summary_of, value_lines
from tinygradx.draw.theme import THEMES, contrast
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import Cell, Leaf, Node, Op

# ---- what a drawing says -------------------------------------------------------------------------


def test_the_example_of_micrograd() -> None:
    g, names = micrograd_example()
    drawing = draw_dot(g, names=names)
    nodes = by_name(drawing)
    assert nodes["g"].data is not None
    assert nodes["g"].kind == "output"
    assert f"{nodes['g'].data.values[0]:.4f}" == "24.7041"
    assert [nodes[name].kind for name in "abcg"] == ["param", "param", "value", "output"]
    assert [nodes[name].grad.values[0] for name in "ab"] == pytest.approx([138.8338, 645.5773])  # type: ignore[union-attr]
    assert "rankdir=LR" in drawing.source
    assert "138.8338" in drawing.source
    assert "645.5773" in drawing.source


def test_inner_gradients_are_those_of_the_chain_rule() -> None:
    a, b = leaf([1.0, -2.0], tgx.float64), leaf(3.0, tgx.float64)
    h = a * b
    t = h.tanh()
    loss = t.sum()
    loss.backward()
    nodes = by_name(draw_dot(loss, names={"h": h, "t": t, "loss": loss}))
    slope = 1 - np.tanh(np.array([3.0, -6.0])) ** 2
    assert nodes["h"].grad.values == pytest.approx(tuple(slope))  # type: ignore[union-attr]
    assert nodes["t"].grad.values == (1.0, 1.0)  # type: ignore[union-attr]
    assert nodes["loss"].grad.values == (1.0,)  # type: ignore[union-attr]


def test_values_are_computed_again_as_they_were() -> None:
    loss, params = small_network()
    replayed = by_name(draw_dot(loss, names={"loss": loss}, params=params))["loss"].data
    assert replayed is not None
    assert replayed.values == (loss.item(),)
    assert replayed.dtype == "float32"
    half = leaf(0.1) * 0.3  # the bare number is in double precision, and must not spread it
    assert by_name(draw_dot(half, names={"half": half}))["half"].data.values == (half.item(),)  # type: ignore[union-attr]


def test_before_backward_no_gradient_is_claimed() -> None:
    loss, params = small_network()
    drawing = draw_dot(loss, params=params)
    for node in by_name(drawing).values():
        assert node.grad is None
        wanted = "none (requires_grad=False)" if node.kind == "input" else "not computed yet"
        assert node.grad_state == wanted
    assert drawing.source.count("grad: not computed yet") == 12
    assert ">grad<" not in drawing.source  # the word that a number would follow


def test_after_zero_grad_the_words_are_back() -> None:
    x = leaf(2.0)
    y = x * x
    y.backward()
    x.grad = None
    nodes = by_name(draw_dot(y, names={"x": x, "y": y}))
    assert nodes["x"].grad_state == "none (cleared since backward())"
    assert nodes["y"].grad_state == "freed"


def test_a_gradient_of_two_sweeps_is_not_passed_off_as_one() -> None:
    x = leaf(2.0)
    y = (x * x).exp()
    y.backward(retain_graph=True)
    y.backward()
    drawing = draw_dot(y, names={"x": x, "y": y})
    nodes = by_name(drawing)
    assert nodes["x"].grad is not None
    assert nodes["x"].grad.values == (x.grad.item(),)
    assert nodes["y"].grad is None
    assert nodes["y"].grad_state == "freed"
    assert "the gradient of leaf x is not this graph" in str(drawing)


def test_a_part_of_a_graph_does_not_borrow_the_whole_graphs_gradients() -> None:
    x = leaf(2.0)
    middle = x * 3
    (middle**2).backward()
    nodes = by_name(draw_dot(middle, names={"x": x, "middle": middle}))
    assert nodes["x"].grad.values == (36.0,)  # type: ignore[union-attr]
    assert nodes["middle"].grad_state == "freed"


def test_a_leaf_that_was_changed_is_named() -> None:
    w, b = leaf(2.0), leaf(1.0)
    y = w * 3 + b
    y.backward()
    with tgx.no_grad():
        w -= 0.5
    drawing = draw_dot(y, names={"w": w, "b": b, "y": y})
    words = (
        "leaf w changed after this graph was made: values are replayed with its new contents; "
        "draw before optimizer.step() to see the old"
    )
    assert str(drawing).splitlines()[0] == words
    assert "leaf w changed after this graph was made" in drawing.source
    assert ">changed since this graph was made<" in drawing.source
    assert by_name(drawing)["y"].data.values == (5.5,)  # type: ignore[union-attr]
    assert by_name(drawing)["y"].grad_state == "freed"
    with tgx.no_grad():
        b -= 1
    assert "leaves w and b changed" in draw_dot(y, names={"w": w, "b": b}).source


def test_a_recorded_write_in_place_is_not_a_change() -> None:
    w = leaf(2.0)
    x = tgx.zeros(2)
    x[0] = w
    x[1] = w * 3
    y = (x * x).sum()
    y.backward()
    drawing = draw_dot(y, names={"w": w, "x": x})
    assert "changed" not in drawing.source
    assert by_name(drawing)["x"].grad.values == (4.0, 12.0)  # type: ignore[union-attr]
    assert "x before" in by_name(drawing)


def test_an_operation_that_will_not_run_again_leaves_the_rest_in_the_picture() -> None:
    class Stubborn(Op):
        name = "stubborn"
        inputs = ("x",)

    x = leaf(2.0)
    y = x * x
    result = tgx.tensor(0.0)
    result.node = Node(Stubborn(), (y.node,), (), (), 10**9, None, (), y.dtype, result.cell)
    drawing = draw_dot(result, names={"y": y, "result": result})
    assert "result (stubborn) could not be computed again: NotImplementedError" in str(drawing)
    assert by_name(drawing)["y"].data.values == (4.0,)  # type: ignore[union-attr]
    assert "not known" in drawing.source


def test_nine_elements_are_shown_and_ten_are_summed_up() -> None:
    nine = draw_dot(leaf([float(i) for i in range(9)]) * 1.5).source
    assert "1.5000, 3.0000" in nine
    assert "12.0000]" in nine
    assert "μ" not in nine
    ten = draw_dot(leaf([float(i) for i in range(10)]) * 2).source
    assert "μ 9 σ 5.74 [0, 18]" in ten


@pytest.mark.parametrize(
    ("array", "lines"),
    [
        (np.float32(0.70710678), ["0.7071"]),
        (np.array([1.0]), ["[1.0000]"]),
        (np.array([]), ["no elements"]),
        (np.array([[1, 2], [3, 4]]), ["[1, 2]", "[3, 4]"]),
        (np.arange(7), ["[0, 1, 2, 3, 4,", "5, 6]"]),
        (np.arange(6).reshape(1, 6), ["[0, 1, 2, 3, 4,", "5]"]),
        (np.arange(5), ["[0, 1, 2, 3, 4]"]),
        (np.arange(6).reshape(2, 3), ["[0, 1, 2]", "[3, 4, 5]"]),
        (np.array([1.0, np.nan]), ["[1.0000, nan]", "NaN! (1 of 2)"]),
        (np.float32(np.nan), ["NaN!"]),
        (np.float32(-np.inf), ["-Inf!"]),
        (np.repeat([True, False], [9, 3]), ["75% are True"]),
        (np.full(2000, np.nan), ["NaN! (2,000 of 2,000)"]),
        (np.array([np.inf] + [1.0] * 9), ["μ 1 σ 0 [1, 1]", "Inf! (1 of 10)"]),
    ],
)
def test_values_in_words(array: Any, lines: list[str]) -> None:
    assert value_lines(summary_of(np.asarray(array)), 4) == lines


def test_gradients_in_words() -> None:
    assert gradient_lines(summary_of(np.zeros((32, 16))), 4) == ["0 (all 32×16)"]
    assert gradient_lines(summary_of(np.array([3.0, -4.0] * 5)), 4) == ["rms 3.54 max|g| 4"]


@pytest.mark.parametrize(
    ("value", "precision", "text"),
    [
        (0.0, 4, "0.0000"), (-0.0, 4, "0.0000"), (1e-9, 4, "1.00e-09"), (-0.00123, 4, "-0.0012"),
        (12345678.0, 4, "1.23e+07"), (0.5, 2, "0.50"), (7, 4, "7"), (True, 4, "True"),
        (float("inf"), 4, "inf"),
    ],
)  # fmt: skip
def test_a_number_is_never_rounded_to_nothing(value: Any, precision: int, text: str) -> None:
    assert number_text(value, precision) == text


def rule_of(drawing: Drawing) -> list[str]:
    """The symbol, the settings and the rules in the last ellipse."""
    (line,) = [line for line in drawing.source.splitlines() if "shape=ellipse" in line][-1:]
    return re.findall(r">([^<>]+)<", line.partition("label=<")[2])


A, B = leaf([[1.0, 2.0]]), leaf([[3.0, 4.0]])


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (A + B, ["+", "da = g", "db = g"]),
        (A - B, ["−", "da = g", "db = −g"]),
        (A * B, ["×", "da = g·b", "db = g·a"]),
        (A / B, ["÷", "da = g/b", "db = −g·a/b²"]),
        (A + A, ["+", "da = g + g"]),
        (A * 2, ["× 2", "da = 2·g"]),
        (10.0 / A, ["10 ÷", "da = −10·g/a²"]),
        (A**3, ["** 3", "da = 3·g·a²"]),
        (A**2, ["x²", "da = 2·g·a"]),
        (-A, ["−x", "da = −g"]),
        (A.relu(), ["relu", "da = g if y &gt; 0 else 0"]),
        (A.tanh(), ["tanh", "da = g·(1 − y²)"]),
        (A.exp(), ["exp", "da = g·y"]),
        (A.log(), ["log", "da = g/a"]),
        (tgx.gelu(A), ["gelu", "da = g·gelu′(a)"]),
        (A @ B.T, ["@", "da = g·cᵀ", "dc = aᵀ·g"]),
        (A.sum(), ["sum", "da = g everywhere"]),
        (A.sum(dim=1), ["sum", "dim=1", "da = g everywhere"]),
        (A.mean(), ["mean", "da = g/2 everywhere"]),
        (A[0], ["[0]", "da = g at the index, else 0"]),
        (
            tgx.leaky_relu(A, 0.2),
            ["leaky_relu", "negative_slope=0.2", "da = g if a &gt; 0 else g·slope"],
        ),
        (A.T, ["xᵀ", "da = gᵀ"]),
        (
            tgx.maximum(A, B),
            ["maximum", "da = g if a &gt;= b else 0", "db = g if b &gt;= a else 0"],
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_rules(result: Any, words: list[str]) -> None:
    names = {"a": A, "b": B, "y": result}
    if result.node.op.name == "matmul":
        turned = tgx.tensor(0.0)
        turned.node = result.node.inputs[1]
        names["c"] = turned
    assert rule_of(draw_dot(result, names=names))[: len(words)] == words


def test_the_same_tensor_twice_has_two_arrows() -> None:
    a = leaf(3.0)
    drawing = draw_dot(a + a, names={"a": a})
    assert [(edge.tail, edge.head) for edge in drawing.edges] == [
        ("n0", "n1"), ("n0", "n1"), ("n1", "n2"),
    ]  # fmt: skip


def test_broadcasting_is_told() -> None:
    x, b = leaf(np.ones((32, 16))), leaf(np.ones(16))
    drawing = draw_dot(x + b, names={"x": x, "b": b})
    assert [edge.label for edge in drawing.edges] == ["", "(16,) ⇢ (32, 16)", ""]
    assert rule_of(drawing) == ["+", "dx = g", "db = Σ₀ g"]
    long = draw_dot(x - b, names={"weights of all": x, "b": b})
    assert [edge.label for edge in long.edges] == ["x", "y: (16,) ⇢ (32, 16)", ""]
    assert rule_of(long) == ["−", "dx = g", "dy = Σ₀ −g"]


def test_a_bare_number_stands_in_the_operation_and_a_named_one_in_a_box() -> None:
    x, two = leaf(3.0), tgx.tensor(2.0)
    assert [node.name for node in draw_dot(x * two, names={"x": x}).nodes][:2] == ["x", "× 2"]
    named = by_name(draw_dot(x * two, names={"x": x, "two": two}))
    assert named["two"].kind == "input"


def test_names_come_in_order() -> None:
    x = leaf(1.0)
    y = x * 2
    z = y * 3
    assert x.node is not None
    assert [node.name for node in draw_dot(z).nodes if node.kind != "op"] == ["v1", "v2", "v3"]
    assert by_name(draw_dot(z))["v3"].age == z.node.age  # the number that errors say
    taken = draw_dot(z, names={"v1": y})
    assert [node.name for node in taken.nodes if node.kind != "op"] == ["v2", "v1", "v3"]
    x.node.name = "own"
    assert "own" in by_name(draw_dot(z))
    assert {"mine", "middle"} <= by_name(draw_dot(z, names={"mine": x, "middle": y})).keys()
    both = draw_dot(z, names={"mine": x}, params={"given": x})
    assert "given" in by_name(both)
    assert "mine" not in by_name(both)

    class Module:
        def named_parameters(self) -> Any:
            yield "layer.weight", x

    assert "layer.weight" in by_name(draw_dot(z, params=Module()))


def test_locals_may_hold_anything() -> None:
    x = leaf(1.0)
    _1 = y = x * 2
    other, nothing, text = draw_dot, None, "text"
    nodes = by_name(draw_dot(y, names=locals()))
    assert {"x", "y"} <= nodes.keys()
    assert other
    assert nothing is None
    assert text
    assert _1 is y


def test_a_view_of_a_named_input_says_so() -> None:
    x, w = tgx.ones(2, 3), leaf(np.ones((2, 2), np.float32))
    assert "view of x" in by_name(draw_dot(x.T @ w, names={"x": x, "w": w}))


def test_roots_without_operations() -> None:
    plain_input = draw_dot(tgx.ones(3))
    assert [node.kind for node in plain_input.nodes] == ["input"]
    assert plain_input.source == draw_dot(tgx.ones(3)).source
    x = tgx.ones(3)
    assert x.node is None
    assert draw_dot(x, names={"x": x}).nodes[0].name == "x"
    assert x.node is None
    assert draw_dot(leaf(1.0)).nodes[0].kind == "param"


def test_the_compact_style_has_one_card_for_each_result() -> None:
    loss, params = small_network()
    wide = draw_dot(loss, params=params, style="micrograd")
    narrow = draw_dot(loss, params=params, style="compact")
    assert [node for node in wide.nodes if node.kind == "op"]
    assert not [node for node in narrow.nodes if node.kind == "op"]
    assert "ellipse" not in narrow.source
    assert "fc1.weight" in narrow.source
    assert " @ fc1.weight" in narrow.source
    assert by_name(wide).keys() == by_name(narrow).keys()


def test_large_graphs_turn_and_become_compact() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(39):
        y = y.tanh()
    assert "rankdir=LR" in draw_dot(y).source
    assert "ellipse" in draw_dot(y).source
    assert "rankdir=TB" in draw_dot(y.tanh()).source
    assert "ellipse" not in draw_dot(y.tanh()).source
    assert "rankdir=RL" in draw_dot(y, rankdir="RL").source


def test_rows_can_be_left_out() -> None:
    x = leaf([1.0, 2.0])
    x.sum().backward()
    y = x.tanh()
    assert draw_dot(y, show=("data",)).source.count("float32") == 0
    bare = draw_dot(y, show=())
    assert ">data<" not in bare.source
    assert ">grad" not in bare.source
    assert ">grad" not in draw_dot(y, show="shape").source
    assert "1.000" in draw_dot(y, precision=3).source
    assert "1.0000" not in draw_dot(y, precision=3).source


def test_themes_differ_in_colours_only() -> None:
    g, names = micrograd_example()
    light, dark = (draw_dot(g, names=names, theme=theme) for theme in THEMES)
    assert "#A6D5F2" in light.source
    assert "#1C4E6E" in dark.source
    colours = re.compile(r"#[0-9A-F]{6}")
    assert colours.sub("", light.source) == colours.sub("", dark.source)


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_every_fill(theme: str) -> None:
    colours = THEMES[theme]
    for ink in (colours.text, colours.secondary, colours.backward):
        for fill in colours.fills:
            assert contrast(ink, fill) >= 4.5, (ink, fill)


def test_the_oracle_of_contrast() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)  # WCAG's own example


# ---- drawing changes nothing ---------------------------------------------------------------------


def test_drawing_changes_nothing() -> None:
    loss, params = small_network()
    nodes = [loss.node, *loss.node.inputs]
    before = [(node.saved, node.age, node.cell.version) for node in nodes]
    contents = {name: p.array.copy() for name, p in params.items()}
    draw_dot(loss, params=params)
    assert [(node.saved, node.age, node.cell.version) for node in nodes] == before
    loss.backward()  # would fail, had the drawing dropped what was saved
    grads = {name: (p.grad, p.grad.array.copy()) for name, p in params.items()}
    draw_dot(loss, params=params)
    for name, p in params.items():
        grad, numbers = grads[name]
        assert p.grad is grad
        assert np.array_equal(grad.array, numbers)
        assert np.array_equal(p.array, contents[name])
    assert tgx.is_grad_enabled()
    with tgx.no_grad():
        assert by_name(draw_dot(loss, names={"loss": loss}))["loss"].grad is not None
        assert not tgx.is_grad_enabled()


def test_a_drawing_keeps_nothing_alive() -> None:
    loss, params = small_network()
    loss.backward()
    drawing = draw_dot(loss, params=params)
    watched = [weakref.ref(loss.node), weakref.ref(params["fc1.weight"])]
    del loss, params
    gc.collect()
    assert [watch() for watch in watched] == [None, None]
    assert "fc1.weight" in drawing.source


def test_the_same_graph_gives_the_same_bytes() -> None:
    code = (
        inspect.getsource(small_network).replace("Any", "object")
        + "loss, params = small_network()\nloss.backward()\n"
        "print(draw_dot(loss, params=params).source)\n"
    )
    head = "import tinygradx as tgx\nfrom tinygradx.draw import draw_dot\n"
    outputs = [
        subprocess.run(
            [sys.executable, "-c", head + code], cwd=ROOT, capture_output=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert outputs[0] == outputs[1]
    assert b"fc2.bias" in outputs[0]
    g, names = micrograd_example()
    assert draw_dot(g, names=names).source == draw_dot(g, names=names).source


def test_ids_are_in_order_of_birth() -> None:
    g, names = micrograd_example()
    drawing = draw_dot(g, names=names)
    assert [node.id for node in drawing.nodes] == [f"n{i}" for i in range(len(drawing.nodes))]
    ages = [node.age for node in drawing.nodes]
    assert ages == sorted(ages)
    known = {node.id for node in drawing.nodes}
    assert all({edge.tail, edge.head} <= known for edge in drawing.edges)


# ---- what is refused -----------------------------------------------------------------------------


def test_too_large_a_graph_is_refused_with_advice() -> None:
    x = leaf(1.0)
    for _ in range(12):
        x = x.tanh()
    with pytest.raises(ArgumentError, match="more than 10 values") as caught:
        draw_dot(x, max_nodes=10)
    assert "max_nodes=20" in caught.value.do
    assert draw_dot(x, max_nodes=13).nodes


def test_a_million_nodes_are_refused_without_recursion() -> None:
    root = tgx.tensor(1.0)
    op, cell = (leaf(1.0) * 2).node.op, Cell()
    node: Node = Leaf(np.ones(()), cell, True)
    for age in range(1_000_000):
        node = Node(op, (node,), (), (), 10**6 + age, None, (), root.dtype, cell)
    root.node = node
    with pytest.raises(ArgumentError, match="more than 150 values"):
        draw_dot(root)


@pytest.mark.parametrize(
    "named",
    [
        {"style": "fancy"}, {"theme": "blue"}, {"format": "exe"}, {"rankdir": "up"},
        {"show": ("data", "price")}, {"params": 3}, {"names": 3},
    ],
    ids=str,
)  # fmt: skip
def test_unknown_arguments_are_refused(named: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(named))):
        draw_dot(leaf(1.0) * 2, **named)


def test_what_is_no_tensor_is_refused() -> None:
    with pytest.raises(DtypeError, match="draw_dot of a float"):
        draw_dot(3.0)  # type: ignore[arg-type]
