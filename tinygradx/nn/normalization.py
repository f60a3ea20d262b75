"""Normalisation as layers: what is learned, and the running statistics of batch norm."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.graph import no_grad
from tinygradx.nn import functional
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.ops.shapes import sizes
from tinygradx.tensor import Tensor, ones, tensor, zeros


class _Norm(Module):
    """A layer whose weight begins at 1 and whose bias begins at 0, where it has them."""

    weight: Parameter | None
    bias: Parameter | None

    def _learn(self, shape: Any, affine: bool, bias: bool, device: Any, dtype: Any) -> None:
        """Make what is learned, in the order of PyTorch's state."""
        self.weight = Parameter(ones(shape, dtype=dtype, device=device)) if affine else None
        both = affine and bias
        self.bias = Parameter(zeros(shape, dtype=dtype, device=device)) if both else None

    def reset_parameters(self) -> None:
        """Begin again: the weight at 1, the bias at 0."""
        with no_grad():
            if self.weight is not None:
                self.weight.fill_(1.0)
            if self.bias is not None:
                self.bias.zero_()


class _ChannelNorm(_Norm):
    """A norm of channels that may keep a running mean and variance of them.

    Attributes are those of PyTorch's layer of the same name.
    """

    #: How many dimensions an input may have.
    ndims: ClassVar[tuple[int, ...]]
    #: The shapes of inputs, in words.
    shapes: ClassVar[str]

    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float,
        momentum: float | None,
        affine: bool,
        track_running_stats: bool,
        device: Any,
        dtype: Any,
        bias: bool,
    ) -> None:
        super().__init__()
        if num_features < 1:
            raise ArgumentError(
                f"{type(self).__name__} with num_features={num_features}", "no channels",
                "use 1 or more",
            )  # fmt: skip
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self._learn(num_features, affine, bias, device, dtype)
        begin = (
            ("running_mean", zeros(num_features, dtype=dtype, device=device)),
            ("running_var", ones(num_features, dtype=dtype, device=device)),
            ("num_batches_tracked", tensor(0)),
        )
        for name, value in begin:
            self.register_buffer(name, value if track_running_stats else None)

    def reset_running_stats(self) -> None:
        """Begin again: mean 0, variance 1, no batches."""
        if self.running_mean is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1.0)  # type: ignore[union-attr]
            self.num_batches_tracked.zero_()  # type: ignore[union-attr]

    def reset_parameters(self) -> None:
        """Begin again: weight 1, bias 0, and no running statistics."""
        self.reset_running_stats()
        super().reset_parameters()

    def _check(self, input: Tensor) -> None:
        if input.ndim not in self.ndims or input.shape[self._channels(input)] != self.num_features:
            raise ShapeError(
                f"{type(self).__name__} of {self.num_features} channels",
                f"an input of shape {input.shape}",
                f"pass {self.shapes} with C = {self.num_features}",
            )

    def _channels(self, input: Tensor) -> int:
        """Which dimension has the channels."""
        return 1

    def extra_repr(self) -> str:
        """The settings, as PyTorch prints them."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_ChannelNorm):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        )

    def forward(self, input: Tensor) -> Tensor:
        """Of the input's shape."""
        self._check(input)
        momentum = self.momentum
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if momentum is None:  # the mean of all batches so far
                momentum = 1.0 / self.num_batches_tracked.item()
        return functional.batch_norm(
            input, self.running_mean, self.running_var, self.weight, self.bias,
            self.training or self.running_mean is None, momentum or 0.0, self.eps,
        )  # fmt: skip


class BatchNorm1d(_BatchNorm):
    """`functional.batch_norm` of inputs (N, C) or (N, C, L), with what is learned and kept.

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        As for `BatchNorm2d`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.BatchNorm1d(2)
    >>> layer(tgx.tensor([[1.0, 5.0], [3.0, 9.0]])).detach().round(decimals=3)
    tensor([[-1., -1.],
            [ 1.,  1.]])
    >>> layer.running_mean
    tensor([0.2000, 0.7000])
    """

    ndims, shapes = (2, 3), "(N, C) or (N, C, L)"


class BatchNorm2d(_BatchNorm):
    """`functional.batch_norm` of images (N, C, H, W), with what is learned and kept.

    In training it normalises by the batch, and the running statistics follow; after `eval()` it
    normalises by those. Ioffe & Szegedy (2015), arXiv:1502.03167.

    Parameters
    ----------
    num_features : int
        C.
    eps : float
        Added to the variance.
    momentum : float or None
        How fast the running statistics follow; None for the mean over all batches so far.
    affine : bool
        Whether a weight and a bias of each channel are learned.
    track_running_stats : bool
        Whether there are running statistics; without them the batch's own are always used.
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.
    bias : bool
        Whether a bias is learned as well as a weight.

    Attributes
    ----------
    weight, bias : Parameter or None
        Of shape (C,).
    running_mean, running_var : Tensor or None
        Of shape (C,); buffers.
    num_batches_tracked : Tensor or None
        How many batches there were; a buffer.

    Raises
    ------
    ShapeError
        If an input has not these dimensions or channels, or one element to a channel in training.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.BatchNorm2d(3)(tgx.randn(8, 3, 5, 5)).shape
    (8, 3, 5, 5)
    """

    ndims, shapes = (4,), "(N, C, H, W)"


