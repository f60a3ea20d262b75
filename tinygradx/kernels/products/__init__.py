"""Matrix products to be called from compiled code: the best there is at each size.

    product(a, b, out, scale, keep)       out = keep * out + scale * (a @ b)
    product_at(a, b, out, scale, keep)    out = keep * out + scale * (a.T @ b)
    product_bt(a, b, out, scale, keep)    out = keep * out + scale * (a @ b.T)
    product_stack, product_stack_at, product_stack_bt    the same for each matrix of a stack

Arrays are C-contiguous, of one dtype, float32 or float64, and of two dimensions; those of stacks
of three. scale and keep are numbers. With keep = 0, out is not read: it may hold nan. So plain SGD
is part of the product that makes the gradient: keep = 1 and scale = -lr. Nothing looks at shapes,
and out must not overlap a or b: whoever writes the code that calls these has to know.

Inside, small products and those of some million multiplications run through the tiles in
`tiles.py`, single rows through loops of their own, and the largest through BLAS; `core.py` decides.
Sums are made in another order than NumPy's, so results differ from its by rounding.

All of this is machine code of its own, compiled once on a machine and kept on disk. Code that uses
a product holds a call by name, nothing else, which costs its compile some milliseconds. What the
name stands for is told to LLVM in time: on import for what lies on disk already, so that kept code
which calls it can be loaded, else when a caller is compiled. Kept code whose product is gone does
not find the name, and is compiled anew.

With NUMBA_DISABLE_JIT=1, the same names are NumPy.

Examples
--------
>>> import numpy as np
>>> from numba import njit
>>> from tinygradx.kernels.products import product_at
>>> @njit(nogil=True, error_model="numpy")
... def step(x, g, w, lr):
...     product_at(x, g, w, -lr, 1.0)
>>> x, g, w = np.float32([[1, 2]]), np.float32([[3]]), np.float32([[10], [10]])
>>> step(x, g, w, 0.5)
>>> w
array([[8.5],
       [7. ]], dtype=float32)
"""

# Most of Numba has no types that mypy could follow.
# mypy: disable-error-code="attr-defined, import-untyped, no-untyped-call, untyped-decorator"

from __future__ import annotations

from typing import Any

from numba import config

__all__ = [
    "product", "product_at", "product_bt", "product_stack", "product_stack_at",
    "product_stack_bt",
]  # fmt: skip

if config.DISABLE_JIT:

    def _update(out: Any, total: Any, scale: Any, keep: Any) -> None:
        out[...] = total * out.dtype.type(scale) + (keep * out if keep != 0 else 0)

    def product(a: Any, b: Any, out: Any, scale: Any, keep: Any) -> None:
        """out = keep * out + scale * (a @ b)."""
        _update(out, a @ b, scale, keep)

    def product_at(a: Any, b: Any, out: Any, scale: Any, keep: Any) -> None:
        """out = keep * out + scale * (a.T @ b), of each matrix."""
        _update(out, a.swapaxes(-1, -2) @ b, scale, keep)

    def product_bt(a: Any, b: Any, out: Any, scale: Any, keep: Any) -> None:
        """out = keep * out + scale * (a @ b.T), of each matrix."""
        _update(out, a @ b.swapaxes(-1, -2), scale, keep)

    product_stack, product_stack_at, product_stack_bt = product, product_at, product_bt

