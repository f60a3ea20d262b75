"""The matrix product of a BLAS library, to be called from compiled code.

NumPy's wheels bring an OpenBLAS along. Its `sgemm` and `dgemm` are called here directly, without
NumPy around them: 100 x 2 numbers times 2 x 16 take 0.5 microseconds so, and 1.3 by `np.dot`.
Where NumPy has another library (Accelerate, MKL), SciPy hands out its own by `cython_blas`, if it
is installed. It comes second: it is one more library to load, and its release 0.3.30 took 1.0 to
2.9 times as long as NumPy's 0.3.31 (benchmarks/products.py). Where there is neither, GEMM is empty,
and the kernels do without.

Machine code on disk holds no address: it calls a symbol, and this file tells LLVM in each process,
when it is imported, where that symbol lies today. The name says how wide the library's integers
are, so code that was made for another library does not find its symbol, and is compiled anew.

A library with threads uses them by its own settings (OPENBLAS_NUM_THREADS), which are left alone:
OpenBLAS splits a product once it has some 2**18 multiplications or more.
"""

# Most of Numba has no types that mypy could follow.
# mypy: disable-error-code="attr-defined, import-untyped, no-untyped-call, untyped-decorator"

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["GEMM", "Routine", "gemm", "numpy_library", "scipy_library"]


class Routine(NamedTuple):
    """A function of a library as LLVM knows it: its symbol, and the bits of its integers."""

    symbol: str
    bits: int


def numpy_library() -> dict[str, tuple[int, int]]:
    """Where the OpenBLAS in NumPy's wheel has sgemm and dgemm.

    Returns
    -------
    dict of str to (int, int)
        The address and the bits of an integer, for "float32" and "float64"; empty without one.
    """
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs", package / ".libs"):
        for path in sorted(folder.glob("*openblas*")):
            with suppress(OSError):
                found = dict(_fortran(ctypes.CDLL(str(path))))
                if found:
                    return found
    return {}


def _fortran(library: Any) -> Iterator[tuple[str, tuple[int, int]]]:
    """The products of an OpenBLAS: names with `64` are of builds with integers of 64 bits."""
    for dtype, letter in (("float32", "s"), ("float64", "d")):
        for name, bits in (
            (f"scipy_{letter}gemm_64_", 64),
            (f"{letter}gemm_64_", 64),
            (f"scipy_{letter}gemm_", 32),
        ):
            if hasattr(library, name):
                function = getattr(library, name)
                yield dtype, (ctypes.cast(function, ctypes.c_void_p).value or 0, bits)
                break


def scipy_library() -> dict[str, tuple[int, int]]:
    """Where SciPy's `cython_blas` has them; for what is returned see `numpy_library`."""
    found = {}
    with suppress(ImportError, AttributeError, KeyError):
        capsules = import_module("scipy.linalg.cython_blas").__pyx_capi__
        name, pointer = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
        name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
        pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
        for dtype, letter in (("float32", "s"), ("float64", "d")):
            capsule = capsules[f"{letter}gemm"]
            signature = name(capsule)
            # "void (char *, char *, int *, ...": anything else is a build that we do not know.
            if signature.split(b",")[2].strip() == b"int *":
                found[dtype] = (pointer(capsule, signature), 32)
    return found


def _register() -> dict[str, Routine]:
    """Tell LLVM where the routines lie."""
    routines = {}
    for dtype, (address, bits) in (numpy_library() or scipy_library()).items():
        routine = Routine(f"tinygradx_gemm_{dtype}_int{bits}", bits)
        llvm.add_symbol(routine.symbol, address)
        routines[dtype] = routine
    return routines


#: The routine for each dtype: for both, or none.
GEMM: dict[str, Routine] = _register()


@intrinsic
def gemm(
    context: Any, m: Any, n: Any, k: Any, x: Any, x_row: Any, x_k: Any, y: Any, y_k: Any,
    y_col: Any, out: Any, out_row: Any, scale: Any, keep: Any,
) -> Any:  # fmt: skip
    """`out = keep * out + scale * x @ y` by the library, for m, n and k of 2 or more.

    Addresses and strides are in bytes, as in `tinygradx.kernels.products`; of the strides of each
    matrix one is the size of a number, and out lies row by row.

    BLAS counts rows where we count columns, so it is asked for the transpose: y.T @ x.T. A matrix
    whose rows lie in one piece is already transposed for it.
    """
    dtype = str(scale)

    def generate(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        m, n, k, x, x_row, x_k, y, y_k, y_col, out, out_row, scale, keep = arguments
        integer, byte = ir.IntType(GEMM[dtype].bits), ir.IntType(8)
        size = k.type(signature.args[-1].bitwidth // 8)

        def matrix(row: Any, col: Any) -> tuple[Any, Any]:
            """The letter for a matrix, and how many numbers lie between its lines."""
            in_rows = b.icmp_signed("==", col, size)
            letter = b.select(in_rows, byte(ord("N")), byte(ord("T")))
            return letter, b.sdiv(b.select(in_rows, row, col), size)

        (y_letter, y_line), (x_letter, x_line) = matrix(y_k, y_col), matrix(x_row, x_k)
        out_line = b.sdiv(out_row, size)

        def pointer(value: Any) -> Any:
            """Where a value lies, as Fortran wants each of them."""
            if value.type == k.type:
                value = b.trunc(value, integer) if integer.width < 64 else value
            return b.bitcast(cgutils.alloca_once_value(b, value), byte.as_pointer())

        def place(address: Any) -> Any:
            return b.inttoptr(address, byte.as_pointer())

        values = [
            *map(pointer, (y_letter, x_letter, n, m, k, scale)), place(y), pointer(y_line),
            place(x), pointer(x_line), pointer(keep), place(out), pointer(out_line),
        ]  # fmt: skip
        kind = ir.FunctionType(ir.VoidType(), [value.type for value in values])
        b.call(cgutils.get_or_insert_function(b.module, kind, GEMM[dtype].symbol), values)
        return context.get_dummy_value()

    return types.void(*[types.intp] * 11, scale, scale), generate
