"""Attention and transformers beside PyTorch's, with copied weights, in float64."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from layers import both, compare, copy_state

import tinygradx as tgx
from tinygradx import nn

torch = pytest.importorskip("torch", reason="could not import torch")
torch.set_num_threads(1)  # of layers this small, threads do nothing but wait for each other

F, their_f = nn.functional, torch.nn.functional


def values(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def of(lib, array):
    """What is not differentiated, in a library."""
    return None if array is None else lib.tensor(array)


def bools(*shape, seed=0):
    """A mask of which each row has both."""
    mask = np.random.default_rng(seed).random(shape) < 0.4
    mask[..., 0], mask[..., 1] = True, False
    return mask


def floats(*shape, seed=0):
    """A mask to be added, with some -inf."""
    return np.where(bools(*shape, seed=seed), -np.inf, values(*shape, seed=seed))


# ---- one head -----------------------------------------------------------------------------------


@pytest.mark.parametrize("leading", [(), (2,), (2, 3)])
def test_attention(leading):
    q, k, v = values(*leading, 4, 5), values(*leading, 6, 5, seed=1), values(*leading, 6, 2, seed=2)
    masks = [None, ~bools(4, 6), floats(4, 6), ~bools(*leading, 4, 6)]
    for mask, scale in itertools.product(masks, (None, 0.3)):
        compare(
            lambda *x, m=mask, s=scale: F.scaled_dot_product_attention(*x, of(tgx, m), scale=s),
            lambda *x, m=mask, s=scale: their_f.scaled_dot_product_attention(
                *x, of(torch, m), scale=s
            ),
            q, k, v,
        )  # fmt: skip


@pytest.mark.parametrize(("steps", "seen"), [(4, 4), (3, 5), (5, 3)])
def test_causal(steps, seen):
    compare(
        lambda *x: F.scaled_dot_product_attention(*x, is_causal=True),
        lambda *x: their_f.scaled_dot_product_attention(*x, is_causal=True),
        values(2, steps, 3), values(2, seen, 3, seed=1), values(2, seen, 3, seed=2),
    )  # fmt: skip


def test_a_learned_mask():
    compare(
        lambda q, m: F.scaled_dot_product_attention(q, q, q, m),
        lambda q, m: their_f.scaled_dot_product_attention(q, q, q, m),
        values(2, 4, 3), values(4, 4, seed=1),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["bool", "float"])
def test_queries_that_must_look_nowhere(kind):
    """Zeros and no gradient, as in PyTorch's composition of it."""
    mask = ~bools(4, 6)
    mask[1] = False
    if kind == "float":
        mask = np.where(mask, 0.0, -np.inf)
    q, k, v = values(2, 4, 3), values(2, 6, 3, seed=1), values(2, 6, 3, seed=2)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        compare(
            lambda *x: F.scaled_dot_product_attention(*x, of(tgx, mask)),
            lambda *x: their_f.scaled_dot_product_attention(*x, of(torch, mask)), q, k, v,
        )  # fmt: skip
    out = F.scaled_dot_product_attention(*map(tgx.tensor, (q, k, v)), of(tgx, mask))
    assert not out.numpy()[:, 1].any()


def test_heads_that_are_shared():
    compare(
        lambda *x: F.scaled_dot_product_attention(*x, enable_gqa=True),
        lambda *x: their_f.scaled_dot_product_attention(*x, enable_gqa=True),
        values(2, 6, 4, 3), values(2, 2, 5, 3, seed=1), values(2, 2, 5, 3, seed=2),
    )  # fmt: skip


# ---- several heads ------------------------------------------------------------------------------


def spread(ours, theirs):
    """Biases that are not 0."""
    for p in theirs.parameters():
        p.data += torch.tensor(0.3 * values(*p.shape, seed=p.ndim))
    copy_state(ours, theirs)
    return ours, theirs


