"""compare_activations: every activation on the same folds, with the same seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygradx import optim
from tinygradx.compare.data import folds_of, makers_of, read_data
from tinygradx.compare.result import Comparison, said
from tinygradx.compare.trial import Trial, row_of
from tinygradx.errors import ArgumentError
from tinygradx.ops.random import default_generator


def compare_activations(
    build: Callable[[Any], Any],
    X: Any,
    y: Any,
    cv: Any = 5,
    seeds: int = 3,
    activations: Any = None,
    *,
    epochs: int = 30,
    batch_size: int = 32,
    lr: float = 1e-2,
    optimizer: Callable[[Any], Any] | None = None,
    standardize: bool = True,
    verbose: bool = False,
) -> Comparison:
    """Train a network with one activation after another, and compare what they score.

    Each is trained `seeds` times on each of `cv` folds, and scored on what the fold holds out:
    Stone (1974), "Cross-validatory choice and assessment of statistical predictions". Folds, first
    weights and the order of samples are the same for all. Folds share their samples, so the spread
    is what to expect of one more training, not the error of the mean.

    Parameters
    ----------
    build : callable
        From a class of layers, such as `nn.ReLU`, to a new module: `build(activation)` calls
        `activation()` wherever one belongs.
    X : Tensor or array
        Samples, of shape (N, ...).
    y : Tensor or array
        Classes (whole numbers, bools or words) of shape (N,), for cross entropy and accuracy; or
        numbers (floats) of shape (N,) or (N, outputs), for squared errors and R².
    cv : int, or iterable of pairs
        How many folds; or pairs of indices to train and to score on, as scikit-learn's splitters
        give them. Folds of classes have each class in proportion; they are made here, so that they
        are the same whether scikit-learn is installed or not.
    seeds : int
        How many trainings on each fold.
    activations : sequence or mapping, optional
        Names of the registry, your own included, or classes of layers; or a mapping from a name to
        what makes a layer, as in `{"leaky 0.2": lambda: nn.LeakyReLU(0.2)}`. Nine usual ones when
        left out.
    epochs, batch_size : int
        How long each is trained, and how many samples make one step.
    lr : float
        The learning rate of Adam.
    optimizer : callable, optional
        From parameters to an optimiser, instead of Adam.
    standardize : bool
        Whether each feature gets mean 0 and spread 1, by the numbers of the training fold.
    verbose : bool
        Whether to print a line for each activation.

    Returns
    -------
    Comparison
        Its text is a table; `.rows` has the numbers, and `.plot()` draws them.

    Raises
    ------
    ArgumentError, DtypeError, ShapeError, UnknownNameError
        If the data, the folds or an activation make no sense, or the module answers another number
        of outputs than there are classes.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> X, y = tgx.data.moons(60)
    >>> def build(activation):
    ...     return nn.Sequential(nn.Linear(2, 8), activation(), nn.Linear(8, 2))
    >>> found = tgx.compare_activations(
    ...     build, X, y, cv=3, seeds=1, activations=["relu", "tanh"], epochs=5)
    >>> sorted(row.activation for row in found.rows), len(found.best.scores)
    (['relu', 'tanh'], 3)
    """
    samples, targets, task = read_data(X, y)
    for name, value in (("seeds", seeds), ("epochs", epochs), ("batch_size", batch_size)):
        if not isinstance(value, (int, np.integer)) or value < 1:
            raise ArgumentError(
                f"compare_activations with {name}={value!r:.40}", "no whole number above 0",
                f"use {name}=1 or more",
            )  # fmt: skip
    folds = folds_of(cv, samples, targets, task)
    makers = makers_of(activations)
    chosen = optimizer or (lambda parameters: optim.Adam(parameters, lr=lr))
    trial = Trial(build, task, epochs, batch_size, chosen, standardize)
    state = default_generator.get_state()
    rows = []
    try:
        for name, make in makers.items():
            runs = [
                trial.run(make, name, samples, targets, fold, 1000 * place + seed)
                for place, fold in enumerate(folds)
                for seed in range(seeds)
            ]
            rows.append(row_of(name, runs))
            if verbose:
                print(said(rows[-1], task.scoring))
    finally:
        default_generator.set_state(state)
    return Comparison(rows, task.scoring, len(folds), seeds)
