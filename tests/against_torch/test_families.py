"""Every family of operations beside PyTorch, on whatever tensors there are.

A row of a table is run by both libraries on the same numbers: broadcast or not, of no dimensions,
of no elements, transposed, with steps, with negative steps (which PyTorch's tensors cannot have),
expanded without a copy, or one tensor in all places. Values, dtypes, shapes and gradients agree;
where PyTorch raises, so do we.
"""

from __future__ import annotations

import functools
from typing import Any
from unittest import mock

import numpy as np
import pytest
from beside import (
    ANY,
    FLOATS,
    NUMBERS,
    Choices,
    Operand,
    Row,
    any_shape,
    bounded,
    compare,
    fixed,
    of_product,
    rows,
    run,
    torch,
)
from hypothesis import given
from hypothesis import strategies as st


def by_name(name: str, **named: Any) -> Any:
    """A function of that name in either library."""
    return lambda m, f, k, *xs: getattr(m, name)(*xs, **named)


def functional(name: str, **named: Any) -> Any:
    """One of `nn.functional`."""
    return lambda m, f, k, *xs: getattr(f, name)(*xs, **named)


def index(m: Any, k: Any, size: int, shape: Any) -> Any:
    """Indices into a dim of that size, the same in both libraries; some of them repeated."""
    return m.tensor(k.random.integers(0, max(size, 1), shape))


def mask(m: Any, k: Any, shape: Any) -> Any:
    """Truth values of a shape."""
    return m.tensor(k.random.random(tuple(shape)) > 0.5)


# ---- elementwise, of one tensor -----------------------------------------------------------------

DOMAINS = {
    "sqrt": (0.0, 4.0), "rsqrt": (0.1, 4.0), "log": (0.1, 4.0), "log2": (0.1, 4.0),
    "log10": (0.1, 4.0), "log1p": (-0.9, 3.0), "asin": (-0.9, 0.9), "acos": (-0.9, 0.9),
    "atanh": (-0.9, 0.9), "acosh": (1.1, 4.0), "erfinv": (-0.9, 0.9), "logit": (0.1, 0.9),
    "lgamma": (0.2, 4.0), "digamma": (0.2, 4.0), "reciprocal": (0.5, 3.0), "tan": (-1.4, 1.4),
    "sinc": (0.3, 2.5),
}  # fmt: skip
#: Where PyTorch has no answer for bools, or for integers. (We answer for some.)
ONLY_NUMBERS = "abs neg positive square ceil floor trunc round sign sgn relu".split()
UNARY = {
    name: Row(
        by_name(name), 1,
        FLOATS if name in ("frac", "sqrt") else NUMBERS if name in ONLY_NUMBERS else ANY,
        *DOMAINS.get(name, (-2.5, 2.5)),
        # PyTorch's trigamma function has nine digits.
        tolerance=1e-8 if name == "digamma" else 1e-10,
    )
    for name in (
        "abs neg positive square exp exp2 expm1 sin cos tan atan sinh cosh tanh asinh erf erfc "
        "floor ceil trunc round frac sign sgn sigmoid relu sinc deg2rad rad2deg nan_to_num "
        "rsqrt log log2 log10 log1p asin acos acosh atanh erfinv logit lgamma digamma "
        "reciprocal isfinite isnan signbit logical_not i0"
    ).split()
}  # fmt: skip


@rows(UNARY)
@bounded
@given(data=st.data())
def test_elementwise(row, data):
    run(row, data)


# ---- activations --------------------------------------------------------------------------------

ACTIVATIONS = {
    name: Row(functional(name), 1, FLOATS, -4.0, 4.0, distinct=True)
    for name in (
        "relu relu6 leaky_relu hardtanh hardswish hardshrink softshrink sigmoid tanh "
        "softsign tanhshrink logsigmoid elu selu softplus silu mish gelu"
    ).split()
} | {
    "hardsigmoid": Row(functional("hardsigmoid"), 1, FLOATS, -4.0, 4.0, tolerance=1e-7),
    "celu": Row(functional("celu", alpha=0.7), 1, FLOATS, -4.0, 4.0, tolerance=1e-7),
    "threshold": Row(functional("threshold", threshold=0.3, value=-1.0), distinct=True),
    "gelu tanh": Row(functional("gelu", approximate="tanh")),
    "softmax": Row(lambda m, f, k, x: f.softmax(x, k.dim)),
    "log_softmax": Row(lambda m, f, k, x: f.log_softmax(x, k.dim)),
    "softmin": Row(lambda m, f, k, x: f.softmin(x, k.dim)),
    "glu": Row(lambda m, f, k, x: f.glu(x, k.dim)),
    "prelu": Row(lambda m, f, k, x: f.prelu(x, m.full((1,), 0.3, dtype=x.dtype)), distinct=True),
}  # fmt: skip


