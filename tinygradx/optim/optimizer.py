"""What every optimiser shares: groups of parameters, their settings, and the walk over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from tinygradx.errors import ArgumentError, DtypeError, GraphError
from tinygradx.graph import enable_grad, here
from tinygradx.tensor import Tensor


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

    def __init__(self, params: Iterable[Any], **settings: Any) -> None:
        if isinstance(params, (Tensor, dict)):
            raise DtypeError(
                f"make {type(self).__name__}", f"params of type {type(params).__name__}",
                "pass a list, or model.parameters()",
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
            If a setting is too small or unknown, a parameter is no tensor, is the result of an
            operation, or is there already.
        """
        params = param_group["params"]
        group = self.defaults | param_group
        group["params"] = [params] if isinstance(params, Tensor) else list(params)
        asked = f"give parameters to {type(self).__name__}"
        for name, value in group.items():
            if name != "params" and name not in self.defaults:
                raise ArgumentError(asked, f"a setting {name!r}", f"use {', '.join(self.defaults)}")
            if name in self.least and not value >= self.least[name]:
                raise ArgumentError(asked, f"{name}={value!r}", f"use {self.least[name]} or more")
        known = {tensor for other in self.param_groups for tensor in other["params"]}
        for tensor in group["params"]:
            if not isinstance(tensor, Tensor):
                raise DtypeError(asked, f"a {type(tensor).__name__}", "pass tensors")
            if not tensor.is_leaf:
                raise GraphError(
                    asked, f"the result of a recorded {tensor.grad_fn.op.name}",
                    "pass what it was computed from",
                )  # fmt: skip
            if tensor in known:
                raise ArgumentError(asked, "one of them twice", "pass each parameter once")
            known.add(tensor)
        self.param_groups.append(group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Parameters
        ----------
        set_to_none : bool
            Make them None; else zeros, in the memory they have.
        """
        for group in self.param_groups:
            for tensor in group["params"]:
                if set_to_none:
                    tensor.grad = None
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
            with enable_grad():
                loss = closure()
        where = here(1)
        for group in self.param_groups:
            for tensor in group["params"]:
                grad = tensor.grad
                if grad is not None:
                    self.update(tensor.array, grad.array, self.state[tensor], group)
                    tensor.cell.write(where)
        return loss

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
        raise NotImplementedError(f"{type(self).__name__} has no update")
