"""Gradient descent: downhill, by the learning rate times the slope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygradx.kernels import backend_of
from tinygradx.optim.optimizer import Optimizer


class SGD(Optimizer):
    """Gradient descent, `p = p - lr * g`; stochastic when the gradient is that of a batch.

    Robbins & Monro (1951), "A stochastic approximation method".

    Parameters
    ----------
    params : iterable of Tensor, or of dict
        What to change.
    lr : float
        The learning rate.

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

    def __init__(self, params: Iterable[Any], lr: float = 1e-3) -> None:
        super().__init__(params, lr=lr)

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """`p = p - lr * g`."""
        call = backend_of(array).call
        call(np.subtract, array, call(np.multiply, grad, group["lr"]), array)
