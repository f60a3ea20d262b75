"""Autograd beside PyTorch's: the same program on both, and the same numbers."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.autograd.function import once_differentiable as ours_once

torch = pytest.importorskip("torch")

A = np.array([[0.3, -1.2, 2.0], [1.5, 0.7, -0.4]])
W = np.array([[0.5, -0.3], [1.1, 0.2], [-0.7, 0.9]])


def numbers(found):
    """What a program answers as arrays, nested as it is."""
    if isinstance(found, (tgx.Tensor, torch.Tensor)):
        return found.detach().numpy().copy()
    if isinstance(found, dict):
        return {key: numbers(value) for key, value in found.items()}
    if isinstance(found, (tuple, list)):
        return [numbers(item) for item in found]
    return found


def close(ours, theirs):
    assert type(ours) is type(theirs), f"{ours} {theirs}"
    if isinstance(ours, dict):
        assert list(ours) == list(theirs)
        ours, theirs = list(ours.values()), list(theirs.values())
    if isinstance(ours, list):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            close(a, b)
    elif isinstance(ours, np.ndarray):
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-13)
    else:
        assert ours == theirs


def leaf(library, array):
    return library.tensor(array, requires_grad=True)


# Each takes the library, and answers what shall agree.


def hooks_on_leaves_and_results(t):
    x, w, seen = leaf(t, A), leaf(t, W), []
    y = (x @ w).tanh()
    y.retain_grad()
    handle = y.register_hook(lambda g: g * 2)
    y.register_hook(lambda g: seen.append(g.clone()))
    x.register_hook(lambda g: g + 1)
    w.register_post_accumulate_grad_hook(lambda w: seen.append(w.grad.clone()))
    (y * y).sum().backward(retain_graph=True)
    handle.remove()
    (y * y).sum().backward()
    return [x.grad, w.grad, y.grad, *seen]


def hooks_and_grad(t):
    x, seen = leaf(t, A), []
    y = x * 2
    y.register_hook(lambda g: seen.append(g.detach().clone()))
    x.register_hook(lambda g: g * 5)
    return [*t.autograd.grad((y**3).sum(), [x, y]), len(seen), x.grad is None]


def retain_grad_and_writes(t):
    x = leaf(t, A)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    (y * y).sum().backward()
    return [x.grad, y.grad, y.is_leaf, y.retains_grad, x.retains_grad]


def backward_into_inputs(t):
    x, w = leaf(t, A), leaf(t, W)
    y = x @ w
    (y * y).sum().backward(inputs=[w], retain_graph=True)
    first = [x.grad is None, w.grad.clone()]
    y.sum().backward(inputs=[y, x])
    return [*first, x.grad, w.grad, y.grad]


def several_roots(t):
    x = leaf(t, A)
    t.autograd.backward([x.sum(), x * x], [None, t.tensor(A)])
    return x.grad


def gradients_of_gradients(t):
    x = leaf(t, A)
    (g,) = t.autograd.grad((x.sin() * x).sum(), x, create_graph=True)
    (h,) = t.autograd.grad((g * g).sum(), x, create_graph=True)
    h.sum().backward()
    return [g, h, x.grad]


def unused_inputs(t):
    x, y, z = leaf(t, A), leaf(t, A), leaf(t, W)
    loss = (x * x).sum()
    found = t.autograd.grad(loss, [x, z], allow_unused=True, retain_graph=True)
    return [found[0], found[1] is None, *t.autograd.grad(loss, [y, x], materialize_grads=True)]


def gradient_penalty(t):
    x, w = leaf(t, A), leaf(t, W)
    (g,) = t.autograd.grad((x @ w).tanh().sum(), x, create_graph=True)
    ((g.pow(2).sum(1).sqrt() - 1) ** 2).mean().backward()
    return [x.grad, w.grad]


def functions(t):
    class ClippedExp(t.autograd.Function):
        @staticmethod
        def forward(ctx, x, limit, scale):
            y = (x * scale).exp().clamp(max=limit)
            ctx.save_for_backward(x, y, scale)
            ctx.limit = limit
            return y, x > 0

        @staticmethod
        def backward(ctx, g, _):
            x, y, scale = ctx.saved_tensors
            assert ctx.needs_input_grad == (True, False, True)
            inside = (y < ctx.limit).to(g.dtype)
            return g * y * scale * inside, None, (g * y * x * inside).sum()

    x, scale = leaf(t, A), leaf(t, np.array(0.7))
    y, positive = ClippedExp.apply(x, 3.0, scale)
    gx, gs = t.autograd.grad((y * y).sum(), [x, scale], create_graph=True)
    (gx.sum() + gs).backward()
    return [y, positive, positive.requires_grad, gx, gs, x.grad, scale.grad]


def module_hooks(t):
    seen = []
    layer = t.nn.Linear(3, 2).double()
    with t.no_grad():
        layer.weight.copy_(t.tensor(W.T.copy()))
        layer.bias.fill_(0.25)
    layer.register_forward_pre_hook(lambda m, inputs: (inputs[0] * 2,))
    layer.register_forward_hook(lambda m, inputs, y: y + inputs[0].sum())
    layer.register_full_backward_pre_hook(lambda m, go: (go[0] * 3,))

    def back(m, grad_input, grad_output):
        seen.extend([grad_input[0].clone(), grad_output[0].clone()])
        return (grad_input[0] + 1,)

    layer.register_full_backward_hook(back)
    x = leaf(t, A)
    y = layer(x)
    (y * y).sum().backward()
    return [y, x.grad, layer.weight.grad, layer.bias.grad, *seen]


def checkpoints(t):
    if t is torch:
        from torch.utils.checkpoint import checkpoint
    else:
        from tinygradx.utils.checkpoint import checkpoint
    x, w = leaf(t, A), leaf(t, W)
    y = checkpoint(lambda x: ((x @ w).tanh() @ w.T).sin(), x, use_reentrant=False)
    (g,) = t.autograd.grad(y.sum(), w, create_graph=True)
    (g * g).sum().backward()
    return [y, g, x.grad, w.grad]


def transforms(t):
    f = t.func
    x, v = t.tensor(A), t.tensor(A[::-1].copy())

    def scalar(x):
        return (x**3 * x.sum()).sin().sum()

    def vector(x):
        return {"a": x.exp() * x.sum(), "b": (x[0] * 2, x.sum())}

    value, product = f.jvp(vector, (x,), (v,))
    _, back, aux = f.vjp(lambda x: ((x * x).sum(1), x * 3), x, has_aux=True)
    return [
        f.grad(scalar)(x),
        f.grad(f.grad(lambda x: x**4))(t.tensor(1.7)),
        f.grad(lambda x, y: (x * y).sum(), argnums=(1, 0))(x, v),
        f.grad_and_value(scalar)(x),
        value,
        product,
        back(t.tensor([2.0, 3.0], dtype=t.float64)),
        aux,
        f.jacrev(vector)(x),
        f.hessian(scalar)(x),
        f.jacrev(lambda x, y: x @ y, argnums=(0, 1))(x, t.tensor(W)),
        f.functional_call(t.nn.Linear(3, 2), {"weight": t.tensor(W.T), "bias": v[0, :2]}, (x,)),
    ]


def functional_forms(t):
    f = t.autograd.functional
    x, v = t.tensor(A[0]), t.tensor(A[1])

    def vector(x, y):
        return x.exp() * y, (x * y).sum()

    def scalar(x):
        return (x**3).sum() * x[0]

    return [
        f.jacobian(vector, (x, v)),
        f.hessian(scalar, x),
        f.vjp(vector, (x, v), (v, t.tensor(2.0, dtype=t.float64))),
        f.jvp(vector, (x, v), (v, x)),
        f.hvp(scalar, x, v),
        f.vhp(scalar, x, v),
    ]


def walks(t):
    x = leaf(t, A)
    y = (x * 2).exp()
    product = y.grad_fn.next_functions[0][0]
    end = product.next_functions[0][0]
    names = [y.grad_fn.name(), product.name(), end.name().rpartition("::")[2]]
    return [*names, end.variable.grad is None, product.next_functions[1][0] is None]


def rules_of_requires_grad(t):
    x = leaf(t, A)
    y = x * 2
    facts = [x.is_leaf, y.is_leaf, y.requires_grad, x.detach().requires_grad, y.grad_fn is None]
    for wrong in (
        lambda: t.tensor([1, 2]).requires_grad_(),
        lambda: t.tensor([1, 2], requires_grad=True),
        lambda: y.requires_grad_(False),
        lambda: t.tensor(A).register_hook(print),
        lambda: t.tensor(A).retain_grad(),
        lambda: y.register_post_accumulate_grad_hook(print),
        lambda: t.tensor(A).sum().backward(),
        lambda: y.backward(),
        lambda: y[0].detach_(),
    ):
        try:
            wrong()
        except RuntimeError:
            facts.append("refused")
        else:
            facts.append("taken")
    y.detach_()
    facts += [y.is_leaf, y.requires_grad]
    with t.inference_mode():
        facts.append((x * 2).requires_grad)
    with t.no_grad(), t.enable_grad():
        facts.append((x * 2).requires_grad)
    return facts


def anomalies(t):
    found = []
    for make in (
        lambda x: (x - x).sqrt().sum() * 0,
        lambda x: x.sum() * 2,
    ):
        x = leaf(t, A)
        try:
            with t.autograd.detect_anomaly(check_nan=True):
                make(x).backward()
        except RuntimeError:
            found.append("found")
        else:
            found.append("nothing")
    return found


PROGRAMS = [
    hooks_on_leaves_and_results, hooks_and_grad, retain_grad_and_writes, backward_into_inputs,
    several_roots, gradients_of_gradients, unused_inputs, gradient_penalty, functions,
    module_hooks, checkpoints, transforms, functional_forms, walks, rules_of_requires_grad,
    anomalies,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=[program.__name__ for program in PROGRAMS])
def test_programs_agree(program):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, of the anomaly mode and deprecated names
        theirs = numbers(program(torch))
        close(numbers(program(tgx)), theirs)


def test_the_comparison_notices_another_number():
    with pytest.raises(AssertionError):
        close(numbers([tgx.ones(2)]), numbers([torch.ones(2) * 1.001]))
    with pytest.raises(AssertionError):
        close([True], [False])


def test_once_differentiable_refuses_as_pytorchs_does():
    for t, once in ((tgx, ours_once), (torch, torch.autograd.function.once_differentiable)):

        class Doubled(t.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x * 2

            @staticmethod
            @once
            def backward(ctx, g):
                return g * 2

        x = leaf(t, A)
        (g,) = t.autograd.grad((Doubled.apply(x) ** 2).sum(), x, create_graph=True)
        with pytest.raises(RuntimeError, match="once_differentiable"):
            g.sum().backward()


def test_dtypes_meet_as_pytorchs_do():
    names = ["float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]
    for a in names:
        for b in names:
            x, y = getattr(tgx, a), getattr(tgx, b)
            p, q = getattr(torch, a), getattr(torch, b)
            assert tgx.promote_types(x, y).name == str(torch.promote_types(p, q))[6:]
            assert tgx.can_cast(x, y) == torch.can_cast(p, q)
            ours = tgx.result_type(tgx.ones(2, dtype=x), tgx.ones((), dtype=y))
            assert (
                ours.name
                == str(torch.result_type(torch.ones(2, dtype=p), torch.ones((), dtype=q)))[6:]
            )
        for number in (True, 2, 2.5):
            ours = tgx.result_type(tgx.ones(2, dtype=getattr(tgx, a)), number)
            theirs = torch.result_type(torch.ones(2, dtype=getattr(torch, a)), number)
            assert ours.name == str(theirs)[6:]


def test_limits_of_dtypes():
    for name in ("float32", "float64"):
        ours, theirs = tgx.finfo(getattr(tgx, name)), torch.finfo(getattr(torch, name))
        for fact in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution", "dtype"):
            assert (
                getattr(ours, fact) == pytest.approx(getattr(theirs, fact))
                if fact != "dtype"
                else (ours.dtype == theirs.dtype)
            )
    for name in ("int8", "uint8", "int64"):
        ours, theirs = tgx.iinfo(getattr(tgx, name)), torch.iinfo(getattr(torch, name))
        assert (ours.bits, ours.max, ours.min, ours.dtype) == (
            theirs.bits, theirs.max, theirs.min, theirs.dtype,
        )  # fmt: skip
