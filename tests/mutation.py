"""Break every way back, one share or one sign at a time, and see whether a test notices.

    python tests/mutation.py            every mutant; a table of those that nothing noticed
    python tests/mutation.py --table    of all of them, with the check that noticed
    python tests/mutation.py relu svd   of these operations alone

Two kinds of mutants are made, in this process and one after the other:

- of a *share*: what the rule hands to one input, on the plain way back or on the recorded one
  (`create_graph=True`), with its sign flipped, dropped to zero, or 0.1% too large. A share that is
  zero by definition (of `floor`) becomes one instead.
- of a *sign in the text* of a rule: a `+` for a `-`, a minus left out, one returned expression
  negated. So every branch of a rule is looked at, not only the rule as a whole.

Each is shown to the checks of `cases.py`, on the cases of its own operation, and after them to the
comparison with the textbook. The exit code is 1 if any of them survives.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import dataclasses
import functools
import inspect
import sys
import textwrap
import time
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

if __name__ == "__main__":  # run as a script: the library is in the folder above
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from accuracy import SECOND, SLOPE, computed, misses, rows_agree, truth
from cases import (
    CASES,
    KNOWN,
    Case,
    both_ways,
    cases_of,
    first_order,
    in_leaves,
    known_gradient,
    second_order,
)
from samples import ROW_CASES, SETTINGS, SUBGRADIENTS, SURROGATES

import tinygradx as tgx
from tinygradx.graph import REGISTRY, wrap
from tinygradx.ops import arithmetic
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.rowwise import Rowwise
from tinygradx.ops.structural import Structural
from tinygradx.tensor import function as functions

WAYS = ("plain", "recorded")
Check = Callable[[Any], None]


class Mutant(NamedTuple):
    """One thing done wrong.

    Attributes
    ----------
    operation : str
        Whose way back.
    place : str
        Which share, or which text.
    change : str
        What is done to it.
    wrong : callable
        A context in which it is wrong.
    """

    operation: str
    place: str
    change: str
    wrong: Callable[[], Any]


class Outcome(NamedTuple):
    """What became of a mutant: the check and the case that noticed it, "" if none did."""

    mutant: Mutant
    noticed: str


# ---- shares -------------------------------------------------------------------------------------

CHANGES: dict[str, Callable[[Any], Any]] = {
    "sign": lambda share: -share,
    "zero": lambda share: share * 0.0,
    "0.1%": lambda share: share * 1.001,
    "one": lambda share: share * 0.0 + 1.0,
}


class Rule(NamedTuple):
    """One share of an operation, on one of the ways back."""

    operation: str
    place: int
    way: str


#: An operation of a user's own, a Function, is made for each call; all of them have one class.
FUNCTION = "Twisted"


def owner(name: str) -> Any:
    """What has the `pull_node` of an operation."""
    return functions._Call if name == FUNCTION else REGISTRY[name]


@contextlib.contextmanager
def overridden(thing: Any, **attributes: Any) -> Iterator[None]:
    """Attributes of an operation or a class set for a while."""
    with contextlib.ExitStack() as stack:
        for name, value in attributes.items():
            stack.enter_context(mock.patch.object(thing, name, value))
        yield


@contextlib.contextmanager
def wrong_share(rule: Rule, change: Callable[[Any], Any]) -> Iterator[None]:
    """One share of one operation is changed."""
    with answering(owner(rule.operation), functools.partial(_changed, rule, change)):
        yield


def _changed(rule: Rule, change: Any, shares: tuple[Any, ...], create: bool) -> tuple[Any, ...]:
    if create is not (rule.way == "recorded"):
        return shares
    return tuple(
        change(s) if place == rule.place and s is not None else s for place, s in enumerate(shares)
    )


@contextlib.contextmanager
def answering(thing: Any, change: Callable[[tuple[Any, ...], bool], Any]) -> Iterator[None]:
    """`change(shares, create)` stands between the rule of an operation and the sweep."""
    right = thing.pull_node

    def pull_node(*given: Any) -> Any:
        return change(right(*given), given[-2])

    with overridden(thing, pull_node=pull_node):
        yield


@functools.cache
def reached(case: Case) -> dict[Rule, bool]:
    """The shares that a case asks for, and whether any of them is not zero."""
    found: dict[Rule, bool] = {}

    def seen(name: str, shares: tuple[Any, ...], create: bool) -> tuple[Any, ...]:
        for place, share in enumerate(shares):
            if share is not None:
                rule = Rule(name, place, WAYS[create])
                array = share.array if create else share
                found[rule] = found.get(rule, False) or bool(np.any(array))
        return shares

    with contextlib.ExitStack() as stack:
        for name in (*REGISTRY, FUNCTION):
            stack.enter_context(answering(owner(name), functools.partial(seen, name)))
        both_ways(case)
    return found


#: Inputs that no gradient reaches: indices, masks, classes, and the orders of special functions.
WITHOUT = {
    ("gather", "index"), ("gathered", "index"), ("scatter", "index"), ("scatter_add", "index"),
    ("index_select", "index"), ("index_add", "index"), ("pick", "index"), ("place", "index"),
    ("nll_loss", "index"), ("masked_fill", "mask"), ("cross_entropy", "t"), ("zeta", "order"),
    ("igamma", "order"), ("igammac", "order"),
}  # fmt: skip


def rules_of(name: str) -> list[Rule]:
    """The shares that an operation is meant to have."""
    op = REGISTRY.get(name)
    if op is None:
        places = [0, 1]  # of Twisted
    elif isinstance(op, Elementwise):
        places = [i for i, flag in enumerate(op.flags) if not flag]
    elif getattr(op, "many", False):
        places = [0, 1]
    else:
        places = [i for i, given in enumerate(op.inputs) if (name, given) not in WITHOUT]
    return [Rule(name, place, way) for place in places for way in WAYS]


def said(rule: Rule) -> str:
    """A share, in words."""
    op = REGISTRY.get(rule.operation)
    several = op is None or getattr(op, "many", False)
    return f"{rule.way}, {rule.place if several else op.inputs[rule.place]}"


def share_mutants(name: str, changes: tuple[str, ...]) -> list[Mutant]:
    """Every share of an operation, changed in these ways."""
    found = []
    for rule in rules_of(name):
        zero = not any(reached(case).get(rule, False) for case in cases_of(name))
        for change in ("one",) if zero else changes:
            wrong = functools.partial(wrong_share, rule, CHANGES[change])
            found.append(Mutant(name, said(rule), change, wrong))
    return found


# ---- signs in texts -----------------------------------------------------------------------------


def negated(value: Any) -> Any:
    """A share with its sign flipped; of a truth value, the other one."""
    return not value if isinstance(value, bool) else -value


SWAPPED = {"add": "sub", "sub": "add"}


def _signs(tree: ast.FunctionDef, places: list[int]) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Copies of a function with one sign changed, each with the text before and after."""
    for number, node in enumerate(ast.walk(tree)):
        several = isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)
        for part in places if several else [0]:
            changed = copy.deepcopy(tree)
            at = next(n for i, n in enumerate(ast.walk(changed)) if i == number)
            seen = _around(at, changed) if isinstance(at, ast.UnaryOp) else at
            before = ast.unparse(seen)
            if _change_sign(at, part):
                yield f"{before}  ->  {ast.unparse(seen)}", changed


