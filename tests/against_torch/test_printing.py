"""The text of a tensor, against PyTorch's own for the same values."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tinygradx.tensor import printing
from tinygradx.tensor.printing import format_tensor, set_printoptions

torch = pytest.importorskip("torch")


@pytest.fixture(autouse=True, scope="module")
def named_as_by_torch() -> Iterator[None]:
    """Dtypes under PyTorch's name for the comparison, since the name's width moves lines."""
    ours, printing.DTYPE_PREFIX = printing.DTYPE_PREFIX, "torch."
    yield
    printing.DTYPE_PREFIX = ours


REAL = ["float32", "float64"]
DTYPES = [*REAL, "int64", "int32", "int16", "int8", "uint8", "bool"]
SHAPES = [
    (),
    (0,),
    (0, 3),
    (2, 0, 3),
    (1,),
    (7,),
    (40,),
    (1, 1),
    (3, 5),
    (2, 30),
    (2, 3, 4),
    (2, 1, 3, 2),
    (1000,),
    (1001,),
    (7, 200),
    (200, 7),
    (300, 2, 2),
    (6, 7, 8, 9),
]
PALETTES: dict[str, list[float]] = {
    "whole": [0, 1, -2, 30, 512],
    "decimal": [0.5, -1.25, 3.14159, 200.0, 0.0],
    "small": [1e-5, -2.5e-7, 1e-4, 9e-5],
    "huge": [1e8, 1.1e8, -3e30, 1.0],
    "not finite": [math.nan, math.inf, -math.inf, 1.5],
    "whole, not finite": [math.nan, -math.inf, 12.0],
    "nothing to measure": [0.0, -0.0, math.nan, math.inf],
    "mixed": [0.0, -0.0, 1.0, 1e-3, 999.5, math.inf],
    "a ratio of a thousand": [1.0, 1000.0],
    "a ratio above a thousand": [1.0, 1001.0],
    "smallest and largest": [1.1754944e-38, 3.4028235e38, 1e-45],
}
OPTIONS: list[dict[str, Any]] = [
    {"precision": 0},
    {"precision": 2},
    {"precision": 10},
    {"threshold": 5},
    {"threshold": 0, "edgeitems": 1},
    {"threshold": 0, "edgeitems": 0},
    {"edgeitems": 0},
    {"linewidth": 0},
    {"linewidth": 30},
    {"linewidth": 200},
    {"profile": "short"},
    {"profile": "full"},
    {"profile": "short", "precision": 6, "linewidth": 40},
    {"sci_mode": True},
    {"sci_mode": False},
    {"sci_mode": True, "precision": 1, "threshold": 4},
]


@contextmanager
def options_of_both(**options: Any) -> Iterator[None]:
    """Print with the same options here and in PyTorch."""
    torch.set_printoptions(**options)
    set_printoptions(**options)
    try:
        yield
    finally:
        torch.set_printoptions(profile="default")
        set_printoptions(profile="default")


def assert_printed_alike(array: np.ndarray[Any, Any], *, requires_grad: bool = False) -> None:
    """Compare both texts of one array: as data, or as a leaf and as a result."""
    float32 = np.dtype("float32")
    twin = torch.from_numpy(array.copy())
    if not requires_grad:
        assert format_tensor(array, default_dtype=float32) == repr(twin)
        return
    leaf = twin.requires_grad_()
    assert format_tensor(array, default_dtype=float32, requires_grad=True) == repr(leaf)
    result = leaf.clone()
    told = format_tensor(array, default_dtype=float32, grad_fn="CloneBackward0")
    assert told == repr(result)


def filled(shape: tuple[int, ...], palette: list[float], dtype: str) -> np.ndarray[Any, Any]:
    """Repeat a few values until the shape is full."""
    with np.errstate(over="ignore"):
        return np.resize(np.array(palette).astype(dtype), shape)


def real_numbers(dtype: str) -> st.SearchStrategy[float]:
    """Any bit pattern, and what people print: round numbers, a few decimals, zeros."""
    short = st.integers(-20_000, 20_000).map(lambda n: n / 128)
    whole = st.integers(-2000, 2000).map(float)
    special = st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf])
    return st.one_of(st.floats(width=32 if dtype == "float32" else 64), short, whole, special)


def some_arrays() -> st.SearchStrategy[np.ndarray[Any, Any]]:
    """Arrays of every dtype, of none to four dimensions."""
    shapes = array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)
    real = st.sampled_from(REAL).flatmap(
        lambda name: arrays(name, shapes, elements=real_numbers(name))
    )
    other = st.sampled_from(DTYPES).flatmap(lambda name: arrays(name, shapes))
    return real | other


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_shapes(shape: tuple[int, ...], dtype: str) -> None:
    counted = np.arange(math.prod(shape)).reshape(shape)
    assert_printed_alike(np.asarray(counted % 120).astype(dtype))
    if dtype in REAL:
        assert_printed_alike(np.asarray(counted / 8 - 20).astype(dtype), requires_grad=True)


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES.keys())
def test_values(palette: list[float], dtype: str) -> None:
    for value in palette:
        assert_printed_alike(np.array(value, dtype))
    for shape in [(1,), (7,), (30,), (3, 4), (1200,), (2, 2, 300)]:
        assert_printed_alike(filled(shape, palette, dtype), requires_grad=True)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_options(options: dict[str, Any]) -> None:
    with options_of_both(**options):
        for palette in PALETTES.values():
            for shape in [(), (0, 3), (5,), (40,), (7, 8), (2, 3, 5)]:
                assert_printed_alike(filled(shape, palette, "float64"), requires_grad=True)
        assert_printed_alike(np.arange(1500))


def test_options_stay_until_they_are_set_again() -> None:
    array = np.array([0.125, 1e-6, 3.0])
    with options_of_both(precision=2, sci_mode=False):
        assert_printed_alike(array)
        changes: list[dict[str, Any]] = [
            {"linewidth": 20},
            {"sci_mode": True},
            {"profile": "short"},
        ]
        for options in [*changes, {}]:
            torch.set_printoptions(**options)
            set_printoptions(**options)
            assert_printed_alike(array)


@pytest.mark.parametrize("linewidth", range(1, 100))
def test_every_linewidth(linewidth: int) -> None:
    with options_of_both(linewidth=linewidth):
        for shape in [(), (0,), (0, 3), (9,), (2, 12), (2, 2, 3)]:
            assert_printed_alike(filled(shape, [1.5, -20.25, 3.0], "float64"), requires_grad=True)


@pytest.mark.parametrize("dtype", REAL)
def test_default_dtype(dtype: str) -> None:
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        for other in DTYPES:
            for array in (np.ones(3, other), np.ones((), other), np.ones((2, 0), other)):
                told = format_tensor(array, default_dtype=np.dtype(dtype))
                assert told == repr(torch.from_numpy(array))
    finally:
        torch.set_default_dtype(before)


def test_strides_do_not_matter() -> None:
    array = np.arange(24.0).reshape(2, 3, 4)
    for view in (
        array.T,
        array[:, ::2],
        np.broadcast_to(array[0, 0], (3, 4)),
        np.asfortranarray(array),
    ):
        assert_printed_alike(view)


@settings(max_examples=400, deadline=None)
@given(array=some_arrays())
def test_any_array(array: np.ndarray[Any, Any]) -> None:
    assert_printed_alike(array, requires_grad=array.dtype.kind == "f")


@settings(max_examples=300, deadline=None)
@given(
    array=some_arrays(),
    precision=st.integers(0, 17),
    threshold=st.integers(0, 200),
    edgeitems=st.integers(0, 3),
    linewidth=st.integers(0, 120),
    sci_mode=st.none() | st.booleans(),
)
def test_any_array_with_any_options(array: np.ndarray[Any, Any], **options: Any) -> None:
    with options_of_both(**options):
        assert_printed_alike(array, requires_grad=array.dtype.kind == "f")


def test_the_comparison_notices_a_difference() -> None:
    with options_of_both(precision=4):
        set_printoptions(precision=3)
        with pytest.raises(AssertionError):
            assert_printed_alike(np.array([0.5]))
