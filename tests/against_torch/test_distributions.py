"""Distributions beside PyTorch's: values, gradients, moments, divergences, shapes; in float64."""

from __future__ import annotations

import importlib
import itertools

import numpy as np
import pytest
from chances import (
    CASES,
    CLOSE,
    LOC,
    SCALE,
    both,
    leaf,
    numbers,
    same,
    weighed,
)
from scipy import special

import tinygradx as tgx
from tinygradx import distributions as ours
from tinygradx.distributions import draws
from tinygradx.errors import TeachingError

torch = pytest.importorskip("torch", reason="could not import torch")
theirs = torch.distributions


@pytest.mark.parametrize("case", CASES)
def test_log_prob_and_its_gradients(case):
    value = CASES[case][2]
    # Shares that do not add up to 1 have slopes of no meaning: ours sums the later ones instead.
    fixed = case.startswith(("Categorical", "OneHot", "LogisticNormal"))
    floats = not (np.all(value == np.floor(value)) or fixed)
    values = [leaf(lib, value) if floats else lib.tensor(value) for lib in (tgx, torch)]
    same(lambda _, d, x: d.log_prob(x), both(case), *((x,) for x in values))


@pytest.mark.parametrize("case", CASES)
def test_what_it_is_like(case):
    (d, _), (known, _) = both(case)
    assert tuple(d.batch_shape) == tuple(known.batch_shape)
    assert tuple(d.event_shape) == tuple(known.event_shape)
    assert d.has_rsample == known.has_rsample
    assert d.has_enumerate_support == known.has_enumerate_support
    for name in ("mean", "mode", "variance", "stddev"):
        try:
            expected = getattr(known, name)
        except NotImplementedError:
            with pytest.raises((NotImplementedError, TeachingError)):
                getattr(d, name)
            continue
        if case == "Dirichlet of corners" and name == "mode":
            # PyTorch divides 0 by 0 here and names the first corner; ours is the highest one.
            assert d.mode.argmax(-1).tolist() == d.concentration.argmax(-1).tolist()
            continue
        if case == "Kumaraswamy" and name == "mode":
            # PyTorch takes the logarithm of 1 - b, and has NaN for every b above 1.
            assert expected.isnan().all()
            beside = [d.log_prob(d.mode + step) for step in (-1e-3, 0.0, 1e-3)]
            assert bool(((beside[1] > beside[0]) & (beside[1] > beside[2])).all())
            continue
        # Where there is no such number, PyTorch has NaN times a parameter, and ours is constant.
        if expected.requires_grad and not expected.isnan().any():
            same(lambda _, d, name=name: getattr(d, name), both(case))
        found = getattr(d, name).detach().numpy()
        np.testing.assert_allclose(found, expected.detach().numpy(), **CLOSE)


@pytest.mark.parametrize("case", CASES)
def test_entropy_and_its_gradients(case):
    (d, _), (known, _) = both(case)
    try:
        known.entropy()
    except NotImplementedError:
        with pytest.raises(NotImplementedError, match="no formula"):
            d.entropy()
        return
    if case.startswith("Multinomial"):
        # PyTorch takes log(n!) in float32, and is off by 6e-8: all draws say what is right.
        every = [x for x in itertools.product(range(6), repeat=4) if sum(x) == 5]
        logs = d.log_prob(tgx.tensor(every)[:, None].double())
        np.testing.assert_allclose(logs.exp().sum(0).detach().numpy(), 1.0, rtol=1e-12)
        exact = -(logs.exp() * logs).sum(0)
        np.testing.assert_allclose(d.entropy().detach().numpy(), exact.detach().numpy(), **CLOSE)
        same(lambda _, d: d.entropy() - d.entropy().detach(), both(case))
        assert abs(d.entropy().detach().numpy() - known.entropy().detach().numpy()).max() < 1e-7
        return
    same(lambda _, d: d.entropy(), both(case))
    same(lambda _, d: d.perplexity(), both(case))


