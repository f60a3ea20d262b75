"""RNN, LSTM and GRU: layers along whole sequences."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygradx.errors import ArgumentError, DtypeError, NotWrittenError, ShapeError
from tinygradx.nn.functional import dropout as drop
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
from tinygradx.nn.utils.rnn import PackedSequence
from tinygradx.ops.joining import cat, narrow, stack
from tinygradx.ops.products import matmul
from tinygradx.ops.recurrent import GRU as GRU_OP
from tinygradx.ops.recurrent import LSTM as LSTM_OP
from tinygradx.ops.recurrent import unrolled
from tinygradx.ops.shapes import reshape
from tinygradx.ops.slices import index_select
from tinygradx.ops.transposing import transpose
from tinygradx.tensor import Tensor, zeros

#: How many gates the cell of each mode has: parts of its weights.
GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class RNNBase(Module):
    """What recurrent layers share: their settings, their weights, and the way of a sequence.

    `RNN`, `LSTM` and `GRU` are made from it; by itself it has weights, and a class of one's own
    writes its `forward`.

    Parameters
    ----------
    mode : {"LSTM", "GRU", "RNN_TANH", "RNN_RELU"}
        Whose weights it has.
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype
        As for `RNN`.
    proj_size : int
        As for `LSTM`, and 0 in the other modes.

    Raises
    ------
    ArgumentError
        If there is no such mode, or a setting is out of its range.

    Examples
    --------
    >>> from tinygradx import nn
    >>> isinstance(nn.GRU(3, 5), nn.RNNBase)
    True
    >>> nn.RNNBase("GRU", 3, 5).weight_ih_l0.shape
    (15, 3)
    """

    #: The states that it carries, as errors call them.
    states: ClassVar[tuple[str, ...]] = ("h_0",)
    #: The operation on a whole sequence.
    op: Any = None

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        kind = type(self).__name__
        if mode not in GATES:
            raise ArgumentError(
                f"{kind} with mode={mode!r}", "no such mode", f"use one of {', '.join(GATES)}"
            )
        self.mode = mode
        check_sizes(kind, input_size=input_size, hidden_size=hidden_size, num_layers=num_layers)
        if isinstance(dropout, bool) or not 0.0 <= dropout <= 1.0:
            raise ArgumentError(
                f"{kind} with dropout={dropout!r}", "no share of one", "use a number from 0 to 1"
            )
        if not 0 <= proj_size < (hidden_size if mode == "LSTM" else 1):
            raise ArgumentError(
                f"{kind} with proj_size={proj_size}", f"mode {mode} and hidden_size={hidden_size}",
                "use a smaller number with an LSTM, or 0 for no projection",
            )  # fmt: skip
        if dropout and num_layers == 1:
            warnings.warn(
                f"{kind} drops between layers: dropout={dropout} does nothing with one layer",
                UserWarning, stacklevel=3,
            )  # fmt: skip
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        shown, rows = proj_size or hidden_size, GATES[mode] * hidden_size
        for layer in range(num_layers):
            width = input_size if layer == 0 else shown * (2 if bidirectional else 1)
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (rows, width), "weight_hh": (rows, shown),
            }  # fmt: skip
            if bias:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            if proj_size:
                shapes["weight_hr"] = (proj_size, hidden_size)
            for suffix in self._suffixes(layer):
                for name, shape in shapes.items():
                    value = zeros(*shape, dtype=dtype, device=device)
                    setattr(self, f"{name}_{suffix}", Parameter(value))
        self.reset_parameters()

    def _suffixes(self, layer: int) -> list[str]:
        """The ends of the names of a layer's weights: one for each direction."""
        return [f"l{layer}", f"l{layer}_reverse"][: 2 if self.bidirectional else 1]

    def reset_parameters(self) -> None:
        """Draw new values, uniformly within ±1/√hidden_size; see `manual_seed`."""
        draw_weights(self, self.hidden_size)

    def flatten_parameters(self) -> None:
        """Do nothing: there is no library that wants them in one piece."""

    def _weights(self, suffix: str) -> list[Parameter]:
        names = ["weight_ih", "weight_hh"]
        names += ["bias_ih", "bias_hh"] if self.bias else []
        names += ["weight_hr"] if self.proj_size else []
        return [getattr(self, f"{name}_{suffix}") for name in names]

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights, a list for every layer and direction."""
        suffixes = [s for layer in range(self.num_layers) for s in self._suffixes(layer)]
        return [self._weights(suffix) for suffix in suffixes]

    # ---- a sequence -----------------------------------------------------------------------------

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """The states of the last layer after every step, and the last states of all layers.

        Parameters
        ----------
        input : Tensor or PackedSequence
            Of shape (T, N, input_size); (N, T, input_size) with `batch_first`; (T, input_size) for
            one sequence.
        hx : Tensor or tuple of Tensor, optional
            The first states; zeros when left out. See the class for their shapes.
        """
        if isinstance(input, PackedSequence):
            data, batch_sizes, sorted_indices, unsorted_indices = input
            self._check(data, (2,), "a PackedSequence of (N, input_size)")
            sizes = tuple(batch_sizes.tolist())
            states = self._first(hx, sizes[0], data, False)
            if sorted_indices is not None and hx is not None:
                states = [index_select(state, 1, sorted_indices) for state in states]
            rows, last = self._run(data, states, sizes)
            if unsorted_indices is not None:
                last = [index_select(state, 1, unsorted_indices) for state in last]
            return PackedSequence(rows, *input[1:]), self._given_back(last)
        order = "(N, T, input_size)" if self.batch_first else "(T, N, input_size)"
        self._check(input, (2, 3), f"{order}, or (T, input_size)")
        alone = input.ndim == 2
        x = input
        if alone:
            x = x.unsqueeze(1)
        elif self.batch_first:
            x = transpose(x, 0, 1)
        steps, count, width = x.shape
        if not steps:
            raise ShapeError(
                type(self).__name__, f"an input of shape {input.shape}: no step",
                "pass sequences of at least one step",
            )  # fmt: skip
        states = self._first(hx, count, input, alone)
        rows, last = self._run(reshape(x, (steps * count, width)), states, (count,) * steps)
        out = reshape(rows, (steps, count, rows.shape[1]))
        if alone:
            return out.squeeze(1), self._given_back([state.squeeze(1) for state in last])
        return transpose(out, 0, 1) if self.batch_first else out, self._given_back(last)

    def _check(self, input: Any, ndims: tuple[int, ...], shapes: str) -> None:
        weight = self.weight_ih_l0  # type: ignore[attr-defined]
        check_input(type(self).__name__, input, self.input_size, ndims, shapes, weight)

    def _first(self, hx: Any, count: int, input: Any, alone: bool) -> list[Any]:
        """The first states, of shape (layers and directions, N, size) each."""
        kind, many = type(self).__name__, len(self.states)
        layers = self.num_layers * (2 if self.bidirectional else 1)
        widths = (self.proj_size or self.hidden_size, self.hidden_size)
        shapes = [(layers, count, width) for width in widths[:many]]
        if hx is None:
            return [zeros(*shape, dtype=input.dtype) for shape in shapes]
        given = hx if many > 1 else (hx,)
        if not isinstance(given, (tuple, list)) or len(given) != many:
            pair = ", ".join(self.states)
            raise ShapeError(f"{kind} with hx", f"a {type(hx).__name__}", f"pass the pair ({pair})")
        states: list[Any] = []
        for name, state, shape in zip(self.states, given, shapes, strict=True):
            expected = (shape[0], shape[2]) if alone else shape
            if not isinstance(state, Tensor) or state.shape != expected:
                raise ShapeError(
                    f"{kind} of {layers} layers × directions, and an input of shape {input.shape}",
                    f"{name} of shape {getattr(state, 'shape', type(state).__name__)}",
                    f"pass {name} of shape {expected}",
                )  # fmt: skip
            if state.dtype != input.dtype:
                raise DtypeError(
                    f"{kind} of {input.dtype}", f"{name} of {state.dtype}", "convert one of them"
                )
            states.append(state)
        return [state.unsqueeze(1) for state in states] if alone else states

    def _given_back(self, states: Sequence[Any]) -> Any:
        return tuple(states) if len(states) > 1 else states[0]

    def _run(
        self, rows: Any, states: Sequence[Any], sizes: tuple[int, ...]
    ) -> tuple[Any, list[Any]]:
        """All layers over rows; answers those of the last layer, and the last states."""
        last: list[list[Any]] = []
        for layer in range(self.num_layers):
            if layer and self.dropout:
                rows = drop(rows, self.dropout, self.training)
            sides = []
            for backwards, suffix in enumerate(self._suffixes(layer)):
                first = [state[len(last)] for state in states]
                side, after = self._along(rows, suffix, first, sizes, bool(backwards))
                sides.append(side)
                last.append(after)
            rows = cat(sides, 1) if self.bidirectional else sides[0]
        return rows, [stack(several) for several in zip(*last, strict=True)]

    def _along(
        self, rows: Any, suffix: str, first: list[Any], sizes: tuple[int, ...], backwards: bool
    ) -> tuple[Any, list[Any]]:
        """One layer in one direction: its rows, and its last states."""
        if self.op is None:
            raise NotWrittenError(
                f"run a {type(self).__name__}", "weights, and no forward",
                "use nn.RNN, nn.LSTM or nn.GRU, or write a forward in your class",
            )  # fmt: skip
        weights = self._weights(suffix)
        inside, others = self._projected(rows, weights)
        out = self.op.apply((inside, *others, *first), (sizes, backwards))
        total, count = len(inside.array), sizes[0]
        starts = range(total, len(out.array), count)
        return narrow(out, 0, 0, total), [narrow(out, 0, start, count) for start in starts]

    def _projected(self, rows: Any, weights: list[Parameter]) -> tuple[Any, list[Any]]:
        """What the inputs of all steps give to the gates, and what the operation takes besides."""
        bias = weights[2] + weights[3] if self.bias else None
        return linear(rows, weights[0], bias), [weights[1]]

    def extra_repr(self) -> str:
        """The sizes, and the settings that are not the usual ones."""
        text = f"{self.input_size} → {self.hidden_size}"
        usual = {
            "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0,
            "bidirectional": False, "proj_size": 0, "nonlinearity": "tanh",
        }  # fmt: skip
        for name, value in usual.items():
            if getattr(self, name, value) != value:
                text += f", {name}={getattr(self, name)!r}"
        return text


class RNN(RNNBase):
    """A state along a sequence: `h = tanh(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh)`.

    Elman (1990), "Finding structure in time".

    Parameters
    ----------
    input_size : int
        The last size of the input.
    hidden_size : int
        The size of the state.
    num_layers : int
        How many layers; each takes the states of the one below.
    nonlinearity : {"tanh", "relu"}
        What is applied in each step.
    bias : bool
        Whether there are `bias_ih` and `bias_hh`.
    batch_first : bool
        Whether the input and the output are (N, T, size) instead of (T, N, size).
    dropout : float
        The share of the states that is dropped between layers, in training.
    bidirectional : bool
        Whether every layer goes along the sequence from its end as well; the output then has the
        states of both directions side by side.
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        Of shapes (hidden_size, input_size), (hidden_size, hidden_size) and (hidden_size,); l1 and
        so on for the layers above, `_reverse` behind it for the other direction. All begin
        uniformly within ±1/√hidden_size.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes or dtypes do not fit, or a setting is not known.

    Notes
    -----
    Called with an input, a tensor or a `PackedSequence`, and perhaps the first state of shape
    (layers × directions, N, hidden_size), it answers the output of shape (T, N, directions ×
    hidden_size), and the last state in the shape of the first.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.RNN(3, 5, batch_first=True)
    >>> output, last = layer(tgx.ones(2, 7, 3))
    >>> output.shape, last.shape
    ((2, 7, 5), (1, 2, 5))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        mode = f"RNN_{check_nonlinearity('RNN', nonlinearity).upper()}"
        super().__init__(
            mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0,
            device, dtype,
        )  # fmt: skip
        self.nonlinearity = nonlinearity

    @property
    def op(self) -> Any:
        """The operation on a whole sequence."""
        return RNN_OPS[self.nonlinearity]


