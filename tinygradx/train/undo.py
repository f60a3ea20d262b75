"""What a step that fails has to put back, so that the model is as it was before it."""

from __future__ import annotations

from typing import Any

from tinygradx.graph import Cell, no_grad
from tinygradx.nn import Module
from tinygradx.nn.parameter import is_lazy
from tinygradx.optim import Optimizer
from tinygradx.tensor import Tensor


class Before:
    """The model, the loss and the optimiser as they were before the step that is under way.

    Buffers are written on the way forward: a running mean has seen a batch before its loss is
    known. Each is copied again only when it was written since the last copy. Weights need no copy
    where the optimiser writes once everything is computed; one with a `step` of its own, such as
    L-BFGS, moves them between one look at the loss and the next.

    Parameters
    ----------
    modules : list of Module
        The model, and the loss where it is one.
    optimizer : Optimizer
        What steps.
    """

    def __init__(self, modules: list[Module], optimizer: Optimizer) -> None:
        self.places = [
            (module, name)
            for root in modules for module in root.modules() for name in module._buffer_names
        ]  # fmt: skip
        self.buffers: dict[int, tuple[Tensor, Cell, int, Any]] = {}
        self.optimizer = optimizer
        self.moves = type(optimizer).step is not Optimizer.step
        self.weights: list[tuple[Tensor, Any]] = []
        self.state: dict[Tensor, dict[str, Any]] = {}

    def note(self) -> None:
        """Copy what the step may write to before it fails."""
        for place, (module, name) in enumerate(self.places):
            buffer = vars(module).get(name)
            if buffer is None or is_lazy(buffer):
                self.buffers.pop(place, None)
                continue
            cell, known = buffer.cell, self.buffers.get(place)
            same = known is not None and known[0] is buffer and known[1] is cell
            if known is None or not same or known[2] != cell.version:
                self.buffers[place] = buffer, cell, cell.version, buffer.array.copy()
        if self.moves:
            groups = self.optimizer.param_groups
            self.weights = [
                (p, p.array.copy()) for group in groups for p in group["params"] if not is_lazy(p)
            ]
            state = self.optimizer.state.items()
            self.state = {p: {n: _copied(v) for n, v in kept.items()} for p, kept in state}

    def put_back(self) -> None:
        """Undo the step that failed."""
        with no_grad():
            for place, (module, name) in enumerate(self.places):
                now, known = vars(module).get(name), self.buffers.get(place)
                if now is None or is_lazy(now):
                    continue
                if known is None:  # a lazy norm that has seen its first batch
                    getattr(module, "reset_running_stats", bool)()
                    continue
                buffer, cell, version, array = known
                if now is not buffer:  # written as `self.seen = self.seen + 1`
                    setattr(module, name, buffer)
                if buffer.cell is not cell or cell.version != version:
                    buffer.copy_(array)
            for tensor, array in self.weights:
                tensor.copy_(array)
        if self.moves:
            self.optimizer.state.clear()
            self.optimizer.state.update(self.state)


def _copied(value: Any) -> Any:
    """What an optimiser keeps, so that writing to it later does not change the copy.

    Tensors in lists are not copied: L-BFGS appends pairs, and drops the oldest, but never writes
    to one.
    """
    if isinstance(value, Tensor):
        return value.detach().clone()
    return list(value) if isinstance(value, list) else value
