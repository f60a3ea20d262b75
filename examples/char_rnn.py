"""A recurrent network and an LSTM learn a sonnet by heart, one character after the other.

Both read 40 characters and say after each what comes next; then they write on by themselves. The
LSTM (Hochreiter & Schmidhuber 1997) carries a second state that is added to, not multiplied. Run it
with `python examples/char_rnn.py`; the picture shows the losses, and what both write.
"""

import math
import os
import sys
import textwrap

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import data, nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "char_rnn.png"
STEPS, LETTERS = (10, 50) if os.environ.get("TINYGRADX_QUICK") else (400, 450)
WIDTH = 64
SONNET = """\
Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date:
Sometime too hot the eye of heaven shines,
And often is his gold complexion dimm'd;
And every fair from fair sometime declines,
By chance, or nature's changing course, untrimm'd;
But thy eternal summer shall not fade
Nor lose possession of that fair thou ow'st;
Nor shall Death brag thou wander'st in his shade,
When in eternal lines to time thou grow'st;
  So long as men can breathe or eyes can see,
  So long lives this, and this gives life to thee.
"""  # William Shakespeare, Sonnet 18 (1609)

text = data.Characters(SONNET)
kinds = len(text.vocabulary)
windows = text.windows(40)


class Writer(nn.Module):
    """Characters as unit vectors, a recurrent layer, and a score for each character to come."""

    def __init__(self, layer):
        super().__init__()
        self.layer, self.scores = layer(kinds, WIDTH, batch_first=True), nn.Linear(WIDTH, kinds)

    def forward(self, ids, state=None):
        out, state = self.layer(nn.functional.one_hot(ids, kinds).float(), state)
        return self.scores(out), state


def train(layer):
    """A trained writer, and what a character cost it in every step, in bits."""
    tgx.manual_seed(0)
    model = Writer(layer)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    bits = []
    for _ in range(STEPS):
        x, y = windows[tgx.randint(0, len(windows), (8,))]
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x)[0].reshape(-1, kinds), y.reshape(-1))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # long products of slopes can explode
        optimizer.step()
        bits.append(loss.item() / math.log(2.0))
    return model, bits


def write(model, count):
    """What it writes by itself, each character drawn as likely as the model takes it."""
    ids, state = [text.encode("S")], None
    with tgx.no_grad():
        for _ in range(count):
            scores, state = model(ids[-1][None], state)
            ids.append(tgx.multinomial(scores[0, -1].softmax(0), 1))
    return text.decode(tgx.cat(ids))


runs = {"RNN": train(nn.RNN), "LSTM": train(nn.LSTM)}
last = {name: sum(bits[-10:]) / 10 for name, (_, bits) in runs.items()}
print(f"bits for a character: RNN {last['RNN']:.2f}, LSTM {last['LSTM']:.2f}")

widths = {"width_ratios": [3, 4, 4]}
figure, axes = plt.subplots(1, 3, figsize=(14.0, 3.4), layout="constrained", gridspec_kw=widths)
history = {name: bits for name, (_, bits) in runs.items()}
tgx.plot.loss(history, unit="step", label="bits for a character", title="Learning", ax=axes[0])
for ax, (name, (model, _)) in zip(axes[1:], runs.items(), strict=True):
    ax.set_title(f"What the {name} writes", loc="left")
    lines = [textwrap.fill(line, 50) for line in write(model, LETTERS).splitlines()]
    ax.text(0.0, 1.0, "\n".join(lines), va="top", family="monospace", size=10)
    ax.axis("off")
figure.savefig(PICTURE)
