"""One training: its score, its time, its units and its first gradients."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygradx.compare.data import Array, Task
from tinygradx.compare.result import ActivationScore
from tinygradx.draw.flags import ENDS, FLAT, MIDDLE
from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.graph import enable_grad, no_grad
from tinygradx.ops import random
from tinygradx.ops.random import Generator, manual_seed
from tinygradx.tensor import tensor


class Run(NamedTuple):
    """What became of one training."""

    score: float
    seconds: float
    dead: float
    saturated: float
    gradient_norms: dict[str, float]
    failed: bool


class Trial:
    """How every activation is tried."""

    def __init__(
        self, build: Any, task: Task, epochs: int, batch_size: int, optimizer: Any, scale: bool
    ) -> None:
        self.build, self.task, self.optimizer = build, task, optimizer
        self.epochs, self.batch_size, self.scale = epochs, batch_size, scale
        self.warm: set[str] = set()

    def run(
        self, make: Any, name: str, samples: Array, targets: Array, fold: Any, seed: int
    ) -> Run:
        """Train on a fold, and score what it holds out."""
        train, held = fold
        x, held_x = samples[train], samples[held]
        if self.scale:
            mean, spread = x.mean(0), x.std(0)
            spread = np.where(spread > 0.0, spread, 1.0)  # a constant says nothing, and stays 0
            x, held_x = (x - mean) / spread, (held_x - mean) / spread
        x, held_x, t = tensor(x), tensor(held_x), tensor(targets[train])
        if name not in self.warm:  # kernels are compiled apart from the training that is timed
            self._trained(make, x, t, seed, epochs=1)
            self.warm.add(name)
        begin = time.perf_counter()
        module, layers, norms, finite = self._trained(make, x, t, seed, self.epochs)
        seconds = time.perf_counter() - begin
        module.eval()
        dead, saturated = _flags(module, layers, x)
        with no_grad():
            answers = module(held_x).numpy()
        finite = finite and bool(np.isfinite(answers).all())
        score = self.task.score(answers, targets[held]) if finite else self.task.worst
        failed = not (finite and np.isfinite(score))
        return Run(score, seconds, dead, saturated, norms, failed)

    def _trained(self, make: Any, x: Any, t: Any, seed: int, epochs: int) -> Any:
        """A module after training, its activations, the first gradients, and whether all is well.

        The seed says the first weights and the order of the samples.
        """
        manual_seed(seed)
        layers: list[Any] = []

        def activation(*settings: Any, **named: Any) -> Any:
            layers.append(make(*settings, **named))
            return layers[-1]

        module = self.build(activation).to(x.dtype)
        if not layers:
            raise ArgumentError(
                "compare_activations", "a module that was built without the activation",
                "call activation() in build(activation), wherever one belongs",
            )  # fmt: skip
        module.train()
        # On a copy, so that a norm's running mean does not see the samples before the training.
        norms = self._gradient_norms(copy.deepcopy(module), x, t)
        optimizer = self.optimizer(module.parameters())
        order, count = Generator().manual_seed(seed), len(x)
        loss: Any = 0.0
        for _ in range(epochs):
            shuffled = random.permutation(count, order)
            for first in range(0, count, self.batch_size):
                batch = tensor(shuffled[first : first + self.batch_size])
                optimizer.zero_grad()
                loss = self.task.loss(module(x[batch]), t[batch])
                loss.backward()
                optimizer.step()
        return module, layers, norms, bool(np.isfinite(float(loss.item())))

    def _gradient_norms(self, module: Any, x: Any, t: Any) -> dict[str, float]:
        """The norm of each weight's gradient, over all samples at once; biases are left out."""
        answers = module(x)
        self.task.check(answers, t)
        self.task.loss(answers, t).backward()
        return {
            path: float(np.linalg.norm(p.grad.numpy()))
            for path, p in module.named_parameters()
            if p.ndim > 1 and p.grad is not None
        }


def _flags(module: Any, layers: Sequence[Any], x: Any) -> tuple[float, float]:
    """The share of dead units, and of saturated inputs, among all activations of a module.

    By the rules of the flags in drawings (`draw/flags.py`), asked of the activation's own slope.
    """
    seen: list[tuple[Any, Any]] = []

    def note(layer: Any, inputs: Any, output: Any) -> None:
        seen.append((layer, inputs[0].detach()))

    handles = [layer.register_forward_hook(note) for layer in layers]
    try:
        with no_grad():
            module(x)
    finally:
        for handle in handles:
            handle.remove()
    dead = units = flat = inputs = 0
    for layer, given in seen:
        value, slope = _value_and_slope(layer, given)
        if value.shape == given.shape:
            off = ((value == 0) & (slope == 0)).reshape(-1, value.shape[-1]).all(0)
            dead, units = dead + int(off.sum()), units + off.size
        if _saturates(layer, given.dtype):
            flat, inputs = flat + int((abs(slope) < FLAT).sum()), inputs + slope.size
    return dead / units if units else 0.0, flat / inputs if inputs else float("nan")


def _value_and_slope(layer: Any, x: Any) -> tuple[Array, Array]:
    """What a layer answers, and the slope that `backward` uses."""
    leaf = x.clone().requires_grad_()
    with enable_grad():
        y = layer(leaf)
        if y.requires_grad:
            y.sum().backward()
    slope = np.zeros(x.shape) if leaf.grad is None else leaf.grad.numpy()
    return y.detach().numpy(), slope


def _saturates(layer: Any, dtype: Any) -> bool:
    """Whether an activation is flat towards both ends, and not off in the middle."""
    try:
        value, slope = _value_and_slope(layer, tensor([MIDDLE, *ENDS]).to(dtype))
    except (ArgumentError, ShapeError, TypeError):  # one that wants rows of some width
        return False
    off = value[0] == 0 and slope[0] == 0
    return bool((abs(slope[1:]) < FLAT).all() and not off)


def row_of(name: str, runs: list[Run]) -> ActivationScore:
    """The trainings of one activation in one line."""
    scores = tuple(run.score for run in runs)
    paths = runs[0].gradient_norms
    norms = {path: float(np.mean([run.gradient_norms[path] for run in runs])) for path in paths}
    # Numbers less -inf are inf, and -inf less -inf is nan: the spread is said, not computed.
    spread = float(np.std(scores)) if np.isfinite(scores).all() else float("inf")
    return ActivationScore(
        name, float(np.mean(scores)), spread, scores,
        float(np.mean([run.seconds for run in runs])), float(np.mean([run.dead for run in runs])),
        float(np.mean([run.saturated for run in runs])), norms, sum(run.failed for run in runs),
    )  # fmt: skip
