"""MNIST by the network of TensorFlow's tutorial on layers: two convolutions, 1,024 units, dropout.

Run it with `python examples/mnist_cnn.py mnist_cnn.png FOLDER`, where the folder has the four files
of MNIST or Fashion-MNIST (`tgx.data.mnist(FOLDER, download=True)` fetches them). 100 batches of 100
images are a sixth of it. Without a folder it makes small files of the same form, in a temporary
folder, from the 8 by 8 digits that come with tinygradx, and trains for 30 batches of 50 on them.
"""

import os
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import tinygradx as tgx
from tinygradx import data, nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "mnist_cnn.png"
FOLDER = Path(sys.argv[2]) if len(sys.argv) > 2 else None
STEPS, BATCH = (100, 100) if FOLDER else (30, 50)
if os.environ.get("TINYGRADX_QUICK"):
    STEPS, BATCH = 2, 20


def write_idx(path, numbers):
    """Write bytes in the form of MNIST: a magic number, the sizes (big-endian), the numbers."""
    header = np.array([0x0800 + numbers.ndim, *numbers.shape], ">u4").tobytes()
    path.write_bytes(header + numbers.astype(np.uint8).tobytes())


def make_small_files(folder):
    """The digits enlarged to 28 by 28 pixels, as IDX files."""
    images, labels = data.digits()
    images = nn.functional.interpolate(images.reshape(-1, 1, 8, 8), size=28, mode="bilinear")
    for part, (x, y) in zip(("train", "t10k"), data.split(images[:, 0], labels), strict=True):
        write_idx(folder / f"{part}-images-idx3-ubyte", 255.0 * x.numpy())
        write_idx(folder / f"{part}-labels-idx1-ubyte", y.numpy())


def load(folder, part):
    images = data.idx(folder / f"{part}-images-idx3-ubyte").unsqueeze(1)
    return images.float() / 255.0, data.idx(folder / f"{part}-labels-idx1-ubyte").long()


with tempfile.TemporaryDirectory() as temporary:
    if FOLDER is None:
        make_small_files(Path(temporary))
    (x, y), (x_held, y_held) = (load(FOLDER or Path(temporary), p) for p in ("train", "t10k"))

tgx.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(64 * 7 * 7, 1024), nn.ReLU(), nn.Dropout(0.4), nn.Linear(1024, 10),
)  # fmt: skip
optimizer = optim.Adam(model.parameters(), lr=0.001)
losses = []
for _ in range(STEPS):
    batch = tgx.randint(0, len(x), (BATCH,))
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

model.eval()
with tgx.no_grad():
    answers = tgx.cat([model(part).argmax(1) for part in x_held[:2000].split(BATCH)])
right = (answers == y_held[:2000]).float().mean().item()
print(f"held-out accuracy {100 * right:.1f} % after {STEPS} batches of {BATCH}")

figure = plt.figure(figsize=(10.0, 3.8), layout="constrained")
left, side = figure.subfigures(1, 2)
tgx.plot.loss(losses, unit="batch", label="cross entropy", title="Learning", ax=left.subplots())
side.suptitle("Held-out images, and the answers")
for ax, image, answer in zip(side.subplots(2, 5).flat, x_held, answers.tolist(), strict=False):
    ax.imshow(image[0], cmap="gray_r")
    ax.set_title(answer)
    ax.axis("off")
figure.savefig(PICTURE)
