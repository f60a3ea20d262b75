"""Elements and slices by index tensors: the kernels against NumPy, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygradx as tgx
from tinygradx.errors import DimError, ShapeError
from tinygradx.kernels.scatter import element_kernel, slice_kernel
from tinygradx.ops.index_tensors import (
    add_elements,
    add_slices,
    put_elements,
    take_elements,
    take_slices,
)

DTYPES = st.sampled_from([np.float32, np.float64, np.int64])


@st.composite
def indexed(draw):
    """An array of up to four dimensions, a dim, and an index nowhere larger but along it."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    dim = draw(st.integers(0, len(shape) - 1))
    own = [draw(st.integers(1, size)) for size in shape]
    own[dim] = draw(st.integers(1, 5))
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    x = (random.normal(size=shape[::-1]) * 100).astype(draw(DTYPES))
    x = x.T if draw(st.booleans()) else np.ascontiguousarray(x.T)
    index = random.integers(0, shape[dim], own).astype(draw(st.sampled_from([np.int64, np.int32])))
    part = (random.normal(size=own) * 100).astype(x.dtype)
    return x, index, part, dim


def grid(index, dim):
    """An index of all dimensions, in NumPy's words, for an index along one of them."""
    open_grid = list(np.ogrid[tuple(slice(0, n) for n in index.shape)])
    open_grid[dim] = index
    return tuple(open_grid)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(indexed())
def test_elements_are_those_of_numpy(case):
    x, index, part, dim = case
    at = grid(index, dim)
    np.testing.assert_array_equal(take_elements(x, index, dim, "gather"), x[at])

    out, expected = x.copy(order="C"), x.copy(order="C")
    put_elements(out, index, part, dim, "scatter")
    expected[at] = part  # of several for one place NumPy keeps the last one, too
    np.testing.assert_array_equal(out, expected)

    out, expected = x.copy(order="C"), x.copy(order="C")
    add_elements(out, index, part, dim, "scatter_add")
    np.add.at(expected, at, part)
    np.testing.assert_array_equal(out, expected)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(indexed())
def test_slices_are_those_of_numpy(case):
    x, index, _, dim = case
    rows = index.reshape(-1)
    np.testing.assert_array_equal(take_slices(x, rows, dim, "index_select"), x.take(rows, dim))
    part = np.ones_like(x.take(rows, dim)) * 3
    out, expected = x.copy(order="C"), x.copy(order="C")
    add_slices(out, rows, part, dim, "index_add")
    np.add.at(expected, (*(slice(None),) * dim, rows), part)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("inner", [1, 2])
@pytest.mark.parametrize("wrong", [3, -1, 2**62, -(2**63)])
def test_a_kernel_says_where_the_index_is_wrong(dtype, inner, wrong):
    whole, part = np.zeros(2 * 3 * inner, dtype), np.ones(2 * 4 * inner, dtype)
    index = np.zeros(2 * 4 * inner, np.int64)
    layout = (2, 4, inner, 3, inner)
    kernel = element_kernel("add", dtype).load()
    assert kernel(whole, part, index.view(np.uint64), *layout) == -1
    assert whole.sum() == part.size
    index[5 * inner] = wrong
    assert kernel(whole, part, index.view(np.uint64), *layout) == 5 * inner
    kernel, rows = slice_kernel("take", dtype).load(), np.array([2, 0, wrong, 1])
    found = kernel(whole, part, rows.view(np.uint64), 2, 4, inner, 3)
    assert rows[found] == wrong


CALLS = {
    "gather": lambda x, i: x.gather(0, i[:, None]),
    "scatter": lambda x, i: x.scatter(0, i[:, None], 1),
    "scatter_add": lambda x, i: x.scatter_add(0, i[:, None], tgx.ones(3, 1, dtype=x.dtype)),
    "scatter_reduce": lambda x, i: x.scatter_reduce(
        0, i[:, None], tgx.ones(3, 1, dtype=x.dtype), "amax"
    ),
    "index_select": lambda x, i: x.index_select(0, i),
    "index_add": lambda x, i: x.index_add(0, i, tgx.ones(3, 2, dtype=x.dtype)),
    "index_copy": lambda x, i: x.index_copy(0, i, tgx.ones(3, 2, dtype=x.dtype)),
}


@pytest.mark.parametrize("dtype", [tgx.float32, tgx.int64])
@pytest.mark.parametrize("wrong", [-1, 4, 10**12])
@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_index_is_named(name, wrong, dtype):
    x, index = tgx.zeros(4, 2, dtype=dtype), tgx.tensor([0, wrong, 3])
    with pytest.raises(DimError) as caught:
        CALLS[name](x, index)
    text = str(caught.value)
    assert f"{name} by the index {wrong}" in text
    assert "a dimension of size 4" in text
    assert "use indices from 0 to 3" in text


def test_values_of_another_size_or_dtype_do_not_reach_a_kernel():
    out, index = np.zeros((2, 3), np.float32), np.zeros((2, 3), np.int64)
    add_elements(out, index, np.ones((2, 3), np.float64), 1, "scatter_add")
    assert out.tolist() == [[3.0, 0.0, 0.0], [3.0, 0.0, 0.0]]
    with pytest.raises(ShapeError, match="scatter_add 6 elements by an index"):
        add_elements(out, index, np.ones((2, 2), np.float32), 1, "scatter_add")
    with pytest.raises(ShapeError, match="index_add 4 elements by an index"):
        add_slices(out, np.array([0, 1]), np.ones(3, np.float32), 1, "index_add")
    with pytest.raises(IndexError):
        take_elements(out, np.full((5, 3), 2), 1, "gather")  # more rows than there are


def test_take_along_dim_counts_from_the_end_as_well():
    x = tgx.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    out = x.take_along_dim(tgx.tensor([[-1], [0]]), 1)
    assert out.tolist() == [[3.0], [4.0]]
    out.sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    with pytest.raises(DimError, match="take_along_dim by the index -4"):
        x.take_along_dim(tgx.tensor([[-4], [0]]), 1)


def test_an_index_that_is_changed_before_the_way_back_is_noticed():
    x, index = tgx.ones(3, requires_grad=True), tgx.tensor([0, 2])
    loss = x.index_select(0, index).sum()
    index.fill_(1)
    with pytest.raises(tgx.errors.GraphError, match="index_select"):
        loss.backward()


def test_integers_on_the_index_of_other_widths():
    x = tgx.arange(6.0).reshape(2, 3)
    for dtype in (tgx.int8, tgx.int16, tgx.int32, tgx.uint8):
        index = tgx.tensor([[2], [0]], dtype=dtype)
        assert x.gather(1, index).tolist() == [[2.0], [3.0]]
        assert x.index_select(1, index[:, 0]).tolist() == [[2.0, 0.0], [5.0, 3.0]]
