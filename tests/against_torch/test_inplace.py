"""Random programs of views, reads and writes in place, beside PyTorch.

A program is a list of statements on a growing list of tensors. Both libraries run it in step: each
statement raises in both or in neither, all values agree after it, and in the end so do all
gradients of the leaves. What raises leaves everything as it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import tinygradx as tgx
from tinygradx.errors import TeachingError

torch = pytest.importorskip("torch", reason="could not import torch")

Step = Callable[[Any, Any, int], Any]

START = {
    "a": ((2, 3), True),
    "b": ((3,), True),
    "c": ((2, 3), False),
    "d": ((3, 2), True),
    "e": ((), True),
}


def at(x: Any, k: int) -> Any:
    """An index of integers and slices that fits, or one that is out of range."""
    if not x.ndim:
        return (..., None, 1)[k % 3]
    size = x.shape[0]
    if k % 7 == 6:
        return size  # out of range
    if not size:
        return slice(None)
    choices = (
        k % size, slice(k % size, None), slice(None, None, 2), (..., -1), None, slice(0, 0),
    )  # fmt: skip
    return choices[k % 6]


def picked(x: Any, k: int) -> Any:
    """An index of arrays: numbers, each once, or a mask."""
    if not x.ndim or not x.shape[0]:
        return ...
    order = np.random.default_rng(k).permutation(x.shape[0])
    if k % 2:
        return order[: 1 + k % 2].tolist()
    return [bool(n % 2) for n in order.tolist()]


def grown(x: Any) -> tuple[int, ...]:
    return (2, *x.shape)


def set_part(x: Any, o: Any, k: int) -> None:
    x[at(x, k)] = o.sum()


def set_part_to_number(x: Any, o: Any, k: int) -> None:
    x[at(x, k)] = k / 4


def set_picked(x: Any, o: Any, k: int) -> None:
    x[picked(x, k)] = o.sum()


def set_all(x: Any, o: Any, k: int) -> None:
    x[...] = fitted(o, x)


def add_part(x: Any, o: Any, k: int) -> None:
    """`x[...] += ...`, step by step, since PyTorch may take a view for a leaf in between."""
    part = x[at(x, k)]
    part += o.sum()
    has_history(x)
    x[at(x, k)] = part


def mul_part(x: Any, o: Any, k: int) -> None:
    part = x[at(x, k)]
    part *= o.sum()
    has_history(x)
    x[at(x, k)] = part


def add_picked(x: Any, o: Any, k: int) -> None:
    x[picked(x, k)] += 1.5


def fitted(o: Any, x: Any) -> Any:
    """What broadcasts to x, made of o."""
    try:
        if np.broadcast_shapes(tuple(o.shape), tuple(x.shape)) == tuple(x.shape):
            return o
    except ValueError:
        pass
    return o.sum()


def swap(x: Any, o: Any, k: int) -> Any:
    """Rows exchanged by way of a copy."""
    if not x.ndim or x.shape[0] < 2:
        return None
    first = x[0].clone()
    x[0] = x[1]
    x[1] = first
    return first


READS: dict[str, Step] = {
    "double": lambda x, o, k: x * 2.0,
    "add": lambda x, o, k: x + fitted(o, x),
    "mul": lambda x, o, k: x * fitted(o, x),
    "sin": lambda x, o, k: x.sin(),
    "relu": lambda x, o, k: x.relu(),
    "exp of sin": lambda x, o, k: x.sin().exp(),
    "sum": lambda x, o, k: x.sum(),
    "clone": lambda x, o, k: x.clone(),
    "detach": lambda x, o, k: x.detach(),
    "copy": lambda x, o, k: x[picked(x, k)],
}
VIEWS: dict[str, Step] = {
    "part": lambda x, o, k: x[at(x, k)],
    "transpose": lambda x, o, k: x.transpose(0, -1) if x.ndim else x[None],
    "flat": lambda x, o, k: x.reshape(-1),
    "unsqueeze": lambda x, o, k: x.unsqueeze(0),
    "squeeze": lambda x, o, k: x.squeeze(),
    "expand": lambda x, o, k: x.expand(grown(x)) if x.ndim < 3 else x[0],
    "rows": lambda x, o, k: list(x) if x.ndim and x.shape[0] else None,
    "halves": lambda x, o, k: x.split(1) if x.ndim and x.shape[0] else None,
    "narrow": lambda x, o, k: x.narrow(0, 0, k % (x.shape[0] + 1)) if x.ndim else None,
}
WRITES: dict[str, Step] = {
    "add_": lambda x, o, k: x.add_(fitted(o, x)),
    "add_ a number": lambda x, o, k: x.add_(k / 8),
    "sub_ too large": lambda x, o, k: x.sub_(o),
    "mul_": lambda x, o, k: x.mul_(fitted(o, x)),
    "mul_ a number": lambda x, o, k: x.mul_(k / 8),
    "div_ a number": lambda x, o, k: x.div_(1.0 + k),
    "copy_": lambda x, o, k: x.copy_(fitted(o, x)),
    "fill_": lambda x, o, k: x.fill_(o.sum()),
    "zero_": lambda x, o, k: x.zero_(),
    "sin_": lambda x, o, k: x.sin_(),
    "neg_": lambda x, o, k: x.neg_(),
    "exp_ of sin_": lambda x, o, k: x.sin_().exp_(),
    "relu_": lambda x, o, k: x.relu_(),
    "square_": lambda x, o, k: x.sin_().square_(),
    "clamp_": lambda x, o, k: x.clamp_(-0.5, k / 4),
    "masked_fill_": lambda x, o, k: x.masked_fill_(x > k / 8, 0.25),
    "set a part": set_part,
    "set a part to a number": set_part_to_number,
    "set what is picked": set_picked,
    "set all": set_all,
    "add to a part": add_part,
    "multiply a part": mul_part,
    "add to what is picked": add_picked,
    "swap rows": swap,
}
OTHERS: dict[str, Step] = {
    "write behind": lambda x, o, k: x.detach().mul_(1.0 + k),
    "set behind": lambda x, o, k: set_part_to_number(x.detach(), o, k),
    "write detached": lambda x, o, k: x.detach().mul_(fitted(o, x)),
    "requires_grad_": lambda x, o, k: x.requires_grad_(),
}
TURNS: dict[str, Step] = {
    "unsqueeze_": lambda x, o, k: x.unsqueeze_(0) if x.ndim < 3 else None,
    "transpose_": lambda x, o, k: x.transpose_(0, -1) if x.ndim else None,
    "squeeze_": lambda x, o, k: x.squeeze_(),
}
STEPS = READS | VIEWS | WRITES | OTHERS | TURNS
#: Those that change what they are called on.
CHANGES = WRITES | OTHERS | TURNS


def made(library: Any) -> list[Any]:
    """The tensors that a program begins with."""
    draw = np.random.default_rng(0)
    tensors = []
    for shape, wants in START.values():
        values = draw.uniform(-1.0, 1.0, shape).tolist()
        dtype = library.float64
        tensors.append(library.tensor(values, dtype=dtype, requires_grad=wants))
    # A program may write to results at once.
    return [*tensors, tensors[0] * 1.5, tensors[1] + 0.5]


def attempt(library: Any, name: str, x: Any, o: Any, k: int, quiet: bool) -> Any:
    """What a statement answers, or the error that it raises."""
    try:
        with library.no_grad() if quiet else contextlib.nullcontext():
            return STEPS[name](x, o, k)
    except (RuntimeError, IndexError, ValueError, TypeError) as error:
        return error


def strange(name: str, x: Any, quiet: bool, others: list[Any]) -> bool:
    """What PyTorch does in its own way: see the documentation of writes."""
    if name in TURNS:  # of a leaf: PyTorch leaves a graph behind that it cannot sweep
        return has_history(x) and x.is_leaf and bool(x.requires_grad)
    if name in VIEWS and quiet:  # there it requires a gradient, which goes nowhere
        return bool(x.requires_grad)
    if name == "requires_grad_":  # there it reaches the views that were made before
        return any(other._base is x for other in others)
    if name in ("masked_fill_", "fill_", "zero_", "set what is picked", "add to what is picked"):
        return any(n > 1 and not step for n, step in zip(x.shape, x.stride(), strict=True))
    return False


def has_history(x: Any) -> bool:
    """Whether a tensor of PyTorch can be recorded with. Asking brings its history up to date."""
    return not raises(lambda: getattr(x, "grad_fn", None))


def same_memory(x: Any, o: Any) -> bool:
    return bool(x.untyped_storage().data_ptr() == o.untyped_storage().data_ptr())


def assert_equal(ours: Any, theirs: Any, what: str) -> None:
    np.testing.assert_allclose(
        ours.array, theirs.detach().numpy(), rtol=1e-9, atol=1e-11, equal_nan=True, err_msg=what
    )


def run(program: list[tuple[str, int, int, int, bool]]) -> str:
    """Run a program in both libraries; answers how it ended."""
    ours, theirs = made(tgx), made(torch)
    said = []
    for name, i, j, k, quiet in program:
        i, j = i % len(ours), j % len(ours)
        said.append(f"{name}({i}, {j}, {k}){' unrecorded' if quiet else ''}")
        o, p = ours[j], theirs[j]
        if strange(name, theirs[i], quiet, theirs):
            continue
        if name in CHANGES and same_memory(theirs[i], p):
            # PyTorch refuses operands that overlap with what is written: see the other test.
            o, p = (tgx.tensor(float(k), dtype=tgx.float64), torch.tensor(float(k)).double())
        expected = attempt(torch, name, theirs[i], p, k, quiet)
        answer = attempt(tgx, name, ours[i], o, k, quiet)
        line = "\n".join(said)
        if isinstance(expected, Exception) != isinstance(answer, Exception):
            raise AssertionError(f"{line}\nPyTorch: {expected!r}\nours: {answer!r}")
        if isinstance(answer, Exception):
            assert isinstance(answer, (TeachingError, TypeError)), f"{line}\n{answer!r}"
        else:
            for new, twin in zip(tensors_of(answer), tensors_of(expected), strict=True):
                if not any(new is known for known in ours):
                    ours.append(new)
                    theirs.append(twin)
        for number, (mine, yours) in enumerate(zip(ours, theirs, strict=True)):
            assert_equal(mine, yours, f"{line}\nvalue {number}")
            has_history(yours)  # else PyTorch takes some views for leaves
    return ended(ours, theirs, "\n".join(said))


def tensors_of(answer: Any) -> list[Any]:
    if answer is None:
        return []
    return list(answer) if isinstance(answer, (list, tuple)) else [answer]


def loss_of(tensors: list[Any]) -> Any:
    """A number that everything that can be read has a share in; lost views are left out."""
    total = tensors[0].sum() * 0.5
    for number, tensor in enumerate(tensors):
        with contextlib.suppress(RuntimeError):
            total = total + (tensor * (1.0 + number)).sum()
    return total


def ended(ours: list[Any], theirs: list[Any], line: str) -> str:
    """Compare the ways back."""
    for number, (mine, yours) in enumerate(zip(ours, theirs, strict=True)):
        lost = [raises(lambda t=t: t * 1.0) for t in (mine, yours)]
        assert lost[0] == lost[1], f"{line}\nreading {number}: ours raises {lost[0]}"
    outcomes = [attempt_backward(loss_of(tensors)) for tensors in (ours, theirs)]
    assert outcomes[0][0] == outcomes[1][0], f"{line}\nours: {outcomes[0]}\nPyTorch: {outcomes[1]}"
    if outcomes[0][0]:
        return "refused"
    leaves = [i for i, (_, wants) in enumerate(START.values()) if wants]
    for number in leaves:
        grad, expected = ours[number].grad, theirs[number].grad
        assert (grad is None) == (expected is None), line
        if grad is not None:
            assert_equal(grad, expected, f"{line}\ngradient {number}")
    return "agreed"


def raises(function: Callable[[], Any]) -> bool:
    try:
        function()
    except RuntimeError:
        return True
    return False


def attempt_backward(loss: Any) -> tuple[bool, str]:
    try:
        loss.backward()
    except RuntimeError as error:
        return True, str(error)
    return False, ""


# ---- the same without writes ---------------------------------------------------------------------


class Bypass(torch.autograd.Function):  # type: ignore[misc, name-defined]
    """Other values, with the gradient of the old ones: what an unrecorded write is."""

    @staticmethod
    def forward(ctx: Any, old: Any, values: Any) -> Any:
        return values.clone()

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g, None


class Line:
    """Memory as a value: a line of numbers with one history, or several for detached tensors."""

    def __init__(self, values: Any) -> None:
        self.histories = [values]


class Pure:
    """A tensor that is read from a line at some places; a write makes a new line.

    Nothing here is written in place or shared, so PyTorch's gradient of it is the true one, also
    for programs that PyTorch itself refuses.
    """

    recording = True
    float64 = torch.float64

    def __init__(self, line: Line, history: int, places: Any, quiet: bool = False) -> None:
        self.line, self.history, self.places, self.quiet = line, history, places, quiet

    @classmethod
    def tensor(cls, values: Any, dtype: Any = None, requires_grad: bool = False) -> Pure:
        given = torch.tensor(values, dtype=torch.float64, requires_grad=requires_grad)
        made = cls.fresh(given)
        made.leaf = given
        return made

    @classmethod
    def fresh(cls, value: Any) -> Pure:
        if not cls.recording:
            value = value.detach()
        return cls(Line(value.reshape(-1)), 0, np.arange(value.numel()).reshape(value.shape))

    @classmethod
    @contextlib.contextmanager
    def no_grad(cls) -> Any:
        cls.recording = False
        try:
            yield
        finally:
            cls.recording = True

    shape = property(lambda self: self.places.shape)
    ndim = property(lambda self: self.places.ndim)

    def read(self) -> Any:
        """The value, as a tensor of PyTorch."""
        value = self.line.histories[self.history][torch.as_tensor(self.places.copy())]
        return value.detach() if self.quiet or not self.recording else value

    def write(self, value: Any) -> Pure:
        """A line with other values at the places, in every history."""
        histories, at = self.line.histories, (torch.as_tensor(self.places.copy()),)
        written = histories[self.history].index_put(at, value.expand(self.shape))
        for number, old in enumerate(histories):
            if number == self.history and self.recording:
                histories[number] = written
            else:
                histories[number] = Bypass.apply(old, written.detach())
        return self

    def look(self, places: Any) -> Pure:
        return Pure(self.line, self.history, places, self.quiet or not self.recording)

    def __add__(self, o: Any) -> Pure:
        return self.fresh(self.read() + bare(o))

    def __mul__(self, o: Any) -> Pure:
        return self.fresh(self.read() * bare(o))

    def __gt__(self, o: float) -> Any:
        return self.read() > o

    def detach(self) -> Pure:
        self.line.histories.append(self.line.histories[self.history].detach())
        return Pure(self.line, len(self.line.histories) - 1, self.places)

    def __getitem__(self, index: Any) -> Pure:
        if isinstance(index, list):
            return self.fresh(self.read()[index])
        return self.look(np.asarray(self.places[index]))

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, list):
            Pure(self.line, self.history, self.places[index]).write(bare(value))
        else:
            self[index].write(bare(value))

    def __iadd__(self, o: Any) -> Pure:
        return self.add_(o)

    def __imul__(self, o: Any) -> Pure:
        return self.mul_(o)

    def __iter__(self) -> Any:
        return iter([self[i] for i in range(len(self.places))])

    def split(self, size: int) -> list[Pure]:
        return [self[i : i + size] for i in range(0, len(self.places), size)]

    def reshape(self, *shape: int) -> Pure:
        """A view or a copy, whichever ours is."""
        return self.look(self.places.reshape(shape))

    def masked_fill_(self, mask: Any, value: float) -> Pure:
        return self.write(self.read().masked_fill(mask, value))


def bare(value: Any) -> Any:
    if isinstance(value, Pure):
        return value.read()
    return torch.tensor(value, dtype=torch.float64)


def _give_pure() -> None:
    """The methods that follow from NumPy's views of the places, and from PyTorch's functions."""
    views = {
        "transpose": lambda p, a, b: p.swapaxes(a, b), "squeeze": lambda p: p.squeeze(),
        "unsqueeze": np.expand_dims, "expand": np.broadcast_to,
        "narrow": lambda p, dim, start, length: p[start : start + length],
    }  # fmt: skip
    for name, function in views.items():
        setattr(Pure, name, lambda x, *a, f=function: x.look(f(x.places, *a)))

        def turned(x: Any, *arguments: Any, function: Any = function) -> Any:
            x.places = function(x.places, *arguments)
            return x

        setattr(Pure, name + "_", turned)
    for name in ("sin", "relu", "exp", "sum", "clone"):
        function = getattr(torch, name)
        setattr(Pure, name, lambda x, f=function: x.fresh(f(x.read())))
    for name in ("sin", "relu", "exp", "neg", "square", "add", "sub", "mul", "div", "clamp"):
        function = getattr(torch, name)
        setattr(
            Pure, name + "_",
            lambda x, *a, f=function: x.write(f(x.read(), *[bare(value) for value in a])),
        )  # fmt: skip
    Pure.copy_ = Pure.fill_ = lambda x, value: x.write(bare(value))  # type: ignore[attr-defined]
    Pure.zero_ = lambda x: x.write(bare(0.0))  # type: ignore[attr-defined]


_give_pure()


def run_pure(program: list[tuple[str, int, int, int, bool]]) -> str:
    """Run a program in ours, and what it did without writes; answers how it ended."""
    ours, theirs = made(tgx), made(Pure)
    said = []
    for name, i, j, k, quiet in program:
        i, j = i % len(ours), j % len(ours)
        answer = attempt(tgx, name, ours[i], ours[j], k, quiet)
        if isinstance(answer, Exception):
            assert isinstance(answer, (TeachingError, TypeError)), repr(answer)
            continue
        said.append(f"{name}({i}, {j}, {k}){' unrecorded' if quiet else ''}")
        line = "\n".join(said)
        with Pure.no_grad() if quiet else contextlib.nullcontext():
            expected = STEPS[name](theirs[i], theirs[j], k)
            if name == "flat" and not np.may_share_memory(answer.array, ours[i].array):
                expected = Pure.fresh(expected.read())
        for new, twin in zip(tensors_of(answer), tensors_of(expected), strict=True):
            if not any(new is known for known in ours):
                ours.append(new)
                theirs.append(twin)
        for number, (mine, yours) in enumerate(zip(ours, theirs, strict=True)):
            assert_equal(mine, yours.read(), f"{line}\nvalue {number}")
    readable = [not raises(lambda t=t: t * 1.0) for t in ours]
    losses = [
        loss_of([t for t, can in zip(tensors, readable, strict=True) if can])
        for tensors in (ours, theirs)
    ]
    refused, _ = attempt_backward(losses[0])
    if refused:
        return "refused"
    losses[1].read().backward()
    for number, (_, wants) in enumerate(START.values()):
        if wants:
            grad = theirs[number].leaf.grad
            assert_equal(ours[number].grad, grad, "\n".join([*said, f"gradient {number}"]))
    return "agreed"


# ---- tests ---------------------------------------------------------------------------------------


def statements(*groups: dict[str, Step]) -> Any:
    """Statements, each group as often as it is given."""
    return st.lists(
        st.tuples(
            st.one_of(*[st.sampled_from(sorted(group)) for group in groups]),
            st.integers(0, 12), st.integers(0, 12), st.integers(0, 12),
            st.sampled_from([False, False, False, False, False, True]),
        ),
        min_size=3, max_size=10,
    )  # fmt: skip


def test_what_pytorch_writes_in_place_ours_does_too():
    """Where ours has the operation at all."""
    names = [name for name in dir(torch.Tensor) if name.endswith("_") and name[0] != "_"]
    missing = [
        name for name in names
        if hasattr(tgx.Tensor, name[:-1]) and not hasattr(tgx.Tensor, name)
    ]  # fmt: skip
    assert not missing
    assert sum(hasattr(tgx.Tensor, name) for name in names) >= 140


BESIDE = OTHERS.keys() - {"requires_grad_"}
PROGRAMS = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@PROGRAMS
@given(statements(VIEWS, WRITES, READS, VIEWS, WRITES, OTHERS))
def test_random_programs_agree(program):
    run(program)


@PROGRAMS
@given(
    statements(VIEWS, WRITES, READS, VIEWS, WRITES, {name: OTHERS[name] for name in BESIDE}, TURNS)
)
def test_random_programs_mean_what_they_mean_without_writes(program):
    run_pure(program)
