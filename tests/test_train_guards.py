"""Training that would go wrong unseen: steps undone, optimisers of others, means of losses."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
from trainings import blobs, network, same_weights, trained

import tinygradx as tgx
from tinygradx import nn, optim
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.train import (
    BestCheckpoint,
    Callback,
    EarlyStopping,
    Metric,
    TrainingError,
    evaluate,
    fit,
)

functional = nn.functional


# ---- a step that cannot be ----------------------------------------------------------------------


class Turns(nn.Module):
    """A cross entropy whose gradient, or value, is strange from one look on."""

    def __init__(self, look, strange):
        super().__init__()
        self.look, self.strange, self.looks = look, strange, 0

    def forward(self, prediction, target):
        self.looks += 1
        loss = functional.cross_entropy(prediction, target)
        return self.strange(loss) if self.looks >= self.look else loss


def slope_of_root(loss):
    """The same value, and nan where its slope should be: 0 times the slope of sqrt at 0."""
    return loss + (0.0 * loss).sqrt()


def everything(model, optimizer):
    """All numbers of a model and its optimiser."""
    state = optimizer.state_dict()["state"]
    return [t.numpy().tobytes() for t in model.state_dict().values()], {
        (place, name): value.numpy().tobytes() if isinstance(value, tgx.Tensor) else value
        for place, kept in state.items() for name, value in kept.items()
        if not isinstance(value, list)
    }  # fmt: skip


class Keep(Callback):
    """What everything was after the step that was taken last."""

    def on_train_begin(self, run):
        self.kept = everything(run.model, run.optimizer)

    def on_step_end(self, run):
        self.kept = everything(run.model, run.optimizer)


MAKERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    "Adam": lambda p: optim.Adam(p, lr=0.01),
    "LBFGS": lambda p: optim.LBFGS(p, lr=0.05, max_iter=3),
    "strong Wolfe": lambda p: optim.LBFGS(p, max_iter=3, line_search_fn="strong_wolfe"),
}


@pytest.mark.parametrize("strange", [slope_of_root, lambda loss: loss * math.inf], ids=["g", "f"])
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("look", [1, 3, 6])
def test_a_step_on_what_is_no_number_is_undone(kind, strange, look):
    model = network()
    optimizer = MAKERS[kind](model.parameters())
    keep = Keep()
    loss = Turns(look, strange)
    with pytest.raises(TrainingError) as refused:
        fit(model, loss, optimizer, blobs(), 9, callbacks=keep, progress=False, batch_size=16)
    assert everything(model, optimizer) == keep.kept
    said = str(refused.value)
    assert "the model, its buffers too, is as it was before this step" in said
    assert ("a gradient of '0.weight' with nan or inf" in said) is (strange is slope_of_root)
    assert ("a loss that is inf" in said) is (strange is not slope_of_root)
    assert "detect_anomaly" in said
    if kind in ("SGD", "Adam"):
        assert f"step {look} of the training (epoch 1, batch {look})" in said
    elif look == 3:
        assert "look 3 at the loss" in said
    # What is left can be trained on.
    history = fit(model, nn.CrossEntropyLoss(), optimizer, blobs(), 1, progress=False)
    assert math.isfinite(history["loss"][0])


def test_buffers_that_are_bound_anew_and_lazy_norms_are_put_back():
    class Counts(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear, self.norm = nn.LazyLinear(3), nn.LazyBatchNorm1d()
            self.register_buffer("seen", tgx.zeros(()))
            self.register_buffer("never", None)

        def forward(self, x):
            self.seen = self.seen + 1
            return self.norm(self.linear(x))

    x, y = blobs(32)
    model = Counts()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(TrainingError, match=r"step 1 (.|\n)*a loss that is nan"):
        trained(1, model=model, optimizer=optimizer, data=(x * math.nan, y))
    assert model.seen.item() == 0.0
    assert model.norm.running_mean.tolist() == [0.0] * 3
    assert model.norm.running_var.tolist() == [1.0] * 3
    trained(1, model=model, optimizer=optimizer, data=(x, y))
    seen, mean = model.seen.item(), model.norm.running_mean.tolist()
    with pytest.raises(TrainingError):
        trained(1, model=model, optimizer=optimizer, data=(x * math.nan, y))
    assert (model.seen.item(), model.norm.running_mean.tolist()) == (seen, mean)


def test_a_lazy_layer_that_is_never_called_does_no_harm():
    class Half(nn.Module):
        def __init__(self):
            super().__init__()
            self.idle, self.used = nn.LazyLinear(3), nn.Linear(3, 3)

        def forward(self, x):
            return self.used(x)

    model = Half()
    before = model.used.weight.tolist()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(TrainingError, match=r"a gradient of 'used\.weight' with nan"):
        fit(model, Turns(1, slope_of_root), optimizer, blobs(), 1, progress=False)
    assert model.used.weight.tolist() == before
    trained(1, model=model, optimizer=optimizer)
    assert model.used.weight.tolist() != before


def test_an_error_within_a_step_leaves_no_half_of_it():
    def fails(prediction, target):
        raise ConnectionAbortedError

    model = network()
    before = network()
    with pytest.raises(ConnectionAbortedError):
        fit(model, fails, optim.SGD(model.parameters()), blobs(), 1, progress=False)
    assert same_weights(model, before)  # running means as well


def test_what_was_no_number_before_is_not_promised_to_be_one():
    model = network()
    with tgx.no_grad():
        model[0].bias[2] = math.nan
    with pytest.raises(TrainingError, match=r"'0\.bias' had nan or inf in it before this step"):
        trained(1, model=model)


def test_large_gradients_are_numbers():
    """Their squares overflow in float32, and so does their norm."""

    class Steep(nn.Module):
        def forward(self, prediction, target):
            return (prediction * 1e25).mean()

    def run(**clip):
        tgx.manual_seed(0)
        model = nn.Linear(3, 3)
        before = model.weight.detach().clone()
        optimizer = optim.SGD(model.parameters(), lr=1e-25)
        fit(model, Steep(), optimizer, blobs(), 1, progress=False, **clip)
        return (model.weight - before).abs().max().item()

    assert 0.1 < run() < 10.0
    with pytest.raises(TrainingError, match=r"their norm overflows(.|\n)*clip_value=1e3"):
        run(clip_norm=1.0)
    assert run(clip_norm=1.0, clip_value=1e3) < 1e-20


def test_infinite_gradients_may_be_clipped_but_not_what_is_nan():
    model = nn.Linear(2, 1)
    with tgx.no_grad():
        model.weight.fill_(1.0)
        model.bias.fill_(0.0)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    data = (tgx.ones(4, 2), tgx.zeros(4, 1))

    def root(prediction, target):
        return (prediction - 2.0).sqrt().sum()  # at 0, where its slope is infinite

    fit(model, root, optimizer, data, 1, progress=False, clip_value=1.0)
    assert model.weight.tolist() == [[pytest.approx(0.9)] * 2]
    with pytest.raises(TrainingError, match="'weight' with nan or inf"):
        fit(model, lambda p, t: slope_of_root(p.sum()), optimizer, data, 1, progress=False,
            clip_value=1.0)  # fmt: skip


# ---- whose parameters ---------------------------------------------------------------------------


def test_an_optimizer_of_other_parameters_is_refused():
    model = network()
    before = network()
    for optimizer, got in (
        (optim.SGD(network().parameters()), "6 parameters in the optimizer, which"),
        (optim.SGD([tgx.zeros(2).requires_grad_()]), "1 parameter in the optimizer, which"),
    ):
        with pytest.raises(ArgumentError, match=got) as refused:
            trained(1, model=model, optimizer=optimizer)
        assert "nothing would be learned" in str(refused.value)
        assert "optim.SGD(model.parameters())" in str(refused.value)
    assert same_weights(model, before)
    optimizer = optim.Adam(model.parameters())
    model.requires_grad_(False)
    with pytest.raises(ArgumentError, match="all of them frozen") as refused:
        trained(1, model=model, optimizer=optimizer)
    assert "p.requires_grad_(True)" in str(refused.value)


def test_a_layer_that_was_replaced_since_is_seen():
    model = network()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    model[4] = nn.Linear(8, 3)
    with pytest.raises(ArgumentError, match=r"'4\.weight' of the model not in it") as refused:
        trained(1, model=model, optimizer=optimizer)
    assert "2 parameters in the optimizer that the model does not have" in str(refused.value)
    assert "was a layer replaced since?" in str(refused.value)
    model[4].requires_grad_(False)  # on purpose: the old layer's are there, and do no harm
    head = model[4].weight.tolist()
    trained(1, model=model, optimizer=optimizer)
    assert model[4].weight.tolist() == head


def test_a_part_of_the_model_may_learn_alone():
    model, whole = network(), network()
    before = model[0].weight.tolist()
    optimizer = optim.SGD(model[4].parameters(), lr=0.1)
    trained(1, model=model, optimizer=optimizer)
    assert model[0].weight.tolist() == before
    assert model[4].weight.tolist() != whole[4].weight.tolist()

    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(tgx.ones(()))

        def forward(self, prediction, target):
            return functional.cross_entropy(self.scale * prediction, target)

    loss = Scaled()
    both = optim.SGD([*model.parameters(), *loss.parameters()], lr=0.1)
    fit(model, loss, both, blobs(), 1, progress=False)
    assert loss.scale.item() != 1.0


# ---- the mean of the losses ---------------------------------------------------------------------


class Tokens(nn.Module):
    """Scores of five classes for each place of a sequence."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(5, 5)

    def forward(self, x):
        return self.table(x).transpose(1, 2)


