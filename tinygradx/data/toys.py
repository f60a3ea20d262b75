"""Toy sets: points in the plane of two classes, made from a formula.

A seed gives the same points on every machine: the noise comes from Philox, and `manual_seed` has
no part in it. Without noise the points are the formula's own. They come in the order of the
formula, so that `split` or a shuffling `DataLoader` is what mixes the classes.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.tensor import Tensor, from_numpy

Floats = np.ndarray[Any, np.dtype[np.float64]]

#: How much of the radius an arm of Lang & Witbrock's spirals loses on its way in: 96 of 104.
SHRINK = 96 / 104


def moons(n_samples: int = 100, noise: float = 0.1, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Two half moons, each with a horn in the other.

    The first half of the points is (cos t, sin t), of class 0, the second half
    (1 - cos t, 1/2 - sin t), of class 1, with t evenly spaced from 0 to π. It is the convention of
    scikit-learn's `make_moons(shuffle=False)`; an odd point belongs to the second moon. The demo of
    micrograd learns 100 of them with noise 0.1, whose labels it writes `2 * y - 1`.

    Parameters
    ----------
    n_samples : int
        How many points, 2 or more.
    noise : float
        The standard deviation of what is added to both coordinates.
    seed : int
        Of the noise, from 0 on.

    Returns
    -------
    x : Tensor
        float32 of shape (n_samples, 2): the points.
    y : Tensor
        int64 of shape (n_samples,): the classes, 0 and 1.

    Raises
    ------
    ArgumentError, DtypeError
        If a number is out of range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.data.moons(4, noise=0.0)
    >>> y
    tensor([0, 0, 1, 1])
    >>> x[0], x[3]
    (tensor([1., 0.]), tensor([2.0000, 0.5000]))
    """
    first, second = _halves("moons", n_samples)
    t, u = np.linspace(0.0, math.pi, first), np.linspace(0.0, math.pi, second)
    outer = np.stack([np.cos(t), np.sin(t)], 1)
    inner = np.stack([1.0 - np.cos(u), 0.5 - np.sin(u)], 1)
    return _finished("moons", [outer, inner], noise, seed)


def circles(
    n_samples: int = 100, noise: float = 0.1, factor: float = 0.5, seed: int = 0
) -> tuple[Tensor, Tensor]:
    """A circle, and a smaller one inside it.

    The first half of the points is (cos t, sin t), of class 0, the second half `factor` times the
    same, of class 1, with t evenly spaced from 0 up to, not including, 2π. It is the convention of
    scikit-learn's `make_circles(shuffle=False)`, whose own factor is 0.8.

    Parameters
    ----------
    n_samples, noise, seed
        As for `moons`; an odd point belongs to the inner circle.
    factor : float
        The radius of the inner circle, from 0 up to, not including, 1.

    Returns
    -------
    x, y : Tensor
        As of `moons`, with the same errors.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.data.circles(2, noise=0.0)
    >>> x, y
    (tensor([[1.0000, 0.0000],
            [0.5000, 0.0000]]), tensor([0, 1]))
    """
    first, second = _halves("circles", n_samples)
    if not 0.0 <= _number("circles", "factor", factor) < 1.0:
        raise ArgumentError(
            f"circles with factor={factor}", "no radius inside the outer circle",
            "use 0 <= factor < 1, as in factor=0.5",
        )  # fmt: skip
    rings = []
    for radius, count in ((1.0, first), (factor, second)):
        t = np.linspace(0.0, 2.0 * math.pi, count, endpoint=False)
        rings.append(radius * np.stack([np.cos(t), np.sin(t)], 1))
    return _finished("circles", rings, noise, seed)


