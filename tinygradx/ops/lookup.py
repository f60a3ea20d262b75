"""Rows of a table by their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.graph import wrap
from tinygradx.ops.elementary import mul
from tinygradx.ops.indexing import PUT
from tinygradx.ops.structural import Structural


class Embedding(Structural):
    """Rows of a matrix. The share of a row is the sum of what came to its copies.

    Nothing comes to the row `padding`; `by_frequency` divides by the number of copies.
    """

    name = "embedding"
    inputs = ("weight",)

    def forward(self, weight: Any, index: Any, padding: int | None, by_frequency: bool) -> Any:
        return weight[index]

    def pull(
        self, g: Any, weight_shape: tuple[int, ...], index: Any, padding: int | None,
        by_frequency: bool,
    ) -> Any:  # fmt: skip
        shares = np.ones(index.shape, g.array.dtype)
        if by_frequency:
            shares = (1.0 / np.bincount(index.reshape(-1))[index]).astype(g.array.dtype)
        if padding is not None:
            shares[index == padding] = 0.0
        if padding is not None or by_frequency:
            g = mul(g, wrap(g.result_class, shares[..., None]))
        return PUT.apply((g,), (weight_shape, index))


EMBEDDING = Embedding()
