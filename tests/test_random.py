"""Random numbers: one seed, the same numbers; generators that know where they stand."""

import copy
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DeviceError, DtypeError, GraphError, ShapeError

ROOT = Path(tgx.__file__).parent.parent
DRAWS = {
    "rand": lambda g: tgx.rand(3, 2, generator=g),
    "randn": lambda g: tgx.randn(3, 2, generator=g, dtype=tgx.float64),
    "randint": lambda g: tgx.randint(0, 1000, (6,), generator=g),
    "randperm": lambda g: tgx.randperm(20, generator=g),
    "uniform_": lambda g: tgx.zeros(5).uniform_(-1, 1, generator=g),
    "normal_": lambda g: tgx.zeros(5).normal_(3, 2, generator=g),
}


def unpickled(thing):
    """What another process would get."""
    return ForkingPickler.loads(bytes(ForkingPickler.dumps(thing)))


@pytest.fixture
def g():
    return tgx.Generator().manual_seed(7)


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_generator_is_what_is_drawn_from(draw, g):
    tgx.manual_seed(0)
    untouched = tgx.rand(4).tolist()
    tgx.manual_seed(0)
    first, second = draw(g).tolist(), draw(g).tolist()
    assert first != second
    assert draw(tgx.Generator().manual_seed(7)).tolist() == first
    assert draw(tgx.Generator().manual_seed(8)).tolist() != first
    assert tgx.rand(4).tolist() == untouched


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_without_a_generator_the_default_one_is_drawn_from(draw):
    assert tgx.manual_seed(7) is tgx.default_generator
    first = draw(None).tolist()
    assert draw(tgx.Generator().manual_seed(7)).tolist() == first
    assert tgx.default_generator.initial_seed() == 7


def test_numbers_are_philox_numbers():
    # Salmon et al. (2011): Philox 4x64-10 with counter 0 and key 0, from the authors' own
    # known-answer file (kat_vectors of Random123), moved back to where the counter begins.
    philox = np.random.Philox(key=0, counter=2**256 - 1)
    words = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
    assert philox.random_raw(4).tolist() == words
    ours = tgx.rand(8, dtype=tgx.float64, generator=tgx.Generator().manual_seed(3))
    raw = np.random.Philox(3).random_raw(8)
    assert ours.tolist() == [(int(word) >> 11) * 2.0**-53 for word in raw]


def test_the_seed_that_it_begins_at():
    assert tgx.Generator().initial_seed() == tgx.Generator().initial_seed() == 67280421310721
    g = tgx.Generator()
    drawn = {g.seed() for _ in range(4)}
    assert len(drawn) == 4
    assert g.initial_seed() in drawn
    assert g.manual_seed(-1).initial_seed() == 2**64 - 1
    assert g.manual_seed(np.int64(5)).initial_seed() == 5
    assert repr(g) == "Generator(initial_seed=5)"
    assert g.device == "cpu"


def test_nobody_knows_the_first_seed_of_the_default_generator():
    code = "import tinygradx as tgx; print(tgx.default_generator.initial_seed())"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    }
    assert len(printed) == 2


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
@pytest.mark.parametrize("before", [0, 1, 2, 3, 5])
def test_a_state_is_where_it_stands(draw, before, g):
    # Odd numbers of floats leave half a word behind, which is part of the state.
    tgx.rand(before, generator=g)
    state = g.get_state()
    assert (state.shape, state.dtype) == ((112,), tgx.uint8)
    expected = draw(g).tolist()
    assert draw(g).tolist() != expected
    g.set_state(state)
    assert draw(g).tolist() == expected
    other = tgx.Generator()
    other.set_state(state)
    assert other.initial_seed() == 7
    assert draw(other).tolist() == expected


@pytest.mark.parametrize(
    "copied",
    [tgx.Generator.clone_state, copy.copy, copy.deepcopy, unpickled],
)
def test_a_copy_goes_on_by_itself(copied, g):
    tgx.rand(3, generator=g)
    other = copied(g)
    assert other.initial_seed() == 7
    expected = tgx.randn(5, generator=g).tolist()
    assert tgx.randn(5, generator=other).tolist() == expected


def test_threads_share_a_generator(g):
    with ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda _: tgx.rand(100, generator=g).tolist(), range(16)))
    whole = tgx.rand(1600, generator=tgx.Generator().manual_seed(7)).tolist()
    assert sorted(chain(*parts)) == sorted(whole)


def test_what_a_generator_refuses(g):
    for seed in (1.5, "0", None):
        with pytest.raises(DtypeError, match="use a whole number"):
            g.manual_seed(seed)
    for seed in (2**64, -(2**63) - 1):
        with pytest.raises(ArgumentError, match="more than 64 bits"):
            tgx.manual_seed(seed)
    with pytest.raises(DeviceError, match='use device="cpu"'):
        tgx.Generator("cuda")
    with pytest.raises(DtypeError, match="generator of type int"):
        tgx.rand(2, generator=0)


