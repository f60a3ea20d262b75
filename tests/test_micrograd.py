"""micrograd's own checks and its demo, with the numbers that its notebook prints."""

from __future__ import annotations

import gc
import random

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.micrograd import MLP, Layer, Module, Neuron, Value
from tinygradx.micrograd import nn as micro_nn
from tinygradx.micrograd.engine import Value as EngineValue


def on_tensors(function, *numbers):
    """A function of single numbers, and its gradients, by tensors of float64."""
    leaves = [tgx.tensor(n, dtype=tgx.float64, requires_grad=True) for n in numbers]
    out = function(*leaves)
    out.backward()
    return out.item(), [leaf.grad.item() for leaf in leaves]


def on_values(function, *numbers):
    leaves = [Value(n) for n in numbers]
    out = function(*leaves)
    out.backward()
    return out.data, [leaf.grad for leaf in leaves]


def sanity(x):
    """The expression of micrograd's first test."""
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    return (z * z).relu() + q + q * x


def many(a, b):
    """That of its second, whose numbers its README prints."""
    c = a + b
    d = a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + (b + a).relu())
    d = d + (3 * d + (b - a).relu())
    e = c - d
    f = e**2
    return f / 2.0 + 10.0 / f


@pytest.mark.parametrize(
    ("function", "numbers"),
    [
        (sanity, (-4.0,)),
        (many, (-4.0, 2.0)),
        (lambda a, b: (a * b).tanh() + a.exp() / b - (b**-2).log(), (0.3, 1.7)),
        (lambda a: a * a + a + a * 3 - a / 7 + (5 - a) + 2 / a, (1.5,)),
        (lambda a: a.relu() + (-a).relu() + (a * 0).relu(), (2.0,)),
        (lambda a: a**0 + a**1 + a**3, (-2.0,)),
    ],
)
def test_values_agree_with_tensors(function, numbers):
    ours, gradients = on_values(function, *numbers)
    value, expected = on_tensors(function, *numbers)
    assert ours == pytest.approx(value, rel=1e-14)
    assert gradients == pytest.approx(expected, rel=1e-13)


def test_the_numbers_of_micrograds_readme():
    value, (a, b) = on_values(many, -4.0, 2.0)
    assert f"{value:.4f} {a:.4f} {b:.4f}" == "24.7041 138.8338 645.5773"


def test_both_import_paths_lead_to_one_class():
    assert EngineValue is Value
    assert micro_nn.MLP is MLP


def test_what_pictures_read():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c = a * b
    c.label = "c"
    d = (c + 10).tanh()
    assert d._op == "tanh" and {v._op for v in d._prev} == {"+"}
    assert c._prev == {a, b} and a._prev == set()
    assert {v.label for v in c._prev} == {"a", "b"}
    assert (a**2)._op == "**2" and (a - b)._op == "+" and a.relu()._op == "ReLU"
    d.backward()
    assert f"{c.grad:.4f}" == "0.0013"
    assert repr(Value(1)) == "Value(data=1.0, grad=0.0)"
    assert f"{float(c):.1f}" == "-6.0"


def test_the_steps_of_the_lecture_by_hand():
    x, w = Value(2.0), Value(-3.0)
    product = x * w
    o = (product + 6.8813735870195432).tanh()
    o.grad = 1.0
    o._backward()
    (total,) = o._prev
    assert total.grad == pytest.approx(0.5, abs=1e-12)  # tanh(0.8814)^2 is 1/2
    total._backward()
    product._backward()
    assert (x.grad, w.grad) == (pytest.approx(-1.5), pytest.approx(1.0))
    x._backward()  # a leaf hands nothing on
    assert w.grad == pytest.approx(1.0)


def test_a_second_backward_adds_the_same_again():
    # In micrograd itself the values in between would be counted twice.
    x = Value(3.0)
    y = (x * x) * x
    y.backward()
    y.backward()
    assert x.grad == 54.0 and y.grad == 1.0


