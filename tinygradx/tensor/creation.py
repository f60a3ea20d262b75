"""Tensors from data, from numbers, and from chance."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DeviceError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.kernels import backend_of
from tinygradx.ops import random
from tinygradx.ops.promotion import SUPPORTED, get_default_dtype, number_in
from tinygradx.ops.shapes import sizes
from tinygradx.tensor.tensor import Tensor


def check_device(device: Any) -> None:
    """Refuse a device that is not here."""
    if device is not None and str(device) not in ("cpu", "cpu:0"):
        raise DeviceError(f"device={device!r}", "only the CPU is here", 'use device="cpu"')


def _finish(array: Any, requires_grad: bool) -> Tensor:
    result = wrap(Tensor, array)
    if requires_grad:
        result.requires_grad_()  # type: ignore[attr-defined]
    return result  # type: ignore[return-value]


def _dtype(dtype: Any) -> np.dtype[Any]:
    """A dtype that tensors can have."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        raise DtypeError(
            f"a tensor of dtype {dtype!r:.40}", "no dtype", f"use {', '.join(SUPPORTED)}"
        ) from None
    if found.name not in SUPPORTED:
        raise DtypeError(
            f"a tensor of dtype {found}", "not supported", f"use {', '.join(SUPPORTED)}"
        )
    # By its name it is NumPy's one object in native byte order, which others compare with `is`.
    canonical: np.dtype[Any] = np.dtype(found.name)
    return canonical


def _count(asked: str, name: str, value: Any) -> int:
    """A number of elements, from 0 on."""
    try:
        count = operator.index(value)
    except TypeError:
        raise DtypeError(
            f"{asked} with {name}={value!r:.40}", f"a {type(value).__name__}", "pass a whole number"
        ) from None
    if count < 0:
        raise ArgumentError(f"{asked} with {name}={count}", "a number below 0", "use 0 or more")
    return count


def _unwrapped(data: Any) -> Any:
    """Lists of tensors as lists of numbers."""
    if isinstance(data, Handle):
        return data.array
    if isinstance(data, (list, tuple)):
        return [_unwrapped(item) for item in data]
    return data


def _as_array(data: Any, dtype: Any, copy: bool) -> Any:
    """The array behind any data that users have."""
    given = data if isinstance(data, (np.ndarray, np.generic)) else _unwrapped(data)
    try:
        array = np.asarray(given)
    except (ValueError, TypeError):
        raise ShapeError(
            "make a tensor of nested lists", _uneven(given), "make them equal, or pad them",
        ) from None  # fmt: skip
    if array.dtype.kind not in "biuf":
        what = {"U": "text", "S": "text", "c": "complex numbers"}.get(array.dtype.kind, "objects")
        raise DtypeError(f"make a tensor of {what}", f"{given!r:.60}", "pass numbers or bools")
    own = isinstance(given, (np.ndarray, np.generic))
    if dtype is not None:
        wanted = _dtype(dtype)
    elif not own and (array.dtype.kind == "f" or array.size == 0):
        wanted = get_default_dtype()
        if isinstance(data, (list, tuple)) and array.size:
            wanted = _deepest_dtype(data) or wanted
    else:
        wanted = _dtype(array.dtype)
    if not own and not isinstance(data, Handle):
        _check_held(array, wanted)
    if array.dtype != wanted:
        return backend_of(array).quiet.run(array.astype, wanted, "A")
    if not array.flags.aligned:
        array = np.require(array, wanted, ["ALIGNED"])
    return array.copy() if copy and (own or isinstance(data, Handle)) else array


def _check_held(array: Any, dtype: np.dtype[Any]) -> None:
    """Refuse numbers in lists that a dtype of integers cannot hold: `number_in`, for many."""
    if dtype.kind in "iu" and dtype != array.dtype and array.size:
        for number in (array.min(), array.max()):  # nan is both
            number_in(number.item(), dtype, "make a tensor")


def _uneven(data: Any) -> str:
    """Where nested lists stop being the rows of an array."""
    level, depth = [data], 0
    while level and all(isinstance(part, (list, tuple)) for part in level):
        lengths = list(dict.fromkeys(len(part) for part in level))
        if len(lengths) > 1:
            found = " and ".join(str(length) for length in lengths[:3])
            return f"lists of unequal lengths, {found}, at level {depth}"
        level, depth = [inner for part in level for inner in part], depth + 1
    return f"lists of unequal lengths: lists beside numbers, at level {depth}"


