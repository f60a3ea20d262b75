"""Windows of signals: against SciPy, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import windows as scipys

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.signal import windows

SETTINGS = {
    "exponential": {"tau": 2.5},
    "gaussian": {"std": 1.7},
    "kaiser": {"beta": 8.6},
    "general_cosine": {"a": [0.46, 0.23, 0.31]},
    "general_hamming": {"alpha": 0.6},
}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 33])
@pytest.mark.parametrize("sym", [True, False])
@pytest.mark.parametrize("name", windows.__all__)
def test_against_scipy(name, sym, count):
    settings = SETTINGS.get(name, {})
    mine = getattr(windows, name)(count, sym=sym, dtype=tgx.float64, **settings)
    expected = getattr(scipys, name)(count, sym=sym, **settings)
    np.testing.assert_allclose(mine.numpy(), expected, 1e-13, 1e-15)


def test_dtypes_and_gradients():
    assert windows.hann(4).dtype == tgx.float32
    assert windows.hann(4, requires_grad=True).requires_grad
    with pytest.raises(DtypeError, match=r"windows\.hann of int64\n  got: no floats"):
        windows.hann(4, dtype=tgx.int64)


def test_a_centre_of_ones_own():
    mine = windows.exponential(6, center=1.5, tau=3.0, sym=False, dtype=tgx.float64)
    np.testing.assert_allclose(mine.numpy(), scipys.exponential(6, 1.5, 3.0, False), 1e-14)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: windows.hann(-1), "windows.hann of -1 points"),
        (lambda: windows.gaussian(4, std=0.0), "gaussian with std=0.0"),
        (lambda: windows.gaussian(1, std=0.0), "gaussian with std=0.0"),
        (lambda: windows.kaiser(4, beta=-1.0), "kaiser with beta=-1.0"),
        (lambda: windows.exponential(4, tau=-2.0), "exponential with tau=-2.0"),
        (lambda: windows.exponential(4, center=1.0), "a symmetric window"),
        (lambda: windows.general_cosine(4, a=[]), "no weights"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()
