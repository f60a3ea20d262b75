"""Modules made of modules, and lists and dicts of modules or parameters."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Self, overload

from tinygradx.errors import ArgumentError, DimError, DtypeError, UnknownNameError
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter, is_lazy
from tinygradx.nn.parts import check_name, held
from tinygradx.tensor import Tensor


class Sequential(Module):
    """Modules one after the other, each given what the one before it answered.

    Parameters
    ----------
    *modules : Module, or one dict
        They are called "0", "1" and so on, or by the keys of the dict.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> model = nn.Sequential({"fc1": nn.Linear(2, 16), "act": nn.Tanh(), "fc2": nn.Linear(16, 1)})
    >>> model(tgx.ones(4, 2)).shape
    (4, 1)
    >>> model
    Sequential(
      (fc1): Linear(2 → 16, bias=True)        # 48 params
      (act): Tanh()
      (fc2): Linear(16 → 1, bias=True)        # 17 params
    )
    """

    def __init__(self, *modules: Any) -> None:
        super().__init__()
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            named = dict(modules[0])
        else:
            named = {str(place): module for place, module in enumerate(modules)}
        for name, module in named.items():
            self.add_module(name, _check_module(module, "a Sequential"))

    def forward(self, input: Any) -> Any:
        """What the last module answers."""
        for module in vars(self).values():  # and not `self._modules`, which costs a dict each time
            if isinstance(module, Module):
                input = module(input)
        return input

    def append(self, module: Module) -> Self:
        """Add a module at the end; answers the container.

        Raises
        ------
        ArgumentError
            If the container has named a module by the number of that place.
        """
        name = str(len(self))
        if name in held(self, Module):
            raise ArgumentError(
                f"add a module to a Sequential as number {name}", "a module of that name",
                f"name it yourself: add_module(...), or do not name another one {name!r}",
            )  # fmt: skip
        self.add_module(name, _check_module(module, "a Sequential"))
        return self

    def __len__(self) -> int:
        return len(held(self, Module))

    def __iter__(self) -> Iterator[Module]:
        return iter(held(self, Module).values())

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Module:
        modules = held(self, Module)
        if isinstance(index, slice):
            return type(self)(dict(list(modules.items())[index]))
        return list(modules.values())[_place(index, len(modules), "Sequential")]  # type: ignore[no-any-return]

    def __setitem__(self, index: int, module: Module) -> None:
        names = list(held(self, Module))
        self.add_module(names[_place(index, len(names), "Sequential")], module)

    def __delitem__(self, index: int | slice) -> None:
        left = list(self)
        if not isinstance(index, slice):
            index = _place(index, len(left), "Sequential")
        del left[index]
        self._replace(left)

    def _replace(self, modules: list[Module]) -> None:
        """Hold these instead, by their numbers."""
        for module in modules:
            _check_module(module, "a Sequential")
        for name in held(self, Module):
            delattr(self, name)
        for module in modules:
            self.append(module)

    def __add__(self, other: Any) -> Sequential:
        return Sequential(*self, *_checked_sequential(other))

    def __iadd__(self, other: Any) -> Self:
        return self.extend(_checked_sequential(other))

    def __mul__(self, times: Any) -> Sequential:
        return Sequential(*list(self) * _times(times))

    __rmul__ = __mul__

    def __imul__(self, times: Any) -> Self:
        return self.extend(list(self) * (_times(times) - 1))

    def extend(self, sequential: Iterable[Module]) -> Self:
        """Add modules at the end; answers the container."""
        for module in _iterated(sequential, "extend a Sequential"):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Add a module in front of that at an index; answers the container.

        Raises
        ------
        DimError
            If there is no such place.
        """
        modules = list(self)
        place = operator.index(index)
        if not -len(modules) <= place <= len(modules):
            raise DimError(
                f"insert a module at {index}", f"a Sequential of {len(modules)}",
                f"use an index from 0 to {len(modules)}",
            )  # fmt: skip
        modules.insert(place, module)
        self._replace(modules)
        return self

    def pop(self, key: int | slice) -> Module:
        """Take one module out, or several; answers it, or a container of them."""
        found = self[key]
        del self[key]
        return found


