"""Training that is interrupted, killed, and goes on."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from trainings import blobs, network, plain, same_weights, trained

import tinygradx as tgx
from tinygradx import nn, optim
from tinygradx.data import DataLoader, Dataset, RandomSampler, TensorDataset
from tinygradx.data.prefetch import NAME
from tinygradx.errors import (
    ArgumentError,
)
from tinygradx.train import (
    Callback,
    CheckpointError,
    EarlyStopping,
    fit,
)

ROOT = Path(tgx.__file__).parent.parent


# ---- interrupts ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def interruptible():
    """Ctrl-C raises, even where these tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_waits_for_the_step_and_leaves_everything_usable(tmp_path):
    model = network()
    steps = []

    class Press(Callback):
        def on_step_end(self, run):
            steps.append(run.step)
            if run.step == 8:
                signal.raise_signal(signal.SIGINT)
                steps.append("after the signal")

    data = {"batch_size": 16, "metrics": "accuracy", "checkpoint": tmp_path}
    model, history = trained(5, model=model, callbacks=Press(), **data)
    assert steps == [*range(1, 9), "after the signal"]
    assert history.interrupted and history.epochs == 1 and not history.stopped
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert all(np.isfinite(t.numpy()).all() for t in model.state_dict().values())
    again, finished = trained(5, callbacks=Press(), **data)
    assert finished.epochs == 5 and not finished.interrupted
    assert steps[9:] == list(range(9, 31))
    whole, unbroken = trained(5, batch_size=16, metrics="accuracy")
    assert same_weights(again, whole) and plain(finished) == plain(unbroken)


def test_a_second_interrupt_comes_through():
    class Press(Callback):
        def on_step_end(self, run):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        trained(1, callbacks=Press())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_that_somebody_raises(capsys):
    def press(prediction, target):
        if tgx.is_grad_enabled() is False and len(target) == 40:
            raise KeyboardInterrupt
        return 0.0

    _, history = trained(3, metrics=press, validation=blobs(40), batch_size=96, progress=True)
    assert history.epochs == 3
    _, history = trained(3, metrics=press, validation=DataLoader(TensorDataset(*blobs(40)), 40),
                         progress=True)  # fmt: skip
    assert history.interrupted and history.epochs == 0
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "interrupted after 0 of 3 epochs; the model keeps what it has learned"


def test_fit_in_another_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(trained(2)[1]))
    thread.start()
    thread.join()
    assert found[0].epochs == 2


def test_threads_of_a_loader_end_with_an_error():
    x, y = blobs()
    loader = DataLoader([*zip(x, y, strict=True)], 8, num_workers=2)
    with pytest.raises(ConnectionAbortedError) as caught:
        trained(1, data=loader, callbacks=Stop(2))
    names = [thread.name for thread in threading.enumerate()]
    assert not any(name.startswith(NAME) for name in names), caught


# ---- checkpoints --------------------------------------------------------------------------------


class Noisy(Dataset):
    """Samples with noise on them, from three sources of random numbers."""

    def __init__(self, count=40):
        self.x, self.y = blobs(count)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, index):
        other = 0.1 * random.random() + 0.1 * float(np.random.random())
        return self.x[index] + 0.1 * tgx.randn(3) + other, self.y[index]


class Stop(Callback):
    """A power cut after so many steps."""

    def __init__(self, step):
        self.step = step

    def on_step_end(self, run):
        if run.step == self.step:
            raise ConnectionAbortedError


def options(folder=None, stop=None):
    """A training with everything in it that has a state."""
    random.seed(1)
    np.random.seed(1)
    g = tgx.Generator().manual_seed(1)
    loader = DataLoader(Noisy(), sampler=RandomSampler(range(40), generator=g), batch_size=8)
    return {
        "data": loader, "metrics": ["accuracy", "top2"], "validation": blobs(50),
        "callbacks": [EarlyStopping(patience=9), Stop(stop)], "clip_norm": 1.0,
        "make": lambda o: optim.lr_scheduler.OneCycleLR(o, 0.1, total_steps=40),
        "checkpoint": folder, "checkpoint_every": 3 if folder else None,
    }  # fmt: skip


