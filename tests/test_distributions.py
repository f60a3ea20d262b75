"""Draws held against theory at fixed seeds, what distributions refuse, and what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

import tinygradx as tgx
from tinygradx import distributions as dist
from tinygradx.distributions import constraints, draws
from tinygradx.distributions.gamma_slope import log_gamma_slope
from tinygradx.errors import ArgumentError, DtypeError, ShapeError

COUNT = 20_000
#: The least p-value that a correct distribution may have here: the seed is fixed, so it either has
#: it or not. A wrong one of so many numbers is far below.
LEAST = 1e-3


@pytest.fixture
def g():
    return tgx.Generator().manual_seed(5)


def double(value):
    return tgx.tensor(value, dtype=tgx.float64)


CONTINUOUS = {
    "Normal": (dist.Normal(double(1.0), 2.0), stats.norm(1.0, 2.0)),
    "LogNormal": (dist.LogNormal(double(0.3), 0.7), stats.lognorm(0.7, scale=math.exp(0.3))),
    "Laplace": (dist.Laplace(double(1.0), 2.0), stats.laplace(1.0, 2.0)),
    "Cauchy": (dist.Cauchy(double(1.0), 2.0), stats.cauchy(1.0, 2.0)),
    "Gumbel": (dist.Gumbel(double(1.0), 2.0), stats.gumbel_r(1.0, 2.0)),
    "StudentT": (dist.StudentT(double(3.5), 1.0, 2.0), stats.t(3.5, 1.0, 2.0)),
    "HalfNormal": (dist.HalfNormal(double(2.0)), stats.halfnorm(scale=2.0)),
    "Exponential": (dist.Exponential(double(2.5)), stats.expon(scale=0.4)),
    "Uniform": (dist.Uniform(double(-1.0), 3.0), stats.uniform(-1.0, 4.0)),
    "Gamma": (dist.Gamma(double(2.5), 1.5), stats.gamma(2.5, scale=1 / 1.5)),
    "Gamma below 1": (dist.Gamma(double(0.3), 1.5), stats.gamma(0.3, scale=1 / 1.5)),
    "Gamma, large": (dist.Gamma(double(1e4), 1.0), stats.gamma(1e4)),
    "Beta": (dist.Beta(double(2.0), 0.6), stats.beta(2.0, 0.6)),
    "HalfCauchy": (dist.HalfCauchy(double(2.0)), stats.halfcauchy(scale=2.0)),
    "Pareto": (dist.Pareto(double(1.5), 2.5), stats.pareto(2.5, scale=1.5)),
    "Weibull": (dist.Weibull(double(1.5), 0.7), stats.weibull_min(0.7, scale=1.5)),
    "Chi2": (dist.Chi2(double(3.5)), stats.chi2(3.5)),
    "InverseGamma": (dist.InverseGamma(double(2.5), 1.5), stats.invgamma(2.5, scale=1.5)),
    "FisherSnedecor": (dist.FisherSnedecor(double(3.0), 5.0), stats.f(3.0, 5.0)),
    "RelaxedBernoulli": (
        dist.TransformedDistribution(
            dist.RelaxedBernoulli(double(0.5), logits=double(0.4)), dist.SigmoidTransform().inv
        ),
        stats.logistic(0.8, 2.0),
    ),
    "Mixture": (
        dist.MixtureSameFamily(
            dist.Categorical(double([0.3, 0.7])), dist.Uniform(double([0.0, 1.0]), 2.0)
        ),
        stats.rv_histogram((np.array([0.15, 0.85]), np.array([0.0, 1.0, 2.0])), density=False),
    ),
}


@pytest.mark.parametrize(("ours", "theory"), CONTINUOUS.values(), ids=CONTINUOUS)
def test_continuous_draws(ours, theory, g):
    drawn = ours.sample((COUNT,), generator=g).numpy()
    assert stats.kstest(drawn, theory.cdf).pvalue > LEAST
    # The test of the test: a tenth of a spread aside is another distribution.
    spread = np.subtract(*np.quantile(drawn, [0.75, 0.25]))
    assert stats.kstest(drawn + 0.1 * spread, theory.cdf).pvalue < LEAST
    np.testing.assert_allclose(
        ours.log_prob(drawn[:50]).numpy(), theory.logpdf(drawn[:50]), rtol=1e-9, atol=1e-9
    )


def chances(counts, expected):
    """The p-value of counts against what was expected, rare ones put together."""
    expected = np.asarray(expected) * np.sum(counts) / np.sum(expected)
    many = expected >= 5
    if not many.all():
        counts = np.append(counts[many], counts[~many].sum())
        expected = np.append(expected[many], max(expected[~many].sum(), 1e-9))
    return stats.chisquare(counts, expected * counts.sum() / expected.sum()).pvalue


COUNTED = {
    "Bernoulli": (dist.Bernoulli(double(0.3)), stats.bernoulli(0.3), stats.bernoulli(0.32)),
    "Geometric": (dist.Geometric(double(0.3)), stats.geom(0.3, -1), stats.geom(0.315, -1)),
    "Binomial": (dist.Binomial(9, double(0.3)), stats.binom(9, 0.3), stats.binom(9, 0.31)),
    "Binomial, many": (
        dist.Binomial(1000, double(0.3)), stats.binom(1000, 0.3), stats.binom(1000, 0.302),
    ),
    "Binomial, odd": (
        dist.Binomial(33, logits=double(2.0)), stats.binom(33, special.expit(2.0)),
        stats.binom(33, special.expit(2.05)),
    ),
    "NegativeBinomial": (
        dist.NegativeBinomial(double(2.5), 0.6), stats.nbinom(2.5, 0.4), stats.nbinom(2.6, 0.4),
    ),
    "Poisson": (dist.Poisson(double(2.5)), stats.poisson(2.5), stats.poisson(2.6)),
    "Poisson, many": (dist.Poisson(double(80.0)), stats.poisson(80.0), stats.poisson(81.0)),
}  # fmt: skip


@pytest.mark.parametrize(("ours", "theory", "other"), COUNTED.values(), ids=COUNTED)
def test_counts(ours, theory, other, g):
    drawn = ours.sample((COUNT,), generator=g).numpy().astype(int)
    table = np.bincount(drawn, minlength=10)
    values = np.arange(len(table))
    assert chances(table, theory.pmf(values)) > LEAST
    assert chances(table, other.pmf(values)) < LEAST  # the test of the test
    np.testing.assert_allclose(
        ours.log_prob(drawn[:50]).numpy(), theory.logpmf(drawn[:50]), rtol=1e-9, atol=1e-9
    )


WEIGHTS = [0.1, 0.0, 0.4, 0.2, 0.3]


@pytest.mark.parametrize("given", [{"probs": WEIGHTS}, {"logits": np.log(np.add(WEIGHTS, 1e-30))}])
def test_choices(given, g):
    ((name, row),) = given.items()
    batch = {name: double(np.stack([row, row[::-1]]))}
    drawn = dist.Categorical(**batch).sample((COUNT,), generator=g)
    assert drawn.shape == (COUNT, 2) and drawn.dtype == tgx.int64
    for column, p in ((0, WEIGHTS), (1, WEIGHTS[::-1])):
        table = np.bincount(drawn.numpy()[:, column], minlength=5)
        assert not table[np.equal(p, 0.0)].any()
        assert chances(table, np.add(p, 1e-12)) > LEAST
        assert chances(table, np.add(p[::-1], 1e-12)) < LEAST
    hot = dist.OneHotCategorical(**batch).sample((COUNT,), generator=g)
    assert hot.dtype == tgx.float64 and bool((hot.sum(-1) == 1.0).all())
    assert chances(hot.numpy()[:, 0].sum(0), np.add(WEIGHTS, 1e-12)) > LEAST


def test_multinomial_draws(g):
    d = dist.Multinomial(7, double([WEIGHTS, WEIGHTS[::-1]]))
    drawn = d.sample((COUNT,), generator=g).numpy()
    assert drawn.shape == (COUNT, 2, 5) and (drawn.sum(-1) == 7).all()
    for category, p in enumerate(WEIGHTS):
        table = np.bincount(drawn[:, 0, category].astype(int), minlength=8)
        assert chances(table, stats.binom(7, p).pmf(np.arange(8)) + 1e-12) > LEAST
    # And they lack one another, by -n p q.
    cov = np.cov(drawn[:, 0, 2], drawn[:, 0, 4])[0, 1]
    assert cov == pytest.approx(-7 * 0.4 * 0.3, abs=0.05)


def test_rows_of_numbers(g):
    S = np.array([[2.0, 0.7, 0.1], [0.7, 1.0, -0.3], [0.1, -0.3, 0.5]])
    cloud = dist.MultivariateNormal(double([1.0, 2.0, 3.0]), double(S))
    drawn = cloud.sample((COUNT,), generator=g).numpy()
    np.testing.assert_allclose(np.cov(drawn.T), S, atol=0.05)
    along = np.array([1.0, -2.0, 0.5])
    line = stats.norm(along @ [1.0, 2.0, 3.0], math.sqrt(along @ S @ along))
    assert stats.kstest(drawn @ along, line.cdf).pvalue > LEAST
    for name in ("covariance_matrix", "precision_matrix"):
        again = dist.MultivariateNormal(cloud.loc, **{name: getattr(cloud, name)})
        for other in ("covariance_matrix", "precision_matrix", "scale_tril"):
            np.testing.assert_allclose(
                getattr(again, other).numpy(), getattr(cloud, other).numpy(), rtol=1e-9, atol=1e-12
            )
    shares = dist.Dirichlet(double([0.4, 1.0, 3.0]))
    drawn = shares.sample((COUNT,), generator=g).numpy()
    np.testing.assert_allclose(drawn.sum(-1), 1.0, rtol=1e-12)
    for place, a in enumerate((0.4, 1.0, 3.0)):
        assert stats.kstest(drawn[:, place], stats.beta(a, 4.4 - a).cdf).pvalue > LEAST


def test_tiny_concentrations_are_drawn_without_nan(g):
    shares = dist.Dirichlet(tgx.full((50, 3), 1e-3)).rsample((40,), generator=g)
    np.testing.assert_allclose(shares.numpy().sum(-1), 1.0, rtol=1e-5)
    a = tgx.full((100,), 1e-3, requires_grad=True)
    drawn = dist.Gamma(a, 1.0).rsample(generator=g)
    assert float(drawn.min().item()) > 0.0
    dist.Beta(a, a).rsample(generator=g).sum().backward()
    assert bool(tgx.isfinite(a.grad).all())


def test_a_seed_repeats_and_a_generator_is_its_own():
    d = dist.Normal(tgx.zeros(3), 1.0)
    tgx.manual_seed(4)
    first = d.sample((5,)).tolist()
    tgx.manual_seed(4)
    assert d.sample((5,)).tolist() == first
    own = d.sample((5,), generator=tgx.Generator().manual_seed(4))
    assert own.tolist() == first
    assert d.sample((5,)).tolist() != first


def test_kumaraswamy_draws(g):
    d = dist.Kumaraswamy(double(2.0), 3.0)
    drawn = d.sample((COUNT,), generator=g).numpy()
    assert stats.kstest(drawn, lambda x: 1.0 - (1.0 - x**2) ** 3).pvalue > LEAST
    assert stats.kstest(drawn, lambda x: 1.0 - (1.0 - x**2) ** 3.3).pvalue < LEAST
    assert drawn.mean() == pytest.approx(d.mean.item(), abs=0.01)
    assert drawn.var() == pytest.approx(d.variance.item(), abs=0.01)


def test_moments_that_there_are_not():
    """Beside SciPy, which says inf and nan where an integral has no limit."""
    for alpha in (0.7, 1.0, 1.5, 2.0, 2.5):
        for ours, theory in (
            (dist.Pareto(double(1.5), alpha), stats.pareto(alpha, scale=1.5)),
            (dist.InverseGamma(double(alpha), 1.5), stats.invgamma(alpha, scale=1.5)),
        ):
            mean, variance = theory.stats("mv")
            assert ours.mean.item() == pytest.approx(mean)
            assert ours.variance.item() == pytest.approx(variance if alpha > 1 else math.inf)
    cauchy = dist.HalfCauchy(2.0)
    assert (cauchy.mean.item(), cauchy.variance.item(), cauchy.mode.item()) == (math.inf,) * 2 + (
        0.0,
    )
    few = dist.FisherSnedecor(double(2.0), double([1.0, 3.0, 5.0]))
    assert [math.isnan(x) for x in few.mean.tolist()] == [True, False, False]
    assert [math.isnan(x) for x in few.variance.tolist()] == [True, True, False]
    assert math.isnan(few.mode[0].item())
    assert dist.Weibull(1.0, 0.5).mode.item() == 0.0
    p = double(0.5).requires_grad_()
    dist.Pareto(1.0, p).mean.backward()
    assert p.grad.item() == 0.0  # no NaN from where there is no mean


def test_relaxed_choices(g):
    logits = double([0.3, -1.0, 0.8]).requires_grad_()
    cold = dist.RelaxedOneHotCategorical(0.01, logits=logits)
    drawn = cold.rsample((COUNT,), generator=g)
    np.testing.assert_allclose(drawn.detach().numpy().sum(-1), 1.0, rtol=1e-9)
    table = np.bincount(drawn.detach().numpy().argmax(-1), minlength=3)
    assert chances(table, cold.probs.detach().numpy()) > LEAST  # Gumbel's largest is a choice
    assert chances(table, cold.probs.detach().numpy()[::-1]) < LEAST
    warm = dist.RelaxedOneHotCategorical(1.0, logits=logits)
    warm.rsample((5,), generator=g)[:, 0].sum().backward()
    assert logits.grad[0].item() > 0.0 > logits.grad[1].item()
    # A density over two shares has an area of 1.
    pair = dist.RelaxedOneHotCategorical(0.7, logits=double([0.3, -0.5]))
    x = (np.arange(20_000) + 0.5) / 20_000
    area = pair.log_prob(double(np.stack([x, 1.0 - x], -1))).exp().mean()
    assert area.item() == pytest.approx(1.0, abs=1e-3)
    for make in (dist.RelaxedBernoulli, dist.RelaxedOneHotCategorical):
        with pytest.raises(ArgumentError, match="temperature"):
            make(0.0, probs=tgx.ones(2) / 2)


def test_straight_through(g):
    logits = double([[0.3, -1.0, 0.8]]).requires_grad_()
    d = dist.OneHotCategoricalStraightThrough(logits=logits)
    drawn = d.rsample((50,), generator=g)
    np.testing.assert_allclose(drawn.detach().numpy(), np.eye(3)[drawn.argmax(-1).numpy()])
    drawn[..., 0].mean().backward(retain_graph=True)
    found, logits.grad = logits.grad, None
    d.probs[..., 0].mean().backward()
    np.testing.assert_allclose(found.numpy(), logits.grad.numpy(), rtol=1e-12)
    assert not d.sample().requires_grad


def test_mixtures_of_rows_keep_rows_together(g):
    means = double([[0.0, 0.0], [10.0, 20.0]])
    rows = dist.Independent(dist.Normal(means, 0.1), 1)
    d = dist.MixtureSameFamily(dist.Categorical(double([0.25, 0.75])), rows)
    drawn = d.sample((4000,), generator=g).numpy()
    assert drawn.shape == (4000, 2)
    near = np.abs(drawn[:, None] - means.numpy()).max(-1) < 1.0
    assert (near.sum(-1) == 1).all()  # a row of one component, never of both
    assert near.mean(0)[1] == pytest.approx(0.75, abs=4 * (0.25 * 0.75 / 4000) ** 0.5)
    text = "MixtureSameFamily(Categorical(probs: (2,)), Independent(Normal(loc: (2, 2), scale: "
    assert repr(d).startswith(text) and repr(dist.Chi2(2.0)) == "Chi2(df: 2.0)"


def test_constraints_of_matrices():
    square, flat = tgx.eye(2) * 2.0, tgx.ones(3, 2, 3)
    names = ("square", "symmetric", "lower_triangular", "positive_semidefinite")
    found = {name: getattr(constraints, name) for name in names}
    assert {n: c.check(square).item() for n, c in found.items()} == dict.fromkeys(names, True)
    assert {n: c.check(flat).tolist() for n, c in found.items()} == {n: [False] * 3 for n in names}
    uneven = tgx.tensor([[1.0, 2.0], [0.0, 1.0]])
    assert not any(found[n].check(uneven).item() for n in names[1:])
    assert not found["positive_semidefinite"].check(-square).item()
    assert found["positive_semidefinite"].check(tgx.ones(2, 2)).item()
    half = constraints.half_open_interval(0.0, 1.0)
    assert half.check(tgx.tensor([0.0, 0.5, 1.0])).tolist() == [True, True, False]
    assert repr(half) == "<constraint: from 0 to below 1>"


# ---- gradients of gamma variables ---------------------------------------------------------------


def test_the_slope_of_gamma_variables_has_ten_digits():
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(40):
        for a, w in (
            (0.001, -3000.0),
            (0.1, -1.3),
            (0.1, 1.5),
            (1.0, 0.0),
            (2.3, 1.9),
            (50.0, 4.0),
        ):
            x = mpmath.exp(w)

            def below(b, x=x):
                return mpmath.gammainc(b, 0, x, regularized=True)

            slope = mpmath.diff(below, mpmath.mpf(a), h=mpmath.mpf(10) ** -13)
            known = -slope / mpmath.exp(a * w - x - mpmath.loggamma(a))
            found = log_gamma_slope(double(a), double(w)).item()
            assert found == pytest.approx(float(known), rel=1e-10)


def test_second_slopes_of_gamma_variables():
    a = double([0.4, 2.5, 30.0]).requires_grad_()
    drawn = dist.Gamma(a, 1.0).rsample(generator=tgx.Generator().manual_seed(0))
    (slope,) = tgx.autograd.grad(drawn.sum(), a, create_graph=True)
    (second,) = tgx.autograd.grad(slope.sum(), a)
    at, z = a.detach().numpy(), drawn.detach().numpy()
    q, h = special.gammainc(at, z), 2e-3 * at
    up, down = special.gammaincinv(at + h, q), special.gammaincinv(at - h, q)
    np.testing.assert_allclose(slope.detach().numpy(), (up - down) / (2 * h), rtol=1e-4)
    np.testing.assert_allclose(second.numpy(), (up - 2 * z + down) / h**2, rtol=1e-3)


@pytest.mark.slow  # without the JIT alone
def test_student_draws_reach_all_parameters(g):
    df, loc, scale = (double(x).requires_grad_() for x in (5.0, 1.0, 2.0))
    drawn = dist.StudentT(df, loc, scale).rsample((4000,), generator=g)
    ((drawn - 1.0) ** 2).mean().backward()
    # The variance is scale**2 df / (df - 2): its slopes are known.
    assert loc.grad.item() == pytest.approx(0.0, abs=0.3)
    assert scale.grad.item() == pytest.approx(2 * 2.0 * 5 / 3, rel=0.1)
    assert df.grad.item() == pytest.approx(-2 * 4.0 / 9, rel=0.5)


# ---- what is promised ---------------------------------------------------------------------------


def test_numbers_and_tensors_meet():
    d = dist.Normal(0, 1)
    assert d.loc.dtype == tgx.float32 and d.batch_shape == () and d.sample().shape == ()
    wide = dist.Normal(tgx.zeros(4, 1, dtype=tgx.float64), np.ones(3))
    assert wide.batch_shape == (4, 3) and wide.scale.dtype == tgx.float64
    assert wide.sample([2]).shape == (2, 4, 3) and wide.sample().dtype == tgx.float64
    assert wide.log_prob(0).shape == (4, 3)
    assert dist.Poisson(2.0).log_prob(tgx.tensor(3)).dtype == tgx.float32
    assert dist.Normal([0.0, 1.0], 2).mean.tolist() == [0.0, 1.0]


def test_a_category_that_is_ruled_out():
    logits = tgx.tensor([0.0, -math.inf, 0.0], requires_grad=True)
    d = dist.Categorical(logits=logits)
    assert d.log_prob(1).item() == -math.inf
    entropy = d.entropy()
    assert entropy.item() == pytest.approx(math.log(2.0))
    entropy.backward()
    assert logits.grad.tolist() == [0.0, 0.0, 0.0]
    assert set(d.sample((200,)).tolist()) == {0, 2}
    counts = dist.Multinomial(2, logits=logits).log_prob(tgx.tensor([1.0, 0.0, 1.0]))
    assert counts.item() == pytest.approx(math.log(0.5))
    hot = dist.OneHotCategorical(logits=logits)
    assert hot.log_prob(tgx.tensor([1.0, 0.0, 0.0])).item() == pytest.approx(math.log(0.5))


def test_ends_that_are_certain():
    assert dist.Geometric(1.0).log_prob(0.0).item() == 0.0
    assert dist.Geometric(1.0).sample((5,)).tolist() == [0.0] * 5
    p = tgx.tensor(1.0, requires_grad=True)
    dist.Geometric(p).log_prob(0.0).backward()
    assert p.grad.item() == 1.0
    assert dist.Poisson(0.0).log_prob(0.0).item() == 0.0
    assert dist.Binomial(3, 1.0).sample((4,)).tolist() == [3.0] * 4
    assert dist.Binomial(3, 1.0).mode.item() == 3.0
    assert dist.Bernoulli(tgx.tensor([0.0, 1.0])).sample((9,)).tolist() == [[0.0, 1.0]] * 9
    assert dist.Uniform(0.0, 1.0, validate_args=False).log_prob(2.0).item() == -math.inf
    assert dist.HalfNormal(1.0, validate_args=False).log_prob(-1.0).item() == -math.inf
    assert math.isnan(dist.Uniform(0.0, 1.0).mode.item())
    assert dist.Beta(0.5, 0.2).mode.item() == 1.0  # the higher of the two ends


def test_reinforce_and_reparameterisation_agree(g):
    """Two ways to the slope of a mean: E[x**2] of Normal(m, 1) has 2 m."""
    m = double(0.7).requires_grad_()
    d = dist.Normal(m, 1.0)
    x = d.sample((COUNT,), generator=g)
    (d.log_prob(x) * (x**2 - 1.5)).mean().backward()
    by_score, m.grad = m.grad.item(), None
    (d.rsample((COUNT,), generator=g) ** 2).mean().backward()
    assert by_score == pytest.approx(1.4, abs=0.1)
    assert m.grad.item() == pytest.approx(1.4, abs=0.05)


def test_undoing_what_was_just_done_is_exact():
    normal = dist.Normal(double(0.0), 1.0)
    squashed = dist.TransformedDistribution(normal, dist.TanhTransform(cache_size=1))
    far = double(20.0).requires_grad_()
    y = squashed.transforms[0](far)
    assert y.item() == 1.0  # its inverse is infinite: only who remembers knows better
    exact = -200.0 - 0.5 * math.log(2 * math.pi) - 2 * (math.log(2.0) - 20.0)
    assert squashed.log_prob(y).item() == pytest.approx(exact, rel=1e-12)
    plain = dist.TransformedDistribution(normal, dist.TanhTransform())
    assert plain.log_prob(y).item() == -math.inf


def test_said_as_text():
    assert repr(dist.Normal(0.0, 1.0)) == "Normal(loc: 0.0, scale: 1.0)"
    assert repr(dist.Bernoulli(logits=tgx.zeros(3))) == "Bernoulli(logits: (3,))"
    rows = dist.Independent(dist.Normal(tgx.zeros(2), 1.0), 1)
    assert repr(rows) == "Independent(Normal(loc: (2,), scale: (2,)), 1)"
    exp = dist.LogNormal(0.0, 1.0)
    assert repr(exp) == "LogNormal(Normal(loc: 0.0, scale: 1.0), [ExpTransform()])"
    assert repr(dist.TanhTransform().inv) == "TanhTransform().inv"
    assert repr(constraints.positive) == "<constraint: above 0>"


def test_the_default_of_checking_can_be_switched():
    dist.Distribution.set_default_validate_args(False)
    try:
        assert dist.Normal(0.0, -1.0).scale.item() == -1.0
    finally:
        dist.Distribution.set_default_validate_args(True)
    with pytest.raises(ArgumentError):
        dist.Normal(0.0, -1.0)


class Coin(dist.Distribution):
    """A distribution as a user writes it, in PyTorch's way."""

    support = constraints.boolean

    def sample(self, sample_shape=(), **_):
        return tgx.ones(sample_shape)

    def log_prob(self, value):
        return tgx.zeros(value.shape)


