"""Looking for the first NaN or Inf, while the mode is on.

A recorded operation gives its result a node; in this mode the slot `Handle.node` is watched, and so
sees every such result together with what made it. Where the mode is off nothing is different.
"""

from __future__ import annotations

import threading
import weakref
import zlib
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, ClassVar, NamedTuple

import numpy as np

from tinygradx.errors import GraphError, TeachingError
from tinygradx.graph import Handle, Leaf, Lost, Node, Part, readable
from tinygradx.graph.record import watching
from tinygradx.kernels import backend_of

#: What usually helps, by operation.
ADVICE = {
    "log": "keep its input above 0: log(x.clamp(min=1e-8)), or use log1p, log_softmax",
    "sqrt": "keep its input above 0: (x + 1e-8).sqrt(); the slope of sqrt at 0 is Inf",
    "rsqrt": "keep its input above 0: (x + 1e-8).rsqrt()",
    "div": "keep the divisor away from 0: a / (b + 1e-8)",
    "reciprocal": "keep its input away from 0: 1 / (x + 1e-8)",
    "pow": "keep the base above 0: x.clamp(min=1e-8) ** p; at 0 a power below 1 has slope Inf",
    "exp": "subtract the largest input first, or use logsumexp, softmax, log_softmax",
    "sub": "find the Inf in its inputs: Inf - Inf is NaN",
    "mul": "find the Inf in its inputs: 0 * Inf is NaN; look for values that grow",
}


class AnomalyError(TeachingError, RuntimeError):
    """The first NaN or Inf, found by `detect_anomaly`."""


class _Seen(NamedTuple):
    """What is known of a recorded value."""

    nan: bool
    inf: bool
    digests: tuple[int, ...]
    handle: weakref.ref[Handle]


class Watch:
    """Who looks at values and gradients while the mode is on.

    Parameters
    ----------
    check_nan, check_inf : bool
        What to look for.
    """

    def __init__(self, check_nan: bool = True, check_inf: bool = True) -> None:
        self.check_nan, self.check_inf = check_nan, check_inf
        self._seen: weakref.WeakKeyDictionary[Node, _Seen] = weakref.WeakKeyDictionary()
        self._leave: Callable[[], Any] | None = None

    def begin(self) -> None:
        """Watch the slot; a thread that ends while it watches lets go of it, too."""
        _Watchers.add(1)
        self._leave = weakref.finalize(self, _Watchers.add, -1)

    def end(self) -> None:
        """Watch no longer."""
        if self._leave is not None:
            self._leave()  # the first time only

    def made(self, handle: Handle, node: Node) -> None:
        """Look at the result of a recorded operation, once."""
        if node in self._seen:
            return
        nan, inf = _odd(handle.array)
        self._seen[node] = _Seen(nan, inf, _digests(node), weakref.ref(handle))
        if not nan and not inf:
            return
        known = [self._state(source) for source in node.inputs]
        given = _odd_numbers(node.params)
        had_nan = given[0] or any(state[0] for state in known)
        had_inf = given[1] or any(state[1] for state in known)
        what = ""
        if nan and not had_nan and self.check_nan:
            what = "NaN"
        elif inf and not had_inf and not had_nan and self.check_inf:
            what = "Inf"
        if what:
            aside = f"; its inputs hold {'Inf' if had_inf else 'neither NaN nor Inf'}"
            raise AnomalyError(
                f"detect_anomaly: {node.op.name} made the first {what}",
                f"{_where(handle.array, what)}, in a value of shape {node.shape}{aside}",
                ADVICE.get(node.op.name, "look at the inputs of that operation"),
                readable(node.where),
            )

    def _state(self, source: Node) -> tuple[bool, bool]:
        """Whether an input holds NaN, and Inf."""
        if isinstance(source, Leaf):
            return _odd(source.array)
        seen = self._seen.get(source)
        if seen is None:  # computed before the mode began, and taken to be sound
            return False, False
        handle = seen.handle()
        if handle is not None and handle.node is source:  # a write may have come after the look
            return _odd(handle.array)
        return seen.nan, seen.inf

    def pull(self, node: Node, g: Any, create: bool, kind: Any) -> tuple[Any, ...]:
        """The shares of a node's inputs, looked at; the sweep asks here instead of the op."""
        arrived = _odd(g.array if create else g)
        asked = f"detect_anomaly: walking back through {node.op.name}"
        where = readable(node.where)
        if arrived[0] and self.check_nan:
            raise AnomalyError(
                f"{asked}, the gradient that arrived holds NaN",
                f"{_where(g.array if create else g, 'NaN')}, and no operation made it",
                "look at the gradient that backward() was given, at hooks, and at sums of Infs",
                where,
            )
        self._check_memory(node, asked, where)
        token = watching.set(None)  # what the way back records is looked at here
        try:
            shares = node.op.pull_node(g, node, create, kind)
        finally:
            watching.reset(token)
        shares = tuple(kind.arithmetic.whole(s) if s.__class__ is Part else s for s in shares)
        for place, share in enumerate(shares):
            if share is None:
                continue
            array = share.array if create else share
            nan, inf = _odd(array)
            what = ""
            if nan and self.check_nan:
                what = "NaN"
            elif inf and not arrived[1] and self.check_inf:
                what = "Inf"
            if what:
                raise AnomalyError(
                    f"{asked} made the first {what} among the gradients",
                    f"{_where(array, what)}, in the gradient with respect to its input {place}",
                    ADVICE.get(node.op.name, "look at the inputs of that operation"),
                    where,
                )
        return shares

    def _check_memory(self, node: Node, asked: str, where: str) -> None:
        """Refuse arrays that somebody changed through memory shared with NumPy."""
        seen = self._seen.get(node)
        if seen is None or not seen.digests or node.saved.__class__ is not tuple:
            return
        node.op.kept(node)  # a write of our own is told with its line
        if _digests(node) != seen.digests:
            raise GraphError(
                asked,
                "an array kept for it was changed from outside, through memory that it shares",
                "copy before you write: x.detach().numpy().copy(), or tinygradx.tensor(array)",
                where,
            )


