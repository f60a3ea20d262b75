"""Optimisers: their formulas as kernels, in place, and what they refuse."""

from __future__ import annotations

import copy
import io
import math

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import optim
from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.kernels.cuda import compile_ptx
from tinygradx.optim import Update, adafactor, muon
from tinygradx.optim.adadelta import adadelta
from tinygradx.optim.adagrad import adagrad
from tinygradx.optim.adam import adam, amsgrad
from tinygradx.optim.adamax import adamax
from tinygradx.optim.asgd import averaged
from tinygradx.optim.lbfgs import along
from tinygradx.optim.line_search import Point, lowest_between, strong_wolfe
from tinygradx.optim.nadam import nadam
from tinygradx.optim.radam import radam, radam_early
from tinygradx.optim.rmsprop import (
    rmsprop,
    rmsprop_centered,
    rmsprop_centered_momentum,
    rmsprop_momentum,
)
from tinygradx.optim.rprop import rprop
from tinygradx.optim.sgd import descend, heavy_ball, nesterov

UPDATES = [
    descend, heavy_ball, nesterov, adam, amsgrad, rmsprop, rmsprop_centered, rmsprop_momentum,
    rmsprop_centered_momentum, adagrad, adadelta, adamax, nadam, radam, radam_early, rprop,
    averaged, along, adafactor.follow_square, adafactor.clipped_step, muon.follow, muon.step_along,
]  # fmt: skip
OPTIMISERS = [
    (optim.SGD, {}), (optim.SGD, {"momentum": 0.9}), (optim.SGD, {"momentum": 0.9, "nesterov": 1}),
    (optim.Adam, {}), (optim.Adam, {"amsgrad": True}), (optim.AdamW, {}), (optim.RMSprop, {}),
    (optim.RMSprop, {"momentum": 0.5, "centered": True}), (optim.Adagrad, {}),
    (optim.Adadelta, {}), (optim.Adamax, {}), (optim.NAdam, {}), (optim.RAdam, {}),
    (optim.Rprop, {}), (optim.ASGD, {"t0": 1.0}), (optim.Adafactor, {}),
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
    g[::2] *= -1
    numbers = numbers_for(update)
    values = dict(zip(update.arrays, arrays, strict=True)) | {"g": g}
    values = {k: tgx.tensor(v.astype(np.float64)) for k, v in values.items()}
    given = [values.pop(n) if n in values else None for n in update.formula.parameters]
    rest = iter(numbers)
    tgx.set_default_dtype(np.float64)  # of what is chosen of two numbers
    try:
        wanted = update.formula.function(*(next(rest) if v is None else v for v in given))
    finally:
        tgx.set_default_dtype(np.float32)
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


def test_a_kernel_of_float64_is_one():
    """So that the check above can fail."""
    assert ".f64" in compile_ptx(adam.text("cuda", "float64"))


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
        (optim.Adam, {"betas": (0.9,)}, "a pair"),
        (optim.AdamW, {"betas": (-0.1, 0.9)}, "from 0 to below 1"),
        (optim.SGD, {"lr": math.inf}, "finite"),
        (optim.RMSprop, {"alpha": 1.5}, "alpha=1.5\n.*0.0 to 1.0"),
        (optim.RMSprop, {"momentum": -1}, "momentum=-1"),
        (optim.Adagrad, {"initial_accumulator_value": -1.0}, "initial_accumulator_value=-1.0"),
        (optim.Adagrad, {"lr_decay": -1.0}, "lr_decay=-1.0"),
        (optim.Adadelta, {"rho": 1.1}, "rho=1.1"),
        (optim.Adamax, {"betas": (0.9, 2.0)}, "from 0 to below 1"),
        (optim.NAdam, {"momentum_decay": -0.1}, "momentum_decay=-0.1"),
        (optim.RAdam, {"eps": -1.0}, "eps=-1.0"),
        (optim.Rprop, {"etas": (1.5, 1.2)}, "one above 1"),
        (optim.Rprop, {"step_sizes": (2.0, 1.0)}, "shortest step first"),
        (optim.ASGD, {"alpha": -1.0}, "alpha=-1.0"),
        (optim.LBFGS, {"line_search_fn": "armijo"}, '"strong_wolfe" or None'),
        (optim.LBFGS, {"history_size": 0}, "history_size=0"),
        (optim.Adam, {"differentiable": True}, "a step that is recorded itself"),
    ],
)
def test_settings_that_make_no_sense_are_refused(kind, settings, said):
    with pytest.raises(ArgumentError, match=said):
        kind([tgx.ones(1).requires_grad_()], **settings)


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        (optim.Adam, {"betas": 0.9}, "betas=0.9\n.*a pair"),
        (optim.Adam, {"betas": (0.9, "b")}, "a pair"),
        (optim.SGD, {"lr": "x"}, "lr='x', a str\n.*pass a number"),
        (optim.SGD, {"dampening": None}, "dampening=None, a NoneType"),
        (optim.SGD, {"lr": tgx.tensor(0.1)}, r"pass a number: lr\.item\(\)"),
        (optim.Rprop, {"etas": 0.5}, r"such as \(0.5, 1.2\)"),
        (optim.LBFGS, {"max_iter": None}, "max_iter=None"),
    ],
)
def test_settings_of_an_odd_type_are_refused(kind, settings, said):
    with pytest.raises(DtypeError, match=said):
        kind([tgx.ones(1).requires_grad_()], **settings)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (None, "params of type NoneType"), (3, "params of type int"),
        ({tgx.ones(1)}, "a set, whose order differs"), ({"params": []}, "params of type dict"),
        ([{"lr": 0.1}], "a group that is"), ([{"params": [tgx.ones(1)]}, 3], "a group that is 3"),
        ([("w", tgx.ones(1)), tgx.ones(1)], "a tuple"), (["w"], "a str"),
    ],
)  # fmt: skip
def test_parameters_of_an_odd_type_are_refused(params, said):
    with pytest.raises(DtypeError, match=said):
        optim.SGD(params, lr=0.1)


