"""Optimisers: their formulas as kernels, in place, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import optim
from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.kernels.cuda import compile_ptx
from tinygradx.optim import Update
from tinygradx.optim.adam import adam, amsgrad
from tinygradx.optim.sgd import descend, heavy_ball, nesterov

UPDATES = [descend, heavy_ball, nesterov, adam, amsgrad]
OPTIMISERS = [
    (optim.SGD, {}), (optim.SGD, {"momentum": 0.9}), (optim.SGD, {"momentum": 0.9, "nesterov": 1}),
    (optim.Adam, {}), (optim.Adam, {"amsgrad": True}), (optim.AdamW, {}),
]  # fmt: skip


def name(update):
    return update.name


def numbers_for(update):
    """A number for each that the formula reads: none is 0 or 1, so that none is without effect."""
    count = len(update.formula.parameters) - len(update.arrays) - 1
    return tuple(0.1 + 0.07 * k for k in range(count))


@pytest.mark.parametrize("update", UPDATES, ids=name)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 65])
def test_the_kernel_says_what_the_formula_says(update, dtype, size):
    """Whatever the length: the formula is run on NumPy's float64, all of it before any write."""
    random = np.random.default_rng(size)
    g, *arrays = (random.uniform(0.2, 2.0, size).astype(dtype) for _ in ("g", *update.arrays))
    numbers = numbers_for(update)
    values = dict(zip(update.arrays, arrays, strict=True)) | {"g": g}
    values = {k: tgx.tensor(v.astype(np.float64)) for k, v in values.items()}
    given = [values.pop(n) if n in values else None for n in update.formula.parameters]
    rest = iter(numbers)
    wanted = update.formula.function(*(next(rest) if v is None else v for v in given))
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    before = g.copy()
    update(tuple(arrays), g, numbers)
    for array, expected in zip(arrays, wanted, strict=True):
        bound = 1e-5 if dtype is np.float32 else 1e-13
        np.testing.assert_allclose(array, expected.numpy(), bound, bound)
    np.testing.assert_array_equal(g, before)


@pytest.mark.parametrize("update", UPDATES, ids=name)
def test_the_kernel_is_there_for_a_gpu_too(update):
    """To PTX, which needs no GPU: float32 kernels hold no float64."""
    ptx = compile_ptx(update.text("cuda", "float32"))
    assert f"{update.name}_update" in ptx
    assert ".f64" not in ptx
    assert ".f64" in compile_ptx(update.text("cuda", "float64"))


@pytest.mark.parametrize(("kind", "settings"), OPTIMISERS)
def test_a_step_stays_in_the_memory_of_the_parameter(kind, settings):
    p = tgx.tensor([[1.0, -2.0], [3.0, 4.0]], requires_grad=True)
    array, before = p.detach().numpy(), p.tolist()
    optimizer = kind([p], lr=0.1, **settings)
    for _ in range(2):
        optimizer.zero_grad()
        (p * p).sum().backward()
        optimizer.step()
    assert p.detach().numpy() is array or np.shares_memory(p.detach().numpy(), array)
    assert (np.abs(array) < np.abs(before)).all()
    assert p.is_leaf and p.requires_grad


@pytest.mark.parametrize(("kind", "settings"), OPTIMISERS)
def test_a_parameter_that_is_not_contiguous_moves_as_any_other(kind, settings):
    start = np.arange(6.0).reshape(2, 3) + 1.0
    straight = tgx.tensor(start, requires_grad=True)
    turned = tgx.nn.Parameter(tgx.from_numpy(np.asfortranarray(start)))
    assert not turned.is_contiguous()
    for p in (straight, turned):
        optimizer = kind([p], lr=0.1, **settings)
        for _ in range(3):
            optimizer.zero_grad()
            (p * p).sum().backward()
            optimizer.step()
    np.testing.assert_array_equal(straight.detach().numpy(), turned.detach().numpy())
    assert not np.array_equal(start, turned.detach().numpy())


