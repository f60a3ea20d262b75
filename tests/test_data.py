"""The data that come with the package, and how they are shared out."""

import gzip
import hashlib

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.data.digits import FILE, SIZE, _read
from tinygradx.errors import ArgumentError, DtypeError, ShapeError

SHA256 = "b508b4f324a791510eda456e789a11e808069126463db70a9ddce6f638f9814e"
#: As published: how often each digit occurs.
COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_shipped_file_is_the_published_one():
    content = FILE.read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256
    assert len(content) < 100_000
    assert (FILE.parent / "LICENSE.md").read_text(encoding="utf-8").count("CC BY 4.0") == 1


def test_digits():
    images, labels = tgx.data.digits()
    assert images.shape == (1797, 64)
    assert images.dtype == tgx.float32
    assert labels.shape == (1797,)
    assert labels.dtype == tgx.int64
    assert np.bincount(labels.numpy()).tolist() == COUNTS
    levels = np.unique(images.numpy())
    assert levels.tolist() == [level / 16 for level in range(17)]


def test_every_call_answers_memory_of_its_own():
    first, _ = tgx.data.digits()
    first.zero_()
    assert tgx.data.digits()[0].sum().item() > 0


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


DAMAGED = {
    "116,804 bytes": packed(bytes(SIZE - 1)),
    "more bytes": packed(bytes(50_000_000)),
    "more bytes where": packed(bytes(SIZE + 1)),
    "a pixel above 16": packed(bytes([17]) * SIZE),
    "a digit above 9": packed(bytes([16]) * SIZE),
    "gzip": b"nothing of the kind",
    "ended": packed(bytes(SIZE))[:-20],
    "invalid": packed(b"")[:10] + b"\xff" * 400,
}


@pytest.mark.parametrize("said", DAMAGED)
def test_a_damaged_file_is_refused(tmp_path, said):
    path = tmp_path / "digits.gz"
    path.write_bytes(DAMAGED[said])
    with pytest.raises(ArgumentError, match="install tinygradx again") as caught:
        _read(path)
    assert said in str(caught.value)


def test_split_shares_out_every_sample_once():
    x, y = tgx.arange(10.0).reshape(10, 1), tgx.arange(10)
    (x_train, y_train), (x_held, y_held) = tgx.data.split(x, y, held_out=0.3)
    assert x_train.shape == (7, 1)
    assert x_held.shape == (3, 1)
    assert sorted(y_train.tolist() + y_held.tolist()) == list(range(10))
    assert x_train.flatten().tolist() == y_train.tolist()
    assert x_held.flatten().tolist() == y_held.tolist()


def test_split_is_the_same_for_the_same_seed():
    x, y = tgx.data.digits()
    held = [tgx.data.split(x, y, seed=seed)[1][1].tolist() for seed in (3, 3, 4)]
    assert held[0] == held[1] != held[2]
    tgx.manual_seed(0)
    first = tgx.rand(1).item()
    tgx.manual_seed(0)
    tgx.data.split(x, y)
    assert tgx.rand(1).item() == first


def test_what_split_refuses():
    x = tgx.zeros(4, 2)
    with pytest.raises(ShapeError, match="one y for every x"):
        tgx.data.split(x, tgx.zeros(3))
    with pytest.raises(ShapeError, match="without samples"):
        tgx.data.split(x, tgx.tensor(1.0))
    for held_out in (0.0, 1.0, 0.1):
        with pytest.raises(ArgumentError, match="to learn from"):
            tgx.data.split(x, tgx.zeros(4), held_out)


def test_split_wants_a_seed_that_is_a_whole_number():
    for seed in (-1, 0.5, None):
        with pytest.raises(ArgumentError, match="whole number from 0 on"):
            tgx.data.split(tgx.zeros(4, 2), tgx.zeros(4), seed=seed)


# ---- toy sets -----------------------------------------------------------------------------------

HALF = 3.0**0.5 / 2.0
TOYS = [tgx.data.moons, tgx.data.circles, tgx.data.spirals, tgx.data.xor]
SEEDED = [(0.9794026, -0.0128845), (-1.0289789, -0.1271943),
          (-0.1406435, 0.5043408), (1.9450831, 0.5612009)]  # fmt: skip
#: What scikit-learn's make_moons(8, shuffle=False) and make_circles(6, shuffle=False, factor=0.5)
#: answer: arcs in steps of 60°, circles in steps of 120°.
MOONS = [(1, 0), (0.5, HALF), (-0.5, HALF), (-1, 0),
         (0, 0.5), (0.5, 0.5 - HALF), (1.5, 0.5 - HALF), (2, 0.5)]  # fmt: skip
