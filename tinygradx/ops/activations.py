"""Activations: the functions between the layers of a network, one block each.

A new activation is one block here (or in your own file, with `tinygradx.activation`): the value of
one element, and its slope. The string in front is the textbook definition, which the tests hold
the block to at 50 digits; the block itself is written so that no end overflows and no tail is lost.
`docs/extend.md` walks through one.
"""

from __future__ import annotations

import math
from typing import Any

from tinygradx.errors import ArgumentError, ShapeError
from tinygradx.kernels import machine
from tinygradx.ops.activation_table import ACTIVATIONS as ACTIVATIONS  # which this file fills
from tinygradx.ops.activation_table import activation as activation
from tinygradx.ops.activation_table import row_activation
from tinygradx.ops.bell_curve import INV_SQRT_2PI, gaussian, ndtr
from tinygradx.ops.comparisons import where
from tinygradx.ops.elementary import maximum, minimum, sign
from tinygradx.ops.elementwise import Bound
from tinygradx.ops.exponentials import exp, expm1, log1p, logistic_density
from tinygradx.ops.joining import narrow
from tinygradx.ops.rowwise import row_max, row_sum
from tinygradx.ops.shapes import reshape, squeeze
from tinygradx.ops.structural import as_handle, whole_dim
from tinygradx.ops.trigonometry import direction, hypot

SQRT_2_OVER_PI = math.sqrt(2.0 / math.pi)
GELU_CUBIC = 0.044715
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


# ---- straight pieces ----------------------------------------------------------------------------


@activation("x", domain=(-3.0, 3.0), integers="same")
def identity(x):
    """The value itself: what a last linear layer uses."""
    return x


@identity.slope
def _():
    return 1.0


@activation("1 if x >= 0 else 0", domain=(-3.0, 3.0), name="step")
def step_flat(x):
    """Heaviside's step, 1 from 0 on. Its slope is 0 everywhere, so nothing behind it learns."""
    return where(x >= 0.0, 1.0, where(x < 0.0, 0.0, x))


@step_flat.slope
def _():
    return 0.0


@activation("1 if x >= 0 else 0", domain=(-3.0, 3.0))
def step_straight_through(x):
    """The step, with the slope of the identity on [-1, 1] on the way back.

    Bengio, Leonard & Courville (2013), arXiv:1308.3432.
    """
    return where(x >= 0.0, 1.0, where(x < 0.0, 0.0, x))


@step_straight_through.slope
def _(x):
    return where(abs(x) <= 1.0, 1.0, 0.0)


@activation("1 if x >= 0 else 0", domain=(-3.0, 3.0))
def step_sigmoid(x):
    """The step, with the slope of the sigmoid on the way back."""
    return where(x >= 0.0, 1.0, where(x < 0.0, 0.0, x))


@step_sigmoid.slope
def _(x):
    return logistic_density(x)


@activation("max(x, 0)", domain=(-3.0, 3.0), integers="same")
def relu(x):
    """Nothing below 0, the value above; slope 0 at 0. Nair & Hinton (2010)."""
    return where((x >= 0) | (x != x), x, 0)


@relu.slope
def _(y):
    return where(y <= 0.0, 0.0, 1.0)  # in this order a nan lets the gradient through


@activation("min(max(x, 0), 6)", domain=(-2.0, 8.0), integers="same")
def relu6(x):
    """ReLU that stops at 6; slope 0 at both kinks. Howard et al. (2017), arXiv:1704.04861."""
    return minimum(maximum(x, 0.0), 6.0)


@relu6.slope
def _(x):
    return where((x <= 0.0) | (x >= 6.0), 0.0, 1.0)


@activation("x if x > 0 else negative_slope * x", domain=(-3.0, 3.0))
def leaky_relu(x, negative_slope=0.01):
    """A small slope below 0, so that no unit dies; that slope at 0, too. Maas et al. (2013)."""
    return where(x > 0.0, x, negative_slope * x)


@leaky_relu.slope
def _(x, negative_slope):
    return where(x > 0.0, 1.0, negative_slope)


