"""What a device must answer, and which device an array lives on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from tinygradx.errors import DeviceError
from tinygradx.kernels.cpu import CPU
from tinygradx.kernels.source import Text


class Backend(Protocol):
    """The short list: a NumPy-like namespace for what it does well, and our own kernels.

    Attributes
    ----------
    name : str
        "cpu" or "cuda".
    xp
        A namespace with NumPy's names: NumPy itself, or CuPy.
    quiet
        Its `run(function, *operands)` reports no floating-point warnings.
    """

    name: str
    xp: Any
    quiet: Any

    def call(self, function: Callable[..., Any], *operands: Any) -> Any:
        """`function(*operands)` without floating-point warnings; always an array."""

    def run(
        self, kernel: Callable[..., None], arguments: Sequence[Any], outputs: Sequence[Any]
    ) -> None:
        """A flat kernel: arrays of one size and numbers in, arrays of that size out."""

    def unary(self, kernel: Callable[..., None], x: Any, numbers: Sequence[float]) -> Any:
        """A flat kernel of one array into a new array of the same shape and dtype."""

    def binary(self, kernel: Callable[..., None], x: Any, y: Any) -> Any:
        """A flat kernel of two arrays of one shape and dtype into a new array like them."""

    def change(
        self, kernel: Callable[..., None], numbers: Sequence[float], arrays: Sequence[Any]
    ) -> None:
        """A flat kernel of numbers and arrays of one size, of which it changes some in place."""

    def run_rows(
        self, kernel: Callable[..., None], rows: int, width: int, arrays: Sequence[Any]
    ) -> None:
        """A row kernel over contiguous arrays, each of so many rows."""

    def load(self, text: Text) -> Callable[..., None]:
        """The compiled kernel of a text."""


#: The backend of each type of array; operations look here first.
BACKENDS: dict[Any, Backend] = {CPU.xp.ndarray: CPU}


def backend_of(array: Any) -> Backend:
    """The backend of an array, by its type."""
    try:
        return BACKENDS[type(array)]
    except KeyError:
        raise DeviceError(
            "compute with an array",
            f"an object of type {type(array).__name__}, which no device answers for",
            "pass a NumPy array or a Tensor",
        ) from None
