"""Loaders and generators beside PyTorch's: the same batches, lengths, kinds and names."""

import inspect

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.utils import data

torch = pytest.importorskip("torch")
theirs = torch.utils.data


#: What PyTorch's generators have for CUDA alone.
CUDA = {"get_offset", "set_offset", "graphsafe_get_state", "graphsafe_set_state"}


def plain(value):
    """What both libraries answer, as NumPy arrays with their dtype, inside the same containers."""
    if isinstance(value, (torch.Tensor, tgx.Tensor)):
        array = np.asarray(value.numpy())
        return "tensor", array.dtype.name, array.shape, array.tolist()
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [plain(part) for part in value]
    return value


def sets(count):
    """The same dataset here and there, twice: made of tensors, and of samples in a list."""
    random = np.random.default_rng(count)
    x = random.normal(size=(count, 2, 3)).astype(np.float32)
    y = random.integers(0, 9, count)
    yield (
        data.TensorDataset(tgx.tensor(x), tgx.tensor(y)),
        theirs.TensorDataset(torch.tensor(x), torch.tensor(y)),
    )
    samples = [
        {"x": image, "place": place, "part": place / 4, "even": place % 2 == 0, "pair": (place, 0)}
        for place, image in enumerate(x)
    ]
    yield samples, samples
    chosen = list(range(count - 1, -1, -2))
    yield data.Subset(samples, chosen), theirs.Subset(samples, chosen)


@pytest.mark.parametrize("count", [1, 2, 5, 8])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": 2},
        {"batch_size": 3, "drop_last": True},
        {"batch_size": 20},
        {"batch_size": 20, "drop_last": True},
        {"batch_size": 2, "sampler": [0, 0, 0]},
        {"batch_sampler": [[0], [0, 0]]},
        {"batch_size": None},
        {"batch_size": 2, "num_workers": 0, "pin_memory": False},
    ],
    ids=str,
)
def test_the_same_batches(count, options):
    for here, there in sets(count):
        ours, other = data.DataLoader(here, **options), theirs.DataLoader(there, **options)
        assert len(ours) == len(other)
        assert plain(list(ours)) == plain(list(other))


@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 0},
        {"batch_size": -1},
        {"batch_size": 1.5},
        {"batch_size": True},
        {"sampler": [0], "shuffle": True},
        {"batch_size": None, "drop_last": True},
        {"batch_sampler": [[0]], "batch_size": 2},
        {"num_workers": -1},
        {"prefetch_factor": 2},
        {"persistent_workers": True},
    ],
    ids=str,
)
def test_both_refuse(options):
    with pytest.raises(
        ValueError, match=r"batch_size|mutually exclusive|num_workers|multiprocessing"
    ):
        theirs.DataLoader([1, 2, 3], **options)
    with pytest.raises(ValueError, match="do: "):
        data.DataLoader([1, 2, 3], **options)


@pytest.mark.parametrize(
    ("count", "lengths"),
    [
        (10, [7, 3]),
        (7, [0.5, 0.5]),
        (10, [0.25, 0.25, 0.5]),
        (100, [0.29, 0.71]),
        (100, [0.1] * 10),
        (1797, [0.8, 0.1, 0.1]),
        (1000, [0.7, 0.2, 0.1]),
    ],
)
def test_random_split_makes_parts_of_the_same_sizes(count, lengths):
    ours = data.random_split(range(count), lengths)
    other = theirs.random_split(range(count), lengths)
    assert [len(part) for part in ours] == [len(part) for part in other]


@pytest.mark.parametrize(
    "name",
    [
        "random_split", "Subset", "default_collate", "DataLoader", "RandomSampler",
        "SequentialSampler", "BatchSampler", "SubsetRandomSampler", "WeightedRandomSampler",
        "ConcatDataset", "ChainDataset", "TensorDataset", "StackDataset", "get_worker_info",
        "default_convert", "Sampler",
    ],
)  # fmt: skip
def test_the_same_arguments(name):
    ours = inspect.signature(getattr(data, name)).parameters
    other = inspect.signature(getattr(theirs, name)).parameters
    assert list(ours) == list(other)
    for parameter, there in other.items():
        if parameter == "generator":  # PyTorch's random_split has its default generator here
            continue
        assert ours[parameter].default == there.default
        assert ours[parameter].kind == there.kind


#: What is not offered, for the reasons in docs/pytorch.md.
LEFT_OUT = {
    "DFIterDataPipe", "DataChunk", "DistributedSampler", "IterDataPipe", "MapDataPipe",
    "argument_validation", "functional_datapipe", "guaranteed_datapipes_determinism",
    "non_deterministic", "runtime_validation", "runtime_validation_disabled",
}  # fmt: skip


def test_every_public_name_is_here_or_named_as_missing():
    assert {n for n in theirs.__all__ if n[0] != "_"} - set(dir(data)) == LEFT_OUT


def test_keys_and_stacks_give_the_same_batches():
    table = {"a": 1.0, "b": 2.0, ("c", 0): 3.0}
    for options in (
        {"sampler": list(table), "batch_size": 2},
        {"batch_sampler": [["b", "b"], [("c", 0)]]},
        {"sampler": ["b"], "batch_size": None},
    ):
        ours, other = data.DataLoader(table, **options), theirs.DataLoader(table, **options)
        assert plain(list(ours)) == plain(list(other))
    for make in (
        lambda lib: lib.StackDataset("abc", range(3)),
        lambda lib: lib.StackDataset(x="abc", y=[2.0, 3.0, 4.0]),
        lambda lib: lib.Subset(table, ["b", "a"]),
    ):
        ours, other = make(data), make(theirs)
        assert len(ours) == len(other) and ours[1] == other[1]
        batches = data.DataLoader(ours, batch_size=2), theirs.DataLoader(other, batch_size=2)
        assert plain(list(batches[0])) == plain(list(batches[1]))