@activation("x if x > 0 else weight * x", domain=(-3.0, 3.0), name="prelu")
def prelu_elementwise(x, weight):
    """A leaky ReLU whose slope below 0 is learned. He et al. (2015), arXiv:1502.01852."""
    return where(x > 0.0, x, weight * x)


@prelu_elementwise.slope
def _(x, weight):
    return where(x > 0.0, 1.0, weight), where(x > 0.0, 0.0, x)


def _check_bounds(min_val: float, max_val: float) -> tuple[str, str] | None:
    if min_val > max_val:
        return "a lower bound above the upper one", "exchange them"
    return None


@activation(
    "min(max(x, min_val), max_val)", domain=(-3.0, 3.0), integers="same", check=_check_bounds
)
def hardtanh(x, min_val=-1.0, max_val=1.0):
    """Cut off at both ends; slope 0 at the kinks."""
    return minimum(maximum(x, min_val), max_val)


@hardtanh.slope
def _(x, min_val, max_val):
    return where((x <= min_val) | (x >= max_val), 0.0, 1.0)


@activation("min(max(x + 3, 0), 6) / 6", domain=(-5.0, 5.0))
def hardsigmoid(x):
    """A sigmoid of three straight pieces; slope 0 at the kinks. Courbariaux et al. (2015)."""
    return minimum(maximum(x + 3.0, 0.0), 6.0) / 6.0


@hardsigmoid.slope
def _(x):
    return where((x > -3.0) & (x < 3.0), 1.0 / 6.0, 0.0)


@activation("x * min(max(x + 3, 0), 6) / 6", domain=(-5.0, 5.0))
def hardswish(x):
    """x times hardsigmoid(x). Howard et al. (2019), arXiv:1905.02244."""
    return where(x <= -3.0, 0.0, where(x < 3.0, x * (x + 3.0) / 6.0, x))


@hardswish.slope
def _(x):
    return where(x <= -3.0, 0.0, where(x < 3.0, (2.0 * x + 3.0) / 6.0, 1.0))


@activation("x if x > lambd else (x if x < -lambd else 0)", domain=(-3.0, 3.0))
def hardshrink(x, lambd=0.5):
    """Nothing between the bounds, the value outside; slope 0 on the bounds."""
    return where((x >= -lambd) & (x <= lambd), 0.0, x)


@hardshrink.slope
def _(x, lambd):
    return where((x >= -lambd) & (x <= lambd), 0.0, 1.0)


def _check_distance(lambd: float) -> tuple[str, str] | None:
    return None if lambd >= 0.0 else ("no distance from 0", "use 0 or more")


@activation(
    "x - lambd if x > lambd else (x + lambd if x < -lambd else 0)", domain=(-3.0, 3.0),
    check=_check_distance,
)  # fmt: skip
def softshrink(x, lambd=0.5):
    """The value pulled towards 0 by lambd; slope 0 on the bounds."""
    return where(x > lambd, x - lambd, where(x < -lambd, x + lambd, x * 0.0))


@softshrink.slope
def _(x, lambd):
    return where((x >= -lambd) & (x <= lambd), 0.0, 1.0)


@activation("x if x > threshold else value", domain=(-3.0, 3.0), integers="same")
def threshold(x, threshold=0.0, value=0.0):
    """The value above a threshold, a fixed one up to it; slope 0 at the threshold."""
    return where((x <= threshold), value, x)


@threshold.slope
def _(x, threshold):
    return where(x <= threshold, 0.0, 1.0)


# ---- sigmoids -----------------------------------------------------------------------------------


@activation("1 / (1 + exp(-x))")
def sigmoid(x):
    """The logistic curve, from 0 to 1. Both tails keep their digits."""
    return machine.logistic(x)


@sigmoid.slope
def _(x):
    return logistic_density(x)


@activation("tanh(x)", domain=(-4.0, 4.0))
def tanh(x):
    """The hyperbolic tangent, from -1 to 1."""
    return machine.tanh(x)


