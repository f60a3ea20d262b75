"""Methods that make a tensor after the pattern of another one, or say how it lies in memory."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from tinygradx.errors import DtypeError
from tinygradx.ops import pointwise, special
from tinygradx.ops.memory import in_format, to_dtype
from tinygradx.ops.promotion import SUPPORTED
from tinygradx.ops.shapes import sizes
from tinygradx.ops.structural import as_handle, whole_dim
from tinygradx.ops.windows import as_strided, memory_of

#: PyTorch's old names of tensors by their dtype.
TYPES = {
    "FloatTensor": "float32", "DoubleTensor": "float64", "LongTensor": "int64",
    "IntTensor": "int32", "ShortTensor": "int16", "CharTensor": "int8", "ByteTensor": "uint8",
    "BoolTensor": "bool",
}  # fmt: skip


# ---- dtypes -------------------------------------------------------------------------------------


def type(input: Any, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of a tensor's type; or the tensor in another dtype.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    dtype : dtype or str, optional
        A dtype, or one of PyTorch's old names: "torch.FloatTensor", "torch.LongTensor", ...
    non_blocking : bool
        Taken for PyTorch's sake; nothing here blocks.

    Raises
    ------
    DtypeError
        If there is no such type.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.arange(2).type(), tgx.arange(2).type("torch.FloatTensor")
    ('torch.LongTensor', tensor([0., 1.]))
    """
    x = as_handle(input, "type")
    if dtype is None:
        return next(f"torch.{old}" for old, name in TYPES.items() if name == x.array.dtype.name)
    name = getattr(dtype, "dtype", dtype)
    if isinstance(name, str):
        name = TYPES.get(name.rpartition(".")[2], name)
    try:
        wanted = np.dtype(name)
    except TypeError:
        wanted = None
    if wanted is None or wanted.name not in SUPPORTED:
        raise DtypeError(
            f"type({dtype!r:.40})", "no such type", f"use one of {', '.join(SUPPORTED)}"
        )
    return to_dtype(x, wanted)


def type_as(input: Any, other: Any) -> Any:
    """The same values in the dtype of another tensor.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.arange(2).type_as(tgx.zeros(1))
    tensor([0., 1.])
    """
    return to_dtype(as_handle(input, "type_as"), as_handle(other, "type_as").array.dtype)


def byte(input: Any, memory_format: Any = "preserve_format") -> Any:
    """As uint8, cut off towards 0."""
    return in_format(to_dtype(as_handle(input, "byte"), np.uint8), memory_format)


def char(input: Any, memory_format: Any = "preserve_format") -> Any:
    """As int8, cut off towards 0."""
    return in_format(to_dtype(as_handle(input, "char"), np.int8), memory_format)


def short(input: Any, memory_format: Any = "preserve_format") -> Any:
    """As int16, cut off towards 0."""
    return in_format(to_dtype(as_handle(input, "short"), np.int16), memory_format)


def half(input: Any) -> NoReturn:
    """Refused: there is no float16 here.

    Raises
    ------
    DtypeError
        Always, with what to use instead.
    """
    _refuse("half()", "float16")


def bfloat16(input: Any) -> NoReturn:
    """Refused: there is no bfloat16 here.

    Raises
    ------
    DtypeError
        Always, with what to use instead.
    """
    _refuse("bfloat16()", "bfloat16")


def _refuse(asked: str, dtype: str) -> NoReturn:
    raise DtypeError(
        asked, f"{dtype}, which is slower than float32 on a CPU and is not offered",
        "use x.float(), the default",
    )  # fmt: skip


# ---- tensors after a pattern --------------------------------------------------------------------


