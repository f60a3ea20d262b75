"""Hooks of optimisers, Muon, and means of models, beside PyTorch's."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.optim.muon import orthogonal

torch = pytest.importorskip("torch")
BOTH = [tgx, torch]


@pytest.fixture(autouse=True)
def numbers_in_float64():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def test_every_public_name_is_here_or_named_as_missing():
    """What is missing is in docs/pytorch.md, with the reason."""
    missing = set(torch.optim.__all__) - set(dir(tgx.optim))
    assert missing == {"SparseAdam", "swap_in_optimizer_params_and_state"}
    assert set(torch.optim.lr_scheduler.__all__) <= set(dir(tgx.optim.lr_scheduler))
    assert set(torch.optim.swa_utils.__all__) <= set(dir(tgx.optim.swa_utils))
    for name in torch.optim.swa_utils.__all__:
        ours, theirs = (inspect.signature(getattr(lib.optim.swa_utils, name)) for lib in BOTH)
        assert [(p.name, p.default) for p in ours.parameters.values()] == [
            (p.name, p.default) for p in theirs.parameters.values()
        ]
    methods = {n for n in dir(torch.optim.Optimizer) if n.startswith("register_")}
    assert len(methods) == 6 and methods <= set(dir(tgx.optim.Optimizer))
    for name in methods:
        ours, theirs = (
            list(inspect.signature(getattr(lib.optim.Optimizer, name)).parameters) for lib in BOTH
        )
        assert ours == theirs


# ---- hooks --------------------------------------------------------------------------------------


def optimizer_of(lib, kind="SGD"):
    p = lib.tensor([1.0, -2.0], requires_grad=True)
    return p, getattr(lib.optim, kind)([p], lr=0.1)


@pytest.mark.parametrize("kind", ["SGD", "LBFGS"])
def test_hooks_are_called_alike(kind):
    def told(lib):
        p, optimizer = optimizer_of(lib, kind)
        seen = []

        def closure():
            optimizer.zero_grad()
            loss = (p * p).sum()
            loss.backward()
            seen.append("closure")
            return loss

        def before(o, args, kwargs):
            assert o is optimizer and args[0] is optimizer
            seen.append(("before", len(args), sorted(kwargs)))

        def after(o, args, kwargs):
            seen.append(("after", len(args), sorted(kwargs), round(p[0].item(), 6)))

        handles = [optimizer.register_step_pre_hook(before)]
        handles.append(optimizer.register_step_post_hook(after))
        optimizer.register_step_pre_hook(lambda *_: seen.append("second"))
        optimizer.step(closure)
        optimizer.step(closure=closure)
        handles[0].remove()
        optimizer.step(closure)
        optimizer.register_step_pre_hook(lambda o, args, kwargs: ((o,), {"closure": closure}))
        optimizer.step(closure=lambda: 1 / 0)  # which the hook exchanges
        optimizer.register_state_dict_pre_hook(lambda o: seen.append("state"))
        optimizer.register_state_dict_pre_hook(lambda o: seen.append("first"), prepend=True)
        optimizer.register_state_dict_post_hook(lambda o, s: s | {"note": 1})
        optimizer.register_state_dict_post_hook(lambda o, s: seen.append(sorted(s)))
        state = optimizer.state_dict()
        optimizer.register_load_state_dict_pre_hook(lambda o, s: seen.append(sorted(s)))
        optimizer.register_load_state_dict_pre_hook(
            lambda o, s: {n: v for n, v in s.items() if n != "note"}, prepend=True
        )
        optimizer.register_load_state_dict_post_hook(lambda o: seen.append("loaded"))
        optimizer.load_state_dict(state)
        return seen

    ours, theirs = map(told, BOTH)
    assert ours == theirs
    assert ours[:3] == [("before", 2, []), "second", "closure"]
    assert ours[-5:] == [
        "first", "state", ["note", "param_groups", "state"], ["param_groups", "state"], "loaded"
    ]  # fmt: skip


def test_a_hook_that_answers_something_else_is_refused():
    for lib in BOTH:
        _, optimizer = optimizer_of(lib)
        optimizer.register_step_pre_hook(lambda *_: 3)
        with pytest.raises(RuntimeError, match=r"None, or the pair|None or a tuple"):
            optimizer.step()
    with pytest.raises(TypeError, match="pass a function"):
        optimizer_of(tgx)[1].register_step_post_hook(None)


def test_hooks_of_a_step_of_ones_own_are_called_once():
    class Twice(tgx.optim.SGD):
        def step(self, closure=None):
            super().step(closure)
            super().step()

    p = tgx.tensor([1.0], requires_grad=True)
    optimizer, seen = Twice([p], lr=0.1), []
    p.sum().backward()
    with optimizer.register_step_pre_hook(lambda *_: seen.append("before")):
        optimizer.register_step_post_hook(lambda *_: seen.append("after"))
        optimizer.step()
    optimizer.step()
    assert seen == ["before", "after", "after"]
    assert p.item() == pytest.approx(0.6)


# ---- Muon and Adafactor -------------------------------------------------------------------------

SHAPES = [(3, 4), (5, 2), (3, 3)]


def muon_path(lib, settings, steps=20):
    random = np.random.default_rng(0)
    params = [lib.tensor(random.normal(size=shape), requires_grad=True) for shape in SHAPES]
    optimizer = lib.optim.Muon(params, **settings)
    for step in range(steps):
        optimizer.zero_grad()
        for p in params[: 3 - (step % 3 == 2)]:
            (lib.tanh(p * lib.tensor(random.normal(size=tuple(p.shape)))) ** 2).sum().backward()
        optimizer.step()
    return optimizer, [p.detach().numpy() for p in params]


@pytest.mark.parametrize(
    "settings",
    [
        {}, {"lr": 0.1, "weight_decay": 0.3, "nesterov": False}, {"lr": 0.1, "momentum": 0.5},
        {"lr": 0.1, "ns_steps": 2, "ns_coefficients": (2.0, -1.5, 0.5)},
        {"lr": 0.1, "adjust_lr_fn": "match_rms_adamw"}, {"lr": 0.1, "adjust_lr_fn": "original"},
        {"lr": 0.1, "eps": 100.0},
    ],
    ids=str,
)  # fmt: skip
def test_muon_takes_the_same_path(settings, monkeypatch):
    # PyTorch's rounds are in bfloat16; the same formula in float64 is what can be compared.
    monkeypatch.setattr(torch.Tensor, "bfloat16", torch.Tensor.clone)
    (ours, values), (theirs, known) = (muon_path(lib, settings) for lib in BOTH)
    for a, b in zip(values, known, strict=True):
        np.testing.assert_allclose(a, b, rtol=0.0, atol=1e-9)
    mine, state = ours.state_dict(), theirs.state_dict()
    assert mine["param_groups"] == state["param_groups"]
    for number, kept in state["state"].items():
        assert set(kept) == set(mine["state"][number]) == {"momentum_buffer"}
        found = mine["state"][number]["momentum_buffer"].numpy()
        np.testing.assert_allclose(found, kept["momentum_buffer"].numpy(), atol=1e-12)
    again = muon_path(tgx, settings, steps=0)[0]
    again.load_state_dict(state)
    assert len(again.state) == 3


def test_muon_of_bfloat16_is_near():
    """Each step there is off by about 1 % of its length; 20 of 0.02 go 0.4 far."""
    (_, values), (_, known) = (muon_path(lib, {"lr": 0.02}) for lib in BOTH)
    for a, b in zip(values, known, strict=True):
        np.testing.assert_allclose(a, b, atol=0.05)


def test_muon_makes_directions_equally_long():
    g = np.random.default_rng(1).normal(size=(6, 4))
    lengths = np.linalg.svd(orthogonal(g, (3.4445, -4.775, 2.0315), 1e-7, 5))[1]
    assert 0.6 < lengths.min() <= lengths.max() < 1.3
    u, _, v = np.linalg.svd(g, full_matrices=False)
    exact = orthogonal(g, (1.875, -1.25, 0.375), 1e-7, 30)  # a polynomial that does converge
    np.testing.assert_allclose(exact, u @ v, atol=1e-9)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ns_steps": 100}, "ns_steps=100"), ({"ns_steps": 1.5}, "whole number"),
        ({"ns_coefficients": (1.0, 2.0)}, "three numbers"),
        ({"adjust_lr_fn": "mine"}, "'original' or 'match_rms_adamw'"),
        ({"momentum": -1.0}, "momentum=-1.0"), ({"lr": -1.0}, "lr=-1.0"),
    ],
)  # fmt: skip
def test_what_muon_refuses(settings, said):
    with pytest.raises((ValueError, TypeError), match=said):
        tgx.optim.Muon([tgx.zeros(2, 2).requires_grad_()], **settings)
    for lib in BOTH:
        with pytest.raises(ValueError, match=r"no matrix|only supports 2D"):
            lib.optim.Muon([lib.zeros(3, requires_grad=True)])


@pytest.mark.parametrize(
    "settings",
    [{"lr": -1.0}, {"beta2_decay": 0.5}, {"d": 0.5}, {"eps": (-1.0, 0.1)}, {"eps": (None, -1.0)},
     {"weight_decay": -0.1}],
    ids=str,
)  # fmt: skip
def test_what_adafactor_refuses(settings):
    for lib in BOTH:
        with pytest.raises(ValueError, match=r"should be|use "):
            lib.optim.Adafactor([lib.zeros(3, requires_grad=True)], **settings)
    with pytest.raises(TypeError, match="use a pair"):
        tgx.optim.Adafactor([tgx.zeros(3).requires_grad_()], eps=1e-3)


def test_a_state_of_adafactor_has_the_shape_of_its_parameter():
    p = tgx.ones(2, 3).requires_grad_()
    (p * p).sum().backward()
    optimizer = tgx.optim.Adafactor([p])
    optimizer.step()
    state = optimizer.state_dict()
    assert state["state"][0]["row_var"].shape == (2, 1)
    assert state["state"][0]["col_var"].shape == (1, 3)
    with pytest.raises(ValueError, match=r"row_var of shape \(2, 1\) for .* \(3, 2\)"):
        tgx.optim.Adafactor([tgx.ones(3, 2).requires_grad_()]).load_state_dict(state)


# ---- means of models ----------------------------------------------------------------------------


def network(lib):
    random = np.random.default_rng(0)
    model = lib.nn.Sequential(
        lib.nn.Linear(3, 4), lib.nn.BatchNorm1d(4), lib.nn.Tanh(), lib.nn.Linear(4, 1)
    ).double()
    for p in model.parameters():
        p.detach().copy_(lib.tensor(random.normal(size=tuple(p.shape))))
    return model


def averages(lib):
    room = lib.optim.swa_utils
    return {
        "plain": {},
        "plain function": {"avg_fn": room.get_swa_avg_fn()},
        "moving": {"avg_fn": room.get_ema_avg_fn(0.7)},
        "moving lists": {"multi_avg_fn": room.get_ema_multi_avg_fn(0.7)},
        "plain lists": {"multi_avg_fn": room.get_swa_multi_avg_fn()},
        "own": {"avg_fn": lambda mean, p, n: 0.5 * mean + p / (1.0 + n)},
        "buffers": {"avg_fn": room.get_ema_avg_fn(0.5), "use_buffers": True},
    }


@pytest.mark.parametrize("case", averages(tgx))
def test_averaged_models(case):
    def trained(lib):
        model, random = network(lib), np.random.default_rng(3)
        mean = lib.optim.swa_utils.AveragedModel(model, **averages(lib)[case])
        optimizer = lib.optim.SGD(model.parameters(), lr=0.05)
        batches = [lib.tensor(random.normal(size=(6, 3))) for _ in range(6)]
        for x in batches:
            optimizer.zero_grad()
            (model(x) ** 2).mean().backward()
            optimizer.step()
            mean.update_parameters(model)
        before = mean(batches[0]).detach().numpy()
        lib.optim.swa_utils.update_bn([(x, None) for x in batches[:3]], mean)
        assert mean.training and mean.module[1].momentum == 0.1
        mean.eval()
        return mean, before, mean(batches[0]).detach().numpy()

    (ours, *values), (theirs, *known) = map(trained, BOTH)
    for a, b in zip(values, known, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
    state, other = ours.state_dict(), theirs.state_dict()
    assert list(state) == list(other) and int(state["n_averaged"]) == 6
    for name, value in other.items():
        np.testing.assert_allclose(state[name].numpy(), value.numpy(), rtol=1e-9, atol=1e-9)


def test_the_model_is_not_the_mean():
    model = network(tgx)
    mean = tgx.optim.swa_utils.AveragedModel(model, device="cpu")
    mean.update_parameters(model)
    with tgx.no_grad():
        model[0].weight += 1.0
    mean.update_parameters(model)
    difference = model[0].weight - mean.module[0].weight
    np.testing.assert_allclose(difference.detach().numpy(), 0.5)
    with pytest.raises(ValueError, match="avg_fn and multi_avg_fn"):
        tgx.optim.swa_utils.AveragedModel(model, avg_fn=max, multi_avg_fn=max)
    with pytest.raises(TypeError, match="pass a Module"):
        tgx.optim.swa_utils.AveragedModel(3)
    for lib in BOTH:
        with pytest.raises(ValueError, match="decay"):
            lib.optim.swa_utils.get_ema_multi_avg_fn(1.5)
    plain = tgx.nn.Linear(2, 2)
    tgx.optim.swa_utils.update_bn([1, 2], plain)  # nothing to find, so nothing is walked
    assert plain.training


@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("epochs", [0, 1, 5])
def test_rates_of_swalr_are_the_same(strategy, epochs):
    def rates(lib):
        groups = [{"params": [lib.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.5, 0.2)]
        optimizer = lib.optim.SGD(groups, lr=0.1)
        falling = lib.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
        swa = lib.optim.swa_utils.SWALR(optimizer, [0.05, 0.1], epochs, strategy)
        found = []
        for epoch in range(12):
            optimizer.step()
            (falling if epoch < 4 else swa).step()
            found.append([group["lr"] for group in optimizer.param_groups])
        return found, swa

    (ours, mine), (known, theirs) = map(rates, BOTH)
    assert ours == known
    mine.load_state_dict(theirs.state_dict())
    assert mine.last_epoch == theirs.last_epoch == 8


def test_what_swalr_refuses():
    for lib in BOTH:
        optimizer = lib.optim.SGD([lib.zeros(1, requires_grad=True)], lr=0.1)
        for settings in ({"anneal_strategy": "sin"}, {"anneal_epochs": -1}):
            with pytest.raises(ValueError, match="anneal"):
                lib.optim.swa_utils.SWALR(optimizer, 0.1, **settings)
