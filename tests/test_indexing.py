"""Indices: what is picked, put, added and chosen, beside plain loops; and what errors say."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DimError, DtypeError, GraphError, ShapeError
from tinygradx.nn.functional import nll_loss, one_hot
from tinygradx.ops.index_tensors import add_slices
from tinygradx.ops.indexing import GETITEM, PUT, plain_index
from tinygradx.ops.reductions import PICK, PLACE

RANDOM = np.random.default_rng(7)


def drawn(*shape, seed=0):
    """A float64 leaf of normal numbers."""
    return tgx.tensor(np.random.default_rng(seed).normal(size=shape), requires_grad=True)


# ---- along a dimension --------------------------------------------------------------------------

#: Shapes of the tensor and of the index, and the dim.
ALONG = [
    ((5,), (7,), 0),
    ((3, 4), (3, 6), 1),
    ((3, 4), (5, 4), 0),
    ((3, 4), (2, 2), -1),
    ((2, 3, 4), (2, 5, 3), 1),
    ((2, 3, 4), (1, 3, 4), 0),
    ((3, 4), (0, 4), 0),
    ((3, 4), (3, 0), 1),
    ((), (), 0),
    ((), (4,), -1),
    ((5,), (), 0),
]


def places_of(index, dim):
    """Each element of an index, and where in the tensor it leads: what the manual page says."""
    for at in itertools.product(*map(range, index.shape)):
        to = list(at)
        if to:
            to[dim] = int(index[at])
        yield at, tuple(to)


@pytest.mark.parametrize(("shape", "own", "dim"), ALONG)
@pytest.mark.parametrize("order", ["C", "F"])
def test_along_a_dim(shape, own, dim, order):
    random = np.random.default_rng(1)
    array = np.asarray(random.normal(size=shape), order=order)
    x = tgx.from_numpy(array).requires_grad_()
    index = random.integers(0, shape[dim] if shape else 1, own)
    source = drawn(*own, seed=2)
    flat = np.atleast_1d
    g, taken = np.zeros_like(flat(array)), np.zeros(own)
    added, written, last = flat(array.copy()), flat(array.copy()), {}
    for at, to in places_of(index, dim):
        to = to if len(to) == flat(array).ndim else (int(index[at]),)
        taken[at] = flat(array)[to]
        g[to] += 1.0 + flat(taken).size  # any number, the same for each
        added[to] += source.detach().numpy()[at]
        written[to] = source.detach().numpy()[at]
        last[to] = at
    out = x.gather(dim, tgx.tensor(index))
    np.testing.assert_array_equal(out.detach().numpy(), taken)
    (share,) = tgx.autograd.grad((out * (1.0 + flat(taken).size)).sum(), [x])
    np.testing.assert_allclose(share.numpy(), g.reshape(shape), 1e-13)

    out = x.scatter_add(dim, tgx.tensor(index), source)
    np.testing.assert_allclose(out.detach().numpy(), added.reshape(shape), 1e-13)
    weights = drawn(*shape, seed=3).detach()
    of_x, of_source = tgx.autograd.grad((out * weights).sum(), [x, source], allow_unused=True)
    np.testing.assert_array_equal(of_x.numpy(), weights.numpy())
    if index.size:
        expected = weights.reshape(flat(array).shape).gather(dim, tgx.tensor(index))
        np.testing.assert_array_equal(of_source.numpy(), expected.numpy())

    out = x.scatter(dim, tgx.tensor(index), source)
    np.testing.assert_array_equal(out.detach().numpy(), written.reshape(shape))
    of_x, of_source = tgx.autograd.grad((out * weights).sum(), [x, source], allow_unused=True)
    left, stays = flat(weights.numpy().copy()), np.zeros(own)
    for to, at in last.items():
        stays[at], left[to] = flat(weights.numpy())[to], 0.0
    np.testing.assert_array_equal(of_x.numpy(), left.reshape(shape))
    if index.size:
        np.testing.assert_array_equal(of_source.numpy(), stays)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "int64"])
def test_any_integers_are_indices(dtype):
    x = tgx.arange(300.0).reshape(300, 1).expand(300, 2).clone().requires_grad_()
    index = tgx.tensor(np.array([[1, 0], [120, 99]]).astype(dtype))
    assert x.gather(0, index).tolist() == [[1.0, 0.0], [120.0, 99.0]]
    assert x.T.contiguous().gather(1, index).tolist() == [[1.0, 0.0], [120.0, 99.0]]
    assert x.index_select(0, index[1]).tolist() == [[120.0] * 2, [99.0] * 2]
    if dtype != "uint8":  # which is a mask
        assert x[index[:, 0]].tolist() == [[1.0] * 2, [120.0] * 2]
    # More rows than a uint8 can count: the number of an element is an int64.
    wide = tgx.log_softmax(drawn(200, 3), 1)
    classes = np.arange(200) % 3
    loss = nll_loss(wide, tgx.tensor(classes.astype(dtype)), reduction="none")
    expected = -wide.detach().numpy()[np.arange(200), classes]
    np.testing.assert_array_equal(loss.detach().numpy(), expected)


@pytest.mark.parametrize(("shape", "dim"), [((4, 5), 1), ((4, 5), 0), ((2, 3, 4), 1), ((6,), 0)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_pick_and_place(shape, dim, order):
    x = np.asarray(RANDOM.normal(size=shape), order=order)
    left = shape[:dim] + shape[dim + 1 :]
    index = RANDOM.integers(0, shape[dim], left)
    along = np.expand_dims(index, dim)
    picked = np.take_along_axis(x, along, dim).squeeze(dim)
    np.testing.assert_array_equal(PICK.forward(x, index, dim), picked)
    placed = np.zeros(shape)
    np.put_along_axis(placed, along, np.expand_dims(picked, dim), dim)
    np.testing.assert_array_equal(PLACE.forward(picked, index, shape, dim), placed)
    assert isinstance(PICK.forward(x, index, dim), np.ndarray)


def test_pick_of_no_rows_and_no_columns():
    empty = np.zeros(0, np.int64)
    assert PICK.forward(np.zeros((0, 3)), empty, 1).shape == (0,)
    assert PLACE.forward(np.zeros(0), empty, (0, 0), 1).shape == (0, 0)


def test_take_along_dim_broadcasts_and_counts_from_the_end():
    x = drawn(3, 4)
    order = np.argsort(x.detach().numpy(), 1)
    np.testing.assert_array_equal(
        x.take_along_dim(tgx.tensor(order), 1).detach().numpy(), np.sort(x.detach().numpy(), 1)
    )
    last = x.take_along_dim(tgx.tensor([[-1]]), 1)
    assert last.flatten().tolist() == x[:, 3].tolist()
    assert x.take_along_dim(tgx.tensor([[5, -12]])).tolist() == [x[1, 1].item(), x[0, 0].item()]


@pytest.mark.parametrize("include_self", [True, False])
@pytest.mark.parametrize("reduce", ["sum", "prod", "mean", "amax", "amin"])
def test_scatter_reduce_is_a_reduction_of_each_group(reduce, include_self):
    x, source = drawn(4, 3), drawn(6, 3, seed=1)
    index = np.random.default_rng(2).integers(0, 3, (6, 3))
    out = x.scatter_reduce(0, tgx.tensor(index), source, reduce, include_self=include_self)
    of = {"sum": np.sum, "prod": np.prod, "mean": np.mean, "amax": np.max, "amin": np.min}[reduce]
    for row, column in itertools.product(range(4), range(3)):
        group = source.detach().numpy()[:, column][index[:, column] == row]
        own = x.detach().numpy()[row, column]
        every = [own, *group] if include_self or not group.size else group
        np.testing.assert_allclose(out[row, column].item(), of(every), 1e-13)


def test_ties_share_the_gradient():
    x = tgx.tensor([2.0, 0.0], requires_grad=True)
    source = tgx.tensor([2.0, 2.0, 1.0], requires_grad=True)
    out = x.scatter_reduce(0, tgx.tensor([0, 0, 1]), source, "amax")
    out.backward(tgx.tensor([3.0, 5.0]))
    assert out.tolist() == [2.0, 1.0]
    assert (x.grad.tolist(), source.grad.tolist()) == ([1.0, 0.0], [1.0, 1.0, 5.0])


def test_integers_reduce_as_pytorch_rounds():
    x, index = tgx.tensor([1, 5]), tgx.tensor([0, 0])
    out = x.scatter_reduce(0, index, tgx.tensor([-4, 1]), "mean", include_self=False)
    assert out.tolist() == [-2, 5]
    assert x.index_reduce(0, index, tgx.tensor([3, 4]), "prod").tolist() == [12, 5]


# ---- slices by a vector -------------------------------------------------------------------------


def test_repeated_slices_are_added_as_often():
    x = drawn(4, 2, 3)
    index = tgx.tensor([2, 0, 2, 2])
    (x.index_select(1, tgx.tensor([1, 1, 0])) * 2.0).sum().backward()
    assert x.grad[:, 0].flatten().tolist() == [2.0] * 12
    assert x.grad[:, 1].flatten().tolist() == [4.0] * 12
    source = drawn(4, 2, 3, seed=1)
    out = x.index_add(0, index, source, alpha=0.5)
    expected = x.detach().numpy().copy()
    np.add.at(expected, index.numpy(), 0.5 * source.detach().numpy())
    np.testing.assert_allclose(out.detach().numpy(), expected, 1e-13)
    weights = drawn(4, 2, 3, seed=2).detach()
    (out * weights).sum().backward()
    np.testing.assert_allclose(source.grad.numpy(), 0.5 * weights.numpy()[index.numpy()], 1e-13)


def test_index_copy_fill_and_put():
    x = tgx.zeros(3, 2)
    index = tgx.tensor([2, 0])
    assert x.index_copy(0, index, tgx.tensor([[1.0, 2.0], [3.0, 4.0]])).tolist() == [
        [3.0, 4.0], [0.0, 0.0], [1.0, 2.0],
    ]  # fmt: skip
    assert x.index_fill(1, tgx.tensor([-1]), 5.0).tolist() == [[0.0, 5.0]] * 3
    at = (tgx.tensor([0, 0, 2]), tgx.tensor([1, 1, 0]))
    values = tgx.tensor([1.0, 2.0, 4.0], requires_grad=True)
    out = x.index_put(at, values, accumulate=True)
    assert out.tolist() == [[0.0, 3.0], [0.0, 0.0], [4.0, 0.0]]
    out[0, 1].backward()
    assert values.grad.tolist() == [1.0, 1.0, 0.0]
    assert x.put(tgx.tensor([-1, 0]), tgx.tensor([7.0, 8.0])).tolist() == [[8, 0], [0, 0], [0, 7]]
    assert tgx.tensor(1.0).index_fill(0, tgx.tensor([0]), 4.0).tolist() == 4.0
    assert tgx.tensor(1.0).index_add(0, tgx.tensor(0), tgx.tensor(4.0)).tolist() == 5.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_rows_are_added_as_numpy_adds_them(dtype):
    x = np.asfortranarray(RANDOM.normal(size=(50, 7)) * 100).astype(dtype)
    rows = RANDOM.integers(0, 4, 50).astype(np.int32)
    out, expected = np.ones((4, 7), dtype), np.ones((4, 7), dtype)
    add_slices(out, rows, x, 0, "add")
    np.add.at(expected, rows, x)
    np.testing.assert_array_equal(out, expected)


@st.composite
def indices(draw):
    """An index into (3, 4, 2) with integer arrays, alone or among other parts."""
    array = st.lists(st.integers(-3, 2), min_size=1, max_size=5).map(np.array)
    kind = draw(st.integers(0, 6))
    a = draw(array)
    b = np.clip(draw(array), -2, 1)
    b = np.resize(b, a.shape)
    return [
        a, a[:, None] + 0 * b, (slice(None), a), (a, b), (slice(None), slice(None), b),
        (slice(None), a, b), (a, slice(1, 3), b),
    ][kind]  # fmt: skip


@settings(max_examples=80, deadline=None, derandomize=True)
@given(index=indices(), order=st.sampled_from("CF"))
def test_the_way_back_of_an_index(index, order):
    """The fast ways of reading and adding are NumPy's plain ones."""
    x = np.asarray(np.arange(24.0).reshape(3, 4, 2), order=order)
    plain = plain_index(index)
    out = GETITEM.forward(x, plain)
    np.testing.assert_array_equal(out, x[index])
    g = np.arange(1.0, out.size + 1).reshape(out.shape)
    expected = np.zeros((3, 4, 2))
    np.add.at(expected, index, g)
    np.testing.assert_array_equal(PUT.forward(g, (3, 4, 2), plain), expected)


