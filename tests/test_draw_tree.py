"""`print_graph`: the graph as text, for terminals and files of any kind."""

import io
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from drawings import (
    ROOT,
    leaf,
)

import tinygradx as tgx
from tinygradx import nn
from tinygradx.draw import draw_dot
from tinygradx.draw.tree import DEEPEST, print_graph
from tinygradx.errors import ArgumentError


def printed(root: Any, *given: Any, **named: Any) -> list[str]:
    out = io.StringIO()
    assert print_graph(root, *given, file=out, **named) is None
    return out.getvalue().splitlines()


def chain(length: int) -> Any:
    y = leaf(1.0)
    for _ in range(length):
        y = y.sin()
    return y


def test_a_neuron() -> None:
    x1, w1, x2, w2, b = map(leaf, (2.0, -3.0, 0.0, 1.0, 6.8813735870195432))
    n = x1 * w1 + x2 * w2 + b
    o = n.tanh()
    o.backward()
    names = {"x1": x1, "w1": w1, "x2": x2, "w2": w2, "b": b, "n": n, "o": o}
    assert printed(o, names=names) == [
        "o = tanh(n)             output  scalar float32  data 0.7071   grad 1.0000   ↩1",
        "└─ n = v3 + b                                   data 0.8814   grad 0.5000   ↩2",
        "   ├─ v3 = v1 + v2                              data -6.0000  grad 0.5000   ↩3",
        "   │  ├─ v1 = x1 × w1                           data -6.0000  grad 0.5000   ↩5",
        "   │  │  ├─ x1          param                   data 2.0000   grad -1.5000  ↩10",
        "   │  │  └─ w1          param                   data -3.0000  grad 1.0000   ↩9",
        "   │  └─ v2 = x2 × w2                           data 0.0000   grad 0.5000   ↩4",
        "   │     ├─ x2          param                   data 0.0000   grad 0.5000   ↩8",
        "   │     └─ w2          param                   data 1.0000   grad 0.0000   ↩7",
        "   └─ b                 param                   data 6.8814   grad 0.5000   ↩6",
    ]


def test_what_was_printed_is_a_pointer() -> None:
    x = leaf(2.0)
    y = x.sin()
    z = y * y + x
    assert printed(z, names={"x": x, "y": y, "z": z}, show=()) == [
        "z = v1 + x         output",
        "├─ v1 = y × y",
        "│  ├─ y = sin(x)",
        "│  │  └─ x         param",
        "│  └─ ↑ y",
        "└─ ↑ x",
    ]


def test_settings_stand_in_the_expression() -> None:
    x = leaf([[1.0, 2.0]])
    lines = printed(x.sum(1, keepdim=True).T[0], names={"x": x}, show=())
    assert [line.strip("└─ ").split("  ")[0] for line in lines] == [
        "v3 = v2[0]", "v2 = v1ᵀ", "v1 = sum(x, dim=1, keepdim=True)", "x",
    ]  # fmt: skip


def test_it_is_the_text_of_a_drawing() -> None:
    tgx.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    loss = nn.functional.cross_entropy(model(tgx.randn(5, 3)), tgx.tensor([0, 1, 0, 1, 1]))
    lines = printed(loss, params=model, title="A loss")
    assert "\n".join(lines) == draw_dot(loss, params=model, title="A loss").text
    assert lines[0] == "A loss"
    assert any("0.weight" in line and "param" in line for line in lines)
    assert any("linear(v3, 2.weight, 2.bias)" in line for line in lines)


def test_it_can_be_saved(tmp_path: Path) -> None:
    drawing = draw_dot(leaf(2.0) * 3)
    path = drawing.save(tmp_path / "graph.txt")
    assert path.read_text(encoding="utf-8") == drawing.text + "\n"
    assert drawing.pipe("txt") == path.read_bytes()


# ---- depth and size ------------------------------------------------------------------------------


def test_depth_counts_steps_from_the_root() -> None:
    y = chain(5)
    assert [line.split()[0] for line in printed(y, 0, show=())] == ["v6", "└─", "(5"]
    lines = printed(y, depth=2, show=())
    assert lines[0] == "v6 = sin(v5)         output"
    assert lines[1:4] == ["└─ v5 = sin(v4)", "   └─ v4 = sin(v3)", "      └─ ..."]
    assert lines[4] == "(3 more values, deeper than depth=2)"
    assert printed(y, depth=5, show=()) == printed(y, show=())
    with pytest.raises(ArgumentError, match="depth=-1"):
        print_graph(y, -1)


def test_a_value_cut_off_on_a_long_way_is_shown_on_a_short_one() -> None:
    x = leaf(2.0)
    y = x.sin()
    z = y.cos().exp() + y
    lines = printed(z, 2, names={"x": x, "y": y}, show=())
    assert [line.strip("│├└─ ") for line in lines].count("y = sin(x)") == 1
    assert any(line.strip("│├└─ ").startswith("x ") for line in lines)


