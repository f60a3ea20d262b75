"""Adamax: Adam in units of the largest recent slope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from tinygradx.ops.elementary import maximum
from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.update import Update, kept


@Update
def adamax(p, g, m, u, lr, rate1, beta2, eps, decay):
    """One step: m follows the slope, u its largest size, which fades."""
    d = g + decay * p
    m = m + rate1 * (d - m)
    u = maximum(beta2 * u, abs(d) + eps)
    return p - lr * m / u, m, u


class Adamax(Optimizer):
    """Adam with the largest size of the slope in place of its spread.

    With the count of steps t and the slope g::

        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, |g| + eps)
        p = p - lr / (1 - beta1**t) * m / u

    Kingma & Ba (2015), arXiv:1412.6980, section 7.1.

    Parameters
    ----------
    params, lr, eps, weight_decay, foreach, maximize, differentiable, capturable
        As for `Optimizer`.
    betas : tuple of float
        How much of m and of u is kept, each from 0 to below 1.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor(3.0, requires_grad=True)
    >>> optimizer = tgx.optim.Adamax([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor(2.9000, requires_grad=True)
    """

    least: ClassVar[dict[str, float]] = {"lr": 0.0, "eps": 0.0, "weight_decay": 0.0}

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, foreach=foreach,
            maximize=maximize, differentiable=differentiable, capturable=capturable,
        )  # fmt: skip

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formula above."""
        step = state["step"] = state.get("step", 0) + 1
        beta1, beta2 = group["betas"]
        arrays = array, kept(state, "exp_avg", array), kept(state, "exp_inf", array)
        lr = group["lr"] / (1.0 - beta1**step)
        adamax(arrays, grad, (lr, 1.0 - beta1, beta2, group["eps"], group["weight_decay"]))
