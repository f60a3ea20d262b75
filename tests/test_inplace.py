"""Writes in place and views: what is recorded, what is refused, and in which words."""

from __future__ import annotations

import gc
import inspect
import weakref

import numpy as np
import pytest
from cases import CASES

import tinygradx as tgx
from tinygradx.autograd import gradcheck
from tinygradx.errors import ArgumentError, DimError, DtypeError, GraphError, ShapeError
from tinygradx.graph import Leaf, one_of_many

FLOATS = tgx.float64


def leaf(*values):
    return tgx.tensor(values, dtype=FLOATS, requires_grad=True)


def grad_of(*values, program):
    """The gradient of `program(x)`, a number, at x."""
    x = leaf(*values)
    program(x).backward()
    return x.grad.tolist()


def line() -> int:
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    return frame.f_back.f_lineno


# ---- views see writes, and writes go through views -----------------------------------------------


def test_a_write_to_the_base_is_seen_in_its_views_gradients():
    def program(x):
        y = x * 1.0
        first, flat = y[0], y.reshape(1, 3)
        y.mul_(3.0)
        return first + flat.sum()

    assert grad_of(1.0, 2.0, 3.0, program=program) == [6.0, 3.0, 3.0]


def test_a_write_through_a_view_changes_the_base_and_every_sibling():
    def program(x):
        y = x * 1.0
        left, right = y[:2], y[1:]
        left *= 2.0
        right *= 5.0
        assert y.tolist() == [2.0, 20.0, 15.0] and left.tolist() == [2.0, 20.0]
        return (y * tgx.tensor([1.0, 10.0, 100.0], dtype=FLOATS)).sum() + left.sum() * 1000.0

    assert grad_of(1.0, 2.0, 3.0, program=program) == [2002.0, 10100.0, 500.0]


def test_chains_of_views_lead_to_one_base():
    x = tgx.tensor(np.arange(12.0).reshape(3, 4), requires_grad=True)
    y = x * 1.0
    assert y.T[1:].reshape(9)[::2].view_of.base is not y  # that reshape had to copy
    part = y.T[1:3].unsqueeze(0).squeeze()[:, 1:]
    assert part.view_of is not None and part.view_of.base is y
    part.zero_()
    y.sum().backward()
    expected = np.ones((3, 4))
    expected[1:, 1:3] = 0.0
    np.testing.assert_array_equal(x.grad.numpy(), expected)


def test_a_recipe_goes_by_places_where_a_copy_lies_otherwise():
    """The base is in Fortran's order, in which its transpose can be reshaped; a copy is not."""
    base = tgx.from_numpy(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    w = leaf(10.0)
    line_ = base.T.reshape(-1)
    assert line_.view_of is not None
    line_[1:3] = w
    (base * base).sum().backward()
    assert w.grad.tolist() == [40.0]
    assert base.tolist() == [[0.0, 10.0, 2.0], [10.0, 4.0, 5.0]]


def test_a_view_of_data_takes_part_once_the_data_does():
    data, w = tgx.zeros(3, dtype=FLOATS), leaf(2.0)
    view = data[1:]
    assert not view.requires_grad
    data[1] = w * 3.0
    assert view.requires_grad and not view.is_leaf
    view.sum().backward()
    assert w.grad.tolist() == [3.0]


def test_every_order_of_the_gradient_goes_through_a_write():
    def function(x, v):
        y = x * x
        part = y[1:]
        part *= v
        y[0] = v.sum() * y[2].clone()
        part.exp_()
        return y * part.sum()

    assert gradcheck(function, (leaf(0.3, -0.2, 0.1), leaf(0.5, 0.7)))
    x = leaf(0.3, -0.2, 0.1)
    (g,) = tgx.autograd.grad(function(x, leaf(0.5, 0.7)).sum(), x, create_graph=True)
    g.sum().backward()
    step, seen = 1e-5, x.grad.numpy()
    for place in range(3):
        ends = []
        for sign in (1.0, -1.0):
            values = [0.3, -0.2, 0.1]
            values[place] += sign * step
            at = leaf(*values)
            (slope,) = tgx.autograd.grad(function(at, leaf(0.5, 0.7)).sum(), at)
            ends.append(slope.numpy().sum())
        assert seen[place] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-6)


