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
from typing import Any, NamedTuple, TypeGuard

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
#: Shares that are read more easily than any slope; an empty one is made of the block's own.
SHARES = {
    "where": ("", "g where {condition}, else 0", "0 where {condition}, else g"),
    "dropout": ("g·scale where {kept}, else 0", ""),
    "pow": ("", "g·{result}·log({x})"),
    "clamp_between": ("g if {low} <= {x} <= {high} else 0", "", ""),
    "asin": ("g/√(1 − {x}²)",),
    "acos": ("−g/√(1 − {x}²)",),
    "erf": ("g·2/√π·exp(−{x}²)",),
    "erfc": ("−g·2/√π·exp(−{x}²)",),
    "relu6": ("g if 0 < {x} < 6 else 0",),
    "hardtanh": ("g if min < {x} < max else 0",),
    "hardshrink": ("g if |{x}| > lambd else 0",),
    "softshrink": ("g if |{x}| > lambd else 0",),
    "threshold": ("g if {x} > threshold else 0",),
    "fmax": ("g where {x} >= {y}, else 0", "0 where {x} >= {y}, else g"),
    "fmin": ("g where {x} <= {y}, else 0", "0 where {x} <= {y}, else g"),
    "copysign": ("g·sign({x})·sign({y})", ""),
    "heaviside": ("", "g where {input} = 0, else 0"),
    "lerp": ("g·(1 − {weight})", "g·{weight}", "g·({end} − {input})"),
    "addcmul": ("g", "g·value·{tensor2}", "g·value·{tensor1}"),
    "addcdiv": ("g", "g·value/{tensor2}", "−g·value·{tensor1}/{tensor2}²"),
    "replace_special": ("g where {x} is finite, else 0",),
    "log_of_odds": ("g/({x}·(1 − {x}))",),
    "logaddexp2": ("g·σ(({x} − {y})·log 2)", "g·σ(({y} − {x})·log 2)"),
    "xlogy": ("g·log({y})", "g·{x}/{y}"),
    "xlog1py": ("g·log(1 + {y})", "g·{x}/(1 + {y})"),
    "log_ndtr": ("g·φ({x})/Φ({x})",),
    "ndtri": ("g/φ({result})",),
    "erfcx": ("g·(2·{x}·{result} − 2/√π)",),
    "lgamma": ("g·digamma({x})",),
    "digamma": ("g·polygamma(1, {x})",),
    "i0": ("g·i1({x})",),
    "i1": ("g·(i0({x}) − {result}/{x})",),
    "i0e": ("g·(i1e({x}) − sign({x})·{result})",),
    "i1e": ("g·(i0e({x}) − {result}·(sign({x}) + 1/{x}))",),
    "bessel_j0": ("−g·J₁({x})",),
    "bessel_j1": ("g·(J₀({x}) − {result}/{x})",),
    "sinc": ("g·(cos(π{x}) − {result})/{x}",),
    "spherical_bessel_j0": ("g·(cos({x}) − {result})/{x}",),
    "leaky_relu": ("g if {x} > 0 else g·slope",),
    "elu": ("g if {x} > 0 else g·({result} + alpha)",),
    "softsign": ("g/(1 + |{x}|)²",),
    "huber_error": ("g·clamp({x} − {t}, ±delta)", "g·clamp({t} − {x}, ±delta)"),
    "smooth_l1_error": ("g·clamp(({x} − {t})/beta, ±1)", "g·clamp(({t} − {x})/beta, ±1)"),
    "log_loss": ("g·({p} − {t})/({p}·(1 − {p}))", "−g·log({p}/(1 − {p}))"),
    "logistic_loss": ("g·(sigmoid({x}) − {t})", ""),
    "weighted_logistic_loss": ("g·((1 − {t})·σ({x}) − {w}·{t}·σ(−{x}))", "", ""),
}
#: Shares of the inputs, for operations that are not elementwise; {n} elements go into one, {over}
#: divides by the rows of a mean, {sum} undoes broadcasting. The last share stands for all inputs
#: that follow.
RULES = {
    "matmul": ("{sum}g·{b}ᵀ", "{sum}{a}ᵀ·g"),
    "linear": ("g·{weight}", "gᵀ·{x}", "{sum}g"),
    "cross_entropy": ("g·(softmax({x}) − onehot({t})){over}", ""),
    "rnn_tanh": ("g, from the last step back",),
    "rnn_relu": ("g, from the last step back",),
    "lstm": ("g, from the last step back",),
    "gru": ("g, from the last step back",),
    "sum": ("g everywhere",),
    "mean": ("g/{n} everywhere",),
    "amax": ("g at the largest",),
    "amin": ("g at the smallest",),
    "reshape": ("g reshaped",),
    "permute": ("g turned back",),
    "expand": ("Σ g",),
    "sum_to": ("g spread again",),
    "cat": ("its part of g",),
    "narrow": ("g in its place, else 0",),
    "piece": ("g in its place, else 0",),
    "pad_dim": ("g without the padding",),
    "prod": ("g·product of the others",),
    "var": ("g·2·({x} − mean)/(n − correction)",),
    "std": ("g·({x} − mean)/({y}·(n − correction))",),
    "median": ("g in the middle",),
    "nanmedian": ("g in the middle",),
    "cumsum": ("g summed from the end",),
    "cumprod": ("{y} before, times g that arrives",),
    "logcumsumexp": ("exp({x} − {y})·g that arrives",),
    "recurrence": ("g that arrives, times {y} before", "g that arrives"),
    "vector_norm": ("g·sign({x})·(|{x}|/{y})^(p − 1)",),
    "inv": ("−{y}ᵀ·g·{y}ᵀ",),
    "solve": ("−{a}⁻ᵀ·g·{y}ᵀ", "{a}⁻ᵀ·g"),
    "det": ("g·{y}·{x}⁻ᵀ",),
    "det_sign": ("0",),
    "logabsdet": ("g·{x}⁻ᵀ",),
    "cholesky": ("{y}⁻ᵀ·Φ({y}ᵀ·g)·{y}⁻¹",),
    "qr": ("(gQ + Q·copyltu(M))·R⁻ᵀ",),
    "svd": ("U·(…)·Vᵀ",),
    "eigh": ("V·(diag(gw) + E∘(Vᵀ·gV))·Vᵀ",),
    "pinv": ("−{y}ᵀ·g·{y}ᵀ + …",),
    "matrix_exp": ("a block of exp([[{x}ᵀ, g], [0, {x}ᵀ]])",),
    "complement": ("0",),
    "embedding": ("g added at its rows",),
    "geqrf": ("none",),
    "lu": ("P·L⁻ᵀ·(…)·U⁻ᵀ",),
    "softmax": ("{y}·(g − Σ g·{y})",),
    "softmin": ("−{y}·(g − Σ g·{y})",),
    "log_softmax": ("g − softmax({x})·Σ g",),
    "logsumexp": ("g·softmax({x})",),
    "maxout": ("g at the largest",),
    "getitem": ("g at the index, else 0",),
    "put": ("g at the index",),
    "set_at": ("g, but 0 at the index", "g at the index"),
    "set_view": ("g, but 0 in the part", "g in the part"),
    "pick": ("g at the index, else 0", ""),
    "place": ("g at the index", ""),
    "gather": ("g added at the index", ""),
    "gathered": ("g at the index", ""),
    "scatter": ("g, but 0 at the index", "g at the index", ""),
    "diagonal": ("g on the diagonal, else 0",),
    "on_diagonal": ("g on the diagonal",),
    "tril": ("g below, else 0",),
    "triu": ("g above, else 0",),
    "flip": ("g turned back",),
    "roll": ("g rolled back",),
    "pad": ("g without the border",),
    "unfold": ("windows of g added up",),
    "add_windows": ("g in windows",),
    "patches": ("patches of g added up",),
    "add_patches": ("g in patches",),
    "conv": ("g spread by {weight}", "{x} under g, summed"),
    "conv_transpose": ("g under {weight}, summed", "g under {x}, summed"),
    "conv_weight": ("{slope} spread by g", "{x} under g, summed"),
    "max_pool": ("g at the largest, else 0",),
    "max_unpool": ("g at the index",),
    "standardize": ("(g − mean g − y·mean(g·y))/σ",),
    "avg_pool": ("g/n spread over its window",),
    "avg_unpool": ("mean of g over the window",),
    "sample_points": ("g spread by {weight}", "g·pixels, Σ over channels"),
    "spread_points": ("g at the points, by {weight}", "g·points, Σ over channels"),
    "match_points": ("g·pixels, summed", "g·points, spread"),
    "ctc_loss": ("−g·p(class at its step | text)",),
    "stack": ("its slice of g",),
    "masked_fill": ("g, but 0 where {mask}", ""),
    "as_strided": ("g added where it was read",),
    "to": ("g",),
    "clone": ("g",),
    "zeta": ("", "−g·s·zeta(s + 1, {x})"),
    "igamma": ("", "g·{x}ᵃ⁻¹·exp(−{x})/Γ(a)"),
    "igammac": ("", "−g·{x}ᵃ⁻¹·exp(−{x})/Γ(a)"),
}
#: What some operations compute, where their name does not say it.
FORMULAS = {
    "linear": "{x}·{weight}ᵀ + {bias}",
    "cross_entropy": "−log softmax({x})[{t}]",
    "dropout": "{x}·scale where {kept}",
    "squared_error": "({x} − {t})²",
    "absolute_error": "|{x} − {t}|",
    "log_loss": "−{t}·log({p}) − (1 − {t})·log(1 − {p})",
    "logistic_loss": "log_loss(sigmoid({x}), {t})",
}
#: What rules call the inputs whose names would not fit, where the block's words are longer.
LETTERS = {"linear": ("x", "W", "b")}
#: Inputs that are broadcast, of operations that are not elementwise.
SPREAD = {"linear": (2,)}

