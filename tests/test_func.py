"""Functions of functions: what they answer, how they nest, and what stays connected."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import func, nn
from tinygradx.autograd import functional, gradcheck
from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError, UnknownNameError
from tinygradx.func import NotOffered


def number(*values):
    return tgx.tensor(values if len(values) != 1 else values[0], dtype=tgx.float64)


# ---- gradients ----------------------------------------------------------------------------------


def test_grad_nests_to_any_depth():
    f = lambda x: x**5  # noqa: E731
    x = number(2.0)
    for expected in (80.0, 160.0, 240.0, 240.0, 120.0, 0.0):
        f = func.grad(f)
        y = f(x)
        assert y.item() == expected and not y.requires_grad
    assert not x.requires_grad


def test_a_nested_function_of_the_outer_variable_is_not_confused():
    # d/dx (x * d/dy (x * y)) = 2 x; a confused implementation answers x.
    outer = func.grad(lambda x: x * func.grad(lambda y: x * y)(number(3.0)))
    assert outer(number(5.0)).item() == 10.0
    # The same variable inside and outside: d/dx (x * d/dx x^2) = 4 x.
    assert func.grad(lambda x: x * func.grad(lambda y: y * y)(x))(number(5.0)).item() == 20.0


def test_arguments_auxiliaries_and_trees():
    def loss(parameters, x, scale=1.0):
        y = (parameters["w"] * x + parameters["b"][0]) * scale
        return (y * y).sum(), {"y": y, "name": "aside"}

    parameters = {"w": number(2.0), "b": [number(1.0)]}
    g, aux = func.grad(loss, has_aux=True)(parameters, number(3.0), scale=2.0)
    assert (g["w"].item(), g["b"][0].item()) == (168.0, 56.0)  # y = 14
    assert aux["y"].item() == 14.0 and aux["name"] == "aside"
    assert not aux["y"].requires_grad
    both = func.grad(lambda x, y: x * x * y, argnums=(1, -2))
    assert [d.item() for d in both(number(2.0), number(3.0))] == [4.0, 12.0]
    value, g = func.value_and_grad(lambda x: x * x)(number(3.0))
    assert (value.item(), g.item()) == (9.0, 6.0) and not value.requires_grad
    g, value = func.grad_and_value(lambda x: x * x)(number(3.0))
    assert (g.item(), value.item()) == (6.0, 9.0)
    ((value, _), g) = func.value_and_grad(loss, has_aux=True)(parameters, number(3.0))
    assert (value.item(), g["w"].item()) == (49.0, 42.0)
    Pair = namedtuple("Pair", "a b")
    g = func.grad(lambda p: p.a * p.b)(Pair(number(2.0), number(5.0)))
    assert isinstance(g, Pair) and (g.a.item(), g.b.item()) == (5.0, 2.0)


def test_what_is_read_from_outside_stays_connected():
    w = number(2.0).requires_grad_()
    g = func.grad(lambda x: w * w * x * x)(number(3.0))
    assert g.item() == 24.0
    g.backward()
    assert w.grad.item() == 24.0  # d/dw 2 w^2 x
    x = number(3.0).requires_grad_()
    y = func.grad(lambda x: x**3)(x)
    y.backward()
    assert x.grad.item() == 18.0
    with tgx.no_grad():
        assert func.grad(lambda x: w * x)(x).item() == 2.0
        assert not func.grad(lambda x: w * x)(x).requires_grad
    value, back = func.vjp(lambda x: x * w, number(5.0))
    assert value.requires_grad
    (product,) = back(number(1.0))
    assert product.item() == 2.0 and product.requires_grad


def test_a_function_that_does_not_depend_has_gradient_zero():
    assert func.grad(lambda x: number(3.0))(number(2.0)).item() == 0.0
    assert func.jacrev(lambda x: number(3.0, 4.0))(number(2.0)).tolist() == [0.0, 0.0]
    assert func.jvp(lambda x: number(3.0), (number(2.0),), (number(1.0),))[1].item() == 0.0
    assert func.hessian(lambda x: x.sum())(number(1.0, 2.0)).tolist() == [[0.0, 0.0]] * 2


def test_products_with_vectors():
    x, v = number(0.3, -0.7), number(2.0, 5.0)

    def f(x):
        return tgx.stack([x[0] * x[1], x[0].exp(), x.sum() ** 2])

    jacobian = func.jacrev(f)(x).numpy()
    a, b = x.tolist()
    by_hand = [[b, a], [np.exp(a), 0.0], [2 * (a + b)] * 2]
    np.testing.assert_allclose(jacobian, by_hand, rtol=1e-14)
    value, product = func.jvp(f, (x,), (v,))
    np.testing.assert_allclose(product.numpy(), jacobian @ v.numpy(), rtol=1e-14)
    np.testing.assert_array_equal(value.numpy(), f(x).numpy())
    _, back, aux = func.vjp(lambda x: (f(x), "aux"), x, has_aux=True)
    g = number(1.0, 2.0, 3.0)
    np.testing.assert_allclose(back(g)[0].numpy(), g.numpy() @ jacobian, rtol=1e-14)
    np.testing.assert_allclose(back(g)[0].numpy(), g.numpy() @ jacobian, rtol=1e-14)
    assert aux == "aux"
    # jvp of jvp: the second derivative along v, twice.
    second = func.jvp(lambda x: func.jvp(f, (x,), (v,))[1], (x,), (v,))[1]
    by_hand = [2 * 2 * 5, 4 * np.exp(a), 2 * 49]
    np.testing.assert_allclose(second.numpy(), by_hand, rtol=1e-13)


def test_second_derivatives():
    x = number(0.5, -1.0, 2.0)

    def f(x):
        return (x**3).sum() * x[0]

    hessian = func.hessian(f)(x)
    a, b, c = x.tolist()
    by_hand = np.diag([12 * a * a, 6 * a * b, 6 * a * c])
    by_hand[0, 1:] = by_hand[1:, 0] = 3 * b * b, 3 * c * c
    np.testing.assert_allclose(hessian.numpy(), by_hand, rtol=1e-13)
    v = number(1.0, 2.0, 3.0)
    np.testing.assert_allclose(func.hvp(f, (x,), (v,)).numpy(), by_hand @ v.numpy(), rtol=1e-13)
    parts = func.hvp(lambda x, y: x * y * y, (number(2.0), number(3.0)), (number(1.0), number(0.0)))
    assert [p.item() for p in parts] == [0.0, 6.0]
    blocks = func.hessian(lambda x, y: x * y * y, argnums=(0, 1))(number(2.0), number(3.0))
    assert [[b.item() for b in row] for row in blocks] == [[0.0, 6.0], [6.0, 4.0]]
    assert func.hessian(lambda x: x * x)(number(3.0)).shape == ()


def test_jacobians_of_trees_and_empty_values():
    out = func.jacrev(lambda x: {"a": x * 2.0, "b": (x.sum(),)})(number(1.0, 2.0))
    assert out["a"].tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert out["b"][0].tolist() == [1.0, 1.0]
    assert func.jacrev(lambda x: x[:0])(number(1.0, 2.0)).shape == (0, 2)
    value, aux = func.jacrev(lambda x: (x * 2.0, x), has_aux=True)(number(3.0))
    assert (value.item(), aux.item()) == (2.0, 3.0)


def test_transforms_leave_grad_alone_and_can_be_checked():
    x = number(1.0, 2.0).requires_grad_()
    func.grad(lambda x: (x * x).sum())(x)
    assert x.grad is None
    assert gradcheck(lambda x: func.grad(lambda y: (y**3 * x).sum())(x), x)
    assert gradcheck(lambda x: func.jvp(tgx.exp, (x,), (x,))[1], x)
    assert gradcheck(lambda x: func.hessian(lambda y: (y**4).sum())(x), x)


# ---- functional_call ----------------------------------------------------------------------------


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 2, bias=False)
        self.second = nn.Linear(2, 2, bias=False)
        self.second.weight = self.first.weight
        self.register_buffer("scale", tgx.ones(1))

    def forward(self, x, factor=1.0):
        return self.second(self.first(x)) * self.scale * factor


def test_functional_call_puts_values_in_and_takes_them_out():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    x = tgx.randn(4, 2, dtype=tgx.float64)
    values = {name: p * 0.5 for name, p in before.items()}
    out = func.functional_call(model, values, x)
    other = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    other.load_state_dict(values)
    assert out.tolist() == other(x).tolist()
    assert all((p == before[name]).all() for name, p in model.named_parameters())
    g = func.grad(lambda p: func.functional_call(model, p, (x,)).sum())(values)
    other(x).sum().backward()
    for name, p in other.named_parameters():
        np.testing.assert_allclose(g[name].numpy(), p.grad.numpy(), rtol=1e-13)


def test_functional_call_and_tied_weights():
    model = Tied()
    eye = tgx.eye(2)
    x = tgx.tensor([[1.0, 2.0]])
    assert func.functional_call(model, {"first.weight": eye * 3.0}, x).tolist() == [[9.0, 18.0]]
    apart = func.functional_call(
        model, {"first.weight": eye, "second.weight": eye * 2.0}, (x,), tie_weights=False
    )
    assert apart.tolist() == [[2.0, 4.0]]
    scaled = func.functional_call(
        model, [{"first.weight": eye}, {"scale": tgx.tensor([5.0])}], x, {"factor": 2.0}
    )
    assert scaled.tolist() == [[10.0, 20.0]]
    assert model.scale.tolist() == [1.0]
    with pytest.raises(ShapeError, match="two values for one tensor"):
        func.functional_call(model, {"first.weight": eye, "second.weight": eye * 2.0}, x)


def test_functional_call_puts_back_after_an_error():
    model = nn.Linear(2, 1)
    weight = model.weight
    with pytest.raises(ShapeError):
        func.functional_call(model, {"weight": tgx.ones(1, 3)}, tgx.ones(1, 2))
    assert model.weight is weight


def test_what_functional_call_refuses():
    model = nn.Linear(2, 1)
    with pytest.raises(UnknownNameError, match=r"unknown: \['wait'\]"):
        func.functional_call(model, {"wait": tgx.ones(1)}, tgx.ones(1, 2))
    with pytest.raises(UnknownNameError, match=r"missing: \['bias'\]"):
        func.functional_call(model, {"weight": tgx.ones(1, 2)}, tgx.ones(1, 2), strict=True)
    with pytest.raises(ArgumentError, match="'bias' in two dictionaries"):
        func.functional_call(model, [{"bias": tgx.ones(1)}] * 2, tgx.ones(1, 2))
    with pytest.raises(DtypeError, match="a float for 'bias'"):
        func.functional_call(model, {"bias": 1.0}, tgx.ones(1, 2))
    with pytest.raises(DtypeError, match="pass an nn"):
        func.functional_call(lambda x: x, {"bias": tgx.ones(1)}, tgx.ones(1, 2))


# ---- what is refused ----------------------------------------------------------------------------


def test_what_transforms_refuse():
    x = number(1.0, 2.0)
    with pytest.raises(ShapeError, match="jacrev differentiates anything else"):
        func.grad(lambda x: x * 2.0)(x)
    with pytest.raises(DtypeError, match=r"x\.float\(\)"):
        func.grad(lambda x: x.sum())(tgx.arange(3))
    with pytest.raises(DtypeError, match="no tensor among the arguments"):
        func.grad(lambda x: x)(3.0)
    with pytest.raises(DtypeError, match="answered a float"):
        func.grad(lambda x: 3.0)(x)
    with pytest.raises(ArgumentError, match="called with 1 arguments"):
        func.grad(lambda x: x.sum(), argnums=1)(x)
    with pytest.raises(ArgumentError, match="one given twice"):
        func.grad(lambda x: x.sum(), argnums=(0, 0))(x)
    with pytest.raises(ArgumentError, match="answer a pair"):
        func.grad(lambda x: x.sum(), has_aux=True)(x)
    with pytest.raises(ShapeError, match="tangents of shapes"):
        func.jvp(lambda x: x, (x,), (number(1.0),))
    with pytest.raises(ShapeError, match="cotangents of shapes"):
        func.vjp(lambda x: x, x)[1](number(1.0))
    with pytest.raises(DtypeError, match=r"jvp\(f, \(x,\), \(v,\)\)"):
        func.jvp(lambda x: x, x, x)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: func.vmap(tgx.exp), "give the function the whole batch"),
        (lambda: tgx.vmap(tgx.exp), "tinygradx.stack"),
        (lambda: func.jacfwd(tgx.exp), "use tinygradx.func.jacrev"),
        (lambda: func.jvp(tgx.exp, (), (), strict=True), "leave strict out"),
    ],
)
def test_what_is_not_offered_says_what_to_use(call, says):
    with pytest.raises(NotOffered, match=says):
        call()
    with pytest.raises(NotImplementedError):
        call()


# ---- autograd.functional ------------------------------------------------------------------------


def test_functional_in_its_own_argument_order():
    x, y = number(1.0, 2.0), number(3.0)

    def f(x, y):
        return (x**3).sum() * y, x * y

    (first, second) = functional.jacobian(f, (x, y))
    assert first[0].tolist() == [9.0, 36.0] and first[1].item() == 9.0
    assert second[0].tolist() == [[3.0, 0.0], [0.0, 3.0]] and second[1].tolist() == [1.0, 2.0]
    h = functional.hessian(lambda x, y: f(x, y)[0], (x, y))
    assert h[0][0].tolist() == [[18.0, 0.0], [0.0, 36.0]] and h[1][0].tolist() == [3.0, 12.0]
    value, product = functional.vjp(lambda x: x**2, x, number(1.0, 10.0))
    assert (value.tolist(), product.tolist()) == ([1.0, 4.0], [2.0, 40.0])
    value, product = functional.jvp(lambda x: x**2, x, number(1.0, 10.0))
    assert (value.tolist(), product.tolist()) == ([1.0, 4.0], [2.0, 40.0])
    for f in (functional.hvp, functional.vhp):
        value, product = f(lambda x: (x**3).sum(), x, number(1.0, 10.0))
        assert (value.item(), product.tolist()) == (9.0, [6.0, 120.0])
    assert functional.vjp(lambda x: x * x, number(3.0))[1].item() == 6.0
    assert not value.requires_grad


def test_functional_stays_connected_when_asked():
    x = number(2.0).requires_grad_()
    jacobian = functional.jacobian(lambda x: x**3, x, create_graph=True)
    (second,) = tgx.autograd.grad(jacobian, x)
    assert second.item() == 12.0
    assert not functional.jacobian(lambda x: x**3, x).requires_grad
    value, product = functional.hvp(lambda x: x**4, x, create_graph=True)
    assert value.requires_grad
    (third,) = tgx.autograd.grad(product, x)
    assert third.item() == 48.0


def test_what_functional_refuses():
    x = number(1.0, 2.0)
    with pytest.raises(GraphError, match="output 0 depends on no input"):
        functional.jacobian(lambda x: number(1.0), x, strict=True)
    with pytest.raises(ArgumentError, match="pass v, of the same shapes"):
        functional.vjp(lambda x: x * x, x)
    with pytest.raises(ShapeError, match="answer one number"):
        functional.hessian(lambda x: x * x, x)
    with pytest.raises(ShapeError, match="v of shapes"):
        functional.jvp(lambda x: x * x, x, number(1.0, 2.0, 3.0))
