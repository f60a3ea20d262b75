"""Twenty steps of every optimiser, over its arguments, beside PyTorch's."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import tinygradx as tgx

torch = pytest.importorskip("torch")

STEPS = 20


def _all(**choices):
    """Every way to take one of each."""
    names = list(choices)
    return [dict(zip(names, taken, strict=True)) for taken in itertools.product(*choices.values())]


SGD = _all(
    lr=[0.05], momentum=[0.0, 0.9], dampening=[0.0, 0.2], weight_decay=[0.0, 0.03],
    nesterov=[False, True], maximize=[False, True],
)  # fmt: skip
SGD = [s for s in SGD if not s["nesterov"] or (s["momentum"] and not s["dampening"])]
ADAM = _all(
    lr=[0.05], betas=[(0.9, 0.999), (0.5, 0.7)], eps=[1e-8, 1e-2], weight_decay=[0.0, 0.1],
    amsgrad=[False, True], maximize=[False, True],
)  # fmt: skip
CASES = [("SGD", s) for s in SGD] + [(n, s) for n in ("Adam", "AdamW") for s in ADAM]
CASES += [("SGD", {"lr": 0.05}), ("Adam", {}), ("AdamW", {}), ("AdamW", {"lr": 0.02})]


def trained(library, optimiser, settings, dtype):
    """The parameters after twenty steps, a batch each; one of them has no gradient now and then."""
    random = np.random.default_rng(0)
    weight, bias = random.normal(size=(3, 4)), random.normal(size=4)
    params = [library.tensor(a.astype(dtype), requires_grad=True) for a in (weight, bias)]
    optimizer = getattr(library.optim, optimiser)(params, **settings)
    for step in range(STEPS):
        optimizer.zero_grad()
        out = library.tensor(random.normal(size=(5, 3)).astype(dtype)) @ params[0]
        if step % 3 != 2:
            out = out + params[1]
        (library.tanh(out) ** 2).sum().backward()
        optimizer.step()
    return [p.detach().numpy() for p in params]


def spelled(case):
    name, settings = case
    return f"{name}-" + ",".join(f"{k}={v}" for k, v in settings.items())


@pytest.mark.parametrize("case", CASES, ids=spelled)
def test_twenty_steps_in_float64(case):
    ours, theirs = (trained(library, *case, np.float64) for library in (tgx, torch))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, 0.0, 1e-10)


@pytest.mark.parametrize("case", CASES[::5], ids=spelled)
def test_twenty_steps_in_float32(case):
    """Within what twenty steps of float32 lose, against PyTorch in float64."""
    ours = trained(tgx, *case, np.float32)
    for a, b in zip(ours, trained(torch, *case, np.float64), strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, 2e-4, 2e-5)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_defaults_are_theirs(name):
    ours = getattr(tgx.optim, name)([tgx.ones(1).requires_grad_()]).defaults
    theirs = getattr(torch.optim, name)([torch.ones(1, requires_grad=True)]).defaults
    assert ours == {setting: theirs[setting] for setting in ours}


def test_what_is_kept_has_their_names():
    for name, settings in [("SGD", {"momentum": 0.5}), ("Adam", {"amsgrad": True})]:
        kept = []
        for library in (tgx, torch):
            p = library.ones(2).requires_grad_()
            optimizer = getattr(library.optim, name)([p], **settings)
            (p * 3.0).sum().backward()
            optimizer.step()
            kept.append(optimizer.state[p])
        ours, theirs = kept
        assert set(ours) == set(theirs)
        for key, value in ours.items():
            np.testing.assert_allclose(np.asarray(value), theirs[key].numpy(), 1e-6)
