"""Samples made into a batch: stacked in the places where they hold numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinygradx.errors import DtypeError, ShapeError
from tinygradx.ops.joining import stack
from tinygradx.tensor import Tensor, as_tensor, from_numpy, tensor


def default_collate(batch: Sequence[Any]) -> Any:
    """One batch of several samples, as PyTorch's `default_collate` makes it.

    Parameters
    ----------
    batch : sequence
        Samples that are alike: tensors, NumPy arrays, numbers, text, or tuples, lists and
        dictionaries of them.

    Returns
    -------
    Tensor, list or dict
        Tensors and arrays stacked along a new first dimension; numbers as a tensor (Python's
        floats as float64); text as it is, as a tuple where samples are tuples. Tuples and lists
        become a list with one batch for each place, named tuples and dictionaries keep their kind.

    Raises
    ------
    ShapeError
        If the samples differ in shape, length or keys, or there is none.
    DtypeError
        If they hold something else.

    Examples
    --------
    >>> from tinygradx.data import default_collate
    >>> default_collate([{"x": 1, "name": "a"}, {"x": 2, "name": "b"}])
    {'x': tensor([1, 2]), 'name': ['a', 'b']}
    """
    if not len(batch):
        raise ShapeError("make a batch", "no samples", "pass at least one")
    first = batch[0]
    if isinstance(first, (Tensor, np.ndarray)):
        return _stacked([as_tensor(sample) for sample in batch])
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, float) and not isinstance(first, np.generic):
        return tensor(batch, dtype=np.float64)
    if isinstance(first, (int, np.number, np.bool_)):
        return tensor(np.asarray(batch)) if isinstance(first, np.generic) else tensor(batch)
    if isinstance(first, Mapping):
        _check_alike("keys", [list(sample) for sample in batch])
        return _like(first, {name: default_collate([s[name] for s in batch]) for name in first})
    if isinstance(first, Sequence):
        _check_alike("lengths", [len(sample) for sample in batch])
        places = [default_collate(samples) for samples in zip(*batch, strict=True)]
        return type(first)(*places) if hasattr(first, "_fields") else places
    raise DtypeError(
        "make a batch", f"samples of type {type(first).__name__}",
        "answer tensors, numbers, tuples or dictionaries, or pass collate_fn=",
    )  # fmt: skip


def default_convert(data: Any) -> Any:
    """One sample with its NumPy arrays as tensors, as a loader without batches hands it on.

    Parameters
    ----------
    data : object
        One sample: arrays, or tuples, lists and dictionaries of them; all else stays as it is.

    Returns
    -------
    object
        Of the same build, with lists where there were tuples, as in PyTorch.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygradx.data import default_convert
    >>> default_convert((np.arange(2), "a"))
    [tensor([0, 1]), 'a']
    """
    if isinstance(data, (np.ndarray, np.generic)):
        return as_tensor(data)
    if isinstance(data, Mapping):
        return _like(data, {name: default_convert(value) for name, value in data.items()})
    if isinstance(data, (tuple, list)):
        parts = [default_convert(value) for value in data]
        return type(data)(*parts) if hasattr(data, "_fields") else parts
    return data


def _like(mapping: Any, content: dict[Any, Any]) -> Any:
    return content if type(mapping) is dict else type(mapping)(content)


def _check_alike(what: str, found: list[Any]) -> None:
    other = next((item for item in found if item != found[0]), None)
    if other is not None:
        raise ShapeError(
            "make a batch", f"samples with the {what} {found[0]} and {other}",
            "make all samples alike, or pass collate_fn=",
        )  # fmt: skip


def _stacked(tensors: list[Tensor]) -> Tensor:
    _check_alike("shapes", [t.shape for t in tensors])
    if any(t.requires_grad for t in tensors):
        return stack(tensors)  # type: ignore[no-any-return]
    return from_numpy(np.stack([t.array for t in tensors]))  # one call; the operation needs N
