"""Tensor: Python's operators and methods over the catalogue, in PyTorch's spelling."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import numpy as np

from tinygradx.errors import DeviceError, DtypeError, GraphError, ShapeError, TeachingError
from tinygradx.graph import (
    Cell,
    Handle,
    Leaf,
    Lost,
    RemovableHandle,
    here,
    one_of_many,
    readable,
    sweep,
    visitor_of,
    wrap,
)
from tinygradx.ops import (
    activations,
    copies,
    cumulative,
    diagonals,
    distances,
    elementary,
    indexing,
    linalg,
    pointwise,
    products,
    rearranging,
    reductions,
    scatter,
    shapes,
    sorting,
    special,
    splitting,
    statistics,
    windows,
)
from tinygradx.ops.arithmetic import ARITHMETIC
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.tensor import conversion
from tinygradx.tensor.device import CPU, device
from tinygradx.tensor.hooks import add_after_hook, add_hook, hooked_node, waiting_at
from tinygradx.tensor.printing import format_tensor
from tinygradx.tensor.writing import Writing, give_in_place

# The way to the most frequent operations, found once.
_add, _sub = elementary.add.apply, elementary.sub.apply
_mul, _div = elementary.mul.apply, elementary.div.apply

_NUMBERS = (Handle, int, float, np.ndarray, np.generic)


class DlpackError(TeachingError, BufferError):
    """Memory that cannot be handed to another library."""


class Tensor(Writing):
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
    def device(self) -> Any:
        """Where it lives."""
        return CPU

    @property
    def is_cuda(self) -> bool:
        """Whether it lives on a GPU: never, here."""
        return False

    @property
    def T(self) -> Tensor:
        """The view with all dimensions reversed."""
        return shapes.permute(self, tuple(range(self.ndim))[::-1])  # type: ignore[no-any-return]

    @property
    def real(self) -> Tensor:
        """The real part: the tensor itself, since none is complex."""
        return self

    @property
    def H(self) -> Tensor:
        """A matrix with rows and columns exchanged, as a view: see `adjoint`."""
        return shapes.t(self)  # type: ignore[no-any-return]

    @property
    def mH(self) -> Tensor:
        """The view with the last two dimensions exchanged: see `adjoint`."""
        return shapes.adjoint(self)  # type: ignore[no-any-return]

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
        """The gradient that `backward()` collected; None before.

        The result of an operation keeps its gradient only after `retain_grad()`; without it there
        is a warning, and None.
        """
        node = self.node
        if node is None or isinstance(node, Leaf):
            return None if node is None else node.grad  # type: ignore[return-value]
        waiting = visitor_of(node)
        if waiting is not None and waiting.keeps:
            return waiting.kept  # type: ignore[no-any-return]
        warnings.warn(
            f"the .grad of a result (of {node.op.name}) is not kept: call retain_grad() on it "
            "before backward(), or look at the leaf that you meant",
            stacklevel=2,
        )
        return None

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
            waiting = visitor_of(node)
            if waiting is None or not waiting.keeps:
                raise GraphError(
                    "set .grad", f"the result of {node.op.name}",
                    "set it on leaf tensors, or call retain_grad() on this one first",
                )  # fmt: skip
            waiting.kept = value
            return
        node.grad = value

    @property
    def grad_fn(self) -> Any:
        """The node of the operation that made it, None for a leaf.

        `.name()` is what PyTorch calls it, `.next_functions` where the sweep goes from there.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> x = tgx.tensor(3.0, requires_grad=True)
        >>> y = (x * x).exp()
        >>> y.grad_fn.name(), y.grad_fn.next_functions[0][0].name()
        ('ExpBackward0', 'MulBackward0')
        """
        return None if self.is_leaf else self.node

    def retain_grad(self) -> None:
        """Keep the gradient of this result in its `.grad`; a leaf does so anyway.

        Raises
        ------
        GraphError
            If the tensor does not require a gradient.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> x = tgx.tensor(3.0, requires_grad=True)
        >>> y = x * x
        >>> y.retain_grad()
        >>> y.exp().backward()
        >>> y.grad
        tensor(8103.0840)
        """
        node = hooked_node(self, "retain_grad()")
        if not isinstance(node, Leaf):
            waiting_at(node).keeps = True

    @property
    def retains_grad(self) -> bool:
        """Whether it is a result that keeps its gradient."""
        waiting = None if self.is_leaf or self.node is None else visitor_of(self.node)
        return waiting is not None and waiting.keeps

    def register_hook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        """Call a function with the gradient of this tensor whenever it has been computed.

        Parameters
        ----------
        hook : callable
            From the gradient to None, or to another gradient that goes on in its place. The
            gradient that it sees can be read and computed with, but not written to.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.

        Raises
        ------
        GraphError
            If the tensor does not require a gradient.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> x = tgx.tensor([1.0, 2.0], requires_grad=True)
        >>> handle = x.register_hook(lambda g: 10.0 * g)
        >>> (x * x).sum().backward()
        >>> x.grad
        tensor([20., 40.])
        """
        return add_hook(self, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Any], None]) -> RemovableHandle:
        """Call a function with this leaf whenever its `.grad` has been brought up to date.

        Parameters
        ----------
        hook : callable
            From the tensor to None; it may change or clear the tensor's `.grad`.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.

        Raises
        ------
        GraphError
            If the tensor does not require a gradient, or is the result of an operation.
        """
        return add_after_hook(self, hook)

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
        self.array, self.cell, self.view_of = value.array, value.cell, None
        if isinstance(self.node, Leaf):
            leaf = self.node
            leaf.cell = value.cell
            if leaf.shape != value.array.shape or leaf.dtype is not value.array.dtype:
                Leaf.replaced = True
            leaf.array, leaf.shape, leaf.dtype = value.array, value.array.shape, value.array.dtype

    def detach(self) -> Tensor:
        """The same memory, without history."""
        result = wrap(type(self).result_class, self.array)
        result.cell = self.cell
        return result  # type: ignore[return-value]

    def detach_(self) -> Tensor:
        """Forget the history of this very tensor, which is a leaf from now on.

        Raises
        ------
        GraphError
            For a view: its history is that of the tensor it looks at.
        """
        if self.view_of is not None:
            raise GraphError(
                "detach_() of a view", "a tensor whose history is another one's",
                "use x.detach(), or detach_() before the view is taken",
            )  # fmt: skip
        if isinstance(self.node, Leaf):
            self.node.wants = False
        else:
            self.node = None
        return self

    def clone(self, *, memory_format: Any = None) -> Tensor:
        """A copy in memory of its own, through which gradients flow."""
        return shapes.clone(self, memory_format=memory_format)  # type: ignore[no-any-return]

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
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
        inputs : Tensor or sequence of Tensor, optional
            Collect gradients in these alone; see `autograd.backward`.

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
        if inputs is not None:
            from tinygradx.tensor.gradients import run

            run((self,), (start,), retain_graph, create_graph, inputs, "backward()")
            return
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

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        """The array itself where the dtype allows it, as NumPy's `np.asarray` takes it."""
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            if copy is False:
                raise ValueError(f"a tensor of {array.dtype} as {dtype} needs a copy")
            return array.astype(dtype)
        return array.copy() if copy else array

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        """NumPy's functions on tensors are ours, so that they are recorded."""
        return numpy_interface().ufunc(ufunc, method, inputs, named)

    def __array_function__(self, function: Any, types: Any, args: Any, named: Any) -> Any:
        """The same for those of NumPy's functions that are no ufuncs: `np.mean`, `np.stack`."""
        return numpy_interface().function(function, args, named)

    def __dlpack__(self, **how: Any) -> Any:
        """The memory for another library, without a copy: `torch.from_dlpack(x)`."""
        if self.requires_grad:
            raise DlpackError(
                "hand over a tensor that requires a gradient", "memory whose writes go unseen",
                "use x.detach(): torch.from_dlpack(x.detach())",
            )  # fmt: skip
        return self.array.__dlpack__(**how)

    def __dlpack_device__(self) -> tuple[Any, Any]:
        """The kind of device and its number, in the protocol's numbers."""
        return self.array.__dlpack_device__()  # type: ignore[no-any-return]

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
        return iter(one_of_many([self[i] for i in range(len(self.array))], "unbind"))

    def __contains__(self, value: Any) -> bool:
        return bool(elementary.eq(self, value).array.any())

    # Two tensors are one only if they are the same object, whatever `==` says of their elements.
    __hash__ = Handle.__hash__

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

    def __copy__(self) -> Tensor:
        """Another tensor of the same memory; a leaf keeps `requires_grad` and its gradient."""
        self.__reduce__()  # which says what cannot be copied
        result = object.__new__(type(self))
        result.array, result.cell, result.node, result.view_of = self.array, self.cell, None, None
        if self.requires_grad:
            result.requires_grad_().grad = self.grad
        return result

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
        result = self if dtype is None else shapes.to_dtype(self, dtype)
        result = shapes.in_format(result, memory_format)
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

    def __lshift__(self, other: Any) -> Tensor:
        return elementary.bitwise_left_shift(self, other)  # type: ignore[no-any-return]

    def __rlshift__(self, other: Any) -> Tensor:
        return elementary.bitwise_left_shift(other, self)  # type: ignore[no-any-return]

    def __rshift__(self, other: Any) -> Tensor:
        return elementary.bitwise_right_shift(self, other)  # type: ignore[no-any-return]

    def __rrshift__(self, other: Any) -> Tensor:
        return elementary.bitwise_right_shift(other, self)  # type: ignore[no-any-return]

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

    def where(self, condition: Any, other: Any) -> Tensor:
        """The tensor where the condition holds, `other` elsewhere: `where(condition, self, other)`.

        Parameters
        ----------
        condition : Tensor of bool
            What to choose by.
        other : Tensor or number
            What stands elsewhere; all three broadcast.
        """
        return pointwise.where(condition, self, other)  # type: ignore[no-any-return]


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


