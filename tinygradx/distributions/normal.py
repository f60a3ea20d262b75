"""`torch.distributions.normal` by its path."""

from tinygradx.distributions.location_scale import Normal

__all__ = ["Normal"]
