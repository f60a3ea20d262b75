"""Data to learn on: small sets, readers of files, and ways to share data out.

This room knows files and tensors. It downloads nothing unless it is told to, and then only what has
the expected sha256; it unpickles nothing.
"""

from tinygradx.data.collate import default_collate, default_convert
from tinygradx.data.datasets import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)
from tinygradx.data.digits import digits
from tinygradx.data.extras import MissingPackage
from tinygradx.data.idx import fashion_mnist, idx, mnist
from tinygradx.data.loader import DataLoader, get_worker_info
from tinygradx.data.samplers import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
from tinygradx.data.sklearn_sets import california, diabetes, iris, wine
from tinygradx.data.sparse import SparseDataset
from tinygradx.data.split import split
from tinygradx.data.text import Characters
from tinygradx.data.toys import circles, moons, spirals, xor

__all__ = [
    "BatchSampler", "ChainDataset", "Characters", "ConcatDataset", "DataLoader", "Dataset",
    "IterableDataset", "MissingPackage", "RandomSampler", "Sampler", "SequentialSampler",
    "SparseDataset", "StackDataset", "Subset", "SubsetRandomSampler", "TensorDataset",
    "WeightedRandomSampler", "california", "circles", "default_collate", "default_convert",
    "diabetes", "digits", "fashion_mnist", "get_worker_info", "idx", "iris", "mnist", "moons",
    "random_split", "spirals", "split", "wine", "xor",
]  # fmt: skip
