"""Dropout as layers."""

from __future__ import annotations

from tinygradx.nn import functional
from tinygradx.nn.module import Module
from tinygradx.ops.dropout import check_share
from tinygradx.tensor import Tensor


class _Dropout(Module):
    """What all kinds of dropout share.

    Parameters
    ----------
    p : float
        From 0 to 1: the share that is dropped.
    inplace : bool
        Write to the memory of the input, and answer it.

    Raises
    ------
    ArgumentError
        If p is no share of one.
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        self.p, self.inplace = check_share(p, type(self).__name__), inplace

    def extra_repr(self) -> str:
        """The share, as PyTorch prints it."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """In training, each element 0 with probability p; otherwise what goes in comes out.

    See `functional.dropout`. Srivastava et al. (2014).

    Parameters
    ----------
    p : float
        From 0 to 1: the share that is dropped.
    inplace : bool
        Write to the memory of the input, and answer it.

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

    def forward(self, input: Tensor) -> Tensor:
        """Of the shape of the input."""
        return functional.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """`Dropout` of whole channels of sequences (N, C, L); see `functional.dropout1d`."""

    def forward(self, input: Tensor) -> Tensor:
        """Of the shape of the input."""
        return functional.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """`Dropout` of whole channels of images (N, C, H, W); see `functional.dropout2d`."""

    def forward(self, input: Tensor) -> Tensor:
        """Of the shape of the input."""
        return functional.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """`Dropout` of whole channels of volumes (N, C, D, H, W); see `functional.dropout3d`."""

    def forward(self, input: Tensor) -> Tensor:
        """Of the shape of the input."""
        return functional.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance, for networks of SELUs; see `functional.alpha_dropout`.

    Klambauer et al. (2017), arXiv:1706.02515.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Of the shape of the input."""
        return functional.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """`AlphaDropout` of whole channels (N, C, ...); see `functional.feature_alpha_dropout`."""

    def forward(self, input: Tensor) -> Tensor:
        """Of the shape of the input."""
        return functional.feature_alpha_dropout(input, self.p, self.training)
