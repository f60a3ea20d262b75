"""Optimisers: how parameters change by their gradients, by PyTorch's names.

`optim.lr_scheduler` changes their learning rates while they work.
"""

from typing import TYPE_CHECKING, Any

import tinygradx.optim.lr_scheduler as lr_scheduler
from tinygradx.errors import unknown_name as _unknown_name
from tinygradx.optim import swa_utils
from tinygradx.optim.adadelta import Adadelta
from tinygradx.optim.adafactor import Adafactor
from tinygradx.optim.adagrad import Adagrad
from tinygradx.optim.adam import Adam, AdamW
from tinygradx.optim.adamax import Adamax
from tinygradx.optim.asgd import ASGD
from tinygradx.optim.lbfgs import LBFGS
from tinygradx.optim.muon import Muon
from tinygradx.optim.nadam import NAdam
from tinygradx.optim.optimizer import Optimizer
from tinygradx.optim.radam import RAdam
from tinygradx.optim.rmsprop import RMSprop
from tinygradx.optim.rprop import Rprop
from tinygradx.optim.sgd import SGD
from tinygradx.optim.update import Update

__all__ = [
    "ASGD", "LBFGS", "SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Muon",
    "NAdam", "Optimizer", "RAdam", "RMSprop", "Rprop", "Update", "lr_scheduler", "swa_utils",
]  # fmt: skip

if not TYPE_CHECKING:  # so that a type checker goes on to see which names are not here

    def __getattr__(name: str) -> Any:
        """Say what is here instead of a name that is not."""
        raise _unknown_name(__name__, name, __all__)
