"""Stubs: what an editor or a type checker, which runs nothing, sees of tables and blocks.

    python tests/stubs.py            says which files are not what they would be written as
    python tests/stubs.py --write    writes them

Most methods of a tensor are attached from a table, and most functions are blocks. Their stubs are
made from the real functions: arguments and defaults from their signatures, types from their
annotations. Where a function of the catalogue answers `Any`, since it knows no class of tensors,
the section "Returns" of its docstring says what it is; without one it is a tensor.
"""

from __future__ import annotations

import builtins
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import tinygradx
from tinygradx import linalg, special
from tinygradx.nn import functional
from tinygradx.tensor.methods import Methods
from tinygradx.tensor.writing import Writing

PACKAGE = Path(tinygradx.__file__).parent
HEAD = "# Written by `python tests/stubs.py --write`, from the functions themselves.\n\n"
WIDTH = 100
#: Where functions are, whose `Any` is said more exactly by their docstrings.
UNTYPED = (
    "tinygradx.ops.", "tinygradx.tensor.conversion", "tinygradx.tensor.methods",
    "tinygradx.nn.functional",
)  # fmt: skip
#: Where a name of an annotation comes from, if not from a class of that name.
KNOWN = {"Any": "typing", "Self": "typing", "NoReturn": "typing", "overload": "typing"}
KNOWN |= dict.fromkeys(("Callable", "Iterable", "Iterator", "Sequence"), "collections.abc")
#: Answers that neither annotations nor docstrings say; of two, the second is that with a `dim`.
ANSWERS = {
    "aminmax": ["AminmaxResult"], "cummin": ["Cumulated"], "kthvalue": ["Sorted"],
    "old_lu": ["Any"], "max": ["Tensor", "MaxResult"], "min": ["Tensor", "MaxResult"],
    "nanmedian": ["Tensor", "Sorted"], "old_qr": ["QRResult"], "old_svd": ["OldSVDResult"],
    "std_mean": ["tuple[Tensor, Tensor]"], "stride": ["Any"], "type": ["Any"],
    "var_mean": ["tuple[Tensor, Tensor]"],
}  # fmt: skip
#: The rooms that are a user's; whatever else is loaded is seen by those who import it.
ROOMS = {"autograd", "errors", *tinygradx._LATER}
#: Homes of what does not know its own.
HOMES = {"is_grad_enabled": "tinygradx.graph.record"}


class Entry(NamedTuple):
    """One function or method, as a stub says it.

    Attributes
    ----------
    name : str
        Its name.
    arguments : list of str
        As they stand between the brackets.
    answer : str
        The annotation of what it answers.
    words : str
        Its docstring, of which the first paragraph is said.
    """

    name: str
    arguments: list[str]
    answer: str
    words: str


