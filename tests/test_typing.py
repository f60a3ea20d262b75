"""The static surface: what an editor or a type checker sees is what is there."""

from __future__ import annotations

import ast
import inspect
import os
import pydoc
import subprocess
import sys
import typing
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import stubs

import tinygradx as tgx
from tinygradx import Tensor
from tinygradx.errors import TeachingError

PACKAGE = Path(tgx.__file__).parent

#: What a user writes; every type that it states is proved by mypy, and looked at when it runs.
RIGHT = """
from typing import Any, assert_type

import numpy as np

import tinygradx as tgx
from tinygradx import Tensor, nn
from tinygradx.nn import functional as F

tgx.manual_seed(0)
x: Tensor = tgx.randn(4, 3, requires_grad=True)
w = tgx.tensor([[1.0, -2.0], [0.5, 3.0], [0.25, 1.0]], dtype=tgx.float32)
labels = tgx.arange(4).remainder(2).long()

assert_type(x @ w, Tensor)
assert_type(-x + 2 * x**2 / 3 - 1, Tensor)
assert_type(x[0, 1:].T, Tensor)
assert_type(x.relu().sigmoid().tanh().exp().log1p(), Tensor)
assert_type(x.softmax(dim=1).clamp(min=0.1, max=0.9), Tensor)
assert_type(x.add(x, alpha=2).mul(x).sub(1).div(x, rounding_mode="floor"), Tensor)
assert_type(x.sum(dim=1, keepdim=True).mean().std(unbiased=False), Tensor)
assert_type(x.sum(axis=1, keepdims=True), Tensor)
assert_type(x.max(), Tensor)
assert_type(x.max(x), Tensor)
assert_type(x.median(), Tensor)
values, indices = x.max(dim=1)
order = x.sort(dim=1, descending=True).indices
assert_type(x.reshape(2, 6).transpose(0, 1).unsqueeze(-1).flatten(start_dim=1), Tensor)
assert_type(x.view(-1).permute(0).expand(2, 12).contiguous(), Tensor)
assert_type(x.masked_fill(x > 0, 0.0).gather(1, order), Tensor)
assert_type(x.chunk(2, dim=0), tuple[Tensor, ...])
assert_type(x.split(2), tuple[Tensor, ...])
assert_type(x.detach().clone().add_(1).mul_(2).zero_(), Tensor)
assert_type(x.argmax(dim=-1).eq(labels).all(), Tensor)
assert_type(x.numel() + x.dim(), int)
assert_type(x.shape, tuple[int, ...])
assert_type(x.dtype, np.dtype[Any])
assert_type(x.allclose(x), bool)
assert_type(x.itemsize + x.nbytes, int)
assert_type(x.detach().numpy(), np.ndarray[Any, Any])
assert_type(x.double().to(tgx.float32), Tensor)

assert_type(tgx.relu(x), Tensor)
assert_type(tgx.softplus(input=x, beta=2.0), Tensor)
assert_type(tgx.where(x > 0, x, 0.0), Any)
assert_type(tgx.maximum(x, other=x), Tensor)
assert_type(tgx.add(x, 1, alpha=3), Tensor)
assert_type(tgx.cat([x, x], dim=1), Tensor)
assert_type(tgx.stack((x, x)), Tensor)
assert_type(tgx.einsum("ij,jk->ik", x, w), Tensor)
assert_type(tgx.zeros(2, 3) + tgx.ones_like(tgx.full((2, 3), 2.0)), Tensor)
assert_type(tgx.linspace(0, 1, 5).cumsum(0), Tensor)
assert_type(tgx.meshgrid(tgx.arange(2), tgx.arange(3), indexing="ij"), tuple[Tensor, ...])
assert_type(tgx.is_grad_enabled(), bool)

model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = tgx.optim.SGD(model.parameters(), lr=0.1)
for _ in range(2):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), labels)
    loss.backward()
    optimizer.step()
with tgx.no_grad():
    print(float(loss), x.grad is not None, list(x.shape))
"""

