"""Losses beside PyTorch's: values and gradients in float64, over every argument."""

from __future__ import annotations

import functools
import inspect
import itertools
import warnings

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn
from tinygradx.nn import functional as ours

torch = pytest.importorskip("torch")
theirs = torch.nn.functional

REDUCTIONS = ("mean", "sum", "none")
SHAPES = [(), (5,), (4, 3), (2, 1, 3)]
TOLERANCE = 1e-10


def drawn(shape, seed, low=-3.0, high=3.0):
    """float64 numbers, the same for the same seed."""
    return np.random.default_rng(seed).uniform(low, high, shape)


def both(array, grad=True):
    """An array as a tensor of each; floats want a gradient."""
    grad = grad and array.dtype.kind == "f"
    return (
        tgx.tensor(array, requires_grad=grad),
        torch.tensor(array, requires_grad=grad),
    )


def agree(name, arrays, constants=None, **settings):
    """One loss on both: value, shape, dtype, and the gradient of every array of floats."""
    pairs = [both(array) for array in arrays]
    fixed = {key: both(value, grad=False) for key, value in (constants or {}).items()}
    mine = getattr(ours, name)(
        *(m for m, _ in pairs), **{key: m for key, (m, _) in fixed.items()}, **settings
    )
    their = getattr(theirs, name)(
        *(t for _, t in pairs), **{key: t for key, (_, t) in fixed.items()}, **settings
    )
    assert tuple(mine.shape) == tuple(their.shape)
    assert mine.dtype == np.float64
    np.testing.assert_allclose(mine.detach().numpy(), their.detach().numpy(), TOLERANCE, TOLERANCE)
    g = drawn(tuple(mine.shape), 99, 0.5, 2.0)
    mine.backward(tgx.tensor(g))
    their.backward(torch.tensor(g))
    for m, t in pairs:
        if m.requires_grad:
            np.testing.assert_allclose(m.grad.numpy(), t.grad.numpy(), TOLERANCE, TOLERANCE)


# ---- regression ---------------------------------------------------------------------------------

REGRESSION = [
    ("mse_loss", {}),
    ("l1_loss", {}),
    ("huber_loss", {}),
    ("huber_loss", {"delta": 0.25}),
    ("huber_loss", {"delta": 7}),
    ("smooth_l1_loss", {}),
    ("smooth_l1_loss", {"beta": 0.25}),
    ("smooth_l1_loss", {"beta": 4.0}),
    ("smooth_l1_loss", {"beta": 0}),
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "settings"), REGRESSION)
def test_regression(name, settings, reduction, shape):
    x, t = drawn(shape, 1), drawn(shape, 2)
    agree(name, [x, t], reduction=reduction, **settings)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "settings"), REGRESSION)
def test_regression_at_its_kinks(name, settings, reduction):
    """Differences of 0, of exactly delta or beta, and of a little less and more than that."""
    end = settings.get("delta", settings.get("beta", 1.0))
    t = np.array([2.0, -2.0, 4.0, 0.5, 0.0, 0.0, 0.0, 0.0])
    x = t + end * np.array([0.0, 1.0, -1.0, 0.0, 1.005, 0.995, -1.005, -0.995])
    agree(name, [x, t], reduction=reduction, **settings)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_regression_with_weights(name, reduction, shape):
    """A mean of weighted errors is divided by the weights; that of huber_loss is not."""
    weight = drawn(shape, 3, 0.1, 4.0)
    agree(name, [drawn(shape, 1), drawn(shape, 2)], {"weight": weight}, reduction=reduction)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_weights_have_a_gradient_too(name):
    x, t, w = drawn((3, 2), 1), drawn((3, 2), 2), drawn((3, 2), 3, 0.1, 4.0)
    (mx, rx), (mt, rt), (mw, rw) = both(x), both(t), both(w)
    getattr(ours, name)(mx, mt, weight=mw).backward()
    getattr(theirs, name)(rx, rt, weight=rw).backward()
    for mine, their in ((mx, rx), (mt, rt), (mw, rw)):
        np.testing.assert_allclose(mine.grad.numpy(), their.grad.numpy(), TOLERANCE, TOLERANCE)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss"])
