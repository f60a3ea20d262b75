"""The data that come with the package, and how they are shared out."""

import gc
import gzip
import hashlib
import http.server
import io
import re
import sys
import tarfile
import threading

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


# ---- IDX files ----------------------------------------------------------------------------------


def as_idx(array):
    """An IDX file, written from its description."""
    kinds = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}
    kind = kinds[f"{array.dtype.kind}{array.dtype.itemsize}"]
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    big = array.astype(array.dtype.newbyteorder(">"))
    return bytes([0, 0, kind, array.ndim]) + sizes + big.tobytes()


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("shape", [(), (5,), (2, 3, 4), (0, 3)])
def test_idx_files_of_every_kind(tmp_path, dtype, shape):
    random = np.random.default_rng(0)
    array = np.asarray(100 * random.normal(size=shape)).astype(dtype)
    (tmp_path / "plain").write_bytes(as_idx(array))
    (tmp_path / "packed.gz").write_bytes(packed(as_idx(array)))
    for name in ("plain", "plain.gz", "packed", "packed.gz"):
        found = tgx.data.idx(tmp_path / name)
        assert found.dtype == array.dtype and found.shape == shape
        assert found.numpy().tobytes() == array.tobytes()
    found.fill_(1)  # memory of its own, which may be written to


LABELS = as_idx(np.arange(5, dtype=np.uint8))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (b"\0\0\x08", "the magic number 000008"),
        (b"\0\0\x07\1" + LABELS[4:], "the magic number 00000701"),
        (b"\1" + LABELS[1:], "the magic number 01000801"),
        (LABELS[:6], "2 bytes of sizes for 1 dimensions"),
        (LABELS[:-1], "4 bytes where 5 belong"),
        (LABELS + b"x", "more bytes where 5 belong"),
        (LABELS[:4] + b"\xff" * 4 + b"12", "2 bytes where 4,294,967,295 belong"),
        (b"\0\0\x08\xff" + b"\xff" * 1020, "more|bytes"),
        (packed(LABELS)[:-9], "ended|CRC"),
        (packed(LABELS[:-1]), "4 bytes where 5 belong"),
        (packed(LABELS + bytes(10**8)), "more bytes where 5 belong"),
        (packed(LABELS)[:10] + b"\xff" * 30, "invalid"),
    ],
)
def test_idx_files_that_are_none(tmp_path, content, said):
    path = tmp_path / "labels"
    path.write_bytes(content)
    with pytest.raises(ArgumentError, match=said) as caught:
        tgx.data.idx(path)
    assert str(path) in str(caught.value) and "it is damaged, or no IDX file" in str(caught.value)


def test_an_idx_file_that_is_not_there(tmp_path):
    with pytest.raises(ArgumentError, match="no such file, packed or not"):
        tgx.data.idx(tmp_path / "nothing")
    with pytest.raises(ArgumentError, match="no such file"):
        tgx.data.idx(tmp_path)


def small_mnist(folder, images=None, labels=None):
    """The four files, with few images."""
    random = np.random.default_rng(1)
    made = {}
    for part, count in (("train", 6), ("t10k", 3)):
        x = random.integers(0, 256, (count, 28, 28)).astype(np.uint8) if images is None else images
        y = random.integers(0, 10, count).astype(np.uint8) if labels is None else labels
        made[part] = x, y
        for what, array in (("images-idx3", x), ("labels-idx1", y)):
            (folder / f"{part}-{what}-ubyte.gz").write_bytes(packed(as_idx(array)))
    return made


@pytest.fixture
def few(monkeypatch):
    """Sets of 6 and 3 images."""
    from tinygradx.data import mnist

    monkeypatch.setitem(mnist.__globals__["PARTS"], "train", 6)
    monkeypatch.setitem(mnist.__globals__["PARTS"], "t10k", 3)
    return mnist.__globals__


@pytest.mark.parametrize("load", [tgx.data.mnist, tgx.data.fashion_mnist])
def test_mnist_from_a_folder(tmp_path, few, load):
    made = small_mnist(tmp_path)
    # One of them unpacked, as some people keep them.
    packed_file = tmp_path / "t10k-labels-idx1-ubyte.gz"
    packed_file.with_suffix("").write_bytes(gzip.decompress(packed_file.read_bytes()))
    packed_file.unlink()
    for (x, y), part in zip(load(tmp_path), ("train", "t10k"), strict=True):
        images, labels = made[part]
        assert x.shape == (len(labels), 1, 28, 28) and x.dtype == tgx.float32
        np.testing.assert_array_equal(x.numpy()[:, 0], images.astype(np.float32) / 255)
        assert y.dtype == tgx.int64 and y.tolist() == labels.tolist()
    packed_file.with_suffix("").unlink()
    with pytest.raises(ArgumentError, match=r"no t10k-labels-idx1-ubyte\.gz.*\n.*download=True"):
        load(str(tmp_path))


