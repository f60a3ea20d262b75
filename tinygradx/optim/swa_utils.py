"""Means of models along their training, and a rate that leads to them.

This file alone of `optim` knows what a Module is; the optimisers know parameters only.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any, Literal

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.graph import no_grad
from tinygradx.nn import Module
from tinygradx.nn.normalization import _BatchNorm
from tinygradx.optim.lr_scheduler.scheduler import LRScheduler, checked, for_each_group, whose
from tinygradx.optim.optimizer import Optimizer
from tinygradx.tensor import Tensor, tensor

Average = Callable[[Any, Any, Any], Any]


def get_swa_avg_fn() -> Average:
    """The plain mean: `mean + (p - mean) / (n + 1)`, after n were averaged before.

    Examples
    --------
    >>> from tinygradx.optim.swa_utils import get_swa_avg_fn
    >>> get_swa_avg_fn()(1.0, 4.0, 2)
    2.0
    """

    def mean(averaged: Any, current: Any, num_averaged: Any) -> Any:
        return averaged + (current - averaged) / (num_averaged + 1)

    return mean


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """The exponential moving mean: `decay * mean + (1 - decay) * p`.

    Parameters
    ----------
    decay : float
        How much of the mean is kept, from 0 to 1.

    Raises
    ------
    ArgumentError
        If it is out of that range.

    Examples
    --------
    >>> from tinygradx.optim.swa_utils import get_ema_avg_fn
    >>> get_ema_avg_fn(0.75)(1.0, 5.0, 2)
    2.0
    """
    if not 0.0 <= decay <= 1.0:
        raise ArgumentError("a moving mean", f"decay={decay!r}", "use a number from 0 to 1")

    def moving(averaged: Any, current: Any, num_averaged: Any) -> Any:
        return decay * averaged + (1.0 - decay) * current

    return moving


def get_swa_multi_avg_fn() -> Average:
    """`get_swa_avg_fn` for lists of tensors, whose means are written in place."""
    return _for_lists(get_swa_avg_fn())


def get_ema_multi_avg_fn(decay: float = 0.999) -> Average:
    """`get_ema_avg_fn` for lists of tensors, whose means are written in place."""
    return _for_lists(get_ema_avg_fn(decay))


def _for_lists(average: Average) -> Average:
    def write(averaged: Iterable[Any], current: Iterable[Any], num_averaged: Any) -> None:
        with no_grad():
            for mean, p in zip(averaged, current, strict=True):
                mean.copy_(average(mean, p, num_averaged))

    return write


class AveragedModel(Module):
    """A copy of a model whose parameters are the mean of those the model had.

    Call `update_parameters(model)` after some of the steps, and judge or save this model. Izmailov
    et al. (2018), "Averaging weights leads to wider optima and better generalization",
    arXiv:1803.05407; the exponential moving mean is that of Polyak & Juditsky (1992).

    Parameters
    ----------
    model : Module
        What is copied, and averaged.
    device : str, optional
        Where the copy goes, as for `Module.to`.
    avg_fn : callable, optional
        From (mean, parameter, how many were averaged) to the new mean; the plain mean when left
        out, `get_swa_avg_fn()`.
    multi_avg_fn : callable, optional
        Instead: the same for two lists of tensors, of which it writes to the first.
    use_buffers : bool
        Average buffers, too, such as the running mean of BatchNorm; else they are copied.

    Attributes
    ----------
    module : Module
        The copy.
    n_averaged : Tensor
        How many were averaged.

    Raises
    ------
    ArgumentError, DtypeError
        If both functions are given, or the model is none.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.optim.swa_utils import AveragedModel
    >>> model = tgx.nn.Linear(1, 1, bias=False)
    >>> mean = AveragedModel(model)
    >>> for value in (1.0, 2.0, 6.0):
    ...     _ = tgx.nn.init.constant_(model.weight, value)
    ...     mean.update_parameters(model)
    >>> mean(tgx.ones(1)).item(), int(mean.n_averaged)
    (3.0, 3)
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Average | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if not isinstance(model, Module):
            raise DtypeError("AveragedModel", f"a {type(model).__name__}", "pass a Module")
        if avg_fn is not None and multi_avg_fn is not None:
            raise ArgumentError("AveragedModel", "avg_fn and multi_avg_fn", "leave one of them out")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", tensor(0))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the mean model answers."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the parameters that the model has now into the mean; the first ones are copied.

        Parameters
        ----------
        model : Module
            The one that was copied, or one like it.
        """
        ours, theirs = self._averaged(self.module), self._averaged(model)
        write = self.multi_avg_fn or _for_lists(self.avg_fn or get_swa_avg_fn())
        with no_grad():
            if int(self.n_averaged.item()) == 0:
                for mean, current in zip(ours, theirs, strict=True):
                    mean.copy_(current)
            else:
                write(ours, theirs, self.n_averaged)
            if not self.use_buffers:
                for kept, current in zip(self.module.buffers(), model.buffers(), strict=True):
                    kept.copy_(current)
            self.n_averaged += 1

    def _averaged(self, model: Module) -> list[Any]:
        """What is averaged of a model, without history."""
        buffers = model.buffers() if self.use_buffers else ()
        return [p.detach() for p in itertools.chain(model.parameters(), buffers)]


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Find the running means and variances of all BatchNorm layers anew, in one walk over data.

    A mean of models has seen no data of its own.

    Parameters
    ----------
    loader : iterable
        Of batches: tensors, or tuples and lists whose first part is the input.
    model : Module
        Whose layers are set; it is left in the mode (training or not) that it was in.
    device : str, optional
        Where each batch goes first.
    """
    layers = [m for m in model.modules() if isinstance(m, _BatchNorm)]
    if not layers:
        return
    momenta, training = [layer.momentum for layer in layers], model.training
    try:
        model.train()
        for layer in layers:
            layer.reset_running_stats()
            layer.momentum = None  # the plain mean of all batches
        with no_grad():
            for batch in loader:
                x = batch[0] if isinstance(batch, (list, tuple)) else batch
                model(x if device is None else x.to(device))
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
        model.train(training)


