"""The loops around formulas, as text: maps, updates, columns, totals, rows, for CPU and CUDA.

A template knows how arrays are walked; what happens to each element is a formula's business.
Arrays are flat (rows and columns: two-dimensional), C-contiguous, native and of one float dtype
(indices: int64). The caller has made sure of all that, since a kernel checks nothing.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import NamedTuple

from tinygradx.errors import KernelError
from tinygradx.kernels.formula import RESERVED, Formula, Written
from tinygradx.kernels.source import DEVICES, Device, Text, assemble

INDENT = "    "
ROW_MODULES = {"cpu": "tinygradx.kernels.rows", "cuda": "tinygradx.kernels.rows_cuda"}


class Argument(NamedTuple):
    """One argument of a kernel.

    Attributes
    ----------
    name : str
        As in the formula.
    kind : str
        "array", "scalar" (the same number for every element) or "flags" (an array of bool).
    """

    name: str
    kind: str = "array"

    def type(self, dtype: str) -> str:
        """In Numba's words."""
        return {"array": f"{dtype}[::1]", "scalar": dtype, "flags": "boolean[::1]"}[self.kind]

    def at(self, index: str) -> str:
        """The element of a given index."""
        return self.name if self.kind == "scalar" else f"{self.name}[{index}]"


class Result(NamedTuple):
    """One output of a map: its array, its formula, and whether the gradient multiplies it."""

    name: str
    formula: Formula
    times_g: bool = False
    kind: str = "array"


def map_kernel(
    name: str,
    device: str,
    dtype: str,
    arguments: Sequence[Argument],
    results: Sequence[Result],
) -> Text:
    """`out[i] = formula(x[i], ...)` for every i; a pull is the same with `g[i] *` in front.

    Parameters
    ----------
    name : str
        Of the kernel.
    device : {"cpu", "cuda"}
        Where it runs.
    dtype : {"float32", "float64"}
        Of arrays, scalars and constants.
    arguments : sequence of Argument
        Everything the formulas read; a first argument `g` where a result is multiplied by it.
    results : sequence of Result
        What is written.
    """
    for argument in arguments:
        if argument.name in RESERVED - {"g"}:
            raise KernelError(
                f"compile {name}",
                f"a parameter called {argument.name!r}, which the loop uses for itself",
                "call it something else",
            )
    where = DEVICES[device]
    written = Written(dtype, where.offered, taken=frozenset(a.name for a in arguments))
    kinds = {argument.name: argument for argument in arguments}
    lines = []
    for result in results:
        callee = written.add(result.formula)
        given = ", ".join(kinds[p].at("i") for p in result.formula.parameters)
        factor = f"{kinds['g'].at('i')} * " if result.times_g else ""
        lines.append(f"{result.name}[i] = {factor}{callee}({given})")
    outputs = [Argument(result.name, result.kind) for result in results]
    every = [*arguments, *outputs]
    header = f"def {name}({', '.join(a.name for a in every)}):"
    opening = flat_loop(where, written, outputs[0].name)
    kernel = "\n".join([header, *opening, *(INDENT * 2 + line for line in lines)])
    signature = f"void({', '.join(a.type(dtype) for a in every)})"
    title = f"{name} for {device}, {dtype}: {'; '.join(lines)}"
    return assemble(title, name, where, written, signature, kernel)


def flat_loop(device: Device, written: Written, out: str) -> list[str]:
    """Every element once: in order on the CPU, strided over the grid on a GPU."""
    if device.name == "cuda":
        return [f"{INDENT}for i in range(cuda.grid(1), {out}.size, cuda.gridsize(1)):"]
    written.imports["wide_vectors"] = ("tinygradx.kernels.vectormath", "wide_vectors")
    # Over the whole of a slice: a start given at run time compiles to gathers, 2.2 times slower.
    return [f"{INDENT}wide_vectors()", f"{INDENT}for i in range({out}.size):"]


