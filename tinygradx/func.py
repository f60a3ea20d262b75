"""Functions of functions, in the names of `torch.func`: from f to its gradient, and so on.

They can be nested to any depth, take tensors in tuples, lists and dictionaries, and leave `.grad`
alone. What `f` reads from outside stays connected: if a tensor there requires a gradient, so does
the answer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, ShapeError, TeachingError, UnknownNameError
from tinygradx.tensor import Tensor
from tinygradx.tensor.creation import ones_like
from tinygradx.tensor.transforms import Call
from tinygradx.tensor.trees import flatten

__all__ = [
    "functional_call", "grad", "grad_and_value", "hessian", "hvp", "jacfwd", "jacrev", "jvp",
    "value_and_grad", "vjp", "vmap",
]  # fmt: skip

Function = Callable[..., Any]


class NotOffered(TeachingError, NotImplementedError):  # noqa: N818
    """A transform that is not here, and what to use instead."""


def grad(func: Function, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Function:
    """The gradient of a function, as a function.

    Parameters
    ----------
    func : callable
        From tensors to one number (a tensor without dimensions).
    argnums : int or tuple of int
        With respect to which arguments; each may be a tuple, list or dictionary of tensors.
    has_aux : bool
        Whether `func` answers a pair, whose second part is handed on.

    Returns
    -------
    callable
        Takes what `func` takes, and answers the gradient: of the form of the argument, a tuple for
        several arguments; with `has_aux` a pair of that and the second part.

    Raises
    ------
    ShapeError
        If `func` answers more than one number.
    DtypeError
        If an argument to differentiate holds no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.func import grad
    >>> grad(tgx.sin)(tgx.tensor(0.0))
    tensor(1.)
    >>> grad(grad(lambda x: x**3))(tgx.tensor(2.0))
    tensor(12.)
    """

    @functools.wraps(func)
    def gradient(*args: Any, **named: Any) -> Any:
        found, _, aux = _gradient("func.grad", func, argnums, has_aux, args, named)
        return (found, aux) if has_aux else found

    return gradient


def value_and_grad(
    func: Function, argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Function:
    """A function that answers the value and the gradient of another one, in JAX's order.

    Parameters
    ----------
    func, argnums, has_aux
        As for `grad`.

    Returns
    -------
    callable
        Takes what `func` takes, and answers `(value, gradient)`; with `has_aux`
        `((value, aux), gradient)`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.func.value_and_grad(lambda x: (x * x).sum())(tgx.tensor([1.0, 2.0]))
    (tensor(5.), tensor([2., 4.]))
    """

    @functools.wraps(func)
    def both(*args: Any, **named: Any) -> Any:
        found, value, aux = _gradient("func.value_and_grad", func, argnums, has_aux, args, named)
        return ((value, aux) if has_aux else value), found

    return both


def grad_and_value(
    func: Function, argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Function:
    """`value_and_grad` in PyTorch's order: the gradient comes first.

    Parameters
    ----------
    func, argnums, has_aux
        As for `grad`.

    Returns
    -------
    callable
        Answers `(gradient, value)`; with `has_aux` `(gradient, (value, aux))`.
    """

    @functools.wraps(func)
    def both(*args: Any, **named: Any) -> Any:
        found, value, aux = _gradient("func.grad_and_value", func, argnums, has_aux, args, named)
        return found, ((value, aux) if has_aux else value)

    return both


def _gradient(
    asked: str,
    func: Function,
    argnums: int | tuple[int, ...],
    has_aux: bool,
    args: tuple[Any, ...],
    named: dict[str, Any],
) -> tuple[Any, Any, Any]:
    """The gradient, the value, and what was handed on."""
    call = Call(func, args, _places(argnums, args, asked), asked, has_aux, named)
    found = call.gradients([ones_like(call.single())])
    call.close()
    return _of_argnums(call.split(found), argnums), call.answer(), call.extra()


def vjp(func: Function, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of a function, and its product of a vector and the Jacobian as a function.

    Parameters
    ----------
    func : callable
        From tensors to tensors.
    *primals
        What it is called with; all of it is differentiated.
    has_aux : bool
        Whether `func` answers a pair, whose second part is handed on.

    Returns
    -------
    tuple
        `(value, vjp_fn)`, and with `has_aux` the second part. `vjp_fn` takes a tensor for each
        tensor of the value, in the same form, and answers one for each of the primals; it may be
        called many times.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> value, vjp_fn = tgx.func.vjp(tgx.sin, tgx.tensor([0.0, 1.0]))
    >>> vjp_fn(tgx.tensor([1.0, 1.0]))
    (tensor([1.0000, 0.5403]),)
    """
    call = Call(func, primals, range(len(primals)), "func.vjp", has_aux)

    def vjp_fn(*cotangents: Any, retain_graph: bool = True, create_graph: Any = None) -> Any:
        vectors, _ = flatten(cotangents)
        call.check(vectors, call.outputs, "cotangents")
        create = create_graph
        if create is None:
            create = call.open or (call.recorded and any(v.requires_grad for v in vectors))
        return tuple(call.split(call.gradients(vectors, create, retain_graph)))

    pair = call.answer(), vjp_fn
    return (*pair, call.extra()) if has_aux else pair


