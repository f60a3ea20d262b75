"""Modules and containers beside PyTorch's: a story that both are told ends in the same words."""

from __future__ import annotations

import copy
import re
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
from layers import both, same_state

import tinygradx as tgx
from tinygradx import nn

torch = pytest.importorskip("torch", reason="could not import torch")

CLASSES = ["Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"]
KINDS = (IndexError, KeyError, AttributeError, TypeError, ValueError, RuntimeError)


def same(story):
    """What a story says, which is the same in both libraries."""
    ours, theirs = story(tgx), story(torch)
    assert ours == theirs
    return ours


def refused(action, *given):
    """Whether something raises; an assertion of PyTorch's, too."""
    try:
        action(*given)
    except (*KINDS, AssertionError):
        return True
    return False


def keys(model):
    return list(model.state_dict())


def number(value):
    """A number, or that of a tensor."""
    return value.item() if hasattr(value, "item") else value


def layer(lib, wide=1):
    return lib.nn.Linear(1, wide)


# ---- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CLASSES)
def test_every_public_name_is_here_or_on_the_page(kind):
    page = (Path(tgx.__file__).parent.parent / "docs" / "pytorch.md").read_text(encoding="utf-8")
    table = page[page.index("## Modules: what is not offered") :]
    told = set(re.findall(r"^\| (.*?) \|", table, re.MULTILINE))
    told = {name for cell in told for name in re.findall(r"`(\w+)`", cell)}
    missing = {
        name for name in dir(getattr(torch.nn, kind))
        if not name.startswith("_") and not hasattr(getattr(nn, kind), name)
    }  # fmt: skip
    assert missing <= told
    assert not any(hasattr(nn.Module, name) for name in told)  # nothing is told in vain


def test_first_values_have_all_of_pytorchs_names():
    theirs = torch.nn.init
    public = [
        name for name in dir(theirs)
        if not name.startswith("_") and getattr(getattr(theirs, name), "__module__", "")
        == theirs.__name__ and not isinstance(getattr(theirs, name), type)
    ]  # fmt: skip
    assert len(public) > 20
    assert [name for name in public if not hasattr(nn.init, name)] == []


def test_arguments_are_pytorchs():
    import inspect

    for name in (
        "named_modules", "named_parameters", "named_buffers", "load_state_dict", "set_submodule",
        "register_buffer", "register_parameter", "add_module", "get_submodule", "to_empty", "type",
        "train", "zero_grad", "apply", "requires_grad_", "cuda",
    ):  # fmt: skip
        mine, their = (
            {p.name: p.default for p in inspect.signature(getattr(m, name)).parameters.values()}
            for m in (nn.Module, torch.nn.Module)
        )
        assert list(mine.items()) == list(their.items()), name


# ---- what a module owns -------------------------------------------------------------------------


def test_what_is_owned_can_be_written_through_its_dictionaries():
    def story(lib):
        model = lib.nn.Module()
        model.first = layer(lib)
        model._modules["second"] = lib.nn.Tanh()
        model._parameters["scale"] = lib.nn.Parameter(lib.ones(1))
        model._buffers["seen"] = lib.zeros(1)
        told = [keys(model), [n for n, _ in model.named_children()], hasattr(model, "second")]
        del model._modules["first"]
        told += [keys(model), hasattr(model, "first")]
        model._buffers["seen"] = lib.ones(1)
        told += [float(model.seen)]
        gone = model._parameters.pop("scale")
        model._modules.update(third=layer(lib))
        told += [gone.tolist(), keys(model), hasattr(model, "scale")]
        model._modules.clear()
        model._parameters.setdefault("late", lib.nn.Parameter(lib.ones(1)))
        told += [keys(model), model._parameters.popitem()[0], len(list(model.parameters()))]
        return told

    assert same(story)[3] == ["scale", "seen"]


def test_a_name_goes_from_one_kind_to_another_as_in_pytorch():
    def story(lib):
        model = lib.nn.Module()
        told = []
        values = {
            "parameter": lambda: lib.nn.Parameter(lib.ones(1)),
            "buffer": lambda: lib.nn.Buffer(lib.ones(1)),
            "module": lambda: layer(lib),
            "tensor": lambda: lib.ones(1),
            "number": lambda: 3,
            "none": lambda: None,
        }
        for before in ("parameter", "buffer", "module", "number"):
            for after, value in values.items():
                model = lib.nn.Module()
                model.x = values[before]()
                if before == "number" and after == "buffer":
                    continue  # which PyTorch refuses, as a name that is taken
                told.append((before, after, refused(setattr, model, "x", value()), keys(model)))
        return told

    assert len(same(story)) == 23