class LSTM(RNNBase):
    """Long short-term memory: a memory c that gates write to, keep and show as h.

    With i, f, g, o, the parts of `x @ w_ih.T + b_ih + h @ w_hh.T + b_hh`::

        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        h = sigmoid(o) * tanh(c)

    Hochreiter & Schmidhuber (1997), "Long short-term memory", with the gate f of Gers, Schmidhuber
    & Cummins (2000), "Learning to forget"; the projection is of Sak, Senior & Beaufays (2014),
    arXiv:1402.1128.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype
        As for `RNN`.
    proj_size : int
        Where it is not 0, h has this size: `h = h @ weight_hr.T`.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        As of `RNN`, with 4 × hidden_size rows, for i, f, g and o.
    weight_hr_l0 : Parameter
        With a projection: of shape (proj_size, hidden_size).

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes or dtypes do not fit, or a setting is not known.

    Notes
    -----
    As `RNN`, with a pair of states `(h, c)`: the first ones, of shapes (layers × directions, N,
    hidden_size or proj_size) and (layers × directions, N, hidden_size), and the last ones.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.LSTM(3, 5, num_layers=2, bidirectional=True)
    >>> output, (h, c) = layer(tgx.ones(7, 2, 3))
    >>> output.shape, h.shape, c.shape
    ((7, 2, 10), (4, 2, 5), (4, 2, 5))
    """

    states, op = ("h_0", "c_0"), LSTM_OP

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            "LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            proj_size, device, dtype,
        )  # fmt: skip

    def _along(
        self, rows: Any, suffix: str, first: list[Any], sizes: tuple[int, ...], backwards: bool
    ) -> tuple[Any, list[Any]]:
        if not self.proj_size:
            return super()._along(rows, suffix, first, sizes, backwards)
        weights = self._weights(suffix)
        inside, (weight,) = self._projected(rows, weights)
        turned = weights[-1].T

        def step(part: Any, h: Any, c: Any) -> tuple[Any, Any]:
            h, c = LSTM_OP.step(part, weight, h, c)
            return matmul(h, turned), c

        out, last = unrolled(step, inside, first, sizes, backwards)
        return out, list(last)


