"""Probabilities of very many classes, of which few are frequent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DimError, ShapeError
from tinygradx.nn.container import ModuleList, Sequential
from tinygradx.nn.linear import Linear
from tinygradx.nn.module import Module
from tinygradx.ops.joining import cat
from tinygradx.ops.slices import index_add, index_select
from tinygradx.tensor import Tensor, tensor


class ASMoutput(NamedTuple):
    """What `AdaptiveLogSoftmaxWithLoss` answers: a log probability for each target, their loss."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """The log softmax of very many classes, those that are rare in clusters of their own.

    The head has a score for every frequent class and one for every cluster; the probability of a
    rare class is that of its cluster times its own within it, from a projection of lower dimension.
    Grave, Joulin, Cissé, Grangier & Jégou (2017), "Efficient softmax approximation for GPUs",
    arXiv:1609.04309.

    Parameters
    ----------
    in_features : int
        The last size of the input.
    n_classes : int
        How many classes there are, sorted from the most frequent one.
    cutoffs : sequence of int
        Where clusters begin: rising, from 1 to n_classes - 1.
    div_value : float
        Cluster i, from 0 on, has a projection to `in_features // div_value ** (i + 1)`.
    head_bias : bool
        Whether the head has a bias.
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.

    Attributes
    ----------
    head : Linear
        To a score for each frequent class and cluster.
    tail : ModuleList
        A `Sequential` of two linear layers for each cluster.

    Raises
    ------
    ArgumentError
        If cutoffs do not rise within the classes, or a projection has no size.

    Notes
    -----
    Called with an input (N, in_features) or (in_features,) and targets (N,) or (), it answers
    `(output, loss)`: the log probability of each target, and minus their mean.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.AdaptiveLogSoftmaxWithLoss(8, 100, cutoffs=[10, 50], div_value=2.0)
    >>> likely = layer.log_prob(tgx.ones(3, 8)).exp()
    >>> likely.shape, tgx.allclose(likely.sum(1), tgx.ones(3))
    ((3, 100), True)
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        ends = list(cutoffs)
        asked = f"AdaptiveLogSoftmaxWithLoss of {n_classes} classes with cutoffs={ends}"
        rising = all(a < b for a, b in pairwise([0, *ends, n_classes]))
        if not ends or not rising or any(int(end) != end for end in ends):
            raise ArgumentError(
                asked, "cutoffs that do not rise within the classes",
                f"use rising whole numbers from 1 to {n_classes - 1}",
            )  # fmt: skip
        self.in_features, self.n_classes = in_features, n_classes
        self.cutoffs = [*ends, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size, self.n_clusters = ends[0], len(ends)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, head_bias, device=device, dtype=dtype)
        self.tail = ModuleList()
        for i, (start, end) in enumerate(pairwise(self.cutoffs)):
            width = int(in_features // div_value ** (i + 1))
            if width < 1:
                raise ArgumentError(
                    f"{asked} and div_value={div_value}",
                    f"{in_features} features, of which cluster {i} gets none",
                    "use a smaller div_value, or fewer clusters",
                )
            self.tail.append(
                Sequential(
                    Linear(in_features, width, False, device=device, dtype=dtype),
                    Linear(width, end - start, False, device=device, dtype=dtype),
                )
            )

    def reset_parameters(self) -> None:
        """Draw new values; see `manual_seed`."""
        self.head.reset_parameters()
        for down, out in self.tail:
            down.reset_parameters()
            out.reset_parameters()

    def _check(self, input: Tensor, ndims: tuple[int, ...]) -> None:
        if input.ndim not in ndims or input.shape[-1] != self.in_features:
            raise ShapeError(
                f"AdaptiveLogSoftmaxWithLoss of {self.in_features} features",
                f"an input of shape {input.shape}", f"pass (N, {self.in_features})",
            )  # fmt: skip

    def forward(self, input: Tensor, target: Tensor) -> ASMoutput:
        """The log probability of each target, and the loss; a cluster computes for its own."""
        self._check(input, (1, 2))
        if target.shape != input.shape[:-1]:
            raise ShapeError(
                f"AdaptiveLogSoftmaxWithLoss of an input {input.shape}",
                f"a target of shape {target.shape}", f"pass {input.shape[:-1]}",
            )  # fmt: skip
        alone = input.ndim == 1
        rows = input.unsqueeze(0) if alone else input
        classes = target.detach().numpy().reshape(-1)
        wrong = classes[(classes < 0) | (classes >= self.n_classes)]
        if wrong.size or classes.dtype.kind not in "iu":
            raise DimError(
                f"AdaptiveLogSoftmaxWithLoss of {self.n_classes} classes",
                f"the target {wrong[0]}" if wrong.size else f"targets of {classes.dtype}",
                f"use whole numbers from 0 to {self.n_classes - 1}",
            )  # fmt: skip
        head = self.head(rows).log_softmax(1)
        cluster = np.searchsorted(self.cutoffs, classes, side="right")
        inside = np.where(cluster == 0, classes, self.shortlist_size + cluster - 1)
        output = head.gather(1, tensor(inside.astype(np.int64)).unsqueeze(1)).squeeze(1)
        for i, part in enumerate(self.tail):
            where = np.flatnonzero(cluster == i + 1)
            if where.size:
                own = tensor((classes[where] - self.cutoffs[i]).astype(np.int64))
                scores = part(index_select(rows, 0, tensor(where))).log_softmax(1)
                found = scores.gather(1, own.unsqueeze(1)).squeeze(1)
                output = index_add(output, 0, tensor(where), found)
        loss = -output.mean()
        return ASMoutput(output.squeeze(0) if alone else output, loss)

    def log_prob(self, input: Tensor) -> Tensor:
        """The log probabilities of all classes: (N, n_classes) for (N, in_features)."""
        self._check(input, (2,))
        head = self.head(input).log_softmax(1)
        short = self.shortlist_size
        parts = [head[:, :short]]
        for i, part in enumerate(self.tail):
            parts.append(part(input).log_softmax(1) + head[:, short + i].unsqueeze(1))
        return cat(parts, 1)  # type: ignore[no-any-return]

    def predict(self, input: Tensor) -> Tensor:
        """The most likely class of each sample, (N,); clusters compute only where they may win."""
        self._check(input, (1, 2))
        rows = input.unsqueeze(0) if input.ndim == 1 else input
        head = self.head(rows)
        best = head.argmax(1)
        rare = np.flatnonzero(best.numpy() >= self.shortlist_size)
        if rare.size:
            every = self.log_prob(index_select(rows, 0, tensor(rare)))
            best[tensor(rare)] = every.argmax(1)
        return best[0] if input.ndim == 1 else best  # type: ignore[no-any-return]
