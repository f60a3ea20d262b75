"""The leaky ReLU whose slope below 0 is drawn at random while a network is trained."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import wrap
from tinygradx.ops import random
from tinygradx.ops.activations import leaky_relu
from tinygradx.ops.elementary import mul
from tinygradx.ops.structural import as_handle, in_place


def check_slopes(lower: float, upper: float, asked: str) -> tuple[float, float]:
    """The ends of the slopes, if the first is not the larger one."""
    if not lower <= upper:
        raise ArgumentError(
            f"{asked} with slopes from {lower} to {upper}", "no such range",
            "make upper at least as large as lower",
        )  # fmt: skip
    return float(lower), float(upper)


def rrelu(
    input: Any,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Any:
    """x above 0; below, x times a slope that is drawn for each element. Xu et al. (2015).

    "Empirical evaluation of rectified activations in convolutional network", arXiv:1505.00853.

    Parameters
    ----------
    input : Tensor
        Floats of any shape.
    lower, upper : float
        Between which the slopes lie. Without `training` all are the mean of both.
    training : bool
        Whether to draw them, from the generator that `manual_seed` seeds.
    inplace : bool
        Write to the memory of the input, and answer it.

    Returns
    -------
    Tensor
        Of the same shape and dtype; its slope at 0 is the drawn one.

    Raises
    ------
    ArgumentError, DtypeError
        If lower is above upper, or the input has no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.rrelu(tgx.tensor([-1.0, 2.0]), 0.2, 0.4)
    tensor([-0.3000,  2.0000])
    """
    lower, upper = check_slopes(lower, upper, "rrelu")
    x = as_handle(input, "rrelu")
    if x.array.dtype.kind != "f":
        raise DtypeError(
            f"rrelu of {x.array.dtype}", "a dtype that holds no fractions",
            "convert first: rrelu(input.float())",
        )  # fmt: skip
    if inplace:
        return in_place(x, lambda given: rrelu(given, lower, upper, training), "rrelu_")
    if not training:
        return leaky_relu(x, (lower + upper) / 2.0)
    drawn = lower + (upper - lower) * random.uniform(x.array.shape, x.array.dtype)
    slopes = np.asarray(np.where(x.array > 0.0, 1.0, drawn), x.array.dtype)
    return mul(x, wrap(x.result_class, slopes))
