"""The catalogue against its textbooks: every operation, both dtypes, value, slope, second slope."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from accuracy import SECOND, SLOPE, VALUE, computed, misses, report, rows_agree, truth
from oracle import evaluate
from samples import KINKS, ROW_CASES, SETTINGS, STRUCTURAL, SUBGRADIENTS, points

import tinygradx as tgx
import tinygradx.nn  # whose functions bring operations along
from tinygradx.graph import REGISTRY
from tinygradx.kernels import machine
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import absolute
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.exponentials import exp
from tinygradx.ops.rowwise import Rowwise
from tinygradx.ops.structural import Structural

DTYPES = [np.float32, np.float64]
ELEMENTWISE = [op for op in REGISTRY.values() if isinstance(op, Elementwise)]
REAL = [op for op in ELEMENTWISE if op.integers != "only"]
SLOPED = [op for op in REAL if op.slope_formula is not None]
ROWS = [op for op in REGISTRY.values() if isinstance(op, Rowwise)]

CASES = [
    pytest.param(op, dtype, settings, id="-".join([op.name, dtype.__name__, *map(str, settings)]))
    for op in REAL
    for dtype in DTYPES
    for settings in [{}, *SETTINGS.get(op.name, [])]
]


def name(op: Any) -> str:
    """What a test is called by its operation."""
    return op.name if hasattr(op, "name") else str(op)


def check(op: Elementwise, dtype: Any, settings: dict[str, float], order: int) -> None:
    """Fail, with the worst places, where an operation is not what its textbook says."""
    known = truth(op, dtype, tuple(settings.items()))
    found = misses(op, known, computed(op, known.arrays, settings, order), dtype, order)
    assert not found, report(op, found)


@pytest.mark.parametrize("order", [VALUE, SLOPE, SECOND])
@pytest.mark.parametrize(("op", "dtype", "settings"), CASES)
def test_agrees_with_the_textbook(op, dtype, settings, order):
    if order > VALUE and op.slope_formula is None:
        assert op.result == "bool"  # all others have a slope
        return
    check(op, dtype, settings, order)


@pytest.mark.parametrize("op", REGISTRY.values(), ids=name)
def test_has_a_textbook_and_samples(op):
    """Whoever adds an operation says where it is looked at."""
    if isinstance(op, Structural):
        assert op.name in STRUCTURAL, f"add samples of {op.name} to tests/samples.py"
        return
    assert op.textbook.strip()
    if isinstance(op, (Elementwise, Rowwise)):
        low, high = op.domain
        assert low < high
    if isinstance(op, Elementwise) and op.integers != "only":
        known = truth(op, np.float64)
        for look, values in known.values.items():
            # Enough points where the textbook is defined to have tested anything.
            assert np.isfinite(values).sum() >= 20, (look, op.textbook)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted(machine.formulas))
def test_stand_ins(name, dtype):
    """A formula for a device whose library lacks a function is held to the same textbook."""
    known = REGISTRY[name]
    function = machine.formulas[name].function
    with private(function, known.textbook, None, domain=known.domain, float32=known.float32) as op:
        check(op, dtype, {}, VALUE)


# ---- integers -----------------------------------------------------------------------------------

INTEGERS = [op for op in ELEMENTWISE if op.integers in ("same", "only") and op.name != "where"]
#: What whole numbers alone can do.
WHOLE = {
    "x & y": np.bitwise_and, "x | y": np.bitwise_or, "x ^ y": np.bitwise_xor, "~x": np.invert,
    "x ** y": np.power, "x << y": np.left_shift, "x >> y": np.right_shift,
    "gcd(x, y)": np.gcd, "lcm(x, y)": np.lcm,
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("op", INTEGERS, ids=name)
def test_integers(op, dtype):
    """On whole numbers the result is the textbook's, rounded as integers are."""
    columns = [[5, 7, 1, 0, 9, 4, 2, 6], [2, 7, 3, 4, 1, 3, 2, 1], [3, 8, 2, 5, 2, 9, 9, 1]]
    arrays = [np.array(c, dtype) for c in columns[: op.arity]]
    got = op(*(tgx.tensor(a) for a in arrays)).numpy()
    if op.textbook in WHOLE:
        wanted = WHOLE[op.textbook](*arrays)
    else:
        along = (op.inputs[0], op.inputs[0])
        rows = zip(*(map(float, column) for column in columns[: op.arity]), strict=True)
        named = [dict(zip(op.inputs, row, strict=True)) for row in rows]
        settings = dict(zip(op.settings, op.defaults, strict=True))
        exact = [evaluate(op.textbook, point, settings, along) for point in named]
        wanted = np.array([int(value) for value, _, _ in exact]).astype(got.dtype)
    assert got.dtype == (np.dtype(bool) if op.result == "bool" else np.dtype(dtype))
    np.testing.assert_array_equal(got, wanted)


