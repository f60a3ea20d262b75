"""Under- and overfitting, and two cures: noisy points and four networks.

A straight line cannot bend; two layers of 64 bend to the noise as well. Weight decay
keeps the weights small, dropout (Srivastava et al. 2014) hides half of the units in every step, so
that none can rely on another. Run it with `python examples/overfitting.py`.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "overfitting.png"
STEPS = 800

tgx.manual_seed(0)
x = tgx.linspace(-3.0, 3.0, 24).reshape(24, 1)
y = x.sin() + 0.5 * tgx.randn(24, 1)
fine = tgx.linspace(-3.0, 3.0, 301).reshape(301, 1)


def line():
    return nn.Linear(1, 1)


def layers(dropout=0.0):
    return nn.Sequential(
        nn.Linear(1, 64), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(64, 64), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(64, 1),
    )  # fmt: skip


def train(build, decay=0.0, **settings):
    """The network's curve, and how far it is from the points and from the truth."""
    tgx.manual_seed(0)
    model = build(**settings)
    optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=decay)
    for _ in range(STEPS):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    model.eval()
    with tgx.no_grad():
        found = model(fine)
        errors = (model(x) - y, found - fine.sin())
        return found, *((error**2).mean().sqrt().item() for error in errors)


runs = {
    "line": train(line),
    "64 + 64 units": train(layers),
    "weight decay": train(layers, decay=3.0),
    "dropout": train(layers, dropout=0.5),
}
errors = ", ".join(f"{name} {error:.2f}" for name, (_, _, error) in runs.items())
print(f"error, from the truth: {errors}")

figure, axes = plt.subplots(1, 4, figsize=(12.0, 3.8), sharey=True, layout="constrained")
for ax, (name, (found, to_points, to_truth)) in zip(axes, runs.items(), strict=True):
    ax.scatter(x, y, color="gray", s=14, label="noisy points")
    ax.plot(fine, fine.sin(), "k:", label="the truth, sin x")
    ax.plot(fine, found, color="tab:blue", linewidth=2, label="the network")
    said = f"from the points {to_points:.2f}\nfrom the truth {to_truth:.2f}"
    ax.text(0.97, 0.03, said, ha="right", va="bottom", transform=ax.transAxes)
    ax.set(xlabel="x", title=name)
axes[0].set(ylabel="y")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
figure.savefig(PICTURE)
