"""Losses: what they refuse, what they answer for nothing, and small losses that keep their digits.

Their formulas are held to their textbooks in test_catalogue.py, and to PyTorch in against_torch.
"""

from __future__ import annotations

import math
import re

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from scipy import stats

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.nn import functional

bounded = settings(max_examples=50, deadline=None, derandomize=True, database=None)

#: Losses of single elements; zeros and ones suit all of them.
PAIRED = (
    "mse_loss l1_loss huber_loss smooth_l1_loss binary_cross_entropy "
    "binary_cross_entropy_with_logits kl_div hinge_embedding_loss soft_margin_loss "
    "poisson_nll_loss".split()
)
LAYERS = (
    "MSELoss L1Loss HuberLoss SmoothL1Loss NLLLoss CrossEntropyLoss BCELoss BCEWithLogitsLoss "
    "KLDivLoss HingeEmbeddingLoss MarginRankingLoss SoftMarginLoss MultiMarginLoss "
    "MultiLabelMarginLoss MultiLabelSoftMarginLoss CosineEmbeddingLoss TripletMarginLoss "
    "TripletMarginWithDistanceLoss PoissonNLLLoss GaussianNLLLoss".split()
)


def said(error):
    """The parts of an error: asked, got, do."""
    return error.value.asked, error.value.got, error.value.do


# ---- shapes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAIRED)
def test_a_column_against_a_row_is_refused(name):
    loss = getattr(functional, name)
    with pytest.raises(ShapeError) as error:
        loss(tgx.zeros(4, 1), tgx.zeros(4))
    asked, got, do = said(error)
    assert asked == f"{name} of an input (4, 1) and a target (4,)"
    assert got == "shapes that differ; broadcast, they would make losses of shape (4, 4)"
    assert do == "write target.unsqueeze(1), or input.squeeze(1)"


@pytest.mark.parametrize(
    ("input", "target", "do"),
    [
        ((4,), (4, 1), "write input.unsqueeze(1), or target.squeeze(1)"),
        ((4,), (1, 4), "write input.unsqueeze(0), or target.squeeze(0)"),
        ((4, 1, 3), (4, 3), "write target.unsqueeze(1), or input.squeeze(1)"),
        ((1, 1), (1,), "write target.unsqueeze(1), or input.squeeze(1)"),
        ((1,), (), "write target.unsqueeze(0), or input.squeeze(0)"),
        ((4, 1), (1, 4), "write target.T"),
        ((3, 2), (2, 3), "write target.T"),
        ((4, 3), (4,), "pass a target of shape (4, 3)"),
        ((4, 3), (), "pass a target of shape (4, 3)"),
        ((4, 3), (1, 3), "pass a target of shape (4, 3)"),
        ((0, 3), (3,), "pass a target of shape (0, 3)"),
    ],
)
def test_the_remedy_for_shapes_works(input, target, do):
    x, t = tgx.zeros(*input), tgx.zeros(*target)
    with pytest.raises(ShapeError) as error:
        functional.mse_loss(x, t)
    assert said(error)[2] == do
    code = re.fullmatch(r"write (\S+?)(, or (\S+))?", do)
    if code:  # what the error says to write is run
        for line in filter(None, (code[1], code[3])):
            changed = eval(line, {"input": x, "target": t})
            pair = (changed, t) if line.startswith("input") else (x, changed)
            assert functional.mse_loss(*pair).item() == 0.0


@given(array_shapes(max_dims=3, max_side=3), array_shapes(max_dims=3, max_side=3))
@bounded
def test_no_two_shapes_are_broadcast(first, second):
    assume(first != second)
    for name in PAIRED:
        with pytest.raises(ShapeError, match="shapes that differ"):
            getattr(functional, name)(tgx.zeros(*first), tgx.zeros(*second))


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_weights_of_another_shape_are_refused(name):
    x = tgx.ones(4, 3)
    with pytest.raises(ShapeError) as error:
        getattr(functional, name)(x, x, weight=tgx.ones(3))
    assert said(error) == (
        f"{name} with a weight of shape (3,)", "losses of shape (4, 3)",
        "give each loss its weight: shape (4, 3)",
    )  # fmt: skip