#: A line with a mistake, and what mypy says about it.
WRONG = {
    "tgx.ones(3).relux()": '"Tensor" has no attribute "relux"',
    "tgx.ones(3).sum(dims=1)": 'Unexpected keyword argument "dims" for "sum"',
    "tgx.ones(3).add()": 'Missing positional argument "other" in call to "add"',
    "tgx.ones(3).relu(1)": 'Too many arguments for "relu"',
    "tgx.relu(tgx.ones(3), 1)": 'incompatible type "int"; expected "bool"',
    "tgx.softplus(tgx.ones(3), betta=1.0)": 'Unexpected keyword argument "betta" for "softplus"',
    "tgx.softplus(tgx.ones(3), beta='a')": 'Argument "beta" to "softplus" has incompatible type',
    "tgx.zeroes(3)": 'has no attribute "zeroes"',
    "tgx.ones(3).sum().numel().relu()": '"int" has no attribute "relu"',
    "tgx.ones(3).unsqueeze(dim='a')": 'Argument "dim" to "unsqueeze"',
}


# ---- the stubs ----------------------------------------------------------------------------------


def test_the_stubs_are_what_would_be_written():
    assert stubs.stale() == [], "run `python tests/stubs.py --write`"


def test_a_stub_with_one_wrong_type_is_noticed(monkeypatch, tmp_path):
    for name in stubs.STUBS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        text = (PACKAGE / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("-> Tensor", "-> Any", 1), encoding="utf-8")
    monkeypatch.setattr(stubs, "PACKAGE", tmp_path)
    assert stubs.stale() == list(stubs.STUBS)


def names_in(path: Path) -> set[str]:
    """What the classes of a file name in their bodies, without running it."""
    found = set()
    for kind in ast.parse(path.read_text(encoding="utf-8")).body:
        for node in kind.body if isinstance(kind, ast.ClassDef) else ():
            if isinstance(node, ast.FunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.AnnAssign):
                found.add(node.target.id)
            elif isinstance(node, ast.Assign):
                found |= {name.id for name in node.targets if isinstance(name, ast.Name)}
    return found


def test_an_editor_sees_every_public_name_of_a_tensor_and_no_other():
    found = set()
    for kind in Tensor.__mro__[:-1]:
        file = Path(inspect.getfile(kind))
        stub = file.with_suffix(".pyi")
        found |= names_in(stub if stub.exists() else file)
    public = {name for name in dir(Tensor) if not name.startswith("_")}
    assert len(public) > 450
    # Class bodies in these files that are no part of a tensor have the other names.
    handles = names_in(Path(inspect.getfile(Tensor.__mro__[-2])))
    assert public <= found
    assert {name for name in found if not name.startswith("_")} - public <= handles


