"""A scalar formula as text: what it computes, in terms of which others.

A formula is an ordinary Python function of numbers, such as

    def softplus(x):
        return maximum(x, 0.0) + log1p(exp(-abs(x)))

Here it is taken apart: its parameters, its body as a syntax tree, and what every name in it means.
`typed` writes it down again for one dtype, with every constant in that dtype, since one bare Python
float makes a whole float32 kernel compute in float64.
"""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from tinygradx.errors import KernelError

#: Names that the loops around a formula use for themselves.
RESERVED = frozenset({"g", "i", "j", "n", "out", "row", "rows", "scratch"})


class Machine:
    """What the machine's own mathematics offers: `machine.exp(x)` inside a formula.

    On the CPU it is `vectormath` where that has the function and `math` elsewhere; on a GPU it is
    the device's library. `formulas` holds, as formulas, what some device's library lacks.
    """

    def __init__(self) -> None:
        self.formulas: dict[str, Formula] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        raise KernelError(
            f"call machine.{name} on something that is not a number inside a kernel",
            "machine functions exist in generated kernels only",
            f"use the operation of the catalogue, {name}, instead",
        )

    def formula(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Register the formula to use where a device's library has no such function.

        `erfinv_by_newton` stands in for `machine.erfinv`.
        """
        self.formulas[function.__name__.partition("_by_")[0]] = Formula(function)
        return function


machine = Machine()


@dataclass(frozen=True, eq=False)
class Formula:
    """One scalar function and what its names mean.

    Attributes
    ----------
    function : function
        The Python function; operations of the catalogue in it work on tensors, too.
    name : str
        What it is called in kernel text.
    """

    function: Any
    name: str = ""
    #: Source text, for a function made from text; found by `inspect` otherwise.
    text: str | None = None

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.function.__name__)

    @functools.cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of all parameters, in order."""
        code = self.function.__code__
        names: tuple[str, ...] = code.co_varnames
        return names[: code.co_argcount + code.co_kwonlyargcount]

    @property
    def settings(self) -> dict[str, Any]:
        """The parameters that have a default, with it."""
        code, function = self.function.__code__, self.function
        positional = code.co_varnames[: code.co_argcount]
        defaults = function.__defaults__ or ()
        values = dict(zip(positional[len(positional) - len(defaults) :], defaults, strict=True))
        return values | (function.__kwdefaults__ or {})

    @property
    def inputs(self) -> tuple[str, ...]:
        """The parameters without a default."""
        settings = self.settings
        return tuple(name for name in self.parameters if name not in settings)

    @functools.cached_property
    def tree(self) -> ast.FunctionDef:
        """The body, parsed once; decorators and docstring removed."""
        text = self.text
        if text is None:
            try:
                text = textwrap.dedent(inspect.getsource(self.function))
            except (OSError, TypeError) as error:
                raise KernelError(
                    f"read the source of the formula {self.name!r}",
                    f"Python has no source text for it ({error})",
                    "put the function in a .py file or a notebook cell",
                ) from error
        parsed = ast.parse(text).body[0]
        if not isinstance(parsed, ast.FunctionDef):
            raise KernelError(
                f"read {self.name!r} as a formula",
                f"a {type(parsed).__name__}, not a function definition",
                "write it with def",
            )
        if parsed.name != self.function.__name__:
            raise KernelError(
                f"read the source of the formula {self.name!r}",
                f"its lines now hold {parsed.name!r}: the file was changed after it was imported",
                "start Python again",
            )
        parsed.decorator_list, parsed.returns = [], None
        parsed.args = _bare_arguments(self.parameters)
        first = parsed.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            parsed.body = parsed.body[1:]
        return parsed

    def meaning(self, name: str) -> Any:
        """What a free name of the function stands for."""
        function = self.function
        if name in function.__code__.co_freevars:
            cell = (function.__closure__ or ())[function.__code__.co_freevars.index(name)]
            return cell.cell_contents
        if name in function.__globals__:
            return function.__globals__[name]
        builtins = function.__globals__.get("__builtins__", {})
        table = builtins if isinstance(builtins, dict) else vars(builtins)
        if name in table:
            return table[name]
        raise KernelError(
            f"compile the formula {self.name!r}",
            f"it uses {name!r}, which is not defined",
            f"define or import {name}",
        )

    def parts(self) -> tuple[ast.expr, ...]:
        """The expressions that the function returns: one, or one per input for a slope."""
        last = self.tree.body[-1]
        if not isinstance(last, ast.Return) or last.value is None:
            raise KernelError(
                f"compile the formula {self.name!r}",
                "its last line does not return a value",
                "end it with `return ...`",
            )
        value = last.value
        return tuple(value.elts) if isinstance(value, ast.Tuple) else (value,)

    def part(self, index: int, name: str) -> Formula:
        """The function that returns only the given element of the returned tuple."""
        chosen = Formula(self.function, name, self.text)
        tree = copy.deepcopy(self.tree)
        if len(self.parts()) > 1:
            last = tree.body[-1]
            assert isinstance(last, ast.Return) and isinstance(last.value, ast.Tuple)
            last.value = last.value.elts[index]
            tree.body = _live(tree.body)
        # What it reads is all that it asks for: the rest may not have been kept.
        chosen.__dict__["tree"] = tree
        read = chosen.names_used()
        chosen.__dict__["parameters"] = tuple(n for n in self.parameters if n in read)
        return chosen

    def names_used(self) -> set[str]:
        """The parameters that the body reads."""
        read = {n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name)}
        return read & set(self.parameters)

    def branches(self) -> bool:
        """Whether the text takes an `if` (statement or expression) or a loop."""
        kinds = (ast.If, ast.IfExp, ast.For, ast.While)
        return any(isinstance(n, kinds) for n in ast.walk(self.tree))

    def machine_call(self) -> str | None:
        """The name in `return machine.name(x, ...)`, when that is all the function does."""
        body = self.tree.body
        if len(body) != 1 or not isinstance(body[0], ast.Return):
            return None
        call = body[0].value
        if not isinstance(call, ast.Call):
            return None
        arguments = [a.id if isinstance(a, ast.Name) else None for a in call.args]
        if arguments != list(self.parameters):
            return None
        if isinstance(call.func, ast.Attribute) and _is_machine(self, call.func):
            return call.func.attr
        if isinstance(call.func, ast.Name) and self.meaning(call.func.id) is abs:
            return "abs"
        return None