@tanh.slope
def _(x):
    # 1 - y*y would lose the tail: relative error 1e-8 at x = 10, 1.0 at x = 20.
    return 4.0 * logistic_density(2.0 * x)


@activation("x / (1 + abs(x))")
def softsign(x):
    """A sigmoid that reaches its ends slowly. Bergstra et al. (2009)."""
    return where(abs(x) == math.inf, sign(x), x / (1.0 + abs(x)))


@softsign.slope
def _(x):
    return 1.0 / ((1.0 + abs(x)) * (1.0 + abs(x)))


@machine.formula
def tanhshrink_by_fraction(x):
    """x - tanh(x) for a machine that lacks it: near 0 Lambert's continued fraction of tanh.

    tanh(x) is x / (1 + z / k) with z = x*x, k = 3 + z / (5 + z / (7 + ...)); so x - tanh(x) is
    x * z / (k + z), in which nothing cancels.
    """
    near = abs(x) < 1.5  # beyond, the difference itself loses no more than a bit
    z = where(near, x * x, 0.0)
    k = 13.0 + z / (15.0 + z / (17.0 + z / 19.0))
    k = 3.0 + z / (5.0 + z / (7.0 + z / (9.0 + z / (11.0 + z / k))))
    return where(near, x * (z / (k + z)), x - machine.tanh(x))


@activation(
    "x - tanh(x)",
    domain=(-4.0, 4.0),
    float32=Bound(5.0, "the slope is the square of tanh, and has twice its error"),
)
def tanhshrink(x):
    """What tanh takes away; x**3 / 3 near 0, to the last digit."""
    return machine.tanhshrink(x)


@tanhshrink.slope
def _(x):
    return tanh(x) * tanh(x)


@activation("log(1 / (1 + exp(-x)))")
def logsigmoid(x):
    """The logarithm of the sigmoid, without underflow on the way."""
    return minimum(x, 0.0) - log1p(exp(-abs(x)))


@logsigmoid.slope
def _(x):
    return sigmoid(-x)


# ---- smooth ramps -------------------------------------------------------------------------------


@activation("x if x > 0 else alpha * (exp(x) - 1)", domain=(-4.0, 4.0))
def elu(x, alpha=1.0):
    """An exponential below 0, the value above. Clevert et al. (2015), arXiv:1511.07289."""
    return where(x > 0.0, x, alpha * expm1(minimum(x, 0.0)))


@elu.slope
def _(x, alpha):
    return where(x > 0.0, 1.0, alpha * exp(minimum(x, 0.0)))


@activation(
    "1.0507009873554804934193349852946 *"
    " (x if x > 0 else 1.6732632423543772848170429916717 * (exp(x) - 1))",
    domain=(-4.0, 4.0),
)
def selu(x):
    """ELU scaled so that layers keep mean 0 and variance 1. Klambauer et al. (2017)."""
    return SELU_SCALE * where(x > 0.0, x, SELU_ALPHA * expm1(minimum(x, 0.0)))


@selu.slope
def _(x):
    return SELU_SCALE * where(x > 0.0, 1.0, SELU_ALPHA * exp(minimum(x, 0.0)))


def _check_divisor(alpha: float) -> tuple[str, str] | None:
    return ("a divisor of 0", "use a number that is not 0") if alpha == 0.0 else None


@activation(
    "max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))",
    domain=(-4.0, 4.0),
    check=_check_divisor,
    float32=Bound(
        80.0, "x / alpha is rounded, and e to that power has |x / alpha| times its error"
    ),
)
def celu(x, alpha=1.0):
    """ELU whose slope is continuous for every alpha. Barron (2017), arXiv:1704.07483."""
    return where(x > 0.0, x, alpha * expm1(minimum(x, 0.0) / alpha))


@celu.slope
def _(x, alpha):
    return where(x > 0.0, 1.0, exp(minimum(x, 0.0) / alpha))


