"""NumPy's functions on tensors, and memory shared with other libraries.

`np.exp(x)` and `np.mean(x, axis=0)` are ours for a tensor, and recorded. A function of NumPy that
has no counterpart here computes on the array and answers an array; for a tensor that requires a
gradient that would lose it, so it raises.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygradx.errors import (
    ArgumentError,
    DeviceError,
    DtypeError,
    GraphError,
    ShapeError,
    TeachingError,
)
from tinygradx.graph import REGISTRY, Handle, here, wrap
from tinygradx.ops import joining, products, splitting
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.promotion import SUPPORTED
from tinygradx.ops.structural import as_handle, whole_dim
from tinygradx.tensor import creation
from tinygradx.tensor.tensor import Tensor

#: NumPy's ufuncs under names that are methods of a tensor.
SPELLED = {
    "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan",
    "arctan2": "atan2", "arctanh": "atanh", "bitwise_invert": "bitwise_not", "divide": "div",
    "absolute": "abs", "fabs": "abs", "equal": "eq", "not_equal": "ne", "greater": "gt",
    "greater_equal": "ge", "less": "lt", "less_equal": "le", "invert": "bitwise_not",
    "left_shift": "bitwise_left_shift", "right_shift": "bitwise_right_shift", "mod": "remainder",
    "multiply": "mul", "negative": "neg", "power": "pow", "radians": "deg2rad", "rint": "round",
    "subtract": "sub", "true_divide": "div", "degrees": "rad2deg",
}  # fmt: skip


# ---- ufuncs -------------------------------------------------------------------------------------


def ufunc(ufunc: Any, method: str, inputs: Sequence[Any], named: dict[str, Any]) -> Any:
    """What a ufunc of NumPy answers for tensors.

    Parameters
    ----------
    ufunc
        Such as `np.add`.
    method : str
        "__call__", or "reduce" and the like.
    inputs : sequence
        Tensors, arrays and numbers.
    named : dict
        NumPy's further arguments.
    """
    into = named.get("out") or ()
    op = _ops().get(ufunc)
    if method == "__call__" and op is not None and set(named) <= {"out"}:
        result = op(*inputs)
        return result if not into else _written(result, into[0], f"np.{ufunc.__name__}")
    asked = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    return _on_arrays(asked, getattr(ufunc, method), inputs, named)


def _ops() -> dict[Any, Any]:
    """NumPy's ufuncs, and our operations of the same meaning."""
    if not _by_ufunc:
        for name, op in REGISTRY.items():
            if isinstance(op, Elementwise):
                function = op.numpy or getattr(np, name, None)
                if isinstance(function, np.ufunc):
                    _by_ufunc.setdefault(function, op)
        for name in dir(np):
            function, own = getattr(np, name), SPELLED.get(name, name)
            if isinstance(function, np.ufunc) and hasattr(Tensor, own):
                _by_ufunc.setdefault(function, _by_method(own))
        _by_ufunc[np.matmul] = products.matmul
    return _by_ufunc


_by_ufunc: dict[Any, Any] = {}


def _by_method(name: str) -> Callable[..., Any]:
    def call(x: Any, *others: Any) -> Any:
        return getattr(as_handle(x, name), name)(
            *(
                as_handle(other, name) if isinstance(other, np.ndarray) else other
                for other in others
            )
        )

    return call


def _written(result: Any, into: Any, asked: str) -> Any:
    """Put a result where `out=` says."""
    if isinstance(into, Tensor):
        return into.copy_(result)
    if result.requires_grad:
        raise GraphError(
            f"{asked} into an array", "a result that requires a gradient, which an array cannot",
            "leave out= (or the += of the array) away: the answer is a tensor",
        )  # fmt: skip
    np.copyto(into, result.array, casting="same_kind")
    return into


# ---- other functions ----------------------------------------------------------------------------


