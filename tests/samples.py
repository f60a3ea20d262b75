"""Where every operation is looked at: points, settings, kinks, and what its slope is meant to be.

An operation that is registered without samples fails `test_catalogue.py`: the elementwise ones get
theirs from their domain, the others have a table here.
"""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np

from tinygradx.ops.elementwise import Elementwise

#: Settings besides the defaults.
SETTINGS: dict[str, list[dict[str, float]]] = {
    "leaky_relu": [{"negative_slope": 0.2}],
    "hardtanh": [{"min_val": -2.0, "max_val": 0.5}],
    "hardshrink": [{"lambd": 0.3}],
    "softshrink": [{"lambd": 0.3}],
    "threshold": [{"threshold": 0.3, "value": -1.5}],
    "elu": [{"alpha": 0.7}],
    "celu": [{"alpha": 0.7}, {"alpha": 3.0}],
    "softplus": [{"beta": 2.0}, {"beta": 0.3}],
    "squareplus": [{"b": 1.3}],
    "swish": [{"beta": 1.7}, {"beta": 0.3}],
    "huber_error": [{"delta": 0.3}],
    "smooth_l1_error": [{"beta": 0.3}],
    "dropout": [{"scale": 1.25}],
    "addcmul": [{"value": -0.7}],
    "addcdiv": [{"value": -0.7}],
    "polygamma_part": [{"order": 2.0}, {"order": 5.0}],
    "erfcx_part": [{"order": 1.0}, {"order": 2.0}],
    "bessel_i_part": [{"order": 2.0}],
    "bessel_i_whole": [{"order": 2.0}],
    "bessel_j_part": [{"order": 2.0}],
}

#: Where a slope jumps, for default settings; other settings are themselves such places.
KINKS: dict[str, tuple[float, ...]] = {
    "abs": (0.0,),
    "sign": (0.0,),
    "copysign": (0.0,),
    "angle": (0.0,),
    "heaviside": (0.0,),
    "step": (0.0,),
    "step_straight_through": (-1.0, 0.0, 1.0),
    "step_sigmoid": (0.0,),
    "relu": (0.0,),
    "relu6": (0.0, 6.0),
    "leaky_relu": (0.0,),
    "prelu": (0.0,),
    "hardtanh": (-1.0, 1.0),
    "hardsigmoid": (-3.0, 3.0),
    "hardswish": (-3.0, 3.0),
    "hardshrink": (-0.5, 0.5),
    "softshrink": (-0.5, 0.5),
    "threshold": (0.0,),
    "elu": (0.0,),
    "selu": (0.0,),
    "celu": (0.0,),
    "softsign": (0.0,),
    "floor": (-2.0, 1.0, 3.0),
    "ceil": (-2.0, 1.0, 3.0),
    "trunc": (-2.0, 1.0, 3.0),
    "rint": (-1.5, 0.5, 2.5),
    "frac": (-2.0, 1.0, 3.0),
    "erf": (-1.0, 1.0),
    "erfc": (-0.5, 0.5),
    "ndtr": (-1.0, 1.0),
    "tanhshrink": (-1.0, 1.0),
    "mish": (0.0,),
    "squareplus": (0.0,),
    "acosh": (1.0,),
    "asin": (-1.0, 1.0),
    "acos": (-1.0, 1.0),
    "atanh": (-1.0, 1.0),
    "erfinv": (-1.0, 1.0),
    "log1p": (-1.0,),
}

