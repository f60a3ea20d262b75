"""Dying ReLU: units that answer 0 to every sample, so that no gradient ever reaches them again.

The inputs go from 0 to 6: a unit whose weight and bias begin below 0 is dead at birth. And the
learning rate is high, so the first steps throw more of them far below 0, where the slope of relu is
0. Two cures: leaky_relu (Maas, Hannun & Ng 2013), which has a slope
there as well, and inputs with mean 0 and deviation 1. Run it with `python examples/dying_relu.py`.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "dying_relu.png"

x = tgx.linspace(0.0, 6.0, 100).reshape(100, 1)
y = x.sin() + 3.0


def train(activation, x):
    """The share of dead units in percent, and the loss, in every step."""
    tgx.manual_seed(0)
    hidden = nn.Linear(1, 32)
    model = nn.Sequential(hidden, activation, nn.Linear(32, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.05)
    dead, losses = [], []
    for _ in range(500):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        dead.append(100.0 * (hidden.weight.grad == 0.0).float().mean().item())
        losses.append(loss.item())
        optimizer.step()
    return dead, losses


runs = {
    "relu": train(nn.ReLU(), x),
    "leaky_relu": train(nn.LeakyReLU(0.1), x),
    "relu, standardised inputs": train(nn.ReLU(), (x - x.mean()) / x.std()),
}
print("dead units: " + ", ".join(f"{name} {dead[-1]:.0f} %" for name, (dead, _) in runs.items()))

figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.8), layout="constrained")
for (name, (dead, _)), style in zip(runs.items(), ("-", "--", "-."), strict=True):
    axes[0].step(range(1, 501), dead, style, where="post", linewidth=2, label=name)
axes[0].set(xlabel="step, logarithmic", ylabel="units without a gradient, %", xscale="log")
axes[0].set(title="Dead units", ylim=(-4.0, 100.0))
axes[0].legend()
losses = {name: losses for name, (_, losses) in runs.items()}
tgx.plot.loss(losses, log=True, unit="step", label="mean square error", title="Loss", ax=axes[1])
figure.savefig(PICTURE)
