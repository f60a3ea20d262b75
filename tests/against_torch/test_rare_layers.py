"""Bags of words, very many classes, and other layers that few scripts use, beside PyTorch's."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from layers import both, compare, copy_state, same_gradients

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DimError, DtypeError, NotWrittenError, ShapeError
from tinygradx.nn.functional import embedding_bag

torch = pytest.importorskip("torch", reason="could not import torch")

# ---- bags ---------------------------------------------------------------------------------------

BAGS = [
    way
    for way in product(("sum", "mean", "max"), (None, 1, -1), (True, False), (True, False))
    if way[0] == "sum" or not way[3]
]


@pytest.mark.parametrize(("mode", "padding", "flat", "weighted"), BAGS)
def test_bags(mode, padding, flat, weighted):
    random = np.random.default_rng(0)
    numbers = random.integers(0, 5, (11,) if flat else (4, 3))
    weights = random.standard_normal(numbers.shape) if weighted else None
    for include_last in (False, True) if flat else (False,):
        begin = np.array([0, 3, 3, 7] + [11] * include_last) if flat else None
        how = {"mode": mode, "padding_idx": padding, "include_last_offset": include_last}
        ours, theirs = both("EmbeddingBag", 5, 3, **how)
        compare(ours, theirs, numbers, begin, weights)


def test_bags_without_any_row():
    ours, theirs = both("EmbeddingBag", 5, 3, mode="max")
    compare(ours, theirs, np.zeros(0, np.int64), np.array([0, 0]))
    assert ours(tgx.zeros(2, 0).long()).tolist() == [[0.0] * 3] * 2


def test_of_equal_rows_the_first_is_the_largest():
    table = tgx.ones(3, 2, requires_grad=True)
    embedding_bag(tgx.tensor([[2, 0, 1]]), table, mode="max").sum().backward()
    assert table.grad.tolist() == [[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]]


def test_a_bag_with_nan_shows_it():
    table = tgx.tensor([[1.0], [np.nan], [3.0]], requires_grad=True)
    y = embedding_bag(tgx.tensor([[0, 1, 2], [0, 2, 0]]), table, mode="max")
    assert np.isnan(y.detach().numpy()[:, 0]).tolist() == [True, False]


def test_bags_by_frequency_and_with_short_rows():
    # PyTorch's CPU kernel divides by the counts of other rows here.
    table = tgx.ones(4, 2, requires_grad=True)
    rows = tgx.tensor([[0, 0, 1], [2, 0, 2]])
    embedding_bag(rows, table, mode="sum", scale_grad_by_freq=True).sum().backward()
    np.testing.assert_allclose(table.grad.numpy(), [[1, 1], [1, 1], [1, 1], [0, 0]])
    weight = np.arange(8.0).reshape(4, 2)
    ours, theirs = tgx.tensor(weight), torch.tensor(weight)
    y = embedding_bag(rows, ours, max_norm=2.0)
    z = torch.nn.functional.embedding_bag(torch.tensor(rows.numpy()), theirs, max_norm=2.0)
    np.testing.assert_allclose(y.numpy(), z.numpy(), atol=1e-6)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-6)


def test_bags_have_second_derivatives():
    numbers = tgx.tensor([[0, 1], [2, 2]])
    table = tgx.tensor(np.random.default_rng(1).standard_normal((3, 2)), requires_grad=True)
    weights = tgx.tensor(np.random.default_rng(2).standard_normal((2, 2)), requires_grad=True)

    def bags(table, weights):
        return embedding_bag(numbers, table, mode="sum", per_sample_weights=weights)

    assert tgx.autograd.gradcheck(bags, (table, weights))
    assert tgx.autograd.gradgradcheck(bags, (table, weights))


def test_a_table_that_is_there_and_how_it_is_shown():
    table = tgx.ones(4, 2)
    layer = nn.EmbeddingBag.from_pretrained(table, mode="sum", padding_idx=1)
    assert not layer.weight.requires_grad
    assert np.shares_memory(layer.weight.detach().numpy(), table.numpy())
    assert repr(layer).startswith("EmbeddingBag(4, 2, mode='sum', padding_idx=1)")
    layer.reset_parameters()
    assert layer.weight[1].tolist() == [0.0, 0.0]
    assert layer.weight[0].tolist() != [1.0, 1.0]


ROWS, TABLE = tgx.tensor([0, 1, 2]), tgx.ones(3, 2)
BEGIN = tgx.tensor([0, 2])
WRONG = [
    (lambda: embedding_bag(ROWS, TABLE, BEGIN, mode="min"), ArgumentError, "no such mode"),
    (lambda: nn.EmbeddingBag(3, 2, mode="min"), ArgumentError, "no such mode"),
    (lambda: nn.EmbeddingBag.from_pretrained(ROWS), ShapeError, "no table"),
    (lambda: embedding_bag(ROWS, TABLE), ArgumentError, "no offsets"),
    (lambda: embedding_bag(ROWS.reshape(1, 3), TABLE, BEGIN), ArgumentError, "each row is a bag"),
    (lambda: embedding_bag(ROWS.reshape(1, 3, 1), TABLE), ShapeError, "no bags"),
    (lambda: embedding_bag(ROWS, TABLE, BEGIN.float()), ShapeError, "pass integers"),
    (lambda: embedding_bag(ROWS, TABLE, tgx.tensor([1, 2])), ArgumentError, "begin with 0"),
    (lambda: embedding_bag(ROWS, TABLE, tgx.tensor([0, 4])), ArgumentError, "the 3 row numbers"),
    (lambda: embedding_bag(ROWS, TABLE, tgx.tensor([0, 2, 1])), ArgumentError, "never fall"),
    (
        lambda: embedding_bag(ROWS, TABLE, BEGIN, include_last_offset=True),
        ArgumentError,
        "and end with 3",
    ),
    (
        lambda: embedding_bag(ROWS, TABLE, BEGIN, mode="max", scale_grad_by_freq=True),
        ArgumentError,
        "leave it out",
    ),
    (
        lambda: embedding_bag(ROWS, TABLE, BEGIN, per_sample_weights=tgx.ones(3)),
        ArgumentError,
        'use mode="sum"',
    ),
    (
        lambda: embedding_bag(ROWS, TABLE, BEGIN, mode="sum", per_sample_weights=tgx.ones(2)),
        ShapeError,
        "give each row number its weight",
    ),
    (
        lambda: embedding_bag(
            ROWS, TABLE, BEGIN, mode="sum", per_sample_weights=tgx.ones(3).double()
        ),
        DtypeError,
        "a table of float32",
    ),
    (lambda: embedding_bag(ROWS + 1, TABLE, BEGIN), DimError, "the row number 3"),
    (lambda: nn.Softmax2d()(TABLE), ShapeError, "pass (N, C, H, W)"),
    (lambda: nn.RNNBase("SRU", 2, 3), ArgumentError, "use one of LSTM, GRU"),
    (lambda: nn.RNNBase("GRU", 2, 3, proj_size=1), ArgumentError, "with an LSTM"),
    (lambda: nn.RNNBase("GRU", 2, 3)(tgx.ones(4, 2)), NotWrittenError, "use nn.RNN, nn.LSTM"),
    (lambda: nn.RNNCellBase(2, 0, True, 4), ArgumentError, "hidden_size=0"),
]


@pytest.mark.parametrize(("wrong", "kind", "words"), WRONG)
def test_what_is_refused(wrong, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        wrong()


# ---- very many classes --------------------------------------------------------------------------


@pytest.mark.parametrize(("cutoffs", "bias"), [([2], False), ([2, 5], True), ([4, 6, 9], False)])
def test_adaptive_softmax(cutoffs, bias):
    ours, theirs = both("AdaptiveLogSoftmaxWithLoss", 8, 10, cutoffs, 1.7, bias)
    random = np.random.default_rng(0)
    x, target = 3.0 * random.standard_normal((12, 8)), np.arange(12) % 10
    compare(ours, theirs, x, target)
    ours.zero_grad(), theirs.zero_grad()
    compare(ours, theirs, x[:2], target[:2])  # some clusters have no target
    ours.zero_grad(), theirs.zero_grad()
    compare(ours, theirs, x[0], np.array(7))
    ours.zero_grad(), theirs.zero_grad()
    compare(ours.log_prob, theirs.log_prob, x)
    same_gradients(ours, theirs)
    assert ours.predict(tgx.tensor(x)).tolist() == theirs.predict(torch.tensor(x)).tolist()
    assert ours.predict(tgx.tensor(x[3])).item() == theirs.predict(torch.tensor(x[3:4])).item()
    answer = ours(tgx.tensor(x), tgx.tensor(target))
    assert answer.loss.item() == answer[1].item()
    assert (ours.cutoffs, ours.head_size) == (theirs.cutoffs, theirs.head_size)
    was = ours.head.weight.detach().clone()
    ours.reset_parameters()
    assert (ours.head.weight != was).any()


ADAPTIVE = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [2, 5], 2.0)
WRONG_ADAPTIVE = [
    *(
        (lambda cutoffs=cutoffs: nn.AdaptiveLogSoftmaxWithLoss(8, 10, cutoffs), "do not rise")
        for cutoffs in ([], [0], [10], [5, 5], [5, 2], [2.5])
    ),
    (lambda: nn.AdaptiveLogSoftmaxWithLoss(8, 10, [2, 5], 8.0), "cluster 1 gets none"),
    (lambda: ADAPTIVE(tgx.ones(3, 7), tgx.zeros(3).long()), "pass (N, 8)"),
    (lambda: ADAPTIVE(tgx.ones(3, 8), tgx.zeros(2).long()), "a target of shape (2,)"),
    (lambda: ADAPTIVE(tgx.ones(1, 8), tgx.tensor([10])), "the target 10"),
    (lambda: ADAPTIVE(tgx.ones(1, 8), tgx.tensor([1.0])), "targets of float32"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG_ADAPTIVE)
def test_adaptive_softmax_refuses(wrong, words):
    with pytest.raises((ArgumentError, ShapeError, DimError), match=re.escape(words)):
        wrong()


# ---- others -------------------------------------------------------------------------------------


def test_softmax_over_channels():
    x = np.random.default_rng(0).standard_normal((2, 4, 3, 5))
    compare(*both("Softmax2d"), x)
    compare(*both("Softmax2d"), x[0])


def test_losses_of_images_by_their_former_name():
    x = np.random.default_rng(0).standard_normal((2, 4, 3, 3))
    target = np.random.default_rng(1).integers(0, 4, (2, 3, 3))
    compare(nn.NLLLoss2d(), torch.nn.NLLLoss(), x, target)


@pytest.mark.parametrize("mode", ["LSTM", "GRU", "RNN_TANH", "RNN_RELU"])
def test_the_base_of_recurrent_layers(mode):
    ours = nn.RNNBase(mode, 3, 4, 2, bidirectional=True).double()
    theirs = torch.nn.RNNBase(mode, 3, 4, 2, bidirectional=True).double()
    copy_state(ours, theirs)
    kind = mode.partition("_")[0]
    layer = getattr(nn, kind)(3, 4)
    assert isinstance(layer, nn.RNNBase)
    assert layer.mode == ("RNN_TANH" if kind == "RNN" else kind)
    assert isinstance(getattr(nn, f"{kind}Cell")(3, 4), nn.RNNCellBase)


def test_a_class_of_ones_own_on_the_base():
    class Own(nn.RNNBase):
        def __init__(self, *sizes):
            super().__init__("GRU", *sizes)

        def forward(self, x):
            return x @ self.weight_ih_l0.T

    assert Own(3, 4)(tgx.ones(2, 3)).shape == (2, 12)
    assert [len(weights) for weights in Own(3, 4).all_weights] == [4]
