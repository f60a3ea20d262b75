"""ASGD: gradient descent, and the mean of where it has been."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.update import Update, kept


@Update
def averaged(p, g, mean, eta, mu, shrink, decay):
    """One step of descent; the mean of p follows it."""
    p = p * shrink - eta * (g + decay * p)
    return p, mean + mu * (p - mean)


class ASGD(Optimizer):
    """Gradient descent with falling steps, and the mean of p over those after `t0`.

    With the count of steps t, beginning with `eta = lr` and `mu = 1`::

        p = p * (1 - lambd * eta) - eta * g
        ax = ax + mu * (p - ax)
        eta = lr / (1 + lambd * lr * t) ** alpha
        mu = 1 / max(1, t - t0)

    The mean is `optimizer.state[p]["ax"]`. Polyak & Juditsky (1992), "Acceleration of stochastic
    approximation by averaging".

    Parameters
    ----------
    params, lr, weight_decay, foreach, maximize, differentiable, capturable
        As for `Optimizer`.
    lambd : float
        How much of p is lost in each step, and how fast steps fall, in units of eta.
    alpha : float
        The power with which they fall.
    t0 : float
        The step after which the mean is taken; before, it is p itself.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Notes
    -----
    eta and mu are kept as Python numbers; PyTorch keeps them in float32 (float64 where that is its
    default dtype).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor(3.0, requires_grad=True)
    >>> optimizer = tgx.optim.ASGD([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor(2.4000, requires_grad=True)
    """

    least: ClassVar[dict[str, float]] = {
        "lr": 0.0, "lambd": 0.0, "alpha": 0.0, "t0": 0.0, "weight_decay": 0.0,
    }  # fmt: skip
    numbers: ClassVar[tuple[str, ...]] = ("eta", "mu")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0.0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, lambd=lambd, alpha=alpha, t0=t0, weight_decay=weight_decay,
            foreach=foreach, maximize=maximize, differentiable=differentiable,
            capturable=capturable,
        )  # fmt: skip

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formula above."""
        step = state["step"] = state.get("step", 0) + 1
        lr, lambd = group["lr"], group["lambd"]
        eta, mu = state.get("eta", lr), state.get("mu", 1.0)
        arrays = array, kept(state, "ax", array)
        averaged(arrays, grad, (eta, mu, 1.0 - lambd * eta, group["weight_decay"]))
        state["eta"] = lr / (1.0 + lambd * lr * step) ** group["alpha"]
        state["mu"] = 1.0 / max(1.0, step - group["t0"])
