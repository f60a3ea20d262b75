"""Recurrent networks: a state that is carried along a sequence.

Of each kind of cell there are three things. Its blocks say what happens to one element. Its step,
a method, makes the next state of the last one, in operations of the catalogue: it is the
definition. And the operation takes a whole sequence as one node, in whose place a loop over steps
would have thirty for each of them: it fills arrays made beforehand, with a product and a kernel a
step. Its way back does the same from the end (Werbos 1990, "Backpropagation through time"); the
way back that is to be differentiated again goes over the definition instead.

Sequences may have different lengths. Rows of all sequences at the first step come first, the
longest sequence on top, then those at the second step, and so on: `sizes` says how many are left
at each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from tinygradx.graph import Handle, Node, Op, here, is_grad_enabled, next_age, register, sweep, wrap
from tinygradx.kernels import BACKENDS, Formula, Text, backend_of
from tinygradx.kernels.joint import joint_kernel
from tinygradx.ops.activations import relu, sigmoid, tanh
from tinygradx.ops.elementary import add, logistic_density, mul, where
from tinygradx.ops.elementwise import DTYPE_NAMES, elementwise
from tinygradx.ops.products import matmul
from tinygradx.ops.shapes import PERMUTE, cat, clone, narrow

# ---- blocks -------------------------------------------------------------------------------------


@elementwise("c / (1 + exp(-f)) + tanh(g) / (1 + exp(-i))")
def lstm_memory(i, f, g, c):
    """What a memory c keeps, by the gate f, and what is added to it: g, by the gate i."""
    return sigmoid(f) * c + sigmoid(i) * tanh(g)


@lstm_memory.slope
def _(i, f, g, c):
    return (
        logistic_density(i) * tanh(g),
        logistic_density(f) * c,
        sigmoid(i) * 4.0 * logistic_density(2.0 * g),
        sigmoid(f),
    )


@elementwise("tanh(c) / (1 + exp(-o))")
def lstm_output(c, o):
    """What a memory c shows, by the gate o."""
    return sigmoid(o) * tanh(c)


@lstm_output.slope
def _(c, o):
    return sigmoid(o) * 4.0 * logistic_density(2.0 * c), logistic_density(o) * tanh(c)


@elementwise("tanh(x + m / (1 + exp(-r)))")
def gru_candidate(x, m, r):
    """A new state of the input x and of the last state m, by the gate r."""
    return tanh(x + sigmoid(r) * m)


@gru_candidate.slope
def _(x, m, r):
    slope = 4.0 * logistic_density(2.0 * (x + sigmoid(r) * m))
    return slope, slope * sigmoid(r), slope * m * logistic_density(r)


@elementwise("n / (1 + exp(z)) + h / (1 + exp(-z))")
def gru_mix(n, h, z):
    """A new state n and the last one h, mixed by the gate z."""
    return sigmoid(-z) * n + sigmoid(z) * h


@gru_mix.slope
def _(n, h, z):
    return sigmoid(-z), sigmoid(z), (h - n) * logistic_density(z)


# ---- one element, forth and back, for the operations on sequences ------------------------------


def rnn_tanh_next(x):
    """The next state."""
    return tanh(x)


def rnn_tanh_pull(x, g):
    """The share of what went into it."""
    return g * 4.0 * logistic_density(2.0 * x)


def rnn_relu_next(x):
    """The next state."""
    return relu(x)


def rnn_relu_pull(x, g):
    """The share of what went into it."""
    return g * where(x <= 0.0, 0.0, 1.0)


def lstm_next(i, f, g, o, c):
    """The next memory, and what it shows."""
    memory = lstm_memory(i, f, g, c)
    return memory, lstm_output(memory, o)


def lstm_pull(i, f, g, o, c, dh, dc):
    """The shares of the gates and of the memory c, by those of the next memory and output."""
    kept, new, shown = sigmoid(f), sigmoid(i), sigmoid(o)
    value = tanh(g)
    memory = kept * c + new * value
    dc = dc + dh * shown * 4.0 * logistic_density(2.0 * memory)
    return (
        dc * value * logistic_density(i),
        dc * c * logistic_density(f),
        dc * new * 4.0 * logistic_density(2.0 * g),
        dh * tanh(memory) * logistic_density(o),
        dc * kept,
    )


def gru_next(r, z, x, m, h):
    """The next state."""
    return gru_mix(gru_candidate(x, m, r), h, z)


def gru_pull(r, z, x, m, h, g):
    """The shares of the gates, of the input and of the last state, directly and through m."""
    reset = sigmoid(r)
    before = x + reset * m
    dx = g * sigmoid(-z) * 4.0 * logistic_density(2.0 * before)
    return (
        dx * m * logistic_density(r),
        g * (h - tanh(before)) * logistic_density(z),
        dx,
        dx * reset,
        g * sigmoid(z),
    )


class Kernel:
    """A formula of several results as a kernel for each dtype."""

    def __init__(self, function: Callable[..., Any], outputs: Sequence[str]) -> None:
        self.formula, self.outputs = Formula(function), tuple(outputs)
        self._ready: dict[Any, Callable[..., None]] = {}

    def text(self, device: str, dtype: str) -> Text:
        """The kernel as text."""
        return joint_kernel(self.formula.name, device, dtype, self.formula, self.outputs)

    def of(self, array: Any) -> Callable[..., None]:
        """The compiled kernel for an array's device and dtype, to be called with its arrays."""
        backend, dtype = BACKENDS[array.__class__], array.dtype
        kernel = self._ready.get(dtype)
        if kernel is None:
            kernel = backend.load(self.text(backend.name, DTYPE_NAMES[dtype.char]))
            self._ready[dtype] = kernel
        return lambda *arrays: backend.change(kernel, (), arrays)


