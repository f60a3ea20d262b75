"""What NumPy refuses, in our words: shapes that do not broadcast, indices out of range.

NumPy says that something is wrong; here the arguments are looked at again, to say what. It costs
nothing where nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import DimError

Shape = tuple[int, ...]


def misfit(*shapes: Shape) -> tuple[str, str]:
    """What is wrong with shapes that do not broadcast, and what to do.

    Parameters
    ----------
    *shapes : tuple of int
        At least two.

    Returns
    -------
    got, do : str
        For an error.

    Examples
    --------
    >>> from tinygradx.ops.refusals import misfit
    >>> misfit((4, 3), (4,))[0]
    'sizes 3 and 4 in dim -1, where neither is 1'
    >>> misfit((4, 3), (4,))[1]
    'write b.unsqueeze(1), of shape (4, 1), so that the sizes match'
    """
    got = "sizes that differ where neither is 1"
    for place in range(1, max(map(len, shapes)) + 1):
        sizes = dict.fromkeys(s[-place] for s in shapes if len(s) >= place and s[-place] != 1)
        if len(sizes) > 1:
            got = f"sizes {' and '.join(map(str, sizes))} in dim -{place}, where neither is 1"
            break
    do = "make the sizes equal, or one of them 1: reshape or unsqueeze so that the sizes match"
    if len(shapes) == 2:
        a, b = shapes
        short, long, name = (b, a, "b") if len(b) < len(a) else (a, b, "a")
        if len(short) == 1 and len(long) == 2 and short == long[:1]:
            do = f"write {name}.unsqueeze(1), of shape ({short[0]}, 1), so that the sizes match"
        elif len(a) == 2 and a == b[::-1]:
            do = "transpose one of them, as in a + b.T, so that the sizes match"
    return got, do


class _Trouble(NamedTuple):
    """What is wrong with an index, and what to do."""

    got: str
    do: str


def wrong_index(asked: str, shape: Shape, index: Any, error: Exception) -> DimError:
    """The error for an index that NumPy refused.

    Parameters
    ----------
    asked : str
        What was wanted, as the error says it.
    shape : tuple of int
        Of what was indexed.
    index
        In NumPy's words, or in two steps (`Chained`).
    error : Exception
        NumPy's own.
    """
    steps: Sequence[Any] = (index.first, index.rest) if hasattr(index, "rest") else (index,)
    left = list(enumerate(shape))
    for step in steps:
        trouble = _too_many(len(left), step)
        if trouble is None:
            trouble, left = _out_of_range(left, step)
        if trouble is not None:
            return DimError(asked, trouble.got, trouble.do)
    return DimError(asked, str(error), "give index arrays of one shape, or shapes that broadcast")


def _parts(step: Any) -> tuple[Any, ...]:
    return step if isinstance(step, tuple) else (step,)


def _taken(part: Any) -> int:
    """How many dimensions a part of an index takes."""
    if part is None or part is Ellipsis or isinstance(part, (bool, np.bool_)):
        return 0
    mask = isinstance(part, np.ndarray) and part.dtype.kind == "b"
    return part.ndim if mask else 1


def _too_many(ndim: int, step: Any) -> _Trouble | None:
    """Whether an index names more dimensions than there are."""
    count = sum(map(_taken, _parts(step)))
    if count <= ndim:
        return None
    got = f"{count} {'index' if count == 1 else 'indices'} for {ndim} dimensions"
    if not ndim:
        return _Trouble(got, "a tensor of one number has no parts: use x.item()")
    return _Trouble(got, f"give no more indices than dimensions: at most {ndim}")


Dims = list[tuple[int, int]]


def _out_of_range(left: Dims, step: Any) -> tuple[_Trouble | None, Dims]:
    """The first part of an index that is out of range, and the dims that the others leave."""
    parts, place = _parts(step), 0
    spare = len(left) - sum(map(_taken, parts))
    after: Dims = []
    for part in parts:
        if part is None:
            after.append((-1, 1))
            continue
        if part is Ellipsis:
            after += left[place : place + spare]
            place += spare
            continue
        taken = _taken(part)
        dims = left[place : place + taken]
        if isinstance(part, np.ndarray) and part.dtype.kind == "b":
            sizes = tuple(size for _, size in dims)
            if part.shape != sizes:
                return _Trouble(
                    f"a mask of shape {part.shape} for sizes {sizes}",
                    "make the mask of the shape that it picks from, as x > 0 is",
                ), after
        elif isinstance(part, (int, np.integer, np.ndarray)) and taken:
            dim, size = dims[0]
            numbers = np.asarray(part)
            wrong = numbers[(numbers < -size) | (numbers >= size)]
            if wrong.size:
                return _Trouble(
                    f"index {int(wrong.flat[0])} is out of bounds for dim {dim} of size {size}",
                    f"count from 0 to {size - 1}, or from -1 at the end to {-size}"
                    if size
                    else "there is nothing to index: look at x.shape first",
                ), after
        if not isinstance(part, (int, np.integer)):
            after += dims
        place += taken
    return None, after + left[place:]