@pytest.mark.parametrize("shape", [(2, 4, 3), (4,), (2, 1)])
@pytest.mark.parametrize("weight", ["weight", "pos_weight"])
def test_weights_that_would_broadcast_the_losses_are_refused(weight, shape):
    x = tgx.ones(4, 3)
    with pytest.raises(ShapeError) as error:
        functional.binary_cross_entropy_with_logits(x, x, **{weight: tgx.ones(*shape)})
    asked, got, do = said(error)
    assert asked.endswith(f"with a {weight} of shape {shape}")
    assert got == "a target of shape (4, 3), to which it does not broadcast"
    assert do == "give each element its weight, shape (4, 3), or each column one, (3,)"


# ---- other arguments ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*PAIRED, "nll_loss", "cross_entropy"])
def test_a_reduction_that_does_not_exist(name):
    target = tgx.tensor(1) if name in ("nll_loss", "cross_entropy") else tgx.ones(2)
    with pytest.raises(ArgumentError) as error:
        getattr(functional, name)(tgx.ones(2), target, reduction="avg")
    assert said(error) == (
        f"{name} with reduction='avg'", "no such reduction", 'use "mean", "sum" or "none"',
    )  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_refuses_a_wrong_reduction_when_it_is_made(name):
    with pytest.raises(ArgumentError, match=rf"{name} with reduction='average'\n  got: no such"):
        getattr(nn, name)(reduction="average")


@pytest.mark.parametrize("delta", [0.0, -1.0, math.nan])
def test_huber_needs_a_delta_above_0(delta):
    with pytest.raises(ArgumentError, match=r"huber_loss with delta=.*\n  got: no number above 0"):
        functional.huber_loss(tgx.ones(2), tgx.ones(2), delta=delta)


@pytest.mark.parametrize("beta", [-1e-9, math.nan])
def test_smooth_l1_needs_a_beta_from_0_on(beta):
    with pytest.raises(ArgumentError, match=r"beta=.*\n  got: no number from 0 on"):
        functional.smooth_l1_loss(tgx.ones(2), tgx.ones(2), beta=beta)


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize("dtype", [tgx.int64, tgx.bool])
def test_two_tensors_without_floats_are_refused(name, dtype):
    whole = tgx.ones(2, dtype=dtype)
    with pytest.raises(DtypeError) as error:
        getattr(functional, name)(whole, whole)
    assert said(error) == (
        f"{name} of {dtype} and {dtype}", "no floats", "convert first: input.float()",
    )  # fmt: skip


def test_arrays_and_numbers_are_taken_and_other_things_are_not():
    assert functional.mse_loss(np.array([1.0, 3.0]), np.array([1.0, 1.0])).item() == 2.0
    assert functional.mse_loss(tgx.tensor(3.0), 1.0).item() == 4.0
    with pytest.raises(DtypeError, match="mse_loss of a str"):
        functional.mse_loss("right", tgx.ones(2))


def test_probabilities_are_looked_at():
    right = tgx.tensor([0.0, 1.0])
    with pytest.raises(ArgumentError) as error:
        functional.binary_cross_entropy(tgx.tensor([0.5, 2.5]), right)
    assert said(error) == (
        "binary_cross_entropy", "an input of 2.5",
        "pass probabilities, or scores to binary_cross_entropy_with_logits",
    )  # fmt: skip
    with pytest.raises(ArgumentError) as error:
        functional.binary_cross_entropy(tgx.tensor([0.5, 0.5]), 2.0 * right - 1.0)
    assert said(error) == ("binary_cross_entropy", "a target of -1.0", "pass targets from 0 to 1")


