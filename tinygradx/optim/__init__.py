"""Optimisers: how parameters change by their gradients, by PyTorch's names."""

from tinygradx.optim.adam import Adam, AdamW
from tinygradx.optim.optimizer import Optimizer, Update
from tinygradx.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "Update"]
