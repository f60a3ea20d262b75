"""Data shared out: a part to learn from, and a part to be judged by."""

from __future__ import annotations

from tinygradx.data.toys import from_seed
from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.tensor import Tensor


def split(
    x: Tensor, y: Tensor, held_out: float = 0.2, seed: int = 0
) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Share samples out by chance: most to learn from, some to be judged by.

    Parameters
    ----------
    x : Tensor
        Samples, of shape (N, ...).
    y : Tensor
        What belongs to them, of shape (N, ...).
    held_out : float
        The part that is held out, between 0 and 1; it is rounded to whole samples.
    seed : int
        From 0 on. The same seed shares out alike; `manual_seed` has no part in it.

    Returns
    -------
    (x_train, y_train), (x_held, y_held) : tuple of tuple of Tensor
        Copies, in random order.

    Raises
    ------
    ShapeError
        If there are not as many `x` as `y`.
    ArgumentError
        If one of the two parts would be empty, or the seed is no whole number from 0 on.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> (x, y), (x_held, y_held) = tgx.data.split(*tgx.data.digits())
    >>> x.shape, y_held.shape
    ((1438, 64), (359,))
    """
    if not x.ndim or not y.ndim or len(x) != len(y):
        raise ShapeError(
            f"split tensors of shapes {x.shape} and {y.shape}",
            "first sizes that differ" if x.ndim and y.ndim else "a tensor without samples",
            "pass one y for every x, along the first dimension",
        )
    count = len(x)
    held = round(count * held_out)
    if not 0 < held < count:
        raise ArgumentError(
            f"hold out {held_out:g} of {count} samples",
            f"{held} held out and {count - held} to learn from",
            "choose held_out so that neither is 0, as in held_out=0.2",
        )
    order = from_seed("split", seed).permutation(count)
    train, rest = order[held:], order[:held]
    return (x[train], y[train]), (x[rest], y[rest])
