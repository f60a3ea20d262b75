"""A small training that is always the same, for the tests of `train`."""

from __future__ import annotations

import numpy as np

import tinygradx as tgx
from tinygradx import nn, optim
from tinygradx.train import fit


def blobs(count=96, classes=3, seed=0):
    """Points around three corners, which can be told apart."""
    draw = np.random.default_rng(seed)
    y = draw.integers(0, classes, count)
    x = 3.0 * np.eye(classes)[y] + draw.normal(size=(count, classes))
    return tgx.tensor(x.astype(np.float32)), tgx.tensor(y)


def network(seed=0, out=3):
    tgx.manual_seed(seed)
    return nn.Sequential(
        nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, out)
    )


def trained(epochs=3, seed=0, **options):
    """A small training that is always the same, and its model."""
    model = options.pop("model", None) or network(seed)
    optimizer = options.pop("optimizer", None) or optim.Adam(model.parameters(), lr=0.01)
    data = options.pop("data", blobs())
    make = options.pop("make", None)
    if make is not None:
        options["scheduler"] = make(optimizer)
    options.setdefault("progress", False)
    history = fit(model, nn.CrossEntropyLoss(), optimizer, data, epochs, **options)
    return model, history


def same_weights(first, second):
    a, b = first.state_dict(), second.state_dict()
    assert list(a) == list(b)
    return all(a[name].numpy().tobytes() == b[name].numpy().tobytes() for name in a)


def plain(history):
    """What of a history does not depend on the clock."""
    return {name: numbers for name, numbers in history.items() if name != "seconds"}
