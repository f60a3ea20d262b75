"""One neuron with two inputs, and the picture of its gradients that stands in the README.

Run it with `python examples/neuron.py`, or with a path that says what is drawn: `neuron.svg`,
`neuron.pdf`, or `neuron.dot`, which needs no Graphviz.
"""

import sys

import tinygradx as tgx
from tinygradx.draw import draw_dot

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "neuron.png"

x1, x2 = tgx.tensor(2.0), tgx.tensor(0.5)
w1 = tgx.tensor(-1.0, requires_grad=True)
w2 = tgx.tensor(3.0, requires_grad=True)
b = tgx.tensor(1.0, requires_grad=True)

y = (x1 * w1 + x2 * w2 + b).tanh()
y.backward()
print(f"y {y:.4f}, dy/dw1 {w1.grad:.4f}, dy/dw2 {w2.grad:.4f}")

draw_dot(y, names=globals()).save(PICTURE)
