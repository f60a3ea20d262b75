"""Where ways back are looked at: functions and inputs for every operation with a gradient.

Structural operations have theirs written down in `written_cases`. Those of elementwise and rowwise
ones are made from their blocks, so that whoever registers one has it checked.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from samples import KINKS, OTHERS, SETTINGS, SURROGATES, TIES, seed_of
from written_cases import AGAIN, WRITTEN, A, Case, leaf

import tinygradx as tgx
from tinygradx.autograd import gradcheck, gradgradcheck
from tinygradx.graph import REGISTRY
from tinygradx.nn.functional import embedding
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.rowwise import Rowwise

# ---- cases made from blocks ---------------------------------------------------------------------

#: How far from a kink or from the end of where it is defined an operation is looked at: a step of
#: 1e-6 must not cross it, and the second derivatives nearby must not be so large that it shows.
MARGIN = 0.05


def smooth_points(op: Elementwise, settings: dict[str, float], count: int = 6) -> list[Any]:
    """An array for each input: places where an elementwise operation is smooth."""
    random = np.random.default_rng(seed_of(f"smooth {op.name}"))
    columns = [
        random.uniform(*(op.domain if place == 0 else OTHERS.get(op.name, (-6.0, 6.0))), 400)
        for place in range(op.arity)
    ]
    fits = np.ones(400, bool)
    for kink in (*KINKS.get(op.name, ()), *settings.values()):
        for column in columns:
            fits &= np.abs(column - kink) > MARGIN
    if op.name in TIES:
        for i, a in enumerate(columns):
            for b in columns[:i]:
                fits &= np.abs(a - b) > MARGIN
                if op.name in ("remainder", "fmod", "floor_divide"):
                    fits &= np.abs(b / a - np.rint(b / a)) > MARGIN
    arrays = [c > 0.0 if flag else c for c, flag in zip(columns, op.flags, strict=True)]
    for away in (-MARGIN, 0.0, MARGIN):
        for place, flag in enumerate(op.flags):
            if not flag:
                moved = [a + away if i == place else a for i, a in enumerate(arrays)]
                value = op(*map(tgx.tensor, moved), **settings).numpy()
                fits &= np.isfinite(value) & (np.abs(value) < 1e3)
    found = [a[fits][:count] for a in arrays]
    assert found[0].size == count, f"{op.name} is smooth nowhere in its domain {op.domain}"
    return found


def elementwise_cases(op: Elementwise) -> list[Case]:
    """All inputs at once, and each one alone beside numbers, with each of the settings."""
    cases = []
    for settings in [{}, *SETTINGS.get(op.name, [])]:
        arrays = smooth_points(op, settings)
        said = ", ".join([op.name, *(f"{n} {v}" for n, v in settings.items())])

        def whole(*inputs, op=op, settings=settings):
            return op(*inputs, **settings)

        inputs = [tgx.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
        cases.append(Case(said, whole, inputs))
        for place in range(op.arity):
            if op.arity == 1 or op.flags[place]:
                continue
            numbers = [
                a[0] if flag else a[0].item() for a, flag in zip(arrays, op.flags, strict=True)
            ]

            def alone(x, place=place, numbers=numbers, whole=whole):
                return whole(*(x if i == place else n for i, n in enumerate(numbers)))

            near = tgx.tensor(arrays[place][:1], requires_grad=True)
            cases.append(Case(f"{said}: {op.inputs[place]} alone", alone, [near]))
    return cases


def rowwise_cases(op: Rowwise) -> list[Case]:
    """Rows along each dimension, and a number."""
    return [
        Case(f"{op.name}: rows", lambda x: op(x, 1), [A]),
        Case(f"{op.name}: columns", lambda x: op(x, 0), [leaf(3, 2, 2)]),
        Case(f"{op.name}: a number", lambda x: op(x * 1.5, 0), [leaf()]),
    ]


CASES = [Case(*each) for each in WRITTEN]

#: The operations whose cases follow from their blocks.
BLOCKS = [
    op
    for op in REGISTRY.values()
    if isinstance(op, Rowwise) or (isinstance(op, Elementwise) and op.differentiable())
]


@functools.cache
def cases_of(name: str) -> list[Case]:
    """The cases of an operation: what is written down, or what follows from its block."""
    op = REGISTRY.get(name)
    written = [case for case in CASES if case.operation == name]
    if op not in BLOCKS:
        return written
    made = rowwise_cases(op) if isinstance(op, Rowwise) else elementwise_cases(op)
    return [*written, *made]


class Known(NamedTuple):
    """A gradient at a place where no step can be taken, as a number that is known.

    Attributes
    ----------
    operation : str
        Whose it is.
    function : callable
        From one tensor to another.
    point, slopes : list of float
        The input, and the gradient of the sum of the output.
    """

    operation: str
    function: Callable[..., Any]
    point: list[float]
    slopes: list[float]


def looked_up(column, **options):
    """The elements of a vector that AGAIN names, as rows of one element."""
    return embedding(AGAIN, column.unsqueeze(1), **options)


INF = math.inf

KNOWN = [
    Known("logsumexp", lambda x: x.logsumexp(0), [-INF, -INF], [0.0, 0.0]),
    Known("logsumexp", lambda x: x.logsumexp(0), [-INF, 0.0, 0.0], [0.0, 0.5, 0.5]),
    Known("logcumsumexp", lambda x: x.logcumsumexp(0), [-INF, 0.0, -INF], [0.0, 2.0, 0.0]),
    Known("logcumsumexp", lambda x: x.logcumsumexp(0), [-INF, -INF], [0.0, 0.0]),
    Known("div", lambda x: x / 0.0, [1.0, -2.0], [INF, INF]),
    Known("addcdiv", lambda x: tgx.addcdiv(x, 3.0, 2.0), [1.0, -2.0], [1.0, 1.0]),
    # AGAIN has 0 five times, 1 four times and 2 three times.
    Known("embedding", lambda w: looked_up(w, padding_idx=-1), [0.3, 0.1, -2.0], [5.0, 4.0, 0.0]),
    Known(
        "embedding", lambda w: looked_up(w, scale_grad_by_freq=True), [0.3, 0.1, -2.0], [1.0] * 3
    ),
]


# ---- what is asked of a case --------------------------------------------------------------------

#: Differences of steps of 1e-6 have seven digits, and nothing here is larger than 1000.
TIGHT = {"atol": 2e-6, "rtol": 1e-5}


def first_order(case: Case) -> None:
    """The gradients of `backward()` are what small steps say; a surrogate's are not meant to be."""
    if case.operation in SURROGATES:
        raise ValueError(f"{case.name} has the slope of another function")
    assert gradcheck(case.function, case.leaves(), **TIGHT)


