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
from tinygradx.autograd import (
    custom_gradient,
    enable_grad,
    inference_mode,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from tinygradx.errors import unknown_name as _unknown_name
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
from tinygradx.ops.bell_curve import erf, erfc, erfinv
from tinygradx.ops.bits import (
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    gcd,
    lcm,
)
from tinygradx.ops.broadcasting import broadcast_shapes, broadcast_tensors, broadcast_to, expand
from tinygradx.ops.comparisons import (
    eq,
    ge,
    gt,
    isfinite,
    isinf,
    isnan,
    isneginf,
    isposinf,
    le,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
    signbit,
)
from tinygradx.ops.copies import (
    alias_copy,
    as_strided_copy,
    diagonal_copy,
    expand_copy,
    narrow_copy,
    permute_copy,
    split_with_sizes_copy,
    squeeze_copy,
    t_copy,
    transpose_copy,
    unbind_copy,
    unfold_copy,
    unsqueeze_copy,
    view_copy,
)
from tinygradx.ops.cumulative import (
    cummax,
    cummin,
    cumprod,
    cumsum,
    cumulative_trapezoid,
    diff,
    logcumsumexp,
    trapezoid,
    trapz,
)
from tinygradx.ops.device import device
from tinygradx.ops.diagonals import (
    diag,
    diag_embed,
    diagflat,
    diagonal,
    diagonal_scatter,
    trace,
    tril,
    tril_indices,
    triu,
    triu_indices,
    vander,
)
from tinygradx.ops.differences import gradient
from tinygradx.ops.distances import (
    cdist,
    cosine_similarity,
    dist,
    norm,
    pdist,
)
from tinygradx.ops.elementary import (
    absolute,
    addcdiv,
    angle,
    clamp,
    clip,
    copysign,
    fmax,
    fmin,
    heaviside,
    lerp,
    maximum,
    minimum,
    mul,
    neg,
    nextafter,
    reciprocal,
    sign,
    square,
)
from tinygradx.ops.elementwise import Bound
from tinygradx.ops.exponentials import (
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    pow,
    rsqrt,
    sqrt,
)
from tinygradx.ops.gathering import gather, take, take_along_dim
from tinygradx.ops.histograms import histogramdd
from tinygradx.ops.in_place import celu_, rrelu_, selu_, threshold_
from tinygradx.ops.indexing import select
from tinygradx.ops.joining import cat, concat, concatenate, narrow, stack
from tinygradx.ops.linalg import (
    cholesky_inverse,
    cholesky_solve,
    det,
    geqrf,
    logdet,
    lu_unpack,
    matrix_exp,
    ormqr,
    pca_lowrank,
    pinverse,
    renorm,
    slogdet,
    svd_lowrank,
    triangular_solve,
)
from tinygradx.ops.linalg import inv as inverse
from tinygradx.ops.linalg import old_cholesky as cholesky
from tinygradx.ops.linalg import old_lu as lu
from tinygradx.ops.linalg import old_lu_solve as lu_solve
from tinygradx.ops.linalg import old_qr as qr
from tinygradx.ops.linalg import old_svd as svd
from tinygradx.ops.masks import (
    argwhere,
    masked_fill,
    masked_scatter,
    masked_select,
    nonzero,
    nonzero_static,
    unravel_index,
)
from tinygradx.ops.membership import isin
from tinygradx.ops.memory import clone
from tinygradx.ops.pointwise import (
    add,
    addcmul,
    allclose,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    clamp_max,
    clamp_min,
    conj,
    conj_physical,
    div,
    divide,
    equal,
    fix,
    float_power,
    frexp,
    greater,
    greater_equal,
    isclose,
    isreal,
    ldexp,
    less,
    less_equal,
    multiply,
    nan_to_num,
    negative,
    not_equal,
    positive,
    real,
    resolve_conj,
    resolve_neg,
    rsub,
    sgn,
    sub,
    subtract,
    true_divide,
    where,
)
from tinygradx.ops.products import (
    addbmm,
    addmm,
    addmv,
    addr,
    baddbmm,
    bilinear,
    bmm,
    chain_matmul,
    cross,
    dot,
    einsum,
    ger,
    inner,
    kron,
    matmul,
    matrix_power,
    mm,
    mv,
    outer,
    tensordot,
    vdot,
)
from tinygradx.ops.promotion import get_default_dtype, set_default_dtype
from tinygradx.ops.random import Generator, default_generator, manual_seed
from tinygradx.ops.rearranging import (
    flip,
    fliplr,
    flipud,
    repeat_interleave,
    roll,
    rot90,
    tile,
)
from tinygradx.ops.reductions import (
    all,
    amax,
    amin,
    aminmax,
    any,
    argmax,
    argmin,
    count_nonzero,
    logsumexp,
    max,
    mean,
    min,
    nanmean,
    nansum,
    prod,
    sum,
)
from tinygradx.ops.rounding import ceil, floor, floor_divide, fmod, frac, remainder, round, trunc
from tinygradx.ops.rrelu import rrelu
from tinygradx.ops.scatter import index_put, put, scatter, scatter_add, scatter_reduce
from tinygradx.ops.shapes import flatten, ravel, reshape, squeeze, unflatten, unsqueeze
from tinygradx.ops.slices import (
    index_add,
    index_copy,
    index_fill,
    index_reduce,
    index_select,
    select_scatter,
    slice_scatter,
)
from tinygradx.ops.sorting import (
    argsort,
    bucketize,
    kthvalue,
    msort,
    searchsorted,
    sort,
    topk,
    unique,
    unique_consecutive,
)
from tinygradx.ops.special import (
    digamma,
    i0,
    igamma,
    igammac,
    lgamma,
    logit,
    mvlgamma,
    polygamma,
    sinc,
    xlogy,
)
from tinygradx.ops.splitting import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    block_diag,
    cartesian_prod,
    chunk,
    column_stack,
    combinations,
    dsplit,
    dstack,
    hsplit,
    hstack,
    meshgrid,
    row_stack,
    split,
    split_with_sizes,
    tensor_split,
    unbind,
    vsplit,
    vstack,
)
from tinygradx.ops.statistics import (
    bincount,
    corrcoef,
    cov,
    histc,
    histogram,
    median,
    mode,
    nanmedian,
    nanquantile,
    quantile,
    std,
    std_mean,
    var,
    var_mean,
)
from tinygradx.ops.transposing import (
    adjoint,
    moveaxis,
    movedim,
    permute,
    swapaxes,
    swapdims,
    t,
    transpose,
)
from tinygradx.ops.trigonometry import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    deg2rad,
    hypot,
    rad2deg,
    sin,
    sinh,
    tan,
)
from tinygradx.ops.unsafe import unsafe_chunk, unsafe_split
from tinygradx.ops.windows import as_strided, as_strided_scatter
from tinygradx.random import get_rng_state, initial_seed, seed, set_rng_state
from tinygradx.tensor import (
    Tensor,
    arange,
    as_tensor,
    asarray,
    empty,
    empty_like,
    eye,
    from_numpy,
    frombuffer,
    full,
    full_like,
    linspace,
    logspace,
    ones,
    ones_like,
    rand,
    randint,
    randn,
    randperm,
    scalar_tensor,
    set_printoptions,
    tensor,
    zeros,
    zeros_like,
)
from tinygradx.tensor.chance import (
    bernoulli,
    multinomial,
    normal,
    poisson,
    rand_like,
    randint_like,
    randn_like,
)
from tinygradx.tensor.conversion import is_same_size, numel
from tinygradx.tensor.kinds import (
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
    Size,
    can_cast,
    finfo,
    get_num_threads,
    iinfo,
    is_complex,
    is_floating_point,
    is_nonzero,
    is_tensor,
    promote_types,
    result_type,
    set_num_threads,
    typename,
)
from tinygradx.tensor.numpy_interface import from_dlpack
from tinygradx.tensor.sequences import range
from tinygradx.tensor.strides import empty_permuted, empty_strided

