"""Samplers: the order in which a loader visits the samples of a dataset."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeGuard

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.tensor import Tensor, as_tensor, randint, randperm
from tinygradx.tensor.chance import multinomial

Places = np.ndarray[Any, np.dtype[np.int64]]


class Sampler:
    """The base of samplers: write `__iter__`, which answers places, and `__len__`.

    A place is whatever the dataset takes between brackets: a number, or a key of its own, such as a
    name. A sampler without `__len__` may go on for ever.

    Examples
    --------
    >>> from tinygradx.data import DataLoader, Sampler
    >>> class Backwards(Sampler):
    ...     def __init__(self, count):
    ...         self.count = count
    ...
    ...     def __len__(self):
    ...         return self.count
    ...
    ...     def __iter__(self):
    ...         return iter(range(self.count - 1, -1, -1))
    >>> list(DataLoader("abc", batch_size=2, sampler=Backwards(3)))
    [['c', 'b'], ['a']]
    """

    def __iter__(self) -> Iterator[Any]:
        """The places of one walk."""
        raise NotImplementedError(
            f"{type(self).__name__} has no __iter__: "
            "write `def __iter__(self): return iter(places)`"
        )


class KnownOrder(Sampler):
    """A sampler that knows its whole order when a walk begins: one writes `order`."""

    def order(self) -> Places | list[Any]:
        """The places of this walk: an array of numbers, or a list of keys."""
        raise NotImplementedError(f"{type(self).__name__} has no order")

    def __iter__(self) -> Iterator[Any]:
        return iter(as_list(self.order()))


class SequentialSampler(KnownOrder):
    """Every sample once, in the order of the dataset.

    Parameters
    ----------
    data_source : Dataset
        What has a length.

    Examples
    --------
    >>> from tinygradx.data import SequentialSampler
    >>> list(SequentialSampler("abc"))
    [0, 1, 2]
    """

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __len__(self) -> int:
        return len(self.data_source)

    def order(self) -> Places:
        """The numbers from 0 on."""
        return np.arange(len(self.data_source))


class RandomSampler(KnownOrder):
    """The samples in random order, a new one for each walk.

    Parameters
    ----------
    data_source : Dataset
        What has a length, N.
    replacement : bool
        Draw each place anew, so that a sample may come again before all have come.
    num_samples : int, optional
        How many places a walk has; N when left out. Without replacement every N of them are all
        samples, once each.
    generator : Generator, optional
        What to draw from; the default one, which `manual_seed` seeds, when left out.

    Raises
    ------
    ArgumentError, DtypeError
        If `num_samples` is no whole number from 1 on, or `replacement` is no bool.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.data import RandomSampler
    >>> sorted(RandomSampler("abcd", generator=tgx.Generator()))
    [0, 1, 2, 3]
    >>> len(RandomSampler("abcd", replacement=True, num_samples=10))
    10
    """

    def __init__(
        self,
        data_source: Any,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Any = None,
    ) -> None:
        if not isinstance(replacement, bool):
            raise DtypeError(
                f"RandomSampler with replacement={replacement!r:.40}",
                f"a {type(replacement).__name__}", "pass True or False",
            )  # fmt: skip
        if num_samples is not None:
            _check_count("RandomSampler", "num_samples", num_samples)
        self.data_source, self.replacement = data_source, replacement
        self._num_samples, self.generator = num_samples, generator

    @property
    def num_samples(self) -> int:
        """How many places a walk has."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __len__(self) -> int:
        return self.num_samples

    def order(self) -> Places:
        """Places drawn for this walk."""
        count, wanted = len(self.data_source), self.num_samples
        if not count and wanted:
            raise ArgumentError(
                f"draw {wanted} samples", "a dataset without any", "fill the dataset first"
            )
        if self.replacement:
            return _array(randint(max(count, 1), (wanted,), generator=self.generator))
        walks = -(-wanted // max(count, 1)) or 1
        drawn = [_array(randperm(count, generator=self.generator)) for _ in range(walks)]
        return (drawn[0] if walks == 1 else np.concatenate(drawn))[:wanted]


class SubsetRandomSampler(KnownOrder):
    """Some samples, each once, in random order.

    Parameters
    ----------
    indices : sequence
        Their places: numbers, or keys.
    generator : Generator, optional
        What to draw from.

    Examples
    --------
    >>> from tinygradx.data import SubsetRandomSampler
    >>> sorted(SubsetRandomSampler([7, 3, 5]))
    [3, 5, 7]
    """

    def __init__(self, indices: Sequence[Any], generator: Any = None) -> None:
        self.indices, self.generator = indices, generator

    def __len__(self) -> int:
        return len(self.indices)

    def order(self) -> list[Any]:
        """The places in an order drawn for this walk."""
        drawn = randperm(len(self), generator=self.generator).tolist()
        return [as_place(self.indices[number]) for number in drawn]


class WeightedRandomSampler(KnownOrder):
    """Places drawn in proportion to weights: to see rare classes as often as common ones.

    Parameters
    ----------
    weights : sequence of float, or Tensor
        One for each sample, from 0 on; they need not add up to 1.
    num_samples : int
        How many places a walk has.
    replacement : bool
        Whether a sample may come again.
    generator : Generator, optional
        What to draw from.

    Raises
    ------
    ArgumentError, DtypeError, ShapeError
        If `num_samples` is no whole number from 1 on, `replacement` is no bool, or the weights
        cannot be drawn by.

    Examples
    --------
    >>> from tinygradx.data import WeightedRandomSampler
    >>> list(WeightedRandomSampler([0.0, 1.0, 0.0], num_samples=4))
    [1, 1, 1, 1]
    """

    def __init__(
        self, weights: Any, num_samples: int, replacement: bool = True, generator: Any = None
    ) -> None:
        _check_count("WeightedRandomSampler", "num_samples", num_samples)
        if not isinstance(replacement, bool):
            raise DtypeError(
                f"WeightedRandomSampler with replacement={replacement!r:.40}",
                f"a {type(replacement).__name__}", "pass True or False",
            )  # fmt: skip
        self.weights = as_tensor(weights, dtype=np.float64)
        if self.weights.ndim != 1:
            raise ArgumentError(
                "make a WeightedRandomSampler", f"weights of shape {self.weights.shape}",
                "pass one weight for each sample",
            )  # fmt: skip
        self.num_samples, self.replacement = num_samples, replacement
        self.generator = generator

    def __len__(self) -> int:
        return self.num_samples

    def order(self) -> Places:
        """Places drawn for this walk."""
        drawn = multinomial(
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        return _array(drawn)


class BatchSampler(Sampler):
    """The places of a sampler, several at a time.

    Parameters
    ----------
    sampler : iterable
        The order.
    batch_size : int
        How many places a batch has; the last one may have fewer.
    drop_last : bool
        Whether a smaller last batch is left out.

    Raises
    ------
    ArgumentError
        If `batch_size` is no whole number from 1 on.

    Examples
    --------
    >>> from tinygradx.data import BatchSampler, SequentialSampler
    >>> list(BatchSampler(SequentialSampler(range(5)), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool) -> None:
        _check_count("BatchSampler", "batch_size", batch_size)
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, bool(drop_last)

    def __len__(self) -> int:
        count = len(self.sampler)  # type: ignore[arg-type]
        return (count if self.drop_last else count + self.batch_size - 1) // self.batch_size

    def __iter__(self) -> Iterator[list[Any]]:
        return (as_list(places) for places in self.batches())

    def batches(self) -> Iterator[Places | list[Any]]:
        """The places of each batch, as an array where the sampler answers one."""
        for places in self._all():
            if len(places) == self.batch_size or not self.drop_last:
                yield places

    def _all(self) -> Iterator[Places | list[Any]]:
        """The batches, the last one however small it is."""
        if knows_order(self.sampler):
            order = self.sampler.order()
            for first in range(0, len(order), self.batch_size):
                yield order[first : first + self.batch_size]
        else:
            walk = walked(self.sampler)
            while places := list(itertools.islice(walk, self.batch_size)):
                yield places


def knows_order(sampler: Any) -> TypeGuard[KnownOrder]:
    """Whether its `order` says the whole walk."""
    return isinstance(sampler, KnownOrder) and type(sampler).__iter__ is KnownOrder.__iter__


def walked(sampler: Iterable[Any]) -> Iterator[Any]:
    """The places of a sampler, one after another.

    Those that its length promises are taken at once, so that what it draws does not mix with what
    the model draws meanwhile; what has no length is walked as far as it is asked for.
    """
    walk = map(as_place, sampler)
    try:
        count = len(sampler)  # type: ignore[arg-type]
    except (TypeError, NotImplementedError):
        return walk
    return itertools.chain(list(itertools.islice(walk, count)), walk)


def places_of(batch: Any) -> list[Any]:
    """The places of one batch as a list."""
    if isinstance(batch, (str, bytes)) or not isinstance(batch, (Iterable, Tensor)):
        raise DtypeError(
            f"take the samples {batch!r:.60}", "a batch that is no list of places",
            "write a batch_sampler that answers lists: [0, 1]; or use sampler=",
        )  # fmt: skip
    return [as_place(place) for place in batch]


def as_place(place: Any) -> Any:
    """A place as an int, or a key as it is; a number that is no whole one is refused."""
    try:
        return operator.index(place)
    except TypeError:
        if isinstance(place, (float, np.inexact, np.ndarray, Tensor)):
            raise DtypeError(
                f"take a sample at {place!r:.60}", "a place that is no whole number",
                "number samples from 0, or use keys that the dataset knows",
            ) from None  # fmt: skip
        return place


def numbers(places: Places | list[Any]) -> Places:
    """Places as an array, for rows of tensors, which have no names."""
    if isinstance(places, np.ndarray):
        return places
    name = next((place for place in places if not isinstance(place, int)), None)
    if name is not None:
        raise DtypeError(
            f"take the row {name!r:.60} of a tensor", "a place that is no whole number",
            "number samples from 0: rows of tensors have no names",
        )  # fmt: skip
    return np.array(places, np.int64)


def as_list(places: Places | list[Any]) -> list[Any]:
    """An array of places as Python's numbers; a list as it is."""
    return places.tolist() if isinstance(places, np.ndarray) else places


def _array(places: Tensor) -> Places:
    return places.numpy()


def _check_count(asked: str, name: str, value: Any) -> None:
    fits = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not fits or value < 1:
        raise ArgumentError(
            f"{asked} with {name}={value!r:.40}", "no number of samples",
            "use a whole number from 1 on",
        )  # fmt: skip
