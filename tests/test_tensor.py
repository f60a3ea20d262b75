"""What comes into a tensor, and how it is indexed: the corners that PyTorch users know."""

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import DtypeError, TeachingError


@pytest.mark.parametrize(
    "use", [tgx.exp, tgx.sigmoid, tgx.softmax, tgx.sum, lambda x: x + tgx.ones(2)]
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