# ---- masks --------------------------------------------------------------------------------------


def test_masks_broadcast():
    x = drawn(2, 3)
    rows = tgx.tensor([[True], [False]])
    filled = x.masked_fill(rows, -1.0)
    assert filled[0].tolist() == [-1.0] * 3
    filled.sum().backward()
    assert x.grad.tolist() == [[0.0] * 3, [1.0] * 3]
    assert x.masked_select(rows).tolist() == x[0].tolist()
    ones = x.masked_scatter(rows, tgx.arange(6.0, dtype=tgx.float64))
    assert ones[0].tolist() == [0.0, 1.0, 2.0]
    assert tgx.masked_fill(tgx.tensor([1, 2]), tgx.tensor([True, False]), 7).tolist() == [7, 2]
    # What is hidden has no share, not even nan.
    y = tgx.tensor([0.0, 4.0], requires_grad=True)
    y.sqrt().masked_fill(y == 0, 0.0).masked_select(y > 0).sum().backward()
    assert y.grad[1].item() == 0.25


def test_nonzero_in_its_forms():
    x = tgx.tensor([[0.0, 2.0], [3.0, 0.0]])
    assert x.nonzero().tolist() == tgx.argwhere(x).tolist() == [[0, 1], [1, 0]]
    assert [part.tolist() for part in x.nonzero(as_tuple=True)] == [[0, 1], [1, 0]]
    assert x[x.nonzero(as_tuple=True)].tolist() == [2.0, 3.0]
    assert [part.tolist() for part in tgx.where(x > 2)] == [[1], [0]]
    assert x.where(x > 2, -1.0).tolist() == [[-1.0, -1.0], [3.0, -1.0]]
    assert tgx.tensor(3.0).nonzero().shape == (1, 0)
    assert tgx.tensor(0.0).nonzero().shape == (0, 0)
    assert tgx.nonzero_static(x, size=1).tolist() == [[0, 1]]
    assert [p.tolist() for p in tgx.unravel_index(tgx.tensor([3, 1]), (2, 2))] == [[1, 0], [1, 1]]


