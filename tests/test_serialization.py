"""Saving and loading: what comes back, what damaged and hostile files do (nothing)."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn, optim
from tinygradx.errors import ArgumentError, DeviceError, DtypeError
from tinygradx.serialization import FileError


def through(obj):
    """Saved and loaded, in memory."""
    file = io.BytesIO()
    tgx.save(obj, file)
    file.seek(0)
    return tgx.load(file)


def same(a, b):
    """Whether two objects are equal, tensors and arrays by their numbers and dtypes."""
    if isinstance(a, (tgx.Tensor, np.ndarray, np.generic)):
        if isinstance(a, tgx.Tensor):
            assert isinstance(b, tgx.Tensor) and a.requires_grad == b.requires_grad
            a, b = a.detach().numpy(), b.detach().numpy()
        assert type(a) is type(b) and a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_array_equal(a, b)
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            same(a[key], b[key])
    elif isinstance(a, (list, tuple)):
        assert type(a) is type(b) and len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    else:
        assert type(a) is type(b) and (a == b or (a != a and b != b))


EVERYTHING = {
    "tensors": [tgx.arange(6).reshape(2, 3), tgx.tensor(1.5), tgx.zeros(0, 2)],
    "dtypes": tuple(
        tgx.ones(2, dtype=getattr(tgx, name))
        for name in ("float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool")
    ),
    "turned": tgx.arange(6).reshape(2, 3).T,
    "wanted": tgx.ones(2, requires_grad=True),
    "array": np.arange(3.0)[::-1],
    "number": np.float32(2.5),
    "plain": [None, True, 3, -(2**70), 2.5, float("inf"), float("nan"), "text äß\n", ""],
    "nested": {1: {2.5: (), False: [], None: {"": 0}}, "a.b": {"c": tgx.ones(1)}},
    "a": {"b.c": tgx.zeros(1), "b": {"c": tgx.full((1,), 2.0)}},
    "__metadata__": tgx.ones(1),
    "dtype": tgx.float64,
}


def test_everything_comes_back():
    same(EVERYTHING, through(EVERYTHING))
    same(tgx.ones(2), through(tgx.ones(2)))
    same(7, through(7))
    ordered = through({"inner": OrderedDict(b=1, a=2)})["inner"]
    assert type(ordered) is OrderedDict and list(ordered.items()) == [("b", 1), ("a", 2)]


def test_a_checkpoint_of_a_training_goes_on_where_it_was(tmp_path):
    tgx.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    path = tmp_path / "checkpoint.pt"
    # The form in which PyTorch's optimisers tell their state: whole numbers as keys, pairs in it.
    moments = {
        "state": {0: {"step": 3, "exp_avg": tgx.ones(2)}, 1: {}},
        "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999), "params": [0, 1]}],
    }
    saved = {"model": model.state_dict(), "optimizer": moments, "epoch": 3}
    tgx.save(saved, path)
    expected = model(tgx.ones(1, 2)).item()
    with tgx.no_grad():
        model[0].weight.zero_()
    found = tgx.load(path, map_location="cpu", weights_only=False)
    assert found["epoch"] == 3
    same(moments, found["optimizer"])
    model.load_state_dict(found["model"])
    assert model(tgx.ones(1, 2)).item() == expected


def test_files_of_every_size_of_header_are_read():
    # The first byte says how long the header is: 128 of them are no pickle, 19280 no zip file.
    firsts = set()
    for length in [*range(1, 700, 3), *range(19_000, 19_400, 3)]:
        file = io.BytesIO()
        tgx.save("x" * length, file)
        firsts.add(file.getvalue()[:2])
        file.seek(0)
        assert len(tgx.load(file)) == length
    assert {b"\x80\x00", b"\x80\x02", b"PK"} <= firsts


def test_one_tensor_in_two_places_stays_one():
    x = tgx.ones(2)
    found = through({"a": x, "b": [x], "c": tgx.ones(2)})
    assert found["a"] is found["b"][0] and found["c"] is not found["a"]
    found["a"].add_(1.0)
    assert x.tolist() == [1.0, 1.0]  # memory of its own
    w = tgx.ones(2, requires_grad=True)
    for pair in ([w, w.detach(), w], [w.detach(), w, w]):
        one, two, three = through(pair)
        assert [t.requires_grad for t in (one, two, three)] == [t.requires_grad for t in pair]
        assert one is not two and (three is one or three is two)
        assert np.shares_memory(one, two)


def test_paths_and_open_files(tmp_path):
    for target in (tmp_path / "a", str(tmp_path / "b")):
        tgx.save({"x": tgx.ones(1)}, target)
        assert tgx.load(target)["x"].item() == 1.0
        with open(target, "rb") as file:
            assert tgx.load(file, map_location=tgx.device("cpu"))["x"].item() == 1.0
    with open(tmp_path / "c", "wb") as file:
        tgx.save([1], file)
    assert tgx.load(tmp_path / "c") == [1]
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "c")
    tgx.save([2], link)
    assert link.is_symlink() and tgx.load(tmp_path / "c") == [2]
    with pytest.raises(DeviceError, match="only the CPU is here"):
        tgx.load(tmp_path / "c", map_location="cuda")
    with pytest.raises(FileNotFoundError):
        tgx.load(tmp_path / "nothing")


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "model"
    tgx.save([1], path)
    with pytest.raises(DtypeError):
        tgx.save([object()], path)

    def fails(number):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="no space left"):
        tgx.save([2], path)
    assert tgx.load(path) == [1] and os.listdir(tmp_path) == ["model"]


@pytest.mark.slow
def test_a_killed_save_leaves_the_old_file_or_the_new(tmp_path):
    path = tmp_path / "model"
    tgx.save({"x": tgx.zeros(1000)}, path)
    code = (
        "import sys, tinygradx as tgx\n"
        "x = tgx.ones(2_000_000)\nprint('ready', flush=True)\n"
        "while True: tgx.save({'x': x}, sys.argv[1])\n"
    )
    root = Path(tgx.__file__).parent.parent
    for wait in (0.02, 0.05, 0.09):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(root)},
        )  # fmt: skip
        assert process.stdout.readline().strip() == b"ready"
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        process.stdout.close()
        found = tgx.load(path)["x"]
        assert found.numel() in (1000, 2_000_000) and len(set(found.tolist())) == 1


def test_any_reader_of_safetensors_reads_the_tensors(tmp_path):
    from safetensors.numpy import load_file, save_file

    path = tmp_path / "model.safetensors"
    model = nn.Linear(2, 3)
    tgx.save(model.state_dict(), path)
    found = load_file(path)
    assert sorted(found) == ["bias", "weight"]
    np.testing.assert_array_equal(found["weight"], model.weight.detach().numpy())
    save_file({"a.b": np.arange(3), "half": np.array([1.5, -2.0], np.float16)}, path)
    theirs = tgx.load(path)
    assert theirs["a.b"].tolist() == [0, 1, 2] and theirs["half"].dtype == tgx.float32
    assert theirs["half"].tolist() == [1.5, -2.0]


def test_files_of_pytorch_and_for_it(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file, save_file

    path = tmp_path / "model.safetensors"
    save_file({"x": torch.tensor([1.5, -3.0e38], dtype=torch.bfloat16)}, path)
    expected = torch.tensor([1.5, -3.0e38], dtype=torch.bfloat16).float()
    assert tgx.load(path)["x"].tolist() == expected.tolist()
    tgx.save({"x": tgx.ones(2)}, path)
    assert load_file(path)["x"].tolist() == [1.0, 1.0]
    old = tmp_path / "old.pt"
    torch.save({"x": torch.ones(2)}, old)
    assert zipfile.is_zipfile(old)
    with pytest.raises(FileError, match=r"safetensors\.torch\.save_file"):
        tgx.load(old)


def test_the_same_content_makes_the_same_bytes():
    def written():
        file = io.BytesIO()
        tgx.save({f"{i}": tgx.full((i,), i, dtype=t) for i, t in enumerate(
            (tgx.bool, tgx.float64, tgx.int8, tgx.float32, tgx.int16)
        )}, file)  # fmt: skip
        return file.getvalue()

    assert written() == written()
    from safetensors.numpy import load as theirs

    found = theirs(written())
    assert {name: (a.dtype.name, a.tolist()) for name, a in found.items()} == {
        "0": ("bool", []), "1": ("float64", [1.0]), "2": ("int8", [2, 2]),
        "3": ("float32", [3.0] * 3), "4": ("int16", [4] * 4),
    }  # fmt: skip
    length = int.from_bytes(written()[:8], "little")
    header = json.loads(written()[8 : 8 + length])
    for name, size in (("1", 8), ("2", 1), ("3", 4), ("4", 2)):
        assert (8 + length + header[name]["data_offsets"][0]) % size == 0  # so it can be mapped


OPTIMIZERS = [
    name for name in optim.__all__
    if isinstance(getattr(optim, name), type) and name not in ("Optimizer", "Update")
]  # fmt: skip


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_goes_on_from_its_file(tmp_path, name):
    def loss(w):
        return ((w - 3.0) ** 2 * tgx.tensor([1.0, 10.0])).sum()

    def steps(w, optimizer, count):
        def closure():
            optimizer.zero_grad()
            found = loss(w)
            found.backward()
            return found

        for _ in range(count):
            optimizer.step(closure)

    w = tgx.zeros(1, 2, dtype=tgx.float64).requires_grad_()  # a matrix, as Muon wants it
    optimizer = getattr(optim, name)([w], lr=0.05)
    steps(w, optimizer, 3)
    tgx.save({"w": w, "optimizer": optimizer.state_dict()}, tmp_path / "state")
    found = tgx.load(tmp_path / "state")
    other = found["w"]
    assert other.requires_grad and other.tolist() == w.tolist()
    again = getattr(optim, name)([other], lr=0.9)
    again.load_state_dict(found["optimizer"])
    steps(w, optimizer, 4)
    steps(other, again, 4)
    assert other.tolist() == w.tolist()


SCHEDULERS = {
    "StepLR": lambda s, o: s.StepLR(o, 2),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [2, 2, 5]),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "LinearLR": lambda s, o: s.LinearLR(o, total_iters=6),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, 8),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 2, 2),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, 1.0, total_steps=9),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.1, 1.0, step_size_up=2, cycle_momentum=False),
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda epoch: 1 / (epoch + 1)),
    "SequentialLR": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.5, 2), s.ExponentialLR(o, 0.9)], [2]
    ),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler(
        [s.ExponentialLR(o, 0.9), s.StepLR(o, 2)]
    ),
    "ReduceLROnPlateau": lambda s, o: s.ReduceLROnPlateau(o, patience=1),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_scheduler_goes_on_from_its_file(tmp_path, name):
    def made():
        optimizer = optim.SGD([tgx.zeros(1).requires_grad_()], lr=0.5, momentum=0.9)
        return optimizer, SCHEDULERS[name](optim.lr_scheduler, optimizer)

    def rates(optimizer, scheduler, count):
        found = []
        for _ in range(count):
            optimizer.step()
            scheduler.step(*([1.0] if name == "ReduceLROnPlateau" else []))
            found.append(optimizer.param_groups[0]["lr"])
        return found

    optimizer, scheduler = made()
    rates(optimizer, scheduler, 3)
    tgx.save([optimizer.state_dict(), scheduler.state_dict()], tmp_path / "state")
    again, other = made()
    for part, state in zip((again, other), tgx.load(tmp_path / "state"), strict=True):
        part.load_state_dict(state)
    assert rates(again, other, 4) == rates(optimizer, scheduler, 4)


def networks(nn):
    """A network of layers with every kind of state, in either library."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.image = nn.Sequential(
                nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
                nn.ConvTranspose2d(4, 2, 2, stride=2), nn.GroupNorm(2, 2),
            )  # fmt: skip
            self.rows = nn.LSTM(16, 5, num_layers=2, bidirectional=True, batch_first=True)
            self.norm = nn.LayerNorm(10)
            self.out = nn.ModuleDict({"mean": nn.Linear(10, 3), "skip": nn.Bilinear(10, 10, 3)})
            self.more = nn.ModuleList([nn.GRU(3, 4), nn.PReLU()])
            self.words = nn.Embedding(8, 10, padding_idx=2)

        def forward(self, x):
            h = self.image(x).reshape(x.shape[0], 8, 16)
            h = self.norm(self.rows(h)[0])
            h = h + self.words((x[:, 0] > 0.5).long().sum(1))
            h = self.out["mean"](h) + self.out["skip"](h, h)
            return self.more[1](self.more[0](h)[0])

    return Network()


