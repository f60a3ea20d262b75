"""Layers that find out the size of their input when they see the first one.

Until then their parameters are there, but hold nothing; an optimiser may have them already.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tinygradx.errors import ShapeError
from tinygradx.graph import no_grad
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
from tinygradx.nn.parameter import (
    Parameter,
    UninitializedBuffer,
    UninitializedParameter,
    is_lazy,
)
from tinygradx.nn.parts import held, held_buffers
from tinygradx.tensor import Tensor


class Lazy(Module):
    """A layer that becomes another class of layer, its own base, at its first input."""

    #: What it becomes.
    cls_to_become: ClassVar[Any]

    def forget(self) -> None:
        """Put tensors that hold nothing yet in the place of all parameters."""
        for name, parameter in held(self, Parameter).items():
            setattr(self, name, UninitializedParameter(dtype=parameter.dtype))

    def has_uninitialized_params(self) -> bool:
        """Whether some of its parameters or buffers still wait for their shape."""
        return any(map(is_lazy, (*self.parameters(False), *self.buffers(False))))

    def initialize_parameters(self, input: Tensor) -> None:
        """Find the sizes from an input, and make the parameters; every lazy layer knows how."""
        raise NotImplementedError

    def materialize(self, shapes: dict[str, tuple[int, ...]], **sizes: int) -> None:
        """Note sizes, and give parameters and buffers shapes, and values where none were loaded."""
        own = held(self, Parameter) | held_buffers(self)
        for name, tensor in own.items():
            if name in shapes and not is_lazy(tensor) and tensor.shape != shapes[name]:
                raise ShapeError(
                    f"{type(self).__name__} of its first input",
                    f"a {name} of shape {tensor.shape} that was loaded, where the input needs "
                    f"{shapes[name]}",
                    "pass an input such as the saved model had",
                )
        vars(self).update(sizes)
        if not self.has_uninitialized_params():
            return
        loaded = [(t, t.detach().clone()) for t in own.values() if not is_lazy(t)]
        for name, tensor in own.items():
            if is_lazy(tensor):
                tensor.materialize(shapes[name])
        self.cls_to_become.reset_parameters(self)
        with no_grad():
            for tensor, value in loaded:
                tensor.copy_(value)

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """Become the layer that fits the input, and answer as it does."""
        self.initialize_parameters(*inputs, **named)
        self.__class__ = self.cls_to_become
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

    cls_to_become = Linear

    def __init__(
        self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        Linear.__init__(self, 1, out_features, bias, device, dtype)
        self.in_features = 0
        self.forget()

    def initialize_parameters(self, input: Tensor) -> None:
        """`in_features` is the last size."""
        if not input.ndim:
            raise ShapeError(
                "LazyLinear of its first input", "a tensor of no dimensions", "pass (..., features)"
            )
        shape = (self.out_features, input.shape[-1])
        self.materialize({"weight": shape, "bias": shape[:1]}, in_features=shape[1])


class _LazyConvolution(Lazy, Convolution):
    """The lazy layers of convolution: constructors without `in_channels`."""

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **named: Any) -> None:
        # One channel for each group, until the input says how many there are. `groups` stands at
        # the same place in all constructors.
        groups = args[3] if len(args) > 3 else named.get("groups", 1)
        self.cls_to_become.__init__(self, groups, out_channels, kernel_size, *args, **named)
        self.in_channels = 0
        self.forget()

    def initialize_parameters(self, input: Tensor) -> None:
        """`in_channels` is the size of the dimension before the pixels."""
        if input.ndim not in (self.dims + 1, self.dims + 2):
            raise ShapeError(
                f"{type(self).__name__} of its first input", f"a shape of {input.shape}",
                f"pass (N, C, ...) of {self.dims + 2} dimensions",
            )  # fmt: skip
        channels = input.shape[-self.dims - 1]
        if channels % self.groups:
            raise ShapeError(
                f"{type(self).__name__} with groups={self.groups}", f"{channels} channels",
                "use a divisor of the channels",
            )  # fmt: skip
        pair = (self.out_channels, channels)
        first, second = pair[::-1] if self.transposed else pair
        shape = (first, second // self.groups, *self.kernel_size)
        self.materialize({"weight": shape, "bias": (self.out_channels,)}, in_channels=channels)


class _LazyNorm(Lazy):
    """The lazy norms of channels: constructors without `num_features`."""

    num_features: int

    def __init__(self, *args: Any, **named: Any) -> None:
        self.cls_to_become.__init__(self, 1, *args, **named)
        self.num_features = 0
        self.forget()

    def forget(self) -> None:
        """The same for running statistics, where there are any."""
        super().forget()
        for name in ("running_mean", "running_var"):
            buffer = getattr(self, name)
            if buffer is not None:
                setattr(self, name, UninitializedBuffer(dtype=buffer.dtype))

    def initialize_parameters(self, input: Tensor) -> None:
        """`num_features` is the size of the dimension of channels."""
        kind = self.cls_to_become
        if input.ndim not in kind.ndims:
            raise ShapeError(
                f"{type(self).__name__} of its first input",
                f"a shape of {input.shape}", f"pass {kind.shapes}",
            )  # fmt: skip
        channels = input.shape[kind._channels(self, input)]
        names = ("weight", "bias", "running_mean", "running_var")
        self.materialize(dict.fromkeys(names, (channels,)), num_features=channels)


class LazyConv1d(_LazyConvolution, Conv1d):
    """A `Conv1d` whose `in_channels` are those of its first input."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyConvolution, Conv2d):
    """A `Conv2d` whose `in_channels` are those of its first input.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.LazyConv2d(8, kernel_size=3)(tgx.ones(2, 5, 6, 6)).shape
    (2, 8, 4, 4)
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConvolution, Conv3d):
    """A `Conv3d` whose `in_channels` are those of its first input."""

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyConvolution, ConvTranspose1d):
    """A `ConvTranspose1d` whose `in_channels` are those of its first input."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvolution, ConvTranspose2d):
    """A `ConvTranspose2d` whose `in_channels` are those of its first input."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvolution, ConvTranspose3d):
    """A `ConvTranspose3d` whose `in_channels` are those of its first input."""

    cls_to_become = ConvTranspose3d


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """A `BatchNorm1d` whose `num_features` are the channels of its first input."""

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """A `BatchNorm2d` whose `num_features` are the channels of its first input."""

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """A `BatchNorm3d` whose `num_features` are the channels of its first input."""

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """A `InstanceNorm1d` whose `num_features` are the channels of its first input."""

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """A `InstanceNorm2d` whose `num_features` are the channels of its first input."""

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """A `InstanceNorm3d` whose `num_features` are the channels of its first input."""

    cls_to_become = InstanceNorm3d
