"""Parametrized weights, the older norms by hooks and fused layers, beside PyTorch's."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from layers import CLOSE, compare, copy_state, same_state

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import ArgumentError, DimError, DtypeError, NotWrittenError, ShapeError
from tinygradx.nn.utils import parametrizations, parametrize

torch = pytest.importorskip("torch", reason="could not import torch")
from torch.nn.utils import parametrizations as their_parametrizations  # noqa: E402
from torch.nn.utils import parametrize as their_parametrize  # noqa: E402

LAYERS = {
    "wide": ("Linear", (5, 3), (4, 5)),
    "tall": ("Linear", (3, 5), (4, 3)),
    "square": ("Linear", (4, 4), (2, 4)),
    "conv": ("Conv2d", (2, 3, 3), (1, 2, 5, 5)),
    "transposed": ("ConvTranspose1d", (2, 3, 3), (1, 2, 5)),
}


def pair(layer):
    kind, sizes, _ = LAYERS[layer]
    theirs = getattr(torch.nn, kind)(*sizes).double()
    ours = getattr(nn, kind)(*sizes).double()
    copy_state(ours, theirs)
    return ours, theirs


def given(layer):
    return np.random.default_rng(0).standard_normal(LAYERS[layer][2])


def both(change, layer, *args, **named):
    """A layer changed by one function in both libraries, with the same values after it."""
    ours, theirs = pair(layer)
    changed = getattr(parametrizations, change)(ours, *args, **named)
    assert changed is ours
    getattr(their_parametrizations, change)(theirs, *args, **named)
    copy_state(ours, theirs)
    return ours, theirs


CASES = [
    *(("weight_norm", layer, {"dim": dim}) for layer in ("tall", "conv") for dim in (0, 1, None)),
    ("weight_norm", "conv", {"dim": -1}),
    ("weight_norm", "square", {"name": "bias"}),
    *(("spectral_norm", layer, {}) for layer in LAYERS),
    ("spectral_norm", "conv", {"dim": 1, "n_power_iterations": 3}),
    ("spectral_norm", "square", {"name": "bias"}),
    *(
        ("orthogonal", layer, {"orthogonal_map": how, "use_trivialization": base})
        for layer in ("wide", "tall", "square")
        for how in (None, "matrix_exp", "cayley", "householder")
        for base in (True, False)
    ),
]


@pytest.mark.parametrize(("change", "layer", "how"), CASES, ids=str)
def test_parametrizations(change, layer, how):
    ours, theirs = both(change, layer, **how)
    assert [n for n, _ in ours.named_parameters()] == [n for n, _ in theirs.named_parameters()]
    for p in theirs.parameters():
        p.data += 0.01 * torch.randn_like(p)
    copy_state(ours, theirs)
    for _ in range(2):  # spectral norm goes on by an iteration each time
        compare(ours, theirs, given(layer))
        ours.zero_grad(), theirs.zero_grad()
    same_state(ours, theirs)
    compare(ours.eval(), theirs.eval(), given(layer))


@pytest.mark.parametrize("layer", ["tall", "conv"])
def test_weight_norm_begins_where_the_weight_was(layer):
    ours, theirs = pair(layer)
    was = ours.weight.detach().clone()
    parametrizations.weight_norm(ours)
    their_parametrizations.weight_norm(theirs)
    same_state(ours, theirs)
    np.testing.assert_allclose(ours.weight.detach().numpy(), was.numpy(), **CLOSE)


@pytest.mark.parametrize("how", ["matrix_exp", "cayley", "householder"])
def test_an_orthogonal_weight_keeps_what_was_orthogonal(how):
    layer = nn.Linear(4, 4, dtype=tgx.float64)
    nn.init.orthogonal_(layer.weight)
    was = layer.weight.detach().clone()
    parametrizations.orthogonal(layer, orthogonal_map=how)
    np.testing.assert_allclose(layer.weight.detach().numpy(), was.numpy(), **CLOSE)
    value, _ = tgx.linalg.qr(tgx.randn(4, 4, dtype=tgx.float64))
    layer.weight = value
    np.testing.assert_allclose(layer.weight.detach().numpy(), value.numpy(), **CLOSE)
    optimizer = tgx.optim.SGD(layer.parameters(), lr=0.1)
    (layer(tgx.ones(2, 4, dtype=tgx.float64)) ** 2).sum().backward()
    optimizer.step()
    product = (layer.weight.T @ layer.weight).detach().numpy()
    np.testing.assert_allclose(product, np.eye(4), atol=1e-12)


def test_a_householder_weight_can_be_assigned_without_a_base():
    layer, theirs = pair("tall")
    parametrizations.orthogonal(layer, use_trivialization=False)
    their_parametrizations.orthogonal(theirs, use_trivialization=False)
    same_state(layer, theirs)
    q = np.linalg.qr(np.random.default_rng(3).standard_normal((5, 3)))[0]
    layer.weight, theirs.weight = tgx.tensor(q), torch.tensor(q)
    same_state(layer, theirs)
    np.testing.assert_allclose(layer.weight.detach().numpy(), q, **CLOSE)


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).mT

    def right_inverse(self, value):
        return value.triu()


class TheirSymmetric(torch.nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).mT

    def right_inverse(self, value):
        return value.triu()


class Doubled(nn.Module):
    def forward(self, x):
        return 2.0 * x


class TheirDoubled(torch.nn.Module):
    def forward(self, x):
        return 2.0 * x


def test_two_parametrizations_of_ones_own():
    ours, theirs = pair("square")
    parameter = ours.weight
    parametrize.register_parametrization(ours, "weight", Symmetric())
    their_parametrize.register_parametrization(theirs, "weight", TheirSymmetric())
    same_state(ours, theirs)
    parametrize.register_parametrization(ours, "weight", Doubled())
    their_parametrize.register_parametrization(theirs, "weight", TheirDoubled())
    same_state(ours, theirs)
    assert repr(ours).splitlines()[0].startswith("ParametrizedLinear(")
    assert ours.parametrizations.weight.original is parameter
    compare(ours, theirs, given("square"))
    assert parametrize.is_parametrized(ours)
    assert parametrize.is_parametrized(ours, "weight")
    assert not parametrize.is_parametrized(ours, "bias")
    assert parametrize.type_before_parametrizations(ours) is nn.Linear
    assert isinstance(ours, nn.Linear)
    assert len(ours.parametrizations["weight"]) == 2
    with pytest.raises(NotWrittenError, match="without right_inverse"):
        ours.weight = tgx.ones(4, 4, dtype=tgx.float64)


@pytest.mark.parametrize("leave", [True, False])
def test_parametrizations_are_removed(leave):
    ours, theirs = pair("square")
    parameter = ours.weight
    for module, library, made, other in (
        (ours, parametrize, Symmetric(), Doubled()),
        (theirs, their_parametrize, TheirSymmetric(), TheirDoubled()),
    ):
        library.register_parametrization(module, "weight", made)
        library.register_parametrization(module, "bias", other)
        library.remove_parametrizations(module, "weight", leave_parametrized=leave)
    same_state(ours, theirs)
    assert ours.weight is parameter
    assert parametrize.is_parametrized(ours, "bias")
    parametrize.remove_parametrizations(ours, "bias")
    their_parametrize.remove_parametrizations(theirs, "bias")
    same_state(ours, theirs)
    assert type(ours) is nn.Linear
    compare(ours, theirs, given("square"))


def test_an_assigned_weight_is_taken_apart():
    ours, theirs = both("weight_norm", "tall")
    value = np.random.default_rng(4).standard_normal((5, 3))
    ours.weight, theirs.weight = tgx.tensor(value), torch.tensor(value)
    same_state(ours, theirs)
    with pytest.raises(DimError, match="triu of a tensor of shape"):
        parametrize.register_parametrization(ours, "bias", Symmetric())
    assert not parametrize.is_parametrized(ours, "bias")


def test_a_buffer_can_be_parametrized():
    ours, theirs = nn.BatchNorm1d(3).double(), torch.nn.BatchNorm1d(3).double()
    parametrize.register_parametrization(ours, "running_mean", Doubled())
    their_parametrize.register_parametrization(theirs, "running_mean", TheirDoubled())
    assert sorted(ours.state_dict()) == sorted(theirs.state_dict())
    parametrize.remove_parametrizations(ours, "running_mean")
    assert "running_mean" in dict(ours.named_buffers())


def test_a_copy_and_its_original_do_not_share_what_is_removed():
    layer = parametrizations.weight_norm(nn.Linear(2, 3))
    other = copy.deepcopy(layer)
    parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is nn.Linear
    assert parametrize.is_parametrized(other, "weight")
    other(tgx.ones(1, 2)).sum().backward()
    assert other.parametrizations.weight.original0.grad is not None
    assert layer.weight.grad is None


def test_cached_tensors_are_computed_once():
    calls = []

    class Counted(nn.Module):
        def forward(self, x):
            calls.append(1)
            return 2.0 * x

    layer = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Counted())
    calls.clear()
    with parametrize.cached():
        with parametrize.cached():
            first = layer.weight
        assert layer.weight is first
        y = layer(tgx.ones(1, 2)) + layer(tgx.ones(1, 2))
    assert len(calls) == 1
    y.sum().backward()
    assert layer.parametrizations.weight.original.grad.tolist() == [[4.0, 4.0]] * 2
    assert layer.weight is not first
    assert len(calls) == 2


def test_second_derivatives_reach_the_originals():
    layer = parametrizations.weight_norm(nn.Linear(2, 3, dtype=tgx.float64))
    own = layer.parametrizations.weight

    def length(g, v):
        for place, value in zip((own.original0, own.original1), (g, v), strict=True):
            assert place.shape == value.shape
        return own[0](g, v)

    inputs = [x.detach().requires_grad_() for x in (own.original0, own.original1)]
    assert tgx.autograd.gradcheck(length, inputs)
    assert tgx.autograd.gradgradcheck(length, inputs)


WRONG = [
    (lambda m: parametrize.register_parametrization(m, "x", Doubled()), ArgumentError, "no such"),
    (lambda m: parametrize.register_parametrization(m, "weight", 3), DtypeError, "pass an nn.Mod"),
    (lambda m: parametrize.remove_parametrizations(m, "weight"), ArgumentError, "without any"),
    (lambda m: parametrizations.orthogonal(m, "bias"), ShapeError, "use a matrix"),
    (lambda m: parametrizations.orthogonal(m, "w"), ArgumentError, "no such tensor"),
    (lambda m: parametrizations.orthogonal(m, "weight", "qr"), ArgumentError, "no such map"),
    (lambda m: parametrizations.spectral_norm(m, dim=2), DimError, "use a dim from -2 to 1"),
    (lambda m: parametrizations.spectral_norm(m, n_power_iterations=0), ArgumentError, "1 or more"),
    (lambda m: nn.utils.weight_norm(m, "w"), ArgumentError, "no such parameter"),
    (lambda m: nn.utils.spectral_norm(m, "w"), ArgumentError, "no such parameter"),
    (lambda m: nn.utils.remove_weight_norm(m), ArgumentError, "a weight without it"),
    (lambda m: nn.utils.remove_spectral_norm(m), ArgumentError, "a weight without it"),
    (lambda m: nn.utils.skip_init(m), DtypeError, "pass a class"),
    (lambda m: nn.utils.fuse_linear_bn_eval(m, nn.BatchNorm1d(4)), ArgumentError, "eval()"),
    (
        lambda m: nn.utils.fuse_linear_bn_eval(m.eval(), nn.BatchNorm1d(5).eval()),
        ShapeError,
        "batch norm of 5 channels",
    ),
]


@pytest.mark.parametrize(("wrong", "kind", "words"), WRONG)
def test_what_is_refused_leaves_the_module_as_it_was(wrong, kind, words):
    layer = nn.Linear(4, 4)
    with pytest.raises(kind, match=words.replace("(", r"\(").replace(")", r"\)")):
        wrong(layer)
    assert list(layer.state_dict()) == ["weight", "bias"]
    assert type(layer) is nn.Linear


def test_a_changed_shape_is_refused_unless_it_is_wanted():
    class Cut(nn.Module):
        def forward(self, x):
            return x[:2]

    layer = nn.Linear(4, 4)
    with pytest.raises(ShapeError, match=r"answer the same, or register it with unsafe=True"):
        parametrize.register_parametrization(layer, "weight", Cut())
    assert list(layer.state_dict()) == ["weight", "bias"]
    parametrize.register_parametrization(layer, "weight", Doubled())
    with pytest.raises(ShapeError, match="unsafe=True"):
        parametrize.register_parametrization(layer, "weight", Cut())
    assert len(layer.parametrizations.weight) == 1
    parametrize.register_parametrization(layer, "weight", Cut(), unsafe=True)
    assert layer.weight.shape == (2, 4)
    two = parametrizations.weight_norm(nn.Linear(2, 2))
    with pytest.raises(ArgumentError, match="leave it as it is"):
        parametrize.remove_parametrizations(two, "weight", leave_parametrized=False)


# ---- by hooks -----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:.*weight_norm.*is deprecated:FutureWarning")
@pytest.mark.parametrize(("layer", "dim"), [("tall", 0), ("conv", 1), ("conv", None)])
def test_the_older_weight_norm(layer, dim):
    ours, theirs = pair(layer)
    nn.utils.weight_norm(ours, dim=dim)
    torch.nn.utils.weight_norm(theirs, dim=dim)
    same_state(ours, theirs)
    compare(ours, theirs, given(layer))
    compare(ours, theirs, given(layer) + 1.0)
    nn.utils.remove_weight_norm(ours)
    torch.nn.utils.remove_weight_norm(theirs)
    same_state(ours, theirs)
    ours.zero_grad(), theirs.zero_grad()
    compare(ours, theirs, given(layer))


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("layer", list(LAYERS))
def test_the_older_spectral_norm(layer):
    ours, theirs = pair(layer)
    nn.utils.spectral_norm(ours, n_power_iterations=2)
    torch.nn.utils.spectral_norm(theirs, n_power_iterations=2)
    copy_state(ours, theirs)
    compare(ours, theirs, given(layer))
    ours.zero_grad(), theirs.zero_grad()
    compare(ours.eval(), theirs.eval(), given(layer))
    same_state(ours, theirs)
    nn.utils.remove_spectral_norm(ours)
    torch.nn.utils.remove_spectral_norm(theirs)
    same_state(ours, theirs)
    assert "weight_orig" not in vars(ours)


# ---- fused --------------------------------------------------------------------------------------


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("kind", ["Conv1d", "Conv2d", "ConvTranspose2d", "Linear"])
def test_fused_layers(kind, bias, affine):
    sizes = (4, 3) if kind == "Linear" else (4, 3, 2)
    norm = {"Conv1d": "BatchNorm1d", "Linear": "BatchNorm1d"}.get(kind, "BatchNorm2d")
    x = np.random.default_rng(1).standard_normal((2, 4, 5, 5)[: 2 if kind == "Linear" else 4])
    x = x[..., 0] if kind == "Conv1d" else x
    layers = []
    for library in (torch.nn, nn):
        layer = getattr(library, kind)(*sizes, bias=bias).double().eval()
        after = getattr(library, norm)(3, affine=affine).double().eval()
        if layers:
            copy_state(layer, layers[0])
            copy_state(after, layers[1])
        else:
            after.running_mean += 0.3
            after.running_var *= 1.7
        layers += [layer, after]
    theirs, their_norm, ours, our_norm = layers
    if kind == "Linear":
        made = nn.utils.fuse_linear_bn_eval(ours, our_norm)
        if affine:  # PyTorch's takes no batch norm without weights
            copy_state(made, torch.nn.utils.fuse_linear_bn_eval(theirs, their_norm))
    else:
        transposed = kind.startswith("ConvT")
        made = nn.utils.fuse_conv_bn_eval(ours, our_norm, transposed)
        fused = torch.nn.utils.fuse_conv_bn_eval(theirs, their_norm, transposed)
        same_state(made, fused)
    expected = our_norm(ours(tgx.tensor(x))).detach().numpy()
    np.testing.assert_allclose(made(tgx.tensor(x)).detach().numpy(), expected, **CLOSE)
    assert made is not ours
    assert type(made) is type(ours)
