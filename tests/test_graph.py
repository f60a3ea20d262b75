"""The graph: order, sweeping, freeing, what is kept, and whose line it was."""

import asyncio
import copy
import gc
import inspect
import sys
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import DtypeError, GraphError, ShapeError
from tinygradx.graph import newest_first, readable

LONG = 1_000_000


def _line() -> int:
    """The caller's line."""
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    return frame.f_back.f_lineno


def leaf(*values: float) -> tgx.Tensor:
    return tgx.tensor(list(values), dtype=tgx.float64, requires_grad=True)


def test_microgards_readme_example_gives_its_published_numbers():
    a = tgx.tensor(-4.0, dtype=tgx.float64, requires_grad=True)
    b = tgx.tensor(2.0, dtype=tgx.float64, requires_grad=True)
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    assert f"{g.item():.4f}" == "24.7041"
    g.backward()
    assert a.grad is not None and b.grad is not None
    assert f"{a.grad.item():.4f}" == "138.8338"
    assert f"{b.grad.item():.4f}" == "645.5773"


def test_an_input_is_older_than_its_output_and_the_sweep_goes_newest_first():
    a, b = leaf(1.0), leaf(2.0)
    c = a * b
    d = c + a
    assert d.node is not None
    order = newest_first([d.node])
    assert order == [d.node, c.node, b.node, a.node] or order == [d.node, c.node, a.node, b.node]
    ages = [node.age for node in order]
    assert ages == sorted(ages, reverse=True)
    for node in order:
        assert all(source.age < node.age for source in node.inputs)


def test_a_tensor_used_twice_collects_both_shares():
    x = leaf(3.0)
    (x * x + x).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [7.0]


def test_gradients_of_two_backwards_add_up_and_in_the_same_memory():
    x = leaf(1.0, 2.0)
    (x * 2.0).sum().backward()
    first = x.grad
    (x * 3.0).sum().backward()
    assert x.grad is first
    assert first is not None and first.tolist() == [5.0, 5.0]


def test_gradients_of_two_leaves_do_not_share_memory():
    a, b = leaf(1.0), leaf(2.0)
    g = tgx.ones(1, dtype=tgx.float64)
    (a + b).backward(g)
    assert a.grad is not None and b.grad is not None
    a.grad.zero_()
    assert b.grad.tolist() == [1.0]
    assert g.tolist() == [1.0]


def test_broadcasting_is_undone_in_the_sweep():
    x, b = tgx.ones(4, 3, requires_grad=True), tgx.ones(3, requires_grad=True)
    column = tgx.ones(4, 1, requires_grad=True)
    ((x + b) * column).sum().backward()
    assert b.grad is not None and column.grad is not None
    assert b.grad.shape == (3,) and b.grad.tolist() == [4.0, 4.0, 4.0]
    assert column.grad.shape == (4, 1) and column.grad.tolist() == [[6.0]] * 4


def test_a_gradient_has_the_dtype_of_its_leaf():
    single, double = tgx.ones(2, requires_grad=True), leaf(1.0, 2.0)
    (single * double).sum().backward()
    assert single.grad is not None and single.grad.dtype == tgx.float32
    assert double.grad is not None and double.grad.dtype == tgx.float64


def test_saved_arrays_are_dropped_after_backward_unless_retained():
    x = leaf(2.0)
    y = x.exp()
    node = y.node
    assert node is not None and node.saved
    y.sum().backward(retain_graph=True)
    assert node.saved
    y.sum().backward()
    assert node.saved is None


def test_backward_twice_says_so_and_names_the_line():
    x = leaf(2.0)
    line = _line() + 1
    y = x.exp()
    y.backward()
    with pytest.raises(GraphError) as caught:
        y.backward()
    text = str(caught.value)
    assert "retain_graph=True" in text and "exp" in text
    assert f"{__file__}:{line}" in text


