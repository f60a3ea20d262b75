"""The backprop graph as text: the output at the top, and below each value what it was made from.

This file knows terminals and plain text. It needs no drawing program, and it says what pictures
say, in the same words.
"""

from __future__ import annotations

import inspect
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TextIO

from tinygradx.draw.labels import plain
from tinygradx.draw.values import (
    NOT_WANTED,
    ROWS,
    Value,
    check_count,
    check_show,
    check_unknown,
    look_at,
)
from tinygradx.graph import Handle, Node

DEEPEST = 12  # levels of indentation; what lies deeper goes on below, at the left margin
WIDEST = 56  # columns that the first column is padded to
BRANCH, LAST, DOWN, NOTHING = "├─ ", "└─ ", "│  ", "   "

#: How to write it where a terminal or a file has no such letters.
_ASCII = str.maketrans({
    "├": "+", "─": "-", "└": "`", "│": "|", "↑": "^", "↓": "v", "↩": "#", "Σ": "sum ", "⇢": "->",
    "×": "*", "÷": "/", "−": "-", "²": "^2", "√": "sqrt ", "μ": "mean", "σ": "std", "ᵀ": ".T",
    "·": "*",
})  # fmt: skip


def print_graph(
    root: Handle,
    depth: int | None = None,
    *,
    params: Any = None,
    names: Mapping[str, Any] | None = None,
    show: str | Sequence[str] = ROWS,
    precision: int = 4,
    title: str | None = None,
    max_nodes: int = 1000,
    file: TextIO | None = None,
    **unknown: Any,
) -> None:
    """Print the graph behind a tensor as a tree; no drawing program is needed.

    The output comes first, and below each value stands what it was made from. A value that was
    printed before is a pointer to it, such as `↑ v3`; one that is printed further down, at the left
    margin, is `↓ v3`. `↩3` says that `backward()` comes by third, and `Σ 2` that a gradient is the
    sum of two shares. Flags such as `dead 63 %` are those of `draw_dot`. In a terminal there are
    colours.

    Parameters
    ----------
    root : Tensor
        The output, such as a loss.
    depth : int, optional
        How many steps to go back from it; all when left out.
    params, names, show, precision, title
        As for `draw_dot`.
    max_nodes : int
        Refuse graphs of more values than this.
    file : file, optional
        Where to print, the standard output when left out.
    **unknown
        Refused: a keyword that is not listed here is a mistake.

    Raises
    ------
    ArgumentError
        If the graph is too large, or an argument is not one of those listed.
    DtypeError
        If the root is no Tensor, or a keyword is unknown (it is a `TypeError`).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> a = tgx.tensor(2.0, requires_grad=True)
    >>> b = tgx.tensor(-3.0, requires_grad=True)
    >>> loss = (a * b).tanh()
    >>> tgx.print_graph(loss, names={"a": a, "b": b, "loss": loss}, show=("data",))
    loss = tanh(v1)   output  data -1.0000 saturated
    └─ v1 = a × b             data -6.0000
       ├─ a           param   data 2.0000
       └─ b           param   data -3.0000
    """
    check_unknown("print_graph", unknown, KEYWORDS)
    check_count("print_graph", "precision", precision, 0)
    if depth is not None:
        check_count("print_graph", "depth", depth, 0)
    rows = check_show("print_graph", show)
    values, notes = look_at(root, params, names, rows, max_nodes, "print_graph")
    heading = plain(title) if title is not None else ""
    lines = _lines(values, [heading] * bool(heading) + notes, rows, precision, depth)
    out = sys.stdout if file is None else file
    if out is None:  # a program without a terminal, where print says nothing as well
        return
    if out.isatty():
        _print_coloured(lines, out)
    else:
        out.write(_encodable("\n".join(map(_plain_line, lines)), out) + "\n")


#: What `print_graph` can be told by name.
KEYWORDS = [name for name in inspect.signature(print_graph).parameters if name != "unknown"]


def tree_text(
    values: Sequence[Value],
    above: Sequence[str],
    show: Sequence[str],
    precision: int,
    depth: int | None = None,
) -> str:
    """The tree as plain text.

    Parameters
    ----------
    values : sequence of Value
        The graph, oldest first.
    above : sequence of str
        Lines to write above it.
    show : sequence of str
        Which of "data", "grad" and "shape" to tell.
    precision : int
        Digits after the point.
    depth : int, optional
        How many steps to go back.
    """
    return "\n".join(map(_plain_line, _lines(values, above, show, precision, depth)))


# ---- the walk ------------------------------------------------------------------------------------


class _Twig(NamedTuple):
    """A line of the tree: what stands before it, the value, and how to write it."""

    before: str
    value: Value | None
    pointer: str = ""


