"""Parameter: a tensor that a module owns and an optimiser changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import DtypeError
from tinygradx.graph import Cell, Handle
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.tensor import Tensor, zeros


class Parameter(Tensor):
    """A tensor that is learned: a `Module` that holds one lists it in `parameters()`.

    What is computed from it is an ordinary `Tensor`.

    Parameters
    ----------
    data : Tensor or array
        Its first value, whose memory it shares.
    requires_grad : bool
        Whether gradients are collected.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Parameter(tgx.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Any = (), requires_grad: bool = True) -> None:
        if isinstance(data, Handle):
            self.array, self.cell = data.array, data.cell
        else:
            own = isinstance(data, np.ndarray)
            try:
                array = np.asarray(data, None if own else get_default_dtype())
            except (TypeError, ValueError):
                raise DtypeError(
                    f"make a Parameter of a {type(data).__name__}", f"{data!r:.60}",
                    "pass a tensor of floats: nn.Parameter(tinygradx.zeros(3))",
                ) from None  # fmt: skip
            self.array, self.cell = array, Cell()
        self.node, self.view_of = None, None
        if requires_grad:
            self.requires_grad_()

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class UninitializedParameter(Parameter):
    """A parameter of a lazy layer that has seen no input: it holds nothing yet.

    It becomes an ordinary `Parameter`, and stays the same object, when its shape is known.

    Parameters
    ----------
    requires_grad : bool
        Whether gradients will be collected.
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.
    """

    __slots__ = ()

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(zeros(0, dtype=dtype, device=device), requires_grad)

    def __repr__(self) -> str:
        return "<UninitializedParameter: run the model on an input first>"

    def materialize(self, shape: tuple[int, ...]) -> None:
        """Become a `Parameter` of a shape, of zeros."""
        wants = self.requires_grad
        self.array, self.cell, self.node = np.zeros(shape, self.dtype), Cell(), None
        if wants:
            self.requires_grad_()
        self.__class__ = Parameter  # type: ignore[assignment]
