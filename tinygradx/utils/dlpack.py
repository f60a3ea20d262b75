"""`torch.utils.dlpack` by its path: memory handed from one library to another."""

from __future__ import annotations

from typing import Any

from tinygradx.tensor import Tensor
from tinygradx.tensor.numpy_interface import from_dlpack

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Tensor) -> Any:
    """The memory of a tensor as a capsule, which one library may take, once."""
    return tensor.__dlpack__()
