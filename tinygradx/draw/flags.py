"""Warnings in words: units that are dead, activations that saturate, gradients out of all range.

Whether an activation can die or saturate is asked of its own slope, not of a list of names, so that
it holds for a user's activation as well. This file knows operations and arrays, and no pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tinygradx.draw.numbers import Summary
from tinygradx.graph import Cell, Handle, Leaf, Node, set_grad_enabled, sweep, wrap
from tinygradx.kernels import backend_of
from tinygradx.ops.activations import ACTIVATIONS
from tinygradx.ops.elementwise import Elementwise

#: An activation is flat where its slope is smaller than this.
FLAT = 0.01
#: A smaller share is not told: of normal numbers 0.3 % lie where tanh is flat, and all is well.
LEAST = 0.01
#: Where a slope is asked whether the activation is flat towards both ends, and in the middle.
ENDS, MIDDLE = (-1e4, -1e3, 1e3, 1e4), 0.0
#: The root mean square of a parameter's gradient. The first is less than the distance of float32
#: numbers above 1 (1.2e-7), so that even a step of rate 1 is about lost in rounding; beyond the
#: other, a step of rate 0.001 moves a parameter of size 1 by more than its size.
VANISHING, EXPLODING = 1e-7, 1e3


def activation_flags(node: Node, arrays: Mapping[Node, Any], kind: type[Handle]) -> tuple[str, ...]:
    """`dead 63 %` and `saturated 41 %`, where they apply to what an activation made.

    Dead is the share of the units (places along the last dimension) whose output is 0, and whose
    slope is exactly 0, for every sample; there must be two samples at least. So it is told of relu,
    relu6 and hardswish, but not of leaky_relu. Saturated is the share of the elements of the input
    at which the slope is smaller than 0.01; it is told of activations that are flat towards both
    ends, such as tanh and sigmoid, but not of relu6, whose units are off at 0 as those of relu are.

    Parameters
    ----------
    node : Node
        What an operation made.
    arrays : mapping
        The array of each node, where there is one.
    kind : type
        The class of tensors.
    """
    op = node.op
    if not isinstance(op, Elementwise) or op.arity != 1 or ACTIVATIONS.get(op.name) is not op:
        return ()
    x, y = arrays.get(node.inputs[0]), arrays.get(node)
    if x is None or y is None or not y.size:
        return ()
    try:
        _, slope = _value_and_slope(node, x, kind)
        points = backend_of(x).xp.asarray([MIDDLE, *ENDS], x.dtype)
        (middle, *_), (middle_slope, *ends) = _value_and_slope(node, points, kind)
    except Exception:  # a slope that fails fails in `backward()` too; a picture is still wanted
        return ()
    flags = []
    if y.ndim > 1 and y.size > y.shape[-1]:
        off = ((y == 0) & (slope == 0)).reshape(-1, y.shape[-1]).all(0)
        flags.append(_told("dead", float(off.mean())))
    if all(abs(end) < FLAT for end in ends) and not (middle == 0 and middle_slope == 0):
        share = float((abs(slope) < FLAT).mean())
        flags.append(_told("saturated", share) if y.size > 1 else "saturated" * (share == 1))
    return tuple(filter(None, flags))


def gradient_flags(numbers: Summary) -> tuple[str, ...]:
    """`vanishing` or `exploding`, by the root mean square of a parameter's gradient.

    A gradient of exactly 0 is told as 0: it does not vanish, it is not there.

    Examples
    --------
    >>> from tinygradx.draw.numbers import summary_of
    >>> gradient_flags(summary_of(np.full(100, 1e-9)))
    ('vanishing',)
    """
    if 0 < numbers.rms < VANISHING:
        return ("vanishing",)
    return ("exploding",) if numbers.rms > EXPLODING else ()


def _value_and_slope(node: Node, x: Any, kind: type[Handle]) -> tuple[Any, Any]:
    """An activation at each element, and its slope: what comes back for a gradient of ones."""
    leaf = Leaf(x, Cell(), True)
    with set_grad_enabled(True), np.errstate(all="ignore"):
        out = node.op.replay(node, [wrap(kind, x, leaf)])
        ones = backend_of(x).xp.ones(x.shape, x.dtype)
        assert out.node is not None  # recording is on, and the leaf wants a gradient
        return out.array, sweep([out.node], [ones], kind, targets=[leaf])[leaf]


def _told(word: str, share: float) -> str:
    """The word and the share; 100 % only where it is all of them, nothing below 1 %."""
    if share < LEAST:
        return ""
    return f"{word} {100 if share == 1 else min(round(100 * share), 99)} %"
