"""Structural operations in each of their forms: functions, and inputs for their ways back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import tinygradx as tgx
from tinygradx.graph import REGISTRY
from tinygradx.linalg import lu
from tinygradx.nn import functional
from tinygradx.nn import functional as F
from tinygradx.nn.functional import cross_entropy, embedding, fold, linear, nll_loss, pad, unfold
from tinygradx.ops.patches import Windows
from tinygradx.utils.checkpoint import checkpoint


@dataclass(frozen=True, eq=False)
class Case:
    """A function and float64 inputs, at which its gradients of all orders are looked at.

    Attributes
    ----------
    name : str
        The operation, and after a colon, a comma or a space what is special.
    function : callable
        From the inputs to a tensor.
    inputs : list of Tensor
        Those that require a gradient are moved; the others are not.
    """

    name: str
    function: Callable[..., Any]
    inputs: list[Any]

    @property
    def operation(self) -> str:
        """The operation that it is a case of."""
        return self.name.replace(",", ":").split(":")[0].split(" ")[0]

    def leaves(self) -> list[Any]:
        """The inputs, as leaves of their own."""
        return [x.detach().clone().requires_grad_(x.requires_grad) for x in self.inputs]


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
SIGNS = tgx.tensor(np.array([1, -1, 1]))
#: An index that names elements more than once, and one that does not.
AGAIN = tgx.tensor(np.array([[1, 0, 1, 1], [2, 2, 0, 1], [0, 0, 0, 2]]))
ONCE = tgx.tensor(np.array([[1, 0, 2, 1], [2, 1, 0, 0], [0, 2, 1, 2]]))

#: From a matrix to a row of its transpose, without the first element.
PATH = (
    (REGISTRY["permute"], ((1, 0),)),
    (REGISTRY["getitem"], (1,)),
    (REGISTRY["narrow"], (0, 1, 2)),
)

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
#: Points of a grid that no kink is near, one of them outside; and the taps of two points.
NEAR = tgx.tensor([[[[0.31, -0.42], [1.21, 0.17]]]], dtype=tgx.float64).requires_grad_()
TAPS = np.array([[[0, 2], [2, 2**64 - 1]]], np.uint64)


def symmetric(x):
    return x + x.mT


def together(parts):
    """Several tensors as one vector."""
    return tgx.cat([part.flatten() for part in parts])


def rebuilt(parts):
    """A matrix from its singular values, squared: whatever the signs of the vectors are."""
    u, s, vh = parts
    return (u * (s * s).unsqueeze(-2)) @ vh


class Twisted(tgx.autograd.Function):
    """Two results, of which one is a product, and a way back by hand."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y, y * 3.0

    @staticmethod
    def backward(ctx, of_product, of_triple):
        x, y = ctx.saved_tensors
        return of_product * y, of_product * x + of_triple * 3.0


@tgx.autograd.custom_gradient
def squared(x):
    """One result, and a rule beside it."""
    return x * x


@squared.pull
def _(g, x):
    return g * x * 2.0