def _is_device(target: Any) -> bool:
    """Whether a target of `to` is a device, not a dtype."""
    if isinstance(target, str):
        return target.partition(":")[0] in ("cpu", "cuda", "mps", "xpu", "meta")
    return isinstance(target, device)


def numpy_interface() -> Any:
    """What answers NumPy's functions; it stands on the tensor, so it comes later."""
    from tinygradx.tensor import numpy_interface as interface

    return interface


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
    elementary: "absolute acos acosh addcdiv angle asin asinh atan atan2 atanh bitwise_and "
    "bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor ceil clamp clip "
    "copysign cos cosh deg2rad eq erf erfc erfinv exp exp2 expm1 floor floor_divide fmax fmin "
    "fmod frac gcd ge gt heaviside hypot isfinite isinf isnan isneginf isposinf lcm le lerp log "
    "log1p log2 log10 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor lt "
    "maximum minimum mul ne neg nextafter pow rad2deg reciprocal remainder round rsqrt sign "
    "signbit sin sinh sqrt square tan trunc",
    pointwise: "add addcmul allclose arccos arccosh arcsin arcsinh arctan arctan2 arctanh "
    "clamp_max clamp_min conj conj_physical div divide equal fix float_power frexp greater "
    "greater_equal isclose isreal ldexp less less_equal multiply nan_to_num negative not_equal "
    "positive resolve_conj resolve_neg sgn sub subtract true_divide",
    special: "digamma i0 igamma igammac lgamma logit mvlgamma sinc xlogy",
    activations: "relu sigmoid tanh softmax log_softmax prelu",
    reductions: "all amax amin aminmax any argmax argmin count_nonzero logsumexp max mean min "
    "nanmean nansum prod sum",
    cumulative: "cummax cummin cumprod cumsum diff logcumsumexp",
    statistics: "bincount corrcoef cov histc histogram median mode nanmedian nanquantile quantile "
    "std var",
    sorting: "argsort kthvalue msort sort topk unique unique_consecutive",
    distances: "dist norm",
    linalg: "cholesky_inverse cholesky_solve det logdet matrix_exp pinverse slogdet",
    shapes: "adjoint broadcast_to contiguous expand expand_as flatten moveaxis movedim narrow "
    "permute ravel reshape reshape_as squeeze sum_to_size swapaxes swapdims t transpose unflatten "
    "unsqueeze view view_as",
    indexing: "select",
    scatter: "argwhere gather index_add index_copy index_fill index_put index_reduce index_select "
    "masked_fill masked_scatter masked_select nonzero nonzero_static put scatter scatter_add "
    "scatter_reduce select_scatter slice_scatter take take_along_dim",
    splitting: "chunk dsplit hsplit split split_with_sizes tensor_split unbind vsplit",
    rearranging: "flip fliplr flipud repeat repeat_interleave roll rot90 tile",
    copies: "narrow_copy",
    diagonals: "diag diag_embed diagflat diagonal diagonal_scatter trace tril triu",
    windows: "as_strided as_strided_scatter unfold",
    conversion: "bfloat16 byte char data_ptr element_size half is_same_size new_empty "
    "new_empty_strided new_full new_ones new_tensor new_zeros short storage_offset stride type "
    "type_as where",
    products: "addbmm addmm addmv addr baddbmm bmm cross dot ger inner kron matmul matrix_power "
    "mm mv outer vdot",
}
for _module, _names in _METHODS.items():
    for _name in _names.split():
        setattr(Tensor, _name, _method(getattr(_module, _name), _name))
Tensor.abs = _method(elementary.absolute, "abs")  # type: ignore[attr-defined]
Tensor.itemsize = property(conversion.element_size)  # type: ignore[attr-defined]
Tensor.nbytes = property(conversion.nbytes)  # type: ignore[attr-defined]
Tensor.inverse = _method(linalg.inv, "inverse")  # type: ignore[attr-defined]
Tensor.cholesky = _method(linalg.old_cholesky, "cholesky")  # type: ignore[attr-defined]
Tensor.qr = _method(linalg.old_qr, "qr")  # type: ignore[attr-defined]
Tensor.svd = _method(linalg.old_svd, "svd")  # type: ignore[attr-defined]
give_in_place(Tensor)
