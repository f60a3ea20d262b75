"""Errors that teach: what was asked, what was found, what to do, and the user's own line.

Nothing else is known here. Each class is also the built-in exception that a user of PyTorch or
NumPy would catch, so that old `except RuntimeError` lines keep working.
"""

from __future__ import annotations

import os
import sys
from types import FrameType

STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


#: Whether a source file belongs to the library or to Python itself, for files already looked at.
IN_LIBRARY: dict[str, bool] = {}


def in_library(filename: str) -> bool:
    """Whether a source file belongs to the library or to Python itself.

    Code without a file (`<string>`, a prompt) counts as the user's own.
    """
    known = IN_LIBRARY.get(filename)
    if known is None:
        known = filename.startswith((PACKAGE, "<frozen", "<tinygradx")) or (
            filename.startswith(STANDARD) and "site-packages" not in filename
        )
        IN_LIBRARY[filename] = known
    return known


def user_frame(depth: int = 1) -> FrameType | None:
    """The nearest frame outside the library, or None when there is none."""
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None and in_library(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def user_line(depth: int = 1) -> str:
    """The user's file and line, as `file.py:12 in name`; empty when nobody outside called."""
    frame = user_frame(depth + 1)
    if frame is None:
        return ""
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"


class TeachingError(Exception):
    """Base of every error raised on purpose.

    Parameters
    ----------
    asked : str
        What the caller wanted.
    got : str
        What was found instead.
    do : str
        What to change, as code where possible.
    where : str, optional
        The user's line; found by itself when left out.
    """

    def __init__(self, asked: str, got: str, do: str, where: str | None = None) -> None:
        self.asked, self.got, self.do = asked, got, do
        self.where = user_line(2) if where is None else where
        text = f"{asked}\n  got: {got}\n  do:  {do}"
        super().__init__(text + (f"\n  at:  {self.where}" if self.where else ""))

    def __reduce__(self) -> tuple[type[TeachingError], tuple[str, str, str, str]]:
        return type(self), (self.asked, self.got, self.do, self.where)

    def __str__(self) -> str:
        return str(self.args[0])


class ShapeError(TeachingError, ValueError, RuntimeError):
    """Shapes that do not fit together."""


class DtypeError(TeachingError, TypeError, RuntimeError):
    """A dtype that the operation cannot take."""


class ArgumentError(TeachingError, ValueError):
    """An argument outside what the function takes."""


class DimError(TeachingError, IndexError):
    """A dimension or an index out of range."""


class GraphError(TeachingError, RuntimeError):
    """A graph that cannot be walked: no history, freed, or changed since."""


class UnknownNameError(TeachingError, KeyError, AttributeError):
    """A name that is not registered."""


class DeviceError(TeachingError, RuntimeError):
    """A device that is not here, or arrays on two devices."""


class KernelError(TeachingError, RuntimeError):
    """A formula that cannot become a kernel."""


class RendererNotFound(TeachingError, RuntimeError):  # noqa: N818
    """Nothing on this machine turns a drawing into a picture."""


class RenderError(TeachingError, RuntimeError):
    """A drawing program that refused, crashed or took too long."""
