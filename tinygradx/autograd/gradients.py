"""Gradients as values: what `autograd.grad` and `autograd.backward` do is in `tensor`."""

from tinygradx.tensor.gradients import backward, grad

__all__ = ["backward", "grad"]
