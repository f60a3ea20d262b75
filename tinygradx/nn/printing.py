"""A module as text: one line a layer, in PyTorch's layout, with the number of its parameters.

Nothing here calls itself, so that a model of thousands of levels can be printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tinygradx.nn.parameter import Parameter, is_lazy
from tinygradx.nn.parts import Parts, held

COLUMN = 8  # blanks between a module and the number of its parameters


class Described(NamedTuple):
    """What is printed of one module, without what is within.

    Attributes
    ----------
    name : str
        Its class.
    lines : tuple of str
        What it says of itself.
    numel : int
        How many numbers its own parameters have.
    parts : tuple of (str, int)
        The names of the modules within, and the numbers of their descriptions: two modules that
        look alike have the same.
    folds : bool
        Whether parts that are alike and neighbours are printed once, as in lists.
    """

    name: str
    lines: tuple[str, ...]
    numel: int
    parts: tuple[tuple[str, int], ...]
    folds: bool


def text_of(root: Any) -> str:
    """The text of a module and everything within.

    Examples
    --------
    >>> from tinygradx import nn
    >>> nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.Tanh()])
    ModuleList(
      (0-1): 2 x Linear(2 → 2, bias=True)        # 2 x 6 params
      (2): Tanh()
    )
    """
    known, number = _descriptions(root)
    lines = list(_lines(known, number))
    width = max((len(text) for text, count in lines if count), default=0) + COLUMN
    return "\n".join(f"{text:<{width}}# {count}" if count else text for text, count in lines)


def _descriptions(root: Any) -> tuple[list[Described], int]:
    """The different descriptions there are, by number, and the number of the root's."""
    order, waiting, met = [], [root], set()
    while waiting:
        module = waiting.pop()
        if module not in met:
            met.add(module)
            order.append(module)
            if module is root or not _writes_itself(module):
                waiting += module.children()
    numbers: dict[Described, int] = {}
    number_of: dict[Any, int] = {}
    # What is within comes first, but for a module in two places, which may be met too late.
    waiting = order
    while waiting:
        module = waiting[-1]
        own = {} if module is not root and _writes_itself(module) else held(module, Parts)
        late = [part for part in own.values() if part not in number_of]
        if late:
            waiting += late
            continue
        waiting.pop()
        if module not in number_of:
            found = _described(module, module is root, {n: number_of[m] for n, m in own.items()})
            number_of[module] = numbers.setdefault(found, len(numbers))
    return list(numbers), number_of[root]


def _writes_itself(module: Any) -> bool:
    """Whether a class has a `__repr__` of its own."""
    return getattr(type(module).__repr__, "__module__", "") != "tinygradx.nn.module"


def _described(module: Any, top: bool, parts: dict[str, int]) -> Described:
    if not top and _writes_itself(module):
        return Described("", tuple(repr(module).split("\n")), 0, (), False)
    extra = module.extra_repr()
    shown = [p for p in held(module, Parameter).values() if not is_lazy(p)]
    return Described(
        type(module).__name__, tuple(extra.split("\n")) if extra else (),
        sum(p.numel() for p in shown), tuple(parts.items()), module._folds,
    )  # fmt: skip


def _lines(known: list[Described], root: int) -> Iterator[tuple[str, str]]:
    """Every line, and what is said of parameters behind it."""
    waiting: list[tuple[int, str, int, int | None]] = [(0, "", 1, root)]
    while waiting:
        depth, label, times, number = waiting.pop()
        indent = "  " * depth
        if number is None:
            yield f"{indent})", ""
            continue
        name, lines, count, parts, folds = known[number]
        params = f"{count:,} param{'s' * (count != 1)}" if count else ""
        if count and times > 1:
            params = f"{times} x {params}"
        if not name:
            yield f"{indent}{label}{lines[0]}", ""
            yield from ((indent + line, "") for line in lines[1:])
        elif not parts and len(lines) < 2:
            yield f"{indent}{label}{name}({''.join(lines)})", params
        else:
            yield f"{indent}{label}{name}(", params
            yield from ((f"{indent}  {line}", "") for line in lines)
            waiting.append((depth, "", 1, None))
            within = _folded(parts) if folds else [(f"({n}): ", 1, part) for n, part in parts]
            waiting += [(depth + 1, *entry) for entry in reversed(within)]


def _folded(parts: tuple[tuple[str, int], ...]) -> list[tuple[str, int, int]]:
    """The parts of a list, neighbours that are alike as one."""
    groups: list[list[tuple[str, int]]] = []
    for name, part in parts:
        if groups and groups[-1][0][1] == part:
            groups[-1].append((name, part))
        else:
            groups.append([(name, part)])
    found = []
    for group in groups:
        (first, part), (last, _), times = group[0], group[-1], len(group)
        label = f"({first}): " if times == 1 else f"({first}-{last}): {times} x "
        found.append((label, times, part))
    return found
