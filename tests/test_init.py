"""First values: bounds and statistics that a wrong formula breaks, gains beside PyTorch's."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
from scipy import stats

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.nn import init

#: A weight (out, in) whose 131,072 elements tell a std to 0.2 %, and one of a convolution.
MATRIX = (512, 256)
KERNELS = (64, 32, 5, 3)
#: Those two with fan_in and fan_out.
FANS = [(MATRIX, 256, 512), (KERNELS, 32 * 15, 64 * 15), ((7, 3), 3, 7), ((1, 4, 2), 8, 2)]

RANDOM = [
    init.uniform_, init.normal_, init.trunc_normal_, init.xavier_uniform_, init.xavier_normal_,
    init.kaiming_uniform_, init.kaiming_normal_, init.orthogonal_,
]  # fmt: skip


def name(function):
    """What a test is called by the function."""
    return function.__name__


@pytest.fixture(autouse=True)
def seeded():
    """Every test draws the same numbers, whatever ran before it."""
    tgx.manual_seed(19)


def values(tensor):
    """The numbers of a tensor, in double precision."""
    return tensor.detach().numpy().astype(np.float64)


# ---- how they write -----------------------------------------------------------------------------


@pytest.mark.parametrize("function", [*RANDOM, init.ones_, init.zeros_, init.eye_], ids=name)
@pytest.mark.parametrize("dtype", [tgx.float32, tgx.float64])
def test_they_write_in_place_and_answer_the_tensor(function, dtype):
    weight = nn.Parameter(tgx.full((6, 4), 77.0, dtype=dtype))
    memory = weight.array
    assert function(weight) is weight
    assert weight.array is memory
    assert weight.dtype == dtype
    assert weight.requires_grad
    assert weight.grad_fn is None
    assert not (values(weight) == 77.0).any()
    assert tgx.is_grad_enabled()


def test_constants():
    assert init.constant_(tgx.zeros(2, dtype=tgx.int64), 3).tolist() == [3, 3]
    assert init.ones_(tgx.zeros(2)).tolist() == [1.0, 1.0]
    assert init.zeros_(tgx.ones(2)).tolist() == [0.0, 0.0]
    assert init.eye_(tgx.ones(3, 2)).tolist() == [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]


@pytest.mark.parametrize("function", RANDOM, ids=name)
def test_the_same_seed_writes_the_same(function):
    def drawn(generator=None):
        return function(tgx.empty(4, 6), generator=generator).tolist()

    tgx.manual_seed(5)
    first, second = drawn(), drawn()
    tgx.manual_seed(5)
    assert drawn() == first != second
    before = tgx.default_generator.get_state().tolist()
    own = tgx.Generator().manual_seed(5)
    assert drawn(own) == first
    assert drawn(own) == second
    assert tgx.default_generator.get_state().tolist() == before


# ---- distributions ------------------------------------------------------------------------------


def looks_like(array, distribution):
    """Whether numbers could have been drawn from a distribution: Kolmogorov and Smirnov's test."""
    return stats.kstest(array.ravel(), distribution.cdf).pvalue > 1e-3


@pytest.mark.parametrize("dtype", [tgx.float32, tgx.float64])
def test_distributions(dtype):
    weight = tgx.empty(100, 100, dtype=dtype)
    assert looks_like(values(init.uniform_(weight, -2.0, 3.0)), stats.uniform(-2.0, 5.0))
    assert looks_like(values(init.normal_(weight, 5.0, 0.1)), stats.norm(5.0, 0.1))
    even = stats.uniform(-2.0, 5.0)
    assert not looks_like(values(init.uniform_(weight, -2.0, 2.9)), even)  # the test of the test


