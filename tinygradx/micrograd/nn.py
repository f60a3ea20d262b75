"""micrograd's networks: neurons, layers of neurons, layers in a row."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from tinygradx.micrograd.engine import Value


class Module:
    """What has parameters: values that are learned."""

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def parameters(self) -> list[Value]:
        """All values that are learned."""
        return []


class Neuron(Module):
    """A weighted sum and an offset, with ReLU unless it is linear.

    Parameters
    ----------
    nin : int
        How many inputs.
    nonlin : bool
        Whether ReLU comes last.

    Notes
    -----
    Weights are drawn by Python's `random.uniform(-1, 1)`, one after another, and the offset is 0:
    so `random.seed(...)` gives micrograd's own networks.
    """

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x: Sequence[Any]) -> Value:
        """The weighted sum of the inputs."""
        total = self.b
        for weight, value in zip(self.w, x, strict=True):
            total = total + weight * value
        return total.relu() if self.nonlin else total

    def parameters(self) -> list[Value]:
        """The weights, then the offset."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons that read the same inputs.

    Parameters
    ----------
    nin, nout : int
        How many inputs, and how many neurons.
    **kwargs
        As for `Neuron`.
    """

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x: Sequence[Any]) -> Any:
        """What each neuron answers; a layer of one answers that alone."""
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        """Those of all neurons."""
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """Layers in a row, the last of them linear.

    Parameters
    ----------
    nin : int
        How many inputs.
    nouts : list of int
        How many neurons in each layer.

    Examples
    --------
    >>> from tinygradx.micrograd import MLP
    >>> model = MLP(2, [16, 16, 1])
    >>> len(model.parameters())
    337
    """

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [
            Layer(sizes[i], sizes[i + 1], nonlin=i != last) for i in range(len(nouts))
        ]  # fmt: skip

    def __call__(self, x: Any) -> Any:
        """What the last layer answers."""
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Value]:
        """Those of all layers."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"
