"""Hooks on tensors and modules, and gradients of results that are kept."""

from __future__ import annotations

import copy
import gc
import weakref

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.graph import Visitor


def leaf(*values, **how):
    return tgx.tensor(values, dtype=tgx.float64, requires_grad=True, **how)


# ---- on tensors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("result", [False, True])
def test_a_hook_sees_the_whole_gradient_and_may_replace_it(result):
    x = leaf(1.0, 2.0)
    y = x * 3.0 if result else x
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.register_hook(lambda g: g * 10.0)
    y.register_hook(lambda g: seen.append(g.tolist()))
    (y * y + y).sum().backward()  # two shares: the hook waits for their sum
    once = [7.0, 13.0] if result else [3.0, 5.0]
    assert seen == [once, [10 * g for g in once]]
    assert x.grad.tolist() == [g * 10 * (3 if result else 1) for g in once]


def test_a_hook_that_was_removed_is_not_called():
    x = leaf(1.0)
    calls = []
    handle = x.register_hook(lambda g: calls.append("first"))
    with x.register_hook(lambda g: calls.append("second")):
        (x * 2.0).sum().backward()
    handle.remove()
    handle.remove()
    (x * 2.0).sum().backward()
    assert calls == ["first", "second"]
    assert x.grad.tolist() == [4.0]


def test_hooks_of_a_result_belong_to_its_value_at_that_time():
    x = leaf(2.0)
    y = x * 1.0
    seen = []
    y.register_hook(lambda g: seen.append(g.item()))
    y.mul_(5.0)
    y.sum().backward()
    assert seen == [5.0]  # with respect to y before the write


def test_a_gradient_that_a_hook_sees_cannot_be_written():
    x = leaf(1.0, 2.0)
    x.register_hook(lambda g: g.mul_(2.0))
    with pytest.raises(GraphError, match="memory that may only be read"):
        (x * x).sum().backward()
    assert x.grad is None


def test_what_a_hook_kept_stays_what_it_was():
    x = leaf(1.0, 2.0)
    kept = []
    x.register_hook(kept.append)
    (x * 1.0).sum().backward()
    (x * 2.0).sum().backward()
    assert [g.tolist() for g in kept] == [[1.0, 1.0], [2.0, 2.0]]
    assert x.grad.tolist() == [3.0, 3.0]


def test_hooks_work_in_autograd_grad_and_are_recorded_with_the_way_back():
    x = leaf(3.0)
    y = x * x
    y.register_hook(lambda g: g * x.sum())
    (first,) = tgx.autograd.grad(y.sum(), x, create_graph=True)
    assert first.tolist() == [18.0]  # 2 x * x
    (second,) = tgx.autograd.grad(first.sum(), x)
    assert second.tolist() == [12.0]


def test_what_a_hook_may_not_answer():
    for answer, error, says in (
        (lambda g: 3.0, DtypeError, "answer a Tensor, or None"),
        (lambda g: g.sum(), ShapeError, "of the same shape"),
        (lambda g: g.float(), DtypeError, r"g.to\(tinygradx.float64\)"),
    ):
        x = leaf(1.0, 2.0)
        x.register_hook(answer)
        with pytest.raises(error, match=says):
            x.sum().backward()
        assert x.grad is None
    with pytest.raises(DtypeError, match="a str, which cannot be called"):
        leaf(1.0).register_hook("no")
    with pytest.raises(GraphError, match="does not require a gradient"):
        tgx.ones(2).register_hook(print)


