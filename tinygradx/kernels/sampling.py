"""Images read between their pixels: each point is a sum of a few pixels, with a weight each.

Arrays are flat: images (N, C, area), points (N, C, points), weights and indices (N, points, taps).
An index beyond the area, as a negative one is when seen as uint64, names no pixel. All numbers are
uint64, since Numba makes floats of what is half signed.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from tinygradx.kernels.plain import PlainKernel


def sample_points(image, weight, index, out, count, channels, area, points, taps):
    """out[n, c, p] += the sum over k of weight[n, p, k] * image[n, c, index[n, p, k]]."""
    for n in range(count):
        for c in range(channels):
            plane = (n * channels + c) * area
            row = (n * channels + c) * points
            for p in range(points):
                for k in range(taps):
                    i = (n * points + p) * taps + k
                    at = index[i]
                    if at < area:
                        out[row + p] += weight[i] * image[plane + at]


def spread_points(point, weight, index, out, count, channels, area, points, taps):
    """out[n, c, index[n, p, k]] += weight[n, p, k] * point[n, c, p]."""
    for n in range(count):
        for c in range(channels):
            plane = (n * channels + c) * area
            row = (n * channels + c) * points
            for p in range(points):
                for k in range(taps):
                    i = (n * points + p) * taps + k
                    at = index[i]
                    if at < area:
                        out[plane + at] += weight[i] * point[row + p]


def match_points(point, image, index, out, count, channels, area, points, taps):
    """out[n, p, k] += the sum over c of point[n, c, p] * image[n, c, index[n, p, k]]."""
    for n in range(count):
        for c in range(channels):
            plane = (n * channels + c) * area
            row = (n * channels + c) * points
            for p in range(points):
                for k in range(taps):
                    i = (n * points + p) * taps + k
                    at = index[i]
                    if at < area:
                        out[i] += point[row + p] * image[plane + at]


_ARGUMENTS = "floats, floats, uint64[::1], floats, uint64, uint64, uint64, uint64, uint64"

SAMPLE_POINTS = PlainKernel(sample_points, _ARGUMENTS)
SPREAD_POINTS = PlainKernel(spread_points, _ARGUMENTS)
MATCH_POINTS = PlainKernel(match_points, _ARGUMENTS)
