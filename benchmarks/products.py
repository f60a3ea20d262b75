"""Matrix products inside compiled code, beside the libraries: the sizes of small training steps.

    python benchmarks/products.py [--quick] [--dtype float32] [WORD ...]

One thread each. For each product: ours (whichever way it takes), the OpenBLAS of NumPy and that of
SciPy called from compiled code without anything around them, `np.dot(..., out=)` and
`torch.mm(..., out=)`. Times are in microseconds, of one call; where the caller is compiled code,
the call from Python is not in them. All are timed in turn, in one process; the first figure is the
median, the second what one sample in twenty stays below: the machine while nobody else wants it.
Shares are of the peak, and of that second figure: a loop of fused multiply-adds in registers.
Words choose the rows whose group contains one of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import llvmlite.binding as llvm
import numpy as np
import torch
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from tinygradx.kernels import blas, products
from tinygradx.kernels.products.tiles import REGISTER, TALL, address

torch.set_num_threads(1)

product, product_at, product_bt = products.product, products.product_at, products.product_bt
product_stack = products.product_stack
gemm = blas.gemm

#: Group, layout, rows and columns of the result, length of the sums; stacks have a count in front.
ROWS = [
    *[("MLP 2-16-16-2, batch 100", *row) for row in (
        ("bt", 100, 16, 2), ("bt", 100, 16, 16), ("bt", 100, 2, 16),
        ("", 100, 16, 2), ("", 100, 16, 16),
        ("at", 2, 16, 100), ("at", 16, 16, 100), ("at", 16, 2, 100))],
    *[("MLP 64-64-64-10, batch 64", *row) for row in (
        ("bt", 64, 64, 64), ("bt", 64, 64, 64), ("bt", 64, 10, 64),
        ("", 64, 64, 10), ("", 64, 64, 64),
        ("at", 10, 64, 64), ("at", 64, 64, 64), ("at", 64, 64, 64))],
    *[("MLP 784-128-128-10, batch 64", *row) for row in (
        ("bt", 64, 128, 784), ("bt", 64, 128, 128), ("bt", 64, 10, 128),
        ("", 64, 128, 10), ("", 64, 128, 128),
        ("at", 10, 128, 64), ("at", 128, 128, 64), ("at", 128, 784, 64))],
    *[("MLP 784-512-512-10, batch 128", *row) for row in (
        ("bt", 128, 512, 784), ("bt", 128, 512, 512), ("bt", 128, 10, 512),
        ("", 128, 512, 10), ("", 128, 512, 512),
        ("at", 10, 512, 128), ("at", 512, 512, 128), ("at", 512, 784, 128))],
    *[("LSTM cell 16-32, batch 32", *row) for row in (
        ("bt", 32, 128, 16), ("bt", 32, 128, 32), ("", 32, 16, 128), ("", 32, 32, 128),
        ("at", 128, 16, 32), ("at", 128, 32, 32))],
    *[("GPT, width 64, 512 words", *row) for row in (
        ("", 512, 192, 64), ("", 512, 256, 64), ("", 512, 64, 256), ("bt", 512, 64, 192),
        ("at", 64, 192, 512), ("at", 64, 256, 512), ("at", 256, 64, 512),
        ("stack", 64, 32, 32, 16), ("stack", 64, 32, 16, 32))],
    *[("one at a time, MLP 10-32-1", *row) for row in (
        ("bt", 1, 32, 10), ("bt", 1, 1, 32), ("", 1, 32, 1), ("at", 32, 10, 1), ("at", 1, 32, 1))],
]  # fmt: skip


@intrinsic
def multiply_adds(context, turns, like):  # type: ignore[no-untyped-def]
    """Turns of a dozen (or two) fused multiply-adds, each waiting for its own last one alone."""
    number = ir.FloatType() if like == types.float32 else ir.DoubleType()
    lanes = REGISTER * 8 // like.bitwidth
    vector = ir.VectorType(number, lanes)

    def generate(context, b, signature, arguments):  # type: ignore[no-untyped-def]
        kind = ir.FunctionType(vector, [vector] * 3)
        name = f"llvm.fmuladd.v{lanes}f{like.bitwidth}"
        fma = cgutils.get_or_insert_function(b.module, kind, name)
        factor, term = (ir.Constant(vector, [value] * lanes) for value in (0.999, 0.001))
        sums = [cgutils.alloca_once_value(b, term) for _ in range(2 * TALL)]
        with cgutils.for_range(b, arguments[0]):
            for each in sums:
                b.store(b.call(fma, [b.load(each), factor, term]), each)
        total = b.load(sums[0])
        for each in sums[1:]:
            total = b.fadd(total, b.load(each))
        return b.extract_element(total, ir.IntType(32)(0))

    return like(types.intp, like), generate


@njit(nogil=True)
def turn(turns, like):  # type: ignore[no-untyped-def]
    return multiply_adds(turns, like)


def loops(which: str):  # type: ignore[no-untyped-def]
    """Ours, many times, for a layout."""
    if which == "bt":

        @njit(nogil=True)
        def loop(a, b, out, one, zero, count):  # type: ignore[no-untyped-def]
            for _ in range(count):
                product_bt(a, b, out, one, zero)

    elif which == "at":

        @njit(nogil=True)
        def loop(a, b, out, one, zero, count):  # type: ignore[no-untyped-def]
            for _ in range(count):
                product_at(a, b, out, one, zero)

    elif which == "stack":

        @njit(nogil=True)
        def loop(a, b, out, one, zero, count):  # type: ignore[no-untyped-def]
            for _ in range(count):
                product_stack(a, b, out, one, zero)

    else:

        @njit(nogil=True)
        def loop(a, b, out, one, zero, count):  # type: ignore[no-untyped-def]
            for _ in range(count):
                product(a, b, out, one, zero)

    return loop


def library(routine: blas.Routine, dtype: str):  # type: ignore[no-untyped-def]
    """The product of one library, many times, for all layouts: by strides."""

    @njit(nogil=True)
    def loop(a, a_row, a_k, b, b_k, b_col, out, m, n, k, one, zero, count):  # type: ignore[no-untyped-def]
        x, y, to = address(a), address(b), address(out)
        for _ in range(count):
            gemm(m, n, k, x, a_row, a_k, y, b_k, b_col, to, n * out.itemsize, one, zero)

    array, number = types.Array(getattr(types, dtype), 2, "C"), getattr(types, dtype)
    i = types.intp
    used, blas.GEMM[dtype] = blas.GEMM[dtype], routine
    loop.compile((array, i, i, array, i, i, array, i, i, i, number, number, i))
    blas.GEMM[dtype] = used
    loop.disable_compile()
    return loop


def libraries(dtype: str):  # type: ignore[no-untyped-def]
    """Loops around the library of NumPy and that of SciPy."""
    found = {}
    for name, where in (("NumPy's", blas.numpy_library()), ("SciPy's", blas.scipy_library())):
        if dtype in where:
            location, bits = where[dtype]
            symbol = f"benchmark_{name[:5]}_{dtype}"
            llvm.add_symbol(symbol, location)
            found[name] = library(blas.Routine(symbol, bits), dtype)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--dtype", default="float32", choices=["float32", "float64"])
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    dtype, rounds = np.dtype(chosen.dtype), 40 if chosen.quick else 400
    one, zero = dtype.type(1), dtype.type(0)
    ours = {which: loops(which) for which in ("", "at", "bt", "stack")}
    theirs = libraries(chosen.dtype)
    rng = np.random.default_rng(0)
    peak = peak_of(one)
    print(f"peak of one core: {peak / 1e9:.0f} GFLOP/s")
    columns = ["ours", *theirs, "np.dot", "torch.mm"]
    print(f"{'':5} {'rows x columns x sum':>20}  " + "  ".join(f"{c:>22}" for c in columns))
    group = sums = None
    for name, which, *shape in ROWS:
        if chosen.words and not any(word in name for word in chosen.words):
            continue
        if name != group:
            finish(group, sums, columns)
            group, sums = name, {}
            print(name)
        *stack, m, n, k = shape
        count = stack[0] if stack else 1
        a = rng.standard_normal((*stack, *((k, m) if which == "at" else (m, k)))).astype(dtype)
        b = rng.standard_normal((*stack, *((n, k) if which == "bt" else (k, n)))).astype(dtype)
        out = np.zeros((*stack, m, n), dtype)
        left = a.T if which == "at" else a
        right = b.T if which == "bt" else b
        actions = {"ours": lambda c, a=a, b=b, out=out, f=ours[which]: f(a, b, out, one, zero, c)}
        size = dtype.itemsize
        a_strides = (size, m * size) if which == "at" else (k * size, size)
        b_strides = (size, k * size) if which == "bt" else (n * size, size)
        if not stack and min(m, n, k) > 1:
            for title, loop in theirs.items():
                fixed = (a, *a_strides, b, *b_strides, out, m, n, k, one, zero)
                actions[title] = lambda c, f=loop, fixed=fixed: f(*fixed, c)
        by_numpy = np.matmul if stack else np.dot
        by_torch = torch.bmm if stack else torch.mm
        tensors = [torch.from_numpy(each) for each in (a, b, out)]
        tensors[0] = tensors[0].T if which == "at" else tensors[0]
        tensors[1] = tensors[1].T if which == "bt" else tensors[1]
        actions["np.dot"] = repeated(lambda f=by_numpy, x=left, y=right, o=out: f(x, y, out=o))
        actions["torch.mm"] = repeated(
            lambda f=by_torch, x=tensors[0], y=tensors[1], o=tensors[2]: f(x, y, out=o)
        )
        operations = 2.0 * count * m * n * k
        times = measure(actions, operations, rounds)
        cells = []
        for column in columns:
            if column not in times:
                cells.append(f"{'':22}")
                continue
            middle, best = statistics.median(times[column]), np.quantile(times[column], 0.05)
            sums.setdefault(column, []).append((middle, best, operations))
            share = operations / best / peak
            cells.append(f"{middle * 1e6:8.2f} {best * 1e6:8.2f} {share:3.0%} ".rjust(22))
        label = " x ".join(map(str, shape))
        print(f"{which:5} {label:>20}  " + "  ".join(cells))
    finish(group, sums, columns)


def finish(group, sums, columns) -> None:  # type: ignore[no-untyped-def]
    """The line below a group: all of its products together."""
    if group is None:
        return
    cells = []
    for column in columns:
        each = sums.get(column, [])
        if len(each) < len(sums["ours"]):
            cells.append(f"{'':22}")
            continue
        middle, best, operations = map(sum, zip(*each, strict=True))
        speed = operations / best / 1e9
        cells.append(f"{middle * 1e6:8.1f} {best * 1e6:8.1f} {speed:3.0f} G".rjust(22))
    print(f"{'':5} {'together':>20}  " + "  ".join(cells))


def repeated(action):  # type: ignore[no-untyped-def]
    def loop(count):  # type: ignore[no-untyped-def]
        for _ in range(count):
            action()

    return loop


def measure(actions, operations, rounds):  # type: ignore[no-untyped-def]
    """Seconds of one call for each action, in turn."""
    count = max(1, int(3e-5 / (operations / 5e10 + 2e-7)))
    for action in actions.values():
        action(2)
    times = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            start = time.perf_counter()
            action(count)
            times[name].append((time.perf_counter() - start) / count)
    return times


def peak_of(one):  # type: ignore[no-untyped-def]
    """Operations a second of multiply-adds without loads: what one run in twenty exceeds."""
    turns, found = 300_000, []
    turn(10, one)
    for _ in range(100):
        start = time.perf_counter()
        turn(turns, one)
        done = turns * 4 * TALL * (REGISTER // one.dtype.itemsize)
        found.append(done / (time.perf_counter() - start))
    return float(np.quantile(found, 0.95))


if __name__ == "__main__":
    main()
