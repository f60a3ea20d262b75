"""Products and linear algebra: values against SciPy and mpmath, edges, errors.

Against PyTorch's own samples they are held in against_torch/test_op_db.py, their gradients against
differences in test_gradcheck.py; here is what neither of these looks at.
"""

from __future__ import annotations

import math
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygradx as tgx
from tinygradx.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygradx.linalg import LinAlgError

RANDOM = np.random.default_rng(0)
SQUARE = RANDOM.normal(size=(4, 4)) + 3.0 * np.eye(4)
TALL = RANDOM.normal(size=(5, 3))
SYMMETRIC = SQUARE @ SQUARE.T
STACK = RANDOM.normal(size=(2, 3, 4, 4)) + 3.0 * np.eye(4)
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])


def leaf(array):
    return tgx.tensor(np.array(array), requires_grad=True)


def close(x, expected, rtol=1e-12, atol=1e-14):
    np.testing.assert_allclose(x.detach().numpy(), expected, rtol, atol)


# ---- products -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk", [(2, 3), (3, 4)]),
        ("ij,jk->ki", [(2, 3), (3, 4)]),
        ("ii", [(3, 3)]),
        ("ii->i", [(3, 3)]),
        ("iij->ji", [(3, 3, 2)]),
        ("iii->i", [(2, 2, 2)]),
        ("ij->", [(2, 3)]),
        ("...ij,...jk->...ik", [(2, 1, 2, 3), (5, 3, 4)]),
        ("i,j,k->kij", [(2,), (3,), (4,)]),
        ("bij,bjk,bk->bi", [(2, 3, 4), (2, 4, 5), (2, 5)]),
        ("ba", [(2, 3)]),
        ("ij,kl->", [(2, 3), (4, 5)]),
        ("a...,a...->...", [(2, 3, 1), (2, 1, 4)]),
        ("bnqd,bmqd->bqnm", [(2, 3, 4, 5), (2, 6, 4, 5)]),
        ("ij,ij->ij", [(2, 3), (1, 3)]),
        (" i j , j -> i ", [(2, 3), (3,)]),
        (",i->i", [(), (3,)]),
        ("ij,j...->i...", [(2, 3), (3, 4, 5)]),
        ("ijk,jil->kl", [(2, 3, 4), (3, 2, 5)]),
    ],
)
def test_einsum_is_numpys(equation, shapes):
    arrays = [RANDOM.normal(size=shape) for shape in shapes]
    expected = np.einsum(equation, *arrays)
    close(tgx.einsum(equation, *map(tgx.tensor, arrays)), expected)
    close(tgx.einsum(equation, [tgx.tensor(a) for a in arrays]), expected)


def test_einsum_by_numbers():
    a, b = RANDOM.normal(size=(2, 3)), RANDOM.normal(size=(3, 4))
    x, y = tgx.tensor(a), tgx.tensor(b)
    close(tgx.einsum(x, [0, 1], y, [1, 2], [2, 0]), (a @ b).T)
    close(tgx.einsum(x, [..., 1], y, [1, 2], [..., 2]), a @ b)


@pytest.mark.parametrize(
    ("equation", "shapes", "message"),
    [
        ("ij,jk", [(2, 3)], "2 parts for 1 operands"),
        ("ij", [(2, 3, 4)], "2 letters in 'ij'"),
        ("ij,jk->ik", [(2, 3), (4, 5)], "'j' is both 3 and 4"),
        ("ij->ik", [(2, 3)], "in no operand"),
        ("ij->ii", [(2, 3)], "a letter twice in the answer"),
        ("ii", [(2, 3)], "'i' is both 2 and 3"),
        ("i.j", [(2, 3)], "'i.j'"),
        ("i3->i", [(2, 3)], "'i3'"),
    ],
)
def test_einsum_says_what_is_wrong(equation, shapes, message):
    with pytest.raises((ArgumentError, ShapeError), match="einsum") as caught:
        tgx.einsum(equation, *(tgx.ones(*shape) for shape in shapes))
    assert message in str(caught.value)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans())
