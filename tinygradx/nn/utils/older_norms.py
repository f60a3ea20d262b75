"""Weight and spectral normalization by hooks, as they were before `parametrizations`.

New code is clearer with those; the names of the weights here are what older files hold.
"""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentError
from tinygradx.graph import no_grad
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.nn.utils.parametrizations import (
    as_matrix,
    check_spectral,
    norm_except_dim,
    rows_dim,
)
from tinygradx.ops.distances import normalize
from tinygradx.tensor import Tensor, randn


class _Norm:
    """What is called before `forward`: it sets the weight, made of what is learned."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.made(module))

    def made(self, module: Any) -> Tensor:
        """The weight."""
        raise NotImplementedError


class _WeightNorm(_Norm):
    def __init__(self, name: str, dim: int) -> None:
        super().__init__(name)
        self.dim = dim

    def made(self, module: Any) -> Any:
        g, v = getattr(module, f"{self.name}_g"), getattr(module, f"{self.name}_v")
        return v * (g / norm_except_dim(v, self.dim))


class _SpectralNorm(_Norm):
    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float) -> None:
        super().__init__(name)
        self.n_power_iterations, self.dim, self.eps = n_power_iterations, dim, eps

    def made(self, module: Any) -> Any:
        weight = getattr(module, f"{self.name}_orig")
        matrix = as_matrix(weight, self.dim)
        u, v = getattr(module, f"{self.name}_u"), getattr(module, f"{self.name}_v")
        if module.training:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v = normalize(matrix.T @ u, dim=0, eps=self.eps)
                    u = normalize(matrix @ v, dim=0, eps=self.eps)
            setattr(module, f"{self.name}_u", u)
            setattr(module, f"{self.name}_v", v)
        return weight / u.dot(matrix @ v)


def _taken(module: Module, name: str, asked: str) -> Parameter:
    """The weight, which the module no longer owns."""
    weight: Parameter | None = module._parameters.get(name)
    if weight is None:
        raise ArgumentError(
            f"{asked} of {name!r} of a {type(module).__name__}", "it has no such parameter",
            f"use one of {', '.join(module._parameters) or 'none'}",
        )  # fmt: skip
    delattr(module, name)
    return weight


def _removed(module: Module, name: str, kind: type[_Norm], asked: str) -> _Norm:
    """The hook of a weight, which is no longer called."""
    hooks = module._hooked().before
    for number, hook in list(hooks.items()):
        if isinstance(hook.function, kind) and hook.function.name == name:
            del hooks[number]
            return hook.function
    raise ArgumentError(
        f"{asked} of {name!r} of a {type(module).__name__}", "a weight without it",
        "see nn.utils.parametrize.remove_parametrizations for those of parametrizations",
    )  # fmt: skip


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """`parametrizations.weight_norm` by a hook, with the parameters `weight_g` and `weight_v`.

    Parameters
    ----------
    module, name, dim
        As for `parametrizations.weight_norm`.

    Examples
    --------
    >>> from tinygradx import nn
    >>> list(nn.utils.weight_norm(nn.Linear(2, 3)).state_dict())
    ['bias', 'weight_g', 'weight_v']
    """
    weight = _taken(module, name, "weight_norm")
    hook = _WeightNorm(name, -1 if dim is None else dim)
    with no_grad():
        lengths = norm_except_dim(weight, hook.dim)
    module.register_parameter(f"{name}_g", Parameter(lengths.detach(), weight.requires_grad))
    module.register_parameter(f"{name}_v", Parameter(weight.detach(), weight.requires_grad))
    hook(module, ())
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight that `weight_norm` took apart a parameter again, as it is.

    Raises
    ------
    ArgumentError
        If it was not taken apart.
    """
    hook = _removed(module, name, _WeightNorm, "remove_weight_norm")
    with no_grad():
        value = hook.made(module).detach()
    for part in (name, f"{name}_g", f"{name}_v"):
        delattr(module, part)
    module.register_parameter(name, Parameter(value))
    return module


def spectral_norm(
    module: Module,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> Module:
    """`parametrizations.spectral_norm` by a hook, with the parameter `weight_orig`.

    Parameters
    ----------
    module, name, n_power_iterations, eps, dim
        As for `parametrizations.spectral_norm`, whose paper it is. The iteration begins with v.

    Examples
    --------
    >>> from tinygradx import nn
    >>> list(nn.utils.spectral_norm(nn.Linear(2, 3)).state_dict())
    ['bias', 'weight_orig', 'weight_u', 'weight_v']
    """
    place = rows_dim(module, dim)
    found = module._parameters.get(name)
    if found is not None:
        check_spectral(found, n_power_iterations, place)
    weight = _taken(module, name, "spectral_norm")
    shape = as_matrix(weight.detach(), place).shape
    module.register_parameter(f"{name}_orig", weight)
    for letter, size in zip("uv", shape, strict=True):
        drawn = normalize(randn(size, dtype=weight.dtype), dim=0, eps=eps)
        module.register_buffer(f"{name}_{letter}", drawn)
    # Until the first `forward`, the weight is what it was.
    setattr(module, name, weight.detach())
    module.register_forward_pre_hook(_SpectralNorm(name, n_power_iterations, place, eps))
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight that `spectral_norm` divides a parameter again, as it is.

    Raises
    ------
    ArgumentError
        If it is not divided.
    """
    hook = _removed(module, name, _SpectralNorm, "remove_spectral_norm")
    training = module.training
    module.training = False  # no step of the iteration
    try:
        with no_grad():
            value = hook.made(module).detach()
    finally:
        module.training = training
    for part in (name, f"{name}_orig", f"{name}_u", f"{name}_v"):
        delattr(module, part)
    module.register_parameter(name, Parameter(value))
    return module
