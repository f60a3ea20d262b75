"""A layer and the batch norm behind it as one layer, for use after training."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.graph import no_grad
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.tensor import Tensor, ones_like, zeros_like

Layer = TypeVar("Layer", bound=Module)


def _fused(weight: Any, bias: Any, dim: int, norm: tuple[Any, ...]) -> tuple[Parameter, Parameter]:
    """The weight and bias of a layer whose outputs, along `dim` of the weight, are normalised."""
    mean, variance, eps, scale, shift = norm
    if weight.shape[dim] != len(mean):
        raise ShapeError(
            f"fuse a weight of shape {weight.shape}", f"a batch norm of {len(mean)} channels",
            f"pass a layer with that many outputs along dim {dim}, and groups=1 if transposed",
        )  # fmt: skip
    with no_grad():
        scale = ones_like(mean) if scale is None else scale
        shift = zeros_like(mean) if shift is None else shift
        bias = zeros_like(mean) if bias is None else bias
        factor = scale / (variance + eps).sqrt()
        shape = [1] * weight.ndim
        shape[dim] = len(mean)
        made = (weight * factor.reshape(shape)).to(weight.dtype)
        added = ((bias - mean) * factor + shift).to(weight.dtype)
    wants = getattr(weight, "requires_grad", False)
    return Parameter(made.detach(), wants), Parameter(added.detach(), wants)


def fuse_conv_bn_weights(
    conv_w: Tensor, conv_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float,
    bn_w: Tensor | None, bn_b: Tensor | None, transpose: bool = False,
) -> tuple[Parameter, Parameter]:  # fmt: skip
    """The weight and bias of a convolution with the batch norm behind it in them.

    Parameters
    ----------
    conv_w, conv_b : Tensor
        Of the convolution; the bias may be None.
    bn_rm, bn_rv : Tensor
        The running mean and variance.
    bn_eps : float
        What is added to the variance.
    bn_w, bn_b : Tensor
        Weight and bias of the batch norm; either may be None.
    transpose : bool
        Whether it is a ConvTranspose.
    """
    return _fused(conv_w, conv_b, int(transpose), (bn_rm, bn_rv, bn_eps, bn_w, bn_b))


def fuse_linear_bn_weights(
    linear_w: Tensor, linear_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float,
    bn_w: Tensor | None, bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:  # fmt: skip
    """The weight and bias of a linear layer with the batch norm behind it in them."""
    return _fused(linear_w, linear_b, 0, (bn_rm, bn_rv, bn_eps, bn_w, bn_b))


def _fuse(asked: str, layer: Layer, norm: Any, dim: int) -> Layer:
    if layer.training or norm.training:
        raise ArgumentError(
            asked, "a layer in training, whose batch norm still measures", "call .eval() first"
        )
    if norm.running_mean is None or norm.running_var is None:
        raise ArgumentError(
            asked,
            "a batch norm that keeps no mean and variance",
            "make it with track_running_stats",
        )
    one: Any = copy.deepcopy(layer)
    known = (norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias)
    one.weight, one.bias = _fused(one.weight, one.bias, dim, known)
    return one  # type: ignore[no-any-return]


def fuse_conv_bn_eval(conv: Layer, bn: Module, transpose: bool = False) -> Layer:
    """A convolution that answers what it and the batch norm behind it do, in use (`eval`).

    `w * s` and `(b - mean) * s + shift`, where `s = scale / sqrt(variance + eps)`.

    Parameters
    ----------
    conv : Conv1d, Conv2d, Conv3d or a ConvTranspose
        The first layer; it stays as it is.
    bn : BatchNorm1d, BatchNorm2d or BatchNorm3d
        The second.
    transpose : bool
        Whether the first is a ConvTranspose.

    Returns
    -------
    Module
        A new layer of the kind of the first.

    Raises
    ------
    ArgumentError, ShapeError
        If one is in training, the batch norm keeps no statistics, or sizes differ.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> conv, norm = nn.Conv2d(1, 2, 3).eval(), nn.BatchNorm2d(2).eval()
    >>> x = tgx.randn(1, 1, 4, 4)
    >>> tgx.allclose(nn.utils.fuse_conv_bn_eval(conv, norm)(x), norm(conv(x)), atol=1e-6)
    True
    """
    return _fuse("fuse_conv_bn_eval", conv, bn, int(transpose))


def fuse_linear_bn_eval(linear: Layer, bn: Module) -> Layer:
    """A linear layer that answers what it and the batch norm behind it do: `fuse_conv_bn_eval`."""
    return _fuse("fuse_linear_bn_eval", linear, bn, 0)