def function(function: Any, args: Sequence[Any], named: dict[str, Any]) -> Any:
    """What any other function of NumPy answers for tensors."""
    asked = f"{function.__module__.replace('numpy', 'np')}.{function.__name__}"
    ours = _functions().get(function)
    if ours is None:
        return _on_arrays(asked, function, args, named)
    args, named = _by_name(function, args, named)
    known = ours.__code__.co_varnames[: ours.__code__.co_argcount]
    try:
        strange = [name for name, value in named.items() if name not in known and value is not None]
        if strange:
            raise TypeError(f"{strange[0]}=")
        return ours(*args, **{name: named[name] for name in named if name in known})
    except TypeError as error:
        if isinstance(error, TeachingError):
            raise
        raise ArgumentError(
            f"{asked} of a tensor", f"an argument that it does not take here: {error}",
            f"leave it out, or compute on the array: {asked}(x.detach().numpy(), ...)",
        ) from None  # fmt: skip


def _by_name(
    function: Any, args: Sequence[Any], named: dict[str, Any]
) -> tuple[Sequence[Any], dict[str, Any]]:
    """Arguments by their names in NumPy's signature, where it has one: `out` stands among them."""
    try:
        signature = inspect.signature(function)
    except ValueError:  # written in C
        return args, named
    kinds = {parameter.kind for parameter in signature.parameters.values()}
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return args, named
    return (), dict(signature.bind(*args, **named).arguments)


def _t(x: Any) -> Any:
    return as_handle(x, "a function of NumPy")


def _all(xs: Any) -> list[Any]:
    return [_t(x) for x in xs]