def test_a_slope_that_stays_the_same_does_not_make_its_spread_negative():
    """v - m**2 is 0 then, and rounded it falls below: PyTorch's p is nan from there on."""
    p = tgx.ones(64, dtype=tgx.float32).requires_grad_()
    optimizer = optim.RMSprop([p], lr=1e-9, alpha=0.5, centered=True)
    for _ in range(60):
        p.grad = tgx.linspace(0.1, 3.0, 64)
        optimizer.step()
    spread = optimizer.state[p]["square_avg"] - optimizer.state[p]["grad_avg"] ** 2
    assert spread.min().item() < 0.0  # so the guard is what keeps p finite
    assert tgx.isfinite(p).all()


def test_rprop_reads_the_sign_of_the_smallest_slopes():
    p = tgx.tensor([1.0], requires_grad=True)
    optimizer = optim.Rprop([p], lr=0.1)
    for slope in (1e-30, -1e-30):
        p.grad = tgx.tensor([slope])
        optimizer.step()
    assert optimizer.state[p]["step_size"].item() == pytest.approx(0.05)


def test_the_mean_of_asgd_is_that_of_the_last_steps():
    p = tgx.tensor([4.0], dtype=tgx.float64, requires_grad=True)
    optimizer = optim.ASGD([p], lr=0.1, lambd=0.0, t0=2.0)
    places = []
    for _ in range(6):
        p.grad = p.detach().clone()
        optimizer.step()
        places.append(p.item())
    assert optimizer.state[p]["ax"].item() == pytest.approx(np.mean(places[3:]), abs=1e-15)


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


def test_an_optimiser_written_for_pytorch():
    """Its settings are a dict, and it writes a step of its own."""

    class Plain(optim.Optimizer):
        def __init__(self, params, lr=0.1):
            super().__init__(params, {"lr": lr})

        @tgx.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p.add_(p.grad, alpha=-group["lr"])

    p = tgx.tensor([2.0], requires_grad=True)
    optimizer = Plain([p], lr=0.25)
    assert optimizer.stepped is None
    (p * p).sum().backward()
    optimizer.step()
    assert p.tolist() == [1.0]


