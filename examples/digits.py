"""Handwritten digits: two layers, cross entropy, gradient descent in small batches.

Run it with `python examples/digits.py`.
"""

import tinygradx as tgx
from tinygradx import data, nn, optim

tgx.manual_seed(0)
(x, y), (x_held, y_held) = data.split(*data.digits())

model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = optim.SGD(model.parameters(), lr=1.0)
for _ in range(10):
    order = tgx.randperm(len(x))
    for first in range(0, len(x), 32):
        rows = order[first : first + 32]
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()

with tgx.no_grad():
    right = (model(x_held).argmax(1) == y_held).sum()
print(f"held-out accuracy {100 * right.item() / len(x_held):.1f} %")
