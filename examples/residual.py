"""A residual block against a plain deep stack: the same layers, with and without `x +`.

He et al. (2015), "Deep Residual Learning", arXiv:1512.03385. In the plain stack the gradient at the
first layers has shrunk to almost nothing, and the loss hardly falls; with `x + f(x)` it passes by.
Run it with `python examples/residual.py`.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import data, nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "residual.png"
DEPTH, WIDTH, STEPS = 20, 32, 200


class Block(nn.Module):
    """Two layers, added to their input or not."""

    def __init__(self, residual):
        super().__init__()
        self.first, self.second = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.residual = residual

    def forward(self, x):
        out = self.second(self.first(x).relu()).relu()
        return x + out if self.residual else out


def train(residual):
    """The norms of the gradients of the blocks at first, and the loss after every step."""
    tgx.manual_seed(0)
    blocks = [Block(residual) for _ in range(DEPTH)]
    model = nn.Sequential(nn.Linear(64, WIDTH), *blocks, nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 10))
    optimizer = optim.AdamW(model.parameters(), lr=0.001)
    norms, losses = [], []
    for step in range(STEPS):
        batch = tgx.randint(0, len(x), (64,))
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        if step == 0:
            norms = [block.first.weight.grad.norm().item() for block in blocks]
        optimizer.step()
        losses.append(loss.item())
    return norms, losses


x, y = data.digits()
runs = {"plain": train(False), "residual": train(True)}
last = {name: sum(losses[-20:]) / 20 for name, (_, losses) in runs.items()}
print(f"loss at the end: plain {last['plain']:.2f}, residual {last['residual']:.2f}")

figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.8), layout="constrained")
for (name, (norms, _)), style in zip(runs.items(), ("-o", "--s"), strict=True):
    axes[0].semilogy(range(1, DEPTH + 1), norms, style, markersize=4, label=name)
axes[0].set(xlabel="block, from the input", ylabel="norm of the gradient of its first weights")
axes[0].set(title="Before the first step", xticks=range(1, DEPTH + 1, 3))
axes[0].legend()
history = {name: losses for name, (_, losses) in runs.items()}
tgx.plot.loss(history, smooth=0.9, unit="step", label="cross entropy", title="Learning", ax=axes[1])
figure.savefig(PICTURE)
