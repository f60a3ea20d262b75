"""Facts: what must be the same for a training to go on from its checkpoint."""

from __future__ import annotations

import functools
import math
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygradx.nn import Module
from tinygradx.nn.loss import Loss
from tinygradx.optim.optimizer import HOW
from tinygradx.tensor import Tensor
from tinygradx.train.progress import Progress, batches_in

if TYPE_CHECKING:
    from tinygradx.train.run import Run

#: What of a scheduler moves while it works. "base_lrs" are told of by the groups.
MOVING = frozenset(
    ("last_epoch", "_step_count", "_last_lr", "_get_lr_called_within_step", "_is_initial",
     "base_lrs", "best", "num_bad_epochs", "cooldown_counter", "T_cur", "T_i")
)  # fmt: skip
#: A longer buffer is told of by its checksum.
LONG = 32


def facts_of(run: Run) -> dict[str, Any]:
    """The facts of a training by name: numbers, text, and lists and dictionaries of them."""
    dataset = getattr(run.loader, "dataset", None)
    scheduler = run.scheduler
    facts = {
        "optimizer": type(run.optimizer).__name__,
        "scheduler": None if scheduler is None else
        f"{type(scheduler).__name__}, each {run.scheduler_each}",
        "schedule": None if scheduler is None else scheduler.state_dict(),
        "group": [_settings_of_group(group, scheduler) for group in run.optimizer.param_groups],
        "loss": _told_loss(run.loss),
        "batches": batches_in(run.loader),
        "batch_size": getattr(run.loader, "batch_size", None),
        "samples": batches_in(dataset) if dataset is not None else None,
        "order": type(getattr(run.loader, "sampler", None)).__name__,
        "clipping": [run.clip_norm, run.clip_value],
        "metrics": [metric.name for metric in run.meters.metrics],
        "validation": run.validation is not None,
        "callback": [
            {"class": type(callback).__name__}
            | {name: getattr(callback, name) for name in callback.settings}
            for callback in run.callbacks if not isinstance(callback, Progress)
        ],
        "model": _told_layers(run.model),
    }  # fmt: skip
    told: dict[str, Any] = plain(facts)
    return told


def _settings_of_group(group: Mapping[str, Any], scheduler: Any) -> dict[str, Any]:
    """The settings of a group; what a scheduler changes is told of by what it began with."""
    left = {"params", "param_names", *HOW}
    if scheduler is not None and "initial_lr" in group:
        left.add("lr")
    if scheduler is not None and "base_momentum" in group:
        left |= {"momentum", "betas"}
    return {name: value for name, value in group.items() if name not in left}


def _told_loss(loss: Any) -> Any:
    """The name of a loss, and its settings."""
    if isinstance(loss, functools.partial):
        return {"function": loss.func, "arguments": loss.args, **loss.keywords}
    if not isinstance(loss, Module):
        return getattr(loss, "__name__", type(loss).__name__)
    weights = dict(loss.named_buffers()) if isinstance(loss, Loss) else {}
    return {"layers": _told_layers(loss), **weights}


def _told_layers(module: Module) -> dict[str, str]:
    """Each layer, with its settings, by its path."""
    return {
        path: f"{type(layer).__name__}({layer.extra_repr()})"
        for path, layer in module.named_modules()
    }


def plain(value: Any) -> Any:
    """A value as a file keeps it, so that it can be compared after reading."""
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items() if name not in MOVING}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (Tensor, np.ndarray)):
        array = value.detach().numpy() if isinstance(value, Tensor) else value
        if array.size <= LONG:
            return plain(array.tolist())
        return f"of shape {array.shape}, checksum {zlib.crc32(array.tobytes()):08x}"
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and math.isnan(value):  # which does not equal itself
        return "nan"
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return getattr(value, "__name__", type(value).__name__)  # its own text may have an address


def differences(name: str, ours: Any, began: Any, now: Any) -> Iterator[str]:
    """What of a fact is neither as it was when the training began, nor as it is in the file.

    The second is so where the same objects go on, whose rates have moved meanwhile.

    Parameters
    ----------
    name : str
        Of the fact.
    ours, began, now : Any
        Here, when the training began, and when the file was written.

    Examples
    --------
    >>> list(differences("schedule", {"gamma": 0.5}, {"gamma": 0.1}, {"gamma": 0.1}))
    ['schedule gamma 0.1, here 0.5']
    """
    if ours in (began, now):
        return
    if isinstance(ours, dict) and isinstance(began, dict):
        file = now if isinstance(now, dict) else {}
        for key in {**began, **ours}:
            told = f"{name} {key}" if key else name
            yield from differences(told, ours.get(key), began.get(key), file.get(key))
    elif _rows(ours) and _rows(began) and len(ours) == len(began):
        files = now if _rows(now) and len(now) == len(ours) else began
        for place, parts in enumerate(zip(ours, began, files, strict=True)):
            yield from differences(f"{name} {place}", *parts)
    else:
        yield f"{name} {began!s:.100}, here {ours!s:.100}"


def _rows(value: Any) -> bool:
    """Whether it is a list of dictionaries, which are compared one by one."""
    return isinstance(value, list) and all(isinstance(part, dict) for part in value)
