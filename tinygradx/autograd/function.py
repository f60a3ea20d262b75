"""Functions with a gradient of their own, by PyTorch's path; they live in `tensor`."""

from tinygradx.tensor.custom_gradient import CustomGradient, custom_gradient
from tinygradx.tensor.function import Context, Function, once_differentiable

#: What PyTorch calls the context.
FunctionCtx = Context

__all__ = [
    "Context", "CustomGradient", "Function", "FunctionCtx", "custom_gradient",
    "once_differentiable",
]  # fmt: skip