def _live(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements whose results are read further down."""
    needed: set[str] = set()
    kept: list[ast.stmt] = []
    for statement in reversed(body):
        if isinstance(statement, ast.Assign):
            targets = {
                n.id for t in statement.targets for n in ast.walk(t) if isinstance(n, ast.Name)
            }
            if not targets & needed:
                continue
        needed |= {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
        kept.append(statement)
    return kept[::-1]


def _is_machine(formula: Formula, node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and formula.meaning(node.value.id) is machine


@dataclass
class Written:
    """Formulas written for one dtype: helper functions in order, and what they import."""

    dtype: str
    #: The module and name of a machine function on this device, or None if it has none.
    offered: Callable[[str, str], tuple[str, str] | None]
    helpers: dict[str, str] = field(default_factory=dict)
    #: What to import: our name -> (module, its name there).
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: Lines for constants that no literal can say.
    constants: dict[str, str] = field(default_factory=dict)
    #: Names of the kernel's own arguments, which no helper may take.
    taken: frozenset[str] = frozenset()
    _by_name: dict[str, Formula] = field(default_factory=dict)

    def add(self, formula: Formula) -> str:
        """Write `formula` and all that it calls; answer the name to call it by."""
        direct = formula.machine_call()
        if direct is not None:
            return self.add_machine(direct, formula)
        known = self._by_name.get(formula.name)
        if known is not None:
            if known.tree is not formula.tree and ast.dump(known.tree) != ast.dump(formula.tree):
                raise KernelError(
                    f"write a kernel with two functions called {formula.name!r}",
                    "two different formulas under one name",
                    "rename one of them",
                )
            return self.called(formula.name)
        self._by_name[formula.name] = formula
        tree = _Typer(formula, self).visit(copy.deepcopy(formula.tree))
        tree.name = self.called(formula.name)
        tree.args = _bare_arguments(formula.parameters)
        ast.fix_missing_locations(tree)
        self.helpers[formula.name] = ast.unparse(tree)
        return self.called(formula.name)

    def called(self, name: str) -> str:
        """The helper's name in the kernel: its own, unless an argument has that name."""
        return f"{name}_of" if name in self.taken else name

    def add_machine(self, name: str, asked_by: Formula) -> str:
        """Make the machine's function `name` available."""
        if name == "abs":  # Python's own, which every device knows
            return name
        found = self.offered(name, self.dtype)
        if found is not None:
            self.imports[name] = found
            return name
        if name in machine.formulas:
            return self.add(machine.formulas[name])
        raise KernelError(
            f"compile the formula {asked_by.name!r}",
            f"machine.{name} does not exist on this device",
            "use a function that the machine offers",
        )

    def row_body(self, formula: Formula, reductions: tuple[str, ...]) -> list[ast.stmt]:
        """The statements of a row formula for this dtype; calls of `reductions` stay calls."""
        tree = _Typer(formula, self, reductions).visit(copy.deepcopy(formula.tree))
        return list(ast.fix_missing_locations(tree).body)


def _bare_arguments(parameters: Sequence[str]) -> ast.arguments:
    names = [ast.arg(arg=name) for name in parameters]
    return ast.arguments(
        posonlyargs=[], args=names, kwonlyargs=[], kw_defaults=[], defaults=[],
        vararg=None, kwarg=None,
    )  # fmt: skip


def _constant(value: Any) -> float | None:
    """`value` as a number of the kernel, None if it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


class _Typer(ast.NodeTransformer):
    """Rewrites a body for one dtype: typed constants, known calls, plain products for powers."""

    def __init__(
        self, formula: Formula, written: Written, reductions: tuple[str, ...] = ()
    ) -> None:
        self.formula, self.written, self.reductions = formula, written, reductions
        self.local = set(formula.parameters)
        for node in ast.walk(formula.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.local.add(node.id)

    def number(self, value: float) -> ast.expr:
        """A constant in the kernel's dtype."""
        if not math.isfinite(value):
            name = "NAN" if math.isnan(value) else "INF" if value > 0 else "NEGATIVE_INF"
            self.written.constants[name] = f'{name} = {self.written.dtype}(float("{value}"))'
            return ast.Name(name, ast.Load())
        return ast.Call(ast.Name(self.written.dtype, ast.Load()), [ast.Constant(value)], [])

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        value = _constant(node.value)
        return node if value is None else self.number(value)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.local or isinstance(node.ctx, ast.Store):
            return node
        value = _constant(self.formula.meaning(node.id))
        if value is None:
            raise self.unknown(node.id)
        return self.number(value)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id not in self.local:
            owner = self.formula.meaning(node.value.id)
            value = _constant(getattr(owner, node.attr, None))
            if isinstance(owner, ModuleType) and value is not None:
                return self.number(value)
        raise self.unknown(ast.unparse(node))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        if isinstance(node.op, ast.Pow):
            return self.power(node)
        node.left, node.right = self.visit(node.left), self.visit(node.right)
        return node

    def power(self, node: ast.BinOp) -> ast.expr:
        """x**n for a small whole n as products: exact where pow() would cost a library call."""
        exponent = node.right.value if isinstance(node.right, ast.Constant) else None
        base = self.visit(node.left)
        if isinstance(exponent, int) and 2 <= exponent <= 8 and isinstance(base, ast.Name):
            product: ast.expr = base
            for _ in range(exponent - 1):
                product = ast.BinOp(product, ast.Mult(), copy.copy(base))
            return product
        name = self.written.add_machine("pow", self.formula)
        return ast.Call(ast.Name(name, ast.Load()), [base, self.visit(node.right)], [])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if node.keywords:
            raise KernelError(
                f"compile the formula {self.formula.name!r}",
                f"a call with keywords, {ast.unparse(node)}",
                "pass settings by position inside a formula",
            )
        arguments = [self.visit(argument) for argument in node.args]
        return ast.Call(ast.Name(self.callee(node, arguments), ast.Load()), arguments, [])

    def callee(self, node: ast.Call, arguments: list[ast.expr]) -> str:
        """What the called name becomes in the kernel; missing settings are filled in."""
        target = node.func
        if isinstance(target, ast.Attribute) and _is_machine(self.formula, target):
            return self.written.add_machine(target.attr, self.formula)
        if isinstance(target, ast.Name) and target.id in self.reductions:
            return target.id
        value = self.meaning(target)
        if value is abs:
            return "abs"
        called = getattr(value, "formula", None)
        if not isinstance(called, Formula):
            raise self.unknown(ast.unparse(target))
        names, settings = called.parameters, called.settings
        for name in names[len(arguments) :]:
            setting = _constant(settings.get(name))
            if setting is None:
                raise KernelError(
                    f"compile the formula {self.formula.name!r}",
                    f"{ast.unparse(node)}: {called.name} also needs {name}",
                    f"pass {', '.join(names)}",
                )
            arguments.append(self.number(setting))
        return self.written.add(called)

    def meaning(self, target: ast.expr) -> Any:
        """What a called name stands for: `exp`, or `tgx.exp`."""
        if isinstance(target, ast.Name) and target.id not in self.local:
            return self.formula.meaning(target.id)
        if isinstance(target, ast.Attribute):
            owner = self.meaning(target.value)
            if isinstance(owner, ModuleType):
                return getattr(owner, target.attr, None)
        raise self.unknown(ast.unparse(target))

    def unknown(self, name: str) -> KernelError:
        return KernelError(
            f"compile the formula {self.formula.name!r}",
            f"{name!r}, which is neither a number nor an elementwise operation",
            "use numbers, + - * / **, comparisons, `where` and elementwise operations",
        )
