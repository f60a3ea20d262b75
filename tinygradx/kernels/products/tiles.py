"""The inner loops of a matrix product, written for LLVM.

**The tile.** A product spends its time in `sum += x * y`, for each of which two numbers would have
to be loaded. So a block of the result, a tile, is summed in registers, all of it at once: for each
p, a short row of y (two registers wide) and one number of each of a few rows of x are loaded, and
every one is multiplied with every other. On a machine with AVX2, whose 16 registers hold 8 float32
each, a tile has 6 rows of 16 numbers: 12 registers of sums, 2 for the row of y, 1 for the number of
x, repeated in all of its places. A turn of the loop is 12 fused multiply-adds for 8 loads. The
machine does two and two in a cycle, so the loads hide behind the arithmetic. Measured (Zen 3,
float32; a loop of multiply-adds without any loads reaches 114 GFLOP/s): 99 GFLOP/s for sums of
length 784, 92 for 64, as each tile takes some 45 cycles to start and to be written, and 50 for 16.

Rows that do not fill tiles of 6 are done in tiles of 5: 64 = 9 * 6 + 2 * 5, and every number from
20 on is such a sum. Where rows are still missing, the first one stands in for them, and what it
gives is not written.

**The panel.** The rows of y that a tile reads lie far apart, in memory that the caches and the
table of pages have little room for. They are copied one behind the other, once for all the tiles of
these columns: this is a panel. A matrix that is to be transposed is turned round on the way, 8 x 8
numbers at a time in registers, 0.14 ns a number.

Each function is defined once in a module of LLVM, and not inlined: one copy for all the products of
a step keeps the compile short. Loops stay as they are written: unrolled ones gained 1 %.

Addresses and strides are integers, in bytes. Counts must be 1 or more.
"""

# Most of Numba has no types that mypy could follow.
# mypy: disable-error-code="attr-defined, import-untyped, no-untyped-call, untyped-decorator"

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic

__all__ = [
    "REGISTER", "SHORT", "TALL", "WIDTH", "address", "dots", "item_size", "one", "pack",
    "short_tiles", "tall_tiles",
]  # fmt: skip


def _registers() -> tuple[int, int]:
    """The bytes of a vector register, and how many there are."""
    named = getattr(config, "CPU_FEATURES", None)  # NUMBA_CPU_FEATURES
    host = llvm.get_host_cpu_features() if named is None else {}
    features = {name for name, present in host.items() if present}
    features |= {word[1:] for word in (named or "").split(",") if word.startswith("+")}
    if "avx512f" in features:
        return 64, 32
    if "avx" in features:
        return 32, 16
    return 16, 32 if llvm.get_process_triple().startswith(("aarch64", "arm64")) else 16


REGISTER, _COUNT = _registers()
#: The bytes of a tile's row: two registers.
WIDTH = 2 * REGISTER
#: The rows of the two tiles. With 32 registers, 24 hold sums.
TALL, SHORT = (6, 5) if _COUNT == 16 else (12, 8)
#: Rows whose sums of products are made together.
DOTS = 4

I1, I8, I32, I64 = (ir.IntType(bits) for bits in (1, 8, 32, 64))

# ---- words for what follows ---------------------------------------------------------------------


class _Kind:
    """The types of LLVM that belong to a dtype of Numba."""

    def __init__(self, dtype: Any) -> None:
        self.number = ir.FloatType() if dtype == types.float32 else ir.DoubleType()
        self.size = dtype.bitwidth // 8
        self.lanes = REGISTER // self.size
        self.vector = ir.VectorType(self.number, self.lanes)
        self.bits = ir.IntType(dtype.bitwidth)
        self.name = str(dtype)


def _call(b: Any, name: str, result: Any, *arguments: Any) -> Any:
    """Call one of LLVM's own functions."""
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    return b.call(cgutils.get_or_insert_function(b.module, kind, name), arguments)


