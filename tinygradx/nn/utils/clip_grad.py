"""Gradients made shorter where they are too long."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import no_grad
from tinygradx.ops.distances import vector_norm
from tinygradx.ops.joining import stack
from tinygradx.tensor import Tensor, tensor

#: Added to the norm, so that gradients of 0 stay 0.
EPS = 1e-6


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The norm of several tensors, as if they were one vector.

    Parameters
    ----------
    tensors : Tensor, or iterable of Tensor
        Of floats; the norm of none is 0.
    norm_type : float
        2 for the length; inf for the largest size of an element: see `linalg.vector_norm`.
    error_if_nonfinite : bool
        Raise where the norm is inf or nan.
    foreach : bool, optional
        How PyTorch should compute it; without effect.

    Returns
    -------
    Tensor
        Of shape ().

    Raises
    ------
    ArgumentError, DtypeError
        If the norm is not finite and that was asked for, or something is no tensor or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.utils.get_total_norm([tgx.tensor([3.0]), tgx.tensor([[4.0]])])
    tensor(5.)
    """
    asked = "get_total_norm"
    norm_type = _number(asked, "norm_type", norm_type, -math.inf)
    given = [t for t in _several(asked, tensors) if t.numel()]
    if not given:
        return tensor(0.0)
    with no_grad():
        total: Tensor = vector_norm(stack([vector_norm(t, norm_type) for t in given]), norm_type)
    if error_if_nonfinite and not math.isfinite(total.item()):
        raise ArgumentError(
            asked, f"a norm that is {total.item()}",
            "look for the first inf or nan: with tgx.autograd.detect_anomaly(): loss.backward()",
        )  # fmt: skip
    return total


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    total_norm: Tensor,
    foreach: bool | None = None,
) -> None:
    """Make gradients of a known norm shorter, in place: by `max_norm / (total_norm + 1e-6)`.

    Parameters
    ----------
    parameters : Tensor, or iterable of Tensor
        Those without a gradient are passed over.
    max_norm : float
        The norm that they have afterwards, unless it is smaller already.
    total_norm : Tensor
        What `get_total_norm` answered for their gradients.
    foreach : bool, optional
        How PyTorch should compute it; without effect.

    Raises
    ------
    ArgumentError, DtypeError
        If a norm is below 0 or no number, or something is no tensor.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.zeros(2).requires_grad_()
    >>> w.grad = tgx.tensor([6.0, 8.0])
    >>> tgx.nn.utils.clip_grads_with_norm_([w], 1.0, tgx.tensor(10.0))
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    asked = "clip_grads_with_norm_"
    max_norm = _number(asked, "max_norm", max_norm, 0.0)
    grads = _gradients(_several(asked, parameters))
    with no_grad():
        share = max_norm / (total_norm + EPS)
        if not share >= 1.0:  # a nan reaches all of them, as in PyTorch
            for grad in grads:
                grad.mul_(share)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Make gradients shorter, in place, where their norm is above a bound.

    All are taken as one vector, so its direction stays. Pascanu, Mikolov & Bengio (2013), "On the
    difficulty of training recurrent neural networks", arXiv:1211.5063.

    Parameters
    ----------
    parameters : Tensor, or iterable of Tensor
        Those without a gradient are passed over.
    max_norm : float
        The bound.
    norm_type, error_if_nonfinite, foreach
        As for `get_total_norm`.

    Returns
    -------
    Tensor
        The norm that they had, of shape ().

    Raises
    ------
    ArgumentError, DtypeError
        As for `get_total_norm`, or if the bound is below 0; no gradient is changed.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor([3.0, 4.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> tgx.nn.utils.clip_grad_norm_([w], max_norm=1.0)
    tensor(10.)
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    asked = "clip_grad_norm_"
    given = _several(asked, parameters)
    if not given and isinstance(parameters, Iterator):
        warnings.warn(
            "clip_grad_norm_ was given an iterator without parameters: was it walked before?",
            UserWarning, stacklevel=2,
        )  # fmt: skip
    _number(asked, "max_norm", max_norm, 0.0)
    total = get_total_norm(_gradients(given), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(given, max_norm, total)
    return total


def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None
) -> None:
    """Keep each element of each gradient from `-clip_value` to `clip_value`, in place.

    Parameters
    ----------
    parameters : Tensor, or iterable of Tensor
        Those without a gradient are passed over.
    clip_value : float
        The bound.
    foreach : bool, optional
        How PyTorch should compute it; without effect.

    Raises
    ------
    ArgumentError, DtypeError
        If the bound is below 0 or no number, or something is no tensor.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor([0.25, -4.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> tgx.nn.utils.clip_grad_value_([w], 1.0)
    >>> w.grad
    tensor([ 0.5000, -1.0000])
    """
    asked = "clip_grad_value_"
    bound = _number(asked, "clip_value", clip_value, 0.0)
    with no_grad():
        for grad in _gradients(_several(asked, parameters)):
            grad.clamp_(-bound, bound)


def _several(asked: str, tensors: Any) -> list[Tensor]:
    """One tensor or many, as a list."""
    if isinstance(tensors, Tensor):
        return [tensors]
    many = list(tensors) if isinstance(tensors, Iterable) else [tensors]
    for one in many:
        if not isinstance(one, Tensor):
            raise DtypeError(asked, f"a {type(one).__name__}", "pass model.parameters()")
    return many


def _gradients(parameters: list[Tensor]) -> list[Any]:
    return [grad for p in parameters if (grad := p.grad) is not None]


def _number(asked: str, name: str, value: Any, least: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise DtypeError(asked, f"{name}={value!r}", "pass a number") from None
    if not number >= least:
        raise ArgumentError(asked, f"{name}={value!r}", f"use {max(least, 0.0)} or more")
    return number
