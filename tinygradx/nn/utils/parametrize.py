"""Parameters that are functions of others: what is learned is not the tensor, but what makes it.

A parametrized attribute is a property: reading `layer.weight` computes it from the originals, and
records that, so that gradients reach them; writing to it goes the other way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, NotWrittenError, ShapeError
from tinygradx.graph import no_grad
from tinygradx.nn.container import ModuleDict, ModuleList
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.tensor import Tensor

#: What was computed inside `cached()`, by what computed it; None outside.
_cache: ContextVar[dict[Any, Any] | None] = ContextVar("parametrizations", default=None)


@contextmanager
def cached() -> Iterator[None]:
    """Compute every parametrized tensor once inside the block, however often it is read.

    What is changed meanwhile, as by an optimiser's step, is not seen before the end of the block.

    Examples
    --------
    >>> from tinygradx import nn
    >>> from tinygradx.nn.utils import parametrizations, parametrize
    >>> layer = parametrizations.weight_norm(nn.Linear(2, 3))
    >>> layer.weight is layer.weight
    False
    >>> with parametrize.cached():
    ...     layer.weight is layer.weight
    True
    """
    token = _cache.set({} if _cache.get() is None else _cache.get())
    try:
        yield
    finally:
        _cache.reset(token)


class ParametrizationList(ModuleList):
    """The modules that make a tensor, one after the other, and the originals that they make it of.

    Made by `register_parametrization`; it stands at `module.parametrizations.weight`.

    Parameters
    ----------
    modules : sequence of Module
        The first takes the originals, every other one what the one before answers.
    original : Parameter or Tensor
        The tensor as it is.
    unsafe : bool
        Whether the tensor may change its shape and dtype.

    Attributes
    ----------
    original : Parameter or Tensor
        What the tensor is made of; `original0`, `original1` and so on where the `right_inverse` of
        the last module answers several.
    is_tensor : bool
        Whether it is a single one.
    """

    original: Any
    original0: Any

    def __init__(
        self, modules: Sequence[Module], original: Parameter | Tensor, unsafe: bool = False
    ) -> None:
        if not modules:
            raise ArgumentError("ParametrizationList", "no modules", "pass one at least")
        super().__init__(modules)
        self.unsafe = unsafe
        with no_grad():
            found = self._inverse(original, assigned=False)
        self.is_tensor = isinstance(found, Tensor)
        self.ntensors = 1 if self.is_tensor else len(found)
        if self.is_tensor:
            if found is not original:
                self._check_same("right_inverse", found, original)
                original.data = found.detach()
            self._own("original", original)
        else:
            for place, one in enumerate(found):
                if isinstance(original, Parameter):
                    one = Parameter(one.detach().clone(), original.requires_grad)
                self._own(f"original{place}", one)
        with no_grad():
            made = self()
        self._check_same("forward", made, original if self.is_tensor else made)

    def _own(self, name: str, tensor: Tensor) -> None:
        if isinstance(tensor, Parameter):
            self.register_parameter(name, tensor)
        else:
            self.register_buffer(name, tensor)

    def _originals(self) -> list[Tensor]:
        if self.is_tensor:
            return [self.original]
        return [getattr(self, f"original{place}") for place in range(self.ntensors)]

    def _check_same(self, what: str, found: Any, known: Tensor) -> None:
        """Refuse a tensor of another dtype or shape, unless that is what is wanted."""
        asked = f"{what} of a parametrization"
        if not isinstance(found, Tensor):
            raise DtypeError(asked, f"a {type(found).__name__}", "answer a Tensor")
        if self.unsafe or (found.dtype == known.dtype and found.shape == known.shape):
            return
        raise ShapeError(
            asked,
            f"{found.dtype} of shape {found.shape}, where the tensor is {known.dtype} of "
            f"{known.shape}",
            "answer the same, or register it with unsafe=True",
        )

    def _inverse(self, value: Any, assigned: bool) -> Any:
        """What the modules make a value of, from the last one back."""
        for module in reversed(list(self)):
            back = getattr(module, "right_inverse", None)
            if back is None:
                if not assigned:  # the value itself is what it begins from
                    continue
                raise NotWrittenError(
                    f"assign to a tensor that {type(module).__name__} makes",
                    "a parametrization without right_inverse",
                    "write `def right_inverse(self, value)`, or change the original in place",
                )
            try:
                value = back(value)
            except NotImplementedError:
                if assigned:
                    raise
        return value

    def right_inverse(self, value: Tensor) -> None:
        """Change the originals to what the value is made of; the value is kept nowhere.

        Raises
        ------
        NotWrittenError, ShapeError
            If a module has no `right_inverse`, or it answers what does not fit.
        """
        with no_grad():
            found = self._inverse(value, assigned=True)
            many = [found] if isinstance(found, Tensor) else list(found)
            own = self._originals()
            if len(many) != len(own):
                raise ShapeError(
                    "right_inverse of a parametrization", f"{len(many)} tensors for {len(own)}",
                    "answer as many as when it was registered",
                )  # fmt: skip
            for place, one in zip(own, many, strict=True):
                self._check_same("right_inverse", one, place)
            for place, one in zip(own, many, strict=True):
                place.data = one.detach().clone()

    def forward(self) -> Tensor:
        """The tensor, made anew."""
        first, *others = list(self)
        value = first(*self._originals())
        for module in others:
            value = module(value)
        return value  # type: ignore[no-any-return]


# ---- modules ------------------------------------------------------------------------------------


def _attribute(name: str) -> property:
    """The property that a parametrized tensor becomes."""

    def read(module: Any) -> Tensor:
        makes, known = module.parametrizations[name], _cache.get()
        if known is None:
            return makes()  # type: ignore[no-any-return]
        if makes not in known:
            known[makes] = makes()
        return known[makes]  # type: ignore[no-any-return]

    def write(module: Any, value: Tensor) -> None:
        module.parametrizations[name].right_inverse(value)

    return property(read, write, doc=f"{name}, made of what stands in parametrizations.{name}")


def _set_class(module: Any, names: Sequence[str]) -> None:
    """Give a module the class in which these names are properties; its own one for none.

    The class is made anew each time, and never changed, since a copy of the module has it, too.
    """
    base = type_before_parametrizations(module)
    if not names:
        module.__class__ = base
        return
    members: dict[str, Any] = {name: _attribute(name) for name in names}
    members |= {"__module__": base.__module__, "__doc__": base.__doc__, "_parametrized": base}
    module.__class__ = type(f"Parametrized{base.__name__}", (base,), members)


def type_before_parametrizations(module: Module) -> type:
    """The class of a module, as it was before any of its tensors was parametrized."""
    return getattr(type(module), "_parametrized", type(module))


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a tensor of a module, or any, is parametrized.

    Examples
    --------
    >>> from tinygradx import nn
    >>> from tinygradx.nn.utils import parametrizations, parametrize
    >>> layer = parametrizations.weight_norm(nn.Linear(2, 3))
    >>> parametrize.is_parametrized(layer), parametrize.is_parametrized(layer, "bias")
    (True, False)
    """
    parts = vars(module).get("parametrizations")
    if not isinstance(parts, ModuleDict) or not hasattr(type(module), "_parametrized"):
        return False
    return tensor_name in parts if tensor_name is not None else len(parts) > 0


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Make a tensor of a module a function of what is learned instead.

    `layer.weight` becomes `parametrization(layer.parametrizations.weight.original)`, computed
    whenever it is read. A parametrization with a method `right_inverse` says what a value is made
    of: the tensor then keeps its value, and can be assigned to. Several are applied in the order
    in which they were registered.

    Parameters
    ----------
    module : Module
        Whose tensor.
    tensor_name : str
        The name of a parameter or buffer.
    parametrization : Module
        From what is learned to the tensor.
    unsafe : bool
        Whether the tensor may change its shape and dtype.

    Returns
    -------
    Module
        The module itself; its class is a new one, made from the one that it had.

    Raises
    ------
    ArgumentError
        If the module has no such tensor.
    ShapeError, DtypeError
        If the tensor would change its shape or dtype, and `unsafe` is False. The module is then as
        it was.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> from tinygradx.nn.utils import parametrize
    >>> class Symmetric(nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = parametrize.register_parametrization(nn.Linear(3, 3), "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.T).all())
    True
    >>> list(layer.state_dict())
    ['bias', 'parametrizations.weight.original']
    """
    if not isinstance(parametrization, Module):
        raise DtypeError(
            "register_parametrization", f"a {type(parametrization).__name__}", "pass an nn.Module"
        )
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        _append(module, tensor_name, parametrization, unsafe)
        return module
    if tensor_name not in module._parameters and tensor_name not in module._buffers:
        known = ", ".join([*module._parameters, *module._buffers]) or "nothing"
        raise ArgumentError(
            f"parametrize {tensor_name!r} of a {type(module).__name__}",
            f"it has no such parameter or buffer, but {known}", "use one of these names",
        )  # fmt: skip
    makes = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe)
    if not is_parametrized(module):
        module.add_module("parametrizations", ModuleDict())
    parts: Any = vars(module)["parametrizations"]
    parts[tensor_name] = makes
    delattr(module, tensor_name)
    _set_class(module, list(parts))
    return module


def _append(module: Any, name: str, parametrization: Module, unsafe: bool) -> None:
    """Put one more on top of what makes a tensor, unless it answers something else."""
    makes = module.parametrizations[name]
    with no_grad():
        before = getattr(module, name)
        after = parametrization(before)
    if not unsafe:
        same = isinstance(after, Tensor) and (after.dtype, after.shape) == (
            before.dtype,
            before.shape,
        )
        if not same:
            makes.unsafe, was = False, makes.unsafe
            try:
                makes._check_same("forward", after, before)
            finally:
                makes.unsafe = was
    makes.append(parametrization)
    makes.unsafe = makes.unsafe or unsafe


def remove_parametrizations(
    module: Module, tensor_name: str, leave_parametrized: bool = True
) -> Module:
    """Make a tensor of a module an ordinary one again.

    Parameters
    ----------
    module : Module
        Whose tensor.
    tensor_name : str
        Its name.
    leave_parametrized : bool
        Whether it keeps the value that it has; otherwise it becomes the original.

    Returns
    -------
    Module
        The module itself.

    Raises
    ------
    ArgumentError
        If that tensor is not parametrized, or made of several that cannot be left.

    Examples
    --------
    >>> from tinygradx import nn
    >>> from tinygradx.nn.utils import parametrizations, parametrize
    >>> layer = parametrizations.weight_norm(nn.Linear(2, 3))
    >>> list(parametrize.remove_parametrizations(layer, "weight").state_dict())
    ['bias', 'weight']
    """
    if not is_parametrized(module, tensor_name):
        raise ArgumentError(
            f"remove the parametrizations of {tensor_name!r} of a {type(module).__name__}",
            "a tensor without any", "look for them with is_parametrized(module)",
        )  # fmt: skip
    parts: Any = vars(module)["parametrizations"]
    makes: Any = parts[tensor_name]
    tensor: Any
    if leave_parametrized:
        with no_grad():
            value = makes().detach().clone()
        if makes.is_tensor:
            tensor = makes.original
            tensor.data = value
        else:
            learned = isinstance(makes.original0, Parameter)
            tensor = Parameter(value, makes.original0.requires_grad) if learned else value
    elif makes.is_tensor:
        tensor = makes.original
    else:
        raise ArgumentError(
            f"remove the parametrizations of {tensor_name!r} with leave_parametrized=False",
            f"a tensor made of {makes.ntensors}", "leave it as it is: leave_parametrized=True",
        )  # fmt: skip
    del parts[tensor_name]
    _set_class(module, list(parts))
    if not len(parts):
        delattr(module, "parametrizations")
    if isinstance(tensor, Parameter):
        module.register_parameter(tensor_name, tensor)
    else:
        module.register_buffer(tensor_name, tensor)
    return module
