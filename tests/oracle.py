"""The textbook oracle: what a block's `textbook` string is, to 50 digits and more.

A textbook is evaluated on numbers of mpmath that carry derivatives with them, so that value, slope
and second slope come from one evaluation and are exact: no finite difference is taken. Where terms
cancel or drown in each other, the evaluation notices how many digits that cost and is repeated with
as many more. (`log(1 + exp(-700))` takes 350 digits; at 50 it is 0, and so it is at 80.)
"""

from __future__ import annotations

import ast
import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import mpmath

mp = mpmath.mp.clone()

DIGITS = 50
#: Enough for any sum whose result is a float64 of at least 1e-290: terms up to 1e308 beside it.
MOST_DIGITS = 750
BITS = 3.3219280948873626


class UndefinedError(Exception):
    """The textbook has no real, finite value at a point."""


class _Lost:
    """Bits that sums have cost since the last reset."""

    absorbed = 0  # the widest gap between two terms that were added
    cancelled = 0  # leading bits that went, over all sums


def _magnitude(x: Any) -> int:
    _, _, exponent, bits = x._mpf_
    return int(exponent + bits)


def _add(a: Any, b: Any) -> Any:
    """a + b, with a note of what the sum cost."""
    if not a:
        return b
    if not b:
        return a
    total = a + b
    if isinstance(total, mp.mpf):
        left, right = _magnitude(a), _magnitude(b)
        _Lost.absorbed = max(_Lost.absorbed, abs(left - right))
        _Lost.cancelled += max(left, right) - _magnitude(total) if total else mp.prec
    return total


def _mul(a: Any, b: Any) -> Any:
    return a * b if a and b else ZERO


ZERO = mp.mpf(0)
ONE = mp.mpf(1)


class Term:
    """A number that remembers the size of the largest term in the sums that made it."""

    __slots__ = ("scale", "value")

    def __init__(self, value: Any, scale: Any) -> None:
        self.value, self.scale = value, max(scale, abs(value))

    def __bool__(self) -> bool:
        return bool(self.value) or bool(self.scale)

    def __add__(self, other: Any) -> Term:
        other = _term(other)
        return Term(self.value + other.value, max(self.scale, other.scale))

    def __mul__(self, other: Any) -> Term:
        other = _term(other)
        scale = max(self.scale * abs(other.value), abs(self.value) * other.scale)
        return Term(self.value * other.value, scale)

    def __neg__(self) -> Term:
        return Term(-self.value, self.scale)

    __radd__, __rmul__ = __add__, __mul__


def _term(x: Any) -> Term:
    return x if isinstance(x, Term) else Term(x, abs(x))


def _plain(x: Any) -> Any:
    return x.value if isinstance(x, Term) else x


class Dual:
    """A number with its derivatives in two directions: `v + a e1 + b e2 + ab e1 e2`."""

    __slots__ = ("a", "ab", "b", "v")

    def __init__(self, v: Any, a: Any = ZERO, b: Any = ZERO, ab: Any = ZERO) -> None:
        self.v, self.a, self.b, self.ab = v, a, b, ab

    def __add__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return Dual(_add(self.v, mp.mpf(other)), self.a, self.b, self.ab)
        return Dual(
            _add(self.v, other.v), _add(self.a, other.a), _add(self.b, other.b),
            _add(self.ab, other.ab),
        )  # fmt: skip

    def __mul__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            c = mp.mpf(other)
            return Dual(_mul(self.v, c), _mul(self.a, c), _mul(self.b, c), _mul(self.ab, c))
        return Dual(
            _mul(self.v, other.v),
            _add(_mul(self.a, other.v), _mul(self.v, other.a)),
            _add(_mul(self.b, other.v), _mul(self.v, other.b)),
            _add(
                _add(_mul(self.ab, other.v), _mul(self.v, other.ab)),
                _add(_mul(self.a, other.b), _mul(self.b, other.a)),
            ),
        )

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Dual:
        return Dual(-self.v, -self.a, -self.b, -self.ab)

    def __pos__(self) -> Dual:
        return self

    def __sub__(self, other: Any) -> Dual:
        return self + (-other)

    def __rsub__(self, other: Any) -> Dual:
        return -self + other

    def __truediv__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            found = self * _reciprocal(other)
            if isinstance(self.v, mp.mpf) and isinstance(other.v, mp.mpf):
                found.v = self.v / other.v  # rounded once: a whole quotient stays whole
            return found
        return self * (1 / mp.mpf(other))

    def __rtruediv__(self, other: Any) -> Dual:
        return _reciprocal(self) * other

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, int):
            return functools.reduce(operator.mul, [self] * other)
        if _plain(self.v) <= 0:
            raise UndefinedError("a power of a number that is not positive")
        return exp(log(self) * other)

    def __rpow__(self, other: Any) -> Any:
        return exp(self * mp.log(other))

    def __abs__(self) -> Dual:
        return -self if _plain(self.v) < 0 else self

    def __bool__(self) -> bool:
        return bool(_plain(self.v))

    def _compare(self, other: Any, how: Callable[[Any, Any], bool]) -> bool:
        return how(_plain(self.v), _plain(other.v) if isinstance(other, Dual) else other)

    def __lt__(self, other: Any) -> bool:
        return self._compare(other, operator.lt)

    def __le__(self, other: Any) -> bool:
        return self._compare(other, operator.le)

    def __gt__(self, other: Any) -> bool:
        return self._compare(other, operator.gt)

    def __ge__(self, other: Any) -> bool:
        return self._compare(other, operator.ge)

    def __eq__(self, other: object) -> bool:
        return self._compare(other, operator.eq)

    def __ne__(self, other: object) -> bool:
        return self._compare(other, operator.ne)

    __hash__ = None  # type: ignore[assignment]


