"""An SVG of Graphviz, made fit for a page: it scales, it can be read aloud, and it is inert.

This file knows SVG. It reads with Python's own XML parser, and writes only what it knows: shapes,
text and groups. Scripts, links and event attributes have no way through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
_POINTS_TO_PIXELS = 4 / 3
_SHAPES = frozenset({"svg", "g", "title", "desc", "text", "polygon", "ellipse", "path", "polyline"})
_FONTS = "Helvetica, Arial, sans-serif"


def tidy(picture: bytes, title: str, titles: Mapping[str, str], prefix: str) -> bytes:
    """Rewrite Graphviz' SVG.

    Parameters
    ----------
    picture : bytes
        What Graphviz wrote.
    title : str
        The title of the whole.
    titles : mapping
        From the id of a node or an edge to its title, which a browser shows under the pointer.
    prefix : str
        What every id begins with, so that two drawings on one page share none.

    Returns
    -------
    bytes
        SVG in UTF-8 that fills the width it is given, up to its own.
    """
    root = ElementTree.fromstring(picture)
    _keep_known(root)
    width = _points(root.get("width", ""))
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("xmlns", _SVG)
    root.set("width", "100%")
    if width:
        root.set("style", f"max-width: {width * _POINTS_TO_PIXELS:.0f}px; height: auto")
    root.set("role", "img")
    root.set("aria-label", title)
    for element in root.iter():
        _retitle(element, title, titles)
        if "id" in element.attrib:
            element.set("id", f"{prefix}-{element.get('id')}")
        if "font-family" in element.attrib:
            element.set("font-family", _FONTS)
    first = ElementTree.Element("title")
    first.text = title
    root.insert(0, first)
    return ElementTree.tostring(root, encoding="unicode").encode("utf-8")


def _keep_known(root: ElementTree.Element) -> None:
    """Drop every element and attribute that a drawing has no use for, and all namespaces."""
    stack = [root]
    while stack:
        element = stack.pop()
        element.tag = _local(element.tag)
        for name in list(element.attrib):
            if (name.startswith("{") and name != _SPACE) or name.lower().startswith("on"):
                del element.attrib[name]
        for child in list(element):
            if not isinstance(child.tag, str) or _local(child.tag) not in _SHAPES:
                element.remove(child)
            else:
                stack.append(child)
    for element in root.iter():
        space = element.attrib.pop(_SPACE, None)
        if space is not None:
            element.set("xml:space", space)


_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _retitle(element: ElementTree.Element, title: str, titles: Mapping[str, str]) -> None:
    """Graphviz titles a group with an id such as `n0`; say what it is instead."""
    if element.tag != "g":
        return
    own = element.find("title")
    if own is None:
        return
    words = titles.get(element.get("id", ""))
    if words is None:
        element.remove(own)
    else:
        own.text = words


def _points(length: str) -> float:
    found = re.fullmatch(r"([0-9.]+)(pt)?", length)
    return float(found[1]) if found else 0.0
