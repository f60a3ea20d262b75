"""Tensors of every make, given to our library and to PyTorch: what test_families.py stands on.

The examples are the same each time; `TINYGRADX_EXAMPLES=1000` draws as many anew.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

import tinygradx as tgx
import tinygradx.nn.functional as ours

torch = pytest.importorskip("torch", reason="could not import torch")
theirs = torch.nn.functional

EXAMPLES = int(os.environ.get("TINYGRADX_EXAMPLES", "0"))
#: No deadline: the machine may be busy, the kernels cold.
bounded = settings(
    max_examples=EXAMPLES or 10, deadline=None, derandomize=not EXAMPLES, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

FLOATS = ("float64", "float32")
NUMBERS = (*FLOATS, "int64", "int32", "uint8")
ANY = (*NUMBERS, "bool")


class Row(NamedTuple):
    """One line of a table.

    Attributes
    ----------
    call : callable
        `call(library, its functional, the choices, *tensors)`.
    count : int
        How many tensors it takes.
    dtypes : tuple of str
        What they may be; drawn for each of them, unless `alike`.
    low, high : float
        Between which numbers the elements lie.
    shapes : callable
        From the count to a strategy of as many shapes.
    alike : bool
        Whether all tensors have one dtype.
    distinct : bool
        Whether elements may not be equal, as what to do with ties is not said.
    tolerance : float
        The relative error for float64; that of float32 is at least 2e-5.
    """

    call: Callable[..., Any]
    count: int = 1
    dtypes: tuple[str, ...] = FLOATS
    low: float = -2.0
    high: float = 2.0
    shapes: Callable[[int], Any] | None = None
    alike: bool = False
    distinct: bool = False
    tolerance: float = 1e-10


class Choices(NamedTuple):
    """What a row may choose from besides its tensors.

    Attributes
    ----------
    dim, other : int
        Two dims of the first tensor, which may be one and the same; 0 where it has none.
    dims : tuple of int
        Some of its dims, each once.
    keepdim, flag : bool
        Two choices.
    n : int
        From 1 to 3.
    random : numpy.random.Generator
        For indices and masks; both libraries get one that starts afresh.
    """

    dim: int
    other: int
    dims: tuple[int, ...]
    keepdim: bool
    flag: bool
    n: int
    seed: int

    @property
    def random(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)


class Operand(NamedTuple):
    """A tensor to be: numbers, and how they lie in memory."""

    array: Any
    layout: str


# ---- shapes, numbers, layouts -------------------------------------------------------------------


def any_shape(least: int = 0, side: int = 0, most: int = 3) -> Callable[[int], Any]:
    """The same shape for all tensors, of at least so many dims, of at least such a size."""

    def shapes(count: int) -> Any:
        one = array_shapes(min_dims=least, max_dims=most, min_side=side, max_side=4)
        return one.map(lambda shape: (shape,) * count)

    return shapes


def broadcast_shapes(count: int) -> Any:
    """Shapes that broadcast."""
    return mutually_broadcastable_shapes(
        num_shapes=count, max_dims=3, min_side=0, max_side=3
    ).map(lambda found: found.input_shapes)  # fmt: skip


def fixed(*shapes: tuple[int, ...]) -> Callable[[int], Any]:
    """These shapes."""
    return lambda count: st.just(shapes)


@st.composite
def of_product(draw: Any, count: int) -> Any:
    """Two shapes that can be multiplied as matrices: vectors, matrices, stacks."""
    n, k, m = (draw(st.integers(0, 3)) for _ in range(3))
    stacks = draw(mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=2)).input_shapes
    left = draw(st.sampled_from([(k,), (n, k), (*stacks[0], n, k)]))
    right = draw(st.sampled_from([(k,), (k, m), (*stacks[1], k, m)]))
    return left, right


def values(shape: tuple[int, ...], dtype: str, row: Row, seed: int) -> Any:
    """Numbers within the bounds of a row, some of them equal unless they have to be distinct."""
    random = np.random.default_rng(seed)
    size = math.prod(shape)
    if dtype == "bool":
        return random.random(shape) > 0.5
    if dtype not in FLOATS:
        low = max(row.low, 0.0) if dtype == "uint8" else row.low
        whole = np.arange(math.ceil(low), math.floor(row.high) + 1)
        return random.choice(whole, shape).astype(dtype) if whole.size else np.ones(shape, dtype)
    if row.distinct or seed % 2:
        spread = np.linspace(row.low, row.high, size + 2)[1:-1] + 1e-3 * random.random()
        return random.permutation(spread).reshape(shape).astype(dtype)
    few = np.linspace(row.low, row.high, 5)[1:-1]
    return random.choice(few, shape).astype(dtype)


LAYOUTS = ("plain", "plain", "transposed", "steps", "backwards", "expanded", "cut")


def base_shape(shape: tuple[int, ...], layout: str) -> tuple[int, ...]:
    """The shape of the leaf from which a layout makes a tensor of this shape."""
    if layout == "transposed":
        return shape[::-1]
    if layout == "steps":
        return (*shape[:-1], shape[-1] * 2)
    if layout == "cut":
        return (shape[0] + 2, *shape[1:])
    if layout == "expanded":
        return (1, *shape[1:])
    return shape


def laid(leaf: Any, layout: str, shape: tuple[int, ...]) -> Any:
    """A leaf looked at in another way; the same words in both libraries."""
    if layout == "transposed":
        return leaf.permute(tuple(range(len(shape)))[::-1])
    if layout == "steps":
        return leaf[..., ::2]
    if layout == "cut":
        return leaf[1:-1]
    return leaf.expand(shape) if layout == "expanded" else leaf


@st.composite
def operands(draw: Any, row: Row) -> list[Operand]:
    """The tensors of a row; now and then the same one in all places."""
    shapes = draw((row.shapes or (broadcast_shapes if row.count > 1 else any_shape()))(row.count))
    dtypes = [draw(st.sampled_from(row.dtypes)) for _ in shapes]
    found = []
    for shape, dtype in zip(shapes, dtypes, strict=True):
        layout = draw(st.sampled_from(LAYOUTS)) if shape else "plain"
        if layout == "expanded" and (row.distinct or not shape[0]):
            layout = "plain"
        kind = dtypes[0] if row.alike else dtype
        seed = draw(st.integers(0, 99))
        array = values(base_shape(shape, layout), kind, row, seed)
        found.append((Operand(array, layout), shape))
    return found


@st.composite
def choices(draw: Any, ndim: int) -> Choices:
    """Dims of a tensor, and the rest."""
    dim = st.integers(-ndim, ndim - 1) if ndim else st.just(0)
    every = draw(st.permutations(range(ndim)))
    dims = tuple(every[: draw(st.integers(1, max(ndim, 1)))])
    return Choices(
        draw(dim), draw(dim), dims, draw(st.booleans()), draw(st.booleans()),
        draw(st.integers(1, 3)), draw(st.integers(0, 99)),
    )  # fmt: skip


# ---- the comparison -----------------------------------------------------------------------------


def made(library: Any, found: Any) -> tuple[list[Any], list[Any]]:
    """Leaves, and the tensors that look at them."""
    leaves, tensors = [], []
    for (array, layout), shape in found:
        if library is tgx and layout == "backwards":  # PyTorch has no negative steps
            leaf = tgx.from_numpy(array[..., ::-1].copy()[..., ::-1])
            assert leaf.numpy().strides[-1] <= 0 or not leaf.numel() or shape[-1] == 1
        else:
            leaf = library.tensor(array)
        if array.dtype.kind == "f":
            leaf.requires_grad_()
        leaves.append(leaf)
        tensors.append(laid(leaf, layout, shape))
    return leaves, tensors


def parts(out: Any) -> list[Any]:
    """A result as a list of tensors."""
    return [p for p in out if p is not None] if isinstance(out, (tuple, list)) else [out]


#: What either library raises for input that it refuses.
REFUSALS = (RuntimeError, IndexError, ValueError, TypeError, NotImplementedError)


def compare(row: Row, found: Any, chosen: Choices, same: bool) -> None:
    """Run a row in both libraries; values, dtypes, shapes and gradients agree."""
    outcomes = []
    for library, functional in ((tgx, ours), (torch, theirs)):
        leaves, tensors = made(library, found)
        if same:
            tensors = [tensors[0]] * len(tensors)
        with warnings.catch_warnings():
            if library is torch:  # it warns of slow copies, and of what is 0 / 0
                warnings.simplefilter("ignore")
            try:
                outs = parts(row.call(library, functional, chosen, *tensors))
            except REFUSALS as error:
                outcomes.append(error)
                continue
            outcomes.append((outs, gradients(library, outs, leaves)))
    note(f"{[(o.array.tolist(), o.layout, str(o.array.dtype), s) for o, s in found]} {chosen}")
    mine, their = outcomes
    if isinstance(their, Exception) or isinstance(mine, Exception):
        assert isinstance(their, Exception), f"we refuse, PyTorch answers: {mine}"
        assert isinstance(mine, Exception), f"PyTorch refuses, we answer: {their}"
        return
    coarse = any(operand.array.dtype == np.float32 for operand, _ in found)
    tolerance = max(row.tolerance, 2e-5) if coarse else row.tolerance
    assert len(mine[0]) == len(their[0])
    for a, b in zip(mine[0], their[0], strict=True):
        assert tuple(a.shape) == tuple(b.shape), "the shapes differ"
        assert str(a.dtype) == str(b.dtype).removeprefix("torch."), "the dtypes differ"
        close(a.detach().numpy(), b.detach().numpy(), tolerance, "value")
        assert a.requires_grad == b.requires_grad, "one of them is recorded"
    for place, (a, b) in enumerate(zip(mine[1], their[1], strict=True)):
        assert (a is None) == (b is None), f"one has no gradient of input {place}"
        if a is not None:
            close(a, b, tolerance, f"gradient of input {place}")


def close(a: Any, b: Any, tolerance: float, what: str) -> None:
    """Two arrays within the error that their dtype allows."""
    assert a.shape == b.shape and a.dtype == b.dtype, what
    if a.dtype == np.float32:  # of integers, too
        tolerance = max(tolerance, 2e-5)
    np.testing.assert_allclose(a, b, tolerance, tolerance, err_msg=what)


def gradients(library: Any, outs: list[Any], leaves: list[Any]) -> list[Any]:
    """What arrives at the leaves, from numbers drawn for each output."""
    roots = [out for out in outs if out.requires_grad]
    if roots:
        starts = []
        for place, root in enumerate(roots):
            start = np.random.default_rng(place).normal(size=tuple(root.shape))
            starts.append(library.tensor(start.astype(root.detach().numpy().dtype)))
        library.autograd.backward(roots, starts)
    # PyTorch's zeros may have no memory until they are asked for it.
    force = {"force": True} if library is torch else {}
    return [None if leaf.grad is None else leaf.grad.numpy(**force) for leaf in leaves]


def rows(table: dict[str, Row]) -> Any:
    """A test over the rows of a table, each with tensors of its own."""
    return pytest.mark.parametrize("row", table.values(), ids=table.keys())


def run(row: Row, data: Any) -> None:
    """Draw the tensors and the choices of a row, and compare."""
    found = data.draw(operands(row))
    alike = len({(shape, str(o.array.dtype)) for o, shape in found}) == 1
    same = row.count > 1 and alike and data.draw(st.booleans())
    compare(row, found, data.draw(choices(len(found[0][1]))), same)
