"""From text to a picture where things are missing or broken: always an exception that helps."""

import os
import re
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from drawings import ROOT, engine, hide_engines, leaf, pictures, posix

import tinygradx as tgx
from tinygradx.draw import Drawing, _worker, draw_dot, render_dot
from tinygradx.draw import drawing as drawing_module
from tinygradx.draw import render as render_module
from tinygradx.errors import ArgumentError, RendererNotFound, RenderError

SVG = "echo '<svg>by {}</svg>'"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is searched for programs, and no other engine."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    real = render_module.shutil.which

    def only_here(name: str, path: str | None = None) -> str | None:
        return real(name, path=str(tmp_path)) if os.sep not in name else real(name)

    monkeypatch.setattr(render_module.shutil, "which", only_here)
    monkeypatch.setattr(render_module.importlib.util, "find_spec", lambda name: None)
    return tmp_path


# ---- what is here, and in which order ------------------------------------------------------------


@pictures
def test_a_fresh_environment_without_dot_draws_in_a_child(tmp_path: Path) -> None:
    code = (
        "import os, sys, tinygradx as tgx\n"
        "x = tgx.tensor(2.0, requires_grad=True)\n"
        "drawing = (x * 3).draw(names={'x': x})\n"
        "for ending in ('svg', 'png', 'pdf'): drawing.save(f'{sys.argv[1]}/graph.{ending}')\n"
        "print('pygraphviz' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, text=True, capture_output=True,
        check=True, env={**os.environ, "PATH": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.strip() == "False"
    assert done.stderr == ""
    begins = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}
    for ending, start in begins.items():
        assert (tmp_path / f"graph.{ending}").read_bytes().startswith(start)


def test_without_any_engine_text_is_left(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_module.metadata, "files", lambda name: None)
    drawing = draw_dot(leaf(2.0) * 3)
    with pytest.raises(RendererNotFound, match=re.escape("pip install 'tinygradx[viz]'")) as caught:
        drawing.save(programs / "graph.svg")
    for way in (".source", ".text", "save('graph.txt')", "print_graph()"):
        assert way in caught.value.do
    assert not (programs / "graph.svg").exists()
    assert drawing.save(programs / "graph.dot").read_text(encoding="utf-8") == drawing.source
    assert drawing.save(programs / "graph.txt").read_text(encoding="utf-8") == drawing.text + "\n"
    tgx.print_graph(leaf(2.0) * 3)


@posix
def test_the_order_of_engines(programs: Path) -> None:
    engine(programs, SVG.format("pure"), "graphviz-pure")
    assert render_dot("digraph {}", "svg") == b"<svg>by pure</svg>\n"
    engine(programs, SVG.format("dot"), "dot")
    assert render_dot("digraph {}", "svg") == b"<svg>by dot</svg>\n"
    assert render_dot("digraph {}", "svg", engine="graphviz-pure") == b"<svg>by pure</svg>\n"


@posix
@pytest.mark.parametrize(
    "body", ["exit 139", "exit 127", "kill -SEGV $$", "echo Error: no >&2", "echo garbage", ":"]
)
def test_the_next_engine_helps_out(programs: Path, body: str) -> None:
    engine(programs, body, "dot")
    with pytest.raises(RenderError, match="with dot"):
        render_dot("digraph {}", "svg")
    engine(programs, SVG.format("pure"), "graphviz-pure")
    assert render_dot("digraph {}", "svg") == b"<svg>by pure</svg>\n"
    with pytest.raises(RenderError, match="with dot"):
        render_dot("digraph {}", "svg", engine="dot")


@posix
def test_the_first_failure_is_told(programs: Path) -> None:
    engine(programs, "exit 139", "dot")
    engine(programs, "exit 3", "graphviz-pure")
    with pytest.raises(RenderError, match=r"with dot\n.*SIGSEGV"):
        render_dot("digraph {}", "svg")


@posix
def test_a_hang_is_not_tried_again(programs: Path) -> None:
    engine(programs, "sleep 60", "dot")
    engine(programs, SVG.format("pure"), "graphviz-pure")
    start = time.monotonic()
    with pytest.raises(RenderError, match=r"not done after 0\.3 seconds"):
        render_dot("digraph {}", "svg", timeout=0.3)
    assert time.monotonic() - start < 10


@posix
def test_graphviz_pure_is_told_its_layout_and_spared_signs(programs: Path) -> None:
    body = 'echo "<svg>$@ $(cat)</svg>"'
    engine(programs, body, "graphviz-pure")
    assert render_dot("⇢ ↩", "svg") == "<svg>-Kdot -Tsvg ⇢ ↩</svg>\n".encode()
    head = r"printf '\211PNG\r\n\032\n0000IHDR\000\000\000\001\000\000\000\001'; cat; echo IEND"
    engine(programs, head, "graphviz-pure")
    assert "→ ←".encode() in render_dot("⇢ ↩", "png")


@posix
def test_graphviz_pure_alone_makes_no_pdf(programs: Path) -> None:
    engine(programs, "echo never asked; exit 1", "graphviz-pure")
    with pytest.raises(
        RendererNotFound, match="only the package graphviz-pure is here, which makes no PDF"
    ):
        render_dot("digraph {}", "pdf")


@posix
def test_a_program_is_found_where_its_package_put_it(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (programs / "elsewhere").mkdir()
    path = engine(programs / "elsewhere", SVG.format("package"), "graphviz-pure")

    class File(type(Path())):  # type: ignore[misc]
        def locate(self) -> str:
            return path

    monkeypatch.setattr(render_module.metadata, "files", lambda name: [File(path)])
    assert render_dot("digraph {}", "svg") == b"<svg>by package</svg>\n"


def test_the_worker_does_not_see_files_beside_it() -> None:
    source = (ROOT / "tinygradx" / "draw" / "_worker.py").read_text(encoding="utf-8")
    assert "import tinygradx" not in source


@posix
def test_saving_can_be_given_time_and_an_engine(tmp_path: Path) -> None:
    drawing = draw_dot(leaf(2.0) * 3)
    slow = engine(tmp_path, "sleep 60")
    with pytest.raises(RenderError, match=r"not done after 0\.2 seconds") as caught:
        drawing.save(tmp_path / "graph.pdf", timeout=0.2, engine=slow)
    assert "timeout=300" in caught.value.do
    assert not list(tmp_path.glob("*graph*"))


# ---- garbage, and pictures that are too large ----------------------------------------------------


@posix
@pytest.mark.parametrize("format", ["svg", "png", "pdf", "jpg", "json", "dot", "plain"])
def test_garbage_is_no_picture(tmp_path: Path, format: str) -> None:
    program = engine(tmp_path, "head -c 5000 /dev/zero | tr '\\0' 'x'")
    with pytest.raises(RenderError, match=f"no whole {format}"):
        render_dot("digraph {}", format, engine=program)


@posix
def test_an_svg_that_is_no_xml_is_an_exception(tmp_path: Path) -> None:
    drawing = draw_dot(leaf(2.0) * 3)
    program = engine(tmp_path, "echo '<svg><g></svg>'")
    with pytest.raises(RenderError, match="no well-formed XML"):
        drawing.pipe("svg", engine=program)


@posix
def test_a_bitmap_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    for wide, refused in ((32_766, False), (32_767, True), (43_528, True)):
        sides = "".join(f"\\{byte:03o}" for byte in struct.pack(">II", wide, 90))
        body = rf"printf '\211PNG\r\n\032\n0000IHDR{sides}'; echo IEND"
        program = engine(tmp_path, body)
        if not refused:
            assert len(render_dot("digraph {}", "png", engine=program)) > 24
            continue
        with pytest.raises(RenderError, match=r"too large for a bitmap") as caught:
            render_dot("digraph {}", "png", engine=program)
        assert f"{wide:,} by 90 pixels" in caught.value.got
        assert ".svg" in caught.value.do


@pictures
def test_a_ribbon_is_refused_as_pixels_and_drawn_as_svg() -> None:
    y = leaf(1.0)
    for _ in range(140):
        y = y * 1.01
    drawing = draw_dot(y, rankdir="LR", style="micrograd")
    with pytest.raises(RenderError, match="too large for a bitmap") as caught:
        drawing.pipe("png")
    assert "save it as .svg" in caught.value.do
    assert drawing.pipe("svg").startswith(b"<svg")


# ---- notebooks -----------------------------------------------------------------------------------


class UnspeakableError(Exception):
    """An error that cannot even say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("odd"), UnspeakableError(), RecursionError(), MemoryError(),
        OSError(28, "full"), UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"),
        RenderError("a", "b", "c"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
@pytest.mark.parametrize("place", ["render_dot", "tidy", "_repr"])
def test_showing_never_raises(
    error: Exception, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **named: Any) -> Any:
        raise error

    drawing = draw_dot(leaf(2.0) * 3)
    if place == "render_dot":
        monkeypatch.setattr(drawing_module, "render_dot", fail)
    elif place == "tidy":
        monkeypatch.setattr(drawing_module, "render_dot", lambda *args: b"<svg></svg>")
        monkeypatch.setattr("tinygradx.draw.svg.tidy", fail)
    else:
        monkeypatch.setattr(Drawing, "_picture", fail)
    bundle = drawing._repr_mimebundle_(include=None, exclude=None)
    assert list(bundle) == ["text/plain"]
    assert bundle["text/plain"].startswith(drawing.text)
    assert "(no picture: " in bundle["text/plain"]


def test_an_interrupt_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(drawing_module, "render_dot", interrupt)
    with pytest.raises(KeyboardInterrupt):
        draw_dot(leaf(2.0) * 3)._repr_mimebundle_()


@pictures
def test_the_cell_of_micrograds_notebook() -> None:
    """`draw_dot(y)`, `draw_dot(o, format='png')`, `dot.render('gout')`: as written there."""
    x = leaf([1.0])
    y = ((x * 2).sum() + 1).relu()
    y.backward()
    bundle = draw_dot(y)._repr_mimebundle_()
    texts = [e.text for e in ElementTree.fromstring(bundle["image/svg+xml"]).iter()]
    assert {"relu", "data", "grad", "2.0000", "3.0000"} <= {(t or "").strip() for t in texts}
    dot = draw_dot(y, format="svg", rankdir="TB")
    assert "rankdir=TB" in dot.source


@pictures
def test_render_writes_as_micrograd_expects(tmp_path: Path) -> None:
    dot = draw_dot(leaf(2.0) * 3)
    assert dot.render(str(tmp_path / "gout")) == str(tmp_path / "gout.svg")
    assert (tmp_path / "gout.svg").read_bytes().startswith(b"<svg")


# ---- engines, and how they fail ------------------------------------------------------------------


PNG_HEAD = r"printf '\211PNG\r\n\032\n0000IHDR\000\000\000\001\000\000\000\001'"


def test_without_an_engine_the_one_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hide_engines(monkeypatch)
    with pytest.raises(RendererNotFound, match=re.escape("pip install 'tinygradx[viz]'")) as caught:
        render_dot("digraph {}", "svg")
    assert isinstance(caught.value, RuntimeError)


def test_an_engine_that_is_not_here() -> None:
    with pytest.raises(RendererNotFound, match="no-such-program"):
        render_dot("digraph {}", "svg", engine="no-such-program")


def test_an_unknown_format() -> None:
    with pytest.raises(ArgumentError, match="use svg, png, pdf"):
        render_dot("digraph {}", "svg -o elsewhere")


@posix
def test_an_engine_gets_the_source_and_the_format(tmp_path: Path) -> None:
    program = engine(tmp_path, 'echo "<svg>$@"; cat; echo "</svg>"')
    drawn = render_dot("digraph { é }", "svg", engine=program)
    assert drawn == "<svg>-Tsvg\ndigraph { é }</svg>\n".encode()


@posix
def test_dot_on_the_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine(tmp_path, "echo '<svg>by dot</svg>'", "dot")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert render_dot("digraph {}", "svg") == b"<svg>by dot</svg>\n"


@posix
def test_dot_beside_python_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine(tmp_path, "echo '<svg>by dot</svg>'", "dot")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(render_module.sysconfig, "get_path", lambda name: str(tmp_path))
    if render_module.shutil.which("dot") is None:
        assert render_dot("digraph {}", "svg") == b"<svg>by dot</svg>\n"


@posix
@pytest.mark.parametrize("body", ["exit 139", "kill -SEGV $$"])
def test_a_crash_is_an_exception(tmp_path: Path, body: str) -> None:
    with pytest.raises(RenderError, match="crashed") as caught:
        render_dot("digraph {}", "svg", engine=engine(tmp_path, body))
    assert "SIGSEGV" in caught.value.got
    assert "engine='pygraphviz'" in caught.value.do


@posix
def test_a_hang_is_an_exception_and_leaves_no_process(tmp_path: Path) -> None:
    # The script starts a child, which would hold the pipe open and speak later.
    program = engine(tmp_path, f"(sleep 1; touch {tmp_path}/alive) & sleep 60")
    start = time.monotonic()
    with pytest.raises(RenderError, match=r"not done after 0.3 seconds") as caught:
        render_dot("digraph {}", "svg", timeout=0.3, engine=program)
    assert "timeout=" in caught.value.do
    time.sleep(max(0.0, start + 1.3 - time.monotonic()))
    assert not (tmp_path / "alive").exists()


@posix
def test_an_error_on_stderr_is_an_exception_whatever_the_status(tmp_path: Path) -> None:
    program = engine(tmp_path, "echo '<svg/>'; echo 'Error: not well-formed in label' >&2; exit 0")
    with pytest.raises(RenderError, match="not well-formed in label"):
        render_dot("digraph {}", "svg", engine=program)


@posix
def test_a_warning_is_not_an_error(tmp_path: Path) -> None:
    program = engine(tmp_path, "echo '<svg></svg>'; echo 'Warning: a font is missing' >&2")
    assert render_dot("digraph {}", "svg", engine=program) == b"<svg></svg>\n"


@posix
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("exit 3", "exit status 3"),
        ("exit 0", "it wrote nothing"),
        ("echo no picture at all", "no whole png: b'no picture at"),
        ("printf '\\211PNG\\r\\n\\032\\n and no end'", "no whole png"),
        (
            f"{PNG_HEAD}; echo IEND; echo 'dot: graph is too large for bitmaps' >&2",
            "save it as .svg",
        ),
    ],
)
def test_other_failures(tmp_path: Path, body: str, message: str) -> None:
    with pytest.raises(RenderError, match=message):
        render_dot("digraph {}", "png", engine=engine(tmp_path, body))


@posix
def test_a_program_that_cannot_start(tmp_path: Path) -> None:
    path = tmp_path / "engine"
    path.write_bytes(b"\x7fELF nothing that runs")
    path.chmod(0o755)
    with pytest.raises(RenderError, match="start"):
        render_dot("digraph {}", "svg", engine=str(path))


@pictures
@pytest.mark.parametrize("label", ["<<I></I>>", "<<TABLE><TR></TABLE>>", "<"])
def test_a_malformed_label_is_an_exception(label: str) -> None:
    with pytest.raises(RenderError, match="Error"):
        render_dot(f"digraph {{ n0 [label={label}] }}", "svg", engine="pygraphviz")


@pictures
def test_the_worker_imports_neither_numba_nor_tinygradx() -> None:
    folder = render_module._pygraphviz_folder()
    assert folder is not None
    assert _worker.__file__ is not None
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", _worker.__file__, "svg", folder],
        input=b"digraph { a -> b }", capture_output=True, check=True,
    )  # fmt: skip
    assert b"<svg" in ran.stdout
    modules = {line.rpartition(b"|")[2].strip() for line in ran.stderr.splitlines()}
    assert b"pygraphviz" in modules
    assert not {b"numba", b"tinygradx", b"tinygradx.draw"} & modules


def test_importing_the_room_loads_no_renderer() -> None:
    code = (
        "import sys, tinygradx.draw\n"
        "heavy = {'graphviz', 'pygraphviz', 'matplotlib', 'rich', 'tinygradx.draw.svg'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
