"""Rates along a cosine, with and without restarts."""

from __future__ import annotations

import math

from tinygradx.errors import ArgumentError
from tinygradx.optim.lr_scheduler.scheduler import LRScheduler, checked
from tinygradx.optim.optimizer import Optimizer


class CosineAnnealingLR(LRScheduler):
    """Half a wave of a cosine from the first rate down to `eta_min`, and up again.

    `lr = eta_min + (base - eta_min) * (1 + cos(pi * epoch / T_max)) / 2`, computed from the last
    rate so that other schedulers may act as well. Loshchilov & Hutter (2017), arXiv:1608.03983.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    T_max : int
        How many epochs down.
    eta_min : float
        The lowest rate.

    Raises
    ------
    ArgumentError, DtypeError
        If `T_max` is no number above 0, or `eta_min` none of at least 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = tgx.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 3) for rate in rates]
    [1.0, 0.854, 0.5, 0.146, 0.0]
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        checked(self, 0, above=True, T_max=T_max)
        checked(self, 0.0, eta_min=eta_min)
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _rate(self, lr: float, base: float) -> float:
        epoch, half, low = self.last_epoch, self.T_max, self.eta_min
        if self._is_initial:
            return lr
        if self._step_count == 1 and epoch > 0:
            return low + (base - low) * (1 + math.cos(epoch * math.pi / half)) / 2
        if (epoch - 1 - half) % (2 * half) == 0:  # at the bottom the last rate tells nothing
            return lr + (base - low) * (1 - math.cos(math.pi / half)) / 2
        now, before = math.cos(math.pi * epoch / half), math.cos(math.pi * (epoch - 1) / half)
        return (1 + now) / (1 + before) * (lr - low) + low

    def _closed_rate(self, base: float) -> float:
        low = self.eta_min
        wave = 1 + math.cos(math.pi * self.last_epoch / self.T_max)
        return low + (base - low) * wave / 2


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a wave of a cosine down to `eta_min`, then the first rate again, and so on.

    `lr = eta_min + (base - eta_min) * (1 + cos(pi * T_cur / T_i)) / 2`, with the epochs `T_cur`
    since the last restart and the length `T_i` of this wave. Loshchilov & Hutter (2017),
    arXiv:1608.03983.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    T_0 : int
        How many epochs the first wave takes.
    T_mult : int
        How many times as long as the last one each further wave is.
    eta_min : float
        The lowest rate.

    Raises
    ------
    ArgumentError, DtypeError
        If `T_0` or `T_mult` is no whole number above 0, or `eta_min` no number of at least 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = tgx.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 3) for rate in rates]
    [1.0, 0.5, 1.0, 0.5, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        checked(self, 1, whole=True, T_0=T_0, T_mult=T_mult)
        checked(self, 0.0, eta_min=eta_min)
        self.T_0 = T_0
        self.T_i: float = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def _rate(self, lr: float, base: float) -> float:
        wave = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return self.eta_min + (base - self.eta_min) * wave / 2

    def step(self, epoch: float | None = None) -> None:
        """Begin the next epoch, or go to this one.

        Parameters
        ----------
        epoch : float, optional
            Parts of epochs are welcome: `scheduler.step(epoch + batch / batches)`.
        """
        if epoch is None and self.last_epoch >= 0:
            self._count_one()
        else:
            self._go_to(0 if epoch is None else epoch)
        self._set_from(self.get_lr)

    def _update_lr(self, epoch: int | None = None) -> None:
        self.step(epoch)

    def _count_one(self) -> None:
        self.last_epoch += 1
        self.T_cur += 1
        if self.T_cur >= self.T_i:
            self.T_cur %= self.T_i
            self.T_i *= self.T_mult

    def _go_to(self, epoch: float) -> None:
        if not epoch >= 0:
            raise ArgumentError(f"{self.name}.step", f"epoch={epoch!r}", "use 0 or more")
        if epoch < self.T_0:
            self.T_cur, self.T_i = epoch, self.T_0
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:  # T_0 * (1 + T_mult + T_mult**2 ...) epochs lie behind the last restart
            waves = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            behind = self.T_0 * (self.T_mult**waves - 1) / (self.T_mult - 1)
            self.T_cur, self.T_i = epoch - behind, self.T_0 * self.T_mult**waves
        self.last_epoch = math.floor(epoch)
