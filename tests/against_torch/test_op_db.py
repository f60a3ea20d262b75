"""PyTorch's own catalogue of operations, with its own sample inputs, through ours.

`op_db` is the table that PyTorch tests itself with: an entry is a name and a variant, and makes its
own inputs. Every float64 sample of every entry with a public name goes through both libraries, and
the outputs (1e-8) and the gradients of a random cotangent (1e-6) are compared. Left aside are
complex and sparse samples, and those with `out=`. Entries that PyTorch does not compute in float64
(bits, counts) run in int64.

A name is public if PyTorch says in a docstring what it does: the attribute of `torch`,
`torch.nn.functional` or `torch.Tensor` at the entry's dotted path (which also leads to
`torch.linalg`, `torch.special`, `torch.fft`, ...), no part of which begins with an underscore.

What we do not offer stands in NOT_OFFERED with its reason. That list may only shrink: an entry that
agrees must leave it, one that is missing there must agree.
"""

from __future__ import annotations

import inspect
import os
import random
import sys
import types
import unittest
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygradx as tgx
import tinygradx.nn.functional

torch = pytest.importorskip("torch", reason="could not import torch")

#: At least so many counted entries agree on every sample; raise it when more do.
MINIMUM = 532

#: J0 and J1 of PyTorch 2.13 are off by 2.3e-7 and 1e-7 beyond |x| = 5; tests/test_special.py holds
#: ours to SciPy's.
INEXACT = "PyTorch's own is off by more than 1e-8"
UNDOCUMENTED = "it has a docstring, but stands on no page of PyTorch's documentation"

FUSED = "not offered: linear and cross_entropy in one, for vocabularies that do not fit in memory"
COMPLEX = "complex numbers are not offered"
FFT = "Fourier transforms are not offered, since their answers are complex numbers"
SPARSE = "sparse tensors are not offered"
HALF = "half precision is not offered"
MASKED = "masked tensors are not offered: torch.masked is a prototype"
DRAWN = "windows drawn at random; tests/against_torch/test_sampling.py compares given ones"
TRIANGLE = "PyTorch gives a gradient to the triangle of the factor that is not read; here it is 0"