@activation(
    "log(1 + exp(beta * x)) / beta",
    float32=Bound(80.0, "beta * x is rounded, and e to that power has |beta * x| times its error"),
)
def softplus(x, beta=1.0, threshold=20.0):
    """A smooth ramp, written so that no end overflows. Dugas et al. (2001).

    PyTorch returns x itself above `threshold`, and so loses the tail of `softplus(x) - x`;
    here the formula is exact everywhere, and `threshold` is taken for compatibility alone.
    """
    return maximum(x, 0.0) + log1p(exp(-abs(beta * x))) / beta


@softplus.slope
def _(x, beta):
    return sigmoid(beta * x)


@activation(
    "(x + sqrt(x * x + b)) / 2",
    float32=Bound(5.0, "the slope below 0 takes six rounded steps"),
)
def squareplus(x, b=4.0):
    """A smooth ramp without exponentials. Barron (2021), arXiv:2112.11687."""
    h = hypot(x, machine.sqrt(b))
    return where(x >= 0.0, 0.5 * (x + h), 0.5 * b / (h + abs(x)))


@squareplus.slope
def _(x, b):
    h = hypot(x, b**0.5)
    # Far below 0 the sum cancels; near 0 it has the smaller error.
    near, far = 0.5 * (1.0 + direction(x, b**0.5)), 0.5 * b / (h * (h + abs(x)))
    return where(x > -0.5 * h, near, far)


@activation(
    "x / (1 + exp(-x))",
    float32=Bound(2500.0, "the slope is 0 at -1.278, where two terms of its sum cancel"),
)
def silu(x):
    """x times its sigmoid, which is swish with beta 1. Hendrycks & Gimpel (2016)."""
    return where(x == -math.inf, 0.0, x * sigmoid(x))


@silu.slope
def _(x):
    s = sigmoid(x)
    return s * (1.0 + x * sigmoid(-x))


@activation(
    "x / (1 + exp(-beta * x))",
    float32=Bound(
        5000.0,
        "the slope is 0 at -1.278 / beta, where two terms of its sum cancel; and beta * x is "
        "rounded, and e to that power has |beta * x| times its error (64 ulp)",
    ),
)
def swish(x, beta=1.0):
    """x times the sigmoid of beta x. Ramachandran et al. (2017), arXiv:1710.05941."""
    return x * sigmoid(beta * x)


@swish.slope
def _(x, beta):
    s = sigmoid(beta * x)
    return s * (1.0 + beta * x * sigmoid(-beta * x))


@activation(
    "x * tanh(log(1 + exp(x)))",
    float32=Bound(3000.0, "the slope is 0 at -1.192, where two terms of its sum cancel"),
)
def mish(x):
    """x times the tanh of its softplus. Misra (2019), arXiv:1908.08681."""
    # With e = exp(-|x|): tanh(softplus(x)) is (1 + 2e) / (1 + 2e + 2ee) above 0 and
    # (2e + ee) / (2 + 2e + ee) below, sums of positive terms at both ends.
    e = exp(-abs(x))
    above = (1.0 + 2.0 * e) / (1.0 + 2.0 * e + 2.0 * e * e)
    below = e * (2.0 + e) / (2.0 + e * (2.0 + e))
    return x * where(x > 0.0, above, below)


@mish.slope
def _(x):
    e = exp(-abs(x))
    up = 1.0 + 2.0 * e + 2.0 * e * e
    down = 2.0 + e * (2.0 + e)
    above = (1.0 + 2.0 * e) / up + x * (4.0 * e * e * (1.0 + e) / (up * up))
    below = e * (2.0 + e) / down + x * (4.0 * e * (1.0 + e) / (down * down))
    return where(x > 0.0, above, below)


@activation(
    "x * erfc(-x / sqrt(2)) / 2",
    name="gelu",
    float32=Bound(2000.0, "the slope is 0 at -0.752, where two terms of its sum cancel"),
)
def gelu_exact(x):
    """Weigh each value by how likely a normal draw falls below it. arXiv:1606.08415."""
    return x * ndtr(x)


