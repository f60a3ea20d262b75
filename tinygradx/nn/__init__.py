"""Networks: modules, their parameters, and the functions behind them, by PyTorch's names.

This room knows tensors and the registry of activations, whose layers it makes from the blocks.
"""

from typing import Any

from tinygradx.errors import unknown_name
from tinygradx.nn import activation as _activation
from tinygradx.nn import functional, init
from tinygradx.nn.activation import PReLU
from tinygradx.nn.container import Sequential
from tinygradx.nn.dropout import (
    AlphaDropout,
    Dropout,
    Dropout1d,
    Dropout2d,
    Dropout3d,
    FeatureAlphaDropout,
)
from tinygradx.nn.embedding import Embedding
from tinygradx.nn.flatten import Flatten, Identity, Unflatten
from tinygradx.nn.linear import Linear
from tinygradx.nn.loss import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    GaussianNLLLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    MultiLabelSoftMarginLoss,
    NLLLoss,
    PoissonNLLLoss,
    SmoothL1Loss,
    SoftMarginLoss,
)
from tinygradx.nn.margin_loss import (
    CosineEmbeddingLoss,
    CosineSimilarity,
    HingeEmbeddingLoss,
    MarginRankingLoss,
    MultiLabelMarginLoss,
    MultiMarginLoss,
    PairwiseDistance,
    TripletMarginLoss,
    TripletMarginWithDistanceLoss,
)
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.nn.rrelu import RReLU

__all__ = [
    "AlphaDropout", "BCELoss", "BCEWithLogitsLoss", "CosineEmbeddingLoss", "CosineSimilarity",
    "CrossEntropyLoss", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout",
    "Embedding", "Flatten", "GaussianNLLLoss", "HingeEmbeddingLoss", "HuberLoss", "Identity",
    "KLDivLoss", "L1Loss", "Linear", "MSELoss", "MarginRankingLoss", "Module",
    "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss", "NLLLoss", "PReLU",
    "PairwiseDistance", "Parameter", "PoissonNLLLoss", "RReLU", "Sequential", "SmoothL1Loss",
    "SoftMarginLoss", "TripletMarginLoss", "TripletMarginWithDistanceLoss", "Unflatten",
    "functional", "init",
    *(name for name in _activation.layer_names() if name not in ("Identity", "PReLU")),
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """The layer of any activation in the registry, a user's own included."""
    try:
        return getattr(_activation, name)
    except AttributeError:
        raise unknown_name(__name__, name, __dir__()) from None


def __dir__() -> list[str]:
    return sorted({*__all__, *_activation.layer_names()})
