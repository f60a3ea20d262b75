"""Muon: steps along the slope of a matrix with all its directions made equally long."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, ClassVar

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.optim.optimizer import Optimizer, is_number
from tinygradx.optim.update import Update, kept

#: How a learning rate follows the shape of a matrix, by PyTorch's names.
ADJUSTMENTS = (None, "original", "match_rms_adamw")
#: From here on PyTorch refuses the number of rounds as too many.
TOO_MANY = 100


@Update
def follow(p: Any, g: Any, rate: Any) -> Any:
    """The momentum follows the slope."""
    return p + rate * (g - p)


@Update
def step_along(p: Any, g: Any, lr: Any, shrink: Any) -> Any:
    """The step itself, with weight decay of its own."""
    return p * shrink - lr * g


def orthogonal(g: Any, coefficients: tuple[float, float, float], eps: float, rounds: int) -> Any:
    """Nearly the orthogonal matrix nearest to g: of g = U S V, the product U V.

    Each round computes `(a + b X X' + c (X X')**2) X`, which moves every singular value towards 1;
    with the usual coefficients five rounds bring them between 0.7 and 1.2. Newton & Schulz's
    iteration, after Jordan et al. (2024), "Muon: an optimizer for hidden layers in neural
    networks", https://kellerjordan.github.io/posts/muon/.
    """
    a, b, c = coefficients
    tall = g.shape[0] > g.shape[1]
    x = g.T if tall else g
    x = x / max(float((x * x).sum()) ** 0.5, eps)
    for _ in range(rounds):
        square = x @ x.T
        x = a * x + (b * square + c * (square @ square)) @ x
    return x.T if tall else x


class Muon(Optimizer):
    """Momentum whose matrix is made orthogonal, so that no direction is left behind.

    With the slope G of a matrix of A rows and B columns::

        M = momentum * M + (1 - momentum) * G
        O = orthogonal(nesterov ? momentum * M + (1 - momentum) * G : M)
        p = p * (1 - lr * weight_decay) - lr * sqrt(max(1, A / B)) * O

    For the matrices of hidden layers; biases, embeddings and the last layer go to `AdamW`. Jordan
    et al. (2024), "Muon: an optimizer for hidden layers in neural networks".

    Parameters
    ----------
    params, lr, weight_decay
        As for `Optimizer`; every parameter is a matrix, and weight decay is that of `AdamW`.
    momentum : float
        How much of M is kept, from 0 to below 1.
    nesterov : bool
        Look ahead, as in the formula.
    ns_coefficients : tuple of float
        a, b and c of each round of `orthogonal`.
    eps : float
        The least length by which a slope is divided.
    ns_steps : int
        The number of rounds, below 100.
    adjust_lr_fn : str, optional
        "original", the factor in the formula, or "match_rms_adamw", `0.2 * sqrt(max(A, B))`, with
        which rates of AdamW can be used: Liu et al. (2025), arXiv:2502.16982.

    Raises
    ------
    ArgumentError, DtypeError, ShapeError
        If a setting is out of its range, or no number; if a parameter is no matrix.

    Notes
    -----
    The rounds are computed in the dtype of the parameter; PyTorch's are in bfloat16, whose 8 bits
    change each step by about 1 %.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor([[3.0, 0.0], [0.0, 1.0]], requires_grad=True)
    >>> optimizer = tgx.optim.Muon([w], lr=0.1, weight_decay=0.0)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.detach().diagonal()  # both moved by about as much
    tensor([2.9247, 0.8866])
    """

    least: ClassVar[dict[str, float]] = {
        "lr": 0.0, "weight_decay": 0.0, "momentum": 0.0, "eps": 0.0, "ns_steps": 0.0,
    }  # fmt: skip
    most: ClassVar[dict[str, float]] = {"ns_steps": TOO_MANY - 1}

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        super().__init__(
            params, lr=lr, weight_decay=weight_decay, momentum=momentum, nesterov=nesterov,
            ns_coefficients=ns_coefficients, eps=eps, ns_steps=ns_steps, adjust_lr_fn=adjust_lr_fn,
        )  # fmt: skip

    def check(self, group: dict[str, Any], asked: str) -> None:
        """Refuse settings that make no sense, and parameters that are no matrices."""
        super().check(group, asked)
        three = group["ns_coefficients"]
        if (
            not isinstance(three, (tuple, list))
            or len(three) != 3
            or not all(map(is_number, three))
        ):
            raise DtypeError(
                asked, f"ns_coefficients={three!r:.60}", "use three numbers: a, b and c"
            )
        if group["ns_steps"] != group["ns_steps"] // 1:
            raise ArgumentError(asked, f"ns_steps={group['ns_steps']!r}", "use a whole number")
        if group["adjust_lr_fn"] not in ADJUSTMENTS:
            raise ArgumentError(
                asked, f"adjust_lr_fn={group['adjust_lr_fn']!r:.40}",
                "use 'original' or 'match_rms_adamw'",
            )  # fmt: skip
        for tensor in group["params"]:
            if getattr(tensor, "ndim", 2) != 2:
                raise ShapeError(
                    asked, f"a parameter of shape {tensor.shape}, which is no matrix",
                    "give it to AdamW: [p for p in model.parameters() if p.ndim != 2]",
                )  # fmt: skip

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formula above."""
        lr, momentum = group["lr"], group["momentum"]
        mean = kept(state, "momentum_buffer", array)
        follow((mean,), grad, (1.0 - momentum,))
        ahead = grad + momentum * (mean - grad) if group["nesterov"] else mean
        o = orthogonal(ahead, group["ns_coefficients"], group["eps"], int(group["ns_steps"]))
        rows, columns = array.shape
        if group["adjust_lr_fn"] == "match_rms_adamw":
            longer = 0.2 * math.sqrt(max(rows, columns))
        else:
            longer = math.sqrt(max(1.0, rows / columns)) if columns else 1.0
        o = o.astype(array.dtype, order="C")
        step_along((array,), o, (lr * longer, 1.0 - lr * group["weight_decay"]))
