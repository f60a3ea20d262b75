"""What tensors are: devices, shapes, dtypes and what lies between them, and the old type names."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import Handle
from tinygradx.kernels.pool import set_thread_count, thread_count
from tinygradx.ops import promotion
from tinygradx.tensor.conversion import TYPES
from tinygradx.tensor.creation import _dtype, tensor, zeros
from tinygradx.tensor.tensor import Tensor


class Size(tuple[int, ...]):
    """The sizes of a tensor's dimensions: a tuple that knows how many elements there are.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.Size([2, 3]).numel(), tgx.Size([2, 3]) == tgx.zeros(2, 3).shape
    (6, True)
    """

    __slots__ = ()

    def __new__(cls, sizes: Iterable[Any] = ()) -> Size:
        """Take the sizes from anything that holds whole numbers."""
        return super().__new__(cls, (int(size.__index__()) for size in sizes))

    def numel(self) -> int:
        """The product of the sizes."""
        return math.prod(self)


class OldType:
    """One of PyTorch's old names of a tensor by its dtype: it makes one, and knows one.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.LongTensor([1, 2]), tgx.FloatTensor(2, 3).shape
    (tensor([1, 2]), (2, 3))
    >>> isinstance(tgx.zeros(2), tgx.FloatTensor), tgx.zeros(2).type(tgx.LongTensor)
    (True, tensor([0, 0]))
    """

    def __init__(self, name: str, dtype: str) -> None:
        self.__name__ = name
        self.dtype = np.dtype(dtype)

    def __call__(self, *data: Any) -> Tensor:
        """A tensor of that dtype, of data or of sizes."""
        if len(data) == 1 and not isinstance(data[0], (int, np.integer)):
            return tensor(data[0], dtype=self.dtype)
        return zeros(*data or (0,), dtype=self.dtype)

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype == self.dtype

    def __repr__(self) -> str:
        return f"<type {self.__name__}: {self.dtype}>"


FloatTensor, DoubleTensor = OldType("FloatTensor", "float32"), OldType("DoubleTensor", "float64")
LongTensor, IntTensor = OldType("LongTensor", "int64"), OldType("IntTensor", "int32")
ShortTensor, CharTensor = OldType("ShortTensor", "int16"), OldType("CharTensor", "int8")
ByteTensor, BoolTensor = OldType("ByteTensor", "uint8"), OldType("BoolTensor", "bool")


# ---- questions ----------------------------------------------------------------------------------


def is_tensor(obj: Any) -> bool:
    """Whether something is a Tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether a tensor's elements are floats."""
    return _tensor(input, "is_floating_point").dtype.kind == "f"


def is_complex(input: Tensor) -> bool:
    """False: there are no complex tensors here."""
    _tensor(input, "is_complex")
    return False


def is_nonzero(input: Tensor) -> bool:
    """Whether the only element of a tensor is not 0; raises for any other number of elements."""
    return bool(_tensor(input, "is_nonzero"))


def typename(obj: Any) -> str:
    """The name of a thing's type; a tensor's is PyTorch's old name of its dtype.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.typename(tgx.zeros(2)), tgx.typename(3)
    ('FloatTensor', 'int')
    """
    if isinstance(obj, Tensor):
        return next(old for old, name in TYPES.items() if name == obj.dtype.name)
    return getattr(obj, "__qualname__", "") or type(obj).__qualname__


def _tensor(x: Any, asked: str) -> Tensor:
    if not isinstance(x, Tensor):
        raise DtypeError(asked, f"a {type(x).__name__}", "pass a Tensor")
    return x


def promote_types(type1: Any, type2: Any) -> np.dtype[Any]:
    """The smallest dtype that holds both, by PyTorch's table.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.promote_types(tgx.int64, tgx.float32), tgx.promote_types(tgx.uint8, tgx.int8)
    (dtype('float32'), dtype('int16'))
    """
    return promotion.join_dtypes(_dtype(type1), _dtype(type2))


def result_type(tensor1: Any, tensor2: Any) -> np.dtype[Any]:
    """The dtype that an operation on two tensors or numbers computes in.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.result_type(tgx.arange(2), 1.0), tgx.result_type(tgx.zeros(2), 7)
    (dtype('float32'), dtype('float32'))
    """
    operands = [x.array if isinstance(x, Handle) else x for x in (tensor1, tensor2)]
    # NumPy's scalars stand as Python's numbers, as they do in operations.
    return promotion.result_type([x.item() if isinstance(x, np.generic) else x for x in operands])


def can_cast(from_: Any, to: Any) -> bool:
    """Whether a result of one dtype may be written into a tensor of another.

    It may not be where floats would become integers, or integers bools.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.can_cast(tgx.float64, tgx.float32), tgx.can_cast(tgx.float32, tgx.int64)
    (True, False)
    """
    return promotion.category(_dtype(from_).kind) <= promotion.category(_dtype(to).kind)


class finfo:  # noqa: N801
    """The limits of a dtype of floats.

    Parameters
    ----------
    type : dtype, optional
        The default dtype when left out.

    Attributes
    ----------
    bits : int
    eps, max, min, tiny, smallest_normal, resolution : float
    dtype : str

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.finfo(tgx.float32).eps
    1.1920928955078125e-07
    """

    def __init__(self, type: Any = None) -> None:
        wanted = promotion.get_default_dtype() if type is None else _dtype(type)
        if wanted.kind != "f":
            raise DtypeError(f"finfo of {wanted}", "no floats", "use iinfo")
        limits: Any = np.finfo(wanted)
        self.bits, self.dtype = int(limits.bits), wanted.name
        self.eps, self.resolution = float(limits.eps), float(limits.resolution)
        self.max, self.min = float(limits.max), float(limits.min)
        self.tiny = self.smallest_normal = float(limits.tiny)

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, "
            f"eps={self.eps:g}, smallest_normal={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:  # noqa: N801
    """The limits of a dtype of integers.

    Parameters
    ----------
    type : dtype
        Of integers.

    Attributes
    ----------
    bits, max, min : int
    dtype : str

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.iinfo(tgx.int8)
    iinfo(min=-128, max=127, dtype=int8)
    """

    def __init__(self, type: Any) -> None:
        wanted = _dtype(type)
        if wanted.kind not in "iu":
            raise DtypeError(f"iinfo of {wanted}", "no integers", "use finfo for floats")
        limits = np.iinfo(wanted)
        self.bits, self.dtype = int(limits.bits), wanted.name
        self.max, self.min = int(limits.max), int(limits.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"


# ---- threads ------------------------------------------------------------------------------------


def set_num_threads(int: int) -> None:
    """Choose how many threads share the work of large kernels; 1 uses the caller's alone.

    Raises
    ------
    ArgumentError
        If it is below 1.
    """
    if int < 1:
        raise ArgumentError(f"set_num_threads({int})", "no threads", "use 1 or more")
    set_thread_count(int)


def get_num_threads() -> int:
    """How many threads share the work of large kernels."""
    return thread_count()
