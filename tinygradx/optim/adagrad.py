"""Adagrad: steps that shrink where slopes were large."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from tinygradx.ops.exponentials import sqrt
from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.update import Update, kept


@Update
def adagrad(p, g, total, lr, eps, decay):
    """One step: total adds up the squares of all slopes."""
    d = g + decay * p
    total = total + d * d
    return p - lr * d / (sqrt(total) + eps), total


class Adagrad(Optimizer):
    """Steps along the slope, over the root of the sum of all its squares so far.

    With the count of steps t and the slope g::

        s = s + g**2
        p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)

    Duchi, Hazan & Singer (2011), "Adaptive subgradient methods for online learning and stochastic
    optimization", Journal of Machine Learning Research 12.

    Parameters
    ----------
    params, lr, weight_decay, eps, foreach, maximize, differentiable, fused
        As for `Optimizer`.
    lr_decay : float
        How fast the learning rate falls with the count of steps.
    initial_accumulator_value : float
        What s begins with; a group may have its own.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor(3.0, requires_grad=True)
    >>> optimizer = tgx.optim.Adagrad([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor(2.9000, requires_grad=True)
    """

    least: ClassVar[dict[str, float]] = {
        "lr": 0.0, "lr_decay": 0.0, "weight_decay": 0.0, "initial_accumulator_value": 0.0,
        "eps": 0.0,
    }  # fmt: skip

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params, lr=lr, lr_decay=lr_decay, eps=eps, weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value, foreach=foreach,
            maximize=maximize, differentiable=differentiable, fused=fused,
        )  # fmt: skip

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formula above."""
        step = state["step"] = state.get("step", 0) + 1
        lr = group["lr"] / (1.0 + (step - 1) * group["lr_decay"])
        total = kept(state, "sum", array, group["initial_accumulator_value"])
        adagrad((array, total), grad, (lr, group["eps"], group["weight_decay"]))
