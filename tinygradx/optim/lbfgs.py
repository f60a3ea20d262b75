"""L-BFGS: Newton's method with the curvature read off the last few gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.graph import Cell, enable_grad, here, wrap
from tinygradx.kernels import backend_of
from tinygradx.optim.line_search import Point, strong_wolfe
from tinygradx.optim.optimizer import Optimizer, array_in, number_in
from tinygradx.optim.update import Update
from tinygradx.tensor import Tensor

#: A pair of a step and what it did to the gradient tells of the curvature only above this.
CURVED = 1e-10


@Update
def along(p, g, t):
    """A step of length t along g."""
    return p + t * g


class LBFGS(Optimizer):
    """Quasi-Newton steps, for small problems and whole data sets.

    The direction is minus the gradient times an estimate of the inverse Hessian, made of the last
    `history_size` pairs of a step s and the change y of the gradient by it. One `step` makes up to
    `max_iter` such steps; each asks the closure for the loss and the gradient anew.

    Liu & Nocedal (1989), "On the limited memory BFGS method for large scale optimization"; the two
    loops: Nocedal (1980), "Updating quasi-Newton matrices with limited storage".

    Parameters
    ----------
    params : iterable of Tensor
        What to change: one group, of one dtype.
    lr : float
        How much of each step is taken; with a line search, where the search begins.
    max_iter : int
        How many steps one call of `step` makes at most.
    max_eval : int, optional
        How often it may ask the closure; 1.25 times `max_iter` when left out.
    tolerance_grad : float
        Stop where no element of the gradient is larger.
    tolerance_change : float
        Stop where neither the loss nor any parameter changes by more.
    history_size : int
        How many pairs are kept: each takes as much memory as two copies of the parameters.
    line_search_fn : {None, "strong_wolfe"}
        How far to go: by lr, or as far as Wolfe's strong conditions ask for.

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range or no number, there are several groups, or several dtypes.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> w = tgx.tensor([-1.5, 2.0], dtype=tgx.float64, requires_grad=True)
    >>> optimizer = tgx.optim.LBFGS([w], max_iter=50, line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (1.0 - w[0]) ** 2 + 100.0 * (w[1] - w[0] ** 2) ** 2  # Rosenbrock's valley
    ...     loss.backward()
    ...     return loss
    >>> for _ in range(2):
    ...     loss = optimizer.step(closure)
    >>> [round(x, 4) for x in w.tolist()]
    [1.0, 1.0]
    """

    least: ClassVar[dict[str, float]] = {
        "lr": 0.0, "max_iter": 0, "max_eval": 0, "tolerance_grad": float("-inf"),
        "tolerance_change": float("-inf"), "history_size": 1,
    }  # fmt: skip
    counts: ClassVar[tuple[str, ...]] = ("func_evals", "n_iter")
    numbers: ClassVar[tuple[str, ...]] = ("t", "H_diag", "prev_loss")
    stepped = False  # its own step tells

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        if max_eval is None and isinstance(max_iter, int):
            max_eval = max_iter * 5 // 4
        super().__init__(
            params, lr=lr, max_iter=max_iter, max_eval=max_eval, tolerance_grad=tolerance_grad,
            tolerance_change=tolerance_change, history_size=history_size,
            line_search_fn=line_search_fn,
        )  # fmt: skip

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take the only group; a second one is refused."""
        asked = "give parameters to LBFGS"
        if self.param_groups:
            raise ArgumentError(
                asked, "a second group, where one direction leads all parameters",
                "put all parameters into one list",
            )  # fmt: skip
        super().add_param_group(param_group)
        dtypes = sorted({str(tensor.dtype) for tensor in self.param_groups[0]["params"]})
        if len(dtypes) > 1:
            raise DtypeError(asked, f"tensors of {' and '.join(dtypes)}", "convert: model.double()")

    def check(self, group: dict[str, Any], asked: str) -> None:
        """Refuse a line search that is not here."""
        super().check(group, asked)
        if group["line_search_fn"] not in (None, "strong_wolfe"):
            raise ArgumentError(
                asked, f"line_search_fn={group['line_search_fn']!r}", 'use "strong_wolfe" or None'
            )

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Make up to `max_iter` steps.

        Parameters
        ----------
        closure : callable
            Zeroes the gradients, computes the loss and its gradients, and answers the loss.

        Returns
        -------
        Tensor
            The loss before the first step.

        Raises
        ------
        ArgumentError, DtypeError, GraphError
            If there is no closure, it answers no number, or leaves no gradients.
        """
        if not callable(closure):
            raise ArgumentError(
                "a step of LBFGS", f"closure={closure!r}",
                "pass a function that zeroes the gradients, computes the loss, calls backward() "
                "and returns the loss: optimizer.step(closure)",
            )  # fmt: skip
        self.stepped = True
        return _Walk(self, closure).walk()

    def restored(self, name: str, value: Any, tensor: Tensor, asked: str) -> Any:
        """As for other optimisers; the vectors are those of all parameters together."""
        if name in self.counts or name in self.numbers:
            return super().restored(name, value, tensor, asked)
        if name == "ro":
            return [number_in(name, number, False, asked) for number in value]
        if isinstance(value, (list, tuple)) and name in ("old_dirs", "old_stps"):
            return [self.restored(name, item, tensor, asked) for item in value]
        array, size = array_in(value), sum(p.numel() for p in self.param_groups[0]["params"])
        if array is None:
            return None  # what PyTorch uses within a step
        if array.shape != (size,):
            raise ShapeError(
                asked, f"{name} of shape {array.shape} for {size} numbers in all",
                "load into the model that was trained",
            )  # fmt: skip
        return wrap(Tensor, array.astype(tensor.dtype))


class _Walk:
    """One call of `step`: the parameters as one vector, and the closure that measures there."""

    def __init__(self, optimizer: LBFGS, closure: Callable[[], Any]) -> None:
        (group,) = optimizer.param_groups
        self.group, self.closure = group, closure
        self.params: list[Tensor] = group["params"]
        self.where = here(2)
        # As in PyTorch, what is known of all parameters is kept under the first.
        self.state = optimizer.state[self.params[0]]
        self.state.setdefault("func_evals", 0)
        self.state.setdefault("n_iter", 0)
        self.backend = backend_of(self.params[0].array)
        self.evaluations = 0

    def walk(self) -> Any:
        """The loss before the first step, after all of them."""
        group, state, xp = self.group, self.state, self.backend.xp
        first, loss, gradient = self.measured()
        if _largest(xp, gradient) <= group["tolerance_grad"]:
            return first
        for iteration in range(1, int(group["max_iter"]) + 1):
            state["n_iter"] += 1
            direction = self.direction(gradient)
            t = group["lr"]
            if state["n_iter"] == 1:  # nothing is known of the curvature: go no further than 1
                t *= 1.0 / max(1.0, float(xp.abs(gradient).sum()))
            slope = float(xp.dot(gradient, direction))
            before = loss
            state |= {
                "d": wrap(Tensor, direction), "t": t, "prev_loss": loss,
                "prev_flat_grad": wrap(Tensor, gradient),
            }  # fmt: skip
            if slope > -group["tolerance_change"]:
                break
            last = iteration == group["max_iter"]
            if group["line_search_fn"] is not None:
                loss, gradient, t = self.search(Point(0.0, loss, slope, gradient), t, direction)
                state["t"] = t
            else:
                self.move(t, direction)
                if not last:  # the next call of step asks the closure first
                    _, loss, gradient = self.measured()
            if (
                last
                or self.evaluations >= group["max_eval"]
                or _largest(xp, gradient) <= group["tolerance_grad"]
                or abs(t) * _largest(xp, direction) <= group["tolerance_change"]
                or abs(loss - before) < group["tolerance_change"]
            ):
                break
        return first

    def search(self, start: Point, t: float, direction: Any) -> tuple[float, Any, float]:
        """Go as far along the direction as the line search says."""
        saved = [tensor.array.copy() for tensor in self.params]

        def measure(t: float) -> Point:
            try:
                self.move(t, direction)
                _, loss, gradient = self.measured()
            finally:
                for tensor, array in zip(self.params, saved, strict=True):
                    tensor.array[...] = array
                self.noted()
            return Point(t, loss, float(self.backend.xp.dot(gradient, direction)), gradient)

        left = int(self.group["max_eval"]) - self.evaluations
        found, _ = strong_wolfe(measure, start, t, _largest(self.backend.xp, direction), left)
        self.move(found.t, direction)
        return found.loss, found.gradient, found.t

    def direction(self, gradient: Any) -> Any:
        """Minus the gradient, times the inverse Hessian as far as the pairs tell it."""
        state, dot = self.state, self.backend.xp.dot
        wanted = -gradient
        if state["n_iter"] == 1:
            state |= {"old_dirs": [], "old_stps": [], "ro": [], "H_diag": 1.0}
            return wanted
        self.remember(gradient)
        pairs = [
            (self.vector(s), self.vector(y), ro)
            for s, y, ro in zip(state["old_stps"], state["old_dirs"], state["ro"], strict=True)
        ]
        shares = []
        for s, y, ro in reversed(pairs):
            shares.append(ro * float(dot(s, wanted)))
            along((wanted,), y, (-shares[-1],))
        wanted = self.backend.call(self.backend.xp.multiply, wanted, state["H_diag"])
        for (s, y, ro), share in zip(pairs, reversed(shares), strict=True):
            along((wanted,), s, (share - ro * float(dot(y, wanted)),))
        return wanted

    def remember(self, gradient: Any) -> None:
        """Keep the last step and what it did to the gradient, where that tells of curvature."""
        state, dot = self.state, self.backend.xp.dot
        call, xp = self.backend.call, self.backend.xp
        y = call(xp.subtract, gradient, self.vector(state["prev_flat_grad"]))
        s = call(xp.multiply, self.vector(state["d"]), state["t"])
        curvature = float(dot(y, s))
        if curvature > CURVED:
            kept = state["old_dirs"], state["old_stps"], state["ro"]
            if len(state["ro"]) == self.group["history_size"]:
                for known in kept:
                    del known[0]
            for known, new in zip(
                kept, (wrap(Tensor, y), wrap(Tensor, s), 1.0 / curvature), strict=True
            ):
                known.append(new)
            state["H_diag"] = curvature / float(dot(y, y))

    def measured(self) -> tuple[Any, float, Any]:
        """What the closure answers, as it is and as a number, and the gradient in one vector."""
        with enable_grad():
            answer = self.closure()
        self.evaluations += 1
        self.state["func_evals"] += 1
        try:
            loss = float(answer)
        except (TypeError, ValueError) as error:
            raise DtypeError(
                "a step of LBFGS", f"a closure that answered a {type(answer).__name__}",
                "return the loss, one number, from the closure",
            ) from error  # fmt: skip
        grads = [tensor.grad for tensor in self.params]
        if all(grad is None for grad in grads):
            raise GraphError(
                "a step of LBFGS", "a closure that left no gradients",
                "call loss.backward() in it, before it returns",
            )  # fmt: skip
        xp = self.backend.xp
        parts = [
            xp.zeros(tensor.numel(), tensor.dtype) if grad is None else grad.array.ravel()
            for tensor, grad in zip(self.params, grads, strict=True)
        ]
        return answer, loss, xp.concatenate(parts)

    def move(self, t: float, direction: Any) -> None:
        """Go by t along the direction, each parameter in its own memory."""
        start = 0
        for tensor in self.params:
            part = direction[start : start + tensor.numel()]
            along((tensor.array,), part.reshape(tensor.shape), (t,))
            start += tensor.numel()
        self.noted()

    def noted(self) -> None:
        """The parameters were written: a graph that saved them notices."""
        Cell.write_all([tensor.cell for tensor in self.params], self.where)

    def vector(self, known: Tensor) -> Any:
        """The array of what was kept, as the parameters are now (after model.double())."""
        array, like = known.array, self.params[0].dtype
        size = sum(tensor.numel() for tensor in self.params)
        if array.size != size:
            raise ShapeError(
                "a step of LBFGS", f"{size} numbers, where {array.size} were before",
                "make the optimiser anew once .data was replaced",
            )  # fmt: skip
        return array if array.dtype is like else array.astype(like)


def _largest(xp: Any, vector: Any) -> float:
    """The largest size of an element."""
    return float(xp.abs(vector).max(initial=0.0))
