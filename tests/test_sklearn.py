"""The estimators: scikit-learn's own checks, its tools, and its own networks beside ours."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import neural_network as theirs
from sklearn.base import clone
from sklearn.datasets import load_iris, make_classification, make_moons, make_regression
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import tinygradx as tgx
from tinygradx.errors import ArgumentError, UnknownNameError
from tinygradx.sklearn import MLPClassifier, MLPRegressor
from tinygradx.sklearn.network import SOLVERS, activation_layer, widening

ROOT = Path(tgx.__file__).parent.parent
MOONS = make_moons(200, noise=0.2, random_state=0)
IRIS = load_iris(return_X_y=True)
NUMBERS = make_regression(100, 4, noise=1.0, random_state=0)
NUMBERS = StandardScaler().fit_transform(NUMBERS[0]), NUMBERS[1] / 100.0


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [MLPClassifier((8,)), MLPRegressor((8,))])
def test_scikit_learns_own_checks(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(estimator, on_fail=None)
    failed = [r["check_name"] for r in results if r["status"] not in ("passed", "skipped")]
    assert failed == []
    passed = [r["check_name"] for r in results if r["status"] == "passed"]
    assert len(passed) > 45 and "check_estimators_pickle" in passed
    assert len([r for r in results if r["status"] == "skipped"]) <= 2  # pandas, the array API


def test_a_check_would_notice():
    class Broken(MLPClassifier):
        def predict(self, X):
            self.touched = True
            return super().predict(X)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(Broken((2,), max_iter=2), on_fail=None)
    assert "check_dict_unchanged" in [r["check_name"] for r in results if r["status"] == "failed"]


# ---- beside scikit-learn's own ------------------------------------------------------------------


def quiet(estimator, X, y):
    """Fitted, whether it was ready or not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.fit(X, y)


def copied(ours, other):
    """Our estimator with scikit-learn's weights."""
    state = {}
    layers = [n.removesuffix(".weight") for n in ours.module_.state_dict() if "weight" in n]
    for name, w, b in zip(layers, other.coefs_, other.intercepts_, strict=True):
        state |= {f"{name}.weight": w.T.copy(), f"{name}.bias": b}
    ours.module_.load_state_dict(state)
    return ours


@pytest.mark.parametrize("data", [MOONS, IRIS], ids=["two classes", "three classes"])
def test_the_same_weights_answer_the_same_as_scikit_learns(data):
    X, y = data
    other = quiet(theirs.MLPClassifier((5, 4), "tanh", max_iter=5, random_state=0), X, y)
    ours = copied(quiet(MLPClassifier((5, 4), "tanh", max_iter=1, random_state=0), X, y), other)
    assert_allclose(ours.predict_proba(X), other.predict_proba(X), rtol=1e-9, atol=1e-12)
    assert_allclose(ours.predict_log_proba(X), other.predict_log_proba(X), rtol=1e-9, atol=1e-9)
    assert_array_equal(ours.predict(X), other.predict(X))
    assert ours.score(X, y) == other.score(X, y)
    for mine, known in zip(ours.coefs_ + ours.intercepts_, other.coefs_ + other.intercepts_,
                           strict=True):  # fmt: skip
        assert_array_equal(mine, known)


@pytest.mark.parametrize("case", ["two", "three", "numbers"])
@pytest.mark.parametrize("solver", [{"momentum": 0.0}, {"momentum": 0.9},
                                    {"momentum": 0.5, "nesterovs_momentum": False}])  # fmt: skip
