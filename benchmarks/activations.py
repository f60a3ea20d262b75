"""Activations beside PyTorch: forward, and forward with backward through the graph.

    python benchmarks/activations.py [--quick] [--size 4096 ...]

One thread each, float32. The ratio is PyTorch's time over ours: above 1 we are faster.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics

os.environ["TINYGRADX_NUM_THREADS"] = "1"

import numpy as np
import pairs
import torch

import tinygradx as tgx

torch.set_num_threads(1)

NAMES = (
    "relu leaky_relu relu6 elu selu sigmoid tanh softplus gelu silu mish hardswish softsign "
    "logsigmoid"
).split()
SIZES = (4_096, 65_536, 1_048_576)


def theirs(name: str) -> object:
    """PyTorch's function of the same name."""
    return getattr(torch.nn.functional, name, None) or getattr(torch, name)


def both(name: str, size: int) -> tuple[tuple, tuple]:  # type: ignore[type-arg]
    """The comparison forward (nothing recorded), and forward with backward."""
    data = (np.random.default_rng(0).standard_normal(size) * 3).astype(np.float32)
    ones = np.ones(size, np.float32)
    f, ft = getattr(tgx, name), theirs(name)
    x, xt = tgx.tensor(data), torch.tensor(data)
    forward = pairs.compare(lambda: f(x), lambda: ft(xt))
    x, xt = tgx.tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    g, gt = tgx.tensor(ones), torch.tensor(ones)

    def ours() -> None:
        x.grad = None
        f(x).backward(g)

    def other() -> None:
        xt.grad = None
        ft(xt).backward(gt)

    return forward, pairs.compare(ours, other)


def main() -> None:
    """Print the table, and the geometric means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run instead of five")
    parser.add_argument("--size", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--name", nargs="*", default=NAMES)
    chosen = parser.parse_args()
    if chosen.quick:
        pairs.RUNS = 1
    print(f"{platform.processor() or platform.machine()}, PyTorch {torch.__version__}")
    for size in chosen.size:
        print(f"\n{size:,} elements\n{pairs.HEADER}")
        ratios: dict[str, list[float]] = {"forward": [], "forward+backward": []}
        for name in chosen.name:
            for way, result in zip(ratios, both(name, size), strict=True):
                ratios[way].append(result[0])
                print(pairs.row(f"{name} {way}", result), flush=True)
        for way, values in ratios.items():
            print(f"{'geometric mean, ' + way:34s} {statistics.geometric_mean(values):29.2f}")


if __name__ == "__main__":
    main()
