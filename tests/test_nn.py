"""Modules, their layers, and gradient descent."""

import copy
from multiprocessing.reduction import ForkingPickler

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn, optim
from tinygradx.errors import (
    ArgumentError,
    DimError,
    DtypeError,
    GraphError,
    ShapeError,
    TeachingError,
    UnknownNameError,
)


def unpickled(thing):
    """What another process would get."""
    return ForkingPickler.loads(bytes(ForkingPickler.dumps(thing)))


@pytest.fixture(autouse=True)
def _seeded():
    tgx.manual_seed(0)


def two_layers():
    return nn.Sequential({"fc1": nn.Linear(2, 16), "act": nn.Tanh(), "fc2": nn.Linear(16, 1)})


class Tied(nn.Module):
    """Two layers that share a weight, a buffer, and one that does not last."""

    def __init__(self):
        self.first = nn.Linear(3, 3)  # without super().__init__(), which is allowed here
        self.second = nn.Linear(3, 3, bias=False)
        self.second.weight = self.first.weight
        self.register_buffer("seen", tgx.zeros(2))
        self.register_buffer("scratch", tgx.zeros(1), persistent=False)

    def forward(self, x):
        return self.second(self.first(x))


# ---- Parameter ----------------------------------------------------------------------------------


def test_a_parameter_is_learned_and_its_results_are_tensors():
    data = tgx.ones(2)
    weight = nn.Parameter(data)
    assert weight.requires_grad and weight.is_leaf
    assert type(weight * 2) is tgx.Tensor
    assert repr(weight) == "Parameter containing:\ntensor([1., 1.], requires_grad=True)"
    assert weight.array is data.array
    assert not nn.Parameter(data, requires_grad=False).requires_grad


def test_a_parameter_from_numbers_and_arrays():
    assert nn.Parameter([1.0, 2.0]).dtype == tgx.float32
    assert nn.Parameter(np.ones(2)).dtype == tgx.float64
    with pytest.raises(DtypeError, match="requires_grad"):
        nn.Parameter(tgx.tensor([1, 2]))


@pytest.mark.parametrize("again", [copy.deepcopy, unpickled])
def test_a_model_is_copied_with_its_own_memory(again):
    model = two_layers()
    other = again(model)
    assert isinstance(other.fc1.weight, nn.Parameter)
    assert other.fc1.weight.requires_grad
    with tgx.no_grad():
        other.fc1.weight.zero_()
    assert model.fc1.weight.abs().sum().item() > 0


def test_a_copy_keeps_what_is_shared():
    tied = copy.deepcopy(Tied())
    assert tied.first.weight is tied.second.weight


# ---- Module -------------------------------------------------------------------------------------


def test_names_in_order_each_parameter_once():
    model = two_layers()
    names = [name for name, _ in model.named_parameters()]
    assert names == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]
    assert [name for name, _ in model.named_modules()] == ["", "fc1", "act", "fc2"]
    assert [name for name, _ in model.named_children()] == ["fc1", "act", "fc2"]
    tied = Tied()
    assert [name for name, _ in tied.named_parameters()] == ["first.weight", "first.bias"]
    assert [name for name, _ in tied.named_buffers()] == ["seen", "scratch"]
    assert not list(tied.parameters(recurse=False))


def test_a_deep_model_is_walked_without_recursion():
    model = nn.Linear(1, 1)
    for _ in range(3000):
        model = nn.Sequential(model)
    assert len(list(model.parameters())) == 2
    assert repr(model).count("\n") == 6000


def test_train_and_eval_reach_every_module():
    model = two_layers()
    assert model.training
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    model.fc1.train()
    assert model.fc1.training
    assert not model.training


def test_a_parameter_is_not_replaced_by_a_tensor():
    layer = nn.Linear(2, 2)
    with pytest.raises(DtypeError, match=r"no longer be learned"):
        layer.weight = layer.weight * 2
    layer.weight = nn.Parameter(tgx.zeros(2, 2))
    layer.bias = None
    assert [name for name, _ in layer.named_parameters()] == ["weight"]