def test_plain_descent_takes_scikit_learns_path(case, solver):
    kind = "MLPClassifier" if case in ("two", "three") else "MLPRegressor"
    X, y = {"two": MOONS, "three": IRIS}.get(case, NUMBERS)
    settings = {
        "hidden_layer_sizes": (6,), "activation": "relu", "solver": "sgd", "alpha": 0.5,
        "learning_rate_init": 0.05, "batch_size": len(X), "shuffle": False, "random_state": 0,
        **solver,
    }  # fmt: skip
    other, ours = getattr(theirs, kind)(**settings), globals()[kind](**settings)
    classes = {"classes": np.unique(y)} if kind == "MLPClassifier" else {}
    other.partial_fit(X, y, **classes)
    copied(ours.partial_fit(X, y, **classes), other)
    # After the first step, both know nothing of a velocity again.
    for velocity in other._optimizer.velocities:
        velocity[...] = 0.0
    ours._optimizer.state.clear()
    for _ in range(10):
        other.partial_fit(X, y), ours.partial_fit(X, y)
        assert ours.loss_ == pytest.approx(other.loss_, rel=1e-10)
    for mine, known in zip(ours.coefs_ + ours.intercepts_, other.coefs_ + other.intercepts_,
                           strict=True):  # fmt: skip
        assert_allclose(mine, known, rtol=1e-9, atol=1e-11)
    assert (ours.n_layers_, ours.n_outputs_, ours.t_) == (
        other.n_layers_,
        other.n_outputs_,
        other.t_,
    )


@pytest.mark.slow  # without the JIT alone
def test_it_learns_as_well_as_scikit_learns():
    X, y = StandardScaler().fit_transform(MOONS[0]), MOONS[1]
    settings = {"hidden_layer_sizes": (16,), "learning_rate_init": 0.02, "random_state": 0}
    scores = [
        cross_val_score(kind(max_iter=150, **settings), X, y, cv=3).mean()
        for kind in (quietly(MLPClassifier), quietly(theirs.MLPClassifier))
    ]
    assert scores[0] > scores[1] - 0.03 and scores[0] > 0.9
    ours = MLPRegressor((16,), "tanh", solver="lbfgs", max_iter=300, random_state=0)
    line = np.linspace(-2, 2, 80)[:, None]
    assert quiet(ours, line, np.sin(2 * line[:, 0])).score(line, np.sin(2 * line[:, 0])) > 0.99


def quietly(kind):
    """The class, whose `fit` does not warn of its last epoch."""

    class Quiet(kind):
        def fit(self, X, y):
            return quiet(super(), X, y)

    return Quiet


# ---- scikit-learn's tools -----------------------------------------------------------------------


@pytest.mark.slow  # without the JIT alone
def test_searches_and_pipelines():
    pipe = make_pipeline(
        StandardScaler(), quietly(MLPClassifier)((8,), max_iter=20, random_state=0)
    )
    grid = {
        "quiet__activation": ["relu", "gelu"], "quiet__learning_rate_init": [0.0001, 0.05],
    }  # fmt: skip
    search = GridSearchCV(pipe, grid, cv=3, n_jobs=1).fit(*IRIS)
    assert search.best_params_["quiet__learning_rate_init"] == 0.05
    assert search.best_score_ > 0.9
    assert search.predict(IRIS[0][:1]).tolist() == [0]


def test_a_seed_repeats_the_training_and_a_clone_knows_nothing():
    X, y = IRIS
    first = quiet(MLPClassifier((5,), max_iter=3, random_state=1), X, y)
    again = quiet(clone(first), X, y)
    assert first.loss_curve_ == again.loss_curve_
    assert_array_equal(first.coefs_[0], again.coefs_[0])
    other = quiet(MLPClassifier((5,), max_iter=3, random_state=2), X, y)
    assert other.loss_curve_ != first.loss_curve_
    assert not hasattr(clone(first), "module_")


def test_the_numbers_of_others_are_left_alone():
    tgx.manual_seed(3)
    expected = tgx.rand(2).tolist()
    tgx.manual_seed(3)
    quiet(MLPClassifier((5,), max_iter=2, random_state=1), *IRIS)
    assert tgx.rand(2).tolist() == expected


def test_a_copy_goes_on_where_it_stood():
    X, y = IRIS
    model = MLPClassifier((5,), random_state=0).partial_fit(X, y, classes=[0, 1, 2])
    other = ForkingPickler.loads(bytes(ForkingPickler.dumps(model)))  # as another process would
    for _ in range(3):
        model.partial_fit(X, y), other.partial_fit(X, y)
    assert model.loss_curve_ == other.loss_curve_ and len(model.loss_curve_) == 4
    assert_array_equal(model.predict_proba(X), other.predict_proba(X))


