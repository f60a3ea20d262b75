"""How exact is exact: an operation's value, slope and second slope, held to its textbook.

float64: value and slope within 1e-12 of the truth, relative, for results of at least 1e-290; the
second slope within 1e-9, for results of at least 1e-30. float32: value and slope within 4 ulp of
the truth for the very number that was given, or within the `Bound` that the block states. Within
1e-3 of a zero crossing of the result: within 4 eps of the largest term instead.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
from oracle import UndefinedError, evaluate, evaluate_row, largest_terms
from samples import SURROGATES, points

import tinygradx as tgx
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.rowwise import Rowwise

Array = np.ndarray[Any, Any]

VALUE, SLOPE, SECOND = 0, 1, 2
ULP = 4.0
EPS = 4.0
CROSSING = 1e-3
#: float32 results below this are as small, but may have lost digits to a subnormal factor: those
#: begin at 1e-38, and inputs go up to 700.
LEAST32 = 1e-35


class Look(NamedTuple):
    """One number to check: of which order, along which inputs."""

    order: int
    along: tuple[int, int]


def looks(op: Elementwise, order: int) -> list[Look]:
    """What there is to check of an operation at one order."""
    floats = [i for i, flag in enumerate(op.flags) if not flag]
    if order == VALUE:
        return [Look(VALUE, (floats[0], floats[0]))]
    if order == SLOPE:
        return [Look(SLOPE, (i, i)) for i in floats]
    return [Look(SECOND, (i, j)) for i in floats for j in floats if i <= j]


# ---- what the library says ----------------------------------------------------------------------


def computed(
    op: Elementwise, arrays: list[Array], params: dict[str, float], order: int
) -> dict[Look, Array]:
    """Values; slopes by the kernels of the way back; second slopes by the recorded one."""
    inputs = [tgx.tensor(a, requires_grad=order > VALUE and a.dtype.kind == "f") for a in arrays]
    out = op(*inputs, **params)
    if order == VALUE:
        return {looks(op, VALUE)[0]: out.numpy()}
    if order == SLOPE:
        out.backward(tgx.ones_like(out))
        return {look: inputs[look.along[0]].grad.numpy() for look in looks(op, SLOPE)}
    wanted = [i for i, x in enumerate(inputs) if x.requires_grad]
    sources = [inputs[i] for i in wanted]
    found = {}
    slopes = tgx.autograd.grad(out, sources, tgx.ones_like(out), create_graph=True)
    for i, slope in zip(wanted, slopes, strict=True):
        for j, array in zip(wanted, _again(slope, sources), strict=True):
            if i <= j:
                found[Look(SECOND, (i, j))] = array
    return found


def _again(slope: Any, sources: list[Any]) -> list[Array]:
    """The slopes of a slope; zeros where it depends on nothing."""
    if not slope.requires_grad:
        return [np.zeros(slope.shape, slope.dtype) for _ in sources]
    found = tgx.autograd.grad(
        slope, sources, tgx.ones_like(slope), retain_graph=True, materialize_grads=True
    )
    return [g.detach().numpy() for g in found]


# ---- what is true -------------------------------------------------------------------------------


class Truth(NamedTuple):
    """An operation's points, and the truth there: nan where the textbook is undefined."""

    arrays: list[Array]
    params: dict[str, float]
    values: dict[Look, Array]


def truth(op: Elementwise, dtype: Any, settings: tuple[tuple[str, float], ...] = ()) -> Truth:
    """The truth about an operation at its sample points, of all three orders."""
    return _truth(op, dtype, settings)


@functools.cache
def _truth(op: Elementwise, dtype: Any, settings: tuple[tuple[str, float], ...]) -> Truth:
    params = dict(settings)
    arrays = points(op, dtype, params)
    exact = exact_settings(op, dtype, params)
    pairs = [look.along for look in looks(op, SECOND)]
    size = arrays[0].size
    values = {look: np.full(size, np.nan) for n in range(3) for look in looks(op, n)}
    for place in range(size):
        point = {name: a[place].item() for name, a in zip(op.inputs, arrays, strict=True)}
        for i, j in pairs:
            try:
                found = at_point(op, point, exact, (op.inputs[i], op.inputs[j]))
            except UndefinedError:
                continue
            if i == j:
                values[Look(SLOPE, (i, i))][place] = _float(found[1])
            values[Look(SECOND, (i, j))][place] = _float(found[2])
            if (i, j) == pairs[0]:
                values[Look(VALUE, (i, j))][place] = _float(found[0])
    return Truth(arrays, params, values)


