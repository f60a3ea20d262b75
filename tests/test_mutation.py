"""A wrong sign in any way back is noticed: the quick part of mutation.py, and a test of it."""

from __future__ import annotations

import mutation
import pytest

from tinygradx.graph import REGISTRY
from tinygradx.ops.structural import Structural


@pytest.mark.parametrize("name", ["the sweep", *mutation.operations()])
def test_a_wrong_sign_is_noticed(name):
    """Of every share of every operation, on both ways back."""
    outcomes = list(mutation.judged([name], ("sign",), texts=False))
    assert outcomes
    survivors = [mutant[:3] for mutant, by in outcomes if not by]
    assert not survivors, "add cases to written_cases.py: no check fails though these are wrong"


@pytest.fixture
def unseen():
    """An operation that no case looks at."""

    class Unseen(Structural):
        name = "unseen"

        def forward(self, x):
            return x * 2.0

        def pull(self, g):
            return g * 2.0

    yield Unseen()
    del REGISTRY["unseen"]


def test_what_nothing_looks_at_survives(unseen, capsys):
    assert mutation.main(["unseen"]) == 1
    said = capsys.readouterr().out
    assert "unseen | plain, x | one | SURVIVED" in said
    assert "unseen | pull | return g * 2.0  ->  return negated_(g * 2.0) | SURVIVED" in said
    assert "0 noticed, 0 mean the same, 3 wrong" in said


def test_what_is_noticed_is_counted(capsys):
    assert mutation.main(["relu", "--table"]) == 0
    said = capsys.readouterr().out
    assert "relu | recorded, x | sign | both_ways of relu" in said
    assert "7 noticed, 0 mean the same, 0 wrong" in said


def test_the_table_of_changes_that_mean_the_same_is_checked(monkeypatch, capsys):
    noticed = mutation.Same("relu", "slope_formula", "return", "a claim")
    stale = mutation.Same("relu", "pull", "x + y", "another")
    monkeypatch.setattr(mutation, "SAME", [noticed, stale])
    assert mutation.main(["relu"]) == 1
    said = capsys.readouterr().out
    assert "NOTICED by first_order of relu, and said to be the same" in said
    assert "text='x + y', reason='another') | NOT MADE" in said


def test_checks_that_fail_as_it_is_say_nothing(monkeypatch):
    def fails(case):
        raise AssertionError

    monkeypatch.setattr(mutation, "CHECKS", (fails,))
    with pytest.raises(AssertionError, match="fails of relu fails as it is"):
        mutation.main(["relu"])