@rows(ACTIVATIONS)
@bounded
@given(data=st.data())
def test_activations(row, data):
    run(row, data)


# ---- of two tensors: broadcasting and promotion -------------------------------------------------

PAIRS = {
    name: Row(by_name(name), 2, ANY, -2.5, 2.5)
    for name in "add mul eq ne lt le gt ge maximum minimum logical_and logical_xor".split()
} | {
    "sub": Row(by_name("sub"), 2, NUMBERS),
    "div": Row(by_name("div"), 2, ANY, 0.5, 3.0),
    "div floor": Row(by_name("div", rounding_mode="floor"), 2, NUMBERS, 0.6, 3.0),
    "div trunc": Row(by_name("div", rounding_mode="trunc"), 2, NUMBERS, 0.6, 3.0),
    "remainder": Row(by_name("remainder"), 2, NUMBERS, 0.6, 3.0, distinct=True),
    "fmod": Row(by_name("fmod"), 2, NUMBERS, 0.6, 3.0, distinct=True),
    "pow": Row(by_name("pow"), 2, NUMBERS, 0.3, 3.0),
    # Beside uint8 PyTorch's gradient is wrong: it negates the integers.
    "atan2": Row(by_name("atan2"), 2, (*FLOATS, "int64", "int32"), 0.3, 2.0),
    "hypot": Row(by_name("hypot"), 2, FLOATS, 0.3, 2.0, alike=True),
    "logaddexp": Row(by_name("logaddexp"), 2, FLOATS, alike=True),
    "xlogy": Row(by_name("xlogy"), 2, ANY, 0.1, 3.0),
    "copysign": Row(by_name("copysign"), 2, ANY, 0.3, 3.0),
    "fmax": Row(by_name("fmax"), 2, FLOATS, distinct=True),
    "fmin": Row(by_name("fmin"), 2, FLOATS, distinct=True),
    "heaviside": Row(by_name("heaviside"), 2, ("int64", "uint8"), alike=True),
    "bitwise_and": Row(by_name("bitwise_and"), 2, ("int64", "uint8", "bool"), 0, 7),
    "bitwise_or": Row(by_name("bitwise_or"), 2, ("int64", "int32", "bool"), 0, 7),
    "where": Row(lambda m, f, k, x, y: m.where(x > 0.3, x, y), 2, ANY),
    "lerp": Row(lambda m, f, k, x, y: m.lerp(x, y, 0.3), 2, alike=True),
    "addcmul": Row(lambda m, f, k, x, y: m.addcmul(x, x, y, value=0.7), 2, alike=True),
    "clamp": Row(lambda m, f, k, x, y: m.clamp(x, max=y), 2, distinct=True),
    "a number": Row(lambda m, f, k, x: (x + 2, 3 - x, x * 1.5, x / 2, x > 1), 1, NUMBERS),
    "both": Row(lambda m, f, k, x, y: x * y + x / (y * y + 1.0), 2, NUMBERS),
}  # fmt: skip


@rows(PAIRS)
@bounded
@given(data=st.data())
def test_pairs(row, data):
    run(row, data)


# ---- reductions ---------------------------------------------------------------------------------

