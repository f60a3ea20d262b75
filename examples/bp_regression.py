"""A curve learned from noisy points by a small network: regression by backpropagation.

A straight line cannot follow it; 16 hidden units can, and come nearer to the curve than the noisy
points that they learn from. Run it with `python examples/bp_regression.py`.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "bp_regression.png"
NOISE = 0.2


def curve(x):
    return tgx.sin(2.0 * x) + 0.3 * x


tgx.manual_seed(0)
x = tgx.linspace(-3.0, 3.0, 80).reshape(80, 1)
y = curve(x) + NOISE * tgx.randn(80, 1)

model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = optim.Adam(model.parameters(), lr=0.02)
for _ in range(1000):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()

fine = tgx.linspace(-3.0, 3.0, 301).reshape(301, 1)
with tgx.no_grad():
    found = model(fine)
    error = ((found - curve(fine)) ** 2).mean().sqrt().item()
print(f"root mean square error {error:.3f} from points with noise {NOISE}")

figure, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
ax.scatter(x, y, color="gray", s=14, label="noisy points")
ax.plot(fine, curve(fine), "k--", label="sin 2x + 0.3 x, which it never saw")
ax.plot(fine, found, color="tab:blue", linewidth=2, label="the network")
ax.set(xlabel="x", ylabel="y", title="A network of 16 hidden units finds a curve")
ax.legend()
figure.savefig(PICTURE)