def _around(node: ast.AST, tree: ast.FunctionDef) -> ast.AST:
    """The expression that a node stands in, by which a bare `-1` is known."""
    return next(n for n in ast.walk(tree) if node in ast.iter_child_nodes(n))


def _change_sign(node: ast.AST, part: int) -> bool:
    """Change one sign of a node where it is; answer whether there was one."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node.op = ast.UAdd()
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "neg":
            node.func.id = "identity_"
        elif node.func.id in SWAPPED:
            node.func.id = SWAPPED[node.func.id]
        else:
            return False
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        if part >= len(node.value.elts):
            return False
        node.value.elts[part] = _negative(node.value.elts[part])
    elif isinstance(node, ast.Return) and node.value is not None:
        node.value = _negative(node.value)
    else:
        return False
    return True


def _negative(value: ast.expr) -> ast.expr:
    """An expression with a minus in front; 1 for 0, which has no sign."""
    if isinstance(value, ast.Constant) and value.value == 0.0 and value.value is not False:
        return ast.Constant(1.0)
    return ast.Call(ast.Name("negated_", ast.Load()), [value], [])


def sign_mutants_of(
    function: Any, places: list[int], tree: ast.FunctionDef | None = None
) -> Iterator[tuple[str, Any]]:
    """Functions like this one but for a sign, each with what was changed.

    `places` are those of the shares, where the function answers a tuple of them.
    """
    if tree is None:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]  # type: ignore
    tree = copy.deepcopy(tree)
    tree.decorator_list, tree.returns = [], None
    for argument in (*tree.args.args, *tree.args.kwonlyargs):
        argument.annotation = None
    names = function.__globals__ | {
        "negated_": negated,
        "identity_": lambda x: x,
        "add": REGISTRY["add"],
        "sub": REGISTRY["sub"],
    }
    for change, changed in _signs(tree, places):
        module = ast.fix_missing_locations(ast.Module([changed], []))
        space = dict(names)
        exec(compile(module, function.__code__.co_filename, "exec"), space)
        made = space[tree.name]
        made.__defaults__, made.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
        yield change, made


def text_mutants(op: Any) -> Iterator[Mutant]:
    """Every sign in the text of an operation's way back, changed."""
    places = sorted({rule.place for rule in rules_of(op.name)})
    if isinstance(op, Elementwise) and op.differentiable():
        yield from _slope_mutants(op, "slope_formula", places)
    elif isinstance(op, Rowwise):
        yield from _slope_mutants(op, "pull_formula", places)
    elif isinstance(op, Structural):
        for name in ("pull", "pull_arrays", "slope"):
            method = getattr(op, name, None)
            if method is None:
                continue
            for change, made in sign_mutants_of(method.__func__, places):
                bound = types.MethodType(made, op)
                yield Mutant(
                    op.name, name, change, functools.partial(overridden, op, **{name: bound})
                )
            forward = op.forward.__func__
            for helper in helpers(method.__func__):
                if helper in helpers(forward):  # then value and gradient change together
                    continue
                for change, made in sign_mutants_of(helper, places):
                    yield Mutant(
                        op.name, helper.__name__, change, functools.partial(renamed, helper, made)
                    )