def _functions() -> dict[Any, Callable[..., Any]]:
    """NumPy's functions, and how ours are called for them, with NumPy's argument names."""
    if _by_function:
        return _by_function
    table: dict[str, Callable[..., Any]] = {
        "sum": lambda a, axis=None, dtype=None, keepdims=False: _t(a).sum(
            axis, keepdims, dtype=dtype
        ),
        "mean": lambda a, axis=None, dtype=None, keepdims=False: _t(a).mean(
            axis, keepdims, dtype=dtype
        ),
        "prod": lambda a, axis=None, dtype=None, keepdims=False: _product(
            _t(a), axis, dtype, keepdims
        ),
        "var": lambda a, axis=None, ddof=0, keepdims=False: _t(a).var(
            axis, correction=ddof, keepdim=keepdims
        ),
        "std": lambda a, axis=None, ddof=0, keepdims=False: _t(a).std(
            axis, correction=ddof, keepdim=keepdims
        ),
        "amax": lambda a, axis=None, keepdims=False: _t(a).amax(_dims(axis), keepdims),
        "amin": lambda a, axis=None, keepdims=False: _t(a).amin(_dims(axis), keepdims),
        "argmax": lambda a, axis=None, keepdims=False: _t(a).argmax(axis, keepdims),
        "argmin": lambda a, axis=None, keepdims=False: _t(a).argmin(axis, keepdims),
        "all": lambda a, axis=None, keepdims=False: _along("all", a, axis, keepdims),
        "any": lambda a, axis=None, keepdims=False: _along("any", a, axis, keepdims),
        "cumsum": lambda a, axis=None: _flat(a, axis).cumsum(axis or 0),
        "cumprod": lambda a, axis=None: _flat(a, axis).cumprod(axis or 0),
        # Ours are stable, which every `kind` may be.
        "sort": lambda a, axis=-1, kind=None, stable=None: (
            _flat(a, axis).sort(-1 if axis is None else axis, stable=True).values
        ),
        "argsort": lambda a, axis=-1, kind=None, stable=None: _flat(a, axis).argsort(
            -1 if axis is None else axis, stable=True
        ),
        "diff": lambda a, n=1, axis=-1: _t(a).diff(n, axis),
        "concatenate": lambda arrays, axis=0: (
            joining.cat([x.flatten() for x in _all(arrays)])
            if axis is None
            else joining.cat(_all(arrays), axis)
        ),
        "stack": lambda arrays, axis=0: joining.stack(_all(arrays), axis),
        "vstack": lambda tup: splitting.vstack(_all(tup)),
        "hstack": lambda tup: splitting.hstack(_all(tup)),
        "dstack": lambda tup: splitting.dstack(_all(tup)),
        "column_stack": lambda tup: splitting.column_stack(_all(tup)),
        "array_split": lambda ary, indices_or_sections, axis=0: list(
            _t(ary).tensor_split(indices_or_sections, axis)
        ),
        "reshape": lambda a, shape, order="C": _in_order(_t(a), shape, order),
        "ravel": lambda a, order="C": _in_order(_t(a), (-1,), order),
        "transpose": lambda a, axes=None: _t(a).permute(
            tuple(range(_t(a).ndim))[::-1] if axes is None else tuple(axes)
        ),
        "swapaxes": lambda a, axis1, axis2: _t(a).transpose(axis1, axis2),
        "moveaxis": lambda a, source, destination: _t(a).movedim(source, destination),
        "squeeze": lambda a, axis=None: _squeezed(_t(a), axis),
        "expand_dims": lambda a, axis: _widened(_t(a), axis),
        "broadcast_to": lambda array, shape: _t(array).expand(shape),
        "flip": lambda m, axis=None: _t(m).flip(tuple(range(_t(m).ndim)) if axis is None else axis),
        "roll": lambda a, shift, axis=None: _t(a).roll(shift, axis),
        "tile": lambda A, reps: _t(A).tile(reps),
        "repeat": lambda a, repeats, axis=None: _t(a).repeat_interleave(repeats, axis),
        "where": lambda condition, x=None, y=None: (
            _t(condition).nonzero(as_tuple=True) if x is None else _where(condition, x, y)
        ),
        "clip": lambda a, a_min=None, a_max=None, min=None, max=None: _t(a).clamp(
            a_min if min is None else min, a_max if max is None else max
        ),
        "round": lambda a, decimals=0: _t(a).round(decimals=decimals),
        "dot": lambda a, b: _dot(_t(a), _t(b)),
        "inner": lambda a, b: products.inner(_t(a), _t(b)),
        "outer": lambda a, b: products.outer(_t(a).reshape(-1), _t(b).reshape(-1)),
        "tensordot": lambda a, b, axes=2: products.tensordot(_t(a), _t(b), axes),
        "einsum": lambda subscripts, *operands: products.einsum(subscripts, *_all(operands)),
        "kron": lambda a, b: products.kron(_t(a), _t(b)),
        "trace": lambda a: _t(a).trace(),
        "diag": lambda v, k=0: _t(v).diag(k),
        "diagonal": lambda a, offset=0, axis1=0, axis2=1: _t(a).diagonal(offset, axis1, axis2),
        "tril": lambda m, k=0: _t(m).tril(k),
        "triu": lambda m, k=0: _t(m).triu(k),
        "take_along_axis": lambda arr, indices, axis=-1: _t(arr).take_along_dim(_t(indices), axis),
        "count_nonzero": lambda a, axis=None, keepdims=False: _t(a).bool().sum(axis, keepdims),
        "nansum": lambda a, axis=None, keepdims=False: _t(a).nansum(axis, keepdims),
        "nanmean": lambda a, axis=None, keepdims=False: _t(a).nanmean(axis, keepdims),
        "nan_to_num": lambda x, nan=0.0, posinf=None, neginf=None: _t(x).nan_to_num(
            nan, posinf, neginf
        ),
        "copy": lambda a: _t(a).clone(),
        "zeros_like": lambda a, dtype=None: creation.zeros_like(_t(a), dtype=dtype),
        "ones_like": lambda a, dtype=None: creation.ones_like(_t(a), dtype=dtype),
        "empty_like": lambda prototype, dtype=None: creation.empty_like(_t(prototype), dtype=dtype),
        "full_like": lambda a, fill_value, dtype=None: creation.full_like(
            _t(a), fill_value, dtype=dtype
        ),
    }
    for name, ours in table.items():
        _by_function[getattr(np, name)] = ours
    _by_function[np.max], _by_function[np.min] = table["amax"], table["amin"]
    _by_function[np.around] = table["round"]
    _by_function[np.linalg.inv] = lambda a: _t(a).inverse()
    _by_function[np.linalg.det] = lambda a: _t(a).det()
    _by_function[np.linalg.pinv] = lambda a: _t(a).pinverse()
    _by_function[np.linalg.matrix_power] = lambda a, n: _t(a).matrix_power(n)
    _by_function[np.linalg.norm] = lambda x, ord=None, axis=None, keepdims=False: _norm(
        x, ord, axis, keepdims
    )
    return _by_function


