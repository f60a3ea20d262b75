"""Checkpoints: everything a training needs to go on as if it had never been killed."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, TeachingError
from tinygradx.graph import no_grad
from tinygradx.nn import Module
from tinygradx.nn.parameter import is_lazy
from tinygradx.ops.random import Generator, default_generator
from tinygradx.serialization import FileError, load, save
from tinygradx.train.facts import differences, facts_of
from tinygradx.train.history import History
from tinygradx.train.progress import Progress
from tinygradx.train.run import Run

#: The file in the folder, what it calls itself, and the version of its form.
FILE, FORMAT, VERSION = "checkpoint.safetensors", "tinygradx.train", 2


class CheckpointError(TeachingError, RuntimeError, ValueError):
    """A checkpoint that is damaged, or of another training."""


class Checkpoint:
    """The file that a run is written to, and read from.

    Parameters
    ----------
    folder : path
        Made if need be.
    run : Run
        Whose it is.
    every : int, optional
        Write after so many steps, besides after each epoch.

    Raises
    ------
    ArgumentError
        If the optimiser changes what belongs neither to the model nor to the loss, so that it
        would not be in the file; or `every` is no number of steps.
    """

    def __init__(self, folder: str | os.PathLike[str], run: Run, every: int | None) -> None:
        if every is not None and (not isinstance(every, int) or every < 1):
            raise ArgumentError(
                f"train with checkpoint_every={every!r:.40}", "no number of steps",
                "use a whole number from 1 on",
            )  # fmt: skip
        self.run, self.every = run, every
        self.facts = facts_of(run)  # as they are at the beginning: rates move, lazy layers grow
        self.path = Path(folder) / FILE
        self._check_known()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArgumentError(
                f"train with checkpoint={str(folder)!r}", f"no folder: {error.strerror}",
                "name a folder, or one that can be made",
            ) from error  # fmt: skip
        for left in self.path.parent.glob(f".{FILE}.*.part"):  # of a run killed while it wrote
            left.unlink(missing_ok=True)
        self.began: dict[str, Any] = {}  # the random numbers at the beginning of this epoch
        self.now: dict[str, Any] | None = None  # and where a killed run stood within it

    def _check_known(self) -> None:
        known = {id(p) for part in self.run.modules() for p in part.parameters()}
        if any(id(p) not in known for p in self.run.parameters()):
            raise ArgumentError(
                "train with checkpoint=",
                "an optimizer that changes what is neither in the model nor in the loss",
                "make it an nn.Parameter of the model, so that it is saved with it",
            )

    # ---- writing --------------------------------------------------------------------------------

    def due(self) -> bool:
        """Whether it is time to write after a step."""
        return self.every is not None and self.run.step % self.every == 0

    def save(self) -> None:
        """Write everything; the file is the old one or the new one at any moment."""
        run = self.run
        states = random_states(run)
        history = {name: list(numbers) for name, numbers in run.history.items()}
        scheduler = None if run.scheduler is None else run.scheduler.state_dict()
        content = {
            "format": FORMAT, "version": VERSION, "facts": self.facts, "facts_now": facts_of(run),
            "modules": [_module_state(module) for module in run.modules()],
            "optimizer": run.optimizer.state_dict(), "scheduler": scheduler,
            "callbacks": [callback.state_dict() for callback in _owned(run)],
            "place": {"epoch": run.epoch, "batch": run.batch, "step": run.step,
                      "seconds": run.seconds, "stop": run.stop},
            "meters": run.meters.state_dict(), "history": history, "latest": run.latest,
            "compile_seconds": run.compile_seconds,
            "random": {"began": self.began if run.batch else states, "now": states},
        }  # fmt: skip
        save(content, self.path)

    # ---- reading --------------------------------------------------------------------------------

    def load(self) -> None:
        """Go on from the file, if there is one.

        Raises
        ------
        CheckpointError
            If it is damaged or of another training; nothing is changed.
        """
        if not self.path.exists():
            return
        try:
            content = load(self.path)
        except (FileError, OSError) as error:
            raise self._refused(getattr(error, "got", str(error))) from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise self._refused("a file that fit() has not written")
        if content.get("version") != VERSION:
            raise self._refused(f"a form {content.get('version')!r:.20} of another tinygradx")
        self._compare(content.get("facts"), content.get("facts_now"))
        self._check_epochs(content)
        with _unchanged_on_failure(self.run):
            try:
                self._restore(content)
            except TeachingError as error:
                raise self._refused(f"{error.asked}: {error.got}") from error
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                raise self._refused(f"content that does not fit: {error!s:.200}") from error

    def _restore(self, content: Mapping[str, Any]) -> None:
        run = self.run
        for module, state in zip(run.modules(), content["modules"], strict=True):
            _load_module(module, state)
        run.optimizer.load_state_dict(content["optimizer"])
        if run.scheduler is not None:
            run.scheduler.load_state_dict(content["scheduler"])
        for callback, state in zip(_owned(run), content["callbacks"], strict=True):
            callback.load_state_dict(state)
        place = content["place"]
        run.epoch, run.batch, run.step = place["epoch"], place["batch"], place["step"]
        run.seconds, run.stop = place["seconds"], place["stop"]
        if run.step and run.optimizer.stepped is False:
            run.optimizer.stepped = True
        run.meters.load_state_dict(content["meters"])
        run.history = History(content["history"])
        run.latest = content["latest"]
        run.compile_seconds = run.history.compile_seconds = content["compile_seconds"]
        states = content["random"]
        set_random_states(run, states["now"])  # checks both before anything is drawn
        self.began, self.now = states["began"], states["now"]
        self.facts = content["facts"]

    def _compare(self, began: Any, now: Any) -> None:
        """Refuse the checkpoint of a training that is set up in another way."""
        ours = facts_of(self.run)
        if not all(isinstance(facts, dict) and set(facts) == set(ours) for facts in (began, now)):
            raise self._refused("no facts about its training")
        for name, value in ours.items():
            found = list(differences(name, value, began[name], now[name]))
            if found:
                told = "; ".join(found[:3]) + (" ..." if len(found) > 3 else "")
                raise self._refused(f"another training: {told}")

    def _check_epochs(self, content: Mapping[str, Any]) -> None:
        """Refuse to go on for fewer epochs than have ended; more are welcome."""
        place = content.get("place")
        done = place.get("epoch") if isinstance(place, dict) else None
        if isinstance(done, int) and done > self.run.epochs:
            raise self._refused(
                f"{done} epochs that are done already, where epochs={self.run.epochs}",
                f"ask for epochs={done}, or more; to begin anew, name another folder or move that "
                "file away",
            )

    def _refused(self, got: str, do: str | None = None) -> CheckpointError:
        return CheckpointError(
            f"go on from the checkpoint {str(self.path)!r}", got,
            do or "to begin anew, name another folder or move that file away; to go on, train with "
            "the same settings as before",
        )  # fmt: skip

    # ---- the batches that are left of an epoch --------------------------------------------------

    def batches(self) -> Iterator[Any]:
        """The batches of an epoch; of one that a killed run had begun, those that are left."""
        run = self.run
        done = run.batch
        if done:
            set_random_states(run, self.began)  # so that the same order is drawn
        else:
            self.began = random_states(run)
        walk = iter(run.loader)
        for _ in range(done):
            next(walk, None)
        if done and self.now is not None:
            set_random_states(run, self.now)
        self.now = None
        yield from walk


# ---- what a run is made of ----------------------------------------------------------------------


def _owned(run: Run) -> list[Any]:
    """The user's own callbacks."""
    return [callback for callback in run.callbacks if not isinstance(callback, Progress)]


