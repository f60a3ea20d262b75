"""Windows over images: how they lie, all of them as columns, and columns added up to images.

An image has channels and one, two or three spatial dimensions: (N, C, L), (N, C, H, W) or
(N, C, D, H, W). Convolution and pooling stand on what is here.
"""

from __future__ import annotations

import operator
from itertools import product
from typing import Any, NamedTuple

from numpy.lib.stride_tricks import as_strided as strided

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.ops.shapes import reshape, sizes
from tinygradx.ops.structural import Structural, as_handle, numpy_like

#: A number for each spatial dimension.
Sizes = tuple[int, ...]


class Windows(NamedTuple):
    """How windows lie over an image, by a number for each of its spatial dimensions."""

    size: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes

    def counts(self, image: Sizes) -> Sizes:
        """How many windows fit along each dimension of an image; below 1 where none does.

        `⌊(image + 2 * padding - dilation * (size - 1) - 1) / stride⌋ + 1`, as in PyTorch.
        """
        return tuple(
            (n + 2 * pad - dilation * (size - 1) - 1) // step + 1
            for n, size, step, pad, dilation in zip(image, *self, strict=True)
        )

    def reach(self, counts: Sizes) -> Sizes:
        """How far so many windows reach, from the first element to behind the last."""
        return tuple(
            (n - 1) * step + dilation * (size - 1) + 1
            for n, size, step, dilation in zip(
                counts, self.size, self.stride, self.dilation, strict=True
            )
        )

    def places(self, counts: Sizes) -> list[tuple[slice, ...]]:
        """For each place in a window, what all windows have there, as slices of a padded image."""
        along = [
            [slice(k * dilation, k * dilation + (n - 1) * step + 1, step) for k in range(size)]
            for n, size, step, dilation in zip(
                counts, self.size, self.stride, self.dilation, strict=True
            )
        ]
        return list(product(*along))


def bordered(x: Any, padding: Sizes, value: Any = 0, reach: Sizes = ()) -> Any:
    """Images with a border around them, wider behind if windows reach further; or themselves."""
    image = x.shape[2:]
    wide = tuple(n + 2 * pad for n, pad in zip(image, padding, strict=True))
    if reach:
        wide = tuple(map(max, wide, reach))
    if wide == image:
        return x
    out = numpy_like(x).full((*x.shape[:2], *wide), value, x.dtype)
    out[inner(image, padding)] = x
    return out


def inner(image: Sizes, padding: Sizes) -> tuple[Any, ...]:
    """Where an image lies inside its border."""
    return (..., *(slice(pad, pad + n) for n, pad in zip(image, padding, strict=True)))


def seen(x: Any, windows: Windows, counts: Sizes) -> Any:
    """All windows of padded images, (N, C, *size, *counts), without a copy."""
    of_n, of_c, *steps = x.strides
    within = (step * k for step, k in zip(steps, windows.dilation, strict=True))
    between = (step * k for step, k in zip(steps, windows.stride, strict=True))
    shape = (*x.shape[:2], *windows.size, *counts)
    return strided(x, shape, (of_n, of_c, *within, *between), writeable=False)


def add_up(columns: Any, image: Sizes, windows: Windows, out: Any) -> None:
    """Columns (C, *size, N, *counts) added to padded images (N, C, ...) where their windows lie."""
    dims = len(image)
    counts = columns.shape[-dims:]
    apart = columns.reshape(columns.shape[0], _count(windows.size), *columns.shape[-dims - 1 :])
    for k, place in enumerate(windows.places(counts)):  # what windows have at one place never meets
        out[(slice(None), slice(None), *place)] += apart[:, k].swapaxes(0, 1)


class Patches(Structural):
    """Windows of images (N, C, ...) as columns (N, C * size, L)."""

    name = "patches"

    def forward(self, x: Any, windows: Windows) -> Any:
        counts = windows.counts(x.shape[2:])
        every = seen(bordered(x, windows.padding), windows, counts)
        n, c = x.shape[:2]
        return every.reshape(n, c * _count(windows.size), _count(counts))

    def pull(self, g: Any, x_shape: Sizes, windows: Windows) -> Any:
        return ADD_PATCHES.apply((g,), (x_shape[2:], windows))


class AddPatches(Structural):
    """Columns added up to images where their windows lie: the way back of patches."""

    name = "add_patches"

    def forward(self, x: Any, image: Sizes, windows: Windows) -> Any:
        n, channels = x.shape[0], x.shape[1] // _count(windows.size)
        wide = tuple(n + 2 * pad for n, pad in zip(image, windows.padding, strict=True))
        out = numpy_like(x).zeros((n, channels, *wide), x.dtype)
        columns = x.reshape(n, channels, *windows.size, *windows.counts(image))
        add_up(numpy_like(x).moveaxis(columns, 0, 1 + len(image)), image, windows, out)
        cut = out[inner(image, windows.padding)]
        return cut.copy() if any(windows.padding) else cut

    def pull(self, g: Any, windows: Windows) -> Any:
        return PATCHES.apply((g,), (windows,))


