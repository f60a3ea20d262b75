"""Losses as layers: each keeps the settings of the function of that name."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentNameError
from tinygradx.nn import functional
from tinygradx.nn.module import Module
from tinygradx.ops.losses import check_reduction, reduction_of
from tinygradx.tensor import Tensor


class Loss(Module):
    """What all losses share: how many of them become one.

    Parameters
    ----------
    size_average, reduce : bool, optional
        PyTorch's older way to say the reduction; every loss takes it by name.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of a batch.

    Raises
    ------
    ArgumentError
        If there is no such reduction.
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        name = type(self).__name__
        if isinstance(size_average, Tensor):
            raise ArgumentNameError(
                f"make {name} with a tensor",
                f"data of shape {size_average.shape}",
                f"make the loss first, then call it: nn.{name}()(prediction, target)",
            )
        reduction = reduction_of(size_average, reduce, reduction)
        check_reduction(reduction, name)
        self.reduction = reduction

    def extra_repr(self) -> str:
        """The reduction, unless it is the mean, and the settings."""
        words = [] if self.reduction == "mean" else [f"reduction={self.reduction!r}"]
        return ", ".join(words + self._settings())

    def _settings(self) -> list[str]:
        return []


def _ignored(index: int) -> list[str]:
    """The index that is ignored, where it was chosen."""
    return [] if index == -100 else [f"ignore_index={index}"]


class MSELoss(Loss):
    """The mean squared error; see `functional.mse_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of a batch: their mean, their sum, or each is answered.
    size_average, reduce : bool, optional
        PyTorch's older way to say the reduction.

    Raises
    ------
    ArgumentError
        If there is no such reduction.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.MSELoss()(tgx.tensor([1.0, 2.0]), tgx.tensor([1.0, 4.0]))
    tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an input against a target of the same shape."""
        return functional.mse_loss(input, target, reduction=self.reduction)


class L1Loss(Loss):
    """The mean absolute error; see `functional.l1_loss`.

    Parameters
    ----------
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.L1Loss()(tgx.tensor([1.0, 2.0]), tgx.tensor([1.0, 4.0]))
    tensor(1.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an input against a target of the same shape."""
        return functional.l1_loss(input, target, reduction=self.reduction)


class HuberLoss(Loss):
    """Squared for small differences, linear beyond delta; see `functional.huber_loss`.

    Parameters
    ----------
    reduction
        As for `MSELoss`.
    delta : float
        Above 0: where the square ends.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.HuberLoss(delta=2.0)(tgx.tensor([5.0]), tgx.tensor([1.0]))
    tensor(6.)
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an input against a target of the same shape."""
        return functional.huber_loss(input, target, self.reduction, self.delta)

    def _settings(self) -> list[str]:
        return [f"delta={self.delta}"]


