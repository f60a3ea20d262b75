"""The numbers of a curve: an activation and its slope at many points, and where they jump.

The block says both: its formula and its slope are run on tensors of float64. That takes the few
kernels that formulas share instead of two for each activation: for all of them 13 instead of 55,
which the first time are compiled in 3.5 seconds instead of 17.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygradx.autograd import grad
from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.graph import Handle, no_grad
from tinygradx.ops import activations as catalogue
from tinygradx.ops.activations import ACTIVATIONS
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.promotion import slope_dtype
from tinygradx.ops.rowwise import Rowwise
from tinygradx.tensor import Tensor, from_numpy

Array = np.ndarray[Any, np.dtype[np.float64]]
#: From points to values and slopes; None where nothing was recorded, so that there is no slope.
Evaluate = Callable[[Array], tuple[Array, Array | None]]

POINTS = 401
DOMAIN = (-4.0, 4.0)  # of a function that does not say where it is worth looking at
HELD = {"weight": 0.25}  # what a second input is held at, as nn.PReLU begins; 1 for all others
HALVINGS = 64  # from one point to the next, down to neighbouring floats
MANY = 50  # jumps: a function that has more is random, or has no line at all
JUMP = 1e-6  # what is left of a step between neighbouring floats, as a part of the curve's height


class Subject(NamedTuple):
    """What is to be drawn.

    Attributes
    ----------
    name : str
    textbook : str
        The definition as the block states it; empty where no block is behind it.
    held : str
        In words, what else the numbers depend on: settings, other inputs, the rest of a row.
    domain : tuple of float
        Where to look at it.
    evaluate : callable
        From points to values and slopes.
    """

    name: str
    textbook: str
    held: str
    domain: tuple[float, float]
    evaluate: Evaluate


class Jump(NamedTuple):
    """A place where a line breaks: its values before, on and behind; nan where it has none."""

    place: float
    before: float
    on: float
    behind: float


class Line(NamedTuple):
    """Points to draw; at a jump the same x stands three times: before, nan, behind."""

    x: Array
    y: Array
    jumps: tuple[Jump, ...]


class Curve(NamedTuple):
    """A subject as lines."""

    subject: Subject
    value: Line
    slope: Line | None


def curve(subject: Subject, domain: tuple[float, float] | None = None) -> Curve:
    """The lines of a subject.

    Parameters
    ----------
    subject : Subject
        What to draw.
    domain : tuple of float, optional
        The first and the last x; the subject's own when left out.
    """
    first, last = _checked_domain(subject, subject.domain if domain is None else domain)
    x = np.linspace(first, last, POINTS)
    value, slope = subject.evaluate(x)
    if not np.isfinite(value).any():
        raise ArgumentError(
            f"plot {subject.name} from {first:g} to {last:g}",
            "no finite value there", "choose another domain=(first, last)",
        )  # fmt: skip
    value_jumps = _jumps(lambda at: subject.evaluate(at)[0], x, value)
    if slope is None:
        return Curve(subject, _broken(x, value, value_jumps), None)
    slope_jumps = _jumps(lambda at: _slope(subject, at), x, slope)
    # A kink of the value is where its slope jumps: a point there keeps the corner sharp.
    kinks = np.array([jump.place for jump in slope_jumps])
    x_value = np.union1d(x, kinks)
    value, _ = subject.evaluate(x_value)
    value_line = _broken(x_value, value, value_jumps)
    return Curve(subject, value_line, _broken(x, slope, slope_jumps))


def _checked_domain(subject: Subject, domain: Any) -> tuple[float, float]:
    """Two finite numbers, the first below the last."""
    try:
        first, last = (float(end) for end in domain)
    except (TypeError, ValueError):
        first, last = np.nan, np.nan
    if not (np.isfinite([first, last]).all() and first < last):
        raise ArgumentError(
            f"plot {subject.name} with domain={domain!r}",
            "not two finite numbers, the smaller first", "pass two, as in domain=(-4.0, 4.0)",
        )  # fmt: skip
    return first, last


# ---- what to draw -------------------------------------------------------------------------------


def find_subject(function: Any, settings: dict[str, Any]) -> Subject:
    """What a name, an operation, a layer or a function of one tensor stands for.

    Parameters
    ----------
    function : str or callable
        The name of an activation, or something to call with a tensor.
    settings : dict
        What else to call it with.
    """
    asked = f"plot {function if isinstance(function, str) else _name(function)}"
    if isinstance(function, str):
        block = ACTIVATIONS[function]
        # `approximate` of gelu and `surrogate` of step choose between blocks.
        wrapper = getattr(catalogue, function, None)
        function = block
        if not settings.keys() <= {*block.settings, *block.inputs[1:]} and callable(wrapper):
            function = wrapper
    if isinstance(function, Elementwise):
        return _elementwise(function, settings, asked)
    if isinstance(function, Rowwise):
        _no_settings(function, settings, asked)
        return _rowwise(function)
    if callable(function):
        return _called(function, settings, asked)
    raise DtypeError(
        asked, f"a {type(function).__name__}",
        "pass the name of an activation, such as 'relu', or a function of one tensor",
    )  # fmt: skip


def _name(function: Any) -> str:
    """What a function or a layer is called."""
    return str(getattr(function, "__name__", None) or type(function).__name__)


def _words(pairs: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in pairs.items())


def _elementwise(op: Elementwise, settings: dict[str, Any], asked: str) -> Subject:
    """A block, its first input varied, the others held."""
    names = [*op.inputs[1:], *op.settings]
    strange = [name for name in settings if name not in names]
    if strange:
        raise ArgumentError(
            asked, f"a setting {strange[0]!r}",
            f"use {', '.join(names)}" if names else f"{op.name} has no settings; leave it out",
        )  # fmt: skip
    given = {name: HELD.get(name, 1.0) for name in op.inputs[1:]}
    given |= dict(zip(op.settings, op.defaults, strict=True))
    for name, value in settings.items():
        try:
            given[name] = float(value)
        except (TypeError, ValueError):
            raise ArgumentError(
                asked, f"{name}={value!r}", f"pass a number, such as {name}={given[name]:g}"
            ) from None
    held = [given[name] for name in op.inputs[1:]]
    params = tuple(given[name] for name in op.settings)

    def evaluate(x: Array) -> tuple[Array, Array | None]:
        with no_grad():
            operands = [from_numpy(points) for points in (x, *(np.full_like(x, v) for v in held))]
            value = _by_formula(op, operands, params)
            if not op.differentiable() or op.slope_formula is None:
                return _numbers(value, x), None
            names: dict[str, Any] = dict(zip(op.inputs, operands, strict=True))
            names |= dict(zip(op.settings, params, strict=True))
            names.setdefault("y", value)
            slope = op.slope_formula
            token = slope_dtype.set(x.dtype)  # or 0.3 in its text would be of the default dtype
            try:
                partials = slope.function(*(names[name] for name in slope.parameters))
            finally:
                slope_dtype.reset(token)
            first = partials[0] if op.arity > 1 else partials
            return _numbers(value, x), _numbers(first, x)

    # Every other input, and the settings that the definition speaks of or that were given.
    spoken = {*op.inputs, *settings, *re.findall(r"[^\W\d]\w*", op.textbook)}
    said = {name: value for name, value in given.items() if name in spoken}
    return Subject(op.name, op.textbook, _words(said), op.domain, evaluate)


def _by_formula(op: Elementwise, operands: list[Any], params: tuple[float, ...]) -> Any:
    """The value by the formula, run on tensors; by its kernel where only a kernel can."""
    if not op.formula.branches():
        try:
            return op.formula.function(*operands, *params)
        except Exception:  # the formula uses what only a kernel understands, as machine.tanh
            pass
    return op.apply(operands, params)


def _rowwise(op: Rowwise) -> Subject:
    """A block along rows: of each row the first element is varied, the others are 0."""
    zeros = 1 if op.column else 2  # the larger of (x, 0); softmax of (x, 0) would be sigmoid

    def evaluate(x: Array) -> tuple[Array, Array | None]:
        with no_grad():
            rows = np.zeros((len(x), 1 + zeros))
            rows[:, 0] = x
            tensor = from_numpy(rows)
            value = op.formula.function(tensor)
            g = np.zeros(value.shape)
            g[:, 0] = 1.0
            names = {"g": from_numpy(g), "x": tensor, "y": value}
            pull = op.pull_formula
            assert pull is not None
            share = pull.function(*(names[name] for name in pull.parameters))
            return value.numpy()[:, 0], share.numpy()[:, 0]

    row = ", ".join(["x"] + ["0"] * zeros)
    held = f"of the row ({row})" if op.column else f"first of the row ({row})"
    return Subject(op.name, op.textbook, held, op.domain, evaluate)


def _called(function: Callable[..., Any], settings: dict[str, Any], asked: str) -> Subject:
    """A function or a layer; the block behind it, where it is a single one of one input."""
    x = from_numpy(np.zeros(1)).requires_grad_()
    y = _call(function, settings, x, asked)
    node = y.grad_fn
    if node is not None and len(node.inputs) == 1 and node.inputs[0] is x.node:
        if isinstance(node.op, Rowwise):
            return _rowwise(node.op)
        if isinstance(node.op, Elementwise):
            return _elementwise(
                node.op, dict(zip(node.op.settings, node.params, strict=True)), asked
            )

    def evaluate(points: Array) -> tuple[Array, Array | None]:
        x = from_numpy(points).requires_grad_()
        y = _call(function, settings, x, asked)
        if y.grad_fn is None:
            return _numbers(y.detach(), points), None
        (slope,) = grad(y.sum(), x, materialize_grads=True)  # puts nothing into anybody's .grad
        return _numbers(y.detach(), points), _numbers(slope, points)

    chosen = ", ".join(f"{name} = {value}" for name, value in settings.items())
    return Subject(_name(function), "", chosen, DOMAIN, evaluate)


def _call(function: Callable[..., Any], settings: dict[str, Any], x: Tensor, asked: str) -> Any:
    """What the function makes of a tensor: one number for each."""
    y = function(x, **settings)
    if not isinstance(y, Handle):
        raise DtypeError(asked, f"it answers a {type(y).__name__}", "answer a tensor")
    if y.array.shape != x.array.shape:
        raise ShapeError(
            asked, f"{x.array.size} numbers become a tensor of shape {y.array.shape}",
            "pass a function that makes one number of each",
        )  # fmt: skip
    return y


def _no_settings(op: Rowwise, settings: dict[str, Any], asked: str) -> None:
    if settings:
        raise ArgumentError(
            asked, f"a setting {next(iter(settings))!r}",
            f"leave it out: {op.name} is drawn for one row",
        )  # fmt: skip


def _numbers(value: Any, x: Array) -> Array:
    """A tensor or a number as one number for each x."""
    array = value.array if isinstance(value, Handle) else value
    return np.broadcast_to(np.asarray(array, np.float64), x.shape)


def _slope(subject: Subject, x: Array) -> Array:
    slope = subject.evaluate(x)[1]
    assert slope is not None
    return slope


# ---- where a line breaks ------------------------------------------------------------------------


def _jumps(evaluate: Callable[[Array], Array], x: Array, y: Array) -> tuple[Jump, ...]:
    """Where a function jumps.

    Every interval between points is halved, towards where most of its step is, until neighbouring
    floats are reached. The step of a continuous function has vanished by then; that of a jump is
    left, and that of a pole has grown.
    """
    ends = (x[:-1], x[1:], y[:-1], y[1:])
    finite = y[np.isfinite(y)]
    # Of a line that is level but for rounding, the height is that of its own digits.
    height = float(np.ptp(finite) + 1e-6 * np.abs(finite).max()) if finite.size else 1.0
    with np.errstate(all="ignore"):
        first_steps = np.abs(y[1:] - y[:-1])
        for _ in range(HALVINGS):
            left_over = np.abs(ends[3] - ends[2]) > JUMP * height
            low, high, at_low, at_high = (end[left_over] for end in ends)
            first_steps = first_steps[left_over]
            if not low.size:
                return ()
            middle = 0.5 * (low + high)
            at_middle = evaluate(middle)
            left = np.abs(at_middle - at_low) > np.abs(at_high - at_middle)
            ends = (
                np.where(left, low, middle), np.where(left, middle, high),
                np.where(left, at_low, at_middle), np.where(left, at_middle, at_high),
            )  # fmt: skip
        last_steps = np.abs(ends[3] - ends[2])
    if low.size > MANY:
        return ()
    found: dict[float, Jump] = {}
    for first, last, step, in_the_end in zip(*ends[:2], first_steps, last_steps, strict=True):
        if not in_the_end > JUMP * height:
            continue
        place = _roundest(float(first), float(last))
        # The step at a pole grows: it has no sides.
        if not np.isfinite(step) or not in_the_end <= 4.0 * step + JUMP * height:
            found[place] = Jump(place, np.nan, np.nan, np.nan)
            continue
        before = min(float(first), np.nextafter(place, -np.inf))
        behind = max(float(last), np.nextafter(place, np.inf))
        sides = evaluate(np.array([before, place, behind]))
        found[place] = Jump(place, *(float(side) for side in sides))
    return tuple(found.values())


def _roundest(low: float, high: float) -> float:
    """Of the floats in a tiny interval the one that somebody would have written."""
    middle = 0.5 * (low + high)
    written = [low, high, *(round(middle, digits) + 0.0 for digits in (3, 6, 9, 12))]
    return min((v for v in written if low <= v <= high), key=lambda v: len(repr(v)))


def _broken(x: Array, y: Array, jumps: tuple[Jump, ...]) -> Line:
    """A line that stops before each jump and goes on behind it, without a ramp between."""
    places = [jump.place for jump in jumps]
    keep = ~np.isin(x, places)
    x, y = x[keep], np.where(np.isfinite(y[keep]), y[keep], np.nan)
    for jump in jumps:
        at = int(np.searchsorted(x, jump.place))
        x = np.insert(x, at, [jump.place] * 3)
        y = np.insert(y, at, [jump.before, np.nan, jump.behind])
    return Line(x, y, jumps)
