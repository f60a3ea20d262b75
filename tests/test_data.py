"""The data that come with the package, and how they are shared out."""

import gzip
import hashlib

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.data.digits import FILE, SIZE, _read
from tinygradx.errors import ArgumentError, ShapeError

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