def test_a_deep_graph_goes_on_at_the_margin() -> None:
    lines = printed(chain(40), show=())
    assert sum(" = sin(" in line for line in lines) == 40
    assert max(map(len, lines)) < 3 * DEEPEST + 40
    arrows = [line.strip("└─ ") for line in lines if "↓" in line]
    starts = [line.split(" = ")[0] for line in lines if line[0] == "v"]
    assert [arrow.removeprefix("↓ ") for arrow in arrows] == starts[1:]


def test_a_chain_of_ten_thousand() -> None:
    y = chain(10_000)
    with pytest.raises(
        ArgumentError, match="print_graph of a graph of more than 1,000 values"
    ) as e:
        print_graph(y)
    assert "print_graph(root, max_nodes=2000)" in e.value.do
    lines = printed(y, max_nodes=20_000, show=())
    assert sum(" = sin(" in line for line in lines) == 10_000
    assert len(printed(y, 3, max_nodes=20_000)) == 6


@pytest.mark.parametrize("seed", range(20))
def test_every_value_is_printed_once_and_every_pointer_leads_somewhere(seed: int) -> None:
    choice = random.Random(seed)
    values = [leaf(float(i)) for i in range(3)]
    for _ in range(60):
        a, b = choice.choice(values[-25:]), choice.choice(values[-6:])
        values.append(choice.choice([a + b, a * b, a.sin()]))
    total = values[0]
    for value in values[1:]:
        total = total + value
    drawing = draw_dot(total, max_nodes=500)
    known = [node.name for node in drawing.nodes if node.kind != "op"]
    lines = [line.lstrip("│├└─ ") for line in printed(total)]
    shown = [re.match(r"[\w.]+", line)[0] for line in lines if line[0] not in "↑↓"]  # type: ignore[index]
    assert sorted(shown) == sorted(known)
    for place, line in enumerate(lines):
        if line[0] == "↑":
            assert line[2:] in shown
        if line[0] == "↓":
            later = [re.match(r"[\w.]+", rest) for rest in lines[place + 1 :]]
            assert line[2:] in [match[0] for match in later if match]


# ---- where it is printed -------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    y = leaf(2.0) * 3
    tgx.print_graph(y)
    assert capsys.readouterr().out == draw_dot(y).text + "\n"


def test_without_a_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    out = io.StringIO()
    print_graph(leaf(2.0) * 3)  # as print does: nothing
    print_graph(leaf(2.0) * 3, file=out)
    assert out.getvalue().startswith("v2 = v1 × 3")


def test_a_file_of_few_letters() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    x = leaf([[1.0] * 4] * 3)
    print_graph((x @ x.T).sum(), names={"权重": x}, file=out)
    out.flush()
    text = raw.getvalue().decode("ascii")
    assert re.search(r"^   `- v1 = \\u6743\\u91cd.T", text, re.MULTILINE)
    assert "#1" in text
    assert "?" not in text


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    y = leaf(2.0) * 3
    out = Terminal()
    print_graph(y, file=out)
    coloured = out.getvalue()
    assert "\x1b[1;34mv1" in coloured  # a parameter is blue
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in plain.splitlines()] == draw_dot(y).text.splitlines()


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    out = Terminal()
    print_graph(leaf(2.0) * 3, file=out)
    assert "\x1b[1;34m" not in out.getvalue()
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", out.getvalue())


@pytest.mark.parametrize("kind", [io.StringIO, Terminal])
@pytest.mark.parametrize(
    "name",
    ["[red]x[/red]", "\x1b[31mred\x07", "a\nb", "[link=http://x]x[/link]", "\u202ex", ":smile:"],
)
def test_a_hostile_name_is_only_text(kind: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    x = leaf(2.0)
    out = kind()
    print_graph(x * 3, names={name: x}, show=(), file=out)
    text = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert len(text.splitlines()) == 2
    assert not set(text) & set("\x1b\x07\u202e")
    kept = {"\x1b[31mred\x07": "[31mred", "a\nb": "a b", "\u202ex": "x"}.get(name, name)
    assert f"└─ {kept}" in text


def test_wide_letters_keep_the_columns() -> None:
    a, b = leaf(1.0), leaf(2.0)
    lines = printed(a * b, names={"权重": a, "bb": b})

    def column(line: str) -> int:
        head = line[: line.index("data")]
        return sum(2 if ord(c) > 0x2E80 else 1 for c in head)

    assert len({column(line) for line in lines}) == 1


def test_no_program_and_nothing_heavy_is_needed() -> None:
    code = (
        "import sys, tinygradx as tgx\n"
        "def hidden(*a, **k): raise AssertionError('a program was looked for')\n"
        "import shutil, subprocess; shutil.which = subprocess.Popen = hidden\n"
        "tgx.print_graph(tgx.tensor(2.0, requires_grad=True) * 3)\n"
        "heavy = {'graphviz', 'pygraphviz', 'matplotlib', 'rich', 'numba'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    first, *_, last = ran.stdout.splitlines()
    assert first.startswith("v2 = v1 × 3")
    assert last == "[]"
