"""Gradients as values, gradients of your own, and what finds the wrong ones.

Whether operations are recorded, gradients checked by differences, the first NaN or Inf by name.
"""

from typing import TYPE_CHECKING, Any

from tinygradx.autograd import function, functional, graph
from tinygradx.autograd.checking import GradcheckError, gradcheck, gradgradcheck
from tinygradx.autograd.function import Function, custom_gradient
from tinygradx.autograd.gradients import backward, grad
from tinygradx.autograd.variable import Variable
from tinygradx.errors import unknown_name as _unknown_name
from tinygradx.graph import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from tinygradx.tensor.anomaly import (
    AnomalyError,
    detect_anomaly,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_detect_anomaly,
)

__all__ = [
    "AnomalyError", "Function", "GradcheckError", "Variable", "backward", "custom_gradient",
    "detect_anomaly", "enable_grad", "function", "functional", "grad", "gradcheck",
    "gradgradcheck", "graph", "inference_mode", "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled", "is_grad_enabled", "no_grad", "set_detect_anomaly",
    "set_grad_enabled",
]  # fmt: skip

if not TYPE_CHECKING:  # so that a type checker goes on to see which names are not here

    def __getattr__(name: str) -> Any:
        """Say what is here instead of a name that is not."""
        raise _unknown_name(__name__, name, __all__)
