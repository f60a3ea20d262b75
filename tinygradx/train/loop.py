"""`fit`: the loop over epochs and batches, and `evaluate`, the same without learning."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from tinygradx.data import DataLoader, IterableDataset, TensorDataset
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.nn import Module
from tinygradx.tensor import Tensor, as_tensor
from tinygradx.train import callbacks as calling
from tinygradx.train import metrics as measuring
from tinygradx.train.checkpoint import Checkpoint, random_states, set_random_states
from tinygradx.train.history import History
from tinygradx.train.meters import Meters
from tinygradx.train.progress import Progress, batches_in
from tinygradx.train.run import Clock, Run, check_parts, judge

#: Samples in a batch where nobody said how many.
BATCH = 32


def fit(
    model: Module,
    loss: Any,
    optimizer: Any,
    data: Any,
    epochs: int,
    metrics: Any = (),
    callbacks: Any = (),
    *,
    validation: Any = None,
    scheduler: Any = None,
    scheduler_each: str | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    batch_size: int | None = None,
    shuffle: bool | None = None,
    generator: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int | None = None,
    progress: bool | None = None,
) -> History:
    """Train a model.

    For each batch: forget the gradients, compute the loss, walk back, step.

    Parameters
    ----------
    model : Module
        What is trained. It is in `train()` while it learns and in `eval()` while it is judged, and
        afterwards in the mode that it was in.
    loss : callable
        From (prediction, target) to one number, the mean of the batch: `nn.CrossEntropyLoss()`.
        The losses of `nn` count by what they are the mean of, so that classes which are ignored,
        or have weights, make no difference to how samples are shared out; functions of your own
        count by samples. Of one with `reduction="sum"` the sum is reported, divided by the samples.
    optimizer : Optimizer
        What steps. It may leave out parameters of the model: they stay as they are.
    data : DataLoader, Dataset, or (x, y)
        What to learn from. A pair of tensors or a dataset is shuffled and shared out in batches of
        `batch_size`; any iterable of batches that can be walked again will do, too. The last part
        of a batch is the target, the others are the model's inputs.
    epochs : int
        How often to walk through the data.
    metrics : str, callable, Metric, list or dict of them
        What else to measure: "accuracy", "top5", "mae", "r2", or a function of (prediction, target)
        that answers the mean of a batch. For the data to learn from they are of the predictions
        that were made on the way, before each step.
    callbacks : Callback or callable, or a list of them
        What happens besides: `EarlyStopping`, `BestCheckpoint`, `CSVLog`, `JSONLog`, a subclass of
        `Callback`, or a function of the run that is called after each epoch.
    validation : DataLoader, Dataset, or (x, y), optional
        What to be judged by after each epoch, without learning; "val_loss" and so on.
    scheduler : LRScheduler, optional
        What changes the learning rate. `ReduceLROnPlateau` is given "val_loss", or the loss where
        there is none.
    scheduler_each : {"epoch", "step"}, optional
        When it steps; when left out, `OneCycleLR` and `CyclicLR` after each step, others after each
        epoch, as their documentation says.
    clip_norm, clip_value : float, optional
        The largest norm of all gradients together, and the largest size of an element; the second
        is done first.
    batch_size : int, optional
        32 when left out; only for data that are no loader. `validation` has 32, or is a loader.
    shuffle : bool, optional
        True when left out; only for data that are no loader.
    generator : Generator, optional
        What the order is drawn from; only for data that are no loader.
    checkpoint : path, optional
        A folder. After each epoch everything is written there that is needed to go on; if
        something is there, the training goes on from it. A run that was killed at any moment, and
        started again by the same script, ends with the same weights, bit for bit, as one that was
        not.
    checkpoint_every : int, optional
        Write after so many steps as well.
    progress : bool, optional
        Whether to tell how far it is, on the standard error: a bar at a terminal, plain lines
        elsewhere. True when left out.

    Returns
    -------
    History
        A dictionary of lists, with one number for each epoch: "loss", the metrics, the same with
        "val_" in front, "lr" (of the first group, before a scheduler of epochs changes it), and
        "seconds" of learning, without those that kernels took to compile.

    Raises
    ------
    TrainingError
        If the loss or a gradient is nan or infinite. That step is undone: weights, buffers and the
        optimiser are as they were before it.
    CheckpointError
        If there is a checkpoint that is damaged, or of another training. Nothing is changed.
    ArgumentError, DtypeError, ShapeError
        If something is out of its range, or of the wrong kind; if the optimiser has no parameter
        of the model that learns, or some of layers that were replaced since.

    Notes
    -----
    Ctrl-C ends the training after the step that is under way, with a checkpoint where there is a
    folder for it, and the history is returned with `interrupted=True`; a second one raises
    KeyboardInterrupt at once. What was measured of validation data by then is measured again.

    A checkpoint is only gone on from by the same training: layers and their settings, the loss, the
    settings of optimiser, schedule and early stopping, the batches. `epochs` may be larger than
    before. What a function of your own does, and what the data are, cannot be compared.

    What a checkpoint keeps besides model, optimiser and scheduler: all random numbers (tinygradx's,
    those of loaders and samplers, Python's `random` and NumPy's global ones), the place within the
    epoch, the history, what callbacks remember. A generator that a dataset has made for itself is
    not known here.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn, optim
    >>> _ = tgx.manual_seed(0)
    >>> (x, y), held_out = tgx.data.split(*tgx.data.moons(300))
    >>> model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
    >>> history = tgx.train.fit(
    ...     model, nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=0.05), (x, y),
    ...     epochs=20, metrics="accuracy", validation=held_out, progress=False,
    ... )
    >>> list(history)
    ['loss', 'accuracy', 'val_loss', 'val_accuracy', 'lr', 'seconds']
    >>> history["val_accuracy"][-1] > 0.9
    True
    """
    loader = _loader(
        data, "data", True, batch_size=batch_size, shuffle=shuffle, generator=generator
    )
    judged = None if validation is None else _loader(validation, "validation")
    if judged is not None and batches_in(judged) == 0:
        raise _no_batch("validation", "no batch")
    own = calling.made(callbacks)
    run = Run(model, loss, optimizer, loader, epochs, measuring.made(metrics), own, judged)
    run.schedule(scheduler, scheduler_each)
    run.clip(clip_norm, clip_value)
    kept = None if checkpoint is None else Checkpoint(checkpoint, run, checkpoint_every)
    if checkpoint_every is not None and kept is None:
        raise ArgumentError(
            "train with checkpoint_every=", "no folder to write to", 'add checkpoint="run"'
        )
    shown = Progress(run) if progress is None or progress else None
    run.callbacks = [*own, *([shown] if shown else [])]
    modes = [(module, module.training) for module in model.modules()]
    try:
        with _held_interrupts(run):
            _train(run, kept)
    finally:
        if shown:
            shown.close()
        for module, mode in modes:
            module.training = mode
    return run.history


def evaluate(
    model: Module, loss: Any, data: Any, metrics: Any = (), *, batch_size: int | None = None
) -> dict[str, float]:
    """Measure a model without learning.

    Parameters
    ----------
    model, loss, data, metrics
        As for `fit`.
    batch_size : int, optional
        32 when left out; only for data that are no loader.

    Returns
    -------
    dict
        "loss", and the metrics by name.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> x = tgx.tensor([[1.0], [2.0]])
    >>> tgx.train.evaluate(nn.Identity(), nn.MSELoss(), (x, x + 1), "mae")
    {'loss': 1.0, 'mae': 1.0}
    """
    batches = _loader(data, "data", batch_size=batch_size)
    check_parts(model, loss)
    meters = Meters(measuring.made(metrics), loss)
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        judge(model, loss, batches, meters)
    finally:
        for module, mode in modes:
            module.training = mode
    if not meters.samples:
        raise _no_batch("data", "no batch")
    return meters.values()


# ---- the loop -----------------------------------------------------------------------------------


def _train(run: Run, kept: Checkpoint | None) -> None:
    if kept is not None:
        kept.load()
    run.prepare()
    for callback in run.callbacks:
        callback.on_train_begin(run)
    try:
        # An epoch that a killed run had begun is ended, even if it was asked to stop after it.
        while run.epoch < run.epochs and (run.batch or not run.stop) and not run.interrupted:
            _epoch(run, kept)
    except KeyboardInterrupt:
        if run.history.interrupted:  # the second one
            raise
        run.interrupted = True
    run.history.interrupted = run.interrupted
    run.history.stopped = run.stop and run.epoch < run.epochs
    for callback in run.callbacks:
        callback.on_train_end(run)


def _epoch(run: Run, kept: Checkpoint | None) -> None:
    """Learn from every batch once, and be judged."""
    clock = Clock(run)  # goes on where a run stood that was killed in this epoch
    if run.batch == 0:
        run.meters.reset()
        for callback in run.callbacks:
            callback.on_epoch_begin(run)
    run.model.train()
    walk = iter(kept.batches() if kept else run.loader)
    try:
        for batch in walk:
            run.learn(batch)
            clock.read()
            _after_step(run, kept)
    finally:  # an error holds on to the walk, whose threads would then wait for it
        if walk is not run.loader:
            getattr(walk, "close", bool)()
    if not run.meters.samples:
        raise _no_batch("data", "no batch any more" if run.epoch else "no batch")
    measured = run.meters.values()
    if run.validation is not None:
        measured |= _validated(run, kept)
    run.end_epoch(measured)
    for callback in run.callbacks:
        callback.on_epoch_end(run)
    if kept is not None:
        kept.save()


def _after_step(run: Run, kept: Checkpoint | None) -> None:
    for callback in run.callbacks:
        callback.on_step_end(run)
    if kept is not None and (run.interrupted or kept.due()):
        kept.save()
    if run.interrupted:
        raise KeyboardInterrupt


def _validated(run: Run, kept: Checkpoint | None) -> dict[str, float]:
    """The numbers for the data to be judged by."""
    learned = kept and (run.meters.state_dict(), random_states(run))
    run.meters.reset()
    run.model.eval()
    try:
        judge(run.model, run.loss, run.validation, run.meters, lambda: run.interrupted)
    except KeyboardInterrupt:
        if kept and learned and not run.history.interrupted:  # the second one waits for nothing
            run.meters.load_state_dict(learned[0])
            set_random_states(run, learned[1])
            kept.save()
        raise
    if not run.meters.samples:
        raise _no_batch("validation", "no batch any more" if run.epoch else "no batch")
    return run.meters.values("val_")


def _no_batch(name: str, got: str) -> ArgumentError:
    """The error for data that are empty."""
    return ArgumentError(
        f"walk through {name}=", got,
        "pass data that are not empty, and that can be walked again: no iterator, but a list; with "
        "drop_last=True, at least as many samples as are in a batch",
    )  # fmt: skip


@contextmanager
def _held_interrupts(run: Run) -> Iterator[None]:
    """Let a first Ctrl-C be seen when a step is over; a second one interrupts at once."""
    default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or not default:
        yield  # somebody else handles it, or it goes to another thread
        return

    def note(number: int, frame: FrameType | None) -> None:
        if run.interrupted:
            run.history.interrupted = True
            raise KeyboardInterrupt
        run.interrupted = True

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


# ---- the data -----------------------------------------------------------------------------------


def _loader(data: Any, name: str, shuffled: bool = False, **given: Any) -> Iterable[Any]:
    """What can be walked batch by batch.

    `given` has what the caller said of batches: None where nothing.
    """
    if isinstance(data, tuple):
        wrong = next((part for part in data if not getattr(part, "shape", ())), None)
        if wrong is not None or not data:
            raise DtypeError(
                f"train with {name}=", f"a tuple with a {type(wrong).__name__} in it",
                "pass (x, y), both tensors or arrays of samples",
            )  # fmt: skip
        data = TensorDataset(*(p if isinstance(p, Tensor) else as_tensor(p) for p in data))
    if isinstance(data, DataLoader) or not _has_places(data):
        said = next((key for key, value in given.items() if value is not None), None)
        if said is not None:
            raise ArgumentError(
                f"train with {said}=", f"{name} that are a {type(data).__name__} already",
                f"leave {said} out, or pass the dataset itself",
            )  # fmt: skip
        if not hasattr(data, "__iter__"):
            raise DtypeError(
                f"train with {name}=", f"a {type(data).__name__}",
                "pass (x, y), a Dataset, or a DataLoader",
            )  # fmt: skip
        return data  # type: ignore[no-any-return]
    chosen = {"batch_size": BATCH, "shuffle": shuffled}
    return DataLoader(data, **chosen | {key: x for key, x in given.items() if x is not None})


def _has_places(data: Any) -> bool:
    """Whether it is a dataset rather than a list of batches."""
    return (
        hasattr(data, "__getitem__") and hasattr(data, "__len__")
        and not isinstance(data, (list, dict, Tensor, IterableDataset))
    )  # fmt: skip
