"""What is done to all of a module at once: its mode, its dtype, its gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, Self

import numpy as np

from tinygradx.errors import DeviceError, DtypeError
from tinygradx.nn.hooks import Hooked
from tinygradx.tensor import Tensor, empty_like
from tinygradx.tensor.creation import check_device

if TYPE_CHECKING:
    from tinygradx.nn.module import Module


class Conversion(Hooked):
    """The part of a module that changes everything within."""

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call a function with every module, those within first; answers the module.

        A module that is in two places is met twice, as in PyTorch.
        """
        order: list[Any] = []
        waiting: list[Any] = [self]
        while waiting:
            module = waiting.pop()
            order.append(module)
            waiting += module.children()
        for module in reversed(order):
            fn(module)
        return self

    def train(self, mode: bool = True) -> Self:
        """Behave as in training (dropout drops, batch norm measures) or not; answers the module.

        A module within that has a `train` of its own is asked, so that it may leave a part as in
        use.
        """
        waiting: list[Any] = [self]
        seen: set[Any] = set()
        while waiting:
            module = waiting.pop()
            if module in seen:
                continue
            seen.add(module)
            if module is self or type(module).train is Conversion.train:
                module.training = bool(mode)
                waiting += module.children()
            else:
                module.train(mode)
        return self

    def eval(self) -> Self:
        """Behave as in use; answers the module."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Collect gradients in all parameters, or in none; answers the module."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters: make them None, or zeros in their memory."""
        for parameter in self.parameters():
            gradient = parameter.grad
            if gradient is not None and set_to_none:
                parameter.grad = None
            elif gradient is not None:
                gradient.detach().zero_()

    # ---- dtypes ---------------------------------------------------------------------------------

    def to(
        self,
        *targets: Any,
        dtype: Any = None,
        device: Any = None,
        non_blocking: bool = False,
        memory_format: Any = "preserve_format",
    ) -> Self:
        """Convert parameters, their gradients and buffers to another dtype; answers the module.

        The parameters stay what they are, so an optimiser that has them keeps them; what they hold
        is new. Integers and bools are left alone.

        Parameters
        ----------
        *targets : dtype, str or Tensor
            A dtype of floats, a device ("cpu"), or a tensor whose dtype to take; behind these, as
            in PyTorch, `non_blocking`.
        dtype, device
            The same by name.
        non_blocking : bool
            Taken for PyTorch's sake; nothing here blocks.
        memory_format : memory format
            How the parameters and buffers of as many dimensions as the format has lie in memory:
            see `Tensor.contiguous`.

        Raises
        ------
        DtypeError
            If the dtype is not one of floats. The module is then as it was.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> tgx.nn.Linear(2, 3).to(tgx.float64).weight.dtype
        dtype('float64')
        """
        dims = {"channels_last": 4, "channels_last_3d": 5}.get(
            str(memory_format).rpartition(".")[2]
        )

        def converted(tensor: Tensor) -> Tensor:
            if tensor.dtype.kind != "f":
                return tensor
            lies = memory_format if dims in (None, tensor.ndim) else "preserve_format"
            value = tensor.to(*targets, dtype=dtype, device=device, memory_format=lies)
            if value.dtype.kind != "f":
                raise DtypeError(
                    f"convert a {type(self).__name__} to {value.dtype}", "no dtype of floats",
                    "use tinygradx.float32 or tinygradx.float64",
                )  # fmt: skip
            return value

        return self._converted(converted)

    def _converted(self, convert: Callable[[Tensor], Tensor]) -> Self:
        """Put what a function makes of parameters and buffers in their places, all or none."""
        values = []
        for tensor in (*self.parameters(), *self.buffers()):
            known = tensor.detach()
            value = convert(known)
            if value is not known:
                values.append((tensor, value))
        for tensor, value in values:
            gradient = tensor.grad
            tensor.data = value
            if gradient is not None:
                tensor.grad = gradient.detach().to(value.dtype)
        return self

    def type(self, dst_type: Any) -> Self:
        """Convert all parameters and all buffers, those of integers too; answers the module.

        Parameters
        ----------
        dst_type : dtype or str
            A dtype, or one of PyTorch's old names: "torch.DoubleTensor".

        Raises
        ------
        DtypeError
            If there is no such type, or parameters that want a gradient would become integers.
            The module is then as it was.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> tgx.nn.BatchNorm1d(2).type(tgx.float64).num_batches_tracked
        tensor(0., dtype=tinygradx.float64)
        """
        for parameter in self.parameters():
            value: Any = parameter.detach().type(dst_type)
            if parameter.requires_grad and value.dtype.kind != "f":
                raise DtypeError(
                    f"convert a {type(self).__name__} to {value.dtype}",
                    "parameters that want a gradient, which integers and bools do not have",
                    "use tinygradx.float32 or tinygradx.float64",
                )
        return self._converted(lambda tensor: tensor.type(dst_type))

    def float(self) -> Self:
        """Convert it to float32, as `to` does; answers the module."""
        return self.to(np.float32)

    def double(self) -> Self:
        """Convert it to float64, as `to` does; answers the module."""
        return self.to(np.float64)

    def half(self) -> NoReturn:
        """Refused: there is no float16 here.

        Raises
        ------
        DtypeError
            Always, with what to use instead.
        """
        self._refuse_dtype("half", "float16")

    def bfloat16(self) -> NoReturn:
        """Refused: there is no bfloat16 here.

        Raises
        ------
        DtypeError
            Always, with what to use instead.
        """
        self._refuse_dtype("bfloat16", "bfloat16")

    def _refuse_dtype(self, method: str, dtype: str) -> NoReturn:
        raise DtypeError(
            f"{type(self).__name__}.{method}()",
            f"{dtype}, which is slower than float32 on a CPU and is not offered",
            "use .float(), the default",
        )

    # ---- devices --------------------------------------------------------------------------------

    def cpu(self) -> Self:
        """The module itself, which is on the CPU."""
        return self

    def cuda(self, device: Any = None) -> NoReturn:
        """Refused: there is no GPU here.

        Parameters
        ----------
        device : int or str, optional
            Which one.

        Raises
        ------
        DeviceError
            Always; the message says what to write instead.
        """
        raise DeviceError(
            f"{type(self).__name__}.cuda()", "only the CPU is here",
            'leave it out, or write .to("cuda" if tinygradx.cuda.is_available() else "cpu")',
        )  # fmt: skip

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Give parameters and buffers new memory, whose values do not matter; answers the module.

        As with `tinygradx.empty` they are 0. Gradients are kept.

        Parameters
        ----------
        device : str or None
            "cpu".
        recurse : bool
            Whether those of the modules within are meant as well.

        Raises
        ------
        DeviceError
            If it is another device.
        """
        check_device(device)
        for tensor in (*self.parameters(recurse), *self.buffers(recurse)):
            tensor.data = empty_like(tensor.detach())
        return self
