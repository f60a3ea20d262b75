"""The loop that adds rows to rows by number: what NumPy's `add.at` is slow at."""

from __future__ import annotations

from tinygradx.kernels.formula import Written
from tinygradx.kernels.loops import INDENT
from tinygradx.kernels.source import DEVICES, Text, assemble


def add_rows_kernel(dtype: str) -> Text:
    """`out[rows[i]] += x[i]` for every i, in order, so that the sums have the same bits each time.

    Parameters
    ----------
    dtype : {"float32", "float64"}
        Of x and out, which are matrices; the numbers of rows are int64. CPU only, as rows that are
        added at once would meet.
    """
    where = DEVICES["cpu"]
    lines = [
        "def add_rows(rows, x, out):",
        f"{INDENT}if x.shape[1] == 1:  # single elements, in a third of the time",
        f"{INDENT * 2}for i in range(rows.size):",
        f"{INDENT * 3}out[rows[i], 0] += x[i, 0]",
        f"{INDENT * 2}return",
        f"{INDENT}for i in range(rows.size):",
        f"{INDENT * 2}x_row = x[i]",
        f"{INDENT * 2}out_row = out[rows[i]]",
        f"{INDENT * 2}for j in range(x_row.size):",
        f"{INDENT * 3}out_row[j] += x_row[j]",
    ]
    matrix = f"{dtype}[:, ::1]"
    signature = f"void(int64[::1], {matrix}, {matrix})"
    title = f"add_rows for cpu, {dtype}: each row added to the one it has the number of"
    written = Written(dtype, where.offered)
    return assemble(title, "add_rows", where, written, signature, "\n".join(lines))