def _through(u: Dual, f: Any, f1: Any, f2: Any) -> Dual:
    """f(u), from the value and two derivatives of f at u's value."""
    for number in (f, f1, f2):
        if not isinstance(number, mp.mpf) or not mp.isfinite(number):
            raise UndefinedError("no real, finite value")
    if isinstance(u.v, Term):
        f, f1 = Term(f, abs(f1) * u.v.scale), Term(f1, abs(f2) * u.v.scale)
    ab = _add(_mul(f1, u.ab), _mul(f2, _mul(u.a, u.b)))
    return Dual(f, _mul(f1, u.a), _mul(f1, u.b), ab)


def _function(rule: Callable[[Any], tuple[Any, Any, Any]]) -> Callable[[Any], Any]:
    """A function of the textbook, from the rule for its value and its first two derivatives."""

    @functools.wraps(rule)
    def function(u: Any) -> Any:
        if not isinstance(u, Dual):
            return rule(mp.mpf(u))[0]
        try:
            return _through(u, *rule(_plain(u.v)))
        except (ZeroDivisionError, ValueError) as error:
            raise UndefinedError(str(error)) from None

    return function


@_function
def _reciprocal(v):
    r = 1 / v
    return r, -r * r, 2 * r * r * r


@_function
def exp(v):
    e = mp.exp(v)
    return e, e, e


@_function
def log(v):
    return mp.log(v), 1 / v, -1 / (v * v)


@_function
def sqrt(v):
    root = mp.sqrt(v)
    return root, 1 / (2 * root), -1 / (4 * root * v)


@_function
def sin(v):
    c, s = mp.cos_sin(v)
    return s, c, -s


@_function
def cos(v):
    c, s = mp.cos_sin(v)
    return c, -s, -c


@_function
def tan(v):
    t = mp.tan(v)
    return t, 1 + t * t, 2 * t * (1 + t * t)


@_function
def asin(v):
    w = (1 - v) * (1 + v)
    return mp.asin(v), 1 / mp.sqrt(w), v / (w * mp.sqrt(w))


@_function
def acos(v):
    w = (1 - v) * (1 + v)
    return mp.acos(v), -1 / mp.sqrt(w), -v / (w * mp.sqrt(w))


@_function
def atan(v):
    w = 1 + v * v
    return mp.atan(v), 1 / w, -2 * v / (w * w)


@_function
def sinh(v):
    return mp.sinh(v), mp.cosh(v), mp.sinh(v)


@_function
def cosh(v):
    return mp.cosh(v), mp.sinh(v), mp.cosh(v)


@_function
def tanh(v):
    t, s = mp.tanh(v), mp.sech(v) ** 2
    return t, s, -2 * t * s


@_function
def asinh(v):
    w = 1 + v * v
    return mp.asinh(v), 1 / mp.sqrt(w), -v / (w * mp.sqrt(w))


@_function
def acosh(v):
    w = (v - 1) * (v + 1)
    return mp.acosh(v), 1 / mp.sqrt(w), -v / (w * mp.sqrt(w))