@pytest.mark.parametrize("name", ["", "a.b", "forward", "training"])
def test_names_that_cannot_be_owned(name):
    with pytest.raises(ArgumentError, match="another name"):
        nn.Module().add_module(name, nn.Tanh())


def test_what_is_owned_must_be_of_its_kind():
    with pytest.raises(DtypeError):
        nn.Module().add_module("a", 3)
    with pytest.raises(DtypeError):
        nn.Module().register_parameter("a", tgx.ones(1))


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match="def forward"):
        nn.Module()(1)


def test_apply_and_requires_grad():
    model, seen = two_layers(), []
    model = nn.Sequential(nn.Sequential(model.fc1, model.act), model.fc2, model.fc1)
    assert model.apply(seen.append) is model
    assert seen == [model[0][0], model[0][1], model[0], model[1], model[2], model]
    model.requires_grad_(False)
    assert not model[:2](tgx.ones(1, 2)).requires_grad


def test_zero_grad():
    model = two_layers()
    model(tgx.ones(1, 2)).sum().backward()
    kept = model.fc1.weight.grad
    model.zero_grad(set_to_none=False)
    assert model.fc1.weight.grad is kept
    assert not kept.numpy().any()
    model.zero_grad()
    assert all(parameter.grad is None for parameter in model.parameters())


# ---- state --------------------------------------------------------------------------------------


def test_state_is_taken_whole():
    first, second = Tied(), Tied()
    state = first.state_dict()
    assert list(state) == ["seen", "first.weight", "first.bias", "second.weight"]
    assert not any(tensor.requires_grad for tensor in state.values())
    assert second.load_state_dict(state) == ([], [])
    x = tgx.ones(1, 3)
    assert (first(x) == second(x)).all()
    second.load_state_dict({name: tensor.numpy() for name, tensor in state.items()})


def test_state_of_the_wrong_names():
    model = two_layers()
    state = model.state_dict()
    state["fc3.weight"] = state.pop("fc2.bias")
    with pytest.raises(UnknownNameError, match=r"missing: fc2.bias; unexpected: fc3.weight"):
        model.load_state_dict(state)
    found = model.load_state_dict(state, strict=False)
    assert found.missing_keys == ["fc2.bias"]
    assert found.unexpected_keys == ["fc3.weight"]


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (np.zeros((16, 1), np.float32), ShapeError),
        (np.zeros((1, 16), complex), DtypeError),
        (np.array([["a"] * 16]), DtypeError),
    ],
)
def test_state_that_does_not_fit_changes_nothing(value, error):
    model = two_layers()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    state = {name: tensor * 0 + 9 for name, tensor in before.items()} | {"fc2.weight": value}
    with pytest.raises(error, match=r"fc2\.weight"):
        model.load_state_dict(state)
    assert all((tensor == before[name]).all() for name, tensor in model.state_dict().items())


def test_loading_is_seen_by_a_graph_that_saved_the_weight():
    model = two_layers()
    x = tgx.ones(1, 2, requires_grad=True)
    loss = model(x).sum()
    model.load_state_dict(model.state_dict())
    with pytest.raises(GraphError, match="changed in place"):
        loss.backward()


# ---- text ---------------------------------------------------------------------------------------


def test_text_names_the_parts_and_counts_parameters():
    assert repr(two_layers()) == (
        "Sequential(\n"
        "  (fc1): Linear(2 → 16, bias=True)        # 48 params\n"
        "  (act): Tanh()\n"
        "  (fc2): Linear(16 → 1, bias=True)        # 17 params\n"
        ")"
    )
    assert repr(nn.Linear(1, 1, bias=False)) == "Linear(1 → 1, bias=False)        # 1 param"


# ---- layers -------------------------------------------------------------------------------------


