"""Operations along one axis: a formula of whole rows, and its pull.

    @row_activation("exp(x) / sum(exp(x))")
    def softmax(x):
        e = exp(x - row_max(x))
        return e / row_sum(e)

    @softmax.pull
    def _(g, y):
        return y * (g - row_sum(g * y))

`row_max` and `row_sum` give one number for the row. The template writes the row loop for the CPU
and the thread block for CUDA; on tensors the same text runs along the last dimension, which is how
higher derivatives come.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

from tinygradx.errors import DtypeError, warn
from tinygradx.graph import (
    Handle,
    Node,
    here,
    is_grad_enabled,
    next_age,
    register,
    wrap,
)
from tinygradx.kernels import Formula, RowText, Text, backend_of, row_kernel
from tinygradx.ops.elementwise import DTYPE_NAMES
from tinygradx.ops.kernel_op import KernelOp
from tinygradx.ops.memory import to_dtype
from tinygradx.ops.promotion import get_default_dtype
from tinygradx.ops.reductions import AMAX, SUM, numpy_names
from tinygradx.ops.shapes import squeeze, unsqueeze
from tinygradx.ops.structural import as_handle, whole_dim
from tinygradx.ops.transposing import transpose


def row_sum(x: Any) -> Any:
    """The sum of each row of a tensor, with one column."""
    return SUM.apply((x,), ((x.array.ndim - 1,), True))


def row_max(x: Any) -> Any:
    """The largest element of each row of a tensor, with one column."""
    return AMAX.apply((x,), ((x.array.ndim - 1,), True))


ROW_DOCUMENTATION = """{summary}

Parameters
----------
input : Tensor
    Floats of any shape; integers and bools are converted to the default dtype.
dim : int
    The dimension along which the rows lie{otherwise}.
dtype : dtype, optional
    Convert to this first.

Returns
-------
Tensor
    In the shape of the input.

Raises
------
DimError
    If there is no such dimension.

