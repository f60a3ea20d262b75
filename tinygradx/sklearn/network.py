"""The network behind the estimators: layers from sizes and a name, and the optimiser from its name.

What is here knows nothing of scikit-learn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tinygradx import nn, optim
from tinygradx.errors import ArgumentError, UnknownNameError
from tinygradx.graph import no_grad
from tinygradx.nn import init
from tinygradx.nn.activation import layer_name
from tinygradx.ops.activations import ACTIVATIONS
from tinygradx.ops.random import Generator, default_generator
from tinygradx.tensor import zeros

#: What scikit-learn calls an activation that has another name here.
OTHER_NAMES = {"logistic": "sigmoid"}
#: The optimisers by the names that `solver` takes; Muon is for matrices alone, not for biases.
SOLVERS: dict[str, Any] = {
    name.lower(): getattr(optim, name)
    for name in optim.__all__
    if isinstance(getattr(optim, name), type)
    and issubclass(getattr(optim, name), optim.Optimizer)
    and name not in ("Optimizer", "Muon")
}


def activation_layer(name: str) -> Any:
    """A new layer of an activation of the registry, your own included.

    Raises
    ------
    UnknownNameError
        If there is no activation of this name.
    """
    function = OTHER_NAMES.get(name, name)
    if function not in ACTIVATIONS:
        raise UnknownNameError(
            f"activation={name!r}", "a name that is not in the registry",
            f"use one of {', '.join(ACTIVATIONS)}, or register your own",
        )  # fmt: skip
    if function == "prelu":
        return nn.PReLU()
    if function == "maxout":
        return nn.Maxout(2)
    if function in ("softmax", "log_softmax", "softmin"):
        return getattr(nn, layer_name(function))(dim=-1)
    return getattr(nn, layer_name(function))()


def widening(name: str) -> int:
    """How many numbers an activation makes one of: 2 for glu and for maxout of pairs."""
    with no_grad():
        for many in (1, 2):
            try:
                if activation_layer(name)(zeros(1, 4 * many)).shape == (1, 4):
                    return many
            except (ArgumentError, ValueError):
                continue
    raise ArgumentError(
        f"activation={name!r} in a hidden layer", "one that changes the number of units",
        "use one that makes one number of each, such as 'relu'",
    )  # fmt: skip


def network(
    inputs: int, hidden: Sequence[int], outputs: int, activation: str, dtype: Any, seed: int
) -> Any:
    """A `Sequential` of linear layers with an activation behind each but the last.

    Weights begin uniformly within sqrt(6 / (fan_in + fan_out)), so that neither values nor
    gradients grow or shrink from layer to layer: Glorot & Bengio (2010), "Understanding the
    difficulty of training deep feedforward neural networks". Biases begin at 0.
    """
    generator = Generator().manual_seed(seed)
    many = widening(activation) if hidden else 1
    layers: list[Any] = []
    width = inputs
    state = default_generator.get_state()
    try:  # layers draw weights of their own, which are not wanted, from everybody's generator
        for size in hidden:
            layers += [nn.Linear(width, many * size), activation_layer(activation)]
            width = size
        layers.append(nn.Linear(width, outputs))
    finally:
        default_generator.set_state(state)
    module = nn.Sequential(*layers).to(dtype)
    for layer in linear_layers(module):
        init.xavier_uniform_(layer.weight, generator=generator)
        init.zeros_(layer.bias)
    return module


def linear_layers(module: Any) -> Iterator[Any]:
    """The linear layers of a network, the first one first."""
    return (layer for layer in module if isinstance(layer, nn.Linear))


def optimizer_of(solver: str, module: Any, settings: dict[str, Any]) -> Any:
    """The optimiser of a name for a network's parameters.

    Parameters
    ----------
    solver : str
        The name of an optimiser, in small letters.
    module : Module
        What is trained.
    settings : dict
        `lr`, `alpha`, `tol`, `momentum` and `nesterov`; each optimiser takes what it knows.

    Raises
    ------
    UnknownNameError
        If there is no such optimiser.
    """
    if solver not in SOLVERS:
        raise UnknownNameError(
            f"solver={solver!r}", "no optimiser of this name", f"use one of {', '.join(SOLVERS)}"
        )
    kind, lr = SOLVERS[solver], settings["lr"]
    if solver == "lbfgs":
        # It finds the length of its steps by itself.
        return kind(
            module.parameters(), max_iter=1, max_eval=25, tolerance_grad=settings["tol"],
            line_search_fn="strong_wolfe",
        )  # fmt: skip
    if solver == "sgd":
        momentum = settings["momentum"]
        nesterov = settings["nesterov"] and momentum > 0.0
        return kind(module.parameters(), lr=lr, momentum=momentum, nesterov=nesterov)
    if solver == "adamw":
        return kind(module.parameters(), lr=lr, weight_decay=settings["alpha"])
    return kind(module.parameters(), lr=lr)