@pytest.mark.parametrize(
    ("first", "second"), list(itertools.product(["float32", "float64", "int64"], repeat=2))
)
def test_dtypes_that_meet(name, first, second):
    """Whatever PyTorch answers in; where it refuses two tensors of integers, so do we."""
    x, t = np.array([1, 2, 5]).astype(first), np.array([2, 2, 3]).astype(second)
    mine, their = getattr(ours, name), getattr(theirs, name)
    if first == second == "int64":
        with pytest.raises(RuntimeError):
            their(torch.tensor(x), torch.tensor(t))
        with pytest.raises(RuntimeError, match=r"no floats\n  do:  convert first: input.float"):
            mine(tgx.tensor(x), tgx.tensor(t))
        return
    out, expected = mine(tgx.tensor(x), tgx.tensor(t)), their(torch.tensor(x), torch.tensor(t))
    assert str(out.dtype) == str(expected.dtype).removeprefix("torch.")
    np.testing.assert_allclose(out.numpy(), expected.numpy(), 1e-6)


@pytest.mark.parametrize("name", [name for name, settings in REGRESSION if not settings])
def test_where_pytorch_warns_of_shapes_we_refuse(name):
    x, t = np.ones((4, 1)), np.ones(4)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(theirs, name)(torch.tensor(x), torch.tensor(t))
    assert "incorrect results due to broadcasting" in str(caught[0].message)
    with pytest.raises(ValueError, match=r"write target\.unsqueeze\(1\), or input\.squeeze\(1\)"):
        getattr(ours, name)(tgx.tensor(x), tgx.tensor(t))


# ---- two classes --------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_binary_cross_entropy(reduction, shape):
    p, t = drawn(shape, 1, 0.01, 0.99), drawn(shape, 2, 0.0, 1.0)
    agree("binary_cross_entropy", [p, t], reduction=reduction)


@pytest.mark.parametrize("weight", [(4, 3), (3,), (4, 1), (1,), ()])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_binary_cross_entropy_with_weights(reduction, weight):
    p, t = drawn((4, 3), 1, 0.01, 0.99), drawn((4, 3), 2, 0.0, 1.0)
    weights = {"weight": drawn(weight, 3, 0.1, 3.0)}
    agree("binary_cross_entropy", [p, t], weights, reduction=reduction)
    agree("binary_cross_entropy_with_logits", [drawn((4, 3), 1), t], weights, reduction=reduction)


def test_binary_cross_entropy_at_its_ends():
    """Probabilities of exactly 0 and 1, right and wrong, and next to them."""
    p = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1e-13, 1.0 - 1e-13, 1e-300, 1e-40])
    t = np.array([0.0, 1.0, 0.0, 1.0, 0.25, 0.25, 1.0, 0.0, 1.0, 1.0])
    x, z = tgx.tensor(p, requires_grad=True), torch.tensor(p, requires_grad=True)
    mine = ours.binary_cross_entropy(x, tgx.tensor(t), reduction="none")
    their = theirs.binary_cross_entropy(z, torch.tensor(t), reduction="none")
    np.testing.assert_allclose(mine.detach().numpy(), their.detach().numpy(), 1e-12)
    mine.sum().backward()
    their.sum().backward()
    # PyTorch's guard of 1e-12 is a float32, which is 4e-9 off.
    np.testing.assert_allclose(x.grad.numpy(), z.grad.numpy(), 1e-8)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_binary_cross_entropy_with_logits(reduction, shape):
    agree(
        "binary_cross_entropy_with_logits",
        [drawn(shape, 1), drawn(shape, 2, 0.0, 1.0)],
        reduction=reduction,
    )


@pytest.mark.parametrize("pos_weight", [(4, 3), (3,), (1,), ()])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_binary_cross_entropy_with_pos_weight(reduction, pos_weight):
    x, t = drawn((4, 3), 1), drawn((4, 3), 2, 0.0, 1.0)
    constants = {"pos_weight": drawn(pos_weight, 3, 0.1, 5.0), "weight": drawn((3,), 4, 0.1, 3.0)}
    agree("binary_cross_entropy_with_logits", [x, t], constants, reduction=reduction)


@pytest.mark.parametrize("weighted", [False, True])
def test_extreme_logits(weighted):
    x = np.array([1000.0, 1000.0, -1000.0, -1000.0, 1000.0, -1000.0, 0.0, 0.0, 1e300])
    t = np.array([1.0, 0.0, 1.0, 0.0, 0.5, 0.5, 1.0, 0.0, 0.0])
    constants = {"pos_weight": np.array(2.5)} if weighted else {}
    agree("binary_cross_entropy_with_logits", [x, t], constants, reduction="none")


@pytest.mark.parametrize("name", ["binary_cross_entropy", "binary_cross_entropy_with_logits"])
@pytest.mark.parametrize(("first", "second"), [("float64", "int64"), ("int64", "float64")])
def test_both_refuse_classes_as_integers(name, first, second):
    x, t = np.array([0, 1]).astype(first), np.array([0, 1]).astype(second)
    with pytest.raises(RuntimeError):
        getattr(theirs, name)(torch.tensor(x), torch.tensor(t))
    wrong = "input" if first == "int64" else "target"
    with pytest.raises(RuntimeError, match=rf"{wrong} of int64\n  do:  .*{wrong}\.float\(\)"):
        getattr(ours, name)(tgx.tensor(x), tgx.tensor(t))


