"""What PyTorch calls the functions that make views when they copy: `expand_copy` and so on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tinygradx.ops.broadcasting import expand
from tinygradx.ops.diagonals import diagonal
from tinygradx.ops.joining import narrow
from tinygradx.ops.memory import clone
from tinygradx.ops.shapes import squeeze, unsqueeze, view
from tinygradx.ops.splitting import split_with_sizes, unbind
from tinygradx.ops.transposing import permute, t, transpose
from tinygradx.ops.windows import as_strided, unfold


def copying(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, but for views it answers copies, each in memory of its own."""
    name = function.__name__

    @functools.wraps(function)
    def copied(*args: Any, **named: Any) -> Any:
        out = function(*args, **named)
        return tuple(clone(part) for part in out) if isinstance(out, tuple) else clone(out)

    copied.__name__ = copied.__qualname__ = f"{name}_copy"
    copied.__module__ = __name__
    copied.__doc__ = f"What `{name}` answers, copied into memory of its own."
    return copied


as_strided_copy = copying(as_strided)
diagonal_copy = copying(diagonal)
expand_copy = copying(expand)
narrow_copy = copying(narrow)
permute_copy = copying(permute)
split_with_sizes_copy = copying(split_with_sizes)
squeeze_copy = copying(squeeze)
t_copy = copying(t)
transpose_copy = copying(transpose)
unbind_copy = copying(unbind)
unfold_copy = copying(unfold)
unsqueeze_copy = copying(unsqueeze)
view_copy = copying(view)


def alias_copy(input: Any) -> Any:
    """A copy in memory of its own: see `clone`."""
    return clone(input)
