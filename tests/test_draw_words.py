"""What drawings say: rules, marks, states, names, and what they answer to a wrong argument."""

import re
from typing import Any

import pytest
from drawings import by_name, leaf, pictures

import tinygradx as tgx
from tinygradx import nn
from tinygradx.draw import Drawing, DrawnNode, draw_dot, print_graph
from tinygradx.draw.drawing import ENDINGS, SHOWN
from tinygradx.errors import TeachingError
from tinygradx.graph import Node, Op, newest_first


def op_of(drawing: Drawing, name: str) -> DrawnNode:
    (found,) = [node for node in drawing.nodes if node.kind == "op" and node.op == name]
    return found


def labels_into(drawing: Drawing, node: DrawnNode) -> list[str]:
    return [edge.label for edge in drawing.edges if edge.head == node.id]


def two_layers() -> tuple[Any, Any]:
    """A model, and its loss on 32 rows of 4 features."""
    tgx.manual_seed(0)
    model = nn.Sequential({"fc1": nn.Linear(4, 8), "act": nn.ReLU(), "fc2": nn.Linear(8, 3)})
    x, t = tgx.randn(32, 4), tgx.randint(0, 3, (32,))
    return model, nn.functional.cross_entropy(model(x), t)


# ---- rules ---------------------------------------------------------------------------------------


def test_linear_has_one_ellipse_with_three_rules() -> None:
    x, w, b = leaf([[1.0, 2.0]] * 3), leaf([[3.0, 4.0]] * 5), leaf([0.5] * 5)
    y = nn.functional.linear(x, w, b)
    drawing = draw_dot(y, names={"x": x, "w": w, "b": b, "y": y})
    drawn = op_of(drawing, "linear")
    assert drawn.rules == ("dx = g·w", "dw = gᵀ·x", "db = Σ₀ g")
    assert "x·wᵀ + b" in drawing.source
    assert labels_into(drawing, drawn) == ["", "", "(5,) ⇢ (3, 5)"]
    assert "y = linear(x, w, b)" in drawing.text


def test_names_that_do_not_fit_a_rule_give_way_to_letters() -> None:
    model, loss = two_layers()
    loss.backward()
    drawing = draw_dot(loss, params=model)
    first, second = (node for node in drawing.nodes if node.op == "linear" and node.kind == "op")
    assert first.rules == ("dW = gᵀ·x", "db = Σ₀ g")  # the data wants no gradient
    assert second.rules == ("dx = g·W", "dW = gᵀ·x", "db = Σ₀ g")
    assert labels_into(drawing, second) == ["x", "W", "b: (3,) ⇢ (32, 3)"]
    assert "x·Wᵀ + b" in drawing.source


@pytest.mark.parametrize(
    ("reduction", "rule"),
    [
        ("mean", "dx = g·(softmax(x) − onehot(t))/2"),
        ("sum", "dx = g·(softmax(x) − onehot(t))"),
        ("none", "dx = g·(softmax(x) − onehot(t))"),
    ],
)
def test_cross_entropy(reduction: str, rule: str) -> None:
    x, t = leaf([[1.0, 2.0, 3.0]] * 2), tgx.tensor([0, 2])
    loss = nn.functional.cross_entropy(x, t, reduction=reduction)
    drawing = draw_dot(loss, names={"x": x, "t": t})
    assert op_of(drawing, "cross_entropy").rules == (rule,)
    assert "−log softmax(x)[t]" in drawing.source
    long = draw_dot(loss, names={"the_scores": x, "the_labels": t})
    drawn = op_of(long, "cross_entropy")
    assert drawn.rules == (rule,)
    assert labels_into(long, drawn) == ["x", "t"]


def test_dropout_shows_its_choice() -> None:
    tgx.manual_seed(0)
    x = leaf([1.0, 2.0, 3.0, 4.0])
    y = nn.functional.dropout(x, 0.5)
    drawing = draw_dot(y, names={"x": x, "y": y})
    assert op_of(drawing, "dropout").rules == ("dx = g·scale where v1, else 0",)
    shown = by_name(drawing)
    assert shown["y"].data is not None
    assert list(shown["y"].data.values) == y.tolist()  # drawn with the same choice
    assert shown["v1"].dtype == "bool"


