"""docs/mistakes.md: every piece of code is run, and what it says is what the page says."""

from __future__ import annotations

import re

import pytest
from mistakes import ALLOWED, FILE, MARK, PAGE, mistakes, plain, run

import tinygradx as tgx
from tinygradx.errors import TeachingError, closest, warn

ALL = mistakes()
NAMES = [mistake.title for mistake in ALL]

#: What a message has to name of the code, in what was asked and found; then in what to do.
FACTS = {
    "Adding what does not fit.": ("add (2, 3) (4, 3) 2 4", "sizes match"),
    "One number for each row, added to the rows.": ("(4, 3) (4,) -1", "b.unsqueeze(1) (4, 1)"),
    "Multiplying matrices the wrong way round.": ("matmul (5, 3) (4, 3)", "a @ b.T"),
    "A layer that is given the wrong number of features.": ("6 (2, 8)", "in_features=8"),
    "Pictures that were not flattened.": ("784 (32, 28, 28)", "x.flatten(1)"),
    "A reshape that does not fit.": ("(12,) (5, 3) 15", "product 12"),
    "A view of what lies in memory in another order.": ("(3, 2) (6,) (1, 3)", "x.reshape"),
    "Joining different shapes.": ("cat dim 0 (2, 3) (2, 4)", "dim=1"),
    "Stacking different shapes.": ("stack (3,) (4,)", "cat"),
    "A dimension that is not there.": ("sum dim=2 2 dimensions", "-2 to 1"),
    "A letter of einsum that stands for two sizes.": ("'ij,jk->ik' 'j' 3 4", "'j'"),
    "A loss of a column and a row.": ("mse_loss (4, 1) (4,) (4, 4)", "target.unsqueeze(1)"),
    "Softmax that is not told along what.": ("softmax (4, 3)", "softmax(x, dim=1)"),
    "Lists of unequal lengths.": ("lists 2 and 1", "pad"),
    "Class indices that are floats.": ("(2, 3) (2,) float32", "target.long()"),
    "An index that is floats.": ("index float32", "x[i.long()]"),
    "The mean of integers.": ("mean int64", "x.float().mean()"),
    "Weights that are integers.": ("requires_grad int64", "x.float().requires_grad_()"),
    "A fraction added to integers in place.": ("add_ int64 float32", "x.float()"),
    "A tensor of words.": ("text 'red' 'green'", "numbers"),
    "A tensor with holes.": ("objects None", "numbers"),
    "An index out of range.": ("(3, 4) index 3 dim 0 size 3", "0 to 2 -3"),
    "Too many indices.": ("(3, 4) (0, 1, 2) 3 indices 2 dimensions", "at most 2"),
    "A mask of another shape.": ("(3, 4) mask (2,) (3,)", "x > 0"),
    "A class that is not there.": ("3 classes index 3", "0 to 2 ignore_index=-100"),
    "A part replaced by more than fits.": ("(2,) (3,)", "broadcast"),
    "Nothing that requires a gradient.": ("backward() () float32", "requires_grad=True"),
    "A forward pass inside no_grad.": ("backward() () float32", "no_grad()"),
    "A loss made of comparisons.": ("backward() () float32", "comparisons argmax"),
    "A gradient through detach.": ("backward() () float32", "detach()"),
    "Backward from several numbers.": ("backward() (3,) 3 elements", "x.sum().backward()"),
    "Backward with a gradient of another shape.": ("backward() (3,) (2,)", "(3,)"),
    "Backward twice.": ("exp saved earlier backward()", "retain_graph=True"),
    "The gradient of what was not used.": ("input 0 (2,)", "allow_unused=True"),
    "A .grad of another shape.": (".grad (3,) (2,)", "(3,) float32"),
    "New data of another shape before backward.": ("(4,) (3,) .data", "forward pass"),
    "A Function that answers too few gradients.": ("Scaled.backward 1 2", "None"),
    "The logarithm of a negative number.": ("log NaN 1 of 2 [1] (2,)", "clamp"),
    "A weight changed in place.": ("add_ leaf", "no_grad() x = x + 1"),
    "A part of a weight changed in place.": ("part leaf", "no_grad()"),
    "A value changed that the way back needs.": ("exp output in place", "x.clone()"),
    "Memory that may only be read.": ("add_ (3,) read", "x.clone()"),
    "NumPy from a tensor with a history.": ("numpy() (3,) gradient", "x.detach().numpy()"),
    "One number out of several.": ("item() (3,) 3", "x.tolist()"),
    "An if on several numbers.": ("truth (2,) 2", "x.any() x.all()"),
    "A misspelt argument.": ("Linear biass=", "bias="),
    "A module without forward.": ("Net forward", "def forward(self, x)"),
    "A parameter replaced by a tensor.": ("'weight' Linear Tensor", "nn.Parameter"),
    "Values of another model.": ("Linear missing: bias", "strict=False"),
    "Values of other sizes.": ("Linear weight (1, 3) (1, 2)", "sizes"),
    "A share that is no number.": ("Dropout p='0.5' str", "0 to 1"),
    "A tensor in place of a list.": ("SGD Parameter", "model.parameters()"),
    "A model in place of its parameters.": ("SGD Linear", "model.parameters()"),
    "Parameters that were used up.": ("SGD no parameters", "model.parameters()"),
    "A learning rate below 0.": ("SGD lr=-0.1", "0.0"),
    "A learning rate that is text.": ("SGD lr='0.1' str", "lr=0.01"),
    "One beta where there are two.": ("Adam betas=0.9", "betas=(0.9, 0.999)"),
    "The result of an operation as a parameter.": ("SGD mul", "computed from"),
    "A GPU that is not here.": ("device='cuda' CPU", 'device="cpu"'),
    "A misspelt function.": ("tinygradx.sofmax", "tinygradx.softmax"),
    "A part of PyTorch that is not here.": ("tinygradx.complex", "real imaginary"),
}
#: A shape, or a word.
FACT = re.compile(r"\([\d, ]*\)|\[\d+\]|'[^']*'|\S+")