class SWALR(LRScheduler):
    """From the rate of each group to a constant one, over some epochs; then it stays there.

    With t the share of the epochs that are done, and `a = t` or `(1 - cos(pi t)) / 2`::

        lr = swa_lr * a + first * (1 - a)

    Izmailov et al. (2018), arXiv:1803.05407.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    swa_lr : float, or list of float
        Where it leads; a list has one for each group.
    anneal_epochs : int
        How many epochs it takes.
    anneal_strategy : str
        "cos" or "linear".

    Raises
    ------
    ArgumentError, DtypeError
        If a setting is out of its range, or no number.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.optim.swa_utils import SWALR
    >>> optimizer = tgx.optim.SGD([tgx.zeros(1).requires_grad_()], lr=0.5)
    >>> scheduler = SWALR(optimizer, swa_lr=0.1, anneal_epochs=2, anneal_strategy="linear")
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    ...     print(round(scheduler.get_last_lr()[0], 4))
    0.3
    0.1
    0.1
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float,
        anneal_epochs: int = 10,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        last_epoch: int = -1,
    ) -> None:
        rates = for_each_group(self, whose(self, optimizer), "swa_lr", swa_lr)
        for rate in rates:
            checked(self, 0.0, swa_lr=rate)
        checked(self, 0, whole=True, anneal_epochs=anneal_epochs)
        if anneal_strategy not in ("cos", "linear"):
            raise ArgumentError(
                f"make {self.name}", f"anneal_strategy={anneal_strategy!r:.40}",
                "use 'cos' or 'linear'",
            )  # fmt: skip
        for rate, group in zip(rates, optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        self._anneal_strategy, self.anneal_epochs = anneal_strategy, anneal_epochs
        super().__init__(optimizer, last_epoch)

    def anneal_func(self, t: float) -> float:
        """How far the way is gone when a share t of the epochs is done."""
        return t if self._anneal_strategy == "linear" else (1.0 - math.cos(math.pi * t)) / 2.0

    def _rates(self) -> list[float]:
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        done = [max(0.0, min(1.0, n / max(1, self.anneal_epochs))) for n in (step - 1, step)]
        before, now = map(self.anneal_func, done)
        rates = []
        for group in self.optimizer.param_groups:
            lr, last = group["lr"], group["swa_lr"]
            first = last if before == 1.0 else (lr - before * last) / (1.0 - before)
            rates.append(last * now + first * (1.0 - now))
        return rates


__all__ = [
    "SWALR", "AveragedModel", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn",
    "get_swa_multi_avg_fn", "update_bn",
]  # fmt: skip
