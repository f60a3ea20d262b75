"""Operations that are not elementwise: a class each, a `forward` on arrays and a `pull`.

`pull` is written in operations of the catalogue, so that it can be differentiated again. Where
bare arrays are faster, a class has a `pull_arrays` as well; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
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
from tinygradx.ops.promotion import get_default_dtype, supported


def as_handle(x: Any, asked: str) -> Handle:
    """A tensor as it is; arrays and numbers become one."""
    if isinstance(x, Handle):
        return x
    if isinstance(x, (bool, int, float)) and not isinstance(x, np.generic):
        dtype = get_default_dtype() if isinstance(x, float) else None
        return wrap(Handle.result_class, np.asarray(x, dtype))
    if isinstance(x, (np.ndarray, np.generic)):
        return wrap(Handle.result_class, supported(np.array(x)))  # a copy: see Elementwise
    raise DtypeError(f"{asked} of a {type(x).__name__}", f"{x!r:.60}", "pass a Tensor")


def in_place(x: Any, compute: Callable[[Any], Any], name: str) -> Any:
    """What `inplace=True` asks for: the answer is written to the memory of x, which is answered.

    Parameters
    ----------
    x : Tensor
        What is written to.
    compute : callable
        From a tensor of its present value to one of the new value.
    name : str
        What to call the write in errors: `relu_`.
    """
    if not isinstance(x, Handle):
        raise DtypeError(f"{name} of a {type(x).__name__}", f"{x!r:.60}", "pass a Tensor")
    return x._write(compute, name)  # type: ignore[attr-defined]


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
            f"a tensor of {ndim} dimension{'s' if ndim != 1 else ''}",
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
        return dims if ndim else None
    dims = (whole_dim(dim, ndim, asked),)
    return dims if ndim else None


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
        # What `pull` reads, each with its place in `(*saved, *params)`, or -1 and how to find it.
        known = (*self.saves, *self.settings)
        self._read = [
            (known.index(n), None) if n in known else (-1, self._fact(n)) for n in self.reads
        ]
        places = [o % (len(self.inputs) + 1) for o in self.origins]
        self._keep: Any = None
        if places:
            self._keep = itemgetter(*places) if len(places) > 1 else _one(places[0])
        register(self)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """Apply with settings by name; the functions of the catalogue are kinder to call."""
        handles = tuple(as_handle(x, self.name) for x in inputs)
        return self.apply(handles, tuple(settings[name] for name in self.settings))

    def apply_one(self, x: Handle, params: tuple[Any, ...]) -> Any:
        """`apply` for a single input, without loops: 0.8 of 3 microseconds shorter."""
        array, node = x.array, x.node
        out = self.forward(array, *params)
        base = out.base
        if (
            self.view
            and base is not None
            and (base is array or base is array.base or np.may_share_memory(out, array))
        ):
            handle = wrap_view(x, out, self, params)
        else:
            handle = wrap(x.result_class, out)
        if node is not None and node.wants and is_grad_enabled() and out.dtype.kind == "f":
            saved = self._keep((array, out)) if self._keep is not None else ()
            handle.node = Node(
                self, (node,), saved, params, next_age(), here(), out.shape, out.dtype,
                handle.cell,
            )  # fmt: skip
        return handle

    def apply(self, handles: Sequence[Handle], params: tuple[Any, ...]) -> Any:
        """Compute, and record if recording is on and a gradient is wanted."""
        if len(handles) == 1 and not self.many:
            return self.apply_one(handles[0], params)
        arrays: list[Any] = []
        nodes: list[Any] = []
        wanted = False
        for h in handles:  # a loop, since each comprehension costs 0.15 microseconds more
            node = h.node
            arrays.append(h.array)
            nodes.append(node)
            if node is not None and node.wants:
                wanted = True
        out = self.forward(arrays, *params) if self.many else self.forward(*arrays, *params)
        handle = wrap(handles[0].result_class, out)
        if wanted and is_grad_enabled() and out.dtype.kind == "f":
            if None in nodes:
                nodes = [h.source() for h in handles]
            saved = self._keep((*arrays, out)) if self._keep is not None else ()
            handle.node = Node(
                self, tuple(nodes), saved, params, next_age(), here(2), out.shape, out.dtype,
                handle.cell,
            )  # fmt: skip
        return handle

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        """The shares of the inputs."""
        saved: Sequence[Any] = self.kept(node)
        by_arrays = self.pull_arrays is not None and not create
        if not by_arrays:
            saved = [
                wrap(kind, array, node if origin < 0 else node.inputs[origin])
                for array, origin in zip(saved, self.origins, strict=True)
            ]
            if not create:
                g = wrap(kind, g)
        known = (*saved, *node.params)
        given = []
        for place, fact in self._read:
            given.append(known[place] if fact is None else fact(node))
        shares = self.pull_arrays(g, *given) if by_arrays else self.pull(g, *given)  # type: ignore[misc]
        if not isinstance(shares, tuple):
            shares = (shares,)
        if create or by_arrays:
            return shares  # type: ignore[no-any-return]
        return tuple(None if s is None else s.array for s in shares)

    def _fact(self, name: str) -> Callable[[Node], Any]:
        """How to find what a rule may know of the inputs without keeping them."""
        if name == "wanted":
            return lambda node: tuple([source.wants for source in node.inputs])
        if name == "xs_shape":
            return lambda node: tuple([source.shape for source in node.inputs])
        of, _, fact = name.rpartition("_")
        place = self.inputs.index(of)
        if fact == "shape":
            return lambda node: node.inputs[place].shape
        return lambda node: node.inputs[place].dtype

    def replay(self, node: Node, handles: Sequence[Handle]) -> Handle:
        """The same operation on other handles."""
        return self.apply(handles, node.params)  # type: ignore[no-any-return]


def stretched(array: Any, kept: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """The array, in the shape `kept`, repeated to `shape` without copying; only to be read.

    `np.broadcast_to` takes 8 microseconds for what NumPy's own constructor does in one.
    """
    if type(array) is np.ndarray and array.flags.c_contiguous:
        strides, step = [0] * len(shape), array.itemsize
        for axis in range(len(shape) - 1, -1, -1):
            if kept[axis] == shape[axis]:
                strides[axis] = step
            step *= kept[axis]
        if not array.size:
            return array.reshape(shape)
        return np.ndarray(shape, array.dtype, array, 0, tuple(strides))
    return numpy_like(array).broadcast_to(array.reshape(kept), shape)


def repeats(array: Any) -> bool:
    """Whether two elements of an array may lie at the same place.

    Sorted by their strides, the dims of memory that was sliced and permuted each step over all that
    the smaller ones cover.
    """
    if not array.size or array.flags.c_contiguous:
        return False
    reach = array.itemsize
    for stride, size in sorted(zip(map(abs, array.strides), array.shape, strict=True)):
        if size > 1:
            if stride < reach:
                return True
            reach += (size - 1) * stride
    return False


def _one(place: int) -> Any:
    """What takes a tuple of one out of a tuple."""
    return itemgetter(slice(place, place + 1))


def numpy_like(array: Any) -> Any:
    """The namespace with NumPy's names on the array's device."""
    return backend_of(array).xp
