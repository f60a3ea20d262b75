"""MLPClassifier and MLPRegressor: layers of weighted sums, trained by gradients."""

from __future__ import annotations

import numbers
import sys
import warnings
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call,
    check_classification_targets,
    unique_labels,
)
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from tinygradx.errors import ArgumentError, user_frame
from tinygradx.graph import no_grad
from tinygradx.nn import functional
from tinygradx.ops.activations import sigmoid, softmax
from tinygradx.sklearn.network import linear_layers, network, optimizer_of
from tinygradx.tensor import tensor

Array = np.ndarray[Any, np.dtype[Any]]

#: The largest mini-batch that `batch_size="auto"` takes; scikit-learn's.
AUTO_BATCH = 200
#: Samples of float32 stay so; all else is computed in float64.
FLOATS = (np.float64, np.float32)


def _learns_in_batches(estimator: Any) -> bool:
    """Whether `partial_fit` makes sense: L-BFGS compares steps on the same data."""
    if estimator.solver == "lbfgs":
        raise AttributeError("partial_fit is not there with solver='lbfgs': use 'adam' or 'sgd'")
    return True


class _MLP(BaseEstimator):  # type: ignore[misc]
    """What the classifier and the regressor share: the settings, and the loop that trains."""

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 1e-4,
        batch_size: Any = "auto",
        learning_rate_init: float = 1e-3,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change

    # ---- what each of the two writes ------------------------------------------------------------

    #: Whether targets are numbers.
    _numeric = True
    # What training leaves behind.
    loss_: float
    loss_curve_: list[float]
    best_loss_: float | None
    validation_scores_: Any
    best_validation_score_: float | None
    classes_: Array

    def _targets(self, y: Any, learn: bool) -> Array:
        """What is to be answered, as the loss takes it; learns which classes there are, or not."""
        raise NotImplementedError

    def _outputs(self, targets: Array) -> int:
        """How many numbers the last layer answers."""
        raise NotImplementedError

    def _loss(self, answers: Any, targets: Any) -> Any:
        """What is made small."""
        raise NotImplementedError

    # ---- training -------------------------------------------------------------------------------

    def fit(self, X: Any, y: Any) -> Self:
        """Train until the loss falls no more, or for `max_iter` epochs.

        Parameters
        ----------
        X : array or sparse matrix
            Samples, of shape (N, features); sparse ones are made dense batch by batch.
        y : array
            What belongs to them.

        Returns
        -------
        estimator
            This one.

        Raises
        ------
        ArgumentError, ValueError
            If a setting or the data make no sense, or the weights are no numbers any more.
        """
        self._check_settings()
        begin = not (self.warm_start and hasattr(self, "module_"))
        X, targets = self._read(X, y, reset=begin, learn=begin)
        if begin:
            self._begin(X, targets)
        held = None
        if self.early_stopping:
            X, held_X, targets, held_targets = train_test_split(
                X, targets, test_size=self.validation_fraction, random_state=self._random,
                stratify=self._strata(targets),
            )  # fmt: skip
            held = held_X, held_targets
        self._train(X, targets, held)
        return self

    def _partial_fit(self, X: Any, y: Any) -> Self:
        """One epoch; the network is made at the first call."""
        self._check_settings()
        begin = not hasattr(self, "module_")
        X, targets = self._read(X, y, reset=begin, learn=False)
        if begin:
            self._begin(X, targets)
        self._epoch(X, targets)
        self.best_loss_ = min(self.loss_curve_)
        return self

    def _read(self, X: Any, y: Any, reset: bool, learn: bool) -> tuple[Any, Array]:
        """Samples and targets, checked by scikit-learn."""
        X, y = validate_data(
            self, X, y, accept_sparse="csr", multi_output=True, y_numeric=self._numeric,
            dtype=FLOATS, reset=reset,
        )  # fmt: skip
        return X, self._targets(y, learn)

    def _strata(self, targets: Array) -> Any:
        """What held-out samples must be shared out by: nothing, for numbers."""
        return None

    def _begin(self, X: Any, targets: Array) -> None:
        """Make the network and the optimiser."""
        self._random = check_random_state(self.random_state)
        self.n_outputs_ = self._outputs(targets)
        self.module_ = network(
            X.shape[1], self._hidden(), self.n_outputs_, self.activation, X.dtype,
            int(self._random.randint(2**31)),
        )  # fmt: skip
        settings = {
            "lr": self.learning_rate_init,
            "tol": self.tol,
            "alpha": self.alpha,
            "momentum": self.momentum,
            "nesterov": self.nesterovs_momentum,
        }
        self._optimizer = optimizer_of(self.solver, self.module_, settings)
        self.n_layers_ = len(self._hidden()) + 2
        self.n_iter_, self.t_ = 0, 0
        self.loss_curve_, self.best_loss_ = [], None
        self.validation_scores_ = [] if self.early_stopping else None
        self.best_validation_score_ = None

    def _train(self, X: Any, targets: Array, held: Any) -> None:
        """Epochs, until nothing is gained for `n_iter_no_change` of them.

        With held-out samples it is the score there that must rise, and the best weights are kept:
        Prechelt (1998), "Early stopping - but when?".
        """
        waited, best_state = 0, None
        best = -np.inf if held is not None else np.inf
        # With L-BFGS, `tol` is about slopes: it stands still where all are smaller.
        gain = 0.0 if self.solver == "lbfgs" else self.tol
        self.n_iter_, first_loss = 0, np.inf
        while self.n_iter_ < self.max_iter:
            loss = self._epoch(X, targets)
            first_loss = loss if self.n_iter_ == 1 else first_loss
            said = f"epoch {self.n_iter_}: loss {loss:.6f}"
            if held is not None:
                score = self._held_score(*held)
                self.validation_scores_.append(score)
                said += f", held-out score {score:.4f}"
                waited = 0 if score >= best + self.tol else waited + 1
                if score > best:
                    best = self.best_validation_score_ = score
                    best_state = {n: v.clone() for n, v in self.module_.state_dict().items()}
            else:
                waited = 0 if loss < best - gain else waited + 1
                best = min(best, loss)
            if self.verbose:
                print(said)
            if waited > self.n_iter_no_change:
                if self.verbose:
                    print(f"stopped: nothing gained in {waited} epochs")
                break
        else:
            self._warn(
                f"ended after max_iter={self.max_iter} epochs while its loss was still falling: "
                "pass a larger max_iter, or a larger learning_rate_init"
            )
        if self.loss_ > first_loss:
            self._warn(
                f"learned nothing: its loss rose from {first_loss:g} to {self.loss_:g}. Scale the "
                "features (StandardScaler), or lower learning_rate_init"
            )
        if best_state is not None:
            self.module_.load_state_dict(best_state)
        self.best_loss_ = None if held is not None else min(self.loss_curve_)

    def _epoch(self, X: Any, targets: Array) -> float:
        """Every sample once, batch by batch; answers the mean loss."""
        count = X.shape[0]
        size = self._batch(count)
        order = self._random.permutation(count) if self.shuffle else np.arange(count)
        total = 0.0
        for first in range(0, count, size):
            batch = order[first : first + size]
            x, t = self._dense(X[batch]), tensor(targets[batch])

            def closure(x: Any = x, t: Any = t) -> Any:
                self._optimizer.zero_grad()
                loss = self._loss(self.module_(x), t) + self._penalty(len(x))
                loss.backward()
                return loss

            total += self._optimizer.step(closure).item() * len(batch)
        self.n_iter_ += 1
        self.t_ += count
        self.loss_ = total / count
        finite = all(np.isfinite(array).all() for array in self.coefs_ + self.intercepts_)
        if not (finite and np.isfinite(total)):
            raise ArgumentError(
                f"train with learning_rate_init={self.learning_rate_init:g}",
                f"weights that are no numbers, and a loss of {self.loss_}, in epoch {self.n_iter_}",
                "scale the features (StandardScaler), or lower learning_rate_init",
            )
        self.loss_curve_.append(self.loss_)
        return self.loss_

    def _penalty(self, count: int) -> Any:
        """`alpha / 2` times the mean square sum of the weights, without the biases.

        AdamW has its own way with it: it shrinks what it changes.
        """
        if not self.alpha or self.solver == "adamw":
            return 0.0
        squares = sum((layer.weight * layer.weight).sum() for layer in linear_layers(self.module_))
        return (0.5 * self.alpha / count) * squares

    def _held_score(self, X: Any, targets: Array) -> float:
        raise NotImplementedError

    def _warn(self, words: str) -> None:
        """Say that a training did not end well, at the user's own line."""
        said = f"{type(self).__name__} {words}"
        warnings.warn(said, ConvergenceWarning, stacklevel=_depth())

    # ---- answering ------------------------------------------------------------------------------

    def _answers(self, X: Any, check: bool = True) -> Any:
        """What the last layer answers, without history."""
        if check:
            check_is_fitted(self, "module_")
            X = validate_data(self, X, accept_sparse="csr", dtype=FLOATS, reset=False)
        with no_grad():
            return self.module_(self._dense(X))

    def _dense(self, X: Any) -> Any:
        """Samples as a tensor in the dtype of the weights."""
        rows = X.toarray() if hasattr(X, "toarray") else X
        return tensor(rows.astype(next(linear_layers(self.module_)).weight.dtype, copy=False))

    @property
    def coefs_(self) -> list[Array]:
        """The weights of each layer, of shape (inputs, outputs)."""
        return [layer.weight.detach().numpy().T for layer in linear_layers(self.module_)]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of each layer, of shape (outputs,)."""
        return [layer.bias.detach().numpy() for layer in linear_layers(self.module_)]

    # ---- settings -------------------------------------------------------------------------------

    def _hidden(self) -> tuple[int, ...]:
        sizes = self.hidden_layer_sizes
        return tuple(sizes) if np.iterable(sizes) else (sizes,)

    def _batch(self, count: int) -> int:
        if self.solver == "lbfgs":
            return count
        return min(AUTO_BATCH if self.batch_size == "auto" else self.batch_size, count)

    def _check_settings(self) -> None:
        """Refuse settings that make no sense, when they are used: scikit-learn's custom."""

        def whole(value: Any) -> bool:
            return isinstance(value, numbers.Integral) and value > 0  # type: ignore[operator]

        def require(name: str, fits: bool, do: str) -> None:
            if not fits:
                raise ArgumentError(
                    f"{type(self).__name__} with {name}={getattr(self, name)!r}",
                    "a value out of its range", do,
                )  # fmt: skip

        require(
            "hidden_layer_sizes",
            all(map(whole, self._hidden())),
            "use a tuple of whole numbers above 0, one for each hidden layer",
        )
        auto = isinstance(self.batch_size, str) and self.batch_size == "auto"
        require(
            "batch_size", auto or whole(self.batch_size), 'use a whole number above 0, or "auto"'
        )
        for name in ("max_iter", "n_iter_no_change"):
            require(name, whole(getattr(self, name)), "use a whole number above 0")
        require("learning_rate_init", self.learning_rate_init > 0.0, "use a number above 0")
        require("alpha", self.alpha >= 0.0, "use a number from 0 on")
        require("momentum", 0.0 <= self.momentum < 1.0, "use a number from 0 to below 1")
        between = 0.0 < self.validation_fraction < 1.0
        require("validation_fraction", between, "use a share between 0 and 1")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _depth() -> int:
    """How far up the user's own line is, for a warning that points there."""
    frame: Any = sys._getframe(1)
    wanted, depth = user_frame(2), 1
    while frame is not None and frame is not wanted:
        frame, depth = frame.f_back, depth + 1
    return depth


