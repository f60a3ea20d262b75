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

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from tinygradx.graph import Handle, Node, Op, here, is_grad_enabled, next_age, register, sweep, wrap
from tinygradx.kernels import BACKENDS, Formula, Text, backend_of
from tinygradx.kernels.joint import joint_kernel
from tinygradx.ops.activations import relu, sigmoid, tanh
from tinygradx.ops.arithmetic import column_sums
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import add
from tinygradx.ops.elementwise import DTYPE_NAMES, Bound, elementwise
from tinygradx.ops.exponentials import logistic_density
from tinygradx.ops.joining import cat, narrow
from tinygradx.ops.memory import clone
from tinygradx.ops.products import matmul
from tinygradx.ops.transposing import PERMUTE

# ---- blocks -------------------------------------------------------------------------------------


@elementwise(
    "c / (1 + exp(-keep)) + tanh(new) / (1 + exp(-enter))",
    float32=Bound(50.0, "what is kept and what is added may cancel"),
)
def lstm_memory(enter, keep, new, c):
    """What a memory c becomes, by gates that say how much of it to keep and of the new to add."""
    return sigmoid(keep) * c + sigmoid(enter) * tanh(new)


@lstm_memory.slope
def _(enter, keep, new, c):
    return (
        logistic_density(enter) * tanh(new),
        logistic_density(keep) * c,
        sigmoid(enter) * 4.0 * logistic_density(2.0 * new),
        sigmoid(keep),
    )


@elementwise("tanh(c) / (1 + exp(-show))")
def lstm_output(c, show):
    """What of a memory c is shown, by a gate."""
    return sigmoid(show) * tanh(c)


@lstm_output.slope
def _(c, show):
    return sigmoid(show) * 4.0 * logistic_density(2.0 * c), logistic_density(show) * tanh(c)


@elementwise(
    "x + m / (1 + exp(-r))",
    float32=Bound(50.0, "what the input and the state give may cancel"),
)
def gru_inside(x, m, r):
    """What a new state is the tanh of: by the input x, and by the last state m as its gate lets."""
    return x + sigmoid(r) * m


@gru_inside.slope
def _(m, r):
    return 1.0, sigmoid(r), m * logistic_density(r)


@elementwise("new / (1 + exp(z)) + h / (1 + exp(-z))")
def gru_mix(new, h, z):
    """A new state and the last one, h, mixed by the gate z."""
    return sigmoid(-z) * new + sigmoid(z) * h


@gru_mix.slope
def _(new, h, z):
    return sigmoid(-z), sigmoid(z), (h - new) * logistic_density(z)


# ---- one element, forth and back, for the operations on sequences ------------------------------


def rnn_tanh_forth(x):
    """The next state."""
    return tanh(x)


def rnn_tanh_back(x, dh):
    """The share of what went into it."""
    return dh * 4.0 * logistic_density(2.0 * x)


def rnn_relu_forth(x):
    """The next state."""
    return relu(x)


def rnn_relu_back(x, dh):
    """The share of what went into it."""
    return dh * where(x <= 0.0, 0.0, 1.0)


def lstm_forth(enter, keep, new, show, c):
    """What the next memory shows, and that memory."""
    memory = lstm_memory(enter, keep, new, c)
    return lstm_output(memory, show), memory


def lstm_back(enter, keep, new, show, c, dh, dc):
    """The shares of the gates, and that of the memory c in the place of the next one's."""
    kept, added, shown, value = sigmoid(keep), sigmoid(enter), sigmoid(show), tanh(new)
    memory = kept * c + added * value
    dc = dc + dh * shown * 4.0 * logistic_density(2.0 * memory)
    return (
        dc * value * logistic_density(enter),
        dc * c * logistic_density(keep),
        dc * added * 4.0 * logistic_density(2.0 * new),
        dh * tanh(memory) * logistic_density(show),
        dc * kept,
    )


def gru_forth(x, r, z, m, h):
    """The next state."""
    return gru_mix(tanh(gru_inside(x, m, r)), h, z)


