"""Containers, lazy layers and layers that move pixels, beside PyTorch's, in float64."""

from __future__ import annotations

import numpy as np
import pytest
from layers import both, compare, copy_state

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DimError, DtypeError, ShapeError, UnknownNameError

torch = pytest.importorskip("torch", reason="could not import torch")


def values(*shape):
    return np.random.default_rng(0).standard_normal(shape)


IMAGE = (2, 4, 6, 4)
LAYERS = [
    ("Upsample", {"scale_factor": 2}, IMAGE),
    ("Upsample", {"size": (9, 3), "mode": "bilinear"}, IMAGE),
    ("Upsample", {"scale_factor": (1.7, 0.6), "mode": "bicubic"}, IMAGE),
    ("Upsample", {"scale_factor": 1.5, "mode": "linear", "align_corners": True}, IMAGE[:3]),
    ("Upsample", {"scale_factor": 1.7, "mode": "nearest-exact"}, (1, 2, 3, 4, 5)),
    ("Upsample", {"size": 5, "mode": "trilinear"}, (1, 2, 3, 4, 5)),
    ("UpsamplingNearest2d", {"scale_factor": 2}, IMAGE),
    ("UpsamplingBilinear2d", {"size": 7}, IMAGE),
    ("ZeroPad1d", {"padding": 2}, IMAGE[:3]),
    ("ZeroPad2d", {"padding": (1, 2, -1, 3)}, IMAGE),
    ("ZeroPad3d", {"padding": 1}, (1, 2, 3, 4, 5)),
    ("ConstantPad1d", {"padding": (1, 2), "value": 3.5}, IMAGE[:3]),
    ("ConstantPad2d", {"padding": 1, "value": -1.0}, IMAGE),
    ("ConstantPad3d", {"padding": 1, "value": -1.0}, (1, 2, 3, 4, 5)),
    ("ReflectionPad1d", {"padding": 3}, IMAGE[:3]),
    ("ReflectionPad2d", {"padding": (1, 2, 3, 0)}, IMAGE),
    ("ReflectionPad3d", {"padding": 1}, (1, 2, 3, 4, 5)),
    ("ReplicationPad1d", {"padding": (3, 1)}, IMAGE[:3]),
    ("ReplicationPad2d", {"padding": 2}, IMAGE),
    ("ReplicationPad3d", {"padding": 2}, (1, 2, 3, 4, 5)),
    ("CircularPad1d", {"padding": (3, 1)}, IMAGE[:3]),
    ("CircularPad2d", {"padding": 2}, IMAGE),
    ("CircularPad3d", {"padding": 2}, (1, 2, 3, 4, 5)),
    ("PixelShuffle", {"upscale_factor": 2}, IMAGE),
    ("PixelUnshuffle", {"downscale_factor": 2}, IMAGE),
    ("ChannelShuffle", {"groups": 2}, IMAGE),
    ("Unfold", {"kernel_size": (3, 2), "padding": 1, "stride": (2, 1)}, IMAGE),
    ("Fold", {"output_size": (4, 5), "kernel_size": 2, "stride": 1}, (2, 8, 12)),
]


@pytest.mark.parametrize(("kind", "how", "shape"), LAYERS, ids=str)
def test_layers_that_move_pixels(kind, how, shape):
    compare(*both(kind, **how), values(*shape))


def test_layers_of_two_inputs():
    compare(*both("Bilinear", 3, 5, 4), values(6, 3), values(6, 5) + 1.0)
    compare(*both("Bilinear", 3, 5, 4, bias=False), values(2, 6, 3), values(2, 6, 5) + 1.0)
    compare(*both("CosineSimilarity", dim=-1), values(6, 3), values(6, 3)[::-1].copy())
    compare(*both("PairwiseDistance", p=3, keepdim=True), values(6, 3), values(6, 3) + 0.5)


# ---- lazy layers --------------------------------------------------------------------------------

