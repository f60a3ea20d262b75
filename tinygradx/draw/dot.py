"""The backprop graph as a picture: `draw_dot`.

This file knows what a drawn node says and what it looks like, and writes it in Graphviz' language.
The numbers come from `replay`, the words of operations from `rules`, harmless text from `labels`;
how a picture is made of the text is the business of `render`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tinygradx.draw.drawing import Drawing, DrawnEdge, DrawnNode
from tinygradx.draw.labels import plain, stacked, styled, table
from tinygradx.draw.numbers import Summary, gradient_lines, summary_of, value_lines
from tinygradx.draw.render import FORMATS
from tinygradx.draw.replay import Replay, is_overwriting, oldest_first, replay
from tinygradx.draw.rules import Words, expression_of, words_of
from tinygradx.draw.theme import THEMES, Theme
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import Cell, Handle, Leaf, Node
from tinygradx.ops.elementwise import Elementwise

SMALL = 40  # values: up to here one box and one ellipse each, from left to right
FEW_ARRAYS = 6  # boxes of arrays are wide: a longer row of them would not fit a page
ROWS = ("data", "grad", "shape")
STYLES = ("auto", "micrograd", "compact")
DIRECTIONS = ("LR", "TB", "RL", "BT")

NOT_YET = "not computed yet"
NOT_KEPT = "not kept"
NOT_WANTED = "none (requires_grad=False)"


def draw_dot(
    root: Handle,
    format: str = "svg",
    rankdir: str | None = None,
    *,
    params: Any = None,
    names: Mapping[str, Any] | None = None,
    style: str = "auto",
    show: Sequence[str] = ROWS,
    precision: int = 4,
    title: str | None = None,
    theme: str = "light",
    max_nodes: int = 150,
) -> Drawing:
    """Draw the graph behind a tensor: values, gradients, and the rule of every operation.

    Blue boxes with a thick border are parameters (leaves that collect a gradient), white ones are
    inputs, grey ones results on the way, the green one is the output. Between them stand the
    operations. Arrows run with the forward pass. Inner values are computed again from the leaves;
    drawing changes no data, no gradient and nothing in the graph.

    Parameters
    ----------
    root : Tensor
        The output, such as a loss.
    format : str
        What the drawing is shown as: "svg", "png" or "pdf".
    rankdir : {"LR", "TB", "RL", "BT"}, optional
        When left out, left to right for up to 40 scalars or 6 arrays, top to bottom beyond.
    params : Module or dict, optional
        Where parameters have their names from: `model`, or `dict(model.named_parameters())`.
    names : dict, optional
        Names of any tensors, such as `locals()`.
    style : {"auto", "micrograd", "compact"}
        A box for each value and an ellipse for each operation, or both on one card; the first for
        up to 40 values when "auto".
    show : sequence of str
        Which of "data", "grad" and "shape" the boxes tell. Where all are scalars of one dtype,
        only the output tells its shape.
    precision : int
        Digits after the point.
    title : str, optional
        What to write above the picture.
    theme : {"light", "dark"}
        The colours.
    max_nodes : int
        Refuse graphs of more values than this.

    Returns
    -------
    Drawing
        Shows itself in a notebook; `.save("graph.svg")` writes it anywhere; `.source` is its text.

    Raises
    ------
    ArgumentError
        If the graph is too large, or an argument is not one of those listed.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.draw import draw_dot
    >>> a = tgx.tensor(2.0, requires_grad=True)
    >>> b = tgx.tensor(-3.0, requires_grad=True)
    >>> loss = (a * b).tanh()
    >>> loss.backward()
    >>> drawing = draw_dot(loss, names={"a": a, "b": b})
    >>> [node.name for node in drawing.nodes if node.kind == "param"]
    ['a', 'b']
    """
    if not isinstance(root, Handle):
        raise DtypeError(
            f"draw a {type(root).__name__}", f"{root!r:.60}", "pass a Tensor, such as the loss"
        )
    _check("format", format, FORMATS)
    _check("style", style, STYLES)
    _check("theme", theme, tuple(THEMES))
    if rankdir is not None:
        _check("rankdir", rankdir, DIRECTIONS)
    show = (show,) if isinstance(show, str) else tuple(show)
    for row in show:
        _check("show", row, ROWS)

    # A tensor that no recorded operation made has no node; the one made here is not left behind.
    top = root.node or Leaf(root.array, root.cell, False)
    nodes = oldest_first(top, max_nodes)
    again = replay(nodes, root, "grad" in show)
    numbers = _bare_numbers(nodes)
    values = _values(nodes, top, again, _names_of(nodes, root, params, names), numbers, show)
    small = len(values) <= SMALL
    if style == "auto":
        style = "micrograd" if small else "compact"
    kinds = {(value.node.shape, str(value.node.dtype)) for value in values}
    scalars = all(value.node.shape == () for value in values)
    look = _Look(THEMES[theme], show, precision, style == "compact", scalars and len(kinds) == 1)
    heading = plain(title) if title is not None else ""
    notes = _notes(again, values)
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
        text=_listing(values, heading, notes, precision),
    )


def _check(argument: str, value: Any, known: Sequence[str]) -> None:
    if value not in known:
        raise ArgumentError(
            f"draw_dot with {argument}={value!r}", "a value that is not known here",
            f"use one of {', '.join(map(repr, known))}",
        )  # fmt: skip


# ---- what is drawn -------------------------------------------------------------------------------


@dataclass
class _Value:
    """All that a box says, and the operation behind it."""

    node: Node
    name: str
    kind: str
    words: Words | None
    inputs: tuple[Node, ...]
    data: Summary | None
    grad: Summary | None
    grad_state: str
    expression: str


class _Look(NamedTuple):
    """How things are drawn."""

    theme: Theme
    show: tuple[str, ...]
    precision: int
    compact: bool
    uniform: bool

    def small(self, text: str) -> str:
        """Text that is there to be found, not to be read first."""
        return styled(text, size=9, colour=self.theme.secondary)


def _bare_numbers(nodes: Sequence[Node]) -> dict[Node, str]:
    """Leaves that are a number in a formula, such as the 2 of `2 * x`: no box is drawn for them."""
    bare: dict[Node, str] = {
        node: f"{node.array.item():.6g}".replace("-", "−")
        for node in nodes
        if isinstance(node, Leaf) and not node.wants and node.shape == () and node.name is None
    }
    for node in nodes:
        if not isinstance(node.op, Elementwise):
            for source in node.inputs:
                bare.pop(source, None)
    bare.pop(nodes[-1], None)
    return bare


def _names_of(
    nodes: Sequence[Node], root: Handle, params: Any, names: Mapping[str, Any] | None
) -> dict[Node, str]:
    """The name of every node: from `params`, from `names`, its own, or `v` and its number."""
    found: dict[Node, str] = {}
    memory: dict[Cell, str] = {}
    given = list(_named(params, "params").items())
    # A notebook's own names for what it printed, _, __ and _12, say nothing.
    given += [item for item in _named(names, "names").items() if str(item[0])[:1] != "_"]
    for name, value in given:
        if isinstance(value, Handle):
            memory.setdefault(value.cell, plain(name))
            node = nodes[-1] if value is root else value.node
            if node is not None:
                found.setdefault(node, plain(name))
    if root.node is None:  # its node was made for the drawing, and has no number that lasts
        found[nodes[-1]] = found.get(nodes[-1]) or "tensor"
    overwritten = {s for node in nodes for s in node.inputs if is_overwriting(node, s)}
    for node in nodes:
        own = plain(node.name or "") if isinstance(node, Leaf) else ""
        base = memory.get(node.cell) if isinstance(node, Leaf) else None
        if base and not own:  # such as x.T of a tensor x that wants no gradient
            own = f"{base} before" if node in overwritten else f"view of {base}"
        found[node] = found.get(node) or own or f"v{node.age}"
    return found


def _named(source: Any, argument: str) -> dict[Any, Any]:
    """A module's parameters, or a mapping, as a dict."""
    if source is None:
        return {}
    if hasattr(source, "named_parameters"):
        source = source.named_parameters()
    try:
        return dict(source)
    except (TypeError, ValueError):
        raise ArgumentError(
            f"draw_dot with {argument}={type(source).__name__}",
            "neither a module nor names with their tensors",
            f"pass {argument}=model" if argument == "params" else "pass names=locals()",
        ) from None


