"""`torch.distributions.uniform` by its path."""

from tinygradx.distributions.bounded import Uniform

__all__ = ["Uniform"]
