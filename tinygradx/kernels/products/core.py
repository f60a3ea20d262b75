"""Which way a product takes, by its sizes: one function of addresses for all the layouts.

`a @ b`, `a.T @ b` and `a @ b.T` differ in strides alone: how many bytes it is to the next row and
to the next column. The numbers here were measured on a Zen 3 core with AVX2, float32, whose loop of
fused multiply-adds reaches 114 GFLOP/s (benchmarks/products.py prints the table).
"""

# mypy: disable-error-code="import-untyped, no-untyped-call, untyped-decorator"

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.kernels.blas import GEMM, gemm
from tinygradx.kernels.products.tiles import (
    SHORT,
    TALL,
    WIDTH,
    address,
    dots,
    item_size,
    one,
    pack,
    short_tiles,
    tall_tiles,
)

__all__ = ["multiply"]

#: Rows of y that are summed in one go, and copied into a panel for it (50 KB with AVX2). A panel of
#: half the size stays in the nearest cache, but then the result is loaded more often: 264 rows took
#: 5 % longer at 128 x 512 x 784 (rows, columns, length of the sums), 512 took 2 %.
DEPTH = 800
#: Up to these many bytes, y is read where it lies: it fits into the nearest cache as it is. Copying
#: it would cost 4 % at 64 x 64 x 64, and not copying it 37 % at 128 x 512 x 512.
NEAR = 32_768
#: From these many bytes of a transposed x on, BLAS is faster, by 5 % at 128 x 128 x 64 and by 10 %
#: at 512 x 784 x 128: it copies x as well, whose numbers otherwise lie in few places of the cache.
FAR = 32_768
#: A result of more bytes is written by BLAS if its sums are SHALLOW: it writes whole rows, where
#: tiles go down its columns. 128 x 512 x 10 took 36 microseconds, and 25 then.
WIDE, SHALLOW = 131_072, 16
#: From these many multiplications on, BLAS is as fast, and has threads.
MANY = 2**26

HAS_BLAS = bool(GEMM)


def multiply(
    x: Any, x_row: Any, x_k: Any, y: Any, y_k: Any, y_col: Any, out: Any, out_row: Any,
    m: Any, n: Any, k: Any, scale: Any, keep: Any,
) -> None:  # fmt: skip
    """out = keep * out + scale * (x @ y), for x of shape (m, k), y (k, n) and out (m, n).

    x, y and out are addresses, and what follows them strides in bytes, one of each matrix the size
    of a number. With keep = 0, out is not read for what it is: it may hold nan.
    """
    size, width = item_size(scale), WIDTH // item_size(scale)
    out_col = size
    if m == 0 or n == 0:
        return
    if k == 0:  # sums of nothing
        for i in range(m):
            dots(x, y, y_col, k, out + i * out_row, out_col, n, scale, keep)
        return
    across = x_row == size and m * k * size >= FAR
    shallow = k < SHALLOW and m * n * size > WIDE
    if HAS_BLAS and min(m, n, k) > 1 and (m * n * k > MANY or across or shallow):
        gemm(m, n, k, x, x_row, x_k, y, y_k, y_col, out, out_row, scale, keep)
        return
    # A tile is wider than high, and there may be few columns: then the other way round,
    # out.T = y.T @ x.T. Its writing is slower, so the gain must be a quarter.
    upright = max(m, SHORT) * ((n + width - 1) // width)
    turned = max(n, SHORT) * ((m + width - 1) // width)
    if 5 * turned < 4 * upright:
        x, x_row, x_k, y, y_k, y_col = y, y_col, y_k, x, x_k, x_row
        out_row, out_col, m, n = out_col, out_row, n, m
    if m == 1 and x_k == size and y_k == size:
        dots(x, y, y_col, k, out, out_col, n, scale, keep)
        return
    missing = -m % TALL  # as many rows fewer in one tile each, or all the rows in short ones
    short = SHORT * min(missing // (TALL - SHORT), (m + SHORT - 1) // SHORT)
    tall = max(0, m - short)
    in_place = y_col == size and (m <= TALL or k * y_k <= NEAR)
    blocks = (k + DEPTH - 1) // DEPTH
    depth = (k + blocks - 1) // blocks
    panel = np.empty(depth * WIDTH if n % width or not in_place else 0, np.uint8)
    for first in range(0, k, depth):
        here = min(depth, k - first)
        for j in range(0, n, width):
            cols = min(width, n - j)
            rows, next_row = y + first * y_k + j * y_col, y_k
            if cols < width or not in_place:
                pack(address(panel), rows, y_k, y_col, here, cols, scale)
                rows, next_row = address(panel), WIDTH
            part, to = x + first * x_k, out + j * out_col
            if tall > 0:
                tall_tiles(
                    part, x_row, x_k, rows, next_row, here, to, out_row, out_col, tall, cols,
                    scale, keep,
                )  # fmt: skip
            if tall < m:
                part, to = part + tall * x_row, to + tall * out_row
                short_tiles(
                    part, x_row, x_k, rows, next_row, here, to, out_row, out_col, m - tall, cols,
                    scale, keep,
                )  # fmt: skip
        keep = one(scale)
