"""The colours of a drawing, light and dark.

Every pair of text and fill reaches a contrast of at least 4.5 (WCAG AA); `contrast` is the formula,
and a test computes it for all of them. No colour stands alone: each comes with a word and a shape.
This file knows colours only.
"""

from __future__ import annotations

from typing import NamedTuple


class Theme(NamedTuple):
    """The colours of one theme, by role."""

    background: str
    text: str
    secondary: str
    backward: str
    input: str
    parameter: str
    intermediate: str
    output: str
    operation: str
    saved: str

    @property
    def fills(self) -> tuple[str, ...]:
        """Everything that text is written on."""
        return (
            self.background, self.input, self.parameter, self.intermediate, self.output,
            self.operation, self.saved,
        )  # fmt: skip


THEMES = {
    "light": Theme(
        background="#FFFFFF",
        text="#1A1A1A",
        secondary="#404040",
        backward="#7A3200",
        input="#FFFFFF",
        parameter="#A6D5F2",
        intermediate="#F2F2F2",
        output="#8FD3BD",
        operation="#E4E4E4",
        saved="#F3C775",
    ),
    "dark": Theme(
        background="#16191E",
        text="#F0F0F0",
        secondary="#D5D9DF",
        backward="#FFC199",
        input="#262B33",
        parameter="#1C4E6E",
        intermediate="#2A2F37",
        output="#0B5A46",
        operation="#3A414B",
        saved="#5E3F00",
    ),
}


def contrast(first: str, second: str) -> float:
    """The contrast of two colours, from 1 (the same) to 21 (black on white).

    Examples
    --------
    >>> round(contrast("#000000", "#FFFFFF"), 1)
    21.0
    """
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """How light a colour is, from 0 to 1 (WCAG 2.2)."""
    light = 0.0
    for start, weight in ((1, 0.2126), (3, 0.7152), (5, 0.0722)):
        part = int(colour[start : start + 2], 16) / 255
        light += weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return light
