"""What `func` and `autograd.functional` are made of: run a function on inputs of its own.

The inputs are set apart from what the caller recorded. One that the caller wants gradients of is
copied by a recorded operation, so that what is computed stays connected with it; any other becomes
a leaf for as long as the call lasts. So transforms can be nested to any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Leaf, enable_grad, is_grad_enabled, newest_first
from tinygradx.ops import joining, memory, shapes
from tinygradx.tensor.creation import zeros, zeros_like
from tinygradx.tensor.gradients import grad
from tinygradx.tensor.tensor import Tensor
from tinygradx.tensor.trees import flatten

Function = Callable[..., Any]


class Call:
    """A function, called with inputs of its own.

    Parameters
    ----------
    func : callable
        What is called.
    args : sequence
        With what, by position.
    argnums : tuple of int
        Which of them are differentiated.
    asked : str
        Who asks, for errors.
    has_aux : bool
        Whether it answers a pair, the second of which is not differentiated.
    named : dict
        Further arguments.

    Attributes
    ----------
    inputs : list of Tensor
        Every tensor that is differentiated, set apart.
    outputs : list of Tensor
        Every tensor of the answer.
    open : bool
        Whether somebody outside wants gradients of what comes out.
    """

    def __init__(
        self,
        func: Function,
        args: Sequence[Any],
        argnums: Sequence[int],
        asked: str,
        has_aux: bool = False,
        named: dict[str, Any] | None = None,
    ) -> None:
        self.asked = asked
        self.recorded = is_grad_enabled()
        trees = [flatten(args[place]) for place in argnums]
        self._trees = [rebuild for _, rebuild in trees]
        self._counts = [len(leaves) for leaves, _ in trees]
        self.inputs = [self._apart(x) for leaves, _ in trees for x in leaves]
        if not self.inputs:
            raise DtypeError(
                asked, "no tensor among the arguments to differentiate",
                "pass tensors of floats: tinygradx.tensor(3.0)",
            )  # fmt: skip
        given = list(args)
        for place, value in zip(argnums, self.split(self.inputs), strict=True):
            given[place] = value
        with enable_grad():
            answer = func(*given, **(named or {}))
        self.aux: Any = None
        if has_aux:
            if not isinstance(answer, tuple) or len(answer) != 2:
                raise ArgumentError(
                    f"{asked} with has_aux=True", f"an answer of type {type(answer).__name__}",
                    "answer a pair: the value, and what to hand on",
                )  # fmt: skip
            answer, self.aux = answer
        self.outputs, self._answer = flatten(answer)
        if not self.outputs:
            raise DtypeError(
                asked, f"a function that answered a {type(answer).__name__}", "answer a Tensor"
            )
        self.open = self.recorded and self._wanted_outside()

    def _apart(self, x: Tensor) -> Tensor:
        """An input of our own."""
        if x.dtype.kind != "f":
            raise DtypeError(
                self.asked, f"an argument of dtype {x.dtype}, which has no gradient",
                "pass floats: x.float(), or choose other arguments by argnums",
            )  # fmt: skip
        if self.recorded and x.requires_grad:
            return memory.clone(x)  # type: ignore[no-any-return]
        return x.detach().requires_grad_()

    def _wanted_outside(self) -> bool:
        """Whether a leaf that is not ours wants a gradient."""
        own = {x.node for x in self.inputs}
        roots = [out.source() for out in self.outputs if out.requires_grad]
        leaves = (node for node in newest_first(roots) if isinstance(node, Leaf))
        return any(leaf.wants and leaf not in own for leaf in leaves)

    # ---- the shapes of what goes in and out -----------------------------------------------------

    def split(self, values: Sequence[Any]) -> list[Any]:
        """A value for each input, as one tree for each argument."""
        found, start = [], 0
        for rebuild, count in zip(self._trees, self._counts, strict=True):
            found.append(rebuild(values[start : start + count]))
            start += count
        return found

    def answer(self) -> Any:
        """What the function answered."""
        return self._answer([self.out(x) for x in self.outputs])

    def answer_of(self, values: Sequence[Any]) -> Any:
        """A value for each output, in the form of the answer."""
        return self._answer(values)

    def extra(self) -> Any:
        """The second of the pair."""
        leaves, rebuild = flatten(self.aux)
        return rebuild([self.out(x) for x in leaves])

    def out(self, x: Tensor) -> Tensor:
        """A value for the caller, connected with what the caller recorded and nothing else."""
        return x if self.open else x.detach()

    def close(self) -> None:
        """Want no gradients of our own leaves any longer."""
        for x in self.inputs:
            if isinstance(x.node, Leaf):
                x.node.wants = False

    # ---- derivatives ----------------------------------------------------------------------------

    def gradients(
        self, starts: Sequence[Any], create: bool | None = None, retain: bool = False
    ) -> list[Tensor]:
        """The gradient of each input, beginning with one for each output."""
        create = self.open if create is None else create
        pairs = [(o, s) for o, s in zip(self.outputs, starts, strict=True) if o.requires_grad]
        if not pairs:
            return [zeros_like(x) for x in self.inputs]
        outs, begins = zip(*pairs, strict=True)
        return list(
            grad(
                outs, self.inputs, begins, retain_graph=retain or create, create_graph=create,
                materialize_grads=True,
            )
        )  # fmt: skip

    def single(self) -> Tensor:
        """The only output, which has one element."""
        if len(self.outputs) != 1 or self.outputs[0].ndim:
            shapes_found = ", ".join(str(out.shape) for out in self.outputs)
            raise ShapeError(
                self.asked, f"a function that answers shapes {shapes_found}",
                "answer one number (a tensor without dimensions), as loss.mean(); jacrev "
                "differentiates anything else",
            )  # fmt: skip
        return self.outputs[0]

    def check(self, values: Sequence[Tensor], like: Sequence[Tensor], what: str) -> None:
        """Refuse vectors that are not of the shapes they belong to."""
        found = [tuple(value.shape) for value in values]
        wanted = [tuple(x.shape) for x in like]
        if found != wanted:
            raise ShapeError(
                self.asked, f"{what} of shapes {found}, which belong to {wanted}",
                "pass one of the same shape for each",
            )  # fmt: skip

    def forward_product(self, tangents: Sequence[Tensor]) -> list[Tensor]:
        """The change of each output along the tangents, by two sweeps.

        The gradient of the inputs is linear in the vector it begins with; its derivative along
        that vector is the product with the Jacobian (Townsend, "A new trick for calculating
        Jacobian vector products", 2017).
        """
        self.check(tangents, self.inputs, "tangents")
        create = self.recorded and (self.open or any(t.requires_grad for t in tangents))
        starts = [zeros_like(out).requires_grad_() for out in self.outputs]
        with enable_grad():
            back = self.gradients(starts, create=True)
        pairs = [(g, t) for g, t in zip(back, tangents, strict=True) if g.requires_grad]
        if not pairs:
            return [zeros_like(out) for out in self.outputs]
        outs, begins = zip(*pairs, strict=True)
        found = list(
            grad(outs, starts, begins, create_graph=create, materialize_grads=True)
        )  # fmt: skip
        for start in starts:
            start.detach_()
        return found

    def jacobian(self) -> list[list[Tensor]]:
        """For each output and input, all slopes: of the output's shape and then the input's."""
        rows = []
        for number, out in enumerate(self.outputs):
            every: list[list[Any]] = [[] for _ in self.inputs]
            for place in range(out.numel()):
                starts = [zeros_like(other) for other in self.outputs]
                starts[number].array.reshape(-1)[place] = 1.0
                for found, g in zip(every, self.gradients(starts, retain=True), strict=True):
                    found.append(g)
            rows.append(
                [
                    shapes.reshape(joining.stack(found), (*out.shape, *x.shape))
                    if found
                    else zeros((*out.shape, *x.shape), dtype=x.dtype)
                    for found, x in zip(every, self.inputs, strict=True)
                ]
            )
        return rows
