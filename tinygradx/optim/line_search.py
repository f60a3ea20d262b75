"""How far to go along a line: a step that lowers the loss enough, and ends where it is flat enough.

Nocedal & Wright (2006), "Numerical optimization", algorithms 3.5 and 3.6. Nothing here knows what
the line is a line of: there are a distance, a loss and a slope.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

#: The share of the first slope by which the loss must fall, and that which may be left at the end.
ENOUGH, FLAT = 1e-4, 0.9
#: A bracket that moves no element by more than this is not divided further.
NARROW = 1e-9


class Point(NamedTuple):
    """A place on the line.

    Attributes
    ----------
    t : float
        The distance from the start, in units of the direction.
    loss : float
        The loss there.
    slope : float
        Its slope along the line.
    gradient : array
        Its gradient, for whoever goes on from there.
    """

    t: float
    loss: float
    slope: float
    gradient: Any


def strong_wolfe(
    measure: Callable[[float], Point], start: Point, t: float, reach: float, most: int
) -> tuple[Point, int]:
    """A place that satisfies Wolfe's strong conditions, or the best one found.

    The loss is to fall in proportion to the distance, `loss <= start.loss + 1e-4 * t * slope`, and
    its slope to shrink, `|slope| <= 0.9 * |start.slope|`.

    Parameters
    ----------
    measure : callable
        The point at a distance.
    start : Point
        At distance 0, where the slope is below 0.
    t : float
        The first distance to try.
    reach : float
        How far the element that moves most goes for t = 1.
    most : int
        How many more distances may be tried.

    Returns
    -------
    Point, int
        The place, and how many were measured.

    Examples
    --------
    >>> def parabola(t):
    ...     return Point(t, (t - 3.0) ** 2, 2.0 * (t - 3.0), None)
    >>> found, measured = strong_wolfe(parabola, parabola(0.0), 0.1, 1.0, 25)
    >>> found.t, measured
    (1.0, 2)
    """

    def too_high(point: Point) -> bool:
        return point.loss > start.loss + ENOUGH * point.t * start.slope

    def flat(point: Point) -> bool:
        return abs(point.slope) <= -FLAT * start.slope

    before, point = start, measure(t)
    tried = 0
    # Go further until the minimum lies between two points.
    while tried < most:
        if too_high(point) or (tried > 1 and point.loss >= before.loss):
            ends = [before, point]
            break
        if flat(point):
            return point, tried + 1
        if point.slope >= 0.0:
            ends = [before, point]
            break
        nearest = point.t + 0.01 * (point.t - before.t)
        t = lowest_between(before, point, nearest, point.t * 10.0)
        before, point = point, measure(t)
        tried += 1
    else:
        ends = [start, point]
    # Then make the interval smaller, from the end with the higher loss.
    low, high = (0, 1) if ends[0].loss <= ends[1].loss else (1, 0)
    near_an_end = False
    while tried < most and not abs(ends[1].t - ends[0].t) * reach < NARROW:
        left, right = sorted(end.t for end in ends)
        t = lowest_between(ends[0], ends[1], left, right)
        margin = 0.1 * (right - left)
        # Twice near an end, or on it, and hardly anything is gained: then go into the interval.
        close = min(right - t, t - left) < margin
        if close and (near_an_end or t >= right or t <= left):
            t = right - margin if abs(t - right) < abs(t - left) else left + margin
            close = False
        near_an_end = close
        point = measure(t)
        tried += 1
        if too_high(point) or point.loss >= ends[low].loss:
            ends[high] = point
            low, high = (0, 1) if ends[0].loss <= ends[1].loss else (1, 0)
            continue
        if flat(point):
            return point, tried + 1
        if point.slope * (ends[high].t - ends[low].t) >= 0.0:
            ends[high] = ends[low]
        ends[low] = point
    return ends[low], tried + 1


def lowest_between(a: Point, b: Point, least: float, most: float) -> float:
    """Where the cubic through two points with their slopes is lowest, within bounds.

    The middle of the bounds where it has no such place. Nocedal & Wright (2006), equation 3.59.

    Examples
    --------
    >>> a, b = Point(0.0, 9.0, -6.0, None), Point(4.0, 1.0, 2.0, None)
    >>> lowest_between(a, b, 0.0, 4.0)
    3.0
    """
    middle = (least + most) / 2.0
    if b.t < a.t:
        a, b = b, a
    if a.t == b.t:
        return middle
    chord = a.slope + b.slope - 3.0 * (a.loss - b.loss) / (a.t - b.t)
    square = chord * chord - a.slope * b.slope
    if not square >= 0.0:
        return middle
    root = math.sqrt(square)
    below = b.slope - a.slope + 2.0 * root
    if below == 0.0:
        return middle
    t = b.t - (b.t - a.t) * ((b.slope + root - chord) / below)
    return middle if math.isnan(t) else min(max(t, least), most)
