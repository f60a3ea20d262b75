"""XOR: the smallest problem that needs a hidden layer.

Four points, eight hidden units, plain gradient descent. Run it with `python examples/xor.py`; the
picture shows what the network answers between the points.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "xor.png"

tgx.manual_seed(1)
x = tgx.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = tgx.tensor([0, 1, 1, 0])

model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))
optimizer = optim.SGD(model.parameters(), lr=0.5)
for _ in range(500):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()

side = tgx.linspace(-0.5, 1.5, 101)
with tgx.no_grad():
    answers = model(x).argmax(1).tolist()
    ones = model(tgx.cartesian_prod(side, side)).softmax(1)[:, 1].reshape(101, 101)
print(f"loss {loss.item():.4f}, answers {answers}")

figure, ax = plt.subplots(figsize=(5.6, 4.6), layout="constrained")
surface = ax.contourf(side, side, ones.T, levels=20, cmap="RdBu_r", vmin=0.0, vmax=1.0)
figure.colorbar(surface, label="probability of the answer 1", ticks=[0.0, 0.25, 0.5, 0.75, 1.0])
for (first, second), answer in zip(x.tolist(), y.tolist(), strict=True):
    ax.text(first, second, answer, ha="center", va="center", bbox={"boxstyle": "circle", "fc": "w"})
ax.set(xlabel="first input", ylabel="second input", title="XOR: the wanted answers, and ours")
ax.set(xticks=[-0.5, 0.0, 0.5, 1.0, 1.5], yticks=[-0.5, 0.0, 0.5, 1.0, 1.5])
figure.savefig(PICTURE)