def test_products_of_any_sizes_and_strides(n, m, k, turn_a, turn_b):
    a = RANDOM.normal(size=(m, n)).T if turn_a else RANDOM.normal(size=(n, m))
    b = RANDOM.normal(size=(k, m)).T if turn_b else RANDOM.normal(size=(m, k))
    x, y = leaf(a), leaf(b)
    for out, expected in (
        (tgx.mm(x, y), a @ b),
        (tgx.einsum("ij,jk->ik", x, y), a @ b),
        (tgx.tensordot(x, y, 1), a @ b),
        (tgx.inner(x, y.T), a @ b),
        (tgx.kron(x, y), np.kron(a, b)),
    ):
        close(out, expected)
        assert out.shape == expected.shape
        gx, gy = tgx.autograd.grad(out.sum(), (x, y))
        assert gx.shape == x.shape
        assert gy.shape == y.shape


def test_products_with_something_added():
    a, b, c = RANDOM.normal(size=(2, 3)), RANDOM.normal(size=(3, 4)), RANDOM.normal(size=4)
    x, y, z = map(tgx.tensor, (a, b, c))
    close(tgx.addmm(z, x, y, beta=0.5, alpha=2), 0.5 * c + 2 * a @ b)
    close(tgx.addmm(z * math.nan, x, y, beta=0), a @ b)
    close(tgx.addmv(tgx.tensor(1.0).double(), x, y[:, 0]), 1.0 + a @ b[:, 0])
    close(tgx.addr(tgx.zeros(2, 4).double(), x[:, 0], z), np.outer(a[:, 0], c))
    s, t = RANDOM.normal(size=(5, 2, 3)), RANDOM.normal(size=(5, 3, 4))
    close(tgx.baddbmm(z, tgx.tensor(s), tgx.tensor(t)), c + s @ t)
    close(tgx.addbmm(z, tgx.tensor(s), tgx.tensor(t)), c + (s @ t).sum(0))


def test_chains_are_multiplied_in_the_cheapest_order(monkeypatch):
    from tinygradx.ops import products

    work = []

    def counted(x, y):
        work.append(x.shape[0] * x.shape[1] * y.shape[1])
        return tgx.matmul(x, y)

    monkeypatch.setattr(products, "matmul", counted)
    # The example of Cormen et al., "Introduction to Algorithms", section 15.2: 15,125 products.
    sizes = [30, 35, 15, 5, 10, 20, 25]
    matrices = [RANDOM.normal(size=pair) for pair in pairwise(sizes)]
    close(tgx.chain_matmul(*map(tgx.tensor, matrices)), np.linalg.multi_dot(matrices), 1e-10)
    assert sum(work) == 15_125


def test_multi_dot_takes_vectors_at_the_ends():
    v, a, w = RANDOM.normal(size=3), RANDOM.normal(size=(3, 4)), RANDOM.normal(size=4)
    close(tgx.linalg.multi_dot([tgx.tensor(v), tgx.tensor(a), tgx.tensor(w)]), v @ a @ w)
    close(tgx.linalg.multi_dot([tgx.tensor(a), tgx.tensor(w)]), a @ w)


