"""Gradients that you write yourself, in PyTorch's form: `autograd.Function`.

A call is one node. What its way back is made of are operations on tensors, so it is differentiated
again like any other. `custom_gradient`, the short form, has a file of its own.
"""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import (
    ArgumentError,
    ArgumentNameError,
    DtypeError,
    GraphError,
    ShapeError,
)
from tinygradx.graph import (
    Cell,
    Handle,
    Node,
    Op,
    here,
    is_grad_enabled,
    next_age,
    no_grad,
    readable,
    wrap,
)
from tinygradx.ops import joining, memory, shapes
from tinygradx.ops.promotion import result_type
from tinygradx.ops.structural import Structural
from tinygradx.tensor.hooks import only_to_read


class Piece(Structural):
    """One of several results, taken out of the run of numbers that holds them all."""

    name = "piece"

    def forward(self, x: Any, start: int, shape: tuple[int, ...]) -> Any:
        """The part that begins at `start`, in memory of its own."""
        size = int(np.prod(shape, dtype=np.int64))
        return x[start : start + size].reshape(shape).copy()

    def pull(self, g: Any, x_shape: tuple[int, ...], start: int) -> Any:
        """Its gradient in its place, and zeros around it."""
        size = g.array.size
        flat = shapes.RESHAPE.apply((g,), ((size,),))
        return joining.PAD_DIM.apply((flat,), (0, start, x_shape[0] - start - size))


PIECE = Piece()


class Context:
    """What `forward` leaves for `backward`: PyTorch's `ctx`.

    Anything can be put on it as an attribute; tensors belong into `save_for_backward`, where they
    are checked for writes in place and dropped after `backward()`.

    Attributes
    ----------
    needs_input_grad : tuple of bool
        For each argument of `apply` whether a gradient is wanted for it.
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self._given: tuple[Any, ...] = ()
        self._without_gradient: tuple[Any, ...] = ()
        self._zeros = True
        # Weak, since the node holds the context: nothing shall wait for the garbage collector.
        self._node: Callable[[], Node | None] = lambda: None

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (or None) for the way back, once, in this order."""
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Handle):
                raise DtypeError(
                    "ctx.save_for_backward", f"a {type(tensor).__name__}, {tensor!r:.40}",
                    "save tensors only; put anything else on ctx: ctx.size = size",
                )  # fmt: skip
        self._given = tensors

    save_for_forward = save_for_backward

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved, as it was.

        Raises
        ------
        GraphError
            If it was dropped by an earlier `backward()`, or changed in place since.
        """
        node = self._node()
        if node is None:
            return self._given
        assert isinstance(node.op, _Call)
        return node.op.saved_handles(node)

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say that these results have no gradient; integers have none anyway."""
        self._without_gradient = tensors

    def mark_dirty(self, *tensors: Any) -> None:
        """Refused: `forward` does not write to its inputs here.

        Raises
        ------
        GraphError
            Always; the message says what to write instead.
        """
        raise GraphError(
            "ctx.mark_dirty", "an input that forward changes in place",
            "answer a new tensor, and write it outside: x.copy_(F.apply(x))",
        )  # fmt: skip

    def set_materialize_grads(self, value: bool) -> None:
        """Say what `backward` gets for a result that nothing was made of: zeros, or None.

        With False also a gradient that is 0 everywhere comes as None, which means the same. While
        the way back is recorded (`create_graph=True`) it comes as it is.
        """
        self._zeros = bool(value)


class _Saved(NamedTuple):
    """Where a saved tensor came from: `input` or `output` number, or neither (-1)."""

    input: int
    output: int
    cell: Cell


class _Result(NamedTuple):
    """One of the results: where it lies in the run of numbers, -1 where it has no gradient."""

    start: int
    shape: tuple[int, ...]
    dtype: Any