REDUCTIONS = {
    "sum": Row(lambda m, f, k, x: m.sum(x), 1, ANY),
    "sum dims": Row(lambda m, f, k, x: m.sum(x, k.dims or None, keepdim=k.keepdim), 1, ANY),
    "mean": Row(lambda m, f, k, x: m.mean(x, k.dims or None, keepdim=k.keepdim)),
    "amax": Row(lambda m, f, k, x: m.amax(x, k.dims, keepdim=k.keepdim), 1, ANY),
    "amin": Row(lambda m, f, k, x: m.amin(x, k.dims, keepdim=k.keepdim), 1, ANY),
    "max": Row(lambda m, f, k, x: m.max(x, k.dim, k.keepdim), 1, NUMBERS, distinct=True),
    "min of all": Row(lambda m, f, k, x: m.min(x), 1, ANY),
    "argmax": Row(lambda m, f, k, x: m.argmax(x, k.dim, k.keepdim), 1, FLOATS, distinct=True),
    "logsumexp": Row(lambda m, f, k, x: m.logsumexp(x, k.dims, k.keepdim), 1, NUMBERS),
    "prod": Row(lambda m, f, k, x: m.prod(x, k.dim, k.keepdim), 1, ANY, 0.0, 2.0),
    "prod of all": Row(lambda m, f, k, x: m.prod(x), 1, ANY, 0.0, 2.0),
    "var": Row(lambda m, f, k, x: m.var(x, k.dims or None, correction=0, keepdim=k.keepdim)),
    "std": Row(
        lambda m, f, k, x: m.std(x, k.dim, correction=0, keepdim=k.keepdim),
        distinct=True, shapes=any_shape(1, 2), tolerance=1e-9,
    ),
    "all": Row(lambda m, f, k, x: m.all(x, k.dim, k.keepdim), 1, ANY),
    "any": Row(lambda m, f, k, x: m.any(x, k.dim, k.keepdim), 1, ANY),
    "count_nonzero": Row(lambda m, f, k, x: m.count_nonzero(x, k.dims), 1, ANY),
    "median": Row(lambda m, f, k, x: m.median(x, k.dim, k.keepdim), 1, FLOATS, distinct=True),
    "quantile": Row(lambda m, f, k, x: m.quantile(x, 0.3, k.dim, k.keepdim), distinct=True),
    "vector_norm": Row(lambda m, f, k, x: m.linalg.vector_norm(x, k.n, k.dims, k.keepdim)),
    "nansum": Row(lambda m, f, k, x: m.nansum(x, k.dim, k.keepdim), 1, FLOATS),
    "aminmax": Row(lambda m, f, k, x: m.aminmax(x), 1, FLOATS, distinct=True),
}  # fmt: skip


@rows(REDUCTIONS)
@bounded
@given(data=st.data())
def test_reductions(row, data):
    run(row, data)


# ---- shapes, views, joining, splitting ----------------------------------------------------------