def test_mnist_of_other_sizes(tmp_path, few):
    for images, labels, said in (
        (np.zeros((6, 28, 27), np.uint8), None, r"train images of shape \(6, 28, 27\)"),
        (None, np.zeros(5, np.uint8), r"train labels of shape \(5,\) and uint8, not \(6,\)"),
        (np.zeros((6, 28, 28), np.int16), None, "int16"),
        (None, np.full(6, 10, np.uint8), "a label 10"),
    ):
        small_mnist(tmp_path, images, labels)
        with pytest.raises(ArgumentError, match=said):
            tgx.data.mnist(tmp_path)
    assert few["MNIST"].sha256.keys() == few["FASHION"].sha256.keys()
    assert few["MNIST"].sha256 != few["FASHION"].sha256


@pytest.fixture
def server(tmp_path):
    """A folder that can be fetched from, its address, and what was asked for."""
    folder, asked = tmp_path / "served", []
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, form, *words):
            asked.append(self.path)

        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{served.server_port}/", asked
        served.shutdown()
        thread.join()


def test_downloads_are_kept_only_with_the_right_hash(tmp_path, few, server, monkeypatch):
    pytest.importorskip("pooch")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    folder, url, asked = server
    made = small_mnist(folder)
    sha256 = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
    monkeypatch.setitem(few, "MNIST", few["MNIST"]._replace(url=url, sha256=sha256))
    target = tmp_path / "new" / "folder"
    with pytest.raises(ArgumentError, match="download=True"):
        tgx.data.mnist(target)
    assert asked == [] and not target.exists()  # nothing happens unless it is asked for
    (_, y), _ = tgx.data.mnist(target, download=True)
    assert y.tolist() == made["train"][1].tolist() and len(asked) == 4
    tgx.data.mnist(target, download=True)
    assert len(asked) == 4  # what is there is not fetched again
    bad = target / "t10k-labels-idx1-ubyte.gz"
    bad.unlink()
    (folder / bad.name).write_bytes(packed(as_idx(np.zeros(3, np.uint8))))
    with pytest.raises(ArgumentError, match="hash of downloaded file"):
        tgx.data.mnist(target, download=True)
    assert not bad.exists() and len(list(target.iterdir())) == 3
    (folder / bad.name).unlink()
    with pytest.raises(ArgumentError, match=r"put the file to .*t10k-labels.* yourself"):
        tgx.data.mnist(target, download=True)
    assert not bad.exists()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # pooch leaves broken ones open