# ---- nothing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
@pytest.mark.parametrize("name", PAIRED)
def test_an_empty_batch_has_a_sum_and_no_mean(name, shape):
    loss = getattr(functional, name)
    x, t = tgx.zeros(*shape, requires_grad=True), tgx.zeros(*shape)
    assert loss(x, t, reduction="none").shape == shape
    whole = loss(x, t, reduction="sum")
    whole.backward()
    assert whole.item() == 0.0
    assert x.grad.shape == shape
    with pytest.raises(ArgumentError) as error:
        loss(x, t)
    assert said(error) == (
        f'{name} with reduction="mean"',
        f"no losses at all: their shape is {shape}, so it is 0 / 0",
        'leave such a batch out, or use reduction="sum", which answers 0',
    )


def test_weights_of_0_have_no_mean():
    x, none = tgx.ones(3), tgx.zeros(3)
    assert functional.mse_loss(x, none, weight=none, reduction="sum").item() == 0.0
    with pytest.raises(ArgumentError, match=r"mse_loss with .*\n  got: weights whose sum is 0, so"):
        functional.mse_loss(x, none, weight=none)


def test_targets_that_are_all_ignored():
    x = tgx.zeros(2, 3, requires_grad=True)
    t = tgx.tensor([-100, -100])
    assert functional.nll_loss(x, t, reduction="none").tolist() == [0.0, 0.0]
    functional.nll_loss(x, t, reduction="sum").backward()
    assert x.grad.tolist() == [[0.0] * 3] * 2
    with pytest.raises(ArgumentError, match=r"nll_loss with .*\n  got: weights whose sum is 0"):
        functional.nll_loss(x, t)


# ---- nll_loss -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "t", "kind", "do"),
    [
        ((4, 3), (4, 1), ShapeError, "write target.squeeze(1)"),
        ((4, 3), (3,), ShapeError, "pass (N, C) and class indices (N,)"),
        ((4, 3, 2), (4, 3), ShapeError, "pass (N, C) and class indices (N,)"),
        ((), (), ShapeError, "pass (N, C) and class indices (N,)"),
        ((3,), (3,), ShapeError, "pass (N, C) and class indices (N,)"),
    ],
)
def test_nll_loss_refuses_shapes(x, t, kind, do):
    with pytest.raises(kind) as error:
        functional.nll_loss(tgx.zeros(*x), tgx.zeros(*t, dtype=tgx.int64))
    assert said(error) == (
        f"nll_loss of an input {x} and a target {t}", "shapes that do not match", do,
    )  # fmt: skip


def test_nll_loss_refuses_dtypes():
    with pytest.raises(DtypeError, match=r"a target of float32\n  do:  .*target\.long\(\)"):
        functional.nll_loss(tgx.zeros(4, 3), tgx.zeros(4))
    with pytest.raises(DtypeError, match="a target of bool"):
        functional.nll_loss(tgx.zeros(4, 3), tgx.zeros(4, dtype=tgx.bool))
    with pytest.raises(DtypeError, match="an input of int64\n  do:  pass floats"):
        functional.nll_loss(tgx.zeros(4, 3).long(), tgx.zeros(4).long())


@pytest.mark.parametrize("wrong", [3, -1, -100])
def test_nll_loss_refuses_classes_that_do_not_exist(wrong):
    x, t = tgx.zeros(2, 3), tgx.tensor([0, wrong])
    with pytest.raises(DimError) as error:
        functional.nll_loss(x, t, ignore_index=-7)
    assert said(error) == (
        "nll_loss with 3 classes", f"the class index {wrong}",
        "use indices from 0 to 2, or ignore_index=-7 for none",
    )  # fmt: skip


def test_nll_loss_refuses_weights_of_other_classes():
    with pytest.raises(ShapeError) as error:
        functional.nll_loss(tgx.zeros(2, 3), tgx.tensor([0, 1]), tgx.ones(2))
    assert said(error)[2] == "pass one weight for each class: shape (3,)"