class _Call(Op):
    """One call of a Function, as the sweep sees it."""

    def __init__(self, function: type[Function], args: tuple[Any, ...], context: Context) -> None:
        self.function = function
        self.name = function.__name__
        self.context = context
        self.places = tuple(i for i, a in enumerate(args) if isinstance(a, Handle))
        #: The arguments, but for the tensors, which are the node's inputs.
        self.others = tuple(None if isinstance(a, Handle) else a for a in args)
        self.records: tuple[_Saved | None, ...] = ()
        #: What `forward` answered, None where that is no tensor.
        self.results: tuple[_Result | None, ...] = ()
        #: Whether one result alone has a gradient, so that the node's output is that result.
        self.alone = False

    def node_name(self) -> str:
        """The class's name, as PyTorch has it."""
        return f"{self.name}Backward"

    # ---- forward --------------------------------------------------------------------------------

    def keep(self, tensors: Sequence[Handle], outputs: Sequence[Any]) -> tuple[Any, ...]:
        """Take over what `forward` saved; answer the arrays."""
        records: list[_Saved | None] = []
        arrays: list[Any] = []
        for saved in self.context._given:
            if saved is None:
                records.append(None)
                arrays.append(None)
                continue
            source, result = _place(saved, tensors), _place(saved, outputs)
            records.append(_Saved(source, result, saved.cell))
            arrays.append(saved.array)
        self.records = tuple(records)
        self.origins = tuple(-1 if r is None else r.input for r in records)
        self.saves = tuple(f"saved_{i}" for i in range(len(records)))
        self.context._given = ()
        self.context._without_gradient = ()
        return tuple(arrays)

    # ---- the way back ---------------------------------------------------------------------------

    def kept(self, node: Node) -> tuple[Any, ...]:
        """What was saved, proved to be what it was."""
        saved = node.saved
        if saved.__class__ is not tuple:
            return super().kept(node)  # says that it was dropped, or computes it again
        assert saved is not None
        for number, record in enumerate(self.records):
            if record is None:
                continue
            cell = node.inputs[record.input].cell if record.input >= 0 else record.cell
            if cell.written > node.age:
                raise GraphError(
                    self.way_back(node),
                    f"saved tensor {number} was changed in place at {readable(cell.where)}",
                    "write `x = x + 1` instead of `x += 1` there, or save x.clone()",
                )
        return saved

    def saved_handles(self, node: Node) -> tuple[Any, ...]:
        """What was saved as tensors with their history, so that `backward` can be recorded."""
        found: list[Any] = []
        for array, record in zip(self.kept(node), self.records, strict=True):
            if record is None:
                found.append(None)
                continue
            source: Node | None = None
            if record.input >= 0:
                source = node.inputs[record.input]
            elif record.output >= 0:
                source = self.result_node(node, self.results[record.output])
            found.append(wrap(Handle.result_class, array, source))
        return tuple(found)

    def result_node(self, node: Node, result: _Result | None) -> Node | None:
        """The node of a result: the call's own, or one that takes a part out of it."""
        if result is None or result.start < 0:
            return None
        if self.alone:
            return node
        made = Node(
            PIECE, (node,), (), (result.start, result.shape), next_age(), node.where,
            result.shape, node.dtype, Cell(),
        )  # fmt: skip
        if result.dtype != node.dtype:
            made = Node(
                memory.TO_DTYPE, (made,), (), (result.dtype,), next_age(), node.where,
                result.shape, result.dtype, Cell(),
            )  # fmt: skip
        return made

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        """Ask `backward`, and check what it answers."""
        handle = g if create else wrap(kind, only_to_read(g))
        gradients = [self._gradient_of(handle, result, create) for result in self.results]
        answer = self.function.backward(self.context, *gradients)
        answers = list(answer) if isinstance(answer, (tuple, list)) else [answer]
        count = len(self.others)
        asked = f"{self.name}.backward (called at {readable(node.where)})"
        while len(answers) > count and answers[-1] is None:
            answers.pop()
        if len(answers) != count:
            raise ArgumentError(
                asked, f"{len(answers)} gradients for {count} arguments of apply",
                "answer one for each argument, None for those without a gradient",
            )  # fmt: skip
        for place, value in enumerate(answers):
            if value is not None and place not in self.places:
                raise ArgumentError(
                    asked, f"a gradient for argument {place}, which is no tensor",
                    "answer None for it",
                )  # fmt: skip
        shares = []
        for place, source in zip(self.places, node.inputs, strict=True):
            share = answers[place]
            if share is not None and source.wants:
                share = self._checked(share, source, f"{asked}, argument {place}")
                # A view, so that the sweep copies before it keeps it: it may be anybody's.
                share = share if create else share.array[...]
            shares.append(share)
        return tuple(shares)

    def _gradient_of(self, g: Handle, result: _Result | None, create: bool) -> Any:
        """The gradient of one result; None for what is no tensor."""
        zeros = self.context._zeros
        if result is None or (result.start < 0 and not zeros):
            return None
        if result.start < 0:
            return wrap(Handle.result_class, np.zeros(result.shape, result.dtype))
        if self.alone:
            return g
        size = int(np.prod(result.shape, dtype=np.int64))
        part = joining.NARROW.apply((g,), (0, result.start, size))
        if not zeros and not create and not part.array.any():
            return None
        return memory.to_dtype(shapes.RESHAPE.apply((part,), (result.shape,)), result.dtype)

    @staticmethod
    def _checked(share: Any, source: Node, asked: str) -> Handle:
        if not isinstance(share, Handle):
            raise DtypeError(asked, f"a {type(share).__name__}", "answer a Tensor, or None")
        shape = share.array.shape
        extra = len(shape) - len(source.shape)
        fits = extra >= 0 and all(
            want in (1, have) for want, have in zip(source.shape, shape[extra:], strict=True)
        )
        if not fits:
            raise ShapeError(
                asked, f"a gradient of shape {shape}, where the argument has {source.shape}",
                "answer a gradient of the argument's own shape",
            )  # fmt: skip
        return share

    def replay(self, node: Node, handles: Sequence[Handle]) -> Handle:
        """The same call on other tensors."""
        args = list(self.others)
        for place, handle in zip(self.places, handles, strict=True):
            args[place] = handle
        head: Handle = _run(self.function, tuple(args))[0]
        return head