def test_both_loaders_stay_as_they_were_made():
    for lib in (data, theirs):
        loader = lib.DataLoader([1, 2, 3], batch_size=2)
        for name in ("batch_size", "sampler", "batch_sampler", "drop_last", "dataset"):
            with pytest.raises(ValueError, match=f"{name}.*DataLoader"):
                setattr(loader, name, 1)
        loader.num_workers = loader.collate_fn = None


def test_samplers_walk_as_pytorchs_do():
    for make in (
        lambda lib: lib.SequentialSampler(range(5)),
        lambda lib: lib.BatchSampler(lib.SequentialSampler(range(5)), 2, False),
        lambda lib: lib.BatchSampler(lib.SequentialSampler(range(5)), 2, True),
        lambda lib: lib.BatchSampler([3, 1, 1], 2, False),
    ):
        assert list(make(data)) == list(make(theirs))
        assert len(make(data)) == len(make(theirs))
    for make in (
        lambda lib: lib.RandomSampler(range(5)),
        lambda lib: lib.RandomSampler(range(5), num_samples=12),
        lambda lib: lib.RandomSampler(range(5), replacement=True, num_samples=3),
        lambda lib: lib.SubsetRandomSampler([7, 8]),
        lambda lib: lib.WeightedRandomSampler([0.0, 1.0], 3),
    ):
        ours, other = make(data), make(theirs)
        assert len(ours) == len(other) == len(list(ours)) == len(list(other))
        assert set(ours) <= set(range(9))
    assert list(data.WeightedRandomSampler([0.0, 1.0], 3)) == [1, 1, 1]


class Counting(data.IterableDataset):
    def __iter__(self):
        return iter(range(7))


class Theirs(theirs.IterableDataset):
    def __iter__(self):
        return iter(range(7))


@pytest.mark.parametrize("options", [{"batch_size": 3}, {"batch_size": 3, "drop_last": True},
                                     {"batch_size": None}], ids=str)  # fmt: skip
def test_iterable_datasets_give_the_same_batches(options):
    ours, other = data.DataLoader(Counting(), **options), theirs.DataLoader(Theirs(), **options)
    assert plain(list(ours)) == plain(list(other))
    threads = data.DataLoader(Counting(), num_workers=2, **options)
    assert plain(list(threads)) == plain(list(other))


@pytest.mark.parametrize("workers", [1, 3])
def test_threads_answer_what_pytorch_answers_without_processes(workers):
    for here, there in sets(8):
        ours = data.DataLoader(here, batch_size=3, num_workers=workers)
        assert plain(list(ours)) == plain(list(theirs.DataLoader(there, batch_size=3)))


# ---- generators ---------------------------------------------------------------------------------


def test_generators_have_the_same_names_and_the_same_first_seed():
    public = {name for name in dir(tgx.Generator) if not name.startswith("_")}
    known = {name for name in dir(torch.Generator) if not name.startswith("_")}
    assert public <= known
    assert known - public == CUDA
    assert tgx.Generator().initial_seed() == torch.Generator().initial_seed()
    for seed in (0, 1, -1, 2**63, 2**64 - 1, -(2**63)):
        ours, other = tgx.Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
        assert ours.initial_seed() == other.initial_seed()
    state, other = tgx.Generator().get_state(), torch.Generator().get_state()
    assert (state.ndim, state.dtype.name) == (other.ndim, "uint8")
    state = torch.random.get_rng_state()
    try:
        assert isinstance(torch.manual_seed(0), torch.Generator)
        assert isinstance(tgx.manual_seed(0), tgx.Generator)
    finally:
        torch.random.set_rng_state(state)


@pytest.mark.parametrize(
    ("draw", "arguments"),
    [
        ("rand", (3, 2)), ("randn", (3, 2)), ("randint", (5, (2, 3))), ("randint", (-2, 5, (4,))),
        ("randperm", (6,)), ("randint", (0, 2, ())), ("randperm", (0,)), ("rand", (0,)),
    ],
)  # fmt: skip
def test_drawn_shapes_and_dtypes(draw, arguments):
    ours = getattr(tgx, draw)(*arguments, generator=tgx.Generator())
    other = getattr(torch, draw)(*arguments, generator=torch.Generator())
    assert ours.shape == tuple(other.shape)
    assert ours.dtype.name == other.numpy().dtype.name


def test_draws_come_from_the_same_distributions():
    # Kolmogorov & Smirnov's distance of two samples of 20,000: above 0.0195 once in a thousand.
    stats = pytest.importorskip("scipy.stats")
    g, h = tgx.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    for ours, other in (
        (
            tgx.zeros(20_000).uniform_(-2, 3, generator=g),
            torch.zeros(20_000).uniform_(-2, 3, generator=h),
        ),
        (
            tgx.zeros(20_000).normal_(1, 2, generator=g),
            torch.zeros(20_000).normal_(1, 2, generator=h),
        ),
        (tgx.rand(20_000, generator=g), torch.rand(20_000, generator=h)),
        (tgx.randn(20_000, generator=g), torch.randn(20_000, generator=h)),
    ):
        assert stats.ks_2samp(ours.numpy(), other.numpy()).statistic < 0.0195
