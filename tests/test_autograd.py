"""Gradients as values, the first NaN by name, memory for time."""

from __future__ import annotations

import copy
import gc
import threading
import weakref

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import autograd, nn
from tinygradx.autograd import AnomalyError, gradcheck, gradgradcheck
from tinygradx.errors import ArgumentError, DtypeError, GraphError
from tinygradx.graph import Handle
from tinygradx.utils.checkpoint import checkpoint, checkpoint_sequential


def leaf(*values):
    return tgx.tensor(values, dtype=tgx.float64, requires_grad=True)


# ---- grad and backward --------------------------------------------------------------------------


def test_backward_from_several_tensors():
    x = leaf(1.0, 2.0)
    autograd.backward([x.sum(), x * x], [None, tgx.tensor([1.0, 10.0], dtype=tgx.float64)])
    assert x.grad.tolist() == [3.0, 41.0]
    with pytest.raises(ArgumentError, match="1 gradients to begin with"):
        autograd.backward([x.sum(), x.sum()], [None])
    with pytest.raises(GraphError, match="does not require a gradient"):
        autograd.backward(tgx.ones(1))


def test_backward_into_chosen_inputs_alone():
    x, w = leaf(2.0), leaf(3.0)
    y = x * w
    (y * y).sum().backward(inputs=[w, y])
    assert w.grad.tolist() == [24.0] and x.grad is None
    assert y.retains_grad and y.grad.tolist() == [12.0]
    (x * w).sum().backward(inputs=x)
    assert x.grad.tolist() == [3.0] and w.grad.tolist() == [24.0]
    with pytest.raises(ArgumentError, match="pass tensors, or leave it out"):
        (x * w).sum().backward(inputs=[])


def test_what_grad_refuses():
    x = leaf(1.0, 2.0)
    y = (x * x).sum()
    with pytest.raises(ArgumentError, match=r"func\.jacrev"):
        autograd.grad(y, x, is_grads_batched=True)
    with pytest.raises(ArgumentError, match="a contradiction"):
        autograd.grad(y, x, materialize_grads=True, allow_unused=False)
    with pytest.raises(ArgumentError, match="call backward"):
        autograd.grad(y, x, only_inputs=False)
    with pytest.raises(GraphError, match="do not depend on"):
        autograd.grad(y, leaf(1.0))
    assert autograd.grad(y, leaf(1.0), allow_unused=True, retain_graph=True) == (None,)
    assert autograd.grad(y, leaf(1.0), materialize_grads=True)[0].tolist() == [0.0]


def test_the_graph_can_be_walked_as_in_pytorch():
    x = leaf(1.0)
    y = tgx.log_softmax(x * 2.0, 0)
    assert y.grad_fn.name() == "LogSoftmaxBackward0"
    ((product, number),) = y.grad_fn.next_functions
    assert (product.name(), number) == ("MulBackward0", 0)
    (end, _), (nothing, _) = product.next_functions
    assert end.name() == "AccumulateGrad" and nothing is None
    assert end.next_functions == ()
    assert end.variable.grad is None and x.grad_fn is None
    y.sum().backward()
    assert end.variable.grad is x.grad
    assert end == product.next_functions[0][0]
    assert y.grad_fn is y.grad_fn


def test_detach_in_place():
    x = leaf(1.0)
    y = x * 2.0
    assert y.detach_() is y
    assert y.is_leaf and not y.requires_grad
    y.requires_grad_()
    (y * 3.0).sum().backward()
    assert y.grad.tolist() == [3.0] and x.grad is None
    x.detach_()
    assert not x.requires_grad
    with pytest.raises(GraphError, match="of a view"):
        (leaf(1.0, 2.0) * 1.0)[0].detach_()


def test_inference_mode():
    x = leaf(1.0)
    with tgx.inference_mode():
        assert not (x * 2.0).requires_grad
        with tgx.inference_mode(False):
            assert not (x * 2.0).requires_grad

    @tgx.inference_mode()
    def first(x):
        return x * 2.0

    @tgx.inference_mode
    def second(x):
        return x * 2.0

    @tgx.inference_mode(False)
    def third(x):
        return x * 2.0

    assert [f(x).requires_grad for f in (first, second, third)] == [False, False, True]
    assert tgx.is_grad_enabled()


