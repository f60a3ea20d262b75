"""Matrix products in compiled code: each layout, each way inside, against NumPy in float64."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

from tinygradx.kernels import products
from tinygradx.kernels.blas import GEMM, numpy_library, scipy_library

ROOT = Path(__file__).resolve().parent.parent
DISABLED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}
compiled = pytest.mark.skipif(DISABLED, reason="with NUMBA_DISABLE_JIT=1 nothing is compiled")

GUARD = 64  # numbers around each result that nobody may touch
SENTINEL = 12345.0
LAYOUTS = ("", "at", "bt")
DTYPES = ("float32", "float64")

product, product_at, product_bt = products.product, products.product_at, products.product_bt
product_stack = products.product_stack
product_stack_at, product_stack_bt = products.product_stack_at, products.product_stack_bt


@njit(nogil=True, error_model="numpy")
def run(a, b, out, scale, keep):
    product(a, b, out, scale, keep)


@njit(nogil=True, error_model="numpy")
def run_at(a, b, out, scale, keep):
    product_at(a, b, out, scale, keep)


@njit(nogil=True, error_model="numpy")
def run_bt(a, b, out, scale, keep):
    product_bt(a, b, out, scale, keep)


@njit(nogil=True, error_model="numpy")
def run_stack(a, b, out, scale, keep):
    product_stack(a, b, out, scale, keep)


@njit(nogil=True, error_model="numpy")
def run_stack_at(a, b, out, scale, keep):
    product_stack_at(a, b, out, scale, keep)


@njit(nogil=True, error_model="numpy")
def run_stack_bt(a, b, out, scale, keep):
    product_stack_bt(a, b, out, scale, keep)


RUN = {"": run, "at": run_at, "bt": run_bt}
RUN_STACK = {"": run_stack, "at": run_stack_at, "bt": run_stack_bt}

SCALES = list(itertools.product((0.0, 1.0, -0.37), (0.0, 1.0, 0.9)))
POOL = np.random.default_rng(0).standard_normal(400_000)


def turned(array, wanted):
    """The array with its last two dimensions exchanged, in one piece, if that is wanted."""
    return np.ascontiguousarray(array.swapaxes(-1, -2)) if wanted else array


def check(layout, dtype, shape, scale=1.0, keep=0.0, runners=RUN):
    """One product into an array with guards around it; shape is (..., m, n, k)."""
    *stack, m, n, k = shape
    count = int(np.prod(stack, dtype=int))
    a = POOL[: count * m * k].reshape(*stack, m, k).astype(dtype)
    b = POOL[777 : 777 + count * k * n].reshape(*stack, k, n).astype(dtype)
    whole = np.full(2 * GUARD + count * m * n, SENTINEL, dtype)
    out = whole[GUARD : GUARD + count * m * n].reshape(*stack, m, n)
    out[...] = np.nan if keep == 0 else POOL[5000 : 5000 + out.size].reshape(out.shape)
    wide_a, wide_b = a.astype(float), b.astype(float)
    before = np.zeros(out.shape) if keep == 0 else out.astype(float)
    wanted = keep * before + scale * (wide_a @ wide_b)
    size = abs(keep * before) + abs(scale) * (abs(wide_a) @ abs(wide_b))

    runners[layout](turned(a, layout == "at"), turned(b, layout == "bt"), out, scale, keep)

    named = f"{layout or 'plain'} {dtype} {shape} scale {scale} keep {keep}"
    assert (whole[:GUARD] == SENTINEL).all(), f"wrote before the result: {named}"
    assert (whole[GUARD + out.size :] == SENTINEL).all(), f"wrote behind the result: {named}"
    # The error of a sum grows with its length at worst; 8 partial sums and more make it slower.
    bound = (4 + k / 8) * np.finfo(dtype).eps * size
    assert (abs(out - wanted) <= bound).all(), named


@compiled
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_small_size(layout, dtype):
    for shape in itertools.product(range(21), repeat=3):
        check(layout, dtype, shape)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_sizes_around_the_edges_of_tiles_panels_and_blocks(layout, dtype):
    rows, columns = (1, 5, 6, 11, 29, 30, 31, 49), (1, 7, 8, 15, 16, 17, 32, 33, 49)
    depths = (1, 7, 8, 31, 64, 65, 130, 800, 801)
    for i, shape in enumerate(itertools.product(rows, columns, depths)):
        scale, keep = ((1.0, 0.0), (-0.1, 1.0), (2.0, 0.5))[i % 3]
        check(layout, dtype, shape, scale, keep)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("scale", "keep"), SCALES)
def test_scale_and_keep(layout, dtype, scale, keep):
    for shape in [(1, 1, 1), (1, 9, 10), (9, 1, 3), (6, 16, 8), (13, 17, 5), (3, 4, 0), (70, 9, 4)]:
        check(layout, dtype, shape, scale, keep)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "shape",
    [(64, 128, 784), (128, 784, 64), (130, 514, 260), (513, 67, 129), (17, 31, 801), (200, 300, 9)],
)
def test_large_sizes(layout, dtype, shape):
    check(layout, dtype, shape)
    check(layout, dtype, shape, -0.01, 1.0)


@pytest.mark.skipif(DISABLED or not GEMM, reason="no BLAS is called")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_library_gets_every_layout_right(layout, dtype):
    """Large enough for BLAS whichever the layout."""
    check(layout, dtype, (401, 423, 419), 0.5, 0.0)
    check(layout, dtype, (401, 423, 419), 0.5, -2.0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_stacks(layout, dtype):
    for shape in [
        (0, 3, 4, 5),
        (1, 3, 4, 5),
        (3, 1, 4, 5),
        (2, 0, 3, 4),
        (2, 3, 4, 0),
        (7, 32, 9, 6),
    ]:
        check(layout, dtype, shape, runners=RUN_STACK)
        check(layout, dtype, shape, 2.0, 0.5, runners=RUN_STACK)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nan_and_infinity_are_not_lost(layout):
    """A nan in x fills its row of the result and nothing else, in full tiles and at their edges."""
    for shape in [(13, 17, 9), (1, 5, 40), (5, 1, 40), (12, 32, 64)]:
        m, n, k = shape
        a, b = np.ones((m, k), np.float32), np.ones((k, n), np.float32)
        a[m - 1, k // 2] = np.nan
        out = np.zeros((m, n), np.float32)
        RUN[layout](turned(a, layout == "at"), turned(b, layout == "bt"), out, 1.0, 0.0)
        assert np.isnan(out[m - 1]).all()
        assert (out[: m - 1] == k).all()


@compiled
def test_other_arrays_are_refused_when_the_caller_is_compiled():
    square = np.ones((3, 3), np.float32)
    for a in (square.astype(np.float64), square.T, square[0], square.astype(np.int64)):
        with pytest.raises(TypingError, match="product needs C-contiguous arrays of 2 dimensions"):
            run(a, square, square.copy(), 1.0, 0.0)


@compiled
def test_numpy_and_scipy_offer_the_same_library_call():
    """Where NumPy's wheel has an OpenBLAS, it is taken; SciPy has both routines, or is missing."""
    scipy = scipy_library()
    assert set(GEMM) == set(numpy_library() or scipy)
    assert set(scipy) in (set(), {"float32", "float64"})
    assert all(address and bits == 32 for address, bits in scipy.values())


