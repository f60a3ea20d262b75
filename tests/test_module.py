"""What a module owns, says and refuses; beside PyTorch's it stands in against_torch."""

from __future__ import annotations

import copy
from multiprocessing.reduction import ForkingPickler

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import nn
from tinygradx.errors import (
    ArgumentError,
    DeviceError,
    DimError,
    DtypeError,
    NotWrittenError,
    ShapeError,
    StateError,
    UnknownNameError,
)


def layers():
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))


def values(model):
    return {name: tensor.tolist() for name, tensor in model.state_dict().items()}


# ---- owning -------------------------------------------------------------------------------------


def test_what_was_deleted_is_no_buffer_any_more():
    model = layers()[1]
    del model.running_mean
    model.running_mean = "free again"
    assert [name for name, _ in model.named_buffers()] == ["running_var", "num_batches_tracked"]
    with pytest.raises(DtypeError, match=r"del self\.running_var first"):
        model.running_var = [1.0]
    model.running_var = nn.Parameter(tgx.ones(3))
    assert [name for name, _ in model.named_buffers()] == ["num_batches_tracked"]
    assert "running_var" in dict(model.named_parameters())


def test_a_module_is_not_replaced_by_something_else():
    model = nn.Module()
    model.part = nn.Tanh()
    with pytest.raises(DtypeError, match=r"a function, where a module was\n.*del self\.part"):
        model.part = lambda x: x
    model.part = None
    assert not list(model.children())
    model.add_module("part", None)
    assert model.part is None


def test_dictionaries_of_what_is_owned_check_as_the_methods_do():
    model = layers()
    for action, said in (
        (lambda: model._modules.update(forward=nn.Tanh()), "a name that is taken"),
        (lambda: model._modules.setdefault("x", 3), "add the module 'x'"),
        (lambda: model[0]._parameters.update(weight=tgx.ones(1)), "wrap it: nn.Parameter"),
        (lambda: model[1]._buffers.update(seen=3), "register the buffer 'seen'"),
        (lambda: model[1].register_buffer("x", nn.Parameter(tgx.ones(1))), "that is not learned"),
        (lambda: model[1].register_buffer(3, tgx.ones(1)), "use a string"),
    ):
        with pytest.raises((ArgumentError, DtypeError), match=said):
            action()
    model[1].register_buffer("passing", tgx.ones(1), persistent=False)
    model[1]._buffers["passing"] = tgx.zeros(1)
    assert "1.passing" not in model.state_dict()  # which stays as it was registered
    owned = model._modules
    owned |= {"last": nn.Tanh()}
    assert isinstance(model[-1], nn.Tanh) and isinstance(owned, dict)
    assert owned.pop("nothing", 3) == 3 and owned.pop("last") is not None and len(model) == 2
    with pytest.raises(KeyError, match="nothing"):
        owned.pop("nothing")


def test_buffers_are_copied_and_sent_with_what_they_are():
    model = nn.Module()
    model.kept, model.passing = nn.Buffer(tgx.ones(2)), nn.Buffer([1.0, 2.0], persistent=False)
    for again in (copy.deepcopy(model), ForkingPickler.loads(bytes(ForkingPickler.dumps(model)))):
        assert list(again.state_dict()) == ["kept"] and not again.passing.persistent
        assert isinstance(again.passing, nn.Buffer) and again.passing.tolist() == [1.0, 2.0]
        assert type(again.passing * 2) is tgx.Tensor
    data = tgx.zeros(2)
    assert nn.Buffer(data).array is data.array
    with pytest.raises(DtypeError, match="make a Buffer of a str"):
        nn.Buffer("text")


def test_paths_that_are_not_there():
    model = layers()
    with pytest.raises(UnknownNameError, match="use one of its own: 0, 1"):
        model.set_submodule("7.a", nn.Tanh())
    with pytest.raises(UnknownNameError, match=r"to put another in its place\n.*no '2'"):
        model.set_submodule("2", nn.Tanh(), strict=True)
    with pytest.raises(ArgumentError, match="an empty path"):
        model.set_submodule("", nn.Tanh())
    with pytest.raises(ArgumentError, match="a Tensor"):
        model.set_submodule("0", tgx.ones(1))


# ---- all of it ----------------------------------------------------------------------------------