class Page:
    """A stub that is being written: its names, and where they come from.

    Attributes
    ----------
    own : frozenset of str
        Names that the stub defines, which hide Python's own: `bool`, `float`.
    """

    def __init__(self, own: set[str]) -> None:
        self.own = frozenset(own)
        self.modules: set[str] = set()
        self.imports: dict[str, set[str]] = {}

    def annotation(self, text: str, function: Any) -> str:
        """An annotation of the function as it can be read in the stub."""

        def known(match: re.Match[str]) -> str:
            name, rest = match.group(1), match.group(2)
            if name == "np":
                self.modules.add("numpy as np")
            elif hasattr(builtins, name):
                if name in self.own:
                    self.modules.add("builtins")
                    return f"builtins.{name}{rest}"
            else:
                self.take(home_of(name, function), name)
            return f"{name}{rest}"

        return re.sub(r"\b([A-Za-z_]\w*)((?:\.\w+)*)", known, text)

    def entries(self, name: str, value: Any, method: bool = False) -> list[Entry]:
        """What is said about a function: one entry, or one for each kind of answer."""
        function = inspect.unwrap(value)
        in_place = method and name.endswith("_") and function is not value
        answers = ["Self"] if in_place else answers_of(function)
        choosing = len(answers) > 1
        found = []
        for place, answer in enumerate(answers):
            arguments = self.arguments(function, method, ["None", "int"][place] if choosing else "")
            answer = self.annotation(answer, function)
            found.append(Entry(name, arguments, answer, inspect.getdoc(value) or ""))
        if choosing:
            self.take("typing", "overload")
            if name in ("max", "min"):
                first = "self" if method else "input: Any"
                found.append(found[0]._replace(arguments=[first, "other: Tensor", "/"]))
        return found

    def arguments(self, function: Any, method: bool, dim: str) -> list[str]:
        """The arguments; `dim`, where it decides what is answered, is of that type."""
        parts, named = [], False
        parameters = list(inspect.signature(function).parameters.values())
        known = {parameter.name for parameter in parameters}
        for parameter in parameters:
            kind = parameter.kind
            if method and parameter is parameters[0]:
                parts.append("self")
                continue
            if method and parameter.name == "inplace":  # a method in place has a name of its own
                continue
            if kind is parameter.VAR_KEYWORD and "dim" in known:  # NumPy's names, see numpy_names
                kept = [("axis", "Any")] + [("keepdims", "bool")] * ("keepdim" in known)
                parts += [] if named else ["*"]
                parts += [f"{name}: {self.annotation(kind, function)} = ..." for name, kind in kept]
                continue
            if kind is parameter.KEYWORD_ONLY and not named:
                parts.append("*")
            named = named or kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
            star = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(kind, "")
            given = parameter.annotation if isinstance(parameter.annotation, str) else "Any"
            default = parameter.default
            if dim and parameter.name == "dim":
                given, default = dim, (None if dim == "None" else parameter.empty)
            text = f"{star}{parameter.name}: {self.annotation(given, function)}"
            parts.append(text if default is parameter.empty else f"{text} = {shown(default)}")
        return parts

    def function(self, name: str, value: Any, indent: str = "", method: bool = False) -> str:
        """The text of one function or method."""
        entries = self.entries(name, value, method)
        mark = f"{indent}@overload\n" if len(entries) > 1 else ""
        return "\n".join(mark + text_of(entry, indent) for entry in entries)

    def take(self, module: str, name: str, shown: str = "") -> None:
        """Import a name; one that is shown under a name is offered to others as well."""
        module = offered_by(module, name)
        names = self.imports.setdefault(module, set())
        if shown:
            names.discard(name)
            names.add(f"{name} as {shown}")
        elif f"{name} as {name}" not in names:
            names.add(name)

    def head(self) -> str:
        """The imports, sorted and broken as the linter does it."""
        standard, numpy, ours = [], [], []
        for module in sorted(self.modules):
            (standard if module == "builtins" else numpy).append(f"import {module}")
        for module, names in sorted(self.imports.items()):
            lines = ours if module.startswith("tinygradx") else standard
            plain = sorted((name for name in names if " as " not in name), key=by_case)
            line = f"from {module} import {', '.join(plain)}"
            if len(line) > WIDTH:
                line = f"from {module} import (\n    " + ",\n    ".join(plain) + ",\n)"
            found = [(by_case(plain[0]), line)] if plain else []
            found += [(by_case(n), f"from {module} import {n}") for n in names if " as " in n]
            lines += [line for _, line in sorted(found)]
        return "\n\n".join("\n".join(lines) for lines in (standard, numpy, ours) if lines)


def offered_by(module: str, name: str) -> str:
    """The folder of the catalogue that lists a name of one of its files, or that file itself."""
    folder = module.rpartition(".")[0]
    listed = getattr(sys.modules.get(folder), "__all__", ())
    return folder if folder.startswith(UNTYPED) and name in listed else module


