"""From formulas and a loop to the text of a kernel, and from the text to a function.

A kernel's text depends on nothing that moves: no dates, no user lines, no paths. It is kept in a
file named by its content, so it is compiled once per machine, and tracebacks, `pdb` and `inspect`
work on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tinygradx.kernels import specialmath
from tinygradx.kernels.cache import load_dispatcher, load_kernel
from tinygradx.kernels.formula import Written

#: What NumPy answers inside a CPU kernel, where vectormath has nothing of its own: our name, its.
NUMPY_NAMES = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh",
    "atan": "arctan", "atan2": "arctan2", "atanh": "arctanh", "ceil": "ceil",
    "copysign": "copysign", "cosh": "cosh", "exp2": "exp2", "floor": "floor", "fmod": "fmod",
    "hypot": "hypot", "log10": "log10", "log2": "log2", "nextafter": "nextafter",
    "pow": "power", "rint": "rint", "sinh": "sinh", "sqrt": "sqrt", "tan": "tan", "trunc": "trunc",
}  # fmt: skip


#: What NVIDIA's libdevice offers, under our names.
OFFERED_BY_CUDA = frozenset(
    "exp exp2 expm1 log log1p log2 log10 sqrt sin cos tan asin acos atan sinh cosh tanh asinh "
    "acosh atanh erf erfc erfcx erfinv ndtr floor ceil trunc rint pow atan2 fmod hypot copysign "
    "nextafter".split()
)


def offered_by_cpu(name: str, dtype: str) -> tuple[str, str] | None:
    """The module and name of `machine.name` for a CPU kernel."""
    from tinygradx.kernels import vectormath  # imports numba: only where a kernel is written

    if hasattr(vectormath, f"{name}_{dtype}"):
        return "tinygradx.kernels.vectormath", f"{name}_{dtype}"
    if name in specialmath.OFFERED:
        return "tinygradx.kernels.specialmath", f"{name}_{dtype}"
    return ("numpy", NUMPY_NAMES[name]) if name in NUMPY_NAMES else None


def offered_by_cuda(name: str, dtype: str) -> tuple[str, str] | None:
    """The module and name of `machine.name` for a CUDA kernel."""
    if name in OFFERED_BY_CUDA or name in specialmath.OFFERED:
        return "tinygradx.kernels.cudamath", f"{name}_{dtype}"
    return None


@dataclass(frozen=True)
class Device:
    """How kernels are written for a device.

    Attributes
    ----------
    name : str
        "cpu" or "cuda".
    jit : str
        What to import from numba.
    helper, kernel : str
        The decorators of helper functions and of the kernel itself.
    offered : callable
        Where a function of the machine's mathematics comes from.
    """

    name: str
    jit: str
    helper: str
    kernel: str
    offered: Callable[[str, str], tuple[str, str] | None]


_NJIT = '@njit(nogil=True, error_model="numpy")'
# A helper that LLVM leaves as a call keeps the whole loop from being vectorised: 20 times slower.
_HELPER = '@njit(nogil=True, error_model="numpy", forceinline=True)'
DEVICES = {
    "cpu": Device("cpu", "njit", _HELPER, _NJIT, offered_by_cpu),
    "cuda": Device("cuda", "cuda", "@cuda.jit(device=True)", "@cuda.jit", offered_by_cuda),
}


@dataclass(frozen=True)
class Text:
    """The text of a kernel.

    Attributes
    ----------
    name : str
        What the file is called, before the hash of its content.
    entry : str
        The name of the kernel in it.
    source : str
        The whole file.
    """

    name: str
    entry: str
    source: str

    def load(self) -> Callable[..., Any]:
        """The compiled function: fast to call, checks nothing."""
        return load_kernel(self.name, self.source, self.entry)

    def dispatcher(self, device: str = "cpu") -> Any:
        """The function as Numba's dispatcher, for those who want to look at it."""
        if device == "cuda":
            from tinygradx.kernels.cuda import dispatcher  # only where a GPU is asked for

            return dispatcher(self)
        return load_dispatcher(self.name, self.source, self.entry)


def assemble(
    title: str, name: str, device: Device, written: Written, signature: str, kernel: str
) -> Text:
    """A whole file: what it is, what it imports, its helpers, the kernel.

    Parameters
    ----------
    title : str
        One line that says what the kernel does.
    name : str
        Of the kernel.
    device : Device
        Where it runs.
    written : Written
        The helper functions, what they import, the dtype.
    signature : str
        The types of the arguments, in Numba's words.
    kernel : str
        The kernel function, without its decorator.
    """
    dtype = written.dtype
    lines: dict[str, list[str]] = {}
    for ours, (module, theirs) in sorted(written.imports.items()):
        lines.setdefault(module, []).append(theirs if ours == theirs else f"{theirs} as {ours}")
    imports = [f"from numba import {', '.join(sorted((device.jit, dtype)))}"]
    imports += [f"from {module} import {', '.join(names)}" for module, names in lines.items()]
    origin = "Written by tinygradx from a formula; the file is named by its content."
    blocks = [
        f'"""{title}\n\n{origin}\n"""',
        "\n".join(imports),
        "\n".join([f'SIGNATURE = "{signature}"', *written.constants.values()]),
        *(f"\n{device.helper}\n{helper}" for helper in written.helpers.values()),
        f"\n{device.kernel}\n{kernel}",
    ]
    return Text(f"{name}_{device.name}_{dtype}", name, "\n\n".join(blocks) + "\n")