def test_the_hook_after_the_gradient_of_a_leaf_meets_the_leaf_itself():
    model = nn.Linear(2, 2, bias=False)
    met = []

    def step(parameter):
        met.append(parameter is model.weight)
        met.append(parameter.grad.tolist())
        parameter.grad = None

    handle = model.weight.register_post_accumulate_grad_hook(step)
    model(tgx.ones(1, 2)).sum().backward()
    assert met == [True, [[1.0, 1.0], [1.0, 1.0]]]
    assert model.weight.grad is None
    handle.remove()
    model(tgx.ones(1, 2)).sum().backward()
    assert len(met) == 2
    x = leaf(1.0)
    handle = x.register_post_accumulate_grad_hook(lambda x: setattr(x, "grad", x.grad * 0.0))
    tgx.autograd.backward(x.sum(), inputs=[x])
    assert x.grad.tolist() == [0.0]
    with pytest.raises(GraphError, match="which collects no"):
        (x * 2.0).register_post_accumulate_grad_hook(print)
    x.register_post_accumulate_grad_hook(lambda x: 1)
    with pytest.raises(ArgumentError, match="answer nothing"):
        x.sum().backward()


def test_a_result_keeps_its_gradient_when_asked():
    x = leaf(1.0, 2.0)
    y = x * x
    assert not y.retains_grad and not x.retains_grad
    y.retain_grad()
    y.retain_grad()
    x.retain_grad()
    assert y.retains_grad and not x.retains_grad and not y.is_leaf
    (y * 3.0).sum().backward(retain_graph=True)
    assert y.grad.tolist() == [3.0, 3.0]
    (y * 3.0).sum().backward()
    assert y.grad.tolist() == [6.0, 6.0]
    y.grad = None
    assert y.grad is None
    with pytest.raises(GraphError, match="does not require a gradient"):
        tgx.ones(2).retain_grad()


def test_retain_grad_follows_the_tensor_through_a_write():
    x = leaf(2.0)
    y = x * 1.0
    y.retain_grad()
    y.mul_(4.0)
    (y * 3.0).sum().backward()
    assert y.grad.tolist() == [3.0]
    assert x.grad.tolist() == [12.0]


def test_the_last_hook_comes_before_what_is_kept():
    x = leaf(1.0)
    y = x * 1.0
    y.retain_grad()
    y.register_hook(lambda g: g * 7.0)
    y.sum().backward()
    assert y.grad.tolist() == [7.0]


def test_the_grad_of_a_result_warns_and_cannot_be_set():
    y = leaf(1.0) * 2.0
    with pytest.warns(UserWarning, match="retain_grad"):
        assert y.grad is None
    with pytest.raises(GraphError, match="retain_grad"):
        y.grad = tgx.ones(1, dtype=tgx.float64)


def test_hooks_leave_with_their_tensor_and_cost_nothing_then():
    gc.collect()
    before = len(Visitor.alive)

    def make():
        x = leaf(1.0)
        x.register_hook(lambda g: x * 0.0)  # names its own tensor: a cycle
        assert len(Visitor.alive) == before + 1
        return weakref.ref(x)

    gone = make()
    gc.collect()
    assert gone() is None
    assert len(Visitor.alive) == before


# ---- on modules ---------------------------------------------------------------------------------


class Both(nn.Module):
    """Two inputs, two outputs."""

    def forward(self, x, y, factor=2.0):
        return x * y * factor, x + y


def test_hooks_around_forward():
    layer = nn.Linear(2, 1)
    order = []
    before = layer.register_forward_pre_hook(lambda m, inputs: order.append(inputs[0].shape))
    twice = layer.register_forward_pre_hook(lambda m, inputs: inputs[0] * 2.0)
    first = layer.register_forward_pre_hook(lambda m, i: order.append("first"), prepend=True)
    after = layer.register_forward_hook(lambda m, inputs, y: y * 0.0 + inputs[0].sum())
    assert layer(tgx.ones(3, 2)).tolist() == [[12.0]] * 3
    assert order == ["first", (3, 2)]
    for handle in (before, twice, first, after):
        handle.remove()
    assert layer(tgx.ones(3, 2)).shape == (3, 1)
    assert len(order) == 2