def _checked_sequential(other: Any) -> Sequential:
    """The second of two that are joined."""
    if not isinstance(other, Sequential):
        raise ArgumentError(
            "add to a Sequential", f"a {type(other).__name__}", "add a Sequential, or use extend"
        )
    return other


def _times(times: Any) -> int:
    """How often a Sequential is repeated."""
    if not isinstance(times, int) or isinstance(times, bool):
        raise DtypeError("repeat a Sequential", f"a {type(times).__name__}", "use a whole number")
    if times < 1:
        raise ArgumentError(f"repeat a Sequential {times} times", "nothing", "use 1 or more")
    return times


def _check_module(value: Any, place: str) -> Any:
    if not isinstance(value, Module):
        raise DtypeError(f"put into {place}", f"a {type(value).__name__}", "pass nn.Module")
    return value


def _iterated(values: Any, asked: str) -> list[Any]:
    """What is to be added, one after the other."""
    if not isinstance(values, Iterable) or isinstance(values, Tensor):
        raise DtypeError(asked, f"a {type(values).__name__}", "pass a list")
    return list(values)


# ---- lists and dicts ----------------------------------------------------------------------------


def _place(index: int, length: int, kind: str) -> int:
    """An index counted from the front."""
    place = operator.index(index)
    if not -length <= place < length:
        raise DimError(
            f"element {index} of a {kind}", f"it has {length}",
            f"use an index from 0 to {length - 1}" if length else "add something first",
        )  # fmt: skip
    return place % length


