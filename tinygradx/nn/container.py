"""Modules made of modules, and lists and dicts of modules or parameters."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, overload

from tinygradx.errors import DimError, DtypeError, UnknownNameError
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
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
            self.add_module(name, module)

    def forward(self, input: Any) -> Any:
        """What the last module answers."""
        for module in vars(self).values():  # and not `self._modules`, which costs a dict each time
            if isinstance(module, Module):
                input = module(input)
        return input

    def append(self, module: Module) -> Sequential:
        """Add a module at the end; answers the container."""
        self.add_module(str(len(self)), module)
        return self

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Module:
        modules = self._modules
        if isinstance(index, slice):
            return type(self)(dict(list(modules.items())[index]))
        return list(modules.values())[_place(index, len(modules), "Sequential")]

    def __setitem__(self, index: int, module: Module) -> None:
        names = list(self._modules)
        setattr(self, names[_place(index, len(names), "Sequential")], module)

    def __delitem__(self, index: int | slice) -> None:
        left = list(self)
        for name in self._modules:
            delattr(self, name)
        if not isinstance(index, slice):
            index = _place(index, len(left), "Sequential")
        del left[index]
        for module in left:
            self.append(module)

    def extend(self, modules: Iterable[Module]) -> Sequential:
        """Add modules at the end; answers the container."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Sequential:
        """Add a module in front of that at an index; answers the container."""
        modules = list(self)
        modules.insert(index, module)
        del self[:]
        return self.extend(modules)


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

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self.extend(values or ())

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

    def __len__(self) -> int:
        return vars(self).get("_length", 0)  # type: ignore[no-any-return]

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
        vars(self)[place] = self._checked(value)

    def __delitem__(self, index: int | slice) -> None:
        elements = self._elements()
        if not isinstance(index, slice):
            index = _place(index, len(self), type(self).__name__)
        del elements[index]
        self._replace(elements)

    def __add__(self, other: Iterable[Any]) -> Self:
        return type(self)([*self, *other])

    def __iadd__(self, other: Iterable[Any]) -> Self:
        return self.extend(other)

    def append(self, value: Any) -> Self:
        """Add one at the end; answers the list."""
        length = len(self)
        vars(self)[str(length)] = self._checked(value)
        vars(self)["_length"] = length + 1
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add several at the end; answers the list."""
        for value in list(values):
            self.append(value)
        return self

    def insert(self, index: int, value: Any) -> None:
        """Add one in front of that at an index, as `list.insert` does."""
        elements = self._elements()
        elements.insert(index, value)
        self._replace(elements)

    def pop(self, index: int = -1) -> Any:
        """Take one out; answers it."""
        value = self[index]
        del self[index]
        return value


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

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__(modules)

    def _checked(self, value: Any) -> Module:
        if not isinstance(value, Module):
            raise DtypeError("put into a ModuleList", f"a {type(value).__name__}", "pass nn.Module")
        return value


class ParameterList(_List):
    """A list of parameters that belong to the module that holds it.

    Parameters
    ----------
    values : iterable of Parameter or Tensor, optional
        Its first elements; tensors become parameters.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weights = tgx.nn.ParameterList([tgx.ones(2), tgx.zeros(3)])
    >>> [name for name, _ in weights.named_parameters()]
    ['0', '1']
    """

    def _checked(self, value: Any) -> Parameter:
        return _as_parameter(value, "a ParameterList")


def _as_parameter(value: Any, place: str) -> Parameter:
    if isinstance(value, Parameter):
        return value
    if not isinstance(value, Tensor):
        raise DtypeError(f"put into {place}", f"a {type(value).__name__}", "pass nn.Parameter(...)")
    return Parameter(value)


class _Dict(Module):
    """A dict whose values are attributes; keys are strings without dots."""

    def __init__(self, values: Mapping[str, Any] | Iterable[Any] | None = None) -> None:
        super().__init__()
        self.update(values or {})

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

    def keys(self) -> Iterable[str]:
        """The keys, in the order they came."""
        return self._owned().keys()

    def values(self) -> Iterable[Any]:
        """What stands under them."""
        return self._owned().values()

    def items(self) -> Iterable[tuple[str, Any]]:
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

    def update(self, values: Mapping[str, Any] | Iterable[Any]) -> None:
        """Put in everything from a dict, or from pairs of keys and values."""
        pairs = values.items() if isinstance(values, Mapping) else values
        for entry in pairs:
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
        return self._modules

    def __setitem__(self, key: str, value: Module) -> None:
        self.add_module(key, value)


class ParameterDict(_Dict):
    """A dict of parameters that belong to the module that holds it.

    Parameters
    ----------
    parameters : dict, or iterable of pairs, optional
        Its first entries; tensors become parameters.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> weights = tgx.nn.ParameterDict({"left": tgx.ones(2), "right": tgx.zeros(2)})
    >>> list(weights.keys())
    ['left', 'right']
    """

    def __init__(self, parameters: Mapping[str, Any] | Iterable[Any] | None = None) -> None:
        super().__init__(parameters)

    def _owned(self) -> dict[str, Any]:
        return self._parameters

    def __setitem__(self, key: str, value: Any) -> None:
        self.register_parameter(key, _as_parameter(value, "a ParameterDict"))
