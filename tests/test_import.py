"""The first second: what an import costs, and what a second process finds."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import tinygradx
import tinygradx.kernels.cache

ROOT = Path(tinygradx.__file__).parent.parent

SCRIPT = """
import json
import tinygradx as tgx
from tinygradx.kernels.cache import compilations

@tgx.activation("x * exp(-x * x)")
def hill(x):
    return x * tgx.exp(-(x * x))

x = tgx.randn(3, 4, requires_grad=True)
w = tgx.randn(4, 2, requires_grad=True)
loss = tgx.softmax(hill(x @ w).tanh() + tgx.gelu(x).sum(), 1).pow(2.0).sum()
loss.backward()
print(json.dumps([[c.name, c.cached] for c in compilations]))
"""


def run(code: str, folder: Path, **environment: str) -> str:
    """What a fresh process prints."""
    script = folder / "script.py"
    script.write_text(textwrap.dedent(code), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_import_compiles_nothing_and_leaves_the_heavy_ones_alone(tmp_path):
    out = run(
        """
        import sys
        import tinygradx
        from tinygradx.kernels.cache import compilations
        heavy = {"numba", "llvmlite", "graphviz", "rich", "matplotlib", "torch", "pygraphviz"}
        print(sorted(heavy & set(sys.modules)), compilations)
        """,
        tmp_path,
    )
    assert out.strip() == "[] []"


def test_an_import_loads_no_room_before_it_is_asked_for(tmp_path):
    out = run(
        """
        import sys
        import tinygradx as tgx
        rooms = lambda: {m.split(".")[1] for m in sys.modules if m.startswith("tinygradx.")}
        print(*sorted(rooms()))
        before = rooms()
        tgx.nn.ReLU, tgx.linalg.inv, tgx.save
        print(*sorted(rooms() - before))
        """,
        tmp_path,
    )
    assert out.splitlines() == [
        "autograd errors graph kernels ops random tensor",
        "linalg nn serialization",
    ]


@pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled with the JIT off"
)
def test_a_second_process_finds_every_kernel_even_after_lines_moved(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    first = json.loads(run(SCRIPT, tmp_path, TINYGRADX_CACHE_DIR=str(cache)))
    assert len(first) > 8 and not any(cached for _, cached in first)
    second = json.loads(run(SCRIPT, tmp_path, TINYGRADX_CACHE_DIR=str(cache)))
    assert [name for name, _ in second] == [name for name, _ in first]
    assert all(cached for _, cached in second)
    moved = "# a line\n\n\n" + SCRIPT.replace("x = tgx", "unused = 1\nx = tgx")
    third = json.loads(run(moved, tmp_path, TINYGRADX_CACHE_DIR=str(cache)))
    assert [name for name, _ in third] == [name for name, _ in first]
    assert all(cached for _, cached in third)
