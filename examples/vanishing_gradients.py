"""Vanishing gradients: what is left of a gradient after many layers, for five activations.

Each layer multiplies the gradient by its weights and by the slope of its activation; the sigmoid's
is at most 1/4. Weights are drawn as He et al. (2015), arXiv:1502.01852, so that relu keeps its
size. Run it with `python examples/vanishing_gradients.py`.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import nn

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "vanishing_gradients.png"
DEPTH, WIDTH = 20, 128


def gradient_sizes(activation):
    """The norm of the gradient at the input of every layer, relative to that at the last one."""
    tgx.manual_seed(0)
    h = tgx.randn(256, WIDTH, requires_grad=True)
    inputs = []
    for _ in range(DEPTH):
        inputs.append(h)
        layer = nn.Linear(WIDTH, WIDTH, bias=False)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        h = activation(layer(h))
    gradients = tgx.autograd.grad(h.sum(), inputs)
    return [g.norm().item() / gradients[-1].norm().item() for g in gradients]


kinds = {"relu": "-", "gelu": "-.", "selu": "--", "tanh": (0, (5, 1, 1, 1)), "sigmoid": ":"}
sizes = {name: gradient_sizes(getattr(tgx, name)) for name in kinds}
print(
    f"left of the gradient after {DEPTH - 1} layers: "
    f"relu {sizes['relu'][0]:.1f}, sigmoid {sizes['sigmoid'][0]:.0e}"
)

figure, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
for name, style in kinds.items():
    ax.semilogy(range(1, DEPTH + 1), sizes[name], linestyle=style, linewidth=2, label=name)
ax.set(xlabel="layer, from the input", ylabel="norm of the gradient, 1 at the last layer")
ax.set(title=f"What {DEPTH} layers do to a gradient", xticks=range(1, 21, 3))
ax.legend()
figure.savefig(PICTURE)