@_function
def atanh(v):
    w = (1 - v) * (1 + v)
    return mp.atanh(v), 1 / w, 2 * v / (w * w)


@_function
def erf(v):
    d = 2 / mp.sqrt(mp.pi) * mp.exp(-v * v)
    return mp.erf(v), d, -2 * v * d


@_function
def erfc(v):
    d = 2 / mp.sqrt(mp.pi) * mp.exp(-v * v)
    return mp.erfc(v), -d, 2 * v * d


@_function
def erfinv(v):
    if not -1 < v < 1:
        raise UndefinedError("erfinv outside of (-1, 1)")
    y = mp.erfinv(v)
    d = mp.sqrt(mp.pi) / 2 * mp.exp(y * y)
    return y, d, 2 * y * d * d


@_function
def lgamma(v):
    if v <= 0 and v == mp.floor(v):
        raise UndefinedError("a pole of the gamma function")
    return mp.log(abs(mp.gamma(v))), mp.psi(0, v), mp.psi(1, v)


def polygamma(order: Any, u: Any) -> Any:
    """The slope of log(gamma(u)) of an order from 1 on, which is called 0."""
    n = int(order)

    @_function
    def of_order(v):
        if v <= 0 and v == mp.floor(v):
            raise UndefinedError("a pole of the gamma function")
        return mp.psi(n, v), mp.psi(n + 1, v), mp.psi(n + 2, v)

    return of_order(u)


def _bessel(family: Any, sign: int, flip: int) -> Any:
    """A Bessel function of an order, with slopes by its recurrence and its equation.

    f(n)' is flip * f(n + 1) + n/x f(n); f(n)'' is (n*n/(x*x) - sign) f(n) - f(n)' / x.
    """

    def function(order: Any, u: Any) -> Any:
        n = mp.mpf(order)

        @_function
        def of_order(v):
            value = family(n, v)
            slope = flip * family(n + 1, v) + n / v * value
            return value, slope, (n * n / (v * v) - sign) * value - slope / v

        return of_order(u)

    return function


besseli = _bessel(mp.besseli, -1, 1)
besselj = _bessel(mp.besselj, 1, -1)
besselk = _bessel(mp.besselk, -1, -1)


def pcfd(order: Any, u: Any) -> Any:
    """Whittaker's parabolic cylinder function."""

    @_function
    def of_order(v):
        value = mp.pcfd(order, v)
        slope = v / 2 * value - mp.pcfd(order + 1, v)
        return value, slope, (v * v / 4 - order - mp.mpf(1) / 2) * value

    return of_order(u)


@_function
def floor(v):
    return mp.floor(v), ZERO, ZERO


@_function
def ceil(v):
    return mp.ceil(v), ZERO, ZERO


@_function
def trunc(v):
    return (mp.floor(v) if v > 0 else mp.ceil(v)), ZERO, ZERO


@_function
def nint(v):
    return mp.nint(v), ZERO, ZERO


@_function
def sign(v):
    return mp.sign(v), ZERO, ZERO


def atan2(y: Dual, x: Dual) -> Dual:
    """The angle of (x, y): atan of the smaller ratio, moved to its place."""
    vx, vy = _plain(x.v), _plain(y.v)
    if not vx and not vy:
        raise UndefinedError("the angle of the origin")
    if abs(vx) >= abs(vy):
        angle = atan(y / x)
        return angle if vx > 0 else angle + (mp.pi if vy >= 0 else -mp.pi)
    return -atan(x / y) + (mp.pi / 2 if vy > 0 else -mp.pi / 2)


def _largest(*values: Any) -> Any:
    best = values[0]
    for value in values[1:]:
        best = value if value > best else best
    return best


def _smallest(*values: Any) -> Any:
    best = values[0]
    for value in values[1:]:
        best = value if value < best else best
    return best


FUNCTIONS = {
    name: globals()[name]
    for name in "exp log sqrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh "
    "erf erfc erfinv lgamma polygamma besseli besselj besselk pcfd floor "
    "ceil trunc nint sign".split()
} | {"max": _largest, "min": _smallest, "abs": abs, "inf": mp.inf, "pi": mp.pi}


