"""`torch.random`: the generator that every function draws from unless it is given another one."""

from __future__ import annotations

from collections.abc import Generator as Iterating
from contextlib import contextmanager
from typing import Any

from tinygradx.ops.random import Generator, default_generator, manual_seed

__all__ = [
    "Generator", "default_generator", "fork_rng", "get_rng_state", "initial_seed", "manual_seed",
    "seed", "set_rng_state",
]  # fmt: skip


def seed() -> int:
    """Begin anew at a seed that the operating system draws, and answer it."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the default generator began at."""
    return default_generator.initial_seed()


def get_rng_state() -> Any:
    """Where the default generator stands: a tensor of bytes for `set_rng_state`."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Go on from where `get_rng_state` was called."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices: Any = (), enabled: bool = True) -> Iterating[None]:
    """Leave the default generator after the block as it was before.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> with tgx.random.fork_rng():
    ...     _ = tgx.manual_seed(0)
    """
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)
