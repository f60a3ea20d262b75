"""The examples and the README say what they print; here they are run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRINTED = {
    "digits.py": r"held-out accuracy 9[789]\.\d %",
    "linear_regression.py": r"y = (2\.\d{4} x -[01]\.\d{4}), by least squares y = \1",
    "moons.py": r"loss 0\.0\d{3}, accuracy (100|99) %",
    "neuron.py": r"y 0\.4621, dy/dw1 1\.5729, dy/dw2 0\.3932",
    "own_activation.py": r"snake 0\.7298, slope 1\.8415, second slope 1\.0806",
    "xor.py": r"loss 0\.00\d\d, answers \[0, 1, 1, 0\]",
}
#: The library of this tree, installed or not; nothing that warns.
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error"}
#: A block of Python, and the block of text behind it that says what it prints.
SHOWN = re.compile(r"```python\n(.*?)```\s+```text\n(.*?)```", re.DOTALL)
PAGES = ["README.md", "README.zh-CN.md"]

compiled = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="too slow without kernels"
)


def run(folder, *arguments):
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        cwd=folder,
        env=os.environ | ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_says_what_it_prints():
    assert set(PRINTED) == {path.name for path in (ROOT / "examples").glob("*.py")}


@compiled
@pytest.mark.parametrize("name", PRINTED)
def test_example(name, tmp_path):
    assert re.fullmatch(PRINTED[name] + "\n", run(tmp_path, ROOT / "examples" / name))


def test_the_picture_of_the_readme_is_drawn_by_its_example(tmp_path):
    printed = run(tmp_path, ROOT / "examples" / "neuron.py", "neuron.dot")
    assert printed.endswith("neuron.dot\n")
    source = (tmp_path / "neuron.dot").read_text(encoding="utf-8")
    shown = (ROOT / "docs" / "images" / "neuron.svg").read_text(encoding="utf-8")
    numbers = set(re.findall(r"-?\d\.\d{4}\b", source))
    assert len(numbers) > 8
    assert numbers <= set(re.findall(r"-?\d\.\d{4}\b", shown))


@compiled
@pytest.mark.parametrize("page", PAGES)
def test_the_code_of_a_page_prints_what_stands_below_it(page, tmp_path):
    blocks = SHOWN.findall((ROOT / page).read_text(encoding="utf-8"))
    assert len(blocks) == 2
    for number, (code, printed) in enumerate(blocks):
        script = tmp_path / f"block{number}.py"
        script.write_text(code, encoding="utf-8")
        assert run(tmp_path, script) == printed


def test_both_pages_show_the_same_code():
    first, second = (
        re.findall(r"```.*?```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
        for page in PAGES
    )
    assert first == second


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_of_a_page_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", text) + re.findall(r'src="([^"]+)"', text)
    assert targets
    for target in targets:
        if not target.startswith("https://"):
            assert (ROOT / target).exists(), f"{page} points to {target}, which is not here"
