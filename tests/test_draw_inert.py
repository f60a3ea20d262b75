"""Drawings touch nothing, keep nothing, and are nothing but text and shapes, whatever the names."""

import gc
import os
import re
import subprocess
import sys
import weakref
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from drawings import (
    ROOT,
    by_name,
    leaf,
    pictures,
    texts_of,
)

import tinygradx as tgx
from tinygradx import nn
from tinygradx.draw import Drawing, draw_dot, print_graph
from tinygradx.draw.labels import LONGEST, escape, plain, stacked, styled
from tinygradx.draw.theme import THEMES, Theme, contrast
from tinygradx.graph import Leaf, Node, Op


def step() -> tuple[Any, Any, Any]:
    """A model in training, a loss with every kind of operation, and the parameters' names."""
    tgx.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.GELU(), nn.Linear(6, 3))
    x, t = tgx.randn(8, 4), tgx.randint(0, 3, (8,))
    hidden = nn.functional.dropout(model(x), 0.25)
    buffer = tgx.zeros(8, 3)
    buffer[:4] = hidden[4:]
    total = hidden.softmax(1) + buffer
    return model, nn.functional.cross_entropy(total, t) + (x.T @ hidden).abs().mean(), x


def graph_of(root: Any) -> list[Node]:
    seen, stack = {root.node}, [root.node]
    while stack:
        for node in stack.pop().inputs:
            if node not in seen:
                seen.add(node)
                stack.append(node)
    return sorted(seen, key=lambda node: node.age)


def everything(root: Any) -> list[Any]:
    """All that a graph holds, by identity and by content."""
    facts: list[Any] = []
    for node in graph_of(root):
        saved = node.saved
        facts += [id(node), node.age, node.op, node.params, node.where, id(node.cell)]
        facts += [node.cell.version, node.cell.written, tuple(map(id, node.inputs))]
        facts += [None if saved is None else [(id(a), _bytes(a)) for a in saved]]
        if isinstance(node, Leaf):
            grad = node.grad
            facts += [id(node.array), _bytes(node.array), node.name, node.wants, id(grad)]
            facts += [None if grad is None else (id(grad.array), _bytes(grad.array))]
    return facts


def _bytes(array: Any) -> Any:
    return array.tobytes() if isinstance(array, np.ndarray) else repr(array)


# ---- nothing is changed, and nothing kept --------------------------------------------------------


@pytest.mark.parametrize("when", ["before backward", "after", "retained", "after a step"])
def test_nothing_in_a_graph_is_changed(when: str) -> None:
    model, loss, x = step()
    if when != "before backward":
        loss.backward(retain_graph=when == "retained")
    if when == "after a step":
        tgx.optim.SGD(model.parameters(), lr=0.1).step()
    before, random = everything(loss), tgx.default_generator.get_state().tolist()
    for look in ({}, {"theme": "dark", "style": "compact"}, {"show": ()}):
        draw_dot(loss, params=model, names={"x": x}, **look)  # type: ignore[arg-type]
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        print_graph(loss, file=nowhere)
    assert everything(loss) == before
    assert tgx.default_generator.get_state().tolist() == random
    if when in ("before backward", "retained"):
        loss.backward()  # would fail, had something that was saved been dropped


def test_the_check_notices_a_change() -> None:
    model, loss, _ = step()
    before = everything(loss)
    with tgx.no_grad():
        model[0].weight += 1.0
    assert everything(loss) != before


@pytest.mark.parametrize("swept", [False, True])
def test_nothing_is_kept_alive_without_the_garbage_collector(swept: bool) -> None:
    gc.collect()
    gc.disable()
    try:
        model, loss, x = step()
        if swept:
            loss.backward()
        watched = [weakref.ref(node) for node in graph_of(loss)]
        watched += [weakref.ref(loss), weakref.ref(x), weakref.ref(model[0].weight)]
        drawing = draw_dot(loss, params=model, names={"x": x})
        text = drawing.text
        del model, loss, x
        assert [watch() for watch in watched] == [None] * len(watched)
        assert "0.weight" in text
    finally:
        gc.enable()


