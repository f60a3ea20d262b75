"""Datasets: samples that are numbered from 0, in PyTorch's form, or that come one after another.

Whatever has `__getitem__` and `__len__` is one of the first kind; a list will do.
"""

from __future__ import annotations

import bisect
import itertools
import math
import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tinygradx.data.samplers import as_place
from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.tensor import Tensor, randperm


class Dataset:
    """The base of datasets: write `__getitem__`, and `__len__`.

    Examples
    --------
    >>> from tinygradx.data import DataLoader, Dataset
    >>> class Squares(Dataset):
    ...     def __len__(self):
    ...         return 4
    ...
    ...     def __getitem__(self, index):
    ...         return index, index**2
    >>> for x, y in DataLoader(Squares(), batch_size=3):
    ...     print(x, y)
    tensor([0, 1, 2]) tensor([0, 1, 4])
    tensor([3]) tensor([9])
    """

    def __getitem__(self, index: Any) -> Any:
        """The sample at a place; every dataset writes its own."""
        raise NotImplementedError(
            f"{type(self).__name__} has no __getitem__: "
            "write `def __getitem__(self, index): return ...`"
        )

    def __add__(self, other: Any) -> ConcatDataset:
        return ConcatDataset([self, other])


class TensorDataset(Dataset):
    """Tensors of equal first size: a sample is one row of each.

    Parameters
    ----------
    *tensors : Tensor
        At least one, each of shape (N, ...).

    Attributes
    ----------
    tensors : tuple of Tensor
        What it was made of; nothing is copied.

    Raises
    ------
    ShapeError
        If the first sizes differ, or there is no tensor, or one without dimensions.
    DtypeError
        If something else is passed.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> dataset = tgx.data.TensorDataset(tgx.arange(3.0), tgx.arange(3))
    >>> len(dataset), dataset[-1]
    (3, (tensor(2.), tensor(2)))
    """

    def __init__(self, *tensors: Tensor) -> None:
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                raise DtypeError(
                    "make a TensorDataset", f"a {type(tensor).__name__}",
                    "pass tensors: tinygradx.tensor(...)",
                )  # fmt: skip
        if not tensors or not all(t.ndim and len(t) == len(tensors[0]) for t in tensors):
            shapes = ", ".join(str(tensor.shape) for tensor in tensors)
            raise ShapeError(
                "make a TensorDataset", f"tensors of shapes {shapes}" if tensors else "no tensor",
                "pass tensors of equal first size, one row of each for every sample",
            )  # fmt: skip
        self.tensors = tensors

    def __len__(self) -> int:
        return len(self.tensors[0])

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)


