"""What a model is made of, layer by layer: shapes, parameters, work and memory, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError
from tinygradx.graph import Leaf, Node, enable_grad, next_age
from tinygradx.tensor import Tensor, zeros

if TYPE_CHECKING:
    from tinygradx.nn.module import Module

HEADINGS = ("Layer (type)", "Input", "Output", "Params", "FLOPs", "Memory")


class Row(NamedTuple):
    """A layer of a summary.

    Attributes
    ----------
    name, kind : str
        The path in the model, and the class.
    input, output : tuple of tuples of int
        The shapes of the tensors that went in, and came out.
    params : int
        How many numbers are learned in the layer itself.
    flops : int
        Additions and multiplications of its products and convolutions, forward; 0 where it has
        none.
    memory : int
        The bytes of its outputs.
    """

    name: str
    kind: str
    input: tuple[tuple[int, ...], ...]
    output: tuple[tuple[int, ...], ...]
    params: int
    flops: int
    memory: int


class Summary:
    """The layers of a model that ran, in the order they ran, and their totals.

    Attributes
    ----------
    rows : list of Row
        One for each call of a layer that has no layers within.
    trainable, frozen : int
        How many parameters want gradients, and how many do not.
    param_bytes : int
        What all parameters take.
    saved_bytes : int
        What the forward pass keeps for the way back, parameters and inputs aside.
    """

    def __init__(
        self, rows: list[Row], trainable: int, frozen: int, param_bytes: int, saved_bytes: int
    ) -> None:
        self.rows = rows
        self.trainable, self.frozen = trainable, frozen
        self.param_bytes, self.saved_bytes = param_bytes, saved_bytes

    def to_dict(self) -> dict[str, Any]:
        """The rows as dicts, and the totals: what JSON can hold."""
        return {
            "rows": [row._asdict() for row in self.rows],
            "trainable": self.trainable,
            "frozen": self.frozen,
            "param_bytes": self.param_bytes,
            "saved_bytes": self.saved_bytes,
        }

    def totals(self) -> str:
        """The last two lines."""
        flops = sum(row.flops for row in self.rows)
        return (
            f"Total {self.trainable + self.frozen:,} · trainable {self.trainable:,} · "
            f"frozen {self.frozen:,}\n"
            f"params {_amount(self.param_bytes, 'B')} · "
            f"saved for backward {_amount(self.saved_bytes, 'B')} · "
            f"forward {_amount(flops, 'FLOP')}"
        )

    def __repr__(self) -> str:
        table = [HEADINGS, *(_cells(row) for row in self.rows)]
        widths = [max(len(line[k]) for line in table) for k in range(len(HEADINGS))]
        lines = []
        for line in table:
            # Words to the left, numbers to the right.
            cells = [
                f"{cell:<{width}}" if k < 3 else f"{cell:>{width}}"
                for k, (cell, width) in enumerate(zip(line, widths, strict=True))
            ]
            lines.append("  ".join(cells).rstrip())
        rule = "─" * (sum(widths) + 2 * len(widths) - 2)
        return "\n".join([lines[0], rule, *lines[1:], rule, self.totals()])

    def __rich__(self) -> Any:
        """The same as a table of rich, for terminals."""
        from rich.table import Table

        table = Table(caption=self.totals(), caption_justify="left", pad_edge=False)
        for place, heading in enumerate(HEADINGS):
            table.add_column(heading, justify="left" if place < 3 else "right")
        for row in self.rows:
            table.add_row(*_cells(row))
        return table


def _cells(row: Row) -> tuple[str, ...]:
    return (
        f"{row.name} ({row.kind})" if row.name else row.kind,
        _shapes(row.input),
        _shapes(row.output),
        f"{row.params:,}",
        _amount(row.flops, "") if row.flops else "…",
        _amount(row.memory, "B"),
    )


def _shapes(shapes: Sequence[tuple[int, ...]]) -> str:
    return " ".join("(" + ",".join(map(str, shape)) + ")" for shape in shapes) or "…"


def _amount(number: float, unit: str) -> str:
    """A number in steps of a thousand: 2.0 k, 3.1 MB."""
    if number < 1000:
        return f"{int(number)} {unit}".rstrip()
    for step in ("k", "M", "G", "T"):
        number /= 1000.0
        if number < 999.95 or step == "T":
            break
    return f"{number:.1f} {step}{unit}".rstrip()


def _tensors(value: Any) -> list[Tensor]:
    """The tensors in what a layer was given or answered."""
    found, waiting = [], [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, dict):
            waiting += reversed(list(value.values()))
        elif isinstance(value, (tuple, list)):
            waiting += reversed(value)
    return found


def _work(node: Node) -> int:
    """The additions and multiplications of a product or a convolution, forward."""
    name, shapes = getattr(node.op, "name", ""), [source.shape for source in node.inputs]
    if name in ("linear", "matmul"):
        return 2 * prod(node.shape) * shapes[0][-1]
    if name == "conv":
        return 2 * prod(node.shape) * prod(shapes[1][1:])
    if name == "conv_transpose":
        return 2 * prod(shapes[0]) * prod(shapes[1][1:])
    return 0


def _behind(tensors: list[Tensor]) -> list[Node]:
    """All nodes that tensors were computed from."""
    seen: set[Node] = set()
    waiting = [tensor.node for tensor in tensors if tensor.node is not None]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += node.inputs
    return list(seen)


def _saved(nodes: list[Node], known: list[Any]) -> int:
    """The bytes that nodes keep, each piece of memory once, those that are known aside."""

    def memory(array: Any) -> Any:
        while isinstance(array.base, np.ndarray):
            array = array.base
        return array

    own = {id(memory(array)) for array in known}
    kept: dict[int, int] = {}
    for node in nodes:
        if isinstance(node, Leaf):
            continue
        for array in (*(node.saved or ()), *node.params):
            if isinstance(array, np.ndarray) and id(memory(array)) not in own:
                kept[id(memory(array))] = memory(array).nbytes
    return sum(kept.values())


@contextmanager
def _in_use(model: Module) -> Iterator[None]:
    """The model as in use, and afterwards as it was, each of its modules."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def summary(model: Module, *inputs: Any, input_shape: Any = None, dtype: Any = None) -> Summary:
    """Run a model once as in use (`eval`), and tell of every layer; see `Module.summary`."""
    if bool(inputs) == (input_shape is not None):
        raise ArgumentError(
            f"summary of {type(model).__name__}",
            "both inputs and input_shape" if inputs else "no input",
            "pass inputs, as to the model, or input_shape=(32, 10)",
        )
    if input_shape is not None:
        wanted = [input_shape] if isinstance(input_shape[0], int) else list(input_shape)
        inputs = tuple(zeros(*shape, dtype=dtype) for shape in wanted)
    if not any(p.requires_grad for p in model.parameters()):  # work is counted on the graph
        inputs = tuple(
            x.detach().requires_grad_() if isinstance(x, Tensor) and x.dtype.kind == "f" else x
            for x in inputs
        )
    calls: list[tuple[Row, int, int]] = []
    begun: list[int] = []

    def before(module: Any, given: Any, named: Any) -> None:
        begun.append(next_age())

    def after(name: str) -> Any:
        def hook(module: Any, given: Any, named: Any, output: Any) -> None:
            start, outputs = begun.pop(), _tensors(output)
            row = Row(
                name, type(module).__name__,
                tuple(x.shape for x in _tensors([given, named])), tuple(y.shape for y in outputs),
                sum(p.numel() for p in module.parameters()), 0,
                sum(y.array.nbytes for y in outputs),
            )  # fmt: skip
            calls.append((row, start, next_age()))

        return hook

    handles = []
    for name, module in model.named_modules():
        if next(module.children(), None) is None:
            handles.append(module.register_forward_pre_hook(before, with_kwargs=True))
            handles.append(module.register_forward_hook(after(name), with_kwargs=True))
    try:
        with _in_use(model), enable_grad():
            outputs = _tensors(model(*inputs))
    finally:
        for handle in handles:
            handle.remove()
    nodes = _behind(outputs)
    rows = [
        row._replace(flops=sum(_work(node) for node in nodes if start < node.age < end))
        for row, start, end in calls
    ]
    parameters = list(model.parameters())
    known = [p.array for p in (*parameters, *model.buffers(), *_tensors(list(inputs)))]
    return Summary(
        rows,
        sum(p.numel() for p in parameters if p.requires_grad),
        sum(p.numel() for p in parameters if not p.requires_grad),
        sum(p.array.nbytes for p in parameters),
        _saved(nodes, known),
    )
