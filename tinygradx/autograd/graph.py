"""The graph by PyTorch's path: its nodes, and what registering a hook answers."""

from tinygradx.graph import Node, RemovableHandle

__all__ = ["Node", "RemovableHandle"]
