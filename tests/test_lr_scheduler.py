"""Schedulers: by hand, what they warn of and refuse, saved and loaded, one within another."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.optim import SGD, Adagrad, Adam, lr_scheduler
from tinygradx.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)


def begun(kind=SGD, groups=1, **settings):
    params = [tgx.zeros(1).requires_grad_() for _ in range(groups)]
    return kind([{"params": p} for p in params], lr=1.0, **settings)


def rates(optimizer, scheduler, steps):
    seen = [optimizer.param_groups[0]["lr"]]
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        seen.append(optimizer.param_groups[0]["lr"])
    return seen


def test_a_rate_is_what_the_next_step_takes():
    p = tgx.tensor([1.0], requires_grad=True)
    optimizer = SGD([p], lr=1.0)
    scheduler = ExponentialLR(optimizer, gamma=0.5)
    places = []
    for _ in range(4):
        p.grad = tgx.ones(1)
        optimizer.step()
        scheduler.step()
        places.append(p.item())
    assert places == [0.0, -0.5, -0.75, -0.875]


#: From the first rate alone, what the docstrings say.
BY_HAND = [
    (lambda o: StepLR(o, 3, 0.5), lambda k: 0.5 ** (k // 3)),
    (lambda o: MultiStepLR(o, [2, 5], 0.1), lambda k: 0.1 ** ((k >= 2) + (k >= 5))),
    (lambda o: ExponentialLR(o, 0.9), lambda k: 0.9**k),
    (lambda o: ConstantLR(o, 0.25, 4), lambda k: 0.25 if k < 4 else 1.0),
    (lambda o: LinearLR(o, 0.2, 0.8, 6), lambda k: 0.2 + 0.6 * min(k, 6) / 6),
    (lambda o: PolynomialLR(o, 8, 2.0), lambda k: (1 - min(k, 8) / 8) ** 2),
    (
        lambda o: CosineAnnealingLR(o, 10, 0.1),
        lambda k: 0.1 + 0.45 * (1 + math.cos(k * math.pi / 10)),
    ),
    (
        lambda o: CosineAnnealingWarmRestarts(o, 4),
        lambda k: 0.5 * (1 + math.cos(k % 4 * math.pi / 4)),
    ),
    (lambda o: LambdaLR(o, lambda k: 1 / (1 + k)), lambda k: 1 / (1 + k)),
    (
        lambda o: CyclicLR(o, 0.2, 1.0, 4, 6, cycle_momentum=False),
        lambda k: np.interp(k % 10, [0, 4, 10], [0.2, 1.0, 0.2]),
    ),
    (
        lambda o: OneCycleLR(o, 1.0, 12, pct_start=0.5, anneal_strategy="linear", div_factor=5.0,
                             final_div_factor=4.0, cycle_momentum=False),
        lambda k: np.interp(k, [0, 5, 11], [0.2, 1.0, 0.05]),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("make", "rate"), BY_HAND)
def test_the_formula_of_each(make, rate):
    optimizer = begun()
    seen = rates(optimizer, make(optimizer), 11)
    np.testing.assert_allclose(seen, [rate(k) for k in range(12)], 0, 1e-14)


def test_momentum_goes_the_other_way():
    optimizer = begun(momentum=0.5)
    scheduler = CyclicLR(optimizer, 0.0, 1.0, 2, base_momentum=0.6, max_momentum=0.9)
    seen = [optimizer.param_groups[0]["momentum"]]
    for _ in range(4):
        optimizer.step()
        scheduler.step()
        seen.append(optimizer.param_groups[0]["momentum"])
    np.testing.assert_allclose(seen, [0.9, 0.75, 0.6, 0.75, 0.9], 1e-15)
    optimizer = begun(Adam)
    OneCycleLR(optimizer, 1.0, 10)
    assert optimizer.param_groups[0]["betas"] == (0.95, 0.999)


def test_a_first_phase_without_steps_is_over():
    """In PyTorch a ZeroDivisionError: pct_start * total_steps is 1."""
    optimizer = begun(momentum=0.9)
    assert rates(optimizer, OneCycleLR(optimizer, 2.0, 10, pct_start=0.1), 9)[0] == 2.0


# ---- one within another -------------------------------------------------------------------------


def test_a_chain_begins_at_its_milestone():
    """In PyTorch a NotImplementedError."""
    optimizer = begun()
    chain = ChainedScheduler([ExponentialLR(optimizer, 0.5), ConstantLR(optimizer, 0.5, 2)])
    scheduler = SequentialLR(optimizer, [ConstantLR(optimizer, 1.0), chain], [3])
    assert rates(optimizer, scheduler, 7) == [1.0, 1.0, 1.0, 0.5, 0.25, 0.25, 0.125, 0.0625]


def test_a_chain_that_comes_first_begins_once():
    optimizer = begun()
    chain = ChainedScheduler([ExponentialLR(optimizer, 0.5), ConstantLR(optimizer, 0.5, 2)])
    scheduler = SequentialLR(optimizer, [chain, ExponentialLR(optimizer, 0.1)], [4])
    seen = rates(optimizer, scheduler, 5)
    np.testing.assert_allclose(seen, [0.5, 0.25, 0.25, 0.125, 1.0, 0.1], 1e-15)


def test_a_sequence_within_a_sequence():
    optimizer = begun()
    inner = [ExponentialLR(optimizer, 0.5), ConstantLR(optimizer, 0.25, 2)]
    inner = SequentialLR(optimizer, inner, [2])
    scheduler = SequentialLR(optimizer, [ConstantLR(optimizer, 1.0), inner], [2])
    assert rates(optimizer, scheduler, 6) == [1.0, 1.0, 1.0, 0.5, 0.25, 0.25, 1.0]
    optimizer = begun()
    inner = [ExponentialLR(optimizer, 0.5), ConstantLR(optimizer, 0.25, 2)]
    inner = SequentialLR(optimizer, inner, [2])
    scheduler = SequentialLR(optimizer, [inner, ConstantLR(optimizer, 1.0)], [5])
    assert rates(optimizer, scheduler, 6) == [1.0, 0.5, 0.25, 0.25, 1.0, 1.0, 1.0]


# ---- going on -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(lr_scheduler.__all__) - {"LRScheduler"}))
def test_a_state_lives_in_a_file(name):
    """Written, read and gone on from: what comes is what would have come."""
    made = {
        "StepLR": (2,), "MultiStepLR": ([1, 4, 6],), "ExponentialLR": (0.5,), "ConstantLR": (),
        "LinearLR": (), "PolynomialLR": (9,), "CosineAnnealingLR": (5,), "OneCycleLR": (1.0, 20),
        "CosineAnnealingWarmRestarts": (3, 2), "CyclicLR": (0.1, 1.0, 3),
        "LambdaLR": (lambda k: 1 / (1 + k),), "MultiplicativeLR": (lambda k: 0.5,),
        "ReduceLROnPlateau": ("min", 0.5, 1),
    }  # fmt: skip

    def make():
        optimizer = begun(momentum=0.9)
        if name in made:
            return optimizer, getattr(lr_scheduler, name)(optimizer, *made[name])
        parts = [LinearLR(optimizer), MultiStepLR(optimizer, [2, 3])]
        if name == "ChainedScheduler":
            return optimizer, ChainedScheduler(parts)
        return optimizer, SequentialLR(optimizer, parts, [4])

    def walk(optimizer, scheduler, steps):
        seen = []
        for _ in range(steps):
            optimizer.step()
            scheduler.step(*[1.0] * (name == "ReduceLROnPlateau"))
            seen.append((scheduler.get_last_lr(), optimizer.param_groups[0]["momentum"]))
        return seen

    optimizer, scheduler = make()
    walk(optimizer, scheduler, 3)
    file = io.BytesIO()
    tgx.save({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()}, file)
    rest = walk(optimizer, scheduler, 8)
    file.seek(0)
    saved = tgx.load(file)
    optimizer, scheduler = make()
    optimizer.load_state_dict(saved["optimizer"])
    scheduler.load_state_dict(saved["scheduler"])
    optimizer.step()
    assert walk(optimizer, scheduler, 8) == rest


def test_functions_are_not_saved_and_objects_are():
    class Factor:
        def __init__(self, base):
            self.base = base

        def __call__(self, epoch):
            return self.base**epoch

    optimizer = begun(groups=3)
    scheduler = LambdaLR(optimizer, [Factor(0.5), lambda k: 1.0, math.sqrt])
    state = scheduler.state_dict()
    assert state["lr_lambdas"] == [{"base": 0.5}, None, None]
    other = LambdaLR(begun(groups=3), [Factor(0.9), lambda k: 2.0, math.sqrt])
    other.load_state_dict(state)
    assert other.lr_lambdas[0].base == 0.5 and other.lr_lambdas[1](3) == 2.0
    assert state["lr_lambdas"] == [{"base": 0.5}, None, None]


def test_a_state_of_another_kind_is_refused():
    optimizer = begun()
    scheduler = StepLR(optimizer, 3)
    with pytest.raises(ArgumentError, match=r"one with T_max, eta_min\n.*load that of a StepLR"):
        scheduler.load_state_dict(CosineAnnealingLR(begun(), 5).state_dict())
    with pytest.raises(DtypeError, match="a list"):
        scheduler.load_state_dict([])
    assert not hasattr(scheduler, "T_max")
    chain = ChainedScheduler([scheduler])
    with pytest.raises(ArgumentError, match="2 schedulers, where there are 1"):
        chain.load_state_dict(ChainedScheduler([StepLR(optimizer, 3)] * 2).state_dict())
    with pytest.raises(ArgumentError, match="load that of a StepLR"):
        chain.load_state_dict(ChainedScheduler([ExponentialLR(optimizer, 1.0)]).state_dict())


def test_a_rate_that_was_rounded_below_0_is_read():
    """LinearLR to 0 ends at -5e-19, here and in PyTorch: that is no reason to refuse the state."""
    optimizer = begun()
    rates(optimizer, LinearLR(optimizer, 0.2, 0.0, 9), 9)
    assert -1e-15 < optimizer.param_groups[0]["lr"] < 0.0
    other = begun()
    other.load_state_dict(optimizer.state_dict())
    assert other.param_groups[0]["lr"] == optimizer.param_groups[0]["lr"]


# ---- warnings and errors ------------------------------------------------------------------------


def test_the_order_of_steps():
    optimizer = begun()
    scheduler = StepLR(optimizer, 3)
    with pytest.warns(UserWarning, match=r"call optimizer\.step\(\) first"):
        scheduler.step()
    scheduler.step()  # once is enough
    optimizer = begun()
    scheduler = StepLR(optimizer, 3)
    optimizer.step()
    scheduler.step()
    assert scheduler.last_epoch == 1
    lbfgs = tgx.optim.LBFGS([tgx.zeros(1).requires_grad_()])
    scheduler = StepLR(lbfgs, 3)
    p = lbfgs.param_groups[0]["params"][0]
    lbfgs.step(lambda: lbfgs.zero_grad() or (p * p).sum().backward() or 0.0)
    scheduler.step()
    assert scheduler.last_epoch == 1


def test_a_step_of_ones_own_is_not_suspected():
    class Own(SGD):
        def step(self, closure=None):
            return None

    optimizer = Own([tgx.zeros(1).requires_grad_()], lr=1.0)
    scheduler = StepLR(optimizer, 1)
    scheduler.step()
    assert scheduler.get_last_lr() == [0.1]


def test_get_lr_and_epochs_warn():
    optimizer = begun()
    scheduler = ExponentialLR(optimizer, 0.5)
    with pytest.warns(UserWarning, match=r"get_last_lr\(\) answers that one"):
        assert scheduler.get_lr() == [0.5]
    assert scheduler.get_last_lr() == [1.0]
    optimizer.step()
    with pytest.warns(UserWarning, match=r"step\(epoch\) is deprecated"):
        scheduler.step(4)
    assert scheduler.get_last_lr() == [0.0625]
    plateau = ReduceLROnPlateau(optimizer)
    with pytest.warns(UserWarning, match=r"step\(epoch\) is deprecated"):
        plateau.step(1.0, 7)
    assert plateau.last_epoch == 7


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda o: StepLR("sgd", 3), DtypeError, "an optimizer of type str"),
        (lambda o: StepLR(o, 0), ArgumentError, "step_size=0\n.*a whole number of at least 1"),
        (lambda o: StepLR(o, 2.5), DtypeError, "step_size=2.5"),
        (lambda o: StepLR(o, "3"), DtypeError, "step_size='3', a str"),
        (lambda o: StepLR(o, 3, gamma=-1.0), ArgumentError, "gamma=-1.0"),
        (lambda o: StepLR(o, 3, last_epoch=2), ArgumentError, "without an 'initial_lr'"),
        (lambda o: MultiStepLR(o, 3), DtypeError, r"milestones=\[30, 80\]"),
        (lambda o: MultiStepLR(o, [37.5]), DtypeError, "milestones=37.5"),
        (lambda o: ExponentialLR(o, math.nan), ArgumentError, "gamma=nan"),
        (lambda o: ConstantLR(o, 0.0), ArgumentError, "above 0.0 and at most 1.0"),
        (lambda o: LinearLR(o, total_iters=-1), ArgumentError, "total_iters=-1"),
        (lambda o: PolynomialLR(o, power=-1), ArgumentError, "power=-1"),
        (lambda o: CosineAnnealingLR(o, 0), ArgumentError, "T_max=0\n.*above 0"),
        (lambda o: CosineAnnealingWarmRestarts(o, 1.5), DtypeError, "T_0=1.5"),
        (lambda o: LambdaLR(o, 0.5), DtypeError, r"lambda epoch: 0\.9 \*\* epoch"),
        (lambda o: LambdaLR(o, [min, max]), ArgumentError, "2 of lr_lambda for 1 groups"),
        (lambda o: OneCycleLR(o, 1.0, 5), ArgumentError, "Adagrad, which has neither"),
        (lambda o: OneCycleLR(o, 1.0, epochs=5), ArgumentError, "neither total_steps nor epochs"),
        (lambda o: OneCycleLR(o, 1.0, 5, pct_start=2), ArgumentError, "pct_start=2"),
        (lambda o: OneCycleLR(o, 1.0, 5, anneal_strategy="x"), ArgumentError, '"cos" or "linear"'),
        (lambda o: OneCycleLR(o, 1.0, 5, div_factor=0), ArgumentError, "div_factor=0"),
        (
            lambda o: OneCycleLR(o, 1.0, 5, last_epoch=2),
            ArgumentError, "without 'initial_lr', 'max_lr' and 'min_lr'",
        ),
        (lambda o: CyclicLR(o, 0.0, 1.0), ArgumentError, "pass cycle_momentum=False"),
        (lambda o: CyclicLR(o, 0.0, 1.0, mode="x"), ArgumentError, '"triangular", "triangular2"'),
        (lambda o: CyclicLR(o, 0.0, 1.0, scale_mode="x"), ArgumentError, "scale_mode='x'"),
        (lambda o: CyclicLR(o, 0.0, 1.0, scale_fn=3), DtypeError, "scale_fn=3"),
        (lambda o: CyclicLR(o, 0.0, 1.0, 0), ArgumentError, "step_size_up=0"),
        (lambda o: ReduceLROnPlateau(o, threshold_mode="x"), ArgumentError, "'rel' or 'abs'"),
        (lambda o: ReduceLROnPlateau(o, patience="x"), DtypeError, "patience='x'"),
        (lambda o: ReduceLROnPlateau(o).step([1.0, 2.0]), DtypeError, "metrics of type list"),
        (lambda o: SequentialLR(o, [], []), ArgumentError, "no schedulers"),
        (lambda o: SequentialLR(o, [3], []), DtypeError, "a int"),
        (lambda o: SequentialLR(o, [StepLR(o, 1)], [3]), ArgumentError, "1 milestones for 1"),
        (
            lambda o: SequentialLR(o, [StepLR(o, 1)] * 3, [5, 3]),
            ArgumentError, "pass them in rising order",
        ),
        (lambda o: ChainedScheduler([ReduceLROnPlateau(o)]), ArgumentError, "step it by itself"),
        (lambda o: ChainedScheduler([StepLR(begun(), 1)], o), ArgumentError, "another optimiser"),
    ],
)  # fmt: skip
def test_what_schedulers_refuse(make, error, said):
    with pytest.raises(error, match=said):
        make(begun(Adagrad))


def test_betas_below_1():
    with pytest.raises(ArgumentError, match="use one below 1"):
        OneCycleLR(begun(Adam), 1.0, 5, max_momentum=1.0)


def test_more_steps_than_were_said():
    optimizer = begun(momentum=0.9)
    scheduler = OneCycleLR(optimizer, 1.0, 3)
    rates(optimizer, scheduler, 3)
    with pytest.raises(ArgumentError, match="total_steps=3"):
        scheduler.step()


def test_a_group_that_came_later():
    optimizer = begun(momentum=0.9)
    step, wave = StepLR(optimizer, 1, 0.5), CosineAnnealingWarmRestarts(optimizer, 2)
    fixed = [
        LambdaLR(optimizer, lambda k: 1.0), OneCycleLR(optimizer, 1.0, 5),
        CyclicLR(optimizer, 1.0, 1.0),
    ]  # fmt: skip
    plateau = ReduceLROnPlateau(optimizer, "min", 0.5, 0)
    listed = ReduceLROnPlateau(optimizer, "min", 0.5, 0, min_lr=[0.0])
    optimizer.add_param_group({"params": [tgx.zeros(1).requires_grad_()], "lr": 4.0})
    optimizer.step()
    for scheduler in fixed:
        with pytest.raises(ArgumentError, match="2 groups, where there were 1"):
            scheduler.step()
    wave.step()
    assert wave.get_last_lr() == [0.5, 2.0]
    optimizer.param_groups[0]["lr"], optimizer.param_groups[1]["lr"] = 2.0, 8.0
    step.step()
    assert step.get_last_lr() == [1.0, 4.0]
    for loss in (1.0, 1.0):
        plateau.step(loss)
    assert plateau.get_last_lr() == [0.5, 2.0]
    listed.step(1.0)
    with pytest.raises(ArgumentError, match=r"append to scheduler\.min_lrs"):
        listed.step(1.0)


def test_a_scheduler_without_a_formula():
    with pytest.raises(NotImplementedError, match="LRScheduler has no get_lr"):
        LRScheduler(begun())


def test_a_scheduler_written_for_pytorch():
    class Half(LRScheduler):
        def __init__(self, optimizer, every, last_epoch=-1):
            self.every = every
            super().__init__(optimizer, last_epoch)

        def get_lr(self):
            if self.last_epoch == 0 or self.last_epoch % self.every:
                return [group["lr"] for group in self.optimizer.param_groups]
            return [group["lr"] * 0.5 for group in self.optimizer.param_groups]

        def _get_closed_form_lr(self):
            return [base * 0.5 ** (self.last_epoch // self.every) for base in self.base_lrs]

    optimizer = begun()
    scheduler = SequentialLR(optimizer, [ConstantLR(optimizer, 1.0), Half(optimizer, 2)], [1])
    assert rates(optimizer, scheduler, 5) == [1.0, 1.0, 1.0, 0.5, 0.5, 0.25]
