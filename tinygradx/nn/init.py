"""First values of parameters, by PyTorch's names.

Every function writes into the tensor it is given, records nothing, and answers the tensor. The
random ones draw from `generator`, or from the one that `manual_seed` seeds.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import no_grad
from tinygradx.ops import random
from tinygradx.ops.bell_curve import erfinv
from tinygradx.ops.random import Generator
from tinygradx.tensor import Tensor

#: Layers that change no scale by themselves.
_LINEAR = (
    "linear", "conv1d", "conv2d", "conv3d",
    "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid",
)  # fmt: skip
_GAINS = dict.fromkeys(_LINEAR, 1.0) | {
    "tanh": 5.0 / 3.0, "relu": math.sqrt(2.0), "selu": 0.75,
}  # fmt: skip
SQRT_2 = math.sqrt(2.0)

#: The least share of the normal distribution that `trunc_normal_` draws from: one of 1e-9 has lost
#: 7 of the 16 digits of a float64.
LEAST_SHARE = 1e-9


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much weights have to be larger to make up for what a nonlinearity takes away.

    For relu it is √2, for leaky_relu √(2 / (1 + slope²)): He et al. (2015), arXiv:1502.01852. For
    tanh 5/3 and for selu 3/4 are customary; for linear layers and sigmoid it is 1.

    Parameters
    ----------
    nonlinearity : str
        "linear", "conv1d" and so on, "sigmoid", "tanh", "relu", "leaky_relu" or "selu".
    param : float, optional
        The slope of leaky_relu below 0; 0.01 when left out.

    Raises
    ------
    ArgumentError
        If nobody knows the gain of it.

    Examples
    --------
    >>> from tinygradx import nn
    >>> round(nn.init.calculate_gain("relu"), 4)
    1.4142
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ArgumentError(
                f"the gain of leaky_relu with param={param!r}", "no slope", "pass a number"
            )
        return math.sqrt(2.0 / (1.0 + slope * slope))
    if nonlinearity not in _GAINS:
        raise ArgumentError(
            f"the gain of {nonlinearity!r}", "a nonlinearity whose gain is not known",
            f"use one of {', '.join([*_GAINS, 'leaky_relu'])}",
        )  # fmt: skip
    return _GAINS[nonlinearity]


# ---- the same for every shape -------------------------------------------------------------------


def uniform_(
    tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Draw evenly from a to b.

    Parameters
    ----------
    tensor : Tensor
        Floats of any shape.
    a, b : float
        The ends.
    generator : Generator, optional
        What to draw from.

    Raises
    ------
    ArgumentError, DtypeError
        If a is above b, or the tensor has no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weight = tgx.nn.init.uniform_(tgx.empty(1000), -2.0, 2.0)
    >>> bool((weight.abs() <= 2.0).all())
    True
    """
    _float_of(tensor, "uniform_")
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Draw from the normal distribution.

    Parameters
    ----------
    tensor : Tensor
        Floats of any shape.
    mean, std : float
        Its mean and its standard deviation.
    generator : Generator, optional
        What to draw from.

    Raises
    ------
    ArgumentError, DtypeError
        If std is below 0, or the tensor has no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weight = tgx.nn.init.normal_(tgx.empty(10000), 5.0, 0.1)
    >>> bool(abs(weight.mean() - 5.0) < 0.01)
    True
    """
    _float_of(tensor, "normal_")
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Draw from the part of a normal distribution that lies between a and b.

    By its inverse: erfinv of what is drawn evenly between the two ends.

    Parameters
    ----------
    tensor : Tensor
        Floats of any shape.
    mean, std : float
        Those of the whole distribution.
    a, b : float
        The ends, as values (not counted in std).
    generator : Generator, optional
        What to draw from.

    Raises
    ------
    ArgumentError, DtypeError
        If std is not above 0, a not below b, next to nothing of the distribution lies between
        them, or the tensor has no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weight = tgx.nn.init.trunc_normal_(tgx.empty(1000), std=0.02, a=-0.04, b=0.04)
    >>> bool((weight.abs() <= 0.04).all())
    True
    """
    dtype = _float_of(tensor, "trunc_normal_")
    if not std > 0.0 or not a < b:
        raise ArgumentError(
            f"trunc_normal_ with std={std}, a={a}, b={b}", "no interval, or no width",
            "use std above 0, and a below b",
        )  # fmt: skip
    low, high = (math.erf((end - mean) / (std * SQRT_2)) for end in (a, b))
    if not high - low > 2.0 * LEAST_SHARE:
        raise ArgumentError(
            f"trunc_normal_ from {a} to {b}",
            f"less than {LEAST_SHARE} of a normal distribution with mean {mean} and std {std}",
            "choose ends nearer to the mean",
        )
    even = low + (high - low) * random.uniform(tensor.shape, np.float64, generator)
    drawn = mean + std * SQRT_2 * erfinv.value([even])
    # In the tensor's dtype: an end may lie between two of its numbers.
    return _fill(tensor, np.clip(drawn.astype(dtype), a, b))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Write one value everywhere.

    Parameters
    ----------
    tensor : Tensor
        Of any shape and dtype.
    val : float
        The value.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.init.constant_(tgx.empty(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    return _fill(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Write 1 everywhere."""
    return _fill(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Write 0 everywhere."""
    return _fill(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Write 1 on the diagonal of a matrix and 0 beside it, so that a layer hands its input on.

    Parameters
    ----------
    tensor : Tensor
        Of two dimensions.

    Raises
    ------
    ShapeError
        If it has another number of dimensions.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.init.eye_(tgx.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    if tensor.ndim != 2:
        raise ShapeError("eye_", f"a tensor of shape {tensor.shape}", "pass a matrix")
    return _fill(tensor, np.eye(tensor.shape[0], tensor.shape[1]))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make a convolution hand its input on: 1 in the middle of each channel's own kernel, else 0.

    As many channels are handed on as there are inputs and outputs of each group.

    Parameters
    ----------
    tensor : Tensor
        A weight (out, in, k, ...) of a convolution over one to three dimensions.
    groups : int
        How many groups its outputs are in; each group hands on the inputs from the first.

    Raises
    ------
    ShapeError
        If it has other dimensions, or `groups` does not divide the outputs.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weight = tgx.nn.init.dirac_(tgx.empty(2, 2, 3))
    >>> weight
    tensor([[[0., 1., 0.],
             [0., 0., 0.]],
    <BLANKLINE>
            [[0., 0., 0.],
             [0., 1., 0.]]])
    >>> x = tgx.randn(1, 2, 5)
    >>> bool((tgx.nn.functional.conv1d(x, weight, padding=1) == x).all())
    True
    """
    shape = tensor.shape
    if len(shape) not in (3, 4, 5):
        raise ShapeError(
            "dirac_", f"a tensor of shape {shape}", "pass a weight (out, in, k, ...) of 3 to 5 dims"
        )
    if groups < 1 or shape[0] % groups:
        raise ShapeError(
            f"dirac_ with groups={groups}", f"{shape[0]} outputs", "use a divisor of the outputs"
        )
    values = np.zeros(shape)
    middle = tuple(size // 2 for size in shape[2:])
    each = shape[0] // groups
    for group in range(groups):
        for channel in range(min(each, shape[1])):
            values[(group * each + channel, channel, *middle)] = 1.0
    return _fill(tensor, values)


def sparse_(
    tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None
) -> Tensor:
    """Draw a matrix from the normal distribution, and write 0 into a share of each column.

    Martens (2010), "Deep learning via Hessian-free optimization".

    Parameters
    ----------
    tensor : Tensor
        Of two dimensions.
    sparsity : float
        The share of zeros, from 0 to 1; rounded up to whole elements of a column.
    std : float
        The standard deviation of what is not 0.
    generator : Generator, optional
        What to draw from.

    Raises
    ------
    ShapeError, ArgumentError, DtypeError
        If it has another number of dimensions, the share is no share, or it has no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weight = tgx.nn.init.sparse_(tgx.empty(10, 4), sparsity=0.25)
    >>> (weight == 0.0).sum(0)
    tensor([3, 3, 3, 3])
    """
    if tensor.ndim != 2:
        raise ShapeError("sparse_", f"a tensor of shape {tensor.shape}", "pass a matrix")
    if not 0.0 <= sparsity <= 1.0:
        raise ArgumentError(f"sparse_ with sparsity={sparsity}", "no share", "use 0 to 1")
    normal_(tensor, 0.0, std, generator)
    rows, columns = tensor.shape
    order = random.uniform((rows, columns), np.float64, generator).argsort(0)
    values = tensor.detach().numpy().copy()
    np.put_along_axis(values, order[: math.ceil(sparsity * rows)], 0.0, 0)
    return _fill(tensor, values)


# ---- by the number of inputs and outputs --------------------------------------------------------


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs an output has, and how many outputs an input goes to.

    Of a weight (out, in): in and out. Of one for a convolution, (out, in, k, ...): both times the
    size of the kernel. Under PyTorch's name, by which many scripts call it.
    """
    shape = tensor.shape
    if len(shape) < 2:
        raise ShapeError(
            "count the inputs and outputs of a weight", f"a tensor of shape {shape}",
            "pass a weight (out, in, ...), or use normal_, uniform_ or zeros_",
        )  # fmt: skip
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    """The number that `mode` names."""
    modes = ("fan_in", "fan_out")
    if mode not in modes:
        raise ArgumentError(
            f"initialise with mode={mode!r}", "no such mode", 'use "fan_in" or "fan_out"'
        )
    return _calculate_fan_in_and_fan_out(tensor)[modes.index(mode)]


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Draw evenly within ±gain · √(6 / (fan_in + fan_out)).

    Signals and gradients then keep their size from layer to layer. Glorot & Bengio (2010),
    "Understanding the difficulty of training deep feedforward neural networks".

    Parameters
    ----------
    tensor : Tensor
        A weight (out, in), or (out, in, k, ...) of a convolution.
    gain : float
        See `calculate_gain`.
    generator : Generator, optional
        What to draw from.

    Raises
    ------
    ShapeError, DtypeError
        If it has fewer than two dimensions, or no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weight = tgx.nn.init.xavier_uniform_(tgx.empty(2, 4))
    >>> bool((weight.abs() <= 1.0).all())
    True
    """
    bound = math.sqrt(3.0) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Draw from the normal distribution of std gain · √(2 / (fan_in + fan_out)).

    Parameters
    ----------
    tensor, gain, generator
        As for `xavier_uniform_`, with its source and its errors.
    """
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def _xavier_std(tensor: Tensor, gain: float) -> float:
    # A weight of no elements has nothing to draw; 1 keeps the fraction whole.
    whole = sum(_calculate_fan_in_and_fan_out(tensor)) or 1
    return gain * math.sqrt(2.0 / whole)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Draw evenly within ±gain · √(3 / fan).

    Behind rectifiers signals then keep their size from layer to layer. He et al. (2015), "Delving
    deep into rectifiers", arXiv:1502.01852.

    Parameters
    ----------
    tensor : Tensor
        A weight (out, in), or (out, in, k, ...) of a convolution.
    a : float
        The slope of leaky_relu below 0; 0 is relu.
    mode : {"fan_in", "fan_out"}
        Whether signals keep their size, or gradients.
    nonlinearity : str
        What comes behind the layer: see `calculate_gain`.
    generator : Generator, optional
        What to draw from.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If it has fewer than two dimensions or no floats, or mode or nonlinearity are not known.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weight = tgx.nn.init.kaiming_uniform_(tgx.empty(3, 6), nonlinearity="relu")
    >>> bool((weight.abs() <= 1.0).all())
    True
    """
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Draw from the normal distribution of std gain / √fan.

    Parameters
    ----------
    tensor, a, mode, nonlinearity, generator
        As for `kaiming_uniform_`, with its source and its errors.
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    fan = _calculate_correct_fan(tensor, mode) or 1  # as in _xavier_std
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def orthogonal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Draw a matrix with orthogonal rows (or columns, where there are fewer), evenly among all.

    Saxe et al. (2013), "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks", arXiv:1312.6120. It is the Q of a normal matrix, with the signs that make R positive
    on its diagonal: without them it would not be drawn evenly (Mezzadri 2007, math-ph/0609050).

    Parameters
    ----------
    tensor : Tensor
        Of two dimensions or more; from the second on they count as one.
    gain : float
        The length of the rows (or columns).
    generator : Generator, optional
        What to draw from.

    Raises
    ------
    ShapeError, DtypeError
        If it has fewer than two dimensions, or no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weight = tgx.nn.init.orthogonal_(tgx.empty(2, 5, dtype=tgx.float64))
    >>> bool(((weight @ weight.T - tgx.eye(2)).abs() < 1e-12).all())
    True
    """
    _float_of(tensor, "orthogonal_")
    shape = tensor.shape
    if len(shape) < 2:
        raise ShapeError("orthogonal_", f"a tensor of shape {shape}", "pass a matrix, or more")
    if not tensor.numel():
        return tensor
    rows, columns = shape[0], math.prod(shape[1:])
    # In float64 whatever the tensor is: it is rounded once, at the end.
    drawn = random.normal((max(rows, columns), min(rows, columns)), np.float64, generator)
    q, r = np.linalg.qr(drawn)
    q = q * np.where(np.diagonal(r) < 0.0, -1.0, 1.0)
    return _fill(tensor, gain * (q if rows >= columns else q.T).reshape(shape))


# ---- names of long ago --------------------------------------------------------------------------


def _old(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A function under its name of before PyTorch 0.4, without the `_`."""
    new = function.__name__
    name = new.removesuffix("_")

    @wraps(function)
    def old(*args: Any, **named: Any) -> Tensor:
        warnings.warn(
            f"nn.init.{name} is a name of long ago: use nn.init.{new}", FutureWarning, stacklevel=2
        )
        return function(*args, **named)

    old.__name__ = old.__qualname__ = name
    old.__doc__ = f"`{new}`, under its name of long ago; it warns."
    return old


uniform = _old(uniform_)
normal = _old(normal_)
constant = _old(constant_)
eye = _old(eye_)
dirac = _old(dirac_)
xavier_uniform = _old(xavier_uniform_)
xavier_normal = _old(xavier_normal_)
kaiming_uniform = _old(kaiming_uniform_)
kaiming_normal = _old(kaiming_normal_)
orthogonal = _old(orthogonal_)
sparse = _old(sparse_)


def _float_of(tensor: Tensor, asked: str) -> np.dtype[Any]:
    """The dtype of a tensor that can hold what is drawn."""
    dtype: np.dtype[Any] = tensor.array.dtype
    if dtype.kind != "f":
        raise DtypeError(
            f"{asked} on {dtype}", "a dtype that holds no fractions", "make it of floats"
        )
    return dtype


def _fill(tensor: Tensor, values: Any) -> Tensor:
    """Write values into a tensor, and record nothing."""
    with no_grad():
        return tensor.copy_(values)
