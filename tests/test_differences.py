"""Differences of points, histograms of boxes, membership: against NumPy, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DtypeError, ShapeError

RANDOM = np.random.default_rng(0)
GRID = RANDOM.normal(size=(4, 5))


@pytest.mark.parametrize("edge_order", [1, 2])
@pytest.mark.parametrize("dim", [None, 0, -1, (1, 0)])
def test_gradient_is_numpys(dim, edge_order):
    expected = np.gradient(GRID, 0.5, axis=dim, edge_order=edge_order)
    expected = expected if isinstance(expected, (tuple, list)) else [expected]
    mine = tgx.gradient(tgx.tensor(GRID), spacing=0.5, dim=dim, edge_order=edge_order)
    for a, b in zip(mine, expected, strict=True):
        np.testing.assert_allclose(a.numpy(), b, 1e-12, 1e-13)


@pytest.mark.parametrize("edge_order", [1, 2])
def test_uneven_points(edge_order):
    rows, columns = np.cumsum(RANDOM.uniform(0.1, 1.0, 4)), np.cumsum(RANDOM.uniform(0.1, 1.0, 5))
    mine = tgx.gradient(
        tgx.tensor(GRID), spacing=[tgx.tensor(rows), tgx.tensor(columns)], edge_order=edge_order
    )
    for a, b in zip(mine, np.gradient(GRID, rows, columns, edge_order=edge_order), strict=True):
        np.testing.assert_allclose(a.numpy(), b, 1e-11, 1e-12)


def test_a_parabola_has_an_exact_derivative():
    x = np.array([0.0, 0.5, 2.0, 2.25, 4.0])
    (slope,) = tgx.gradient(tgx.tensor(x * x), spacing=[tgx.tensor(x)], edge_order=2)
    np.testing.assert_allclose(slope.numpy(), 2.0 * x, 1e-12, 1e-13)


def test_integers_have_a_gradient_in_floats():
    (slope,) = tgx.gradient(tgx.tensor([1, 3, 9]))
    assert slope.dtype == tgx.float32
    assert slope.tolist() == [2.0, 4.0, 6.0]


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"edge_order": 3}, ArgumentError, "neither 1 nor 2"),
        ({"spacing": [1.0]}, ArgumentError, "a spacing of 1 parts"),
        ({"spacing": [tgx.ones(3), tgx.ones(5)]}, ShapeError, "dimension 0 of size 4"),
        ({"dim": 0, "edge_order": 2, "x": tgx.ones(2)}, ShapeError, "2 points along dimension 0"),
        ({"x": tgx.ones(3, dtype=tgx.bool)}, DtypeError, "gradient of bool"),
    ],
)
def test_what_gradient_refuses(given, kind, message):
    x = given.get("x", tgx.tensor(GRID))
    with pytest.raises(kind, match=message):
        tgx.gradient(x, **{key: value for key, value in given.items() if key != "x"})


@pytest.mark.parametrize("density", [False, True])
@pytest.mark.parametrize("given", ["counts", "one count", "edges", "range"])
def test_histogramdd_is_numpys(given, density):
    points, weight = RANDOM.normal(size=(50, 2)), RANDOM.uniform(size=50)
    edges = [np.array([-2.0, 0.0, 0.5, 2.0]), np.array([-1.0, 1.0])]
    bins = {"counts": [3, 4], "one count": 3, "edges": edges, "range": [3, 4]}[given]
    ends = [-1.0, 1.0, -2.0, 2.0] if given == "range" else None
    numpys = None if ends is None else [ends[:2], ends[2:]]
    counts, expected = np.histogramdd(points, bins, numpys, density, weight)
    ours = [tgx.tensor(e) for e in edges] if given == "edges" else bins
    hist, found = tgx.histogramdd(
        tgx.tensor(points), ours, range=ends, weight=tgx.tensor(weight), density=density
    )
    np.testing.assert_allclose(hist.numpy(), counts, 1e-12)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a.numpy(), b, 1e-12)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda x: tgx.histogramdd(x[0], [2]), ShapeError, "no points"),
        (lambda x: tgx.histogramdd(x.long(), [2, 2]), DtypeError, "no floats"),
        (lambda x: tgx.histogramdd(x, [2]), ArgumentError, "bins for 1 dimensions"),
        (lambda x: tgx.histogramdd(x, [2, 0]), ArgumentError, "bins=0"),
        (lambda x: tgx.histogramdd(x, [2, 2], range=[0.0, 1.0]), ArgumentError, "2 numbers"),
        (
            lambda x: tgx.histogramdd(x, [2, 2], range=[0, 1, 1, 0]),
            ArgumentError,
            "from 1.0 to 0.0",
        ),
        (lambda x: tgx.histogramdd(x / 0.0, [2, 2]), ArgumentError, "no such range"),
        (lambda x: tgx.histogramdd(x, [2, 2], weight=x), ShapeError, "each point its weight"),
        (lambda x: tgx.histogramdd(x, [-x[:, 0], x[:, 1]]), ArgumentError, "no edges in order"),
    ],
)
def test_what_histogramdd_refuses(call, kind, message):
    with pytest.raises(kind, match=message):
        call(tgx.tensor([[1.0, 2.0], [3.0, 4.0]]))


def test_points_of_one_value_and_no_points():
    hist, edges = tgx.histogramdd(tgx.ones(3, 1), [2])
    assert hist.tolist() == [0.0, 3.0]
    assert edges[0].tolist() == [0.5, 1.0, 1.5]
    assert tgx.histogramdd(tgx.ones(0, 2), [2, 1]).hist.tolist() == [[0.0], [0.0]]


def test_membership():
    x = tgx.tensor([[1.0, float("nan")], [3.0, 4.0]])
    assert tgx.isin(x, tgx.tensor([float("nan"), 1.0])).tolist() == [[True, False], [False, False]]
    assert tgx.isin(x, 4, invert=True).tolist() == [[True, True], [True, False]]
    assert tgx.isin(3, tgx.tensor([3, 4])).item() is True


def test_copies_of_parts():
    x = tgx.arange(6.0, dtype=tgx.float64).requires_grad_()
    parts = tgx.unsafe_split(x, [1, 5])
    assert [p.tolist() for p in parts] == [[0.0], [1.0, 2.0, 3.0, 4.0, 5.0]]
    assert not any(np.may_share_memory(p.detach().numpy(), x.detach().numpy()) for p in parts)
    parts[1].sum().backward()
    assert x.grad.tolist() == [0.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    assert [p.shape for p in tgx.unsafe_chunk(x, 4)] == [(2,), (2,), (2,)]


def test_memory_in_an_order_of_ones_own():
    x = tgx.empty_permuted((2, 3, 0), (1, 0, 2), dtype=tgx.int32)
    assert (x.shape, x.dtype) == ((2, 3, 0), tgx.int32)
    assert tgx.empty_strided((2, 2), (1, 1)).stride() == (1, 1)
    assert tgx.empty_strided((2,), (1,), requires_grad=True).requires_grad
    with pytest.raises(ArgumentError, match="not every dimension once"):
        tgx.empty_permuted((2, 3), (0, 0))