class SmoothL1Loss(Loss):
    """The absolute error with its corner rounded off; see `functional.smooth_l1_loss`.

    Parameters
    ----------
    reduction
        As for `MSELoss`.
    beta : float
        From 0 on: where the corner ends.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.SmoothL1Loss(beta=2.0)(tgx.tensor([5.0]), tgx.tensor([1.0]))
    tensor(3.)
    """

    def __init__(
        self,
        *,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average=size_average, reduce=reduce, reduction=reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an input against a target of the same shape."""
        return functional.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)

    def _settings(self) -> list[str]:
        return [f"beta={self.beta}"]


class WeightedLoss(Loss):
    """A loss with weights, which are a buffer: they belong to `state_dict()`, and are not learned.

    Parameters
    ----------
    weight : Tensor, optional
        How much what counts.
    reduction
        As for `MSELoss`.
    """

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average=size_average, reduce=reduce, reduction=reduction)
        self.register_buffer("weight", weight)


class NLLLoss(WeightedLoss):
    """The negative log likelihood of classes; see `functional.nll_loss`.

    Parameters
    ----------
    weight : Tensor, optional
        Of shape (C,): how much each class counts.
    ignore_index : int
        Targets of this value count for nothing.
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> likelihood = tgx.log_softmax(tgx.zeros(3, 10), 1)
    >>> tgx.nn.NLLLoss()(likelihood, tgx.tensor([0, 5, 9]))
    tensor(2.3026)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        size_average: bool | None = None,
        reduce: bool | None = None,
        ignore_index: int = -100,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average=size_average, reduce=reduce, reduction=reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of logarithms of probabilities (N, C) against class indices (N,)."""
        return functional.nll_loss(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction
        )

    def _settings(self) -> list[str]:
        return _ignored(self.ignore_index)


class NLLLoss2d(NLLLoss):
    """PyTorch's former name of `NLLLoss` for images; it takes any number of dimensions."""


class CrossEntropyLoss(WeightedLoss):
    """The cross entropy of class scores; see `functional.cross_entropy`.

    Parameters
    ----------
    weight, ignore_index, reduction
        As for `NLLLoss`.
    label_smoothing : float
        From 0 to 1: how much of each target is shared out among all classes.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.CrossEntropyLoss()(tgx.zeros(3, 10), tgx.tensor([0, 5, 9]))
    tensor(2.3026)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        size_average: bool | None = None,
        reduce: bool | None = None,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average=size_average, reduce=reduce, reduction=reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of scores (N, C) against class indices (N,) or probabilities (N, C)."""
        return functional.cross_entropy(
            input, target, self.weight, ignore_index=self.ignore_index,
            reduction=self.reduction, label_smoothing=self.label_smoothing,
        )  # fmt: skip

    def _settings(self) -> list[str]:
        words = [f"label_smoothing={self.label_smoothing}"] if self.label_smoothing else []
        return words + _ignored(self.ignore_index)


class BCELoss(WeightedLoss):
    """The cross entropy of probabilities; see `functional.binary_cross_entropy`.

    Parameters
    ----------
    weight : Tensor, optional
        What each loss is multiplied by; it broadcasts to the target.
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.BCELoss()(tgx.tensor([0.9, 0.2]), tgx.tensor([1.0, 0.0]))
    tensor(0.1643)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of probabilities against targets of the same shape."""
        return functional.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(WeightedLoss):
    """The cross entropy of scores; see `functional.binary_cross_entropy_with_logits`.

    Parameters
    ----------
    weight, reduction
        As for `BCELoss`.
    pos_weight : Tensor, optional
        How often what is 1 counts; it broadcasts to the target.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.BCEWithLogitsLoss()(tgx.tensor([1000.0]), tgx.tensor([1.0]))
    tensor(0.)
    """

    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(weight, size_average=size_average, reduce=reduce, reduction=reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of scores against targets of the same shape."""
        return functional.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class SoftMarginLoss(Loss):
    """The cross entropy of scores against 1 and -1; see `functional.soft_margin_loss`.

    Parameters
    ----------
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.SoftMarginLoss()(tgx.tensor([0.0]), tgx.tensor([-1.0]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of scores against targets of the same shape."""
        return functional.soft_margin_loss(input, target, self.reduction)


class MultiLabelSoftMarginLoss(WeightedLoss):
    """Several classes, each right or not; see `functional.multilabel_soft_margin_loss`.

    Parameters
    ----------
    weight, reduction
        As for `NLLLoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.MultiLabelSoftMarginLoss()(tgx.zeros(1, 2), tgx.tensor([[0.0, 1.0]]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of scores (N, C) against targets of the same shape."""
        return functional.multilabel_soft_margin_loss(input, target, self.weight, self.reduction)


class KLDivLoss(Loss):
    """How far a distribution is from another; see `functional.kl_div`.

    Parameters
    ----------
    reduction : {"mean", "batchmean", "sum", "none"}
        What becomes of the losses; "batchmean" is the divergence, averaged over the batch.
    log_target : bool
        That the target, too, is given by its logarithms.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> even = tgx.tensor([[0.5, 0.5]])
    >>> tgx.nn.KLDivLoss("batchmean")(even.log(), even)
    tensor(0.)
    """

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(reduction="sum" if reduction == "batchmean" else reduction)
        self.reduction, self.log_target = reduction, log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of logarithms of probabilities against probabilities of the same shape."""
        return functional.kl_div(
            input, target, reduction=self.reduction, log_target=self.log_target
        )

    def _settings(self) -> list[str]:
        return ["log_target=True"] if self.log_target else []


class PoissonNLLLoss(Loss):
    """How improbable a count is; see `functional.poisson_nll_loss`.

    Parameters
    ----------
    log_input : bool
        Whether the input is the logarithm of the expected count.
    full : bool
        Add Stirling's approximation of what the target alone decides.
    eps : float
        Keeps the logarithm of 0 finite, where `log_input` is False.
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.PoissonNLLLoss()(tgx.tensor([0.0]), tgx.tensor([3.0]))
    tensor(1.)
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        *,
        eps: float = 1e-8,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction=reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        """The loss of expected counts, or their logarithms, against counts of the same shape."""
        return functional.poisson_nll_loss(
            log_input, target, self.log_input, self.full, eps=self.eps, reduction=self.reduction
        )

    def _settings(self) -> list[str]:
        return [f"log_input={self.log_input}", f"full={self.full}", f"eps={self.eps}"]


class GaussianNLLLoss(Loss):
    """How improbable a target is around an expectation; see `functional.gaussian_nll_loss`.

    Parameters
    ----------
    full : bool
        Add the constant `log(2 * pi) / 2`.
    eps : float
        What a variance is at least taken to be.
    reduction
        As for `MSELoss`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.GaussianNLLLoss()(tgx.tensor([1.0]), tgx.tensor([3.0]), tgx.ones(1))
    tensor(2.)
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        """The loss of expected values against targets, with their variances."""
        return functional.gaussian_nll_loss(
            input, target, var, full=self.full, eps=self.eps, reduction=self.reduction
        )

    def _settings(self) -> list[str]:
        return [f"full={self.full}", f"eps={self.eps}"]


class CTCLoss(Loss):
    """How unlikely a text is, over all its alignments with a sequence; see `functional.ctc_loss`.

    Graves, Fernández, Gomez & Schmidhuber (2006), "Connectionist temporal classification".

    Parameters
    ----------
    blank : int
        Which class is the blank.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses; for the mean each is divided by the length of its text first.
    zero_infinity : bool
        Whether a loss that is infinite, and its gradient, are 0.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> scores = tgx.zeros(5, 1, 3).log_softmax(2)  # 5 steps, 1 sequence, 3 classes
    >>> tgx.nn.CTCLoss()(scores, tgx.tensor([[1, 2]]), (5,), (2,))
    tensor(0.9689)
    """

    def __init__(
        self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False
    ) -> None:
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(
        self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any
    ) -> Tensor:
        """The loss of scores (T, N, C) against texts (N, S), with the lengths of both."""
        return functional.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction,
            self.zero_infinity,
        )  # fmt: skip

    def _settings(self) -> list[str]:
        blank = [f"blank={self.blank}"] if self.blank else []
        return blank + (["zero_infinity=True"] if self.zero_infinity else [])
