"""`Variable`: what a tensor with a gradient was called before 2018."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import DtypeError
from tinygradx.tensor import Tensor


class _IsTensor(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_IsTensor):
    """A tensor of the same memory, in the old spelling.

    Parameters
    ----------
    data : Tensor
        What it holds.
    requires_grad : bool
        Whether gradients are collected in `.grad`.
    volatile : bool
        Taken for old scripts: what is computed from it is recorded all the same; use `no_grad`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.autograd.Variable(tgx.ones(2), requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 2.])
    """

    def __new__(cls, data: Any = None, requires_grad: bool = False, volatile: bool = False) -> Any:
        """Answer the tensor."""
        if data is None:
            return Tensor()
        if not isinstance(data, Tensor):
            raise DtypeError(
                "Variable", f"a {type(data).__name__}", "pass a Tensor: tinygradx.tensor(data)"
            )
        result = data.detach()
        return result.requires_grad_() if requires_grad else result
