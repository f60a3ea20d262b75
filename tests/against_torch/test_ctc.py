"""Connectionist temporal classification beside PyTorch's, by every path, and what it refuses."""

from __future__ import annotations

import re
from itertools import groupby, product

import numpy as np
import pytest
from layers import compare

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.nn.functional import ctc_loss

torch = pytest.importorskip("torch", reason="could not import torch")

STEPS, BATCH, CLASSES, LONGEST = 7, 4, 4, 3


def given(blank, zero_infinity, flat, seed):
    """Scores, texts, and lengths; without zero_infinity, all texts can be aligned."""
    random = np.random.default_rng(seed)
    scores = random.standard_normal((STEPS, BATCH, CLASSES))
    counts = random.integers(0, LONGEST + 1, BATCH)
    lengths = random.integers(1, STEPS + 1, BATCH) if zero_infinity else np.full(BATCH, STEPS)
    texts = random.choice([c for c in range(CLASSES) if c != blank], (BATCH, LONGEST))
    if flat:
        texts = np.concatenate([text[:n] for text, n in zip(texts, counts, strict=True)])
    return scores, texts, lengths, counts


@pytest.mark.parametrize("flat", [True, False])
@pytest.mark.parametrize("zero_infinity", [True, False])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("blank", [0, 2])
def test_losses_and_gradients(blank, reduction, zero_infinity, flat):
    for seed in range(3):
        scores, *others = given(blank, zero_infinity, flat, seed)
        ours = nn.CTCLoss(blank, reduction, zero_infinity)
        theirs = torch.nn.CTCLoss(blank, reduction, zero_infinity)
        compare(
            lambda x, *rest, loss=ours: loss(x.log_softmax(2), *rest),
            lambda x, *rest, loss=theirs: loss(x.log_softmax(2), *rest),
            scores, *others,
        )  # fmt: skip
        x = tgx.tensor(scores, requires_grad=True)
        rest = [tgx.tensor(values) for values in others]
        loss = ours(x.log_softmax(2), *rest).sum()
        (plain,) = tgx.autograd.grad(loss, x, retain_graph=True)
        (recorded,) = tgx.autograd.grad(loss, x, create_graph=True)
        np.testing.assert_allclose(recorded.detach().numpy(), plain.numpy(), atol=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_one_sequence(reduction):
    x = np.random.default_rng(0).standard_normal((5, 4))
    text, length, count = np.array([1, 1]), np.array(5), np.array(2)
    compare(
        lambda x, *rest: ctc_loss(x.log_softmax(1), *rest, reduction=reduction),
        lambda x, *rest: torch.nn.functional.ctc_loss(
            x.log_softmax(1), *rest, reduction=reduction
        ),
        x, text, length, count,
    )  # fmt: skip


def test_it_is_the_sum_over_all_paths():
    likely = np.random.default_rng(1).dirichlet(np.ones(3), 4)  # 4 steps, 3 classes
    for text in ([1], [1, 1], [2, 1], [1, 2, 1], []):
        paths = product(range(3), repeat=4)
        total = sum(
            np.prod([likely[t, c] for t, c in enumerate(path)])
            for path in paths
            if [c for c, _ in groupby(path) if c] == text
        )
        targets = tgx.tensor(np.array([text], np.int64).reshape(1, -1))
        x = tgx.tensor(np.log(likely)[:, None])
        loss = ctc_loss(x, targets, (4,), (len(text),), reduction="sum")
        np.testing.assert_allclose(np.exp(-loss.item()), total, rtol=1e-12)


def test_single_precision():
    scores, *others = given(0, True, False, 5)
    x = tgx.tensor(scores.astype(np.float32), requires_grad=True)
    rest = [tgx.tensor(values) for values in others]
    loss = ctc_loss(x.log_softmax(2), *rest, zero_infinity=True)
    exact = ctc_loss(x.detach().double().log_softmax(2), *rest, zero_infinity=True)
    loss.backward()
    assert loss.dtype == x.grad.dtype == tgx.float32
    np.testing.assert_allclose(loss.item(), exact.item(), rtol=1e-6)


@pytest.mark.parametrize("create", [True, False])
def test_texts_longer_than_their_sequence(create):
    x = tgx.zeros(2, 2, 3, dtype=tgx.float64, requires_grad=True)
    texts, lengths, counts = tgx.tensor([[1, 2], [1, 1]]), (2, 2), (2, 2)
    scores = x.log_softmax(2)
    assert ctc_loss(scores, texts, lengths, counts, reduction="none")[1].item() == np.inf
    losses = ctc_loss(scores, texts, lengths, counts, reduction="none", zero_infinity=True)
    assert losses[1].item() == 0.0
    (g,) = tgx.autograd.grad(losses.sum(), x, create_graph=create, retain_graph=True)
    assert (g[:, 1] == 0.0).all()
    assert (g[:, 0] != 0.0).any()
    without = ctc_loss(scores, texts, lengths, counts, reduction="none")
    (g,) = tgx.autograd.grad(without.sum(), x, create_graph=create)  # 0 / 0, as in PyTorch
    assert np.isnan(g.detach().numpy()).any((0, 2)).tolist() == [False, True]
    # Nothing to align with nothing, and nothing to align something with.
    losses = ctc_loss(scores, texts, (0, 0), (0, 1), reduction="none")
    assert losses.tolist() == [0.0, np.inf]


def test_classes_that_cannot_be():
    x = tgx.tensor([[[0.0, -np.inf]], [[np.log(0.5)] * 2]], requires_grad=True)
    loss = ctc_loss(x, tgx.tensor([[1]]), (2,), (1,), reduction="sum")
    np.testing.assert_allclose(loss.item(), np.log(2.0), rtol=1e-6)
    loss.backward()
    assert x.grad.tolist() == [[[-1.0, 0.0]], [[0.0, -1.0]]]


GOOD = tgx.zeros(3, 2, 4).log_softmax(2)
TEXTS = tgx.tensor([[1, 2], [3, 1]])


def call(x=GOOD, texts=TEXTS, lengths=(3, 3), counts=(2, 2), **named):
    return ctc_loss(x, texts, lengths, counts, **named)


WRONG = [
    (lambda: call(tgx.zeros(4)), ShapeError, "pass (T, N, C)"),
    (lambda: call(GOOD.long()), DtypeError, "of log_softmax"),
    (lambda: call(blank=4), ArgumentError, "use a class from 0 to 3"),
    (lambda: call(blank=2), ArgumentError, "the label 2"),
    (lambda: call(tgx.zeros(3, 2, 3)), ArgumentError, "the label 3"),
    (lambda: call(texts=-TEXTS), ArgumentError, "the label -1"),
    (lambda: call(texts=TEXTS.float()), DtypeError, "targets"),
    (lambda: call(texts=TEXTS[:1]), ShapeError, "pass (N, S), or all labels one after the other"),
    (lambda: call(texts=TEXTS.flatten()[:3]), ShapeError, "of up to 2 labels, 4 in all"),
    (lambda: call(lengths=(3,)), ShapeError, "input_lengths of shape (1,)"),
    (lambda: call(lengths=(3, 4)), ArgumentError, "use 0 to 3, the steps of log_probs"),
    (lambda: call(counts=(2, -1)), ArgumentError, "a length of -1"),
    (lambda: call(lengths=(3.0, 3.0)), DtypeError, "input_lengths"),
    (lambda: call(reduction="max"), ArgumentError, "no such reduction"),
]


@pytest.mark.parametrize(("wrong", "kind", "words"), WRONG)
def test_what_is_refused(wrong, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        wrong()