def _module_state(module: Module) -> dict[str, Any]:
    """All parameters and all buffers, those too that a state_dict leaves out."""
    state = module.state_dict()
    others = {n: b.detach() for n, b in module.named_buffers() if n not in state}
    return {"state": state, "others": others}


def _load_module(module: Module, state: Mapping[str, Any]) -> None:
    module.load_state_dict(state["state"])
    others = dict(module.named_buffers())
    with no_grad():
        for name, value in state["others"].items():
            others[name].copy_(value)


@contextmanager
def _unchanged_on_failure(run: Run) -> Iterator[None]:
    """Put everything back as it was if the block fails."""
    modules = []
    for module in run.modules():
        own = [*module.named_parameters(), *module.named_buffers()]
        lazy = {name for name, tensor in own if is_lazy(tensor)}
        state = module.state_dict()
        modules.append({name: t.clone() for name, t in state.items() if name not in lazy})
    optimizer = run.optimizer.state_dict()
    scheduler = None if run.scheduler is None else dict(run.scheduler.state_dict())
    callbacks = [dict(callback.state_dict()) for callback in _owned(run)]
    drawn = random_states(run)
    try:
        yield
    except BaseException:
        for module, kept in zip(run.modules(), modules, strict=True):
            module.load_state_dict(kept, strict=False)
        run.optimizer.load_state_dict(optimizer)
        if run.scheduler is not None:
            run.scheduler.load_state_dict(scheduler)
        for callback, state in zip(_owned(run), callbacks, strict=True):
            callback.load_state_dict(state)
        set_random_states(run, drawn)
        raise


# ---- random numbers -----------------------------------------------------------------------------


def _generators(run: Run) -> list[Generator]:
    """Every generator that is known to take part, each once, always in the same order."""
    found = [default_generator]
    for loader in (run.loader, run.validation):
        sampler = getattr(loader, "sampler", None)
        batches = getattr(loader, "batch_sampler", None)
        for owner in (loader, sampler, batches, getattr(batches, "sampler", None)):
            generator = getattr(owner, "generator", None)
            if isinstance(generator, Generator) and all(generator is not g for g in found):
                found.append(generator)
    return found


def random_states(run: Run) -> dict[str, Any]:
    """Where all random numbers stand: ours, Python's, and NumPy's global ones."""
    version, words, gauss = random.getstate()
    name, key, *rest = np.random.get_state(legacy=True)
    return {
        "generators": [generator.get_state() for generator in _generators(run)],
        "python": [version, np.array(words, np.int64), gauss],
        "numpy": [name, np.asarray(key, np.int64), *rest],
    }


def set_random_states(run: Run, states: Mapping[str, Any]) -> None:
    """Let all random numbers go on from there."""
    for generator, state in zip(_generators(run), states["generators"], strict=True):
        generator.set_state(state)
    version, words, gauss = states["python"]
    random.setstate((version, tuple(words.tolist()), gauss))
    name, key, *rest = states["numpy"]
    np.random.set_state((name, key.astype(np.uint32), *rest))