def exact_settings(op: Elementwise, dtype: Any, params: dict[str, float]) -> dict[str, float]:
    """Settings as a kernel of this dtype gets them."""
    every = dict(zip(op.settings, op.defaults, strict=True)) | params
    return {name: float(dtype(value)) for name, value in every.items()}


def at_point(
    op: Elementwise, point: dict[str, Any], params: dict[str, float], along: tuple[str, str]
) -> tuple[Any, Any, Any]:
    """Value, slope and second slope that an operation is meant to have."""
    value, slope, second = evaluate(op.textbook, point, params, along)
    if op.name in SURROGATES:
        slope, second, _ = evaluate(SURROGATES[op.name], point, params, along)
    return value, slope, second


def _float(x: Any) -> float:
    return float(x)  # beyond the largest float: inf


# ---- the comparison -----------------------------------------------------------------------------


def tolerance(true: Array, dtype: Any, order: int) -> Array:
    """The absolute error allowed at each point; zero crossings and bounds stated aside."""
    size = np.abs(true)
    if dtype is np.float64:
        relative, least = (1e-12, 1e-290) if order < SECOND else (1e-9, 1e-30)
        # Below `least` nothing is promised but that the result is as small.
        return np.where(size >= least, relative * size, least)
    if order == SECOND:  # promised to nobody: this finds wrong formulas, not lost digits
        return 1e-3 * size + 1e-6
    with np.errstate(over="ignore"):
        spacing = np.spacing(np.maximum(size, LEAST32).astype(np.float32))
    return ULP * spacing.astype(np.float64)


class Miss(NamedTuple):
    """A result that is not the truth."""

    look: Look
    point: tuple[float, ...]
    got: float
    true: float
    error: float


def misses(
    op: Elementwise, known: Truth, got: dict[Look, Array], dtype: Any, order: int
) -> list[Miss]:
    """Every place where an operation is further off than it may be; worst first."""
    found = []
    largest = float(np.finfo(dtype).max)
    for look in looks(op, order):
        true, mine = known.values[look], got[look].astype(np.float64)
        with np.errstate(invalid="ignore", over="ignore"):
            rounded = true.astype(dtype).astype(np.float64)
            allowed = tolerance(true, dtype, order)
            near = np.abs(mine - true) <= allowed
            # Beyond the largest number there is infinity, or the largest number but for rounding.
            over = np.isinf(rounded) & (np.sign(mine) == np.sign(true))
            near |= over & (np.abs(mine) >= largest * (1.0 - 1e-6))
            # Where the value has overflowed, or the slope almost has, it may be infinite.
            lost = np.abs(known.values[looks(op, VALUE)[0]]) > largest
            lost |= np.abs(true) > largest * (1.0 - 1e-6)
            near |= lost & (mine == np.sign(true) * np.inf)
            wrong = ~near & ~np.isnan(true)
        for place in np.flatnonzero(wrong):
            point = tuple(float(a[place]) for a in known.arrays)
            error = abs(mine[place] - true[place])
            if not excused(op, known, place, look, dtype, error):
                found.append(Miss(look, point, mine[place], true[place], error / allowed[place]))
    return sorted(found, key=lambda miss: -miss.error)


def excused(
    op: Elementwise, known: Truth, place: int, look: Look, dtype: Any, error: float
) -> bool:
    """Whether a larger error was announced: beside a zero crossing, or by the block's own bound.

    Either way it stays within 4 eps of the largest term, so that a wide bound, which is needed
    where terms cancel, hides nothing elsewhere.
    """
    point = {n: a[place].item() for n, a in zip(op.inputs, known.arrays, strict=True)}
    params = exact_settings(op, dtype, known.params)
    along = (op.inputs[look.along[0]], op.inputs[look.along[1]])
    if not _announced(op, known, place, look, dtype, error) and not crosses(
        op, point, params, along, look.order
    ):
        return False
    text = op.textbook if look.order == VALUE else SURROGATES.get(op.name, op.textbook)
    order = look.order - (text is not op.textbook)
    term = largest_terms(text, point, params, along)[order]
    return error <= EPS * float(np.finfo(dtype).eps) * max(term, LEAST32)


def _announced(
    op: Elementwise, known: Truth, place: int, look: Look, dtype: Any, error: float
) -> bool:
    """Whether the block states a float32 bound that covers the error."""
    if dtype is not np.float32 or op.float32 is None:
        return False
    true = known.values[look][place]
    return error <= op.float32.ulp * float(np.spacing(np.float32(abs(true))))


