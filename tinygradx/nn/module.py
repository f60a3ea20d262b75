"""Module: a part of a model, which owns parameters and other modules.

What a module owns is found among its attributes, whenever somebody asks: there is no second list
that could disagree with them, and reading `self.weight` costs what any attribute costs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Self

import numpy as np

from tinygradx.errors import (
    ArgumentError,
    DtypeError,
    NotWrittenError,
    ShapeError,
    StateError,
    UnknownNameError,
    check_names,
)
from tinygradx.graph import RemovableHandle, enable_grad, no_grad
from tinygradx.nn.hooks import ModuleHooks, added
from tinygradx.nn.parameter import Parameter, UninitializedParameter
from tinygradx.tensor import Tensor

COLUMN = 8  # blanks between a module and the number of its parameters


class LoadedKeys(NamedTuple):
    """What `load_state_dict` found no value for, and what it found no place for."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class Module:
    """A part of a model: write `__init__`, where its parts are made, and `forward`.

    Attributes
    ----------
    training : bool
        Whether it is being trained (`train()`) or used (`eval()`).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = nn.Parameter(tgx.tensor(3.0))
    ...
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> model = Scale()
    >>> model(tgx.tensor([1.0, 2.0])).detach()
    tensor([3., 6.])
    >>> [name for name, _ in model.named_parameters()]
    ['factor']
    """

    training: bool
    _buffer_names: dict[str, bool]
    _hooks: ModuleHooks | None = None

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
        object.__setattr__(self, name, value)

    # ---- running it -----------------------------------------------------------------------------

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """Compute; every module writes its own."""
        raise NotWrittenError(
            f"call a {type(self).__name__}", "a module that has no forward",
            "write `def forward(self, x): return ...` in its class",
        )  # fmt: skip

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Compute `forward`, and call the hooks around it."""
        if self._hooks is None:
            return self.forward(*inputs, **named)
        return self._hooks.run(self, inputs, named)

    # ---- hooks ----------------------------------------------------------------------------------

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

    def draw(self, *inputs: Any, **how: Any) -> Any:
        """Run the module on inputs, and draw the graph of what it answers.

        Parameters have the module's names for them, and inputs those of `forward`. It runs as
        `model(x)` does, in training or not; `draw_dot(loss, params=model)` draws a loss.

        Parameters
        ----------
        *inputs
            What `forward` takes.
        **how
            As for `draw_dot`.

        Returns
        -------
        Drawing
            Shows itself in a notebook; `.save("graph.svg")` writes it anywhere.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> from tinygradx import nn
        >>> drawing = nn.Linear(2, 3).draw(tgx.ones(1, 2))
        >>> [node.name for node in drawing.nodes if node.kind == "param"]
        ['weight', 'bias']
        """
        from tinygradx.draw import draw_dot

        with enable_grad():
            output = self(*inputs)
        given = zip(inspect.signature(self.forward).parameters, inputs, strict=False)
        names = dict(how.pop("names", None) or {})
        names |= {name: value for name, value in given if name not in names}
        return draw_dot(output, params=how.pop("params", self), names=names, **how)

    def summary(self, *inputs: Any, input_shape: Any = None, dtype: Any = None) -> Any:
        """Run the module once as in use (`eval`), and tell of every layer that ran.

        Parameters
        ----------
        *inputs
            What `forward` takes.
        input_shape : tuple of int, or list of such, optional
            Or only its shape, or shapes: zeros of it are passed.
        dtype : dtype, optional
            Of those zeros; the default dtype when left out.

        Returns
        -------
        Summary
            Prints as a table; `.rows` has the layers as data, `.to_dict()` everything.

        Raises
        ------
        ArgumentError
            If there is no input, or both are given.

        Examples
        --------
        >>> from tinygradx import nn
        >>> model = nn.Sequential({"fc1": nn.Linear(2, 16), "act": nn.Tanh()})
        >>> model.summary(input_shape=(32, 2))
        Layer (type)  Input    Output   Params  FLOPs  Memory
        ─────────────────────────────────────────────────────
        fc1 (Linear)  (32,2)   (32,16)      48  2.0 k  2.0 kB
        act (Tanh)    (32,16)  (32,16)       0      …  2.0 kB
        ─────────────────────────────────────────────────────
        Total 48 · trainable 48 · frozen 0
        params 192 B · saved for backward 2.0 kB · forward 2.0 kFLOP
        """
        from tinygradx.nn.summary import summary

        return summary(self, *inputs, input_shape=input_shape, dtype=dtype)

    # ---- what it owns ---------------------------------------------------------------------------

    @property
    def _parameters(self) -> dict[str, Parameter]:
        return {name: it for name, it in vars(self).items() if isinstance(it, Parameter)}

    @property
    def _modules(self) -> dict[str, Module]:
        return {name: it for name, it in vars(self).items() if isinstance(it, Module)}

    @property
    def _buffers(self) -> dict[str, Tensor]:
        own = {name: vars(self).get(name) for name in self._buffer_names}
        return {name: buffer for name, buffer in own.items() if buffer is not None}

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Own a parameter under a name, as assigning to that attribute does."""
        _check_name(self, name)
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
        """
        _check_name(self, name)
        setattr(self, name, tensor)
        self._buffer_names[name] = persistent

    def add_module(self, name: str, module: Module) -> None:
        """Own a module under a name, as assigning to that attribute does."""
        _check_name(self, name)
        if not isinstance(module, Module):
            raise DtypeError(
                f"add the module {name!r}", f"a {type(module).__name__}", "pass an nn.Module"
            )
        setattr(self, name, module)

    register_module = add_module

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """Itself and all modules within, each once, by their paths such as "encoder.0"."""
        seen: set[Module] = set()
        waiting = [(prefix, self)]
        while waiting:
            path, module = waiting.pop()
            if module in seen:
                continue
            seen.add(module)
            yield path, module
            waiting += [(_joined(path, n), m) for n, m in reversed(module._modules.items())]

    def modules(self) -> Iterator[Module]:
        """Itself and all modules within, each once."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly within this one, each once, by name."""
        seen: set[Module] = set()
        for name, module in self._modules.items():
            if module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules directly within this one, each once."""
        return (module for _, module in self.named_children())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters, each once, by their paths such as "encoder.0.weight".

        Parameters
        ----------
        prefix : str
            What to write in front of every path.
        recurse : bool
            Whether those of the modules within belong to them.

        Examples
        --------
        >>> from tinygradx import nn
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
        >>> [name for name, _ in model.named_parameters()]
        ['0.weight', '0.bias', '2.weight', '2.bias']
        """
        seen: set[Parameter] = set()
        for path, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for name, parameter in module._parameters.items():
                if parameter not in seen:
                    seen.add(parameter)
                    yield _joined(path, name), parameter

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Tensor]]:
        """All buffers, each once, by their paths."""
        seen: set[Tensor] = set()
        for path, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for name, buffer in module._buffers.items():
                if buffer not in seen:
                    seen.add(buffer)
                    yield _joined(path, name), buffer

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

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
        module: Module = self
        for name in target.split(".") if target else ():
            module = _found(f"the module {target!r}", module, module._modules, name)
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as "encoder.0.weight".

        Raises
        ------
        UnknownNameError
            If there is none; the error lists what is there.
        """
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        found: Parameter = _found(f"the parameter {target!r}", module, module._parameters, name)
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path such as "encoder.0.running_mean".

        Raises
        ------
        UnknownNameError
            If there is none; the error lists what is there.
        """
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        found: Tensor = _found(f"the buffer {target!r}", module, module._buffers, name)
        return found

    # ---- changing all of it ---------------------------------------------------------------------

    def apply(self, function: Callable[[Module], Any]) -> Self:
        """Call a function with every module, those within first; answers the module.

        A module that is in two places is met twice, as in PyTorch.
        """
        order: list[Module] = []
        waiting: list[Module] = [self]
        while waiting:
            module = waiting.pop()
            order.append(module)
            waiting += module.children()
        for module in reversed(order):
            function(module)
        return self

    def train(self, mode: bool = True) -> Self:
        """Behave as in training (dropout drops, batch norm measures) or not; answers the module."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Behave as in use; answers the module."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Collect gradients in all parameters, or in none; answers the module."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def to(
        self, *targets: Any, dtype: Any = None, device: Any = None, non_blocking: bool = False
    ) -> Self:
        """Convert parameters, their gradients and buffers to another dtype; answers the module.

        The parameters stay what they are, so an optimiser that has them keeps them; what they hold
        is new. Integers and bools are left alone.

        Parameters
        ----------
        *targets : dtype, str or Tensor
            A dtype of floats, a device ("cpu"), or a tensor whose dtype to take.
        dtype, device
            The same by name.
        non_blocking : bool
            Taken for PyTorch's sake; nothing here blocks.

        Raises
        ------
        DtypeError
            If the dtype is not one of floats. The module is then as it was.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> tgx.nn.Linear(2, 3).to(tgx.float64).weight.dtype
        dtype('float64')
        """
        values = []
        for tensor in (*self.parameters(), *self.buffers()):
            if tensor.dtype.kind == "f":
                value = tensor.detach().to(*targets, dtype=dtype, device=device)
                if value.dtype.kind != "f":
                    raise DtypeError(
                        f"convert a {type(self).__name__} to {value.dtype}", "no dtype of floats",
                        "use tinygradx.float32 or tinygradx.float64",
                    )  # fmt: skip
                if value.dtype != tensor.dtype:
                    values.append((tensor, value))
        for tensor, value in values:
            gradient = tensor.grad
            tensor.data = value
            if gradient is not None:
                tensor.grad = gradient.detach().to(value.dtype)
        return self

    def float(self) -> Self:
        """Convert it to float32, as `to` does; answers the module."""
        return self.to(np.float32)

    def double(self) -> Self:
        """Convert it to float64, as `to` does; answers the module."""
        return self.to(np.float64)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters: make them None, or zeros in their memory."""
        for parameter in self.parameters():
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad.detach().zero_()

    # ---- its values -----------------------------------------------------------------------------

    def _kept(self) -> dict[str, Tensor]:
        """Every value that is saved, under each of its names."""
        kept: dict[str, Tensor] = {}
        waiting: list[tuple[str, Module]] = [("", self)]
        while waiting:
            path, module = waiting.pop()
            lasting = {n: b for n, b in module._buffers.items() if module._buffer_names[n]}
            for name, tensor in (module._parameters | lasting).items():
                kept[_joined(path, name)] = tensor
            waiting += [(_joined(path, n), m) for n, m in reversed(module._modules.items())]
        return kept

    def state_dict(self) -> dict[str, Tensor]:
        """All values by their paths: parameters, and buffers that last.

        Returns
        -------
        dict
            Tensors without history that share memory with the model; `clone()` them to keep them.
        """
        return {name: tensor.detach() for name, tensor in self._kept().items()}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> LoadedKeys:
        """Take all values from a dictionary. Everything is checked before anything is changed.

        Parameters
        ----------
        state_dict : dict
            Tensors or arrays by path, as `state_dict()` answers them.
        strict : bool
            Whether the names must be exactly the model's own.

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

        Examples
        --------
        >>> from tinygradx import nn
        >>> first, second = nn.Linear(2, 3), nn.Linear(2, 3)
        >>> second.load_state_dict(first.state_dict())
        LoadedKeys(missing_keys=[], unexpected_keys=[])
        >>> bool((second.weight == first.weight).all())
        True
        """
        own = self._kept()
        asked = f"load the state of {type(self).__name__}"
        if not isinstance(state_dict, Mapping):
            raise DtypeError(
                asked, f"a {type(state_dict).__name__}",
                "pass what state_dict() answered, or what tinygradx.load(path) read",
            )  # fmt: skip
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        if strict and (missing or unexpected):
            raise StateError(
                asked,
                f"missing: {_few(missing)}; unexpected: {_few(unexpected)}",
                "load into the model that was saved, or pass strict=False to take what fits",
            )
        values: dict[str, Any] = {}
        for name, tensor in own.items():
            if name in state_dict:
                given = state_dict[name]
                array = given.array if isinstance(given, Tensor) else np.asarray(given)
                if not isinstance(tensor, UninitializedParameter):
                    _check_value(asked, name, tensor, array)
                values[name] = array.copy()  # which may be a part of this very model
        with no_grad():
            for name, array in values.items():
                place = own[name]
                if isinstance(place, UninitializedParameter):
                    place.materialize(array.shape)
                place.copy_(array)
        return LoadedKeys(missing, unexpected)

    # ---- as text --------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands in the brackets behind the module's name."""
        return ""

    def __repr__(self) -> str:
        lines: list[tuple[str, int]] = []
        waiting: list[tuple[int, str, Module | None]] = [(0, "", self)]
        while waiting:
            depth, name, module = waiting.pop()
            indent = "  " * depth + (f"({name}): " if name else "")
            if module is None:
                lines.append(("  " * depth + ")", 0))
                continue
            inside = module._modules
            count = sum(parameter.numel() for parameter in module._parameters.values())
            text = f"{indent}{type(module).__name__}({module.extra_repr()}"
            lines.append((text if inside else f"{text})", count))
            if inside:
                waiting.append((depth, "", None))
                waiting += [(depth + 1, n, m) for n, m in reversed(inside.items())]
        width = max((len(text) for text, count in lines if count), default=0) + COLUMN
        return "\n".join(
            f"{text:<{width}}# {count:,} param{'s' * (count != 1)}" if count else text
            for text, count in lines
        )


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _found(asked: str, module: Module, owned: Mapping[str, Any], name: str) -> Any:
    """What a module owns under a name."""
    if name not in owned:
        raise UnknownNameError(
            f"get {asked}", f"{type(module).__name__} has no {name!r}",
            f"use one of its own: {_few(list(owned))}",
        )  # fmt: skip
    return owned[name]


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:5]) or "nothing"
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def _check_name(module: Module, name: str) -> None:
    """Refuse a name that no path can hold, or that something else has."""
    own = vars(module)
    if name in own:
        taken = not isinstance(own[name], (Tensor, Module, type(None)))
    else:
        taken = hasattr(module, name)
    if not name or "." in name or taken:
        raise ArgumentError(
            f"own something under the name {name!r}",
            "a name that is taken" if taken else "a name that is empty or has a dot in it",
            "choose another name",
        )


def _check_value(asked: str, name: str, tensor: Tensor, array: Any) -> None:
    """Refuse a value that does not fit the place it is meant for."""
    if array.shape != tensor.shape:
        raise ShapeError(
            asked,
            f"{name} of shape {array.shape}, where the model has {tensor.shape}",
            "load into a model of the sizes that were saved",
        )
    if array.dtype.kind not in "biuf" or not np.can_cast(array.dtype, tensor.dtype, "same_kind"):
        raise DtypeError(
            asked, f"{name} of dtype {array.dtype}, where the model has {tensor.dtype}",
            "convert it first",
        )  # fmt: skip
