"""Elementary functions that LLVM can vectorise.

PyPI's llvmlite carries no vector mathematics library, so `math.exp` in a loop is a call for each
element: 12 ns, where the arithmetic below takes half a nanosecond. Every function here is a scalar
function of one number, without branches or table look-ups, so that a loop which calls it becomes
vector instructions for whatever machine it is compiled on. (One branch remains: sin and cos of huge
arguments ask the C library. `_far` says why that does no harm.)

This file knows floating-point numbers and nothing else: no arrays, no operations, no gradients. The
names are `<function>_float32` and `<function>_float64`, and each computes in its own precision.
(sin and cos of float32 are the exception: they compute in float64.) Each states its error in ulp,
units in the last place of the exact result, and tests/test_vectormath.py holds it to that. It is at
most 4 anywhere: subnormal numbers, tails and neighbourhoods of zeros included.

Habits that recur:

- Constants are typed: one bare Python float would turn a float32 loop into a float64 one.
- Rounding to an integer is done by adding and subtracting 1.5 * 2**23 (or 2**52): the sum has no
  room for a fraction. Converting to an integer would be undefined for nan, and `floor` is slow.
- Arguments are clamped to where the result has overflowed, underflowed or settled. nan passes.
- Where two numbers must be subtracted exactly, the larger part of a constant has enough trailing
  zeros for its products to be exact, with or without fused multiply-add (Cody and Waite 1980).
- The polynomials named "minimax" were made for this file by benchmarks/fit_polynomials.py; the
  errors beside them are relative ones, before rounding.
"""

# Most of Numba has no types that mypy could follow.
# mypy: disable-error-code="attr-defined, import-untyped, no-untyped-call, untyped-decorator"

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

#: A number of the precision in the function's name.
Number: TypeAlias = Any

#: The largest error of each function, in ulp of the exact result: measured, rounded up, and filled
#: in by `vectorisable` below.
MAX_ULP: dict[str, float] = {}

# ---- what LLVM is asked for directly ------------------------------------------------------------

#: Horner's rule is one chain of operations, each waiting for the last. While there are more
#: coefficients than this, neighbours are joined first (Estrin 1960): degree 20 takes 7 steps then.
#: float64 kernels run up to 1.4 times faster for it.
LONG = 6

#: Beyond this many radians, sin and cos ask the C library. Up to here (83,000 quarter turns) three
#: parts of pi/2 lose nothing; at 2**20 the float64 errors would be 1.6 ulp in place of 0.8.
FAR = 2.0**17


def _layout(kind: Any) -> tuple[Any, Any, int, int]:
    """LLVM's float and integer type for Numba's float type, its mantissa bits and exponent bias."""
    if kind == types.float32:
        return ir.FloatType(), ir.IntType(32), 23, 127
    return ir.DoubleType(), ir.IntType(64), 52, 1023


def _sqrt_half_bits(mantissa: int) -> int:
    """The bit pattern of sqrt(1/2), rounded down, in the float with that many mantissa bits."""
    return 0x3F3504F3 if mantissa == 23 else 0x3FE6A09E667F3BCC


