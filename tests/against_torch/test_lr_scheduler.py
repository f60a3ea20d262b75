"""Sixty rates of every scheduler, equal to PyTorch's to the last bit, gone on with included."""

from __future__ import annotations

import inspect
import warnings

import pytest

import tinygradx as tgx

torch = pytest.importorskip("torch")

STEPS = 60


class Warming:
    """A function that is an object: its attributes are saved."""

    def __init__(self, over=10):
        self.over = over

    def __call__(self, epoch):
        return min(1.0, (1 + epoch) / self.over)


def chained(lib, o):
    return lib.ChainedScheduler(
        [lib.ConstantLR(o, 0.1, 4), lib.ExponentialLR(o, 0.9), lib.StepLR(o, 7, 0.5)], o
    )


def warmed(lib, o):
    warm = lib.LinearLR(o, 0.01, total_iters=5)
    return lib.SequentialLR(o, [warm, lib.CosineAnnealingLR(o, 40, 1e-3)], [5])


#: A scheduler of a library's `lr_scheduler` for an optimiser of two groups.
CASES = {
    "step": lambda lib, o: lib.StepLR(o, 7),
    "step-gamma": lambda lib, o: lib.StepLR(o, 1, gamma=0.97),
    "milestones": lambda lib, o: lib.MultiStepLR(o, [3, 10, 10, 41], 0.3),
    "milestone-0": lambda lib, o: lib.MultiStepLR(o, (0, 30.0)),
    "exponential": lambda lib, o: lib.ExponentialLR(o, 0.93),
    "constant": lambda lib, o: lib.ConstantLR(o),
    "constant-20": lambda lib, o: lib.ConstantLR(o, 0.7, 20),
    "linear": lambda lib, o: lib.LinearLR(o),
    "linear-down": lambda lib, o: lib.LinearLR(o, 1.0, 0.1, 37),
    "linear-to-0": lambda lib, o: lib.LinearLR(o, 0.2, 0.0, 9),
    "polynomial": lambda lib, o: lib.PolynomialLR(o),
    "polynomial-2": lambda lib, o: lib.PolynomialLR(o, 50, 2.3),
    "cosine": lambda lib, o: lib.CosineAnnealingLR(o, 10),
    "cosine-min": lambda lib, o: lib.CosineAnnealingLR(o, 17, eta_min=0.004),
    "cosine-once": lambda lib, o: lib.CosineAnnealingLR(o, STEPS),
    "cosine-1": lambda lib, o: lib.CosineAnnealingLR(o, 1),
    "restarts": lambda lib, o: lib.CosineAnnealingWarmRestarts(o, 7),
    "restarts-2": lambda lib, o: lib.CosineAnnealingWarmRestarts(o, 4, 2, 0.002),
    "restarts-3": lambda lib, o: lib.CosineAnnealingWarmRestarts(o, 1, 3),
    "one-cycle": lambda lib, o: lib.OneCycleLR(o, 0.4, STEPS + 1),
    "one-cycle-lists": lambda lib, o: lib.OneCycleLR(
        o, [0.4, 0.2], epochs=7, steps_per_epoch=9, pct_start=0.2, anneal_strategy="linear",
        base_momentum=[0.7, 0.8], max_momentum=[0.9, 0.95], div_factor=10.0, final_div_factor=50.0,
    ),
    "one-cycle-three": lambda lib, o: lib.OneCycleLR(o, 0.3, STEPS, three_phase=True),
    "one-cycle-alone": lambda lib, o: lib.OneCycleLR(o, 0.3, STEPS, cycle_momentum=False),
    "cyclic": lambda lib, o: lib.CyclicLR(o, 0.01, 0.1, step_size_up=5),
    "cyclic-2": lambda lib, o: lib.CyclicLR(
        o, [0.01, 0.02], [0.1, 0.3], 4, 9, "triangular2", base_momentum=[0.5, 0.6]
    ),
    "cyclic-exp": lambda lib, o: lib.CyclicLR(
        o, 0.01, 0.1, 6, mode="exp_range", gamma=0.97, cycle_momentum=False
    ),
    "cyclic-own": lambda lib, o: lib.CyclicLR(
        o, 0.01, 0.1, 6, scale_fn=lambda x: 0.8**x, scale_mode="iterations"
    ),
    "lambda": lambda lib, o: lib.LambdaLR(o, lambda epoch: 0.95**epoch),
    "lambdas": lambda lib, o: lib.LambdaLR(o, [lambda epoch: 1 / (1 + epoch), Warming()]),
    "multiplicative": lambda lib, o: lib.MultiplicativeLR(o, lambda epoch: 1 - 0.5 / (1 + epoch)),
    "sequential": warmed,
    "sequential-3": lambda lib, o: lib.SequentialLR(
        o,
        [
            lib.ConstantLR(o, 0.5, 2), lib.ExponentialLR(o, 0.9),
            lib.CosineAnnealingWarmRestarts(o, 6),
        ],
        [8, 20],
    ),
    "sequential-0": lambda lib, o: lib.SequentialLR(
        o, [lib.LinearLR(o, 0.1, total_iters=3), lib.StepLR(o, 9)], [0]
    ),
    "sequential-cycle": lambda lib, o: lib.SequentialLR(
        o, [lib.ConstantLR(o, 0.2, 3), lib.PolynomialLR(o, 30), lib.MultiStepLR(o, [4])], [3, 40]
    ),
    "chained": chained,
    "chained-sequence": lambda lib, o: lib.ChainedScheduler([warmed(lib, o), lib.StepLR(o, 9)]),
}  # fmt: skip