LAZY = [
    ("LazyLinear", (7,), {}, (5, 3)),
    ("LazyLinear", (7,), {"bias": False}, (5, 2, 3)),
    ("LazyConv1d", (6, 3), {"padding": 1}, (2, 4, 8)),
    ("LazyConv2d", (6, 3), {"groups": 2, "bias": False}, (2, 4, 8, 8)),
    ("LazyConv2d", (6, 3, 1, 0, 1, 2), {}, (2, 4, 8, 8)),
    ("LazyConv3d", (2, 2), {}, (1, 4, 3, 3, 3)),
    ("LazyConvTranspose1d", (6, 3), {}, (2, 4, 5)),
    ("LazyConvTranspose2d", (6, 3), {"stride": 2, "groups": 2}, (2, 4, 5, 5)),
    ("LazyConvTranspose3d", (2, 2), {}, (1, 4, 3, 3, 3)),
    ("LazyBatchNorm1d", (), {}, (5, 3)),
    ("LazyBatchNorm2d", (), {"affine": False}, (5, 3, 4, 4)),
    ("LazyBatchNorm3d", (1e-3,), {}, (5, 3, 2, 2, 2)),
]


@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature")
@pytest.mark.parametrize(("kind", "args", "how", "shape"), LAZY, ids=str)
def test_lazy_layers(kind, args, how, shape):
    ours = getattr(nn, kind)(*args, **how).double()
    theirs = getattr(torch.nn, kind)(*args, **how).double()
    early = [id(parameter) for parameter in ours.parameters()]
    first = values(*shape)
    assert ours.eval()(tgx.tensor(first)).shape == tuple(theirs.eval()(torch.tensor(first)).shape)
    ours.train(), theirs.train()
    assert [id(parameter) for parameter in ours.parameters()] == early  # an optimiser's
    assert type(ours) is getattr(nn, kind.removeprefix("Lazy"))
    assert repr(ours).startswith(kind.removeprefix("Lazy"))
    copy_state(ours, theirs)
    compare(ours, theirs, first)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_lazy_instance_norms_keep_nothing_unless_told(dims):
    # PyTorch's own make a weight, a bias and statistics whatever they are told, until their input.
    shape = (2, 3, 4, 2, 2)[: dims + 2]
    ours = getattr(nn, f"LazyInstanceNorm{dims}d")().double()
    assert not ours.state_dict()
    compare(ours, getattr(torch.nn, f"InstanceNorm{dims}d")(3), values(*shape))
    tracking = getattr(nn, f"LazyInstanceNorm{dims}d")(affine=True, track_running_stats=True)
    tracking(tgx.tensor(values(*shape)).float())
    assert {name: value.shape for name, value in tracking.state_dict().items()} == {
        "weight": (3,), "bias": (3,), "running_mean": (3,), "running_var": (3,),
        "num_batches_tracked": (),
    }  # fmt: skip


def test_an_optimiser_may_come_before_the_first_input():
    model = nn.Sequential(nn.LazyLinear(4), nn.Tanh(), nn.LazyLinear(1))
    optimizer = tgx.optim.Adam(model.parameters(), lr=0.1)
    x, y = tgx.randn(8, 3), tgx.randn(8, 1)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_a_state_loads_into_lazy_layers():
    source = nn.Linear(3, 4)
    lazy = nn.LazyLinear(4)
    lazy.load_state_dict(source.state_dict())
    assert lazy.weight.shape == (4, 3)
    x = tgx.randn(2, 3)
    np.testing.assert_array_equal(lazy(x).detach().numpy(), source(x).detach().numpy())


def test_lazy_layers_refuse_what_cannot_be():
    with pytest.raises(ShapeError, match="LazyConv2d of its first input"):
        nn.LazyConv2d(3, 2)(tgx.ones(2, 3))
    with pytest.raises(ShapeError, match="divisor of the channels"):
        nn.LazyConv2d(4, 2, groups=2)(tgx.ones(2, 3, 5, 5))
    assert "run the model on an input first" in repr(nn.LazyLinear(3).weight)


