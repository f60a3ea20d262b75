"""The graph by PyTorch's path: its nodes, and what registering a hook answers."""

from typing import TYPE_CHECKING, Any

from tinygradx.errors import unknown_name as _unknown_name
from tinygradx.graph import Node, RemovableHandle

__all__ = ["Node", "RemovableHandle"]

if not TYPE_CHECKING:  # so that a type checker goes on to see which names are not here

    def __getattr__(name: str) -> Any:
        """Say what is here instead of a name that is not."""
        raise _unknown_name(__name__, name, __all__)
