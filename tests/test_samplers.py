"""Samplers, datasets of datasets, and threads that fetch batches ahead."""

import threading
import time
import traceback
from itertools import chain

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
)
from tinygradx.data.prefetch import NAME
from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError


class Squares(Dataset):
    """Samples that are made when they are asked for."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return index, float(index) ** 2


def rows(count):
    """`count` samples whose first number is their place."""
    return TensorDataset(tgx.arange(3.0 * count).reshape(count, 3) / 3, tgx.arange(count))


def places(loader):
    """The places that a walk visits, batch by batch."""
    return [batch[1].tolist() for batch in loader]


# ---- samplers -----------------------------------------------------------------------------------


def test_random_samplers():
    g = tgx.Generator
    assert sorted(RandomSampler(range(5))) == [0, 1, 2, 3, 4]
    assert list(RandomSampler(range(9), generator=g())) == tgx.randperm(9, generator=g()).tolist()
    drawn = list(RandomSampler(range(3), replacement=True, num_samples=200))
    assert set(drawn) == {0, 1, 2} and len(drawn) == 200
    more = list(RandomSampler(range(3), num_samples=7))
    assert sorted(more[:3]) == sorted(more[3:6]) == [0, 1, 2] and len(more) == 7
    assert len(list(RandomSampler(range(9), num_samples=4))) == 4
    assert list(RandomSampler([])) == [] == list(SubsetRandomSampler([]))
    assert sorted(SubsetRandomSampler([9, 4, 4])) == [4, 4, 9]
    counts = np.bincount(list(WeightedRandomSampler([1, 3, 0], 4000, generator=g())), minlength=3)
    # The share of the second is binomial, 3/4 with a deviation of 0.007.
    assert counts[2] == 0 and abs(counts[1] / 4000 - 0.75) < 0.03
    assert sorted(WeightedRandomSampler([1.0, 1.0], 2, replacement=False)) == [0, 1]


def test_what_samplers_refuse():
    for make, error, said in (
        (lambda: RandomSampler([1], num_samples=0), ArgumentError, "num_samples=0"),
        (lambda: RandomSampler([1], replacement=1), DtypeError, "pass True or False"),
        (lambda: list(RandomSampler([], num_samples=2)), ArgumentError, "a dataset without any"),
        (lambda: WeightedRandomSampler([1.0], 0), ArgumentError, "num_samples=0"),
        (lambda: WeightedRandomSampler([[1.0]], 1), ArgumentError, "one weight for each sample"),
        (lambda: WeightedRandomSampler([1.0], 1, 0), DtypeError, "pass True or False"),
        (lambda: list(WeightedRandomSampler([-1.0], 1)), ArgumentError, "weight"),
        (lambda: BatchSampler([1], 0, False), ArgumentError, "batch_size=0"),
        (lambda: list(SubsetRandomSampler([0.5])), DtypeError, "no whole number"),
    ):
        with pytest.raises(error, match=said):
            make()
    with pytest.raises(NotImplementedError, match="write `def __iter__"):
        iter(Sampler())


def test_the_loader_shows_its_samplers():
    loader = DataLoader(rows(5), batch_size=2)
    assert isinstance(loader.sampler, SequentialSampler)
    assert isinstance(loader.batch_sampler, BatchSampler)
    assert list(loader.batch_sampler) == [[0, 1], [2, 3], [4]]
    assert isinstance(DataLoader(rows(5), shuffle=True).sampler, RandomSampler)
    assert DataLoader(rows(5), batch_size=None).batch_sampler is None
    own = RandomSampler(range(5), generator=tgx.Generator())
    order = tgx.randperm(5, generator=tgx.Generator()).tolist()
    assert places(DataLoader(rows(5), 5, sampler=own)) == [order]
    chosen = BatchSampler(SequentialSampler(range(5)), 3, drop_last=True)
    assert places(DataLoader(rows(5), batch_sampler=chosen)) == [[0, 1, 2]]


class Named(Dataset):
    """Samples by names and by pairs, as pictures in folders have them."""

    content = {"a": 1.0, "b": 2.0, ("c", 0): 3.0, "d": 4.0}  # noqa: RUF012

    def __len__(self):
        return len(self.content)

    def __getitem__(self, key):
        return self.content[key]


@pytest.mark.parametrize("workers", [0, 2])
def test_places_may_be_any_key(workers):
    keys = list(Named.content)

    def found(**options):
        return [b.tolist() for b in DataLoader(Named(), num_workers=workers, **options)]

    assert found(sampler=keys, batch_size=3) == [[1, 2, 3], [4]]
    assert found(sampler=keys, batch_size=3, drop_last=True) == [[1, 2, 3]]
    assert found(batch_sampler=[["d"], [("c", 0), "a"]]) == [[4], [3, 1]]
    walk = found(sampler=SubsetRandomSampler(keys, generator=tgx.Generator()), batch_size=2)
    assert sorted(chain(*walk)) == [1, 2, 3, 4] and [len(b) for b in walk] == [2, 2]
    assert list(DataLoader(Named(), batch_size=None, sampler=keys[:2])) == [1.0, 2.0]
    subset = Subset(Named(), ["b", ("c", 0)])
    assert [subset[0], subset[-1]] == [2.0, 3.0]
    assert [b.tolist() for b in DataLoader(subset, batch_size=2)] == [[2, 3]]
    # Whole batches as the places of a dataset that takes lists, without batches of the loader's.
    lists = BatchSampler(SequentialSampler(range(4)), 3, drop_last=False)
    rest = DataLoader(tgx.arange(4) * 10, batch_size=None, sampler=lists)
    assert [batch.tolist() for batch in rest] == [[0, 10, 20], [30]]
    with pytest.raises(KeyError, match="e"):
        found(sampler=["e"])


def test_rows_of_tensors_have_no_names():
    for dataset in (rows(3), Subset(rows(3), ["a"])):
        with pytest.raises(DtypeError, match="rows of tensors have no names"):
            list(DataLoader(dataset, sampler=["a"] if len(dataset) == 3 else None))


class Endless(Sampler):
    def __iter__(self):
        while True:
            yield from tgx.randperm(3).tolist()


@pytest.mark.parametrize("workers", [0, 2])
def test_a_sampler_that_never_ends(workers):
    walk = iter(DataLoader(Squares(3), batch_size=3, sampler=Endless(), num_workers=workers))
    assert [sorted(next(walk)[0].tolist()) for _ in range(7)] == [[0, 1, 2]] * 7
    walk.close()
    single = iter(DataLoader(Squares(3), batch_size=None, sampler=Endless(), num_workers=workers))
    assert sorted(next(single)[0] for _ in range(3)) == [0, 1, 2]

    class Promising(Endless):  # it says where it ends, and goes on
        def __len__(self):
            return 3

    walk = iter(DataLoader(Squares(3), batch_size=3, sampler=Promising(), num_workers=workers))
    assert [sorted(next(walk)[0].tolist()) for _ in range(2)] == [[0, 1, 2]] * 2


def test_an_order_is_drawn_before_the_first_batch():
    class Drawing(Sampler):
        def __len__(self):
            return 20

        def __iter__(self):
            return (int(tgx.randint(100, ()).item()) for _ in range(20))

    def walk(disturbed):
        tgx.manual_seed(3)
        found = []
        for batch in DataLoader(Squares(100), batch_size=2, sampler=Drawing()):
            found += batch[0].tolist()
            if disturbed:
                tgx.rand(5)
        return found

    assert walk(False) == walk(True)


def test_what_the_order_is_made_of_stays():
    loader = DataLoader(rows(5), batch_size=2)
    for name in ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset",
                 "persistent_workers"):  # fmt: skip
        with pytest.raises(ArgumentError, match=rf"set {name} of a DataLoader(.|\n)*do:  make an"):
            setattr(loader, name, 8)
    assert loader.batch_size == 2 and places(loader) == [[0, 1], [2, 3], [4]]
    loader.collate_fn, loader.note = len, "mine"
    assert loader.note == "mine"


# ---- datasets of datasets, and such without numbers ---------------------------------------------


def test_concat_dataset():
    both = rows(2) + rows(3)
    assert isinstance(both, ConcatDataset)
    assert both.cumulative_sizes == [2, 5]
    assert [both[i][1].item() for i in (0, 1, 2, 4, -1, -5)] == [0, 1, 0, 2, 2, 0]
    assert [sample[1].item() for sample in both] == [0, 1, 0, 1, 2]
    assert places(DataLoader(both, batch_size=3)) == [[0, 1, 0], [1, 2]]
    assert list(ConcatDataset(["", "a", "", "bc"])) == ["a", "b", "c"]
    for index in (5, -6):
        with pytest.raises(DimError, match="a ConcatDataset of 5 samples"):
            both[index]
    with pytest.raises(ArgumentError, match="no dataset"):
        ConcatDataset([])
    with pytest.raises(DtypeError, match="use ChainDataset"):
        ConcatDataset([Lines(3)])


def test_stack_dataset():
    class Together(Squares):
        def __getitems__(self, indices):
            return [-index for index in indices]

    pairs = StackDataset(Squares(4), "abcd")
    assert pairs[2] == ((2, 4.0), "c") and len(pairs) == 4
    named = StackDataset(x=Together(4), y=tgx.arange(4) * 2)
    assert named.__getitems__([1, 3]) == [{"x": -1, "y": 2}, {"x": -3, "y": 6}]
    batches = list(DataLoader(named, batch_size=3))
    assert batches[0]["x"].tolist() == [0, -1, -2] and batches[1]["y"].tolist() == [6]
    with pytest.raises(ShapeError, match=r"datasets of \[2, 3\] samples"):
        StackDataset("ab", "abc")
    with pytest.raises(ArgumentError, match="no dataset"):
        StackDataset()
    with pytest.raises(ArgumentError, match="with and without names"):
        StackDataset("ab", y="ab")

    class Short(Squares):
        def __getitems__(self, indices):
            return []

    for dataset in (Short(4), StackDataset(Short(4))):
        with pytest.raises(ShapeError, match="0 of them"):
            list(DataLoader(dataset, batch_size=2))


class Lines(IterableDataset):
    """Samples that come one after another."""

    def __init__(self, count):
        self.count = count

    def __iter__(self):
        for place in range(self.count):
            yield place, tgx.rand(())


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_iterable_datasets(workers):
    def first(loader):
        return [batch[0].tolist() for batch in loader]

    options = {"num_workers": workers}
    assert first(DataLoader(Lines(5), batch_size=2, **options)) == [[0, 1], [2, 3], [4]]
    assert first(DataLoader(Lines(5), batch_size=2, drop_last=True, **options)) == [[0, 1], [2, 3]]
    assert first(DataLoader(Lines(4), batch_size=2, **options)) == [[0, 1], [2, 3]]
    assert first(DataLoader(Lines(0), batch_size=2, **options)) == []
    assert [s[0] for s in DataLoader(Lines(3), batch_size=None, **options)] == [0, 1, 2]
    assert first(DataLoader(Lines(2) + Lines(1), batch_size=3, **options)) == [[0, 1, 0]]


def test_what_iterable_datasets_refuse():
    for options in ({"shuffle": True}, {"sampler": [0]}, {"batch_sampler": [[0]]}):
        with pytest.raises(ArgumentError, match="shuffle inside __iter__"):
            DataLoader(Lines(3), **options)
    with pytest.raises(DtypeError, match="without a length"):
        len(DataLoader(Lines(3)))
    with pytest.raises(NotImplementedError, match="write `def __iter__"):
        iter(IterableDataset())
    with pytest.raises(DtypeError, match="what can be walked"):
        ChainDataset([3])
    chained = ChainDataset(["ab", "c"])
    assert len(chained) == 3 and len(DataLoader(chained, batch_size=2)) == 2
    assert len(DataLoader(chained, batch_size=2, drop_last=True)) == 1
    assert len(DataLoader(chained, batch_size=None)) == 3


# ---- threads ------------------------------------------------------------------------------------


class Noisy(Dataset):
    """Samples that draw, some of which take longer than others."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        time.sleep(0.002 * (index % 3 == 0))
        return index, tgx.randn(2), tgx.is_grad_enabled()


