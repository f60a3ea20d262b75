"""Losses with margins and of distributions beside PyTorch's: every argument, in float64."""

from __future__ import annotations

import functools
import inspect
import warnings

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn
from tinygradx.nn import functional as ours

torch = pytest.importorskip("torch")
theirs = torch.nn.functional

TOLERANCE = 1e-10
REDUCTIONS = ("mean", "sum", "none")


def drawn(shape, seed, low=-2.0, high=2.0):
    """float64 numbers, the same for the same seed."""
    return np.random.default_rng(seed).uniform(low, high, shape)


def signs(shape, seed):
    """1 and -1."""
    return np.random.default_rng(seed).choice([1.0, -1.0], shape)


def run(space, tensor, name, arrays, named, settings):
    """The loss, and the gradients of what has floats, for a fixed cotangent."""
    leaves = [tensor(a, requires_grad=True) if a.dtype.kind == "f" else tensor(a) for a in arrays]
    given = {key: tensor(a) for key, a in named.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch's "mean" of kl_div
        out = getattr(space, name)(*leaves, **given, **settings)
    out.backward(tensor(drawn(tuple(out.shape), 99, 0.5, 2.0)))
    grads = [None if x.grad is None else x.grad.numpy() for x in leaves]
    return out.detach().numpy(), [np.zeros(0) if g is None else g for g in grads]


def agree(name, arrays, named=None, **settings):
    value, grads = run(ours, tgx.tensor, name, arrays, named or {}, settings)
    expected, their = run(theirs, torch.tensor, name, arrays, named or {}, settings)
    assert value.shape == expected.shape
    np.testing.assert_allclose(value, expected, TOLERANCE, TOLERANCE)
    for mine, other in zip(grads, their, strict=True):
        if mine.size == 0 or other.size == 0:  # a gradient of zeros, and none at all
            assert not mine.any()
            assert not other.any()
        else:
            np.testing.assert_allclose(mine, other, TOLERANCE, TOLERANCE)


#: Name, arrays, settings.
CASES = [
    ("kl_div", [drawn((4, 3), 1), drawn((4, 3), 2, 0.0, 1.0)], {}),
    ("kl_div", [drawn((4, 3), 1), drawn((4, 3), 2)], {"log_target": True}),
    ("kl_div", [drawn((), 1), drawn((), 2, 0.0, 1.0)], {}),
    ("hinge_embedding_loss", [drawn((4, 3), 1, 0.0, 2.0), signs((4, 3), 2)], {}),
    ("hinge_embedding_loss", [drawn((5,), 1), signs((5,), 2)], {"margin": 0.5}),
    ("hinge_embedding_loss", [drawn((5,), 1), drawn((5,), 2)], {}),
    ("margin_ranking_loss", [drawn((5,), 1), drawn((5,), 2), signs((5,), 3)], {}),
    ("margin_ranking_loss", [drawn((2, 3), 1), drawn((2, 3), 2), signs((2, 3), 3)], {"margin": 1}),
    ("soft_margin_loss", [drawn((2, 3), 1, -40.0, 40.0), signs((2, 3), 2).astype(int)], {}),
    ("cosine_embedding_loss", [drawn((5, 3), 1), drawn((5, 3), 2), signs((5,), 3)], {}),
    ("cosine_embedding_loss", [drawn((5, 3), 1), drawn((5, 3), 2), signs((5,), 3)],
     {"margin": -0.5}),
    ("cosine_embedding_loss", [drawn(3, 1), drawn(3, 2), signs((), 3)], {}),
    ("multilabel_soft_margin_loss", [drawn((4, 3), 1), drawn((4, 3), 2, 0.0, 1.0)], {}),
    ("multi_margin_loss", [drawn((5, 4), 1), np.array([0, 3, 1, 1, 2])], {}),
    ("multi_margin_loss", [drawn((5, 4), 1), np.array([0, 3, 1, 1, 2])], {"p": 2, "margin": 0.5}),
    ("multi_margin_loss", [drawn(4, 1), np.array(2)], {"margin": 2.0}),
    ("multilabel_margin_loss", [drawn((3, 4), 1), np.array(
        [[3, 0, -1, 1], [-1, 2, 3, 1], [0, 1, 2, 3]])], {}),
    ("multilabel_margin_loss", [drawn(4, 1), np.array([1, -1, 0, 0])], {}),
    ("triplet_margin_loss", [drawn((5, 3), s) for s in (1, 2, 3)], {}),
    ("triplet_margin_loss", [drawn((5, 3), s) for s in (1, 2, 3)], {"swap": True, "p": 1}),
    ("triplet_margin_loss", [drawn((5, 3), 1), drawn((1, 3), 2), drawn((5, 1), 3)], {"margin": 5}),
    ("triplet_margin_with_distance_loss", [drawn((5, 3), s) for s in (1, 2, 3)], {"swap": True}),
    ("poisson_nll_loss", [drawn((4, 3), 1), drawn((4, 3), 2, 0.0, 9.0)], {}),
    ("poisson_nll_loss", [drawn((4, 3), 1), drawn((4, 3), 2, 0.0, 9.0)], {"full": True}),
    ("poisson_nll_loss", [drawn((4, 3), 1, 0.0, 5.0), np.array([[0, 1, 2]] * 4)],
     {"log_input": False, "full": True, "eps": 1e-3}),
    ("gaussian_nll_loss", [drawn((4, 3), 1), drawn((4, 3), 2), drawn((4, 3), 3, 0.0, 2.0)], {}),
    ("gaussian_nll_loss", [drawn((4, 3), 1), drawn((4, 3), 2), drawn((4,), 3, 0.1, 2.0)],
     {"full": True}),
    ("gaussian_nll_loss", [drawn((4, 3), 1), drawn((4, 1), 2), drawn((4, 1), 3, 0.1, 2.0)],
     {"eps": 0.9}),
    ("gaussian_nll_loss", [drawn((4, 3), 1), drawn((4, 3), 2)], {"var": 0.5}),
]  # fmt: skip


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "arrays", "settings"), CASES)
def test_values_and_gradients(name, arrays, settings, reduction):
    agree(name, arrays, reduction=reduction, **settings)


