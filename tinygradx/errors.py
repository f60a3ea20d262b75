"""Errors that teach: what was asked, what was found, what to do, and the user's own line.

Nothing else is known here. Each class is also the built-in exception that a user of PyTorch or
NumPy would catch, so that old `except RuntimeError` lines keep working.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable
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


def warn(asked: str, got: str, do: str) -> None:
    """Warn of what is allowed and seldom meant, at the user's own line.

    Parameters
    ----------
    asked, got, do : str
        As in `TeachingError`.
    """
    frame = user_frame(2)
    text = f"{asked}\n  got: {got}\n  do:  {do}"
    if frame is None:
        warnings.warn(text, stacklevel=3)
        return
    known = frame.f_globals.setdefault("__warningregistry__", {})
    name = frame.f_globals.get("__name__", "<string>")
    warnings.warn_explicit(
        f"{text}\n  at:  {user_line(2)}",
        UserWarning, frame.f_code.co_filename, frame.f_lineno, name, known,
    )  # fmt: skip


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


class IndexDtypeError(DtypeError, IndexError):
    """An index of a dtype that cannot be one."""


class ArgumentError(TeachingError, ValueError):
    """An argument outside what the function takes."""


class DimError(TeachingError, IndexError):
    """A dimension or an index out of range."""


class GraphError(TeachingError, RuntimeError):
    """A graph that cannot be walked: no history, freed, or changed since."""


class UnknownNameError(TeachingError, KeyError, AttributeError):
    """A name that is not registered."""


class ArgumentNameError(ArgumentError, TypeError):
    """An argument by a name that the function does not have."""


class NotWrittenError(TeachingError, NotImplementedError):
    """A method that a class of one's own has to have."""


class StateError(UnknownNameError, RuntimeError):
    """A state that has other names than the model it is loaded into."""


class DeviceError(TeachingError, RuntimeError):
    """A device that is not here, or arrays on two devices."""


class KernelError(TeachingError, RuntimeError):
    """A formula that cannot become a kernel."""


class RendererNotFound(TeachingError, RuntimeError):  # noqa: N818
    """Nothing on this machine turns a drawing into a picture."""


class RenderError(TeachingError, RuntimeError):
    """A drawing program that refused, crashed or took too long."""


# ---- names ---------------------------------------------------------------------------------------

#: Names of PyTorch that are not here: what they are about, and what to do instead.
ABSENT = {
    "complex numbers": (
        "complex complex64 complex128 cfloat cdouble polar view_as_real view_as_complex imag",
        "keep the real and the imaginary part in two tensors",
    ),
    "Fourier transforms": ("fft stft istft", "use numpy.fft on x.detach().numpy()"),
    "sparse tensors": (
        "sparse sparse_coo_tensor sparse_csr_tensor sparse_csc_tensor",
        "use a dense tensor, or index_add and scatter_add for its few elements",
    ),
    "floats of 16 bits": (
        "half float16 bfloat16 HalfTensor BFloat16Tensor amp autocast",
        "use float32",
    ),
    "compiled models": ("jit fx", "leave it out: the model runs as it is"),
    "quantized tensors": (
        "quantization quantize_per_tensor quantize_per_channel qint8 quint8", "use float32",
    ),
    "several processes or machines": (
        "distributed multiprocessing", "leave it out: there is one process",
    ),
    "hooks on what is kept for the way back": (
        "saved_tensors_hooks disable_saved_tensors_hooks save_on_cpu register_multi_grad_hook "
        "allow_mutation_on_saved_tensors",
        "use utils.checkpoint to keep less, and x.register_hook to see gradients",
    ),
    "derivatives on the way forward": ("forward_ad dual_level make_dual", "use func.jvp"),
    "models of others": ("hub onnx", "build the model, and load_state_dict its parameters"),
}  # fmt: skip


def unknown_name(place: str, name: str, known: Iterable[str]) -> AttributeError:
    """The error for a name that a module does not have, with the ones that may be meant.

    Parameters
    ----------
    place, name : str
        The module, and what was asked of it.
    known : iterable of str
        What it has.

    Examples
    --------
    >>> from tinygradx.errors import unknown_name
    >>> unknown_name("tinygradx", "sofmax", ["softmax", "softmin", "exp"]).do
    'did you mean tinygradx.softmax?'
    """
    if name.startswith("_"):  # asked by Python itself, which only wants to know that it is not here
        return AttributeError(f"module {place!r} has no attribute {name!r}")
    for family, (names, do) in ABSENT.items():
        if name in names.split():
            return UnknownNameError(f"{place}.{name}", f"{family}, which are not offered", do)
    near = closest(name, known)
    do = f"did you mean {place}.{near}?" if near else f"look at dir({place})"
    return UnknownNameError(f"{place}.{name}", "no such name", do)


def closest(name: str, known: Iterable[str]) -> str:
    """The known name most like the one that was given; empty where none is like it."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, 1, 0.7)), "")


def check_names(kind: type, named: Iterable[str]) -> None:
    """Refuse arguments by names that the `__init__` of a class does not take.

    Parameters
    ----------
    kind : type
        The class that is called.
    named : iterable of str
        The names that it is called with.

    Raises
    ------
    ArgumentNameError
        With the name that may be meant.
    """
    if not named:
        return
    import inspect

    parameters = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    for name in named:
        if name not in parameters:
            known = [p for p in parameters if p != "self"]
            near = closest(name, known)
            raise ArgumentNameError(
                f"make {kind.__name__} with {name}=", "no argument of that name",
                f"did you mean {near}=?" if near else f"use {', '.join(known) or 'none'}",
            )  # fmt: skip
