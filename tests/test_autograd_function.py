"""Gradients of one's own: `autograd.Function` and `custom_gradient`."""

from __future__ import annotations

import gc
import weakref
from typing import ClassVar

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import autograd
from tinygradx.autograd import Function, gradcheck, gradgradcheck
from tinygradx.autograd.function import once_differentiable
from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError


def leaf(*values):
    return tgx.tensor(values, dtype=tgx.float64, requires_grad=True)


# ---- autograd.Function --------------------------------------------------------------------------


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


class SavesResult(Function):
    @staticmethod
    def forward(x):
        return x.exp()

    @staticmethod
    def setup_context(ctx, inputs, output):
        (_x,) = inputs
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y


class Several(Function):
    """x * y and x + k * y, of which the product is kept as well."""

    @staticmethod
    def forward(ctx, x, k, y):
        product, total = x * y, x + k * y
        ctx.k = k
        ctx.save_for_backward(x, None, product, y)
        return "text", product, total

    @staticmethod
    def backward(ctx, g_text, g_product, g_total):
        x, nothing, product, y = ctx.saved_tensors
        assert nothing is None and g_text is None
        assert ctx.needs_input_grad == (True, False, True)
        # product / y is x, and says that what was kept is connected with its own history.
        return g_product * y + g_total, None, g_product * (product / y) + ctx.k * g_total + x * 0


@pytest.mark.parametrize("check", [gradcheck, gradgradcheck])
def test_functions_to_second_order(check):
    x, y = leaf(0.5, -1.5), leaf(2.0, 3.0)
    assert check(Cube.apply, x)
    assert check(SavesResult.apply, x)
    assert check(lambda x, y: Several.apply(x, 3.0, y)[1:], (x, y))
    assert check(lambda x, y: Several.apply(x, 3.0, y)[2], (x, y))


def test_a_function_to_third_order():
    x = leaf(2.0)
    y = Cube.apply(x).sum()
    for expected in (12.0, 12.0, 6.0):
        (y,) = autograd.grad(y, x, create_graph=True)
        assert y.item() == expected
        y = y.sum()


def test_what_a_function_answers_beside_tensors():
    x, y = leaf(1.0), leaf(2.0)
    text, product, total = Several.apply(x, 3.0, y)
    assert text == "text"
    assert product.grad_fn is not None and total.requires_grad
    (product + total).sum().backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([3.0], [4.0])
    with tgx.no_grad():
        assert not Several.apply(x, 3.0, y)[1].requires_grad
    assert not Cube.apply(x.detach()).requires_grad
    assert Cube.apply(x).grad_fn.name() == "CubeBackward"


def test_results_of_two_dtypes():
    class Parts(Function):
        @staticmethod
        def forward(ctx, x):
            return x.float() * 2, x * 3, x.long()

        @staticmethod
        def backward(ctx, a, b, whole):
            assert (a.dtype, b.dtype, whole.dtype) == (tgx.float32, tgx.float64, tgx.int64)
            assert whole.tolist() == [0, 0]
            return a.double() * 2 + b * 3

    x = leaf(1.5, 2.5)
    a, b, whole = Parts.apply(x)
    assert (a.dtype, b.dtype, whole.tolist()) == (tgx.float32, tgx.float64, [1, 2])
    assert not whole.requires_grad
    (a.double() + b).sum().backward()
    assert x.grad.tolist() == [5.0, 5.0]


def test_a_result_without_gradient():
    class SortPair(Function):
        @staticmethod
        def forward(ctx, x):
            values, noise = x * 2.0, x * 0.0 + 1.0
            ctx.mark_non_differentiable(noise)
            return values, noise

        @staticmethod
        def backward(ctx, g, g_noise):
            assert g_noise.tolist() == [0.0]
            return g * 2.0

    x = leaf(1.0)
    values, noise = SortPair.apply(x)
    assert values.requires_grad and not noise.requires_grad
    values.sum().backward()
    assert x.grad.tolist() == [2.0]


