"""An SVG of Graphviz, made fit for a page: it scales, it can be read aloud, and it is inert.

This file knows SVG. It reads with Python's own XML parser, and writes only what it knows: shapes,
text and groups. Scripts, links and event attributes have no way through. The one style sheet is
made here, of the colours in `theme`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from tinygradx.draw.theme import THEMES
from tinygradx.errors import RenderError

_SVG = "http://www.w3.org/2000/svg"
_POINTS_TO_PIXELS = 4 / 3
_SHAPES = frozenset({"svg", "g", "title", "desc", "text", "polygon", "ellipse", "path", "polyline"})
_FONTS = "Helvetica, Arial, sans-serif"


def tidy(
    picture: bytes,
    title: str,
    description: str,
    titles: Mapping[str, str],
    prefix: str,
    follows: bool,
) -> bytes:
    """Rewrite Graphviz' SVG.

    Parameters
    ----------
    picture : bytes
        What Graphviz wrote.
    title : str
        The title of the whole.
    description : str
        The whole in words, for those who cannot see it.
    titles : mapping
        From the id of a node or an edge to its title, which a browser shows under the pointer.
    prefix : str
        What every id begins with, so that two drawings on one page share none.
    follows : bool
        Whether it is dark where the page is dark; it must have been drawn in light colours.

    Returns
    -------
    bytes
        SVG in UTF-8 that fills the width it is given, up to its own.

    Raises
    ------
    RenderError
        If it is no SVG.
    """
    try:
        root = ElementTree.fromstring(picture)
    except ElementTree.ParseError as error:
        raise RenderError(
            "read the SVG that the drawing program wrote", f"no well-formed XML: {error}",
            "try another program: .pipe('svg', engine='pygraphviz')",
        ) from None  # fmt: skip
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
    heads = {"title": title, "desc": description}
    if follows:
        root.set("class", _FOLLOWING)
        _name_colours(root)
        heads["style"] = _style_sheet()
    for place, (tag, text) in enumerate(heads.items()):
        element = ElementTree.Element(tag)
        element.text = text
        root.insert(place, element)
    return ElementTree.tostring(root, encoding="unicode").encode("utf-8")


# ---- colours that follow the page ----------------------------------------------------------------

_FOLLOWING = "tgx-auto"
_ROLES = THEMES["light"]._fields


def _style_sheet() -> str:
    """The colours as variables, light or dark as the page is; attributes say the light ones again.

    JupyterLab says on an element of its page what its own theme is, which may not be the system's.
    """
    light, dark = (
        "".join(f"--tgx-{role}:{colour};" for role, colour in zip(_ROLES, theme, strict=True))
        for theme in (THEMES["light"], THEMES["dark"])
    )
    rules = [
        f".{_FOLLOWING}{{{light}}}",
        f"@media (prefers-color-scheme: dark){{.{_FOLLOWING}{{{dark}}}}}",
        f'[data-jp-theme-light="true"] .{_FOLLOWING}{{{light}}}',
        f'[data-jp-theme-light="false"] .{_FOLLOWING}{{{dark}}}',
    ]
    for role in _ROLES:
        rules += [
            f".{_FOLLOWING} .tgx-fill-{role}{{fill:var(--tgx-{role})}}",
            f".{_FOLLOWING} .tgx-line-{role}{{stroke:var(--tgx-{role})}}",
        ]
    return "\n".join(rules)


def _name_colours(root: ElementTree.Element) -> None:
    """Give everything that has a colour of the light theme a class that names its role."""
    # Background and inputs are both white: the polygon that comes first is the background.
    by_colour: dict[str, str] = {}
    for role, colour in zip(_ROLES, THEMES["light"], strict=True):
        by_colour[colour.lower()] = role
    ground = next((group.find("polygon") for group in root.iter("g")), None)
    for element in root.iter():
        names = []
        for attribute, kind in (("fill", "fill"), ("stroke", "line")):
            colour = element.get(attribute, "").lower()
            if colour in by_colour:
                role = "background" if element is ground else by_colour[colour]
                names.append(f"tgx-{kind}-{role}")
        if names:
            element.set("class", " ".join(filter(None, [element.get("class", ""), *names])))


# ---- what is kept --------------------------------------------------------------------------------


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