def test_dtypes_and_devices_that_are_not_here():
    model = layers()
    for method, dtype in (("half", "float16"), ("bfloat16", "bfloat16")):
        with pytest.raises(DtypeError, match=rf"Sequential\.{method}\(\)\n.*{dtype}, which"):
            getattr(model, method)()
    with pytest.raises(DtypeError, match="no such type"):
        model.type("torch.QuaternionTensor")
    with pytest.raises(DtypeError, match="parameters that want a gradient"):
        model.type(tgx.int64)
    assert model[0].weight.dtype == model[1].running_mean.dtype == tgx.float32
    frozen = model.requires_grad_(False).type(tgx.int64)
    assert {t.dtype for t in frozen.state_dict().values()} == {tgx.int64}
    assert model.cpu() is model
    with pytest.raises(DeviceError, match=r"Sequential\.cuda\(\)\n.*only the CPU"):
        model.cuda()
    with pytest.raises(DeviceError):
        model.to_empty(device="cuda")


def test_new_memory_for_the_same_parameters():
    model = layers()
    optimizer = tgx.optim.SGD(model.parameters(), lr=1.0)
    old = model[0].weight.array
    assert model.to_empty(device="cpu", recurse=False) is model
    assert model[0].weight.array is old  # of its own it has none
    model.to_empty(device=None)
    assert not any(tensor.numpy().any() for tensor in model.state_dict().values())
    assert old.any() and optimizer.param_groups[0]["params"][0] is model[0].weight


def test_memory_formats():
    model = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Linear(2, 2))
    before = values(model)
    model.to(memory_format=tgx.channels_last)
    assert model[0].weight.stride() == (18, 1, 6, 2) and model[1].weight.is_contiguous()
    assert values(model) == before


# ---- text ---------------------------------------------------------------------------------------


def test_what_a_module_says_stands_before_its_parts():
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale, self.out = nn.Parameter(tgx.ones(4)), nn.Linear(4, 4)

        def extra_repr(self):
            return "heads=2"

    assert repr(Head()).split("\n")[1:] == [
        "  heads=2", "  (out): Linear(4 → 4, bias=True)        # 20 params", ")",
    ]  # fmt: skip
    assert repr(Head()).startswith("Head(      ")


def test_layers_of_a_list_that_look_alike_are_printed_once():
    blocks = nn.ModuleList(nn.Sequential(nn.Linear(2, 2)) for _ in range(3))
    blocks.append(nn.Linear(1, 1))
    blocks.append(nn.Linear(1, 1))
    assert repr(blocks) == (
        "ModuleList(\n"
        "  (0-2): 3 x Sequential(\n"
        "    (0): Linear(2 → 2, bias=True)            # 6 params\n"
        "  )\n"
        "  (3-4): 2 x Linear(1 → 1, bias=True)        # 2 x 2 params\n"
        ")"
    )
    values = nn.ParameterDict({"a": tgx.ones(2, 3), "b": 3})
    assert repr(values) == (
        "ParameterDict(        # 6 params\n"
        "  (a): Parameter containing: [float32 of size 2x3]\n"
        "  (b): Object of type: int\n"
        ")"
    )


# ---- containers ---------------------------------------------------------------------------------


def test_what_containers_refuse():
    model, more = nn.Sequential({"1": nn.Tanh()}), nn.ModuleList([nn.Tanh()])
    one = [nn.Tanh()]
    for action, error, said in (
        (lambda: model.append(nn.Tanh()), ArgumentError, "a module of that name"),
        (lambda: model + one, ArgumentError, "a list\n.*or use extend"),
        (lambda: model * 0, ArgumentError, "0 times"),
        (lambda: model * True, DtypeError, "a bool"),
        (lambda: model.insert(2, nn.Tanh()), DimError, "use an index from 0 to 1"),
        (lambda: nn.Sequential(None), DtypeError, "put into a Sequential"),
        (lambda: model.extend(3), DtypeError, "extend a Sequential"),
        (lambda: more.add_module("7", nn.Tanh()), ArgumentError, 'the name "1"'),
        (lambda: more + 3, DtypeError, "add to a ModuleList"),
        (lambda: nn.ModuleDict([("a",)]), ArgumentError, "no pair, as number 0"),
        (lambda: nn.ModuleDict({"a": 3}), DtypeError, "put into a ModuleDict"),
        (lambda: nn.ParameterDict().popitem(), KeyError, "it is empty"),
        (lambda: nn.ParameterDict({"forward": 3}), ArgumentError, "taken"),
        (lambda: nn.ParameterList(tgx.ones(2)), DtypeError, "a Tensor"),
    ):
        with pytest.raises(error, match=said):
            action()
    assert len(model) == len(more) == 1


