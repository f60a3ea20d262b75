"""Twenty steps of every optimiser, over its arguments, beside PyTorch's; states both ways."""

from __future__ import annotations

import inspect
import itertools

import numpy as np
import pytest

import tinygradx as tgx

torch = pytest.importorskip("torch")

STEPS = 20


def _all(**choices):
    """Every way to take one of each."""
    names = list(choices)
    return [dict(zip(names, taken, strict=True)) for taken in itertools.product(*choices.values())]


SGD = _all(
    lr=[0.05], momentum=[0.0, 0.9], dampening=[0.0, 0.2], weight_decay=[0.0, 0.03],
    nesterov=[False, True], maximize=[False, True],
)  # fmt: skip
SGD = [s for s in SGD if not s["nesterov"] or (s["momentum"] and not s["dampening"])]
ADAM = _all(
    lr=[0.05], betas=[(0.9, 0.999), (0.5, 0.7)], eps=[1e-8, 1e-2], weight_decay=[0.0, 0.1],
    amsgrad=[False, True],
)  # fmt: skip
DECOUPLED = _all(
    lr=[0.05], betas=[(0.9, 0.999), (0.5, 0.7)], eps=[1e-8, 1e-2], weight_decay=[0.0, 0.1],
    decoupled_weight_decay=[False, True],
)  # fmt: skip
GRID = {
    "SGD": SGD,
    "Adam": [*ADAM, {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}],
    "AdamW": ADAM,
    "RMSprop": _all(
        lr=[0.02], alpha=[0.99, 0.7], eps=[1e-8, 1e-2], weight_decay=[0.0, 0.1],
        momentum=[0.0, 0.9], centered=[False, True],
    ),
    "Adagrad": _all(
        lr=[0.1], lr_decay=[0.0, 0.1], weight_decay=[0.0, 0.1],
        initial_accumulator_value=[0.0, 0.5], eps=[1e-10, 1e-2],
    ),
    "Adafactor": _all(
        lr=[0.05], beta2_decay=[-0.8, -0.3], eps=[(None, 1e-3), (1e-2, 0.5)], d=[1.0, 2.0],
        weight_decay=[0.0, 0.1],
    ),
    "Adadelta": _all(lr=[1.0, 0.3], rho=[0.9, 0.5], eps=[1e-6, 1e-2], weight_decay=[0.0, 0.1]),
    "Adamax": _all(
        lr=[0.05], betas=[(0.9, 0.999), (0.5, 0.7)], eps=[1e-8, 1e-2], weight_decay=[0.0, 0.1]
    ),
    "NAdam": [*DECOUPLED, *_all(lr=[0.05], momentum_decay=[0.0, 0.3], weight_decay=[0.1])],
    # With beta2 = 0.7 the spread never counts as reliable.
    "RAdam": DECOUPLED,
    "Rprop": _all(
        lr=[0.01, 0.2], etas=[(0.5, 1.2), (0.3, 2.0)], step_sizes=[(1e-6, 50), (0.02, 0.1)]
    ),
    "ASGD": _all(
        lr=[0.02], lambd=[1e-4, 0.1], alpha=[0.75, 0.5], t0=[1e6, 5.0], weight_decay=[0.0, 0.1]
    ),
}  # fmt: skip
# The gradient is turned round in one place for all of them.
GRID = {name: [*grid, grid[-1] | {"maximize": True}] for name, grid in GRID.items()}
CASES = [(name, s) for name, grid in GRID.items() for s in ({}, *grid)]
#: Of each kind, settings that keep all there is to keep.
FULL = [
    ("SGD", {"lr": 0.05}), ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.2}),
    ("Adam", {"amsgrad": True}), ("AdamW", {}), ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adagrad", {"initial_accumulator_value": 0.1, "lr_decay": 0.1}), ("Adadelta", {}),
    ("Adafactor", {"lr": 0.05}),
    ("Adamax", {}), ("NAdam", {}), ("RAdam", {}), ("Rprop", {}), ("ASGD", {"t0": 3.0}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def numbers_in_float64():
    """PyTorch keeps NAdam's product and ASGD's rates in its default dtype; ours is Python's."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


class Training:
    """A small network in either library: a batch each step, and no bias now and then."""

    def __init__(self, library, optimiser, settings, dtype=np.float64, groups=None):
        self.library, self.dtype = library, dtype
        self.random = np.random.default_rng(0)
        start = self.random.normal(size=(3, 4)), self.random.normal(size=4)
        self.params = [library.tensor(a.astype(dtype), requires_grad=True) for a in start]
        given = self.params
        if groups is not None:
            given = [{"params": [p], **own} for p, own in zip(given, groups, strict=True)]
        self.optimizer = getattr(library.optim, optimiser)(given, **settings)
        self.done = 0

    def run(self, steps=STEPS):
        for _ in range(steps):
            self.optimizer.zero_grad()
            batch = self.random.normal(size=(5, 3)).astype(self.dtype)
            out = self.library.tensor(batch) @ self.params[0]
            if self.done % 3 != 2:
                out = out + self.params[1]
            (self.library.tanh(out) ** 2).sum().backward()
            self.optimizer.step()
            self.done += 1
        return self

    def values(self):
        return [p.detach().numpy().copy() for p in self.params]

    def go_on_from(self, other, state):
        """As if it had done what the other did, with its state."""
        for p, value in zip(self.params, other.values(), strict=True):
            p.detach().copy_(self.library.tensor(value))
        for _ in range(other.done):
            self.random.normal(size=(5, 3))
        self.done = other.done
        self.optimizer.load_state_dict(state)
        return self


def agree(ours, theirs, bound=1e-10):
    for a, b in zip(ours.values(), theirs.values(), strict=True):
        np.testing.assert_allclose(a, b, 0.0, bound)


def spelled(case):
    name, settings = case
    return f"{name}-" + ",".join(f"{k}={v}" for k, v in settings.items())


@pytest.mark.parametrize("case", CASES, ids=spelled)
def test_twenty_steps_in_float64(case):
    agree(*(Training(library, *case).run() for library in (tgx, torch)))


@pytest.mark.parametrize("case", CASES[::7], ids=spelled)
def test_twenty_steps_in_float32(case):
    """Within what twenty steps of float32 lose, against PyTorch in float64."""
    ours = Training(tgx, *case, np.float32).run().values()
    for a, b in zip(ours, Training(torch, *case).run().values(), strict=True):
        assert a.dtype == np.float32
        # A sign that turns in the last bit makes Rprop's step another one.
        np.testing.assert_allclose(a, b, 2e-4, 0.2 if case[0] == "Rprop" else 1e-4)


@pytest.mark.parametrize("name", GRID)
def test_groups_of_their_own_settings(name):
    groups = [{"lr": 0.03}, {k: v for k, v in GRID[name][-1].items() if k != "maximize"}]
    if name == "Adagrad":  # PyTorch overlooks it in a group
        groups[1].pop("initial_accumulator_value")
    agree(*(Training(library, name, {}, groups=groups).run() for library in (tgx, torch)))


@pytest.mark.parametrize("case", FULL, ids=spelled)
def test_a_training_begun_in_pytorch_goes_on_here(case):
    theirs = Training(torch, *case).run(7)
    ours = Training(tgx, *case).go_on_from(theirs, theirs.optimizer.state_dict())
    agree(ours.run(13), theirs.run(13))


@pytest.mark.parametrize("case", FULL, ids=spelled)
def test_a_training_begun_here_goes_on_in_pytorch(case):
    ours = Training(tgx, *case).run(7)
    state = ours.optimizer.state_dict()
    state["state"] = {
        number: {
            name: torch.tensor(v.numpy()) if isinstance(v, tgx.Tensor) else v
            for name, v in kept.items()
        }
        for number, kept in state["state"].items()
    }
    theirs = Training(torch, *case).go_on_from(ours, state)
    agree(ours.run(13), theirs.run(13))


@pytest.mark.parametrize("case", FULL, ids=spelled)
def test_what_is_kept_has_their_names_and_values(case):
    ours, theirs = (Training(library, *case).run(3).optimizer for library in (tgx, torch))
    ours, theirs = ours.state_dict(), theirs.state_dict()
    assert ours["param_groups"] == theirs["param_groups"]
    kept = {number: k for number, k in theirs["state"].items() if k != {"momentum_buffer": None}}
    assert set(ours["state"]) == set(kept)
    for number, names in ours["state"].items():
        assert set(names) == set(kept[number])
        for name, value in names.items():
            np.testing.assert_allclose(np.asarray(value), kept[number][name].numpy(), 1e-12, 1e-14)


@pytest.mark.parametrize("name", [*GRID, "LBFGS", "Muon"])
def test_arguments_are_theirs(name):
    """Names, order, defaults, and which may be given by position."""
    ours, theirs = (
        [
            (p.name, p.kind, p.default)
            for p in inspect.signature(getattr(library.optim, name).__init__).parameters.values()
        ]
        for library in (tgx, torch)
    )
    assert ours == theirs
    made = [
        getattr(library.optim, name)([library.ones(1, 1).requires_grad_()]).defaults
        for library in (tgx, torch)
    ]
    assert made[0] == made[1]


def test_settings_of_how_to_compute_change_nothing():
    ours = Training(tgx, "Adam", {"foreach": True, "fused": False, "capturable": True}).run()
    agree(ours, Training(torch, "Adam", {"foreach": True}).run())


def test_named_parameters():
    states = []
    for library in (tgx, torch):
        layer = library.nn.Linear(2, 1)
        optimizer = library.optim.SGD(layer.named_parameters(), lr=0.1)
        states.append(optimizer.state_dict()["param_groups"])
    assert states[0] == states[1]


# ---- L-BFGS -------------------------------------------------------------------------------------

LBFGS = [
    {"lr": lr, "max_iter": most, "line_search_fn": search, "history_size": history, **rest}
    for lr, most, search, history, rest in [
        (1e-3, 5, None, 100, {}), (0.05, 20, None, 3, {}), (0.1, 7, None, 2, {"max_eval": 4}),
        (1.0, 5, "strong_wolfe", 100, {}), (1.0, 20, "strong_wolfe", 3, {}),
        (0.01, 6, "strong_wolfe", 2, {"max_eval": 30}), (10.0, 4, "strong_wolfe", 10, {}),
        (1.0, 20, "strong_wolfe", 10, {"tolerance_grad": 0.5}), (1.0, 0, None, 5, {}),
        (1.0, 20, "strong_wolfe", 10, {"tolerance_change": 0.1}),
        (1.0, 3, "strong_wolfe", 10, {"max_eval": 1}),
    ]
]  # fmt: skip


class Valley(Training):
    """Rosenbrock's valley along (3, 4) numbers, and a bias that bends it."""

    evaluations = 0

    def loss(self):
        self.evaluations += 1
        self.optimizer.zero_grad()
        x, bias = self.params
        steep = ((x[1:] - x[:-1] ** 2) ** 2).sum() * 10.0
        loss = steep + ((1.0 - x) ** 2).sum() + ((bias * x[0] - 1.0) ** 2).sum()
        loss.backward()
        return loss

    def run(self, steps):
        self.losses = [self.optimizer.step(self.loss).item() for _ in range(steps)]
        return self


@pytest.mark.parametrize("settings", LBFGS, ids=str)
def test_lbfgs_takes_the_same_path(settings):
    """For twenty steps, in one call or several."""
    calls = 20 // settings["max_iter"] if settings["max_iter"] else 1
    ours, theirs = (Valley(library, "LBFGS", settings).run(calls) for library in (tgx, torch))
    agree(ours, theirs, 1e-9)
    np.testing.assert_allclose(ours.losses, theirs.losses, 1e-9)
    assert ours.evaluations == theirs.evaluations


def test_lbfgs_in_float32():
    settings = {"max_iter": 5, "line_search_fn": "strong_wolfe"}
    ours = Valley(tgx, "LBFGS", settings, np.float32).run(1)
    for a, b in zip(ours.values(), Valley(torch, "LBFGS", settings).run(1).values(), strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, 1e-3, 1e-3)


@pytest.mark.parametrize("settings", [LBFGS[1], LBFGS[4]], ids=str)
def test_lbfgs_goes_on_from_the_state_of_either(settings):
    def converted(value):
        if isinstance(value, tgx.Tensor):
            return torch.tensor(value.numpy())
        return [converted(v) for v in value] if isinstance(value, list) else value

    settings = settings | {"max_iter": 4}
    ours, theirs = (Valley(library, "LBFGS", settings).run(2) for library in (tgx, torch))
    state = ours.optimizer.state_dict()
    assert set(theirs.optimizer.state_dict()["state"][0]) - set(state["state"][0]) <= {"al"}
    state["state"] = {0: {name: converted(v) for name, v in state["state"][0].items()}}
    here = Valley(tgx, "LBFGS", settings).go_on_from(theirs, theirs.optimizer.state_dict())
    there = Valley(torch, "LBFGS", settings).go_on_from(ours, state)
    straight = Valley(torch, "LBFGS", settings).run(4)
    agree(here.run(2), straight, 1e-9)
    agree(there.run(2), straight, 1e-9)


# ---- gradients made shorter, and parameters as one vector ---------------------------------------


def with_gradients(library, sizes=(3.0, 0.1)):
    random = np.random.default_rng(1)
    params = [library.tensor(random.normal(size=s), requires_grad=True) for s in ((2, 3), (4,), ())]
    for p, size in zip(params, sizes, strict=False):  # the last one has none
        p.grad = library.tensor(random.normal(size=tuple(p.shape)) * size)
    return params


@pytest.mark.parametrize("norm_type", [2, 1.0, 0.5, 3, float("inf"), 0])
@pytest.mark.parametrize("max_norm", [0.5, 1e6, 0.0])
def test_clip_grad_norm(norm_type, max_norm):
    found = []
    for library in (tgx, torch):
        params = with_gradients(library)
        total = library.nn.utils.clip_grad_norm_(params, max_norm, norm_type=norm_type)
        assert params[2].grad is None and tuple(total.shape) == ()
        found.append([total.item(), *(p.grad.numpy() for p in params[:2])])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, 1e-13)


