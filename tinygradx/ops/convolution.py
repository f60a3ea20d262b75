"""Convolution: every output is a weighted sum of the window of the input that lies below it.

Three operations, all linear in both of their inputs, lead back to each other, so that convolutions
have derivatives of any order:

    out    = conv(x, weight)
    x      ← conv_transpose(out, weight)     every output spread over its window
    weight ← conv_weight(x, out)             every weight: the products it takes part in
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.kernels import backend_of
from tinygradx.ops.elementary import add
from tinygradx.ops.padding import pad
from tinygradx.ops.patches import Sizes, Windows, add_up, batched, bordered, each, inner, seen
from tinygradx.ops.shapes import reshape
from tinygradx.ops.structural import Structural, as_handle, numpy_like

#: Images are taken in groups whose columns have so many elements: they stay in the cache.
COLUMNS = 1 << 18


def _groups_of_images(n: int, each_image: int) -> Iterator[slice]:
    """Slices of a batch, as many images at a time as give COLUMNS elements."""
    step = max(1, COLUMNS // max(each_image, 1))
    return (slice(start, min(start + step, n)) for start in range(0, n, step))


def _columns(x: Any, windows: Windows, counts: Sizes, groups: int) -> Iterator[tuple[slice, Any]]:
    """Images in groups, and all their windows as columns: (groups, C / groups * size, n * L)."""
    n, c = x.shape[:2]
    length, dims = c * prod(windows.size), len(counts)
    order = (1, *range(2, 2 + dims), 0, *range(2 + dims, 2 + 2 * dims))
    for images in _groups_of_images(n, length * prod(counts)):
        every = seen(bordered(x[images], windows.padding), windows, counts).transpose(order)
        yield images, every.reshape(groups, length // groups, -1)


def _as_rows(g: Any, groups: int) -> Any:
    """Outputs (n, O, ...) as rows of their channels: (groups, O / groups, n * L)."""
    n, o = g.shape[:2]
    return g.reshape(n, o, -1).swapaxes(0, 1).reshape(groups, o // groups, -1)


def _product(a: Any, b: Any) -> Any:
    return backend_of(a).call(np.matmul, a, b)


class Convolution(Structural):
    """Every output: the weighted sum of a window. Columns of windows, times the weights."""

    name = "conv"
    inputs = ("x", "weight")

    def forward(self, x: Any, weight: Any, counts: Sizes, windows: Windows, groups: int) -> Any:
        n, o = x.shape[0], weight.shape[0]
        out = numpy_like(x).empty((n, o, *counts), x.dtype)
        rows = weight.reshape(groups, o // groups, -1)
        for images, columns in _columns(x, windows, counts, groups):
            found = _product(rows, columns).reshape(o, -1, *counts)
            out[images] = found.swapaxes(0, 1)
        return out

    def pull(
        self, g: Any, x: Any, weight: Any, windows: Windows, groups: int, wanted: tuple[bool, ...]
    ) -> Any:
        image = x.array.shape[2:]
        return (
            CONV_TRANSPOSE.apply((g, weight), (image, windows, groups)) if wanted[0] else None,
            CONV_WEIGHT.apply((x, g), (windows, groups)) if wanted[1] else None,
        )


class ConvTranspose(Structural):
    """Every element spread over its window: the way back of conv to its input."""

    name = "conv_transpose"
    inputs = ("x", "weight")

    def forward(self, x: Any, weight: Any, image: Sizes, windows: Windows, groups: int) -> Any:
        n, o, *counts = x.shape
        c = weight.shape[1] * groups
        wide = tuple(size + 2 * pad for size, pad in zip(image, windows.padding, strict=True))
        out = numpy_like(x).zeros((n, c, *wide), x.dtype)
        rows = weight.reshape(groups, o // groups, -1).swapaxes(1, 2)
        for images in _groups_of_images(n, c * prod(windows.size) * prod(counts)):
            columns = _product(rows, _as_rows(x[images], groups))
            add_up(columns.reshape(c, *windows.size, -1, *counts), image, windows, out[images])
        cut = out[inner(image, windows.padding)]
        return cut.copy() if any(windows.padding) else cut

    def pull(
        self, g: Any, x: Any, weight: Any, windows: Windows, groups: int, wanted: tuple[bool, ...]
    ) -> Any:
        counts = x.array.shape[2:]  # with output padding, one more would fit than there are
        return (
            CONV.apply((g, weight), (counts, windows, groups)) if wanted[0] else None,
            CONV_WEIGHT.apply((g, x), (windows, groups)) if wanted[1] else None,
        )


class ConvWeight(Structural):
    """Every weight: the sum of the products it takes part in. The way back of conv to weights."""

    name = "conv_weight"
    inputs = ("x", "slope")

    def forward(self, x: Any, slope: Any, windows: Windows, groups: int) -> Any:
        o, c, counts = slope.shape[1], x.shape[1], slope.shape[2:]
        out = numpy_like(x).zeros((groups, o // groups, c // groups * prod(windows.size)), x.dtype)
        for images, columns in _columns(x, windows, counts, groups):
            out += _product(_as_rows(slope[images], groups), columns.swapaxes(1, 2))
        return out.reshape(o, c // groups, *windows.size)

    def pull(
        self, g: Any, x: Any, slope: Any, windows: Windows, groups: int, wanted: tuple[bool, ...]
    ) -> Any:
        image, counts = x.array.shape[2:], slope.array.shape[2:]
        return (
            CONV_TRANSPOSE.apply((slope, g), (image, windows, groups)) if wanted[0] else None,
            CONV.apply((x, g), (counts, windows, groups)) if wanted[1] else None,
        )


CONV, CONV_TRANSPOSE, CONV_WEIGHT = Convolution(), ConvTranspose(), ConvWeight()


# ---- what users call ----------------------------------------------------------------------------


def _checked(asked: str, input: Any, weight: Any, dims: int, groups: Any) -> tuple[Any, Any, bool]:
    """The images as a batch, the weight, and whether a batch was given; groups that fit."""
    w = as_handle(weight, asked)
    if w.array.ndim != dims + 2:
        raise ShapeError(
            f"{asked} with a weight of shape {w.array.shape}", f"{w.array.ndim} dimensions",
            f"pass {dims + 2}: see the formula in help(tinygradx.nn.functional.{asked})",
        )  # fmt: skip
    x, many = batched(input, dims, asked)
    if x.array.dtype != w.array.dtype:
        raise DtypeError(
            f"{asked} with a weight of {w.array.dtype}", f"an input of {x.array.dtype}",
            "make both equal: x.to(weight.dtype)",
        )  # fmt: skip
    if groups.__class__ is not int or groups < 1 or w.array.shape[0] % groups:
        raise ArgumentError(
            f"{asked} with groups={groups!r:.20}", f"a weight of shape {w.array.shape}",
            "use a divisor of its first size",
        )  # fmt: skip
    return x, w, many


def _with_bias(out: Any, bias: Any, many: bool, asked: str) -> Any:
    """A number added to every channel, and the batch taken off where none was given."""
    if bias is not None:
        b, channels = as_handle(bias, asked), out.array.shape[1]
        if b.array.shape != (channels,):
            raise ShapeError(
                f"{asked} with a bias of shape {b.array.shape}", f"{channels} output channels",
                f"pass a bias of shape ({channels},)",
            )  # fmt: skip
        out = add(out, reshape(b, (channels, *(1,) * (out.array.ndim - 2))))
    return out if many else reshape(out, out.array.shape[1:])


def _padded(
    x: Any, weight: Any, stride: Sizes, padding: Any, dilation: Sizes, asked: str
) -> tuple[Any, Sizes]:
    """The input, and the border that is still to come; uneven ones of "same" are put on here."""
    dims = len(stride)
    if not isinstance(padding, str):
        return x, each(padding, dims, "padding", asked, 0)
    if padding == "valid":
        return x, (0,) * dims
    if padding != "same":
        raise ArgumentError(
            f"{asked} with padding={padding!r}", "no such", 'use "valid", "same", or numbers'
        )
    if max(stride) > 1:
        raise ArgumentError(
            f'{asked} with padding="same"', f"a stride of {stride}, so that sizes cannot be equal",
            "use a stride of 1, or give the padding as numbers",
        )  # fmt: skip
    total = [k * (n - 1) for k, n in zip(dilation, weight.array.shape[2:], strict=True)]
    if any(width % 2 for width in total):
        behind = [(0, width % 2) for width in total]
        x = pad(x, [side for pair in reversed(behind) for side in pair])
    return x, tuple(width // 2 for width in total)


def _conv(
    asked: str, dims: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any,
    dilation: Any, groups: int,
) -> Any:  # fmt: skip
    x, w, many = _checked(asked, input, weight, dims, groups)
    if x.array.shape[1] != w.array.shape[1] * groups:
        raise ShapeError(
            f"{asked} from {w.array.shape[1] * groups} channels",
            f"an input of shape {x.array.shape}, whose channels are {x.array.shape[1]}",
            f"pass (N, {w.array.shape[1] * groups}, ...), channels before pixels",
        )
    steps, apart = (
        each(stride, dims, "stride", asked, 1),
        each(dilation, dims, "dilation", asked, 1),
    )
    x, border = _padded(x, w, steps, padding, apart, asked)
    windows = Windows(w.array.shape[2:], steps, border, apart)
    counts = windows.counts(x.array.shape[2:])
    if min(counts) < 1:
        raise ShapeError(
            f"{asked} with windows of {windows.size}, dilation {apart}, padding {border}",
            f"an image of {x.array.shape[2:]}, smaller than a window",
            "use a smaller kernel, more padding, or larger images",
        )
    return _with_bias(CONV.apply((x, w), (counts, windows, groups)), bias, many, asked)


def _transpose(
    asked: str, dims: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any,
    output_padding: Any, groups: int, dilation: Any,
) -> Any:  # fmt: skip
    x, w, many = _checked(asked, input, weight, dims, groups)
    if x.array.shape[1] != w.array.shape[0]:
        raise ShapeError(
            f"{asked} from {w.array.shape[0]} channels",
            f"an input of shape {x.array.shape}, whose channels are {x.array.shape[1]}",
            f"pass (N, {w.array.shape[0]}, ...), channels before pixels",
        )
    steps, apart = (
        each(stride, dims, "stride", asked, 1),
        each(dilation, dims, "dilation", asked, 1),
    )
    windows = Windows(w.array.shape[2:], steps, each(padding, dims, "padding", asked, 0), apart)
    more = each(output_padding, dims, "output_padding", asked, 0)
    if any(add >= max(step, k) for add, step, k in zip(more, steps, apart, strict=True)):
        raise ArgumentError(
            f"{asked} with output_padding={output_padding}",
            f"a stride of {steps} and a dilation of {apart}",
            "use less than the larger of both",
        )
    image = tuple(
        reach - 2 * border + add
        for reach, border, add in zip(
            windows.reach(x.array.shape[2:]), windows.padding, more, strict=True
        )
    )
    if min(image) < 1:
        raise ShapeError(
            f"{asked} with padding {windows.padding}", f"an output of {image}", "use less padding"
        )
    out = CONV_TRANSPOSE.apply((x, w), (image, windows, groups))
    return _with_bias(out, bias, many, asked)


def conv1d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
    dilation: Any = 1, groups: int = 1,
) -> Any:  # fmt: skip
    """Convolution of sequences: see `conv2d`, whose pairs are single numbers here.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, L) or (C, L).
    weight : Tensor
        Of shape (O, C / groups, k).
    bias : Tensor, optional
        Of shape (O,).
    stride, padding, dilation, groups
        As for `conv2d`.

    Returns
    -------
    Tensor
        Of shape (N, O, Lout), or without N.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `conv2d`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([[[1.0, 2.0, 4.0, 8.0]]])
    >>> tgx.nn.functional.conv1d(x, tgx.tensor([[[-1.0, 1.0]]]))
    tensor([[[1., 2., 4.]]])
    """
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
    dilation: Any = 1, groups: int = 1,
) -> Any:  # fmt: skip
    """Convolution of images: every output the weighted sum of the window below it, and a bias.

    With the stride s, the padding p and the dilation d::

        out[n, o, i, j] = bias[o] + sum over c, k, l of
            weight[o, c, k, l] * input[n, c, i * s + k * d - p, j * s + l * d - p]

    which is the cross-correlation, as in every such library. LeCun et al. (1989), "Backpropagation
    applied to handwritten zip code recognition"; strides, padding and dilation in pictures:
    Dumoulin & Visin (2016), arXiv:1603.07285.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, H, W) or (C, H, W).
    weight : Tensor
        Of shape (O, C / groups, kh, kw), of the input's dtype.
    bias : Tensor, optional
        Of shape (O,).
    stride, dilation : int or pair of int
        How far windows lie apart, and the elements within one.
    padding : int, pair of int, "valid" or "same"
        The border of zeros: none for "valid"; for "same" what leaves the size as it is.
    groups : int
        The channels are divided into so many groups, each with outputs of its own.

    Returns
    -------
    Tensor
        Of shape (N, O, Hout, Wout), or without N, with
        `Hout = ⌊(H + 2p - d * (kh - 1) - 1) / s⌋ + 1`.

    Raises
    ------
    ShapeError
        If the channels, the bias or the sizes do not fit.
    DtypeError
        If input and weight are of different dtypes.
    ArgumentError
        If a setting is out of its range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> image = tgx.arange(9.0).reshape(1, 1, 3, 3)
    >>> tgx.nn.functional.conv2d(image, tgx.ones(1, 1, 2, 2))[0, 0]
    tensor([[ 8., 12.],
            [20., 24.]])
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
    dilation: Any = 1, groups: int = 1,
) -> Any:  # fmt: skip
    """Convolution of volumes: see `conv2d`, whose pairs are triples here.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, D, H, W) or (C, D, H, W).
    weight : Tensor
        Of shape (O, C / groups, kd, kh, kw).
    bias : Tensor, optional
        Of shape (O,).
    stride, padding, dilation, groups
        As for `conv2d`.

    Returns
    -------
    Tensor
        Of shape (N, O, Dout, Hout, Wout), or without N.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `conv2d`.
    """
    return _conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
    output_padding: Any = 0, groups: int = 1, dilation: Any = 1,
) -> Any:  # fmt: skip
    """Transposed convolution of sequences: see `conv_transpose2d`.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, L) or (C, L).
    weight : Tensor
        Of shape (C, O / groups, k).
    bias : Tensor, optional
        Of shape (O,).
    stride, padding, output_padding, groups, dilation
        As for `conv_transpose2d`.

    Returns
    -------
    Tensor
        Of shape (N, O, Lout), or without N.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `conv_transpose2d`.
    """
    return _transpose(
        "conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups,
        dilation,
    )  # fmt: skip