def update_kernel(
    name: str, device: str, dtype: str, formula: Formula, written_to: Sequence[str]
) -> Text:
    """`p[i], m[i], ... = formula(g[i], p[i], m[i], ...)`: arrays changed where they are.

    Parameters
    ----------
    name, device, dtype : str
        As in `map_kernel`.
    formula : Formula
        Its parameters are those of `written_to`, then `g`, then numbers; it returns the new values
        in the order of `written_to`.
    written_to : sequence of str
        The arrays that it changes.

    Returns
    -------
    Text
        The kernel takes the numbers, `g`, and the arrays of `written_to`.
    """
    where = DEVICES[device]
    arrays = ["g", *written_to]
    numbers = [name for name in formula.parameters if name not in arrays]
    written = Written(dtype, where.offered, taken=frozenset(formula.parameters))
    given = ", ".join(f"{p}[i]" if p in arrays else p for p in formula.parameters)
    line = f"{', '.join(f'{a}[i]' for a in written_to)} = {written.add(formula)}({given})"
    opening = flat_loop(where, written, "g")
    header = f"def {name}({', '.join((*numbers, *arrays))}):"
    kernel = "\n".join([header, *opening, INDENT * 2 + line])
    types = [dtype] * len(numbers) + [f"{dtype}[::1]"] * len(arrays)
    title = f"{name} for {device}, {dtype}: {line}"
    return assemble(title, name, where, written, f"void({', '.join(types)})", kernel)


def columns_kernel(name: str, device: str, dtype: str, formula: Formula) -> Text:
    """`x[row, j] = formula(x[row, j], b[j])`: a matrix changed where it is, by a number a column.

    Parameters
    ----------
    name, device, dtype : str
        As in `map_kernel`.
    formula : Formula
        Of two numbers.
    """
    where = DEVICES[device]
    written = Written(dtype, where.offered, taken=frozenset(("x", "b")))
    callee = written.add(formula)
    lines = [f"def {name}(b, x):"]
    if device == "cpu":
        lines += [
            f"{INDENT}for row in range(x.shape[0]):",
            f"{INDENT * 2}x_row = x[row]",
            f"{INDENT * 2}for j in range(b.size):",
            f"{INDENT * 3}x_row[j] = {callee}(x_row[j], b[j])",
        ]
    else:
        lines += [
            f"{INDENT}for row in range(cuda.blockIdx.x, x.shape[0], cuda.gridDim.x):",
            f"{INDENT * 2}for j in range(cuda.threadIdx.x, b.size, cuda.blockDim.x):",
            f"{INDENT * 3}x[row, j] = {callee}(x[row, j], b[j])",
        ]
    signature = f"void({dtype}[::1], {dtype}[:, ::1])"
    title = f"{name} for {device}, {dtype}: the same number for every row"
    return assemble(title, name, where, written, signature, "\n".join(lines))


def total_kernel(name: str, device: str, dtype: str, reduction: str) -> Text:
    """`out[0] = reduction(x)`: one number for a flat array of at least one element."""
    where = DEVICES[device]
    written = Written(dtype, where.offered)
    written.imports[reduction] = (ROW_MODULES[device], reduction)
    store = f"out[0] = {reduction}(x)"
    if device == "cuda":  # one block; every thread of it has the answer
        store = (
            f"total = {reduction}(x)\n{INDENT}if cuda.threadIdx.x == 0:\n{INDENT * 2}out[0] = total"
        )
    kernel = f"def {name}(x, out):\n{INDENT}{store}"
    signature = f"void({dtype}[::1], {dtype}[::1])"
    return assemble(f"{name} for {device}, {dtype}", name, where, written, signature, kernel)


# ---- rows ---------------------------------------------------------------------------------------

#: What a row formula may call to get one number for the whole row.
ROW_REDUCTIONS = ("row_max", "row_sum", "row_pick")
#: `is_at(x, t)`: for each element of the row of x, whether it is the one with the index t.
ROW_PLACE = "is_at"


class RowText(NamedTuple):
    """A row kernel, and how many rows of scratch each row needs."""

    text: Text
    scratch: int