def jvp(
    func: Function, primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False
) -> tuple[Any, ...]:
    """The value of a function, and its change along tangents: the Jacobian times a vector.

    Two sweeps back do what other libraries do with one forward (Townsend, 2017), so it costs about
    three times the function itself.

    Parameters
    ----------
    func : callable
        From tensors to tensors.
    primals, tangents : tuple
        Where, and along what: of the same shapes.
    strict : bool
        Refused when True: an output that depends on nothing has the tangent 0.
    has_aux : bool
        Whether `func` answers a pair, whose second part is handed on.

    Returns
    -------
    tuple
        `(value, tangent of the value)`, and with `has_aux` the second part.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.func.jvp(lambda x: x**2, (tgx.tensor(3.0),), (tgx.tensor(1.0),))
    (tensor(9.), tensor(6.))
    """
    asked = "func.jvp"
    if strict:
        raise NotOffered(
            f"{asked} with strict=True", "outputs that depend on nothing have a tangent of 0",
            "leave strict out",
        )  # fmt: skip
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        raise DtypeError(
            asked, f"primals of type {type(primals).__name__}", "pass tuples: jvp(f, (x,), (v,))"
        )
    call = Call(func, primals, range(len(primals)), asked, has_aux)
    vectors, _ = flatten(tangents)
    found = call.forward_product(vectors)
    call.close()
    pair = call.answer(), call.answer_of(found)
    return (*pair, call.extra()) if has_aux else pair


