"""What an operation's ellipse says: a symbol, and the rule of the way back in short.

The rule of an elementwise operation is its slope, read from its own block; where that was written
for its last digits rather than for a reader (tanh, sigmoid), a table holds the page's version. The
rest is a table as well. This file knows operations by name, and no arrays.
"""

from __future__ import annotations

import ast
import copy
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from tinygradx.errors import KernelError
from tinygradx.graph import Node
from tinygradx.ops.elementwise import Elementwise

#: Operations written between their inputs.
INFIX = {
    "add": "+", "sub": "−", "mul": "×", "div": "÷", "pow": "**", "matmul": "@", "remainder": "%",
    "floor_divide": "//", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip
#: Operations written in front of, or behind, their input.
ALONE = {"neg": "−{x}", "square": "{x}²", "sqrt": "√{x}", "reciprocal": "1/{x}"}
#: Operations whose name in the catalogue is not the one that users call.
OTHER_NAMES = {"permute": "transpose"}

#: Slopes as a page would print them, of x and the result y.
SLOPES = {
    "tanh": "(1 − {y}²)",
    "sigmoid": "{y}·(1 − {y})",
    "square": "2·{x}",
    "reciprocal": "−{y}²",
    "sqrt": "1/(2·{y})",
}
#: Shares of the inputs, for operations that are not elementwise; {n} elements go into one.
RULES = {
    "matmul": ("g·{b}ᵀ", "{a}ᵀ·g"),
    "sum": ("g everywhere",),
    "mean": ("g/{n} everywhere",),
    "amax": ("g at the largest",),
    "amin": ("g at the smallest",),
    "reshape": ("g reshaped",),
    "permute": ("g turned back",),
    "expand": ("Σ g",),
    "softmax": ("{y}·(g − Σ g·{y})",),
    "log_softmax": ("g − softmax·Σ g",),
    "logsumexp": ("g·softmax({x})",),
    "getitem": ("g at the index, else 0",),
    "pick": ("g at the index, else 0", ""),
    "to": ("g",),
    "clone": ("g",),
}

LONGEST_NAME = 12  # of an input, to be used in a rule; longer ones are x and y, as in the block
LONGEST_RULE = 34
LONGEST_SETTINGS = 26
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
#: Operations that mean the same with their inputs exchanged.
_EVEN_HANDED = frozenset({"add", "mul", "maximum", "minimum", "eq", "ne", "hypot", "logaddexp"})


class Words(NamedTuple):
    """What stands in an ellipse, and beside the arrows that lead to it.

    Attributes
    ----------
    symbol : str
        Such as `+`, `× 2` or `tanh`.
    settings : str
        Such as `dim=1`; often empty.
    rules : tuple of str
        Such as `dx = g·y`, for every input that wants a gradient.
    letters : tuple of str
        What the rules call each input, where that is not its name; empty otherwise.
    """

    symbol: str
    settings: str
    rules: tuple[str, ...]
    letters: tuple[str, ...]


def words_of(node: Node, names: Sequence[str], result: str, numbers: Sequence[str]) -> Words:
    """What to write for an operation that happened.

    Parameters
    ----------
    node : Node
        The operation.
    names : sequence of str
        What its inputs are called.
    result : str
        What its output is called.
    numbers : sequence of str
        For every input that is a bare number, that number; empty for the others.
    """
    inputs = _input_names(node)
    shown = [number or name for number, name in zip(numbers, names, strict=True)]
    short = all(len(name) <= LONGEST_NAME and _is_word(name) for name in (*names, result))
    called = shown if short else [n or i for n, i in zip(numbers, inputs, strict=True)]
    result = result if short else "y" if "y" not in inputs else "z"
    rules = _rules(node, inputs, called, result)
    boxes = sum(not number for number in numbers)
    apart = not short and boxes > 1 and len(set(node.inputs)) > 1
    uneven = node.op.name not in _EVEN_HANDED or any("Σ" in rule for rule in rules)
    letters = tuple(called) if apart and uneven else ()
    if node.op.name == "getitem":
        return Words(_index(node), "", rules, letters)
    return Words(_symbol(node.op.name, numbers), _settings(node), rules, letters)


def expression_of(node: Node, inputs: Sequence[str]) -> str:
    """An operation in one line of text: `a × b`, `−a`, `tanh(a)`, `a[0]`."""
    name = node.op.name
    if name == "getitem":
        return inputs[0] + _index(node)
    if name in INFIX:
        return f" {INFIX[name]} ".join(inputs)
    if name in ALONE:
        return ALONE[name].format(x=inputs[0])
    return f"{OTHER_NAMES.get(name, name)}({', '.join(inputs)})"


def _is_word(name: str) -> bool:
    """Whether a name can stand in a formula, which runs from left to right."""
    leftward = any(unicodedata.bidirectional(character) in ("R", "AL") for character in name)
    return re.fullmatch(r"[^\W\d][\w.]*", name) is not None and not leftward


def _input_names(node: Node) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(node.op, "inputs", ())
    count = len(node.inputs)
    if len(names) == count and "..." not in names:
        return tuple(names)
    return ("x",) if count == 1 else tuple(f"x{i}" for i in range(count))


def _symbol(name: str, numbers: Sequence[str]) -> str:
    """The operation's sign, with the bare numbers it was given."""
    if name in INFIX:
        left, right = numbers
        return " ".join(filter(None, (left, INFIX[name], right)))
    if any(numbers):
        return f"{name}({', '.join(number or '·' for number in numbers)})"
    return ALONE.get(name, OTHER_NAMES.get(name, name)).format(x="x")


def _settings(node: Node) -> str:
    """Settings that say something: not the defaults, and nothing that takes a page."""
    names = getattr(node.op, "settings", ())
    defaults = getattr(node.op, "defaults", (None,) * len(names))
    words = []
    for name, value, default in zip(names, node.params, defaults, strict=False):
        if value is None or value is False or value == () or not _is_plain(value):
            continue
        if default is not None and value == default:
            continue
        words.append(f"{name}={_short(value)}")
    text = ", ".join(words)
    return text if len(text) <= LONGEST_SETTINGS else ""


def _index(node: Node) -> str:
    """The index of `x[index]`, where it is short."""
    (index,) = node.params
    text = _short(index).strip("(),") if _is_plain(index) else "..."
    return f"[{text}]" if len(text) <= LONGEST_SETTINGS else "[...]"


_PLAIN = (bool, int, float, str, slice, type(None), type(...))


def _is_plain(value: Any) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return all(isinstance(part, _PLAIN) for part in parts)


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if value is ...:
        return "..."
    if isinstance(value, slice):
        ends = ["" if end is None else str(end) for end in (value.start, value.stop)]
        return ":".join(ends) + ("" if value.step is None else f":{value.step}")
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_short, value)) + ("," * (len(value) == 1)) + ")"
    return str(value)


