"""The numbers in the pictures, held to formulas that we did not write; and what is left alone."""

import io
import math
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import special

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import (
    ArgumentError,
    DtypeError,
    RendererNotFound,
    ShapeError,
    UnknownNameError,
)
from tinygradx.ops import activations
from tinygradx.plot import canvas, lines
from tinygradx.plot.curves import _wrapped

ROOT = Path(tgx.__file__).parent.parent
NORMAL = 1.0 / math.sqrt(2.0 * math.pi)


def drawn(axes):
    """The value's line and the slope's, as NumPy drew them."""
    return {
        line.get_label(): (np.array(line.get_xdata()), np.array(line.get_ydata()))
        for line in axes.lines
        if line.get_label() in ("value", "slope")
    }


def dots(axes, colour):
    """(x, y, filled) of every dot of a colour."""
    return {
        (line.get_xdata()[0], round(float(line.get_ydata()[0]), 12),
         line.get_markerfacecolor() == colour)
        for line in axes.lines
        if line.get_marker() == "o" and line.get_color() == colour
    }  # fmt: skip


def smooth(x, y, function):
    """Whether a line is the function, at the points where it does not break."""
    breaks = x[np.isnan(y)]
    inside = ~np.isin(x, breaks)
    np.testing.assert_allclose(y[inside], function(x[inside]), rtol=1e-12, atol=1e-14)
    return inside.sum()


# ---- curves -------------------------------------------------------------------------------------