def jacrev(
    func: Function,
    argnums: int | tuple[int, ...] = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
) -> Function:
    """The Jacobian of a function, as a function: one sweep back for each element of its value.

    Parameters
    ----------
    func : callable
        From tensors to tensors.
    argnums : int or tuple of int
        With respect to which arguments.
    has_aux : bool
        Whether `func` answers a pair, whose second part is handed on.
    chunk_size : int, optional
        Taken for PyTorch's sake: rows are computed one by one.

    Returns
    -------
    callable
        Takes what `func` takes, and answers a tensor of the value's shape followed by the
        argument's; in tuples and dictionaries where value or arguments are.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.func.jacrev(lambda x: x**2)(tgx.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **named: Any) -> Any:
        asked = "func.jacrev"
        call = Call(func, args, _places(argnums, args, asked), asked, has_aux, named)
        rows = [_of_argnums(call.split(row), argnums) for row in call.jacobian()]
        call.close()
        found = call.answer_of(rows)
        return (found, call.extra()) if has_aux else found

    return jacobian


def hessian(func: Function, argnums: int | tuple[int, ...] = 0) -> Function:
    """The second derivatives of a function, as a function: `jacrev` of `jacrev`.

    Parameters
    ----------
    func : callable
        From tensors to a tensor, usually one number.
    argnums : int or tuple of int
        With respect to which arguments.

    Returns
    -------
    callable
        Answers a tensor of the value's shape followed twice by the argument's.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.func.hessian(lambda x: x[0] ** 2 * x[1])(tgx.tensor([1.0, 2.0]))
    tensor([[4., 2.],
            [2., 0.]])
    """
    return jacrev(jacrev(func, argnums), argnums)


def hvp(func: Function, primals: Any, tangents: Any) -> Any:
    """The product of the Hessian with a vector, without the Hessian.

    It is the gradient of the gradient along the vector (Pearlmutter, 1994), and costs about four
    times the function itself.

    Parameters
    ----------
    func : callable
        From tensors to one number.
    primals, tangents : tuple
        Where, and along what: of the same shapes.

    Returns
    -------
    tuple or Tensor
        The product, one part for each of the primals; the part itself where there is one.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, v = tgx.tensor([1.0, 2.0]), tgx.tensor([1.0, 0.0])
    >>> tgx.func.hvp(lambda x: (x**3).sum(), (x,), (v,))
    tensor([6., 0.])
    """
    asked = "func.hvp"
    primals = primals if isinstance(primals, tuple) else (primals,)
    vectors, _ = flatten(tangents)
    call = Call(grad(func, tuple(range(len(primals)))), primals, range(len(primals)), asked)
    call.check(vectors, call.inputs, "tangents")
    found = call.split(call.gradients(vectors))
    call.close()
    return found[0] if len(found) == 1 else tuple(found)


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Any,
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call a module with other values in the places of its parameters and buffers.

    The module is as it was afterwards, also after an error.

    Parameters
    ----------
    module : nn.Module
        What is called.
    parameter_and_buffer_dicts : dict or sequence of dict
        Tensors by their paths, as `named_parameters()` has them.
    args : tuple or Tensor
        What the module is called with.
    kwargs : dict, optional
        The same by name.
    tie_weights : bool
        Whether a parameter that has several names is replaced under all of them.
    strict : bool
        Whether every parameter and buffer must be given.

    Returns
    -------
    Tensor
        What the module answers.

    Raises
    ------
    UnknownNameError
        If the module has nothing under a name, or `strict` finds a name missing.
    ShapeError
        If two values are given for one tied parameter.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> model = tgx.nn.Linear(2, 1)
    >>> values = {"weight": tgx.ones(1, 2), "bias": tgx.zeros(1)}
    >>> tgx.func.functional_call(model, values, tgx.tensor([[3.0, 4.0]]))
    tensor([[7.]])
    """
    asked = f"functional_call of a {type(module).__name__}"
    values = _merged(parameter_and_buffer_dicts, asked)
    places = _places_of(module, asked)
    strange = [name for name in values if name not in places]
    missing = [name for name in places if name not in values] if strict else []
    if strange or missing:
        raise UnknownNameError(
            asked, f"unknown: {strange[:5] or 'nothing'}; missing: {missing[:5] or 'nothing'}",
            f"use its own names: {', '.join(list(places)[:5]) or 'it has none'}",
        )  # fmt: skip
    chosen = {places[name]: value for name, value in values.items()}
    if tie_weights:
        _tie(values, places, chosen, asked)
    given = () if args is None else args if isinstance(args, tuple) else (args,)
    before = {place: vars(place[0])[place[1]] for place in chosen}
    try:
        for (owner, name), value in chosen.items():
            owner.__dict__[name] = value
        return module(*given, **(kwargs or {}))
    finally:
        for (owner, name), value in before.items():
            owner.__dict__[name] = value


Place = tuple[Any, str]