def test_a_saved_array_changed_in_place_is_caught_and_both_lines_are_named():
    x = leaf(2.0)
    y = x * 1.0
    made = _line() + 1
    z = y.exp() * y
    with tgx.no_grad():
        changed = _line() + 1
        y.add_(1.0)
    with pytest.raises(GraphError) as caught:
        z.backward()
    text = str(caught.value)
    assert f"{__file__}:{made}" in text and f"{__file__}:{changed}" in text
    assert "changed in place" in text


def test_a_write_before_the_save_is_no_fault():
    x = leaf(2.0)
    y = x * 1.0
    y.add_(1.0)
    (y * y).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [6.0]


@pytest.mark.parametrize("write", ["mul_", "add_", "sub_", "div_"])
def test_in_place_arithmetic_is_recorded(write):
    x, other = leaf(2.0, 3.0), leaf(4.0, 5.0)
    y = x * 1.0
    memory = y.array
    getattr(y, write)(other)
    (y * y).sum().backward()
    assert y.array is memory
    a, b = leaf(2.0, 3.0), leaf(4.0, 5.0)
    z = {"mul_": a * b, "add_": a + b, "sub_": a - b, "div_": a / b}[write]
    (z * z).sum().backward()
    for ours, twin in ((x, a), (other, b)):
        assert ours.grad is not None and twin.grad is not None
        np.testing.assert_allclose(ours.grad.numpy(), twin.grad.numpy(), rtol=1e-15)


def test_assignment_to_a_part_is_recorded():
    x, value = leaf(1.0, 2.0, 3.0), leaf(10.0)
    y = x * 2.0
    y[1:2] = value
    (y * y).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [8.0, 0.0, 24.0]
    assert value.grad is not None and value.grad.tolist() == [20.0]


def test_a_leaf_that_requires_a_gradient_is_not_written_while_recording():
    x = leaf(1.0)
    with pytest.raises(GraphError, match="no_grad"):
        x += 1.0
    with tgx.no_grad():
        x += 1.0
    assert x.tolist() == [2.0] and x.requires_grad


def test_a_view_shares_memory_and_the_version():
    x = tgx.zeros(2, 3)
    row = x[0]
    row.fill_(7.0)
    assert x.tolist() == [[7.0] * 3, [0.0] * 3]
    assert row.cell is x.cell and x.cell.version == 1
    assert row.view_of is not None and row.view_of.base is x


def test_a_recorded_write_is_seen_by_views_and_through_them():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    row = y[0]
    y.mul_(3.0)
    row.mul_(5.0)
    (y + row).sum().backward()
    assert y.tolist() == [15.0, 6.0] and row.item() == 15.0
    assert x.grad is not None and x.grad.tolist() == [45.0, 3.0]
    zeros = tgx.zeros(2, dtype=tgx.float64)
    part, five = zeros[0:1], leaf(5.0)
    part.add_(five)
    assert part.requires_grad and zeros.requires_grad and zeros.tolist() == [5.0, 0.0]


def test_backward_from_several_elements_asks_for_a_gradient():
    x = leaf(1.0, 2.0)
    with pytest.raises(GraphError, match=r"x\.sum\(\)\.backward\(\)"):
        (x * x).backward()
    with pytest.raises(ShapeError, match="own shape"):
        (x * x).backward(tgx.ones(3))


def test_backward_without_history_says_what_to_do():
    with pytest.raises(GraphError, match="requires_grad=True"):
        tgx.ones(1).backward()
    with tgx.no_grad():
        y = leaf(1.0) * 2.0
    with pytest.raises(GraphError, match="no_grad"):
        y.backward()


def test_integers_have_no_gradient():
    with pytest.raises(DtypeError, match=r"x\.float\(\)"):
        tgx.tensor([1, 2], requires_grad=True)


