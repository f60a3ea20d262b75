"""Schedulers of schedulers: one after another, or all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.optim.lr_scheduler.plateau import ReduceLROnPlateau
from tinygradx.optim.lr_scheduler.scheduler import LRScheduler, whose
from tinygradx.optim.optimizer import Optimizer


class _Combined(LRScheduler):
    """What both share: the schedulers, and their states within its own."""

    _schedulers: list[LRScheduler]

    def _take(self, schedulers: Iterable[LRScheduler], optimizer: Optimizer | None) -> None:
        asked = f"make {self.name}"
        self._schedulers = list(schedulers)
        if not self._schedulers:
            raise ArgumentError(asked, "no schedulers", "pass a list of at least one")
        for scheduler in self._schedulers:
            if not isinstance(scheduler, LRScheduler):
                raise DtypeError(asked, f"a {type(scheduler).__name__}", "pass schedulers")
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ArgumentError(
                    asked, "ReduceLROnPlateau, whose step() needs a metric", "step it by itself"
                )
        self.optimizer = whose(self, optimizer or self._schedulers[0].optimizer)
        for scheduler in self._schedulers:
            if scheduler.optimizer is not self.optimizer:
                raise ArgumentError(
                    asked, f"a {scheduler.name} of another optimiser",
                    "make all of them with the same one",
                )  # fmt: skip

    def _undo(self) -> None:
        for scheduler in self._schedulers:
            scheduler._undo()

    def _first_rates(self) -> None:
        """Set the rates back to those before any scheduler."""
        for group in self.optimizer.param_groups:
            group["lr"] = group["initial_lr"]

    def state_dict(self) -> dict[str, Any]:
        """As for `LRScheduler`; "_schedulers" has the states of its schedulers."""
        return super().state_dict() | {"_schedulers": [s.state_dict() for s in self._schedulers]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """As for `LRScheduler`."""
        self._check_names(state_dict)
        states = state_dict["_schedulers"]
        if len(states) != len(self._schedulers):
            raise ArgumentError(
                f"load the state of {self.name}",
                f"{len(states)} schedulers, where there are {len(self._schedulers)}",
                "make it of the same schedulers first",
            )  # fmt: skip
        for scheduler, state in zip(self._schedulers, states, strict=True):
            scheduler._check_names(state)
        for scheduler, state in zip(self._schedulers, states, strict=True):
            scheduler.load_state_dict(state)
        vars(self).update({n: v for n, v in state_dict.items() if n != "_schedulers"})


class SequentialLR(_Combined):
    """One scheduler after another: each begins, as if at epoch 0, at its milestone.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    schedulers : list of LRScheduler
        Those of this optimiser, in their order.
    milestones : list of int
        The epochs at which the second, third ... begins.

    Raises
    ------
    ArgumentError, DtypeError
        If there are not one milestone fewer than schedulers, they do not rise, or a scheduler is
        of another optimiser or a `ReduceLROnPlateau`.

    Notes
    -----
    A `SequentialLR` or `ChainedScheduler` among the schedulers begins at its milestone as any
    other; PyTorch raises there.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.optim.lr_scheduler import ExponentialLR, LinearLR, SequentialLR
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> warm = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> fall = ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler = SequentialLR(optimizer, [warm, fall], milestones=[2])
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.75, 1.0, 0.5, 0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: list[LRScheduler],
        milestones: list[int],
        last_epoch: int = -1,
    ) -> None:
        self._take(schedulers, whose(self, optimizer))
        self._milestones = list(milestones)
        if len(self._milestones) != len(self._schedulers) - 1:
            raise ArgumentError(
                f"make {self.name}",
                f"{len(self._milestones)} milestones for {len(self._schedulers)} schedulers",
                "pass the epochs at which the second, third ... begins",
            )  # fmt: skip
        if self._milestones != sorted(self._milestones):
            raise ArgumentError(
                f"make {self.name}", f"milestones={milestones!r}", "pass them in rising order"
            )
        self.last_epoch = last_epoch + 1
        # Each scheduler has set its own first rate when it was made.
        self._first_rates()
        self._undo()
        self._initial_step()

    def _initial_step(self) -> None:
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def _restart(self) -> None:
        self.last_epoch = 0
        self._first_rates()
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first._restart()
        self._last_lr = first.get_last_lr()

    def step(self) -> None:  # type: ignore[override]
        """Begin the next epoch with the scheduler whose turn it is."""
        self.last_epoch += 1
        turn = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[turn]
        if turn > 0 and self._milestones[turn - 1] == self.last_epoch:
            scheduler._restart()
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_Combined):
    """Several schedulers at once: each goes on from the rates that the one before has set.

    Parameters
    ----------
    schedulers : sequence of LRScheduler
        Those of one optimiser.
    optimizer : Optimizer, optional
        That one.

    Raises
    ------
    ArgumentError, DtypeError
        If there are none, or a scheduler is of another optimiser or a `ReduceLROnPlateau`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.optim.lr_scheduler import ChainedScheduler, ConstantLR, ExponentialLR
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> warm, fall = ConstantLR(optimizer, 0.5, total_iters=2), ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler = ChainedScheduler([warm, fall])
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.25, 0.25, 0.125]
    """

    def __init__(self, schedulers: list[LRScheduler], optimizer: Optimizer | None = None) -> None:
        self._take(schedulers, optimizer)
        self._note_rates()

    def _initial_step(self) -> None:
        for scheduler in self._schedulers:
            scheduler._initial_step()
        self._note_rates()

    def _restart(self) -> None:
        self._first_rates()
        for scheduler in self._schedulers:
            scheduler.last_epoch = -1
        self._initial_step()

    def step(self) -> None:  # type: ignore[override]
        """Begin the next epoch with every scheduler, in their order."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._note_rates()