def test_weights_are_taken_in_the_dtype_of_the_input():
    """scikit-learn answers class weights in float64."""
    x, t, w = tgx.zeros(2, 3, requires_grad=True), tgx.tensor([0, 1]), np.array([1.0, 2.0, 3.0])
    loss = functional.nll_loss(x, t, w)
    loss.backward()
    assert loss.dtype == x.grad.dtype == tgx.float32
    np.testing.assert_allclose(x.grad.numpy(), [[-1 / 3, 0, 0], [0, -2 / 3, 0]], 1e-6)


@pytest.mark.parametrize("dtype", [tgx.int8, tgx.uint8, tgx.int32, tgx.int64])
def test_class_indices_of_any_integer_dtype(dtype):
    x = tgx.tensor([[-1.0, -2.0], [-3.0, -4.0]])
    assert functional.nll_loss(x, tgx.tensor([1, 0], dtype=dtype)).item() == 2.5


def test_nll_of_log_softmax_is_cross_entropy():
    random = np.random.default_rng(3)
    x, t = tgx.tensor(random.normal(size=(5, 4))), tgx.tensor(random.integers(0, 4, 5))
    w = tgx.tensor(random.uniform(0.5, 2.0, 4))
    for settings_ in ({}, {"reduction": "sum"}, {"ignore_index": 1}):
        two = functional.nll_loss(tgx.log_softmax(x, 1), t, w, **settings_)
        one = functional.cross_entropy(x, t, w, **settings_)
        np.testing.assert_allclose(two.item(), one.item(), 1e-14)


# ---- margins and distributions ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "kind", "got"),
    [
        (lambda f, x: f.margin_ranking_loss(x, tgx.ones(2, 1), x), ShapeError, "that differ"),
        (lambda f, x: f.margin_ranking_loss(x, x, tgx.ones(2, 1)), ShapeError, "that differ"),
        (lambda f, x: f.cosine_embedding_loss(x, x, x), ShapeError, "do not match"),
        (lambda f, x: f.cosine_embedding_loss(x, x, tgx.ones(1), "x"), ShapeError, "do not match"),
        (lambda f, x: f.triplet_margin_loss(x, x, x[0]), ShapeError, "different numbers"),
        (lambda f, x: f.triplet_margin_loss(x, x, x, margin=0.0), ArgumentError, "no number"),
        (lambda f, x: f.triplet_margin_loss(x, x, x, reduction="all"), ArgumentError, "no such"),
        (lambda f, x: f.multi_margin_loss(x, tgx.tensor([0, 1, 2])), ShapeError, "do not match"),
        (lambda f, x: f.multi_margin_loss(x, tgx.tensor([0, 3])), DimError, "the class index 3"),
        (lambda f, x: f.multi_margin_loss(x, tgx.tensor([0, -1])), DimError, "the class index -1"),
        (lambda f, x: f.multi_margin_loss(x, tgx.ones(2)), DtypeError, "a target of float32"),
        (lambda f, x: f.multi_margin_loss(x.long(), tgx.tensor([0, 1])), DtypeError, "of int64"),
        (lambda f, x: f.multi_margin_loss(x, tgx.tensor([0, 1]), p=3), ArgumentError, "neither 1"),
        (
            lambda f, x: f.multi_margin_loss(x, tgx.tensor([0, 1]), weight=x[:, 0]),
            ShapeError, "an input of 3 classes",
        ),
        (lambda f, x: f.multi_margin_loss(x[None], tgx.tensor([0])), ShapeError, "neither rows"),
        (lambda f, x: f.multi_margin_loss(x[:, :0], tgx.tensor([0, 0])), ShapeError, "neither"),
        (lambda f, x: f.multilabel_margin_loss(x, tgx.tensor([0, 1])), ShapeError, "that differ"),
        (lambda f, x: f.multilabel_margin_loss(x, 3 * x.long()), DimError, "the class index 3"),
        (lambda f, x: f.multilabel_soft_margin_loss(x[0, 0], x[0, 0]), ShapeError, "no classes"),
        (lambda f, x: f.gaussian_nll_loss(x, x, tgx.ones(2, 2)), ShapeError, "do not fit"),
        (lambda f, x: f.gaussian_nll_loss(x, x[:1, :2], x), ShapeError, "that differ"),
        (lambda f, x: f.gaussian_nll_loss(x, x, -x), ArgumentError, "a variance of -1.0"),
        (lambda f, x: f.gaussian_nll_loss(x, x, math.nan), ArgumentError, "a variance of nan"),
        (lambda f, x: f.gaussian_nll_loss(x, x, x, eps=0.0), ArgumentError, "no number above 0"),
        (
            lambda f, x: f.kl_div(x[:0], x[:0], reduction="batchmean"), ArgumentError,
            "a batch of none",
        ),
        (lambda f, x: f.kl_div(x, x, "batchmean"), ArgumentError, "place of an older argument"),
    ],
)  # fmt: skip
def test_what_losses_with_margins_refuse(call, kind, got):
    with pytest.raises(kind) as error:
        call(functional, tgx.ones(2, 3))
    assert got in said(error)[1]
    assert said(error)[2]