def sequences():
    """Batches of other sizes and lengths, with places that do not count."""
    draw = np.random.default_rng(2)
    batches = []
    for rows, length, empty in ((4, 3, 2), (2, 7, 9), (5, 2, 0)):
        x, t = (draw.integers(0, 5, (rows, length)) for _ in range(2))
        t.reshape(-1)[:empty] = 1
        batches.append((tgx.tensor(x), tgx.tensor(t)))
    return batches


WEIGHT = tgx.tensor([1.0, 2.0, 0.5, 3.0, 4.0])


@pytest.mark.parametrize(
    ("loss", "total", "shares"),
    [
        (nn.CrossEntropyLoss(ignore_index=1), {"ignore_index": 1}, "kept"),
        (nn.CrossEntropyLoss(), {}, "all"),
        (nn.CrossEntropyLoss(weight=WEIGHT), {"weight": WEIGHT}, "weighted"),
        (nn.CrossEntropyLoss(WEIGHT, ignore_index=1),
         {"weight": WEIGHT, "ignore_index": 1}, "both"),
        (nn.CrossEntropyLoss(WEIGHT, ignore_index=1, label_smoothing=0.1),
         {"weight": WEIGHT, "ignore_index": 1, "label_smoothing": 0.1}, "both"),
        (functional.cross_entropy, {}, "all"),
        (partial(functional.cross_entropy, ignore_index=1), {"ignore_index": 1}, "kept"),
        (nn.CrossEntropyLoss(reduction="sum", ignore_index=1), {"ignore_index": 1}, "samples"),
        (partial(functional.cross_entropy, reduction="sum"), {}, "samples"),
    ],
)  # fmt: skip
def test_the_loss_of_an_epoch_does_not_depend_on_how_samples_are_shared_out(loss, total, shares):
    model, batches = Tokens().double(), sequences()
    with tgx.no_grad():
        whole = sum(
            functional.cross_entropy(model(x), t, reduction="sum", **total).item()
            for x, t in batches
        )
    classes = np.concatenate([t.numpy().reshape(-1) for _, t in batches])
    kept, weight = classes != 1, WEIGHT.numpy()
    divisor = {
        "all": classes.size, "kept": kept.sum(), "weighted": weight[classes].sum(),
        "both": weight[classes[kept]].sum(), "samples": sum(len(t) for _, t in batches),
    }[shares]  # fmt: skip
    whole /= float(divisor)
    found = evaluate(model, loss, batches)["loss"]
    assert found == pytest.approx(whole, rel=1e-12)
    still = optim.SGD(model.parameters(), lr=0.0)
    history = fit(model, loss, still, batches, 1, validation=batches, progress=False)
    assert history["loss"] == history["val_loss"] == [pytest.approx(whole, rel=1e-12)]


