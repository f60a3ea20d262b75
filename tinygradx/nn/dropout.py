"""Dropout as a layer."""

from __future__ import annotations

from tinygradx.nn import functional
from tinygradx.nn.module import Module
from tinygradx.ops.dropout import check_share
from tinygradx.tensor import Tensor


class Dropout(Module):
    """In training, each element 0 with probability p; otherwise what goes in comes out.

    See `functional.dropout`. Srivastava et al. (2014).

    Parameters
    ----------
    p : float
        From 0 to 1: the share that is dropped.
    inplace : bool
        Taken for compatibility; the result is the same, and is written to fresh memory.

    Raises
    ------
    ArgumentError
        If p is no share of one.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.Dropout(0.2)
    >>> layer(tgx.ones(1000)).max()
    tensor(1.2500)
    >>> layer.eval()(tgx.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        self.p, self.inplace = check_share(p, "Dropout"), inplace

    def forward(self, input: Tensor) -> Tensor:
        """Of the shape of the input."""
        return functional.dropout(input, self.p, self.training, self.inplace)  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        """The share, as PyTorch prints it."""
        return f"p={self.p}, inplace={self.inplace}"