__version__ = "0.1.0"

abs = absolute
float32 = float = _numpy.dtype("float32")
float64 = double = _numpy.dtype("float64")
int8 = _numpy.dtype("int8")
int16 = short = _numpy.dtype("int16")
int32 = int = _numpy.dtype("int32")
int64 = long = _numpy.dtype("int64")
uint8, bool = _numpy.dtype("uint8"), _numpy.dtype("bool")
e, inf, nan, pi = _numpy.e, _numpy.inf, _numpy.nan, _numpy.pi
strided = "strided"
contiguous_format, preserve_format = "contiguous_format", "preserve_format"
channels_last, channels_last_3d = "channels_last", "channels_last_3d"

#: PyTorch's functions that write to their first argument: `exp_(x)` is `x.exp_()`.
_IN_PLACE = """
abs_ acos_ acosh_ addmv_ arccos_ arccosh_ arcsin_ arcsinh_ arctan_ arctanh_ as_strided_ asin_
asinh_ atan_ atanh_ ceil_ clamp_ clamp_max_ clamp_min_ clip_ conj_physical_ cos_ cosh_ deg2rad_
erf_ erfc_ exp2_ exp_ expm1_ fix_ floor_ frac_ gcd_ i0_ index_put_ lcm_ ldexp_
log10_ log1p_ log2_ log_ logit_ nan_to_num_ neg_ negative_ rad2deg_ reciprocal_ relu_ round_
rsqrt_ sigmoid_ sin_ sinc_ sinh_ sqrt_ square_ tan_ tanh_ trunc_ xlogy_
"""
globals().update((name, getattr(Tensor, name)) for name in _IN_PLACE.split())

#: Rooms that are loaded when first asked for, so that the import stays quick, and what is in them.
_LATER = {
    "special": "special",
    "data": "data", "draw": "draw", "draw_dot": "draw", "print_graph": "draw", "nn": "nn",
    "linalg": "linalg", "optim": "optim", "plot": "plot",
    "utils": "utils", "func": "func", "micrograd": "micrograd", "cuda": "cuda",
    "accelerator": "accelerator", "backends": "backends", "save": "serialization",
    "load": "serialization", "vmap": "func",
    "serialization": "serialization", "random": "random", "signal": "signal", "train": "train",
    "gradcheck": "autograd", "gradgradcheck": "autograd", "distributions": "distributions",
    "sklearn": "sklearn", "compare_activations": "compare", "compare": "compare",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a room, or what is public in it, when it is first asked for."""
    if name not in _LATER:
        raise _unknown_name("tinygradx", name, __dir__())
    room = importlib.import_module(f"tinygradx.{_LATER[name]}")
    return room if _LATER[name] == name else getattr(room, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER} - {"Any", "Bound", "importlib"})