def _fma(b: Any, x: Any, y: Any, z: Any) -> Any:
    """x * y + z; rounded once where the machine can."""
    letter = "f32" if getattr(x.type, "element", x.type) == ir.FloatType() else "f64"
    lanes = f"v{x.type.count}" if isinstance(x.type, ir.VectorType) else ""
    return _call(b, f"llvm.fmuladd.{lanes}{letter}", x.type, x, y, z)


def _at(b: Any, kind: Any, address: Any, *offsets: Any) -> Any:
    """An address, moved by some bytes, as a pointer."""
    for offset in offsets:
        address = b.add(address, offset)
    return b.inttoptr(address, kind.as_pointer())


def _indices(numbers: Any) -> Any:
    each = list(numbers)
    return ir.Constant(ir.VectorType(I32, len(each)), each)


def _spread(b: Any, kind: _Kind, value: Any) -> Any:
    """A vector with one number in every place."""
    nothing = ir.Constant(kind.vector, ir.Undefined)
    return b.shuffle_vector(
        b.insert_element(nothing, value, I32(0)), nothing, _indices([0] * kind.lanes)
    )


@contextmanager
def _repeat(b: Any, count: Any, step: int = 1) -> Iterator[Any]:
    """A loop over 0, step, ... below count, which is more than 0: neither unrolled nor vectorised.

    Of what changes in it, the builder's `alloca`s, LLVM makes registers.
    """
    before, body = b.block, b.append_basic_block("repeat")
    after = b.append_basic_block("done")
    b.branch(body)
    b.position_at_end(body)
    index = b.phi(I64)
    index.add_incoming(I64(0), before)
    yield index
    following = b.add(index, I64(step))
    index.add_incoming(following, b.block)
    branch = b.cbranch(b.icmp_signed("<", following, count), body, after)
    # A node that names itself first, as LLVM wants it: {this node, "llvm.loop.disable_nonforced"}.
    word = b.module.add_metadata(["llvm.loop.disable_nonforced"])
    node = ir.values.MDValue(b.module, (), name=str(len(b.module.metadata)))
    node.operands = (node, word)
    branch.set_metadata("llvm.loop", node)
    b.position_at_end(after)


def _least(b: Any, x: Any, y: Any) -> Any:
    return b.select(b.icmp_signed("<", x, y), x, y)


def _as_intrinsic(name: str, counts: int, numbers: int, write: Callable[..., None]) -> Any:
    """A function for Numba that calls a function of LLVM, which `write` fills.

    It takes `counts` integers, then `numbers` numbers, whose dtype decides which function it is.
    Numbers travel as integers of as many bits: else they would keep vector registers occupied
    while the sums need all of them.
    """

    def function(module: Any, kind: _Kind) -> Any:
        symbol = f"tinygradx_{name}_{kind.name}"
        if symbol in module.globals:
            return module.globals[symbol]
        arguments = [I64] * counts + [kind.bits] * numbers
        made = ir.Function(module, ir.FunctionType(ir.VoidType(), arguments), symbol)
        made.linkage = "linkonce_odr"
        for attribute in ("noinline", "nounwind", '"prefer-vector-width"="512"'):
            set.add(made.attributes, attribute)
        b = ir.IRBuilder(made.append_basic_block("entry"))
        write(b, kind, *made.args)
        b.ret_void()
        return made

    def typed(*arguments: Any) -> Any:
        dtype = arguments[-1]
        if any(number != dtype for number in arguments[counts:]):
            raise TypingError(f"scale and keep must have one dtype, got {arguments[counts:]}")

        def generate(context: Any, b: Any, signature: Any, values: Any) -> Any:
            kind = _Kind(dtype)
            values = [*values[:counts], *(b.bitcast(value, kind.bits) for value in values[counts:])]
            b.call(function(b.module, kind), values)
            return context.get_dummy_value()

        return types.void(*[types.intp] * counts, *[dtype] * numbers), generate

    return typed


# ---- the tile -----------------------------------------------------------------------------------


