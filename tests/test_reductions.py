"""Reductions, statistics, cumulative operations, order and distances: values, edges, errors.

Against PyTorch's own samples they are held in against_torch/test_op_db.py, their gradients against
differences in test_gradcheck.py; here is what neither of these looks at.
"""

from __future__ import annotations

import math
import warnings

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError

NAN = float("nan")


def leaf(values, dtype=np.float64):
    return tgx.tensor(np.array(values, dtype), requires_grad=True)


def gradient(function, values):
    x = leaf(values)
    function(x).sum().backward()
    return x.grad.numpy().tolist()


def same(x, values):
    np.testing.assert_array_equal(x.detach().numpy(), np.array(values))


# ---- one way to spell dims ----------------------------------------------------------------------

REDUCTIONS = [
    "sum", "mean", "prod", "amax", "amin", "logsumexp", "all", "any", "argmax", "argmin", "nansum",
    "nanmean", "var", "std", "median", "nanmedian", "mode", "norm", "max", "min",
]  # fmt: skip
MATRIX = np.array([[3.0, 1.0, 2.0, 2.0], [0.5, 4.0, 1.0, 9.0], [7.0, 7.0, 1.5, 3.0]])


def first(answer):
    return answer[0] if isinstance(answer, tuple) else answer


@pytest.mark.parametrize("name", REDUCTIONS)
def test_numpys_spellings_say_the_same(name):
    x = tgx.tensor(MATRIX)
    function, method = getattr(tgx, name), getattr(x, name)
    expected = first(function(x, dim=1, keepdim=True)).numpy()
    assert expected.shape == (3, 1)
    for got in (
        function(x, axis=1, keepdims=True), function(x, axis=-1, keepdim=True, out=None),
        method(dim=1, keepdims=True), method(axis=1, keepdim=True),
    ):  # fmt: skip
        np.testing.assert_array_equal(first(got).numpy(), expected)


@pytest.mark.parametrize("name", [*REDUCTIONS, "cumsum", "cumprod", "sort", "diff"])
def test_unknown_keywords_and_out_are_refused(name):
    x = tgx.tensor(MATRIX)
    function = getattr(tgx, name)
    with pytest.raises(TypeError, match=f"{name}.*unexpected keyword argument 'axes'"):
        function(x, dim=0, axes=1)
    with pytest.raises(ArgumentError, match="with out="):
        function(x, dim=0, out=tgx.zeros(4))


@pytest.mark.parametrize("name", [n for n in REDUCTIONS if n != "mode"])
def test_a_dim_out_of_range_is_refused(name):
    with pytest.raises(DimError, match=r"use a dim from -2 to 1"):
        getattr(tgx, name)(tgx.tensor(MATRIX), dim=2)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_a_number_has_the_dims_0_and_minus_1(name):
    x = tgx.tensor(2.5)
    for dim in (0, -1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the variance of one number
            assert first(getattr(tgx, name)(x, dim=dim)).shape == ()
    with pytest.raises(DimError):
        getattr(tgx, name)(x, dim=1)


@pytest.mark.parametrize(
    "function", [np.sum, np.prod, np.max, np.min, np.argmax, np.argmin, np.all, np.any, np.cumsum,
                 np.cumprod, np.mean, np.std, np.var], ids=lambda f: f.__name__,
)  # fmt: skip
def test_numpys_functions_on_a_tensor(function):
    x = tgx.tensor(MATRIX)
    got = first(function(x, axis=1))
    assert isinstance(got, tgx.Tensor)
    np.testing.assert_allclose(got.numpy(), function(MATRIX, axis=1), 1e-15)


@settings(max_examples=60, deadline=None)
@given(
    shape=array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4),
    data=st.data(),
    name=st.sampled_from(["sum", "prod", "mean", "var", "all", "any", "cumsum", "cumprod"]),
)
def test_any_shape_and_stride_says_what_numpy_says(shape, data, name):
    array = np.random.default_rng(0).normal(size=shape)
    order = data.draw(st.permutations(range(len(shape))))
    array = array.transpose(order)[::2]
    dim = data.draw(st.integers(-array.ndim, array.ndim - 1))
    how = {"correction": 0} if name == "var" else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, of means of nothing
        expected = getattr(np, name)(array, axis=dim)
        got = getattr(tgx, name)(tgx.from_numpy(array), dim, **how)
    assert got.shape == expected.shape
    np.testing.assert_allclose(got.numpy(), expected, 1e-12, 1e-14)