def test_buffers_that_last_and_those_that_do_not():
    def story(lib):
        model = lib.nn.Module()
        model.a = lib.nn.Buffer(lib.ones(2))
        model.b = lib.nn.Buffer(lib.ones(2), persistent=False)
        model.register_buffer("c", lib.ones(1), persistent=False)
        model.register_buffer("d", None)
        told = [keys(model), [n for n, _ in model.named_buffers()]]
        told += [isinstance(model.a, lib.nn.Buffer), isinstance(model.c, lib.nn.Buffer)]
        model.c = lib.zeros(3)
        model.d = lib.zeros(3)
        twin = copy.deepcopy(model)
        told += [keys(model), keys(twin), [n for n, _ in twin.named_buffers()]]
        del model.a, model.b
        model.a = lib.ones(2)
        told += [keys(model), [n for n, _ in model.named_buffers()]]
        told += [refused(model.register_buffer, "e", 3), refused(setattr, model, "d", "text")]
        model.double()
        return [*told, str(model.d.dtype).rpartition(".")[2]]

    assert same(story)[0] == ["a"]


def test_walks_with_and_without_duplicates():
    def story(lib):
        shared = layer(lib)
        inner = lib.nn.Sequential(shared, lib.nn.Tanh())
        model = lib.nn.Sequential(shared, inner)
        model[1].again = shared
        model.register_buffer("seen", lib.ones(1))
        inner.register_buffer("same", model.seen)
        memo = {inner}
        return [
            [n for n, _ in model.named_modules()],
            [n for n, _ in model.named_modules(remove_duplicate=False)],
            [n for n, _ in model.named_modules(memo, "x")],
            [n for n, _ in model.named_parameters()],
            [n for n, _ in model.named_parameters("y", True, False)],
            [n for n, _ in model.named_parameters(recurse=False)],
            [n for n, _ in model.named_buffers()],
            [n for n, _ in model.named_buffers(remove_duplicate=False)],
            [n for n, _ in inner.named_children()],
        ]

    assert same(story)[4] == ["y.0.weight", "y.0.bias", "y.1.0.weight", "y.1.0.bias",
                              "y.1.again.weight", "y.1.again.bias"]  # fmt: skip


def test_parts_by_their_paths():
    def story(lib):
        model = lib.nn.Sequential(layer(lib), lib.nn.ModuleDict({"a": lib.nn.BatchNorm1d(2)}))
        told = [model.get_submodule("") is model, type(model.get_submodule("1.a")).__name__]
        told += [tuple(model.get_parameter("0.weight").shape)]
        told += [float(model.get_buffer("1.a.running_var")[0])]
        model.set_submodule("1.a", lib.nn.Tanh())
        model.set_submodule("1.b", lib.nn.Tanh())
        told += [keys(model), list(model[1].keys())]
        new = lib.nn.Tanh()
        wrong = [("1.c", new, True), ("", new), ("0", 3), ("9.a", new), ("0.weight", new)]
        told += [refused(model.set_submodule, *given) for given in wrong]
        return [*told, refused(model.get_buffer, "0.weight"), refused(model.get_submodule, "0.x")]

    assert all(same(story)[-7:])


def test_a_part_that_stays_in_use_is_asked():
    def story(lib):
        class Frozen(lib.nn.Module):
            def __init__(self):
                super().__init__()
                self.norm, self.other = lib.nn.BatchNorm1d(2), lib.nn.Dropout()

            def train(self, mode=True):
                super().train(mode)
                self.norm.eval()
                return self

        model = lib.nn.Sequential(lib.nn.Sequential(Frozen()), lib.nn.Dropout())
        model.train()
        told = [m.training for m in model.modules()]
        return [*told, [m.training for m in model.eval().modules()]]

    assert same(story)[:5] == [True, True, True, False, True]


# ---- all of it at once --------------------------------------------------------------------------


def test_types_and_new_memory():
    def story(lib):
        model = lib.nn.Sequential(layer(lib), lib.nn.BatchNorm1d(1))
        model.type(lib.float64)
        told = [str(t.dtype).rpartition(".")[2] for t in model.state_dict().values()]
        model.type("torch.FloatTensor")
        told += [str(t.dtype).rpartition(".")[2] for t in model.state_dict().values()]
        weight = model[0].weight
        model.to_empty(device="cpu")
        told += [model[0].weight is weight, tuple(weight.shape), refused(model.type, lib.int64)]
        model.to(memory_format=lib.channels_last)
        return [*told, refused(model.to, "nowhere")]

    assert same(story)[4:7] == ["float64", "float64", "float64"]