def _rules(
    node: Node, inputs: Sequence[str], called: Sequence[str], result: str
) -> tuple[str, ...]:
    """`dx = ...` for each input that wants a gradient; one that is read twice has two shares."""
    op = node.op
    shares: Sequence[str]
    if isinstance(op, Elementwise):
        shares = _slope_shares(node, op, called, result)
    else:
        words = dict(zip(inputs, called, strict=True)) | {"y": result, "n": _behind_one(node)}
        shares = [text.format_map(words) for text in RULES.get(op.name, ())]
        shares = [*shares, *[""] * (len(node.inputs) - len(shares))]
    sums: dict[str, str] = {}
    for name, share, source in zip(called, shares, node.inputs, strict=True):
        if source.wants and share:
            sums[name] = f"{sums[name]} + {share}" if name in sums else share
    rules = (f"d{name} = {total}" for name, total in sums.items())
    return tuple(rule for rule in rules if len(rule) <= LONGEST_RULE)


def _behind_one(node: Node) -> str:
    """How many elements of the input meet in one of the output."""
    inside = outside = 1
    for size in node.inputs[0].shape:
        inside *= size
    for size in node.shape:
        outside *= size
    return str(inside // outside if outside else 0)


def _slope_shares(node: Node, op: Elementwise, called: Sequence[str], result: str) -> list[str]:
    """`g·slope` for every input, with the sum that undoes broadcasting."""
    texts: list[str | None]
    if op.name in SLOPES:
        texts = [SLOPES[op.name].format(x=called[0], y=result)]
    else:
        words = dict(zip(op.inputs, called, strict=True))
        if "y" not in op.inputs:
            words["y"] = result
        texts = [_share(op, index, words) for index in range(op.arity)]
    shares = []
    for name, text, source in zip(called, texts, node.inputs, strict=True):
        share = f"g·{op.name}′({name})" if text is None else _times_g(text)
        total = _sum_sign(tuple(source.shape), tuple(node.shape))
        shares.append(total + (f"({share})" if total and " " in share else share))
    return shares


def _times_g(text: str) -> str:
    """`g` times a slope, as one writes it."""
    if text in ("0", "1"):
        return "g" if text == "1" else "0"
    if text.startswith("−") and " " not in text:
        return "−g" if text == "−1" else f"−g·{text[1:]}"
    if text.startswith("1/") and " " not in text:
        return f"g/{text[2:]}"
    if " if " in text:
        return text
    return f"g·({text})" if " " in text and not _is_product(text) else f"g·{text}"


def _is_product(text: str) -> bool:
    """Whether every sum in a text stands in parentheses."""
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == " " and not depth:
            return False
    return True


def _sum_sign(shape: tuple[int, ...], out: tuple[int, ...]) -> str:
    """`Σ₀` where the gradient is summed over dimension 0, since the input was broadcast there."""
    extra = len(out) - len(shape)
    dims = [*range(extra)]
    dims += [extra + i for i, n in enumerate(shape) if n == 1 != out[extra + i]]
    dims = [dim for dim in dims if out[dim] != 1]
    if not dims:
        return ""
    which = "" if len(dims) == len(out) else "".join(map(str, dims)).translate(_SUBSCRIPTS)
    return f"Σ{which} "


# ---- a slope's text, written for a reader --------------------------------------------------------


def _share(op: Elementwise, index: int, words: dict[str, str]) -> str | None:
    """The slope with respect to one input; None where it does not fit into a few words."""
    slope = op.slope_formula
    if slope is None:
        return None
    try:
        part = slope.parts()[index]
    except (KernelError, IndexError):
        return None
    if len(slope.tree.body) > 1 and not isinstance(part, ast.Constant):
        return None
    try:
        text = _page(_Renamed(words).visit(copy.deepcopy(_usual_branch(part))))
    except _TooLongError:
        return None
    return text if len(text) <= LONGEST_RULE - 10 else None


class _TooLongError(Exception):
    """An expression that a reader would not want in a picture."""


def _usual_branch(node: ast.expr) -> ast.expr:
    """What `where(an edge case, a number, the slope)` says away from the edge."""
    if isinstance(node, ast.Call) and _callee(node) == "where" and len(node.args) == 3:
        condition, first, second = node.args
        if isinstance(condition, ast.Compare):
            edge = isinstance(condition.ops[0], ast.Eq)
        else:
            edge = not isinstance(second, ast.Constant)
        if edge and isinstance(first, ast.Constant):
            return second
    return node


def _callee(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


class _Renamed(ast.NodeTransformer):
    """The names of a slope's parameters replaced by those in the picture."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words

    def visit_Name(self, node: ast.Name) -> ast.expr:
        word = self.words.get(node.id, node.id)
        if _is_word(word):  # and not the number that stands in for an input
            return ast.Name(word)
        return ast.Constant(float(word.replace("−", "-")))


#: Signs, and how tightly each binds.
_SIGNS: dict[type[ast.AST], tuple[str, int]] = {
    ast.Add: (" + ", 10), ast.Sub: (" − ", 10), ast.Mult: ("·", 20), ast.Div: ("/", 20),
    ast.Pow: ("^", 40),
}  # fmt: skip
_ORDER: dict[type[ast.AST], str] = {
    ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


def _page(node: ast.expr, outside: int = 0) -> str:
    """An expression as one writes it on a page; `outside` is how tightly its surroundings bind."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return f"{node.value:g}".replace("-", "−")
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inside = "−" + _page(node.operand, 20)
        return f"({inside})" if outside not in (0, 10, 20) else inside
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        return _binary(node, outside)
    if isinstance(node, ast.Call) and not node.keywords:
        return _call(node)
    raise _TooLongError


def _binary(node: ast.BinOp, outside: int) -> str:
    sign, strength = _SIGNS[type(node.op)]
    left, right = node.left, node.right
    numbers = isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
    if numbers and isinstance(node.op, ast.Sub):  # the power of a slope: 3 - 1
        return _page(ast.Constant(ast.literal_eval(left) - ast.literal_eval(right)))
    uneven = isinstance(node.op, (ast.Sub, ast.Div, ast.Pow))
    text = _page(left, strength) + sign + _page(right, strength + uneven)
    return f"({text})" if strength < outside else text


def _call(node: ast.Call) -> str:
    name, arguments = _callee(node), node.args
    if name == "pow" and len(arguments) == 2:
        base, power = _page(arguments[0], 41), _page(arguments[1], 41)
        return f"{base}^{power}"
    if name == "where" and len(arguments) == 3:
        condition, first = arguments[0], arguments[1]
        second = _usual_branch(arguments[2])
        if not isinstance(condition, ast.Compare) or len(condition.ops) > 1:
            raise _TooLongError
        order = _ORDER[type(condition.ops[0])]
        test = f"{_page(condition.left)} {order} {_page(condition.comparators[0])}"
        return f"{_times_g(_page(first))} if {test} else {_times_g(_page(second))}"
    if not name:
        raise _TooLongError
    return f"{name}({', '.join(map(_page, arguments))})"