# ---- the walk along a sequence ------------------------------------------------------------------


class Step(NamedTuple):
    """One step of the walk.

    Attributes
    ----------
    count : int
        How many sequences are left.
    start, stop : int
        Their rows.
    before, after : int
        Where the states before and after it lie, in memory for one more than there are steps.
    """

    count: int
    start: int
    stop: int
    before: int
    after: int


def walk(sizes: Sequence[int], backwards: bool) -> list[Step]:
    """The steps in their order."""
    steps, start = [], 0
    for t, count in enumerate(sizes):
        steps.append(Step(count, start, start + count, t + backwards, t + 1 - backwards))
        start += count
    return steps[::-1] if backwards else steps


def _blocks(rows: Any, gates: int) -> Any:
    """The memory of some rows, as one matrix for each gate after the other."""
    count, width = rows.shape
    return rows.reshape(gates, count, width // gates)


def _columns(rows: Any, gates: int) -> Any:
    """What some rows hold for each gate, side by side, as one matrix for each."""
    count, width = rows.shape
    return rows.reshape(count, gates, width // gates).swapaxes(0, 1)


def _rows(states: Any, sizes: Sequence[int]) -> Any:
    """States of all steps without those of sequences that had ended."""
    if sizes[-1] == sizes[0]:
        return states.reshape(-1, states.shape[2])
    parts = [state[:count] for state, count in zip(states, sizes, strict=True)]
    return backend_of(states).xp.concatenate(parts)


class Recurrent(Op):
    """A cell taken along a whole sequence, in one node.

    The first input has a row for each step of each sequence: what the input gives to each gate,
    side by side. The last ones are the states before the first step. The output has a row for
    the first state after each step of each sequence, and below those the last states, one after
    the other. Settings are the sizes of the steps, and whether the walk begins at the last one.
    """

    settings = ("sizes", "backwards")
    fits = True
    inputs: ClassVar[tuple[str, ...]]
    #: How many gates there are.
    gates: ClassVar[int]
    #: How many states a step hands to the next one.
    carried: ClassVar[int] = 1
    #: Kernels of a step, forth and back.
    forth: ClassVar[Kernel]
    back: ClassVar[Kernel]

    def __init__(self) -> None:
        count = len(self.inputs)
        self.saves = (*self.inputs, "before", *(f"{name}s" for name in self.inputs[-self.carried :]))
        self.origins = (*range(count), *(0,) * (1 + self.carried))  # our own count as the input's
        register(self)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def step(self, x: Any, *others: Any) -> tuple[Any, ...]:
        """The next states, in operations: the definition of the cell."""
        raise NotImplementedError

    def run(self, arrays: Sequence[Any], steps: Sequence[Step], states: Sequence[Any]) -> Any:
        """Fill the states of all steps; answers what goes into the gates, in blocks."""
        raise NotImplementedError

    def run_back(
        self, g: Any, kept: Sequence[Any], steps: Sequence[Step], sizes: Sequence[int]
    ) -> tuple[Any, ...]:
        """The shares of all inputs."""
        raise NotImplementedError

    # ---- forth ----------------------------------------------------------------------------------

    def apply(self, handles: Sequence[Handle], params: tuple[Any, ...]) -> Any:
        """Compute, and record if recording is on and a gradient is wanted."""
        arrays = [h.array if h.array.flags.c_contiguous else h.array.copy() for h in handles]
        sizes, backwards = params
        steps, xp = walk(sizes, backwards), backend_of(arrays[0]).xp
        states = []
        for array in arrays[-self.carried :]:
            state = xp.empty((len(sizes) + 1, *array.shape), array.dtype)
            state[steps[0].before] = array
            states.append(state)
        before = self.run(arrays, steps, states)
        after = states[0][:-1] if backwards else states[0][1:]
        out = xp.concatenate([_rows(after, sizes), *(state[steps[-1].after] for state in states)])
        handle = wrap(handles[0].result_class, out)
        if is_grad_enabled() and any(h.requires_grad for h in handles):
            nodes = tuple([h.source() for h in handles])
            saved = (*arrays, before, *states)
            handle.node = Node(
                self, nodes, saved, params, next_age(), here(2), out.shape, out.dtype, handle.cell
            )
        return handle

    def unrolled(self, handles: Sequence[Any], params: tuple[Any, ...]) -> Any:
        """The same, step by step in operations."""
        x, *others = handles
        weights, states = others[: -self.carried], others[-self.carried :]
        return unrolled(lambda part, *state: self.step(part, *weights, *state), x, states, *params)

    def replay(self, node: Node, handles: Sequence[Handle]) -> Handle:
        """The same operation on other handles."""
        return self.apply(handles, node.params)  # type: ignore[no-any-return]

    # ---- back -----------------------------------------------------------------------------------

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        """The shares; recorded, they come of a sweep over the definition."""
        saved = self.kept(node)
        if not create:
            sizes, backwards = node.params
            return self.run_back(g, saved, walk(sizes, backwards)[::-1], sizes)
        # Of copies, so that nothing behind one input is behind another.
        given = zip(saved, node.inputs, strict=False)
        copies = [clone(wrap(kind, array, source)) for array, source in given]
        out = self.unrolled(copies, node.params)
        wanted = [copy.node for copy in copies if copy.requires_grad]
        found = sweep([out.node], [g], kind, targets=wanted, retain=True, create=True)
        return tuple([found.get(copy.node) for copy in copies])


def unrolled(
    step: Callable[..., Any], x: Any, states: Sequence[Any], sizes: Sequence[int], backwards: bool
) -> Any:
    """What `Recurrent` computes, by any step.

    Parameters
    ----------
    step : callable
        From a row of each sequence that is left, and their states, to their next states.
    x : Tensor
        The rows of all steps.
    states : sequence of Tensor
        Before the first step.
    sizes, backwards
        As of `Recurrent`.
    """
    rows: list[Any] = [None] * len(sizes)
    for t, (count, start, _, before, after) in zip(_times(sizes, backwards), walk(sizes, backwards)):
        active = [narrow(state, 0, 0, count) for state in states]
        new = step(narrow(x, 0, start, count), *active)
        rows[min(before, after)] = new[0]
        states = [
            cat([now, narrow(state, 0, count, len(state.array) - count)]) if count < len(state.array) else now
            for now, state in zip(new, states, strict=True)
        ]  # fmt: skip
    return cat([*rows, *states])


def _turned(x: Any) -> Any:
    """A matrix transposed."""
    return PERMUTE.apply_one(x, ((1, 0),))


def _gate(x: Any, place: int, gates: int) -> Any:
    """The columns of one gate."""
    width = x.array.shape[1] // gates
    return narrow(x, 1, place * width, width)


class Rnn(Recurrent):
    """`h = tanh(x + h @ weight.T)`, or with relu. Elman (1990), "Finding structure in time"."""

    inputs = ("x", "weight", "h")
    gates = 1

    def run(self, arrays: Sequence[Any], steps: Sequence[Step], states: Sequence[Any]) -> Any:
        x, weight, _ = arrays
        (hidden,) = states
        backend, forth, turned = backend_of(x), self.forth.of(x), weight.T
        call, before = backend.call, backend.xp.empty(x.shape, x.dtype)
        for count, start, stop, old, new in steps:
            part = before[start:stop]
            call(np.matmul, hidden[old, :count], turned, part)
            call(np.add, part, x[start:stop], part)
            forth(part, hidden[new, :count])
            hidden[new, count:] = hidden[old, count:]
        return before

    def run_back(
        self, g: Any, kept: Sequence[Any], steps: Sequence[Step], sizes: Sequence[int]
    ) -> tuple[Any, ...]:
        x, weight, _, before, hidden = kept
        backend, back = backend_of(x), self.back.of(x)
        call, dx, dh = backend.call, backend.xp.empty_like(before), g[len(before) :].copy()
        for count, start, stop, _, _ in steps:
            part, share = dx[start:stop], dh[:count]
            call(np.add, share, g[start:stop], share)
            back(before[start:stop], share, part)
            call(np.matmul, part, weight, share)
        return dx, call(np.dot, dx.T, _entering(hidden, steps, sizes)), dh
