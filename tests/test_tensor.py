"""What comes into a tensor, and how it is indexed: the corners that PyTorch users know."""

import math

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DtypeError, GraphError, TeachingError


@pytest.mark.parametrize(
    "use",
    [tgx.exp, tgx.sigmoid, lambda x: tgx.softmax(x, 0), tgx.sum, lambda x: x + tgx.ones(2)],
)
@pytest.mark.parametrize("dtype", [">f4", ">f8"])
def test_foreign_byte_order_is_turned(use, dtype):
    values = np.array([1.0, 2.0])
    expected = use(tgx.tensor(values.astype(dtype[1:])))
    np.testing.assert_array_equal(use(values.astype(dtype)).numpy(), expected.numpy())


@pytest.mark.parametrize("foreign", [np.ones(1, np.float16), np.ones(1, complex), np.array([None])])
def test_foreign_dtypes_are_refused(foreign):
    with pytest.raises(DtypeError, match="float32"):
        tgx.ones(1) + foreign
    with pytest.raises(DtypeError):
        tgx.exp(foreign)


def test_powers_keep_pytorchs_dtypes():
    assert (tgx.tensor([1, 2]) ** 2).dtype == tgx.int64
    assert (tgx.tensor([1, 2]) ** 2.0).dtype == tgx.float32
    assert (tgx.tensor([True]) ** 2).dtype == tgx.int64
    x, y = tgx.tensor([2.0, 3.0]), tgx.tensor([2.0, 2.0])
    assert (x**y).tolist() == [4.0, 9.0]