def test_a_failed_replay_keeps_nothing_alive_either() -> None:
    gc.collect()
    gc.disable()
    try:
        x = leaf(2.0)
        y = x.exp()

        class Refusing(Op):
            name = "refusing"

            def replay(self, node: Any, handles: Any) -> Any:
                raise ZeroDivisionError("never again")

        top = tgx.tensor(0.0)
        top.node = Node(Refusing(), (y.node,), (), (), 10**9, None, (), y.dtype, top.cell)
        watched = [weakref.ref(y.node), weakref.ref(top.node), weakref.ref(x)]
        drawing = draw_dot(top)
        assert "could not be computed again: never again" in drawing.text
        del x, y, top
        assert [watch() for watch in watched] == [None] * len(watched)
    finally:
        gc.enable()


def test_a_graph_that_backward_freed_is_drawn_whole() -> None:
    model, loss, _ = step()
    before = draw_dot(loss, params=model)
    loss.backward()
    assert any(node.saved is None for node in graph_of(loss))
    after = draw_dot(loss, params=model)
    assert [node.data for node in after.nodes] == [node.data for node in before.nodes]
    assert all(node.grad is not None for node in after.nodes if node.order)


def test_two_processes_write_the_same_bytes() -> None:
    code = (
        "import sys, tinygradx as tgx\n"
        "sys.path.insert(0, 'tests')\n"
        "for _ in range(int(sys.argv[1])): tgx.tensor(1.0, requires_grad=True) * 2\n"
        "from test_draw_inert import step\n"
        "model, loss, x = step()\n"
        "loss.backward()\n"
        "drawing = tgx.draw_dot(loss, params=model, names={'x': x})\n"
        "sys.stdout.buffer.write((drawing.source + drawing.text).encode())\n"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code, births], cwd=ROOT, capture_output=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed, births in (("1", "0"), ("4242", "777"))
    ]  # fmt: skip
    assert outputs[0] == outputs[1]
    assert b"0.weight" in outputs[0]


# ---- only text and shapes ------------------------------------------------------------------------

#: All that may be in a picture; everything else is a hole.
KNOWN = {
    "svg": {"viewBox", "width", "style", "role", "aria-label", "class"},
    "style": set(), "title": set(), "desc": set(),
    "g": {"id", "class", "transform"},
    "text": {"{http://www.w3.org/XML/1998/namespace}space", "text-anchor", "x", "y", "font-family",
             "font-size", "font-weight", "fill", "class"},
    "polygon": {"points", "fill", "stroke", "stroke-width", "stroke-dasharray", "class"},
    "path": {"d", "fill", "stroke", "stroke-width", "stroke-dasharray", "class"},
    "ellipse": {"cx", "cy", "rx", "ry", "fill", "stroke", "class"},
}  # fmt: skip

#: A name, and what is seen of it.
NAMES = {
    "<lambda>": "<lambda>", "a|b{c}": "a|b{c}", r"C:\new": r"C:\new", "fc1:weight": "fc1:weight",
    '"><script>alert(1)</script>': '"><script>alert(1)</script>', "权重": "权重",
    "\x00\x1b[31m\x7fx\x9b": "[31mx", r"\N\G\L\n\l\r": r"\N\G\L\n\l\r", "&amp;": "&amp;",
    "&#60;b&#62;": "&#60;b&#62;", "two\nlines": "two lines", "\u200f\u202eright": "right",
    "</title></svg><svg onload=alert(1)>": "</title></svg><svg onload=alert(1)>",
    "]]></style><script>": "]]></style><script>", "url(javascript:alert(1))":
    "url(javascript:alert(1))", "a" * 10_000: "a" * 36, '" onmouseover="alert(1)':
    '" onmouseover="alert(1)', "%s{}": "%s{}", "-->": "-->", "$(id)`id`": "$(id)`id`",
    "שלום": "שלום", "e\u0301": "e\u0301",
}  # fmt: skip


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