def test_groups_may_carry_a_name_and_parameters_theirs():
    layer = tgx.nn.Linear(2, 1)
    optimizer = optim.SGD([{"params": layer.parameters(), "name": "head", "lr": 0.5}])
    assert optimizer.param_groups[0]["name"] == "head"
    optimizer = optim.SGD(layer.named_parameters(), lr=0.5)
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.param_groups[0]["params"] == list(layer.parameters())


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
    np.testing.assert_allclose(steps[True], steps[False], 1e-5, 1e-7)


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
    file = io.BytesIO()
    tgx.save({"optimizer": optimizer.state_dict()}, file)
    file.seek(0)
    saved, values = tgx.load(file)["optimizer"], [p.detach().clone() for p in params]
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
    with pytest.raises(ArgumentError, match="a setting 'betas'"):
        optim.SGD([p]).load_state_dict(saved.state_dict())
    broken = copy.deepcopy(saved.state_dict())
    broken["state"][0]["step"] = 1.5
    with pytest.raises(DtypeError, match=r"step=1\.5"):
        optim.Adam([p]).load_state_dict(broken)
    broken = copy.deepcopy(saved.state_dict())
    broken["param_groups"][0]["lr"] = -1.0
    with pytest.raises(ArgumentError, match=r"lr=-1\.0"):
        saved.load_state_dict(broken)
    assert saved.param_groups[0]["lr"] == 0.1
    for nothing in (None, {}, {"state": {}}, [1]):
        with pytest.raises(DtypeError, match="without 'state' and 'param_groups'"):
            optimizer.load_state_dict(nothing)
    assert optimizer.param_groups[0]["lr"] == 0.3
    assert not optimizer.state[q]


def test_a_state_of_numpy_arrays_is_read():
    p = tgx.ones(2).requires_grad_()
    optimizer = optim.Adam([p])
    state = {"step": np.float32(3.0), "exp_avg": np.ones(2), "exp_avg_sq": np.full(2, 2.0)}
    state = {0: state | {"max_exp_avg_sq": None}}
    groups = [{"params": [0], "lr": 0.5, "betas": [0.8, 0.9]}]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
    kept = optimizer.state[p]
    assert kept["step"] == 3 and type(kept["step"]) is int
    assert kept["exp_avg"].dtype == np.float32 and set(kept) == {"step", "exp_avg", "exp_avg_sq"}
    assert optimizer.param_groups[0]["lr"] == 0.5
    state[0]["exp_avg"][:] = 7.0
    groups[0]["betas"][0] = 0.1
    assert kept["exp_avg"].tolist() == [1.0, 1.0]
    assert optimizer.param_groups[0]["betas"] == [0.8, 0.9]


# ---- L-BFGS -------------------------------------------------------------------------------------


def quadratic(dtype=tgx.float64, **settings):
    """A parabola of four numbers in two tensors, and its optimiser."""
    params = [tgx.tensor([3.0, -1.0], dtype=dtype), tgx.tensor([[2.0], [5.0]], dtype=dtype)]
    params = [p.requires_grad_() for p in params]
    optimizer = optim.LBFGS(params, **settings)

    def closure():
        optimizer.zero_grad()
        loss = (params[0] ** 2).sum() + (params[1] ** 2 * tgx.tensor([[3.0], [0.5]])).sum()
        loss.backward()
        return loss

    return params, optimizer, closure


@pytest.mark.parametrize("dtype", [tgx.float32, tgx.float64], ids=str)
@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_finds_the_bottom_of_a_parabola(dtype, search):
    params, optimizer, closure = quadratic(dtype, line_search_fn=search, max_iter=50)
    first = optimizer.step(closure)
    assert first.item() == 34.5
    assert max(p.abs().max().item() for p in params) < 1e-4
    state = optimizer.state[params[0]]
    assert state["d"].dtype == dtype and state["n_iter"] < 50
    assert len(state["ro"]) == len(state["old_dirs"]) == len(state["old_stps"]) > 0