def test_linear_is_the_formula():
    layer = nn.Linear(3, 2)
    x = tgx.randn(5, 3)
    wanted = x.numpy() @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
    np.testing.assert_allclose(layer(x).detach().numpy(), wanted, rtol=1e-6)
    assert layer(tgx.randn(4, 5, 3)).shape == (4, 5, 2)
    assert layer(tgx.randn(3)).shape == (2,)
    layer(x).sum().backward()
    assert layer.bias.grad.tolist() == [5.0, 5.0]
    np.testing.assert_allclose(layer.weight.grad.numpy(), [x.numpy().sum(0)] * 2, rtol=1e-5)


def test_linear_begins_within_its_bounds():
    layer = nn.Linear(100, 200)
    bound = 1 / np.sqrt(100)
    for parameter in layer.parameters():
        values = parameter.detach().numpy()
        assert np.abs(values).max() <= bound
        assert np.abs(values).max() > 0.95 * bound
        assert abs(values.mean()) < 0.1 * bound
    assert nn.Linear(2, 2, dtype=tgx.float64).weight.dtype == tgx.float64
    assert nn.Linear(2, 2, bias=False).bias is None
    tgx.manual_seed(1)
    first = nn.Linear(2, 2).weight
    tgx.manual_seed(1)
    assert (nn.Linear(2, 2).weight == first).all()


@pytest.mark.parametrize(
    ("shape", "advice"),
    [
        ((7, 8, 8), "x.flatten(1)"),
        ((64, 7), "pass x.T"),
        ((7, 63), "in_features=63"),
        ((), "in_features=1"),
    ],
)
def test_linear_teaches_what_fits(shape, advice):
    with pytest.raises(ShapeError) as caught:
        nn.Linear(64, 10)(tgx.zeros(*shape) if shape else tgx.tensor(1.0))
    assert "linear from 64 features to 10" in str(caught.value)
    assert advice in str(caught.value)


def test_linear_without_a_size():
    with pytest.raises(ArgumentError, match="in_features=0"):
        nn.Linear(0, 3)


def test_sequential_is_a_list_of_modules():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    assert len(model) == 3
    assert isinstance(model[-1], nn.Linear)
    assert [type(part).__name__ for part in model[:2]] == ["Linear", "ReLU"]
    assert model[:2][0] is model[0]
    assert len(model.append(nn.Sigmoid())) == 4
    with pytest.raises(DimError, match="it has 4"):
        model[4]


def test_every_activation_has_a_layer_that_is_its_function():
    x = tgx.tensor([[-2.0, -0.25, 0.5, 3.0]])
    for name, layer_name in zip(tgx.activations, nn._activation.layer_names(), strict=True):
        layer = getattr(nn, layer_name)
        if name == "prelu":
            assert (layer()(x) == nn.functional.prelu(x, tgx.tensor([0.25]))).all()
            continue
        settings = {"pieces": 2} if name == "maxout" else {}
        assert layer.__name__ == layer_name
        assert layer_name in nn.__all__
        function = getattr(nn.functional, name)
        assert (layer(**settings)(x) == function(x, **settings)).all(), name


def test_layers_take_settings_as_pytorch_does():
    x = tgx.tensor([-2.0, 1.0])
    assert nn.LeakyReLU(0.5)(x).tolist() == [-1.0, 1.0]
    assert nn.ReLU(inplace=True)(x).tolist() == [0.0, 1.0]
    assert x.tolist() == [-2.0, 1.0]
    assert nn.Softmax(dim=0)(x).sum().item() == pytest.approx(1.0)
    assert repr(nn.Hardtanh(-2.0, max_val=2.0)) == "Hardtanh(min_val=-2.0, max_val=2.0)"
    assert (nn.GELU("tanh")(x) == tgx.gelu(x, approximate="tanh")).all()
    weight = nn.PReLU(2).weight
    assert weight.tolist() == [0.25, 0.25]
    for wrong in (lambda: nn.LeakyReLU(slope=1), lambda: nn.ReLU(1), lambda: nn.Maxout()):
        with pytest.raises(TypeError, match="was called with"):
            wrong()


