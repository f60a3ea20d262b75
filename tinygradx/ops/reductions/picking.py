"""One element of each run along a dimension, and the way back of that."""

from __future__ import annotations

from typing import Any

from tinygradx.ops.index_tensors import one_each, put_elements, take_elements
from tinygradx.ops.structural import Structural, numpy_like


class Pick(Structural):
    """One element of each run along a dimension, by its index."""

    name = "pick"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, dim: int) -> Any:
        along = one_each(index, x.shape, dim)
        return take_elements(x, along, dim, self.name).reshape(index.shape)

    def pull(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        return PLACE.apply((g, index), (x_shape, dim)), None

    def pull_arrays(self, g: Any, index: Any, x_shape: tuple[int, ...], dim: int) -> Any:
        return PLACE.forward(g, index, x_shape, dim), None


class Place(Structural):
    """Zeros, but for one element of each run along a dimension."""

    name = "place"
    inputs = ("x", "index")

    def forward(self, x: Any, index: Any, shape: tuple[int, ...], dim: int) -> Any:
        out = numpy_like(x).zeros(shape, x.dtype)
        put_elements(out, one_each(index, shape, dim), x, dim, self.name)
        return out

    def pull(self, g: Any, index: Any, dim: int) -> Any:
        return PICK.apply((g, index), (dim,)), None


PICK, PLACE = Pick(), Place()
