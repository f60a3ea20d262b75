"""What every optimiser shares: groups of parameters, their settings, and the walk over them.

How a parameter changes is a formula of one element (`update.py`); each optimiser is one, and says
which numbers go into it.
"""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any, ClassVar, NoReturn

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.graph import Cell, Leaf, enable_grad, here, wrap
from tinygradx.ops.structural import repeats
from tinygradx.optim.hooks import Hooked, with_hooks
from tinygradx.optim.update import DTYPE_NAMES, ascending
from tinygradx.tensor import Tensor

#: How PyTorch should compute a step. There is one way here, with the same result, so these are
#: kept for PyTorch's sake and read by nobody; only `differentiable` would change the result.
HOW = ("foreach", "fused", "capturable", "differentiable")
#: What a group may hold besides settings: names, and what the schedulers of learning rates note.
NOTES = frozenset(
    (
        "name",
        "param_names",
        "initial_lr",
        "max_lr",
        "min_lr",
        "max_momentum",
        "base_momentum",
        "swa_lr",
    )
)
#: A scheduler that leads to 0 arrives at -5e-19 now and then, by rounding; a larger one is refused.
ROUNDED = 1e-12


class Optimizer(Hooked):
    """The base of optimisers: one writes `update`, which changes one parameter.

    Parameters
    ----------
    params : iterable of Tensor, of (str, Tensor), or of dict
        What to change: `model.parameters()` or `model.named_parameters()`; a dict is a group with
        settings of its own: `{"params": [...], "lr": 0.1}`.
    defaults : dict, optional
        The settings of groups that say nothing else.
    **settings
        The same, as keywords. Most optimisers have these:

        lr : float
            The learning rate.
        weight_decay : float
            The weight of the L2 penalty: `weight_decay * p` is added to the slope g.
        eps : float
            Added below, for slopes of 0.
        maximize : bool
            Go uphill.
        foreach, fused, capturable : bool
            How PyTorch should compute the step. The result is the same, so they are accepted and
            without effect.
        differentiable : bool
            Record the step itself. That is not possible here: True is refused.

    Attributes
    ----------
    defaults : dict
        The settings of groups that say nothing else.
    param_groups : list of dict
        "params" and the settings; change `group["lr"]` to change the learning rate.
    state : dict
        What `update` keeps for each parameter from one step to the next, by PyTorch's names.

    Raises
    ------
    ArgumentError, DtypeError, GraphError
        If a setting is out of its range, no number, or unknown; if a parameter is no tensor of
        floats, cannot be written to, is the result of an operation, or is there twice.
    """

    #: The smallest value of each setting that is a number, and the largest where there is one.
    least: ClassVar[dict[str, float]] = {"lr": 0.0}
    most: ClassVar[dict[str, float]] = {}
    #: What of the state is one number for the whole parameter: a whole one, or any.
    counts: ClassVar[tuple[str, ...]] = ("step",)
    numbers: ClassVar[tuple[str, ...]] = ()
    #: Whether `step` was called yet; None where a step of one's own does not tell.
    stepped: bool | None = False

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        if "step" in vars(cls):
            if "stepped" not in vars(cls):
                cls.stepped = None
            cls.step = with_hooks(cls.step)  # type: ignore[method-assign]

    def __init__(
        self, params: Iterable[Any], defaults: dict[str, Any] | None = None, **settings: Any
    ) -> None:
        super().__init__()
        asked = f"make {type(self).__name__}"
        self.defaults = {**(defaults or {}), **settings}
        self.param_groups: list[dict[str, Any]] = []
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        given = _in_order(asked, params)
        if not given:
            raise ArgumentError(
                asked, "no parameters",
                "pass model.parameters(), afresh: an iterator that was walked before is empty",
            )  # fmt: skip
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    def __repr__(self) -> str:
        shown = {name: value for name, value in self.defaults.items() if name not in HOW}
        settings = ", ".join(f"{name}={value!r}" for name, value in shown.items())
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
            As for the optimiser itself.
        """
        asked = f"give parameters to {type(self).__name__}"
        if not isinstance(param_group, dict) or "params" not in param_group:
            raise DtypeError(
                asked, f"a group that is {param_group!r:.60}", 'pass {"params": [...], "lr": 0.1}'
            )
        group = self.defaults | param_group
        params = group["params"]
        items = [params] if isinstance(params, Tensor) else _in_order(asked, params)
        named = [item for item in items if isinstance(item, tuple) and len(item) == 2]
        if named and len(named) == len(items):
            group["param_names"] = [name for name, _ in named]
            items = [tensor for _, tensor in named]
        group["params"] = items
        self._refuse_unknown(group, asked)
        self.check(group, f"settings of {type(self).__name__}")
        known = {tensor for other in self.param_groups for tensor in other["params"]}
        for tensor in items:
            _check_parameter(asked, tensor)
            if tensor in known:
                raise ArgumentError(asked, "one of them twice", "pass each parameter once")
            known.add(tensor)
        self.param_groups.append(group)

    def _refuse_unknown(self, settings: Iterable[str], asked: str) -> None:
        for name in settings:
            if name != "params" and name not in self.defaults and name not in NOTES:
                raise ArgumentError(asked, f"a setting {name!r}", f"use {', '.join(self.defaults)}")

    def check(self, group: dict[str, Any], asked: str) -> None:
        """Refuse settings that make no sense; an optimiser adds what it knows besides."""
        for name, least in self.least.items():
            value: Any = group.get(name, least)
            most = self.most.get(name, math.inf)
            if not is_number(value):
                what = f"{name}={value!r}, a {type(value).__name__}"
                number = (
                    f": {name}.item()" if isinstance(value, Tensor) else f", such as {name}=0.01"
                )
                raise DtypeError(asked, what, f"pass a number{number}")
            if not (least <= value <= most and math.isfinite(value)):
                bounds = f"{least} or more" if most == math.inf else f"{least} to {most}"
                raise ArgumentError(asked, f"{name}={value!r}", f"use {bounds}, finite")
        if "betas" in group:
            first, second = pair_of(group, "betas", asked, "a pair, such as betas=(0.9, 0.999)")
            if not (0.0 <= first < 1.0 and 0.0 <= second < 1.0):
                raise ArgumentError(
                    asked, f"betas={group['betas']!r}", "use two numbers from 0 to below 1"
                )
        if group.get("differentiable"):
            raise ArgumentError(
                asked, "differentiable=True, a step that is recorded itself",
                "write the step in tensor operations: p = p - lr * g",
            )  # fmt: skip

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

    @with_hooks
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
        self.stepped = True
        where = here(1)
        update, state = self.update, self.state
        changed: list[Cell] = []
        try:
            for group in self.param_groups:
                uphill = group.get("maximize")
                for tensor in group["params"]:
                    node = tensor.node
                    grad = node.grad if isinstance(node, Leaf) else None
                    if grad is not None:
                        changed.append(tensor.cell)
                        own = state[tensor]
                        g = ascending(grad.array) if uphill else grad.array
                        update(tensor.array, g, own, group)
                        if own:
                            changed += [t.cell for t in own.values() if isinstance(t, Tensor)]
        finally:
            Cell.write_all(changed, where)
        return loss

    def update(self, array: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Change one parameter; every optimiser writes its own.

        Parameters
        ----------
        array, grad : array
            Its value, which is written to, and its gradient (with `maximize`: turned round), which
            is not.
        state : dict
            What was kept for it; empty at first.
        group : dict
            The settings.
        """
        raise NotImplementedError(f"{type(self).__name__} has no update")

    def state_dict(self) -> dict[str, Any]:
        """What the optimiser knows, in PyTorch's form: to save it, and to go on from there.

        Returns
        -------
        dict
            "state" has what is kept for each parameter, under its number in the order of the
            groups; "param_groups" has the settings, with those numbers as "params". Names are
            PyTorch's; counts of steps, which are tensors there, are Python numbers here.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> optimizer = tgx.optim.SGD([tgx.zeros(2).requires_grad_()], lr=0.5)
        >>> optimizer.state_dict()["param_groups"][0]["lr"]
        0.5
        """
        for hook in list(self._state_dict_pre_hooks.values()):
            hook(self)
        numbers: dict[Tensor, int] = {}
        groups = []
        for group in self.param_groups:
            for tensor in group["params"]:
                numbers[tensor] = len(numbers)
            groups.append(group | {"params": [numbers[tensor] for tensor in group["params"]]})
        state = {numbers[tensor]: dict(kept) for tensor, kept in self.state.items() if kept}
        return self._told(self._state_dict_post_hooks, {"state": state, "param_groups": groups})  # type: ignore[no-any-return]

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` answered, here or in PyTorch; its values are copied.

        Parameters
        ----------
        state_dict : dict
            Of an optimiser of this kind with as many parameters in as many groups. Its arrays may
            be tensors, NumPy arrays, or whatever NumPy can read.

        Raises
        ------
        ArgumentError, DtypeError, ShapeError
            If the settings are those of another kind, or the groups or the shapes are not those of
            the parameters here; nothing is changed.
        """
        asked = f"load the state of {type(self).__name__}"
        if not isinstance(state_dict, Mapping) or not {"state", "param_groups"} <= set(state_dict):
            raise DtypeError(
                asked, f"a {type(state_dict).__name__} without 'state' and 'param_groups'",
                "pass what optimizer.state_dict() answered",
            )  # fmt: skip
        state_dict = self._told(self._load_state_dict_pre_hooks, dict(state_dict))
        given = state_dict["param_groups"]
        theirs = [len(group["params"]) for group in given]
        ours = [len(group["params"]) for group in self.param_groups]
        if theirs != ours:
            raise ArgumentError(
                asked, f"groups of {theirs} parameters, where there are {ours}",
                "make the optimiser of the same groups first",
            )  # fmt: skip
        states: dict[Tensor, dict[str, Any]] = {}
        changes: list[dict[str, Any]] = []
        for saved, group in zip(given, self.param_groups, strict=True):
            for number, tensor in zip(saved["params"], group["params"], strict=True):
                kept = state_dict["state"].get(number, {})
                copies = {
                    name: self.restored(name, value, tensor, asked)
                    for name, value in kept.items()
                    if value is not None
                }
                states[tensor] = {n: value for n, value in copies.items() if value is not None}
            settings = {n: v for n, v in saved.items() if n not in ("params", "param_names")}
            self._refuse_unknown(settings, asked)
            merged = group | settings
            if is_number(merged.get("lr")) and -ROUNDED < merged["lr"] < 0.0:
                merged["lr"] = 0.0
            self.check(merged, asked)
            changes.append(copy.deepcopy(settings))
        for settings, group in zip(changes, self.param_groups, strict=True):
            group.update(settings)
        self.state.clear()
        self.state.update({tensor: kept for tensor, kept in states.items() if kept})
        for hook in list(self._load_state_dict_post_hooks.values()):
            hook(self)

    def restored(self, name: str, value: Any, tensor: Tensor, asked: str) -> Any:
        """A copy of what was kept for a parameter, checked: a number, or a Tensor of its dtype."""
        if name in self.counts or name in self.numbers:
            return number_in(name, value, name in self.counts, asked)
        array = array_in(value)
        if array is None:
            return copy.deepcopy(value)
        if array.shape not in ((), tensor.shape):
            raise ShapeError(
                asked, f"a state of shape {array.shape} for a parameter of shape {tensor.shape}",
                "load into the model that was trained",
            )  # fmt: skip
        return wrap(Tensor, array.astype(tensor.dtype))


def array_in(value: Any) -> Any:
    """The array of a Tensor, or of whatever NumPy can read; None where there is none."""
    if isinstance(value, Tensor):
        return value.array
    return np.asarray(value) if hasattr(value, "__array__") else None


def number_in(name: str, value: Any, whole: bool, asked: str) -> float:
    """The one number of a saved value, or an error."""
    array = array_in(value)
    number: Any = value if array is None else array.item() if array.size == 1 else None
    if not is_number(number) or (whole and number != number // 1):
        raise DtypeError(asked, f"{name}={value!r:.60}", "load what was saved, unchanged")
    return int(number) if whole else float(number)


def is_number(value: Any) -> bool:
    """Whether it is a real number: Python's or NumPy's, but no Tensor."""
    return isinstance(value, Real)


def pair_of(group: dict[str, Any], name: str, asked: str, do: str) -> tuple[float, float]:
    """The two numbers of a setting such as `betas`, or an error."""
    value = group[name]
    if not isinstance(value, (tuple, list)) or not all(map(is_number, value)):
        raise DtypeError(asked, f"{name}={value!r}", f"use {do}")
    if len(value) != 2:
        raise ArgumentError(asked, f"{name}={value!r}", f"use {do}")
    return float(value[0]), float(value[1])


def _in_order(asked: str, params: Any) -> list[Any]:
    """The parameters as a list, or an error where that cannot be, or would differ each time."""

    def refuse(what: str, do: str) -> NoReturn:
        raise DtypeError(asked, what, do)

    if isinstance(params, (Tensor, dict)):
        refuse(
            f"params of type {type(params).__name__}",
            "pass a list, [tensor], or model.parameters()",
        )
    if isinstance(params, (set, frozenset)):
        refuse("a set, whose order differs between runs", "pass a list, or model.parameters()")
    try:
        return list(params)
    except TypeError:
        refuse(
            f"params of type {type(params).__name__}",
            "pass model.parameters(), or a list of tensors",
        )


def _check_parameter(asked: str, tensor: Any) -> None:
    """Refuse what a step could not change, or not without harm."""
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