#: Entries ("name", or "name:variant") that are not offered, or do not agree, and why.
NOT_OFFERED: dict[str, str] = {
    # complex numbers, sparse tensors, masked tensors, half precision
    "view_as_complex": COMPLEX,
    "complex": COMPLEX,
    "polar": COMPLEX,
    "cdouble": COMPLEX,
    "cfloat": COMPLEX,
    "chalf": COMPLEX,
    "linalg.eig": COMPLEX,
    "linalg.eigvals": COMPLEX,
    "stft": FFT,
    "fft.fft": FFT,
    "fft.fft2": FFT,
    "fft.fftn": FFT,
    "fft.hfft": FFT,
    "fft.hfft2": FFT,
    "fft.hfftn": FFT,
    "fft.rfft": FFT,
    "fft.rfft2": FFT,
    "fft.rfftn": FFT,
    "fft.ifft": FFT,
    "fft.ifft2": FFT,
    "fft.ifftn": FFT,
    "fft.ihfft": FFT,
    "fft.ihfft2": FFT,
    "fft.ihfftn": FFT,
    "fft.irfft": FFT,
    "fft.irfft2": FFT,
    "fft.irfftn": FFT,
    "fft.fftshift": FFT,
    "fft.ifftshift": FFT,
    "sparse.sampled_addmm": SPARSE,
    "sparse.mm:reduce": SPARSE,
    "to_sparse": SPARSE,
    "bfloat16": HALF,
    "half": HALF,
    "masked.sum": MASKED,
    "masked.prod": MASKED,
    "masked.cumsum": MASKED,
    "masked.cumprod": MASKED,
    "masked.amax": MASKED,
    "masked.amin": MASKED,
    "masked.argmax": MASKED,
    "masked.argmin": MASKED,
    "masked.mean": MASKED,
    "masked.median": MASKED,
    "masked.norm": MASKED,
    "masked.var": MASKED,
    "masked.std": MASKED,
    "masked.softmax": MASKED,
    "masked.log_softmax": MASKED,
    "masked.softmin": MASKED,
    "masked.normalize": MASKED,
    "masked.logaddexp": MASKED,
    "masked.logsumexp": MASKED,
    # special functions
    "special.airy_ai": "it has no gradient in PyTorch either, and networks have no use for it",
    "special.bessel_j0": INEXACT,
    "special.bessel_j1": INEXACT,
    "special.bessel_y0": UNDOCUMENTED,
    "special.bessel_y1": UNDOCUMENTED,
    "special.chebyshev_polynomial_t": UNDOCUMENTED,
    "special.chebyshev_polynomial_u": UNDOCUMENTED,
    "special.chebyshev_polynomial_v": UNDOCUMENTED,
    "special.chebyshev_polynomial_w": UNDOCUMENTED,
    "special.hermite_polynomial_h": UNDOCUMENTED,
    "special.hermite_polynomial_he": UNDOCUMENTED,
    "special.laguerre_polynomial_l": UNDOCUMENTED,
    "special.legendre_polynomial_p": UNDOCUMENTED,
    "special.shifted_chebyshev_polynomial_t": UNDOCUMENTED,
    "special.shifted_chebyshev_polynomial_u": UNDOCUMENTED,
    "special.shifted_chebyshev_polynomial_v": UNDOCUMENTED,
    "special.shifted_chebyshev_polynomial_w": UNDOCUMENTED,
    # linear algebra
    "cholesky_inverse": TRIANGLE,
    "cholesky_solve": TRIANGLE,
    "linalg.ldl_factor": "not offered: linalg.lu and linalg.cholesky take the same matrices apart",
    "linalg.ldl_factor_ex": "not offered: linalg.lu_factor_ex and linalg.cholesky_ex do the same",
    "linalg.ldl_solve": "not offered: linalg.lu_solve and linalg.solve do the same",
    # layers
    "nn.functional.fractional_max_pool2d": DRAWN,
    "nn.functional.fractional_max_pool3d": DRAWN,
    "nn.functional.batch_norm": "a sample of shape (0,) has no channels, which is refused here",
    # losses and activations
    "nn.functional.linear_cross_entropy": FUSED,
    "nn.functional.linear_cross_entropy:chunked": FUSED,
    "nn.functional.linear_cross_entropy:chunked_none": FUSED,
    "nn.functional.ctc_loss": "PyTorch's gradient is that of the scores before log_softmax, "
    "not of its argument; tests/against_torch/test_ctc.py compares behind one",
    "nn.functional.softplus": "exact everywhere; PyTorch answers x itself where beta * x is above "
    "the threshold",
    # counting
    "histogramdd": "edges that fall are refused here; its samples have such",
    "hash_tensor": "a checksum of PyTorch's own, of no use in training",
    # creation, conversion and random numbers
    "normal:number_mean": "there is no layout= to choose: every tensor is strided",
    "resize_": "a tensor's memory does not grow: use reshape, or make another tensor",
    "resize_as_": "a tensor's memory does not grow: use reshape, or make another tensor",
    # shapes and views
    "as_strided:partial_views": "its samples look beyond the tensor that they are made of, at "
    "memory that a copy does not have",
    "as_strided_scatter": "PyTorch's gradient of the input is wrong: its own gradcheck refuses it",
}  # fmt: skip

#: What is drawn at random (of svd_lowrank the vectors of singular values that are 0), or not
#: initialised: only shape, dtype and requires_grad can agree. These are tested so, and not counted.
DRAWN = {
    "normal:in_place", "randn", "randn_like", "rand_like", "randint", "randint_like", "multinomial",
    "normal", "normal:number_mean", "bernoulli", "empty", "empty_like", "empty_permuted",
    "empty_strided", "new_empty", "new_empty_strided", "nn.functional.dropout",
    "nn.functional.dropout2d", "nn.functional.dropout3d", "nn.functional.alpha_dropout",
    "nn.functional.feature_alpha_dropout:with_train", "nn.functional.rrelu", "svd_lowrank",
    # dropout in some of their samples; test_attention.py compares the values without it
    "nn.functional.scaled_dot_product_attention", "nn.functional.multi_head_attention_forward",
}  # fmt: skip