class _List(Module):
    """A list whose elements are attributes named "0", "1" and so on."""

    _length = 0

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self.extend(() if values is None else values)

    def _checked(self, value: Any) -> Any:
        raise NotImplementedError

    def _elements(self) -> list[Any]:
        own = vars(self)
        return [own[str(place)] for place in range(len(self))]

    def _replace(self, values: Iterable[Any]) -> None:
        """Hold these instead."""
        kept = [self._checked(value) for value in values]
        for place in range(len(self)):
            del vars(self)[str(place)]
        vars(self)["_length"] = 0
        for value in kept:
            self.append(value)

    def __delattr__(self, name: str) -> None:
        if name in map(str, range(len(self))):
            del self[int(name)]
        else:
            super().__delattr__(name)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Any]:
        return iter(self._elements())

    def __contains__(self, value: object) -> bool:
        return any(value is element for element in self._elements())

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(self._elements()[index])
        return vars(self)[str(_place(index, len(self), type(self).__name__))]

    def __setitem__(self, index: int, value: Any) -> None:
        place = str(_place(index, len(self), type(self).__name__))
        setattr(self, place, self._checked(value))

    def __delitem__(self, index: int | slice) -> None:
        elements = self._elements()
        if not isinstance(index, slice):
            index = _place(index, len(self), type(self).__name__)
        del elements[index]
        self._replace(elements)

    def __add__(self, other: Iterable[Any]) -> Self:
        return type(self)([*self, *_iterated(other, f"add to a {type(self).__name__}")])

    def __iadd__(self, other: Iterable[Any]) -> Self:
        return self.extend(other)

    def append(self, value: Any) -> Self:
        """Add one at the end; answers the list."""
        length = len(self)
        setattr(self, str(length), self._checked(value))
        vars(self)["_length"] = length + 1
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add several at the end; answers the list."""
        for value in _iterated(values, f"extend a {type(self).__name__}"):
            self.append(value)
        return self

    def insert(self, index: int, value: Any) -> None:
        """Add one in front of that at an index, as `list.insert` does."""
        elements = self._elements()
        elements.insert(index, value)
        self._replace(elements)

    def pop(self, key: int | slice = -1) -> Any:
        """Take one out, or several; answers it, or a list of them."""
        found = self[key]
        del self[key]
        return found


class ModuleList(_List):
    """A list of modules that belong to the module that holds it; it has no `forward`.

    Parameters
    ----------
    modules : iterable of Module, optional
        Its first elements.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))
    >>> x = tgx.ones(2, 4)
    >>> for layer in layers:
    ...     x = layer(x).relu()
    >>> len(list(layers.parameters()))
    6
    """

    _folds = True

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__(modules)

    def _checked(self, value: Any) -> Module:
        return _check_module(value, "a ModuleList")  # type: ignore[no-any-return]

    def add_module(self, name: str, module: Module | None) -> None:
        """Put a module into a place, or at the end: its name is the number of its place.

        Raises
        ------
        ArgumentError
            If the name is not one of them.
        """
        places = [str(place) for place in range(len(self) + 1)]
        if name not in places:
            raise ArgumentError(
                f"add the module {name!r} to a {type(self).__name__} of {len(self)}",
                "a name that is no place in it", f'use append, or the name "{len(self)}"',
            )  # fmt: skip
        if name == places[-1]:
            self.append(module)
        else:
            self[int(name)] = module


class ParameterList(_List):
    """A list of parameters that belong to the module that holds it.

    Parameters
    ----------
    values : iterable, optional
        Its first elements: tensors become parameters, anything else is kept as it is.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weights = tgx.nn.ParameterList([tgx.ones(2), tgx.zeros(3)])
    >>> [name for name, _ in weights.named_parameters()]
    ['0', '1']
    """

    def _checked(self, value: Any) -> Any:
        return _as_parameter(value)

    def extra_repr(self) -> str:
        """A line for each element."""
        return _entries((str(place), value) for place, value in enumerate(self))


def _as_parameter(value: Any) -> Any:
    """A tensor as a parameter, anything else as it is."""
    plain = isinstance(value, Tensor) and not isinstance(value, Parameter)
    return Parameter(value) if plain else value


def _entries(named: Iterable[tuple[str, Any]]) -> str:
    """What a list or a dict of parameters holds, a line each, as PyTorch says it."""
    lines = []
    for name, value in named:
        if is_lazy(value):
            text = repr(value)
        elif isinstance(value, Tensor):
            sizes = "x".join(map(str, value.shape))
            text = f"Parameter containing: [{value.dtype} of size {sizes}]"
        else:
            text = f"Object of type: {type(value).__name__}"
        lines.append(f"({name}): {text}")
    return "\n".join(lines)


class _Dict(Module):
    """A dict whose values are attributes; keys are strings without dots."""

    def __init__(self, values: Mapping[str, Any] | Iterable[Any] | None = None) -> None:
        super().__init__()
        self.update(() if values is None else values)

    def _owned(self) -> dict[str, Any]:
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self._owned())

    def __iter__(self) -> Iterator[str]:
        return iter(self._owned())

    def __contains__(self, key: object) -> bool:
        return key in self._owned()

    def __getitem__(self, key: str) -> Any:
        owned = self._owned()
        if key not in owned:
            known = ", ".join(map(repr, owned)) or "nothing"
            raise UnknownNameError(f"{type(self).__name__}[{key!r}]", f"it has {known}", "use one")
        return owned[key]

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def keys(self) -> KeysView[str]:
        """The keys, in the order they came."""
        return self._owned().keys()

    def values(self) -> ValuesView[Any]:
        """What stands under them."""
        return self._owned().values()

    def items(self) -> ItemsView[str, Any]:
        """Both."""
        return self._owned().items()

    def get(self, key: str, default: Any = None) -> Any:
        """What stands under a key, or a default."""
        return self._owned().get(key, default)

    def pop(self, key: str) -> Any:
        """Take out what stands under a key; answers it."""
        value = self[key]
        delattr(self, key)
        return value

    def clear(self) -> None:
        """Take out everything."""
        for key in list(self._owned()):
            delattr(self, key)

    def update(self, values: Any) -> None:
        """Put in everything from a dict, or from pairs of keys and values."""
        asked = f"update a {type(self).__name__}"
        if isinstance(values, (Mapping, _Dict)):
            values = values.items()
        for number, pair in enumerate(_iterated(values, asked)):
            if not isinstance(pair, Iterable) or len(entry := tuple(pair)) != 2:
                raise ArgumentError(
                    asked, f"{pair!r:.60}, which is no pair, as number {number}",
                    "pass a dict, or pairs of a key and a value",
                )  # fmt: skip
            self[entry[0]] = entry[1]

    def __setitem__(self, key: str, value: Any) -> None:
        raise NotImplementedError


class ModuleDict(_Dict):
    """A dict of modules that belong to the module that holds it; it has no `forward`.

    Parameters
    ----------
    modules : dict, or iterable of pairs, optional
        Its first entries.

    Examples
    --------
    >>> from tinygradx import nn
    >>> choices = nn.ModuleDict({"small": nn.Linear(2, 4), "large": nn.Linear(2, 64)})
    >>> choices["large"].out_features
    64
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[Any] | None = None) -> None:
        super().__init__(modules)

    def _owned(self) -> dict[str, Any]:
        return held(self, Module)

    def __setitem__(self, key: str, value: Module) -> None:
        self.add_module(key, _check_module(value, "a ModuleDict"))