if config.DISABLE_JIT:
    # An intrinsic exists in compiled code only. These say the same in NumPy.

    def _bits(x: Number) -> tuple[Any, Any, int]:
        """The bits of x, its type (a plain number is a float64) and the length of its mantissa."""
        if type(x) is np.float32:
            return x.view(np.int32), np.float32, 23
        return np.float64(x).view(np.int64), np.float64, 52

    def wide_vectors() -> None:
        """Nothing: there is no vectoriser to ask."""

    def clamp(x: Number, low: Number, high: Number) -> Number:
        """x, or the bound that it is beyond; nan stays nan."""
        return low if x < low else high if x > high else x

    def polynomial(x: Number, coefficients: tuple[Number, ...]) -> Number:
        """`coefficients[0] + coefficients[1] * x + ...`, in few steps (see LONG)."""
        each = list(coefficients)
        while len(each) > LONG:
            pairs = [even + odd * x for even, odd in zip(each[::2], each[1::2], strict=False)]
            x, each = x * x, pairs + each[2 * len(pairs) :]
        total = each[-1]
        for coefficient in each[-2::-1]:
            total = total * x + coefficient
        return total

    def power_of_two(shifted: Number) -> Number:
        """`2**n` for shifted = n + POWER, where -bias < n <= bias."""
        bits, kind, mantissa = _bits(shifted)
        return (bits << type(bits)(mantissa)).view(kind)

    def split(x: Number) -> tuple[Number, Number]:
        """`(m, k)` with `x == m * 2**k` and sqrt(1/2) <= m < sqrt(2), for normal x > 0."""
        bits, kind, mantissa = _bits(x)
        shift = type(bits)(mantissa)
        k = (bits - type(bits)(_sqrt_half_bits(mantissa))) >> shift
        return (bits - (k << shift)).view(kind), kind(k)

    def leading_bits(x: Number) -> Number:
        """x without the lower half of its mantissa: the square of what is left is exact."""
        bits, kind, mantissa = _bits(x)
        return (bits & type(bits)(-1 << (mantissa // 2 + 1))).view(kind)

    def with_sign(x: Number, sign: Number) -> Number:
        """|x| with the sign of `sign`."""
        return np.copysign(x, sign)

    def is_odd(shifted: Number) -> bool:
        """Whether n is odd, for shifted = n + ROUND."""
        return bool(_bits(shifted)[0] & 1)

    def flip_if_odd(y: Number, shifted: Number) -> Number:
        """-y where n is odd and y elsewhere, for shifted = n + ROUND."""
        return -y if is_odd(shifted) else y

    def far_sin(x: Number) -> Number:
        """The C library's sine, for arguments that are rare."""
        return type(x)(math.sin(x) if abs(x) < math.inf else math.nan)

    def far_cos(x: Number) -> Number:
        """The C library's cosine, for arguments that are rare."""
        return type(x)(math.cos(x) if abs(x) < math.inf else math.nan)

else:

    @intrinsic
    def wide_vectors(context: Any) -> Any:
        """Ask LLVM for vectors of 512 bits in the calling function, where the machine has them.

        Its own choice on AVX-512 machines is 256 bits, which is 1.05 to 1.9 times slower in these
        loops. Elsewhere it changes nothing.
        """

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            # llvmlite's set of attributes refuses those with values; a plain set's `add` does not.
            set.add(builder.function.attributes, '"prefer-vector-width"="512"')
            return context.get_dummy_value()

        return types.void(), generate

    @intrinsic
    def clamp(context: Any, x: Any, low: Any, high: Any) -> Any:
        """x, or the bound that it is beyond; nan stays nan."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            value, low, high = arguments
            value = builder.select(builder.fcmp_ordered("<", value, low), low, value)
            return builder.select(builder.fcmp_ordered(">", value, high), high, value)

        return x(x, x, x), generate

    @intrinsic
    def polynomial(context: Any, x: Any, coefficients: Any) -> Any:
        """`coefficients[0] + coefficients[1] * x + ...`, in few steps (see LONG)."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            number = _layout(x)[0]
            multiply_add = builder.module.declare_intrinsic(
                "llvm.fmuladd", [number], ir.FunctionType(number, [number] * 3)
            )
            value, each = arguments[0], list(cgutils.unpack_tuple(builder, arguments[1]))
            while len(each) > LONG:
                pairs = [
                    builder.call(multiply_add, [odd, value, even])
                    for even, odd in zip(each[::2], each[1::2], strict=False)
                ]
                value, each = builder.fmul(value, value), pairs + each[2 * len(pairs) :]
            total = each[-1]
            for coefficient in each[-2::-1]:
                total = builder.call(multiply_add, [total, value, coefficient])
            return total

        return x(x, coefficients), generate

    @intrinsic
    def power_of_two(context: Any, shifted: Any) -> Any:
        """`2**n` for shifted = n + POWER, where -bias < n <= bias.

        POWER's last bits hold the exponent's bias, so that a shift alone makes the bits of 2**n.
        """

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            number, integer, mantissa, _ = _layout(shifted)
            bits = builder.bitcast(arguments[0], integer)
            return builder.bitcast(builder.shl(bits, integer(mantissa)), number)

        return shifted(shifted), generate

    @intrinsic
    def split(context: Any, x: Any) -> Any:
        """`(m, k)` with `x == m * 2**k` and sqrt(1/2) <= m < sqrt(2), for normal x > 0."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            number, integer, mantissa, bias = _layout(x)
            one, shift = integer(bias << mantissa), integer(mantissa)
            bits = builder.bitcast(arguments[0], integer)
            above = builder.sub(builder.add(bits, one), integer(_sqrt_half_bits(mantissa)))
            # A biased exponent is positive, so its shift may be the logical one (AVX2 has no
            # arithmetic shift of 64 bits); put below the exponent of 2**52, it is a float already.
            biased = builder.lshr(above, shift)
            m = builder.sub(bits, builder.sub(builder.shl(biased, shift), one))
            k = builder.or_(biased, integer((bias + mantissa) << mantissa))
            k = builder.fsub(builder.bitcast(k, number), number(float(2**mantissa + bias)))
            parts = [builder.bitcast(m, number), k]
            return context.make_tuple(builder, signature.return_type, parts)

        return types.UniTuple(x, 2)(x), generate

    @intrinsic
    def leading_bits(context: Any, x: Any) -> Any:
        """x without the lower half of its mantissa: the square of what is left is exact."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            number, integer, mantissa, _ = _layout(x)
            bits = builder.bitcast(arguments[0], integer)
            return builder.bitcast(builder.and_(bits, integer(-1 << (mantissa // 2 + 1))), number)

        return x(x), generate

    @intrinsic
    def with_sign(context: Any, x: Any, sign: Any) -> Any:
        """|x| with the sign of `sign`."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            number = _layout(x)[0]
            copysign = builder.module.declare_intrinsic(
                "llvm.copysign", [number], ir.FunctionType(number, [number] * 2)
            )
            return builder.call(copysign, arguments)

        return x(x, sign), generate

    @intrinsic
    def is_odd(context: Any, shifted: Any) -> Any:
        """Whether n is odd, for shifted = n + ROUND."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            bits = builder.bitcast(arguments[0], _layout(shifted)[1])
            return builder.trunc(bits, ir.IntType(1))

        return types.boolean(shifted), generate

    @intrinsic
    def flip_if_odd(context: Any, y: Any, shifted: Any) -> Any:
        """-y where n is odd and y elsewhere, for shifted = n + ROUND."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            number, integer, _, _ = _layout(y)
            bits, last = (builder.bitcast(argument, integer) for argument in arguments)
            sign = builder.shl(last, integer(integer.width - 1))
            return builder.bitcast(builder.xor(bits, sign), number)

        return y(y, shifted), generate

    def _far(name: str, x: Any) -> Any:
        """A call to the C library that does not keep a loop from vectorising: its type, its code.

        LLVM vectorises a loop around a conditional call only if the call has a vector form that
        takes a mask. One is named here, for 1024 numbers at a time, which no machine has: so the
        vectoriser accepts the loop, finds no form for its own width, and calls the scalar function
        for just those lanes whose condition holds. Measured on AVX2, float64, when none does:
        0.5 ns an element, where the unvectorised loop takes 2.5 more. Should a later LLVM see
        through this, the loop becomes slow, not wrong.
        """

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            scalar = f"tinygradx_far_{name}_{x}"
            function = builder.module.globals.get(scalar)
            if function is None:
                function = _define_far(builder.module, _layout(x)[0], name, scalar)
            call = builder.call(function, arguments)
            form = f"_ZGV_LLVM_M1024v_{scalar}({scalar}_1024)"
            set.add(call.attributes, f'"vector-function-abi-variant"="{form}"')
            return call

        return x(x), generate

    def _define_far(module: Any, number: Any, name: str, scalar: str) -> Any:
        """Put the scalar function, and the declaration of its vector form, into a module."""
        function = ir.Function(module, ir.FunctionType(number, [number]), scalar)
        function.linkage = "linkonce_odr"
        for attribute in ("noinline", "cold", "nounwind", "willreturn", "memory(none)"):
            set.add(function.attributes, attribute)
        builder = ir.IRBuilder(function.append_basic_block())
        double = ir.DoubleType()
        library = module.declare_intrinsic(f"llvm.{name}", [double])
        if number == double:
            builder.ret(builder.call(library, function.args))
        else:
            wide = builder.call(library, [builder.fpext(function.args[0], double)])
            builder.ret(builder.fptrunc(wide, number))
        vector, mask = ir.VectorType(number, 1024), ir.VectorType(ir.IntType(1), 1024)
        form = ir.Function(module, ir.FunctionType(vector, [vector, mask]), f"{scalar}_1024")
        # Named as used, for a declaration that nobody calls is dropped.
        listed = ir.ArrayType(form.type, 1)
        used = ir.GlobalVariable(module, listed, "llvm.compiler.used")
        used.linkage, used.section = "appending", "llvm.metadata"
        used.initializer = ir.Constant(listed, [form])
        return function

    @intrinsic
    def far_sin(context: Any, x: Any) -> Any:
        """The C library's sine, for arguments that are rare."""
        return _far("sin", x)

    @intrinsic
    def far_cos(context: Any, x: Any) -> Any:
        """The C library's cosine, for arguments that are rare."""
        return _far("cos", x)


# "contract" lets a product and a sum become one fused multiply-add, and nothing else: nan, the sign
# of zero, infinities and the order of operations stay. `forceinline`: LLVM vectorises only what it
# has inlined, and the longer functions are over its own limit for that.
_inlined = njit(nogil=True, error_model="numpy", fastmath={"contract"}, forceinline=True)


def vectorisable(max_ulp: float) -> Callable[[Callable[[Number], Number]], Any]:
    """Compile a function into the loops that call it, and put its error into `MAX_ULP`.

    The errors of float32 functions were measured at 40 million arguments, one in 17 of all between
    the ends; those of float64 functions at 40,000 random ones. Both with and without fused
    multiply-add, the larger taken.
    """

    def compiled(function: Callable[[Number], Number]) -> Any:
        MAX_ULP[function.__name__] = max_ulp
        function.__doc__ = f"{function.__doc__}\n\nWrong by {max_ulp} ulp at most."
        return _inlined(function)

    return compiled


def _float32(*values: float) -> tuple[Any, ...]:
    return tuple(np.float32(value) for value in values)


def _float64(*values: float) -> tuple[Any, ...]:
    return tuple(np.float64(value) for value in values)


ZERO, HALF, ONE, TWO = _float32(0.0, 0.5, 1.0, 2.0)
INFINITY, NAN = _float32(math.inf, math.nan)

#: (x + ROUND) - ROUND is x rounded to an integer; n + POWER is what `power_of_two` takes.
ROUND, POWER = _float32(1.5 * 2**23, 1.5 * 2**23 + 127)
ROUND_64, POWER_64 = _float64(1.5 * 2**52, 1.5 * 2**52 + 1023)

#: log(2) in two parts, of which the first has few bits: 9 (Cephes, S. Moshier) and 33 (fdlibm).
LOG2_E, LN2_HIGH, LN2_LOW = _float32(1.4426950408889634, 0.693359375, -2.1219444005469058e-4)
LOG2_E_64, LN2_HIGH_64, LN2_LOW_64 = _float64(
    1.4426950408889634, 6.93147180369123816490e-1, 1.90821492927058770002e-10
)

#: Below these, f(x) = x to the last bit for expm1 and log1p; said because the formulas lose
#: the sign of zero and the last bit of subnormal numbers.
TINY, TINY_64 = np.float32(2.0**-26), np.float64(2.0**-55)

# ---- exponentials -------------------------------------------------------------------------------

#: (exp(r) - 1 - r) / r**2 for |r| <= log(2)/2: minimax, 5e-9 and 1e-19 of exp(r).
EXP = _float32(
    0.50000000583819477868,
    0.16666545399785524646,
    0.041666290207648537653,
    0.0083663540629778228582,
    0.0013946016672605116699,
)
EXP_64 = _float64(
    0.5,
    0.16666666666666675798,
    0.041666666666666698663,
    0.0083333333333221759935,
    0.0013888888888867841747,
    0.00019841269884876939827,
    0.000024801587358957372379,
    2.7557245369141918806e-6,
    2.7557243909252186561e-7,
    2.510865955139882216e-8,
    2.092413599023899886e-9,
)

#: e**x is 0 below and infinite above.
EXP_LOWEST, EXP_HIGHEST = _float32(-104.0, 89.0)


@vectorisable(max_ulp=1.1)
def exp_float32(x: Number) -> Number:
    """e**x, as 2**n * e**r with |r| <= log(2)/2 (Cody and Waite 1980), subnormals included."""
    x = clamp(x, EXP_LOWEST, EXP_HIGHEST)
    n = (x * LOG2_E + ROUND) - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    p = ONE + (r + r * r * polynomial(r, EXP))
    # n runs from -150 to 128, beyond both ends of one float's exponent: so two factors.
    half = n * HALF + POWER
    rest = (n - (half - POWER)) + POWER
    return p * power_of_two(half) * power_of_two(rest)


@vectorisable(max_ulp=1.1)
def exp_float64(x: Number) -> Number:
    """e**x, as 2**n * e**r with |r| <= log(2)/2 (Cody and Waite 1980), subnormals included."""
    x = clamp(x, -746.0, 710.0)
    n = (x * LOG2_E_64 + ROUND_64) - ROUND_64
    r = (x - n * LN2_HIGH_64) - n * LN2_LOW_64
    p = 1.0 + (r + r * r * polynomial(r, EXP_64))
    half = n * 0.5 + POWER_64
    rest = (n - (half - POWER_64)) + POWER_64
    return p * power_of_two(half) * power_of_two(rest)


#: e**x - 1 is -1 below.
EXPM1_LOWEST = np.float32(-18.0)


@vectorisable(max_ulp=1.4)
def expm1_float32(x: Number) -> Number:
    """e**x - 1, as 2**n * expm1(r) + (2**n - 1), added from the largest part to the smallest."""
    c = clamp(x, EXPM1_LOWEST, EXP_HIGHEST)
    n = (c * LOG2_E + ROUND) - ROUND
    r = (c - n * LN2_HIGH) - n * LN2_LOW
    scale = power_of_two((n - ONE) + POWER)  # half of 2**n, since 2**128 is no float32
    y = ((scale - HALF) + scale * r) + scale * (r * r * polynomial(r, EXP))
    return x if abs(x) < TINY else y + y


@vectorisable(max_ulp=1.5)
def expm1_float64(x: Number) -> Number:
    """e**x - 1, as 2**n * expm1(r) + (2**n - 1), added from the largest part to the smallest."""
    c = clamp(x, -38.0, 710.0)
    n = (c * LOG2_E_64 + ROUND_64) - ROUND_64
    r = (c - n * LN2_HIGH_64) - n * LN2_LOW_64
    scale = power_of_two((n - 1.0) + POWER_64)
    y = ((scale - 0.5) + scale * r) + scale * (r * r * polynomial(r, EXP_64))
    return x if abs(x) < TINY_64 else y + y


#: 1 / (1 + e**x) is 1 below and 0 above.
FALLING_LOWEST, FALLING_HIGHEST = _float32(-88.0, 104.0)


@vectorisable(max_ulp=2.6)
def logistic_float32(x: Number) -> Number:
    """1 / (1 + e**-x), as 2**-n / (2**-n + e**r): no overflow, and the tail keeps its digits."""
    x = clamp(-x, FALLING_LOWEST, FALLING_HIGHEST)
    n = (x * LOG2_E + ROUND) - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    p = ONE + (r + r * r * polynomial(r, EXP))
    half = POWER - n * HALF
    rest = POWER - (n - (POWER - half))
    first, second = power_of_two(half), power_of_two(rest)
    return first / (first * second + p) * second


@vectorisable(max_ulp=2.6)
def logistic_float64(x: Number) -> Number:
    """1 / (1 + e**-x), as 2**-n / (2**-n + e**r): no overflow, and the tail keeps its digits."""
    x = clamp(-x, -708.0, 746.0)
    n = (x * LOG2_E_64 + ROUND_64) - ROUND_64
    r = (x - n * LN2_HIGH_64) - n * LN2_LOW_64
    p = 1.0 + (r + r * r * polynomial(r, EXP_64))
    half = POWER_64 - n * 0.5
    rest = POWER_64 - (n - (POWER_64 - half))
    first, second = power_of_two(half), power_of_two(rest)
    return first / (first * second + p) * second


# ---- hyperbolic tangent -------------------------------------------------------------------------

#: 2 |x| beyond which tanh(x) is 1.
TANH_END = np.float32(18.1)


@vectorisable(max_ulp=2.6)
def tanh_float32(x: Number) -> Number:
    """t / (t + 2) for t = expm1(2 |x|); n is never negative here, which saves a factor."""
    c = clamp(abs(x + x), ZERO, TANH_END)
    n = (c * LOG2_E + ROUND) - ROUND
    r = (c - n * LN2_HIGH) - n * LN2_LOW
    scale = power_of_two(n + POWER)
    t = ((scale - ONE) + scale * r) + scale * (r * r * polynomial(r, EXP))
    return with_sign(t / (t + TWO), x)


@vectorisable(max_ulp=2.6)
def tanh_float64(x: Number) -> Number:
    """t / (t + 2) for t = expm1(2 |x|); n is never negative here, which saves a factor."""
    c = clamp(abs(x + x), 0.0, 38.2)
    n = (c * LOG2_E_64 + ROUND_64) - ROUND_64
    r = (c - n * LN2_HIGH_64) - n * LN2_LOW_64
    scale = power_of_two(n + POWER_64)
    t = ((scale - 1.0) + scale * r) + scale * (r * r * polynomial(r, EXP_64))
    return with_sign(t / (t + 2.0), x)


#: (1/3 - (x - tanh(x)) / x**3) / x**2 = P(x**2) / Q(x**2) for |x| <= 1: minimax, 6.7e-12 and 7e-18
#: of x - tanh(x). All terms are positive, as in the convergents of Lambert's continued fraction.
SHRINK_P = _float32(0.13333333325589323283, 0.0058127763187771067758)
SHRINK_Q = _float32(1.0, 0.44835772092478696279, 0.017456982688083834904)
SHRINK_P_64 = _float64(
    0.13333333333333317773,
    0.0079286317777032216398,
    0.000084738654091509056456,
)
SHRINK_Q_64 = _float64(
    1.0,
    0.46422664309465456219,
    0.024515636184911058699,
    0.00025426770232765796903,
)
THIRD, THIRD_64 = np.float32(1 / 3), np.float64(1 / 3)


@vectorisable(max_ulp=3.6)
def tanhshrink_float32(x: Number) -> Number:
    """x - tanh(x): x**3 (1/3 - x**2 P/Q) for |x| < 1, and |x| - 1 + 2 / (e**(2|x|) + 1) beyond.

    Neither subtracts like numbers, and they share one division.
    """
    a = abs(x)
    near = a < ONE
    z = x * x
    c = clamp(a + a, ZERO, TANH_END)
    n = (c * LOG2_E + ROUND) - ROUND
    r = (c - n * LN2_HIGH) - n * LN2_LOW
    e = power_of_two(n + POWER) * (ONE + (r + r * r * polynomial(r, EXP)))
    numerator = polynomial(z, SHRINK_P) if near else TWO
    denominator = polynomial(z, SHRINK_Q) if near else e + ONE
    ratio = numerator / denominator
    return (THIRD - z * ratio) * z * x if near else with_sign((a - ONE) + ratio, x)


@vectorisable(max_ulp=3.6)
def tanhshrink_float64(x: Number) -> Number:
    """x - tanh(x): x**3 (1/3 - x**2 P/Q) for |x| < 1, and |x| - 1 + 2 / (e**(2|x|) + 1) beyond.

    Neither subtracts like numbers, and they share one division.
    """
    a = abs(x)
    near = a < 1.0
    z = x * x
    c = clamp(a + a, 0.0, 38.2)
    n = (c * LOG2_E_64 + ROUND_64) - ROUND_64
    r = (c - n * LN2_HIGH_64) - n * LN2_LOW_64
    e = power_of_two(n + POWER_64) * (1.0 + (r + r * r * polynomial(r, EXP_64)))
    numerator = polynomial(z, SHRINK_P_64) if near else 2.0
    denominator = polynomial(z, SHRINK_Q_64) if near else e + 1.0
    ratio = numerator / denominator
    return (THIRD_64 - z * ratio) * z * x if near else with_sign((a - 1.0) + ratio, x)


# ---- logarithms ---------------------------------------------------------------------------------

#: (2 atanh(s) / s - 2) / s**2 in powers of s**2, for |s| <= (sqrt(2) - 1) / (sqrt(2) + 1): minimax,
#: 9.3e-10 and 1.6e-18 of log(1 + f).
LOG = _float32(0.66666765429441470648, 0.39978603031057101351, 0.29847831248731699164)
LOG_64 = _float64(
    0.66666666666666989303,
    0.39999999999611891024,
    0.28571428703865389687,
    0.2222220213963145383,
    0.18183394154531657006,
    0.15318097088341990901,
    0.14757975297042381553,
)

#: A subnormal number is multiplied by 2**25 (2**54) first.
NORMAL, LIFT, LIFTED = _float32(2.0**-126, 2.0**25, 25.0)
MINUS_ONE, MINUS_INFINITY, QUARTER = _float32(-1.0, -math.inf, 0.25)


@vectorisable(max_ulp=0.9)
def log_float32(x: Number) -> Number:
    """log(x) = k log(2) + log(1 + f), and log(1 + f) = 2 atanh(f / (2 + f)), as in fdlibm."""
    subnormal = x < NORMAL
    m, k = split(x * LIFT if subnormal else x)
    k = k - LIFTED if subnormal else k
    f = m - ONE
    s = f / (TWO + f)
    z = s * s
    square = HALF * f * f
    y = k * LN2_HIGH - ((square - (s * (square + z * polynomial(z, LOG)) + k * LN2_LOW)) - f)
    y = y if x < INFINITY else x
    return y if x > ZERO else (MINUS_INFINITY if x == ZERO else NAN)


@vectorisable(max_ulp=0.9)
def log_float64(x: Number) -> Number:
    """log(x) = k log(2) + log(1 + f), and log(1 + f) = 2 atanh(f / (2 + f)), as in fdlibm."""
    subnormal = x < 2.0**-1022
    m, k = split(x * 2.0**54 if subnormal else x)
    k = k - 54.0 if subnormal else k
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    square = 0.5 * f * f
    series = s * (square + z * polynomial(z, LOG_64))
    y = k * LN2_HIGH_64 - ((square - (series + k * LN2_LOW_64)) - f)
    y = y if x < math.inf else x
    return y if x > 0.0 else (-math.inf if x == 0.0 else math.nan)


@vectorisable(max_ulp=1.5)
def log1p_float32(x: Number) -> Number:
    """log(1 + x), as log, with k of the rounded 1 + x, but f = 2**-k x + (2**-k - 1)."""
    _, k = split(ONE + x)
    scale = power_of_two((TWO - k) + POWER)  # four times 2**-k, since 2**-128 is not normal
    f = scale * (QUARTER * x) + (QUARTER * scale - ONE)
    s = f / (TWO + f)
    z = s * s
    square = HALF * f * f
    y = k * LN2_HIGH - ((square - (s * (square + z * polynomial(z, LOG)) + k * LN2_LOW)) - f)
    y = y if x < INFINITY else x
    y = x if abs(x) < TINY else y
    return y if x > MINUS_ONE else (MINUS_INFINITY if x == MINUS_ONE else NAN)


@vectorisable(max_ulp=1.5)
def log1p_float64(x: Number) -> Number:
    """log(1 + x), as log, with k of the rounded 1 + x, but f = 2**-k x + (2**-k - 1)."""
    _, k = split(1.0 + x)
    scale = power_of_two((2.0 - k) + POWER_64)
    f = scale * (0.25 * x) + (0.25 * scale - 1.0)
    s = f / (2.0 + f)
    z = s * s
    square = 0.5 * f * f
    series = s * (square + z * polynomial(z, LOG_64))
    y = k * LN2_HIGH_64 - ((square - (series + k * LN2_LOW_64)) - f)
    y = y if x < math.inf else x
    y = x if abs(x) < TINY_64 else y
    return y if x > -1.0 else (-math.inf if x == -1.0 else math.nan)


# ---- the normal distribution and the error function ---------------------------------------------

#: erf(x) / x - 1 in powers of x**2 for |x| <= 1: minimax, 1.2e-9 and 1.3e-19 of erf(x) / x.
ERF_NEAR = _float32(
    0.12837916572579257215,
    -0.37612625816800031867,
    0.11283585052108352593,
    -0.026853807396159857545,
    0.0051883181137803524306,
    -0.00080101012415021008483,
    0.000078535290063759377473,
)
ERF_NEAR_64 = _float64(
    0.12837916709551257375,
    -0.37612638903183747598,
    0.11283791670954857203,
    -0.026866170645072838049,
    0.0052239776247802899584,
    -0.00085483269787077542094,
    0.00012055331035597938909,
    -0.000014925593474579832147,
    1.6460972283033491647e-6,
    -1.6350019403940029024e-7,
    1.4657839699674544211e-8,
    -1.1365507112687142344e-9,
    5.9449871247519121967e-11,
)
#: (ndtr(x) - 1/2) / x in powers of x**2 for |x| <= 1: minimax, 7e-10 and 2e-19.
NDTR_NEAR = _float32(
    0.39894228011765657953,
    -0.066490359918608748664,
    0.00997332334376580325,
    -0.0011863296948368894872,
    0.0001134860278001845972,
    -7.6540482670191340772e-6,
)
NDTR_NEAR_64 = _float64(
    0.39894228040143267785,
    -0.066490380066905425451,
    0.0099735570100349887733,
    -0.0011873282154676116204,
    0.00011543468751382479113,
    -9.4446557829342632145e-6,
    6.6596796492500949779e-7,
    -4.1224075186698833961e-8,
    2.2703863351221164149e-9,
    -1.1063039802981700545e-10,
    4.0717531724644219333e-12,
)
#: (x + 1/2) e**(x**2/2) ndtr(-x) in powers of t = (x - 4) / (x + 4), for x >= 0.74: minimax, 4.3e-9
#: and 1.1e-17. The form is Shepherd and Laframboise's (1981): almost constant, so that the leading
#: coefficient decides and rounding errors stay small.
NDTR_FAR = _float32(
    0.42484788485966418261,
    -0.011504592148769084533,
    -0.048189864438877976757,
    0.064453057033815538267,
    -0.047633046067547968071,
    0.022193396091622705173,
    -0.0052335421611353829982,
    -0.00065217957221554436812,
    0.00071032831347801121073,
)
NDTR_FAR_64 = _float64(
    0.42484788585886021788,
    -0.011504616552298132451,
    -0.048189992945208360666,
    0.064454067722426131951,
    -0.047630239481112153057,
    0.022182145220380935312,
    -0.0052561596318833754778,
    -0.00060503001604094829588,
    0.0007884892812432522314,
    -0.000071652900031013388849,
    -0.00010217765763824610203,
    0.000018934934024899258579,
    0.000015779949823569572862,
    -3.0204480823356024487e-6,
    -2.9470411893603457161e-6,
    3.0982233604626705806e-7,
    6.040289441545180732e-7,
    1.3251488914338347081e-8,
    -1.1875240017375855934e-7,
    -1.1026058988014969181e-8,
    1.6787564275037062223e-8,
)
#: x e**(x**2) erfc(x), likewise, for x >= 0.99: 8.4e-10 and 1.7e-18. (Without the 1/2, whose
#: sum with x must be rounded, the largest error is 3.7 ulp in place of 4.2; not so for ndtr.)
ERFC = _float32(
    0.54799783025174679167,
    0.059723473697516598949,
    -0.1016699611910200176,
    0.11617694169468766937,
    -0.10500306146801890216,
    0.078428523607075439843,
    -0.048787563244173115621,
    0.024958926060697559053,
    -0.010292337682259296093,
    0.0029739914688468872748,
)
ERFC_64 = _float64(
    0.54799783050024555865,
    0.059723465959804561948,
    -0.10167001340782197565,
    0.11617743547600101553,
    -0.10500112171765205042,
    0.078420325319042107426,
    -0.048814711163980866452,
    0.025005730784236914794,
    -0.01012899886441481882,
    0.0029155484021108799949,
    -0.00036800556437491871891,
    -0.0001391200284720137783,
    0.000086587601598882891867,
    -0.000011247297280526701531,
    -7.0788266797944692231e-6,
    3.0560211938743578135e-6,
    2.7936823344741702956e-7,
    -4.5225659011894885559e-7,
    3.5847205776261991096e-8,
    5.0204176269436754849e-8,
    -1.2797086456117753152e-8,
)


@_inlined
def exp_of_square_float32(x: Number, factor: Number, weight: Number) -> Number:
    """weight * e**(factor * x**2), factor -1 or -1/2, |x| < 1000, the square as if never rounded.

    A rounded square is wrong by half an ulp, and its exponential by x**2 times as much: 50 ulp at
    the end. So x**2 = h**2 + (x - h)(x + h), the first exact, the second added after reduction.
    """
    h = leading_bits(x)
    high, low = factor * h * h, factor * (x - h) * (x + h)
    n = ((high + low) * LOG2_E + ROUND) - ROUND
    high, low = high - n * LN2_HIGH, low - n * LN2_LOW
    r = high + low
    p = weight + weight * (high + (low + r * r * polynomial(r, EXP)))
    half = n * HALF + POWER
    rest = (n - (half - POWER)) + POWER
    return p * power_of_two(half) * power_of_two(rest)


@_inlined
def exp_of_square_float64(x: Number, factor: Number, weight: Number) -> Number:
    """weight * e**(factor * x**2), factor -1 or -1/2, |x| < 1000, the square as if never rounded.

    A rounded square is wrong by half an ulp, and its exponential by x**2 times as much: 370 ulp at
    the end. So x**2 = h**2 + (x - h)(x + h), the first exact, the second added after reduction.
    """
    h = leading_bits(x)
    high, low = factor * h * h, factor * (x - h) * (x + h)
    n = ((high + low) * LOG2_E_64 + ROUND_64) - ROUND_64
    high, low = high - n * LN2_HIGH_64, low - n * LN2_LOW_64
    r = high + low
    p = weight + weight * (high + (low + r * r * polynomial(r, EXP_64)))
    half = n * 0.5 + POWER_64
    rest = (n - (half - POWER_64)) + POWER_64
    return p * power_of_two(half) * power_of_two(rest)


#: Where e**(-x**2/2) and e**(-x**2) are 0.
GAUSSIAN_END, ERFC_END = _float32(14.5, 10.25)
MINUS_HALF, FOUR = _float32(-0.5, 4.0)

#: Where ndtr goes over from its series, which begins to cancel, to the tail, which is rough below.
NDTR_END = np.float32(0.875)


@vectorisable(max_ulp=1.0)
def gaussian_float32(x: Number) -> Number:
    """e**(-x**2 / 2), accurate through the whole tail."""
    return exp_of_square_float32(clamp(abs(x), ZERO, GAUSSIAN_END), MINUS_HALF, ONE)


@vectorisable(max_ulp=1.0)
def gaussian_float64(x: Number) -> Number:
    """e**(-x**2 / 2), accurate through the whole tail."""
    return exp_of_square_float64(clamp(abs(x), 0.0, 38.7), -0.5, 1.0)


@vectorisable(max_ulp=3.8)
def ndtr_float32(x: Number) -> Number:
    """The normal distribution function: 1/2 + x P(x**2) if |x| < 7/8; a tail or 1 - tail beyond.

    It is erfc(-x / sqrt(2)) / 2, but a rounded x / sqrt(2) would cost x**2 / 2 ulp in the tail.
    """
    a = clamp(abs(x), ZERO, GAUSSIAN_END)
    weight = polynomial((a - FOUR) / (a + FOUR), NDTR_FAR) / (a + HALF)
    tail = exp_of_square_float32(a, MINUS_HALF, weight)
    far = ONE - tail if x > ZERO else tail
    return HALF + x * polynomial(x * x, NDTR_NEAR) if a < NDTR_END else far


@vectorisable(max_ulp=3.8)
def ndtr_float64(x: Number) -> Number:
    """The normal distribution function: 1/2 + x P(x**2) if |x| < 7/8; a tail or 1 - tail beyond.

    It is erfc(-x / sqrt(2)) / 2, but a rounded x / sqrt(2) would cost x**2 / 2 ulp in the tail.
    """
    a = clamp(abs(x), 0.0, 38.7)
    weight = polynomial((a - 4.0) / (a + 4.0), NDTR_FAR_64) / (a + 0.5)
    tail = exp_of_square_float64(a, -0.5, weight)
    far = 1.0 - tail if x > 0.0 else tail
    return 0.5 + x * polynomial(x * x, NDTR_NEAR_64) if a < 0.875 else far


@vectorisable(max_ulp=3.8)
def erfc_float32(x: Number) -> Number:
    """1 - erf(x): the odd series for |x| < 1, and a tail or 2 - tail beyond."""
    a = clamp(abs(x), ZERO, ERFC_END)
    weight = polynomial((a - FOUR) / (a + FOUR), ERFC) / a
    tail = exp_of_square_float32(a, MINUS_ONE, weight)
    far = TWO - tail if x < ZERO else tail
    return (ONE - x) - x * polynomial(x * x, ERF_NEAR) if a < ONE else far


@vectorisable(max_ulp=4.0)
def erfc_float64(x: Number) -> Number:
    """1 - erf(x): the odd series for |x| < 1, and a tail or 2 - tail beyond."""
    a = clamp(abs(x), 0.0, 27.4)
    weight = polynomial((a - 4.0) / (a + 4.0), ERFC_64) / a
    tail = exp_of_square_float64(a, -1.0, weight)
    far = 2.0 - tail if x < 0.0 else tail
    return (1.0 - x) - x * polynomial(x * x, ERF_NEAR_64) if a < 1.0 else far


#: x sqrt(pi) erfcx(x) / sqrt(pi) in powers of 1/x**2, for x of at least 27 (DLMF 7.12.1).
ERFCX_FAR = _float64(
    0.56418958354775628695,
    -0.28209479177387814347,
    0.42314218766081721521,
    -1.057855469152043038,
    3.702494142032150633,
    -16.661223639144677849,
    91.636730015295728170,
)


@_inlined
def erfcx_float64(x: Number) -> Number:
    """e**(x*x) erfc(x): the series below 1, erfc's own tail up to 27, and what it tends to.

    Wrong by 4 ulp at most.
    """
    a = abs(x)
    c = clamp(a, 0.0, 27.0)
    middle = polynomial((c - 4.0) / (c + 4.0), ERFC_64) / c
    right = middle if a < 27.0 else polynomial(1.0 / (a * a), ERFCX_FAR) / a
    square = exp_of_square_float64(c, 1.0, 1.0)
    near = square * ((1.0 - x) - x * polynomial(x * x, ERF_NEAR_64))
    return near if a < 1.0 else (square + square - right if x < 0.0 else right)


@_inlined
def erfcx_float32(x: Number) -> Number:
    """e**(x*x) erfc(x), in float64: below 0 a rounded square would cost x*x ulp."""
    return np.float32(erfcx_float64(np.float64(x)))


#: -log(erfc(x)) in powers of x - 1.5 from 1 to where erf is 1: minimax, 1e-9 and
#: 1.2e-18 of erf. (The form is N. Juffa's.)
ERF_MIDDLE, ERF_END = _float32(1.5, 3.93)
ERF_BEYOND = _float32(
    3.3844920818466306023,
    3.508801103474101966,
    0.89264175934041046299,
    0.025820377445839746242,
    -0.0060213864639925716943,
    0.0012694411775636909417,
    -0.00018557392493960994517,
)
ERF_BEYOND_64 = _float64(
    3.3844920895515527213,
    3.5088008017795269529,
    0.89264033061503413661,
    0.025824140633695119494,
    -0.0060067463863140726258,
    0.0012572166858340855269,
    -0.0002159633065883879091,
    0.000022473697042136745142,
    2.6468403872464071708e-6,
    -2.3708821586274823775e-6,
    8.1877799033742713264e-7,
    -1.9250558527930744191e-7,
    2.7738174690634275327e-8,
    1.0695117538592444227e-9,
    -2.2279958382908177935e-9,
    7.9179531111806242428e-10,
    -1.6306111514486627225e-10,
    1.9463685327356784358e-11,
    -1.0391064972744460851e-12,
)


@vectorisable(max_ulp=1.3)
def erf_float32(x: Number) -> Number:
    """x + x P(x**2) for |x| < 1; beyond, 1 - erfc(|x|), where erfc is small and may be rough."""
    a = clamp(abs(x), ZERO, ERF_END)
    logarithm = polynomial(a - ERF_MIDDLE, ERF_BEYOND)
    n = ROUND - (logarithm * LOG2_E + ROUND)
    r = (-logarithm - n * LN2_HIGH) - n * LN2_LOW
    tail = power_of_two(n + POWER) * (ONE + (r + r * r * polynomial(r, EXP)))
    return x + x * polynomial(x * x, ERF_NEAR) if a < ONE else with_sign(ONE - tail, x)


@vectorisable(max_ulp=1.4)
def erf_float64(x: Number) -> Number:
    """x + x P(x**2) for |x| < 1; beyond, 1 - erfc(|x|), where erfc is small and may be rough."""
    a = clamp(abs(x), 0.0, 5.93)
    logarithm = polynomial(a - 1.5, ERF_BEYOND_64)
    n = ROUND_64 - (logarithm * LOG2_E_64 + ROUND_64)
    r = (-logarithm - n * LN2_HIGH_64) - n * LN2_LOW_64
    tail = power_of_two(n + POWER_64) * (1.0 + (r + r * r * polynomial(r, EXP_64)))
    return x + x * polynomial(x * x, ERF_NEAR_64) if a < 1.0 else with_sign(1.0 - tail, x)


# ---- sine and cosine ----------------------------------------------------------------------------

#: sin(r) / r in powers of r**2 for |r| <= pi/2: minimax, 1.9e-11.
SIN = _float64(
    1.0,
    -0.16666666631775090093,
    0.0083333313251723453507,
    -0.00019840894292657727864,
    2.7526627219052951398e-6,
    -2.3909374095249035334e-8,
)
FAR_32 = np.float32(FAR)

#: 1 / pi; pi in two parts, of which the first has 33 bits (fdlibm's pi/2, doubled).
HALF_TURN = np.float64(0.3183098861837907)
PI_HIGH, PI_LOW = _float64(3.1415926534682512, 1.2154201013012385e-10)
HALF_64 = np.float64(0.5)


@vectorisable(max_ulp=0.51)
def sin_float32(x: Number) -> Number:
    """sin(x) = (-1)**n sin(x - n pi), in float64: near n pi, float32 would have no digits left."""
    w = np.float64(x)
    shifted = w * HALF_TURN + ROUND_64
    n = shifted - ROUND_64
    r = (w - n * PI_HIGH) - n * PI_LOW
    y = flip_if_odd(r * polynomial(r * r, SIN), shifted)
    return far_sin(x) if abs(x) > FAR_32 else np.float32(y)


@vectorisable(max_ulp=0.51)
def cos_float32(x: Number) -> Number:
    """cos(x) = (-1)**n sin(x - (n - 1/2) pi), in float64, like `sin_float32`."""
    w = np.float64(x)
    shifted = (w * HALF_TURN + HALF_64) + ROUND_64
    n = (shifted - ROUND_64) - HALF_64
    r = (w - n * PI_HIGH) - n * PI_LOW
    y = flip_if_odd(r * polynomial(r * r, SIN), shifted)
    return far_cos(x) if abs(x) > FAR_32 else np.float32(y)


#: (1 - sin(r) / r) / r**2 and (cos(r) - 1 + r**2/2) / r**4 in powers of r**2, for |r| <= pi/4:
#: minimax, 3.4e-18 and 4.7e-20 of sin(r) / r and cos(r).
SIN_64 = _float64(
    0.16666666666666632027,
    -0.0083333333333224136408,
    0.00019841269829807807003,
    -2.7557313691917163764e-6,
    2.5050758115075827748e-8,
    -1.5896795639974034004e-10,
)
COS_64 = _float64(
    0.041666666666666599476,
    -0.0013888888888874123919,
    0.000024801587289482175813,
    -2.7557314352329575942e-7,
    2.0875723272725086136e-9,
    -1.1359647774879600661e-11,
)

#: 2 / pi; pi/2 in three parts, of which the first two have 33 bits (fdlibm).
QUARTER_TURN = np.float64(0.6366197723675814)
PIO2_HIGH, PIO2_MIDDLE, PIO2_LOW = _float64(
    1.57079632673412561417e0, 6.07710050630396597660e-11, 2.02226624879595063154e-21
)


@vectorisable(max_ulp=0.9)
def sin_float64(x: Number) -> Number:
    """sin(x) by quarter turns; what is left is kept as r + low, and then summed as in fdlibm."""
    shifted = x * QUARTER_TURN + ROUND_64
    n = shifted - ROUND_64
    near = x - n * PIO2_HIGH
    r = near - n * PIO2_MIDDLE
    low = ((near - r) - n * PIO2_MIDDLE) - n * PIO2_LOW
    z = r * r
    half = 0.5 * z
    sine = r - ((half * low - low) + r * z * polynomial(z, SIN_64))
    one = 1.0 - half
    cosine = one + (((1.0 - one) - half) + (z * z * polynomial(z, COS_64) - r * low))
    # Negative in the third and fourth quarter: where half of n, rounded down, is odd.
    y = flip_if_odd(cosine if is_odd(shifted) else sine, (n * 0.5 - 0.25) + ROUND_64)
    return far_sin(x) if abs(x) > FAR else y


@vectorisable(max_ulp=0.9)
def cos_float64(x: Number) -> Number:
    """cos(x) by quarter turns; what is left is kept as r + low, and then summed as in fdlibm."""
    shifted = x * QUARTER_TURN + ROUND_64
    n = shifted - ROUND_64
    near = x - n * PIO2_HIGH
    r = near - n * PIO2_MIDDLE
    low = ((near - r) - n * PIO2_MIDDLE) - n * PIO2_LOW
    z = r * r
    half = 0.5 * z
    sine = r - ((half * low - low) + r * z * polynomial(z, SIN_64))
    one = 1.0 - half
    cosine = one + (((1.0 - one) - half) + (z * z * polynomial(z, COS_64) - r * low))
    # Negative in the second and third quarter: where half of n, rounded up, is odd.
    y = flip_if_odd(sine if is_odd(shifted) else cosine, (n * 0.5 + 0.25) + ROUND_64)
    return far_cos(x) if abs(x) > FAR else y
