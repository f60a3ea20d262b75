"""Losses: how far an answer is from the right one.

The formulas, one for each loss of single elements, with their slopes, are in `formulas`. The
functions check what they are given, weigh, and make one number of many. Cross entropy has a file of
its own beside this folder.
"""

from tinygradx.ops.losses.classes import (
    class_dim,
    class_losses,
    class_weights,
    kept_targets,
    nll_loss,
    reduce_weighted,
)
from tinygradx.ops.losses.ctc import ctc_loss
from tinygradx.ops.losses.likelihoods import gaussian_nll_loss, kl_div, poisson_nll_loss
from tinygradx.ops.losses.margins import (
    check_margin,
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from tinygradx.ops.losses.reducing import REDUCTIONS, check_reduction, reduce_losses, reduction_of
from tinygradx.ops.losses.regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from tinygradx.ops.losses.two_classes import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    multilabel_soft_margin_loss,
    soft_margin_loss,
)

__all__ = [
    "REDUCTIONS", "binary_cross_entropy", "binary_cross_entropy_with_logits", "check_margin",
    "check_reduction", "class_dim", "class_losses", "class_weights", "cosine_embedding_loss",
    "ctc_loss",
    "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss", "kept_targets", "kl_div", "l1_loss",
    "margin_ranking_loss", "mse_loss", "multi_margin_loss", "multilabel_margin_loss",
    "multilabel_soft_margin_loss", "nll_loss", "poisson_nll_loss", "reduce_losses",
    "reduce_weighted", "reduction_of", "smooth_l1_loss", "soft_margin_loss", "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]  # fmt: skip
