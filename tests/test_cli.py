"""The command, run as a user runs it: in a process of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import tinygradx as tgx
from tinygradx import cli
from tinygradx.cli import doctor, terminal
from tinygradx.draw import files

ROOT = Path(tgx.__file__).parent.parent
compiled = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="too slow without kernels"
)
INSTALL = "pip install 'tinygradx[viz]'"


def environment(**more):
    ours = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error"}
    return os.environ | ours | more


def run(*arguments, binary=False, **more):
    return subprocess.run(
        [sys.executable, "-m", "tinygradx", *map(str, arguments)],
        capture_output=True,
        encoding=None if binary else "utf-8",
        timeout=300,
        env=environment(**more),
    )


def texts(path):
    return "".join(ElementTree.parse(path).getroot().itertext())


# ---- demo ---------------------------------------------------------------------------------------


@pytest.mark.slow
@compiled
def test_demo_learns_the_digits_and_draws_what_happened(tmp_path):
    out = tmp_path / "new" / "folder"
    done = run("demo", "--out", out)
    assert done.returncode == 0, done.stderr
    accuracy, right = re.search(
        r"^Held-out accuracy: ([\d.]+) % \((\d+) of 359 images\)$", done.stdout, re.MULTILINE
    ).groups()
    assert float(accuracy) >= 97.0
    assert float(accuracy) == round(100 * int(right) / 359, 1)
    assert re.search(r"^Kernels: (compiled \d+ in [\d.]+ s, once|\d+ loaded)", done.stdout, re.M)
    assert "\x1b" not in done.stdout and "\r" not in done.stdout
    epochs = re.findall(r"^epoch (\d+)/(\d+)  loss ([\d.]+)  held out ([\d.]+) %  [\d,]+ batches/s"
                        r"  \d+ s left$", done.stdout, re.MULTILINE)  # fmt: skip
    assert 5 <= len(epochs) <= 10
    assert epochs[0][0] == "1" and epochs[-1][0] == epochs[-1][1]
    assert float(epochs[-1][2]) < 0.2 * float(epochs[0][2])
    assert epochs[-1][3] == accuracy
    said = dict(re.findall(r"^(Loss curve|Backprop graph|Activations): (.*)$", done.stdout, re.M))
    assert {name: Path(path) for name, path in said.items()} == {
        "Loss curve": out / "loss.svg", "Backprop graph": out / "graph.svg",
        "Activations": out / "activations.png",
    }  # fmt: skip
    assert sorted(path.name for path in out.iterdir()) == sorted(
        Path(path).name for path in said.values()
    )
    graph = texts(out / "graph.svg")
    for name in ("fc1.weight", "fc2.bias", "images", "labels", "hidden", "scores", "gelu", "loss"):
        assert name in graph
    assert ElementTree.parse(out / "loss.svg").getroot().tag.endswith("svg")
    header = (out / "activations.png").read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    assert int.from_bytes(header[16:20], "big") == 1600


def test_demo_says_why_it_cannot_write_before_it_trains(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        done = run("demo", "--out", folder)
        assert done.returncode == 1
        assert done.stderr.startswith("tinygradx: ") and str(folder) in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""


def test_a_folder_that_cannot_be_written_is_noticed(tmp_path, monkeypatch, capsys):
    def refuse(self, *arguments, **settings):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "touch", refuse)
    assert cli.main(["demo", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "Permission denied" in said.err and said.out == ""


@compiled
def test_demo_without_the_extra_still_trains(tmp_path, monkeypatch, capsys):
    from tinygradx.draw import render

    monkeypatch.setattr(render, "ENGINES", ())
    import tinygradx.plot

    monkeypatch.delitem(sys.modules, "tinygradx.plot.canvas", raising=False)
    monkeypatch.delattr(tinygradx.plot, "canvas", raising=False)
    for name in [n for n in sys.modules if n.split(".")[0] == "matplotlib"] + ["matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    assert cli.main(["demo", "--out", str(tmp_path), "--epochs", "1"]) == 0
    said = capsys.readouterr().out
    assert "Held-out accuracy: " in said
    assert "Trained for 1 epoch in " in said
    assert re.search(
        r"^Loss curve: not drawn, since Matplotlib cannot be imported \(.+\); for a picture: pip",
        said, re.MULTILINE,
    )  # fmt: skip
    assert "graph.dot (text alone, since neither the program `dot` nor the package" in said
    assert said.count(INSTALL) == 3
    assert (tmp_path / "graph.dot").read_text(encoding="utf-8").startswith("digraph")
    assert [path.name for path in tmp_path.iterdir()] == ["graph.dot"]


#: Started in the background, as some systems run tests, Python ignores Ctrl-C.
HEARS_CTRL_C = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from tinygradx.cli import main
sys.exit(main(sys.argv[1:]))
"""


