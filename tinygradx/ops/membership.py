"""Whether elements are among others."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.graph import wrap
from tinygradx.ops.structural import as_handle


def isin(
    elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False
) -> Any:
    """Whether each element is among the test elements, as bools.

    Parameters
    ----------
    elements : Tensor or number
        Of any shape.
    test_elements : Tensor or number
        Of any shape.
    assume_unique : bool
        Taken for PyTorch's sake; the answer is the same.
    invert : bool
        Answer whether it is not.

    Returns
    -------
    Tensor
        Of the shape of `elements`. nan is among nothing.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.isin(tgx.tensor([1, 2, 3]), tgx.tensor([2, 5]))
    tensor([False,  True, False])
    """
    x, among = as_handle(elements, "isin"), as_handle(test_elements, "isin")
    return wrap(x.result_class, np.asarray(np.isin(x.array, among.array, invert=invert)))