LONGEST_NAME = 12  # of an input, to be used in a rule; longer ones are x and y, as in the block
LONGEST_RULE = 38
MOST_RULES = 4
LONGEST_SETTINGS = 26
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
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
    formula : str
        What it computes, where its name does not say so.
    rules : tuple of str
        Such as `dx = g·y`, for every input that wants a gradient.
    letters : tuple of str
        What the rules call each input, where that is not its name; empty otherwise.
    spread : tuple of bool
        Whether each input was broadcast.
    """

    symbol: str
    settings: str
    formula: str
    rules: tuple[str, ...]
    letters: tuple[str, ...]
    spread: tuple[bool, ...]


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
    op = node.op
    inputs = _input_names(node)
    shown = [number or name for number, name in zip(numbers, names, strict=True)]
    called = [name for number, name in zip(numbers, names, strict=True) if not number]
    short = all(len(name) <= LONGEST_NAME and _is_letter(name) for name in (*called, result))
    rules = _rules(node, inputs, shown, result) if short else ()
    if not short or any(len(rule) > LONGEST_RULE for rule in rules):
        short = False
        letters = LETTERS.get(op.name, inputs)
        shown = [number or letter for number, letter in zip(numbers, letters, strict=True)]
        rules = _rules(node, inputs, shown, "y" if "y" not in inputs else "z")
    boxes = sum(not number for number in numbers)
    apart = not short and boxes > 1 and len(set(node.inputs)) > 1
    uneven = op.name not in _EVEN_HANDED or any("Σ" in rule for rule in rules)
    return Words(
        _symbol(node, numbers),
        _settings(node),
        FORMULAS.get(op.name, "").format_map(dict(zip(inputs, shown, strict=True))),
        tuple(rule for rule in rules if len(rule) <= LONGEST_RULE),
        tuple(shown) if apart and uneven else (),
        tuple(_is_spread(node, place) for place in range(len(node.inputs))),
    )


def _is_spread(node: Node, place: int) -> bool:
    """Whether an input was broadcast."""
    op, shape = node.op, node.inputs[place].shape
    if isinstance(op, Elementwise) or place in SPREAD.get(op.name, ()):
        return bool(shape != node.shape)
    return bool(op.name == "matmul" and shape[:-2] != node.shape[:-2])


def expression_of(node: Node, inputs: Sequence[str]) -> str:
    """An operation in one line of text: `a × b`, `−a`, `sum(a, dim=1)`, `a[0]`."""
    name = node.op.name
    if name == "getitem":
        return inputs[0] + _index(node)
    if _is_turn(node):
        return f"{inputs[0]}ᵀ"
    if name in INFIX:
        return f" {INFIX[name]} ".join(inputs)
    if name in ALONE:
        return ALONE[name].format(x=inputs[0])
    given = [*inputs, _settings(node)]
    return f"{OTHER_NAMES.get(name, name)}({', '.join(filter(None, given))})"


def _is_turn(node: Node) -> bool:
    """Whether a matrix was transposed."""
    return bool(node.op.name == "permute" and node.params[0] == (1, 0))


def _is_letter(name: str) -> bool:
    """Whether `d` can stand in front of a name: `dx`, but not `dfc1.weight`."""
    return _is_word(name) and "." not in name


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


def _symbol(node: Node, numbers: Sequence[str]) -> str:
    """The operation's sign, with the bare numbers it was given."""
    name = node.op.name
    if name == "getitem":
        return _index(node)
    if _is_turn(node):
        return "xᵀ"
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
    words: list[str] = []
    if node.op.name == "getitem" or _is_turn(node):  # their symbols say it all
        return ""
    for name, value, default in zip(names, node.params, defaults, strict=False):
        if value is None or value is False or value == () or not _is_plain(value):
            continue
        if default is not None and value == default:
            continue
        if name == "dims" and len(value) == 1:
            words.append(f"dim={value[0]}")  # as users write it
        else:
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
    if isinstance(op, Elementwise):
        shares = _slope_shares(node, op, called, result)
    else:
        shares = _listed_shares(node, dict(zip(inputs, called, strict=True)), result)
    sums: dict[tuple[str, Node], str] = {}
    for name, share, source in zip(called, shares, node.inputs, strict=True):
        if source.wants and share:
            known = sums.get((name, source))
            sums[name, source] = f"{known} + {share}" if known else share
    rules = [f"d{name} = {total}" for (name, _), total in sums.items()]
    return tuple(rules) if len(rules) <= MOST_RULES else (*rules[: MOST_RULES - 1], "...")