#: Entries whose samples stand in another order than the arguments, or that do something around.
CALLS: dict[str, Callable[..., Any]] = {
    "where": lambda f, x, condition, other: f(condition, x, other),
    "einsum": lambda f, tensors, equation: f(equation, tensors),
    "polygamma": lambda f, x, n: f(n, x),
    "special.polygamma": lambda f, x, n: f(n, x),
    "nn.functional.embedding": lambda f, weight, index, **how: f(index, weight, **how),
    "nn.functional.embedding_bag": lambda f, weight, index, **how: f(index, weight, **how),
    "normal:number_mean": lambda f, std, mean, *rest, **how: f(mean, std, *rest, **how),
    "normal:in_place": lambda f, x, *how: x.clone().normal_(*how),
    "zero_": lambda f, x: f(x.clone()),
    "linalg.pinv:singular": lambda f, a, b: f(a @ b.mT),
    "svd_lowrank": lambda f, a, b, **how: f(a @ b.mT, **how),
    "pca_lowrank": lambda f, a, b, **how: f(a @ b.mT, **how),
    "linalg.lstsq:grad_oriented": lambda f, a, b, driver: f(a, b, driver=driver)[:2],
}


# ---- the entries --------------------------------------------------------------------------------


def at_path(root: Any, path: str) -> Any:
    """The attribute at a dotted path, or None."""
    for part in path.split("."):
        root = getattr(root, part, None)
    return root


def is_public(name: str) -> bool:
    """Whether PyTorch documents the name."""
    if any(part.startswith("_") for part in name.split(".")):
        return False
    found = [at_path(place, name) for place in (torch, torch.nn.functional, torch.Tensor)]
    return any(x is not None and inspect.getdoc(x) for x in found)


def public_entries() -> dict[str, Any]:
    """PyTorch's public entries that compute real numbers on a CPU, by "name:variant"."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Its test cases inherit from a class of a package that samples have no need of.
        stand_in = types.ModuleType("expecttest")
        stand_in.TestCase = unittest.TestCase  # type: ignore[attr-defined]
        added = sys.modules.setdefault("expecttest", stand_in) is stand_in
        state = random.getstate(), np.random.get_state(), dict(os.environ)
        try:
            from torch.testing._internal.common_methods_invocations import op_db
        finally:
            random.setstate(state[0])
            np.random.set_state(state[1])
            os.environ.clear()
            os.environ.update(state[2])
            if added:
                del sys.modules["expecttest"]
    return {
        ":".join(filter(None, (entry.name, entry.variant_test_name))): entry
        for entry in op_db
        if is_public(entry.name) and working_dtype(entry) is not None
    }


def working_dtype(entry: Any) -> Any:
    """float64, or int64 where PyTorch does not take it; None if it takes neither."""
    for dtype in (torch.float64, torch.int64):
        if entry.supports_dtype(dtype, "cpu"):
            return dtype
    return None


ENTRIES = public_entries()


def ours(name: str) -> Callable[..., Any] | None:
    """Our function at PyTorch's path, or our method."""
    for place in (tgx, tgx.Tensor, tgx.nn.functional):
        found = at_path(place, name)
        if isinstance(found, property):
            return found.fget
        if callable(found):
            return found
    return None


# ---- the samples --------------------------------------------------------------------------------


class OutOfScopeError(Exception):
    """A sample with complex numbers, sparse tensors or `out=`."""


class DisagreementError(Exception):
    """What differs."""