def test_a_run_goes_on_from_any_step_as_if_nothing_had_been(tmp_path):
    whole, expected = trained(4, **options())
    for stop in (4, 5, 7, 11, 18):
        folder = tmp_path / str(stop)
        with pytest.raises(ConnectionAbortedError):
            trained(4, **options(folder, stop))
        model, history = trained(4, seed=77, **options(folder))
        assert same_weights(model, whole), stop
        assert plain(history) == plain(expected), stop
        assert list(folder.iterdir()) == [folder / "checkpoint.safetensors"]
    # A training that is over is answered at once, and one that shall be longer goes on.
    model, history = trained(4, seed=5, **options(folder))
    assert same_weights(model, whole) and plain(history) == plain(expected)


def test_more_epochs_go_on_as_if_they_had_been_asked_for_at_once(tmp_path):
    whole, expected = trained(4)
    trained(2, checkpoint=tmp_path)
    longer, history = trained(4, seed=3, checkpoint=tmp_path)
    assert same_weights(longer, whole) and plain(history) == plain(expected)
    with pytest.raises(CheckpointError, match="4 epochs that are done already") as refused:
        trained(3, checkpoint=tmp_path)
    assert "ask for epochs=4, or more; to begin anew, name another folder" in str(refused.value)


def test_a_stopped_run_stays_stopped(tmp_path):
    early = {"callbacks": [EarlyStopping(patience=1, min_delta=10.0)], "checkpoint": tmp_path}
    model, history = trained(9, **early)
    assert history.epochs == 3 and history.stopped
    early["callbacks"] = [EarlyStopping(patience=1, min_delta=10.0)]
    again, same = trained(9, seed=4, **early)
    assert same.epochs == 3 and same.stopped and same_weights(model, again)
    # What its callback says counts, not what was noted beside it.
    path = tmp_path / "checkpoint.safetensors"
    content = tgx.load(path)
    content["place"]["stop"] = False
    tgx.save(content, path)
    early["callbacks"] = [EarlyStopping(patience=1, min_delta=10.0)]
    again, same = trained(9, seed=4, **early)
    assert same.epochs == 3 and same.stopped and same_weights(model, again)


def test_what_the_loss_learns_is_kept_as_well(tmp_path):
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(tgx.ones(()))
            self.register_buffer("seen", tgx.zeros(()), persistent=False)

        def forward(self, prediction, target):
            self.seen += 1
            scaled = nn.functional.cross_entropy(self.scale * prediction, target)
            return scaled + 0.01 * self.scale**2

    def run(epochs, folder=None):
        model, loss = network(), Scaled()
        optimizer = optim.Adam([*model.parameters(), *loss.parameters()], lr=0.01)
        fit(model, loss, optimizer, blobs(), epochs, progress=False, checkpoint=folder)
        return loss

    expected = run(3)
    run(1, tmp_path)
    loss = run(3, tmp_path)
    assert loss.scale.item() == expected.scale.item() and loss.seen.item() == 9.0
    model = network()
    stray = optim.SGD([*model.parameters(), tgx.zeros(1).requires_grad_()])
    with pytest.raises(ArgumentError, match=r"nn\.Parameter of the model"):
        trained(1, model=model, optimizer=stray, checkpoint=tmp_path)


def test_a_checkpoint_of_lazy_layers(tmp_path):
    def run(epochs, folder=None):
        tgx.manual_seed(0)
        model = nn.Sequential(nn.LazyLinear(8), nn.Tanh(), nn.LazyLinear(3))
        return trained(epochs, model=model, checkpoint=folder)[0]

    whole = run(3)
    run(1, tmp_path)
    assert same_weights(run(3, tmp_path), whole)