SHAPES = {
    "reshape": Row(lambda m, f, k, x: x.reshape(-1) * 2, 1, ANY),
    "permute": Row(lambda m, f, k, x: x.permute(k.random.permutation(x.ndim).tolist()), 1, ANY),
    "transpose": Row(lambda m, f, k, x: x.transpose(k.dim, k.other), 1, ANY),
    "unsqueeze": Row(lambda m, f, k, x: x.unsqueeze(k.dim), 1, ANY),
    "squeeze": Row(lambda m, f, k, x: x.squeeze(k.dim), 1, ANY),
    "flatten": Row(lambda m, f, k, x: m.flatten(x, k.dim, k.other), 1, ANY),
    "movedim": Row(lambda m, f, k, x: x.movedim(k.dim, k.other), 1, ANY),
    "expand": Row(lambda m, f, k, x: x.expand(k.n, *x.shape), 1, ANY),
    "expand_as": Row(lambda m, f, k, x, y: x.expand_as(x + y), 2, FLOATS),
    "narrow": Row(lambda m, f, k, x: x.narrow(k.dim, 0, k.n), 1, ANY),
    "flip": Row(lambda m, f, k, x: x.flip(k.dims), 1, ANY),
    "flip of flip": Row(lambda m, f, k, x: x.flip(k.dims).flip(k.dims) * x, 1, FLOATS),
    "roll": Row(lambda m, f, k, x: x.roll(k.n, k.dim), 1, ANY),
    "rot90": Row(lambda m, f, k, x: x.rot90(k.n, (k.dim, k.other)), 1, ANY),
    "repeat": Row(lambda m, f, k, x: x.repeat(k.n, *[2] * x.ndim), 1, ANY),
    "tile": Row(lambda m, f, k, x: m.tile(x, (k.n, 2)), 1, ANY),
    "repeat_interleave": Row(
        lambda m, f, k, x: x.repeat_interleave(k.n, k.dim), 1, ANY, shapes=any_shape(1)
    ),
    "unfold": Row(lambda m, f, k, x: x.unfold(k.dim, 2, k.n), 1, ANY, shapes=any_shape(1, 2)),
    "diagonal": Row(lambda m, f, k, x: x.diagonal(k.n - 2, k.dim, k.other), 1, ANY),
    "diag_embed": Row(lambda m, f, k, x: m.diag_embed(x, k.n - 2), 1, ANY, shapes=any_shape(1)),
    "tril": Row(lambda m, f, k, x: x.tril(k.n - 2), 1, ANY),
    "triu": Row(lambda m, f, k, x: x.triu(k.n - 2), 1, ANY),
    "pad": Row(lambda m, f, k, x: f.pad(x, (k.n, -1), value=1.5), shapes=any_shape(1, 1)),
    "to": Row(lambda m, f, k, x: (x.double() * x.float(), x.int(), x.bool()), 1, ANY),
    "cat": Row(
        lambda m, f, k, x, y: m.cat([x, y, x], k.dim), 2, ANY, shapes=any_shape(1)
    ),
    "stack": Row(lambda m, f, k, x, y: m.stack([x, y], k.dim), 2, ANY, shapes=any_shape()),
    "hstack": Row(lambda m, f, k, x, y: m.hstack([x, y]), 2, ANY, shapes=any_shape()),
    "vstack": Row(lambda m, f, k, x, y: m.vstack([x, y]), 2, ANY, shapes=any_shape()),
    "split": Row(lambda m, f, k, x: x.split(k.n, k.dim), 1, ANY),
    "chunk": Row(lambda m, f, k, x: x.chunk(k.n, k.dim), 1, ANY),
    "tensor_split": Row(lambda m, f, k, x: m.tensor_split(x, k.n, k.dim), 1, ANY),
    "unbind": Row(lambda m, f, k, x: x.unbind(k.dim), 1, ANY),
    "meshgrid": Row(
        lambda m, f, k, x, y: m.meshgrid(x, y, indexing="ij"), 2, FLOATS, alike=True,
        shapes=any_shape(1, most=1),
    ),
    "block_diag": Row(lambda m, f, k, x, y: m.block_diag(x, y), 2, shapes=any_shape(most=2)),
    "broadcast_tensors": Row(lambda m, f, k, x, y: m.broadcast_tensors(x, y), 2, ANY),
}  # fmt: skip


@rows(SHAPES)
@bounded
@given(data=st.data())
def test_shapes(row, data):
    run(row, data)


# ---- indexing, gathering, scattering ------------------------------------------------------------


def like(m: Any, k: Any, x: Any) -> Any:
    """Indices along a dim of x, in its shape."""
    size = x.shape[k.dim] if x.ndim else 1
    return index(m, k, size, tuple(x.shape))


def some(m: Any, k: Any, x: Any) -> Any:
    """Up to three indices along a dim of x."""
    size = x.shape[k.dim] if x.ndim else 1
    return index(m, k, size, (k.n if size else 0,))