def new_tensor(
    input: Any, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Any:
    """A copy of data as a tensor, in the dtype of another tensor unless one is given.

    Parameters
    ----------
    input : Tensor
        Whose dtype to take.
    data : number, nested lists, NumPy array or Tensor
        What it shall hold.
    dtype, device, requires_grad
        As for `tinygradx.tensor`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.zeros(2).new_tensor([1, 2])
    tensor([1., 2.])
    """
    from tinygradx.tensor.creation import tensor  # which makes Tensors, so it comes after

    wanted = as_handle(input, "new_tensor").array.dtype if dtype is None else dtype
    return tensor(data, dtype=wanted, device=device, requires_grad=requires_grad)


def _new(input: Any, create: str, size: Any, dtype: Any, device: Any, requires_grad: bool) -> Any:
    from tinygradx.tensor import creation

    wanted = as_handle(input, f"new_{create}").array.dtype if dtype is None else dtype
    make = getattr(creation, create)
    return make(*size, dtype=wanted, device=device, requires_grad=requires_grad)


def new_zeros(
    input: Any, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Any:
    """Zeros of a given shape, in the dtype of another tensor unless one is given.

    Parameters
    ----------
    input : Tensor
        Whose dtype to take.
    *size : int or tuple of int
        The shape.
    dtype, device, requires_grad
        As for `tinygradx.zeros`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.arange(2).new_zeros(3)
    tensor([0, 0, 0])
    """
    return _new(input, "zeros", size, dtype, device, requires_grad)


def new_ones(
    input: Any, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Any:
    """Ones of a given shape, in the dtype of another tensor unless one is given."""
    return _new(input, "ones", size, dtype, device, requires_grad)


def new_empty(
    input: Any, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Any:
    """A tensor whose values do not matter yet, in the dtype of another unless one is given."""
    return _new(input, "empty", size, dtype, device, requires_grad)


def new_full(
    input: Any,
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """One value in a given shape, in the dtype of another tensor unless one is given.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.zeros(1).new_full((2,), 7)
    tensor([7., 7.])
    """
    return _new(input, "full", (size, fill_value), dtype, device, requires_grad)


def new_empty_strided(
    input: Any, size: Any, stride: Any, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Any:  # fmt: skip
    """A tensor whose values do not matter yet, and whose elements lie in memory by given strides.

    Parameters
    ----------
    input : Tensor
        Whose dtype to take.
    size, stride : tuple of int
        The shape, and how many elements lie between neighbours along each dimension.
    dtype, device, requires_grad
        As for `tinygradx.zeros`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.zeros(1).new_empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    shape, steps = sizes((size,)), sizes((stride,))
    reach = sum((n - 1) * step for n, step in zip(shape, steps, strict=False))
    line = _new(input, "zeros", (0 if 0 in shape else reach + 1,), dtype, device, False)
    out = as_strided(line, shape, steps).detach()
    return out.requires_grad_() if requires_grad else out


# ---- memory -------------------------------------------------------------------------------------


def numel(input: Any) -> int:
    """How many elements a tensor has."""
    return int(as_handle(input, "numel").array.size)


def is_same_size(input: Any, other: Any) -> bool:
    """Whether two tensors have one shape."""
    shapes = [as_handle(x, "is_same_size").array.shape for x in (input, other)]
    return bool(shapes[0] == shapes[1])


def element_size(input: Any) -> int:
    """How many bytes an element takes.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.zeros(3).element_size(), tgx.zeros(3).nbytes
    (4, 12)
    """
    return int(as_handle(input, "element_size").array.itemsize)


def nbytes(input: Any) -> int:
    """How many bytes all elements take."""
    return int(as_handle(input, "nbytes").array.nbytes)


def stride(input: Any, dim: int | None = None) -> Any:
    """How many elements of memory lie between neighbours along each dimension, or along one.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.zeros(2, 3).stride(), tgx.zeros(2, 3).T.stride(-1)
    ((3, 1), 3)
    """
    array = as_handle(input, "stride").array
    steps = tuple(step // array.itemsize for step in array.strides)
    return steps if dim is None else steps[whole_dim(dim, array.ndim, "stride")]


def storage_offset(input: Any) -> int:
    """How many elements of memory lie in front of a view.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.arange(5)[2:].storage_offset()
    2
    """
    return memory_of(as_handle(input, "storage_offset").array)[1]


def data_ptr(input: Any) -> int:
    """The address of the first element: equal ones share memory."""
    return int(as_handle(input, "data_ptr").array.ctypes.data)


def polygamma(input: Any, n: int) -> Any:
    """The n-th derivative of the digamma function: `tinygradx.polygamma(n, input)`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.ones(1).polygamma(1)
    tensor([1.6449])
    """
    return special.polygamma(n, input)


def where(input: Any, condition: Any, other: Any) -> Any:
    """The tensor's elements where a condition holds, those of another elsewhere.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([-1.0, 2.0])
    >>> x.where(x > 0, 0.0)
    tensor([0., 2.])
    """
    return pointwise.where(condition, input, other)
