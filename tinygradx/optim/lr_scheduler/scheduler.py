"""What every scheduler shares: the count of epochs, the rates it began with, and the walk."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.optim.optimizer import Optimizer, is_number

#: What a scheduler needs besides its numbers, so that it is not saved.
NOT_SAVED = ("optimizer",)


class LRScheduler:
    """The base of schedulers: one writes `get_lr`, which answers a rate for each group.

    Every `step()` counts one epoch (or one batch, as one likes) and sets `group["lr"]` of each
    group. A scheduler begins with the rates that the optimiser has, and notes them as
    `group["initial_lr"]`.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates change.
    last_epoch : int
        -1 to begin; to go on, the count of epochs that are done. Then each group must have its
        "initial_lr".

    Attributes
    ----------
    last_epoch : int
        The count of steps.
    base_lrs : list of float
        The rates of the groups that it began with.

    Raises
    ------
    ArgumentError, DtypeError
        If the optimiser is none, a setting is out of its range, or `last_epoch` is given without
        "initial_lr" in the groups.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> class Halving(tgx.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [base / 2**self.last_epoch for base in self.base_lrs]
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = Halving(optimizer)
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.125]
    """

    _get_lr_called_within_step: bool = False
    _is_initial: bool = False
    _step_count: int
    _last_lr: list[float]

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = whose(self, optimizer)
        if last_epoch == -1:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", group["lr"])
        elif any("initial_lr" not in group for group in optimizer.param_groups):
            raise ArgumentError(
                f"{self.name} with last_epoch={last_epoch!r}", "groups without an 'initial_lr'",
                "load the optimiser's state first, or leave last_epoch out to begin",
            )  # fmt: skip
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._initial_step()

    @property
    def name(self) -> str:
        """What it is called in errors."""
        return type(self).__name__

    def _initial_step(self) -> None:
        """Set the rates of the first epoch."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def get_last_lr(self) -> list[float]:
        """The rate of each group since the last step."""
        return self._last_lr

    def get_lr(self) -> list[float]:
        """The rate of each group for the epoch that begins; `step` asks for it.

        Elsewhere the answer is of no use, since most rates follow from the last one; so a warning
        says then to use `get_last_lr()`.
        """
        if not self._get_lr_called_within_step:
            warnings.warn(
                "get_lr() outside step() computes a rate from the one that is set already; "
                "get_last_lr() answers that one",
                UserWarning, stacklevel=2,
            )  # fmt: skip
        return self._rates()

    def _rates(self) -> list[float]:
        groups = self.optimizer.param_groups
        return [
            self._rate(group["lr"], base) for group, base in zip(groups, self._bases(), strict=True)
        ]

    def _bases(self) -> list[float]:
        """The first rate of each group; one that came later begins with its own."""
        late = self.optimizer.param_groups[len(self.base_lrs) :]
        if late:
            found = [group.setdefault("initial_lr", group["lr"]) for group in late]
            self.base_lrs = [*self.base_lrs, *found]
        return self.base_lrs

    def _refuse_late_groups(self, count: int) -> None:
        """Refuse groups that came later, where each was given something of its own."""
        groups = self.optimizer.param_groups
        if len(groups) != count:
            raise ArgumentError(
                f"a step of {self.name}", f"{len(groups)} groups, where there were {count}",
                "make the scheduler after the last add_param_group",
            )  # fmt: skip

    def _rate(self, lr: float, base: float) -> float:
        """The rate of a group from its last one and its first one."""
        raise NotImplementedError(f"{self.name} has no get_lr")

    def _closed_rate(self, base: float) -> float | None:
        """The rate from the first one alone, None where there is no such formula."""
        return None

    def _get_closed_form_lr(self) -> list[float]:
        """The rates from the count of epochs alone where that can be."""
        closed = [self._closed_rate(base) for base in self._bases()]
        return self.get_lr() if None in closed else [rate for rate in closed if rate is not None]

    def step(self, epoch: int | None = None) -> None:
        """Begin the next epoch: set the rate of each group.

        Parameters
        ----------
        epoch : int, optional
            Go to this epoch instead. Deprecated, as in PyTorch: the rate comes from another
            formula then, which may differ in the last digits.
        """
        if self._step_count == 1 and self.optimizer.stepped is False:
            warnings.warn(
                "scheduler.step() was called before optimizer.step(), so the first rate is never "
                "used: call optimizer.step() first",
                UserWarning, stacklevel=2,
            )  # fmt: skip
        self._step_count += 1
        if epoch is not None:
            warn_of_epoch()
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        if epoch is None:
            self.last_epoch += 1
            self._set_from(self.get_lr)
        else:
            self.last_epoch = epoch
            self._set_from(self._get_closed_form_lr)

    def _set_from(self, rates_of: Callable[[], list[float]]) -> None:
        """Give each group the rate that a method answers."""
        self._get_lr_called_within_step = True
        try:
            rates = rates_of()
        finally:
            self._get_lr_called_within_step = False
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self._note_rates()

    def _note_rates(self) -> None:
        self._last_lr = [group["lr"] for group in self.optimizer.param_groups]

    def _restart(self) -> None:
        """Begin anew; `SequentialLR` asks for it when it is this one's turn."""
        self._update_lr(0)

    def _undo(self) -> None:
        """Forget the last step."""
        self.last_epoch -= 1

    def state_dict(self) -> dict[str, Any]:
        """All numbers of the scheduler, to go on from there; the optimiser is saved by itself.

        Functions are not saved: of an object that is called, its attributes are.
        """
        return {name: v for name, v in vars(self).items() if name not in NOT_SAVED}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` answered, here or in PyTorch.

        Parameters
        ----------
        state_dict : dict
            Of a scheduler of this kind. Load the optimiser's state as well: the rates are there.

        Raises
        ------
        ArgumentError, DtypeError
            If it is not of a scheduler of this kind; nothing is changed.
        """
        self._check_names(state_dict)
        vars(self).update(state_dict)

    def _check_names(self, state_dict: Mapping[str, Any]) -> None:
        asked = f"load the state of {self.name}"
        if not isinstance(state_dict, Mapping):
            raise DtypeError(
                asked, f"a {type(state_dict).__name__}", "pass what scheduler.state_dict() answered"
            )
        # A switch that was never turned is not among the attributes.
        ours, theirs = set(self.state_dict()), set(state_dict) - {"verbose"}
        loose = {"_get_lr_called_within_step", "_is_initial"}
        if (ours ^ theirs) - loose:
            raise ArgumentError(
                asked, f"one with {', '.join(sorted(theirs - ours) or sorted(theirs))}",
                f"load that of a {self.name}: {', '.join(sorted(ours))}",
            )  # fmt: skip


def whose(scheduler: Any, optimizer: Any) -> Optimizer:
    """The optimiser, or an error where it is none."""
    if not isinstance(optimizer, Optimizer):
        raise DtypeError(
            f"make {type(scheduler).__name__}", f"an optimizer of type {type(optimizer).__name__}",
            "pass an optimiser: optim.SGD(model.parameters())",
        )  # fmt: skip
    return optimizer


def warn_of_epoch() -> None:
    """Say that the epoch is counted."""
    warnings.warn(
        "scheduler.step(epoch) is deprecated: step() counts the epochs", UserWarning, stacklevel=3
    )


def checked(
    scheduler: Any,
    least: float,
    most: float = math.inf,
    *,
    whole: bool = False,
    above: bool = False,
    **numbers: Any,
) -> None:
    """Refuse settings that are no numbers (or no `whole` ones), or not from least to most.

    With `above` they must be above the least.
    """
    for name, value in numbers.items():
        asked = f"make {type(scheduler).__name__}"
        kind = "a whole number" if whole else "a number"
        if not is_number(value) or (whole and value != value // 1):
            raise DtypeError(asked, f"{name}={value!r}, a {type(value).__name__}", f"pass {kind}")
        if not least <= value <= most or (above and value == least):
            low = f"above {least}" if above else f"of at least {least}"
            high = "" if most == math.inf else f" and at most {most}"
            raise ArgumentError(asked, f"{name}={value!r}", f"use {kind} {low}{high}")


def for_each_group(scheduler: Any, optimizer: Optimizer, name: str, value: Any) -> list[Any]:
    """A list as it is, and one value for every group."""
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * count
    if len(value) != count:
        raise ArgumentError(
            f"make {type(scheduler).__name__}", f"{len(value)} of {name} for {count} groups",
            "pass one for each group, or one for all",
        )  # fmt: skip
    return list(value)


def saved_functions(functions: list[Callable[..., Any] | None]) -> list[dict[str, Any] | None]:
    """The attributes of those that are objects; None for functions, which cannot be saved."""
    return [
        dict(vars(f)) if f is not None and not hasattr(f, "__code__") and hasattr(f, "__dict__")
        else None
        for f in functions
    ]  # fmt: skip


def restore_functions(functions: list[Any], saved: list[dict[str, Any] | None]) -> None:
    """Give the objects among them the attributes that were saved."""
    for function, attributes in zip(functions, saved, strict=True):
        if attributes is not None:
            vars(function).update(attributes)
