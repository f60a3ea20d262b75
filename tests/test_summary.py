"""Module.summary: layers, shapes, parameters, work and memory."""

from __future__ import annotations

import io
import json

import pytest

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32, 10)
    )


def test_every_layer_with_its_shapes_parameters_and_work():
    found = cnn().summary(input_shape=(5, 1, 4, 4))
    assert [(row.name, row.kind, row.input, row.output) for row in found.rows] == [
        ("0", "Conv2d", ((5, 1, 4, 4),), ((5, 8, 4, 4),)),
        ("1", "ReLU", ((5, 8, 4, 4),), ((5, 8, 4, 4),)),
        ("2", "MaxPool2d", ((5, 8, 4, 4),), ((5, 8, 2, 2),)),
        ("3", "Flatten", ((5, 8, 2, 2),), ((5, 32),)),
        ("4", "Linear", ((5, 32),), ((5, 10),)),
    ]
    assert [row.params for row in found.rows] == [80, 0, 0, 0, 330]
    assert [row.flops for row in found.rows] == [2 * 5 * 8 * 16 * 9, 0, 0, 0, 2 * 5 * 32 * 10]
    assert [row.memory for row in found.rows] == [2560, 2560, 640, 640, 200]
    assert (found.trainable, found.frozen, found.param_bytes) == (410, 0, 1640)
    # The output of conv for relu, places of the largest (8 bytes each), the input of linear.
    assert found.saved_bytes == 2560 + 8 * 5 * 8 * 4 + 640


def test_it_is_data_and_text():
    found = cnn().summary(tgx.zeros(5, 1, 4, 4))
    assert json.loads(json.dumps(found.to_dict()))["rows"][0]["kind"] == "Conv2d"
    lines = repr(found).splitlines()
    assert lines[0].split() == ["Layer", "(type)", "Input", "Output", "Params", "FLOPs", "Memory"]
    assert lines[2].split() == [
        "0",
        "(Conv2d)",
        "(5,1,4,4)",
        "(5,8,4,4)",
        "80",
        "11.5",
        "k",
        "2.6",
        "kB",
    ]
    assert len({len(line) for line in lines[2:7]}) == 1
    rich = pytest.importorskip("rich.console")
    out = io.StringIO()
    rich.Console(file=out, width=100).print(found)
    assert "0 (Conv2d)" in out.getvalue() and "frozen 0" in out.getvalue()


def test_frozen_layers_are_counted_and_their_work_too():
    model = cnn()
    model[0].requires_grad_(False)
    found = model.summary(input_shape=(5, 1, 4, 4))
    assert (found.trainable, found.frozen) == (330, 80)
    model.requires_grad_(False)
    assert model.summary(input_shape=(5, 1, 4, 4)).rows[0].flops == 2 * 5 * 8 * 16 * 9


def test_the_model_is_left_as_it_was():
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 2))
    model[1].eval()
    state = {name: value.clone() for name, value in model.state_dict().items()}
    model.summary(input_shape=(4, 3))
    assert [module.training for module in model.modules()] == [True, True, False, True]
    for name, value in model.state_dict().items():
        assert bool((value == state[name]).all())
    assert all(module._hooks is None or not module._hooks.after for module in model.modules())
    assert all(p.grad is None for p in model.parameters())


def test_several_inputs_and_layers_called_twice():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 3)

        def forward(self, x, y):
            return self.layer(self.layer(x)) + y

    found = Twice().summary(input_shape=[(2, 3), (2, 3)])
    assert [row.name for row in found.rows] == ["layer", "layer"]
    assert found.trainable == 12


def test_refused():
    with pytest.raises(ArgumentError, match="no input"):
        cnn().summary()
    with pytest.raises(ArgumentError, match="both"):
        cnn().summary(tgx.zeros(1, 1, 4, 4), input_shape=(1, 1, 4, 4))