def test_every_error_has_asked_got_do_and_the_users_line():
    with pytest.raises(ShapeError) as caught:
        tgx.ones(2, 3) @ tgx.ones(2, 3)
    text = str(caught.value)
    assert "matmul of shapes (2, 3) and (2, 3)" in text
    assert "got: the inner sizes 3 and 2 differ" in text
    assert "do:  use a @ b.T" in text
    assert f"at:  {__file__}:" in text


def test_recording_is_put_back_after_an_error():
    with pytest.raises(ZeroDivisionError), tgx.no_grad():
        raise ZeroDivisionError
    assert tgx.is_grad_enabled()


def test_set_grad_enabled_counts_from_its_call_on():
    tgx.set_grad_enabled(False)
    try:
        assert not tgx.is_grad_enabled()
    finally:
        tgx.set_grad_enabled(True)
    assert tgx.is_grad_enabled()
    with pytest.raises(ZeroDivisionError), tgx.set_grad_enabled(False):
        raise ZeroDivisionError
    assert tgx.is_grad_enabled()
    decorated = tgx.set_grad_enabled(False)(tgx.is_grad_enabled)
    assert tgx.is_grad_enabled()
    assert [decorated(), decorated(), tgx.is_grad_enabled()] == [False, False, True]


def test_a_generator_under_no_grad_does_not_leak_into_its_caller():
    @tgx.no_grad()
    def numbers():
        for i in range(3):
            received = yield i, tgx.is_grad_enabled()
            assert received is None or received == "hello"

    seen = []
    for i, inside in numbers():
        seen.append((i, inside, tgx.is_grad_enabled()))
    assert seen == [(0, False, True), (1, False, True), (2, False, True)]


def test_no_grad_in_one_thread_and_task_is_its_own():
    with tgx.no_grad():
        seen = []
        thread = threading.Thread(target=lambda: seen.append(tgx.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]

    async def off() -> bool:
        with tgx.no_grad():
            await asyncio.sleep(0)
            return tgx.is_grad_enabled()

    async def on() -> bool:
        await asyncio.sleep(0)
        return tgx.is_grad_enabled()

    async def both() -> list[bool]:
        return await asyncio.gather(off(), on())

    assert asyncio.run(both()) == [False, True]


def test_nodes_know_the_users_file_and_line():
    x = leaf(1.0)
    line = _line() + 1
    y = x * 2.0
    assert y.node is not None
    assert readable(y.node.where) == f"{__file__}:{line} in {inspect.stack()[0].function}"


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x.relu(), lambda x: x + x, lambda x: x.sum(), lambda x: x @ x,
        lambda x: x.softmax(0), lambda x: x[0], lambda x: x.reshape(-1), lambda x: x.T,
        lambda x: x**2, lambda x: tgx.cat([x, x]), lambda x: 1.0 - x, lambda x: tgx.gelu(x),
        lambda x: x.mean(), lambda x: x.max(dim=0).values, lambda x: tgx.elu(x, alpha=0.5),
    ],
)  # fmt: skip
def test_the_line_is_the_users_for_every_kind_of_operation(make):
    y = make(tgx.ones(2, 2, requires_grad=True))
    assert y.node is not None and y.node.where is not None
    code, _ = y.node.where
    assert code.co_filename == __file__ and code.co_name == "<lambda>"


def _chain(length: int) -> None:
    x = tgx.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(length):
        y = y + 0.0
    y.backward()
    assert x.grad is not None and x.grad.item() == 1.0
    del y


@pytest.mark.slow
def test_a_chain_of_a_million_nodes_in_a_thread_with_a_small_stack():
    failures: list[BaseException] = []

    def run() -> None:
        try:
            _chain(LONG)
        except BaseException as error:
            failures.append(error)

    before = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert not failures


def test_nothing_waits_for_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        x = leaf(1.0)
        y = (x.exp() * x).tanh().sum()
        y.backward()
        node = weakref.ref(y.node)
        del y
        assert node() is None
    finally:
        gc.enable()