@pytest.mark.parametrize(
    ("function", "shapes", "message"),
    [
        (tgx.mm, [(2,), (2, 3)], "1 dimensions instead of 2"),
        (tgx.mm, [(2, 3), (2, 3)], "a @ b.T"),
        (tgx.bmm, [(2, 3, 4), (5, 4, 3)], "sizes 2 and 5 differ"),
        (tgx.dot, [(2,), (3,)], "sizes 2 and 3"),
        (tgx.mv, [(2, 3), (3, 1)], "2 dimensions instead of 1"),
        (tgx.outer, [(2, 2), (2,)], "pass a vector"),
        (tgx.addmm, [(3,), (2, 3), (3, 4)], "broadcasts to the product"),
        (tgx.cross, [(2, 4), (2, 4)], "no vectors of three elements"),
        (tgx.tensordot, [(2, 3), (4, 5)], "pair dims of equal size"),
        (tgx.bilinear, [(5, 2), (5, 3), (4, 3, 2)], "sizes that do not fit"),
        (tgx.linalg.inv, [(2, 3)], "they are not square"),
        (tgx.linalg.det, [(3,)], "no matrix"),
        (tgx.linalg.solve, [(2, 2), (3, 1)], "as many rows as A"),
        (
            tgx.linalg.norm,
            [
                (2, 2, 2),
            ],
            "neither",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_refused(function, shapes, message):
    args = [tgx.ones(*shape) for shape in shapes]
    if function is tgx.linalg.norm:
        args.append(1)
    if function is tgx.tensordot:
        args.append(1)
    with pytest.raises(ShapeError) as caught:
        function(*args)
    assert message in str(caught.value)


# ---- linear algebra -----------------------------------------------------------------------------


@pytest.mark.parametrize("array", [SQUARE, STACK], ids=["one", "stack"])
def test_what_is_taken_apart_makes_the_whole_again(array):
    x = leaf(array)
    q, r = tgx.linalg.qr(x)
    close(q @ r, array)
    u, s, vh = tgx.linalg.svd(x)
    close((u * s.unsqueeze(-2)) @ vh, array)
    symmetric = x @ x.mT
    w, v = tgx.linalg.eigh(symmetric)
    close((v * w.unsqueeze(-2)) @ v.mT, symmetric.detach().numpy(), 1e-11)
    for upper in (False, True):
        c = tgx.linalg.cholesky(symmetric, upper=upper)
        close(c.mT @ c if upper else c @ c.mT, symmetric.detach().numpy(), 1e-11)
    close(tgx.linalg.inv(x) @ x, np.broadcast_to(np.eye(4), array.shape), 1e-12, 1e-12)
    sign, logabsdet = tgx.linalg.slogdet(x)
    close(sign * logabsdet.exp(), np.linalg.det(array), 1e-11)


def test_against_scipy():
    x = tgx.tensor(SQUARE)
    close(tgx.linalg.matrix_exp(x), scipy.linalg.expm(SQUARE), 1e-11)
    close(tgx.linalg.pinv(tgx.tensor(TALL)), scipy.linalg.pinv(TALL), 1e-11)
    lower = np.tril(SQUARE)
    b = TALL[:4]
    expected = scipy.linalg.solve_triangular(SQUARE, b, lower=True)
    close(tgx.linalg.solve_triangular(x, tgx.tensor(b), upper=False), expected, 1e-11)
    expected = scipy.linalg.solve_triangular(SQUARE, b, lower=True, unit_diagonal=True)
    got = tgx.linalg.solve_triangular(x, tgx.tensor(b), upper=False, unitriangular=True)
    close(got, expected, 1e-11)
    close(tgx.cholesky_solve(tgx.tensor(b), x), scipy.linalg.cho_solve((SQUARE, True), b), 1e-9)
    close(tgx.cholesky_inverse(x), np.linalg.inv(lower @ lower.T), 1e-9)
    for p in (None, 2, -2, "fro", "nuc", 1, -1, math.inf, -math.inf):
        close(tgx.linalg.cond(x, p), np.linalg.cond(SQUARE, p), 1e-11)


@pytest.mark.parametrize("size", [1e-9, 1.0, 30.0])
def test_the_exponential_in_50_digits(size):
    a = np.array([[0.3, -1.0], [0.7, 0.4]]) * size
    with mpmath.workdps(50):
        exact = mpmath.expm(mpmath.matrix(a.tolist()))
        expected = np.array([[float(exact[i, j]) for j in range(2)] for i in range(2)])
    close(tgx.linalg.matrix_exp(tgx.tensor(a)), expected, 1e-13, 1e-13 * np.abs(expected).max())


def test_the_hilbert_matrix_has_the_published_determinant():
    # OEIS A005249: 1/det of the Hilbert matrices.
    for n, one_over in ((1, 1), (2, 12), (3, 2160), (4, 6_048_000), (5, 266_716_800_000)):
        matrix = 1.0 / np.add.outer(np.arange(n), np.arange(1, n + 1))
        assert abs(tgx.linalg.det(tgx.tensor(matrix)).item() * one_over - 1.0) < 1e-10


def test_the_gradient_of_det_exists_where_there_is_no_inverse():
    x = leaf(SINGULAR)
    tgx.linalg.det(x).backward()
    close(x.grad, [[4.0, -2.0], [-2.0, 1.0]], 1e-14, 1e-14)  # the cofactors
    zero = leaf(np.zeros((2, 2)))
    (g,) = tgx.autograd.grad(tgx.linalg.det(zero), zero, create_graph=True)
    assert g.abs().max().item() == 0.0
    (second,) = tgx.autograd.grad(g[0, 0], zero)  # d²det / dx00 dx11 = 1
    close(second, [[0.0, 0.0], [0.0, 1.0]])


def test_determinants_that_overflow_have_a_logarithm():
    x = leaf(np.eye(200) * 1e3)
    y = tgx.logdet(x)
    assert abs(y.item() - 200 * math.log(1e3)) < 1e-9
    y.backward()
    close(x.grad, np.eye(200) / 1e3)
    assert math.isnan(tgx.logdet(tgx.tensor([[-1.0]])).item())
    assert tgx.logdet(tgx.zeros(2, 2)).item() == -math.inf


def test_the_gradient_of_a_trace_of_an_inverse():
    # Giles (2008), 2.2.3: d tr(A⁻¹) = -tr(A⁻² dA).
    x = leaf(SQUARE)
    tgx.trace(tgx.linalg.inv(x)).backward()
    inverse = np.linalg.inv(SQUARE)
    close(x.grad, -(inverse @ inverse).T, 1e-11)


def test_gradients_of_repeated_singular_values():
    x = leaf(np.eye(3))
    tgx.norm(x, "nuc").backward()
    close(x.grad, np.eye(3))
    x = leaf(np.eye(3))
    tgx.linalg.eigvalsh(x).sum().backward()
    close(x.grad, np.eye(3))


def test_vectors_and_sides_of_solve():
    b = RANDOM.normal(size=(4, 2))
    a = tgx.tensor(SQUARE)
    close(tgx.linalg.solve(a, tgx.tensor(b[:, 0])), np.linalg.solve(SQUARE, b[:, 0]))
    close(tgx.linalg.solve(a, tgx.tensor(b.T), left=False) @ a, b.T, 1e-11)
    vectors = RANDOM.normal(size=(2, 3, 4))
    got = tgx.linalg.solve(tgx.tensor(STACK), tgx.tensor(vectors))
    close(got, np.linalg.solve(STACK, vectors[..., None])[..., 0], 1e-11)


def test_least_squares():
    b = RANDOM.normal(size=(5, 2))
    answer = tgx.linalg.lstsq(tgx.tensor(TALL), tgx.tensor(b), driver="gelsd")
    solution, residuals, rank, s = np.linalg.lstsq(TALL, b)
    close(answer.solution, solution, 1e-11)
    close(answer.residuals, residuals, 1e-11)
    assert answer.rank.item() == rank
    close(answer.singular_values, s)
    wide = tgx.linalg.lstsq(tgx.tensor(TALL.T), tgx.tensor(b[:3])).solution  # the shortest of many
    close(wide, np.linalg.lstsq(TALL.T, b[:3])[0], 1e-11)


def test_powers():
    x = tgx.tensor(SQUARE)
    for n in (0, 1, 2, 5, 8, -1, -3):
        close(tgx.matrix_power(x, n), np.linalg.matrix_power(SQUARE, n), 1e-10)
    with pytest.raises(DtypeError, match="no integer"):
        tgx.matrix_power(x, 0.5)


def test_norms_and_ranks():
    x = tgx.tensor(TALL)
    for order in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf):
        close(tgx.linalg.matrix_norm(x, order), np.linalg.norm(TALL, order))
        assert tgx.linalg.norm(x, order, keepdim=True).shape == (1, 1)
    assert tgx.linalg.matrix_rank(tgx.tensor(np.outer(TALL[0], TALL[1]))).item() == 1
    assert tgx.linalg.matrix_rank(tgx.tensor(STACK), atol=1e9).tolist() == [[0] * 3] * 2
    with pytest.raises(ArgumentError, match="no such norm"):
        tgx.linalg.matrix_norm(x, 3)
    with pytest.raises(ArgumentError, match="not two dims"):
        tgx.linalg.matrix_norm(x, dim=0)


def test_tensors_as_matrices():
    a = RANDOM.normal(size=(2, 3, 6))
    close(tgx.linalg.tensorinv(tgx.tensor(a)), np.linalg.tensorinv(a), 1e-10)
    b = RANDOM.normal(size=(2, 3))
    close(tgx.linalg.tensorsolve(tgx.tensor(a), tgx.tensor(b)), np.linalg.tensorsolve(a, b), 1e-10)
    close(tgx.linalg.vander(tgx.tensor([2.0, 3.0]), 3), [[1.0, 2.0, 4.0], [1.0, 3.0, 9.0]])


# ---- elimination, reflections, low rank ---------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [(4, 4), (5, 3), (3, 5), (2, 3, 4, 4), (0, 3, 3), (2, 0, 3), (1, 1)]
)
def test_elimination(shape):
    array = RANDOM.normal(size=shape)
    p, lower, upper = tgx.linalg.lu(tgx.tensor(array))
    close(p @ lower @ upper, array, 1e-11, 1e-13)
    for place in np.ndindex(shape[:-2]):
        parts = scipy.linalg.lu(array[place])
        for mine, expected in zip((p, lower, upper), parts, strict=True):
            close(mine[place], expected, 1e-11, 1e-13)
    factors, pivots = tgx.linalg.lu_factor(tgx.tensor(array))
    for mine, expected in zip(tgx.lu_unpack(factors, pivots), (p, lower, upper), strict=True):
        close(mine, expected.numpy())
    assert pivots.dtype == tgx.int32
    if len(shape) == 2 and array.size:
        both, rows = scipy.linalg.lu_factor(array)
        close(factors, both, 1e-11, 1e-13)
        assert pivots.tolist() == [row + 1 for row in rows]


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("adjoint", [True, False])
def test_solving_with_factors(left, adjoint):
    a, b = STACK, RANDOM.normal(size=(3, 4, 2) if left else (3, 2, 4))
    factors = tgx.linalg.lu_factor(tgx.tensor(a))
    x = tgx.linalg.lu_solve(*factors, tgx.tensor(b), left=left, adjoint=adjoint).numpy()
    whole = a.swapaxes(-1, -2) if adjoint else a
    np.testing.assert_allclose(whole @ x if left else x @ whole, np.broadcast_to(b, (2, *b.shape)),
                               1e-10, 1e-12)  # fmt: skip


def test_elimination_without_exchanges():
    p, lower, upper = tgx.linalg.lu(tgx.tensor(SYMMETRIC), pivot=False)
    assert p.shape == (0,)
    close(lower @ upper, SYMMETRIC, 1e-11)


def test_elimination_of_singular_matrices():
    p, lower, upper = tgx.linalg.lu(tgx.tensor(SINGULAR))
    close(p @ lower @ upper, SINGULAR)
    assert tgx.linalg.lu_factor_ex(tgx.tensor(SINGULAR)).info.item() == 2
    assert tgx.lu(tgx.tensor(np.stack([SINGULAR, np.eye(2)])), get_infos=True)[2].tolist() == [2, 0]
    with pytest.raises(
        LinAlgError, match="a 0 on the diagonal of U, in row 1\n  do:  lu_solve would"
    ):
        tgx.linalg.lu_factor(tgx.tensor(SINGULAR))
    with pytest.raises(LinAlgError, match="the gradient of lu"):
        tgx.linalg.lu(leaf(SINGULAR)).U.sum().backward()


def test_pivots_are_checked():
    factors, pivots = tgx.linalg.lu_factor(tgx.tensor(SQUARE))
    with pytest.raises(DtypeError, match="pivots of float64"):
        tgx.linalg.lu_solve(factors, pivots.double(), factors)
    with pytest.raises(ShapeError, match=r"pivots of shape \(3,\)"):
        tgx.lu_unpack(factors, pivots[:3])
    with pytest.raises(ShapeError, match="with the pivot 5\n  got: 4 rows"):
        tgx.lu_unpack(factors, pivots * 0 + 5)
    with pytest.raises(ShapeError, match="as many rows as A"):
        tgx.linalg.lu_solve(factors, pivots, tgx.ones(3, 1).double())


@pytest.mark.parametrize(
    "array", [SQUARE, TALL, TALL.T, STACK], ids=["square", "tall", "wide", "stack"]
)
def test_reflections(array):
    x = tgx.tensor(array)
    packed, tau = tgx.geqrf(x)
    n, m = array.shape[-2:]
    upper = packed.triu()[..., : min(n, m), :]
    q = tgx.linalg.householder_product(packed[..., : min(n, m)], tau)
    close(q @ upper, array, 1e-11, 1e-13)
    whole = np.linalg.qr(array, "complete")[0]
    other = RANDOM.normal(size=(*array.shape[:-2], n, 2))
    close(tgx.ormqr(packed, tau, tgx.tensor(other)), whole @ other, 1e-11, 1e-13)
    turned = whole.swapaxes(-1, -2)
    close(tgx.ormqr(packed, tau, tgx.tensor(other), transpose=True), turned @ other, 1e-11, 1e-13)
    beside = tgx.tensor(other.swapaxes(-1, -2).copy())
    close(tgx.ormqr(packed, tau, beside, left=False), beside.numpy() @ whole, 1e-11, 1e-13)


def test_reflections_say_what_is_wrong():
    with pytest.raises(GraphError, match=r"use linalg\.qr"):
        tgx.geqrf(leaf(TALL)).a.sum().backward()
    with pytest.raises(ShapeError, match="more columns than rows"):
        tgx.linalg.householder_product(tgx.ones(2, 3), tgx.ones(2))
    with pytest.raises(ShapeError, match=r"factors of shape \(4,\)"):
        tgx.linalg.householder_product(tgx.ones(5, 3), tgx.ones(4))
    with pytest.raises(ShapeError, match="as many rows as input"):
        tgx.ormqr(tgx.ones(3, 2), tgx.ones(2), tgx.ones(2, 2))


@pytest.mark.parametrize("shape", [(30, 20), (20, 30), (2, 12, 9)])
def test_singular_values_from_random_directions(shape):
    *leading, n, m = shape
    array = RANDOM.normal(size=(*leading, n, 3)) @ RANDOM.normal(size=(*leading, 3, m))
    tgx.manual_seed(0)
    u, s, v = tgx.svd_lowrank(tgx.tensor(array), q=4)
    close((u * s.unsqueeze(-2)) @ v.mT, array, 1e-10, 1e-11)
    expected = np.linalg.svd(array, compute_uv=False)[..., :4]
    np.testing.assert_allclose(s.numpy(), expected, 1e-10, 1e-11)
    u, s, v = tgx.pca_lowrank(tgx.tensor(array), q=3)
    centred = array - array.mean(-2, keepdims=True)
    close((u * s.unsqueeze(-2)) @ v.mT, centred, 1e-10, 1e-11)
    shift = tgx.tensor(array.mean(-2, keepdims=True))
    close(tgx.svd_lowrank(tgx.tensor(array), 3, M=shift).S, s.numpy(), 1e-10)


def test_low_ranks_are_checked():
    with pytest.raises(ArgumentError, match="q from 0 to 3"):
        tgx.svd_lowrank(tgx.tensor(TALL), q=4)
    with pytest.raises(ArgumentError, match="niter=-1"):
        tgx.pca_lowrank(tgx.tensor(TALL), niter=-1)


def test_parts_that_are_too_long():
    x = tgx.tensor(TALL)
    long = tgx.renorm(x, 2, 0, 0.5).norm(dim=1)
    assert (long.numpy() <= 0.5).all()
    close(tgx.renorm(x, math.inf, 1, 100.0), TALL)
    for wrong in ({"p": 0}, {"maxnorm": -1.0}):
        with pytest.raises(ArgumentError, match="a number out of range"):
            tgx.renorm(x, **{"p": 2, "dim": 0, "maxnorm": 1.0} | wrong)
    with pytest.raises(ShapeError, match="no parts"):
        tgx.renorm(x[0], 2, 0, 1.0)


# ---- what has no answer -------------------------------------------------------------------------


def test_a_singular_matrix_is_named_with_a_remedy():
    stack = np.stack([np.eye(2), SINGULAR])
    with pytest.raises(LinAlgError) as caught:
        tgx.linalg.inv(tgx.tensor(stack))
    text = str(caught.value)
    assert text.startswith("inv")
    assert "a singular matrix (number 1 of the stack has rank 1 of 2)" in text
    assert "tinygradx.eye(n), or use pinv or lstsq" in text
    assert __file__ in text
    for kind in (RuntimeError, np.linalg.LinAlgError):
        with pytest.raises(kind, match="solve"):
            tgx.linalg.solve(tgx.tensor(SINGULAR), tgx.ones(2).double())
    with pytest.raises(LinAlgError, match="solve"):
        tgx.linalg.solve_triangular(tgx.zeros(2, 2), tgx.ones(2, 1), upper=True)
    assert tgx.linalg.cond(tgx.tensor(SINGULAR), 1).item() == math.inf


def test_an_indefinite_matrix_is_named_with_a_remedy():
    with pytest.raises(LinAlgError, match="not positive definite") as caught:
        tgx.linalg.cholesky(tgx.tensor([[1.0, 2.0], [2.0, 1.0]]))
    assert "(A + A.mT) / 2" in str(caught.value)


@pytest.mark.parametrize("name", ["svd", "eigh", "pinv", "svdvals", "matrix_exp", "matrix_rank"])
def test_nan_in_a_matrix_is_named(name):
    with pytest.raises(LinAlgError, match=r"isfinite"):
        getattr(tgx.linalg, name)(tgx.tensor([[math.nan, 1.0], [1.0, 1.0]]))


def test_integers_and_mixed_dtypes_are_refused():
    with pytest.raises(DtypeError, match=r"inv\(x\.float\(\)\)"):
        tgx.linalg.inv(tgx.eye(2).long())
    with pytest.raises(DtypeError, match="two dtypes"):
        tgx.linalg.solve(tgx.eye(2), tgx.ones(2).double())


def test_answers_with_a_report_instead_of_an_error():
    stack = leaf(np.stack([SINGULAR, 2.0 * np.eye(2)]))
    inverse, info = tgx.linalg.inv_ex(stack)
    assert [i != 0 for i in info.tolist()] == [True, False]
    assert np.isnan(inverse.detach().numpy()[0]).all()
    close(inverse[1], 0.5 * np.eye(2))
    inverse[1].sum().backward()
    close(stack.grad[1], np.full((2, 2), -0.25))
    assert tgx.linalg.cholesky_ex(tgx.tensor([[1.0, 2.0], [2.0, 1.0]])).info.item() == 2
    assert tgx.linalg.solve_ex(tgx.eye(2), tgx.ones(2, 1)).info.item() == 0
    with pytest.raises(LinAlgError, match="inv"):
        tgx.linalg.inv_ex(stack, check_errors=True)


def test_the_rest_of_a_basis_has_no_gradient_and_says_so():
    x = leaf(TALL)
    u, s, vh = tgx.linalg.svd(x)
    assert u.shape == (5, 5)
    close(u.T @ u, np.eye(5), 1e-12, 1e-14)
    (g,) = tgx.autograd.grad(s.sum() + u[:, :3].abs().sum() + vh.abs().sum(), x, retain_graph=True)
    assert np.isfinite(g.numpy()).all()
    with pytest.raises(GraphError, match="full_matrices=False"):
        u[:, 4].sum().backward()
    q, r = tgx.linalg.qr(x, "complete")
    close(q @ r, TALL)
    with pytest.raises(GraphError, match="mode='reduced'"):
        q.sum().backward()


def test_dependent_columns_have_no_gradient_of_qr():
    x = leaf(np.ones((3, 2)))
    q, r = tgx.linalg.qr(x)
    close(q @ r, np.ones((3, 2)))
    singular = leaf(np.array([[1.0, 0.0], [0.0, 0.0]]))
    with pytest.raises(LinAlgError, match="gradient of qr"):
        tgx.linalg.qr(singular).R.sum().backward()


def test_what_is_not_offered_says_what_to_use():
    with pytest.raises(AttributeError, match="use eigh for symmetric matrices"):
        _ = tgx.linalg.eig
    with pytest.raises(AttributeError, match="use lu_factor, or cholesky"):
        _ = tgx.linalg.ldl_factor
    with pytest.raises(AttributeError, match=r"linalg\.nothing\n  got: no such name"):
        _ = tgx.linalg.nothing


def test_cross_products_lie_along_the_last_dim_in_linalg():
    a, b = RANDOM.normal(size=(2, 3, 3))
    close(tgx.linalg.cross(tgx.tensor(a), tgx.tensor(b)), np.cross(a, b))
    close(tgx.cross(tgx.tensor(a), tgx.tensor(b)), np.cross(a, b, axis=0))


def test_older_names():
    x = tgx.tensor(TALL)
    u, s, v = tgx.svd(x)
    close((u * s) @ v.T, TALL)
    assert tgx.svd(x, compute_uv=False).U.abs().max().item() == 0.0
    close(tgx.qr(x, some=False).Q, np.linalg.qr(TALL, "complete")[0])
    close(tgx.cholesky(tgx.tensor(SYMMETRIC)), np.linalg.cholesky(SYMMETRIC), 1e-11)
    close(tgx.tensor(SQUARE).inverse(), np.linalg.inv(SQUARE), 1e-11)
    close(x.pinverse(), np.linalg.pinv(TALL), 1e-11)
    b = tgx.tensor(TALL[:4])
    a = tgx.tensor(SQUARE)
    close(a @ tgx.lu_solve(b, *tgx.lu(a)), TALL[:4], 1e-11)
    for transpose in (False, True):
        solution, copy = tgx.triangular_solve(b, a, transpose=transpose)
        upper = np.triu(SQUARE)
        close(tgx.tensor(upper.T if transpose else upper) @ solution, TALL[:4], 1e-10)
        assert (copy.numpy() == SQUARE).all()
        assert not np.may_share_memory(copy.numpy(), a.numpy())


def test_float32_and_empty_stacks():
    x = tgx.tensor(SYMMETRIC.astype(np.float32), requires_grad=True)
    for name in ("inv", "det", "cholesky", "pinv", "svdvals", "eigvalsh", "matrix_exp"):
        y = getattr(tgx.linalg, name)(x / 10.0)
        assert y.dtype == tgx.float32, name
        (g,) = tgx.autograd.grad(y.sum(), x, create_graph=True)
        assert g.dtype == tgx.float32, name
    nothing = leaf(np.zeros((0, 3, 3)))
    for name in ("inv", "det", "cholesky", "pinv", "matrix_exp", "svdvals"):
        y = getattr(tgx.linalg, name)(nothing)
        assert y.shape[0] == 0, name
        (g,) = tgx.autograd.grad(y.sum(), nothing)
        assert g.shape == (0, 3, 3), name