@pytest.mark.parametrize("dtype", [tgx.float32, tgx.float64])
@pytest.mark.parametrize(
    ("mean", "std", "a", "b"),
    [
        (0.0, 1.0, -2.0, 2.0),
        (0.0, 0.02, -0.04, 0.04),
        (3.0, 0.5, 3.2, 9.0),
        (0.0, 1.0, 4.0, 5.0),
        (1.0, 2.0, -50.0, 50.0),
    ],
)
def test_truncated_normal(mean, std, a, b, dtype):
    array = values(init.trunc_normal_(tgx.empty(100, 100, dtype=dtype), mean, std, a, b))
    known = stats.truncnorm((a - mean) / std, (b - mean) / std, mean, std)
    assert looks_like(array, known)
    room = 1e-7 * max(abs(a), abs(b)) if dtype == tgx.float32 else 0.0
    assert a - room <= array.min() < array.max() <= b + room


@pytest.mark.parametrize(("shape", "inside", "outside"), FANS)
def test_inputs_and_outputs_are_counted(shape, inside, outside):
    assert init._calculate_fan_in_and_fan_out(tgx.empty(*shape)) == (inside, outside)


@pytest.mark.parametrize("gain", [1.0, 2.5])
@pytest.mark.parametrize(("shape", "inside", "outside"), FANS[:2])
def test_xavier(shape, inside, outside, gain):
    std = gain * math.sqrt(2.0 / (inside + outside))
    normal = values(init.xavier_normal_(tgx.empty(*shape), gain))
    even = values(init.xavier_uniform_(tgx.empty(*shape), gain))
    check_spread(normal, even, std)


@pytest.mark.parametrize("mode", ["fan_in", "fan_out"])
@pytest.mark.parametrize(
    ("a", "nonlinearity", "gain"),
    [
        (0.0, "leaky_relu", math.sqrt(2.0)),
        (0.3, "leaky_relu", math.sqrt(2.0 / 1.09)),
        (math.sqrt(5.0), "leaky_relu", math.sqrt(1.0 / 3.0)),
        (0.0, "relu", math.sqrt(2.0)),
        (0.3, "tanh", 5.0 / 3.0),
        (0.0, "linear", 1.0),
    ],
)
@pytest.mark.parametrize(("shape", "inside", "outside"), FANS[:2])
def test_kaiming(shape, inside, outside, a, nonlinearity, gain, mode):
    std = gain / math.sqrt(inside if mode == "fan_in" else outside)
    normal = values(init.kaiming_normal_(tgx.empty(*shape), a, mode, nonlinearity))
    even = values(init.kaiming_uniform_(tgx.empty(*shape), a, mode, nonlinearity))
    check_spread(normal, even, std)


def check_spread(normal, even, std):
    """Both have the std, within 2 %; the even one fills ±√3 std, and no more."""
    assert abs(normal.std() / std - 1.0) < 0.02
    assert abs(normal.mean()) < 0.03 * std
    assert looks_like(normal, stats.norm(0.0, std))
    bound = math.sqrt(3.0) * std
    assert abs(even.std() / std - 1.0) < 0.02
    assert 0.999 * bound < abs(even).max() < 1.000001 * bound
    assert looks_like(even, stats.uniform(-bound, 2.0 * bound))


@pytest.mark.parametrize("gain", [1.0, 3.0])
@pytest.mark.parametrize("shape", [(40, 60), (60, 40), (5, 5), (8, 3, 2, 2), (1, 7), (7, 1)])
@pytest.mark.parametrize("dtype", [tgx.float32, tgx.float64])
def test_orthogonal(shape, gain, dtype):
    weight = init.orthogonal_(tgx.empty(*shape, dtype=dtype), gain)
    flat = values(weight).reshape(shape[0], -1) / gain
    product = flat @ flat.T if flat.shape[0] <= flat.shape[1] else flat.T @ flat
    near = 1e-6 if dtype == tgx.float32 else 1e-13
    np.testing.assert_allclose(product, np.eye(len(product)), atol=near)


def test_orthogonal_matrices_are_drawn_evenly():
    """The mean trace of a 2 x 2 one is 0, and half have determinant -1.

    Without the signs of R the first element would never be positive.
    """
    drawn = [values(init.orthogonal_(tgx.empty(2, 2))) for _ in range(400)]
    assert abs(np.mean([np.trace(q) for q in drawn])) < 4.0 / math.sqrt(400)
    assert 140 < sum(np.linalg.det(q) > 0 for q in drawn) < 260
    assert 140 < sum(q[0, 0] > 0 for q in drawn) < 260