class StackDataset(Dataset):
    """Datasets side by side: a sample is one of each, as a tuple or as a dictionary.

    Parameters
    ----------
    *args : Dataset
        The parts of a tuple.
    **kwargs : Dataset
        Instead of these: the parts of a dictionary, by their names.

    Attributes
    ----------
    datasets : tuple or dict
        What it was made of.

    Raises
    ------
    ArgumentError
        If there is none, or some have a name and some have not.
    ShapeError
        If they have different numbers of samples.

    Examples
    --------
    >>> from tinygradx.data import StackDataset
    >>> StackDataset("ab", [1, 2])[1], StackDataset(letter="ab", number=[1, 2])[0]
    (('b', 2), {'letter': 'a', 'number': 1})
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if bool(args) == bool(kwargs):
            raise ArgumentError(
                "make a StackDataset", "datasets with and without names" if args else "no dataset",
                "pass StackDataset(images, texts), or StackDataset(image=images, text=texts)",
            )  # fmt: skip
        self.datasets: tuple[Any, ...] | dict[str, Any] = args or kwargs
        counts = [len(dataset) for dataset in args or kwargs.values()]
        if len(set(counts)) > 1:
            raise ShapeError(
                "make a StackDataset", f"datasets of {counts} samples",
                "pass datasets with as many samples each",
            )  # fmt: skip

    def __len__(self) -> int:
        return len(next(iter(self._parts())))

    def __getitem__(self, index: Any) -> Any:
        return self._like([dataset[index] for dataset in self._parts()])

    def __getitems__(self, indices: list[Any]) -> list[Any]:
        """Several samples; a part that can fetch them together does."""
        rows = [several(dataset, indices) for dataset in self._parts()]
        return [self._like(sample) for sample in zip(*rows, strict=True)]

    def _parts(self) -> Iterable[Any]:
        return self.datasets.values() if isinstance(self.datasets, dict) else self.datasets

    def _like(self, sample: Iterable[Any]) -> Any:
        if isinstance(self.datasets, dict):
            return dict(zip(self.datasets, sample, strict=True))
        return tuple(sample)


def several(dataset: Any, indices: list[Any]) -> list[Any]:
    """Samples of a dataset, fetched together where it knows how: by `__getitems__`.

    Raises
    ------
    ShapeError
        If `__getitems__` answers more samples than were asked for, or fewer.
    """
    fetch = getattr(dataset, "__getitems__", None)
    if fetch is None:
        return [dataset[index] for index in indices]
    samples = fetch(indices)
    if len(samples) != len(indices):
        raise ShapeError(
            f"__getitems__ of {type(dataset).__name__}, for {len(indices)} samples",
            f"{len(samples)} of them", "answer one sample for each index",
        )  # fmt: skip
    return list(samples)


class Subset(Dataset):
    """Some samples of a dataset, in an order of their own.

    Parameters
    ----------
    dataset : Dataset
        Where they lie.
    indices : sequence, or Tensor
        Their places there: numbers, or keys that the dataset knows.

    Examples
    --------
    >>> from tinygradx.data import Subset
    >>> list(Subset("abcdef", [5, 0]))
    ['f', 'a']
    """

    def __init__(self, dataset: Any, indices: Any) -> None:
        self.dataset, self.indices = dataset, indices

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: Any) -> Any:
        try:
            if isinstance(index, list):
                return self.dataset[[as_place(self.indices[i]) for i in index]]
            return self.dataset[as_place(self.indices[index])]
        except IndexError as error:
            raise DimError(
                f"sample {index!r:.40} of a Subset of {len(self)} samples", str(error),
                "count from 0 to the number of samples less 1, or from -1 at the end",
            ) from None  # fmt: skip


class ConcatDataset(Dataset):
    """Several datasets, one behind the other; `first + second` makes one as well.

    Parameters
    ----------
    datasets : iterable of Dataset
        At least one, each with a length.

    Attributes
    ----------
    datasets : list of Dataset
        What it was made of.
    cumulative_sizes : list of int
        How many samples there are up to the end of each.

    Raises
    ------
    ArgumentError
        If there is none.
    DtypeError
        If one has no length.

    Examples
    --------
    >>> from tinygradx.data import ConcatDataset
    >>> both = ConcatDataset(["ab", "cde"])
    >>> len(both), both[1], both[2], both[-1]
    (5, 'b', 'c', 'e')
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise ArgumentError("make a ConcatDataset", "no dataset", "pass at least one")
        for dataset in self.datasets:
            if not hasattr(dataset, "__len__") or isinstance(dataset, IterableDataset):
                raise DtypeError(
                    "make a ConcatDataset", f"a {type(dataset).__name__}, whose samples come one "
                    "after another", "pass what has __len__ and __getitem__, or use ChainDataset",
                )  # fmt: skip
        self.cumulative_sizes = list(itertools.accumulate(map(len, self.datasets)))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: Any) -> Any:
        place = operator.index(index)
        if not -len(self) <= place < len(self):
            raise DimError(
                f"sample {place} of a ConcatDataset of {len(self)} samples", "no such sample",
                "count from 0 to the number of samples less 1, or from -1 at the end",
            )  # fmt: skip
        place %= len(self)
        part = bisect.bisect_right(self.cumulative_sizes, place)
        return self.datasets[part][place - (self.cumulative_sizes[part - 1] if part else 0)]