class GRU(RNNBase):
    """Gated recurrent unit: a state that is mixed with a new one.

    With r, z and x the parts of `x @ w_ih.T + b_ih`, and R, Z and H those of
    `h @ w_hh.T + b_hh`::

        r, z = sigmoid(r + R), sigmoid(z + Z)
        n = tanh(x + r * H)
        h = (1 - z) * n + z * h

    Cho et al. (2014), arXiv:1406.1078, with r applied after the product, as in PyTorch.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype
        As for `RNN`.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        As of `RNN`, with 3 × hidden_size rows, for r, z and n.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes or dtypes do not fit, or a setting is not known.

    Notes
    -----
    Called and answering as `RNN`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> output, last = tgx.nn.GRU(3, 5)(tgx.ones(7, 2, 3))
    >>> output.shape, last.shape
    ((7, 2, 5), (1, 2, 5))
    """

    op = GRU_OP

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            "GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            0, device, dtype,
        )  # fmt: skip

    def _projected(self, rows: Any, weights: list[Parameter]) -> tuple[Any, list[Any]]:
        if self.bias:
            return linear(rows, weights[0], weights[2]), [weights[1], weights[3]]
        nothing = zeros(weights[1].shape[0], dtype=rows.dtype)
        return linear(rows, weights[0]), [weights[1], nothing]
