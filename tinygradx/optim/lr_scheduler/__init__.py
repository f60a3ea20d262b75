"""Schedulers: how learning rates change while an optimiser works, by PyTorch's names.

Their rates are PyTorch's to the last bit: each is computed by the same operations in the same
order, from the rate before where PyTorch goes on from that, and from the first one where not.
"""

from tinygradx.optim.lr_scheduler.combined import ChainedScheduler, SequentialLR
from tinygradx.optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from tinygradx.optim.lr_scheduler.cycles import CyclicLR, OneCycleLR
from tinygradx.optim.lr_scheduler.decay import (
    ConstantLR,
    ExponentialLR,
    LinearLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from tinygradx.optim.lr_scheduler.functions import LambdaLR, MultiplicativeLR
from tinygradx.optim.lr_scheduler.plateau import ReduceLROnPlateau
from tinygradx.optim.lr_scheduler.scheduler import LRScheduler

__all__ = [
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts",
    "CyclicLR", "ExponentialLR", "LRScheduler", "LambdaLR", "LinearLR", "MultiStepLR",
    "MultiplicativeLR", "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau", "SequentialLR", "StepLR",
]  # fmt: skip
