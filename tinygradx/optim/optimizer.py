"""What every optimiser shares: groups of parameters, their settings, and the walk over them.

How a parameter changes is a formula of one element, compiled by the writer of all kernels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

import numpy as np

from tinygradx.errors import (
    ArgumentError,
    DtypeError,
    GraphError,
    NotWrittenError,
    ShapeError,
    check_names,
)
from tinygradx.graph import Cell, Leaf, enable_grad, here, wrap
from tinygradx.kernels import BACKENDS, Formula, Text, backend_of, update_kernel
from tinygradx.ops.elementwise import DTYPE_NAMES
from tinygradx.ops.structural import repeats
from tinygradx.tensor import Tensor


class Update:
    """The formula of one element, `(p, g, ...) -> p`, as a kernel that changes arrays in place.

    Parameters
    ----------
    function : function
        Takes `p`, `g`, what it keeps from step to step, and numbers; returns the new `p` and the
        new values of what it keeps, in the order of its parameters.

    Examples
    --------
    >>> from tinygradx.optim.sgd import descend
    >>> "p[i] = descend(p[i], g[i], lr, weight_decay)" in descend.source("cpu")
    True
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.formula = Formula(function)
        self.name = self.formula.name
        self.__doc__ = function.__doc__
        #: What it changes: `p`, and what it keeps.
        self.arrays = ("p", *self.formula.parameters[2 : len(self.formula.parts()) + 1])
        self._kernels: dict[Any, Callable[..., None]] = {}

    def text(self, device: str = "cpu", dtype: str = "float32") -> Text:
        """The kernel as text that can be loaded."""
        return update_kernel(f"{self.name}_update", device, dtype, self.formula, self.arrays)

    def source(self, device: str = "cpu", dtype: str = "float32") -> str:
        """The text of the kernel."""
        return self.text(device, dtype).source

    def __call__(self, arrays: tuple[Any, ...], g: Any, numbers: tuple[float, ...]) -> None:
        """Change the arrays, `p` first, by the gradient and the numbers, in the formula's order."""
        p = arrays[0]
        backend, shape, dtype = BACKENDS[p.__class__], p.shape, p.dtype
        # A kernel checks nothing, and would write beyond the end.
        if g.shape != shape or g.dtype is not dtype:
            raise self._misfit(p, g)
        if len(arrays) > 1:
            for array in arrays[1:]:
                if array.shape != shape or array.dtype is not dtype:
                    raise self._misfit(p, array)
        kernel = self._kernels.get(dtype)
        if kernel is None:
            text = self.text(backend.name, DTYPE_NAMES[dtype.char])
            kernel = self._kernels[dtype] = backend.load(text)
        if p.flags.c_contiguous:
            backend.change(kernel, numbers, (g, *arrays))
        else:  # flat it would be a copy, and the change be lost
            copied = p.copy("C")
            backend.change(kernel, numbers, (g, copied, *arrays[1:]))
            p[...] = copied

    def _misfit(self, p: Any, array: Any) -> ShapeError:
        return ShapeError(
            f"{self.name} of a parameter of shape {p.shape}, {p.dtype}",
            f"a gradient or a state of shape {array.shape}, {array.dtype}",
            "call zero_grad() and make the optimiser anew once .data was replaced",
        )


