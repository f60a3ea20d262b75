"""Writes in place: what a tensor does to its own memory, in PyTorch's spelling.

A write is the operation of the same name, after which the tensor moves to the new node; the memory
stays. What views have to do with it is said in `ops/views.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.graph import (
    Handle,
    Leaf,
    View,
    enable_grad,
    here,
    is_grad_enabled,
    next_age,
    wrap,
)
from tinygradx.kernels import backend_of
from tinygradx.ops import indexing, memory, random, shapes
from tinygradx.ops.promotion import category, number_in
from tinygradx.ops.structural import as_handle, repeats
from tinygradx.ops.views import (
    follow,
    handle_like,
    keep_apart,
    refresh,
    rewrite,
)
from tinygradx.tensor.facts import Facts

T = TypeVar("T", bound="Writing")


class Writing(Facts):
    """The part of a tensor that writes."""

    __slots__ = ()

    # ---- how ------------------------------------------------------------------------------------

    def _write(self: T, make: Callable[[Any], Any], name: str) -> T:
        """Become what `make` computes from the present value.

        Parameters
        ----------
        make : callable
            Takes a tensor of the present value, answers one of the new value.
        name : str
            What to call the write in errors.

        Raises
        ------
        GraphError, ShapeError, DtypeError
            If the memory cannot be written, or the new value does not fit into it.
        """
        where = here(2)
        array, cell = self._open(name), self.cell
        recording = is_grad_enabled()
        wanted = recording and self._wanted(name)
        before: Any = handle_like(self, self.node if wanted else None)
        noted = cell.written, cell.version, cell.where
        cell.write(where)  # drawn before the nodes are born: newer nodes saw the new memory
        try:
            start = next_age()
            after = make(before)
            self._check_fits(after, name)
            recorded = recording and (wanted or after.requires_grad)
            if recorded:
                self._check_lock(name)
                after = memory.to_dtype(after, array.dtype)
        except BaseException:
            cell.written, cell.version, cell.where = noted  # nothing was written
            raise
        if recorded:
            self._move(before, after.source(), start, where)
        _put(array, after.array)
        if cell.views:
            refresh(cell, self._base() if recorded else None, where)
        return self

    def _assign(self: T, value: Any, name: str, index: Any = ...) -> T:
        """Take the values of something else, in the whole or in a part that is a view."""
        where = here(2)
        given = _as_value(value, self.array.dtype, name)
        alike = name in ("fill_", "zero_") and not given.requires_grad  # the order does not matter
        part, cell = self._open(name, index, may_repeat=alike), self.cell
        recording = is_grad_enabled()
        wanted = recording and self._wanted(name)
        given = spread(given, part.shape, name, index is not ...)
        source = given.node  # whose `wants` raises where a view has lost its history
        followed = recording and source is not None and source.wants and part.dtype.kind == "f"
        recorded = wanted or followed
        if recorded:
            self._check_lock(name)
            given = memory.to_dtype(given, part.dtype)
        cell.write(where)
        if recorded:
            recipe = () if index is ... else ((indexing.GETITEM, (index,)),)
            rewrite(self, given.source(), where, recipe)
        _put(part, given.array)
        if cell.views:
            refresh(cell, self._base() if recorded else None, where)
        return self

    def _move(self, before: Any, newest: Any, start: int, where: Any) -> None:
        """Give the tensor, or the base that it looks at, the history of its new value."""
        leaf = before.node
        if isinstance(leaf, Leaf):  # what only the memory knew, the graph keeps in a copy
            leaf.array = leaf.array.copy()
            leaf.name = self.node.name if isinstance(self.node, Leaf) else None
        if newest.age > start and not isinstance(newest, Leaf):
            keep_apart(newest, self.array, start)
            newest.cell = self.cell
            if self.view_of is None:
                follow(self.node, newest)
                self.node = newest
                return
        rewrite(self, newest, where)

    def _base(self) -> Handle:
        return self if self.view_of is None else self.view_of.base

    def _open(self, name: str, index: Any = ..., may_repeat: bool = False) -> Any:
        """The array, or a part of it, to write to."""
        array = self.array
        if self.view_of is not None and self.view_of.base.cell is not self.cell:
            raise GraphError(
                f"{name} through a view", "its base was given other memory since (.data = ...)",
                "take the view again, or write to a copy: x.clone()",
            )  # fmt: skip
        if index is not ...:
            array = indexing.part_of(array, index)
        if not may_repeat and repeats(array):
            raise GraphError(
                f"{name} on a tensor of shape {array.shape}",
                "memory that repeats elements, as an expanded tensor has it",
                "write to a copy: x.clone()",
            )
        if not array.flags.writeable:
            raise GraphError(
                f"{name} on a tensor of shape {array.shape}",
                "memory that may only be read, such as a read-only NumPy array",
                "write to a copy: x.clone()",
            )
        return array

    def _wanted(self, name: str) -> bool:
        """Whether a gradient flows through the memory, so that the write is recorded."""
        base = self._base()
        if not (self.requires_grad or base.requires_grad):
            return False
        self._check_lock(name)
        if base.node is None or isinstance(base.node, Leaf):
            through = "" if base is self else "a view of "
            raise GraphError(
                f"{name} on {through}a leaf that requires a gradient",
                "its value is what gradients are taken with respect to",
                "write inside `with tinygradx.no_grad():`, or use a new tensor: x = x + 1",
            )
        return True

    def _check_lock(self, name: str) -> None:
        """Refuse a recorded write through a view that is one of many, or was made unrecorded."""
        if self.view_of is not None and self.view_of.lock:
            raise GraphError(
                f"{name}, recorded, through a view", self.view_of.lock,
                "write to x.clone(), take the view by an index (x[0:2]) outside of no_grad(), "
                "or write inside no_grad() as well",
            )  # fmt: skip

    def _check_fits(self, after: Any, name: str) -> None:
        """Refuse a result that does not fit into the memory."""
        if after.array.shape != self.array.shape:
            raise ShapeError(
                f"{name} on a tensor of shape {self.array.shape}",
                f"a result of shape {after.array.shape}",
                "only a value that broadcasts to the tensor's own shape fits",
            )
        if category(after.array.dtype.kind) > category(self.array.dtype.kind):
            raise DtypeError(
                f"{name} on a tensor of dtype {self.array.dtype}",
                f"a result of {after.array.dtype}",
                "convert the tensor first: x = x.float()",
            )

    # ---- values of something else ---------------------------------------------------------------

    def __setitem__(self, index: Any, value: Any) -> None:
        place = indexing.plain_index(index)
        name = "assignment to a part"
        if indexing.is_view(place):
            self._assign(value, name, place)
            return
        given = _as_value(value, self.array.dtype, name)
        if is_grad_enabled() and (given.requires_grad or self._wanted(name)):
            self._write(
                lambda x: indexing.set_at(x, place, memory.to_dtype(given, x.array.dtype)), name
            )
            return
        where, array = here(1), self._open(name)  # else nothing has to be copied
        backend_of(array).quiet.run(indexing.put_at, array, place, given.array)
        self.cell.write(where)
        if self.cell.views:
            refresh(self.cell, None, where)

    def copy_(self: T, src: Any, non_blocking: bool = False) -> T:
        """Take the values of another tensor, in the own dtype.

        Parameters
        ----------
        src : Tensor, array or number
            Of a shape that broadcasts to the tensor's.
        non_blocking : bool
            Taken for PyTorch's sake; nothing here blocks.

        Raises
        ------
        ShapeError
            If the shape does not broadcast.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> tgx.zeros(2, 2).copy_(tgx.tensor([1.0, 2.0]))
        tensor([[1., 2.],
                [1., 2.]])
        """
        return self._assign(src, "copy_")

    def fill_(self: T, value: Any) -> T:
        """One value everywhere.

        Parameters
        ----------
        value : number or Tensor
            A tensor has no dimensions.

        Raises
        ------
        ShapeError
            If the value has dimensions.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> tgx.zeros(2).fill_(7)
        tensor([7., 7.])
        """
        if getattr(value, "ndim", 0):
            raise ShapeError(
                f"fill_ a tensor of shape {self.array.shape}", f"a value of shape {value.shape}",
                "give one value; x.copy_(value) takes a whole tensor",
            )  # fmt: skip
        return self._assign(value, "fill_")

    def apply_(self: T, callable: Callable[[Any], Any]) -> T:
        """A Python function of every element, one by one, as NumPy's numbers are: slow.

        Parameters
        ----------
        callable : callable
            From a Python number to a number that the dtype can hold.

        Raises
        ------
        GraphError
            If a gradient flows through the memory, since Python functions are not recorded.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> tgx.tensor([1.0, 4.0]).apply_(lambda value: value + 1.0)
        tensor([2., 5.])
        """
        return self._by_element("apply_", callable)

    def map_(self: T, tensor: Any, callable: Callable[[Any, Any], Any]) -> T:
        """A Python function of each element and that of another tensor, which broadcasts: slow.

        Parameters
        ----------
        tensor : Tensor
            Of a shape that broadcasts to the own.
        callable : callable
            From two Python numbers to a number that the dtype can hold.

        Raises
        ------
        GraphError, ShapeError
            As for `apply_`, or if the shape does not broadcast.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> tgx.tensor([1.0, 4.0]).map_(tgx.tensor([5.0, 2.0]), max)
        tensor([5., 4.])
        """
        other = spread(as_handle(tensor, "map_"), self.array.shape, "map_")
        return self._by_element("map_", callable, np.broadcast_to(other.array, self.array.shape))

    def _by_element(self: T, name: str, function: Callable[..., Any], *others: Any) -> T:
        """Become what a Python function makes of each element."""
        if self.requires_grad:
            raise GraphError(
                f"{name} on a tensor that requires a gradient", "a function that is not recorded",
                "write it in operations on tensors, or call x.detach() first",
            )  # fmt: skip
        array = self.array
        rows = zip(*(a.ravel().tolist() for a in (array, *others)), strict=True)
        values = [number_in(function(*row), array.dtype, name) for row in rows]
        return self._drawn(lambda old: np.array(values, array.dtype).reshape(old.shape), name)

    def zero_(self: T) -> T:
        """Zero everywhere."""
        return self._assign(0, "zero_")

    def fill_diagonal_(self: T, fill_value: Any, wrap: bool = False) -> T:
        """One value on the main diagonal.

        Parameters
        ----------
        fill_value : number
            The value.
        wrap : bool
            Whether the diagonal of a tall matrix begins again below.

        Raises
        ------
        ShapeError
            If there are less than two dimensions, or more than two of unequal sizes.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> tgx.zeros(2, 3).fill_diagonal_(1)
        tensor([[1., 0., 0.],
                [0., 1., 0.]])
        """
        shape = self.array.shape
        if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
            raise ShapeError(
                f"fill_diagonal_ of a tensor of shape {shape}",
                "no main diagonal", "use a matrix, or a tensor whose sizes are all equal",
            )  # fmt: skip
        steps = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
        size = self.array.size
        end = size if wrap or len(shape) > 2 else min(size, shape[1] * shape[1])
        self[tuple(np.unravel_index(np.arange(0, end, sum(steps)), shape))] = fill_value
        return self

    # ---- random numbers -------------------------------------------------------------------------

    def _drawn(self: T, draw: Callable[[Any], Any], name: str) -> T:
        """Become what `draw` makes of the own array."""
        kind = self.result_class
        return self._write(lambda x: wrap(kind, draw(x.array)), name)

    def uniform_(self: T, from_: Any = 0.0, to: Any = 1.0, *, generator: Any = None) -> T:
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
        self._check_draws("uniform_", from_, to)
        if not 0.0 <= to - from_ <= float(np.finfo(self.array.dtype).max):
            raise ArgumentError(
                f"uniform_ from {from_} to {to}", "no such range", "give finite bounds, from <= to"
            )

        def drawn(x: Any) -> Any:
            array = random.uniform(x.shape, x.dtype, generator)
            array *= to - from_
            array += from_
            return array

        return self._drawn(drawn, "uniform_")

    def normal_(self: T, mean: Any = 0.0, std: Any = 1.0, *, generator: Any = None) -> T:
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
        self._check_draws("normal_", mean, std)
        if not std >= 0.0:
            raise ArgumentError(f"normal_ with std={std}", "no width", "use std from 0 on")

        def drawn(x: Any) -> Any:
            array = random.normal(x.shape, x.dtype, generator)
            array *= std
            array += mean
            return array

        return self._drawn(drawn, "normal_")

    def _check_draws(self, name: str, *settings: Any) -> None:
        """Refuse to draw floats for a tensor that holds none, and settings that are no numbers."""
        for value in settings:
            if not isinstance(value, (int, float, np.number, Handle)):
                raise DtypeError(
                    f"{name} with {value!r:.40}", f"a {type(value).__name__}", "pass a number"
                )
        if self.array.dtype.kind != "f":
            raise DtypeError(
                f"{name} on a tensor of dtype {self.array.dtype}", "no floats",
                "convert the tensor first: x = x.float()",
            )  # fmt: skip

    # ---- shapes and histories -------------------------------------------------------------------

    def _turn(self: T, look: Callable[[Any], Any], name: str) -> T:
        """Show the own memory in another way from now on: become one's own view.

        A base goes on as a view of a hidden base, so that the recipes of its views stay right.
        """
        if isinstance(self.node, Leaf) and self.node.wants:
            raise GraphError(
                f"{name} on a leaf that requires a gradient",
                "its gradient has the shape that it has",
                f"use a new tensor: x = x.{name[:-1]}(...)",
            )
        if is_grad_enabled():
            self._wanted(name)
        with enable_grad():  # a change of shape is no change of value: the history goes on
            turned = look(self)
        if turned is self:
            return self
        view = turned.view_of
        assert view is not None
        if self.view_of is None:
            base = wrap(self.result_class, self.array, self.node)
            base.cell = self.cell
            for reference in self.cell.views:
                other = reference()
                if other is not None and other.view_of is not None and other.view_of.base is self:
                    other.view_of = other.view_of._replace(base=base)
            self.cell.viewed_by(self)
            view = View(base, view.recipe, "")
        self.array, self.node, self.view_of = turned.array, turned.node, view
        return self

    # ---- operators ------------------------------------------------------------------------------

    def __iadd__(self: T, other: Any) -> T:
        return self._write(lambda x: x + other, "add_")

    def __isub__(self: T, other: Any) -> T:
        return self._write(lambda x: x - other, "sub_")

    def __imul__(self: T, other: Any) -> T:
        return self._write(lambda x: x * other, "mul_")

    def __itruediv__(self: T, other: Any) -> T:
        return self._write(lambda x: x / other, "div_")

    def __ifloordiv__(self: T, other: Any) -> T:
        return self._write(lambda x: x // other, "floor_divide_")

    def __imod__(self: T, other: Any) -> T:
        return self._write(lambda x: x % other, "remainder_")

    def __ipow__(self: T, other: Any) -> T:
        return self._write(lambda x: x**other, "pow_")

    def __iand__(self: T, other: Any) -> T:
        return self._write(lambda x: x & other, "bitwise_and_")

    def __ior__(self: T, other: Any) -> T:
        return self._write(lambda x: x | other, "bitwise_or_")

    def __ixor__(self: T, other: Any) -> T:
        return self._write(lambda x: x ^ other, "bitwise_xor_")

    def __ilshift__(self: T, other: Any) -> T:
        return self._write(lambda x: x << other, "bitwise_left_shift_")

    def __irshift__(self: T, other: Any) -> T:
        return self._write(lambda x: x >> other, "bitwise_right_shift_")


def _put(array: Any, value: Any) -> None:
    """Write values to memory, in its dtype; where both overlap, NumPy reads first."""
    backend_of(array).quiet.run(np.copyto, array, value, casting="unsafe")


def _as_value(value: Any, dtype: Any, name: str) -> Any:
    """A tensor of what is written. A number is made in the dtype that it is written to."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (bool, int, float)):
        return wrap(Handle.result_class, number_in(value, dtype, name))
    return as_handle(value, name)


def spread(given: Handle, shape: tuple[int, ...], name: str, strip: bool = False) -> Any:
    """What is written, checked to broadcast to the shape of the memory.

    Parameters
    ----------
    given : Handle
        The values.
    shape : tuple of int
        Where they go.
    name : str
        What to call the write in errors.
    strip : bool
        Whether sizes of 1 in front may go, as in an assignment to a part.
    """
    sizes = given.array.shape
    extra = len(sizes) - len(shape)
    if strip and extra > 0 and all(size == 1 for size in sizes[:extra]):
        given = shapes.reshape(given, sizes[extra:])
        sizes, extra = sizes[extra:], 0
    if extra > 0 or any(size not in (1, s) for size, s in zip(sizes, shape[-extra:], strict=True)):
        raise ShapeError(
            f"{name} on memory of shape {shape}", f"values of shape {sizes}",
            "make the values broadcast to that shape",
        )  # fmt: skip
    return given