def conv_transpose2d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
    output_padding: Any = 0, groups: int = 1, dilation: Any = 1,
) -> Any:  # fmt: skip
    """Transposed convolution: every element spreads over a window of the output.

    It is the way back of `conv2d` to its input, used on its own to make images larger; it does not
    undo a convolution. Zeiler et al. (2010), "Deconvolutional networks".

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, H, W) or (C, H, W).
    weight : Tensor
        Of shape (C, O / groups, kh, kw), of the input's dtype.
    bias : Tensor, optional
        Of shape (O,).
    stride, padding, dilation : int or pair of int
        Those of the convolution that would lead back.
    output_padding : int or pair of int
        Rows and columns more at one side, below the larger of stride and dilation: several sizes
        lead to one size in a strided convolution, and this says which is meant.
    groups : int
        The channels are divided into so many groups, each with outputs of its own.

    Returns
    -------
    Tensor
        Of shape (N, O, Hout, Wout), or without N, with
        `Hout = (H - 1) * s - 2p + d * (kh - 1) + output_padding + 1`.

    Raises
    ------
    ShapeError
        If the channels, the bias or the sizes do not fit.
    DtypeError
        If input and weight are of different dtypes.
    ArgumentError
        If a setting is out of its range.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([[[[1.0, 2.0]]]])
    >>> tgx.nn.functional.conv_transpose2d(x, tgx.ones(1, 1, 2, 2), stride=2)[0, 0]
    tensor([[1., 1., 2., 2.],
            [1., 1., 2., 2.]])
    """
    return _transpose(
        "conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups,
        dilation,
    )  # fmt: skip


def conv_transpose3d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
    output_padding: Any = 0, groups: int = 1, dilation: Any = 1,
) -> Any:  # fmt: skip
    """Transposed convolution of volumes: see `conv_transpose2d`.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, D, H, W) or (C, D, H, W).
    weight : Tensor
        Of shape (C, O / groups, kd, kh, kw).
    bias : Tensor, optional
        Of shape (O,).
    stride, padding, output_padding, groups, dilation
        As for `conv_transpose2d`.

    Returns
    -------
    Tensor
        Of shape (N, O, Dout, Hout, Wout), or without N.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `conv_transpose2d`.
    """
    return _transpose(
        "conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups,
        dilation,
    )  # fmt: skip