def _write_tiles(
    rows: int, b: Any, kind: _Kind, x: Any, x_row: Any, x_k: Any, y: Any, y_k: Any, k: Any,
    out: Any, out_row: Any, out_col: Any, m: Any, cols: Any, scale: Any, keep: Any,
) -> None:  # fmt: skip
    """Tiles one below the other: m rows of the result, and no more columns than a tile has."""
    zero = ir.Constant(kind.vector, None)
    sums = [[b.alloca(kind.vector) for _ in range(2)] for _ in range(rows)]
    spilled = b.alloca(kind.vector, 2 * rows)
    all_columns = b.icmp_signed("==", cols, I64(2 * kind.lanes))
    whole_row = b.and_(all_columns, b.icmp_signed("==", out_col, I64(kind.size)))
    with _repeat(b, m, rows) as first:
        left = b.sub(m, first)
        top = b.add(x, b.mul(first, x_row))
        out_top = b.add(out, b.mul(first, out_row))
        rows_x, rows_out = [], []
        for r in range(rows):
            row = b.select(b.icmp_signed("<", I64(r), left), I64(r), I64(0))
            rows_x.append(b.add(top, b.mul(row, x_row)))
            rows_out.append(b.add(out_top, b.mul(row, out_row)))
            for h in range(2):
                b.store(zero, sums[r][h])
        with _repeat(b, k) as p:
            down, along = b.mul(p, y_k), b.mul(p, x_k)
            row = [b.load(_at(b, kind.vector, y, down, I64(h * REGISTER)), align=kind.size)
                   for h in range(2)]  # fmt: skip
            for r in range(rows):
                value = _spread(b, kind, b.load(_at(b, kind.number, rows_x[r], along)))
                for h in range(2):
                    b.store(_fma(b, value, row[h], b.load(sums[r][h])), sums[r][h])
        all_of_it = b.and_(whole_row, b.icmp_signed(">=", left, I64(rows)))
        with b.if_else(all_of_it) as (whole, part):
            with whole:
                update = _Update(b, kind, scale, keep, vectors=True)
                for r in range(rows):
                    for h in range(2):
                        place = _at(b, kind.vector, rows_out[r], I64(h * REGISTER))
                        update(place, b.load(sums[r][h]))
            with part:
                for r in range(rows):
                    for h in range(2):
                        b.store(b.load(sums[r][h]), b.gep(spilled, [I32(2 * r + h)]))
                update = _Update(b, kind, scale, keep, vectors=False)
                source = b.ptrtoint(spilled, I64)
                with _repeat(b, _least(b, left, I64(rows))) as r:
                    from_row = b.add(source, b.mul(r, I64(WIDTH)))
                    to_row = b.add(out_top, b.mul(r, out_row))
                    with _repeat(b, cols) as c:
                        place = _at(b, kind.number, to_row, b.mul(c, out_col))
                        at = b.mul(c, I64(kind.size))
                        update(place, b.load(_at(b, kind.number, from_row, at)))


class _Update:
    """`out = keep * out + scale * sum` for a number or a vector; keep = 0 forgets what out was."""

    def __init__(self, b: Any, kind: _Kind, scale: Any, keep: Any, vectors: bool) -> None:
        scale, keep = (b.bitcast(value, kind.number) for value in (scale, keep))
        self.b, self.size = b, kind.size
        self.forget = b.fcmp_ordered("==", keep, ir.Constant(kind.number, 0.0))
        self.zero = ir.Constant(kind.vector if vectors else kind.number, None if vectors else 0.0)
        self.scale, self.keep = (
            _spread(b, kind, value) if vectors else value for value in (scale, keep)
        )

    def __call__(self, place: Any, total: Any) -> None:
        b = self.b
        before = b.select(self.forget, self.zero, b.load(place, align=self.size))
        total = b.fmul(self.scale, total)
        b.store(_fma(b, self.keep, before, total), place, align=self.size)


