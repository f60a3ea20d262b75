"""gradcheck itself, and every structural operation under it, to first and second order."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from samples import STRUCTURAL

import tinygradx as tgx
from tinygradx.autograd import GradcheckError, gradcheck, gradgradcheck
from tinygradx.graph import REGISTRY
from tinygradx.nn import functional as F
from tinygradx.nn.functional import fold, linear, pad, unfold
from tinygradx.ops.activations import log_softmax, maxout, softmax, softmin
from tinygradx.ops.convolution import CONV_WEIGHT
from tinygradx.ops.cross_entropy import cross_entropy
from tinygradx.ops.cumulative import RECURRENCE
from tinygradx.ops.indexing import GETITEM, SET_AT
from tinygradx.ops.linalg import COMPLEMENT
from tinygradx.ops.patches import Windows
from tinygradx.ops.pooling import AVG_UNPOOL
from tinygradx.ops.recurrent import GRU, LSTM, RNN_RELU, RNN_TANH
from tinygradx.ops.reductions import PICK, PLACE
from tinygradx.ops.scatter import GATHERED
from tinygradx.ops.shapes import NARROW, PAD_DIM, PERMUTE, sum_to, to_dtype
from tinygradx.ops.structural import Structural
from tinygradx.ops.views import SET_VIEW
from tinygradx.ops.windows import ADD_WINDOWS
from tinygradx.tensor.function import PIECE


def leaf(*shape: int, seed: int = 0):
    """A float64 leaf whose elements differ by at least 0.04 or so: no ties within a step."""
    random = np.random.default_rng(seed)
    size = math.prod(shape)
    array = random.permutation(np.linspace(-1.9, 2.1, size)) if size else np.zeros(0)
    return tgx.tensor(array.reshape(shape) + 0.013, requires_grad=True)


A, B = leaf(3, 4), leaf(3, 4, seed=1)
MASK = np.array([[True, False, True, False], [False] * 4, [True] * 4])
REPEATED = np.array([0, 2, 0, 0])
CLASSES = tgx.tensor(np.array([1, 3, 0]))
#: An index that names elements more than once, and one that does not.
AGAIN = tgx.tensor(np.array([[1, 0, 1, 1], [2, 2, 0, 1], [0, 0, 0, 2]]))
ONCE = tgx.tensor(np.array([[1, 0, 2, 1], [2, 1, 0, 0], [0, 2, 1, 2]]))

#: From a matrix to a row of its transpose, without the first element.
PATH = ((PERMUTE, ((1, 0),)), (GETITEM, (1,)), (NARROW, (0, 1, 2)))

#: Square matrices: any, close to diagonal, of rank 2 and of rank 1.
SQUARE = leaf(3, 3, seed=8)
SOLID = tgx.tensor(
    np.array([[3.0, 0.4, -0.7], [0.2, 2.0, 0.5], [0.1, -0.6, 4.0]]), requires_grad=True
)
RANK_2 = tgx.tensor(
    np.array([[1.0, 2.0, 3.0], [2.0, 5.0, 1.0], [3.0, 7.0, 4.0]]), requires_grad=True
)
RANK_1 = tgx.tensor(np.outer([1.0, -2.0, 0.5], [3.0, 1.0, 2.0]), requires_grad=True)
ZEROS = tgx.tensor(
    np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 5.0], [1.5, 2.0, 4.0]]), requires_grad=True
)


#: Where queries may look; the second one nowhere.
LOOKS = tgx.tensor([[True, False, True], [False] * 3, [True] * 3])

#: Weights of windows of 2 x 2 over two channels each, and windows of that size.
KERNEL = leaf(4, 2, 2, 2, seed=3)
UNDER = Windows((2, 2), (2, 1), (0, 0), (1, 1))
#: Where the largest of the windows of a 4 x 4 image are said to be.
CORNERS = tgx.tensor([[[[0, 3], [9, 15]]]])


def symmetric(x):
    return x + x.mT


def together(parts):
    """Several tensors as one vector."""
    return tgx.cat([part.flatten() for part in parts])


def rebuilt(parts):
    """A matrix from its singular values, squared: whatever the signs of the vectors are."""
    u, s, vh = parts
    return (u * (s * s).unsqueeze(-2)) @ vh


#: (name, function, inputs): every structural operation, in each of its forms.
CASES = [
    ("reshape", lambda x: x.reshape(2, 6), [A]),
    ("reshape to less", lambda x: x.flatten(), [leaf(2, 3, 2)]),
    ("reshape of a transpose", lambda x: x.T.reshape(6, 2), [A]),
    ("permute", lambda x: x.permute(2, 0, 1), [leaf(2, 3, 2)]),
    ("permute, T", lambda x: x.T @ x, [A]),
    ("expand", lambda x: x.expand(5, 3, 4), [leaf(3, 1)]),
    ("expand of a number", lambda x: x.expand(2, 3), [leaf()]),
    ("sum_to", lambda x: sum_to(x, (3, 1)), [A]),
    ("sum_to a number", lambda x: sum_to(x, ()), [A]),
    ("to", lambda x: to_dtype(to_dtype(x, np.float64) * 1.0, np.float64), [A]),
    ("clone", lambda x: x.clone() * x, [A]),
    ("cat", lambda x, y: tgx.cat([x, y, x], 1), [A, B]),
    ("cat dim 0", lambda x, y: tgx.cat([x, y], 0), [A, leaf(1, 4)]),
    ("cat with nothing", lambda x, y: tgx.cat([x, y], 0), [A, leaf(0, 4)]),
    ("stack", lambda x, y: tgx.stack([x, y], 1), [A, B]),
    ("stack last", lambda x, y: tgx.stack([x, y], -1), [A, B]),
    ("narrow", lambda x: x.narrow(1, 1, 2), [A]),
    ("narrow of nothing", lambda x: x.narrow(0, 1, 0), [A]),
    ("pad_dim", lambda x: PAD_DIM.apply((x,), (1, 2, 1)), [A]),
    ("squeeze", lambda x: x.squeeze(1).unsqueeze(0), [leaf(3, 1)]),
    ("piece", lambda x: PIECE.apply((x.flatten(),), (2, (3, 2))) * 2.0, [A]),
    ("getitem: row", lambda x: x[1], [A]),
    ("getitem: element", lambda x: x[1, -1], [A]),
    ("getitem: slices", lambda x: x[::2, 1:3], [A]),
    ("getitem: none and dots", lambda x: x[None, ..., 0], [A]),
    ("getitem: list", lambda x: x[[2, 0]], [A]),
    ("getitem: repeated", lambda x: x[REPEATED], [A]),
    ("getitem: pairs", lambda x: x[[0, 1, 1], [3, 2, 2]], [A]),
    ("getitem: mixed", lambda x: x[1:, REPEATED], [A]),
    ("getitem: mask", lambda x: x[MASK], [A]),
    ("getitem: row mask", lambda x: x[np.array([True, False, True])], [A]),
    ("getitem: tensor", lambda x: x[tgx.tensor(REPEATED)], [A]),
    ("getitem: negative repeated", lambda x: x[[0, -3, 2]], [A]),
    ("put", lambda x: x[REPEATED][:, 1:].sum(0), [A]),
    ("set_at", lambda x, v: SET_AT.apply((x, v), (1,)), [A, leaf(4)]),
    ("set_at: broadcast", lambda x, v: SET_AT.apply((x, v), ((slice(None), 2),)), [A, leaf()]),
    ("set_at: mask", lambda x, v: SET_AT.apply((x, v), (MASK,)), [A, leaf(6)]),
    ("set_at: repeated", lambda x, v: SET_AT.apply((x, v), (REPEATED,)), [A, leaf(4, 4)]),
    ("set_view", lambda x, v: SET_VIEW.apply((x, v), (PATH,)), [A, leaf(2)]),
    ("set_view: broadcast", lambda x, v: SET_VIEW.apply((x, v), (PATH,)), [A, leaf()]),
    ("set_view: all of it", lambda x, v: SET_VIEW.apply((x, v), ((),)), [A, leaf(4)]),
    ("set_at: by brackets", lambda x, v: _assigned(x * 1.0, v), [A, leaf(2)]),
    ("sum", lambda x: x.sum(), [A]),
    ("sum dim", lambda x: x.sum(1), [A]),
    ("sum dims", lambda x: (x * x).sum((0, 2), keepdim=True), [leaf(2, 3, 2)]),
    ("mean", lambda x: (x * x).mean(), [A]),
    ("mean dim", lambda x: x.mean(-1, keepdim=True), [A]),
    ("amax", lambda x: x.amax(), [A]),
    ("amax dim", lambda x: x.amax((0, 1), keepdim=True), [leaf(2, 3, 2)]),
    ("amin dim", lambda x: x.amin(1) * x.amin(), [A]),
    ("logsumexp", lambda x: x.logsumexp(1), [A]),
    ("logsumexp dims", lambda x: x.logsumexp((0, 1), keepdim=True), [A]),
    ("max of all", lambda x: x.max(), [A]),
    ("max dim", lambda x: x.max(1).values, [A]),
    ("max dim, keepdim", lambda x: x.max(0, keepdim=True).values * x, [A]),
    ("min dim", lambda x: x.min(1)[0], [A]),
    ("max of two", lambda x, y: x.max(y), [leaf(3, 4, seed=2) * 1.0, leaf(3, 4, seed=5)]),
    ("pick", lambda x: PICK.apply((x, CLASSES), (1,)), [A]),
    ("place", lambda x: PLACE.apply((x, CLASSES), ((3, 5), 1)), [leaf(3)]),
    ("pick: a transpose", lambda x: PICK.apply((x.T, CLASSES), (0,)), [A]),
    ("gather", lambda x: x.gather(1, AGAIN), [A]),
    ("gather: less, dim 0", lambda x: x.gather(0, AGAIN[:2, :2]), [A]),
    ("gathered", lambda x: GATHERED.apply((x, AGAIN), ((3, 5), 1)), [A]),
    ("scatter_add", lambda x, y: x.scatter_add(1, AGAIN, y), [A, B]),
    ("scatter", lambda x, y: x.scatter(0, ONCE, y), [A, B]),
    ("scatter: repeated", lambda x, y: x.scatter(1, AGAIN, y), [A, B]),
    ("scatter: a number", lambda x: x.scatter(1, AGAIN, 2.0), [A]),
    ("scatter_reduce prod", lambda x, y: x.scatter_reduce(1, AGAIN, y, "prod"), [A, B]),
    ("scatter_reduce mean", lambda x, y: x.scatter_reduce(1, AGAIN, y, "mean"), [A, B]),
    ("scatter_reduce amax", lambda x, y: x.scatter_reduce(1, AGAIN, y, "amax"), [A, B * 1.01]),
    ("index_add", lambda x, y: x.index_add(1, CLASSES, y, alpha=2.0), [A, leaf(3, 3, seed=2)]),
    ("index_copy", lambda x, y: x.index_copy(0, CLASSES[::2], y), [A, leaf(2, 4, seed=2)]),
    ("index_select", lambda x: x.index_select(1, tgx.tensor(REPEATED)), [A]),
    ("take", lambda x: x.take(AGAIN), [A]),
    ("masked_fill: a number", lambda x: x.masked_fill(tgx.tensor(MASK[:1]), 2.0) ** 2, [A]),
    ("masked_fill", lambda x, y: x.masked_fill(x > 0.1, y), [A, leaf()]),
    ("masked_scatter", lambda x, y: x.masked_scatter(tgx.tensor(MASK), y), [A, B]),
    ("diagonal", lambda x: x.diagonal(1, 0, 2) * 2.0, [leaf(3, 2, 4)]),
    ("diagonal: negative", lambda x: x.diagonal(-1), [A]),
    ("on_diagonal", lambda x: tgx.diag_embed(x, -1, 2, 0), [leaf(2, 3)]),
    ("diagonal_scatter", lambda x, y: x.diagonal_scatter(y, 1), [A, leaf(3)]),
    ("trace", lambda x: (x @ x.T).trace(), [A]),
    ("tril", lambda x: x.tril(-1), [leaf(2, 3, 3)]),
    ("triu", lambda x: x.triu(1), [A]),
    ("flip", lambda x: x.flip(0, 1), [A]),
    ("rot90", lambda x: x.rot90(3), [A]),
    ("roll", lambda x: x.roll((1, -1), (0, 1)), [A]),
    ("roll of all", lambda x: x.roll(5), [A]),
    ("repeat", lambda x: x.repeat(2, 1, 3), [leaf(2, 2)]),
    ("repeat_interleave", lambda x: x.repeat_interleave(tgx.tensor([2, 0, 1]), 0), [A]),
    ("pad", lambda x: pad(x, (1, -2, 0, 3), value=1.5), [A]),
    ("pad: reflect", lambda x: pad(x, (2, 1), "reflect"), [A]),
    ("pad: circular, cut", lambda x: pad(x, (-1, 2, 1, 0), "circular"), [A]),
    ("unfold", lambda x: x.unfold(1, 3, 1), [A]),
    ("unfold: gaps", lambda x: x.unfold(0, 2, 3) * 2.0, [leaf(6, 2)]),
    ("add_windows", lambda x: ADD_WINDOWS.apply((x,), ((3, 7), 1, 2)) * 2.0, [leaf(3, 3, 3)]),
    ("patches", lambda x: unfold(x, (2, 1), (1, 2), 1, 2), [leaf(1, 2, 3, 4)]),
    ("add_patches", lambda x: fold(x, (3, 4), 2, padding=(1, 0)), [leaf(1, 4, 12)]),
    ("conv", lambda x, w: F.conv2d(x, w, None, (2, 1), 1, (1, 2), 2), [leaf(1, 4, 3, 5), KERNEL]),
    ("conv: 1d", lambda x, w: F.conv1d(x, w, padding="same"), [leaf(2, 1, 4), leaf(2, 1, 2)]),
    (
        "conv_transpose",
        lambda x, w: F.conv_transpose2d(x, w, None, (2, 1), (1, 0), (1, 0), 2),
        [leaf(1, 4, 2, 2), KERNEL],
    ),
    (
        "conv_weight",
        lambda x, g: CONV_WEIGHT.apply((x, g), (UNDER, 1)),
        [leaf(2, 2, 4, 4), leaf(2, 1, 2, 3, seed=2)],
    ),
    ("max_pool", lambda x: F.max_pool2d(x, (2, 3), 1, (1, 0)), [leaf(1, 2, 3, 4)]),
    ("max_unpool", lambda x: F.max_unpool2d(x, CORNERS, 2), [leaf(1, 1, 2, 2)]),
    ("standardize", lambda x: F.batch_norm(x, None, None, training=True), [leaf(3, 2, 2)]),
    ("standardize: about 0", lambda x: F.rms_norm(x, (2, 3)), [leaf(2, 2, 3)]),
    ("avg_pool", lambda x: F.avg_pool2d(x, 2, 2, 1, True, False), [leaf(1, 2, 3, 4)]),
    ("avg_unpool", lambda x: AVG_UNPOOL.apply((x,), ((4, 4), UNDER, 2.0)), [leaf(1, 1, 2, 3)]),
    ("as_strided", lambda x: x.as_strided((2, 3), (1, 2), 1), [A]),
    ("as_strided: of a transpose", lambda x: x.T.as_strided((2, 3), (5, 1)) ** 2, [A]),
    ("as_strided: of repeats", lambda x: x.expand(2, 3).as_strided((3,), (0,)), [leaf(3)]),
    ("vander", lambda x: tgx.vander(x, 4), [leaf(3)]),
    ("split", lambda x: together(x.split([1, 3], 1)[::-1]), [A]),
    ("block_diag", lambda x, y: tgx.block_diag(x, y), [leaf(2, 2), leaf(3)]),
    ("matmul", lambda x, y: x @ y, [leaf(2, 3), leaf(3, 4)]),
    ("matmul: vectors", lambda x, y: x @ y, [leaf(3), leaf(3, seed=1)]),
    ("matmul: matrix, vector", lambda x, y: x @ y, [leaf(2, 3), leaf(3)]),
    ("matmul: vector, matrix", lambda x, y: x @ y, [leaf(3), leaf(3, 2)]),
    ("matmul: stacks", lambda x, y: x @ y, [leaf(2, 2, 3), leaf(2, 3, 2)]),
    ("matmul: stack, matrix", lambda x, y: x @ y, [leaf(2, 2, 3), leaf(3, 2)]),
    ("matmul: matrix, stack", lambda x, y: x @ y, [leaf(2, 3), leaf(2, 3, 2)]),
    ("matmul: stacks broadcast", lambda x, y: x @ y, [leaf(2, 1, 1, 3), leaf(2, 3, 2)]),
    ("matmul: vector, stack", lambda x, y: x @ y, [leaf(3), leaf(2, 3, 2)]),
    ("matmul: stack, vector", lambda x, y: x @ y, [leaf(2, 2, 3), leaf(3)]),
    ("matmul: with itself", lambda x: x @ x, [leaf(3, 3)]),
    ("matmul: inner size 0", lambda x, y: x @ y, [leaf(2, 0), leaf(0, 3)]),
    ("linear", lambda x, w, b: linear(x, w, b), [A, leaf(2, 4), leaf(2, seed=3)]),
    ("linear: the input twice", lambda x, b: linear(x, x, b), [leaf(3, 3), leaf(3, seed=3)]),
    (
        "rnn_tanh",
        lambda *x: RNN_TANH.apply(x, ((2, 2), False)),
        [leaf(4, 2), leaf(2, 2), B[:2, :2]],
    ),
    ("rnn_relu", lambda *x: RNN_RELU.apply(x, ((2, 1), True)), [leaf(3, 2), leaf(2, 2), B[:2, :2]]),
    (
        "lstm",
        lambda *x: LSTM.apply(x, ((2, 2), True)),
        [leaf(4, 4), leaf(4, 1), leaf(2, 1), B[:2, :1]],
    ),
    (
        "lstm: of two lengths",
        lambda *x: LSTM.apply(x, ((2, 1), False)),
        [leaf(3, 8), leaf(8, 2), B[:2, :2], leaf(2, 2)],
    ),
    (
        "gru",
        lambda *x: GRU.apply(x, ((1, 1), True)),
        [leaf(2, 6), leaf(6, 2), leaf(6, seed=3), leaf(1, 2)],
    ),
    (
        "gru: of two lengths",
        lambda *x: GRU.apply(x, ((2, 1), False)),
        [leaf(3, 3), leaf(3, 1), leaf(3, seed=3), leaf(2, 1)],
    ),
    ("attention", lambda q, k, v: F.scaled_dot_product_attention(q, k, v), [A, B, leaf(3, 2)]),
    (
        "attention: causal",
        lambda q, k: F.scaled_dot_product_attention(q, k, k, is_causal=True),
        [A, B],
    ),
    (
        "attention: mask",
        lambda q, k, m: F.scaled_dot_product_attention(q, k, k, m),
        [A, B, leaf(3, 3)],
    ),
    ("attention: to nothing", lambda q, k: F.scaled_dot_product_attention(q, k, k, LOOKS), [A, B]),
    ("cross_entropy", lambda x: cross_entropy(x, CLASSES), [A]),
    ("cross_entropy: sum", lambda x: cross_entropy(x, CLASSES, reduction="sum"), [A]),
    ("cross_entropy: none", lambda x: cross_entropy(x, CLASSES, reduction="none"), [A]),
    ("cross_entropy: smooth", lambda x: cross_entropy(x, CLASSES, label_smoothing=0.2), [A]),
    ("cross_entropy: shares", lambda x, q: cross_entropy(x, q), [A, B]),
    ("softmax", lambda x: softmax(x, 0), [A]),
    ("log_softmax", lambda x: log_softmax(x, -1), [A]),
    ("softmin", lambda x: softmin(x, 1), [leaf(2, 3, 2)]),
    ("maxout", lambda x: maxout(x, 2), [A]),
    ("maxout dim", lambda x: maxout(x, 3, 0) * 2.0, [A]),
    ("glu", lambda x: tgx.glu(x, 1), [A]),
    ("prelu", lambda x, w: tgx.prelu(x, w), [leaf(2, 3, 2), leaf(3, seed=3)]),
    ("prelu: one weight", lambda x, w: tgx.prelu(x, w), [A, leaf(1)]),
    ("prod", lambda x: x.prod(), [leaf(4)]),
    ("prod dim, with no, one and two zeros", lambda x: x.prod(1), [ZEROS]),
    ("prod dim, keepdim", lambda x: x.prod(0, keepdim=True), [leaf(2, 3)]),
    ("var", lambda x: x.var(), [A]),
    ("var dims", lambda x: x.var((0, 2), correction=0), [leaf(2, 3, 2)]),
    ("var_mean dim", lambda x: together(tgx.var_mean(x, 1)), [A]),
    ("std", lambda x: x.std(), [A]),
    ("std dim", lambda x: x.std(0, keepdim=True), [A]),
    ("median", lambda x: x.median(), [A]),
    ("median dim", lambda x: x.median(1).values, [A]),
    ("nanmedian", lambda x: x.nanmedian(), [A]),
    ("cumsum", lambda x: x.cumsum(1) ** 2, [A]),
    ("cumprod", lambda x: x.cumprod(0), [A]),
    ("cumprod dim, with zeros", lambda x: x.cumprod(1), [ZEROS]),
    ("cumprod: one element", lambda x: x.cumprod(0), [leaf(1)]),
    ("recurrence", lambda a, b: RECURRENCE.apply((a, b), (1, False)), [A, B]),
    ("recurrence: backwards", lambda a, b: RECURRENCE.apply((a, b), (0, True)), [A, B]),
    ("logcumsumexp", lambda x: x.logcumsumexp(1), [A]),
    ("cummax", lambda x: x.cummax(1).values, [A]),
    ("diff", lambda x: x.diff(2, 0), [leaf(4, 2)]),
    ("trapezoid", lambda y, x: tgx.trapezoid(y, x), [A, leaf(4, seed=3)]),
    ("vector_norm", lambda x: x.norm(), [A]),
    ("vector_norm 1", lambda x: tgx.linalg.vector_norm(x, 1, 1), [A]),
    ("vector_norm 3", lambda x: tgx.linalg.vector_norm(x, 3, 0, keepdim=True), [A]),
    ("vector_norm 1.5", lambda x: tgx.linalg.vector_norm(x, 1.5), [A]),
    ("vector_norm 0.5", lambda x: tgx.linalg.vector_norm(x, 0.5, 1), [A]),
    ("vector_norm -1", lambda x: tgx.linalg.vector_norm(x, -1, 1), [A]),
    ("vector_norm 0", lambda x: tgx.linalg.vector_norm(x, 0, 1), [A]),
    ("vector_norm inf", lambda x: tgx.linalg.vector_norm(x, math.inf, 1), [A]),
    ("cdist", lambda x, y: tgx.cdist(x, y), [A, leaf(2, 4, seed=3)]),
    ("cosine_similarity", lambda x, y: tgx.cosine_similarity(x, y), [A, B]),
    ("sort", lambda x: x.sort(1, descending=True).values, [A]),
    ("quantile", lambda x: x.quantile(0.3, 1), [A]),
    ("corrcoef", lambda x: tgx.corrcoef(x), [A]),
    ("einsum", lambda x, y: tgx.einsum("ij,kj->ik", x, y), [A, B]),
    ("einsum: diagonal", lambda x, y: tgx.einsum("ii,i->i", x, y), [SQUARE, leaf(3)]),
    ("kron", lambda x, y: tgx.kron(x, y), [leaf(2, 2), leaf(2)]),
    ("cross", lambda x, y: tgx.cross(x, y), [leaf(2, 3), leaf(2, 3, seed=1)]),
    ("matrix_power", lambda x: tgx.matrix_power(x, 3), [SQUARE]),
    ("inv", lambda x: tgx.linalg.inv(x), [SOLID]),
    ("inv: stack", lambda x: tgx.linalg.inv(x + 3.0 * tgx.eye(2)), [leaf(2, 2, 2)]),
    ("solve", lambda a, b: tgx.linalg.solve(a, b), [SOLID, leaf(3, 2)]),
    ("solve: vector", lambda a, b: tgx.linalg.solve(a, b), [SOLID, leaf(3)]),
    (
        "solve_triangular",
        lambda a, b: tgx.linalg.solve_triangular(a, b, upper=True),
        [SOLID, leaf(3, 2)],
    ),
    ("det", lambda x: tgx.linalg.det(x), [SQUARE]),
    ("det: stack", lambda x: tgx.linalg.det(x), [leaf(2, 2, 2)]),
    ("det: rank 2", lambda x: tgx.linalg.det(x), [RANK_2]),
    ("det: rank 1", lambda x: tgx.linalg.det(x), [RANK_1]),
    ("det: one element", lambda x: tgx.linalg.det(x), [leaf(1, 1)]),
    ("det_sign", lambda x: tgx.linalg.slogdet(x).sign, [SQUARE]),
    ("logabsdet", lambda x: tgx.linalg.slogdet(x).logabsdet, [SOLID]),
    ("cholesky", lambda x: tgx.linalg.cholesky(symmetric(x)), [SOLID]),
    ("cholesky: upper", lambda x: tgx.linalg.cholesky(symmetric(x), upper=True), [SOLID]),
    ("cholesky_solve", lambda b, x: tgx.cholesky_solve(b, x), [leaf(3, 2), SOLID]),
    ("qr", lambda x: together(tgx.linalg.qr(x)), [leaf(4, 3)]),
    ("qr: wide", lambda x: together(tgx.linalg.qr(x)), [leaf(2, 4)]),
    ("qr: stack", lambda x: together(tgx.linalg.qr(x)), [leaf(2, 2, 2)]),
    ("svd: values", lambda x: tgx.linalg.svdvals(x), [A]),
    ("svd", lambda x: rebuilt(tgx.linalg.svd(x, False)), [A]),
    ("svd: tall", lambda x: rebuilt(tgx.linalg.svd(x, False)), [leaf(4, 3)]),
    ("svd: vectors", lambda x: tgx.linalg.svd(x, False).U.abs(), [SOLID]),
    ("svd: nuclear norm", lambda x: tgx.norm(x, "nuc"), [A]),
    ("eigh: values", lambda x: tgx.linalg.eigvalsh(symmetric(x)), [SOLID]),
    ("eigh", lambda x: tgx.linalg.eigh(symmetric(x)).eigenvectors.abs(), [SOLID]),
    ("eigh: upper", lambda x: tgx.linalg.eigvalsh(symmetric(x), "U"), [SOLID]),
    ("pinv", lambda x: tgx.linalg.pinv(x), [A]),
    ("pinv: tall", lambda x: tgx.linalg.pinv(x), [leaf(4, 3)]),
    ("lstsq", lambda a, b: tgx.linalg.lstsq(a, b).solution, [leaf(4, 3), leaf(4, 2)]),
    ("matrix_exp", lambda x: tgx.linalg.matrix_exp(x), [SQUARE]),
    ("matrix_exp: stack", lambda x: tgx.linalg.matrix_exp(x), [leaf(2, 2, 2)]),
    (
        "complement, which has no gradient",
        lambda x: COMPLEMENT.apply((x,), (np.ones((3, 1)),)) * 0.0,
        [leaf(3, 2)],
    ),
    ("broadcast", lambda x, y: x * y + x / (y * y + 1.0), [leaf(3, 1), leaf(4)]),
    ("the same twice", lambda x: x * x.T, [leaf(3, 3)]),
    ("where", lambda x, y: tgx.where(x > 0.1, x * y, y), [A, B]),
    ("zeta", lambda x: tgx.special.zeta(3.0, x * x + 0.5), [A]),
    ("igamma", lambda x: tgx.igamma(1.7, x * x + 0.1), [A]),
    ("igammac", lambda x: tgx.igammac(2.3, x * x + 0.1), [A]),
]


def _assigned(x, v):
    x[1, 1:3] = v
    return x * x


@pytest.mark.parametrize(("function", "inputs"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
@pytest.mark.parametrize("check", [gradcheck, gradgradcheck])
def test_structural(check, function, inputs):
    leaves = [x.detach().clone().requires_grad_() for x in inputs]
    assert check(function, leaves)


def test_every_structural_operation_has_a_case():
    seen = {name.replace(",", ":").split(":")[0].split(" ")[0] for name, _, _ in CASES}
    registered = {op.name for op in REGISTRY.values() if isinstance(op, Structural)}
    assert registered <= seen, "add a case above, and the name to STRUCTURAL in samples.py"
    assert registered == STRUCTURAL & registered


@pytest.mark.parametrize(("name", "function", "inputs"), CASES, ids=[c[0] for c in CASES])
def test_both_ways_back_agree(name, function, inputs):
    """Where a fast way back on bare arrays exists, it says what the recorded one says."""
    leaves = [x.detach().clone().requires_grad_() for x in inputs]
    out = function(*leaves)
    g = tgx.tensor(np.random.default_rng(3).normal(size=out.shape))
    plain = tgx.autograd.grad(out, leaves, g, retain_graph=True)
    recorded = tgx.autograd.grad(out, leaves, g, create_graph=True)
    for a, b, x in zip(plain, recorded, leaves, strict=True):
        assert a.shape == b.shape == x.shape
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), 1e-13, 1e-15)


# ---- gradcheck itself ---------------------------------------------------------------------------


class Wrong(Structural):
    """x * x whose way back forgets the 2; the element at 1 only."""

    name = "wrong_square"

    def forward(self, x):
        return x * x

    def pull(self, g, x):
        factor = tgx.tensor(np.array([2.0, 1.0, 2.0]))
        return g * x * factor


@pytest.fixture
def wrong():
    op = Wrong()
    yield lambda x: op.apply((x,), ())
    del REGISTRY["wrong_square"]


def test_a_wrong_gradient_is_caught(wrong):
    x = tgx.tensor(np.array([1.0, 3.0, -2.0]), requires_grad=True)
    with pytest.raises(GradcheckError) as caught:
        gradcheck(wrong, x)
    text = str(caught.value)
    assert "input 0 at [1]" in text
    assert "output 0 at [1]" in text
    assert re.search(r"got: 3, where a step of 1e-06 measures (6|5\.9999)", text)
    assert "do:" in text
    assert __file__ in text
    assert gradcheck(wrong, x, raise_exception=False) is False
    assert x.detach().numpy().tolist() == [1.0, 3.0, -2.0]
    assert x.grad is None


def test_a_wrong_second_gradient_is_caught():
    class WrongTwice(Structural):
        name = "wrong_twice"

        def forward(self, x):
            return x * x * x

        def pull(self, g, x):
            return g * 3.0 * x.detach() * x

    try:
        op = WrongTwice()
        x = tgx.tensor(np.array([1.0, 3.0]), requires_grad=True)
        assert gradcheck(lambda x: op.apply((x,), ()), x)
        with pytest.raises(GradcheckError, match="second derivative of output 0"):
            gradgradcheck(lambda x: op.apply((x,), ()), x)
        assert not gradgradcheck(lambda x: op.apply((x,), ()), x, raise_exception=False)
    finally:
        REGISTRY.pop("wrong_twice", None)


def test_several_outputs_and_other_arguments():
    x, y = leaf(2), leaf(2, seed=4)
    assert gradcheck(lambda x, k, y: (x * k, (x * y).sum(), x > 0), (x, 3, y))
    assert gradgradcheck(lambda x, k, y: (x * k, (x * y).sum()), (x, 3, y))
    assert gradgradcheck(lambda x: x**3, x, tgx.tensor(np.array([1.0, -2.0])))


def test_an_unused_input_has_gradient_zero():
    assert gradcheck(lambda x, y: x * 2.0, (leaf(2), leaf(3)))


def test_float32_is_refused():
    with pytest.raises(TypeError, match="float64"):
        gradcheck(lambda x: x, tgx.tensor([1.0], requires_grad=True))


def test_nothing_to_check_is_refused():
    with pytest.raises(TypeError, match="requires a gradient"):
        gradcheck(lambda x: x, tgx.tensor(np.array([1.0])))


def test_tolerances_and_steps_are_the_callers():
    x = tgx.tensor(np.array([1.0]), requires_grad=True)
    bent = lambda x: x.exp()  # noqa: E731
    assert not gradcheck(bent, x, eps=0.5, raise_exception=False)
    assert gradcheck(bent, x, eps=0.5, rtol=0.1)
    assert gradcheck(bent, x, eps=0.5, atol=1.0, rtol=0.0)


def test_a_gradient_at_a_kink_is_found_to_differ():
    x = tgx.tensor(np.array([0.0]), requires_grad=True)
    with pytest.raises(GradcheckError, match="at a kink"):
        gradcheck(tgx.relu, x)
