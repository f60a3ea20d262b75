"""What a number must be: above 0, whole, a share of 1 ...; said in words, and checked.

A distribution says with these what its parameters and its samples may be (`arg_constraints`,
`support`), so that a negative scale is an error in words and not a NaN an hour later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygradx.graph import no_grad
from tinygradx.ops.linalg import cholesky_ex, eigvalsh
from tinygradx.tensor import Tensor, as_tensor, ones

#: How far shares may miss a sum of 1, and a matrix its mirror image: PyTorch's.
NEARLY = 1e-6


class Constraint:
    """A condition on numbers, or on rows or matrices of them.

    Parameters
    ----------
    words : str
        What is asked, as it stands in an error: "above 0".
    test : callable
        From a tensor to a tensor of bools, with `event_dim` dimensions less.
    event_dim : int
        How many of the last dimensions are judged together: 1 for a row, 2 for a matrix.
    is_discrete : bool
        Whether only whole numbers are allowed.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.distributions import constraints
    >>> constraints.positive.check(tgx.tensor([2.0, 0.0]))
    tensor([ True, False])
    """

    def __init__(
        self,
        words: str,
        test: Callable[[Any], Any],
        event_dim: int = 0,
        is_discrete: bool = False,
    ) -> None:
        self.words, self.test = words, test
        self.event_dim, self.is_discrete = event_dim, is_discrete

    def check(self, value: Any) -> Tensor:
        """Whether each number, row or matrix is as it should be."""
        with no_grad():
            return self.test(as_tensor(value))  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<constraint: {self.words}>"


def _whole(x: Any) -> Any:
    return x == x.floor()


def interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """From a lower to an upper bound, both included."""
    words = f"from {_said(lower_bound)} to {_said(upper_bound)}"
    return Constraint(words, lambda x: (lower_bound <= x) & (x <= upper_bound))


def integer_interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """A whole number from a lower to an upper bound, both included."""
    words = f"a whole number from {_said(lower_bound)} to {_said(upper_bound)}"
    return Constraint(
        words, lambda x: _whole(x) & (lower_bound <= x) & (x <= upper_bound), is_discrete=True
    )


def greater_than(lower_bound: Any) -> Constraint:
    """Above a bound."""
    return Constraint(f"above {_said(lower_bound)}", lambda x: x > lower_bound)


def greater_than_eq(lower_bound: Any) -> Constraint:
    """A bound, or above it."""
    return Constraint(f"{_said(lower_bound)} or more", lambda x: x >= lower_bound)


def half_open_interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """From a lower bound up to an upper one, which is not included."""
    words = f"from {_said(lower_bound)} to below {_said(upper_bound)}"
    return Constraint(words, lambda x: (lower_bound <= x) & (x < upper_bound))


def less_than(upper_bound: Any) -> Constraint:
    """Below a bound."""
    return Constraint(f"below {_said(upper_bound)}", lambda x: x < upper_bound)


def multinomial(upper_bound: Any) -> Constraint:
    """A row of counts, together at most a bound."""
    return Constraint(
        f"whole numbers from 0 on, together at most {_said(upper_bound)}",
        lambda x: (_whole(x) & (x >= 0)).all(-1) & (x.sum(-1) <= upper_bound),
        event_dim=1,
        is_discrete=True,
    )


def independent(base_constraint: Constraint, reinterpreted_batch_ndims: int) -> Constraint:
    """A condition on numbers as one on whole rows or matrices: it holds where it holds for all."""
    base, dims = base_constraint, reinterpreted_batch_ndims
    return Constraint(
        f"{base.words}, in every place",
        lambda x: _all_of_last(base.test(x), dims),
        base.event_dim + dims,
        base.is_discrete,
    )


def _all_of_last(x: Any, dims: int) -> Any:
    for _ in range(dims):
        x = x.all(-1)
    return x


def _said(bound: Any) -> str:
    if isinstance(bound, Tensor):
        return f"{bound.item():g}" if bound.numel() == 1 else "its bound"
    return f"{bound:g}"


def _is_lower(x: Any) -> Any:
    return (x.tril() == x).all(-1).all(-1) & (x.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


def _is_square(x: Any) -> Any:
    return ones(tuple(x.shape[:-2]), dtype=bool) & (x.shape[-1] == x.shape[-2])


def _is_symmetric(x: Any) -> Any:
    if x.shape[-1] != x.shape[-2]:
        return _is_square(x)
    return ((x - x.mT).abs() <= NEARLY * x.abs().clamp(min=1.0)).all(-1).all(-1)


def _is_positive_semidefinite(x: Any) -> Any:
    even = _is_symmetric(x)
    return even & (eigvalsh(x) >= -NEARLY).all(-1) if x.shape[-1] == x.shape[-2] else even


def _is_positive_definite(x: Any) -> Any:
    even = ((x - x.mT).abs() <= NEARLY * x.abs().clamp(min=1.0)).all(-1).all(-1)
    return even & (cholesky_ex(x).info == 0)


#: Any number, but no NaN.
real = Constraint("a number", lambda x: x == x)
positive = greater_than(0.0)
nonnegative = greater_than_eq(0.0)
unit_interval = interval(0.0, 1.0)
boolean = Constraint("0 or 1", lambda x: (x == 0) | (x == 1), is_discrete=True)
nonnegative_integer = Constraint(
    "a whole number from 0 on", lambda x: _whole(x) & (x >= 0), is_discrete=True
)
positive_integer = Constraint(
    "a whole number from 1 on", lambda x: _whole(x) & (x >= 1), is_discrete=True
)
real_vector = independent(real, 1)
simplex = Constraint(
    "shares from 0 on that add up to 1",
    lambda x: (x >= 0).all(-1) & ((x.sum(-1) - 1.0).abs() < NEARLY),
    event_dim=1,
)
one_hot = Constraint(
    "a row of zeros with a single 1",
    lambda x: ((x == 0) | (x == 1)).all(-1) & (x.sum(-1) == 1),
    event_dim=1,
    is_discrete=True,
)
square = Constraint("a square matrix", _is_square, event_dim=2)
symmetric = Constraint("a symmetric matrix", _is_symmetric, event_dim=2)
lower_triangular = Constraint(
    "a lower triangular matrix", lambda x: (x.tril() == x).all(-1).all(-1), event_dim=2
)
positive_semidefinite = Constraint(
    "a symmetric matrix with eigenvalues from 0 on", _is_positive_semidefinite, event_dim=2
)
lower_cholesky = Constraint(
    "a lower triangular matrix with a diagonal above 0", _is_lower, event_dim=2
)
positive_definite = Constraint(
    "a symmetric matrix with eigenvalues above 0", _is_positive_definite, event_dim=2
)

__all__ = [
    "Constraint", "boolean", "greater_than", "greater_than_eq", "half_open_interval", "independent",
    "integer_interval", "interval", "less_than", "lower_cholesky", "lower_triangular",
    "multinomial", "nonnegative", "nonnegative_integer", "one_hot", "positive",
    "positive_definite", "positive_integer", "positive_semidefinite", "real", "real_vector",
    "simplex", "square", "symmetric", "unit_interval",
]  # fmt: skip