def state_of(model, optimizer):
    weights = [t.numpy().tobytes() for t in model.state_dict().values()]
    moments = [
        value.numpy().tobytes() if isinstance(value, tgx.Tensor) else value
        for kept in optimizer.state_dict()["state"].values() for value in kept.values()
    ]  # fmt: skip
    return weights, moments, tgx.get_rng_state().tolist(), random.getstate()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda o, b: b[: len(b) // 2], "bytes"),
        (lambda o, b: b"", "no header"),
        (lambda o, b: b"PK\x03\x04 a zip file", "torch.save"),
        ({"weights": tgx.ones(2)}, "a file that fit.. has not written"),
        ([1], "a file that fit.. has not written"),
        (lambda o, b: o | {"version": 99}, "a form 99 of another tinygradx"),
        (lambda o, b: o | {"facts": {}}, "no facts about its training"),
        (lambda o, b: o | {"modules": []}, "content that does not fit"),
        (lambda o, b: o | {"modules": [o["optimizer"]] * 2}, "content that does not fit"),
        (lambda o, b: o | {"optimizer": {"state": {}}}, "load the state of Adam"),
        (lambda o, b: o | {"random": {"now": o["random"]["now"]}}, "content that does not fit"),
        (lambda o, b: o | {"random": {"now": {"generators": []}}}, "content that does not fit"),
        (lambda o, b: o | {"place": {"epoch": 1}}, "content that does not fit"),
        (lambda o, b: o | {"callbacks": []}, "content that does not fit"),
    ],
)
def test_damaged_and_foreign_checkpoints_change_nothing(tmp_path, change, said):
    trained(1, checkpoint=tmp_path, callbacks=EarlyStopping())
    path = tmp_path / "checkpoint.safetensors"
    changed = change(tgx.load(path), path.read_bytes()) if callable(change) else change
    if isinstance(changed, bytes):
        path.write_bytes(changed)
    else:
        tgx.save(changed, path)
    found = path.read_bytes()
    model = network(8)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    before = state_of(model, optimizer)
    with pytest.raises(CheckpointError, match=said) as caught:
        trained(2, model=model, optimizer=optimizer, checkpoint=tmp_path, callbacks=EarlyStopping())
    assert "name another folder or move that file away" in str(caught.value)
    assert state_of(model, optimizer) == before
    assert path.read_bytes() == found


def test_a_checkpoint_of_another_training_is_refused(tmp_path):
    trained(1, checkpoint=tmp_path)
    model = network()
    for changed, said in (
        ({"batch_size": 16}, "batches 3, here 6"),
        ({"optimizer": optim.Adam(model.parameters(), lr=0.5), "model": model},
         r"training: group 0 lr 0\.01, here 0\.5\n"),
        ({"optimizer": optim.SGD(model.parameters()), "model": model},
         "optimizer Adam, here SGD"),
        ({"metrics": "accuracy"}, r"metrics \[\], here \['accuracy'\]"),
        ({"callbacks": EarlyStopping()}, "callback .*EarlyStopping"),
        ({"shuffle": False}, "order RandomSampler, here SequentialSampler"),
        ({"clip_norm": 1.0}, "clipping"),
        ({"validation": blobs()}, "validation False, here True"),
        ({"make": lambda o: optim.lr_scheduler.StepLR(o, 1)}, "scheduler None"),
        ({"model": network(out=4)}, r"model 4 Linear\(8 → 3, bias=True\), here Linear\(8 → 4"),
        ({"model": nn.Linear(3, 3)}, "model 0 Linear.*, here None"),
    ):  # fmt: skip
        with pytest.raises(CheckpointError, match=said):
            trained(2, checkpoint=tmp_path, **changed)
    for every in (0, 1.5):
        with pytest.raises(ArgumentError, match="checkpoint_every"):
            trained(2, checkpoint=tmp_path, checkpoint_every=every)
    (tmp_path / "file").write_text("")
    with pytest.raises(ArgumentError, match="name a folder"):
        trained(1, checkpoint=tmp_path / "file")