def test_variable_is_a_tensor():
    x = autograd.Variable(tgx.ones(2), requires_grad=True)
    assert isinstance(x, autograd.Variable) and isinstance(x, tgx.Tensor)
    (x * x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    memory = tgx.zeros(2)
    autograd.Variable(memory).fill_(3.0)
    assert memory.tolist() == [3.0, 3.0]
    with pytest.raises(DtypeError, match=r"tinygradx\.tensor\(data\)"):
        autograd.Variable([1.0])


# ---- detect_anomaly -----------------------------------------------------------------------------


def test_a_thread_that_ends_lets_go_of_the_slot():
    thread = threading.Thread(target=lambda: autograd.set_detect_anomaly(True))
    before = tgx.Tensor.node
    thread.start()
    thread.join()
    gc.collect()
    assert tgx.Tensor.node is before
    assert not autograd.is_anomaly_enabled()
    with autograd.detect_anomaly(), autograd.set_detect_anomaly(False):
        assert not autograd.is_anomaly_enabled()
    assert tgx.Tensor.node is before


def here_in(text):
    return "test_autograd.py" in text


def test_the_first_nan_is_named_where_it_is_made():
    x = leaf(1.0, -1.0, 0.0)
    with autograd.detect_anomaly():
        with pytest.raises(AnomalyError, match="log made the first NaN") as caught:
            ((x + 0.0).log() * 2.0).sum()
        assert "1 of 3 elements is NaN, the first at [1]" in caught.value.got
        assert "x.clamp(min=1e-8)" in caught.value.do and here_in(caught.value.where)
        with pytest.raises(AnomalyError, match="exp made the first Inf"):
            (x * 1000.0).exp()
        with pytest.raises(AnomalyError, match="div made the first NaN"):
            (x - x) / (x - x)
    (x.log() * 2.0).sum()  # nobody looks any longer


def test_an_inf_that_was_put_in_is_nobodys_fault():
    scores = leaf(1.0, 2.0)
    hidden = tgx.tensor([False, True])
    with autograd.detect_anomaly():
        masked = tgx.where(hidden, float("-inf"), scores)
        loss = tgx.softmax(masked, 0)[0]
        loss.backward()
        assert scores.grad.tolist() == [0.0, 0.0]
        with pytest.raises(AnomalyError, match="softmax made the first NaN"):
            tgx.softmax(tgx.where(tgx.tensor([True, True]), float("-inf"), scores), 0)
        with pytest.raises(AnomalyError, match="sub made the first NaN") as caught:
            masked - masked
        assert "its inputs hold Inf" in caught.value.got
    with autograd.detect_anomaly():
        written = scores * 1.0
        written[0] = float("-inf")
        (written * 2.0).exp().sum().backward()
    with autograd.detect_anomaly(check_inf=False):
        assert (scores * 1e308 * 10.0).isinf().any()


def test_the_first_inf_on_the_way_back_is_named():
    x = leaf(0.0, 4.0)
    with autograd.detect_anomaly():
        y = x.sqrt()
        with pytest.raises(AnomalyError, match="walking back through sqrt made the first Inf") as e:
            y.sum().backward()
    assert "with respect to its input 0" in e.value.got and here_in(e.value.where)
    assert x.grad is None
    with autograd.detect_anomaly(check_inf=False):
        x.sqrt().sum().backward()
    assert x.grad.tolist() == [float("inf"), 0.25]


def test_a_nan_that_comes_from_outside_on_the_way_back():
    x = leaf(1.0)
    with autograd.detect_anomaly():
        y = x * 2.0
        y.register_hook(lambda g: g * float("nan"))
        with pytest.raises(AnomalyError, match="arrived holds NaN"):
            y.sum().backward()


def test_a_write_through_numpys_memory_is_found():
    array = np.array([1.0, 2.0])
    x = tgx.from_numpy(array)
    w = leaf(3.0, 4.0)
    with autograd.detect_anomaly():
        y = (x * w).sum()
        array[0] = 100.0
        with pytest.raises(GraphError, match="changed from outside"):
            y.backward()
    assert w.grad is None


def test_the_mode_is_this_threads_and_is_put_back():
    assert not autograd.is_anomaly_enabled()
    found = []
    with autograd.detect_anomaly(), autograd.set_detect_anomaly(True, check_nan=False):
        assert autograd.is_anomaly_enabled() and not autograd.is_anomaly_check_nan_enabled()
        thread = threading.Thread(target=lambda: found.append(autograd.is_anomaly_enabled()))
        thread.start()
        thread.join()
        with autograd.set_detect_anomaly(False):
            assert not autograd.is_anomaly_enabled()
    assert found == [False]
    assert not autograd.is_anomaly_enabled()
    slot = Handle.__dict__["node"]
    assert type(slot).__name__ == "member_descriptor"  # the plain slot again
    mode = autograd.set_detect_anomaly(True)
    assert autograd.is_anomaly_enabled()
    mode.__exit__(None, None, None)
    assert not autograd.is_anomaly_enabled()


def test_training_under_the_mode_gives_the_same_numbers():
    def trained(watch):
        tgx.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
        optimizer = tgx.optim.SGD(model.parameters(), lr=0.1)
        x, y = tgx.randn(5, 3), tgx.tensor([0, 1, 0, 1, 1])
        with autograd.set_detect_anomaly(watch):
            for _ in range(3):
                optimizer.zero_grad()
                loss = nn.functional.cross_entropy(model(x), y)
                loss.backward()
                optimizer.step()
        return loss.item(), model[0].weight.tolist()

    assert trained(True) == trained(False)


# ---- checkpoint ---------------------------------------------------------------------------------


def block(x, w):
    return (x @ w).tanh().exp() @ w


def two(size=3):
    random = np.random.default_rng(0)
    return [tgx.tensor(random.normal(size=(size, size)), requires_grad=True) for _ in range(2)]


@pytest.mark.parametrize("check", [gradcheck, gradgradcheck])
def test_a_checkpoint_has_the_same_gradients(check):
    x, w = two(2)
    assert check(lambda x, w: checkpoint(block, x, w, use_reentrant=False), (x, w))
    # Parameters that it does not take but reads, and a checkpoint within a checkpoint.
    assert check(lambda x: checkpoint(lambda x: checkpoint(block, x, w) * x, x), (x,))


def test_a_checkpoint_forgets_and_computes_again_once():
    x, w = two()
    calls = []

    def counted(x):
        calls.append(1)
        return block(x, w), "aside"

    y, aside = checkpoint(counted, x)
    assert aside == "aside"
    inner = y.grad_fn.next_functions[0][0]
    assert len(inner.saved) == 0 and len(calls) == 1
    y.sum().backward(retain_graph=True)
    assert len(calls) == 2 and len(inner.saved) == 1
    first = w.grad.tolist()
    w.grad = None
    y.sum().backward()
    assert w.grad.tolist() == first and len(calls) == 2
    with pytest.raises(GraphError, match="retain_graph=True"):
        y.sum().backward()


def test_a_checkpoint_draws_the_same_random_numbers_again():
    x = tgx.ones(1000, requires_grad=True)
    tgx.manual_seed(3)
    y = checkpoint(lambda x: nn.functional.dropout(x * x, 0.5), x)
    expected = tgx.rand(3).tolist()
    tgx.manual_seed(4)
    state = tgx.get_rng_state()
    y.sum().backward()
    assert tgx.get_rng_state().tolist() == state.tolist()
    assert x.grad.tolist() == (2.0 * y.detach()).tolist()
    tgx.manual_seed(3)
    nn.functional.dropout(x, 0.5)
    assert tgx.rand(3).tolist() == expected


def test_a_checkpoint_notices_changes():
    x, w = two()
    z = x * 1.0
    y = checkpoint(block, z, w)
    z.mul_(2.0)
    with pytest.raises(GraphError, match="an input of matmul that was changed in place"):
        y.sum().backward()
    with tgx.no_grad():
        y = None
    y = checkpoint(block, x, w)
    with tgx.no_grad():
        w.mul_(2.0)
    with pytest.raises(GraphError, match="before the change"):
        y.sum().backward()
    times = []

    def changing(x):
        times.append(1)
        return x.sin() if len(times) == 1 else x.exp().sin()

    with pytest.raises(GraphError, match=r"exp \(3, 3\) where sin \(3, 3\) was"):
        checkpoint(changing, x).sum().backward()
    with pytest.raises(ArgumentError, match="contexts for both runs"):
        checkpoint(block, x, w, context_fn=lambda: None)


def test_a_checkpoint_frees_what_is_between():
    x, _ = two(100)
    kept = weakref.ref(np.zeros(1))

    def watched(x):
        nonlocal kept
        middle = x.exp()
        kept = weakref.ref(middle.array)
        return middle.sin()

    y = checkpoint(watched, x)
    assert kept() is None
    y.sum().backward()
    np.testing.assert_allclose(
        x.grad.numpy(), np.cos(np.exp(x.detach().numpy())) * np.exp(x.detach().numpy())
    )
    y = watched(x)
    assert kept() is not None


def test_checkpoints_in_a_row():
    model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1))
    x = tgx.ones(3, 2)
    model(x).sum().backward()
    expected = [p.grad.tolist() for p in model.parameters()]
    model.zero_grad()
    checkpoint_sequential(model, 2, x).sum().backward()
    assert [p.grad.tolist() for p in model.parameters()] == expected
    with tgx.no_grad():
        assert checkpoint_sequential(model, 5, x).shape == (3, 1)
    with pytest.raises(ArgumentError, match="from 1 segment"):
        checkpoint_sequential(model, 6, x)


