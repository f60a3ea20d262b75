"""Gradients as values, the switches of recording, and gradients checked by differences."""

from tinygradx.autograd.checking import GradcheckError, gradcheck, gradgradcheck
from tinygradx.autograd.gradients import grad
from tinygradx.graph import enable_grad, is_grad_enabled, no_grad, set_grad_enabled

__all__ = [
    "GradcheckError", "enable_grad", "grad", "gradcheck", "gradgradcheck", "is_grad_enabled",
    "no_grad", "set_grad_enabled",
]  # fmt: skip
