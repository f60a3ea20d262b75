"""Products of matrices, vectors and stacks of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, Node, here, is_grad_enabled, next_age, wrap
from tinygradx.kernels import BACKENDS, backend_of, columns_kernel
from tinygradx.ops.arithmetic import column_sums
from tinygradx.ops.broadcasting import broadcast_shapes, expand
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import add, mul, sub
from tinygradx.ops.elementwise import DTYPE_NAMES
from tinygradx.ops.indexing import GETITEM
from tinygradx.ops.joining import stack
from tinygradx.ops.memory import clone, to_dtype
from tinygradx.ops.promotion import result_type
from tinygradx.ops.reductions import SUM
from tinygradx.ops.reductions import sum as total
from tinygradx.ops.shapes import RESHAPE, reshape, unsqueeze
from tinygradx.ops.structural import Structural, as_handle, whole_dim
from tinygradx.ops.transposing import PERMUTE, permute


class Matmul(Structural):
    """`a @ b` for stacks of matrices, of at least two dimensions each, broadcast in front."""

    name = "matmul"
    inputs = ("a", "b")

    def forward(self, a: Any, b: Any) -> Any:
        return _product(a, b)

    def apply_two(self, a: Handle, b: Handle) -> Any:
        """`apply` for two matrices, without loops: 0.4 of 3.7 microseconds shorter."""
        x, y = a.array, b.array
        out = BACKENDS[x.__class__].quiet.run(x.dot, y)
        handle = wrap(a.result_class, out)
        if (a.requires_grad or b.requires_grad) and is_grad_enabled():
            handle.node = Node(
                self, (a.node or a.source(), b.node or b.source()), (x, y), (), next_age(),
                here(), out.shape, out.dtype, handle.cell,
            )  # fmt: skip
        return handle

    def pull(self, g: Any, a: Any, b: Any, wanted: tuple[bool, ...]) -> Any:
        return (
            MATMUL.apply((g, _turned(b)), ()) if wanted[0] else None,
            MATMUL.apply((_turned(a), g), ()) if wanted[1] else None,
        )

    def pull_arrays(self, g: Any, a: Any, b: Any, wanted: tuple[bool, ...]) -> Any:
        return (
            _product(g, b.swapaxes(-1, -2)) if wanted[0] else None,
            _product(a.swapaxes(-1, -2), g) if wanted[1] else None,
        )


class Linear(Structural):
    """`x @ weight.T + bias` for matrices, in one node: a third of the work around two products."""

    name = "linear"
    inputs = ("x", "weight", "bias")
    fits = True

    def __init__(self) -> None:
        super().__init__()
        self._add_bias: dict[Any, Any] = {}

    def forward(self, x: Any, weight: Any, bias: Any) -> Any:
        out = BACKENDS[x.__class__].quiet.run(x.dot, weight.T)
        kernel = self._add_bias.get(out.dtype)
        if kernel is None:
            backend, dtype = backend_of(out), DTYPE_NAMES[out.dtype.char]
            text = columns_kernel("add_bias", backend.name, dtype, add.formula)
            kernel = self._add_bias[out.dtype] = backend.load(text)
        # 0.6 microseconds for 2.0 of np.add, which begins anew for every row (100 x 16).
        kernel(bias if bias.flags.c_contiguous else bias.copy(), out)
        return out

    def apply_three(self, x: Handle, weight: Handle, bias: Handle) -> Any:
        """`apply` for this many inputs, without loops."""
        a, w = x.array, weight.array
        out = self.forward(a, w, bias.array)
        handle = wrap(x.result_class, out)
        if is_grad_enabled():
            nodes = x.node or x.source(), weight.node or weight.source(), bias.node or bias.source()
            if nodes[1].wants or nodes[0].wants or nodes[2].wants:
                handle.node = Node(
                    self, nodes, (a, w), (), next_age(), here(), out.shape, out.dtype, handle.cell
                )
        return handle

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        """The shares; on arrays without the detour over names, 4 of 12 microseconds shorter."""
        if create:
            return super().pull_node(g, node, create, kind)
        x, weight = self.kept(node)
        a, w, b = node.inputs
        wanted = a.wants, w.wants, b.wants
        return self.pull_arrays(g, x, weight, wanted)  # type: ignore[no-any-return]

    def pull(self, g: Any, x: Any, weight: Any, wanted: tuple[bool, ...]) -> Any:
        return (
            MATMUL.apply((g, weight), ()) if wanted[0] else None,
            MATMUL.apply((_turned(g), x), ()) if wanted[1] else None,
            g if wanted[2] else None,  # the sweep sums over the rows
        )

    def pull_arrays(self, g: Any, x: Any, weight: Any, wanted: tuple[bool, ...]) -> Any:
        quiet = BACKENDS[g.__class__].quiet
        return (
            quiet.run(g.dot, weight) if wanted[0] else None,
            quiet.run(g.T.dot, x) if wanted[1] else None,
            column_sums(g) if wanted[2] else None,
        )


def _product(a: Any, b: Any) -> Any:
    # For two matrices ndarray.dot takes half the time of np.matmul on small ones (0.6 for 1.2
    # microseconds, 4x4), and calls the same BLAS.
    if a.ndim == 2 == b.ndim:
        return backend_of(a).quiet.run(a.dot, b)
    return backend_of(a).call(np.matmul, a, b)


def _turned(x: Any) -> Any:
    ndim = x.array.ndim
    return PERMUTE.apply((x,), ((*range(ndim - 2), ndim - 1, ndim - 2),))


MATMUL, LINEAR = Matmul(), Linear()


def matmul(input: Any, other: Any) -> Any:
    """The product of two tensors, as Python's `@`.

    Parameters
    ----------
    input, other : Tensor
        Vectors (n,), matrices (n, m), or stacks of matrices (..., n, m), whose leading sizes
        broadcast. A vector counts as a row on the left and as a column on the right.

    Returns
    -------
    Tensor
        Of shape (..., n, k) for (..., n, m) and (..., m, k); the size of a vector goes away.

    Raises
    ------
    ShapeError
        If the inner sizes differ.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.matmul(tgx.ones(2, 3), tgx.ones(3, 4)).shape
    (2, 4)
    """
    a = input if isinstance(input, Handle) else as_handle(input, "matmul")
    b = other if isinstance(other, Handle) else as_handle(other, "matmul")
    x, y = a.array, b.array
    if x.dtype is not y.dtype:
        dtype = result_type((x, y))
        a, b = to_dtype(a, dtype), to_dtype(b, dtype)
        x, y = a.array, b.array
    if x.ndim == 2 == y.ndim:
        try:
            return MATMUL.apply_two(a, b)
        except ValueError:
            _check(x, y)  # says it in our words
            raise
    _check(x, y)
    if x.ndim == 1:
        a = RESHAPE.apply((a,), ((1, x.shape[0]),))
    if y.ndim == 1:
        b = RESHAPE.apply((b,), ((y.shape[0], 1),))
    out = MATMUL.apply((a, b), ())
    shape = list(out.array.shape)
    if y.ndim == 1:
        del shape[-1]
    if x.ndim == 1:
        del shape[-1 if y.ndim == 1 else -2]
    return out if x.ndim > 1 < y.ndim else RESHAPE.apply((out,), (tuple(shape),))


def _check(x: Any, y: Any) -> None:
    """Refuse what has no product, with the likely remedy."""
    if x.ndim == 0 or y.ndim == 0:
        raise ShapeError(
            f"matmul of shapes {x.shape} and {y.shape}", "a tensor without dimensions",
            "multiply by a number with *",
        )  # fmt: skip
    inner = y.shape[0] if y.ndim == 1 else y.shape[-2]
    if x.shape[-1] != inner:
        turned = y.ndim > 1 and x.shape[-1] == y.shape[-1]
        raise ShapeError(
            f"matmul of shapes {x.shape} and {y.shape}",
            f"the inner sizes {x.shape[-1]} and {inner} differ",
            "use a @ b.T" if turned else "make the last size of the first equal to the "
            "second-last of the second",
        )  # fmt: skip
    try:
        np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
    except ValueError:
        raise ShapeError(
            f"matmul of shapes {x.shape} and {y.shape}",
            f"stacks of {x.shape[:-2]} and {y.shape[:-2]} matrices do not broadcast",
            "make the leading sizes equal, or 1",
        ) from None


# ---- products of given dimensions ---------------------------------------------------------------

#: What messages call a tensor of so many dimensions.
_KINDS = {1: "a vector", 2: "a matrix", 3: "a stack of matrices"}


def _of(asked: str, **named: Any) -> list[Handle]:
    """Tensors, each of the number of dimensions that its function takes.

    Parameters
    ----------
    asked : str
        The function, for errors.
    **named : pair
        For each argument its value and its number of dimensions.
    """
    handles = []
    for name, (value, ndim) in named.items():
        handle = as_handle(value, asked)
        if handle.array.ndim != ndim:
            raise ShapeError(
                f"{asked} with {name} of shape {handle.array.shape}",
                f"{handle.array.ndim} dimensions instead of {ndim}",
                f"pass {_KINDS[ndim]}; matmul (@) takes any of them",
            )
        handles.append(handle)
    return handles


def _same_size(asked: str, x: Handle, y: Handle, dim: int = 0) -> None:
    """Refuse vectors of different lengths, or stacks of different heights."""
    if x.array.shape[dim] != y.array.shape[dim]:
        raise ShapeError(
            f"{asked} of shapes {x.array.shape} and {y.array.shape}",
            f"sizes {x.array.shape[dim]} and {y.array.shape[dim]} differ",
            "make them equal (matmul, @, broadcasts stacks of matrices)",
        )


def mm(input: Any, mat2: Any) -> Any:
    """The product of two matrices.

    Parameters
    ----------
    input, mat2 : Tensor
        Of shapes (n, m) and (m, k).

    Raises
    ------
    ShapeError
        For anything but two matrices whose inner sizes are equal.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.mm(tgx.tensor([[1.0, 2.0]]), tgx.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    return matmul(*_of("mm", input=(input, 2), mat2=(mat2, 2)))


def bmm(input: Any, mat2: Any) -> Any:
    """The products of two stacks of matrices, pair by pair.

    Parameters
    ----------
    input, mat2 : Tensor
        Of shapes (b, n, m) and (b, m, k).

    Raises
    ------
    ShapeError
        For other shapes; stacks do not broadcast here.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.bmm(tgx.ones(2, 3, 4), tgx.ones(2, 4, 5)).shape
    (2, 3, 5)
    """
    a, b = _of("bmm", input=(input, 3), mat2=(mat2, 3))
    _same_size("bmm", a, b)
    return matmul(a, b)


def mv(input: Any, vec: Any) -> Any:
    """The product of a matrix (n, m) and a vector (m,)."""
    return matmul(*_of("mv", input=(input, 2), vec=(vec, 1)))


def dot(input: Any, tensor: Any) -> Any:
    """The inner product of two vectors of one length.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.dot(tgx.tensor([1.0, 2.0]), tgx.tensor([3.0, 4.0]))
    tensor(11.)
    """
    a, b = _of("dot", input=(input, 1), tensor=(tensor, 1))
    _same_size("dot", a, b)
    return matmul(a, b)


def vdot(input: Any, other: Any) -> Any:
    """The inner product of two vectors of one length; of real numbers the same as `dot`."""
    return dot(input, other)


def inner(input: Any, other: Any) -> Any:
    """The inner products of all rows of one tensor with all rows of another.

    Parameters
    ----------
    input, other : Tensor
        Of shapes (..., m) and (..., m); a number multiplies.

    Returns
    -------
    Tensor
        Of the leading sizes of the first, then those of the second.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.inner(tgx.tensor([[1.0, 2.0], [0.0, 1.0]]), tgx.tensor([3.0, 4.0]))
    tensor([11.,  4.])
    """
    a, b = as_handle(input, "inner"), as_handle(other, "inner")
    if not (a.array.ndim and b.array.ndim):
        return mul(a, b)
    return tensordot(a, b, ([-1], [-1]))


def outer(input: Any, vec2: Any) -> Any:
    """Every product of an element of one vector and an element of another.

    Parameters
    ----------
    input, vec2 : Tensor
        Of shapes (n,) and (m,).

    Returns
    -------
    Tensor
        Of shape (n, m).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.outer(tgx.tensor([1.0, 2.0]), tgx.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    a, b = _of("outer", input=(input, 1), vec2=(vec2, 1))
    return mul(unsqueeze(a, 1), b)


ger = outer


def _fits(shape: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Whether a shape broadcasts to another one, which stays what it is."""
    try:
        return np.broadcast_shapes(shape, whole) == whole
    except ValueError:
        return False


def _plus(asked: str, input: Any, product: Any, beta: Any, alpha: Any) -> Any:
    """`beta * input + alpha * product`; with beta = 0 the input is not looked at, nan or not."""
    scaled = product if alpha == 1 else mul(product, alpha)
    x = as_handle(input, asked)
    shape = product.array.shape
    if not _fits(x.array.shape, shape):
        raise ShapeError(
            f"{asked} of a tensor of shape {x.array.shape}", f"a product of shape {shape}",
            "pass what broadcasts to the product",
        )  # fmt: skip
    if beta == 0:
        return scaled
    return add(x if beta == 1 else mul(x, beta), scaled)


def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * (mat1 @ mat2)` for matrices.

    Parameters
    ----------
    input : Tensor
        What broadcasts to (n, k).
    mat1, mat2 : Tensor
        Of shapes (n, m) and (m, k).
    beta, alpha : float
        Factors. With `beta=0` the input is not looked at.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.addmm(tgx.ones(2), tgx.ones(2, 3), tgx.ones(3, 2), alpha=2)
    tensor([[7., 7.],
            [7., 7.]])
    """
    return _plus("addmm", input, mm(mat1, mat2), beta, alpha)


def addmv(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * (mat @ vec)` for a matrix (n, m) and a vector (m,): see `addmm`."""
    return _plus("addmv", input, mv(mat, vec), beta, alpha)


def addr(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * outer(vec1, vec2)`: see `addmm`."""
    return _plus("addr", input, outer(vec1, vec2), beta, alpha)


def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * bmm(batch1, batch2)` for stacks of matrices: see `addmm`."""
    return _plus("baddbmm", input, bmm(batch1, batch2), beta, alpha)


def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha *` the sum of all products of `bmm(batch1, batch2)`: see `addmm`."""
    return _plus("addbmm", input, SUM.apply_one(bmm(batch1, batch2), ((0,), False)), beta, alpha)


def chain_matmul(*matrices: Any) -> Any:
    """The product of several matrices, in the order that takes the fewest multiplications.

    Parameters
    ----------
    *matrices : Tensor
        Of shapes (n0, n1), (n1, n2), ...

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.chain_matmul(tgx.ones(2, 3), tgx.ones(3, 4), tgx.ones(4, 1)).shape
    (2, 1)

    Notes
    -----
    The order is found by the dynamic program of Cormen, Leiserson, Rivest and Stein, "Introduction
    to Algorithms" (2009), section 15.2.
    """
    if not matrices:
        raise ArgumentError("chain_matmul", "no matrices", "pass at least one")
    handles = [_of("chain_matmul", matrix=(m, 2))[0] for m in matrices]
    return _chained(handles)


def _chained(handles: list[Handle]) -> Any:
    """The product of matrices in the cheapest order."""
    sizes = [handles[0].array.shape[0], *(h.array.shape[1] for h in handles)]
    count = len(handles)
    cost = [[0] * count for _ in range(count)]
    cut = [[0] * count for _ in range(count)]
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            cost[first][last], cut[first][last] = min(
                (
                    cost[first][k]
                    + cost[k + 1][last]
                    + sizes[first] * sizes[k + 1] * sizes[last + 1],
                    k,
                )
                for k in range(first, last)
            )

    def product(first: int, last: int) -> Any:
        if first == last:
            return handles[first]
        k = cut[first][last]
        return matmul(product(first, k), product(k + 1, last))

    return product(0, count - 1)


def multi_dot(tensors: Sequence[Any]) -> Any:
    """The product of several matrices in the cheapest order; the first and last may be vectors.

    Parameters
    ----------
    tensors : sequence of Tensor
        At least two; a vector counts as a row in front, and as a column at the end.
    """
    handles = [as_handle(x, "multi_dot") for x in tensors]
    if len(handles) < 2:
        raise ArgumentError("multi_dot", f"{len(handles)} tensors", "pass at least two")
    row, column = handles[0].array.ndim == 1, handles[-1].array.ndim == 1
    if row:
        handles[0] = unsqueeze(handles[0], 0)
    if column:
        handles[-1] = unsqueeze(handles[-1], 1)
    _of("multi_dot", **{f"tensors[{i}]": (h, 2) for i, h in enumerate(handles)})
    out = _chained(handles)
    shape = out.array.shape
    return reshape(out, shape[int(row) : 2 - int(column)]) if row or column else out


# ---- products over named dimensions -------------------------------------------------------------


def tensordot(a: Any, b: Any, dims: Any = 2, out: None = None) -> Any:
    """The sum of products over chosen dimensions of two tensors.

    Parameters
    ----------
    a, b : Tensor
        Of any shapes.
    dims : int or pair of sequences of int
        The last so many dimensions of a with the first ones of b; or which of a, and which of b.

    Returns
    -------
    Tensor
        Of the sizes that are left: those of a, then those of b.

    Raises
    ------
    ShapeError
        If the sizes of a pair of dimensions differ.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.tensordot(tgx.ones(2, 3, 4), tgx.ones(4, 3, 5), dims=([1, 2], [1, 0])).shape
    (2, 5)
    """
    x, y = as_handle(a, "tensordot"), as_handle(b, "tensordot")
    if isinstance(dims, Handle):
        dims = dims.array.tolist()
    if isinstance(dims, int):
        if not 0 <= dims <= min(x.array.ndim, y.array.ndim):
            raise ArgumentError(
                f"tensordot over {dims} dims",
                f"tensors of {x.array.ndim} and {y.array.ndim} dimensions",
                "use as many as both have, or fewer",
            )
        dims = list(range(x.array.ndim - dims, x.array.ndim)), list(range(dims))
    if not isinstance(dims, (tuple, list)) or len(dims) != 2:
        raise ArgumentError(
            f"tensordot over dims={dims!r:.40}", "neither a number nor a pair of dims",
            "pass dims=1, or dims=([1], [0])",
        )  # fmt: skip
    first, second = ((d,) if isinstance(d, int) else tuple(d) for d in dims)
    ours = [whole_dim(d, x.array.ndim, "tensordot") for d in first]
    theirs = [whole_dim(d, y.array.ndim, "tensordot") for d in second]
    # A size of 1 broadcasts, as in PyTorch: the other dimension is summed.
    once = [
        (i, j)
        for i, j in zip(ours, theirs, strict=False)
        if 1 in (x.array.shape[i], y.array.shape[j])
    ]
    x = SUM.apply((x,), (tuple(i for i, _ in once), True)) if once else x
    y = SUM.apply((y,), (tuple(j for _, j in once), True)) if once else y
    sizes = [x.array.shape[d] for d in ours]
    if sizes != [y.array.shape[d] for d in theirs]:
        raise ShapeError(
            f"tensordot of shapes {x.array.shape} and {y.array.shape} over {first} and {second}",
            f"sizes {sizes} and {[y.array.shape[d] for d in theirs]}", "pair dims of equal size",
        )  # fmt: skip
    left = [d for d in range(x.array.ndim) if d not in ours]
    right = [d for d in range(y.array.ndim) if d not in theirs]
    shape = [x.array.shape[d] for d in left] + [y.array.shape[d] for d in right]
    inside = math.prod(sizes)
    rows = math.prod(x.array.shape[d] for d in left)
    columns = math.prod(y.array.shape[d] for d in right)
    product = matmul(
        reshape(permute(x, (*left, *ours)), rows, inside),
        reshape(permute(y, (*theirs, *right)), inside, columns),
    )
    return reshape(product, shape)


def einsum(equation: Any, *operands: Any) -> Any:
    """Sums of products over dimensions named by letters.

    Parameters
    ----------
    equation : str
        A letter for each dimension of each operand, those of the answer behind `->`. What is not
        in the answer is summed over; `...` stands for any dimensions, which broadcast. Without
        `->` the answer has the letters that are there once, in order of the alphabet. A letter
        twice in one operand is its diagonal.
    *operands : Tensor
        One for each part of the equation, or a list of them. In PyTorch's other form operands and
        lists of numbers take turns, and stand for the letters.

    Raises
    ------
    ArgumentError
        If the equation cannot be read.
    ShapeError
        If it does not fit the operands.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> a, b = tgx.ones(2, 3), tgx.ones(3, 4)
    >>> tgx.einsum("ij,jk->ik", a, b)
    tensor([[3., 3., 3., 3.],
            [3., 3., 3., 3.]])

    Notes
    -----
    Operands are taken two at a time, from the left; a pair is one product of stacks of matrices.
    """
    if not isinstance(equation, str):
        equation, operands = _lettered(equation, *operands)
    if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
        operands = tuple(operands[0])
    handles = [as_handle(x, "einsum") for x in operands]
    if not handles:
        raise ArgumentError(f"einsum {equation!r}", "no operands", "pass one for each part")
    parts, answer = _read(equation, handles)
    labelled = [_diagonals(h, part, equation) for h, part in zip(handles, parts, strict=True)]
    x, letters = labelled[0]
    for place, (y, others) in enumerate(labelled[1:], 1):
        later = {letter for part in parts[place + 1 :] for letter in part}
        x, letters = _contracted(x, letters, y, others, later | set(answer), equation)
    summed = tuple(i for i, letter in enumerate(letters) if letter not in answer)
    if summed:
        x = total(x, summed)
        letters = [letter for letter in letters if letter in answer]
    return permute(x, tuple(letters.index(letter) for letter in answer)) if letters else x


def _lettered(*taking_turns: Any) -> tuple[str, tuple[Any, ...]]:
    """An equation in letters, from operands and lists of numbers (or `...`) in turns."""
    operands = taking_turns[: len(taking_turns) // 2 * 2 : 2]
    if not all(isinstance(part, (list, tuple, range)) for part in taking_turns[1::2]):
        raise DtypeError(
            f"einsum of a {type(taking_turns[0]).__name__}", "no equation in front",
            "pass the equation first: einsum('ij,jk->ik', a, b)",
        )  # fmt: skip
    lists = [list(part) for part in taking_turns[1::2]]
    if len(taking_turns) % 2:
        lists.append(list(taking_turns[-1]))
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    words = []
    for part in lists:
        if any(n is not Ellipsis and not 0 <= n < len(names) for n in part):
            raise ArgumentError(
                f"einsum with dims {part}", "a number outside 0 to 51", "use numbers from 0 to 51"
            )
        words.append("".join("..." if n is Ellipsis else names[n] for n in part))
    if len(taking_turns) % 2:
        return ",".join(words[:-1]) + "->" + words[-1], operands
    return ",".join(words), operands


def _read(equation: str, handles: list[Handle]) -> tuple[list[list[str]], list[str]]:
    """The letters of each operand, and of the answer; dimensions of `...` are numbered letters."""
    text = equation.replace(" ", "")
    given, arrow, asked = text.partition("->")
    words = given.split(",")
    if len(words) != len(handles):
        raise ArgumentError(
            f"einsum {equation!r}", f"{len(words)} parts for {len(handles)} operands",
            "write one part for each operand, with commas between them",
        )  # fmt: skip
    extra = 0
    for word, handle in zip(words, handles, strict=True):
        _check_word(word, equation)
        named = len(word.replace("...", ""))
        if handle.array.ndim < named or ("..." not in word and handle.array.ndim != named):
            raise ShapeError(
                f"einsum {equation!r}",
                f"{named} letters in {word!r} for an operand of shape {handle.array.shape}",
                "write one letter for each dimension",
            )
        extra = max(extra, handle.array.ndim - named)
    parts = [
        _letters(word, handle.array.ndim - len(word.replace("...", "")))
        for word, handle in zip(words, handles, strict=True)
    ]
    if arrow:
        _check_word(asked, equation)
        answer = _letters(asked, extra)
        known = {letter for part in parts for letter in part}
        strange = [a for a in answer if a not in known and not a.isdigit()]
        if strange or len(set(answer)) != len(answer):
            raise ArgumentError(
                f"einsum {equation!r}",
                f"the letter {strange[0]!r} of the answer is in no operand" if strange
                else "a letter twice in the answer",
                "name each dimension of the answer once, with letters of the operands",
            )  # fmt: skip
        return parts, answer
    every = [letter for part in parts for letter in part]
    once = sorted(a for a in set(every) if every.count(a) == 1 and not a.isdigit())
    return parts, [*_letters("...", extra), *once]


def _check_word(word: str, equation: str) -> None:
    if not word.replace("...", "", 1).isalpha() and word.replace("...", "", 1):
        raise ArgumentError(
            f"einsum {equation!r}", f"{word!r}", "use letters, and at most one `...` in each part"
        )


def _letters(word: str, extra: int) -> list[str]:
    """The letters of a part; the dimensions of `...` are numbered from the last one."""
    before, dots, after = word.partition("...")
    between = [str(i) for i in range(extra - 1, -1, -1)] if dots else []
    return [*before, *between, *after]


def _diagonals(x: Handle, letters: list[str], equation: str) -> tuple[Any, list[str]]:
    """The operand with each letter once: a letter twice is the diagonal of its dimensions."""
    for letter in [a for a in dict.fromkeys(letters) if letters.count(a) > 1]:
        while letters.count(letter) > 1:
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            size, other = x.array.shape[first], x.array.shape[second]
            if size != other:
                raise ShapeError(
                    f"einsum {equation!r}", f"{letter!r} is both {size} and {other}",
                    f"a letter stands for one size: make both equal, or {letter!r} two letters",
                )  # fmt: skip
            order = [i for i in range(len(letters)) if i not in (first, second)]
            along = np.arange(size)
            x = GETITEM.apply((permute(x, (first, second, *order)),), ((along, along),))
            letters = [letter, *(letters[i] for i in order)]
    return x, letters


def _contracted(
    x: Any, ours: list[str], y: Any, theirs: list[str], kept: set[str], equation: str
) -> tuple[Any, list[str]]:
    """The product of two operands, summed over the letters that nobody needs any more."""
    x, ours = _alone_summed(x, ours, kept | set(theirs))
    y, theirs = _alone_summed(y, theirs, kept | set(ours))
    sizes: dict[str, int] = {}
    for letters, handle in ((ours, x), (theirs, y)):
        for letter, size in zip(letters, handle.array.shape, strict=True):
            known = sizes.setdefault(letter, size)
            if known != size and 1 not in (known, size):
                raise ShapeError(
                    f"einsum {equation!r}",
                    f"{letter!r} is both {known} and {size}, of shapes {x.array.shape} and "
                    f"{y.array.shape}",
                    f"a letter stands for one size: make both equal, or {letter!r} two letters",
                )  # fmt: skip
            sizes[letter] = size if known == 1 else known
    both = [a for a in ours if a in theirs]
    stack_of = [a for a in both if a in kept]
    summed = [a for a in both if a not in kept]
    left = [a for a in ours if a not in theirs]
    right = [a for a in theirs if a not in ours]

    def arranged(handle: Any, letters: list[str], order: list[str]) -> Any:
        turned = permute(handle, tuple(letters.index(a) for a in order))
        return expand(turned, tuple(sizes[a] for a in order))

    def count(letters: list[str]) -> int:
        return math.prod(sizes[a] for a in letters)

    stacked, rows, inside, columns = map(count, (stack_of, left, summed, right))
    a = reshape(arranged(x, ours, stack_of + left + summed), stacked, rows, inside)
    b = reshape(arranged(y, theirs, stack_of + summed + right), stacked, inside, columns)
    letters = stack_of + left + right
    if not summed:  # nothing to add up: NumPy's product of stacks of 1 x 1 matrices is slow
        product = mul(a, reshape(b, stacked, 1, columns))
    else:
        product = matmul(a, b)
    return reshape(product, tuple(sizes[a] for a in letters)), letters


def _alone_summed(x: Any, letters: list[str], needed: set[str]) -> tuple[Any, list[str]]:
    """An operand summed over the letters that only it has."""
    alone = tuple(i for i, letter in enumerate(letters) if letter not in needed)
    if not alone:
        return x, letters
    return total(x, alone), [a for a in letters if a in needed]


def kron(input: Any, other: Any) -> Any:
    """The Kronecker product: every element of the first times the whole of the second.

    Parameters
    ----------
    input, other : Tensor
        Of any shapes; sizes of 1 are put in front of the one with fewer dimensions.

    Returns
    -------
    Tensor
        Of the product of both sizes along each dimension.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.kron(tgx.eye(2), tgx.tensor([[1.0, 2.0]]))
    tensor([[1., 2., 0., 0.],
            [0., 0., 1., 2.]])
    """
    a, b = as_handle(input, "kron"), as_handle(other, "kron")
    pairs = list(zip_longest(a.array.shape[::-1], b.array.shape[::-1], fillvalue=1))[::-1]
    product = mul(
        reshape(a, [size for n, _ in pairs for size in (n, 1)]),
        reshape(b, [size for _, m in pairs for size in (1, m)]),
    )
    return reshape(product, [n * m for n, m in pairs])


def cross(input: Any, other: Any, dim: int | None = None) -> Any:
    """The vector product of vectors of three elements.

    Parameters
    ----------
    input, other : Tensor
        Of as many dimensions, broadcasting, and of size 3 along `dim`.
    dim : int, optional
        Where the vectors lie; the first dimension of size 3 when left out.

    Raises
    ------
    ShapeError
        If the size there is not 3.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.cross(tgx.tensor([1.0, 0.0, 0.0]), tgx.tensor([0.0, 1.0, 0.0]))
    tensor([0., 0., 1.])
    """
    a, b = as_handle(input, "cross"), as_handle(other, "cross")
    x, y = a.array.shape, b.array.shape
    if len(x) != len(y):
        raise ShapeError(
            f"cross of shapes {x} and {y}", f"{len(x)} and {len(y)} dimensions",
            "give both as many: unsqueeze the smaller one",
        )  # fmt: skip
    shape = broadcast_shapes(x, y)
    threes = [i for i, size in enumerate(shape) if size == 3]
    if dim is None and threes:
        dim = threes[0]
    if dim is None or not shape or shape[whole_dim(dim, len(shape), "cross")] != 3:
        raise ShapeError(
            f"cross of shapes {x} and {y}" + ("" if dim is None else f" along dim {dim}"),
            "no vectors of three elements there", "give the dim of size 3",
        )  # fmt: skip
    place = whole_dim(dim, len(shape), "cross")
    before = (slice(None),) * place
    u, v = (
        [GETITEM.apply((expand(handle, shape),), ((*before, i),)) for i in range(3)]
        for handle in (a, b)
    )
    return stack(
        [
            sub(mul(u[1], v[2]), mul(u[2], v[1])),
            sub(mul(u[2], v[0]), mul(u[0], v[2])),
            sub(mul(u[0], v[1]), mul(u[1], v[0])),
        ],
        place,
    )


def matrix_power(input: Any, n: int) -> Any:
    """A square matrix times itself, n times in all, by repeated squaring.

    Parameters
    ----------
    input : Tensor
        Of shape (..., m, m).
    n : int
        0 is the identity; below 0 the inverse is taken first.

    Raises
    ------
    ShapeError
        If the matrices are not square.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.matrix_power(tgx.tensor([[1.0, 1.0], [0.0, 1.0]]), 5)
    tensor([[1., 5.],
            [0., 1.]])
    """
    from tinygradx.ops.linalg import inv, square_matrices  # which stand on products

    x = square_matrices(input, "matrix_power")
    if not isinstance(n, int):
        raise DtypeError(f"matrix_power with n={n!r}", "no integer", "use a whole number")
    if n < 0:
        x, n = inv(x), -n
    if n == 1:
        return clone(x)  # a write to the answer must not reach the input
    if n == 0:
        one = np.eye(x.array.shape[-1], dtype=x.array.dtype)
        return where(np.zeros((), np.bool_), x, one)
    out, power = None, x
    while n:
        if n & 1:
            out = power if out is None else matmul(out, power)
        n >>= 1
        power = matmul(power, power) if n else power
    return out


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """`x1ᵀ W x2 + b` for every output, over the last dimension of both inputs.

    Parameters
    ----------
    input1, input2 : Tensor
        Of shapes (..., n) and (..., m), with equal leading sizes.
    weight : Tensor
        Of shape (outputs, n, m).
    bias : Tensor, optional
        Of shape (outputs,).

    Returns
    -------
    Tensor
        Of shape (..., outputs).

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.bilinear(tgx.ones(5, 2), tgx.ones(5, 3), tgx.ones(4, 2, 3)).shape
    (5, 4)
    """
    a, b = as_handle(input1, "bilinear"), as_handle(input2, "bilinear")
    (w,) = _of("bilinear", weight=(weight, 3))
    x, y = a.array.shape, b.array.shape
    if x[:-1] != y[:-1] or (*x[-1:], *y[-1:]) != w.array.shape[1:]:
        raise ShapeError(
            f"bilinear of shapes {x} and {y} with a weight of shape {w.array.shape}",
            "sizes that do not fit", "pass (..., n), (..., m) and (outputs, n, m)",
        )  # fmt: skip
    # (..., outputs, m), times the second input
    half = tensordot(a, w, ([-1], [1]))
    out = RESHAPE.apply((matmul(half, unsqueeze(b, -1)),), ((*x[:-1], w.array.shape[0]),))
    return out if bias is None else add(out, bias)