@pytest.mark.parametrize("function", RANDOM, ids=name)
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_weights_of_nothing(function, shape):
    assert function(tgx.empty(*shape)).shape == shape


# ---- what they refuse ---------------------------------------------------------------------------

BY_FAN = RANDOM[3:7]


@pytest.mark.parametrize("shape", [(), (3,)])
@pytest.mark.parametrize("function", BY_FAN, ids=name)
def test_fewer_than_two_dimensions(function, shape):
    with pytest.raises(ShapeError) as error:
        function(tgx.empty(*shape))
    assert error.value.got == f"a tensor of shape {shape}"
    assert error.value.do == "pass a weight (out, in, ...), or use normal_, uniform_ or zeros_"


def test_other_shapes():
    with pytest.raises(ShapeError, match=r"orthogonal_\n  got: a tensor of shape \(3,\)"):
        init.orthogonal_(tgx.empty(3))
    with pytest.raises(ShapeError, match=r"eye_\n  got: a tensor of shape \(2, 2, 2\)"):
        init.eye_(tgx.empty(2, 2, 2))


@pytest.mark.parametrize("function", RANDOM, ids=name)
def test_integers_cannot_hold_what_is_drawn(function):
    with pytest.raises(DtypeError, match=r"_ on int64\n  got: a dtype that holds no fractions"):
        function(tgx.zeros(2, 2, dtype=tgx.int64))


def test_wrong_settings():
    weight = tgx.ones(2, 2)
    with pytest.raises(ArgumentError, match=r"mode='fan_avg'.*\n.*\n  do:  use \"fan_in\""):
        init.kaiming_normal_(weight, mode="fan_avg")
    with pytest.raises(ArgumentError, match=r"the gain of 'gelu'\n.*\n  do:  use one of linear"):
        init.kaiming_uniform_(weight, nonlinearity="gelu")
    with pytest.raises(ArgumentError, match=r"param='0.1'\n  got: no slope"):
        init.calculate_gain("leaky_relu", "0.1")
    with pytest.raises(ArgumentError, match=r"uniform_ from 1.0 to -1.0"):
        init.uniform_(weight, 1.0, -1.0)
    with pytest.raises(ArgumentError, match=r"normal_ with std=-1.0"):
        init.normal_(weight, std=-1.0)
    with pytest.raises(ArgumentError, match=r"trunc_normal_ with std=0.0"):
        init.trunc_normal_(weight, std=0.0)
    with pytest.raises(ArgumentError, match=r"less than 1e-09 of a normal distribution"):
        init.trunc_normal_(weight, 0.0, 1.0, 9.0, 10.0)
    with pytest.raises(DtypeError, match="generator of type int"):
        init.normal_(weight, generator=3)
    assert weight.tolist() == [[1.0, 1.0], [1.0, 1.0]]  # nothing was written


# ---- zeros on purpose ---------------------------------------------------------------------------


@pytest.mark.parametrize(("sparsity", "zeros"), [(0.0, 0), (0.1, 20), (0.101, 21), (1.0, 200)])
def test_sparse_columns(sparsity, zeros):
    array = values(init.sparse_(tgx.empty(200, 100, dtype=tgx.float64), sparsity, 0.5))
    assert ((array == 0.0).sum(0) == zeros).all()
    rows = (array == 0.0).sum(1)
    assert zeros in (0, 200) or rows.min() < rows.max()  # each column has its own
    if zeros < 200:
        assert looks_like(array[array != 0.0], stats.norm(0.0, 0.5))


