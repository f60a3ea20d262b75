"""docs/mistakes.md: what the page says of PyTorch is what PyTorch says."""

from __future__ import annotations

import pytest
from mistakes import ALLOWED, NOTHING, first_line, mistakes, run

torch = pytest.importorskip("torch", reason="could not import torch")

ALL = mistakes()
#: The page has the messages of this version.
VERSION = "2.13"
#: Where PyTorch's class says less than ours, and nobody catches it.
OWN_CLASS = {
    "A tensor of words.": "ValueError, as PyTorch takes a word for a list",
    "A Function that answers too few gradients.": "RuntimeError, for a wrong class of one's own",
    "The result of an operation as a parameter.": "ValueError, for what is a matter of the graph",
    "A GPU that is not here.": "AssertionError",
}


@pytest.mark.parametrize("mistake", ALL, ids=[mistake.title for mistake in ALL])
def test_the_page_says_what_pytorch_says(mistake):
    if not torch.__version__.startswith(VERSION):
        pytest.skip(f"the page has the messages of torch {VERSION}")
    if '"cuda"' in mistake.code and torch.version.cuda is not None:
        pytest.skip("this build of torch is one for GPUs, and says something else")
    assert first_line(run(mistake.code, "torch")) == mistake.theirs


@pytest.mark.parametrize("mistake", ALL, ids=[mistake.title for mistake in ALL])
def test_what_catches_pytorchs_error_catches_ours(mistake):
    theirs, ours = run(mistake.code, "torch"), run(mistake.code, "tinygradx")
    if theirs is None:
        assert mistake.theirs == NOTHING
        return
    builtin = next(c for c in type(theirs).__mro__ if c.__module__ == "builtins")
    catches = isinstance(ours, builtin) or isinstance(theirs, Warning)
    assert catches is (mistake.title not in OWN_CLASS)


@pytest.mark.parametrize("name", ALLOWED)
def test_what_works_here_is_refused_by_pytorch(name):
    assert isinstance(run(ALLOWED[name], "torch"), (RuntimeError, AttributeError))