class BatchNorm3d(_BatchNorm):
    """`functional.batch_norm` of volumes (N, C, D, H, W), with what is learned and kept.

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        As for `BatchNorm2d`.
    """

    ndims, shapes = (5,), "(N, C, D, H, W)"


class _InstanceNorm(_ChannelNorm):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        )

    def _channels(self, input: Tensor) -> int:
        return 0 if input.ndim == self.ndims[0] else 1

    def forward(self, input: Tensor) -> Tensor:
        """Of the input's shape."""
        self._check(input)
        alone = input.ndim == self.ndims[0]
        out = functional.instance_norm(
            input.unsqueeze(0) if alone else input, self.running_mean, self.running_var,
            self.weight, self.bias, self.training or self.running_mean is None,
            self.momentum or 0.0, self.eps,
        )  # fmt: skip
        return out.squeeze(0) if alone else out


class InstanceNorm1d(_InstanceNorm):
    """`functional.instance_norm` of sequences (N, C, L) or (C, L).

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        As for `InstanceNorm2d`.
    """

    ndims, shapes = (2, 3), "(N, C, L) or (C, L)"


class InstanceNorm2d(_InstanceNorm):
    """`functional.instance_norm` of images (N, C, H, W) or (C, H, W).

    Ulyanov et al. (2016), arXiv:1607.08022.

    Parameters
    ----------
    num_features : int
        C.
    eps, momentum
        As for `BatchNorm2d`.
    affine : bool
        Whether a weight and a bias of each channel are learned.
    track_running_stats : bool
        Whether running statistics are kept, and used after `eval()`.
    device, dtype, bias
        As for `BatchNorm2d`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.InstanceNorm2d(3)(tgx.randn(2, 3, 5, 5)).shape
    (2, 3, 5, 5)
    """

    ndims, shapes = (3, 4), "(N, C, H, W) or (C, H, W)"


class InstanceNorm3d(_InstanceNorm):
    """`functional.instance_norm` of volumes (N, C, D, H, W) or (C, D, H, W).

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        As for `InstanceNorm2d`.
    """

    ndims, shapes = (4, 5), "(N, C, D, H, W) or (C, D, H, W)"


class LayerNorm(_Norm):
    """`functional.layer_norm` with a weight and a bias that are learned.

    Ba, Kiros & Hinton (2016), arXiv:1607.06450.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        The last sizes of the input, over which mean and variance are taken.
    eps : float
        Added to the variance.
    elementwise_affine : bool
        Whether a weight is learned, and a bias.
    bias : bool
        Whether a bias is learned as well.
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.

    Attributes
    ----------
    weight, bias : Parameter or None
        Of shape `normalized_shape`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.LayerNorm(4)
    >>> float(layer(tgx.randn(3, 4)).mean().abs()) < 1e-6
    True
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = sizes((normalized_shape,))
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self._learn(self.normalized_shape, elementwise_affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Of the input's shape."""
        return functional.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The settings, as PyTorch prints them."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


class RMSNorm(_Norm):
    """`functional.rms_norm` with a weight that is learned.

    Zhang & Sennrich (2019), arXiv:1910.07467.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        The last sizes of the input, over which the mean square is taken.
    eps : float, optional
        Added to it; the distance from 1 to the next float when left out.
    elementwise_affine : bool
        Whether a weight is learned.
    device, dtype
        As for `LayerNorm`.

    Attributes
    ----------
    weight : Parameter or None
        Of shape `normalized_shape`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.RMSNorm(2)(tgx.tensor([[3.0, 3.0]])).detach()
    tensor([[1., 1.]])
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = sizes((normalized_shape,))
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self._learn(self.normalized_shape, elementwise_affine, False, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Of the input's shape."""
        return functional.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The settings, as PyTorch prints them."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        )


class GroupNorm(_Norm):
    """`functional.group_norm` with a weight and a bias that are learned.

    Wu & He (2018), arXiv:1803.08494.

    Parameters
    ----------
    num_groups, num_channels : int
        The groups, and the channels that are divided into them.
    eps : float
        Added to the variance.
    affine : bool
        Whether a weight and a bias of each channel are learned.
    device, dtype, bias
        As for `LayerNorm`.

    Attributes
    ----------
    weight, bias : Parameter or None
        Of shape (num_channels,).

    Raises
    ------
    ArgumentError
        If the groups do not divide the channels.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.GroupNorm(2, 6)(tgx.randn(4, 6, 5)).shape
    (4, 6, 5)
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_groups < 1 or num_channels % num_groups:
            raise ArgumentError(
                f"GroupNorm with num_groups={num_groups}", f"{num_channels} channels",
                "use a divisor of the channels",
            )  # fmt: skip
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine
        self._learn(num_channels, affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Of the input's shape."""
        return functional.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The settings, as PyTorch prints them."""
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class LocalResponseNorm(Module):
    """`functional.local_response_norm` with its settings.

    Parameters
    ----------
    size, alpha, beta, k
        As for the function.
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        """Of the input's shape."""
        return functional.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """The settings, as PyTorch prints them."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
