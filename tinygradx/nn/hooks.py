"""Hooks on modules: functions called before and after `forward`, and on the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import RemovableHandle, is_grad_enabled
from tinygradx.nn.parts import Parts
from tinygradx.tensor import Tensor
from tinygradx.tensor.function import Function
from tinygradx.tensor.trees import flatten


class Hook(NamedTuple):
    """A function, and how it wants to be called."""

    function: Callable[..., Any]
    with_kwargs: bool = False
    always_call: bool = False


class ModuleHooks:
    """All hooks of one module, each kind by number in the order of their calls."""

    def __init__(self) -> None:
        self.before: dict[int, Hook] = {}
        self.after: dict[int, Hook] = {}
        self.back_before: dict[int, Hook] = {}
        self.back: dict[int, Hook] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> ModuleHooks:
        copied = ModuleHooks()
        for name, hooks in vars(self).items():
            setattr(copied, name, dict(hooks))
        return copied

    def run(self, module: Any, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Compute `forward` with everything that belongs around it."""
        called: set[int] = set()
        try:
            return self._run(module, inputs, named, called)
        except Exception:
            # A hook that asked for it sees the failure too; its own errors do not hide the first.
            for number, hook in self.after.items():
                if hook.always_call and number not in called:
                    try:
                        _call(hook, module, inputs, named, None)
                    except Exception:
                        pass
            raise

    def _run(
        self, module: Any, inputs: tuple[Any, ...], named: dict[str, Any], called: set[int]
    ) -> Any:
        for hook in tuple(self.before.values()):
            inputs, named = _changed_inputs(hook, module, inputs, named)
        way = _WayBack(self, module) if self._looks_back() else None
        if way is not None:
            inputs = way.begin(inputs)
        result = module.forward(*inputs, **named)
        for number, hook in tuple(self.after.items()):
            called.add(number)
            changed = _call(hook, module, inputs, named, result)
            result = result if changed is None else changed
        return result if way is None else way.end(result)

    def _looks_back(self) -> bool:
        return bool(self.back or self.back_before) and is_grad_enabled()


class Hooked(Parts):
    """The part of a module that calls others when it runs."""

    _hooks: ModuleHooks | None = None
    forward: Callable[..., Any]

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Compute `forward`, and call the hooks around it."""
        if self._hooks is None:
            return self.forward(*inputs, **named)
        return self._hooks.run(self, inputs, named)

    def _hooked(self) -> ModuleHooks:
        """The module's hooks; a list for them is begun where there is none."""
        hooks = self._hooks
        if hooks is None:
            hooks = ModuleHooks()
            object.__setattr__(self, "_hooks", hooks)
        return hooks

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call a function before `forward`.

        Parameters
        ----------
        hook : callable
            From `(module, inputs)` to None, or to what `forward` shall be called with instead.
        prepend : bool
            Whether it comes before the hooks that are there.
        with_kwargs : bool
            Whether it takes `(module, inputs, named)`, and answers None or `(inputs, named)`.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.
        """
        asked = "register_forward_pre_hook"
        return added(self._hooked().before, hook, prepend, asked, with_kwargs=with_kwargs)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call a function after `forward`.

        Parameters
        ----------
        hook : callable
            From `(module, inputs, output)` to None, or to another output.
        prepend : bool
            Whether it comes before the hooks that are there.
        with_kwargs : bool
            Whether it takes `(module, inputs, named, output)`.
        always_call : bool
            Whether it is called, with the output None, when `forward` fails as well.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> layer = tgx.nn.Linear(2, 3)
        >>> handle = layer.register_forward_hook(lambda module, inputs, y: print(y.shape))
        >>> _ = layer(tgx.ones(4, 2))
        (4, 3)
        >>> handle.remove()
        """
        return added(
            self._hooked().after, hook, prepend, "register_forward_hook",
            with_kwargs=with_kwargs, always_call=always_call,
        )  # fmt: skip

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call a function when the gradients of the module's outputs are known.

        Parameters
        ----------
        hook : callable
            From `(module, grad_output)`, a tuple, to None, or to other gradients.
        prepend : bool
            Whether it comes before the hooks that are there.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.
        """
        asked = "register_full_backward_pre_hook"
        return added(self._hooked().back_before, hook, prepend, asked)

    def register_full_backward_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call a function when the gradients of the module's inputs are known.

        Parameters
        ----------
        hook : callable
            From `(module, grad_input, grad_output)`, both tuples, to None, or to other gradients
            of the inputs. Inputs that want no gradient are None; where none does, the hook is
            called when the gradients of the outputs are known.
        prepend : bool
            Whether it comes before the hooks that are there.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.

        Notes
        -----
        While there is such a hook, inputs given by position and outputs are copied once a call.
        """
        return added(self._hooked().back, hook, prepend, "register_full_backward_hook")

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Refused: PyTorch's old form answers gradients of parts of the module, at random.

        Raises
        ------
        ArgumentError
            Always; use `register_full_backward_hook`, which takes the same function.
        """
        raise ArgumentError(
            "register_backward_hook", "PyTorch's deprecated form, whose gradients are unreliable",
            "use register_full_backward_hook(hook): the same arguments, and right",
        )  # fmt: skip


def _call(hook: Hook, module: Any, inputs: Any, named: dict[str, Any], result: Any) -> Any:
    if hook.with_kwargs:
        return hook.function(module, inputs, named, result)
    return hook.function(module, inputs, result)


def _changed_inputs(
    hook: Hook, module: Any, inputs: tuple[Any, ...], named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What `forward` is called with after a hook."""
    if not hook.with_kwargs:
        changed = hook.function(module, inputs)
        if changed is None:
            return inputs, named
        return changed if isinstance(changed, tuple) else (changed,), named
    changed = hook.function(module, inputs, named)
    if changed is None:
        return inputs, named
    pair = isinstance(changed, tuple) and len(changed) == 2
    if not pair or not isinstance(changed[0], tuple) or not isinstance(changed[1], dict):
        raise ArgumentError(
            "a forward pre hook with with_kwargs=True", f"it answered a {type(changed).__name__}",
            "answer None, or a pair: (inputs, named inputs), a tuple and a dictionary",
        )  # fmt: skip
    return changed[0], changed[1]


