"""The table of all activations, and how one is entered."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from tinygradx.errors import DtypeError, UnknownNameError
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.rowwise import Rowwise


class Activations(dict[str, Any]):
    """Every activation by name, in the order of `activations`; users' own follow."""

    def __missing__(self, name: str) -> Any:
        near = difflib.get_close_matches(str(name), self, 1)
        raise UnknownNameError(
            f"an activation called {name!r}",
            "no such name",
            (f"did you mean {near[0]!r}? " if near else "") + f"There are {', '.join(self)}",
        )


ACTIVATIONS = Activations()


def activation(textbook: str, **options: Any) -> Callable[[Callable[..., Any]], Elementwise]:
    """Register the function below as an activation.

    Parameters
    ----------
    textbook : str
        The naive definition, in the function's own parameter names.
    domain : tuple of float, optional
        Where it is plotted, and where tests draw points.
    float32 : Bound, optional
        A bound on the float32 error above 4 ulp, and its reason.

    Returns
    -------
    callable
        A decorator that answers the operation. Declare its slope with `@name.slope`; a slope left
        out is derived from the formula, which then may not branch.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> @tgx.activation("x * x * x")
    ... def cube(x):
    ...     return x * x * x
    >>> @cube.slope
    ... def _(x):
    ...     return 3.0 * x * x
    >>> cube(tgx.tensor([2.0]))
    tensor([8.])
    """

    def register(function: Callable[..., Any]) -> Elementwise:
        if not callable(function):
            raise DtypeError(
                f"register {function!r:.40} as an activation", f"a {type(function).__name__}",
                "write @activation(...) above a function",
            )  # fmt: skip
        operation = Elementwise(function, textbook, activation=True, **options)
        ACTIVATIONS[operation.name] = operation
        return operation

    return register


def row_activation(textbook: str, **options: Any) -> Callable[[Callable[..., Any]], Rowwise]:
    """Register the function below as an activation along one dimension; see `Rowwise`."""

    def register(function: Callable[..., Any]) -> Rowwise:
        operation = Rowwise(function, textbook, **options)
        ACTIVATIONS[operation.name] = operation
        return operation

    return register