def _listed_shares(node: Node, words: dict[str, str], result: str) -> list[str]:
    """The shares that the table has, the last one for all inputs that follow."""
    if _is_turn(node):
        return ["gᵀ"]
    texts = RULES.get(node.op.name, ("",))
    words |= {"y": result, "n": _behind_one(node), "over": ""}
    # The setting `reduction` of a loss. (An index is a setting as well, and may be an array.)
    if any(isinstance(setting, str) and setting == "mean" for setting in node.params):
        words["over"] = f"/{node.inputs[0].shape[0]}"
    shares = []
    for place, source in enumerate(node.inputs):
        text = texts[min(place, len(texts) - 1)]
        if "{sum}" in text:
            stack = -2 if node.op.name == "matmul" else None  # what broadcasts stands before it
            words["sum"] = _sum_sign(source.shape[:stack], node.shape[:stack])
        shares.append(text.format_map(words))
    return shares


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
    words = dict(zip(op.inputs, called, strict=True))
    if op.name in SHARES:
        written = [text.format_map(words | {"result": result}) for text in SHARES[op.name]]
    else:
        written = [""] * op.arity
    if "y" not in op.inputs:
        words["y"] = result
    shares = []
    for index, source in enumerate(node.inputs):
        share = written[index] or _slope_share(op, index, words)
        total = _sum_sign(tuple(source.shape), tuple(node.shape))
        shares.append(total + (f"({share})" if total and " " in share else share))
    return shares


