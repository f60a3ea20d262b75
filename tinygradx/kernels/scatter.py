"""The loops over index tensors, which NumPy walks slowly or in several passes.

Each reads or writes a whole array at the places that an index names, and looks whether the place
is there while it is at it: a pass over the index beforehand would cost as much as the loop.
"""

from __future__ import annotations

from tinygradx.kernels.formula import Written
from tinygradx.kernels.loops import INDENT
from tinygradx.kernels.source import DEVICES, Text, assemble

#: What is done with an element of the whole and one of the part.
ACTIONS = {
    "take": "part[i] = whole[{place}]",
    "put": "whole[{place}] = part[i]",
    "add": "whole[{place}] += part[i]",
}
#: What is looked at before an element of the whole is.
_CHECK = ("at = index[{i}]", "if at >= size:", f"{INDENT}return int64({{i}})")


def element_kernel(action: str, dtype: str) -> Text:
    """A loop with an index for each element of the part: `part[b, n, a]`, `whole[b, index, a]`.

    The arrays are flat; the part and its index have the shape (outer, count, inner), the whole
    (outer or more, size, width), with a width of at least inner. In order of the part, so that
    sums have the same bits each time, and of several that are put to one place the last stays.

    Parameters
    ----------
    action : {"take", "put", "add"}
        See `ACTIONS`.
    dtype : {"float32", "float64"}
        Of both arrays. The index is int64, seen as uint64: a negative number is then too large,
        and NumPy's counting from the end is not asked about, which takes half of the time.
        CPU only, as elements that are added at once would meet.

    Returns
    -------
    Text
        Of a kernel that answers where in the index a place is named that is not there, or -1.
    """
    single = (*_at("i"), ACTIONS[action].format(place="first + at * width"), _NEXT)
    inner = (*_at("i"), ACTIONS[action].format(place="first + at * width + a"), _NEXT)
    lines = [
        f"def {action}_elements(whole, part, index, outer, count, inner, size, width):",
        *_indent(1, "i = uint64(0)", "for b in range(outer):"),
        *_indent(2, "first = b * size * width"),
        *_indent(2, "if inner == uint64(1):  # the last dimension: no loop of one turn"),
        *_indent(3, "for _ in range(count):"),
        *_indent(4, *single),
        *_indent(2, "else:"),
        *_indent(3, "for _ in range(count):"),
        *_indent(4, "for a in range(inner):"),
        *_indent(5, *inner),
        *_indent(1, "return int64(-1)"),
    ]
    return _text(f"{action}_elements", dtype, ["uint64"] * 5, lines)


def slice_kernel(action: str, dtype: str) -> Text:
    """A loop with an index for each slice of the part: `part[b, n]`, `whole[b, index[n]]`.

    The arrays are flat; the part has the shape (outer, count, inner), the whole (outer, size,
    inner), and the index (count,). For all else see `element_kernel`.
    """
    single = (*_at("n"), ACTIONS[action].format(place="b * size + at"), _NEXT)
    body = (ACTIONS[action].format(place="first + a"), _NEXT)
    lines = [
        f"def {action}_slices(whole, part, index, outer, count, inner, size):",
        *_indent(1, "i = uint64(0)", "for b in range(outer):"),
        *_indent(2, "if inner == uint64(1):  # the last dimension: no loop of one turn"),
        *_indent(3, "for n in range(count):"),
        *_indent(4, *single),
        *_indent(2, "else:"),
        *_indent(3, "for n in range(count):"),
        *_indent(4, *_at("n"), "first = (b * size + at) * inner", "for a in range(inner):"),
        *_indent(5, *body),
        *_indent(1, "return int64(-1)"),
    ]
    return _text(f"{action}_slices", dtype, ["uint64"] * 4, lines)


_NEXT = "i += uint64(1)"


def _at(i: str) -> list[str]:
    """The place that element `i` of the index names, after a look whether it is there."""
    return [line.format(i=i) for line in _CHECK]


def _indent(depth: int, *lines: str) -> list[str]:
    return [INDENT * depth + line for line in lines]


def _text(name: str, dtype: str, sizes: list[str], lines: list[str]) -> Text:
    """The file of one kernel."""
    where = DEVICES["cpu"]
    array = f"{dtype}[::1]"
    signature = f"int64({array}, {array}, uint64[::1], {', '.join(sizes)})"
    written = Written(dtype, where.offered)
    written.imports.update(int64=("numba", "int64"), uint64=("numba", "uint64"))
    title = f"{name} for cpu, {dtype}: at the places that an index names"
    return assemble(title, name, where, written, signature, "\n".join(lines))