INDICES = {
    "a row": Row(lambda m, f, k, x: x[-1], 1, ANY),
    "slices": Row(lambda m, f, k, x: x[:: k.n, ..., 1:], 1, ANY),
    "none": Row(lambda m, f, k, x: x[None, ..., None], 1, ANY),
    "mask": Row(lambda m, f, k, x: x[mask(m, k, x.shape)], 1, ANY),
    "row mask": Row(lambda m, f, k, x: x[mask(m, k, x.shape[:1])], 1, ANY, shapes=any_shape(1)),
    "list": Row(lambda m, f, k, x: x[[0, -1, 0]], 1, ANY, shapes=any_shape(1, 1)),
    "two": Row(lambda m, f, k, x: x[:, [0, -1]][[-1, 0]], 1, ANY, shapes=any_shape(2, 1)),
    "pairs": Row(lambda m, f, k, x: x[[0, -1, 0], ..., [0, 0, -1]], 1, ANY, shapes=any_shape(2, 1)),
    "gather": Row(lambda m, f, k, x: m.gather(x, k.dim, like(m, k, x)), 1, ANY),
    "take_along_dim": Row(
        lambda m, f, k, x: m.take_along_dim(x, like(m, k, x), k.dim), 1, ANY, shapes=any_shape(1)
    ),
    "take": Row(lambda m, f, k, x: m.take(x, index(m, k, x.numel(), (2, 2))), 1, ANY),
    "index_select": Row(lambda m, f, k, x: m.index_select(x, k.dim, some(m, k, x)), 1, ANY),
    "masked_select": Row(lambda m, f, k, x: m.masked_select(x, mask(m, k, x.shape)), 1, ANY),
    "masked_fill": Row(lambda m, f, k, x: m.masked_fill(x, mask(m, k, x.shape), 1), 1, NUMBERS),
    "scatter": Row(lambda m, f, k, x: m.scatter(x, k.dim, like(m, k, x), 1.0)),
    "scatter_add": Row(
        lambda m, f, k, x, y: m.scatter_add(x, k.dim, like(m, k, x), y), 2, NUMBERS,
        alike=True, shapes=any_shape(side=1),
    ),
    # Without ties: PyTorch shares a tie with an x that is not included.
    "scatter_reduce": Row(
        lambda m, f, k, x, y: m.scatter_reduce(
            x, k.dim, like(m, k, x), y * 1.01 + 0.003, ("sum", "mean", "amax")[k.n - 1],
            include_self=k.flag,
        ),
        2, alike=True, distinct=True, shapes=any_shape(side=1),
    ),
    "index_add": Row(
        lambda m, f, k, x, y: m.index_add(
            x, k.dim, index(m, k, x.shape[k.dim], (x.shape[k.dim],)), y, alpha=2
        ),
        2, NUMBERS, alike=True, shapes=any_shape(1),
    ),
    "index_fill": Row(lambda m, f, k, x: m.index_fill(x, k.dim, some(m, k, x), 1.0)),
    "select_scatter": Row(
        lambda m, f, k, x, y: m.select_scatter(x, y.select(k.dim, 0), k.dim, -1), 2,
        alike=True, shapes=any_shape(1, 1),
    ),
    "masked_scatter": Row(
        lambda m, f, k, x, y: m.masked_scatter(x, mask(m, k, x.shape), y), 2, alike=True,
        shapes=any_shape(),
    ),
    "embedding": Row(
        lambda m, f, k, x: f.embedding(index(m, k, len(x), (2, k.n)), x), shapes=any_shape(2, 1, 2)
    ),
    "nonzero": Row(lambda m, f, k, x: m.nonzero(x), 1, ANY),
}  # fmt: skip


@rows(INDICES)
@bounded
@given(data=st.data())
def test_indices(row, data):
    run(row, data)


# ---- sorting and running along a dim ------------------------------------------------------------

RUNNING = {
    "sort": Row(lambda m, f, k, x: m.sort(x, k.dim, k.flag), 1, FLOATS, distinct=True),
    "stable sort": Row(lambda m, f, k, x: m.sort(x, dim=k.dim, stable=True), 1, ANY),
    "argsort": Row(lambda m, f, k, x: m.argsort(x, k.dim, k.flag), 1, FLOATS, distinct=True),
    "topk": Row(lambda m, f, k, x: m.topk(x, k.n, k.dim, k.flag), distinct=True),
    "kthvalue": Row(lambda m, f, k, x: m.kthvalue(x, k.n, k.dim, k.keepdim), distinct=True),
    "unique": Row(
        lambda m, f, k, x: m.unique(x.detach(), return_inverse=True, return_counts=True), 1, ANY
    ),
    "searchsorted": Row(
        lambda m, f, k, x, y: m.searchsorted(x.sort().values, y, right=k.flag), 2, NUMBERS,
        alike=True, shapes=any_shape(1),
    ),
    "bucketize": Row(
        lambda m, f, k, x: m.bucketize(x, m.tensor([-1.0, 0.2, 1.0], dtype=x.dtype), right=k.flag)
    ),
    "cumsum": Row(lambda m, f, k, x: m.cumsum(x, k.dim), 1, ANY),
    "cumprod": Row(lambda m, f, k, x: m.cumprod(x, k.dim), 1, NUMBERS, 0.0, 2.0),
    "logcumsumexp": Row(lambda m, f, k, x: m.logcumsumexp(x, k.dim)),
    "cummax": Row(lambda m, f, k, x: m.cummax(x, k.dim), 1, FLOATS, distinct=True),
    "cummin": Row(lambda m, f, k, x: m.cummin(x, k.dim), 1, FLOATS, distinct=True),
    "diff": Row(lambda m, f, k, x: m.diff(x, k.n, k.dim), 1, ANY, shapes=any_shape(1)),
    "trapezoid": Row(lambda m, f, k, x: m.trapezoid(x, dim=k.dim), shapes=any_shape(1, 1)),
}  # fmt: skip