def test_an_editor_sees_every_public_name_of_the_package():
    body = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8")).body
    found = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    found |= {node.target.id for node in body if isinstance(node, ast.AnnAssign)}
    found |= {
        alias.asname for node in body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    missing = {name for name in dir(tgx) if not name.startswith("_")} - found
    unseen = {n for n in missing if not inspect.ismodule(getattr(tgx, n)) and n != "Any"}
    assert unseen == set()


# ---- what they promise --------------------------------------------------------------------------


def operands(kind: str) -> dict[str, Any]:
    """Something to call functions with, by the names of their arguments."""
    if kind == "matrix of floats":
        x = tgx.tensor([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])
        values: dict[str, Any] = {"index": tgx.tensor([[0, 1, 2]]), "size": (3, 3)}
    elif kind == "matrix of integers":
        x = tgx.tensor([[4, 1, 2], [1, 3, 5], [2, 5, 6]])
        values = {"index": tgx.tensor([0, 1, 2]), "size": (9,)}
    elif kind == "vector":
        x = tgx.tensor([0.25, 0.5, 0.75, 0.125])
        values = {"index": 0, "size": 2}
    elif kind == "vector of integers":
        x = tgx.tensor([3, 1, 2, 0])
        values = {"index": tgx.tensor([3, 2, 1, 0]), "size": (2, 2)}
    elif kind in IMAGES:
        dims = IMAGES.index(kind) + 1
        x = tgx.rand(1, *(4,) * (dims + 1))
        values = {
            "weight": tgx.rand(4, 4, *(2,) * dims), "kernel_size": 2, "output_size": 2, "size": 8,
            "normalized_shape": 4, "num_groups": 2, "groups": 2, "upscale_factor": 2, "pieces": 2,
            "downscale_factor": 2, "norm_type": 2.0, "pad": (1, 1), "query": x, "key": x,
            "value": x, "running_mean": tgx.zeros(4), "running_var": tgx.ones(4),
            "indices": tgx.zeros(1, *(4,) * (dims + 1), dtype=tgx.int64),
        }  # fmt: skip
    else:
        x = tgx.rand(2, 2, 2)
        values = {"index": tgx.tensor([0, 1]), "size": (8,)}
    row = x if x.dim() == 1 else x[0]
    named = {
        "dim": 0, "dim0": 0, "dim1": 0, "axis0": 0, "axis1": 0, "value": 1, "k": 1, "n": 2, "p": 1,
        "q": 0.5, "min": 0, "max": 1, "bins": 3, "repeats": 2, "shifts": 1, "destination": 0,
        "sizes": (1, -1), "chunks": 2, "indices_or_sections": 1, "split_size_or_sections": 1,
        "split_sizes": [1] * x.shape[0], "start": 0, "length": 1, "mask": x > 1,
        "condition": x > 1, "end": x, "weight": 1, "reduce": "amax", "num_samples": 1,
        "tensor": row, "vec": row, "vec1": row, "vec2": row, "fill_value": 1, "data": [1.0],
        "dimension": 0, "step": 1, "exponent": 2, "stride": (1,) * x.dim(), "axis": 0,
        "order": tuple(range(x.dim())), "counts": (1,) * x.dim(), "shape": x.shape, "cols": 2,
        "row": 2, "col": 2,
    }  # fmt: skip
    return {"x": x, **named, **values}


IMAGES = ["sequences", "images", "volumes"]
KINDS = [
    "matrix of floats", "matrix of integers", "vector", "vector of integers", "stack of matrices",
    *IMAGES,
]  # fmt: skip


def answers(name: str, function: Any) -> Any:
    """What a function answers for the first operands that fit; None if none do."""
    parameters = list(inspect.signature(function).parameters.values())
    for kind in KINDS:
        for with_dim in (True, False):
            values = operands(kind)
            args: list[Any] = []
            for place, parameter in enumerate(parameters):
                if parameter.kind is parameter.VAR_POSITIONAL:
                    args += [values["x"]] if place == 0 else values.get(parameter.name, ())
                elif parameter.kind is parameter.POSITIONAL_OR_KEYWORD and (
                    place == 0 or parameter.default is parameter.empty
                ):
                    args.append(values.get(parameter.name, values["x"]))
            has_dim = any(parameter.name == "dim" for parameter in parameters)
            named = {"dim": 0} if with_dim and has_dim else {}
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    return bool(named), function(*args, **named)
            except (TeachingError, TypeError, ValueError, AttributeError, IndexError):
                continue  # these operands do not fit
    return None


def is_promised(value: Any, said: str) -> bool:
    """Whether a value is of the type that a stub states."""
    said = said.replace("builtins.", "")
    if said in ("Tensor", "Self"):
        return isinstance(value, Tensor)
    if said.startswith("tuple["):
        return isinstance(value, tuple) and all(isinstance(v, (Tensor, int)) for v in value)
    if said.startswith("Callable["):
        return callable(value)
    if said == "np.dtype[Any]":
        return isinstance(value, np.dtype)
    return said == "Any" or type(value).__name__ == {"None": "NoneType"}.get(said, said)


@pytest.fixture
def promises():
    """Names, functions, and what the stubs say that they answer."""
    page = stubs.Page(set())
    found = []
    for name, value in stubs.attached().items():
        if not isinstance(value, property):
            found.append((f"Tensor.{name}", value, page.entries(name, value, method=True)))
    for module in (tgx, tgx.nn.functional, tgx.special, tgx.linalg):
        for name, value in stubs.public(module):
            if stubs.is_block(value) and not name.startswith(("set_", "manual_")):
                found.append((f"{module.__name__}.{name}", value, page.entries(name, value)))
    return found


def test_what_a_stub_promises_is_what_is_answered(promises):
    wrong, reached = [], 0
    for name, function, entries in promises:
        got = answers(name, function)
        if got is None:
            continue
        reached += 1
        with_dim, value = got
        entry = entries[1 if with_dim and len(entries) > 1 else 0]
        if not is_promised(value, entry.answer):
            wrong.append(f"{name} -> {entry.answer}, answered a {type(value).__name__}")
    assert wrong == []
    assert reached > 0.93 * len(promises), f"only {reached} of {len(promises)} could be called"


def test_the_check_of_promises_notices_a_wrong_one():
    assert not is_promised((tgx.ones(1), tgx.ones(1)), "Tensor")
    assert not is_promised(tgx.ones(1), "Sorted")
    assert not is_promised(1, "bool")
    assert is_promised(tgx.ones(2).sort(), "Sorted")


# ---- signatures where the code runs -------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (tgx.relu, ["input", "inplace"]),
        (tgx.atan2, ["input", "other"]),
        (tgx.pow, ["input", "exponent"]),
        (tgx.lerp, ["input", "end", "weight"]),
        (tgx.softplus, ["input", "beta", "threshold", "inplace"]),
        (Tensor.relu, ["input"]),
        (Tensor.pow, ["input", "exponent"]),
        (tgx.ones(1).atan2, ["other"]),
        (tgx.ones(1).mul_, ["other"]),
        (tgx.ones(1).add_, ["other", "alpha"]),
    ],
)
def test_signatures_have_the_names_that_calls_take(function, names):
    signature = inspect.signature(function)
    assert list(signature.parameters) == names
    x = [tgx.ones(2)] * sum(p.default is p.empty for p in signature.parameters.values())
    by_name = dict(zip(names, x, strict=False))
    if list(by_name)[:1] == ["input"] and not inspect.isfunction(function):
        assert function(**by_name).equal(function(*x))


