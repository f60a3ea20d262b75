"""Reading and adding by index tensors beside PyTorch: forward, and forward with backward; float32.

    python benchmarks/indexing.py [WORD ...]

The ratio is PyTorch's time over ours: above 1 we are faster. With words, only the rows whose names
hold one of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pairs
import torch

import tinygradx as tgx

torch.set_num_threads(1)

RANDOM = np.random.default_rng(0)
SHAPES = [(64, 10), (1000, 100), (10_000, 64)]


def numbers(*shape: int) -> np.ndarray:
    return RANDOM.normal(size=shape).astype(np.float32)


def below(size: int, *shape: int) -> np.ndarray:
    return RANDOM.integers(0, size, shape)


def cases() -> dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]]:
    """What is called, with the library and its tensors, and on which arrays."""
    found: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {}

    def case(name: str, call: Callable[..., Any], *arrays: np.ndarray) -> None:
        found[name] = call, arrays

    def gather(dim: int) -> Callable[..., Any]:
        return lambda library, x, index: library.gather(x, dim, index)

    def scatter_add(dim: int) -> Callable[..., Any]:
        return lambda library, x, index, source: library.scatter_add(x, dim, index, source)

    def index_select(dim: int) -> Callable[..., Any]:
        return lambda library, x, index: library.index_select(x, dim, index)

    def index_add(dim: int) -> Callable[..., Any]:
        return lambda library, x, index, source: library.index_add(x, dim, index, source)

    def take_along_dim(library: Any, x: Any, index: Any) -> Any:
        return library.take_along_dim(x, index, 1)

    def nll_loss(library: Any, x: Any, index: Any) -> Any:
        return library.nn.functional.nll_loss(x, index)

    for n, c in SHAPES:
        x, half, sizes = numbers(n, c), n // 2, f"({n}, {c})"
        case(f"gather {sizes}, a column", gather(1), x, below(c, n, 1))
        case(f"gather {sizes}, all", gather(1), x, below(c, n, c))
        case(f"gather {sizes}, dim 0", gather(0), x, below(n, half, c))
        case(f"take_along_dim {sizes}", take_along_dim, x, below(c, n, 1))
        case(f"scatter_add {sizes}, a column", scatter_add(1), x, below(c, n, 1), numbers(n, 1))
        case(f"scatter_add {sizes}, all", scatter_add(1), x, below(c, n, c), numbers(n, c))
        case(f"scatter_add {sizes}, dim 0", scatter_add(0), x, below(n, half, c), numbers(half, c))
        case(f"index_select {sizes}, rows", index_select(0), x, below(n, half))
        case(f"index_select {sizes}, columns", index_select(1), x, below(c, c // 2))
        case(f"index_add {sizes}, rows", index_add(0), x, below(n, half), numbers(half, c))
        case(f"index_add {sizes}, columns", index_add(1), x, below(c, c // 2), numbers(n, c // 2))
    table, many = numbers(1000, 64), below(1000, 2048)
    case("index_select 2048 of (1000, 64)", index_select(0), table, many)
    case("index_add 2048 to (1000, 64)", index_add(0), table, many, numbers(2048, 64))
    for n, c in SHAPES[:2]:
        case(f"nll_loss ({n}, {c})", nll_loss, numbers(n, c), below(c, n))
    return found


def tensors(library: Any, arrays: tuple[np.ndarray, ...]) -> list[Any]:
    return [library.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]


def with_backward(call: Callable[[], Any], g: Any) -> pairs.Action:
    return lambda: call().backward(g)


def main() -> None:
    """Print the table."""
    words = sys.argv[1:]
    print(f"PyTorch {torch.__version__}, one thread\n{pairs.HEADER}")
    for name, (call, arrays) in cases().items():
        if words and not any(word in name for word in words):
            continue
        mine, its = tensors(tgx, arrays), tensors(torch, arrays)

        def ours(call=call, mine=mine):  # type: ignore[no-untyped-def]
            return call(tgx, *mine)

        def theirs(call=call, its=its):  # type: ignore[no-untyped-def]
            return call(torch, *its)

        out, its_out = ours(), theirs()
        np.testing.assert_allclose(
            out.detach().numpy(), its_out.detach().numpy(), rtol=1e-5, atol=1e-5
        )
        print(pairs.row(name, pairs.compare(ours, theirs)), flush=True)
        both = with_backward(ours, tgx.ones_like(out))
        both_of_theirs = with_backward(theirs, torch.ones_like(its_out))
        print(pairs.row("   and backward", pairs.compare(both, both_of_theirs)), flush=True)


if __name__ == "__main__":
    main()