def test_lbfgs_keeps_so_many_pairs_and_asks_so_often():
    params, optimizer, closure = quadratic(history_size=2, max_iter=9, lr=0.01)
    asked = []
    optimizer.step(lambda: asked.append(1) or closure())
    state = optimizer.state[params[0]]
    assert len(state["ro"]) == 2 and state["n_iter"] == 9
    assert state["func_evals"] == len(asked) == 9
    params, optimizer, closure = quadratic(max_eval=4, lr=0.01)
    optimizer.step(closure)
    assert optimizer.state[params[0]]["func_evals"] == 4


def test_lbfgs_goes_on_after_the_model_became_double():
    params, optimizer, closure = quadratic(tgx.float32, max_iter=4, lr=0.1)
    optimizer.step(closure)
    for p in params:
        p.data = p.data.double()
    assert optimizer.step(closure).dtype == np.float64
    assert optimizer.state[params[0]]["old_dirs"][-1].dtype == np.float64


def test_lbfgs_stops_where_there_is_nothing_to_gain():
    p = tgx.zeros(2).requires_grad_()
    optimizer = optim.LBFGS([p], tolerance_grad=-1.0)

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 0.0
    assert p.tolist() == [0.0, 0.0]


def test_a_step_of_lbfgs_is_noticed_by_a_graph():
    params, optimizer, closure = quadratic(max_iter=2)
    before = (params[0] * params[0]).sum()
    optimizer.step(closure)
    with pytest.raises(GraphError, match=r"changed in place at .*test_optim\.py"):
        before.backward()


def test_what_lbfgs_refuses():
    p, q = tgx.ones(2).requires_grad_(), tgx.ones(2, dtype=tgx.float64).requires_grad_()
    with pytest.raises(DtypeError, match="tensors of float32 and float64"):
        optim.LBFGS([p, q])
    with pytest.raises(ArgumentError, match="a second group"):
        optim.LBFGS([{"params": [p]}, {"params": [tgx.ones(1).requires_grad_()]}])
    optimizer = optim.LBFGS([p])
    with pytest.raises(ArgumentError, match=r"optimizer\.step\(closure\)"):
        optimizer.step()
    with pytest.raises(DtypeError, match="a closure that answered a NoneType"):
        optimizer.step(lambda: None)
    with pytest.raises(GraphError, match="left no gradients"):
        optimizer.step(lambda: 1.0)
    assert p.tolist() == [1.0, 1.0]
    params, optimizer, closure = quadratic(max_iter=3)
    optimizer.step(closure)
    state = copy.deepcopy(optimizer.state_dict())
    state["state"][0]["d"] = tgx.ones(3)
    with pytest.raises(ShapeError, match=r"d of shape \(3,\) for 4 numbers"):
        optimizer.load_state_dict(state)
    params[0].data = tgx.ones(5, dtype=tgx.float64)
    with pytest.raises(ShapeError, match="make the optimiser anew"):
        optimizer.step(lambda: optimizer.zero_grad() or (params[0] ** 2).sum().backward() or 1.0)


def test_an_error_in_a_line_search_leaves_the_parameters_where_they_were():
    params, optimizer, closure = quadratic(line_search_fn="strong_wolfe")
    before = [p.tolist() for p in params]
    asked = []

    def fails_within_the_search():
        asked.append(1)
        if len(asked) == 2:
            assert [p.tolist() for p in params] != before
            raise KeyboardInterrupt
        return closure()

    with pytest.raises(KeyboardInterrupt):
        optimizer.step(fails_within_the_search)
    assert [p.tolist() for p in params] == before