def begun(library, kind="SGD"):
    """An optimiser of two groups without gradients: a step does nothing but count."""
    params = [library.ones(1).requires_grad_() for _ in range(2)]
    settings = {"momentum": 0.9} if kind == "SGD" else {}
    groups = [{"params": params[:1]}, {"params": params[1:], "lr": 0.03}]
    return getattr(library.optim, kind)(groups, lr=0.1, **settings)


def schedulers(library):
    return library.optim.lr_scheduler


def facts(optimizer, scheduler):
    """All that a scheduler sets."""
    groups = optimizer.param_groups
    rates = [group["lr"] for group in groups]
    assert scheduler.get_last_lr() == rates
    return rates + [group.get("momentum", group.get("betas")) for group in groups]


def walked(optimizer, scheduler, steps=STEPS):
    """What is set before and after each of so many steps."""
    seen = [facts(optimizer, scheduler)]
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        seen.append(facts(optimizer, scheduler))
    return seen


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("case", CASES)
def test_sixty_rates(case, kind):
    seen = []
    for library in (tgx, torch):
        optimizer = begun(library, kind)
        seen.append(walked(optimizer, CASES[case](schedulers(library), optimizer)))
    assert seen[0] == seen[1]
    assert len({tuple(rates[:2]) for rates in seen[0]}) > 1


def plain(state):
    """A state without the switches that only some of PyTorch's paths turn."""
    if not isinstance(state, dict):
        return state
    loose = ("_get_lr_called_within_step", "_is_initial")
    rest = {n: v for n, v in state.items() if n not in loose}
    return rest | {"_schedulers": [plain(s) for s in rest.get("_schedulers", [])]}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("done", [0, 3, 23])
def test_a_scheduler_goes_on_from_the_state_of_either(case, done):
    """What was begun here goes on in PyTorch, and the other way round."""
    states = []
    for library in (tgx, torch):
        optimizer = begun(library)
        scheduler = CASES[case](schedulers(library), optimizer)
        walked(optimizer, scheduler, done)
        states.append((optimizer.state_dict(), scheduler.state_dict()))
        rest = walked(optimizer, scheduler, STEPS - done)
    assert plain(states[0][1]) == plain(states[1][1])
    for library, (ours, theirs) in ((tgx, states[1]), (torch, states[0])):
        optimizer = begun(library)
        scheduler = CASES[case](schedulers(library), optimizer)
        optimizer.load_state_dict(ours)
        scheduler.load_state_dict(theirs)
        optimizer.step()
        assert walked(optimizer, scheduler, STEPS - done) == rest


#: Those whose constructors take last_epoch, by name and arguments.
RESUMED = {
    "StepLR": (4,), "MultiStepLR": ([2, 6, 9],), "ExponentialLR": (0.9,), "ConstantLR": (0.5, 8),
    "LinearLR": (0.5, 1.0, 9), "PolynomialLR": (20,), "CosineAnnealingLR": (12, 0.001),
    "CosineAnnealingWarmRestarts": (5, 2), "LambdaLR": (Warming(),),
    "MultiplicativeLR": (lambda epoch: 0.9,), "CyclicLR": (0.01, 0.1, 4),
    "OneCycleLR": (0.4, 200),
}  # fmt: skip


@pytest.mark.parametrize("last", [0, 3, 5, 8])
@pytest.mark.parametrize("name", RESUMED)
def test_going_on_with_last_epoch(name, last):
    """A group with its "initial_lr", and a scheduler that is told where it was."""
    seen = []
    for library in (tgx, torch):
        first = begun(library)
        scheduler = getattr(schedulers(library), name)(first, *RESUMED[name])
        walked(first, scheduler, last)
        optimizer = begun(library)
        optimizer.load_state_dict(first.state_dict())
        scheduler = getattr(schedulers(library), name)(optimizer, *RESUMED[name], last_epoch=last)
        seen.append(walked(optimizer, scheduler, 30))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("name", [n for n in RESUMED if n != "OneCycleLR"])
