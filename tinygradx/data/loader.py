"""DataLoader: the samples of a dataset, batch by batch."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from tinygradx.data.collate import default_collate, default_convert
from tinygradx.data.datasets import IterableDataset, Subset, TensorDataset, several
from tinygradx.data.prefetch import END, Job, fetched_ahead
from tinygradx.data.samplers import (
    BatchSampler,
    RandomSampler,
    SequentialSampler,
    as_list,
    as_place,
    numbers,
    places_of,
    walked,
)
from tinygradx.data.sparse import SparseDataset
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.ops.random import Generator, drawing_from, integers

#: How many batches each thread fetches ahead, as in PyTorch.
AHEAD = 2
#: What a loader's samplers are made from, so that it cannot change later: PyTorch's list.
FIXED = frozenset(
    ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
)


class DataLoader:
    """The samples of a dataset in batches; every walk over it begins at the front.

    The batches of a `TensorDataset`, of a `SparseDataset`, and of a `Subset` of one, are taken by
    one indexing for each tensor: a walk over the digits by 32 takes a twentieth of what PyTorch's
    loader takes, which stacks samples.

    Parameters
    ----------
    dataset : Dataset, or sequence
        What has `__getitem__` and `__len__`; or an `IterableDataset`.
    batch_size : int, optional
        How many samples a batch has; the last one may be smaller. With None there are no batches:
        the samples come one by one.
    shuffle : bool
        Whether each walk takes a new random order.
    sampler : Sampler, or iterable, optional
        The order, instead of `shuffle`; walked afresh each time. It answers numbers, or whatever
        keys the dataset knows; one without `__len__` may go on for ever.
    batch_sampler : iterable of list, optional
        The places of each batch, instead of `batch_size`, `shuffle`, `sampler` and `drop_last`.
    num_workers : int
        How many threads fetch batches ahead; with 0 they are fetched when they are asked for. The
        batches are the same, in the same order, for any number: what the dataset draws from
        tinygradx's random numbers is drawn anew for each batch, from a seed of its own. An
        `IterableDataset` is walked by one thread. Threads pay when a sample is read from a disk
        or computed by NumPy, not when a dataset is rows of tensors.
    collate_fn : callable, optional
        Makes a batch of a list of samples; `default_collate` when left out.
    pin_memory, pin_memory_device, persistent_workers, in_order
        Taken for PyTorch's sake: memory needs no pinning here, threads are begun for each walk
        (0.1 ms), and batches always come in order.
    drop_last : bool
        Whether a smaller last batch is left out.
    timeout, multiprocessing_context
        Refused unless left out: a thread cannot be stopped from outside, and there are no
        processes.
    worker_init_fn : callable, optional
        Called in each thread with its number before it fetches.
    generator : Generator, optional
        What random orders are drawn from; the default one, which `manual_seed` seeds, when left
        out.
    prefetch_factor : int, optional
        How many batches each thread fetches ahead; 2 when left out.

    Raises
    ------
    ArgumentError
        If options contradict each other or are out of range, or ask for what is not here; and
        when `batch_size`, `sampler` and what else the order was made from are set afterwards.
    DtypeError
        If the dataset has no length, or no samples by number.

    Notes
    -----
    An error in a thread is raised where the batch is asked for, with the lines of the dataset that
    it came from. When a walk ends, is left by `break` or fails, its threads have ended.

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

    sampler: Any
    batch_sampler: Any

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[list[Any]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        self._by_place = not isinstance(dataset, IterableDataset)
        if self._by_place and not (hasattr(dataset, "__len__") and hasattr(dataset, "__getitem__")):
            raise DtypeError(
                "make a DataLoader", f"a {type(dataset).__name__}",
                "pass what has __len__ and __getitem__, as in TensorDataset(x, y), or an "
                "IterableDataset",
            )  # fmt: skip
        if batch_size is not None and not _is_count(batch_size, 1):
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
        if not self._by_place and (own_order or batch_sampler is not None):
            raise ArgumentError(
                "a DataLoader of an IterableDataset with shuffle, sampler or batch_sampler",
                "samples that have no number, so that nobody can choose among them",
                "leave it out, and shuffle inside __iter__; or write __len__ and __getitem__",
            )
        _check_threads(num_workers, prefetch_factor, persistent_workers)
        _check_no_processes(timeout, multiprocessing_context)
        self.dataset, self.generator = dataset, generator
        self.batch_size = None if batch_sampler is not None else batch_size
        self.drop_last = drop_last
        self.num_workers, self.worker_init_fn = num_workers, worker_init_fn
        self.prefetch_factor = AHEAD if num_workers and prefetch_factor is None else prefetch_factor
        self.timeout, self.multiprocessing_context = timeout, multiprocessing_context
        self.pin_memory, self.pin_memory_device = pin_memory, pin_memory_device
        self.persistent_workers, self.in_order = persistent_workers, in_order
        self._set_order(shuffle, sampler, batch_sampler)
        self._collates = collate_fn is not None
        together = default_convert if batch_size is None else default_collate
        self.collate_fn: Callable[[Any], Any] = collate_fn or together
        self._made = True

    def __setattr__(self, name: str, value: Any) -> None:
        if name in FIXED and "_made" in vars(self):
            raise ArgumentError(
                f"set {name} of a {type(self).__name__}", "a loader whose order is made from it",
                f"make another one: {type(self).__name__}(dataset, {name}=...)"
                if name != "dataset" else f"make another one: {type(self).__name__}(dataset)",
            )  # fmt: skip
        super().__setattr__(name, value)

    def _set_order(self, shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
        """Make the samplers, where the user has brought none."""
        if not self._by_place:
            self.sampler = self.batch_sampler = None
            return
        if sampler is None:
            sampler = (
                RandomSampler(self.dataset, generator=self.generator) if shuffle
                else SequentialSampler(self.dataset)
            )  # fmt: skip
        self.sampler, self.batch_sampler = sampler, batch_sampler
        if batch_sampler is None and self.batch_size is not None:
            self.batch_sampler = BatchSampler(sampler, self.batch_size, self.drop_last)

    def __len__(self) -> int:
        """How many batches a walk has."""
        if self._by_place:
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)
        if not hasattr(self.dataset, "__len__"):
            raise DtypeError(
                "len() of a DataLoader", f"a {type(self.dataset).__name__} without a length",
                "write __len__ in the dataset, or walk without knowing how long",
            )  # fmt: skip
        count = len(self.dataset)
        if self.batch_size is None:
            return count
        return (count if self.drop_last else count + self.batch_size - 1) // self.batch_size

    def __iter__(self) -> Iterator[Any]:
        jobs = self._jobs()
        if not self.num_workers:
            answers = (job() for job in jobs)
            return answers if self._by_place else itertools.takewhile(_is_answer, answers)
        threads = self.num_workers if self._by_place else 1
        ahead = self.num_workers * (self.prefetch_factor or AHEAD)
        return fetched_ahead(jobs, threads, ahead, self.worker_init_fn)

    # ---- what has to be done for each batch -----------------------------------------------------

    def _jobs(self) -> Iterator[Job]:
        """What fetches each batch of a walk."""
        if not self._by_place:
            fetch = partial(self._next_batch, iter(self.dataset))
            yield from self._seeded(partial(fetch) for _ in itertools.count())
            return
        take = None if self._collates or self.batch_sampler is None else _taker(self.dataset)
        if take is not None:  # nothing of the user's runs there, so nothing is drawn
            yield from (partial(take, places) for places in self._places())
        elif self.batch_sampler is None:
            yield from self._seeded(partial(self._sample, p) for p in walked(self.sampler))
        else:
            yield from self._seeded(partial(self._collated, p) for p in self._places())

    def _seeded(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Jobs that draw random numbers of their own, whichever thread runs them, and when."""
        first = None
        for number, job in enumerate(jobs):
            if first is None:  # after the order was drawn, which is so the same for every dataset
                first = int(integers(0, 2**63 - 1, (), np.int64, self.generator))
            yield partial(_drawing, (first + number) % 2**64, job)

    def _places(self) -> Iterator[Any]:
        """The places of each batch."""
        sampler = self.batch_sampler
        if isinstance(sampler, BatchSampler) and type(sampler).__iter__ is BatchSampler.__iter__:
            return sampler.batches()
        return map(places_of, sampler)

    def _sample(self, place: int) -> Any:
        return self.collate_fn(self.dataset[place])

    def _collated(self, places: Any) -> Any:
        """A batch of samples that were fetched one by one."""
        return self.collate_fn(several(self.dataset, as_list(places)))

    def _next_batch(self, walk: Iterator[Any]) -> Any:
        """What comes next from an iterable dataset; END when it is over."""
        if self.batch_size is None:
            sample = next(walk, END)
            return END if sample is END else self.collate_fn(sample)
        samples = list(itertools.islice(walk, self.batch_size))
        short = len(samples) < self.batch_size and self.drop_last
        return self.collate_fn(samples) if samples and not short else END


def get_worker_info() -> None:
    """None, as PyTorch's answers in its main process: every dataset has all samples to itself."""


def _drawing(seed: int, job: Job) -> Any:
    """The answer of a job that draws from a seed of its own."""
    with drawing_from(Generator().manual_seed(seed)):
        return job()


def _is_answer(answer: Any) -> bool:
    return answer is not END


def _taker(dataset: Any) -> Callable[[Any], list[Any]] | None:
    """What takes a whole batch at once, where samples are rows of tensors and nothing else."""
    own = type(dataset).__getitem__
    if isinstance(dataset, TensorDataset) and own is TensorDataset.__getitem__:
        return lambda places: [tensor[numbers(places)] for tensor in dataset.tensors]
    if isinstance(dataset, SparseDataset) and own is SparseDataset.__getitem__:
        return lambda places: dataset.rows(numbers(places))
    if isinstance(dataset, Subset) and own is Subset.__getitem__:
        inner = _taker(dataset.dataset)
        if inner is not None:
            indices = numbers([as_place(place) for place in dataset.indices])
            return lambda places: inner(indices[numbers(places)])
    return None


def _is_count(value: Any, least: int) -> bool:
    fits = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return fits and bool(value >= least)


def _check_threads(num_workers: Any, prefetch_factor: Any, persistent_workers: Any) -> None:
    """Refuse what PyTorch refuses, too."""
    if not _is_count(num_workers, 0):
        raise ArgumentError(
            f"a DataLoader with num_workers={num_workers!r:.40}", "no number of threads",
            "use 0 for none, or a whole number",
        )  # fmt: skip
    if prefetch_factor is not None and not (num_workers and _is_count(prefetch_factor, 1)):
        raise ArgumentError(
            f"a DataLoader with prefetch_factor={prefetch_factor!r:.40}",
            "no thread to fetch ahead" if not num_workers else "no number of batches",
            "use num_workers=1 or more, and a whole number from 1 on",
        )
    if persistent_workers and not num_workers:
        raise ArgumentError(
            "a DataLoader with persistent_workers=True", "no thread that could persist",
            "use num_workers=1 or more, or leave it out",
        )  # fmt: skip


def _check_no_processes(timeout: Any, multiprocessing_context: Any) -> None:
    """Refuse what only processes can do."""
    if timeout != 0 or multiprocessing_context is not None:
        name = "timeout" if timeout != 0 else "multiprocessing_context"
        raise ArgumentError(
            f"a DataLoader with {name}=", "threads of this process, which cannot be stopped from "
            "outside", f"leave {name} out",
        )  # fmt: skip


def _contradiction(option: str, other: str) -> ArgumentError:
    return ArgumentError(f"a DataLoader with {option}", f"{other} as well", "leave one of them out")