@gelu_exact.slope
def _(x):
    return ndtr(x) + x * (INV_SQRT_2PI * gaussian(x))


@activation(
    "x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))) / 2",
    float32=Bound(
        2000.0,
        "the slope is 0 at -0.752, where two terms of its sum cancel; and the argument of tanh is "
        "rounded five times, which its exponential multiplies by up to 80 (250 ulp)",
    ),
)
def gelu_tanh(x):
    """GELU with tanh in place of the error function, as the first GPT computed it."""
    inner = SQRT_2_OVER_PI * (x + GELU_CUBIC * x * x * x)
    return x * sigmoid(2.0 * inner)


@gelu_tanh.slope
def _(x):
    inner = SQRT_2_OVER_PI * (x + GELU_CUBIC * x * x * x)
    slope = SQRT_2_OVER_PI * (1.0 + 3.0 * GELU_CUBIC * x * x)
    s = sigmoid(2.0 * inner)
    return s + x * (2.0 * slope * (s * sigmoid(-2.0 * inner)))


# ---- along an axis ------------------------------------------------------------------------------


@row_activation("exp(x) / sum(exp(x))", asks_dim=True)
def softmax(x):
    """Positive numbers that sum to 1, larger where x is. Bridle (1990)."""
    e = exp(x - row_max(x))
    return e / row_sum(e)


@softmax.pull
def _(g, y):
    # Centred twice: where one y is nearly 1, a plain g - sum(g * y) has no digits left of 1 - y.
    centred = g - row_sum(g * y)
    return y * (centred - row_sum(centred * y))


@row_activation("log(exp(x) / sum(exp(x)))", asks_dim=True)
def log_softmax(x):
    """The logarithm of softmax, without underflow on the way."""
    # The largest elements (one, or equal ones) are counted apart, so that log1p sees the rest:
    # where a probability is nearly 1, its logarithm is as small, and 1 + rest would lose it.
    centred = x - row_max(x)
    rest = row_sum(where(centred < 0.0, exp(centred), 0.0))
    largest = row_sum(where(centred < 0.0, 0.0, 1.0))
    return centred - log1p(rest + (largest - 1.0))


@log_softmax.pull
def _(g, y):
    # g - p * sum(g), in parts that keep 1 - p: that is -expm1(y), which 1 - exp(y) would lose.
    return -(g * expm1(y)) - exp(y) * (row_sum(g) - g)


@row_activation("exp(-x) / sum(exp(-x))", asks_dim=True)
def softmin(x):
    """Softmax of -x: larger where x is small."""
    turned = -x
    e = exp(turned - row_max(turned))
    return e / row_sum(e)


@softmin.pull
def _(g, y):
    centred = g - row_sum(g * y)  # twice, as in softmax
    return y * (row_sum(centred * y) - centred)


@row_activation("max(x)", column=True, name="maxout")
def maxout_row(x):
    """The largest of a group of values, each made by a linear layer of its own."""
    return row_max(x)


@maxout_row.pull
def _(g, x, y):
    chosen = where(x == y, 1.0, 0.0)
    return g * chosen / row_sum(chosen)


# ---- choices and compositions -------------------------------------------------------------------


def _choose(asked: str, setting: str, value: Any, blocks: dict[Any, Any]) -> Any:
    """The block that a string setting names."""
    try:
        return blocks[value]
    except (KeyError, TypeError):
        raise ArgumentError(
            f"{asked} with {setting}={value!r}",
            "no such choice",
            f"use one of {', '.join(map(repr, blocks))}",
        ) from None


_STEPS = {None: step_flat, "straight_through": step_straight_through, "sigmoid": step_sigmoid}
_GELUS = {"none": gelu_exact, "tanh": gelu_tanh}


def step(input: Any, surrogate: str | None = None) -> Any:
    """Heaviside's step: 1 from 0 on, 0 below.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    surrogate : {None, "straight_through", "sigmoid"}
        The slope to use on the way back. The step's own is 0 everywhere, so nothing behind it
        learns (None); "straight_through" takes the identity's on [-1, 1] (arXiv:1308.3432),
        "sigmoid" the sigmoid's.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.step(tgx.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 1., 1.])
    """
    return _choose("step", "surrogate", surrogate, _STEPS)(input)


