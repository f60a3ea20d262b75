"""Rates by a function of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tinygradx.errors import DtypeError
from tinygradx.optim.lr_scheduler.scheduler import (
    LRScheduler,
    for_each_group,
    restore_functions,
    saved_functions,
    whose,
)
from tinygradx.optim.optimizer import Optimizer

Factor = Callable[[int], float]


class LambdaLR(LRScheduler):
    """A factor of the first rate: `lr = base * lr_lambda(epoch)`.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    lr_lambda : callable, or list of callable
        The factor for an epoch; a list has one for each group.

    Raises
    ------
    ArgumentError, DtypeError
        If there are more or fewer than groups, or one cannot be called.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=0.5)
    >>> scheduler = tgx.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    >>> for epoch in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.125]
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | list[Factor], last_epoch: int = -1
    ) -> None:
        given = for_each_group(self, whose(self, optimizer), "lr_lambda", lr_lambda)
        for function in given:
            if not callable(function):
                raise DtypeError(
                    f"make {self.name}", f"lr_lambda={function!r:.60}",
                    "pass a function: lambda epoch: 0.9 ** epoch",
                )  # fmt: skip
        self.lr_lambdas: list[Factor] = given
        super().__init__(optimizer, last_epoch)

    def _rates(self) -> list[float]:
        self._refuse_late_groups(len(self.lr_lambdas))
        pairs = zip(self.base_lrs, self.lr_lambdas, strict=True)
        return [base * function(self.last_epoch) for base, function in pairs]

    def state_dict(self) -> dict[str, Any]:
        """As for `LRScheduler`."""
        return super().state_dict() | {"lr_lambdas": saved_functions([*self.lr_lambdas])}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """As for `LRScheduler`; functions stay, objects get their attributes back."""
        self._check_names(state_dict)
        restore_functions(self.lr_lambdas, state_dict["lr_lambdas"])
        vars(self).update({n: v for n, v in state_dict.items() if n != "lr_lambdas"})


class MultiplicativeLR(LambdaLR):
    """A factor of the last rate: `lr = lr * lr_lambda(epoch)`, from epoch 1 on.

    Parameters
    ----------
    optimizer, lr_lambda, last_epoch
        As for `LambdaLR`.

    Raises
    ------
    ArgumentError, DtypeError
        As for `LambdaLR`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=1.0)
    >>> scheduler = tgx.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> for epoch in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.125]
    """

    def _rates(self) -> list[float]:
        groups = self.optimizer.param_groups
        if self._is_initial:
            return [group["lr"] for group in groups]
        self._refuse_late_groups(len(self.lr_lambdas))
        pairs = zip(groups, self.lr_lambdas, strict=True)
        return [group["lr"] * function(self.last_epoch) for group, function in pairs]