def setup(folder, epochs=2, **changed):
    """A training in which every kind of setting can be changed; new objects each time."""
    tgx.manual_seed(0)
    given = {
        "p": 0.2, "rates": (0.01, 0.02), "betas": (0.9, 0.99), "patience": 8, "loss": None,
        "schedule": lambda o: optim.lr_scheduler.StepLR(o, 1, 0.5), "momentum": None,
    } | changed  # fmt: skip
    model = nn.Sequential(
        nn.Linear(3, 8), nn.BatchNorm1d(8, momentum=given["momentum"] or 0.1), nn.Tanh(),
        nn.Dropout(given["p"]), nn.Linear(8, 3),
    )  # fmt: skip
    groups = [
        {"params": [*layer.parameters()], "lr": lr}
        for layer, lr in zip((model[0], model[4]), given["rates"], strict=True)
    ]
    optimizer = optim.Adam(groups, betas=given["betas"])
    scheduler = given["schedule"](optimizer)
    loss = given["loss"] or nn.CrossEntropyLoss()
    callbacks = [EarlyStopping(patience=given["patience"])]
    kept = {"checkpoint": folder, "callbacks": callbacks, "scheduler": scheduler}

    def again(epochs):
        history = fit(model, loss, optimizer, blobs(), epochs, progress=False, **kept)
        return model, history

    return again(epochs), again


def test_other_settings_are_refused_and_named(tmp_path):
    lr = optim.lr_scheduler
    tall = nn.CrossEntropyLoss(weight=tgx.tensor([1.0, 2.0, 3.0]))
    setup(tmp_path)
    found = (tmp_path / "checkpoint.safetensors").read_bytes()
    for changed, said in (
        ({"schedule": lambda o: lr.StepLR(o, 1, 0.1)}, "schedule gamma 0.5, here 0.1"),
        ({"schedule": lambda o: lr.StepLR(o, 2, 0.5)}, "schedule step_size 1, here 2"),
        (
            {"schedule": lambda o: lr.ExponentialLR(o, 0.5)},
            "scheduler StepLR, each epoch, here",
        ),
        ({"rates": (0.01, 0.05)}, "group 1 initial_lr 0.02, here 0.05"),
        ({"rates": (0.1, 0.05)}, "group 0 initial_lr 0.01, here 0.1; group 1 initial_lr 0.02"),
        ({"betas": (0.8, 0.99)}, r"group 0 betas \[0.9, 0.99\], here \[0.8, 0.99\]"),
        ({"p": 0.5}, r"model 3 Dropout\(p=0.2.*, here Dropout\(p=0.5"),
        ({"momentum": 0.3}, "model 1 BatchNorm1d.*momentum=0.1.*here .*momentum=0.3"),
        ({"patience": 1}, "callback 0 patience 8, here 1"),
        ({"loss": nn.CrossEntropyLoss(label_smoothing=0.1)}, "loss layers CrossEntropyLoss.*0.1"),
        ({"loss": tall}, r"loss weight None, here \[1.0, 2.0, 3.0\]"),
        ({"loss": nn.functional.cross_entropy}, "loss .*, here cross_entropy"),
    ):
        with pytest.raises(CheckpointError, match=said) as refused:
            setup(tmp_path, 4, **changed)
        assert "name another folder or move that file away" in str(refused.value)
        assert "train with the same settings as before" in str(refused.value)
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == found
    (model, history), _ = setup(tmp_path, 4)
    (whole, expected), _ = setup(None, 4)
    assert same_weights(model, whole) and plain(history) == plain(expected)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda o: optim.lr_scheduler.SequentialLR(
            o, [optim.lr_scheduler.ConstantLR(o, 0.5, 1), optim.lr_scheduler.ExponentialLR(o, 0.9)],
            [1],
        ),
        lambda o: optim.lr_scheduler.MultiStepLR(o, [1, 3], 0.5),
        lambda o: optim.lr_scheduler.OneCycleLR(o, 0.1, total_steps=12),
        lambda o: optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 1, 2),
        lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, patience=0, threshold=0.9),
        lambda o: optim.lr_scheduler.LambdaLR(o, lambda epoch: 0.9**epoch),
    ],
    ids=["Sequential", "MultiStep", "OneCycle", "WarmRestarts", "Plateau", "Lambda"],
)  # fmt: skip
def test_the_same_schedule_goes_on_with_new_objects_and_with_the_old_ones(tmp_path, schedule):
    (whole, expected), _ = setup(None, 4, schedule=schedule)
    _, again = setup(tmp_path, 1, schedule=schedule)
    again(2)  # as in a notebook, with what has moved meanwhile
    (model, history), _ = setup(tmp_path, 4, schedule=schedule)
    assert same_weights(model, whole) and plain(history) == plain(expected)


