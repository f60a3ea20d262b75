"""Logistic regression: the probability of one of two classes, as a ramp across the plane.

The points are drawn from two round normal clouds a distance of 3 apart, so theory knows how many
of them the best of all rules names rightly: Φ(3/2), 93.3 %. Gradient descent on the binary cross
entropy learns from 400 points, and comes near it on 100,000 fresh ones. Run it with
`python examples/logistic_regression.py`.
"""

import math
import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "logistic_regression.png"

tgx.manual_seed(0)
centres = tgx.tensor([[-0.9, -1.2], [0.9, 1.2]])  # 3 apart


def points(count):
    y = tgx.arange(count) % 2
    return centres[y] + tgx.randn(count, 2), y.float()


x, y = points(400)
x_fresh, y_fresh = points(100_000)
model = nn.Linear(2, 1)
optimizer = optim.SGD(model.parameters(), lr=1.0)
for _ in range(200):
    optimizer.zero_grad()
    loss = nn.functional.binary_cross_entropy_with_logits(model(x).squeeze(1), y)
    loss.backward()
    optimizer.step()

side = tgx.linspace(-4.5, 4.5, 91)
with tgx.no_grad():
    right = ((model(x_fresh).squeeze(1) > 0) == (y_fresh > 0.5)).float().mean()
    ramp = model(tgx.cartesian_prod(side, side)).sigmoid().reshape(91, 91)
best = 50 * (1 + math.erf(1.5 / math.sqrt(2)))  # Φ(1.5), in percent
print(f"accuracy {100 * right.item():.1f} %, the best possible {best:.1f} %")

figure, ax = plt.subplots(figsize=(5.6, 4.6), layout="constrained")
for label, colour in ((0, "tab:blue"), (1, "tab:orange")):
    ax.scatter(*x[y == label].T, color=colour, s=14, label=f"class {label}")
lines = ax.contour(side, side, ramp.T, levels=[0.1, 0.5, 0.9], colors="k", linestyles=["--", "-"])
ax.clabel(lines, fmt="%g", manual=[(3.0, -2.5), (3.0, -1.8), (3.0, -1.0)])
ax.set(xlabel="first feature", ylabel="second feature", title="The probability of class 1")
ax.legend(loc="lower left")
figure.savefig(PICTURE)
