"""What a drawing says of each value: its name, what it is, its numbers, and how they came about.

Pictures and text trees are both written from this, so they use the same words. The numbers come
from `replay`, the words of operations from `rules`. It knows neither Graphviz nor terminals.
"""

from __future__ import annotations

import difflib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tinygradx.draw.flags import activation_flags, gradient_flags
from tinygradx.draw.labels import plain
from tinygradx.draw.numbers import Summary, gradient_lines, summary_of, value_lines
from tinygradx.draw.replay import Replay, is_overwriting, oldest_first, replay
from tinygradx.draw.rules import Words, expression_of, words_of
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import Cell, Handle, Leaf, Node, readable
from tinygradx.ops.elementwise import Elementwise

ROWS = ("data", "grad", "shape")

NOT_YET = "not computed yet"
NOT_WANTED = "none (requires_grad=False)"
FREED = "freed"
NOT_KNOWN = "not computed, or not kept"


@dataclass
class Value:
    """All that is said about one value, and the operation behind it.

    Attributes
    ----------
    node : Node
        The value in the user's graph.
    name : str
        What it is called.
    kind : {"param", "input", "value", "output"}
        What it is.
    words : Words or None
        The operation in words; None for a leaf.
    expression : str
        The operation in one line of text, such as `a × b`; empty for a leaf.
    inputs : tuple of Node
        What the operation read, without bare numbers.
    data, grad : Summary or None
        The numbers, where there are any to show.
    grad_state : str
        In words why there is no gradient; empty when there is one.
    order : int
        When `backward()` comes by, counted from 1; 0 if it does not.
    uses : int
        How many shares its gradient is the sum of.
    changed : bool
        Whether a leaf was written after something had read it.
    saved : str
        What the operation keeps for the way back, such as `x, w, 4.1 kB`; empty for nothing.
    data_flags, grad_flags : tuple of str
        What to beware of, such as `dead 63 %`, and `vanishing`.
    """

    node: Node
    name: str
    kind: str
    words: Words | None
    expression: str
    inputs: tuple[Node, ...]
    data: Summary | None
    grad: Summary | None
    grad_state: str
    order: int
    uses: int
    changed: bool
    saved: str
    data_flags: tuple[str, ...]
    grad_flags: tuple[str, ...]

    @property
    def shape(self) -> str:
        """The shape as Python writes it; "scalar" for a single number."""
        return shape_text(self.node.shape)

    @property
    def marks(self) -> str:
        """Its place in the backward order, and how many shares meet in its gradient."""
        words = [f"↩{self.order}" * bool(self.order), f"Σ {self.uses}" * (self.uses > 1)]
        return " ".join(filter(None, words))

    @property
    def where(self) -> str:
        """The user's line that made it, without folders; empty when it is not known."""
        if self.node.where is None:
            return ""
        return plain(os.path.basename(readable(self.node.where)))

    def data_lines(self, precision: int) -> list[str]:
        """What is said of the data."""
        if self.data is None:
            return ["not known"]
        return value_lines(self.data, precision) + _one_line(self.data_flags)

    def grad_lines(self, precision: int) -> list[str]:
        """What is said of the gradient."""
        if self.grad is None:
            return [self.grad_state]
        return gradient_lines(self.grad, precision) + _one_line(self.grad_flags)


class Seen(NamedTuple):
    """A graph, looked at.

    Attributes
    ----------
    values : list of Value
        Oldest first; the last is the output.
    notes : list of str
        What a reader must know before believing the numbers, a line each.
    """

    values: list[Value]
    notes: list[str]


def _one_line(flags: Sequence[str]) -> list[str]:
    """Flags on a line of their own, if there are any."""
    return [", ".join(flags)] * bool(flags)


def shape_text(shape: Sequence[int]) -> str:
    """A shape as Python writes it; "scalar" for none."""
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})" if shape else "scalar"


# ---- arguments -----------------------------------------------------------------------------------


def check(asked: str, argument: str, value: Any, known: Sequence[str]) -> None:
    """Refuse a word that is not one of those known."""
    if value not in known:
        raise ArgumentError(
            f"{asked} with {argument}={value!r:.60}", "a value that is not known here",
            f"use one of {', '.join(map(repr, known))}",
        )  # fmt: skip


