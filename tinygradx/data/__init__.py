"""Data to learn on: small sets that come with the package, and ways to share data out.

This room knows files and tensors. It downloads nothing and unpickles nothing.
"""

from tinygradx.data.collate import default_collate, default_convert
from tinygradx.data.datasets import Dataset, Subset, TensorDataset, random_split
from tinygradx.data.digits import digits
from tinygradx.data.loader import DataLoader
from tinygradx.data.split import split
from tinygradx.data.toys import circles, moons, spirals, xor

__all__ = [
    "DataLoader", "Dataset", "Subset", "TensorDataset", "circles", "default_collate",
    "default_convert", "digits", "moons", "random_split", "spirals", "split", "xor",
]  # fmt: skip