@pytest.mark.parametrize("log_target", [False, True])
def test_the_mean_over_a_batch(log_target):
    arrays = [drawn((4, 3), 1), drawn((4, 3), 2, 0.0, 1.0)]
    agree("kl_div", arrays, reduction="batchmean", log_target=log_target)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_weights(reduction):
    scores, classes = drawn((5, 4), 1), np.array([0, 3, 1, 1, 2])
    weights = {"weight": drawn((4,), 3, 0.1, 3.0)}
    agree("multi_margin_loss", [scores, classes], weights, p=2, reduction=reduction)
    targets = drawn((5, 4), 2, 0.0, 1.0)
    agree("multilabel_soft_margin_loss", [scores, targets], weights, reduction=reduction)


def test_where_hinges_bend():
    """Scores that are ahead by the margin exactly, and pairs that lie at the margin."""
    scores = np.array([[1.0, 0.0, 2.0], [0.5, 1.5, 0.5]])
    agree("multi_margin_loss", [scores, np.array([0, 1])], reduction="none")
    agree("multilabel_margin_loss", [scores, np.array([[0, -1, -1], [1, -1, -1]])])
    apart = np.array([1.0, 1.0, 0.0])
    agree("hinge_embedding_loss", [apart, np.array([1.0, -1.0, -1.0])], reduction="none")
    agree("margin_ranking_loss", [apart, np.zeros(3), np.array([1.0, -1.0, 1.0])], margin=1.0)


def test_a_variance_of_0_can_grow():
    agree("gaussian_nll_loss", [np.array([1.0, 2.0]), np.array([1.5, 2.0]), np.zeros(2)], eps=0.1)


def test_vectors_of_zeros_have_a_cosine():
    # PyTorch's guard of 1e-12 is a float32, which is 4e-9 off.
    arrays = [np.zeros((2, 3)), drawn((2, 3), 2), np.array([1.0, -1.0])]
    value, grads = run(ours, tgx.tensor, "cosine_embedding_loss", arrays, {}, {})
    expected, their = run(theirs, torch.tensor, "cosine_embedding_loss", arrays, {}, {})
    np.testing.assert_allclose(value, expected, 1e-12)
    np.testing.assert_allclose(grads[0], their[0], 1e-8)


def test_the_full_loss_of_a_count_of_0_has_a_gradient():
    """PyTorch answers nan for the target's; the part that is added for targets above 1 is 0."""
    x, t = tgx.tensor([0.5], requires_grad=True), tgx.tensor([0.0], requires_grad=True)
    ours.poisson_nll_loss(x, t, full=True).backward()
    assert t.grad.tolist() == [-0.5]
    np.testing.assert_allclose(x.grad.numpy(), np.exp([0.5]), 1e-6)


