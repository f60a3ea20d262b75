"""RNNCell, LSTMCell and GRUCell: a step at a time, for loops of one's own."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygradx.errors import ShapeError
from tinygradx.nn.functional import linear
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.nn.recurrent.shared import (
    RNN_OPS,
    check_input,
    check_nonlinearity,
    check_sizes,
    draw_weights,
)
from tinygradx.ops.recurrent import GRU as GRU_OP
from tinygradx.ops.recurrent import LSTM as LSTM_OP
from tinygradx.tensor import Tensor, zeros


class RNNCellBase(Module):
    """What cells share: their sizes and weights.

    Parameters
    ----------
    input_size, hidden_size, bias, device, dtype
        As for `RNN`.
    num_chunks : int
        How many gates there are: parts of the weights.

    Raises
    ------
    ArgumentError
        If a size is below 1.

    Examples
    --------
    >>> from tinygradx import nn
    >>> isinstance(nn.LSTMCell(3, 5), nn.RNNCellBase)
    True
    """

    states: ClassVar[tuple[str, ...]] = ("hx",)

    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(type(self).__name__, input_size=input_size, hidden_size=hidden_size)
        check_sizes(type(self).__name__, num_chunks=num_chunks)
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size

        def weight(*shape: int) -> Parameter:
            return Parameter(zeros(*shape, dtype=dtype, device=device))

        self.weight_ih, self.weight_hh = weight(rows, input_size), weight(rows, hidden_size)
        self.bias_ih, self.bias_hh = (weight(rows), weight(rows)) if bias else (None, None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new values, uniformly within ±1/√hidden_size; see `manual_seed`."""
        draw_weights(self, self.hidden_size)

    def _given(self, input: Any, hx: Any) -> tuple[Any, list[Any], bool]:
        """The input and the states with a batch each, and whether they came without."""
        kind, many = type(self).__name__, len(self.states)
        shapes = "(N, input_size), or (input_size,)"
        check_input(kind, input, self.input_size, (1, 2), shapes, self.weight_ih)
        shape = (*input.shape[:-1], self.hidden_size)
        states: list[Any]
        if hx is None:
            states = [zeros(*shape, dtype=input.dtype) for _ in self.states]
        else:
            states = list(hx) if many > 1 else [hx]
        if len(states) != many:
            pair = ", ".join(self.states)
            raise ShapeError(f"{kind} with hx", f"{len(states)} states", f"pass the pair ({pair})")
        for name, state in zip(self.states, states, strict=True):
            if not isinstance(state, Tensor) or state.shape != shape:
                raise ShapeError(
                    f"{kind} of an input of shape {input.shape}",
                    f"{name} of shape {getattr(state, 'shape', type(state).__name__)}",
                    f"pass {name} of shape {shape}",
                )  # fmt: skip
        if input.ndim == 2:
            return input, states, False
        return input.unsqueeze(0), [state.unsqueeze(0) for state in states], True

    def extra_repr(self) -> str:
        """The sizes, and the settings that are not the usual ones."""
        text = f"{self.input_size} → {self.hidden_size}"
        text += "" if self.bias else ", bias=False"
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text if nonlinearity == "tanh" else f"{text}, nonlinearity={nonlinearity!r}"


class RNNCell(RNNCellBase):
    """One step of an `RNN`.

    Parameters
    ----------
    input_size, hidden_size, bias, nonlinearity, device, dtype
        As for `RNN`.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        As of `RNN`.

    Raises
    ------
    ShapeError, ArgumentError
        If shapes do not fit, or a setting is not known.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> cell = tgx.nn.RNNCell(3, 5)
    >>> cell(tgx.ones(2, 3)).shape
    (2, 5)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = check_nonlinearity("RNNCell", nonlinearity)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next state, (N, hidden_size), of an input (N, input_size) and a state or zeros."""
        x, (h,), alone = self._given(input, hx)
        inside = linear(x, self.weight_ih, self.bias_ih) + linear(h, self.weight_hh, self.bias_hh)
        out = RNN_OPS[self.nonlinearity].activation(inside)
        return out.squeeze(0) if alone else out  # type: ignore[no-any-return]


class LSTMCell(RNNCellBase):
    """One step of an `LSTM`.

    Parameters
    ----------
    input_size, hidden_size, bias, device, dtype
        As for `RNN`.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        As of `LSTM`.

    Raises
    ------
    ShapeError, ArgumentError
        If shapes do not fit, or a size is below 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> cell = tgx.nn.LSTMCell(3, 5)
    >>> h, c = cell(tgx.ones(2, 3))
    >>> h.shape, c.shape
    ((2, 5), (2, 5))
    """

    states = ("h_0", "c_0")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """The next h and c, (N, hidden_size), of an input (N, input_size) and a pair or zeros."""
        x, (h, c), alone = self._given(input, hx)
        inside = linear(x, self.weight_ih, self.bias_ih) + linear(h, self.weight_hh, self.bias_hh)
        h, c = LSTM_OP.next(inside, c)
        return (h.squeeze(0), c.squeeze(0)) if alone else (h, c)


class GRUCell(RNNCellBase):
    """One step of a `GRU`.

    Parameters
    ----------
    input_size, hidden_size, bias, device, dtype
        As for `RNN`.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        As of `GRU`.

    Raises
    ------
    ShapeError, ArgumentError
        If shapes do not fit, or a size is below 1.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> cell = tgx.nn.GRUCell(3, 5)
    >>> cell(tgx.ones(2, 3)).shape
    (2, 5)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next state, (N, hidden_size), of an input (N, input_size) and a state or zeros."""
        x, (h,), alone = self._given(input, hx)
        inside = linear(x, self.weight_ih, self.bias_ih)
        out = GRU_OP.next(inside, linear(h, self.weight_hh, self.bias_hh), h)
        return out.squeeze(0) if alone else out  # type: ignore[no-any-return]