def ours():
    return [t.name for t in threading.enumerate() if t.name.startswith(NAME)]


@pytest.mark.parametrize("make", [Noisy, Lines])
def test_any_number_of_threads_fetches_the_same(make):
    def walks(workers, **options):
        tgx.manual_seed(5)
        options = {"batch_size": 3, "shuffle": True} if make is Noisy else {"batch_size": 3}
        loader = DataLoader(make(16), num_workers=workers, **options)
        found = []
        for _ in range(2):
            for batch in loader:
                tgx.rand(3)  # what a model draws meanwhile changes nothing
                found.append([batch[0].tolist(), batch[1].tolist()])
        return found, tgx.rand(1).item()

    once = walks(0)
    assert once[0][:6] != once[0][6:]  # each walk draws anew
    assert [walks(workers) for workers in (1, 2, 5)] == [once] * 3
    assert ours() == []


def test_the_order_does_not_depend_on_the_dataset():
    for workers in (0, 2):
        orders = []
        for dataset in (rows(20), Squares(20)):
            loader = DataLoader(
                dataset, 4, shuffle=True, num_workers=workers, generator=tgx.Generator()
            )
            first = isinstance(dataset, Squares)
            orders.append([place for x, y in loader for place in (x if first else y).tolist()])
        assert orders[0] == orders[1]


