"""How far one distribution is from another: the Kullback–Leibler divergence, pair by pair.

`KL(p, q) = mean of log(p(x) / q(x))` for x drawn from p: how many nats are lost if q is believed
where p is true. Kullback & Leibler (1951), "On information and sufficiency".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

from tinygradx.distributions.bounded import Beta, Dirichlet, Uniform
from tinygradx.distributions.categorical import Categorical, OneHotCategorical
from tinygradx.distributions.counts import Bernoulli, Binomial, Geometric, Poisson
from tinygradx.distributions.distribution import Distribution, NotOfferedError
from tinygradx.distributions.gammas import InverseGamma
from tinygradx.distributions.independent import Independent
from tinygradx.distributions.location_scale import (
    EULER,
    LOG_SQRT_2PI,
    Cauchy,
    Gumbel,
    Laplace,
    Normal,
)
from tinygradx.distributions.multivariate import MultivariateNormal
from tinygradx.distributions.positive import Exponential, Gamma, HalfNormal
from tinygradx.distributions.tails import Pareto
from tinygradx.distributions.transformed import LogNormal, TransformedDistribution
from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.ops.bell_curve import erf
from tinygradx.ops.broadcasting import broadcast_shapes, broadcast_tensors
from tinygradx.ops.exponentials import exp, log
from tinygradx.ops.linalg import solve_triangular
from tinygradx.ops.losses.formulas import logistic_loss
from tinygradx.ops.pointwise import where
from tinygradx.ops.shapes import unsqueeze
from tinygradx.ops.special import digamma, lgamma
from tinygradx.tensor import full, ones_like

Rule = TypeVar("Rule", bound=Callable[[Any, Any], Any])

_RULES: dict[tuple[type, type], Callable[[Any, Any], Any]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Rule], Rule]:
    """Write down the divergence of a pair of classes, your own included.

    Parameters
    ----------
    type_p, type_q : type
        Classes of distributions; a rule serves their subclasses, too.

    Returns
    -------
    callable
        A decorator for a function of p and q.

    Raises
    ------
    DtypeError
        If one is no class of distributions.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.distributions import Normal, kl_divergence, register_kl
    >>> class Standard(Normal):
    ...     def __init__(self):
    ...         super().__init__(0.0, 1.0)
    >>> @register_kl(Standard, Standard)
    ... def _(p, q):
    ...     return tgx.zeros(())
    >>> kl_divergence(Standard(), Standard())
    tensor(0.)
    """
    for kind in (type_p, type_q):
        if not (isinstance(kind, type) and issubclass(kind, Distribution)):
            raise DtypeError("register_kl", f"{kind!r:.60}", "pass two classes of distributions")

    def keep(rule: Rule) -> Rule:
        _RULES[type_p, type_q] = rule
        return rule

    return keep


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    """How far q is from p: 0 where they are the same, more wherever they differ.

    Parameters
    ----------
    p : Distribution
        What is true.
    q : Distribution
        What is believed.

    Returns
    -------
    Tensor
        In nats, one number for each of the batch; infinite where p draws what q never does.

    Raises
    ------
    NotOfferedError
        If no rule is registered for the two.

    Examples
    --------
    >>> from tinygradx.distributions import Normal, kl_divergence
    >>> kl_divergence(Normal(1.0, 1.0), Normal(0.0, 1.0))
    tensor(0.5000)
    """
    for kind_p in type(p).__mro__:
        for kind_q in type(q).__mro__:
            rule = _RULES.get((kind_p, kind_q))
            if rule is not None:
                return rule(p, q)
    raise NotOfferedError(
        f"kl_divergence of {type(p).__name__} and {type(q).__name__}", "no rule for the two",
        "write one, with @register_kl, or estimate it: "
        "x = p.sample((10_000,)); (p.log_prob(x) - q.log_prob(x)).mean(0)",
    )  # fmt: skip


# ---- numbers ------------------------------------------------------------------------------------


@register_kl(Normal, Normal)
def _(p: Any, q: Any) -> Any:
    ratio, offset = (p.scale / q.scale) ** 2, ((p.loc - q.loc) / q.scale) ** 2
    return 0.5 * (ratio + offset - 1.0 - log(ratio))


@register_kl(HalfNormal, HalfNormal)
def _(p: Any, q: Any) -> Any:
    ratio = (p.scale / q.scale) ** 2
    return 0.5 * (ratio - 1.0 - log(ratio))


@register_kl(LogNormal, LogNormal)
def _(p: Any, q: Any) -> Any:
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(Laplace, Laplace)
def _(p: Any, q: Any) -> Any:
    distance = (p.loc - q.loc).abs()
    near = p.scale * exp(-distance / p.scale) + distance
    return near / q.scale - log(p.scale / q.scale) - 1.0


@register_kl(Cauchy, Cauchy)
def _(p: Any, q: Any) -> Any:
    # Chyzak & Nielsen (2019), arXiv:1905.10965.
    around = (p.scale + q.scale) ** 2 + (p.loc - q.loc) ** 2
    return log(around / (4.0 * p.scale * q.scale))


@register_kl(Gumbel, Gumbel)
def _(p: Any, q: Any) -> Any:
    ratio, offset = p.scale / q.scale, (q.loc - p.loc) / q.scale
    return -log(ratio) - offset + EULER * (ratio - 1.0) + exp(offset + lgamma(1.0 + ratio)) - 1.0


@register_kl(Exponential, Exponential)
def _(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return ratio - 1.0 - log(ratio)


@register_kl(Gamma, Gamma)
def _(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    shapes = (a - b) * digamma(a) - lgamma(a) + lgamma(b)
    return shapes + b * log(p.rate / q.rate) + a * (q.rate / p.rate - 1.0)


@register_kl(Pareto, Pareto)
def _(p: Any, q: Any) -> Any:
    ratio = p.scale / q.scale
    apart = q.alpha * log(ratio) - log(q.alpha / p.alpha) + q.alpha / p.alpha - 1.0
    return where(p.scale >= q.scale, apart, math.inf)


@register_kl(InverseGamma, InverseGamma)
def _(p: Any, q: Any) -> Any:
    # One over each: the same distance.
    return _RULES[Gamma, Gamma](p, q)


@register_kl(Uniform, Uniform)
def _(p: Any, q: Any) -> Any:
    inside = (q.low <= p.low) & (p.high <= q.high)
    return where(inside, log((q.high - q.low) / (p.high - p.low)), math.inf)


# ---- shares -------------------------------------------------------------------------------------


@register_kl(Dirichlet, Dirichlet)
def _(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    whole = lgamma(a.sum(-1)) - lgamma(b.sum(-1))
    parts = lgamma(b) - lgamma(a) + (a - b) * (digamma(a) - digamma(a.sum(-1, keepdim=True)))
    return whole + parts.sum(-1)


@register_kl(Beta, Beta)
def _(p: Any, q: Any) -> Any:
    return kl_divergence(p._pair(), q._pair())


# ---- choices and counts -------------------------------------------------------------------------


@register_kl(Bernoulli, Bernoulli)
def _(p: Any, q: Any) -> Any:
    # Cross entropy less entropy, each apart for yes and no; 0 times log 0 is 0.
    yes = p.probs * (logistic_loss(q.logits, 1.0) - logistic_loss(p.logits, 1.0))
    no = (1.0 - p.probs) * (logistic_loss(q.logits, 0.0) - logistic_loss(p.logits, 0.0))
    yes = where(p.probs == 0.0, 0.0, where(q.probs == 0.0, math.inf, yes))
    no = where(p.probs == 1.0, 0.0, where(q.probs == 1.0, math.inf, no))
    return yes + no


@register_kl(Binomial, Binomial)
def _(p: Any, q: Any) -> Any:
    if bool((p.total_count != q.total_count).any()):
        raise ArgumentError(
            "kl_divergence of two Binomials", "numbers of trials that differ",
            "compare distributions of as many trials",
        )  # fmt: skip
    one = Bernoulli(p.probs, validate_args=False), Bernoulli(q.probs, validate_args=False)
    return p.total_count * kl_divergence(*one)


@register_kl(Geometric, Geometric)
def _(p: Any, q: Any) -> Any:
    return -p.entropy() - log(q.probs) - (1.0 / p.probs - 1.0) * -logistic_loss(q.logits, 0.0)


@register_kl(Poisson, Poisson)
def _(p: Any, q: Any) -> Any:
    return p.rate * log(p.rate / q.rate) - (p.rate - q.rate)


@register_kl(Categorical, Categorical)
def _(p: Any, q: Any) -> Any:
    sizes = p.param_shape[-1], q.param_shape[-1]
    if sizes[0] != sizes[1]:
        raise ShapeError(
            "kl_divergence of two Categoricals", f"{sizes[0]} and {sizes[1]} categories",
            "compare distributions over the same categories",
        )  # fmt: skip
    lost = p.probs * (p.logits - q.logits)
    lost = where(p.probs == 0.0, 0.0, where(q.probs == 0.0, math.inf, lost))
    return lost.sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def _(p: Any, q: Any) -> Any:
    return _RULES[Categorical, Categorical](p, q)


# ---- one family and another ---------------------------------------------------------------------

#: What a pair of families is infinitely far apart for: the first draws what the second never does.
NEVER = {
    (Normal, Laplace, Gumbel): (Uniform, Pareto, Gamma, Exponential, Beta),
    (Exponential, Gamma): (Uniform, Pareto, Beta),
    (Pareto,): (Uniform, Beta),
    (Beta,): (Pareto,),
    (Poisson,): (Bernoulli, Binomial),
}


def _infinite(p: Any, q: Any) -> Any:
    return full(tuple(broadcast_shapes(p.batch_shape, q.batch_shape)), math.inf, dtype=p._dtype)


def _to_normal(p: Any, q: Any) -> Any:
    """The mean square distance from `loc` is all that a normal distribution asks of another."""
    square = p.variance + (p.mean - q.loc) ** 2
    return 0.5 * square / q.scale**2 + log(q.scale) + LOG_SQRT_2PI - p.entropy()


def _to_exponential(p: Any, q: Any) -> Any:
    """And the mean is all that an exponential one asks of numbers from 0 on."""
    return q.rate * p.mean - log(q.rate) - p.entropy()


for _firsts, _seconds in NEVER.items():
    for _first in _firsts:
        for _second in _seconds:
            register_kl(_first, _second)(_infinite)
for _kind in (Beta, Exponential, Gamma, Gumbel, Laplace, Pareto, Uniform):
    register_kl(_kind, Normal)(_to_normal)
for _kind in (Beta, Gamma, Pareto):
    register_kl(_kind, Exponential)(_to_exponential)


@register_kl(Uniform, Exponential)
def _(p: Any, q: Any) -> Any:
    return where(p.low >= 0.0, _to_exponential(p, q), math.inf)


@register_kl(Normal, Laplace)
def _(p: Any, q: Any) -> Any:
    z = (p.loc - q.loc) / (p.scale * math.sqrt(2.0))
    distance = p.scale * math.sqrt(2.0 / math.pi) * exp(-z * z) + (p.loc - q.loc) * erf(z)
    return distance / q.scale + log(2.0 * q.scale) - p.entropy()


@register_kl(Exponential, Gamma)
def _(p: Any, q: Any) -> Any:
    one = Gamma(ones_like(p.rate), p.rate, validate_args=False)
    return kl_divergence(one, q)


@register_kl(TransformedDistribution, TransformedDistribution)
def _(p: Any, q: Any) -> Any:
    # What both are sent through changes nothing.
    if not p.transforms or p.transforms != q.transforms:
        raise NotOfferedError(
            f"kl_divergence of {type(p).__name__} and {type(q).__name__}",
            "transforms that are not the same objects",
            "pass the same list of transforms to both",
        )  # fmt: skip
    return kl_divergence(p.base_dist, q.base_dist)


# ---- rows ---------------------------------------------------------------------------------------


@register_kl(MultivariateNormal, MultivariateNormal)
def _(p: Any, q: Any) -> Any:
    size = p.event_shape[0]
    if size != q.event_shape[0]:
        raise ShapeError(
            "kl_divergence of two MultivariateNormals",
            f"events of {size} and of {q.event_shape[0]} numbers", "compare events of one size",
        )  # fmt: skip
    root, mine = broadcast_tensors(q.scale_tril, p.scale_tril)
    turned = solve_triangular(root, mine, upper=False)
    offset, _ = broadcast_tensors(q.loc - p.loc, mine[..., 0])
    moved = solve_triangular(root, unsqueeze(offset, -1), upper=False)
    squares = (turned * turned).sum((-2, -1)) + (moved * moved).sum((-2, -1))
    return q._log_volume() - p._log_volume() + 0.5 * (squares - size)


@register_kl(Independent, Independent)
def _(p: Any, q: Any) -> Any:
    dims = p.reinterpreted_batch_ndims
    if dims != q.reinterpreted_batch_ndims:
        raise ArgumentError(
            "kl_divergence of two Independents",
            f"{dims} and {q.reinterpreted_batch_ndims} dimensions taken together",
            "take as many together in both",
        )  # fmt: skip
    apart = kl_divergence(p.base_dist, q.base_dist)
    return apart.sum(tuple(range(-dims, 0))) if dims else apart
