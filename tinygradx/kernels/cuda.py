"""CUDA: the kernels of the same formulas, for GPUs.

Nothing here is imported until somebody asks for a GPU or looks at a CUDA kernel. Compiling to PTX
needs NVIDIA's compiler (the `cuda` extra brings it), not a driver.
"""

from __future__ import annotations

from typing import Any
from unittest import mock

from tinygradx.errors import DeviceError
from tinygradx.kernels.cache import import_text
from tinygradx.kernels.source import Text


def dispatcher(text: Text) -> Any:
    """The `@cuda.jit` function of a kernel's text; nothing is compiled yet."""
    return getattr(import_text(text.name, text.source), text.entry)


class _Device:
    """Stands for a GPU of a given compute capability, where none is here."""

    def __init__(self, capability: tuple[int, int]) -> None:
        self.compute_capability = capability


def compile_ptx(text: Text, capability: tuple[int, int] = (9, 0)) -> str:
    """The assembly that NVIDIA's compiler makes of a kernel, without a GPU.

    Parameters
    ----------
    text : Text
        A kernel for "cuda".
    capability : tuple of int
        Of the GPU to compile for.

    Raises
    ------
    DeviceError
        If the compiler is not installed.
    """
    from numba import cuda
    from numba.cuda import dispatcher as of_numba

    module = import_text(text.name, text.source)
    try:
        # Numba asks which device is current when a kernel calls device functions.
        with mock.patch.object(of_numba, "get_current_device", lambda: _Device(capability)):
            ptx, _ = cuda.compile_ptx(
                getattr(module, text.entry).py_func, module.SIGNATURE, cc=capability
            )
    except (ImportError, RuntimeError, OSError) as error:
        raise DeviceError(
            f"compile {text.entry} to PTX",
            f"no CUDA compiler ({error!r:.100})",
            "pip install 'tinygradx[cuda]' (no driver is needed for this)",
        ) from error
    return str(ptx)