# ---- extremes -----------------------------------------------------------------------------------


def test_the_gradient_of_a_nan_goes_to_the_nan_alone():
    for name in ("max", "min", "amax", "amin", "median"):
        assert gradient(lambda x, n=name: getattr(x, n)(), [1.0, NAN, 3.0]) == [0.0, 1.0, 0.0], name
    assert gradient(lambda x: x.amax(1), [[1.0, NAN], [2.0, 2.0]]) == [[0.0, 1.0], [0.5, 0.5]]
    assert gradient(lambda x: x.nanmedian(), [1.0, NAN, 3.0]) == [1.0, 0.0, 0.0]


def test_ties_share_the_gradient_of_the_whole_and_the_first_has_that_of_a_dim():
    tied = [3.0, 1.0, 3.0]
    assert gradient(lambda x: x.max(), tied) == [0.5, 0.0, 0.5]
    assert gradient(lambda x: x.max(0).values, tied) == [1.0, 0.0, 0.0]
    assert gradient(lambda x: x.median(), [2.0, 2.0, 2.0, 5.0]) == [1 / 3, 1 / 3, 1 / 3, 0.0]
    same(tgx.tensor(tied).max(0).indices, 0)


def test_the_three_forms_of_max():
    x, y = tgx.tensor([1.0, 5.0]), tgx.tensor([3.0, 2.0])
    same(x.max(y), [3.0, 5.0])
    same(tgx.max(x, other=y), [3.0, 5.0])
    low, high = tgx.aminmax(tgx.tensor(MATRIX), dim=0)
    same(low, MATRIX.min(0))
    same(high, MATRIX.max(0))


def test_extremes_of_nothing_are_refused():
    for name in ("max", "amin", "argmax", "median", "mode", "kthvalue", "quantile"):
        given = {"kthvalue": (1, 1), "quantile": (0.5, 1)}.get(name, (1,))
        with pytest.raises(ShapeError, match="no elements to choose from"):
            getattr(tgx, name)(tgx.zeros(2, 0), *given)


def test_of_nothing():
    assert tgx.prod(tgx.zeros(0)).item() == 1.0
    assert tgx.logsumexp(tgx.zeros(2, 0), 1).tolist() == [-math.inf] * 2
    assert math.isnan(tgx.median(tgx.zeros(0)).item())
    with pytest.raises(ShapeError, match="median"):
        tgx.median(tgx.zeros(0).long())
    assert tgx.cumprod(tgx.zeros(0), 0).shape == (0,)
    assert gradient(lambda x: x.cumprod(0), np.zeros(0)) == []
    assert gradient(lambda x: x.logcumsumexp(0), np.zeros(0)) == []


def test_all_and_any():
    x = tgx.tensor([[1, 0], [2, 3]])
    same(tgx.all(x, (0, 1)), False)
    same(tgx.any(x, 0), [True, True])
    same(tgx.all(x, ()), [[True, False], [True, True]])  # over no dims
    assert tgx.all(tgx.tensor([1, 0], dtype=tgx.uint8)).dtype == tgx.uint8
    assert tgx.count_nonzero(tgx.tensor([0.0, NAN, 2.0])).item() == 2


# ---- products and cumulative --------------------------------------------------------------------


def test_the_gradient_of_a_product_with_none_one_and_two_zeros():
    assert gradient(lambda x: x.prod(), [2.0, 3.0, 4.0]) == [12.0, 8.0, 6.0]
    assert gradient(lambda x: x.prod(), [2.0, 0.0, 4.0]) == [0.0, 8.0, 0.0]
    assert gradient(lambda x: x.prod(), [0.0, 0.0, 4.0]) == [0.0, 0.0, 0.0]
    # At two zeros only the second derivative of that pair is left.
    x = leaf([0.0, 0.0, 4.0])
    (g,) = tgx.autograd.grad(x.prod(), x, create_graph=True)
    (second,) = tgx.autograd.grad(g[0], x)
    assert second.tolist() == [0.0, 4.0, 0.0]


def test_a_product_whose_quotients_would_underflow():
    # 1e-200 * 1e-200 is 0 in float64, but the product of the others is not.
    assert gradient(lambda x: x.prod(), [1e-200, 1e-200]) == [1e-200, 1e-200]