def test_a_long_chain_needs_no_recursion():
    x = Value(1.0)
    y = x
    for _ in range(20_000):
        y = y + x
    y.backward()
    assert x.grad == 20_001.0


def test_numbers_of_numpy_meet_values():
    x = Value(np.float64(2.0))
    for y in (np.float64(3.0) * x, x * np.int64(3), -np.int64(-3) * x, np.float32(3.0) * x):
        assert isinstance(y, Value) and y.data == 6.0
    assert (np.float64(1.0) - x).data == -1.0 and (np.float64(1.0) / x).data == 0.5
    assert sum([x, x, Value(1.0)]).data == 5.0


def test_what_values_refuse():
    with pytest.raises(DtypeError, match="pass one number"):
        Value("text")
    with pytest.raises(DtypeError, match=r"\(b \* a\.log\(\)\)\.exp\(\)"):
        Value(2.0) ** Value(3.0)
    with pytest.raises(ArgumentError, match="which is complex"):
        Value(-2.0) ** 0.5
    with pytest.raises(ZeroDivisionError):
        Value(1.0) / Value(0.0)


def test_networks_of_single_numbers():
    random.seed(0)
    neuron = Neuron(3)
    assert len(neuron.parameters()) == 4 and neuron.b.data == 0.0
    random.seed(0)
    assert [w.data for w in neuron.w] == [random.uniform(-1, 1) for _ in range(3)]
    assert repr(MLP(2, [2, 1])) == (
        "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"
    )
    layer = Layer(2, 3, nonlin=False)
    assert [type(v) for v in layer([1.0, 2.0])] == [Value] * 3
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value)
    assert Module().parameters() == []
    model = MLP(2, [4, 1])
    model([1.0, -2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())
    with pytest.raises(ValueError, match="zip"):
        neuron([1.0])


#: What the demo notebook of micrograd prints: step, loss, accuracy.
PUBLISHED = {
    0: (0.8958441028683222, 0.50), 1: (1.7235905336972022, 0.81), 2: (0.7429006313851131, 0.77),
    3: (0.7705641260584198, 0.82), 40: (0.06016009895234464, 1.0),
    57: (0.018987407426128502, 1.0), 58: (0.0252383352388374, 1.0), 59: (0.02079656521341895, 1.0),
}  # fmt: skip


def demo(steps):
    """The demo: two moons, a network of 337 values, a hinge loss, a learning rate that falls."""
    datasets = pytest.importorskip("sklearn.datasets")
    np.random.seed(1337)  # as the notebook does, for the same moons
    random.seed(1337)
    X, y = datasets.make_moons(n_samples=100, noise=0.1)
    y = y * 2 - 1
    model = MLP(2, [16, 16, 1])
    for k in range(steps):
        scores = [model(list(map(Value, row))) for row in X]
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
        decay = 1e-4 * sum(p * p for p in model.parameters())
        total = sum(losses) * (1.0 / len(losses)) + decay
        right = [(yi > 0) == (s.data > 0) for yi, s in zip(y, scores, strict=True)]
        yield k, total.data, sum(right) / len(right)
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad


@pytest.fixture
def uncollected():
    """Without the garbage collector: of 65,000 values a step it would take two thirds."""
    gc.disable()
    yield
    gc.enable()


def test_the_demo_begins_with_the_published_numbers(uncollected):
    for k, loss, accuracy in demo(3):
        assert loss == pytest.approx(PUBLISHED[k][0], rel=1e-12)
        assert accuracy == PUBLISHED[k][1]


@pytest.mark.slow
def test_the_demo_learns_all_moons_with_the_published_numbers(uncollected):
    for k, loss, accuracy in demo(60):
        if k in PUBLISHED:
            assert loss == pytest.approx(PUBLISHED[k][0], rel=1e-9)
            assert accuracy == PUBLISHED[k][1]
