"""The text of a tensor, against texts written down here.

The comparison with PyTorch itself, over many more values, is in `against_torch`.
"""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tinygradx.tensor.printing import format_tensor, set_printoptions

FLOAT32 = np.dtype("float32")
NAN, INF = float("nan"), float("inf")


@pytest.fixture(autouse=True)
def default_options() -> Iterator[None]:
    """Put the printing options back after each test."""
    yield
    set_printoptions(profile="default")


def text(values: Any, dtype: str = "float32", **told: Any) -> str:
    """Write down values as a tensor of the given dtype, where float32 is the default."""
    return format_tensor(np.array(values, dtype), default_dtype=FLOAT32, **told)


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([1.5, -0.25], "float32", "tensor([ 1.5000, -0.2500])"),
        ([1.0, -20.0], "float32", "tensor([  1., -20.])"),
        (3.14159, "float32", "tensor(3.1416)"),
        ([0.0, -0.0], "float32", "tensor([0., -0.])"),
        ([NAN, INF, -INF, 0.5], "float32", "tensor([   nan,    inf,   -inf, 0.5000])"),
        ([1e-5, 1.0], "float32", "tensor([1.0000e-05, 1.0000e+00])"),
        ([1.0, 1000.0], "float32", "tensor([   1., 1000.])"),
        ([1.0, 1001.0], "float32", "tensor([1.0000e+00, 1.0010e+03])"),
        (1.1e8, "float32", "tensor(1.1000e+08)"),
        ([[1, -2], [30, 4]], "int64", "tensor([[ 1, -2],\n        [30,  4]])"),
        ([True, False], "bool", "tensor([ True, False])"),
        ([], "float32", "tensor([])"),
        ([[], []], "float32", "tensor([], size=(2, 0))"),
        ([], "int64", "tensor([], dtype=tinygradx.int64)"),
        ([1.0], "float64", "tensor([1.], dtype=tinygradx.float64)"),
        ([1], "uint8", "tensor([1], dtype=tinygradx.uint8)"),
    ],
)
def test_values(values: Any, dtype: str, expected: str) -> None:
    assert text(values, dtype) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"requires_grad": True}, "tensor([[1.],\n        [2.]], requires_grad=True)"),
        ({"grad_fn": "tanh"}, "tensor([[1.],\n        [2.]], grad_fn=<tanh>)"),
        (
            {"grad_fn": "tanh", "requires_grad": True},
            "tensor([[1.],\n        [2.]], grad_fn=<tanh>)",
        ),
        ({"name": "gift"}, "gift([[1.],\n      [2.]])"),
    ],
)
def test_what_the_caller_tells(told: dict[str, Any], expected: str) -> None:
    assert text([[1.0], [2.0]], **told) == expected


def test_blocks_are_set_apart_by_blank_lines() -> None:
    assert text(np.arange(8).reshape(2, 2, 1, 2), "int64") == (
        "tensor([[[[0, 1]],\n\n         [[2, 3]]],\n\n\n        [[[4, 5]],\n\n         [[6, 7]]]])"
    )


def test_long_rows_wrap_and_stay_aligned() -> None:
    assert text(np.arange(16.0), "float64", requires_grad=True) == (
        "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,\n"
        "        14., 15.], dtype=tinygradx.float64, requires_grad=True)"
    )


def test_notes_move_to_a_new_line_where_the_last_is_full() -> None:
    assert text(np.zeros(8), "float64", requires_grad=True) == (
        "tensor([0., 0., 0., 0., 0., 0., 0., 0.], dtype=tinygradx.float64,\n"
        "       requires_grad=True)"
    )


def test_a_thousand_elements_are_written_out_and_one_more_is_not() -> None:
    assert "..." not in text(np.zeros(1000))
    assert text(np.arange(1001)) == "tensor([   0.,    1.,    2.,  ...,  998.,  999., 1000.])"


def test_summary_of_a_matrix() -> None:
    assert text(np.arange(8000).reshape(8, 1000), "int64") == (
        "tensor([[   0,    1,    2,  ...,  997,  998,  999],\n"
        "        [1000, 1001, 1002,  ..., 1997, 1998, 1999],\n"
        "        [2000, 2001, 2002,  ..., 2997, 2998, 2999],\n"
        "        ...,\n"
        "        [5000, 5001, 5002,  ..., 5997, 5998, 5999],\n"
        "        [6000, 6001, 6002,  ..., 6997, 6998, 6999],\n"
        "        [7000, 7001, 7002,  ..., 7997, 7998, 7999]])"
    )


def test_only_the_numbers_shown_choose_the_notation() -> None:
    hidden = np.zeros(2000)
    hidden[1000] = 1e20
    assert text(hidden) == "tensor([0., 0., 0.,  ..., 0., 0., 0.])"


def test_default_dtype_is_the_callers() -> None:
    double, single = np.zeros(1), np.zeros(1, np.float32)
    float64 = np.dtype("float64")
    assert format_tensor(double, default_dtype=float64) == "tensor([0.])"
    assert format_tensor(single, default_dtype=float64) == "tensor([0.], dtype=tinygradx.float32)"


def test_options() -> None:
    set_printoptions(precision=2, threshold=3, edgeitems=1)
    assert text([0.125, 1.0, 2.0, 3.0]) == "tensor([0.12,  ..., 3.00])"
    set_printoptions(profile="full", sci_mode=True)
    assert text([0.125, 1.0]) == "tensor([1.2500e-01, 1.0000e+00])"
    set_printoptions(linewidth=20)  # and the notation is chosen by the values again
    assert text([0.125, 1.0]) == "tensor([0.1250,\n        1.0000])"
    set_printoptions(profile="default")
    assert text([0.125, 1.0]) == "tensor([0.1250, 1.0000])"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"profile": "long"}, "profile needs one of default, short, full, got 'long'."),
        ({"precision": -1}, "precision needs a whole number of 0 or more, got -1."),
        ({"edgeitems": 1.5}, "edgeitems needs a whole number of 0 or more, got 1.5."),
    ],
)
def test_a_wrong_option_changes_nothing(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        set_printoptions(**{"linewidth": 3, **options})
    assert text([0.125, 1.0]) == "tensor([0.1250, 1.0000])"