def test_the_gradient_of_cumprod_beside_zeros():
    assert gradient(lambda x: x.cumprod(0), [2.0, 0.0, 4.0, 5.0]) == [1.0, 50.0, 0.0, 0.0]
    # Behind the last element that is used nothing may overflow: 10 ** 400 is inf.
    x = leaf(np.full(400, 10.0))
    x.cumprod(0)[:3].sum().backward()
    assert x.grad.tolist() == [111.0, 110.0, 100.0, *[0.0] * 397]


def test_sums_of_bools_and_small_integers_are_int64():
    assert tgx.cumsum(tgx.tensor([True, True]), 0).tolist() == [1, 2]
    assert tgx.prod(tgx.tensor([100, 100], dtype=tgx.int8)).item() == 10_000
    assert tgx.cumsum(tgx.tensor([100, 100], dtype=tgx.int8), 0).dtype == tgx.int64
    assert tgx.cumsum(tgx.tensor([1, 2]), 0, dtype=tgx.float32).dtype == tgx.float32


@pytest.mark.parametrize("dtype", [tgx.uint8, tgx.int32, tgx.bool, tgx.float64])
def test_sums_and_products_have_the_dtype_that_was_asked_for(dtype):
    x = tgx.tensor([200, 100])
    for of in (x.sum, x.prod):
        assert of(dtype=dtype).dtype == of(0, dtype=dtype).dtype == dtype
    for cumulated in (x.cumsum, x.cumprod):
        assert cumulated(0, dtype=dtype).dtype == dtype
    assert x.sum(dtype=tgx.uint8).item() == 44


@pytest.mark.parametrize("dtype", [tgx.uint8, tgx.int32, tgx.bool])
def test_whatever_sums_integers_sums_them_as_int64(dtype):
    x = tgx.ones(300, 2, dtype=dtype)
    for total in (x.sum(0), x.sum_to_size(1, 2)[0], tgx.einsum("ij->j", x)):
        assert total.dtype == tgx.int64
        assert total.tolist() == [300, 300]


@pytest.mark.parametrize("order", ["C", "F"])
def test_long_sums_of_float32_keep_their_digits(order):
    generator = np.random.default_rng(0)
    for shape in [(70_000, 3), (3, 70_000), (300, 4, 300), (1024, 2), (2049, 1)]:
        x = np.asarray(generator.random(shape) + 100.0, np.float32, order)
        for array in (x, x[::-1], x[..., :2]):
            for dims in [None, 0, (0, x.ndim - 1), tuple(range(x.ndim))]:
                exact = array.sum(dims, np.float64)
                for keepdim in (False, True):
                    got = tgx.from_numpy(array).sum(dims, keepdim).numpy()
                    assert got.dtype == np.float32
                    np.testing.assert_allclose(got.reshape(exact.shape), exact, 1e-5)
    ones = tgx.from_numpy(np.asarray(np.ones((2**24 + 10, 2), np.float32), order=order))
    assert ones.sum(0).tolist() == [2**24 + 10] * 2
    assert ones.mean(0).tolist() == [1.0, 1.0]
    assert ones[:, 0].cumsum(0)[-1].item() == 2**24 + 10


def test_cumulative_operations_ask_for_a_dim():
    with pytest.raises(ArgumentError, match=r"x\.flatten\(\)\.cumsum\(0\)"):
        tgx.cumsum(tgx.ones(2, 2))


def test_logcumsumexp_neither_overflows_nor_loses_the_gradient():
    x = leaf([1000.0, 1000.0, -1000.0])
    y = x.logcumsumexp(0)
    np.testing.assert_allclose(y.detach().numpy(), [1000.0, *[1000.0 + math.log(2.0)] * 2], 1e-15)
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [2.0, 1.0, 0.0], 1e-12)
    assert gradient(lambda x: x.logcumsumexp(0)[1:], [-math.inf, 0.0]) == [0.0, 1.0]
    assert gradient(lambda x: x.logcumsumexp(0), [-math.inf, -math.inf]) == [0.0, 0.0]


