"""Distribution: what all of them share, from shapes and checks to sampling."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np

from tinygradx.distributions.constraints import Constraint, unit_interval
from tinygradx.errors import ArgumentError, DtypeError, ShapeError, TeachingError
from tinygradx.graph import no_grad
from tinygradx.ops.broadcasting import broadcast_tensors
from tinygradx.ops.promotion import get_default_dtype, result_type
from tinygradx.tensor import Tensor, as_tensor
from tinygradx.tensor.kinds import Size


class NotOfferedError(TeachingError, NotImplementedError):
    """What a distribution does not have, or nobody has a formula for."""


class derived:  # noqa: N801
    """A property that a value of the same name, given by the user, stands in front of.

    So `probs` is computed from `logits` where the logits were given, and the other way round.
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function, self.__doc__ = function, function.__doc__

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        return self if owner is None else self.function(owner)


class Distribution:
    """The base of all distributions: how likely numbers are, and how to draw some.

    A tensor that is drawn has the shape `sample_shape + batch_shape + event_shape`: how many were
    asked for, how many distributions stand beside one another in the parameters, and what one draw
    of one of them is. `log_prob` answers one number for each event.

    Parameters
    ----------
    batch_shape, event_shape : tuple of int
        As above.
    validate_args : bool, optional
        Whether parameters and values are checked; `set_default_validate_args` sets the default,
        which is True.

    Attributes
    ----------
    arg_constraints : dict
        What each parameter must be.
    support : Constraint
        What can be drawn.
    has_rsample : bool
        Whether gradients reach the parameters through what is drawn.
    has_enumerate_support : bool
        Whether all that can be drawn can be listed.

    Raises
    ------
    ArgumentError
        If a parameter is not what `arg_constraints` says.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> normal = tgx.distributions.Normal(tgx.zeros(3), 1.0)
    >>> normal.sample((5,)).shape, normal.batch_shape, normal.event_shape
    ((5, 3), (3,), ())
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {}
    support: Any = None
    has_rsample: bool = False
    has_enumerate_support: bool = False
    _validates: ClassVar[bool] = True

    def __init__(
        self,
        batch_shape: tuple[int, ...] = (),
        event_shape: tuple[int, ...] = (),
        validate_args: bool | None = None,
    ) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        self._validate_args = self._validates if validate_args is None else bool(validate_args)
        if self._validate_args:
            for name, constraint in self.arg_constraints.items():
                if name in vars(self):
                    check(f"{type(self).__name__} with {name}", getattr(self, name), constraint)

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Choose whether parameters and values are checked where nothing else is said."""
        Distribution._validates = bool(value)

    # ---- shapes ---------------------------------------------------------------------------------

    @property
    def batch_shape(self) -> Size:
        """The shape of the parameters: how many distributions stand beside one another."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one draw: () for a number, (n,) for a row that is drawn together."""
        return self._event_shape

    def expand(self, batch_shape: tuple[int, ...], _instance: Any = None) -> Self:
        """The same distribution for a larger batch, without copying its parameters.

        Raises
        ------
        ShapeError
            If the batch of the distribution does not broadcast to it.
        """
        new = copy.copy(self) if _instance is None else _instance
        for name, constraint in self.arg_constraints.items():
            if name in vars(self):
                value = getattr(self, name)
                own = value.shape[value.ndim - constraint.event_dim :]
                setattr(new, name, value.expand((*batch_shape, *own)))
        new._batch_shape = Size(batch_shape)
        return new

    def _full_shape(self, sample_shape: Any) -> tuple[int, ...]:
        if not isinstance(sample_shape, (tuple, list)):
            raise DtypeError(
                f"sample with sample_shape={sample_shape!r:.40}",
                f"a {type(sample_shape).__name__}", f"pass a tuple: ({sample_shape!r:.20},)",
            )  # fmt: skip
        return (*sample_shape, *self._batch_shape, *self._event_shape)

    @property
    def _dtype(self) -> Any:
        """The dtype of the parameters, and of what is computed."""
        for name in self.arg_constraints:
            if name in vars(self):
                return getattr(self, name).dtype
        return get_default_dtype()

    # ---- drawing --------------------------------------------------------------------------------

    def sample(self, sample_shape: Any = (), *, generator: Any = None) -> Any:
        """Draw, without history.

        Parameters
        ----------
        sample_shape : tuple of int
            How many draws.
        generator : Generator, optional
            What to draw from; the one that `manual_seed` seeds when left out.

        Returns
        -------
        Tensor
            Of shape `sample_shape + batch_shape + event_shape`.
        """
        with no_grad():
            return self._sample(self._full_shape(sample_shape), generator)

    def rsample(self, sample_shape: Any = (), *, generator: Any = None) -> Any:
        """Draw so that gradients reach the parameters: a function of them and of fixed noise.

        Kingma & Welling (2014), "Auto-encoding variational Bayes", arXiv:1312.6114.

        Raises
        ------
        NotOfferedError
            If there is no such function, as for counts.
        """
        if not self.has_rsample:
            raise NotOfferedError(
                f"rsample of {type(self).__name__}", "draws with no slope along the parameters",
                "use sample(), and log_prob(drawn) * reward for a gradient (REINFORCE)",
            )  # fmt: skip
        return self._rsample(self._full_shape(sample_shape), generator)

    def _sample(self, shape: tuple[int, ...], generator: Any) -> Any:
        return self._rsample(shape, generator)

    def _rsample(self, shape: tuple[int, ...], generator: Any) -> Any:
        raise self._missing("sample")

    # ---- how likely -----------------------------------------------------------------------------

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density, or of the probability, at a value.

        Parameters
        ----------
        value : Tensor or number
            Of a shape that broadcasts with `batch_shape + event_shape`.

        Returns
        -------
        Tensor
            One number for each event.

        Raises
        ------
        ArgumentError, ShapeError
            If the value cannot be drawn from this distribution, or has another shape.
        """
        return self._log_prob(self._checked(value))

    def cdf(self, value: Any) -> Any:
        """The probability of a draw up to a value; errors are those of `log_prob`."""
        return self._cdf(self._checked(value))

    def icdf(self, value: Any) -> Any:
        """The value below which a draw falls with this probability: the inverse of `cdf`.

        Raises
        ------
        ArgumentError
            If a probability is not from 0 to 1.
        """
        p = self._as_own(value)
        if self._validate_args:
            check(f"icdf of {type(self).__name__}", p, unit_interval)
        return self._icdf(p)

    def _log_prob(self, value: Any) -> Any:
        raise self._missing("log_prob")

    def _cdf(self, value: Any) -> Any:
        raise self._missing("cdf")

    def _icdf(self, value: Any) -> Any:
        raise self._missing("icdf")

    def _as_own(self, value: Any) -> Tensor:
        """A value as a tensor of the distribution's own dtype, unless it is of other floats."""
        x = value if isinstance(value, Tensor) else as_tensor(value, dtype=self._dtype)
        return x if x.dtype.kind == "f" else x.to(self._dtype)

    def _checked(self, value: Any) -> Tensor:
        """A value as a tensor; refuses what can never be drawn."""
        x = self._as_own(value)
        if not self._validate_args:
            return x
        name = type(self).__name__
        own = (*self._batch_shape, *self._event_shape)
        pairs = zip(reversed(x.shape), reversed(own), strict=False)
        short = x.ndim < len(self._event_shape)
        if short or not all(a == b or 1 in (a, b) for a, b in pairs):
            raise ShapeError(
                f"a value of shape {x.shape} for {name}",
                f"a distribution of shape {own} (batch {tuple(self._batch_shape)}, "
                f"event {tuple(self._event_shape)})",
                "make the last sizes equal, or 1",
            )
        if self.support is not None:
            check(f"a value of {name}", x, self.support)
        return x

    # ---- what it is like ------------------------------------------------------------------------

    @property
    def mean(self) -> Any:
        """The mean; NaN where there is none."""
        return self._mean()

    @property
    def mode(self) -> Any:
        """The most likely value; NaN where there is no single one."""
        return self._mode()

    @property
    def variance(self) -> Any:
        """The mean square distance from the mean; infinite or NaN where there is none."""
        return self._variance()

    @property
    def stddev(self) -> Any:
        """The square root of the variance."""
        return self.variance.sqrt()

    def entropy(self) -> Any:
        """The mean of `-log_prob`, in nats: Shannon (1948); one number for each of the batch."""
        return self._entropy()

    def perplexity(self) -> Any:
        """The exponential of the entropy: among how many equal choices there is as much doubt."""
        return self.entropy().exp()

    def enumerate_support(self, expand: bool = True) -> Any:
        """All that can be drawn, along a new first dimension.

        Parameters
        ----------
        expand : bool
            Whether to repeat it over the batch, instead of leaving sizes of 1 there.

        Raises
        ------
        NotOfferedError
            If it cannot be listed.
        """
        if not self.has_enumerate_support:
            raise self._missing("enumerate_support")
        values = self._values()
        ones = (1,) * len(self._batch_shape)
        values = values.reshape((values.shape[0], *ones, *self._event_shape))
        if expand:
            values = values.expand((values.shape[0], *self._batch_shape, *self._event_shape))
        return values

    def _mean(self) -> Any:
        raise self._missing("mean")

    def _mode(self) -> Any:
        raise self._missing("mode")

    def _variance(self) -> Any:
        raise self._missing("variance")

    def _entropy(self) -> Any:
        raise self._missing("entropy")

    def _values(self) -> Any:
        raise self._missing("enumerate_support")

    def _missing(self, what: str) -> NotOfferedError:
        return NotOfferedError(
            f"{what} of {type(self).__name__}", "no formula for it here",
            "estimate it from samples: d.sample((10_000,))",
        )  # fmt: skip

    def __repr__(self) -> str:
        said = []
        for name in self.arg_constraints:
            if name in vars(self):
                value = getattr(self, name)
                said.append(f"{name}: {value.item() if value.numel() == 1 else value.shape}")
        return f"{type(self).__name__}({', '.join(said)})"


