"""`torch.distributions.transformed_distribution` by its path."""

from tinygradx.distributions.transformed import TransformedDistribution

__all__ = ["TransformedDistribution"]