def test_the_second_derivative_of_logcumsumexp_in_50_digits():
    values = [0.3, -1.2, 0.7]
    x = leaf(values)
    (g,) = tgx.autograd.grad(x.logcumsumexp(0)[2], x, create_graph=True)
    (second,) = tgx.autograd.grad(g[0], x)
    with mpmath.workdps(50):
        e = [mpmath.exp(v) for v in map(mpmath.mpf, values)]
        p = [v / mpmath.fsum(e) for v in e]
        expected = [float(p[0] * ((i == 0) - p[i])) for i in range(3)]
    np.testing.assert_allclose(second.numpy(), expected, 1e-14)


def test_cummax_points_at_the_last_of_equal_ones_and_keeps_nan():
    values, indices = tgx.cummax(tgx.tensor([1.0, 3.0, 3.0, 2.0, NAN, 5.0, NAN]), 0)
    same(values, [1.0, 3.0, 3.0, 3.0, NAN, NAN, NAN])
    same(indices, [0, 1, 2, 2, 4, 4, 6])
    values, indices = tgx.cummin(tgx.tensor([3, 1, 1, 2]), 0)
    same(values, [3, 1, 1, 1])
    same(indices, [0, 1, 2, 2])
    assert gradient(lambda x: x.cummax(0).values, [1.0, 3.0, 2.0]) == [1.0, 2.0, 0.0]


def test_differences_and_areas():
    x = tgx.tensor([1.0, 4.0, 9.0, 16.0])
    same(tgx.diff(x, n=2), [2.0, 2.0])
    same(
        tgx.diff(x, prepend=tgx.tensor([0.0]), append=tgx.tensor([25.0])), [1.0, 3.0, 5.0, 7.0, 9.0]
    )
    same(tgx.diff(tgx.tensor([True, True, False])), [False, True])
    same(tgx.trapezoid(x, tgx.tensor([0.0, 1.0, 3.0, 4.0])), 2.5 + 13.0 + 12.5)
    same(tgx.cumulative_trapezoid(x, dx=2.0), [5.0, 18.0, 43.0])
    with pytest.raises(ArgumentError, match="both x= and dx="):
        tgx.trapezoid(x, x, dx=1.0)


# ---- spread and middle --------------------------------------------------------------------------


def test_a_large_mean_costs_the_variance_no_digits():
    # Numbers of NIST's data set "NumAcc3": their standard deviation is 0.1 exactly.
    values = [1_000_000.2, *[1_000_000.1, 1_000_000.3] * 500]
    with mpmath.workdps(50):
        exact = [mpmath.mpf(v) for v in values]  # what float64 holds of them
        mean = mpmath.fsum(exact) / len(exact)
        var = mpmath.fsum((v - mean) ** 2 for v in exact) / (len(exact) - 1)
    assert abs(tgx.std(tgx.tensor(np.array(values))).item() / float(mpmath.sqrt(var)) - 1) < 1e-9
    assert abs(tgx.var(tgx.tensor(np.array(values))).item() / float(var) - 1) < 1e-9


def test_the_ways_to_say_the_correction():
    x = tgx.tensor(MATRIX)
    for correction, others in (
        (1, [{}, {"unbiased": True}]), (0, [{"unbiased": False}, {"ddof": 0}]),
    ):  # fmt: skip
        expected = MATRIX.var(1, ddof=correction)
        for how in ({"correction": correction}, *others):
            np.testing.assert_allclose(x.var(1, **how).numpy(), expected, 1e-15)
    np.testing.assert_allclose(tgx.std(x, False).item(), MATRIX.std(), 1e-15)
    np.testing.assert_allclose(
        tgx.std(x, 1, False, True).numpy(), MATRIX.std(1, keepdims=True), 1e-15
    )
    with pytest.raises(ArgumentError, match="both unbiased= and correction="):
        x.var(0, unbiased=True, correction=1)
    with pytest.raises(DtypeError, match=r"x\.float\(\)\.var"):
        tgx.var(tgx.tensor([1, 2]))


def test_the_variance_of_one_number_warns():
    with pytest.warns(UserWarning, match=r"var of a tensor of shape \(1,\).*use correction=0"):
        assert math.isnan(tgx.var(tgx.ones(1)).item())
    with pytest.warns(UserWarning, match="std"):
        assert tgx.std(tgx.tensor([1.0, 3.0]), correction=2).item() == math.inf


def test_the_gradient_of_std_at_0_is_0():
    assert gradient(lambda x: x.std(), [2.0, 2.0, 2.0]) == [0.0, 0.0, 0.0]


