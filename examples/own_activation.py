"""An activation of your own: a formula and its slope, ten lines.

From the block follow the compiled kernels, the gradient of any order, the layer `nn.Snake` and the
picture. Run it with `python examples/own_activation.py`.
"""

import sys

import tinygradx as tgx
from tinygradx import nn, sin

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "own_activation.png"


@tgx.activation("x + sin(x)**2")
def snake(x):
    """A ramp with ripples, for what repeats. Ziyin, Hartwig & Ueda (2020), arXiv:2006.08195."""
    return x + sin(x) ** 2


@snake.slope
def _(x):
    return 1.0 + sin(2.0 * x)


x = tgx.tensor(0.5, requires_grad=True)
(slope,) = tgx.autograd.grad(nn.Snake()(x), x, create_graph=True)
(bend,) = tgx.autograd.grad(slope, x)
print(f"snake {snake(x):.4f}, slope {slope:.4f}, second slope {bend:.4f}")

tgx.plot.activation("snake").figure.savefig(PICTURE)
