"""From DOT text to a picture, by a Graphviz that never runs inside the user's process.

This file knows the drawing programs, and how each of them fails: a bad label crashes Graphviz, or
is reported on stderr beside a cheerful exit status of 0, and a large graph may take for ever. It
has never heard of tensors or graphs; it is handed text.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

from tinygradx.errors import ArgumentError, RendererNotFound, RenderError

#: What `render_dot` can make; the endings of files, too.
FORMATS = ("svg", "png", "pdf", "jpg", "json", "dot", "plain")

#: The programs that make them, in the order in which they are looked for.
ENGINES = ("dot", "pygraphviz")

INSTALL = "pip install 'tinygradx[viz]'"

_WORKER = Path(__file__).with_name("_worker.py")
_SHOWN = 400  # characters of a program's own words that an error repeats


def render_dot(source: str, format: str, timeout: float = 30.0, engine: str | None = None) -> bytes:
    """Turn DOT text into a picture.

    Parameters
    ----------
    source : str
        The graph, in Graphviz' language.
    format : str
        "svg", "png" or "pdf"; also "jpg", "json", "dot" (laid out) and "plain".
    timeout : float
        Seconds after which the drawing program is stopped.
    engine : str, optional
        "dot" (the program), "pygraphviz" (the package, in a process of its own), or the path of a
        program that takes `-Tsvg` as `dot` does. The first of these that is here when left out.

    Returns
    -------
    bytes
        The picture.

    Raises
    ------
    RendererNotFound
        If no drawing program is here.
    RenderError
        If it reports an error, crashes, or takes longer than `timeout`.

    Examples
    --------
    >>> from tinygradx.draw import render_dot
    >>> picture = render_dot("digraph { a -> b }", "svg")
    >>> b"<svg" in picture
    True
    """
    if format not in FORMATS:
        raise ArgumentError(
            f"draw as {format!r}", "a format that is not known here", f"use {', '.join(FORMATS)}"
        )
    command = _command(format, engine)
    name = Path(command[0]).name if _WORKER.name not in command[1] else "pygraphviz"
    status, picture, words = _run(command, source.encode("utf-8", "replace"), timeout, name)
    _check(status, picture, words, format, name)
    return picture


def _command(format: str, engine: str | None) -> list[str]:
    """The command line of the engine that was chosen, or of the first that is here."""
    for candidate in ENGINES if engine is None else (engine,):
        if candidate == "pygraphviz":
            folder = _pygraphviz_folder()
            if folder is not None:
                return [sys.executable, str(_WORKER), format, folder]
        else:
            program = _program(candidate)
            if program is not None:
                return [program, f"-T{format}"]
    if engine is None:
        asked, got = f"draw as {format}", "neither the program `dot` nor the package pygraphviz"
    else:
        asked, got = f"draw as {format} with {engine!r}", "no such program or package here"
    raise RendererNotFound(
        asked,
        got,
        f"{INSTALL} (no system package is needed); the drawing's .source works without it",
    )


def _program(name: str) -> str | None:
    """The path of a program: on PATH, or beside this Python.

    A Jupyter kernel often runs in an environment whose programs are not on its PATH.
    """
    return shutil.which(name) or shutil.which(name, path=sysconfig.get_path("scripts"))


def _pygraphviz_folder() -> str | None:
    """The folder that pygraphviz can be imported from; it is not imported here."""
    try:
        found = importlib.util.find_spec("pygraphviz")
    except ValueError:  # somebody put a module without a spec under this name
        return None
    if found is None or not found.origin or not sys.executable:
        return None
    return str(Path(found.origin).parent.parent)


def _run(command: list[str], source: bytes, timeout: float, name: str) -> tuple[int, bytes, str]:
    """Run a program in a group of its own, so that whatever it starts ends with it."""
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise RenderError(
            f"start {command[0]}", str(error), "choose another with engine='pygraphviz'"
        ) from error
    try:
        picture, words = child.communicate(source, timeout)
    except subprocess.TimeoutExpired:
        _stop(child)
        raise RenderError(
            f"draw {len(source):,} bytes of DOT with {name}",
            f"it was not done after {timeout:g} seconds, and was stopped",
            "draw a smaller part of the graph, or allow more time: timeout=300",
        ) from None
    except BaseException:  # an interrupt from the keyboard, above all
        _stop(child)
        raise
    return child.returncode, picture, words.decode("utf-8", "replace")


def _stop(child: subprocess.Popen[bytes]) -> None:
    """End the program and everything it started, and leave nothing behind."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    else:
        child.kill()
    try:
        child.communicate(timeout=5)
    except subprocess.TimeoutExpired:  # somebody outside the group holds the pipe
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()


def _check(status: int, picture: bytes, words: str, format: str, name: str) -> None:
    """Refuse a picture that is missing, or that the program itself complained about."""
    asked = f"draw as {format} with {name}"
    said = _told(words)
    if status < 0 or status > 128:
        number = -status if status < 0 else status - 128
        raise RenderError(
            asked,
            f"it crashed ({_signal_name(number)}); your own program is unharmed{said}",
            "look at the drawing's .source; a label that is not well formed does this. "
            "Another engine may cope: engine='pygraphviz' or engine='dot'",
        )
    if status != 0 or "Error:" in words:
        raise RenderError(
            asked,
            f"it reported an error (exit status {status}){said}",
            "look at the drawing's .source at the place it names",
        )
    if not picture:
        raise RenderError(
            asked, f"it wrote nothing{said}", "try another format, such as svg, or another engine"
        )
    if "graph is too large" in words:
        raise RenderError(
            asked,
            f"the picture is too large for a bitmap, and would be shrunk{said}",
            "save it as .svg or .pdf, which have no pixels",
        )


def _told(words: str) -> str:
    """What the program said, without the notes of its font library."""
    lines = [line for line in words.splitlines() if not line.startswith("Fontconfig")]
    text = "\n".join(lines).strip()
    if len(text) > _SHOWN:  # the end of a traceback says what it was
        text = "..." + text[-_SHOWN:]
    return f":\n{text}" if text else ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"exit status {128 + number}"