def check_unknown(asked: str, unknown: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse keywords that a function does not have, with the nearest one that it has."""
    for name in unknown:
        near = difflib.get_close_matches(name, known, 1, cutoff=0.5)
        listed = f"it has {', '.join(known)}"
        raise DtypeError(
            f"{asked} with {name}=", "no argument of that name",
            f"did you mean {near[0]}=? {listed}" if near else listed,
        )  # fmt: skip


def check_show(asked: str, show: str | Sequence[str]) -> tuple[str, ...]:
    """The rows that were asked for, each of them known."""
    rows = (show,) if isinstance(show, str) else tuple(show)
    for row in rows:
        check(asked, "show", row, ROWS)
    return rows


def check_count(asked: str, argument: str, value: Any, least: int) -> None:
    """Refuse what is no whole number of at least `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ArgumentError(
            f"{asked} with {argument}={value!r:.60}", f"not a whole number from {least} on",
            f"pass one, such as {argument}={max(least, 4)}",
        )  # fmt: skip


# ---- looking -------------------------------------------------------------------------------------


def look_at(
    root: Handle,
    params: Any,
    names: Mapping[str, Any] | None,
    show: Sequence[str],
    max_nodes: int,
    asked: str,
) -> Seen:
    """Everything there is to say about the graph behind a root.

    Parameters
    ----------
    root : Tensor
        The output.
    params : Module, dict or None
        Where parameters have their names from.
    names : dict, optional
        Names of any tensors.
    show : sequence of str
        Which of "data" and "grad" are wanted at all.
    max_nodes : int
        Refuse graphs of more values than this.
    asked : str
        The name of the function that was called, for errors.
    """
    if not isinstance(root, Handle):
        does = "pass a Tensor, such as the loss"
        if hasattr(root, "named_parameters"):
            does = "run it first: model.draw(x), or draw_dot(model(x), params=model)"
        raise DtypeError(f"{asked} of a {type(root).__name__}", f"{root!r:.60}", does)
    check_count(asked, "max_nodes", max_nodes, 1)
    # A tensor that no recorded operation made has no node; the one made here is not left behind.
    top = root.node or Leaf(root.array, root.cell, False)
    nodes = oldest_first(top, max_nodes, asked)
    again = replay(nodes, root, "grad" in show)
    given = _given_names(nodes, root, params, names, asked)
    numbers = _bare_numbers(nodes, given)
    called = _names_of(nodes, given, numbers)
    values = _values(nodes, top, again, called, numbers, show, type(root).result_class)
    return Seen(values, _notes(again, called))


def _values(
    nodes: Sequence[Node],
    top: Node,
    again: Replay,
    names: Mapping[Node, str],
    numbers: Mapping[Node, str],
    show: Sequence[str],
    made: type[Handle],
) -> list[Value]:
    """The values, oldest first."""
    wanting = [node for node in reversed(nodes) if node.wants]
    order = {node: place for place, node in enumerate(wanting, 1)}
    uses = Counter(source for node in nodes for source in node.inputs if source.wants)
    passed = _passed(nodes)
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
            state = _state(node, node in passed, called)
        kind = _kind(node, top)
        data = summary_of(array) if array is not None and "data" in show else None
        grad = summary_of(gradient) if gradient is not None and "grad" in show else None
        values.append(
            Value(
                node,
                names[node],
                kind,
                words,
                expression,
                tuple(source for source in node.inputs if source not in numbers),
                data,
                grad,
                state,
                order.get(node, 0),
                uses[node],
                node in again.changed,
                _saved(node, names),
                activation_flags(node, again.values, made) if data is not None else (),
                gradient_flags(grad) if grad is not None and kind == "param" else (),
            )
        )
    return values


def _kind(node: Node, top: Node) -> str:
    if isinstance(node, Leaf):
        return "param" if node.wants else "input"
    return "output" if node is top else "value"


def _saved(node: Node, names: Mapping[Node, str]) -> str:
    """What an operation keeps for the way back, in words."""
    if node.saved is None:
        return FREED
    kept = [
        (node if origin < 0 else node.inputs[origin], array)
        for array, origin in zip(node.saved, node.op.origins if node.saved else (), strict=True)
        if hasattr(array, "nbytes")  # and is neither None nor a bare number
    ]
    if not kept:
        return ""
    listed = ", ".join(dict.fromkeys(names[source] for source, _ in kept))
    return f"{listed}, {_bytes_text(sum(array.nbytes for _, array in kept))}"


def _bytes_text(count: int) -> str:
    """A number of bytes in three digits or so."""
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.3g} {unit}"


def _passed(nodes: Sequence[Node]) -> set[Node]:
    """Values that a `backward()` has come by: it dropped what was saved behind them.

    An operation that saves nothing proves nothing; it is believed to have gone with the others.
    """
    proofs = [node.saved is None for node in nodes if node.saved != ()]
    if proofs and all(proofs):
        return {node for node in nodes if node.wants}
    passed: set[Node] = set()
    for node in reversed(nodes):
        if node.saved is None:
            passed.add(node)
        if node in passed:
            passed.update(source for source in node.inputs if source.wants)
    return passed


def _state(node: Node, passed: bool, called: bool) -> str:
    """Why there is no gradient to show."""
    if not node.wants:
        return NOT_WANTED
    if passed:  # of a leaf: it was there, and somebody set it to None
        return "none (cleared since backward())" if isinstance(node, Leaf) else FREED
    return NOT_KNOWN if called and not isinstance(node, Leaf) else NOT_YET


def _notes(again: Replay, names: Mapping[Node, str]) -> list[str]:
    """What a reader must know before believing the numbers, a line each."""
    notes = []
    if again.changed:
        leaves = _list_of(again.changed, names, "leaf", "leaves")
        its = "its new contents" if len(again.changed) == 1 else "their new contents"
        notes.append(
            f"{leaves} changed after this graph was made: values are replayed with {its}; "
            "draw before optimizer.step() to see the old"
        )
    if again.odd:
        listed = _list_of(again.odd, names, "leaf", "leaves")
        notes.append(
            f"the gradient of {listed} is not this graph's alone (another backward() added to it, "
            "or began elsewhere): inner gradients are left out"
        )
    for node, reason in again.failures[:3]:
        words = plain(reason)
        notes.append(f"{names[node]} ({node.op.name}) could not be computed again: {words}")
    return notes


def _list_of(leaves: Sequence[Node], names: Mapping[Node, str], one: str, many: str) -> str:
    shown = [names[leaf] for leaf in leaves[:3]]
    rest = len(leaves) - len(shown)
    if rest:
        return f"{many} {', '.join(shown)} and {rest} more"
    if len(shown) == 1:
        return f"{one} {shown[0]}"
    return f"{many} {', '.join(shown[:-1])} and {shown[-1]}"


# ---- names ---------------------------------------------------------------------------------------


def _given_names(
    nodes: Sequence[Node], root: Handle, params: Any, names: Mapping[str, Any] | None, asked: str
) -> dict[Node, str]:
    """The names that somebody gave: in `params`, in `names`, or to the leaf itself."""
    found: dict[Node, str] = {}
    memory: dict[Cell, str] = {}
    given = list(_named(params, "params", asked).items())
    for name, value in _named(names, "names", asked).items():
        if str(name)[:1] == "_":  # a notebook's own names for what it printed: _, __ and _12
            continue
        given.append((name, value))
        if hasattr(type(value), "named_parameters"):  # a model among the local variables
            given += [(f"{name}.{path}", one) for path, one in value.named_parameters()]
    for name, value in given:
        if isinstance(value, Handle):
            memory.setdefault(value.cell, plain(name))
            node = nodes[-1] if value is root else value.node
            if node is not None:
                found.setdefault(node, plain(name))
    if root.node is None:  # its node was made for the drawing
        found[nodes[-1]] = found.get(nodes[-1]) or "tensor"
    overwritten = {s for node in nodes for s in node.inputs if is_overwriting(node, s)}
    for node in nodes:
        if isinstance(node, Leaf):
            own = plain(node.name or "")
            base = memory.get(node.cell)
            if base and not own:  # such as x.T of a tensor x that wants no gradient
                own = f"{base} before" if node in overwritten else f"view of {base}"
            found[node] = found.get(node) or own
    return {node: name for node, name in found.items() if name}


def _bare_numbers(nodes: Sequence[Node], given: Mapping[Node, str]) -> dict[Node, str]:
    """Leaves that are a number in a formula, such as the 2 of `2 * x`: no box is drawn for them."""
    bare: dict[Node, str] = {
        node: f"{node.array.item():.6g}".replace("-", "−")
        for node in nodes
        if isinstance(node, Leaf) and not node.wants and node.shape == () and node not in given
    }
    for node in nodes:
        if not isinstance(node.op, Elementwise):
            for source in node.inputs:
                bare.pop(source, None)
    bare.pop(nodes[-1], None)
    return bare


def _names_of(
    nodes: Sequence[Node], given: Mapping[Node, str], numbers: Mapping[Node, str]
) -> dict[Node, str]:
    """The name of every node; what has none is v1, v2 and so on, oldest first.

    The numbers count within the drawing, since birth numbers grow to five digits in a minute of
    training; a title (under the pointer) and `DrawnNode.age` say the birth number.
    """
    taken = set(given.values())
    found: dict[Node, str] = {}
    count = 0
    for node in nodes:
        name = given.get(node) or numbers.get(node)
        while not name:
            count += 1
            name = f"v{count}" if f"v{count}" not in taken else ""
        found[node] = name
    return found


def _named(source: Any, argument: str, asked: str) -> dict[Any, Any]:
    """A module's parameters, or a mapping, as a dict."""
    if source is None:
        return {}
    if hasattr(source, "named_parameters"):
        source = source.named_parameters()
    try:
        return dict(source)
    except (TypeError, ValueError):
        raise ArgumentError(
            f"{asked} with {argument}={type(source).__name__}",
            "neither a module nor names with their tensors",
            f"pass {argument}=model" if argument == "params" else "pass names=locals()",
        ) from None
