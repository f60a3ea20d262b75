"""Attention: rows of one sequence that look at those of another, weighed by how well they fit."""

from __future__ import annotations

import math
from typing import Any

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, wrap
from tinygradx.kernels import backend_of
from tinygradx.ops.activations import softmax
from tinygradx.ops.broadcasting import expand
from tinygradx.ops.dropout import check_share, dropout
from tinygradx.ops.elementary import add, mul
from tinygradx.ops.joining import cat, narrow
from tinygradx.ops.masks import masked_fill
from tinygradx.ops.padding import pad
from tinygradx.ops.products import LINEAR, matmul
from tinygradx.ops.rearranging import repeat_interleave
from tinygradx.ops.reductions import MEAN
from tinygradx.ops.shapes import reshape, squeeze, unsqueeze
from tinygradx.ops.structural import as_handle, numpy_like
from tinygradx.ops.transposing import permute, transpose

NEVER = -math.inf


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """Means of values, weighed by how well their keys fit each query.

    `softmax(query @ key.T * scale + mask) @ value`, over the keys. Vaswani et al. (2017),
    "Attention is all you need", arXiv:1706.03762.

    Parameters
    ----------
    query : Tensor
        Of shape (..., L, E): what looks.
    key : Tensor
        Of shape (..., S, E): what is looked at.
    value : Tensor
        Of shape (..., S, Ev): what is taken of it.
    attn_mask : Tensor, optional
        What broadcasts to (..., L, S): bools, False where a query must not look; or floats, which
        are added before the softmax (-inf forbids).
    dropout_p : float
        The share of the weights that is dropped. It is dropped always: pass 0.0 outside of
        training.
    is_causal : bool
        Whether each query looks at no later key than its own place; without a mask.
    scale : float, optional
        1/√E when left out.
    enable_gqa : bool
        Whether a head of key and value, dimension -3, may serve several heads of the query:
        Ainslie et al. (2023), arXiv:2305.13245.

    Returns
    -------
    Tensor
        Of shape (..., L, Ev). A query that must look nowhere gets zeros.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes or dtypes do not fit, or both `attn_mask` and `is_causal` are given.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x = tgx.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> tgx.nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)
    tensor([[1.0000, 0.0000],
            [0.3302, 0.6698]])
    """
    asked = "scaled_dot_product_attention"
    q, k, v = (as_handle(x, asked) for x in (query, key, value))
    _check(q.array, k.array, v.array, asked)
    if enable_gqa:
        k, v = _shared(q, k, asked), _shared(q, v, asked)
    mask = None
    if is_causal:
        if attn_mask is not None:
            raise ArgumentError(
                f"{asked} with is_causal=True", "an attn_mask as well",
                "pass one of them: the causal mask of L queries and S keys is "
                "tinygradx.ones(L, S, dtype=tinygradx.bool).tril()",
            )  # fmt: skip
        xp = numpy_like(q.array)
        mask = wrap(q.result_class, xp.tri(q.array.shape[-2], k.array.shape[-2], dtype=bool))
    elif attn_mask is not None:
        mask = as_handle(attn_mask, asked)
    return attend(q, k, v, mask, check_share(dropout_p, asked), scale, asked)[0]


def attend(
    q: Handle,
    k: Handle,
    v: Handle,
    mask: Handle | None,
    dropout_p: float,
    scale: float | None,
    asked: str,
) -> tuple[Any, Any]:
    """Attention, and the weights (..., L, S) by which it took its means."""
    scale = 1.0 / math.sqrt(q.array.shape[-1]) if scale is None else float(scale)
    scores = matmul(mul(q, scale), transpose(k, -2, -1))
    nowhere = None
    if mask is not None:
        hidden = _hidden(mask, scores.array, asked)
        if mask.array.dtype.kind == "b":
            scores = masked_fill(scores, wrap(q.result_class, hidden), NEVER)
        else:
            scores = add(scores, mask)
        forbidden = hidden.all(-1, keepdims=True)
        if forbidden.any():  # where softmax would divide 0 by 0
            nowhere = wrap(q.result_class, forbidden)
            scores = masked_fill(scores, nowhere, 0.0)
    weights = softmax(scores, -1)
    if nowhere is not None:
        weights = masked_fill(weights, nowhere, 0.0)
    if dropout_p:
        weights = dropout(weights, dropout_p)
    return matmul(weights, v), weights