def _slope_share(op: Elementwise, index: int, words: dict[str, str]) -> str:
    """`g` times the slope of the page, or of the block; or just the name of the slope."""
    called = words[op.inputs[index]]
    if op.name in SLOPES:
        return _times_g(SLOPES[op.name].format(x=called, y=words["y"]))
    text = _share(op, index, words)
    return f"g·{op.name}′({called})" if text is None else _times_g(text)


def _times_g(text: str) -> str:
    """`g` times a slope, as one writes it."""
    if text in ("0", "1"):
        return "g" if text == "1" else "0"
    if text.startswith("−") and _is_product(text):
        return "−" + _times_g(text[1:])
    if text.startswith("1/") and _is_product(text):
        return f"g/{text[2:]}"
    if " if " in text:
        return text
    number = re.match(r"[\d.]+(?=[·/]|$)", text)
    if number and _is_product(text):
        return f"{number[0]}·g{text[number.end() :]}"
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


#: Numbers that formulas call by a name, as a page writes them.
_NUMBERS = {"LN2": "ln2", "LN10": "ln10"}
#: Signs, and how tightly each binds.
_SIGNS: dict[type[ast.AST], tuple[str, int]] = {
    ast.Add: (" + ", 10), ast.Sub: (" − ", 10), ast.Mult: ("·", 20), ast.Div: ("/", 20),
    ast.Pow: ("^", 40),
}  # fmt: skip
_ORDER: dict[type[ast.AST], str] = {
    ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}


