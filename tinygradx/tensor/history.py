"""A tensor's history: the graph behind it, the gradient it gets, and how to let go of both."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinygradx.errors import DtypeError, GraphError, ShapeError
from tinygradx.graph import (
    Handle,
    Leaf,
    RemovableHandle,
    here,
    readable,
    sweep,
    visitor_of,
    wrap,
)
from tinygradx.ops import memory
from tinygradx.tensor.hooks import add_after_hook, add_hook, hooked_node, waiting_at
from tinygradx.tensor.operators import Operators

if TYPE_CHECKING:
    from tinygradx.tensor.tensor import Tensor


class History(Operators):
    """The part of a tensor that knows how it was made."""

    __slots__ = ()

    # ---- whether, and what ----------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded."""
        node = self.node
        return node is not None and node.wants

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
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
                f"requires_grad on a tensor of dtype {self.array.dtype}",
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
        if value is not None and not isinstance(value, History):
            raise DtypeError("set .grad", f"a {type(value).__name__}", "pass a Tensor")
        shape, dtype = self.array.shape, self.array.dtype
        if value is not None and (value.shape != shape or value.dtype != dtype):
            raise ShapeError(
                f"set .grad of a tensor of shape {shape}, {dtype}",
                f"a gradient of shape {value.shape}, {value.dtype}",
                f"give it the tensor's own shape and dtype: {self.shape}, {self.dtype}",
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

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

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

    # ---- without history ------------------------------------------------------------------------

    @property
    def data(self) -> Tensor:
        """The same memory without history; writing to it is not recorded."""
        return self.detach()

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Handle):
            raise DtypeError("set .data", f"a {type(value).__name__}", "pass a Tensor")
        if not self.is_leaf and value.array.shape != self.array.shape:
            raise ShapeError(
                f"set .data of a result of shape {self.array.shape}", f"{value.shape}",
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

    def detach_(self) -> Self:
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
        return memory.clone(self, memory_format=memory_format)  # type: ignore[no-any-return]

    # ---- the way back ---------------------------------------------------------------------------

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
                f"backward() from a tensor of shape {self.shape}, {self.dtype}",
                "it does not require a gradient: nothing that made it does, or its history was cut",
                "make leaves with requires_grad=True; no_grad(), detach(), item(), argmax and "
                "comparisons cut the history",
            )
        start = first_gradient(self, gradient, "backward()")
        if inputs is not None:
            from tinygradx.tensor.gradients import run

            run(
                (self,),  # type: ignore[arg-type]
                (start,), retain_graph, create_graph, inputs, "backward()",
            )  # fmt: skip
            return
        assert self.node is not None
        sweep(
            [self.node],
            [start if create_graph else start.array],
            type(self).result_class,
            retain=create_graph if retain_graph is None else retain_graph,
            create=create_graph,
        )

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


def first_gradient(root: History, gradient: Any, asked: str) -> Tensor:
    """What a sweep begins with: 1 for a single element, or what was given, checked."""
    array, kind = root.array, type(root).result_class
    if gradient is None:
        if array.size != 1:
            raise GraphError(
                f"{asked} from a tensor of shape {array.shape}",
                f"{array.size} elements, so that there is no single slope",
                "reduce it first, as in x.sum().backward(), or pass gradient=",
            )
        one = np.empty(array.shape, array.dtype)  # np.ones takes a microsecond longer
        one.fill(1)
        return wrap(kind, one)  # type: ignore[return-value]
    if not isinstance(gradient, Handle):
        try:
            gradient = wrap(kind, np.asarray(gradient, array.dtype))
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
            f"pass a gradient of the tensor's own shape, {array.shape}",
        )
    if gradient.array.dtype is not array.dtype:
        gradient = memory.to_dtype(gradient, array.dtype)
    return gradient  # type: ignore[no-any-return]