def test_no_value_but_the_last_of_a_repeated_index_gets_a_gradient():
    values = leaf(1.0, 2.0, 3.0)
    y = tgx.zeros(2, dtype=FLOATS)
    y[[0, 0, 1]] = values
    y.sum().backward()
    assert y.tolist() == [2.0, 3.0]
    assert values.grad.tolist() == [0.0, 1.0, 1.0]


def test_plus_equals_at_a_repeated_index_counts_once():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    y[[0, 0]] += 1.0
    y.sum().backward()
    assert y.tolist() == [2.0, 2.0]
    assert x.grad.tolist() == [1.0, 1.0]


def test_values_swap_without_a_third_hand():
    a, b = leaf(1.0), leaf(2.0)
    y = tgx.cat([a, b])
    y[0], y[1] = y[1].clone(), y[0].clone()
    (y * tgx.tensor([1.0, 10.0], dtype=FLOATS)).sum().backward()
    assert y.tolist() == [2.0, 1.0]
    assert a.grad.tolist() == [10.0] and b.grad.tolist() == [1.0]


@pytest.mark.parametrize(
    ("write", "expected", "slope"),
    [
        (lambda y: y.__imul__(y), [4.0, 9.0], [4.0, 6.0]),
        (lambda y: y.__imul__(y[0]), [4.0, 6.0], [7.0, 2.0]),
        (lambda y: y.__iadd__(y.flip(0)), [5.0, 5.0], [2.0, 2.0]),
        (lambda y: y[1:].mul_(y[:1]), [2.0, 6.0], [4.0, 2.0]),
        (lambda y: y.copy_(y[0]), [2.0, 2.0], [2.0, 0.0]),
    ],
)
def test_what_is_written_may_be_read_from_the_same_memory(write, expected, slope):
    """PyTorch refuses these, or their gradient: it would read what it has just written."""
    x = leaf(2.0, 3.0)
    y = x * 1.0
    write(y)
    assert y.tolist() == expected
    y.sum().backward()
    assert x.grad.tolist() == slope


def test_writes_one_after_another_each_keep_what_they_overwrote():
    x, w = leaf(2.0), leaf(3.0)
    y = x * 1.0
    y *= w
    y *= w
    y.exp_()
    y.backward()
    assert w.grad.item() == pytest.approx(2 * 2 * 3 * np.exp(18.0))


def test_a_result_keeps_its_gradient_where_it_goes():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    y.retain_grad()
    y.mul_(3.0)
    (y * 5.0).sum().backward()
    assert y.grad.tolist() == [5.0, 5.0]


def test_a_written_base_and_its_views_are_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        x = leaf(1.0, 2.0)
        y = x * 1.0
        view = y[0]
        y.mul_(2.0)
        view.add_(1.0)
        nodes = [weakref.ref(y.node), weakref.ref(view.node)]
        del y, view
        assert [node() for node in nodes] == [None, None]
    finally:
        gc.enable()


# ---- what is not recorded ------------------------------------------------------------------------


def test_parameters_are_changed_by_hand():
    w = leaf(1.0, 2.0)
    (w * w).sum().backward()
    with tgx.no_grad():
        w -= 0.5 * w.grad
        w[0] = 7.0
    w.data -= 1.0
    w.data.mul_(2.0)
    w.grad.zero_()
    assert w.tolist() == [12.0, -2.0] and w.grad.tolist() == [0.0, 0.0]
    assert w.is_leaf and w.requires_grad
    w.data.fill_(0.1)
    assert w.tolist() == [0.1, 0.1]  # the double that is nearest, not the float32


def test_an_unrecorded_write_leaves_every_history_alone():
    x = leaf(1.0, 2.0)
    y = x * 3.0
    view = y[0]
    with tgx.no_grad():
        view.zero_()
        y[1] = 5.0
    (y.sum() + view).backward()
    assert y.tolist() == [0.0, 5.0]
    assert x.grad.tolist() == [6.0, 3.0]