@pictures
@pytest.mark.parametrize("style", ["micrograd", "compact"])
@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_hostile_names_are_text_and_nothing_else(style: str, theme: str) -> None:
    leaves = [leaf(float(i)) for i in range(len(NAMES))]
    total = leaves[0] * 1
    for x in leaves[1:]:
        total = total * x  # which keeps both
    names = dict(zip(NAMES, leaves, strict=True))
    hostile = '</title><script>alert("title")</script>'
    drawing = draw_dot(total, names=names, style=style, theme=theme, title=hostile, saved=True)
    root = ElementTree.fromstring(drawing.pipe("svg"))
    for element in root.iter():
        tag = local(element.tag)
        assert set(element.attrib) <= KNOWN[tag], (tag, element.attrib)
        if tag == "style":
            assert "<" not in (element.text or "")
            assert "alert" not in (element.text or "")
        for attribute, value in element.attrib.items():
            if attribute != "aria-label":
                assert "alert" not in value
                assert not re.search(r"url|javascript|expression", value)
    shown = {element.text for element in root.iter() if local(element.tag) == "text"}
    assert set(NAMES.values()) <= shown, set(NAMES.values()) - shown
    assert hostile in shown


@pictures
def test_names_of_nothing_get_a_number() -> None:
    empty = ["", " ", "\n\t", "\x00", "\u200f\u202e", "\ud800"]
    leaves = [leaf(float(i)) for i in range(len(empty))]
    total = leaves[0] * 1
    for x in leaves[1:]:
        total = total + x
    drawing = draw_dot(total, names=dict(zip(empty, leaves, strict=True)))
    named = [node.name for node in drawing.nodes if node.kind == "param"]
    assert len(set(named)) == len(empty)
    assert all(re.fullmatch(r"v\d+", name) for name in named)
    assert not re.search(r"<(FONT|B|I|TD|TR|TABLE)[^<>]*></", drawing.source)
    ElementTree.fromstring(drawing.pipe("svg"))


# ---- colours -------------------------------------------------------------------------------------


@pictures
def test_an_automatic_picture_has_a_role_for_every_colour() -> None:
    model, loss, x = step()
    with tgx.no_grad():
        x += 1.0  # for a note
    drawing = draw_dot(loss, params=model, names={"x": x}, saved=True)
    root = ElementTree.fromstring(drawing.pipe("svg"))
    (sheet,) = [element for element in root.iter() if local(element.tag) == "style"]
    assert root.get("class") == "tgx-auto"
    rules = sheet.text or ""
    assert rules.count("@media (prefers-color-scheme: dark)") == 1
    light, dark = (
        _variables(rules, pattern) for pattern in (r"^\.tgx-auto", r"@media[^{]*\{\.tgx-auto")
    )
    assert light == dict(zip(Theme._fields, THEMES["light"], strict=True))
    assert dark == dict(zip(Theme._fields, THEMES["dark"], strict=True))
    roles = set()
    for element in root.iter():
        for attribute, kind in (("fill", "fill"), ("stroke", "line")):
            colour = element.get(attribute, "none")
            if colour in ("none", "transparent"):
                continue
            (role,) = re.findall(rf"tgx-{kind}-(\w+)", element.get("class", ""))
            assert light[role].lower() == colour.lower()
            assert f".tgx-auto .tgx-{kind}-{role}{{" in rules
            roles.add(role)
    assert roles == set(Theme._fields)


def _variables(rules: str, pattern: str) -> dict[str, str]:
    block = re.search(pattern + r"\{([^}]*)\}", rules, re.MULTILINE)
    assert block
    return dict(re.findall(r"--tgx-(\w+):(#\w+);", block[1]))


@pictures
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_that_was_chosen_has_no_style_sheet(theme: str) -> None:
    picture = draw_dot(leaf(2.0) * 3, theme=theme).pipe("svg").decode()
    assert "<style" not in picture
    assert "tgx-fill" not in picture
    assert THEMES[theme].parameter.lower() in picture


@pictures
def test_pixels_are_light_unless_dark_is_asked_for() -> None:
    y = leaf(2.0) * 3
    assert draw_dot(y).source == draw_dot(y, theme="light").source
    assert draw_dot(y).pipe("png") == draw_dot(y, theme="light").pipe("png")
    assert draw_dot(y).pipe("png") != draw_dot(y, theme="dark").pipe("png")


