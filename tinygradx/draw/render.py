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
import struct
import subprocess
import sys
import sysconfig
import time
from importlib import metadata
from pathlib import Path, PurePath

from tinygradx.errors import ArgumentError, RendererNotFound, RenderError

#: What `render_dot` can make; the endings of files, too.
FORMATS = ("svg", "png", "pdf", "jpg", "json", "dot", "plain")

#: The programs that make them, in the order in which they are looked for.
ENGINES = ("dot", "pygraphviz", "graphviz-pure")

INSTALL = "pip install 'tinygradx[viz]'"

#: What a picture of each format begins with (within so many bytes), and what it ends with.
_SIGNS = {
    "svg": (b"<svg", 2_000, b"</svg>"), "png": (b"\x89PNG\r\n\x1a\n", 8, b"IEND"),
    "pdf": (b"%PDF-", 5, b"%%EOF"), "jpg": (b"\xff\xd8\xff", 3, b"\xff\xd9"),
    "json": (b"{", 1, b"}"), "dot": (b"graph", 2_000, b"}"), "plain": (b"graph", 5, b"stop"),
}  # fmt: skip
#: Signs that the font inside graphviz-pure has no picture of, and others that say as much.
_PURE_HAS_NOT = str.maketrans("⇢↩", "→←")

#: A bitmap has fewer pixels than this on a side.
MOST_PIXELS = 32_766

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
        "dot" (the program), "pygraphviz" (the package, in a process of its own), "graphviz-pure"
        (the package; no PDF), or the path of a program that takes `-Tsvg` as `dot` does. When left
        out, the first of these that is here, and should it fail, the next, within `timeout`.

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
    first: RenderError | None = None
    end = time.monotonic() + timeout
    for name in ENGINES if engine is None else (engine,):
        command = _command(name, format)
        if command is None or (engine is None and format == "pdf" and name == "graphviz-pure"):
            continue
        try:
            left = timeout if first is None else end - time.monotonic()
            picture, words = _drawn(command, source, format, left, name)
        except RenderError as error:
            first = first or error
            if time.monotonic() >= end:
                break
            continue  # another program may do better
        _check_size(picture, words, format, name)
        return picture
    if first is not None:
        raise first
    if engine is None:
        asked = f"draw as {format}"
        got = "neither the program `dot` nor the package pygraphviz or graphviz-pure is here"
        if format == "pdf" and _command("graphviz-pure", format):
            got = "only the package graphviz-pure is here, which makes no PDF"
    else:
        asked, got = f"draw as {format} with {engine!r}", "no such program or package is here"
    raise RendererNotFound(
        asked,
        got,
        f"{INSTALL} (no system package is needed); without it .source, .text, .save('graph.txt') "
        "and print_graph() work",
    )


def _drawn(
    command: list[str], source: str, format: str, timeout: float, name: str
) -> tuple[bytes, str]:
    """What one drawing program makes of the text, and what it says about it."""
    if name == "graphviz-pure" and format in ("png", "jpg"):
        source = source.translate(_PURE_HAS_NOT)
    status, picture, words = _run(command, source.encode("utf-8", "replace"), timeout, name)
    _check(status, picture, words, format, name)
    return picture, words


def _command(engine: str, format: str) -> list[str] | None:
    """The command line of an engine; None where it is not here."""
    if engine == "pygraphviz":
        folder = _pygraphviz_folder()
        return None if folder is None else [sys.executable, str(_WORKER), format, folder]
    program = _program(engine)
    if program is None:
        return None
    layout = ["-Kdot"] * (engine == "graphviz-pure")  # which others read from their own name
    return [program, *layout, f"-T{format}"]


def _program(name: str) -> str | None:
    """The path of a program: on PATH, beside this Python, or where its package put it.

    A Jupyter kernel often runs in an environment whose programs are not on its PATH.
    """
    found = shutil.which(name) or shutil.which(name, path=sysconfig.get_path("scripts"))
    return found or (_packaged(name) if name in ENGINES else None)


def _packaged(name: str) -> str | None:
    """A program of the installed package of the same name."""
    try:
        files = metadata.files(name) or []
    except metadata.PackageNotFoundError:
        return None
    paths = [Path(str(file.locate())) for file in files if PurePath(file).stem == name]
    return next((str(path.resolve()) for path in paths if os.access(path, os.X_OK)), None)


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
            "look at the drawing's .source at the place it names; .text is the graph without one",
        )
    if not picture:
        raise RenderError(
            asked, f"it wrote nothing{said}", "try another format, such as svg, or another engine"
        )
    start, within, end = _SIGNS[format]
    if start not in picture[:within] or end not in picture[-64:]:
        raise RenderError(
            asked,
            f"what it wrote is no whole {format}: {picture[:16]!r} ... {picture[-16:]!r}{said}",
            "try another program: engine='pygraphviz', or the path of yours",
        )


def _check_size(picture: bytes, words: str, format: str, name: str) -> None:
    """Refuse a bitmap that no program opens: 32,767 pixels are the most in many, Cairo included."""
    sides = struct.unpack(">II", picture[16:24]) if format == "png" else (0, 0)
    if "graph is too large" in words or max(sides) > MOST_PIXELS:
        size = f", {sides[0]:,} by {sides[1]:,} pixels" if max(sides) > MOST_PIXELS else ""
        raise RenderError(
            f"draw as {format} with {name}",
            f"the picture is too large for a bitmap{size}",
            "save it as .svg or .pdf, which have no pixels, or turn it: rankdir='TB'",
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