def test_means_of_elements_and_of_functions_of_ones_own():
    draw = np.random.default_rng(4)
    batches = [tuple(tgx.tensor(draw.normal(size=(2, *shape))) for _ in "xt") for shape in
               ((3, 4), (5, 4), (1, 4))]  # fmt: skip
    model = nn.Identity()
    missed = np.concatenate([(x - t).numpy().reshape(-1) for x, t in batches])
    for loss in (nn.MSELoss(), functional.mse_loss):
        found = evaluate(model, loss, batches)["loss"]
        assert found == pytest.approx((missed**2).mean(), rel=1e-12)
    total = evaluate(model, nn.L1Loss(reduction="sum"), batches)["loss"]
    assert total == pytest.approx(np.abs(missed).sum() / 6, rel=1e-12)
    own = evaluate(model, lambda x, t: (x - t).abs().mean(), batches)["loss"]
    each = [(x - t).abs().mean().item() for x, t in batches]  # by samples: two in each batch
    assert own == pytest.approx(np.mean(each), rel=1e-12)
    scores = [(tgx.tensor(draw.normal(size=(n, 3))), tgx.tensor(np.eye(3)[[0] * n]))
              for n in (2, 5)]  # fmt: skip
    whole = [functional.cross_entropy(x, t, reduction="sum").item() for x, t in scores]
    found = evaluate(model, nn.CrossEntropyLoss(), scores)["loss"]
    assert found == pytest.approx(sum(whole) / 7, rel=1e-12)


