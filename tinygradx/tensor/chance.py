"""Tensors from further distributions, and in the shape of other tensors.

All of it is drawn from `Generator`, a counter-based one, in C order; nothing here is recorded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.ops import random
from tinygradx.tensor.creation import check_device, rand, randint, randn
from tinygradx.tensor.tensor import Tensor


def rand_like(
    input: Tensor,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Uniform random numbers from [0, 1) in the shape and dtype of another tensor."""
    return rand(
        input.shape, generator=generator, dtype=dtype or input.dtype, device=device,
        requires_grad=requires_grad,
    )  # fmt: skip


def randn_like(
    input: Tensor,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normal random numbers in the shape and dtype of another tensor."""
    return randn(
        input.shape, generator=generator, dtype=dtype or input.dtype, device=device,
        requires_grad=requires_grad,
    )  # fmt: skip


def randint_like(
    input: Tensor,
    low: Any = 0,
    high: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random integers in the shape and dtype of another tensor.

    `randint_like(input, high)` and `randint_like(input, low, high)` are both taken; see `randint`.
    """
    if high is None:
        low, high = 0, low
    return randint(
        low, high, input.shape, generator=generator, dtype=dtype or input.dtype, device=device,
        requires_grad=requires_grad,
    )  # fmt: skip


def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that each element is, 0 otherwise.

    Parameters
    ----------
    input : Tensor
        Probabilities, floats from 0 to 1; with `p` only its shape and dtype count.
    p : float, optional
        One probability for all.
    generator : Generator, optional
        What to draw from.

    Returns
    -------
    Tensor
        Zeros and ones of the same shape and dtype, without history.

    Raises
    ------
    ArgumentError
        If a probability is outside of [0, 1].
    DtypeError
        If probabilities are no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.bernoulli(tgx.tensor([0.0, 1.0, 1.0]))
    tensor([0., 1., 1.])
    """
    if p is None:
        _floats(input, "bernoulli")
    drawn = _zeros_and_ones(input.array if p is None else p, input.shape, generator, "bernoulli")
    return _made(drawn.astype(input.dtype))


def _zeros_and_ones(p: Any, shape: tuple[int, ...], generator: Any, asked: str) -> Any:
    """True with probability p."""
    p = np.asarray(p)
    if not bool(((p >= 0) & (p <= 1)).all()):
        raise ArgumentError(
            f"{asked} with p={p!s:.40}", "no probability", "use numbers from 0 to 1"
        )
    # In double precision: with 24 bits a probability of 1e-9 would never be met.
    return random.uniform(shape, np.float64, generator) < p


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None
) -> Tensor:
    """Indices drawn in proportion to weights, row by row.

    Parameters
    ----------
    input : Tensor
        Weights, floats from 0 on, of shape (n,) or (rows, n); they need not add up to 1.
    num_samples : int
        How many to draw from each row.
    replacement : bool
        Whether an index may be drawn more than once.
    generator : Generator, optional
        What to draw from.

    Returns
    -------
    Tensor
        int64, of shape (num_samples,) or (rows, num_samples), without history.

    Raises
    ------
    ShapeError
        If there are more than two dimensions.
    ArgumentError
        If weights are negative, infinite or all zero in a row, or there are fewer than
        `num_samples` to choose from.

    Notes
    -----
    Without replacement the indices with the smallest of n exponential variables win, each divided
    by its weight (Efraimidis and Spirakis, 2006), which is drawing one after another.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.multinomial(tgx.tensor([0.0, 3.0, 0.0]), 4, replacement=True)
    tensor([1, 1, 1, 1])
    """
    asked = "multinomial"
    _floats(input, asked)
    if input.ndim not in (1, 2) or not input.shape[-1]:
        raise ShapeError(asked, f"weights of shape {input.shape}", "use shape (n,) or (rows, n)")
    weights = np.atleast_2d(input.array.astype(np.float64))
    if not bool((np.isfinite(weights) & (weights >= 0)).all()):
        raise ArgumentError(
            asked, "a weight that is negative, infinite or NaN",
            "use weights from 0 on: softmax(logits) has such",
        )  # fmt: skip
    totals = weights.sum(1, keepdims=True)
    if not bool((totals > 0).all()):
        raise ArgumentError(asked, "a row whose weights are all 0", "give it one above 0")
    if num_samples <= 0:
        raise ArgumentError(f"{asked} of {num_samples}", "no number of samples", "use 1 or more")
    if replacement:
        drawn = _with_replacement(weights, totals, num_samples, generator)
    else:
        fewest = int((weights > 0).sum(1).min())
        if num_samples > fewest:
            raise ArgumentError(
                f"{asked} of {num_samples} without replacement",
                f"only {fewest} weights above 0 in a row",
                "draw fewer, or pass replacement=True",
            )
        waits = random.exponential(weights.shape, generator)
        with np.errstate(divide="ignore"):
            waits = waits / weights
        drawn = np.argsort(waits, axis=1, kind="stable")[:, :num_samples]
    return _made((drawn if input.ndim == 2 else drawn[0]).astype(np.int64, copy=False))


def _with_replacement(weights: Any, totals: Any, count: int, generator: Any) -> Any:
    """Where uniform numbers fall among the sums of the weights."""
    sums = np.cumsum(weights / totals, axis=1)
    last = weights.shape[1] - 1 - np.argmax(weights[:, ::-1] > 0, axis=1)
    points = random.uniform((len(weights), count), np.float64, generator)
    drawn = np.empty(points.shape, np.int64)
    for row, (edges, point) in enumerate(zip(sums, points, strict=True)):
        # A sum may end a little below 1: what falls beyond belongs to the last with a weight.
        drawn[row] = np.minimum(np.searchsorted(edges, point, side="right"), last[row])
    return drawn


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normal random numbers, with a mean and a standard deviation for each or for all.

    `normal(means, stds)`, `normal(means, 1.0)` and `normal(0.0, stds)` draw one number for each
    element of the tensors, which broadcast; `normal(0.0, 1.0, size)` draws numbers of one kind.

    Parameters
    ----------
    mean, std : Tensor or float
        At least one of them a tensor of floats where `size` is left out.
    size : tuple of int
        The shape, where both are numbers.
    generator : Generator, optional
        What to draw from.
    dtype, device, requires_grad
        As for `randn`, where both are numbers.

    Returns
    -------
    Tensor
        Without history.

    Raises
    ------
    ArgumentError
        If a standard deviation is below 0, or `size` is missing or one too much.
    DtypeError, ShapeError
        If tensors are no floats, or do not broadcast.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.normal(tgx.tensor([1.0, 2.0]), 0.0)
    tensor([1., 2.])
    >>> tgx.normal(0.0, 1.0, (2, 3)).shape
    (2, 3)
    """
    asked = "normal"
    tensors = [x for x in (mean, std) if isinstance(x, Handle)]
    if not tensors:
        if size is None:
            raise ArgumentError(
                f"{asked}({mean}, {std})", "two numbers and no size",
                "pass the shape: normal(0.0, 1.0, (2, 3)), or tensors",
            )  # fmt: skip
        drawn = randn(size=size, generator=generator, dtype=dtype, device=device)
        _check_std(std)
        drawn.array *= std
        drawn.array += mean
        return drawn.requires_grad_() if requires_grad else drawn
    if size is not None:
        raise ArgumentError(f"{asked} of tensors", f"size={size}", "their shapes say the size")
    check_device(device)
    for x in tensors:
        _floats(x, asked)
    means = mean.array if isinstance(mean, Handle) else mean
    stds = std.array if isinstance(std, Handle) else std
    _check_std(stds)
    try:
        shape = np.broadcast_shapes(np.shape(means), np.shape(stds))
    except ValueError:
        raise ShapeError(
            asked, f"means of shape {np.shape(means)} and deviations of {np.shape(stds)}",
            "make the shapes equal",
        ) from None  # fmt: skip
    wanted = np.result_type(*[x.array.dtype for x in tensors])
    array = random.normal(shape, wanted, generator)
    return _made((np.asarray(array) * stds + means).astype(wanted, copy=False))


def _check_std(std: Any) -> None:
    if not bool((np.asarray(std) >= 0).all()):
        raise ArgumentError("normal", f"a std of {np.min(std)}", "use deviations from 0 on")


def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """Random counts of events, whose mean each element is.

    Parameters
    ----------
    input : Tensor
        Rates, floats from 0 on.
    generator : Generator, optional
        What to draw from.

    Returns
    -------
    Tensor
        Whole numbers of the same shape and dtype, without history.

    Raises
    ------
    ArgumentError
        If a rate is negative, not finite, or too large for counts of 64 bits.
    DtypeError
        If rates are no floats.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.poisson(tgx.zeros(3))
    tensor([0., 0., 0.])
    """
    _floats(input, "poisson")
    rates = input.array.astype(np.float64)
    if not bool(((rates >= 0) & (rates < 2.0**62)).all()):
        raise ArgumentError("poisson", "a rate that is negative or not finite", "use rates from 0")
    return _made(random.poisson(rates, generator).astype(input.dtype))


# ---- in place -----------------------------------------------------------------------------------


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """1 with probability p in each place, 0 otherwise; `p` may be a tensor that broadcasts.

    Parameters
    ----------
    p : float or Tensor
        From 0 to 1.
    generator : Generator, optional
        What to draw from.

    Raises
    ------
    ArgumentError
        If a probability is outside of [0, 1].
    """
    chances = p.array if isinstance(p, Handle) else p
    return self._write(
        lambda x: _made(
            _zeros_and_ones(chances, x.shape, generator, "bernoulli_").astype(x.dtype)
        ),
        "bernoulli_",
    )  # fmt: skip


def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Any = None) -> Tensor:
    """Waiting times between events that come at the rate `lambd`.

    Raises
    ------
    ArgumentError
        If the rate is not above 0.
    DtypeError
        If the tensor is not of floats.
    """
    self._check_draws("exponential_")
    _above_0(lambd, "exponential_ with lambd")
    return _filled(self, "exponential_", lambda s: random.exponential(s, generator) / lambd)


