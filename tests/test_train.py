"""Training: the loop, its metrics and callbacks, and what a person sees."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from trainings import blobs, network, plain, same_weights, trained

import tinygradx as tgx
from tinygradx import nn, optim
from tinygradx.data import DataLoader, IterableDataset, TensorDataset
from tinygradx.errors import (
    ArgumentError,
    DtypeError,
    GraphError,
    ShapeError,
    UnknownNameError,
)
from tinygradx.train import (
    R2,
    Accuracy,
    BestCheckpoint,
    Callback,
    CSVLog,
    EarlyStopping,
    History,
    JSONLog,
    MeanAbsoluteError,
    TopK,
    TrainingError,
    evaluate,
    fit,
)
from tinygradx.train.progress import _Bar

ROOT = Path(tgx.__file__).parent.parent


# ---- the loop -----------------------------------------------------------------------------------


def test_fit_does_what_the_loop_that_everybody_writes_does():
    x, y = blobs()
    model, history = trained(
        3, data=DataLoader(TensorDataset(x, y), 16, shuffle=True), validation=blobs(seed=1),
        metrics="accuracy", clip_norm=0.5, clip_value=0.1,
        make=lambda o: optim.lr_scheduler.ExponentialLR(o, 0.5),
    )  # fmt: skip
    other = network()
    optimizer = optim.Adam(other.parameters(), lr=0.01)
    scheduler = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    loader = DataLoader(TensorDataset(x, y), 16, shuffle=True)
    held_x, held_y = blobs(seed=1)
    losses, held, right, rates = [], [], [], []
    for _ in range(3):
        total = hits = 0.0
        other.train()
        for batch, labels in loader:
            optimizer.zero_grad()
            scores = other(batch)
            loss = nn.functional.cross_entropy(scores, labels)
            loss.backward()
            nn.utils.clip_grad_value_(other.parameters(), 0.1)
            nn.utils.clip_grad_norm_(other.parameters(), 0.5)
            optimizer.step()
            total += loss.item() * len(labels)
            hits += (scores.argmax(1) == labels).sum().item()
        other.eval()
        with tgx.no_grad():
            parts = [(held_x[i : i + 32], held_y[i : i + 32]) for i in (0, 32, 64)]
            held.append(sum(32 * nn.functional.cross_entropy(other(a), b).item()
                            for a, b in parts) / 96)  # fmt: skip
        losses.append(total / 96)
        right.append(hits / 96)
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    assert same_weights(model, other)
    assert history["loss"] == losses and history["accuracy"] == right and history["lr"] == rates
    np.testing.assert_allclose(history["val_loss"], held, rtol=1e-12)
    assert list(history) == ["loss", "accuracy", "val_loss", "val_accuracy", "lr", "seconds"]
    assert all(seconds > 0.0 for seconds in history["seconds"])
    assert not history.interrupted and not history.stopped and history.compile_seconds >= 0.0


def test_the_same_losses_as_in_pytorch():
    torch = pytest.importorskip("torch")
    x, y = (t.numpy() for t in blobs())
    x = x.astype(np.float64)
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 3)).double()
    theirs = torch.nn.Sequential(
        torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3)
    ).double()
    theirs.load_state_dict(
        {name: torch.tensor(t.numpy()) for name, t in model.state_dict().items()}
    )
    history = fit(
        model, nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.1, momentum=0.9),
        (tgx.tensor(x), tgx.tensor(y)), 4, shuffle=False, batch_size=16, progress=False,
        metrics="accuracy",
    )  # fmt: skip
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    for epoch in range(4):
        total = right = 0.0
        for start in range(0, 96, 16):
            a, b = torch.tensor(x[start : start + 16]), torch.tensor(y[start : start + 16])
            optimizer.zero_grad()
            scores = theirs(a)
            loss = torch.nn.functional.cross_entropy(scores, b)
            loss.backward()
            optimizer.step()
            total += loss.item() * 16
            right += (scores.argmax(1) == b).sum().item()
        assert history["loss"][epoch] == pytest.approx(total / 96, rel=1e-12)
        assert history["accuracy"][epoch] == right / 96


def test_modes_are_put_back_and_right_while_it_runs():
    model = network()
    model.eval()
    model[1].train()
    seen = []

    def look(prediction, target):
        seen.append((model.training, model[1].training, tgx.is_grad_enabled()))
        return 0.0

    x, y = blobs()
    trained(1, model=model, metrics=look, validation=(x, y), batch_size=48)
    assert seen == [(True, True, False)] * 2 + [(False, False, False)] * 3
    assert (model.training, model[1].training) == (False, True)
    with pytest.raises(TrainingError):
        trained(1, model=model, data=(x * math.inf, y))
    assert (model.training, model[1].training) == (False, True)
    evaluate(model, nn.CrossEntropyLoss(), (x, y))
    assert (model.training, model[1].training) == (False, True)


def test_kinds_of_data():
    x, y = blobs()
    expected = trained(2, data=(x, y))[0]
    for data in (TensorDataset(x, y), (x.numpy(), y.numpy())):
        assert same_weights(trained(2, data=data)[0], expected)
    rows = tgx.data.Subset([*zip(x, y, strict=True)], range(96))  # fetched one by one
    one_by_one = trained(2, data=DataLoader(rows, 32, shuffle=True))[0]
    assert same_weights(trained(2, data=rows)[0], one_by_one)
    batches = [(x[:48], y[:48]), (x[48:], y[48:])]
    listed = trained(2, data=batches)[0]
    assert same_weights(listed, trained(2, data=DataLoader(TensorDataset(x, y), batch_size=48))[0])
    g = tgx.Generator().manual_seed(4)
    first = trained(2, data=(x, y), generator=g, batch_size=16)[1]
    loader = DataLoader(
        TensorDataset(x, y), 16, shuffle=True, generator=tgx.Generator().manual_seed(4)
    )
    assert plain(first) == plain(trained(2, data=loader)[1])

    class Lines(IterableDataset):
        def __iter__(self):
            return iter(zip(x, y, strict=True))

    streamed = trained(2, data=DataLoader(Lines(), batch_size=48))
    one_by_one = trained(2, data=DataLoader(rows, batch_size=48))
    assert same_weights(streamed[0], one_by_one[0])


def test_several_inputs_and_lbfgs():
    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(tgx.zeros(2))

        def forward(self, a, b):
            return self.w[0] * a + self.w[1] * b

    a, b = tgx.randn(20, 1), tgx.randn(20, 1)
    model = Sum()
    history = fit(
        model, nn.MSELoss(), optim.LBFGS(model.parameters()), (a, b, 2 * a - b), 5,
        batch_size=20, metrics=["mae", "r2"], progress=False,
    )  # fmt: skip
    np.testing.assert_allclose(model.w.detach().numpy(), [2.0, -1.0], atol=1e-4)
    assert history["r2"][-1] > 0.999 and history["mae"][-1] < 1e-3


def test_schedulers_by_epoch_by_step_and_by_loss():
    lr = optim.lr_scheduler
    rates = []

    class Rates(Callback):
        def on_step_end(self, run):
            rates.append(run.optimizer.param_groups[0]["lr"])

    def make(optimizer):
        return lr.OneCycleLR(optimizer, max_lr=0.1, total_steps=12)

    trained(2, batch_size=16, make=make, callbacks=Rates())
    other = optim.Adam(network().parameters(), lr=0.01)
    scheduler = make(other)
    expected = []
    for _ in range(11):
        other.step()
        scheduler.step()
        expected.append(scheduler.get_last_lr()[0])
    assert rates[:11] == expected
    _, history = trained(4, make=lambda o: lr.StepLR(o, 2, 0.1))
    np.testing.assert_allclose(history["lr"], [0.01, 0.01, 0.001, 0.001])
    _, history = trained(
        2, make=lambda o: lr.StepLR(o, 3, 0.1), scheduler_each="step", batch_size=32
    )
    np.testing.assert_allclose(history["lr"], [0.001, 0.0001])
    _, history = trained(
        4, make=lambda o: lr.ReduceLROnPlateau(o, factor=0.1, patience=0, threshold=1e9,
                                               threshold_mode="abs"), validation=blobs(seed=2),
    )  # fmt: skip
    np.testing.assert_allclose(history["lr"], [0.01, 0.01, 0.001, 0.0001])


def test_a_loss_that_is_no_number_ends_the_training_before_it_does_harm():
    x, y = blobs()
    model = network()
    before = {name: t.clone() for name, t in model.named_parameters()}
    x[70] = math.nan
    with pytest.raises(TrainingError) as caught:
        trained(1, model=model, data=(x, y), shuffle=False, batch_size=96)
    assert "step 1 of the training (epoch 1, batch 1)" in str(caught.value)
    assert "a loss that is nan" in str(caught.value) and "detect_anomaly" in str(caught.value)
    assert all((t == before[name]).all().item() for name, t in model.named_parameters())


def test_what_fit_refuses():
    x, y = blobs()
    model = network()
    sgd, loss = optim.SGD(model.parameters()), nn.CrossEntropyLoss()
    other = optim.SGD(network().parameters())
    step = optim.lr_scheduler.StepLR(other, 1)
    plateau = optim.lr_scheduler.ReduceLROnPlateau(sgd)
    loader = DataLoader(TensorDataset(x, y), 8)
    good = {"model": model, "loss": loss, "optimizer": sgd, "data": (x, y), "epochs": 1}
    for options, error, said in (
        ({"model": x}, DtypeError, "pass a Module"),
        ({"loss": 3}, DtypeError, r"nn\.CrossEntropyLoss\(\)"),
        ({"loss": nn.NLLLoss}, DtypeError, r"the class NLLLoss itself(.|\n)*: NLLLoss\(\)"),
        ({"model": nn.Linear}, DtypeError, r"the class Linear itself(.|\n)*: Linear\(\.\.\.\)"),
        ({"optimizer": optim.SGD}, DtypeError, "the class SGD itself"),
        ({"scheduler": optim.lr_scheduler.StepLR}, DtypeError, "the class StepLR itself"),
        ({"metrics": Accuracy}, DtypeError, r"the class Accuracy itself(.|\n)*Accuracy\(\)"),
        ({"validation": []}, ArgumentError, "walk through validation=(.|\n)*no batch\n"),
        ({"validation": iter([])}, ArgumentError, "walk through validation=(.|\n)*no batch\n"),
        ({"validation": iter([(x, y)]), "epochs": 2}, ArgumentError, "validation=(.|\n)*any more"),
        ({"loss": nn.CrossEntropyLoss(reduction="none")}, ShapeError, 'reduction="mean"'),
        ({"loss": lambda p, t: (p.sum(1) - t) ** 2}, ShapeError, 'reduction="mean"'),
        ({"loss": lambda p, t: 0.5}, DtypeError, "answers a float"),
        ({"loss": lambda p, t: p.detach().sum()}, GraphError, "depends on no parameter"),
        ({"optimizer": model}, DtypeError, r"optim\.Adam\(model\.parameters\(\)\)"),
        ({"epochs": 1.5}, ArgumentError, r"epochs=1\.5"),
        ({"epochs": -1}, ArgumentError, "epochs=-1"),
        ({"data": x}, DtypeError, "not inputs and a target"),
        ({"data": TensorDataset(x)}, DtypeError, "for an autoencoder"),
        ({"data": ([1, 2], [3, 4])}, DtypeError, "a tuple with a list in it"),
        ({"data": (x, y[:5])}, ShapeError, "equal first size"),
        ({"data": 3}, DtypeError, "pass .x, y., a Dataset, or a DataLoader"),
        ({"data": []}, ArgumentError, "no batch"),
        ({"data": iter([(x, y)]), "epochs": 2}, ArgumentError, "no batch any more"),
        ({"data": loader, "batch_size": 3}, ArgumentError, "leave batch_size out"),
        ({"data": loader, "shuffle": True}, ArgumentError, "leave shuffle out"),
        ({"batch_size": 0}, ArgumentError, "batch_size=0"),
        ({"metrics": "precision"}, UnknownNameError, '"accuracy", "top5"'),
        ({"metrics": 3}, TypeError, "int"),
        ({"metrics": [3]}, DtypeError, "a int"),
        ({"metrics": ["mae", MeanAbsoluteError()]}, ArgumentError, "two called 'mae'"),
        ({"metrics": {"loss": "mae"}}, ArgumentError, "which the history has already"),
        ({"metrics": "mae"}, ShapeError, r"target\.unsqueeze\(1\)"),
        ({"metrics": lambda p, t: p}, DtypeError, "answer the mean of the batch"),
        ({"callbacks": EarlyStopping}, DtypeError, "the class EarlyStopping"),
        ({"callbacks": [3]}, DtypeError, "a int"),
        ({"scheduler": sgd}, DtypeError, "StepLR"),
        ({"scheduler": step}, ArgumentError, "one of another optimizer"),
        ({"scheduler": plateau, "scheduler_each": "step"}, ArgumentError, "after each epoch"),
        ({"scheduler_each": "day"}, ArgumentError, "scheduler_each='day'"),
        ({"clip_norm": 0}, ArgumentError, "clip_norm=0"),
        ({"clip_value": True}, ArgumentError, "clip_value=True"),
        ({"checkpoint_every": 3}, ArgumentError, 'add checkpoint="run"'),
    ):
        with pytest.raises(error, match=said):
            fit(**{**good, **options}, progress=False)


# ---- metrics ------------------------------------------------------------------------------------


def measured(metric, prediction, target, size=7):
    """A metric fed in batches of `size`."""
    metric.reset()
    for start in range(0, len(target), size):
        metric.update(
            tgx.tensor(prediction[start : start + size]), tgx.tensor(target[start : start + size])
        )
    return metric.value()


def test_metrics_agree_with_scikit_learn_however_samples_are_shared_out():
    theirs = pytest.importorskip("sklearn.metrics")
    draw = np.random.default_rng(3)
    scores, labels = draw.normal(size=(50, 6)), draw.integers(0, 6, 50)
    wanted, given = (draw.normal(size=(50, 2)) + np.array([1e6, 0.0]) for _ in range(2))
    logits, bits = draw.normal(size=50), draw.integers(0, 2, 50).astype(np.float64)
    for size in (1, 7, 50):
        for ours, expected in (
            (measured(Accuracy(), scores, labels, size),
             theirs.accuracy_score(labels, scores.argmax(1))),
            (measured(Accuracy(), labels[::-1].copy(), labels, size),
             theirs.accuracy_score(labels, labels[::-1])),
            (measured(Accuracy(0.0), logits, bits, size),
             theirs.accuracy_score(bits, logits > 0)),
            (measured(TopK(3), scores, labels, size),
             theirs.top_k_accuracy_score(labels, scores, k=3, labels=range(6))),
            (measured(MeanAbsoluteError(), given, wanted, size),
             theirs.mean_absolute_error(wanted, given)),
            (measured(R2(), given, wanted, size), theirs.r2_score(wanted, given)),
        ):  # fmt: skip
            assert ours == pytest.approx(expected, rel=1e-9)
    flat = np.full((9, 1), 0.1)
    assert measured(R2(), flat, flat) == 1.0 == theirs.r2_score(flat, flat)
    assert measured(R2(), flat + 1, flat) == 0.0 == theirs.r2_score(flat, flat + 1)


def test_metrics_of_images_and_without_samples():
    scores = np.zeros((2, 3, 4, 4))
    scores[:, 1] = 1.0
    classes = np.ones((2, 4, 4), np.int64)
    classes[0, 0, 0] = 2
    assert measured(Accuracy(), scores, classes) == 31 / 32
    assert all(math.isnan(m.value()) for m in (Accuracy(), TopK(), MeanAbsoluteError(), R2()))
    # Scores that are all alike are not right by chance.
    assert measured(TopK(2), np.zeros((4, 3)), np.zeros(4, np.int64)) == 0.0


def test_what_metrics_refuse():
    for metric, prediction, target, error, said in (
        (Accuracy(), np.ones(3), np.ones(3), ArgumentError, r"Accuracy\(threshold=0\.0\)"),
        (Accuracy(), np.ones((3, 1)), np.ones((3, 2)), ShapeError, "shape"),
        (Accuracy(0.5), np.ones((3, 1)), np.ones(3), ShapeError, r"prediction\.squeeze\(1\)"),
        (R2(), np.ones((3, 1)), np.ones(3), ShapeError, r"prediction\.squeeze\(1\)"),
        (TopK(2), np.ones(3), np.ones(3), ShapeError, r"scores of shape \(N, C\)"),
        (TopK(4), np.ones((3, 3)), np.ones(3, np.int64), ArgumentError, "only 3 classes"),
    ):
        with pytest.raises(error, match=said):
            measured(metric, prediction, target)
    with pytest.raises(DtypeError, match="write a function of your own"):
        Accuracy().update((1, 2), tgx.ones(2))
    for k in (0, 1.5, True):
        with pytest.raises(ArgumentError, match="TopK"):
            TopK(k)


def test_named_metrics_and_functions():
    def bias(prediction, target):
        return (prediction.argmax(1) - target).float().mean()

    _, history = trained(1, metrics={"right": "accuracy", "bias": bias, "three": TopK(3)})
    assert list(history)[:4] == ["loss", "right", "bias", "three"]
    assert history["three"] == [1.0] and -2.0 < history["bias"][0] < 2.0
    found = evaluate(network(), nn.CrossEntropyLoss(), blobs(), ["top-2", bias], batch_size=10)
    assert list(found) == ["loss", "top2", "bias"]
    x, y = blobs()
    with tgx.no_grad():
        model = network().eval()
        whole = nn.functional.cross_entropy(model(x), y).item()
    assert found["loss"] == pytest.approx(whole, rel=1e-6)


# ---- the history and the logs -------------------------------------------------------------------


def test_history(tmp_path):
    history = History()
    assert history.epochs == 0 and history.rows() == [] and history.to_jsonl() == ""
    history.append({"loss": 2.0, "val_loss": 1.0})
    history.append({"loss": math.nan, "val_loss": 1.5, "new": math.inf})
    assert math.isnan(history["new"][0]) and history.epochs == 2
    text = history.to_csv(tmp_path / "history.csv")
    assert (tmp_path / "history.csv").read_text() == text
    assert text.splitlines() == ["epoch,loss,val_loss,new", "1,2.0,1.0,nan", "2,nan,1.5,inf"]
    lines = [json.loads(line) for line in history.to_jsonl(tmp_path / "h.jsonl").splitlines()]
    assert lines[1] == {"epoch": 2, "loss": None, "val_loss": 1.5, "new": None}
    assert history.best() == (1, 2.0) and history.best("val_loss", "max") == (2, 1.5)
    for name, mode, error, said in (
        ("accuracy", "min", UnknownNameError, "use loss, val_loss, new"),
        ("loss", "least", ArgumentError, "mode='least'"),
    ):
        with pytest.raises(error, match=said):
            history.best(name, mode)
    with pytest.raises(ArgumentError, match="no number in it"):
        History({"loss": [math.nan]}).best()


def test_the_history_as_a_picture():
    pytest.importorskip("matplotlib").use("agg")
    _, history = trained(2, metrics="accuracy", validation=blobs(seed=1))
    axes = history.plot(title="it learns")
    assert [line.get_label() for line in axes.lines] == ["loss", "val_loss"]
    assert axes.lines[0].get_ydata().tolist() == history["loss"]
    axes = history.plot("val_accuracy", ax=axes.figure.subplots())
    assert axes.get_ylabel() == "val_accuracy"
    assert history.plot("accuracy", "val_accuracy").get_ylabel() == "accuracy"
    assert history.plot("loss", "lr").get_ylabel() == "value"
    with pytest.raises(UnknownNameError, match="use loss, accuracy"):
        history.plot("acc")


def test_logs_have_a_line_as_soon_as_an_epoch_has_ended(tmp_path):
    table, lines = tmp_path / "log.csv", tmp_path / "log.jsonl"
    table.write_text("of a run before\n")
    found = []

    def look(run):
        found.append((len(table.read_text().splitlines()), len(lines.read_text().splitlines())))

    _, history = trained(3, callbacks=[CSVLog(table), JSONLog(lines), look], metrics="accuracy")
    assert found == [(2, 1), (3, 2), (4, 3)]
    assert table.read_text() == history.to_csv()
    assert lines.read_text() == history.to_jsonl()
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [float(row["accuracy"]) for row in rows] == history["accuracy"]


# ---- callbacks ----------------------------------------------------------------------------------


def test_callbacks_are_called_in_order():
    seen = []

    class Tell(Callback):
        def __getattribute__(self, name):
            if name.startswith("on_"):
                return lambda run: seen.append((name[3:], run.epoch, run.batch, run.step))
            return super().__getattribute__(name)

    trained(2, callbacks=Tell(), batch_size=48)
    assert seen == [
        ("train_begin", 0, 0, 0),
        ("epoch_begin", 0, 0, 0), ("step_end", 0, 1, 1), ("step_end", 0, 2, 2),
        ("epoch_end", 1, 0, 2),
        ("epoch_begin", 1, 0, 2), ("step_end", 1, 1, 3), ("step_end", 1, 2, 4),
        ("epoch_end", 2, 0, 4),
        ("train_end", 2, 0, 4),
    ]  # fmt: skip


class Scripted:
    """A metric that answers what the test wants, on validation data."""

    def __init__(self, values):
        self.values = iter(values)
        self.__name__ = "quality"

    def __call__(self, prediction, target):
        return 0.0 if tgx.is_grad_enabled() or len(target) == 96 else next(self.values)


@pytest.mark.parametrize(
    ("values", "options", "epochs", "best"),
    [
        ([1, 2, 3, 2, 2, 2, 9], {"patience": 1, "mode": "max"}, 5, 3),
        ([1, 2, 3, 2, 2, 2, 9], {"patience": 0, "mode": "max"}, 4, 3),
        ([5, 4, 4, 4, 3, 3, 3, 3, 0], {"patience": 2, "mode": "min"}, 8, 5),
        ([5, 4.9, 4.8, 4.7, 1], {"patience": 1, "mode": "min", "min_delta": 0.5}, 3, 1),
        ([3, 2, 1], {"patience": 1, "mode": "min"}, 3, 3),
    ],
)
def test_early_stopping(values, options, epochs, best):
    early = EarlyStopping(monitor="val_quality", **options)
    weights = []

    def keep(run):
        weights.append({name: t.clone() for name, t in run.model.state_dict().items()})

    model, history = trained(
        len(values), data=blobs(), validation=blobs(40), batch_size=96,
        metrics=Scripted([v for v in values for _ in range(2)]), callbacks=[keep, early],
    )  # fmt: skip
    assert history.epochs == epochs and early.best_epoch == best
    assert early.best == values[best - 1]
    assert history.stopped is (epochs < len(values))
    kept = weights[best - 1]
    assert all((t == kept[name]).all().item() for name, t in model.state_dict().items())
    early.restore_best = False
    early.load_state_dict({"weights": None})


def test_early_stopping_begins_anew_in_each_training():
    early = EarlyStopping(patience=3)
    early.best, early.waited, early.weights = -1.0, 3, {}
    _, history = trained(2, callbacks=early)
    assert history.epochs == 2 and early.best == min(history["loss"])


def test_best_checkpoint(tmp_path):
    path = tmp_path / "best.safetensors"
    best = BestCheckpoint(path, monitor="val_quality", mode="min")
    weights = []

    def keep(run):
        weights.append({name: t.clone() for name, t in run.model.state_dict().items()})

    values = [3, 1, 2, 1, 5]
    trained(
        5, validation=blobs(40), batch_size=96, callbacks=[best, keep],
        metrics=Scripted([v for v in values for _ in range(2)]),
    )  # fmt: skip
    assert best.best_epoch == 2
    fresh = network(9)
    fresh.load_state_dict(tgx.load(path))
    assert all((t == weights[1][name]).all().item() for name, t in fresh.state_dict().items())


def test_what_callbacks_refuse():
    for make, said in (
        (lambda: EarlyStopping(patience=-1), "patience=-1"),
        (lambda: EarlyStopping(patience=1.5), "patience=1.5"),
        (lambda: EarlyStopping(min_delta=-0.1), "min_delta=-0.1"),
        (lambda: EarlyStopping(mode="less"), "mode='less'"),
        (lambda: BestCheckpoint("x", min_delta=math.nan), "min_delta=nan"),
    ):
        with pytest.raises(ArgumentError, match=said):
            make()
    with pytest.raises(UnknownNameError, match="those of validation data need validation="):
        trained(1, callbacks=EarlyStopping(monitor="val_accuracy"))
    with pytest.raises(ArgumentError, match='add mode="min"'):
        trained(
            1, metrics={"quality": lambda p, t: 0.0}, callbacks=EarlyStopping(monitor="quality")
        )
    early = EarlyStopping(monitor="accuracy")
    _, history = trained(2, metrics="accuracy", callbacks=early)
    assert early.best == max(history["accuracy"])


# ---- what a person sees -------------------------------------------------------------------------


def test_plain_lines_where_there_is_no_terminal(capsys):
    trained(40, progress=None, metrics="accuracy", validation=blobs(seed=1))
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert len(lines) == 21 and lines[0].startswith("epoch 1/40  loss ")
    assert lines[-1].startswith("epoch 40/40  loss ")
    for word in ("accuracy", "val_loss", "val_accuracy", "samples/s"):
        assert word in lines[1]
    assert " left" in lines[1] and " left" not in lines[-1]
    trained(9, progress=True, callbacks=EarlyStopping(patience=0, min_delta=1e9))
    lines = capsys.readouterr().err.splitlines()
    assert lines[-2].startswith("epoch 2/9") and " left" not in lines[-2]
    assert lines[-1].startswith(
        "stopped after 2 of 9 epochs; the model has the weights of epoch 1, the best by loss ("
    )
    trained(2, progress=True, callbacks=[EarlyStopping(), lambda run: setattr(run, "stop", True)])
    assert "stopped after 1 of 2 epochs; the model has" in capsys.readouterr().err
    trained(2, progress=True, callbacks=lambda run: setattr(run, "stop", True))
    assert capsys.readouterr().err.splitlines()[-1] == "stopped after 1 of 2 epochs"
    trained(1, progress=False)
    assert capsys.readouterr().err == ""


def test_a_bar_at_a_terminal():
    pty = pytest.importorskip("pty")
    script = textwrap.dedent("""
        import tinygradx as tgx
        from tinygradx import nn, optim
        tgx.manual_seed(0)
        model = nn.Linear(2, 2)
        tgx.train.fit(model, nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.1),
                      tgx.data.moons(400), 3, metrics="accuracy", batch_size=4)
        print("done")
    """)
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script], stderr=theirs, stdout=subprocess.PIPE,
        env=environment,
    ) as child:  # fmt: skip
        os.close(theirs)
        written = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            written += piece
        assert child.stdout.read() == b"done\n"
    os.close(ours)
    assert child.returncode == 0
    text = written.decode()
    for epoch in (1, 2, 3):
        assert f"epoch {epoch}/3  loss " in text
    assert "samples/s" in text and "accuracy" in text and "━" in text and " left" in text


def test_a_silent_epoch_is_told_of(capsys, monkeypatch):
    monkeypatch.setattr("tinygradx.train.progress.SILENCE", 0.0)
    trained(1, progress=True, batch_size=48)
    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith("epoch 1/1  batch 1/2  loss ")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (40, "loss 0.1235"),
        (60, "loss 0.1235  [half] 0.5  1:05 left"),
        (120, "loss 0.1235  [half] 0.5  1:05 left  1,235 samples/s  compiled 0.9 s"),
    ],
)
def test_a_narrow_terminal_loses_what_says_the_least(monkeypatch, columns, words):
    monkeypatch.setenv("COLUMNS", str(columns))
    meters = SimpleNamespace(values=lambda: {"loss": 0.12345, "[half]": 0.5})
    run = SimpleNamespace(
        epoch=1, epochs=20, batch=3, speed=1234.6, compile_seconds=0.9, meters=meters
    )
    bar = _Bar(run)
    bar.begin(run, 7)
    bar.move(run, 65.0)
    bar.close()
    (task,) = bar.shown.tasks
    assert task.fields["words"] == words and task.completed == 3
