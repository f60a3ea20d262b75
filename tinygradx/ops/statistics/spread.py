"""How far numbers lie apart: the variance and its root."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, user_line
from tinygradx.graph import Handle
from tinygradx.kernels import backend_of
from tinygradx.ops.arithmetic import add_up
from tinygradx.ops.comparisons import eq as equal
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import div, mul, sub
from tinygradx.ops.reductions import MEAN, float_handle, numpy_names, spread
from tinygradx.ops.structural import Structural, whole_dims


class Var(Structural):
    """The mean square distance from the mean, in two passes: no digits are lost to a large mean."""

    name = "var"

    def forward(
        self, x: Any, dims: tuple[int, ...] | None, keepdim: bool, correction: float
    ) -> Any:
        call = backend_of(x).call
        middle = MEAN.forward(x, dims, True)
        apart = call(np.subtract, x, middle)
        squares = add_up(call(np.square, apart), dims, keepdim)
        return call(np.divide, squares, x.dtype.type(_left(x.shape, dims, correction)))

    def pull(
        self,
        g: Any,
        x: Any,
        x_shape: tuple[int, ...],
        dims: tuple[int, ...] | None,
        correction: float,
    ) -> Any:
        apart = sub(x, MEAN.apply((x,), (dims, True)))
        share = mul(g, 2.0 * _over(x_shape, dims, correction))
        return mul(spread(share, x_shape, dims), apart)


class Std(Structural):
    """The root of the variance; where it is 0 the gradient is 0, as in PyTorch."""

    name = "std"

    def forward(
        self, x: Any, dims: tuple[int, ...] | None, keepdim: bool, correction: float
    ) -> Any:
        return backend_of(x).call(np.sqrt, VAR.forward(x, dims, keepdim, correction))

    def pull(
        self,
        g: Any,
        x: Any,
        y: Any,
        x_shape: tuple[int, ...],
        dims: tuple[int, ...] | None,
        correction: float,
    ) -> Any:
        share = where(equal(y, 0.0), 0.0, div(g, where(equal(y, 0.0), 1.0, y)))
        apart = sub(x, MEAN.apply((x,), (dims, True)))
        return mul(spread(mul(share, _over(x_shape, dims, correction)), x_shape, dims), apart)


def _left(shape: tuple[int, ...], dims: tuple[int, ...] | None, correction: float) -> float:
    """How many elements the squares are divided by."""
    count = math.prod(shape if dims is None else (shape[d] for d in dims))
    return max(0.0, count - correction)


def _over(shape: tuple[int, ...], dims: tuple[int, ...] | None, correction: float) -> float:
    """One over `_left`."""
    left = _left(shape, dims, correction)
    return 1.0 / left if left else math.inf


VAR, STD = Var(), Std()


def _spread_settings(
    input: Any, dim: Any, unbiased: Any, keepdim: Any, correction: Any, named: dict[str, Any],
    asked: str,
) -> tuple[Handle, tuple[Any, ...]]:  # fmt: skip
    """The tensor, and the settings of `Var`, from the many ways to give them.

    PyTorch has `var(x, unbiased)`, `var(x, dim, unbiased, keepdim)` and the present
    `var(x, dim, correction=..., keepdim=...)`; NumPy calls the correction `ddof`.
    """
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    correction = named.pop("ddof", correction)
    dtype = named.pop("dtype", None)
    dim, keepdim = numpy_names(asked, named, dim, keepdim)
    if unbiased is not None and correction is not None:
        raise ArgumentError(
            f"{asked} with both unbiased= and correction=", "two ways to say one thing",
            "give correction=1 for unbiased=True, correction=0 for unbiased=False",
        )  # fmt: skip
    if unbiased is not None and not isinstance(unbiased, (bool, int, np.bool_)):
        raise DtypeError(
            f"{asked} with unbiased={unbiased!r:.40}", f"a {type(unbiased).__name__}",
            "pass True or False",
        )  # fmt: skip
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    if not isinstance(correction, (int, float, np.number)):
        raise DtypeError(
            f"{asked} with correction={correction!r:.40}", f"a {type(correction).__name__}",
            "pass a number",
        )  # fmt: skip
    x = float_handle(input, asked, dtype)
    dims = whole_dims(dim, x.array.ndim, asked)
    if x.array.size and not _left(x.array.shape, dims, float(correction)):
        warnings.warn(
            f"{asked} of a tensor of shape {x.array.shape} with correction={correction}: no more "
            f"elements than the correction, so the answer is nan or inf; use correction=0 "
            f"(at {user_line()})",
            stacklevel=3,
        )
    return x, (dims, keepdim, float(correction))


def var(
    input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: Any = None, **named: Any,
) -> Any:  # fmt: skip
    """The variance: the sum of the square distances from the mean, over n - correction.

    Computed in two passes, so that a large mean costs no digits.

    Parameters
    ----------
    input : Tensor
        Of floats, any shape.
    dim : int or tuple of int, optional
        What to reduce; everything when left out.
    unbiased : bool, optional
        The older way to say `correction`: True is 1, False is 0.
    keepdim : bool
        Keep reduced dimensions with size 1.
    correction : float
        Bessel's correction, 1 by default.

    Raises
    ------
    DtypeError
        For integers and bools.

    Warns
    -----
    UserWarning
        If there are no more elements than the correction.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.var(tgx.tensor([1.0, 2.0, 3.0])), tgx.var(tgx.tensor([1.0, 2.0, 3.0]), correction=0)
    (tensor(1.), tensor(0.6667))
    """
    x, settings = _spread_settings(input, dim, unbiased, keepdim, correction, named, "var")
    return VAR.apply((x,), settings)


def std(
    input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: Any = None, **named: Any,
) -> Any:  # fmt: skip
    """The standard deviation: the root of the variance. Where it is 0 its gradient is 0.

    Parameters
    ----------
    input, dim, unbiased, keepdim, correction
        As for `var`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.std(tgx.tensor([[1.0, 3.0], [2.0, 6.0]]), dim=1)
    tensor([1.4142, 2.8284])
    """
    x, settings = _spread_settings(input, dim, unbiased, keepdim, correction, named, "std")
    return STD.apply((x,), settings)


def var_mean(
    input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: Any = None, **named: Any,
) -> Any:  # fmt: skip
    """The variance and the mean, as a pair: see `var`."""
    x, settings = _spread_settings(input, dim, unbiased, keepdim, correction, named, "var_mean")
    return VAR.apply((x,), settings), MEAN.apply((x,), settings[:2])


def std_mean(
    input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: Any = None, **named: Any,
) -> Any:  # fmt: skip
    """The standard deviation and the mean, as a pair: see `std`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.std_mean(tgx.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    x, settings = _spread_settings(input, dim, unbiased, keepdim, correction, named, "std_mean")
    return STD.apply((x,), settings), MEAN.apply((x,), settings[:2])
