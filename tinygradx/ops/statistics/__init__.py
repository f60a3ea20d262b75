"""What numbers are like: their spread, their middle, their correlation, how often each is there."""

from tinygradx.ops.statistics.counting import Histogram, bincount, histc, histogram
from tinygradx.ops.statistics.middle import median, mode, nanmedian, nanquantile, quantile
from tinygradx.ops.statistics.spread import std, std_mean, var, var_mean
from tinygradx.ops.statistics.together import corrcoef, cov

__all__ = [
    "Histogram", "bincount", "corrcoef", "cov", "histc", "histogram", "median", "mode", "nanmedian",
    "nanquantile", "quantile", "std", "std_mean", "var", "var_mean",
]  # fmt: skip
