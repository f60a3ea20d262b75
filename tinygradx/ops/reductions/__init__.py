"""Reductions: many elements to one, over all dimensions or some."""

from tinygradx.ops.reductions.counting import all, any, count_nonzero
from tinygradx.ops.reductions.extremes import (
    AMAX,
    AMIN,
    AminmaxResult,
    Extreme,
    MaxResult,
    amax,
    amin,
    aminmax,
    argmax,
    argmin,
    max,
    min,
)
from tinygradx.ops.reductions.picking import PICK, PLACE
from tinygradx.ops.reductions.shared import filled, filled_dim, float_handle, numpy_names, spread
from tinygradx.ops.reductions.sums import (
    LOGSUMEXP,
    MEAN,
    PROD,
    SUM,
    logsumexp,
    mean,
    nanmean,
    nansum,
    prod,
    sum,
)

__all__ = [
    "AMAX", "AMIN", "LOGSUMEXP", "MEAN", "PICK", "PLACE", "PROD", "SUM", "AminmaxResult", "Extreme",
    "MaxResult", "all", "amax", "amin", "aminmax", "any", "argmax", "argmin", "count_nonzero",
    "filled", "filled_dim", "float_handle", "logsumexp", "max", "mean", "min", "nanmean", "nansum",
    "numpy_names", "prod", "spread", "sum",
]  # fmt: skip
