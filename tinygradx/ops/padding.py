"""Borders around tensors: constant, reflected, repeated, or from the other side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.ops.indexing import GETITEM
from tinygradx.ops.memory import clone
from tinygradx.ops.structural import Structural, as_handle, numpy_like

MODES = ("constant", "reflect", "replicate", "circular")


class Pad(Structural):
    """A value before and behind, along every dimension; negative widths cut off."""

    name = "pad"

    def forward(self, x: Any, widths: tuple[tuple[int, int], ...], value: Any) -> Any:
        cut, room, shape = [], [], []
        for size, (before, after) in zip(x.shape, widths, strict=True):
            inner = size + min(before, 0) + min(after, 0)
            start = max(before, 0)
            cut.append(slice(max(-before, 0), max(-before, 0) + inner))
            room.append(slice(start, start + inner))
            shape.append(size + before + after)
        out = numpy_like(x).full(shape, value, x.dtype)
        out[tuple(room)] = x[tuple(cut)]
        return out

    def pull(self, g: Any, widths: tuple[tuple[int, int], ...]) -> Any:
        return PAD.apply((g,), (tuple((-before, -after) for before, after in widths), 0))


PAD = Pad()


def _border(size: int, before: int, after: int, mode: str) -> Any:
    """Which element stands at each place of a padded dimension."""
    place = np.arange(-before, size + after)
    if mode == "replicate":
        return np.clip(place, 0, size - 1)
    if mode == "circular":
        return place % size
    turn = 2 * (size - 1) or 1
    return np.minimum(place % turn, turn - place % turn) if size > 1 else place % 1


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: Any = None) -> Any:
    """A border around a tensor.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    pad : sequence of int
        How much before and behind, in pairs from the last dimension on: (left, right, top, bottom).
        Negative numbers cut off.
    mode : {"constant", "reflect", "replicate", "circular"}
        What stands there: one value; the elements as in a mirror on the last one, which is not
        repeated; the last one; or those of the other side.
    value : number, optional
        For "constant": 0 when left out.

    Returns
    -------
    Tensor
        A copy. Gradients of what stands in the border go to where it came from.

    Raises
    ------
    ArgumentError
        If there is no such mode, an odd number of widths, a value for another mode.
    ShapeError
        If there are more pairs than dimensions, more is cut off than there is, or more is
        reflected than there is.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([[1, 2, 3]])
    >>> tgx.nn.functional.pad(x, (1, 2), value=9)
    tensor([[9, 1, 2, 3, 9, 9]])
    >>> tgx.nn.functional.pad(x, (1, 2), "reflect")
    tensor([[2, 1, 2, 3, 2, 1]])
    """
    x, given = as_handle(input, "pad"), [int(width) for width in pad]
    shape = x.array.shape
    if mode not in MODES:
        raise ArgumentError(f"pad with mode={mode!r}", "no such", f"use one of {', '.join(MODES)}")
    if len(given) % 2:
        raise ArgumentError(f"pad by {given}", "an odd number of widths", "give pairs: (1, 1)")
    if len(given) > 2 * len(shape):
        raise ShapeError(
            f"pad a tensor of shape {shape} by {given}", f"{len(given) // 2} pairs of widths",
            "give at most one pair for each dimension",
        )  # fmt: skip
    if value is not None and mode != "constant":
        raise ArgumentError(f"pad with mode={mode!r} and value={value}", "both", "leave one out")
    widths = [(0, 0)] * len(shape)
    for k in range(0, len(given), 2):
        widths[-1 - k // 2] = given[k], given[k + 1]
    for size, (before, after) in zip(shape, widths, strict=True):
        if size + min(before, 0) + min(after, 0) < 0:
            raise ShapeError(
                f"pad a tensor of shape {shape} by {given}", "more cut off than there is",
                "use larger numbers",
            )  # fmt: skip
    if mode == "constant":
        return PAD.apply((x,), (tuple(widths), 0 if value is None else value))
    out = x
    if mode == "circular":  # what comes in from the other side is what is left there
        cut = tuple((min(before, 0), min(after, 0)) for before, after in widths)
        out = PAD.apply((x,), (cut, 0)) if any(map(any, cut)) else x
        widths = [(max(before, 0), max(after, 0)) for before, after in widths]
    for dim, (before, after) in enumerate(widths):
        size = out.array.shape[dim]
        if not before and not after:
            continue
        most = {"reflect": size - 1, "circular": size, "replicate": np.inf if size else 0}[mode]
        if max(before, after) > most:
            raise ShapeError(
                f"pad a tensor of shape {shape} by {given}, {mode}",
                f"a dimension of size {size}", f"use widths of at most {most} there",
            )  # fmt: skip
        index = _border(size, before, after, mode)
        out = GETITEM.apply((out,), ((*(slice(None),) * dim, index) if dim else index,))
    return clone(x) if out is x else out
