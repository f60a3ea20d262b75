"""Formulas run on names instead of numbers: how a slope is derived when none was declared.

A formula is called with `Traced` values, each of which remembers the operation that made it. The
chain rule over what was remembered, newest first, is again an expression, and the expression is
written down as the text of a slope. (It is this library's own sweep, on symbols.)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tinygradx.errors import KernelError
from tinygradx.graph import REGISTRY
from tinygradx.kernels import Formula

#: How these operations are written; all others are calls.
OPERATORS = {
    "add": "({} + {})", "sub": "({} - {})", "mul": "({} * {})", "div": "({} / {})",
    "neg": "(-{})", "abs": "abs({})", "eq": "({} == {})", "ne": "({} != {})", "lt": "({} < {})",
    "le": "({} <= {})", "gt": "({} > {})", "ge": "({} >= {})", "bitwise_and": "({} & {})",
    "bitwise_or": "({} | {})",
}  # fmt: skip

_next_age = itertools.count().__next__


class Traced:
    """A value in a formula: a parameter, or an operation on other values."""

    __array_ufunc__ = None

    def __init__(self, op: Any, args: tuple[Any, ...], name: str = "") -> None:
        self.op, self.args, self.name, self.age = op, args, name, _next_age()

    def __bool__(self) -> bool:
        raise KernelError(
            "derive a slope, or read a formula that has no source text",
            "the formula branches on a value (if, and, or, while)",
            "write `where(condition, a, b)`, or declare the slope with @name.slope",
        )

    def __add__(self, other: Any) -> Any:
        return _op("add")(self, other)

    def __radd__(self, other: Any) -> Any:
        return _op("add")(other, self)

    def __sub__(self, other: Any) -> Any:
        return _op("sub")(self, other)

    def __rsub__(self, other: Any) -> Any:
        return _op("sub")(other, self)

    def __mul__(self, other: Any) -> Any:
        return _op("mul")(self, other)

    def __rmul__(self, other: Any) -> Any:
        return _op("mul")(other, self)

    def __truediv__(self, other: Any) -> Any:
        return _op("div")(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _op("div")(other, self)

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, int) and 2 <= other <= 8:  # products, as in a kernel
            result = self
            for _ in range(other - 1):
                result = result * self
            return result
        return _op("pow")(self, other)

    def __rpow__(self, other: Any) -> Any:
        return _op("pow")(other, self)

    def __neg__(self) -> Any:
        return _op("neg")(self)

    def __abs__(self) -> Any:
        return _op("abs")(self)

    def __eq__(self, other: object) -> Any:
        return _op("eq")(self, other)

    def __ne__(self, other: object) -> Any:
        return _op("ne")(self, other)

    def __lt__(self, other: Any) -> Any:
        return _op("lt")(self, other)

    def __le__(self, other: Any) -> Any:
        return _op("le")(self, other)

    def __gt__(self, other: Any) -> Any:
        return _op("gt")(self, other)

    def __ge__(self, other: Any) -> Any:
        return _op("ge")(self, other)

    def __and__(self, other: Any) -> Any:
        return _op("bitwise_and")(self, other)

    def __or__(self, other: Any) -> Any:
        return _op("bitwise_or")(self, other)

    __hash__ = object.__hash__


def _op(name: str) -> Any:
    """An operation of the catalogue, which stands on this module."""
    return REGISTRY[name]


def trace(function: Callable[..., Any], parameters: Iterable[str]) -> tuple[dict[str, Any], Any]:
    """Run a formula on names: the named values, and what it returned."""
    named = {name: Traced(None, (), name) for name in parameters}
    return named, function(*named.values())


def _behind(results: Sequence[Any]) -> list[Traced]:
    """Every value behind the results, newest first."""
    stack = [r for r in results if isinstance(r, Traced)]
    seen = {id(r): r for r in stack}
    while stack:
        for value in stack.pop().args:
            if isinstance(value, Traced) and id(value) not in seen:
                seen[id(value)] = value
                stack.append(value)
    return sorted(seen.values(), key=lambda value: value.age, reverse=True)


def written(name: str, parameters: Sequence[str], results: Sequence[Any]) -> str:
    """A function that computes the results, as text; what is used twice gets a name."""
    values = _behind(results)
    uses: dict[int, int] = {}
    for value in [*(a for v in values for a in v.args), *results]:
        uses[id(value)] = uses.get(id(value), 0) + 1
    texts: dict[int, str] = {}
    lines: list[str] = []

    def say(value: Any) -> str:
        return texts[id(value)] if isinstance(value, Traced) else repr(value)

    for value in reversed(values):  # oldest first
        if value.op is None:
            texts[id(value)] = value.name
            continue
        said = [say(argument) for argument in value.args]
        pattern = OPERATORS.get(value.op.name)
        text = pattern.format(*said) if pattern else f"{value.op.name}({', '.join(said)})"
        if uses[id(value)] > 1:
            lines.append(f"    t{len(lines) + 1} = {text}")
            text = f"t{len(lines)}"
        texts[id(value)] = text
    returned = ", ".join(say(result) for result in results)
    return "\n".join([f"def {name}({', '.join(parameters)}):", *lines, f"    return {returned}"])


def _as_formula(name: str, parameters: Sequence[str], results: Sequence[Any]) -> Formula:
    """The results as a formula whose text can be read and compiled."""
    text = written(name, parameters, results)
    namespace = {v.op.name: v.op for v in _behind(results) if v.op is not None}
    exec(compile(text, f"<tinygradx {name}>", "exec"), namespace)
    return Formula(namespace[name], name, text)


def formula_without_source(function: Any, name: str, settings: dict[str, Any]) -> Formula:
    """A formula that was typed at a prompt, read by running it on names."""
    code = function.__code__
    parameters = code.co_varnames[: code.co_argcount]
    _, result = trace(function, parameters)
    results = result if isinstance(result, tuple) else (result,)
    formula = _as_formula(name, parameters, results)
    formula.function.__defaults__ = function.__defaults__
    return formula


def derived_slope(op: Any) -> Formula:
    """The slope of an operation, by the chain rule over its formula.

    Parameters
    ----------
    op : Elementwise
        Its formula may not branch, and everything it calls has a slope.
    """
    formula = op.formula
    named, output = trace(formula.function, formula.parameters)
    shares: dict[int, Any] = {id(output): 1.0}
    for value in _behind([output]):
        g = shares.get(id(value))
        if g is None or value.op is None:
            continue
        for argument, partial in zip(value.args, _partials(value, op), strict=False):
            if not isinstance(argument, Traced) or _is_number(partial, 0.0):
                continue
            share = _product(g, partial)
            known = shares.get(id(argument))
            shares[id(argument)] = share if known is None else known + share
    results = [shares.get(id(named[name]), 0.0) for name in op.inputs]
    read = {value.name for value in _behind(results) if value.op is None}
    parameters = [name for name in formula.parameters if name in read]
    return _as_formula(f"{op.name}_slope", parameters, results)


def _partials(value: Traced, op: Any) -> tuple[Any, ...]:
    """The partial derivatives of one operation in a formula, as values."""
    called = value.op
    if called.result == "bool":
        return (0.0,) * len(value.args)
    slope = called.slope_formula
    if slope is None:
        raise KernelError(
            f"derive the slope of {op.name}",
            f"it calls {called.name}, which has no slope",
            f"declare it with @{op.name}.slope",
        )
    names = (*called.inputs, *called.settings)
    given = dict(zip(names, value.args, strict=False))
    given.setdefault("y", value)
    partials = slope.function(*(given[name] for name in slope.parameters))
    return partials if isinstance(partials, tuple) else (partials,)


def _is_number(value: Any, number: float) -> bool:
    return isinstance(value, (int, float)) and value == number


def _product(g: Any, partial: Any) -> Any:
    if _is_number(g, 1.0):
        return partial
    return g if _is_number(partial, 1.0) else g * partial
