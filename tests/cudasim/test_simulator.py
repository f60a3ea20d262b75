"""Every CUDA kernel in Numba's simulator, against the CPU: what it means, if not how fast.

The simulator is chosen when Numba is imported, so these run in a process of their own:
`NUMBA_ENABLE_CUDASIM=1 pytest tests/cudasim`, which tests/test_kernels.py starts.
"""

from __future__ import annotations

import numpy as np
import pytest

import tinygradx as tgx
import tinygradx.nn  # whose functions bring operations along
from tinygradx.graph import REGISTRY
from tinygradx.kernels import columns_kernel, total_kernel
from tinygradx.ops.cross_entropy import CROSS_ENTROPY
from tinygradx.ops.elementary import add
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.rowwise import Rowwise
from tinygradx.optim.adadelta import adadelta
from tinygradx.optim.adagrad import adagrad
from tinygradx.optim.adam import adam, amsgrad
from tinygradx.optim.adamax import adamax
from tinygradx.optim.asgd import averaged
from tinygradx.optim.lbfgs import along
from tinygradx.optim.nadam import nadam
from tinygradx.optim.radam import radam, radam_early
from tinygradx.optim.rmsprop import (
    rmsprop,
    rmsprop_centered,
    rmsprop_centered_momentum,
    rmsprop_momentum,
)
from tinygradx.optim.rprop import rprop
from tinygradx.optim.sgd import descend, heavy_ball, nesterov

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
    others = column[::-1] * 0.7 + 0.3, np.full(column.size, 4.0), column * 0.4 - 0.2
    arrays = [column, *others][: op.arity]
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
    y = np.asarray(op(tgx.tensor(x), -1).numpy())
    text, slots = op._text("cuda", "float64", direction)
    if direction == "forward":
        arguments, expected = [x], y
    else:
        leaf = tgx.tensor(x, requires_grad=True)
        g = g[:, :columns].copy()
        op(leaf, -1).backward(tgx.tensor(g))
        arguments = [g, *(x if n == "x" else y for n in op.saves)]
        expected = leaf.grad.numpy()
    out = np.full(expected.shape, 77.0)
    text.dispatcher("cuda")[2, threads](*arguments, np.zeros((3, slots, width)), out)
    np.testing.assert_allclose(out, expected, 1e-12, 1e-14)


@pytest.mark.parametrize("threads", [4, 8])
@pytest.mark.parametrize("width", [1, 5, 16])
def test_cross_entropy(width, threads):
    """Losses and slopes of three rows, among them a class that does not exist."""
    random = np.random.default_rng(width)
    x, classes = random.normal(size=(3, width)), np.array([0, width - 1, width])
    text, slots = CROSS_ENTROPY.text("cuda", "float64")
    losses, slope = np.full((3, 1), 77.0), np.full((3, width), 77.0)
    scratch = np.zeros((3, slots, width))
    text.dispatcher("cuda")[2, threads](x, classes, scratch, losses, slope)
    share = np.exp(x) / np.exp(x).sum(1, keepdims=True)
    for row in range(2):
        np.testing.assert_allclose(losses[row, 0], -np.log(share[row, classes[row]]), 1e-12, 1e-14)
        share[row, classes[row]] -= 1.0
    np.testing.assert_allclose(slope[:2], share[:2], 1e-12, 1e-14)
    assert np.isnan(losses[2, 0])


UPDATES = [
    descend, heavy_ball, nesterov, adam, amsgrad, adadelta, adagrad, adamax, nadam, radam,
    radam_early, rmsprop, rmsprop_momentum, rmsprop_centered, rmsprop_centered_momentum, rprop,
    averaged, along,
]  # fmt: skip


@pytest.mark.parametrize("update", UPDATES, ids=name)
def test_updates(update):
    """What an optimiser does to a parameter and to what it keeps."""
    g, *arrays = np.random.default_rng(0).uniform(0.2, 2.0, (1 + len(update.arrays), 11))
    numbers = [0.1 * k + 0.1 for k in range(len(update.formula.parameters) - len(arrays) - 1)]
    wanted = [array.copy() for array in arrays]
    update.text("cpu", "float64").load()(*numbers, g, *wanted)
    update.text("cuda", "float64").dispatcher("cuda")[2, 4](*numbers, g, *arrays)
    for got, expected in zip(arrays, wanted, strict=True):
        np.testing.assert_allclose(got, expected, 1e-13)


def test_a_number_for_each_column():
    x, b = np.random.default_rng(0).normal(size=(5, 7)), np.arange(7.0)
    expected = x + b
    kernel = columns_kernel("add_bias", "cuda", "float64", add.formula).dispatcher("cuda")
    kernel[2, 4](b, x)
    np.testing.assert_array_equal(x, expected)


@pytest.mark.parametrize("reduction", ["row_sum", "row_mean"])
def test_one_number_of_a_whole_array(reduction):
    x, out = np.random.default_rng(0).normal(size=37), np.zeros(1)
    total_kernel("total", "cuda", "float64", reduction).dispatcher("cuda")[1, 8](x, out)
    expected = x.sum() if reduction == "row_sum" else x.mean()
    np.testing.assert_allclose(out[0], expected, 1e-13)
