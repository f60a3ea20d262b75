"""The graph: what was done, in which order, and how to walk back over it.

This room knows no numbers. It has never heard of shapes that broadcast, of dtypes or of devices;
it stores what it is given, keeps the order, and asks each operation for the arithmetic.
"""

from tinygradx.graph.handle import Handle, Lost, View, one_of_many, wrap, wrap_view
from tinygradx.graph.hooks import RemovableHandle, Visitor, visitor_of
from tinygradx.graph.node import AccumulateGrad, Cell, Leaf, Node
from tinygradx.graph.op import REGISTRY, Arithmetic, Op, Part, register
from tinygradx.graph.record import (
    enable_grad,
    here,
    inference_mode,
    is_grad_enabled,
    next_age,
    no_grad,
    readable,
    set_grad_enabled,
    watching,
)
from tinygradx.graph.sweep import newest_first, sweep

__all__ = [
    "REGISTRY", "AccumulateGrad", "Arithmetic", "Cell", "Handle", "Leaf", "Lost", "Node", "Op",
    "Part",
    "RemovableHandle", "View", "Visitor", "enable_grad", "here", "inference_mode",
    "is_grad_enabled", "newest_first", "next_age", "no_grad", "one_of_many", "readable", "register",
    "set_grad_enabled", "sweep", "visitor_of", "watching", "wrap", "wrap_view",
]  # fmt: skip