def test_a_detached_tensor_shares_memory_and_the_check_of_what_was_saved():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    z = y * y
    written = line() + 1
    y.detach().zero_()
    assert y.tolist() == [0.0, 0.0]
    with pytest.raises(GraphError) as caught:
        z.sum().backward()
    assert f"{__file__}:{written}" in str(caught.value)


def test_writes_to_a_detached_tensor_are_its_own_history():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    y = x * 1.0
    other = y.detach()
    other.mul_(w)
    assert y.tolist() == [3.0, 8.0]
    (y.sum() + other.sum()).backward()
    assert x.grad.tolist() == [1.0, 1.0] and w.grad.tolist() == [1.0, 2.0]


def test_a_view_whose_base_was_detached_has_no_history_after_a_write():
    x = leaf(1.0, 2.0)
    y = x * 3.0
    view = y[0]
    y.detach_()
    assert view.requires_grad
    y.zero_()
    assert not view.requires_grad and view.item() == 0.0


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda x: x.add_(1.0), "add_ on a leaf that requires a gradient"),
        (lambda x: x.__setitem__(0, 1.0), "assignment to a part on a leaf"),
        (lambda x: x.__setitem__([0, 1], 1.0), "assignment to a part on a leaf"),
        (lambda x: x[0].add_(1.0), "add_ on a view of a leaf that requires a gradient"),
        (lambda x: x.reshape(1, 2)[0, :1].zero_(), "zero_ on a view of a leaf"),
        (lambda x: x.unsqueeze_(0), "unsqueeze_ on a leaf that requires a gradient"),
        (lambda x: x.normal_(), "normal_ on a leaf that requires a gradient"),
    ],
)
def test_a_leaf_is_not_written_while_recording(write, says):
    x = leaf(1.0, 2.0)
    with pytest.raises(GraphError) as caught:
        write(x)
    assert says in str(caught.value) and f"at:  {__file__}:" in str(caught.value)
    assert x.tolist() == [1.0, 2.0] and x.is_leaf and x.cell.version == 0


def test_a_leaf_is_not_written_through_a_view_that_is_older_than_its_flag():
    x = tgx.ones(2)
    view = x[0]
    x.requires_grad_()
    with pytest.raises(GraphError, match="view of a leaf"):
        view.mul_(2.0)


def test_a_view_that_is_a_leaf_is_not_written_through_its_views():
    flat = tgx.zeros(4, dtype=FLOATS)
    weight = flat[:2].requires_grad_()
    with pytest.raises(GraphError, match="view of a leaf"):
        weight[0] = 1.0
    with tgx.no_grad():
        flat += 1.0
    assert weight.tolist() == [1.0, 1.0] and weight.is_leaf


@pytest.mark.parametrize("take", [lambda y: y.split(1), lambda y: y.chunk(2), lambda y: [*y],
                                  lambda y: y.unbind(0)])  # fmt: skip
def test_one_of_several_views_is_neither_written_nor_read_after_a_write(take):
    x = leaf(1.0, 2.0)
    y = x * 1.0
    first, second = take(y)
    with pytest.raises(GraphError) as caught:
        first.mul_(2.0)
    assert "one of several views" in str(caught.value) and "x.clone()" in str(caught.value)
    assert (first * second).requires_grad
    written = line() + 1
    y.mul_(2.0)
    with pytest.raises(GraphError) as caught:
        second * 1.0
    assert "take the view again" in str(caught.value)
    assert f"{__file__}:{written}" in str(caught.value)
    assert "Invalid" in repr(second)
    for read in (lambda: second + second, lambda: second.sum(), lambda: second.requires_grad):
        with pytest.raises(GraphError, match="take the view again"):
            read()
    with pytest.raises(GraphError, match="take the view again"):
        y[:1] = second
    with tgx.no_grad():
        assert float(second.sum()) == 4.0


def test_one_of_several_views_of_data_is_written_freely():
    x = tgx.zeros(2, 2)
    for number, row in enumerate(x):
        row += number
    assert x.tolist() == [[0.0, 0.0], [1.0, 1.0]]


