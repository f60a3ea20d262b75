"""A small GPT: two blocks of causal attention learn a sonnet, one character after the other.

Vaswani et al. (2017), arXiv:1706.03762, with the norms in front of the layers as in GPT-2. Every
character looks at those before it, and says which one comes next. Run it with
`python examples/gpt.py`; the picture shows the loss, what it writes, and where a head looks.
"""

import math
import os
import sys
import textwrap

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import data, nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "gpt.png"
STEPS, LETTERS = (5, 50) if os.environ.get("TINYGRADX_QUICK") else (300, 450)
LENGTH, WIDTH, HEADS, BLOCKS = 32, 64, 4, 2
SONNET = """\
That time of year thou mayst in me behold
When yellow leaves, or none, or few, do hang
Upon those boughs which shake against the cold,
Bare ruin'd choirs, where late the sweet birds sang.
In me thou seest the twilight of such day
As after sunset fadeth in the west;
Which by and by black night doth take away,
Death's second self, that seals up all in rest.
In me thou seest the glowing of such fire,
That on the ashes of his youth doth lie,
As the death-bed whereon it must expire,
Consum'd with that which it was nourish'd by.
  This thou perceiv'st, which makes thy love more strong,
  To love that well which thou must leave ere long.
"""  # William Shakespeare, Sonnet 73 (1609)


class Block(nn.Module):
    """Look around, then think: each is added to what was there."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.look, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.think = nn.Sequential(
            nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH)
        )

    def heads(self, x):
        """Queries, keys and values, each of shape (N, HEADS, L, WIDTH // HEADS)."""
        return [
            part.unflatten(2, (HEADS, -1)).transpose(1, 2)
            for part in self.look(self.norm1(x)).chunk(3, 2)
        ]

    def forward(self, x):
        q, k, v = self.heads(x)
        seen = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).flatten(2))
        return x + self.think(self.norm2(x))


class GPT(nn.Module):
    """A vector for each character and each place, blocks, and a score for each character."""

    def __init__(self, kinds):
        super().__init__()
        self.letters = nn.Parameter(0.1 * tgx.randn(kinds, WIDTH))
        self.places = nn.Parameter(0.1 * tgx.randn(LENGTH, WIDTH))
        self.blocks = nn.Sequential(*(Block() for _ in range(BLOCKS)))
        self.norm, self.scores = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, kinds)

    def embed(self, ids):
        return self.letters[ids] + self.places[: ids.shape[1]]

    def forward(self, ids):
        return self.scores(self.norm(self.blocks(self.embed(ids))))


tgx.manual_seed(0)
text = data.Characters(SONNET)
windows = text.windows(LENGTH)
model = GPT(len(text.vocabulary))
optimizer = optim.AdamW(model.parameters(), lr=0.003)
bits = []
for _ in range(STEPS):
    x, y = windows[tgx.randint(0, len(windows), (16,))]
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x).flatten(0, 1), y.flatten())
    loss.backward()
    optimizer.step()
    bits.append(loss.item() / math.log(2.0))
print(f"bits for a character: {bits[0]:.2f} at first, {sum(bits[-10:]) / 10:.2f} at the end")

ids = text.encode("T")[None]
with tgx.no_grad():
    for _ in range(LETTERS):
        chances = model(ids[:, -LENGTH:])[:, -1].softmax(1)
        ids = tgx.cat([ids, tgx.multinomial(chances, 1)], 1)
    line = text.encode(SONNET[:LENGTH])[None]
    q, k, _ = model.blocks[0].heads(model.embed(line))
    later = tgx.ones(LENGTH, LENGTH).triu(1).bool()
    scores = (q @ k.transpose(2, 3) / math.sqrt(WIDTH // HEADS)).masked_fill(later, -math.inf)
    looks = scores.softmax(3)[0, 0]

figure, axes = plt.subplots(1, 3, figsize=(14.0, 4.2), layout="constrained")
tgx.plot.loss(bits, unit="step", label="bits for a character", title="Learning", ax=axes[0])
axes[1].set_title("What it writes", loc="left")
lines = [textwrap.fill(line, 50) for line in text.decode(ids).splitlines()]
axes[1].text(0.0, 1.0, "\n".join(lines), va="top", family="monospace", size=10)
axes[1].axis("off")
axes[2].imshow(looks, cmap="Blues", vmin=0.0, vmax=1.0)
axes[2].set_title("Where the first head looks", loc="left")
axes[2].set(xlabel="at", ylabel="from", xticks=range(LENGTH), yticks=range(LENGTH))
axes[2].set_xticklabels(SONNET[:LENGTH], size=7)
axes[2].set_yticklabels(SONNET[:LENGTH], size=7)
figure.savefig(PICTURE)