def test_numbers_beyond_an_integer_dtype():
    x = tgx.tensor([200, 100], dtype=tgx.uint8)
    assert (x + 300).tolist() == [244, 144]  # sums and products wrap around, as in PyTorch
    assert (x * -1).tolist() == [56, 156]
    assert (x - 1 - 200).tolist() == [255, 155]
    assert (tgx.tensor([1], dtype=tgx.int32) + 2**40).tolist() == [1]
    assert (x > -1).tolist() == (x < 300).tolist() == [True, True]  # comparisons are true
    assert (x == -56).tolist() == [False, False]
    for refused in (lambda: x.clamp(-1, 300), lambda: x // 300, lambda: x + 2**70):
        with pytest.raises(ArgumentError, match="a number beyond uint8"):
            refused()


def test_choosing_between_numbers_keeps_the_default_dtype():
    condition = tgx.tensor([True, False])
    assert tgx.where(condition, 1.0, 0.0).dtype == tgx.float32
    assert tgx.where(condition, 1.0, 2).dtype == tgx.float32
    assert tgx.where(condition, 1, 2).dtype == tgx.int64


@pytest.mark.parametrize(
    "divide",
    [
        lambda x, y: x // y,
        lambda x, y: x % y,
        tgx.fmod,
        lambda x, y: tgx.div(x, y, rounding_mode="trunc"),
        lambda x, y: x.clone().floor_divide_(y),
    ],
)
def test_integers_are_not_divided_by_0(divide):
    for zero in (0, tgx.tensor([1, 0])):
        with pytest.raises(ArgumentError, match="a divisor of 0"):
            divide(tgx.tensor([7, -7]), zero)
    assert not divide(tgx.tensor([7.0, -7.0]), 0).isfinite().any()


@pytest.mark.parametrize("of", [tgx.square, lambda x: x - x, lambda x: x**x, lambda x: x // x])
def test_bools_are_no_numbers(of):
    with pytest.raises(DtypeError, match=r"x\.int\(\)"):
        of(tgx.tensor([True]))
    assert of(tgx.tensor([True]).int()).dtype == tgx.int32


F = tgx.nn.functional


@pytest.mark.parametrize(
    "write",
    [
        lambda x: F.relu(x, inplace=True),
        lambda x: F.relu(x, True),
        lambda x: F.leaky_relu(x, 0.0, True),
        lambda x: F.elu(x, 0.0, inplace=True),
        lambda x: F.rrelu(x, 0.0, 0.0, True, True),
        tgx.nn.ReLU(True),
        tgx.nn.ELU(0.0, True),
        tgx.nn.Threshold(0.0, 0.0, inplace=True),
        tgx.nn.RReLU(0.0, 0.0, True),
        tgx.relu_,
        lambda x: F.hardtanh_(x, 0.0, max_val=9.0),
        lambda x: tgx.clamp_(x, 0.0),
    ],
)
def test_activations_in_place_write_to_their_input(write):
    leaf = tgx.tensor([-2.0, 3.0], requires_grad=True)
    x = leaf * 1.0
    assert write(x) is x
    assert x.tolist() == [0.0, 3.0]
    (x * x).sum().backward()
    assert leaf.grad is not None
    assert leaf.grad.tolist() == [0.0, 6.0]
    with pytest.raises(GraphError, match=r"_ on a leaf that requires a gradient"):
        write(leaf)
    assert leaf.tolist() == [-2.0, 3.0]


def test_what_takes_no_inplace_says_so():
    x = tgx.tensor([-2.0, 3.0])
    for wrong in (
        lambda: tgx.exp(x, inplace=True), lambda: tgx.relu(x, 0.5), lambda: F.relu(x, inplace="a"),
        lambda: tgx.nn.ReLU(0.5), lambda: F.relu([1.0], inplace=True),
    ):  # fmt: skip
        with pytest.raises(TypeError):
            wrong()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: F.hardtanh(tgx.ones(1), 0.5, -0.5), "exchange them"),
        (lambda: F.softshrink(tgx.ones(1), -0.5), "use 0 or more"),
        (lambda: F.celu(tgx.ones(1), 0.0), "a divisor of 0"),
        (lambda: F.gumbel_softmax(tgx.ones(1), tau=0.0), "above 0"),
        (lambda: tgx.tensor(300, dtype=tgx.uint8), "the number 300"),
        (lambda: tgx.tensor([1, -300], dtype=tgx.uint8), "the number -300"),
        (lambda: tgx.tensor([1.0, float("nan")], dtype=tgx.int64), "the number nan"),
        (lambda: tgx.full((2,), 300, dtype=tgx.uint8), "the number 300"),
        (lambda: tgx.full((2,), 1e300), r"the number 1e\+300"),
        (lambda: tgx.zeros(2).fill_(1e300), "fill_ in float32"),
        (lambda: tgx.randperm(257, dtype=tgx.uint8), "0 to 256"),
        (lambda: tgx.arange(0, float("inf")), "no finite range"),
        (lambda: tgx.arange(0, 3, 0.5, dtype=tgx.int64), "step=0"),
        (lambda: tgx.arange(0, 1e300), "use a larger step"),
        (lambda: tgx.linspace(0, 1e300, 3), "linspace in float32"),
        (lambda: tgx.frombuffer(b"abc", dtype=tgx.int16), "make dtype, count and offset fit"),
    ],
)
def test_numbers_that_cannot_be_had(wrong, says):
    with pytest.raises(ArgumentError, match=says):
        wrong()


def test_numbers_below_0_count_from_the_end_of_bytes():
    byte = tgx.uint8
    assert tgx.full((1,), -1, dtype=byte).tolist() == [255]
    assert tgx.full_like(tgx.zeros(1, dtype=byte), -9).tolist() == [247]
    assert tgx.zeros(1, dtype=byte).fill_(-1).tolist() == [255]
    assert tgx.tensor([-1], dtype=byte).tolist() == [255]
    assert tgx.randperm(256, dtype=byte).long().sort().values.tolist() == list(range(256))


def test_sequences_of_integers_cut_fractions_off_first():
    whole = tgx.int64
    assert tgx.arange(2.7, dtype=whole).tolist() == [0, 1]
    assert tgx.arange(1.5, 4.5, dtype=whole).tolist() == [1, 2, 3]
    assert tgx.logspace(0.5, 2.5, 3, dtype=whole).tolist() == [1, 10, 100]
    assert tgx.arange(tgx.tensor(3)).dtype == whole
    with pytest.warns(UserWarning, match="includes its end"):
        assert tgx.range(1, 2.2, 0.5).tolist() == [1.0, 1.5, 2.0]