def second_order(case: Case) -> None:
    """So are the gradients of gradients."""
    assert gradgradcheck(case.function, case.leaves(), **TIGHT)


def third_order(case: Case) -> None:
    """So are those of the second order, if there are any."""

    def gradients(*inputs):
        out = case.function(*inputs)
        begin = tgx.tensor(np.random.default_rng(5).normal(size=out.shape))
        wanted = [x for x in inputs if x.requires_grad]
        return tgx.autograd.grad(out, wanted, begin, create_graph=True, materialize_grads=True)

    if any(g.requires_grad for g in gradients(*case.leaves())):  # otherwise it is linear
        assert gradgradcheck(gradients, case.leaves(), atol=1e-5, rtol=1e-5)


def both_ways(case: Case) -> None:
    """The fast way back on bare arrays says what the recorded one says."""
    leaves = case.leaves()
    out = case.function(*leaves)
    g = tgx.tensor(np.random.default_rng(3).normal(size=out.shape))
    wanted = [x for x in leaves if x.requires_grad]
    plain = tgx.autograd.grad(out, wanted, g, retain_graph=True)
    recorded = tgx.autograd.grad(out, wanted, g, create_graph=True)
    for a, b, x in zip(plain, recorded, wanted, strict=True):
        assert a.shape == b.shape == x.shape
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), 1e-12, 1e-14)


def in_leaves(case: Case) -> None:
    """`backward()` adds to the leaves what `grad` answers, the first time and the second."""
    leaves = case.leaves()
    wanted = [x for x in leaves if x.requires_grad]
    out = case.function(*leaves)
    g = tgx.tensor(np.random.default_rng(4).normal(size=out.shape))
    answers = tgx.autograd.grad(out, wanted, g, retain_graph=True)
    for times in (1.0, 2.0):
        out.backward(g, retain_graph=True)
        for x, answer in zip(wanted, answers, strict=True):
            np.testing.assert_allclose(x.grad.numpy(), times * answer.numpy(), 1e-15, 1e-300)


def known_gradient(known: Known) -> None:
    """A gradient is the number that it is known to be, both ways."""
    for create in (False, True):
        x = tgx.tensor(np.array(known.point), requires_grad=True)
        (g,) = tgx.autograd.grad(known.function(x).sum(), x, create_graph=create)
        np.testing.assert_allclose(g.detach().numpy(), known.slopes, 1e-15, 0.0)
