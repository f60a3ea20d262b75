"""Gradients that you write yourself: `autograd.Function`, and `custom_gradient` in short.

    @tgx.custom_gradient
    def clipped(x, bound=1.0):
        return x * 1.0

    @clipped.pull
    def _(g, bound):
        return g.clamp(-bound, bound)

A call is one node. What its way back is made of are operations on tensors, so it is differentiated
again like any other.
"""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
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
from tinygradx.ops import shapes
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
        return shapes.PAD_DIM.apply((flat,), (0, start, x_shape[0] - start - size))


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
        """Taken for PyTorch's sake: a result without a gradient always brings zeros here."""


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
        self.results: tuple[_Result, ...] = ()
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

    def result_node(self, node: Node, result: _Result) -> Node | None:
        """The node of a result: the call's own, or one that takes a part out of it."""
        if result.start < 0:
            return None
        if self.alone:
            return node
        made = Node(
            PIECE, (node,), (), (result.start, result.shape), next_age(), node.where,
            result.shape, node.dtype, Cell(),
        )  # fmt: skip
        if result.dtype != node.dtype:
            made = Node(
                shapes.TO_DTYPE, (made,), (), (result.dtype,), next_age(), node.where,
                result.shape, result.dtype, Cell(),
            )  # fmt: skip
        return made

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        """Ask `backward`, and check what it answers."""
        handle = g if create else wrap(kind, only_to_read(g))
        gradients = [self._gradient_of(handle, result) for result in self.results]
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

    def _gradient_of(self, g: Handle, result: _Result) -> Any:
        """The gradient of one result."""
        if result.start < 0:
            return wrap(Handle.result_class, np.zeros(result.shape, result.dtype))
        if self.alone:
            return g
        size = int(np.prod(result.shape, dtype=np.int64))
        part = shapes.NARROW.apply((g,), (0, result.start, size))
        return shapes.to_dtype(shapes.RESHAPE.apply((part,), (result.shape,)), result.dtype)

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
    def apply(cls, *args: Any) -> Any:
        """Compute `forward`, and record the call as one node.

        Parameters
        ----------
        *args
            What `forward` takes, by position.

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
        return _run(cls, args)[1]


def _run(function: type[Function], args: tuple[Any, ...]) -> tuple[Any, Any]:
    """Call a Function; answer the tensor of its own node, and the result for the user."""
    tensors = [a for a in args if isinstance(a, Handle)]
    context = Context(tuple(isinstance(a, Handle) and a.requires_grad for a in args))
    versions = [tensor.cell.version for tensor in tensors]
    recorded = is_grad_enabled() and any(context.needs_input_grad)
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
    many = isinstance(output, (tuple, list))
    outputs = list(output) if many else [output]
    if not any(isinstance(out, Handle) for out in outputs):
        raise DtypeError(
            f"{function.__name__}.apply", f"forward answered a {type(output).__name__}",
            "answer a Tensor, or a tuple of them",
        )  # fmt: skip
    call = _Call(function, args, context)
    places = [
        i
        for i, out in enumerate(outputs)
        if isinstance(out, Handle)
        and out.array.dtype.kind == "f"
        and _place(out, context._without_gradient) < 0
    ]
    arrays = {i: _own(outputs[i], tensors) for i in places}
    whole = _whole(arrays, places)
    node: Node | None = None
    if recorded and places:
        saved = call.keep(tensors, outputs)
        node = Node(
            call, tuple(tensor.source() for tensor in tensors), saved, (), next_age(), here(3),
            whole.shape, whole.dtype, Cell(),
        )  # fmt: skip
        context._node = weakref.ref(node)
    kind = Handle.result_class
    head: Any = wrap(kind, whole, node) if whole is not None else None
    results: list[_Result] = []
    answers: list[Any] = []
    start = 0
    for i, out in enumerate(outputs):
        if i not in arrays:
            if isinstance(out, Handle):
                results.append(_Result(-1, out.array.shape, out.array.dtype))
                out = wrap(kind, _own(out, tensors))
            answers.append(out)
            continue
        array = arrays[i]
        results.append(_Result(start, array.shape, array.dtype))
        if len(places) == 1:
            answers.append(head)
        elif node is None:
            answers.append(wrap(kind, array))
        else:
            piece = PIECE.apply((head,), (start, array.shape))
            answers.append(shapes.to_dtype(piece, array.dtype))
        start += array.size
    call.results = tuple(results)
    call.alone = len(places) == 1
    return head, (tuple(answers) if many else answers[0])


def _own(out: Handle, tensors: Sequence[Handle]) -> Any:
    """The array of a result, copied where it looks at the memory of an argument."""
    shared = any(out.cell is tensor.cell for tensor in tensors)
    return out.array.copy() if shared or out.view_of is not None else out.array


def _whole(arrays: dict[int, Any], places: list[int]) -> Any:
    """The result, or all results in one run of numbers."""
    if not places:
        return None
    if len(places) == 1:
        return arrays[places[0]]
    dtype = result_type([arrays[i].reshape(-1) for i in places])
    return np.concatenate([arrays[i].reshape(-1) for i in places]).astype(dtype, copy=False)


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


# ---- the short form -----------------------------------------------------------------------------


class CustomGradient:
    """A function whose gradient is written beside it; made by `custom_gradient`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._signature = inspect.signature(function)
        self._names = tuple(self._signature.parameters)
        self._rule: Callable[..., Any] | None = None
        self._reads: tuple[str, ...] = ()
        kinds = {parameter.kind for parameter in self._signature.parameters.values()}
        if kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
            raise ArgumentError(
                f"custom_gradient of {function.__name__}", "*args or **named in its signature",
                "give every argument a name, since pull says by name what it reads",
            )  # fmt: skip
        methods = {"forward": staticmethod(self._forward), "backward": staticmethod(self._backward)}
        self._applied: type[Function] = type(function.__name__, (Function,), methods)

    def pull(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Declare the way back: from the gradient `g` of the result to those of the tensors.

        Parameters
        ----------
        rule : callable
            Its first parameter is `g`; the others say by name what it reads, and so what is kept:
            arguments of the function by their names, and `y` for the result. It answers one
            gradient for each argument that is a tensor, in their order.

        Returns
        -------
        callable
            The rule.

        Raises
        ------
        ArgumentError
            If a parameter has an unknown name.
        """
        reads = tuple(inspect.signature(rule).parameters)
        known = (*self._names, "y")
        strange = [name for name in reads[1:] if name not in known]
        if reads[:1] != ("g",) or strange:
            got = f"a parameter called {strange[0]!r}" if strange else f"parameters {reads}"
            raise ArgumentError(
                f"declare the pull of {self._applied.__name__}", got,
                f"begin with g, and go on with any of {', '.join(known)}",
            )  # fmt: skip
        self._rule, self._reads = rule, reads[1:]
        return rule

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the function."""
        bound = self._signature.bind(*args, **named)
        bound.apply_defaults()
        values = tuple(bound.arguments.values())
        if self._rule is None and is_grad_enabled() and _any_wanted(values):
            name = self._applied.__name__
            raise GraphError(
                f"{name} of a tensor that requires a gradient", "no way back was declared",
                f"write one: @{name}.pull below it, on a function of g",
            )  # fmt: skip
        return self._applied.apply(*values)

    def _forward(self, ctx: Any, *values: Any) -> Any:
        arguments = inspect.BoundArguments(
            self._signature, dict(zip(self._names, values, strict=True))
        )
        y = self._function(*arguments.args, **arguments.kwargs)
        kept = dict(zip(self._names, values, strict=True))
        if "y" not in kept:
            kept["y"] = y
        ctx.plain, ctx.tensors = {}, {}
        saved: list[Any] = []
        for name in self._reads:
            value = kept[name]
            many = isinstance(value, (tuple, list))
            items = list(value) if many else [value]
            if all(isinstance(item, Handle) for item in items):
                ctx.tensors[name] = (len(saved), len(items) if many else 0)
                saved += items
            else:
                ctx.plain[name] = value
        ctx.save_for_backward(*saved)
        return y

    def _backward(self, ctx: Any, *gradients: Any) -> Any:
        assert self._rule is not None
        values = dict(ctx.plain)
        saved = ctx.saved_tensors
        for name, (start, count) in ctx.tensors.items():
            values[name] = saved[start : start + count] if count else saved[start]
        g = gradients[0] if len(gradients) == 1 else gradients
        answer = self._rule(g, **values)
        shares = tuple(answer) if isinstance(answer, (tuple, list)) else (answer,)
        places = ctx._node().op.places
        if len(shares) != len(places):
            raise ArgumentError(
                f"the pull of {self._applied.__name__}",
                f"{len(shares)} gradients for {len(places)} arguments that are tensors",
                "answer one for each of them, in their order; None where there is none",
            )
        by_place = dict(zip(places, shares, strict=True))
        return tuple(by_place.get(i) for i in range(len(self._names)))

    def __repr__(self) -> str:
        return f"<custom_gradient {self._applied.__name__}>"


def _any_wanted(values: Sequence[Any]) -> bool:
    return any(isinstance(value, Handle) and value.requires_grad for value in values)


def custom_gradient(function: Callable[..., Any]) -> CustomGradient:
    """Give a function a gradient of its own, written right below it.

    The rule is declared with `@function.pull`. Its first parameter is `g`, the gradient of the
    result; by the names of the others it says what it reads: arguments, and `y` for the result.
    Nothing else is kept. The function itself is not recorded, so it may leave the library.

    Parameters
    ----------
    function : callable
        From tensors (and anything else) to a tensor or a tuple of tensors.

    Returns
    -------
    CustomGradient
        Called like the function; `.pull` declares its way back.

    Raises
    ------
    ArgumentError
        If the function takes `*args` or `**named`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> @tgx.custom_gradient
    ... def reversed_gradient(x, strength=1.0):
    ...     return x.clone()
    >>> @reversed_gradient.pull
    ... def _(g, strength):
    ...     return -strength * g
    >>> x = tgx.tensor([1.0, 2.0], requires_grad=True)
    >>> reversed_gradient(x, strength=0.5).sum().backward()
    >>> x.grad
    tensor([-0.5000, -0.5000])
    """
    return CustomGradient(function)
