"""Random numbers that distributions are made of, drawn from our counter-based `Generator`.

All are exact: no distribution here is a nearby one. What is drawn are NumPy arrays of float64 (or
int64 for counts), and nothing of it is recorded; the distributions put the gradients on top.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.ops import random
from tinygradx.tensor import Tensor, from_numpy

Array = np.ndarray[Any, np.dtype[Any]]

#: Below this many trials a count is drawn trial by trial; above it the trials are halved.
FEW = 32
HALF_ULP = np.finfo(np.float64).eps / 2.0


def as_noise(array: Any, dtype: Any) -> Tensor:
    """An array as a tensor without history, in the dtype of a distribution."""
    return from_numpy(np.asarray(array).astype(dtype))


def uniform(shape: tuple[int, ...], generator: Any) -> Array:
    """Numbers between 0 and 1, neither of them included, so that their logarithms are finite."""
    drawn = random.uniform(shape, np.float64, generator)
    return np.clip(drawn, HALF_ULP, 1.0 - HALF_ULP)  # type: ignore[no-any-return]


def normal(shape: tuple[int, ...], generator: Any) -> Array:
    """Normal numbers with mean 0 and standard deviation 1."""
    return random.normal(shape, np.float64, generator)  # type: ignore[no-any-return]


def exponential(shape: tuple[int, ...], generator: Any) -> Array:
    """Waiting times with mean 1, above 0."""
    drawn = random.exponential(shape, generator)
    return np.maximum(drawn, HALF_ULP)  # type: ignore[no-any-return]


def log_gamma(concentration: Array, generator: Any) -> Array:
    """Logarithms of gamma variables: those of small concentrations would be 0 in float64.

    By a normal number, cubed, and a test of whether to take it, which 95 of 100 pass: Marsaglia &
    Tsang (2000), "A simple method for generating gamma variables". Their own trick lifts
    concentrations below 1: a variable of a + 1 times u**(1/a) is one of a.
    """
    a = np.asarray(concentration, np.float64)
    small = a < 1.0
    d = np.where(small, a + 1.0, a) - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    lift = np.log(uniform(a.shape, generator)) / a
    result = np.empty(a.shape)
    flat, d, c = result.reshape(-1), d.reshape(-1), c.reshape(-1)
    waiting = np.arange(flat.size)
    while waiting.size:
        x, u = normal(waiting.shape, generator), uniform(waiting.shape, generator)
        base = 1.0 + c[waiting] * x
        log_v = 3.0 * np.log(np.maximum(base, HALF_ULP))
        bound = 0.5 * x * x + d[waiting] * (1.0 - np.exp(log_v) + log_v)
        taken = (base > 0.0) & (np.log(u) < bound)
        flat[waiting[taken]] = np.log(d[waiting[taken]]) + log_v[taken]
        waiting = waiting[~taken]
    return np.where(small, result + lift, result)


def log_shares(concentration: Array, generator: Any) -> Array:
    """Logarithms of gamma variables along the last axis, divided by their sum."""
    logs = log_gamma(concentration, generator)
    top = logs.max(-1, keepdims=True)
    return logs - top - np.log(np.exp(logs - top).sum(-1, keepdims=True))  # type: ignore[no-any-return]


def category(probs: Array, shape: tuple[int, ...], generator: Any) -> Array:
    """Which category: where a uniform number falls among the sums of the probabilities.

    `shape` is what is drawn, which broadcasts with the probabilities but for their last axis.
    """
    sums = np.cumsum(np.asarray(probs, np.float64), -1)
    sums = sums / sums[..., -1:]  # the last is exactly 1, which no number reaches
    point = uniform(shape, generator)[..., None]
    return (point >= sums).sum(-1)  # type: ignore[no-any-return]


def binomial(trials: Array, probs: Array, generator: Any) -> Array:
    """How many of independent trials succeed.

    Trials are uniform numbers, and those below p succeed. Of many, the middle one in order is
    drawn, a beta variable; then one half of them is settled, and the other half is the same
    question again, in as many steps as the number of trials has binary digits. Devroye (1986),
    "Non-uniform random variate generation", X.4.
    """
    n, p = np.broadcast_arrays(np.asarray(trials, np.int64), np.asarray(probs, np.float64))
    n, p = n.copy(), p.copy()
    count = np.zeros(n.shape, np.int64)
    while n.size and n.max() > FEW:
        below = n // 2  # how many lie below the middle one, and above it
        above = n - 1 - below
        pair = np.stack([below + 1.0, np.maximum(above, 0) + 1.0], -1)
        middle = np.exp(log_shares(pair, generator)[..., 0])
        many, succeeded = n > FEW, middle <= p
        count += np.where(many & succeeded, below + 1, 0)
        rest = np.where(succeeded, (p - middle) / (1.0 - middle), p / middle)
        p = np.where(many, np.clip(rest, 0.0, 1.0), p)
        n = np.where(many, np.where(succeeded, above, below), n)
    for trial in range(int(n.max()) if n.size else 0):
        count += (uniform(n.shape, generator) < p) & (trial < n)
    return count


def multinomial(trials: int, probs: Array, generator: Any) -> Array:
    """How many of the trials fall into each category: a binomial count for one after another."""
    p = np.asarray(probs, np.float64)
    left = np.full(p.shape[:-1], trials, np.int64)
    # What remains to the right, summed from there, so that the last share is exactly 1.
    rest = np.cumsum(p[..., ::-1], -1)[..., ::-1]
    counts = np.empty(p.shape, np.int64)
    for place in range(p.shape[-1]):
        total = rest[..., place]
        share = np.where(total > 0.0, p[..., place] / np.where(total > 0.0, total, 1.0), 0.0)
        counts[..., place] = binomial(left, share, generator)
        left = left - counts[..., place]
    return counts