def test_a_step_between_forward_and_backward_is_noticed():
    p = tgx.tensor([2.0], requires_grad=True)
    optimizer = optim.SGD([p], lr=0.1)
    loss = (p * p).sum()
    p.grad = tgx.ones(1)
    optimizer.step()
    with pytest.raises(GraphError, match=r"changed in place at .*test_optim\.py"):
        loss.backward()


def test_adam_by_hand():
    """The first step is lr times the sign of the slope, whatever its size (eps aside)."""
    for size in (1e-3, 1.0, 1e3):
        p = tgx.tensor([1.0, 1.0], dtype=tgx.float64, requires_grad=True)
        p.grad = tgx.tensor([size, -size], dtype=tgx.float64)
        optim.Adam([p], lr=0.25, eps=0.0).step()
        assert p.tolist() == pytest.approx([0.75, 1.25], abs=1e-15)


def test_weight_decay_of_adamw_does_not_ask_for_the_slope():
    p = tgx.tensor([4.0], dtype=tgx.float64, requires_grad=True)
    p.grad = tgx.zeros(1, dtype=tgx.float64)
    optim.AdamW([p], lr=0.5, weight_decay=0.1).step()
    assert p.item() == pytest.approx(4.0 * (1 - 0.5 * 0.1), abs=1e-15)


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        (optim.SGD, {"momentum": -0.1}, "momentum=-0.1"),
        (optim.SGD, {"weight_decay": -1.0}, "weight_decay=-1.0"),
        (optim.SGD, {"nesterov": True}, "momentum above 0"),
        (optim.SGD, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "no dampening"),
        (optim.Adam, {"lr": -1.0}, "lr=-1.0"),
        (optim.Adam, {"lr": float("nan")}, "lr=nan"),
        (optim.Adam, {"eps": -1e-8}, "eps=-1e-08"),
        (optim.Adam, {"betas": (0.9, 1.0)}, "from 0 to below 1"),
        (optim.Adam, {"betas": (0.9,)}, "two numbers"),
        (optim.AdamW, {"betas": (-0.1, 0.9)}, "from 0 to below 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(kind, settings, said):
    with pytest.raises(ArgumentError, match=said):
        kind([tgx.ones(1).requires_grad_()], **settings)


def test_what_cannot_be_changed_is_refused():
    frozen = np.ones(3, np.float32)
    frozen.flags.writeable = False
    for tensor, said in [
        (tgx.from_numpy(frozen), "read-only memory"),
        (tgx.tensor([1, 2]), "int64"),
    ]:
        with pytest.raises(DtypeError, match=said):
            optim.SGD([tensor])


def test_an_update_of_ones_own():
    """The base is all that an optimiser of one's own needs: signSGD in four lines."""

    @Update
    def against_the_sign(p, g, lr):
        return p - lr * tgx.sign(g)

    class SignSGD(optim.Optimizer):
        def update(self, array, grad, state, group):
            against_the_sign((array,), grad, (group["lr"],))

    p = tgx.tensor([1.0, 1.0, 1.0], requires_grad=True)
    p.grad = tgx.tensor([5.0, -0.1, 0.0])
    SignSGD([p], lr=0.5).step()
    assert p.tolist() == [0.5, 1.5, 1.0]


# ---- what a kernel must never be given ----------------------------------------------------------


@pytest.mark.parametrize(("kind", "settings"), OPTIMISERS)
def test_data_of_another_shape_is_refused_and_nothing_is_written(kind, settings):
    p = tgx.ones(3).requires_grad_()
    optimizer = kind([p], lr=0.1, **settings)
    p.sum().backward()
    optimizer.step()
    p.data = tgx.ones(1000)  # with the old gradient, of 3 elements
    with pytest.raises(ShapeError, match="make the optimiser anew"):
        optimizer.step()
    assert (p == 1.0).all()
    p.grad = None
    p.sum().backward()
    if optimizer.state[p]:
        with pytest.raises(ShapeError, match=r"a state of shape \(3,\)"):
            optimizer.step()
    assert (p == 1.0).all()


@pytest.mark.parametrize(("kind", "settings"), OPTIMISERS)
def test_it_goes_on_after_the_model_became_double(kind, settings):
    steps = {}
    for late in (False, True):
        p = tgx.tensor([1.0, -2.0], dtype=None if late else tgx.float64, requires_grad=True)
        optimizer = kind([p], lr=0.1, **settings)
        for step in range(4):
            if late and step == 2:
                p.data = p.data.double()
            optimizer.zero_grad()
            (p * p).sum().backward()
            optimizer.step()
        assert p.dtype == p.grad.dtype == np.float64
        steps[late] = p.detach().numpy()
    np.testing.assert_allclose(steps[True], steps[False], 1e-5)


def test_state_that_does_not_lie_in_order_is_not_lost():
    p = tgx.ones(2, 3).requires_grad_()
    optimizer = optim.SGD([p], lr=0.1, momentum=0.9)
    optimizer.state[p]["momentum_buffer"] = tgx.from_numpy(np.zeros((3, 2), np.float32)).T
    for _ in range(2):
        p.grad = tgx.ones(2, 3)
        optimizer.step()
    np.testing.assert_allclose(p.detach().numpy(), 1.0 - 0.1 * (1.0 + 1.9), 1e-6)


def test_a_step_is_seen_by_a_graph_that_saved_the_momentum():
    p, q = tgx.ones(1).requires_grad_(), tgx.ones(1).requires_grad_()
    optimizer = optim.SGD([p], lr=0.1, momentum=0.9)
    p.grad = tgx.ones(1)
    optimizer.step()
    loss = (optimizer.state[p]["momentum_buffer"] * q).sum()
    optimizer.step()
    with pytest.raises(GraphError, match="changed in place"):
        loss.backward()


# ---- saving -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "settings"), OPTIMISERS)
def test_training_goes_on_from_a_saved_state_as_if_nothing_had_been(kind, settings):
    def start():
        params = [tgx.tensor([1.0, -2.0], requires_grad=True), tgx.ones(()).requires_grad_()]
        groups = [{"params": params[:1]}, {"params": params[1:], "lr": 0.05}]
        return params, kind(groups, lr=0.1, **settings)

    def train(params, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            ((params[0] ** 2).sum() * params[1]).backward()
            optimizer.step()

    params, optimizer = start()
    train(params, optimizer, 3)
    saved, values = optimizer.state_dict(), [p.detach().clone() for p in params]
    again, other = start()
    other.param_groups[1]["lr"] = 7.0
    other.load_state_dict(saved)
    with tgx.no_grad():
        for p, value in zip(again, values, strict=True):
            p.copy_(value)
    train(params, optimizer, 3)  # the loaded state is a copy: this does not disturb it
    train(again, other, 3)
    for p, q in zip(params, again, strict=True):
        assert p.tolist() == q.tolist()


def test_a_state_that_does_not_fit_is_refused_whole():
    p, q = tgx.ones(2).requires_grad_(), tgx.ones(3).requires_grad_()
    saved = optim.Adam([p], lr=0.1)
    p.sum().backward()
    saved.step()
    optimizer = optim.Adam([q], lr=0.3)
    with pytest.raises(ShapeError, match=r"\(2,\) for a parameter of shape \(3,\)"):
        optimizer.load_state_dict(saved.state_dict())
    with pytest.raises(ArgumentError, match=r"groups of \[1\] parameters, where there are \[2\]"):
        optim.Adam([p, q]).load_state_dict(saved.state_dict())
    assert optimizer.param_groups[0]["lr"] == 0.3
    assert not optimizer.state[q]