def test_lists_of_other_lengths_and_settings_of_partial_losses(tmp_path):
    smooth = partial(nn.functional.cross_entropy, label_smoothing=0.1)
    setup(tmp_path, loss=smooth)
    with pytest.raises(CheckpointError, match=r"loss label_smoothing 0\.1, here 0\.2"):
        setup(tmp_path, loss=partial(nn.functional.cross_entropy, label_smoothing=0.2))
    (model, history), _ = setup(tmp_path, 3, loss=smooth)
    assert history.epochs == 3 and len(model) == 5
    trained(1, checkpoint=tmp_path / "other", callbacks=EarlyStopping())
    with pytest.raises(CheckpointError, match=r"callback \[.*EarlyStopping.*, here \[\]"):
        trained(1, checkpoint=tmp_path / "other")


def test_an_interrupt_while_it_is_judged_loses_no_epoch(tmp_path):
    judged = []

    def press(prediction, target):
        if len(target) != 40:
            return float(prediction.sum())
        judged.append(tgx.rand(1).item())  # validation may draw, too
        if len(judged) == 4:
            signal.raise_signal(signal.SIGINT)
        return 0.0

    held = DataLoader(TensorDataset(*blobs(80)), 40)
    data = {"metrics": {"seen": press}, "validation": held, "batch_size": 16}
    model, history = trained(3, checkpoint=tmp_path, **data)
    assert history.interrupted and history.epochs == 1 and len(judged) == 4
    place = tgx.load(tmp_path / "checkpoint.safetensors")["place"]
    assert (place["epoch"], place["batch"], place["step"]) == (1, 6, 12)
    judged = [0.0] * 9
    model, history = trained(3, seed=4, checkpoint=tmp_path, **data)
    whole, expected = trained(3, **data)
    assert same_weights(model, whole) and plain(history) == plain(expected)


def test_an_epoch_that_was_asked_to_be_the_last_is_ended_after_a_kill(tmp_path):
    class Last(Callback):
        def on_step_end(self, run):
            run.stop = run.stop or run.step == 4

    given = {"batch_size": 16, "checkpoint_every": 1}
    with pytest.raises(ConnectionAbortedError):
        trained(3, checkpoint=tmp_path, callbacks=[Last(), Stop(5)], **given)
    model, history = trained(3, checkpoint=tmp_path, callbacks=[Last(), Stop(None)], **given)
    whole, expected = trained(3, callbacks=[Last(), Stop(None)], batch_size=16)
    assert history.epochs == expected.epochs == 1 and history.stopped
    assert same_weights(model, whole)


def test_a_killed_run_of_lazy_layers_ends_bit_for_bit_the_same(tmp_path):
    def run(folder=None, stop=None, seed=0):
        tgx.manual_seed(seed)
        model = nn.Sequential(
            nn.LazyLinear(8), nn.LazyBatchNorm1d(), nn.Tanh(), nn.Dropout(0.2), nn.LazyLinear(3)
        )
        every = 1 if folder else None
        return trained(
            3, model=model, checkpoint=folder, checkpoint_every=every, batch_size=16,
            callbacks=[Stop(stop)], validation=blobs(40),
        )  # fmt: skip

    whole, expected = run()
    for step in (2, 7, 12):
        with pytest.raises(ConnectionAbortedError):
            run(tmp_path / str(step), step)
        model, history = run(tmp_path / str(step), seed=5)
        assert same_weights(model, whole) and plain(history) == plain(expected)


