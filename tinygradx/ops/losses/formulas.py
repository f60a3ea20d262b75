"""The formulas of losses of single elements, with their slopes."""

from __future__ import annotations

from tinygradx.ops.activations import logsigmoid
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import absolute, maximum, minimum, sign, square
from tinygradx.ops.elementwise import Bound, elementwise
from tinygradx.ops.exponentials import exp, log, log1p, logistic


@elementwise("(x - t) ** 2")
def squared_error(x, t):
    """The square of a difference."""
    return (x - t) * (x - t)


@squared_error.slope
def _(x, t):
    return 2.0 * (x - t), 2.0 * (t - x)


@elementwise("abs(x - t)")
def absolute_error(x, t):
    """The size of a difference; its slope at 0 is taken to be 0."""
    return absolute(x - t)


@absolute_error.slope
def _(x, t):
    return sign(x - t), sign(t - x)


@elementwise("(x - t) ** 2 / 2 if abs(x - t) <= delta else delta * (abs(x - t) - delta / 2)")
def huber_error(x, t, delta=1.0):
    """Half the square of a small difference; of one beyond delta, its size times delta."""
    d = absolute(x - t)
    return where(d <= delta, 0.5 * d * d, delta * (d - 0.5 * delta))


@huber_error.slope
def _(x, t, delta):
    d = x - t
    outside = absolute(d) > delta  # where d is nan it is not, so that nan goes on
    return where(outside, delta * sign(d), d), where(outside, -delta * sign(d), -d)


@elementwise("(x - t) ** 2 / (2 * beta) if abs(x - t) < beta else abs(x - t) - beta / 2")
def smooth_l1_error(x, t, beta=1.0):
    """The size of a difference, less half of beta; its square over 2 beta where it is smaller."""
    d = absolute(x - t)
    return where(d < beta, 0.5 * d * d / beta, d - 0.5 * beta)


@smooth_l1_error.slope
def _(x, t, beta):
    d = x - t
    outside = absolute(d) >= beta  # where d is nan it is not, so that nan goes on
    return where(outside, sign(d), d / beta), where(outside, -sign(d), -d / beta)


#: PyTorch's guards: nothing costs more than 100, and no p * (1 - p) below 1e-12 divides.
MOST = 100.0
LEAST_VARIANCE = 1e-12


@elementwise(
    "-(t * log(p) + (1 - t) * log(1 - p))",
    domain=(0.0, 1.0),
    float32=Bound(60.0, "near p = 1/2 two logarithms cancel in the slope of t"),
)
def log_loss(p, t):
    """How improbable t is, where 1 has the probability p and 0 the rest; at most 100."""
    return t * minimum(-log(p), MOST) + (1.0 - t) * minimum(-log1p(-p), MOST)


@log_loss.slope
def _(p, t):
    return log_loss_slope(p, t), -log_odds(p)


@elementwise(
    "(p - t) / (p * (1 - p)) if 0 < p < 1 else inf",
    domain=(0.0, 1.0),
    float32=Bound(60.0, "two terms of its slope cancel where t is not between 0 and 1"),
)
def log_loss_slope(p, t):
    """How the log loss depends on p.

    A block of its own for its slope: that of the fraction would cancel near p = t = 0, where its
    two terms are 1/p.
    """
    return (p - t) / maximum(p * (1.0 - p), LEAST_VARIANCE)


@log_loss_slope.slope
def _(p, t):
    variance = maximum(p * (1.0 - p), LEAST_VARIANCE)
    terms = t * square(1.0 - p) + (1.0 - t) * square(p)
    # Divided twice, not by its square, which in float32 ends at 1e-19.
    return terms / variance / variance, -1.0 / variance


@elementwise(
    "log(p / (1 - p))",
    domain=(0.0, 1.0),
    float32=Bound(60.0, "near p = 1/2 the two logarithms cancel"),
)
def log_odds(p):
    """The logarithm of a probability over the rest, from -100 at p = 0 to 100 at p = 1."""
    return minimum(-log1p(-p), MOST) - minimum(-log(p), MOST)


@log_odds.slope
def _(p):
    return 1.0 / maximum(p * (1.0 - p), LEAST_VARIANCE)


@elementwise("(1 - t) * log(1 + exp(x)) + t * log(1 + exp(-x))")
def logistic_loss(x, t):
    """The log loss of the probability 1 / (1 + exp(-x)), without overflow or a lost tail."""
    # Not max(x, 0) - x * t: at x = 20, t = 1 that is 20 - 20, beside a loss of 2e-9.
    return where(x > 0.0, (1.0 - t) * x, -t * x) + log1p(exp(-absolute(x)))


@logistic_loss.slope
def _(x, t):
    # Not logistic(x) - t, which loses the tail at t = 1.
    return (1.0 - t) * logistic(x) - t * logistic(-x), -x


@elementwise(
    "(1 - t) * log(1 + exp(x)) + w * t * log(1 + exp(-x))",
    float32=Bound(200.0, "its two terms cancel where t is not between 0 and 1"),
)
def weighted_logistic_loss(x, t, w):
    """The logistic loss in which what is 1 counts w times."""
    tail = log1p(exp(-absolute(x)))
    return (1.0 - t) * (maximum(x, 0.0) + tail) + w * t * (maximum(-x, 0.0) + tail)


@weighted_logistic_loss.slope
def _(x, t, w):
    return (
        (1.0 - t) * logistic(x) - w * t * logistic(-x),
        logsigmoid(-x) - w * logsigmoid(x),
        -t * logsigmoid(x),
    )