# ---- kinks and ties -----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("op", "settings", "point", "slopes"), SUBGRADIENTS)
@pytest.mark.parametrize("recorded", [False, True])
def test_subgradient(op, settings, point, slopes, dtype, recorded):
    """The slope at every kink is stated, and both ways back say the same."""
    inputs = [tgx.tensor(np.array([x], dtype), requires_grad=True) for x in point]
    out = REGISTRY[op](*inputs, **settings)
    got = tgx.autograd.grad(out, inputs, tgx.ones_like(out), create_graph=recorded)
    for g, slope in zip(got, slopes, strict=True):
        np.testing.assert_equal(g.detach().numpy(), np.array([slope], dtype))


def test_every_kink_has_a_stated_subgradient():
    stated = {row[0] for row in SUBGRADIENTS}
    smooth = {"erf", "erfc", "ndtr", "tanhshrink", "mish", "squareplus"}  # their code has branches
    ends = {"acosh", "asin", "acos", "atanh", "erfinv", "log1p"}  # of where they are defined
    assert set(KINKS) - smooth - ends <= stated


# ---- both ways back -----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("op", [*SLOPED, *ROWS], ids=name)
def test_both_ways_back_agree(op, dtype):
    """The kernels of the way back against the slope on tensors, for a gradient that is not 1."""
    random = np.random.default_rng(7)
    if isinstance(op, Rowwise):
        arrays, tight = [random.normal(size=(5, 9)).astype(dtype)], 64.0
    else:
        known = truth(op, dtype)
        keep = np.isfinite(list(known.values.values())).all(axis=0)
        arrays, tight = [a[keep] for a in known.arrays], 16.0
    inputs = [tgx.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    wanted = [x for x in inputs if x.requires_grad]
    out = op(*inputs, -1) if isinstance(op, Rowwise) else op(*inputs)
    g = tgx.tensor(random.normal(size=out.shape).astype(dtype))
    plain = tgx.autograd.grad(out, wanted, g, retain_graph=True)
    recorded = tgx.autograd.grad(out, wanted, g, create_graph=True)
    eps, tiny = np.finfo(dtype).eps, np.finfo(dtype).tiny
    for a, b in zip(plain, recorded, strict=True):
        assert a.dtype == b.dtype == np.dtype(dtype)
        limit = 2e-4 if getattr(op, "float32", None) and dtype is np.float32 else tight * eps
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), limit, 1e3 * tiny)


# ---- lengths, neighbours, layouts ---------------------------------------------------------------

LENGTHS = [0, 1, 7, 8, 9, 63, 64, 65]


def _flat_kernels(op: Elementwise, dtype: Any) -> Iterator[tuple[Any, list[Any], int, Any]]:
    """The kernels of an operation with arguments for 65 elements: kernel, arguments, outputs."""
    params = {}
    arrays = [np.resize(a, 65) for a in points(op, dtype, params)]
    names = dict(zip(op.inputs, arrays, strict=True)) | dict(
        zip(op.settings, map(dtype, op.defaults), strict=True)
    )
    word = np.dtype(dtype).name
    forward = op.forward_text("cpu", word).load()
    kind = bool if op.result == "bool" else dtype
    yield forward, [names[n] for n in (*op.inputs, *op.settings)], 1, kind
    if op.slope_formula is not None:
        backward = op.backward_text("cpu", word).load()
        names["y"] = op.value([*arrays], op.defaults) if op.flags.count(True) == 0 else None
        which = op._backward_names(tuple(range(op.arity)))
        g = np.linspace(-1.0, 1.0, 65).astype(dtype)
        yield backward, [g, *(names[n] for n in which)], op.arity, dtype


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "op", [op for op in tgx.activations.values() if isinstance(op, Elementwise)], ids=name
)
def test_lengths_and_neighbours(op, dtype):
    """Every length gives the same numbers, and no kernel writes beside its output."""
    for kernel, arguments, outputs, kind in _flat_kernels(op, dtype):
        whole = None
        for length in sorted(LENGTHS, reverse=True):
            outs = [np.full(length + 16, 77, kind) for _ in range(outputs)]
            given = [a[:length] if isinstance(a, np.ndarray) else a for a in arguments]
            kernel(*given, *(o[8 : 8 + length] for o in outs))
            inner = [o[8 : 8 + length] for o in outs]
            whole = whole or inner
            for out, part, full in zip(outs, inner, whole, strict=True):
                np.testing.assert_array_equal(part, full[:length])
                np.testing.assert_array_equal(out[:8], np.full(8, 77, kind))
                np.testing.assert_array_equal(out[8 + length :], np.full(8, 77, kind))


