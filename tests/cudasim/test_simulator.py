"""Every CUDA kernel in Numba's simulator, against the CPU: what it means, if not how fast.

The simulator is chosen when Numba is imported, so these run in a process of their own:
`NUMBA_ENABLE_CUDASIM=1 pytest tests/cudasim`, which tests/test_kernels.py starts.
"""

from __future__ import annotations

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.graph import REGISTRY
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.rowwise import Rowwise

# The simulated threads are Python's, where `np.errstate` of this one does not reach.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

ELEMENTWISE = [
    op for op in REGISTRY.values() if isinstance(op, Elementwise) and op.integers != "only"
]
ROWS = [op for op in REGISTRY.values() if isinstance(op, Rowwise)]


def name(op):
    return op.name


def _inputs(op, dtype):
    """A few places, among them the ends; about 75 microseconds a simulated thread."""
    low, high = op.domain
    column = np.linspace(low + 0.01, high - 0.01, 7)
    column = np.concatenate([column, [30.0, -30.0] if op.domain == (-6.0, 6.0) else []])
    arrays = [column, column[::-1] * 0.7 + 0.3, np.full(column.size, 4.0)][: op.arity]
    arrays = [a.astype(dtype) for a in arrays]
    return [a > 0 if flag else a for a, flag in zip(arrays, op.flags, strict=True)]


def _arguments(op, dtype, direction):
    arrays = _inputs(op, dtype)
    names = dict(zip(op.inputs, arrays, strict=True))
    names |= {n: dtype(v) for n, v in zip(op.settings, op.defaults, strict=True)}
    size = arrays[0].size
    if direction == "forward":
        kind = bool if op.result == "bool" else dtype
        return [names[n] for n in (*op.inputs, *op.settings)], [np.zeros(size, kind)]
    names["y"] = names.get("y", op.value(arrays, op.defaults))
    read = op._backward_names(tuple(range(op.arity)))
    g = np.linspace(-1.0, 2.0, size).astype(dtype)
    return [g, *(names[n] for n in read)], [np.zeros(size, dtype) for _ in range(op.arity)]


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("op", ELEMENTWISE, ids=name)
def test_elementwise(op, direction):
    """One dtype is enough: the simulator knows no types. float64 tells most about meaning."""
    if direction == "backward" and op.slope_formula is None:
        assert op.result == "bool"
        return
    arguments, outs = _arguments(op, np.float64, direction)
    op.text("cuda", direction, "float64").dispatcher("cuda")[2, 4](*arguments, *outs)
    arguments, wanted = _arguments(op, np.float64, direction)
    op.text("cpu", direction, "float64").load()(*arguments, *wanted)
    for got, expected in zip(outs, wanted, strict=True):
        np.testing.assert_allclose(got, expected, 1e-12, 1e-14)


@pytest.mark.parametrize("threads", [4, 8])
@pytest.mark.parametrize("width", [1, 5, 16])
@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("op", ROWS, ids=name)
def test_rows(op, direction, width, threads):
    """Fewer threads than elements, and more; more rows than blocks."""
    random = np.random.default_rng(width)
    x, g = random.normal(size=(2, 3, width))
    columns = 1 if op.column else width
    y = np.asarray(op(tgx.tensor(x)).numpy())
    text, slots = op._text("cuda", "float64", direction)
    if direction == "forward":
        arguments, expected = [x], y
    else:
        leaf = tgx.tensor(x, requires_grad=True)
        g = g[:, :columns].copy()
        op(leaf).backward(tgx.tensor(g))
        arguments = [g, *(x if n == "x" else y for n in op.saves)]
        expected = leaf.grad.numpy()
    out = np.full(expected.shape, 77.0)
    text.dispatcher("cuda")[2, threads](*arguments, np.zeros((3, slots, width)), out)
    np.testing.assert_allclose(out, expected, 1e-12, 1e-14)
