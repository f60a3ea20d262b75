"""The same distributions here and in PyTorch, their parameters, and how the two are compared."""

from __future__ import annotations

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import distributions as ours

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
    "HalfCauchy": ("HalfCauchy", {"scale": SCALE}, numbers(5, 3)),
    "Pareto": (
        "Pareto", {"scale": SCALE, "alpha": numbers(2, 1, low=2.2, high=4.0)},
        2.6 + numbers(5, 2, 3),
    ),
    "Weibull": (
        "Weibull", {"scale": SCALE, "concentration": 1.0 + numbers(2, 1)}, numbers(5, 2, 3),
    ),
    "Chi2": ("Chi2", {"df": SCALE}, numbers(5, 3)),
    "InverseGamma": (
        "InverseGamma", {"concentration": numbers(2, 1, high=4.0), "rate": SCALE},
        numbers(5, 2, 3),
    ),
    "FisherSnedecor": (
        "FisherSnedecor", {"df1": numbers(2, 1, high=6.0), "df2": 3.0 * SCALE}, numbers(5, 2, 3),
    ),
    "Kumaraswamy": (
        "Kumaraswamy", {"concentration1": 1.0 + numbers(2, 3), "concentration0": 1.0 + SCALE},
        numbers(5, 2, 3, low=0.05, high=0.95),
    ),
    "NegativeBinomial": (
        "NegativeBinomial", {"total_count": numbers(3, low=1.0, high=6.0), "probs": P}, COUNTS,
    ),
    "NegativeBinomial of logits": ("NegativeBinomial", {"total_count": 2, "logits": LOC}, COUNTS),
    "RelaxedBernoulli": (
        "RelaxedBernoulli", {"temperature": np.array(0.7), "probs": P},
        numbers(5, 2, 3, low=0.05, high=0.95),
    ),
    "RelaxedBernoulli of logits": (
        "RelaxedBernoulli", {"temperature": np.array(0.7), "logits": LOC},
        numbers(5, 2, 3, low=0.05, high=0.95),
    ),
    "RelaxedOneHotCategorical": (
        "RelaxedOneHotCategorical", {"temperature": np.array(0.7), "probs": rows(2, 4)},
        rows(5, 2, 4),
    ),
    "RelaxedOneHotCategorical of logits": (
        "RelaxedOneHotCategorical", {"temperature": np.array(0.7), "logits": LOGITS},
        rows(5, 2, 4),
    ),
    "OneHotCategoricalStraightThrough": (
        "OneHotCategoricalStraightThrough", {"probs": rows(2, 4)}, np.eye(4)[[0, 3]],
    ),
    "LogisticNormal": ("LogisticNormal", {"loc": LOC, "scale": SCALE}, rows(5, 2, 4)),
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