def test_what_was_saved_is_dropped_and_watched():
    x = leaf(1.0, 2.0)
    y = Cube.apply(x)
    y.sum().backward()
    with pytest.raises(GraphError, match="retain_graph=True"):
        y.sum().backward()
    z = x * 1.0
    y = Cube.apply(z)
    z.add_(1.0)
    with pytest.raises(GraphError, match=r"saved tensor 0 was changed in place at .*test_autograd"):
        y.sum().backward()
    y = SavesResult.apply(x)
    y.add_(1.0)
    with pytest.raises(GraphError, match=r"saved tensor 0 was changed in place at .*test_autograd"):
        y.sum().backward()


def test_functions_hold_no_cycle():
    gc.collect()
    gc.disable()
    try:
        x = leaf(1.0)
        y = SavesResult.apply(x)
        gone = weakref.ref(y.grad_fn)
        y.sum().backward()
        del y
        assert gone() is None
    finally:
        gc.enable()


def test_an_answer_that_is_an_argument_has_memory_of_its_own():
    class Same(Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return g

    x = leaf(1.0)
    y = Same.apply(x)
    assert y is not x
    y.mul_(5.0)
    assert x.tolist() == [1.0]
    y.sum().backward()
    assert x.grad.tolist() == [5.0]


def test_a_gradient_that_is_a_saved_tensor_is_copied():
    class Odd(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x / 2

        @staticmethod
        def backward(ctx, g):
            return ctx.saved_tensors[0]

    x = leaf(3.0)
    Odd.apply(x).sum().backward()
    x.grad.zero_()
    assert x.tolist() == [3.0]


def wrong(answer, forward=None):
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x, k):
            return x * k if forward is None else forward(ctx, x)

        @staticmethod
        def backward(ctx, g):
            return answer(g)

    return Wrong


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (lambda g: g, ArgumentError, "1 gradients for 2 arguments"),
        (lambda g: (g, g), ArgumentError, "argument 1, which is no tensor"),
        (lambda g: (g.sum(), None), ShapeError, r"the argument has \(2,\)"),
        (lambda g: (3.0, None), DtypeError, "answer a Tensor, or None"),
    ],
)
def test_what_backward_may_not_answer(answer, error, says):
    x = leaf(1.0, 2.0)
    y = wrong(answer).apply(x, 2.0).sum()
    with pytest.raises(error, match=says):
        y.backward()
    assert x.grad is None


def test_backward_may_answer_what_broadcasts_down_and_further_nones():
    x = leaf(1.0, 2.0)
    wrong(lambda g: (g.reshape(1, 2).expand(3, 2), None, None)).apply(x, 2.0).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    y = leaf(1.0)
    wrong(lambda g: (None, None)).apply(y, 2.0).sum().backward()
    assert y.grad is None


def test_what_functions_refuse():
    x = leaf(1.0)
    with pytest.raises(GraphError, match=r"call Cube\.apply"):
        Cube()
    with pytest.raises(GraphError, match="write it outside"):
        wrong(None, lambda ctx, x: ctx.mark_dirty(x)).apply(x, 1.0)
    with pytest.raises(GraphError, match="wrote to one of its arguments"):
        wrong(None, lambda ctx, x: x.mul_(2.0)).apply(leaf(1.0) * 1.0, 1.0)
    with pytest.raises(DtypeError, match="forward answered a float"):
        wrong(None, lambda ctx, x: 3.0).apply(x, 1.0)
    with pytest.raises(DtypeError, match=r"ctx\.size = size"):
        wrong(None, lambda ctx, x: ctx.save_for_backward(3)).apply(x, 1.0)
    with pytest.raises(NotImplementedError, match="def forward"):
        type("Empty", (Function,), {}).apply(x)