def _check(q: Any, k: Any, v: Any, asked: str) -> None:
    """Refuse what does not fit together."""
    for name, array in (("query", q), ("key", k), ("value", v)):
        if array.ndim < 2:
            raise ShapeError(
                f"{asked} with a {name} of shape {array.shape}", "fewer than two dimensions",
                "pass (..., steps, features)",
            )  # fmt: skip
        if array.dtype.kind != "f" or array.dtype != q.dtype:
            raise DtypeError(
                f"{asked} of {q.dtype}, {k.dtype} and {v.dtype}", "no floats of one dtype",
                "convert them: x.float()",
            )  # fmt: skip
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ShapeError(
            f"{asked} of a query {q.shape}, keys {k.shape} and values {v.shape}",
            f"features {q.shape[-1]} and {k.shape[-1]}, steps {k.shape[-2]} and {v.shape[-2]}",
            "pass (..., L, E), (..., S, E) and (..., S, Ev)",
        )  # fmt: skip


def _shared(q: Handle, x: Handle, asked: str) -> Any:
    """Heads of keys or values, repeated to as many as there are of the query."""
    if q.array.ndim < 3 or x.array.ndim < 3 or q.array.shape[-3] % max(1, x.array.shape[-3]):
        raise ShapeError(
            f"{asked} with enable_gqa", f"heads of {q.array.shape} and {x.array.shape}",
            "pass (..., heads, steps, features); those of the query are a multiple of the others",
        )  # fmt: skip
    times = q.array.shape[-3] // x.array.shape[-3]
    return x if times == 1 else repeat_interleave(x, times, -3)


def _hidden(mask: Handle, scores: Any, asked: str) -> Any:
    """Where a mask forbids to look, as an array of bools."""
    array = mask.array
    if array.dtype.kind != "b" and array.dtype != scores.dtype:
        raise DtypeError(
            f"{asked} of {scores.dtype}", f"a mask of {array.dtype}",
            "pass bools (True: may look), or floats of the same dtype, to be added",
        )  # fmt: skip
    xp = backend_of(array).xp
    try:
        fits = xp.broadcast_shapes(array.shape, scores.shape) == scores.shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(
            f"{asked} of {scores.shape[-2]} queries and {scores.shape[-1]} keys",
            f"a mask of shape {array.shape}", f"pass what broadcasts to {scores.shape}",
        )  # fmt: skip
    return ~array if array.dtype.kind == "b" else array == NEVER


# ---- several heads ------------------------------------------------------------------------------


