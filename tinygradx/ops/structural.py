"""Operations that are not elementwise: a class each, a `forward` on arrays and a `pull`.

`pull` is written in operations of the catalogue, so that it can be differentiated again. Where
bare arrays are faster, a class has a `pull_arrays` as well; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from tinygradx.errors import DimError, DtypeError
from tinygradx.graph import (
    Handle,
    Node,
    Op,
    here,
    is_grad_enabled,
    next_age,
    register,
    wrap,
    wrap_view,
)
from tinygradx.kernels import backend_of
from tinygradx.ops.promotion import get_default_dtype


def as_handle(x: Any, asked: str) -> Handle:
    """A tensor as it is; arrays and numbers become one."""
    if isinstance(x, Handle):
        return x
    if isinstance(x, (bool, int, float)) and not isinstance(x, np.generic):
        dtype = get_default_dtype() if isinstance(x, float) else None
        return wrap(Handle.result_class, np.asarray(x, dtype))
    if isinstance(x, (np.ndarray, np.generic)):
        return wrap(Handle.result_class, np.asarray(x))
    raise DtypeError(f"{asked} of a {type(x).__name__}", f"{x!r:.60}", "pass a Tensor")


def whole_dim(dim: Any, ndim: int, asked: str) -> int:
    """`dim` counted from the front; 0-d tensors have the dims 0 and -1, as in PyTorch."""
    size = ndim or 1
    try:
        whole = dim.__index__()
    except AttributeError:
        raise DtypeError(f"{asked} with dim={dim!r}", "not an integer", "pass an int") from None
    if not -size <= whole < size:
        raise DimError(
            f"{asked} with dim={dim}",
            f"a tensor of {ndim} dimensions",
            f"use a dim from {-size} to {size - 1}",
        )
    return int(whole) % size


def whole_dims(dim: Any, ndim: int, asked: str) -> tuple[int, ...] | None:
    """Several dims counted from the front; None, or none at all, stands for every dimension."""
    if dim is None:
        return None
    if isinstance(dim, (tuple, list)):
        if not dim:
            return None
        dims = tuple(whole_dim(d, ndim, asked) for d in dim)
        if len(set(dims)) != len(dims):
            raise DimError(f"{asked} with dim={dim}", "a dim given twice", "give each dim once")
        return dims
    return (whole_dim(dim, ndim, asked),)


def _names(function: Callable[..., Any]) -> tuple[str, ...]:
    code = function.__code__
    return code.co_varnames[1 : code.co_argcount]


class Structural(Op):
    """An operation on whole arrays.

    A subclass gives `name`, `inputs`, `forward(self, <inputs>, <settings>)` and
    `pull(self, g, <names>)`. The names in the signature of `pull` say what is kept: an input by
    its name, `y` the output, a setting by its name; `<input>_shape` and `<input>_dtype` keep no
    array, and `wanted` says which inputs want a share.
    """

    #: Names of the inputs; ("xs", "...") stands for any number of them.
    inputs: ClassVar[tuple[str, ...]] = ("x",)
    #: Whether the output looks at the memory of its first input.
    view: ClassVar[bool] = False

    forward: Callable[..., Any]
    pull: Callable[..., Any]
    pull_arrays: Callable[..., Any] | None = None

    def __init__(self) -> None:
        self.many = self.inputs == ("xs", "...")
        names = _names(self.forward.__func__)  # type: ignore[attr-defined]
        self.settings = names[1:] if self.many else names[len(self.inputs) :]
        self.reads = _names(self.pull.__func__)[1:]  # type: ignore[attr-defined]
        self.saves = tuple(n for n in self.reads if n in self.inputs or n == "y")
        self.origins = tuple(-1 if n == "y" else self.inputs.index(n) for n in self.saves)
        register(self)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """Apply with settings by name; the functions of the catalogue are kinder to call."""
        handles = tuple(as_handle(x, self.name) for x in inputs)
        return self.apply(handles, tuple(settings[name] for name in self.settings))

    def apply(self, handles: Sequence[Handle], params: tuple[Any, ...]) -> Any:
        """Compute, and record if recording is on and a gradient is wanted."""
        arrays = [h.array for h in handles]
        out = self.forward(arrays, *params) if self.many else self.forward(*arrays, *params)
        first = handles[0]
        base = out.base if self.view else None
        if base is not None and (base is first.array or base is first.array.base):
            handle = wrap_view(first, out, self, params)
        else:
            handle = wrap(first.result_class, out)
        if is_grad_enabled() and out.dtype.kind == "f":
            for h in handles:
                if h.node is not None and h.node.wants:
                    break
            else:
                return handle
            saved = tuple([out if o < 0 else arrays[o] for o in self.origins])
            sources = tuple([h.source() for h in handles])
            handle.node = Node(
                self, sources, saved, params, next_age(), here(2), out.shape, out.dtype,
                handle.cell,
            )  # fmt: skip
        return handle

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        """The shares of the inputs."""
        values: dict[str, Any] = dict(zip(self.saves, self.kept(node), strict=True))
        values.update(zip(self.settings, node.params, strict=True))
        by_arrays = self.pull_arrays is not None and not create
        if not by_arrays:
            for name, origin in zip(self.saves, self.origins, strict=True):
                source = node if origin < 0 else node.inputs[origin]
                values[name] = wrap(kind, values[name], source)
            if not create:
                g = wrap(kind, g)
        given = [values[n] if n in values else self._fact(n, node) for n in self.reads]
        shares = self.pull_arrays(g, *given) if by_arrays else self.pull(g, *given)  # type: ignore[misc]
        if not isinstance(shares, tuple):
            shares = (shares,)
        if create or by_arrays:
            return shares
        return tuple(None if s is None else s.array for s in shares)

    def _fact(self, name: str, node: Node) -> Any:
        """What a rule may know of the inputs without keeping them."""
        if name == "wanted":
            return tuple(source.wants for source in node.inputs)
        if name == "xs_shape":
            return tuple(source.shape for source in node.inputs)
        of, _, fact = name.rpartition("_")
        source = node.inputs[self.inputs.index(of)]
        return source.shape if fact == "shape" else source.dtype

    def replay(self, node: Node, handles: Sequence[Handle]) -> Handle:
        """The same operation on other handles."""
        return self.apply(handles, node.params)  # type: ignore[no-any-return]


def numpy_like(array: Any) -> Any:
    """The namespace with NumPy's names on the array's device."""
    return backend_of(array).xp