def test_a_seed_inside_a_sample_stays_inside():
    class Seeded(Squares):
        def __getitem__(self, index):
            tgx.manual_seed(index)
            return tgx.rand(1)

    after = []
    for dataset in (Squares(3), Seeded(3)):
        tgx.manual_seed(1)
        batches = list(DataLoader(dataset, batch_size=3))
        after.append(tgx.rand(1).item())
    assert after[0] == after[1]
    alone = [tgx.rand(1, generator=tgx.Generator().manual_seed(i)).item() for i in range(3)]
    assert batches[0].reshape(-1).tolist() == alone


def test_threads_keep_the_settings_of_the_caller():
    with tgx.no_grad():
        batches = list(DataLoader(Noisy(4), batch_size=2, num_workers=2))
    assert [batch[2].tolist() for batch in batches] == [[False, False]] * 2


def test_threads_really_fetch_together():
    together = threading.Barrier(3, timeout=20)

    class Meeting(Squares):
        def __getitem__(self, index):
            together.wait()  # passes only if three are here at once
            return index

    assert [b.item() for b in DataLoader(Meeting(6), num_workers=3)] == [0, 1, 2, 3, 4, 5]


def test_a_loop_that_is_left_stops_the_threads():
    asked = []

    class Asked(Squares):
        def __getitem__(self, index):
            asked.append(index)
            return index

    for batch in DataLoader(Asked(1000), num_workers=2, prefetch_factor=3):
        assert batch.item() == 0
        assert len(ours()) == 2 or len(ours()) == 1
        break
    del batch
    assert ours() == []
    assert len(asked) <= 8
    walk = iter(DataLoader(Asked(1000), num_workers=2))
    next(walk)
    walk.close()
    assert ours() == []