def test_one_hot():
    classes = tgx.tensor([[0, 2], [1, 0]])
    assert one_hot(classes).tolist() == np.eye(3, dtype=int)[classes.numpy()].tolist()
    assert one_hot(classes, 5).shape == (2, 2, 5)
    assert one_hot(classes).dtype == tgx.int64


# ---- parts --------------------------------------------------------------------------------------


def test_parts_are_replaced():
    x, part = drawn(3, 4), drawn(3, seed=1)
    out = x.select_scatter(part, 1, -1)
    assert out[:, 3].tolist() == part.tolist()
    assert out[:, :3].tolist() == x[:, :3].tolist()
    out.sum().backward()
    assert x.grad[:, 3].tolist() == [0.0] * 3
    assert part.grad.tolist() == [1.0] * 3
    assert x.slice_scatter(tgx.zeros(2, 4, dtype=tgx.float64), 0, 0, None, 2)[0].tolist() == [0] * 4
    assert x.diagonal_scatter(part, 1).diagonal(1).tolist() == part.tolist()


# ---- what is kept -------------------------------------------------------------------------------


def test_an_index_that_changes_is_noticed():
    x, index = drawn(3, 2), tgx.tensor([[0, 1]])
    out = x.gather(0, index)
    index[0, 0] = 2
    with pytest.raises(GraphError, match="needed for the gradient, was changed in place"):
        out.sum().backward()