def parts(said: Exception | Warning | None) -> tuple[str, str, str, str]:
    """What was asked, found, to be done, and where, as the text has them."""
    found = re.fullmatch(r"(?s)(.+)\n  got: (.+)\n  do:  (.+)\n  at:  (.+)", str(said))
    assert found, f"not asked / got / do / at: {said!r}"
    return found[1], found[2], found[3], found[4]


def test_the_page_has_what_was_asked_for():
    assert len(ALL) >= 34
    assert set(NAMES) == set(FACTS) and len(NAMES) == len(set(NAMES))
    blocks = PAGE.read_text(encoding="utf-8").count("\nPyTorch:\n")
    assert blocks == len(ALL)  # none that the reader of the page overlooks


@pytest.mark.parametrize("mistake", ALL, ids=NAMES)
def test_the_page_says_what_is_said(mistake):
    assert plain(run(mistake.code, "tinygradx")) == mistake.ours


@pytest.mark.parametrize("mistake", ALL, ids=NAMES)
def test_a_message_has_asked_got_do_and_the_line(mistake):
    said = run(mistake.code, "tinygradx")
    asked, got, do, at = parts(said)
    if not isinstance(said, UserWarning):
        assert isinstance(said, TeachingError)
        assert (said.asked, said.got, said.do, said.where) == (asked, got, do, at)
    facts, remedies = FACTS[mistake.title]
    missing = [fact for fact in FACT.findall(facts) if fact not in f"{asked}\n{got}"]
    missing += [fact for fact in FACT.findall(remedies) if fact not in do]
    assert not missing


@pytest.mark.parametrize("mistake", ALL, ids=NAMES)
def test_a_message_names_the_users_lines(mistake):
    said = run(mistake.code, "tinygradx")
    named = {int(n) for n in re.findall(rf"{FILE}:(\d+) in ", str(said))}
    assert mistake.marked(), f"no line ends in {MARK}"
    assert named == mistake.marked()
    assert re.fullmatch(rf"{FILE}:\d+ in [\w<>]+", parts(said)[3])