def test_middles():
    x = tgx.tensor([[3.0, 1.0, 2.0, NAN], [4.0, 1.0, 2.0, 3.0]])
    same(x.median(1).values, [NAN, 2.0])
    same(x.median(1).indices, [3, 2])
    same(x.nanmedian(1).values, [2.0, 2.0])
    same(tgx.mode(tgx.tensor([[1, 3, 3, 2, 2], [5, 5, 1, 1, 5]]), 1).values, [2, 5])
    same(tgx.mode(tgx.tensor([[1, 3, 3, 2, 2], [5, 5, 1, 1, 5]]), 1).indices, [4, 4])


@pytest.mark.parametrize("interpolation", ["linear", "lower", "higher", "nearest", "midpoint"])
def test_quantiles(interpolation):
    x = tgx.tensor(MATRIX)
    q = np.array([0.0, 0.21, 0.5, 1.0])
    for dim in (0, 1, None):
        got = tgx.quantile(x, tgx.tensor(q), dim, interpolation=interpolation)
        expected = np.quantile(MATRIX, q, axis=dim, method=interpolation)
        np.testing.assert_allclose(got.numpy(), expected, 1e-15)
    holes = np.where(MATRIX == 1.0, NAN, MATRIX)
    got = tgx.nanquantile(tgx.tensor(holes), 0.3, 0, keepdim=True, interpolation=interpolation)
    expected = np.nanquantile(holes, 0.3, 0, keepdims=True, method=interpolation)
    np.testing.assert_allclose(got.numpy(), expected, 1e-15)
    assert math.isnan(tgx.quantile(tgx.tensor(holes), 0.3).item())


def test_quantiles_outside_are_refused():
    with pytest.raises(ArgumentError, match="not a number or a row of numbers from 0 to 1"):
        tgx.quantile(tgx.ones(3), 1.5)
    with pytest.raises(ArgumentError, match="interpolation='cubic'"):
        tgx.quantile(tgx.ones(3), 0.5, interpolation="cubic")


def test_correlations():
    x = np.random.default_rng(0).normal(size=(3, 7))
    np.testing.assert_allclose(tgx.cov(tgx.tensor(x)).numpy(), np.cov(x), 1e-13)
    np.testing.assert_allclose(tgx.corrcoef(tgx.tensor(x)).numpy(), np.corrcoef(x), 1e-13)
    counts, shares = np.array([1, 2, 1, 1, 3, 1, 2]), np.linspace(0.1, 1.0, 7)
    got = tgx.cov(tgx.tensor(x), fweights=tgx.tensor(counts), aweights=tgx.tensor(shares))
    np.testing.assert_allclose(got.numpy(), np.cov(x, fweights=counts, aweights=shares), 1e-13)
    r = scipy.stats.pearsonr(x[0], x[1]).statistic
    assert abs(tgx.corrcoef(tgx.tensor(x))[0, 1].item() - r) < 1e-14
    with pytest.raises(ShapeError, match="7 observations"):
        tgx.cov(tgx.tensor(x), aweights=tgx.ones(3))


# ---- order --------------------------------------------------------------------------------------


def test_equal_elements_keep_their_order_both_ways():
    x = tgx.tensor([2.0, 1.0, 2.0, NAN, 1.0])
    same(x.sort().indices, [1, 4, 0, 2, 3])
    same(x.sort(descending=True).indices, [3, 0, 2, 1, 4])
    same(tgx.argsort(tgx.tensor([-128, 127, -128], dtype=tgx.int8), descending=True), [1, 0, 2])
    same(tgx.topk(x, 2).indices, [3, 0])
    same(tgx.topk(x, 3, largest=False).indices, [1, 4, 0])
    same(tgx.kthvalue(x, 3).indices, 0)


def test_gradients_go_where_the_elements_came_from():
    assert gradient(lambda x: x.sort(0).values * tgx.arange(3.0).double(), [3.0, 1.0, 2.0]) == [
        2.0, 0.0, 1.0,
    ]  # fmt: skip
    assert gradient(lambda x: x.topk(2).values, [3.0, 1.0, 4.0]) == [1.0, 0.0, 1.0]


def test_too_many_are_refused():
    with pytest.raises(ArgumentError, match="use k from 0 to 3"):
        tgx.topk(tgx.ones(3), 4)
    with pytest.raises(ArgumentError, match="use k from 1 to 3"):
        tgx.kthvalue(tgx.ones(3), 0)


