"""What operations with kernels have in common: the kernels can be seen."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentError
from tinygradx.graph import Op
from tinygradx.kernels import Text

DEVICES = ("cpu", "cuda")
DIRECTIONS = ("forward", "backward")
DTYPES = ("float32", "float64")


class KernelOp(Op):
    """An operation with a kernel for each device and direction."""

    def forward_text(self, device: str, dtype: str) -> Text:
        """The kernel that computes the value."""
        raise NotImplementedError

    def backward_text(self, device: str, dtype: str) -> Text:
        """The kernel of the way back."""
        raise NotImplementedError

    def text(self, device: str, direction: str, dtype: str = "float32") -> Text:
        """One of the kernels, as text that can be loaded."""
        for given, choices in ((device, DEVICES), (direction, DIRECTIONS), (dtype, DTYPES)):
            if given not in choices:
                raise ArgumentError(
                    f"the {direction} kernel of {self.name} for {device}, {dtype}",
                    f"{given!r}",
                    f"use one of {', '.join(map(repr, choices))}",
                )
        write = self.forward_text if direction == "forward" else self.backward_text
        return write(device, dtype)

    def source(
        self, device: str = "cpu", direction: str = "forward", dtype: str = "float32"
    ) -> str:
        """The text of a kernel.

        Parameters
        ----------
        device : {"cpu", "cuda"}
            Where it runs.
        direction : {"forward", "backward"}
            The value, or the gradient times the slope.
        dtype : {"float32", "float64"}
            Of its arrays.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> "def relu_forward(x, out):" in tgx.activations["relu"].source("cpu", "forward")
        True
        """
        return self.text(device, direction, dtype).source

    def kernel(
        self, device: str = "cpu", direction: str = "forward", dtype: str = "float32"
    ) -> Any:
        """A kernel as Numba made it: the function that `@njit` or `@cuda.jit` answers.

        Parameters
        ----------
        device, direction, dtype : str
            As for `source`.
        """
        return self.text(device, direction, dtype).dispatcher(device)