def test_a_choice_that_is_drawn_has_the_gradient_of_the_soft_one():
    tgx.manual_seed(0)
    logits = tgx.tensor([0.5, 0.25, 0.25]).log().expand(4000, 3)
    drawn = F.gumbel_softmax(logits, hard=True)
    assert set(drawn.flatten().tolist()) == {0.0, 1.0}
    assert drawn.sum(1).tolist() == [1.0] * 4000
    assert abs(drawn.mean(0)[0].item() - 0.5) < 0.03  # four standard deviations
    shares = []
    for hard in (False, True):
        x = tgx.tensor([0.1, -0.4, 0.3], requires_grad=True)
        tgx.manual_seed(1)
        (F.gumbel_softmax(x, tau=0.7, hard=hard) * tgx.tensor([1.0, 2.0, 4.0])).sum().backward()
        shares.append(x.grad.tolist())
    assert shares[0] == shares[1] != [0.0] * 3


X = tgx.ones(2, 2)


@pytest.mark.parametrize(
    ("wrong", "kind", "says"),
    [
        (lambda: tgx.hsplit(X, "a"), TypeError, "pass a whole number"),
        (lambda: tgx.split_with_sizes(X, 0), TypeError, "the size of each part"),
        (lambda: X.size(2), IndexError, "from -2 to 1"),
        (lambda: X.size("a"), TypeError, "pass an int"),
        (lambda: tgx.tensor(1.0).size(0), IndexError, "no dimensions"),
        (lambda: F.linear(X, 0), RuntimeError, "neither a matrix nor a vector"),
        (lambda: F.linear(X, None), TypeError, "pass a Tensor"),
        (lambda: tgx.cat(tgx.tensor(1.0)), TypeError, r"cat\(\[a, b\]\)"),
        (lambda: tgx.stack(tgx.tensor(1.0)), TypeError, r"stack\(\[a, b\]\)"),
        (lambda: tgx.hstack(tgx.tensor(1.0)), TypeError, r"hstack\(\[a, b\]\)"),
        (lambda: tgx.tensordot(X, X, 1.0), ValueError, "dims=1"),
        (lambda: tgx.tensor(1.0) * 10**400, ValueError, "no float holds"),
        (lambda: X.std(unbiased="a"), TypeError, "True or False"),
        (lambda: X.var(correction="a"), TypeError, "pass a number"),
        (lambda: tgx.signal.windows.hann(3, dtype="quarter"), TypeError, "no dtype"),
        (lambda: tgx.signal.windows.general_cosine(3, a=None), ValueError, "pass a="),
        (lambda: tgx.nn.init.normal_(tgx.ones(2), "a"), TypeError, "pass a number"),
        (lambda: tgx.nn.init.uniform_(tgx.ones(2), "a"), TypeError, "pass a number"),
        (lambda: tgx.optim.Adamm, AttributeError, "did you mean tinygradx.optim.Adam"),
        (lambda: tgx.optim.SGD([tgx.ones(2, requires_grad=True)]).step(3), TypeError, "a function"),
        (lambda: tgx.autograd.gradcheck(3, X), TypeError, "pass a function"),
        (lambda: tgx.autograd.gradcheck(tgx.exp, 4), TypeError, "a tuple of them"),
        (lambda: tgx.activation("x")(3), TypeError, "above a function"),
        (lambda: tgx.where(X, 1.0, 2.0), TypeError, "compare"),
        (lambda: tgx.linalg.cross(tgx.ones(3), tgx.ones(2, 3)), RuntimeError, "unsqueeze"),
        (lambda: tgx.ones(3).view(tgx.float64), RuntimeError, "make the last size fit"),
        (lambda: tgx.autograd.graph.saved_tensors_hooks, AttributeError, "not offered"),
        (lambda: tgx.autograd.forward_ad, AttributeError, "not offered"),
    ],
)
def test_mistakes_are_said_in_our_words(wrong, kind, says):
    with pytest.raises(kind, match=says) as caught:
        wrong()
    assert isinstance(caught.value, TeachingError)