Notes
-----
The textbook definition of one element is ``{textbook}``, where sums and maxima run over the row.
"""


WITHOUT_DIM = """. Left out there is a warning, and PyTorch's old choice:
    0 for 0, 1 and 3 dimensions, 1 for others"""


class Rowwise(KernelOp):
    """An operation along one dimension.

    Attributes
    ----------
    name : str
        Its name, everywhere.
    formula, pull_formula : Formula
        The value of a row, and the share of a row's gradient.
    textbook : str
        The naive definition of one element; `sum(...)` and `max(...)` run over the row.
    column : bool
        Whether a row becomes one number.
    asks_dim : bool
        Whether a call without `dim` is warned of, and takes PyTorch's old choice; -1 otherwise.
    """

    settings = ("dim",)
    inputs = ("x",)
    arity = 1

    def __init__(
        self,
        function: Callable[..., Any],
        textbook: str,
        *,
        domain: tuple[float, float] = (-4.0, 4.0),
        column: bool = False,
        asks_dim: bool = False,
        name: str = "",
    ) -> None:
        self.asks_dim = asks_dim
        self.formula = Formula(function, name)
        self.name = self.formula.name
        self.textbook = textbook
        self.domain = domain
        self.column = column
        self.__doc__ = ROW_DOCUMENTATION.format(
            summary=inspect.cleandoc(function.__doc__ or ""),
            textbook=textbook,
            otherwise=WITHOUT_DIM if asks_dim else "; the last when left out",
        )
        self.__name__ = self.name
        self.__module__ = function.__module__
        self.pull_formula: Formula | None = None
        self._kernels: dict[Any, tuple[Callable[..., None], int]] = {}
        register(self)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def pull(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Declare the way back of a row: a function of `g` and of `x` or `y`, which are kept."""
        formula = Formula(function, f"{self.name}_pull")
        self.pull_formula = formula
        self.saves = tuple(name for name in formula.parameters if name in ("x", "y"))
        self.origins = tuple(-1 if name == "y" else 0 for name in self.saves)
        return function

    def __call__(self, input: Any, dim: int | None = None, dtype: Any = None, **named: Any) -> Any:
        x = as_handle(input, self.name)
        named.pop("_stacklevel", None)  # PyTorch's own wrappers pass it, for its warning
        if named:
            dim, _ = numpy_names(self.name, named, dim)
        if dim is None:
            dim = self._implied(x) if self.asks_dim else -1
        if dtype is not None:
            x = to_dtype(x, dtype)
        elif x.array.dtype.kind != "f":
            x = to_dtype(x, get_default_dtype())
        return self.apply((x,), (whole_dim(dim, x.array.ndim, self.name),))

    def _implied(self, x: Handle) -> int:
        """The dimension that PyTorch takes when none is named, with a warning as there."""
        shape = x.array.shape
        dim = 0 if len(shape) in (0, 1, 3) else 1
        warn(
            f"{self.name} of shape {shape} without dim",
            f"no dim, and dim={dim} is taken, as PyTorch does: rows of {shape[dim]} elements"
            if shape else "no dim, and a single element",
            f"say which: {self.name}(x, dim={dim})",
        )  # fmt: skip
        return dim

    def apply(self, handles: Sequence[Handle], params: tuple[Any, ...]) -> Any:
        """Compute, and record if recording is on and a gradient is wanted."""
        (x,), (dim,) = handles, params
        out = self._run("forward", (x.array,), dim, x.array)
        handle = wrap(x.result_class, out)
        if is_grad_enabled() and x.node is not None and x.node.wants:
            saved = tuple([out if origin < 0 else x.array for origin in self.origins])
            handle.node = Node(
                self, (x.node,), saved, params, next_age(), here(2), out.shape, out.dtype,
                handle.cell,
            )  # fmt: skip
        return handle

    def replay(self, node: Node, handles: Sequence[Handle]) -> Handle:
        """The same operation on other handles."""
        return self.apply(handles, node.params)  # type: ignore[no-any-return]

    def _run(self, direction: str, arrays: Sequence[Any], dim: int, whole: Any) -> Any:
        """A kernel over rows, whatever dimension they lie along.

        Parameters
        ----------
        direction : str
            "forward" or "backward".
        arrays : sequence
            What the kernel reads; those with one number for a row have size 1 along `dim`.
        dim : int
            Where the rows lie.
        whole
            The array that has whole rows.
        """
        if whole.dtype.char not in DTYPE_NAMES:
            raise DtypeError(
                f"{self.name} of {whole.dtype}", "no kernel", "convert first: x.float()"
            )
        backend = backend_of(whole)
        xp = backend.xp
        moved = _last(whole, dim).shape
        width = moved[-1] if moved else 1
        height = math.prod(moved[:-1])
        turned = [xp.ascontiguousarray(_last(a, dim)) for a in arrays]
        rows = [a.reshape(height, a.shape[-1] if a.ndim else 1) for a in turned]
        columns = 1 if self.column and direction == "forward" else width
        out = xp.empty((height, columns), whole.dtype)
        if height and width:
            kernel, slots = self._kernel(backend, direction, whole.dtype)
            scratch = xp.empty((height, slots, width), whole.dtype)
            backend.run_rows(kernel, height, width, (*rows, scratch, out))
        return _back(out.reshape((*moved[:-1], columns) if moved else ()), dim)

    def _kernel(self, backend: Any, direction: str, dtype: Any) -> tuple[Any, int]:
        """The kernel, and how many rows of scratch each row needs."""
        known = self._kernels.get((direction, dtype))
        if known is None:
            text, slots = self._text(backend.name, DTYPE_NAMES[dtype.char], direction)
            known = self._kernels[direction, dtype] = backend.load(text), slots
        return known

    def pull_node(self, g: Any, node: Node, create: bool, kind: Any) -> tuple[Any, ...]:
        """The share of the input."""
        (dim,), saved = node.params, self.kept(node)
        assert self.pull_formula is not None
        if not create:
            # An operation that makes one number of a row keeps its input, which has whole rows.
            return (self._run("backward", (g, *saved), dim, saved[0] if self.column else g),)
        handles = [
            wrap(kind, array, node if origin < 0 else node.inputs[0])
            for array, origin in zip(saved, self.origins, strict=True)
        ]
        last = g.array.ndim - 1
        if last < 0:
            row = self.pull_formula.function(*(unsqueeze(h, 0) for h in (g, *handles)))
            return (squeeze(row),)
        turned = [transpose(h, dim, last) for h in (g, *handles)]
        return (transpose(self.pull_formula.function(*turned), dim, last),)

    # ---- kernels as text ------------------------------------------------------------------------

    def forward_text(self, device: str, dtype: str) -> Text:
        """The kernel that computes rows."""
        return self._text(device, dtype, "forward")[0]

    def backward_text(self, device: str, dtype: str) -> Text:
        """The kernel of the way back."""
        return self._text(device, dtype, "backward")[0]

    def _text(self, device: str, dtype: str, direction: str) -> RowText:
        name = f"{self.name}_{direction}"
        if direction == "forward":
            return row_kernel(name, device, dtype, self.formula, ["x"])
        formula = self.pull_formula
        assert formula is not None
        columns = ("g", "y") if self.column else ()
        return row_kernel(name, device, dtype, formula, ["g", *self.saves], columns)


def _last(array: Any, dim: int) -> Any:
    """The array with its rows along the last axis."""
    return array.swapaxes(dim, -1) if array.ndim > 1 and dim != array.ndim - 1 else array


def _back(array: Any, dim: int) -> Any:
    """`_last` undone."""
    return array.swapaxes(dim, -1).copy() if array.ndim > 1 and dim != array.ndim - 1 else array