def test_gradients_are_forgotten_of_those_that_have_one():
    def story(lib):
        model = lib.nn.Sequential(layer(lib), layer(lib))
        model[0](lib.ones(1, 1)).sum().backward()
        model.zero_grad(set_to_none=False)
        told = [None if p.grad is None else float(p.grad.sum()) for p in model.parameters()]
        model.zero_grad()
        return told + [p.grad for p in model.parameters()]

    assert same(story) == [0.0, 0.0, None, None, None, None, None, None]


# ---- state --------------------------------------------------------------------------------------


def test_state_into_a_dictionary_that_is_there():
    def story(lib):
        model, kept = lib.nn.Sequential(layer(lib)), OrderedDict(a=1)
        found = model.state_dict(destination=kept, prefix="net.")
        own = model.state_dict(keep_vars=True)["0.weight"]
        return [list(found), found is kept, own is model[0].weight]

    assert same(story) == [["a", "net.0.weight", "net.0.bias"], True, True]


def test_a_state_is_assigned():
    def story(lib):
        model = lib.nn.Sequential(layer(lib), lib.nn.BatchNorm1d(1))
        model[0].bias.requires_grad_(False)
        state = {n: t + 1 for n, t in copy.deepcopy(model).double().state_dict().items()}
        before = model[0].weight
        result = model.load_state_dict(state, assign=True)
        told = [str(t.dtype).rpartition(".")[2] for t in model.state_dict().values()]
        told += [p.requires_grad for p in model.parameters()] + [model[0].weight is before]
        told += [list(result.missing_keys), float(model[1].num_batches_tracked)]
        state["0.weight"] += 5.0  # which is the memory of the model's own
        told += [bool((model[0].weight == state["0.weight"]).all())]
        told += [isinstance(model[0].weight, lib.nn.Parameter), keys(model)]
        return [*told, refused(model.load_state_dict, {"0.weight": lib.ones(2)}, False, True)]

    assert same(story)[0] == "float64"


def test_hooks_on_states():
    def story(lib):
        model = lib.nn.Sequential(layer(lib), lib.nn.Sequential(layer(lib)))
        told = []

        def saving(module, prefix, keep_vars):
            told.append(("saving", type(module).__name__, prefix, keep_vars))

        def saved(module, state, prefix, metadata):
            told.append(("saved", type(module).__name__, prefix, sorted(state)))
            state[prefix + "more"] = lib.ones(1)

        def loading(module, state, prefix, metadata, strict, missing, unexpected, errors):
            told.append(("loading", prefix, strict))
            if prefix + "old" in state:
                state[prefix + "weight"] = state.pop(prefix + "old")

        def loaded(module, found):
            told.append(("loaded", type(module).__name__, sorted(found.unexpected_keys)))
            found.unexpected_keys.clear()

        for part in (model, model[0]):
            part.register_state_dict_pre_hook(saving)
            part.register_state_dict_post_hook(saved)
            handle = part.register_load_state_dict_post_hook(loaded)
        model[0].register_load_state_dict_pre_hook(loading)
        state = dict(model.state_dict())
        del state["more"], state["0.more"]
        state["0.old"] = state.pop("0.weight") + 1.0
        names = sorted(state)
        model.load_state_dict(state)
        told += [sorted(state) == names, bool((model[0].weight == state["0.old"]).all())]
        handle.remove()
        model.load_state_dict(state | {"strange": lib.ones(1)})
        twin = copy.deepcopy(model)
        return [*told, sorted(twin.state_dict())]

    assert same(story)[0] == ("saving", "Sequential", "", False)


def test_state_besides_tensors():
    def story(lib):
        class Counted(lib.nn.Module):
            def __init__(self):
                super().__init__()
                self.count, self.inner = 0, layer(lib)

            def get_extra_state(self):
                return {"count": self.count}

            def set_extra_state(self, state):
                self.count = state["count"]

        model, other = lib.nn.Sequential(Counted()), lib.nn.Sequential(Counted())
        model[0].count = 7
        state = model.state_dict()
        told = [list(state), state["0._extra_state"]]
        other.load_state_dict(state)
        told += [other[0].count]
        del state["0._extra_state"]
        told += [refused(other.load_state_dict, state)]
        told += [list(other.load_state_dict(state, strict=False).missing_keys)]
        told += [refused(layer(lib).get_extra_state), refused(layer(lib).set_extra_state, 1)]
        return [*told, refused(layer(lib).load_state_dict, {"_extra_state": 1}, False)]

    assert same(story)[2] == 7


