"""Images read between pixels, and windows at random, beside PyTorch's, in float64."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from layers import compare

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.nn import functional as F

torch = pytest.importorskip("torch", reason="could not import torch")


def images(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def grid_of(dims, count=2):
    """Points inside, outside and far outside, and on the corners."""
    grid = np.random.default_rng(1).uniform(-2.6, 2.6, (count, *(4, 3, 2)[:dims], dims))
    grid[0].reshape(-1, dims)[:3] = [[-1.0] * dims, [1.0] * dims, [0.0] * dims]
    return grid


WAYS = [
    way
    for way in product(
        (2, 3), ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection"), (True, False)
    )
    if way[:2] != (3, "bicubic")
]


@pytest.mark.parametrize(("dims", "mode", "padding", "align"), WAYS)
def test_grid_sample(dims, mode, padding, align):
    for size in ((3, 4, 5), (1, 4, 1), (2, 1, 3)):
        how = {"mode": mode, "padding_mode": padding, "align_corners": align}

        def ours(x, grid, how=how):
            return F.grid_sample(x, grid, **how)

        def theirs(x, grid, how=how):
            return torch.nn.functional.grid_sample(x, grid, **how)

        compare(ours, theirs, images(2, 3, *size[:dims]), grid_of(dims))


@pytest.mark.filterwarnings("ignore:Since version 1.3.0:UserWarning")
@pytest.mark.parametrize("align", [True, False])
@pytest.mark.parametrize("size", [(2, 3, 4, 5), (2, 1, 1, 6), (2, 1, 3, 4, 2), (2, 1, 1, 1, 1)])
def test_affine_grid(size, align):
    dims = len(size) - 2
    compare(
        lambda theta: F.affine_grid(theta, size, align),
        lambda theta: torch.nn.functional.affine_grid(theta, size, align),
        images(2, dims, dims + 1),
    )


def test_points_that_are_no_numbers_and_points_far_away():
    x = tgx.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    grid = tgx.tensor([[[[np.nan, np.nan], [np.inf, 0.0], [-1e30, 0.0]]]], requires_grad=True)
    y = F.grid_sample(x, grid, align_corners=True)
    assert y.tolist() == [[[[1.0, 0.0, 0.0]]]]
    y.sum().backward()
    assert np.isfinite(grid.grad.numpy()).all()
    for padding in ("border", "reflection"):
        y = F.grid_sample(x, grid, padding_mode=padding, align_corners=True)
        assert np.isfinite(y.detach().numpy()).all()


def test_single_precision_stays():
    x, grid = tgx.ones(1, 1, 2, 2), tgx.zeros(1, 3, 3, 2, requires_grad=True)
    for mode in ("bilinear", "nearest", "bicubic"):
        y = F.grid_sample(x, grid, mode)
        assert (y.dtype, y.shape) == (tgx.float32, (1, 1, 3, 3))
        (g,) = tgx.autograd.grad(y.sum(), grid)
        assert g.dtype == tgx.float32
    assert F.affine_grid(tgx.ones(1, 2, 3), (1, 1, 2, 2)).dtype == tgx.float32


X, GRID = tgx.ones(1, 1, 2, 2), tgx.zeros(1, 1, 1, 2)
WRONG = [
    (lambda: F.grid_sample(X[0], GRID), ShapeError, "pass (N, C, H, W)"),
    (lambda: F.grid_sample(X, tgx.zeros(2, 1, 1, 2)), ShapeError, "shapes that do not fit"),
    (lambda: F.grid_sample(X, tgx.zeros(1, 1, 1, 3)), ShapeError, "shapes that do not fit"),
    (lambda: F.grid_sample(tgx.ones(1, 1, 0, 2), GRID), ShapeError, "without elements"),
    (lambda: F.grid_sample(X, GRID.double()), DtypeError, "grid.to(input.dtype)"),
    (lambda: F.grid_sample(X.long(), GRID.long()), DtypeError, "int64"),
    (
        lambda: F.grid_sample(X, GRID, "cubic"),
        ArgumentError,
        "use 'bilinear', 'nearest', 'bicubic'",
    ),
    (lambda: F.grid_sample(X, GRID, padding_mode="wrap"), ArgumentError, "padding_mode='wrap'"),
    (
        lambda: F.grid_sample(tgx.ones(1, 1, 2, 2, 2), tgx.zeros(1, 1, 1, 1, 3), "bicubic"),
        ArgumentError,
        "use 'bilinear', 'nearest'",
    ),
    (lambda: F.affine_grid(tgx.ones(1, 2, 3), (2, 1, 2, 2)), ShapeError, "pass (N, 2, 3)"),
    (lambda: F.affine_grid(tgx.ones(1, 2, 3), (1, 1, 0, 2)), ShapeError, "do not fit"),
    (lambda: F.affine_grid(tgx.ones(1, 2, 3).long(), (1, 1, 2, 2)), DtypeError, "theta.float()"),
    (lambda: F.fractional_max_pool2d(X, 2), ArgumentError, "no size"),
    (lambda: F.fractional_max_pool2d(X, 2, 1, 0.5), ArgumentError, "both output_size"),
    (lambda: F.fractional_max_pool2d(X, 2, output_ratio=1.5), ArgumentError, "output_ratio=1.5"),
    (lambda: F.fractional_max_pool2d(X, 2, 2), ShapeError, "make the output at most"),
    (
        lambda: F.fractional_max_pool2d(X, 1, 2, _random_samples=tgx.zeros(1, 2)),
        ShapeError,
        "_random_samples of shape (1, 2)",
    ),
    (lambda: nn.FractionalMaxPool2d(2), ArgumentError, "pass one of output_size="),
]


@pytest.mark.parametrize(("wrong", "kind", "words"), WRONG)
def test_what_is_refused(wrong, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        wrong()


@pytest.mark.parametrize(
    ("shape", "kernel", "size", "ratio"),
    [
        ((2, 3, 7, 9), (2, 3), (4, 5), None),
        ((2, 3, 7, 9), 2, None, (0.6, 0.45)),
        ((3, 6, 6), 2, 1, None),
        ((2, 2, 6, 7, 8), (2, 3, 2), (3, 4, 5), None),
        ((2, 2, 6, 7, 8), 2, None, 0.5),
    ],
)
def test_fractional_pooling(shape, kernel, size, ratio):
    dims = 2 if len(shape) < 5 else 3
    count = shape[0] if len(shape) != dims + 1 else 1
    samples = np.random.default_rng(2).random((count, shape[-dims - 1], dims))
    kind = f"FractionalMaxPool{dims}d"
    how = {"output_size": size, "output_ratio": ratio, "return_indices": True}
    ours = getattr(nn, kind)(kernel, **how, _random_samples=tgx.tensor(samples))
    theirs = getattr(torch.nn, kind)(kernel, **how, _random_samples=torch.tensor(samples))
    compare(ours, theirs, images(*shape))
    drawn = getattr(nn, kind)(kernel, output_size=size, output_ratio=ratio)
    tgx.manual_seed(3)
    first = drawn(tgx.tensor(images(*shape)))
    assert first.shape == ours(tgx.tensor(images(*shape)))[0].shape
    tgx.manual_seed(3)
    assert (drawn(tgx.tensor(images(*shape))) == first).all()