@pytest.mark.slow
def test_memory_stays_flat_over_a_thousand_steps():
    w = tgx.randn(16, 16, requires_grad=True)
    x = tgx.randn(8, 16)

    def step() -> None:
        loss = ((x @ w).tanh() ** 2).mean()
        loss.backward()
        w.grad = None

    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(2500):  # Python keeps up to 2,000 freed tuples of a size for reuse
            step()
        start = tracemalloc.get_traced_memory()[0]
        for _ in range(1000):
            step()
        grown = tracemalloc.get_traced_memory()[0] - start
    finally:
        tracemalloc.stop()
        gc.enable()
    assert grown < 20_000, f"{grown} bytes more after 1,000 steps"


@pytest.mark.parametrize("other", [lambda y: y, lambda y: y.detach()])
def test_a_write_whose_operand_is_the_memory_itself(other):
    x = leaf(2.0, 3.0)
    y = x * 1.0
    same = other(y)
    y *= same
    y.sum().backward()
    expected = [4.0, 6.0] if same is y else [2.0, 3.0]
    assert x.grad is not None and x.grad.tolist() == expected


def test_a_failed_write_leaves_no_trace():
    x = leaf(1.0, 2.0)
    y = x * x
    z = y.exp() * y
    with pytest.raises(ShapeError):
        y += tgx.ones(3, 2)
    z.sum().backward()
    assert x.grad is not None


def test_expanded_memory_is_not_written():
    with pytest.raises(GraphError, match="clone"):
        tgx.ones(1).expand(3)[0:2] = 2.0
    x = leaf(1.0, 2.0)
    x.grad = tgx.ones(1, dtype=tgx.float64).expand(2)
    x.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_dead_view_forbids_nothing():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    assert float(y[0]) == 1.0
    y += 1.0
    y[1] = y[0] * 2.0
    y.sum().backward()
    assert x.grad is not None and x.grad.tolist() == [3.0, 0.0]


def test_a_constant_written_over_a_result_ends_the_history_of_its_views():
    x = leaf(1.0, 2.0)
    y = x * 2.0
    view = y[0]
    y.zero_()
    (view + 1.0).backward()
    assert view.item() == 0.0
    assert x.grad is not None and x.grad.tolist() == [0.0, 0.0]


def test_answers_of_grad_are_the_callers_own():
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (g,) = tgx.autograd.grad(a.sum(), a)
    g[0] = 5.0
    assert g.tolist() == [5.0, 1.0]
    start = tgx.ones(2, dtype=tgx.float64)
    g, h = tgx.autograd.grad(a + b, (a, b), start)
    g.fill_(7.0)
    assert h.tolist() == start.tolist() == [1.0, 1.0]


def test_recorded_gradients_do_not_share_memory():
    a, b = leaf(1.0), leaf(2.0)
    (a + b).backward(tgx.ones(1, dtype=tgx.float64), create_graph=True)
    assert a.grad is not None and b.grad is not None
    with tgx.no_grad():
        a.grad.zero_()
    assert b.grad.tolist() == [1.0]


def test_operands_and_indices_are_kept_as_they_were():
    x = leaf(1.0, 2.0)
    data, index = np.array([1.0, 2.0]), tgx.tensor([0, 0])
    y = (x * data).sum() + x[index].sum()
    data[:] = 100.0
    index += 1
    y.backward()
    assert x.grad is not None and x.grad.tolist() == [3.0, 2.0]


def test_grad_of_a_result_leaves_what_lies_behind_alone():
    x = leaf(1.0)
    h = x.exp()
    (g,) = tgx.autograd.grad((h * h).sum(), h)
    h.sum().backward()
    assert g.item() == pytest.approx(2 * np.e) and x.grad is not None


def test_requires_grad_after_recording_counts_from_then_on():
    data, w = tgx.ones(2), tgx.ones(2, requires_grad=True)
    y = data * w
    data.requires_grad_()
    y.sum().backward()
    assert data.grad is None and w.grad is not None
    (data * w).sum().backward()
    assert data.grad is not None


