"""Layers that find out the size of their input when they see the first one.

Until then their parameters are there, but hold nothing; an optimiser may have them already.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tinygradx.errors import ShapeError
from tinygradx.nn.convolution import (
    Conv1d,
    Conv2d,
    Conv3d,
    Convolution,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from tinygradx.nn.linear import Linear
from tinygradx.nn.module import Module
from tinygradx.nn.normalization import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
)
from tinygradx.nn.parameter import UninitializedParameter
from tinygradx.tensor import Tensor, ones, zeros


class Lazy(Module):
    """A layer that becomes another class of layer, its own base, at its first input."""

    #: What it becomes.
    becomes: ClassVar[Any]

    def forget(self) -> None:
        """Put parameters that hold nothing yet in the place of all parameters."""
        for name, parameter in self._parameters.items():
            setattr(self, name, UninitializedParameter(dtype=parameter.dtype))

    def materialize(self, shapes: dict[str, tuple[int, ...]]) -> None:
        """Give the parameters their shapes, and values where none were loaded before."""
        fresh = False
        for name, parameter in self._parameters.items():
            if isinstance(parameter, UninitializedParameter):
                parameter.materialize(shapes[name])
                fresh = True
        if fresh:
            self.becomes.reset_parameters(self)

    def infer(self, input: Tensor) -> None:
        """Find the sizes from an input; every lazy layer knows how."""
        raise NotImplementedError

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """Become the layer that fits the input, and answer as it does."""
        self.infer(inputs[0])
        self.__class__ = self.becomes
        return self.forward(*inputs, **named)


class LazyLinear(Lazy, Linear):
    """A `Linear` whose `in_features` are the last size of its first input.

    Parameters
    ----------
    out_features, bias, device, dtype
        As for `Linear`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.LazyLinear(3)
    >>> layer(tgx.ones(5, 2)).shape
    (5, 3)
    >>> layer
    Linear(2 → 3, bias=True)        # 9 params
    """

    becomes = Linear

    def __init__(
        self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        Linear.__init__(self, 1, out_features, bias, device, dtype)
        self.in_features = 0
        self.forget()

    def infer(self, input: Tensor) -> None:
        """`in_features` is the last size."""
        self.in_features = input.shape[-1]
        shape = (self.out_features, self.in_features)
        self.materialize({"weight": shape, "bias": shape[:1]})


class _LazyConvolution(Lazy, Convolution):
    """The lazy layers of convolution: constructors without `in_channels`."""

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **named: Any) -> None:
        # One channel for each group, until the input says how many there are. `groups` stands at
        # the same place in all constructors.
        groups = args[3] if len(args) > 3 else named.get("groups", 1)
        self.becomes.__init__(self, groups, out_channels, kernel_size, *args, **named)
        self.in_channels = 0
        self.forget()

    def infer(self, input: Tensor) -> None:
        """`in_channels` is the size of the dimension before the pixels."""
        if input.ndim not in (self.dims + 1, self.dims + 2):
            raise ShapeError(
                f"Lazy{self.becomes.__name__} of its first input", f"a shape of {input.shape}",
                f"pass (N, C, ...) of {self.dims + 2} dimensions",
            )  # fmt: skip
        channels = input.shape[-self.dims - 1]
        if channels % self.groups:
            raise ShapeError(
                f"Lazy{self.becomes.__name__} with groups={self.groups}", f"{channels} channels",
                "use a divisor of the channels",
            )  # fmt: skip
        self.in_channels = channels
        pair = (self.out_channels, channels)
        first, second = pair[::-1] if self.transposed else pair
        shape = (first, second // self.groups, *self.kernel_size)
        self.materialize({"weight": shape, "bias": (self.out_channels,)})


class _LazyNorm(Lazy):
    """The lazy norms of channels: constructors without `num_features`."""

    num_features: int

    def __init__(self, *args: Any, **named: Any) -> None:
        self.becomes.__init__(self, 1, *args, **named)
        self.num_features = 0
        self.forget()

    def infer(self, input: Tensor) -> None:
        """`num_features` is the size of dimension 1."""
        if input.ndim < 2:
            raise ShapeError(
                f"Lazy{self.becomes.__name__} of its first input", f"a shape of {input.shape}",
                "pass (N, C, ...)",
            )  # fmt: skip
        channels = self.num_features = input.shape[1]
        for name, make in (("running_mean", zeros), ("running_var", ones)):
            buffer = getattr(self, name)
            if buffer is not None and buffer.shape != (channels,):
                setattr(self, name, make(channels, dtype=buffer.dtype))
        self.materialize({"weight": (channels,), "bias": (channels,)})


class LazyConv1d(_LazyConvolution, Conv1d):
    """A `Conv1d` whose `in_channels` are those of its first input."""

    becomes = Conv1d


class LazyConv2d(_LazyConvolution, Conv2d):
    """A `Conv2d` whose `in_channels` are those of its first input.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.LazyConv2d(8, kernel_size=3)(tgx.ones(2, 5, 6, 6)).shape
    (2, 8, 4, 4)
    """

    becomes = Conv2d


class LazyConv3d(_LazyConvolution, Conv3d):
    """A `Conv3d` whose `in_channels` are those of its first input."""

    becomes = Conv3d


class LazyConvTranspose1d(_LazyConvolution, ConvTranspose1d):
    """A `ConvTranspose1d` whose `in_channels` are those of its first input."""

    becomes = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvolution, ConvTranspose2d):
    """A `ConvTranspose2d` whose `in_channels` are those of its first input."""

    becomes = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvolution, ConvTranspose3d):
    """A `ConvTranspose3d` whose `in_channels` are those of its first input."""

    becomes = ConvTranspose3d


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """A `BatchNorm1d` whose `num_features` are the channels of its first input."""

    becomes = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """A `BatchNorm2d` whose `num_features` are the channels of its first input."""

    becomes = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """A `BatchNorm3d` whose `num_features` are the channels of its first input."""

    becomes = BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """A `InstanceNorm1d` whose `num_features` are the channels of its first input."""

    becomes = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """A `InstanceNorm2d` whose `num_features` are the channels of its first input."""

    becomes = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """A `InstanceNorm3d` whose `num_features` are the channels of its first input."""

    becomes = InstanceNorm3d
