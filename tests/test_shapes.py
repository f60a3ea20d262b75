"""Shapes: what is a view and what a copy, values beside NumPy's, edges, and what errors say."""

from __future__ import annotations

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DimError, DtypeError, GraphError, ShapeError
from tinygradx.graph import REGISTRY
from tinygradx.nn.functional import fold, pad, pixel_shuffle, pixel_unshuffle, unfold
from tinygradx.ops.windows import AS_STRIDED


def numbers(*shape):
    """A float64 tensor counting from 0."""
    return tgx.tensor(np.arange(float(np.prod(shape))).reshape(shape))


CUBE = (2, 3, 4)

#: name: (function of a (2, 3, 4) tensor, the same of an array); the answer is a view.
VIEWS = {
    "reshape": (lambda x: x.reshape(4, -1), lambda a: a.reshape(4, 6)),
    "view": (lambda x: x.view(-1), np.ravel),
    "view_as": (lambda x: x.view_as(tgx.zeros(6, 4)), lambda a: a.reshape(6, 4)),
    "reshape_as": (lambda x: x.reshape_as(tgx.zeros(24)), np.ravel),
    "ravel": (lambda x: x.ravel(), np.ravel),
    "flatten": (lambda x: x.flatten(1), lambda a: a.reshape(2, 12)),
    "unflatten": (lambda x: x.unflatten(-1, (2, -1)), lambda a: a.reshape(2, 3, 2, 2)),
    "transpose": (lambda x: x.transpose(0, -1), lambda a: a.swapaxes(0, 2)),
    "swapaxes": (lambda x: x.swapaxes(0, 1), lambda a: a.swapaxes(0, 1)),
    "swapdims": (lambda x: x.swapdims(0, 1), lambda a: a.swapaxes(0, 1)),
    "movedim": (lambda x: x.movedim((0, 1), (-1, 0)), lambda a: np.moveaxis(a, (0, 1), (-1, 0))),
    "moveaxis": (lambda x: x.moveaxis(0, 2), lambda a: np.moveaxis(a, 0, 2)),
    "permute": (lambda x: x.permute(dims=(2, 0, 1)), lambda a: a.transpose(2, 0, 1)),
    "adjoint": (lambda x: x.adjoint(), lambda a: a.swapaxes(1, 2)),
    "mH": (lambda x: x.mH, lambda a: a.swapaxes(1, 2)),
    "H": (lambda x: x[0].H, lambda a: a[0].T),
    "t": (lambda x: x[0].t(), lambda a: a[0].T),
    "unsqueeze": (lambda x: x.unsqueeze(-1), lambda a: a[..., None]),
    "squeeze": (lambda x: x[:1].squeeze((0, 1)), lambda a: a[0]),
    "expand": (lambda x: x[:, :1].expand(-1, 5, 4), lambda a: a[:, :1].repeat(5, 1)),
    "expand_as": (
        lambda x: x[:, :1].expand_as(tgx.zeros(2, 2, 4)), lambda a: a[:, :1].repeat(2, 1),
    ),
    "broadcast_to": (lambda x: x.broadcast_to((5, 2, 3, 4)), lambda a: np.stack([a] * 5)),
    "broadcast_tensors": (
        lambda x: tgx.broadcast_tensors(x[0, 0], x)[0], lambda a: np.broadcast_to(a[0, 0], CUBE),
    ),
    "narrow": (lambda x: x.narrow(2, -3, 2), lambda a: a[..., 1:3]),
    "select": (lambda x: x.select(1, -1), lambda a: a[:, 2]),
    "split": (lambda x: x.split(2, 1)[1], lambda a: a[:, 2:]),
    "split_with_sizes": (lambda x: x.split_with_sizes([1, 2], 1)[0], lambda a: a[:, :1]),
    "chunk": (lambda x: x.chunk(3, 2)[1], lambda a: a[..., 2:]),
    "tensor_split": (lambda x: x.tensor_split(3, 2)[0], lambda a: np.array_split(a, 3, 2)[0]),
    "hsplit": (lambda x: x.hsplit(3)[2], lambda a: np.hsplit(a, 3)[2]),
    "vsplit": (lambda x: x.vsplit(2)[1], lambda a: np.vsplit(a, 2)[1]),
    "dsplit": (lambda x: x.dsplit((1, 3))[1], lambda a: np.dsplit(a, (1, 3))[1]),
    "unbind": (lambda x: x.unbind(2)[3], lambda a: a[..., 3]),
    "diagonal": (lambda x: x.diagonal(1, 0, 2), lambda a: a.diagonal(1, 0, 2)),
    "unfold": (
        lambda x: x.unfold(2, 3, 1),
        lambda a: np.lib.stride_tricks.sliding_window_view(a, 3, 2),
    ),
    "as_strided": (
        lambda x: x.as_strided((3, 2), (1, 6), 2), lambda a: a.ravel()[[[2, 8], [3, 9], [4, 10]]],
    ),
    "atleast_3d": (lambda x: tgx.atleast_3d(x[0]), lambda a: np.atleast_3d(a[0])),
    "atleast_2d": (lambda x: tgx.atleast_2d(x[0, 0]), lambda a: a[0, :1]),
    "meshgrid": (
        lambda x: tgx.meshgrid(x[0, 0], x[0, :, 0], indexing="xy")[1],
        lambda a: np.meshgrid(a[0, 0], a[0, :, 0])[1],
    ),
}  # fmt: skip