# ---- containers ---------------------------------------------------------------------------------


def test_sequential_in_all_its_ways():
    def story(lib):
        a, b, c = layer(lib, 2), lib.nn.Tanh(), layer(lib, 3)
        names = {id(a): "a", id(b): "b", id(c): "c"}

        def told(model):
            return [names[id(part)] for part in model], [n for n, _ in model.named_children()]

        model = lib.nn.Sequential(a, b)
        found = [told(model + lib.nn.Sequential(c)), told(model * 2), told(2 * model)]
        other = model
        other += lib.nn.Sequential(c)
        found += [other is model, told(model)]
        other *= 2
        found += [other is model, told(model), names[id(model.pop(0))], told(model)]
        found += [told(model.pop(slice(0, 2))), told(model)]
        found += [told(model.insert(0, b)), told(model.insert(-1, c)), told(model[::-1])]
        found += [told(model.extend([a])), told(model.append(b))]
        del model[1:3]
        found += [told(model)]
        model[-1] = c
        named = lib.nn.Sequential(OrderedDict(one=a, two=b))
        found += [told(model), told(named[1:]), told(named + named), told(named.append(c))]
        more = [a]
        wrong = [
            lambda: model + more, lambda: model * 0, lambda: model * 1.5, lambda: model[9],
            lambda: model.pop(9), lambda: model.insert(9, a), lambda: model.insert(0, 3),
            lambda: model.append(3), lambda: lib.nn.Sequential(3), lambda: model.extend(3),
        ]  # fmt: skip
        return found + [refused(action) for action in wrong]

    assert all(same(story)[-10:])


def test_module_list_in_all_its_ways():
    def story(lib):
        a, b, c = layer(lib, 2), lib.nn.Tanh(), layer(lib, 3)
        names = {id(a): "a", id(b): "b", id(c): "c"}

        def told(model):
            return [names[id(part)] for part in model], [n for n, _ in model.named_children()]

        model = lib.nn.ModuleList([a, b])
        model.add_module("2", c)
        more = [a]
        found = [told(model), told(model[1:]), told(model + more), len(model)]
        model._modules["0"] = c
        model.insert(1, a)
        found += [told(model), names[id(model.pop(-1))], told(model.pop(slice(0, 2)))]
        model += [a, b]
        found += [told(model), told(model.extend([c]).append(a))]
        del model[-2]
        found += [told(model)]
        wrong = [lambda: model[9], lambda: model.append(3), lambda: model.extend(3),
                 lambda: model.__setitem__(9, a), lambda: model.pop(9)]  # fmt: skip
        return found + [refused(action) for action in wrong]

    assert all(same(story)[-5:])


def test_dictionaries_of_modules():
    def story(lib):
        model = lib.nn.ModuleDict({"b": layer(lib), "a": lib.nn.Tanh()})
        found = [list(model), [type(m).__name__ for m in model.values()], len(model), keys(model)]
        model.update([("c", layer(lib))])
        model["b"] = lib.nn.ReLU()
        model.update(lib.nn.ModuleDict({"d": lib.nn.ReLU()}))
        found += [list(model.keys()), type(model.pop("b")).__name__, "b" in model, keys(model)]
        del model["a"]
        found += [list(dict(model.items()))]
        model.clear()
        wrong = [lambda: model["x"], lambda: model.update(3), lambda: model.update([("a",)]),
                 lambda: model.update([("a", lib.nn.Tanh(), 3)]), lambda: model.pop("x"),
                 lambda: model.__setitem__("forward", lib.nn.Tanh()),
                 lambda: model.__setitem__("a", 3)]  # fmt: skip
        return found + [len(model)] + [refused(action) for action in wrong]

    assert all(same(story)[-7:])