def _deepest_dtype(data: Any) -> np.dtype[Any] | None:
    """The dtype of tensors inside nested lists, which is kept."""
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    dtype = getattr(data, "dtype", None)
    return dtype if isinstance(dtype, np.dtype) and dtype.kind == "f" else None


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A tensor holding a copy of the data.

    Parameters
    ----------
    data : number, nested lists, NumPy array or Tensor
        What it shall hold.
    dtype : dtype, optional
        float32, float64, int8 to int64, uint8 or bool. Found from the data when left out: a NumPy
        array keeps its own, Python floats become the default dtype (float32), integers int64.
    device : str, optional
        "cpu".
    requires_grad : bool
        Whether gradients are collected in `.grad`.

    Returns
    -------
    Tensor
        Without history.

    Raises
    ------
    ShapeError
        If nested lists have unequal lengths.
    DtypeError
        If the data are no numbers, or integers should require a gradient.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.tensor([[1.0, 2.0], [3.0, 4.5]])
    tensor([[1.0000, 2.0000],
            [3.0000, 4.5000]])
    """
    check_device(device)
    return _finish(_as_array(data, dtype, copy=True), requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """The data as a tensor, without a copy where that is possible.

    A tensor of the right dtype is answered as it is, with its history. A NumPy array of the right
    dtype, in native byte order, shares its memory: writing to one writes to the other, which
    nobody here notices. Anything else is copied.

    Parameters
    ----------
    data, dtype, device
        As for `tensor`.

    Returns
    -------
    Tensor
        Writing to it in place raises where the array may only be read.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygradx as tgx
    >>> a = np.zeros(2)
    >>> x = tgx.as_tensor(a)
    >>> a[0] = 5.0
    >>> x
    tensor([5., 0.], dtype=tinygradx.float64)
    """
    check_device(device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return _finish(_as_array(data, dtype, copy=False), False)


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None,
    requires_grad: bool | None = None,
) -> Tensor:  # fmt: skip
    """The data as a tensor, without history, and without a copy where that is possible.

    Parameters
    ----------
    obj : number, nested lists, array or Tensor
        Arrays that speak DLPack (PyTorch's, JAX's) are taken as well as NumPy's.
    dtype, device
        As for `tensor`.
    copy : bool, optional
        True copies; False raises where a copy is needed; None copies only where it is.
    requires_grad : bool, optional
        Whether the answer does; when left out a Tensor keeps its history.

    Returns
    -------
    Tensor
        Sharing memory with the data where nothing was copied.

    Raises
    ------
    ArgumentError
        If `copy=False` and the data are lists, or of another dtype.
    """
    check_device(device)
    if isinstance(obj, Tensor):
        result = obj.to(dtype=dtype, copy=bool(copy))
        shared = result is obj
        if requires_grad is not None and requires_grad != result.requires_grad:
            result = result.detach().requires_grad_(requires_grad)
    else:
        if hasattr(obj, "__dlpack__") and not isinstance(obj, (np.ndarray, np.generic)):
            obj = np.from_dlpack(obj)
        array = _as_array(obj, dtype, copy=bool(copy))
        shared = isinstance(obj, np.ndarray) and np.may_share_memory(array, obj)
        result = _finish(array, bool(requires_grad))
    if copy is False and not shared:
        raise ArgumentError(
            "asarray with copy=False",
            f"a {type(obj).__name__} that needs a copy to be {result.dtype}",
            "leave copy out, or give an array of that dtype",
        )  # fmt: skip
    return result


def from_numpy(array: np.ndarray[Any, Any]) -> Tensor:
    """A tensor that shares memory with a NumPy array: writing to one writes to the other.

    Such writes go unseen here (`detect_anomaly` looks for them). An array in foreign byte order is
    copied, since tensors have none; one that may only be read makes a tensor that may only be read.

    Parameters
    ----------
    array : numpy.ndarray
        Of a dtype that tensors have, of any shape and strides.

    Returns
    -------
    Tensor
        Of its dtype, without history; `x.numpy()` is the array again.

    Raises
    ------
    DtypeError
        If it is no NumPy array, or of another dtype.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygradx as tgx
    >>> a = np.arange(3)
    >>> tgx.from_numpy(a).add_(1)
    tensor([1, 2, 3])
    >>> a
    array([1, 2, 3])
    """
    if not isinstance(array, np.ndarray):
        raise DtypeError("from_numpy", f"a {type(array).__name__}", "use tinygradx.tensor(...)")
    return _finish(_as_array(array, None, copy=False), False)


def frombuffer(
    buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False
) -> Tensor:
    """A vector that shares memory with what speaks Python's buffer protocol.

    Parameters
    ----------
    buffer : bytes, bytearray, memoryview, array.array, ...
        The memory. Of bytes, a tensor that may only be read.
    dtype : dtype
        What its elements are.
    count : int
        How many of them; all that are there when left out.
    offset : int
        How many bytes to skip.

    Raises
    ------
    ArgumentError
        If the buffer has no such elements, or is none.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.frombuffer(bytearray([1, 2, 3]), dtype=tgx.uint8, offset=1)
    tensor([2, 3], dtype=tinygradx.uint8)
    """
    wanted = _dtype(dtype)
    try:
        array = np.frombuffer(buffer, wanted, count, offset)
    except (TypeError, ValueError, BufferError) as error:
        raise ArgumentError(
            f"frombuffer of {count if count >= 0 else 'all'} elements of {wanted} behind "
            f"{offset} bytes",
            f"{buffer!r:.40}: {error}", "make dtype, count and offset fit the buffer",
        ) from None  # fmt: skip
    return _finish(array, requires_grad)


def scalar_tensor(
    s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """One number as a tensor of no dimensions, of the default dtype unless one is given.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.scalar_tensor(3)
    tensor(3.)
    """
    return _new(_number("scalar_tensor", "s", s), (), dtype, device, requires_grad)


def _new(fill: Any, shape: tuple[Any, ...], dtype: Any, device: Any, requires_grad: bool) -> Tensor:
    check_device(device)
    wanted = get_default_dtype() if dtype is None else _dtype(dtype)
    whole = sizes(shape)
    if any(size < 0 for size in whole):
        raise ShapeError(f"a tensor of shape {whole}", "a negative size", "use sizes from 0 on")
    if fill != 0 and fill != 1:
        fill = number_in(fill, wanted, "fill a tensor")
    return _finish(np.full(whole, fill, wanted), requires_grad)


def _number(asked: str, name: str, value: Any) -> Any:
    """A number as Python has it, out of a tensor or an array without dimensions."""
    if not isinstance(value, (int, float, np.number, np.ndarray, Handle)):
        raise DtypeError(
            f"{asked} with {name}={value!r:.40}", f"a {type(value).__name__}", "pass a number"
        )
    if isinstance(value, (Handle, np.ndarray, np.generic)):
        array = value.array if isinstance(value, Handle) else value
        if array.ndim:
            raise ShapeError(
                f"{asked} with {name} of shape {array.shape}", "more than a number",
                "pass a number, or a tensor of no dimensions",
            )  # fmt: skip
        return array.item()
    return value


def zeros(
    *shape: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of zeros; sizes one by one or as a tuple."""
    return _new(0, shape if size is None else (size,), dtype, device, requires_grad)


