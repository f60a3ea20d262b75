"""Layers that move pixels: images in other sizes, borders, channels made pixels, patches."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygradx.errors import ArgumentError
from tinygradx.nn import functional
from tinygradx.nn.calling import Calling
from tinygradx.nn.module import Module
from tinygradx.ops.shapes import sizes
from tinygradx.tensor import Tensor


class Upsample(Calling):
    """Images in another size: `functional.interpolate` with its settings.

    Parameters
    ----------
    size, scale_factor, mode, align_corners, recompute_scale_factor
        As for the function.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Upsample(scale_factor=2)(tgx.ones(1, 3, 4, 4)).shape
    (1, 3, 8, 8)
    """

    function = "interpolate"
    settings = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.size, self.scale_factor, self.mode = size, scale_factor, mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def extra_repr(self) -> str:
        """The size, or how many times as large, and the mode."""
        which = "size" if self.scale_factor is None else "scale_factor"
        return f"{which}={getattr(self, which)}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """`Upsample` with `mode="nearest"`.

    Parameters
    ----------
    size, scale_factor
        As for `Upsample`.
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """`Upsample` with `mode="bilinear"` and `align_corners=True`.

    Parameters
    ----------
    size, scale_factor
        As for `Upsample`.
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", True)


# ---- borders ------------------------------------------------------------------------------------


def _widths(padding: Any, count: int, kind: str) -> tuple[int, ...]:
    """One width for all sides, or one for each."""
    widths = (padding,) * count if isinstance(padding, int) else sizes((padding,))
    if len(widths) != count:
        raise ArgumentError(
            f"make {kind} with padding={padding!r}", f"{len(widths)} widths",
            f"give one number, or {count}: before and behind, the last dimension first",
        )  # fmt: skip
    return widths


class _Padding(Module):
    """A border around the last dimensions: `functional.pad` with its settings."""

    dims: ClassVar[int]
    mode: ClassVar[str]
    value: float | None = None

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = _widths(padding, 2 * self.dims, type(self).__name__)

    def forward(self, input: Tensor) -> Tensor:
        """With the border."""
        return functional.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        """The widths: before and behind, the last dimension first."""
        return f"{self.padding}"


class _ConstantPad(_Padding):
    mode = "constant"

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        """The widths and the value."""
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_Padding):
    mode, value = "constant", 0.0


class _ReflectionPad(_Padding):
    mode = "reflect"


class _ReplicationPad(_Padding):
    mode = "replicate"


class _CircularPad(_Padding):
    mode = "circular"


class ConstantPad1d(_ConstantPad):
    """A border of a value of one's choice, along the last dimension.

    Parameters
    ----------
    padding : int or 2 of them
        How wide: before and behind.
    value : float
        As for `ConstantPad2d`.
    """

    dims = 1


class ConstantPad2d(_ConstantPad):
    """A border of a value of one's choice, around images.

    Parameters
    ----------
    padding : int or 4 of them
        How wide: before and behind, the last dimension first; a negative width cuts off.
    value : float
        What it holds.

    Raises
    ------
    ArgumentError
        If there are more or fewer widths.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.ConstantPad2d((1, 0, 0, 1), 7.0)(tgx.zeros(1, 1, 2))
    tensor([[[7., 0., 0.],
             [7., 7., 7.]]])
    """

    dims = 2


class ConstantPad3d(_ConstantPad):
    """A border of a value of one's choice, around volumes.

    Parameters
    ----------
    padding : int or 6 of them
        Two for each dimension.
    value : float
        As for `ConstantPad2d`.
    """

    dims = 3


class ZeroPad1d(_ZeroPad):
    """A border of zeros, along the last dimension.

    Parameters
    ----------
    padding : int or 2 of them
        As for `ConstantPad2d`.
    """

    dims = 1


class ZeroPad2d(_ZeroPad):
    """A border of zeros, around images.

    Parameters
    ----------
    padding : int or 4 of them
        As for `ConstantPad2d`.
    """

    dims = 2


class ZeroPad3d(_ZeroPad):
    """A border of zeros, around volumes.

    Parameters
    ----------
    padding : int or 6 of them
        As for `ConstantPad2d`.
    """

    dims = 3


class ReflectionPad1d(_ReflectionPad):
    """A border that mirrors what lies inside it, along the last dimension.

    Parameters
    ----------
    padding : int or 2 of them
        As for `ConstantPad2d`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.ReflectionPad1d(2)(tgx.tensor([[[1.0, 2.0, 3.0]]]))
    tensor([[[3., 2., 1., 2., 3., 2., 1.]]])
    """

    dims = 1


class ReflectionPad2d(_ReflectionPad):
    """A border that mirrors what lies inside it, around images.

    Parameters
    ----------
    padding : int or 4 of them
        As for `ConstantPad2d`.
    """

    dims = 2


class ReflectionPad3d(_ReflectionPad):
    """A border that mirrors what lies inside it, around volumes.

    Parameters
    ----------
    padding : int or 6 of them
        As for `ConstantPad2d`.
    """

    dims = 3


class ReplicationPad1d(_ReplicationPad):
    """A border that repeats the outermost elements, along the last dimension.

    Parameters
    ----------
    padding : int or 2 of them
        As for `ConstantPad2d`.
    """

    dims = 1


class ReplicationPad2d(_ReplicationPad):
    """A border that repeats the outermost elements, around images.

    Parameters
    ----------
    padding : int or 4 of them
        As for `ConstantPad2d`.
    """

    dims = 2


class ReplicationPad3d(_ReplicationPad):
    """A border that repeats the outermost elements, around volumes.

    Parameters
    ----------
    padding : int or 6 of them
        As for `ConstantPad2d`.
    """

    dims = 3


class CircularPad1d(_CircularPad):
    """A border of what lies at the other side, along the last dimension.

    Parameters
    ----------
    padding : int or 2 of them
        As for `ConstantPad2d`.
    """

    dims = 1


class CircularPad2d(_CircularPad):
    """A border of what lies at the other side, around images.

    Parameters
    ----------
    padding : int or 4 of them
        As for `ConstantPad2d`.
    """

    dims = 2


class CircularPad3d(_CircularPad):
    """A border of what lies at the other side, around volumes.

    Parameters
    ----------
    padding : int or 6 of them
        As for `ConstantPad2d`.
    """

    dims = 3


# ---- channels, pixels and patches ---------------------------------------------------------------


class PixelShuffle(Calling):
    """Channels made pixels: `functional.pixel_shuffle`. Shi et al. (2016), arXiv:1609.05158.

    From (..., C * r * r, H, W) to (..., C, H * r, W * r).

    Parameters
    ----------
    upscale_factor : int
        r: how many times as high and as wide.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.PixelShuffle(2)(tgx.ones(1, 4, 3, 3)).shape
    (1, 1, 6, 6)
    """

    function = "pixel_shuffle"
    settings = shown = ("upscale_factor",)

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor


class PixelUnshuffle(Calling):
    """Pixels made channels: `functional.pixel_unshuffle`.

    From (..., C, H * r, W * r) to (..., C * r * r, H, W).

    Parameters
    ----------
    downscale_factor : int
        r: how many times less high and wide.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.PixelUnshuffle(2)(tgx.ones(1, 1, 6, 6)).shape
    (1, 4, 3, 3)
    """

    function = "pixel_unshuffle"
    settings = shown = ("downscale_factor",)

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor


class ChannelShuffle(Calling):
    """Channels dealt out in turn: `functional.channel_shuffle`. Zhang et al., arXiv:1707.01083.

    Parameters
    ----------
    groups : int
        From how many groups of channels.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.ChannelShuffle(2)(tgx.arange(4.0).reshape(1, 4, 1)).flatten()
    tensor([0., 2., 1., 3.])
    """

    function = "channel_shuffle"
    settings = shown = ("groups",)

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups


class Unfold(Calling):
    """Patches of images as columns: `functional.unfold`.

    From (N, C, H, W) to (N, C * kh * kw, L), or both without N.

    Parameters
    ----------
    kernel_size, dilation, padding, stride
        As for the function.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Unfold(2)(tgx.ones(1, 3, 4, 4)).shape
    (1, 12, 9)
    """

    function = "unfold"
    settings = shown = ("kernel_size", "dilation", "padding", "stride")

    def __init__(
        self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> None:
        super().__init__()
        self.kernel_size, self.dilation = kernel_size, dilation
        self.padding, self.stride = padding, stride


class Fold(Calling):
    """Columns added up to images: `functional.fold`.

    From (N, C * kh * kw, L) to (N, C, H, W), or both without N.

    Parameters
    ----------
    output_size, kernel_size, dilation, padding, stride
        As for the function.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Fold((4, 4), 2)(tgx.ones(1, 12, 9)).shape
    (1, 3, 4, 4)
    """

    function = "fold"
    settings = shown = ("output_size", "kernel_size", "dilation", "padding", "stride")

    def __init__(
        self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0,
        stride: Any = 1,
    ) -> None:  # fmt: skip
        super().__init__()
        self.output_size, self.kernel_size = output_size, kernel_size
        self.dilation, self.padding, self.stride = dilation, padding, stride