# ---- layers and signatures ----------------------------------------------------------------------


class Distance:
    """A distance of one's own, for both libraries."""

    def __call__(self, x, y):
        return (x - y).abs().sum(-1)


LAYERS = [
    ("KLDivLoss", {"reduction": "batchmean"}, 0),
    ("KLDivLoss", {"log_target": True}, 1),
    ("HingeEmbeddingLoss", {"margin": 0.5}, 4),
    ("MarginRankingLoss", {"margin": 0.25}, 6),
    ("SoftMarginLoss", {}, 8),
    ("CosineEmbeddingLoss", {"margin": 0.25}, 9),
    ("MultiLabelSoftMarginLoss", {}, 12),
    ("MultiMarginLoss", {"p": 2, "margin": 0.5}, 13),
    ("MultiLabelMarginLoss", {}, 16),
    ("TripletMarginLoss", {"margin": 0.5, "p": 1.0, "swap": True}, 18),
    ("TripletMarginWithDistanceLoss", {"distance_function": Distance()}, 18),
    ("TripletMarginWithDistanceLoss", {"margin": 3.0, "swap": True}, 18),
    ("PoissonNLLLoss", {"log_input": False, "full": True, "eps": 1e-3}, 24),
    ("GaussianNLLLoss", {"full": True, "eps": 0.5}, 25),
    ("PairwiseDistance", {"p": 1.0, "keepdim": True}, 1),
    ("CosineSimilarity", {"dim": 0}, 1),
]


@pytest.mark.parametrize(("name", "settings", "place"), LAYERS)
@pytest.mark.filterwarnings("ignore")  # PyTorch's, of the mean of KLDivLoss
def test_layers(name, settings, place):
    arrays = CASES[place][1]
    mine = getattr(nn, name)(**settings)(*map(tgx.tensor, arrays))
    their = getattr(torch.nn, name)(**settings)(*map(torch.tensor, arrays))
    assert tuple(mine.shape) == tuple(their.shape)
    np.testing.assert_allclose(mine.numpy(), their.numpy(), TOLERANCE, TOLERANCE)


def arguments(function):
    """Names and defaults, but for the two that PyTorch has deprecated."""
    found = inspect.signature(function).parameters.values()
    return {a.name: a.default for a in found if a.name not in ("self", "size_average", "reduce")}


@pytest.mark.parametrize("name", sorted({case[0] for case in CASES}))
def test_signatures_of_functions(name):
    assert arguments(getattr(ours, name)) == arguments(getattr(theirs, name))


@pytest.mark.parametrize(
    "name", sorted({layer[0] for layer in LAYERS} | {"RReLU", "Dropout2d", "AlphaDropout"})
)
def test_signatures_of_layers(name):
    assert arguments(getattr(nn, name).__init__) == arguments(getattr(torch.nn, name).__init__)


@pytest.mark.parametrize(
    "name",
    "dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout rrelu embedding".split(),
)
def test_signatures_of_others(name):
    assert arguments(getattr(ours, name)) == arguments(getattr(theirs, name))


# ---- second order -------------------------------------------------------------------------------


#: Of class indices PyTorch has none; ../test_gradcheck.py looks at ours.
SECOND = [c for c in CASES if c[1][0].ndim == 2 and not c[0].startswith("multi")]


@pytest.mark.parametrize(("name", "arrays", "settings"), SECOND)
def test_second_order(name, arrays, settings):
    """The gradient of a gradient, in every direction, where PyTorch has one."""

    def second(space, tensor, grad):
        leaves = [
            tensor(a, requires_grad=True) if a.dtype.kind == "f" else tensor(a) for a in arrays
        ]
        loss = functools.partial(getattr(space, name), reduction="sum")(*leaves, **settings)
        wanted = [x for x in leaves if x.requires_grad]
        first = grad(loss, wanted, create_graph=True, allow_unused=True)
        whole = sum((g * tensor(drawn(tuple(g.shape), 3))).sum() for g in first if g is not None)
        found = grad(whole, wanted, allow_unused=True) if whole.requires_grad else ()
        return {
            i: (g + tensor(np.zeros(1))).detach().numpy()
            for i, g in enumerate(found)
            if g is not None
        }

    mine = second(ours, tgx.tensor, tgx.autograd.grad)
    their = second(theirs, torch.tensor, torch.autograd.grad)
    for i in set(mine) | set(their):
        either = mine.get(i, 0.0), their.get(i, 0.0)
        np.testing.assert_allclose(*either, 1e-9, 1e-9)
