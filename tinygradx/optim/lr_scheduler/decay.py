"""Rates that fall by a formula: in steps, by a factor, along a line or a power."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable

from tinygradx.errors import DtypeError
from tinygradx.optim.lr_scheduler.scheduler import LRScheduler, checked
from tinygradx.optim.optimizer import Optimizer


class StepLR(LRScheduler):
    """A factor every so many epochs: `lr = base * gamma ** (epoch // step_size)`.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    step_size : int
        After how many epochs.
    gamma : float
        The factor.

    Raises
    ------
    ArgumentError, DtypeError
        If `step_size` is no whole number above 0, or `gamma` no number of at least 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = tgx.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        checked(self, 1, whole=True, step_size=step_size)
        checked(self, 0.0, gamma=gamma)
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _rate(self, lr: float, base: float) -> float:
        due = self.last_epoch != 0 and self.last_epoch % self.step_size == 0
        return lr * self.gamma if due else lr

    def _closed_rate(self, base: float) -> float:
        return base * self.gamma ** (self.last_epoch // self.step_size)


class MultiStepLR(LRScheduler):
    """A factor at each milestone: `lr = base * gamma ** (how many are behind)`.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    milestones : iterable of int
        The epochs; one that is there twice counts twice.
    gamma : float
        The factor.

    Raises
    ------
    ArgumentError, DtypeError
        If a milestone is no whole number of at least 0, or `gamma` no number of at least 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = tgx.optim.lr_scheduler.MultiStepLR(optimizer, [1, 3], gamma=0.5)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.5, 0.5, 0.25, 0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        if not isinstance(milestones, Iterable):
            raise DtypeError(
                "make MultiStepLR", f"milestones={milestones!r}", "pass a list: milestones=[30, 80]"
            )
        milestones = list(milestones)
        for epoch in milestones:
            checked(self, 0, whole=True, milestones=epoch)
        checked(self, 0.0, gamma=gamma)
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _rate(self, lr: float, base: float) -> float:
        times = self.milestones.get(self.last_epoch, 0)
        return lr * self.gamma**times if times else lr

    def _closed_rate(self, base: float) -> float:
        # From a file the counts come as a plain dict.
        milestones = sorted(Counter(self.milestones).elements())
        return base * self.gamma ** bisect_right(milestones, self.last_epoch)


class ExponentialLR(LRScheduler):
    """A factor every epoch: `lr = base * gamma ** epoch`.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    gamma : float
        The factor.

    Raises
    ------
    ArgumentError, DtypeError
        If `gamma` is no number of at least 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = tgx.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> for epoch in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.125]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        checked(self, 0.0, gamma=gamma)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _rate(self, lr: float, base: float) -> float:
        return lr if self._is_initial else lr * self.gamma

    def _closed_rate(self, base: float) -> float:
        return base * self.gamma**self.last_epoch


class ConstantLR(LRScheduler):
    """A smaller rate for the first epochs: `base * factor`, then `base`.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    factor : float
        Above 0, at most 1.
    total_iters : int
        How many epochs.

    Raises
    ------
    ArgumentError, DtypeError
        If `factor` is not from 0 to 1, or `total_iters` no number of at least 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = tgx.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.5, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1.0 / 3,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        # A rate that was multiplied by 0 could not be had back.
        checked(self, 0.0, 1.0, above=True, factor=factor)
        checked(self, 0, total_iters=total_iters)
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _rate(self, lr: float, base: float) -> float:
        if self.last_epoch == 0:
            return lr * self.factor
        return lr * (1.0 / self.factor) if self.last_epoch == self.total_iters else lr

    def _closed_rate(self, base: float) -> float:
        over = self.last_epoch >= self.total_iters
        return base * (self.factor + over * (1 - self.factor))


class LinearLR(LRScheduler):
    """A rate that goes along a line from `base * start_factor` to `base * end_factor`.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    start_factor : float
        Above 0, at most 1.
    end_factor : float
        From 0 to 1.
    total_iters : int
        How many epochs it takes.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = tgx.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        checked(self, 0.0, 1.0, above=True, start_factor=start_factor)
        checked(self, 0.0, 1.0, end_factor=end_factor)
        checked(self, 0, total_iters=total_iters)
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _rate(self, lr: float, base: float) -> float:
        if self.last_epoch == 0:
            return lr * self.start_factor
        if self._is_initial or self.last_epoch > self.total_iters:
            return lr
        rise = self.end_factor - self.start_factor
        return lr * (
            1.0 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise)
        )

    def _closed_rate(self, base: float) -> float:
        rise, done = self.end_factor - self.start_factor, min(self.total_iters, self.last_epoch)
        return base * (self.start_factor + rise * done / max(self.total_iters, 1))


class PolynomialLR(LRScheduler):
    """A rate that falls to 0: `lr = base * (1 - epoch / total_iters) ** power`.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    total_iters : int
        After how many epochs it is 0.
    power : float
        1 is a line.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is below 0, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = tgx.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4, power=1.0)
    >>> rates = []
    >>> for epoch in range(6):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        total_iters: int = 5,
        power: float = 1.0,
        last_epoch: int = -1,
    ) -> None:
        checked(self, 0, total_iters=total_iters)
        checked(self, 0.0, power=power)
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def _rate(self, lr: float, base: float) -> float:
        if self._is_initial or self.last_epoch > self.total_iters:
            return lr
        left = 1.0 - self.last_epoch / self.total_iters
        before = 1.0 - (self.last_epoch - 1) / self.total_iters
        return float(lr * (left / before) ** self.power)

    def _closed_rate(self, base: float) -> float:
        done = min(self.total_iters, self.last_epoch) / max(self.total_iters, 1)
        return float(base * (1.0 - done) ** self.power)