def test_a_view_that_was_made_unrecorded_is_not_written_recorded():
    x, w = leaf(1.0, 2.0), leaf(3.0)
    y = x * 1.0
    with tgx.no_grad():
        view = y[:1]
        view.mul_(2.0)
    with pytest.raises(GraphError, match="made inside no_grad"):
        view.mul_(2.0)
    data = tgx.zeros(2, dtype=FLOATS)
    with tgx.no_grad():
        part = data[:1]
    part += 1.0
    with pytest.raises(GraphError, match="made inside no_grad"):
        part.copy_(w)
    data[1:] = w
    with pytest.raises(GraphError, match="made inside no_grad"):
        part * 2.0


def test_an_operation_that_saved_what_was_written_names_both_lines():
    x = leaf(1.0, 2.0, 3.0)
    y = x * 1.0
    made = line() + 1
    z = y[:2].sin()
    written = line() + 1
    y[2] = 5.0
    with pytest.raises(GraphError) as caught:
        z.sum().backward()
    text = str(caught.value)
    assert f"{__file__}:{made}" in text and f"{__file__}:{written}" in text
    assert "changed in place" in text and "x.clone()" in text


@pytest.mark.parametrize(
    "write",
    [
        lambda x: x.expand(3, 2).add_(1.0), lambda x: x.expand(3, 2)[:2].copy_(x),
        lambda x: x.expand(2, 2).__setitem__((slice(None), 0), 1.0),
        lambda x: x.expand(3, 2).T.mul_(2.0), lambda x: x.unfold(0, 2, 1).expand(2, 2).neg_(),
    ],
)  # fmt: skip
def test_memory_that_repeats_elements_is_not_written(write):
    with pytest.raises(GraphError) as caught:
        write(tgx.zeros(2))
    assert "repeats elements" in str(caught.value) and "x.clone()" in str(caught.value)


def test_a_part_of_expanded_memory_that_repeats_nothing_is_written():
    x, w = tgx.zeros(2, dtype=FLOATS), leaf(3.0)
    wide = x.expand(3, 2)
    wide[1] = w
    assert x.tolist() == [3.0, 3.0] and wide.requires_grad
    wide.sum().backward()
    assert w.grad.tolist() == [6.0]
    assert tgx.zeros(1).expand(3).fill_(2.0).tolist() == [2.0] * 3


def test_read_only_memory_is_not_written():
    frozen = np.zeros(2)
    frozen.flags.writeable = False
    with pytest.raises(GraphError, match="only be read"):
        tgx.from_numpy(frozen).add_(1.0)


