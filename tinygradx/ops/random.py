"""Random numbers from one seed: Philox, a counter-based generator.

Salmon et al. (2011), "Parallel random numbers: as easy as 1, 2, 3".
"""

from __future__ import annotations

import operator
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DeviceError, DtypeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops.device import CPU, device

#: Its name as a type, which the property hides.
Place = device

#: The seed of a generator that was given none; PyTorch's.
FIRST_SEED = 67_280_421_310_721

#: The words of 8 bytes in a state: counter 4, key 2, buffer 4, its place, half a word and whether
#: there is one, the seed.
WORDS = 14


class Generator:
    """A source of random numbers: the same seed gives the same numbers on every machine.

    A new one begins at one fixed seed. The functions that draw take it as `generator=`; without
    it they draw from `default_generator`, which `tinygradx.manual_seed` seeds.

    Parameters
    ----------
    device : str
        "cpu".

    Raises
    ------
    DeviceError
        For any other device.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> g = tgx.Generator().manual_seed(0)
    >>> first = tgx.randperm(5, generator=g)
    >>> again = tgx.randperm(5, generator=g.manual_seed(0))
    >>> first.tolist() == again.tolist()
    True
    """

    __slots__ = ("_initial_seed", "_lock", "_philox")

    def __init__(self, device: Any = "cpu") -> None:
        if str(device) not in ("cpu", "cpu:0"):
            raise DeviceError(
                f"a generator with device={device!r}", "random numbers are drawn on the CPU",
                'use device="cpu"',
            )  # fmt: skip
        self._lock = threading.Lock()
        self.manual_seed(FIRST_SEED)

    @property
    def device(self) -> Place:
        """Where it draws."""
        return CPU

    def manual_seed(self, seed: int) -> Generator:
        """Begin anew: the same seed gives the same numbers.

        Parameters
        ----------
        seed : int
            From -2**63 to 2**64 - 1; a negative one counts back from 2**64.

        Returns
        -------
        Generator
            This one.

        Raises
        ------
        ArgumentError, DtypeError
            If the seed is out of that range, or no whole number.
        """
        try:
            whole = operator.index(seed)
        except TypeError:
            raise DtypeError(
                f"seed random numbers with {seed!r:.40}", f"a {type(seed).__name__}",
                "use a whole number, as in manual_seed(0)",
            ) from None  # fmt: skip
        if not -(2**63) <= whole < 2**64:
            raise ArgumentError(
                f"seed random numbers with {whole}", "a number of more than 64 bits",
                "use a seed from 0 to 2**64 - 1",
            )  # fmt: skip
        whole %= 2**64
        with self._lock:
            self._initial_seed = whole
            self._philox = np.random.Generator(np.random.Philox(whole))
        return self

    def seed(self) -> int:
        """Begin anew at a seed that the operating system draws, and answer it."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self._initial_seed

    def initial_seed(self) -> int:
        """The seed it began at."""
        return self._initial_seed

    def get_state(self) -> Any:
        """Where it stands, for `set_state`: a uint8 tensor of shape (112,)."""
        with self._lock:
            state: Any = self._philox.bit_generator.state
        inner = state["state"]
        words = [*inner["counter"], *inner["key"], *state["buffer"]]
        words += [state["buffer_pos"], state["has_uint32"], state["uinteger"], self._initial_seed]
        return wrap(Handle.result_class, np.array(words, "<u8").view(np.uint8))

    def set_state(self, new_state: Any) -> None:
        """Go on from where `get_state` was called.

        Parameters
        ----------
        new_state : Tensor
            What `get_state` answered.

        Raises
        ------
        DtypeError, ArgumentError
            If it is not a tensor of bytes, or not such a state.
        """
        do = "pass what get_state() answered"
        if not isinstance(new_state, Handle) or new_state.array.dtype != np.uint8:
            dtype = getattr(new_state, "dtype", type(new_state).__name__)
            raise DtypeError("set_state", f"{dtype} where uint8 belongs", do)
        words = new_state.array.tobytes()
        numbers = np.frombuffer(words, "<u8").tolist() if len(words) == 8 * WORDS else []
        if not numbers or numbers[10] > 4 or numbers[11] > 1 or numbers[12] >= 2**32:
            got = f"{len(words)} bytes that are no state of this generator"
            raise ArgumentError("set_state", got, do)
        philox = np.random.Philox(0)
        philox.state = {
            "bit_generator": "Philox",
            "state": {"counter": _words(numbers[:4]), "key": _words(numbers[4:6])},
            "buffer": _words(numbers[6:10]),
            "buffer_pos": numbers[10],
            "has_uint32": numbers[11],
            "uinteger": numbers[12],
        }
        with self._lock:
            self._initial_seed = numbers[13]
            self._philox = np.random.Generator(philox)

    def clone_state(self) -> Generator:
        """Another generator, which stands where this one stands."""
        return _standing_at(self.get_state())

    def _draw(self, method: str, *arguments: Any) -> Any:
        """What a method of NumPy's generator answers, as an array."""
        with self._lock:
            return np.asarray(getattr(self._philox, method)(*arguments))

    def __repr__(self) -> str:
        return f"Generator(initial_seed={self._initial_seed})"

    def __reduce__(self) -> Any:
        return _standing_at, (self.get_state(),)


