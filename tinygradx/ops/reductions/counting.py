"""How many elements are not 0: all of them, any, or a number."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.graph import wrap
from tinygradx.ops.reductions.shared import numpy_names
from tinygradx.ops.structural import as_handle, numpy_like, whole_dims


def count_nonzero(input: Any, dim: Any = None, **named: Any) -> Any:
    """How many elements differ from 0, as int64; nan does.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype.
    dim : int or tuple of int, optional
        What to count along; everything when left out.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.count_nonzero(tgx.tensor([[1, 0], [2, 3]]), dim=0)
    tensor([2, 1])
    """
    x = as_handle(input, "count_nonzero")
    dim, keepdim = numpy_names("count_nonzero", named, dim)
    dims = whole_dims(dim, x.array.ndim, "count_nonzero")
    counts = numpy_like(x.array).count_nonzero(x.array, axis=dims, keepdims=keepdim)
    return wrap(x.result_class, np.asarray(counts, np.int64))


def _logical(input: Any, dim: Any, keepdim: bool, named: dict[str, Any], of: Any) -> Any:
    """`all` or `any`: of an empty tuple of dims each element alone, and uint8 stays uint8."""
    x, asked = as_handle(input, of.__name__), of.__name__
    dim, keepdim = numpy_names(asked, named, dim, keepdim)
    alone = isinstance(dim, (tuple, list)) and not dim
    dims = () if alone else whole_dims(dim, x.array.ndim, asked)
    if dims and not x.array.ndim:
        dims = None
    out = np.asarray(of(x.array, axis=dims, keepdims=keepdim))
    return wrap(x.result_class, out.astype(np.uint8 if x.array.dtype == np.uint8 else np.bool_))


def all(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """Whether all elements are nonzero.

    Parameters
    ----------
    input : Tensor
        Of any shape and dtype.
    dim : int or tuple of int, optional
        What to reduce; everything when left out, nothing for an empty tuple.
    keepdim : bool
        Keep reduced dimensions with size 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.all(tgx.tensor([[True, False], [True, True]]), dim=1)
    tensor([False,  True])
    """
    return _logical(input, dim, keepdim, named, np.all)


def any(input: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """Whether any element is nonzero: see `all`."""
    return _logical(input, dim, keepdim, named, np.any)
