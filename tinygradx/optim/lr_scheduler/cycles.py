"""Rates that rise and fall, with a momentum that does the opposite."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.optim.lr_scheduler.scheduler import (
    LRScheduler,
    checked,
    for_each_group,
    restore_functions,
    saved_functions,
    whose,
)
from tinygradx.optim.optimizer import Optimizer


class _Cycling(LRScheduler):
    """What both share: the momentum of SGD, or the first beta of Adam and its like."""

    cycle_momentum: bool
    use_beta1: bool

    def _begin_momentum(self, lowest: list[float], highest: list[float], last_epoch: int) -> None:
        """See that there is a momentum to cycle, and note its bounds in the groups."""
        defaults = self.optimizer.defaults
        if "momentum" not in defaults and "betas" not in defaults:
            raise ArgumentError(
                f"make {self.name} with cycle_momentum=True",
                f"{type(self.optimizer).__name__}, which has neither momentum nor betas",
                "pass cycle_momentum=False",
            )  # fmt: skip
        self.use_beta1 = "betas" in defaults
        groups = self.optimizer.param_groups
        for group, low, high in zip(groups, lowest, highest, strict=True):
            checked(self, 0.0, base_momentum=low, max_momentum=high)
            if self.use_beta1 and max(low, high) >= 1.0:
                raise ArgumentError(
                    f"make {self.name}", f"max_momentum={high!r} for betas", "use one below 1"
                )
            if last_epoch == -1:
                self._set_momentum(group, high)
                group["max_momentum"], group["base_momentum"] = high, low

    def _set_momentum(self, group: dict[str, Any], momentum: float) -> None:
        if self.use_beta1:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


class CyclicLR(_Cycling):
    """Rates that go up and down between two bounds, over and over.

    Smith (2017), "Cyclical learning rates for training neural networks", arXiv:1506.01186. The
    upper bound stays ("triangular"), comes half as near in each cycle ("triangular2"), or nears by
    a factor in each step ("exp_range").

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    base_lr, max_lr : float, or list of float
        The bounds; a list has one for each group.
    step_size_up, step_size_down : int
        How many steps up, and down (as many when left out).
    mode : {"triangular", "triangular2", "exp_range"}
        How the height of a cycle changes.
    gamma : float
        The factor of "exp_range".
    scale_fn : callable, optional
        The share of the height for a cycle (from 1 on) or a step; `mode` is without effect then.
    scale_mode : {"cycle", "iterations"}
        Which of the two it is given.
    cycle_momentum : bool
        Let momentum (or the first beta) go down while the rate goes up.
    base_momentum, max_momentum : float, or list of float
        Its bounds.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range or no number, or the optimiser has no momentum to cycle.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0, momentum=0.9)
    >>> scheduler = tgx.optim.lr_scheduler.CyclicLR(optimizer, 0.0, 1.0, step_size_up=2)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        self.optimizer = whose(self, optimizer)
        base_lrs = for_each_group(self, optimizer, "base_lr", base_lr)
        self.max_lrs = for_each_group(self, optimizer, "max_lr", max_lr)
        for low, high in zip(base_lrs, self.max_lrs, strict=True):
            checked(self, 0.0, base_lr=low, max_lr=high)
        down = step_size_up if step_size_down is None else step_size_down
        checked(self, 0, above=True, step_size_up=step_size_up, step_size_down=down)
        if scale_fn is None and mode not in ("triangular", "triangular2", "exp_range"):
            raise ArgumentError(
                f"make {self.name}", f"mode={mode!r}",
                'use "triangular", "triangular2" or "exp_range", or pass scale_fn',
            )  # fmt: skip
        if scale_mode not in ("cycle", "iterations"):
            raise ArgumentError(
                f"make {self.name}", f"scale_mode={scale_mode!r}", 'use "cycle" or "iterations"'
            )
        if scale_fn is not None and not callable(scale_fn):
            raise DtypeError(f"make {self.name}", f"scale_fn={scale_fn!r}", "pass a function")
        if last_epoch == -1:
            for group, low in zip(optimizer.param_groups, base_lrs, strict=True):
                group["lr"] = low
        self.total_size = float(step_size_up) + float(down)
        self.step_ratio = float(step_size_up) / self.total_size
        self.mode, self.gamma = mode, gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.base_momentums = for_each_group(self, optimizer, "base_momentum", base_momentum)
            self.max_momentums = for_each_group(self, optimizer, "max_momentum", max_momentum)
            self._begin_momentum(self.base_momentums, self.max_momentums, last_epoch)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """The share of the full height, for a cycle or a step."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular":
            return 1.0
        return 1 / (2.0 ** (x - 1)) if self.mode == "triangular2" else float(self.gamma**x)

    def _rates(self) -> list[float]:
        self._refuse_late_groups(len(self.max_lrs))
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        up = x <= self.step_ratio
        height = x / self.step_ratio if up else (x - 1) / (self.step_ratio - 1)
        share = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        groups = self.optimizer.param_groups
        if self.cycle_momentum:
            bounds = zip(groups, self.base_momentums, self.max_momentums, strict=True)
            for group, low, high in bounds:
                self._set_momentum(group, high - (high - low) * height * share)
        pairs = zip(self.base_lrs, self.max_lrs, strict=True)
        return [low + (high - low) * height * share for low, high in pairs]

    def state_dict(self) -> dict[str, Any]:
        """As for `LRScheduler`."""
        return super().state_dict() | {
            "_scale_fn_custom": saved_functions([self._scale_fn_custom])[0]
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """As for `LRScheduler`; a function stays, an object gets its attributes back."""
        self._check_names(state_dict)
        restore_functions([self._scale_fn_custom], [state_dict["_scale_fn_custom"]])
        vars(self).update({n: v for n, v in state_dict.items() if n != "_scale_fn_custom"})


class OneCycleLR(_Cycling):
    """A rate that rises once and falls far: one cycle for the whole training, stepped each batch.

    From `max_lr / div_factor` up to `max_lr`, and down to `max_lr / div_factor / final_div_factor`.
    Smith & Topin (2018), "Super-convergence", arXiv:1708.07120.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    max_lr : float, or list of float
        The highest rate; a list has one for each group.
    total_steps : int, optional
        How many steps there are, or
    epochs, steps_per_epoch : int, optional
        how many epochs, of how many steps.
    pct_start : float
        The share of the steps in which the rate rises, from 0 to 1.
    anneal_strategy : {"cos", "linear"}
        Along a cosine or a line.
    cycle_momentum : bool
        Let momentum (or the first beta) go down while the rate goes up.
    base_momentum, max_momentum : float, or list of float
        Its bounds.
    div_factor, final_div_factor : float
        How far below the highest rate the first is, and how far below that the last.
    three_phase : bool
        Fall as long as it rose, down to the first rate, and then to the last one.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range or no number, the optimiser has no momentum to cycle, or
        there are more steps than were said.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0, momentum=0.9)
    >>> scheduler = tgx.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=5,
    ...                                               pct_start=0.6)
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 3) for rate in rates]
    [0.04, 0.52, 1.0, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        self.optimizer = whose(self, optimizer)
        if total_steps is not None:
            checked(self, 1, whole=True, total_steps=total_steps)
            self.total_steps = total_steps
        elif epochs is not None and steps_per_epoch is not None:
            checked(self, 1, whole=True, epochs=epochs, steps_per_epoch=steps_per_epoch)
            self.total_steps = epochs * steps_per_epoch
        else:
            raise ArgumentError(
                f"make {self.name}", "neither total_steps nor epochs and steps_per_epoch",
                "pass epochs=10, steps_per_epoch=len(loader)",
            )  # fmt: skip
        checked(self, 0.0, 1.0, pct_start=pct_start)
        checked(self, 0.0, above=True, div_factor=div_factor, final_div_factor=final_div_factor)
        if anneal_strategy not in ("cos", "linear"):
            raise ArgumentError(
                f"make {self.name}", f"anneal_strategy={anneal_strategy!r}", 'use "cos" or "linear"'
            )
        self._anneal_func_type = anneal_strategy
        self._schedule_phases = _phases(pct_start, self.total_steps, three_phase)
        max_lrs = for_each_group(self, optimizer, "max_lr", max_lr)
        for group, high in zip(optimizer.param_groups, max_lrs, strict=True):
            checked(self, 0.0, max_lr=high)
            if last_epoch == -1:
                group["initial_lr"] = high / div_factor
                group["max_lr"] = high
                group["min_lr"] = group["initial_lr"] / final_div_factor
            elif not {"initial_lr", "max_lr", "min_lr"} <= set(group):
                raise ArgumentError(
                    f"{self.name} with last_epoch={last_epoch!r}",
                    "groups without 'initial_lr', 'max_lr' and 'min_lr'",
                    "load the optimiser's state first, or leave last_epoch out to begin",
                )  # fmt: skip
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            lowest = for_each_group(self, optimizer, "base_momentum", base_momentum)
            highest = for_each_group(self, optimizer, "max_momentum", max_momentum)
            self._begin_momentum(lowest, highest, last_epoch)
        super().__init__(optimizer, last_epoch)

    def _rates(self) -> list[float]:
        step = self.last_epoch
        if step > self.total_steps:
            raise ArgumentError(
                f"step {step} of {self.name}", f"total_steps={self.total_steps}",
                "call scheduler.step() once a batch, and say how many there are",
            )  # fmt: skip
        self._refuse_late_groups(sum("max_lr" in g for g in self.optimizer.param_groups))
        phases = self._schedule_phases
        # One step more than there are goes on along the last phase.
        k = next((k for k, p in enumerate(phases) if step <= p["end_step"]), len(phases) - 1)
        phase, start = phases[k], phases[k - 1]["end_step"] if k else 0.0
        end = phase["end_step"]
        # A phase without steps is at its end: pct_start * total_steps may be 1.
        share = (step - start) / (end - start) if end != start else 1.0
        rates = []
        for group in self.optimizer.param_groups:
            first, last = group[phase["start_lr"]], group[phase["end_lr"]]
            rates.append(self._between(first, last, share))
            if self.cycle_momentum:
                first, last = group[phase["start_momentum"]], group[phase["end_momentum"]]
                self._set_momentum(group, self._between(first, last, share))
        return rates

    def _between(self, start: float, end: float, share: float) -> float:
        if self._anneal_func_type == "cos":
            return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)
        return (end - start) * share + start


def _phases(pct_start: float, total: int, three: bool) -> list[dict[str, Any]]:
    """Where each part of the cycle ends, and the names of what it leads from and to."""

    def phase(end: float, rates: tuple[str, str], momenta: tuple[str, str]) -> dict[str, Any]:
        return {
            "end_step": end, "start_lr": rates[0], "end_lr": rates[1],
            "start_momentum": momenta[0], "end_momentum": momenta[1],
        }  # fmt: skip

    down, up = ("max_momentum", "base_momentum"), ("base_momentum", "max_momentum")
    rise = phase(float(pct_start * total) - 1, ("initial_lr", "max_lr"), down)
    if not three:
        return [rise, phase(total - 1, ("max_lr", "min_lr"), up)]
    still = ("max_momentum", "max_momentum")
    return [
        rise,
        phase(float(2 * pct_start * total) - 2, ("max_lr", "initial_lr"), up),
        phase(total - 1, ("initial_lr", "min_lr"), still),
    ]