GEOMETRY = """
import llvmlite.binding as llvm
real = llvm.get_host_cpu_features
llvm.get_host_cpu_features = lambda: FEATURES
from tinygradx.kernels.products import tiles
llvm.get_host_cpu_features = real
assert (tiles.WIDTH, tiles.TALL) == WANTED, (tiles.WIDTH, tiles.TALL)
import numpy as np
import sys
sys.path.insert(0, TESTS)
import test_products_kernels as t
for layout in t.LAYOUTS:
    for dtype in t.DTYPES:
        for m in (1, 2, 5, 8, 12, 13, 20, 25):
            for n in (1, 3, 8, 17, 33):
                for k in (1, 4, 15, 16, 33):
                    t.check(layout, dtype, (m, n, k), 0.5, 2.0)
print("agreed")
"""


@compiled
@pytest.mark.parametrize(
    ("features", "wanted"),
    [({}, (32, 6)), ({"avx": True, "avx512f": True}, (128, 12))],
    ids=["SSE", "AVX-512"],
)
def test_tiles_of_other_machines(features, wanted, tmp_path):
    """LLVM splits vectors that the machine has not, so their arithmetic can be tested anywhere."""
    tests = str(Path(__file__).resolve().parent)
    code = f"FEATURES, WANTED, TESTS = {features}, {wanted}, {tests!r}{GEOMETRY}"
    done = in_new_process(code, tmp_path)
    assert done.stdout.strip() == "agreed", done.stderr


KEPT = """
import numpy as np
from tinygradx.kernels import cache
TEXT = '''from numba import njit
from tinygradx.kernels.products import product_bt
SIGNATURE = "void(float32[:, ::1], float32[:, ::1], float32[:, ::1])"
@njit(nogil=True, error_model="numpy")
def driver(a, b, out):
    product_bt(a, b, out, 1.0, 0.0)
'''
a = np.arange(600, dtype=np.float32).reshape(20, 30) % 7
out = np.empty((20, 20), np.float32)
cache.load_kernel("driver", TEXT, "driver")(a, a, out)
assert (out == a @ a.T).all()
print({c.name: c.cached for c in cache.compilations})
"""


def in_new_process(code, folder):
    environment = dict(os.environ, TINYGRADX_CACHE_DIR=str(folder), PYTHONPATH=str(ROOT))
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=300
    )


@compiled
def test_kept_code_finds_its_product_in_a_new_process(tmp_path):
    """By name: addresses differ in each process. Without the product's file: compiled anew."""
    both = "{'multiply_float32': %s, 'driver': %s}"
    first = in_new_process(KEPT, tmp_path)
    assert "'driver': False" in first.stdout, first.stderr
    second = in_new_process(KEPT, tmp_path)
    assert second.stdout.strip() == both % (True, True), second.stderr
    for path in tmp_path.rglob("multiply_*.code"):
        path.unlink()
    third = in_new_process(KEPT, tmp_path)
    assert "'driver': False" in third.stdout, third.stderr
    assert "'multiply_float32': False" in third.stdout
