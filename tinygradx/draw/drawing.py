"""What `draw_dot` answers: the text of a drawing, and the ways to look at it.

A drawing is text and copied numbers. It knows Graphviz' language and files; it holds no tensor and
no graph, so keeping a drawing keeps nothing else alive.
"""

from __future__ import annotations

import itertools
import os
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinygradx.draw.files import check_folder, write_whole
from tinygradx.draw.numbers import Summary
from tinygradx.draw.render import FORMATS, render_dot
from tinygradx.draw.theme import THEMES
from tinygradx.errors import ArgumentError, TeachingError

#: What a file may end in.
ENDINGS = {".gv": "dot"} | {f".{name}": name for name in ("svg", "png", "pdf", "dot", "txt")}
#: The themes; "auto" makes an SVG follow the page that it is on.
THEME_NAMES = ("auto", *THEMES)

#: What a drawing is shown as, and saved and rendered as when nothing else is asked for.
SHOWN = ("svg", "png", "pdf")

_MIME = {"svg": "image/svg+xml", "png": "image/png"}
_next_number = itertools.count(1).__next__


@dataclass(frozen=True)
class DrawnNode:
    """A box or an ellipse.

    Attributes
    ----------
    id : str
        `n0`, `n1` and so on, in order of birth.
    kind : {"param", "input", "value", "output", "op", "saved"}
        What it is; "value" is a result on the way, "saved" what an operation keeps.
    name : str
        Of a value: its name. Of an operation: its symbol. Of what is kept: that, and its size.
    age : int
        Its birth number, which errors call it by.
    op : str
        The operation; of a value, the one that made it; empty for a leaf.
    shape : tuple of int
    dtype : str
    data, grad : Summary or None
        Copied numbers; None where there are none to show.
    grad_state : str
        In words why there is no gradient; empty when there is one.
    rules : tuple of str
        The rule of the way back, for each input that wants a gradient.
    order : int
        When `backward()` comes by, counted from 1; 0 if it does not.
    uses : int
        How many shares its gradient is the sum of.
    where : str
        The user's line that made it, such as `train.py:12 in step`; empty for a leaf.
    flags : tuple of str
        What to beware of: `dead 63 %`, `saturated 41 %`, `vanishing` or `exploding`.
    """

    id: str
    kind: str
    name: str
    age: int
    op: str
    shape: tuple[int, ...]
    dtype: str
    data: Summary | None = None
    grad: Summary | None = None
    grad_state: str = ""
    rules: tuple[str, ...] = ()
    order: int = 0
    uses: int = 0
    where: str = ""
    flags: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """One line of text that says what it is."""
        shape = "×".join(map(str, self.shape)) or "scalar"
        facts = f"{self.name}: {self.kind}, {shape}, {self.dtype}"
        if self.kind == "saved":
            return f"{self.op} {self.name}"
        if self.kind == "op":
            facts = f"operation {self.op}"
        made = f", made at {self.where}" if self.where else ""
        number = "" if self.kind == "op" else f", number {self.age}"
        return facts + made + number


@dataclass(frozen=True)
class DrawnEdge:
    """An arrow, in the direction of the forward pass.

    Attributes
    ----------
    tail, head : str
        The ids of the nodes it joins.
    label : str
        What stands beside it; often empty.
    """

    tail: str
    head: str
    label: str = ""