def _values(
    nodes: Sequence[Node],
    top: Node,
    again: Replay,
    names: Mapping[Node, str],
    numbers: dict[Node, str],
    show: Sequence[str],
) -> list[_Value]:
    """The boxes, oldest first."""
    for node in [node for node in numbers if names[node] != f"v{node.age}"]:
        del numbers[node]  # somebody gave it a name, so it is more than a number
    called = any(isinstance(n, Leaf) and n.wants and n.grad is not None for n in nodes)
    values = []
    for node in nodes:
        if node in numbers:
            continue
        words, expression = None, ""
        if not isinstance(node, Leaf):
            given = [numbers.get(source, "") for source in node.inputs]
            inputs = [names[source] for source in node.inputs]
            words = words_of(node, inputs, names[node], given)
            read = [number or name for number, name in zip(given, inputs, strict=True)]
            expression = expression_of(node, read)
        array, gradient = again.values.get(node), again.gradients.get(node)
        state = ""
        if gradient is None:
            wanted = node.wants
            late = called and not isinstance(node, Leaf)
            state = (NOT_KEPT if late else NOT_YET) if wanted else NOT_WANTED
        values.append(
            _Value(
                node,
                names[node],
                _kind(node, top),
                words,
                tuple(source for source in node.inputs if source not in numbers),
                summary_of(array) if array is not None and "data" in show else None,
                summary_of(gradient) if gradient is not None and "grad" in show else None,
                state,
                expression,
            )
        )
    return values


