"""`torch.utils.data` by its path; see `tinygradx.data`."""

from tinygradx.data import (
    DataLoader,
    Dataset,
    Subset,
    TensorDataset,
    default_collate,
    default_convert,
    random_split,
)

__all__ = [
    "DataLoader", "Dataset", "Subset", "TensorDataset", "default_collate", "default_convert",
    "random_split",
]  # fmt: skip