def heads(ours, theirs, *inputs, **named):
    """Both layers called with arguments that are not differentiated."""
    masks = {key: value for key, value in named.items() if isinstance(value, np.ndarray)}
    rest = {key: value for key, value in named.items() if key not in masks}

    class Called:
        def __init__(self, lib, layer):
            self.lib, self.layer, self.named_parameters = lib, layer, layer.named_parameters

        def __call__(self, *x):
            given = {key: of(self.lib, mask) for key, mask in masks.items()}
            return self.layer(*x, **given, **rest)

    compare(Called(tgx, ours), Called(torch, theirs), *inputs)
    ours.zero_grad(), theirs.zero_grad()


MADE = [
    {}, {"bias": False}, {"add_bias_kv": True}, {"add_zero_attn": True}, {"kdim": 3, "vdim": 4},
    {"kdim": 3, "bias": False, "add_bias_kv": True, "add_zero_attn": True},
]  # fmt: skip


@pytest.mark.parametrize("made", MADE, ids=str)
@pytest.mark.parametrize("batch_first", [True, False])
def test_multihead_attention(made, batch_first):
    layer = spread(*both("MultiheadAttention", 6, 2, batch_first=batch_first, **made))
    kdim, vdim = made.get("kdim", 6), made.get("vdim", 6)
    shapes = [(5, 3, 6), (4, 3, kdim), (4, 3, vdim)]
    if batch_first:
        shapes = [(n, steps, width) for steps, n, width in shapes]
    inputs = [values(*shape, seed=place) for place, shape in enumerate(shapes)]
    calls = [
        {}, {"need_weights": False}, {"average_attn_weights": False},
        {"attn_mask": bools(5, 4)}, {"attn_mask": floats(5, 4), "need_weights": False},
        {"attn_mask": bools(6, 5, 4)}, {"key_padding_mask": bools(3, 4)},
        {"key_padding_mask": floats(3, 4), "attn_mask": values(5, 4)},
        {"key_padding_mask": bools(3, 4), "attn_mask": bools(5, 4, seed=1)},
    ]  # fmt: skip
    for call in calls:
        heads(*layer, *inputs, **call)
    alone = [x[0] if batch_first else x[:, 0].copy() for x in inputs]
    for call in ({}, {"attn_mask": bools(5, 4)}, {"key_padding_mask": bools(4)}):
        heads(*layer, *alone, **call)


def test_attention_to_itself():
    """One tensor three times, which is projected by one product."""
    for batch_first in (True, False):
        ours, theirs = spread(*both("MultiheadAttention", 6, 3, batch_first=batch_first))
        compare(lambda x, o=ours: o(x, x, x), lambda x, o=theirs: o(x, x, x), values(4, 2, 6))


def test_a_causal_hint():
    ours, theirs = both("MultiheadAttention", 6, 2)
    mask = nn.Transformer.generate_square_subsequent_mask(5, dtype=tgx.float64)
    known = torch.nn.Transformer.generate_square_subsequent_mask(5, dtype=torch.float64)
    np.testing.assert_array_equal(mask.numpy(), known.numpy())
    for needed in (True, False):
        heads(
            ours, theirs, *(values(5, 2, 6, seed=s) for s in range(3)), attn_mask=known.numpy(),
            is_causal=True, need_weights=needed,
        )  # fmt: skip


def test_a_padded_sequence_of_nothing_is_no_nan():
    layer = nn.MultiheadAttention(4, 2)
    x, hidden = tgx.ones(3, 2, 4), tgx.tensor([[True] * 3, [False] * 3])
    output, weights = layer(x, x, x, key_padding_mask=hidden)
    assert np.isfinite(output.detach().numpy()).all()
    assert weights[0].detach().sum().item() == 0.0
    np.testing.assert_allclose(weights[1].detach().numpy().sum(-1), 1.0, 1e-6)


def test_weights_are_dropped_in_training_alone():
    ours, theirs = both("MultiheadAttention", 6, 2, dropout=0.5)
    x = tgx.tensor(values(4, 2, 6))
    assert not np.array_equal(ours(x, x, x)[1].detach().numpy(), ours(x, x, x)[1].detach().numpy())
    ours.eval(), theirs.eval()
    compare(lambda x: ours(x, x, x), lambda x: theirs(x, x, x), values(4, 2, 6))


