"""Drawings as pictures: formats, files, notebooks."""

import re
from base64 import b64decode
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from drawings import hide_engines, leaf, micrograd_example, pictures, small_network

from tinygradx.draw import draw_dot
from tinygradx.draw import drawing as drawing_module
from tinygradx.errors import ArgumentError


@pictures
@pytest.mark.parametrize(
    ("format", "beginning"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_formats(format: str, beginning: bytes) -> None:
    loss, params = small_network()
    drawing = draw_dot(loss, format, params=params)
    assert drawing.pipe().startswith(beginning)


@pictures
def test_an_svg_scales_and_can_be_read_aloud() -> None:
    g, names = micrograd_example()
    root = ElementTree.fromstring(draw_dot(g, names=names, title="A & B").pipe("svg"))
    assert root.get("width") == "100%"
    assert "height" not in root.attrib
    assert re.fullmatch(r"max-width: \d+px; height: auto", root.get("style", ""))
    assert len(root.get("viewBox", "").split()) == 4
    assert root.get("role") == "img"
    assert root.get("aria-label") == "A & B"
    titles = [e.text for e in root.iter() if e.tag.endswith("title")]
    assert titles[0] == "A & B"
    assert f"a: param, scalar, float32, number {names['a'].node.age}" in titles
    assert "operation tanh" not in titles
    assert "a to +" in titles
    assert not [title for title in titles if re.fullmatch(r"n\d+.*", title or "")]


@pictures
def test_two_drawings_on_one_page_share_no_id() -> None:
    drawing = draw_dot(leaf(1.0) * leaf(2.0))
    ids = [
        re.findall(r' id="([^"]*)"', drawing._repr_mimebundle_()["image/svg+xml"]) for _ in range(2)
    ]
    assert len(ids[0]) == len(set(ids[0])) > 4
    assert not set(ids[0]) & set(ids[1])


@pictures
def test_save_chooses_the_format_by_the_ending(tmp_path: Path) -> None:
    drawing = draw_dot(leaf(2.0) * 3)
    for ending, beginning in [
        (".svg", b"<svg"), (".png", b"\x89PNG"), (".pdf", b"%PDF"), (".DOT", b"digraph"),
        (".gv", b"digraph"),
    ]:  # fmt: skip
        path = drawing.save(tmp_path / f"graph{ending}")
        assert isinstance(path, Path)
        assert path.read_bytes().startswith(beginning)
    assert len(list(tmp_path.iterdir())) == 5
    for name in ("graph", "graph.docx"):
        with pytest.raises(ArgumentError, match="save a drawing"):
            drawing.save(tmp_path / name)


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = draw_dot(leaf(2.0) * 3)
    path = drawing.save(tmp_path / "graph.dot")
    old = path.read_bytes()

    def fail(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(drawing_module.os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        draw_dot(leaf(2.0).tanh()).save(path)
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["graph.dot"]


@pytest.mark.parametrize("write", ["save", "render"])
def test_a_folder_that_is_not_there_is_named(tmp_path: Path, write: str) -> None:
    drawing = draw_dot(leaf(2.0) * 3)
    target = tmp_path / "nope" / "x.svg"
    with pytest.raises(ArgumentError) as caught:
        getattr(drawing, write)(target)
    assert str(target) in caught.value.asked
    assert caught.value.got == f"no folder {str(target.parent)!r}"
    assert "make the folder first" in caught.value.do
    target.parent.write_text("a file", encoding="utf-8")
    with pytest.raises(ArgumentError, match="nope' is no folder"):
        getattr(drawing, write)(target)


def test_a_file_that_cannot_be_written_is_named_and_not_the_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "graph.dot").mkdir()
    with pytest.raises(OSError, match=r"graph\.dot'$") as caught:
        draw_dot(leaf(2.0) * 3).save(tmp_path / "graph.dot")
    assert caught.value.filename == str(tmp_path / "graph.dot")
    assert [p.name for p in tmp_path.iterdir()] == ["graph.dot"]


@pictures
def test_render_does_as_the_graphviz_package(tmp_path: Path) -> None:
    drawing = draw_dot(leaf(2.0) * 3)
    assert drawing.render(tmp_path / "gout") == str(tmp_path / "gout.svg")
    assert (tmp_path / "gout").read_text(encoding="utf-8") == drawing.source
    assert drawing.render(tmp_path / "clean", format="png", cleanup=True).endswith("clean.png")
    assert not (tmp_path / "clean").exists()
    assert drawing.render(tmp_path / "own.png") == str(tmp_path / "own.png")
    assert (tmp_path / "own.png").read_bytes().startswith(b"\x89PNG")


@pictures
def test_a_notebook_gets_the_picture() -> None:
    drawing = draw_dot(leaf(2.0) * 3, "png")
    pixels = b64decode(drawing._repr_mimebundle_()["image/png"], validate=True)
    assert pixels.startswith(b"\x89PNG")
    assert drawing._repr_mimebundle_()["text/plain"] == str(drawing)


def test_a_notebook_without_a_renderer_gets_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    hide_engines(monkeypatch)
    x = leaf(2.0)
    bundle = draw_dot(x * 3, names={"x": x})._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert "v1 = x × 3" in bundle["text/plain"]
    assert "└─ x         param" in bundle["text/plain"]
    assert "pip install 'tinygradx[viz]'" in bundle["text/plain"]


def test_showing_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> bytes:
        raise ZeroDivisionError("something odd")

    monkeypatch.setattr(drawing_module, "render_dot", fail)
    bundle = draw_dot(leaf(2.0) * 3)._repr_mimebundle_()
    assert "something odd" in bundle["text/plain"]
    assert len(bundle) == 1


def test_a_drawing_in_words() -> None:
    x = leaf([1.0, 2.0])
    y = x.tanh().sum()
    y.backward()
    drawing = draw_dot(y, names={"x": x, "y": y}, title="Words", precision=3)
    assert str(drawing).splitlines() == [
        "Words",
        "y = sum(v1)       output  scalar float32  data 1.726           grad 1.000           ↩1",
        "└─ v1 = tanh(x)           (2,)            data [0.762, 0.964]  grad [1.000, 1.000]  ↩2",
        "   └─ x           param   (2,)            data [1.000, 2.000]  grad [0.420, 0.071]  ↩3",
    ]
    assert repr(drawing).startswith("<Drawing of 3 values")
