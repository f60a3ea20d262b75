"""What a module owns: parameters, which an optimiser changes, and buffers, which are only kept.

Both may come before their shape is known, in a lazy layer; any use of such a tensor is refused.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, Self

import numpy as np

from tinygradx.errors import DtypeError, ShapeError
from tinygradx.graph import Cell, Handle, Leaf
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.tensor import Tensor, zeros


class _Given(Tensor):
    """A tensor on memory that was given, without its history."""

    __slots__ = ()

    def __init__(self, data: Any) -> None:
        if isinstance(data, Handle):
            self.array, self.cell = data.array, data.cell
        else:
            own = isinstance(data, np.ndarray)
            try:
                array = np.asarray(data, None if own else get_default_dtype())
            except (TypeError, ValueError):
                raise DtypeError(
                    f"make a {type(self).__name__} of a {type(data).__name__}", f"{data!r:.60}",
                    f"pass a tensor: nn.{type(self).__name__}(tinygradx.zeros(3))",
                ) from None  # fmt: skip
            self.array, self.cell = array, Cell()
        self.node, self.view_of = None, None


class Parameter(_Given):
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
        super().__init__(data)
        if requires_grad:
            self.requires_grad_()

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(_Given):
    """A tensor that is kept but not learned: a `Module` that holds one lists it in `buffers()`.

    Assigning one to an attribute does what `Module.register_buffer` does.

    Parameters
    ----------
    data : Tensor or array
        Its first value, whose memory it shares.
    persistent : bool
        Whether it belongs to `state_dict()`.

    Attributes
    ----------
    persistent : bool
        The same.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> module = nn.Module()
    >>> module.seen = nn.Buffer(tgx.zeros(2))
    >>> module.state_dict()
    {'seen': tensor([0., 0.])}
    """

    __slots__ = ()

    persistent: ClassVar[bool] = True

    def __new__(cls, data: Any = (), *, persistent: bool = True) -> Self:
        """A buffer of the class that says whether it lasts, so that copies and pickles say it."""
        return super().__new__(cls if persistent else _PassingBuffer)  # type: ignore[return-value]

    def __init__(self, data: Any = (), *, persistent: bool = True) -> None:
        super().__init__(data)
        if isinstance(data, Tensor) and data.requires_grad:
            self.requires_grad_()


class _PassingBuffer(Buffer):
    """A buffer that is not saved."""

    __slots__ = ()

    persistent = False


# ---- before the shape is known ------------------------------------------------------------------


class NoArray:
    """In the place of an array whose shape is not known: it has a dtype, and nothing else.

    What an optimiser asks of a parameter when it is made is answered: it can be written to, and
    none of its elements lies in two places. Everything else raises, the class too, by which
    operations find the backend of an array.
    """

    __slots__ = ("dtype",)

    flags = np.empty(0).flags
    size = 0

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype

    def __reduce__(self) -> Any:
        return NoArray, (self.dtype,)

    def copy(self) -> NoArray:
        """Another one."""
        return NoArray(self.dtype)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__") and name != "__array__":
            raise AttributeError(name)  # which Python only asks whether it is there
        _refuse(name)

    @property  # type: ignore[misc]
    def __class__(self) -> NoReturn:  # type: ignore[override]
        _refuse("its values")

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        _refuse("its values")

    def __getitem__(self, index: Any) -> NoReturn:
        _refuse("its elements")

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        _refuse("its elements")

    def __len__(self) -> int:
        _refuse("its length")


def _refuse(what: str) -> NoReturn:
    raise ShapeError(
        f"use a parameter or a buffer of a lazy layer: {what}",
        "a layer that has seen no input, so that its shape is not known",
        "run the model on one input first: model(x)",
    )


class _Uninitialized(Tensor):
    """A tensor of a dtype whose shape is not known yet.

    It can be converted, copied and saved, it can want a gradient, an optimiser can have it, and it
    can be given its shape; every other use raises a `ShapeError`, as PyTorch's does.
    """

    __slots__ = ()

    #: What it is once its shape is known.
    cls_to_become: ClassVar[type[Tensor]]

    def _begin(self, dtype: Any, device: Any) -> None:
        empty = zeros(0, dtype=dtype, device=device)
        self.array, self.cell, self.node, self.view_of = NoArray(empty.dtype), Cell(), None, None

    def __repr__(self) -> str:
        kind = type(self).__name__.removeprefix("_Passing")
        return f"<{kind}: run the model on an input first>"

    def numel(self) -> int:
        """Refused, as its shape is."""
        _refuse("numel")

    nelement = numel

    def numpy(self, *, force: bool = False) -> NoReturn:
        """Refused, as its values are."""
        _refuse("its values")

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Collect gradients here once there is a shape, or not; answers the tensor itself."""
        if requires_grad and self.dtype.kind != "f":
            raise DtypeError(
                f"requires_grad on a tensor of dtype {self.dtype}",
                "integers and bools have no gradient", "make it of floats",
            )  # fmt: skip
        if self.node is None:
            self.node = Leaf(np.zeros(0, self.dtype), self.cell, False)
        assert isinstance(self.node, Leaf)
        self.node.wants = requires_grad
        return self

    def detach(self) -> Tensor:
        """A tensor of no elements in its place, which is how a `state_dict` has it."""
        return zeros(0, dtype=self.dtype)

    @property
    def data(self) -> Tensor:
        """The same; a tensor that is assigned gives its dtype."""
        return self.detach()

    @data.setter
    def data(self, value: Tensor) -> None:
        wants = self.requires_grad
        self.array, self.node = NoArray(value.dtype), None
        self.requires_grad_(wants)

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become an ordinary parameter or buffer of a shape, of zeros; it stays the same object.

        Parameters
        ----------
        shape : tuple of int
            Its sizes.
        device : str, optional
            "cpu".
        dtype : dtype, optional
            Its dtype; the one that it has when left out.
        """
        wants, array = self.requires_grad, zeros(shape, dtype=dtype or self.dtype, device=device)
        self.array, self.cell, self.node = array.array, Cell(), None
        self.__class__ = self.cls_to_become  # type: ignore[assignment]
        if wants:
            self.requires_grad_()


class UninitializedParameter(_Uninitialized, Parameter):
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

    Raises
    ------
    ShapeError
        At any use that needs its shape or its values.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> weight = nn.UninitializedParameter()
    >>> weight
    <UninitializedParameter: run the model on an input first>
    >>> weight.materialize((2,))
    >>> weight
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()

    cls_to_become = Parameter

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        self._begin(dtype, device)
        self.requires_grad_(requires_grad)


class UninitializedBuffer(_Uninitialized, Buffer):
    """A buffer of a lazy layer that has seen no input: it holds nothing yet.

    Parameters
    ----------
    requires_grad : bool
        Whether gradients will be collected.
    device : str, optional
        "cpu".
    dtype : dtype, optional
        The default dtype when left out.
    persistent : bool
        Whether it belongs to `state_dict()`.

    Raises
    ------
    ShapeError
        At any use that needs its shape or its values.
    """

    __slots__ = ()

    cls_to_become = Buffer

    def __new__(
        cls,
        requires_grad: bool = False,
        device: Any = None,
        dtype: Any = None,
        persistent: bool = True,
    ) -> Self:
        """One of the class that says whether it lasts."""
        kind = cls if persistent else _PassingUninitializedBuffer
        return object.__new__(kind)  # type: ignore[return-value]

    def __init__(
        self,
        requires_grad: bool = False,
        device: Any = None,
        dtype: Any = None,
        persistent: bool = True,
    ) -> None:
        self._begin(dtype, device)
        if requires_grad:
            self.requires_grad_()


class _PassingUninitializedBuffer(UninitializedBuffer):
    """One that will not be saved."""

    __slots__ = ()

    persistent = False
    cls_to_become = _PassingBuffer


def is_lazy(param: Any) -> bool:
    """Whether a parameter or a buffer still waits for its shape.

    Examples
    --------
    >>> from tinygradx import nn
    >>> [nn.parameter.is_lazy(layer.weight) for layer in (nn.LazyLinear(2), nn.Linear(3, 2))]
    [True, False]
    """
    return isinstance(param, _Uninitialized)
