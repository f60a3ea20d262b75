"""What comes into a tensor, and how it is indexed: the corners that PyTorch users know."""

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import DtypeError


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
