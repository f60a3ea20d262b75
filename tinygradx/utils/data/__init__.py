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
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    collate,
    default_collate,
    default_convert,
    get_worker_info,
    random_split,
)
from tinygradx.utils.data import dataloader, dataset, sampler

#: A path that scripts take, too: `data._utils.collate.default_collate`.
_utils = SimpleNamespace(collate=collate)

__all__ = [
    "BatchSampler", "ChainDataset", "ConcatDataset", "DataLoader", "Dataset", "IterableDataset",
    "RandomSampler", "Sampler", "SequentialSampler", "StackDataset", "Subset",
    "SubsetRandomSampler", "TensorDataset", "WeightedRandomSampler", "dataloader", "dataset",
    "default_collate", "default_convert", "get_worker_info", "random_split", "sampler",
]  # fmt: skip
