"""Normalisation: elements moved and stretched so that each group has mean 0 and variance 1.

The norms differ only in what a group is: a channel over the batch, a sample, some channels of one.
All stand on one operation, `standardize`.
"""

from __future__ import annotations

from math import prod
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import no_grad
from tinygradx.kernels import backend_of
from tinygradx.ops.elementary import add, div, mul, square, sub
from tinygradx.ops.exponentials import pow, rsqrt
from tinygradx.ops.padding import pad
from tinygradx.ops.reductions import MEAN
from tinygradx.ops.shapes import reshape, sizes
from tinygradx.ops.structural import Structural, as_handle, numpy_like

Dims = tuple[int, ...]


def moments(x: Any, dims: Dims, centered: bool = True) -> tuple[Any, Any]:
    """The mean and the variance of groups, with dimensions of 1 kept; about 0 if not centered."""
    xp = numpy_like(x)
    mean = x.mean(dims, keepdims=True) if centered else x.dtype.type(0)
    return mean, xp.square(x - mean).mean(dims, keepdims=True)


def standardize(x: Any, dims: Dims, eps: float, centered: bool) -> tuple[Any, Any]:
    """`(x - mean) * scale`, and the scale, `1 / √(var + eps)`."""
    mean, var = moments(x, dims, centered)
    var += x.dtype.type(eps)
    scale = 1.0 / numpy_like(x).sqrt(var)
    out = x - mean
    out *= scale
    return out, scale


class Standardize(Structural):
    """`(x - mean) / √(var + eps)` of groups along dimensions; about 0 if not centered."""

    name = "standardize"

    def forward(self, x: Any, dims: Dims, eps: float, centered: bool) -> Any:
        return backend_of(x).quiet.run(standardize, x, dims, eps, centered)[0]

    def pull(self, g: Any, x: Any, dims: Dims, eps: float, centered: bool) -> Any:
        # With y the output and s the scale: s * (g - mean(g) - y * mean(g * y)).
        moved = sub(x, MEAN.apply((x,), (dims, True))) if centered else x
        scale = rsqrt(add(MEAN.apply((square(moved),), (dims, True)), eps))
        y = mul(moved, scale)
        share = sub(g, mul(y, MEAN.apply((mul(g, y),), (dims, True))))
        if centered:
            share = sub(share, MEAN.apply((g,), (dims, True)))
        return mul(share, scale)

    def pull_arrays(self, g: Any, x: Any, dims: Dims, eps: float, centered: bool) -> Any:
        # The scale is found again, which is cheaper than to keep the output for the way back.
        return backend_of(x).quiet.run(_slope, g, x, dims, eps, centered)


def _slope(g: Any, x: Any, dims: Dims, eps: float, centered: bool) -> Any:
    share, scale = standardize(x, dims, eps, centered)
    share *= -(g * share).mean(dims, keepdims=True)
    share += g
    if centered:
        share -= g.mean(dims, keepdims=True)
    share *= scale
    return share


STANDARDIZE = Standardize()


# ---- what users call ----------------------------------------------------------------------------


def _floats(input: Any, asked: str, least: int = 1) -> Any:
    """The input as a tensor of floats with enough dimensions."""
    x = as_handle(input, asked)
    if x.array.dtype.kind != "f":
        raise DtypeError(f"{asked} of {x.array.dtype}", "no fractions", "convert it: x.float()")
    if x.array.ndim < least:
        raise ShapeError(
            f"{asked} of channels", f"an input of shape {x.array.shape}", "pass (N, C, ...)"
        )
    return x


def _affine(x: Any, weight: Any, bias: Any, shape: Dims, seen: Dims, asked: str) -> Any:
    """`x * weight + bias`, with both of one shape, seen in another beside x."""
    for name, operation, given in (("weight", mul, weight), ("bias", add, bias)):
        if given is not None:
            handle = as_handle(given, asked)
            if handle.array.shape != shape:
                raise ShapeError(
                    f"{asked} with a {name} of shape {handle.array.shape}",
                    f"an input of shape {x.array.shape}", f"pass a {name} of shape {shape}",
                )  # fmt: skip
            x = operation(x, handle if shape == seen else reshape(handle, seen))
    return x


def _trailing(input: Any, normalized_shape: Any, asked: str) -> tuple[Any, Dims, Dims]:
    """The input, the shape of what is normalised, and its dimensions, the last ones."""
    x, shape = _floats(input, asked), sizes((normalized_shape,))
    if not shape or x.array.shape[-len(shape) :] != shape:
        raise ShapeError(
            f"{asked} over {shape}", f"an input of shape {x.array.shape}",
            f"pass (..., {', '.join(map(str, shape))}), or make the layer for the last sizes",
        )  # fmt: skip
    return x, shape, tuple(range(x.array.ndim - len(shape), x.array.ndim))


