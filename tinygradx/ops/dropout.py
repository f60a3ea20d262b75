"""Dropout: elements left out at random while a network is trained.

Which elements stay is drawn once and is an input of the operation, one byte for each. So the way
back, a derivative of any order and a drawing of the graph all see the same choice.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import wrap
from tinygradx.ops import random
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementwise import elementwise
from tinygradx.ops.structural import as_handle, in_place


@elementwise("x * scale if kept else 0", flags=("kept",), name="dropout")
def scaled_where_kept(x, kept, scale=1.0):
    """What is kept, scaled; 0 for the rest."""
    return where(kept, x * scale, 0.0)


@scaled_where_kept.slope
def _(kept, scale):
    return where(kept, scale, 0.0), 0.0


def check_share(p: Any, asked: str) -> float:
    """The share to drop as a number, if it is one from 0 to 1."""
    if not isinstance(p, (int, float, np.number)):
        raise DtypeError(
            f"{asked} with p={p!r:.40}", f"a {type(p).__name__}", "pass a number from 0 to 1"
        )
    if not 0.0 <= p <= 1.0:
        raise ArgumentError(
            f"{asked} with p={p!r}", "no share of one", "use a number from 0 (drop none) to 1 (all)"
        )
    return float(p)


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Each element 0 with probability p, and divided by 1 - p otherwise, so that the mean stays.

    Srivastava et al. (2014), "Dropout: a simple way to prevent neural networks from overfitting".

    Parameters
    ----------
    input : Tensor
        Floats of any shape.
    p : float
        From 0 to 1: the share that is dropped.
    training : bool
        Whether to drop at all; without it the input is answered as it is.
    inplace : bool
        Write to the memory of the input, and answer it.

    Returns
    -------
    Tensor
        Of the same shape and dtype. The choice is drawn from the generator that `manual_seed`
        seeds; the slope is 0 where an element was dropped.

    Raises
    ------
    ArgumentError, DtypeError
        If p is no share of one, or the input has no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> y = tgx.nn.functional.dropout(tgx.ones(1000), p=0.2)
    >>> sorted(set(y.tolist()))
    [0.0, 1.25]
    """
    p = check_share(p, "dropout")
    x = as_handle(input, "dropout")
    if x.array.dtype.kind != "f":
        raise DtypeError(
            f"dropout of {x.array.dtype}", "a dtype that holds no fractions",
            "convert first: dropout(input.float())",
        )  # fmt: skip
    if not training or p == 0.0:
        return x
    if inplace:
        return in_place(x, functools.partial(dropout, p=p), "dropout_")
    kept = np.asarray(random.uniform(x.array.shape, np.float32) >= np.float32(p))
    scale = 1.0 / (1.0 - p) if p < 1.0 else 0.0
    return scaled_where_kept.apply((x, wrap(x.result_class, kept)), (scale,))