@rows(RUNNING)
@bounded
@given(data=st.data())
def test_running(row, data):
    run(row, data)


# ---- products and linear algebra ----------------------------------------------------------------


def solid(m: Any, x: Any) -> Any:
    """Symmetric, and far from singular."""
    return x @ x.mT + 3.0 * m.eye(x.shape[-1], dtype=x.dtype)


square = functools.partial(fixed, (2, 3, 3))
PRODUCTS = {
    "matmul": Row(by_name("matmul"), 2, NUMBERS, alike=True, shapes=of_product),
    "bmm": Row(by_name("bmm"), 2, alike=True, shapes=fixed((2, 3, 1), (2, 1, 2))),
    "bmm of nothing": Row(by_name("bmm"), 2, alike=True, shapes=fixed((2, 3, 0), (2, 0, 2))),
    "dot": Row(by_name("dot"), 2, NUMBERS, alike=True, shapes=any_shape(1, most=1)),
    "outer": Row(by_name("outer"), 2, ANY, shapes=any_shape(1, most=1)),
    # Of two dtypes PyTorch's fails on the way back, where tensors are transposed.
    "kron": Row(by_name("kron"), 2, ANY, alike=True, shapes=any_shape(most=2)),
    "inner": Row(by_name("inner"), 2, alike=True, shapes=any_shape(1)),
    "cross": Row(by_name("cross", dim=-1), 2, alike=True, shapes=fixed((2, 3), (1, 3))),
    "tensordot": Row(by_name("tensordot", dims=1), 2, alike=True, shapes=fixed((2, 3), (3, 2, 1))),
    "einsum": Row(
        lambda m, f, k, x, y: (m.einsum("...ij,...kj->...ik", x, y), m.einsum("...ij->...ji", x)),
        2, alike=True, shapes=any_shape(2),
    ),
    "einsum of diagonals": Row(
        lambda m, f, k, x: (m.einsum("bii->bi", x), m.einsum("bii", x)), shapes=fixed((2, 3, 3))
    ),
    "linear": Row(functional("linear"), 3, alike=True, shapes=fixed((2, 3, 4), (2, 4), (2,))),
    "linear of a vector": Row(
        functional("linear"), 3, alike=True, shapes=fixed((4,), (2, 4), (2,))
    ),
    "linear of nothing": Row(
        functional("linear"), 3, alike=True, shapes=fixed((0, 4), (2, 4), (2,))
    ),
    "bilinear": Row(
        functional("bilinear"), 3, alike=True, shapes=fixed((2, 3), (2, 4), (5, 3, 4))
    ),
    "cdist": Row(
        by_name("cdist"), 2, alike=True, distinct=True, shapes=fixed((2, 3, 4), (2, 2, 4)),
        tolerance=1e-8,
    ),
    "matrix_power": Row(lambda m, f, k, x: m.matrix_power(x, k.n), shapes=square()),
    "solve": Row(
        lambda m, f, k, x, y: m.linalg.solve(solid(m, x), y), 2, alike=True,
        shapes=fixed((2, 3, 3), (2, 3, 1)), tolerance=1e-8,
    ),
    "inv": Row(lambda m, f, k, x: m.linalg.inv(solid(m, x)), shapes=square(), tolerance=1e-8),
    "det": Row(lambda m, f, k, x: m.linalg.det(solid(m, x)), shapes=square(), tolerance=1e-8),
    "cholesky": Row(
        lambda m, f, k, x: m.linalg.cholesky(solid(m, x)), shapes=square(), tolerance=1e-8
    ),
    "pinv": Row(
        lambda m, f, k, x: m.linalg.pinv(x), 1, ("float64",), distinct=True,
        shapes=fixed((2, 4, 2)), tolerance=1e-6,
    ),
    "svdvals": Row(
        lambda m, f, k, x: m.linalg.svdvals(x), 1, ("float64",), distinct=True,
        shapes=fixed((2, 2, 3)), tolerance=1e-7,
    ),
    "matrix_norm": Row(lambda m, f, k, x: m.linalg.matrix_norm(x), shapes=any_shape(2, 1)),
    "trace": Row(by_name("trace"), 1, NUMBERS, shapes=any_shape(2, most=2)),
}  # fmt: skip