def multi_head_attention_forward(
    query: Any,
    key: Any,
    value: Any,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Any,
    in_proj_bias: Any,
    bias_k: Any,
    bias_v: Any,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Any,
    out_proj_bias: Any,
    training: bool = True,
    key_padding_mask: Any = None,
    need_weights: bool = True,
    attn_mask: Any = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Any = None,
    k_proj_weight: Any = None,
    v_proj_weight: Any = None,
    static_k: Any = None,
    static_v: Any = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Any, Any]:
    """What `nn.MultiheadAttention` computes, with its weights as arguments.

    Parameters
    ----------
    query, key, value, key_padding_mask, need_weights, attn_mask, average_attn_weights, is_causal
        As for `nn.MultiheadAttention`, with the steps before the batch.
    embed_dim_to_check : int
        E, the last size of the query.
    num_heads : int
        How many heads share it.
    in_proj_weight, in_proj_bias : Tensor or None
        Of shapes (3 * E, E) and (3 * E,): those of query, key and value, one below the other.
    bias_k, bias_v : Tensor or None
        A step more of keys and values, of shape (1, 1, E).
    add_zero_attn : bool
        Whether there is one more of zeros.
    dropout_p, training : float, bool
        The share of the weights that is dropped, in training.
    out_proj_weight, out_proj_bias : Tensor or None
        Of shapes (E, E) and (E,).
    use_separate_proj_weight : bool
        Whether the next three are used in the place of `in_proj_weight`.
    q_proj_weight, k_proj_weight, v_proj_weight : Tensor or None
        Of shapes (E, E), (E, kdim) and (E, vdim).
    static_k, static_v : Tensor or None
        Keys and values that are projected already, of shape (N * heads, S, E / heads).

    Returns
    -------
    output : Tensor
        Of the query's shape.
    weights : Tensor or None
        Of shape (N, L, S), or (N, heads, L, S) without the average; None unless they are needed.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If shapes, dtypes or settings do not fit.
    """
    asked = "multi_head_attention"
    if is_causal and attn_mask is None:
        raise ArgumentError(
            f"{asked} with is_causal=True, a hint about the mask", "no attn_mask",
            "pass attn_mask=nn.Transformer.generate_square_subsequent_mask(L) as well",
        )  # fmt: skip
    q, k, v = (as_handle(x, asked) for x in (query, key, value))
    alone = q.array.ndim == 2
    if alone:
        q, k, v = _with_batch(q, k, v, asked)
        if key_padding_mask is not None:
            key_padding_mask = unsqueeze(as_handle(key_padding_mask, asked), 0)
    _check_heads(q.array, k.array, v.array, embed_dim_to_check, num_heads, asked)
    given = (q_proj_weight, k_proj_weight, v_proj_weight)
    weights = given if use_separate_proj_weight else _thirds(in_proj_weight)
    together = None if use_separate_proj_weight else in_proj_weight
    steps, count = q.array.shape[:2]
    q, k, v = _project(q, k, v, weights, in_proj_bias, together)
    q, k, v = (_heads(x, num_heads) for x in (q, _longer(k, bias_k), _longer(v, bias_v)))
    if static_k is not None:
        k = reshape(static_k, (count, num_heads, *static_k.array.shape[1:]))
    if static_v is not None:
        v = reshape(static_v, (count, num_heads, *static_v.array.shape[1:]))
    if add_zero_attn:
        k, v = _one_more(k), _one_more(v)
    mask = _merged(
        attn_mask, key_padding_mask, (count, num_heads, steps, k.array.shape[-2]),
        (bias_k is not None) + add_zero_attn, q.array.dtype, asked,
    )  # fmt: skip
    share = check_share(dropout_p, asked) if training else 0.0
    out, shown = attend(q, k, v, mask, share, None, asked)
    out = reshape(permute(out, (2, 0, 1, 3)), (steps, count, embed_dim_to_check))
    out = _linear(out, out_proj_weight, out_proj_bias)
    if need_weights:
        shown = MEAN.apply((shown,), ((1,), False)) if average_attn_weights else shown
        shown = squeeze(shown, 0) if alone else shown
    return squeeze(out, 1) if alone else out, shown if need_weights else None


def _linear(x: Any, weight: Any, bias: Any) -> Any:
    """`x @ weight.T + bias` as one product, whose way back is one as well."""
    *leading, width = x.array.shape
    rows = reshape(x, (math.prod(leading), width))
    turned = transpose(weight, 0, 1)
    out = matmul(rows, turned) if bias is None else LINEAR.apply_three(rows, weight, bias)
    return reshape(out, (*leading, weight.array.shape[0]))


def _with_batch(q: Any, k: Any, v: Any, asked: str) -> list[Any]:
    """A sequence alone as a batch of one."""
    for x in (k, v):
        if x.array.ndim != 2:
            raise ShapeError(
                f"{asked} of a query {q.array.shape}", f"a key or value of shape {x.array.shape}",
                "pass all three with a batch, or none",
            )  # fmt: skip
    return [unsqueeze(x, 1) for x in (q, k, v)]


def _check_heads(q: Any, k: Any, v: Any, width: int, heads: int, asked: str) -> None:
    """Refuse sequences that do not fit together, or to the layer."""
    if q.ndim != 3 or k.ndim != 3 or v.ndim != 3:
        raise ShapeError(
            f"{asked} of shapes {q.shape}, {k.shape} and {v.shape}", "no three dimensions each",
            "pass (steps, batch, features), or (steps, features)",
        )  # fmt: skip
    if q.shape[2] != width:
        raise ShapeError(
            f"{asked} with embed_dim={width}", f"a query with {q.shape[2]} features",
            f"pass a query (..., {width})",
        )  # fmt: skip
    if width % heads:
        raise ArgumentError(
            f"{asked} with {heads} heads", f"embed_dim={width}", "use a divisor of it"
        )
    if k.shape[:2] != v.shape[:2] or q.shape[1] != k.shape[1]:
        raise ShapeError(
            f"{asked} of shapes {q.shape}, {k.shape} and {v.shape} (steps, batch, features)",
            "keys and values of different lengths, or another batch than the query's",
            "make the batches equal, and the steps of key and value",
        )  # fmt: skip


