"""Optimisers: how parameters change by their gradients, by PyTorch's names."""

from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.sgd import SGD

__all__ = ["SGD", "Optimizer"]
