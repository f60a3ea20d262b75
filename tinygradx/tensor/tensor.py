"""Tensor: Python's operators and methods over the catalogue, in PyTorch's spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.graph import (
    REGISTRY,
    Cell,
    Handle,
    Leaf,
    here,
    is_grad_enabled,
    readable,
    sweep,
    wrap,
)
from tinygradx.ops import activations, elementary, indexing, products, random, reductions, shapes
from tinygradx.ops.arithmetic import ARITHMETIC
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.tensor.printing import format_tensor

# The way to the most frequent operations, found once.
_add, _sub = elementary.add.apply, elementary.sub.apply
_mul, _div = elementary.mul.apply, elementary.div.apply

_NUMBERS = (Handle, int, float, np.ndarray, np.generic)


class Tensor(Handle):
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

    # ---- what it is -----------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of its dimensions."""
        return self.array.shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its elements."""
        return self.array.dtype  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """How many dimensions it has."""
        return self.array.ndim  # type: ignore[no-any-return]

    @property
    def device(self) -> str:
        """Where it lives."""
        return "cpu"

    @property
    def T(self) -> Tensor:
        """The view with all dimensions reversed."""
        return shapes.permute(self, tuple(range(self.ndim))[::-1])  # type: ignore[no-any-return]

    @property
    def mT(self) -> Tensor:
        """The view with the last two dimensions exchanged."""
        return shapes.transpose(self, -2, -1)  # type: ignore[no-any-return]

    def size(self, dim: int | None = None) -> Any:
        """The sizes, or one of them."""
        return self.shape if dim is None else self.shape[dim]

    def dim(self) -> int:
        """How many dimensions it has."""
        return self.ndim

    def numel(self) -> int:
        """How many elements it has."""
        return int(self.array.size)

    nelement = numel
    ndimension = dim

    def is_floating_point(self) -> bool:
        """Whether its elements are floats."""
        return self.array.dtype.kind == "f"  # type: ignore[no-any-return]

    def is_contiguous(self) -> bool:
        """Whether its elements lie in memory in order."""
        return bool(self.array.flags.c_contiguous)

    # ---- the graph ------------------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded."""
        node = self.node
        return node is not None and node.wants

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Collect gradients here from now on, or no longer; answers the tensor itself.

        Raises
        ------
        DtypeError
            For a tensor of integers or bools, which has no slope.
        GraphError
            When switched off on the result of a recorded operation: use `detach()`.
        """
        node = self.node
        if requires_grad and self.array.dtype.kind != "f":
            raise DtypeError(
                f"requires_grad on a tensor of dtype {self.dtype}",
                "integers and bools have no gradient",
                "make it of floats: x.float().requires_grad_()",
            )
        if node is None or isinstance(node, Leaf):
            if requires_grad and not self.requires_grad:
                # A new leaf: what was recorded before kept nothing for a gradient of this one.
                leaf = Leaf(self.array, self.cell, True)
                if node is not None:
                    leaf.grad, leaf.name = node.grad, node.name
                self.node = leaf
            elif node is not None and not requires_grad:
                node.wants = False
        elif not requires_grad:
            raise GraphError(
                "switch requires_grad off",
                f"the result of a recorded {node.op.name} (made at {readable(node.where)})",
                "use x.detach(), which shares the memory and forgets the history",
            )
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return self.node is None or isinstance(self.node, Leaf)

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward()` collected; None before, and for results of operations."""
        node = self.node
        return node.grad if isinstance(node, Leaf) else None  # type: ignore[return-value]

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None and not isinstance(value, Tensor):
            raise DtypeError("set .grad", f"a {type(value).__name__}", "pass a Tensor")
        if value is not None and (value.shape != self.shape or value.dtype != self.dtype):
            raise ShapeError(
                f"set .grad of a tensor of shape {self.shape}, {self.dtype}",
                f"a gradient of shape {value.shape}, {value.dtype}",
                "make both equal",
            )
        node = self.source()
        if not isinstance(node, Leaf):
            raise GraphError(
                "set .grad", f"the result of {node.op.name}", "set it on leaf tensors only"
            )
        node.grad = value

    @property
    def grad_fn(self) -> Any:
        """The node of the operation that made it, None for a leaf."""
        return None if self.is_leaf else self.node

    @property
    def name(self) -> str | None:
        """What it is called in pictures; only what no operation made can be given a name.

        Raises
        ------
        GraphError
            If it is the result of an operation: `draw_dot(..., names={"y": y})` names that.
        """
        return self.node.name if isinstance(self.node, Leaf) else None

    @name.setter
    def name(self, value: str | None) -> None:
        node = self.source()
        if not isinstance(node, Leaf):
            raise GraphError(
                f"name a tensor {value!r:.40}", f"the result of {node.op.name}",
                "name it where it is drawn: draw_dot(y, names={'y': y})",
            )  # fmt: skip
        node.name = value

    @property
    def data(self) -> Tensor:
        """The same memory without history; writing to it is not recorded."""
        return self.detach()

    @data.setter
    def data(self, value: Tensor) -> None:
        if not self.is_leaf and value.array.shape != self.array.shape:
            raise ShapeError(
                f"set .data of a result of shape {self.shape}", f"{value.shape}",
                "give data of the same shape, or use a new tensor",
            )  # fmt: skip
        if self.requires_grad and value.array.dtype.kind != "f":
            raise DtypeError(
                "set .data of a tensor that requires a gradient", f"{value.dtype}",
                "give floats: value.float()",
            )  # fmt: skip
        self.cell.write(here(1))  # for those who look at the memory that is left
        self.array, self.cell = value.array, value.cell
        if isinstance(self.node, Leaf):
            leaf = self.node
            leaf.cell = value.cell
            leaf.array, leaf.shape, leaf.dtype = value.array, value.array.shape, value.array.dtype

    def detach(self) -> Tensor:
        """The same memory, without history."""
        result = wrap(type(self).result_class, self.array)
        result.cell = self.cell
        return result  # type: ignore[return-value]

    def clone(self) -> Tensor:
        """A copy in memory of its own, through which gradients flow."""
        return shapes.clone(self)  # type: ignore[no-any-return]

    def backward(
        self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False
    ) -> None:
        """Carry gradients from here to the leaves, which add them to their `.grad`.

        Parameters
        ----------
        gradient : Tensor, optional
            The gradient with respect to this tensor, of its shape; 1 for a single element.
        retain_graph : bool, optional
            Keep what the graph saved, for another `backward()`; `create_graph` when left out.
        create_graph : bool
            Record the way back, so that gradients can be differentiated in turn.

        Raises
        ------
        GraphError
            If nothing was recorded, what was saved has been dropped or changed, or the tensor has
            several elements and no gradient was given.
        """
        if not self.requires_grad:
            raise GraphError(
                "backward()",
                "a tensor that no recorded operation made and that does not require a gradient",
                "make the leaves with requires_grad=True, and compute outside of no_grad()",
            )
        start = first_gradient(self, gradient, "backward()")
        assert self.node is not None
        sweep(
            [self.node],
            [start if create_graph else start.array],
            type(self).result_class,
            retain=create_graph if retain_graph is None else retain_graph,
            create=create_graph,
        )

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

    # ---- out of the library ---------------------------------------------------------------------

    def numpy(self) -> np.ndarray[Any, Any]:
        """The array itself: writing to it writes to the tensor.

        Raises
        ------
        GraphError
            If the tensor requires a gradient, since such a write would go unseen.
        """
        if self.requires_grad:
            raise GraphError(
                "numpy() on a tensor that requires a gradient",
                "an array that shares memory, through which writes go unseen",
                "use x.detach().numpy()",
            )
        return self.array  # type: ignore[no-any-return]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        """NumPy's functions on tensors are ours, so that they are recorded."""
        op = _numpy_functions().get(ufunc)
        if method != "__call__" or named or op is None:
            return NotImplemented
        return op(*inputs)

    def item(self) -> Any:
        """The only element as a Python number."""
        if self.array.size != 1:
            raise ShapeError(
                "item()", f"{self.array.size} elements", "use x.tolist(), or reduce it: x.sum()"
            )
        return self.array.item()

    def tolist(self) -> Any:
        """The elements as nested Python lists."""
        return self.array.tolist()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.array.dtype.kind not in "iu":
            raise DtypeError(
                "use a tensor as an index", f"dtype {self.dtype}", "use an integer tensor"
            )
        return int(self.item())

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise ShapeError(
                "the truth of a tensor", f"{self.array.size} elements", "use x.any() or x.all()"
            )
        return bool(self.array.item())

    def __len__(self) -> int:
        if not self.array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __iter__(self) -> Iterator[Tensor]:
        if not self.array.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return (self[i] for i in range(len(self.array)))

    def __contains__(self, value: Any) -> bool:
        return bool(elementary.eq(self, value).array.any())

    # Two tensors are one only if they are the same object, whatever `==` says of their elements.
    __hash__ = Handle.__hash__

    def __repr__(self) -> str:
        node = self.node
        return format_tensor(
            self.array,
            default_dtype=get_default_dtype(),
            grad_fn=None if node is None or node.op is None else node.op.name,
            requires_grad=self.requires_grad,
        )

    def __format__(self, spec: str) -> str:
        if self.array.ndim == 0:
            return format(self.array.item(), spec)
        return format(repr(self), spec)

    def __reduce__(self) -> Any:
        if not self.is_leaf:
            raise GraphError(
                "copy or pickle a tensor", "the result of a recorded operation",
                "use x.detach() or x.clone()",
            )  # fmt: skip
        return _rebuild, (type(self), self.array, self.requires_grad, self.grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        function, (kind, array, requires_grad, grad) = self.__reduce__()
        kept = None if grad is None else grad.detach().clone()
        copied = function(kind, array.copy(), requires_grad, kept)
        memo[id(self)] = copied
        return copied  # type: ignore[no-any-return]

    # ---- dtypes ---------------------------------------------------------------------------------

    def to(
        self,
        *targets: Any,
        dtype: Any = None,
        device: Any = None,
        copy: Any = False,
        non_blocking: Any = False,
    ) -> Tensor:
        """The same values in another dtype; the tensor itself where it has that dtype already.

        Parameters
        ----------
        *targets : dtype, str or Tensor
            A dtype, a device ("cpu"), or a tensor whose dtype to take.
        dtype, device
            The same by name.
        copy : bool
            Copy in any case.
        non_blocking : bool
            Taken for PyTorch's sake; nothing here blocks.
        """
        for target in targets:
            if isinstance(target, Handle):
                dtype = target.array.dtype
            elif isinstance(target, str) and target.partition(":")[0] in ("cpu", "cuda"):
                device = target
            else:
                dtype = target
        if device is not None:
            from tinygradx.tensor.creation import check_device

            check_device(device)
        result = self if dtype is None else shapes.to_dtype(self, dtype)
        return result.clone() if copy and result is self else result

    def float(self) -> Tensor:
        """As float32."""
        return self.to(np.float32)

    def double(self) -> Tensor:
        """As float64."""
        return self.to(np.float64)

    def long(self) -> Tensor:
        """As int64, cut off towards 0."""
        return self.to(np.int64)

    def int(self) -> Tensor:
        """As int32, cut off towards 0."""
        return self.to(np.int32)

    def bool(self) -> Tensor:
        """Whether each element is nonzero."""
        return self.to(np.bool_)

    # ---- operators ------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Tensor:
        return _add((self, other), ())  # type: ignore[no-any-return]

    def __radd__(self, other: Any) -> Tensor:
        return _add((other, self), ())  # type: ignore[no-any-return]

    def __sub__(self, other: Any) -> Tensor:
        return _sub((self, other), ())  # type: ignore[no-any-return]

    def __rsub__(self, other: Any) -> Tensor:
        return _sub((other, self), ())  # type: ignore[no-any-return]

    def __mul__(self, other: Any) -> Tensor:
        return _mul((self, other), ())  # type: ignore[no-any-return]

    def __rmul__(self, other: Any) -> Tensor:
        return _mul((other, self), ())  # type: ignore[no-any-return]

    def __truediv__(self, other: Any) -> Tensor:
        return _div((self, other), ())  # type: ignore[no-any-return]

    def __rtruediv__(self, other: Any) -> Tensor:
        return _div((other, self), ())  # type: ignore[no-any-return]

    def __floordiv__(self, other: Any) -> Tensor:
        return elementary.floor_divide(self, other)  # type: ignore[no-any-return]

    def __rfloordiv__(self, other: Any) -> Tensor:
        return elementary.floor_divide(other, self)  # type: ignore[no-any-return]

    def __mod__(self, other: Any) -> Tensor:
        return elementary.remainder(self, other)  # type: ignore[no-any-return]

    def __rmod__(self, other: Any) -> Tensor:
        return elementary.remainder(other, self)  # type: ignore[no-any-return]

    def __pow__(self, other: Any) -> Tensor:
        # A square is by far the most frequent power, and a product instead of a library call.
        whole = other.__class__ is int and self.array.dtype.kind != "b"
        if (whole or (other.__class__ is float and self.array.dtype.kind == "f")) and other == 2:
            return elementary.square(self)  # type: ignore[no-any-return]
        return elementary.pow(self, other)  # type: ignore[no-any-return]

    def __rpow__(self, other: Any) -> Tensor:
        return elementary.pow(other, self)  # type: ignore[no-any-return]

    def __matmul__(self, other: Any) -> Tensor:
        return products.matmul(self, other)  # type: ignore[no-any-return]

    def __rmatmul__(self, other: Any) -> Tensor:
        return products.matmul(other, self)  # type: ignore[no-any-return]

    def __neg__(self) -> Tensor:
        return elementary.neg(self)  # type: ignore[no-any-return]

    def __pos__(self) -> Tensor:
        return self

    def __abs__(self) -> Tensor:
        return elementary.absolute(self)  # type: ignore[no-any-return]

    def __eq__(self, other: Any) -> Any:
        return elementary.eq(self, other) if isinstance(other, _NUMBERS) else NotImplemented

    def __ne__(self, other: Any) -> Any:
        return elementary.ne(self, other) if isinstance(other, _NUMBERS) else NotImplemented

    def __lt__(self, other: Any) -> Any:
        return elementary.lt(self, other)

    def __le__(self, other: Any) -> Any:
        return elementary.le(self, other)

    def __gt__(self, other: Any) -> Any:
        return elementary.gt(self, other)

    def __ge__(self, other: Any) -> Any:
        return elementary.ge(self, other)

    def __and__(self, other: Any) -> Tensor:
        return elementary.bitwise_and(self, other)  # type: ignore[no-any-return]

    def __or__(self, other: Any) -> Tensor:
        return elementary.bitwise_or(self, other)  # type: ignore[no-any-return]

    def __xor__(self, other: Any) -> Tensor:
        return elementary.bitwise_xor(self, other)  # type: ignore[no-any-return]

    def __invert__(self) -> Tensor:
        return elementary.bitwise_not(self)  # type: ignore[no-any-return]

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __getitem__(self, index: Any) -> Tensor:
        return indexing.getitem(self, index)  # type: ignore[no-any-return]

    # ---- writes in place ------------------------------------------------------------------------

    def _write(self, make: Callable[[Tensor], Any], name: str) -> Tensor:
        """Become what `make` computes from the present value; the memory stays the same.

        A write is the operation, after which the handle moves to the new node (docs/design.md).
        """
        where = here(1)
        recording = is_grad_enabled() and self.requires_grad
        if recording and self.is_leaf:
            raise GraphError(
                f"{name} on a leaf that requires a gradient",
                "its value is what gradients are taken with respect to",
                "write inside `with tinygradx.no_grad():`, or use a new tensor: x = x + 1",
            )
        if (
            self.view_of is not None
            and is_grad_enabled()
            and (recording or self.view_of.base.requires_grad)
        ):
            raise GraphError(
                f"{name} through a view of a tensor that requires a gradient",
                "a write that the tensor's own history would have to record",
                "build the new value with tinygradx.where or tinygradx.cat",
            )
        if not self.array.flags.writeable:
            raise GraphError(
                f"{name} on memory that repeats elements, or may only be read",
                "an expanded tensor, or a read-only NumPy array",
                "write to a copy: x.clone()",
            )
        # What the operation saves must not be overwritten by its own result.
        before = wrap(type(self).result_class, self.array.copy(), self.node)
        before.cell = cell = self.cell
        noted = cell.written, cell.version, cell.where
        cell.write(where)  # drawn before the node is born: newer nodes saw the new memory
        try:
            after = make(before)  # type: ignore[arg-type]
            self._check_write(after, recording, name)
        except BaseException:
            cell.written, cell.version, cell.where = noted  # nothing was written
            raise
        node = after.node
        if node is not None and node.wants:
            if self.array.dtype != after.array.dtype:
                after = shapes.to_dtype(after, self.array.dtype)
            for made in {node, after.node}:  # `y *= y` saved the very memory that is written now
                made.saved = tuple([_apart(kept, self.array) for kept in made.saved])
            after.node.cell = cell
            self.node = after.node
        elif not self.is_leaf and is_grad_enabled():
            self.node = None
        np.copyto(self.array, after.array, casting="same_kind")
        return self

    def _check_write(self, after: Tensor, recording: Any, name: str) -> None:
        """Refuse a value that does not fit, and a write that a view would miss."""
        if after.array.shape != self.array.shape:
            raise ShapeError(
                f"{name} on a tensor of shape {self.shape}",
                f"a result of shape {after.array.shape}",
                "only a value that broadcasts to the tensor's own shape fits",
            )
        if not np.can_cast(after.array.dtype, self.array.dtype, "same_kind"):
            raise DtypeError(
                f"{name} on a tensor of dtype {self.dtype}",
                f"a result of {after.array.dtype}",
                "convert the tensor first: x = x.float()",
            )
        if (recording or after.requires_grad) and self.cell.viewed():
            raise GraphError(
                f"{name}, recorded, on memory that a view looks at as well",
                "a view whose own history would not know of the write",
                "write to x.clone(), or take the view afterwards",
            )

    def add_(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """Add in place."""
        if alpha != 1:
            other = elementary.mul(other, alpha)
        return self._write(lambda x: elementary.add(x, other), "add_")

    def sub_(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """Subtract in place."""
        if alpha != 1:
            other = elementary.mul(other, alpha)
        return self._write(lambda x: elementary.sub(x, other), "sub_")

    def mul_(self, other: Any) -> Tensor:
        """Multiply in place."""
        return self._write(lambda x: elementary.mul(x, other), "mul_")

    def div_(self, other: Any) -> Tensor:
        """Divide in place."""
        return self._write(lambda x: elementary.div(x, other), "div_")

    def copy_(self, other: Any) -> Tensor:
        """Take the values of another tensor."""
        return self._write(lambda x: shapes.expand(_to(other, self.dtype), x.shape), "copy_")

    def fill_(self, value: Any) -> Tensor:
        """One value everywhere."""
        return self._write(lambda x: shapes.expand(_to(value, self.dtype), x.shape), "fill_")

    def zero_(self) -> Tensor:
        """Zero everywhere."""
        return self.fill_(0)

    def uniform_(self, from_: Any = 0.0, to: Any = 1.0, *, generator: Any = None) -> Tensor:
        """Random numbers between two bounds, each as likely as any other; see `rand`.

        Parameters
        ----------
        from_, to : float
            The bounds. `to` is left out, but for rounding.
        generator : Generator, optional
            What to draw from.

        Raises
        ------
        ArgumentError
            If `from_` is larger than `to`, or they lie further apart than the dtype reaches.
        DtypeError
            If the tensor is not of floats.
        """
        self._check_draws("uniform_")
        if not 0.0 <= to - from_ <= float(np.finfo(self.dtype).max):
            raise ArgumentError(
                f"uniform_ from {from_} to {to}", "no such range", "give finite bounds, from <= to"
            )

        def drawn(x: Tensor) -> Any:
            array = random.uniform(x.shape, x.dtype, generator)
            array *= to - from_
            array += from_
            return wrap(type(self).result_class, array)

        return self._write(drawn, "uniform_")

    def normal_(self, mean: Any = 0.0, std: Any = 1.0, *, generator: Any = None) -> Tensor:
        """Random numbers from the normal distribution; see `randn`.

        Parameters
        ----------
        mean, std : float
            Their mean, and their standard deviation.
        generator : Generator, optional
            What to draw from.

        Raises
        ------
        ArgumentError
            If `std` is below 0.
        DtypeError
            If the tensor is not of floats.
        """
        self._check_draws("normal_")
        if not std >= 0.0:
            raise ArgumentError(f"normal_ with std={std}", "no width", "use std from 0 on")

        def drawn(x: Tensor) -> Any:
            array = random.normal(x.shape, x.dtype, generator)
            array *= std
            array += mean
            return wrap(type(self).result_class, array)

        return self._write(drawn, "normal_")

    def _check_draws(self, name: str) -> None:
        """Refuse to draw floats for a tensor that holds none."""
        if self.array.dtype.kind != "f":
            raise DtypeError(
                f"{name} on a tensor of dtype {self.dtype}", "no floats",
                "convert the tensor first: x = x.float()",
            )  # fmt: skip

    def __iadd__(self, other: Any) -> Tensor:
        return self.add_(other)

    def __isub__(self, other: Any) -> Tensor:
        return self.sub_(other)

    def __imul__(self, other: Any) -> Tensor:
        return self.mul_(other)

    def __itruediv__(self, other: Any) -> Tensor:
        return self.div_(other)

    def __setitem__(self, index: Any, value: Any) -> None:
        place = indexing.plain_index(index)

        def written(x: Tensor) -> Any:
            return indexing.set_at(x, place, _to(value, self.dtype))

        self._write(written, "assignment to a part")


def _apart(kept: Any, memory: Any) -> Any:
    """What a node keeps, copied if it lies in the given memory."""
    if isinstance(kept, np.ndarray) and np.may_share_memory(kept, memory):
        return kept.copy()
    return kept


def _to(value: Any, dtype: Any) -> Any:
    """Any value as a tensor of a dtype."""
    from tinygradx.ops.structural import as_handle

    return shapes.to_dtype(as_handle(value, "write"), dtype)


def _rebuild(kind: type[Tensor], array: Any, requires_grad: bool, grad: Tensor | None) -> Tensor:
    """A tensor from what a copy or a pickle holds."""
    result = wrap(kind, array)
    if requires_grad:
        result.requires_grad_()  # type: ignore[attr-defined]
        result.node.grad = grad  # type: ignore[union-attr]
    return result  # type: ignore[return-value]


def first_gradient(root: Tensor, gradient: Any, asked: str) -> Tensor:
    """What a sweep begins with: 1 for a single element, or what was given, checked."""
    array = root.array
    if gradient is None:
        if array.size != 1:
            raise GraphError(
                f"{asked} from a tensor of shape {array.shape}",
                f"{array.size} elements, so that there is no single slope",
                "reduce it first, as in x.sum().backward(), or pass gradient=",
            )
        one = np.empty(array.shape, array.dtype)  # np.ones takes a microsecond longer
        one.fill(1)
        return wrap(Tensor, one)  # type: ignore[return-value]
    if not isinstance(gradient, Handle):
        try:
            gradient = wrap(Tensor, np.asarray(gradient, array.dtype))
        except (TypeError, ValueError):
            raise DtypeError(
                f"{asked} with gradient={gradient!r:.40}",
                f"a {type(gradient).__name__}",
                "pass a Tensor of the tensor's own shape",
            ) from None
    if gradient.array.shape != array.shape:
        raise ShapeError(
            f"{asked} from a tensor of shape {array.shape}",
            f"a gradient of shape {gradient.array.shape}",
            "pass a gradient of the tensor's own shape",
        )
    if gradient.array.dtype is not array.dtype:
        gradient = shapes.to_dtype(gradient, array.dtype)
    return gradient  # type: ignore[no-any-return]


_by_ufunc: dict[Any, Any] = {}


def _numpy_functions() -> dict[Any, Any]:
    """NumPy's functions, and ours of the same meaning."""
    if not _by_ufunc:
        for name, op in REGISTRY.items():
            if isinstance(op, Elementwise):
                function = op.numpy or getattr(np, name, None)
                if isinstance(function, np.ufunc):
                    _by_ufunc.setdefault(function, op)
        _by_ufunc[np.matmul] = products.matmul
    return _by_ufunc


Handle.result_class = Tensor

# ---- methods that are a function of the catalogue under its own name ----------------------------


def _method(function: Any, name: str) -> Any:
    """A method that calls `function` with the tensor in front."""
    if isinstance(function, FunctionType):
        return function  # binds by itself
    call = function
    if isinstance(function, Elementwise) and function.shortest and not function.settings:
        call = function.apply_one

    def method(self: Tensor, *args: Any, **named: Any) -> Any:
        return call(self, *args, **named)

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    method.__doc__ = function.__doc__
    return method


_METHODS: dict[Any, str] = {
    elementary: "acos acosh add asin asinh atan atan2 atanh ceil clamp clip cos cosh div eq erf "
    "erfc erfinv exp exp2 expm1 floor floor_divide fmod frac ge gt hypot isfinite isinf isnan le "
    "log log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor lt maximum "
    "minimum mul ne neg pow reciprocal remainder round rsqrt sign sin sinh sqrt square sub tan "
    "trunc",
    activations: "relu sigmoid tanh softmax log_softmax prelu",
    reductions: "all amax amin any argmax argmin logsumexp max mean min sum",
    shapes: "expand flatten narrow permute reshape squeeze transpose unsqueeze",
    products: "matmul",
}
for _module, _names in _METHODS.items():
    for _name in _names.split():
        setattr(Tensor, _name, _method(getattr(_module, _name), _name))
Tensor.abs = _method(elementary.absolute, "abs")  # type: ignore[attr-defined]
Tensor.view = _method(shapes.reshape, "view")  # type: ignore[attr-defined]