class Broken(Squares):
    def __getitem__(self, index):
        if index == 5:
            raise KeyError("sample five is missing")
        return tgx.zeros(2 if index < 7 else 3)


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_in_a_thread_reaches_the_caller(workers):
    found = []
    with pytest.raises(KeyError, match="sample five is missing") as caught:
        found.extend(map(len, DataLoader(Broken(9), batch_size=2, num_workers=workers)))
    assert found == [2, 2]
    assert ours() == []
    line = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert line.filename == __file__ and line.name == "__getitem__"
    # An error of ours that no line of the user's caused in the thread names the one that asked.
    with pytest.raises(ShapeError, match=r"the shapes \(2,\) and \(3,\)") as caught:
        next(iter(DataLoader(Broken(9), sampler=[6, 7], batch_size=2, num_workers=workers)))
    assert f"{__file__}:" in caught.value.where

    class Indexing(Squares):
        def __getitem__(self, index):
            return tgx.zeros(2)[index]

    with pytest.raises(DimError) as caught:
        list(DataLoader(Indexing(4), num_workers=workers))
    assert caught.value.where.endswith("in __getitem__")


def test_worker_init_fn():
    numbers = []
    loader = DataLoader(Squares(6), num_workers=3, worker_init_fn=numbers.append)
    assert len(list(loader)) == 6
    assert 0 in numbers and set(numbers) <= {0, 1, 2}

    def fail(number):
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        list(DataLoader(Squares(6), num_workers=3, worker_init_fn=fail))
    assert ours() == []


def test_several_samples_fetched_at_once():
    class Table(Squares):
        def __getitems__(self, indices):
            return [(index, -index) for index in indices]

    assert [y.tolist() for _, y in DataLoader(Table(3), batch_size=2)] == [[0, -1], [-2]]
