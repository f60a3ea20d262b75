"""`custom_gradient`: a function, and its gradient right below it.

    @tgx.custom_gradient
    def clipped(x, bound=1.0):
        return x * 1.0

    @clipped.pull
    def _(g, bound):
        return g.clamp(-bound, bound)

It is a `Function` in short: a call is one node, and can be differentiated again like any other.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from tinygradx.errors import ArgumentError, GraphError
from tinygradx.graph import Handle, is_grad_enabled
from tinygradx.tensor.function import Function


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
        hidden = [v for v in values if isinstance(v, (tuple, list)) and _any_wanted(v)]
        if hidden and is_grad_enabled():
            raise GraphError(
                f"{self._applied.__name__} of tensors in a {type(hidden[0]).__name__}",
                "some that require a gradient, which no pull could give them",
                "give each tensor an argument of its own",
            )  # fmt: skip
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