def test_what_set_state_refuses(g):
    state = g.get_state()
    with pytest.raises(DtypeError, match="float32 where uint8 belongs"):
        g.set_state(state.float())
    with pytest.raises(DtypeError, match="bytes where uint8 belongs"):
        g.set_state(bytes(112))
    with pytest.raises(ArgumentError, match="111 bytes that are no state"):
        g.set_state(state[1:])
    for word in (10, 11, 12):  # the place in the buffer, whether half a word is left, which one
        damaged = state.numpy().copy()
        damaged[8 * word : 8 * word + 8] = 255
        with pytest.raises(ArgumentError, match="no state of this generator"):
            g.set_state(tgx.from_numpy(damaged))
    assert g.get_state().tolist() == state.tolist()


# ---- the functions that draw --------------------------------------------------------------------


def test_uniform_and_normal_fill_in_place(g):
    x = tgx.zeros(200, 100)
    memory = x.numpy()
    assert x.uniform_(2.0, 3.0, generator=g) is x
    assert x.numpy() is memory
    assert 2.0 <= memory.min() < 2.001
    assert 2.999 < memory.max() <= 3.0
    assert abs(memory.mean() - 2.5) < 4 * (1 / 12) ** 0.5 / 20_000**0.5
    x.normal_(mean=-1.0, std=0.5, generator=g)
    assert abs(memory.mean() + 1.0) < 4 * 0.5 / 20_000**0.5
    assert abs(memory.std() - 0.5) < 4 * 0.5 / 40_000**0.5
    assert x.normal_(4.0, 0.0).tolist()[0][0] == 4.0
    number = tgx.zeros((), dtype=tgx.float64).uniform_(generator=g)
    assert number.shape == ()
    assert 0.0 < number.item() < 1.0


def test_draws_in_place_and_the_graph(g):
    w = tgx.zeros(3, requires_grad=True)
    with pytest.raises(GraphError, match="no_grad"):
        w.uniform_()
    with tgx.no_grad():
        w.normal_(generator=g)
    assert w.requires_grad
    assert all(w.tolist())
    y = w * 2.0
    y.uniform_(generator=g)  # what was there is forgotten: the way back ends in zeros
    y.sum().backward()
    assert w.grad.tolist() == [0.0, 0.0, 0.0]


def test_what_draws_refuse():
    for low, high in ((2, 1), (0, float("inf")), (float("nan"), 1), (-3e38, 3e38)):
        with pytest.raises(ArgumentError, match="finite bounds, from <= to"):
            tgx.zeros(2).uniform_(low, high)
    with pytest.raises(ArgumentError, match="std from 0 on"):
        tgx.zeros(2).normal_(0, -1)
    for name in ("uniform_", "normal_"):
        with pytest.raises(DtypeError, match=f"{name} on a tensor of dtype int64"):
            getattr(tgx.zeros(2, dtype=tgx.int64), name)()
    for draw in (tgx.rand, tgx.randn, tgx.randperm):
        with pytest.raises(ShapeError, match="a negative size"):
            draw(-1)
    with pytest.raises(DtypeError, match="use float32 or float64"):
        tgx.rand(2, dtype=tgx.int64)


def test_randint_takes_its_bounds_as_pytorch_does():
    for drawn in (
        tgx.randint(3, (1000,)),
        tgx.randint(0, 3, (1000,)),
        tgx.randint(high=3, size=(1000,)),
        tgx.randint(3, size=[1000]),
    ):
        assert drawn.dtype == tgx.int64
        assert set(drawn.tolist()) == {0, 1, 2}
    assert tgx.randint(-1, 0, ()).item() == -1
    assert tgx.randint(2, (40,), dtype=tgx.bool).dtype == tgx.bool
    assert tgx.randint(2, (4,), dtype=tgx.float32, requires_grad=True).requires_grad
    assert tgx.randint(256, (4,), dtype=tgx.uint8).dtype == tgx.uint8


def test_what_randint_refuses():
    with pytest.raises(ShapeError, match="write the size as a tuple"):
        tgx.randint(0, 10)
    with pytest.raises(ShapeError, match="write the size as a tuple"):
        tgx.randint(0, 10, 5)
    for low, high in ((3, 3), (4, 3)):
        with pytest.raises(ArgumentError, match="make high larger than low"):
            tgx.randint(low, high, (2,))
    with pytest.raises(DtypeError, match="a bound that is no integer"):
        tgx.randint(0, 2.5, (2,))
    for high, dtype in ((257, tgx.uint8), (129, tgx.int8), (3, tgx.bool), (2**25, tgx.float32)):
        with pytest.raises(ArgumentError, match="use a larger dtype"):
            tgx.randint(high, (2,), dtype=dtype)


def test_randperm():
    assert sorted(tgx.randperm(9).tolist()) == list(range(9))
    assert tgx.randperm(0).shape == (0,)
    assert tgx.randperm(3).dtype == tgx.int64
    assert tgx.randperm(3, dtype=tgx.int32).dtype == tgx.int32
