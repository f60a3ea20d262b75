"""Transformers: layers of attention and small networks, with a way around each."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.nn import functional, init
from tinygradx.nn.attention import MultiheadAttention
from tinygradx.nn.container import ModuleList
from tinygradx.nn.dropout import Dropout
from tinygradx.nn.linear import Linear
from tinygradx.nn.module import Module
from tinygradx.nn.normalization import LayerNorm
from tinygradx.ops.activations import ACTIVATIONS
from tinygradx.ops.diagonals import triu
from tinygradx.tensor import Tensor, full

Activation = str | Callable[[Any], Any]


def _activation(activation: Activation) -> Callable[[Any], Any]:
    """A function as it is; by name, one of the registry."""
    if callable(activation):
        return activation
    if activation not in ACTIVATIONS:
        raise ArgumentError(
            f"a transformer with activation={activation!r}", "no activation of that name",
            'use "relu", "gelu", or a function such as nn.functional.silu',
        )  # fmt: skip
    return getattr(functional, activation)  # type: ignore[no-any-return]


class _Layer(Module):
    """What the layers of encoder and decoder share: the network behind the attention.

    `norm(x + part(x))` for every part, or `x + part(norm(x))` with `norm_first`.
    """

    #: How many parts there are, each with its norm and its dropout.
    parts: int

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = functional.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        made: dict[str, Any] = {"device": device, "dtype": dtype}
        heads: dict[str, Any] = {"dropout": dropout, "bias": bias, "batch_first": batch_first}
        self.self_attn = MultiheadAttention(d_model, nhead, **heads, **made)
        if self.parts == 3:
            self.multihead_attn = MultiheadAttention(d_model, nhead, **heads, **made)
        self.linear1 = Linear(d_model, dim_feedforward, bias, **made)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, **made)
        self.norm_first = norm_first
        for place in range(1, self.parts + 1):
            setattr(self, f"norm{place}", LayerNorm(d_model, layer_norm_eps, bias=bias, **made))
        for place in range(1, self.parts + 1):
            setattr(self, f"dropout{place}", Dropout(dropout))
        self.activation = _activation(activation)

    def _around(self, x: Any, place: int, part: Callable[[Any], Any]) -> Any:
        """The input, and beside it what a part makes of it."""
        norm, drop = getattr(self, f"norm{place}"), getattr(self, f"dropout{place}")
        return x + drop(part(norm(x))) if self.norm_first else norm(x + drop(part(x)))

    def _ff_block(self, x: Any) -> Any:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_Layer):
    """Attention of a sequence to itself, then a network of two layers, each with a way around.

    `x = norm1(x + attention(x)); x = norm2(x + linear2(activation(linear1(x))))`. Vaswani et al.
    (2017), arXiv:1706.03762; `norm_first`, `x + part(norm(x))`, is of Xiong et al. (2020),
    arXiv:2002.04745.

    Parameters
    ----------
    d_model : int
        The features.
    nhead : int
        The heads of the attention; a divisor of d_model.
    dim_feedforward : int
        The size between the two layers.
    dropout : float
        The share that is dropped of attention's weights and of what each part makes, in training.
    activation : str or callable
        The name of an activation, or a function.
    layer_norm_eps : float
        As `eps` of `LayerNorm`.
    batch_first : bool
        Whether sequences are (N, steps, features) instead of (steps, N, features).
    norm_first : bool
        Whether a part's input is normalised, instead of its sum.
    bias : bool
        Whether there are any.
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If sizes, shapes or dtypes do not fit, or an activation is not known.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    >>> layer(tgx.randn(3, 5, 8)).shape
    (3, 5, 8)
    """

    parts = 2

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Of the shape of src; masks as of `MultiheadAttention`."""

        def attention(x: Any) -> Any:
            return self.self_attn(
                x, x, x, attn_mask=src_mask, key_padding_mask=src_key_padding_mask,
                need_weights=False, is_causal=is_causal,
            )[0]  # fmt: skip

        x = self._around(src, 1, attention)
        return self._around(x, 2, self._ff_block)  # type: ignore[no-any-return]