class FairCoin(Coin):
    pass


def test_a_distribution_and_a_divergence_of_your_own():
    coin = Coin()
    assert coin.sample((2,)).tolist() == [1.0, 1.0] and coin.batch_shape == ()
    with pytest.raises(dist.NotOfferedError, match="mean of Coin"):
        _ = coin.mean
    with pytest.raises(dist.NotOfferedError, match=r"Coin and Normal(.|\n)*@register_kl"):
        dist.kl_divergence(coin, dist.Normal(0.0, 1.0))

    @dist.register_kl(Coin, Coin)
    def _(p, q):
        return tgx.zeros(())

    assert dist.kl_divergence(FairCoin(), Coin()).item() == 0.0

    @dist.register_kl(FairCoin, Coin)
    def _(p, q):
        return tgx.ones(())

    assert dist.kl_divergence(FairCoin(), Coin()).item() == 1.0  # the nearer rule
    with pytest.raises(DtypeError, match="two classes"):
        dist.register_kl(Coin, int)


# ---- what is refused ----------------------------------------------------------------------------


def test_what_is_refused_says_which_value():
    refused = (
        (lambda: dist.Normal(0.0, tgx.tensor([1.0, -2.0, 3.0])),
         r"Normal with scale(.|\n)*1 of 3 values that are not above 0: -2\."),
        (lambda: dist.Normal(0.0, 1.0).log_prob(math.nan), r"not a number: nan"),
        (lambda: dist.Categorical(tgx.tensor([[0.5, 0.5], [-1.0, 2.0]])),
         r"probs(.|\n)*shares from 0 on that add up to 1: \[-1\.  2\.\]"),
        (lambda: dist.Categorical(tgx.ones(3)).log_prob(3), "a whole number from 0 to 2"),
        (lambda: dist.Bernoulli(), "none of probs, logits"),
        (lambda: dist.Bernoulli(0.5, 0.5), "probs and logits of probs, logits"),
        (lambda: dist.MultivariateNormal(tgx.zeros(2), tgx.ones(2, 2)), "eigenvalues above 0"),
        (lambda: dist.MultivariateNormal(tgx.zeros(2), tgx.ones(2, 2), validate_args=False),
         r"1e-6 \* tgx\.eye"),
        (lambda: dist.MultivariateNormal(tgx.zeros(2)), "none of covariance_matrix"),
        (lambda: dist.Multinomial(1.5, tgx.ones(2)), "no whole number from 0 on"),
        (lambda: dist.Multinomial(2, tgx.ones(2)).log_prob(tgx.tensor([2.0, 1.0])), "at most 2"),
        (lambda: dist.Uniform(1.0, 1.0), "exchange the two bounds"),
        (lambda: dist.Uniform(0.0, 1.0).log_prob(2.0), "from 0 to 1: 2"),
        (lambda: dist.Normal(0.0, 1.0).icdf(1.5), "from 0 to 1: 1.5"),
        (lambda: dist.Independent(dist.Normal(0.0, 1.0), 1), r"a batch of shape \(\)"),
        (lambda: dist.kl_divergence(dist.Binomial(2, 0.5), dist.Binomial(3, 0.5)), "of trials"),
        (lambda: dist.kl_divergence(
            dist.Independent(dist.Normal(tgx.zeros(2), 1.0), 1),
            dist.Independent(dist.Normal(tgx.zeros(2), 1.0), 0)), "taken together"),
    )  # fmt: skip
    for call, says in refused:
        with pytest.raises(ArgumentError, match=says):
            call()
    for call, says in (
        (lambda: dist.Normal(tgx.zeros(3), 1.0).log_prob(tgx.zeros(2)), r"batch \(3,\)"),
        (lambda: dist.Normal(tgx.zeros(3), tgx.ones(2)), "shape"),
        (lambda: dist.Dirichlet(1.0), "pass a row"),
        (lambda: dist.Dirichlet(tgx.ones(3)).log_prob(1.0), r"event \(3,\)"),
        (lambda: dist.Categorical(0.5), "one number for each category"),
        (lambda: dist.MultivariateNormal(tgx.zeros(2), tgx.eye(3)), r"\(\.\.\., n, n\)"),
        (lambda: dist.Normal(tgx.zeros(3), 1.0).expand((4, 2)), "expand"),
        (lambda: dist.kl_divergence(
            dist.Categorical(tgx.ones(2)), dist.Categorical(tgx.ones(3))), "2 and 3 categories"),
        (lambda: dist.kl_divergence(
            dist.MultivariateNormal(tgx.zeros(2), tgx.eye(2)),
            dist.MultivariateNormal(tgx.zeros(3), tgx.eye(3))), "of 2 and of 3 numbers"),
    ):  # fmt: skip
        with pytest.raises(ShapeError, match=says):
            call()
    for call, says in (
        (lambda: dist.Normal("0", 1.0), "pass numbers or tensors"),
        (lambda: dist.Normal(0.0, 1.0).sample(5), r"pass a tuple: \(5,\)"),
    ):
        with pytest.raises(DtypeError, match=says):
            call()
    for call, says in (
        (lambda: dist.Poisson(1.0).rsample(), "REINFORCE"),
        (lambda: dist.Poisson(1.0).entropy(), "estimate it from samples"),
        (lambda: dist.Beta(1.0, 1.0).cdf(0.5), "cdf of Beta"),
        (lambda: dist.Normal(0.0, 1.0).enumerate_support(), "enumerate_support of Normal"),
        (lambda: dist.Binomial(tgx.tensor([2, 3]), 0.5).entropy(), "differ in the batch"),
    ):
        with pytest.raises(NotImplementedError, match=says):
            call()