def test_the_rate_of_an_epoch_that_is_named(name):
    """Deprecated, and from the closed formula: parts of epochs for warm restarts."""
    seen = []
    for library in (tgx, torch):
        optimizer = begun(library)
        scheduler = getattr(schedulers(library), name)(optimizer, *RESUMED[name])
        optimizer.step()
        rates = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            for epoch in (2, 9, 0, 13, 40) if "Warm" not in name else (0.5, 4.75, 5, 14.5, 15, 40):
                scheduler.step(epoch)
                rates.append(facts(optimizer, scheduler))
        seen.append(rates + walked(optimizer, scheduler, 5))
    assert seen[0] == seen[1]


LOSSES = [5.0, 4.0, 4.0, 3.9999, 4.1, 4.0, 4.0, float("nan"), 3.0, 3.0, 3.1, 3.2, 3.3] + [3.0] * 20


@pytest.mark.parametrize(
    "settings",
    [
        {}, {"patience": 2, "factor": 0.5}, {"patience": 0, "cooldown": 2}, {"mode": "max"},
        {"mode": "max", "patience": 1, "threshold": 0.5, "threshold_mode": "abs"},
        {"patience": 1, "threshold": 0.1, "threshold_mode": "abs"},
        {"patience": 1, "min_lr": [0.02, 0.001], "factor": 0.3},
        {"patience": 0, "min_lr": 0.01}, {"patience": 1, "eps": 0.01},
        {"mode": "max", "patience": 1, "threshold": 0.2},
    ],
    ids=str,
)  # fmt: skip
def test_rates_that_fall_on_a_plateau(settings):
    seen, states = [], []
    for library in (tgx, torch):
        optimizer = begun(library)
        scheduler = schedulers(library).ReduceLROnPlateau(optimizer, **settings)
        rates = []
        for k, loss in enumerate(LOSSES):
            if k == 9:  # the other one's state for the rest
                states.append((optimizer.state_dict(), scheduler.state_dict()))
            scheduler.step(library.tensor(loss, dtype=library.float64))
            rates.append(facts(optimizer, scheduler))
        seen.append(rates)
    assert seen[0] == seen[1]
    assert states[0][1] == states[1][1]
    optimizer = begun(tgx)
    scheduler = schedulers(tgx).ReduceLROnPlateau(optimizer, **settings)
    optimizer.load_state_dict(states[1][0])
    scheduler.load_state_dict(states[1][1])
    for loss, wanted in zip(LOSSES[9:], seen[0][9:], strict=True):
        scheduler.step(loss)
        assert facts(optimizer, scheduler) == wanted


@pytest.mark.parametrize("name", tgx.optim.lr_scheduler.__all__)
def test_arguments_are_theirs(name):
    ours, theirs = (
        [
            (p.name, p.kind, p.default)
            for p in inspect.signature(getattr(schedulers(library), name)).parameters.values()
        ]
        for library in (tgx, torch)
    )
    assert ours == theirs


def test_none_of_theirs_is_missing():
    assert set(torch.optim.lr_scheduler.__all__) == set(tgx.optim.lr_scheduler.__all__)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda lib, o: lib.StepLR(None, 3),
        lambda lib, o: lib.LinearLR(o, 0.0),
        lambda lib, o: lib.LinearLR(o, 0.5, 1.5),
        lambda lib, o: lib.ConstantLR(o, 1.5),
        lambda lib, o: lib.ReduceLROnPlateau(o, factor=1.0),
        lambda lib, o: lib.ReduceLROnPlateau(o, mode="low"),
        lambda lib, o: lib.ReduceLROnPlateau(o, min_lr=[0.0]),
        lambda lib, o: lib.LambdaLR(o, [lambda epoch: 1.0]),
        lambda lib, o: lib.MultiplicativeLR(o, 0.5),
        lambda lib, o: lib.OneCycleLR(o, 0.1),
        lambda lib, o: lib.OneCycleLR(o, [0.1], 5),
        lambda lib, o: lib.OneCycleLR(o, 0.1, 5, pct_start=1.5),
        lambda lib, o: lib.OneCycleLR(o, 0.1, 5, anneal_strategy="up"),
        lambda lib, o: lib.OneCycleLR(o, 0.1, -5),
        lambda lib, o: lib.CyclicLR(o, 0.1, 0.2, mode="saw"),
        lambda lib, o: lib.CosineAnnealingWarmRestarts(o, 0),
        lambda lib, o: lib.CosineAnnealingWarmRestarts(o, 3, 0),
        lambda lib, o: lib.SequentialLR(o, [lib.StepLR(o, 3)], [2]),
        lambda lib, o: lib.SequentialLR(o, [], []),
        lambda lib, o: lib.SequentialLR(o, [lib.ReduceLROnPlateau(o)], []),
        lambda lib, o: lib.ChainedScheduler([]),
        lambda lib, o: lib.ChainedScheduler([lib.ReduceLROnPlateau(o)], o),
        lambda lib, o: lib.StepLR(o, 3, last_epoch=4),
    ],
)
def test_both_refuse(wrong):
    for library in (tgx, torch):
        with pytest.raises((ValueError, TypeError, KeyError)):
            wrong(schedulers(library), begun(library))
