"""Gradients held against central differences, for operations of your own as well as ours.

A difference quotient is an approximation: it finds a wrong formula, not a lost last digit. (The
library's own operations are held to their textbook at 50 digits as well.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygradx.autograd.gradients import grad
from tinygradx.errors import DtypeError, TeachingError
from tinygradx.tensor import Tensor, tensor

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

Array = np.ndarray[Any, Any]


class GradcheckError(TeachingError, RuntimeError):
    """A gradient that is not what small steps of the input say."""


class _Difference(NamedTuple):
    """Where a computed slope and a measured one differ."""

    input: int
    output: int
    element: tuple[int, ...]
    of: tuple[int, ...]
    computed: float
    measured: float


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    fast_mode: bool = False,
) -> bool:
    """Whether the gradients of a function are what small steps of its inputs say.

    Every element of every input that requires a gradient is moved by `eps` both ways, and the
    change of every output is compared with the computed gradient, element by element.

    Parameters
    ----------
    func : callable
        From the inputs to a tensor, or to a tuple of tensors. It must answer the same for the same
        inputs, so seed what is random in it.
    inputs : Tensor or sequence
        What it is called with. Those that require a gradient must be float64: in float32 a
        difference of 1e-6 has no digits left.
    eps : float
        The size of a step.
    atol, rtol : float
        How far both may be apart: `atol + rtol * abs(measured)`.
    raise_exception : bool
        Raise where they differ; answer False otherwise.
    nondet_tol, check_undefined_grad, fast_mode
        Taken for PyTorch's sake: every element is always compared.

    Returns
    -------
    bool
        True where all agree.

    Raises
    ------
    GradcheckError
        Where a gradient is wrong: which input, which element, and both numbers.
    DtypeError
        If an input that requires a gradient is not float64.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.autograd import gradcheck
    >>> x = tgx.tensor([0.5, -1.0], dtype=tgx.float64, requires_grad=True)
    >>> gradcheck(lambda x: x.tanh() * 2.0, x)
    True
    """
    given = _given(func, inputs, "gradcheck")
    moved = _movable(given, "gradcheck")
    found = _first_difference(func, given, moved, eps, atol, rtol)
    if found is None or not raise_exception:
        return found is None
    raise _explained(found, given, eps, "gradcheck")


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    fast_mode: bool = False,
) -> bool:
    """Whether the second derivatives of a function are what small steps say.

    The gradients themselves are taken as a function, of the inputs and of the gradient they begin
    with, and that function is given to `gradcheck`.

    Parameters
    ----------
    func, inputs, eps, atol, rtol, raise_exception, nondet_tol, check_undefined_grad, fast_mode
        As for `gradcheck`.
    grad_outputs : Tensor or sequence of Tensor, optional
        The gradients to begin with, of the shapes of the outputs; drawn at random (from a seed of
        their own) when left out.

    Returns
    -------
    bool
        True where all agree.

    Raises
    ------
    GradcheckError
        Where a second derivative is wrong.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.autograd import gradgradcheck
    >>> x = tgx.tensor([0.5, -1.0], dtype=tgx.float64, requires_grad=True)
    >>> gradgradcheck(lambda x: x ** 3, x)
    True
    """
    given = _given(func, inputs, "gradgradcheck")
    moved = _movable(given, "gradgradcheck")
    outputs = _differentiable(_called(func, given))
    if grad_outputs is None:
        random = np.random.default_rng(0)
        starts = [tensor(random.normal(size=out.shape)) for out in outputs]
    elif isinstance(grad_outputs, Tensor):
        starts = [grad_outputs]
    else:
        starts = list(grad_outputs)
    starts = [tensor(start.detach().numpy(), requires_grad=True) for start in starts]

    def first(*every: Any) -> tuple[Tensor, ...]:
        values, begins = every[: len(given)], every[len(given) :]
        outs = _differentiable(_called(func, values))
        wanted = [values[place] for place in moved]
        gradients = grad(outs, wanted, begins, create_graph=True, materialize_grads=True)
        # A gradient that depends on nothing has second derivatives of 0, which need no check.
        return tuple(g for g in gradients if g.requires_grad)

    both = (*given, *starts)
    places = (*moved, *range(len(given), len(both)))
    found = _first_difference(first, both, places, eps, atol, rtol)
    if found is None or not raise_exception:
        return found is None
    raise _explained(found, both, eps, "gradgradcheck")


def _given(func: Any, inputs: Any, asked: str) -> tuple[Any, ...]:
    """What the function is called with."""
    if not callable(func) or not isinstance(inputs, (Tensor, tuple, list)):
        wrong = inputs if callable(func) else func
        raise DtypeError(
            f"{asked} of {wrong!r:.40}", f"a {type(wrong).__name__}",
            f"pass a function, and a tensor or a tuple of them: {asked}(f, (x,))",
        )  # fmt: skip
    return (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)


def _movable(given: tuple[Any, ...], asked: str) -> tuple[int, ...]:
    """The places of the inputs that require a gradient, which are float64."""
    places = tuple(i for i, x in enumerate(given) if isinstance(x, Tensor) and x.requires_grad)
    if not places:
        raise DtypeError(
            asked, "no input that requires a gradient",
            "make one with tinygradx.tensor(..., dtype=tinygradx.float64, requires_grad=True)",
        )  # fmt: skip
    for place in places:
        if given[place].dtype != np.float64:
            raise DtypeError(
                asked, f"input {place} of dtype {given[place].dtype}, too coarse for a difference",
                "pass float64: x.detach().double().requires_grad_()",
            )  # fmt: skip
    return places


def _called(func: Callable[..., Any], given: Sequence[Any]) -> tuple[Tensor, ...]:
    out = func(*given)
    return tuple(out) if isinstance(out, (tuple, list)) else (out,)


def _differentiable(outputs: tuple[Tensor, ...]) -> list[Tensor]:
    """The outputs that a gradient can be taken of."""
    return [out for out in outputs if out.requires_grad]


def _first_difference(
    func: Callable[..., Any],
    given: tuple[Any, ...],
    moved: Sequence[int],
    eps: float,
    atol: float,
    rtol: float,
) -> _Difference | None:
    """Compare every element; the first that differs."""
    outputs = _differentiable(_called(func, given))
    for place in moved:
        measured = _measured(func, given, place, eps)
        for number, out in enumerate(outputs):
            computed = _computed(out, given[place])
            close = np.abs(computed - measured[number]) <= atol + rtol * np.abs(measured[number])
            if not close.all():
                row, column = (int(i) for i in np.argwhere(~close)[0])
                return _Difference(
                    place, number, _index(column, given[place].shape), _index(row, out.shape),
                    float(computed[row, column]), float(measured[number][row, column]),
                )  # fmt: skip
    return None


def _index(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(flat, shape)) if shape else ()


def _computed(out: Tensor, x: Tensor) -> Array:
    """The slopes of each element of `out` (rows) along each element of `x` (columns)."""
    rows = np.zeros((out.numel(), x.numel()))
    for row in range(out.numel()):
        start = np.zeros(out.numel())
        start[row] = 1.0
        (g,) = grad(
            out, x, tensor(start.reshape(out.shape)), retain_graph=True, materialize_grads=True
        )
        rows[row] = g.detach().numpy().ravel()
    return rows


def _measured(
    func: Callable[..., Any], given: tuple[Any, ...], place: int, eps: float
) -> list[Array]:
    """The same by central differences, one array for each output that can be differentiated."""
    array = given[place].detach().numpy().copy()
    # A tensor of its own, so that the caller's is never written to.
    columns: list[list[Array]] = []
    for position in np.ndindex(array.shape):
        ends = []
        for step in (eps, -eps):
            shifted = array.copy()
            shifted[position] += step
            values = list(given)
            values[place] = tensor(shifted, requires_grad=True)
            ends.append(
                [out.detach().numpy().copy() for out in _differentiable(_called(func, values))]
            )
        width = (array[position] + eps) - (array[position] - eps)
        columns.append([(up - down).ravel() / width for up, down in zip(*ends, strict=True)])
    if not columns:
        return [np.zeros((out.numel(), 0)) for out in _differentiable(_called(func, given))]
    return [np.stack(column, axis=1) for column in zip(*columns, strict=True)]


def _explained(
    found: _Difference, given: tuple[Any, ...], eps: float, asked: str
) -> GradcheckError:
    what = "gradient" if asked == "gradcheck" else "second derivative"
    return GradcheckError(
        f"{asked}: the {what} of output {found.output} at {list(found.of)} "
        f"with respect to input {found.input} at {list(found.element)}",
        f"{found.computed:.10g}, where a step of {eps:g} measures {found.measured:.10g}",
        "check the slope (or pull) of the operations in between; at a kink, move the input away",
    )