#: Where a slope jumps, what it is there: PyTorch's choice. (operation, settings, point, slopes)
SUBGRADIENTS: list[tuple[str, dict[str, float], tuple[float, ...], tuple[float, ...]]] = [
    ("relu", {}, (0.0,), (0.0,)),
    ("relu", {}, (-0.0,), (0.0,)),
    ("relu6", {}, (0.0,), (0.0,)),
    ("relu6", {}, (6.0,), (0.0,)),
    ("abs", {}, (0.0,), (0.0,)),
    ("abs", {}, (-0.0,), (0.0,)),
    ("sign", {}, (0.0,), (0.0,)),
    ("copysign", {}, (0.0, 2.0), (0.0, 0.0)),
    ("copysign", {}, (-2.0, -0.0), (1.0, 0.0)),
    ("angle", {}, (0.0,), (0.0,)),
    ("heaviside", {}, (0.0, 0.3), (0.0, 1.0)),
    ("fmax", {}, (3.0, 3.0), (1.0, 0.0)),
    ("fmin", {}, (3.0, 3.0), (1.0, 0.0)),
    ("fmax", {}, (math.nan, 3.0), (0.0, 1.0)),
    ("fmin", {}, (3.0, math.nan), (1.0, 0.0)),
    ("xlogy", {}, (0.0, 0.5), (math.log(0.5), 0.0)),
    ("xlog1py", {}, (0.0, 0.0), (0.0, 0.0)),
    ("xlog1py", {}, (0.0, 0.5), (math.log1p(0.5), 0.0)),
    ("xlog1py", {}, (0.0, -2.0), (0.0, 0.0)),
    ("entr", {}, (0.0,), (math.inf,)),
    ("i0", {}, (0.0,), (0.0,)),
    ("i1", {}, (0.0,), (0.5,)),
    ("i1e", {}, (0.0,), (0.5,)),
    ("i0e", {}, (0.0,), (0.0,)),
    ("sinc", {}, (0.0,), (0.0,)),
    ("bessel_j1", {}, (0.0,), (0.5,)),
    ("step", {}, (0.0,), (0.0,)),
    ("step_straight_through", {}, (0.0,), (1.0,)),
    ("step_straight_through", {}, (1.0,), (1.0,)),
    ("step_straight_through", {}, (-1.0,), (1.0,)),
    ("step_sigmoid", {}, (0.0,), (0.25,)),
    ("leaky_relu", {}, (0.0,), (0.01,)),
    ("leaky_relu", {"negative_slope": 0.2}, (0.0,), (0.2,)),
    ("prelu", {}, (0.0, 0.25), (0.25, 0.0)),
    ("hardtanh", {}, (-1.0,), (0.0,)),
    ("hardtanh", {}, (1.0,), (0.0,)),
    ("hardtanh", {"min_val": -2.0, "max_val": 0.5}, (0.5,), (0.0,)),
    ("hardsigmoid", {}, (-3.0,), (0.0,)),
    ("hardsigmoid", {}, (3.0,), (0.0,)),
    ("hardswish", {}, (-3.0,), (0.0,)),
    ("hardswish", {}, (3.0,), (1.0,)),
    ("hardshrink", {}, (0.5,), (0.0,)),
    ("hardshrink", {}, (-0.5,), (0.0,)),
    ("softshrink", {}, (0.5,), (0.0,)),
    ("softshrink", {}, (-0.5,), (0.0,)),
    ("threshold", {}, (0.0,), (0.0,)),
    ("threshold", {"threshold": 0.25, "value": -1.5}, (0.25,), (0.0,)),
    ("elu", {}, (0.0,), (1.0,)),
    ("elu", {"alpha": 0.5}, (0.0,), (0.5,)),
    ("selu", {}, (0.0,), (1.0507009873554805 * 1.6732632423543772,)),
    ("celu", {"alpha": 0.5}, (0.0,), (1.0,)),
    ("softsign", {}, (0.0,), (1.0,)),
    ("floor", {}, (2.0,), (0.0,)),
    ("ceil", {}, (2.0,), (0.0,)),
    ("trunc", {}, (2.0,), (0.0,)),
    ("rint", {}, (2.5,), (0.0,)),
    ("frac", {}, (2.0,), (1.0,)),
    ("maximum", {}, (3.0, 3.0), (0.5, 0.5)),
    ("minimum", {}, (3.0, 3.0), (0.5, 0.5)),
    ("clamp_below", {}, (3.0, 3.0), (1.0, 0.0)),
    ("clamp_above", {}, (3.0, 3.0), (1.0, 0.0)),
    ("clamp_between", {}, (3.0, 3.0, 5.0), (1.0, 0.0, 0.0)),
    ("clamp_between", {}, (5.0, 3.0, 5.0), (1.0, 0.0, 0.0)),
    ("clamp_between", {}, (2.0, 3.0, 3.0), (0.0, 0.0, 0.0)),
    ("remainder", {}, (6.0, 3.0), (1.0, -2.0)),
    ("fmod", {}, (-6.0, 3.0), (1.0, 2.0)),
    ("floor_divide", {}, (6.0, 3.0), (0.0, 0.0)),
    ("hypot", {}, (0.0, 0.0), (0.0, 0.0)),
    ("sqrt", {}, (0.0,), (math.inf,)),
    ("logaddexp", {}, (2.0, 2.0), (0.5, 0.5)),
    ("absolute_error", {}, (3.0, 3.0), (0.0, 0.0)),
    ("huber_error", {}, (3.0, 2.0), (1.0, -1.0)),
    ("huber_error", {"delta": 0.5}, (2.0, 2.5), (-0.5, 0.5)),
    ("smooth_l1_error", {}, (3.0, 2.0), (1.0, -1.0)),
    ("smooth_l1_error", {"beta": 0.5}, (2.0, 2.5), (-1.0, 1.0)),
    ("log_loss", {}, (0.0, 0.0), (0.0, 100.0)),
    ("log_loss", {}, (1.0, 1.0), (0.0, -100.0)),
    ("logistic_loss", {}, (0.0, 1.0), (-0.5, 0.0)),
    ("logistic_loss", {}, (0.0, 0.0), (0.5, 0.0)),
    ("pow", {}, (0.0, 2.0), (0.0, 0.0)),
    ("pow", {}, (0.0, 0.0), (0.0, 0.0)),
    ("pow", {}, (0.0, 1.0), (1.0, 0.0)),
    ("pow", {}, (-2.0, 3.0), (12.0, math.nan)),
]

