"""PyTorch's import paths: what they lead to lives in rooms below."""

from tinygradx.utils import data

__all__ = ["data"]
