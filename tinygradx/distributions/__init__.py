"""Distributions by PyTorch's names: how likely numbers are, how to draw some, and how far apart.

>>> import tinygradx as tgx
>>> loc = tgx.tensor(0.5, requires_grad=True)
>>> normal = tgx.distributions.Normal(loc, 2.0)
>>> normal.log_prob(1.5).backward()
>>> loc.grad  # (x - loc) / scale**2
tensor(0.2500)

What is drawn comes from `Generator`, so `manual_seed` makes it repeatable. Gradients flow through
`log_prob`, `entropy`, `kl_divergence`, and through `rsample` where there is one.
"""

from tinygradx.distributions import constraints, transforms
from tinygradx.distributions.bounded import Beta, Dirichlet, Uniform
from tinygradx.distributions.categorical import Categorical, Multinomial, OneHotCategorical
from tinygradx.distributions.counts import Bernoulli, Binomial, Geometric, Poisson
from tinygradx.distributions.distribution import Distribution, NotOfferedError
from tinygradx.distributions.independent import Independent
from tinygradx.distributions.kl import kl_divergence, register_kl
from tinygradx.distributions.location_scale import Cauchy, Gumbel, Laplace, Normal, StudentT
from tinygradx.distributions.multivariate import MultivariateNormal
from tinygradx.distributions.positive import Exponential, Gamma, HalfNormal
from tinygradx.distributions.transformed import LogNormal, TransformedDistribution
from tinygradx.distributions.transforms import (
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    SigmoidTransform,
    TanhTransform,
    Transform,
)

__all__ = [
    "AffineTransform", "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy",
    "ComposeTransform", "Dirichlet", "Distribution", "ExpTransform", "Exponential", "Gamma",
    "Geometric", "Gumbel", "HalfNormal", "Independent", "Laplace", "LogNormal", "Multinomial",
    "MultivariateNormal", "Normal", "NotOfferedError", "OneHotCategorical", "Poisson",
    "SigmoidTransform", "StudentT", "TanhTransform", "Transform", "TransformedDistribution",
    "Uniform", "constraints", "kl_divergence", "register_kl", "transforms",
]  # fmt: skip
