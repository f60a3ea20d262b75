"""`torch.backends`: switches of libraries that are not here. Setting one does nothing."""

from tinygradx.backends import cuda, cudnn, mps

__all__ = ["cuda", "cudnn", "mps"]
