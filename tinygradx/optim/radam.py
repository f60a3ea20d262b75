"""RAdam: Adam that waits for a reliable spread before it divides by it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, ClassVar

from tinygradx.ops.exponentials import sqrt
from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.update import Update, kept


@Update
def radam(p, g, m, v, lr, rate1, rate2, eps, decay, shrink):
    """One step in units of the spread; lr has both corrections in it."""
    d = g + decay * p
    m = m + rate1 * (d - m)
    v = v + rate2 * (d * d - v)
    return p * shrink - lr * m / (sqrt(v) + eps), m, v


@Update
def radam_early(p, g, m, v, lr, rate1, rate2, decay, shrink):
    """One step along the mean slope while the spread is not reliable yet."""
    d = g + decay * p
    m = m + rate1 * (d - m)
    v = v + rate2 * (d * d - v)
    return p * shrink - lr * m, m, v


class RAdam(Optimizer):
    """Adam without its unsteady beginning.

    With the count of steps t and Adam's m and v, the spread counts as that of rho slopes::

        longest = 2 / (1 - beta2) - 1
        rho = longest - 2 * t * beta2**t / (1 - beta2**t)

    While rho is at most 5, `p = p - lr * m / (1 - beta1**t)`. Then::

        r = sqrt((rho - 4) * (rho - 2) * longest / ((longest - 4) * (longest - 2) * rho))
        p = p - lr * r * m / (1 - beta1**t) * sqrt(1 - beta2**t) / (sqrt(v) + eps)

    Liu et al. (2020), arXiv:1908.03265.

    Parameters
    ----------
    params, lr, eps, weight_decay, foreach, maximize, capturable, differentiable
        As for `Optimizer`.
    betas : tuple of float
        How much of m and of v is kept, each from 0 to below 1.
    decoupled_weight_decay : bool
        Decay p itself, as `AdamW` does.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor(3.0, requires_grad=True)
    >>> optimizer = tgx.optim.RAdam([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor(2.4000, requires_grad=True)
    """

    least: ClassVar[dict[str, float]] = {"lr": 0.0, "eps": 0.0, "weight_decay": 0.0}

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize,
            foreach=foreach, capturable=capturable, decoupled_weight_decay=decoupled_weight_decay,
            differentiable=differentiable,
        )  # fmt: skip

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formulas above."""
        step = state["step"] = state.get("step", 0) + 1
        lr, (beta1, beta2), decay = group["lr"], group["betas"], group["weight_decay"]
        decays = (0.0, 1.0 - lr * decay) if group["decoupled_weight_decay"] else (decay, 1.0)
        rates, unbias2 = (1.0 - beta1, 1.0 - beta2), 1.0 - beta2**step
        lr /= 1.0 - beta1**step
        arrays = array, kept(state, "exp_avg", array), kept(state, "exp_avg_sq", array)
        longest = 2.0 / (1.0 - beta2) - 1.0
        rho = longest - 2.0 * step * beta2**step / unbias2
        if rho <= 5.0:
            radam_early(arrays, grad, (lr, *rates, *decays))
            return
        top, bottom = (rho - 4.0) * (rho - 2.0) * longest, (longest - 4.0) * (longest - 2.0) * rho
        lr *= math.sqrt(top / bottom) * math.sqrt(unbias2)
        radam(arrays, grad, (lr, *rates, group["eps"], *decays))
