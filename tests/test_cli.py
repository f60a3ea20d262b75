"""The command, run as a user runs it: in a process of its own."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tinygradx import cli

compiled = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="too slow without kernels"
)


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "tinygradx.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error"} | environment,
    )


@compiled
def test_demo_learns_the_digits_and_draws_its_graph(tmp_path):
    out = tmp_path / "new" / "folder"
    done = run("demo", "--out", out)
    assert done.returncode == 0, done.stderr
    accuracy = float(re.search(r"Held-out accuracy: ([\d.]+) %", done.stdout).group(1))
    assert accuracy >= 95.0
    assert re.search(r"Kernels: .* (compiled|loaded)", done.stdout)
    assert "epoch 40/40  loss 0.00" in done.stdout
    assert "\x1b" not in done.stdout
    assert str(out / "graph.svg") in done.stdout
    picture = ElementTree.parse(out / "graph.svg")
    text = "".join(picture.getroot().itertext())
    for name in ("fc1.weight", "fc2.bias", "images", "labels", "hidden", "scores", "relu", "loss"):
        assert name in text


def test_demo_says_why_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("")
    done = run("demo", "--out", tmp_path / "file")
    assert done.returncode == 1
    assert "tinygradx: " in done.stderr
    assert "Traceback" not in done.stderr


def test_demo_without_graphviz_writes_the_text(tmp_path, monkeypatch, capsys):
    from tinygradx.draw import render

    monkeypatch.setattr(render, "ENGINES", ())
    assert cli.main(["demo", "--out", str(tmp_path), "--epochs", "1"]) == 0
    said = capsys.readouterr().out
    assert "pip install 'tinygradx[viz]'" in said
    assert (tmp_path / "graph.dot").read_text(encoding="utf-8").startswith("digraph")


def test_wrong_arguments_end_with_2():
    for arguments in ([], ["dance"], ["demo", "--epochs", "0"], ["demo", "--epochs", "few"]):
        done = run(*arguments)
        assert done.returncode == 2
        assert "usage: tinygradx" in done.stderr


def test_doctor_has_a_line_for_each_part(capsys):
    assert cli.main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    parts = [line.split()[0] for line in lines]
    assert parts == ["Python", "NumPy", "Numba", "Cache", "Threads", "Graphviz", "CUDA"]


def test_doctor_says_what_is_broken(monkeypatch, capsys):
    def broken():
        raise OSError("disc on fire")

    monkeypatch.setattr(cli, "_numba", broken)
    assert cli.main(["doctor"]) == 1
    assert "broken: OSError: disc on fire" in capsys.readouterr().out


def test_doctor_without_a_cache_folder():
    done = run("doctor", TINYGRADX_CACHE_DIR="not/absolute")
    assert done.returncode == 0, done.stdout
    assert "TINYGRADX_CACHE_DIR" in done.stdout


def test_the_command_is_light_to_import():
    heavy = "'rich', 'numba', 'graphviz', 'matplotlib', 'tinygradx.draw', 'tinygradx.nn'"
    code = f"import sys, tinygradx.cli; print([m for m in ({heavy}) if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_the_packages(capsys):
    from tinygradx import __version__

    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"tinygradx {__version__}\n"


def test_a_bar_at_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with cli._progress(2) as report:
        report(1, 0.5)
        report(2, 0.25)
    assert "0.2500" in capsys.readouterr().out