def test_a_download_that_breaks_leaves_nothing(tmp_path, few, monkeypatch):
    """Half of the bytes, none at all, an error page: nothing is kept, and the error says why."""
    pytest.importorskip("pooch")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    content = packed(as_idx(np.zeros((6, 28, 28), np.uint8)))
    sha256 = dict.fromkeys(few["MNIST"].sha256, hashlib.sha256(content).hexdigest())
    half = [content[: len(content) // 2]]

    class Breaking(http.server.BaseHTTPRequestHandler):
        def log_message(self, form, *words):
            pass

        def do_GET(self):
            if half:
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(half[0])  # and then the connection is closed
            else:
                self.send_error(503, "come back later")

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Breaking) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{served.server_port}/"
        monkeypatch.setitem(few, "MNIST", few["MNIST"]._replace(url=url, sha256=sha256))
        target = tmp_path / "new"
        for served_now, said in (
            (half[0], "broken|Incomplete|hash"), (b"", "broken|Incomplete|hash"),
            (None, "503 Server Error: come back later"),
        ):  # fmt: skip
            half[:] = [] if served_now is None else [served_now]
            with pytest.raises(ArgumentError, match=f"download {url}train-images.*") as caught:
                tgx.data.mnist(target, download=True)
            assert re.search(said, caught.value.got)
            assert "yourself" in caught.value.do and "train-images" in caught.value.do
            assert list(target.iterdir()) == []
        served.shutdown()
        thread.join()
    with pytest.raises(ArgumentError, match="look at the connection"):  # nobody answers any more
        tgx.data.mnist(target, download=True)
    assert list(target.iterdir()) == []
    del caught
    gc.collect()  # so that what pooch left is closed here


def test_what_was_fetched_once_needs_no_server(tmp_path, few, server, monkeypatch):
    pytest.importorskip("pooch")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    folder, url, asked = server
    made = small_mnist(folder)
    sha256 = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
    monkeypatch.setitem(few, "FASHION", few["FASHION"]._replace(url=url, sha256=sha256))
    first = tgx.data.fashion_mnist(tmp_path / "kept", download=True)
    assert sorted(asked) == sorted(f"/{name}" for name in sha256)
    monkeypatch.setitem(few, "FASHION", few["FASHION"]._replace(url="http://127.0.0.1:9/"))
    monkeypatch.setitem(sys.modules, "pooch", None)  # which is not needed then, either
    again = tgx.data.fashion_mnist(tmp_path / "kept", download=True)
    for (x, y), (other, labels) in zip(first, again, strict=True):
        assert x.tolist() == other.tolist() and y.tolist() == labels.tolist()
    assert again[1][1].tolist() == made["t10k"][1].tolist() and len(asked) == 4


#: As published: http://yann.lecun.com/exdb/mnist and the reader of torchvision, in bytes.
PUBLISHED = {
    "train-images-idx3-ubyte": (0x803, (60_000, 28, 28), 47_040_016),
    "train-labels-idx1-ubyte": (0x801, (60_000,), 60_008),
    "t10k-images-idx3-ubyte": (0x803, (10_000, 28, 28), 7_840_016),
    "t10k-labels-idx1-ubyte": (0x801, (10_000,), 10_008),
}


def test_files_of_the_published_sizes_are_read(tmp_path):
    """The headers as they were published, with pixels of our own: the real files are not here."""
    for name, (magic, sizes, length) in PUBLISHED.items():
        header = magic.to_bytes(4, "big") + b"".join(size.to_bytes(4, "big") for size in sizes)
        content = header + bytes(length - len(header))
        assert len(content) == length == len(header) + int(np.prod(sizes))
        (tmp_path / name).write_bytes(content)
    (x, y), (x_held, y_held) = tgx.data.mnist(tmp_path)
    assert x.shape == (60_000, 1, 28, 28) and y.shape == (60_000,)
    assert x_held.shape == (10_000, 1, 28, 28) and y_held.shape == (10_000,)
    whole = tgx.data.mnist.__globals__
    for source in (whole["MNIST"], whole["FASHION"]):
        assert {f"{name}.gz" for name in PUBLISHED} == set(source.sha256)
        assert all(re.fullmatch("[0-9a-f]{64}", hash) for hash in source.sha256.values())
        assert len(set(source.sha256.values())) == 4


# ---- sets of scikit-learn -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["iris", "wine", "diabetes"])
def test_sets_of_scikit_learn(name):
    sets = pytest.importorskip("sklearn.datasets")
    theirs = getattr(sets, f"load_{name}")()
    x, y = getattr(tgx.data, name)()
    assert x.dtype == tgx.float32
    np.testing.assert_array_equal(x.numpy(), theirs.data.astype(np.float32))
    if name == "diabetes":
        assert y.dtype == tgx.float32 and y.shape == (442, 1)
    else:
        assert y.dtype == tgx.int64
    assert y.numpy().ravel().tolist() == theirs.target.tolist()
    x.zero_()
    assert getattr(tgx.data, name)()[0].abs().sum().item() > 0


def test_what_is_not_installed_names_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(tgx.data.MissingPackage, match=r"pip install 'tinygradx\[data\]'") as caught:
        tgx.data.iris()
    assert isinstance(caught.value, ImportError) and "no sklearn" in str(caught.value)
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(tgx.data.MissingPackage, match="no pooch"):
        tgx.data.mnist("nowhere", download=True)


def houses(path, table, name="CaliforniaHousing/cal_housing.data"):
    """An archive as it was published."""
    text = "\n".join(",".join(f"{x:f}" for x in row) for row in table).encode()
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))