@pytest.mark.parametrize("op", SLOPED, ids=name)
def test_layouts(op):
    """Transposed, strided and reversed inputs give what contiguous ones give."""
    arrays = [np.resize(a, 60).reshape(6, 10) for a in truth(op, np.float64).arrays]
    g = np.linspace(-1.0, 1.0, 60).reshape(6, 10)

    def both(parts: list[Any], g: Any) -> list[Any]:
        inputs = [tgx.from_numpy(p) for p in parts]
        for x in inputs:
            if x.dtype.kind == "f":
                x.requires_grad_()
        out = op(*inputs)
        out.backward(tgx.from_numpy(g))
        return [out.detach().numpy(), *(x.grad.numpy() for x in inputs if x.requires_grad)]

    for view in (lambda a: a.T, lambda a: a[::2, ::3], lambda a: a[::-1]):
        strided = both([view(a) for a in arrays], view(g))
        plain = both([np.ascontiguousarray(view(a)) for a in arrays], view(g).copy())
        for a, b in zip(strided, plain, strict=True):
            np.testing.assert_array_equal(a, b)


# ---- rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("dim", [0, 1, 2, -1])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("row", ROW_CASES, ids=["plain", "ties", "ends", "near"])
@pytest.mark.parametrize("op", ROWS, ids=name)
def test_rows_agree_with_the_textbook(op, row, dtype, dim):
    if op.column and len(set(row)) < len(row):
        return  # the textbook has no slope there; see test_row_ties_share
    rows_agree(op, row, dtype, dim)


@pytest.mark.parametrize("width", [1, 7, 8, 9, 63, 64, 65])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("op", ROWS, ids=name)
def test_row_lengths(op, dtype, width):
    """Every length of a row, none of the rows beside it touched."""
    array = np.random.default_rng(width).normal(size=(3, width)).astype(dtype)
    slots = op._text("cpu", np.dtype(dtype).name, "forward")[1]
    kernel = op.forward_text("cpu", np.dtype(dtype).name).load()
    columns = 1 if op.column else width
    out = np.full((5, columns), 77, dtype)
    scratch = np.full((5, slots, width), 77, dtype)
    kernel(array, scratch[1:4], out[1:4])
    np.testing.assert_array_equal(out[[0, 4]], np.full((2, columns), 77, dtype))
    np.testing.assert_array_equal(scratch[[0, 4]], np.full((2, slots, width), 77, dtype))
    wide = array.astype(np.float64)
    e = np.exp(wide - wide.max(1, keepdims=True))
    f = np.exp(wide.min(1, keepdims=True) - wide)
    share = e / e.sum(1, keepdims=True)
    wanted = {
        "softmax": share, "log_softmax": np.log(share), "softmin": f / f.sum(1, keepdims=True),
        "maxout": wide.max(1, keepdims=True),
    }[op.name]  # fmt: skip
    np.testing.assert_allclose(out[1:4], wanted, 32 * np.finfo(dtype).eps, 1e-30)


@pytest.mark.parametrize("shape", [(0,), (0, 4), (4, 0), (2, 0, 3)])
@pytest.mark.parametrize("op", ROWS, ids=name)
def test_rows_of_nothing(op, shape):
    x = tgx.zeros(*shape, requires_grad=True)
    if op.column and shape[-1] == 0:
        return  # the largest of nothing: maxout refuses before
    y = op(x, -1)
    y.sum().backward()
    assert x.grad.shape == shape