@pytest.mark.parametrize("value", [-0.001, 1.5, np.nan])
@pytest.mark.parametrize("which", ["input", "target"])
def test_both_refuse_what_is_no_probability(which, value):
    arrays = {"input": np.array([0.5, 0.5]), "target": np.array([0.0, 1.0])}
    arrays[which][1] = value
    with pytest.raises(RuntimeError, match=f"{which} should be between 0 and 1"):
        theirs.binary_cross_entropy(*(torch.tensor(a) for a in arrays.values()))
    with pytest.raises(ValueError, match=rf"an? {which} of {value}\n  do:  pass"):
        ours.binary_cross_entropy(*(tgx.tensor(a) for a in arrays.values()))


# ---- many classes -------------------------------------------------------------------------------

#: Shapes of scores; what is left out of them are the targets'.
SCORES = [(6,), (5, 6), (2, 6, 3), (2, 6, 3, 2), (7, 6, 1)]
OPTIONS = [
    {},
    {"weight": True},
    {"ignore_index": 2},
    {"ignore_index": -7},
    {"weight": True, "ignore_index": 2},
]


def classes_for(shape, ignored=None):
    """Class indices for scores of a shape; some are ignored, if an index for that is given."""
    rest = shape[:1] + shape[2:] if len(shape) > 1 else ()
    classes = np.random.default_rng(5).integers(0, 6, rest)
    if ignored is not None and classes.ndim:
        classes.reshape(-1)[::3] = ignored
    return classes


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("shape", SCORES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_nll_loss(reduction, shape, options):
    classes = classes_for(shape, options.get("ignore_index"))
    constants = {"weight": drawn((6,), 7, 0.1, 3.0)} if "weight" in options else {}
    settings = {key: value for key, value in options.items() if key != "weight"}
    agree("nll_loss", [drawn(shape, 1, -5.0, 0.0), classes], constants, reduction=reduction,
          **settings)  # fmt: skip


def test_nll_loss_of_an_infinite_score_that_is_ignored():
    x = np.log(np.array([[0.0, 1.0], [0.25, 0.75]]), where=[[False, True], [True, True]],
               out=np.full((2, 2), -np.inf))  # fmt: skip
    agree("nll_loss", [x, np.array([-100, 1])], reduction="none")
    agree("nll_loss", [x, np.array([0, 1])], reduction="none")


# ---- layers -------------------------------------------------------------------------------------

WEIGHT = drawn((6,), 7, 0.1, 3.0)
#: A class that counts nothing, and one that counts less than that.
STRANGE = np.array([0.5, 0.0, 3.0, -0.25, 1.0, 0.0])


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("weight", [None, WEIGHT, STRANGE], ids=["plain", "weighted", "strange"])
@pytest.mark.parametrize("probabilities", [False, True])
@pytest.mark.parametrize("shape", [(6,), (5, 6), (2, 6, 3)])
def test_cross_entropy_layer(reduction, smoothing, weight, probabilities, shape):
    x = drawn(shape, 1)
    if probabilities:
        target = drawn(shape, 2, 0.0, 1.0)
        target /= target.sum(1 if len(shape) > 1 else 0, keepdims=True)
    else:
        target = classes_for(shape, 2)
        target = target if target.ndim else np.array(4)
    options = {"reduction": reduction, "label_smoothing": smoothing}
    if not probabilities:
        options["ignore_index"] = 2
    mine = nn.CrossEntropyLoss(None if weight is None else tgx.tensor(weight), **options)
    their = torch.nn.CrossEntropyLoss(None if weight is None else torch.tensor(weight), **options)
    layers_agree(mine, their, x, target)


def layers_agree(mine, their, x, target):
    """Two layers on the same input: value and gradient."""
    (a, b), (t, u) = both(x), both(target, grad=False)
    out, expected = mine(a, t), their(b, u)
    assert tuple(out.shape) == tuple(expected.shape)
    np.testing.assert_allclose(
        out.detach().numpy(), expected.detach().numpy(), TOLERANCE, TOLERANCE
    )
    out.sum().backward()
    expected.sum().backward()
    np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), TOLERANCE, TOLERANCE)


