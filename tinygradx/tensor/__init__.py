"""The Tensor: what users hold, and how they make one."""

from tinygradx.tensor.creation import (
    as_tensor,
    asarray,
    empty,
    empty_like,
    eye,
    from_numpy,
    frombuffer,
    full,
    full_like,
    ones,
    ones_like,
    rand,
    randint,
    randn,
    randperm,
    scalar_tensor,
    tensor,
    zeros,
    zeros_like,
)
from tinygradx.tensor.printing import set_printoptions
from tinygradx.tensor.sequences import arange, linspace, logspace
from tinygradx.tensor.tensor import Tensor, first_gradient

__all__ = [
    "Tensor", "arange", "as_tensor", "asarray", "empty", "empty_like", "eye", "first_gradient",
    "from_numpy", "frombuffer", "full", "full_like", "linspace", "logspace", "ones",
    "ones_like", "rand", "randint", "randn", "randperm", "scalar_tensor", "set_printoptions",
    "tensor", "zeros", "zeros_like",
]  # fmt: skip
