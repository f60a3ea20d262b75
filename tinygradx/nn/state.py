"""The values of a module, by their paths: out of it into a dictionary, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import DtypeError, NotWrittenError, ShapeError, StateError
from tinygradx.graph import RemovableHandle, no_grad
from tinygradx.nn.conversion import Conversion
from tinygradx.nn.hooks import Hook, added
from tinygradx.nn.parameter import Parameter, is_lazy
from tinygradx.nn.parts import Parts, few, held, held_buffers
from tinygradx.tensor import Tensor, from_numpy

#: What stands behind the path of a module for what it saves besides tensors.
EXTRA = "_extra_state"


class LoadedKeys(NamedTuple):
    """What `load_state_dict` found no value for, and what it found no place for."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class StateHooks:
    """The functions that one module calls when its state is saved and loaded, by number."""

    def __init__(self) -> None:
        self.saving: dict[int, Hook] = {}
        self.saved: dict[int, Hook] = {}
        self.loading: dict[int, Hook] = {}
        self.loaded: dict[int, Hook] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> StateHooks:
        copied = StateHooks()
        for name, hooks in vars(self).items():
            setattr(copied, name, dict(hooks))
        return copied

    def call(self, when: str, *given: Any) -> None:
        """Call all of one kind; they change what they were given, and answer nothing."""
        for hook in tuple(getattr(self, when).values()):
            answer = hook.function(*given)
            if answer is not None:
                raise DtypeError(
                    f"a hook of {type(given[0]).__name__} on its state",
                    f"it answered a {type(answer).__name__}",
                    "change what the hook was given in place, and answer None",
                )