def test_a_setting_has_its_default_in_the_signature():
    assert inspect.signature(tgx.softplus).parameters["beta"].default == 1.0
    assert inspect.signature(tgx.leaky_relu).parameters["negative_slope"].default == 0.01


def test_a_class_of_blocks_has_the_signature_of_its_constructor():
    assert next(iter(inspect.signature(type(tgx.relu)).parameters)) == "function"


def test_help_says_the_names():
    assert "input : Tensor" in pydoc.render_doc(tgx.relu, renderer=pydoc.plaintext)
    text = pydoc.render_doc(Tensor.atan2, renderer=pydoc.plaintext)
    assert "atan2(input" in text
    assert "input, other : Tensor" in text
    assert "of y and x is" in text


# ---- mypy on a user's script --------------------------------------------------------------------


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """What `mypy --strict` says about both scripts, with nothing but our `py.typed`."""
    pytest.importorskip("mypy", reason="mypy is not installed")
    folder = tmp_path_factory.mktemp("user")
    lines = ["import tinygradx as tgx", *WRONG]
    (folder / "right.py").write_text(RIGHT, encoding="utf-8")
    (folder / "wrong.py").write_text("\n".join([*lines, ""]), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=cache"]
    done = subprocess.run(
        [*command, "--no-error-summary", "--hide-error-context", "right.py", "wrong.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 1, done.stdout + done.stderr  # for the wrong one
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_right_script_has_no_errors(reports):
    assert [line for line in reports if not line.startswith("wrong.py")] == []


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [*enumerate(WRONG, start=2)])
def test_a_mistake_is_reported(reports, number, code):
    said = [line for line in reports if line.startswith(f"wrong.py:{number}:")]
    assert any(WRONG[code] in line for line in said), f"{code}: {said}"


def test_the_right_script_runs_and_its_types_are_true(monkeypatch, capsys):
    looked = []

    def assert_type(value: Any, kind: Any) -> Any:
        looked.append(kind)
        assert kind is Any or isinstance(value, typing.get_origin(kind) or kind)
        return value

    monkeypatch.setattr(typing, "assert_type", assert_type)
    exec(compile(RIGHT, "right.py", "exec"), {"__name__": "right"})
    assert len(looked) == RIGHT.count("\nassert_type(")
    assert capsys.readouterr().out.endswith("True [4, 3]\n")