class Pair:
    """A sample for both sides: the same numbers, in leaves of their own."""

    def __init__(self) -> None:
        self.seen: dict[int, tuple[Any, Any]] = {}

    def both(self, value: Any) -> tuple[Any, Any]:
        """A value of a sample, for PyTorch and for us."""
        if isinstance(value, torch.Tensor):
            if id(value) not in self.seen:
                self.seen[id(value)] = self.tensors(value)
            return self.seen[id(value)]
        if isinstance(value, complex):
            raise OutOfScopeError
        if isinstance(value, torch.dtype):
            if value.is_complex:
                raise OutOfScopeError
            return value, getattr(tgx, str(value).removeprefix("torch."), str(value))
        if isinstance(value, (tuple, list)):
            parts = [self.both(part) for part in value]
            kind = list if isinstance(value, list) else tuple
            return kind(p[0] for p in parts), kind(p[1] for p in parts)
        if isinstance(value, torch.nn.Module):  # the distance of triplet_margin_with_distance_loss
            found = at_path(tgx.nn, type(value).__name__)
            return value, found if found is None else found()
        if type(value).__module__.startswith("torch"):  # torch.strided, torch.contiguous_format
            return value, getattr(tgx, str(value).removeprefix("torch."), str(value))
        return value, value

    @staticmethod
    def tensors(tensor: Any) -> tuple[Any, Any]:
        """A tensor, copied for both, with the strides of the sample where memory has no gaps."""
        if tensor.is_complex() or tensor.layout is not torch.strided:
            raise OutOfScopeError
        theirs = tensor.detach().clone()
        # Integers and bools stay as they are; NumPy's "K" keeps the order of the strides.
        mine = tgx.from_numpy(theirs.numpy().copy(order="K"))
        if tensor.requires_grad:
            theirs.requires_grad_()
            mine.requires_grad_()
        return theirs, mine

    def wanted(self) -> list[tuple[Any, Any]]:
        """The leaves whose gradients are compared."""
        return [pair for pair in self.seen.values() if pair[0].requires_grad]


def samples(entry: Any) -> Iterator[Any]:
    """PyTorch's own samples, the same in each run."""
    dtype = working_dtype(entry)
    wants = entry.supports_autograd and dtype is torch.float64
    state = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        random.seed(0)
        np.random.seed(0)
        try:
            yield from list(entry.sample_inputs("cpu", dtype, requires_grad=wants))
        finally:
            random.setstate(state[0])
            np.random.set_state(state[1])


# ---- the comparison -----------------------------------------------------------------------------


def flat(theirs: Any, mine: Any, where: str) -> Iterator[tuple[Any, Any, str]]:
    """Pairs of tensors and numbers of two results of the same structure."""
    if isinstance(theirs, (tuple, list)) and not isinstance(theirs, torch.Size):
        if not isinstance(mine, (tuple, list)) or len(mine) != len(theirs):
            raise DisagreementError(f"{where} is {describe(mine)}, PyTorch's {describe(theirs)}")
        if type(theirs).__module__ == "torch.return_types":
            for name, kind in vars(type(theirs)).items():
                if inspect.ismemberdescriptor(kind) and not hasattr(mine, name):
                    raise DisagreementError(f"{where} has no field {name!r}")
        for i, (their, own) in enumerate(zip(theirs, mine, strict=True)):
            yield from flat(their, own, f"{where}[{i}]")
    else:
        yield theirs, mine, where


def describe(value: Any) -> str:
    """A value in a message."""
    text = " ".join(repr(value).split())
    return f"{type(value).__name__} {text[:100]}"


