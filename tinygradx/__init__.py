"""tinygradx: reverse-mode autodiff over arrays, with its kernels and its graph in plain sight.

>>> import tinygradx as tgx
>>> x = tgx.tensor([[1.0, -2.0]], requires_grad=True)
>>> loss = (x.tanh() ** 2).sum()
>>> loss.backward()
>>> x.grad
tensor([[ 0.6397, -0.1362]])
"""

import importlib
from typing import Any

import numpy as _numpy

from tinygradx import autograd
from tinygradx.autograd import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from tinygradx.ops.activations import ACTIVATIONS as activations
from tinygradx.ops.activations import (
    activation,
    celu,
    elu,
    gelu,
    glu,
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    identity,
    leaky_relu,
    log_softmax,
    logsigmoid,
    maxout,
    mish,
    prelu,
    relu,
    relu6,
    row_activation,
    selu,
    sigmoid,
    silu,
    softmax,
    softmin,
    softplus,
    softshrink,
    softsign,
    squareplus,
    step,
    swish,
    tanh,
    tanhshrink,
    threshold,
)
from tinygradx.ops.elementary import (
    absolute,
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    ceil,
    clamp,
    clip,
    cos,
    cosh,
    div,
    eq,
    erf,
    erfc,
    erfinv,
    exp,
    exp2,
    expm1,
    floor,
    floor_divide,
    fmod,
    frac,
    ge,
    gt,
    hypot,
    isfinite,
    isinf,
    isnan,
    le,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    maximum,
    minimum,
    mul,
    ne,
    neg,
    pow,
    reciprocal,
    remainder,
    round,
    rsqrt,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    sub,
    tan,
    trunc,
    where,
)
from tinygradx.ops.elementwise import Bound
from tinygradx.ops.products import matmul
from tinygradx.ops.promotion import get_default_dtype, set_default_dtype
from tinygradx.ops.random import Generator, default_generator, manual_seed
from tinygradx.ops.reductions import (
    all,
    amax,
    amin,
    any,
    argmax,
    argmin,
    logsumexp,
    max,
    mean,
    min,
    sum,
)
from tinygradx.ops.shapes import (
    cat,
    clone,
    expand,
    flatten,
    narrow,
    permute,
    reshape,
    squeeze,
    stack,
    transpose,
    unsqueeze,
)
from tinygradx.tensor import (
    Tensor,
    arange,
    as_tensor,
    empty,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    ones,
    ones_like,
    rand,
    randint,
    randn,
    randperm,
    set_printoptions,
    tensor,
    zeros,
    zeros_like,
)

__version__ = "0.1.0"

abs = absolute
float32 = _numpy.dtype("float32")
float64 = double = _numpy.dtype("float64")
int8, int16 = _numpy.dtype("int8"), _numpy.dtype("int16")
int32 = _numpy.dtype("int32")
int64 = long = _numpy.dtype("int64")
uint8, bool = _numpy.dtype("uint8"), _numpy.dtype("bool")


#: Rooms that are loaded when first asked for, so that the import stays quick, and what is in them.
_LATER = {
    "data": "data", "draw": "draw", "draw_dot": "draw", "print_graph": "draw", "nn": "nn",
    "optim": "optim", "plot": "plot",
    "utils": "utils",
    "gradcheck": "autograd", "gradgradcheck": "autograd",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a room, or what is public in it, when it is first asked for."""
    if name not in _LATER:
        raise AttributeError(f"module 'tinygradx' has no attribute {name!r}")
    room = importlib.import_module(f"tinygradx.{_LATER[name]}")
    return room if _LATER[name] == name else getattr(room, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
