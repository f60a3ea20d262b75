"""Losses as layers."""

from __future__ import annotations

from tinygradx.nn.functional import cross_entropy
from tinygradx.nn.module import Module
from tinygradx.tensor import Tensor


class CrossEntropyLoss(Module):
    """The cross entropy of class scores against class indices; see `functional.cross_entropy`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of a batch.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.CrossEntropyLoss()(tgx.zeros(3, 10), tgx.tensor([0, 5, 9]))
    tensor(2.3026)
    """

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of scores (N, C) against class indices (N,)."""
        return cross_entropy(input, target, reduction=self.reduction)  # type: ignore[no-any-return]
