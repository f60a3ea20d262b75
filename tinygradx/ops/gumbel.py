"""Choices drawn at random, with a gradient: softmax of logits to which noise was added."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import wrap
from tinygradx.kernels import backend_of
from tinygradx.ops import random
from tinygradx.ops.activations import softmax
from tinygradx.ops.elementary import add, div, sub
from tinygradx.ops.structural import as_handle, whole_dim


def gumbel_softmax(
    logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Any:
    """Draw one class of each row, so that gradients reach the logits.

    `softmax((logits + noise) / tau)`, where `noise = -log(-log(u))` for uniform `u`. Its largest
    element is drawn as often as softmax of the logits says. Jang et al. (2017), "Categorical
    reparameterization with Gumbel-softmax", arXiv:1611.01144.

    Parameters
    ----------
    logits : Tensor
        Floats: logarithms of what is proportional to the probabilities, along `dim`.
    tau : float
        Above 0. The smaller, the nearer is the answer to a single 1.
    hard : bool
        Answer a single 1 in each row; the gradient is that of the soft answer.
    eps : float
        Not used, as in PyTorch.
    dim : int
        Along which the classes are.

    Returns
    -------
    Tensor
        In the shape of the logits; every row along `dim` has the sum 1.

    Raises
    ------
    ArgumentError, DtypeError, DimError
        If tau is not above 0, the logits are no floats, or have no such dim.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.functional.gumbel_softmax(tgx.tensor([0.0, 100.0]), hard=True)
    tensor([0., 1.])
    """
    x = as_handle(logits, "gumbel_softmax")
    if x.array.dtype.kind != "f":
        raise DtypeError(
            f"gumbel_softmax of {x.array.dtype}", "a dtype that holds no fractions",
            "convert first: gumbel_softmax(logits.float())",
        )  # fmt: skip
    if not tau > 0.0:
        raise ArgumentError(f"gumbel_softmax with tau={tau}", "not above 0", "use a number above 0")
    place = whole_dim(dim, x.array.ndim, "gumbel_softmax")
    drawn = random.uniform(x.array.shape, x.array.dtype)
    noise = wrap(x.result_class, backend_of(drawn).quiet.run(_noise, drawn))
    soft = softmax(div(add(x, noise), float(tau)), place)
    if not hard:
        return soft
    one = np.zeros_like(soft.array)
    rows = one.reshape(1) if not one.ndim else one  # the same memory
    best = np.argmax(soft.array.reshape(rows.shape), place, keepdims=True)
    np.put_along_axis(rows, best, 1.0, place)
    # The one, plus a difference that is 0 and has the gradient of the soft answer.
    return add(sub(soft, wrap(x.result_class, soft.array)), wrap(x.result_class, one))


def _noise(drawn: Any) -> Any:
    """Gumbel's distribution from the uniform one; a draw of 0 becomes -inf, never the best."""
    return np.asarray(-np.log(-np.log(drawn)), drawn.dtype)
