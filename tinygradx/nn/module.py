"""Module: a part of a model, which owns parameters and other modules.

Its parts are in files of their own, each on the one before: `parts` has what it owns, `hooks` how
it is called, `conversion` what is done to all of it, `state` its values. Here is what it shows.
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

from tinygradx.errors import NotWrittenError
from tinygradx.graph import enable_grad
from tinygradx.nn.printing import text_of
from tinygradx.nn.state import LoadedKeys, State
from tinygradx.nn.summary import summary

__all__ = ["LoadedKeys", "Module"]


class Module(State):
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

    _folds: ClassVar[bool] = False  # whether neighbours that look alike are printed once

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """Compute; every module writes its own."""
        raise NotWrittenError(
            f"call a {type(self).__name__}", "a module that has no forward",
            "write `def forward(self, x): return ...` in its class",
        )  # fmt: skip

    # ---- how it is shown ------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands in the brackets behind the module's name."""
        return ""

    def __repr__(self) -> str:
        return text_of(self)

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
        from tinygradx.draw import draw_dot  # a floor above

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
        return summary(self, *inputs, input_shape=input_shape, dtype=dtype)
