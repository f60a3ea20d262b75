"""A differential equation solved by a network: y'' = -y, with y(0) = 0 and y'(0) = 1.

Nobody shows it the answer, sin t. The loss is how far the equation is from true at 64 points, for
which y'' is computed by differentiating twice (`create_graph=True`) and then once more, by the
weights. `t + t² network(t)` starts as it must, whatever the network says: Lagaris, Likas & Fotiadis
(1998), arXiv:physics/9705023. Run it with `python examples/physics_ode.py`.
"""

import os
import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "physics_ode.png"
STEPS = 6 if os.environ.get("TINYGRADX_QUICK") else 20

tgx.manual_seed(0)
t = tgx.linspace(0.0, 6.28, 64, dtype=tgx.float64).reshape(64, 1).requires_grad_()
network = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1)).double()


def y(t):
    return t + t**2 * network(t)


def derivative(of, by):
    return tgx.autograd.grad(of.sum(), by, create_graph=True)[0]


def residual():
    found = y(t)
    bend = derivative(derivative(found, t), t)
    return ((bend + found) ** 2).mean()


optimizer = optim.LBFGS(network.parameters(), tolerance_change=0.0, line_search_fn="strong_wolfe")
losses = []


def closure():
    optimizer.zero_grad()
    loss = residual()
    loss.backward()
    return loss


for _ in range(STEPS):
    losses.append(optimizer.step(closure).item())

found, exact = y(t).detach(), t.detach().sin()
print(f"largest error {(found - exact).abs().max().item():.0e}")

figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.8), layout="constrained")
axes[0].plot(t.detach(), exact, color="gray", linewidth=5, alpha=0.5, label="sin t")
axes[0].plot(t.detach(), found, "--", color="tab:blue", linewidth=2, label="the network")
axes[0].set(xlabel="t", ylabel="y", title="y'' = -y, y(0) = 0, y'(0) = 1")
axes[0].legend()
label = "mean of (y'' + y)²"
tgx.plot.loss(losses, log=True, unit="20 steps of LBFGS", label=label, title="Loss", ax=axes[1])
figure.savefig(PICTURE)
