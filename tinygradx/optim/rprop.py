"""Rprop: steps whose length follows the sign of the slope alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tinygradx.errors import ArgumentError
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import maximum, minimum, sign
from tinygradx.optim.optimizer import Optimizer, pair_of
from tinygradx.optim.update import Update, kept


@Update
def rprop(p, g, before, length, shrink, grow, shortest, longest):
    """One step: longer where the slope kept its sign, shorter (and not taken) where it turned."""
    # The product of signs, not of slopes: those of 1e-23 would vanish in float32.
    same = sign(g) * sign(before)
    length = length * where(same > 0.0, grow, where(same < 0.0, shrink, 1.0))
    length = minimum(maximum(length, shortest), longest)
    d = where(same < 0.0, 0.0, g)
    return p - sign(d) * length, d, length


class Rprop(Optimizer):
    """Steps against the sign of the slope, each element with a length of its own.

    Where the slope has the sign that it had before, the length grows by `etas[1]`; where it turned,
    a minimum was passed: the length shrinks by `etas[0]`, no step is taken, and the slope counts as
    0 next time. The size of the slope does not matter, so it is for whole data sets: between
    batches, signs differ by chance.

    Riedmiller & Braun (1993), "A direct adaptive method for faster backpropagation learning: the
    RPROP algorithm".

    Parameters
    ----------
    params, capturable, foreach, maximize, differentiable
        As for `Optimizer`.
    lr : float
        The first length of each step.
    etas : tuple of float
        What the length is multiplied by: below 1, and above 1.
    step_sizes : tuple of float
        The shortest and the longest step.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor(3.0, requires_grad=True)
    >>> optimizer = tgx.optim.Rprop([w], lr=0.1)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (w * w).backward()
    ...     optimizer.step()
    >>> w
    tensor(2.7800, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, etas=etas, step_sizes=step_sizes, foreach=foreach, maximize=maximize,
            differentiable=differentiable, capturable=capturable,
        )  # fmt: skip

    def check(self, group: dict[str, Any], asked: str) -> None:
        """Refuse factors that would not shrink and grow, and bounds out of order."""
        super().check(group, asked)
        shrink, grow = pair_of(group, "etas", asked, "two numbers, such as (0.5, 1.2)")
        if not 0.0 < shrink < 1.0 < grow:
            raise ArgumentError(
                asked, f"etas={group['etas']!r}", "use one from 0 to 1, and one above 1"
            )
        shortest, longest = pair_of(group, "step_sizes", asked, "two numbers, such as (1e-6, 50)")
        if not 0.0 <= shortest <= longest:
            raise ArgumentError(
                asked, f"step_sizes={group['step_sizes']!r}", "use the shortest step first"
            )

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """One step of the formula above."""
        state["step"] = state.get("step", 0) + 1
        arrays = array, kept(state, "prev", array), kept(state, "step_size", array, group["lr"])
        rprop(arrays, grad, (*group["etas"], *group["step_sizes"]))
