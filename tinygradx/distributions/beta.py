"""`torch.distributions.beta` by its path."""

from tinygradx.distributions.bounded import Beta

__all__ = ["Beta"]
