"""A variational autoencoder: digits from noise.

Kingma & Welling (2013), "Auto-encoding variational Bayes", arXiv:1312.6114. The encoder answers a
normal distribution for each image, and a sample of it is decoded; the loss is what the image costs
given the sample, and how far the distribution is from the standard normal one (KL). Run it with
`python examples/vae.py`; the picture shows what the decoder makes of points all over that normal.
"""

import os
import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import data, nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "vae.png"
EPOCHS = 5 if os.environ.get("TINYGRADX_QUICK") else 50
F = nn.functional

tgx.manual_seed(0)
x, _ = data.digits()
encoder = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 4))
decoder = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64))


def costs(images):
    """Of each image, in nats: its pixels given its code, and its code given nothing."""
    mean, log_variance = encoder(images).chunk(2, 1)
    code = mean + (0.5 * log_variance).exp() * tgx.randn(*mean.shape)  # so that gradients pass
    pixels = F.binary_cross_entropy_with_logits(decoder(code), images, reduction="sum")
    kl = 0.5 * (mean**2 + log_variance.exp() - 1.0 - log_variance).sum()
    return pixels / len(images), kl / len(images)


optimizer = optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.005)
loader = data.DataLoader(data.TensorDataset(x), batch_size=64, shuffle=True)
for _ in range(EPOCHS):
    for (images,) in loader:
        optimizer.zero_grad()
        loss = sum(costs(images))
        loss.backward()
        optimizer.step()

with tgx.no_grad():
    pixels, kl = costs(x)
print(f"nats for a digit: {(pixels + kl).item():.2f} = pixels {pixels:.2f} + code {kl:.2f}")

side = 2**0.5 * tgx.erfinv(tgx.linspace(-0.9, 0.9, 13))  # evenly spaced in probability
with tgx.no_grad():
    made = decoder(tgx.cartesian_prod(side, side)).sigmoid().reshape(13, 13, 8, 8)
made = F.pad(made, (1, 1, 1, 1))  # some paper between them
figure, ax = plt.subplots(figsize=(6.0, 6.0), layout="constrained")
ax.imshow(made.permute(0, 2, 1, 3).reshape(130, 130), cmap="gray_r")
places, names = range(5, 130, 30), [f"{number:z.1f}" for number in side[::3].tolist()]
ax.set_xticks(places, names)
ax.set_yticks(places, names)
ax.set(xlabel="second number of the code", ylabel="first number of the code")
ax.set_title("What the decoder makes of 169 codes")
figure.savefig(PICTURE)
