"""One eager training step beside PyTorch: forward, cross entropy, backward, SGD, float32.

    python benchmarks/training.py

The networks are those of docs/design.md, with ReLU between their layers. The ratio is PyTorch's
time over ours, one thread each: above 1 we are faster.
"""

from __future__ import annotations

import itertools
import os

# Before either library loads: one thread for every BLAS, on both sides.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", TINYGRADX_NUM_THREADS="1")

import numpy as np
import pairs
import torch

import tinygradx as tgx

torch.set_num_threads(1)

CASES = [((2, 16, 16, 2), 100), ((64, 64, 64, 10), 64), ((784, 128, 128, 10), 64)]


def stepper(library, sizes, x, y):  # type: ignore[no-untyped-def]
    """A training step of an MLP, in the words that both libraries share."""
    nn = library.nn
    layers = []
    for i, (wide, narrow) in enumerate(itertools.pairwise(sizes)):
        layers += [nn.ReLU()] * bool(i) + [nn.Linear(wide, narrow)]
    model = nn.Sequential(*layers)
    optimizer = library.optim.SGD(model.parameters(), lr=0.01)
    cross_entropy = nn.functional.cross_entropy

    def step():  # type: ignore[no-untyped-def]
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def main() -> None:
    """Print the table."""
    print(f"PyTorch {torch.__version__}, one thread\n{pairs.HEADER}")
    draw = np.random.default_rng(0)
    for sizes, batch in CASES:
        x = draw.standard_normal((batch, sizes[0]), np.float32)
        y = draw.integers(0, sizes[-1], batch)
        ours = stepper(tgx, sizes, tgx.from_numpy(x), tgx.from_numpy(y))
        theirs = stepper(torch, sizes, torch.from_numpy(x), torch.from_numpy(y))
        name = f"{'-'.join(map(str, sizes))}, batch {batch}"
        print(pairs.row(name, pairs.compare(ours, theirs)), flush=True)


if __name__ == "__main__":
    main()