def test_a_module_list_is_written_to_by_its_dictionary():
    layers = nn.ModuleList([nn.Linear(1, 1), nn.Linear(2, 2), nn.Linear(3, 3)])
    layers._modules["1"] = nn.Tanh()
    assert isinstance(layers[1], nn.Tanh)
    del layers._modules["0"]
    assert len(layers) == 2 and list(layers._modules) == ["0", "1"]
    assert layers[1].in_features == 3
    del layers.training  # which is no place in it
    assert len(layers) == 2


# ---- state --------------------------------------------------------------------------------------


def test_a_state_is_refused_as_a_whole_with_assign_too():
    model = layers()
    before, weight = values(model), model[0].weight
    for wrong, error in (
        ({"1.bias": tgx.ones(4)}, ShapeError),
        ({"1.bias": tgx.ones(3, dtype=tgx.int64)}, DtypeError),
        ({"1.bias": np.array(["text"] * 3)}, DtypeError),
        ({"strange": tgx.ones(1)}, StateError),
    ):
        state = {name: tensor + 1 for name, tensor in model.state_dict().items()} | wrong
        with pytest.raises(error, match=next(iter(wrong)).replace(".", r"\.")):
            model.load_state_dict(state, assign=True)
    assert values(model) == before and model[0].weight is weight


def test_arrays_are_assigned_with_their_memory():
    model, new = nn.BatchNorm1d(2).requires_grad_(False), np.array([3.0, 4.0])
    model.load_state_dict({"running_mean": new, "weight": new}, strict=False, assign=True)
    new[0] = 7.0
    assert model.running_mean.tolist() == model.weight.tolist() == [7.0, 4.0]
    assert isinstance(model.weight, nn.Parameter) and not model.weight.requires_grad
    assert model.weight.dtype == tgx.float64


def test_hooks_on_states_answer_nothing_and_can_refuse():
    model = layers()
    handle = model.register_state_dict_post_hook(lambda module, state, prefix, data: state)
    with pytest.raises(DtypeError, match=r"it answered a dict\n.*answer None"):
        model.state_dict()
    handle.remove()

    def refuses(module, state, prefix, data, strict, missing, unexpected, errors):
        errors.append("of another year")

    before = values(model)
    with (
        model[0].register_load_state_dict_pre_hook(refuses),
        pytest.raises(StateError, match="of another year"),
    ):
        model.load_state_dict({n: t + 1 for n, t in model.state_dict().items()})
    assert values(model) == before
    with pytest.raises(DtypeError, match="register_state_dict_pre_hook"):
        model.register_state_dict_pre_hook(3)


def test_a_hook_may_strike_names_off():
    model = layers()
    state = {name: tensor + 1 for name, tensor in model.state_dict().items()}
    bias = state.pop("0.bias")
    handle = model[0].register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
    assert model.load_state_dict(state) == ([], [])
    assert model[0].bias.tolist() != bias.tolist()
    handle.remove()
    model.register_load_state_dict_post_hook(lambda m, keys: keys.unexpected_keys.append("mine"))
    with pytest.raises(StateError, match=r"missing: 0.bias; unexpected: mine"):
        model.load_state_dict(state)


def test_state_besides_tensors_is_saved(tmp_path):
    class Counted(nn.Linear):
        count = 0

        def get_extra_state(self):
            return {"count": self.count, "names": ["a", "b"]}

        def set_extra_state(self, state):
            self.count, self.names = state["count"], state["names"]

    model, other = nn.Sequential(Counted(1, 1)), nn.Sequential(Counted(1, 1))
    model[0].count = 5
    tgx.save(model.state_dict(), tmp_path / "model.safetensors")
    other.load_state_dict(tgx.load(tmp_path / "model.safetensors"))
    assert (other[0].count, other[0].names) == (5, ["a", "b"])
    with pytest.raises(NotWrittenError, match=r"def get_extra_state\(self\)"):
        nn.Tanh().get_extra_state()


def test_a_model_of_many_levels_is_saved_loaded_and_switched():
    model = nn.Linear(1, 1)
    for _ in range(2000):
        model = nn.Sequential(model)
    state = {name: tensor + 1 for name, tensor in model.state_dict().items()}
    model.eval().load_state_dict(state)
    assert values(model) == {name: tensor.tolist() for name, tensor in state.items()}
    assert not any(module.training for module in model.modules())