def test_dictionaries_of_parameters():
    def story(lib):
        def told(model):
            return [(k, number(v)) for k, v in model.items()], [
                n for n, _ in model.named_parameters()
            ]

        model = lib.nn.ParameterDict({"b": lib.ones(1), "a": 2.5})
        found = [told(model), told(lib.nn.ParameterDict([("b", lib.ones(1)), ("a", 2.5)]))]
        found += [told(lib.nn.ParameterDict(OrderedDict(b=lib.ones(1), a=2.5)))]
        found += [isinstance(model["b"], lib.nn.Parameter), list(reversed(model)), len(model)]
        found += [number(model.setdefault("c", lib.zeros(1))), number(model.setdefault("a", 9))]
        twin = model.copy()
        found += [told(twin), twin["b"] is model["b"], told(model.fromkeys(["x", "y"], 3))]
        model["a"] = 4
        found += [told(model | lib.nn.ParameterDict({"z": 1.0, "a": 7})), list({"q": 1} | model)]
        model |= lib.nn.ParameterDict({"y": lib.ones(1)})
        found += [told(model), model.popitem()[0], number(model.pop("b")), told(model)]
        found += [model.get("nothing"), model.get("nothing", 3), "a" in model, list(model.keys())]
        found += [keys(model), keys(copy.deepcopy(model))]
        del model["a"]
        model.clear()
        wrong = [lambda: model["x"], lambda: model.pop("x"), lambda: model.popitem(),
                 lambda: model.__setitem__(3, lib.ones(1)), lambda: model.update(3),
                 lambda: model.update([("a", 1, 2)])]  # fmt: skip
        return found + [len(model)] + [refused(action) for action in wrong]

    assert all(same(story)[-6:])


def test_lists_of_parameters():
    def story(lib):
        model = lib.nn.ParameterList([lib.ones(1), 2.5])
        model.append(lib.nn.Parameter(lib.zeros(1)))
        found = [keys(model), [number(v) for v in model], isinstance(model[0], lib.nn.Parameter)]
        model[1] = lib.ones(1)
        model += ["text"]
        found += [keys(model), len(model), model[-1], keys(model[1:3])]
        wrong = [lambda: model[9], lambda: model.extend(3), lambda: model.extend(lib.ones(2)),
                 lambda: model.__setitem__(0, 3)]  # fmt: skip
        return found + [refused(action) for action in wrong]

    assert all(same(story)[-4:])


# ---- text ---------------------------------------------------------------------------------------


def layout(text):
    """The lines of a model, without what stands in the brackets of its layers."""
    text = re.sub(r" +# .*", "", text)
    text = text.replace("NonDynamicallyQuantizableLinear", "Linear")
    return [re.sub(r"\(([^()]|\([^()]*\))*\)$", "()", line) for line in text.split("\n")]


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize(
    "make",
    [
        lambda nn: nn.Linear(2, 3),
        lambda nn: nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.Tanh()), nn.Sequential()),
        lambda nn: nn.MultiheadAttention(8, 2),
        lambda nn: nn.Transformer(8, 2, 2, 1, 16),
        lambda nn: nn.ModuleList([nn.Tanh(), nn.Linear(1, 1), nn.Linear(1, 1), nn.Linear(1, 2)]),
        lambda nn: nn.ModuleList(nn.ModuleList([nn.Tanh(), nn.Tanh()]) for _ in range(3)),
        lambda nn: nn.ModuleDict({"a": nn.ModuleDict({}), "b": nn.ModuleList([])}),
        lambda nn: nn.ModuleList([]),
    ],
)
def test_text_has_pytorchs_layout(make):
    assert layout(repr(make(nn))) == layout(repr(make(torch.nn)))


def test_text_of_a_module_that_says_something_and_has_parts():
    def story(lib):
        class Says(lib.nn.Module):
            def __init__(self, text):
                super().__init__()
                self.text, self.part = text, lib.nn.Tanh()

            def extra_repr(self):
                return self.text

        class Writes(lib.nn.Module):
            def __repr__(self):
                return "Writes[\n  itself\n]"

        bare = lib.nn.Module()
        bare.extra_repr = lambda: "one\ntwo"
        model = lib.nn.Sequential(Says("a=1"), Says("a=1\nb=2"), Writes(), bare, Says(""))
        return repr(model)

    assert "    a=1\n    b=2\n    (part): Tanh()\n  )" in same(story)


# ---- layers that copy ---------------------------------------------------------------------------


def test_dirac_is_pytorchs():
    for shape, groups in [((4, 3, 3), 1), ((6, 2, 3, 4), 3), ((2, 5, 1, 2, 3), 2), ((4, 6, 3), 2)]:
        ours = nn.init.dirac_(tgx.ones(*shape), groups).numpy()
        theirs = torch.nn.init.dirac_(torch.ones(shape), groups).numpy()
        np.testing.assert_array_equal(ours, theirs)


def test_a_lazy_state_is_pytorchs():
    ours, theirs = both("BatchNorm2d", 3)
    lazy = nn.LazyBatchNorm2d().double()
    lazy.load_state_dict({name: tensor.numpy() for name, tensor in theirs.state_dict().items()})
    same_state(lazy, theirs)
    lazy(tgx.ones(2, 3, 4, 4, dtype=tgx.float64))
    assert type(lazy) is type(ours)