class _Reader(ast.NodeTransformer):
    """Decimal constants to their exact value; `sum(...)` and `max(...)` over a row to loops."""

    def __init__(self, text: str) -> None:
        self.text = text

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float):
            digits = ast.get_source_segment(self.text, node)
            return ast.Call(ast.Name("decimal", ast.Load()), [ast.Constant(digits)], [])
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if len(node.args) == 1 and name in ("sum", "max"):
            bare = ast.arguments(
                posonlyargs=[], args=[ast.arg("x")], kwonlyargs=[], kw_defaults=[], defaults=[]
            )
            return ast.Call(
                ast.Name(f"row_{name}", ast.Load()), [ast.Lambda(bare, node.args[0])], []
            )
        return node


@functools.cache
def _compiled(text: str) -> Any:
    tree = ast.parse(text.strip(), mode="eval")
    return compile(ast.fix_missing_locations(_Reader(text.strip()).visit(tree)), text, "eval")


def _once(text: str, names: dict[str, Any]) -> Any:
    spaces = {"__builtins__": {}, "decimal": mp.mpf} | FUNCTIONS | names
    try:
        found = eval(_compiled(text), spaces)
    except ZeroDivisionError as error:
        raise UndefinedError(str(error)) from None
    if isinstance(found, (bool, Dual)):
        return found
    return Dual(mp.mpf(found))


def _precisely(evaluate: Callable[[], Any]) -> Any:
    """`evaluate()` at so many digits that 30 of them survive its sums."""
    most, needed = int(MOST_DIGITS * BITS), int(DIGITS * BITS)
    while True:
        mp.prec = needed
        _Lost.absorbed = _Lost.cancelled = 0
        found = evaluate()
        wanted = _Lost.absorbed + _Lost.cancelled + int(30 * BITS)
        if wanted <= mp.prec or mp.prec >= most:
            return found
        needed = min(most, max(wanted + 32, mp.prec + 128))


def evaluate(
    text: str,
    point: dict[str, Any],
    params: dict[str, float],
    along: tuple[str, str],
) -> tuple[Any, Any, Any]:
    """The value, the slope along the first name, and the slope of that along the second.

    Parameters
    ----------
    text : str
        The textbook.
    point : dict
        Inputs by name: floats (taken exactly) or bools.
    params : dict
        Settings by name.
    along : tuple of str
        The names of two inputs.

    Raises
    ------
    UndefinedError
        Where there is no real, finite value.
    """

    def once() -> Any:
        names: dict[str, Any] = {name: mp.mpf(float(v)) for name, v in params.items()}
        for name, value in point.items():
            if isinstance(value, bool):
                names[name] = value
                continue
            a, b = (ONE if name == n else ZERO for n in along)
            names[name] = Dual(mp.mpf(float(value)), a, b)
        return _once(text, names)

    found = _precisely(once)
    if isinstance(found, bool):
        return found, 0.0, 0.0
    for number in (found.v, found.a, found.ab):
        if not mp.isfinite(number):
            raise UndefinedError("not finite")
    return found.v, found.a, found.ab


def largest_terms(
    text: str, point: dict[str, Any], params: dict[str, float], along: tuple[str, str]
) -> tuple[float, float, float]:
    """The largest term in the sums behind each of the three results of `evaluate`."""
    mp.prec = int(DIGITS * 2 * BITS)
    names: dict[str, Any] = {name: mp.mpf(float(v)) for name, v in params.items()}
    for name, value in point.items():
        number = mp.mpf(float(value))
        a, b = (ONE if name == n else ZERO for n in along)
        names[name] = Dual(Term(number, abs(number)), a, b)
    found = _once(text, names)
    return tuple(float(_term(x).scale) for x in (found.v, found.a, found.ab))  # type: ignore[return-value]


def evaluate_row(
    text: str, row: Sequence[float], element: int, along: tuple[int, int]
) -> tuple[Any, Any, Any]:
    """One element of a row formula, and its derivatives along two elements of the row.

    Parameters
    ----------
    text : str
        The textbook of one element `x`; `sum(...)` and `max(...)` run over the row.
    row : sequence of float
        The row.
    element : int
        Which element of the result.
    along : tuple of int
        The places of two elements of the row.
    """

    def once() -> Any:
        xs = [
            Dual(mp.mpf(float(x)), *(ONE if place == n else ZERO for n in along))
            for place, x in enumerate(row)
        ]
        names = {
            "x": xs[element],
            "row_sum": lambda of: functools.reduce(operator.add, [of(x) for x in xs]),
            "row_max": lambda of: _largest(*(of(x) for x in xs)),
        }
        return _once(text, names)

    found = _precisely(once)
    return found.v, found.a, found.ab
