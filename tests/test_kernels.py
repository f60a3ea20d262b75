"""The kernels themselves: they exist, they are typed, and they compile to clean CUDA code."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tinygradx as tgx
import tinygradx.nn  # whose functions bring operations along
from tinygradx.errors import ArgumentError
from tinygradx.graph import REGISTRY
from tinygradx.kernels.cuda import compile_ptx
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.exponentials import exp
from tinygradx.ops.kernel_op import KernelOp

ROOT = Path(__file__).resolve().parent.parent

DIRECTIONS = ["forward", "backward"]
DTYPES = ["float32", "float64"]
ACTIVATIONS = list(tgx.activations.values())
KERNEL_OPS = [op for op in REGISTRY.values() if isinstance(op, KernelOp)]

plain_python = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"},
    reason="with NUMBA_DISABLE_JIT=1 nothing is compiled",
)


def name(op):
    return op.name


def directions(op):
    """The kernels an operation has: no way back without a slope."""
    if isinstance(op, Elementwise) and op.slope_formula is None:
        return ["forward"]
    return DIRECTIONS


def on_gpu(op):
    """Whether the operation has a kernel for GPUs: bits are the business of arrays of integers."""
    return not isinstance(op, Elementwise) or op.integers != "only"


@pytest.fixture
def quartic():
    """A user's own activation, with a slope, in the registry while a test runs."""

    @tgx.activation("x ** 4 if x > 0 else exp(x) - 1")
    def quartic(x):
        return where(x > 0.0, x * x * x * x, exp(where(x > 0.0, 0.0, x)) - 1.0)

    @quartic.slope
    def _(x):
        return where(x > 0.0, 4.0 * x * x * x, exp(where(x > 0.0, 0.0, x)))

    yield quartic
    del REGISTRY["quartic"], tgx.activations["quartic"]


# ---- they exist ---------------------------------------------------------------------------------


def four_kernels(op):
    """All kernels of an activation are what Numba makes, and their text is Python."""
    from numba.core.registry import CPUDispatcher
    from numba.cuda.dispatcher import CUDADispatcher

    for direction in DIRECTIONS:
        for dtype in DTYPES:
            assert isinstance(op.kernel("cpu", direction, dtype), CPUDispatcher)
            assert isinstance(op.kernel("cuda", direction, dtype), CUDADispatcher)
        for device, decorator in (("cpu", "@njit("), ("cuda", "@cuda.jit")):
            source = op.source(device, direction)
            ast.parse(source)
            assert decorator in source
            assert f"def {op.name}_{direction}(" in source


@plain_python
@pytest.mark.parametrize("op", ACTIVATIONS, ids=name)
def test_every_activation_has_four_kernels(op):
    four_kernels(op)


@plain_python
def test_a_users_own_activation_has_four_kernels(quartic):
    assert tgx.activations["quartic"] is quartic
    four_kernels(quartic)
    x = tgx.tensor([2.0, -1.0], requires_grad=True)
    quartic(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [32.0, np.exp(-1.0)], 1e-6)
    assert ".f64" not in compile_ptx(quartic.text("cuda", "backward"))


@plain_python
def test_the_cpu_kernel_is_called_as_it_is():
    """What `kernel` answers works on arrays: `(g, x, out)` for a way back."""
    x, out = np.array([-1.0, 2.0], np.float32), np.zeros(2, np.float32)
    tgx.activations["relu"].kernel("cpu", "forward")(x, out)
    assert out.tolist() == [0.0, 2.0]
    g = np.full(2, 3.0, np.float32)
    tgx.activations["relu"].kernel("cpu", "backward")(g, out, x)
    assert x.tolist() == [0.0, 3.0]


@pytest.mark.parametrize(
    "asked", [("gpu", "forward", "float32"), ("cpu", "back", "float32"), ("cpu", "forward", "half")]
)
def test_a_kernel_that_is_not_there(asked):
    with pytest.raises(ArgumentError, match="use one of"):
        tgx.activations["relu"].source(*asked)


# ---- they are typed -----------------------------------------------------------------------------


def untyped(source: str) -> list[str]:
    """Bare float constants in a kernel's text: each makes a float32 kernel compute in float64."""
    nodes = list(ast.walk(ast.parse(source)))
    calls = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    typed = {id(a) for call in calls if call.func.id in DTYPES for a in call.args}
    constants = [n for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, float)]
    return [f"line {n.lineno}: {n.value!r}" for n in constants if id(n) not in typed]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("op", [op for op in KERNEL_OPS if on_gpu(op)], ids=name)
def test_every_constant_is_typed(op, device):
    for direction in directions(op):
        for dtype in DTYPES:
            source = op.source(device, direction, dtype)
            assert untyped(source) == []
            other = "float64" if dtype == "float32" else "float32"
            assert not re.search(rf"\b{other}\(", source)


def test_an_untyped_constant_is_found():
    assert untyped("def f(x):\n    return x + 0.5 * float32(2.0)\n") == ["line 2: 0.5"]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("op", [op for op in KERNEL_OPS if on_gpu(op)], ids=name)
def test_the_text_depends_on_nothing_that_moves(op, device):
    for direction in directions(op):
        first, second = (op.source(device, direction) for _ in range(2))
        assert first == second
        assert str(ROOT) not in first


# ---- they compile for a GPU ---------------------------------------------------------------------

#: float64 is compiled for a few: the text is the same but for the name of the type.
WIDE = ["softplus", "gelu", "softmax"]


@plain_python
@pytest.mark.parametrize("op", ACTIVATIONS, ids=name)
def test_float32_kernels_hold_no_float64(op):
    """To PTX, which needs NVIDIA's compiler and no GPU."""
    for direction in DIRECTIONS:
        ptx = compile_ptx(op.text("cuda", direction, "float32"))
        assert f"{op.name}_{direction}" in ptx
        assert ".f64" not in ptx, direction
        assert ".f32" in ptx or op.name in ("identity",)


@plain_python
@pytest.mark.parametrize("op", WIDE)
def test_float64_kernels_compile(op):
    for direction in DIRECTIONS:
        ptx = compile_ptx(tgx.activations[op].text("cuda", direction, "float64"))
        assert ".f64" in ptx


# ---- without a GPU they run in Numba's simulator ------------------------------------------------


def test_in_the_simulator():
    """tests/cudasim in a process of its own: the simulator is chosen when Numba is imported."""
    settings = {"NUMBA_ENABLE_CUDASIM": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/cudasim"],
        cwd=ROOT, env=os.environ | settings, timeout=300,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout[-2000:]
    assert int(passed[1]) >= len(ACTIVATIONS)
    assert "skipped: 0" in done.stdout