class TransformerDecoderLayer(_Layer):
    """Attention of a sequence to itself, then to another one, then a network of two layers.

    As `TransformerEncoderLayer`, with attention to the memory, the output of an encoder, between
    its two parts. Vaswani et al. (2017), arXiv:1706.03762.

    Parameters
    ----------
    d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first
        As for `TransformerEncoderLayer`.
    bias, device, dtype
        As for `TransformerEncoderLayer`.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If sizes, shapes or dtypes do not fit, or an activation is not known.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.TransformerDecoderLayer(8, 2, 16, batch_first=True)
    >>> layer(tgx.randn(3, 4, 8), tgx.randn(3, 5, 8)).shape
    (3, 4, 8)
    """

    parts = 3

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Of the shape of tgt; masks as of `MultiheadAttention`."""

        def to_itself(x: Any) -> Any:
            return self.self_attn(
                x, x, x, attn_mask=tgt_mask, key_padding_mask=tgt_key_padding_mask,
                need_weights=False, is_causal=tgt_is_causal,
            )[0]  # fmt: skip

        def to_memory(x: Any) -> Any:
            return self.multihead_attn(
                x, memory, memory, attn_mask=memory_mask, need_weights=False,
                key_padding_mask=memory_key_padding_mask, is_causal=memory_is_causal,
            )[0]  # fmt: skip

        x = self._around(tgt, 1, to_itself)
        x = self._around(x, 2, to_memory)
        return self._around(x, 3, self._ff_block)  # type: ignore[no-any-return]


class _Stack(Module):
    """Copies of a layer, one after the other, and perhaps a norm at the end."""

    def _take(self, layer: Module, num_layers: int, norm: Module | None) -> None:
        if num_layers < 1:
            raise ArgumentError(
                f"{type(self).__name__} with num_layers={num_layers}", "no layer", "use 1 or more"
            )
        self.layers = ModuleList([copy.deepcopy(layer) for _ in range(num_layers)])
        self.num_layers, self.norm = num_layers, norm


class TransformerEncoder(_Stack):
    """Layers of an encoder, one after the other.

    Parameters
    ----------
    encoder_layer : Module
        The layer; it is copied, with its values.
    num_layers : int
        How many copies.
    norm : Module, optional
        What comes at the end.
    enable_nested_tensor, mask_check : bool
        Taken for compatibility, without effect: what PyTorch computes for padding in `eval()`
        depends on them.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As the layers, or without any.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    >>> nn.TransformerEncoder(layer, 3)(tgx.randn(3, 5, 8)).shape
    (3, 5, 8)
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self._take(encoder_layer, num_layers, norm)
        self.enable_nested_tensor, self.mask_check = enable_nested_tensor, mask_check

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """Of the shape of src; masks as of `MultiheadAttention`, for all layers."""
        x: Any = src
        for layer in self.layers:
            x = layer(
                x, src_mask=mask, is_causal=bool(is_causal),
                src_key_padding_mask=src_key_padding_mask,
            )  # fmt: skip
        return x if self.norm is None else self.norm(x)  # type: ignore[no-any-return]


class TransformerDecoder(_Stack):
    """Layers of a decoder, one after the other.

    Parameters
    ----------
    decoder_layer : Module
        The layer; it is copied, with its values.
    num_layers : int
        How many copies.
    norm : Module, optional
        What comes at the end.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As the layers, or without any.
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self._take(decoder_layer, num_layers, norm)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Of the shape of tgt; masks as of `MultiheadAttention`, for all layers."""
        x: Any = tgt
        for layer in self.layers:
            x = layer(
                x, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=bool(tgt_is_causal), memory_is_causal=memory_is_causal,
            )  # fmt: skip
        return x if self.norm is None else self.norm(x)  # type: ignore[no-any-return]


class Transformer(Module):
    """An encoder of one sequence, and a decoder that writes another one while it looks at it.

    Vaswani et al. (2017), "Attention is all you need", arXiv:1706.03762.

    Parameters
    ----------
    d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first
        As for `TransformerEncoderLayer`.
    num_encoder_layers, num_decoder_layers : int
        How many layers each has; both end with a `LayerNorm`.
    custom_encoder, custom_decoder : Module, optional
        In the place of these.
    bias, device, dtype
        As for `TransformerEncoderLayer`.

    Attributes
    ----------
    encoder, decoder : Module
        The two. All their matrices begin as by `init.xavier_uniform_`.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As the layers, or if the two sequences have other batches or features.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> model = tgx.nn.Transformer(8, 2, 1, 1, 16, batch_first=True)
    >>> source, target = tgx.randn(3, 5, 8), tgx.randn(3, 4, 8)
    >>> mask = model.generate_square_subsequent_mask(4)
    >>> model(source, target, tgt_mask=mask).shape
    (3, 4, 8)
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = functional.relu,
        custom_encoder: Module | None = None,
        custom_decoder: Module | None = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        settings: tuple[Any, ...] = (
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first,
            norm_first, bias, device, dtype,
        )  # fmt: skip

        def norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)

        self.encoder = custom_encoder or TransformerEncoder(
            TransformerEncoderLayer(*settings), num_encoder_layers, norm()
        )
        self.decoder = custom_decoder or TransformerDecoder(
            TransformerDecoderLayer(*settings), num_decoder_layers, norm()
        )
        self._reset_parameters()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def _reset_parameters(self) -> None:
        """Draw all matrices again; see `manual_seed`."""
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Of the shape of tgt; masks as of `MultiheadAttention`."""
        batch = slice(0, 1) if self.batch_first else slice(1, 2)
        fits = src.ndim == tgt.ndim and (src.ndim == 2 or src.shape[batch] == tgt.shape[batch])
        if not fits or {src.shape[-1], tgt.shape[-1]} != {self.d_model}:
            order = "(N, steps, d_model)" if self.batch_first else "(steps, N, d_model)"
            raise ShapeError(
                f"Transformer with d_model={self.d_model}",
                f"sequences of shapes {src.shape} and {tgt.shape}",
                f"pass {order} with one N, or (steps, d_model)",
            )  # fmt: skip
        memory = self.encoder(
            src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal
        )
        return self.decoder(  # type: ignore[no-any-return]
            tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )  # fmt: skip

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Any:
        """A mask that lets each step see none after it: -inf above the diagonal, 0 elsewhere.

        Examples
        --------
        >>> from tinygradx import nn
        >>> nn.Transformer.generate_square_subsequent_mask(3)
        tensor([[0., -inf, -inf],
                [0., 0., -inf],
                [0., 0., 0.]])
        """
        return triu(full((sz, sz), -math.inf, dtype=dtype, device=device), 1)