@pytest.mark.parametrize(
    ("write", "kind", "says"),
    [
        (lambda: tgx.tensor([1, 2]).div_(2), DtypeError, "x.float()"),
        (lambda: tgx.tensor([True]).add_(1), DtypeError, "a result of int64"),
        (lambda: tgx.tensor([1]).add_(0.5), DtypeError, "a result of float32"),
        (lambda: tgx.ones(3).add_(tgx.ones(2, 3)), ShapeError, "a result of shape (2, 3)"),
        (lambda: tgx.ones(3).add_(tgx.ones(2)), ShapeError, "sizes match"),
        (lambda: tgx.ones(3).copy_(tgx.ones(1, 3)), ShapeError, "values of shape (1, 3)"),
        (lambda: tgx.ones(2).fill_(tgx.ones(2)), ShapeError, "x.copy_(value)"),
        (lambda: tgx.ones(2).__setitem__(2, 1.0), DimError, "count from 0"),
        (lambda: tgx.ones(2).__setitem__([2], 1.0), DimError, "out of bounds"),
        (lambda: tgx.ones(2).__setitem__(0, tgx.ones(2)), ShapeError, "memory of shape ()"),
        (lambda: tgx.ones(2).__setitem__(0, "a"), DtypeError, "pass a Tensor"),
        (lambda: tgx.tensor([1]).fill_(float("inf")), ArgumentError, "the dtype can hold"),
        (lambda: tgx.ones(2).fill_diagonal_(1.0), ShapeError, "main diagonal"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_words(write, kind, says):
    with pytest.raises(kind) as caught:
        write()
    assert says in str(caught.value) and f"at:  {__file__}:" in str(caught.value)


def test_a_refused_write_leaves_no_trace():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    view = y[:1]
    before = y.node, view.node, y.cell.version, y.cell.where
    z = y * y
    for write in (
        lambda: y.add_(tgx.ones(3)), lambda: view.copy_(tgx.ones(5)),
        lambda: y.__setitem__([7], 1.0), lambda: y.__setitem__(0, tgx.ones(2)),
    ):  # fmt: skip
        with pytest.raises((ShapeError, DimError)):
            write()
    assert before == (y.node, view.node, y.cell.version, y.cell.where)
    z.sum().backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_other_memory_for_the_base_leaves_its_views_behind():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    view = y[:1]
    y.data = tgx.zeros(2, dtype=FLOATS)
    with pytest.raises(GraphError, match="other memory"):
        view.mul_(2.0)
    y.mul_(2.0)
    assert view.tolist() == [1.0] and y.tolist() == [0.0, 0.0]


# ---- dtypes and shapes ---------------------------------------------------------------------------


def test_values_are_converted_to_the_dtype_of_the_memory():
    whole = tgx.zeros(3, dtype=tgx.int64)
    whole[0] = 2.7
    whole[1:].copy_(tgx.tensor([1.9, -1.9]))
    assert whole.tolist() == [2, 1, -1] and whole.dtype == tgx.int64
    flags = tgx.zeros(2, dtype=tgx.bool)
    flags[0] = 2
    assert flags.tolist() == [True, False]
    single, double = tgx.ones(2), leaf(0.1, 0.2)
    single *= double
    assert single.dtype == tgx.float32
    single.sum().backward()
    assert double.grad.dtype == FLOATS and double.grad.tolist() == [1.0, 1.0]


def test_integers_take_the_values_of_floats_without_a_gradient():
    counts, w = tgx.zeros(2, dtype=tgx.int64), leaf(1.5, 2.5)
    counts.copy_(w)
    assert counts.tolist() == [1, 2] and not counts.requires_grad


def test_comparisons_in_place_answer_in_the_own_dtype():
    x = tgx.tensor([1.0, 2.0])
    assert x.gt_(1.5) is x
    assert x.tolist() == [0.0, 1.0] and x.dtype == tgx.float32


def test_leading_ones_of_a_value_may_go_in_an_assignment():
    x, value = tgx.zeros(2, 3), tgx.ones(1, 1, 3, requires_grad=True)
    x[0] = value * 4.0
    x.sum().backward()
    assert x.tolist() == [[4.0] * 3, [0.0] * 3]
    assert value.grad.shape == (1, 1, 3) and value.grad.tolist() == [[[4.0] * 3]]


def test_changes_of_shape_in_place():
    x = leaf(*range(6))
    y = (x * 1.0).reshape(2, 3).clone()
    row = y[0]
    assert y.t_() is y and y.shape == (3, 2)
    y.unsqueeze_(0).squeeze_().transpose_(0, 1).swapaxes_(0, 1)
    assert y.shape == (3, 2)
    y[:, 0] *= 10.0
    row[2] = 7.0
    assert row.tolist() == [0.0, 10.0, 7.0] and y.tolist()[2] == [7.0, 5.0]
    (row.sum() + y.sum() * 100.0).backward()
    assert x.grad.tolist() == [1010.0, 1010.0, 0.0, 100.0, 100.0, 100.0]


def test_fill_diagonal():
    w = leaf(3.0)
    x = tgx.zeros(3, 2, dtype=FLOATS)
    assert x.fill_diagonal_(w.sum()) is x
    x.sum().backward()
    assert x.tolist() == [[3.0, 0.0], [0.0, 3.0], [0.0, 0.0]] and w.grad.tolist() == [2.0]
    tall = tgx.zeros(5, 2).fill_diagonal_(1.0, wrap=True)
    expected = np.zeros((5, 2))
    np.fill_diagonal(expected, 1.0, wrap=True)
    np.testing.assert_array_equal(tall.numpy(), expected)
    assert tgx.zeros(2, 2, 2).fill_diagonal_(1.0).sum().item() == 2.0


def test_every_name_in_place_is_its_operation_written_to_the_own_memory():
    values = np.array([0.25, 0.5, 0.75])
    for name in ("abs", "exp", "log", "sqrt", "sin", "tanh", "round", "reciprocal", "erfinv", "neg",
                 "trunc", "sigmoid", "relu", "square", "rsqrt"):  # fmt: skip
        x = tgx.tensor(values)
        memory = x.array
        assert getattr(x, name + "_")() is x and x.array is memory
        np.testing.assert_array_equal(x.numpy(), getattr(tgx.tensor(values), name)().numpy())
        method = getattr(tgx.Tensor, name + "_")
        assert method.__name__ == name + "_" and f"`{name}` in place" in method.__doc__


def test_settings_go_along():
    x = tgx.tensor([1.0, 4.0, 9.0])
    x.clamp_(min=2.0).pow_(2).lerp_(tgx.zeros(3), 0.5).addcmul_(tgx.ones(3), tgx.ones(3), value=2)
    assert x.tolist() == [4.0, 10.0, 42.5]
    x.masked_fill_(x > 20.0, 1.0).index_fill_(0, tgx.tensor([0]), -1.0)
    assert x.tolist() == [-1.0, 10.0, 1.0]
    x.index_add_(0, tgx.tensor([0, 0]), tgx.tensor([1.0, 2.0])).add_(tgx.ones(3), alpha=3)
    assert x.tolist() == [5.0, 13.0, 4.0]
    x.div_(2.0, rounding_mode="floor")
    assert x.tolist() == [2.0, 6.0, 2.0]
    x.scatter_(0, tgx.tensor([1]), 8.0)
    x.scatter_add_(0, tgx.tensor([1]), tgx.tensor([1.0]))
    x.index_put_((tgx.tensor([2, 2]),), tgx.tensor(1.0), accumulate=True)
    assert x.tolist() == [2.0, 9.0, 4.0]


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda x: x.__ifloordiv__(2), [3, 1]), (lambda x: x.__imod__(4), [2, 3]),
        (lambda x: x.__ipow__(2), [36, 9]), (lambda x: x.__iand__(3), [2, 3]),
        (lambda x: x.__ior__(1), [7, 3]), (lambda x: x.__ixor__(1), [7, 2]),
        (lambda x: x.__ilshift__(1), [12, 6]), (lambda x: x.__irshift__(1), [3, 1]),
        (lambda x: x.__isub__(1), [5, 2]),
    ],
)  # fmt: skip
def test_operators_on_integers(write, expected):
    x = tgx.tensor([6, 3])
    assert write(x) is x and x.tolist() == expected


