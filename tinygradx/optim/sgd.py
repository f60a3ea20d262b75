"""Gradient descent: downhill, by the learning rate times the slope, with or without momentum."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, ClassVar

from tinygradx.errors import ArgumentError
from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.update import Update, kept


@Update
def descend(p, g, lr, weight_decay):
    """Plain descent."""
    return p - lr * (g + weight_decay * p)


@Update
def heavy_ball(p, g, b, lr, weight_decay, momentum, dampening):
    """Descent along b, which remembers earlier slopes. Polyak (1964)."""
    b = momentum * b + (1.0 - dampening) * (g + weight_decay * p)
    return p - lr * b, b


@Update
def nesterov(p, g, b, lr, weight_decay, momentum, ahead):
    """Descent along where the momentum leads next. Nesterov (1983)."""
    d = g + weight_decay * p
    b = momentum * b + d
    return p - lr * (d + ahead * b), b


class SGD(Optimizer):
    """Gradient descent, `p = p - lr * g`; stochastic when the gradient is that of a batch.

    With momentum it moves along `b = momentum * b + (1 - dampening) * g`, which begins as the first
    g; with `nesterov` along `g + momentum * b`. Weight decay adds `weight_decay * p` to g.

    Robbins & Monro (1951), "A stochastic approximation method"; Polyak (1964), "Some methods of
    speeding up the convergence of iteration methods"; Nesterov (1983), in the form of Sutskever et
    al. (2013), "On the importance of initialization and momentum in deep learning".

    Parameters
    ----------
    params, lr, weight_decay, maximize, foreach, differentiable, fused
        As for `Optimizer`.
    momentum : float
        How much of the last direction is kept.
    dampening : float
        How much of the new slope is left out of it.
    nesterov : bool
        Look ahead along the momentum.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is negative or no number, or `nesterov` is asked for without momentum or with
        dampening.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor(3.0, requires_grad=True)
    >>> optimizer = tgx.optim.SGD([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor(2.4000, requires_grad=True)
    """

    least: ClassVar[dict[str, float]] = {
        "lr": 0.0, "momentum": 0.0, "dampening": -math.inf, "weight_decay": 0.0,
    }  # fmt: skip

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params, lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay,
            nesterov=nesterov, maximize=maximize, foreach=foreach, differentiable=differentiable,
            fused=fused,
        )  # fmt: skip

    def check(self, group: dict[str, Any], asked: str) -> None:
        """Refuse what Nesterov's momentum is not defined for."""
        super().check(group, asked)
        if group["nesterov"] and (not group["momentum"] or group["dampening"]):
            raise ArgumentError(
                f"{asked} with nesterov=True",
                f"momentum={group['momentum']!r} and dampening={group['dampening']!r}",
                "use a momentum above 0 and no dampening",
            )

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """`p = p - lr * d`, where d is the slope or the momentum."""
        lr, decay, momentum = group["lr"], group["weight_decay"], group["momentum"]
        if not momentum:
            descend((array,), grad, (lr, decay))
            return
        first = "momentum_buffer" not in state
        arrays = array, kept(state, "momentum_buffer", array)
        old = 0.0 if first else momentum  # the first direction is the slope itself, undampened
        if group["nesterov"]:
            nesterov(arrays, grad, (lr, decay, old, momentum))
        else:
            heavy_ball(arrays, grad, (lr, decay, old, 0.0 if first else group["dampening"]))