#: Functions whose slope is declared to be another one's: a surrogate for the way back.
SURROGATES = {
    "step_straight_through": "1 if abs(x) <= 1 else 0",
    "step_sigmoid": "exp(-x) / ((1 + exp(-x)) * (1 + exp(-x)))",
}

#: Where the other inputs are drawn from; [-6, 6] where nothing is said.
OTHERS = {
    "pow": (-3.0, 3.0), "clamp_below": (-2.0, 2.0), "clamp_above": (-2.0, 2.0),
    "log_loss": (0.0, 1.0), "log_loss_slope": (0.0, 1.0), "logistic_loss": (0.0, 1.0),
    "weighted_logistic_loss": (0.0, 1.0),
}  # fmt: skip


def seed_of(name: str) -> int:
    """A seed for what is drawn for a name: the same on every machine."""
    return zlib.crc32(name.encode())


def _beside(places: tuple[float, ...], dtype: Any) -> list[float]:
    """The numbers next to each place, and a little further off."""
    beside: list[float] = []
    for place in places:
        at = dtype(place)
        low, high = np.nextafter(at, dtype(-np.inf)), np.nextafter(at, dtype(np.inf))
        beside += [float(low), float(high), place - 1e-4, place + 1e-4]
    return beside


def _column(op: Elementwise, place: int, dtype: Any, kinks: tuple[float, ...]) -> list[float]:
    """Values of one input."""
    random = np.random.default_rng(seed_of(f"{op.name} {place}"))
    low, high = op.domain if place == 0 else OTHERS.get(op.name, (-6.0, 6.0))
    if place == 0:
        domain, wide = random.uniform(low, high, 40), random.uniform(-20.0, 20.0, 30)
    else:
        domain, wide = random.uniform(low, high, 50), random.uniform(-20.0, 20.0, 20)
    sizes = [1e-9, 1e-8, 1e-6, 1e-3, *10.0 ** random.uniform(-9.0, -3.0, 2)]
    near = [s * size for size in sizes for s in (-1.0, 1.0)]
    far = [-700.0, 700.0, *random.uniform(-700.0, 700.0, 10)]
    far += random.uniform(-110.0, 110.0, 16).tolist()
    return [*domain, *wide, *near, *far, *_beside(kinks, dtype)]