@pytest.mark.parametrize("case", CASES)
def test_cdf_icdf_and_their_gradients(case):
    (d, _), (known, _) = both(case)
    value = CASES[case][2]
    try:
        known.cdf(torch.tensor(value))
    except NotImplementedError:
        with pytest.raises(NotImplementedError, match="cdf"):
            d.cdf(tgx.tensor(value))
    else:
        values = [(leaf(lib, value),) for lib in (tgx, torch)]
        pairs = both(case)
        if case in ("Gamma", "InverseGamma", "Chi2"):  # no slope along the concentration in either
            fixed = "df" if case == "Chi2" else "concentration"
            pairs = [
                (getattr(room, case)(**{**leaves, fixed: leaves[fixed].detach()}), leaves)
                for room, (d, leaves) in zip((ours, theirs), pairs, strict=True)
            ]
        same(lambda _, d, x: d.cdf(x), pairs, *values)
    try:
        shape = tuple(known.batch_shape) + tuple(known.event_shape)
        p = numbers(5, *shape, low=0.02, high=0.98)
        known.icdf(torch.tensor(p))
    except NotImplementedError:
        with pytest.raises(NotImplementedError, match="icdf"):
            d.icdf(tgx.tensor(p))
    else:
        values = [(leaf(lib, p),) for lib in (tgx, torch)]
        same(lambda _, d, x: d.icdf(x), both(case), *values)


@pytest.mark.parametrize("case", CASES)
def test_expand_and_enumerate(case):
    (d, leaves), (known, known_leaves) = both(case)
    batch = (4, *d.batch_shape)
    wide, known_wide = d.expand(batch), known.expand(torch.Size(batch))
    assert tuple(wide.batch_shape) == tuple(known_wide.batch_shape) == batch
    assert wide.sample((2,)).shape == tuple(known_wide.sample((2,)).shape)
    value = CASES[case][2][0]
    value = value[0] if value.ndim == 2 and not d.batch_shape[1:] else value
    values = [(lib.tensor(value),) for lib in (tgx, torch)]
    pairs = (wide, leaves), (known_wide, known_leaves)
    same(lambda _, d, x: d.log_prob(x), pairs, *values)
    if known.has_enumerate_support:
        for expand in (True, False):
            found, expected = d.enumerate_support(expand), known.enumerate_support(expand)
            np.testing.assert_array_equal(found.numpy(), expected.numpy())


#: Noise that stands in for the generator's, and what PyTorch calls its own.
class SameNoise:
    def __init__(self, monkeypatch):
        def uniform(shape, *_):
            return np.random.default_rng(3).uniform(0.01, 0.99, shape)

        def normal(shape, *_):
            return np.random.default_rng(4).standard_normal(shape)

        def exponential(shape, *_):
            return np.random.default_rng(5).standard_exponential(shape)

        for name, function in (
            ("uniform", uniform), ("normal", normal), ("exponential", exponential),
        ):  # fmt: skip
            monkeypatch.setattr(draws, name, function)

        def standard_normal(shape, **_):
            return torch.tensor(normal(tuple(shape)))

        for module in (theirs.normal, theirs.multivariate_normal, theirs.studentT):
            monkeypatch.setattr(module, "_standard_normal", standard_normal)
        monkeypatch.setattr(torch, "rand", lambda shape, **_: torch.tensor(uniform(tuple(shape))))
        # What PyTorch draws by a method of a tensor, which is then a function of the same noise.
        monkeypatch.setattr(
            torch.Tensor, "exponential_", lambda x: x.copy_(torch.tensor(exponential(x.shape)))
        )
        monkeypatch.setattr(
            torch.Tensor, "cauchy_",
            lambda x: x.copy_(torch.tensor(np.tan(np.pi * (uniform(x.shape) - 0.5)))),
        )  # fmt: skip
        monkeypatch.setattr(
            torch.Tensor, "uniform_",
            lambda x, low, high: x.copy_(torch.tensor(2.0 * uniform(x.shape) - 1.0)),
        )  # fmt: skip