def test_unique():
    x = np.array([[3, 1], [1, 2], [3, 1]])
    values, inverse, counts = tgx.unique(tgx.tensor(x), return_inverse=True, return_counts=True)
    same(values, [1, 2, 3])
    same(values[inverse], x)
    same(counts, [3, 1, 2])
    rows, counts = tgx.unique(tgx.tensor(x), dim=0, return_counts=True)
    same(rows, [[1, 2], [3, 1]])
    same(counts, [1, 2])
    values, inverse = tgx.unique_consecutive(tgx.tensor([1, 1, 2, 1]), return_inverse=True)
    same(values, [1, 2, 1])
    same(inverse, [0, 0, 1, 2])


def test_searching():
    rows = tgx.tensor([[1.0, 3.0, 3.0, 5.0], [2.0, 4.0, 6.0, 8.0]])
    wanted = tgx.tensor([[3.0, 9.0], [0.0, 8.0]])
    same(tgx.searchsorted(rows, wanted), [[1, 4], [0, 3]])
    same(tgx.searchsorted(rows, wanted, side="right"), [[3, 4], [0, 4]])
    same(tgx.bucketize(wanted, rows[0], right=True), [[3, 4], [0, 4]])
    assert tgx.bucketize(wanted, rows[0], out_int32=True).dtype == tgx.int32
    shuffled = tgx.tensor([5.0, 1.0, 3.0])
    same(tgx.searchsorted(shuffled, tgx.tensor([2.0]), sorter=shuffled.argsort()), [1])
    with pytest.raises(ArgumentError, match="side='left', right=True"):
        tgx.searchsorted(rows, wanted, side="left", right=True)
    with pytest.raises(ShapeError, match="as many rows"):
        tgx.searchsorted(rows, tgx.ones(3, 2))


def test_counts():
    x = tgx.tensor([1.0, 2.0, 1.0, 7.0])
    same(tgx.histc(x, 3, 0, 3), [0.0, 2.0, 1.0])
    hist, edges = tgx.histogram(x, tgx.tensor([0.0, 1.5, 8.0]), density=True)
    np.testing.assert_allclose(hist.numpy(), [0.5 / 1.5, 0.5 / 6.5], 1e-6)
    same(edges, [0.0, 1.5, 8.0])
    same(tgx.bincount(tgx.tensor([1, 1, 3]), minlength=5), [0, 2, 0, 1, 0])
    same(tgx.bincount(tgx.tensor([1, 1]), weights=tgx.tensor([0.5, 0.25])), [0.0, 0.75])
    with pytest.raises(ArgumentError, match="the negative integer -1"):
        tgx.bincount(tgx.tensor([-1]))
    with pytest.raises(ArgumentError, match="no finite interval"):
        tgx.histc(tgx.tensor([NAN]))
    with pytest.raises(ArgumentError, match="minlength=-1"):
        tgx.bincount(tgx.tensor([1]), minlength=-1)
    with pytest.raises(ArgumentError, match="not a row in order"):
        tgx.histogram(x, tgx.tensor([]))
    with pytest.raises(DtypeError, match="holds no fractions"):
        tgx.histc(tgx.tensor([True]))
    assert tgx.histogram(x, 2, range=(8.0, 9.0), density=True).hist.isnan().all()
    assert tgx.tensor([3e38, 3e38]).cumsum(0).tolist()[1] == math.inf  # and no warning
    with pytest.raises(ShapeError, match="no elements"):
        tgx.nanmedian(tgx.tensor([], dtype=tgx.int64))


# ---- lengths and distances ----------------------------------------------------------------------


@pytest.mark.parametrize("p", [0, 0.5, 1, 1.5, 2, 3, math.inf, -math.inf, -1])
def test_the_gradient_of_a_norm_at_0_is_0(p):
    assert gradient(lambda x: tgx.linalg.vector_norm(x, p), [0.0, 0.0]) == [0.0, 0.0]