@rows(PRODUCTS)
@bounded
@given(data=st.data())
def test_products(row, data):
    run(row, data)


# ---- losses -------------------------------------------------------------------------------------

HOW = ("mean", "sum", "none")


def loss(name: str, **named: Any) -> Any:
    """A loss of two tensors, with each of the reductions."""
    return lambda m, f, k, x, y: getattr(f, name)(x, y, reduction=HOW[k.n - 1], **named)


def of_classes(name: str, **named: Any) -> Any:
    """A loss of scores and classes, which lie along dim 1."""

    def call(m, f, k, x):
        shape = (x.shape[0], *x.shape[2:])
        classes = index(m, k, x.shape[1], shape)
        return getattr(f, name)(x, classes, reduction=HOW[k.n - 1], **named)

    return call


#: Of no elements there is no mean: we refuse, where PyTorch answers nan.
LOSSES = {
    name: Row(loss(name), 2, alike=True, distinct=True, shapes=any_shape(side=1))
    for name in "mse_loss l1_loss smooth_l1_loss huber_loss".split()
} | {
    "soft_margin_loss": Row(
        lambda m, f, k, x, y: f.soft_margin_loss(x, y.detach(), reduction=HOW[k.n - 1]), 2,
        alike=True, shapes=any_shape(side=1),
    ),
    "kl_div": Row(loss("kl_div", log_target=True), 2, alike=True, shapes=any_shape(side=1)),
    "binary_cross_entropy": Row(
        loss("binary_cross_entropy"), 2, low=0.05, high=0.95, alike=True, shapes=any_shape(side=1),
        tolerance=1e-9,
    ),
    "with_logits": Row(
        loss("binary_cross_entropy_with_logits"), 2, low=0.05, high=0.95, alike=True,
        shapes=any_shape(side=1),
    ),
    "poisson_nll_loss": Row(loss("poisson_nll_loss"), 2, alike=True, shapes=any_shape(side=1)),
    "cross_entropy": Row(of_classes("cross_entropy"), shapes=any_shape(2, 1)),
    "smoothed": Row(of_classes("cross_entropy", label_smoothing=0.2), shapes=any_shape(2, 1)),
    "nll_loss": Row(of_classes("nll_loss"), shapes=any_shape(2, 1)),
    "probabilities": Row(
        lambda m, f, k, x, y: f.cross_entropy(x, y.softmax(1), reduction=HOW[k.n - 1]), 2,
        alike=True, shapes=any_shape(2, 1),
    ),
    "cosine_similarity": Row(
        lambda m, f, k, x, y: f.cosine_similarity(x, y, k.dim), 2, low=0.3, alike=True,
        shapes=any_shape(1, 1),
    ),
}  # fmt: skip


@rows(LOSSES)
@bounded
@given(data=st.data())
def test_losses(row, data):
    run(row, data)


# ---- in place -----------------------------------------------------------------------------------


def written(write: Any) -> Any:
    """A copy of the first tensor (so no leaf is written to), after a write to it."""

    def call(m, f, k, x, *rest):
        copy = x * 1
        write(m, k, copy, *rest)
        return copy * copy

    return call


def _index_put(m: Any, k: Any, x: Any, y: Any) -> None:
    x[some(m, k._replace(dim=0), x)[:1]] = y[:1]


