"""PyTorch's import paths: what they lead to lives in rooms below."""

from tinygradx.utils import checkpoint, data, dlpack

__all__ = ["checkpoint", "data", "dlpack"]