def _slope_mutants(op: Any, attribute: str, places: list[int]) -> Iterator[Mutant]:
    """Those of a block. Its kernels are made from the same text, so both ways go by tensors."""
    formula = getattr(op, attribute)
    for change, made in sign_mutants_of(formula.function, places, formula.tree):
        yield Mutant(op.name, attribute, change, functools.partial(by_tensors, op, attribute, made))


@contextlib.contextmanager
def by_tensors(op: Any, attribute: str, function: Any) -> Iterator[None]:
    """A block with another slope, which both ways back run on tensors."""
    right = op.pull_node

    def pull_node(g: Any, node: Any, create: bool, kind: Any) -> tuple[Any, ...]:
        shares = right(g if create else wrap(kind, g), node, True, kind)
        return shares if create else tuple(None if s is None else s.array for s in shares)

    formula = dataclasses.replace(getattr(op, attribute), function=function)
    with overridden(op, **{attribute: formula, "pull_node": pull_node, "fits": False}):
        yield


def helpers(function: Any) -> list[Any]:
    """The functions that a rule calls which are no operations: private ones, and `words`."""
    found = []
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        if inspect.isfunction(value):
            private = name.startswith("_") and value.__module__ == function.__module__
            if private or value.__module__.endswith(".words"):
                found.append(value)
    return found


@contextlib.contextmanager
def renamed(function: Any, other: Any) -> Iterator[None]:
    """Another function under the name of one, wherever it was imported."""
    with contextlib.ExitStack() as stack:
        for name, module in [*sys.modules.items()]:
            if name.startswith("tinygradx.") and vars(module).get(function.__name__) is function:
                stack.enter_context(overridden(module, **{function.__name__: other}))
        yield


class Same(NamedTuple):
    """Changes of a text that mean the same, and why."""

    operation: str
    function: str
    text: str
    reason: str


#: The share of a norm of order 0.
COUNTED = "mul(spread(g, x_shape, dims), mul(x, 0.0))"