def _kind(node: Node, top: Node) -> str:
    if isinstance(node, Leaf):
        return "param" if node.wants else "input"
    return "output" if node is top else "value"


def _notes(again: Replay, values: Sequence[_Value]) -> list[str]:
    """What a reader must know before believing the numbers, a line each."""
    names = {value.node: value.name for value in values}
    notes = []
    if again.changed:
        leaves = _list_of(again.changed, names, "leaf", "leaves")
        its = "its new contents" if len(again.changed) == 1 else "their new contents"
        notes.append(f"{leaves} changed after this graph was made: values are replayed with {its}")
    if again.odd:
        listed = _list_of(again.odd, names, "leaf", "leaves")
        notes.append(
            f"the gradient of {listed} is not this graph's alone (another backward() added to it, "
            "or began elsewhere): inner gradients are left out"
        )
    for node, error in again.failures[:3]:
        reason = plain(str(error).splitlines()[0] if str(error) else type(error).__name__)
        notes.append(f"{names[node]} ({node.op.name}) could not be computed again: {reason}")
    return notes


def _list_of(leaves: Sequence[Node], names: Mapping[Node, str], one: str, many: str) -> str:
    shown = [names.get(leaf, f"v{leaf.age}") for leaf in leaves[:3]]
    rest = len(leaves) - len(shown)
    if rest:
        return f"{many} {', '.join(shown)} and {rest} more"
    if len(shown) == 1:
        return f"{one} {shown[0]}"
    return f"{many} {', '.join(shown[:-1])} and {shown[-1]}"


def _listing(values: Sequence[_Value], heading: str, notes: Sequence[str], precision: int) -> str:
    """The graph as text, a line for each value."""
    lines = [heading] * bool(heading) + list(notes)
    for value in values:
        node = value.node
        words = [
            f"{value.name} = {value.expression or value.kind}",
            f"{_shape_text(node.shape)} {node.dtype}",
        ]
        if value.data is not None:
            words.append("data " + " ".join(value_lines(value.data, precision)))
        if value.grad is not None:
            words.append("grad " + " ".join(gradient_lines(value.grad, precision)))
        elif value.grad_state != NOT_WANTED:
            words.append(f"grad: {value.grad_state}")
        lines.append("   ".join(words))
    return "\n".join(lines)


def _shape_text(shape: Sequence[int]) -> str:
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})" if shape else "scalar"


# ---- Graphviz' language --------------------------------------------------------------------------


def _opening(rankdir: str, look: _Look, heading: str, notes: Sequence[str]) -> list[str]:
    theme = look.theme
    label = stacked(
        [styled(heading, size=15, bold=True)]
        + [styled(note, size=11, colour=theme.backward) for note in notes]
    )
    gaps = "nodesep=0.22, ranksep=0.3" if rankdir in ("LR", "RL") else "nodesep=0.3, ranksep=0.34"
    font, grey = 'fontname="Helvetica"', theme.secondary
    lines = [
        f'  graph [id="graph", rankdir={rankdir}, {gaps}, pad=0.15, bgcolor="{theme.background}"];',
        f'  graph [{font}, fontcolor="{theme.text}", labelloc=t, labeljust=l];',
        f'  node [{font}, fontsize=11, fontcolor="{theme.text}", color="{grey}"];',
        f'  edge [{font}, fontsize=9, fontcolor="{grey}", color="{grey}", arrowsize=0.6];',
    ]
    if label:
        lines.append(f"  label=<{label}>;")
    return lines