def gru_back(x, r, z, m, h, dh):
    """The shares of the input and of the gates, and that of h in the place of the next one's.

    The share of h is not all of it: the gates r and z, and m, are products of it.
    """
    reset = sigmoid(r)
    before = x + reset * m
    dx = dh * sigmoid(-z) * 4.0 * logistic_density(2.0 * before)
    return (
        dx,
        dx * m * logistic_density(r),
        dh * (h - tanh(before)) * logistic_density(z),
        dx * reset,
        dh * sigmoid(z),
    )


class Kernel:
    """A formula of several results as a kernel for each dtype."""

    def __init__(self, function: Callable[..., Any], outputs: Sequence[str]) -> None:
        self.formula, self.outputs = Formula(function), tuple(outputs)
        self._ready: dict[Any, Callable[..., None]] = {}

    def text(self, device: str, dtype: str) -> Text:
        """The kernel as text."""
        return joint_kernel(f"{self.formula.name}_step", device, dtype, self.formula, self.outputs)

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
    size : int
        How many sequences are left.
    start, stop : int
        Their rows.
    before, after : int
        Where the states before and after it lie, in memory for one more than there are steps.
    """

    size: int
    start: int
    stop: int
    before: int
    after: int


def walk(sizes: Sequence[int], backwards: bool) -> list[Step]:
    """The steps in their order."""
    steps, start = [], 0
    for t, size in enumerate(sizes):
        steps.append(Step(size, start, start + size, t + backwards, t + 1 - backwards))
        start += size
    return steps[::-1] if backwards else steps


def _each(rows: Any, steps: Sequence[Step], *shape: int) -> list[Any]:
    """The rows of every step, in a shape in which -1 stands for how many there are.

    Where all steps are alike, all rows take the shape at once, and are then taken apart: 0.05
    microseconds a step instead of 0.5.
    """
    first = steps[0]
    if first.size == steps[-1].size:
        parts = list(rows.reshape(len(steps), *[first.size if n < 0 else n for n in shape]))
        return parts[::-1] if first.start else parts
    return [
        rows[start:stop].reshape([size if n < 0 else n for n in shape])
        for size, start, stop, _, _ in steps
    ]


def _left(states: Any, times: Sequence[int], steps: Sequence[Step]) -> list[Any]:
    """The states, at a time for every step, of the sequences that are left."""
    if steps[0].size == steps[-1].size:
        every = list(states)
        return [every[time] for time in times]
    return [states[time, : step.size] for time, step in zip(times, steps, strict=True)]


def _rows(states: Any, sizes: Sequence[int]) -> Any:
    """States of all steps without those of sequences that had ended."""
    if sizes[-1] == sizes[0]:
        return states.reshape(-1, states.shape[2])
    parts = [state[:count] for state, count in zip(states, sizes, strict=True)]
    return backend_of(states).xp.concatenate(parts)


class Recurrent(Op):
    """A cell taken along a whole sequence, in one node.

    The first input has a row for each step of each sequence: what the input gives to every gate,
    side by side. The second is the matrix that makes the same of a state. The last ones are the
    states before the first step, as matrices with a row for each sequence.

    The output has a row for the state after each step of each sequence, and below those the last
    states, one after the other. Settings are the sizes of the steps, and whether the walk begins
    at the last one.
    """

    settings = ("sizes", "backwards")
    inputs: ClassVar[tuple[str, ...]]
    #: The formula of a step, for readers.
    textbook: str
    #: How many gates there are; how many matrices a step keeps, of which the last are products.
    gates: ClassVar[int]
    blocks: ClassVar[int]
    #: How many states a step hands to the next one, and which of them its kernels read.
    carried: ClassVar[int] = 1
    reads: ClassVar[tuple[int, ...]] = ()
    #: Whether the back kernel leaves a share of the state in the place of the next one's.
    direct: ClassVar[bool] = False
    #: The kernels of a step.
    forth: Kernel
    back: Kernel

    def __init__(self) -> None:
        count = len(self.inputs)
        states = [f"{name}s" for name in self.inputs[-self.carried :]]
        self.saves = (*self.inputs, "before", *states)
        self.origins = (*range(count), *(0,) * (1 + self.carried))  # ours alone: never written
        register(self)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def step(self, x: Any, *others: Any) -> tuple[Any, ...]:
        """The next states, in operations: the definition of the cell."""
        raise NotImplementedError

    # ---- forth ----------------------------------------------------------------------------------

    def apply(self, handles: Sequence[Handle], params: tuple[Any, ...]) -> Any:
        """Compute, and record if recording is on and a gradient is wanted."""
        arrays = [h.array if h.array.flags.c_contiguous else h.array.copy() for h in handles]
        sizes, backwards = params
        steps, xp = walk(sizes, backwards), backend_of(arrays[0]).xp
        states = []
        for array in arrays[-self.carried :]:
            state = xp.empty((len(sizes) + 1, *array.shape), arrays[0].dtype)
            # Where sequences join the walk on its way, their first state waits for them.
            state[steps[0].before if sizes[0] == sizes[-1] else ...] = array
            states.append(state)
        before = self.run(arrays, steps, states)
        after = states[0][:-1] if backwards else states[0][1:]
        last: tuple[Any, ...] = (0 if backwards else -1,)
        if sizes[0] != sizes[-1] and not backwards:  # each where its sequence ended
            counts, every = np.array(sizes), np.arange(sizes[0])
            last = (xp.asarray((counts[:, None] > every).sum(0)), xp.asarray(every))
        out = xp.concatenate([_rows(after, sizes), *(state[last] for state in states)])
        handle = wrap(handles[0].result_class, out)
        if is_grad_enabled() and any(h.requires_grad for h in handles):
            nodes = tuple([h.source() for h in handles])
            saved = (*arrays, before, *states)
            handle.node = Node(
                self, nodes, saved, params, next_age(), here(2), out.shape, out.dtype, handle.cell
            )
        return handle

    def run(self, arrays: Sequence[Any], steps: Sequence[Step], states: Sequence[Any]) -> Any:
        """Fill the states of all steps; answers what went into the gates, matrix by matrix."""
        x, weight = arrays[:2]
        backend, gates, width = backend_of(x), self.gates, weight.shape[1]
        run, forth = backend.quiet.run, self.forth.of(x)
        turned = weight.reshape(gates, width, width).swapaxes(1, 2)
        before = backend.xp.empty((len(x), self.blocks * width), x.dtype)
        old, new = [step.before for step in steps], [step.after for step in steps]
        given = [part.swapaxes(0, 1) for part in _each(x, steps, -1, gates, width)]
        read = [_left(states[k], old, steps) for k in self.reads]
        written = [_left(state, new, steps) for state in states]
        for blocks, part, h, *others in zip(
            _each(before, steps, self.blocks, -1, width), given, _left(states[0], old, steps),
            *read, *written, strict=True,
        ):  # fmt: skip
            run(np.matmul, h, turned, blocks[-gates:])
            self.meet(run, blocks, part, arrays)
            forth(*blocks, *others)
        return before

    def meet(self, run: Any, blocks: Any, given: Any, arrays: Sequence[Any]) -> None:
        """Add what the input gives to the gates to the products of the state."""
        run(np.add, blocks, given, blocks)

    def unrolled(self, handles: Sequence[Any], params: tuple[Any, ...]) -> Any:
        """The same, step by step in operations."""
        x, *others = handles
        weights, states = others[: -self.carried], others[-self.carried :]
        rows, last = unrolled(
            lambda part, *state: self.step(part, *weights, *state), x, states, *params
        )
        return cat([rows, *last])

    def replay(self, node: Node, handles: Sequence[Handle]) -> Handle:
        """The same operation on other handles."""
        return self.apply(handles, node.params)  # type: ignore[no-any-return]

    # ---- back -----------------------------------------------------------------------------------

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        """The shares; recorded, they come of a sweep over the definition."""
        saved = self.kept(node)
        if not create:
            return self.run_back(g, saved, *node.params)
        # Of copies, so that nothing behind one input is behind another.
        given = zip(saved, node.inputs, strict=False)
        copies = [clone(wrap(kind, array, source)) for array, source in given]
        out = self.unrolled(copies, node.params)
        wanted = [copy.node for copy in copies if copy.requires_grad]
        found = sweep([out.node], [g], kind, targets=wanted, retain=True, create=True)
        return tuple([found.get(copy.node) for copy in copies])

    def run_back(
        self, g: Any, saved: Sequence[Any], sizes: Sequence[int], backwards: bool
    ) -> tuple[Any, ...]:
        """The shares on arrays."""
        x, weight = saved[:2]
        before, *states = saved[len(self.inputs) :]
        backend, gates, width = backend_of(x), self.gates, weight.shape[1]
        run, back, xp = backend.quiet.run, self.back.of(x), backend.xp
        steps = walk(sizes, backwards)[::-1]
        shares = [part.copy() for part in xp.split(g[len(x) :], self.carried)]
        products = xp.empty_like(x)  # the share of each gate's product of the state
        dx = products if self.blocks == gates else xp.empty_like(x)
        old = [step.before for step in steps]
        for step, rows, blocks, product, out, given, *read in zip(
            steps, _each(g[: len(x)], steps, -1, width),
            _each(before, steps, self.blocks, -1, width),
            _each(products, steps, -1, gates * width),
            _each(products, steps, -1, gates, width), _each(dx, steps, -1, gates, width),
            *[_left(states[k], old, steps) for k in self.reads], strict=True,
        ):  # fmt: skip
            parts = xp.empty(blocks.shape, blocks.dtype)
            later = [share[: step.size] for share in shares]
            dh = later[0]
            run(np.add, dh, rows, dh)
            back(*blocks, *read, *later, *parts)
            out.swapaxes(0, 1)[...] = parts[-gates:]
            if dx is not products:
                self.part(given.swapaxes(0, 1), parts)
            if self.direct:
                run(np.add, dh, run(np.dot, product, weight), dh)
            else:
                run(np.dot, product, weight, dh)
        entering = _rows(states[0][1:] if backwards else states[0][:-1], sizes)
        return (dx, run(np.dot, products.T, entering), *self.others(products), *shares)

    def part(self, columns: Any, parts: Any) -> None:
        """Write the shares of what the input gives, where they are not those of the products."""
        raise NotImplementedError

    def others(self, products: Any) -> tuple[Any, ...]:
        """The shares of inputs between the weight and the states."""
        return ()


def unrolled(
    step: Callable[..., Any], x: Any, states: Sequence[Any], sizes: Sequence[int], backwards: bool
) -> tuple[Any, Sequence[Any]]:
    """The walk of a `Recurrent` by any step, one operation after the other.

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

    Returns
    -------
    rows : Tensor
        The first state after each step.
    states : sequence of Tensor
        The last ones.
    """
    rows: list[Any] = [None] * len(sizes)
    many = len(states[0].array)
    for count, start, _, old, new in walk(sizes, backwards):
        active = [narrow(state, 0, 0, count) for state in states] if count < many else states
        after = step(narrow(x, 0, start, count), *active)
        rows[min(old, new)] = after[0]
        if count < many:
            ended = [narrow(state, 0, count, many - count) for state in states]
            after = [cat(pair) for pair in zip(after, ended, strict=True)]
        states = after
    return cat(rows), states


def _turned(x: Any) -> Any:
    """A matrix transposed."""
    return PERMUTE.apply_one(x, ((1, 0),))


def _gates(x: Any, count: int) -> list[Any]:
    """The columns of each gate."""
    width = x.array.shape[1] // count
    return [narrow(x, 1, place * width, width) for place in range(count)]


class Rnn(Recurrent):
    """`h = tanh(x + h @ weight.T)`, or with relu. Elman (1990), "Finding structure in time"."""

    inputs = ("x", "weight", "h")
    gates = blocks = 1

    def __init__(self, activation: Any, forth: Kernel, back: Kernel) -> None:
        self.name, self.activation = f"rnn_{activation.name}", activation
        self.textbook = f"{activation.name}(x + h @ weight.T)"
        self.forth, self.back = forth, back
        super().__init__()

    def step(self, x: Any, *others: Any) -> tuple[Any, ...]:
        weight, h = others
        return (self.activation(add(x, matmul(h, _turned(weight)))),)


class Lstm(Recurrent):
    """Long short-term memory: a memory c that gates write to, keep and show as h.

    With i, f, g and o, here called enter, keep, new and show, the parts of `x + h @ weight.T`:
    `c = sigmoid(f) * c + sigmoid(i) * tanh(g)`, and `h = sigmoid(o) * tanh(c)`. Hochreiter &
    Schmidhuber (1997), "Long short-term memory"; the gate f is of Gers, Schmidhuber & Cummins
    (2000), "Learning to forget".
    """

    name = "lstm"
    textbook = "h, c = sigmoid(o) * tanh(c), where c = sigmoid(f) * c + sigmoid(i) * tanh(g)"
    inputs = ("x", "weight", "h", "c")
    gates = blocks = 4
    carried, reads = 2, (1,)
    forth = Kernel(lstm_forth, ("shown", "memory"))
    back = Kernel(lstm_back, ("denter", "dkeep", "dnew", "dshow", "dc"))

    def step(self, x: Any, *others: Any) -> tuple[Any, ...]:
        weight, h, c = others
        return self.next(add(x, matmul(h, _turned(weight))), c)

    def next(self, inside: Any, c: Any) -> tuple[Any, Any]:
        """The next states, of what goes into the gates and the memory."""
        enter, keep, new, show = _gates(inside, 4)
        c = lstm_memory(enter, keep, new, c)
        return lstm_output(c, show), c


class Gru(Recurrent):
    """Gated recurrent unit: a state that is mixed with a new one.

    With x, r, z of the input and m, r, z of `h @ weight.T + bias`, where both r and z are added:
    `n = tanh(x + sigmoid(r) * m)`, and `h = sigmoid(-z) * n + sigmoid(z) * h`. Cho et al. (2014),
    arXiv:1406.1078, with the reset after the product.
    """

    name = "gru"
    textbook = "h = sigmoid(-z) * tanh(x + sigmoid(r) * m) + sigmoid(z) * h"
    inputs = ("x", "weight", "bias", "h")
    gates, blocks = 3, 4
    reads, direct = (0,), True
    forth = Kernel(gru_forth, ("after",))
    back = Kernel(gru_back, ("dx", "dr", "dz", "dm", "dh"))

    def step(self, x: Any, *others: Any) -> tuple[Any, ...]:
        weight, bias, h = others
        return (self.next(x, add(matmul(h, _turned(weight)), bias), h),)

    def next(self, x: Any, products: Any, h: Any) -> Any:
        """The next state, of what the input and the state give to the gates, and the state."""
        (xr, xz, xn), (hr, hz, m) = _gates(x, 3), _gates(products, 3)
        return gru_mix(tanh(gru_inside(xn, m, add(xr, hr))), h, add(xz, hz))

    def meet(self, run: Any, blocks: Any, given: Any, arrays: Sequence[Any]) -> None:
        products, added = blocks[1:], blocks[1:3]
        run(np.add, products, arrays[2].reshape(3, 1, -1), products)
        run(np.add, added, given[:2], added)
        blocks[0] = given[2]

    def part(self, columns: Any, parts: Any) -> None:
        columns[:2], columns[2] = parts[1:3], parts[0]

    def others(self, products: Any) -> tuple[Any, ...]:
        return (column_sums(products),)


RNN_TANH = Rnn(tanh, Kernel(rnn_tanh_forth, ("h",)), Kernel(rnn_tanh_back, ("dx",)))
RNN_RELU = Rnn(relu, Kernel(rnn_relu_forth, ("h",)), Kernel(rnn_relu_back, ("dx",)))
LSTM, GRU = Lstm(), Gru()