def test_memory_is_read_as_another_dtype():
    x = tgx.tensor([[1.0, 2.0]])
    bits = x.view(tgx.int32)
    assert bits.tolist() == [[0x3F800000, 0x40000000]]
    assert x.view(dtype=tgx.uint8).shape == (1, 8)
    assert x.view(tgx.float64).shape == (1, 1)
    bits[0, 0] = 0x40400000
    assert x.tolist() == [[3.0, 2.0]]
    leaf = tgx.ones(2, requires_grad=True)
    assert not leaf.view(tgx.int32).requires_grad
    y = leaf.exp()
    y.view(tgx.int32)[0] = 0
    with pytest.raises(GraphError, match="changed in place"):
        y.sum().backward()


def test_what_is_not_finite_is_as_in_pytorch():
    nan, inf = float("nan"), float("inf")
    assert tgx.sign(tgx.tensor([nan, -2.0])).tolist() == [0.0, -1.0]
    assert tgx.sign(tgx.tensor([True, False])).tolist() == [True, False]
    assert tgx.heaviside(tgx.tensor([nan, -0.0]), tgx.tensor([5.0, 6.0])).tolist() == [0.0, 6.0]
    assert tgx.quantile(tgx.tensor([-inf, 1.0, inf]), 0.25).item() == -inf
    assert math.isnan(tgx.quantile(tgx.tensor([1.0, inf]), 0.5).item())
    assert math.isnan(tgx.mode(tgx.tensor([nan, 1.0, nan])).values.item())
    assert tgx.mode(tgx.tensor([nan, 1.0, 1.0])).values.item() == 1.0
    x = tgx.tensor([-0.0, 0.0], requires_grad=True)
    tgx.rsqrt(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [inf, -inf]


def test_losses_take_the_older_arguments_where_pytorch_has_them():
    scores, classes = tgx.ones(2, 3), tgx.tensor([0, 1])
    whole = F.cross_entropy(scores, classes, None, None, -100, None, "sum")
    assert whole.item() == F.cross_entropy(scores, classes, None, False).item()
    assert whole.item() == pytest.approx(2.0 * math.log(3.0), rel=1e-6)
    assert F.kl_div(scores, scores, False).item() == F.kl_div(scores, scores, reduction="sum")
    assert F.kl_div(scores, scores, None, False).shape == (2, 3)


def test_small_things_that_scripts_do():
    x = tgx.ones(2, requires_grad=True)
    x.sum().backward()
    del x.grad
    assert x.grad is None
    assert tgx.ones(1, 3).broadcast_to(2, 3).shape == (2, 3)
    assert tgx.Generator().device.type == "cpu"
    assert F.softmax(tgx.zeros(2), dim=0, _stacklevel=5).tolist() == [0.5, 0.5]
    y = tgx.ones(2, dtype=tgx.float64, requires_grad=True)
    assert tgx.autograd.gradcheck(tgx.exp, (y,), nondet_tol=0.0, fast_mode=True)
    assert F.hardtanh(tgx.tensor([-3, 3])).tolist() == [-1, 1]
    assert F.hardtanh(tgx.tensor([-3, 3])).dtype == tgx.int64


def test_facts_that_pytorch_has():
    x = tgx.ones(2)
    assert (x.is_cpu, x.is_sparse, x.layout, x.get_device()) == (True, False, tgx.strided, -1)
    assert (x.is_complex(), x.is_inference(), x.is_signed(), x.byte().is_signed()) == (
        False, False, True, False,
    )  # fmt: skip
    assert tgx.ones(1).is_nonzero()
    x.add_(1.0)
    x[0] = 5.0
    assert x._version == 2
    assert x.apply_(lambda value: value * 2.0).tolist() == [10.0, 4.0]
    assert x.map_(tgx.tensor([1.0]), lambda a, b: a - b).tolist() == [9.0, 3.0]
    with pytest.raises(GraphError, match="not recorded"):
        tgx.ones(1, requires_grad=True).apply_(abs)
    with pytest.raises(ArgumentError, match="the number 400"):
        tgx.ones(1, dtype=tgx.uint8).apply_(lambda value: 400)
    assert (tgx.pi, tgx.e, tgx.inf) == (math.pi, math.e, math.inf)
    assert math.isnan(tgx.nan)
    assert not tgx.is_anomaly_enabled()
    assert tgx.rsub(x, 10.0, alpha=2).tolist() == [-8.0, 4.0]
    assert tgx.scalar_tensor(3).dtype == tgx.float32
    assert tgx.typename(x) == "FloatTensor"


def test_an_integer_beside_an_array_moves_no_dimension():
    x = tgx.arange(24).reshape(2, 3, 4)
    assert x[0, :, [1, 2]].shape == (3, 2)
    assert x[0, :, [1, 2]].tolist() == [[1, 2], [5, 6], [9, 10]]
    assert x.reshape(1, 2, 3, 4)[:, 0, :, [1, 2]].shape == (1, 3, 2)
    x[0, :, [1, 2]] = tgx.zeros(3, 2, dtype=tgx.int64)
    assert x[0].tolist() == [[0, 0, 0, 3], [4, 0, 0, 7], [8, 0, 0, 11]]


def test_its_gradient_goes_to_the_right_places():
    x = tgx.zeros(2, 3, 4, requires_grad=True)
    (x[0, :, [1, 1]] * tgx.tensor([[1.0, 2.0]])).sum().backward()
    assert x.grad is not None
    expected = np.zeros((2, 3, 4), np.float32)
    expected[0, :, 1] = 3.0
    np.testing.assert_array_equal(x.grad.numpy(), expected)


def test_to_copies_when_asked():
    x = tgx.ones(2)
    assert x.to(tgx.float32) is x
    twin = x.to(tgx.float32, copy=True)
    twin += 1.0
    assert x.tolist() == [1.0, 1.0]
    with pytest.raises(TypeError):
        x.to(tgx.float32, cpoy=True)


def test_numpys_own_functions_take_tensors():
    x = tgx.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    assert np.sum(x).item() == 10.0 and np.mean(x).item() == 2.5
    assert np.exp(x).requires_grad and (np.ones((2, 2), np.float32) + x).requires_grad


def test_data_brings_its_own_memory():
    x, value = tgx.ones(2, requires_grad=True), tgx.zeros(2)
    x.data = value
    value += 1.0
    assert x.cell is value.cell and x.tolist() == [1.0, 1.0]
    with pytest.raises(DtypeError):
        x.data = tgx.tensor([1, 2])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: tgx.tensor([1, 2]) ** -1, "x.float()"),
        (lambda: tgx.ones(2, dtype="foo"), "float32"),
        (lambda: tgx.ones(2).reshape(2.0, 1), "whole numbers"),
        (lambda: (tgx.ones(1, requires_grad=True) * 2).backward("a"), "own shape"),
        (lambda: tgx.autograd.grad(tgx.ones(1, requires_grad=True).sum(), [3]), "pass Tensors"),
        (lambda: tgx.ones(2) + "a", "pass a Tensor"),
        (lambda: tgx.ones(2, 3) + tgx.ones(2), "sizes match"),
        (lambda: tgx.ones(2, 3).sum(dim=2), "from -2 to 1"),
        (lambda: tgx.ones(2)[2], "count from 0"),
        (lambda: tgx.ones(2)[0.5], "integers, slices"),
        (lambda: tgx.elu(tgx.ones(2), alpha="big"), "pass a number"),
        (lambda: tgx.gelu(tgx.ones(2), approximate="erf"), "'none', 'tanh'"),
        (lambda: tgx.cat([tgx.ones(2, 3), tgx.ones(2, 4)]), "every other size"),
        (lambda: tgx.tensor([[1.0], [1.0, 2.0]]), "unequal lengths"),
        (lambda: tgx.tensor([1, 2]).mean(), "x.float().mean()"),
        (lambda: tgx.ones(2).to("cuda"), 'device="cpu"'),
        (lambda: tgx.ones(0).max(), "numel"),
        (lambda: tgx.ones(2, 2).item(), "x.tolist()"),
    ],
)
def test_every_mistake_gets_asked_got_do_and_the_line(wrong, says):
    with pytest.raises(TeachingError) as caught:
        wrong()
    text = str(caught.value)
    assert says in text
    assert "\n  got: " in text and "\n  do:  " in text and f"\n  at:  {__file__}:" in text