def test_an_index_array_is_copied():
    x, index = drawn(3), np.array([0, 0])
    outs = [x[index], x.index_select(0, index), x.take(index), x.gather(0, index)]
    index[:] = 2
    for out in outs:
        x.grad = None
        out.sum().backward()
        assert x.grad.tolist() == [2.0, 0.0, 0.0]


X = tgx.zeros(2, 3)
I = tgx.tensor([[0, 1, 1]])
#: What is wrong, the class, and what the message must say.
MISTAKES = [
    (lambda: X.gather(0, I + 1), DimError, "gather by the index 2.*size 2.*from 0 to 1"),
    (lambda: X.gather(0, I - 1), DimError, "by the index -1"),
    (lambda: X.gather(2, I), DimError, "from -2 to 1"),
    (lambda: X.gather(0, I.float()), DtypeError, r"index\.long\(\)"),
    (lambda: X.gather(0, I > 0), DtypeError, "dtype bool"),
    (lambda: X.gather(0, I[0]), ShapeError, "as many dimensions"),
    (lambda: X.gather(0, tgx.zeros(2, 4).long()), ShapeError, "larger along dim 1"),
    (lambda: tgx.zeros(0, 3).gather(0, I), DimError, "nothing to index"),
    (lambda: X.take_along_dim(I[0], 0), ShapeError, "as many dimensions"),
    (lambda: X.take_along_dim(I[:, :2], 0), ShapeError, "does not broadcast"),
    (lambda: X.take_along_dim(I - 4, 1), DimError, "from -3 to 2"),
    (lambda: X.scatter(0, I), ArgumentError, "what to write"),
    (lambda: X.scatter(0, I, I), DtypeError, r"src\.to\(input\.dtype\)"),
    (lambda: X.scatter(0, I, X[:, :2]), ShapeError, "at least the size of the index"),
    (lambda: X.scatter(0, I, X, reduce="mean"), ArgumentError, '"add", "multiply"'),
    (lambda: X.scatter_add(1, I * 3, X), DimError, "by the index 3"),
    (lambda: X.scatter_reduce(0, I, X, "max"), ArgumentError, "sum, prod, mean, amax, amin"),
    (lambda: X.index_select(0, I), ShapeError, "more than one dimension"),
    (lambda: X.index_select(0, tgx.tensor([2])), DimError, "by the index 2"),
    (lambda: X.index_select(0, tgx.tensor([-1])), DimError, "by the index -1"),
    (lambda: tgx.tensor(1.0).index_select(0, tgx.tensor([0, 0])), ShapeError, "a number"),
    (lambda: X.index_add(0, I[0], X), ShapeError, r"pass one of shape \(3, 3\)"),
    (lambda: X.index_copy(0, I[0, :2], X.long()), DtypeError, r"source\.to\(input\.dtype\)"),
    (lambda: X.index_fill(0, I[0], X), ShapeError, "more than a number"),
    (lambda: X.index_reduce(0, I[0], X, "sum"), ArgumentError, "index_add"),
    (lambda: X.index_put((I[0],), I), DtypeError, r"values\.to\(input\.dtype\)"),
    (lambda: X.index_put((I[0] + 2,), X[0]), DimError, "out of bounds"),
    (lambda: X.take(tgx.tensor([6])), DimError, "from -6 to 5"),
    (lambda: X.put(tgx.tensor([0]), X), ShapeError, "as many"),
    (lambda: X.masked_fill(I, 1.0), DtypeError, "mask > 0"),
    (lambda: X.masked_fill(X == 0, 1e300), ArgumentError, "the number 1e\\+300"),
    (lambda: X.byte().masked_fill(X == 0, 300), ArgumentError, "the number 300"),
    (lambda: X.byte().index_fill(0, I[0], -256), ArgumentError, "the number -256"),
    (lambda: X.masked_fill_(X == 0, 2**2000), ArgumentError, "use one that the dtype can hold"),
    (lambda: X.masked_fill(X > 0, X), ShapeError, "tinygradx.where"),
    (lambda: X.masked_fill(tgx.tensor([True, False]), 1.0), ShapeError, "shape"),
    (lambda: X.masked_select(X), DtypeError, "no bools"),
    (lambda: X.masked_scatter(X == 0, X[0]), ShapeError, "at least as many"),
    (lambda: X.masked_scatter(X == 0, I), DtypeError, r"source\.to"),
    (lambda: tgx.where(X > 0, X), ArgumentError, "give both"),
    (lambda: one_hot(I - 1), DimError, "by the index -1"),
    (lambda: one_hot(I, 1), DimError, "from 0 to 0"),
    (lambda: one_hot(I[:, :0]), ArgumentError, "num_classes="),
    (lambda: X.select_scatter(X, 0, 0), ShapeError, r"part of shape \(3,\)"),
    (lambda: X.select_scatter(X[0], 0, 2), DimError, "from -2 to 1"),
    (lambda: X.slice_scatter(X, step=0), ArgumentError, "1 or more"),
    (lambda: tgx.nonzero_static(X, size=-1), ArgumentError, "0 or more"),
    (lambda: tgx.unravel_index(I + 5, (2, 3)), DimError, "from 0 to 5"),
]


