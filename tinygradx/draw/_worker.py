"""Run by path in a process of its own: DOT text in, a picture out, through pygraphviz.

It imports nothing of tinygradx, so it starts in a few hundredths of a second, and a crash inside
Graphviz ends this process and no other.

Arguments: the format, and the folder where the parent found pygraphviz.
"""

from __future__ import annotations

import os
import sys


def main(format: str, folder: str) -> None:
    """Read DOT from the standard input, write the picture to the standard output."""
    here = os.path.dirname(os.path.abspath(__file__))
    # Python puts the folder of the script first, where our files would hide modules of one name.
    sys.path[:] = [p for p in sys.path if os.path.abspath(p) != here] + [folder]
    import pygraphviz

    graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode("utf-8"))
    picture = graph.draw(format=format, prog="dot")
    sys.stdout.buffer.write(picture)
    sys.stdout.buffer.flush()
    # Graphviz frees nothing that matters here, and freeing is where it may still fall over.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