def geometric_(self: Tensor, p: float, *, generator: Any = None) -> Tensor:
    """How many trials it takes until the first success, each succeeding with probability p.

    Raises
    ------
    ArgumentError
        If p is not above 0 and below 1.
    """
    if not 0 < p < 1:
        raise ArgumentError(f"geometric_ with p={p}", "no probability of a trial", "use 0 < p < 1")
    # The inverse of its distribution: the number of trials is a waiting time, rounded up.
    rate = -float(np.log1p(-p))
    return _filled(
        self, "geometric_",
        lambda s: np.maximum(1.0, np.ceil(random.exponential(s, generator) / rate)),
    )  # fmt: skip


def cauchy_(
    self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None
) -> Tensor:
    """Numbers from the Cauchy distribution, which has no mean.

    Raises
    ------
    ArgumentError
        If sigma is not above 0.
    DtypeError
        If the tensor is not of floats.
    """
    self._check_draws("cauchy_")
    _above_0(sigma, "cauchy_ with sigma")
    return _filled(
        self, "cauchy_",
        lambda s: median
        + sigma * np.tan(np.pi * (random.uniform(s, np.float64, generator) - 0.5)),
    )  # fmt: skip


def log_normal_(
    self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Any = None
) -> Tensor:
    """Numbers whose logarithms are normal, of this mean and standard deviation.

    Raises
    ------
    ArgumentError
        If std is not above 0.
    DtypeError
        If the tensor is not of floats.
    """
    self._check_draws("log_normal_")
    _above_0(std, "log_normal_ with std")
    return _filled(
        self, "log_normal_",
        lambda s: np.exp(mean + std * np.asarray(random.normal(s, np.float64, generator))),
    )  # fmt: skip