def row_kernel(
    name: str,
    device: str,
    dtype: str,
    formula: Formula,
    arguments: Sequence[str],
    columns: Sequence[str] = (),
    indices: Sequence[str] = (),
) -> RowText:
    """A formula over whole rows: lines for every element between reductions of the row.

    Parameters
    ----------
    name : str
        Of the kernel.
    device, dtype : str
        As in `map_kernel`.
    formula : Formula
        Assignments and a return. `row_max(...)`, `row_sum(...)` and `row_pick(x, t)`, which is
        x[t], or nan where there is none, give one number for the row; `is_at(x, t)` is true for the
        element t alone. A formula that returns such a number is a reduction: its output has one
        column. One that returns both, a number and something for each element, writes the second
        into `slope`.
    arguments : sequence of str
        The arrays that the formula reads, each of shape (rows, n).
    columns : sequence of str
        Those of `arguments` that have one number for the row: of shape (rows, 1).
    indices : sequence of str
        What the formula reads besides: an index into each row, int64 of shape (rows,).

    Returns
    -------
    RowText
        The kernel takes the arrays, the indices, `scratch` of shape (rows, k, n), `out`, and
        `slope` of shape (rows, n) where the formula returns both.
    """
    where = DEVICES[device]
    written = Written(dtype, where.offered)
    writer = _RowWriter(formula, written, arguments, columns, indices, device)
    lines = writer.lines()
    every = [f"{a}s" if a in columns or a in indices else a for a in (*arguments, *indices)]
    every += ["scratch", *writer.outputs]
    kernel = "\n".join([f"def {name}({', '.join(every)}):", *lines])
    matrix, block = f"{dtype}[:, ::1]", f"{dtype}[:, :, ::1]"
    types = [matrix] * len(arguments) + ["int64[::1]"] * len(indices)
    types += [block] + [matrix] * len(writer.outputs)
    signature = f"void({', '.join(types)})"
    title = f"{name} for {device}, {dtype}: one row after another"
    return RowText(assemble(title, name, where, written, signature, kernel), writer.slots)


