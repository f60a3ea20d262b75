"""The plan of the house guards itself: an import may only point down."""

import ast
from pathlib import Path

import pytest

import tinygradx

PACKAGE = Path(tinygradx.__file__).parent
FLOORS = """
    cli
    compare
    compile draw plot diagnose train sklearn utils random cuda accelerator backends
    nn optim func data linalg special signal micrograd autograd serialization distributions
    tensor
    ops
    graph kernels
    errors
"""
FLOOR = {
    room: floor
    for floor, rooms in enumerate(reversed(FLOORS.strip().splitlines()))
    for room in rooms.split()
}
#: `Tensor.draw` and `Module.draw` import `draw` when they are called, and `History.plot` imports
#: `plot`, beside it: these alone.
UPWARD = {("tensor", "draw"), ("nn", "draw"), ("train", "plot")}

#: `optim.swa_utils` averages models, so it is a Module: this file alone looks beside it.
BESIDE = {("optim/swa_utils.py", "nn")}


def room_of(module: str) -> str:
    """The room that a module of the package belongs to."""
    return f"{module}.".split(".")[1]


def imported_modules(tree: ast.AST, module: str) -> set[str]:
    """Every module of the package that a file imports, inside functions as well."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parent = ".".join(module.split(".")[: -node.level]) if node.level else ""
            base = f"{parent}.{node.module or ''}".strip(".")
            # `from tinygradx import nn` names the room; `from tinygradx.nn import Linear` has it.
            found |= {
                f"{base}.{alias.name}" if base == "tinygradx" else base for alias in node.names
            }
    return {name for name in found if name.split(".")[0] == "tinygradx"}


def imports_between_rooms() -> list[tuple[str, str]]:
    """Pairs of a file and the room that it imports from."""
    pairs = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts in (("__init__",), ("__main__",)):
            continue  # the entrance, which shows every room
        here = ".".join(("tinygradx", *parts))
        for module in imported_modules(ast.parse(path.read_text(encoding="utf-8")), here):
            pairs.add((str(path.relative_to(PACKAGE)), room_of(module)))
    return sorted(pairs)


def points_down(room: str, imported: str) -> bool:
    return room == imported or FLOOR[imported] < FLOOR[room] or (room, imported) in UPWARD


@pytest.mark.parametrize(("file", "imported"), imports_between_rooms())
def test_imports_point_down(file: str, imported: str) -> None:
    room = Path(file).with_suffix("").parts[0]
    assert room in FLOOR, f"{file} is in a room that stands on no floor; give it one"
    if imported in ("", "__version__"):
        # `import tinygradx` reaches every room: only the top may do it.
        assert room == "cli", f"{file} must not import the entrance"
        return
    assert points_down(room, imported) or (file, imported) in BESIDE, (
        f"{file} must not import {imported}"
    )


def test_every_room_is_on_a_floor() -> None:
    rooms = {p.stem for p in PACKAGE.iterdir() if p.is_dir() or p.suffix == ".py"}
    assert rooms - {"__init__", "__main__", "__pycache__"} <= set(FLOOR)


def test_the_check_notices_an_import_that_points_up() -> None:
    tree = ast.parse("def f():\n    from tinygradx.nn import Linear\n    from . import tensor\n")
    assert imported_modules(tree, "tinygradx.ops.shapes") == {"tinygradx.nn", "tinygradx.ops"}
    assert not points_down("ops", "nn")
    assert not points_down("nn", "optim")
    assert not points_down("graph", "kernels")
    assert points_down("cli", "draw")
