"""The leaky ReLU with random slopes, as a layer: it knows whether a network is trained."""

from __future__ import annotations

from tinygradx.nn import functional
from tinygradx.nn.module import Module
from tinygradx.ops.rrelu import check_slopes
from tinygradx.tensor import Tensor


class RReLU(Module):
    """x above 0; below, x times a slope that is drawn in training; see `functional.rrelu`.

    Parameters
    ----------
    lower, upper : float
        Between which the slopes lie; in evaluation all are the mean of both.
    inplace : bool
        Write to the memory of the input, and answer it.

    Raises
    ------
    ArgumentError
        If lower is above upper.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.RReLU(0.2, 0.4).eval()(tgx.tensor([-1.0, 2.0]))
    tensor([-0.3000,  2.0000])
    """

    def __init__(
        self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False
    ) -> None:
        super().__init__()
        self.lower, self.upper = check_slopes(lower, upper, "RReLU")
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Of the shape of the input."""
        return functional.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """Both ends of the slopes."""
        said = f"lower={self.lower}, upper={self.upper}"
        return f"{said}, inplace=True" if self.inplace else said
