"""What recurrent layers and cells have in common."""

from __future__ import annotations

import math
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.nn import init
from tinygradx.nn.module import Module
from tinygradx.ops.recurrent import RNN_RELU, RNN_TANH
from tinygradx.tensor import Tensor

#: The operations behind each nonlinearity of an RNN.
RNN_OPS = {"tanh": RNN_TANH, "relu": RNN_RELU}


def check_sizes(kind: str, **sizes: int) -> None:
    """Refuse sizes below 1."""
    for name, size in sizes.items():
        if size < 1:
            raise ArgumentError(f"{kind} with {name}={size}", "no size", "use 1 or more")


def check_nonlinearity(kind: str, name: str) -> str:
    """The name, if there is an operation for it."""
    if name not in RNN_OPS:
        raise ArgumentError(
            f"{kind} with nonlinearity={name!r}", "not one that it knows", 'use "tanh" or "relu"'
        )
    return name


def check_input(
    kind: str, input: Any, size: int, ndims: tuple[int, ...], shapes: str, weight: Tensor
) -> None:
    """Refuse what is no tensor of these dimensions, with `size` features, in the weight's dtype."""
    if not isinstance(input, Tensor):
        raise DtypeError(f"{kind} of a {type(input).__name__}", f"{input!r:.60}", "pass a Tensor")
    if input.ndim not in ndims or input.shape[-1] != size:
        raise ShapeError(
            f"{kind} with input_size={size}", f"an input of shape {input.shape}", f"pass {shapes}"
        )
    if input.dtype != weight.dtype:
        raise DtypeError(
            f"{kind} with weights of {weight.dtype}", f"an input of {input.dtype}",
            "convert one of them: x.float(), or layer.double()",
        )  # fmt: skip


def draw_weights(module: Module, hidden_size: int) -> None:
    """Draw all weights uniformly within ±1/√hidden_size, as PyTorch does."""
    bound = 1.0 / math.sqrt(hidden_size)
    for parameter in module.parameters():
        init.uniform_(parameter, -bound, bound)