# ---- containers ---------------------------------------------------------------------------------


def names(container):
    return [name for name, _ in container.named_parameters()]


def test_module_list_is_a_list():
    a, b, c = nn.Linear(1, 1), nn.Linear(2, 2), nn.Linear(3, 3)
    layers = nn.ModuleList([a, b])
    theirs = torch.nn.ModuleList([torch.nn.Linear(1, 1), torch.nn.Linear(2, 2)])
    assert names(layers) == [name for name, _ in theirs.named_parameters()]
    layers.insert(1, c)
    assert list(layers) == [a, c, b] and layers[-1] is b and layers[1:][0] is c
    assert [p.shape[0] for p in layers.parameters()] == [1, 1, 3, 3, 2, 2]
    layers[0] = b
    del layers[1:]
    assert list(layers) == [b] and len(layers) == 1
    layers += [a, c]
    assert layers.pop() is c and list(layers) == [b, a] and a in layers and c not in layers
    more = [c]
    assert list(layers + more) == [b, a, c]
    assert names(layers) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    with pytest.raises(DimError, match="it has 2"):
        layers[5]
    with pytest.raises(DtypeError, match="a str"):
        layers.append("tanh")


def test_parameter_list_and_dict():
    weights = nn.ParameterList([tgx.ones(2), nn.Parameter(tgx.zeros(3))])
    weights.append(tgx.ones(1))
    assert names(weights) == ["0", "1", "2"]
    assert isinstance(weights[0], nn.Parameter)
    named = nn.ParameterDict({"left": tgx.ones(2)})
    named["right"] = tgx.zeros(3)
    assert names(named) == ["left", "right"] and "left" in named and len(named) == 2
    named["odd"] = 3  # kept as it is
    assert names(named) == ["left", "right"] and named["odd"] == 3 and len(named) == 3
    with pytest.raises(UnknownNameError, match="'left', 'right', 'odd'"):
        named["up"]


def test_module_dict_is_a_dict():
    choices = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.Tanh()})
    choices.update([("c", nn.Linear(2, 2, bias=False))])
    assert list(choices) == ["a", "b", "c"] and names(choices) == ["a.weight", "a.bias", "c.weight"]
    gone = choices.pop("a")
    assert gone.in_features == 1 and list(choices.keys()) == ["b", "c"]
    assert choices.get("a") is None
    choices.clear()
    assert len(choices) == 0
    with pytest.raises(ArgumentError, match="taken"):
        nn.ModuleDict({"forward": nn.Tanh()})


def test_sequential_can_be_changed():
    a, b, c = nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1)
    model = nn.Sequential(a, b)
    model.extend([c])
    assert list(model) == [a, b, c]
    model.insert(1, nn.ReLU())
    del model[2]
    assert repr(model[1]) == "ReLU()" and model[0] is a and model[-1] is c
    model[1] = b
    assert list(model) == [a, b, c] and model(tgx.ones(3, 2)).shape == (3, 1)


def test_what_is_in_lists_and_dicts_is_trained_saved_and_copied():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(3, 3) for _ in range(2))
            self.scales = nn.ParameterList([tgx.ones(3), tgx.ones(3)])

        def forward(self, x):
            for layer, scale in zip(self.layers, self.scales, strict=True):
                x = (layer(x) * scale).tanh()
            return x

    import copy

    model = Model()
    model(tgx.ones(2, 3)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    twin = copy.deepcopy(model)
    assert [len(twin.layers), len(twin.scales)] == [2, 2]
    other = Model()
    other.load_state_dict(model.state_dict())
    for one in (twin, other):
        found, known = one(tgx.ones(1, 3)), model(tgx.ones(1, 3))
        np.testing.assert_array_equal(found.detach().numpy(), known.detach().numpy())
