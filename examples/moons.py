"""Two moons: the demo of micrograd, with its network, its first weights, its loss and its steps.

Layers of 2, 16, 16 and 1; a margin for every point, as a support vector machine has, and small
weights; gradient descent with falling steps. Run it with `python examples/moons.py`; the picture
shows the points, and the line where the network changes its mind.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import data, nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "moons.png"

tgx.manual_seed(0)
x, labels = data.moons(n_samples=100, noise=0.1)
y = 2.0 * labels - 1.0  # -1 and 1

model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
with tgx.no_grad():
    for p in model.parameters():
        p.uniform_(-1.0, 1.0) if p.ndim == 2 else p.zero_()

optimizer = optim.SGD(model.parameters(), lr=1.0)
for step in range(100):
    optimizer.param_groups[0]["lr"] = 1.0 - 0.9 * step / 100
    optimizer.zero_grad()
    margins = (1.0 - y * model(x).squeeze(1)).relu().mean()
    weights = sum((p * p).sum() for p in model.parameters())
    loss = margins + 1e-4 * weights
    loss.backward()
    optimizer.step()

across, up = tgx.linspace(-1.5, 2.5, 161), tgx.linspace(-1.0, 1.5, 101)
with tgx.no_grad():
    right = ((model(x).squeeze(1) > 0) == (y > 0)).sum()
    scores = model(tgx.cartesian_prod(across, up)).reshape(161, 101)
print(f"loss {loss.item():.4f}, accuracy {100 * right.item() / len(x):.0f} %")

figure, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
ax.contourf(across, up, scores.T, levels=[-1e9, 0.0, 1e9], colors=["#CFE3F1", "#F8DCCB"])
for label, colour in ((0, "tab:blue"), (1, "tab:orange")):
    ax.scatter(*x[labels == label].T, color=colour, edgecolor="k", label=f"moon {label}")
ax.set(xlabel="x", ylabel="y", title="Two moons, and what the network takes for each")
ax.legend()
figure.savefig(PICTURE)