LINES = [
    lambda t: ((t - 3.0) ** 2, 2.0 * (t - 3.0)),
    lambda t: (math.cosh(t - 20.0), math.sinh(t - 20.0)),
    lambda t: (-t / (t * t + 2.0), (t * t - 2.0) / (t * t + 2.0) ** 2),  # Moré & Thuente (1994)
    lambda t: (math.sin(3.0 * t) - 4.0 * t + 0.1 * t * t, 3.0 * math.cos(3.0 * t) - 4.0 + 0.2 * t),
    lambda t: (t**4 - 3.0 * t**3 - t, 4.0 * t**3 - 9.0 * t * t - 1.0),
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("first", [1e-3, 0.1, 1.0, 10.0])
def test_what_a_line_search_finds_satisfies_wolfe(line, first):
    asked = []

    def measure(t):
        asked.append(t)
        return Point(t, *line(t), None)

    start = Point(0.0, *line(0.0), None)
    found, measured = strong_wolfe(measure, start, first, 1.0, 25)
    assert found.loss <= start.loss + 1e-4 * found.t * start.slope
    assert abs(found.slope) <= 0.9 * abs(start.slope)
    assert measured == len(asked) and found.t in asked


def test_a_line_search_ends_with_the_best_it_has():
    def up(t):
        return Point(t, 1.0 + t, -1.0, None)  # a slope that does not tell the truth

    found, measured = strong_wolfe(up, Point(0.0, 1.0, -1.0, None), 1.0, 1.0, 4)
    assert (found.t, measured) == (0.0, 5)
    assert strong_wolfe(up, Point(0.0, 1.0, -1.0, None), 1.0, 1.0, 0)[1] == 1
    far = Point(1.0, math.inf, math.nan, None)
    assert lowest_between(Point(0.0, 1.0, -1.0, None), far, 0.0, 1.0) == 0.5
    same = Point(0.5, 1.0, -1.0, None)
    assert lowest_between(same, same, 0.0, 1.0) == 0.5
    flat = Point(0.0, 1.0, 0.0, None), Point(1.0, 1.0, 0.0, None)
    assert lowest_between(*flat, 0.0, 1.0) == 0.5


# ---- nn.utils -----------------------------------------------------------------------------------


def test_what_nn_utils_refuse():
    utils, p = tgx.nn.utils, tgx.ones(2).requires_grad_()
    p.grad = tgx.ones(2)
    for call, error, said in [
        (lambda: utils.clip_grad_norm_([p], -1.0), ArgumentError, "max_norm=-1.0\n.*0.0 or more"),
        (lambda: utils.clip_grad_norm_([p], "x"), DtypeError, "max_norm='x'"),
        (lambda: utils.clip_grad_norm_([3], 1.0), DtypeError, "a int"),
        (lambda: utils.clip_grad_norm_(3, 1.0), DtypeError, "a int"),
        (lambda: utils.clip_grad_norm_([p], 1.0, norm_type="two"), DtypeError, "norm_type='two'"),
        (lambda: utils.clip_grad_value_([p], -1.0), ArgumentError, "clip_value=-1.0"),
        (lambda: utils.parameters_to_vector(p), DtypeError, "a Tensor"),
        (lambda: utils.parameters_to_vector([]), ArgumentError, "no parameters"),
        (lambda: utils.vector_to_parameters(p, [p, p]), ShapeError, r"\(2,\) for 4 numbers"),
        (lambda: utils.vector_to_parameters([1.0, 2.0], [p]), DtypeError, "type list"),
    ]:
        with pytest.raises(error, match=said):
            call()
    assert p.tolist() == p.grad.tolist() == [1.0, 1.0]


def test_a_clipped_gradient_stays_where_it_is():
    p = tgx.ones(3).requires_grad_()
    (p * 5.0).sum().backward()
    grad = p.grad
    tgx.nn.utils.clip_grad_norm_(iter([p]), 1.0)
    assert p.grad is grad
    np.testing.assert_allclose(grad.numpy(), 3**-0.5, 1e-6)
    assert not grad.requires_grad


def test_parameters_keep_their_memory_when_a_vector_is_written_to_them():
    p, q = tgx.ones(2, 2).requires_grad_(), tgx.ones(()).requires_grad_()
    array, vector = p.array, tgx.arange(5.0)
    tgx.nn.utils.vector_to_parameters(vector, [p, q])
    vector[:] = 9.0
    assert p.array is array and p.tolist() == [[0.0, 1.0], [2.0, 3.0]] and q.item() == 4.0
    assert p.is_leaf and p.requires_grad
