"""Layers of convolution and pooling beside PyTorch's, with copied weights, in float64."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from layers import both, compare

import tinygradx as tgx
from tinygradx import nn

torch = pytest.importorskip("torch", reason="could not import torch")

IMAGE = (7, 6, 5)


def images(dims, channels=4, batch=(3,)):
    return np.random.default_rng(0).standard_normal((*batch, channels, *IMAGE[:dims]))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
def test_conv(dims, groups):
    for kernel, stride, padding, dilation in itertools.product(
        (1, 2, 3), (1, 2), (0, 1, "same", "valid"), (1, 2)
    ):
        if padding == "same" and stride > 1:
            continue
        how = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        compare(*both(f"Conv{dims}d", 4, 6, kernel, **how, bias=kernel != 2), images(dims))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [2, "same"])
@pytest.mark.parametrize("dims", [1, 2])
def test_padding_modes(mode, padding, dims):
    how = {"padding": padding, "padding_mode": mode, "dilation": 2}
    compare(*both(f"Conv{dims}d", 4, 2, 2, **how), images(dims))


def test_pairs_and_images_without_a_batch():
    how = {"stride": (2, 1), "padding": (0, 2), "dilation": (1, 2)}
    compare(*both("Conv2d", 4, 6, (3, 2), **how), images(2, batch=()))
    compare(*both("ConvTranspose2d", 4, 6, (3, 2), **how), images(2, batch=()))


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
def test_conv_transpose(dims, groups):
    for kernel, stride, padding, more, dilation in itertools.product(
        (1, 3), (1, 2, 3), (0, 1), (0, 1), (1, 2)
    ):
        if more >= max(stride, dilation) or (padding and kernel == 1):
            continue
        how = {
            "stride": stride, "padding": padding, "output_padding": more, "dilation": dilation,
            "groups": groups, "bias": kernel != 3,
        }  # fmt: skip
        compare(*both(f"ConvTranspose{dims}d", 4, 6, kernel, **how), images(dims))


def test_output_size():
    ours, theirs = both("ConvTranspose2d", 4, 6, 3, stride=2, padding=1)
    for size in ((13, 11), (14, 12), (14, 11)):
        compare(ours, theirs, images(2), output_size=size)


POOLS = [
    ("MaxPool", {"kernel_size": 2}),
    ("MaxPool", {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 2}),
    ("MaxPool", {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
    ("AvgPool", {"kernel_size": 2}),
    ("AvgPool", {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
    ("AvgPool", {"kernel_size": 3, "padding": 1, "count_include_pad": False}),
    ("LPPool", {"norm_type": 2, "kernel_size": 3, "stride": 2, "ceil_mode": True}),
    ("AdaptiveAvgPool", {"output_size": 1}),
    ("AdaptiveAvgPool", {"output_size": 4}),
    ("AdaptiveMaxPool", {"output_size": 4}),
]


@pytest.mark.parametrize(("kind", "how"), POOLS, ids=str)
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("batch", [(2,), ()])
def test_pooling(kind, how, dims, batch):
    if kind == "AdaptiveAvgPool" and dims == 3 and not batch:
        batch = (1,)
    compare(*both(f"{kind}{dims}d", **how), images(dims, batch=batch))


def test_ties_and_nan_go_where_pytorch_sends_them():
    x = np.array([[[[1.0, 1.0, 0.0, np.nan], [1.0, 0.0, 2.0, 5.0], [-np.inf] * 4, [-np.inf] * 4]]])
    a, b = tgx.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    ours, theirs = nn.MaxPool2d(2, return_indices=True), torch.nn.MaxPool2d(2, return_indices=True)
    (y, index), (z, places) = ours(a), theirs(b)
    np.testing.assert_array_equal(y.detach().numpy(), z.detach().numpy())
    np.testing.assert_array_equal(index.numpy(), places.numpy())
    y.sum().backward()
    z.sum().backward()
    np.testing.assert_array_equal(a.grad.numpy(), b.grad.numpy())


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_unpooling(dims):
    x = images(dims)
    a, b = tgx.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    back = []
    for lib, leaf in ((nn, a), (torch.nn, b)):
        values, index = getattr(lib, f"MaxPool{dims}d")(2, return_indices=True)(leaf)
        back.append(getattr(lib, f"MaxUnpool{dims}d")(2)(values, index, output_size=IMAGE[:dims]))
    np.testing.assert_array_equal(back[0].detach().numpy(), back[1].detach().numpy())
    (back[0] ** 2).sum().backward()
    (back[1] ** 2).sum().backward()
    np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy())


@pytest.mark.parametrize("kind", ["Conv2d", "ConvTranspose2d"])
def test_values_at_first_are_spread_as_in_pytorch(kind):
    ours, theirs = (
        getattr(nn, kind)(8, 32, 3, groups=2),
        getattr(torch.nn, kind)(8, 32, 3, groups=2),
    )
    for name in ("weight", "bias"):
        a, b = getattr(ours, name).detach().numpy(), getattr(theirs, name).detach().numpy()
        assert a.shape == b.shape
        assert np.abs(a).max() == pytest.approx(np.abs(b).max(), rel=0.1)
        assert a.std() == pytest.approx(b.std(), rel=0.35)
