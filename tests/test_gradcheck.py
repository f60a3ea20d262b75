"""gradcheck itself, and every operation under it, to first, second and third order."""

from __future__ import annotations

import re

import numpy as np
import pytest
from cases import (
    BLOCKS,
    CASES,
    KNOWN,
    both_ways,
    cases_of,
    first_order,
    in_leaves,
    known_gradient,
    leaf,
    second_order,
    third_order,
)
from samples import STRUCTURAL, SURROGATES

import tinygradx as tgx
from tinygradx.autograd import GradcheckError, gradcheck, gradgradcheck
from tinygradx.graph import REGISTRY
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.structural import Structural

by_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
by_block = pytest.mark.parametrize("op", BLOCKS, ids=[op.name for op in BLOCKS])


@by_case
@pytest.mark.parametrize("check", [first_order, second_order, both_ways, in_leaves])
def test_written_cases(check, case):
    check(case)


@by_block
@pytest.mark.parametrize("check", [first_order, second_order, both_ways, in_leaves])
def test_blocks(check, op):
    cases = cases_of(op.name)
    if check is first_order and op.name in SURROGATES:
        with pytest.raises(ValueError, match="the slope of another function"):
            check(cases[0])
        return
    for case in cases:
        check(case)


@pytest.mark.parametrize("known", KNOWN, ids=[known.operation for known in KNOWN])
def test_known_gradients(known):
    known_gradient(known)


@pytest.mark.parametrize("name", sorted({case.operation for case in CASES}))
def test_third_order_of_written_cases(name):
    third_order(min(cases_of(name), key=lambda case: sum(x.numel() for x in case.inputs)))


@by_block
def test_third_order_of_blocks(op):
    third_order(cases_of(op.name)[0])


def differentiable(op):
    """Whether an operation of the registry has a way back."""
    return not isinstance(op, Elementwise) or op.differentiable()


def of_the_library():
    """The operations of the registry, without those that other tests have registered."""
    for op in REGISTRY.values():
        made = getattr(getattr(op, "formula", None), "function", type(op))
        if made.__module__.startswith("tinygradx"):
            yield op


def test_every_operation_has_a_case():
    for op in of_the_library():
        if differentiable(op):
            assert cases_of(op.name), f"add a case of {op.name} to tests/written_cases.py"
    structural = {op.name for op in of_the_library() if isinstance(op, Structural)}
    assert structural == STRUCTURAL & structural, "add the name to STRUCTURAL in samples.py"


def test_an_operation_without_cases_is_noticed():
    class Doubled(Structural):
        __module__ = "tinygradx.ops"
        name = "doubled"

        def forward(self, x):
            return x * 2.0

        def pull(self, g):
            return g * 2.0

    try:
        Doubled()
        with pytest.raises(AssertionError, match="add a case of doubled to"):
            test_every_operation_has_a_case()
    finally:
        del REGISTRY["doubled"]


# ---- gradcheck itself ---------------------------------------------------------------------------


class Wrong(Structural):
    """x * x whose way back forgets the 2; the element at 1 only."""

    name = "wrong_square"

    def forward(self, x):
        return x * x

    def pull(self, g, x):
        factor = tgx.tensor(np.array([2.0, 1.0, 2.0]))
        return g * x * factor


@pytest.fixture
def wrong():
    op = Wrong()
    yield lambda x: op.apply((x,), ())
    del REGISTRY["wrong_square"]


def test_a_wrong_gradient_is_caught(wrong):
    x = tgx.tensor(np.array([1.0, 3.0, -2.0]), requires_grad=True)
    with pytest.raises(GradcheckError) as caught:
        gradcheck(wrong, x)
    text = str(caught.value)
    assert "input 0 at [1]" in text
    assert "output 0 at [1]" in text
    assert re.search(r"got: 3, where a step of 1e-06 measures (6|5\.9999)", text)
    assert "do:" in text
    assert __file__ in text
    assert gradcheck(wrong, x, raise_exception=False) is False
    assert x.detach().numpy().tolist() == [1.0, 3.0, -2.0]
    assert x.grad is None


def test_a_wrong_second_gradient_is_caught():
    class WrongTwice(Structural):
        name = "wrong_twice"

        def forward(self, x):
            return x * x * x

        def pull(self, g, x):
            return g * 3.0 * x.detach() * x

    try:
        op = WrongTwice()
        x = tgx.tensor(np.array([1.0, 3.0]), requires_grad=True)
        assert gradcheck(lambda x: op.apply((x,), ()), x)
        with pytest.raises(GradcheckError, match="second derivative of output 0"):
            gradgradcheck(lambda x: op.apply((x,), ()), x)
        assert not gradgradcheck(lambda x: op.apply((x,), ()), x, raise_exception=False)
    finally:
        REGISTRY.pop("wrong_twice", None)


def test_several_outputs_and_other_arguments():
    x, y = leaf(2), leaf(2, seed=4)
    assert gradcheck(lambda x, k, y: (x * k, (x * y).sum(), x > 0), (x, 3, y))
    assert gradgradcheck(lambda x, k, y: (x * k, (x * y).sum()), (x, 3, y))
    assert gradgradcheck(lambda x: x**3, x, tgx.tensor(np.array([1.0, -2.0])))


def test_an_unused_input_has_gradient_zero():
    assert gradcheck(lambda x, y: x * 2.0, (leaf(2), leaf(3)))


def test_float32_is_refused():
    with pytest.raises(TypeError, match="float64"):
        gradcheck(lambda x: x, tgx.tensor([1.0], requires_grad=True))


def test_nothing_to_check_is_refused():
    with pytest.raises(TypeError, match="requires a gradient"):
        gradcheck(lambda x: x, tgx.tensor(np.array([1.0])))


def test_tolerances_and_steps_are_the_callers():
    x = tgx.tensor(np.array([1.0]), requires_grad=True)
    bent = lambda x: x.exp()  # noqa: E731
    assert not gradcheck(bent, x, eps=0.5, raise_exception=False)
    assert gradcheck(bent, x, eps=0.5, rtol=0.1)
    assert gradcheck(bent, x, eps=0.5, atol=1.0, rtol=0.0)


def test_a_gradient_at_a_kink_is_found_to_differ():
    x = tgx.tensor(np.array([0.0]), requires_grad=True)
    with pytest.raises(GradcheckError, match="at a kink"):
        gradcheck(tgx.relu, x)