PATCHES, ADD_PATCHES = Patches(), AddPatches()


def _count(shape: Sizes) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def each(value: Any, dims: int, name: str, asked: str, least: int) -> Sizes:
    """A number for every spatial dimension, from one for all or one for each."""
    try:
        given = sizes((value,)) if isinstance(value, (tuple, list)) else (operator.index(value),)
    except TypeError:
        raise DtypeError(f"{asked} with {name}={value!r:.40}", "no integer", "use an int") from None
    given = given * dims if len(given) == 1 else given
    if len(given) != dims or min(given) < least:
        numbers = "one number" if dims == 1 else f"one number, or {dims}"
        raise ArgumentError(
            f"{asked} with {name}={value}", f"{dims} spatial dimension{'s' * (dims > 1)}",
            f"give {numbers} from {least} on",
        )  # fmt: skip
    return given


def given_windows(
    asked: str, kernel_size: Any, stride: Any, padding: Any, dilation: Any, dims: int
) -> Windows:
    """Windows from the arguments of a call, checked."""
    return Windows(
        each(kernel_size, dims, "kernel_size", asked, 1),
        each(stride, dims, "stride", asked, 1),
        each(padding, dims, "padding", asked, 0),
        each(dilation, dims, "dilation", asked, 1),
    )


def batched(input: Any, dims: int, asked: str) -> tuple[Any, bool]:
    """Images as a batch of them, and whether they were one."""
    x = as_handle(input, asked)
    shape = x.array.shape
    if len(shape) == dims + 2:
        return x, True
    if len(shape) == dims + 1:
        return reshape(x, (1, *shape)), False
    names = ("L", "H, W", "D, H, W")[dims - 1]
    raise ShapeError(
        f"{asked} of images", f"an input of shape {shape}",
        f"pass (N, C, {names}) or (C, {names})" + _remedy(shape, dims),
    )  # fmt: skip


def _remedy(shape: Sizes, dims: int) -> str:
    """What is most likely missing: the channels of grey images."""
    return "; grey images: x.unsqueeze(1)" if len(shape) == dims else ""


def unfold_patches(
    input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    """Patches of images as columns: `torch.nn.functional.unfold`, also called im2col.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, H, W) or (C, H, W).
    kernel_size, dilation, padding, stride : int or pair of int
        Of the patches: their size, the distance of their elements, the border of zeros around the
        image, and how far they move.

    Returns
    -------
    Tensor
        Of shape (N, C * kh * kw, L), or without N, for L patches.

    Raises
    ------
    ShapeError
        If it is no image, or smaller than a patch.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.unfold(tgx.arange(9.0).reshape(1, 1, 3, 3), 2)[0]
    tensor([[0., 1., 3., 4.],
            [1., 2., 4., 5.],
            [3., 4., 6., 7.],
            [4., 5., 7., 8.]])
    """
    windows = given_windows("unfold", kernel_size, stride, padding, dilation, 2)
    x, many = batched(input, 2, "unfold")
    shape = x.array.shape
    if min(windows.counts(shape[2:])) < 1:
        raise ShapeError(
            f"unfold patches of {windows.size}", f"an input of shape {shape}",
            "pass images at least as large as a patch with its dilation",
        )  # fmt: skip
    out = PATCHES.apply((x,), (windows,))
    return out if many else reshape(out, out.array.shape[1:])


def fold_patches(
    input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0,
    stride: Any = 1,
) -> Any:  # fmt: skip
    """Columns added up to images where their patches lie: `torch.nn.functional.fold`, or col2im.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C * kh * kw, L) or (C * kh * kw, L), as `unfold` answers it.
    output_size : int or pair of int
        (H, W) of the images.
    kernel_size, dilation, padding, stride : int or pair of int
        As for `unfold`.

    Returns
    -------
    Tensor
        Of shape (N, C, H, W), or without N.

    Raises
    ------
    ShapeError
        If there are not as many patches, or not of that size.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.fold(tgx.ones(1, 4, 4), (3, 3), 2)[0, 0]
    tensor([[1., 2., 1.],
            [2., 4., 2.],
            [1., 2., 1.]])
    """
    x = as_handle(input, "fold")
    windows = given_windows("fold", kernel_size, stride, padding, dilation, 2)
    image, shape = each(output_size, 2, "output_size", "fold", 1), x.array.shape
    counts, area = windows.counts(image), _count(windows.size)
    fits = len(shape) in (2, 3) and min(counts) > 0 and shape[-1] == _count(counts)
    if not fits or shape[-2] % area:
        raise ShapeError(
            f"fold patches of {windows.size} to images of {image}", f"an input of shape {shape}",
            f"pass (N, C * {area}, {_count(tuple(max(n, 0) for n in counts))})",
        )  # fmt: skip
    out = ADD_PATCHES.apply((x if len(shape) == 3 else reshape(x, (1, *shape)),), (image, windows))
    return out if len(shape) == 3 else reshape(out, out.array.shape[1:])
