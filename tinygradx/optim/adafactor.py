"""Adafactor: Adam without its memory, the spread of a matrix kept as a row and a column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import wrap
from tinygradx.kernels import backend_of
from tinygradx.optim.optimizer import Optimizer, array_in, is_number
from tinygradx.optim.update import Update, kept
from tinygradx.tensor import Tensor


@Update
def follow_square(p: Any, g: Any, rate: Any) -> Any:
    """The spread follows the square of the slope."""
    return p + rate * (g * g - p)


@Update
def clipped_step(p: Any, g: Any, length: Any, shrink: Any) -> Any:
    """A step of a length that was computed from all elements."""
    return p * shrink - length * g


class Adafactor(Optimizer):
    """Steps in units of the slope's spread, which a matrix keeps by rows and columns alone.

    With the count of steps t, the slope G, and R and C the means of its square along rows and
    columns (of a vector, V is kept whole)::

        R = R + t**beta2_decay * (mean(G**2, -1) - R),  C likewise along -2
        U = G / sqrt(R C / mean(R))
        p = p * (1 - lr * weight_decay)
            - max(eps2, rms(p)) * min(lr, 1 / sqrt(t)) * U / max(1, rms(U) / d)

    So n times m elements need n + m numbers. Shazeer & Stern (2018), "Adafactor: adaptive learning
    rates with sublinear memory cost", arXiv:1804.04235.

    Parameters
    ----------
    params, lr, weight_decay, foreach, maximize
        As for `Optimizer`; lr is the largest step, in units of the size of p, and weight decay is
        that of `AdamW`.
    beta2_decay : float
        The power of t, 0 or below.
    eps : tuple of (float or None, float)
        The least spread, that of the dtype when None; and the least size of p.
    d : float
        The longest U, 1 or more.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.full((2, 2), 3.0, requires_grad=True)
    >>> optimizer = tgx.optim.Adafactor([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([[2.7000, 2.7000],
            [2.7000, 2.7000]], requires_grad=True)
    """

    least: ClassVar[dict[str, float]] = {
        "lr": 0.0, "weight_decay": 0.0, "d": 1.0, "beta2_decay": -1e300,
    }  # fmt: skip
    most: ClassVar[dict[str, float]] = {"beta2_decay": 0.0}

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, beta2_decay=beta2_decay, eps=eps, d=d, weight_decay=weight_decay,
            foreach=foreach, maximize=maximize,
        )  # fmt: skip

    def check(self, group: dict[str, Any], asked: str) -> None:
        """Refuse settings that make no sense."""
        super().check(group, asked)
        eps = group["eps"]
        pair = isinstance(eps, (tuple, list)) and len(eps) == 2
        if not pair or not is_number(eps[1]) or not (eps[0] is None or is_number(eps[0])):
            raise DtypeError(asked, f"eps={eps!r:.60}", "use a pair, such as eps=(None, 1e-3)")
        if not all(value is None or value >= 0.0 for value in eps):
            raise ArgumentError(asked, f"eps={eps!r}", "use numbers from 0 on")

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formula above."""
        step = state["step"] = state.get("step", 0) + 1
        lr, (least, smallest) = group["lr"], group["eps"]
        least = float(np.finfo(array.dtype).eps) if least is None else least
        rate = float(step) ** group["beta2_decay"]
        if array.ndim > 1:
            spread = self._factored(grad, state, rate, least)
        else:
            spread = kept(state, "variance", array)
            _check_fits(array, spread, array.shape)
            follow_square((spread,), grad, (rate,))
        xp = backend_of(array).xp
        along = grad / xp.sqrt(xp.maximum(spread, least * least))
        size = max(smallest, _rms(array)) * min(lr, step**-0.5)
        length = size / max(1.0, _rms(along) / group["d"])
        along = xp.asarray(along, dtype=array.dtype, order="C")  # an array of one number, too
        clipped_step((array,), along, (length, 1.0 - lr * group["weight_decay"]))

    @staticmethod
    def _factored(grad: Any, state: dict[str, Any], rate: float, least: float) -> Any:
        """The spread of each element, from those of its row and of its column."""
        square, xp = grad * grad, backend_of(grad).xp
        found = []
        for name, axis in (("row_var", -1), ("col_var", -2)):
            mean = square.mean(axis, keepdims=True)
            before = state.get(name)
            known = xp.zeros_like(mean) if before is None else before.array.astype(mean.dtype)
            _check_fits(grad, known, mean.shape)
            known = known + (mean - known) * mean.dtype.type(rate)
            state[name] = wrap(Tensor, known)
            found.append(known)
        row, column = found
        return row * column / xp.maximum(row.mean(-2, keepdims=True), least)

    def restored(self, name: str, value: Any, tensor: Tensor, asked: str) -> Any:
        """A copy of what was kept; of a matrix, a row and a column of its shape."""
        axis = {"row_var": -1, "col_var": -2}.get(name)
        if axis is None or tensor.ndim < 2:
            return super().restored(name, value, tensor, asked)
        shape, array = list(tensor.shape), array_in(value)
        shape[axis] = 1
        if array is None or array.shape != tuple(shape):
            found = "no array" if array is None else f"shape {array.shape}"
            raise ShapeError(
                asked, f"a {name} of {found} for a parameter of shape {tensor.shape}",
                "load into the model that was trained",
            )  # fmt: skip
        return wrap(Tensor, array.astype(tensor.dtype))


def _check_fits(array: Any, found: Any, shape: tuple[int, ...]) -> None:
    """Refuse a state that NumPy might spread over another shape."""
    if found.shape != shape:
        raise ShapeError(
            f"Adafactor of a parameter of shape {array.shape}",
            f"a state of shape {found.shape}, not {shape}",
            "make the optimiser anew once .data was replaced",
        )  # fmt: skip


def _rms(x: Any) -> float:
    """The root of the mean square."""
    return float((x * x).mean()) ** 0.5 if x.size else 0.0
