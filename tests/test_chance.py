"""Further distributions, held against theory with fixed seeds, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DeviceError, DtypeError, GraphError, ShapeError

COUNT = 20_000
#: The least p-value that a correct generator may have here: seeds are fixed, so it either has it
#: or not; a wrong distribution of this many numbers is far below.
LEAST = 1e-3


@pytest.fixture
def g():
    return tgx.Generator().manual_seed(11)


def zeros(dtype=tgx.float64):
    return tgx.zeros(COUNT, dtype=dtype)


#: Continuous ones: how they are drawn, and SciPy's distribution.
CONTINUOUS = {
    "rand": (lambda g: tgx.rand(COUNT, generator=g), stats.uniform()),
    "rand_like": (lambda g: tgx.rand_like(zeros(), generator=g), stats.uniform()),
    "randn_like": (lambda g: tgx.randn_like(zeros(), generator=g), stats.norm()),
    "uniform_": (lambda g: zeros().uniform_(-1, 3, generator=g), stats.uniform(-1, 4)),
    "normal_": (lambda g: zeros().normal_(2, 3, generator=g), stats.norm(2, 3)),
    "normal of numbers": (lambda g: tgx.normal(2.0, 3.0, (COUNT,), generator=g), stats.norm(2, 3)),
    "normal of means": (lambda g: tgx.normal(zeros() + 2.0, 3.0, generator=g), stats.norm(2, 3)),
    "normal of stds": (lambda g: tgx.normal(2.0, zeros() + 3.0, generator=g), stats.norm(2, 3)),
    "normal of both": (
        lambda g: tgx.normal(zeros() + 2.0, tgx.tensor([3.0], dtype=tgx.float64), generator=g),
        stats.norm(2, 3),
    ),
    "exponential_": (lambda g: zeros().exponential_(2.5, generator=g), stats.expon(scale=0.4)),
    "cauchy_": (lambda g: zeros().cauchy_(1.0, 2.0, generator=g), stats.cauchy(1, 2)),
    "log_normal_": (
        lambda g: zeros().log_normal_(0.5, 0.8, generator=g),
        stats.lognorm(0.8, scale=np.exp(0.5)),
    ),
}


@pytest.mark.parametrize(("draw", "theory"), CONTINUOUS.values(), ids=CONTINUOUS)
def test_continuous_distributions(draw, theory, g):
    drawn = draw(g).numpy()
    assert stats.kstest(drawn, theory.cdf).pvalue > LEAST
    # The test of the test: the same numbers a hundredth of a spread aside are another distribution.
    spread = np.subtract(*np.quantile(drawn, [0.75, 0.25]))
    assert stats.kstest(drawn + 0.1 * spread, theory.cdf).pvalue < LEAST


def discrete(drawn, chances, first=0):
    """The p-value of counts against chances, by chi-square; rare values are put together."""
    counts = np.bincount((drawn - first).astype(int), minlength=len(chances)).astype(float)
    assert len(counts) == len(chances)
    expected = np.asarray(chances) / np.sum(chances) * len(drawn)
    many = expected >= 5
    if not many.all():
        counts = np.append(counts[many], counts[~many].sum())
        expected = np.append(expected[many], expected[~many].sum())
    some = expected > 0
    assert not counts[~some].any()
    return stats.chisquare(counts[some], expected[some]).pvalue


WEIGHTS = [1.0, 0.0, 4.0, 2.0, 3.0]


def test_discrete_distributions(g):
    p = discrete(tgx.randint(3, 9, (COUNT,), generator=g).numpy(), np.ones(6), 3)
    assert p > LEAST
    like = tgx.randint_like(tgx.zeros(COUNT), 2, 5, generator=g)
    assert like.dtype == tgx.float32 and discrete(like.numpy(), np.ones(3), 2) > LEAST
    assert set(tgx.randint_like(zeros(tgx.int64), 3, generator=g).tolist()) == {0, 1, 2}
    drawn = tgx.bernoulli(zeros() + 0.3, generator=g).numpy()
    assert discrete(drawn, [0.7, 0.3]) > LEAST and discrete(drawn, [0.68, 0.32]) < LEAST
    for made in (
        tgx.bernoulli(zeros(), 0.3, generator=g),
        zeros().bernoulli_(0.3, generator=g),
        zeros(tgx.int64).bernoulli_(tgx.tensor(0.3), generator=g),
        zeros(tgx.bool).bernoulli_(0.3, generator=g),
    ):
        assert discrete(made.numpy(), [0.7, 0.3]) > LEAST
    rates = tgx.poisson(zeros() + 2.5, generator=g).numpy()
    table = stats.poisson(2.5).pmf(np.arange(int(rates.max()) + 1))
    assert discrete(rates, table) > LEAST
    trials = zeros().geometric_(0.4, generator=g).numpy()
    table = stats.geom(0.4).pmf(np.arange(1, int(trials.max()) + 1))
    assert discrete(trials, table, 1) > LEAST
    assert discrete(zeros(tgx.int64).random_(2, 6, generator=g).numpy(), np.ones(4), 2) > LEAST


def test_multinomial_with_replacement(g):
    weights = tgx.tensor(WEIGHTS)
    drawn = tgx.multinomial(weights, COUNT, replacement=True, generator=g)
    assert drawn.dtype == tgx.int64 and drawn.shape == (COUNT,)
    assert discrete(drawn.numpy(), WEIGHTS) > LEAST
    assert discrete(drawn.numpy(), [1.0, 0.0, 4.0, 2.2, 2.8]) < LEAST
    rows = tgx.multinomial(tgx.tensor([WEIGHTS, WEIGHTS[::-1]]), COUNT, True, generator=g)
    assert rows.shape == (2, COUNT)
    assert discrete(rows[1].numpy(), WEIGHTS[::-1]) > LEAST


def test_multinomial_without_replacement(g):
    weights = tgx.tensor([WEIGHTS] * COUNT)
    pairs = tgx.multinomial(weights, 2, generator=g).numpy()
    assert (pairs[:, 0] != pairs[:, 1]).all()
    first = np.array(WEIGHTS) / sum(WEIGHTS)
    assert discrete(pairs[:, 0], first) > LEAST
    # The second, drawn from what is left.
    second = sum(
        p * np.where(np.arange(5) == i, 0.0, first / (1.0 - p)) for i, p in enumerate(first)
    )
    assert discrete(pairs[:, 1], second) > LEAST
    assert sorted(tgx.multinomial(tgx.ones(6), 6, generator=g).tolist()) == list(range(6))


def test_what_multinomial_refuses():
    for weights, count, error, says in (
        ([1.0, -1.0], 1, ArgumentError, "negative, infinite or NaN"),
        ([1.0, float("inf")], 1, ArgumentError, "negative, infinite or NaN"),
        ([0.0, 0.0], 1, ArgumentError, "weights are all 0"),
        ([1.0, 1.0], 0, ArgumentError, "use 1 or more"),
        ([1.0, 0.0], 2, ArgumentError, "only 1 weights above 0"),
        ([[[1.0]]], 1, ShapeError, r"\(rows, n\)"),
        ([], 1, ShapeError, r"shape \(n,\)"),
    ):
        with pytest.raises(error, match=says):
            tgx.multinomial(tgx.tensor(weights), count)
    with pytest.raises(DtypeError, match=r"x\.float\(\)"):
        tgx.multinomial(tgx.tensor([1, 2]), 1)


def test_what_the_others_refuse():
    x = tgx.zeros(2)
    for call, says in (
        (lambda: tgx.bernoulli(x + 1.5), "use numbers from 0 to 1"),
        (lambda: x.bernoulli_(float("nan")), "use numbers from 0 to 1"),
        (lambda: tgx.poisson(x - 1.0), "negative or not finite"),
        (lambda: tgx.normal(0.0, 1.0), "two numbers and no size"),
        (lambda: tgx.normal(x, 1.0, (2,)), "their shapes say the size"),
        (lambda: tgx.normal(x, x - 1.0), "from 0 on"),
        (lambda: tgx.normal(0.0, -1.0, (2,)), "from 0 on"),
        (lambda: x.exponential_(0.0), "above 0"),
        (lambda: x.cauchy_(0.0, 0.0), "above 0"),
        (lambda: x.log_normal_(0.0, -1.0), "above 0"),
        (lambda: x.geometric_(1.0), "0 < p < 1"),
        (lambda: x.random_(5, 5), "make high larger"),
    ):
        with pytest.raises(ArgumentError, match=says):
            call()
    for call in (
        lambda: tgx.bernoulli(tgx.arange(2)),
        lambda: tgx.poisson(3.0),
        lambda: tgx.normal(tgx.arange(2), 1.0),
        lambda: tgx.arange(2).exponential_(),
        lambda: tgx.rand_like(tgx.arange(2)),
    ):
        with pytest.raises(DtypeError):
            call()
    with pytest.raises(ShapeError, match="make the shapes equal"):
        tgx.normal(tgx.zeros(2), tgx.ones(3))
    with pytest.raises(DeviceError):
        tgx.randn_like(x, device="cuda")
    with pytest.raises(GraphError, match="bernoulli_ on a leaf"):
        tgx.zeros(2, requires_grad=True).bernoulli_()


def test_chance_keeps_dtypes_shapes_and_records_nothing():
    x = tgx.zeros(2, 3, requires_grad=True)
    for made in (
        tgx.bernoulli(x + 0.5), tgx.poisson(x + 1.0), tgx.normal(x, 1.0), tgx.rand_like(x),
        tgx.randn_like(x),
    ):  # fmt: skip
        assert made.shape == (2, 3) and made.dtype == tgx.float32 and not made.requires_grad
    assert tgx.rand_like(x, dtype=tgx.float64, requires_grad=True).requires_grad
    assert tgx.normal(0.0, 1.0, (2,), dtype=tgx.float64, requires_grad=True).requires_grad
    assert tgx.normal(mean=0.0, std=1.0, size=[4, 1]).shape == (4, 1)
    assert tgx.tensor(0.5).bernoulli().shape == ()
    assert 0 <= tgx.zeros(1, dtype=tgx.uint8).random_().item() <= 255
    assert set(tgx.zeros(99).random_(2).tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("name", ["poisson", "multinomial", "exponential_", "bernoulli"])
def test_the_same_seed_draws_the_same(name):
    def draw(seed):
        g = tgx.Generator().manual_seed(seed)
        x = tgx.ones(20) * 0.5
        if name == "exponential_":
            return x.exponential_(generator=g).tolist()
        if name == "multinomial":
            return tgx.multinomial(x, 10, generator=g).tolist()
        return getattr(tgx, name)(x, generator=g).tolist()

    assert draw(1) == draw(1) != draw(2)
