"""Distributions beside PyTorch's: values, gradients, moments, divergences, shapes; in float64."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import special

import tinygradx as tgx
from tinygradx import distributions as ours
from tinygradx.distributions import draws
from tinygradx.errors import TeachingError

torch = pytest.importorskip("torch", reason="could not import torch")
theirs = torch.distributions

CLOSE = {"atol": 1e-9, "rtol": 1e-9}


def numbers(*shape, low=0.3, high=2.5, seed=0):
    return np.random.default_rng(seed).uniform(low, high, shape)


def rows(*shape, seed=0):
    """Shares that add up to 1."""
    drawn = numbers(*shape, seed=seed)
    return drawn / drawn.sum(-1, keepdims=True)


def spd(*shape, seed=0):
    """Symmetric matrices with eigenvalues above 0."""
    a = np.random.default_rng(seed).standard_normal((*shape, shape[-1]))
    return a @ np.swapaxes(a, -1, -2) + 0.5 * np.eye(shape[-1])


LOC, SCALE = numbers(2, 3, low=-2, high=2), numbers(3, seed=1)
P = numbers(2, 3, low=0.1, high=0.9, seed=2)
LOGITS = numbers(2, 4, low=-3, high=3, seed=3)
COUNTS = np.random.default_rng(4).integers(0, 5, (5, 2, 3)).astype(float)
SPD = spd(2, 3, seed=5)
SIX = numbers(6, low=-1, high=1, seed=6)

#: The class, its parameters (arrays of floats get gradients), and values to look at.
CASES = {
    "Normal": ("Normal", {"loc": LOC, "scale": SCALE}, numbers(5, 2, 3, low=-4, high=4)),
    "LogNormal": ("LogNormal", {"loc": LOC, "scale": SCALE}, numbers(5, 2, 3)),
    "Laplace": ("Laplace", {"loc": LOC, "scale": SCALE}, numbers(5, 2, 3, low=-4, high=4)),
    "Cauchy": ("Cauchy", {"loc": LOC, "scale": SCALE}, numbers(5, 2, 3, low=-4, high=4)),
    "Gumbel": ("Gumbel", {"loc": LOC, "scale": SCALE}, numbers(5, 2, 3, low=-2, high=4)),
    "StudentT": (
        "StudentT", {"df": np.array([0.7, 1.5, 4.0]), "loc": LOC, "scale": SCALE},
        numbers(5, 2, 3, low=-4, high=4),
    ),
    "HalfNormal": ("HalfNormal", {"scale": SCALE}, numbers(5, 3)),
    "Exponential": ("Exponential", {"rate": SCALE}, numbers(5, 3)),
    "Gamma": ("Gamma", {"concentration": numbers(2, 1), "rate": SCALE}, numbers(5, 2, 3)),
    "Beta": (
        "Beta", {"concentration1": 1.0 + numbers(2, 3), "concentration0": SCALE},
        numbers(5, 2, 3, low=0.05, high=0.95),
    ),
    "Dirichlet": ("Dirichlet", {"concentration": 0.5 + numbers(2, 4)}, rows(5, 2, 4)),
    "Dirichlet of corners": ("Dirichlet", {"concentration": 0.3 * rows(2, 4)}, rows(5, 2, 4)),
    "Uniform": (
        "Uniform", {"low": LOC, "high": LOC + SCALE},
        LOC + SCALE * numbers(5, 2, 3, low=0.0, high=1.0),
    ),
    "Bernoulli": ("Bernoulli", {"probs": P}, COUNTS % 2),
    "Bernoulli of logits": ("Bernoulli", {"logits": LOC}, COUNTS % 2),
    "Geometric": ("Geometric", {"probs": P}, COUNTS),
    "Geometric of logits": ("Geometric", {"logits": LOC}, COUNTS),
    "Binomial": ("Binomial", {"total_count": 6, "probs": P}, COUNTS),
    "Binomial of logits": ("Binomial", {"total_count": 6, "logits": LOC}, COUNTS),
    "Poisson": ("Poisson", {"rate": SCALE}, COUNTS),
    "Categorical": ("Categorical", {"probs": 3.0 * rows(2, 4)}, COUNTS[:, :, 0] % 4),
    "Categorical of logits": ("Categorical", {"logits": LOGITS}, COUNTS[:, :, 0] % 4),
    "OneHotCategorical": ("OneHotCategorical", {"probs": rows(2, 4)}, np.eye(4)[[0, 3]]),
    "OneHotCategorical of logits": ("OneHotCategorical", {"logits": LOGITS}, np.eye(4)[[1, 1]]),
    "Multinomial": (
        "Multinomial", {"total_count": 5, "probs": rows(2, 4)},
        np.array([[[1.0, 2.0, 0.0, 2.0]], [[5.0, 0.0, 0.0, 0.0]]]),
    ),
    "Multinomial of logits": (
        "Multinomial", {"total_count": 5, "logits": LOGITS}, np.array([[1.0, 2.0, 0.0, 2.0]]),
    ),
    "MultivariateNormal": (
        "MultivariateNormal", {"loc": LOC, "covariance_matrix": SPD}, numbers(5, 2, 3),
    ),
    "MultivariateNormal of precision": (
        "MultivariateNormal", {"loc": LOC[0], "precision_matrix": SPD}, numbers(5, 2, 3),
    ),
    "MultivariateNormal of a root": (
        "MultivariateNormal", {"loc": LOC, "scale_tril": np.linalg.cholesky(SPD[0])},
        numbers(5, 2, 3),
    ),
}  # fmt: skip


def leaf(lib, value):
    return lib.tensor(value, requires_grad=True) if isinstance(value, np.ndarray) else value


def made(lib, room, case):
    """A distribution, and those of its parameters that have gradients."""
    kind, given, _ = CASES[case]
    leaves = {name: leaf(lib, value) for name, value in given.items()}
    return getattr(room, kind)(**leaves), leaves


def both(case):
    return made(tgx, ours, case), made(torch, theirs, case)


def weighed(lib, y):
    """A sum with fixed random weights, so that no gradient is lost by symmetry."""
    weights = np.random.default_rng(9).standard_normal(tuple(y.shape))
    return (y * lib.tensor(weights)).sum()


def same(function, leaves, *more):
    """A function of a library and of a distribution: values, and gradients of all leaves."""
    found = []
    for lib, (d, parameters), extra in zip((tgx, torch), leaves, more or ((), ()), strict=True):
        every = [x for x in (*parameters.values(), *extra) if hasattr(x, "requires_grad")]
        for x in every:
            x.grad = None
        y = function(lib, d, *extra)
        if y.requires_grad:
            weighed(lib, y).backward(retain_graph=True)
        found.append((y.detach().numpy(), [None if x.grad is None else x.grad for x in every]))
    (y, gradients), (known, known_gradients) = found
    assert tuple(y.shape) == tuple(known.shape)
    np.testing.assert_allclose(y, known, **CLOSE)
    for a, b in zip(gradients, known_gradients, strict=True):
        # PyTorch has zeros for some parameters that have no part in the answer.
        a = 0.0 if a is None else a.numpy()
        np.testing.assert_allclose(a, 0.0 if b is None else b.numpy(), **CLOSE)


@pytest.mark.parametrize("case", CASES)
def test_log_prob_and_its_gradients(case):
    value = CASES[case][2]
    discrete = "Categorical" in case or getattr(ours, CASES[case][0]).support.__class__ is property
    floats = not (np.all(value == np.floor(value)) or (discrete and case != "Uniform"))
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
        if case == "Gamma":  # neither has a slope along the concentration
            pairs = [
                (room.Gamma(d.concentration.detach(), leaves["rate"]), {"rate": leaves["rate"]})
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
    "Beta", "Dirichlet", "Bernoulli", "Bernoulli of logits", "Geometric", "Geometric of logits",
    "Binomial", "Poisson", "Categorical", "Categorical of logits", "OneHotCategorical",
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


def test_transformed():
    chains = {
        "tanh": lambda room: [room.TanhTransform()],
        "sigmoid": lambda room: [room.SigmoidTransform()],
        "affine, exp": lambda room: [room.AffineTransform(0.5, -2.0), room.ExpTransform()],
        "composed": lambda room: [
            room.ComposeTransform([room.AffineTransform(0.1, 0.3), room.SigmoidTransform()])
        ],
        "inverse": lambda room: [room.ExpTransform(), room.ExpTransform().inv],
    }
    value = numbers(5, 2, 3, low=0.1, high=0.9)
    for chain in chains.values():
        pairs = []
        for lib, room in ((tgx, ours), (torch, theirs.transforms)):
            loc, scale = leaf(lib, LOC), leaf(lib, SCALE)
            classes = ours if lib is tgx else theirs
            d = classes.TransformedDistribution(classes.Normal(loc, scale), chain(room))
            pairs.append((d, {"loc": loc, "scale": scale}))
        same(lambda lib, d: d.log_prob(lib.tensor(value)), pairs)
        same(lambda lib, d: d.cdf(lib.tensor(value)), pairs)
        same(lambda lib, d: d.icdf(lib.tensor(value)), pairs)


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
