"""Pictures of the backprop graph, and trees of text.

This room reads graphs, computes their numbers again, and writes text that Graphviz turns into a
picture, in a process of its own. It changes nothing that it draws. Nothing heavy is imported
before a picture is asked for.
"""

from tinygradx.draw.dot import draw_dot
from tinygradx.draw.drawing import Drawing, DrawnEdge, DrawnNode
from tinygradx.draw.render import render_dot
from tinygradx.draw.tree import print_graph

__all__ = ["Drawing", "DrawnEdge", "DrawnNode", "draw_dot", "print_graph", "render_dot"]