def _tiles(name: str, rows: int) -> Any:
    typed = _as_intrinsic(name, 11, 2, lambda *all_of_them: _write_tiles(rows, *all_of_them))

    @intrinsic
    def tiles(
        context: Any, x: Any, x_row: Any, x_k: Any, y: Any, y_k: Any, k: Any,
        out: Any, out_row: Any, out_col: Any, m: Any, cols: Any, scale: Any, keep: Any,
    ) -> Any:  # fmt: skip
        return typed(x, x_row, x_k, y, y_k, k, out, out_row, out_col, m, cols, scale, keep)

    return tiles


tall_tiles, short_tiles = _tiles("tall", TALL), _tiles("short", SHORT)

# ---- the panel ----------------------------------------------------------------------------------


def _write_pack(
    b: Any, kind: _Kind, panel: Any, y: Any, y_k: Any, y_col: Any, k: Any, cols: Any, _like: Any
) -> None:
    """Copy k rows of y, as wide as a tile; columns that are missing repeat the last one."""
    lanes, size = kind.lanes, kind.size
    last = b.sub(cols, I64(1))
    done = b.alloca(I64)
    b.store(I64(0), done)

    def columns(h: int) -> list[Any]:
        return [b.add(y, b.mul(_least(b, I64(h * lanes + c), last), y_col)) for c in range(lanes)]

    together = b.icmp_signed("==", cols, I64(2 * lanes))
    together = b.and_(together, b.icmp_signed("==", y_col, I64(size)))
    blocks = b.mul(b.sdiv(k, I64(lanes)), I64(lanes))
    turn = b.and_(b.icmp_signed("==", y_k, I64(size)), b.icmp_signed(">", blocks, I64(0)))
    with b.if_then(together):
        with _repeat(b, k) as p:
            for h in range(2):
                place = _at(b, kind.vector, y, b.mul(p, y_k), I64(h * REGISTER))
                row = b.load(place, align=size)
                to = _at(b, kind.vector, panel, b.mul(p, I64(WIDTH)), I64(h * REGISTER))
                b.store(row, to, align=size)
        b.store(k, done)
    with b.if_then(b.and_(turn, b.not_(together))):
        for h in range(2):
            sources = columns(h)
            with _repeat(b, blocks, lanes) as p:
                along, down = b.mul(p, I64(size)), b.mul(p, I64(WIDTH))
                square = [
                    b.load(_at(b, kind.vector, source, along), align=size) for source in sources
                ]
                for r, row in enumerate(_transposed(b, square)):
                    to = _at(b, kind.vector, panel, down, I64(r * WIDTH + h * REGISTER))
                    b.store(row, to, align=size)
        b.store(blocks, done)
    start = b.load(done)
    with b.if_then(b.icmp_signed("<", start, k)), _repeat(b, b.sub(k, start)) as rest:
        p = b.add(start, rest)
        row, to = b.add(y, b.mul(p, y_k)), b.add(panel, b.mul(p, I64(WIDTH)))
        with _repeat(b, I64(2 * lanes)) as c:
            value = b.load(_at(b, kind.number, row, b.mul(_least(b, c, last), y_col)))
            b.store(value, _at(b, kind.number, to, b.mul(c, I64(size))))


def _transposed(b: Any, rows: list[Any]) -> list[Any]:
    """A square of vectors, turned round: first its quarters, then the quarters of each quarter."""
    lanes = len(rows)
    half = lanes // 2
    while half:
        upper = _indices(c + lanes - half if c & half else c for c in range(lanes))
        lower = _indices(c + lanes if c & half else c + half for c in range(lanes))
        for r in range(lanes):
            if not r & half:
                above, below = rows[r], rows[r + half]
                rows[r] = b.shuffle_vector(above, below, upper)
                rows[r + half] = b.shuffle_vector(above, below, lower)
        half //= 2
    return rows


_pack = _as_intrinsic("pack", 6, 1, _write_pack)


