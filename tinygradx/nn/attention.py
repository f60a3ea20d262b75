"""MultiheadAttention: attention in several subspaces at once."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentError
from tinygradx.nn import init
from tinygradx.nn.functional import multi_head_attention_forward
from tinygradx.nn.linear import Linear
from tinygradx.nn.module import Module
from tinygradx.nn.parameter import Parameter
from tinygradx.ops.transposing import transpose
from tinygradx.tensor import Tensor, zeros


class MultiheadAttention(Module):
    """Attention in several heads, each with its own view of query, key and value.

    `concat(head_1, ..., head_h) @ w_out.T + b_out`, with
    `head_i = softmax(q_i @ k_i.T / √(E/h) + mask) @ v_i`, where q_i, k_i and v_i are the i-th parts
    of `query @ w_q.T + b_q`, `key @ w_k.T + b_k` and `value @ w_v.T + b_v`. Vaswani et al. (2017),
    "Attention is all you need", arXiv:1706.03762.

    Parameters
    ----------
    embed_dim : int
        E, the features of query and output.
    num_heads : int
        h, a divisor of E.
    dropout : float
        The share of the weights that is dropped, in training.
    bias : bool
        Whether the projections have biases.
    add_bias_kv : bool
        Whether one more step of keys and values is learned, that all queries see.
    add_zero_attn : bool
        Whether there is one more of zeros.
    kdim, vdim : int, optional
        The features of keys and values; E when left out.
    batch_first : bool
        Whether inputs and output are (N, steps, features) instead of (steps, N, features).
    device : str, optional
        "cpu".
    dtype : dtype, optional
        float32 or float64; the default dtype when left out.

    Attributes
    ----------
    in_proj_weight : Parameter or None
        w_q, w_k and w_v, one below the other, of shape (3 * E, E); begins as by
        `init.xavier_uniform_`.
    q_proj_weight, k_proj_weight, v_proj_weight : Parameter or None
        Where `kdim` or `vdim` differ from E: in its place.
    in_proj_bias : Parameter or None
        Of shape (3 * E,); begins at 0.
    bias_k, bias_v : Parameter or None
        Of shape (1, 1, E); begin as by `init.xavier_normal_`.
    out_proj : Linear
        w_out and b_out, which begins at 0.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If sizes, shapes or dtypes do not fit.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> layer = tgx.nn.MultiheadAttention(8, 2, batch_first=True)
    >>> x = tgx.randn(3, 5, 8)
    >>> output, weights = layer(x, x, x)
    >>> output.shape, weights.shape
    ((3, 5, 8), (3, 5, 5))
    """

    in_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if embed_dim < 1 or num_heads < 1 or embed_dim % num_heads:
            raise ArgumentError(
                f"MultiheadAttention with embed_dim={embed_dim} and num_heads={num_heads}",
                "heads that do not divide the features", "use a divisor, such as 1",
            )  # fmt: skip
        self.embed_dim, self.num_heads, self.dropout = embed_dim, num_heads, dropout
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.batch_first, self.head_dim = batch_first, embed_dim // num_heads
        self.add_zero_attn = add_zero_attn
        self._qkv_same_embed_dim = self.kdim == embed_dim == self.vdim

        def weight(*shape: int) -> Parameter:
            return Parameter(zeros(*shape, dtype=dtype, device=device))

        self.in_proj_weight = self.q_proj_weight = self.k_proj_weight = self.v_proj_weight = None
        if self._qkv_same_embed_dim:
            self.in_proj_weight = weight(3 * embed_dim, embed_dim)
        else:
            self.q_proj_weight = weight(embed_dim, embed_dim)
            self.k_proj_weight = weight(embed_dim, self.kdim)
            self.v_proj_weight = weight(embed_dim, self.vdim)
        self.in_proj_bias = weight(3 * embed_dim) if bias else None
        self.bias_k = weight(1, 1, embed_dim) if add_bias_kv else None
        self.bias_v = weight(1, 1, embed_dim) if add_bias_kv else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, device, dtype)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw new values; see `manual_seed`. The weight of `out_proj` is its own affair."""
        weights = (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        for parameter in weights:
            if parameter is not None:
                init.xavier_uniform_(parameter)
        for parameter in (self.in_proj_bias, self.out_proj.bias):
            if parameter is not None:
                init.zeros_(parameter)
        for parameter in (self.bias_k, self.bias_v):
            if parameter is not None:
                init.xavier_normal_(parameter)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Attention, and the weights by which its means were taken.

        Parameters
        ----------
        query : Tensor
            Of shape (L, N, E); (N, L, E) with `batch_first`; (L, E) for one sequence.
        key, value : Tensor
            Of shapes (S, N, kdim) and (S, N, vdim), or as the query.
        key_padding_mask : Tensor, optional
            Of shape (N, S): True where a key is padding, or floats to be added.
        need_weights : bool
            Whether to answer the weights.
        attn_mask : Tensor, optional
            Of shape (L, S), or (N * num_heads, L, S): True where a query must not look, or floats
            to be added before the softmax.
        average_attn_weights : bool
            Whether the weights are the mean of those of the heads.
        is_causal : bool
            A hint that the mask is causal; it changes nothing, and needs the mask.

        Returns
        -------
        output : Tensor
            Of the query's shape. A query that must look nowhere gets the bias of `out_proj`, where
            PyTorch answers nan as soon as weights are needed.
        weights : Tensor or None
            Of shape (N, L, S), or (N, num_heads, L, S) without the average.
        """
        turn = self.batch_first and query.ndim == 3
        if turn:
            query, key, value = _turned(query, key, value)
        output, weights = multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight,
            self.in_proj_bias, self.bias_k, self.bias_v, self.add_zero_attn, self.dropout,
            self.out_proj.weight, self.out_proj.bias, self.training, key_padding_mask, need_weights,
            attn_mask, not self._qkv_same_embed_dim, self.q_proj_weight, self.k_proj_weight,
            self.v_proj_weight, average_attn_weights=average_attn_weights, is_causal=is_causal,
        )  # fmt: skip
        return transpose(output, 0, 1) if turn else output, weights


def _turned(*tensors: Tensor) -> list[Any]:
    """Steps before the batch; what was one tensor stays one, so that it is projected at once."""
    seen: dict[int, Any] = {}
    return [seen.setdefault(id(x), transpose(x, 0, 1)) for x in tensors]
