"""A rate that falls when nothing gets better."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.optim.lr_scheduler.scheduler import (
    LRScheduler,
    checked,
    for_each_group,
    warn_of_epoch,
    whose,
)
from tinygradx.optim.optimizer import Optimizer


class ReduceLROnPlateau(LRScheduler):
    """A factor whenever a metric was not better for `patience` epochs in a row.

    `scheduler.step(loss)` counts one epoch. Better is a value below
    `best * (1 - threshold)` ("min", "rel"), `best - threshold` ("min", "abs"), or above
    `best * (1 + threshold)` ("max", "rel"), `best + threshold` ("max", "abs"); nan is never better.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates change.
    mode : {"min", "max"}
        Whether the metric should fall or rise.
    factor : float
        The factor: below 1.
    patience : int
        How many epochs without a better value are let pass.
    threshold : float
        How much better counts.
    threshold_mode : {"rel", "abs"}
        Whether the threshold is a share of the best value.
    cooldown : int
        For how many epochs after the factor nothing is counted.
    min_lr : float, or list of float
        The lowest rate; a list has one for each group.
    eps : float
        A change of the rate by no more than this is not made.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = tgx.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> rates = []
    >>> for loss in [3.0, 2.0, 2.0, 2.0, 2.0]:
    ...     scheduler.step(loss)
    ...     rates += scheduler.get_last_lr()
    >>> rates
    [1.0, 1.0, 1.0, 0.5, 0.5]
    """

    best: float
    cooldown_counter: int
    num_bad_epochs: int

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: list[float] | float = 0,
        eps: float = 1e-8,
    ) -> None:
        checked(self, 0.0, factor=factor, threshold=threshold, eps=eps)
        checked(self, 0, patience=patience, cooldown=cooldown)
        if factor >= 1.0:
            raise ArgumentError(
                f"make {self.name}", f"factor={factor!r}", "use a number of at least 0, below 1"
            )
        for name, value, known in (
            ("mode", mode, ("min", "max")), ("threshold_mode", threshold_mode, ("rel", "abs")),
        ):  # fmt: skip
            if value not in known:
                raise ArgumentError(
                    f"make {self.name}", f"{name}={value!r}", f"use {known[0]!r} or {known[1]!r}"
                )
        self.factor = factor
        self.optimizer = whose(self, optimizer)
        self.min_lrs = for_each_group(self, optimizer, "min_lr", min_lr)
        for low in self.min_lrs:
            checked(self, 0.0, min_lr=low)
        # One for all also holds for groups that come later.
        self.default_min_lr = None if isinstance(min_lr, (list, tuple)) else min_lr
        self.patience, self.cooldown, self.eps = patience, cooldown, eps
        self.mode, self.threshold, self.threshold_mode = mode, threshold, threshold_mode
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self.last_epoch = 0
        self._note_rates()
        self._reset()

    def _reset(self) -> None:
        """Forget all metrics."""
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    @property
    def in_cooldown(self) -> bool:
        """Whether epochs are not counted, since the rate has just fallen."""
        return self.cooldown_counter > 0

    def step(self, metrics: Any, epoch: int | None = None) -> None:  # type: ignore[override]
        """Count one epoch, and make the rates smaller when it is time.

        Parameters
        ----------
        metrics : float, or Tensor of one number
            The value of this epoch.
        epoch : int, optional
            Its number. Deprecated, as in PyTorch.
        """
        try:
            current = float(metrics)
        except (TypeError, ValueError) as error:
            raise DtypeError(
                f"{self.name}.step", f"metrics of type {type(metrics).__name__}",
                "pass one number, such as the loss on held-out data",
            ) from error  # fmt: skip
        if epoch is not None:
            warn_of_epoch()
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(current, self.best):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._note_rates()

    def _is_better(self, value: float, best: float) -> bool:
        relative = self.threshold_mode == "rel"
        if self.mode == "min":
            return value < (best * (1.0 - self.threshold) if relative else best - self.threshold)
        return value > (best * (self.threshold + 1.0) if relative else best + self.threshold)

    def _reduce_lr(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                raise ArgumentError(
                    f"{self.name}.step", f"{len(groups)} groups for {len(self.min_lrs)} of min_lr",
                    "append to scheduler.min_lrs when a group is added",
                )  # fmt: skip
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, low in zip(groups, self.min_lrs, strict=True):
            reduced = max(group["lr"] * self.factor, low)
            if group["lr"] - reduced > self.eps:
                group["lr"] = reduced

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """As for `LRScheduler`."""
        super().load_state_dict(state_dict)
        self.mode_worse = math.inf if self.mode == "min" else -math.inf
