"""Adam and AdamW: steps whose length follows the slope's own mean and spread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from tinygradx.ops.elementary import maximum
from tinygradx.ops.exponentials import sqrt
from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.update import Update, kept


@Update
def adam(p, g, m, v, lr, rate1, rate2, eps, decay, shrink, unbias1, unbias2):
    """One step of Adam: m follows the slope, v its square; both begin at 0, so are unbiased."""
    # With rate1 = 1 - beta1, and so on, made in float64: 1 - 0.999 in float32 is off by 5e-5.
    d = g + decay * p
    m = m + rate1 * (d - m)
    v = v + rate2 * (d * d - v)
    return p * shrink - lr * (m / unbias1) / (sqrt(v / unbias2) + eps), m, v


@Update
def amsgrad(p, g, m, v, top, lr, rate1, rate2, eps, decay, shrink, unbias1, unbias2):
    """Adam whose steps never grow again: v is taken at its largest so far."""
    d = g + decay * p
    m = m + rate1 * (d - m)
    v = v + rate2 * (d * d - v)
    top = maximum(top, v)
    return p * shrink - lr * (m / unbias1) / (sqrt(top / unbias2) + eps), m, v, top


class Adam(Optimizer):
    """Steps along the mean slope, in units of its spread.

    With the count of steps t and the slope g::

        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        p = p - lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)

    Weight decay adds `weight_decay * p` to g. Kingma & Ba (2015), arXiv:1412.6980; `amsgrad`, which
    takes the largest v so far, is of Reddi et al. (2018), "On the convergence of Adam and beyond".

    Parameters
    ----------
    params, lr, eps, weight_decay, foreach, maximize, capturable, differentiable, fused
        As for `Optimizer`; lr is about the length of a step in each element.
    betas : tuple of float
        How much of m and of v is kept, each from 0 to below 1.
    amsgrad : bool
        Never let v shrink.
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
    >>> optimizer = tgx.optim.Adam([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor(2.9000, requires_grad=True)
    """

    least: ClassVar[dict[str, float]] = {"lr": 0.0, "eps": 0.0, "weight_decay": 0.0}

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad,
            maximize=maximize, foreach=foreach, capturable=capturable,
            differentiable=differentiable, fused=fused,
            decoupled_weight_decay=decoupled_weight_decay,
        )  # fmt: skip

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formula above."""
        step = state["step"] = state.get("step", 0) + 1
        lr, (beta1, beta2), decay = group["lr"], group["betas"], group["weight_decay"]
        decoupled = group["decoupled_weight_decay"]
        penalty, shrink = (0.0, 1.0 - lr * decay) if decoupled else (decay, 1.0)
        numbers = (
            lr, 1.0 - beta1, 1.0 - beta2, group["eps"], penalty, shrink,
            1.0 - beta1**step, 1.0 - beta2**step,
        )  # fmt: skip
        arrays = array, kept(state, "exp_avg", array), kept(state, "exp_avg_sq", array)
        if group["amsgrad"]:
            amsgrad((*arrays, kept(state, "max_exp_avg_sq", array)), grad, numbers)
        else:
            adam(arrays, grad, numbers)


class AdamW(Adam):
    """Adam with weight decay of its own: `p = p * (1 - lr * weight_decay)` before each step.

    In Adam the penalty is a part of the slope, so it is divided by the spread and hardly acts where
    slopes are large; here it acts alike everywhere. Loshchilov & Hutter (2019), arXiv:1711.05101.

    Parameters
    ----------
    params, lr, betas, eps, amsgrad, maximize, foreach, capturable, differentiable, fused
        As for `Adam`.
    weight_decay : float
        How much of p is lost in each step, in units of lr.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor(3.0, requires_grad=True)
    >>> optimizer = tgx.optim.AdamW([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor(2.8970, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, foreach=foreach,
            capturable=capturable, differentiable=differentiable, fused=fused,
            decoupled_weight_decay=True,
        )  # fmt: skip
