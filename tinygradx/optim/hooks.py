"""Functions that an optimiser calls before and after a step, and around its state."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tinygradx.errors import DtypeError
from tinygradx.graph.hooks import RemovableHandle

Hooks = dict[int, Callable[..., Any]]


class Hooked:
    """What optimisers have by hooks: each is called in the order in which it was registered.

    A hook may also be registered with `with`, and is gone after the block.
    """

    def __init__(self) -> None:
        self._step_pre_hooks: Hooks = {}
        self._step_post_hooks: Hooks = {}
        self._state_dict_pre_hooks: Hooks = {}
        self._state_dict_post_hooks: Hooks = {}
        self._load_state_dict_pre_hooks: Hooks = {}
        self._load_state_dict_post_hooks: Hooks = {}
        self._in_step = False

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Have a function called before each step.

        Parameters
        ----------
        hook : callable
            `hook(optimizer, args, kwargs)`, with what `step` was given (the optimiser itself is
            `args[0]`, as in PyTorch); it answers None, or the pair `(args, kwargs)` to use instead.

        Returns
        -------
        RemovableHandle
            `remove()` takes the hook away.

        Raises
        ------
        DtypeError
            If it cannot be called; and in the step, if it answers something else.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=0.1)
        >>> with optimizer.register_step_pre_hook(lambda *_: print("now")):
        ...     optimizer.step()
        now
        """
        return self._registered("register_step_pre_hook", self._step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Have `hook(optimizer, args, kwargs)` called after each step; see the one before it."""
        return self._registered("register_step_post_hook", self._step_post_hooks, hook)

    def register_state_dict_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Have `hook(optimizer)` called before `state_dict`; first of all with `prepend`."""
        name = "register_state_dict_pre_hook"
        return self._registered(name, self._state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Have `hook(optimizer, state_dict)` called after it; it may answer another dict."""
        name = "register_state_dict_post_hook"
        return self._registered(name, self._state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Have `hook(optimizer, state_dict)` called before loading; it may answer another dict.

        The dict is a shallow copy, whose entries the hook may exchange.
        """
        name = "register_load_state_dict_pre_hook"
        return self._registered(name, self._load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Have `hook(optimizer)` called once a state was loaded."""
        name = "register_load_state_dict_post_hook"
        return self._registered(name, self._load_state_dict_post_hooks, hook, prepend)

    def _registered(
        self, asked: str, hooks: Hooks, hook: Any, first: bool = False
    ) -> RemovableHandle:
        if not callable(hook):
            raise DtypeError(asked, f"a {type(hook).__name__}", "pass a function")
        return RemovableHandle(hooks, hook, first)

    def _told(self, hooks: Hooks, state_dict: Any) -> Any:
        """The dict after all hooks have seen it."""
        for hook in list(hooks.values()):
            other = hook(self, state_dict)
            state_dict = state_dict if other is None else other
        return state_dict


def with_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    """A step that calls the hooks around it, once, though it may call the step of its base."""

    @functools.wraps(step)
    def hooked(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._in_step or not (self._step_pre_hooks or self._step_post_hooks):
            return step(self, *args, **kwargs)
        given: tuple[Any, ...] = (self, *args)
        for hook in list(self._step_pre_hooks.values()):
            other = hook(self, given, kwargs)
            if other is None:
                continue
            if not isinstance(other, tuple) or len(other) != 2:
                raise DtypeError(
                    f"a step of {type(self).__name__}",
                    f"a pre-hook that answers a {type(other).__name__}",
                    "answer None, or the pair (args, kwargs) to use instead",
                )
            given, kwargs = other
        self._in_step = True
        try:
            answer = step(*given, **kwargs)
        finally:
            self._in_step = False
        for hook in list(self._step_post_hooks.values()):
            hook(self, given, kwargs)
        return answer

    return hooked
