"""Special numbers: zeros of both signs, subnormals, the largest, infinities, nan, kinks.

PyTorch is what users know, so its answers are the expected ones. Where ours differ on purpose, the
reason stands in DELIBERATE.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from accuracy import Look, at_point, exact_settings
from oracle import UndefinedError

import tinygradx as tgx
import tinygradx.nn  # whose functions bring operations along
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
    "xlog1py": torch.special.xlog1py,
    "replace_special": lambda x: torch.nan_to_num(x, 0.0, 0.0, 0.0),
    "log_of_odds": torch.special.logit,
    "polygamma_part": lambda x: torch.polygamma(1, x),
    "step": lambda x: torch.heaviside(x, torch.ones((), dtype=x.dtype)),
    "abs": torch.abs,
    "rint": torch.round,
    "ndtr": torch.special.ndtr,
    "clamp_below": torch.clamp_min,
    "clamp_above": torch.clamp_max,
    "clamp_between": torch.clamp,
    "prelu": lambda x, w: functional.prelu(x[None], w)[0],
    "glu": lambda a, b: a * torch.sigmoid(b),
    "squared_error": lambda x, t: functional.mse_loss(x, t, reduction="none"),
    "absolute_error": lambda x, t: functional.l1_loss(x, t, reduction="none"),
    "huber_error": lambda x, t: functional.huber_loss(x, t, reduction="none"),
    "smooth_l1_error": lambda x, t: functional.smooth_l1_loss(x, t, reduction="none"),
    "logistic_loss": lambda x, t: functional.binary_cross_entropy_with_logits(
        x, t, reduction="none"
    ),
    # Its own has no gradient for pos_weight.
    "weighted_logistic_loss": lambda x, t, w: (
        (1 - t) * -functional.logsigmoid(-x) - w * t * functional.logsigmoid(x)
    ),
    **{
        name: getattr(torch.special, name)
        for name in "erfcx log_ndtr ndtri entr i1 i0e i1e scaled_modified_bessel_k0 "
        "scaled_modified_bessel_k1 modified_bessel_k0 modified_bessel_k1 bessel_j0 bessel_j1 "
        "spherical_bessel_j0".split()
    },
    **{
        name: getattr(torch, name)
        for name in "where eq ne lt le gt ge isnan isinf isfinite logical_and logical_or "
        "logical_xor logical_not add sub mul div neg reciprocal square sign maximum minimum "
        "remainder fmod floor_divide hypot pow sqrt rsqrt exp exp2 expm1 log log2 log10 log1p "
        "logaddexp sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh erf erfc "
        "erfinv floor ceil trunc frac isposinf isneginf signbit copysign angle heaviside nextafter "
        "fmax fmin lerp addcmul addcdiv logaddexp2 deg2rad rad2deg xlogy lgamma digamma i0 "
        "sinc".split()
    },
}

#: Operations that PyTorch has nothing like.
OURS_ALONE = {
    "step_straight_through", "step_sigmoid", "squareplus", "gaussian", "direction",
    "erfcx_part", "bessel_i_part", "bessel_i_whole", "bessel_j_part", "spherical_part", "sinc_part",
    "one_minus_square", "logistic_density", "log_loss", "log_loss_slope", "log_odds", "dropout",
    "lstm_memory", "lstm_output", "gru_inside", "gru_mix",
}  # fmt: skip


def infinite(*x):
    return np.any(np.isinf(x), axis=0)


def missing(*x):
    return np.any(np.isnan(x), axis=0)


def no_number(*x):
    return missing(*x) | infinite(*x)


def no_share(x, t):
    return ~((t >= 0.0) & (t <= 1.0))


def at_zero(*x):
    return np.all(np.equal(x, 0.0), axis=0)


def divisor(*x):
    return (x[1] == 0.0) | infinite(*x)


def far_out(*x):
    return np.abs(x[0]) > 1e30


def poles(*x):
    return (x[0] <= 0.0) & (x[0] == np.floor(x[0]))


def poles_and_ends(*x):
    return poles(*x) | infinite(*x)


def tiny(*x):
    return np.abs(x[0]) < np.finfo(x[0].dtype).tiny


def minus_infinity(*x):
    return x[0] == -np.inf


#: (operation, "value" or "slope"): where ours differs on purpose at infinities, nan, or a point
#: without a derivative, and why. (Other differences must be PyTorch's: see `ours_is_true`.)
DELIBERATE = {
    ("abs", "slope"): (missing, "the slope of nan is nan; PyTorch's sign(nan) is 0"),
    ("absolute_error", "slope"): (no_number, "as for abs; so is inf - inf"),
    ("logistic_loss", "value"): (infinite, "infinity times t; PyTorch's is inf - inf"),
    ("logistic_loss", "slope"): (no_share, "two terms keep the tail, and overflow at t = 1e308"),
    ("sign", "value"): (missing, "the sign of nan is nan, as NumPy's; PyTorch's is 0"),
    ("step", "value"): (missing, "nan stays nan; PyTorch's heaviside makes 0 of it"),
    ("elu", "slope"): (missing, "the slope of nan is nan; PyTorch lets the gradient through"),
    ("selu", "slope"): (missing, "as for elu"),
    ("celu", "slope"): (missing, "as for elu"),
    ("hypot", "slope"): (at_zero, "0, a subgradient, where PyTorch's is nan"),
    ("rsqrt", "slope"): (at_zero, "-0.0 is taken for the end of the negative side"),
    ("copysign", "slope"): (infinite, "the sign is known; PyTorch's is inf / inf"),
    ("heaviside", "value"): (missing, "nan stays nan; PyTorch makes 0 of it"),
    ("erfcx", "slope"): (far_out, "it is small; PyTorch's difference of two is inf - inf"),
    ("log_ndtr", "slope"): (far_out, "about -x; PyTorch's is inf / inf"),
    ("digamma", "slope"): (poles, "infinite; PyTorch's sine is not quite 0 there"),
    ("polygamma_part", "value"): (poles, "as for digamma"),
    ("polygamma_part", "slope"): (poles_and_ends, "as for digamma; its limit is 0, PyTorch's nan"),
    ("scaled_modified_bessel_k0", "value"): (tiny, "PyTorch's takes a square, which vanishes"),
    ("scaled_modified_bessel_k1", "value"): (tiny, "1/x, which overflows, or almost does"),
    ("modified_bessel_k1", "value"): (tiny, "as for scaled_modified_bessel_k1"),
    ("i1", "slope"): (missing, "the slope of nan is nan; PyTorch's is that at 0"),
    ("i1e", "slope"): (missing, "the slope of nan is nan; PyTorch's is that at 0"),
    ("bessel_j0", "value"): (infinite, "the limit, 0; PyTorch's is nan"),
    ("bessel_j1", "value"): (infinite, "the limit, 0; PyTorch's is nan"),
    ("sinc", "value"): (infinite, "the limit, 0; PyTorch's is nan"),
    ("logaddexp2", "slope"): (infinite, "as for logaddexp"),
    ("logaddexp", "slope"): (infinite, "equal infinities share the gradient; PyTorch's is nan"),
    ("remainder", "slope"): (divisor, "there is no quotient to round down"),
    ("fmod", "slope"): (divisor, "there is no quotient to cut off"),
    ("acosh", "slope"): (lambda x: x <= 1.0, "nan outside of the domain, as the value is"),
    ("glu", "slope"): (infinite, "the gate's slope is small, not 0, so infinity times it is"),
    ("hardswish", "value"): (infinite, "0 times infinity is not computed; PyTorch's is nan"),
    ("softsign", "value"): (infinite, "the limit, 1; PyTorch's is inf / inf"),
    ("softsign", "slope"): (infinite, "the limit, 0; PyTorch's is nan"),
    ("silu", "value"): (minus_infinity, "the limit, 0; PyTorch's is nan"),
}


def specials(dtype):
    """The edge table."""
    facts = np.finfo(dtype)
    sizes = [0.0, facts.smallest_subnormal, facts.tiny / 4, facts.tiny, facts.max, np.inf]
    plain = [1e-9, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 6.0, 20.0, 88.0, 104.0, 700.0]
    numbers = [s * x for x in (*sizes, *plain) for s in (1.0, -1.0)]
    with np.errstate(over="ignore"):
        return np.array([*numbers, np.nan]).astype(dtype)


def places(op, dtype):
    """The edge table for an operation of one, two or three inputs: every pair, every triple."""
    table = specials(dtype)
    if op.arity == 3:
        table = np.array([0.0, -0.0, 1.0, -2.0, np.inf, -np.inf, np.nan], dtype)
    columns = [c.ravel() for c in np.meshgrid(*[table] * op.arity)]
    return [c > 0 if flag else c for c, flag in zip(columns, op.flags, strict=True)]


def ours_is_true(op, dtype, place, look, got):
    """Whether the textbook settles a difference in our favour: PyTorch drops many a tail."""
    point = {n: x.item() for n, x in zip(op.inputs, place, strict=True)}
    if not all(np.isfinite(x) for x in point.values()):
        return False
    along = tuple(op.inputs[i] for i in look.along)
    try:
        true = float(at_point(op, point, exact_settings(op, dtype, {}), along)[look.order])
    except (UndefinedError, OverflowError):  # so far out that mpmath has no numbers
        return False
    facts = np.finfo(dtype)
    with np.errstate(over="ignore"):
        expected = dtype(true)
    return bool(np.isclose(got, expected, 1e-4 if dtype is np.float32 else 1e-12, 100 * facts.tiny))


def compare(op, dtype, look, ours, theirs, arrays):
    """Equal, or a stated difference, or one in which the textbook is on our side."""
    facts = np.finfo(dtype)
    close = 1e-5 if dtype is np.float32 else 1e-11
    if ours.dtype.kind == "b":
        np.testing.assert_array_equal(ours, theirs)
        return
    with np.errstate(invalid="ignore"):
        differ = ~np.isclose(ours, theirs, close, 100 * facts.tiny, equal_nan=True)
    what = "value" if look.order == 0 else "slope"
    where, _ = DELIBERATE.get((op.name, what), (None, ""))
    if where is not None:
        differ &= ~where(*arrays)
    if op.name == "pow" and os.environ.get("NUMBA_DISABLE_JIT") == "1":
        # With a single number NumPy takes a square root for the power 0.5, and nan at -inf.
        differ &= arrays[0] != -np.inf
    wrong = []
    for i in np.flatnonzero(differ):
        place = [a[i] for a in arrays]
        if not ours_is_true(op, dtype, place, look, ours[i]):
            wrong.append(f"{[float(x) for x in place]}: {ours[i]!r}, PyTorch {theirs[i]!r}")
    assert not wrong, f"{op.name} {what}: " + "; ".join(wrong[:6])


CASES = [
    op
    for op in REGISTRY.values()
    if isinstance(op, Elementwise) and op.integers != "only" and op.name not in OURS_ALONE
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("op", CASES, ids=lambda op: op.name)
def test_edges(op, dtype):
    arrays = places(op, dtype)
    ours = [tgx.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    theirs = [torch.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    mine, their = op(*ours), THEIRS[op.name](*theirs)
    compare(op, dtype, Look(0, (0, 0)), mine.detach().numpy(), their.detach().numpy(), arrays)
    if op.slope_formula is None or op.name in WITHOUT_SLOPE:
        return
    mine.backward(tgx.ones_like(mine))
    their.backward(torch.ones_like(their))
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if a.requires_grad:
            slope = np.zeros(b.shape, dtype) if b.grad is None else b.grad.numpy()
            compare(op, dtype, Look(1, (i, i)), a.grad.numpy(), slope, arrays)


#: What PyTorch does not differentiate.
WITHOUT_SLOPE = {
    "floor_divide", "step", "heaviside", "nextafter", "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1", "modified_bessel_k0", "modified_bessel_k1", "bessel_j0",
    "bessel_j1", "spherical_bessel_j0",
}  # fmt: skip


#: f(-0.0) is -0.0 for functions that cross zero at 0 with a positive slope.
ODD = [
    "identity", "relu", "leaky_relu", "tanh", "softsign", "silu", "swish", "mish", "gelu",
    "sin", "tan", "asin", "atan", "sinh", "asinh", "atanh", "erf", "erfinv", "expm1", "log1p",
    "sqrt", "floor", "ceil", "trunc", "rint",
]  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ODD)
def test_the_sign_of_zero(name, dtype):
    for zero in (0.0, -0.0):
        out = REGISTRY[name](tgx.tensor(np.array([zero], dtype))).numpy()
        assert out == 0.0
        assert np.signbit(out) == np.signbit(zero)


def test_every_operation_is_compared_or_ours_alone():
    names = {op.name for op in CASES}
    assert names <= set(THEIRS), sorted(names - set(THEIRS))
    stale = {name for name, _ in DELIBERATE} - names
    assert not stale