#: The same where the answer is a copy.
COPIES = {
    "reshape of a transpose": (
        lambda x: x.mT.reshape(2, 12), lambda a: a.swapaxes(1, 2).reshape(2, 12),
    ),
    "contiguous": (lambda x: x.mT.contiguous(), lambda a: a.swapaxes(1, 2)),
    "narrow_copy": (lambda x: x.narrow_copy(0, 1, 1), lambda a: a[1:]),
    "view_copy": (lambda x: tgx.view_copy(x, (24,)), np.ravel),
    "unbind_copy": (lambda x: tgx.unbind_copy(x)[1], lambda a: a[1]),
    "cat": (lambda x: tgx.cat([x, x], -1), lambda a: np.concatenate([a, a], -1)),
    "concat": (lambda x: tgx.concat((x, x), 1), lambda a: np.concatenate([a, a], 1)),
    "concatenate": (lambda x: tgx.concatenate([x], axis=1), lambda a: a),
    "stack": (lambda x: tgx.stack([x, x], -1), lambda a: np.stack([a, a], -1)),
    "hstack": (lambda x: tgx.hstack([x, x]), lambda a: np.hstack([a, a])),
    "vstack": (lambda x: tgx.vstack([x[0, 0], x[0, 1]]), lambda a: a[0, :2]),
    "row_stack": (lambda x: tgx.row_stack([x, x]), lambda a: np.vstack([a, a])),
    "dstack": (lambda x: tgx.dstack([x, x]), lambda a: np.dstack([a, a])),
    "column_stack": (
        lambda x: tgx.column_stack([x[0, 0], x[0].T]), lambda a: np.column_stack([a[0, 0], a[0].T]),
    ),
    "cartesian_prod": (
        lambda x: tgx.cartesian_prod(x[0, 0, :2], x[0, :2, 0]),
        lambda a: np.array([[0, 0], [0, 4], [1, 0], [1, 4]]),
    ),
    "combinations": (
        lambda x: tgx.combinations(x[0, 0], 3),
        lambda a: [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]],
    ),
    "repeat": (lambda x: x.repeat(2, 1, 1, 3), lambda a: np.tile(a, (2, 1, 1, 3))),
    "repeat by 1": (lambda x: x.repeat(1, 1, 1), lambda a: a),
    "repeat a number": (lambda x: x[1, 1, 1].repeat(3), lambda a: [17, 17, 17]),
    "tile": (lambda x: x.tile(2), lambda a: np.tile(a, 2)),
    "repeat_interleave": (lambda x: x.repeat_interleave(2, 1), lambda a: a.repeat(2, 1)),
    "flip": (lambda x: x.flip(0, -1), lambda a: np.flip(a, (0, 2))),
    "fliplr": (lambda x: x.fliplr(), np.fliplr),
    "flipud": (lambda x: x.flipud(), np.flipud),
    "rot90": (lambda x: x.rot90(-1, (1, 2)), lambda a: np.rot90(a, -1, (1, 2))),
    "rot90 by 4": (lambda x: x.rot90(4), lambda a: a),
    "roll": (lambda x: x.roll((1, -5), (0, 2)), lambda a: np.roll(a, (1, -5), (0, 2))),
    "roll of all": (lambda x: x.roll(5), lambda a: np.roll(a, 5)),
    "tril": (lambda x: x.tril(-1), lambda a: np.tril(a, -1)),
    "triu": (lambda x: x.triu(2), lambda a: np.triu(a, 2)),
    "diag": (lambda x: x[0].diag(-1), lambda a: np.diag(a[0], -1)),
    "diag of a vector": (lambda x: x[0, 1].diag(-1), lambda a: np.diag(a[0, 1], -1)),
    "diagflat": (lambda x: x[0].diagflat(1), lambda a: np.diagflat(a[0], 1)),
    "vander": (lambda x: tgx.vander(x[0, 0]), lambda a: np.vander(a[0, 0])),
    "vander of 2": (
        lambda x: tgx.vander(x[0, 0], 2, True), lambda a: np.vander(a[0, 0], 2, increasing=True),
    ),
    "block_diag": (
        lambda x: tgx.block_diag(x[0, :1, :2], x[0, 0, 3]), lambda a: [[0, 1, 0], [0, 0, 3]],
    ),
    "pad": (
        lambda x: pad(x, (1, -1, 0, 2), value=7.0),
        lambda a: np.pad(a, ((0, 0), (0, 2), (1, 0)), constant_values=7.0)[..., :-1],
    ),
    "pad reflect": (
        lambda x: pad(x, (3, 1, 2, 0), "reflect"),
        lambda a: np.pad(a, ((0, 0), (2, 0), (3, 1)), "reflect"),
    ),
    "pad replicate": (
        lambda x: pad(x, (9, 1), "replicate"),
        lambda a: np.pad(a, ((0, 0), (0, 0), (9, 1)), "edge"),
    ),
    "pad circular": (
        lambda x: pad(x, (4, 2), "circular"), lambda a: np.pad(a, ((0, 0), (0, 0), (4, 2)), "wrap"),
    ),
    "pad by 0": (lambda x: pad(x, (0, 0), "reflect"), lambda a: a),
    "channels_last": (
        lambda x: x[None].contiguous(memory_format=tgx.channels_last), lambda a: a[None],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
def test_views_share_memory(name):
    make, textbook = VIEWS[name]
    x = numbers(*CUBE)
    out = make(x)
    np.testing.assert_array_equal(out.numpy(), textbook(x.numpy()))
    assert out.view_of is not None
    assert out.view_of.base is x
    assert out.cell is x.cell
    x.zero_()
    assert not out.numpy().any(), "it did not see the write"


@pytest.mark.parametrize("name", COPIES)
def test_copies_do_not(name):
    make, textbook = COPIES[name]
    x = numbers(*CUBE)
    out = make(x)
    expected = np.array(textbook(x.numpy()))
    np.testing.assert_array_equal(out.numpy(), expected)
    x.zero_()
    np.testing.assert_array_equal(out.numpy(), expected, "it saw the write")
    out.fill_(1.0)
    assert not x.numpy().any()


@pytest.mark.parametrize("name", [*VIEWS, *COPIES])
def test_gradients_are_those_of_the_places(name):
    """Each element of the answer is an element of x, or none: so is its gradient."""
    if name in ("vander", "vander of 2"):
        return  # products of elements: tests/test_gradcheck.py
    make = (VIEWS.get(name) or COPIES[name])[0]
    x = numbers(*CUBE).requires_grad_()
    places = make(x.detach() + 1.0).numpy() - 1.0  # what is made new is 0, so -1 now
    if name == "pad":
        places[places == 6.0] = -1.0  # the value 7 of the border, which x has as well
        places[make(numbers(*CUBE) * 0.0).numpy() == 0.0] = make(x.detach()).numpy()[
            make(numbers(*CUBE) * 0.0).numpy() == 0.0
        ]
    out = make(x)
    weights = np.random.default_rng(0).normal(size=out.shape)
    (out * tgx.tensor(weights)).sum().backward()
    expected = np.zeros(24)
    inside = places >= 0
    np.add.at(expected, places[inside].astype(int), weights[inside])
    np.testing.assert_allclose(x.grad.numpy().ravel(), expected, 1e-12, 1e-14)


def test_shapes_of_nothing_and_of_numbers():
    nothing, number = tgx.zeros(0, 3), tgx.tensor(2.0)
    assert tgx.unflatten(nothing, 0, (0, 2)).shape == (0, 2, 3)
    assert nothing.reshape(3, 0).shape == (3, 0)
    assert [p.shape for p in nothing.split(2)] == [(0, 3)]
    assert [p.shape for p in nothing.chunk(2)] == [(0, 3), (0, 3)]
    assert nothing.flip(0, 1).shape == nothing.roll(1, 0).shape == (0, 3)
    assert nothing.repeat(2, 2).shape == (0, 6)
    assert nothing.tril().shape == (0, 3)
    assert nothing.diagonal().shape == (0,)
    assert nothing.unfold(1, 2, 1).shape == (0, 2, 2)
    assert pad(nothing, (0, 0, 1, 1)).shape == (2, 3)
    assert number.t().shape == number.flip(0).shape == number.squeeze(0).shape == ()
    assert number.flatten().shape == number.ravel().shape == number.unfold(0, 1, 1).shape == (1,)
    assert number.repeat_interleave(3).tolist() == [2.0, 2.0, 2.0]
    assert tgx.atleast_1d(number).shape == (1,)
    assert [x.shape for x in tgx.atleast_2d(number, tgx.zeros(3))] == [(1, 1), (1, 3)]
    assert tgx.atleast_3d(tgx.zeros(3)).shape == (1, 3, 1)
    assert tgx.hstack([number, number]).tolist() == [2.0, 2.0]
    assert tgx.block_diag().shape == (1, 0)
    assert tgx.cat([tgx.zeros(0), tgx.ones(2, 3)], 1).shape == (2, 3)
    assert tgx.broadcast_shapes() == ()
    assert tgx.broadcast_shapes((2, 1), 3, (1,)) == (2, 3)
    assert tgx.combinations(tgx.ones(2), 0).shape == (0,)
    assert tgx.cartesian_prod(tgx.ones(2)).shape == (2,)


def test_names_of_pytorch_and_of_numpy_are_taken():
    x = numbers(2, 3)
    assert x.reshape(shape=(3, 2)).shape == x.view(size=(3, 2)).shape == (3, 2)
    assert x.expand(size=(4, 2, 3)).shape == x.repeat(repeats=(4, 1, 1)).view(4, 2, 3).shape
    assert tgx.tile(x, dims=(2,)).shape == (2, 6)
    assert tgx.flip(x, dims=[1]).tolist() == [[2.0, 1.0, 0.0], [5.0, 4.0, 3.0]]
    assert tgx.concatenate([x, x], axis=-1).shape == (2, 6)
    assert x.split(split_size_or_sections=2, dim=1)[1].shape == (2, 1)
    assert x.unsqueeze(axis=1).squeeze(axis=1).shape == (2, 3)
    assert tgx.stack([x, x], axis=2).shape == (2, 3, 2)
    assert x.index_select(axis=1, index=tgx.tensor([2])).tolist() == [[2.0], [5.0]]
    with pytest.raises(ArgumentError, match="two names of one argument"):
        x.squeeze(dim=0, axis=1)


def test_contiguous_copies_only_where_it_must():
    x = numbers(2, 3)
    assert x.contiguous() is x
    assert x.T.contiguous().is_contiguous()
    assert not x.T.is_contiguous()
    image = numbers(1, 2, 3, 4)
    lies = image.contiguous(memory_format=tgx.channels_last)
    assert lies.stride() == (24, 1, 8, 2)
    assert lies.tolist() == image.tolist()
    assert lies.contiguous(memory_format=tgx.channels_last) is lies
    assert image.clone(memory_format=tgx.preserve_format).stride() == image.stride()
    with pytest.raises(ArgumentError, match="channels_last of a tensor of 2 dimensions"):
        x.to(memory_format=tgx.channels_last)


def test_to_takes_pytorchs_places():
    x = numbers(2)
    assert x.to(tgx.float64) is x
    assert x.to(tgx.float64, False, True) is not x
    assert x.to("cpu", tgx.int64, True).dtype == tgx.int64
    with pytest.raises(DtypeError, match="float16"):
        x.to(np.float16)
    with pytest.raises(DtypeError, match=r"use x\.float\(\)"):
        x.half()
    with pytest.raises(DtypeError, match="bfloat16"):
        x.bfloat16()


@pytest.mark.parametrize(
    ("method", "dtype"),
    [("byte", "uint8"), ("char", "int8"), ("short", "int16"), ("int", "int32"), ("long", "int64"),
     ("bool", "bool"), ("float", "float32"), ("double", "float64")],
)  # fmt: skip
def test_conversions(method, dtype):
    x = tgx.tensor([0.0, 1.9, 100.5])
    out = getattr(x, method)()
    assert out.dtype == getattr(tgx, dtype)
    assert out.tolist() == x.numpy().astype(dtype).tolist()
    assert out.type_as(x).dtype == x.dtype
    assert x.type(out.type()).dtype == x.type(out.dtype).dtype == out.dtype


def test_types_have_pytorchs_names():
    assert tgx.zeros(1).type() == "torch.FloatTensor"
    assert tgx.zeros(1).type("torch.LongTensor").dtype == tgx.int64
    with pytest.raises(DtypeError, match="no such type"):
        tgx.zeros(1).type("torch.HalfTensor")


def test_tensors_after_a_pattern():
    x = tgx.tensor([1.0], dtype=tgx.float64)
    assert x.new_zeros(2, 3).dtype == x.new_ones((2,)).dtype == tgx.float64
    assert x.new_full((2,), 3).tolist() == [3.0, 3.0]
    assert x.new_empty(0).shape == (0,)
    assert x.new_tensor([1, 2]).dtype == tgx.float64
    assert x.new_tensor([1, 2], dtype=tgx.int64).dtype == tgx.int64
    assert x.new_zeros(2, requires_grad=True).requires_grad
    assert x.new_empty_strided((2, 3), (1, 2)).stride() == (1, 2)
    assert x.long().new_ones(2).tolist() == [1, 1]


def test_how_it_lies_in_memory():
    x = tgx.zeros(2, 3)
    assert (x.stride(), x.stride(-1), x.T.stride()) == ((3, 1), 1, (1, 3))
    assert x[1, 1:].storage_offset() == 4
    assert x[1].data_ptr() == x.data_ptr() + 12
    assert (x.element_size(), x.itemsize, x.nbytes, tgx.numel(x)) == (4, 4, 24, 6)
    assert x.is_same_size(tgx.ones(2, 3)) and not tgx.is_same_size(x, x.T)
    with pytest.raises(DimError, match="stride with dim=2"):
        x.stride(2)


def test_as_strided_goes_by_the_memory():
    x = numbers(3, 4)
    assert x.T.as_strided((2, 2), (4, 1)).tolist() == [[0.0, 1.0], [4.0, 5.0]]
    assert x[1:].as_strided((2,), (1,)).tolist() == [4.0, 5.0]
    assert x[1:].as_strided((2,), (1,), 0).tolist() == [0.0, 1.0]
    assert x.unfold(1, 2, 1).as_strided((3,), (4,)).tolist() == [0.0, 4.0, 8.0]
    out = tgx.as_strided_scatter(x, tgx.full((2,), 9.0, dtype=tgx.float64), (2,), (5,), 1)
    assert out.flatten().tolist() == [0, 9, 2, 3, 4, 5, 9, 7, 8, 9, 10, 11]
    # Done again on other memory, as drawing does, it says the same; or that it cannot.
    fresh = np.arange(12.0).reshape(3, 4)
    assert AS_STRIDED.forward(fresh, (2,), (5,), 1, (1, 3), 0).tolist() == [4.0, 2.0]
    with pytest.raises(GraphError, match="beside the tensor"):
        AS_STRIDED.forward(fresh[:1], (2,), (5,), 1, (4, 1), 4)


def test_overlapping_views_cannot_be_written():
    x = numbers(5)
    with pytest.raises(GraphError, match="repeats elements"):
        x.unfold(0, 3, 1).mul_(2.0)
    with pytest.raises(GraphError, match="repeats elements"):
        x.as_strided((2, 2), (1, 1)).mul_(2.0)
    x.unfold(0, 2, 2).zero_()
    assert x.tolist() == [0.0, 0.0, 0.0, 0.0, 4.0]
    y = numbers(2, 2)
    y.diagonal().fill_(7.0)
    assert y.tolist() == [[7.0, 1.0], [2.0, 7.0]]


def test_patches_come_back():
    x = numbers(2, 3, 5, 6)
    how = {"kernel_size": (2, 3), "dilation": (2, 1), "padding": (1, 2), "stride": (1, 2)}
    columns = unfold(x, **how)
    assert columns.shape == (2, 18, 5 * 4)
    times = fold(unfold(tgx.ones(1, 1, 5, 6), **how), (5, 6), **how)
    back = fold(columns, (5, 6), **how) / times
    np.testing.assert_array_equal(back.numpy(), x.numpy())
    assert unfold(x[0], **how).tolist() == columns[0].tolist()
    assert fold(columns[0], (5, 6), **how).shape == (3, 5, 6)


def test_pixels_and_channels():
    x = numbers(2, 8, 3, 2)
    up = pixel_shuffle(x, 2)
    assert up.shape == (2, 2, 6, 4)
    # PyTorch's documentation: out[c, h * r + i, w * r + j] = x[c * r * r + i * r + j, h, w].
    assert up[1, 1, 2 * 2 + 1, 1 * 2 + 0].item() == x[1, 1 * 4 + 1 * 2 + 0, 2, 1].item()
    assert pixel_unshuffle(up, 2).tolist() == x.tolist()


def test_integers_stay_integers():
    x = tgx.arange(6).reshape(2, 3)
    for out in (x.tril(), x.flip(0), pad(x, (1, 1)), x.diag(), x.repeat(2, 1), tgx.vander(x[0])):
        assert out.dtype == tgx.int64
    assert tgx.trace(tgx.ones(2, 2, dtype=tgx.int32)).dtype == tgx.int64
    assert tgx.tril_indices(3, 3, -1).tolist() == [[1, 2, 2], [0, 0, 1]]
    assert tgx.triu_indices(2, 3, 1, dtype=tgx.int32).dtype == tgx.int32


X = tgx.zeros(2, 3)
#: What is wrong, the class, and what the message must say.
MISTAKES = [
    (lambda: X.reshape(4, -1), ShapeError, "reshape .2, 3. to .4, -1..*6 elements"),
    (lambda: X.reshape(-2, -1), ShapeError, "choose sizes"),
    (lambda: X.T.view(6), ShapeError, r"strides \(1, 3\).*x.reshape"),
    (lambda: X.view(tgx.int64), ShapeError, r"x\.to\(dtype\)"),
    (lambda: tgx.zeros(2, 2, 2).t(), DimError, r"x\.mT"),
    (lambda: X[0].adjoint(), DimError, "pass matrices"),
    (lambda: X.movedim((0, 1), 0), ArgumentError, "2 and 1 dims"),
    (lambda: X.movedim((0, 0), (0, 1)), DimError, "given twice"),
    (lambda: X.transpose(0, 2), DimError, "from -2 to 1"),
    (lambda: X.squeeze((0, 0)), DimError, "given twice"),
    (lambda: tgx.tensor(1.0).flatten(1), DimError, "flatten with dim=1"),
    (lambda: X.unflatten(1, (2, 2)), ShapeError, "a dimension of size 3"),
    (lambda: X.unflatten(1, ()), ShapeError, "no sizes"),
    (lambda: X.expand(3, 3), ShapeError, "only dimensions of size 1"),
    (lambda: tgx.broadcast_shapes((2,), (3,)), ShapeError, "none of them 1"),
    (lambda: X.narrow(1, 2, 2), ArgumentError, "a dimension of size 3"),
    (lambda: X.select(0, 2), DimError, "from -2 to 1"),
    (lambda: tgx.zeros(0).select(0, 0), DimError, "nothing to select"),
    (lambda: X.split(0), ArgumentError, "never fill"),
    (lambda: X.split([1, 3]), ArgumentError, "the sum 4"),
    (lambda: tgx.tensor(1.0).split(1), DimError, "no dimensions"),
    (lambda: X.chunk(0), ArgumentError, "at least one"),
    (lambda: X.hsplit(2), ArgumentError, "tensor_split"),
    (lambda: X[0].vsplit(1), DimError, "pass at least 2"),
    (lambda: tgx.cat([X, tgx.zeros(2, 2)]), ShapeError, "make every other size equal"),
    (lambda: tgx.cat([]), ArgumentError, "at least one"),
    (lambda: tgx.stack([X, X.T]), ShapeError, "make all shapes equal"),
    (lambda: tgx.hstack([]), ArgumentError, "at least one"),
    (lambda: tgx.block_diag(tgx.zeros(1, 1, 1)), ShapeError, "matrices or vectors"),
    (lambda: tgx.meshgrid(X), ShapeError, "pass vectors"),
    (lambda: tgx.meshgrid(X[0], indexing="yx"), ArgumentError, '"ij" or "xy"'),
    (lambda: tgx.meshgrid(X[0], tgx.arange(2)), DtypeError, "one dtype"),
    (lambda: tgx.cartesian_prod(X, X), ShapeError, "pass vectors"),
    (lambda: tgx.combinations(X), ShapeError, "pass a vector"),
    (lambda: X.repeat(2), ShapeError, "less numbers than dimensions"),
    (lambda: X.repeat(2, -1), ShapeError, "a negative number"),
    (lambda: X.repeat_interleave(tgx.tensor([1, 2]), 1), ArgumentError, "or 3 of them"),
    (lambda: X.repeat_interleave(-1), ArgumentError, "one negative"),
    (lambda: X.repeat_interleave(2, 0, output_size=5), ArgumentError, "4 of them"),
    (lambda: X.flip(0, 0), DimError, "given twice"),
    (lambda: X[0].fliplr(), DimError, "no dim 1"),
    (lambda: X.rot90(1, (0, 0)), DimError, "given twice"),
    (lambda: X.rot90(1, (0,)), ArgumentError, "name two dims"),
    (lambda: X.roll((1, 2)), ArgumentError, "name a dim"),
    (lambda: X.roll(1, (0, 1)), ArgumentError, "1 shifts and 2 dims"),
    (lambda: X.diagonal(0, 1, 1), DimError, "one and the same"),
    (lambda: tgx.zeros(1, 1, 1).diag(), DimError, "diag_embed"),
    (lambda: X[0].trace(), DimError, "no matrix"),
    (lambda: X[0].tril(), DimError, "no matrix"),
    (lambda: tgx.tril_indices(-1, 2), ArgumentError, "a negative size"),
    (lambda: X.diagonal_scatter(tgx.ones(3)), ShapeError, "shape .2,."),
    (lambda: X.diagonal_scatter(tgx.arange(2)), DtypeError, r"src\.to\(input\.dtype\)"),
    (lambda: tgx.vander(X), ShapeError, "pass a vector"),
    (lambda: X.unfold(1, 4, 1), ArgumentError, "size from 0 to 3"),
    (lambda: X.unfold(1, 2, 0), ArgumentError, "step from 1 on"),
    (lambda: X.as_strided((7,), (1,)), ArgumentError, "a memory of 6 elements"),
    (lambda: X.as_strided((2,), (-1,), 3), ArgumentError, "flip"),
    (lambda: X.as_strided((2,), (1, 1)), ShapeError, "1 sizes, 2 strides"),
    (lambda: tgx.as_strided_scatter(X.T, X, (2, 3), (3, 1)), ArgumentError, "contiguous"),
    (lambda: pad(X, (1,)), ArgumentError, "give pairs"),
    (lambda: pad(X, (1, 1) * 3), ShapeError, "3 pairs"),
    (lambda: pad(X, (1, 1), "mirror"), ArgumentError, "constant, reflect, replicate, circular"),
    (lambda: pad(X, (3, 0), "reflect"), ShapeError, "at most 2"),
    (lambda: pad(X, (4, 0), "circular"), ShapeError, "at most 3"),
    (lambda: pad(X, (1, 1), "reflect", 0.5), ArgumentError, "leave one out"),
    (lambda: pad(X, (-2, -2)), ShapeError, "more cut off"),
    (lambda: unfold(X, 2), ShapeError, r"\(N, C, H, W\)"),
    (lambda: fold(X, (3, 3), 2), ShapeError, r"pass \(N, C \* 4, 4\)"),
    (lambda: fold(tgx.zeros(1, 4, 4), (3, 3), 0), ArgumentError, "from 1 on"),
    (lambda: pixel_shuffle(tgx.zeros(3, 2, 2), 2), ShapeError, r"C \* r \* r"),
    (lambda: pixel_unshuffle(tgx.zeros(1, 3, 2), 2), ShapeError, "factor from 1 on"),
    (lambda: X.sum_to_size(3, 3), ShapeError, "does not broadcast"),
    (lambda: X.reshape("a"), DtypeError, "whole numbers"),
    (lambda: tgx.flip([1, 2], 0), DtypeError, "pass a Tensor"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "kind", "says"), MISTAKES)
def test_mistakes_say_what_to_do(wrong, kind, says):
    with pytest.raises(kind, match=f"(?s){says}") as caught:
        wrong()
    assert caught.value.do
    assert __file__ in str(caught.value)


def test_every_view_operation_is_tested_here():
    made = set()
    for make, _ in VIEWS.values():
        x = numbers(*CUBE)
        made |= {op.name for op, _ in make(x).view_of.recipe}
    assert {op.name for op in REGISTRY.values() if getattr(op, "view", False)} <= made