def test_threads_lose_no_gradient_of_a_shared_leaf():
    x = tgx.zeros(100_000, requires_grad=True)

    def run() -> None:
        for _ in range(20):
            (x * 1.0).sum().backward()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad is not None
    assert set(x.grad.numpy().tolist()) == {80.0}


def test_a_deep_copy_has_its_own_gradient():
    x = leaf(1.0, 2.0)
    (x * x).sum().backward()
    twin = copy.deepcopy(x)
    assert twin.grad is not None and x.grad is not None and twin.grad is not x.grad
    twin.grad.zero_()
    assert x.grad.tolist() == [2.0, 4.0] and twin.requires_grad


def test_new_data_has_its_own_shape_and_dtype():
    x = leaf(1.0, 2.0)
    x.data = tgx.ones(3)
    (x * 2.0).sum().backward()
    assert x.grad is not None and x.grad.dtype == tgx.float32
    assert x.grad.tolist() == [2.0, 2.0, 2.0]


def test_autograd_grad_answers_and_leaves_grad_alone():
    x, y = leaf(2.0), leaf(3.0)
    out = (x * y).sum()
    gx, gy = tgx.autograd.grad(out, (x, y))
    assert gx.tolist() == [3.0] and gy.tolist() == [2.0]
    assert x.grad is None and y.grad is None


def test_autograd_grad_stops_at_a_result_on_the_way():
    x = leaf(2.0)
    middle = x * x
    out = (middle * middle).sum()
    (g,) = tgx.autograd.grad(out, middle)
    assert g.tolist() == [8.0]


def test_autograd_grad_of_what_was_not_used():
    x, y = leaf(2.0), leaf(3.0)
    with pytest.raises(GraphError, match="allow_unused=True"):
        tgx.autograd.grad((x * 2).sum(), y)
    assert tgx.autograd.grad((x * 2).sum(), y, allow_unused=True) == (None,)
    (zero,) = tgx.autograd.grad((x * 2).sum(), y, materialize_grads=True)
    assert zero.tolist() == [0.0]


def test_higher_derivatives_of_a_power():
    x = leaf(2.0)
    values = [x**5]
    for _ in range(5):
        (slope,) = tgx.autograd.grad(values[-1].sum(), x, create_graph=True)
        values.append(slope)
    assert [v.item() for v in values] == [32.0, 80.0, 160.0, 240.0, 240.0, 120.0]


def test_a_gradient_can_be_part_of_a_loss():
    x = leaf(3.0)
    y = (x**3).sum()
    y.backward(create_graph=True)
    assert x.grad is not None and x.grad.requires_grad
    penalty = (x.grad**2).sum()
    (g,) = tgx.autograd.grad(penalty, x)
    assert g.item() == pytest.approx(2 * 27.0 * 18.0)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="the destructor is there from 3.13 on")
def test_the_destructor_empties_its_queue():
    from tinygradx.graph.node import _Queue

    _chain(1000)
    assert not _Queue.waiting and not _Queue.busy


def test_a_gradient_fits_what_the_leaf_is_by_now():
    """`.data` may have been replaced between the forward pass and the way back."""
    w, b = tgx.ones(3).requires_grad_(), tgx.ones(2).requires_grad_()
    y = w.exp().sum() + (b * 2.0).sum()
    w.data = tgx.ones(3, dtype=tgx.float64)
    y.backward()
    assert w.grad.dtype == np.float64
    y = w.exp().sum() + (b * 2.0).sum()
    before = b.grad.tolist()
    w.data = tgx.ones(4, dtype=tgx.float64)
    with pytest.raises(GraphError, match=r"its \.data was replaced"):
        y.backward()
    assert b.grad.tolist() == before  # the other leaf was not touched
