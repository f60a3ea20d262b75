"""Lazy layers: nothing can be done with what has no shape, and states go in and out."""

from __future__ import annotations

import copy
from multiprocessing.reduction import ForkingPickler

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn, optim, train
from tinygradx.errors import DtypeError, ShapeError
from tinygradx.nn import init
from tinygradx.nn.parameter import UninitializedBuffer, is_lazy

NOT_RUN = "run the model on one input first"


def model_of():
    return nn.Sequential(
        nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3),
        nn.LazyBatchNorm1d(affine=False),
    )  # fmt: skip


def image(seed=0, channels=2):
    return tgx.tensor(
        np.random.default_rng(seed).standard_normal((4, channels, 5, 5)), dtype=tgx.float32
    )


def values(model):
    return {name: tensor.tolist() for name, tensor in model.state_dict().items()}


# ---- what has no shape --------------------------------------------------------------------------

INITS = [
    lambda w: init.uniform_(w), lambda w: init.normal_(w), lambda w: init.trunc_normal_(w),
    lambda w: init.constant_(w, 1.0), lambda w: init.ones_(w), lambda w: init.zeros_(w),
    lambda w: init.eye_(w), lambda w: init.dirac_(w), lambda w: init.sparse_(w, 0.5),
    lambda w: init.xavier_uniform_(w), lambda w: init.xavier_normal_(w),
    lambda w: init.kaiming_uniform_(w), lambda w: init.kaiming_normal_(w),
    lambda w: init.orthogonal_(w),
]  # fmt: skip
USES = [
    lambda w: w.shape, lambda w: w.size(), lambda w: w.numel(), lambda w: w.nelement(),
    lambda w: w.ndim, lambda w: w.dim(), len, list, float, lambda w: w[0], lambda w: w.tolist(),
    lambda w: w.numpy(force=True), np.asarray, lambda w: w.T,
    lambda w: w + 1, lambda w: 1 - w, lambda w: tgx.ones(2) * w, lambda w: w @ w,
    lambda w: tgx.ones(2, 3) @ w, lambda w: w.exp(), lambda w: w.sum(), lambda w: w.clone(),
    lambda w: w.view(1), lambda w: w.reshape(-1), lambda w: tgx.cat([tgx.ones(1), w]),
    lambda w: tgx.stack([w, w]), lambda w: w == 1, lambda w: w.relu(), lambda w: w.softmax(0),
    lambda w: nn.functional.linear(tgx.ones(2, 3), w), lambda w: w.stride(),
    lambda w: nn.functional.conv2d(tgx.ones(1, 2, 3, 3), w),
    lambda w: setattr(w, "grad", tgx.ones(2)), lambda w: w.max(),
    lambda w: tgx.where(w > 0, w, w), lambda w: tgx.ones(3).add_(w), lambda w: tgx.ones(3).copy_(w),
]  # fmt: skip
WRITES = [
    lambda w: w.zero_(), lambda w: w.fill_(1.0), lambda w: w.copy_(tgx.ones(2)),
    lambda w: w.add_(1), lambda w: w.normal_(), lambda w: w.__setitem__(0, 1.0),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(INITS)))
def test_first_values_are_refused_before_there_is_a_shape(number):
    with pytest.raises(ShapeError, match=NOT_RUN):
        INITS[number](nn.LazyLinear(3).weight)


@pytest.mark.parametrize("number", range(len(USES)))
def test_every_use_is_refused_before_there_is_a_shape(number):
    weight = nn.LazyLinear(3).weight
    with pytest.raises(ShapeError, match=NOT_RUN):
        USES[number](weight)


@pytest.mark.parametrize("number", range(len(WRITES)))
def test_every_write_is_refused_before_there_is_a_shape(number):
    for make in (lambda: nn.LazyLinear(3).weight, lambda: nn.LazyBatchNorm1d().running_mean):
        with tgx.no_grad(), pytest.raises(ShapeError, match=NOT_RUN):
            WRITES[number](make())


def test_what_can_be_done_before_there_is_a_shape():
    layer = nn.LazyBatchNorm1d()
    assert layer.has_uninitialized_params() and is_lazy(layer.running_mean)
    assert layer.weight.requires_grad and layer.weight.is_leaf and layer.weight.grad is None
    layer.double().requires_grad_(False).zero_grad()
    assert layer.running_var.dtype == layer.weight.dtype == tgx.float64
    assert "UninitializedBuffer" in repr(layer.running_mean)
    optim.Adam(layer.requires_grad_().parameters())
    for twin in (copy.deepcopy(layer), ForkingPickler.loads(bytes(ForkingPickler.dumps(layer)))):
        assert twin.has_uninitialized_params() and twin.bias.requires_grad
        x = tgx.randn(5, 3, dtype=tgx.float64)
        assert twin(x).shape == (5, 3) and type(twin) is nn.BatchNorm1d
        assert twin.running_mean.dtype == tgx.float64 and not twin.running_mean.requires_grad
        assert isinstance(twin.weight, nn.Parameter) and twin.bias.requires_grad
    assert layer.has_uninitialized_params()