def crosses(
    op: Elementwise,
    point: dict[str, Any],
    params: dict[str, float],
    along: tuple[str, str],
    order: int,
) -> bool:
    """Whether the result changes its sign within 1e-3 of a point, along any input."""
    for name, value in point.items():
        if isinstance(value, bool):
            continue
        signs = set()
        for away in (-CROSSING, 0.0, CROSSING):
            try:
                found = at_point(op, point | {name: value + away}, params, along)[order]
            except UndefinedError:
                continue
            signs.add((found > 0) - (found < 0))
        if len(signs) > 1:
            return True
    return False


def report(op: Elementwise, found: list[Miss], count: int = 5) -> str:
    """The worst misses, in words."""
    lines = [f"{op.name}: {len(found)} results are not the textbook's, {op.textbook}"]
    for miss in found[:count]:
        point = ", ".join(f"{n}={x!r}" for n, x in zip(op.inputs, miss.point, strict=True))
        lines.append(
            f"  {miss.look} at {point}: got {miss.got!r}, true {miss.true!r}, "
            f"{miss.error:.3g} times what is allowed"
        )
    return "\n".join(lines)


# ---- rows ---------------------------------------------------------------------------------------


def _row_truth(op: Rowwise, row: list[float]) -> tuple[Any, Any, Any]:
    """Values, the matrix of slopes and the array of second slopes of a row, exactly."""
    n, m = len(row), 1 if op.column else len(row)
    value, slope, second = np.zeros(m), np.zeros((m, n)), np.zeros((m, n, n))
    for i in range(m):
        for j in range(n):
            for k in range(j, n):
                a, b, c = evaluate_row(op.textbook, row, i, (j, k))
                value[i], slope[i, j] = float(a), float(b)
                second[i, j, k] = second[i, k, j] = float(c)
            slope[i, j] = float(evaluate_row(op.textbook, row, i, (j, j))[1])
    return value, slope, second


def _row_computed(op: Rowwise, row: list[float], dtype: Any, dim: int) -> tuple[Any, Any, Any]:
    """The same three as the library has them, with the row along `dim` of three dimensions."""
    n, m = len(row), 1 if op.column else len(row)
    shape = [3, 3, 3]
    shape[dim] = n
    array = np.zeros(shape, dtype)
    at = [1, 2, 0]
    at[dim] = slice(None)
    array[tuple(at)] = row
    slope, second = np.zeros((m, n), dtype), np.zeros((m, n, n), dtype)
    for i in range(m):
        x = tgx.tensor(array, requires_grad=True)
        y = op(x, dim)
        value = y.detach().numpy()[tuple(at)]
        start = np.zeros(y.shape, dtype)
        start[tuple(at)] = np.eye(m, dtype=dtype)[i]
        slope[i] = tgx.autograd.grad(y, x, tgx.tensor(start), retain_graph=True)[0].numpy()[
            tuple(at)
        ]
        (first,) = tgx.autograd.grad(y, x, tgx.tensor(start), create_graph=True)
        for j in range(n):
            if first.requires_grad:
                again = np.zeros(shape, dtype)
                again[tuple(at)] = np.eye(n, dtype=dtype)[j]
                (g,) = tgx.autograd.grad(first, x, tgx.tensor(again), retain_graph=True)
                second[i, j] = g.numpy()[tuple(at)]
    return value, slope, second


def rows_agree(op: Rowwise, row: list[float], dtype: Any, dim: int) -> None:
    """Fail where an operation along an axis is not what its textbook says, to second order."""
    row = [float(dtype(x)) for x in row]
    exact, got = _row_truth(op, row), _row_computed(op, row, dtype, dim)
    eps, least = np.finfo(dtype).eps, 1e-290 if dtype is np.float64 else 1e-35
    for order, (a, b) in enumerate(zip(got, exact, strict=True)):
        relative = 1e-9 if order == SECOND else 1e-12
        if dtype is np.float32:
            # x - max is rounded, and e to that power has |x - max| times its error.
            relative = (4.0 + max(row) - min(row)) * eps
        # Second slopes are sums over the row: within 4 eps of the largest term.
        least_of_order = 4.0 * eps if order == SECOND else least
        np.testing.assert_allclose(a, b, relative, least_of_order, err_msg=f"order {order}")
