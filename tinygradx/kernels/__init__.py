"""From a formula to a running loop.

This room turns the text of a scalar formula into kernels, keeps them compiled on disk, and runs
them. It has never heard of tensors, gradients or graphs.
"""

from tinygradx.kernels.backend import BACKENDS, Backend, backend_of
from tinygradx.kernels.formula import Formula, machine
from tinygradx.kernels.loops import (
    Argument,
    Result,
    RowText,
    columns_kernel,
    map_kernel,
    row_kernel,
    total_kernel,
    update_kernel,
)
from tinygradx.kernels.source import Text

__all__ = [
    "BACKENDS", "Argument", "Backend", "Formula", "Result", "RowText", "Text", "backend_of",
    "columns_kernel", "machine", "map_kernel", "row_kernel", "total_kernel", "update_kernel",
]  # fmt: skip
