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
        settings |= {"dim": 1} if name in ("softmax", "log_softmax", "softmin") else {}
        assert layer.__name__ == layer_name
        assert layer_name in nn.__all__
        function = getattr(nn.functional, name)
        assert (layer(**settings)(x) == function(x, **settings)).all(), name


def test_layers_take_settings_as_pytorch_does():
    x = tgx.tensor([-2.0, 1.0])
    assert nn.LeakyReLU(0.5)(x).tolist() == [-1.0, 1.0]
    assert nn.ReLU(inplace=True)(x).tolist() == [0.0, 1.0]
    assert x.tolist() == [0.0, 1.0]
    x = tgx.tensor([-2.0, 1.0])
    assert repr(nn.LeakyReLU(0.2, True)) == "LeakyReLU(negative_slope=0.2, inplace=True)"
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
    assert repr(optimizer).startswith("SGD(2 parameters, lr=0.25, momentum=0.0, ")


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
        ([{"params": [weight], "speed": 1}], {}, "a setting 'speed'"),
    ]:
        with pytest.raises(TeachingError, match=said):
            optim.SGD(params, **settings)
    weight.grad = tgx.ones(1)
    with pytest.raises(NotImplementedError, match="no update"):
        optim.Optimizer([weight]).step()


# ---- paths, dtypes ------------------------------------------------------------------------------