def ones(
    *shape: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of ones; sizes one by one or as a tuple."""
    return _new(1, shape if size is None else (size,), dtype, device, requires_grad)


def empty(
    *shape: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor whose values do not matter yet (they are 0: never somebody else's memory)."""
    return _new(0, shape if size is None else (size,), dtype, device, requires_grad)


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor with one value everywhere; its dtype is that of the value when left out.

    Parameters
    ----------
    size : int or tuple of int
        The shape.
    fill_value : number or Tensor
        A tensor has no dimensions.
    dtype, device, requires_grad
        As for `tensor`.

    Raises
    ------
    ArgumentError
        If the number is beyond the dtype: 300 in uint8, 1e300 in float32.
    ShapeError
        If the value has dimensions.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.full((2,), 7), tgx.full((2,), -1, dtype=tgx.uint8)
    (tensor([7, 7]), tensor([255, 255], dtype=tinygradx.uint8))
    """
    value = _number("full", "fill_value", fill_value)
    if dtype is None:
        dtype = bool if isinstance(value, bool) else np.int64 if isinstance(value, int) else None
    shape = size if isinstance(size, (tuple, list)) else (size,)
    return _new(value, tuple(shape), dtype, device, requires_grad)


def zeros_like(
    input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Zeros in the shape and dtype of another tensor."""
    return _new(0, (input.shape,), dtype or input.dtype, device, requires_grad)


def ones_like(
    input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Ones in the shape and dtype of another tensor."""
    return _new(1, (input.shape,), dtype or input.dtype, device, requires_grad)


def empty_like(
    input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Values that do not matter yet (they are 0) in the shape and dtype of another tensor."""
    return _new(0, (input.shape,), dtype or input.dtype, device, requires_grad)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """One value in the shape and dtype of another tensor."""
    value = _number("full_like", "fill_value", fill_value)
    return _new(value, (input.shape,), dtype or input.dtype, device, requires_grad)


def eye(
    n: int, m: int | None = None, *, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Ones on the diagonal of a matrix of zeros."""
    check_device(device)
    n, m = _count("eye", "n", n), None if m is None else _count("eye", "m", m)
    return _finish(np.eye(n, m, dtype=_dtype(dtype or get_default_dtype())), requires_grad)


# ---- chance -------------------------------------------------------------------------------------


def _floating(dtype: Any) -> np.dtype[Any]:
    wanted = get_default_dtype() if dtype is None else _dtype(dtype)
    if wanted.kind != "f":
        raise DtypeError(f"random floats of {wanted}", f"{wanted}", "use float32 or float64")
    return wanted


def rand(
    *shape: Any,
    size: Any = None,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Uniform random numbers from [0, 1), drawn from `generator`; see `manual_seed`."""
    check_device(device)
    whole = _drawn_sizes(shape if size is None else (size,))
    return _finish(random.uniform(whole, _floating(dtype), generator), requires_grad)


def randn(
    *shape: Any,
    size: Any = None,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normal random numbers of mean 0 and standard deviation 1; see `rand`."""
    check_device(device)
    whole = _drawn_sizes(shape if size is None else (size,))
    return _finish(random.normal(whole, _floating(dtype), generator), requires_grad)


def randint(
    low: Any = 0,
    high: Any = None,
    size: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random integers from `low` (0) to `high - 1`.

    `randint(high, size)` and `randint(low, high, size)` are both taken.

    Parameters
    ----------
    low, high : int
        The least, and one more than the largest.
    size : tuple of int
        The shape.
    generator : Generator, optional
        What to draw from.
    dtype : dtype, optional
        int64 when left out.

    Raises
    ------
    ArgumentError
        If no integer lies between, or the dtype cannot hold them.
    ShapeError
        If the size is no tuple.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.randint(3, 4, (2,))
    tensor([3, 3])
    """
    check_device(device)
    if size is None:
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    if not isinstance(size, (tuple, list)):
        raise ShapeError(
            f"randint of size {size!r:.40}", f"type {type(size).__name__}",
            "write the size as a tuple: randint(0, 10, (5,))",
        )  # fmt: skip
    asked = f"random integers from {low} to {high} - 1"
    try:
        low, high = operator.index(low), operator.index(high)
    except TypeError:
        raise DtypeError(asked, "a bound that is no integer", "pass whole numbers") from None
    if low >= high:
        raise ArgumentError(asked, "no integer between them", "make high larger than low")
    wanted = np.dtype(np.int64) if dtype is None else _dtype(dtype)
    least, most = _range(wanted)
    if low < least or high - 1 > most:
        raise ArgumentError(
            asked, f"{wanted} goes from {least} to {most}", "use a larger dtype: int64"
        )
    drawn = random.integers(low, high, _drawn_sizes((size,)), np.int64, generator)
    return _finish(drawn.astype(wanted, copy=False), requires_grad)


def _range(dtype: np.dtype[Any]) -> tuple[int, int]:
    """The first and the last of the integers in a row that a dtype holds exactly."""
    if dtype.kind == "b":
        return 0, 1
    if dtype.kind == "f":
        whole = 2 ** (np.finfo(dtype).nmant + 1)
        return -whole, whole
    limits = np.iinfo(dtype)
    return int(limits.min), int(limits.max)


def randperm(n: int, *, generator: Any = None, dtype: Any = None, device: Any = None) -> Tensor:
    """The numbers 0 to n - 1 in random order, as int64, drawn from `generator`.

    Raises
    ------
    ArgumentError
        If n - 1 is beyond the dtype.
    """
    check_device(device)
    (count,) = _drawn_sizes((n,))
    wanted = np.dtype(np.int64) if dtype is None else _dtype(dtype)
    if count > _range(wanted)[1] + 1:
        raise ArgumentError(
            f"the numbers 0 to {count - 1} in random order", f"{wanted}, which has not all of them",
            "use a larger dtype: int64",
        )  # fmt: skip
    return _finish(random.permutation(count, generator).astype(wanted, copy=False), False)


def _drawn_sizes(shape: tuple[Any, ...]) -> tuple[int, ...]:
    whole = sizes(shape)
    if any(size < 0 for size in whole):
        raise ShapeError(
            f"random numbers of shape {whole}", "a negative size", "use sizes from 0 on"
        )
    return whole