def by_case(name: str) -> tuple[int, str]:
    """CONSTANTS before Classes before functions, as the linter sorts imports."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def home_of(name: str, function: Any) -> str:
    """The module that a name in an annotation of the function comes from."""
    if name in KNOWN:
        return KNOWN[name]
    if name == "Tensor":
        return "tinygradx.tensor.tensor"
    own = vars(inspect.getmodule(function) or builtins)
    rooms = [vars(room) for path, room in sorted(sys.modules.items()) if path.startswith(UNTYPED)]
    return str(next(room[name].__module__ for room in [own, *rooms] if name in room))


def shown(default: Any) -> str:
    """A default as it is written in a stub."""
    plain = default is None or isinstance(default, (bool, int, float, str, tuple))
    text = repr(default).replace("'", '"')
    return text if plain and text not in ("inf", "-inf", "nan") else "..."


def answers_of(function: Any) -> list[str]:
    """What a function answers; two for one whose `dim` decides: without, and with."""
    said = getattr(function, "__annotations__", {}).get("return", "Any")
    if not (getattr(function, "__module__", None) or "").startswith(UNTYPED):
        return [said]
    if said != "Any":
        return [re.sub(r"\btuple\[Any, \.\.\.\]", "tuple[Tensor, ...]", said)]
    if function.__name__ in ANSWERS:
        return ANSWERS[function.__name__]
    match = re.search(r"^Returns\n-+\n(.+)$", inspect.getdoc(function) or "", re.MULTILINE)
    words = match.group(1) if match else "Tensor"
    either = re.fullmatch(r"Tensor or ([A-Z]\w+)", words)
    if either:
        return ["Tensor", either.group(1)]
    if words == "tuple of Tensor":
        return ["tuple[Tensor, ...]"]
    return [words if re.fullmatch(r"[A-Z]\w*|int|bool|float|str", words) else "Any"]


def text_of(entry: Entry, indent: str) -> str:
    """One entry, broken into lines as the formatter does it."""
    start, end = f"{indent}def {entry.name}(", f") -> {entry.answer}:"
    inner = f"{indent}    "
    line = start + ", ".join(entry.arguments) + end
    if len(line) > WIDTH:
        line = f"{start}\n{inner}{', '.join(entry.arguments)}\n{indent}{end}"
        if max(map(len, line.split("\n"))) > WIDTH:
            apart = "".join(f"{inner}{argument},\n" for argument in entry.arguments)
            line = f"{start}\n{apart}{indent}{end}"
    words = entry.words.partition("\n\n")[0].replace("\n", " ")
    if len(words) > WIDTH - len(inner) - 6:
        words = words[: WIDTH - len(inner) - 10].rpartition(" ")[0] + " ..."
    raw = "r" if "\\" in words else ""
    return f'{line}\n{inner}{raw}"""{words}"""\n' if words else f"{line} ...\n"


# ---- the methods --------------------------------------------------------------------------------


def attached() -> dict[str, Any]:
    """The methods and properties of a tensor that no class body names."""
    found = {name: value for name, value in vars(Methods).items() if not name.startswith("_")}
    for name, value in vars(tinygradx.Tensor).items():
        if inspect.isfunction(value) and value.__module__ != tinygradx.Tensor.__module__:
            found.setdefault(name, value)  # such as `tensor/chance.py` attaches
    return {name: found[name] for name in sorted(found) if not name.startswith("_")}


def methods_stub() -> str:
    """The text of `tensor/methods.pyi`."""
    page = Page(set(attached()))
    parts = []
    for name, value in attached().items():
        if isinstance(value, property):
            answer = page.annotation(value.fget.__annotations__["return"], value.fget)
            text = text_of(Entry(name, ["self"], answer, value.fget.__doc__), "    ")
            parts.append(f"    @property\n{text}\n")
        else:
            parts.append(page.function(name, value, "    ", method=True) + "\n")
    page.take(Writing.__module__, "Writing")
    start = f'{HEAD}{page.head()}\n\nclass Methods(Writing):\n    """{Methods.__doc__}"""\n\n'
    return start + "".join(parts).rstrip() + "\n"


# ---- modules ------------------------------------------------------------------------------------


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The names that a module offers, and what they are."""
    for name in sorted(getattr(module, "__all__", dir(module))):
        value = getattr(module, name)
        hidden = isinstance(value, ModuleType) and name not in ROOMS
        if not name.startswith("_") and not hidden and value is not Any:
            yield name, value


def origin(name: str, value: Any) -> tuple[str, str] | None:
    """The module where a thing is defined, and its name there; None for a constant."""
    if isinstance(value, ModuleType):
        parent, _, own = value.__name__.rpartition(".")
        return parent, own
    home = HOMES.get(name, getattr(value, "__module__", None))
    own = name if name in HOMES else getattr(value, "__name__", name)
    known = isinstance(home, str) and getattr(sys.modules.get(home), own, None) is value
    return (str(home), own) if known else None


def is_block(value: Any) -> bool:
    """Whether the catalogue made it: a function without types, or a block."""
    home = getattr(value, "__module__", None) or ""
    return callable(value) and not inspect.isclass(value) and home.startswith(UNTYPED)


def module_stub(module: ModuleType) -> str:
    """The text of the stub of a module that shows what others define."""
    names = dict(public(module))
    page = Page(set(names))
    functions, constants = [], []
    for name, value in names.items():
        if is_block(value):
            functions.append(page.function(name, value))
        elif place := origin(name, value):
            page.take(*place, shown=name)
        else:
            kind = type(value)
            own = page.annotation(kind.__name__, value) if kind.__module__ == "builtins" else "Any"
            if hasattr(value, "itemsize"):  # a dtype
                own = page.annotation("np.dtype[Any]", value)
            elif own == "Any":
                own = kind.__name__
                page.take(kind.__module__, own)
            constants.append(f"{name}: {own}")
    if module is tinygradx:
        constants.append(f"__version__: {page.annotation('str', None)}")
    parts = [page.head() + "\n", "".join(f"{line}\n" for line in constants), *functions]
    return HEAD + "\n".join(part for part in parts if part)


STUBS: dict[str, Callable[[], str]] = {
    "tensor/methods.pyi": methods_stub,
    "__init__.pyi": lambda: module_stub(tinygradx),
    "linalg.pyi": lambda: module_stub(linalg),
    "nn/functional.pyi": lambda: module_stub(functional),
    "special.pyi": lambda: module_stub(special),
}


def stale() -> list[str]:
    """The stubs that are not what they would be written as."""
    return [
        name
        for name, make in STUBS.items()
        if not (PACKAGE / name).exists() or (PACKAGE / name).read_text(encoding="utf-8") != make()
    ]


def main() -> int:
    old = stale()
    for name in old:
        if "--write" in sys.argv:
            (PACKAGE / name).write_text(STUBS[name](), encoding="utf-8")
        print(f"tinygradx/{name} {'is written' if '--write' in sys.argv else 'is not current'}")
    return int(bool(old) and "--write" not in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
