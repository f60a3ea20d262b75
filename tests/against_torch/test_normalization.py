"""Layers of normalisation beside PyTorch's, with copied weights, in float64."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from layers import both, compare, same_state

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, ShapeError

torch = pytest.importorskip("torch", reason="could not import torch")


def values(*shape, seed=0):
    return 3.0 + 2.0 * np.random.default_rng(seed).standard_normal(shape)


def spread(ours, theirs):
    """Weights and biases that are not 1 and 0."""
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        given = values(*a.shape, seed=3)
        a.data, b.data = tgx.tensor(given), torch.tensor(given)


SHAPES = {1: (6,), 2: (4, 3), 3: (4, 3, 2)}


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("kind", ["BatchNorm", "InstanceNorm"])
def test_channel_norms(kind, dims):
    choices = itertools.product((0.1, 0.7, None), (True, False), (True, False), (1e-5, 0.1))
    for momentum, affine, track, eps in choices:
        if kind == "InstanceNorm" and momentum is None:
            continue
        ours, theirs = both(
            f"{kind}{dims}d", 5, eps=eps, momentum=momentum, affine=affine,
            track_running_stats=track,
        )  # fmt: skip
        spread(ours, theirs)
        for seed in range(3):
            compare(ours, theirs, values(4, 5, *SHAPES[dims], seed=seed))
            same_state(ours, theirs)
            ours.zero_grad(), theirs.zero_grad()
        ours.eval(), theirs.eval()
        compare(ours, theirs, values(4, 5, *SHAPES[dims], seed=7))
        same_state(ours, theirs)


def test_batch_norm_of_plain_features():
    compare(*both("BatchNorm1d", 5), values(8, 5))


def test_instance_norm_without_a_batch():
    compare(*both("InstanceNorm2d", 5, affine=True), values(5, 4, 3))


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(
    ("name", "sizes"),
    [("BatchNorm1d", (6,)), ("InstanceNorm1d", (6,)), ("LayerNorm", (4,)), ("GroupNorm", (2, 6))],
)
def test_a_norm_without_a_bias(name, sizes, affine):
    learned = {"elementwise_affine" if name == "LayerNorm" else "affine": affine}
    for bias in (True, False):
        ours, theirs = both(name, *sizes, bias=bias, **learned)
        assert repr(ours).split("        #")[0] == repr(theirs)
        assert (ours.bias is not None) == (affine and bias)
        spread(ours, theirs)
        compare(ours, theirs, values(3, 6, 4))
        same_state(ours, theirs)


def test_a_lazy_norm_without_a_bias():
    lazy = nn.LazyBatchNorm1d(bias=False)
    lazy(tgx.ones(4, 3))
    assert lazy.bias is None and lazy.weight.shape == (3,)


@pytest.mark.parametrize("shape", [3, (3,), (4, 3)])
@pytest.mark.parametrize("affine", [True, False])
def test_layer_and_rms_norm(shape, affine):
    for layer in (
        both("LayerNorm", shape, elementwise_affine=affine),
        both("LayerNorm", shape, bias=False),
        both("RMSNorm", shape, elementwise_affine=affine),
        both("RMSNorm", shape, eps=0.3),
    ):
        spread(*layer)
        compare(*layer, values(2, 5, 4, 3))


@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize("rest", [(), (7,), (4, 3)])
def test_group_norm(groups, rest):
    if groups == 6 and not rest:
        return  # groups of one element: refused by both
    layer = both("GroupNorm", groups, 6)
    spread(*layer)
    compare(*layer, values(3, 6, *rest))


def test_local_response_norm():
    for size in (1, 2, 5):
        compare(*both("LocalResponseNorm", size, 0.5, 0.6, 1.5), values(2, 4, 3, 3))


def test_large_means_lose_what_their_own_rounding_loses():
    x = values(64, 3).astype("float32") + 1e4
    found = nn.BatchNorm1d(3)(tgx.tensor(x)).detach().numpy()
    exact = (x - x.mean(0, dtype="f8")) / np.sqrt(x.var(0, dtype="f8") + 1e-5)
    assert np.abs(found - exact).max() <= np.spacing(np.float32(1e4))  # over a spread of 2


def test_refused():
    with pytest.raises(ShapeError, match=r"BatchNorm2d of 3 channels(.|\n)*\(N, C, H, W\)"):
        nn.BatchNorm2d(3)(tgx.ones(2, 3))
    with pytest.raises(ShapeError, match=r"C = 3"):
        nn.BatchNorm2d(3)(tgx.ones(2, 4, 5, 5))
    with pytest.raises(ShapeError, match="1 element in each group"):
        nn.BatchNorm1d(3)(tgx.ones(1, 3))
    with pytest.raises(ShapeError, match=r"layer_norm over \(4,\)"):
        nn.LayerNorm(4)(tgx.ones(2, 3))
    with pytest.raises(ArgumentError, match="num_groups=4"):
        nn.GroupNorm(4, 6)
    with pytest.raises(ArgumentError, match="no running_mean"):
        nn.functional.batch_norm(tgx.ones(2, 3), None, None)
    with pytest.raises(ArgumentError, match="num_features=0"):
        nn.BatchNorm1d(0)


def test_a_batch_of_one_is_fine_in_use():
    layer = nn.BatchNorm1d(3).eval()
    assert layer(tgx.ones(1, 3)).shape == (1, 3)
