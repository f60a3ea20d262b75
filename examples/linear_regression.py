"""Linear regression: a line through noisy points, found by gradient descent.

It ends at the line of least squares, which NumPy finds in one call. Run it with
`python examples/linear_regression.py`.
"""

import numpy as np

import tinygradx as tgx
from tinygradx import nn, optim

tgx.manual_seed(0)
x = tgx.linspace(-1.0, 1.0, 50).reshape(50, 1)
y = 2.0 * x - 1.0 + 0.3 * tgx.randn(50, 1)

model = nn.Linear(1, 1)
optimizer = optim.SGD(model.parameters(), lr=0.5)
for _ in range(100):
    optimizer.zero_grad()
    loss = ((model(x) - y) ** 2).mean()
    loss.backward()
    optimizer.step()

(slope, shift), *_ = np.linalg.lstsq(np.hstack([x, np.ones((50, 1))]), y.flatten(), rcond=None)
print(
    f"y = {model.weight.item():.4f} x {model.bias.item():+.4f}, "
    f"by least squares y = {slope:.4f} x {shift:+.4f}"
)