#: One of these that is noticed after all, or not made at all, is a mistake in this table.
SAME = [
    Same("logcumsumexp", "pull", "return g", "the gradient of nothing has no elements"),
    Same("vector_norm", "pull", f"return {COUNTED}", "a count does not change: its share is 0"),
    Same("det_sign", "pull", "return", "a sign does not change: its share is 0"),
    Same("det_sign", "like", "return", "a sign does not change: its share is 0"),
    Same("complement", "pull", "return", "nothing of it has a gradient: its share is 0"),
    Same("complement", "like", "return", "nothing of it has a gradient: its share is 0"),
    Same("geqrf", "pull", "return", "a gradient of it is refused: its share is 0"),
    Same("geqrf", "like", "return", "a gradient of it is refused: its share is 0"),
    Same("inv", "turn", "return", "two of the three factors are transposed"),
    Same("pinv", "turn", "return", "each term has two transposed factors, or four"),
    Same("det", "rows", "return", "it is always called twice"),
    Same("logabsdet", "rows", "return", "it is always called twice"),
    Same("det", "_far_from_singular", "return True", "of no matrices: either way answers none"),
    Same("svd", "one_over", "sub(div(", "the diagonal meets zeros of an antisymmetric matrix"),
    Same("svd", "one_over", "add(gaps", "the diagonal meets zeros of an antisymmetric matrix"),
    Same("log_ndtr", "slope_formula", "x < -1.0", "between -1 and 1 both formulas hold"),
    Same("lu", "pull", "tril(_corner(g, k), -1)", "what is not below the diagonal is cut later"),
    # A slice stops at the end. The third derivative sees it, in tests/test_gradcheck.py.
    Same("lu", "_part", "end - start", "parts that begin later reach to the end"),
    Same("igamma", "slope", "neg(density)", "the branch of igammac"),
]


def same(mutant: Mutant) -> Same | None:
    """Why a mutant means the same, if it does."""
    for entry in SAME:
        at = mutant.operation, mutant.place
        if at == entry[:2] and mutant.change.startswith(entry.text):
            return entry
    return None


# ---- the sweep itself ---------------------------------------------------------------------------


def sweep_mutants(changes: tuple[str, ...]) -> list[Mutant]:
    """What happens to shares between the rules: broadcasting undone, sums, and what leaves keep."""
    found = []
    for change in changes:
        how = CHANGES[change]
        for create in (False, True):
            for name in ("fit", "join"):
                right = getattr(arithmetic, name)

                def wrong(a: Any, b: Any, made: bool, right=right, create=create, how=how) -> Any:
                    answer = right(a, b, made)
                    return how(answer) if made is create else answer

                found.append(_arithmetic_mutant(name, WAYS[create], change, wrong))

        def collect(complete: Any, kind: Any, create: bool, how: Any = how) -> None:
            arithmetic.collect([(leaf, how(g), True) for leaf, g, _ in complete], kind, create)

        found.append(_arithmetic_mutant("collect", "plain", change, collect))

        def joined(known: Any, g: Any, *rest: Any, how: Any = how, right=arithmetic._joined) -> Any:
            return right(known, how(g), *rest)

        wrong_sum = functools.partial(overridden, arithmetic, _joined=joined)
        found.append(Mutant("the sweep", "collect, again", change, wrong_sum))
    return found


def _arithmetic_mutant(name: str, way: str, change: str, wrong: Any) -> Mutant:
    replaced = tgx.Tensor.arithmetic._replace(**{name: wrong})
    return Mutant(
        "the sweep", f"{name}, {way}", change,
        functools.partial(overridden, tgx.Tensor, arithmetic=replaced),
    )  # fmt: skip


SWEPT = [case for case in CASES if case.name in ("broadcast", "the same twice", "where", "matmul")]


# ---- who notices --------------------------------------------------------------------------------


def kinks(case: Case) -> None:
    """The slopes at kinks are those that the table states."""
    for name, settings, point, slopes in SUBGRADIENTS:
        if name == case.operation:
            inputs = [tgx.tensor(np.array([x]), requires_grad=True) for x in point]
            out = case.function(*inputs, **settings)
            for create in (True, False):
                got = tgx.autograd.grad(out, inputs, tgx.ones_like(out), create_graph=create)
                for g, slope in zip(got, slopes, strict=True):
                    np.testing.assert_equal(g.detach().numpy(), np.array([slope]))


def textbook(case: Case) -> None:
    """The slopes and second slopes of an elementwise operation are those of its textbook."""
    op = REGISTRY[case.operation]
    for settings in [{}, *SETTINGS.get(op.name, [])]:
        known = truth(op, np.float64, tuple(settings.items()))
        for order in (SLOPE, SECOND):
            got = computed(op, known.arrays, settings, order)
            assert not misses(op, known, got, np.float64, order)


