"""Modules made of modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, overload

from tinygradx.errors import DimError
from tinygradx.nn.module import Module


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
        if not -len(modules) <= index < len(modules):
            raise DimError(
                f"module {index} of a Sequential", f"it has {len(modules)}",
                f"use an index from 0 to {len(modules) - 1}",
            )  # fmt: skip
        return list(modules.values())[index]