@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 3, -1])
def test_the_gradient_of_a_norm_in_50_digits(p):
    values = [0.3, -1.2, 2.5]
    with mpmath.workdps(50):

        def exact(*v):
            return mpmath.fsum(abs(x) ** p for x in v) ** (mpmath.mpf(1) / mpmath.mpf(p))

        point = tuple(map(mpmath.mpf, values))
        expected = [
            float(mpmath.diff(exact, point, tuple(int(i == j) for j in range(3)))) for i in range(3)
        ]
    got = gradient(lambda x: tgx.linalg.vector_norm(x, p), values)
    np.testing.assert_allclose(got, expected, 1e-13)


def test_norms_of_a_tensor():
    x = tgx.tensor(MATRIX)
    assert abs(x.norm().item() - np.linalg.norm(MATRIX)) < 1e-14
    np.testing.assert_allclose(x.norm(1, 0).numpy(), np.abs(MATRIX).sum(0), 1e-15)
    np.testing.assert_allclose(tgx.norm(x, "nuc").item(), np.linalg.norm(MATRIX, "nuc"), 1e-14)
    with pytest.raises(DtypeError, match=r"x\.float\(\)"):
        tgx.norm(tgx.tensor([1, 2]))
    with pytest.raises(ShapeError, match="no elements, of which this has no answer"):
        tgx.linalg.vector_norm(tgx.zeros(0), math.inf)
    with pytest.raises(ArgumentError, match="ord='two'"):
        tgx.linalg.vector_norm(x, "two")


def test_equal_points_have_distance_0_and_gradient_0():
    x = leaf([[1.0, 2.0], [1.0, 2.0]])
    for distance in (tgx.cdist(x, x), tgx.pdist(x), tgx.dist(x[0], x[1])):
        assert distance.max().item() == 0.0
        (g,) = tgx.autograd.grad(distance.sum(), x, retain_graph=True)
        assert g.abs().max().item() == 0.0


def test_distances_of_close_points_keep_their_digits():
    # By products of matrices the distance of 1e-6 would drown in 1e8 * 1e-16.
    a = tgx.tensor(np.array([[10_000.0, 0.0]]))
    b = tgx.tensor(np.array([[10_000.0, 1e-6]]))
    assert tgx.cdist(a, b).item() == 1e-6


def test_cosines_and_unit_vectors():
    F = tgx.nn.functional
    x = tgx.tensor([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(F.normalize(x).numpy(), [[0.6, 0.8], [0.0, 0.0]], 1e-7)
    np.testing.assert_allclose(
        F.cosine_similarity(x, tgx.tensor([4.0, 3.0])).numpy(), [0.96, 0.0], 1e-6
    )
    np.testing.assert_allclose(
        F.pairwise_distance(x, tgx.zeros(1, 2), eps=0.0).numpy(), [5.0, 0.0], 1e-7
    )
    with pytest.raises(ShapeError, match=r"pass \(\.\.\., n, d\) and \(\.\.\., m, d\)"):
        tgx.cdist(tgx.ones(2, 3), tgx.ones(2, 2))


def test_softmax_in_a_dtype():
    x = tgx.tensor([1, 2])
    assert tgx.softmax(x, axis=0).tolist() == tgx.softmax(x, 0).tolist()
    assert tgx.softmax(x, 0, dtype=tgx.float64).dtype == tgx.float64
    np.testing.assert_allclose(
        tgx.softmax(x, 0, dtype=tgx.float64).numpy(), scipy.special.softmax([1.0, 2.0]), 1e-15
    )


def test_float32_stays_float32():
    x = tgx.tensor(MATRIX.astype(np.float32), requires_grad=True)
    for name in ("prod", "var", "std", "median", "norm", "logsumexp", "nanmean"):
        assert getattr(tgx, name)(x).dtype == tgx.float32, name
    for y in (x.cumprod(1), x.logcumsumexp(1), tgx.cdist(x, x), x.quantile(0.5), tgx.cov(x)):
        assert y.dtype == tgx.float32
        (g,) = tgx.autograd.grad(y.sum(), x, create_graph=True)
        assert g.dtype == tgx.float32


@pytest.mark.parametrize(
    "function",
    [lambda x: tgx.diff(x, n=0), lambda x: tgx.matrix_power(x, 1)],
    ids=["diff", "matrix_power"],
)
def test_an_answer_that_changes_nothing_is_a_copy(function):
    x = tgx.eye(2)
    answer = function(x)
    assert answer.tolist() == x.tolist()
    answer.zero_()
    assert x.tolist() == [[1.0, 0.0], [0.0, 1.0]]