def gelu(input: Any, approximate: str = "none") -> Any:
    """The Gaussian error linear unit, `x * Phi(x)`. Hendrycks & Gimpel (2016), arXiv:1606.08415.

    Parameters
    ----------
    input : Tensor
        Of any shape.
    approximate : {"none", "tanh"}
        "none" is exact; "tanh" is `x * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x**3))) / 2`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.gelu(tgx.tensor([1.0]))
    tensor([0.8413])
    """
    return _choose("gelu", "approximate", approximate, _GELUS)(input)


def prelu(input: Any, weight: Any) -> Any:
    """A leaky ReLU whose slope below 0 is learned. He et al. (2015), arXiv:1502.01852.

    Parameters
    ----------
    input : Tensor
        Of shape (N, C, ...) or (C,) or ().
    weight : Tensor
        One number, or one for each of the C channels.

    Raises
    ------
    ShapeError
        If there are several weights, but not one for each channel.
    """
    x, w = as_handle(input, "prelu"), as_handle(weight, "prelu")
    shape, count = x.array.shape, w.array.size
    if count != 1:
        channels = shape[1] if len(shape) > 1 else shape[0] if shape else 1
        if w.array.ndim != 1 or count != channels:
            raise ShapeError(
                f"prelu of a tensor of shape {shape}",
                f"weights of shape {w.array.shape} for {channels} channels",
                f"pass one weight, or a tensor of shape ({channels},)",
            )
        if len(shape) > 2:
            w = reshape(w, (count,) + (1,) * (len(shape) - 2))
    elif w.array.ndim:
        w = reshape(w, ())
    return prelu_elementwise(x, w)


@activation("a / (1 + exp(-b))", name="glu")
def glu_halves(a, b):
    """One half of the channels opens a gate for the other. Dauphin et al. (2016)."""
    return a * sigmoid(b)


@glu_halves.slope
def _(a, b):
    return sigmoid(b), a * logistic_density(b)


def glu(input: Any, dim: int = -1) -> Any:
    """The gated linear unit: the first half times the sigmoid of the second. arXiv:1612.08083.

    Parameters
    ----------
    input : Tensor
        Of even size along `dim`.
    dim : int
        Where it is halved.

    Raises
    ------
    ShapeError
        If that size is odd.
    """
    x = as_handle(input, "glu")
    place = whole_dim(dim, x.array.ndim, "glu")
    size = x.array.shape[place] if x.array.ndim else 1
    if size % 2:
        raise ShapeError(
            f"glu along dim {dim}", f"size {size}, which has no halves", "make that size even"
        )
    return glu_halves(narrow(x, place, 0, size // 2), narrow(x, place, size // 2, size // 2))


def maxout(input: Any, pieces: int, dim: int = -1) -> Any:
    """The largest of each group of `pieces` values. Goodfellow et al. (2013), arXiv:1302.4389.

    Parameters
    ----------
    input : Tensor
        Its size along `dim` is a multiple of `pieces`.
    pieces : int
        How many neighbouring values make a group.
    dim : int
        The dimension of the groups.

    Returns
    -------
    Tensor
        With `size // pieces` values along `dim`.

    Raises
    ------
    ShapeError
        If that size is not a multiple of `pieces`.
    """
    x = as_handle(input, "maxout")
    place = whole_dim(dim, x.array.ndim, "maxout")
    shape = x.array.shape
    if not shape or pieces < 1 or shape[place] % pieces:
        raise ShapeError(
            f"maxout of groups of {pieces} along dim {dim}",
            f"a tensor of shape {shape}",
            "make that size a multiple of the number of pieces",
        )
    groups = (*shape[:place], shape[place] // pieces, pieces, *shape[place + 1 :])
    best = maxout_row(reshape(x, groups), place + 1)
    return squeeze(best, place + 1)