LAYERS = [
    ("MSELoss", {}),
    ("L1Loss", {}),
    ("HuberLoss", {"delta": 0.5}),
    ("SmoothL1Loss", {"beta": 0.5}),
    ("BCELoss", {}),
    ("BCELoss", {"weight": True}),
    ("BCEWithLogitsLoss", {}),
    ("BCEWithLogitsLoss", {"weight": True, "pos_weight": True}),
    ("NLLLoss", {}),
    ("NLLLoss", {"weight": True, "ignore_index": 2}),
]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "options"), LAYERS)
def test_layers(name, options, reduction):
    given = [{"reduction": reduction}, {"reduction": reduction}]
    for key, value in options.items():
        tensors = both(WEIGHT, grad=False) if value is True else (value, value)
        for named, tensor in zip(given, tensors, strict=True):
            named[key] = tensor
    mine, their = getattr(nn, name)(**given[0]), getattr(torch.nn, name)(**given[1])
    x = drawn((5, 6), 1)
    target = drawn((5, 6), 2, 0.0, 1.0)
    if name == "BCELoss":
        x = 1.0 / (1.0 + np.exp(-x))
    if name == "NLLLoss":
        target = classes_for((5, 6), 2)
    layers_agree(mine, their, x, target)
    assert sorted(mine.state_dict()) == sorted(their.state_dict())


def arguments(function):
    """Names and defaults, but for the two that PyTorch has deprecated."""
    found = inspect.signature(function).parameters.values()
    return {a.name: a.default for a in found if a.name not in ("self", "size_average", "reduce")}


@pytest.mark.parametrize("name", sorted({name for name, _ in LAYERS} | {"CrossEntropyLoss"}))
def test_signatures_of_layers(name):
    assert arguments(getattr(nn, name).__init__) == arguments(getattr(torch.nn, name).__init__)


FUNCTIONS = (
    "mse_loss l1_loss huber_loss smooth_l1_loss nll_loss cross_entropy binary_cross_entropy "
    "binary_cross_entropy_with_logits dropout".split()
)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures_of_functions(name):
    assert arguments(getattr(ours, name)) == arguments(getattr(theirs, name))


# ---- PyTorch's older words for a reduction -------------------------------------------------------


@pytest.mark.parametrize("reduce", [None, True, False])
@pytest.mark.parametrize("size_average", [None, True, False])
@pytest.mark.parametrize(
    "name",
    "mse_loss l1_loss smooth_l1_loss binary_cross_entropy binary_cross_entropy_with_logits "
    "nll_loss".split(),
)
@pytest.mark.filterwarnings("ignore:.*will be deprecated")
def test_older_words(name, size_average, reduce):
    x = drawn((4, 3), 1, 0.05, 0.95)
    target = classes_for((4, 3)) % 3 if name == "nll_loss" else drawn((4, 3), 2, 0.0, 1.0)
    given = {"size_average": size_average, "reduce": reduce}
    agree(name, [x, target], **given)
    layer = {"mse_loss": "MSELoss", "l1_loss": "L1Loss", "smooth_l1_loss": "SmoothL1Loss",
             "binary_cross_entropy": "BCELoss", "nll_loss": "NLLLoss",
             "binary_cross_entropy_with_logits": "BCEWithLogitsLoss"}[name]  # fmt: skip
    layers_agree(getattr(nn, layer)(**given), getattr(torch.nn, layer)(**given), x, target)


def test_older_words_by_position():
    x, t = drawn((4, 3), 1), drawn((4, 3), 2)
    assert ours.mse_loss(tgx.tensor(x), tgx.tensor(t), False).item() == pytest.approx(
        ((x - t) ** 2).sum()
    )


# ---- second order -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "settings"),
    [*REGRESSION, ("binary_cross_entropy", {}), ("binary_cross_entropy_with_logits", {})],
)
def test_second_order(name, settings):
    """The gradient of a gradient, in every direction."""
    x = drawn((7,), 1, 0.05, 0.95) if name == "binary_cross_entropy" else drawn((7,), 1)
    t, along = drawn((7,), 2, 0.0, 1.0), drawn((7,), 3)

    def second(space, tensor, grad):
        a, b = tensor(x, requires_grad=True), tensor(t, requires_grad=True)
        loss = functools.partial(getattr(space, name), reduction="sum")(a, b, **settings)
        first = grad(loss, (a, b), create_graph=True)
        whole = sum((g * tensor(along)).sum() for g in first)
        found = grad(whole, (a, b), allow_unused=True) if whole.requires_grad else (None, None)
        return [
            np.zeros(7) if g is None else (g + tensor(np.zeros(7))).detach().numpy() for g in found
        ]

    mine = second(ours, tgx.tensor, tgx.autograd.grad)
    their = second(theirs, torch.tensor, torch.autograd.grad)
    for a, b in zip(mine, their, strict=True):
        np.testing.assert_allclose(a, b, 1e-9, 1e-9)
