"""compare_activations: its folds, its numbers, its table and its pictures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_classification
from sklearn.model_selection import KFold, StratifiedKFold

import tinygradx as tgx
from tinygradx import nn, optim
from tinygradx.compare import USUAL, ActivationScore, Comparison, stratified_folds
from tinygradx.errors import ArgumentError, DtypeError, ShapeError, UnknownNameError

X, Y = tgx.data.moons(60, noise=0.2)


def build(activation):
    return nn.Sequential(
        nn.Linear(2, 8), activation(), nn.Linear(8, 8), activation(), nn.Linear(8, 2)
    )


def compare(activations, *data, **settings):
    given = {"cv": 3, "seeds": 2, "epochs": 6, **settings}
    return tgx.compare_activations(
        given.pop("build", build), *(data or (X, Y)), activations=activations, **given
    )


# ---- folds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("cv", [2, 3, 5])
def test_folds_are_as_even_as_scikit_learns(cv):
    classes = make_classification(97, n_informative=4, n_classes=3, random_state=0)[1]
    ours = list(stratified_folds(classes, cv))
    theirs = list(StratifiedKFold(cv).split(classes, classes))
    assert sorted(np.concatenate([held for _, held in ours])) == list(range(97))
    for train, held in ours:
        assert not set(train) & set(held) and len(train) + len(held) == 97

    def table(folds):
        return np.array([np.bincount(classes[held], minlength=3) for _, held in folds])

    # As many of each class, but for the one that cannot be shared out evenly.
    assert (np.ptp(table(ours), axis=0) <= 1).all()
    assert (np.sort(table(ours), 0) == np.sort(table(theirs), 0)).all()
    assert np.ptp(table(ours).sum(1)) <= 1
    again = list(stratified_folds(classes, cv))
    assert all((a[1] == b[1]).all() for a, b in zip(ours, again, strict=True))
    other = list(stratified_folds(classes, cv, seed=1))
    assert not all(
        (a[1] == b[1]).all() for a, b in zip(ours, other, strict=True) if len(a) == len(b)
    )


def test_folds_of_others():
    by_hand = [(np.arange(40), np.arange(40, 60)), (np.arange(20, 60), np.arange(20))]
    assert len(compare(["relu"], cv=by_hand, seeds=1).rows[0].scores) == 2
    assert compare(["relu"], cv=KFold(4, shuffle=True, random_state=0)).cv == 4


# ---- numbers ------------------------------------------------------------------------------------


def test_scores_are_those_of_the_same_training_by_hand():
    found = compare(["tanh"], cv=2, seeds=1, epochs=3, standardize=False)
    scores = []
    for place, (train, held) in enumerate(stratified_folds(Y.numpy(), 2)):
        tgx.manual_seed(1000 * place)
        module = build(nn.Tanh)
        optimizer = optim.Adam(module.parameters(), lr=1e-2)
        order = tgx.Generator().manual_seed(1000 * place)
        for _ in range(3):
            shuffled = tgx.randperm(len(train), generator=order).numpy()
            for first in range(0, len(train), 32):
                batch = train[shuffled[first : first + 32]]
                optimizer.zero_grad()
                nn.functional.cross_entropy(module(X[batch]), Y[batch]).backward()
                optimizer.step()
        right = module(X[held]).argmax(1) == Y[held]
        scores.append(right.float().mean().item())
    assert found.rows[0].scores == pytest.approx(scores)
    assert found.rows[0].mean == pytest.approx(np.mean(scores))
    assert found.rows[0].std == pytest.approx(np.std(scores))


def test_it_repeats_and_leaves_the_numbers_of_others_alone():
    tgx.manual_seed(7)
    expected = tgx.rand(3).tolist()
    tgx.manual_seed(7)
    first, again = compare(["relu", "tanh"]), compare(["relu", "tanh"])
    assert tgx.rand(3).tolist() == expected

    def known(found):
        return [row._replace(seconds=0.0, saturated=0.0) for row in found.rows]

    assert known(first) == known(again)
    assert all(row.seconds > 0.0 for row in first.rows)
    # In another company, the same numbers.
    assert known(compare(["tanh"]))[0] in known(first)


def test_gradient_norms_are_those_before_the_first_step():
    (row,) = compare(["relu"], cv=2, seeds=1, standardize=False).rows
    norms = []
    for place, (train, _) in enumerate(stratified_folds(Y.numpy(), 2)):
        tgx.manual_seed(1000 * place)
        module = build(nn.ReLU)
        nn.functional.cross_entropy(module(X[train]), Y[train]).backward()
        norms.append({n: np.linalg.norm(p.grad.numpy()) for n, p in module.named_parameters()})
    assert list(row.gradient_norms) == ["0.weight", "2.weight", "4.weight"]
    for name, norm in row.gradient_norms.items():
        assert norm == pytest.approx(np.mean([n[name] for n in norms]), rel=1e-5)


def test_a_vanishing_gradient_is_seen():
    def deep(activation):
        layers = [nn.Linear(2, 8)]
        for _ in range(6):
            layers += [activation(), nn.Linear(8, 8)]
        return nn.Sequential(*layers, activation(), nn.Linear(8, 2))

    found = compare(["sigmoid", "tanh"], build=deep, epochs=1, seeds=1)
    ratios = {}
    for row in found.rows:
        norms = list(row.gradient_norms.values())
        ratios[row.activation] = norms[0] / norms[-1]
    assert ratios["sigmoid"] < 1e-4 < 0.01 < ratios["tanh"]


class Off(nn.Module):
    """A relu that no sample reaches in half of its units."""

    def forward(self, x):
        half = x.shape[-1] // 2
        return tgx.cat([x[..., :half].relu(), (x[..., half:] - 1e6).relu()], -1)


class Steep(nn.Module):
    """A tanh that every input is far out on."""

    def forward(self, x):
        return (1e6 * x + 1e5).tanh()


def test_dead_and_saturated_units_are_counted():
    found = compare({"off": Off, "steep": Steep, "relu": nn.ReLU, "tanh": nn.Tanh}, seeds=1)
    rows = {row.activation: row for row in found.rows}
    assert 0.5 <= rows["off"].dead < 1.0 and rows["steep"].dead == 0.0
    assert rows["steep"].saturated > 0.95 and rows["tanh"].saturated < 0.2
    assert math.isnan(rows["off"].saturated) and math.isnan(rows["relu"].saturated)


class Broken(nn.Module):
    """Answers numbers once, and then no more."""

    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return x * (1.0 if self.calls < 3 else math.nan)


def test_a_training_without_a_number_is_said():
    found = compare({"broken": Broken, "relu": nn.ReLU}, seeds=1)
    row = next(row for row in found.rows if row.activation == "broken")
    assert row.failures == 3 and row.mean == 0.0
    assert "broken: 3 of 3 trainings ended without a number: they score 0" in repr(found)
    assert found.best.activation == "relu"


def on_curve(activation):
    return nn.Sequential(nn.Linear(1, 8), activation(), nn.Linear(8, 1))


class Sometimes(nn.Module):
    """Answers numbers in the first training, and none in those that follow."""

    made = 0

    def __init__(self):
        super().__init__()
        Sometimes.made += 1
        self.good = Sometimes.made < 3  # the first one is for the compiler

    def forward(self, x):
        return x.tanh() * (1.0 if self.good or not tgx.is_grad_enabled() else math.inf)


def test_a_training_that_went_astray_does_not_win_where_honest_scores_are_negative():
    """R² of noise is below 0: a failed training must rank behind it, not score 0 and win."""
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(2, 24)).astype("f4")
    Sometimes.made = 0
    found = compare(
        {"broken": Broken, "sometimes": Sometimes, "relu": nn.ReLU, "far": Far}, x[:, None], y,
        build=on_curve, seeds=1, epochs=2,
    )  # fmt: skip
    assert [row.activation for row in found.rows] == ["relu", "far", "sometimes", "broken"]
    assert found.best.failures == 0 and -10.0 < found.best.mean < 0.0
    far, sometimes, broken = found.rows[1:]
    assert far.mean < -1e4 and far.failures == 0 and math.isfinite(far.std)
    assert broken.scores == (-math.inf,) * 3 and sometimes.failures == 2
    assert broken.mean == sometimes.mean == -math.inf and broken.std == math.inf
    lines = repr(found).splitlines()
    assert lines[5].split()[:3] == ["broken", "-", "-"] and "nan" not in repr(found)
    assert len({len(line) for line in lines[:6]}) == 1 and "inf" not in repr(found)
    other = f"{sometimes.scores[0]:.4f}"
    assert lines[-1] == (
        "broken: 3 of 3 trainings ended without a number, so it has no mean and ranks last"
    )
    assert lines[-2].endswith(f"ranks last; the mean of the others is {other}")
    ax = found.plot()
    ax.figure.draw_without_rendering()
    dots = [len(line.get_xdata()) for line in ax.lines if line.get_marker() == "o"]
    assert dots == [3, 3, 1, 0]
    assert ax.get_xlim()[0] == -1.0 and "below -1 is not shown" in ax.get_xlabel()
    (right,) = ax.child_axes
    told = [label.get_text() for label in right.get_yticklabels()]
    assert told[2:] == ["no mean, 2 failed", "no mean, 3 failed"] and "e+" in told[1]
    found.plot("gradients").figure.draw_without_rendering()


class Far(nn.Module):
    """A million times too large."""

    def forward(self, x):
        return 1e6 * x


def test_squares_that_overflow_are_counted_in_float64():
    class Huge(nn.Module):
        def forward(self, x):
            return x * 1e25

    x, y = np.random.default_rng(1).normal(size=(2, 24)).astype("f4")
    frozen = {"optimizer": lambda p: optim.SGD(p, lr=0.0), "build": on_curve, "seeds": 1}
    (row,) = compare({"huge": Huge}, x[:, None], y, epochs=1, **frozen).rows
    assert row.mean < -1e40
    x, y = np.random.default_rng(1).normal(size=(2, 24))
    huge = {"huge": lambda: nn.Sequential(Huge(), *[Huge() for _ in range(6)])}
    (row,) = compare(huge, x[:, None], y, epochs=1, **frozen).rows
    assert row.failures == 3 and row.mean == -math.inf


def test_one_failure_ranks_behind_all_that_never_fail():
    good = ROWS[0]._replace(activation="never", mean=0.2)
    found = Comparison([ROWS[1], good], "accuracy", 2, 1)
    assert [row.activation for row in found.rows] == ["never", "tanh"]
    assert repr(found).endswith(
        "tanh: 1 of 2 trainings ended without a number: they score 0, and it ranks last"
    )


# ---- data of other kinds ------------------------------------------------------------------------


@pytest.mark.slow  # without the JIT alone
def test_numbers_are_scored_by_their_variance():
    x = np.linspace(-2.0, 2.0, 60, dtype=np.float32)[:, None]
    y = np.sin(2.0 * x[:, 0])

    def curve(activation):
        return nn.Sequential(nn.Linear(1, 16), activation(), nn.Linear(16, 1))

    found = compare(["tanh", "identity"], x, y, build=curve, epochs=60, lr=0.02)
    assert found.scoring == "R²" and found.best.activation == "tanh"
    assert found.best.mean > 0.8 > 0.5 > found.rows[1].mean
    both = np.stack([y, -y], 1)

    def two(activation):
        return nn.Sequential(nn.Linear(1, 16), activation(), nn.Linear(16, 2))

    assert compare(["tanh"], x, both, build=two, epochs=60, lr=0.02).best.mean > 0.8


def test_words_float64_and_a_single_logit():
    x, y = load_iris(return_X_y=True)
    words = np.array(["a", "b", "c"])[y]

    def three(activation):
        return nn.Sequential(nn.Linear(4, 8), activation(), nn.Linear(8, 3))

    found = compare(["relu"], x, words, build=three, epochs=30)
    assert found.best.mean > 0.9 and found.scoring == "accuracy"

    def one(activation):
        return nn.Sequential(nn.Linear(2, 8), activation(), nn.Linear(8, 1))

    assert compare(["tanh"], X, Y.bool(), build=one, epochs=40).best.mean > 0.8


def test_features_of_other_sizes_are_made_alike_and_constant_ones_do_no_harm():
    wide = np.c_[X.numpy() * [1.0, 1e4], np.ones(60)].astype("f4")

    def three(activation):
        return nn.Sequential(nn.Linear(3, 8), activation(), nn.Linear(8, 2))

    good = compare(["tanh"], wide, Y, build=three, epochs=30).best.mean
    bad = compare(["tanh"], wide, Y, build=three, epochs=30, standardize=False).best.mean
    assert good > 0.8 > bad


def test_an_optimiser_of_your_own():
    frozen = compare(["relu"], optimizer=lambda p: optim.SGD(p, lr=0.0))
    trained = compare(["relu"], optimizer=lambda p: optim.SGD(p, lr=0.5), epochs=20)
    assert trained.best.mean > frozen.best.mean + 0.1


# ---- what it shows ------------------------------------------------------------------------------

ROWS = [
    ActivationScore("relu", 0.9, 0.02, (0.92, 0.88), 0.5, 0.25, math.nan, {"0": 0.1, "2": 0.2}, 0),
    ActivationScore("tanh", 0.95, 0.0, (0.95, 0.95), 0.25, 0.0, 0.5, {"0": 1.0, "2": 4.0}, 1),
]


def test_its_text_is_the_table():
    found = Comparison(ROWS, "accuracy", 2, 1)
    lines = repr(found).splitlines()
    assert lines[0].split() == [
        "activation", "accuracy", "spread", "seconds", "dead", "saturated", "first/last",
    ]  # fmt: skip
    assert lines[3].split() == ["tanh", "0.9500", "±0.0000", "0.250", "0", "%", "50", "%", "0.25"]
    assert lines[2].split() == ["relu", "0.9000", "±0.0200", "0.500", "25", "%", "-", "0.5"]
    assert len({len(line) for line in lines[:4]}) == 1
    assert "2 folds × 1 seeds = 2 trainings" in repr(found)
    assert "tanh: 1 of 2 trainings" in repr(found)
    columns = found.to_dict()
    assert columns["activation"] == ["relu", "tanh"] and columns["mean"] == [0.9, 0.95]


def test_the_picture_of_scores():
    ax = Comparison(ROWS, "accuracy", 2, 1).plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["relu", "tanh"]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    means = [line for line in ax.lines if line.get_marker() != "o"]
    assert [list(line.get_xdata()) for line in dots] == [[0.92, 0.88], [0.95, 0.95]]
    assert [line.get_xdata()[0] for line in means] == [0.9, 0.95]
    low, high = ax.get_ylim()
    assert low > high  # the best is on top
    ax.figure.draw_without_rendering()
    (right,) = ax.child_axes
    told = [label.get_text() for label in right.get_yticklabels()]
    assert told == ["0.900 ± 0.020, dead 25 %", "0.950 ± 0.000, saturated 50 %, 1 failed"]
    assert ax.get_xlabel() == "accuracy, held out"


def test_the_picture_of_gradients():
    from matplotlib.figure import Figure

    own = Figure().add_subplot()
    ax = Comparison(ROWS, "accuracy", 2, 1).plot("gradients", ax=own)
    assert ax is own and ax.get_yscale() == "log"
    assert [list(line.get_ydata()) for line in ax.lines] == [[0.1, 0.2], [1.0, 4.0]]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "2"]
    with pytest.raises(ArgumentError, match='"scores" or "gradients"'):
        Comparison(ROWS, "accuracy", 2, 1).plot("losses")


def test_a_line_for_each_where_wanted(capsys):
    compare(["relu"], verbose=True)
    assert capsys.readouterr().out.startswith("relu: accuracy 0.")


def test_names_of_every_kind(monkeypatch):
    found = compare([nn.ReLU, "prelu", "leaky_relu"], seeds=1, epochs=1)
    assert {row.activation for row in found.rows} == {"ReLU", "prelu", "leaky_relu"}
    assert compare("relu", seeds=1, epochs=1).best.activation == "relu"
    leaky = {"leaky 0.2": lambda: nn.LeakyReLU(0.2)}
    assert compare(leaky, seeds=1, epochs=1).best.activation == "leaky 0.2"
    usual = compare(None, cv=2, seeds=1, epochs=1)
    assert {row.activation for row in usual.rows} == set(USUAL)


# ---- what is refused ----------------------------------------------------------------------------


def test_what_is_refused():
    nan = X.numpy().copy()
    nan[0, 0] = math.nan
    refused = (
        (lambda: compare(["rely"]), UnknownNameError, "not in the registry"),
        (lambda: compare([]), ArgumentError, "compare_activations"),
        (lambda: compare([3]), ArgumentError, "makes no layer"),
        (lambda: compare(["relu"], seeds=0), ArgumentError, "use seeds=1"),
        (lambda: compare(["relu"], epochs=1.5), ArgumentError, "use epochs=1"),
        (lambda: compare(["relu"], batch_size=0), ArgumentError, "use batch_size=1"),
        (lambda: compare(["relu"], cv=1), ArgumentError, "use 2 to 30 folds"),
        (lambda: compare(["relu"], cv=31), ArgumentError, "30 samples in the smallest class"),
        (lambda: compare(["relu"], cv=[]), ArgumentError, r"\(train, held_out\)"),
        (lambda: compare(["relu"], X, Y[:5]), ShapeError, "one y for every x"),
        (lambda: compare(["relu"], X, Y[:, None]), ShapeError, "one class for each sample"),
        (lambda: compare(["relu"], X, Y * 0), ArgumentError, "a single class"),
        (lambda: compare(["relu"], nan, Y), ArgumentError, "fill in what is missing"),
        (lambda: compare(["relu"], X, nan[:, 0]), ArgumentError, "infinity in y"),
        (lambda: compare(["relu"], np.full(60, "a"), Y), DtypeError, "pass numbers"),
        (lambda: compare(["relu"], build=lambda _: nn.Linear(2, 2)), ArgumentError,
         r"activation\(\) in build"),
        (lambda: compare(["relu"], X, Y + (tgx.arange(60) == 0) * 2), ArgumentError, "use 2 to 1"),
        (lambda: compare(["relu"], X, tgx.arange(60) % 3), ShapeError, r"answer \(40, 3\)"),
        (lambda: compare(["relu"], X, X[:, 0]), ShapeError, r"answers \(40, 2\)"),
    )  # fmt: skip
    for call, error, says in refused:
        with pytest.raises(error, match=says):
            call()


def test_running_means_see_the_training_alone():
    seen = []

    class Norm(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.act = nn.BatchNorm1d(8), nn.Tanh()
            seen.append(self.norm)

        def forward(self, x):
            return self.norm(self.act(x))

    def normed(activation):
        return nn.Sequential(nn.Linear(2, 8), activation(), nn.Linear(8, 2))

    compare({"norm": Norm}, build=normed, cv=2, seeds=1, epochs=3, batch_size=30)
    assert [int(norm.num_batches_tracked.item()) for norm in seen] == [1, 3, 3]