class _RowWriter:
    """Writes the body of a row kernel.

    A value that differs along the row lives in a slot: the output's own row is the first, rows of
    scratch are the others. A value that is one number for the row is a local variable.
    """

    def __init__(
        self,
        formula: Formula,
        written: Written,
        arguments: Sequence[str],
        columns: Sequence[str],
        indices: Sequence[str],
        device: str,
    ) -> None:
        self.formula, self.written, self.cuda = formula, written, device == "cuda"
        self.slots = 0
        self.matrices = [name for name in arguments if name not in columns]
        self.columns, self.indices = columns, indices
        self.outputs = ["out"] if len(formula.parts()) == 1 else ["out", "slope"]
        self.place = {name: f"{name}_row" for name in self.matrices}  # what differs along the row
        self.reductions = 0
        self.body: list[str] = []

    def lines(self) -> list[str]:
        """The whole body of the kernel."""
        *assignments, last = self.written.row_body(self.formula, (*ROW_REDUCTIONS, ROW_PLACE))
        for statement in assignments:
            if not isinstance(statement, ast.Assign) or not isinstance(
                statement.targets[0], ast.Name
            ):
                raise self.refuse(statement)
            self.assign(statement.targets[0].id, self.reduce_inside(statement.value))
        if not isinstance(last, ast.Return) or last.value is None:
            raise self.refuse(last)
        parts = last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]
        for output, part in zip(self.outputs, parts, strict=True):
            value = self.reduce_inside(part)
            if self.differs(value):
                self.store(f"{output}_row", value)
            else:
                self.body.append(self.only_first(f"{output}_row[0] = {ast.unparse(value)}"))
        opening = [
            f"{INDENT}n = {self.matrices[0]}.shape[1]",
            f"{INDENT}for row in range({self.rows('out.shape[0]')}):",
            *(f"{INDENT * 2}{name}_row = {name}[row]" for name in (*self.matrices, *self.outputs)),
            *(f"{INDENT * 2}{name} = {name}s[row, 0]" for name in self.columns),
            *(f"{INDENT * 2}{name} = {name}s[row]" for name in self.indices),
            *(f"{INDENT * 2}scratch_{k} = scratch[row, {k}]" for k in range(self.slots)),
        ]
        if not self.cuda:
            self.written.imports["wide_vectors"] = (
                "tinygradx.kernels.vectormath", "wide_vectors",
            )  # fmt: skip
            opening.insert(0, f"{INDENT}wide_vectors()")
        return opening + [INDENT * 2 + line for line in self.body]

    def rows(self, count: str) -> str:
        return f"cuda.blockIdx.x, {count}, cuda.gridDim.x" if self.cuda else count

    def along(self) -> str:
        return "cuda.threadIdx.x, n, cuda.blockDim.x" if self.cuda else "n"

    def only_first(self, line: str) -> str:
        return f"if cuda.threadIdx.x == 0: {line}" if self.cuda else line

    def differs(self, value: ast.expr) -> bool:
        """Whether an expression differs along the row."""
        return any(isinstance(n, ast.Name) and n.id in self.place for n in ast.walk(value))

    def at_j(self, value: ast.expr) -> str:
        """The expression for element j of the row."""
        place = self.place

        class Index(ast.NodeTransformer):
            def visit_Name(self, node: ast.Name) -> ast.expr:
                return ast.Name(f"{place[node.id]}[j]") if node.id in place else node

            def visit_Call(self, node: ast.Call) -> ast.expr:
                if _calls(node, (ROW_PLACE,)):
                    return ast.parse(f"j == {ast.unparse(node.args[1])}", mode="eval").body
                return self.generic_visit(node)  # type: ignore[return-value]

        return ast.unparse(Index().visit(copy.deepcopy(value)))

    def store(self, slot: str, value: ast.expr) -> None:
        """A loop that writes the expression into a slot."""
        self.body.append(f"for j in range({self.along()}):")
        self.body.append(f"{INDENT}{slot}[j] = {self.at_j(value)}")
        if self.cuda:  # other threads read it in the next reduction
            self.body.append("cuda.syncthreads()")

    def new_slot(self) -> str:
        """A row to keep a value in: the output's own while nothing else is in it."""
        returns = self.formula.parts()[0]
        if "out_row" not in self.place.values() and not self.reduction_returned(returns):
            return "out_row"
        self.slots += 1
        return f"scratch_{self.slots - 1}"

    def reduction_returned(self, value: ast.expr) -> bool:
        """Whether the formula returns one number for the row, so that `out` has one column."""

        class Drop(ast.NodeTransformer):
            def visit_Call(self, node: ast.Call) -> ast.expr:
                return ast.Constant(0) if _is_reduction(node) else self.generic_visit(node)  # type: ignore[return-value]

        return not self.differs(Drop().visit(copy.deepcopy(value)))

    def assign(self, name: str, value: ast.expr) -> None:
        """`name = value`, for the row or for each of its elements."""
        if not self.differs(value):
            self.body.append(f"{name} = {ast.unparse(value)}")
            return
        slot = self.new_slot()
        self.store(slot, value)
        self.place[name] = slot

    def reduce_inside(self, value: ast.expr) -> ast.expr:
        """The expression with every reduction in it computed before and named."""
        writer = self

        class Reduce(ast.NodeTransformer):
            def visit_Call(self, node: ast.Call) -> ast.expr:
                self.generic_visit(node)
                return writer.reduction(node) if _is_reduction(node) else node

        return Reduce().visit(value)  # type: ignore[no-any-return]

    def reduction(self, call: ast.Call) -> ast.Name:
        """Compute a reduction into a variable of its own."""
        assert isinstance(call.func, ast.Name)
        argument = call.args[0]
        if isinstance(argument, ast.Name) and argument.id in self.place:
            slot = self.place[argument.id]
        else:
            slot = self.new_slot()
            self.store(slot, argument)
            self.place[f"_{slot}"] = slot  # taken
        self.reductions += 1
        name = f"{call.func.id.removeprefix('row_')}_{self.reductions}"
        if call.func.id == "row_pick":
            index = ast.unparse(call.args[1])
            self.written.constants["NAN"] = f'NAN = {self.written.dtype}(float("nan"))'
            self.body.append(f"{name} = {slot}[{index}] if 0 <= {index} < n else NAN")
            return ast.Name(name, ast.Load())
        self.body.append(f"{name} = {call.func.id}({slot})")
        module = ROW_MODULES["cuda" if self.cuda else "cpu"]
        self.written.imports[call.func.id] = (module, call.func.id)
        return ast.Name(name, ast.Load())

    def refuse(self, statement: ast.stmt) -> KernelError:
        return KernelError(
            f"compile the row formula {self.formula.name!r}",
            f"the line `{ast.unparse(statement)}`",
            "use assignments to one name, and a return at the end",
        )


def _is_reduction(node: ast.AST) -> bool:
    return _calls(node, ROW_REDUCTIONS)


def _calls(node: ast.AST, names: Sequence[str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