def test_random_numbers_end_the_history():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    y.normal_()
    assert y.requires_grad
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0]


# ---- what others rely on -------------------------------------------------------------------------


def test_what_the_graph_keeps_of_data_that_is_overwritten():
    x, w = tgx.tensor([5.0, 6.0]), leaf(2.0)
    x.name = "start"
    x *= w
    node = x.node
    while not isinstance(node, Leaf):
        node = node.inputs[0]
    assert node.array.tolist() == [5.0, 6.0] and node.name == "start"


def test_a_write_to_a_part_copies_nothing_but_the_part():
    x, w = tgx.zeros(1_000, 1_000), tgx.ones(3, requires_grad=True)
    x[0, :3] = w  # from here on the whole is recorded
    before = x.node
    x[1, :3] = w * 2.0
    assert x.node is not before and not x.node.saved and x.node.inputs[0] is before
    x.sum().backward()
    assert w.grad.tolist() == [3.0] * 3


def test_views_may_be_locked_by_those_who_make_several():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    views = one_of_many([y[:1], y[1:]], "mine")
    with pytest.raises(GraphError, match="one of several views, by mine"):
        views[0].add_(1.0)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_shares_memory_shares_the_count_of_writes(case):
    """Otherwise a write to the one would not be seen by what saved the other."""
    result = case.function(*case.inputs)
    for source in case.inputs:
        if np.shares_memory(result.array, source.array):
            assert result.cell is source.cell
            assert result is source or result.view_of.base is source


def test_a_thousand_rows_are_written_one_by_one():
    x = tgx.ones(1_000, 2, requires_grad=True)
    y = x * 1.0
    for place in range(1_000):
        y[place] *= float(place)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy()[:, 0], np.arange(1_000))