def _twigs(values: Sequence[Value], depth: int | None) -> Iterator[_Twig]:
    """The lines of the tree, without recursion."""
    by_node = {value.node: value for value in values}
    printed: set[Node] = set()
    below: dict[Node, int] = {values[-1].node: 0}  # roots of trees at the left margin
    while below:
        start = next(iter(below))
        # A value, how deep it is in the graph, its level here, and the two halves of its indent.
        stack: list[tuple[Node, int, int, str, str]] = [(start, below.pop(start), 0, "", "")]
        while stack:
            node, deep, level, indent, joint = stack.pop()
            value = by_node[node]
            before = indent + joint
            if node in printed or (node in below and level):
                yield _Twig(before, None, ("↑ " if node in printed else "↓ ") + value.name)
                continue
            if level == DEEPEST and value.inputs:
                below[node] = deep
                yield _Twig(before, None, f"↓ {value.name}")
                continue
            yield _Twig(before, value)
            if joint:
                indent += NOTHING if joint == LAST else DOWN
            if depth is not None and deep >= depth and value.inputs:
                yield _Twig(indent + LAST, None, "...")
                continue  # and another way, which is shorter, may show what is behind it
            printed.add(node)
            for place, source in enumerate(reversed(value.inputs)):
                stack.append((source, deep + 1, level + 1, indent, BRANCH if place else LAST))


class _Line(NamedTuple):
    """A line in pieces, and what it is about."""

    before: str
    name: str
    rest: str
    facts: tuple[str, ...]
    kind: str


def _lines(
    values: Sequence[Value],
    above: Sequence[str],
    show: Sequence[str],
    precision: int,
    depth: int | None,
) -> list[_Line]:
    """Every line, its facts padded to columns."""
    twigs = list(_twigs(values, depth))
    usual = values[-1], all(value.node.shape == () for value in values)
    rows = [_facts(twig.value, *usual, show, precision) for twig in twigs if twig.value is not None]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    firsts = [_width(twig.before + _text(twig.value)) for twig in twigs if twig.value is not None]
    first = max((width for width in firsts if width <= WIDEST), default=0)
    facts = iter(rows)
    lines = [_Line("", "", words, (), "note") for words in above]
    for before, value, pointer in twigs:
        if value is None:
            lines.append(_Line(before, "", pointer, (), "pointer"))
            continue
        rest = _text(value)[len(value.name) :]
        rest += " " * (first - _width(before + value.name + rest))
        cells = zip(next(facts), widths, strict=True)
        padded = tuple(cell + " " * (width - _width(cell)) for cell, width in cells if width)
        lines.append(_Line(before, value.name, rest, padded, value.kind))
    missing = len(values) - len({id(twig.value) for twig in twigs if twig.value is not None})
    if missing:
        words = f"({missing} more value{'s' * (missing > 1)}, deeper than depth={depth})"
        lines.append(_Line("", "", words, (), "note"))
    return lines


def _text(value: Value) -> str:
    """The first column: the name, and what it was made from."""
    if value.words is None:
        return value.name
    return f"{value.name} = {value.expression}"


def _facts(
    value: Value, top: Value, scalars: bool, show: Sequence[str], precision: int
) -> tuple[str, ...]:
    """The other columns; what is as in the first line is not said again."""
    kind = "" if value.kind == "value" else value.kind
    shape = ""
    if "shape" in show:
        shape = "" if scalars and value is not top else value.shape
        if value is top or value.node.dtype != top.node.dtype:
            shape = f"{shape} {value.node.dtype}".strip()
    data = grad = marks = ""
    if "data" in show:
        data = "data " + " ".join(value.data_lines(precision))
    if "grad" in show:
        marks = value.marks
        if value.grad is not None:
            grad = "grad " + " ".join(value.grad_lines(precision))
        elif value.grad_state != NOT_WANTED:
            grad = f"grad: {value.grad_state}"
    changed = "changed since this graph was made" if value.changed else ""
    return kind, shape, data, grad, marks, changed


def _width(text: str) -> int:
    """How many columns a text takes: Chinese letters take two, accents none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


# ---- onto paper ----------------------------------------------------------------------------------


def _plain_line(line: _Line) -> str:
    return _joined(line.before + line.name + line.rest, line.facts).rstrip()


def _joined(first: str, facts: Sequence[str]) -> str:
    return "  ".join([first + " " * bool(facts), *facts])


def _encodable(text: str, out: TextIO) -> str:
    """The text in letters that the file can take."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_ASCII)
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    return text


_STYLES = {"param": "bold blue", "output": "bold green", "note": "yellow", "pointer": "dim"}


def _print_coloured(lines: Sequence[_Line], out: TextIO) -> None:
    """The lines for a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, highlight=False)
    for line in lines:
        style = _STYLES.get(line.kind, "bold")
        text = Text(_encodable(line.before, out), style="dim")
        text.append(_encodable(line.name, out), style=style + " not dim")
        text.append(_encodable(line.rest, out), style="not dim" if line.name else style)
        text.append(_encodable(_joined("", line.facts).rstrip(), out), style="not dim")
        console.print(text, soft_wrap=True)
