"""`Value`: one number that remembers how it was made.

Every operation is a value and the way back to what it read; the order of the sweep, and the sums
where a number is read twice, come from `graph`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import Arithmetic, Cell, Handle, Node, Op, next_age, sweep


class _Step(Op):
    """An operation on floats; `pull_node` answers a share of `g` for each number it read."""

    fits = True  # a float has no shape to be fitted to

    def __init__(self, name: str) -> None:
        self.name = name


class _Add(_Step):
    def pull_node(self, g: float, node: Node, create: bool, kind: Any) -> tuple[float, ...]:
        return g, g


class _Multiply(_Step):
    def pull_node(self, g: float, node: Node, create: bool, kind: Any) -> tuple[float, ...]:
        a, b = self.kept(node)
        return g * b, g * a


class _Slope(_Step):
    """Of one number: what is kept is the slope itself."""

    def pull_node(self, g: float, node: Node, create: bool, kind: Any) -> tuple[float, ...]:
        (slope,) = self.kept(node)
        return (g * slope,)


_ADD, _MULTIPLY = _Add("+"), _Multiply("*")
_SLOPES = {name: _Slope(name) for name in ("**", "ReLU", "tanh", "exp", "log")}


class Value(Handle):
    """One number, and its gradient after `backward()`.

    Parameters
    ----------
    data : float
        The number.
    label : str
        What to call it in pictures.

    Attributes
    ----------
    data : float
        The number; a new one may be assigned (`p.data -= 0.1 * p.grad`).
    grad : float
        The gradient; 0.0 before `backward()`. Set it to 0.0 before the next one.
    label : str
        What to call it in pictures.

    Examples
    --------
    >>> from tinygradx.micrograd import Value
    >>> x = Value(3.0)
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> y, x.grad
    (Value(data=15.0, grad=1.0), 8.0)
    """

    __slots__ = ("_inputs", "_op", "data", "grad", "label")

    #: So that an array's element leaves `array_element * value` to the value.
    __array_ufunc__ = None

    def __init__(
        self, data: Any, _children: Sequence[Value] = (), _op: str = "", label: str = ""
    ) -> None:
        try:
            self.data = float(data)
        except (TypeError, ValueError):
            raise DtypeError(
                f"Value({data!r:.40})", f"a {type(data).__name__}", "pass one number: Value(2.0)"
            ) from None
        self.grad, self.label = 0.0, label
        self._inputs, self._op = tuple(_children), _op
        self.array, self.view_of = self.data, None
        self.cell = _NOWHERE
        self.node = Node(None, (), (), (), next_age(), None, (), float, _NOWHERE)  # type: ignore[arg-type]

    @property
    def _prev(self) -> set[Value]:
        """The values that it was made of, as micrograd has them."""
        return set(self._inputs)

    # ---- operations -----------------------------------------------------------------------------

    def __add__(self, other: Any) -> Value:
        other = _value(other)
        return _made(self.data + other.data, _ADD, (self, other), (), "+")

    def __mul__(self, other: Any) -> Value:
        other = _value(other)
        kept = self.data, other.data
        return _made(self.data * other.data, _MULTIPLY, (self, other), kept, "*")

    def __pow__(self, other: Any) -> Value:
        if not isinstance(other, (int, float)):
            raise DtypeError(
                f"a Value to the power of a {type(other).__name__}", "no plain number",
                "use a power that is one: x ** 2; for others (b * a.log()).exp()",
            )  # fmt: skip
        if self.data < 0.0 and other != int(other):
            raise ArgumentError(
                f"{self.data} ** {other}", "a negative number to a fraction, which is complex",
                "use a whole power",
            )  # fmt: skip
        slope = other * self.data ** (other - 1) if other else 0.0
        return _made(self.data**other, _SLOPES["**"], (self,), (slope,), f"**{other}")

    def relu(self) -> Value:
        """The number itself above 0, and 0 elsewhere."""
        above = self.data > 0.0
        kept = (1.0 if above else 0.0,)
        return _made(self.data if above else 0.0, _SLOPES["ReLU"], (self,), kept, "ReLU")

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        y = math.tanh(self.data)
        return _made(y, _SLOPES["tanh"], (self,), (1.0 - y * y,), "tanh")

    def exp(self) -> Value:
        """The power of e."""
        y = math.exp(self.data)
        return _made(y, _SLOPES["exp"], (self,), (y,), "exp")

    def log(self) -> Value:
        """The natural logarithm."""
        return _made(math.log(self.data), _SLOPES["log"], (self,), (1.0 / self.data,), "log")

    # As micrograd makes them of the others, so that its pictures and its last digits are the same.
    def __neg__(self) -> Value:
        return self * -1

    def __radd__(self, other: Any) -> Value:
        return self.__add__(other)

    def __sub__(self, other: Any) -> Value:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Value:
        return (-self).__add__(other)

    def __rmul__(self, other: Any) -> Value:
        return self.__mul__(other)

    def __truediv__(self, other: Any) -> Value:
        if isinstance(other, Value):
            return self * other**-1
        return self * float(other) ** -1

    def __rtruediv__(self, other: Any) -> Value:
        return (self**-1).__mul__(other)

    # ---- the way back ---------------------------------------------------------------------------

    def backward(self) -> None:
        """Add the gradient of this number to the `.grad` of every value behind it.

        The gradient of the number itself is 1. A second call adds the same again, also for values
        in between, which micrograd's own would count twice.
        """
        root: Any = self.node
        values: dict[Any, Value] = {root: self}
        waiting = [self]
        while waiting:
            for value in waiting.pop()._inputs:
                if value.node not in values:
                    values[value.node] = value
                    waiting.append(value)
        arrived = sweep([root], [1.0], Value, targets=list(values), retain=True)
        for node, g in arrived.items():
            values[node].grad += g
        self.grad = 1.0

    def _backward(self) -> None:
        """One step of the way back by hand: what came here goes to the values it was made of."""
        node = self.node
        if node is None or node.op is None:
            return
        for value, share in zip(
            self._inputs, node.op.pull_node(self.grad, node, False, Value), strict=True
        ):
            value.grad += share

    def __float__(self) -> float:
        return self.data

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"


#: Floats live nowhere that could be written to.
_NOWHERE = Cell()


def _value(x: Any) -> Value:
    return x if isinstance(x, Value) else Value(x)


def _made(
    data: float, op: Op, inputs: tuple[Value, ...], kept: tuple[float, ...], sign: str
) -> Value:
    """The result of an operation."""
    result = object.__new__(Value)
    result.data, result.grad, result.label = data, 0.0, ""
    result._inputs, result._op = inputs, sign
    result.array, result.view_of, result.cell = data, None, _NOWHERE
    nodes = tuple([value.node for value in inputs])
    result.node = Node(op, nodes, kept, (), next_age(), None, (), float, _NOWHERE)  # type: ignore[arg-type]
    return result


def _join(first: float, second: float, create: bool, owned: bool) -> float:
    return first + second


def _whole(part: Any) -> Any:
    """Never asked: a number has no parts."""
    raise NotImplementedError


def _same(share: float, source: Node, create: bool) -> float:
    return share


def _collect(complete: Sequence[Any], kind: Any, create: bool) -> None:
    """Nothing: `backward` hands out the gradients itself, to results as well as leaves."""


Value.result_class = Value
Value.arithmetic = Arithmetic(_same, _join, _whole, lambda share, g: True, _collect)