class ParameterDict(_Dict):
    """A dict of parameters that belong to the module that holds it.

    Parameters
    ----------
    parameters : dict, or iterable of pairs, optional
        Its first entries: tensors become parameters, anything else is kept as it is. Those of a
        plain dict are sorted by their keys, as in PyTorch; an OrderedDict and pairs keep theirs.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weights = tgx.nn.ParameterDict({"left": tgx.ones(2), "right": tgx.zeros(2), "rate": 0.5})
    >>> list(weights.keys()), [name for name, _ in weights.named_parameters()]
    (['left', 'rate', 'right'], ['left', 'right'])
    """

    _keys: dict[str, None]

    def __init__(self, parameters: Any = None) -> None:
        vars(self)["_keys"] = {}
        super().__init__(parameters)

    def _owned(self) -> dict[str, Any]:
        return {key: vars(self)[key] for key in self._keys}

    def __setitem__(self, key: str, value: Any) -> None:
        if key not in self._keys:
            check_name(self, key)
        setattr(self, key, _as_parameter(value))
        self._keys[key] = None

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self._keys.pop(name, None)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def update(self, parameters: Any) -> None:
        """Put in everything from a dict, or from pairs; a plain dict's sorted by their keys."""
        if isinstance(parameters, Mapping) and not isinstance(parameters, OrderedDict):
            parameters = sorted(parameters.items())
        super().update(parameters)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """What stands under a key; the default is put there where there is nothing."""
        if key not in self:
            self[key] = default
        return self[key]

    def popitem(self) -> tuple[str, Any]:
        """Take out the key that came last, and what stands under it; answers both."""
        key = next(reversed(self), None)
        if key is None:
            raise UnknownNameError("popitem() of a ParameterDict", "it is empty", "add one first")
        return key, self.pop(key)

    def copy(self) -> ParameterDict:
        """Another one with the same parameters."""
        return ParameterDict(list(self.items()))

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A new one with these keys, each with the same value."""
        return ParameterDict([(key, default) for key in keys])

    def __or__(self, other: Any) -> ParameterDict:
        joined = self.copy()
        joined.update(other)
        return joined

    def __ror__(self, other: Any) -> Any:
        joined = other.copy()  # a plain dict stays one, as in PyTorch
        joined.update(self)
        return joined

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

    def extra_repr(self) -> str:
        """A line for each entry."""
        return _entries(self.items())