#: Operations of several inputs that jump or bend where two inputs are equal.
TIES = {
    "maximum", "minimum", "fmax", "fmin", "clamp_below", "clamp_above", "clamp_between",
    "remainder", "fmod", "floor_divide", "absolute_error",
}  # fmt: skip


#: Functions of which mpmath takes 10 ms for a number: every third point is enough.
SLOW = ("bessel", "pcfd")


def points(op: Elementwise, dtype: Any, params: dict[str, float]) -> list[np.ndarray[Any, Any]]:
    """One array for each input of an elementwise operation: the places where it is looked at."""
    kinks = KINKS.get(op.name, ())
    if params:  # bounds and thresholds are kinks where they are, and harmless where they are not
        kinks = (*kinks, *params.values())
    columns = [_column(op, place, dtype, kinks) for place in range(op.arity)]
    if op.arity > 1:
        random = np.random.default_rng(seed_of(op.name))
        columns = [columns[0], *(random.permutation(c).tolist() for c in columns[1:])]
        # Ends against ends, and equal values, where the operation is smooth there.
        columns = [c + e for c, e in zip(columns, ENDS, strict=False)]
    arrays = []
    for column, flag in zip(columns, op.flags, strict=True):
        array = np.array(column).astype(dtype)
        arrays.append(array > 0 if flag else array)
    length = max(a.size for a in arrays)
    arrays = [np.resize(a, length) for a in arrays]
    if any(name in op.textbook for name in SLOW):
        arrays = [a[::3] for a in arrays]
    if op.name in TIES:
        bent = np.any([a == b for i, a in enumerate(arrays) for b in arrays[:i]], axis=0)
        arrays = [a[~bent] for a in arrays]
    return arrays


#: For each input: the last points, which meet as they stand.
ENDS = (
    [700.0, -700.0, 700.0, -700.0, 1e-9, -1e-9, 1.5, -3.0, 1e-9, 650.0],
    [-700.0, 700.0, 700.0, -700.0, 1e-9, -1e-9, 1.5, -3.0, 700.0, 1e-9],
    [3.0, -3.0, 700.0, -700.0, 1e-9, 1e-9, 1.5, -3.0, 1.0, 2.0],
    [-2.0, 2.0, -700.0, 700.0, 1e-9, -1e-9, 1.5, -3.0, 5.0, -5.0],
)

#: Structural operations, each with the test that looks at it: see test_gradcheck.py.
STRUCTURAL = {
    "reshape", "permute", "expand", "sum_to", "to", "clone", "cat", "narrow", "pad_dim", "sum",
    "mean", "amax", "amin", "logsumexp", "pick", "place", "getitem", "put", "set_at", "matmul",
    "set_view", "gather", "gathered", "scatter", "scatter_add",
    "index_select", "index_add", "nll_loss", "diagonal", "on_diagonal", "tril", "triu", "flip",
    "roll", "pad", "unfold", "add_windows", "as_strided", "patches", "add_patches", "stack",
    "conv", "conv_transpose", "conv_weight", "max_pool", "max_unpool", "avg_pool", "avg_unpool",
    "sample_points", "spread_points", "match_points", "ctc_loss",
    "standardize",
    "masked_fill",
    "linear", "piece",
    "prod", "var", "std", "median", "nanmedian", "cumsum", "cumprod", "recurrence", "logcumsumexp",
    "vector_norm", "inv", "solve", "det", "det_sign", "logabsdet", "cholesky", "qr", "svd", "eigh",
    "pinv", "matrix_exp", "complement", "embedding", "geqrf", "lu",
    "zeta", "igamma", "igammac",
}  # fmt: skip

#: Rows for operations along an axis: plain, with ties, with ends, near 0.
ROW = [0.3, -1.7, 2.9, 0.8]
ROW_CASES = [ROW, [5.0, 5.0, -20.0, 4.999], [-700.0, 700.0, 3.0, 690.0], [1e-9, -1e-9, 0.0, 1e-3]]