_by_function: dict[Any, Callable[..., Any]] = {}


def _dims(axis: Any) -> Any:
    return () if axis is None else axis


def _flat(a: Any, axis: Any) -> Any:
    """NumPy's functions along an axis take all elements in a row where it is None."""
    return _t(a).reshape(-1) if axis is None else _t(a)


def _where(condition: Any, x: Any, y: Any) -> Any:
    from tinygradx.ops.pointwise import where

    numbers = [v if isinstance(v, (bool, int, float)) else _t(v) for v in (x, y)]
    return where(_t(condition).bool(), *numbers)


def _product(x: Any, axis: Any, dtype: Any, keepdims: bool) -> Any:
    """Over one dimension, several or all: ours takes one."""
    dims = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    for dim in sorted((whole_dim(d, x.ndim, "np.prod") for d in dims), reverse=True):
        x = x.prod(dim, keepdims, dtype=dtype)
    return x if dims else x.prod(dtype=dtype)


def _in_order(x: Any, shape: Any, order: str) -> Any:
    """Another shape; in Fortran's order the first size changes fastest."""
    if order not in ("C", "F"):
        raise TypeError("order=")
    if order == "C":
        return x.reshape(shape)
    whole = (shape,) if isinstance(shape, int) else tuple(shape)
    return (
        x.permute(tuple(range(x.ndim))[::-1])
        .reshape(whole[::-1])
        .permute(tuple(range(len(whole)))[::-1])
    )


def _squeezed(x: Any, axis: Any) -> Any:
    """Without dimensions of size 1; NumPy refuses to take away others."""
    if axis is None:
        return x.squeeze()
    dims = axis if isinstance(axis, tuple) else (axis,)
    wrong = [dim for dim in dims if x.shape[whole_dim(dim, x.ndim, "np.squeeze")] != 1]
    if wrong:
        raise ShapeError(
            f"np.squeeze(axis={axis}) of a tensor of shape {x.shape}",
            f"size {x.shape[wrong[0]]} along axis {wrong[0]}",
            "name axes of size 1, or use x.squeeze(dim), which leaves others as they are",
        )  # fmt: skip
    return x.squeeze(dims)


def _widened(x: Any, axis: Any) -> Any:
    """With new dimensions of size 1, counted in the answer."""
    new = axis if isinstance(axis, (tuple, list)) else (axis,)
    for dim in sorted(whole_dim(d, x.ndim + len(new), "np.expand_dims") for d in new):
        x = x.unsqueeze(dim)
    return x


def _along(name: str, a: Any, axis: Any, keepdims: bool, **named: Any) -> Any:
    """Methods that take a dim or nothing, where NumPy keeps dimensions in both cases."""
    x = _t(a)
    if axis is not None:
        return getattr(x, name)(axis, keepdims, **named)
    out = getattr(x, name)(**named)
    return out.reshape((1,) * x.ndim) if keepdims else out


def _dot(a: Any, b: Any) -> Any:
    """The last dimension of one by the last but one of the other, in all pairs of rows."""
    if not a.ndim * b.ndim:
        return a * b
    return products.tensordot(a, b, ([-1], [-2])) if b.ndim > 2 else products.matmul(a, b)


def _norm(x: Any, order: Any, axis: Any, keepdims: bool) -> Any:
    """Of vectors; of matrices the one that is left out, Frobenius'."""
    vectors = _t(x).ndim == 1 if axis is None else isinstance(axis, int)
    if order is not None and not (order == 2 and vectors):
        raise TypeError("ord=")
    return _t(x).norm(2, axis, keepdims)


# ---- what is not ours ---------------------------------------------------------------------------


