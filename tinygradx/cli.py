"""The command `tinygradx`: a demonstration, and a look at the machine.

This file knows terminals and arguments. What is heavy is imported by the command that needs it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tinygradx.nn import Module, Sequential
    from tinygradx.tensor import Tensor

#: Of the demonstration: 96.9 % held out with seed 0, 97.9 % on average over 4 splits and 3 seeds.
HIDDEN, BATCH, RATE = 64, 32, 1.0
DRAWN = 8  # images in the drawn batch: a box has room for as many losses


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Behind the command's name; those of the process when left out.

    Returns
    -------
    int
        The exit status: 0 when all went well, 1 when something did not, 2 for wrong arguments.
    """
    parser = argparse.ArgumentParser(
        prog="tinygradx", description="Autodiff over arrays, with its graph in plain sight."
    )
    parser.add_argument("--version", action="version", version=f"tinygradx {_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    demo_parser = commands.add_parser(
        "demo",
        help="train a small network on handwritten digits and draw its backprop graph",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    demo_parser.add_argument(
        "--out", type=Path, default=Path("tinygradx-demo"), help="the folder to write to"
    )
    demo_parser.add_argument("--epochs", type=_count, default=40, help="walks through the images")
    demo_parser.add_argument("--seed", type=int, default=0, help="of everything random")
    demo_parser.set_defaults(run=lambda given: demo(given.out, given.epochs, given.seed))

    doctor_parser = commands.add_parser("doctor", help="say what is here and what is missing")
    doctor_parser.set_defaults(run=lambda given: doctor())

    from tinygradx.errors import TeachingError

    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except (TeachingError, OSError) as error:
        print(f"tinygradx: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("tinygradx: stopped", file=sys.stderr)
        return 130


def _count(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"needs a whole number of at least 1, got {text!r}")
    return int(text)


def _version() -> str:
    import tinygradx

    return tinygradx.__version__


# ---- demo ---------------------------------------------------------------------------------------


def demo(out: Path, epochs: int = 40, seed: int = 0) -> int:
    """Train a network of two layers on the digits, and draw the graph of its loss.

    Parameters
    ----------
    out : Path
        The folder to write to; it is made if need be.
    epochs : int
        How often to walk through the images.
    seed : int
        Of the split, the first parameters, and the order of the images.

    Returns
    -------
    int
        The exit status.
    """
    from tinygradx import data, nn, optim
    from tinygradx.ops.random import manual_seed
    from tinygradx.tensor import randperm

    out.mkdir(parents=True, exist_ok=True)
    manual_seed(seed)
    (x, y), (x_held, y_held) = data.split(*data.digits(), seed=seed)
    model = nn.Sequential(
        {"fc1": nn.Linear(64, HIDDEN), "act": nn.ReLU(), "fc2": nn.Linear(HIDDEN, 10)}
    )
    optimizer = optim.SGD(model.parameters(), lr=RATE)
    print(f"Digits: {len(x):,} images of 8×8 pixels to learn from, {len(x_held)} held out")
    print(model)
    print(f"Kernels: {_prepare(model, x, y)}", flush=True)

    start = time.perf_counter()
    with _progress(epochs) as report:
        for epoch in range(1, epochs + 1):
            order, total = randperm(len(x)), 0.0
            for first in range(0, len(x), BATCH):
                rows = order[first : first + BATCH]
                optimizer.zero_grad()
                loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
                loss.backward()
                optimizer.step()
                total += loss.item() * len(rows)
            report(epoch, total / len(x))
    right = _right(model, x_held, y_held)
    print(f"Trained for {epochs} epochs in {time.perf_counter() - start:.1f} s")
    print(f"Held-out accuracy: {100 * right / len(x_held):.1f} % ({right} of {len(x_held)} images)")
    print(f"Backprop graph: {_draw(model, x_held, y_held, out)}")
    return 0


def _prepare(model: Module, x: Tensor, y: Tensor) -> str:
    """Run the first batch once, so that compiling is over before training is timed."""
    from tinygradx.kernels import cache
    from tinygradx.nn.functional import cross_entropy

    before = len(cache.compilations)
    cross_entropy(model(x[:BATCH]), y[:BATCH]).backward()
    model.zero_grad()
    done = cache.compilations[before:]
    fresh = [kernel for kernel in done if not kernel.cached]
    seconds = sum(kernel.seconds for kernel in done)
    if not done:
        return "none to compile"
    if not fresh:
        return f"{len(done)} loaded from the cache in {seconds:.2f} s"
    folder = cache.kernel_folder()
    where = f"kept in {folder}" if folder else "no folder to keep them in"
    return f"{len(fresh)} of {len(done)} compiled, once, in {seconds:.1f} s ({where})"


@contextmanager
def _progress(epochs: int) -> Iterator[Callable[[int, float], None]]:
    """What to call after each epoch: a bar at a terminal, a few plain lines elsewhere."""
    if not sys.stdout.isatty():
        marks = {round(epochs * part / 8) for part in range(1, 9)} | {1}

        def tell(epoch: int, loss: float) -> None:
            if epoch in marks:
                print(f"epoch {epoch}/{epochs}  loss {loss:.4f}", flush=True)

        yield tell
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    shown = TextColumn("loss {task.fields[loss]:.4f}")
    with Progress(TextColumn("epoch"), MofNCompleteColumn(), BarColumn(), shown, Left()) as bar:
        task = bar.add_task("epoch", total=epochs, loss=float("nan"))
        yield lambda epoch, loss: bar.update(task, completed=epoch, loss=loss)


def _right(model: Module, x: Tensor, y: Tensor) -> int:
    """How many images the model names rightly."""
    from tinygradx.graph import no_grad

    with no_grad():
        return int((model(x).argmax(1) == y).sum())


def _draw(model: Sequential, x: Tensor, y: Tensor, out: Path) -> str:
    """Write the graph of the loss of the hardest images; answers where it is."""
    from tinygradx.draw import draw_dot
    from tinygradx.errors import RendererNotFound
    from tinygradx.graph import no_grad
    from tinygradx.nn.functional import cross_entropy

    with no_grad():
        losses = cross_entropy(model(x), y, reduction="none").numpy()
    hardest = losses.argsort()[-DRAWN:]
    images, labels = x[hardest], y[hardest]
    model.zero_grad()
    hidden = model[:2](images)
    scores = model[2](hidden)
    loss = cross_entropy(scores, labels)
    loss.backward()
    names = {"images": images, "labels": labels, "hidden": hidden, "scores": scores, "loss": loss}
    title = f"The loss of the {len(images)} hardest digits, and every gradient behind it"
    drawing = draw_dot(loss, params=model, names=names, title=title)
    try:
        return str(drawing.save(out / "graph.svg").resolve())
    except RendererNotFound as error:
        path = drawing.save(out / "graph.dot").resolve()
        return f"{path} (text alone, since here is {error.got}; for a picture: {error.do})"


# ---- doctor -------------------------------------------------------------------------------------


class Finding(NamedTuple):
    """What was looked at, what was found in words, and whether the library works with it."""

    part: str
    words: str
    works: bool = True


def doctor() -> int:
    """Say what is here and what is missing, one line each.

    Returns
    -------
    int
        1 if something that the library cannot do without is broken, else 0.
    """
    looks = (_python, _numpy, _numba, _cache, _threads, _graphviz, _cuda)
    broken = 0
    for look in looks:
        try:
            finding = look()
        except Exception as error:  # whatever is wrong here is what the user wants to read
            finding = Finding(
                look.__name__.strip("_"), f"broken: {type(error).__name__}: {error}", False
            )
        broken += not finding.works
        print(f"{finding.part:<10} {finding.words}")
    return 1 if broken else 0


def _python() -> Finding:
    import platform

    return Finding(
        "Python",
        f"{platform.python_version()} on {platform.system()} {platform.machine()}, "
        f"tinygradx {_version()}",
    )


def _numpy() -> Finding:
    import numpy as np

    return Finding("NumPy", np.__version__)


def _numba() -> Finding:
    import llvmlite
    import numba

    from tinygradx.ops.activations import ACTIVATIONS
    from tinygradx.tensor import tensor

    found = f"{numba.__version__} with llvmlite {llvmlite.__version__}"
    if numba.config.DISABLE_JIT:
        return Finding("Numba", f"{found}; switched off by NUMBA_DISABLE_JIT, so kernels are slow")
    value = ACTIVATIONS["sigmoid"](tensor([0.0])).item()
    works = value == 0.5
    return Finding("Numba", f"{found}; kernels {'work' if works else 'give wrong numbers'}", works)


def _cache() -> Finding:
    from tinygradx.kernels.cache import kernel_folder

    folder = kernel_folder()
    if folder is None:
        return Finding(
            "Cache",
            "no folder that is yours alone, so kernels are compiled anew in every process; "
            "set TINYGRADX_CACHE_DIR to one (an absolute path)",
        )
    size = sum(entry.stat().st_size for entry in os.scandir(folder))
    kernels = len(list(folder.glob("*.py")))
    return Finding("Cache", f"{folder}: {kernels} kernels, {size / 1e6:.1f} MB")


def _threads() -> Finding:
    from tinygradx.kernels.pool import thread_count

    asked = os.environ.get("TINYGRADX_NUM_THREADS", "").strip()
    why = "TINYGRADX_NUM_THREADS says so" if asked else "TINYGRADX_NUM_THREADS changes it"
    return Finding("Threads", f"{thread_count()} ({why})")


def _graphviz() -> Finding:
    from tinygradx.draw.render import ENGINES, INSTALL, render_dot
    from tinygradx.errors import RendererNotFound

    for engine in ENGINES:
        try:
            render_dot("digraph { a -> b }", "svg", engine=engine)
        except RendererNotFound:
            continue
        kind = "the program" if engine == "dot" else "the package"
        return Finding("Graphviz", f"{kind} {engine} draws")
    return Finding("Graphviz", f"none, so drawings are text alone: {INSTALL}")


def _cuda() -> Finding:
    from importlib import metadata

    installed = []
    for package in ("numba-cuda", "cupy-cuda13x"):
        try:
            installed.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            installed.append(f"{package} not installed")
    return Finding("CUDA", f"{_gpu()}; {', '.join(installed)}")


def _gpu() -> str:
    """The first GPU by name, asked of the driver itself: no package is imported."""
    import ctypes

    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return "no NVIDIA driver, so everything runs on the CPU"
    count, device, name = ctypes.c_int(), ctypes.c_int(), ctypes.create_string_buffer(256)
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
        return "an NVIDIA driver, but no GPU that it can use"
    driver.cuDeviceGet(ctypes.byref(device), 0)
    driver.cuDeviceGetName(name, len(name), device)
    return f"{count.value} GPU, the first a {name.value.decode('utf-8', 'replace')}"


if __name__ == "__main__":
    sys.exit(main())