class _Gate(Function):
    """Lets tensors through, and tells somebody of their gradients, all at once."""

    @staticmethod
    def forward(ctx: Any, told: Callable[..., Any], *tensors: Any) -> Any:
        ctx.told = told
        return tensors

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return None, *ctx.told(gradients)


class _WayBack:
    """The way back through one call of a module: from its outputs to its inputs."""

    def __init__(self, hooks: ModuleHooks, module: Any) -> None:
        self.hooks, self.module = hooks, module
        self.places: list[int] = []
        self.wide = 0
        self.out_places: list[int] = []
        self.out_wide = 0
        self.out_gradients: tuple[Any, ...] = ()

    def begin(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """The inputs, watched."""
        self.wide = len(inputs)
        self.places = [
            i for i, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad
        ]  # fmt: skip
        if not self.places:
            return inputs
        through = _Gate.apply(self.at_inputs, *(inputs[i] for i in self.places))
        changed = list(inputs)
        for place, x in zip(self.places, through, strict=True):
            changed[place] = x
        return tuple(changed)

    def end(self, result: Any) -> Any:
        """The result, watched."""
        leaves, rebuild = flatten(result)
        self.out_wide = len(leaves)
        self.out_places = [i for i, x in enumerate(leaves) if x.requires_grad]
        if not self.out_places:
            return result
        through = _Gate.apply(self.at_outputs, *(leaves[i] for i in self.out_places))
        changed = list(leaves)
        for place, x in zip(self.out_places, through, strict=True):
            changed[place] = x
        return rebuild(changed)

    def at_outputs(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        """The gradients of the outputs are known; hooks may replace them."""
        whole = _spread(gradients, self.out_places, self.out_wide)
        for hook in tuple(self.hooks.back_before.values()):
            whole = _checked(hook.function(self.module, whole), whole, "grad_output")
        self.out_gradients = whole
        if not self.places:  # no input wants a gradient, so nothing further will arrive
            self.at_inputs(())
        return tuple(whole[i] for i in self.out_places)

    def at_inputs(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        """The gradients of the inputs are known as well; hooks may replace them."""
        whole = _spread(gradients, self.places, self.wide)
        for hook in tuple(self.hooks.back.values()):
            answer = hook.function(self.module, whole, self.out_gradients)
            whole = _checked(answer, whole, "grad_input")
        return tuple(whole[i] for i in self.places)


def _spread(values: tuple[Any, ...], places: list[int], wide: int) -> tuple[Any, ...]:
    """Values at their places, None at all others."""
    found: list[Any] = [None] * wide
    for place, value in zip(places, values, strict=True):
        found[place] = value
    return tuple(found)


def _checked(answer: Any, known: tuple[Any, ...], what: str) -> tuple[Any, ...]:
    """What a hook answered in the place of gradients; None changes nothing."""
    if answer is None:
        return known
    given = answer if isinstance(answer, tuple) else (answer,)
    if len(given) != len(known):
        raise ArgumentError(
            f"a backward hook that replaces {what}", f"{len(given)} gradients for {len(known)}",
            "answer as many as it was given, or None",
        )  # fmt: skip
    return given


def added(
    hooks: dict[int, Hook], hook: Any, prepend: bool, asked: str, **how: bool
) -> RemovableHandle:  # fmt: skip
    """Put a hook among others."""
    if not callable(hook):
        raise DtypeError(asked, f"a {type(hook).__name__}", "pass a function")
    return RemovableHandle(hooks, Hook(hook, **how), prepend)
