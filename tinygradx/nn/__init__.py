"""Networks: modules, their parameters, and the functions behind them, by PyTorch's names.

This room knows tensors and the registry of activations, whose layers it makes from the blocks.
"""

from typing import Any

from tinygradx.nn import activation as _activation
from tinygradx.nn import functional, init
from tinygradx.nn.activation import PReLU
from tinygradx.nn.container import Sequential
from tinygradx.nn.dropout import Dropout
from tinygradx.nn.flatten import Flatten, Identity, Unflatten
from tinygradx.nn.linear import Linear
from tinygradx.nn.loss import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter

__all__ = [
    "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "Dropout", "Flatten", "HuberLoss",
    "Identity", "L1Loss", "Linear", "MSELoss", "Module", "NLLLoss", "PReLU", "Parameter",
    "Sequential", "SmoothL1Loss", "Unflatten", "functional", "init",
    *(name for name in _activation.layer_names() if name not in ("Identity", "PReLU")),
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """The layer of any activation in the registry, a user's own included."""
    try:
        return getattr(_activation, name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted({*__all__, *_activation.layer_names()})
