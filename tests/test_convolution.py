"""Convolution and pooling: what is refused and how, empty batches, and layers in words."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.signal import correlate2d

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.nn import functional as F


def test_conv2d_is_scipys_correlation():
    random = np.random.default_rng(0)
    image, kernel = random.standard_normal((7, 9)), random.standard_normal((3, 2))
    out = F.conv2d(tgx.tensor(image[None, None]), tgx.tensor(kernel[None, None]))
    np.testing.assert_allclose(out.numpy()[0, 0], correlate2d(image, kernel, "valid"))


def test_groups_of_images_do_not_matter(monkeypatch):
    random = np.random.default_rng(0)
    x = tgx.tensor(random.standard_normal((7, 2, 5, 5)), requires_grad=True)
    weight = tgx.tensor(random.standard_normal((3, 2, 3, 3)), requires_grad=True)
    found = []
    for columns in (1, 400, 1 << 20):
        monkeypatch.setattr("tinygradx.ops.convolution.COLUMNS", columns)
        out = F.conv2d(x, weight, padding=1)
        found.append([out.detach(), *tgx.autograd.grad((out**2).sum(), (x, weight))])
    for others in found[1:]:
        for a, b in zip(found[0], others, strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    "run",
    [
        lambda x: F.conv2d(x, tgx.ones(3, 2, 3, 3)),
        lambda x: F.conv_transpose2d(x, tgx.ones(2, 3, 3, 3)),
        lambda x: F.max_pool2d(x, 2),
        lambda x: F.avg_pool2d(x, 2),
        lambda x: F.adaptive_max_pool2d(x, 2),
        lambda x: F.adaptive_avg_pool2d(x, 4),
    ],
)
def test_a_batch_of_none(run):
    x = tgx.zeros(0, 2, 6, 6, requires_grad=True)
    out = run(x)
    assert out.shape[0] == 0 and out.ndim == 4
    out.sum().backward()
    assert x.grad.shape == (0, 2, 6, 6)


IMAGES, WEIGHT = tgx.ones(2, 3, 8, 8), tgx.ones(4, 3, 3, 3)
REFUSED = [
    (
        lambda: F.conv2d(tgx.ones(2, 8, 8, 3), WEIGHT),
        ShapeError,
        r"from 3 channels.*channels are 8",
    ),
    (lambda: F.conv2d(tgx.ones(8, 8), WEIGHT), ShapeError, r"got: an input of shape \(8, 8\)"),
    (
        lambda: F.conv2d(tgx.ones(2, 8, 8), tgx.ones(4, 2, 9, 9)),
        ShapeError,
        "smaller than a window",
    ),
    (lambda: F.conv2d(IMAGES, tgx.ones(4, 3, 3)), ShapeError, "weight of shape .*3 dimensions"),
    (lambda: F.conv2d(IMAGES, WEIGHT, tgx.ones(3)), ShapeError, r"bias of shape \(4,\)"),
    (lambda: F.conv2d(IMAGES.double(), WEIGHT), DtypeError, "float32.*float64"),
    (lambda: F.conv2d(IMAGES, WEIGHT, groups=3), ArgumentError, "groups=3"),
    (lambda: F.conv2d(IMAGES, WEIGHT, stride=0), ArgumentError, "stride=0"),
    (lambda: F.conv2d(IMAGES, WEIGHT, stride=(1, 1, 1)), ArgumentError, "2 spatial dimensions"),
    (lambda: F.conv2d(IMAGES, WEIGHT, stride=1.5), DtypeError, "stride=1.5"),
    (lambda: F.conv2d(IMAGES, WEIGHT, padding="equal"), ArgumentError, '"valid", "same"'),
    (lambda: F.conv2d(IMAGES, WEIGHT, stride=2, padding="same"), ArgumentError, "stride of 1"),
    (lambda: F.conv_transpose2d(IMAGES, WEIGHT), ShapeError, "from 4 channels"),
    (
        lambda: F.conv_transpose2d(IMAGES, tgx.ones(3, 4, 2, 2), output_padding=1),
        ArgumentError,
        "output_padding=1",
    ),
    (lambda: F.max_pool2d(IMAGES, 9), ShapeError, "smaller than a window"),
    (lambda: F.max_pool2d(IMAGES, 2, padding=2), ArgumentError, "half of a window"),
    (lambda: F.avg_pool2d(IMAGES.long(), 2), DtypeError, "int64"),
    (lambda: F.avg_pool2d(IMAGES, 2, divisor_override=0), ArgumentError, "division by 0"),
    (
        lambda: F.max_unpool2d(IMAGES, tgx.full((2, 3, 8, 8), 999), 2),
        ArgumentError,
        "indices from 0 to 255",
    ),
    (lambda: F.max_unpool2d(IMAGES, tgx.zeros(2, 3, 8, 8), 2), DtypeError, "integers"),
    (lambda: nn.Conv2d(3, 8, 3, groups=2), ArgumentError, "in_channels=3, groups=2"),
    (lambda: nn.Conv2d(3, 8, 3, padding_mode="wrap"), ArgumentError, "'circular'"),
    (lambda: nn.ConvTranspose2d(3, 8, 3, padding_mode="reflect"), ArgumentError, "'zeros'"),
    (
        lambda: nn.ConvTranspose2d(3, 8, 3, stride=2)(IMAGES, output_size=(20, 20)),
        ArgumentError,
        r"from \(17, 17\) to \(18, 18\)",
    ),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED)
def test_refused(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert re.search(words, str(caught.value), re.DOTALL), str(caught.value)
    assert caught.value.where.partition(":")[0].endswith("test_convolution.py")


def test_grey_images_without_a_channel():
    with pytest.raises(ShapeError, match=r"x.unsqueeze\(1\)"):
        F.conv2d(tgx.ones(28, 28), tgx.ones(1, 1, 3, 3))


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.Conv1d(2, 4, 3), "Conv1d(2 → 4, kernel_size=(3,), stride=(1,))"),
        (
            nn.Conv2d(2, 4, 3, 2, 1, groups=2, bias=False, padding_mode="reflect"),
            "Conv2d(2 → 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), groups=2, "
            "bias=False, padding_mode='reflect')",
        ),
        (
            nn.MaxPool2d(2),
            "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
        ),
        (nn.AvgPool2d(3, 1, 1), "AvgPool2d(kernel_size=3, stride=1, padding=1)"),
        (nn.AdaptiveAvgPool2d((1, 1)), "AdaptiveAvgPool2d(output_size=(1, 1))"),
    ],
)
def test_in_words(layer, text):
    assert repr(layer).startswith(text)
