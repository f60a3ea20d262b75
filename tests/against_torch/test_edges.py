"""Special numbers: zeros of both signs, subnormals, the largest, infinities, nan, kinks.

PyTorch is what users know, so its answers are the expected ones. Where ours differ on purpose, the
reason stands in DELIBERATE.
"""

from __future__ import annotations

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.graph import REGISTRY
from tinygradx.ops.elementwise import Elementwise

torch = pytest.importorskip("torch")
functional = torch.nn.functional

DTYPES = [np.float32, np.float64]

#: Our operation -> PyTorch's, where the name differs.
THEIRS = {
    "identity": lambda x: x * 1.0,
    "relu": torch.relu,
    "relu6": functional.relu6,
    "leaky_relu": functional.leaky_relu,
    "hardtanh": functional.hardtanh,
    "hardsigmoid": functional.hardsigmoid,
    "hardswish": functional.hardswish,
    "hardshrink": functional.hardshrink,
    "softshrink": functional.softshrink,
    "threshold": lambda x: functional.threshold(x, 0.0, 0.0),
    "sigmoid": torch.sigmoid,
    "logistic": torch.sigmoid,
    "tanh": torch.tanh,
    "softsign": functional.softsign,
    "tanhshrink": functional.tanhshrink,
    "logsigmoid": functional.logsigmoid,
    "elu": functional.elu,
    "selu": functional.selu,
    "celu": functional.celu,
    "softplus": functional.softplus,
    "silu": functional.silu,
    "swish": functional.silu,
    "mish": functional.mish,
    "gelu": functional.gelu,
    "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "step": lambda x: torch.heaviside(x, torch.ones((), dtype=x.dtype)),
    "abs": torch.abs,
    "rint": torch.round,
    "ndtr": torch.special.ndtr,
    "clamp_below": torch.clamp_min,
    "clamp_above": torch.clamp_max,
    "clamp_between": torch.clamp,
    "prelu": lambda x, w: torch.where(x > 0, x, w * x),
    "glu": lambda a, b: a * torch.sigmoid(b),
    **{
        name: getattr(torch, name)
        for name in "where eq ne lt le gt ge isnan isinf isfinite logical_and logical_or logical_xor "
        "logical_not add sub mul div neg reciprocal square sign maximum minimum remainder fmod "
        "floor_divide hypot pow sqrt rsqrt exp exp2 expm1 log log2 log10 log1p logaddexp sin cos tan "
        "asin acos atan atan2 sinh cosh tanh asinh acosh atanh erf erfc erfinv floor ceil trunc "
        "frac".split()
    },
}

#: Operations that PyTorch has nothing like.
OURS_ALONE = {
    "step_straight_through", "step_sigmoid", "squareplus", "gaussian", "direction",
    "one_minus_square", "logistic_density", "derived_partial",
}  # fmt: skip

INF, NAN = np.inf, np.nan

#: (operation, "value" or "slope", dtype or None for both, the inputs): ours, and why.
DELIBERATE: dict[tuple[str, str], list[tuple[object, str]]] = {}


def specials(dtype):
    """The edge table."""
    facts = np.finfo(dtype)
    sizes = [0.0, facts.smallest_subnormal, facts.tiny / 4, facts.tiny, facts.max, np.inf]
    plain = [1e-9, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 6.0, 20.0, 88.0, 104.0, 700.0]
    numbers = [s * x for x in (*sizes, *plain) for s in (1.0, -1.0)]
    with np.errstate(over="ignore"):
        return np.array([*numbers, np.nan]).astype(dtype)