def test_a_run_tells_that_it_goes_on(tmp_path, capsys):
    with pytest.raises(ConnectionAbortedError):
        trained(2, checkpoint=tmp_path, checkpoint_every=1, callbacks=[Stop(2)])
    trained(2, checkpoint=tmp_path, callbacks=[Stop(None)], progress=True)
    first = capsys.readouterr().err.splitlines()[0]
    assert first == "going on after epoch 0/2, batch 1 from the checkpoint"
    trained(2, checkpoint=tmp_path, callbacks=[Stop(None)], progress=True)
    assert capsys.readouterr().err.splitlines() == [
        "nothing is left to learn: the checkpoint is of the end, after epoch 2/2"
    ]


# ---- killed -------------------------------------------------------------------------------------

KILLED = """
import sys
import tinygradx as tgx
from tinygradx import nn, optim
from tinygradx.data import DataLoader, Dataset, TensorDataset
from tinygradx.train import Callback, CSVLog, EarlyStopping, fit

folder = sys.argv[1]
x, y = tgx.data.spirals(240, seed=1)

class Noisy(Dataset):
    def __len__(self):
        return len(y)

    def __getitem__(self, index):
        return x[index] + 0.01 * tgx.randn(2), y[index]

class Tell(Callback):
    def on_step_end(self, run):
        print(".", end="", flush=True)

tgx.manual_seed(7)
model = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.Tanh(), nn.Dropout(0.1),
                      nn.Linear(16, 2))
optimizer = optim.AdamW(model.parameters(), lr=0.02)
history = fit(
    model, nn.CrossEntropyLoss(), optimizer,
    DataLoader(Noisy(), 16, shuffle=True, num_workers=2), 6, metrics=["accuracy", "top2"],
    callbacks=[Tell(), EarlyStopping(patience=99), CSVLog(folder + "/log.csv")],
    validation=(x, y), scheduler=optim.lr_scheduler.CosineAnnealingLR(optimizer, 6),
    checkpoint=folder, checkpoint_every=2, progress=False,
)
tgx.save([model.state_dict(), optimizer.state_dict(),
          {name: numbers for name, numbers in history.items() if name != "seconds"}],
         folder + "/end.safetensors")
"""


def process(script, folder):
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(script), str(folder)], stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def rows(folder):
    """The log without its clock."""
    table = csv.DictReader((folder / "log.csv").read_text().splitlines())
    return [{name: x for name, x in row.items() if name != "seconds"} for row in table]


@pytest.mark.parametrize(
    "kills", [3, pytest.param(20, marks=[pytest.mark.slow])], ids=lambda n: f"{n} moments"
)
def test_a_run_that_is_killed_ends_as_one_that_is_not(tmp_path, kills):
    script = tmp_path / "training.py"
    script.write_text(KILLED, encoding="utf-8")
    with process(script, tmp_path / "whole") as child:
        steps = len(child.stdout.read())
    assert child.returncode == 0 and steps == 6 * 15
    draw = random.Random(kills)
    killed = 0
    while killed < kills:  # a run may come to its end before all of them are used up
        folder = tmp_path / f"killed {killed}"
        while True:
            with process(script, folder) as child:
                # After so many steps, and at any moment of what follows: a step, or its file.
                wanted = draw.randrange(1, 4 + 2 * steps // kills)
                found = child.stdout.read(wanted)
                if killed < kills and len(found) == wanted:
                    time.sleep(draw.random() * 0.03)
                    child.kill()
                    killed += 1
                found += child.stdout.read()
            if child.returncode == 0:
                break
            assert child.returncode == -signal.SIGKILL
        assert len(found) < steps  # it did go on from a checkpoint
        expected = (tmp_path / "whole" / "end.safetensors").read_bytes()
        assert (folder / "end.safetensors").read_bytes() == expected
        assert rows(folder) == rows(tmp_path / "whole")
        assert not list(folder.glob(".*.part"))