def check(asked: str, value: Any, constraint: Constraint) -> None:
    """Refuse numbers that are not as they should be, naming the first of them."""
    right = constraint.check(value).array
    if not right.all():
        last = value.shape[value.ndim - constraint.event_dim :]
        wrong = np.broadcast_to(value.array, (*right.shape, *last))[~right]
        first = np.array2string(wrong[0], precision=4, threshold=8)
        raise ArgumentError(
            asked, f"{len(wrong)} of {right.size} values that are not {constraint.words}: {first}",
            f"pass values that are {constraint.words}",
        )  # fmt: skip


def broadcast_all(*values: Any) -> tuple[Any, ...]:
    """Numbers and tensors as tensors of floats, of one dtype and one shape.

    Raises
    ------
    DtypeError, ShapeError
        If one is neither, or their shapes do not broadcast.
    """
    for value in values:
        if not isinstance(value, (Tensor, int, float, np.ndarray, np.generic, list, tuple)):
            raise DtypeError(
                "parameters of a distribution", f"a {type(value).__name__}",
                "pass numbers or tensors",
            )  # fmt: skip
    floats = [
        v.array if isinstance(v, Tensor) else v
        for v in values
        if isinstance(v, (Tensor, np.ndarray)) and v.dtype.kind == "f"
    ]
    dtype = result_type(floats) if floats else get_default_dtype()
    made = [v.to(dtype) if isinstance(v, Tensor) else as_tensor(v, dtype=dtype) for v in values]
    return tuple(broadcast_tensors(*made))


def one_of(name: str, **given: Any) -> str:
    """Which of several parameters was given; exactly one must be."""
    there = [key for key, value in given.items() if value is not None]
    if len(there) != 1:
        raise ArgumentError(
            name, f"{' and '.join(there) or 'none'} of {', '.join(given)}",
            f"pass exactly one, such as {name}({next(iter(given))}=...)",
        )  # fmt: skip
    return there[0]
