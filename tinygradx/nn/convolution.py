"""Convolution and transposed convolution as layers."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tinygradx.errors import ArgumentError
from tinygradx.nn import functional, init
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.ops.patches import each
from tinygradx.tensor import Tensor, zeros

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class Convolution(Module):
    """What the layers of convolution share: their settings, a weight and a bias.

    Both begin uniformly within ±1/√fan_in, with `fan_in` the elements of a weight's window over all
    the channels it sees: what PyTorch's `kaiming_uniform_(a=√5)` comes to. He et al. (2015),
    arXiv:1502.01852.
    """

    #: How many spatial dimensions there are.
    dims: ClassVar[int]
    #: Whether the sizes of the weight are (in, out / groups, ...) instead of (out, in / groups).
    transposed: ClassVar[bool] = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
        output_padding: Any = 0,
    ) -> None:
        super().__init__()
        asked, dims = f"make {type(self).__name__}", self.dims
        for name, size in (("in_channels", in_channels), ("out_channels", out_channels)):
            if size < 1 or groups < 1 or size % groups:
                raise ArgumentError(
                    f"{asked} with {name}={size}, groups={groups}", "no such groups of channels",
                    f"use {name} of 1 or more, and a divisor of them as groups",
                )  # fmt: skip
        if padding_mode not in PADDING_MODES or (self.transposed and padding_mode != "zeros"):
            known = PADDING_MODES[: 1 if self.transposed else None]
            raise ArgumentError(
                f"{asked} with padding_mode={padding_mode!r}", "no such mode",
                f"use one of {', '.join(map(repr, known))}",
            )  # fmt: skip
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size = each(kernel_size, dims, "kernel_size", asked, 1)
        self.stride = each(stride, dims, "stride", asked, 1)
        self.dilation = each(dilation, dims, "dilation", asked, 1)
        self.padding: Any = padding
        if not isinstance(padding, str):
            self.padding = each(padding, dims, "padding", asked, 0)
        self.output_padding = each(output_padding, dims, "output_padding", asked, 0)
        self.padding_mode = padding_mode
        first, second = out_channels, in_channels
        if self.transposed:
            first, second = second, first
        shape = (first, second // groups, *self.kernel_size)
        self.weight = Parameter(zeros(*shape, dtype=dtype, device=device))
        self.bias = Parameter(zeros(out_channels, dtype=dtype, device=device)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new values; see `manual_seed`."""
        bound = 1.0 / math.sqrt(math.prod(self.weight.shape[1:]))
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def border(self) -> list[int]:
        """The border on both sides, as `functional.pad` takes it: the last dimension first."""
        if self.padding == "valid":
            return [0] * (2 * self.dims)
        sides: list[int] = []
        for k in reversed(range(self.dims)):
            if self.padding == "same":
                total = self.dilation[k] * (self.kernel_size[k] - 1)
                sides += [total // 2, total - total // 2]
            else:
                sides += [self.padding[k]] * 2
        return sides

    def forward(self, input: Tensor) -> Tensor:
        """Of shape (N, out_channels, ...), or without N; see the class."""
        padding = self.padding
        if self.padding_mode != "zeros":
            input, padding = functional.pad(input, self.border(), self.padding_mode), 0
        convolve = getattr(functional, f"conv{self.dims}d")
        return convolve(  # type: ignore[no-any-return]
            input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )

    def extra_repr(self) -> str:
        """The channels, and the settings that are not the usual ones."""
        text = f"{self.in_channels} → {self.out_channels}, kernel_size={self.kernel_size}"
        text += f", stride={self.stride}"
        usual = {"padding": 0, "dilation": 1, "output_padding": 0}
        for name, number in usual.items():
            value = getattr(self, name)
            if value != (number,) * self.dims:
                text += f", {name}={value!r}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode!r}"
        return text


class _Straight(Convolution):
    """The constructor of Conv1d, Conv2d and Conv3d."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias,
            padding_mode, device, dtype,
        )  # fmt: skip


class _Transposed(Convolution):
    """The constructor of ConvTranspose1d, ConvTranspose2d and ConvTranspose3d."""

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias,
            padding_mode, device, dtype, output_padding,
        )  # fmt: skip

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """Of shape (N, out_channels, ...), or without N.

        Parameters
        ----------
        input : Tensor
            Of shape (N, in_channels, ...), or without N.
        output_size : tuple of int, optional
            The spatial sizes that are wanted, instead of `output_padding`.
        """
        more = self.output_padding
        if output_size is not None:
            more = self._more(input.shape[-self.dims :], tuple(output_size)[-self.dims :])
        convolve = getattr(functional, f"conv_transpose{self.dims}d")
        return convolve(  # type: ignore[no-any-return]
            input, self.weight, self.bias, self.stride, self.padding, more, self.groups,
            self.dilation,
        )  # fmt: skip

    def _more(self, image: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
        """The output padding that leads to a size."""
        settings = zip(self.kernel_size, self.stride, self.padding, self.dilation, strict=True)
        least = tuple(
            (n - 1) * step - 2 * pad + apart * (size - 1) + 1
            for n, (size, step, pad, apart) in zip(image, settings, strict=True)
        )
        more = tuple(n - k for n, k in zip(wanted, least, strict=True))
        if any(not 0 <= n < step for n, step in zip(more, self.stride, strict=True)):
            most = tuple(k + step - 1 for k, step in zip(least, self.stride, strict=True))
            raise ArgumentError(
                f"{type(self).__name__} with output_size={wanted}",
                f"an input of {image}, which leads to {least} at least",
                f"use sizes from {least} to {most}",
            )
        return more


class Conv1d(_Straight):
    """Convolution of sequences: `functional.conv1d` with a weight and a bias that are learned.

    Parameters
    ----------
    kernel_size : int
        How many elements a window has.
    in_channels, out_channels, stride, padding, dilation, groups, bias, padding_mode, device, dtype
        As for `Conv2d`.

    Attributes
    ----------
    weight : Parameter
        Of shape (out_channels, in_channels / groups, kernel_size).
    bias : Parameter or None
        Of shape (out_channels,).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Conv1d(4, 8, 3, padding="same")(tgx.ones(2, 4, 10)).shape
    (2, 8, 10)
    """

    dims = 1


class Conv2d(_Straight):
    """Convolution of images: `functional.conv2d` with a weight and a bias that are learned.

    LeCun et al. (1989), "Backpropagation applied to handwritten zip code recognition".

    Parameters
    ----------
    in_channels, out_channels : int
        The channels of the input, and of the output.
    kernel_size, stride, dilation : int or pair of int
        The size of a window, how far windows lie apart, and the elements within one.
    padding : int, pair of int, "valid" or "same"
        The border around images.
    groups : int
        The channels are divided into so many groups; as many as channels: each on its own.
    bias : bool
        Whether there is one.
    padding_mode : str
        What the border is made of: "zeros", "reflect", "replicate" or "circular".
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.

    Attributes
    ----------
    weight : Parameter
        Of shape (out_channels, in_channels / groups, *kernel_size).
    bias : Parameter or None
        Of shape (out_channels,).

    Raises
    ------
    ArgumentError
        If a setting is out of its range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.Conv2d(3, 8, kernel_size=3, padding=1)
    >>> layer(tgx.ones(2, 3, 28, 28)).shape
    (2, 8, 28, 28)
    >>> layer
    Conv2d(3 → 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))        # 224 params
    """

    dims = 2


class Conv3d(_Straight):
    """Convolution of volumes: `functional.conv3d` with a weight and a bias that are learned.

    Parameters
    ----------
    kernel_size, stride, padding, dilation
        As for `Conv2d`, with triples in the place of pairs.
    in_channels, out_channels, groups, bias, padding_mode, device, dtype
        As for `Conv2d`.

    Attributes
    ----------
    weight : Parameter
        Of shape (out_channels, in_channels / groups, *kernel_size).
    bias : Parameter or None
        Of shape (out_channels,).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Conv3d(1, 4, 3)(tgx.ones(2, 1, 5, 6, 7)).shape
    (2, 4, 3, 4, 5)
    """

    dims = 3


class ConvTranspose1d(_Transposed):
    """Transposed convolution of sequences; see `ConvTranspose2d`.

    Parameters
    ----------
    kernel_size, stride, padding, output_padding, dilation
        As for `ConvTranspose2d`, with single numbers.
    in_channels, out_channels, groups, bias, padding_mode, device, dtype
        As for `ConvTranspose2d`.

    Attributes
    ----------
    weight : Parameter
        Of shape (in_channels, out_channels / groups, kernel_size).
    bias : Parameter or None
        Of shape (out_channels,).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.ConvTranspose1d(4, 2, 3, stride=2)(tgx.ones(1, 4, 5)).shape
    (1, 2, 11)
    """

    dims = 1


class ConvTranspose2d(_Transposed):
    """Transposed convolution of images: `functional.conv_transpose2d` with what is learned.

    Zeiler et al. (2010), "Deconvolutional networks".

    Parameters
    ----------
    kernel_size, stride, padding, dilation : int or pair of int
        Those of the convolution that would lead back.
    output_padding : int or pair of int
        Rows and columns more at one side.
    padding_mode : str
        "zeros".
    in_channels, out_channels, groups, bias, device, dtype
        As for `Conv2d`.

    Attributes
    ----------
    weight : Parameter
        Of shape (in_channels, out_channels / groups, *kernel_size).
    bias : Parameter or None
        Of shape (out_channels,).

    Raises
    ------
    ArgumentError
        If a setting is out of its range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.ConvTranspose2d(8, 3, kernel_size=4, stride=2, padding=1)
    >>> layer(tgx.ones(2, 8, 14, 14)).shape
    (2, 3, 28, 28)
    """

    dims = 2


class ConvTranspose3d(_Transposed):
    """Transposed convolution of volumes; see `ConvTranspose2d`.

    Parameters
    ----------
    kernel_size, stride, padding, output_padding, dilation
        As for `ConvTranspose2d`, with triples in the place of pairs.
    in_channels, out_channels, groups, bias, padding_mode, device, dtype
        As for `ConvTranspose2d`.

    Attributes
    ----------
    weight : Parameter
        Of shape (in_channels, out_channels / groups, *kernel_size).
    bias : Parameter or None
        Of shape (out_channels,).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.ConvTranspose3d(4, 2, 3)(tgx.ones(1, 4, 2, 2, 2)).shape
    (1, 2, 4, 4, 4)
    """

    dims = 3
