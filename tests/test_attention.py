"""Attention: what it refuses, in words, and what PyTorch is not needed for."""

from __future__ import annotations

import re

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DtypeError, ShapeError

attention = nn.functional.scaled_dot_product_attention


def test_equal_keys_share_evenly():
    q, k = tgx.ones(1, 3, 4), tgx.ones(1, 5, 4)
    v = tgx.arange(10.0).reshape(1, 5, 2)
    np.testing.assert_allclose(attention(q, k, v).numpy(), np.tile([4.0, 5.0], (1, 3, 1)), 1e-6)


def test_all_weights_dropped():
    x = tgx.ones(2, 3, 4)
    assert not attention(x, x, x, dropout_p=1.0).numpy().any()


def test_refused():
    x = tgx.ones(2, 3, 4)
    with pytest.raises(ShapeError, match=r"\(2, 3, 4\), keys \(2, 3, 5\)(.|\n)*features 4 and 5"):
        attention(x, tgx.ones(2, 3, 5), x)
    with pytest.raises(ShapeError, match="steps 3 and 6"):
        attention(x, x, tgx.ones(2, 6, 4))
    with pytest.raises(ShapeError, match=r"a query of shape \(4,\)"):
        attention(tgx.ones(4), x, x)
    with pytest.raises(DtypeError, match="of float32, float64 and float32"):
        attention(x, x.double(), x)
    with pytest.raises(ShapeError, match=r"3 queries and 3 keys(.|\n)*mask of shape \(3, 4\)"):
        attention(x, x, x, tgx.ones(3, 4))
    with pytest.raises(DtypeError, match="a mask of int64"):
        attention(x, x, x, tgx.tensor([[1, 0, 1]]))
    with pytest.raises(ArgumentError, match="an attn_mask as well"):
        attention(x, x, x, tgx.zeros(3, 3), is_causal=True)
    with pytest.raises(ArgumentError, match=r"p=1\.5"):
        attention(x, x, x, dropout_p=1.5)
    with pytest.raises(ShapeError, match="a multiple of the others"):
        attention(tgx.ones(1, 5, 3, 4), tgx.ones(1, 2, 3, 4), tgx.ones(1, 2, 3, 4), enable_gqa=True)


def test_the_causal_mask_of_the_advice_is_the_causal_mask():
    q, k, v = tgx.randn(3, 4), tgx.randn(5, 4), tgx.randn(5, 2)
    with pytest.raises(ArgumentError, match="an attn_mask as well") as refused:
        attention(q, k, v, tgx.zeros(3, 5), is_causal=True)
    advised = re.search(r"is (tinygradx\S.*tril\(\))", refused.value.do)
    mask = eval(advised[1], {"tinygradx": tgx, "L": 3, "S": 5})
    assert (attention(q, k, v, mask) == attention(q, k, v, is_causal=True)).all()


def test_refused_heads():
    with pytest.raises(ArgumentError, match="embed_dim=6 and num_heads=4"):
        nn.MultiheadAttention(6, 4)
    layer, x = nn.MultiheadAttention(6, 2), tgx.ones(5, 3, 6)
    with pytest.raises(ShapeError, match=r"embed_dim=6(.|\n)*a query with 4 features"):
        layer(tgx.ones(5, 3, 4), x, x)
    with pytest.raises(ShapeError, match=r"kdim= and vdim="):
        layer(x, tgx.ones(5, 3, 4), tgx.ones(5, 3, 4))
    with pytest.raises(ShapeError, match="another batch"):
        layer(x, tgx.ones(5, 2, 6), tgx.ones(5, 2, 6))
    with pytest.raises(ShapeError, match="all three with a batch, or none"):
        layer(tgx.ones(5, 6), x, x)
    with pytest.raises(ShapeError, match="no three dimensions"):
        layer(tgx.ones(6), x, x)
    with pytest.raises(
        ShapeError, match=r"attn_mask of shape \(5, 4\)(.|\n)*\(5, 5\), or \(6, 5, 5\)"
    ):
        layer(x, x, x, attn_mask=tgx.zeros(5, 4))
    with pytest.raises(ShapeError, match=r"key_padding_mask of shape \(5, 3\)(.|\n)*pass \(3, 5\)"):
        layer(x, x, x, key_padding_mask=tgx.zeros(5, 3))
    with pytest.raises(DtypeError, match="a mask of int64"):
        layer(x, x, x, attn_mask=tgx.zeros(5, 5, dtype=tgx.int64))
    with pytest.raises(ArgumentError, match="no attn_mask"):
        layer(x, x, x, is_causal=True)


def test_static_keys_and_values():
    """Given ready, per batch and head, they take the place of the projected ones."""
    layer, x = nn.MultiheadAttention(6, 2), tgx.randn(5, 3, 6)
    ready = tgx.randn(6, 4, 3)
    out, weights = nn.functional.multi_head_attention_forward(
        x, x, x, 6, 2, layer.in_proj_weight, layer.in_proj_bias, None, None, False, 0.0,
        layer.out_proj.weight, layer.out_proj.bias, static_k=ready, static_v=ready,
    )  # fmt: skip
    assert out.shape == (5, 3, 6) and weights.shape == (3, 5, 4)
    q = nn.functional.linear(x, layer.in_proj_weight[:6], layer.in_proj_bias[:6])
    heads = q.reshape(5, 6, 3).transpose(0, 1)
    mixed = attention(heads, ready, ready).transpose(0, 1).reshape(5, 3, 6)
    np.testing.assert_allclose(out.detach().numpy(), layer.out_proj(mixed).detach().numpy(), 2e-5)


def test_refused_transformers():
    with pytest.raises(ArgumentError, match=r"activation='swoosh'(.|\n)*\"gelu\""):
        nn.TransformerEncoderLayer(6, 2, activation="swoosh")
    with pytest.raises(ArgumentError, match="TransformerEncoder with num_layers=0"):
        nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, 8), 0)
    model = nn.Transformer(6, 2, 1, 1, 8)
    with pytest.raises(ShapeError, match=r"d_model=6(.|\n)*\(5, 2, 6\) and \(4, 3, 6\)"):
        model(tgx.ones(5, 2, 6), tgx.ones(4, 3, 6))
    with pytest.raises(ShapeError, match=r"\(5, 2, 4\) and \(4, 2, 6\)"):
        model(tgx.ones(5, 2, 4), tgx.ones(4, 2, 6))


def test_layers_of_a_stack_are_copies():
    stack = nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, 8), 2)
    first, second = stack.layers
    assert first.linear1.weight is not second.linear1.weight
    assert first.linear1.weight.tolist() == second.linear1.weight.tolist()


def test_dropout_is_for_training():
    layer = nn.TransformerEncoderLayer(6, 2, 8, dropout=0.5)
    x = tgx.randn(5, 2, 6)
    assert layer(x).tolist() != layer(x).tolist()
    layer.eval()
    assert layer(x).tolist() == layer(x).tolist()
