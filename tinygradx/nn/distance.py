"""Distances and similarities of vectors as layers."""

from __future__ import annotations

from tinygradx.nn import functional
from tinygradx.nn.module import Module
from tinygradx.tensor import Tensor


class CosineSimilarity(Module):
    """The cosine of the angle between vectors: `functional.cosine_similarity`.

    Parameters
    ----------
    dim : int
        Along which the vectors lie.
    eps : float
        The least that a product of lengths is taken for.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.CosineSimilarity()(tgx.tensor([[3.0, 4.0]]), tgx.tensor([[6.0, 8.0]]))
    tensor([1.])
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Of the inputs' shape without the dimension."""
        return functional.cosine_similarity(x1, x2, self.dim, self.eps)  # type: ignore[no-any-return]


class PairwiseDistance(Module):
    """The p-norm of the difference of vectors: `functional.pairwise_distance`.

    Parameters
    ----------
    p : float
        Of the norm.
    eps : float
        Added to every difference.
    keepdim : bool
        Whether the last dimension stays, of size 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.PairwiseDistance()(tgx.tensor([[3.0, 4.0]]), tgx.zeros(1, 2))
    tensor([5.0000])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Of the inputs' shape without the last dimension."""
        return functional.pairwise_distance(  # type: ignore[no-any-return]
            x1, x2, self.norm, self.eps, self.keepdim
        )
