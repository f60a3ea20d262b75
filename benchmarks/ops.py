"""One recorded operation on 16 elements beside PyTorch: forward, and forward with backward.

    python benchmarks/ops.py

The ratio is PyTorch's time over ours: above 1 we are faster.
"""

from __future__ import annotations

import pairs
import torch

import tinygradx as tgx

torch.set_num_threads(1)


def main() -> None:
    """Print the table."""
    a, b = tgx.randn(16, requires_grad=True), tgx.randn(16, requires_grad=True)
    m, n = tgx.randn(4, 4, requires_grad=True), tgx.randn(4, 4, requires_grad=True)
    at, bt, mt, nt = (torch.tensor(t.tolist(), requires_grad=True) for t in (a, b, m, n))
    cases = {
        "add": (lambda: a + b, lambda: at + bt),
        "mul": (lambda: a * b, lambda: at * bt),
        "relu": (lambda: a.relu(), lambda: at.relu()),
        "sum": (lambda: a.sum(), lambda: at.sum()),
        "matmul": (lambda: m @ n, lambda: mt @ nt),
        "mul by a number": (lambda: a * 2.0, lambda: at * 2.0),
        "add a number": (lambda: a + 1.0, lambda: at + 1.0),
        "exp": (lambda: a.exp(), lambda: at.exp()),
        "mean": (lambda: a.mean(), lambda: at.mean()),
    }
    print(f"PyTorch {torch.__version__}, one thread\n{pairs.HEADER}")
    for name, (ours, theirs) in cases.items():
        print(pairs.row(f"{name} forward", pairs.compare(ours, theirs)), flush=True)
        g, gt = tgx.ones_like(ours()), torch.ones_like(theirs())

        def both(ours=ours, g=g):  # type: ignore[no-untyped-def]
            ours().backward(g)

        def both_of_theirs(theirs=theirs, gt=gt):  # type: ignore[no-untyped-def]
            theirs().backward(gt)

        print(pairs.row(f"{name} forward+backward", pairs.compare(both, both_of_theirs)))


if __name__ == "__main__":
    main()