def _on_arrays(asked: str, call: Any, args: Any, named: dict[str, Any]) -> Any:
    """A function of NumPy on the arrays of tensors; its answer is NumPy's."""
    into = named.get("out")
    places = into if isinstance(into, tuple) else (into,)
    written = list(places)
    if asked in WRITING or asked.endswith(".at"):
        written += args[:1] or [named.get(name) for name in ("a", "arr", "dst")]
    answer = call(*_arrays(args, asked), **_arrays(named, asked))
    for target in written:
        if isinstance(target, Tensor):
            target.cell.write(here(2))
    if not any(isinstance(place, Tensor) for place in places):
        return answer
    return places[0] if len(places) == 1 else places


#: What writes to its first argument.
WRITING = {
    "np.copyto", "np.put", "np.putmask", "np.place", "np.fill_diagonal", "np.put_along_axis",
}  # fmt: skip

#: What only looks, so that no gradient is lost.
LOOKING = {
    "np.shape", "np.ndim", "np.size", "np.shares_memory", "np.may_share_memory", "np.array_equal",
    "np.array_equiv", "np.allclose", "np.iscomplexobj", "np.isrealobj", "np.result_type",
    "np.can_cast", "np.min_scalar_type", "np.array_repr", "np.array_str", "np.array2string",
}  # fmt: skip


def _arrays(value: Any, asked: str) -> Any:
    """Tensors in arguments as arrays."""
    if isinstance(value, Handle):
        if value.requires_grad and asked not in LOOKING:
            raise GraphError(
                f"{asked} of a tensor that requires a gradient",
                "a function of NumPy that is not recorded here",
                f"use an operation of tinygradx, or {asked}(x.detach().numpy())",
            )
        return value.array
    if isinstance(value, (list, tuple)):
        items = [_arrays(item, asked) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, dict):
        return {key: _arrays(item, asked) for key, item in value.items()}
    return value


# ---- memory of other libraries ------------------------------------------------------------------


class _Capsule:
    """A capsule of the first form of the protocol, which came without its maker."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **how: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


#: Kinds of device whose memory the CPU reads: its own, and what CUDA pinned there.
READABLE = (1, 3)


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor on the memory of another library's array, without a copy.

    Anything that speaks DLPack is taken: arrays of NumPy, PyTorch, JAX, CuPy (from the CPU).
    Writing to one writes to the other, which nobody here notices. JAX's arrays may only be read,
    and so may the tensor: a write in place raises.

    Parameters
    ----------
    ext_tensor : array
        With `__dlpack__` and `__dlpack_device__`.
    device : str, optional
        "cpu".
    copy : bool, optional
        True copies; otherwise memory is shared.

    Returns
    -------
    Tensor
        Without history.

    Raises
    ------
    DeviceError
        If the memory is on a GPU.
    DtypeError
        If the object does not speak the protocol, requires a gradient, or has another dtype.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygradx as tgx
    >>> a = np.zeros(2, np.float32)
    >>> x = tgx.from_dlpack(a)
    >>> a[0] = 5.0
    >>> x
    tensor([5., 0.])
    """
    creation.check_device(device)
    if isinstance(ext_tensor, Tensor):
        return ext_tensor.detach().clone() if copy else ext_tensor.detach()
    if type(ext_tensor).__name__ == "PyCapsule":
        ext_tensor = _Capsule(ext_tensor)
    asked = f"from_dlpack of a {type(ext_tensor).__name__}"
    if not hasattr(ext_tensor, "__dlpack__"):
        raise DtypeError(asked, "no __dlpack__", "use tinygradx.tensor(data)")
    kind = int(ext_tensor.__dlpack_device__()[0])
    if kind not in READABLE:
        raise DeviceError(asked, f"memory on a device of kind {kind}", "move it to the CPU first")
    try:
        array = np.from_dlpack(ext_tensor)
    except (BufferError, TypeError, RuntimeError, ValueError) as error:
        raise DtypeError(
            asked, str(error).splitlines()[0], "detach it, and convert it to float32 there"
        ) from None
    if array.dtype.name not in SUPPORTED:
        raise DtypeError(asked, f"dtype {array.dtype}", f"use {', '.join(SUPPORTED)}")
    return wrap(Tensor, array.copy() if copy else array)  # type: ignore[return-value]
