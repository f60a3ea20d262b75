"""Batch normalisation before or after the activation, or not at all.

Ioffe & Szegedy (2015), arXiv:1502.03167, put it before, so that the activation sees numbers around
0; put behind it, the next layer sees such numbers. Both train deep sigmoid layers that learn
nothing without it. Run it with `python examples/batchnorm_order.py`.
"""

import os
import sys

import tinygradx as tgx
from tinygradx import data, nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "batchnorm_order.png"
EPOCHS = 2 if os.environ.get("TINYGRADX_QUICK") else 15
DEPTH, WIDTH = 6, 64

(x, y), (x_held, y_held) = data.split(*data.digits())
LAYERS = {
    "none": lambda: [nn.Sigmoid()],
    "before": lambda: [nn.BatchNorm1d(WIDTH), nn.Sigmoid()],
    "after": lambda: [nn.Sigmoid(), nn.BatchNorm1d(WIDTH)],
}


def train(activation):
    """The loss of every step, and the share of held-out digits that are named rightly."""
    tgx.manual_seed(0)
    layers, width = [], 64
    for _ in range(DEPTH):
        layers += [nn.Linear(width, WIDTH), *activation()]
        width = WIDTH
    model = nn.Sequential(*layers, nn.Linear(width, 10))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    loader = data.DataLoader(data.TensorDataset(x, y), batch_size=64, shuffle=True)
    losses = []
    for _ in range(EPOCHS):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    model.eval()
    with tgx.no_grad():
        return losses, (model(x_held).argmax(1) == y_held).float().mean().item()


runs = {place: train(activation) for place, activation in LAYERS.items()}
print(
    "held-out accuracy: " + ", ".join(f"{k} {100 * right:.1f} %" for k, (_, right) in runs.items())
)

history = {place: losses for place, (losses, _) in runs.items()}
title = f"Batch normalisation in {DEPTH} sigmoid layers"
ax = tgx.plot.loss(history, smooth=0.8, unit="step", label="cross entropy", title=title)
ax.figure.savefig(PICTURE)