def test_california(tmp_path, monkeypatch):
    path = tmp_path / "cal_housing.tgz"
    with pytest.raises(ArgumentError, match=r"no such file.*\n.*download=True"):
        tgx.data.california(tmp_path)
    assert not path.exists()
    whole = tgx.data.california.__globals__
    monkeypatch.setitem(whole, "COUNT", 2)
    # The first district as it was published, and what scikit-learn answers for it.
    first = [-122.23, 37.88, 41.0, 880.0, 129.0, 322.0, 126.0, 8.3252, 452600.0]
    houses(path, [first, [-122.0, 38.0, 10.0, 600.0, 200.0, 300.0, 100.0, 2.0, 100000.0]])
    x, y = tgx.data.california(tmp_path)
    expected = [8.3252, 41.0, 6.98412698, 1.02380952, 322.0, 2.55555556, 37.88, -122.23]
    np.testing.assert_allclose(x[0].numpy(), expected, rtol=1e-6)
    assert (x.shape, x.dtype, y.dtype) == ((2, 8), tgx.float32, tgx.float32)
    np.testing.assert_allclose(y.numpy(), [[4.526], [1.0]], rtol=1e-6)
    for table, name, said in (
        ([first], "CaliforniaHousing/cal_housing.data", r"a table of shape \(1, 9\)"),
        ([first] * 2, "other", "not found"),
        ([first[:8]] * 2, "CaliforniaHousing/cal_housing.data", r"shape \(2, 8\)"),
    ):
        houses(path, table, name)
        with pytest.raises(ArgumentError, match=said):
            tgx.data.california(tmp_path)
    for content in (b"nothing of the kind", path.read_bytes()[:-30], packed(b"x" * 2000)):
        path.write_bytes(content)
        with pytest.raises(ArgumentError, match="it is damaged"):
            tgx.data.california(tmp_path)


# ---- text ---------------------------------------------------------------------------------------


def test_characters():
    text = tgx.data.Characters("naïve 日本\n")
    assert len(text) == 9 and text.vocabulary == tuple(sorted(set("naïve 日本\n")))
    assert text.ids.dtype == tgx.int64
    assert text.decode(text.ids) == "naïve 日本\n"
    assert text.decode(text.encode("nave")) == "nave"
    assert text.decode([0, 1]) == text.decode(np.array([0, 1])) == "\n "
    assert text.encode("").shape == (0,) and text.decode([]) == ""
    assert repr(text) == "Characters(9 of 9 kinds)"
    part = tgx.data.Characters("ave", vocabulary=(*text.vocabulary, "z"))
    assert len(part.vocabulary) == 10 and part.decode(part.ids) == "ave"


def test_windows_are_pieces_and_what_follows():
    story = "".join(np.random.default_rng(0).choice(list("abc "), 50))
    text = tgx.data.Characters(story)
    for length, stride in ((1, 1), (5, 1), (5, 3), (49, 1), (7, 50)):
        windows = text.windows(length, stride)
        starts = range(0, 50 - length, stride)
        assert len(windows) == len(starts)
        for (x, y), start in zip(windows, starts, strict=True):
            assert text.decode(x) == story[start : start + length]
            assert text.decode(y) == story[start + 1 : start + length + 1]
    loader = tgx.data.DataLoader(text.windows(5), batch_size=8, shuffle=True)
    for x, y in loader:
        assert x.shape == y.shape and (x[:, 1:] == y[:, :-1]).all().item()
        x.zero_()  # a batch is memory of its own
    assert text.decode(text.ids) == story


def test_what_characters_refuse():
    text = tgx.data.Characters("abc")
    for call, error, said in (
        (lambda: tgx.data.Characters(b"abc"), DtypeError, "a bytes"),
        (lambda: tgx.data.Characters(""), ArgumentError, "an empty one"),
        (lambda: tgx.data.Characters("abc", "ab"), ArgumentError, "'c', which the vocabulary"),
        (lambda: tgx.data.Characters("a", ["a", "bc"]), ArgumentError, "'bc' in it"),
        (lambda: text.encode("cad"), ArgumentError, "'d', which the vocabulary lacks"),
        (lambda: text.decode([0, 3]), ArgumentError, "3, where the vocabulary has 3"),
        (lambda: text.decode([-1]), ArgumentError, "-1, where"),
        (lambda: text.windows(0), ArgumentError, "length=0"),
        (lambda: text.windows(1, 1.5), ArgumentError, r"stride=1\.5"),
        (lambda: text.windows(3), ArgumentError, "a text of 3"),
    ):
        with pytest.raises(error, match=said):
            call()