class Optimizer:
    """The base of optimisers: one writes `update`, which changes one parameter.

    Parameters
    ----------
    params : iterable of Tensor, or of dict
        What to change; a dict is a group with settings of its own: `{"params": [...], "lr": 0.1}`.
    **settings
        Those of groups that say nothing else.

    Attributes
    ----------
    param_groups : list of dict
        "params" and the settings; change `group["lr"]` to change the learning rate.
    state : dict
        What `update` keeps for each parameter from one step to the next.
    """

    #: The smallest value of each setting.
    least: ClassVar[dict[str, float]] = {"lr": 0.0}

    def __new__(cls, *args: Any, **named: Any) -> Self:
        """Refuse settings by names that the class does not take."""
        check_names(cls, named)
        return super().__new__(cls)

    def __init__(self, params: Iterable[Any], **settings: Any) -> None:
        if isinstance(params, (Tensor, dict)) or not isinstance(params, Iterable):
            single = isinstance(params, Tensor)
            raise DtypeError(
                f"make {type(self).__name__}", f"params of type {type(params).__name__}",
                "pass a list, [tensor], or model.parameters()" if single
                else "pass model.parameters(), or a list of tensors",
            )  # fmt: skip
        self.defaults = settings
        self.param_groups: list[dict[str, Any]] = []
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        given = list(params)
        if not given:
            raise ArgumentError(
                f"make {type(self).__name__}", "no parameters",
                "pass model.parameters(), afresh: an iterator that was walked before is empty",
            )  # fmt: skip
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.defaults.items())
        count = sum(len(group["params"]) for group in self.param_groups)
        return f"{type(self).__name__}({count} parameters, {settings})"

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Change these parameters, too.

        Parameters
        ----------
        param_group : dict
            "params", and settings that differ from the optimiser's own.

        Raises
        ------
        ArgumentError, DtypeError, GraphError
            If a setting is too small or unknown, a parameter is no tensor of floats, cannot be
            written to, is the result of an operation, or is there already.
        """
        if not isinstance(param_group, dict) or "params" not in param_group:
            keys = list(param_group) if isinstance(param_group, dict) else param_group
            raise ArgumentError(
                f"give a group of parameters to {type(self).__name__}",
                f"{keys!r:.60}, without 'params'",
                'pass {"params": model.parameters(), "lr": 0.01}',
            )
        params = param_group["params"]
        group = self.defaults | param_group
        group["params"] = [params] if isinstance(params, Tensor) else list(params)
        asked = f"give parameters to {type(self).__name__}"
        for name in group:
            if name != "params" and name not in self.defaults:
                raise ArgumentError(asked, f"a setting {name!r}", f"use {', '.join(self.defaults)}")
        self.check(group, f"settings of {type(self).__name__}")
        known = {tensor for other in self.param_groups for tensor in other["params"]}
        for tensor in group["params"]:
            if not isinstance(tensor, Tensor):
                raise DtypeError(asked, f"a {type(tensor).__name__}", "pass tensors")
            if not tensor.is_leaf:
                raise GraphError(
                    asked, f"the result of a recorded {tensor.grad_fn.op.name}",
                    "pass what it was computed from",
                )  # fmt: skip
            fixed = not tensor.array.flags.writeable or repeats(tensor.array)
            if tensor.dtype.char not in DTYPE_NAMES or fixed:
                what = "read-only memory, or such that repeats" if fixed else str(tensor.dtype)
                raise DtypeError(asked, f"a tensor of {what}", "pass floats that may be changed")
            if tensor in known:
                raise ArgumentError(asked, "one of them twice", "pass each parameter once")
            known.add(tensor)
        self.param_groups.append(group)

    def check(self, group: dict[str, Any], asked: str) -> None:
        """Refuse settings that make no sense; an optimiser adds what it knows besides."""
        for name, least in self.least.items():
            if name not in group:
                continue
            value = group[name]
            number = isinstance(value, Tensor) and value.numel() == 1
            if not number and not isinstance(value, (int, float, np.number)):
                raise DtypeError(
                    asked, f"{name}={value!r:.40}, a {type(value).__name__}",
                    f"pass a number, such as {name}=0.01",
                )  # fmt: skip
            if not value >= least:
                raise ArgumentError(asked, f"{name}={value!r}", f"use {least} or more")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Parameters
        ----------
        set_to_none : bool
            Make them None; else zeros, in the memory they have.
        """
        for group in self.param_groups:
            for tensor in group["params"]:
                node = tensor.node
                if set_to_none and isinstance(node, Leaf):
                    node.grad = None
                elif tensor.grad is not None:
                    tensor.grad.detach().zero_()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient, in its own memory.

        Parameters
        ----------
        closure : callable, optional
            Computes the loss again, with its gradients, and answers it.

        Returns
        -------
        Tensor or None
            What the closure answered.
        """
        loss = None
        if closure is not None:
            if not callable(closure):
                raise DtypeError(
                    f"step({closure!r:.40})", f"a {type(closure).__name__}",
                    "call step(), or pass a function that computes the loss again",
                )  # fmt: skip
            with enable_grad():
                loss = closure()
        where = here(1)
        update, state = self.update, self.state
        changed: list[Cell] = []
        try:
            for group in self.param_groups:
                for tensor in group["params"]:
                    node = tensor.node
                    grad = node.grad if isinstance(node, Leaf) else None
                    if grad is not None:
                        changed.append(tensor.cell)
                        own = state[tensor]
                        update(tensor.array, grad.array, own, group)
                        if own:
                            changed += [t.cell for t in own.values() if isinstance(t, Tensor)]
        finally:
            Cell.write_all(changed, where)
        return loss

    def state_dict(self) -> dict[str, Any]:
        """What the optimiser knows, in PyTorch's form: to save it, and to go on from there.

        Returns
        -------
        dict
            "state" has what is kept for each parameter, under its number in the order of the
            groups; "param_groups" has the settings, with those numbers as "params".

        Examples
        --------
        >>> import tinygradx as tgx
        >>> optimizer = tgx.optim.SGD([tgx.zeros(2).requires_grad_()], lr=0.5)
        >>> optimizer.state_dict()["param_groups"][0]["lr"]
        0.5
        """
        numbers: dict[Tensor, int] = {}
        groups = []
        for group in self.param_groups:
            for tensor in group["params"]:
                numbers[tensor] = len(numbers)
            groups.append(group | {"params": [numbers[tensor] for tensor in group["params"]]})
        state = {numbers[tensor]: dict(kept) for tensor, kept in self.state.items() if kept}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what `state_dict` answered; its values are copied.

        Parameters
        ----------
        state_dict : dict
            Of an optimiser of this kind with as many parameters in as many groups.

        Raises
        ------
        ArgumentError, ShapeError
            If the groups or the shapes are not those of the parameters here; nothing is changed.
        """
        asked = f"load the state of {type(self).__name__}"
        if not isinstance(state_dict, dict) or not {"state", "param_groups"} <= set(state_dict):
            raise ArgumentError(
                asked, f"{list(state_dict) if isinstance(state_dict, dict) else state_dict!r:.60}",
                "pass what state_dict() of an optimizer answered: 'state' and 'param_groups'",
            )  # fmt: skip
        given = state_dict["param_groups"]
        theirs = [len(group["params"]) for group in given]
        ours = [len(group["params"]) for group in self.param_groups]
        if theirs != ours:
            raise ArgumentError(
                asked, f"groups of {theirs} parameters, where there are {ours}",
                "make the optimiser of the same groups first",
            )  # fmt: skip
        states: dict[Tensor, dict[str, Any]] = {}
        for saved, group in zip(given, self.param_groups, strict=True):
            for number, tensor in zip(saved["params"], group["params"], strict=True):
                kept = state_dict["state"].get(number, {})
                states[tensor] = {name: _loaded(asked, v, tensor) for name, v in kept.items()}
        for saved, group in zip(given, self.param_groups, strict=True):
            settings = {name: value for name, value in saved.items() if name != "params"}
            self.check(group | settings, asked)
            group.update(settings)
        self.state.clear()
        self.state.update({tensor: kept for tensor, kept in states.items() if kept})

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Change one parameter; every optimiser writes its own.

        Parameters
        ----------
        array, grad : array
            Its value, which is written to, and its gradient, which is not.
        state : dict
            What was kept for it; empty at first.
        group : dict
            The settings.
        """
        raise NotWrittenError(
            f"step() of {type(self).__name__}", "a class that has no update",
            "write `def update(self, array, grad, state, group): ...`",
        )  # fmt: skip


def _loaded(asked: str, value: Any, like: Tensor) -> Any:
    """A copy of what was kept for a parameter, checked; numbers as they are."""
    if not isinstance(value, Tensor):
        return value
    if value.shape not in ((), like.shape):
        raise ShapeError(
            asked, f"a state of shape {value.shape} for a parameter of shape {like.shape}",
            "load into the model that was trained",
        )  # fmt: skip
    return wrap(Tensor, value.array.astype(like.dtype))


def ascending(grad: Any) -> Any:
    """The gradient turned round, for `maximize`."""
    backend = backend_of(grad)
    return backend.call(backend.xp.negative, grad)


def kept(state: dict[str, Any], name: str, like: Any) -> Any:
    """The array that `state` keeps under a name, zeros at first; users find it as a Tensor."""
    known = state.get(name)
    if known is None:
        zeros = backend_of(like).xp.zeros(like.shape, like.dtype)
        known = state[name] = wrap(Tensor, zeros)
    array = known.array
    if array.dtype is not like.dtype or not array.flags.c_contiguous:
        # After model.double(); and flat, a strided one would be a copy and the change be lost.
        known = state[name] = wrap(Tensor, array.astype(like.dtype, order="C"))
    return known.array
