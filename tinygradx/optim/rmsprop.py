"""RMSprop: steps in units of the slope's recent size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from tinygradx.ops.elementary import maximum
from tinygradx.ops.exponentials import sqrt
from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.update import Update, kept


@Update
def rmsprop(p, g, v, lr, rate, eps, decay):
    """One step: v follows the square of the slope."""
    d = g + decay * p
    v = v + rate * (d * d - v)
    return p - lr * (d / (sqrt(v) + eps)), v


@Update
def rmsprop_momentum(p, g, v, b, lr, rate, eps, decay, momentum):
    """The same along b, which remembers earlier steps."""
    d = g + decay * p
    v = v + rate * (d * d - v)
    b = momentum * b + d / (sqrt(v) + eps)
    return p - lr * b, v, b


@Update
def rmsprop_centered(p, g, v, m, lr, rate, eps, decay):
    """In units of the slope's spread: m follows the slope itself."""
    d = g + decay * p
    v = v + rate * (d * d - v)
    m = m + rate * (d - m)
    # The spread of a slope that stays the same is 0, and rounded it may fall below.
    return p - lr * (d / (sqrt(maximum(v - m * m, 0.0)) + eps)), v, m


@Update
def rmsprop_centered_momentum(p, g, v, m, b, lr, rate, eps, decay, momentum):
    """Both."""
    d = g + decay * p
    v = v + rate * (d * d - v)
    m = m + rate * (d - m)
    b = momentum * b + d / (sqrt(maximum(v - m * m, 0.0)) + eps)
    return p - lr * b, v, m, b


class RMSprop(Optimizer):
    """Steps along the slope, in units of the root of its mean square.

    With the slope g::

        v = alpha * v + (1 - alpha) * g**2
        p = p - lr * g / (sqrt(v) + eps)

    `centered` follows the slope as well, `m = alpha * m + (1 - alpha) * g`, and takes the spread
    `v - m**2` for v. With momentum p moves by `lr * b` along `b = momentum * b + g / (...)`.

    Hinton, Srivastava & Swersky (2012), "Neural networks for machine learning", lecture 6e;
    centered: Graves (2013), arXiv:1308.0850.

    Parameters
    ----------
    params, lr, eps, weight_decay, capturable, foreach, maximize, differentiable
        As for `Optimizer`.
    alpha : float
        How much of v is kept, from 0 to 1.
    momentum : float
        How much of the last step is kept.
    centered : bool
        Divide by the spread.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor(3.0, requires_grad=True)
    >>> optimizer = tgx.optim.RMSprop([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor(2.0000, requires_grad=True)
    """

    least: ClassVar[dict[str, float]] = {
        "lr": 0.0, "alpha": 0.0, "eps": 0.0, "weight_decay": 0.0, "momentum": 0.0,
    }  # fmt: skip
    most: ClassVar[dict[str, float]] = {"alpha": 1.0}

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, momentum=momentum, alpha=alpha, eps=eps, centered=centered,
            weight_decay=weight_decay, capturable=capturable, foreach=foreach, maximize=maximize,
            differentiable=differentiable,
        )  # fmt: skip

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formula above."""
        state["step"] = state.get("step", 0) + 1
        numbers = group["lr"], 1.0 - group["alpha"], group["eps"], group["weight_decay"]
        centered, momentum = group["centered"], group["momentum"]
        arrays = [array, kept(state, "square_avg", array)]
        if centered:
            arrays.append(kept(state, "grad_avg", array))
        if momentum:
            arrays.append(kept(state, "momentum_buffer", array))
            moved = rmsprop_centered_momentum if centered else rmsprop_momentum
            moved(tuple(arrays), grad, (*numbers, momentum))
        else:
            moved = rmsprop_centered if centered else rmsprop
            moved(tuple(arrays), grad, numbers)
