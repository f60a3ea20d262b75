"""`torch.distributions.multivariate_normal` by its path."""

from tinygradx.distributions.multivariate import MultivariateNormal

__all__ = ["MultivariateNormal"]