@intrinsic
def pack(
    context: Any, panel: Any, y: Any, y_k: Any, y_col: Any, k: Any, cols: Any, like: Any
) -> Any:
    """Copy k rows of y into a panel, whose dtype is that of `like`."""
    return _pack(panel, y, y_k, y_col, k, cols, like)


# ---- one row ------------------------------------------------------------------------------------


def _added(b: Any, kind: Any, vector: Any) -> Any:
    """The sum of a vector's places: the halves are added until one is left."""
    count = kind.lanes
    while count > 1:
        count //= 2
        low, high = (
            b.shuffle_vector(vector, vector, _indices(list(places)))
            for places in (range(count), range(count, 2 * count))
        )
        vector = b.fadd(low, high)
    return b.extract_element(vector, I32(0))


def _write_dots(
    b: Any, kind: _Kind, x: Any, y: Any, y_col: Any, k: Any, out: Any, out_col: Any, n: Any,
    scale: Any, keep: Any,
) -> None:  # fmt: skip
    """One row of the result: x, and each column of y, lie in one piece."""
    zero = ir.Constant(kind.vector, None)
    sums = [b.alloca(kind.vector) for _ in range(DOTS)]
    totals = [b.alloca(kind.number) for _ in range(DOTS)]
    whole = b.mul(b.sdiv(k, I64(kind.lanes)), I64(kind.lanes))
    with _repeat(b, n, DOTS) as first:
        last = b.sub(n, b.add(first, I64(1)))
        columns = [
            b.add(y, b.mul(b.add(first, _least(b, I64(c), last)), y_col)) for c in range(DOTS)
        ]
        for each in sums:
            b.store(zero, each)
        with b.if_then(b.icmp_signed(">", whole, I64(0))), _repeat(b, whole, kind.lanes) as p:
            along = b.mul(p, I64(kind.size))
            part = b.load(_at(b, kind.vector, x, along), align=kind.size)
            for each, column in zip(sums, columns, strict=True):
                line = b.load(_at(b, kind.vector, column, along), align=kind.size)
                b.store(_fma(b, part, line, b.load(each)), each)
        for each, total in zip(sums, totals, strict=True):
            b.store(_added(b, kind, b.load(each)), total)
        rest = b.sub(k, whole)
        with b.if_then(b.icmp_signed(">", rest, I64(0))), _repeat(b, rest) as p:
            along = b.mul(b.add(whole, p), I64(kind.size))
            part = b.load(_at(b, kind.number, x, along))
            for total, column in zip(totals, columns, strict=True):
                line = b.load(_at(b, kind.number, column, along))
                b.store(_fma(b, part, line, b.load(total)), total)
        update = _Update(b, kind, scale, keep, vectors=False)
        for c, total in enumerate(totals):
            with b.if_then(b.icmp_signed("<=", I64(c), last)):
                at = b.mul(b.add(first, I64(c)), out_col)
                update(_at(b, kind.number, out, at), b.load(total))


_dots = _as_intrinsic("dots", 7, 2, _write_dots)


@intrinsic
def dots(
    context: Any, x: Any, y: Any, y_col: Any, k: Any, out: Any, out_col: Any, n: Any, scale: Any,
    keep: Any,
) -> Any:  # fmt: skip
    """The products of one vector with n others."""
    return _dots(x, y, y_col, k, out, out_col, n, scale, keep)


# ---- addresses ----------------------------------------------------------------------------------


@intrinsic
def address(context: Any, array: Any) -> Any:
    """Where an array's first number lies."""

    def generate(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        return b.ptrtoint(context.make_array(array)(context, b, arguments[0]).data, I64)

    return types.intp(array), generate


@intrinsic
def item_size(context: Any, like: Any) -> Any:
    """The bytes of a number."""

    def generate(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        return I64(like.bitwidth // 8)

    return types.intp(like), generate


@intrinsic
def one(context: Any, like: Any) -> Any:
    """1 in a dtype: a literal would turn what it meets into float64."""

    def generate(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        return ir.Constant(_Kind(like).number, 1.0)

    return like(like), generate
