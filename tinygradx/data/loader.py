"""DataLoader: the samples of a dataset, batch by batch."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from tinygradx.data.collate import default_collate, default_convert
from tinygradx.data.datasets import Subset, TensorDataset
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.tensor import randperm

#: What PyTorch's loader takes besides, for its worker processes and for pinned memory.
NOT_NEEDED: dict[str, Any] = {
    "num_workers": 0, "pin_memory": False, "timeout": 0, "worker_init_fn": None,
    "multiprocessing_context": None, "prefetch_factor": None, "persistent_workers": False,
    "pin_memory_device": "", "in_order": True,
}  # fmt: skip


class DataLoader:
    """The samples of a dataset in batches; every walk over it begins at the front.

    The batches of a `TensorDataset`, and of a `Subset` of one, are taken by one indexing for each
    tensor: a walk over the digits by 32 takes a twentieth of what PyTorch's loader takes, which
    stacks samples.

    Parameters
    ----------
    dataset : Dataset, or sequence
        What has `__getitem__` and `__len__`.
    batch_size : int, optional
        How many samples a batch has; the last one may be smaller. With None there are no batches:
        the samples come one by one.
    shuffle : bool
        Whether each walk takes a new random order.
    sampler : iterable of int, optional
        The order, instead of `shuffle`; walked afresh each time.
    batch_sampler : iterable of list of int, optional
        The places of each batch, instead of `batch_size`, `shuffle`, `sampler` and `drop_last`.
    collate_fn : callable, optional
        Makes a batch of a list of samples; `default_collate` when left out.
    drop_last : bool
        Whether a smaller last batch is left out.
    generator : Generator, optional
        What random orders are drawn from; the default one, which `manual_seed` seeds, when left
        out.
    **not_needed
        What PyTorch takes besides (`num_workers=0`, `pin_memory=False` ...), at its default.

    Raises
    ------
    ArgumentError
        If options contradict each other or are out of range, or ask for what is not here.
    DtypeError
        If the dataset has no length, or no samples by number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.data import DataLoader, TensorDataset
    >>> dataset = TensorDataset(tgx.arange(5.0), tgx.arange(5))
    >>> for x, y in DataLoader(dataset, batch_size=2):
    ...     print(x, y)
    tensor([0., 1.]) tensor([0, 1])
    tensor([2., 3.]) tensor([2, 3])
    tensor([4.]) tensor([4])
    >>> len(DataLoader(dataset, batch_size=2, shuffle=True, drop_last=True))
    2
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[list[int]] | None = None,
        *,
        collate_fn: Callable[[Any], Any] | None = None,
        drop_last: bool = False,
        generator: Any = None,
        **not_needed: Any,
    ) -> None:
        _check_not_needed(not_needed)
        if not hasattr(dataset, "__len__") or not hasattr(dataset, "__getitem__"):
            raise DtypeError(
                "make a DataLoader", f"a {type(dataset).__name__}",
                "pass what has __len__ and __getitem__, as in TensorDataset(x, y)",
            )  # fmt: skip
        whole = isinstance(batch_size, (int, np.integer)) and not isinstance(batch_size, bool)
        if batch_size is not None and (not whole or batch_size < 1):
            raise ArgumentError(
                f"a DataLoader with batch_size={batch_size!r:.40}", "no number of samples",
                "use a whole number from 1 on, or None for samples one by one",
            )  # fmt: skip
        own_order = shuffle or sampler is not None
        if batch_sampler is not None and (batch_size != 1 or own_order or drop_last):
            raise _contradiction("batch_sampler", "batch_size, shuffle, sampler or drop_last")
        if sampler is not None and shuffle:
            raise _contradiction("sampler", "shuffle=True")
        if batch_size is None and drop_last:
            raise _contradiction("batch_size=None", "drop_last=True")
        self.dataset, self.generator = dataset, generator
        self.batch_size = None if batch_sampler is not None else batch_size
        self.shuffle, self.drop_last = bool(shuffle), drop_last
        self.sampler, self.batch_sampler = sampler, batch_sampler
        self.collate_fn = collate_fn

    def __len__(self) -> int:
        """How many batches a walk has."""
        if self.batch_sampler is not None:
            return len(self.batch_sampler)  # type: ignore[arg-type]
        count = len(self.dataset if self.sampler is None else self.sampler)  # type: ignore[arg-type]
        if self.batch_size is None:
            return count
        return (count if self.drop_last else count + self.batch_size - 1) // self.batch_size

    def __iter__(self) -> Iterator[Any]:
        if self.batch_size is None and self.batch_sampler is None:
            convert = self.collate_fn or default_convert
            return (convert(self.dataset[place]) for place in self._order().tolist())
        take = _taker(self.dataset) if self.collate_fn is None else None
        return map(take or self._collated, self._places())

    def _order(self) -> Any:
        """The places of all samples, in the order of this walk."""
        if self.sampler is not None:
            return _whole(self.sampler)
        count = len(self.dataset)
        if self.shuffle:
            return randperm(count, generator=self.generator).numpy()
        return np.arange(count)

    def _places(self) -> Iterator[Any]:
        """The places of each batch."""
        if self.batch_sampler is not None:
            yield from map(_whole, self.batch_sampler)
            return
        assert self.batch_size is not None
        order = self._order()
        for first in range(0, len(order), self.batch_size):
            places = order[first : first + self.batch_size]
            if len(places) == self.batch_size or not self.drop_last:
                yield places

    def _collated(self, places: Any) -> Any:
        """A batch of samples that were fetched one by one."""
        collate = self.collate_fn or default_collate
        return collate([self.dataset[place] for place in places.tolist()])


def _taker(dataset: Any) -> Callable[[Any], list[Any]] | None:
    """What takes a whole batch at once, where samples are rows of tensors and nothing else."""
    own = type(dataset).__getitem__
    if isinstance(dataset, TensorDataset) and own is TensorDataset.__getitem__:
        return lambda places: [tensor[places] for tensor in dataset.tensors]
    if isinstance(dataset, Subset) and own is Subset.__getitem__:
        inner = _taker(dataset.dataset)
        if inner is not None:
            indices = _whole(dataset.indices)
            return lambda places: inner(indices[places])
    return None


def _whole(places: Iterable[int]) -> Any:
    """Places as an array; one that is no whole number is refused, not rounded."""
    try:
        return np.array([operator.index(place) for place in places], np.int64)
    except TypeError:
        raise DtypeError(
            f"take samples at {places!r:.60}", "a place that is no whole number",
            "number samples from 0: a sampler answers integers, a batch_sampler lists of them",
        ) from None  # fmt: skip


def _check_not_needed(options: dict[str, Any]) -> None:
    """Refuse what is asked for and not here."""
    for name, value in options.items():
        if name not in NOT_NEEDED:
            raise ArgumentError(
                f"a DataLoader with {name}=", "no such option",
                f"besides its own options it takes {', '.join(NOT_NEEDED)}",
            )  # fmt: skip
        if value != NOT_NEEDED[name]:
            raise ArgumentError(
                f"a DataLoader with {name}={value!r:.40}",
                "batches are made in this process, of arrays that are in memory already",
                f"leave it out, or pass {name}={NOT_NEEDED[name]!r}",
            )


def _contradiction(option: str, other: str) -> ArgumentError:
    return ArgumentError(f"a DataLoader with {option}", f"{other} as well", "leave one of them out")