def spirals(
    n_samples: int = 200, noise: float = 0.02, turns: float = 1.5, seed: int = 0
) -> tuple[Tensor, Tensor]:
    """Two spirals, each wound into the other: hard for a network without many hidden units.

    The first half of the points is r (sin a, cos a), of class 0, the second half the same turned by
    half a circle, of class 1. With s evenly spaced from 0 to 1, the angle is a = 2π `turns` s and
    the radius r = 1 - 12/13 s. Lang & Witbrock (1988), "Learning to tell two spirals apart", have
    194 points, 3 turns, no noise, and radii 6.5 times as large.

    Parameters
    ----------
    n_samples, noise, seed
        As for `moons`; an odd point belongs to the second spiral.
    turns : float
        How often each arm winds around the middle.

    Returns
    -------
    x, y : Tensor
        As of `moons`, with the same errors.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.data.spirals(194, noise=0.0, turns=3)
    >>> 6.5 * x[0], (x[0] + x[97]).tolist()
    (tensor([0.0000, 6.5000]), [0.0, 0.0])
    """
    first, second = _halves("spirals", n_samples)
    if not 0.0 < _number("spirals", "turns", turns) < math.inf:
        raise ArgumentError(
            f"spirals with turns={turns}", "no spiral", "use a number above 0, as in turns=1.5"
        )
    arms = []
    for sign, count in ((1.0, first), (-1.0, second)):
        s = np.linspace(0.0, 1.0, count)
        angle, radius = 2.0 * math.pi * turns * s, sign * (1.0 - SHRINK * s)
        arms.append(np.stack([radius * np.sin(angle), radius * np.cos(angle)], 1))
    return _finished("spirals", arms, noise, seed)


def xor(n_samples: int = 100, noise: float = 0.1, seed: int = 0) -> tuple[Tensor, Tensor]:
    """The corners of a square, whose class is whether exactly one coordinate is 1.

    The points take the corners (0, 0), (0, 1), (1, 0), (1, 1) in turn: `xor(4, noise=0.0)` is the
    truth table. No straight line parts the classes: Minsky & Papert (1969), *Perceptrons*.

    Parameters
    ----------
    n_samples, noise, seed
        As for `moons`.

    Returns
    -------
    x, y : Tensor
        As of `moons`, with the same errors.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.data.xor(4, noise=0.0)
    >>> y
    tensor([0, 1, 1, 0])
    """
    corner = np.arange(sum(_halves("xor", n_samples))) % 4
    bits = np.stack([corner // 2, corner % 2], 1)
    x = _noisy("xor", bits.astype(np.float64), noise, seed)
    return from_numpy(x), from_numpy((bits[:, 0] ^ bits[:, 1]).astype(np.int64))


def _finished(name: str, classes: list[Floats], noise: float, seed: int) -> tuple[Tensor, Tensor]:
    """The points of all classes one after the other, and their labels."""
    x = _noisy(name, np.concatenate(classes), noise, seed)
    y = np.repeat(np.arange(len(classes), dtype=np.int64), [len(points) for points in classes])
    return from_numpy(x), from_numpy(y)


def _halves(name: str, n_samples: int) -> tuple[int, int]:
    """How many points the two classes have; the second has the odd one."""
    try:
        count = operator.index(n_samples)
    except TypeError:
        raise DtypeError(
            f"{name} with n_samples={n_samples!r:.40}", f"type {type(n_samples).__name__}",
            "pass a whole number, as in n_samples=100",
        ) from None  # fmt: skip
    if count < 2:
        raise ArgumentError(
            f"{name} with n_samples={count}", "too few for two classes", "use 2 or more"
        )
    return count // 2, count - count // 2


def _number(name: str, argument: str, value: float) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise DtypeError(
            f"{name} with {argument}={value!r:.40}", f"type {type(value).__name__}", "pass a number"
        ) from None


def _noisy(name: str, points: Floats, noise: float, seed: int) -> np.ndarray[Any, Any]:
    """The points, pushed by normal noise, as float32."""
    if not 0.0 <= _number(name, "noise", noise) < math.inf:
        raise ArgumentError(f"{name} with noise={noise}", "no deviation", "use a number from 0 on")
    drawn = from_seed(name, seed).standard_normal(points.shape)
    return (points + float(noise) * drawn).astype(np.float32)


def from_seed(asked: str, seed: int) -> np.random.Generator:
    """Random numbers of their own, which no other draw moves on."""
    try:
        whole = operator.index(seed)
    except TypeError:
        whole = -1
    if whole < 0:
        raise ArgumentError(
            f"{asked} with seed={seed!r:.40}", "no seed", "use a whole number from 0 on"
        )
    return np.random.Generator(np.random.Philox(whole))