def test_once_differentiable():
    class Outside(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return tgx.tensor(g.numpy() * np.cos(x.detach().numpy()))

    x = leaf(0.5)
    Outside.apply(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.cos([0.5]))
    (first,) = autograd.grad(Outside.apply(x).sum(), x, create_graph=True)
    np.testing.assert_allclose(first.detach().numpy(), np.cos([0.5]))
    with pytest.raises(GraphError, match="once_differentiable"):
        first.sum().backward()


def test_a_function_is_drawn_and_computed_again():
    x = leaf(2.0)
    text = str(tgx.draw_dot(Cube.apply(x) * 2.0, names={"x": x}).source)
    assert "Cube" in text and "16" in text
    several = str(tgx.draw_dot(Several.apply(x, 3.0, leaf(5.0))[2]).source)
    assert "17" in several


# ---- custom_gradient ----------------------------------------------------------------------------


@tgx.custom_gradient
def logistic(x, scale=1.0):
    """By NumPy, unrecorded."""
    return tgx.tensor(1.0 / (1.0 + np.exp(-scale * x.detach().numpy())))


@logistic.pull
def _(g, y, scale):
    return g * scale * y * (1.0 - y)


@tgx.custom_gradient
def divided(x, y):
    quotient = tgx.tensor(x.detach().numpy() / y.detach().numpy())
    return quotient, x - y


@divided.pull
def _(g, x, y):
    return g[0] / y + g[1], -g[0] * x / y**2 - g[1]


@pytest.mark.parametrize("check", [gradcheck, gradgradcheck])
def test_gradients_of_ones_own(check):
    x, y = leaf(0.5, -1.5), leaf(2.0, 3.0)
    assert check(logistic, x)
    assert check(lambda x: logistic(x, scale=3.0), x)
    assert check(divided, (x, y))


def test_custom_gradient_keeps_what_its_pull_names_and_nothing_else():
    x = leaf(1.0)
    y = logistic(x)
    (saved,) = y.grad_fn.saved
    assert saved is y.array
    assert "By NumPy" in logistic.__doc__ and repr(logistic) == "<custom_gradient logistic>"
    z = x * 1.0
    y = logistic(z)
    z.add_(1.0)  # x was not kept, so this is no fault
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [0.19661193324148185])


def test_what_custom_gradient_refuses():
    with pytest.raises(ArgumentError, match="give every argument a name"):
        tgx.custom_gradient(lambda *xs: xs[0])

    @tgx.custom_gradient
    def halved(x, y):
        return x / 2

    assert halved(tgx.ones(1), tgx.ones(1)).item() == 0.5
    with pytest.raises(GraphError, match=r"@halved\.pull"):
        halved(leaf(1.0), 2.0)
    with pytest.raises(ArgumentError, match="a parameter called 'z'"):
        halved.pull(lambda g, z: g)
    with pytest.raises(ArgumentError, match="begin with g"):
        halved.pull(lambda x: x)
    halved.pull(lambda g: g)
    with pytest.raises(ArgumentError, match="1 gradients for 2 arguments that are tensors"):
        halved(leaf(1.0), leaf(2.0)).sum().backward()
    with pytest.raises(TypeError, match="missing"):
        halved(leaf(1.0))
    with pytest.raises(GraphError, match="an argument of its own"):
        halved([leaf(1.0)], 2.0)


class Both(autograd.Function):
    """x * k and x * m; says what `backward` got."""

    got: ClassVar[list[object]] = []

    @staticmethod
    def forward(ctx, x, k=2.0, m=1.0):
        ctx.set_materialize_grads(False)
        ctx.k, ctx.m = k, m
        return x * k, x * m, (x > 0).long()

    @staticmethod
    def backward(ctx, a, b, c):
        Both.got = [a, b, c]
        return sum(g * f for g, f in ((a, ctx.k), (b, ctx.m)) if g is not None), None, None


def test_results_that_nothing_was_made_of_come_as_none():
    x = tgx.tensor([1.0, 2.0], requires_grad=True)
    first, second, _ = Both.apply(x, m=5.0)
    first.sum().backward()
    assert Both.got[0].tolist() == [1.0, 1.0]
    assert Both.got[1:] == [None, None]
    assert x.grad.tolist() == [2.0, 2.0]
    first, second, _ = Both.apply(x, k=3.0)
    (first + 2.0 * second).sum().backward()
    assert Both.got[1].tolist() == [2.0, 2.0]
    assert x.grad.tolist() == [7.0, 7.0]
    with pytest.raises(TypeError, match=r"(?s)q=.*what forward takes behind ctx"):
        Both.apply(x, q=1)