def test_tensors_that_wait_for_their_shape():
    weight = nn.UninitializedParameter(requires_grad=False, dtype=tgx.float64)
    weight.materialize((2, 3), dtype=tgx.float32)
    assert type(weight) is nn.Parameter and weight.shape == (2, 3) and not weight.requires_grad
    assert weight.dtype == tgx.float32
    model = nn.Module()
    model.seen = nn.UninitializedBuffer(dtype=tgx.int64, persistent=False)
    assert not model.state_dict() and is_lazy(model.seen)
    assert repr(model.seen).startswith("<UninitializedBuffer")
    model.seen.materialize((2,))
    assert isinstance(model.seen, nn.Buffer) and not isinstance(model.seen, UninitializedBuffer)
    assert model.seen.tolist() == [0, 0] and not model.seen.persistent
    with pytest.raises(DtypeError, match="integers and bools"):
        nn.UninitializedBuffer(requires_grad=True, dtype=tgx.int64)


# ---- the first input ----------------------------------------------------------------------------


def test_lazy_norms_refuse_inputs_that_their_norm_refuses():
    with pytest.raises(ShapeError, match=r"LazyBatchNorm2d of its first input\n.*\(2, 3\)"):
        nn.LazyBatchNorm2d()(tgx.ones(2, 3))
    with pytest.raises(ShapeError, match="LazyLinear of its first input"):
        nn.LazyLinear(2)(tgx.tensor(1.0))
    alone = nn.LazyInstanceNorm1d(affine=True)
    assert alone(tgx.randn(3, 5)).shape == (3, 5) and alone.weight.shape == (3,)


def test_a_first_input_that_does_not_fit_what_was_loaded():
    for lazy, source, x in (
        (nn.LazyLinear(4), nn.Linear(3, 4), tgx.ones(2, 5)),
        (nn.LazyConv1d(4, 2), nn.Conv1d(3, 4, 2), tgx.ones(2, 5, 6)),
        (nn.LazyBatchNorm1d(), nn.BatchNorm1d(3), tgx.ones(2, 5)),
    ):
        lazy.load_state_dict(source.state_dict())
        kind = type(lazy)
        with pytest.raises(ShapeError, match=r"a weight of shape .* that was loaded"):
            lazy(x)
        assert type(lazy) is kind
        assert lazy(tgx.ones(2, 3, *x.shape[2:])).shape[0] == 2  # the right one still goes


def test_a_part_of_a_state_stays_when_the_rest_is_made():
    lazy, weight = nn.LazyLinear(4), tgx.randn(4, 3)
    lazy.load_state_dict({"weight": weight}, strict=False)
    assert lazy.has_uninitialized_params()
    lazy(tgx.ones(2, 3))
    assert lazy.weight.tolist() == weight.tolist() and lazy.bias.abs().sum() > 0
    norm = nn.LazyBatchNorm1d().eval()
    norm.load_state_dict({"running_mean": tgx.ones(3), "num_batches_tracked": tgx.tensor(7)}, False)
    norm(tgx.ones(2, 3))
    assert norm.running_mean.tolist() == [1.0] * 3 and norm.running_var.tolist() == [1.0] * 3
    assert norm.num_batches_tracked.item() == 7 and norm.weight.tolist() == [1.0] * 3


# ---- states -------------------------------------------------------------------------------------


@pytest.mark.parametrize("assign", [False, True])
def test_a_trained_state_into_a_new_lazy_model(assign):
    trained = model_of()
    for seed in range(3):
        trained(image(seed))
    fresh = model_of()
    before = [id(p) for p in fresh.parameters()]
    fresh.load_state_dict(copy.deepcopy(trained.state_dict()), assign=assign)
    assert (before == [id(p) for p in fresh.parameters()]) is not assign
    assert values(fresh) == values(trained)
    fresh.eval(), trained.eval()
    assert fresh(image()).tolist() == trained(image()).tolist()
    assert not any(isinstance(m, nn.lazy.Lazy) for m in fresh.modules())
    assert values(fresh) == values(trained)


def test_the_state_of_a_model_that_has_not_run(tmp_path):
    path = tmp_path / "lazy.safetensors"
    tgx.save(model_of().state_dict(), path)
    fresh, seen = model_of(), model_of()
    fresh.load_state_dict(tgx.load(path))
    assert fresh[0].has_uninitialized_params() and fresh[1].has_uninitialized_params()
    assert fresh(image()).shape == (4, 3)
    seen(image())
    with pytest.raises(ShapeError, match="run the lazy model that was saved on an input"):
        seen.load_state_dict(tgx.load(path))
    with pytest.raises(ShapeError, match=NOT_RUN):
        seen.load_state_dict(model_of().state_dict(keep_vars=True))
    fresh = model_of()
    fresh.load_state_dict(model_of().state_dict(keep_vars=True))
    assert fresh[0].has_uninitialized_params()


def test_a_training_of_lazy_norms_goes_on_from_its_checkpoint(tmp_path):
    images, targets = image(), tgx.tensor([0, 1, 2, 1])

    def trained(epochs, folder):
        tgx.manual_seed(0)
        model = model_of()
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        loader = tgx.data.DataLoader(
            tgx.data.TensorDataset(images, targets), batch_size=2, shuffle=True
        )
        train.fit(
            model, nn.functional.cross_entropy, optimizer, loader, epochs=epochs,
            checkpoint=folder, progress=False,
        )  # fmt: skip
        return values(model)

    whole = trained(3, tmp_path / "whole")
    trained(1, tmp_path / "parts")
    assert trained(3, tmp_path / "parts") == whole
