"""`tinygradx curves`: activations and their slopes, as a picture."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from tinygradx import plot
from tinygradx.cli import FORMATS
from tinygradx.cli.files import picture
from tinygradx.cli.terminal import busy
from tinygradx.draw.files import check_folder, write_whole
from tinygradx.ops.activations import ACTIVATIONS


def curves(names: Sequence[str], out: str, format: str | None = None, slope: bool = True) -> int:
    """Draw activations.

    Parameters
    ----------
    names : sequence of str
        Of activations; "all" for every one.
    out : str
        The file to write; "-" for the standard output.
    format : str, optional
        "svg", "png" or "pdf"; the ending of the file when left out, "png" on the standard output.
    slope : bool
        Whether to draw slopes.

    Returns
    -------
    int
        The exit status: 2 for a name or a format that is not known.
    """
    for name in names:
        if name not in ACTIVATIONS and name != "all":
            near = difflib.get_close_matches(name, ACTIVATIONS, 3) or list(ACTIVATIONS)
            return _wrong(f"no activation is called {name!r}; there is {', '.join(near)}")
    ending = Path(out).suffix.lower().lstrip(".")
    format = format or ("png" if out == "-" else ending)
    if format not in FORMATS:
        return _wrong(
            f"{out!r} does not say what to draw; end it in .{', .'.join(FORMATS)}, or add --format"
        )
    if out != "-":
        check_folder(Path(out), f"draw curves to {out!r}")
    with busy("drawing"):
        if len(names) == 1 and names[0] != "all":
            figure = plot.activation(names[0], slope).figure
        else:
            figure = plot.activations("all" if "all" in names else names, slope)
        content = picture(figure, format)
    if out == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_whole(Path(out), content)
        print(Path(out).resolve())
    return 0


def _wrong(words: str) -> int:
    print(f"tinygradx curves: {words}", file=sys.stderr)
    return 2