def test_states_of_networks_move_to_pytorch_and_back(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file, save_file

    x = np.random.default_rng(0).normal(size=(2, 1, 8, 8))
    tgx.manual_seed(0)
    torch.manual_seed(0)
    ours, theirs = networks(nn).double(), networks(torch.nn).double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for direction in ("there", "back"):
        # A step in training mode, so that running means are not those of a new network.
        (ours if direction == "there" else theirs)(
            (tgx if direction == "there" else torch).tensor(x + 1.0)
        )
        if direction == "there":
            tgx.save(ours.state_dict(), tmp_path / "there.safetensors")
            theirs.load_state_dict(load_file(tmp_path / "there.safetensors"))
        else:
            save_file(theirs.state_dict(), tmp_path / "back.safetensors")
            ours.load_state_dict(tgx.load(tmp_path / "back.safetensors"))
        ours.eval()
        theirs.eval()
        with tgx.no_grad(), torch.no_grad():
            np.testing.assert_allclose(
                ours(tgx.tensor(x)).numpy(), theirs(torch.tensor(x)).numpy(), rtol=1e-9, atol=1e-12
            )
        for name, tensor in theirs.state_dict().items():
            mine = ours.state_dict()[name].numpy()
            assert mine.dtype.name == str(tensor.dtype).removeprefix("torch.")
            np.testing.assert_array_equal(mine, tensor.numpy())
        ours.train()
        theirs.train()


# ---- what is refused ----------------------------------------------------------------------------


def test_what_save_refuses():
    for obj, error, says in (
        ({"m": nn.Linear(1, 1)}, DtypeError, r"save\(model\.state_dict\(\), path\)"),
        ([{1, 2}], DtypeError, "what is at '0'.*\n.*a set"),
        ({"f": lambda: 0}, DtypeError, "a function"),
        ({(1, 2): 3}, DtypeError, "a key of type tuple"),
        ({float("nan"): 3}, DtypeError, "a key of type float"),
        ({"a": np.zeros(1, np.complex64)}, DtypeError, "complex64"),
        (b"bytes", DtypeError, "a bytes"),
    ):
        with pytest.raises(error, match=says):
            tgx.save(obj, io.BytesIO())
    deep = []
    for _ in range(200):
        deep = [deep]
    with pytest.raises(ArgumentError, match="more than 100 levels"):
        tgx.save(deep, io.BytesIO())


def written(header, numbers=b"", length=None):
    """A file with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    length = len(text) if length is None else length
    return io.BytesIO(length.to_bytes(8, "little") + text + numbers)


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


EIGHT = b"\0" * 8


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (io.BytesIO(b""), "0 bytes, which is no header"),
        (io.BytesIO(b"\x80\x04K\x01."), "unpickled"),
        (io.BytesIO(b"PK\x03\x04 and so on"), "unpickled"),
        (written({}, length=10**15), "a header of 1000000000000000 bytes"),
        (written(b"not json"), "no JSON"),
        (written(b"[" * 100_000), "no JSON"),
        (written([1]), "no dictionary"),
        (written({"__metadata__": 3}), "no dictionary"),
        (written(b'{"a": 1, "a": 2}'), "given twice"),
        (written({"a": {"dtype": "F32"}}), "without dtype, shape or place"),
        (written({"a": entry(offsets=(0, 8, 9))}, EIGHT), "without dtype, shape or place"),
        (written({"a": entry("C64")}, EIGHT), "which tensors do not have"),
        (written({"a": entry(shape=(3,))}, EIGHT), "does not fit its bytes"),
        (written({"a": entry(shape=(-1, -2))}, EIGHT), "does not fit its bytes"),
        (written({"a": entry(shape=(2**40, 2**40))}, EIGHT), "does not fit its bytes"),
        (written({"a": entry(shape=(1.0, 2))}, EIGHT), "does not fit its bytes"),
        (written({"a": entry(shape=(1,) * 40)}, EIGHT), "does not fit its bytes"),
        (written({"a": entry(offsets=(8, 16))}, EIGHT * 2), "leaves a gap"),
        (written({"a": entry(), "b": entry()}, EIGHT), "overlaps"),
        (written({"a": entry()}, EIGHT * 2), "16 bytes of numbers, where the header says 8"),
        (written({"a": entry()}, EIGHT[:5]), "5 bytes of numbers"),
    ],
)
def test_damaged_and_hostile_files(file, says):
    with pytest.raises(FileError, match=says):
        tgx.load(file)


@pytest.mark.parametrize(
    ("structure", "says"),
    [
        ({"tensor": "b"}, "no numbers under the name 'b'"),
        ({"tensor": "i", "requires_grad": True}, "integers that require a gradient"),
        ({"code": "print(1)"}, "a structure with 'code'"),
        ({}, "save\\(\\) does not write"),
        ([1], "save\\(\\) does not write"),
        ({"dict": [[1]]}, "a dictionary that"),
        ({"dict": [[[1], 2]]}, "a dictionary that"),
        ({"dtype": "object"}, "a structure with 'dtype'"),
    ],
)
def test_structures_that_save_does_not_write(structure, says):
    header = {
        "__metadata__": {"tinygradx.structure": json.dumps(structure)},
        "a": entry(), "i": entry("I64", (1,), (8, 16)),
    }  # fmt: skip
    with pytest.raises(FileError, match=says):
        tgx.load(written(header, EIGHT * 2))


def test_a_bool_that_is_neither_is_true():
    found = tgx.load(written({"a": entry("BOOL", (3,), (0, 3))}, b"\x00\x01\x07"))
    assert found["a"].tolist() == [False, True, True]
    assert int(found["a"].sum()) == 2


def test_every_flipped_bit_of_a_file_is_an_error_or_other_numbers():
    file = io.BytesIO()
    tgx.save({"x": tgx.ones(3), "n": [1, "two"]}, file)
    whole = file.getvalue()
    random = np.random.default_rng(0)
    for place in random.choice(len(whole), 200, replace=False):
        changed = bytearray(whole)
        changed[place] ^= 1 << random.integers(8)
        try:
            tgx.load(io.BytesIO(bytes(changed)))
        except FileError:
            continue
    for length in range(0, len(whole), 7):
        with pytest.raises(FileError):
            tgx.load(io.BytesIO(whole[:length]))