@pytest.mark.parametrize("dtype", [tgx.float32, tgx.int32, tgx.uint8])
def test_what_is_put_twice_is_added_in_every_dtype(dtype):
    x, twice = tgx.zeros(2, 3, 2, dtype=dtype), tgx.tensor([[1, 1], [2, 1]])
    got = x.index_put((twice % 2, twice), tgx.ones(2, 2, 2, dtype=dtype), accumulate=True)
    assert got.tolist() == [[[0, 0], [0, 0], [1, 1]], [[0, 0], [3, 3], [0, 0]]]
    row = tgx.zeros(3, dtype=dtype)
    added = row.put(tgx.tensor([0, 0]), tgx.tensor([5, 6]).to(dtype), accumulate=True)
    assert added.tolist() == [11, 0, 0]


def test_bytes_are_masks_as_before_there_were_bools():
    x = tgx.arange(6.0).reshape(2, 3).requires_grad_()
    for mask in (tgx.tensor([1, 0, 2], dtype=tgx.uint8), np.array([1, 0, 2], np.uint8)):
        with pytest.warns(UserWarning, match=r"(?s)uint8.*mask\.bool\(\), or index\.long\(\)"):
            picked = x[:, mask]
        assert picked.tolist() == [[0.0, 2.0], [3.0, 5.0]]
    (grad,) = tgx.autograd.grad(picked.sum(), [x])
    assert grad.tolist() == [[1.0, 0.0, 1.0]] * 2
    line = tgx.zeros(3)
    with pytest.warns(UserWarning, match="a mask, as in PyTorch"):
        line[tgx.tensor([1, 0, 1], dtype=tgx.uint8)] = tgx.tensor([4.0, 5.0])
    assert line.tolist() == [4.0, 0.0, 5.0]


def test_integers_are_filled_with_the_whole_part():
    whole, flags = tgx.ones(2, dtype=tgx.int64), tgx.zeros(2, dtype=tgx.bool)
    mask = tgx.tensor([True, False])
    assert whole.masked_fill(mask, -2.9).tolist() == [-2, 1]
    assert whole.masked_fill(mask, tgx.tensor(7.5)).tolist() == [7, 1]
    assert flags.masked_fill(mask, 0.5).tolist() == [True, False]
    assert whole.index_fill(0, tgx.tensor([1]), 1.5).tolist() == [1, 1]
    assert whole.byte().masked_fill(mask, -1).tolist() == [255, 1]
    assert tgx.zeros(2).masked_fill(mask, float("inf")).tolist() == [float("inf"), 0.0]


@pytest.mark.parametrize(("wrong", "kind", "says"), MISTAKES)
def test_mistakes_say_what_to_do(wrong, kind, says):
    with pytest.raises(kind, match=f"(?s){says}") as caught:
        wrong()
    assert caught.value.do
    assert __file__ in str(caught.value)