IN_PLACE = {
    "add_": Row(written(lambda m, k, x, y: x.add_(y, alpha=2)), 2, NUMBERS),
    "mul_": Row(written(lambda m, k, x, y: x.mul_(y)), 2, NUMBERS),
    "div_": Row(written(lambda m, k, x, y: x.div_(y)), 2, NUMBERS, 0.6, 3.0),
    "copy_": Row(written(lambda m, k, x, y: x.copy_(y)), 2, ANY),
    "by itself": Row(written(lambda m, k, x: x.add_(x)), 1, NUMBERS),
    "fill_": Row(written(lambda m, k, x: x.fill_(1.5)), 1, FLOATS),
    "zero_": Row(written(lambda m, k, x: x.zero_()), 1, ANY),
    "exp_": Row(written(lambda m, k, x: x.exp_()), 1, NUMBERS),
    "clamp_": Row(written(lambda m, k, x: x.clamp_(-0.5, 0.5)), 1, FLOATS, distinct=True),
    "through a view": Row(
        written(lambda m, k, x: x.transpose(k.dim, k.other).mul_(2)), 1, FLOATS
    ),
    "through a slice": Row(written(lambda m, k, x: x[::2].add_(1)), shapes=any_shape(1)),
    "brackets": Row(
        written(lambda m, k, x, y: x.__setitem__((slice(1, None), ...), y[:1])), 2,
        shapes=any_shape(1, 1),
    ),
    "brackets, mask": Row(
        written(lambda m, k, x: x.__setitem__(mask(m, k, x.shape), 2.0)), 1, NUMBERS
    ),
    "brackets, list": Row(written(_index_put), 2, alike=True, shapes=any_shape(1, 1)),
    "masked_fill_": Row(
        written(lambda m, k, x: x.masked_fill_(mask(m, k, x.shape), 3)), 1, NUMBERS
    ),
    "scatter_add_": Row(
        written(lambda m, k, x, y: x.scatter_add_(k.dim, like(m, k, x), y)), 2, alike=True,
        shapes=any_shape(side=1),
    ),
    "index_add_": Row(
        written(lambda m, k, x: x.index_add_(0, some(m, k._replace(dim=0), x)[:1], x[:1] * 2)),
        shapes=any_shape(1, 1),
    ),
}  # fmt: skip


@rows(IN_PLACE)
@bounded
@given(data=st.data())
def test_in_place(row, data):
    run(row, data)


# ---- what was found, and what has to be ---------------------------------------------------------

CHOSEN = Choices(0, 0, (), False, True, 3, 0)
TURNED = np.array([[[1.2], [0.4]], [[-1.2], [-0.4]]])
#: Tensors on which one of the rows once failed.
FOUND = {
    "flip of a number": (SHAPES["flip of flip"], [(np.array(1.0), "plain", ())]),
    "cat with nothing": (
        SHAPES["cat"], [(np.ones(2, np.float32), "plain", (2,)), (np.ones(0), "plain", (0,))]
    ),
    "scatter_reduce into what is transposed": (
        INDICES["scatter_reduce"],
        [(TURNED, "transposed", (1, 2, 2)), (TURNED.reshape(1, 2, 2) * 1.1, "plain", (1, 2, 2))],
    ),
    "max of nothing": (
        REDUCTIONS["max"]._replace(call=lambda m, f, k, x: m.max(x, -1)),
        [(np.zeros((2, 0, 1), np.int64), "plain", (2, 0, 1))],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("row", "tensors"), FOUND.values(), ids=FOUND.keys())
def test_found_earlier(row, tensors):
    found = [(Operand(array, layout), shape) for array, layout, shape in tensors]
    _compared(row, found)


#: Calls that differ between the libraries, and what is said.
WRONG = {
    "value": (lambda m, x: x * (2.0 if m is torch else 2.0000001), "value"),
    "gradient": (lambda m, x: x * (x if m is torch else x.detach()), "gradient of input 0"),
    "no gradient": (lambda m, x: x if m is torch else x.detach(), "is recorded"),
    "dtype": (lambda m, x: x if m is torch else x.float(), "dtypes differ"),
    "shape": (lambda m, x: x if m is torch else x[None], "shapes differ"),
    "we refuse": (lambda m, x: x if m is torch else x[9], "we refuse, PyTorch answers"),
    "PyTorch refuses": (lambda m, x: x[9] if m is torch else x, "PyTorch refuses, we answer"),
}


@pytest.mark.parametrize(("call", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_difference_is_noticed(call, said):
    found = [(Operand(np.array([0.3, -1.2]), "plain"), (2,))]
    row = Row(lambda m, f, k, x: call(m, x))
    with pytest.raises(AssertionError, match=said):
        _compared(row, found)


def _compared(row, found):
    """`compare` outside of hypothesis, which takes its notes."""
    with mock.patch("beside.note"):
        compare(row, found, CHOSEN, False)
