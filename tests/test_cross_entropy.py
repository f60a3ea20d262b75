"""Cross entropy: its digits, its kernel for a GPU, what it refuses."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError
from tinygradx.kernels.cuda import compile_ptx
from tinygradx.nn.functional import cross_entropy
from tinygradx.ops.cross_entropy import CROSS_ENTROPY


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("gap", [0.0, 1.0, 5.0, 20.0, 60.0])
@pytest.mark.parametrize("right", [0, 1, 2])
def test_all_digits_are_there_where_the_right_class_is_nearly_certain(gap, right, dtype):
    """Against 50 digits: naively a loss of 1e-9 is 0 in float32, and so is its slope."""
    scores = np.array([gap, 0.0, -0.5], dtype)
    x = tgx.tensor(scores[None], requires_grad=True)
    loss = cross_entropy(x, tgx.tensor([right]))
    loss.backward()
    with mpmath.workdps(50):
        shares = [mpmath.exp(mpmath.mpf(float(s))) for s in scores]
        whole = mpmath.fsum(shares)
        exact = -mpmath.log(shares[right] / whole)
        rest = mpmath.fsum(s for k, s in enumerate(shares) if k != right)
        slopes = [(-rest if k == right else s) / whole for k, s in enumerate(shares)]
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(loss.item(), float(exact), 8 * eps)
    np.testing.assert_allclose(x.grad.numpy()[0], [float(s) for s in slopes], 8 * eps)


def test_scores_at_the_ends_of_their_range():
    large = np.finfo(np.float32).max
    for row, right, loss in [
        ([large, 0.0], 0, 0.0),
        ([-np.inf, 0.0], 1, 0.0),
        ([-np.inf, 0.0], 0, np.inf),
        ([1e4, -1e4], 1, 2e4),
    ]:
        x = tgx.tensor([row], requires_grad=True)
        out = cross_entropy(x, tgx.tensor([right]))
        out.backward()
        assert out.item() == loss
        assert np.isfinite(x.grad.numpy()).all()


def test_a_score_that_is_nan_gives_nan_and_no_error():
    assert np.isnan(cross_entropy(tgx.tensor([[np.nan, 0.0]]), tgx.tensor([0])).item())


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("wrong", [-1, 3, 2**40, -(2**40)])
def test_a_class_that_does_not_exist(wrong, reduction):
    with pytest.raises(DimError, match=f"the class index {wrong}\n.*from 0 to 2"):
        cross_entropy(tgx.zeros(2, 3), tgx.tensor([0, wrong]), reduction=reduction)


def test_what_does_not_fit():
    x, t = tgx.zeros(4, 3), tgx.tensor([0, 1, 2, 0])
    for error, said, call in [
        (ShapeError, r"target.squeeze\(1\)", lambda: cross_entropy(x, t.reshape(4, 1))),
        (ShapeError, "do not match", lambda: cross_entropy(x, t[:3])),
        (ShapeError, r"target.argmax\(1\)", lambda: cross_entropy(x, tgx.ones(4, 3).long())),
        (ShapeError, "a probability for each", lambda: cross_entropy(x, tgx.ones(4))),
        (ShapeError, r"shape \(3,\)", lambda: cross_entropy(x, t, tgx.ones(4))),
        (ShapeError, "no classes", lambda: cross_entropy(tgx.zeros(4, 0), t)),
        (ArgumentError, "leave it out", lambda: cross_entropy(x, x, ignore_index=0)),
        (DtypeError, "input.float", lambda: cross_entropy(x.long(), t)),
        (DtypeError, "target.long", lambda: cross_entropy(x, t == 1)),
        (ArgumentError, '"mean", "sum" or "none"', lambda: cross_entropy(x, t, reduction="avg")),
        (ArgumentError, "from 0 to 1", lambda: cross_entropy(x, t, label_smoothing=1.5)),
        (ArgumentError, "0 / 0", lambda: cross_entropy(x, tgx.tensor([-100] * 4))),
        (ArgumentError, "0 / 0", lambda: cross_entropy(tgx.zeros(0, 3), t[:0])),
    ]:
        with pytest.raises(error, match=said):
            call()
    assert cross_entropy(tgx.zeros(0, 3), t[:0], reduction="sum").item() == 0.0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_kernel_for_a_gpu(dtype):
    ptx = compile_ptx(CROSS_ENTROPY.text("cuda", dtype).text)
    assert (".f64" in ptx) == (dtype == "float64")


def test_targets_that_lie_apart_in_memory():
    x, t = np.random.default_rng(0).normal(size=(4, 6)), np.array([0, 9, 1, 9, 2, 9, 1, 9])
    straight = cross_entropy(tgx.tensor(x[:, :3].copy()), tgx.tensor(t[::2].copy()))
    apart = cross_entropy(tgx.from_numpy(x)[:, :3], tgx.from_numpy(t)[::2])
    assert straight.item() == apart.item()
    narrow = cross_entropy(tgx.tensor(x[:, :3].copy()), tgx.tensor(t[::2].astype(np.int32)))
    assert narrow.item() == straight.item()