def test_settings_of_layers_are_refused_when_they_are_made():
    with pytest.raises(ArgumentError, match="TripletMarginLoss with margin=-1"):
        nn.TripletMarginLoss(-1.0)
    with pytest.raises(ArgumentError, match="MultiMarginLoss with p=3"):
        nn.MultiMarginLoss(3)


def test_a_divergence_by_hand():
    """From a fair coin to one that always shows heads it is log 2."""
    fair, heads = tgx.tensor([[0.5, 0.5]]), tgx.tensor([[1.0, 0.0]])
    divergence = functional.kl_div(fair.log(), heads, reduction="batchmean")
    np.testing.assert_allclose(divergence.item(), math.log(2.0), 1e-6)


def test_the_negative_logarithm_of_a_density():
    """With `full`, the loss is the density's logarithm itself, by SciPy."""
    x, t, v = np.array([0.5, -1.0]), np.array([0.7, 2.0]), np.array([0.3, 2.5])
    loss = functional.gaussian_nll_loss(
        tgx.tensor(x), tgx.tensor(t), tgx.tensor(v), full=True, reduction="none"
    )
    np.testing.assert_allclose(loss.numpy(), -stats.norm.logpdf(t, x, np.sqrt(v)), 1e-12)
    counts = np.array([7.0, 30.0])
    loss = functional.poisson_nll_loss(
        tgx.tensor(np.log([5.0, 31.0])), tgx.tensor(counts), full=True, reduction="none"
    )
    exact = -stats.poisson.logpmf(counts, [5.0, 31.0])
    np.testing.assert_allclose(loss.numpy(), exact, atol=1.0 / (12.0 * counts.min()))  # Stirling


# ---- digits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [tgx.float32, tgx.float64])
@pytest.mark.parametrize(("x", "t"), [(20.0, 1.0), (-20.0, 0.0), (60.0, 1.0), (-60.0, 0.0)])
def test_a_small_loss_keeps_its_digits(x, t, dtype):
    """log(1 + exp(-20)) is 2e-9: beside 20 nothing is left of it in float32."""
    score = tgx.tensor([x], dtype=dtype, requires_grad=True)
    loss = functional.binary_cross_entropy_with_logits(score, tgx.tensor([t], dtype=dtype))
    loss.backward()
    rare = mpmath.exp(-abs(mpmath.mpf(x)))
    eps = float(np.finfo(dtype).eps)
    assert abs(loss.item() / float(mpmath.log1p(rare)) - 1.0) < 4 * eps
    assert abs(abs(score.grad.item()) / float(rare / (1 + rare)) - 1.0) < 4 * eps