def test_warm_start_goes_on_and_a_cold_one_begins_anew():
    X, y = IRIS
    warm = MLPClassifier((5,), max_iter=3, warm_start=True, random_state=0)
    quiet(warm, X, y), quiet(warm, X, y)
    assert len(warm.loss_curve_) == 6 and warm.loss_curve_[3] < warm.loss_curve_[2]
    cold = MLPClassifier((5,), max_iter=3, random_state=0)
    quiet(cold, X, y), quiet(cold, X, y)
    assert len(cold.loss_curve_) == 3
    with pytest.raises(ArgumentError, match=r"not there before: \[3\]"):
        warm.fit(X, y + 1)


@pytest.mark.slow  # without the JIT alone
def test_early_stopping_keeps_the_best():
    X, y = make_classification(300, 10, flip_y=0.3, random_state=0)
    model = MLPClassifier(
        (64,), early_stopping=True, learning_rate_init=0.02, max_iter=200, random_state=0,
        n_iter_no_change=5,
    ).fit(X, y)  # fmt: skip
    assert 6 <= model.n_iter_ < 200 and model.best_loss_ is None
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert len(model.validation_scores_) == model.n_iter_
    assert model.validation_scores_[-1] <= model.best_validation_score_
    numbers = MLPRegressor(early_stopping=True, max_iter=300, random_state=0).fit(*NUMBERS)
    assert numbers.best_validation_score_ == max(numbers.validation_scores_)


def test_it_stops_when_nothing_is_gained(capsys):
    model = MLPRegressor((), tol=10.0, n_iter_no_change=3, verbose=True, random_state=0)
    model.fit(*NUMBERS)
    said = capsys.readouterr().out
    assert model.n_iter_ == 5  # the first gains, four do not
    assert "epoch 1: loss" in said and "stopped: nothing gained in 4 epochs" in said
    with pytest.warns(ConvergenceWarning, match="max_iter=2 epochs") as caught:
        MLPRegressor((), max_iter=2).fit(*NUMBERS)
    assert caught[0].filename == __file__


def test_no_hidden_layer_is_linear_regression():
    X, y = NUMBERS
    model = MLPRegressor((), solver="lbfgs", alpha=0.0, tol=1e-10, max_iter=200, random_state=0)
    model.fit(X, y)
    known, *_ = np.linalg.lstsq(np.c_[X, np.ones(len(X))], y, rcond=None)
    assert_allclose(np.r_[model.coefs_[0][:, 0], model.intercepts_[0]], known, atol=1e-4)


def test_sparse_samples_and_float32():
    from scipy import sparse

    X, y = IRIS
    dense = quiet(MLPClassifier((5,), max_iter=3, random_state=0), X, y)
    thin = quiet(MLPClassifier((5,), max_iter=3, random_state=0), sparse.csr_matrix(X), y)
    assert thin.loss_curve_ == dense.loss_curve_
    assert_array_equal(thin.predict(sparse.csc_matrix(X)), dense.predict(X))
    single = quiet(MLPClassifier((5,), max_iter=3, random_state=0), X.astype("f4"), y)
    assert single.coefs_[0].dtype == np.float32 and dense.coefs_[0].dtype == np.float64
    assert single.predict_proba(X.astype("f4")).dtype == np.float32


@pytest.mark.parametrize("name", [n for n in tgx.activations if "step" not in n])
def test_every_activation_of_the_registry(name):
    X, y = IRIS
    model = MLPClassifier((6, 4), name, max_iter=2, random_state=0)
    assert quiet(model, X, y).predict_proba(X).shape == (150, 3)
    assert [w.shape[0] for w in model.coefs_] == [4, 6, 4]
    assert model.coefs_[0].shape[1] == 6 * widening(name)


def test_logistic_is_sigmoid():
    assert type(activation_layer("logistic")).__name__ == "Sigmoid"
    assert widening("glu") == 2 and widening("relu") == 1


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_optimiser(solver):
    model = MLPRegressor((4,), solver=solver, max_iter=15, learning_rate_init=0.01, random_state=0)
    losses = quiet(model, *NUMBERS).loss_curve_
    assert losses[-1] < losses[0]