def _place(thing: Any, among: Sequence[Any]) -> int:
    """Where an object is among others, by identity; -1 if it is not."""
    return next((i for i, other in enumerate(among) if other is thing), -1)


class Function:
    """An operation whose way back you write yourself, in PyTorch's form.

    Write a class with two static methods. `forward(ctx, *args)` computes on tensors, unrecorded;
    `backward(ctx, *grad_outputs)` answers one gradient for each argument (None where there is
    none). Call it by `apply`. Where `setup_context(ctx, inputs, output)` is written as well,
    `forward` has no `ctx`.

    Notes
    -----
    `backward` made of operations on tensors can be differentiated again, any number of times.
    Results that look at an argument's memory are given memory of their own.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> class Cube(tgx.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * 3 * x**2
    >>> x = tgx.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    def __new__(cls, *args: Any, **named: Any) -> Any:
        """Refused: a Function is not made, it is applied."""
        raise GraphError(
            f"{cls.__name__}(...)", "an instance of a Function, PyTorch's form of before 2018",
            f"call {cls.__name__}.apply(...); forward and backward are static methods",
        )  # fmt: skip

    @staticmethod
    def forward(*args: Any, **named: Any) -> Any:
        """Compute the result; every Function writes its own."""
        raise NotImplementedError(
            "this Function has no forward: write a @staticmethod `def forward(ctx, x): ...`"
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Keep what `backward` needs, where `forward` is written without `ctx`."""
        raise NotImplementedError("this Function has no setup_context")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Answer the gradients of the arguments; every Function writes its own."""
        raise NotImplementedError(
            "this Function has no backward: write a @staticmethod `def backward(ctx, g): ...`"
        )

    @classmethod
    def apply(cls, *args: Any, **named: Any) -> Any:
        """Compute `forward`, and record the call as one node.

        Parameters
        ----------
        *args, **named
            What `forward` takes. `backward` answers a gradient for each of its arguments, in the
            order of its signature, those by name too.

        Returns
        -------
        Tensor or tuple
            What `forward` answers.

        Raises
        ------
        DtypeError
            If `forward` answers no tensor.
        GraphError
            If `forward` writes to one of its arguments.
        """
        return _run(cls, _by_position(cls, args, named) if named else args)[1]


def _by_position(
    function: type[Function], args: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, ...]:
    """The arguments in the order of `forward`, those that were left out as well."""
    front = () if function.setup_context is not Function.setup_context else (None,)  # for ctx
    try:
        bound = inspect.signature(function.forward).bind(*front, *args, **named)
    except TypeError as error:
        raise ArgumentNameError(
            f"{function.__name__}.apply with {', '.join(f'{name}=' for name in named)}",
            str(error), "pass what forward takes behind ctx",
        ) from None  # fmt: skip
    bound.apply_defaults()
    return bound.args[len(front) :]


def _run(function: type[Function], args: tuple[Any, ...]) -> tuple[Any, Any]:
    """Call a Function; answer the tensor of its own node, and the result for the user."""
    tensors = [a for a in args if isinstance(a, Handle)]
    context = Context(tuple(isinstance(a, Handle) and a.requires_grad for a in args))
    output = _forward(function, context, args, tensors)
    many = isinstance(output, (tuple, list))
    outputs = list(output) if many else [output]
    if not any(isinstance(out, Handle) for out in outputs):
        raise DtypeError(
            f"{function.__name__}.apply", f"forward answered a {type(output).__name__}",
            "answer a Tensor, or a tuple of them",
        )  # fmt: skip
    call = _Call(function, args, context)
    without = context._without_gradient
    owned = [_own(out, tensors) if isinstance(out, Handle) else None for out in outputs]
    places = [
        i
        for i, own in enumerate(owned)
        if own is not None and own.array.dtype.kind == "f" and _place(outputs[i], without) < 0
    ]
    head = _recorded(call, tensors, outputs, [owned[i] for i in places])
    answers = _answers(call, head, outputs, owned, places)
    return head, (tuple(answers) if many else answers[0])


def _forward(
    function: type[Function], context: Context, args: tuple[Any, ...], tensors: list[Handle]
) -> Any:
    """What `forward` answers, unrecorded."""
    versions = [tensor.cell.version for tensor in tensors]
    with no_grad():
        if function.setup_context is not Function.setup_context:
            output = function.forward(*args)
            function.setup_context(context, args, output)
        else:
            output = function.forward(context, *args)
    if versions != [tensor.cell.version for tensor in tensors]:
        raise GraphError(
            f"{function.__name__}.apply", "a forward that wrote to one of its arguments",
            "answer a new tensor, and write it outside: x.copy_(F.apply(x))",
        )  # fmt: skip
    return output


def _recorded(call: _Call, tensors: list[Handle], outputs: list[Any], floating: list[Any]) -> Any:
    """The call as one node, with the results that have a gradient in one run of numbers.

    None where no result has one. Without recording it has no node.
    """
    if not floating:
        return None
    # A result alone stays in its memory, where writes have to be seen; several are copied together.
    alone = len(floating) == 1
    whole = floating[0].array if alone else _run_of([own.array for own in floating])
    cell = floating[0].cell if alone else Cell()
    node: Node | None = None
    if is_grad_enabled() and any(call.context.needs_input_grad):
        saved = call.keep(tensors, outputs)
        node = Node(
            call, tuple(tensor.source() for tensor in tensors), saved, (), next_age(), here(3),
            whole.shape, whole.dtype, cell,
        )  # fmt: skip
        call.context._node = weakref.ref(node)
    head = wrap(Handle.result_class, whole, node)
    head.cell = cell
    return head


def _answers(
    call: _Call, head: Any, outputs: list[Any], owned: list[Any], places: list[int]
) -> list[Any]:
    """The results for the user, each a piece of the run of numbers; `call` learns where it lies."""
    results: list[_Result | None] = []
    answers: list[Any] = []
    start = 0
    call.alone = len(places) == 1
    for i, (out, own) in enumerate(zip(outputs, owned, strict=True)):
        if own is None:
            results.append(None)
            answers.append(out)
            continue
        array = own.array
        results.append(_Result(start if i in places else -1, array.shape, array.dtype))
        if i not in places:
            answers.append(own)
            continue
        if call.alone:
            answers.append(head)
        elif head.node is None:
            answers.append(own)
        else:
            piece = PIECE.apply((head,), (start, array.shape))
            answers.append(memory.to_dtype(piece, array.dtype))
        start += array.size
    call.results = tuple(results)
    return answers


def _own(out: Handle, tensors: Sequence[Handle]) -> Handle:
    """A result without history, copied where it looks at the memory of an argument."""
    shared = any(out.cell is tensor.cell for tensor in tensors)
    if shared or out.view_of is not None:
        return wrap(out.result_class, out.array.copy())
    own = wrap(out.result_class, out.array)
    own.cell = out.cell
    return own


def _run_of(arrays: list[Any]) -> Any:
    """Several arrays in one run of numbers."""
    flat = [array.reshape(-1) for array in arrays]
    return np.concatenate(flat).astype(result_type(flat), copy=False)


# ---- differentiating once -----------------------------------------------------------------------


class _Once(Op):
    """Stands behind gradients that cannot be differentiated again."""

    name = "once_differentiable"

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        raise GraphError(
            "differentiate a gradient", "a backward that is marked @once_differentiable",
            "write that backward in operations on tensors, and take the mark away",
            readable(node.where),
        )  # fmt: skip


_ONCE = _Once()


def once_differentiable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a `backward` that cannot be differentiated: it runs unrecorded.

    Used below `@staticmethod`, for a backward that leaves the library (NumPy, SciPy). To
    differentiate its answers raises GraphError, where it would otherwise be silently wrong.
    """

    @functools.wraps(function)
    def backward(ctx: Any, *gradients: Any) -> Any:
        with no_grad():
            answer = function(ctx, *gradients)
        if not is_grad_enabled():
            return answer
        sources = tuple(g.source() for g in gradients if isinstance(g, Handle))
        many = isinstance(answer, (tuple, list))
        marked = []
        for share in answer if many else (answer,):
            if isinstance(share, Handle):
                node = Node(
                    _ONCE, sources, (), (), next_age(), here(2), share.array.shape,
                    share.array.dtype, share.cell,
                )  # fmt: skip
                share = wrap(type(share).result_class, share.array, node)
            marked.append(share)
        return tuple(marked) if many else marked[0]

    return backward