@pytest.mark.parametrize(
    "case",
    ["Normal", "LogNormal", "Laplace", "Cauchy", "Gumbel", "HalfNormal", "Exponential", "Uniform",
     "LogisticNormal", "RelaxedBernoulli", "RelaxedBernoulli of logits",
     "MultivariateNormal", "MultivariateNormal of precision", "MultivariateNormal of a root"],
)  # fmt: skip
def test_rsample_of_the_same_noise(case, monkeypatch):
    pair = both(case)
    SameNoise(monkeypatch)
    same(lambda _, d: d.rsample((7,)), pair)
    assert not pair[0][0].sample((7,)).requires_grad


def test_gamma_variables_have_the_slope_of_their_quantile():
    # PyTorch's own slope is a table good for three digits; the slope of SciPy's inverse is better.
    tgx.manual_seed(0)
    for a in (0.02, 0.3, 1.0, 2.7, 40.0):
        leaf_a = tgx.tensor(a, dtype=tgx.float64, requires_grad=True)
        drawn = ours.Gamma(leaf_a, 2.0).rsample((40,))
        g = np.random.default_rng(1).standard_normal(40)
        (drawn * tgx.tensor(g)).sum().backward()
        z = drawn.detach().numpy() * 2.0
        q, h = special.gammainc(a, z), 1e-4 * a
        inside = (q > 1e-3) & (q < 0.999)
        slope = [special.gammaincinv(a + k * h, q) / 2.0 for k in (-2, -1, 1, 2)]
        slope = (slope[0] - 8 * slope[1] + 8 * slope[2] - slope[3]) / (12 * h)
        known = (slope * g)[inside].sum()
        # Beside, each one: and PyTorch's, to its own digits.
        single = tgx.tensor(np.full(40, a), requires_grad=True)
        from tinygradx.distributions.gamma_slope import log_gamma_slope

        each = (log_gamma_slope(single, tgx.tensor(np.log(z))) * tgx.tensor(z / 2.0)).detach()
        np.testing.assert_allclose(each.numpy()[inside], slope[inside], rtol=2e-7)
        np.testing.assert_allclose((each.numpy() * g)[inside].sum(), known, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose((each.numpy() * g).sum(), leaf_a.grad.item(), rtol=1e-10)
        rough = torch._standard_gamma_grad(torch.full((40,), a).double(), torch.tensor(z)) / 2.0
        np.testing.assert_allclose(each.numpy(), rough.numpy(), rtol=3e-3)


@pytest.mark.slow  # without the JIT alone
@pytest.mark.parametrize("case", ["Beta", "Dirichlet"])
def test_shares_have_the_slope_of_their_mean(case):
    """The mean of many gradients is the gradient of the mean, which is known."""
    tgx.manual_seed(1)
    (d, leaves), _ = both(case)
    drawn = d.rsample((4_000,))
    weighed(tgx, drawn.mean(0)).backward()
    found = [x.grad.numpy() for x in leaves.values()]
    for x in leaves.values():
        x.grad = None
    weighed(tgx, d.mean).backward()
    for a, x in zip(found, leaves.values(), strict=True):
        np.testing.assert_allclose(a, x.grad.numpy(), atol=0.03)
        assert np.abs(a).max() > 0.05


PAIRS = [
    "Normal", "HalfNormal", "LogNormal", "Laplace", "Cauchy", "Gumbel", "Exponential", "Gamma",
    "Pareto", "Chi2", "Beta", "Dirichlet", "Bernoulli", "Bernoulli of logits", "Geometric",
    "Geometric of logits", "Binomial", "Poisson", "Categorical", "Categorical of logits",
    "OneHotCategorical",
    "MultivariateNormal", "MultivariateNormal of precision", "MultivariateNormal of a root",
]  # fmt: skip


def second(value):
    """Other parameters of the same kind."""
    if not isinstance(value, np.ndarray):
        return value
    if value.ndim > 1 and value.shape[-1] == value.shape[-2]:
        return np.tril(value) + 0.3 * np.eye(len(value)) if value.ndim == 2 else value[::-1] * 1.3
    return np.flip(value, -1).copy() * 0.8


@pytest.mark.parametrize("case", PAIRS)
def test_divergence_and_its_gradients(case):
    kind, given, _ = CASES[case]
    pairs = []
    for lib, room in ((tgx, ours), (torch, theirs)):
        p, q = ({n: leaf(lib, v) for n, v in g.items()}
                for g in (given, {n: second(v) for n, v in given.items()}))  # fmt: skip
        leaves = {("p", n): x for n, x in p.items()} | {("q", n): x for n, x in q.items()}
        pairs.append(((getattr(room, kind)(**p), getattr(room, kind)(**q)), leaves))
    same(
        lambda lib, d: (ours if lib is tgx else theirs).kl_divergence(*d), pairs
    )  # fmt: skip
    same(
        lambda lib, d: (ours if lib is tgx else theirs).kl_divergence(d[0], d[0]),
        [((p, q), leaves) for (p, q), leaves in pairs],
    )


#: Families that PyTorch compares with others; each pair that is here is compared below.
MIXED = ["Beta", "Exponential", "Gamma", "Gumbel", "Laplace", "Normal", "Pareto", "Uniform",
         "Poisson", "Bernoulli", "Binomial"]  # fmt: skip
#: Pairs that PyTorch has and we have not.
NOT_COMPARED = {
    ("Bernoulli", "Poisson"), ("Beta", "Gamma"), ("Beta", "Uniform"), ("Exponential", "Gumbel"),
    ("Gamma", "Gumbel"), ("Normal", "Gumbel"), ("Pareto", "Gamma"), ("Uniform", "Beta"),
    ("Uniform", "Gamma"), ("Uniform", "Gumbel"), ("Uniform", "Pareto"),
}  # fmt: skip


def of_family(lib, room, kind):
    given = CASES[kind][1]
    leaves = {name: leaf(lib, value) for name, value in given.items()}
    return getattr(room, kind)(**leaves), leaves


@pytest.mark.parametrize("kind", MIXED)
def test_divergences_of_one_family_from_another(kind):
    missing = set()
    for other in MIXED:
        if other == kind:
            continue
        pairs = []
        for lib, room in ((tgx, ours), (torch, theirs)):
            (p, own), (q, rest) = of_family(lib, room, kind), of_family(lib, room, other)
            leaves = {("p", n): x for n, x in own.items()} | {("q", n): x for n, x in rest.items()}
            pairs.append(((p, q), leaves))
        try:
            known = theirs.kl_divergence(*pairs[1][0])
        except NotImplementedError:
            with pytest.raises(NotImplementedError, match="no rule for the two"):
                ours.kl_divergence(*pairs[0][0])
            continue
        try:
            ours.kl_divergence(*pairs[0][0])
        except NotImplementedError:
            missing.add((kind, other))
            continue
        if known.isfinite().all():
            same(lambda lib, d: (ours if lib is tgx else theirs).kl_divergence(*d), pairs)
        else:
            found = ours.kl_divergence(*pairs[0][0]).detach().numpy()
            # PyTorch forgets the batch of the second where the answer is infinite.
            known = np.broadcast_to(known.detach().numpy(), found.shape)
            np.testing.assert_allclose(found, known, **CLOSE)
    assert missing == {pair for pair in NOT_COMPARED if pair[0] == kind}


def test_divergences_are_the_integral():
    """One that PyTorch lacks among them."""
    x = np.geomspace(1e-4, 200.0, 40_000)
    for p, q in (
        (ours.Gamma(tgx.tensor(2.5).double(), 1.5), ours.Exponential(tgx.tensor(0.7).double())),
        (
            ours.InverseGamma(tgx.tensor(3.5).double(), 1.5),
            ours.InverseGamma(tgx.tensor(4.0).double(), 2.0),
        ),
        (ours.Pareto(tgx.tensor(1.5).double(), 3.0), ours.Pareto(tgx.tensor(1.0).double(), 2.0)),
    ):
        inside = x[x >= 1.5] if isinstance(p, ours.Pareto) else x
        a, b = (d.log_prob(tgx.tensor(inside)).numpy() for d in (p, q))
        known = np.trapezoid(np.exp(a) * (a - b), inside)
        assert ours.kl_divergence(p, q).item() == pytest.approx(known, rel=1e-3)
    chain = [ours.TanhTransform()]
    one, two = (ours.TransformedDistribution(ours.Normal(m, 1.0), chain) for m in (0.0, 1.0))
    assert ours.kl_divergence(one, two).item() == pytest.approx(0.5)
    apart = ours.TransformedDistribution(ours.Normal(0.0, 1.0), [ours.TanhTransform()])
    with pytest.raises(NotImplementedError, match="the same list of transforms"):
        ours.kl_divergence(one, apart)


def test_divergence_where_one_never_draws_what_the_other_does():
    for lib, room in ((tgx, ours), (torch, theirs)):
        wide, narrow = room.Uniform(0.0, 3.0), room.Uniform(1.0, 2.0)
        assert room.kl_divergence(narrow, wide).item() == pytest.approx(np.log(3.0))
        assert room.kl_divergence(wide, narrow).item() == np.inf
        sure, fair = (room.Categorical(lib.tensor(p)) for p in ([1.0, 0.0], [0.5, 0.5]))
        assert room.kl_divergence(sure, fair).item() == pytest.approx(np.log(2.0), abs=1e-6)
        assert room.kl_divergence(fair, sure).item() == np.inf
        never, even = room.Bernoulli(0.0), room.Bernoulli(0.5)
        assert room.kl_divergence(never, even).item() == pytest.approx(np.log(2.0), abs=1e-6)
        assert room.kl_divergence(even, never).item() == np.inf


def test_independent():
    for dims in (0, 1, 2):
        pairs = []
        for lib, room in ((tgx, ours), (torch, theirs)):
            loc, scale = leaf(lib, LOC), leaf(lib, SCALE)
            d = room.Independent(room.Normal(loc, scale), dims)
            other = room.Independent(room.Normal(loc * 2.0, scale), dims)
            pairs.append(((d, other), {"loc": loc, "scale": scale}))
        (d, _), (known, _) = (pair for pair, _ in pairs)
        assert tuple(d.batch_shape) == tuple(known.batch_shape)
        assert tuple(d.event_shape) == tuple(known.event_shape)
        for name in ("mean", "mode", "variance"):
            same(lambda _, d, name=name: getattr(d[0], name), pairs)
        same(lambda _, d: d[0].entropy(), pairs)
        same(lambda lib, d: d[0].log_prob(lib.tensor(numbers(5, 2, 3))), pairs)
        same(lambda lib, d: (ours if lib is tgx else theirs).kl_divergence(*d), pairs)
        assert tuple(d.expand((4, *d.batch_shape)).event_shape) == tuple(d.event_shape)
        assert d.rsample((2,)).requires_grad


#: What is not offered, for the reasons in docs/pytorch.md.
LEFT_OUT = {
    "CatTransform", "ContinuousBernoulli", "CorrCholeskyTransform", "ExponentialFamily",
    "GeneralizedPareto", "LKJCholesky", "LowRankMultivariateNormal", "PositiveDefiniteTransform",
    "StackTransform", "VonMises", "Wishart", "biject_to", "transform_to",
}  # fmt: skip


def test_every_public_name_is_here_or_named_as_missing():
    assert set(theirs.__all__) - set(dir(ours)) == LEFT_OUT


def test_refused_by_both():
    """What one refuses the other does, too."""
    bad = [
        ("Normal", (0.0, -1.0)), ("Normal", (0.0, 0.0)), ("Normal", (np.nan, 1.0)),
        ("Uniform", (1.0, 0.0)), ("Gamma", (0.0, 1.0)), ("Beta", (1.0, -1.0)),
        ("Bernoulli", (1.5,)), ("Bernoulli", (None, None)), ("Bernoulli", (0.5, 0.5)),
        ("Geometric", (0.0,)), ("Poisson", (-1.0,)), ("Categorical", ([-1.0, 2.0],)),
        ("Categorical", ([0.0, 0.0],)), ("Dirichlet", (np.array(1.0),)),
        ("Dirichlet", ([1.0, 0.0],)), ("Exponential", (0.0,)), ("Laplace", (0.0, -1.0)),
        ("StudentT", (0.0,)), ("Binomial", (-1, 0.5)), ("Multinomial", (2, [-1.0, 1.0])),
        ("MultivariateNormal", ([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]])),
        ("MultivariateNormal", ([0.0, 0.0], None, None, [[1.0, 2.0], [0.0, 1.0]])),
        ("MultivariateNormal", ([0.0, 0.0],)),
    ]  # fmt: skip
    for kind, arguments in bad:
        for lib, room in ((tgx, ours), (torch, theirs)):
            given = [lib.tensor(a) if isinstance(a, (list, np.ndarray)) else a for a in arguments]
            with pytest.raises((ValueError, RuntimeError)):
                getattr(room, kind)(*given)
    values = [
        ("Normal", (0.0, 1.0), np.nan), ("Exponential", (1.0,), -1.0), ("Uniform", (0.0, 1.0), 2.0),
        ("Bernoulli", (0.5,), 0.5), ("Poisson", (1.0,), -1.0), ("Poisson", (1.0,), 0.5),
        ("Categorical", ([0.5, 0.5],), 2.0), ("Beta", (1.0, 1.0), 1.5),
        ("Dirichlet", ([1.0, 1.0],), [0.5, 0.6]), ("OneHotCategorical", ([0.5, 0.5],), [1.0, 1.0]),
        ("Multinomial", (2, [0.5, 0.5]), [2.0, 1.0]), ("Binomial", (2, 0.5), 3.0),
        ("Normal", ([0.0, 0.0], 1.0), [0.0, 0.0, 0.0]), ("Geometric", (0.5,), -1.0),
    ]  # fmt: skip
    for (kind, arguments, value), lib_room in itertools.product(
        values, ((tgx, ours), (torch, theirs))
    ):
        lib, room = lib_room
        given = [lib.tensor(a) if isinstance(a, list) else a for a in arguments]
        d = getattr(room, kind)(*given)
        with pytest.raises((ValueError, RuntimeError)):
            d.log_prob(lib.tensor(value))
        unchecked = getattr(room, kind)(*given, validate_args=False)
        assert unchecked._validate_args is False


@pytest.mark.parametrize(
    ("path", "name"),
    [("normal", "Normal"), ("bernoulli", "Bernoulli"), ("uniform", "Uniform"), ("beta", "Beta"),
     ("categorical", "Categorical"), ("multivariate_normal", "MultivariateNormal"),
     ("transformed_distribution", "TransformedDistribution"), ("kl", "kl_divergence"),
     ("independent", "Independent"), ("transforms", "TanhTransform")],
)  # fmt: skip
def test_the_paths_that_scripts_import_from(path, name):
    for package, room in (("tinygradx", ours), ("torch", theirs)):
        module = importlib.import_module(f"{package}.distributions.{path}")
        assert getattr(module, name) is getattr(room, name)