def _odd(array: Any) -> tuple[bool, bool]:
    """Whether an array holds NaN, and Inf."""
    if array.dtype.kind != "f":
        return False, False
    xp = backend_of(array).xp
    if bool(xp.isfinite(array).all()):
        return False, False
    return bool(xp.isnan(array).any()), bool(xp.isinf(array).any())


def _odd_numbers(params: Iterable[Any]) -> tuple[bool, bool]:
    """Whether the settings of an operation hold NaN, and Inf."""
    numbers = [value for value in params if isinstance(value, float)]
    return any(n != n for n in numbers), any(abs(n) == float("inf") for n in numbers)


def _where(array: Any, what: str) -> str:
    """How many elements are odd, and where the first is."""
    xp = backend_of(array).xp
    found = xp.isnan(array) if what == "NaN" else xp.isinf(array)
    count = int(found.sum())
    if not array.ndim:
        return f"the only element is {what}"
    first = [int(i) for i in xp.argwhere(found)[0]]
    verb = "is" if count == 1 else "are"
    return f"{count} of {array.size} elements {verb} {what}, the first at {first}"


def _digests(node: Node) -> tuple[int, ...]:
    """A number for the content of each array that a node keeps."""
    if node.saved is None:
        return ()
    return tuple(
        zlib.crc32(np.ascontiguousarray(kept).view(np.uint8).data) if kept.size else 0
        for kept in node.saved
        if isinstance(kept, np.ndarray)
    )


# ---- the mode -----------------------------------------------------------------------------------

_slot: Any = Handle.__dict__["node"]


class _WatchedSlot:
    """Stands in for the slot `Handle.node` while somebody watches."""

    def __get__(self, handle: Any, kind: Any = None) -> Any:
        return self if handle is None else _slot.__get__(handle, kind)

    def __set__(self, handle: Any, node: Any) -> None:
        _slot.__set__(handle, node)
        watch = watching.get()
        if watch is None or node is None or isinstance(node, (Leaf, Lost)):
            return
        if node.op is not None:
            watch.made(handle, node)


class _Watchers:
    """How many modes are on, in all threads together."""

    count: ClassVar[int] = 0
    #: One that a thread may take twice: a watch may be collected, and so end, at any moment.
    lock: ClassVar[Any] = threading.RLock()

    @classmethod
    def add(cls, number: int) -> None:
        """Watch the slot from the first on, and no longer after the last."""
        with cls.lock:
            before, cls.count = cls.count, cls.count + number
            if (before > 0) != (cls.count > 0):
                setattr(Handle, "node", _WatchedSlot() if cls.count else _slot)  # noqa: B010


class set_detect_anomaly:  # noqa: N801
    """Look for the first NaN or Inf from now on, or no longer; in a `with` block for its length.

    Parameters
    ----------
    mode : bool
        Whether to look.
    check_nan, check_inf : bool
        What to look for.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> with tgx.autograd.set_detect_anomaly(True):
    ...     tgx.autograd.is_anomaly_enabled()
    True
    """

    def __init__(self, mode: bool, check_nan: bool = True, check_inf: bool = True) -> None:
        self._before = watching.get()
        self._set(Watch(check_nan, check_inf) if mode else None)

    @staticmethod
    def _set(watch: Watch | None) -> None:
        before = watching.get()
        watching.set(watch)
        if watch is not None:
            watch.begin()
        if before is not None:
            before.end()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._set(self._before)


class detect_anomaly:  # noqa: N801
    """Name the operation, and your line, that first made a NaN or Inf.

    Inside the block every recorded value is looked at when it is made, and every share of a
    gradient on the way back; the first that is not finite raises. What was kept for the way back
    is compared with what it was, so a write through memory shared with NumPy is found as well.
    That takes time: use it to find a fault, not to train.

    An Inf that was put in (a mask of -Inf) is nobody's fault, and only a NaN that is made of it is
    an anomaly.

    Parameters
    ----------
    check_nan, check_inf : bool
        What to look for.

    Raises
    ------
    AnomalyError
        At the first NaN or Inf.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([1.0, -1.0], requires_grad=True)
    >>> with tgx.autograd.detect_anomaly():
    ...     x.log()
    Traceback (most recent call last):
    tinygradx.tensor.anomaly.AnomalyError: detect_anomaly: log made the first NaN
      got: 1 of 2 elements is NaN, the first at [1], in a value of shape (2,); ...
      do:  keep its input above 0: log(x.clamp(min=1e-8)), or use log1p, log_softmax
      at:  ...
    """

    def __init__(self, check_nan: bool = True, check_inf: bool = True) -> None:
        self._look = check_nan, check_inf
        self._modes: list[set_detect_anomaly] = []

    def __enter__(self) -> None:
        self._modes.append(set_detect_anomaly(True, *self._look))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._modes.pop().__exit__(kind, error, trace)


def is_anomaly_enabled() -> bool:
    """Whether `detect_anomaly` is on, for this thread and task."""
    return watching.get() is not None


def is_anomaly_check_nan_enabled() -> bool:
    """Whether it is on, and looks for NaN."""
    watch = watching.get()
    return watch is not None and watch.check_nan