def row_textbook(case: Case) -> None:
    """Those of an operation along an axis are its textbook's, at the ends of the numbers too."""
    for row in ROW_CASES:
        if not (REGISTRY[case.operation].column and len(set(row)) < len(row)):  # at ties: shared
            rows_agree(REGISTRY[case.operation], row, np.float64, 0)


#: In the order of their price.
CHECKS: tuple[Check, ...] = (both_ways, first_order, second_order, in_leaves)


def exam(name: str) -> list[tuple[Check, Any]]:
    """What the mutants of an operation have to pass, cheapest first."""
    cases = SWEPT if name == "the sweep" else cases_of(name)
    size = lambda case: sum(x.numel() for x in case.inputs)  # noqa: E731
    cases = sorted(cases, key=size)
    asked = [(check, case) for check in CHECKS for case in cases]
    if name in SURROGATES:
        asked = [(check, case) for check, case in asked if check is not first_order]
    asked += [(known_gradient, known) for known in KNOWN if known.operation == name]
    if isinstance(REGISTRY.get(name), Elementwise):
        asked += [(check, Case(name, REGISTRY[name], [])) for check in (kinks, textbook)]
    if isinstance(REGISTRY.get(name), Rowwise):
        asked.append((row_textbook, Case(name, REGISTRY[name], [])))
    return asked


def noticed(mutant: Mutant) -> str:
    """The first check that fails, and on which case; "" if all pass."""
    with mutant.wrong(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for check, case in exam(mutant.operation):
            try:
                check(case)
            except Exception:  # whatever goes wrong is noticed
                return f"{check.__name__} of {getattr(case, 'name', mutant.operation)}"
    return ""


def operations() -> list[str]:
    """Everything in the registry that has a way back, and what users write."""
    names = [
        op.name
        for op in REGISTRY.values()
        if not isinstance(op, Elementwise) or op.differentiable()
    ]
    return [*names, FUNCTION]


def mutants(name: str, changes: tuple[str, ...], texts: bool) -> list[Mutant]:
    """All mutants of an operation."""
    if name == "the sweep":
        return sweep_mutants(changes)
    found = share_mutants(name, changes)
    if texts and name in REGISTRY:
        found += text_mutants(REGISTRY[name])
    return found


def judged(names: list[str], changes: tuple[str, ...], texts: bool) -> Iterator[Outcome]:
    """Every mutant of these operations, and who noticed it."""
    for name in names:
        for mutant in mutants(name, changes, texts):
            yield Outcome(mutant, noticed(mutant))


def check_unchanged(name: str) -> None:
    """Fail if a check fails without a mutant: it would notice everything."""
    by = noticed(Mutant(name, "", "nothing", contextlib.nullcontext))
    assert not by, f"{by} fails as it is, so it says nothing about mutants"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="operations; all when left out")
    parser.add_argument("--table", action="store_true", help="print every mutant")
    given = parser.parse_args(arguments)
    names = given.names or ["the sweep", *operations()]
    began, caught, alike, wrong = time.perf_counter(), 0, 0, 0
    for name in names:
        check_unchanged(name)
    unused = {entry for entry in SAME if entry.operation in names}
    for mutant, by in judged(names, ("sign", "zero", "0.1%"), True):
        entry = same(mutant)
        unused.discard(entry)
        if entry is None:
            told = by or "SURVIVED"
        else:
            told = f"NOTICED by {by}, and said to be the same" if by else f"same: {entry.reason}"
        failed = bool(by) == (entry is not None)
        caught, alike, wrong = caught + bool(by), alike + (not by and not failed), wrong + failed
        if given.table or failed:
            print(" | ".join([mutant.operation, mutant.place, mutant.change, told]), flush=True)
    for entry in unused:
        print(f"{entry} | NOT MADE: take it out of the table", flush=True)
    print(
        f"{caught + alike + wrong} mutants of {len(names)} operations in "
        f"{time.perf_counter() - began:.0f} s: {caught} noticed, {alike} mean the same, "
        f"{wrong + len(unused)} wrong"
    )
    return 1 if wrong or unused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