def test_row_ties_share():
    """Equal largest values share the gradient."""
    x = tgx.tensor([[1.0, 3.0, 3.0]], requires_grad=True)
    REGISTRY["maxout"](x).sum().backward()
    assert x.grad.tolist() == [[0.0, 0.5, 0.5]]


@pytest.mark.parametrize("dtype", DTYPES)
def test_rows_at_the_edges(dtype):
    """Infinite and missing numbers in a row."""
    inf, nan = math.inf, math.nan

    def of(f: Any, *row: float) -> list[float]:
        return f(tgx.tensor(np.array(row, dtype)), -1).tolist()

    assert of(tgx.softmax, -inf, 0.0) == [0.0, 1.0]
    assert of(tgx.log_softmax, -inf, 0.0) == [-inf, 0.0]
    assert of(tgx.softmin, inf, 0.0) == [0.0, 1.0]
    assert of(REGISTRY["maxout"], -inf, 4.0) == [4.0]
    assert of(REGISTRY["maxout"], inf, 4.0) == [inf]
    for f in (tgx.softmax, tgx.log_softmax, tgx.softmin):
        nothing = inf if f is tgx.softmin else -inf
        assert np.isnan(of(f, 1.0, nan)).all()
        assert np.isnan(of(f, nothing, nothing)).all()
    assert np.isnan(of(REGISTRY["maxout"], 1.0, nan)).all()
    assert np.isnan(of(REGISTRY["maxout"], nan, 1.0)).all()


# ---- the test of the test -----------------------------------------------------------------------


@contextlib.contextmanager
def private(function: Any, textbook: str, slope: Any, **options: Any) -> Iterator[Elementwise]:
    """An operation that is in the registry only while a test runs."""
    op = Elementwise(function, textbook, **options)
    try:
        if slope is not None:
            op.slope(slope)
        yield op
    finally:
        del REGISTRY[op.name]


def softened(x):
    return exp(-absolute(x))


def right_slope(x):
    return where(x > 0.0, -1.0, 1.0) * exp(-absolute(x))


def wrong_slope(x):
    return where(x > 0.0, -1.0, 1.0) * exp(-absolute(x)) * 1.00000000001


def slope_with_a_wrong_tail(y):
    return where(y > 1e-5, -y, 0.0)


def falling(x):
    return exp(-x)


def inexact(x):
    return exp(x) - 1.0


def slope_of_inexact(x):
    return exp(x)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_oracle_accepts_what_is_right(dtype):
    with private(softened, "exp(-abs(x))", right_slope) as op:
        for order in (VALUE, SLOPE, SECOND):
            check(op, dtype, {}, order)
    assert "softened" not in REGISTRY


def test_the_oracle_notices_a_wrong_slope():
    with private(softened, "exp(-abs(x))", wrong_slope) as op:
        check(op, np.float64, {}, VALUE)
        with pytest.raises(AssertionError, match=r"softened: .* not the textbook's"):
            check(op, np.float64, {}, SLOPE)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_oracle_notices_a_lost_tail(dtype):
    with private(falling, "exp(-x)", slope_with_a_wrong_tail) as op:
        check(op, dtype, {}, VALUE)
        with pytest.raises(AssertionError, match="falling"):
            check(op, dtype, {}, SLOPE)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_oracle_notices_a_wrong_value(dtype):
    with (
        private(falling, "exp(-x) + 1e-3 * x", slope_with_a_wrong_tail) as op,
        pytest.raises(AssertionError, match="falling"),
    ):
        check(op, dtype, {}, VALUE)


def cubed(x):
    return x * x * x


def slope_of_cubed(x):
    return 3.0 * x * x


def test_the_oracle_notices_a_value_that_lost_its_digits_near_zero():
    """exp(x) - 1 as it stands is excused beside its zero, and only there."""
    with private(inexact, "exp(x) - 1", slope_of_inexact) as op:
        check(op, np.float64, {}, VALUE)
    with (
        private(cubed, "x ** 3 + 1e-11 * x", slope_of_cubed) as op,
        pytest.raises(AssertionError, match="cubed"),
    ):
        check(op, np.float64, {}, SLOPE)
    with private(cubed, "x ** 3", slope_of_cubed) as op:
        check(op, np.float64, {}, SECOND)