@pictures
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_in_a_picture_can_be_read_where_it_stands(theme: str) -> None:
    """Every text against the fill of the very shape around it, as drawn."""
    model, loss, x = step()
    drawing = draw_dot(loss, params=model, names={"x": x}, theme=theme, saved=True)
    root = ElementTree.fromstring(drawing.pipe("svg"))
    ground = THEMES[theme].background
    pairs = set()
    for group in root.iter():
        if local(group.tag) != "g":
            continue
        fills = [
            e.get("fill", "none") for e in group if local(e.tag) in ("polygon", "ellipse", "path")
        ]
        fill = next((f for f in fills if f not in ("none", "transparent")), ground)
        fill = ground if "edge" in group.get("class", "") else fill
        pairs |= {(e.get("fill", "#000000"), fill) for e in group if local(e.tag) == "text"}
    assert len(pairs) >= 8
    for ink, fill in pairs:
        assert contrast(ink, fill) >= 4.5, (ink, fill)


# ---- drawings are inert --------------------------------------------------------------------------

HOSTILE = [
    "<lambda>", "a|b{c}", r"C:\new", r"\N \G \E \T \L \\", '"><script>alert(1)</script>', "权重",
    "שלום", "fc1:weight", "&amp; &lt; &#x41;", "' onload='alert(1)", "]]><!--",
    "javascript:alert(1)", "a%1b", "<I></I>", "\\", '"', "->", "}", "<BR/>",
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile_picture() -> tuple[Drawing, bytes]:
    """One graph in which every hostile name is a leaf's."""
    leaves = [leaf(float(i)) for i in range(len(HOSTILE))]
    total = leaves[0] * 1
    for x in leaves[1:]:
        total = total + x
    drawing = draw_dot(total, names=dict(zip(HOSTILE, leaves, strict=True)), title=HOSTILE[4])
    return drawing, drawing.pipe("svg")


@pictures
def test_hostile_names_appear_as_text(hostile_picture: tuple[Drawing, bytes]) -> None:
    shown = texts_of(hostile_picture[1])
    for name in HOSTILE:
        assert name in shown, name


@pictures
def test_hostile_names_are_nothing_but_text(hostile_picture: tuple[Drawing, bytes]) -> None:
    _, picture = hostile_picture
    known = {"svg", "g", "title", "desc", "style", "text", "polygon", "ellipse", "path"}
    for element in ElementTree.fromstring(picture).iter():
        assert element.tag.rpartition("}")[2] in known
        for attribute, value in element.attrib.items():
            assert not attribute.rpartition("}")[2].lower().startswith("on")
            assert "href" not in attribute
            assert "javascript:" not in value or attribute == "aria-label"


@pictures
@pytest.mark.parametrize("style", ["micrograd", "compact"])
def test_names_of_any_kind_can_be_drawn(style: str) -> None:
    names = ["", " ", "\x00\x07", "\ud800", "\u202eabc", "\ufffe", "x" * 10_000, "\n\t", "é" * 300]
    leaves = [leaf(float(i)) for i in range(len(names))]
    total = leaves[0] * 1
    for x in leaves[1:]:
        total = total + x
    drawing = draw_dot(total, names=dict(zip(names, leaves, strict=True)), style=style)
    ElementTree.fromstring(drawing.pipe("svg"))
    assert all(0 < len(node.name) <= LONGEST for node in drawing.nodes)
    assert "abc" in by_name(drawing)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x1bc", "abc"), ("two\nlines\tand  more", "two lines and more"),
        ("\u202eturned", "turned"), ("x" * 201, "x" * 197 + "..."), ("x" * 200, "x" * 200),
        ("\ud800", ""), ("权重", "权重"), ("e\u0301", "e\u0301"), ("\x85\x9f", ""),
    ],
)  # fmt: skip
def test_plain_text(text: str, kept: str) -> None:
    assert plain(text) == kept


def test_no_element_is_ever_empty() -> None:
    for nothing in ("", " ", "\x00", "\u202e"):
        assert escape(nothing) == ""
        assert styled(nothing, bold=True, size=9, colour="#000000", lines=True) == ""
        assert stacked([styled(nothing), styled(nothing, bold=True)]) == ""
    assert styled("x", bold=True) == "<B>x</B>"


def test_nothing_in_the_source_can_be_empty_or_unquoted() -> None:
    source = draw_dot(leaf(1.0) * leaf(2.0), title="", names={"": leaf(1.0)}).source
    assert not re.search(r"<(FONT|B|I|TD)[^<>]*></", source)
    assert not re.search(r"0x[0-9a-f]{6}", source)  # no address
