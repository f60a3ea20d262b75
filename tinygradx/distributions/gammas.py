"""What is made of gamma variables: Chi2, InverseGamma, FisherSnedecor."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tinygradx.distributions import constraints
from tinygradx.distributions.constraints import Constraint
from tinygradx.distributions.distribution import Distribution, broadcast_all
from tinygradx.distributions.gamma_slope import gamma_variable
from tinygradx.distributions.positive import Gamma
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.exponentials import log, log1p
from tinygradx.ops.pointwise import where
from tinygradx.ops.special import digamma, igammac, lgamma


class Chi2(Gamma):
    """The sum of the squares of `df` normal numbers: a gamma distribution of df / 2 and 1 / 2.

    Pearson (1900), "On the criterion that a given system of deviations ... can be reasonably
    supposed to have arisen from random sampling".

    Parameters
    ----------
    df : Tensor or float
        Degrees of freedom, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.Chi2(3.0).variance
    tensor(6.)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "df": constraints.positive,
        **Gamma.arg_constraints,
    }

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        (self.df,) = broadcast_all(df)
        super().__init__(0.5 * self.df, 0.5, validate_args)

    def __repr__(self) -> str:
        return f"Chi2(df: {self.df.item() if self.df.numel() == 1 else self.df.shape})"


class InverseGamma(Distribution):
    """One over a gamma variable: `b**a / gamma(a) * x**(-a - 1) * exp(-b / x)`.

    With the concentration a and the rate b: what is known about the variance of normal numbers
    whose mean is known.

    Parameters
    ----------
    concentration, rate : Tensor or float
        a and b, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> variance = tgx.distributions.InverseGamma(3.0, 2.0)
    >>> variance.mean, variance.mode
    (tensor(1.), tensor(0.5000))
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "concentration": constraints.positive,
        "rate": constraints.positive,
    }
    support = constraints.positive
    has_rsample = True

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self.rate / gamma_variable(expand(self.concentration, shape), generator)

    def _log_prob(self, value: Any) -> Any:
        a = self.concentration
        return a * log(self.rate) - lgamma(a) - (a + 1.0) * log(value) - self.rate / value

    def _cdf(self, value: Any) -> Any:
        return igammac(self.concentration, self.rate / value)

    def _mean(self) -> Any:
        a = self.concentration
        return where(a > 1.0, self.rate / where(a > 1.0, a - 1.0, 1.0), math.inf)

    def _mode(self) -> Any:
        return self.rate / (self.concentration + 1.0)

    def _variance(self) -> Any:
        a = self.concentration
        below = where(a > 2.0, (a - 1.0) * (a - 1.0) * (a - 2.0), 1.0)
        return where(a > 2.0, self.rate * self.rate / below, math.inf)

    def _entropy(self) -> Any:
        a = self.concentration
        return a + log(self.rate) + lgamma(a) - (1.0 + a) * digamma(a)


class FisherSnedecor(Distribution):
    """The ratio of two mean squares, of `df1` and of `df2` normal numbers: the F distribution.

    `x**(df1 / 2 - 1) * (1 + x df1 / df2)**(-(df1 + df2) / 2)`, times what makes the area 1.
    Fisher (1924), "On a distribution yielding the error functions of several well known
    statistics".

    Parameters
    ----------
    df1, df2 : Tensor or float
        Degrees of freedom above and below, above 0.
    validate_args : bool, optional
        As for `Distribution`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.distributions.FisherSnedecor(2.0, 4.0).mean
    tensor(2.)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "df1": constraints.positive,
        "df2": constraints.positive,
    }
    support = constraints.positive
    has_rsample = True

    def __init__(self, df1: Any, df2: Any, validate_args: bool | None = None) -> None:
        self.df1, self.df2 = broadcast_all(df1, df2)
        super().__init__(self.df1.shape, validate_args=validate_args)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        above, below = (
            gamma_variable(expand(0.5 * df, shape), generator) / df for df in (self.df1, self.df2)
        )
        return above / below

    def _log_prob(self, value: Any) -> Any:
        a, b, ratio = 0.5 * self.df1, 0.5 * self.df2, self.df1 / self.df2
        height = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(ratio)
        return height + (a - 1.0) * log(value) - (a + b) * log1p(ratio * value)

    def _mean(self) -> Any:
        df = self.df2
        return where(df > 2.0, df / where(df > 2.0, df - 2.0, 1.0), math.nan)

    def _mode(self) -> Any:
        mode = (self.df1 - 2.0) / self.df1 * self.df2 / (self.df2 + 2.0)
        return where(self.df1 > 2.0, mode, math.nan)

    def _variance(self) -> Any:
        a, b = self.df1, self.df2
        below = where(b > 4.0, a * (b - 2.0) * (b - 2.0) * (b - 4.0), 1.0)
        return where(b > 4.0, 2.0 * b * b * (a + b - 2.0) / below, math.nan)