def random_(self: Tensor, from_: Any = 0, to: Any = None, *, generator: Any = None) -> Tensor:
    """Whole numbers from `from_` to `to - 1`; `random_(to)` begins at 0.

    Without bounds it fills what the dtype holds exactly: all numbers from 0 on.

    Raises
    ------
    ArgumentError
        If no whole number lies between, or the dtype cannot hold them.
    """
    from tinygradx.tensor.creation import _range

    _, most = _range(self.dtype)
    if to is None:
        from_, to = (0, most + 1) if from_ == 0 else (0, from_)
    return self._write(
        lambda x: randint(from_, min(to, 2**63 - 1), x.shape, generator=generator, dtype=x.dtype),
        "random_",
    )


def _filled(self: Tensor, name: str, draw: Any) -> Tensor:
    """Write what is drawn in double precision."""
    return self._write(lambda x: _made(np.asarray(draw(x.shape)).astype(x.dtype)), name)


def _above_0(value: float, asked: str) -> None:
    if not value > 0:
        raise ArgumentError(f"{asked}={value}", "not above 0", "use a number above 0")


def _floats(x: Any, asked: str) -> None:
    if not isinstance(x, Tensor) or x.dtype.kind != "f":
        got = f"dtype {x.dtype}" if isinstance(x, Tensor) else f"a {type(x).__name__}"
        raise DtypeError(asked, got, "pass a tensor of floats: x.float()")


def _made(array: Any) -> Tensor:
    return wrap(Tensor, np.asarray(array))  # type: ignore[return-value]


for _function in (
    bernoulli, multinomial, bernoulli_, exponential_, geometric_, cauchy_, log_normal_, random_,
):  # fmt: skip
    setattr(Tensor, _function.__name__, _function)

__all__ = [
    "bernoulli", "multinomial", "normal", "poisson", "rand_like", "randint_like", "randn_like",
]  # fmt: skip
