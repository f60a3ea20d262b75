"""The functions behind the layers: every activation of the registry, and `linear`, `cross_entropy`.

An activation that a user has registered is here under its name as well.
"""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ShapeError
from tinygradx.ops import activations as _blocks
from tinygradx.ops.losses import cross_entropy
from tinygradx.ops.products import matmul
from tinygradx.tensor import Tensor

__all__ = ["cross_entropy", "linear", *_blocks.ACTIVATIONS]


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`input @ weight.T + bias`.

    Parameters
    ----------
    input : Tensor
        Of shape (..., in_features).
    weight : Tensor
        Of shape (out_features, in_features), or (in_features,) for a single output.
    bias : Tensor, optional
        Of shape (out_features,), or () for a single output.

    Returns
    -------
    Tensor
        Of shape (..., out_features), or (...) for a single output.

    Raises
    ------
    ShapeError
        If the last size of the input is not `in_features`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.linear(tgx.ones(1, 2), tgx.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 7.]])
    """
    shape, width = input.shape, weight.shape[-1]
    if not shape or shape[-1] != width:
        raise ShapeError(
            f"linear from {width} features to {weight.shape[0] if weight.ndim > 1 else 1}",
            f"an input of shape {shape}, whose last size is {shape[-1] if shape else 'missing'}",
            _remedy(shape, width),
        )
    out = matmul(input, weight.T if weight.ndim > 1 else weight)
    return out if bias is None else out + bias  # type: ignore[no-any-return]


def _remedy(shape: tuple[int, ...], width: int) -> str:
    """What most likely was meant by an input of the wrong shape."""
    after = 1
    for place in range(len(shape) - 1, 0, -1):
        after *= shape[place]
        if after == width:
            return f"flatten the samples first: x.flatten({place})"
    if len(shape) > 1 and shape[-2] == width:
        return "pass x.T: samples are rows, features are columns"
    last = shape[-1] if shape else 1
    return f"pass (..., {width}), or make the layer with in_features={last}"


def __getattr__(name: str) -> Any:
    """The function of an activation, the public one where it has settings that choose a block."""
    if name in _blocks.ACTIVATIONS:
        return getattr(_blocks, name, _blocks.ACTIVATIONS[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_blocks.ACTIVATIONS})
