"""`tinygradx doctor`: what is here, what is missing, what is broken, a line each.

Every look imports what it looks at by itself: what cannot be imported is one line among others.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import NamedTuple

from tinygradx.cli.terminal import console

COLOURS = {"ok": "green", "missing": "yellow", "broken": "bold red"}


class Finding(NamedTuple):
    """What was found.

    Attributes
    ----------
    state : {"ok", "missing", "broken"}
        The library works without what is missing, not with what is broken.
    words : str
        What there is, or what to do.
    """

    state: str
    words: str


def doctor(as_json: bool = False) -> int:
    """Say what is here and what is missing.

    Parameters
    ----------
    as_json : bool
        For scripts: `{"version": ..., "works": ..., "parts": [{"part", "state", "words"}, ...]}`.

    Returns
    -------
    int
        1 if something is broken, else 0.
    """
    import tinygradx

    findings = {part: _looked(look) for part, look in LOOKS.items()}
    works = all(finding.state != "broken" for finding in findings.values())
    if as_json:
        parts = [{"part": part, **finding._asdict()} for part, finding in findings.items()]
        print(json.dumps({"version": tinygradx.__version__, "works": works, "parts": parts}))
        return 0 if works else 1
    from rich.text import Text

    screen = console()
    for part, (state, words) in findings.items():
        screen.print(Text.assemble((f"{state:<8}", COLOURS[state]), f"{part:<11}", words))
    return 0 if works else 1


def _looked(look: object) -> Finding:
    """What a look found; whatever goes wrong there is what the user wants to read."""
    try:
        return look()  # type: ignore[operator, no-any-return]
    except Exception as error:
        return Finding("broken", f"{type(error).__name__}: {error}")


def _python() -> Finding:
    import platform

    import tinygradx

    words = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("ok", f"{words}, tinygradx {tinygradx.__version__}")


def _numpy() -> Finding:
    import numpy as np

    return Finding("ok", np.__version__)


def _numba() -> Finding:
    import llvmlite
    import numba

    from tinygradx.ops.activations import ACTIVATIONS
    from tinygradx.tensor import tensor

    found = f"{numba.__version__} with llvmlite {llvmlite.__version__}"
    if numba.config.DISABLE_JIT:
        return Finding("ok", f"{found}; switched off by NUMBA_DISABLE_JIT, so kernels are slow")
    if ACTIVATIONS["sigmoid"](tensor([0.0])).item() != 0.5:
        return Finding("broken", f"{found}; kernels give wrong numbers")
    return Finding("ok", f"{found}; kernels work")


def _cuda() -> Finding:
    from importlib import metadata

    installed, here = [], True
    for package in ("numba-cuda", "cupy-cuda13x"):
        try:
            installed.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            installed.append(f"{package} not installed")
            here = False
    gpu, usable = _gpu()
    return Finding("ok" if here and usable else "missing", f"{gpu}; {', '.join(installed)}")


def _gpu() -> tuple[str, bool]:
    """The first GPU by name, asked of the driver itself: no package is imported."""
    import ctypes

    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return "no NVIDIA driver, so everything runs on the CPU", False
    count, device, name = ctypes.c_int(), ctypes.c_int(), ctypes.create_string_buffer(256)
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
        return "an NVIDIA driver, but no GPU that it can use", False
    driver.cuDeviceGet(ctypes.byref(device), 0)
    driver.cuDeviceGetName(name, len(name), device)
    return f"{count.value} GPU, the first a {name.value.decode('utf-8', 'replace')}", True


def _threads() -> Finding:
    from tinygradx.kernels.pool import thread_count

    asked = os.environ.get("TINYGRADX_NUM_THREADS", "").strip()
    why = "TINYGRADX_NUM_THREADS says so" if asked else "TINYGRADX_NUM_THREADS changes it"
    return Finding("ok", f"{thread_count()} ({why})")


def _cache() -> Finding:
    from tinygradx.kernels.cache import kernel_folder

    folder = kernel_folder()
    if folder is None:
        return Finding(
            "missing",
            "no folder that is yours alone, so kernels are compiled anew in every process; "
            "set TINYGRADX_CACHE_DIR to one (an absolute path)",
        )
    size = sum(entry.stat().st_size for entry in os.scandir(folder))
    kernels = len(list(folder.glob("*.py")))
    return Finding("ok", f"{folder}: {kernels} kernels, {size / 1e6:.1f} MB")


def _graphviz() -> Finding:
    from tinygradx.draw.render import ENGINES, INSTALL, render_dot
    from tinygradx.errors import RendererNotFound

    for engine in ENGINES:
        try:
            drawn = render_dot("digraph { a -> b }", "svg", engine=engine)
        except RendererNotFound:
            continue
        kind = "the program" if engine == "dot" else "the package"
        version = re.search(rb"graphviz version ([\w.]+)", drawn)
        which = f" with Graphviz {version[1].decode()}" if version else ""
        return Finding("ok", f"{kind} {engine} draws{which}")
    return Finding("missing", f"none, so drawings are text alone: {INSTALL}")


def _matplotlib() -> Finding:
    from tinygradx.errors import RendererNotFound
    from tinygradx.plot import loss

    try:
        figure = loss([1.0, 0.5]).figure
    except RendererNotFound as error:
        return Finding("missing", f"none, so there are no curves: {error.do}")
    import matplotlib

    from tinygradx.cli.files import picture

    works = picture(figure, "png").startswith(b"\x89PNG")
    words = "draws" if works else "draws nothing"
    return Finding("ok" if works else "broken", f"{matplotlib.__version__} {words}")


def _fonts() -> Finding:
    """What pictures made by Graphviz are lettered with; Matplotlib brings its own."""
    program = shutil.which("fc-list")
    if program is None:
        return Finding("ok", "those of the system (there is no fc-list to ask)")
    families, chinese = (
        subprocess.run(
            [program, *which, "family"], capture_output=True, timeout=30, check=True
        ).stdout.decode("utf-8", "replace").splitlines()
        for which in ([":"], [":lang=zh"])
    )  # fmt: skip
    if not families:
        return Finding("missing", "none, so letters in PNG and PDF may be boxes; SVG is fine")
    words = (
        f"Chinese by {sorted(chinese)[0].split(',')[0]}"
        if chinese
        else "none has Chinese letters, which are boxes in PNG and PDF; SVG is fine"
    )
    return Finding("ok", f"{len(set(families))} families; {words}")


LOOKS = {
    "Python": _python, "NumPy": _numpy, "Numba": _numba, "CUDA": _cuda, "Threads": _threads,
    "Cache": _cache, "Graphviz": _graphviz, "Matplotlib": _matplotlib, "Fonts": _fonts,
}  # fmt: skip
