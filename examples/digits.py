"""Handwritten digits: two layers learn to read them, and are judged by images they never saw.

Small batches from a loader, AdamW with steps that shrink to nothing, and fresh noise on the images
each time, so that they are not learned by heart: without it the accuracy ends near 97 %. Run it
with `python examples/digits.py`; the picture shows up to eight digits that were taken for others.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import data, nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "digits.png"
EPOCHS, RATE, NOISE = 60, 0.01, 0.25

tgx.manual_seed(0)
(x, y), (x_held, y_held) = data.split(*data.digits())
loader = data.DataLoader(data.TensorDataset(x, y), batch_size=32, shuffle=True)

model = nn.Sequential(nn.Linear(64, 128), nn.GELU(), nn.Linear(128, 10))
optimizer = optim.AdamW(model.parameters(), lr=RATE)
steps_left = steps = EPOCHS * len(loader)
for _ in range(EPOCHS):
    for images, labels in loader:
        optimizer.param_groups[0]["lr"] = RATE * steps_left / steps
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images + NOISE * tgx.randn(*images.shape)), labels)
        loss.backward()
        optimizer.step()
        steps_left -= 1

with tgx.no_grad():
    answers = model(x_held).argmax(1)
wrong = (answers != y_held).nonzero().flatten().tolist()
print(f"held-out accuracy {100 * (1 - len(wrong) / len(x_held)):.1f} %")

figure = plt.figure(figsize=(9.0, 2.2), layout="constrained")
figure.suptitle(f"Taken for others: {len(wrong)} of {len(x_held)} held-out digits")
for column, place in enumerate(wrong[:8]):
    ax = figure.add_subplot(1, min(len(wrong), 8), column + 1)
    ax.imshow(x_held[place].reshape(8, 8), cmap="gray_r")
    ax.set_title(f"{y_held[place]} as {answers[place]}")
    ax.axis("off")
figure.savefig(PICTURE)