@pytest.mark.parametrize("name", ALLOWED)
def test_what_pytorch_refuses_works_here(name):
    assert run(ALLOWED[name], "tinygradx") is None


def test_a_wrong_page_is_noticed():
    first = ALL[0]
    assert plain(run(first.code.replace("4, 3", "5, 3"), "tinygradx")) != first.ours
    moved = run("\n" + first.code, "tinygradx")
    assert f"{FILE}:4 in " in str(moved)
    assert run("tgx.ones(2)", "tinygradx") is None


# ---- what the messages stand on ------------------------------------------------------------------


def test_a_warning_comes_from_the_users_line():
    with pytest.warns(UserWarning, match="asked\n  got: got\n  do:  do\n  at:  ") as heard:
        warn("asked", "got", "do")
    assert heard[0].filename == __file__
    assert f"{__file__}:{heard[0].lineno} in " in str(heard[0].message)


@pytest.mark.parametrize(("shape", "dim"), [((), 0), ((3,), 0), ((2, 3), 1), ((2, 3, 4), 0)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_rows_without_dim_lie_where_pytorch_takes_them(name, shape, dim):
    function, x = getattr(tgx, name), tgx.randn(shape)
    with pytest.warns(UserWarning, match=rf"{name} of shape .* without dim"):
        y = function(x)
    assert y.tolist() == function(x, dim).tolist()


@pytest.mark.parametrize(
    ("given", "meant"), [("sofmax", "softmax"), ("logsoftmax", "log_softmax"), ("qqq", "")]
)
def test_the_closest_name(given, meant):
    assert closest(given, dir(tgx)) == meant


def test_names_that_python_asks_for_are_plainly_missing():
    assert not hasattr(tgx, "__wrapped__")
    assert not hasattr(tgx, "sparse_coo_tensor")
    with pytest.raises(ImportError):
        exec("from tinygradx import sofmax", {})


@pytest.mark.parametrize(
    ("a", "b", "got", "do"),
    [
        ((2, 3), (2,), "sizes 3 and 2 in dim -1", "b.unsqueeze(1)"),
        ((2,), (2, 3), "sizes 2 and 3 in dim -1", "a.unsqueeze(1)"),
        ((2, 3), (3, 2), "sizes 3 and 2 in dim -1", "a + b.T"),
        ((5, 2, 3), (4, 1, 3), "sizes 5 and 4 in dim -3", "one of them 1"),
    ],
)
def test_what_does_not_broadcast_is_named(a, b, got, do):
    with pytest.raises(tgx.errors.ShapeError) as caught:
        tgx.ones(a) * tgx.ones(b)
    assert got in caught.value.got and do in caught.value.do


@pytest.mark.parametrize(
    ("index", "got", "do"),
    [
        ((0, 4), "index 4 is out of bounds for dim 1 of size 4", "0 to 3"),
        ((..., -5), "index -5 is out of bounds for dim 1 of size 4", "to -4"),
        ((None, 2, None, [9, 0]), "index 9 is out of bounds for dim 1", "0 to 3"),
        (([0, 3],), "index 3 is out of bounds for dim 0 of size 3", "to -3"),
        ((2, [0, -5]), "index -5 is out of bounds for dim 1", "to -4"),
        ((3, [0, 1]), "index 3 is out of bounds for dim 0", "0 to 2"),
        ((slice(None), [True] * 3), "a mask of shape (3,) for sizes (4,)", "x > 0"),
        ((0, 0, 0), "3 indices for 2 dimensions", "at most 2"),
        (([0, 1, 2], [0, 1]), "shape mismatch", "one shape"),
    ],
)
@pytest.mark.parametrize("writes", [False, True])
def test_what_is_wrong_with_an_index(index, got, do, writes):
    x = tgx.ones(3, 4)
    with pytest.raises(tgx.errors.DimError) as caught:
        x.__setitem__(index, 1.0) if writes else x[index]
    assert got in caught.value.got and do in caught.value.do
