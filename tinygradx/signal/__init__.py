"""Signals under PyTorch's names: `tinygradx.signal.windows`."""

from tinygradx.signal import windows

__all__ = ["windows"]