def test_a_condition_in_words_and_numbers():
    x = tgx.tensor([-1.0, 0.0, 0.5, 2.0, math.nan])
    table = {
        "real": [1, 1, 1, 1, 0], "positive": [0, 0, 1, 1, 0], "nonnegative": [0, 1, 1, 1, 0],
        "unit_interval": [0, 1, 1, 0, 0], "boolean": [0, 1, 0, 0, 0],
        "nonnegative_integer": [0, 1, 0, 1, 0], "positive_integer": [0, 0, 0, 1, 0],
    }  # fmt: skip
    for name, expected in table.items():
        assert getattr(constraints, name).check(x).tolist() == [bool(e) for e in expected]
    assert constraints.less_than(0.5).check(x).tolist() == [True, True, False, False, False]
    root = tgx.tensor([[1.0, 0.0], [3.0, 2.0]])
    assert bool(constraints.lower_cholesky.check(root))
    assert not bool(constraints.lower_cholesky.check(root.T))
    assert not bool(constraints.positive_definite.check(root))
    assert bool(constraints.positive_definite.check(root @ root.T))
    assert constraints.one_hot.check(tgx.tensor([[0.0, 1.0], [1.0, 1.0]])).tolist() == [True, False]
    both = constraints.independent(constraints.positive, 1)
    assert both.check(tgx.tensor([[1.0, 2.0], [1.0, 0.0]])).tolist() == [True, False]
    assert both.event_dim == 1 and constraints.simplex.event_dim == 1
    assert constraints.boolean.is_discrete and not constraints.real.is_discrete


def test_binomial_counts_of_no_trials_and_of_none(g):
    assert draws.binomial(np.zeros(3), np.full(3, 0.5), g).tolist() == [0, 0, 0]
    assert draws.binomial(np.zeros((0, 2)), np.zeros((0, 2)), g).shape == (0, 2)
    assert dist.Normal(tgx.zeros(0), 1.0).sample((2,)).shape == (2, 0)
    assert dist.Gamma(tgx.ones(0), 1.0).rsample().shape == (0,)