def test_evaluate_refuses_what_fit_refuses():
    with pytest.raises(DtypeError, match=r"the class MSELoss itself(.|\n)*MSELoss\(\)"):
        evaluate(network(), nn.MSELoss, blobs())
    with pytest.raises(DtypeError, match="the class Linear itself"):
        evaluate(nn.Linear, nn.MSELoss(), blobs())
    with pytest.raises(ArgumentError, match="walk through data="):
        evaluate(network(), nn.CrossEntropyLoss(), [])


# ---- what is watched ----------------------------------------------------------------------------


def watched(values, callback):
    """A training whose metric answers these values on validation data."""
    left = iter(values)

    class Quality(Metric):
        name = "quality"

        def reset(self):
            self.calls = 0

        def update(self, prediction, target):
            self.judging = len(target) == 40

        def value(self):
            return next(left) if self.judging else 0.0

    return trained(
        len(values), validation=tgx.data.DataLoader(tgx.data.TensorDataset(*blobs(40)), 40),
        metrics=Quality(), callbacks=callback,
    )[1]  # fmt: skip


def test_nan_is_never_better_and_is_said_once(tmp_path):
    nan = math.nan
    early = EarlyStopping(patience=1, mode="min", monitor="val_quality")
    with pytest.warns(UserWarning, match="EarlyStopping watches 'val_quality'") as said:
        history = watched([nan, 3, nan, 4, 1], early)
    assert len(said) == 1 and "nan after epoch 1" in str(said[0].message)
    assert "counts as not better" in str(said[0].message)
    assert history.epochs == 4 and history.stopped and (early.best, early.best_epoch) == (3, 2)
    path = tmp_path / "best.safetensors"
    best = BestCheckpoint(path, monitor="val_quality", mode="max")
    with pytest.warns(UserWarning, match="BestCheckpoint watches"):
        watched([nan, nan], best)
    assert not path.exists() and best.best is None
    with pytest.warns(UserWarning, match="nan after epoch 2"):
        watched([1.0, nan], best)
    assert path.exists() and best.best_epoch == 1


# ---- names --------------------------------------------------------------------------------------


def test_one_metric_under_two_names_keeps_its_own():
    right = tgx.train.Accuracy()

    def bias(prediction, target):
        return (prediction.argmax(1) - target).float().mean()

    _, history = trained(
        1, metrics={"first": right, "second": right, "a": bias, "b": bias, "alone": "accuracy"}
    )
    assert list(history)[1:6] == ["first", "second", "a", "b", "alone"]
    assert history["first"] == history["second"] == history["alone"] != [0.0]
    assert history["a"] == history["b"]
    assert right.name == "accuracy" and bias.__name__ == "bias"