def _merged(dicts: Any, asked: str) -> dict[str, Any]:
    """One dictionary of all values; a name is given once."""
    merged: dict[str, Any] = {}
    for part in [dicts] if isinstance(dicts, Mapping) else dicts:
        twice = [name for name in part if name in merged]
        if twice:
            raise ArgumentError(
                asked, f"{twice[0]!r} in two dictionaries", "give each name once"
            )  # fmt: skip
        merged.update(part)
    for name, value in merged.items():
        if not isinstance(value, Tensor):
            raise DtypeError(
                asked, f"a {type(value).__name__} for {name!r}", "pass Tensors"
            )  # fmt: skip
    return merged


def _places_of(module: Any, asked: str) -> dict[str, Place]:
    """Every parameter and buffer, under each of its names: whose attribute it is."""
    if not hasattr(module, "named_children"):
        raise DtypeError(asked, "no module", "pass an nn.Module")
    found: dict[str, Place] = {}
    waiting = [("", module)]
    while waiting:
        path, owner = waiting.pop()
        for name in (*owner._parameters, *owner._buffers):
            found[f"{path}{name}"] = (owner, name)
        waiting += [(f"{path}{name}.", part) for name, part in owner._modules.items()]
    return found


def _tie(
    values: dict[str, Any], places: dict[str, Place], chosen: dict[Place, Any], asked: str
) -> None:
    """Give a tensor with several names its new value under all of them."""
    by_tensor: dict[int, Any] = {}
    for name, value in values.items():
        owner, attribute = places[name]
        tensor = vars(owner)[attribute]
        known = by_tensor.setdefault(id(tensor), value)
        if known is not value:
            raise ShapeError(
                asked, f"two values for one tensor, which is {name!r} under another name",
                "give one of them, or pass tie_weights=False",
            )  # fmt: skip
    for owner, attribute in places.values():
        tensor = vars(owner)[attribute]
        if id(tensor) in by_tensor:
            chosen[owner, attribute] = by_tensor[id(tensor)]


# ---- what is not here ---------------------------------------------------------------------------


def vmap(
    func: Function, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", **named: Any
) -> Function:
    """Refused: operations take whole batches, so a batch needs no transform here.

    Raises
    ------
    NotOffered
        Always; the message says what to write instead.
    """
    raise NotOffered(
        f"func.vmap of {getattr(func, '__name__', 'a function')}", "no vmap here",
        "give the function the whole batch (operations broadcast, linear takes rows), or write "
        "tinygradx.stack([f(x) for x in batch])",
    )  # fmt: skip


def jacfwd(
    func: Function, argnums: Any = 0, has_aux: bool = False, **named: Any
) -> Function:  # fmt: skip
    """Refused: there is no forward mode here.

    Raises
    ------
    NotOffered
        Always; the message says what to use instead.
    """
    raise NotOffered(
        f"func.jacfwd of {getattr(func, '__name__', 'a function')}", "no forward mode here",
        "use tinygradx.func.jacrev, which answers the same, or jvp for a single direction",
    )  # fmt: skip


# ---- arguments ----------------------------------------------------------------------------------


def _places(
    argnums: int | Sequence[int], args: tuple[Any, ...], asked: str
) -> tuple[int, ...]:  # fmt: skip
    """Places of arguments, counted from the front."""
    wanted = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    places = []
    for place in wanted:
        if not -len(args) <= place < len(args):
            raise ArgumentError(
                f"{asked} with argnums={argnums}", f"a function called with {len(args)} arguments",
                "count from 0, and pass what is differentiated by position",
            )  # fmt: skip
        places.append(place % len(args))
    if len(set(places)) != len(places) or not places:
        raise ArgumentError(
            f"{asked} with argnums={argnums}", "no argument, or one given twice",
            "name each argument once",
        )  # fmt: skip
    return tuple(places)


def _of_argnums(values: list[Any], argnums: Any) -> Any:
    """The value of a single argument, or a tuple of several."""
    return values[0] if isinstance(argnums, int) else tuple(values)
