"""Optimisers: how parameters change by their gradients, by PyTorch's names."""

from typing import TYPE_CHECKING, Any

from tinygradx.errors import unknown_name as _unknown_name
from tinygradx.optim.adam import Adam, AdamW
from tinygradx.optim.optimizer import Optimizer, Update
from tinygradx.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "Update"]

if not TYPE_CHECKING:  # so that a type checker goes on to see which names are not here

    def __getattr__(name: str) -> Any:
        """Say what is here instead of a name that is not."""
        raise _unknown_name(__name__, name, __all__)