else:
    import llvmlite.binding as llvm
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils
    from numba.core.errors import TypingError
    from numba.extending import intrinsic

    from tinygradx.kernels import cache
    from tinygradx.kernels.products import core

    DTYPES = ("float32", "float64")

    #: The dtypes whose machine code is there.
    _ready: set[str] = set()

    def _text(dtype: str) -> tuple[str, str, str]:
        """The module that is compiled for a dtype: its name, its text and its function."""
        name = f"multiply_{dtype}"
        text = f'''"""The matrix product of {dtype}; others call it by the name {_symbol(dtype)}."""

from numba import njit

from {core.__name__} import multiply

SIGNATURE = "{_signature(dtype)}"

{name} = njit(nogil=True, error_model="numpy", no_cpython_wrapper=True)(multiply)
'''
        return name, text, name

    def _signature(dtype: str) -> str:
        return f"void({'intp, ' * 11}{dtype}, {dtype})"

    def _symbol(dtype: str) -> str:
        return f"tinygradx_multiply_{dtype}"

    def _make_ready(dtype: str) -> None:
        """Load or compile the product of a dtype, and tell LLVM where it lies."""
        if dtype not in _ready:
            (result,) = cache.load_dispatcher(*_text(dtype)).overloads.values()
            wrapper = result.fndesc.llvm_cfunc_wrapper_name
            llvm.add_symbol(_symbol(dtype), result.library.get_pointer_to_function(wrapper))
            _ready.add(dtype)

    def _is_kept(dtype: str) -> bool:
        """Whether the machine code of a dtype lies on disk, made of just this source."""
        name, text, _ = _text(dtype)
        kept = cache._checked_cache(cache._stem(name, text), text)
        return kept is not None and kept._file(_signature(dtype))[0].exists()

    for _dtype in DTYPES:
        if _is_kept(_dtype):
            _make_ready(_dtype)

    def _typed(name: str, layout: str, dims: int, *arguments: Any) -> Any:
        """What an intrinsic answers: the types of a call, and the code for it.

        layout is "", "at" or "bt": which of the two matrices is transposed.
        """
        arrays = arguments[:3]
        dtype: Any = getattr(arguments[0], "dtype", None)
        for array in arrays:
            if (
                not isinstance(array, types.Array)
                or (array.ndim, array.layout, array.dtype) != (dims, "C", dtype)
                or str(dtype) not in DTYPES
            ):
                raise TypingError(
                    f"{name} needs C-contiguous arrays of {dims} dimensions and one dtype, float32 "
                    f"or float64; got {', '.join(map(str, arrays))}"
                )
        _make_ready(str(dtype))

        def generate(context: Any, b: Any, signature: Any, values: Any) -> Any:
            made = [
                context.make_array(kind)(context, b, value)
                for kind, value in zip(arrays, values, strict=False)
            ]
            shapes = [cgutils.unpack_tuple(b, array.shape) for array in made]
            word = shapes[0][0].type
            size = word(dtype.bitwidth // 8)
            starts = [b.ptrtoint(array.data, word) for array in made]
            m, n = shapes[2][-2:]
            k = shapes[0][-2] if layout == "at" else shapes[0][-1]
            x_strides = [size, b.mul(m, size)] if layout == "at" else [b.mul(k, size), size]
            y_strides = [size, b.mul(k, size)] if layout == "bt" else [b.mul(n, size), size]
            numbers = [value.type for value in values[3:]]
            kind = ir.FunctionType(ir.VoidType(), [word] * 11 + numbers)
            function = cgutils.get_or_insert_function(b.module, kind, _symbol(str(dtype)))
            count = shapes[2][0] if dims == 3 else word(1)
            # The bytes from one matrix to the next, for a, b and out.
            steps = [b.mul(size, b.mul(*shape[-2:])) for shape in shapes]
            with cgutils.for_range(b, count) as loop:
                x, y, out = (
                    b.add(start, b.mul(loop.index, step))
                    for start, step in zip(starts, steps, strict=True)
                )
                where = [x, *x_strides, y, *y_strides, out, b.mul(n, size), m, n, k]
                b.call(function, [*where, *values[3:]])
            return context.get_dummy_value()

        return types.void(*arrays, dtype, dtype), generate

    @intrinsic
    def product(context: Any, a: Any, b: Any, out: Any, scale: Any, keep: Any) -> Any:
        """out = keep * out + scale * (a @ b)."""
        return _typed("product", "", 2, a, b, out)

    @intrinsic
    def product_at(context: Any, a: Any, b: Any, out: Any, scale: Any, keep: Any) -> Any:
        """out = keep * out + scale * (a.T @ b)."""
        return _typed("product_at", "at", 2, a, b, out)

    @intrinsic
    def product_bt(context: Any, a: Any, b: Any, out: Any, scale: Any, keep: Any) -> Any:
        """out = keep * out + scale * (a @ b.T)."""
        return _typed("product_bt", "bt", 2, a, b, out)

    @intrinsic
    def product_stack(context: Any, a: Any, b: Any, out: Any, scale: Any, keep: Any) -> Any:
        """out = keep * out + scale * (a @ b), of each matrix."""
        return _typed("product_stack", "", 3, a, b, out)

    @intrinsic
    def product_stack_at(context: Any, a: Any, b: Any, out: Any, scale: Any, keep: Any) -> Any:
        """out = keep * out + scale * (a.T @ b), of each matrix."""
        return _typed("product_stack_at", "at", 3, a, b, out)

    @intrinsic
    def product_stack_bt(context: Any, a: Any, b: Any, out: Any, scale: Any, keep: Any) -> Any:
        """out = keep * out + scale * (a @ b.T), of each matrix."""
        return _typed("product_stack_bt", "bt", 3, a, b, out)
