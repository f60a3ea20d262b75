"""`torch.utils.data` by its path; see `tinygradx.data`."""

from types import SimpleNamespace

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
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    collate,
    default_collate,
    default_convert,
    get_worker_info,
    random_split,
    samplers,
)

#: Paths that scripts take, too: `data.dataloader.default_collate`, `data.sampler.Sampler`.
_utils = SimpleNamespace(collate=collate)
dataloader = SimpleNamespace(DataLoader=DataLoader, default_collate=default_collate)
sampler = samplers

__all__ = [
    "BatchSampler", "ChainDataset", "ConcatDataset", "DataLoader", "Dataset", "IterableDataset",
    "RandomSampler", "Sampler", "SequentialSampler", "Subset", "SubsetRandomSampler",
    "TensorDataset", "WeightedRandomSampler", "default_collate", "default_convert",
    "get_worker_info", "random_split",
]  # fmt: skip