def compare(theirs: Any, mine: Any, where: str, drawn: bool) -> None:
    """One output: kind, dtype, shape, value."""
    if not isinstance(theirs, torch.Tensor):
        same = type(theirs) is type(mine) or (isinstance(theirs, tuple) and isinstance(mine, tuple))
        equal = theirs == mine or (theirs != theirs and mine != mine)
        if not (same and (drawn or equal)):
            raise DisagreementError(f"{where} is {describe(mine)}, PyTorch's {describe(theirs)}")
        return
    if theirs.is_complex() or theirs.layout is not torch.strided:
        raise OutOfScopeError
    if not isinstance(mine, tgx.Tensor):
        raise DisagreementError(f"{where} is {describe(mine)}, PyTorch's {describe(theirs)}")
    dtype = str(theirs.dtype).removeprefix("torch.")
    if str(mine.dtype).removeprefix("torch.") != dtype:
        raise DisagreementError(f"{where} has dtype {mine.dtype}, PyTorch's {dtype}")
    if tuple(mine.shape) != tuple(theirs.shape):
        raise DisagreementError(f"{where}.shape is {mine.shape}, PyTorch's {tuple(theirs.shape)}")
    if not drawn:
        values(theirs.numpy(force=True), mine.detach().numpy(), where, 1e-8)


def values(expected: Any, got: Any, where: str, tolerance: float) -> None:
    """Numbers: floats within the tolerance, everything else the same."""
    if expected.dtype.kind == "f":
        bad = ~np.isclose(got, expected, tolerance, tolerance, equal_nan=True)
    else:
        bad = got != expected
    if bad.any():
        i = np.unravel_index(np.argmax(bad), bad.shape)
        raise DisagreementError(
            f"{where}: {np.count_nonzero(bad)} of {bad.size} differ; at {tuple(map(int, i))} "
            f"{got[i]!r}, PyTorch's {expected[i]!r}"
        )