def test_a_probability_of_0_costs_100():
    p = tgx.tensor([0.0, 1.0, 0.0, 1.0], requires_grad=True)
    t = tgx.tensor([1.0, 0.0, 0.0, 1.0], requires_grad=True)
    loss = functional.binary_cross_entropy(p, t, reduction="none")
    loss.sum().backward()
    assert loss.tolist() == [100.0, 100.0, 0.0, 0.0]
    np.testing.assert_allclose(p.grad.numpy(), [-1e12, 1e12, 0.0, 0.0], 1e-6)
    assert t.grad.tolist() == [100.0, -100.0, 100.0, -100.0]


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@bounded
def test_no_probability_gives_nan(p, t):
    """Value, slope and the slope of the slope are numbers, whatever the probability."""
    x = tgx.tensor([p], dtype=tgx.float64, requires_grad=True)
    y = tgx.tensor([t], dtype=tgx.float64, requires_grad=True)
    loss = functional.binary_cross_entropy(x, y)
    first = tgx.autograd.grad(loss, (x, y), create_graph=True)
    second = tgx.autograd.grad(first[0].sum() + first[1].sum(), (x, y))
    numbers = [loss.item(), *(g.item() for g in (*first, *second))]
    assert np.isfinite(numbers).all(), numbers


# ---- layers -------------------------------------------------------------------------------------


def test_weights_of_a_layer_are_a_buffer():
    loss = nn.CrossEntropyLoss(tgx.tensor([1.0, 3.0]))
    assert list(loss.state_dict()) == ["weight"]
    assert list(loss.parameters()) == []
    assert list(nn.CrossEntropyLoss().state_dict()) == []
    both = nn.BCEWithLogitsLoss(pos_weight=tgx.tensor([2.0]))
    assert list(both.state_dict()) == ["pos_weight"]
    x, t = tgx.zeros(1), tgx.ones(1)
    np.testing.assert_allclose(both(x, t).item(), 2.0 * math.log(2.0), 1e-6)


def test_layers_say_what_is_not_the_default():
    assert repr(nn.MSELoss()) == "MSELoss()"
    assert repr(nn.HuberLoss("sum", 0.5)) == "HuberLoss(reduction='sum', delta=0.5)"
    assert repr(nn.SmoothL1Loss()) == "SmoothL1Loss(beta=1.0)"
    assert repr(nn.KLDivLoss("batchmean")) == "KLDivLoss(reduction='batchmean')"
    assert repr(nn.TripletMarginLoss()) == "TripletMarginLoss(margin=1.0, p=2.0, eps=1e-06)"
    assert repr(nn.CrossEntropyLoss(label_smoothing=0.1)) == "CrossEntropyLoss(label_smoothing=0.1)"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("mse_loss", "dx = 2·g·(x − t)"),
        ("l1_loss", "dx = g·sign(x − t)"),
        ("huber_loss", "dx = g·clamp(x − t, ±delta)"),
        ("smooth_l1_loss", "dx = g·clamp((x − t)/beta, ±1)"),
        ("binary_cross_entropy", "dx = g·(x − t)/(x·(1 − x))"),
        ("binary_cross_entropy_with_logits", "dx = g·(sigmoid(x) − t)"),
    ],
)
def test_what_is_drawn_of_a_loss(name, rule):
    """A loss of elements is one ellipse with the rule of its way back, before the mean."""
    x = tgx.tensor([0.25, 0.75], requires_grad=True)
    t = tgx.tensor([0.0, 1.0])
    loss = getattr(functional, name)(x, t)
    loss.backward()
    drawing = tgx.draw_dot(loss, names={"x": x, "t": t})
    assert rule in drawing.source


def test_a_loss_that_is_made_with_data_says_how_to_call_it():
    with pytest.raises(TypeError, match=r"nn.MSELoss\(\)\(prediction, target\)"):
        nn.MSELoss(tgx.ones(2), tgx.ones(2))
