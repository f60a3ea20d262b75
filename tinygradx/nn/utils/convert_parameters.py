"""All parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import no_grad
from tinygradx.ops.joining import cat
from tinygradx.ops.shapes import reshape
from tinygradx.tensor import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All numbers of several tensors, one after another.

    Parameters
    ----------
    parameters : iterable of Tensor
        At least one.

    Returns
    -------
    Tensor
        Of shape (n,), with a gradient.

    Raises
    ------
    ArgumentError, DtypeError
        If there are none, or something is no tensor.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.utils.parameters_to_vector([tgx.tensor([[1.0, 2.0]]), tgx.tensor(3.0)])
    tensor([1., 2., 3.])
    """
    flat = [reshape(p, (-1,)) for p in _tensors("parameters_to_vector", parameters)]
    vector: Tensor = cat(flat)
    return vector


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Write the numbers of a vector into several tensors, each in its own memory.

    Parameters
    ----------
    vec : Tensor
        Of shape (n,).
    parameters : iterable of Tensor
        With n numbers in all. What they hold is replaced, without a record.

    Raises
    ------
    ArgumentError, DtypeError, ShapeError
        If the numbers are more or fewer, or something is no tensor; nothing is changed.

    Notes
    -----
    In PyTorch the parameters become views of the vector; here they stay what they are, so that a
    later write to one does not reach the other.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.Linear(2, 1)
    >>> tgx.nn.utils.vector_to_parameters(tgx.tensor([1.0, 2.0, 3.0]), layer.parameters())
    >>> layer.weight.tolist(), layer.bias.tolist()
    ([[1.0, 2.0]], [3.0])
    """
    asked = "vector_to_parameters"
    if not isinstance(vec, Tensor):
        raise DtypeError(asked, f"a vector of type {type(vec).__name__}", "pass a tensor")
    params = _tensors(asked, parameters)
    count = sum(p.numel() for p in params)
    if vec.shape != (count,):
        raise ShapeError(
            asked, f"a vector of shape {vec.shape} for {count} numbers",
            "pass what parameters_to_vector answered for them",
        )  # fmt: skip
    start = 0
    with no_grad():
        for p in params:
            p.copy_(reshape(vec[start : start + p.numel()], p.shape))
            start += p.numel()


def _tensors(asked: str, parameters: Any) -> list[Tensor]:
    if not isinstance(parameters, Iterable) or isinstance(parameters, Tensor):
        raise DtypeError(asked, f"a {type(parameters).__name__}", "pass model.parameters()")
    many = list(parameters)
    for one in many:
        if not isinstance(one, Tensor):
            raise DtypeError(asked, f"a {type(one).__name__}", "pass model.parameters()")
    if not many:
        raise ArgumentError(
            asked,
            "no parameters",
            "pass model.parameters(), afresh: an iterator is empty after one walk",
        )
    return many
