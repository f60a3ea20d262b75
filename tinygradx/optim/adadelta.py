"""Adadelta: steps in units of its own recent steps, over those of the slope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from tinygradx.ops.exponentials import sqrt
from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.update import Update, kept


@Update
def adadelta(p, g, v, u, lr, rate, eps, decay):
    """One step: v follows the square of the slope, u that of the steps."""
    d = g + decay * p
    v = v + rate * (d * d - v)
    move = sqrt(u + eps) / sqrt(v + eps) * d
    u = u + rate * (move * move - u)
    return p - lr * move, v, u


class Adadelta(Optimizer):
    """Steps whose units are those of p, so that they need no learning rate.

    With the slope g::

        v = rho * v + (1 - rho) * g**2
        move = sqrt(u + eps) / sqrt(v + eps) * g
        u = rho * u + (1 - rho) * move**2
        p = p - lr * move

    Zeiler (2012), arXiv:1212.5701.

    Parameters
    ----------
    params, lr, weight_decay, foreach, capturable, maximize, differentiable
        As for `Optimizer`; lr scales the step, 1 is the paper's.
    rho : float
        How much of v and of u is kept, from 0 to 1.
    eps : float
        What the first steps are made of: they begin with `sqrt(eps)`.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor(3.0, requires_grad=True)
    >>> optimizer = tgx.optim.Adadelta([w], eps=0.01)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor(2.6842, requires_grad=True)
    """

    least: ClassVar[dict[str, float]] = {"lr": 0.0, "rho": 0.0, "eps": 0.0, "weight_decay": 0.0}
    most: ClassVar[dict[str, float]] = {"rho": 1.0}

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize,
            capturable=capturable, foreach=foreach, differentiable=differentiable,
        )  # fmt: skip

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formula above."""
        state["step"] = state.get("step", 0) + 1
        arrays = array, kept(state, "square_avg", array), kept(state, "acc_delta", array)
        numbers = group["lr"], 1.0 - group["rho"], group["eps"], group["weight_decay"]
        adadelta(arrays, grad, numbers)
