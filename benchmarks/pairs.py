"""Timing two ways of doing the same, fairly: in one process, in turn, many times.

A machine's speed drifts, so single figures mean little. Here both sides are timed alternately and
each sample is short, so that both see the same weather; the ratio of their medians is one run, and
a result is the median of five runs, all five printed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

RUNS = 5
SAMPLES = 15
#: Seconds that one sample lasts, about: long beside the clock's step, short beside the weather.
SAMPLE = 0.002

Action = Callable[[], object]


def repetitions(action: Action) -> int:
    """How often to call an action so that a sample lasts about as long as it should."""
    action()
    start = time.perf_counter()
    count = 0
    while time.perf_counter() - start < SAMPLE:
        action()
        count += 1
    return max(1, count)


def sample(action: Action, count: int) -> float:
    """Seconds of one call, over `count` calls."""
    start = time.perf_counter()
    for _ in range(count):
        action()
    return (time.perf_counter() - start) / count


def compare(ours: Action, theirs: Action) -> tuple[float, list[float], float, float]:
    """Time both in turn.

    Returns
    -------
    ratio : float
        Their time over ours: above 1 we are faster. The median of the runs.
    runs : list of float
        The ratio of each run.
    our_seconds, their_seconds : float
        Of one call, the median of all samples.
    """
    count_ours, count_theirs = repetitions(ours), repetitions(theirs)
    ratios, all_ours, all_theirs = [], [], []
    for _ in range(RUNS):
        a, b = [], []
        for _ in range(SAMPLES):
            a.append(sample(ours, count_ours))
            b.append(sample(theirs, count_theirs))
        ratios.append(statistics.median(b) / statistics.median(a))
        all_ours += a
        all_theirs += b
    ours_median, theirs_median = statistics.median(all_ours), statistics.median(all_theirs)
    return statistics.median(ratios), ratios, ours_median, theirs_median


def row(name: str, result: tuple[float, list[float], float, float]) -> str:
    """A line of a table: what, both times, the ratio and its five runs."""
    ratio, runs, ours, theirs = result
    listed = " ".join(f"{r:.2f}" for r in runs)
    return f"{name:34s} {ours * 1e6:10.2f} {theirs * 1e6:10.2f} {ratio:7.2f}   ({listed})"


HEADER = f"{'':34s} {'ours us':>10s} {'theirs us':>10s} {'ratio':>7s}   (five runs)"
