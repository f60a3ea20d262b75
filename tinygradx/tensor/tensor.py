"""Tensor: what users hold. Its parts are in files of their own, each on the one before.

`facts` says what it is, `writing` writes in place, `methods` has what the catalogue offers,
`operators` Python's syntax, `history` the graph and the gradients, `exchange` the ways out of the
library. Here is how a tensor is made, shown, and converted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import DeviceError, ShapeError
from tinygradx.graph import Cell, Handle, Leaf, Lost
from tinygradx.ops import memory
from tinygradx.ops.arithmetic import ARITHMETIC
from tinygradx.ops.device import device
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.tensor.exchange import Exchange
from tinygradx.tensor.history import first_gradient
from tinygradx.tensor.printing import format_tensor

__all__ = ["Tensor", "first_gradient"]


class Tensor(Exchange):
    """An array that remembers how it was made.

    Users make one with `tinygradx.tensor(...)`; `Tensor(data)` makes one of the default dtype,
    and `Tensor(2, 3)` one of that shape, as in PyTorch.

    Parameters
    ----------
    *data : nested lists, NumPy array, Tensor, or sizes
        What it holds.
    requires_grad : bool
        Whether gradients are collected in `.grad`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4., 6.])
    """

    __slots__ = ()

    arithmetic = ARITHMETIC

    def __init__(self, *data: Any, requires_grad: bool = False) -> None:
        dtype = get_default_dtype()
        if len(data) == 1 and not isinstance(data[0], int):
            given = data[0].array if isinstance(data[0], Handle) else data[0]
            array = np.array(given, dtype)
        else:
            array = np.zeros(data or 0, dtype)
        self.array, self.node, self.cell, self.view_of = array, None, Cell(), None
        if requires_grad:
            self.requires_grad_()

    # ---- how it is shown ------------------------------------------------------------------------

    def __repr__(self) -> str:
        node = self.node
        made_by = None
        if node is not None and not isinstance(node, Leaf):
            made_by = "Invalid" if isinstance(node, Lost) else node.op.name
        return format_tensor(
            self.array,
            default_dtype=get_default_dtype(),
            grad_fn=made_by,
            requires_grad=made_by is not None or self.requires_grad,
        )

    def __format__(self, spec: str) -> str:
        if self.array.ndim == 0:
            return format(self.array.item(), spec)
        try:
            return format(repr(self), spec)
        except ValueError:
            raise ShapeError(
                f"format a tensor as {spec!r}", f"{self.array.size} elements of shape {self.shape}",
                "format a number: f'{x.mean():.3f}', or set_printoptions for whole tensors",
            ) from None  # fmt: skip

    def draw(self, format: str = "svg", rankdir: str | None = None, **how: Any) -> Any:
        """The graph behind the tensor as a picture: `tgx.draw_dot(self, ...)`.

        Parameters
        ----------
        format, rankdir, **how
            As for `draw_dot`.

        Returns
        -------
        Drawing
            Shows itself in a notebook; `.save("graph.svg")` writes it anywhere.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> x = tgx.tensor(3.0, requires_grad=True)
        >>> (x * x).draw(names={"x": x})
        <Drawing of 2 values; .save('graph.svg') writes it, .source is its text>
        """
        from tinygradx.draw import draw_dot

        return draw_dot(self, format, rankdir, **how)

    # ---- dtypes ---------------------------------------------------------------------------------

    def to(
        self,
        *targets: Any,
        dtype: Any = None,
        device: Any = None,
        copy: Any = False,
        non_blocking: Any = False,
        memory_format: Any = "preserve_format",
    ) -> Tensor:
        """The same values in another dtype; the tensor itself where it has that dtype already.

        Parameters
        ----------
        *targets : dtype, str or Tensor
            A dtype, a device ("cpu"), or a tensor whose dtype to take; behind these, as in PyTorch,
            `non_blocking` and `copy`.
        dtype, device
            The same by name.
        copy : bool
            Copy in any case.
        non_blocking : bool
            Taken for PyTorch's sake; nothing here blocks.
        memory_format : memory format
            As for `contiguous`.
        """
        switches = [target for target in targets if target is True or target is False]
        copy = switches[1] if len(switches) > 1 else copy
        for target in targets[: len(targets) - len(switches)]:
            if isinstance(target, Handle):
                dtype = target.array.dtype
            elif _is_device(target):
                device = target
            else:
                dtype = target
        if device is not None:
            from tinygradx.tensor.creation import check_device

            check_device(device)
        result = self if dtype is None else memory.to_dtype(self, dtype)
        result = memory.in_format(result, memory_format)
        return result.clone() if copy and result is self else result

    def cpu(self) -> Tensor:
        """The tensor on the CPU: itself."""
        return self

    def cuda(self, device: Any = None, non_blocking: Any = False) -> Tensor:
        """Refused: there is no GPU here.

        Raises
        ------
        DeviceError
            Always; the message says what to write instead.
        """
        raise DeviceError(
            "cuda()", "only the CPU is here",
            'leave it out, or write x.to("cuda" if tinygradx.cuda.is_available() else "cpu")',
        )  # fmt: skip

    def float(self, memory_format: Any = "preserve_format") -> Tensor:
        """As float32."""
        return self.to(np.float32, memory_format=memory_format)

    def double(self, memory_format: Any = "preserve_format") -> Tensor:
        """As float64."""
        return self.to(np.float64, memory_format=memory_format)

    def long(self, memory_format: Any = "preserve_format") -> Tensor:
        """As int64, cut off towards 0."""
        return self.to(np.int64, memory_format=memory_format)

    def int(self, memory_format: Any = "preserve_format") -> Tensor:
        """As int32, cut off towards 0."""
        return self.to(np.int32, memory_format=memory_format)

    def bool(self, memory_format: Any = "preserve_format") -> Tensor:
        """Whether each element is nonzero."""
        return self.to(np.bool_, memory_format=memory_format)


def _is_device(target: Any) -> bool:
    """Whether a target of `to` is a device, not a dtype."""
    if isinstance(target, str):
        return target.partition(":")[0] in ("cpu", "cuda", "mps", "xpu", "meta")
    return isinstance(target, device)


Handle.result_class = Tensor
