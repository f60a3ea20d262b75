"""What goes into a loss: shapes that are one, floats, weights that fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import DtypeError, ShapeError
from tinygradx.graph import Handle
from tinygradx.ops.losses.reducing import check_reduction
from tinygradx.ops.structural import as_handle


def pair_of(input: Any, target: Any, reduction: str, asked: str) -> tuple[Handle, Handle]:
    """Input and target as tensors of one shape, of which one at least has floats."""
    x = input if isinstance(input, Handle) else as_handle(input, asked)
    t = target if isinstance(target, Handle) else as_handle(target, asked)
    a, b = x.array, t.array
    check_reduction(reduction, asked)
    if a.shape != b.shape:
        raise ShapeError(
            f"{asked} of an input {a.shape} and a target {b.shape}",
            _clash(a.shape, b.shape),
            _remedy(a.shape, b.shape),
        )
    if a.dtype.kind != "f" and b.dtype.kind != "f":
        raise DtypeError(
            f"{asked} of {a.dtype} and {b.dtype}", "no floats", "convert first: input.float()"
        )
    return x, t


def need_floats(x: Handle, t: Handle, asked: str) -> None:
    """Refuse classes as integers, which PyTorch refuses, too."""
    for name, dtype in (("input", x.array.dtype), ("target", t.array.dtype)):
        if dtype.kind != "f":
            raise DtypeError(
                asked, f"{'an' if name == 'input' else 'a'} {name} of {dtype}",
                f"convert it first: {name}.float()",
            )  # fmt: skip


def _clash(input: tuple[int, ...], target: tuple[int, ...]) -> str:
    """What is wrong with two shapes, and what broadcasting would make of them."""
    try:
        whole = np.broadcast_shapes(input, target)
    except ValueError:
        return "shapes that differ"
    return f"shapes that differ; broadcast, they would make losses of shape {whole}"


def _remedy(input: tuple[int, ...], target: tuple[int, ...]) -> str:
    """What most likely was meant by two shapes that differ."""
    for long, short, grow, shrink in (
        (input, target, "target", "input"),
        (target, input, "input", "target"),
    ):
        for dim in reversed(range(len(long))):
            if long[dim] == 1 and long[:dim] + long[dim + 1 :] == short:
                return f"write {grow}.unsqueeze({dim}), or {shrink}.squeeze({dim})"
    if len(input) == 2 and target == input[::-1]:
        return "write target.T"
    return f"pass a target of shape {input}"


def same_weights(weight: Any, losses: Handle, asked: str) -> Handle:
    """Weights in the very shape of the losses."""
    w = as_handle(weight, asked)
    if w.array.shape != losses.array.shape:
        raise ShapeError(
            f"{asked} with a weight of shape {w.array.shape}",
            f"losses of shape {losses.array.shape}",
            f"give each loss its weight: shape {losses.array.shape}",
        )
    return w


def fits(shape: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Whether a shape broadcasts to another one, and no further."""
    try:
        return np.broadcast_shapes(shape, whole) == whole
    except ValueError:
        return False


def broadcast_weights(weight: Any, losses: Handle, name: str, asked: str) -> Handle:
    """Weights that broadcast to the shape of the losses, and no further."""
    w = as_handle(weight, asked)
    shape = losses.array.shape
    if not fits(w.array.shape, shape):
        raise ShapeError(
            f"{asked} with a {name} of shape {w.array.shape}",
            f"a target of shape {shape}, to which it does not broadcast",
            f"give each element its weight, shape {shape}, or each column one, {shape[-1:]}",
        )
    return w