CIRCLES = [(1, 0), (-0.5, HALF), (-0.5, -HALF),
           (0.5, 0), (-0.25, HALF / 2), (-0.25, -HALF / 2)]  # fmt: skip


def test_moons_and_circles_are_those_of_the_convention():
    for (x, y), points in (
        (tgx.data.moons(8, noise=0.0), MOONS),
        (tgx.data.circles(6, noise=0.0, factor=0.5), CIRCLES),
    ):
        np.testing.assert_allclose(x.numpy(), points, atol=1e-7)
        assert y.tolist() == [0] * (len(points) // 2) + [1] * (len(points) // 2)


@pytest.mark.parametrize("count", [2, 3, 7, 100])
def test_moons_and_circles_are_those_of_scikit_learn(count):
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    for (x, y), (points, classes) in (
        (tgx.data.moons(count, noise=0.0), datasets.make_moons(count, shuffle=False)),
        (
            tgx.data.circles(count, noise=0.0, factor=0.8),
            datasets.make_circles(count, shuffle=False),
        ),
    ):
        np.testing.assert_allclose(x.numpy(), points, atol=1e-7)
        assert y.tolist() == classes.tolist()


def test_spirals_are_those_that_were_published():
    # Lang & Witbrock (1988): 97 points an arm, angle i π / 16, radius 6.5 (104 - i) / 104.
    x, y = tgx.data.spirals(194, noise=0.0, turns=3)
    i = np.arange(97)
    angle, radius = i * np.pi / 16, 6.5 * (104 - i) / 104
    arm = np.stack([radius * np.sin(angle), radius * np.cos(angle)], 1)
    np.testing.assert_allclose(6.5 * x.numpy(), np.concatenate([arm, -arm]), atol=5e-6)
    assert y.tolist() == [0] * 97 + [1] * 97


def test_xor_without_noise_is_the_truth_table():
    x, y = tgx.data.xor(5, noise=0.0)
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1], [0, 0]]
    assert y.tolist() == [0, 1, 1, 0, 0]


@pytest.mark.parametrize("toy", TOYS)
def test_toy_sets(toy):
    x, y = toy(51)
    assert (x.shape, x.dtype) == ((51, 2), tgx.float32)
    assert (y.shape, y.dtype) == ((51,), tgx.int64)
    assert set(y.tolist()) == {0, 1}
    assert abs(2 * y.sum().item() - 51) <= 3
    tgx.manual_seed(0)
    first = tgx.rand(1).item()
    tgx.manual_seed(0)
    assert toy(51)[0].tolist() == x.tolist()
    assert tgx.rand(1).item() == first
    assert toy(51, seed=1)[0].tolist() != x.tolist()


@pytest.mark.parametrize("toy", TOYS)
def test_noise_has_the_deviation_that_was_asked_for(toy):
    pushed = toy(20_000, noise=0.3, seed=5)[0] - toy(20_000, noise=0.0)[0]
    assert abs(pushed.numpy().std() - 0.3) < 0.3 * 4 / 40_000**0.5  # four standard errors
    assert np.abs(pushed.numpy().mean(0)).max() < 0.3 * 4 / 20_000**0.5


def test_a_seed_gives_the_same_points_everywhere():
    x, _ = tgx.data.moons(4, noise=0.1, seed=0)
    np.testing.assert_allclose(x.numpy(), SEEDED, atol=1e-6)


@pytest.mark.parametrize("toy", TOYS)
def test_what_toy_sets_refuse(toy):
    for error, said, arguments in (
        (ArgumentError, "use 2 or more", {"n_samples": 1}),
        (DtypeError, "n_samples=2.5", {"n_samples": 2.5}),
        (ArgumentError, "a number from 0 on", {"noise": -0.1}),
        (ArgumentError, "no deviation", {"noise": float("nan")}),
        (DtypeError, "pass a number", {"noise": None}),
        (ArgumentError, "whole number from 0 on", {"seed": -1}),
        (ArgumentError, "whole number from 0 on", {"seed": 1.5}),
    ):
        with pytest.raises(error, match=said):
            toy(**arguments)


def test_what_circles_and_spirals_refuse():
    for factor in (-0.1, 1.0, float("nan")):
        with pytest.raises(ArgumentError, match="0 <= factor < 1"):
            tgx.data.circles(factor=factor)
    for turns in (0.0, -1.0, float("inf")):
        with pytest.raises(ArgumentError, match="a number above 0"):
            tgx.data.spirals(turns=turns)