def _thirds(x: Any) -> list[Any]:
    """The parts for query, key and value, one below the other."""
    size = x.array.shape[0] // 3
    return [narrow(x, 0, place * size, size) for place in range(3)]


def _project(q: Any, k: Any, v: Any, weights: Any, bias: Any, together: Any) -> list[Any]:
    """Query, key and value by their own weights; by one product where they are one tensor."""
    if together is not None and q.array is k.array is v.array and q.node is k.node is v.node:
        out = _linear(q, together, bias)
        size = out.array.shape[2] // 3
        return [narrow(out, 2, place * size, size) for place in range(3)]
    for x, weight in zip((k, v), weights[1:], strict=True):
        if x.array.shape[2] != weight.array.shape[1]:
            raise ShapeError(
                f"multi_head_attention of {weight.array.shape[1]} features",
                f"a key or value of shape {x.array.shape}",
                "pass that many, or make the layer with kdim= and vdim=",
            )  # fmt: skip
    biases = [None] * 3 if bias is None else _thirds(bias)
    return [_linear(*given) for given in zip((q, k, v), weights, biases, strict=True)]


def _longer(x: Any, step: Any) -> Any:
    """Keys or values with one more step, where there is one to learn."""
    return x if step is None else cat([x, expand(step, (1, *x.array.shape[1:]))])


def _heads(x: Any, heads: int) -> Any:
    """(steps, batch, features) as (batch, heads, steps, features of a head)."""
    steps, count, width = x.array.shape
    return permute(reshape(x, (steps, count, heads, width // heads)), (1, 2, 0, 3))


def _one_more(x: Any) -> Any:
    """One more step, of zeros."""
    count, heads, _, width = x.array.shape
    nothing = numpy_like(x.array).zeros((count, heads, 1, width), x.array.dtype)
    return cat([x, wrap(x.result_class, nothing)], 2)


def _merged(
    attn_mask: Any, padding: Any, shape: tuple[int, ...], more: int, dtype: Any, asked: str
) -> Any:
    """Both masks as one for `attend`: (N, heads, L, S), or what broadcasts to it.

    Here True means hidden, as in `nn.MultiheadAttention`. The last keys, `more` of them, are not
    hidden from anybody.
    """
    count, heads, steps, seen = shape
    found = []
    if attn_mask is not None:
        mask = as_handle(attn_mask, asked)
        known = {2: (steps, seen - more), 3: (count * heads, steps, seen - more)}
        if mask.array.shape != known.get(mask.array.ndim):
            raise ShapeError(
                f"{asked} of {steps} queries and {seen - more} keys",
                f"an attn_mask of shape {mask.array.shape}", f"pass {known[2]}, or {known[3]}",
            )  # fmt: skip
        if mask.array.ndim == 3:
            mask = reshape(mask, (count, heads, steps, seen - more))
        found.append(mask)
    if padding is not None:
        mask = as_handle(padding, asked)
        if mask.array.shape != (count, seen - more):
            raise ShapeError(
                f"{asked} of {count} sequences of {seen - more} keys",
                f"a key_padding_mask of shape {mask.array.shape}",
                f"pass {(count, seen - more)}, True where a key is padding",
            )  # fmt: skip
        found.append(reshape(mask, (count, 1, 1, seen - more)))
    if not found:
        return None
    for mask in found:
        if mask.array.dtype.kind not in "bf":
            raise DtypeError(
                f"{asked} with a mask of {mask.array.dtype}", "neither bools nor floats",
                "convert it: mask.bool() hides where it is True",
            )  # fmt: skip
    if more:
        found = [pad(mask, (0, more)) for mask in found]
    if all(mask.array.dtype.kind == "b" for mask in found):
        hidden = found[0].array if len(found) == 1 else found[0].array | found[1].array
        return wrap(found[0].result_class, ~hidden)
    first, *others = [_added(mask, dtype) for mask in found]
    return add(first, others[0]) if others else first


def _added(mask: Any, dtype: Any) -> Any:
    """A mask as what is added before the softmax."""
    if mask.array.dtype.kind == "f":
        return mask
    return wrap(
        mask.result_class, numpy_like(mask.array).where(mask.array, NEVER, 0.0).astype(dtype)
    )


__all__ = ["attend", "multi_head_attention_forward", "scaled_dot_product_attention"]