class State(Conversion):
    """The part of a module that is saved and loaded."""

    _state_hooks: StateHooks | None = None

    # ---- out ------------------------------------------------------------------------------------

    def state_dict(
        self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """All values by their paths: parameters, buffers that last, and what `get_extra_state` has.

        Parameters
        ----------
        destination : dict, optional
            Where to put them, instead of a new dict.
        prefix : str
            What to write in front of every path: "model.", with its dot.
        keep_vars : bool
            Answer the parameters themselves, instead of tensors that share their memory.

        Returns
        -------
        dict
            Tensors without history that share memory with the model; `clone()` them to keep them.
            Of a lazy layer that has seen no input they have no elements.

        Examples
        --------
        >>> from tinygradx import nn
        >>> list(nn.Linear(2, 3).state_dict(prefix="first."))
        ['first.weight', 'first.bias']
        """
        found: dict[str, Any] = {} if destination is None else destination
        for path, module, ends in _walk(self, prefix):
            hooks = module._state_hooks
            if ends:
                if hooks is not None:
                    hooks.call("saved", module, found, path, {})
                continue
            if hooks is not None:
                hooks.call("saving", module, path, keep_vars)
            for name, tensor in _lasting(module).items():
                found[path + name] = tensor if keep_vars else tensor.detach()
            if type(module).get_extra_state is not State.get_extra_state:
                found[path + EXTRA] = module.get_extra_state()
        return found

    def get_extra_state(self) -> Any:
        """What belongs to the state besides tensors; a module that has some writes its own.

        It is in `state_dict()` under the module's path and "_extra_state", and `set_extra_state`
        is called with it when the state is loaded. `tinygradx.save` takes numbers, strings, lists
        and dicts.

        Raises
        ------
        NotWrittenError
            If the class has no `get_extra_state` of its own.

        Examples
        --------
        >>> from tinygradx import nn
        >>> class Counted(nn.Module):
        ...     steps = 0
        ...
        ...     def get_extra_state(self):
        ...         return {"steps": self.steps}
        ...
        ...     def set_extra_state(self, state):
        ...         self.steps = state["steps"]
        >>> model, other = Counted(), Counted()
        >>> model.steps = 3
        >>> model.state_dict()
        {'_extra_state': {'steps': 3}}
        >>> _ = other.load_state_dict(model.state_dict())
        >>> other.steps
        3
        """
        raise _no_extra_state(self, "get_extra_state(self)")

    def set_extra_state(self, state: Any) -> None:
        """Take what `get_extra_state` answered; a module that has such a state writes its own.

        Raises
        ------
        NotWrittenError
            If the class has no `set_extra_state` of its own.
        """
        raise _no_extra_state(self, "set_extra_state(self, state)")

    # ---- in -------------------------------------------------------------------------------------

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> LoadedKeys:
        """Take all values from a dictionary. Everything is checked before anything is changed.

        Parameters
        ----------
        state_dict : dict
            Tensors or arrays by path, as `state_dict()` answers them.
        strict : bool
            Whether the names must be exactly the model's own.
        assign : bool
            Whether the given tensors become the model's, with their dtype and their memory,
            instead of being copied into it. An optimiser has to be made afterwards.

        Returns
        -------
        LoadedKeys
            `missing_keys` and `unexpected_keys`, both empty when strict.

        Raises
        ------
        UnknownNameError
            If names are missing or unexpected, and `strict` is True.
        ShapeError, DtypeError
            If a value does not fit. The model is then as it was.

        Notes
        -----
        Lazy layers that have seen no input take their shapes from the state. A hook of
        `register_load_state_dict_post_hook` may strike names off those that are missing or
        unexpected: where there is one, `strict` is looked at when all values are loaded.

        Examples
        --------
        >>> from tinygradx import nn
        >>> first, second = nn.Linear(2, 3), nn.Linear(2, 3)
        >>> second.load_state_dict(first.state_dict())
        LoadedKeys(missing_keys=[], unexpected_keys=[])
        >>> bool((second.weight == first.weight).all())
        True
        """
        asked = f"load the state of {type(self).__name__}"
        if not isinstance(state_dict, Mapping):
            raise DtypeError(
                asked, f"a {type(state_dict).__name__}",
                "pass what state_dict() answered, or what tinygradx.load(path) read",
            )  # fmt: skip
        given, keys, problems = dict(state_dict), LoadedKeys([], []), list[str]()
        walk = list(_walk(self, ""))
        places = [(path, module) for path, module, ends in walk if not ends]
        for path, module in places:
            if module._state_hooks is not None:
                module._state_hooks.call(
                    "loading", module, given, path, {}, strict, *keys, problems
                )
        if problems:
            raise StateError(asked, "; ".join(problems), "see what its hooks on loading say")
        own = {path + name: (m, name, t) for path, m in places for name, t in _lasting(m).items()}
        extra = {path + EXTRA: m for path, m in places if _takes_extra_state(m)}
        known = own.keys() | extra.keys()
        keys.missing_keys.extend(name for name in (*own, *extra) if name not in given)
        keys.unexpected_keys.extend(name for name in given if name not in known)
        told = any(module._state_hooks and module._state_hooks.loaded for _, module in places)
        if strict and not told:
            _refuse_names(asked, keys)
        values = _checked(asked, own, given, assign)
        with no_grad():
            for path, value in values.items():
                module, name, tensor = own[path]
                _put(module, name, tensor, value, assign)
        for path, module in extra.items():
            if path in given:
                module.set_extra_state(given[path])
        for _, module, ends in walk:
            if ends and module._state_hooks is not None:
                module._state_hooks.call("loaded", module, keys)
        if strict:
            _refuse_names(asked, keys)
        return keys

    # ---- hooks ----------------------------------------------------------------------------------

    def _hooked_state(self) -> StateHooks:
        """The module's hooks on its state; a list for them is begun where there is none."""
        hooks = self._state_hooks
        if hooks is None:
            hooks = StateHooks()
            object.__setattr__(self, "_state_hooks", hooks)
        return hooks

    def register_state_dict_pre_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call a function before the values of this module are put into a `state_dict`.

        Parameters
        ----------
        hook : callable
            From `(module, prefix, keep_vars)` to None.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.
        """
        return added(self._hooked_state().saving, hook, False, "register_state_dict_pre_hook")

    def register_state_dict_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call a function when the values of this module, and of those within, are in it.

        Parameters
        ----------
        hook : callable
            From `(module, state_dict, prefix, local_metadata)` to None; it may change the dict in
            place. The last is an empty dict: states here hold nothing besides.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.

        Examples
        --------
        >>> from tinygradx import nn
        >>> model = nn.Linear(2, 3)
        >>> def forget_bias(module, state, prefix, metadata):
        ...     del state[prefix + "bias"]
        >>> handle = model.register_state_dict_post_hook(forget_bias)
        >>> list(model.state_dict())
        ['weight']
        """
        return added(self._hooked_state().saved, hook, False, "register_state_dict_post_hook")

    def register_load_state_dict_pre_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call a function before the values of this module are taken from a dictionary.

        Parameters
        ----------
        hook : callable
            From `(module, state_dict, prefix, local_metadata, strict, missing_keys,
            unexpected_keys, error_msgs)` to None. The dict is a copy, and may be changed in place,
            as for names of an older version; what is put into `error_msgs` refuses the whole.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.
        """
        return added(self._hooked_state().loading, hook, False, "register_load_state_dict_pre_hook")

    def register_load_state_dict_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call a function when this module, and those within, have taken their values.

        Parameters
        ----------
        hook : callable
            From `(module, keys)` to None. What it does to `keys.missing_keys` and
            `keys.unexpected_keys`, which are those of the whole model, counts for `strict`.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.
        """
        return added(self._hooked_state().loaded, hook, False, "register_load_state_dict_post_hook")


def _walk(root: State, prefix: str) -> Iterator[tuple[str, Any, bool]]:
    """Every module within, under each of its paths, when it begins and when it ends."""
    waiting: list[tuple[str, Any, bool]] = [(prefix, root, False)]
    while waiting:
        path, module, ends = waiting.pop()
        yield path, module, ends
        if not ends:
            waiting.append((path, module, True))
            parts = reversed(held(module, Parts).items())
            waiting += [(f"{path}{name}.", part, False) for name, part in parts]


def _lasting(module: Any) -> dict[str, Tensor]:
    """What of a module's own is saved."""
    lasting = {n: b for n, b in held_buffers(module).items() if module._buffer_names[n]}
    return held(module, Parameter) | lasting


def _takes_extra_state(module: Any) -> bool:
    return type(module).set_extra_state is not State.set_extra_state


def _no_extra_state(module: State, method: str) -> NotWrittenError:
    return NotWrittenError(
        f"{method.partition('(')[0]} of a {type(module).__name__}",
        "a module whose state is its tensors alone", f"write `def {method}` in its class",
    )  # fmt: skip


def _refuse_names(asked: str, keys: LoadedKeys) -> None:
    """Refuse a state of other names."""
    if keys.missing_keys or keys.unexpected_keys:
        raise StateError(
            asked,
            f"missing: {few(keys.missing_keys)}; unexpected: {few(keys.unexpected_keys)}",
            "load into the model that was saved, or pass strict=False to take what fits",
        )


def _checked(
    asked: str, own: dict[str, tuple[Any, str, Tensor]], given: dict[str, Any], assign: bool
) -> dict[str, Any]:
    """The values that have a place, each of which fits it: arrays of their own, or to assign."""
    values: dict[str, Any] = {}
    for path, (_, _, tensor) in own.items():
        if path not in given:
            continue
        value = given[path]
        array = value.array if isinstance(value, Tensor) else np.asarray(value)
        if is_lazy(tensor) and (is_lazy(value) or array.shape == (0,)):
            continue  # of a lazy layer that has seen no input either
        _check_value(asked, path, tensor, array, assign)
        # A copy, since it may be a part of this very model.
        values[path] = (value if isinstance(value, Tensor) else array) if assign else array.copy()
    return values


def _check_value(asked: str, path: str, tensor: Tensor, array: Any, assign: bool) -> None:
    """Refuse a value that does not fit the place it is meant for."""
    if not is_lazy(tensor) and array.shape != tensor.shape:
        raise ShapeError(
            asked,
            f"{path} of shape {array.shape}, where the model has {tensor.shape}",
            "run the lazy model that was saved on an input before it is saved"
            if array.shape == (0,) else "load into a model of the sizes that were saved",
        )  # fmt: skip
    kinds = "f" if assign and tensor.requires_grad else "biuf"
    if array.dtype.kind not in kinds or not (
        assign or np.can_cast(array.dtype, tensor.dtype, "same_kind")
    ):
        raise DtypeError(
            asked, f"{path} of dtype {array.dtype}, where the model has {tensor.dtype}",
            "convert it first",
        )  # fmt: skip


def _put(module: Any, name: str, tensor: Any, value: Any, assign: bool) -> None:
    """Write a value into its place, or put it there."""
    if not assign:
        if is_lazy(tensor):
            tensor.materialize(value.shape)
        tensor.copy_(value)
        return
    if isinstance(tensor, Parameter):
        if not isinstance(value, Parameter):
            value = Parameter(value, tensor.requires_grad)
        value.requires_grad_(tensor.requires_grad)
    elif not isinstance(value, Tensor):
        value = from_numpy(value)
    setattr(module, name, value)