@compiled
@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_an_interrupted_demo_leaves_nothing_behind(tmp_path):
    child = subprocess.Popen(
        [
            sys.executable, "-c", HEARS_CTRL_C,
            "demo", "--out", str(tmp_path), "--epochs", "1000000",
        ],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=environment(),
    )  # fmt: skip
    with child:
        try:
            for line in child.stdout:
                if line.startswith("epoch 1/"):
                    break
            child.send_signal(signal.SIGINT)
            _, err = child.communicate(timeout=60)
        finally:
            child.kill()
    assert child.returncode == 130
    assert err == "tinygradx: stopped\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_demo_on_a_terminal_without_our_letters(tmp_path, encoding):
    done = run(
        "demo", "--out", tmp_path / "数字", "--epochs", "1", binary=True, PYTHONIOENCODING=encoding
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode(encoding)
    assert ("8x8" if encoding == "ascii" else "8×8") in said
    assert ("??" if encoding == "ascii" else "数字") in said
    assert (tmp_path / "数字" / "loss.svg").exists()


# ---- curves -------------------------------------------------------------------------------------


def test_curves_writes_what_the_ending_says(tmp_path):
    for name, magic in (("a.svg", b"<?xml"), ("b.PNG", b"\x89PNG"), ("c.pdf", b"%PDF")):
        done = run("curves", "relu", "gelu", "tanh", "-o", tmp_path / name)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"{tmp_path / name}\n"
        assert (tmp_path / name).read_bytes().startswith(magic)


def test_the_same_curves_are_the_same_file(tmp_path, capsys):
    for name in ("first.png", "second.png"):
        assert cli.main(["curves", "relu", "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()


def test_curves_to_the_standard_output():
    done = run("curves", "gelu", "-o", "-", binary=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"\x89PNG") and done.stdout.endswith(b"IEND\xaeB`\x82")
    done = run("curves", "relu", "tanh", "-o", "-", "--format", "svg", "--no-slope", binary=True)
    assert ElementTree.fromstring(done.stdout).tag.endswith("svg")


def test_curves_of_all(tmp_path, monkeypatch, capsys):
    from tinygradx import plot

    asked = []
    drawn = plot.activations(["relu", "tanh"])
    monkeypatch.setattr(plot, "activations", lambda *given: asked.append(given) or drawn)
    assert cli.main(["curves", "relu", "all", "-o", str(tmp_path / "all.png")]) == 0
    assert asked == [("all", True)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gelo"], "no activation is called 'gelo'; there is gelu"),
        (["relu", "qqqqqq"], "there is identity, step, "),
        (["relu", "-o", "act.bmp"], "end it in .svg, .png, .pdf, or add --format"),
        (["relu", "-o", "act"], "--format"),
    ],
)
def test_curves_ends_with_2_for_what_it_does_not_know(arguments, words, capsys, tmp_path):
    assert cli.main(["curves", *arguments]) == 2
    said = capsys.readouterr()
    assert words in said.err and said.out == ""


def test_curves_into_a_folder_that_is_not_there(tmp_path, capsys):
    assert cli.main(["curves", "relu", "-o", str(tmp_path / "no" / "act.svg")]) == 1
    assert "No such file or directory" in capsys.readouterr().err


# ---- doctor -------------------------------------------------------------------------------------

PARTS = "Python NumPy Numba CUDA Threads Cache Graphviz Matplotlib Fonts".split()


def test_doctor_has_a_line_for_each_part(capsys):
    assert cli.main(["doctor"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[1] for line in lines] == PARTS
    assert {line[0] for line in lines} <= {"ok", "missing"}
    said = {line[1]: " ".join(line[2:]) for line in lines}
    assert said["Graphviz"].startswith(("the package pygraphviz draws", "the program dot draws"))
    assert re.search(r"with Graphviz \d+\.\d+", said["Graphviz"])
    assert said["Matplotlib"].endswith("draws")
    assert said["Python"].startswith(".".join(map(str, sys.version_info[:3])))


def test_doctor_for_scripts():
    done = run("doctor", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["version"] == tgx.__version__ and found["works"] is True
    assert [part["part"] for part in found["parts"]] == PARTS
    assert all(part["words"] and part["state"] in ("ok", "missing") for part in found["parts"])


@pytest.mark.parametrize("arguments", [["doctor"], ["doctor", "--json"]])
def test_doctor_says_what_is_broken(arguments, monkeypatch, capsys):
    def broken():
        raise OSError("disc on fire")

    monkeypatch.setitem(doctor.LOOKS, "Numba", broken)
    assert cli.main(arguments) == 1
    said = capsys.readouterr().out
    assert "OSError: disc on fire" in said and "broken" in said


def test_doctor_notices_kernels_that_give_wrong_numbers(monkeypatch, capsys):
    if "NUMBA_DISABLE_JIT" in os.environ:
        pytest.skip("there are no kernels")
    monkeypatch.setitem(tgx.activations, "sigmoid", lambda x: x)
    assert cli.main(["doctor"]) == 1
    assert "kernels give wrong numbers" in capsys.readouterr().out


def test_doctor_without_the_extra(monkeypatch, capsys):
    from tinygradx import plot
    from tinygradx.draw import render
    from tinygradx.errors import RendererNotFound

    def refuse(history):
        raise RendererNotFound("plot a loss", "no Matplotlib", INSTALL)

    monkeypatch.setattr(render, "ENGINES", ())
    monkeypatch.setattr(plot, "loss", refuse)
    assert cli.main(["doctor"]) == 0
    lines = {line.split()[1]: line for line in capsys.readouterr().out.splitlines()}
    for part in ("Graphviz", "Matplotlib"):
        assert lines[part].startswith("missing") and INSTALL in lines[part]


def test_doctor_without_a_cache_folder():
    done = run("doctor", TINYGRADX_CACHE_DIR="not/absolute", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stdout
    assert re.search(r"^missing Cache .*TINYGRADX_CACHE_DIR", done.stdout, re.MULTILINE)


# ---- the command --------------------------------------------------------------------------------


def test_wrong_arguments_end_with_2():
    for arguments in (
        [], ["dance"], ["demo", "--epochs", "0"], ["demo", "--epochs", "few"],
        ["demo", "--seed", "-1"], ["curves"], ["curves", "relu", "--format", "bmp"],
    ):  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert ended.value.code == 2
    done = run("dance")
    assert done.returncode == 2 and "usage: tinygradx" in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["demo", "-h"], ["curves", "-h"]])
def test_help_needs_no_letters_beyond_ascii(arguments):
    done = run(*arguments, PYTHONIOENCODING="ascii:strict")
    assert done.returncode == 0, done.stderr
    assert "usage: tinygradx" in done.stdout


def test_the_command_is_light_to_import():
    heavy = "'rich', 'numba', 'graphviz', 'matplotlib', 'tinygradx.draw', 'tinygradx.nn'"
    code = f"import sys, tinygradx.cli; print([m for m in ({heavy}) if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )
    assert done.stdout.strip() == "[]"


def test_the_version_is_the_packages():
    assert run("--version").stdout == f"tinygradx {tgx.__version__}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end differently")
def test_a_reader_who_goes_away_is_no_error():
    child = subprocess.Popen(
        [sys.executable, "-m", "tinygradx", "doctor"], env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    with child:
        child.stdout.close()
        err = child.stderr.read()
    assert child.returncode == 1
    assert err == ""


# ---- the terminal -------------------------------------------------------------------------------


def bar(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    with terminal.progress(2, 45) as report:
        report(1, 0.5, 0.75, 1.0)
        report(2, 0.25, 0.875, 2.0)
    return capsys.readouterr().out


def test_a_bar_at_a_terminal(monkeypatch, capsys):
    monkeypatch.delenv("NO_COLOR", raising=False)
    said = bar(monkeypatch, capsys)
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", said)
    assert "2/2" in plain and "loss 0.2500  held out 87.5 %" in plain
    assert "45 batches/s" in plain
    assert re.search(r"\x1b\[[\d;]*3[\d;]*m", said)  # colours


def test_no_color_is_honoured(monkeypatch, capsys):
    monkeypatch.setenv("NO_COLOR", "1")
    said = bar(monkeypatch, capsys)
    assert "loss 0.2500" in said
    assert not re.search(r"\x1b\[([\d;]*;)?[34]\d[\d;]*m", said)


def test_a_dumb_terminal_gets_plain_lines(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    with terminal.progress(2, 45) as report, terminal.busy("compiling"):
        report(1, 0.5, 0.75, 1.0)
    assert capsys.readouterr().out == (
        "epoch 1/2  loss 0.5000  held out 75.0 %  45 batches/s  1 s left\n"
    )


def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch):
    target = tmp_path / "picture.svg"
    files.write_whole(target, b"old")

    def stop(descriptor):
        assert sum(path.stat().st_size > 3 for path in tmp_path.iterdir()) == 1  # the new one
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        files.write_whole(target, b"new and longer")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["picture.svg"]


def test_curves_into_a_folder_that_is_not_there(tmp_path, capsys):
    target = tmp_path / "nope" / "x.svg"
    assert cli.main(["curves", "relu", "-o", str(target)]) == 1
    said = capsys.readouterr().err
    assert f"got: no folder {str(target.parent)!r}" in said
    assert "make the folder first" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("fc-list") is None, reason="no fc-list on this machine")
def test_doctor_counts_the_fonts_that_are_there():
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True)
    families = len(set(listed.stdout.splitlines()))
    found = doctor._fonts()
    assert found.state == ("ok" if families else "missing")
    assert not families or found.words.startswith(f"{families} families")
