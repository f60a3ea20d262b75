"""Products of matrices, vectors and stacks of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygradx.errors import ShapeError
from tinygradx.graph import Handle, Node, here, is_grad_enabled, next_age, wrap
from tinygradx.kernels import BACKENDS, backend_of, columns_kernel
from tinygradx.ops.arithmetic import column_sums
from tinygradx.ops.elementary import add
from tinygradx.ops.elementwise import DTYPE_NAMES
from tinygradx.ops.promotion import result_type
from tinygradx.ops.shapes import PERMUTE, RESHAPE, to_dtype
from tinygradx.ops.structural import Structural, as_handle


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
