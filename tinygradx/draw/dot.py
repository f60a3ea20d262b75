"""The backprop graph as a picture: `draw_dot`.

This file knows what a drawn node looks like, and writes it in Graphviz' language. What it says
comes from `values`, harmless text from `labels`; how a picture is made of the text is the business
of `render`.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

from tinygradx.draw.drawing import SHOWN, THEME_NAMES, Drawing, DrawnEdge, DrawnNode
from tinygradx.draw.labels import columns, plain, stacked, styled, table
from tinygradx.draw.rules import Words
from tinygradx.draw.theme import THEMES, Theme
from tinygradx.draw.tree import tree_text
from tinygradx.draw.values import (
    ROWS,
    Value,
    check,
    check_count,
    check_show,
    check_unknown,
    look_at,
    shape_text,
)
from tinygradx.graph import Handle, Leaf, Node

SMALL = 40  # values: up to here one box and one ellipse each, from left to right
FEW_ARRAYS = 6  # boxes of arrays are wide: a longer row of them would not fit a page
NOTE_WIDTH = 80  # characters of a title or note on one line: more would widen small pictures
# Graphviz stops polishing after so many rounds: the pictures are the same, but where one value is
# read all along a chain of 100 operations, they take 0.5 s and not 9.
HURRY = "nslimit=4, nslimit1=4"
STYLES = ("auto", "micrograd", "compact")
DIRECTIONS = ("LR", "TB", "RL", "BT")


def draw_dot(
    root: Handle,
    format: str = "svg",
    rankdir: str | None = None,
    *,
    params: Any = None,
    names: Mapping[str, Any] | None = None,
    style: str = "auto",
    show: str | Sequence[str] = ROWS,
    saved: bool = False,
    precision: int = 4,
    title: str | None = None,
    theme: str = "auto",
    max_nodes: int = 150,
    **unknown: Any,
) -> Drawing:
    """Draw the graph behind a tensor: values, gradients, and the rule of every operation.

    Blue boxes with a thick border are parameters (leaves that collect a gradient), white ones are
    inputs, grey ones results on the way, the green one is the output. Between them stand the
    operations, each with its rule of the way back, where `g` is the gradient that arrives. Arrows
    run with the forward pass. `↩3` says that `backward()` comes by third, `Σ 2` that a gradient is
    the sum of two shares, `(3,) ⇢ (4, 3)` that a value was broadcast. Inner values are computed
    again from the leaves; drawing changes no data, no gradient and nothing in the graph.

    Flags warn in words. `dead 63 %`: so many units of an activation (places along its last
    dimension) have output 0 and slope exactly 0 for every sample. `saturated 41 %`: so many
    elements lie where an activation that is flat towards both ends, such as tanh, has a slope below
    0.01; less than 1 % is not told. `vanishing` and `exploding`: the root mean square of a
    parameter's gradient is below 1e-7 (but not 0), or above 1e3.

    Parameters
    ----------
    root : Tensor
        The output, such as a loss.
    format : {"svg", "png", "pdf"}
        What the drawing is shown and rendered as; `.save` goes by the ending of its file.
    rankdir : {"LR", "TB", "RL", "BT"}, optional
        When left out, left to right for up to 40 scalars or 6 arrays, top to bottom beyond.
    params : Module or dict, optional
        Where parameters have their names from: `model`, or `dict(model.named_parameters())`.
    names : dict, optional
        Names of any tensors, such as `locals()`. What has no name is v1, v2 and so on.
    style : {"auto", "micrograd", "compact"}
        A box for each value and an ellipse for each operation, or both on one card; the first for
        up to 40 values when "auto".
    show : sequence of str
        Which of "data", "grad" and "shape" the boxes tell. Where all are scalars of one dtype,
        only the output tells its shape.
    saved : bool
        Whether to show, in orange, what each operation keeps for the way back, and its size.
    precision : int
        Digits after the point.
    title : str, optional
        What to write above the picture.
    theme : {"auto", "light", "dark"}
        The colours. "auto" makes an SVG follow the page it is on; other formats are light.
    max_nodes : int
        Refuse graphs of more values than this.
    **unknown
        Refused: a keyword that is not listed here is a mistake.

    Returns
    -------
    Drawing
        Shows itself in a notebook; `.save("graph.svg")` writes it anywhere; `.source` is its text.

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
    >>> loss.backward()
    >>> drawing = tgx.draw_dot(loss, names={"a": a, "b": b})
    >>> [node.name for node in drawing.nodes if node.kind == "param"]
    ['a', 'b']
    """
    check_unknown("draw_dot", unknown, KEYWORDS)
    check("draw_dot", "format", format, SHOWN)
    check("draw_dot", "style", style, STYLES)
    check("draw_dot", "theme", theme, THEME_NAMES)
    if rankdir is not None:
        check("draw_dot", "rankdir", rankdir, DIRECTIONS)
    check_count("draw_dot", "precision", precision, 0)
    show = check_show("draw_dot", show)

    values, notes = look_at(root, params, names, show, max_nodes, "draw_dot")
    if style == "auto":
        style = "micrograd" if len(values) <= SMALL else "compact"
    kinds = {(value.node.shape, str(value.node.dtype)) for value in values}
    scalars = all(value.node.shape == () for value in values)
    colours = THEMES["light" if theme == "auto" else theme]
    uniform = scalars and len(kinds) == 1
    look = _Look(colours, show, precision, style == "compact", uniform, bool(saved))
    heading = plain(title) if title is not None else ""
    body, drawn, edges = _body(values, look)
    if rankdir is None:
        rankdir = "LR" if len(values) <= (SMALL if scalars else FEW_ARRAYS) else "TB"
    opening = _opening(rankdir, look, heading, notes)
    return Drawing(
        source="\n".join(["digraph tinygradx {", *opening, *body, "}", ""]),
        nodes=tuple(drawn),
        edges=tuple(edges),
        format=format,
        title=heading,
        theme=theme,
        text=tree_text(values, [heading] * bool(heading) + notes, show, precision),
    )


#: What `draw_dot` can be told by name.
KEYWORDS = [name for name in inspect.signature(draw_dot).parameters if name not in ("unknown",)]


class _Look(NamedTuple):
    """How things are drawn."""

    theme: Theme
    show: tuple[str, ...]
    precision: int
    compact: bool
    uniform: bool
    saved: bool

    def small(self, text: str) -> str:
        """Text that is there to be found, not to be read first."""
        return styled(text, size=9, colour=self.theme.secondary)

    def back(self, text: str) -> str:
        """Text about the way back."""
        return styled(text, size=9, colour=self.theme.backward)


def _opening(rankdir: str, look: _Look, heading: str, notes: Sequence[str]) -> list[str]:
    theme = look.theme
    said = [line for note in notes for line in wrap(note, NOTE_WIDTH)]
    label = stacked(
        [styled(line, size=15, bold=True) for line in wrap(heading, NOTE_WIDTH)]
        + [styled(line, size=11, colour=theme.backward) for line in said]
    )
    gaps = "nodesep=0.22, ranksep=0.3" if rankdir in ("LR", "RL") else "nodesep=0.3, ranksep=0.34"
    font, grey = 'fontname="Helvetica"', theme.secondary
    lines = [
        f'  graph [id="graph", rankdir={rankdir}, {gaps}, pad=0.15, bgcolor="{theme.background}"];',
        f'  graph [{font}, fontcolor="{theme.text}", labelloc=t, labeljust=l, {HURRY}];',
        f'  node [{font}, fontsize=11, fontcolor="{theme.text}", color="{grey}"];',
        f'  edge [{font}, fontsize=9, fontcolor="{grey}", color="{grey}", arrowsize=0.6];',
    ]
    if label:
        lines.append(f"  label=<{label}>;")
    return lines


#: How the arrows of values differ: what goes on in a straight line, and what is only kept.
_STRAIGHT, _KEEPS = ", weight=8", ", style=dotted, arrowhead=none, penwidth=1.5"


def _body(
    values: Sequence[Value], look: _Look
) -> tuple[list[str], list[DrawnNode], list[DrawnEdge]]:
    """The lines of the nodes and the arrows, and the same as data."""
    lines: list[str] = []
    drawn: list[DrawnNode] = []
    edges: list[DrawnEdge] = []
    ids: dict[Node, str] = {}
    # What was computed goes on in a straight line, as does the first input; another leaf, which one
    # operation alone reads, stands aside.
    readers = Counter(source for value in values for source in value.inputs)

    def arrow(tail: str, head: str, label: str = "", kind: str = _STRAIGHT) -> str:
        inside = styled(label)
        words = (f", label=<&nbsp;{inside}&nbsp;>" if inside else "") + kind
        edges.append(DrawnEdge(tail, head, label))
        return f'  {tail} -> {head} [id="e{len(edges) - 1}"{words}];'

    for value in values:
        node, words = value.node, value.words
        target = kept = ""
        if words is not None and not look.compact:
            target = f"n{len(drawn)}"
            lines.append(_ellipse(target, words, _in_order(value), look))
            drawn.append(_drawn_op(target, value, words))
        if look.saved and value.saved:
            kept = f"n{len(drawn)}"
            lines.append(_saved_box(kept, value, look))
            drawn.append(_drawn_saved(kept, value))
        box = ids[node] = f"n{len(drawn)}"
        lines.append(_box(box, value, look))
        drawn.append(_drawn(box, value))
        arrows = []
        for place, (source, label) in enumerate(_sources(value)):
            aside = isinstance(source, Leaf) and readers[source] == 1 and place > 0
            arrows.append(arrow(ids[source], target or box, label, "" if aside else _STRAIGHT))
        if len(arrows) == 3:  # the first input between its parameters
            arrows[:2] = arrows[1::-1]
        lines += arrows
        if kept:
            lines.append(arrow(kept, target or box, kind=_KEEPS))
        if target:
            lines.append(arrow(target, box))
    return lines, drawn, edges


def _drawn_op(id: str, value: Value, words: Words) -> DrawnNode:
    node = value.node
    return DrawnNode(
        id, "op", words.symbol, node.age, node.op.name, tuple(node.shape), str(node.dtype),
        rules=words.rules, where=value.where,
    )  # fmt: skip


def _drawn_saved(id: str, value: Value) -> DrawnNode:
    node = value.node
    facts = (node.age, node.op.name, tuple(node.shape), str(node.dtype))
    return DrawnNode(id, "saved", f"saved: {value.saved}", *facts)


def _saved_box(id: str, value: Value, look: _Look) -> str:
    """What the operation keeps for the way back."""
    lines = [styled("saved", size=9, bold=True), look.small(value.saved)]
    return (
        f'  {id} [id="{id}", class="saved", shape=box, style="filled,dotted", penwidth=1.5,'
        f' margin="0.05,0.03", width=0.3, height=0.2, fillcolor="{look.theme.saved}",'
        f" label=<{table(lines)}>];"
    )


def _drawn(id: str, value: Value) -> DrawnNode:
    node, words = value.node, value.words
    return DrawnNode(
        id, value.kind, value.name, node.age, "" if words is None else node.op.name,
        tuple(node.shape), str(node.dtype), value.data, value.grad, value.grad_state,
        () if words is None else words.rules, value.order, value.uses, value.where,
        (*value.data_flags, *value.grad_flags),
    )  # fmt: skip


def _sources(value: Value) -> list[tuple[Node, str]]:
    """What the operation read, each with the words beside its arrow."""
    node, words = value.node, value.words
    if words is None:
        return []
    letters = words.letters or ("",) * len(node.inputs)
    found = []
    for source, letter, spread in zip(node.inputs, letters, words.spread, strict=True):
        if source in value.inputs:
            label = letter
            if spread:
                kept = source.shape[-2:] if node.op.name == "matmul" else node.shape[-2:]
                whole = (*node.shape[:-2], *kept)
                stretched = f"{shape_text(source.shape)} ⇢ {shape_text(whole)}"
                label = f"{letter}: {stretched}" if letter else stretched
            found.append((source, label))
    return found


def _in_order(value: Value) -> str:
    """What keeps three inputs in the order of their arrows: the first between its parameters."""
    return " ordering=in," * (len(value.inputs) == 3)


def _ellipse(id: str, words: Words, order: str, look: _Look) -> str:
    lines = [styled(words.symbol, size=13, bold=True)]
    lines += map(look.small, (words.formula, words.settings))
    lines += map(look.back, words.rules)
    return (
        f'  {id} [id="{id}", class="op", shape=ellipse, style=filled, margin="0.02,0.01",'
        f' width=0.4, height=0.4,{order} fillcolor="{look.theme.operation}",'
        f" label=<{table(lines, centred=True)}>];"
    )


_BORDER = {"param": 3, "input": 1, "value": 1, "output": 1.5}


def _box(id: str, value: Value, look: _Look) -> str:
    fills = {
        "param": look.theme.parameter, "input": look.theme.input,
        "value": look.theme.intermediate, "output": look.theme.output,
    }  # fmt: skip
    shape = "filled,rounded" if value.kind == "value" else "filled"
    order = _in_order(value) if look.compact else ""
    return (
        f'  {id} [id="{id}", class="val {value.kind}", shape=box, style="{shape}",'
        f' penwidth={_BORDER[value.kind]:g}, margin="0.05,0.03", width=0.3, height=0.3,{order}'
        f' fillcolor="{fills[value.kind]}", label=<{_card(value, look)}>];'
    )


def _card(value: Value, look: _Look) -> str:
    """The name, what it is, and the rows that were asked for."""
    node = value.node
    facts = [] if value.kind == "value" else [value.kind]
    if "shape" in look.show and (not look.uniform or value.kind == "output"):
        facts.append(f"{value.shape} {node.dtype}")
    head = [styled(value.name, size=12, bold=True, lines=True), look.small(" ".join(facts))]
    if "grad" in look.show:
        head.append(look.back(value.marks))
    lines = ["&nbsp; ".join(filter(None, head))]
    if value.changed:
        lines.append(look.back("changed since this graph was made"))
    if value.words is not None and look.compact:
        lines.append(styled(f"= {value.expression}", lines=True))
        lines.append(look.small(value.words.formula))
        lines += map(look.back, value.words.rules)
    rows = []
    if "data" in look.show:
        rows.append(("data", value.data_lines(look.precision)))
    if "grad" in look.show and value.grad is not None:
        rows.append(("grad", value.grad_lines(look.precision)))
    # A minus sign is as wide as a space: two numbers below one another begin in one place.
    signed = node.shape == () and any(text[:1] == "-" for _, texts in rows for text in texts)
    flags = (*value.data_flags, *value.grad_flags)
    lines.append(columns(pair for row in rows for pair in _rows(*row, signed, flags, look)))
    if "grad" in look.show and value.grad is None:
        lines.append(look.small(f"grad: {value.grad_state}"))
    return table(lines)


def _rows(
    word: str, texts: Sequence[str], signed: bool, flags: Sequence[str], look: _Look
) -> list[tuple[str, str]]:
    """A small word, and beside it line by line what it says; what must not be missed is bold."""
    alarms = ("NaN!", "Inf!", *flags)
    return [
        (
            "&nbsp;" if place else look.small(word) + "&nbsp;",
            ("&nbsp;" if signed and text[:1] != "-" else "")
            + styled(text, bold=any(alarm in text for alarm in alarms)),
        )
        for place, text in enumerate(texts)
    ]