def gradients(outputs: list[tuple[Any, Any, str]], leaves: list[tuple[Any, Any]]) -> None:
    """The gradients of a fixed random cotangent; no gradient and one of zeros are the same."""
    kept = [o for o in outputs if isinstance(o[0], torch.Tensor) and o[0].requires_grad]
    if not leaves or not kept:
        return
    generator = np.random.default_rng(0)
    cotangents = [generator.standard_normal(tuple(o[0].shape)) for o in kept]
    given = [torch.tensor(c, dtype=o[0].dtype) for c, o in zip(cotangents, kept, strict=True)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = torch.autograd.grad(
                [o[0] for o in kept], [leaf[0] for leaf in leaves], given, allow_unused=True
            )
    except (NotImplementedError, RuntimeError) as error:
        if "not implemented" in str(error) or "not differentiable" in str(error):
            return  # PyTorch has no derivative of this
        raise
    lacking = [where for _, mine, where in outputs if isinstance(mine, tgx.Tensor)
               and any(mine is k[1] for k in kept) and not mine.requires_grad]  # fmt: skip
    if lacking:
        raise DisagreementError(f"{lacking[0]} does not require a gradient, PyTorch's does")
    got = tgx.autograd.grad(
        [o[1] for o in kept],
        [leaf[1] for leaf in leaves],
        [tgx.tensor(c).to(o[1].dtype) for c, o in zip(cotangents, kept, strict=True)],
        allow_unused=True,
    )
    for i, (their, mine, leaf) in enumerate(zip(expected, got, leaves, strict=True)):
        zeros = np.zeros(tuple(leaf[0].shape))
        values(
            zeros if their is None else their.numpy(force=True),
            zeros if mine is None else mine.detach().numpy(),
            f"gradient {i}",
            1e-6,
        )


def agree_on(key: str, entry: Any, function: Callable[..., Any], sample: Any) -> None:
    """One sample through both."""
    if "out" in sample.kwargs:
        raise OutOfScopeError
    pair = Pair()
    first = pair.both(sample.input)
    args = pair.both(tuple(sample.args))
    named = {name: pair.both(value) for name, value in sample.kwargs.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = entry.op(first[0], *args[0], **{name: both[0] for name, both in named.items()})
        theirs = sample.output_process_fn_grad(theirs)
    call = CALLS.get(key) or CALLS.get(entry.name)
    named_ours = {name: both[1] for name, both in named.items()}
    if call is None:
        mine = function(first[1], *args[1], **named_ours)
    else:
        mine = call(function, first[1], *args[1], **named_ours)
    mine = sample.output_process_fn_grad(mine)
    outputs = list(flat(theirs, mine, "result"))
    for their, own, where in outputs:
        compare(their, own, where, drawn=key in DRAWN)
        fixed = isinstance(their, torch.Tensor) and not their.requires_grad
        if fixed and own.requires_grad:
            raise DisagreementError(f"{where} requires a gradient, PyTorch's does not")
    if key not in DRAWN:
        gradients(outputs, pair.wanted())


def disagreement(key: str) -> str | None:
    """The first sample on which we differ, in words; None if we agree on every one."""
    entry = ENTRIES[key]
    function = ours(entry.name)
    if function is None:
        return "there is no such function"
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # on small matrices two of them take ten times as long
    try:
        return first_disagreement(key, entry, function)
    finally:
        torch.set_num_threads(threads)


def first_disagreement(key: str, entry: Any, function: Callable[..., Any]) -> str | None:
    """The same, for a function that exists."""
    compared = 0
    for i, sample in enumerate(samples(entry)):
        try:
            agree_on(key, entry, function, sample)
            compared += 1
        except OutOfScopeError:
            continue
        except Exception as error:
            asked = describe((sample.input, sample.args, sample.kwargs))
            return f"sample {i}, {asked}: {type(error).__name__}: {error}"
    return None if compared else "no sample is left without complex numbers and out="


@pytest.mark.parametrize("key", ENTRIES)
def test_agrees(key):
    found = disagreement(key)
    if key in NOT_OFFERED:
        assert found is not None, f"{key} agrees now: take it out of NOT_OFFERED"
    else:
        assert found is None, f"{key}: {found}"


def test_the_list_has_no_stale_names():
    assert set(NOT_OFFERED) <= set(ENTRIES), sorted(set(NOT_OFFERED) - set(ENTRIES))
    assert set(ENTRIES) >= DRAWN, sorted(DRAWN - set(ENTRIES))
    assert all(reason.strip() for reason in NOT_OFFERED.values())


def test_how_many_agree():
    # Each of these is held to its samples by `test_agrees`.
    counted = set(ENTRIES) - set(NOT_OFFERED) - DRAWN
    print(
        f"{len(counted)} entries of {len(ENTRIES)} agree, and {len(DRAWN - set(NOT_OFFERED))} drawn"
    )
    assert len(counted) >= MINIMUM


# ---- that a difference is seen ------------------------------------------------------------------


def look_at(monkeypatch, key, wrong):
    """What is found when our function is a wrong one."""
    monkeypatch.setattr(sys.modules[__name__], "ours", lambda name: wrong)
    return disagreement(key)


@pytest.mark.parametrize(
    ("key", "wrong", "found"),
    [
        ("exp", lambda x: tgx.exp(x) * (1.0 + 1e-6), "differ; at"),
        ("exp", lambda x: tgx.exp(x).detach(), "does not require a gradient"),
        ("exp", lambda x: 2.0 * tgx.exp(x).detach() - tgx.exp(x), "gradient 0: "),
        ("exp", lambda x: tgx.exp(x).float(), "has dtype float32"),
        ("exp", lambda x: tgx.exp(x).reshape(-1), "shape is"),
        ("exp", lambda x: (tgx.exp(x),), "is tuple"),
        ("floor", lambda x: tgx.floor(x) + 0.0 * x + 1.0, "differ; at"),
        ("isnan", lambda x: ~tgx.isnan(x), "differ; at"),
        ("argmax", lambda x, **how: tgx.argmax(x, **how).float(), "has dtype float32"),
        ("isnan", lambda x: tgx.isnan(y), "NameError"),  # noqa: F821
    ],
)
def test_a_difference_is_found(monkeypatch, key, wrong, found):
    assert found in look_at(monkeypatch, key, wrong)


def test_agreement_is_found(monkeypatch):
    assert look_at(monkeypatch, "exp", tgx.exp) is None