@pytest.mark.parametrize(
    ("make", "rules"),
    [
        (lambda a, b: tgx.where(tgx.tensor([True, False]), a, b),
         ("da = g where v1, else 0", "db = 0 where v1, else g")),
        (lambda a, b: a**b, ("da = g·b·a^(b − 1)", "db = g·v1·log(a)")),
        (lambda a, b: tgx.cat([a, b]), ("da = its part of g", "db = its part of g")),
        (lambda a, b: tgx.log1p(a), ("da = g/(1 + a)",)),
        (lambda a, b: tgx.relu6(a), ("da = g if 0 < a < 6 else 0",)),
        (lambda a, b: tgx.softmax(a, 0), ("da = v1·(g − Σ g·v1)",)),
        (lambda a, b: tgx.log_softmax(a, 0), ("da = g − softmax(a)·Σ g",)),
        (
            lambda a, b: tgx.stack([a, a, a, a, b], 0),
            (*(f"dx{i} = its slice of g" for i in range(3)), "..."),
        ),
        (lambda a, b: a.reshape(2, 1) @ b.reshape(1, 2), ("da = g reshaped",)),
    ],
)  # fmt: skip
def test_more_rules(make: Any, rules: tuple[str, ...]) -> None:
    a, b = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    drawing = draw_dot(make(a, b), names={"a": a, "b": b})
    assert next(node for node in drawing.nodes if node.kind == "op").rules == rules


def test_a_stack_of_products_says_what_it_repeats() -> None:
    a, b = leaf(tgx.ones(2, 3, 4).tolist()), leaf(tgx.ones(4, 5).tolist())
    drawing = draw_dot(a @ b, names={"a": a, "b": b})
    drawn = op_of(drawing, "matmul")
    assert drawn.rules == ("da = g·bᵀ", "db = Σ aᵀ·g")
    assert labels_into(drawing, drawn) == ["", "(4, 5) ⇢ (2, 4, 5)"]


def test_many_inputs_do_not_make_a_tower() -> None:
    parts = [leaf([float(i)]) for i in range(12)]
    rules = op_of(draw_dot(tgx.cat(parts)), "cat").rules
    assert rules == (*(f"dv{i} = its part of g" for i in (1, 2, 3)), "...")


def test_an_operation_without_a_rule_is_drawn_by_its_name() -> None:
    class Twice(Op):
        name = "twice_as_much"

        def replay(self, node: Node, handles: Any) -> Any:
            return handles[0] * 2

    x = leaf([1.0, 2.0])
    y = tgx.tensor([2.0, 4.0])
    y.node = Node(Twice(), (x.node,), (), (), 10**9, None, (2,), y.dtype, y.cell)
    drawing = draw_dot(y, names={"x": x, "y": y})
    assert op_of(drawing, "twice_as_much").name == "twice_as_much"
    assert op_of(drawing, "twice_as_much").rules == ()
    assert "y = twice_as_much(x)" in drawing.text
    assert by_name(drawing)["y"].data is not None
    assert by_name(drawing)["y"].data.values == (2.0, 4.0)  # type: ignore[union-attr]


def test_two_values_of_one_name_keep_their_shares_apart() -> None:
    a, b = leaf(2.0), leaf(3.0)
    a.node.name = b.node.name = "w"
    assert op_of(draw_dot(a * b), "mul").rules == ("dw = g·w", "dw = g·w")


# ---- marks and states ----------------------------------------------------------------------------


def test_the_backward_order_is_that_of_the_sweep() -> None:
    model, loss = two_layers()
    swept = [node.age for node in newest_first([loss.node])]
    drawing = draw_dot(loss, params=model)
    ordered = sorted((n for n in drawing.nodes if n.order), key=lambda n: n.order)
    assert [node.age for node in ordered] == swept
    assert [node.order for node in ordered] == list(range(1, len(swept) + 1))
    assert all(node.order == 0 for node in drawing.nodes if node.kind in ("input", "op"))
    assert "↩1" in drawing.source
    assert "↩" not in draw_dot(loss, params=model, show=("data",)).source


def test_a_value_used_more_than_once_says_how_often() -> None:
    a, two = leaf(3.0), tgx.tensor([2.0, 2.0])
    y = (a * a + a) * two
    drawing = draw_dot(y, names={"a": a, "two": two, "y": y})
    assert by_name(drawing)["a"].uses == 3
    assert "Σ 3" in drawing.source
    assert by_name(drawing)["two"].uses == 0
    assert "Σ 2" not in drawing.source