# ---- transformers -------------------------------------------------------------------------------


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("batch_first", [True, False])
def test_encoder_layers(norm_first, batch_first):
    for activation, bias in itertools.product(("relu", "gelu"), (True, False)):
        layer = both(
            "TransformerEncoderLayer", 6, 2, 8, 0.0, activation, 0.01, batch_first, norm_first, bias
        )
        x = values(2, 5, 6) if batch_first else values(5, 2, 6)
        heads(*layer, x)
        heads(*layer, x, src_mask=floats(5, 5), src_key_padding_mask=floats(2, 5, seed=1))
        heads(*layer, x, src_key_padding_mask=bools(2, 5))
        heads(*layer, values(5, 6))


@pytest.mark.parametrize("norm_first", [True, False])
def test_decoder_layers(norm_first):
    layer = both("TransformerDecoderLayer", 6, 2, 8, 0.0, norm_first=norm_first)
    x, memory = values(5, 2, 6), values(4, 2, 6, seed=1)
    heads(*layer, x, memory)
    causal = np.triu(np.full((5, 5), -np.inf), 1)
    heads(*layer, x, memory, tgt_mask=causal, tgt_is_causal=True, memory_mask=bools(5, 4))
    heads(*layer, x, memory, tgt_key_padding_mask=bools(2, 5), memory_key_padding_mask=bools(2, 4))


def test_stacks():
    for lib_norm in (False, True):
        made = []
        for lib in (tgx, torch):
            layer = lib.nn.TransformerEncoderLayer(6, 2, 8, 0.0).double()
            norm = lib.nn.LayerNorm(6).double() if lib_norm else None
            made.append(lib.nn.TransformerEncoder(layer, 2, norm, enable_nested_tensor=False))
        spread(*made)
        heads(*made, values(5, 2, 6), mask=bools(5, 5), src_key_padding_mask=bools(2, 5))
        made = []
        for lib in (tgx, torch):
            layer = lib.nn.TransformerDecoderLayer(6, 2, 8, 0.0).double()
            norm = lib.nn.LayerNorm(6).double() if lib_norm else None
            made.append(lib.nn.TransformerDecoder(layer, 2, norm))
        spread(*made)
        heads(*made, values(5, 2, 6), values(4, 2, 6, seed=1), tgt_mask=bools(5, 5))


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("batch_first", [True, False])
def test_transformers(batch_first):
    layer = both("Transformer", 6, 2, 2, 1, 8, 0.0, "gelu", batch_first=batch_first)
    src, tgt = ((2, 4, 6), (2, 5, 6)) if batch_first else ((4, 2, 6), (5, 2, 6))
    causal = np.triu(np.full((5, 5), -np.inf), 1)
    heads(
        *layer, values(*src), values(*tgt, seed=1), tgt_mask=causal,
        src_key_padding_mask=floats(2, 4), memory_key_padding_mask=floats(2, 4),
    )  # fmt: skip
    heads(*layer, values(4, 6), values(5, 6, seed=1))


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
def test_weights_begin_as_theirs():
    tgx.manual_seed(1), torch.manual_seed(1)
    made = [lib.nn.Transformer(64, 4, 1, 1, 128) for lib in (tgx, torch)]
    known = dict(made[1].named_parameters())
    for name, p in made[0].named_parameters():
        ours, theirs = p.detach().numpy(), known[name].detach().numpy()
        assert ours.shape == theirs.shape
        spread = 0.03 if ours.ndim > 1 else 0.3  # of 64 numbers, or of thousands
        assert abs(ours.std() - theirs.std()) <= spread * theirs.std(), name
        if ours.ndim > 1:
            bound = (6 / sum(ours.shape)) ** 0.5
            assert 0.98 * bound < np.abs(ours).max() <= bound
