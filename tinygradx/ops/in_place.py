"""Activations that write their answer to their input: PyTorch's names with a `_` behind."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tinygradx.ops import activations
from tinygradx.ops.rrelu import rrelu
from tinygradx.ops.structural import in_place


def _written(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function that writes what `function` answers to its input, and answers that."""
    name = f"{function.__name__}_"

    def write(input: Any, *settings: Any, **named: Any) -> Any:
        return in_place(input, lambda x: function(x, *settings, **named), name)

    functools.update_wrapper(write, function, assigned=(), updated=())
    write.__name__ = write.__qualname__ = name
    write.__doc__ = f"`{name[:-1]}`, written to the memory of its input, which is answered."
    return write


celu_, elu_ = _written(activations.celu), _written(activations.elu)
hardtanh_, leaky_relu_ = _written(activations.hardtanh), _written(activations.leaky_relu)
relu_, rrelu_ = _written(activations.relu), _written(rrelu)
selu_, threshold_ = _written(activations.selu), _written(activations.threshold)