def test_sparse_columns_from_a_seed():
    first = init.sparse_(tgx.empty(9, 5), 0.5, generator=tgx.Generator().manual_seed(3))
    again = init.sparse_(tgx.empty(9, 5), 0.5, generator=tgx.Generator().manual_seed(3))
    other = init.sparse_(tgx.empty(9, 5), 0.5, generator=tgx.Generator().manual_seed(4))
    assert first.tolist() == again.tolist() != other.tolist()


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
def test_dirac_hands_its_input_on(dims, groups):
    layer = getattr(nn, f"Conv{dims}d")(4, 4, 3, padding=1, groups=groups, bias=False)
    assert init.dirac_(layer.weight, groups) is layer.weight and layer.weight.requires_grad
    x = tgx.randn(2, 4, *(5,) * dims)
    np.testing.assert_array_equal(values(layer(x)), values(x))


def test_what_writes_zeros_refuses():
    weight = tgx.ones(4, 2, 3)
    for action, error, said in (
        (lambda: init.sparse_(weight, 0.5), ShapeError, r"\(4, 2, 3\)\n.*pass a matrix"),
        (lambda: init.sparse_(weight[0], 1.5), ArgumentError, r"sparsity=1.5"),
        (lambda: init.sparse_(tgx.zeros(2, 2, dtype=tgx.int64), 0.5), DtypeError, "no fractions"),
        (lambda: init.dirac_(weight[0]), ShapeError, "of 3 to 5 dims"),
        (lambda: init.dirac_(weight, 3), ShapeError, r"groups=3\n.*4 outputs"),
        (lambda: init.dirac_(weight, 0), ShapeError, r"groups=0"),
    ):
        with pytest.raises(error, match=said):
            action()
    assert weight.tolist() == tgx.ones(4, 2, 3).tolist()


def test_names_of_long_ago_warn():
    with pytest.warns(FutureWarning, match=r"use nn\.init\.constant_"):
        assert init.constant(tgx.zeros(2), 3.0).tolist() == [3.0, 3.0]
    weight = tgx.empty(4, 6)
    for function in (f for f in RANDOM if f is not init.trunc_normal_):
        old = getattr(init, function.__name__.removesuffix("_"))
        with pytest.warns(FutureWarning, match=function.__name__):
            assert old(weight) is weight


# ---- beside PyTorch -----------------------------------------------------------------------------


def test_gains_are_pytorchs():
    theirs = pytest.importorskip("torch").nn.init
    for nonlinearity in [*init._GAINS, "leaky_relu"]:
        expected = theirs.calculate_gain(nonlinearity)
        assert init.calculate_gain(nonlinearity) == pytest.approx(expected, rel=1e-15)
    for slope in (0, 0.2, 5, -1.0):
        expected = theirs.calculate_gain("leaky_relu", slope)
        assert init.calculate_gain("leaky_relu", slope) == pytest.approx(expected, rel=1e-15)


def test_names_and_arguments_are_pytorchs():
    theirs = pytest.importorskip("torch").nn.init
    ours = [init.constant_, init.ones_, init.zeros_, init.eye_, init.calculate_gain, *RANDOM]
    ours += [init.dirac_, init.sparse_]
    for function in ours:
        mine, their = (
            {p.name: p.default for p in inspect.signature(f).parameters.values()}
            for f in (function, getattr(theirs, function.__name__))
        )
        assert list(mine.items()) == list(their.items()), function.__name__


@pytest.mark.parametrize("shape", [shape for shape, _, _ in FANS])
def test_fans_are_pytorchs(shape):
    torch = pytest.importorskip("torch")
    theirs = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert init._calculate_fan_in_and_fan_out(tgx.empty(*shape)) == theirs


# ---- the layer that uses them -------------------------------------------------------------------


def test_linear_begins_as_in_pytorch():
    """Weights and biases evenly within 1 / √in_features."""
    layer = nn.Linear(400, 300)
    bound = 1.0 / 20.0
    for parameter in (layer.weight, layer.bias):
        array = values(parameter)
        assert abs(array).max() <= bound * (1.0 + 1e-6)
        assert looks_like(array, stats.uniform(-bound, 2.0 * bound))
    before = values(layer.weight)
    layer.reset_parameters()
    assert not (values(layer.weight) == before).all()