def test_hooks_that_take_named_inputs():
    module = Both()
    module.register_forward_pre_hook(
        lambda m, inputs, named: (inputs, {"factor": named["factor"] + 1.0}), with_kwargs=True
    )
    seen = []
    module.register_forward_hook(lambda m, inputs, named, out: seen.append(named), with_kwargs=True)
    out, _ = module(tgx.tensor(1.0), tgx.tensor(3.0), factor=4.0)
    assert out.item() == 15.0
    assert seen == [{"factor": 5.0}]
    module.register_forward_pre_hook(lambda m, inputs, named: inputs, with_kwargs=True)
    with pytest.raises(ArgumentError, match=r"\(inputs, named inputs\)"):
        module(tgx.tensor(1.0), tgx.tensor(3.0), factor=4.0)


def test_a_hook_can_ask_to_be_called_when_forward_fails():
    class Fails(nn.Module):
        def forward(self, x):
            raise RuntimeError("no")

    module = Fails()
    seen = []
    module.register_forward_hook(lambda m, i, out: seen.append(out), always_call=True)
    module.register_forward_hook(lambda m, i, out: seen.append("never"))
    with pytest.raises(RuntimeError, match="no"):
        module(tgx.ones(1))
    assert seen == [None]


def test_backward_hooks_see_all_gradients_and_may_replace_them():
    module = Both()
    x, y = leaf(3.0), leaf(5.0)
    seen = []

    def hook(m, grad_input, grad_output):
        seen.append(([g.item() for g in grad_input], [g.item() for g in grad_output]))
        return grad_input[0] * 100.0, grad_input[1]

    module.register_full_backward_hook(hook)
    module.register_full_backward_pre_hook(lambda m, grads: (grads[0], grads[1] * 2.0))
    product, total = module(x, y)
    (product + total + x * 7.0).sum().backward()
    # d(2xy + 2(x+y)): 2y + 2, 2x + 2; the 7 belongs to another reader of x.
    assert seen == [([12.0, 8.0], [1.0, 2.0])]
    assert x.grad.tolist() == [1207.0] and y.grad.tolist() == [8.0]


def test_a_backward_hook_of_a_first_layer():
    layer = nn.Linear(2, 1)
    seen = []
    handle = layer.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go[0].shape)))
    layer(tgx.ones(3, 2)).sum().backward()
    assert seen == [((None,), (3, 1))]
    with tgx.no_grad():
        layer(tgx.ones(3, 2))
    handle.remove()
    layer(tgx.ones(3, 2)).sum().backward()
    assert len(seen) == 1


def test_backward_hooks_can_be_differentiated_again():
    module = Both()
    module.register_full_backward_hook(lambda m, gi, go: (gi[0] * 2.0, gi[1]))
    x, y = leaf(3.0), leaf(5.0)
    (first,) = tgx.autograd.grad(module(x, y)[0].sum(), x, create_graph=True)
    assert first.tolist() == [20.0]  # 2 * 2 y
    (second,) = tgx.autograd.grad(first.sum(), y)
    assert second.tolist() == [4.0]


def test_what_module_hooks_refuse():
    layer = nn.Linear(1, 1)
    with pytest.raises(ArgumentError, match="use register_full_backward_hook"):
        layer.register_backward_hook(lambda *a: None)
    with pytest.raises(DtypeError, match="pass a function"):
        layer.register_forward_hook(3)
    layer.register_full_backward_hook(lambda m, gi, go: (gi[0], gi[0]))
    with pytest.raises(ArgumentError, match="2 gradients for 1"):
        layer(leaf(1.0).float().reshape(1, 1)).sum().backward()


def test_a_copied_module_has_the_hooks_by_itself():
    layer = nn.Linear(1, 1)
    calls = []
    layer.register_forward_hook(lambda m, i, y: calls.append(m))
    other = copy.deepcopy(layer)
    handle = other.register_forward_hook(lambda m, i, y: calls.append("own"))
    layer(tgx.ones(1, 1))
    other(tgx.ones(1, 1))
    assert calls == [layer, other, "own"]
    handle.remove()
    np.testing.assert_array_equal(layer.weight.detach().numpy(), other.weight.detach().numpy())