def _body(
    values: Sequence[_Value], look: _Look
) -> tuple[list[str], list[DrawnNode], list[DrawnEdge]]:
    """The lines of the nodes and the arrows, and the same as data."""
    lines: list[str] = []
    drawn: list[DrawnNode] = []
    edges: list[DrawnEdge] = []
    ids: dict[Node, str] = {}
    # What was computed goes on in a straight line; a leaf that one operation reads stands aside.
    readers = Counter(source for value in values for source in value.inputs)

    def arrow(tail: str, head: str, label: str = "", straight: bool = True) -> None:
        inside = styled(label)
        words = f", label=<&nbsp;{inside}&nbsp;>" if inside else ""
        words += ", weight=8" if straight else ""
        lines.append(f'  {tail} -> {head} [id="e{len(edges)}"{words}];')
        edges.append(DrawnEdge(tail, head, label))

    for value in values:
        node, words = value.node, value.words
        target = ""
        if words is not None and not look.compact:
            target = f"n{len(drawn)}"
            lines.append(_ellipse(target, words, look))
            made = (node.op.name, tuple(node.shape), str(node.dtype))
            drawn.append(DrawnNode(target, "op", words.symbol, node.age, *made))
        box = ids[node] = f"n{len(drawn)}"
        lines.append(_box(box, value, look))
        drawn.append(_drawn(box, value))
        for source, label in _sources(value):
            aside = isinstance(source, Leaf) and readers[source] == 1
            arrow(ids[source], target or box, label, not aside)
        if target:
            arrow(target, box)
    return lines, drawn, edges


def _drawn(id: str, value: _Value) -> DrawnNode:
    node = value.node
    op = "" if isinstance(node, Leaf) else node.op.name
    return DrawnNode(
        id, value.kind, value.name, node.age, op, tuple(node.shape), str(node.dtype), value.data,
        value.grad, value.grad_state,
    )  # fmt: skip


def _sources(value: _Value) -> list[tuple[Node, str]]:
    """What the operation read, each with the words beside its arrow."""
    node, words = value.node, value.words
    if words is None:
        return []
    letters = words.letters or ("",) * len(node.inputs)
    found = []
    for source, letter in zip(node.inputs, letters, strict=True):
        if source not in value.inputs:
            continue
        label = letter
        if isinstance(node.op, Elementwise) and source.shape != node.shape:
            spread = f"{_shape_text(source.shape)} ⇢ {_shape_text(node.shape)}"
            label = f"{letter}: {spread}" if letter else spread
        found.append((source, label))
    return found


def _ellipse(id: str, words: Words, look: _Look) -> str:
    theme = look.theme
    label = "<BR/>".join(
        filter(
            None,
            [
                styled(words.symbol, size=13, bold=True),
                look.small(words.settings),
                *(styled(rule, size=9, colour=theme.backward) for rule in words.rules),
            ],
        )
    )
    return (
        f'  {id} [id="{id}", class="op", shape=ellipse, style=filled, margin="0.02,0.01",'
        f' width=0.4, height=0.4, fillcolor="{theme.operation}", label=<{label}>];'
    )


_BORDER = {"param": 3, "input": 1, "value": 1, "output": 1.5}


def _box(id: str, value: _Value, look: _Look) -> str:
    fills = {
        "param": look.theme.parameter, "input": look.theme.input,
        "value": look.theme.intermediate, "output": look.theme.output,
    }  # fmt: skip
    shape = "filled,rounded" if value.kind == "value" else "filled"
    return (
        f'  {id} [id="{id}", class="val {value.kind}", shape=box, style="{shape}",'
        f' penwidth={_BORDER[value.kind]:g}, margin="0.05,0.03", width=0.3, height=0.3,'
        f' fillcolor="{fills[value.kind]}", label=<{_card(value, look)}>];'
    )


def _card(value: _Value, look: _Look) -> str:
    """The name, what it is, and the rows that were asked for."""
    theme, node = look.theme, value.node
    facts = [] if value.kind == "value" else [value.kind]
    if "shape" in look.show and (not look.uniform or value.kind == "output"):
        facts.append(f"{_shape_text(node.shape)} {node.dtype}")
    head = styled(value.name, size=12, bold=True, lines=True)
    lines = ["&nbsp; ".join(filter(None, [head, look.small(" ".join(facts))]))]
    if value.words is not None and look.compact:
        lines.append(styled(f"= {value.expression} {value.words.settings}", lines=True))
        lines += [styled(rule, size=9, colour=theme.backward) for rule in value.words.rules]
    if "data" in look.show:
        data = value_lines(value.data, look.precision) if value.data else ["not known"]
        lines.append(_row("data", data, look))
    if "grad" in look.show and value.grad is not None:
        lines.append(_row("grad", gradient_lines(value.grad, look.precision), look))
    elif "grad" in look.show:
        lines.append(look.small(f"grad: {value.grad_state}"))
    return table(lines)


# In Helvetica, and in what stands in for it, nine spaces are as wide as the word and the gap. (A
# table of two columns would pull them apart wherever the name above is wider than both.)
_INDENT = '<FONT POINT-SIZE="9">' + "&nbsp;" * 9 + "</FONT>"


def _row(word: str, texts: Sequence[str], look: _Look) -> str:
    """A small word and what it says, the following lines below its beginning."""
    return stacked(
        (_INDENT if place else look.small(word) + "&nbsp; ") + styled(text)
        for place, text in enumerate(texts)
    )