def test_a_users_activation_is_a_layer_and_a_function():
    @tgx.activation("x * x * x")
    def test_nn_cube(x):
        return x * x * x

    @test_nn_cube.slope
    def _(x):
        return 3.0 * x * x

    assert nn.TestNnCube()(tgx.tensor([2.0])).tolist() == [8.0]
    assert nn.functional.test_nn_cube is test_nn_cube
    assert unpickled(nn.TestNnCube())(tgx.tensor([2.0])).tolist() == [8.0]


def test_unknown_names_are_attribute_errors():
    for room in (nn, nn.functional):
        with pytest.raises(AttributeError, match="Linea"):
            _ = room.Linea


def test_cross_entropy_as_a_layer():
    scores, target = tgx.randn(4, 3), tgx.tensor([0, 2, 1, 1])
    wanted = nn.functional.cross_entropy(scores, target, reduction="sum")
    assert nn.CrossEntropyLoss(reduction="sum")(scores, target).item() == wanted.item()


# ---- gradient descent ---------------------------------------------------------------------------


def test_sgd_is_the_formula_in_place():
    weight = nn.Parameter(tgx.tensor([3.0, -1.0]))
    array, version = weight.array, weight.cell.version
    idle = nn.Parameter(tgx.ones(1))
    optimizer = optim.SGD([weight, idle], lr=0.5)
    (weight * weight).sum().backward()
    assert optimizer.step() is None
    assert weight.tolist() == [0.0, 0.0]
    assert weight.array is array
    assert weight.cell.version == version + 1
    assert weight.is_leaf and weight.requires_grad
    assert idle.tolist() == [1.0]
    assert weight.grad.tolist() == [6.0, -2.0]


def test_a_step_is_seen_by_a_graph_that_saved_the_weight():
    weight = nn.Parameter(tgx.tensor(3.0))
    loss = weight * weight
    loss.backward(retain_graph=True)
    optim.SGD([weight], lr=0.1).step()
    with pytest.raises(GraphError, match=r"changed in place at .*test_nn\.py"):
        loss.backward()


def test_zero_grad_of_an_optimiser():
    weight = nn.Parameter(tgx.tensor(3.0))
    optimizer = optim.SGD([weight], lr=0.1)
    optimizer.zero_grad()
    (weight * weight).backward()
    grad = weight.grad
    optimizer.zero_grad(set_to_none=False)
    assert weight.grad is grad
    assert grad.item() == 0.0
    optimizer.zero_grad()
    assert weight.grad is None


def test_groups_have_settings_of_their_own():
    slow, fast = nn.Parameter(tgx.ones(1)), nn.Parameter(tgx.ones(1))
    optimizer = optim.SGD([{"params": [slow]}, {"params": fast, "lr": 1.0}], lr=0.25)
    (slow + fast).backward()
    optimizer.step()
    assert (slow.item(), fast.item()) == (0.75, 0.0)
    optimizer.param_groups[0]["lr"] = 0.5
    optimizer.step()
    assert slow.item() == 0.25
    assert repr(optimizer) == "SGD(2 parameters, lr=0.25)"


def test_a_closure_computes_the_loss_again():
    weight = nn.Parameter(tgx.tensor(3.0))
    optimizer = optim.SGD([weight], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = weight * weight
        loss.backward()
        return loss

    with tgx.no_grad():
        assert optimizer.step(closure).item() == 9.0
    assert weight.item() == pytest.approx(2.4)


def test_what_an_optimiser_refuses():
    weight = nn.Parameter(tgx.ones(1))
    for params, settings, said in [
        (weight, {}, "pass a list"),
        ([], {}, "no parameters"),
        ([weight, weight], {}, "twice"),
        ([weight * 2], {}, "a recorded mul"),
        ([3], {}, "pass tensors"),
        ([weight], {"lr": -1.0}, "lr=-1.0"),
        ([weight], {"lr": float("nan")}, "lr=nan"),
        ([{"params": [weight], "momentum": 1}], {}, "momentum"),
    ]:
        with pytest.raises(TeachingError, match=said):
            optim.SGD(params, **settings)
    weight.grad = tgx.ones(1)
    with pytest.raises(NotImplementedError, match="no update"):
        optim.Optimizer([weight]).step()