def _page(node: ast.expr, outside: int = 0) -> str:
    """An expression as one writes it on a page; `outside` is how tightly its surroundings bind."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return f"{node.value:g}".replace("-", "−")
    if isinstance(node, ast.Name):
        return _NUMBERS.get(node.id, node.id)
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
    if isinstance(node.op, ast.Div) and _is_division_by(left, right):  # a/b/b
        square = ast.BinOp(right, ast.Pow(), ast.Constant(2))
        return _page(ast.BinOp(left.left, ast.Div(), square), outside)
    if isinstance(node.op, ast.Div) and isinstance(left, ast.UnaryOp):  # (-a)/b is -(a/b)
        return _page(ast.UnaryOp(left.op, ast.BinOp(left.operand, node.op, right)), outside)
    uneven = isinstance(node.op, (ast.Sub, ast.Div, ast.Pow))
    if isinstance(node.op, ast.Pow):
        text = _power(_page(left, strength), _page(right, strength + 1))
    else:
        text = _page(left, strength) + sign + _page(right, strength + uneven)
    return f"({text})" if strength < outside else text


def _power(base: str, power: str) -> str:
    """A power as one writes it: `x²` or `x^0.5`."""
    return base + power.translate(_POWERS) if re.fullmatch(r"\d+", power) else f"{base}^{power}"


def _is_division_by(node: ast.expr, divisor: ast.expr) -> TypeGuard[ast.BinOp]:
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and isinstance(divisor, ast.Name)
        and ast.dump(node.right) == ast.dump(divisor)
    )


def _call(node: ast.Call) -> str:
    name, arguments = _callee(node), node.args
    if name == "pow" and len(arguments) == 2:
        return _power(_page(arguments[0], 41), _page(arguments[1], 41))
    if name == "where" and len(arguments) == 3:
        condition, first = arguments[0], arguments[1]
        second = _usual_branch(arguments[2])
        if not isinstance(condition, ast.Compare) or len(condition.ops) > 1:
            raise _TooLongError
        order = _ORDER[type(condition.ops[0])]
        left, right = _page(condition.left), _page(condition.comparators[0])
        yes, no = _times_g(_page(first)), _times_g(_page(second))
        if yes == "0":  # where it is, rather than where it is not
            yes, no, order = no, yes, _OPPOSITE[order]
        return f"{yes} if {left} {order} {right} else {no}"
    if not name:
        raise _TooLongError
    return f"{name}({', '.join(map(_page, arguments))})"