def _words(numbers: list[int]) -> Any:
    return np.array(numbers, np.uint64)


def _standing_at(state: Any) -> Generator:
    """A generator that goes on from a state."""
    generator = Generator()
    generator.set_state(state)
    return generator


#: What every function draws from that is given no generator. Nobody knows its seed beforehand.
default_generator = Generator()
default_generator.seed()


def manual_seed(seed: int) -> Generator:
    """Begin the random numbers anew: the same seed gives the same numbers.

    Parameters
    ----------
    seed : int
        From -2**63 to 2**64 - 1.

    Returns
    -------
    Generator
        The default one, which was seeded.

    Raises
    ------
    ArgumentError, DtypeError
        If the seed is out of that range, or no whole number.
    """
    return (_instead.get() or default_generator).manual_seed(seed)


#: What stands in for the default generator in this context; see `drawing_from`.
_instead: ContextVar[Generator | None] = ContextVar("generator", default=None)


@contextmanager
def drawing_from(generator: Generator) -> Iterator[None]:
    """Let whatever is given no generator draw from this one, in this thread, inside the block.

    A loader does so while it fetches a batch: samples are then the same however many threads fetch
    them, and whatever the model draws meanwhile.
    """
    token = _instead.set(generator)
    try:
        yield
    finally:
        _instead.reset(token)


def _source(generator: Any) -> Generator:
    if generator is None:
        return _instead.get() or default_generator
    if not isinstance(generator, Generator):
        raise DtypeError(
            "draw random numbers", f"generator of type {type(generator).__name__}",
            "pass generator=tinygradx.Generator().manual_seed(0), or nothing",
        )  # fmt: skip
    return generator


def uniform(shape: tuple[int, ...], dtype: Any, generator: Generator | None = None) -> Any:
    """Numbers from [0, 1)."""
    return _source(generator)._draw("random", shape, dtype)


def normal(shape: tuple[int, ...], dtype: Any, generator: Generator | None = None) -> Any:
    """Numbers from the normal distribution with mean 0 and standard deviation 1."""
    return _source(generator)._draw("standard_normal", shape, dtype)


def integers(
    low: int, high: int, shape: tuple[int, ...], dtype: Any, generator: Generator | None = None
) -> Any:
    """Whole numbers from low to high - 1."""
    return _source(generator)._draw("integers", low, high, shape, dtype)


def exponential(shape: tuple[int, ...], generator: Generator | None = None) -> Any:
    """Waiting times of mean 1, in float64."""
    return _source(generator)._draw("standard_exponential", shape)


def poisson(rates: Any, generator: Generator | None = None) -> Any:
    """Counts of events with these means, as int64."""
    return _source(generator)._draw("poisson", rates)


def permutation(n: int, generator: Generator | None = None) -> Any:
    """The numbers 0 to n - 1 in random order, as int64."""
    return _source(generator)._draw("permutation", n).astype(np.int64, copy=False)
