"""docs/extend.md, run line by line: adding an activation touches one block in one file."""

import re
from pathlib import Path

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import KernelError
from tinygradx.graph import REGISTRY

PAGE = Path(__file__).parent.parent / "docs" / "extend.md"


@pytest.fixture
def forget():
    """Take activations that a test registered out of the registry again."""
    before = set(REGISTRY)
    yield
    for name in set(REGISTRY) - before:
        del REGISTRY[name]
        tgx.activations.pop(name, None)


def test_the_page_runs_and_prints_what_it_says(tmp_path, capsys, forget):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 4
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    namespace: dict[str, object] = {"__name__": "page"}
    exec(compile(script.read_text(encoding="utf-8"), str(script), "exec"), namespace)
    printed = capsys.readouterr().out
    promised = re.findall(r"print\(.*?\)\s+# (tensor.*)", "\n".join(blocks))
    assert len(promised) == 3
    for line in promised:
        assert line in printed
    assert "@cuda.jit" in printed and "@njit" in printed
    assert {"snake", "isru"} <= set(tgx.activations)


def test_a_derived_slope_agrees_with_a_declared_one(forget):
    @tgx.activation("x * x * x / (1 + exp(-x))")
    def derived(x):
        return x * x * x * tgx.sigmoid(x)

    x = np.linspace(-5, 5, 41)
    ours = tgx.tensor(x, requires_grad=True)
    derived(ours).sum().backward()
    s = 1 / (1 + np.exp(-x))
    truth = 3 * x * x * s + x**3 * s * (1 - s)
    np.testing.assert_allclose(ours.grad.numpy(), truth, rtol=1e-12, atol=1e-14)


def test_a_derived_slope_can_be_differentiated_again(forget):
    @tgx.activation("exp(-x * x)")
    def bump(x):
        return tgx.exp(-(x * x))

    x = tgx.tensor([0.3, -1.2], dtype=tgx.float64, requires_grad=True)
    (slope,) = tgx.autograd.grad(bump(x).sum(), x, create_graph=True)
    (second,) = tgx.autograd.grad(slope.sum(), x)
    values = x.detach().numpy()
    truth = (4 * values**2 - 2) * np.exp(-(values**2))
    np.testing.assert_allclose(second.numpy(), truth, rtol=1e-12)


def test_a_formula_typed_at_a_prompt_works_too(forget):
    namespace = {"tgx": tgx}
    exec(
        "@tgx.activation('x / (1 + x * x)')\ndef prompted(x):\n    return x / (1.0 + x * x)\n",
        namespace,
    )
    x = tgx.tensor([2.0], requires_grad=True)
    y = namespace["prompted"](x)
    y.sum().backward()
    assert y.item() == pytest.approx(0.4) and x.grad.item() == pytest.approx(-0.12)
    assert "def prompted(x):" in tgx.activations["prompted"].source("cpu", "forward")


def test_a_branch_without_a_slope_is_refused_with_advice(forget):
    @tgx.activation("x if x > 0 else 0")
    def branching(x):
        if x > 0.0:
            return x
        return 0.0

    assert branching(tgx.tensor([-1.0, 2.0])).tolist() == [0.0, 2.0]
    with pytest.raises(KernelError, match="where"):
        branching(tgx.tensor([1.0], requires_grad=True))


def test_a_slope_with_an_unknown_parameter_is_refused(forget):
    @tgx.activation("x")
    def plain(x):
        return x

    with pytest.raises(ValueError, match="use x, y"):

        @plain.slope
        def _(z):
            return z


def test_a_name_is_given_once():
    with pytest.raises(ValueError, match="taken"):

        @tgx.activation("max(x, 0)")
        def relu(x):
            return x


def test_an_unknown_activation_lists_what_there_is():
    with pytest.raises(KeyError, match=r"relu"):
        tgx.activations["rleu"]
