"""An autoencoder: the digits squeezed through two numbers and unfolded again.

What goes through the middle is a map of the digits, made without their labels. The best that lines
can do with two numbers is the projection on two principal components; curves do better. Run it with
`python examples/autoencoder.py`.
"""

import os
import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import data, nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "autoencoder.png"
EPOCHS = 5 if os.environ.get("TINYGRADX_QUICK") else 40

tgx.manual_seed(0)
x, labels = data.digits()
encoder = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
decoder = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.Sigmoid())
model = nn.Sequential(encoder, decoder)

optimizer = optim.Adam(model.parameters(), lr=0.005)
loader = data.DataLoader(data.TensorDataset(x), batch_size=64, shuffle=True)
for _ in range(EPOCHS):
    for (images,) in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(images), images)
        loss.backward()
        optimizer.step()

with tgx.no_grad():
    codes = encoder(x)
    error = nn.functional.mse_loss(decoder(codes), x).item()
    spread = tgx.linalg.svdvals(x - x.mean(0))  # of the principal components, the largest first
    best_linear = (spread[2:] ** 2).sum().item() / x.numel()
print(f"mean square error {error:.4f}, by two principal components {best_linear:.4f}")

figure, (left, right) = plt.subplots(1, 2, figsize=(10.0, 4.4), layout="constrained")
points = left.scatter(*codes.T, c=labels, cmap="tab10", vmin=-0.5, vmax=9.5, s=8)
figure.colorbar(points, label="digit", ticks=range(10))
left.set(xlabel="first number", ylabel="second number", title="1,797 digits, coloured afterwards")
some = [labels.tolist().index(digit) for digit in range(10)]
with tgx.no_grad():
    pairs = tgx.stack([x[some], model(x[some])])  # (in or out, digit, pixel)
pairs = nn.functional.pad(pairs.reshape(2, 2, 5, 8, 8), (1, 1, 1, 1))  # some paper between them
pairs = pairs.permute(1, 0, 3, 2, 4).reshape(40, 50)
right.imshow(pairs, cmap="gray_r")
right.set(title="Ten of them, and what came back", xticks=[], yticks=[4.5, 14.5, 24.5, 34.5])
right.set_yticklabels(["in", "out", "in", "out"])
figure.savefig(PICTURE)
