"""Random numbers from one seed: Philox, a counter-based generator.

Salmon et al. (2011), "Parallel random numbers: as easy as 1, 2, 3".
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np


class _State:
    """The generator that every function here draws from."""

    lock = threading.Lock()
    generator = np.random.Generator(np.random.Philox())
    seed = 0


def manual_seed(seed: int) -> None:
    """Begin the random numbers anew: the same seed gives the same numbers.

    Parameters
    ----------
    seed : int
        Any whole number.
    """
    with _State.lock:
        _State.generator = np.random.Generator(np.random.Philox(int(seed) % 2**64))
        _State.seed = int(seed)


def uniform(shape: tuple[int, ...], dtype: Any) -> Any:
    """Numbers from [0, 1)."""
    with _State.lock:
        return np.asarray(_State.generator.random(shape, dtype))


def normal(shape: tuple[int, ...], dtype: Any) -> Any:
    """Numbers from the normal distribution with mean 0 and standard deviation 1."""
    with _State.lock:
        return np.asarray(_State.generator.standard_normal(shape, dtype))


def integers(low: int, high: int, shape: tuple[int, ...], dtype: Any) -> Any:
    """Whole numbers from low to high - 1."""
    with _State.lock:
        return np.asarray(_State.generator.integers(low, high, shape, dtype))


def permutation(n: int) -> Any:
    """The numbers 0 to n - 1 in random order."""
    with _State.lock:
        return _State.generator.permutation(n)