def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Each sample moved and stretched to mean 0 and variance 1 over its last dimensions.

    `(x - mean) / √(var + eps) * weight + bias`, where the variance divides by the number of
    elements. Ba, Kiros & Hinton (2016), arXiv:1607.06450.

    Parameters
    ----------
    input : Tensor
        Floats of shape (..., *normalized_shape).
    normalized_shape : int or tuple of int
        The last sizes, over which mean and variance are taken.
    weight, bias : Tensor, optional
        Of shape `normalized_shape`.
    eps : float
        Added below the root, for samples without variance.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    ShapeError, DtypeError
        If shapes do not fit, or the input has no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.layer_norm(tgx.tensor([[1.0, 3.0], [5.0, 9.0]]), 2, eps=0.0)
    tensor([[-1.,  1.],
            [-1.,  1.]])
    """
    x, shape, dims = _trailing(input, normalized_shape, "layer_norm")
    out = STANDARDIZE.apply((x,), (dims, float(eps), True))
    return _affine(out, weight, bias, shape, shape, "layer_norm")


def rms_norm(
    input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None
) -> Any:
    """Each sample divided by the root of its mean square over its last dimensions.

    `x / √(mean(x**2) + eps) * weight`: `layer_norm` that moves nothing. Zhang & Sennrich (2019),
    arXiv:1910.07467.

    Parameters
    ----------
    input : Tensor
        Floats of shape (..., *normalized_shape).
    normalized_shape : int or tuple of int
        The last sizes, over which the mean is taken.
    weight : Tensor, optional
        Of shape `normalized_shape`.
    eps : float, optional
        Added below the root; the distance from 1 to the next float of the dtype when left out.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    ShapeError, DtypeError
        If shapes do not fit, or the input has no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.rms_norm(tgx.tensor([[3.0, 3.0], [-2.0, 2.0]]), 2)
    tensor([[ 1.,  1.],
            [-1.,  1.]])
    """
    x, shape, dims = _trailing(input, normalized_shape, "rms_norm")
    if eps is None:
        eps = numpy_like(x.array).finfo(x.array.dtype).eps
    out = STANDARDIZE.apply((x,), (dims, float(eps), False))
    return _affine(out, weight, None, shape, shape, "rms_norm")


def group_norm(
    input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Each sample's channels in groups, every group with mean 0 and variance 1.

    Wu & He (2018), arXiv:1803.08494.

    Parameters
    ----------
    input : Tensor
        Floats of shape (N, C, ...).
    num_groups : int
        How many groups the channels are divided into; a divisor of C.
    weight, bias : Tensor, optional
        Of shape (C,).
    eps : float
        Added below the root.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes do not fit, the input has no floats, or the groups do not divide the channels.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.group_norm(tgx.tensor([[1.0, 3.0, 5.0, 9.0]]), 2, eps=0.0)
    tensor([[-1.,  1., -1.,  1.]])
    """
    x = _floats(input, "group_norm", 2)
    n, channels, *rest = x.array.shape
    if num_groups < 1 or channels % num_groups:
        raise ArgumentError(
            f"group_norm with num_groups={num_groups}", f"an input of {channels} channels",
            "use a divisor of the channels",
        )  # fmt: skip
    _several(x, channels // num_groups * prod(rest), "group_norm")
    apart = reshape(x, (n, num_groups, channels // num_groups * prod(rest)))
    out = reshape(STANDARDIZE.apply((apart,), ((2,), float(eps), True)), x.array.shape)
    return _affine(out, weight, bias, (channels,), (channels, *(1,) * len(rest)), "group_norm")


def _several(x: Any, count: int, asked: str) -> None:
    """Refuse groups of one element, which would all become 0."""
    if count == 1 and x.array.size:
        raise ShapeError(
            f"{asked} in training", f"an input of shape {x.array.shape}: 1 element in each group",
            "use larger batches (DataLoader(..., drop_last=True)), or model.eval()",
        )  # fmt: skip


def _with_statistics(x: Any, running_mean: Any, running_var: Any, eps: float, asked: str) -> Any:
    """`(x - running_mean) / √(running_var + eps)`, channel by channel."""
    channels, seen = x.array.shape[1], (-1, *(1,) * (x.array.ndim - 2))
    found = []
    for name, given in (("running_mean", running_mean), ("running_var", running_var)):
        if given is None:
            raise ArgumentError(
                f"{asked} outside of training", f"no {name}", "pass both, or use training=True"
            )
        handle = as_handle(given, asked)
        if handle.array.shape != (channels,):
            raise ShapeError(
                f"{asked} with a {name} of shape {handle.array.shape}",
                f"an input of {channels} channels", f"pass shape ({channels},)",
            )  # fmt: skip
        found.append(reshape(handle, seen))
    mean, var = found
    return mul(sub(x, mean), rsqrt(add(var, float(eps))))


def _follow(running: Any, found: Any, momentum: float) -> None:
    """A running statistic moved towards what was found, in its own memory."""
    if running is not None:
        with no_grad():
            running.mul_(1.0 - momentum).add_(
                as_handle(found.astype(running.array.dtype), "batch_norm"), alpha=momentum
            )


def batch_norm(
    input: Any, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None,
    training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Any:  # fmt: skip
    """Each channel moved and stretched to mean 0 and variance 1 over the batch.

    In training, `(x - mean) / √(var + eps) * weight + bias` with the mean and the variance of the
    batch (over all but the channels, divided by the number of elements); the running ones follow by
    `running = (1 - momentum) * running + momentum * found`, where the variance divides by one
    less. Otherwise with the running ones. Ioffe & Szegedy (2015), arXiv:1502.03167.

    Parameters
    ----------
    input : Tensor
        Floats of shape (N, C, ...).
    running_mean, running_var : Tensor or None
        Of shape (C,); changed in training.
    weight, bias : Tensor, optional
        Of shape (C,).
    training : bool
        Whether to use the batch's own mean and variance.
    momentum : float
        How fast the running ones follow.
    eps : float
        Added below the root.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes do not fit, the input has no floats, there is one element to a channel in
        training, or no running statistics outside of it.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([[1.0, 5.0], [3.0, 9.0]])
    >>> tgx.nn.functional.batch_norm(x, None, None, training=True, eps=0.0)
    tensor([[-1., -1.],
            [ 1.,  1.]])
    """
    x = _floats(input, "batch_norm", 2)
    shape = x.array.shape
    dims, channels = (0, *range(2, len(shape))), shape[1]
    if training:
        count = x.array.size // channels if channels else 0
        _several(x, count, "batch_norm")
        if count and (running_mean is not None or running_var is not None):
            mean, var = backend_of(x.array).quiet.run(moments, x.array, dims)
            _follow(running_mean, mean.reshape(-1), momentum)
            _follow(running_var, var.reshape(-1) * (count / (count - 1)), momentum)
        out = STANDARDIZE.apply((x,), (dims, float(eps), True))
    else:
        out = _with_statistics(x, running_mean, running_var, eps, "batch_norm")
    seen = (channels, *(1,) * (len(shape) - 2))
    return _affine(out, weight, bias, (channels,), seen, "batch_norm")


def instance_norm(
    input: Any, running_mean: Any = None, running_var: Any = None, weight: Any = None,
    bias: Any = None, use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Any:  # fmt: skip
    """Each channel of each sample moved and stretched to mean 0 and variance 1.

    Ulyanov et al. (2016), arXiv:1607.08022.

    Parameters
    ----------
    input : Tensor
        Floats of shape (N, C, L), (N, C, H, W) or (N, C, D, H, W).
    running_mean, running_var : Tensor, optional
        Of shape (C,); they follow the means over the samples.
    weight, bias : Tensor, optional
        Of shape (C,).
    use_input_stats : bool
        Whether to use the samples' own mean and variance, instead of the running ones.
    momentum, eps : float
        As for `batch_norm`.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `batch_norm`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.instance_norm(tgx.tensor([[[1.0, 3.0], [5.0, 9.0]]]), eps=0.0)
    tensor([[[-1.,  1.],
             [-1.,  1.]]])
    """
    x = _floats(input, "instance_norm", 3)
    shape = x.array.shape
    dims, channels = tuple(range(2, len(shape))), shape[1]
    if use_input_stats:
        count = prod(shape[2:])
        _several(x, count, "instance_norm")
        if running_mean is not None or running_var is not None:
            mean, var = backend_of(x.array).quiet.run(moments, x.array, dims)
            _follow(running_mean, mean.mean(0).reshape(-1), momentum)
            spread = var.mean(0).reshape(-1) * (count / (count - 1))
            _follow(running_var, spread, momentum)
        out = STANDARDIZE.apply((x,), (dims, float(eps), True))
    else:
        out = _with_statistics(x, running_mean, running_var, eps, "instance_norm")
    seen = (channels, *(1,) * (len(shape) - 2))
    return _affine(out, weight, bias, (channels,), seen, "instance_norm")


def local_response_norm(
    input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Any:
    """Each element divided by what its neighbours in other channels are: `x / (k + α * mean)**β`.

    The mean is that of the squares of `size` channels around, with zeros beyond the ends.
    Krizhevsky, Sutskever & Hinton (2012), "ImageNet classification with deep convolutional
    neural networks".

    Parameters
    ----------
    input : Tensor
        Floats of shape (N, C, ...).
    size : int
        How many channels.
    alpha, beta, k : float
        As in the formula.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If there are no channels, no floats, or the size is below 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.local_response_norm(tgx.ones(1, 2, 1), 1, alpha=3.0, beta=0.5).flatten()
    tensor([0.5000, 0.5000])
    """
    x = _floats(input, "local_response_norm", 3)
    if size < 1:
        raise ArgumentError(f"local_response_norm with size={size}", "no channels", "use 1 or more")
    channels, behind = x.array.shape[1], (0, 0) * (x.array.ndim - 2)
    squares = pad(square(x), (*behind, size // 2, (size - 1) // 2))
    total = squares.narrow(1, 0, channels)
    for shift in range(1, size):
        total = add(total, squares.narrow(1, shift, channels))
    return div(x, pow(add(mul(total, alpha / size), k), beta))
