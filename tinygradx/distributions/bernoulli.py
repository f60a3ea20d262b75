"""`torch.distributions.bernoulli` by its path."""

from tinygradx.distributions.counts import Bernoulli

__all__ = ["Bernoulli"]
