"""Pooling as layers: they learn nothing, and keep the settings of the functions of their names."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygradx.errors import ArgumentError
from tinygradx.nn.calling import Calling
from tinygradx.tensor import Tensor


class _MaxPool(Calling):
    settings = (
        "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices",
    )  # fmt: skip
    shown = settings[:-1]

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size, self.padding, self.dilation = kernel_size, padding, dilation
        self.stride = kernel_size if stride is None else stride
        self.return_indices, self.ceil_mode = return_indices, ceil_mode


class MaxPool1d(_MaxPool):
    """The largest element of every window of sequences (N, C, L): `functional.max_pool1d`.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, return_indices, ceil_mode
        As for `functional.max_pool2d`, but single numbers.
    """

    function = "max_pool1d"


class MaxPool2d(_MaxPool):
    """The largest element of every window of images (N, C, H, W): `functional.max_pool2d`.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, return_indices, ceil_mode
        As for `functional.max_pool2d`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.MaxPool2d(2)(tgx.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """

    function = "max_pool2d"


class MaxPool3d(_MaxPool):
    """The largest element of every window of volumes: `functional.max_pool3d`.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, return_indices, ceil_mode
        As for `functional.max_pool2d`, with triples of numbers.
    """

    function = "max_pool3d"


class _MaxUnpool(Calling):
    settings = shown = ("kernel_size", "stride", "padding")

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride


class MaxUnpool1d(_MaxUnpool):
    """Elements put back where they were the largest: `functional.max_unpool1d`.

    Parameters
    ----------
    kernel_size, stride, padding
        Those of the pooling.
    """

    function = "max_unpool1d"


class MaxUnpool2d(_MaxUnpool):
    """Elements put back where they were the largest: `functional.max_unpool2d`.

    It is called with the values, their indices, and, if they are not plain, the `output_size`.

    Parameters
    ----------
    kernel_size, stride, padding
        Those of the pooling.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([[[1.0, 2.0], [4.0, 3.0]]])
    >>> values, places = tgx.nn.MaxPool2d(2, return_indices=True)(x)
    >>> tgx.nn.MaxUnpool2d(2)(values, places)
    tensor([[[0., 0.],
             [4., 0.]]])
    """

    function = "max_unpool2d"


class MaxUnpool3d(_MaxUnpool):
    """Elements put back where they were the largest: `functional.max_unpool3d`.

    Parameters
    ----------
    kernel_size, stride, padding
        Those of the pooling.
    """

    function = "max_unpool3d"


class AvgPool1d(Calling):
    """The mean of every window of sequences (N, C, L): `functional.avg_pool1d`.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As for `functional.avg_pool2d`, but single numbers.
    """

    function = "avg_pool1d"
    settings: ClassVar[tuple[str, ...]] = (
        "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad",
    )  # fmt: skip
    shown = settings[:3]

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad


class AvgPool2d(AvgPool1d):
    """The mean of every window of images (N, C, H, W): `functional.avg_pool2d`.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        As for `functional.avg_pool2d`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.AvgPool2d(2)(tgx.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """

    function = "avg_pool2d"
    settings = (*AvgPool1d.settings, "divisor_override")

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode, count_include_pad)
        self.divisor_override = divisor_override


class AvgPool3d(AvgPool2d):
    """The mean of every window of volumes: `functional.avg_pool3d`.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        As for `functional.avg_pool2d`, with triples of numbers.
    """

    function = "avg_pool3d"


class _LPPool(Calling):
    settings = ("norm_type", "kernel_size", "stride", "ceil_mode")
    shown = settings

    def __init__(
        self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        self.norm_type, self.kernel_size = norm_type, kernel_size
        self.stride, self.ceil_mode = stride, ceil_mode


class LPPool1d(_LPPool):
    """`(sum of x**p)**(1/p)` of every window: `functional.lp_pool1d`.

    Parameters
    ----------
    norm_type, kernel_size, stride, ceil_mode
        As for `functional.lp_pool2d`.
    """

    function = "lp_pool1d"


class LPPool2d(_LPPool):
    """`(sum of x**p)**(1/p)` of every window: `functional.lp_pool2d`.

    Parameters
    ----------
    norm_type, kernel_size, stride, ceil_mode
        As for `functional.lp_pool2d`.
    """

    function = "lp_pool2d"


class LPPool3d(_LPPool):
    """`(sum of x**p)**(1/p)` of every window: `functional.lp_pool3d`.

    Parameters
    ----------
    norm_type, kernel_size, stride, ceil_mode
        As for `functional.lp_pool2d`.
    """

    function = "lp_pool3d"


class _AdaptiveAvgPool(Calling):
    settings = shown = ("output_size",)

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """The means of as many cells as asked for, of sequences (N, C, L).

    Parameters
    ----------
    output_size
        As for `functional.adaptive_avg_pool2d`.
    """

    function = "adaptive_avg_pool1d"


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """The means of as many cells as asked for, of images (N, C, H, W).

    Parameters
    ----------
    output_size
        As for `functional.adaptive_avg_pool2d`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.AdaptiveAvgPool2d(1)(tgx.ones(2, 16, 7, 5)).shape
    (2, 16, 1, 1)
    """

    function = "adaptive_avg_pool2d"


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """The means of as many cells as asked for, of volumes (N, C, D, H, W).

    Parameters
    ----------
    output_size
        As for `functional.adaptive_avg_pool2d`.
    """

    function = "adaptive_avg_pool3d"


class _AdaptiveMaxPool(Calling):
    settings = ("output_size", "return_indices")
    shown = settings[:1]

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest of as many cells as asked for, of sequences (N, C, L).

    Parameters
    ----------
    output_size, return_indices
        As for `functional.adaptive_max_pool2d`.
    """

    function = "adaptive_max_pool1d"


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest of as many cells as asked for, of images (N, C, H, W).

    Parameters
    ----------
    output_size, return_indices
        As for `functional.adaptive_max_pool2d`.
    """

    function = "adaptive_max_pool2d"


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """The largest of as many cells as asked for, of volumes (N, C, D, H, W).

    Parameters
    ----------
    output_size, return_indices
        As for `functional.adaptive_max_pool2d`.
    """

    function = "adaptive_max_pool3d"


class _FractionalMaxPool(Calling):
    settings = (
        "kernel_size", "output_size", "output_ratio", "return_indices", "_random_samples",
    )  # fmt: skip
    shown = ()

    def __init__(
        self,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        if (output_size is None) == (output_ratio is None):
            raise ArgumentError(
                type(self).__name__, "no size" if output_size is None else "two sizes",
                "pass one of output_size= and output_ratio=",
            )  # fmt: skip
        self.kernel_size, self.output_size = kernel_size, output_size
        self.output_ratio, self.return_indices = output_ratio, return_indices
        self._random_samples = _random_samples


class FractionalMaxPool2d(_FractionalMaxPool):
    """The largest element of windows that lie at random: `functional.fractional_max_pool2d`.

    Parameters
    ----------
    kernel_size, output_size, output_ratio, return_indices
        As for the function.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.FractionalMaxPool2d(2, output_size=3)(tgx.ones(1, 5, 5)).shape
    (1, 3, 3)
    """

    function = "fractional_max_pool2d"


class FractionalMaxPool3d(_FractionalMaxPool):
    """The same of volumes: `functional.fractional_max_pool3d`.

    Parameters
    ----------
    kernel_size, output_size, output_ratio, return_indices
        As for `functional.fractional_max_pool2d`, with triples of numbers.
    """

    function = "fractional_max_pool3d"
