"""Layers that learn nothing: each keeps the settings of the function that it calls."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygradx.nn import functional
from tinygradx.nn.module import Module
from tinygradx.tensor import Tensor


class Calling(Module):
    """A layer that calls a function of `nn.functional` with the settings it was made with."""

    #: The name of the function.
    function: ClassVar[str]
    #: Which attributes it is called with, by name.
    settings: ClassVar[tuple[str, ...]] = ()
    #: Which attributes stand in the representation.
    shown: ClassVar[tuple[str, ...]] = ()

    def forward(self, input: Tensor, *inputs: Any, **named: Any) -> Any:
        """What the function answers."""
        named |= {name: getattr(self, name) for name in self.settings}
        return getattr(functional, self.function)(input, *inputs, **named)

    def extra_repr(self) -> str:
        """The settings."""
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self.shown)