def test_a_penalty_makes_weights_small():
    small, large = (
        quiet(MLPRegressor((8,), alpha=a, max_iter=60, learning_rate_init=0.02, random_state=0),
              *NUMBERS)
        for a in (0.0, 100.0)
    )  # fmt: skip
    assert np.abs(large.coefs_[0]).mean() < 0.5 * np.abs(small.coefs_[0]).mean()
    decayed = MLPRegressor((8,), solver="adamw", alpha=5.0, max_iter=60, learning_rate_init=0.02,
                           random_state=0)  # fmt: skip
    assert np.abs(quiet(decayed, *NUMBERS).coefs_[0]).mean() < np.abs(small.coefs_[0]).mean()


def test_labels_of_any_kind():
    X, y = IRIS
    words = np.array(["rose", "iris", "lily"])[y]
    model = quiet(
        MLPClassifier((5,), max_iter=60, learning_rate_init=0.05, random_state=0), X, words
    )
    assert model.classes_.tolist() == ["iris", "lily", "rose"]
    assert set(model.predict(X)) <= set(words) and model.score(X, words) > 0.9
    with pytest.warns(DataConversionWarning):
        quiet(clone(model), X, words[:, None])


# ---- what is refused ----------------------------------------------------------------------------


def test_what_is_refused():
    X, y = IRIS
    for settings, says in (
        ({"hidden_layer_sizes": (0,)}, "one for each hidden layer"),
        ({"hidden_layer_sizes": (2.5,)}, "one for each hidden layer"),
        ({"batch_size": 0}, '"auto"'), ({"batch_size": "all"}, '"auto"'),
        ({"max_iter": 0}, "max_iter=0"), ({"n_iter_no_change": -1}, "n_iter_no_change=-1"),
        ({"learning_rate_init": 0.0}, "learning_rate_init"), ({"alpha": -1.0}, "alpha=-1"),
        ({"momentum": 1.0}, "momentum=1"), ({"validation_fraction": 1.0}, "validation_fraction"),
    ):  # fmt: skip
        with pytest.raises(ArgumentError, match=says):
            MLPClassifier(**settings).fit(X, y)
    with pytest.raises(UnknownNameError, match=r"activation='rely'(.|\n)*relu"):
        MLPClassifier(activation="rely").fit(X, y)
    with pytest.raises(UnknownNameError, match=r"solver='adm'(.|\n)*adamw"):
        MLPClassifier(solver="adm").fit(X, y)
    with pytest.raises(ArgumentError, match="one class for each sample"):
        MLPClassifier().fit(X, np.stack([y, y], 1))
    with pytest.raises(ArgumentError, match=r"StandardScaler"):
        MLPRegressor((), solver="sgd", learning_rate_init=1e200).fit(X, y)
    with pytest.warns(ConvergenceWarning, match=r"loss rose from .* to .*StandardScaler"):
        MLPRegressor((), solver="sgd", learning_rate_init=10.0).fit(X, y)
    with pytest.raises(AttributeError, match="partial_fit"):
        MLPClassifier(solver="lbfgs").partial_fit(X, y, classes=[0, 1, 2])
    assert not hasattr(MLPClassifier(solver="lbfgs"), "partial_fit")
    with pytest.raises(ValueError, match="classes must be passed"):
        MLPClassifier().partial_fit(X, y)


def test_without_scikit_learn_the_error_names_the_extra(tmp_path):
    (tmp_path / "sklearn.py").write_text("raise ImportError('not here')")
    code = (
        "import sys, tinygradx\n"
        "assert 'sklearn' not in sys.modules\n"
        "try:\n    tinygradx.sklearn\n"
        "except ImportError as error:\n    print(error)\n"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, capture_output=True,
        text=True, check=True, timeout=60,
    )  # fmt: skip
    assert "pip install 'tinygradx[sklearn]'" in done.stdout


def test_several_numbers_at_a_time():
    X, y = NUMBERS
    both = np.stack([y, -2.0 * y], 1)
    model = quiet(MLPRegressor((16,), solver="lbfgs", max_iter=200, random_state=0), X, both)
    assert model.predict(X).shape == (100, 2) and model.n_outputs_ == 2
    assert model.score(X, both) > 0.99
    assert model.predict(X[:1]).shape == (1, 2)
