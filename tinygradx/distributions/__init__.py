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
from tinygradx.distributions.bounded import Beta, Dirichlet, Kumaraswamy, Uniform
from tinygradx.distributions.categorical import Categorical, Multinomial, OneHotCategorical
from tinygradx.distributions.counts import (
    Bernoulli,
    Binomial,
    Geometric,
    NegativeBinomial,
    Poisson,
)
from tinygradx.distributions.distribution import Distribution, NotOfferedError
from tinygradx.distributions.gammas import Chi2, FisherSnedecor, InverseGamma
from tinygradx.distributions.independent import Independent
from tinygradx.distributions.kl import kl_divergence, register_kl
from tinygradx.distributions.location_scale import Cauchy, Gumbel, Laplace, Normal, StudentT
from tinygradx.distributions.mixture import MixtureSameFamily
from tinygradx.distributions.multivariate import MultivariateNormal
from tinygradx.distributions.positive import Exponential, Gamma, HalfNormal
from tinygradx.distributions.relaxed import (
    OneHotCategoricalStraightThrough,
    RelaxedBernoulli,
    RelaxedOneHotCategorical,
)
from tinygradx.distributions.row_transforms import (
    CumulativeDistributionTransform,
    IndependentTransform,
    LowerCholeskyTransform,
    ReshapeTransform,
    SoftmaxTransform,
    StickBreakingTransform,
)
from tinygradx.distributions.tails import HalfCauchy, Pareto, Weibull
from tinygradx.distributions.transformed import (
    LogisticNormal,
    LogNormal,
    TransformedDistribution,
)
from tinygradx.distributions.transforms import (
    AbsTransform,
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    PowerTransform,
    SigmoidTransform,
    SoftplusTransform,
    TanhTransform,
    Transform,
    identity_transform,
)

__all__ = [
    "AbsTransform", "AffineTransform", "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy",
    "Chi2", "ComposeTransform", "CumulativeDistributionTransform", "Dirichlet", "Distribution",
    "ExpTransform", "Exponential", "FisherSnedecor", "Gamma", "Geometric", "Gumbel", "HalfCauchy",
    "HalfNormal", "Independent", "IndependentTransform", "InverseGamma", "Kumaraswamy", "Laplace",
    "LogNormal", "LogisticNormal", "LowerCholeskyTransform", "MixtureSameFamily", "Multinomial",
    "MultivariateNormal", "NegativeBinomial", "Normal", "NotOfferedError", "OneHotCategorical",
    "OneHotCategoricalStraightThrough", "Pareto", "Poisson", "PowerTransform", "RelaxedBernoulli",
    "RelaxedOneHotCategorical", "ReshapeTransform", "SigmoidTransform", "SoftmaxTransform",
    "SoftplusTransform", "StickBreakingTransform", "StudentT", "TanhTransform", "Transform",
    "TransformedDistribution", "Uniform", "Weibull", "constraints", "identity_transform",
    "kl_divergence", "register_kl", "transforms",
]  # fmt: skip
