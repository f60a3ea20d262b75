"""NumPy's functions on tensors, memory shared with other libraries, and Python's protocols."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.errors import (
    ArgumentError,
    DeviceError,
    DtypeError,
    GraphError,
    ShapeError,
)

A = np.array([[0.3, -1.2, 2.0], [1.5, 0.7, -0.4]])
SQUARE = np.array([[2.0, 1.0], [0.5, 3.0]])


def leaf(array):
    return tgx.tensor(array, requires_grad=True)


# ---- functions ----------------------------------------------------------------------------------

UFUNCS = [
    "exp", "tanh", "sin", "arctan", "arcsinh", "negative", "absolute", "square", "sign", "floor",
    "rint", "expm1", "log1p", "degrees", "deg2rad", "isnan", "reciprocal", "sqrt", "arccosh",
    "logical_not", "fabs", "positive",
]  # fmt: skip
BINARY = [
    "add", "subtract", "multiply", "divide", "true_divide", "maximum", "minimum", "power",
    "arctan2", "hypot", "logaddexp", "fmod", "remainder", "floor_divide", "greater", "less_equal",
    "equal", "copysign", "fmax", "heaviside", "nextafter", "logical_and",
]  # fmt: skip


@pytest.mark.parametrize("name", UFUNCS)
def test_ufuncs_of_one_tensor(name):
    function = getattr(np, name)
    array = np.abs(A) + 1.0
    out = function(tgx.tensor(array))
    assert isinstance(out, tgx.Tensor)
    np.testing.assert_allclose(out.numpy(), function(array), rtol=1e-14)
    assert out.dtype == function(array).dtype


@pytest.mark.parametrize("name", BINARY)
def test_ufuncs_of_two(name):
    function = getattr(np, name)
    a, b = np.abs(A) + 0.5, np.abs(A[0]) + 1.5
    expected = function(a, b)
    for x, y in ((tgx.tensor(a), tgx.tensor(b)), (a, tgx.tensor(b)), (tgx.tensor(a), b)):
        out = function(x, y)
        assert isinstance(out, tgx.Tensor)
        np.testing.assert_allclose(out.numpy(), expected, rtol=1e-13)
    out = function(a, leaf(b))
    assert out.requires_grad == (out.dtype == tgx.float64 and out.grad_fn is not None)


#: (name, what is called): functions of NumPy that are no ufuncs, all of them recorded.
FUNCTIONS = [
    ("sum", lambda x: np.sum(x, axis=1, keepdims=True)),
    ("sum of all", lambda x: np.sum(x)),
    ("mean", lambda x: np.mean(x, axis=0)),
    ("mean by position", lambda x: np.mean(x, 0, None, None, True)),
    ("prod", lambda x: np.prod(x, axis=-1)),
    ("prod of all", lambda x: np.prod(x)),
    ("prod of all, kept", lambda x: np.prod(x, keepdims=True)),
    ("var", lambda x: np.var(x, axis=1)),
    ("std", lambda x: np.std(x, axis=0, ddof=1)),
    ("max", lambda x: np.max(x, axis=1)),
    ("amin", lambda x: np.amin(x)),
    ("cumsum", lambda x: np.cumsum(x, axis=1)),
    ("cumsum of all", lambda x: np.cumsum(x)),
    ("cumprod", lambda x: np.cumprod(x, axis=0)),
    ("sort", lambda x: np.sort(x)),
    ("sort of all", lambda x: np.sort(x, axis=None)),
    ("diff", lambda x: np.diff(x)),
    ("concatenate", lambda x: np.concatenate([x, x * 2.0], axis=1)),
    ("concatenate flat", lambda x: np.concatenate([x, x[0]], axis=None)),
    ("stack", lambda x: np.stack([x, x], axis=-1)),
    ("vstack", lambda x: np.vstack([x, x[0]])),
    ("hstack", lambda x: np.hstack((x, x))),
    ("dstack", lambda x: np.dstack((x, x))),
    ("column_stack", lambda x: np.column_stack((x[0], x[1]))),
    ("array_split", lambda x: np.array_split(x, 2, axis=1)[0]),
    ("reshape", lambda x: np.reshape(x, (3, 2))),
    ("ravel", lambda x: np.ravel(x)),
    ("transpose", lambda x: np.transpose(x)),
    ("transpose axes", lambda x: np.transpose(x, (1, 0))),
    ("swapaxes", lambda x: np.swapaxes(x, 0, 1)),
    ("moveaxis", lambda x: np.moveaxis(x, 0, -1)),
    ("squeeze", lambda x: np.squeeze(np.expand_dims(x, 1))),
    ("broadcast_to", lambda x: np.broadcast_to(x, (2, 2, 3))),
    ("flip", lambda x: np.flip(x)),
    ("flip axis", lambda x: np.flip(x, 1)),
    ("roll", lambda x: np.roll(x, 1, axis=1)),
    ("tile", lambda x: np.tile(x, (2, 1))),
    ("repeat", lambda x: np.repeat(x, 2, axis=0)),
    ("where", lambda x: np.where(x > 0.5, x, 0.0)),
    ("clip", lambda x: np.clip(x, -0.5, 1.0)),
    ("dot", lambda x: np.dot(SQUARE, x)),
    ("dot with a stack", lambda x: np.dot(SQUARE, np.stack([x, 2.0 * x, 3.0 * x]))),
    ("matmul", lambda x: np.matmul(SQUARE, x)),
    ("inner", lambda x: np.inner(x, A[0])),
    ("outer", lambda x: np.outer(x[0], x)),
    ("tensordot", lambda x: np.tensordot(x, A, axes=([1], [1]))),
    ("einsum", lambda x: np.einsum("ij,kj->ik", x, A)),
    ("kron", lambda x: np.kron(x, SQUARE)),
    ("trace", lambda x: np.trace(x)),
    ("diag", lambda x: np.diag(x[0])),
    ("diagonal", lambda x: np.diagonal(x, 1)),
    ("tril", lambda x: np.tril(x)),
    ("triu", lambda x: np.triu(x, 1)),
    ("take_along_axis", lambda x: np.take_along_axis(x, np.array([[0], [2]]), axis=1)),
    ("nansum", lambda x: np.nansum(x, axis=1)),
    ("nan_to_num", lambda x: np.nan_to_num(x)),
    ("copy", lambda x: np.copy(x)),
    ("norm", lambda x: np.linalg.norm(x, axis=1)),
    ("inv", lambda x: np.linalg.inv(x[:, :2])),
    ("det", lambda x: np.linalg.det(x[:, :2])),
    ("pinv", lambda x: np.linalg.pinv(x)),
    ("matrix_power", lambda x: np.linalg.matrix_power(x[:, :2], 3)),
    ("round", lambda x: np.round(x, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "call"), FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_functions_of_numpy_are_recorded(name, call):
    x = leaf(A)
    out, expected = call(x), call(A)
    assert isinstance(out, tgx.Tensor) and out.requires_grad
    np.testing.assert_allclose(out.detach().numpy(), expected, rtol=1e-13, atol=1e-15)
    (g,) = tgx.autograd.grad(out.sum(), x)
    assert g.shape == x.shape and g.numpy().any() == (name != "round")


def test_functions_that_answer_no_floats():
    x = tgx.tensor(A)
    for call in (
        lambda x: np.argmax(x, axis=1),
        lambda x: np.argmin(x),
        lambda x: np.argsort(x, axis=0),
        lambda x: np.all(x > 0.0, axis=1),
        lambda x: np.any(x > 1.9),
        lambda x: np.any(x > 1.9, keepdims=True),
        lambda x: np.all(x > 1.9, keepdims=True),
        lambda x: np.count_nonzero(x > 0.0, axis=0),
        lambda x: np.where(x > 0.0)[1],
        lambda x: np.zeros_like(x),
        lambda x: np.ones_like(x, dtype=np.int64),
        lambda x: np.full_like(x, 7.0),
        lambda x: np.empty_like(x).shape,
    ):
        out, expected = call(x), call(A)
        assert np.array_equal(np.asarray(out), expected)
        if isinstance(out, tgx.Tensor):
            assert out.dtype == expected.dtype


def test_an_operator_between_array_and_tensor_is_the_tensors():
    x = leaf(A)
    for out in (A + x, x + A, np.float64(2.0) * x, A @ x.T, A > x, 1.0 - x):
        assert isinstance(out, tgx.Tensor)
    (A * x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), A)


def test_results_into_arrays_and_tensors():
    array = A.copy()
    array += tgx.ones(2, 3, dtype=tgx.float64)
    np.testing.assert_array_equal(array, A + 1.0)
    assert np.exp(tgx.zeros(2, 3, dtype=tgx.float64), out=array) is array
    assert (array == 1.0).all()
    target = tgx.zeros(2, 3, dtype=tgx.float64)
    assert np.add(A, tgx.tensor(A), out=target) is target
    np.testing.assert_array_equal(target.numpy(), 2 * A)
    with pytest.raises(GraphError, match="the answer is a tensor"):
        array += leaf(A)


def test_what_numpy_has_alone_computes_on_arrays():
    x = tgx.tensor(A)
    median = np.median(x, axis=0)
    assert isinstance(median, np.ndarray)
    np.testing.assert_array_equal(median, np.median(A, axis=0))
    assert np.allclose(x, A) and np.array_equal(x, A)
    np.testing.assert_array_equal(np.add.reduce(x, axis=0), A.sum(0))
    np.testing.assert_array_equal(np.cbrt(x), np.cbrt(A))
    y = leaf(A)  # which loses no gradient when somebody looks at it
    assert np.shape(y) == (2, 3) and np.ndim(y) == 2 and np.size(y) == 6
    assert np.allclose(y, A) and np.shares_memory(y, y.detach())
    target = tgx.zeros(2, 3, dtype=tgx.float64)
    before = target.cell.version
    assert np.cbrt(A, out=target) is target
    assert target.cell.version == before + 1
    for call in (np.median, np.cbrt, np.add.reduce, lambda x: np.percentile([x], 50)):
        with pytest.raises(GraphError, match=r"x\.detach\(\)\.numpy\(\)"):
            call(leaf(A))
    with pytest.raises(ArgumentError, match="where="):
        np.sum(x, where=A > 0)
    for order, axis in ((1, None), (2, None), (2, (0, 1))):
        with pytest.raises(ArgumentError, match="ord="):
            np.linalg.norm(x, ord=order, axis=axis)


@pytest.mark.parametrize(
    "write",
    [
        lambda x: np.add.at(x, [0, 0], 1.0),
        lambda x: np.copyto(x, 1.0),
        lambda x: np.copyto(dst=x, src=1.0),
        lambda x: np.put(x, [0], 1.0),
        lambda x: np.putmask(x, [True, False], 1.0),
        lambda x: np.place(arr=x, mask=[True, False], vals=[1.0]),
        lambda x: np.put_along_axis(x, np.array([0]), 1.0, 0),
        lambda x: np.fill_diagonal(x.reshape(2, 1), 1.0),
        lambda x: np.modf(np.zeros(2), out=(x, np.zeros(2))),
    ],
)
def test_what_numpy_writes_to_a_tensor_is_seen(write):
    x = tgx.tensor([2.0, 3.0], dtype=tgx.float64, requires_grad=True)
    y = x * 1.0
    z = y * y
    write(y.detach())
    with pytest.raises(GraphError, match=r"changed in place at .*test_numpy"):
        z.sum().backward()


def test_several_results_into_tensors():
    whole, rest = np.zeros(2), tgx.zeros(2, dtype=tgx.float64)
    assert np.modf(tgx.tensor([1.5, 2.25]), out=(rest, whole)) == (rest, whole)
    assert (rest.tolist(), whole.tolist()) == ([0.5, 0.25], [1.0, 2.0])


# ---- memory -------------------------------------------------------------------------------------


def test_arrays_and_copies():
    x = tgx.tensor(A)
    assert np.asarray(x) is x.numpy()
    assert np.array(x) is not x.numpy()
    assert not np.shares_memory(np.array(x), x.numpy())
    assert np.asarray(x, np.float32).dtype == np.float32
    assert np.asarray(x, copy=False) is x.numpy()
    with pytest.raises(ValueError, match="needs a copy"):
        np.asarray(x, np.float32, copy=False)
    with pytest.raises(GraphError, match=r"x\.detach\(\)\.numpy\(\)"):
        np.asarray(leaf(A))
    assert np.array([tgx.tensor(1.0), tgx.tensor(2.0)]).tolist() == [1.0, 2.0]


def test_from_numpy_and_as_tensor_share_memory():
    array = A.copy()
    for make in (tgx.from_numpy, tgx.as_tensor, tgx.asarray, tgx.from_dlpack):
        x = make(array)
        assert np.shares_memory(x.numpy(), array) and x.dtype == array.dtype
        x.add_(1.0)
    np.testing.assert_allclose(array, A + 4.0)
    assert tgx.from_numpy(array[::-1, ::2]).stride() == (-3, 2)
    x = tgx.as_tensor(array, dtype=tgx.float32)
    assert not np.shares_memory(x.numpy(), array)
    y = leaf(A)
    assert tgx.as_tensor(y) is y
    assert not np.shares_memory(tgx.tensor(array).numpy(), array)


def test_asarray_copies_when_asked_and_only_then():
    array = A.copy()
    assert not np.shares_memory(tgx.asarray(array, copy=True).numpy(), array)
    assert np.shares_memory(tgx.asarray(array, copy=False).numpy(), array)
    x = tgx.tensor(A)
    assert np.shares_memory(tgx.asarray(x).numpy(), x.numpy())
    assert tgx.asarray([1.0, 2.0], requires_grad=True).requires_grad
    for data, dtype in (([1.0], None), (array, tgx.float32)):
        with pytest.raises(ArgumentError, match="needs a copy"):
            tgx.asarray(data, dtype=dtype, copy=False)


def test_asarray_of_a_tensor_keeps_its_history_and_its_writes_are_seen():
    y = leaf(A) * 1.0
    assert tgx.asarray(y) is y and tgx.asarray(y, copy=True, dtype=tgx.float32).requires_grad
    assert tgx.asarray(y.detach(), requires_grad=True).is_leaf
    z = (y * y).sum()
    tgx.asarray(y, requires_grad=False).zero_()
    with pytest.raises(GraphError, match="changed in place"):
        z.backward()


def test_read_only_memory_stays_read_only():
    array = A.copy()
    array.flags.writeable = False
    x = tgx.from_numpy(array)
    assert (x + 1.0).tolist() == (A + 1.0).tolist()
    with pytest.raises(GraphError, match="may only be read"):
        x.add_(1.0)


def test_foreign_byte_order_is_copied():
    foreign = A.astype(A.dtype.newbyteorder())
    x = tgx.from_numpy(foreign)
    assert x.tolist() == A.tolist() and not np.shares_memory(x.numpy(), foreign)


def test_dlpack_with_numpy_shares_memory():
    x = tgx.tensor(A)
    array = np.from_dlpack(x)
    assert np.shares_memory(array, x.numpy())
    assert x.__dlpack_device__() == (1, 0)
    with pytest.raises(BufferError, match=r"use x\.detach\(\)"):
        np.from_dlpack(leaf(A))
    backwards = tgx.from_numpy(np.arange(3.0)[::-1])
    for hand_over in (np.from_dlpack, tgx.utils.dlpack.to_dlpack):
        with pytest.raises(BufferError, match=r"(?s)read backwards.*x\.clone\(\)"):
            hand_over(backwards)
    assert np.from_dlpack(backwards.clone()).tolist() == [2.0, 1.0, 0.0]
    capsule = tgx.utils.dlpack.to_dlpack(x)
    again = tgx.utils.dlpack.from_dlpack(capsule)
    assert np.shares_memory(again.numpy(), x.numpy())
    assert tgx.from_dlpack(x) is not x
    assert np.shares_memory(tgx.from_dlpack(x).numpy(), x.numpy())
    assert not np.shares_memory(tgx.from_dlpack(A, copy=True).numpy(), A)


def test_what_from_dlpack_refuses():
    class OnGpu:
        def __dlpack__(self, **how):
            raise AssertionError("not asked")

        def __dlpack_device__(self):
            return 2, 0

    with pytest.raises(DeviceError, match="a device of kind 2"):
        tgx.from_dlpack(OnGpu())
    with pytest.raises(DtypeError, match="no __dlpack__"):
        tgx.from_dlpack([1.0])
    with pytest.raises(DtypeError, match="float16"):
        tgx.from_dlpack(np.zeros(2, np.float16))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "int64", "uint8", "bool"])
def test_dlpack_with_pytorch_shares_memory(dtype):
    torch = pytest.importorskip("torch")
    theirs = torch.ones(2, 3).to(getattr(torch, dtype))
    ours = tgx.from_dlpack(theirs)
    assert str(ours.dtype) == dtype
    theirs.zero_()
    assert not ours.any()
    back = torch.from_dlpack(ours)
    ours.fill_(1)
    assert back.all() and theirs.all()
    assert torch.from_dlpack(tgx.from_numpy(A).T).tolist() == A.T.tolist()
    with pytest.raises(DtypeError, match="detach it"):
        tgx.from_dlpack(torch.ones(2, requires_grad=True))


def test_dlpack_with_jax():
    jax = pytest.importorskip("jax")
    theirs = jax.numpy.arange(3.0)
    ours = tgx.from_dlpack(theirs)
    assert ours.tolist() == [0.0, 1.0, 2.0]
    with pytest.raises(GraphError, match="may only be read"):
        ours.add_(1.0)
    assert tgx.asarray(theirs).tolist() == [0.0, 1.0, 2.0]
    assert jax.numpy.from_dlpack(tgx.ones(2)).tolist() == [1.0, 1.0]


# ---- Python's protocols -------------------------------------------------------------------------


def test_a_tensor_as_a_number():
    x = tgx.tensor(3.7)
    assert (float(x), int(x), bool(x)) == (pytest.approx(3.7), 3, True)
    assert f"{x:.2f} {x:>8.1f}|{tgx.tensor(5):03d}" == "3.70      3.7|005"
    assert f"{leaf(2.0):.1f}" == "2.0"
    for wrong in (f"{tgx.ones(2)!s:>20}", str(tgx.ones(2))):
        assert "tensor([1., 1.])" in wrong
    with pytest.raises(ShapeError, match=r"f'\{x\.mean\(\):\.3f\}'"):
        f"{tgx.ones(2):.2f}"
    with pytest.raises(ShapeError, match="or x"):
        bool(tgx.ones(2))
    with pytest.raises(DtypeError, match="use an integer tensor"):
        [1, 2][tgx.tensor(1.0)]


def test_a_tensor_as_an_index_and_a_size():
    i, n = tgx.tensor(1), tgx.tensor(3)
    assert [10, 20, 30][i] == 20 and list(range(n)) == [0, 1, 2]
    assert tgx.zeros(n, 2).shape == (3, 2) and tgx.zeros(2).expand(n, 2).shape == (3, 2)
    assert tgx.arange(10)[i:n].tolist() == [1, 2]
    assert len(tgx.zeros(3, 2)) == 3 and [row.shape for row in tgx.zeros(2, 3)] == [(3,), (3,)]
    assert 2.0 in tgx.tensor([1.0, 2.0]) and 5.0 not in tgx.tensor([1.0, 2.0])
    assert {tgx.ones(1): "by identity"}


def test_deep_copies_are_their_own():
    x = leaf(A)
    (x * x).sum().backward()
    other = copy.deepcopy({"x": x, "same": x})
    assert other["x"] is other["same"] and other["x"].requires_grad
    assert not np.shares_memory(other["x"].detach().numpy(), x.detach().numpy())
    assert other["x"].grad.tolist() == x.grad.tolist() and other["x"].grad is not x.grad


# ---- old spellings, devices, dtypes -------------------------------------------------------------


def test_old_names_of_types():
    assert tgx.FloatTensor([1, 2]).dtype == tgx.float32
    assert tgx.LongTensor(2, 3).shape == (2, 3) and tgx.LongTensor().shape == (0,)
    assert tgx.ByteTensor([[1, 0]]).dtype == tgx.uint8
    assert tgx.DoubleTensor(np.ones(2, np.float32)).dtype == tgx.float64
    assert isinstance(tgx.arange(2), tgx.LongTensor)
    assert not isinstance(tgx.ones(2), tgx.LongTensor) and not isinstance(3, tgx.IntTensor)
    x = tgx.ones(2)
    assert x.type() == "torch.FloatTensor"
    for target in (tgx.LongTensor, "torch.LongTensor", tgx.int64):
        assert x.type(target).dtype == tgx.int64
    assert [t([1]).dtype.name for t in (tgx.ShortTensor, tgx.CharTensor, tgx.BoolTensor)] == [
        "int16", "int8", "bool",
    ]  # fmt: skip
    assert x.data.tolist() == [1.0, 1.0]


def test_devices():
    cpu = tgx.device("cpu")
    x = tgx.ones(2)
    assert x.device == cpu == "cpu" == tgx.device("cpu:0") and cpu.type == "cpu"
    assert cpu.index is None and tgx.device("cpu", 0).index == 0
    assert (repr(cpu), str(tgx.device("cpu:0"))) == ("device(type='cpu')", "cpu:0")
    assert repr(tgx.device("cpu:0")) == "device(type='cpu', index=0)"
    assert (
        x.to(cpu) is x
        and x.cpu() is x
        and x.to("cpu") is x
        and x.to(x.device, tgx.int64).sum() == 2
    )
    assert tgx.zeros(2, device=cpu).device == cpu and len({cpu, tgx.device(cpu)}) == 1
    assert cpu != "cuda" and not x.is_cuda
    with cpu:
        assert tgx.ones_like(x, device="cpu").tolist() == [1.0, 1.0]
    assert not tgx.cuda.is_available() and tgx.cuda.device_count() == 0
    tgx.cuda.manual_seed_all(0)
    tgx.backends.cudnn.deterministic = True
    for ask in (
        lambda: tgx.device("cuda"),
        lambda: x.cuda(),
        lambda: x.to("cuda:0"),
        lambda: x.to("mps"),
        lambda: tgx.zeros(2, device="cuda"),
        lambda: tgx.cuda.current_device(),
        lambda: tgx.cuda.get_device_name(),
        lambda: tgx.cuda.set_device(0),
    ):
        with pytest.raises(DeviceError, match="only the CPU is here"):
            ask()
    with pytest.raises(ArgumentError, match="given twice"):
        tgx.device("cpu:0", 0)


def test_questions_about_dtypes():
    assert tgx.is_tensor(tgx.ones(1)) and not tgx.is_tensor(A)
    assert tgx.is_floating_point(tgx.ones(1)) and not tgx.is_floating_point(tgx.arange(1))
    assert not tgx.is_complex(tgx.ones(1)) and tgx.is_nonzero(tgx.tensor([2]))
    assert tgx.finfo(tgx.float64).eps == 2.0**-52 and tgx.finfo().bits == 32
    assert tgx.iinfo(tgx.uint8).max == 255 and tgx.iinfo(tgx.int64).min == -(2**63)
    assert tgx.Size([2, tgx.tensor(3)]).numel() == 6
    small, number = tgx.ones(2, dtype=tgx.int16), np.int64(2)
    assert tgx.result_type(small.sum(dtype=tgx.int16), number) == (small[0] * number).dtype
    for ask, says in (
        (lambda: tgx.finfo(tgx.int8), "use iinfo"),
        (lambda: tgx.iinfo(tgx.float32), "use finfo"),
        (lambda: tgx.is_floating_point(3), "pass a Tensor"),
        (lambda: tgx.promote_types(tgx.float32, "no"), "no dtype"),
    ):
        with pytest.raises(DtypeError, match=says):
            ask()


def test_threads_are_counted():
    before = tgx.get_num_threads()
    try:
        tgx.set_num_threads(2)
        assert tgx.get_num_threads() == 2
    finally:
        tgx.set_num_threads(before)
    with pytest.raises(ArgumentError, match="use 1 or more"):
        tgx.set_num_threads(0)


def test_the_random_module():
    state = tgx.get_rng_state()
    with tgx.random.fork_rng():
        tgx.manual_seed(5)
        assert tgx.initial_seed() == 5
        first = tgx.rand(2).tolist()
    assert tgx.get_rng_state().tolist() == state.tolist()
    tgx.manual_seed(5)
    assert tgx.rand(2).tolist() == first
    tgx.set_rng_state(state)
    assert tgx.get_rng_state().tolist() == state.tolist()
    assert tgx.seed() == tgx.random.initial_seed()


def test_creation_in_further_words():
    assert tgx.arange(end=3).tolist() == [0, 1, 2]
    assert tgx.logspace(0, 3, 4, base=2.0).tolist() == [1.0, 2.0, 4.0, 8.0]
    x = tgx.ones(2, 3, dtype=tgx.float64)
    assert tgx.empty_like(x).shape == (2, 3) and tgx.empty_like(x).dtype == x.dtype
    assert tgx.full_like(x, 2.0, requires_grad=True).requires_grad
    assert tgx.zeros_like(tgx.tensor(3.0)).shape == ()
    assert tgx.eye(2, device="cpu").tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    "call",
    [
        lambda a: np.prod(a, axis=(0, 1)),
        lambda a: np.prod(a, axis=(0, -1), keepdims=True),
        lambda a: np.prod(a, keepdims=True),
        lambda a: np.count_nonzero(a, keepdims=True),
        lambda a: np.count_nonzero(a, axis=0, keepdims=True),
        lambda a: np.reshape(a, (3, 4), order="F"),
        lambda a: np.reshape(a, (-1,), order="C"),
        lambda a: np.ravel(a, order="F"),
        lambda a: np.sort(a, axis=0, kind="stable"),
        lambda a: np.argsort(a, kind="mergesort"),
        lambda a: np.expand_dims(a, (0, 2)),
        lambda a: np.expand_dims(a, (-1, 0)),
        lambda a: np.squeeze(a[None, :, None], axis=(0, 2)),
        lambda a: np.where(a, 1.0, 2.0),
        lambda a: np.multiply(a, np.matrix(a)),
    ],
)
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_arguments_that_numpy_has(call):
    array = np.arange(12.0).reshape(2, 6) % 5 + 0.5 - (np.arange(12.0).reshape(2, 6) == 5)
    ours, theirs = call(tgx.from_numpy(array)), np.asarray(call(array))
    assert isinstance(ours, tgx.Tensor)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-15)


def test_only_sizes_of_1_are_squeezed_as_in_numpy():
    with pytest.raises(ValueError, match=r"(?s)size 6 along axis 1.*x\.squeeze\(dim\)"):
        np.squeeze(tgx.ones(1, 6), axis=1)