#: (name, function, inputs): every structural operation, in each of its forms.
WRITTEN = [
    ("reshape", lambda x: x.reshape(2, 6), [A]),
    ("reshape to less", lambda x: x.flatten(), [leaf(2, 3, 2)]),
    ("reshape of a transpose", lambda x: x.T.reshape(6, 2), [A]),
    ("permute", lambda x: x.permute(2, 0, 1), [leaf(2, 3, 2)]),
    ("permute, T", lambda x: x.T @ x, [A]),
    ("expand", lambda x: x.expand(5, 3, 4), [leaf(3, 1)]),
    ("expand of a number", lambda x: x.expand(2, 3), [leaf()]),
    ("sum_to", lambda x: REGISTRY["sum_to"].apply((x,), ((3, 1),)), [A]),
    ("sum_to a number", lambda x: REGISTRY["sum_to"].apply((x,), ((),)), [A]),
    ("to", lambda x: REGISTRY["to"].apply((x * 1.0,), (np.dtype(np.float64),)), [A]),
    ("clone", lambda x: x.clone() * x, [A]),
    ("cat", lambda x, y: tgx.cat([x, y, x], 1), [A, B]),
    ("cat dim 0", lambda x, y: tgx.cat([x, y], 0), [A, leaf(1, 4)]),
    ("cat with nothing", lambda x, y: tgx.cat([x, y], 0), [A, leaf(0, 4)]),
    ("stack", lambda x, y: tgx.stack([x, y], 1), [A, B]),
    ("stack last", lambda x, y: tgx.stack([x, y], -1), [A, B]),
    ("narrow", lambda x: x.narrow(1, 1, 3), [A]),
    ("narrow of nothing", lambda x: x.narrow(0, 1, 0), [A]),
    ("pad_dim", lambda x: REGISTRY["pad_dim"].apply((x,), (1, 2, 1)), [A]),
    ("squeeze", lambda x: x.squeeze(1).unsqueeze(0), [leaf(3, 1)]),
    ("piece", lambda x: REGISTRY["piece"].apply((x.flatten(),), (2, (3, 2))) * 2.0, [A]),
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
    ("put: alone", lambda x: REGISTRY["put"].apply((x,), ((3, 4), REPEATED)) * 2.0, [leaf(4, 4)]),
    ("set_at", lambda x, v: REGISTRY["set_at"].apply((x, v), (1,)), [A, leaf(4)]),
    (
        "set_at: broadcast",
        lambda x, v: REGISTRY["set_at"].apply((x, v), ((slice(None), 2),)),
        [A, leaf()],
    ),
    ("set_at: mask", lambda x, v: REGISTRY["set_at"].apply((x, v), (MASK,)), [A, leaf(6)]),
    (
        "set_at: repeated",
        lambda x, v: REGISTRY["set_at"].apply((x, v), (REPEATED,)),
        [A, leaf(4, 4)],
    ),
    ("set_view", lambda x, v: REGISTRY["set_view"].apply((x, v), (PATH,)), [A, leaf(2)]),
    ("set_view: broadcast", lambda x, v: REGISTRY["set_view"].apply((x, v), (PATH,)), [A, leaf()]),
    ("set_view: all of it", lambda x, v: REGISTRY["set_view"].apply((x, v), ((),)), [A, leaf(4)]),
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
    ("pick", lambda x: REGISTRY["pick"].apply((x, CLASSES), (1,)), [A]),
    ("place", lambda x: REGISTRY["place"].apply((x, CLASSES), ((3, 5), 1)), [leaf(3)]),
    ("pick: a transpose", lambda x: REGISTRY["pick"].apply((x.T, CLASSES), (0,)), [A]),
    ("gather", lambda x: x.gather(1, AGAIN), [A]),
    ("gather: less, dim 0", lambda x: x.gather(0, AGAIN[:2, :2]), [A]),
    ("gathered", lambda x: REGISTRY["gathered"].apply((x, AGAIN), ((3, 5), 1)), [A]),
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
    (
        "add_windows",
        lambda x: REGISTRY["add_windows"].apply((x,), ((3, 7), 1, 2)) * 2.0,
        [leaf(3, 3, 3)],
    ),
    (
        "add_windows: of two",
        lambda x: REGISTRY["add_windows"].apply((x,), ((3, 6), 1, 2)) * 2.0,
        [leaf(3, 3, 2)],
    ),
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
        lambda x, g: REGISTRY["conv_weight"].apply((x, g), (UNDER, 1)),
        [leaf(2, 2, 4, 4), leaf(2, 1, 2, 3, seed=2)],
    ),
    ("max_pool", lambda x: F.max_pool2d(x, (2, 3), 1, (1, 0)), [leaf(1, 2, 3, 4)]),
    ("max_unpool", lambda x: F.max_unpool2d(x, CORNERS, 2), [leaf(1, 1, 2, 2)]),
    ("sample_points", lambda x, w: F.grid_sample(x, w), [leaf(1, 2, 3, 3), NEAR]),
    (
        "sample_points: bicubic",
        lambda x, w: F.grid_sample(x, w, "bicubic", "reflection", True),
        [leaf(1, 1, 3, 4), NEAR],
    ),
    (
        "spread_points",
        lambda x, w: REGISTRY["spread_points"].apply((x, w), (TAPS, 3)),
        [leaf(1, 2, 2), leaf(1, 2, 2, seed=2)],
    ),
    (
        "match_points",
        lambda x, image: REGISTRY["match_points"].apply((x, image), (TAPS,)),
        [leaf(1, 2, 2), leaf(1, 2, 3, seed=2)],
    ),
    (
        "ctc_loss",
        lambda x: F.ctc_loss(x, tgx.tensor([[1, 1], [2, 0]]), (4, 2), (2, 1), reduction="none"),
        [leaf(4, 2, 3)],
    ),
    ("standardize", lambda x: F.batch_norm(x, None, None, training=True), [leaf(3, 2, 2)]),
    ("standardize: about 0", lambda x: F.rms_norm(x, (2, 3)), [leaf(2, 2, 3)]),
    ("avg_pool", lambda x: F.avg_pool2d(x, 2, 2, 1, True, False), [leaf(1, 2, 3, 4)]),
    (
        "avg_unpool",
        lambda x: REGISTRY["avg_unpool"].apply((x,), ((4, 4), UNDER, 2.0)),
        [leaf(1, 1, 2, 3)],
    ),
    (
        "rnn_tanh",
        lambda *x: REGISTRY["rnn_tanh"].apply(x, ((2, 2), False)),
        [leaf(4, 2), leaf(2, 2), B[:2, :2]],
    ),
    (
        "rnn_relu",
        lambda *x: REGISTRY["rnn_relu"].apply(x, ((2, 1), True)),
        [leaf(3, 2), leaf(2, 2), B[:2, :2]],
    ),
    (
        "lstm",
        lambda *x: REGISTRY["lstm"].apply(x, ((2, 2), True)),
        [leaf(4, 4), leaf(4, 1), leaf(2, 1), B[:2, :1]],
    ),
    (
        "lstm: of two lengths",
        lambda *x: REGISTRY["lstm"].apply(x, ((2, 1), False)),
        [leaf(3, 8), leaf(8, 2), B[:2, :2], leaf(2, 2)],
    ),
    (
        "gru",
        lambda *x: REGISTRY["gru"].apply(x, ((1, 1), True)),
        [leaf(2, 6), leaf(6, 2), leaf(6, seed=3), leaf(1, 2)],
    ),
    (
        "gru: of two lengths",
        lambda *x: REGISTRY["gru"].apply(x, ((2, 1), False)),
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
    ("as_strided", lambda x: x.as_strided((2, 3), (1, 2), 1), [A]),
    ("as_strided: of a transpose", lambda x: x.T.as_strided((2, 3), (5, 1)) ** 2, [A]),
    ("as_strided: of nothing", lambda x: x.as_strided((0,), (1,)) * 2.0, [leaf(0)]),
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
    ("nll_loss", lambda x: nll_loss(x * x, CLASSES), [A]),
    ("nll_loss: sum", lambda x: nll_loss(x * x, CLASSES, reduction="sum"), [A]),
    ("cross_entropy", lambda x: cross_entropy(x, CLASSES), [A]),
    ("cross_entropy: sum", lambda x: cross_entropy(x, CLASSES, reduction="sum"), [A]),
    ("cross_entropy: none", lambda x: cross_entropy(x, CLASSES, reduction="none"), [A]),
    ("cross_entropy: smooth", lambda x: cross_entropy(x, CLASSES, label_smoothing=0.2), [A]),
    ("cross_entropy: shares", lambda x, q: cross_entropy(x, q), [A, B]),
    ("embedding", lambda w: embedding(AGAIN, w), [leaf(3, 2)]),
    ("softmax", lambda x: tgx.softmax(x, 0), [A]),
    ("log_softmax", lambda x: tgx.log_softmax(x, -1), [A]),
    ("softmin", lambda x: tgx.softmin(x, 1), [leaf(2, 3, 2)]),
    ("maxout", lambda x: tgx.maxout(x, 2), [A]),
    ("maxout dim", lambda x: tgx.maxout(x, 3, 0) * 2.0, [A]),
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
    ("recurrence", lambda a, b: REGISTRY["recurrence"].apply((a, b), (1, False)), [A, B]),
    ("recurrence: backwards", lambda a, b: REGISTRY["recurrence"].apply((a, b), (0, True)), [A, B]),
    ("logcumsumexp", lambda x: x.logcumsumexp(1), [A]),
    ("logcumsumexp: of nothing", lambda x: x.logcumsumexp(1) * 2.0, [leaf(2, 0)]),
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
    ("det: the element 0", lambda x: tgx.linalg.det(x), [leaf(1, 1) * 0.0]),
    ("det: stack of rank 1", lambda x: tgx.linalg.det(x), [leaf(2, 1, 1, 2).expand(2, 1, 2, 2)]),
    ("det: of nothing", lambda x: tgx.linalg.det(x), [leaf(0, 2, 2)]),
    ("det_sign", lambda x: tgx.linalg.slogdet(x).sign, [SQUARE]),
    ("logabsdet", lambda x: tgx.linalg.slogdet(x).logabsdet, [SOLID]),
    ("cholesky", lambda x: tgx.linalg.cholesky(symmetric(x)), [SOLID]),
    ("cholesky: upper", lambda x: tgx.linalg.cholesky(symmetric(x), upper=True), [SOLID]),
    ("cholesky: stack", lambda x: tgx.linalg.cholesky(x @ x.mT), [leaf(2, 1, 2, 2)]),
    ("cholesky_solve", lambda b, x: tgx.cholesky_solve(b, x), [leaf(3, 2), SOLID]),
    ("lu", lambda x: together(tgx.linalg.lu(x)), [leaf(3, 3, seed=4)]),
    ("lu: wide", lambda x: together(tgx.linalg.lu(x)), [A]),
    ("lu: tall", lambda x: together(tgx.linalg.lu(x)), [leaf(4, 2)]),
    ("lu: stack, without exchanges", lambda x: together(lu(x, pivot=False)), [leaf(2, 1, 2, 3)]),
    ("lu: stack, tall", lambda x: together(tgx.linalg.lu(x)), [leaf(2, 1, 3, 2)]),
    ("geqrf, which has no gradient", lambda x: tgx.geqrf(x)[0] * 0.0, [leaf(3, 2)]),
    ("qr", lambda x: together(tgx.linalg.qr(x)), [leaf(4, 3)]),
    ("qr: wide", lambda x: together(tgx.linalg.qr(x)), [leaf(2, 4)]),
    ("qr: stack", lambda x: together(tgx.linalg.qr(x)), [leaf(2, 2, 2)]),
    ("svd: values", lambda x: tgx.linalg.svdvals(x), [A]),
    ("svd", lambda x: rebuilt(tgx.linalg.svd(x, False)), [A]),
    ("svd: tall", lambda x: rebuilt(tgx.linalg.svd(x, False)), [leaf(4, 3)]),
    ("svd: vectors", lambda x: tgx.linalg.svd(x, False).U.abs(), [SOLID]),
    ("svd: nuclear norm", lambda x: tgx.norm(x, "nuc"), [A]),
    ("svd: stack", lambda x: rebuilt(tgx.linalg.svd(x, False)), [leaf(2, 1, 2, 3)]),
    ("svd: stack, tall", lambda x: rebuilt(tgx.linalg.svd(x, False)), [leaf(2, 1, 3, 2)]),
    ("eigh: values", lambda x: tgx.linalg.eigvalsh(symmetric(x)), [SOLID]),
    ("eigh", lambda x: tgx.linalg.eigh(symmetric(x)).eigenvectors.abs(), [SOLID]),
    ("eigh: upper", lambda x: tgx.linalg.eigvalsh(symmetric(x), "U"), [SOLID]),
    (
        "eigh: stack",
        lambda x: tgx.linalg.eigh(symmetric(x)).eigenvectors.abs(),
        [leaf(2, 1, 2, 2)],
    ),
    ("pinv", lambda x: tgx.linalg.pinv(x), [A]),
    ("pinv: tall", lambda x: tgx.linalg.pinv(x), [leaf(4, 3)]),
    ("lstsq", lambda a, b: tgx.linalg.lstsq(a, b).solution, [leaf(4, 3), leaf(4, 2)]),
    ("matrix_exp", lambda x: tgx.linalg.matrix_exp(x), [SQUARE]),
    ("matrix_exp: stack", lambda x: tgx.linalg.matrix_exp(x), [leaf(2, 1, 2, 2)]),
    ("lu: solved", lambda x, b: tgx.lu_solve(b, *tgx.linalg.lu_factor(x)), [SOLID, leaf(3, 2)]),
    (
        "householder_product",
        lambda x, t: tgx.linalg.householder_product(x, t),
        [leaf(4, 3), leaf(3, seed=3)],
    ),
    (
        "ormqr",
        lambda x, t, y: tgx.ormqr(x, t, y, left=False, transpose=True),
        [leaf(3, 3), leaf(2, seed=3), leaf(2, 3, seed=4)],
    ),
    ("renorm", lambda x: tgx.renorm(x, 3, 0, 2.0), [A]),
    ("gradient", lambda x: together(tgx.gradient(x, edge_order=2)), [leaf(4, 3)]),
    ("kl_div", lambda x, t: functional.kl_div(x, t * t + 0.1), [A, B]),
    ("multi_margin_loss", lambda x: functional.multi_margin_loss(x, CLASSES, p=2), [A]),
    (
        "gaussian_nll_loss",
        lambda x, t, v: functional.gaussian_nll_loss(x, t, v.exp()),
        [A, B, leaf(3, 1)],
    ),
    (
        "poisson_nll_loss",
        lambda x: functional.poisson_nll_loss(x, A.detach() + 2.0, full=True),
        [B],
    ),
    ("cosine_embedding_loss", lambda x, y: functional.cosine_embedding_loss(x, y, SIGNS), [A, B]),
    (
        "triplet_margin_loss",
        lambda x, y, z: functional.triplet_margin_loss(x, y, z, swap=True),
        [A, B, leaf(3, 4, seed=5)],
    ),
    (
        "complement, which has no gradient",
        lambda x: REGISTRY["complement"].apply((x,), (np.ones((3, 1)),)) * 0.0,
        [leaf(3, 2)],
    ),
    ("broadcast", lambda x, y: x * y + x / (y * y + 1.0), [leaf(3, 1), leaf(4)]),
    ("the same twice", lambda x: x * x.T, [leaf(3, 3)]),
    ("where", lambda x, y: tgx.where(x > 0.1, x * y, y), [A, B]),
    ("zeta", lambda x: tgx.special.zeta(3.0, x * x + 0.5), [A]),
    ("igamma", lambda x: tgx.igamma(1.7, x * x + 0.1), [A]),
    ("igammac", lambda x: tgx.igammac(2.3, x * x + 0.1), [A]),
    ("Twisted", lambda x, y: together(Twisted.apply(x, y)), [A, B]),
    ("Twisted: one result", lambda x, y: Twisted.apply(x, y)[1] * y, [A, B]),
    ("squared", lambda x: squared(x) * x, [A]),
    ("checkpoint", lambda x: checkpoint(lambda t: t.exp() * t, x), [A]),
]


def _assigned(x, v):
    x[1, 1:3] = v
    return x * x
