"""XOR: the smallest problem that needs a hidden layer.

Four points, eight hidden units, plain gradient descent. Run it with `python examples/xor.py`.
"""

import tinygradx as tgx
from tinygradx import nn, optim

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

with tgx.no_grad():
    answers = model(x).argmax(1).tolist()
print(f"loss {loss.item():.4f}, answers {answers}")
