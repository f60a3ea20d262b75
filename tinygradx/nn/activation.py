"""Activations as layers: one for each block of the registry, made when it is first asked for.

`nn.LeakyReLU(0.2)` is the function `leaky_relu` with its setting. A block that a user registers
has a layer too: `cube` is `nn.Cube`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from tinygradx.errors import ArgumentNameError, ShapeError
from tinygradx.nn import functional
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.ops.activations import ACTIVATIONS
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.structural import in_place
from tinygradx.tensor import Tensor, full

#: Layers whose name in PyTorch is not that of the function in capitals: `hard_x` is `HardX`.
SPELLED = {
    "celu": "CELU",
    "elu": "ELU",
    "gelu": "GELU",
    "glu": "GLU",
    "leaky_relu": "LeakyReLU",
    "logsigmoid": "LogSigmoid",
    "relu": "ReLU",
    "relu6": "ReLU6",
    "selu": "SELU",
    "silu": "SiLU",
}


class Activation(Module):
    """A function of the registry as a layer; its settings are those of the function.

    Parameters
    ----------
    *settings, **named
        As the function takes them behind its input.
    inplace : bool
        Write to the memory of the input, and answer it; by position behind the settings, too.

    Attributes
    ----------
    inplace : bool
        As it was given; it may be set later.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.LeakyReLU(0.5)(tgx.tensor([-2.0, 3.0]))
    tensor([-1.,  3.])
    >>> tgx.nn.LeakyReLU(0.5)
    LeakyReLU(negative_slope=0.5)
    """

    function: ClassVar[Callable[..., Any]]
    #: The settings of the function with their defaults.
    defaults: ClassVar[dict[str, Any]]

    def __init__(self, *settings: Any, inplace: bool = False, **named: Any) -> None:
        super().__init__()
        names = tuple(self.defaults)
        if len(settings) == len(names) + 1 and isinstance(settings[-1], bool):
            settings, inplace = settings[:-1], settings[-1]
        given = dict(zip(names, settings, strict=False)) | named
        missing = [name for name in names if given.get(name, self.defaults[name]) is _NEEDED]
        wrong = [name for name in named if name not in names[len(settings) :]]
        if len(settings) > len(names) or wrong or missing:
            called = ", ".join([f"{len(settings)} by position", *(f"{name}=" for name in named)])
            raise ArgumentNameError(
                f"{type(self).__name__}({', '.join(names)}) was called with {called}",
                f"unknown: {', '.join(wrong) or 'none'}; missing: {', '.join(missing) or 'none'}",
                f"pass {', '.join(names)}" if names
                else f"make the layer first, then call it: {type(self).__name__}()(x)",
            )  # fmt: skip
        #: What the function is called with.
        self.settings = {name: given[name] for name in names if name in given}
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of the input."""
        if self.inplace:
            return self._in_place(input)
        return self.function(input, **self.settings)  # type: ignore[no-any-return]

    def _in_place(self, input: Tensor) -> Tensor:
        # A method of its own: a closure in `forward` would cost every call 0.3 microseconds.
        write = functools.partial(self.function, **self.settings)
        return in_place(input, write, f"{self.function.__name__}_")  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        """The settings that were chosen."""
        said = [f"{name}={value!r}" for name, value in self.settings.items()]
        return ", ".join(said + ["inplace=True"] * self.inplace)


class PReLU(Module):
    """A leaky ReLU whose slope below 0 is learned. He et al. (2015), arXiv:1502.01852.

    Parameters
    ----------
    num_parameters : int
        1, or the number of channels (dimension 1 of the input).
    init : float
        The slope to begin with.

    Attributes
    ----------
    weight : Parameter
        Of shape (num_parameters,).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.PReLU()(tgx.tensor([-2.0, 3.0])).detach()
    tensor([-0.5000,  3.0000])
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.weight = Parameter(full((num_parameters,), float(init), dtype=dtype))

    def forward(self, input: Tensor) -> Tensor:
        """The input above 0, the weight times it below."""
        return functional.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """How many slopes are learned."""
        return f"num_parameters={self.num_parameters}"


class Softmax2d(Module):
    """Softmax over the channels, at every pixel of images (N, C, H, W) or (C, H, W).

    Raises
    ------
    ShapeError
        If the input has another number of dimensions.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Softmax2d()(tgx.zeros(4, 1, 1)).flatten()
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Of the input's shape; the channels of each pixel have the sum 1."""
        if input.ndim not in (3, 4):
            raise ShapeError(
                "Softmax2d", f"an input of shape {input.shape}", "pass (N, C, H, W) or (C, H, W)"
            )
        return functional.softmax(input, -3)


_NEEDED = inspect.Parameter.empty
_MADE: dict[str, tuple[Any, type[Activation]]] = {}


def layer_name(name: str) -> str:
    """What the layer of an activation is called: `leaky_relu` is `LeakyReLU`."""
    return SPELLED.get(name) or "".join(part.capitalize() for part in name.split("_"))


def layer_names() -> list[str]:
    """The names of all layers that the registry gives, in its order."""
    return ["PReLU" if name == "prelu" else layer_name(name) for name in ACTIVATIONS]


def __getattr__(name: str) -> Any:
    """The layer of an activation, by the layer's name."""
    for function, block in ACTIVATIONS.items():
        if function != "prelu" and layer_name(function) == name:
            made = _MADE.get(name)
            if made is None or made[0] is not block:  # a user may have registered a better one
                made = _MADE[name] = block, _layer(name, getattr(functional, function))
            return made[1]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _layer(name: str, function: Callable[..., Any]) -> type[Activation]:
    """A class of layers from a function."""
    if isinstance(function, Elementwise):
        defaults = dict(zip(function.settings, function.defaults, strict=True))
    else:
        _, *settings = inspect.signature(function).parameters.values()
        taken = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        defaults = {s.name: s.default for s in settings if s.kind not in taken}
    text = inspect.getdoc(function) or f"The activation `{function.__name__}` as a layer."
    members = {
        "__doc__": text,
        "__module__": __name__,
        "function": staticmethod(function),
        "defaults": defaults,
    }
    return type(name, (Activation,), members)