def test_states_before_and_after_backward() -> None:
    model, loss = two_layers()
    states = {node.grad_state for node in by_name(draw_dot(loss)).values()}
    assert states == {"not computed yet", "none (requires_grad=False)"}
    loss.backward()
    shown = by_name(draw_dot(loss))
    assert {node.grad_state for node in shown.values() if node.kind != "input"} == {""}
    model.zero_grad()
    shown = by_name(draw_dot(loss, params=model))
    assert shown["fc1.weight"].grad_state == "none (cleared since backward())"
    assert {node.grad_state for node in shown.values() if node.kind == "value"} == {"freed"}


def test_a_branch_that_backward_did_not_come_by() -> None:
    x, w = leaf(2.0), leaf(3.0)
    first, second = x.exp(), w.exp()
    first.backward()
    both = first * second
    shown = by_name(draw_dot(both, names={"x": x, "w": w, "first": first, "second": second}))
    assert shown["first"].grad_state == "freed"
    assert shown["w"].grad_state == "not computed yet"
    assert shown["second"].grad_state == "not computed, or not kept"


def test_after_a_step_the_drawing_says_so() -> None:
    model, loss = two_layers()
    loss.backward()
    weight = model.fc1.weight.tolist()
    tgx.optim.SGD(model.parameters(), lr=0.1).step()
    drawing = draw_dot(loss, params=model)
    assert drawing.text.startswith("leaves fc1.weight, fc1.bias, fc2.weight and 1 more changed")
    assert drawing.text.count("changed since this graph was made") == 4
    assert model.fc1.weight.tolist() != weight
    assert by_name(drawing)["fc1.weight"].grad is not None


def test_a_gradient_of_zeros_is_a_number_and_a_word() -> None:
    x = leaf([[-1.0] * 16] * 32)
    x.relu().sum().backward()
    y = x.relu().sum()
    assert "grad 0 (all 32×16)" in draw_dot(y, names={"x": x}).text


def test_nan_and_infinity_are_marked() -> None:
    x = leaf([1.0, float("nan"), float("inf")])
    drawing = draw_dot(x * 2, names={"x": x})
    assert "<B>NaN! (1 of 3), Inf! (1 of 3)</B>" in drawing.source
    assert "<B>NaN!</B>" in draw_dot((x * 2).sum()).source


def test_numbers_of_one_box_begin_in_one_place() -> None:
    x = leaf(2.0)
    y = x * -3
    y.backward()
    source = draw_dot(y, names={"x": x}).source
    assert ">&nbsp;2.0000<" in source
    assert ">-3.0000<" in source


@pictures
@pytest.mark.parametrize("name", ["w", "a name that is wider than all of the rows below it"])
def test_data_and_gradient_begin_in_one_place_of_the_picture(name: str) -> None:
    """Whatever the font: the layout itself puts both into one column, close to the words."""
    x = leaf([0.5 * i for i in range(8)])
    y = (x * x).sum()
    y.backward()
    svg = draw_dot(y, names={name: x}).pipe("svg").decode()
    texts = re.findall(r'<text text-anchor="start" x="([-\d.]+)"[^>]*>([^<]+)</text>', svg)
    begins = {text.strip(): float(place) for place, text in texts}
    rows = ["[0.0000, 0.5000, 1.0000, 1.5000, 2.0000,", "2.5000, 3.0000, 3.5000]",
            "[0.0000, 1.0000, 2.0000, 3.0000, 4.0000,", "5.0000, 6.0000, 7.0000]"]  # fmt: skip
    assert len({begins[row] for row in rows}) == 1
    words = [float(place) for place, text in texts if text.strip() in ("data", "grad")]
    assert 15.0 < begins[rows[0]] - min(words, key=lambda w: abs(w - begins[rows[0]])) < 40.0


