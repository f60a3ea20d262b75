"""Datasets, and the batches that a loader makes of them."""

from collections import OrderedDict, namedtuple
from itertools import chain

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.data import (
    DataLoader,
    Dataset,
    RandomSampler,
    SparseDataset,
    Subset,
    TensorDataset,
    default_collate,
    default_convert,
    get_worker_info,
    random_split,
)
from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError

Point = namedtuple("Point", "x y")


class Squares(Dataset):
    """Samples that are made when they are asked for."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return index, float(index) ** 2


class Doubled(TensorDataset):
    """What a user does to change samples on their way out."""

    def __getitem__(self, index):
        return tuple(2 * part for part in super().__getitem__(index))


def rows(count):
    """`count` samples whose first number is their place."""
    return TensorDataset(tgx.arange(3.0 * count).reshape(count, 3) / 3, tgx.arange(count))


def places(loader):
    """The places that a walk visits, batch by batch."""
    return [batch[1].tolist() for batch in loader]


# ---- datasets -----------------------------------------------------------------------------------


def test_tensor_dataset():
    x, y = tgx.randn(4, 2, 3), tgx.arange(4)
    dataset = TensorDataset(x, y)
    assert len(dataset) == 4
    assert dataset.tensors == (x, y)
    first, label = dataset[-1]
    assert first.tolist() == x[3].tolist()
    assert label.item() == 3
    assert dataset[1:3][1].tolist() == [1, 2]
    assert [sample[1].item() for sample in dataset] == [0, 1, 2, 3]
    for index in (4, -5):
        with pytest.raises(DimError, match="index a tensor of shape"):
            dataset[index]


def test_what_tensor_dataset_refuses():
    with pytest.raises(ShapeError, match=r"tensors of shapes \(3,\), \(4,\)"):
        TensorDataset(tgx.zeros(3), tgx.zeros(4))
    with pytest.raises(ShapeError, match=r"tensors of shapes \(\)"):
        TensorDataset(tgx.tensor(1.0))
    with pytest.raises(ShapeError, match="no tensor"):
        TensorDataset()
    with pytest.raises(DtypeError, match="a ndarray"):
        TensorDataset(np.zeros(3))


def test_a_dataset_must_be_written():
    with pytest.raises(NotImplementedError, match="write `def __getitem__"):
        Dataset()[0]


@pytest.mark.parametrize("indices", [[4, 0, 2], (4, 0, 2), np.array([4, 0, 2])])
def test_subset(indices):
    subset = Subset(rows(5), indices)
    assert len(subset) == 3
    assert [subset[i][1].item() for i in (0, 1, 2, -1)] == [4, 0, 2, 2]
    assert subset[[0, 2]][1].tolist() == [4, 2]
    assert [sample[1].item() for sample in subset] == [4, 0, 2]
    with pytest.raises(DimError, match="of a Subset of 3 samples"):
        subset[3]
    assert Subset(subset, tgx.tensor([2]))[0][1].item() == 2


def test_random_split_shares_out_every_sample_once():
    parts = random_split(range(10), [7, 2, 1], generator=tgx.Generator().manual_seed(1))
    assert [len(part) for part in parts] == [7, 2, 1]
    assert sorted(sample for part in parts for sample in part) == list(range(10))
    again = random_split(range(10), [7, 2, 1], generator=tgx.Generator().manual_seed(1))
    assert [list(part) for part in again] == [list(part) for part in parts]
    tgx.manual_seed(1)
    default = random_split(range(10), [7, 2, 1])
    assert [list(part) for part in default] == [list(part) for part in parts]


@pytest.mark.parametrize(
    ("count", "shares", "sizes"),
    [
        (7, [0.5, 0.5], [4, 3]),
        (10, [0.25, 0.25, 0.5], [3, 2, 5]),
        (1000, [0.7, 0.2, 0.1], [700, 200, 100]),
        (5, [1.0], [5]),
        (5, [5, 0], [5, 0]),
    ],
)
def test_random_split_by_shares(count, shares, sizes):
    assert [len(part) for part in random_split(range(count), shares)] == sizes


def test_what_random_split_refuses():
    for lengths, said in (
        ([4, 5], "lengths that add up to 9"),
        ([0.5, 0.4], "lengths that add up to 0.9"),
        ([11, -1], "a negative length"),
        ([float("nan"), 1], "a negative length"),
        ([0.96, 0.04], r"parts of \[10, 0\] samples"),
    ):
        with pytest.raises(ArgumentError, match=said):
            random_split(range(10), lengths)


# ---- the loader ---------------------------------------------------------------------------------


def test_batches_in_order():
    loader = DataLoader(rows(5), batch_size=2)
    assert len(loader) == 3
    assert places(loader) == places(loader) == [[0, 1], [2, 3], [4]]
    (x, y), *_ = loader
    assert (x.shape, x.dtype) == ((2, 3), tgx.float32)
    assert y.dtype == tgx.int64
    assert isinstance(next(iter(loader)), list)
    assert places(DataLoader(rows(2))) == [[0], [1]]


def test_drop_last():
    loader = DataLoader(rows(5), batch_size=2, drop_last=True)
    assert len(loader) == 2
    assert places(loader) == [[0, 1], [2, 3]]
    assert len(DataLoader(rows(4), batch_size=2, drop_last=True)) == 2


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_batch_larger_than_the_set(shuffle):
    loader = DataLoader(rows(3), batch_size=8, shuffle=shuffle)
    assert len(loader) == 1
    assert sorted(places(loader)[0]) == [0, 1, 2]
    none = DataLoader(rows(3), batch_size=8, shuffle=shuffle, drop_last=True)
    assert len(none) == 0
    assert list(none) == []


@pytest.mark.parametrize("dataset", [TensorDataset(tgx.zeros(0, 2)), [], Subset([1], [])])
@pytest.mark.parametrize("shuffle", [False, True])
def test_an_empty_set(dataset, shuffle):
    loader = DataLoader(dataset, batch_size=4, shuffle=shuffle)
    assert len(loader) == 0
    assert list(loader) == []


def test_every_walk_shuffles_anew():
    loader = DataLoader(rows(50), batch_size=8, shuffle=True)
    first, second = places(loader), places(loader)
    assert first != second
    assert [len(batch) for batch in first] == [8] * 6 + [2]
    for walk in (first, second):
        assert sorted(chain(*walk)) == list(range(50))


def test_a_generator_makes_the_order_again():
    def walks(generator):
        loader = DataLoader(rows(20), batch_size=4, shuffle=True, generator=generator)
        return places(loader), places(loader)

    first = walks(tgx.Generator().manual_seed(3))
    assert walks(tgx.Generator().manual_seed(3)) == first
    assert walks(tgx.Generator().manual_seed(4)) != first
    tgx.manual_seed(3)
    assert walks(None) == first
    order = tgx.randperm(20, generator=tgx.Generator().manual_seed(3)).tolist()
    assert list(chain(*first[0])) == order


def test_two_walks_at_once_do_not_meet():
    loader = DataLoader(rows(6), batch_size=2)
    one, other = iter(loader), iter(loader)
    assert next(one)[1].tolist() == next(other)[1].tolist() == [0, 1]
    assert next(one)[1].tolist() == [2, 3]
    assert next(other)[1].tolist() == [2, 3]


def test_a_batch_is_memory_of_its_own():
    dataset = rows(4)
    for x, _ in DataLoader(dataset, batch_size=2):
        x.zero_()
    assert dataset.tensors[0].sum().item() > 0


def test_gradients_flow_through_batches():
    x = tgx.arange(6.0).requires_grad_()
    for (batch,) in DataLoader(TensorDataset(x), batch_size=4):
        (batch * batch).sum().backward()
    assert x.grad.tolist() == [0, 2, 4, 6, 8, 10]
    x.grad = None
    for batch in DataLoader(x, batch_size=4):  # a tensor is a dataset, too; its rows are stacked
        (batch * batch).sum().backward()
    assert x.grad.tolist() == [0, 2, 4, 6, 8, 10]


def test_a_batch_is_one_indexing_for_each_tensor(monkeypatch):
    taken = []
    original = tgx.Tensor.__getitem__
    monkeypatch.setattr(
        tgx.Tensor, "__getitem__", lambda t, index: taken.append(t) or original(t, index)
    )
    dataset = rows(100)
    for shares in (
        dataset,
        Subset(dataset, range(99, -1, -1)),
        Subset(Subset(dataset, range(100)), range(100)),
    ):
        taken.clear()
        assert len(list(DataLoader(shares, batch_size=10, shuffle=True))) == 10
        assert len(taken) == 20
    taken.clear()
    list(DataLoader(Doubled(*dataset.tensors), batch_size=10))
    assert len(taken) == 200


@pytest.mark.parametrize("wrap", [lambda d: d, lambda d: Subset(d, range(5))])
def test_a_dataset_that_changes_its_samples_is_asked_for_each(wrap):
    dataset = wrap(Doubled(*rows(5).tensors))
    assert places(DataLoader(dataset, batch_size=2)) == [[0, 2], [4, 6], [8]]


def test_a_subset_comes_in_its_own_order():
    assert places(DataLoader(Subset(rows(9), [8, 1, 4]), batch_size=2)) == [[8, 1], [4]]
    nested = Subset(Subset(rows(9), [8, 1, 4]), tgx.tensor([2, 0]))
    assert places(DataLoader(nested, batch_size=2)) == [[4, 8]]


@pytest.mark.parametrize("dataset", [rows(6), Doubled(*rows(6).tensors), Squares(6)])
def test_a_dataset_of_any_kind_gives_the_samples_it_has(dataset):
    for x, y in DataLoader(dataset, batch_size=4):
        for place, x_one, y_one in zip(range(len(y)), x, y, strict=True):
            start = 0 if len(y) == 4 else 4
            x_own, y_own = default_convert(dataset[start + place])
            assert x_one.tolist() == tgx.as_tensor(x_own).tolist()
            assert y_one.tolist() == tgx.as_tensor(y_own).tolist()


def test_samples_one_by_one():
    loader = DataLoader(rows(3), batch_size=None)
    assert len(loader) == 3
    assert [sample[1].item() for sample in loader] == [0, 1, 2]
    assert next(iter(loader))[0].shape == (3,)
    assert list(DataLoader([1, 2.5, "a"], batch_size=None)) == [1, 2.5, "a"]
    (sample,) = DataLoader([np.ones(2)], batch_size=None)
    assert isinstance(sample, tgx.Tensor)
    shuffled = list(DataLoader(range(50), batch_size=None, shuffle=True))
    assert sorted(shuffled) == list(range(50)) != shuffled


def test_a_sampler_is_the_order():
    loader = DataLoader(rows(5), batch_size=2, sampler=[4, 4, -5])
    assert len(loader) == 2
    assert places(loader) == places(loader) == [[4, 4], [0]]
    for order in (tgx.tensor([3, 1]), np.array([3, 1]), (3, 1)):
        assert places(DataLoader(rows(5), batch_size=2, sampler=order)) == [[3, 1]]
    with pytest.raises(DimError):
        list(DataLoader(rows(5), sampler=[5]))
    for options in ({"sampler": [0.5]}, {"batch_sampler": [[0.5]]}):
        with pytest.raises(DtypeError, match="a place that is no whole number"):
            list(DataLoader(rows(5), **options))
    for batches in ([0, 1], ["ab"], [None]):
        with pytest.raises(DtypeError, match="a batch that is no list of places"):
            list(DataLoader(rows(5), batch_sampler=batches))
    with pytest.raises(DtypeError, match="a place that is no whole number"):
        list(DataLoader(Subset(rows(5), [0.0, 1.0])))


def test_a_batch_sampler_is_the_batches():
    loader = DataLoader(rows(5), batch_sampler=[[4, 0], [1], [2, 3, 3]])
    assert len(loader) == 3
    assert loader.batch_size is None
    assert places(loader) == [[4, 0], [1], [2, 3, 3]]


def test_collate_fn_is_given_the_samples():
    loader = DataLoader(rows(3), batch_size=2, collate_fn=lambda samples: len(samples))
    assert list(loader) == [2, 1]
    loader = DataLoader(range(3), batch_size=None, collate_fn=lambda sample: -sample)
    assert list(loader) == [0, -1, -2]


def test_a_dataset_may_grow_between_walks():
    samples = [1, 2]
    loader = DataLoader(samples, batch_size=2)
    assert len(list(loader)) == len(loader) == 1
    samples.append(3)
    assert len(list(loader)) == len(loader) == 2


def test_what_the_loader_refuses():
    for size in (0, -1, 1.5, True, "2"):
        with pytest.raises(ArgumentError, match="whole number from 1 on, or None"):
            DataLoader(rows(3), batch_size=size)
    for options in (
        {"sampler": [0], "shuffle": True},
        {"batch_size": None, "drop_last": True},
        {"batch_sampler": [[0]], "batch_size": 2},
        {"batch_sampler": [[0]], "shuffle": True},
        {"batch_sampler": [[0]], "sampler": np.array([0, 1])},
        {"batch_sampler": [[0]], "drop_last": True},
    ):
        with pytest.raises(ArgumentError, match="leave one of them out"):
            DataLoader(rows(3), **options)
    for dataset in (iter([1]), 3, {1, 2}):
        with pytest.raises(DtypeError, match="what has __len__ and __getitem__"):
            DataLoader(dataset)
    with pytest.raises(DtypeError, match="generator of type int"):
        list(DataLoader(rows(3), shuffle=True, generator=0))


def test_what_the_loader_does_not_need():
    loader = DataLoader(
        rows(3), pin_memory=True, pin_memory_device="cuda", in_order=False, num_workers=2,
        persistent_workers=True,
    )  # fmt: skip
    assert places(loader) == [[0], [1], [2]]
    for options, said in (
        ({"timeout": 5}, "leave timeout out"),
        ({"multiprocessing_context": "fork"}, "leave multiprocessing_context out"),
        ({"num_workers": -1}, "no number of threads"),
        ({"num_workers": 1.5}, "no number of threads"),
        ({"num_workers": True}, "no number of threads"),
        ({"prefetch_factor": 2}, "no thread to fetch ahead"),
        ({"prefetch_factor": 0, "num_workers": 1}, "no number of batches"),
        ({"persistent_workers": True}, "no thread that could persist"),
    ):
        with pytest.raises(ArgumentError, match=said):
            DataLoader(rows(3), **options)
    with pytest.raises(TypeError, match="shufle"):
        DataLoader(rows(3), shufle=True)
    assert get_worker_info() is None


# ---- sparse rows --------------------------------------------------------------------------------


def test_sparse_rows_are_made_dense_batch_by_batch():
    sparse = pytest.importorskip("scipy.sparse")
    dense = np.random.default_rng(0).poisson(0.2, (10, 7)).astype(np.float64)
    y = tgx.arange(10)
    for kind in (sparse.csr_matrix, sparse.csc_array, sparse.coo_array):
        dataset = SparseDataset(kind(dense), y)
        assert len(dataset) == 10
        x, label = dataset[-1]
        assert (x.dtype, x.tolist(), label.item()) == (tgx.float32, dense[9].tolist(), 9)
        loader = DataLoader(dataset, batch_size=4, shuffle=True, num_workers=2)
        for x, labels in loader:
            assert x.tolist() == dense[labels.numpy()].tolist()
        halves = DataLoader(Subset(dataset, [7, 2]), batch_size=2)
        assert next(iter(halves))[0].tolist() == dense[[7, 2]].tolist()
    assert SparseDataset(kind(dense), y, dtype=tgx.float64)[0][0].dtype == tgx.float64
    for index in (10, -11):
        with pytest.raises(DimError, match="a SparseDataset of 10 samples"):
            dataset[index]
    with pytest.raises(DimError):
        list(DataLoader(dataset, sampler=[10]))
    with pytest.raises(DtypeError, match="for a dense one: TensorDataset"):
        SparseDataset(dense, y)
    with pytest.raises(ShapeError, match="one y for each row"):
        SparseDataset(kind(dense), tgx.arange(9))


def test_texts_as_tf_idf_are_learned():
    text = pytest.importorskip("sklearn.feature_extraction.text")
    words = {0: "sun beach sea warm".split(), 1: "snow ski ice cold".split()}
    random = np.random.default_rng(1)
    y = random.integers(0, 2, 60)
    texts = [" ".join(random.choice(words[int(label)], 5)) + " the and of" for label in y]
    features = text.TfidfVectorizer().fit_transform(texts)
    dataset = SparseDataset(features, tgx.tensor(y))
    tgx.manual_seed(0)
    model = tgx.nn.Linear(features.shape[1], 2)
    optimizer = tgx.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(5):
        for x, label in DataLoader(dataset, batch_size=16, shuffle=True):
            optimizer.zero_grad()
            tgx.nn.functional.cross_entropy(model(x), label).backward()
            optimizer.step()
    x, label = next(iter(DataLoader(dataset, batch_size=60)))
    assert (model(x).argmax(1) == label).all().item()


# ---- collating ----------------------------------------------------------------------------------


def test_collate_numbers():
    for batch, dtype in (
        ([1, 2], tgx.int64),
        ([1.5, 2.0], tgx.float64),
        ([True, False], tgx.bool),
        ([np.float32(1), np.float32(2)], tgx.float32),
        ([np.float64(1), np.float64(2)], tgx.float64),
        ([np.int16(1), np.int16(2)], tgx.int16),
        ([np.bool_(True), np.bool_(False)], tgx.bool),
    ):
        made = default_collate(batch)
        assert made.dtype == dtype
        assert made.tolist() == [item + 0 for item in batch]


def test_collate_arrays_and_tensors():
    for batch in ([tgx.ones(2, 3), tgx.zeros(2, 3)], [np.ones((2, 3)), np.zeros((2, 3))]):
        made = default_collate(batch)
        assert made.shape == (2, 2, 3)
        assert made.dtype == batch[0].dtype
        assert made.sum().item() == 6
    assert default_collate([tgx.tensor(1), tgx.tensor(2)]).tolist() == [1, 2]


def test_collate_what_holds_others():
    samples = [(1, {"a": np.zeros(2), "b": "x"}), (2, {"a": np.ones(2), "b": "y"})]
    numbers, mapping = default_collate(samples)
    assert numbers.tolist() == [1, 2]
    assert mapping["a"].shape == (2, 2)
    assert mapping["b"] == ["x", "y"]
    point = default_collate([Point(1, 2.0), Point(3, 4.0)])
    assert isinstance(point, Point)
    assert point.x.tolist() == [1, 3]
    assert isinstance(default_collate([OrderedDict(a=1), OrderedDict(a=2)]), OrderedDict)
    assert [part.tolist() for part in default_collate([[1, 2], [3, 4]])] == [[1, 3], [2, 4]]
    assert default_collate([b"a", b"b"]) == [b"a", b"b"]


def test_what_collate_refuses():
    for batch, error, said in (
        ([], ShapeError, "no samples"),
        ([tgx.zeros(2), tgx.zeros(3)], ShapeError, r"the shapes \(2,\) and \(3,\)"),
        ([(1, 2), (1,)], ShapeError, "the lengths 2 and 1"),
        ([{"a": 1}, {"b": 1}], ShapeError, r"the keys \['a'\] and \['b'\]"),
        ([{1}, {2}], DtypeError, "samples of type set"),
        ([None, None], DtypeError, "samples of type NoneType"),
    ):
        with pytest.raises(error, match=said):
            default_collate(batch)


def test_convert():
    sample = {"a": np.ones(2), "b": (np.float32(1), "text"), "p": Point([np.zeros(1)], 3)}
    made = default_convert(sample)
    assert made["a"].tolist() == [1, 1]
    assert made["b"][0].dtype == tgx.float32
    assert made["b"][1] == "text"
    assert isinstance(made["p"], Point)
    assert isinstance(made["p"].x[0], tgx.Tensor)
    assert made["p"].y == 3


def test_pytorchs_path_leads_here():
    from tinygradx.utils import data as by_path

    assert by_path.DataLoader is DataLoader
    assert tgx.utils.data.TensorDataset is TensorDataset
    names = set(by_path.__all__) - {"dataloader", "dataset", "sampler"}
    assert {getattr(by_path, name) for name in names} == {getattr(tgx.data, name) for name in names}
    for path in (by_path.dataloader, by_path.dataset, by_path.sampler):
        for name in path.__all__:
            assert getattr(path, name) is getattr(by_path, name)
    assert by_path._utils.collate.default_collate is default_collate
    assert by_path.sampler.RandomSampler is RandomSampler
    assert by_path.dataloader.DataLoader is DataLoader
