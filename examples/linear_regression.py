"""Linear regression: a line through noisy points, found by gradient descent.

It ends at the line of least squares, which NumPy finds in one call. Run it with
`python examples/linear_regression.py`; the picture shows the line on its way.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

import tinygradx as tgx
from tinygradx import nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "linear_regression.png"

tgx.manual_seed(0)
x = tgx.linspace(-1.0, 1.0, 50).reshape(50, 1)
y = 2.0 * x - 1.0 + 0.3 * tgx.randn(50, 1)

model = nn.Linear(1, 1)
optimizer = optim.SGD(model.parameters(), lr=0.5)
lines = {}
for step in range(100):
    lines[step] = model(x).detach()
    optimizer.zero_grad()
    loss = ((model(x) - y) ** 2).mean()
    loss.backward()
    optimizer.step()

(slope, shift), *_ = np.linalg.lstsq(np.hstack([x, np.ones((50, 1))]), y.flatten(), rcond=None)
print(
    f"y = {model.weight.item():.4f} x {model.bias.item():+.4f}, "
    f"by least squares y = {slope:.4f} x {shift:+.4f}"
)

figure, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
ax.scatter(x, y, color="gray", s=18, label="the points")
for step, strength in ((0, 0.25), (1, 0.4), (3, 0.6), (99, 1.0)):
    ax.plot(x, lines[step], color="tab:blue", alpha=strength, label=f"after {step} steps")
ax.plot(x, slope * x + shift, color="k", linestyle=":", linewidth=2.5, label="least squares")
ax.set(xlabel="x", ylabel="y", title="A line finds its place")
ax.legend()
figure.savefig(PICTURE)