SIGMOID = special.expit
KNOWN = [
    ("relu", {}, lambda x: np.maximum(x, 0), lambda x: (x > 0) * 1.0),
    ("leaky_relu", {"negative_slope": 0.2}, lambda x: np.where(x > 0, x, 0.2 * x),
     lambda x: np.where(x > 0, 1.0, 0.2)),
    ("prelu", {}, lambda x: np.where(x > 0, x, 0.25 * x), lambda x: np.where(x > 0, 1.0, 0.25)),
    ("prelu", {"weight": 0.5}, lambda x: np.where(x > 0, x, x / 2),
     lambda x: np.where(x > 0, 1.0, 0.5)),
    ("sigmoid", {}, SIGMOID, lambda x: SIGMOID(x) * SIGMOID(-x)),
    ("tanh", {}, np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    ("softplus", {"beta": 2.0}, lambda x: np.logaddexp(0, 2 * x) / 2, lambda x: SIGMOID(2 * x)),
    ("elu", {"alpha": 0.5}, lambda x: np.where(x > 0, x, 0.5 * np.expm1(x)),
     lambda x: np.where(x > 0, 1.0, 0.5 * np.exp(x))),
    ("silu", {}, lambda x: x * SIGMOID(x), lambda x: SIGMOID(x) * (1 + x * SIGMOID(-x))),
    ("gelu", {}, lambda x: x * special.ndtr(x),
     lambda x: special.ndtr(x) + x * NORMAL * np.exp(-x * x / 2)),
    ("softsign", {}, lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    ("hardshrink", {}, lambda x: x * (abs(x) > 0.5), lambda x: (abs(x) > 0.5) * 1.0),
    ("threshold", {"threshold": 1.0, "value": 3.0}, lambda x: np.where(x > 1, x, 3.0),
     lambda x: (x > 1) * 1.0),
    ("step", {"surrogate": "sigmoid"}, lambda x: np.heaviside(x, 1.0),
     lambda x: SIGMOID(x) * SIGMOID(-x)),
    ("softmax", {}, lambda x: np.exp(x) / (np.exp(x) + 2),
     lambda x: 2 * np.exp(x) / (np.exp(x) + 2) ** 2),
    ("log_softmax", {}, lambda x: x - np.log(np.exp(x) + 2), lambda x: 2 / (np.exp(x) + 2)),
    ("maxout", {}, lambda x: np.maximum(x, 0), lambda x: np.heaviside(x, 0.5)),
    ("glu", {"b": -1.0}, lambda x: x * SIGMOID(-1.0), lambda x: 0 * x + SIGMOID(-1.0)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "settings", "value", "slope"), KNOWN, ids=[f"{n}{s or ''}" for n, s, *_ in KNOWN]
)
def test_the_lines_are_the_known_functions(name, settings, value, slope):
    lines_drawn = drawn(tgx.plot.activation(name, **settings))
    for label, function in (("value", value), ("slope", slope)):
        assert smooth(*lines_drawn[label], function) > 390


@pytest.mark.parametrize("name", tgx.activations)
def test_the_lines_are_what_the_kernels_and_the_way_back_compute(name):
    op = tgx.activations[name]
    found = lines.curve(lines.find_subject(name, {}))
    for line in (found.value, found.slope):
        x = line.x[~np.isin(line.x, [jump.place for jump in line.jumps])][::20]
        x = np.concatenate([x, [jump.place for jump in line.jumps]])
        leaf = tgx.tensor(x, requires_grad=True)
        if name in ("softmax", "log_softmax", "softmin"):
            y = op(tgx.stack([leaf, 0 * leaf, 0 * leaf], 1), 1)[:, 0]
        elif name == "maxout":
            y = op(tgx.stack([leaf, tgx.zeros_like(leaf)], 1))[:, 0]
        else:
            held = {"prelu": [0.25], "glu": [1.0]}.get(name, [])
            y = op(leaf, *(tgx.full_like(leaf, value) for value in held))
        y.sum().backward()
        expected = y.detach().numpy() if line is found.value else leaf.grad.numpy()
        shown = np.interp(x, line.x, line.y)
        for jump in line.jumps:
            shown[x == jump.place] = jump.on
        np.testing.assert_allclose(shown, expected, rtol=1e-12, atol=1e-14)


def test_a_jump_is_broken_and_has_its_dots():
    axes = tgx.plot.activation("step")
    x, y = drawn(axes)["value"]
    assert set(y[np.isfinite(y)]) == {0.0, 1.0}
    at = np.flatnonzero(np.isnan(y))
    assert x[at].tolist() == [0.0]
    assert y[at - 1].tolist() == [0.0] and y[at + 1].tolist() == [1.0]
    assert dots(axes, canvas.BLUE) == {(0.0, 0.0, False), (0.0, 1.0, True)}


def test_a_slope_says_what_it_is_at_its_kinks():
    assert dots(tgx.plot.activation("relu"), canvas.VERMILLION) == {(0, 0, True), (0, 1, False)}
    tie = dots(tgx.plot.activation("maxout"), canvas.VERMILLION)
    assert tie == {(0.0, 0.0, False), (0.0, 0.5, True), (0.0, 1.0, False)}
    assert dots(tgx.plot.activation("hardshrink", lambd=1 / 3), canvas.BLUE) == {
        (-1 / 3, round(-1 / 3, 12), False), (-1 / 3, 0, True),
        (1 / 3, 0, True), (1 / 3, round(1 / 3, 12), False),
    }  # fmt: skip


def test_a_corner_is_sharp_wherever_it_lies():
    x, y = drawn(tgx.plot.activation("relu", domain=(-1.0, math.pi)))["value"]
    assert y[x == 0.0].tolist() == [0.0]  # no point of the grid lies there


def test_smooth_functions_have_no_jumps():
    for name in ("gelu", "tanh", "softmax", "squareplus", "identity"):
        found = lines.curve(lines.find_subject(name, {}))
        assert found.value.jumps == found.slope.jumps == ()
    steep = lines.curve(lines.find_subject(lambda x: (1e5 * x).tanh(), {}))
    assert steep.value.jumps == ()


def test_a_pole_has_a_gap_and_no_dots_and_does_not_flatten_the_rest():
    axes = tgx.plot.activation(lambda x: 1.0 / (x - 1.0))
    x, y = drawn(axes)["value"]
    assert np.isnan(y[x == 1.0]).any()
    assert dots(axes, canvas.BLUE) == set()
    low, high = axes.get_ylim()
    assert high - low < 100.0


def test_the_derivative_can_be_left_out():
    axes = tgx.plot.activation("gelu", derivative=False)
    assert list(drawn(axes)) == ["value"]
    assert axes.get_ylabel() == "value"


def test_the_title_says_what_is_drawn():
    def told(axes):
        return "\n".join([axes.get_title("left"), *(text.get_text() for text in axes.texts)])

    assert told(tgx.plot.activation("gelu", approximate="tanh")).startswith("gelu_tanh\n")
    assert "negative_slope = 0.2" in told(tgx.plot.activation("leaky_relu", negative_slope=0.2))
    assert "log(1 + exp(beta * x)) / beta\nbeta = 1" in told(tgx.plot.activation("softplus"))
    assert "first of the row (x, 0, 0)" in told(tgx.plot.activation("softmax"))
    assert "of the row (x, 0)" in told(tgx.plot.activation("maxout"))
    assert "weight = 0.25" in told(tgx.plot.activation("prelu"))
    assert "b = 1" in told(tgx.plot.activation("glu"))
    assert "1.0507... *" in told(tgx.plot.activation("selu"))


def test_layers_operations_and_functions():
    layer = drawn(tgx.plot.activation(nn.LeakyReLU(0.3)))
    operation = drawn(tgx.plot.activation(tgx.leaky_relu, negative_slope=0.3))
    np.testing.assert_array_equal(layer["slope"], operation["slope"])
    assert smooth(*layer["slope"], lambda x: np.where(x > 0, 1.0, 0.3)) > 390

    prelu = nn.PReLU(init=0.5)
    assert smooth(*drawn(tgx.plot.activation(prelu))["slope"], lambda x: np.where(x > 0, 1, 0.5))
    assert prelu.weight.grad is None

    own = drawn(tgx.plot.activation(lambda x: x * (x * x).exp() ** -1.0))
    assert smooth(*own["slope"], lambda x: (1 - 2 * x * x) * np.exp(-x * x)) == 401
    softmax = drawn(tgx.plot.activation(nn.Softmax(dim=-1)))
    assert smooth(*softmax["value"], lambda x: np.exp(x) / (np.exp(x) + 2)) == 401


def test_a_function_without_a_slope_says_so():
    axes = tgx.plot.activation(lambda x: (x > 1.0).double())
    assert list(drawn(axes)) == ["value"]
    assert any("no slope" in text.get_text() for text in axes.texts)


@pytest.fixture
def registered():
    """Names that a test registers, taken out of the catalogue again."""
    before = dict(tgx.activations)
    yield tgx.activations
    for name in set(tgx.activations) - set(before):
        del tgx.activations[name]


def test_an_activation_of_your_own(registered):
    @tgx.activation("x + sin(a * x)**2 / a", domain=(-2.0, 2.0))
    def plotted_snake(x, a=1.0):
        return x + tgx.sin(a * x) ** 2 / a

    @plotted_snake.slope
    def _(x, a):
        return 1.0 + tgx.sin(2.0 * a * x)

    axes = tgx.plot.activation("plotted_snake", a=3.0)
    found = drawn(axes)
    assert found["value"][0][[0, -1]].tolist() == [-2.0, 2.0]
    assert smooth(*found["value"], lambda x: x + np.sin(3 * x) ** 2 / 3) == 401
    assert smooth(*found["slope"], lambda x: 1 + np.sin(6 * x)) == 401


@pytest.mark.slow
def test_all_are_your_own_too(registered):
    @tgx.activation("2 * x")
    def plotted_double(x):
        return 2.0 * x

    assert tgx.plot.activations().axes[-1].get_title("left") == "plotted_double"


def test_a_formula_that_only_a_kernel_understands(registered):
    @tgx.activation("x * x if x > 0 else 0")
    def plotted_branch(x):
        if x > 0.0:
            return x * x
        return 0.0

    @plotted_branch.slope
    def _(x):
        return tgx.where(x > 0.0, 2.0 * x, 0.0)

    found = drawn(tgx.plot.activation(plotted_branch))
    assert smooth(*found["value"], lambda x: np.maximum(x, 0) ** 2) == 401
    assert smooth(*found["slope"], lambda x: 2 * np.maximum(x, 0)) == 401


def test_a_slope_that_was_left_out_is_derived(registered):
    @tgx.activation("x * exp(-x * x)")
    def plotted_hill(x):
        return x * tgx.exp(-(x * x))

    found = drawn(tgx.plot.activation("plotted_hill"))
    assert smooth(*found["slope"], lambda x: (1 - 2 * x * x) * np.exp(-x * x)) == 401


@pytest.mark.slow
def test_everything_in_one_figure():
    figure = tgx.plot.activations()
    panels = {ax.get_title("left"): ax for ax in figure.axes}
    assert list(panels) == list(tgx.activations)
    assert figure.get_figwidth() * figure.dpi == pytest.approx(1600, abs=2)
    ramps = {panels[name].get_ylim() for name in ("relu", "gelu", "softplus", "elu")}
    low = {panels[name].get_ylim() for name in ("sigmoid", "tanh", "softmax")}
    assert len(ramps) == len(low) == 1 and ramps != low
    assert smooth(*drawn(panels["gelu"])["value"], lambda x: x * special.ndtr(x)) == 401
    assert panels["relu6"].get_xlim()[1] >= 8.0  # it would look like relu
    _no_text_meets_another(figure)


def test_the_picture_in_the_docs_has_every_activation():
    shown = (ROOT / "docs" / "images" / "activations.png").read_bytes()
    every = tgx.activations.items()  # other tests leave some of their own, examples in texts too
    ours = [name for name, op in every if op in vars(activations).values()]
    described = f"Description\0{', '.join(ours)}".encode()
    assert described in shown, "run `tinygradx curves all -o docs/images/activations.png`"


def _no_text_meets_another(figure):
    """Names and formulas stay out of their neighbours, and inside the figure."""
    figure.draw_without_rendering()
    boxes = []
    for panel in figure.axes:
        boxes += [text.get_window_extent() for text in (panel._left_title, *panel.texts)]
    width, height = figure.get_size_inches() * figure.dpi
    for i, box in enumerate(boxes):
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height
        for other in boxes[:i]:
            across = min(box.x1, other.x1) - max(box.x0, other.x0)
            along = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert across <= 0 or along <= 1.5, (box, other)


def test_some_in_one_figure():
    figure = tgx.plot.activations(["relu", tgx.tanh, nn.ELU(0.5)], columns=2)
    assert [ax.get_title("left") for ax in figure.axes] == ["relu", "tanh", "elu"]
    assert len(tgx.plot.activations("relu").axes) == 1
    values_alone = tgx.plot.activations(["relu", "tanh"], derivative=False)
    assert [list(drawn(ax)) for ax in values_alone.axes] == [["value"]] * 2


# ---- losses -------------------------------------------------------------------------------------


def test_losses_in_order():
    (line,) = tgx.plot.loss([3.0, tgx.tensor(2.0), np.float32(1.5), tgx.tensor([1.0])]).lines
    assert line.get_xdata().tolist() == [1, 2, 3, 4]
    assert line.get_ydata().tolist() == [3.0, 2.0, 1.5, 1.0]
    (line,) = tgx.plot.loss(tgx.tensor([3.0, 2.0])).lines
    assert line.get_ydata().tolist() == [3.0, 2.0]


def test_several_series_and_their_steps():
    axes = tgx.plot.loss(
        {"train": [4.0, 3.0, 2.0], "held out": {20: 1.5, 10: 2.5}},
        unit="step", label="error", title="How it went",
    )  # fmt: skip
    train, held_out = axes.lines
    assert (train.get_label(), held_out.get_label()) == ("train", "held out")
    assert held_out.get_xdata().tolist() == [10, 20]
    assert held_out.get_ydata().tolist() == [2.5, 1.5]
    assert train.get_linestyle() != held_out.get_linestyle()
    assert train.get_color() != held_out.get_color()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "error")
    assert axes.get_title("left") == "How it went"
    (alone,) = tgx.plot.loss({5: 1.0, 10: 0.5}).lines
    assert alone.get_xdata().tolist() == [5, 10]


def test_a_running_mean_weighs_the_first_like_the_others():
    values = [5.0, 3.0, float("nan"), 4.0, 1.0]
    raw, mean = tgx.plot.loss(values, smooth=0.9).lines
    np.testing.assert_array_equal(raw.get_ydata(), values)
    seen = [5.0, 3.0, 4.0, 1.0]
    expected = [
        np.average(seen[: n + 1], weights=0.9 ** np.arange(n, -1, -1.0)) for n in range(len(seen))
    ]
    expected.insert(2, np.nan)
    np.testing.assert_allclose(mean.get_ydata(), expected, rtol=1e-14)


def test_what_cannot_be_drawn_is_said_in_words():
    def words(*arguments, **settings):
        return "\n".join(text.get_text() for text in tgx.plot.loss(*arguments, **settings).texts)

    nan, inf = float("nan"), float("inf")
    assert words([1.0, 0.5]) == ""
    assert words([1.0, nan, 0.5]) == "one value is NaN, the first at epoch 2"
    said = words({"a": [1.0, nan, nan, -inf], "b": [1.0]}, unit="step")
    assert said.splitlines() == [
        "a: 2 of 4 values are NaN, the first at step 2",
        "a: one value is infinite, the first at step 4",
    ]
    assert "2 of 3 values are 0 or less, which has no logarithm" in words(
        [1.0, 0.0, -1.0], log=True
    )
    assert words([nan, nan]) == "2 of 2 values are NaN, the first at epoch 1"
    (line,) = tgx.plot.loss([1.0, inf, 0.5]).lines
    np.testing.assert_array_equal(line.get_ydata(), [1.0, nan, 0.5])
    assert line.get_marker() == "o"  # a value between gaps is no line


def test_a_logarithmic_axis():
    axes = tgx.plot.loss([2.0, 0.5, 0.05], log=True)
    assert axes.get_yscale() == "log"
    axes.figure.draw_without_rendering()
    shown = {label.get_text() for label in axes.get_yticklabels()}
    assert {"0.1", "0.2", "0.5", "1", "2"} <= shown


# ---- pictures -----------------------------------------------------------------------------------


def pictures():
    yield tgx.plot.activation("relu").figure
    yield tgx.plot.loss({"train": [2.0, 1.0], "held out": [2.1, 1.2]}).figure
    yield tgx.plot.activations(["relu", "tanh"])


def test_pictures_are_written_in_every_format():
    for figure in pictures():
        for format, magic in (("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")):
            target = io.BytesIO()
            figure.savefig(target, format=format)
            assert target.getvalue().startswith(magic)
        assert ElementTree.fromstring(target.getvalue()).tag.endswith("svg")


def test_pictures_show_themselves_in_a_notebook():
    assert tgx.plot.activation("relu")._repr_png_().startswith(b"\x89PNG")
    assert tgx.plot.loss([1.0])._repr_png_().startswith(b"\x89PNG")
    assert tgx.plot.activations(["relu"])._repr_png_().startswith(b"\x89PNG")


def test_axes_of_your_own_are_drawn_in_and_keep_their_looks():
    figure = Figure(facecolor="black")
    left, right = figure.subplots(1, 2)
    right.set_facecolor("navy")
    assert tgx.plot.activation("relu", ax=left) is left
    assert tgx.plot.loss([1.0, 0.5], ax=right) is right
    assert len(left.lines) > 2 and len(right.lines) == 1
    assert figure.get_facecolor() == (0.0, 0.0, 0.0, 1.0)
    assert right.get_facecolor() == matplotlib.colors.to_rgba("navy")
    assert len(figure.axes) == 2


def test_nothing_of_the_users_matplotlib_is_touched(tmp_path):
    code = """
        import sys, matplotlib
        before = dict(matplotlib.rcParams.copy())
        import tinygradx as tgx
        tgx.plot.activation("relu").figure.savefig("relu.svg")
        tgx.plot.loss([1.0, 0.5], log=True).figure.savefig("loss.pdf")
        tgx.plot.activations(["relu", "tanh"])._repr_png_()
        assert "matplotlib.pyplot" not in sys.modules
        assert dict(matplotlib.rcParams.copy()) == before
        print("left alone")
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "TkAgg"},
    )  # fmt: skip
    assert done.stdout == "left alone\n", done.stderr


def test_a_dark_style_of_the_user_leaves_our_letters_dark_on_white():
    with matplotlib.rc_context({"text.color": "white", "axes.labelcolor": "white"}):
        axes = tgx.plot.activation("leaky_relu")
        figure = tgx.plot.activations(["relu", "tanh"])
    legend = [*axes.get_legend().get_texts(), *figure.legends[0].get_texts()]
    texts = [axes.xaxis.label, axes.yaxis.label, axes._left_title, *axes.texts, *legend]
    assert {matplotlib.colors.to_hex(text.get_color()).upper() for text in texts} == {canvas.INK}
    assert axes.figure.get_facecolor() == axes.get_facecolor() == (1.0, 1.0, 1.0, 1.0)


def luminance(colour):
    channels = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_lines_and_letters_have_contrast_and_a_second_cue():
    assert all(contrast(colour, canvas.PAPER) >= 3.0 for colour in canvas.COLOURS)
    assert all(contrast(colour, canvas.PAPER) >= 4.5 for colour in (canvas.INK, canvas.FAINT))
    assert len(set(canvas.STROKES)) == len(canvas.COLOURS)
    value, slope = (
        line for line in tgx.plot.activation("tanh").lines if line.get_label() in ("value", "slope")
    )
    assert value.get_linestyle() != slope.get_linestyle()


# ---- mistakes -----------------------------------------------------------------------------------

MISTAKES = [
    (lambda: tgx.plot.activation("rleu"), UnknownNameError, "did you mean 'relu'"),
    (lambda: tgx.plot.activation("elu", beta=1.0), ArgumentError, "use alpha"),
    (lambda: tgx.plot.activation("tanh", alpha=1.0), ArgumentError, "tanh has no settings"),
    (lambda: tgx.plot.activation("softmax", dim=0), ArgumentError, "drawn for one row"),
    (lambda: tgx.plot.activation("elu", alpha="much"), ArgumentError, "such as alpha=1"),
    (lambda: tgx.plot.activation("relu", domain=(3.0, 1.0)), ArgumentError, "smaller first"),
    (lambda: tgx.plot.activation("relu", domain=(0.0, math.inf)), ArgumentError, "two finite"),
    (lambda: tgx.plot.activation("relu", domain=4.0), ArgumentError, "domain=(-4.0, 4.0)"),
    (lambda: tgx.plot.activation(3), DtypeError, "pass the name of an activation"),
    (lambda: tgx.plot.activation(lambda x: 1.0), DtypeError, "answers a float"),
    (lambda: tgx.plot.activation(lambda x: x.sum()), ShapeError, "one number of each"),
    (lambda: tgx.plot.activation(lambda x: (x - 99.0).log()), ArgumentError, "no finite value"),
    (lambda: tgx.plot.activations([]), ArgumentError, "one at least"),
    (lambda: tgx.plot.activations(["relu"], columns=0), ArgumentError, "one column"),
    (lambda: tgx.plot.activations(["relu", "geluu"]), UnknownNameError, "did you mean 'gelu'"),
    (lambda: tgx.plot.loss([]), ArgumentError, "append loss.item()"),
    (lambda: tgx.plot.loss({}), ArgumentError, "it is empty"),
    (lambda: tgx.plot.loss({"train": [1.0], "held out": []}), ArgumentError, "'held out' in it"),
    (lambda: tgx.plot.loss(None), DtypeError, "a NoneType"),
    (lambda: tgx.plot.loss("123"), DtypeError, "'1' in its history"),
    (lambda: tgx.plot.loss([1.0, None]), DtypeError, "None in its history"),
    (lambda: tgx.plot.loss([[1.0, 2.0]]), DtypeError, "such as loss.item()"),
    (lambda: tgx.plot.loss([1.0], smooth=1.0), ArgumentError, "from 0 to below 1"),
]


@pytest.mark.parametrize(("call", "error", "words"), MISTAKES)
def test_mistakes_say_what_to_do(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert words in str(caught.value)


def test_without_matplotlib_one_error_names_the_command(monkeypatch):
    monkeypatch.delitem(sys.modules, "tinygradx.plot.canvas")
    monkeypatch.delattr(tgx.plot, "canvas")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for name in [name for name in sys.modules if name.startswith("matplotlib.")]:
        monkeypatch.setitem(sys.modules, name, None)
    calls = [
        lambda: tgx.plot.activation("relu"), lambda: tgx.plot.activations(),
        lambda: tgx.plot.loss([1.0]),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(RendererNotFound) as caught:
            call()
        assert caught.value.do == "pip install 'tinygradx[viz]'"
        assert re.fullmatch(r"Matplotlib cannot be imported \(.+\)", caught.value.got)


@pytest.mark.parametrize(
    ("formula", "lines"),
    [
        ("x if x > 0 else alpha * (exp(x) - 1)", ["x if x > 0", "else alpha * (exp(x) - 1)"]),
        ("x if x > lambd else (x if x < -lambd else 0)",
         ["x if x > lambd", "else (x if x < -lambd else 0)"]),
        ("aaaaaaaaaaaa * bbbbbbbbbb + cccccccccc * d", ["aaaaaaaaaaaa * bbbbbbbbbb",
                                                       "+ cccccccccc * d"]),
        ("max(x, 0)", ["max(x, 0)"]),
        ("", []),
        ("f(" + 40 * "x" + ") + 1", ["f(" + 40 * "x" + ")", "+ 1"]),
    ],
)  # fmt: skip
def test_a_formula_is_broken_before_an_operator_outside_its_brackets(formula, lines):
    assert _wrapped(formula, 34) == lines


def test_no_line_of_a_formula_ends_in_an_operator():
    for name, block in tgx.activations.items():
        formula = re.sub(r"(\d+\.\d{4})\d{4,}", r"\1...", block.textbook)
        broken = _wrapped(formula, 34)
        assert " ".join(broken) == formula
        assert all(len(line) <= 34 for line in broken), name
        assert not [line for line in broken if line.split()[-1] in ("+", "-", "*", "/", "**")], name
