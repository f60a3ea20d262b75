"""What a module owns: parameters, buffers and other modules, their names, and the walk over them.

What a module owns is found among its attributes, whenever somebody asks: there is no second list
that could disagree with them, and reading `self.weight` costs what any attribute costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Self

from tinygradx.errors import ArgumentError, DtypeError, UnknownNameError, check_names
from tinygradx.nn.parameter import Buffer, Parameter
from tinygradx.tensor import Tensor

if TYPE_CHECKING:
    from tinygradx.nn.module import Module


class Parts:
    """The part of a module that owns things."""

    training: bool
    _buffer_names: dict[str, bool]  # whether each of them is saved

    def __new__(cls, *args: Any, **named: Any) -> Self:
        """Make a module that owns nothing yet."""
        check_names(cls, named)
        # Not left to __init__: so a model that forgets super().__init__() works as well.
        module = super().__new__(cls)
        vars(module).update(training=True, _buffer_names={})
        return module

    def __setattr__(self, name: str, value: Any) -> None:
        known = vars(self).get(name)
        if isinstance(known, Parameter) and not isinstance(value, (Parameter, type(None))):
            raise DtypeError(
                f"assign to the parameter {name!r} of {type(self).__name__}",
                f"a {type(value).__name__}, which would no longer be learned",
                f"write self.{name} = nn.Parameter(...), or change its values in place",
            )
        if isinstance(value, (Parameter, Parts)):
            self._buffer_names.pop(name, None)
            if known is not None and isinstance(known, Parameter) != isinstance(value, Parameter):
                del vars(self)[name]  # what it is now comes last among its kind, as in PyTorch
        elif isinstance(known, Parts) and value is not None:
            raise DtypeError(
                f"assign to the module {name!r} of {type(self).__name__}",
                f"a {type(value).__name__}, where a module was",
                f"write self.{name} = an nn.Module, or del self.{name} first",
            )
        elif isinstance(value, Buffer):
            self._buffer_names[name] = value.persistent
        elif name in self._buffer_names and not isinstance(value, (Tensor, type(None))):
            raise DtypeError(
                f"assign to the buffer {name!r} of {type(self).__name__}",
                f"a {type(value).__name__}",
                f"write self.{name} = a tensor, or del self.{name} first",
            )
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        self._buffer_names.pop(name, None)

    # ---- what is its own ------------------------------------------------------------------------

    @property
    def _parameters(self) -> Owned:
        return Owned(self, held(self, Parameter), self.register_parameter)

    @property
    def _modules(self) -> Owned:
        return Owned(self, held(self, Parts), self.add_module)

    @property
    def _buffers(self) -> Owned:
        def keep(name: str, tensor: Tensor | None) -> None:
            self.register_buffer(name, tensor, self._buffer_names.get(name, True))

        return Owned(self, held_buffers(self), keep)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Own a parameter under a name, as assigning to that attribute does.

        Parameters
        ----------
        name : str
            The attribute.
        param : Parameter or None
            Its value; None for a parameter that is left out, such as a bias.

        Raises
        ------
        ArgumentError, DtypeError
            If something else has that name, or it is no parameter.
        """
        check_name(self, name)
        if param is not None and not isinstance(param, Parameter):
            raise DtypeError(
                f"register the parameter {name!r}", f"a {type(param).__name__}",
                "wrap it: nn.Parameter(...)",
            )  # fmt: skip
        setattr(self, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Own a tensor that is kept but not learned.

        Parameters
        ----------
        name : str
            The attribute.
        tensor : Tensor or None
            Its value.
        persistent : bool
            Whether it belongs to `state_dict()`.

        Raises
        ------
        ArgumentError, DtypeError
            If something else has that name, or it is no tensor, or one that is learned.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> module = tgx.nn.Module()
        >>> module.register_buffer("seen", tgx.zeros(2))
        >>> dict(module.named_buffers())
        {'seen': tensor([0., 0.])}
        """
        check_name(self, name)
        if not isinstance(tensor, (Tensor, type(None))) or isinstance(tensor, Parameter):
            raise DtypeError(
                f"register the buffer {name!r}", f"a {type(tensor).__name__}",
                "pass a tensor that is not learned, such as tinygradx.zeros(3)",
            )  # fmt: skip
        setattr(self, name, tensor)
        self._buffer_names[name] = persistent

    def add_module(self, name: str, module: Module | None) -> None:
        """Own a module under a name, as assigning to that attribute does.

        Parameters
        ----------
        name : str
            The attribute.
        module : Module or None
            Its value; None for a part that is left out.

        Raises
        ------
        ArgumentError, DtypeError
            If something else has that name, or it is no module.
        """
        check_name(self, name)
        if not isinstance(module, (Parts, type(None))):
            raise DtypeError(
                f"add the module {name!r}", f"a {type(module).__name__}", "pass an nn.Module"
            )
        setattr(self, name, module)

    def register_module(self, name: str, module: Module | None) -> None:
        """As `add_module`."""
        self.add_module(name, module)

    # ---- all that is within ---------------------------------------------------------------------

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Itself and all modules within, each once, by their paths such as "encoder.0".

        Parameters
        ----------
        memo : set, optional
            Modules to leave out; those that were met are added.
        prefix : str
            What to write in front of every path.
        remove_duplicate : bool
            Whether a module in two places is met once.
        """
        seen = set() if memo is None else memo
        waiting: list[tuple[str, Any]] = [(prefix, self)]
        while waiting:
            path, module = waiting.pop()
            if remove_duplicate:
                if module in seen:
                    continue
                seen.add(module)
            yield path, module
            waiting += [(joined(path, n), m) for n, m in reversed(held(module, Parts).items())]

    def modules(self) -> Iterator[Module]:
        """Itself and all modules within, each once."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly within this one, each once, by name."""
        seen: set[Module] = set()
        for name, module in held(self, Parts).items():
            if module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules directly within this one, each once."""
        return (module for _, module in self.named_children())

    def _named(
        self, owned: Callable[[Any], dict[str, Any]], prefix: str, recurse: bool, once: bool
    ) -> Iterator[tuple[str, Any]]:
        """What every module within owns, by its path."""
        seen: set[Any] = set()
        walk = self.named_modules(prefix=prefix, remove_duplicate=once)
        for path, module in walk if recurse else [(prefix, self)]:
            for name, tensor in owned(module).items():
                if tensor not in seen:
                    if once:
                        seen.add(tensor)
                    yield joined(path, name), tensor

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters, each once, by their paths such as "encoder.0.weight".

        Parameters
        ----------
        prefix : str
            What to write in front of every path.
        recurse : bool
            Whether those of the modules within belong to them.
        remove_duplicate : bool
            Whether a parameter that has two paths is met once, under the first.

        Examples
        --------
        >>> from tinygradx import nn
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
        >>> [name for name, _ in model.named_parameters()]
        ['0.weight', '0.bias', '2.weight', '2.bias']
        """
        return self._named(_held_parameters, prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """All buffers, each once, by their paths.

        Parameters
        ----------
        prefix, recurse, remove_duplicate
            As for `named_parameters`.
        """
        return self._named(held_buffers, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    # ---- by path --------------------------------------------------------------------------------

    def get_submodule(self, target: str) -> Module:
        """The module at a path such as "encoder.0"; the module itself for an empty one.

        Raises
        ------
        UnknownNameError
            If there is none; the error lists the modules that are there.

        Examples
        --------
        >>> from tinygradx import nn
        >>> nn.Sequential(nn.Linear(2, 3), nn.Tanh()).get_submodule("1")
        Tanh()
        """
        module: Any = self
        for name in target.split(".") if target else ():
            module = _found(f"the module {target!r}", module, held(module, Parts), name)
        return module  # type: ignore[no-any-return]

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put a module at a path such as "encoder.0", in the place of one that may be there.

        Parameters
        ----------
        target : str
            The path.
        module : Module
            What to put there.
        strict : bool
            Whether there must be one already.

        Raises
        ------
        ArgumentError
            If the path is empty, or `module` is no module.
        UnknownNameError
            If there is nothing on the way; or, when strict, at its end.

        Examples
        --------
        >>> from tinygradx import nn
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
        >>> model.set_submodule("1", nn.ReLU())
        >>> model[1]
        ReLU()
        """
        path, _, name = target.rpartition(".")
        if not target or not isinstance(module, Parts):
            raise ArgumentError(
                f"set the submodule {target!r}",
                f"a {type(module).__name__}" if target else "an empty path",
                'pass a path and a module: set_submodule("encoder.0", nn.Tanh())',
            )
        parent = self.get_submodule(path)
        own = held(parent, Parts)
        if strict or (hasattr(parent, name) and getattr(parent, name) is not None):
            _found(f"the module {target!r}, to put another in its place", parent, own, name)
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as "encoder.0.weight".

        Raises
        ------
        UnknownNameError
            If there is none; the error lists what is there.
        """
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        found: Parameter = _found(f"the parameter {target!r}", owner, held(owner, Parameter), name)
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path such as "encoder.0.running_mean".

        Raises
        ------
        UnknownNameError
            If there is none; the error lists what is there.
        """
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        found: Tensor = _found(f"the buffer {target!r}", owner, held_buffers(owner), name)
        return found


class Owned(dict[str, Any]):
    """What a module owns of one kind; what is written here is written to the module as well.

    Parameters
    ----------
    module : Module
        The owner.
    owned : dict
        What it owns by now.
    own : callable
        How it comes to own one more: from a name and a value.
    """

    def __init__(self, module: Any, owned: dict[str, Any], own: Callable[[str, Any], None]) -> None:
        super().__init__(owned)
        self.module, self.own = module, own

    def __setitem__(self, name: str, value: Any) -> None:
        self.own(name, value)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        delattr(self.module, name)

    def __ior__(self, other: Any) -> Self:  # type: ignore[override,misc]
        self.update(other)
        return self

    def pop(self, name: str, *default: Any) -> Any:
        """Take one out of the module; answers it, or the default where it has none."""
        value = self[name] if name in self or not default else default[0]
        if name in self:
            del self[name]
        return value

    # A dict's own would write past those above.
    popitem = MutableMapping.popitem
    clear = MutableMapping.clear
    update = MutableMapping.update
    setdefault = MutableMapping.setdefault


def held(module: Any, kind: type) -> dict[str, Any]:
    """The parameters of a module, or the modules directly within it, by name."""
    return {name: it for name, it in vars(module).items() if isinstance(it, kind)}


def held_buffers(module: Any) -> dict[str, Tensor]:
    """The buffers of a module, by name."""
    own = {name: vars(module).get(name) for name in module._buffer_names}
    return {name: buffer for name, buffer in own.items() if buffer is not None}


def _held_parameters(module: Any) -> dict[str, Any]:
    return held(module, Parameter)


def joined(path: str, name: str) -> str:
    """A path, and a name behind it."""
    return f"{path}.{name}" if path else name


def few(names: list[str]) -> str:
    """The first of some names, for a message."""
    shown = ", ".join(names[:5]) or "nothing"
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def check_name(module: Parts, name: str) -> None:
    """Refuse a name that no path can hold, or that something else has."""
    if not isinstance(name, str):
        raise DtypeError(
            f"own something under the name {name!r}", f"a {type(name).__name__}", "use a string"
        )
    own = vars(module)
    if name in own:
        taken = not isinstance(own[name], (Tensor, Parts, type(None)))
    else:
        taken = hasattr(module, name)
    if not name or "." in name or taken:
        raise ArgumentError(
            f"own something under the name {name!r}",
            "a name that is taken" if taken else "a name that is empty or has a dot in it",
            "choose another name",
        )


def _found(asked: str, module: Any, owned: Mapping[str, Any], name: str) -> Any:
    """What a module owns under a name."""
    if name not in owned:
        raise UnknownNameError(
            f"get {asked}", f"{type(module).__name__} has no {name!r}",
            f"use one of its own: {few(list(owned))}",
        )  # fmt: skip
    return owned[name]
