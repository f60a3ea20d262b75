"""What an operation must answer, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tinygradx.errors import ArgumentError, GraphError
from tinygradx.graph.node import Cell, Leaf, Node
from tinygradx.graph.record import readable

if TYPE_CHECKING:
    from tinygradx.graph.handle import Handle

#: Every operation by name, filled by the operations themselves.
REGISTRY: dict[str, Op] = {}


def register(op: Op) -> None:
    """Add an operation under its name; a name is given once."""
    if op.name in REGISTRY:
        raise ArgumentError(
            f"register an operation called {op.name!r}",
            f"that name is taken by {REGISTRY[op.name]!r}",
            "choose another name",
        )
    REGISTRY[op.name] = op


class Part:
    """A share that is 0 but for a part: the way back of a slice, before anything is added to it.

    Slices of a sequence would cost the square of its length if each share were written out.

    Attributes
    ----------
    shape, dtype
        Of the whole share.
    index
        Where the part lies: integers and slices, which name no element twice.
    values : array
        The part.
    """

    __slots__ = ("dtype", "index", "shape", "values")

    def __init__(self, shape: tuple[int, ...], index: Any, values: Any) -> None:
        self.shape, self.dtype, self.index, self.values = shape, values.dtype, index, values


class Arithmetic(NamedTuple):
    """What the sweep asks of those who know numbers: five functions.

    Gradients are bare arrays when `create` is False, handles when it is True.

    Attributes
    ----------
    fit : callable
        `fit(share, source, create)`: undo broadcasting, that is, sum `share` down to the shape of
        the node `source`, in its dtype. Asked only where these differ.
    join : callable
        `join(first, second, create, owned)`: the sum of two shares, in memory of its own: in that
        of the first, where it is `owned`.
    whole : callable
        `whole(part)`: a `Part` written out, in memory of its own.
    fresh : callable
        `fresh(share, g)`: whether `share`, made from `g`, is in memory nobody else looks at.
    collect : callable
        `collect(complete, kind, create)`: for each `(leaf, g, owned)` add `g` to the leaf's
        `.grad`; `owned` says that it may be kept without a copy.
    """

    fit: Callable[[Any, Node, bool], Any]
    join: Callable[[Any, Any, bool, bool], Any]
    whole: Callable[[Part], Any]
    fresh: Callable[[Any, Any], bool]
    collect: Callable[[Sequence[tuple[Leaf, Any, bool]], Any, bool], None]


class Op:
    """An operation, seen by the sweep.

    The sweep hands gradients over as the op's own kind of value, and knows nothing of them: when
    `create` is False they are bare arrays, when it is True they are handles, and what is done to
    them is recorded in turn.
    """

    name: str
    #: Names of what `pull` reads: inputs by their name, `y` for the output.
    saves: tuple[str, ...] = ()
    #: For each of `saves` the input it is, or -1 for the output.
    origins: tuple[int, ...] = ()
    #: Whether shares made on arrays have the shape and dtype of their inputs already.
    fits: bool = False

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        """One share of the gradient for every input (None where none is wanted).

        Parameters
        ----------
        g
            The gradient with respect to the node's output.
        node : Node
            The operation that happened.
        create : bool
            Whether `g` and the shares are handles, and the way back is recorded.
        kind : type
            The handle class, for ops that need handles to compute.
        """
        raise NotImplementedError

    def node_name(self) -> str:
        """Its name in PyTorch's form: `LogSoftmaxBackward0` for `log_softmax`."""
        return "".join(word.capitalize() for word in self.name.split("_")) + "Backward0"

    def replay(self, node: Node, handles: Sequence[Handle]) -> Handle:
        """The operation that happened at `node`, done again on other handles."""
        raise NotImplementedError

    def kept(self, node: Node) -> tuple[Any, ...]:
        """What `node` saved, proved to be what it was when it was saved."""
        saved = node.saved
        if saved.__class__ is not tuple:  # dropped, or to be computed again (a checkpoint)
            later: Any = saved
            saved = None if saved is None else later.again(node)
        if saved is None:
            raise GraphError(
                self.way_back(node),
                "its saved arrays were dropped by an earlier backward()",
                "call the first backward with retain_graph=True, or run the forward pass again",
            )
        if node.age > Cell.latest:  # no memory was written since, whosever it is
            return saved
        for array, origin in zip(saved, self.origins, strict=True):
            if array is None:
                continue
            cell = node.cell if origin < 0 else node.inputs[origin].cell
            if cell.written > node.age:
                what = "its output" if origin < 0 else f"its input {origin}"
                raise GraphError(
                    self.way_back(node),
                    f"{what}, needed for the gradient, was changed in place at "
                    f"{readable(cell.where)}",
                    "write `x = x + 1` instead of `x += 1` there, or keep a copy with x.clone()",
                )
        return saved

    def way_back(self, node: Node) -> str:
        """What an error on the way back was asked to do."""
        made = f"number {node.age}, made at {readable(node.where)}"
        return f"walk back through {self.name} ({made})"
