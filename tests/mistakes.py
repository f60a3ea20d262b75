"""The page of mistakes: its pieces of code, and what tinygradx and PyTorch say to each.

`python tests/mistakes.py` runs every piece and writes what was said back into docs/mistakes.md,
PyTorch's words too where it is installed.
"""

from __future__ import annotations

import importlib
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

PAGE = Path(__file__).resolve().parents[1] / "docs" / "mistakes.md"
#: What a piece of code is called in messages.
FILE = "mistake.py"
#: The comment at each line that a message has to name.
MARK = "# <--"
NOTHING = "(no error)"
#: What the page's last list says: PyTorch refuses it, and it works here.
ALLOWED = {
    "float32 with float64": "tgx.ones(2, 3) @ tgx.ones(3, 2, dtype=tgx.float64)",
    "integers in a layer": "nn.Linear(3, 2)(tgx.tensor([[1, 2, 3]]))",
    "no super().__init__()": """
class Net(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(2, 1)

    def forward(self, x):
        return self.layer(x)

assert len(list(Net().parameters())) == 2
Net()(tgx.ones(2))
""",
    "y *= y": """
x = tgx.tensor([1.0, 2.0], requires_grad=True)
y = x * 3.0
y *= y
y.sum().backward()
assert x.grad.tolist() == [18.0, 36.0]
""",
}
BLOCK = re.compile(
    r"^\*\*(?P<title>[^*]+)\*\*[^\n]*\n\n"
    r"```python\n(?P<code>.*?)```\n\n"
    r"```text\n(?P<ours>.*?)```\n\n"
    r"PyTorch:\n\n"
    r"```text\n(?P<theirs>.*?)```",
    re.DOTALL | re.MULTILINE,
)


class Mistake(NamedTuple):
    """A piece of code from the page, and what the page says is said to it."""

    title: str
    code: str
    ours: str
    theirs: str

    def marked(self) -> set[int]:
        """The lines that a message has to name."""
        return {n for n, line in enumerate(self.code.splitlines(), 1) if MARK in line}


def mistakes() -> list[Mistake]:
    """All pieces of the page, in its order."""
    return [
        Mistake(*(part.strip("\n") for part in found.groups()))
        for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))
    ]


def run(code: str, library: str) -> Exception | Warning | None:
    """What is raised by a piece of code where `tgx` is one of the two libraries.

    A warning is what was said only where nothing was raised.
    """
    rooms = {"tgx": library, "nn": f"{library}.nn", "optim": f"{library}.optim"}
    known = {name: importlib.import_module(room) for name, room in rooms.items()}
    functional = importlib.import_module(f"{library}.nn.functional")
    names = {"np": np, "F": functional, "__name__": "__main__", **known}
    with warnings.catch_warnings(record=True) as heard, every_warning(library):
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", "Anomaly Detection has been enabled")
        try:
            exec(compile(code, FILE, "exec"), names)
        except Exception as error:
            return error
    return heard[0].message if heard else None  # type: ignore[return-value]


@contextmanager
def every_warning(library: str) -> Iterator[None]:
    """Hear of PyTorch's warnings each time, which it gives once in a process otherwise."""
    if library != "torch":
        yield
        return
    torch = importlib.import_module("torch")
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        yield
    finally:
        torch.set_warn_always(before)


def plain(said: Exception | Warning | None) -> str:
    """What was said, with the names of classes; a birth number differs from run to run."""
    if said is None:
        return NOTHING
    return re.sub(r"\(number \d+, ", "(number 7, ", f"{type(said).__name__}: {said}")


def first_line(said: Exception | Warning | None) -> str:
    """The first line alone, without the guess that Python 3.13 adds, and lines of C++."""
    line = plain(said).strip().splitlines()[0].rstrip()
    line = re.sub(r" ?\(Triggered internally at .*\)$", "", line)
    return re.sub(r"\. Did you mean '\w+'\?$", "", line)


def write() -> None:
    """Put what is said today into the page."""
    try:
        importlib.import_module("torch")
    except ImportError:
        torch_is_here = False
    else:
        torch_is_here = True

    def said_today(found: re.Match[str]) -> str:
        mistake = Mistake(*found.groups())
        ours, text = plain(run(mistake.code, "tinygradx")), found[0]
        theirs = first_line(run(mistake.code, "torch")) if torch_is_here else mistake.theirs.strip()
        head = text[: found.start("ours") - found.start()]
        between = text[found.end("ours") - found.start() : found.start("theirs") - found.start()]
        return f"{head}{ours}\n{between}{theirs}\n```"

    page = BLOCK.sub(said_today, PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{PAGE.name}: {len(mistakes())} mistakes\n")