# ---- copies -------------------------------------------------------------------------------------


def test_a_shallow_copy_shares_memory_and_its_writes_are_seen():
    x = leaf(1.0, 2.0)
    other = copy.copy(x)
    y = (x * x).sum()
    with tgx.no_grad():
        other.add_(1.0)
    assert x.tolist() == [2.0, 3.0] and other.requires_grad
    with pytest.raises(GraphError, match="changed in place"):
        y.backward()
    parameter = nn.Parameter(tgx.ones(1))
    parameter.grad = tgx.ones(1)
    assert isinstance(copy.copy(parameter), nn.Parameter)
    assert copy.copy(parameter).grad is parameter.grad
    with pytest.raises(GraphError, match="the result of a recorded operation"):
        copy.copy(x * 2.0)


# ---- slices -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slices",
    [
        lambda x: x.unbind(0),
        lambda x: [x[i] for i in range(len(x))],
        lambda x: x.chunk(5, 1),
        lambda x: [x[..., None, 1:4, ::2], x[-1], x[3, 2], x[:, 2]],
    ],
)
def test_slices_lead_back_into_one_array(monkeypatch, slices):
    random = np.random.default_rng(0)
    x = tgx.tensor(random.standard_normal((7, 5)), requires_grad=True)
    calls = []
    arithmetic = type(x).arithmetic

    def whole(part):
        calls.append(part.shape)
        return arithmetic.whole(part)

    monkeypatch.setattr(type(x), "arithmetic", arithmetic._replace(whole=whole))
    y = x * 1.0
    loss = sum(float(i + 2) * (part**2).sum() for i, part in enumerate(slices(y)))
    (found,) = tgx.autograd.grad(loss, x, retain_graph=True)
    assert calls == [(7, 5)]  # and not one for every slice
    (known,) = tgx.autograd.grad(loss, x, create_graph=True)  # which goes the recorded way
    np.testing.assert_allclose(found.numpy(), known.detach().numpy(), rtol=1e-14)


def test_a_leaf_met_by_slices_and_as_a_whole():
    x = tgx.arange(4.0).requires_grad_()
    (x[1:] * x[:-1] + x.sum() + x[2]).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [1 + 3, 2 + 3, 4 + 3 + 3, 2 + 3])
    kept = x.grad
    x[0].backward()  # the gradient of a slice alone is added to what is there
    assert x.grad is kept
    assert x.grad[0] == 5.0
