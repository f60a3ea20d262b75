"""`torch.autograd.functional`: derivatives of a function at a place, in its argument order.

The same as `tinygradx.func`, for inputs that are one tensor or a tuple of them. With
`create_graph=True` the answers stay connected with inputs that require a gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from tinygradx.errors import ArgumentError, GraphError, ShapeError
from tinygradx.graph import enable_grad, no_grad
from tinygradx.ops import shapes
from tinygradx.tensor import Tensor
from tinygradx.tensor.creation import ones_like
from tinygradx.tensor.transforms import Call

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Function = Callable[..., Any]
Inputs = Tensor | Sequence[Tensor]


def jacobian(
    func: Function,
    inputs: Inputs,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """All slopes of a function at a place.

    Parameters
    ----------
    func : callable
        From the inputs to a tensor or a tuple of tensors.
    inputs : Tensor or tuple of Tensor
        The place.
    create_graph : bool
        Whether the answer can be differentiated with respect to the inputs.
    strict : bool
        Raise where an output depends on no input, instead of answering 0.
    vectorize, strategy
        Taken for PyTorch's sake; rows are computed one by one, backward.

    Returns
    -------
    Tensor or tuple
        Of the shape of the output and then the input; tuples in tuples for several.

    Raises
    ------
    GraphError
        With `strict`, if an output depends on no input.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.autograd.functional.jacobian(lambda x: x.exp(), tgx.zeros(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    call = _called("functional.jacobian", func, inputs, create_graph, strict)
    with _mode(create_graph):
        rows = [_form(row, inputs) for row in call.jacobian()]
    call.close()
    return call.answer_of(rows)


def hessian(
    func: Function,
    inputs: Inputs,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """All second derivatives, at a place, of a function that answers one number.

    Parameters
    ----------
    func : callable
        From the inputs to one number.
    inputs, create_graph, strict, vectorize
        As for `jacobian`.
    outer_jacobian_strategy : str
        Taken for PyTorch's sake.

    Returns
    -------
    Tensor or tuple
        Of the shape of the input twice; a tuple of tuples for several inputs.

    Raises
    ------
    ShapeError
        If the function does not answer one number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.autograd.functional.hessian(lambda x: (x**3).sum(), tgx.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    many = not isinstance(inputs, Tensor)

    def slopes(*xs: Tensor) -> Any:
        _, found = _slopes(func, xs, "functional.hessian")
        return tuple(found) if many else found[0]

    return jacobian(slopes, inputs, create_graph, strict)


def vjp(
    func: Function, inputs: Inputs, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value, and the product of a vector and the Jacobian: one walk back.

    Parameters
    ----------
    func, inputs, create_graph, strict
        As for `jacobian`.
    v : Tensor or tuple of Tensor, optional
        One for each output; 1 where the only output is one number.

    Returns
    -------
    tuple
        `(value, product)`, the product in the form of the inputs.

    Raises
    ------
    ArgumentError
        Without `v`, if there is more than one number to multiply with.
    ShapeError
        If `v` does not have the shapes of what it is multiplied with.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([1.0, 2.0])
    >>> tgx.autograd.functional.vjp(lambda x: x * x, x, tgx.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    call = _called("functional.vjp", func, inputs, create_graph, strict)
    with _mode(create_graph):
        found = call.gradients(_vectors(v, call.outputs, call))
    call.close()
    return call.answer(), _form(found, inputs)


def jvp(
    func: Function, inputs: Inputs, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value, and the product of the Jacobian and a vector: how fast the value moves along v.

    Parameters
    ----------
    func, inputs, create_graph, strict
        As for `jacobian`.
    v : Tensor or tuple of Tensor, optional
        One for each input; 1 where the only input is one number.

    Returns
    -------
    tuple
        `(value, product)`, the product in the form of the value.

    Raises
    ------
    ArgumentError, ShapeError
        As for `vjp`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([1.0, 2.0])
    >>> tgx.autograd.functional.jvp(lambda x: x.prod(), x, tgx.tensor([1.0, 10.0]))
    (tensor(2.), tensor(12.))
    """
    call = _called("functional.jvp", func, inputs, create_graph, strict)
    with _mode(create_graph):
        found = call.forward_product(_vectors(v, call.inputs, call))
    call.close()
    return call.answer(), call.answer_of(found)


def hvp(
    func: Function, inputs: Inputs, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a function that answers one number, and the product of its Hessian and a vector.

    The slope of the slope along v: no Hessian is made. Pearlmutter (1994), "Fast exact
    multiplication by the Hessian".

    Parameters
    ----------
    func, inputs, create_graph, strict
        As for `hessian`.
    v
        As for `jvp`.

    Returns
    -------
    tuple
        `(value, product)`, the product in the form of the inputs.

    Raises
    ------
    ArgumentError, ShapeError
        As for `hessian` and `jvp`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([1.0, 2.0])
    >>> tgx.autograd.functional.hvp(lambda x: (x**3).sum(), x, tgx.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    values: list[Tensor] = []

    def slopes(*xs: Tensor) -> Any:
        inner, found = _slopes(func, xs, "functional.hvp")
        values.append(inner.answer())
        return tuple(found)

    call = _called("functional.hvp", slopes, inputs, create_graph, strict)
    with _mode(create_graph):
        found = call.gradients(_vectors(v, call.inputs, call))
    call.close()
    return call.out(values[0]), _form(found, inputs)


def vhp(
    func: Function, inputs: Inputs, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value, and the product of a vector and the Hessian: the same as `hvp`, by symmetry.

    Parameters
    ----------
    func, inputs, v, create_graph, strict
        As for `hvp`.

    Returns
    -------
    tuple
        `(value, product)`.

    Raises
    ------
    ArgumentError, ShapeError
        As for `hvp`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([1.0, 2.0])
    >>> tgx.autograd.functional.vhp(lambda x: x.prod(), x, tgx.tensor([1.0, 10.0]))
    (tensor(2.), tensor([10.,  1.]))
    """
    return hvp(func, inputs, v, create_graph, strict)


def _slopes(func: Function, xs: tuple[Tensor, ...], asked: str) -> tuple[Call, list[Tensor]]:
    """A call of a function that answers one number, and its gradients."""
    call = Call(func, xs, range(len(xs)), asked)
    found = call.gradients([ones_like(_number(call))])
    call.close()
    return call, found


def _called(asked: str, func: Function, inputs: Inputs, create: bool, strict: bool) -> Call:
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    with _mode(create):
        call = Call(func, given, range(len(given)), asked)
    if strict:
        for place, out in enumerate(call.outputs):
            if not out.requires_grad:
                raise GraphError(
                    f"{asked} with strict=True", f"output {place} depends on no input",
                    "leave strict out, for which the slope is 0",
                )  # fmt: skip
    return call


def _mode(create: bool) -> AbstractContextManager[Any]:
    """Whether the answers are recorded: in the present mode, or not at all."""
    return enable_grad() if create else no_grad()


def _form(values: Sequence[Any], inputs: Inputs) -> Any:
    return values[0] if isinstance(inputs, Tensor) else tuple(values)


def _number(call: Call) -> Tensor:
    """The only output, which holds one number in whatever shape."""
    if len(call.outputs) != 1 or call.outputs[0].numel() != 1:
        listed = ", ".join(str(out.shape) for out in call.outputs)
        raise ShapeError(
            call.asked, f"a function that answers shapes {listed}", "answer one number"
        )
    return call.outputs[0]


def _vectors(v: Any, like: Sequence[Tensor], call: Call) -> list[Tensor]:
    """The vectors of a product, one for each of `like`."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise ArgumentError(
                f"{call.asked} without v", "more than one number to multiply with",
                "pass v, of the same shapes",
            )  # fmt: skip
        return [ones_like(like[0].detach())]
    found = [v] if isinstance(v, Tensor) else list(v)
    if len(found) == len(like) == 1 and found[0].numel() == like[0].numel():
        found = [shapes.reshape(found[0], like[0].shape)]
    call.check(found, like, "v")
    return found