def test_clip_grad_norm_of_one_tensor_and_of_none():
    for library in (tgx, torch):
        p = with_gradients(library)[0]
        before = np.linalg.norm(p.grad.numpy())
        assert library.nn.utils.clip_grad_norm_(p, 1.0).item() == pytest.approx(before)
        assert np.linalg.norm(p.grad.numpy()) == pytest.approx(1.0, abs=1e-5)
        assert library.nn.utils.clip_grad_norm_([library.ones(2)], 1.0).item() == 0.0
        assert library.nn.utils.get_total_norm([]).item() == 0.0
        with pytest.warns(UserWarning, match="empty|was it walked before"):
            library.nn.utils.clip_grad_norm_(iter(()) if library is tgx else (x for x in ()), 1.0)


def test_clip_grad_value():
    found = []
    for library in (tgx, torch):
        params = with_gradients(library)
        library.nn.utils.clip_grad_value_(params, 0.3)
        assert params[2].grad is None
        found.append([p.grad.numpy() for p in params[:2]])
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)
        assert np.abs(a).max() <= 0.3


def test_a_norm_that_is_not_finite():
    for library in (tgx, torch):
        params = with_gradients(library)
        params[0].grad[0, 0] = float("nan")
        with pytest.raises(RuntimeError if library is torch else ValueError):
            library.nn.utils.clip_grad_norm_(params, 1.0, error_if_nonfinite=True)
        assert np.isfinite(params[1].grad.numpy()).all()
        library.nn.utils.clip_grad_norm_(params, 1.0)
        assert np.isnan(params[1].grad.numpy()).all()


def test_parameters_as_a_vector_and_back():
    vectors = []
    for library in (tgx, torch):
        params = with_gradients(library)
        vector = library.nn.utils.parameters_to_vector(params)
        (vector * vector).sum().backward()
        np.testing.assert_allclose(params[2].grad.numpy(), 2.0 * params[2].detach().numpy())
        library.nn.utils.vector_to_parameters(vector.detach() * 2.0, params)
        vectors.append([vector.detach().numpy(), *(p.detach().numpy() for p in params)])
    for a, b in zip(*vectors, strict=True):
        np.testing.assert_array_equal(a, b)
