"""Losses with a margin, and what they measure, as layers."""

from __future__ import annotations

from collections.abc import Callable

from tinygradx.errors import ArgumentError
from tinygradx.nn import functional
from tinygradx.nn.loss import Loss, WeightedLoss
from tinygradx.nn.module import Module
from tinygradx.ops.losses import check_margin
from tinygradx.tensor import Tensor

# ---- distances ----------------------------------------------------------------------------------


class PairwiseDistance(Module):
    """How far each vector is from its partner; see `functional.pairwise_distance`.

    Parameters
    ----------
    p : float
        Which norm.
    eps : float
        Added to each difference, so that no distance is 0.
    keepdim : bool
        Keep the last dimension with size 1.

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
        """The distances of vectors (..., d), which broadcast."""
        return functional.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """The cosine of the angle between vectors; see `functional.cosine_similarity`.

    Parameters
    ----------
    dim : int
        Where the vectors lie.
    eps : float
        What a length is at least taken to be.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.CosineSimilarity(dim=0)(tgx.tensor([1.0, 0.0]), tgx.tensor([1.0, 1.0]))
    tensor(0.7071)
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The cosines for vectors that broadcast."""
        return functional.cosine_similarity(x1, x2, self.dim, self.eps)


# ---- losses -------------------------------------------------------------------------------------


class MarginLoss(Loss):
    """What losses of pairs share: a margin.

    Parameters
    ----------
    margin : float
        By how much.
    reduction
        As for `MSELoss`.
    """

    def __init__(self, margin: float = 0.0, *, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.margin = margin

    def _settings(self) -> list[str]:
        return [f"margin={self.margin}"]


class HingeEmbeddingLoss(MarginLoss):
    """Distances of pairs that are alike or not; see `functional.hinge_embedding_loss`.

    Parameters
    ----------
    margin : float
        How far apart pairs shall be that are not alike.
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.HingeEmbeddingLoss()(tgx.tensor([0.25]), tgx.tensor([-1.0]))
    tensor(0.7500)
    """

    def __init__(self, margin: float = 1.0, *, reduction: str = "mean") -> None:
        super().__init__(margin, reduction=reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of distances against targets of the same shape."""
        return functional.hinge_embedding_loss(input, target, self.margin, self.reduction)


class MarginRankingLoss(MarginLoss):
    """Two scores in the right order; see `functional.margin_ranking_loss`.

    Parameters
    ----------
    margin : float
        By how much one shall be ahead.
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.MarginRankingLoss()(tgx.tensor([3.0]), tgx.tensor([1.0]), tgx.tensor([-1.0]))
    tensor(2.)
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The loss of two tensors of scores and the order they shall have."""
        return functional.margin_ranking_loss(input1, input2, target, self.margin, self.reduction)


class CosineEmbeddingLoss(MarginLoss):
    """Pairs of vectors, in one direction or not; see `functional.cosine_embedding_loss`.

    Parameters
    ----------
    margin : float
        The largest cosine that costs nothing where vectors are not alike.
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.tensor([[1.0, 0.0]]), tgx.tensor([[0.0, 2.0]])
    >>> tgx.nn.CosineEmbeddingLoss()(x, y, tgx.tensor([1]))
    tensor(1.)
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The loss of vectors (N, D) against targets (N,)."""
        return functional.cosine_embedding_loss(input1, input2, target, self.margin, self.reduction)


class MultiMarginLoss(WeightedLoss):
    """The right class ahead of every other; see `functional.multi_margin_loss`.

    Parameters
    ----------
    p : {1, 2}
        Hinges or their squares.
    margin : float
        By how much.
    weight, reduction
        As for `NLLLoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.MultiMarginLoss()(tgx.tensor([[0.5, 2.0, 1.5]]), tgx.tensor([1]))
    tensor(0.1667)
    """

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        *,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, reduction=reduction)
        if p not in (1, 2):
            raise ArgumentError(f"MultiMarginLoss with p={p}", "neither 1 nor 2", "use p=1")
        self.p, self.margin = p, margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of scores (N, C) against class indices (N,)."""
        return functional.multi_margin_loss(
            input, target, self.p, self.margin, self.weight, self.reduction
        )

    def _settings(self) -> list[str]:
        return [f"p={self.p}", f"margin={self.margin}"]


class MultiLabelMarginLoss(Loss):
    """All right classes ahead of all others; see `functional.multilabel_margin_loss`.

    Parameters
    ----------
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.MultiLabelMarginLoss()(tgx.tensor([0.5, 2.0, 1.5]), tgx.tensor([1, -1, -1]))
    tensor(0.1667)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of scores (N, C) against class indices (N, C), filled up with -1."""
        return functional.multilabel_margin_loss(input, target, self.reduction)


class TripletMarginLoss(MarginLoss):
    """Nearer to what is alike than to what is not; see `functional.triplet_margin_loss`.

    Parameters
    ----------
    margin : float
        Above 0: by how much.
    p, eps : float
        Of the distance: see `PairwiseDistance`.
    swap : bool
        Take the distance from the positive to the negative vector where that is the smaller one.
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> anchor, near, far = tgx.zeros(1, 2), tgx.tensor([[3.0, 4.0]]), tgx.tensor([[6.0, 8.0]])
    >>> tgx.nn.TripletMarginLoss(margin=7.0)(anchor, near, far)
    tensor(2.)
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        *,
        reduction: str = "mean",
    ) -> None:
        check_margin(margin, "TripletMarginLoss")
        super().__init__(margin, reduction=reduction)
        self.p, self.eps, self.swap = p, eps, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """The loss of three tensors of vectors (N, D)."""
        return functional.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, self.reduction
        )

    def _settings(self) -> list[str]:
        swapped = ["swap=True"] if self.swap else []
        return [f"margin={self.margin}", f"p={self.p}", f"eps={self.eps}", *swapped]


class TripletMarginWithDistanceLoss(MarginLoss):
    """`TripletMarginLoss` with a distance of one's own.

    See `functional.triplet_margin_with_distance_loss`.

    Parameters
    ----------
    distance_function : callable, optional
        Takes two tensors of vectors, answers their distances; `PairwiseDistance()` when left out.
    margin, swap, reduction
        As for `TripletMarginLoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> loss = tgx.nn.TripletMarginWithDistanceLoss(
    ...     distance_function=lambda a, b: (a - b).abs().sum(-1)
    ... )
    >>> loss(tgx.tensor([[0.0]]), tgx.tensor([[1.0]]), tgx.tensor([[1.5]]))
    tensor(0.5000)
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        check_margin(margin, "TripletMarginWithDistanceLoss")
        super().__init__(margin, reduction=reduction)
        self.distance_function = distance_function or PairwiseDistance()
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """The loss of three tensors of vectors (N, D)."""
        return functional.triplet_margin_with_distance_loss(
            anchor, positive, negative, distance_function=self.distance_function,
            margin=self.margin, swap=self.swap, reduction=self.reduction,
        )  # fmt: skip

    def _settings(self) -> list[str]:
        return [f"margin={self.margin}", *(["swap=True"] if self.swap else [])]