class Counted(nn.Module):
    """A module with two buffers, one of integers, and a third that is not saved."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(tgx.tensor([1.0, 2.0]))
        self.register_buffer("mean", tgx.tensor([0.25, 0.1]))
        self.register_buffer("count", tgx.tensor(3))
        self.register_buffer("cache", tgx.tensor([9.0]), persistent=False)
        self.register_buffer("nothing", None)


def test_parts_by_their_paths():
    inner = Counted()
    model = nn.Sequential({"first": nn.Linear(2, 3), "block": nn.Sequential({"inner": inner})})
    assert model.get_submodule("") is model
    assert model.get_submodule("block.inner") is inner
    assert model.get_parameter("block.inner.weight") is inner.weight
    assert model.get_parameter("first.bias") is model.first.bias
    assert model.get_buffer("block.inner.count") is inner.count
    assert inner.get_parameter("weight") is inner.weight


@pytest.mark.parametrize(
    ("method", "path", "got", "do"),
    [
        ("get_submodule", "block.outer", "Sequential has no 'outer'", "inner"),
        ("get_submodule", "block.inner.weight", "Counted has no 'weight'", "nothing"),
        ("get_submodule", "first.", "Linear has no ''", "nothing"),
        ("get_parameter", "block.inner.mean", "Counted has no 'mean'", "weight"),
        ("get_parameter", "last.weight", "Sequential has no 'last'", "first, block"),
        ("get_buffer", "block.inner.weight", "Counted has no 'weight'", "mean, count, cache"),
    ],
)
def test_paths_that_lead_nowhere(method, path, got, do):
    model = nn.Sequential({"first": nn.Linear(2, 3), "block": nn.Sequential({"inner": Counted()})})
    with pytest.raises(AttributeError) as error:  # as in PyTorch
        getattr(model, method)(path)
    assert error.value.got == got
    assert error.value.do == f"use one of its own: {do}"


def test_buffers_each_once_by_their_paths():
    inner = Counted()
    twice = nn.Sequential({"a": inner, "b": nn.Sequential({"again": inner})})
    twice.register_buffer("shared", inner.mean)
    assert [name for name, _ in twice.named_buffers()] == ["shared", "a.count", "a.cache"]
    assert [name for name, _ in twice.named_buffers(recurse=False)] == ["shared"]
    assert [name for name, _ in inner.named_buffers("x")] == ["x.mean", "x.count", "x.cache"]
    assert list(inner.state_dict()) == ["weight", "mean", "count"]


def test_a_model_is_converted_in_place():
    """The parameters stay the same objects, so an optimiser goes on with them."""
    model = nn.Sequential(nn.Linear(2, 3), Counted())
    weight = model[0].weight
    before = weight.tolist()
    optimiser = optim.SGD(model.parameters(), lr=0.5)
    model[0](tgx.ones(1, 2)).sum().backward()
    assert model.double() is model
    assert model[0].weight is weight
    assert weight.dtype == weight.grad.dtype == tgx.float64
    assert weight.requires_grad
    assert weight.is_leaf
    assert weight.tolist() == before
    assert model[1].mean.dtype == model[1].cache.dtype == tgx.float64
    assert model[1].count.dtype == tgx.int64
    optimiser.step()
    np.testing.assert_array_equal(weight.detach().numpy(), np.array(before) - 0.5)
    out = model[0](tgx.ones(1, 2, dtype=tgx.float64))
    out.sum().backward()
    assert out.dtype == tgx.float64
    assert weight.grad.tolist() == [[2.0, 2.0]] * 3
    assert {p.dtype for p in model.float().parameters()} == {np.dtype(np.float32)}
    assert weight.grad.dtype == tgx.float32


@pytest.mark.parametrize(
    "how",
    [
        lambda m: m.to(tgx.float64),
        lambda m: m.to("float64"),
        lambda m: m.to(dtype=tgx.float64),
        lambda m: m.to("cpu", tgx.float64),
        lambda m: m.to(tgx.ones(1, dtype=tgx.float64)),
    ],
)
def test_the_ways_to_name_a_dtype(how):
    assert how(nn.Linear(2, 3)).bias.dtype == tgx.float64


def test_a_device_alone_changes_no_dtype():
    model = nn.Linear(2, 3).double()
    memory = model.weight.array
    assert model.to("cpu").weight.array is memory
    with pytest.raises(RuntimeError, match="cuda"):
        model.to("cuda")


def test_a_model_of_integers_is_refused_and_left_as_it_was():
    model = nn.Linear(2, 3)
    with pytest.raises(DtypeError) as error:
        model.to(tgx.int64)
    assert error.value.asked == "convert a Linear to int64"
    assert error.value.got == "no dtype of floats"
    assert model.weight.dtype == model.bias.dtype == tgx.float32


def test_a_graph_from_before_a_conversion_says_what_was_changed():
    model = nn.Linear(2, 1, bias=False)
    loss = (model(tgx.ones(1, 2, requires_grad=True)) ** 2).sum()
    model.double()
    with pytest.raises(GraphError, match=r"was changed in place at .*test_nn\.py"):
        loss.backward()


@pytest.mark.parametrize(
    ("x", "w", "b", "said"),
    [
        ((4, 3), (1, 3), (4,), r"a bias of shape \(1,\)"),
        ((4, 3), (2, 3), (7, 4, 2), r"a bias of shape \(2,\)"),
        ((3,), (2, 3), (5, 2), r"a bias of shape \(2,\)"),
        ((4, 3), (), None, "neither a matrix nor a vector"),
        ((4, 3), (2, 2, 3), None, "neither a matrix nor a vector"),
    ],
)
def test_linear_broadcasts_nothing(x, w, b, said):
    bias = None if b is None else tgx.ones(*b)
    with pytest.raises(ShapeError, match=said):
        nn.functional.linear(tgx.ones(*x), tgx.ones(*w), bias)


def test_linear_takes_arrays_and_stays_quiet():
    assert nn.Linear(2, 1)(np.ones((3, 2), np.float32)).shape == (3, 1)
    large = tgx.tensor([[1e38, 1e38]])
    out = nn.functional.linear(large, tgx.tensor([[1e10, 1.0]]), tgx.zeros(1))
    assert out.item() == np.inf
    assert (large @ large.T).item() == np.inf


def test_a_gradient_is_a_tensor():
    p = tgx.ones(2).requires_grad_()
    for wrong in (5, [1.0, 2.0], np.ones(2)):
        with pytest.raises(DtypeError, match="pass a Tensor"):
            p.grad = wrong