class IterableDataset(Dataset):
    """The base of datasets whose samples come one after another: write `__iter__`.

    For samples that have no number, such as the lines of a file too large for memory. A loader
    takes them as they come: it can neither shuffle them nor skip to the middle.

    Examples
    --------
    >>> from tinygradx.data import DataLoader, IterableDataset
    >>> class Countdown(IterableDataset):
    ...     def __iter__(self):
    ...         return iter(range(3, 0, -1))
    >>> list(DataLoader(Countdown(), batch_size=2))
    [tensor([3, 2]), tensor([1])]
    """

    def __iter__(self) -> Iterator[Any]:
        """The samples; every dataset writes its own."""
        raise NotImplementedError(
            f"{type(self).__name__} has no __iter__: write `def __iter__(self): yield ...`"
        )

    def __add__(self, other: Any) -> ChainDataset:  # type: ignore[override]
        return ChainDataset([self, other])


class ChainDataset(IterableDataset):
    """Several iterable datasets, one behind the other.

    Parameters
    ----------
    datasets : iterable of IterableDataset
        Walked in this order.

    Raises
    ------
    DtypeError
        If one cannot be walked.

    Examples
    --------
    >>> from tinygradx.data import ChainDataset
    >>> list(ChainDataset(["ab", "c"]))
    ['a', 'b', 'c']
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        for dataset in self.datasets:
            if not hasattr(dataset, "__iter__"):
                raise DtypeError(
                    "make a ChainDataset", f"a {type(dataset).__name__}",
                    "pass what can be walked: an IterableDataset, or a list",
                )  # fmt: skip

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(self.datasets)

    def __len__(self) -> int:
        return sum(len(dataset) for dataset in self.datasets)


def random_split(dataset: Any, lengths: Sequence[float], generator: Any = None) -> list[Subset]:
    """Share the samples of a dataset out by chance.

    Parameters
    ----------
    dataset : Dataset
        Of N samples.
    lengths : sequence of int, or of float
        How many samples each part has, N together; or their shares, 1 together. Samples that are
        left over when shares are rounded down go to the first parts, one each.
    generator : Generator, optional
        What to draw from; the default one, which `manual_seed` seeds, when left out.

    Returns
    -------
    list of Subset
        One for each length.

    Raises
    ------
    ArgumentError
        If the lengths do not add up, one is negative, or a share is rounded to no sample at all
        (where PyTorch warns).

    Examples
    --------
    >>> from tinygradx.data import random_split
    >>> train, held_out = random_split(range(10), [0.8, 0.2])
    >>> len(train), len(held_out)
    (8, 2)
    """
    count, total = len(dataset), sum(lengths)
    asked = f"share {count} samples out as {list(lengths)}"
    if any(not length >= 0 for length in lengths):
        raise ArgumentError(asked, "a negative length", "use lengths from 0 on")
    if math.isclose(total, 1.0) and not all(isinstance(length, int) for length in lengths):
        whole = [math.floor(count * share) for share in lengths]
        left = count - sum(whole)
        parts = [size + (place < left) for place, size in enumerate(whole)]
        if 0 in parts:
            raise ArgumentError(
                asked, f"parts of {parts} samples", "make every share at least one sample"
            )
    else:
        parts = [int(length) for length in lengths]
        if sum(parts) != count or parts != list(lengths):
            raise ArgumentError(
                asked, f"lengths that add up to {total:g}",
                f"make whole numbers add up to {count}, or shares to 1",
            )  # fmt: skip
    order = randperm(count, generator=generator).tolist()
    ends = [sum(parts[: place + 1]) for place in range(len(parts))]
    return [Subset(dataset, order[end - size : end]) for size, end in zip(parts, ends, strict=True)]
