"""The loop of a formula with several results, all made of one evaluation."""

from __future__ import annotations

from collections.abc import Sequence

from tinygradx.kernels.formula import Formula, Written
from tinygradx.kernels.loops import INDENT, flat_loop
from tinygradx.kernels.source import DEVICES, Text, assemble


def joint_kernel(
    name: str, device: str, dtype: str, formula: Formula, outputs: Sequence[str]
) -> Text:
    """`a[i], b[i], ... = formula(x[i], y[i], ...)` for every i.

    A result of `map_kernel` has a formula of its own; here an exponential that all results need is
    taken once.

    Parameters
    ----------
    name, device, dtype : str
        As in `map_kernel`.
    formula : Formula
        Of arrays; it returns as many values as there are outputs.
    outputs : sequence of str
        Where they go: a new array each, or one that the formula reads, which is then changed.

    Returns
    -------
    Text
        The kernel takes the formula's arrays, then the new ones.
    """
    where = DEVICES[device]
    arrays = list(dict.fromkeys((*formula.parameters, *outputs)))
    written = Written(dtype, where.offered, taken=frozenset(arrays))
    given = ", ".join(f"{p}[i]" for p in formula.parameters)
    line = f"{', '.join(f'{out}[i]' for out in outputs)} = {written.add(formula)}({given})"
    opening = flat_loop(where, written, outputs[0])
    kernel = "\n".join([f"def {name}({', '.join(arrays)}):", *opening, INDENT * 2 + line])
    signature = f"void({', '.join([f'{dtype}[::1]'] * len(arrays))})"
    title = f"{name} for {device}, {dtype}: {line}"
    return assemble(title, name, where, written, signature, kernel)