class MLPClassifier(ClassifierMixin, _MLP):  # type: ignore[misc]
    """A network that names a class, trained with cross entropy.

    Each layer computes `activation(x @ W + b)`; the last one answers a logit for each class, or a
    single one for two classes. The loss is the mean cross entropy, plus `alpha / 2 / N` times the
    sum of the squares of all weights W. Rumelhart, Hinton & Williams (1986), "Learning
    representations by back-propagating errors".

    Parameters
    ----------
    hidden_layer_sizes : tuple of int
        How many units each hidden layer has; () is logistic regression.
    activation : str
        The name of any activation of the registry, your own included; "logistic" is sigmoid.
    solver : str
        The name of any optimiser of `tinygradx.optim`, in small letters. "lbfgs" takes all samples
        at once, and ignores `batch_size` and `learning_rate_init`.
    alpha : float
        The weight of the L2 penalty; with "adamw", what it calls `weight_decay`.
    batch_size : int or "auto"
        How many samples make one step; "auto" is 200, or all where there are fewer.
    learning_rate_init : float
        The learning rate.
    max_iter : int
        After how many epochs to end at the latest.
    shuffle : bool
        Whether samples come in another order in each epoch.
    random_state : int, RandomState or None
        What weights and orders are drawn from; an int makes a training repeatable.
    tol : float
        A smaller gain of an epoch is none; with "lbfgs", a smaller slope is none.
    verbose : bool
        Whether to print a line for each epoch.
    warm_start : bool
        Whether `fit` goes on from the weights that are there.
    momentum, nesterovs_momentum
        Of "sgd".
    early_stopping : bool
        Whether to hold samples out, stop when their score rises no more, and keep the best weights.
    validation_fraction : float
        The share that is held out then.
    n_iter_no_change : int
        How many epochs without a gain are borne.

    Attributes
    ----------
    module_ : Module
        The network: `draw_dot`, `summary` and all else take it.
    classes_ : array
        The classes, sorted.
    loss_curve_ : list of float
        The mean loss of each epoch.
    coefs_, intercepts_ : list of array
        Weights and biases, layer by layer, as in scikit-learn.
    n_iter_ : int
        How many epochs it took.
    best_loss_, loss_, validation_scores_, best_validation_score_, n_layers_, n_outputs_, t_
        As in scikit-learn's `MLPClassifier`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from tinygradx.sklearn import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> network = MLPClassifier((16,), "gelu", learning_rate_init=0.01, random_state=0)
    >>> model = make_pipeline(StandardScaler(), network).fit(X, y)
    >>> model.score(X, y) > 0.95
    True
    """

    _numeric = False

    def _targets(self, y: Any, learn: bool) -> Array:
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if y.ndim != 1:
            raise ArgumentError(
                "MLPClassifier on several classes at a time", f"y of shape {y.shape}",
                "pass one class for each sample, of shape (N,)",
            )  # fmt: skip
        check_classification_targets(y)
        if learn:
            self.classes_ = unique_labels(y)
        elif not np.isin(y, self.classes_).all():
            strange = np.setdiff1d(y, self.classes_)[:3].tolist()
            raise ArgumentError(
                "go on training MLPClassifier", f"classes that were not there before: {strange}",
                "name all classes at the first partial_fit, or fit anew with warm_start=False",
            )  # fmt: skip
        places: Array = np.searchsorted(self.classes_, y)
        return places

    def _strata(self, targets: Array) -> Any:
        return targets

    def _outputs(self, targets: Array) -> int:
        return 1 if len(self.classes_) == 2 else len(self.classes_)

    def _loss(self, answers: Any, targets: Any) -> Any:
        if self.n_outputs_ == 1:
            return functional.binary_cross_entropy_with_logits(
                answers[:, 0], targets.to(answers.dtype)
            )
        return functional.cross_entropy(answers, targets)

    def _held_score(self, X: Any, targets: Array) -> float:
        chosen = self._chosen(self._answers(X, check=False))
        return float((chosen == targets).sum()) / len(targets)

    def _chosen(self, answers: Any) -> Array:
        """The number of the class with the largest logit."""
        logits: Array = answers.numpy()
        chosen: Array = logits[:, 0] > 0 if self.n_outputs_ == 1 else logits.argmax(1)
        return chosen.astype(int)

    def predict(self, X: Any) -> Array:
        """The most probable class of each sample, of shape (N,)."""
        check_is_fitted(self, "module_")
        chosen: Array = self.classes_[self._chosen(self._answers(X))]
        return chosen

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class, of shape (N, classes), in the order of `classes_`."""
        answers = self._answers(X)
        if self.n_outputs_ == 1 and len(self.classes_) == 2:
            p: Array = sigmoid(answers).numpy()
            return np.hstack([1.0 - p, p])
        return softmax(answers, 1).numpy()  # type: ignore[no-any-return]

    def predict_log_proba(self, X: Any) -> Array:
        """The logarithm of `predict_proba`, from the logits, so that no probability becomes 0."""
        answers = self._answers(X)
        if self.n_outputs_ == 1 and len(self.classes_) == 2:
            both = np.hstack([-answers.numpy(), answers.numpy()])
            return functional.logsigmoid(tensor(both)).numpy()
        return functional.log_softmax(answers, 1).numpy()

    @available_if(_learns_in_batches)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:
        """Train one epoch on more samples.

        Parameters
        ----------
        X, y : array
            As for `fit`.
        classes : array
            All classes that will ever come; needed at the first call alone.

        Returns
        -------
        estimator
            This one.

        Raises
        ------
        ArgumentError, ValueError
            As for `fit`, and if the classes are missing at the first call or differ later.
        """
        if _check_partial_fit_first_call(self, classes):
            self.classes_ = unique_labels(classes)
        return self._partial_fit(X, y)


class MLPRegressor(RegressorMixin, _MLP):  # type: ignore[misc]
    """A network that answers numbers, trained with squared errors.

    Each layer computes `activation(x @ W + b)`, the last one without an activation. The loss is
    half the mean squared error, plus `alpha / 2 / N` times the sum of the squares of all weights W.

    Parameters
    ----------
    hidden_layer_sizes, activation, solver, alpha, batch_size, learning_rate_init, max_iter, shuffle
        As for `MLPClassifier`; () is linear regression.
    random_state, tol, verbose, warm_start, momentum, nesterovs_momentum
        As for `MLPClassifier`.
    early_stopping, validation_fraction, n_iter_no_change
        As for `MLPClassifier`; the score of what is held out is R².

    Attributes
    ----------
    module_, loss_curve_, coefs_, intercepts_, n_iter_
        As for `MLPClassifier`.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygradx.sklearn import MLPRegressor
    >>> X = np.linspace(-2, 2, 200)[:, None]
    >>> model = MLPRegressor((32,), "tanh", solver="lbfgs", max_iter=500, random_state=0)
    >>> model.fit(X, np.sin(2 * X[:, 0])).score(X, np.sin(2 * X[:, 0])) > 0.99
    True
    """

    def _targets(self, y: Any, learn: bool) -> Array:
        return np.asarray(y).reshape(len(y), -1)

    def _outputs(self, targets: Array) -> int:
        return int(targets.shape[1])

    def _loss(self, answers: Any, targets: Any) -> Any:
        return 0.5 * functional.mse_loss(answers, targets.to(answers.dtype))

    def _held_score(self, X: Any, targets: Array) -> float:
        return float(r2_score(targets, self._answers(X, check=False).numpy()))

    def predict(self, X: Any) -> Array:
        """The numbers that belong to each sample, of shape (N,), or (N, outputs)."""
        answers: Array = self._answers(X).numpy()
        return answers.ravel() if self.n_outputs_ == 1 else answers

    @available_if(_learns_in_batches)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any) -> Self:
        """Train one epoch on more samples; see `fit`."""
        return self._partial_fit(X, y)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
