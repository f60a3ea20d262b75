"""NAdam: Adam that looks ahead along its momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from tinygradx.ops.exponentials import sqrt
from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.update import Update, kept


@Update
def nadam(p, g, m, v, here, ahead, rate1, rate2, eps, decay, shrink, unbias2):
    """One step along the slope and along where the momentum leads next."""
    d = g + decay * p
    m = m + rate1 * (d - m)
    v = v + rate2 * (d * d - v)
    return p * shrink - (here * d + ahead * m) / (sqrt(v / unbias2) + eps), m, v


class NAdam(Optimizer):
    """Adam with Nesterov's momentum.

    With the count of steps t, the slope g, and Adam's m and v::

        mu(t) = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
        look = (1 - mu(t)) / (1 - mu(1) ... mu(t)) * g + mu(t+1) / (1 - mu(1) ... mu(t+1)) * m
        p = p - lr * look / (sqrt(v / (1 - beta2**t)) + eps)

    Dozat (2016), "Incorporating Nesterov momentum into Adam".

    Parameters
    ----------
    params, lr, eps, weight_decay, foreach, maximize, capturable, differentiable
        As for `Optimizer`.
    betas : tuple of float
        How much of m and of v is kept, each from 0 to below 1.
    momentum_decay : float
        How fast mu grows from half of beta1 to beta1.
    decoupled_weight_decay : bool
        Decay p itself, as `AdamW` does.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Notes
    -----
    The product of all mu is kept as a Python number; PyTorch keeps it in float32 (float64 where
    that is its default dtype), so that its steps differ by 1e-7 of their length.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor(3.0, requires_grad=True)
    >>> optimizer = tgx.optim.NAdam([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor(2.8944, requires_grad=True)
    """

    least: ClassVar[dict[str, float]] = {
        "lr": 0.0, "eps": 0.0, "weight_decay": 0.0, "momentum_decay": 0.0,
    }  # fmt: skip
    numbers: ClassVar[tuple[str, ...]] = ("mu_product",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay,
            momentum_decay=momentum_decay, decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize, foreach=foreach, capturable=capturable,
            differentiable=differentiable,
        )  # fmt: skip

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formula above."""
        step = state["step"] = state.get("step", 0) + 1
        lr, (beta1, beta2), decay = group["lr"], group["betas"], group["weight_decay"]
        decoupled, rise = group["decoupled_weight_decay"], group["momentum_decay"]
        penalty, shrink = (0.0, 1.0 - lr * decay) if decoupled else (decay, 1.0)
        mu = beta1 * (1.0 - 0.5 * 0.96 ** (step * rise))
        mu_next = beta1 * (1.0 - 0.5 * 0.96 ** ((step + 1) * rise))
        product = state["mu_product"] = state.get("mu_product", 1.0) * mu
        numbers = (
            lr * (1.0 - mu) / (1.0 - product), lr * mu_next / (1.0 - product * mu_next),
            1.0 - beta1, 1.0 - beta2, group["eps"], penalty, shrink, 1.0 - beta2**step,
        )  # fmt: skip
        arrays = array, kept(state, "exp_avg", array), kept(state, "exp_avg_sq", array)
        nadam(arrays, grad, numbers)
