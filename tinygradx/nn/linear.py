"""Linear and bilinear: every output a weighted sum of all inputs, or of all their products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.nn import functional, init
from tinygradx.nn.functional import linear
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.tensor import Tensor, zeros


class Linear(Module):
    """`y = x @ weight.T + bias`.

    Both begin uniformly within ±1/√in_features, which is what PyTorch's
    `kaiming_uniform_(a=√5)` comes to. He et al. (2015), arXiv:1502.01852.

    Parameters
    ----------
    in_features, out_features : int
        The last size of the input, and of the output.
    bias : bool
        Whether there is one.
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.

    Attributes
    ----------
    weight : Parameter
        Of shape (out_features, in_features).
    bias : Parameter or None
        Of shape (out_features,).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.Linear(2, 3)
    >>> layer(tgx.ones(5, 2)).shape
    (5, 3)
    >>> layer
    Linear(2 → 3, bias=True)        # 9 params
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        for name, size in (("in_features", in_features), ("out_features", out_features)):
            if not isinstance(size, (int, np.integer)):
                raise DtypeError(
                    f"Linear with {name}={size!r:.40}", f"a {type(size).__name__}",
                    "pass a whole number, such as 16",
                )  # fmt: skip
            if size < 1:
                raise ArgumentError(f"Linear with {name}={size}", "no size", "use 1 or more")
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(zeros(out_features, in_features, dtype=dtype, device=device))
        self.bias = Parameter(zeros(out_features, dtype=dtype, device=device)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new values; see `manual_seed`."""
        bound = 1.0 / math.sqrt(self.in_features)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Of shape (..., out_features) for (..., in_features)."""
        return linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The sizes."""
        return f"{self.in_features} → {self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """`y[o] = x1 @ weight[o] @ x2 + bias[o]`: every output a weighted sum of all products.

    Parameters
    ----------
    in1_features, in2_features, out_features : int
        The last sizes of both inputs, and of the output.
    bias : bool
        Whether there is one.
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.

    Attributes
    ----------
    weight : Parameter
        Of shape (out_features, in1_features, in2_features); uniform within ±1/√in1_features.
    bias : Parameter or None
        Of shape (out_features,).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.Bilinear(2, 3, 4)(tgx.ones(5, 2), tgx.ones(5, 3)).shape
    (5, 4)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        shape = out_features, in1_features, in2_features
        if min(shape) < 1:
            raise ArgumentError(f"Bilinear of sizes {shape}", "no size", "use 1 or more")
        self.in1_features, self.in2_features = in1_features, in2_features
        self.out_features = out_features
        self.weight = Parameter(zeros(shape, dtype=dtype, device=device))
        self.bias = Parameter(zeros(out_features, dtype=dtype, device=device)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new values; see `manual_seed`."""
        bound = 1.0 / math.sqrt(self.in1_features)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """Of shape (..., out_features)."""
        return functional.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The sizes."""
        return (
            f"{self.in1_features}, {self.in2_features} → {self.out_features}, "
            f"bias={self.bias is not None}"
        )
