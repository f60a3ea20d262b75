"""Mixtures, transforms, and what is drawn and sent through them, beside PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest
from chances import (
    COUNTS,
    LOC,
    LOGITS,
    SCALE,
    P,
    leaf,
    numbers,
    rows,
    same,
    spd,
)

import tinygradx as tgx
from tinygradx import distributions as ours

torch = pytest.importorskip("torch", reason="could not import torch")
theirs = torch.distributions


def mixtures(lib, room):
    """Mixtures of numbers, of counts, and of rows, with their parameters."""
    logits, weights = leaf(lib, LOGITS), leaf(lib, P)
    loc, scale = leaf(lib, LOC), leaf(lib, SCALE)
    matrix = lib.tensor(np.linalg.cholesky(spd(3, 2, seed=7)))
    means = leaf(lib, numbers(2, 3, 2))
    return {
        "normals": (
            room.MixtureSameFamily(room.Categorical(weights), room.Normal(loc, scale)),
            {"weights": weights, "loc": loc, "scale": scale}, numbers(5, 2, low=-3, high=3),
        ),
        "one row of weights": (
            room.MixtureSameFamily(room.Categorical(weights[0]), room.Laplace(loc, scale)),
            {"weights": weights, "loc": loc, "scale": scale}, numbers(5, 2, low=-3, high=3),
        ),
        "counts": (
            room.MixtureSameFamily(room.Categorical(logits=logits[0, :3]), room.Poisson(scale)),
            {"logits": logits, "scale": scale}, COUNTS[:, 0, 0],
        ),
        "rows": (
            room.MixtureSameFamily(
                room.Categorical(weights), room.MultivariateNormal(means, scale_tril=matrix)
            ),
            {"weights": weights, "means": means}, numbers(5, 2, 2),
        ),
        "independent": (
            room.MixtureSameFamily(
                room.Categorical(weights), room.Independent(room.Normal(means, 1.0), 1)
            ),
            {"weights": weights, "means": means}, numbers(5, 2, 2),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("case", ["normals", "one row of weights", "counts", "rows", "independent"])
def test_mixtures(case):
    found = [mixtures(tgx, ours)[case], mixtures(torch, theirs)[case]]
    pairs, value = [(d, leaves) for d, leaves, _ in found], found[0][2]
    (d, _), (known, _) = pairs
    assert tuple(d.batch_shape) == tuple(known.batch_shape)
    assert tuple(d.event_shape) == tuple(known.event_shape)
    assert not d.has_rsample
    same(lambda lib, d: d.log_prob(lib.tensor(value)), pairs)
    same(lambda _, d: d.mean, pairs)
    same(lambda _, d: d.variance, pairs)
    if case in ("normals", "one row of weights"):
        same(lambda lib, d: d.cdf(lib.tensor(value)), pairs)
    wide = [d.expand((4, *tuple(d.batch_shape))) for d in (d, known)]
    assert wide[0].sample((3,)).shape == tuple(wide[1].sample((3,)).shape)
    same(
        lambda lib, d: d.log_prob(lib.tensor(value[0])),
        [(w, leaves) for w, (_, leaves) in zip(wide, pairs, strict=True)],
    )
    with pytest.raises(NotImplementedError, match="no slope along the parameters"):
        d.rsample()


def test_what_mixtures_refuse():
    for lib, room in ((tgx, ours), (torch, theirs)):
        three, normals = room.Categorical(lib.ones(3)), room.Normal(lib.zeros(2), 1.0)
        for mixture, components in (
            (normals, normals), (three, None), (three, normals), (three, room.Normal(0.0, 1.0)),
            (room.Categorical(lib.ones(4, 3)), room.Normal(lib.zeros(2, 3), 1.0)),
        ):  # fmt: skip
            with pytest.raises((ValueError, IndexError)):
                room.MixtureSameFamily(mixture, components)
        waits = room.MixtureSameFamily(three, room.Exponential(lib.ones(3)))
        with pytest.raises(ValueError, match=r"Exponential|support|Mixture"):
            waits.log_prob(lib.tensor(-1.0))


TRANSFORMS = {
    "AbsTransform": ((), numbers(4, 3, low=-2, high=2)),
    "AffineTransform": ((0.5, -2.0), numbers(4, 3)),
    "AffineTransform of rows": ((0.5, -2.0, 1), numbers(4, 3)),
    "CumulativeDistributionTransform": ("Normal", numbers(4, 3)),
    "ExpTransform": ((), numbers(4, 3)),
    "LowerCholeskyTransform": ((), numbers(2, 3, 3)),
    "PowerTransform": ((-1.5,), numbers(4, 3)),
    "ReshapeTransform": (((2, 3), (6,)), numbers(4, 2, 3)),
    "SigmoidTransform": ((), numbers(4, 3, low=-3)),
    "SoftmaxTransform": ((), numbers(4, 3)),
    "SoftplusTransform": ((), numbers(4, 3, low=-9, high=9)),
    "StickBreakingTransform": ((), numbers(4, 3, low=-3)),
    "TanhTransform": ((), numbers(4, 3, low=-3)),
    "IndependentTransform": ("Exp", numbers(4, 3)),
    "ComposeTransform": ("chain", numbers(4, 2, 3)),
}


def transform_of(room, case):
    kind, given = getattr(room, case.split()[0]), TRANSFORMS[case][0]
    if given == "Normal":
        return kind(room.Normal(0.25, 2.0))
    if given == "Exp":
        return kind(room.ExpTransform(), 1)
    if given == "chain":
        return kind(
            [room.ReshapeTransform((2, 3), (6,)), room.AffineTransform(0.1, 0.5),
             room.StickBreakingTransform(), room.PowerTransform(2.0)]
        )  # fmt: skip
    return kind(*given)


@pytest.mark.parametrize("case", TRANSFORMS)
def test_transforms(case):
    x = TRANSFORMS[case][1]
    t, known = transform_of(ours, case), transform_of(theirs, case)
    leaves = [{"x": leaf(lib, x)} for lib in (tgx, torch)]
    pairs = [(t, leaves[0]), (known, leaves[1])]
    inputs = [(own["x"],) for own in leaves]
    same(lambda _, t, x: t(x), pairs, *inputs)
    y = [(t(inputs[0][0]).detach(),), (known(inputs[1][0]).detach(),)]
    same(lambda _, t, y: t.inv(y), pairs, *y)
    # Of a matrix with a given root there is one; PyTorch leaves that out.
    assert t.bijective == (known.bijective or case == "LowerCholeskyTransform")
    assert (t.domain.event_dim, t.codomain.event_dim) == (
        known.domain.event_dim, known.codomain.event_dim,
    )  # fmt: skip
    shape = tuple(x.shape)
    assert tuple(t.forward_shape(shape)) == tuple(known.forward_shape(torch.Size(shape)))
    after = tuple(y[0][0].shape)
    assert tuple(t.inverse_shape(after)) == tuple(known.inverse_shape(torch.Size(after)))
    assert tuple(t.inv.forward_shape(after)) == shape
    try:
        known.log_abs_det_jacobian(torch.tensor(x), y[1][0])
    except NotImplementedError:
        with pytest.raises(NotImplementedError):
            t.log_abs_det_jacobian(tgx.tensor(x), y[0][0])
    else:
        same(lambda _, t, x: t.log_abs_det_jacobian(x, t(x)), pairs, *inputs)
    if t.domain.event_dim == 0 and t.bijective:
        assert float(t.sign) == float(known.sign)


def test_identity_transform():
    x = tgx.tensor([1.0, 2.0])
    assert ours.identity_transform(x) is x and ours.identity_transform.inv(x) is x
    with pytest.raises(ValueError, match="6 and 5 elements"):
        ours.ReshapeTransform((2, 3), (5,))
    with pytest.raises(ValueError, match=r"last sizes that are not \(2, 3\)"):
        ours.ReshapeTransform((2, 3), (6,))(tgx.zeros(3, 2))


def test_what_is_drawn_sent_through_functions_of_rows():
    chains = {
        "stick": lambda room: room.StickBreakingTransform(),
        "reshaped": lambda room: room.ReshapeTransform((2, 3), (3, 2)),
        "rows": lambda room: room.AffineTransform(0.5, 2.0, 1),
        "both": lambda room: [room.ExpTransform(), room.IndependentTransform(
            room.PowerTransform(0.5), 1)],
    }  # fmt: skip
    values = {"stick": rows(5, 2, 4), "reshaped": numbers(5, 3, 2)}
    for name, chain in chains.items():
        pairs = []
        for lib, room in ((tgx, ours), (torch, theirs)):
            loc, scale = leaf(lib, LOC), leaf(lib, SCALE)
            d = room.TransformedDistribution(room.Normal(loc, scale), chain(room))
            pairs.append((d, {"loc": loc, "scale": scale}))
        (d, _), (known, _) = pairs
        assert tuple(d.batch_shape) == tuple(known.batch_shape)
        assert tuple(d.event_shape) == tuple(known.event_shape)
        value = values.get(name, numbers(5, 2, 3))
        same(lambda lib, d, value=value: d.log_prob(lib.tensor(value)), pairs)
        assert d.rsample((7,)).shape == tuple(known.rsample((7,)).shape)
        with pytest.raises(NotImplementedError, match="cdf"):
            d.cdf(tgx.tensor(value))
    for room in (ours, theirs):
        with pytest.raises(ValueError, match=r"dimension|size at least"):
            room.TransformedDistribution(room.Normal(0.0, 1.0), room.StickBreakingTransform())


def test_transformed():
    chains = {
        "tanh": lambda room: [room.TanhTransform()],
        "sigmoid": lambda room: [room.SigmoidTransform()],
        "affine, exp": lambda room: [room.AffineTransform(0.5, -2.0), room.ExpTransform()],
        "composed": lambda room: [
            room.ComposeTransform([room.AffineTransform(0.1, 0.3), room.SigmoidTransform()])
        ],
        "inverse": lambda room: [room.ExpTransform(), room.ExpTransform().inv],
    }
    value = numbers(5, 2, 3, low=0.1, high=0.9)
    for chain in chains.values():
        pairs = []
        for lib, room in ((tgx, ours), (torch, theirs.transforms)):
            loc, scale = leaf(lib, LOC), leaf(lib, SCALE)
            classes = ours if lib is tgx else theirs
            d = classes.TransformedDistribution(classes.Normal(loc, scale), chain(room))
            pairs.append((d, {"loc": loc, "scale": scale}))
        same(lambda lib, d: d.log_prob(lib.tensor(value)), pairs)
        same(lambda lib, d: d.cdf(lib.tensor(value)), pairs)
        same(lambda lib, d: d.icdf(lib.tensor(value)), pairs)
