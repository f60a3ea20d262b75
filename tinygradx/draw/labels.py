r"""Text that goes into a drawing: made harmless once, here, whatever it was.

Names come from users, and a name may hold anything. This file turns any text into text that
Graphviz shows as it is, and builds HTML-like labels of it. Two traps are dealt with: an empty
element (`<I></I>`) is a syntax error that Graphviz reports beside a success, or crashes on; and a
backslash has a meaning even inside such a label (`\N` is the node's id). It knows no graphs.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable

LONGEST = 200  # characters that any one text may have
LINE, BOLD_LINE = 40, 36  # characters on one line of a box; bold ones are wider than measured

# Characters that turn the direction of whatever text follows them.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: object) -> str:
    r"""Text in one line, without control characters, and of 200 characters at most.

    Examples
    --------
    >>> plain("a\x00 name\nin two lines")
    'a name in two lines'
    """
    spaced = " ".join(str(text)[: 4 * LONGEST].split())
    kept = "".join(character for character in spaced if not _is_dropped(character)).strip()
    return kept if len(kept) <= LONGEST else kept[: LONGEST - 3].rstrip() + "..."


def _is_dropped(character: str) -> bool:
    """Whether a character controls something, or cannot stand in a page at all."""
    if character in _TURNING or unicodedata.category(character) in ("Cc", "Cs"):
        return True
    return ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF


def escape(text: object) -> str:
    """Any text as the inside of an HTML-like label; empty when nothing is left of it.

    Examples
    --------
    >>> escape("a|b{c} <lambda>")
    'a|b{c} &lt;lambda&gt;'
    """
    return html.escape(plain(text)).replace("\\", "\\\\")


def styled(
    text: object, *, colour: str = "", size: float = 0, bold: bool = False, lines: bool = False
) -> str:
    """Text in a colour, a size or bold; nothing at all when there is no text.

    Parameters
    ----------
    text : object
        What to write.
    colour : str
        Such as "#404040"; the label's own when left out.
    size : float
        In points; the label's own when left out.
    bold : bool
        Whether to write it bold.
    lines : bool
        Whether long text is broken into lines of 40 characters, 36 if they are bold.
    """
    whole = plain(text)
    most = (BOLD_LINE if bold else LINE) if lines else LONGEST
    parts = [whole[i : i + most] for i in range(0, len(whole), most)]
    inside = '<BR ALIGN="LEFT"/>'.join(filter(None, map(escape, parts)))
    if not inside:
        return ""
    if len(parts) > 1:
        inside += '<BR ALIGN="LEFT"/>'
    if bold:
        inside = f"<B>{inside}</B>"
    settings = (f' COLOR="{colour}"' if colour else "") + (
        f' POINT-SIZE="{size:g}"' if size else ""
    )
    return f"<FONT{settings}>{inside}</FONT>" if settings else inside


def stacked(lines: Iterable[str]) -> str:
    """Pieces of label under one another, to the left."""
    full = [line for line in lines if line]
    if len(full) < 2:
        return "".join(full)
    return "".join(f'{line}<BR ALIGN="LEFT"/>' for line in full)


def table(rows: Iterable[str], *, centred: bool = False) -> str:
    """Pieces of label under one another, in the middle or to the left; to the left with some air.

    (Lines of one label stand so close that small letters touch those above.)
    """
    side = "" if centred else _LEFT
    text = "".join(
        f"<TR><TD{side}{_NO_AIR * row.startswith('<TABLE')}>{row}</TD></TR>" for row in rows if row
    )
    return f'{_TABLE} CELLPADDING="{0 if centred else 1}">{text}</TABLE>'


def columns(rows: Iterable[tuple[str, str]]) -> str:
    """Pairs of pieces under one another, the second ones beginning at one place.

    Graphviz widens all columns of a table alike where what stands above is wider. The second piece
    takes forty of them, so that it stays beside the first.
    """
    text = "".join(
        f'<TR><TD{_LEFT}>{first}</TD><TD{_LEFT} COLSPAN="40">{second}</TD></TR>'
        for first, second in rows
    )
    return f'{_TABLE} CELLPADDING="1">{text}</TABLE>' if text else ""


_LEFT, _NO_AIR = ' ALIGN="LEFT" BALIGN="LEFT"', ' CELLPADDING="0"'
_TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0"'