@dataclass(frozen=True, repr=False)
class Drawing:
    """A drawn graph: shows itself in a notebook, and saves itself anywhere.

    Attributes
    ----------
    source : str
        The graph in Graphviz' language.
    nodes : tuple of DrawnNode
        Boxes and ellipses, inputs before outputs.
    edges : tuple of DrawnEdge
        Arrows.
    format : str
        What `pipe` and `render` make when nothing else is asked for: "svg", "png" or "pdf".
    title : str
        What stands above the picture, in one line.
    theme : {"auto", "light", "dark"}
        The colours; "auto" makes an SVG follow the page that it is on.
    text : str
        The same graph without a picture, as a tree.
    """

    source: str
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    format: str = "svg"
    title: str = ""
    theme: str = "auto"
    text: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return (
            f"<Drawing of {self._size()} values; .save('graph.svg') writes it, .source is its text>"
        )

    def __str__(self) -> str:
        return self.text

    def pipe(
        self, format: str | None = None, *, timeout: float = 30.0, engine: str | None = None
    ) -> bytes:
        """The picture as bytes.

        Parameters
        ----------
        format : str, optional
            "svg", "png" or "pdf"; "dot" is the source itself, "txt" the text tree. What else
            Graphviz writes, as in `render_dot`: "jpg", "json", "plain".
        timeout, engine
            As for `render_dot`.
        """
        return self._picture(format or self.format, "tgx", timeout, engine)

    def _picture(
        self, format: str, prefix: str, timeout: float = 30.0, engine: str | None = None
    ) -> bytes:
        if format in ("dot", "gv"):
            return self.source.encode("utf-8")
        if format == "txt":
            return f"{self.text}\n".encode()
        picture = render_dot(self.source, format, timeout, engine)
        if format != "svg":
            return picture
        from tinygradx.draw.svg import tidy  # and with it a parser of XML

        names = {node.id: node.name for node in self.nodes}
        titles = {node.id: node.words for node in self.nodes} | {
            f"e{place}": f"{names[edge.tail]} to {names[edge.head]}"
            for place, edge in enumerate(self.edges)
        }
        title = self.title or self._default_title()
        # A voice reads a line for each value, without the branches of the tree and its columns.
        lines = [" ".join(line.strip("├└│─ ").split()) for line in self.text.splitlines()]
        return tidy(picture, title, "\n".join(lines), titles, prefix, self.theme == "auto")

    def _default_title(self) -> str:
        return f"The graph of {self.nodes[-1].name}: {self._size()} values"

    def _size(self) -> int:
        return sum(node.kind not in ("op", "saved") for node in self.nodes)

    def save(
        self, path: str | os.PathLike[str], *, timeout: float = 30.0, engine: str | None = None
    ) -> Path:
        """Write a file; its ending says what: .svg, .png, .pdf, .txt (the tree), .dot or .gv.

        The file is there whole or not at all: an interrupted write leaves the old one.

        Parameters
        ----------
        path : str or Path
            Where to.
        timeout, engine
            As for `render_dot`.

        Returns
        -------
        Path
            Where it is.

        Raises
        ------
        ArgumentError
            If the ending is another, or there is no such folder.
        RendererNotFound, RenderError
            As for `render_dot`.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> from tinygradx.draw import draw_dot
        >>> x = tgx.tensor(3.0, requires_grad=True)
        >>> path = draw_dot(x * x).save("square.dot")
        >>> path.read_text(encoding="utf-8").startswith("digraph")
        True
        >>> path.unlink()
        """
        path = Path(path)
        format = ENDINGS.get(path.suffix.lower())
        if format is None:
            raise ArgumentError(
                f"save a drawing as {path.name!r}",
                f"the ending {path.suffix!r}" if path.suffix else "no ending",
                f"end the name in {', '.join(sorted(ENDINGS))}",
            )
        check_folder(path, f"save a drawing as {str(path)!r}")
        write_whole(path, self.pipe(format, timeout=timeout, engine=engine))
        return path

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        format: str | None = None,
        view: bool = False,
        cleanup: bool = False,
    ) -> str:
        """Write the source to `filename` and the picture beside it, as the graphviz package does.

        Parameters
        ----------
        filename : str, optional
            Of the source, "graph.gv" when left out; the picture's has the format added. A name that
            ends as a picture does is the picture's own, and no source is written.
        format : str, optional
            The one given to `draw_dot` when left out.
        view : bool
            Open the picture.
        cleanup : bool
            Remove the source again.

        Returns
        -------
        str
            The path of the picture.

        Raises
        ------
        ArgumentError
            If there is no such folder, or the format is not known.
        """
        source = Path("graph.gv" if filename is None else filename)
        check_folder(source, f"render a drawing as {str(source)!r}")
        ending = source.suffix.lower().lstrip(".")
        if format is None and ending in FORMATS and ending not in ("dot", "plain", "json", "txt"):
            target = source
            write_whole(target, self.pipe(ending))
        else:
            format = format or self.format
            target = source.with_name(f"{source.name}.{format}")
            picture = self.pipe(format)
            if not cleanup:
                write_whole(source, self.source.encode("utf-8"))
            write_whole(target, picture)
        if view:
            import webbrowser

            webbrowser.open(target.resolve().as_uri())
        return str(target)

    def to_graphviz(self) -> Any:
        """The same as a `Source` of the graphviz package, for what knows that package.

        Its pictures need the program `dot`; those of the drawing itself do not.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> from tinygradx.draw import draw_dot
        >>> drawing = draw_dot(tgx.tensor(2.0, requires_grad=True).exp())
        >>> drawing.to_graphviz().source == drawing.source
        True
        """
        import graphviz

        return graphviz.Source(self.source, format=self.format)

    def view(self) -> str:
        """Write the picture to a temporary folder and open it; answers its path."""
        import tempfile

        folder = tempfile.mkdtemp(prefix="tinygradx-")
        return self.render(Path(folder) / "graph.gv", view=True, cleanup=True)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """For Jupyter: the picture, or, where none can be made, the text and the reason."""
        bundle: dict[str, Any] = {"text/plain": self.text}
        format = self.format if self.format in _MIME else "svg"
        try:
            picture = self._picture(format, f"tgx-{_next_number()}")
            # Notebooks keep pixels as text.
            text = picture.decode() if format == "svg" else b64encode(picture).decode("ascii")
            bundle[_MIME[format]] = text
        except Exception as error:  # a notebook would show a traceback, and no text at all
            bundle["text/plain"] += f"\n\n(no picture: {_reason(error)})"
        return bundle


def _reason(error: Exception) -> str:
    """What went wrong, and what to do, in a line; even where an error cannot say it itself."""
    try:
        if isinstance(error, TeachingError):
            return f"{error.got}; {error.do}"
        return str(error) or type(error).__name__
    except Exception:
        return type(error).__name__
