"""The graph: what was done, in which order, and how to walk back over it.

This room knows no numbers. It has never heard of shapes that broadcast, of dtypes or of devices;
it stores what it is given, keeps the order, and asks each operation for the arithmetic.
"""

from tinygradx.graph.handle import Handle, View, wrap, wrap_view
from tinygradx.graph.node import Cell, Leaf, Node
from tinygradx.graph.op import REGISTRY, Arithmetic, Op, register
from tinygradx.graph.record import (
    enable_grad,
    here,
    is_grad_enabled,
    next_age,
    no_grad,
    readable,
    set_grad_enabled,
)
from tinygradx.graph.sweep import newest_first, sweep

__all__ = [
    "REGISTRY", "Arithmetic", "Cell", "Handle", "Leaf", "Node", "Op", "View", "enable_grad",
    "here", "is_grad_enabled", "newest_first", "next_age", "no_grad", "readable", "register",
    "set_grad_enabled", "sweep", "wrap", "wrap_view",
]  # fmt: skip