def test_what_is_saved_is_told_when_asked_for() -> None:
    x, w = leaf([[1.0, 2.0, 3.0]] * 100), leaf([[1.0, 2.0, 3.0]] * 5)
    h = (x @ w.T).exp()
    y = h.sum()
    names = {"x": x, "w": w, "h": h}
    assert not [node for node in draw_dot(y, names=names).nodes if node.kind == "saved"]
    drawing = draw_dot(y, names=names, saved=True)
    kept = {node.op: node.name for node in drawing.nodes if node.kind == "saved"}
    # 100×3 and 3×5 floats of 4 bytes; 100×5; a transposition and a sum keep nothing.
    assert kept == {"matmul": "saved: x, v1, 1.26 kB", "exp": "saved: h, 2 kB"}
    assert drawing.nodes[-1].kind == "output"
    assert drawing.source.count("style=dotted") == 2
    compact = draw_dot(y, names=names, saved=True, style="compact")
    assert len([node for node in compact.nodes if node.kind == "saved"]) == 2
    y.backward()
    drawing = draw_dot(y, names=names, saved=True)
    assert {n.name for n in drawing.nodes if n.kind == "saved"} == {"saved: freed"}


# ---- names, and how to ask -----------------------------------------------------------------------


def test_a_title_says_the_number_and_the_line() -> None:
    x = leaf(2.0)
    y = x * 3
    top = by_name(draw_dot(y))["v2"]
    assert top.age == y.node.age
    assert top.where.startswith("test_draw_words.py:")
    assert top.where.endswith("in test_a_title_says_the_number_and_the_line")
    assert f"number {y.node.age}" in top.words
    assert "/" not in top.words


def test_a_model_among_the_local_variables_names_its_parameters() -> None:
    model, loss = two_layers()
    shown = by_name(draw_dot(loss, names=locals()))
    assert {"model.fc1.weight", "model.fc2.bias", "loss"} <= shown.keys()
    assert "fc1.weight" in by_name(draw_dot(loss, params=model, names=locals()))


def test_a_tensor_draws_itself() -> None:
    x = leaf(2.0)
    y = x * 3
    assert y.draw(names={"x": x}) == draw_dot(y, names={"x": x})
    assert y.draw("png", "TB", theme="dark") == draw_dot(y, "png", "TB", theme="dark")


def test_a_module_draws_what_it_answers() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
    x = tgx.ones(4, 2)
    with tgx.no_grad():
        drawing = model.draw(x, title="A model")
    shown = by_name(drawing)
    assert {"0.weight", "0.bias"} <= shown.keys()
    assert drawing.title == "A model"
    assert [node.kind for node in shown.values()].count("output") == 1
    assert model[0].weight.grad is None
    assert "data" in by_name(model.draw(x, names={"data": x}))
    with pytest.raises(TypeError, match="did you mean title="):
        model.draw(x, titel="A model")


def test_a_module_is_not_a_graph() -> None:
    with pytest.raises(TypeError, match=r"model\.draw\(x\)"):
        draw_dot(nn.Linear(2, 3))  # type: ignore[arg-type]


def test_what_a_drawing_is_shown_as_can_be_saved() -> None:
    y = leaf(1.0) * 2
    told = re.findall(r'"(\w+)"', (draw_dot.__doc__ or "").partition("format : ")[2].split("\n")[0])
    assert told == list(SHOWN)
    assert {f".{format}" for format in told} <= ENDINGS.keys()
    assert [draw_dot(y, format).format for format in told] == told
    for format in ("jpg", "json", "plain", "svgz"):
        with pytest.raises(ValueError, match="use one of 'svg', 'png', 'pdf'") as caught:
            draw_dot(y, format)
        assert f"format={format!r}" in str(caught.value)


@pytest.mark.parametrize("function", [draw_dot, print_graph])
@pytest.mark.parametrize(
    ("wrong", "near"), [("precison", "precision="), ("name", "names="), ("max_node", "max_nodes=")]
)
def test_an_unknown_keyword_is_a_type_error_with_the_nearest(
    function: Any, wrong: str, near: str
) -> None:
    with pytest.raises(TypeError, match=f"did you mean {near}") as caught:
        function(leaf(1.0) * 2, **{wrong: 3})
    assert isinstance(caught.value, TeachingError)
    assert f"{function.__name__} with {wrong}=" in caught.value.asked


def test_a_keyword_like_none_is_answered_with_all() -> None:
    with pytest.raises(TypeError, match="it has root, format, rankdir, params"):
        draw_dot(leaf(1.0), zzzzzz=1)


@pytest.mark.parametrize(
    "named", [{"precision": -1}, {"precision": 2.5}, {"max_nodes": 0}, {"max_nodes": True}]
)
def test_numbers_out_of_range_are_refused(named: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(named))):
        draw_dot(leaf(1.0) * 2, **named)
